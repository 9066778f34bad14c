//! Times each launch of a training step on a graphics card.
//!
//! Usage: `launches MODEL:BATCH[,MODEL:BATCH...] [DEVICE]`, as in `launches strong:256`.
//!
//! A launch is timed by many launches in a row, so its time includes the overhead of a launch.
//! The step is timed first, by many steps in a row.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use ninth_bench::training::{LEARNING_RATE, Size, batches};
use ninth_bench::{Failure, ended, seconds};
use ninth_gpu::{Gpu, GpuEngine};
use ninth_model::Batch;
use ninth_training::Engine;

/// Seconds that the steps or the repetitions of a launch take together.
const SLICE: f64 = 0.2;

fn main() -> ExitCode {
    ended(run())
}

fn run() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let sizes = arguments.next().ok_or("which models and batches? As in design:32,strong:256")?;
    let gpu = Gpu::find(arguments.next().as_deref())?;
    println!("On {}", gpu.info());
    for size in sizes.split(',') {
        let unknown = || format!("{size:?} is no model and batch, such as design:32");
        let (name, sequences) = size.split_once(':').ok_or_else(unknown)?;
        time(&gpu, name.parse()?, sequences.parse().map_err(|_| unknown())?)?;
    }
    Ok(())
}

fn time(gpu: &Gpu, size: Size, sequences: usize) -> Result<(), Failure> {
    let config = size.config(sequences)?;
    let mut engine = GpuEngine::new(&config, gpu, 1)?;
    let mut batch = batches(&config, 1)?.remove(0);
    steps(&mut engine, &mut batch, 5)?;
    let one = steps(&mut engine, &mut batch, 5)?;
    let step = steps(&mut engine, &mut batch, repetitions(one))?;
    println!("\n{}, batch {sequences}: a step takes {:.1} us\n", size.name(), step * 1e6);

    let mut sum = 0.0;
    for (kernel, taken) in engine.into_launch_times(repetitions(step))? {
        println!("{:12.1} us  {kernel}", taken * 1e6);
        sum += taken;
    }
    println!("{:12.1} us  all of them", sum * 1e6);
    Ok(())
}

/// The number of repetitions that take `SLICE` seconds.
fn repetitions(taken: f64) -> u32 {
    (SLICE / taken).clamp(5.0, 500.0) as u32
}

/// The mean time of `count` steps, in seconds.
fn steps(engine: &mut GpuEngine, batch: &mut Batch, count: u32) -> Result<f64, Failure> {
    let mut outcome = Ok(());
    let taken = seconds(|| {
        outcome = (0..count)
            .try_for_each(|_| engine.train_step(batch, &|_, _| {}, LEARNING_RATE))
            .and_then(|()| engine.statistics().map(drop));
    });
    outcome?;
    Ok(taken / f64::from(count))
}
