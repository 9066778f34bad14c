//! Threads of this process that train trials, each on its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use ninth_evaluation::ablation::plan::Trial;
use ninth_evaluation::ablation::state::TrialState;
use ninth_evaluation::ablation::trial::{self, Judging, TrialEvent};

use super::schedule::{Message, TrialWorkers};
use crate::cli::error::Error;

/// How long a message is waited for.
const PAUSE: Duration = Duration::from_millis(100);

/// Up to so many threads, one per trial.
pub struct TrialThreads {
    judging: Judging,
    free: usize,
    began: Instant,
    stop: Arc<AtomicBool>,
    sender: Sender<Message>,
    receiver: Receiver<Message>,
}

impl TrialThreads {
    /// `threads` of them, at least one.
    pub fn new(judging: Judging, threads: usize) -> Self {
        let (sender, receiver) = channel();
        let (free, stop) = (threads.max(1), Arc::new(AtomicBool::new(false)));
        TrialThreads { judging, free, began: Instant::now(), stop, sender, receiver }
    }
}

/// Says that a trial is lost if its thread panics; else it would be waited for.
struct Guard(Option<usize>, Sender<Message>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(index) = self.0 {
            // Without a receiver nobody waits.
            let _ = self.1.send(Message::Lost(index));
        }
    }
}

impl TrialWorkers for TrialThreads {
    fn free(&self) -> usize {
        self.free
    }

    fn give(
        &mut self,
        index: usize,
        trial: &Trial,
        saved: Option<TrialState>,
    ) -> Result<(), Error> {
        let (config, judging, began) = (trial.config.clone(), self.judging, self.began);
        let (sender, stop) = (self.sender.clone(), Arc::clone(&self.stop));
        let work = move || {
            let mut guard = Guard(Some(index), sender.clone());
            let clock = move || began.elapsed().as_secs_f64();
            let stop = move || stop.load(Ordering::Relaxed);
            // The receiver is gone when the process ends.
            let watch = |event| {
                let _ = sender.send(match event {
                    TrialEvent::Steps(steps) => Message::Steps(index, steps),
                    TrialEvent::State(state) => Message::State(index, state),
                });
            };
            let outcome = trial::run(&config, judging, saved, clock, stop, watch);
            guard.0 = None;
            let _ = sender.send(Message::Ended(index, outcome));
        };
        let started = thread::Builder::new().name(trial.label.clone()).spawn(work);
        started.map_err(Error::Thread)?;
        self.free -= 1;
        Ok(())
    }

    fn receive(&mut self) -> Result<Option<Message>, Error> {
        match self.receiver.recv_timeout(PAUSE) {
            Ok(message) => {
                if let Message::Ended(..) | Message::Lost(_) = &message {
                    self.free += 1;
                }
                Ok(Some(message))
            }
            // It cannot be disconnected: there is a sender here.
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Ok(None),
        }
    }

    fn stop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
