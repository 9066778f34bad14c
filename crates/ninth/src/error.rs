//! What can go wrong. Every message names the place, what was found, and what is allowed.

use std::fmt;
use std::io;
use std::path::PathBuf;

use ninth_model::decoding::DecodingKind;
use ninth_training::ConfigError;
use ninth_training::divergence::Diverged;
use ninth_training::engine::EngineError;
use ninth_training::files::FileError;
use ninth_training::metadata::ReadError;
use ninth_training::run_directory::RunError;
use ninth_training::trained_model::UnfitWeights;
use ninth_training::trainer::TrainingError;

/// Why a function of this library failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    // The question is wrong.
    /// A config is not valid.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// The model cannot answer.
    #[error(transparent)]
    Model(#[from] ninth_model::Error),
    /// An option that another way of choosing terms needs.
    #[error(
        "{option} has no effect with decoding {}; it is for decoding {}", chosen.name(), needed.name()
    )]
    OptionOfDecoding {
        /// The option: a field of [`PredictOptions`](crate::PredictOptions).
        option: &'static str,
        /// How terms are chosen.
        chosen: DecodingKind,
        /// What the option is for.
        needed: DecodingKind,
    },
    /// An option about the model where the model is not asked alone.
    #[error(
        "{option} has no effect with method {}; it is how a model is asked, for method {}",
        method.name(),
        methods_of(option),
    )]
    OptionOfModel {
        /// The option: a field of [`PredictOptions`](crate::PredictOptions).
        option: &'static str,
        /// Who is asked.
        method: ninth_inference::answer::Method,
    },
    /// A training cannot begin with the weights of a model of another shape or range.
    #[error("a training cannot begin with the weights of {name}: {source}")]
    UnfitWeights {
        /// The model with the weights.
        name: String,
        /// How it differs.
        source: UnfitWeights,
    },
    /// There is no device of this name, or it cannot hold the training.
    #[error("{0}")]
    Device(String),

    // A file is wrong.
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
    /// The folder of a run cannot be used, or a file cannot be written.
    #[error(transparent)]
    Run(#[from] RunError),

    /// The folder of an export has files of somebody else.
    #[error("{} has other files, and was not made by an export; choose another folder", .0.display())]
    OtherFolder(PathBuf),
    /// A server cannot listen.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port.
        port: u16,
        /// What the system says.
        source: io::Error,
    },

    /// A model has no ONNX file.
    #[cfg(feature = "export")]
    #[error("{name} cannot be exported: {source}")]
    Onnx {
        /// The model.
        name: String,
        /// Why it has none.
        source: ninth_onnx::Error,
    },

    // A training failed.
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The loss or a gradient of a step is NaN or infinite.
    #[error(transparent)]
    Diverged(Box<Diverged>),
    /// The same in a training with a folder.
    #[error("{source}\n\nIts sequences are in {}. {checkpoint}", sequences.display())]
    DivergedRun {
        /// What happened.
        source: Box<Diverged>,
        /// The file with the sequences of the step.
        sequences: PathBuf,
        /// The last good state.
        checkpoint: NewestCheckpoint,
    },
    /// The engine failed in a training with a folder, which can be resumed.
    #[error("{source}\n\n{checkpoint}")]
    EngineOfRun {
        /// What happened.
        source: EngineError,
        /// The last good state.
        checkpoint: NewestCheckpoint,
        /// The folder of the run.
        folder: PathBuf,
    },
}

/// The methods in which a model is asked in such a way.
pub(crate) fn methods_of(option: &str) -> &'static str {
    match option {
        "generation" => "model or blend",
        _ => "model",
    }
}

/// The newest checkpoint of a run, if it has one.
#[derive(Debug)]
pub struct NewestCheckpoint(pub Option<PathBuf>);

impl fmt::Display for NewestCheckpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(path) => write!(out, "The last good checkpoint is {}.", path.display()),
            None => write!(out, "There is no checkpoint from before it, only the start."),
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

impl From<TrainingError> for Error {
    fn from(error: TrainingError) -> Self {
        match error {
            TrainingError::Engine(source) => Error::Engine(source),
            TrainingError::Diverged(source) => Error::Diverged(source),
        }
    }
}
