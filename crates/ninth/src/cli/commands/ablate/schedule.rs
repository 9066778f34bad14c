//! The loop of an ablation: it asks an [`Agenda`] what is to be trained now, gives it to
//! [`Workers`], and takes results and states into the folder as they come. Who trains, and which
//! trials follow from which results, are decided elsewhere.

use std::collections::{HashMap, VecDeque};

use ninth_evaluation::ablation::plan::Trial;
use ninth_evaluation::ablation::state::TrialState;
use ninth_evaluation::ablation::trial::{TrialError, TrialOutcome};

use super::folder::AblationFolder;
use super::progress::AblationDisplay;
use crate::cli::error::Error;
use crate::cli::signals::Signals;

/// How often a trial whose worker was lost is given to another one.
const LOSSES: u32 = 2;

/// The known outcomes by the keys of their trials.
pub type Outcomes = HashMap<String, TrialOutcome>;

/// Says which trials there are and in which order.
pub trait Agenda {
    /// The trials so far, in order. More may follow, but none changes its place.
    fn trials(&self) -> &[Trial];

    /// The place of the trial in [`Agenda::trials`] that is to be trained now, given what is known;
    /// no trial is named twice. `None` if nothing is left, or what follows depends on trials that
    /// have no outcome yet: it is asked again when there are more outcomes.
    fn next(&mut self, known: &Outcomes) -> Result<Option<usize>, Error>;
}

/// Who trains trials, several at a time: threads, or other processes.
pub trait Workers {
    /// How many more trials can be given now.
    fn free(&self) -> usize;

    /// Gives a trial to a free worker, which goes on from `saved` if there is a state. `index` is
    /// what its messages name it by.
    fn give(&mut self, index: usize, trial: &Trial, saved: Option<TrialState>)
    -> Result<(), Error>;

    /// The next message. It waits a fraction of a second at most, so that signals are noticed;
    /// `None` if there was none.
    fn receive(&mut self) -> Result<Option<Message>, Error>;

    /// Asks all workers to stop after their current step. Each sends the state of its trial if it
    /// can, and then that it ended or is lost.
    fn stop(&mut self);
}

/// A message of a worker about the trial of this index.
pub enum Message {
    /// It has done so many steps.
    Steps(usize, u64),
    /// Its state of now, to be kept.
    State(usize, Box<TrialState>),
    /// It has ended; the worker is free.
    Ended(usize, Result<TrialOutcome, TrialError>),
    /// Its worker is gone without an outcome.
    Lost(usize),
}

/// The loop with what it works on.
pub struct Schedule<'a> {
    pub agenda: &'a mut dyn Agenda,
    pub workers: &'a mut dyn Workers,
    pub folder: &'a mut AblationFolder,
    pub display: &'a mut AblationDisplay,
    pub signals: &'a Signals,
}

/// The state of the loop.
#[derive(Default)]
struct Course {
    /// Trials that workers have.
    running: Vec<usize>,
    /// Trials that were lost and are to be given again.
    again: VecDeque<usize>,
    /// How often trials were lost.
    losses: HashMap<usize, u32>,
    /// Trials that ended.
    made: u64,
}

impl Schedule<'_> {
    /// Runs until nothing is left to be trained. The number of workers and their order change no
    /// result but the times.
    pub fn run(&mut self) -> Result<(), Error> {
        let mut course = Course::default();
        let ended = self.go(&mut course);
        if ended.is_err() && !course.running.is_empty() {
            self.workers.stop();
            // The first error is the one to report.
            let _ = self.wind_up(&mut course);
        }
        ended
    }

    fn go(&mut self, course: &mut Course) -> Result<(), Error> {
        loop {
            if let Some(signal) = self.signals.arrived() {
                self.workers.stop();
                self.wind_up(course)?;
                return Err(Error::AblationInterrupted { made: course.made, signal });
            }
            while self.workers.free() > 0 && self.give_next(course)? {}
            if course.running.is_empty() {
                return Ok(());
            }
            if let Some(message) = self.workers.receive()? {
                self.take(course, message)?;
            }
        }
    }

    /// Takes what workers send that were asked to stop: states, and results of trials that were
    /// just ending.
    fn wind_up(&mut self, course: &mut Course) -> Result<(), Error> {
        while !course.running.is_empty() {
            match self.workers.receive()? {
                Some(Message::Ended(index, Err(_)) | Message::Lost(index)) => {
                    course.running.retain(|other| *other != index);
                }
                Some(message) => self.take(course, message)?,
                None => {}
            }
        }
        Ok(())
    }

    /// Gives the next trial to a worker; `false` if there is none now.
    fn give_next(&mut self, course: &mut Course) -> Result<bool, Error> {
        let index = match course.again.pop_front() {
            Some(index) => index,
            None => {
                let next = self.agenda.next(self.folder.outcomes())?;
                self.display.expect(self.agenda.trials());
                let Some(index) = next else { return Ok(false) };
                index
            }
        };
        let trial = &self.agenda.trials()[index];
        let saved = self.folder.saved(trial);
        if let Some(state) = &saved {
            self.display.goes_on(index, state.checkpoint.step);
        }
        self.workers.give(index, trial, saved)?;
        course.running.push(index);
        Ok(true)
    }

    fn take(&mut self, course: &mut Course, message: Message) -> Result<(), Error> {
        match message {
            Message::Steps(index, steps) => self.display.steps(index, steps),
            Message::State(index, state) => {
                self.folder.save(&self.agenda.trials()[index], &state)?;
            }
            Message::Ended(index, outcome) => {
                course.running.retain(|other| *other != index);
                let trial = &self.agenda.trials()[index];
                let outcome = outcome.map_err(|source| Error::Trial {
                    label: trial.label.clone(),
                    seed: trial.config.training.seed,
                    source,
                })?;
                self.display.ended(index, trial, &outcome);
                self.folder.keep(trial, outcome)?;
                course.made += 1;
            }
            Message::Lost(index) => {
                course.running.retain(|other| *other != index);
                let losses = course.losses.entry(index).or_default();
                *losses += 1;
                if *losses > LOSSES {
                    let trial = &self.agenda.trials()[index];
                    let (label, seed) = (trial.label.clone(), trial.config.training.seed);
                    return Err(Error::LostTrial { label, seed, losses: *losses });
                }
                course.again.push_back(index);
            }
        }
        Ok(())
    }
}
