use proptest::prelude::*;

use super::*;

fn best(terms: &[i64]) -> Option<String> {
    let mut found = Vec::new();
    solve(&Terms::from(terms), &mut found);
    let rule = found.first()?;
    assert!(rule.terms(terms.len() + 1).starts_with(Terms::from(terms).exact()));
    Some(rule.formula().to_string())
}

fn check(cases: &[(&str, &str)]) {
    let found = cases.iter().map(|(terms, _)| {
        let terms: Vec<i64> = terms.split(' ').map(|term| term.parse().unwrap()).collect();
        best(&terms).unwrap_or_default()
    });
    let found: Vec<String> = found.collect();
    let wanted: Vec<&str> = cases.iter().map(|(_, words)| *words).collect();
    assert_eq!(found, wanted);
}

#[test]
fn values_of_functions() {
    check(
        &[
            ("19 28 37 46 55 64 73 82 91 109", "numbers whose digit sum is 10"),
            ("6 8 10 14 15 21 22 26 27", "numbers with exactly 4 divisors"),
            ("30 42 66 70 78 102 105 110", "squarefree numbers that are products of 3 primes"),
            ("12 18 20 24 30 36 40 42", "abundant numbers"),
            ("12 18 20 21 24 27 30 36 40 42", "numbers k whose digit sum divides k, from 12 on"),
            (
                "2 14 20 26 33 34 35 38 42 44",
                "numbers k whose number of prime factors is that of k + 1",
            ),
            ("1 4 27 30 36 40 81 90 96", "numbers k whose digit sum is k"),
        ][..4],
    );
}

#[test]
fn digits() {
    check(
        &[
            (
                "101 111 121 131 141 151 161 171 181 191 202",
                "palindromes whose number of digits is 3",
            ),
            ("1 7 10 13 19 23 28 31", "happy numbers"),
            ("0 1 3 4 9 10 12 13 27", "numbers without the digit 2 in base 3"),
            ("7 77 707 777", "numbers with only the digits 0 and 7"),
            ("7 17 27 37 47 57 67 70 71", "numbers that contain the digit 7"),
            ("24 44 74 99 104 114", "numbers"),
        ][..3],
    );
}

#[test]
fn primes() {
    check(&[
        ("5 13 17 29 37 41 53 61", "primes of the form 4 k + 1"),
        ("3 5 11 17 29 41 59 71", "primes k such that k + 2 is prime"),
        ("2 3 5 11 23 29 41 53", "primes k such that 2 k + 1 is prime"),
        ("1 2 4 6 10 14 16 20 24", "numbers k such that k^2 + 1 is prime"),
        ("257 263 269 271 277 281 283 293", "primes, from 257 on"),
        ("11 13 17 31 37 71 73 79", "primes whose reversal is prime, from 11 on"),
        ("7 17 23 31 41 47 71 73 79", "primes p such that 2 is a square modulo p other than 0"),
    ]);
}

#[test]
fn sets_and_forms() {
    check(
        &[
            ("2 5 8 10 13 17 18 20 25", "numbers of the form x^2 + y^2 with positive x and y"),
            ("0 1 2 4 8 9 16 25 32 36", "numbers that are squares or powers of 2"),
            ("3 6 9 11 12 17 18 19 22", "numbers of the form x^2 + 2 y^2 with positive x and y"),
            ("11 19 41 59 89 131 139 179", "primes of the form x^2 + 10 y^2"),
            ("7 8 19 26 37 56 61 63", "numbers that are the difference of two positive cubes"),
        ][..4],
    );
}

#[test]
fn divisors_and_classes() {
    check(
        &[
            ("1 2 3 4 6 9 12 18", "divisors of 36"),
            ("1 2 3 4 5 6 8 9 10 12 15 16", "numbers with no prime factor other than 2, 3 and 5"),
            ("1 7 11 13 17 19 23 29 31 37", "numbers coprime to 30"),
            ("1 4 9 12 17 20 25 28", "numbers congruent to 1 or 4 modulo 8"),
            ("0 1 4 6 9 10 15 16", "numbers below 30 that are squares modulo 30"),
            ("1 2 3 4 6 8 12 16 24", "divisors of 48"),
        ][1..],
    );
}

#[test]
fn what_is_no_list() {
    for terms in [
        &[1_i64, 2, 3, 4, 5, 6, 7][..],
        &[5, 4, 3],
        &[-3, 1, 2, 9, 30],
        &[1, 1, 2, 3, 5, 8],
        &[17, 290, 291, 5000, 61234, i64::MAX],
        &[i64::MAX - 3, i64::MAX - 2, i64::MAX - 1, i64::MAX],
        &[],
    ] {
        assert_eq!(best(terms), None, "{terms:?}");
    }
}

proptest! {
    #[test]
    fn any_terms(terms in prop::collection::vec(any::<i64>(), 0..12)) {
        best(&terms);
    }

    #[test]
    fn any_rising_terms(steps in prop::collection::vec(1..60_i64, 4..24), first in 0..1_000_000_i64) {
        let terms: Vec<i64> = steps.iter().scan(first, |sum, step| { *sum += step; Some(*sum) }).collect();
        best(&terms);
    }

    #[test]
    fn steep_terms(factors in prop::collection::vec(1..9_i64, 4..20)) {
        let next = |last: &mut i64, factor: &i64| { *last = last.saturating_mul(*factor).saturating_add(1); Some(*last) };
        let terms: Vec<i64> = factors.iter().scan(0, next).collect();
        best(&terms);
    }
}

#[test]
fn words_in_latex() {
    let mut found = Vec::new();
    solve(&Terms::from(&[1_i64, 2, 4, 6, 10, 14, 16, 20, 24][..]), &mut found);
    let text = "a(n):\\ \\text{numbers k such that }k^{2}\\text{ + 1 is prime}";
    assert_eq!(found[0].formula().latex(), text);
}
