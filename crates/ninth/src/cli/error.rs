//! Why a command failed, in words for a person, and the exit status.

use std::io;
use std::path::PathBuf;

use ninth_evaluation::ablation::plan::PlanError;
use ninth_evaluation::ablation::trial::TrialError;
use ninth_training::ConfigError;
use ninth_training::files::FileError;

use super::output::terminal::{counted, shell_word};
use super::signals::StopSignal;
use crate::error;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No command was given; the text is the help.
    #[error("{0}")]
    Help(String),
    /// The arguments are wrong.
    #[error("{0}")]
    Usage(String),
    /// There is no such decision to measure.
    #[error(transparent)]
    Plan(Box<PlanError>),
    /// The library refuses or fails.
    #[error("{}", in_words(.0))]
    Library(error::Error),
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
    /// A trial failed.
    #[error("{label} with seed {seed}: {source}")]
    Trial {
        /// The option.
        label: String,
        /// Its seed.
        seed: i64,
        /// What went wrong.
        source: TrialError,
    },
    /// The workers of a trial were lost again and again.
    #[error(
        "{label} with seed {seed}: its worker ended {losses} times without a result; the messages \
         before may say why"
    )]
    LostTrial {
        /// The option.
        label: String,
        /// Its seed.
        seed: i64,
        /// How often.
        losses: u32,
    },
    /// Nobody is left who trains.
    #[error("all workers have ended; the same command goes on")]
    NoWorkers,
    /// Trainings are missing for results.
    #[error(
        "{} of {all} trainings are missing: {}; {}. This trains them:\n\n  {command}",
        missing.len(),
        some(missing),
        match at_work {
            0 => "no process is at any of them".to_string(),
            1 => "a process is at one of them".to_string(),
            more => format!("processes are at {more} of them"),
        }
    )]
    MissingTrials {
        /// The missing ones, in words.
        missing: Vec<String>,
        /// The number of trainings.
        all: usize,
        /// The missing ones that other processes are training.
        at_work: usize,
        /// The command that trains them.
        command: String,
    },
    /// The operating system starts no thread.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
    /// A device that was checked computes something else.
    #[error(
        "{0} does not compute what the processor does: another driver may help; \
         train with --engine cpu"
    )]
    Disagreement(String),
    /// A signal interrupted a training.
    #[error(
        "interrupted after step {step}; everything is saved. It goes on with:\n\n  \
         ninth train --resume {}",
        shell_word(path.display())
    )]
    Interrupted {
        /// The signal.
        signal: StopSignal,
        /// Steps done.
        step: u64,
        /// The folder of the run.
        path: PathBuf,
    },
    /// A signal interrupted an ablation.
    #[error(
        "interrupted after {}; the same command goes on from there, also in the middle of a training",
        counted(*.made, "training")
    )]
    AblationInterrupted {
        /// The signal.
        signal: StopSignal,
        /// Trainings made.
        made: u64,
    },
    /// There is a file already where one is to be written.
    #[error("{} exists already; --force replaces it", .0.display())]
    Exists(PathBuf),
    /// What is there is never replaced.
    #[error(
        "{} is {found}, where a file is to be written; name a file, or - for standard output",
        path.display()
    )]
    NoFile {
        /// The place.
        path: PathBuf,
        /// What is there.
        found: &'static str,
    },
    /// Standard output cannot be written to.
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
}

/// The first few of a list, and how many more there are.
fn some(list: &[String]) -> String {
    const SHOWN: usize = 4;
    let shown = list.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match list.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The message of the library, with its options as they are written on the command line, and
/// with the command that goes on.
fn in_words(error: &error::Error) -> String {
    use error::Error::{EngineOfRun, Listen, OptionOfDecoding, OptionOfModel, Weights};
    let flag = |option: &str| format!("--{}", option.replace('_', "-"));
    match error {
        OptionOfDecoding { option, chosen, needed } => format!(
            "{} has no effect with --decoding {}; it is for --decoding {}",
            flag(option),
            chosen.name(),
            needed.name()
        ),
        OptionOfModel { option, method } => format!(
            "{} has no effect with --method {}; it is how a model is asked, for --method {}",
            flag(option),
            method.name(),
            error::methods_of(option),
        ),
        Weights { source, .. } if source.is_change() => format!(
            "{error}; --accept-changed takes it all the same, where its tensors have the right \
             names and shapes"
        ),
        Listen { source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
            format!("{error}; --port 0 takes any port that is free")
        }
        EngineOfRun { folder, .. } => format!(
            "{error} The training goes on from there, on any engine, with:\n\n  \
             ninth train --resume {}",
            shell_word(folder.display())
        ),
        other => other.to_string(),
    }
}

impl Error {
    /// The exit status: 2 for wrong usage or config, 128 and its number for a signal, 1 for
    /// anything else.
    pub fn status(&self) -> u8 {
        match self {
            Error::Help(_) | Error::Usage(_) | Error::Plan(_) => 2,
            Error::Library(error) => status_of(error),
            Error::NoAblation(_)
            | Error::OtherAblation { .. }
            | Error::Trial { .. }
            | Error::LostTrial { .. }
            | Error::NoWorkers
            | Error::MissingTrials { .. }
            | Error::Thread(_)
            | Error::Disagreement(_)
            | Error::Exists(_)
            | Error::NoFile { .. }
            | Error::Output(_) => 1,
            Error::Interrupted { signal, .. } | Error::AblationInterrupted { signal, .. } => {
                signal.status()
            }
        }
    }
}

fn status_of(error: &error::Error) -> u8 {
    match error {
        error::Error::Config(_)
        | error::Error::Model(_)
        | error::Error::OptionOfDecoding { .. }
        | error::Error::OptionOfModel { .. }
        | error::Error::UnfitWeights { .. }
        | error::Error::Name { .. }
        | error::Error::Table(_)
        | error::Error::Tensors(_)
        | error::Error::TooManySequences { .. }
        | error::Error::Device(_) => 2,
        error::Error::Read { .. }
        | error::Error::Weights { .. }
        | error::Error::NoWeights(_)
        | error::Error::Data { .. }
        | error::Error::OtherFolder(_)
        | error::Error::Listen { .. }
        | error::Error::Onnx { .. }
        | error::Error::Run(_)
        | error::Error::Engine(_)
        | error::Error::Diverged(_)
        | error::Error::DivergedRun { .. }
        | error::Error::EngineOfRun { .. } => 1,
    }
}

impl From<PlanError> for Error {
    fn from(error: PlanError) -> Self {
        Error::Plan(Box::new(error))
    }
}

impl From<error::Error> for Error {
    fn from(error: error::Error) -> Self {
        Error::Library(error)
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Error::Library(error.into())
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        Error::Library(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::NewestCheckpoint;
    use ninth_training::engine::EngineError;

    #[test]
    fn a_failed_engine_says_how_the_training_goes_on() {
        let error = |checkpoint: Option<&str>| {
            Error::from(error::Error::EngineOfRun {
                source: EngineError::Device("the device was lost".to_string()),
                checkpoint: NewestCheckpoint(checkpoint.map(PathBuf::from)),
                folder: PathBuf::from("runs/my run"),
            })
        };
        let message = error(Some("runs/my run/checkpoints/step-00000100.safetensors")).to_string();
        assert!(message.starts_with("the device was lost\n"), "{message}");
        assert!(message.contains("step-00000100.safetensors."), "{message}");
        assert!(message.ends_with("ninth train --resume 'runs/my run'"), "{message}");
        assert!(error(None).to_string().contains("only the start"));
        assert_eq!(error(None).status(), 1);
    }
}
