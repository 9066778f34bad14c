//! The loop of an ablation: it asks an [`Agenda`] what is to be trained now, gives it to
//! [`TrialWorkers`], and takes results and states into the folder as they come. Who trains, and which
//! trials follow from which results, are decided elsewhere.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use ninth_evaluation::ablation::plan::Trial;
use ninth_evaluation::ablation::state::TrialState;
use ninth_evaluation::ablation::trial::{TrialError, TrialOutcome};

use super::claims::Claim;
use super::folder::{AblationFolder, Claimed};
use super::journals::Outcomes;
use super::progress::AblationDisplay;
use crate::cli::error::Error;
use crate::cli::signals::Signals;

/// How often a trial whose worker was lost is given to another one.
const LOSSES: u32 = 2;

/// How often trials are looked at that other processes train.
const LOOK: Duration = Duration::from_millis(500);

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
pub trait TrialWorkers {
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
pub struct TrialSchedule<'a> {
    pub agenda: &'a mut dyn Agenda,
    pub workers: &'a mut dyn TrialWorkers,
    pub folder: &'a mut AblationFolder,
    pub display: &'a mut AblationDisplay,
    pub signals: &'a Signals,
    /// Whether to wait for trials that other processes train, and to train them if those end
    /// without a result.
    pub waits: bool,
}

/// The state of the loop.
#[derive(Default)]
struct Course {
    /// Trials that workers have, with the claims on them.
    running: HashMap<usize, Claim>,
    /// Trials that are claimed and to be given next: new ones, and those that were lost.
    claimed: VecDeque<(usize, Claim)>,
    /// Trials that other processes train.
    elsewhere: Vec<usize>,
    /// When those were looked at last.
    looked: Option<Instant>,
    /// How often trials were lost.
    losses: HashMap<usize, u32>,
    /// Trials that ended.
    made: u64,
}

