//! The families: finite sets of relations that a person would give one name.
//!
//! A family has a few integer parameters, each from a small [`Domain`], and one function
//! that turns their values into a [`Relation`]. [`TABLE`] holds all of it: **the** place
//! where parameter ranges are written. The functions are in `simple.rs`, `nested.rs`,
//! `combined.rs` and `wider/`, by phase.
//!
//! A tuple of parameters is *valid* in an integer range when the relation has at least
//! [`MIN_TERMS`](crate::MIN_TERMS) terms there. The rest is never drawn: sequences that
//! leave the range at once, and *degenerate* tuples, for which the function returns
//! `None` because a plainer family says the same (alternating steps that are equal, a
//! step of zero, a factor of one). Some sequences still belong to several families, or to
//! several tuples of one: a switch whose second rule is never reached is a plain
//! recurrence, and residues of the first terms repeat under a small modulus. That is
//! harmless: such sequences are only drawn a little more often, and they go on alike.
//!
//! How many tuples are valid in 0..=255 (a test keeps the figures true; the example
//! `survey` prints them for any range):
//!
//! | family | tuples | valid | accepted |
//! |---|---|---|---|
//! | order-zero | 256 | 256 | 100.0 % |
//! | order-one | 216832 | 25261 | 11.7 % |
//! | order-two | 114688 | 52026 | 45.4 % |
//! | fibonacci | 1600 | 1599 | 99.9 % |
//! | alternating-steps | 246016 | 206800 | 84.1 % |
//! | growing-steps | 161280 | 87990 | 54.6 % |
//! | shrinking-steps | 233472 | 96472 | 41.3 % |
//! | geometric | 320 | 46 | 14.4 % |
//! | alternating-factors | 4096 | 173 | 4.2 % |
//! | rational-factors | 43264 | 21216 | 49.0 % |
//! | two-step | 13056 | 12125 | 92.9 % |
//! | three-step | 13056 | 12125 | 92.9 % |
//! | mixed-periods | 117504 | 71400 | 60.8 % |
//! | modulo | 11520 | 10971 | 95.2 % |
//! | every-kth | 47616 | 16212 | 34.0 % |
//! | partial-sums | 13824 | 13824 | 100.0 % |
//! | interleaved | 518400 | 469370 | 90.5 % |
//! | floor-geometric | 5120 | 2617 | 51.1 % |
//! | ceiling-geometric | 5120 | 2614 | 51.1 % |
//! | alternating-signs | 41472 | 12973 | 31.3 % |
//! | parity-switch | 36864 | 23227 | 63.0 % |
//! | divisibility-switch | 73728 | 46514 | 63.1 % |
//! | threshold-switch | 92160 | 91853 | 99.7 % |
//! | rise-switch | 23040 | 18883 | 82.0 % |
//! | known-numbers | 9504 | 7049 | 74.2 % |
//! | function-of-index | 36864 | 31274 | 84.8 % |
//! | function-of-known | 86400 | 68530 | 79.3 % |
//! | known-modulo | 12000 | 11880 | 99.0 % |
//! | powers-modulo | 4356 | 4356 | 100.0 % |
//! | joined | 160000 | 71126 | 44.5 % |
//! | divided | 120000 | 69845 | 58.2 % |
//! | joined-steps | 80000 | 36954 | 46.2 % |
//! | known-steps | 76800 | 48886 | 63.7 % |
//! | transformed | 22400 | 16876 | 75.3 % |
//! | numbers-with | 92160 | 56599 | 61.4 % |
//! | numbers-by-pair | 120000 | 33138 | 27.6 % |
//! | known-with | 159744 | 53203 | 33.3 % |
//! | primes-in-class | 72600 | 2338 | 3.2 % |
//! | prime-values | 19992 | 4920 | 24.6 % |
//! | digit-occurrences | 2376 | 854 | 35.9 % |
//! | interleaved-known | 97344 | 93627 | 96.2 % |
//! | quadratic | 70587 | 45408 | 64.3 % |
//! | cubic | 69120 | 50539 | 73.1 % |
//! | rounded-multiples | 64350 | 25251 | 39.2 % |
//! | rounded-root | 28392 | 28288 | 99.6 % |
//! | rounded-quotients | 21600 | 18987 | 87.9 % |
//! | fraction-digits | 73584 | 44901 | 61.0 % |
//! | roots | 4156 | 4081 | 98.2 % |
//! | given-parts | 52488 | 4446 | 8.5 % |
//! | parts-in-classes | 6120 | 1506 | 24.6 % |
//! | order-three | 22500 | 13677 | 60.8 % |
//! | sparse-recurrence | 16250 | 10166 | 62.6 % |
//! | three-steps | 87808 | 85645 | 97.5 % |
//! | four-steps | 120000 | 118800 | 99.0 % |
//! | residue-classes | 16352 | 3958 | 24.2 % |
//! | lag-four | 100000 | 99000 | 99.0 % |
//! | lag-five | 131072 | 131040 | 100.0 % |
//! | period-six | 46656 | 46410 | 99.5 % |
//! | alternating-rules | 147456 | 38219 | 25.9 % |
//! | rounded-affine | 63488 | 35361 | 55.7 % |
//! | iterated | 49152 | 21882 | 44.5 % |
//! | forced | 23040 | 19610 | 85.1 % |
//! | interleaved-growing | 20736 | 20736 | 100.0 % |
//! | rows | 6480 | 5319 | 82.1 % |
//! | pascal | 20736 | 20736 | 100.0 % |
//! | weighted-triangle | 10000 | 6636 | 66.4 % |
//! | cells | 3840 | 3376 | 87.9 % |
//! | total | 4482807 | 2811980 | 62.7 % |

mod combined;
mod nested;
mod simple;
mod wider;

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use crate::error::Error;
use crate::phase::Phase;
use crate::range::IntegerRange;
use crate::relation::EvaluateTerms;
use crate::relation::{Ratio, Relation};
use Domain::{Centre, Entry, Integers, Terms};

