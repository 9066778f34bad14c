//! Ranks of MPI that train trials: rank 0 gives them out, the others train them on their threads.
//!
//! A rank that says nothing for [`SILENCE`] is taken for lost, and its trials are given to others:
//! MPI may never tell that a process was killed.

use std::collections::{HashMap, HashSet, VecDeque};
use std::thread;
use std::time::{Duration, Instant};

use ninth_evaluation::ablation::journal;
use ninth_evaluation::ablation::plan::Trial;
use ninth_evaluation::ablation::state::TrialState;
use ninth_evaluation::ablation::trial::{Judging, TrialError};
use ninth_training::Config;
use ninth_training::engine::EngineError;
use ninth_training::engine::ranks::Ranks;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::schedule::{Message, TrialWorkers};
use super::threads::TrialThreads;
use crate::cli::error::Error;
use crate::cli::output::terminal::{counted, say};
use crate::cli::signals::Signals;
use crate::error::Error as LibraryError;
use crate::mpi::World;

/// How often a rank says that it is there, at least.
const ALIVE: Duration = Duration::from_secs(2);

/// How often a worker tells the steps of a trial, at most.
const PROGRESS: Duration = Duration::from_millis(500);

/// A worker that is silent for this long is lost.
const SILENCE: Duration = Duration::from_secs(20);

/// A worker leaves if rank 0, which may wait for a slow disk, is silent for this long.
const SILENCE_OF_RANK_0: Duration = Duration::from_secs(300);

/// How long a message is waited for, and how long between two looks.
const PAUSE: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(5)];

/// What rank 0 tells a worker; the state of a trial may follow.
#[derive(Serialize, Deserialize)]
enum Order {
    Train {
        index: usize,
        label: String,
        config: String,
    },
    Stop,
    /// To end; `lost` if a rank is, so that there is no common end.
    End {
        lost: bool,
    },
    Alive,
}

/// What a worker tells rank 0.
#[derive(Serialize, Deserialize)]
enum Report {
    Ready {
        threads: usize,
        version: String,
    },
    Steps(usize, u64),
    /// The state follows.
    State(usize),
    /// The line of the journal.
    Ended(usize, String),
    Failed(usize, String),
    Lost(usize),
    /// The worker was asked to stop; it takes no further trials.
    Left(usize),
    Alive,
}

fn encoded(message: &impl Serialize, bytes: &[u8]) -> Vec<u8> {
    let mut line = serde_json::to_vec(message).expect("texts and numbers have a JSON form");
    line.push(b'\n');
    line.extend(bytes);
    line
}

/// A message and what follows it; `None` if it is none of this version of the program.
fn decoded<T: DeserializeOwned>(message: &[u8]) -> Option<(T, &[u8])> {
    let end = message.iter().position(|byte| *byte == b'\n')?;
    let (line, bytes) = message.split_at(end);
    Some((serde_json::from_slice(line).ok()?, &bytes[1..]))
}

/// The ranks from 1 on, as rank 0 sees them.
pub struct TrialRanks {
    world: World,
    crew: Crew,
    /// When the workers were last told that this one is there.
    told: Instant,
    /// When there was last no mail left.
    listened: Instant,
}

/// The workers and what they said.
struct Crew {
    workers: Vec<Worker>,
    messages: VecDeque<Message>,
    /// Why it cannot go on.
    failed: Option<String>,
}

struct Worker {
    /// Trials that it trains at a time; 0 until it is ready.
    threads: usize,
    /// The trials that it has.
    trials: HashMap<usize, Config>,
    /// Trials that it had when it was taken for lost, which others have by now.
    stale: HashSet<usize>,
    heard: Instant,
    lost: bool,
}

impl Worker {
    /// How many more trials it can be given.
    fn free(&self) -> usize {
        match self.lost {
            true => 0,
            false => self.threads.saturating_sub(self.trials.len() + self.stale.len()),
        }
    }
}

