//! What a model says of the next term, and what it saw.

use num_bigint::BigInt;

/// What the model says of the next term.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelVote {
    /// What it saw.
    pub sight: Sight,
    /// All of its classes, as terms, with their probabilities.
    pub candidates: Vec<(BigInt, f64)>,
}

/// What a model sees of the terms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// Whether it is shown the terms themselves.
    pub sees_terms: bool,
    /// How far they are heading beyond its range (see [`shares::beyond`](super::shares::beyond)).
    pub beyond: f64,
}
