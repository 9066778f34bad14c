//! Explanations: what a person would name first, and nothing that does not fit.

use std::sync::LazyLock;

use ninth_inference::{Explainer, Posterior};
use ninth_sequences::{IntegerRange, PhaseWeights, Sampler, Stream};
use proptest::prelude::*;

static SAMPLER: LazyLock<Sampler> =
    LazyLock::new(|| Sampler::new(3, IntegerRange::default(), 9).unwrap());

static POSTERIOR: LazyLock<Posterior> =
    LazyLock::new(|| Posterior::new(&SAMPLER, PhaseWeights::DOCUMENT));

fn explainer() -> Explainer<'static> {
    Explainer::knowing(&POSTERIOR)
}

#[track_caller]
fn assert_first(explainer: Explainer<'_>, terms: &[i64], formula: &str) {
    let explanation = explainer.explain(terms, 3);
    let found = explanation.relations.first().map(|first| first.relation.to_string());
    assert_eq!(found.as_deref(), Some(formula), "of {terms:?}");
}

/// The sequences that the families are named after, as a person would say them.
const NAMED: [(&[i64], &str); 21] = [
    (&[1, 1, 1], "x[n] = 1"),
    (&[2, 4, 6], "x[n] = x[n-1] + 2, x[0] = 2"),
    (&[1, 0, 1, 0], "x = 1, 0, 1, 0, ..."),
    (&[1, 1, 2, 3, 5], "x[n] = x[n-1] + x[n-2], x[0] = 1, x[1] = 1"),
    (&[1, 3, 4, 6, 7, 9], "x[n] = x[n-1] + s[n-1], x[0] = 1; s = 2, 1, 2, 1, ..."),
    (&[1, 2, 4, 7, 11], "x[n] = x[n-1] + s[n-1], x[0] = 1; s[n] = s[n-1] + 1, s[0] = 1"),
    (&[1, 5, 8, 10, 11], "x[n] = x[n-1] + s[n-1], x[0] = 1; s[n] = s[n-1] - 1, s[0] = 4"),
    (&[2, 4, 8, 16], "x[n] = 2 x[n-1], x[0] = 2"),
    (&[1, 2, 6, 12, 36], "x[n] = s[n-1] x[n-1], x[0] = 1; s = 2, 3, 2, 3, ..."),
    (&[8, 4, 6, 3], "x[n] = floor(s[n-1] x[n-1]), x[0] = 8; s = 1/2, 3/2, 1/2, 3/2, ..."),
    (&[1, 1, 2, 2, 3, 3], "x[n] = s[floor(n / 2)]; s[n] = s[n-1] + 1, s[0] = 1"),
    (&[1, 1, 1, 2, 2, 2], "x[n] = s[floor(n / 3)]; s[n] = s[n-1] + 1, s[0] = 1"),
    (
        &[1, 2, 2, 3, 4, 4, 5, 6, 6],
        "x = the terms of s in runs of 1, 2, 1, 2, ...; s[n] = s[n-1] + 1, s[0] = 1",
    ),
    (&[1, 1, 2, 0, 2, 2, 1, 0, 1], "x[n] = s[n] mod 3; s[n] = s[n-1] + s[n-2], s[0] = 1, s[1] = 1"),
    (
        &[1, 2, 6, 4, 5, 12],
        "x[n] = t[n] s[n]; t = 1, 1, 2, 1, 1, 2, ...; s[n] = s[n-1] + 1, s[0] = 1",
    ),
    (
        &[1, 2, 4, 7, 12],
        "x[n] = x[n-1] + s[n-1], x[0] = 1; s[n] = s[n-1] + s[n-2], s[0] = 1, s[1] = 2",
    ),
    (
        &[1, 10, 2, 20, 3, 30],
        "x[2n] = s[n], x[2n+1] = t[n]; s[n] = s[n-1] + 1, s[0] = 1; t[n] = t[n-1] + 10, t[0] = 10",
    ),
    (&[1, 1, 2, 3, 5, 7], "x[n] = floor((3/2)^n)"),
    (&[1, 2, 3, 4, 6, 8], "x[n] = ceil((3/2)^n)"),
    (
        &[129, 125, 133, 121],
        "x[n] = t[n] s[n] + 128; t = 1, -1, 1, -1, ...; s[n] = s[n-1] + 2, s[0] = 1",
    ),
    (&[1, 2, 3, 6, 7, 14], "x[n] = x[n-1] + 1 if x[n-1] is even, else 2 x[n-1], x[0] = 1"),
];

#[test]
fn what_a_person_would_name_comes_first() {
    for (terms, formula) in NAMED {
        assert_first(explainer(), terms, formula);
    }
}

/// Also by somebody who has no index at hand, but for two fractions in four terms: they
/// are as long to say as the terms.
#[test]
fn the_search_alone_names_the_same() {
    for (terms, formula) in NAMED.into_iter().filter(|(terms, _)| *terms != [8, 4, 6, 3]) {
        assert_first(Explainer::searching(), terms, formula);
    }
    assert_eq!(Explainer::searching().explain(&[8, 4, 6, 3], 1).relations, []);
}

