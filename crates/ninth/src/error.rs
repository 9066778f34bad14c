//! What can go wrong. Every message names the place, what was found, and what is allowed.

use std::fmt;
use std::io;
use std::path::PathBuf;

use ninth_model::decoding::DecodingKind;
use ninth_settings::nearest;
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
    /// Sequences side by side are not as they should be.
    #[error("{0}")]
    Table(String),
    /// Tensors are not those of a config's model.
    #[error("these are not the weights of such a model: {0}")]
    Tensors(String),
    /// More sequences than memory or indices hold.
    #[error(
        "{count} sequences from number {first} on: memory does not hold as many, or their numbers \
         are beyond 2^64"
    )]
    TooManySequences {
        /// The number of the first one.
        first: u64,
        /// How many.
        count: usize,
    },
    /// There is no device of this name, or it cannot hold the training.
    #[error("{0}")]
    Device(String),

    /// A name that stands for nothing.
    #[error("{what} is {found:?}; allowed are {allowed}{}", suggestion(.nearest))]
    Name {
        /// What is to be named.
        what: &'static str,
        /// The name given.
        found: String,
        /// The names that there are.
        allowed: String,
        /// The one of them that is most like it.
        nearest: Option<String>,
    },

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

fn suggestion(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or_else(String::new, |name| format!("; did you mean {name:?}?"))
}

/// The one of `all` that has this name; `what` is for the message.
///
/// ```
/// use ninth::{Method, named};
///
/// assert_eq!(named("method", "blend", Method::ALL, Method::name)?, Method::Blend);
/// let error = named("method", "blond", Method::ALL, Method::name).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "method is \"blond\"; allowed are model, relations, blend; did you mean \"blend\"?",
/// );
/// # Ok::<(), ninth::Error>(())
/// ```
///
/// # Errors
///
/// If none has it.
pub fn named<T: Copy>(
    what: &'static str,
    name: &str,
    all: &[T],
    name_of: impl Fn(T) -> &'static str,
) -> Result<T, Error> {
    let found = all.iter().copied().find(|one| name_of(*one) == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|one| name_of(*one)).collect();
        Error::Name {
            what,
            found: name.to_string(),
            allowed: names.join(", "),
            nearest: nearest(name, names.into_iter()),
        }
    })
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

impl From<ninth_settings::Error> for Error {
    fn from(error: ninth_settings::Error) -> Self {
        ConfigError::from(error).into()
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
