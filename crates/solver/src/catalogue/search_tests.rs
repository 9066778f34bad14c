//! Tests of the search among known sequences.

use num_bigint::BigInt;
use proptest::prelude::*;

use super::search::known_behind;
use super::*;
use crate::rule::Generator;
use crate::terms::Terms;

fn best(terms: &[i64]) -> Option<(Known, String)> {
    best_of(&Terms::from(terms))
}

fn best_of(terms: &Terms) -> Option<(Known, String)> {
    let known = known_behind(terms).into_iter().next()?;
    assert_eq!(known.terms(terms.len()), terms.exact());
    let formula = known.formula().to_string();
    Some((known, formula))
}

/// The entry and the formula that are found, and the term that follows.
fn check(terms: &[i64], number: &str, formula: &str, next: i64) {
    let (known, found) = best(terms).unwrap_or_else(|| panic!("{terms:?}"));
    assert_eq!((&known.entry().number()[..], &found[..]), (number, formula), "{terms:?}");
    assert_eq!(known.terms(terms.len() + 1).pop(), Some(next.into()), "{terms:?}");
}

#[test]
fn entries_from_any_start() {
    check(&[2, 3, 5, 7, 11, 13], "A000040", "a(n) = prime(n), n >= 1", 17);
    check(&[1, 1, 2, 5, 14, 42], "A000108", "a(n) = binomial(2 n, n)/(n + 1)", 132);
    check(&[24, 120, 720, 5040, 40320], "A000142", "a(n) = n!, n >= 4", 362_880);
    let fibonacci = "a(n) = a(n-1) + a(n-2), a(6) = 8, a(7) = 13";
    check(&[8, 13, 21, 34, 55, 89], "A000045", fibonacci, 144);
    check(&[1, 2, 4, 6, 16, 12, 64, 24], "A005179", "the smallest number with n divisors", 36);
    check(
        &[1, 11, 21, 1211, 111_221],
        "A005150",
        "look and say: each term says what is seen in the term before",
        312_211,
    );
    check(&[4, 7, 6, 12, 8, 15], "A000203", "the sum of the divisors of n, from n = 3 on", 13);
}

#[test]
fn starts_beyond_the_table() {
    check(&[257, 263, 269, 271, 277], "A000040", "a(n) = prime(n), n >= 55", 281);
    let millions = &[1_000_003, 1_000_033, 1_000_037, 1_000_039, 1_000_081];
    check(millions, "A000040", "primes, from 1000003 on", 1_000_099);
    check(
        &[1_000_000, 1_002_001, 1_004_004, 1_006_009, 1_008_016],
        "A000290",
        "a(n) = n^2, n >= 1000",
        1_010_025,
    );
    check(
        &[500_500, 501_501, 502_503, 503_506, 504_510],
        "A000217",
        "a(n) = n (n + 1)/2, n >= 1000",
        505_515,
    );
    check(
        &[1_001, 1_111, 1_221, 1_331, 1_441, 1_551],
        "A002113",
        "numbers that read the same backwards, from 1001 on",
        1_661,
    );
    let two = BigInt::from(2);
    let powers = Terms::new((100..106).map(|n| two.pow(n)).collect());
    assert_eq!(best_of(&powers).map(|it| it.1).as_deref(), Some("a(n) = 2^n, n >= 100"));
    let mut fibonacci = vec![BigInt::from(0), BigInt::from(1)];
    for n in 2..310 {
        fibonacci.push(&fibonacci[n - 1] + &fibonacci[n - 2]);
    }
    let (known, _) = best_of(&Terms::new(fibonacci[300..308].to_vec())).unwrap();
    assert_eq!(known.entry().number(), "A000045");
    assert_eq!(known.terms(10), fibonacci[300..]);
    let factorials = numbered(142).unwrap().terms(110);
    let (known, formula) = best_of(&Terms::new(factorials[100..106].to_vec())).unwrap();
    assert_eq!(formula, "a(n) = n!, n >= 100");
    assert_eq!(known.terms(10), factorials[100..]);
}