/// A set of relations with a name, drawn from as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// `[1, 1, 1]`
    OrderZero,
    /// `[2, 4, 6]`
    OrderOne,
    /// `[1, 0, 1, 0]`
    OrderTwo,
    /// `[1, 1, 2, 3, 5]`
    Fibonacci,
    /// `[1, 3, 4, 6, 7, 9]`
    AlternatingSteps,
    /// `[1, 2, 4, 7, 11]`
    GrowingSteps,
    /// `[1, 5, 8, 10, 11]`
    ShrinkingSteps,
    /// `[2, 4, 8, 16]`
    Geometric,
    /// `[1, 2, 6, 12, 36]`
    AlternatingFactors,
    /// `[8, 4, 6, 3]`
    RationalFactors,
    /// `[1, 1, 2, 2, 3, 3]`
    TwoStep,
    /// `[1, 1, 1, 2, 2, 2]`
    ThreeStep,
    /// `[1, 2, 2, 3, 4, 4, 5, 6, 6]`
    MixedPeriods,
    /// `[1, 1, 2, 0, 2, 2, 1, 0, 1]`
    Modulo,
    /// `[1, 2, 6, 4, 5, 12]`
    EveryKth,
    /// `[1, 2, 4, 7, 12]`
    PartialSums,
    /// `[1, 10, 2, 20, 3, 30]`
    Interleaved,
    /// `[1, 1, 2, 3, 5, 7]`
    FloorGeometric,
    /// `[1, 2, 3, 4, 6, 8]`
    CeilingGeometric,
    /// `[129, 125, 133, 121]`
    AlternatingSigns,
    /// `[1, 2, 3, 6, 7, 14]`
    ParitySwitch,
    /// `[3, 4, 8, 16, 32, 64]`
    DivisibilitySwitch,
    /// `[3, 6, 12, 9, 18, 15]`
    ThresholdSwitch,
    /// `[5, 10, 7, 14, 11, 22]`
    RiseSwitch,
    /// `[3, 6, 11, 18, 27, 38]`
    KnownNumbers,
    /// `[1, 2, 2, 3, 2, 4]`
    FunctionOfIndex,
    /// `[1, 2, 5, 5, 17, 13]`
    FunctionOfKnown,
    /// `[2, 3, 0, 2, 1, 3]`
    KnownModulo,
    /// `[1, 3, 2, 6, 4, 5]`
    PowersModulo,
    /// `[1, 3, 7, 12, 19, 28]`
    Joined,
    /// `[0, 0, 1, 0, 1, 0]`
    Divided,
    /// `[0, 1, 5, 14, 30]`
    JoinedSteps,
    /// `[1, 3, 6, 11, 18, 29]`
    KnownSteps,
    /// `[1, 2, 2, 4, 2, 4]`
    Transformed,
    /// `[4, 6, 9, 10, 14, 15]`
    NumbersWith,
    /// `[1, 2, 8, 9, 12, 18]`
    NumbersByPair,
    /// `[2, 5, 17, 37, 101, 197]`
    KnownWith,
    /// `[5, 13, 17, 29, 37, 41]`
    PrimesInClass,
    /// `[1, 2, 4, 6, 10, 14]`
    PrimeValues,
    /// `[1, 10, 12, 13, 14, 15]`
    DigitOccurrences,
    /// `[1, 1, 4, 2, 9, 6]`
    InterleavedKnown,
    /// `[0, 1, 2, 4, 6, 9]`
    Quadratic,
    /// `[1, 5, 14, 30, 55]`
    Cubic,
    /// `[0, 1, 3, 4, 6, 8]`
    RoundedMultiples,
    /// `[1, 1, 1, 2, 2, 2]`
    RoundedRoot,
    /// `[96, 48, 32, 24, 19, 16]`
    RoundedQuotients,
    /// `[1, 4, 2, 8, 5, 7]`
    FractionDigits,
    /// `[1, 4, 1, 4, 2, 1]`
    Roots,
    /// `[1, 1, 2, 2, 3, 3]`
    GivenParts,
    /// `[1, 1, 1, 2, 2, 3]`
    PartsInClasses,
    /// `[1, 1, 1, 3, 5, 9]`
    OrderThree,
    /// `[1, 1, 1, 2, 2, 3]`
    SparseRecurrence,
    /// `[1, 3, 6, 8, 10, 13]`
    ThreeSteps,
    /// `[1, 3, 7, 9, 11, 13]`
    FourSteps,
    /// `[1, 2, 4, 5, 7, 8]`
    ResidueClasses,
    /// `[1, 1, 2, 3, 2, 2]`
    LagFour,
    /// `[3, 1, 4, 1, 5, 3]`
    LagFive,
    /// `[1, 0, 0, 2, 1, 0]`
    PeriodSix,
    /// `[6, 9, 18, 21, 42, 45]`
    AlternatingRules,
    /// `[148, 84, 52, 36, 28, 24]`
    RoundedAffine,
    /// `[1, 2, 4, 8, 16, 23]`
    Iterated,
    /// `[0, 1, 3, 7, 14, 26]`
    Forced,
    /// `[5, 6, 7, 8, 10, 11]`
    InterleavedGrowing,
    /// `[1, 2, 2, 3, 3, 3]`
    Rows,
    /// `[1, 1, 1, 1, 2, 1]`
    Pascal,
    /// `[1, 0, 1, 0, 1, 1]`
    WeightedTriangle,
    /// `[1, 2, 2, 3, 4, 3]`
    Cells,
}

/// One parameter of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// What it is, in words.
    pub name: &'static str,
    /// The values that it takes.
    pub domain: Domain,
}

/// The values of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Every integer from the first to the second, both included.
    Integers(i64, i64),
    /// The terms of the integer range that are closest to zero, so many of them; all when
    /// it has fewer.
    Terms(u32),
    /// Where the middle of a sequence of both signs comes to lie: zero in a range with
    /// negative terms, else one, two or three quarters of the way through the range.
    Centre,
    /// The place in a list that stands beside the family's function.
    Entry(usize),
}

/// A line of the table.
struct Definition {
    family: Family,
    phase: Phase,
    name: &'static str,
    summary: &'static str,
    /// At most [`MAX_PARAMETERS`]; the last one changes fastest along the index.
    parameters: &'static [Parameter],
    function: Function,
    /// The first terms of one sequence of the family in 0..=255.
    example: &'static [i64],
}

/// What a family makes of a parameter tuple, unless it is degenerate. Both are the same
/// function of its file: what it returns becomes a relation, or is evaluated at once.
struct Function {
    relation: fn(&ParameterSpace, u32) -> Option<Relation>,
    /// As [`ParameterSpace::evaluate`], for an index of a tuple.
    evaluate: fn(&ParameterSpace, u32, &mut [i64]) -> usize,
}

/// The [`Function`] that a family's function of parameter values is. The values that it does
/// not look at are then not computed either.
macro_rules! function {
    ($function:path) => {
        Function {
            relation: |space, index| $function(&space.values(index)).map(Into::into),
            evaluate: |space, index, terms| {
                let rule = $function(&space.values(index));
                rule.map_or(0, |rule| rule.evaluate_up_to(space.largest, terms))
            },
        }
    };
}

const MAX_PARAMETERS: usize = 6;

/// Parameter values in the order of the table; zeros behind the last.
type Values = [i64; MAX_PARAMETERS];

const fn parameter(name: &'static str, domain: Domain) -> Parameter {
    Parameter { name, domain }
}

/// The fraction `numerator / denominator`, for lists that the compiler evaluates.
const fn fraction(numerator: i64, denominator: u32) -> Ratio {
    match NonZeroU32::new(denominator) {
        Some(denominator) => Ratio { numerator, denominator },
        None => panic!("a denominator is not zero"), // at compile time
    }
}

/// A parameter that the table keeps positive, as the positive number it is.
fn positive(value: i64) -> NonZeroU32 {
    u32::try_from(value).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
}

/// A first term, anywhere in the range (a range of more than 1024 terms is not covered
/// in full: the tables of valid parameters must stay small).
const ANYWHERE: Domain = Domain::Terms(1024);

