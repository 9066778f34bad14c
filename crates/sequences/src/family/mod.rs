//! The families: finite sets of relations that a person would give one name.
//!
//! A family has a few integer parameters, each from a small [`Domain`], and one function
//! that turns their values into a [`Relation`]. [`TABLE`] holds all of it: **the** place
//! where parameter ranges are written. The functions are in `simple.rs`, `nested.rs` and
//! `combined.rs`, one file per phase.
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
//! | total | 2034304 | 1296547 | 63.7 % |

mod combined;
mod nested;
mod simple;

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use crate::error::Error;
use crate::phase::Phase;
use crate::range::IntegerRange;
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
    /// The relation of these parameter values, unless they are degenerate.
    build: fn(&Values) -> Option<Relation>,
    /// The first terms of one sequence of the family in 0..=255.
    example: &'static [i64],
}

const MAX_PARAMETERS: usize = 5;

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
static TABLE: [Definition; 24] = [
    Definition {
        family: Family::OrderZero,
        phase: Phase::Simple,
        name: "order-zero",
        summary: "one term for ever",
        parameters: &[parameter("term", ANYWHERE)],
        build: simple::order_zero,
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
        build: simple::order_one,
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
        build: simple::order_two,
        example: &[1, 0, 1, 0],
    },
    Definition {
        family: Family::Fibonacci,
        phase: Phase::Simple,
        name: "fibonacci",
        summary: "the sum of the last two terms",
        parameters: &[parameter("first term", Terms(40)), parameter("second term", Terms(40))],
        build: simple::fibonacci,
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
        build: nested::alternating_steps,
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
        build: nested::growing_steps,
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
        build: nested::shrinking_steps,
        example: &[1, 5, 8, 10, 11],
    },
    Definition {
        family: Family::Geometric,
        phase: Phase::Nested,
        name: "geometric",
        summary: "a multiple of the last term",
        parameters: &[parameter("first term", Terms(64)), parameter("factor", Integers(2, 6))],
        build: nested::geometric,
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
        build: nested::alternating_factors,
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
        build: nested::rational_factors,
        example: &[8, 4, 6, 3],
    },
    Definition {
        family: Family::TwoStep,
        phase: Phase::Nested,
        name: "two-step",
        summary: "an arithmetic sequence, every term twice",
        parameters: &[parameter("first term", ANYWHERE), parameter("step", Integers(-20, 30))],
        build: nested::two_step,
        example: &[1, 1, 2, 2, 3, 3],
    },
    Definition {
        family: Family::ThreeStep,
        phase: Phase::Nested,
        name: "three-step",
        summary: "an arithmetic sequence, every term three times",
        parameters: &[parameter("first term", ANYWHERE), parameter("step", Integers(-20, 30))],
        build: nested::three_step,
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
        build: nested::mixed_periods,
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
        build: combined::modulo,
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
        build: combined::every_kth,
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
        build: combined::partial_sums,
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
        build: combined::interleaved,
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
        build: combined::floor_geometric,
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
        build: combined::ceiling_geometric,
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
        build: combined::alternating_signs,
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
        build: combined::parity_switch,
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
        build: combined::divisibility_switch,
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
        build: combined::threshold_switch,
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
        build: combined::rise_switch,
        example: &[5, 10, 7, 14, 11, 22],
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
        static ALL: [Family; Family::COUNT] = Family::ALL;
        match phase {
            Phase::Simple => &ALL[..NESTED],
            Phase::Nested => &ALL[NESTED..COMBINED],
            Phase::Combined => &ALL[COMBINED..],
        }
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
pub(crate) struct ParameterSpace {
    family: Family,
    axes: [Axis; MAX_PARAMETERS],
}

/// The values `first`, `first + stride`, ..., `count` of them.
#[derive(Clone, Copy, Debug)]
struct Axis {
    first: i64,
    stride: i64,
    count: u32,
}

impl ParameterSpace {
    pub(crate) fn new(family: Family, range: IntegerRange) -> Self {
        let mut axes = [Axis::UNUSED; MAX_PARAMETERS];
        for (axis, parameter) in axes.iter_mut().zip(family.parameters()) {
            *axis = Axis::new(parameter.domain, range);
        }
        Self { family, axes }
    }

    /// The number of tuples. The table keeps it far below the limit of a `u32`.
    pub(crate) fn count(&self) -> u32 {
        self.axes.iter().map(|axis| axis.count).product()
    }

    /// The relation of a tuple, read off its index digit by digit, the last one first.
    pub(crate) fn relation(&self, index: u32) -> Option<Relation> {
        let definition = self.family.definition();
        let mut values = [0; MAX_PARAMETERS];
        let mut rest = index;
        let used = definition.parameters.len();
        for (value, axis) in values.iter_mut().zip(&self.axes).take(used).rev() {
            *value = axis.first + axis.stride * i64::from(rest % axis.count);
            rest /= axis.count;
        }
        if rest > 0 {
            return None;
        }
        (definition.build)(&values)
    }
}

impl Axis {
    /// A parameter that the family does not have.
    const UNUSED: Self = Self { first: 0, stride: 0, count: 1 };

    fn new(domain: Domain, range: IntegerRange) -> Self {
        let consecutive = |first, count| Self { first, stride: 1, count };
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
                Self { first: range.min() + stride, stride, count: 3 }
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