#[test]
fn sections_multiples_and_signs() {
    check(&[2, 5, 11, 17, 23, 31], "A000040", "a(n) = prime(2 n + 1)", 41);
    check(&[4, 6, 10, 14, 22, 26, 34], "A100484", "a(n) = 2 prime(n), n >= 1", 38);
    check(&[5, 7, 11, 15, 23, 27, 35], "A100484", "a(n) = 2 prime(n) + 1, n >= 1", 39);
    check(&[1, -1, 2, -5, 14, -42], "A000108", "a(n) = (-1)^n (binomial(2 n, n)/(n + 1))", 132);
    check(
        &[-1, 1, -2, 5, -14, 42, -132],
        "A000108",
        "a(n) = -(-1)^n (binomial(2 n, n)/(n + 1))",
        429,
    );
    check(&[120, 24, 6, 2, 1], "A000142", "a(n) = (5 - n)!", 1);
    check(&[5040, 720, 120, 24, 6, 2], "A000142", "a(n) = (7 - n)!", 1);
}

#[test]
fn irregular_first_terms() {
    check(&[7, 2, 3, 5, 7, 11, 13], "A000040", "a(n) = prime(n), a(0) = 7", 17);
    let seeds = best(&[100, 1, 1, 2, 5, 14, 42, 132]).unwrap().0.seeds();
    assert_eq!(seeds, 1);
    assert_eq!(best(&[9, 100, 1, 1, 2, 5, 14, 42, 132]).unwrap().0.seeds(), 2);
    assert_eq!(best(&[100, 1, 1, 2, 5]), None);
}

#[test]
fn names() {
    let name = |terms: &[i64]| name_of(&Terms::from(terms)).map(Entry::name);
    assert_eq!(name(&[0, 1, 3, 6, 10, 15]), Some("triangular numbers"));
    assert_eq!(name(&[1, 3, 6, 10, 15]), Some("triangular numbers"));
    assert_eq!(name(&[1, 4, 9, 16, 25]), Some("squares"));
    assert_eq!(name(&[1, 2, 5, 14, 42]), Some("Catalan numbers"));
    assert_eq!(name(&[1, 2, 4, 8, 16]), Some("powers of 2"));
    assert_eq!(name(&[1, 2, 4, 8]), None);
    assert_eq!(name(&[3, 3, 3, 3, 3]), None);
    assert_eq!(name(&[1, 2, 3, 4, 99]), None);
}

#[test]
fn what_fits_by_chance_is_not_proposed() {
    for terms in [&[3, 17, 4, 99, 23, 8, 54, 1][..], &[0, 1, 1, 0, 0, 0, 1, 1, 1, 1], &[5, 9, 2, 5]]
    {
        assert_eq!(best(terms), None, "{terms:?}");
    }
}

proptest! {
    #[test]
    fn any_terms(terms in prop::collection::vec(any::<i64>(), 0..12)) {
        let terms = Terms::from(&terms[..]);
        let _ = (best_of(&terms), name_of(&terms));
    }

    #[test]
    fn small_terms(terms in prop::collection::vec(-2_i64..4, 0..12)) {
        let terms = Terms::from(&terms[..]);
        let _ = (best_of(&terms), name_of(&terms));
    }

    #[test]
    fn rising_terms(
        start in 0_i64..1 << 62,
        steps in prop::collection::vec(0_i64..1000, 3..10),
    ) {
        let mut sum = start;
        let terms: Vec<i64> = steps.iter().map(|step| { sum += step; sum }).collect();
        let _ = best(&terms);
    }

    #[test]
    fn large_terms(digits in prop::collection::vec("-?[1-9][0-9]{30,120}", 4..9)) {
        let terms = Terms::new(digits.iter().map(|it| it.parse().unwrap()).collect());
        let _ = (best_of(&terms), name_of(&terms));
    }

    #[test]
    fn known_ones(place in 0..800_usize, from in 0..6_usize, factor in -3_i64..4, added in -3_i64..4) {
        let row = &entries()[place % entries().len()];
        let terms = row.terms(from + 9).split_off(from.min(row.terms(from).len()));
        let terms: Vec<BigInt> = terms.iter().map(|it| it * factor + added).collect();
        let _ = best_of(&Terms::new(terms));
    }
}
