//! Inference: the posterior over relations, the Bayes limit, the relations behind given terms,
//! and the blend of relations and a model.
//!
//! | file | what it holds |
//! |---|---|
//! | `posterior/` | [`Posterior`]: an index of everything that can be drawn; [`Limit`] |
//! | `explanation/` | [`Explainer`]: the relations behind given terms, drawn or searched |
//! | [`blend`] | the next term by the model, by relations, or by both |
//! | [`metrics`] | how good predictions are: one set of metrics for all predictors |

#![forbid(unsafe_code)]

pub mod blend;
mod explanation;
pub mod metrics;
mod named;
mod posterior;

pub use explanation::{Explainer, Explanation, FittingRelation};
pub use named::Named;
pub use posterior::{
    IndexKey, Limit, LimitMetrics, Next, Posterior, UnreadableIndex, WeightedTuple,
};
