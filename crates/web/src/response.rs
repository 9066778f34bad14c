//! What requests answer, beside the types of the library.

use ninth::ConfigSummary;
use serde::Serialize;
use serde_json::Value;

/// The answer to a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// JSON.
    pub json: String,
    /// Bytes beside it: a file.
    pub blob: Vec<u8>,
}

/// A training that begins or goes on.
#[derive(Debug, Serialize)]
pub struct Started {
    /// Its config.
    pub config: ConfigSummary,
    /// Steps done.
    pub step: u64,
    /// What computes it.
    pub engine: String,
}

/// What came of some steps.
#[derive(Debug, Serialize)]
pub struct Advanced {
    /// Steps done in all.
    pub step: u64,
    /// Lines of [`ninth::LogLines`].
    pub events: Vec<Value>,
    /// How the training ended, if it did.
    pub ending: Option<&'static str>,
    /// The step of the best weights so far.
    pub best: Option<u64>,
}

/// A sequence, and what a model says about it.
#[derive(Debug, Serialize)]
pub struct Judged {
    /// The sequence; its last term is the one that is asked for.
    #[serde(flatten)]
    pub sequence: ninth::SampledSequence,
    /// The term that the model predicts.
    pub predicted: i64,
    /// The probability of that; a regression has none.
    pub probability: Option<f32>,
    /// The probability of the right term.
    pub right: Option<f32>,
}

/// A model that was loaded.
#[derive(Debug, Serialize)]
pub struct Loaded {
    /// Its config.
    pub config: ConfigSummary,
    /// Steps that it was trained for.
    pub steps: u64,
}

/// A picture of where a model places the integers: [`ninth::EmbeddingReport`] without the vectors.
#[derive(Debug, Serialize)]
pub struct Placed {
    /// The integers.
    pub terms: Vec<i64>,
    /// Where each lies from left to right.
    pub x: Vec<f64>,
    /// Where each lies from bottom to top.
    pub y: Vec<f64>,
    /// The shares of the variance that these two directions have.
    pub variance: [f64; 2],
}
