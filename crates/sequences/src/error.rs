//! What can go wrong: every error of this crate is a wrong argument.

use crate::curriculum::Ramp;
use crate::family::Family;
use crate::range::IntegerRange;
use crate::relation::Cycle;

/// A wrong argument, with what was found and what is allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    // Integer ranges
    /// The minimum of an integer range is not below its maximum.
    #[error("integer range {min}..={max}: the minimum must be below the maximum")]
    EmptyRange {
        /// The minimum that was given.
        min: i64,
        /// The maximum that was given.
        max: i64,
    },
    /// An integer range has more classes than fit 16 bits.
    #[error(
        "integer range {min}..={max}: at most {} integers are allowed",
        IntegerRange::MAX_CLASSES
    )]
    WideRange {
        /// The minimum that was given.
        min: i64,
        /// The maximum that was given.
        max: i64,
    },

    // Relations and families
    /// A cycle has no value, or more than fit.
    #[error("a cycle of {found} values: 1 to {} are allowed", Cycle::<i64>::MAX_LENGTH)]
    CycleLength {
        /// The number of values that were given.
        found: usize,
    },
    /// No family has this name.
    #[error("there is no family '{name}'; the families are {}", Family::list())]
    UnknownFamily {
        /// The name that was given.
        name: String,
    },

    // Sampling
    /// The sequences asked for are too short to be worth predicting.
    #[error("sequences of {length} terms: at least {minimum} are needed")]
    ShortSequence {
        /// The number of terms that was given.
        length: usize,
        /// The smallest number allowed.
        minimum: usize,
    },
    /// The shortest sequence would be longer than the longest.
    #[error(
        "the shortest training sequence would have {shortest} terms; at most {longest} are \
         allowed, one more than the context"
    )]
    Shortest {
        /// The shortest length that was given.
        shortest: usize,
        /// The longest possible length.
        longest: usize,
    },
    /// Not one relation of a family stays in the range long enough.
    #[error(
        "family '{family}' has no sequence of {} terms in the range {range}; \
         choose a wider range, or one that contains small positive integers",
        crate::sampler::MIN_TERMS
    )]
    EmptyFamily {
        /// The family that would be empty.
        family: Family,
        /// The range that was given.
        range: IntegerRange,
    },

    // Curriculum
    /// Phase weights that are no probabilities.
    #[error("phase weights {weights:?}: they must be finite, not negative, and not all zero")]
    PhaseWeights {
        /// The weights that were given.
        weights: [f64; 4],
    },
    /// A share of all sequences that is none.
    #[error("the wider phase has {share} of all sequences: a share is a number from 0 to 1")]
    WiderShare {
        /// The share that was given.
        share: f64,
    },
    /// A ramp that does not lie in time.
    #[error(
        "the ramp into the {phase} phase starts at epoch {} and takes {} epochs: \
         both must be finite and not negative", ramp.start, ramp.length
    )]
    Ramp {
        /// The phase that the ramp leads into.
        phase: crate::phase::Phase,
        /// The ramp that was given.
        ramp: Ramp,
    },
    /// A phase starts before the one before it has been reached.
    #[error(
        "the {phase} phase starts at epoch {start}, before the phase before it is reached \
         in full at epoch {earliest}"
    )]
    RampOrder {
        /// The phase that starts too early.
        phase: crate::phase::Phase,
        /// Where the ramp into it starts.
        start: f64,
        /// The earliest epoch at which it may start.
        earliest: f64,
    },
}
