//! The errors of this crate. Each of them is a wrong argument.
//!
//! They hold what their messages say as plain values, so that this file imports no other one.

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
    #[error("integer range {min}..={max}: at most {allowed} integers are allowed")]
    WideRange {
        /// The minimum that was given.
        min: i64,
        /// The maximum that was given.
        max: i64,
        /// The largest number of integers.
        allowed: usize,
    },

    // Relations and families
    /// A cycle has no value, or more than fit.
    #[error("a cycle of {found} values: 1 to {allowed} are allowed")]
    CycleLength {
        /// The number of values that were given.
        found: usize,
        /// The largest number of values.
        allowed: usize,
    },
    /// No family has this name.
    #[error("there is no family '{name}'; the families are {families}")]
    UnknownFamily {
        /// The name that was given.
        name: String,
        /// All names, separated by commas.
        families: String,
    },

    // Sampling
    /// The sequences asked for are too short: there would be nothing to predict.
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
    /// No relation of a family has enough terms in the range.
    #[error(
        "family '{family}' has no sequence of {terms} terms in the range {min}..={max}; \
         choose a wider range, or one that contains small positive integers"
    )]
    EmptyFamily {
        /// The name of the family that would be empty.
        family: &'static str,
        /// The number of terms that a sequence must have.
        terms: usize,
        /// The minimum of the range that was given.
        min: i64,
        /// The maximum of the range that was given.
        max: i64,
    },

    // Curriculum
    /// Phase weights that cannot be normalised to probabilities.
    #[error("phase weights {weights:?}: they must be finite, not negative, and not all zero")]
    PhaseWeights {
        /// The weights that were given.
        weights: [f64; 4],
    },
    /// A share of all sequences that is not in `0.0..=1.0`.
    #[error("the wider phase has {share} of all sequences: a share is a number from 0 to 1")]
    WiderShare {
        /// The share that was given.
        share: f64,
    },
    /// A ramp with a negative or infinite start or length.
    #[error(
        "the ramp into the {phase} phase starts at epoch {start} and takes {length} epochs: \
         both must be finite and not negative"
    )]
    Ramp {
        /// The name of the phase that the ramp leads into.
        phase: &'static str,
        /// The first epoch of the ramp that was given.
        start: f64,
        /// Its number of epochs.
        length: f64,
    },
    /// A phase starts before the phase before it has its whole share.
    #[error(
        "the {phase} phase starts at epoch {start}, before the phase before it is reached \
         in full at epoch {earliest}"
    )]
    RampOrder {
        /// The name of the phase that starts too early.
        phase: &'static str,
        /// Where the ramp into it starts.
        start: f64,
        /// The earliest epoch at which it may start.
        earliest: f64,
    },
}
