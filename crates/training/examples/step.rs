//! Times a training step of both presets, on one thread and on two, with and
//! without drawing its sequences.
//!
//! ```text
//! cargo run --release -p ninth-training --features threads --example step
//! ```

use std::time::Instant;

use ninth_model::Batch;
use ninth_model::batch::Chunk;
use ninth_sequences::PhaseWeights;
use ninth_training::engine::Fill;
use ninth_training::training_examples::TrainingExamples;
use ninth_training::{Config, CpuEngine, Engine, Preset};

/// Rounds of each kind, in turn, of which the fastest counts: the machine may be
/// busy with something else.
const ROUNDS: usize = 40;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for preset in Preset::ALL {
        let config = Config::resolve(preset, &[])?;
        let (sampler, examples) = (config.sampler(0)?, TrainingExamples::new(&config)?);
        let sequences = config.training.batch_size;
        let steps = 200_000 / (sequences * config.model.d_model * config.model.layers);
        for threads in [1, 2] {
            let mut engine = CpuEngine::new(&config, threads)?;
            let mut batch = Batch::new(config.sequences.context, sequences);
            let mut first = 0;
            let mut round = |draw: bool| {
                let started = Instant::now();
                for _ in 0..steps.max(4) {
                    first += sequences as u64;
                    let source = PhaseWeights::EQUAL.into();
                    let fill = |index: usize, chunk: &mut Chunk| {
                        examples.fill_chunk(chunk, index, &sampler, first, source);
                    };
                    let keep = |_: usize, _: &mut Chunk| {};
                    let fill: Fill<'_> = if draw { &fill } else { &keep };
                    engine.train_step(&mut batch, fill, 1e-4)?;
                }
                Ok::<_, ninth_training::engine::EngineError>(
                    started.elapsed().as_secs_f64() / steps.max(4) as f64 * 1e6,
                )
            };
            round(true)?;
            let (mut with, mut without) = (f64::INFINITY, f64::INFINITY);
            for _ in 0..ROUNDS {
                with = with.min(round(true)?);
                without = without.min(round(false)?);
            }
            println!(
                "{}, batch {sequences}, {}: {with:.1} us, {without:.1} us without drawing, \
                 which is {:.1} % of the step",
                preset.name(),
                engine.description(),
                (1.0 - without / with) * 100.0,
            );
        }
    }
    Ok(())
}