#[test]
fn three_terms_are_enough_for_the_plainest() {
    let cases: [(&[i64], &str); 6] = [
        (&[1, 2, 3], "x[n] = x[n-1] + 1, x[0] = 1"),
        (&[10, 20, 30], "x[n] = x[n-1] + 10, x[0] = 10"),
        (&[19, 38, 57], "x[n] = x[n-1] + 19, x[0] = 19"),
        (&[1, 2, 4], "x[n] = 2 x[n-1], x[0] = 1"),
        (&[9, 6, 3], "x[n] = x[n-1] - 3, x[0] = 9"),
        (&[5, 5, 5], "x[n] = 5"),
    ];
    for (terms, formula) in cases {
        assert_first(explainer(), terms, formula);
    }
    assert_first(explainer(), &[7], "x[n] = 7");
    assert_first(explainer(), &[1, 2], "x[n] = x[n-1] + 1, x[0] = 1");
}

/// Parameters that are never drawn, terms outside the range.
#[test]
fn relations_that_nobody_draws_are_found() {
    let cases: [(&[i64], &str); 20] = [
        (&[1000, 2000, 3000], "x[n] = x[n-1] + 1000, x[0] = 1000"),
        (&[-5, -3, -1], "x[n] = x[n-1] + 2, x[0] = -5"),
        (&[3, 36, 432, 5184], "x[n] = 12 x[n-1], x[0] = 3"),
        (&[100, 60, 40, 30, 25], "x[n] = floor((x[n-1] + 20) / 2), x[0] = 100"),
        (&[81, 54, 36, 24, 16], "x[n] = floor(2 x[n-1] / 3), x[0] = 81"),
        (&[1, 4, 9, 16, 25], "x[n] = x[n-1] + s[n-1], x[0] = 1; s[n] = s[n-1] + 2, s[0] = 3"),
        (
            &[1, 8, 27, 64, 125, 216],
            "x[n] = x[n-1] + s[n-1], x[0] = 1; s[n] = s[n-1] + t[n-1], s[0] = 7; \
             t[n] = t[n-1] + 6, t[0] = 12",
        ),
        (&[1, 1, 2, 6, 24, 120], "x[n] = s[n-1] x[n-1], x[0] = 1; s[n] = s[n-1] + 1, s[0] = 1"),
        (&[100, 200, 300, 500, 800], "x[n] = x[n-1] + x[n-2], x[0] = 100, x[1] = 200"),
        (&[1, 3, 7, 17, 41, 99], "x[n] = 2 x[n-1] + x[n-2], x[0] = 1, x[1] = 3"),
        (
            &[0, 0, 1, 1, 2, 4, 7, 13, 24],
            "x[n] = x[n-1] + x[n-2] + x[n-3], x[0] = 0, x[1] = 0, x[2] = 1",
        ),
        (
            &[3, 1, 4, 1, 5, 3, 1, 4, 1, 5],
            "x[n] = x[n-5], x[0] = 3, x[1] = 1, x[2] = 4, x[3] = 1, x[4] = 5",
        ),
        (
            &[1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1],
            "x[n] = x[n-5], x[0] = 1, x[1] = 2, x[2] = 3, x[3] = 4, x[4] = 5",
        ),
        (&[9, 2, 6, 9, 2, 6, 9], "x = 9, 2, 6, 9, 2, 6, ..."),
        (&[2, 7, 9, 14, 16, 21], "x[n] = x[n-1] + s[n-1], x[0] = 2; s = 5, 2, 5, 2, ..."),
        (
            &[10, 11, 31, 34, 35, 55, 58],
            "x[n] = x[n-1] + s[n-1], x[0] = 10; s = 1, 20, 3, 1, 20, 3, ...",
        ),
        (
            &[0, 1, 4, 2, 2, 4, 1, 0],
            "x[n] = s[n] mod 7; s[n] = s[n-1] + t[n-1], s[0] = 0; t[n] = t[n-1] + 2, t[0] = 1",
        ),
        (
            &[1, -2, 3, -4, 5],
            "x[n] = t[n] s[n]; t = 1, -1, 1, -1, ...; s[n] = s[n-1] + 1, s[0] = 1",
        ),
        (
            &[1, 900, 2, 700, 3, 500, 4],
            "x[2n] = s[n], x[2n+1] = t[n]; s[n] = s[n-1] + 1, s[0] = 1; \
             t[n] = t[n-1] - 200, t[0] = 900",
        ),
        (
            &[300, 150, 450, 225, 675, 337],
            "x[n] = floor(s[n-1] x[n-1]), x[0] = 300; s = 1/2, 3, 1/2, 3, ...",
        ),
    ];
    for (terms, formula) in cases {
        assert_first(explainer(), terms, formula);
    }
}

