//! The signals of POSIX: macOS and Linux.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// What arrived, and was not looked at yet.
pub(super) struct Arrivals(Arc<AtomicUsize>);

impl Arrivals {
    /// Listens from now on.
    pub fn listen() -> Self {
        let arrived = Arc::new(AtomicUsize::new(0));
        for signal in [SIGINT, SIGTERM] {
            // Where a handler cannot be installed the signal keeps its default effect.
            let _ = flag::register_usize(signal, Arc::clone(&arrived), signal as usize);
        }
        Arrivals(arrived)
    }

    /// The last signal since this was asked.
    pub fn next(&mut self) -> Option<u8> {
        u8::try_from(self.0.swap(0, Ordering::Relaxed)).ok().filter(|signal| *signal != 0)
    }
}
