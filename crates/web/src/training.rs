//! The training of a page: steps for as long as a turn of the worker lasts.

use std::cell::Cell;
use std::rc::Rc;

use ninth::{Config, Ending, Error, LogLines, Model, TrainingSession};

use crate::response::Advanced;

/// Points of the curve of a whole training.
const POINTS: u64 = 1000;

/// A training under way, or over.
pub struct Training {
    session: TrainingSession,
    limits: Rc<Limits>,
    lines: LogLines,
    /// The model that it began with.
    start: Model,
    ending: Option<Ending>,
}

/// When to stop for now.
struct Limits {
    clock: fn() -> f64,
    until: Cell<f64>,
    steps: Cell<u64>,
    /// Whether this turn has made a step. Each makes one, however slow it is.
    begun: Cell<bool>,
}

impl Limits {
    /// Asked before each step.
    fn reached(&self) -> bool {
        let steps = self.steps.get();
        self.steps.set(steps.saturating_sub(1));
        steps == 0 || (self.begun.replace(true) && (self.clock)() >= self.until.get())
    }
}

impl Training {
    /// `start` has the weights that it began with, where these are not those of the session.
    pub fn new(
        session: TrainingSession,
        start: Option<Model>,
        clock: fn() -> f64,
    ) -> Result<Self, Error> {
        let lines = LogLines::new(session.config())?;
        let limits = Rc::new(Limits {
            clock,
            until: Cell::new(0.0),
            steps: Cell::new(0),
            begun: Cell::new(false),
        });
        let asked = Rc::clone(&limits);
        let every = (session.config().total_steps() / POINTS).clamp(1, 100);
        let session = session.interrupted_by(Box::new(move || asked.reached()));
        let mut session = session.reporting_every(every);
        let start = match start {
            Some(start) => start,
            None => session.model()?,
        };
        Ok(Training { session, limits, lines, start, ending: None })
    }

    /// Its config.
    pub fn config(&self) -> &Config {
        self.session.config()
    }

    /// Steps done.
    pub fn step(&self) -> u64 {
        self.session.step()
    }

    /// What computes it.
    pub fn engine(&mut self) -> String {
        self.session.engine()
    }

    /// The model that it began with.
    pub fn start(&self) -> &Model {
        &self.start
    }

    /// The model with the weights of now.
    pub fn model(&mut self) -> Result<Model, Error> {
        self.session.model()
    }

    /// The best model so far.
    pub fn best(&self) -> Option<Model> {
        self.session.best_model()
    }

    /// Its state as a file.
    pub fn checkpoint(&mut self) -> Result<Vec<u8>, Error> {
        self.session.checkpoint()
    }

    /// Trains for some time or some steps.
    pub fn advance(&mut self, seconds: f64, steps: u64) -> Result<Advanced, Error> {
        self.limits.until.set((self.limits.clock)() + seconds);
        self.limits.steps.set(steps);
        self.limits.begun.set(false);
        let mut events = Vec::new();
        let lines = &self.lines;
        let ending = self.session.run(&mut |event| events.push(lines.line(&event)))?;
        self.ending = self.ending.or(ending);
        let ending = self.ending.map(|ending| match ending {
            Ending::Complete => "complete",
            Ending::EarlyStopping => "early stopping",
        });
        let best = self.session.best_step();
        Ok(Advanced { step: self.step(), events, ending, best })
    }
}
