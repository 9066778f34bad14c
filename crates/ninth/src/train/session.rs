//! A training that this process makes: its start, its loop, its end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ninth_evaluation::examples::draw_examples;
use ninth_kernels::Lanes;
use ninth_model::Transformer;
use ninth_report::format::{counted, grouped};
use ninth_sequences::Stream;
use ninth_training::checkpoint::Checkpoint;
use ninth_training::engine::EngineError;
use ninth_training::run_directory::{Logs, Resumed, RunDirectory, RunError, Timings};
use ninth_training::stages::Stage;
use ninth_training::trained_model::{TrainedModel, UnfitWeights};
use ninth_training::trainer::{BeginError, Clock, Ending, Interrupt};
use ninth_training::validation::judge;
use ninth_training::{Config, Event, Trainer};

use super::bayes_limit::BayesLimit;
use super::record::{RunRecord, now};
use super::report::TrainReport;
use super::{RunFolder, TrainEvent, TrainOptions};
use crate::clock::{Stopwatch, seconds};
use crate::engine::EngineOptions;
use crate::error::Error;
use crate::model::Model;

/// Fresh sequences that the finished model is judged by.
const JUDGED: usize = 10_000;

/// Predictions that a report shows.
const EXAMPLES: usize = 10;

/// A training under way: what [`train`](super::train) runs, step by step.
pub struct TrainingSession {
    trainer: Trainer,
    model: Transformer,
    record: Option<RunRecord>,
    limit: Option<BayesLimit>,
    /// The model whose weights it began with.
    origin: Option<String>,
    /// The step at which this session began.
    first: u64,
    /// The sessions before this one.
    before: Timings,
    /// Time in the loop.
    took: Duration,
    ending: Option<Ending>,
}

impl TrainingSession {
    /// A training from the start. Its folder is made here.
    ///
    /// # Errors
    ///
    /// If the config is not valid, the model to begin with is another one, the engine cannot be
    /// had, or the folder cannot be made.
    pub fn start(config: Config, options: TrainOptions) -> Result<Self, Error> {
        let TrainOptions { engine, folder, from, interrupt } = options;
        if let Some(from) = &from {
            let fits = from.trained().check_fits(&config);
            fits.map_err(|source| unfit(from.name(), source))?;
        }
        let engine = engine.start(&config)?;
        let mut trainer = Trainer::new(config, engine, clock())?;
        let origin = from.as_ref().map(|from| from.name().to_string());
        if let Some(from) = from {
            let name = from.name().to_string();
            trainer.begin_with(from.into_trained()).map_err(|error| match error {
                BeginError::Unfit(source) => unfit(&name, source),
                BeginError::Engine(source) => Error::Engine(source),
            })?;
        }
        let run = match folder {
            RunFolder::None => None,
            RunFolder::New(path) => Some(RunDirectory::create(&path, trainer.config(), now())?),
            RunFolder::Numbered(path) => Some(in_a_free_folder(&path, trainer.config())?),
        };
        let mut session = Self::new(trainer, run, origin)?;
        if let (Some(origin), Some(record)) = (&session.origin, &mut session.record) {
            // Its first weights follow from no config, so they are kept. Cut off before that, it
            // is not to go on with random ones.
            record.run().save_origin(origin)?;
            record.save_checkpoint(&mut session.trainer)?;
        }
        session.begin()?;
        Ok(match interrupt {
            Some(interrupt) => session.interrupted_by(interrupt),
            None => session,
        })
    }

    /// A training that goes on from the newest checkpoint in its folder, or from its start. The
    /// config is that of the folder.
    ///
    /// # Errors
    ///
    /// If it is no folder of a run, or another process is at work there, or something in it is
    /// damaged, or the engine cannot be had.
    pub fn resume(folder: &Path, engine: &EngineOptions) -> Result<Self, Error> {
        let run = RunDirectory::open(folder)?;
        let before = run.timings()?;
        let Resumed { config, checkpoint, logs } = run.resume(now())?;
        let engine = engine.start(&config)?;
        let mut trainer = Trainer::new(config, engine, clock())?;
        if let Some(checkpoint) = checkpoint {
            trainer.resume(checkpoint)?;
        }
        let origin = run.origin()?;
        let mut session = Self::new(trainer, Some((run, logs)), origin)?;
        session.before = before;
        session.begin()?;
        Ok(session)
    }

    /// A training that goes on from the bytes of a [`checkpoint`](Self::checkpoint), without a
    /// folder.
    ///
    /// # Errors
    ///
    /// If the bytes are no checkpoint, or damaged, or the engine cannot be had. `name` is for
    /// messages.
    pub fn restore(name: &str, bytes: &[u8], engine: &EngineOptions) -> Result<Self, Error> {
        let read = Checkpoint::from_bytes(bytes);
        let (config, checkpoint, _) =
            read.map_err(|source| Error::Weights { name: name.to_string(), source })?;
        let engine = engine.start(&config)?;
        let mut trainer = Trainer::new(config, engine, clock())?;
        trainer.resume(checkpoint)?;
        Self::new(trainer, None, None)
    }

