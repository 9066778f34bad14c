//! How fast ninth is, and how fast it could be.
//!
//! | | |
//! |---|---|
//! | `benches/` | criterion's benchmarks: a step, its parts, drawing, prediction |
//! | `src/bin/ceiling.rs` | what this machine can do, and each step's distance from it |
//! | `src/bin/step_server.rs` | steps and predictions on request, for `versus_pytorch/` |
//! | `src/bin/launches.rs` | each launch of a step on a graphics card |
//! | `versus_pytorch/` | the same models in PyTorch, in turn with these |
//!
//! This library is what they have in common: [`training`] and [`asking`] set up what is
//! timed, [`work`] counts what a step has to do, [`machine`] measures how fast that can
//! be done.

#![forbid(unsafe_code)]

pub mod asking;
pub mod machine;
pub mod training;
pub mod work;

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

/// Why something cannot be measured.
pub type Failure = Box<dyn Error>;

/// Ends a program, with the reason if it failed.
pub fn ended(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// The seconds that something takes.
pub fn seconds(mut of: impl FnMut()) -> f64 {
    let started = Instant::now();
    of();
    started.elapsed().as_secs_f64()
}
