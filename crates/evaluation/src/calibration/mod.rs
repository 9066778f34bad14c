//! Calibration: whether a model that is 80 % sure is right four times out of five.
//!
//! The *confidence* of a prediction is the probability of the predicted term. Predictions
//! fall into ten bins by their confidence; in each of them the mean confidence should be
//! the share of right ones. The expected calibration error is the mean difference of
//! the two, each bin weighing as much as it has predictions (Naeini, Cooper and
//! Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", 2015; Guo
//! et al., "On calibration of modern neural networks", 2017, equation 3).
//!
//! The *temperature* T divides all logits: above 1 it makes a model less sure, below 1 surer,
//! and never changes which term is the most likely one. It is fitted to the least
//! cross-entropy on sequences that neither training nor evaluation draws (Guo et al.,
//! section 4.2), once for the last position and once for all: after one term, where nobody can
//! be sure, a model may be as wrong in the other direction as it is after eight.

//!
//! ```
//! use ninth_evaluation::calibration::Reliability;
//!
//! let mut reliability = Reliability::default();
//! for right in [true, true, true, false] {
//!     reliability.add(0.8, right, 0.5);
//! }
//! // Three of four are right at a confidence of 80 %.
//! assert!((reliability.error() - 0.05).abs() < 1e-12);
//! ```
//!
//! | file | what it holds |
//! |---|---|
//! | `reliability.rs` | [`Reliability`]: the bins, and the expected calibration error |
//! | `judge.rs` | [`ConfidenceJudge`]: the confidences of a model, and its temperatures |
//! | `moments.rs` | softmax at a temperature, sixteen sequences at a time |

mod judge;
mod moments;
mod reliability;

pub use judge::{ConfidenceJudge, Last};
pub use reliability::{
    BINS, Bin, Calibrated, Calibration, Calibrations, Reliability, Temperatures,
};
