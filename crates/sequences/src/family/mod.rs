//! The families: finite sets of relations that a person would give one name.
//!
//! A family has a few integer parameters, each from a small [`Domain`], and one function
//! that turns their values into a [`Relation`]. All of that is one entry, a
//! [`Definition`](definition::Definition), which stands above its function in the file of its
//! phase: `simple.rs`, `nested.rs`, `combined.rs` or a file of `wider/`. To add a family, write
//! the entry and its function there and name it in the list below.
//!
//! A tuple of parameters is *valid* in an integer range when the relation has at least
//! [`MIN_TERMS`](crate::MIN_TERMS) terms there. Other tuples are never drawn: those whose
//! sequence leaves the range earlier, and *degenerate* ones, for which the function returns
//! `None` because a simpler family has the same sequence (alternating steps that are equal, a
//! step of zero, a factor of one). Some sequences still belong to several families, or to
//! several tuples of one: a switch whose second rule is never reached is a plain
//! recurrence, and residues of the first terms repeat under a small modulus. That is
//! harmless: such sequences are drawn a little more often, and continue in the same way.

mod combined;
mod definition;
mod nested;
mod parameters;
mod simple;
mod wider;

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::phase::Phase;
use crate::range::IntegerRange;
use crate::relation::Relation;
use definition::Definition;
use parameters::MAX_PARAMETERS;

pub use parameters::{Domain, Parameter, ParameterSpace};

/// Makes the enum of families and the table of their definitions, in the same order.
macro_rules! families {
    ($( $variant:ident = $($definition:ident)::+; )+) => {
        /// A set of relations with a name, drawn from as a whole.
        ///
        /// How many parameter tuples each family has, and how many of them are valid, in 0..=255
        /// (the example `survey` prints the same for any range):
        ///
        #[doc = include_str!("families.md")]
        ///
        /// ```
        /// use ninth_sequences::{Family, IntegerRange, Phase};
        ///
        /// let family: Family = "growing-steps".parse()?;
        /// assert_eq!(family.phase(), Phase::Nested);
        /// assert_eq!(family.example(), [1, 2, 4, 7, 11]);
        /// // A family, the index of a parameter tuple and a range identify a relation.
        /// let relation = family.relation(100_000, IntegerRange::default()).expect("not degenerate");
        /// assert_eq!(relation.terms(5).len(), 5);
        /// # Ok::<(), ninth_sequences::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Family {
            $(
                #[doc = concat!("Defined by `", stringify!($($definition)::+), "`.")]
                $variant,
            )+
        }

        static TABLE: [Definition; Family::COUNT] = [$( $($definition)::+ ),+];

        impl Family {
            /// All families, by phase.
            pub const ALL: [Self; Self::COUNT] = [$( Self::$variant ),+];

            /// The number of families.
            pub const COUNT: usize = [$( stringify!($variant) ),+].len();
        }
    };
}