/// Every family with its parameter ranges, in the order of [`Family`].
static TABLE: [Definition; 67] = [
    Definition {
        family: Family::OrderZero,
        phase: Phase::Simple,
        name: "order-zero",
        summary: "one term for ever",
        parameters: &[parameter("term", ANYWHERE)],
        function: function!(simple::order_zero),
        example: &[1, 1, 1],
    },
    Definition {
        family: Family::OrderOne,
        phase: Phase::Simple,
        name: "order-one",
        summary: "a multiple of the last term plus a constant",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("factor", Integers(-1, 5)),
            parameter("constant", Integers(-60, 60)),
        ],
        function: function!(simple::order_one),
        example: &[2, 4, 6],
    },
    Definition {
        family: Family::OrderTwo,
        phase: Phase::Simple,
        name: "order-two",
        summary: "multiples of the last two terms plus a constant",
        parameters: &[
            parameter("first term", Terms(32)),
            parameter("second term", Terms(32)),
            parameter("factor of the last term", Integers(-1, 2)),
            parameter("factor of the term before it", Integers(-1, 2)),
            parameter("constant", Integers(-3, 3)),
        ],
        function: function!(simple::order_two),
        example: &[1, 0, 1, 0],
    },
    Definition {
        family: Family::Fibonacci,
        phase: Phase::Simple,
        name: "fibonacci",
        summary: "the sum of the last two terms",
        parameters: &[parameter("first term", Terms(40)), parameter("second term", Terms(40))],
        function: function!(simple::fibonacci),
        example: &[1, 1, 2, 3, 5],
    },
    Definition {
        family: Family::AlternatingSteps,
        phase: Phase::Nested,
        name: "alternating-steps",
        summary: "two steps in turn",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("one step", Integers(-15, 15)),
            parameter("other step", Integers(-15, 15)),
        ],
        function: function!(nested::alternating_steps),
        example: &[1, 3, 4, 6, 7, 9],
    },
    Definition {
        family: Family::GrowingSteps,
        phase: Phase::Nested,
        name: "growing-steps",
        summary: "steps that grow by a constant, upwards or downwards",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("direction", Integers(-1, 1)),
            parameter("first step", Integers(0, 20)),
            parameter("growth", Integers(1, 10)),
        ],
        function: function!(nested::growing_steps),
        example: &[1, 2, 4, 7, 11],
    },
    Definition {
        family: Family::ShrinkingSteps,
        phase: Phase::Nested,
        name: "shrinking-steps",
        summary: "steps that shrink by a constant, and turn round at zero",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("direction", Integers(-1, 1)),
            parameter("first step", Integers(3, 40)),
            parameter("shrinkage", Integers(1, 8)),
        ],
        function: function!(nested::shrinking_steps),
        example: &[1, 5, 8, 10, 11],
    },
    Definition {
        family: Family::Geometric,
        phase: Phase::Nested,
        name: "geometric",
        summary: "a multiple of the last term",
        parameters: &[parameter("first term", Terms(64)), parameter("factor", Integers(2, 6))],
        function: function!(nested::geometric),
        example: &[2, 4, 8, 16],
    },
    Definition {
        family: Family::AlternatingFactors,
        phase: Phase::Nested,
        name: "alternating-factors",
        summary: "two factors in turn",
        parameters: &[
            parameter("first term", Terms(64)),
            parameter("one factor", Integers(2, 9)),
            parameter("other factor", Integers(2, 9)),
        ],
        function: function!(nested::alternating_factors),
        example: &[1, 2, 6, 12, 36],
    },
    Definition {
        family: Family::RationalFactors,
        phase: Phase::Nested,
        name: "rational-factors",
        summary: "two fractions as factors in turn, every term rounded down",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("one factor", Entry(nested::FACTORS.len())),
            parameter("other factor", Entry(nested::FACTORS.len())),
        ],
        function: function!(nested::rational_factors),
        example: &[8, 4, 6, 3],
    },
    Definition {
        family: Family::TwoStep,
        phase: Phase::Nested,
        name: "two-step",
        summary: "an arithmetic sequence, every term twice",
        parameters: &[parameter("first term", ANYWHERE), parameter("step", Integers(-20, 30))],
        function: function!(nested::two_step),
        example: &[1, 1, 2, 2, 3, 3],
    },
    Definition {
        family: Family::ThreeStep,
        phase: Phase::Nested,
        name: "three-step",
        summary: "an arithmetic sequence, every term three times",
        parameters: &[parameter("first term", ANYWHERE), parameter("step", Integers(-20, 30))],
        function: function!(nested::three_step),
        example: &[1, 1, 1, 2, 2, 2],
    },
    Definition {
        family: Family::MixedPeriods,
        phase: Phase::Nested,
        name: "mixed-periods",
        summary: "an arithmetic sequence, its terms held for two different times in turn",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("step", Integers(-20, 30)),
            parameter("one run", Integers(1, 3)),
            parameter("other run", Integers(1, 3)),
        ],
        function: function!(nested::mixed_periods),
        example: &[1, 2, 2, 3, 4, 4, 5, 6, 6],
    },
    Definition {
        family: Family::Modulo,
        phase: Phase::Combined,
        name: "modulo",
        summary: "a recurrence of order two, modulo a number",
        parameters: &[
            parameter("first term", Integers(0, 15)),
            parameter("second term", Integers(0, 15)),
            parameter("factors of the recurrence", Entry(combined::MODULAR.len())),
            parameter("modulus", Integers(2, 16)),
        ],
        function: function!(combined::modulo),
        example: &[1, 1, 2, 0, 2, 2, 1, 0, 1],
    },
    Definition {
        family: Family::EveryKth,
        phase: Phase::Combined,
        name: "every-kth",
        summary: "an arithmetic sequence, every k-th term multiplied",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("step", Integers(-10, 20)),
            parameter("k", Integers(2, 4)),
            parameter("factor", Integers(2, 3)),
        ],
        function: function!(combined::every_kth),
        example: &[1, 2, 6, 4, 5, 12],
    },
    Definition {
        family: Family::PartialSums,
        phase: Phase::Combined,
        name: "partial-sums",
        summary: "the running total of a recurrence of order two",
        parameters: &[
            parameter("first total", Terms(64)),
            parameter("first summand", Integers(0, 8)),
            parameter("second summand", Integers(1, 8)),
            parameter("factors of the recurrence", Entry(combined::SUMMANDS.len())),
        ],
        function: function!(combined::partial_sums),
        example: &[1, 2, 4, 7, 12],
    },
    Definition {
        family: Family::Interleaved,
        phase: Phase::Combined,
        name: "interleaved",
        summary: "two arithmetic sequences in turn",
        parameters: &[
            parameter("first term of one", Terms(40)),
            parameter("its step", Integers(-5, 12)),
            parameter("first term of the other", Terms(40)),
            parameter("its step", Integers(-5, 12)),
        ],
        function: function!(combined::interleaved),
        example: &[1, 10, 2, 20, 3, 30],
    },
    Definition {
        family: Family::FloorGeometric,
        phase: Phase::Combined,
        name: "floor-geometric",
        summary: "a geometric sequence with a fraction as its ratio, rounded down",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("ratio", Entry(combined::RATIOS.len())),
        ],
        function: function!(combined::floor_geometric),
        example: &[1, 1, 2, 3, 5, 7],
    },
    Definition {
        family: Family::CeilingGeometric,
        phase: Phase::Combined,
        name: "ceiling-geometric",
        summary: "a geometric sequence with a fraction as its ratio, rounded up",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("ratio", Entry(combined::RATIOS.len())),
        ],
        function: function!(combined::ceiling_geometric),
        example: &[1, 2, 3, 4, 6, 8],
    },
    Definition {
        family: Family::AlternatingSigns,
        phase: Phase::Combined,
        name: "alternating-signs",
        summary: "an arithmetic sequence with alternating signs, around a constant",
        parameters: &[
            parameter("first term", Terms(128)),
            parameter("step", Integers(-10, 25)),
            parameter("first sign", Integers(-1, 1)),
            parameter("constant", Centre),
        ],
        function: function!(combined::alternating_signs),
        example: &[129, 125, 133, 121],
    },
    Definition {
        family: Family::ParitySwitch,
        phase: Phase::Combined,
        name: "parity-switch",
        summary: "one rule after an even term, another after an odd one",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("rule after an even term", Entry(combined::RULES.len())),
            parameter("rule after an odd term", Entry(combined::RULES.len())),
        ],
        function: function!(combined::parity_switch),
        example: &[1, 2, 3, 6, 7, 14],
    },
    Definition {
        family: Family::DivisibilitySwitch,
        phase: Phase::Combined,
        name: "divisibility-switch",
        summary: "one rule after a multiple of a number, another after the rest",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("divisor", Integers(3, 4)),
            parameter("rule after a multiple", Entry(combined::RULES.len())),
            parameter("rule after the rest", Entry(combined::RULES.len())),
        ],
        function: function!(combined::divisibility_switch),
        example: &[3, 4, 8, 16, 32, 64],
    },
    Definition {
        family: Family::ThresholdSwitch,
        phase: Phase::Combined,
        name: "threshold-switch",
        summary: "a rule that goes up below a threshold, one that goes down from it on",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("threshold", Entry(combined::THRESHOLDS.len())),
            parameter("rule below", Entry(combined::UPWARDS.len())),
            parameter("rule from there on", Entry(combined::DOWNWARDS.len())),
        ],
        function: function!(combined::threshold_switch),
        example: &[3, 6, 12, 9, 18, 15],
    },
    Definition {
        family: Family::RiseSwitch,
        phase: Phase::Combined,
        name: "rise-switch",
        summary: "a rule that goes down after a rise, one that goes up otherwise",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("rule after a rise", Entry(combined::DOWNWARDS.len())),
            parameter("rule otherwise", Entry(combined::UPWARDS.len())),
        ],
        function: function!(combined::rise_switch),
        example: &[5, 10, 7, 14, 11, 22],
    },
    Definition {
        family: Family::KnownNumbers,
        phase: Phase::Wider,
        name: "known-numbers",
        summary: "a sequence with a name, scaled and moved",
        parameters: &[
            parameter("sequence", Entry(wider::KNOWN.len())),
            parameter("terms left out", Integers(0, 5)),
            parameter("factor", Integers(1, 4)),
            parameter("constant", Integers(-4, 6)),
        ],
        function: function!(wider::numbers::known_numbers),
        example: &[3, 6, 11, 18, 27, 38, 51, 66, 83],
    },
    Definition {
        family: Family::FunctionOfIndex,
        phase: Phase::Wider,
        name: "function-of-index",
        summary: "a function of the numbers of an arithmetic sequence",
        parameters: &[
            parameter("function", Entry(wider::FUNCTIONS.len())),
            parameter("first number", Integers(0, 7)),
            parameter("step", Integers(1, 6)),
            parameter("factor", Integers(1, 3)),
            parameter("constant", Integers(-1, 2)),
        ],
        function: function!(wider::numbers::function_of_index),
        example: &[1, 2, 2, 3, 2, 4, 2, 4, 3],
    },
    Definition {
        family: Family::FunctionOfKnown,
        phase: Phase::Wider,
        name: "function-of-known",
        summary: "a function of the terms of a sequence with a name",
        parameters: &[
            parameter("function", Entry(wider::FUNCTIONS.len() + wider::PLACES.len())),
            parameter("sequence", Entry(wider::INNER)),
            parameter("terms left out", Integers(0, 2)),
            parameter("constant inside", Integers(-1, 2)),
        ],
        function: function!(wider::numbers::function_of_known),
        example: &[1, 2, 5, 5, 17, 13, 37, 5, 13],
    },
    Definition {
        family: Family::KnownModulo,
        phase: Phase::Wider,
        name: "known-modulo",
        summary: "remainders of a sequence with a name",
        parameters: &[
            parameter("sequence", Entry(wider::INNER)),
            parameter("terms left out", Integers(0, 3)),
            parameter("modulus", Integers(2, 16)),
            parameter("constant", Integers(0, 1)),
        ],
        function: function!(wider::numbers::known_modulo),
        example: &[2, 3, 0, 2, 1, 3, 2, 4, 3],
    },
    Definition {
        family: Family::PowersModulo,
        phase: Phase::Wider,
        name: "powers-modulo",
        summary: "remainders of powers",
        parameters: &[
            parameter("base or exponent given", Integers(0, 1)),
            parameter("number", Integers(2, 12)),
            parameter("modulus", Integers(2, 100)),
            parameter("first argument", Integers(0, 1)),
        ],
        function: function!(wider::numbers::powers_modulo),
        example: &[1, 3, 2, 6, 4, 5, 1, 3, 2],
    },
    Definition {
        family: Family::Joined,
        phase: Phase::Wider,
        name: "joined",
        summary: "two sequences with names, added, multiplied and so on",
        parameters: &[
            parameter("operation", Entry(wider::numbers::OPERATIONS.len())),
            parameter("one sequence", Entry(wider::INNER)),
            parameter("other sequence", Entry(wider::INNER)),
            parameter("terms of one left out", Integers(0, 1)),
            parameter("terms of the other left out", Integers(0, 1)),
        ],
        function: function!(wider::numbers::joined),
        example: &[1, 3, 7, 12, 19, 28],
    },
    Definition {
        family: Family::Divided,
        phase: Phase::Wider,
        name: "divided",
        summary: "one sequence with a name divided by another, and what is left",
        parameters: &[
            parameter("operation", Entry(wider::numbers::DIVISIONS.len())),
            parameter("one sequence", Entry(wider::INNER)),
            parameter("other sequence", Entry(wider::INNER)),
            parameter("terms of one left out", Integers(0, 1)),
            parameter("terms of the other left out", Integers(0, 1)),
        ],
        function: function!(wider::numbers::divided),
        example: &[0, 0, 1, 0, 1, 0, 1, 0, 0],
    },
    Definition {
        family: Family::JoinedSteps,
        phase: Phase::Wider,
        name: "joined-steps",
        summary: "steps that are two sequences with names, joined",
        parameters: &[
            parameter("operation", Entry(wider::numbers::OPERATIONS.len())),
            parameter("one sequence", Entry(wider::INNER)),
            parameter("other sequence", Entry(wider::INNER)),
            parameter("terms of the other left out", Integers(0, 1)),
        ],
        function: function!(wider::numbers::joined_steps),
        example: &[0, 1, 5, 14, 30],
    },
    Definition {
        family: Family::KnownSteps,
        phase: Phase::Wider,
        name: "known-steps",
        summary: "steps that are a sequence with a name",
        parameters: &[
            parameter("first term", Terms(16)),
            parameter("sequence", Entry(wider::INNER)),
            parameter("terms left out", Integers(0, 2)),
            parameter("factor", Integers(-1, 2)),
            parameter("constant", Integers(-1, 2)),
        ],
        function: function!(wider::numbers::known_steps),
        example: &[1, 3, 6, 11, 18, 29],
    },
    Definition {
        family: Family::Transformed,
        phase: Phase::Wider,
        name: "transformed",
        summary: "differences, products and other transforms of a sequence with a name",
        parameters: &[
            parameter("transform", Entry(wider::numbers::TRANSFORMS.len())),
            parameter("sequence", Entry(wider::INNER)),
            parameter("terms left out", Integers(0, 3)),
            parameter("factor", Integers(1, 2)),
            parameter("constant", Integers(-1, 2)),
        ],
        function: function!(wider::numbers::transformed),
        example: &[1, 2, 2, 4, 2, 4, 2, 4, 6],
    },
    Definition {
        family: Family::NumbersWith,
        phase: Phase::Wider,
        name: "numbers-with",
        summary: "the numbers that a function gives some answer of",
        parameters: &[
            parameter("function", Entry(wider::FUNCTIONS.len())),
            parameter("answer", Entry(wider::numbers::ANSWERS.len())),
            parameter("first number", Integers(0, 4)),
            parameter("step", Integers(1, 3)),
            parameter("constant", Integers(-1, 2)),
        ],
        function: function!(wider::numbers::numbers_with),
        example: &[4, 6, 9, 10, 14, 15, 21, 22],
    },
    Definition {
        family: Family::NumbersByPair,
        phase: Phase::Wider,
        name: "numbers-by-pair",
        summary: "the numbers of which two functions give some answer together",
        parameters: &[
            parameter("question", Entry(wider::numbers::QUESTIONS.len())),
            parameter("one function", Entry(wider::INNER)),
            parameter("other function", Entry(wider::INNER)),
        ],
        function: function!(wider::numbers::numbers_by_pair),
        example: &[1, 2, 8, 9, 12, 18],
    },
    Definition {
        family: Family::KnownWith,
        phase: Phase::Wider,
        name: "known-with",
        summary: "the terms of a sequence with a name that a function gives some answer of",
        parameters: &[
            parameter("sequence", Entry(wider::numbers::ARGUMENTS)),
            parameter("function", Entry(wider::FUNCTIONS.len())),
            parameter("answer", Entry(wider::numbers::ANSWERS.len())),
            parameter("constant", Integers(-1, 2)),
        ],
        function: function!(wider::numbers::known_with),
        example: &[2, 5, 17, 37, 101, 197],
    },
    Definition {
        family: Family::PrimesInClass,
        phase: Phase::Wider,
        name: "primes-in-class",
        summary: "the primes of a residue class, or those that a number is a square modulo",
        parameters: &[
            parameter("modulus or number", Integers(-60, 60)),
            parameter("residue", Integers(1, 40)),
            parameter("square or not", Integers(-1, 1)),
            parameter("constant", Integers(-2, 2)),
        ],
        function: function!(wider::numbers::primes_in_class),
        example: &[5, 13, 17, 29, 37, 41],
    },
    Definition {
        family: Family::PrimeValues,
        phase: Phase::Wider,
        name: "prime-values",
        summary: "where a polynomial is a prime, and which",
        parameters: &[
            parameter("constant", Integers(-10, 31)),
            parameter("factor of n", Integers(-4, 12)),
            parameter("factor of n^2", Integers(0, 6)),
            parameter("of primes only", Integers(0, 1)),
            parameter("the values themselves", Integers(0, 1)),
        ],
        function: function!(wider::numbers::prime_values),
        example: &[1, 2, 4, 6, 10, 14, 16, 20],
    },
    Definition {
        family: Family::DigitOccurrences,
        phase: Phase::Wider,
        name: "digit-occurrences",
        summary: "the numbers with so many digits of a kind, or how many there are",
        parameters: &[
            parameter("base", Integers(2, 12)),
            parameter("digit", Integers(0, 11)),
            parameter("how many, or -1 for counts", Integers(-1, 4)),
            parameter("constant", Integers(0, 2)),
        ],
        function: function!(wider::numbers::digit_occurrences),
        example: &[1, 10, 12, 13, 14, 15, 16, 17, 18],
    },
    Definition {
        family: Family::InterleavedKnown,
        phase: Phase::Wider,
        name: "interleaved-known",
        summary: "two sequences with names in turn",
        parameters: &[
            parameter("one sequence", Entry(wider::INNER_OR_CONSTANT)),
            parameter("terms of one left out", Integers(0, 2)),
            parameter("other sequence", Entry(wider::INNER_OR_CONSTANT)),
            parameter("terms of the other left out", Integers(0, 2)),
        ],
        function: function!(wider::numbers::interleaved_known),
        example: &[1, 1, 4, 2, 9, 6, 16, 24],
    },
    Definition {
        family: Family::Quadratic,
        phase: Phase::Wider,
        name: "quadratic",
        summary: "a quadratic polynomial, divided and rounded down",
        parameters: &[
            parameter("constant", Integers(-10, 20)),
            parameter("factor of n", Integers(-10, 12)),
            parameter("factor of n^2", Integers(1, 9)),
            parameter("divisor", Integers(2, 12)),
        ],
        function: function!(wider::numbers::quadratic),
        example: &[0, 1, 2, 4, 6, 9, 12],
    },
    Definition {
        family: Family::Cubic,
        phase: Phase::Wider,
        name: "cubic",
        summary: "a polynomial of degree three, divided and rounded down",
        parameters: &[
            parameter("constant", Integers(-2, 6)),
            parameter("factor of n", Integers(-6, 13)),
            parameter("factor of n^2", Integers(-6, 9)),
            parameter("factor of n^3", Integers(1, 4)),
            parameter("divisor", Integers(1, 6)),
        ],
        function: function!(wider::numbers::cubic),
        example: &[1, 5, 14, 30, 55],
    },
    Definition {
        family: Family::RoundedMultiples,
        phase: Phase::Wider,
        name: "rounded-multiples",
        summary: "the multiples of a fraction, rounded down",
        parameters: &[
            parameter("numerator", Integers(1, 150)),
            parameter("divisor", Integers(3, 13)),
            parameter("constant", Integers(0, 12)),
            parameter("start", Integers(0, 2)),
        ],
        function: function!(wider::numbers::rounded_multiples),
        example: &[0, 1, 3, 4, 6, 8, 9, 11, 12],
    },
    Definition {
        family: Family::RoundedRoot,
        phase: Phase::Wider,
        name: "rounded-root",
        summary: "roots of a quadratic polynomial, rounded down",
        parameters: &[
            parameter("constant", Integers(0, 12)),
            parameter("factor of n", Integers(0, 12)),
            parameter("factor of n^2", Integers(0, 20)),
            parameter("degree", Integers(2, 3)),
            parameter("factor", Integers(1, 2)),
            parameter("added", Integers(0, 1)),
        ],
        function: function!(wider::numbers::rounded_root),
        example: &[1, 1, 1, 2, 2, 2, 2, 2, 3],
    },
    Definition {
        family: Family::RoundedQuotients,
        phase: Phase::Wider,
        name: "rounded-quotients",
        summary: "a constant by 1, 2, 3, ..., rounded down",
        parameters: &[
            parameter("constant above", Integers(1, 600)),
            parameter("first below", Integers(1, 6)),
            parameter("step below", Integers(1, 3)),
            parameter("added", Integers(0, 1)),
        ],
        function: function!(wider::numbers::rounded_quotients),
        example: &[96, 48, 32, 24, 19, 16, 13, 12, 10],
    },
    Definition {
        family: Family::FractionDigits,
        phase: Phase::Wider,
        name: "fraction-digits",
        summary: "the digits of a fraction",
        parameters: &[
            parameter("numerator", Integers(1, 24)),
            parameter("denominator", Integers(3, 1024)),
            parameter("base", Entry(wider::numbers::BASES.len())),
        ],
        function: function!(wider::numbers::fraction_digits),
        example: &[1, 4, 2, 8, 5, 7, 1, 4, 2],
    },
    Definition {
        family: Family::Roots,
        phase: Phase::Wider,
        name: "roots",
        summary: "the decimal digits of a root, or its continued fraction",
        parameters: &[parameter("radicand", Integers(2, 1040)), parameter("form", Integers(0, 3))],
        function: function!(wider::numbers::roots),
        example: &[1, 4, 1, 4, 2, 1, 3, 5, 6],
    },
    Definition {
        family: Family::GivenParts,
        phase: Phase::Wider,
        name: "given-parts",
        summary: "partitions into parts of given sizes",
        parameters: &[
            parameter("one size", Integers(1, 8)),
            parameter("a second", Integers(1, 9)),
            parameter("a third", Integers(1, 9)),
            parameter("a fourth", Integers(1, 9)),
            parameter("one that is used once", Integers(0, 8)),
        ],
        function: function!(wider::numbers::given_parts),
        example: &[1, 1, 2, 2, 3, 3, 4, 4, 5],
    },
    Definition {
        family: Family::PartsInClasses,
        phase: Phase::Wider,
        name: "parts-in-classes",
        summary: "partitions into parts of given residue classes",
        parameters: &[
            parameter("modulus", Integers(1, 8)),
            parameter("classes", Integers(1, 255)),
            parameter("how often, or in order", Integers(0, 2)),
        ],
        function: function!(wider::numbers::parts_in_classes),
        example: &[1, 1, 1, 2, 2, 3, 4, 5, 6],
    },
    Definition {
        family: Family::OrderThree,
        phase: Phase::Wider,
        name: "order-three",
        summary: "multiples of the last three terms",
        parameters: &[
            parameter("first term", Integers(0, 4)),
            parameter("second term", Integers(0, 4)),
            parameter("third term", Integers(0, 4)),
            parameter("factor of the last term", Integers(-1, 3)),
            parameter("factor of the term before it", Integers(-2, 3)),
            parameter("factor of the third to last", Integers(-2, 3)),
        ],
        function: function!(wider::recurrences::order_three),
        example: &[1, 1, 1, 3, 5, 9, 17, 31],
    },
    Definition {
        family: Family::SparseRecurrence,
        phase: Phase::Wider,
        name: "sparse-recurrence",
        summary: "the sum or difference of two earlier terms",
        parameters: &[
            parameter("which two", Entry(wider::recurrences::PAIRS.len())),
            parameter("start", Entry(wider::recurrences::STARTS.len())),
            parameter("factor of the far one", Integers(-1, 3)),
            parameter("constant", Integers(-1, 3)),
            parameter("factor of the near one", Integers(-1, 3)),
        ],
        function: function!(wider::recurrences::sparse_recurrence),
        example: &[1, 1, 1, 2, 2, 3, 4, 5, 7],
    },
    Definition {
        family: Family::ThreeSteps,
        phase: Phase::Wider,
        name: "three-steps",
        summary: "three steps in turn",
        parameters: &[
            parameter("first term", Terms(32)),
            parameter("one step", Integers(-3, 10)),
            parameter("second step", Integers(-3, 10)),
            parameter("third step", Integers(-3, 10)),
        ],
        function: function!(wider::recurrences::three_steps),
        example: &[1, 3, 6, 8, 10, 13, 15],
    },
    Definition {
        family: Family::FourSteps,
        phase: Phase::Wider,
        name: "four-steps",
        summary: "four steps in turn",
        parameters: &[
            parameter("first term", Terms(12)),
            parameter("one step", Integers(0, 9)),
            parameter("second step", Integers(0, 9)),
            parameter("third step", Integers(0, 9)),
            parameter("fourth step", Integers(0, 9)),
        ],
        function: function!(wider::recurrences::four_steps),
        example: &[1, 3, 7, 9, 11, 13, 17],
    },
    Definition {
        family: Family::ResidueClasses,
        phase: Phase::Wider,
        name: "residue-classes",
        summary: "the numbers of some residue classes",
        parameters: &[
            parameter("modulus", Integers(3, 10)),
            parameter("classes", Integers(1, 1022)),
            parameter("first number", Integers(0, 1)),
        ],
        function: function!(wider::numbers::residue_classes),
        example: &[1, 2, 4, 5, 7, 8],
    },
    Definition {
        family: Family::LagFour,
        phase: Phase::Wider,
        name: "lag-four",
        summary: "the fourth to last term plus a constant",
        parameters: &[
            parameter("first term", Terms(10)),
            parameter("second term", Terms(10)),
            parameter("third term", Terms(10)),
            parameter("fourth term", Terms(10)),
            parameter("constant", Integers(-1, 8)),
        ],
        function: function!(wider::recurrences::lag_four),
        example: &[1, 1, 2, 3, 2, 2, 3, 4],
    },
    Definition {
        family: Family::LagFive,
        phase: Phase::Wider,
        name: "lag-five",
        summary: "the fifth to last term plus a constant",
        parameters: &[
            parameter("first term", Terms(8)),
            parameter("second term", Terms(8)),
            parameter("third term", Terms(8)),
            parameter("fourth term", Terms(8)),
            parameter("fifth term", Terms(8)),
            parameter("constant", Integers(0, 3)),
        ],
        function: function!(wider::recurrences::lag_five),
        example: &[3, 1, 4, 1, 5, 3, 1, 4],
    },
    Definition {
        family: Family::PeriodSix,
        phase: Phase::Wider,
        name: "period-six",
        summary: "six terms over and over",
        parameters: &[
            parameter("first term", Terms(6)),
            parameter("second term", Terms(6)),
            parameter("third term", Terms(6)),
            parameter("fourth term", Terms(6)),
            parameter("fifth term", Terms(6)),
            parameter("sixth term", Terms(6)),
        ],
        function: function!(wider::recurrences::period_six),
        example: &[1, 0, 0, 2, 1, 0, 1, 0, 0],
    },
    Definition {
        family: Family::AlternatingRules,
        phase: Phase::Wider,
        name: "alternating-rules",
        summary: "two rules in turn, at least one of which multiplies",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("one rule", Entry(wider::recurrences::RULES.len())),
            parameter("other rule", Entry(wider::recurrences::RULES.len())),
        ],
        function: function!(wider::recurrences::alternating_rules),
        example: &[6, 9, 18, 21, 42, 45, 90, 93],
    },
    Definition {
        family: Family::RoundedAffine,
        phase: Phase::Wider,
        name: "rounded-affine",
        summary: "a fraction of the last term plus a constant",
        parameters: &[
            parameter("first term", ANYWHERE),
            parameter("ratio", Entry(wider::recurrences::RATIOS.len())),
            parameter("constant", Integers(-10, 20)),
        ],
        function: function!(wider::recurrences::rounded_affine),
        example: &[148, 84, 52, 36, 28, 24],
    },
    Definition {
        family: Family::Iterated,
        phase: Phase::Wider,
        name: "iterated",
        summary: "a multiple of the last term and a function of it",
        parameters: &[
            parameter("first term", Terms(64)),
            parameter("factor", Integers(0, 2)),
            parameter("function", Entry(wider::FUNCTIONS.len())),
            parameter("factor of the function", Integers(-1, 2)),
        ],
        function: function!(wider::recurrences::iterated),
        example: &[1, 2, 4, 8, 16, 23, 28, 38],
    },
    Definition {
        family: Family::Forced,
        phase: Phase::Wider,
        name: "forced",
        summary: "multiples of the last two terms plus a sequence with a name",
        parameters: &[
            parameter("first term", Integers(0, 3)),
            parameter("second term", Integers(0, 4)),
            parameter("factor of the last term", Integers(0, 3)),
            parameter("factor of the term before it", Integers(-1, 2)),
            parameter("sequence", Entry(wider::KNOWN.len())),
            parameter("terms left out", Integers(0, 1)),
        ],
        function: function!(wider::recurrences::forced),
        example: &[0, 1, 3, 7, 14, 26, 46, 79],
    },
    Definition {
        family: Family::InterleavedGrowing,
        phase: Phase::Wider,
        name: "interleaved-growing",
        summary: "two sequences in turn whose steps grow alike",
        parameters: &[
            parameter("first term of one", Terms(12)),
            parameter("first term of the other", Terms(12)),
            parameter("first step of one", Integers(0, 5)),
            parameter("first step of the other", Integers(0, 5)),
            parameter("growth", Integers(1, 4)),
        ],
        function: function!(wider::recurrences::interleaved_growing),
        example: &[5, 6, 7, 8, 10, 11, 14, 15],
    },
    Definition {
        family: Family::Rows,
        phase: Phase::Wider,
        name: "rows",
        summary: "a triangle whose rows are made of a sequence with a name",
        parameters: &[
            parameter("sequence", Entry(wider::INNER + wider::triangles::LISTS.len())),
            parameter("place of its terms", Entry(wider::triangles::PLACES.len())),
            parameter("terms left out", Integers(0, 1)),
            parameter("factor", Integers(1, 2)),
            parameter("constant", Integers(-1, 1)),
        ],
        function: function!(wider::triangles::rows),
        example: &[1, 2, 2, 3, 3, 3, 4, 4, 4],
    },
    Definition {
        family: Family::Pascal,
        phase: Phase::Wider,
        name: "pascal",
        summary: "a triangle with two edges and a rule inside",
        parameters: &[
            parameter("left edge", Entry(wider::triangles::EDGES.len())),
            parameter("right edge", Entry(wider::triangles::EDGES.len())),
            parameter("factor of the diagonal", Integers(0, 3)),
            parameter("factor from above", Integers(0, 3)),
            parameter("factor from the left", Integers(0, 2)),
            parameter("constant", Integers(-1, 1)),
        ],
        function: function!(wider::triangles::pascal),
        example: &[1, 1, 1, 1, 2, 1, 1, 3, 3],
    },
    Definition {
        family: Family::WeightedTriangle,
        phase: Phase::Wider,
        name: "weighted-triangle",
        summary: "a triangle of weighted sums of the two cells above",
        parameters: &[
            parameter("factor of the diagonal", Integers(-1, 3)),
            parameter("its growth by row", Integers(-1, 2)),
            parameter("its growth by column", Integers(-2, 2)),
            parameter("factor from above", Integers(-1, 3)),
            parameter("its growth by row", Integers(-1, 2)),
            parameter("its growth by column", Integers(-2, 2)),
        ],
        function: function!(wider::triangles::weighted_triangle),
        example: &[1, 0, 1, 0, 1, 1, 0, 1, 3],
    },
    Definition {
        family: Family::Cells,
        phase: Phase::Wider,
        name: "cells",
        summary: "a function of row and column, by rows or antidiagonals",
        parameters: &[
            parameter("function", Entry(wider::triangles::CELLS.len())),
            parameter("origin", Integers(0, 3)),
            parameter("antidiagonals", Integers(0, 1)),
            parameter("factor", Integers(1, 3)),
            parameter("constant", Integers(-1, 2)),
        ],
        function: function!(wider::triangles::cells),
        example: &[1, 2, 2, 3, 4, 3, 4, 6, 6],
    },
];