    fn new(
        trainer: Trainer,
        run: Option<(RunDirectory, Logs)>,
        origin: Option<String>,
    ) -> Result<Self, Error> {
        let model = Transformer::new(trainer.config().architecture()?);
        let layout = model.layout();
        let record = run.map(|(run, logs)| RunRecord::new(run, logs, layout.clone(), &trainer));
        let record = record.transpose()?;
        let first = trainer.step();
        let (limit, took, ending) = (None, Duration::ZERO, None);
        let before = Timings::default();
        Ok(TrainingSession { trainer, model, record, limit, origin, first, before, took, ending })
    }

    /// Logs the session, and begins to compute the limit that its validations are logged with.
    fn begin(&mut self) -> Result<(), Error> {
        let engine = self.trainer.engine().description();
        if let Some(record) = &mut self.record {
            record.session(self.first, &engine)?;
            self.limit = Some(BayesLimit::start(self.trainer.config())?);
        }
        Ok(())
    }

    /// Asks `interrupt` after every step from now on.
    #[must_use]
    pub fn interrupted_by(self, interrupt: Interrupt) -> Self {
        TrainingSession { trainer: self.trainer.interrupted_by(interrupt), ..self }
    }

    /// Reports progress every so many steps instead of every hundred. What is learned does not
    /// depend on it.
    #[must_use]
    pub fn reporting_every(self, steps: u64) -> Self {
        TrainingSession { trainer: self.trainer.reporting_every(steps), ..self }
    }

    /// The model with the weights of now, which need not be the best so far.
    ///
    /// # Errors
    ///
    /// If the engine fails.
    pub fn model(&mut self) -> Result<Model, Error> {
        let parameters = self.trainer.engine().parameters()?;
        Ok(self.model_of(format!("training, step {}", self.step()), self.step(), parameters))
    }

    /// The best model so far by validation; `None` before the first one.
    pub fn best_model(&self) -> Option<Model> {
        let best = self.trainer.best()?;
        let name = format!("training, step {}", best.step);
        Some(self.model_of(name, best.step, best.parameters.clone()))
    }

    /// The step of the best weights so far.
    pub fn best_step(&self) -> Option<u64> {
        self.trainer.best().map(|best| best.step)
    }

    fn model_of(&self, name: String, steps: u64, parameters: Vec<Lanes>) -> Model {
        let stage = Stage { config: self.config().clone(), steps };
        let (earlier, model) = (self.earlier().to_vec(), self.model.clone());
        Model::new(name, TrainedModel { stage, earlier, model, parameters })
    }

    /// The state of the training as the bytes of a file: who [`restore`](Self::restore)s it goes on
    /// as if nothing had happened.
    ///
    /// # Errors
    ///
    /// If the engine fails.
    pub fn checkpoint(&mut self) -> Result<Vec<u8>, Error> {
        let checkpoint = self.trainer.checkpoint()?;
        Ok(checkpoint.to_bytes(self.config(), self.model.layout(), &BTreeMap::new())?)
    }

    /// The config.
    pub fn config(&self) -> &Config {
        self.trainer.config()
    }

    /// Steps done, those of earlier sessions included.
    pub fn step(&self) -> u64 {
        self.trainer.step()
    }

    /// Steps that this session has done.
    pub fn steps(&self) -> u64 {
        self.trainer.step() - self.first
    }

    /// The trainings that the model had before this one, the oldest first.
    pub fn earlier(&self) -> &[Stage] {
        self.trainer.earlier()
    }

    /// The weights that the training began with, for people; `None` if they were random ones.
    pub fn began(&self) -> Option<String> {
        let (last, before) = self.earlier().split_last()?;
        let model = self.origin.as_deref().unwrap_or("an earlier training");
        let mut steps = counted(last.steps, "step");
        if !before.is_empty() {
            let all = before.iter().map(|stage| stage.steps).sum();
            steps += &format!(", after {} of earlier trainings", grouped(all));
        }
        Some(format!("with the weights of {model} ({steps})"))
    }

    /// What runs the training, for people.
    pub fn engine(&mut self) -> String {
        self.trainer.engine().description()
    }

    /// The size of the model, for people.
    pub fn shape(&self) -> String {
        let model = &self.config().model;
        format!(
            "{} parameters: width {}, {}",
            grouped(self.model.layout().parameters() as u64),
            model.d_model,
            counted(model.layers as u64, "layer"),
        )
    }

    /// The sequences of the whole training, for people.
    pub fn amount(&self) -> String {
        let training = &self.config().training;
        format!(
            "{}: {} of {} of {}",
            counted(self.config().total_steps() * training.batch_size as u64, "sequence"),
            counted(training.epochs as u64, "epoch"),
            counted(training.steps_per_epoch as u64, "step"),
            training.batch_size,
        )
    }

