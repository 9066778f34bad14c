//! Measures how fast ninth is, and how fast it could be.
//!
//! | | |
//! |---|---|
//! | `benches/` | criterion's benchmarks: a step, its parts, drawing, prediction |
//! | `src/bin/ceiling.rs` | the limits of this machine, and how close each step comes to them |
//! | `src/bin/instruction_sets.rs` | times a step with every instruction set, in WebAssembly, too |
//! | `src/bin/step_server.rs` | times steps and predictions on request, for `versus_pytorch/` |
//! | `src/bin/launches.rs` | times each launch of a step on a graphics card |
//! | `src/bin/ranks.rs` | the cost of a step on several ranks, computation and exchange apart |
//! | `versus_pytorch/` | times the same models in PyTorch, alternating with these |
//! | `answers/` | judges the answers of one or more programs by data files |
//! | `versus_guess/` | compares answers with those of FriCAS and sequence-machine |
//!
//! This library is their common code: [`training`] and [`asking`] set up what is timed, [`work`]
//! counts the operations of a step, [`machine`] measures how fast the processor executes them.

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

/// The exit code of a program; prints the reason if it failed.
pub fn ended(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// The seconds that a call takes.
pub fn seconds(mut of: impl FnMut()) -> f64 {
    let started = Instant::now();
    of();
    started.elapsed().as_secs_f64()
}
