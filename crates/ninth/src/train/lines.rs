//! The events of a training as lines of JSON, for who follows it.

use ninth_training::Config;
use ninth_training::baselines::Uniform;
use ninth_training::logging::{jsonl, progress_scalars, validation_scalars};
use serde_json::{Map, Value, json};

use super::TrainEvent;
use crate::error::Error;

/// Writes the events of a training as lines.
#[derive(Clone, Debug)]
pub struct LogLines {
    /// What guessing would give.
    uniform: Uniform,
}

impl LogLines {
    /// The lines of a training with this config.
    ///
    /// # Errors
    ///
    /// If the config is not valid.
    pub fn new(config: &Config) -> Result<Self, Error> {
        Ok(LogLines { uniform: Uniform::of(config)? })
    }

    /// An event as a JSON object: as in the file `metrics.jsonl` of a run, in validations also
    /// `accuracy_by_position`. A training that diverges has `loss`, `untrained_loss` and `advice`.
    pub fn line(&self, event: &TrainEvent<'_>) -> Value {
        match event {
            TrainEvent::Progress(progress) => {
                let scalars = progress_scalars(progress);
                object(&jsonl::line("progress", progress.step, progress.epoch, &scalars)).into()
            }
            TrainEvent::Validated { validation, limit } => {
                let scalars = validation_scalars(validation, &self.uniform, *limit);
                let line = jsonl::line("validation", validation.step, validation.epoch, &scalars);
                let mut line = object(&line);
                let metrics = validation.judgement.overall().model.metrics();
                let shares =
                    metrics.accuracy_by_position.into_iter().filter(|share| share.is_finite());
                line.insert("accuracy_by_position".to_string(), shares.collect());
                line.into()
            }
            TrainEvent::Diverging(diverging) => json!({
                "event": "diverging",
                "step": diverging.step,
                "loss": diverging.loss,
                "untrained_loss": diverging.untrained_loss,
                "advice": diverging.advice,
            }),
        }
    }
}

/// A line is an object.
fn object(line: &str) -> Map<String, Value> {
    serde_json::from_str(line).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TrainOptions, train};

    #[test]
    fn the_events_of_a_training_are_lines() {
        let mut config = Config::default();
        config.training.epochs = 1;
        config.training.steps_per_epoch = 100;
        config.validation.sequences = 100;
        config.validation.every_steps = 50;
        let lines = LogLines::new(&config).unwrap();
        let mut found = Vec::new();
        train(config, TrainOptions::default(), |event| found.push(lines.line(&event))).unwrap();
        let steps: Vec<_> = found.iter().map(|line| (&line["event"], &line["step"])).collect();
        let expected = ["progress", "validation", "progress", "validation"];
        assert_eq!(steps.len(), expected.len(), "{steps:?}");
        assert!(steps.iter().zip(expected).all(|((event, _), expected)| **event == expected));
        assert_eq!(found[1]["accuracy_by_position"].as_array().unwrap().len(), 8);
        assert!(found[1]["phase_simple/accuracy_last"].is_number());
        assert!(found[0]["train/loss"].is_number());
    }
}