#[test]
fn noise_has_no_reason_and_says_so() {
    for noise in [&[7, 100, 3, 250, 91][..], &[3, 1, 4, 1, 5, 9, 2, 6], &[1000, -37, 4, 99_999, 12]]
    {
        let explanation = explainer().explain(noise, 5);
        assert!(explanation.confidence < 0.1, "{explanation:?}");
    }
    assert_eq!(explainer().explain(&[], 5).relations, []);
    let nothing = explainer().explain(&[8, 1, 250, 3, 99, 4, 17, 200, 23], 1);
    assert_eq!((nothing.relations, nothing.confidence), (vec![], 0.0));

    let (length, beginning) = explainer().beginning(&[2, 4, 6, 8, 10, 12, 14, 77, 3]).unwrap();
    assert_eq!(
        (length, beginning.relation.to_string().as_str()),
        (7, "x[n] = x[n-1] + 2, x[0] = 2")
    );
    assert_eq!(explainer().beginning(&[1, 2]), None);
    assert!(explainer().explain(&[2, 4, 6, 8, 10], 1).confidence > 0.999);
}

#[test]
fn relations_are_behind_candidates() {
    let behind = |next| {
        let [behind] = &explainer().behind(&[1, 2, 4], &[next])[..] else { panic!("not one") };
        let (relation, probability) = behind.as_ref()?;
        assert!((0.0..=1.0).contains(probability));
        Some(relation.to_string())
    };
    assert_eq!(behind(8).as_deref(), Some("x[n] = 2 x[n-1], x[0] = 1"));
    let growing = "x[n] = x[n-1] + s[n-1], x[0] = 1; s[n] = s[n-1] + 1, s[0] = 1";
    assert_eq!(behind(7).as_deref(), Some(growing));
    assert_eq!(behind(171), None);
    assert_eq!(behind(i64::MIN), None);

    // Rules that change where nobody has seen it are no reason, though they fit.
    let terms = [5, 6, 7, 8, 9, 10, 11, 12];
    let behind = explainer().behind(&terms, &[13, 12, 17]);
    assert!(behind[0].is_some() && behind[1].is_none() && behind[2].is_none(), "{behind:?}");
    assert!(explainer().behind(&[7], &[7, 8, 14]).iter().all(Option::is_some));
    assert_eq!(explainer().behind(&[], &[7]).len(), 1);
}

/// What follows from the relations is nearly as good as the limit, on what is drawn.
#[test]
fn relations_predict_what_is_drawn() {
    let (mut right, mut full) = (0, 0);
    let mut terms = [0; 9];
    for index in 0..2000 {
        let draw = SAMPLER.draw(Stream::Evaluation, index, PhaseWeights::DOCUMENT, &mut terms);
        if draw.length == 9 {
            let next = explainer().explain(&terms[..8], 1).next();
            let total: f64 = next.iter().map(|next| next.probability).sum();
            assert!((total - 1.0).abs() < 1e-9);
            full += 1;
            right += u32::from(next[0].term == terms[8]);
        }
    }
    let share = f64::from(right) / f64::from(full);
    assert!(share > 0.99, "{share}");
}

/// Small numbers, and those at the ends.
fn integers() -> impl Strategy<Value = i64> {
    prop_oneof![
        8 => -9_i64..30,
        2 => -1000_i64..1000,
        1 => any::<i64>(),
        1 => prop_oneof![Just(i64::MIN), Just(i64::MAX)],
    ]
}

fn check(terms: &[i64]) -> Result<(), TestCaseError> {
    for explainer in [explainer(), Explainer::searching()] {
        let explanation = explainer.explain(terms, 4);
        prop_assert!((0.0..=1.0).contains(&explanation.confidence));
        let mut total = 0.0;
        for explained in &explanation.relations {
            let all = explained.relation.terms(terms.len() + 4);
            prop_assert_eq!(&all[..terms.len()], terms, "{}", explained.relation);
            prop_assert_eq!(&all[terms.len()..], &explained.continuation[..]);
            total += explained.probability;
        }
        prop_assert!(explanation.relations.is_empty() || (total - 1.0).abs() < 1e-6);
        let sorted = explanation.relations.is_sorted_by(|a, b| a.probability >= b.probability);
        prop_assert!(sorted);
        prop_assert!(explainer.explain(terms, 4) == explanation, "not the same again");
    }
    Ok(())
}

proptest! {
    /// Every formula reproduces the terms, whatever they are.
    #[test]
    fn any_terms(terms in prop::collection::vec(integers(), 1..14)) {
        check(&terms)?;
    }

    #[test]
    fn terms_that_were_drawn(index: u64, known in 1_usize..=9) {
        let mut terms = [0; 9];
        let draw = SAMPLER.draw(Stream::Examples, index, PhaseWeights::DOCUMENT, &mut terms);
        let terms = &terms[..draw.length.min(known)];
        check(terms)?;
        prop_assert!(!explainer().explain(terms, 1).relations.is_empty());
    }
}
