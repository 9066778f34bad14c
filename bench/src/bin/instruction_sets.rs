//! How many training steps a second one thread takes, with each instruction set that there is.
//!
//! ```text
//! cargo run --release --manifest-path bench/Cargo.toml --bin instruction_sets
//! ```
//!
//! `.ci/wasi.mjs` runs the same in WebAssembly; `docs/PERFORMANCE.md` has the commands.

use std::process::ExitCode;

use ninth_bench::training::{Size, Training};
use ninth_bench::{Failure, ended, seconds};
use ninth_kernels::InstructionSet;

/// What is timed: the preset `design` as it is, and `strong` in small batches.
const STEPS: [(Size, usize); 2] = [(Size::Design, 32), (Size::Strong, 64)];

/// The seconds that a round takes at least.
const ROUND: f64 = 0.2;

/// Rounds; the fastest one counts, because others disturb the machine.
const ROUNDS: usize = 10;

fn main() -> ExitCode {
    ended(run())
}

fn run() -> Result<(), Failure> {
    println!("steps per second  {:15}  design, batch 32  strong, batch 64", "");
    let sets = InstructionSet::available();
    let mut trainings = Vec::new();
    for &set in &sets {
        for (size, sequences) in STEPS {
            let training = Training::with_instruction_set(size, sequences, set)?;
            trainings.push(Timed { training, steps: 1, fastest: f64::INFINITY });
        }
    }
    // All take turns, so that a disturbance does not hit one of them alone.
    for timed in &mut trainings {
        timed.warm_up()?;
    }
    for _ in 0..ROUNDS {
        for timed in &mut trainings {
            timed.round()?;
        }
    }
    for (set, timed) in sets.iter().zip(trainings.chunks_exact(STEPS.len())) {
        let [design, strong] = [0, 1].map(|step| 1.0 / timed[step].fastest);
        println!("{:17} {:15}  {design:16.0}  {strong:16.1}", "", set.name());
    }
    Ok(())
}

/// A training that is timed.
struct Timed {
    training: Training,
    /// Steps per round.
    steps: usize,
    /// Seconds per step of the fastest round.
    fastest: f64,
}

impl Timed {
    /// Finds how many steps fill a round.
    fn warm_up(&mut self) -> Result<(), Failure> {
        while self.round()? < ROUND {
            self.steps *= 2;
        }
        self.fastest = f64::INFINITY;
        Ok(())
    }

    /// The seconds of a round.
    fn round(&mut self) -> Result<f64, Failure> {
        let mut outcome = Ok(());
        let taken = seconds(|| outcome = (0..self.steps).try_for_each(|_| self.training.step()));
        outcome?;
        self.fastest = self.fastest.min(taken / self.steps as f64);
        Ok(taken)
    }
}
