//! The trainer: drives an engine through a training, and decides when to
//! validate, what to keep and when to stop.
//!
//! It is a state machine without a clock, a file or a thread of its own: whoever
//! runs it calls [`Trainer::advance`] until it is finished, and does with the
//! events what suits the place, be it a terminal, a folder or a browser.

use ninth_model::Batch;
use ninth_model::batch::Chunk;
use ninth_sequences::{Curriculum, Phase, PhaseWeights, Sampler, Source, Stream};

use crate::checkpoint::Checkpoint;
use crate::divergence::{Diverged, Divergence, Diverging, advice};
use crate::early_stopping::{Best, EarlyStopping};
use crate::engine::{Engine, EngineError, EngineState, Statistics};
use crate::stages::Stage;
use crate::trained_model::{TrainedModel, UnfitWeights};
use crate::training_approach::TrainingApproach;
use crate::validation::{Judgement, judge};
use crate::validation_frequency::Pacing;
use crate::{Config, ConfigError};

/// Steps between two progress events.
const PROGRESS_STEPS: u64 = 100;

/// Seconds since some fixed time. There is no clock in this crate; validations that
/// come by the minute need one.
pub type Clock = Box<dyn Fn() -> f64>;

/// Whether to stop after the step at hand. There are no signals in this crate.
pub type Interrupt = Box<dyn Fn() -> bool>;

/// Sequences that tell what loss an untrained model has: it takes no notice of them.
const UNTRAINED: usize = 64;

/// A training under way.
pub struct Trainer {
    config: Config,
    curriculum: Curriculum,
    sampler: Sampler,
    approach: TrainingApproach,
    engine: Box<dyn Engine>,
    clock: Clock,
    interrupt: Interrupt,
    batch: Batch,
    /// Steps done.
    step: u64,
    pacing: Pacing,
    /// Whether a validation is due at this step.
    due: bool,
    /// The step of the last validation.
    validated: Option<u64>,
    /// Validations done.
    validations: u64,
    early_stopping: EarlyStopping,
    best: Option<Best>,
    divergence: Divergence,
    /// Whether that is to be said.
    diverging: bool,
    ending: Option<Ending>,
    /// The trainings that the model had before this one, the oldest first.
    earlier: Vec<Stage>,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Some more steps were made.
    Progress(Progress),
    /// The model was judged.
    Validated(Box<Validation>),
    /// The loss has been far above that of an untrained model for long; said once, unless
    /// it falls again in between.
    Diverging(Diverging),
    /// It was to stop. Whoever asks again goes on.
    Interrupted,
    /// Training is over; the engine has the best weights.
    Finished(Ending),
}

/// Some steps, up to and including `step`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Steps done.
    pub step: u64,
    /// The same in epochs.
    pub epoch: f64,
    /// The learning rate of the last step.
    pub learning_rate: f64,
    /// The share of each phase in the last step.
    pub phases: PhaseWeights,
    /// The phases that training draws from sooner or later.
    pub curriculum: &'static [Phase],
    /// Sums over the steps since the last event.
    pub statistics: Statistics,
}

/// The model was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    /// Steps done.
    pub step: u64,
    /// The same in epochs.
    pub epoch: f64,
    /// How it did.
    pub judgement: Judgement,
    /// Whether these are the best weights so far.
    pub best: bool,
}

/// Why training is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All epochs are done.
    Complete,
    /// Validation got no better for long.
    EarlyStopping,
}

/// Why a training cannot begin with the weights of another one.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BeginError {
    /// They are of another model.
    #[error(transparent)]
    Unfit(#[from] UnfitWeights),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Why a training cannot go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainingError {
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The loss or a gradient became NaN or infinite.
    #[error(transparent)]
    Diverged(Box<Diverged>),
}

impl Trainer {
    /// A training from the start.
    ///
    /// # Errors
    ///
    /// If the config's parts do not fit each other.
    pub fn new(config: Config, engine: Box<dyn Engine>, clock: Clock) -> Result<Self, ConfigError> {
        let curriculum = config.curriculum()?;
        let context = config.sequences.context;
        let sampler = config.sampler(config.seed())?;
        let early_stopping =
            EarlyStopping::new(config.early_stopping.clone(), curriculum.complete_at());
        let steps_per_epoch = config.training.steps_per_epoch;
        Ok(Trainer {
            pacing: Pacing::new(config.validation.clone(), steps_per_epoch, clock()),
            due: false,
            clock,
            interrupt: Box::new(|| false),
            batch: Batch::new(context, config.training.batch_size),
            curriculum,
            approach: TrainingApproach::new(&config)?,
            sampler,
            engine,
            step: 0,
            validated: None,
            validations: 0,
            early_stopping,
            best: None,
            divergence: Divergence::UNKNOWN,
            earlier: Vec::new(),
            diverging: false,
            ending: None,
            config,
        })
    }

