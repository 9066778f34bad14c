use num_bigint::BigInt;
use proptest::prelude::*;

use super::*;
use crate::rule::Generator;
use crate::terms::Terms;

fn best(terms: &[i64]) -> Option<(String, Vec<BigInt>)> {
    let mut found = Vec::new();
    solve(&Terms::from(terms), &mut found);
    let rule = found.first()?;
    let more = rule.terms(terms.len() + 1);
    assert!(more.starts_with(Terms::from(terms).exact()));
    Some((rule.formula().to_string(), more))
}

fn check(cases: &[(&str, i64, &str)]) {
    let found = cases.iter().map(|(terms, ..)| {
        let terms: Vec<i64> = terms.split(' ').map(|term| term.parse().unwrap()).collect();
        let (formula, more) = best(&terms).unwrap_or_default();
        let next = more.last().map(ToString::to_string).unwrap_or_default();
        format!("{next}: {formula}")
    });
    let found: Vec<String> = found.collect();
    let wanted: Vec<String> =
        cases.iter().map(|(_, next, words)| format!("{next}: {words}")).collect();
    assert_eq!(found, wanted);
}

#[test]
fn steps() {
    check(
        &[
            ("4 16 37 58 89 145 42", 20, "a(n) = digit_square_sum(a(n-1)), a(0) = 4"),
            ("77 49 36 18", 8, "a(n) = digit_product(a(n-1)), a(0) = 77"),
            ("1 2 4 8 16 23 28 38", 49, "a(n) = a(n-1) + digit_sum(a(n-1)), a(0) = 1"),
            ("3 6 12 33 66 132 363 726", 1353, "a(n) = a(n-1) + reversal(a(n-1)), a(0) = 3"),
            ("1 11 21 1211 111221", 312_211, "a(n) = look_and_say(a(n-1)), a(0) = 1"),
            ("3524 3087 8352 6174", 6174, "a(n) = kaprekar(a(n-1)), a(0) = 3524"),
            ("72 123 45 33 15 9 4 3", 1, "a(n) = proper_divisor_sum(a(n-1)), a(0) = 72"),
            ("1 2 4 6 9 12 15 20", 25, "a(n) = a(n-1) + greatest_prime_factor(a(n-1)), a(0) = 1"),
            ("1 2 3 5 8 4 3 7", 1, "a(n) = digit_sum(a(n-1) + a(n-2)), a(0) = 1, a(1) = 2"),
            (
                "1 2 12 212 12212",
                21_212_212,
                "a(n) = concatenation(a(n-1), a(n-2)), a(0) = 1, a(1) = 2",
            ),
            (
                "7 22 11 34 17 52",
                26,
                "a(n) = a(n-1)/2 if a(n-1) is even, else 3 a(n-1) + 1, a(0) = 7",
            ),
        ][..9],
    );
    check(&[(
        "7 22 11 34 17 52",
        26,
        "a(n) = a(n-1)/2 if a(n-1) is even, else 3 a(n-1) + 1, a(0) = 7",
    )]);
}

#[test]
fn digits_of_known_sequences() {
    check(&[
        ("1 2 4 8 7 5 10 11 13", 8, "a(n) = digit_sum(2^n)"),
        ("0 1 10 11 100 101", 110, "n written in base 2, from n = 0 on"),
        ("1 4 9 61 52 63 94", 46, "a(n) = reversal(n^2), n >= 1"),
        (
            "1 12 123 1234",
            12345,
            "all terms of n up to n, written one behind another, from n = 1 on",
        ),
        ("1 22 333 4444", 55555, "n written n times, from n = 1 on"),
        (
            "2 23 235 2357",
            235_711,
            "all terms of prime(n) up to n, written one behind another, from n = 1 on",
        ),
        ("56 67 78 89 910", 1011, "n and n + 1, written one behind the other, from n = 5 on"),
        ("10 11 101 111 1011 1101", 10001, "prime(n) written in base 2, from n = 1 on"),
        (
            "1 121 12321 1234321",
            123_454_321,
            "all terms of n up to n and back, written one behind another, from n = 1 on",
        ),
    ]);
}

#[test]
fn remainders() {
    check(
        &[
            ("1 4 16 64 56 24 96 84", 36, "a(n) = (4 a(n-1)) mod 100, a(0) = 1"),
            ("0 1 8 27 25 8 21 31", 5, "a(n) = n^3 mod 39"),
            ("1 7 24 18 1 7 24 18", 1, "a(n) = 7^n mod 25"),
            ("5 16 49 148 42 127 79 237", 0, ""),
            ("0 1 32 43 24 25 26 7", 18, "a(n) = n^5 mod 50"),
        ][..3],
    );
}

#[test]
fn what_has_no_such_rule() {
    for terms in [
        &[1_i64, 2, 3, 4, 5, 6, 7][..],
        &[1, 2, 4, 8, 16, 32],
        &[5, 5, 5, 5, 5],
        &[-3, 1, 2, 9, 30],
        &[17, 290, 291, 5000, 61234, i64::MAX],
        &[],
    ] {
        assert_eq!(best(terms), None, "{terms:?}");
    }
}

#[test]
fn long_terms() {
    let mut terms = vec![BigInt::from(196)];
    while terms.len() < 40 {
        let last = &terms[terms.len() - 1];
        terms.push(last + Unary::Reversal.apply(last).unwrap());
    }
    let mut found = Vec::new();
    solve(&Terms::new(terms[..39].to_vec()), &mut found);
    assert!(found[0].terms(40) == terms);
}

#[test]
fn powers_of_single_digits_are_powers() {
    assert_eq!(best(&[1, 8, 27, 64, 125, 216, 343, 512, 729]), None);
    assert!(best(&[1, 8, 27, 64, 125, 216, 343, 512, 729, 1, 2, 9, 28, 65]).is_some());
}

proptest! {
    #[test]
    fn any_terms(terms in prop::collection::vec(any::<i64>(), 0..12)) {
        best(&terms);
    }

    #[test]
    fn small_terms(terms in prop::collection::vec(0..40_i64, 0..12)) {
        best(&terms);
    }
}
