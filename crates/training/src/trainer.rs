//! The trainer: drives an engine through a training, and decides when to
//! validate, which weights to keep and when to stop.
//!
//! It is a state machine without a clock, a file or a thread of its own: the caller calls
//! [`Trainer::advance`] until training is finished, and shows or stores the events.

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

/// Steps between two progress events, unless the caller wants others.
const PROGRESS_STEPS: u64 = 100;

/// Seconds since any fixed time. This crate has no clock of its own; validations by the minute
/// need one.
pub type Clock = Box<dyn Fn() -> f64>;

/// Asked before every step whether to interrupt training. This crate handles no signals.
pub type Interrupt = Box<dyn Fn() -> bool>;

/// Sequences from which the loss of the untrained model is measured. Few are enough, because it
/// predicts about the same for all.
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
    /// Steps between two progress events.
    progress_steps: u64,
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
    /// Whether the next event reports divergence.
    diverging: bool,
    ending: Option<Ending>,
    /// The trainings that the model had before this one, the oldest first.
    earlier: Vec<Stage>,
}

/// An event of a training.
#[derive(Clone, Debug)]
pub enum Event {
    /// Some steps were done.
    Progress(Progress),
    /// The model was judged.
    Validated(Box<Validation>),
    /// The loss has been far above that of an untrained model for long; reported once, unless
    /// it falls again in between.
    Diverging(Diverging),
    /// The caller's [`Interrupt`] asked to stop. The next call goes on.
    Interrupted,
    /// Training is over; the engine has the best weights.
    Finished(Ending),
}

/// Statistics of some steps, up to and including `step`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Steps done.
    pub step: u64,
    /// Epochs done.
    pub epoch: f64,
    /// The learning rate of the last step.
    pub learning_rate: f64,
    /// The share of each phase in the last step.
    pub phases: PhaseWeights,
    /// The phases of the whole curriculum.
    pub curriculum: &'static [Phase],
    /// Sums over the steps since the last event.
    pub statistics: Statistics,
}

/// The result of a validation.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    /// Steps done.
    pub step: u64,
    /// Epochs done.
    pub epoch: f64,
    /// The metrics of the model and the baselines.
    pub judgement: Judgement,
    /// Whether these are the best weights so far.
    pub best: bool,
}

