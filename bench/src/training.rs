//! A training to be timed: its sequences are drawn beforehand.

use ninth_model::Batch;
use ninth_model::batch::Chunk;
use ninth_sequences::{PhaseWeights, Sampler};
use ninth_settings::parse_assignment;
use ninth_training::training_examples::TrainingExamples;
use ninth_training::{Config, CpuEngine, Engine, Preset};

use crate::Failure;

/// Batches that the steps take in turn: enough that a step does not find its own
/// sequences in the branch predictor.
pub const BATCHES: usize = 8;

/// The steps that are timed: a preset and its sequences per step.
pub const STEPS: [(Preset, usize); 5] = [
    (Preset::Design, 32),
    (Preset::Strong, 32),
    (Preset::Strong, 64),
    (Preset::Strong, 256),
    (Preset::Strong, 2048),
];

/// Of all steps that are timed. It is of no importance for how long they take.
pub const LEARNING_RATE: f64 = 1e-3;

/// A preset, with another number of sequences per step.
///
/// # Errors
///
/// If there is no such number.
pub fn config(preset: Preset, sequences: usize) -> Result<Config, Failure> {
    // The rule that everyone has, and that other programs have as one kernel.
    let assignments = ["optimizer.kind=adamw", &format!("training.batch_size={sequences}")];
    let assignments = assignments.map(parse_assignment);
    Ok(Config::resolve(preset, &assignments.into_iter().collect::<Result<Vec<_>, _>>()?)?)
}

/// An engine and its batches.
#[derive(Debug)]
pub struct Training {
    engine: CpuEngine,
    batches: Vec<Batch>,
    examples: TrainingExamples,
    sampler: Sampler,
    steps: usize,
}

impl Training {
    /// An untrained model, and batches with sequences of all phases.
    ///
    /// # Errors
    ///
    /// If there are to be too many sequences per step.
    pub fn new(preset: Preset, sequences: usize, threads: usize) -> Result<Self, Failure> {
        let config = config(preset, sequences)?;
        let (examples, sampler) = (TrainingExamples::new(&config)?, config.sampler(0)?);
        let mut batches = vec![Batch::new(config.sequences.context, sequences); BATCHES];
        for (number, batch) in batches.iter_mut().enumerate() {
            let first = (number * sequences) as u64;
            for (index, chunk) in batch.chunks_mut().iter_mut().enumerate() {
                examples.fill_chunk(chunk, index, &sampler, first, PhaseWeights::DOCUMENT.into());
            }
        }
        let engine = CpuEngine::new(&config, threads)?;
        Ok(Training { engine, batches, examples, sampler, steps: 0 })
    }

    /// The engine.
    pub fn engine(&mut self) -> &mut CpuEngine {
        &mut self.engine
    }

    /// The batches, in the order in which steps take them.
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// A step on the next batch, as it is: forward, loss, backward, clipping, update.
    ///
    /// # Errors
    ///
    /// If the engine fails.
    pub fn step(&mut self) -> Result<(), Failure> {
        let batch = &mut self.batches[self.steps % BATCHES];
        self.steps += 1;
        Ok(self.engine.train_step(batch, &|_, _| {}, LEARNING_RATE)?)
    }

    /// A step that draws its sequences first, as in a training.
    ///
    /// # Errors
    ///
    /// If the engine fails.
    pub fn step_with_drawing(&mut self) -> Result<(), Failure> {
        let batch = &mut self.batches[self.steps % BATCHES];
        let first = (self.steps * batch.sequences()) as u64;
        self.steps += 1;
        let (examples, sampler) = (&self.examples, &self.sampler);
        let fill = |index: usize, chunk: &mut Chunk| {
            examples.fill_chunk(chunk, index, sampler, first, PhaseWeights::DOCUMENT.into());
        };
        Ok(self.engine.train_step(batch, &fill, LEARNING_RATE)?)
    }
}
