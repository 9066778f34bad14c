//! Training: from a config to a model, with or without a folder.
//!
//! | file | what it holds |
//! |---|---|
//! | `session` | a training that this process makes: its start, its loop, its end |
//! | `lines` | its events as JSON |
//! | `record` | logs, best weights and checkpoints in the folder of a run |
//! | `bayes_limit` | the limit beside a training |
//! | `report` | how a training ended |

mod bayes_limit;
mod lines;
mod record;
mod report;
mod session;

use std::path::PathBuf;

use ninth_training::Config;
use ninth_training::divergence::Diverging;
use ninth_training::metrics::Metrics;
use ninth_training::trainer::{Interrupt, Progress, Validation};

use crate::engine::EngineOptions;
use crate::error::Error;
use crate::model::Model;

pub use bayes_limit::KnownLimit;
pub use lines::LogLines;
pub use report::TrainReport;
pub use session::TrainingSession;

/// How to train, beside the config.
#[derive(Default)]
pub struct TrainOptions {
    /// What runs the training.
    pub engine: EngineOptions,
    /// Where checkpoints, logs and the report go.
    pub folder: RunFolder,
    /// Begins with the weights of this model instead of random ones.
    pub from: Option<Model>,
    /// Asked between steps; the training stops when it returns `true`.
    pub interrupt: Option<Interrupt>,
}

/// The folder of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RunFolder {
    /// None: the training leaves nothing on the disk, and no limit is computed beside it.
    #[default]
    None,
    /// This one, which must not exist or be empty.
    New(PathBuf),
    /// The first one of `PATH-1`, `PATH-2`, ... that does not exist.
    Numbered(PathBuf),
}

/// Something that happened in a training.
#[derive(Clone, Copy, Debug)]
pub enum TrainEvent<'a> {
    /// Another hundred steps were made.
    Progress(&'a Progress),
    /// The model was validated.
    Validated {
        /// Its metrics, by phase and family.
        validation: &'a Validation,
        /// The metrics of the best possible predictor, where they are known.
        limit: Option<&'a Metrics>,
    },
    /// The loss has been far above that of an untrained model for long.
    Diverging(&'a Diverging),
}

/// Trains a model, calls `observe` with what happens on the way, and judges the model in the
/// end. An interrupted training gives the model so far.
///
/// ```
/// # fn main() -> Result<(), ninth::Error> {
/// use ninth::{Config, PredictOptions, TrainEvent, TrainOptions};
///
/// let mut config = Config::default();
/// config.training.epochs = 2;
/// config.training.steps_per_epoch = 50;
/// let trained = ninth::train(config, TrainOptions::default(), |event| {
///     if let TrainEvent::Validated { validation, .. } = event {
///         let metrics = validation.judgement.overall().model.metrics();
///         println!("step {}: loss {:.3}", validation.step, metrics.loss);
///     }
/// })?;
/// let next = trained.model.predict(&[2, 4, 6, 8], &PredictOptions::default())?;
/// # assert_eq!(next.next.len(), 1);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the config is not valid, the folder cannot be used, the engine fails, or the loss becomes
/// NaN or infinite.
pub fn train(
    config: Config,
    options: TrainOptions,
    mut observe: impl FnMut(TrainEvent<'_>),
) -> Result<TrainReport, Error> {
    let mut session = TrainingSession::start(config, options)?;
    session.run(&mut observe)?;
    session.finish()
}
