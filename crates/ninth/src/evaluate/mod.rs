//! Evaluating: how good a model is, by fresh sequences or by given ones.
//!
//! | file | what it holds |
//! |---|---|
//! | `fresh` | a model on fresh sequences |
//! | `data` | a model on the rows of a data file |
//! | `json` | what both are in JSON |
//! | `judgement` | the metrics by phase and family in it |

mod data;
mod fresh;
mod json;
mod judgement;

pub use ninth_evaluation::calibration::Calibrated;

pub use data::{DataRow, EvaluateDataOptions, EvaluateDataReport};
pub(crate) use judgement::JudgementJson;

pub use fresh::{EvaluateOptions, EvaluateReport, NeverTrainedReport};

/// Candidates per question.
const TOP: usize = 5;