// The order is that of the phases, and never changes within one: weights, indices of relations
// and draws depend on it.
families! {
    OrderZero = simple::ORDER_ZERO;
    OrderOne = simple::ORDER_ONE;
    OrderTwo = simple::ORDER_TWO;
    Fibonacci = simple::FIBONACCI;
    AlternatingSteps = nested::ALTERNATING_STEPS;
    GrowingSteps = nested::GROWING_STEPS;
    ShrinkingSteps = nested::SHRINKING_STEPS;
    Geometric = nested::GEOMETRIC;
    AlternatingFactors = nested::ALTERNATING_FACTORS;
    RationalFactors = nested::RATIONAL_FACTORS;
    TwoStep = nested::TWO_STEP;
    ThreeStep = nested::THREE_STEP;
    MixedPeriods = nested::MIXED_PERIODS;
    Modulo = combined::MODULO;
    EveryKth = combined::EVERY_KTH;
    PartialSums = combined::PARTIAL_SUMS;
    Interleaved = combined::INTERLEAVED;
    FloorGeometric = combined::FLOOR_GEOMETRIC;
    CeilingGeometric = combined::CEILING_GEOMETRIC;
    AlternatingSigns = combined::ALTERNATING_SIGNS;
    ParitySwitch = combined::PARITY_SWITCH;
    DivisibilitySwitch = combined::DIVISIBILITY_SWITCH;
    ThresholdSwitch = combined::THRESHOLD_SWITCH;
    RiseSwitch = combined::RISE_SWITCH;
    KnownNumbers = wider::numbers::KNOWN_NUMBERS;
    FunctionOfIndex = wider::numbers::FUNCTION_OF_INDEX;
    FunctionOfKnown = wider::numbers::FUNCTION_OF_KNOWN;
    KnownModulo = wider::numbers::KNOWN_MODULO;
    PowersModulo = wider::numbers::POWERS_MODULO;
    Joined = wider::numbers::JOINED;
    Divided = wider::numbers::DIVIDED;
    JoinedSteps = wider::numbers::JOINED_STEPS;
    KnownSteps = wider::numbers::KNOWN_STEPS;
    Transformed = wider::numbers::TRANSFORMED;
    NumbersWith = wider::numbers::NUMBERS_WITH;
    NumbersByPair = wider::numbers::NUMBERS_BY_PAIR;
    KnownWith = wider::numbers::KNOWN_WITH;
    PrimesInClass = wider::numbers::PRIMES_IN_CLASS;
    PrimeValues = wider::numbers::PRIME_VALUES;
    DigitOccurrences = wider::numbers::DIGIT_OCCURRENCES;
    InterleavedKnown = wider::numbers::INTERLEAVED_KNOWN;
    Quadratic = wider::closed_forms::QUADRATIC;
    Cubic = wider::closed_forms::CUBIC;
    RoundedMultiples = wider::closed_forms::ROUNDED_MULTIPLES;
    RoundedRoot = wider::closed_forms::ROUNDED_ROOT;
    RoundedQuotients = wider::closed_forms::ROUNDED_QUOTIENTS;
    FractionDigits = wider::closed_forms::FRACTION_DIGITS;
    Roots = wider::closed_forms::ROOTS;
    GivenParts = wider::closed_forms::GIVEN_PARTS;
    PartsInClasses = wider::closed_forms::PARTS_IN_CLASSES;
    OrderThree = wider::recurrences::ORDER_THREE;
    SparseRecurrence = wider::recurrences::SPARSE_RECURRENCE;
    ThreeSteps = wider::recurrences::THREE_STEPS;
    FourSteps = wider::recurrences::FOUR_STEPS;
    ResidueClasses = wider::recurrences::RESIDUE_CLASSES;
    LagFour = wider::recurrences::LAG_FOUR;
    LagFive = wider::recurrences::LAG_FIVE;
    PeriodSix = wider::recurrences::PERIOD_SIX;
    AlternatingRules = wider::recurrences::ALTERNATING_RULES;
    RoundedAffine = wider::recurrences::ROUNDED_AFFINE;
    Iterated = wider::recurrences::ITERATED;
    Forced = wider::recurrences::FORCED;
    InterleavedGrowing = wider::recurrences::INTERLEAVED_GROWING;
    Rows = wider::triangles::ROWS;
    Pascal = wider::triangles::PASCAL;
    WeightedTriangle = wider::triangles::WEIGHTED_TRIANGLE;
    Cells = wider::triangles::CELLS;
}

// The families of a phase are a slice of the table.
const _: () = {
    let mut index = 0;
    while index < TABLE.len() {
        assert!(TABLE[index].parameters.len() <= MAX_PARAMETERS);
        assert!(index == 0 || TABLE[index - 1].phase as u8 <= TABLE[index].phase as u8);
        index += 1;
    }
};

static ALL: [Family; Family::COUNT] = Family::ALL;

impl Family {
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
        &TABLE[self as usize]
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
        found.ok_or_else(|| {
            let families = Self::ALL.map(Self::name).join(", ");
            Error::UnknownFamily { name: name.to_owned(), families }
        })
    }
}

impl ParameterSpace {
    /// The parameter tuples of a family, for relations whose terms are to lie in `range`.
    pub fn new(family: Family, range: IntegerRange) -> Self {
        let definition = family.definition();
        Self::resolve(definition.parameters, &definition.constructor, range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let exact = space.exact_count();
            assert!(exact < 1 << 24, "{family} has {exact} tuples");
            assert_eq!(u64::from(space.count()), exact);
            assert_eq!(space.relation(space.count()), None);
            assert_eq!(space.relation(u32::MAX), None);
        }
    }
}
