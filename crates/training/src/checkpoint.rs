//! A checkpoint: everything that the rest of a training depends on, as bytes.

use std::collections::BTreeMap;

use ninth_kernels::as_floats;
use ninth_model::weights::{self, Weights};
use ninth_model::{Layout, Transformer};
use serde_json::{Map, Value, json};

use crate::divergence::Divergence;
use crate::early_stopping::{self, Best};
use crate::engine::{EngineState, Statistics};
use crate::stages::Stage;
use crate::{Config, ConfigError, validation_frequency};

/// The state of a training between two steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Weights and moments.
    pub engine: EngineState,
    /// Steps done; batches and learning rate follow from it.
    pub step: u64,
    /// The step of the last validation.
    pub validated: Option<u64>,
    /// Validations done; their sequences follow from it.
    pub validations: u64,
    /// When the next validation is due.
    pub pacing: validation_frequency::State,
    /// What early stopping remembers.
    pub early_stopping: early_stopping::State,
    /// The best weights so far.
    pub best: Option<Best>,
    /// Whether it gets anywhere.
    pub divergence: Divergence,
    /// The trainings that the model had before this one, the oldest first.
    pub earlier: Vec<Stage>,
}

/// Why a file is no checkpoint or has no weights to use.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReadError {
    /// The tensors are not what they should be.
    #[error(transparent)]
    Weights(#[from] ninth_model::Error),
    /// The config that was saved along is not valid.
    #[error("the config in its metadata is not valid: {0}")]
    Config(Box<ConfigError>),
    /// The training state that was saved along is not complete.
    #[error("no checkpoint: {0:?} is missing or no such value")]
    State(&'static str),
}

impl From<ConfigError> for ReadError {
    fn from(error: ConfigError) -> Self {
        ReadError::Config(Box::new(error))
    }
}

/// Prefixes of the arenas beside that of the parameters, which has none.
const FIRST: &str = "first_moment.";
const SECOND: &str = "second_moment.";
const BEST: &str = "best.";

impl Checkpoint {
    /// What the model has had of this training.
    fn stage(&self, config: &Config) -> Stage {
        Stage { config: config.clone(), steps: Some(self.step) }
    }

    /// The checkpoint as a safetensors file. `logs` are the sizes of the files
    /// that grow during training, to cut them back to on a resume.
    ///
    /// # Errors
    ///
    /// If the arenas do not fit the layout's tensors.
    pub fn to_bytes(
        &self,
        config: &Config,
        layout: &Layout,
        logs: &BTreeMap<String, u64>,
    ) -> Result<Vec<u8>, ninth_model::Error> {
        // Floats go as their bits, so that they come back as they were.
        let bits = |value: f64| Value::from(format!("{:016x}", value.to_bits()));
        let (early, pacing) = (&self.early_stopping, &self.pacing);
        let Statistics { steps, loss, gradient_norm, last_correct, last_scored } =
            self.engine.statistics;
        let mut state = json!({
            "config": self.stage(config).to_text(&self.earlier),
            "step": self.step,
            "updates": self.engine.updates,
            "validated": self.validated,
            "validations": self.validations,
            "validation_interval": pacing.interval,
            "next_validation": pacing.next,
            "validation_loss": bits(pacing.loss),
            "lowest_loss": bits(early.lowest_loss),
            "highest_accuracy": bits(early.highest_accuracy),
            "reference_loss": bits(early.reference_loss),
            "reference_accuracy": bits(early.reference_accuracy),
            "improved_at": bits(early.improved_at),
            "untrained_loss": bits(self.divergence.untrained_loss),
            "last_loss": bits(self.divergence.loss),
            "high_steps": self.divergence.high_steps,
            "statistics": {
                "steps": steps,
                "loss": bits(loss),
                "gradient_norm": bits(gradient_norm),
                "last_correct": last_correct,
                "last_scored": last_scored,
            },
            "logs": logs,
        });
        let mut arenas = vec![
            ("", as_floats(&self.engine.parameters)),
            (FIRST, as_floats(&self.engine.first_moment)),
            (SECOND, as_floats(&self.engine.second_moment)),
        ];
        if let Some(best) = &self.best {
            state["best_step"] = best.step.into();
            state["best_loss"] = bits(best.loss);
            arenas.push((BEST, as_floats(&best.parameters)));
        }
        weights::to_bytes(&state.to_string(), layout, &arenas)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    ///
    /// If it is anything else, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Config, Self, BTreeMap<String, u64>), ReadError> {
        let weights = Weights::parse(bytes)?;
        let state: Map<String, Value> =
            serde_json::from_str(weights.text()).map_err(|_| ReadError::State("config"))?;
        let number = |key| number(&state, key);
        let float = |key| float(&state, key);
        let statistics = state.get("statistics").and_then(Value::as_object);
        let statistics = statistics.ok_or(ReadError::State("statistics"))?;
        let text = state.get("config").and_then(Value::as_str).ok_or(ReadError::State("config"))?;
        let (Stage { config, .. }, earlier) = Stage::from_text("config", text)?;
        let model = model_in(&weights, &config)?;
        let layout = model.layout();
        let best = match state.contains_key("best_step") {
            true => Some(Best {
                step: number("best_step")?,
                loss: float("best_loss")?,
                parameters: weights.arena(BEST, layout)?,
            }),
            false => None,
        };
        let logs = state.get("logs").and_then(Value::as_object).ok_or(ReadError::State("logs"))?;
        let logs = logs
            .iter()
            .map(|(name, size)| Ok((name.clone(), size.as_u64().ok_or(ReadError::State("logs"))?)))
            .collect::<Result<_, ReadError>>()?;
        let checkpoint = Checkpoint {
            engine: EngineState {
                parameters: weights.arena("", layout)?,
                first_moment: weights.arena(FIRST, layout)?,
                second_moment: weights.arena(SECOND, layout)?,
                updates: number("updates")?,
                statistics: Statistics {
                    steps: self::number(statistics, "steps")?,
                    loss: self::float(statistics, "loss")?,
                    gradient_norm: self::float(statistics, "gradient_norm")?,
                    last_correct: self::number(statistics, "last_correct")?,
                    last_scored: self::number(statistics, "last_scored")?,
                },
            },
            step: number("step")?,
            validated: match state.get("validated") {
                Some(Value::Null) => None,
                _ => Some(number("validated")?),
            },
            validations: number("validations")?,
            pacing: validation_frequency::State {
                interval: number("validation_interval")?,
                next: number("next_validation")?,
                loss: float("validation_loss")?,
            },
            early_stopping: early_stopping::State {
                lowest_loss: float("lowest_loss")?,
                highest_accuracy: float("highest_accuracy")?,
                reference_loss: float("reference_loss")?,
                reference_accuracy: float("reference_accuracy")?,
                improved_at: float("improved_at")?,
            },
            best,
            divergence: Divergence {
                untrained_loss: float("untrained_loss")?,
                loss: float("last_loss")?,
                high_steps: number("high_steps")?,
            },
            earlier,
        };
        let Checkpoint { step, validated, validations, engine, best, .. } = &checkpoint;
        let best_step = best.as_ref().map_or(0, |best| best.step);
        if *step > config.total_steps() || engine.updates != *step {
            return Err(ReadError::State("step"));
        }
        if validated.is_some_and(|at| at > *step) || validations > step || best_step > *step {
            return Err(ReadError::State("validated"));
        }
        Ok((config, checkpoint, logs))
    }
}

/// A number of the state.
fn number(state: &Map<String, Value>, key: &'static str) -> Result<u64, ReadError> {
    state.get(key).and_then(Value::as_u64).ok_or(ReadError::State(key))
}

/// A float of the state, which stands there as its bits.
fn float(state: &Map<String, Value>, key: &'static str) -> Result<f64, ReadError> {
    let text = state.get(key).and_then(Value::as_str).ok_or(ReadError::State(key))?;
    let bits = u64::from_str_radix(text, 16).map_err(|_| ReadError::State(key))?;
    Ok(f64::from_bits(bits))
}

/// The model of a config, if a file of weights is large enough to hold it: a config that is
/// hostile or of another file must not take memory that the file did not.
fn model_in(weights: &Weights<'_>, config: &Config) -> Result<Transformer, ReadError> {
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

/// The best weights as a file: the parameters, with the config as its text, the steps that made
/// them, and the stages before.
///
/// # Errors
///
/// If the arena does not fit the layout's tensors.
pub fn weights_to_bytes(
    stage: &Stage,
    earlier: &[Stage],
    layout: &Layout,
    parameters: &[ninth_kernels::Lanes],
) -> Result<Vec<u8>, ninth_model::Error> {
    weights::to_bytes(&stage.to_text(earlier), layout, &[("", as_floats(parameters))])
}

/// A trained model.
#[derive(Clone, Debug)]
pub struct TrainedModel {
    /// What it was trained with, and for how long.
    pub stage: Stage,
    /// The trainings before that, the oldest first.
    pub earlier: Vec<Stage>,
    /// The model.
    pub model: Transformer,
    /// The arena of its parameters.
    pub parameters: Vec<ninth_kernels::Lanes>,
}

/// The model in a file of weights.
///
/// # Errors
///
/// If it is anything else, or damaged.
pub fn weights_from_bytes(bytes: &[u8]) -> Result<TrainedModel, ReadError> {
    let weights = Weights::parse(bytes)?;
    let (stage, earlier) = Stage::from_text("config", weights.text())?;
    let model = model_in(&weights, &stage.config)?;
    let parameters = weights.arena("", model.layout())?;
    Ok(TrainedModel { stage, earlier, model, parameters })
}
