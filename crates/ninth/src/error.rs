//! What can go wrong, in words for a person, and its exit status.

use std::fmt;
use std::io;
use std::path::PathBuf;

use ninth_evaluation::ablation::plan::PlanError;
use ninth_evaluation::ablation::trial::TrialError;
use ninth_training::ConfigError;
use ninth_training::divergence::Diverged;
use ninth_training::engine::EngineError;
use ninth_training::files::FileError;
use ninth_training::metadata::ReadError;
use ninth_training::run_directory::RunError;
use ninth_training::trainer::{BeginError, TrainingError};

use crate::terminal::{counted, shell_word};

/// The newest checkpoint of a run, if it has one.
#[derive(Debug)]
pub struct Checkpoint(pub Option<PathBuf>);

impl fmt::Display for Checkpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(path) => write!(out, "The last good checkpoint is {}.", path.display()),
            None => write!(out, "There is no checkpoint from before it, only the start."),
        }
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    // Wrong usage or config: exit status 2.
    /// Nothing was asked for; the text is the help.
    #[error("{0}")]
    Help(String),
    /// The arguments are wrong.
    #[error("{0}")]
    Usage(String),
    /// The config is wrong.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// There is no such decision to measure.
    #[error(transparent)]
    Plan(Box<PlanError>),
    /// The model cannot be asked that.
    #[error(transparent)]
    Question(ninth_model::Error),

    // Anything else: exit status 1.
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file that has no weights to use.
    #[error("{name} cannot be used: {source}")]
    Weights {
        /// The file.
        name: String,
        /// What is wrong with it.
        source: ReadError,
    },
    /// A folder without trained weights.
    #[error("{} has no best.safetensors: it is no folder of a run, or nothing was trained yet", .0.display())]
    NoWeights(PathBuf),
    /// A file of sequences is not as it should be.
    #[error("{place}: {message}")]
    Data {
        /// The file and the line.
        place: String,
        /// What was found and what is allowed.
        message: String,
    },
    /// The folder of a run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A folder with something else than an ablation.
    #[error("{} exists already and has no trials.jsonl; choose another folder with --out", .0.display())]
    NoAblation(PathBuf),
    /// A folder with the trials of another ablation.
    #[error(
        "{} has trials of another base: {difference}; choose another folder with --out",
        path.display()
    )]
    OtherAblation {
        /// The folder.
        path: PathBuf,
        /// What is there, and what was asked for.
        difference: String,
    },
    /// A trial has no outcome.
    #[error("{label} with seed {seed}: {source}")]
    Trial {
        /// The option.
        label: String,
        /// Its seed.
        seed: i64,
        /// What went wrong.
        source: TrialError,
    },
    /// A step gave no finite numbers.
    #[error("{source}\n\nIts sequences are in {}. {checkpoint}", sequences.display())]
    Diverged {
        /// What happened.
        source: Box<Diverged>,
        /// The file with the sequences of the step.
        sequences: PathBuf,
        /// The last good state.
        checkpoint: Checkpoint,
    },
    /// A device that was checked computes something else.
    #[error(
        "{0} does not compute what the processor does: another driver may help; \
         train with --engine cpu"
    )]
    Disagreement(String),
    /// The engine failed while it trained.
    #[error(
        "{source}\n\n{checkpoint} The training goes on from there, on any engine, with:\n\n  \
         ninth train --resume {}",
        shell_word(path.display())
    )]
    TrainingEngine {
        /// What happened.
        source: EngineError,
        /// The last good state.
        checkpoint: Checkpoint,
        /// The folder of the run.
        path: PathBuf,
    },
    /// Somebody wanted it to stop.
    #[error(
        "interrupted after step {step}; everything is saved. It goes on with:\n\n  \
         ninth train --resume {}",
        shell_word(path.display())
    )]
    Interrupted {
        /// Steps done.
        step: u64,
        /// The folder of the run.
        path: PathBuf,
    },
    /// Somebody wanted it to stop.
    #[error(
        "interrupted after {}; the same command goes on from there",
        counted(*.0, "training")
    )]
    AblationInterrupted(u64),
    /// Training cannot go on.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Standard output does not take what is written to it.
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
}

impl Error {
    /// The exit status: 2 for wrong usage or config, 1 for anything else.
    pub fn status(&self) -> u8 {
        match self {
            Error::Help(_)
            | Error::Usage(_)
            | Error::Config(_)
            | Error::Plan(_)
            | Error::Question(_) => 2,
            Error::Read { .. }
            | Error::Weights { .. }
            | Error::NoWeights(_)
            | Error::Data { .. }
            | Error::Run(_)
            | Error::NoAblation(_)
            | Error::OtherAblation { .. }
            | Error::Trial { .. }
            | Error::Diverged { .. }
            | Error::TrainingEngine { .. }
            | Error::Interrupted { .. }
            | Error::AblationInterrupted(_)
            | Error::Training(_)
            | Error::Disagreement(_)
            | Error::Engine(_)
            | Error::Output(_) => 1,
        }
    }
}

impl From<BeginError> for Error {
    fn from(error: BeginError) -> Self {
        match error {
            BeginError::Unfit(error) => Error::Usage(error.to_string()),
            BeginError::Engine(error) => Error::Engine(error),
        }
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        Error::Run(error.into())
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Error::Config(Box::new(error))
    }
}

impl From<PlanError> for Error {
    fn from(error: PlanError) -> Self {
        Error::Plan(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_engine_says_how_the_training_goes_on() {
        let error = |checkpoint: Option<&str>| Error::TrainingEngine {
            source: EngineError::Device("the device was lost".to_string()),
            checkpoint: Checkpoint(checkpoint.map(PathBuf::from)),
            path: PathBuf::from("runs/my run"),
        };
        let message = error(Some("runs/my run/checkpoints/step-00000100.safetensors")).to_string();
        assert!(message.starts_with("the device was lost\n"), "{message}");
        assert!(message.contains("step-00000100.safetensors."), "{message}");
        assert!(message.ends_with("ninth train --resume 'runs/my run'"), "{message}");
        assert!(error(None).to_string().contains("only the start"));
        assert_eq!(error(None).status(), 1);
    }
}
