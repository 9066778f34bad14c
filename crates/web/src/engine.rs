//! The engine: models, one training, and what each request does.

use std::collections::BTreeMap;
use std::fmt;

use ninth::reading::terms;
use ninth::{
    Assignment, Config, ConfigSummary, EngineOptions, LoadOptions, Model, Phase, Preset,
    SampleOptions, TrainOptions, TrainingSession, parse_assignment,
};
#[cfg(feature = "answers")]
use ninth::{ExplainOptions, Method, PredictOptions};
use serde::Serialize;

use crate::request::{BUILT_IN, Choices, PageRequest};
use crate::response::{Judged, Loaded, Placed, Response, Started};
use crate::training::Training;

/// The models of the training: with the weights of now, the best ones, and those of its start.
const OF_TRAINING: [&str; 3] = ["training", "best", "start"];

/// Sequences that are drawn or judged at a time, and candidates.
const MOST: usize = 1000;

/// Why a request is refused, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl From<ninth::Error> for Refused {
    fn from(error: ninth::Error) -> Self {
        Refused(error.to_string())
    }
}

impl From<terms::TermsError> for Refused {
    fn from(error: terms::TermsError) -> Self {
        let [text, marks] = error.marked();
        Refused(format!("{}\n{text}\n{marks}", error.message()))
    }
}

/// Models, one training, and a clock.
pub struct PageEngine {
    clock: fn() -> f64,
    models: BTreeMap<String, Model>,
    training: Option<Training>,
}

impl PageEngine {
    /// An engine without models; `clock` says the seconds since any fixed moment.
    pub fn new(clock: fn() -> f64) -> Self {
        ninth::use_clock(clock);
        PageEngine { clock, models: BTreeMap::new(), training: None }
    }

    /// Carries out a [`PageRequest`] in JSON; `blob` is the file that some of them come with.
    ///
    /// # Errors
    ///
    /// If it is no request, or cannot be carried out. The engine is as before then.
    pub fn call(&mut self, request: &str, blob: &[u8]) -> Result<Response, Refused> {
        let request: PageRequest = serde_json::from_str(request)
            .map_err(|error| Refused(format!("not a request: {error}")))?;
        match request {
            PageRequest::Describe {} => json(&ninth::describe()?),
            PageRequest::Config { config } => json(&ConfigSummary::of(&resolve(&config)?)?),
            PageRequest::Limit { config } => json(&ninth::limit(&resolve(&config)?)?),
            PageRequest::Sample { config, phase, seed, count } => {
                let options = SampleOptions {
                    family: None,
                    phase: phase.as_deref().map(phase_named).transpose()?,
                    seed,
                    config: resolve(&config)?,
                };
                let drawn = ninth::sample(&options)?.take(at_most(count)?);
                json(&drawn.collect::<Vec<_>>())
            }
            #[cfg(feature = "answers")]
            PageRequest::Predict { text, count, top, method, model } => {
                let terms = terms::parse(&text)?;
                let method = method.as_deref().map(method_named).transpose()?;
                let (count, top) = (at_most(count)?, at_most(top)?);
                let options = PredictOptions { count, top, method, ..Default::default() };
                json(&self.with(&model, |model| model.predict(&terms, &options))??)
            }
            #[cfg(feature = "answers")]
            PageRequest::Explain { text, count, top, model } => {
                let terms = terms::parse(&text)?;
                let options = ExplainOptions { count: at_most(count)?, top: at_most(top)? };
                json(&self.with(&model, |model| model.explain(&terms, &options))??)
            }
            #[cfg(not(feature = "answers"))]
            PageRequest::Predict { .. } | PageRequest::Explain { .. } => {
                Err(Refused("this module trains; the one with answers is another".to_string()))
            }
            PageRequest::Judge { model, count, seed } => {
                let count = at_most(count)?;
                json(&self.with(&model, |model| judged(model, count, seed))??)
            }
            PageRequest::Attention { text, model } => {
                let terms = terms::parse(&text)?;
                json(&self.with(&model, |model| model.attention(&terms))??)
            }
            PageRequest::Embedding { model } => {
                let ninth::EmbeddingReport { terms, x, y, variance, .. } =
                    self.with(&model, Model::embedding)?;
                json(&Placed { terms, x, y, variance })
            }
            PageRequest::Start { config, from } => {
                let config = resolve(&config)?;
                let from = from.map(|name| self.with(&name, Model::clone)).transpose()?;
                let options =
                    TrainOptions { engine: one_thread(), from, ..TrainOptions::default() };
                let session = TrainingSession::start(config, options)?;
                let training = Training::new(session, None, self.clock)?;
                self.begun(training)
            }
            PageRequest::Restore {} => {
                let session = TrainingSession::restore("the checkpoint", blob, &one_thread())?;
                // Random weights follow from the config; those of another model do not.
                let start = match session.earlier().is_empty() {
                    true => {
                        let options = TrainOptions { engine: one_thread(), ..Default::default() };
                        Some(TrainingSession::start(session.config().clone(), options)?.model()?)
                    }
                    false => None,
                };
                let training = Training::new(session, start, self.clock)?;
                self.begun(training)
            }
            PageRequest::Advance { milliseconds, steps } => {
                let training = self.training()?;
                let seconds = milliseconds as f64 / 1000.0;
                json(&training.advance(seconds, steps.unwrap_or(u64::MAX))?)
            }
            PageRequest::Checkpoint {} => blob_of(self.training()?.checkpoint()?),
            PageRequest::Weights { model } => blob_of(self.with(&model, Model::to_bytes)??),
            PageRequest::Load { model } => {
                if OF_TRAINING.contains(&model.as_str()) {
                    return Err(Refused(format!(
                        "{model} is the name of a model of the training; another name is needed"
                    )));
                }
                // The built-in weights come in half precision.
                let options = LoadOptions { accept_changed: model == BUILT_IN };
                let loaded = Model::from_bytes_with(model.clone(), blob, options)?;
                let config = ConfigSummary::of(loaded.config())?;
                let steps = loaded.trained().stage.steps;
                self.models.insert(model, loaded);
                json(&Loaded { config, steps })
            }
            PageRequest::Forget { model } => {
                self.models.remove(&model);
                json(&())
            }
        }
    }

