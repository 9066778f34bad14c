//! Ctrl-C and SIGTERM: the first one asks to stop, the second one stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ninth_training::trainer::Interrupt;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The exit status of a process that leaves at the second signal.
const LEFT: i32 = 1;

/// From now on a signal is a wish: whether there has been one.
pub fn watch() -> Interrupt {
    let wanted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal finds no wish yet. Where a signal cannot be
        // watched it does what it always did.
        let _ = flag::register_conditional_shutdown(signal, LEFT, Arc::clone(&wanted));
        let _ = flag::register(signal, Arc::clone(&wanted));
    }
    Box::new(move || wanted.load(Ordering::Relaxed))
}
