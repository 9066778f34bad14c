use proptest::prelude::*;

use super::*;
use crate::rule::Generator;

/// The term that the shortest rule goes on with.
fn next(terms: &[i64]) -> Option<i64> {
    let mut found = Vec::new();
    solve(&Terms::from(terms), &mut found);
    let rule = found.first()?;
    let more = rule.terms(terms.len() + 1);
    assert!(more.starts_with(Terms::from(terms).exact()));
    i64::try_from(more.get(terms.len())?).ok()
}

#[test]
fn numbers_with_a_property() {
    // Primes of the form 4 k + 1; products of two primes; numbers with four divisors; numbers
    // with the digit sum 10; squarefree numbers; divisors of 360.
    for (terms, expected) in [
        (&[5, 13, 17, 29, 37, 41, 53][..], 61),
        (&[4, 6, 9, 10, 14, 15, 21, 22], 25),
        (&[6, 8, 10, 14, 15, 21, 22, 26], 27),
        (&[37, 46, 55, 64, 73, 82, 91, 109, 118], 127),
        (&[1, 2, 3, 5, 6, 7, 10, 11, 13], 14),
        (&[1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 18, 20, 24, 30, 36], 40),
    ] {
        assert_eq!(next(terms), Some(expected), "{terms:?}");
    }
}

#[test]
fn what_is_no_list_has_no_rule() {
    for terms in [&[3, 1, 4, 1, 5][..], &[2, 4, 6, 8, 10, 12], &[-3, -1, 2, 5], &[], &[7]] {
        assert_eq!(next(terms), None, "{terms:?}");
    }
}

proptest! {
    #[test]
    fn any_terms(terms in prop::collection::vec(any::<i64>(), 0..9)) {
        let mut sorted = terms.clone();
        sorted.sort_unstable();
        next(&terms);
        next(&sorted);
    }

    #[test]
    fn any_rising_terms(steps in prop::collection::vec(1_i64..50, 4..12)) {
        let terms: Vec<i64> = steps
            .iter()
            .scan(0, |sum, step| {
                *sum += step;
                Some(*sum)
            })
            .collect();
        next(&terms);
    }
}