impl TrialRanks {
    /// Waits until the others are ready.
    ///
    /// # Errors
    ///
    /// If none of them is.
    pub fn new(world: World) -> Result<Self, Error> {
        let now = Instant::now();
        let crew = Crew::new(world.size() - 1);
        let mut ranks = TrialRanks { world, crew, told: now, listened: now };
        while ranks.crew.workers.iter().any(|worker| worker.threads == 0 && !worker.lost) {
            ranks.listen()?;
        }
        Ok(ranks)
    }

    /// Takes a message, or waits for a moment if there is none; `false` then.
    fn listen(&mut self) -> Result<bool, Error> {
        if let Some((from, bytes)) = self.world.mail().map_err(LibraryError::Engine)? {
            self.crew.hear(from, &bytes);
            return match self.crew.failed.take() {
                Some(reason) => Err(LibraryError::Engine(EngineError::Device(reason)).into()),
                None => Ok(true),
            };
        }
        if self.listened.elapsed() > ALIVE {
            // This rank was busy, and has not heard what there was to hear.
            self.crew.workers.iter_mut().for_each(|worker| worker.heard = Instant::now());
        }
        self.listened = Instant::now();
        self.look_for_lost()?;
        thread::sleep(PAUSE[1]);
        Ok(false)
    }

    /// For people: `4 threads on 2 ranks`.
    pub fn description(&self) -> String {
        let workers = &self.crew.workers;
        let threads = workers.iter().map(|worker| worker.threads as u64).sum();
        format!("{} on {}", counted(threads, "thread"), counted(workers.len() as u64, "rank"))
    }

    fn tell(&mut self, worker: usize, order: &Order, bytes: &[u8]) -> Result<(), Error> {
        let sent = self.world.send(worker + 1, encoded(order, bytes));
        Ok(sent.map_err(LibraryError::Engine)?)
    }

    /// Finds workers that are lost, and tells all others that this rank is there.
    fn look_for_lost(&mut self) -> Result<(), Error> {
        for (rank, trials) in self.crew.find_lost() {
            say(format_args!(
                "ninth: warning: rank {rank} has been silent for {} seconds; its {} will be given \
                 to others",
                SILENCE.as_secs(),
                counted(trials as u64, "training")
            ));
        }
        if self.crew.workers.iter().all(|worker| worker.lost) {
            let message = "all other ranks ended or do not answer; the same command goes on";
            return Err(LibraryError::Engine(EngineError::Lost(message.to_string())).into());
        }
        if self.told.elapsed() > ALIVE {
            self.told = Instant::now();
            for worker in self.crew.reachable() {
                self.tell(worker, &Order::Alive, &[])?;
            }
        }
        Ok(())
    }
}

impl Crew {
    /// So many workers, of which none is ready.
    fn new(count: usize) -> Self {
        let heard = Instant::now();
        let worker = |_| Worker {
            threads: 0,
            trials: HashMap::new(),
            stale: HashSet::new(),
            heard,
            lost: false,
        };
        let workers = (0..count).map(worker).collect();
        Crew { workers, messages: VecDeque::new(), failed: None }
    }

    /// How many more trials they can be given.
    fn free(&self) -> usize {
        self.workers.iter().map(Worker::free).sum()
    }

    /// Those that are not lost.
    fn reachable(&self) -> Vec<usize> {
        (0..self.workers.len()).filter(|worker| !self.workers[*worker].lost).collect()
    }

    /// The worker that a trial is given to: that with most to do gets it last; of equals the first.
    fn assign(&mut self, index: usize, config: &Config) -> Option<usize> {
        let worker = (0..self.workers.len()).rev().max_by_key(|at| self.workers[*at].free())?;
        self.workers[worker].trials.insert(index, config.clone());
        Some(worker)
    }

    /// Finds workers that have been silent for too long: their ranks, and how many trials are
    /// given to others.
    fn find_lost(&mut self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for (rank, worker) in (1..).zip(&mut self.workers) {
            if worker.lost || worker.heard.elapsed() < SILENCE {
                continue;
            }
            worker.lost = true;
            found.push((rank, worker.trials.len()));
            worker.stale.extend(worker.trials.keys());
            self.messages.extend(worker.trials.drain().map(|(index, _)| Message::Lost(index)));
        }
        found
    }

