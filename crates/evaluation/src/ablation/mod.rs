//! Ablation: what each decision is worth, measured by training the alternatives
//! side by side, with the same data, the same budget and several seeds.
//!
//! ```
//! use ninth_evaluation::ablation::plan::{Base, Plan, Request};
//! use ninth_training::Preset;
//!
//! let base = Base { preset: Preset::Design, assignments: vec![], steps: Some(2000), seeds: 2 };
//! let plan = Plan::new(&base, &[Request::parse("activation=relu,silu")?])?;
//! // The base and two options with two seeds each.
//! assert_eq!(plan.trials().len(), 6);
//! # Ok::<(), ninth_evaluation::ablation::plan::PlanError>(())
//! ```
//!
//! | file | what it holds |
//! |---|---|
//! | [`decisions`] | the table of decisions, options, and what makes them |
//! | `request` | the base and the decisions asked for |
//! | `base` | the base, and configs on top of it |
//! | `search` | points of several decisions at once: grids, draws, successive halving |
//! | `budget` | a training in fewer steps |
//! | [`plan`] | from decisions to distinct trainings, and from their outcomes to a study |
//! | [`trial`] | one training, and the results of its model |
//! | [`state`] | a training that is not over, as bytes |
//! | `hash`, `point` | what files of trials have in common |
//! | [`journal`] | trainings as lines of a file, so that none is made twice |
//! | [`results`] | the results, by decision and option |
//! | [`summary`] | means, spreads, differences to the default |
//! | [`significance`] | which differences are more than chance |
//! | [`export`] | a study as JSON and CSV |
//!
//! Nothing here uses a clock, a file or a second thread; the caller provides them.

mod base;
mod budget;
pub mod decisions;
pub mod export;
mod hash;
pub mod journal;
pub mod plan;
mod point;
mod request;
pub mod results;
mod search;
pub mod significance;
pub mod state;
pub mod summary;
pub mod trial;