    /// Asks this after every step; a training is not to be interrupted otherwise.
    #[must_use]
    pub fn interrupted_by(self, interrupt: Interrupt) -> Self {
        Trainer { interrupt, ..self }
    }

    /// Begins with the weights of another training instead of untrained ones. It has steps,
    /// moments, schedule and curriculum of its own.
    ///
    /// # Errors
    ///
    /// If the weights are of another model, or the engine fails.
    pub fn begin_with(&mut self, trained: TrainedModel) -> Result<(), BeginError> {
        trained.check_fits(&self.config)?;
        let TrainedModel { stage, mut earlier, model: _, parameters } = trained;
        let state = self.engine.state()?;
        self.engine.restore(EngineState { parameters, ..state })?;
        earlier.push(stage);
        self.earlier = earlier;
        Ok(())
    }

    /// A training that goes on from a checkpoint of the same config.
    ///
    /// # Errors
    ///
    /// If the checkpoint is of another model.
    pub fn resume(&mut self, checkpoint: Checkpoint) -> Result<(), TrainingError> {
        self.engine.restore(checkpoint.engine)?;
        self.step = checkpoint.step;
        self.validated = checkpoint.validated;
        self.validations = checkpoint.validations;
        self.pacing.restore(checkpoint.pacing);
        self.due = self.pacing.due(self.step, &self.clock);
        self.early_stopping.restore(checkpoint.early_stopping);
        self.best = checkpoint.best;
        self.divergence = checkpoint.divergence;
        self.earlier = checkpoint.earlier;
        // The checkpoint of a training that had been stopped early.
        if self.validated == Some(self.step) && self.early_stopping.exhausted(self.epoch()) {
            self.finish(Ending::EarlyStopping)?;
        }
        Ok(())
    }

    /// Everything that the rest of the training depends on.
    ///
    /// # Errors
    ///
    /// If the engine fails.
    pub fn checkpoint(&mut self) -> Result<Checkpoint, EngineError> {
        Ok(Checkpoint {
            engine: self.engine.state()?,
            step: self.step,
            validated: self.validated,
            validations: self.validations,
            pacing: self.pacing.state(),
            early_stopping: self.early_stopping.state(),
            best: self.best.clone(),
            divergence: self.divergence,
            earlier: self.earlier.clone(),
        })
    }

    /// The config.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Where its sequences come from.
    pub fn sampler(&self) -> &Sampler {
        &self.sampler
    }

    /// What runs it.
    pub fn engine(&mut self) -> &mut dyn Engine {
        self.engine.as_mut()
    }

    /// Both at once, to judge what runs by what it knows.
    pub fn engine_and_sampler(&mut self) -> (&mut dyn Engine, &Sampler) {
        (self.engine.as_mut(), &self.sampler)
    }

    /// Steps done.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// The trainings that the model had before this one, the oldest first.
    pub fn earlier(&self) -> &[Stage] {
        &self.earlier
    }

    /// The best weights so far; there are some after the first validation.
    pub fn best(&self) -> Option<&Best> {
        self.best.as_ref()
    }

    /// Goes on to the next event.
    ///
    /// # Errors
    ///
    /// If the engine fails or training diverges.
    pub fn advance(&mut self) -> Result<Event, TrainingError> {
        if let Some(ending) = self.ending {
            return Ok(Event::Finished(ending));
        }
        let total = self.config.total_steps();
        let due = self.step > 0 && (self.due || self.step >= total);
        if due && self.validated != Some(self.step) {
            let validation = self.validate()?;
            return Ok(Event::Validated(Box::new(validation)));
        }
        if self.step >= total {
            return self.finish(Ending::Complete);
        }
        if std::mem::take(&mut self.diverging) {
            let (step, Divergence { loss, untrained_loss, .. }) = (self.step, self.divergence);
            let advice = advice(&self.config.clipping, &self.config.learning_rate);
            return Ok(Event::Diverging(Diverging { step, loss, untrained_loss, advice }));
        }
        self.train(total)
    }

