//! Inference: the next term and its probability, the rules behind given terms, and the Bayes
//! limit of generated sequences.
//!
//! | file | what it holds |
//! |---|---|
//! | `posterior/` | [`Posterior`]: an index of everything that can be drawn; [`Limit`] |
//! | `explanation.rs` | [`explain`]: the rules behind given terms |
//! | [`answer`] | the next term, by rules, by a model, or by both |
//! | [`integer`] | integers of any size in text and in JSON |
//! | [`metrics`] | how good predictions are: one set of metrics for all predictors |

#![forbid(unsafe_code)]

pub mod answer;
mod explanation;
pub mod integer;
pub mod metrics;
mod named;
mod posterior;

pub use explanation::{Explanation, FittingRule, beginning, explain};
pub use named::Named;
pub use posterior::{
    IndexKey, Limit, LimitMetrics, Next, Posterior, UnreadableIndex, WeightedTuple,
};
