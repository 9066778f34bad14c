use proptest::prelude::*;

use super::*;
use crate::rule::{Generator, Rule};
use crate::terms::Terms;

/// The term that the shortest rule goes on with.
fn next(terms: &[i64]) -> Option<i64> {
    let mut found: Vec<Rule> = Vec::new();
    solve(&Terms::from(terms), &mut found);
    let rule = found.first()?;
    let more = rule.terms(terms.len() + 1);
    assert!(more.starts_with(Terms::from(terms).exact()));
    i64::try_from(more.get(terms.len())?).ok()
}

#[test]
fn digits_make_the_next_term() {
    // Sums of squared digits, products of digits, a term and its digit sum, look and say,
    // Collatz, and a number with its reversal added.
    for (terms, expected) in [
        (&[4, 16, 37, 58, 89, 145, 42, 20][..], 4),
        (&[77, 49, 36, 18], 8),
        (&[1, 2, 4, 8, 16, 23, 28, 38], 49),
        (&[1, 11, 21, 1211, 111_221], 312_211),
        (&[7, 22, 11, 34, 17, 52, 26], 13),
        (&[196, 887, 1675, 7436, 13_783], 52_514),
    ] {
        assert_eq!(next(terms), Some(expected), "{terms:?}");
    }
}

proptest! {
    #[test]
    fn any_terms(terms in prop::collection::vec(any::<i64>(), 0..9)) {
        next(&terms);
    }

    #[test]
    fn any_small_terms(terms in prop::collection::vec(0_i64..200, 0..12)) {
        next(&terms);
    }
}
