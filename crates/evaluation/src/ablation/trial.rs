//! A trial: one training on one thread, and the judgement of its model.

use ninth_kernels::InstructionSet;
use ninth_model::Transformer;
use ninth_model::decoding::Predictor;
use ninth_sequences::{Family, Sampler, Source, Stream};

use super::results::{CurvePoint, TrialResult};
use super::state::{StateError, TrialState};
use ninth_inference::metrics::Metrics;
use ninth_training::engine::EngineError;
use ninth_training::trainer::TrainingError;
use ninth_training::validation::judge;
use ninth_training::{Config, ConfigError, CpuEngine, Event, Trainer};

/// The sequences that a model is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judging {
    /// The seed of the sequences. It does not depend on that of the training: all models of
    /// the same integers and context are judged by the same sequences.
    pub seed: u64,
    /// The number of fresh sequences.
    pub sequences: usize,
    /// The number of those, filling the context, whose second half is to be continued.
    pub continuations: usize,
}

impl Judging {
    /// The default numbers. They cost as much as 600 steps of the default model,
    /// and leave an error of half a point at most in a share of right terms.
    pub fn with_seed(seed: u64) -> Self {
        Judging { seed, sequences: 10_000, continuations: 500 }
    }
}

/// The outcome of a trial.
#[derive(Clone, Debug, PartialEq)]
pub enum TrialOutcome {
    /// A trained model.
    Trained(TrialResult),
    /// The training diverged, with this error message.
    Failed(String),
}

