//! A checkpoint: everything that the rest of a training depends on, as bytes.

use std::collections::BTreeMap;

use ninth_kernels::as_floats;
use ninth_model::Layout;
use ninth_model::weights::{self, Weights};
use serde_json::{Map, Value, json};

use crate::divergence::Divergence;
use crate::early_stopping::{self, Best};
use crate::engine::{EngineState, Statistics};
use crate::metadata::{self, ReadError, model_in, read_stages};
use crate::stages::Stage;
use crate::{Config, validation_frequency};

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
    pub pacing: validation_frequency::PacingState,
    /// The state of early stopping.
    pub early_stopping: early_stopping::StoppingState,
    /// The best weights so far.
    pub best: Option<Best>,
    /// The state of the divergence detector.
    pub divergence: Divergence,
    /// The trainings that the model had before this one, the oldest first.
    pub earlier: Vec<Stage>,
}

/// Prefixes of the tensors' names; those of the parameters have none.
const FIRST: &str = "first_moment.";
const SECOND: &str = "second_moment.";
const BEST: &str = "best.";

impl Checkpoint {
    /// The checkpoint as a safetensors file. `logs` are the sizes of the log files in bytes,
    /// to which a resumed training truncates them.
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
        // Floats are stored as their bits, so that they are read back exactly; JSON has no
        // infinity.
        let bits = |value: f64| Value::from(format!("{:016x}", value.to_bits()));
        let (early, pacing) = (&self.early_stopping, &self.pacing);
        let Statistics { steps, loss, gradient_norm, last_correct, last_scored } =
            self.engine.statistics;
        let mut state = json!({
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
        let stage = Stage { config: config.clone(), steps: self.step };
        let [config, steps, stages] = metadata::of_stages(&stage, &self.earlier);
        let metadata = [
            (metadata::CONFIG, config.as_str()),
            (metadata::STEPS, &steps),
            (metadata::STAGES, &stages),
            (metadata::STATE, &state.to_string()),
        ];
        weights::to_bytes(&metadata, layout, &arenas)
    }

    /// The config, the checkpoint and the sizes of the logs from the bytes that
    /// [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    ///
    /// If the bytes are anything else, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Config, Self, BTreeMap<String, u64>), ReadError> {
        let weights = Weights::parse(bytes)?;
        let (Stage { config, steps: step }, earlier) = read_stages(&weights)?;
        let state =
            weights.metadata(metadata::STATE).and_then(|text| serde_json::from_str(text).ok());
        let state: Map<String, Value> = state.ok_or(ReadError::Metadata(metadata::STATE))?;
        let number = |key| number(&state, key);
        let float = |key| float(&state, key);
        let statistics = state.get("statistics").and_then(Value::as_object);
        let statistics = statistics.ok_or(ReadError::Metadata("statistics"))?;
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
        let logs =
            state.get("logs").and_then(Value::as_object).ok_or(ReadError::Metadata("logs"))?;
        let logs = logs
            .iter()
            .map(|(name, size)| {
                Ok((name.clone(), size.as_u64().ok_or(ReadError::Metadata("logs"))?))
            })
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
            step,
            validated: match state.get("validated") {
                Some(Value::Null) => None,
                _ => Some(number("validated")?),
            },
            validations: number("validations")?,
            pacing: validation_frequency::PacingState {
                interval: number("validation_interval")?,
                next: number("next_validation")?,
                loss: float("validation_loss")?,
            },
            early_stopping: early_stopping::StoppingState {
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
        if engine.updates != *step {
            return Err(ReadError::Metadata("updates"));
        }
        if validated.is_some_and(|at| at > *step) || validations > step || best_step > *step {
            return Err(ReadError::Metadata("validated"));
        }
        Ok((config, checkpoint, logs))
    }
}

/// An integer of the state.
fn number(state: &Map<String, Value>, key: &'static str) -> Result<u64, ReadError> {
    state.get(key).and_then(Value::as_u64).ok_or(ReadError::Metadata(key))
}

/// A float of the state, stored as its bits in hexadecimal.
fn float(state: &Map<String, Value>, key: &'static str) -> Result<f64, ReadError> {
    let text = state.get(key).and_then(Value::as_str).ok_or(ReadError::Metadata(key))?;
    let bits = u64::from_str_radix(text, 16).map_err(|_| ReadError::Metadata(key))?;
    Ok(f64::from_bits(bits))
}