// The table is in the order of the enum and of the phases: indices may be used as such.
const _: () = {
    let mut index = 0;
    while index < TABLE.len() {
        assert!(TABLE[index].family as usize == index);
        assert!(TABLE[index].parameters.len() <= MAX_PARAMETERS);
        assert!(index == 0 || TABLE[index - 1].phase as u8 <= TABLE[index].phase as u8);
        index += 1;
    }
};

static ALL: [Family; Family::COUNT] = Family::ALL;

impl Family {
    /// The number of families.
    pub const COUNT: usize = TABLE.len();

    /// All families, by phase.
    pub const ALL: [Self; Self::COUNT] = {
        let mut all = [Self::OrderZero; Self::COUNT];
        let mut index = 0;
        while index < Self::COUNT {
            all[index] = TABLE[index].family;
            index += 1;
        }
        all
    };

    /// The families of a phase.
    pub fn of_phase(phase: Phase) -> &'static [Self] {
        /// The index of the first family that belongs to `phase` or a later one.
        const fn start(phase: Phase) -> usize {
            let mut index = 0;
            while index < TABLE.len() && (TABLE[index].phase as u8) < phase as u8 {
                index += 1;
            }
            index
        }
        const NESTED: usize = start(Phase::Nested);
        const COMBINED: usize = start(Phase::Combined);
        const WIDER: usize = start(Phase::Wider);
        match phase {
            Phase::Simple => &ALL[..NESTED],
            Phase::Nested => &ALL[NESTED..COMBINED],
            Phase::Combined => &ALL[COMBINED..WIDER],
            Phase::Wider => &ALL[WIDER..],
        }
    }

    /// A list of this one.
    pub(crate) fn alone(self) -> &'static [Self] {
        std::slice::from_ref(&ALL[self as usize])
    }

    fn definition(self) -> &'static Definition {
        &TABLE[self as usize] // checked above, at compile time
    }

    /// Its name in kebab case, which never changes.
    pub fn name(self) -> &'static str {
        self.definition().name
    }

    /// What its sequences are, in a few words.
    pub fn summary(self) -> &'static str {
        self.definition().summary
    }

    /// The phase that it belongs to.
    pub fn phase(self) -> Phase {
        self.definition().phase
    }

    /// Its parameters, in the order of the index: the last one changes fastest.
    pub fn parameters(self) -> &'static [Parameter] {
        self.definition().parameters
    }

    /// The first terms of one of its sequences in 0..=255.
    pub fn example(self) -> &'static [i64] {
        self.definition().example
    }

    /// The number of its parameter tuples for `range`, valid or not.
    pub fn parameter_count(self, range: IntegerRange) -> u32 {
        ParameterSpace::new(self, range).count()
    }

    /// The relation of the parameter tuple with that index; `None` for an index that is
    /// too large and for a degenerate tuple.
    ///
    /// The family, the index and the range identify a relation for ever: they are the
    /// form in which to store one.
    pub fn relation(self, parameters: u32, range: IntegerRange) -> Option<Relation> {
        ParameterSpace::new(self, range).relation(parameters)
    }

    /// All names, for messages.
    pub(crate) fn list() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Family {
    type Err = Error;

    /// The family of that name.
    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|family| family.name() == name);
        found.ok_or_else(|| Error::UnknownFamily { name: name.to_owned() })
    }
}

