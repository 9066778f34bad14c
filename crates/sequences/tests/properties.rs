//! Properties of every relation and every draw.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::LazyLock;

use ninth_sequences::{
    Accepted, CellFunction, Condition, Cycle, Family, Function, IntegerRange, Lag, Listed,
    MIN_TERMS, Operation, Past, PhaseWeights, Predicate, Ratio, Reading, Relation, Rounding,
    Sampler, SelectOutput, Step, Stream, TermIndex, Transform, Triangle,
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

/// Small numbers, any numbers, and the extreme ones.
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

/// Functions of each kind.
fn functions() -> impl Strategy<Value = Function> {
    let plain = prop::sample::select(vec![
        Function::Triangular,
        Function::Factorial,
        Function::Fibonacci,
        Function::Catalan,
        Function::Motzkin,
        Function::Bell,
        Function::Partitions,
        Function::Prime,
        Function::DivisorSum,
        Function::Totient,
        Function::Carmichael,
        Function::Moebius,
        Function::Kempner,
        Function::LeastNondivisor,
        Function::PrimeCount,
        Function::NextPrime,
        Function::PreviousPrime,
        Function::TwoSquares,
        Function::IsFibonacci,
        Function::GrayCode,
        Function::Josephus,
        Function::AboveSquare,
        Function::Kolakoski,
        Function::CollatzSteps,
    ]);
    prop_oneof![
        plain,
        any::<u8>().prop_map(Function::Power),
        any::<u8>().prop_map(Function::Exponential),
        any::<u8>().prop_map(Function::Root),
        any::<u8>().prop_map(Function::Order),
        any::<i8>().prop_map(Function::Kronecker),
        any::<u8>().prop_map(Function::DigitSum),
        any::<u8>().prop_map(Function::Reversal),
        any::<u8>().prop_map(Function::Numeral),
        (any::<u8>(), any::<u8>())
            .prop_map(|(digit, base)| Function::DigitOccurrences(digit, base)),
        positives().prop_map(Function::Valuation),
        positives().prop_map(Function::WithoutFactor),
        positives().prop_map(Function::Gcd),
        positives().prop_map(Function::Numerator),
        positives().prop_map(Function::Remainder),
        positives().prop_map(Function::Quotient),
    ]
}

fn tests() -> impl Strategy<Value = Predicate> {
    let answers = prop_oneof![
        integers().prop_map(Accepted::Is),
        integers().prop_map(Accepted::IsNot),
        (0_i64..4, positives())
            .prop_map(|(residue, modulus)| Accepted::Remainder { residue, modulus }),
    ];
    (functions(), answers).prop_map(|(function, accepted)| Predicate { function, accepted })
}

fn operations() -> impl Strategy<Value = Operation> {
    prop::sample::select(vec![
        Operation::Sum,
        Operation::Difference,
        Operation::Product,
        Operation::Quotient,
        Operation::Remainder,
        Operation::Gcd,
        Operation::Convolution,
    ])
}

fn transforms() -> impl Strategy<Value = Transform> {
    prop::sample::select(vec![
        Transform::Differences,
        Transform::Products,
        Transform::Records,
        Transform::Binomial,
        Transform::Divisors,
        Transform::Euler,
        Transform::Compositions,
    ])
}

/// Triangles that need no other sequence.
fn plain_triangles() -> impl Strategy<Value = Triangle> {
    let plain = prop::sample::select(vec![
        CellFunction::Product,
        CellFunction::Around,
        CellFunction::Squares,
        CellFunction::Power,
        CellFunction::Gcd,
        CellFunction::Lcm,
        CellFunction::Minimum,
        CellFunction::Maximum,
        CellFunction::Distance,
        CellFunction::Remainder,
        CellFunction::Quotient,
        CellFunction::Divides,
        CellFunction::Equal,
        CellFunction::Coprime,
        CellFunction::Xor,
        CellFunction::And,
        CellFunction::Or,
        CellFunction::Binomial,
        CellFunction::Choose,
    ]);
    let cells =
        prop_oneof![plain, (integers(), integers()).prop_map(|(a, b)| CellFunction::Linear(a, b))];
    let readings = prop::sample::select(vec![Reading::Rows, Reading::Antidiagonals]);
    let lists = prop_oneof![
        prop::sample::select(vec![
            Listed::Divisors,
            Listed::DivisorsDown,
            Listed::PrimeFactors,
            Listed::Totatives,
            Listed::Remainders,
        ]),
        any::<u8>().prop_map(Listed::Digits),
    ];
    let weights = || [integers(), integers(), integers()];
    prop_oneof![
        (cells, integers(), readings).prop_map(|(cell, origin, reading)| Triangle::Cells {
            cell,
            origin,
            reading
        }),
        (weights(), weights()).prop_map(|(diagonal, above)| Triangle::Weighted { diagonal, above }),
        lists.prop_map(Triangle::Listed),
    ]
}

fn lags() -> impl Strategy<Value = Box<[Lag]>> {
    let lag = (integers(), integers()).prop_map(|(first, factor)| Lag { first, factor });
    prop::collection::vec(lag, 0..5).prop_map(Vec::into_boxed_slice)
}

/// Any relation, also those that no family has.
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
        wider_leaves(),
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
            (inner.clone(), inner.clone())
                .prop_map(|(even, odd)| Relation::Interleave { even, odd }),
            wider_branches(inner),
        ]
    })
}