    /// The folder, if there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.record.as_ref().map(|record| record.run().path())
    }

    /// Why no limit is computed beside a training with a folder, where that takes too long.
    pub fn limit_missing(&self) -> Option<String> {
        self.limit.as_ref().and_then(BayesLimit::missing)
    }

    /// Trains to the end, or until it is interrupted: `None`. Either way the best weights and a
    /// checkpoint are written; who calls this again goes on.
    ///
    /// # Errors
    ///
    /// If the engine fails, the loss becomes NaN or infinite, or a file cannot be written. The
    /// best weights so far are written first.
    pub fn run(
        &mut self,
        observe: &mut dyn FnMut(TrainEvent<'_>),
    ) -> Result<Option<Ending>, Error> {
        let began = Stopwatch::start();
        let ending = self.advance(observe);
        let took = began.elapsed();
        self.took += took;
        let step = self.trainer.step();
        let Some(record) = &mut self.record else {
            self.ending = ending?;
            return Ok(self.ending);
        };
        if let Err(Error::Engine(EngineError::Lost(_))) = &ending {
            // This rank has the state after the last step, and may be ended in a moment.
            record.save_checkpoint(&mut self.trainer)?;
        }
        // The best weights are worth keeping even if training could not go on.
        record.save_best(&self.trainer)?;
        record.stopped(step, took)?;
        self.ending = match ending {
            Err(Error::Diverged(diverged)) => return Err(record.diverged(diverged)),
            Err(Error::Engine(source)) => return Err(record.engine_failed(source)),
            other => other?,
        };
        if self.ending.is_some() {
            record.end(step)?;
        }
        record.save_checkpoint(&mut self.trainer)?;
        Ok(self.ending)
    }

    fn advance(
        &mut self,
        observe: &mut dyn FnMut(TrainEvent<'_>),
    ) -> Result<Option<Ending>, Error> {
        loop {
            let event = self.trainer.advance()?;
            match &event {
                Event::Progress(progress) => {
                    if let Some(record) = &mut self.record {
                        record.progress(progress)?;
                    }
                    observe(TrainEvent::Progress(progress));
                }
                Event::Validated(validation) => {
                    let limit = match &mut self.limit {
                        Some(limit) => limit.wait()?.map(|known| &known.metrics),
                        None => None,
                    };
                    if let Some(record) = &mut self.record {
                        record.validation(validation, limit)?;
                    }
                    observe(TrainEvent::Validated { validation, limit });
                }
                Event::Diverging(diverging) => observe(TrainEvent::Diverging(diverging)),
                Event::Interrupted => return Ok(None),
                Event::Finished(ending) => return Ok(Some(*ending)),
            }
            if let Some(record) = &mut self.record {
                record.keep_up(&mut self.trainer)?;
            }
        }
    }

    /// Judges the model by fresh sequences, and writes the page of the run into its folder.
    ///
    /// # Errors
    ///
    /// If the engine fails, or the page cannot be written.
    pub fn finish(mut self) -> Result<TrainReport, Error> {
        let mixture = self.config().curriculum.final_mixture();
        let (engine, sampler) = self.trainer.engine_and_sampler();
        let judgement = judge(engine, sampler, mixture, Stream::Evaluation, 0, JUDGED)?;
        let examples = draw_examples(engine, sampler, mixture, EXAMPLES)?;
        let limit = match &mut self.limit {
            Some(limit) => limit.wait()?.cloned(),
            None => None,
        };
        let (best, parameters) = match self.trainer.best() {
            Some(best) => (Some((best.step, best.loss)), best.parameters.clone()),
            None => (None, self.trainer.engine().state()?.parameters),
        };
        let steps = best.map_or(self.step(), |(step, _)| step);
        let name = match &self.record {
            Some(record) => record.run().best_path().display().to_string(),
            None => "trained".to_string(),
        };
        let report = TrainReport {
            ending: self.ending,
            step: self.step(),
            steps: self.steps(),
            took: self.took,
            sessions: self.before.and(Timings {
                sessions: 1,
                steps: self.steps(),
                took: self.took,
            }),
            best,
            judgement,
            examples,
            limit,
            folder: self.folder().map(PathBuf::from),
            shape: self.shape(),
            amount: self.amount(),
            began: self.began(),
            engine: self.engine(),
            model: self.model_of(name, steps, parameters),
        };
        if let Some(record) = &self.record {
            record.run().save_report(&report.page(&record.run().metrics()?))?;
        }
        Ok(report)
    }
}

/// Names the model whose weights do not fit a training.
fn unfit(name: &str, source: UnfitWeights) -> Error {
    match source {
        UnfitWeights::Config(source) => Error::Config(source),
        source @ (UnfitWeights::Range { .. } | UnfitWeights::Tensor { .. }) => {
            Error::UnfitWeights { name: name.to_string(), source }
        }
    }
}

/// A run in the first folder `PATH-1`, `PATH-2`, ... that does not exist.
fn in_a_free_folder(path: &Path, config: &Config) -> Result<(RunDirectory, Logs), RunError> {
    for number in 1.. {
        let mut name = path.as_os_str().to_os_string();
        name.push(format!("-{number}"));
        let path = PathBuf::from(name);
        if !path.exists() {
            match RunDirectory::create(&path, config, now()) {
                // Another process was faster.
                Err(RunError::Exists(_)) => {}
                other => return other,
            }
        }
    }
    unreachable!("there are fewer folders than numbers")
}

fn clock() -> Clock {
    Box::new(seconds)
}