/// The parameters of a family, resolved for an integer range.
#[derive(Clone, Debug)]
pub struct ParameterSpace {
    family: Family,
    axes: [Axis; MAX_PARAMETERS],
    /// The number of tuples.
    count: u32,
    /// The largest term of the range.
    largest: i64,
}

/// The values `first`, `first + stride`, ..., `count` of them.
#[derive(Clone, Copy, Debug)]
struct Axis {
    first: i64,
    stride: i64,
    count: u32,
    /// How many tuples the parameters behind this one have: what an index is divided by.
    weight: Reciprocal,
}

/// A divisor `d`, kept as `2^64 / d`, so that a multiplication does for a division.
#[derive(Clone, Copy, Debug)]
struct Reciprocal(u64);

impl Reciprocal {
    const fn of(divisor: NonZeroU32) -> Self {
        Self(u64::MAX / divisor.get() as u64)
    }

    /// `floor(number / d)`, exactly. With `r` below `d`, the reciprocal is
    /// `(2^64 - 1 - r) / d`, and `number + 1` times that is less than `(number + 1) / d` by at
    /// most `(number + 1) / 2^64`, which is below `1 / d`.
    const fn quotient(self, number: u32) -> u32 {
        (((number as u128 + 1) * self.0 as u128) >> 64) as u32
    }
}

