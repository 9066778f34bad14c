//! Ctrl-C and SIGTERM: the first signal sets a flag, the second ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ninth_training::trainer::Interrupt;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The exit status at the second signal.
const LEFT: i32 = 1;

/// Installs the handlers; the result reports whether a signal arrived.
pub fn watch() -> Interrupt {
    let wanted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal finds the flag unset. Where a handler cannot be
        // installed the signal keeps its default effect.
        let _ = flag::register_conditional_shutdown(signal, LEFT, Arc::clone(&wanted));
        let _ = flag::register(signal, Arc::clone(&wanted));
    }
    Box::new(move || wanted.load(Ordering::Relaxed))
}