    /// Takes what a worker says.
    fn hear(&mut self, from: usize, message: &[u8]) {
        let worker = from.checked_sub(1).and_then(|at| self.workers.get_mut(at));
        let Some(worker) = worker else { return };
        // It may have been taken for lost while its machine stood still.
        (worker.heard, worker.lost) = (Instant::now(), false);
        let Some((report, bytes)) = decoded::<Report>(message) else { return };
        match report {
            Report::Ready { threads, version } => {
                worker.threads = threads.max(1);
                let own = env!("CARGO_PKG_VERSION");
                if version != own {
                    self.failed = Some(format!(
                        "rank {from} runs ninth {version}, rank 0 ninth {own}: all ranks have to \
                         run the same program"
                    ));
                }
            }
            Report::Steps(index, steps) => self.messages.push_back(Message::Steps(index, steps)),
            Report::State(index) => {
                let config = worker.trials.get(&index);
                let state = config.and_then(|config| TrialState::from_bytes(bytes, config).ok());
                let message = state.map(|state| Message::State(index, Box::new(state)));
                self.messages.extend(message);
            }
            Report::Ended(index, line) => {
                worker.stale.remove(&index);
                worker.trials.remove(&index);
                self.messages.push_back(match journal::read(&line) {
                    Some(finished) => Message::Ended(index, Ok(finished.outcome)),
                    None => Message::Lost(index),
                });
            }
            Report::Failed(index, _) | Report::Lost(index) | Report::Left(index)
                if worker.stale.remove(&index) => {}
            Report::Failed(index, reason) => {
                worker.trials.remove(&index);
                let error = TrialError::Engine(EngineError::Device(reason));
                self.messages.push_back(Message::Ended(index, Err(error)));
            }
            Report::Lost(index) => {
                worker.trials.remove(&index);
                self.messages.push_back(Message::Lost(index));
            }
            Report::Left(index) => {
                worker.threads = 0;
                worker.trials.remove(&index);
                self.messages.push_back(Message::Lost(index));
            }
            Report::Alive => {}
        }
    }
}

impl TrialWorkers for TrialRanks {
    fn free(&self) -> usize {
        self.crew.free()
    }

    fn give(
        &mut self,
        index: usize,
        trial: &Trial,
        saved: Option<TrialState>,
    ) -> Result<(), Error> {
        let Some(worker) = self.crew.assign(index, &trial.config) else { return Ok(()) };
        let order =
            Order::Train { index, label: trial.label.clone(), config: trial.config.to_text(false) };
        let state = saved.and_then(|state| state.to_bytes(&trial.config).ok());
        self.tell(worker, &order, &state.unwrap_or_default())
    }

    fn receive(&mut self) -> Result<Option<Message>, Error> {
        let began = Instant::now();
        loop {
            if let Some(message) = self.crew.messages.pop_front() {
                return Ok(Some(message));
            }
            if !self.listen()? && began.elapsed() > PAUSE[0] {
                return Ok(None);
            }
        }
    }

    fn stop(&mut self) {
        for worker in self.crew.reachable() {
            // Who cannot be told is found to be lost.
            let _ = self.tell(worker, &Order::Stop, &[]);
        }
    }
}

impl Drop for TrialRanks {
    fn drop(&mut self) {
        let reachable = self.crew.reachable();
        let lost = reachable.len() < self.crew.workers.len();
        for worker in &reachable {
            let _ = self.tell(*worker, &Order::End { lost }, &[]);
        }
        if lost {
            let ranks: Vec<_> = reachable.iter().map(|worker| worker + 1).collect();
            self.world.leave(&ranks);
        }
    }
}