impl ParameterSpace {
    /// The parameter tuples of a family whose terms are to lie in `range`.
    pub fn new(family: Family, range: IntegerRange) -> Self {
        let mut axes = [Axis::UNUSED; MAX_PARAMETERS];
        for (axis, parameter) in axes.iter_mut().zip(family.parameters()) {
            *axis = Axis::new(parameter.domain, range);
        }
        let mut count = 1;
        for axis in axes.iter_mut().rev() {
            axis.weight = NonZeroU32::new(count).map_or(axis.weight, Reciprocal::of);
            count *= axis.count;
        }
        Self { family, axes, count, largest: range.max() }
    }

    /// The number of tuples. The table keeps it far below the limit of a `u32`.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The relation of a tuple.
    pub fn relation(&self, index: u32) -> Option<Relation> {
        if index >= self.count {
            return None;
        }
        (self.family.definition().function.relation)(self, index)
    }

    /// As [`Relation::evaluate`] of the relation of a tuple, as far as the terms are in the
    /// range; no terms where there is no relation.
    pub fn evaluate(&self, index: u32, terms: &mut [i64]) -> usize {
        if index >= self.count {
            return 0;
        }
        (self.family.definition().function.evaluate)(self, index, terms)
    }

    /// The parameters of a tuple, read off its index as off a number of mixed radix, without a
    /// division.
    #[inline(always)]
    fn values(&self, index: u32) -> Values {
        let mut above = 0;
        self.axes.map(|axis| {
            // The number that the digits up to this one make, and what those before it do.
            let number = axis.weight.quotient(index);
            let digit = number - above * axis.count;
            above = number;
            axis.first + axis.stride * i64::from(digit)
        })
    }
}

