//! Evaluating: how good a model is, by fresh sequences or by given ones.
//!
//! | file | what it holds |
//! |---|---|
//! | `fresh` | a model on sequences that nobody has trained on |
//! | `data` | a model on the rows of a data file |
//! | `json` | what both are in JSON |

mod data;
mod fresh;
mod json;

pub use data::{DataRow, EvaluateDataOptions, EvaluateDataReport};
pub use fresh::{EvaluateOptions, EvaluateReport, NeverTrainedReport};

use ninth_evaluation::calibration::{Calibrations, Temperatures};

/// Candidates per question.
const TOP: usize = 5;

/// The calibration of a model, before and after its logits are divided by the temperatures
/// that fit best.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibrated {
    /// What divides the logits.
    pub temperatures: Temperatures,
    /// Before and after.
    pub found: Calibrations,
}
