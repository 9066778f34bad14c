//! Explanations: what a person would name first, and nothing that does not fit.

use ninth_inference::{beginning, explain};
use ninth_sequences::{IntegerRange, PhaseWeights, Sampler, Stream};
use ninth_solver::Generator;
use num_bigint::BigInt;
use proptest::prelude::*;

fn big(terms: &[i64]) -> Vec<BigInt> {
    terms.iter().map(|&term| term.into()).collect()
}

/// The most probable rule goes on with these terms.
#[track_caller]
fn assert_next(terms: &[i64], next: &[i64]) {
    let explanation = explain(&big(terms), next.len());
    let found = explanation.rules.first().map(|first| first.continuation.clone());
    assert_eq!(found, Some(big(next)), "of {terms:?}");
}

/// The sequences that the families are named after.
#[test]
fn what_a_person_would_name_comes_first() {
    let cases: [(&[i64], &[i64]); 15] = [
        (&[1, 1, 1], &[1, 1]),
        (&[2, 4, 6, 8], &[10, 12]),
        (&[1, 0, 1, 0, 1, 0], &[1, 0]),
        (&[1, 1, 2, 3, 5, 8, 13], &[21, 34]),
        (&[1, 3, 4, 6, 7, 9, 10], &[12, 13]),
        (&[1, 2, 4, 7, 11, 16], &[22, 29]),
        (&[2, 4, 8, 16, 32], &[64, 128]),
        (&[1, 2, 6, 12, 36, 72], &[216, 432]),
        (&[1, 1, 2, 2, 3, 3, 4, 4], &[5, 5]),
        (&[1, 2, 4, 7, 12, 20, 33], &[54, 88]),
        (&[1, 10, 2, 20, 3, 30, 4, 40], &[5, 50]),
        (&[1, -2, 3, -4, 5, -6], &[7, -8]),
        (&[1, 1, 2, 6, 24, 120, 720], &[5040, 40320]),
        (&[3, 1, 4, 1, 5, 3, 1, 4, 1, 5], &[3, 1]),
        (&[1, 900, 2, 700, 3, 500, 4, 300], &[5, 100]),
    ];
    for (terms, next) in cases {
        assert_next(terms, next);
    }
}

#[test]
fn three_terms_are_enough_for_the_plainest() {
    let cases: [(&[i64], i64); 5] = [
        (&[1, 2, 3], 4),
        (&[10, 20, 30], 40),
        (&[19, 38, 57], 76),
        (&[9, 6, 3], 0),
        (&[5, 5, 5], 5),
    ];
    for (terms, next) in cases {
        assert_next(terms, &[next]);
    }
    for few in [&[][..], &[7], &[1, 2]] {
        assert_eq!(explain(&big(few), 1).rules, []);
    }
}

/// Parameters that are never drawn, terms outside the range.
#[test]
fn rules_that_nobody_draws_are_found() {
    let cases: [(&[i64], i64); 10] = [
        (&[1000, 2000, 3000, 4000], 5000),
        (&[-5, -3, -1, 1], 3),
        (&[3, 36, 432, 5184], 62_208),
        (&[1, 4, 9, 16, 25], 36),
        (&[1, 8, 27, 64, 125, 216], 343),
        (&[100, 200, 300, 500, 800, 1300], 2100),
        (&[1, 3, 7, 17, 41, 99, 239], 577),
        (&[0, 0, 1, 1, 2, 4, 7, 13, 24], 44),
        (&[2, 7, 9, 14, 16, 21, 23], 28),
        (&[0, 1, 4, 2, 2, 4, 1, 0, 1, 4, 2], 2),
    ];
    for (terms, next) in cases {
        assert_next(terms, &[next]);
    }
}

#[test]
fn formulas_are_those_of_the_field() {
    let first = |terms: &[i64]| explain(&big(terms), 1).rules.remove(0);
    assert_eq!(first(&[1, 4, 9, 16, 25]).formula(), "a(n) = n^2, n >= 1");
    assert_eq!(first(&[1, 4, 9, 16, 25]).latex(), "a(n) = n^{2},\\quad n \\ge 1");
}

#[test]
fn rules_know_no_largest_integer() {
    let unit = BigInt::from(10).pow(100);
    let terms: Vec<BigInt> = (0..8).map(|n| &unit + n * n).collect();
    let explanation = explain(&terms, 2);
    assert_eq!(explanation.rules[0].continuation, [&unit + 64, &unit + 81]);
}