impl Axis {
    /// A parameter that the family does not have.
    const UNUSED: Self =
        Self { first: 0, stride: 0, count: 1, weight: Reciprocal::of(NonZeroU32::MIN) };

    fn new(domain: Domain, range: IntegerRange) -> Self {
        let consecutive = |first, count| Self { first, stride: 1, count, ..Self::UNUSED };
        match domain {
            Domain::Integers(first, last) => consecutive(first, (last - first + 1) as u32),
            Domain::Entry(length) => consecutive(0, length as u32),
            Domain::Terms(width) => {
                let count = width.min(range.classes() as u32);
                // Around zero, moved as little as needed to lie in the range.
                let around_zero = -i64::from(count / 2);
                let last_start = range.max() - i64::from(count - 1);
                let first = if range.min() >= 0 {
                    range.min()
                } else {
                    around_zero.clamp(range.min(), last_start)
                };
                consecutive(first, count)
            }
            Domain::Centre if range.min() < 0 => consecutive(0, 1),
            Domain::Centre => {
                let stride = (range.classes() / 4) as i64;
                Self { first: range.min() + stride, stride, count: 3, ..Self::UNUSED }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(domain: Domain, min: i64, max: i64) -> Vec<i64> {
        let axis = Axis::new(domain, IntegerRange::new(min, max).unwrap());
        (0..i64::from(axis.count)).map(|index| axis.first + axis.stride * index).collect()
    }

    #[test]
    fn domains_follow_the_range() {
        let ends = |values: Vec<i64>| (values[0], values[values.len() - 1], values.len());
        assert_eq!(ends(values(ANYWHERE, 0, 255)), (0, 255, 256));
        assert_eq!(ends(values(ANYWHERE, -128, 127)), (-128, 127, 256));
        assert_eq!(ends(values(ANYWHERE, 0, 1023)), (0, 1023, 1024));
        assert_eq!(ends(values(ANYWHERE, 0, 65_535)), (0, 1023, 1024));
        assert_eq!(ends(values(Terms(32), -128, 127)), (-16, 15, 32));
        assert_eq!(ends(values(Terms(32), -3, 127)), (-3, 28, 32));
        assert_eq!(ends(values(Terms(32), -128, 2)), (-29, 2, 32));
        assert_eq!(ends(values(Terms(32), -128, -9)), (-40, -9, 32));
        assert_eq!(ends(values(Terms(32), 100, 300)), (100, 131, 32));
        assert_eq!(ends(values(Terms(32), i64::MAX - 40, i64::MAX)).2, 32);
        assert_eq!(values(Centre, 0, 255), [64, 128, 192]);
        assert_eq!(values(Centre, 100, 299), [150, 200, 250]);
        assert_eq!(values(Centre, -128, 127), [0]);
        assert_eq!(values(Integers(-1, 1), 0, 255), [-1, 0, 1]);
        assert_eq!(values(Entry(3), 0, 255), [0, 1, 2]);
    }

    #[test]
    fn names_are_unique_and_found_again() {
        for family in Family::ALL {
            assert_eq!(family.name().parse(), Ok(family));
            assert!(family.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
            assert!(!family.summary().is_empty());
        }
        let error = "no-such".parse::<Family>().unwrap_err().to_string();
        assert!(error.contains("no-such") && error.contains("rise-switch"), "{error}");
    }

    #[test]
    fn phases_divide_the_families() {
        let by_phase: Vec<Family> =
            Phase::ALL.into_iter().flat_map(Family::of_phase).copied().collect();
        assert_eq!(by_phase, Family::ALL);
        for phase in Phase::ALL {
            assert!(Family::of_phase(phase).iter().all(|family| family.phase() == phase));
        }
    }

    #[test]
    fn quotients_are_exact() {
        for divisor in [1, 2, 3, 7, 40, 121, 255, 256, 1024, 121_000, 8_388_609, u32::MAX] {
            let reciprocal = Reciprocal::of(NonZeroU32::new(divisor).unwrap());
            for multiple in [0, 1, 2, 3, 1000, u32::MAX / divisor] {
                for offset in [-1_i64, 0, 1, i64::from(divisor) - 1] {
                    let number = i64::from(multiple) * i64::from(divisor) + offset;
                    let Ok(number) = u32::try_from(number) else { continue };
                    assert_eq!(reciprocal.quotient(number), number / divisor, "{number}");
                }
            }
        }
    }

    /// What is drawn is what the relation says, also where it overflows.
    #[test]
    fn a_tuple_evaluates_as_its_relation() {
        for (min, max) in [(0, 255), (-128, 127), (999_990_000, 1_000_000_000)] {
            let range = IntegerRange::new(min, max).unwrap();
            for family in Family::ALL {
                let space = ParameterSpace::new(family, range);
                let stride = (space.count() / 300) | 1;
                for index in (0..space.count() + 1).step_by(stride as usize) {
                    let relation = space.relation(index);
                    for length in [0, 1, 4, 9, 40] {
                        let (mut found, mut expected) = ([0; 40], [0; 40]);
                        let count = space.evaluate(index, &mut found[..length]);
                        let terms = &mut expected[..length];
                        let wanted = relation.as_ref().map_or(0, |rule| rule.evaluate(terms));
                        // Behind the range they need not agree.
                        let (count, wanted) =
                            (range.run(&found[..count]), range.run(&expected[..wanted]));
                        assert_eq!(found[..count], expected[..wanted], "{family} {index}");
                    }
                }
            }
        }
    }

    /// The index of a tuple must fit, and so must the list of the valid ones, for every
    /// range that there is.
    #[test]
    fn tuples_can_be_counted() {
        let widest = IntegerRange::new(0, 65_535).unwrap();
        for family in Family::ALL {
            let space = ParameterSpace::new(family, widest);
            let exact: u64 = space.axes.iter().map(|axis| u64::from(axis.count)).product();
            assert!(exact < 1 << 24, "{family} has {exact} tuples");
            assert_eq!(u64::from(space.count()), exact);
            assert_eq!(space.relation(space.count()), None);
            assert_eq!(space.relation(u32::MAX), None);
        }
    }
}