/// The reasons for which a trial has no outcome.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrialError {
    /// The config describes no training.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The state is of another training.
    #[error("its state cannot be used: {0}")]
    State(#[from] StateError),
    /// `stop` asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// The model cannot continue a sequence.
    #[error(transparent)]
    Model(#[from] ninth_model::Error),
}

impl From<ConfigError> for TrialError {
    fn from(error: ConfigError) -> Self {
        TrialError::Config(Box::new(error))
    }
}

/// What a trial tells on its way.
#[derive(Clone, Debug)]
pub enum TrialEvent {
    /// So many steps are done.
    Steps(u64),
    /// The state of now, from which it can go on.
    State(Box<TrialState>),
}

/// Seconds of training after which a trial tells its state again.
pub const STATE_EVERY: f64 = 60.0;

/// Trains and judges a model, from the start or from a state that another call told: the result
/// is the same to the bit, but for the times. `clock` returns seconds since any fixed moment.
/// `stop` is asked before every step whether to stop; then `watch` gets the state. It gets the
/// steps at each progress event, and about every [`STATE_EVERY`] seconds a state, too.
///
/// # Errors
///
/// If the engine fails, `stop` asks to stop, or the state is of another model. A training that
/// diverges is an outcome.
pub fn run(
    config: &Config,
    judging: Judging,
    from: Option<TrialState>,
    clock: impl Fn() -> f64 + Clone + 'static,
    stop: impl Fn() -> bool + 'static,
    mut watch: impl FnMut(TrialEvent),
) -> Result<TrialOutcome, TrialError> {
    let mut trainer = start(config, clock.clone())?.interrupted_by(Box::new(stop));
    let (mut curve, mut seconds) = (Vec::new(), 0.0);
    if let Some(state) = from {
        trainer.resume(state.checkpoint).map_err(|_| StateError::OtherTrial)?;
        (curve, seconds) = (state.curve, state.seconds);
    }
    // Counting the valid tuples of a family, at its first draw, is not to be timed as a step.
    for phase in config.curriculum.phases() {
        for family in Family::of_phase(*phase) {
            trainer.sampler().valid_count(*family);
        }
    }
    let mut told = seconds;
    loop {
        let began = clock();
        match trainer.advance() {
            Ok(Event::Progress(progress)) => {
                seconds += clock() - began;
                watch(TrialEvent::Steps(progress.step));
                if seconds - told >= STATE_EVERY {
                    told = seconds;
                    watch(state(&mut trainer, &curve, seconds)?);
                }
            }
            Ok(Event::Validated(validation)) => {
                let metrics = validation.judgement.overall().model.metrics();
                let (loss, accuracy_last) = (metrics.loss, metrics.accuracy_last);
                curve.push(CurvePoint { step: validation.step, loss, accuracy_last });
            }
            // A loss that stays high shows in the metrics.
            Ok(Event::Diverging(_)) => {}
            Ok(Event::Interrupted) => {
                seconds += clock() - began;
                // Before the first step there is nothing to keep.
                if trainer.step() > 0 {
                    watch(state(&mut trainer, &curve, seconds)?);
                }
                return Err(TrialError::Interrupted);
            }
            Ok(Event::Finished(_)) => break,
            Err(error @ TrainingError::Diverged(_)) => {
                return Ok(TrialOutcome::Failed(error.to_string()));
            }
            Err(TrainingError::Engine(error)) => return Err(error.into()),
        }
    }
    let steps = trainer.step();
    let sampler = trainer.sampler().with_seed(judging.seed);
    let engine = trainer.engine();
    let mixture = config.curriculum.final_mixture();
    let judgement = judge(engine, &sampler, mixture, Stream::Evaluation, 0, judging.sequences)?;
    let metrics = judgement.overall().model.metrics();
    let metrics = Metrics { accuracy_by_position: Vec::new(), ..metrics };
    let model = Transformer::new(config.architecture()?);
    let parameters = model.layout().parameters() as u64;
    let predictor = Predictor::new(InstructionSet::detect(), model, engine.parameters()?);
    let continued = continuations(config, &predictor, &sampler, judging.continuations, clock)?;
    Ok(TrialOutcome::Trained(TrialResult {
        seed: config.training.seed,
        metrics,
        continued: continued.right,
        parameters,
        steps,
        microseconds_per_step: 1e6 * seconds / steps as f64,
        microseconds_per_term: 1e6 * continued.seconds_per_term,
        curve,
    }))
}

/// The state of a trial, to be told.
fn state(
    trainer: &mut Trainer,
    curve: &[CurvePoint],
    seconds: f64,
) -> Result<TrialEvent, TrialError> {
    let (checkpoint, curve) = (trainer.checkpoint()?, curve.to_vec());
    Ok(TrialEvent::State(Box::new(TrialState { checkpoint, curve, seconds })))
}

/// The trainer of a trial.
fn start(config: &Config, clock: impl Fn() -> f64 + 'static) -> Result<Trainer, ConfigError> {
    let engine = CpuEngine::new(config, 1)?;
    Trainer::new(config.clone(), Box::new(engine), Box::new(clock))
}

struct Continued {
    /// The share of right continuations.
    right: f64,
    seconds_per_term: f64,
}

/// Continues the first half of up to `count` sequences that fill the context.
fn continuations(
    config: &Config,
    predictor: &Predictor,
    sampler: &Sampler,
    count: usize,
    clock: impl Fn() -> f64,
) -> Result<Continued, TrialError> {
    /// Sequences to draw at most: under a very long context few are long enough.
    const DRAWS: u64 = 10_000;
    let generation = config.generation.strategy;
    let source = Source::Mixture(config.curriculum.final_mixture());
    let length = sampler.length();
    let shown = (length - 1) / 2;
    let mut terms = vec![0; length];
    let (mut asked, mut right, mut seconds) = (0_usize, 0_usize, 0.0);
    for index in 0..DRAWS {
        if asked == count {
            break;
        }
        if sampler.draw(Stream::Evaluation, index, source, &mut terms).length < length {
            continue;
        }
        let decoding = config.generation.decoding(index);
        let began = clock();
        let named =
            predictor.continuation(&terms[..shown], length - shown, generation, decoding)?;
        seconds += clock() - began;
        asked += 1;
        right += usize::from(named == terms[shown..]);
    }
    // Without such sequences both are NaN.
    let generated = (asked * (length - shown)) as f64;
    Ok(Continued { right: right as f64 / asked as f64, seconds_per_term: seconds / generated })
}
