//! What a training leaves in its folder, and how often.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ninth_model::Layout;
use ninth_training::baselines::Uniform;
use ninth_training::divergence::Diverged;
use ninth_training::engine::EngineError;
use ninth_training::files::FileError;
use ninth_training::metrics::Metrics;
use ninth_training::run_directory::{Logs, RunDirectory, RunError};
use ninth_training::trainer::{Progress, Validation};
use ninth_training::{Config, ConfigError, Trainer};

use crate::error::{Error, NewestCheckpoint};

/// A file is written again after this many times the time that its last write took. The whole
/// of a small training takes a few seconds, and syncing a file some hundredths of one.
const PAUSE: u32 = 50;

/// Writes the logs, the best weights and the checkpoints of a training.
pub(super) struct RunRecord {
    run: RunDirectory,
    logs: Logs,
    layout: Layout,
    config: Config,
    /// What guessing would give.
    uniform: Uniform,
    /// The step of the best weights in the file.
    best: Option<u64>,
    /// When the next best weights may be written.
    next_best: Instant,
    /// When the next checkpoint may be written.
    pause: Instant,
    /// The step from which the next one is due.
    next_checkpoint: u64,
}

/// Seconds since 1970.
pub(super) fn now() -> f64 {
    // A clock before 1970 is no reason not to train.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

impl RunRecord {
    /// Records a training from its next step on.
    pub fn new(
        run: RunDirectory,
        logs: Logs,
        layout: Layout,
        trainer: &Trainer,
    ) -> Result<Self, ConfigError> {
        let config = trainer.config().clone();
        let uniform = Uniform::of(&config)?;
        let now = Instant::now();
        let (best, next_best, pause, next_checkpoint) = (None, now, now, 0);
        let mut record = RunRecord {
            run,
            logs,
            layout,
            config,
            uniform,
            best,
            next_best,
            pause,
            next_checkpoint,
        };
        record.plan(trainer.step());
        Ok(record)
    }

    /// The folder.
    pub fn run(&self) -> &RunDirectory {
        &self.run
    }

    /// Logs that a process goes on from a step, with this engine.
    pub fn session(&mut self, step: u64, engine: &str) -> Result<(), Error> {
        Ok(self.logs.session(now(), step, engine)?)
    }

    /// Logs that this process stops after a step, having trained for this long since it began or
    /// stopped before.
    pub fn stopped(&mut self, step: u64, took: Duration) -> Result<(), Error> {
        Ok(self.logs.stopped(now(), step, took)?)
    }

    /// Logs that the training is over.
    pub fn end(&mut self, step: u64) -> Result<(), Error> {
        Ok(self.logs.end(now(), step)?)
    }

    /// Logs some steps.
    pub fn progress(&mut self, progress: &Progress) -> Result<(), Error> {
        Ok(self.logs.progress(now(), progress)?)
    }

    /// Logs a validation.
    pub fn validation(
        &mut self,
        validation: &Validation,
        limit: Option<&Metrics>,
    ) -> Result<(), Error> {
        Ok(self.logs.validation(now(), validation, &self.uniform, limit)?)
    }

    /// Writes best weights and checkpoints that are due, neither more often than
    /// [`PAUSE`] allows.
    pub fn keep_up(&mut self, trainer: &mut Trainer) -> Result<(), Error> {
        let now = Instant::now();
        if trainer.step() >= self.next_checkpoint && now >= self.pause {
            self.keep_best(trainer)?;
            self.save_checkpoint(trainer)?;
        } else if now >= self.next_best {
            self.keep_best(trainer)?;
        }
        Ok(())
    }

    /// Writes the best weights, or leaves them for later while another program has their file
    /// open: checkpoints have them, too.
    fn keep_best(&mut self, trainer: &Trainer) -> Result<(), Error> {
        let began = Instant::now();
        match self.save_best(trainer) {
            Err(Error::Run(RunError::File(FileError::Held { .. }))) => {
                self.next_best = Instant::now() + PAUSE * began.elapsed();
                Ok(())
            }
            saved => saved,
        }
    }

    /// Writes the best weights, unless they are those in the file.
    pub fn save_best(&mut self, trainer: &Trainer) -> Result<(), Error> {
        if let Some(best) = trainer.best().filter(|best| self.best != Some(best.step)) {
            let began = Instant::now();
            self.run.save_best(&self.config, trainer.earlier(), &self.layout, best)?;
            self.best = Some(best.step);
            self.next_best = Instant::now() + PAUSE * began.elapsed();
        }
        Ok(())
    }

    /// Writes a checkpoint.
    pub fn save_checkpoint(&mut self, trainer: &mut Trainer) -> Result<(), Error> {
        let began = Instant::now();
        let checkpoint = trainer.checkpoint()?;
        self.run.save_checkpoint(&checkpoint, &self.config, &self.layout, &self.logs)?;
        self.pause = Instant::now() + PAUSE * began.elapsed();
        self.plan(checkpoint.step);
        Ok(())
    }

    /// Writes the sequences of a step whose loss or gradients are not finite; the error says
    /// what is left.
    pub fn diverged(&self, source: Box<Diverged>) -> Error {
        let save = || {
            let sequences = self.run.save_diverged(&source)?;
            Ok::<_, RunError>((sequences, self.newest_checkpoint()?))
        };
        match save() {
            Ok((sequences, checkpoint)) => Error::DivergedRun { source, sequences, checkpoint },
            Err(error) => error.into(),
        }
    }

    /// The error of a training whose engine failed; it says what is left.
    pub fn engine_failed(&self, source: EngineError) -> Error {
        match self.newest_checkpoint() {
            Ok(checkpoint) => {
                Error::EngineOfRun { source, checkpoint, folder: self.run.path().into() }
            }
            Err(error) => error.into(),
        }
    }

    fn newest_checkpoint(&self) -> Result<NewestCheckpoint, RunError> {
        Ok(NewestCheckpoint(self.run.newest_checkpoint()?))
    }

    /// Plans the next checkpoint after `step`.
    fn plan(&mut self, step: u64) {
        let training = &self.config.training;
        // Both are at most 10^6.
        let interval = (training.checkpoint_epochs * training.steps_per_epoch) as u64;
        self.next_checkpoint = (step / interval + 1) * interval;
    }
}