/// The relations of the wider phase without sequences inside.
fn wider_leaves() -> impl Strategy<Value = Relation> {
    prop_oneof![
        (integers(), [steps(), steps()])
            .prop_map(|(first, steps)| Relation::Alternate { first, steps }),
        (integers(), integers(), functions(), integers()).prop_map(
            |(first, factor, function, weight)| Relation::Iterate {
                first,
                factor,
                function,
                weight,
            }
        ),
        ([integers(), integers(), integers(), integers()], positives())
            .prop_map(|(coefficients, divisor)| Relation::Polynomial { coefficients, divisor }),
        (any::<u32>(), positives(), any::<u8>()).prop_map(|(numerator, denominator, base)| {
            Relation::Digits { numerator, denominator, base }
        }),
        (any::<u32>(), any::<u8>())
            .prop_map(|(radicand, degree)| Relation::RootDigits { radicand, degree }),
        any::<u32>().prop_map(|radicand| Relation::ContinuedFraction { radicand }),
        plain_triangles().prop_map(|triangle| Relation::Triangle(Box::new(triangle))),
    ]
}

/// The relations of the wider phase with sequences inside.
fn wider_branches(
    inner: impl Strategy<Value = Box<Relation>> + Clone + 'static,
) -> impl Strategy<Value = Relation> {
    let keeps = prop::sample::select(vec![SelectOutput::Terms, SelectOutput::Indices]);
    let places = prop::sample::select(vec![
        TermIndex::Row,
        TermIndex::Column,
        TermIndex::FromRight,
        TermIndex::FromEdge,
        TermIndex::FromMiddle,
    ]);
    prop_oneof![
        (lags(), inner.clone()).prop_map(|(lags, addend)| Relation::Recurrence { lags, addend }),
        (integers(), inner.clone()).prop_map(|(first, then)| Relation::After { first, then }),
        (functions(), inner.clone()).prop_map(|(function, to)| Relation::Apply { function, to }),
        (inner.clone(), tests(), keeps).prop_map(|(from, predicate, output)| Relation::Select {
            from,
            predicate,
            output
        }),
        (operations(), inner.clone(), inner.clone())
            .prop_map(|(operation, left, right)| Relation::Combine { operation, left, right }),
        (transforms(), inner.clone()).prop_map(|(by, of)| Relation::Transformed { by, of }),
        (inner.clone(), places).prop_map(|(sequence, place)| {
            Relation::Triangle(Box::new(Triangle::Of { sequence: *sequence, place }))
        }),
        (inner.clone(), inner, [integers(), integers(), integers()], integers()).prop_map(
            |(left, right, factors, constant)| {
                let (left, right) = (*left, *right);
                Relation::Triangle(Box::new(Triangle::Inside { left, right, factors, constant }))
            }
        ),
    ]
}

proptest! {
    /// No relation panics, and the first terms do not depend on the number of terms.
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

    /// Formulas are simplified: no `+ -`, no addends of zero, no double spaces.
    #[test]
    fn formulas_are_tidy(relation in relations()) {
        let formula = relation.to_string();
        prop_assert!(formula.starts_with("a"));
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

    /// A buffer of any length is filled, and no length is an error.
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

    /// A draw does not depend on the order of the calls, the sampler or the length.
    #[test]
    fn a_sample_depends_on_seed_stream_and_index_only(
        seed: u64, stream in streams(), indices in prop::collection::vec(any::<u64>(), 1..8),
    ) {
        let range = IntegerRange::default();
        let draw = |sampler: &Sampler, index| {
            let mut terms = [0; LENGTH];
            let draw = sampler.draw(stream, index, PhaseWeights::DOCUMENT, &mut terms);
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
            let draw = longer.draw(stream, index, PhaseWeights::DOCUMENT, &mut more);
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
            SAMPLER.draw(Stream::Training, index, PhaseWeights::DOCUMENT, &mut terms);
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
