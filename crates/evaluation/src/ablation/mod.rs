//! Ablation: what each decision is worth, measured by training the alternatives
//! side by side, with the same data, the same budget and several seeds.
//!
//! | file | what it holds |
//! |---|---|
//! | [`decisions`] | the table of decisions, options, and what makes them |
//! | `request` | the base and the decisions asked for |
//! | `budget` | a training in fewer steps |
//! | [`plan`] | from decisions to distinct trainings, and from their outcomes to a study |
//! | [`trial`] | one training, and the results of its model |
//! | [`journal`] | trainings as lines of a file, so that none is made twice |
//! | [`results`] | the results, by decision and option |
//! | [`summary`] | means, spreads, differences to the default |
//! | [`export`] | a study as JSON and CSV |
//!
//! Nothing here looks at a clock, a file or a second thread; whoever runs the
//! trials brings them.

mod budget;
pub mod decisions;
pub mod export;
pub mod journal;
pub mod plan;
mod request;
pub mod results;
pub mod summary;
pub mod trial;
