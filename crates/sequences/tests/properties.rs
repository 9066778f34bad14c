//! What holds for every relation and every draw.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::LazyLock;

use ninth_sequences::{
    Condition, Cycle, Family, IntegerRange, MIN_TERMS, Past, PhaseWeights, Ratio, Relation,
    Rounding, Sampler, Step, Stream,
};
use proptest::prelude::*;

const LENGTH: usize = 9;

static SAMPLER: LazyLock<Sampler> =
    LazyLock::new(|| Sampler::new(1, IntegerRange::default(), LENGTH).unwrap());

fn families() -> impl Strategy<Value = Family> {
    (0..Family::COUNT).prop_map(|index| Family::ALL[index])
}

fn streams() -> impl Strategy<Value = Stream> {
    prop_oneof![
        Just(Stream::Training),
        Just(Stream::Validation),
        Just(Stream::Evaluation),
        Just(Stream::Examples),
    ]
}

/// Small numbers, any numbers, and those at the ends.
fn integers() -> impl Strategy<Value = i64> {
    prop_oneof![
        -20_i64..20,
        any::<i64>(),
        prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(i64::MIN + 1)],
    ]
}

fn positives() -> impl Strategy<Value = NonZeroU32> {
    prop_oneof![1_u32..9, 1..=u32::MAX].prop_map(|value| NonZeroU32::new(value).unwrap())
}

fn ratios() -> impl Strategy<Value = Ratio> {
    (integers(), positives()).prop_map(|(numerator, denominator)| Ratio { numerator, denominator })
}

fn steps() -> impl Strategy<Value = Step> {
    (ratios(), integers()).prop_map(|(ratio, constant)| Step { ratio, constant })
}

fn cycles<T: Copy + std::fmt::Debug>(
    values: impl Strategy<Value = T>,
) -> impl Strategy<Value = Cycle<T>> {
    prop::collection::vec(values, 1..=Cycle::<T>::MAX_LENGTH)
        .prop_map(|values| Cycle::new(&values).unwrap())
}

fn conditions() -> impl Strategy<Value = Condition> {
    prop_oneof![
        positives().prop_map(Condition::Divisible),
        integers().prop_map(Condition::Below),
        Just(Condition::Rising),
    ]
}

/// Any relation at all, also those that no family has.
fn relations() -> impl Strategy<Value = Relation> {
    let leaves = prop_oneof![
        integers().prop_map(Relation::Constant),
        [integers(), integers(), integers()]
            .prop_map(|[first, factor, constant]| { Relation::Affine { first, factor, constant } }),
        ([integers(), integers()], [integers(), integers()], integers())
            .prop_map(|(first, factors, constant)| Relation::Linear { first, factors, constant }),
        cycles(integers()).prop_map(Relation::Cycle),
        (integers(), cycles(ratios()))
            .prop_map(|(first, ratios)| Relation::Scale { first, ratios }),
        (integers(), ratios(), any::<bool>()).prop_map(|(first, ratio, up)| {
            Relation::Geometric {
                first,
                ratio,
                rounding: if up { Rounding::Ceiling } else { Rounding::Floor },
            }
        }),
        (integers(), conditions(), steps(), steps()).prop_map(
            |(first, condition, then, otherwise)| Relation::Switch {
                first,
                condition,
                then,
                otherwise,
            }
        ),
        (prop::collection::vec((integers(), integers()), 0..6), integers(), positives(),).prop_map(
            |(past, constant, divisor)| Relation::RationalRecurrence {
                past: past.into_iter().map(|(first, factor)| Past { first, factor }).collect(),
                constant,
                divisor,
            }
        ),
    ];
    leaves.prop_recursive(4, 12, 2, |inner| {
        let inner = inner.prop_map(Box::new);
        prop_oneof![
            (integers(), inner.clone()).prop_map(|(first, steps)| Relation::Sum { first, steps }),
            (integers(), inner.clone())
                .prop_map(|(first, factors)| Relation::Product { first, factors }),
            (cycles(positives()), inner.clone()).prop_map(|(runs, of)| Relation::Hold { runs, of }),
            (inner.clone(), positives()).prop_map(|(of, modulus)| Relation::Modulo { of, modulus }),
            (inner.clone(), cycles(integers()), integers()).prop_map(|(of, weights, constant)| {
                Relation::Weighted { of, weights, constant }
            }),
            (inner.clone(), inner).prop_map(|(even, odd)| Relation::Interleave { even, odd }),
        ]
    })
}