    /// Steps up to the next validation or progress event.
    fn train(&mut self, total: u64) -> Result<Event, TrainingError> {
        if self.step == 0 {
            let (engine, mixture) = (self.engine.as_mut(), self.curriculum.final_mixture());
            let untrained =
                judge(engine, &self.sampler, mixture, Stream::Validation, 0, UNTRAINED)?;
            self.divergence.untrained_loss = untrained.overall().model.metrics().loss;
        }
        loop {
            if (self.interrupt)() {
                return Ok(Event::Interrupted);
            }
            let phases = self.curriculum.weights_at(self.epoch());
            let source = Source::Mixture(phases);
            let first = self.step * self.batch.sequences() as u64;
            let (approach, sampler) = (&self.approach, &self.sampler);
            let fill = |index: usize, chunk: &mut Chunk| {
                approach.fill_chunk(chunk, index, sampler, first, source);
            };
            let learning_rate = self.config.learning_rate.rate(self.step, total);
            let made = self.engine.train_step(&mut self.batch, &fill, learning_rate);
            made.map_err(|error| self.failed(error, self.step + 1))?;
            self.step += 1;
            self.due = self.pacing.due(self.step, &self.clock);
            if self.due || self.step >= total || self.step.is_multiple_of(PROGRESS_STEPS) {
                let statistics = self.engine.statistics();
                let statistics = statistics.map_err(|error| self.failed(error, self.step))?;
                let loss = statistics.mean_loss();
                self.diverging = self.divergence.observe(statistics.steps, loss);
                let (step, epoch) = (self.step, self.epoch());
                let curriculum = self.config.curriculum.phases();
                let progress =
                    Progress { step, epoch, learning_rate, phases, curriculum, statistics };
                return Ok(Event::Progress(progress));
            }
        }
    }

    /// What happened, given what an engine says after it has begun so many steps.
    fn failed(&self, error: EngineError, begun: u64) -> TrainingError {
        let EngineError::NotFinite { loss, gradient_norm, after } = error else {
            return error.into();
        };
        let step = begun - after;
        // The batch may be one of a later step by now; that of this one is drawn again.
        let mut batch = self.batch.clone();
        let first = (step - 1) * batch.sequences() as u64;
        let epoch = self.config.epoch(step - 1);
        let source = Source::Mixture(self.curriculum.weights_at(epoch));
        for (index, chunk) in batch.chunks_mut().iter_mut().enumerate() {
            self.approach.fill_chunk(chunk, index, &self.sampler, first, source);
        }
        let range = self.sampler.range();
        let terms = |index: usize| {
            let classes = (0..batch.length(index)).map(|at| batch.class(index, at));
            classes.map(|class| range.term_of(class)).collect()
        };
        TrainingError::Diverged(Box::new(Diverged {
            step,
            loss,
            gradient_norm,
            advice: advice(&self.config.clipping, &self.config.learning_rate),
            first,
            sequences: (0..batch.sequences()).map(terms).collect(),
        }))
    }

    fn validate(&mut self) -> Result<Validation, TrainingError> {
        let sequences = self.config.validation.sequences;
        let first = self.validations * sequences as u64;
        let engine = self.engine.as_mut();
        let (sampler, mixture) = (&self.sampler, self.curriculum.final_mixture());
        let judgement = judge(engine, sampler, mixture, Stream::Validation, first, sequences)?;
        self.validations += 1;
        self.validated = Some(self.step);
        let (step, epoch) = (self.step, self.epoch());
        let metrics = judgement.overall().model.metrics();
        let loss = metrics.loss;
        self.due = false;
        self.pacing.observe(step, loss, (self.clock)());
        let verdict = self.early_stopping.observe(epoch, loss, metrics.accuracy_all);
        if verdict.best || self.best.is_none() {
            self.best = Some(Best { step, loss, parameters: self.engine.parameters()? });
        }
        if verdict.stop {
            self.finish(Ending::EarlyStopping)?;
        }
        Ok(Validation { step, epoch, judgement, best: verdict.best })
    }

    /// Gives the engine the best weights.
    fn finish(&mut self, ending: Ending) -> Result<Event, TrainingError> {
        self.ending = Some(ending);
        if let Some(best) = &self.best {
            let state = self.engine.state()?;
            let parameters = best.parameters.clone();
            self.engine.restore(EngineState { parameters, ..state })?;
        }
        Ok(Event::Finished(ending))
    }

    fn epoch(&self) -> f64 {
        self.config.epoch(self.step)
    }
}
