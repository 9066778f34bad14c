//! What follows from what is known: the posterior over relations, the Bayes limit, the
//! relations behind given terms, and answers that blend them with a model's.
//!
//! | file | what it holds |
//! |---|---|
//! | `posterior/` | [`Posterior`]: everything that can be drawn, found by its terms; [`Limit`] |
//! | `explanation/` | [`Explainer`]: the relations behind given terms, drawn or searched |
//! | [`blend`] | the model's answer, that of relations, and both |
//! | [`metrics`] | how good predictions are: the limit's, and those of whoever is judged |

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
