//! What files of weights and checkpoints say in their metadata.
//!
//! | key | value |
//! |---|---|
//! | `config` | the config of the training, a TOML document |
//! | `steps` | the steps that made the weights |
//! | `stages` | the trainings before, the oldest first: a JSON array of objects with `config` and `steps` |
//! | `state` | of a checkpoint: the rest of the training's state, a JSON object |
//!
//! `format` and `checksum` are written and checked by [`ninth_model::weights`].

use ninth_model::Transformer;
use ninth_model::weights::{LoadOptions, Weights};
use serde_json::{Value, json};

use crate::stages::Stage;
use crate::{Config, ConfigError};

pub(crate) const CONFIG: &str = "config";
pub(crate) const STEPS: &str = "steps";
pub(crate) const STAGES: &str = "stages";
pub(crate) const STATE: &str = "state";

/// Why a file of weights or a checkpoint cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReadError {
    /// The file or its tensors are not what they should be.
    #[error(transparent)]
    Weights(#[from] ninth_model::Error),
    /// A config in the metadata is not valid.
    #[error("the config in its metadata is not valid: {0}")]
    Config(Box<ConfigError>),
    /// A value is missing in the metadata, or impossible.
    #[error("{0:?} in its metadata is missing or not valid")]
    Metadata(&'static str),
}

impl ReadError {
    /// Whether the file is refused because another program has changed it, and is taken with
    /// [`LoadOptions::accept_changed`].
    pub fn is_change(&self) -> bool {
        match self {
            ReadError::Weights(error) => error.is_change(),
            ReadError::Metadata(key) => [STEPS, STAGES].contains(key),
            ReadError::Config(_) => false,
        }
    }
}

impl From<ConfigError> for ReadError {
    fn from(error: ConfigError) -> Self {
        ReadError::Config(Box::new(error))
    }
}

/// The values of `config`, `steps` and `stages`.
pub(crate) fn of_stages(stage: &Stage, earlier: &[Stage]) -> [String; 3] {
    let earlier = earlier
        .iter()
        .map(|stage| json!({ CONFIG: stage.config.to_text(false), STEPS: stage.steps }));
    let earlier = Value::Array(earlier.collect());
    [stage.config.to_text(false), stage.steps.to_string(), earlier.to_string()]
}

/// The stage that made a file, and those before it, the oldest first. Of a changed file that is
/// accepted only the config is needed: steps that are not known, or do not fit it, are those that
/// it plans, and stages that are not known are none.
///
/// # Errors
///
/// If a value is missing or not valid.
pub(crate) fn read_stages(weights: &Weights<'_>) -> Result<(Stage, Vec<Stage>), ReadError> {
    let value = |key| weights.metadata(key).ok_or(ReadError::Metadata(key));
    let LoadOptions { accept_changed } = weights.options();
    let stage = || {
        let steps = value(STEPS)?.parse().map_err(|_| ReadError::Metadata(STEPS))?;
        read_stage("config", value(CONFIG)?, steps)
    };
    let earlier = || read_earlier(value(STAGES)?);
    let (stage, earlier) = (stage(), earlier());
    if !accept_changed {
        return Ok((stage?, earlier?));
    }
    let stage = match stage {
        Err(ReadError::Metadata(STEPS)) => {
            let config = Config::from_text("config", value(CONFIG)?)?;
            let steps = config.total_steps();
            Stage { config, steps }
        }
        other => other?,
    };
    Ok((stage, earlier.unwrap_or_default()))
}

/// The stages before that of the file.
fn read_earlier(text: &str) -> Result<Vec<Stage>, ReadError> {
    let invalid = || ReadError::Metadata(STAGES);
    let earlier: Vec<Value> = serde_json::from_str(text).map_err(|_| invalid())?;
    let earlier = earlier.iter().enumerate().map(|(index, stage)| {
        let config = stage.get(CONFIG).and_then(Value::as_str).ok_or_else(invalid)?;
        let steps = stage.get(STEPS).and_then(Value::as_u64).ok_or_else(invalid)?;
        read_stage(&format!("config, earlier stage {}", index + 1), config, steps)
    });
    earlier.collect()
}

fn read_stage(name: &str, config: &str, steps: u64) -> Result<Stage, ReadError> {
    let config = Config::from_text(name, config)?;
    if steps > config.total_steps() {
        return Err(ReadError::Metadata(STEPS));
    }
    Ok(Stage { config, steps })
}

/// The model of a config, if the file is large enough to hold its weights: a config that is
/// hostile or of another file must not take more memory than the file has.
///
/// # Errors
///
/// If the file is too small, or the config describes no model.
pub(crate) fn model_in(weights: &Weights<'_>, config: &Config) -> Result<Transformer, ReadError> {
    let architecture = config.architecture()?;
    let model = architecture.model();
    let head = architecture.outputs() * model.d_model;
    let layers = model.layers * model.d_model * (4 * model.d_model + 2 * model.feed_forward);
    let (found, expected) = (weights.numbers(), head + layers);
    if found < expected {
        return Err(ReadError::Weights(ninth_model::Error::Foreign(format!(
            "it holds {found} numbers, the model of its config {expected} at least"
        ))));
    }
    Ok(Transformer::new(architecture))
}