/// Why training is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All epochs are done.
    Complete,
    /// Validation did not improve for `early_stopping.patience` epochs.
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
            progress_steps: PROGRESS_STEPS,
            curriculum,
            approach: config.training_approach()?,
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

    /// Sets the function that is asked before every step whether to interrupt training.
    #[must_use]
    pub fn interrupted_by(self, interrupt: Interrupt) -> Self {
        Trainer { interrupt, ..self }
    }

    /// Reports progress every so many steps, at least 1, instead of every hundred. What is learned
    /// does not depend on it.
    #[must_use]
    pub fn reporting_every(self, steps: u64) -> Self {
        Trainer { progress_steps: steps.max(1), ..self }
    }

    /// Begins with the weights of another training instead of untrained ones. Steps, moments,
    /// schedule and curriculum start anew.
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

    /// Continues from a checkpoint of the same config.
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
        // The checkpoint may be that of a training that was stopped early.
        if self.validated == Some(self.step) && self.early_stopping.exhausted(self.epoch()) {
            self.finish(Ending::EarlyStopping)?;
        }
        Ok(())
    }

    /// The state that the rest of the training depends on.
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

    /// The sampler of its sequences.
    pub fn sampler(&self) -> &Sampler {
        &self.sampler
    }

    /// The engine.
    pub fn engine(&mut self) -> &mut dyn Engine {
        self.engine.as_mut()
    }

    /// The engine and the sampler, borrowed at the same time: for judging the model.
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

    /// Trains or validates until the next event.
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
            if self.due || self.step >= total || self.step.is_multiple_of(self.progress_steps) {
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

    /// The error of a training, given that of the engine after `begun` steps were begun: a step
    /// that was not finite is reported with its sequences.
    fn failed(&self, error: EngineError, begun: u64) -> TrainingError {
        let EngineError::NotFinite { loss, gradient_norm, after } = error else {
            return error.into();
        };
        let step = begun - after;
        // The batch may be that of a later step by now, so the sequences are drawn again.
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

    /// Ends training; the engine gets the best weights.
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::engine::{Evaluation, Fill};
    use crate::{CpuEngine, Preset, sample_batch};
    use ninth_kernels::Lanes;
    use ninth_settings::parse_assignment;

    /// What the trainer asked an engine for.
    #[derive(Default)]
    struct Calls {
        learning_rates: Vec<f64>,
        evaluated: Vec<Batch>,
    }

    /// A CPU engine that records what it is asked for.
    struct Recorder {
        inner: CpuEngine,
        calls: Rc<RefCell<Calls>>,
    }

    impl Engine for Recorder {
        fn description(&self) -> String {
            self.inner.description()
        }

        fn train_step(
            &mut self,
            batch: &mut Batch,
            fill: Fill<'_>,
            learning_rate: f64,
        ) -> Result<(), EngineError> {
            self.calls.borrow_mut().learning_rates.push(learning_rate);
            self.inner.train_step(batch, fill, learning_rate)
        }

        fn gradients(&mut self, batch: &mut Batch) -> Result<(Vec<Lanes>, f64), EngineError> {
            self.inner.gradients(batch)
        }

        fn statistics(&mut self) -> Result<Statistics, EngineError> {
            self.inner.statistics()
        }

        fn evaluate(&mut self, batch: &Batch) -> Result<Evaluation, EngineError> {
            self.calls.borrow_mut().evaluated.push(batch.clone());
            self.inner.evaluate(batch)
        }

        fn parameters(&mut self) -> Result<Vec<Lanes>, EngineError> {
            self.inner.parameters()
        }

        fn state(&mut self) -> Result<EngineState, EngineError> {
            self.inner.state()
        }

        fn restore(&mut self, state: EngineState) -> Result<(), EngineError> {
            self.inner.restore(state)
        }
    }

    const SEQUENCES: usize = 20;

    /// Twenty steps with a validation after every fifth.
    fn config(further: &[&str]) -> Config {
        let assignments = [
            "epochs=2",
            "steps_per_epoch=10",
            "batch_size=8",
            "warmup_steps=7",
            "every_steps=5",
            "validation.sequences=20",
            "curriculum.nested_start=0",
            "curriculum.nested_length=0",
            "curriculum.combined_start=0",
            "curriculum.combined_length=0",
        ];
        let assignments = assignments.iter().chain(further);
        let assignments: Vec<_> = assignments.map(|text| parse_assignment(text).unwrap()).collect();
        Config::resolve(Preset::Design, &assignments).unwrap()
    }

    fn trainer(config: &Config) -> (Trainer, Rc<RefCell<Calls>>) {
        let calls = Rc::<RefCell<Calls>>::default();
        let inner = CpuEngine::new(config, 1).unwrap();
        let engine = Box::new(Recorder { inner, calls: Rc::clone(&calls) });
        (Trainer::new(config.clone(), engine, Box::new(|| 0.0)).unwrap(), calls)
    }

    /// The events of a whole training: what happened, after which step.
    fn run(trainer: &mut Trainer) -> Vec<(&'static str, u64)> {
        let mut events = Vec::new();
        loop {
            let event = match trainer.advance().unwrap() {
                Event::Progress(progress) => ("progress", progress.step),
                Event::Validated(validation) => ("validated", validation.step),
                Event::Diverging(diverging) => ("diverging", diverging.step),
                Event::Interrupted => panic!("nobody interrupts it"),
                Event::Finished(_) => return events,
            };
            events.push(event);
        }
    }

    #[test]
    fn a_validation_comes_after_its_step_and_training_ends_with_one() {
        let (mut trainer, _) = trainer(&config(&["every_steps=8"]));
        let events = run(&mut trainer);
        let expected = [8, 16, 20].map(|step| [("progress", step), ("validated", step)]);
        assert_eq!(events, expected.concat());
        assert_eq!(trainer.step(), 20);
    }

    #[test]
    fn the_engine_gets_the_learning_rate_of_the_schedule() {
        for schedule in ["warmup_cosine", "constant", "step", "exponential"] {
            let config = config(&[&format!("schedule={schedule}"), "factor_steps=3"]);
            let (mut trainer, calls) = trainer(&config);
            run(&mut trainer);
            let expected: Vec<f64> =
                (0..20).map(|step| config.learning_rate.rate(step, 20)).collect();
            assert_eq!(calls.borrow().learning_rates, expected, "{schedule}");
        }
    }

    /// From a stream of their own, and others each time.
    #[test]
    fn every_validation_has_fresh_sequences_of_the_validation_stream() {
        let config = config(&[]);
        let (mut trainer, calls) = trainer(&config);
        run(&mut trainer);
        let batch = |stream, first, sequences| {
            let mut batch = Batch::new(config.sequences.context, sequences);
            let sampler = config.sampler(config.seed()).unwrap();
            let source = Source::Mixture(config.curriculum.final_mixture());
            sample_batch::fill(&mut batch, &sampler, stream, first, source, |_| {});
            batch
        };
        let first_of = |validation: usize| (validation * SEQUENCES) as u64;
        // The loss of the untrained model comes first.
        let mut expected = vec![batch(Stream::Validation, 0, UNTRAINED)];
        expected.extend((0..4).map(|v| batch(Stream::Validation, first_of(v), SEQUENCES)));
        assert_eq!(calls.borrow().evaluated, expected);
        for (validation, found) in expected[1..].iter().enumerate() {
            let training = batch(Stream::Training, first_of(validation), SEQUENCES);
            assert!(*found != training, "validation {validation} has training sequences");
            let others = &expected[validation + 2..];
            assert!(!others.contains(found), "validation {validation} comes again");
        }
    }

    #[test]
    fn early_stopping_and_the_best_weights_follow_from_the_validations() {
        let config = config(&["patience=0"]);
        let (mut trainer, _) = trainer(&config);
        let (mut losses, mut parameters) = (Vec::new(), Vec::new());
        loop {
            match trainer.advance().unwrap() {
                Event::Validated(validation) => {
                    let metrics = validation.judgement.overall().model.metrics();
                    let lowest = losses.iter().all(|(_, loss)| metrics.loss < *loss);
                    assert_eq!(validation.best, lowest);
                    losses.push((validation.step, metrics.loss));
                    parameters.push(trainer.engine().parameters().unwrap());
                    let state = trainer.checkpoint().unwrap().early_stopping;
                    let least = losses.iter().map(|(_, loss)| *loss).fold(f64::INFINITY, f64::min);
                    assert_eq!(state.lowest_loss, least);
                }
                Event::Finished(ending) => break assert_eq!(ending, Ending::Complete),
                Event::Progress(_) | Event::Diverging(_) => {}
                Event::Interrupted => panic!("nobody interrupts it"),
            }
        }
        let least = (0..4).min_by(|a, b| losses[*a].1.total_cmp(&losses[*b].1)).unwrap();
        let best = trainer.best().unwrap().clone();
        assert_eq!((best.step, best.loss), losses[least]);
        assert!(best.parameters == parameters[least]);
        assert!(trainer.engine().parameters().unwrap() == best.parameters);
    }

    #[test]
    fn a_training_does_not_begin_with_weights_of_another_model() {
        use crate::trained_model::{TrainedModel, weights_to_bytes};

        let other = config(&["sequences.minimum=-128", "maximum=127"]);
        let model = CpuEngine::new(&other, 1).unwrap().model().clone();
        let parameters = model.layout().initial(1);
        let stage = Stage { config: other, steps: 3 };
        let bytes = weights_to_bytes(&stage, &[], model.layout(), &parameters).unwrap();
        let trained = TrainedModel::from_bytes(&bytes).unwrap();
        // As many parameters, but of other integers.
        let (mut trainer, _) = trainer(&config(&[]));
        let refused = trainer.begin_with(trained.clone());
        assert!(matches!(refused, Err(BeginError::Unfit(UnfitWeights::Range { .. }))));
        assert!(trainer.earlier().is_empty());
        let (mut trainer, _) = self::trainer(&stage.config);
        trainer.begin_with(trained).unwrap();
        assert_eq!(trainer.earlier(), [stage]);
        assert!(trainer.engine().parameters().unwrap() == parameters);
    }
}