    /// Takes a training that has begun.
    fn begun(&mut self, mut training: Training) -> Result<Response, Refused> {
        let started = Started {
            config: ConfigSummary::of(training.config())?,
            step: training.step(),
            engine: training.engine(),
        };
        self.training = Some(training);
        json(&started)
    }

    fn training(&mut self) -> Result<&mut Training, Refused> {
        self.training.as_mut().ok_or_else(|| Refused("no training was started".to_string()))
    }

    /// Asks a model.
    fn with<T>(&mut self, name: &str, ask: impl FnOnce(&Model) -> T) -> Result<T, Refused> {
        match name {
            "training" => Ok(ask(&self.training()?.model()?)),
            "start" => Ok(ask(self.training()?.start())),
            "best" => {
                let training = self.training()?;
                let best = training.best().map_or_else(|| training.model(), Ok)?;
                Ok(ask(&best))
            }
            name => match self.models.get(name) {
                Some(model) => Ok(ask(model)),
                None => Err(Refused(format!(
                    "there is no model {name:?}; there are {}",
                    OF_TRAINING
                        .into_iter()
                        .chain(self.models.keys().map(String::as_str))
                        .collect::<Vec<_>>()
                        .join(", ")
                ))),
            },
        }
    }
}

/// A page has one worker, and a worker one thread.
fn one_thread() -> EngineOptions {
    EngineOptions { threads: Some(1), ..EngineOptions::default() }
}

fn json(value: &impl Serialize) -> Result<Response, Refused> {
    let json = serde_json::to_string(value).map_err(|error| Refused(error.to_string()))?;
    Ok(Response { json, blob: Vec::new() })
}

fn blob_of(blob: Vec<u8>) -> Result<Response, Refused> {
    Ok(Response { json: "null".to_string(), blob })
}

fn at_most(count: usize) -> Result<usize, Refused> {
    match count {
        0..=MOST => Ok(count),
        _ => Err(Refused(format!("{count} are too many; at most {MOST} are allowed"))),
    }
}

fn resolve(choices: &Choices) -> Result<Config, Refused> {
    let preset = ninth::named("preset", &choices.preset, &Preset::ALL, Preset::name)?;
    let assignments = choices.set.iter().map(|text| parse_assignment(text));
    let assignments: Vec<Assignment> =
        assignments.collect::<Result<_, _>>().map_err(|error| Refused(error.to_string()))?;
    Ok(Config::resolve(preset, &assignments).map_err(ninth::Error::from)?)
}

fn phase_named(name: &str) -> Result<Phase, Refused> {
    Ok(ninth::named("phase", name, &Phase::ALL, Phase::name)?)
}

#[cfg(feature = "answers")]
fn method_named(name: &str) -> Result<Method, Refused> {
    Ok(ninth::named("method", name, Method::ALL, Method::name)?)
}

/// What a model says about sequences of each phase that its training drew from.
fn judged(model: &Model, count: usize, seed: u64) -> Result<Vec<Judged>, Refused> {
    let config = model.config();
    let classes = config.range().map_err(ninth::Error::from)?.classes();
    let mut judged = Vec::new();
    for phase in config.curriculum.final_mixture().phases() {
        let (phase, config) = (Some(phase), config.clone());
        let wanted = SampleOptions { phase, seed, config, ..Default::default() };
        for sequence in ninth::sample(&wanted)?.take(count) {
            let Some((&target, shown)) = sequence.terms.split_last() else { continue };
            let asked = model.predictor().candidates(shown, classes);
            let candidates = asked.map_err(ninth::Error::from)?;
            let Some(first) = candidates.first() else { continue };
            let right = candidates.iter().find(|candidate| candidate.term == target);
            judged.push(Judged {
                predicted: first.term,
                probability: first.probability,
                right: right.and_then(|candidate| candidate.probability),
                sequence,
            });
        }
    }
    Ok(judged)
}
