//! How much time has passed. A host where the standard library has no clock, as a browser, hands
//! in its own.

use std::sync::OnceLock;
use std::time::Duration;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use std::time::Instant;

static HOST: OnceLock<fn() -> f64> = OnceLock::new();

/// Takes the time from `seconds`, which says how many have passed since any fixed moment. It is set
/// once for the process; later calls change nothing. Only in WebAssembly without an operating
/// system is there no other clock: without this, no time passes there.
pub fn use_clock(seconds: fn() -> f64) {
    let _ = HOST.set(seconds);
}

/// Seconds since any fixed moment.
pub(crate) fn seconds() -> f64 {
    HOST.get().map_or_else(of_the_system, |host| host())
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn of_the_system() -> f64 {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed().as_secs_f64()
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn of_the_system() -> f64 {
    0.0
}

/// The time since it was started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(f64);

impl Stopwatch {
    pub fn start() -> Self {
        Stopwatch(seconds())
    }

    pub fn elapsed(self) -> Duration {
        // A host's clock may be set back.
        Duration::from_secs_f64((seconds() - self.0).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes() {
        let watch = Stopwatch::start();
        std::thread::sleep(Duration::from_millis(5));
        let elapsed = watch.elapsed();
        assert!(elapsed >= Duration::from_millis(4), "{elapsed:?}");
    }
}