#[test]
fn noise_has_no_reason_and_says_so() {
    for noise in [&[7, 100, 3, 250, 91][..], &[6, 1, 7, 0, 9, 9, 3, 5], &[1000, -37, 4, 99_999, 12]]
    {
        let explanation = explain(&big(noise), 5);
        assert!(explanation.confidence < 0.5, "{explanation:?}");
    }
    let (length, rule) = beginning(&big(&[2, 4, 6, 8, 10, 12, 14, 77, 3])).unwrap();
    assert_eq!((length, rule.rule.terms(3)), (7, big(&[2, 4, 6])));
    assert_eq!(beginning(&big(&[1, 2])), None);
    let certain = explain(&big(&[2, 4, 6, 8, 10, 12, 14, 16]), 1);
    assert!(certain.confidence > 0.9, "{}", certain.confidence);
}

/// What follows from the rules is nearly as good as the limit, on what is drawn.
#[test]
fn rules_predict_what_is_drawn() {
    let sampler = Sampler::new(3, IntegerRange::default(), 9).unwrap();
    let (mut right, mut full) = (0, 0);
    let mut terms = [0; 9];
    for index in 0..300 {
        let draw = sampler.draw(Stream::Evaluation, index, PhaseWeights::DOCUMENT, &mut terms);
        if draw.length == 9 {
            let explanation = explain(&big(&terms[..8]), 1);
            let next = explanation.rules.first().and_then(|first| first.continuation.first());
            full += 1;
            right += u32::from(next == Some(&terms[8].into()));
        }
    }
    let share = f64::from(right) / f64::from(full);
    assert!(share > 0.9, "{share}");
}

/// Small numbers, and large ones.
fn integers() -> impl Strategy<Value = BigInt> {
    prop_oneof![
        8 => (-9_i64..30).prop_map(BigInt::from),
        2 => (-1000_i64..1000).prop_map(BigInt::from),
        1 => any::<i64>().prop_map(BigInt::from),
        1 => (any::<i64>(), 0_u32..100).prop_map(|(some, zeros)| {
            BigInt::from(some) * BigInt::from(10).pow(zeros)
        }),
    ]
}

fn check(terms: &[BigInt]) -> Result<(), TestCaseError> {
    let explanation = explain(terms, 4);
    prop_assert!((0.0..=1.0).contains(&explanation.confidence));
    let mut total = 0.0;
    for rule in &explanation.rules {
        let all = rule.rule.terms(terms.len() + 4);
        prop_assert_eq!(&all[..terms.len()], terms, "{}", rule.formula());
        let further = rule.continuation.len();
        prop_assert_eq!(&all[terms.len()..][..further], &rule.continuation[..]);
        total += rule.probability;
    }
    prop_assert!((total - explanation.confidence).abs() < 1e-6);
    let others = explanation.rules.get(1..).unwrap_or_default();
    let sorted = others.is_sorted_by(|a, b| a.probability >= b.probability);
    prop_assert!(sorted);
    prop_assert!(explain(terms, 4) == explanation, "not the same again");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Every formula reproduces the terms, whatever they are.
    #[test]
    fn any_terms(terms in prop::collection::vec(integers(), 1..14)) {
        check(&terms)?;
    }

    #[test]
    fn terms_that_were_drawn(index: u64, known in 1_usize..=9) {
        let sampler = Sampler::new(3, IntegerRange::default(), 9).unwrap();
        let mut terms = [0; 9];
        let draw = sampler.draw(Stream::Examples, index, PhaseWeights::DOCUMENT, &mut terms);
        check(&big(&terms[..draw.length.min(known)]))?;
    }
}

/// However many terms there are, a formula starts where they do, as long as that can be checked.
#[test]
fn many_terms() {
    let square = |n: i64| BigInt::from(n * n);
    let many: Vec<BigInt> = (1..=3000).map(square).collect();
    let explanation = explain(&many, 2);
    let first = &explanation.rules[0];
    assert_eq!((first.formula().as_str(), explanation.skipped), ("a(n) = n^2, n >= 1", 0));
    assert_eq!(first.continuation, [square(3001), square(3002)]);
    // A rule that holds for the first thousand only is none.
    let mut broken = many.clone();
    for (term, n) in broken[1500..].iter_mut().zip(1..) {
        *term = BigInt::from(3 * n);
    }
    let explanation = explain(&broken, 1);
    assert_eq!(explanation.skipped, 2000);
    assert_eq!(explanation.rules[0].continuation, [BigInt::from(4503)]);
    // Of very many, the last ones tell what follows.
    let very_many: Vec<BigInt> = (1..=20_000).map(square).collect();
    let explanation = explain(&very_many, 1);
    assert_eq!(explanation.skipped, 19_000);
    assert_eq!(explanation.rules[0].continuation, [square(20_001)]);
}
