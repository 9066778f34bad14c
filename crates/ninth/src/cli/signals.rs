//! Ctrl-C and SIGTERM: the first signal asks to stop, the second ends the process.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use ninth_training::trainer::Interrupt;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::output::terminal;

/// Time between two looks at what arrived.
const PAUSE: Duration = Duration::from_millis(20);

/// A signal that asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopSignal(usize);

impl StopSignal {
    /// The exit status that a shell gives a process that such a signal ended: 130 or 143.
    pub fn status(self) -> u8 {
        // Both are below 128.
        128_u8.saturating_add(u8::try_from(self.0).unwrap_or(0))
    }
}

/// The first signal of a process that arrived, if one has.
#[derive(Clone, Debug)]
pub struct Signals {
    /// The first one; 0 before.
    first: Arc<AtomicUsize>,
}

impl Signals {
    /// Listens from now on. At the second signal the process ends at once, and says `at_second`.
    pub fn watch(at_second: &'static str) -> Self {
        let (first, arrived) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let of_thread = (Arc::clone(&first), Arc::clone(&arrived));
        // A thread, as a handler can neither clear the screen nor write to it safely.
        let listening = thread::Builder::new().name("signals".to_string()).spawn(move || {
            let (first, arrived) = of_thread;
            loop {
                let signal = arrived.swap(0, Ordering::Relaxed);
                if signal != 0 && first.swap(signal, Ordering::Relaxed) != 0 {
                    terminal::clear_bar();
                    terminal::say_afresh(format_args!("ninth: error: {at_second}"));
                    process::exit(StopSignal(signal).status().into());
                }
                thread::sleep(PAUSE);
            }
        });
        if listening.is_ok() {
            for signal in [SIGINT, SIGTERM] {
                // Where a handler cannot be installed the signal keeps its default effect.
                let _ = flag::register_usize(signal, Arc::clone(&arrived), signal as usize);
            }
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
        assert_eq!(
            [SIGINT, SIGTERM].map(|signal| StopSignal(signal as usize).status()),
            [130, 143]
        );
    }
}
