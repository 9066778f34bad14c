//! Ctrl-C and SIGTERM: the first signal asks to stop, the second ends the process. On Windows
//! Ctrl-Break and a window that is closed ask as well.

#[cfg(windows)]
mod console;
#[cfg(not(windows))]
mod posix;

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use ninth_training::trainer::Interrupt;

#[cfg(windows)]
use self::console::Arrivals;
#[cfg(not(windows))]
use self::posix::Arrivals;
use super::output::terminal;

/// Time between two looks at what arrived.
const PAUSE: Duration = Duration::from_millis(20);

/// A signal that asked to stop, by its number, which is the same on every system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopSignal(u8);

impl StopSignal {
    /// The exit status that a shell gives a process that such a signal ended: 130 or 143.
    pub fn status(self) -> u8 {
        // Both are far below 128.
        128 + self.0
    }
}

/// The first signal of a process that arrived, if one has.
#[derive(Clone, Debug)]
pub struct Signals {
    /// The first one; 0 before.
    first: Arc<AtomicU8>,
}

impl Signals {
    /// Listens from now on. At the second signal the process ends at once, and says `at_second`.
    pub fn watch(at_second: &'static str) -> Self {
        let first = Arc::new(AtomicU8::new(0));
        let of_thread = Arc::clone(&first);
        let (sender, receiver) = channel();
        // A thread, as a handler can neither clear the screen nor write to it safely.
        let listening = thread::Builder::new().name("signals".to_string()).spawn(move || {
            let Ok(mut arrivals): Result<Arrivals, _> = receiver.recv() else { return };
            loop {
                if let Some(signal) = arrivals.next()
                    && of_thread.swap(signal, Ordering::Relaxed) != 0
                {
                    terminal::clear_bar();
                    terminal::say_afresh(format_args!("ninth: error: {at_second}"));
                    process::exit(StopSignal(signal).status().into());
                }
                thread::sleep(PAUSE);
            }
        });
        // Without the thread every signal would come to nothing.
        if listening.is_ok() {
            let _ = sender.send(Arrivals::listen());
        }
        Signals { first }
    }

    /// The first signal that arrived.
    pub fn arrived(&self) -> Option<StopSignal> {
        let signal = self.first.load(Ordering::Relaxed);
        (signal != 0).then_some(StopSignal(signal))
    }

    /// Asks whether one arrived, for a training.
    pub fn interrupt(&self) -> Interrupt {
        let signals = self.clone();
        Box::new(move || signals.arrived().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_that_of_a_shell() {
        let (interrupt, terminate) = (2, 15);
        assert_eq!([interrupt, terminate].map(|signal| StopSignal(signal).status()), [130, 143]);
    }
}
