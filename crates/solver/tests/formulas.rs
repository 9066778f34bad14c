//! The formula that a person would say: a recurrence or a definition where there is one, and the
//! objects where a sequence counts some.

use ninth_solver::{Generator, Terms, solve};

fn check(rows: &[(&[i64], &str)]) {
    for (terms, expected) in rows {
        let solutions = solve(&Terms::from(*terms), 1);
        let said = solutions.all.first().map(|first| first.rule.formula().to_string());
        assert_eq!(said.as_deref(), Some(*expected), "{terms:?}");
    }
}

#[test]
fn recurrences_rather_than_names() {
    check(&[
        (&[1, 1, 2, 3, 5, 8, 13, 21], "a(n) = a(n-1) + a(n-2), a(0) = 1, a(1) = 1"),
        (&[0, 1, 3, 8, 21, 55], "a(n) = 3 a(n-1) - a(n-2), a(0) = 0, a(1) = 1"),
        (&[5, 1, 1, 2, 3, 5, 8, 13], "a(n) = a(n-1) + a(n-2), a(0) = 5, a(1) = 1, a(2) = 1"),
        (
            &[0, 2, 5, 11, 19, 30, 44, 62, 85],
            "a(n) = s(n) + n^2; s(n) = s(n-1) + s(n-2), s(0) = 0, s(1) = 1",
        ),
    ]);
}

#[test]
fn functions_start_at_their_index() {
    check(&[
        (&[1, 3, 4, 7, 6, 12, 8, 15, 13], "a(n) = divisor_sum(n), n >= 1"),
        (&[1, -1, -1, 0, -1, 1, -1, 0, 0, 1], "a(n) = moebius(n), n >= 1"),
        (&[2, 3, 5, 7, 11, 13], "a(n) = prime(n), n >= 1"),
    ]);
}

#[test]
fn objects_are_counted() {
    check(&[
        (&[1, 1, 2, 5, 15, 52, 203], "the number of partitions of a set of n elements"),
        (&[1, 1, 2, 4, 9, 20, 48, 115], "the number of rooted trees with n nodes, from n = 1 on"),
        (&[1, 5, 10, 21, 26, 50, 50, 85], "the sum of the squares of the divisors of n"),
        (&[4, 6, 8, 9, 10, 12, 14, 15], "the composite numbers"),
        (&[1, 2, 3, 4, 6], "divisors of 12"),
    ]);
}

#[test]
fn steps_and_sums() {
    check(&[
        (&[1, 2, 6, 12, 36], "a(2n+1) = 2 a(2n), a(2n+2) = 3 a(2n+1), a(0) = 1"),
        (&[1, 3, 6, 8, 16, 18, 36], "a(2n+1) = a(2n) + 2, a(2n+2) = 2 a(2n+1), a(0) = 1"),
        (&[4, 12, 29, 58, 111, 188, 305, 462], "a(n) = Sum_{k=0..n} prime(k + 1) prime(n - k + 1)"),
        (&[0, 1, 2, 1, 2, 2, 3, 1, 2], "0, then the number of ones of n in binary, from n = 2 on"),
    ]);
}