impl TrialSchedule<'_> {
    /// Runs until nothing is left to be trained. The number of workers and their order change no
    /// result but the times. Returns the number of trials that other processes are training, which
    /// is 0 if it waits for them.
    pub fn run(&mut self) -> Result<usize, Error> {
        let mut course = Course::default();
        let ended = self.go(&mut course);
        if ended.is_err() && !course.running.is_empty() {
            self.workers.stop();
            // The first error is the one to report.
            let _ = self.wind_up(&mut course);
        }
        ended
    }

    fn go(&mut self, course: &mut Course) -> Result<usize, Error> {
        loop {
            if let Some(signal) = self.signals.arrived() {
                self.workers.stop();
                self.wind_up(course)?;
                return Err(Error::AblationInterrupted { made: course.made, signal });
            }
            while self.workers.free() > 0 && self.give_next(course)? {}
            if self.look_elsewhere(course)? {
                continue;
            }
            if !course.running.is_empty() {
                if let Some(message) = self.workers.receive()? {
                    self.take(course, message)?;
                }
            } else if self.waits && !course.elsewhere.is_empty() {
                self.display.waits(course.elsewhere.len());
                // Workers that are other processes want to hear of this one meanwhile.
                let began = Instant::now();
                while began.elapsed() < LOOK && self.signals.arrived().is_none() {
                    if let Some(message) = self.workers.receive()? {
                        self.take(course, message)?;
                    }
                }
            } else if self.workers.free() == 0 {
                return Err(Error::NoWorkers);
            } else {
                return Ok(course.elsewhere.len());
            }
        }
    }

    /// Looks whether other processes have ended trials, with results or without, if it is time to;
    /// returns whether one has.
    fn look_elsewhere(&mut self, course: &mut Course) -> Result<bool, Error> {
        let recently = course.looked.is_some_and(|looked| looked.elapsed() < LOOK);
        let busy = !course.running.is_empty();
        if self.workers.free() == 0 || course.elsewhere.is_empty() || busy && recently {
            return Ok(false);
        }
        course.looked = Some(Instant::now());
        let before = std::mem::take(&mut course.elsewhere);
        let count = before.len();
        for index in before {
            match course.claimed.len() < self.workers.free() {
                true => self.claim(course, index)?,
                false => course.elsewhere.push(index),
            }
        }
        Ok(course.elsewhere.len() < count)
    }

    /// Claims a trial, unless it is known by now or another process has it.
    fn claim(&mut self, course: &mut Course, index: usize) -> Result<(), Error> {
        match self.folder.claim(&self.agenda.trials()[index])? {
            Claimed::Here(claim) => course.claimed.push_back((index, claim)),
            Claimed::Known => self.display.made_elsewhere(index),
            Claimed::Elsewhere => course.elsewhere.push(index),
        }
        Ok(())
    }

    /// Takes what workers send that were asked to stop: states, and results of trials that were
    /// just ending.
    fn wind_up(&mut self, course: &mut Course) -> Result<(), Error> {
        while !course.running.is_empty() {
            match self.workers.receive()? {
                Some(Message::Ended(index, Err(_)) | Message::Lost(index)) => {
                    course.running.remove(&index);
                }
                Some(message) => self.take(course, message)?,
                None => {}
            }
        }
        Ok(())
    }

    /// Gives the next trial to a worker, or finds that others have it; `false` if there is none.
    fn give_next(&mut self, course: &mut Course) -> Result<bool, Error> {
        let Some((index, claim)) = course.claimed.pop_front() else {
            let next = self.agenda.next(self.folder.outcomes())?;
            self.display.expect(self.agenda.trials());
            let Some(index) = next else { return Ok(false) };
            self.claim(course, index)?;
            return Ok(true);
        };
        let trial = &self.agenda.trials()[index];
        let saved = self.folder.saved(trial);
        if let Some(state) = &saved {
            self.display.goes_on(index, state.checkpoint.step);
        }
        self.workers.give(index, trial, saved)?;
        course.running.insert(index, claim);
        Ok(true)
    }

    fn take(&mut self, course: &mut Course, message: Message) -> Result<(), Error> {
        match message {
            Message::Steps(index, steps) => self.display.steps(index, steps),
            Message::State(index, state) => {
                self.folder.save(&self.agenda.trials()[index], &state)?;
            }
            Message::Ended(index, outcome) => {
                let Some(claim) = course.running.remove(&index) else { return Ok(()) };
                let trial = &self.agenda.trials()[index];
                let outcome = outcome.map_err(|source| Error::Trial {
                    label: trial.label.clone(),
                    seed: trial.config.training.seed,
                    source,
                })?;
                self.display.ended(index, trial, &outcome);
                self.folder.keep(trial, claim, outcome)?;
                course.made += 1;
            }
            Message::Lost(index) => {
                let Some(claim) = course.running.remove(&index) else { return Ok(()) };
                let losses = course.losses.entry(index).or_default();
                *losses += 1;
                if *losses > LOSSES {
                    let trial = &self.agenda.trials()[index];
                    let (label, seed) = (trial.label.clone(), trial.config.training.seed);
                    return Err(Error::LostTrial { label, seed, losses: *losses });
                }
                course.claimed.push_back((index, claim));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninth_evaluation::ablation::plan::{Base, Plan, Request};
    use ninth_training::Preset;

    /// Workers that lose trials, and whose trainings take no time.
    struct Losing {
        free: usize,
        /// How often a trial is still to be lost.
        losses: u32,
        given: Vec<usize>,
        messages: VecDeque<Message>,
    }

    impl TrialWorkers for Losing {
        fn free(&self) -> usize {
            self.free
        }

        fn give(&mut self, index: usize, _: &Trial, _: Option<TrialState>) -> Result<(), Error> {
            self.free -= 1;
            self.given.push(index);
            self.messages.push_back(match self.losses {
                0 => Message::Ended(index, Ok(TrialOutcome::Failed("it was a test".to_string()))),
                _ => Message::Lost(index),
            });
            self.losses = self.losses.saturating_sub(1);
            Ok(())
        }

        fn receive(&mut self) -> Result<Option<Message>, Error> {
            self.free += 1;
            Ok(self.messages.pop_front())
        }

        fn stop(&mut self) {}
    }

    /// Two trials, and when both are known the others.
    struct InTurn(Vec<Trial>, usize);

    impl Agenda for InTurn {
        fn trials(&self) -> &[Trial] {
            &self.0
        }

        fn next(&mut self, known: &Outcomes) -> Result<Option<usize>, Error> {
            let first = self.0[..2].iter().all(|trial| known.contains_key(&trial.key()));
            let next = (self.1 < 2 || first && self.1 < self.0.len()).then_some(self.1);
            self.1 += usize::from(next.is_some());
            Ok(next)
        }
    }

    /// The trials that were given, in order, and how it ended.
    fn run(free: usize, losses: u32) -> (Vec<usize>, Result<usize, Error>) {
        let folder = tempfile::tempdir().unwrap();
        let base =
            Base { preset: Preset::Quick, assignments: Vec::new(), steps: Some(10), seeds: 2 };
        let plan = Plan::new(&base, &[Request::parse("normalisation").unwrap()]).unwrap();
        let trials = plan.trials();
        let count = trials.len();
        let mut workers = Losing { free, losses, given: Vec::new(), messages: VecDeque::new() };
        let mut opened = AblationFolder::open(folder.path(), &plan, None).unwrap();
        let ended = TrialSchedule {
            display: &mut AblationDisplay::new(&trials, true),
            agenda: &mut InTurn(trials, 0),
            workers: &mut workers,
            folder: &mut opened,
            signals: &Signals::watch("ended"),
            waits: false,
        }
        .run();
        assert_eq!(opened.outcomes().len() == count, ended.is_ok());
        (workers.given, ended)
    }

    #[test]
    fn what_follows_from_results_is_trained_after_them() {
        let (given, ended) = run(4, 0);
        assert_eq!((given, ended.unwrap()), (vec![0, 1, 2, 3, 4, 5], 0));
    }

    #[test]
    fn lost_trials_are_given_again_and_not_for_ever() {
        let (given, ended) = run(2, 2);
        assert_eq!(ended.unwrap(), 0);
        assert_eq!(given, [0, 1, 0, 1, 2, 3, 4, 5]);
        let (given, ended) = run(1, 9);
        assert_eq!(given, [0, 0, 0]);
        let message = ended.unwrap_err().to_string();
        assert!(message.starts_with("base with seed 0: its worker ended 3 times"), "{message}");
    }
}
