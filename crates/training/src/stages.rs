//! Training in stages: a training may begin with the weights of an earlier one.
//!
//! What a model was shown follows from the configs and steps of all its stages, so its files
//! name the earlier ones along with its own.

use crate::Config;

/// One training of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// The config of the training.
    pub config: Config,
    /// The steps that made the weights; no more than the config plans.
    pub steps: u64,
}
