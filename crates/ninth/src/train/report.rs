//! How a training ended.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ninth_evaluation::examples::Example;
use ninth_report::format::{counted, grouped, time};
use ninth_report::training::Run;
use ninth_training::metrics::Metrics;
use ninth_training::run_directory::Timings;
use ninth_training::trainer::Ending;
use ninth_training::validation::Judgement;
use serde::{Serialize, Serializer};

use super::bayes_limit::KnownLimit;
use crate::evaluate::JudgementJson;
use crate::model::Model;

/// A training that is over, or was interrupted.
#[derive(Clone, Debug)]
pub struct TrainReport {
    /// The model with the best weights.
    pub model: Model,
    /// Why the training is over; `None`: it was interrupted.
    pub ending: Option<Ending>,
    /// Steps done, those of earlier sessions included.
    pub step: u64,
    /// Steps of this session.
    pub steps: u64,
    /// The time that these took.
    pub took: Duration,
    /// The sessions of the training so far, this one included.
    pub sessions: Timings,
    /// The step of the best weights, and their validation loss.
    pub best: Option<(u64, f64)>,
    /// The model on 10,000 fresh sequences.
    pub judgement: Judgement,
    /// Some predictions on fresh sequences.
    pub examples: Vec<Example>,
    /// The best that a predictor can do, where it is known.
    pub limit: Option<KnownLimit>,
    /// The folder, if there is one.
    pub folder: Option<PathBuf>,
    pub(super) shape: String,
    pub(super) amount: String,
    /// The weights that it began with, where they were no random ones.
    pub(super) began: Option<String>,
    pub(super) engine: String,
}

/// As JSON: why it ended, how far it came and how good the model is.
impl Serialize for TrainReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        TrainJson {
            ending: match self.ending {
                Some(Ending::Complete) => "complete",
                Some(Ending::EarlyStopping) => "early stopping",
                None => "interrupted",
            },
            step: self.step,
            steps: self.steps,
            seconds: self.took.as_secs_f64(),
            best_step: self.best.map(|(step, _)| step),
            best_loss: self.best.map(|(_, loss)| loss),
            folder: self.folder.as_deref(),
            shape: &self.shape,
            engine: &self.engine,
            judgement: JudgementJson::of(&self.judgement),
            limit: self.limit.as_ref().map(|known| &known.metrics),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct TrainJson<'a> {
    ending: &'static str,
    step: u64,
    steps: u64,
    seconds: f64,
    best_step: Option<u64>,
    best_loss: Option<f64>,
    folder: Option<&'a Path>,
    shape: &'a str,
    engine: &'a str,
    #[serde(flatten)]
    judgement: JudgementJson,
    /// Of the best possible predictor, where there is a folder.
    limit: Option<&'a Metrics>,
}

impl TrainReport {
    /// What it began with if that was another training, why it ended, how long it took and where it
    /// is, as names and sentences.
    pub fn summary(&self) -> Vec<(&'static str, String)> {
        let config = self.model.config();
        let epochs = self.step as f64 / config.training.steps_per_epoch as f64;
        let ended = match self.ending {
            Some(Ending::Complete) => format!("after all {epochs:.0} epochs"),
            Some(Ending::EarlyStopping) => format!(
                "after {epochs:.0} of {} epochs: validation got no better for {}",
                config.training.epochs,
                counted(config.early_stopping.patience as u64, "epoch"),
            ),
            None => format!("after {}: interrupted", counted(self.step, "step")),
        };
        let began = self.began.iter().map(|began| ("began", began.clone()));
        let mut rows: Vec<_> = began.chain([("ended", ended)]).collect();
        if let Some((step, loss)) = self.best {
            rows.push(("best", format!("after step {}, with a loss of {loss:.3}", grouped(step))));
        }
        let Timings { sessions, steps, took } = self.sessions;
        if steps > 0 {
            let sequences = steps * config.training.batch_size as u64;
            let speed = sequences as f64 / took.as_secs_f64().max(1e-9);
            let among = match sessions {
                1 => String::new(),
                more => format!(" in {}", counted(more, "session")),
            };
            let speed = grouped(speed as u64);
            rows.push(("time", format!("{}{among}, {speed} sequences a second", time(took))));
        }
        rows.extend(config.notes().into_iter().map(|note| ("note", note)));
        if let Some(folder) = &self.folder {
            rows.push(("folder", folder.display().to_string()));
        }
        rows
    }

    /// The page that shows all of this, where there is a folder.
    pub fn page_path(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join("report.html"))
    }

    /// The report as a page, given the text of `metrics.jsonl`.
    pub(super) fn page(&self, metrics: &str) -> String {
        let mut facts = vec![
            ("model", self.shape.clone()),
            ("engine", self.engine.clone()),
            ("data", self.amount.clone()),
        ];
        facts.extend(self.summary());
        let name = self.folder.as_ref().and_then(|folder| folder.file_name());
        let name = name.map(|name| name.to_string_lossy());
        let page = Run {
            // The folder `.` has no name of its own.
            title: name.as_deref().unwrap_or("A training"),
            config: self.model.config(),
            facts: &facts,
            metrics,
            best: self.best.map(|(step, _)| step),
            judgement: &self.judgement,
            limit: self.limit.as_ref().map(|known| &known.limit),
            examples: &self.examples,
        };
        page.html()
    }
}