/// What a rank other than 0 does: it trains what rank 0 gives it, on so many threads, until rank 0
/// has no more.
///
/// # Errors
///
/// If rank 0 is lost, or a thread cannot be started.
pub fn work(
    mut world: World,
    judging: Judging,
    threads: usize,
    signals: &Signals,
) -> Result<(), Error> {
    let mut trainers = TrialThreads::new(judging, threads);
    let mut configs = HashMap::new();
    let mut steps_told: HashMap<usize, Instant> = HashMap::new();
    let tell = |world: &mut World, report: &Report, bytes: &[u8]| {
        world.send(0, encoded(report, bytes)).map_err(LibraryError::Engine)
    };
    let version = env!("CARGO_PKG_VERSION").to_string();
    tell(&mut world, &Report::Ready { threads, version }, &[])?;
    let (mut told, mut heard) = (Instant::now(), Instant::now());
    loop {
        while let Some((_, message)) = world.mail().map_err(LibraryError::Engine)? {
            heard = Instant::now();
            match decoded::<Order>(&message) {
                Some((Order::Train { index, label, config }, state)) => {
                    let given = Config::from_text("rank 0", &config)
                        .map_err(|error| Error::from(LibraryError::Config(Box::new(error))))
                        .and_then(|config| {
                            let state = TrialState::from_bytes(state, &config).ok();
                            configs.insert(index, config.clone());
                            trainers.give(index, &Trial { label, config }, state)
                        });
                    if let Err(error) = given {
                        tell(&mut world, &Report::Failed(index, error.to_string()), &[])?;
                    }
                }
                Some((Order::Stop, _)) => trainers.stop(),
                Some((Order::End { lost }, _)) => {
                    if lost {
                        world.leave(&[0]);
                    }
                    return Ok(());
                }
                Some((Order::Alive, _)) | None => {}
            }
        }
        if signals.arrived().is_some() {
            // All ranks are told by a signal; rank 0 takes the states and ends.
            trainers.stop();
        }
        if let Some(message) = trainers.receive()? {
            // Small models make a hundred steps in no time.
            if let Message::Steps(index, _) = &message {
                let last = steps_told.get(index);
                if last.is_some_and(|last| last.elapsed() < PROGRESS) {
                    continue;
                }
                steps_told.insert(*index, Instant::now());
            }
            let (report, bytes) = report(&message, judging, &configs);
            tell(&mut world, &report, &bytes)?;
            told = Instant::now();
        } else if told.elapsed() > ALIVE {
            tell(&mut world, &Report::Alive, &[])?;
            told = Instant::now();
        }
        if heard.elapsed() > SILENCE_OF_RANK_0 {
            world.leave(&[]);
            let message = "rank 0 ended or does not answer".to_string();
            return Err(LibraryError::Engine(EngineError::Lost(message)).into());
        }
    }
}

/// A message of a thread for rank 0.
fn report(
    message: &Message,
    judging: Judging,
    configs: &HashMap<usize, Config>,
) -> (Report, Vec<u8>) {
    match message {
        Message::Steps(index, steps) => (Report::Steps(*index, *steps), Vec::new()),
        Message::Lost(index) => (Report::Lost(*index), Vec::new()),
        Message::State(index, state) => {
            let bytes = configs.get(index).and_then(|config| state.to_bytes(config).ok());
            match bytes {
                Some(bytes) => (Report::State(*index), bytes),
                None => (Report::Alive, Vec::new()),
            }
        }
        Message::Ended(index, Err(TrialError::Interrupted)) => (Report::Left(*index), Vec::new()),
        Message::Ended(index, Err(error)) => {
            (Report::Failed(*index, error.to_string()), Vec::new())
        }
        Message::Ended(index, Ok(outcome)) => match configs.get(index) {
            Some(config) => {
                let line = journal::line(config, judging.sequences as u64, outcome);
                (Report::Ended(*index, line), Vec::new())
            }
            None => (Report::Lost(*index), Vec::new()),
        },
    }
}

#[cfg(test)]
mod tests {
    use ninth_evaluation::ablation::trial::TrialOutcome;

    use super::*;

    #[test]
    fn messages_are_a_line_and_what_follows() {
        let order = Order::Train {
            index: 7,
            label: "loss=distance".to_string(),
            config: "[model]\nlayers = 2\n".to_string(),
        };
        let bytes = encoded(&order, b"\n\0state");
        let Some((Order::Train { index, label, config }, state)) = decoded(&bytes) else {
            panic!("another order");
        };
        assert_eq!((index, label.as_str()), (7, "loss=distance"));
        assert_eq!((config.as_str(), state), ("[model]\nlayers = 2\n", &b"\n\0state"[..]));
        assert!(decoded::<Order>(b"{\"Later\": 1}\n").is_none());
        assert!(decoded::<Report>(b"").is_none());
    }

