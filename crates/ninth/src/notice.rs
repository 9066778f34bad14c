//! Notices that something takes seconds, and warnings that something does not work that is not
//! needed. The library prints nothing; a program that talks to a person hands in what does.

use std::sync::OnceLock;

static LISTENER: OnceLock<fn(&str)> = OnceLock::new();
static WARNED: OnceLock<fn(&str)> = OnceLock::new();

/// Calls `listener` with a sentence before the first use of something that takes seconds: all
/// relations are enumerated for the limit, or a GPU is compared with the processor. It is set once for the
/// process; later calls change nothing.
pub fn on_notice(listener: fn(&str)) {
    let _ = LISTENER.set(listener);
}

/// Calls `listener` with a sentence when something does not work without which everything goes on:
/// the cache folder cannot be written. It is set once for the process; later calls change nothing.
pub fn on_warning(listener: fn(&str)) {
    let _ = WARNED.set(listener);
}

pub(crate) fn notice(text: &str) {
    if let Some(listener) = LISTENER.get() {
        listener(text);
    }
}

pub(crate) fn warning(text: &str) {
    if let Some(listener) = WARNED.get() {
        listener(text);
    }
}