proptest! {
    /// No relation panics, whatever its numbers, and more terms never change the first.
    #[test]
    fn a_longer_prefix_agrees_with_a_shorter(
        relation in relations(),
        short in 0_usize..40,
        more in 0_usize..40,
    ) {
        let longer = relation.terms(short + more);
        let shorter = relation.terms(short);
        prop_assert_eq!(&longer[..longer.len().min(short)], &shorter[..]);
    }

    /// No sum of a negative number, nothing that does not matter, no space too many.
    #[test]
    fn formulas_are_tidy(relation in relations()) {
        let formula = relation.to_string();
        prop_assert!(formula.starts_with("x"));
        for untidy in ["+ -", "- -", "+ 0", "- 0", "  "] {
            prop_assert!(!formula.contains(untidy), "{}", formula);
        }
    }

    #[test]
    fn a_draw_is_the_beginning_of_its_relation(
        family in families(), stream in streams(), index: u64,
    ) {
        let range = SAMPLER.range();
        let mut terms = [0; LENGTH];
        let draw = SAMPLER.draw(stream, index, family, &mut terms);
        prop_assert_eq!(draw.family, family);
        prop_assert!((MIN_TERMS..=LENGTH).contains(&draw.length));
        prop_assert!(terms.iter().all(|&term| range.contains(term)));

        let relation = draw.relation(range).expect("drawn relations exist");
        let all = relation.terms(LENGTH);
        prop_assert_eq!(&all[..draw.length], &terms[..draw.length]);
        // It ends only where it leaves the range.
        prop_assert!(all.get(draw.length).is_none_or(|&term| !range.contains(term)));
    }

    /// A buffer of any length is filled, and none is an error.
    #[test]
    fn buffers_of_any_length(family in families(), index: u64, length in 0_usize..20) {
        let mut terms = vec![-1; length];
        let draw = SAMPLER.draw(Stream::Examples, index, family, &mut terms);
        prop_assert!(draw.length <= length.min(LENGTH));
        let range = SAMPLER.range();
        prop_assert!(terms.iter().all(|&term| range.contains(term)));
        prop_assert!(terms[draw.length..].iter().all(|&term| term == range.min()));
    }

    /// Every index gives a relation or none, in every range.
    #[test]
    fn any_parameter_index_is_safe(
        family in families(), index: u32, min in integers(), classes in 2_i64..=65_536,
    ) {
        let max = min.saturating_add(classes - 1);
        if let Ok(range) = IntegerRange::new(min, max) {
            let count = family.parameter_count(range);
            prop_assert!(count > 0);
            prop_assert_eq!(family.relation(count, range), None);
            for parameters in [index, index % count] {
                if let Some(relation) = family.relation(parameters, range) {
                    relation.terms(20);
                }
            }
        }
    }
}

proptest! {
    // Every case builds the tables of two samplers.
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Neither the order of the calls nor the sampler nor the length matters.
    #[test]
    fn a_sample_depends_on_seed_stream_and_index_only(
        seed: u64, stream in streams(), indices in prop::collection::vec(any::<u64>(), 1..8),
    ) {
        let range = IntegerRange::default();
        let draw = |sampler: &Sampler, index| {
            let mut terms = [0; LENGTH];
            let draw = sampler.draw(stream, index, PhaseWeights::EQUAL, &mut terms);
            (draw, terms)
        };
        let sampler = Sampler::new(seed, range, LENGTH).unwrap();
        let forwards: Vec<_> = indices.iter().map(|&index| draw(&sampler, index)).collect();
        let mut backwards: Vec<_> =
            indices.iter().rev().map(|&index| draw(&sampler, index)).collect();
        backwards.reverse();
        prop_assert_eq!(&forwards, &backwards);

        let longer = Sampler::new(seed, range, LENGTH + 8).unwrap();
        for (&index, (expected, terms)) in indices.iter().zip(&forwards) {
            let mut more = [0; LENGTH + 8];
            let draw = longer.draw(stream, index, PhaseWeights::EQUAL, &mut more);
            prop_assert_eq!(draw.parameters, expected.parameters);
            prop_assert_eq!(&more[..expected.length], &terms[..expected.length]);
        }
    }
}

#[test]
fn distinct_relations_of_a_family_have_distinct_formulas() {
    for family in Family::ALL {
        // A stride keeps the large families quick and reaches into every part of them.
        let stride = SAMPLER.valid_count(family).div_ceil(5_000);
        let mut formulas = HashMap::new();
        for parameters in SAMPLER.valid_parameters(family).step_by(stride) {
            let relation = family.relation(parameters, SAMPLER.range()).unwrap();
            if let Some(other) = formulas.insert(relation.to_string(), relation.clone()) {
                assert_eq!(other, relation, "{family}: the formula {other} means two relations");
            }
        }
    }
}

#[test]
fn threads_draw_the_same() {
    let draw_all = || -> Vec<[i64; LENGTH]> {
        let draw = |index| {
            let mut terms = [0; LENGTH];
            SAMPLER.draw(Stream::Training, index, PhaseWeights::EQUAL, &mut terms);
            terms
        };
        (0..2_000).map(draw).collect()
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(draw_all)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(results.iter().all(|result| *result == results[0]));
}