    fn tell(crew: &mut Crew, rank: usize, report: &Report) -> Vec<(&'static str, usize)> {
        crew.hear(rank, &encoded(report, &[]));
        crew.messages.drain(..).map(|message| name(&message)).collect()
    }

    fn name(message: &Message) -> (&'static str, usize) {
        match message {
            Message::Steps(index, _) => ("steps", *index),
            Message::State(index, _) => ("state", *index),
            Message::Ended(index, Ok(_)) => ("ended", *index),
            Message::Ended(index, Err(_)) => ("failed", *index),
            Message::Lost(index) => ("lost", *index),
        }
    }

    /// Two workers that train two trials at a time.
    fn crew() -> Crew {
        let mut crew = Crew::new(2);
        for rank in [1, 2] {
            let version = env!("CARGO_PKG_VERSION").to_string();
            tell(&mut crew, rank, &Report::Ready { threads: 2, version });
        }
        assert_eq!((crew.free(), crew.failed.as_ref()), (4, None));
        crew
    }

    #[test]
    fn a_worker_that_was_taken_for_lost_gets_no_second_load() {
        let (mut crew, config) = (crew(), Config::default());
        let given = [0, 1, 2, 3].map(|index| crew.assign(index, &config));
        assert_eq!((given, crew.free()), ([Some(0), Some(1), Some(0), Some(1)], 0));
        crew.workers[1].heard -= SILENCE;
        assert_eq!(crew.find_lost(), [(2, 2)]);
        let mut lost: Vec<_> = crew.messages.drain(..).map(|message| name(&message)).collect();
        lost.sort_unstable();
        assert_eq!(lost, [("lost", 1), ("lost", 3)]);
        assert_eq!((crew.reachable(), crew.free()), (vec![0], 0));
        // The first worker has done one of its own, and takes over.
        let line = journal::line(&config, 10, &TrialOutcome::Failed("diverged".to_string()));
        let ended = |index| Report::Ended(index, line.clone());
        assert_eq!(tell(&mut crew, 1, &ended(0)), [("ended", 0)]);
        assert_eq!(crew.assign(1, &config), Some(0));
        // The other one is there again, and still at both of its trials.
        assert_eq!(tell(&mut crew, 2, &Report::Alive), []);
        assert_eq!((crew.reachable(), crew.free()), (vec![0, 1], 0));
        // What it fails at is nobody's any more; a result is one.
        assert_eq!(tell(&mut crew, 2, &Report::Failed(3, "no".to_string())), []);
        assert_eq!(crew.free(), 1);
        assert_eq!(tell(&mut crew, 2, &ended(1)), [("ended", 1)]);
        assert_eq!(crew.free(), 2);
    }

    #[test]
    fn a_worker_that_leaves_gets_nothing_more() {
        let (mut crew, config) = (crew(), Config::default());
        assert_eq!([crew.assign(0, &config), crew.assign(1, &config)], [Some(0), Some(1)]);
        assert_eq!(tell(&mut crew, 1, &Report::Left(0)), [("lost", 0)]);
        assert_eq!((crew.free(), crew.assign(0, &config)), (1, Some(1)));
    }

    #[test]
    fn another_version_of_the_program_is_refused() {
        let mut crew = Crew::new(1);
        tell(&mut crew, 1, &Report::Ready { threads: 1, version: "0.0.9".to_string() });
        assert!(crew.failed.unwrap().starts_with("rank 1 runs ninth 0.0.9, rank 0 ninth "));
    }

    #[test]
    fn results_arrive_as_they_were() {
        let config = Config::default();
        let judging = Judging::with_seed(1);
        let configs = HashMap::from([(3, config.clone())]);
        let outcome = TrialOutcome::Failed("it diverged".to_string());
        let (report, _) = report(&Message::Ended(3, Ok(outcome.clone())), judging, &configs);
        let Report::Ended(3, line) = report else { panic!("another report") };
        let read = journal::read(&line).unwrap();
        assert_eq!((read.key, read.outcome), (config.to_text(false), outcome));
    }
}
