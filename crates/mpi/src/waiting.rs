//! Waiting for other ranks: without burning a core for long, and not for ever.

use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use ninth_training::engine::EngineError;

/// Whether a signal has asked this process to stop.
pub type Asked = Box<dyn Fn() -> bool + Send>;

/// How long a rank is waited for after a signal. When one was killed, `mpirun` sends the others
/// a signal, and a second later kills them.
const AFTER_SIGNAL: Duration = Duration::from_millis(400);

/// How long those that follow rank 0 wait for it after a signal: it writes a checkpoint first.
const FOR_RANK_0: Duration = Duration::from_secs(20);

/// How long a rank is waited for without a signal: far longer than any step takes. Under `srun`
/// nobody may tell that one was killed.
const LONGEST: Duration = Duration::from_secs(600);

/// How long rank 0 is waited for without a signal: it may compute a limit, or wait for a disk.
const LONGEST_FOR_RANK_0: Duration = Duration::from_secs(4 * 3600);

/// How long a call of MPI is waited for that waits for no other rank, and the end of all ranks.
pub(crate) const SENDING: Duration = Duration::from_secs(30);

/// How long the last messages of a rank are waited for to be delivered. Who is there looks for them
/// several times a second.
const DELIVERY: Duration = Duration::from_secs(5);

/// Time between two looks at signals.
const TICK: Duration = Duration::from_millis(20);

/// How long an answer is waited for without sleeping: waking up takes longer than most exchanges.
const AWAKE: Duration = Duration::from_micros(200);

/// How long, and for whom, an answer is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// For all ranks, which have something to do at the same time.
    ForAll,
    /// For rank 0, which may be busy for long.
    ForRank0,
    /// For MPI alone, to begin to send or to look for a message.
    ForMessage,
    /// For ranks that messages are delivered to.
    ForDelivery,
}

impl Patience {
    /// How long after a signal, and how long without one.
    fn limits(self) -> (Duration, Duration) {
        match self {
            Patience::ForAll => (AFTER_SIGNAL, LONGEST),
            Patience::ForRank0 => (FOR_RANK_0, LONGEST_FOR_RANK_0),
            Patience::ForMessage => (SENDING, SENDING),
            Patience::ForDelivery => (DELIVERY, DELIVERY),
        }
    }
}

/// The next thing that a channel has. `None` if it has no sender any more.
pub(crate) fn receive<T>(channel: &Receiver<T>) -> Option<T> {
    let began = Instant::now();
    loop {
        match channel.try_recv() {
            Ok(value) => return Some(value),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) if began.elapsed() < AWAKE => thread::yield_now(),
            Err(TryRecvError::Empty) => return channel.recv().ok(),
        }
    }
}

/// The answer of the thread that calls MPI.
pub(crate) fn answer<T>(
    channel: &Receiver<T>,
    asked: &Asked,
    patience: Patience,
) -> Result<T, EngineError> {
    let began = Instant::now();
    let mut signal = None;
    loop {
        match channel.try_recv() {
            Ok(value) => return Ok(value),
            Err(TryRecvError::Empty) if began.elapsed() < AWAKE => {
                thread::yield_now();
                continue;
            }
            Err(_) => {}
        }
        match channel.recv_timeout(TICK) {
            Ok(value) => return Ok(value),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(EngineError::Lost("MPI ended unexpectedly".to_string()));
            }
        }
        if signal.is_none() && asked() {
            signal = Some(Instant::now());
        }
        let (after_signal, longest) = patience.limits();
        if signal.is_some_and(|at: Instant| at.elapsed() > after_signal) {
            return Err(EngineError::Lost(
                "another rank does not answer any more: it ended, or was killed".to_string(),
            ));
        }
        if began.elapsed() > longest {
            return Err(EngineError::Lost(format!(
                "another rank has not answered for {} seconds",
                longest.as_secs()
            )));
        }
    }
}

/// Sleeps longer the longer it has been called, so that a rank which waits for others leaves its
/// core to threads that have work.
pub(crate) struct Backoff {
    began: Instant,
}

impl Backoff {
    pub fn new() -> Self {
        Backoff { began: Instant::now() }
    }

    pub fn pause(&self) {
        let waited = self.began.elapsed();
        if waited < Duration::from_millis(2) {
            thread::yield_now();
        } else if waited < Duration::from_secs(1) {
            thread::sleep(Duration::from_micros(50));
        } else {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn who_is_asked_to_stop_waits_for_no_lost_rank() {
        let (sender, receiver) = channel::<u8>();
        let began = Instant::now();
        let lost = answer(&receiver, &(Box::new(|| true) as Asked), Patience::ForAll);
        assert!(matches!(lost, Err(EngineError::Lost(message)) if message.contains("killed")));
        assert!(began.elapsed() >= AFTER_SIGNAL);
        // A rank that is only slow is waited for.
        let slow = thread::spawn(move || {
            thread::sleep(Duration::from_millis(100));
            sender.send(7).unwrap();
        });
        assert_eq!(answer(&receiver, &(Box::new(|| true) as Asked), Patience::ForAll), Ok(7));
        slow.join().unwrap();
        let gone = answer(&receiver, &(Box::new(|| false) as Asked), Patience::ForAll);
        assert!(matches!(gone, Err(EngineError::Lost(_))));
        assert_eq!(receive(&receiver), None);
    }
}
