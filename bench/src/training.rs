//! Trainings to be timed, whose sequences are drawn beforehand.

use std::str::FromStr;

use ninth_kernels::InstructionSet;
use ninth_model::batch::Chunk;
use ninth_model::{Batch, Transformer};
use ninth_sequences::{PhaseWeights, Sampler};
use ninth_settings::parse_assignment;
use ninth_training::training_approach::TrainingApproach;
use ninth_training::{Config, CpuEngine, Engine, Preset};

use crate::Failure;

/// Batches that the steps use in turn: enough that the branch predictor has not learned the
/// sequences of a step.
pub const BATCHES: usize = 8;

/// The models that are timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// The preset of this name.
    Design,
    /// The preset of this name.
    Strong,
    /// As `strong`, with 25 million parameters: work for a graphics card.
    Wide,
}

impl Size {
    /// All of them.
    pub const ALL: [Size; 3] = [Size::Design, Size::Strong, Size::Wide];

    /// The presets of the program, which a processor can train.
    pub const PRESETS: [Size; 2] = [Size::Design, Size::Strong];

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Size::Design => "design",
            Size::Strong => "strong",
            Size::Wide => "wide",
        }
    }

    /// Its config, with `sequences` sequences per step.
    ///
    /// # Errors
    ///
    /// If a batch cannot have that size.
    pub fn config(self, sequences: usize) -> Result<Config, Failure> {
        let (preset, shape): (_, &[&str]) = match self {
            Size::Design => (Preset::Design, &[]),
            Size::Strong => (Preset::Strong, &[]),
            Size::Wide => (
                Preset::Strong,
                &["model.d_model=512", "layers=8", "heads=8", "model.feed_forward=2048"],
            ),
        };
        let batch = format!("training.batch_size={sequences}");
        // The optimizer of most programs, which PyTorch has as a fused kernel.
        let assignments = ["optimizer.kind=adamw", &batch].into_iter().chain(shape.iter().copied());
        let assignments = assignments.map(parse_assignment).collect::<Result<Vec<_>, _>>()?;
        Ok(Config::resolve(preset, &assignments)?)
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let size = Size::ALL.into_iter().find(|size| size.name() == name);
        size.ok_or_else(|| format!("{name:?} is no size: there are design, strong and wide"))
    }
}

/// The steps that are timed: a model, and the sequences per step.
pub const STEPS: [(Size, usize); 5] = [
    (Size::Design, 32),
    (Size::Strong, 32),
    (Size::Strong, 64),
    (Size::Strong, 256),
    (Size::Strong, 2048),
];

/// The learning rate of the timed steps, which has no influence on their time.
pub const LEARNING_RATE: f64 = 1e-3;

/// An engine and its batches.
pub struct Training {
    engine: Box<dyn Engine>,
    model: Transformer,
    batches: Vec<Batch>,
    examples: TrainingApproach,
    sampler: Sampler,
    steps: usize,
}

impl Training {
    /// An untrained model on `threads` threads, and batches with sequences of all phases.
    ///
    /// # Errors
    ///
    /// If a batch cannot have `sequences` sequences.
    pub fn new(size: Size, sequences: usize, threads: usize) -> Result<Self, Failure> {
        let config = size.config(sequences)?;
        let engine = CpuEngine::new(&config, threads)?;
        Self::with(&config, Box::new(engine))
    }

    /// The same on one thread, with an instruction set of this processor.
    ///
    /// # Errors
    ///
    /// If a batch cannot have `sequences` sequences.
    pub fn with_instruction_set(
        size: Size,
        sequences: usize,
        instruction_set: InstructionSet,
    ) -> Result<Self, Failure> {
        let config = size.config(sequences)?;
        let engine = CpuEngine::with_instruction_set(&config, 1, instruction_set)?;
        Self::with(&config, Box::new(engine))
    }

    /// The same on a graphics card.
    ///
    /// # Errors
    ///
    /// If there is no graphics card with this in its name, or this build has no engine for one.
    pub fn on_gpu(size: Size, sequences: usize, device: Option<&str>) -> Result<Self, Failure> {
        let config = size.config(sequences)?;
        let engine = engine_on_gpu(&config, device)?;
        Self::with(&config, engine)
    }

    fn with(config: &Config, engine: Box<dyn Engine>) -> Result<Self, Failure> {
        let (examples, sampler) = (config.training_approach()?, config.sampler(0)?);
        let batches = batches(config, BATCHES)?;
        let model = Transformer::new(config.architecture()?);
        Ok(Training { engine, model, batches, examples, sampler, steps: 0 })
    }

    /// The engine.
    pub fn engine(&mut self) -> &mut dyn Engine {
        self.engine.as_mut()
    }

    /// The model.
    pub fn model(&self) -> &Transformer {
        &self.model
    }

    /// The batches, in the order of the steps.
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// A step on the next batch: forward, loss, backward, clipping, update.
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

/// `count` batches for a config, with sequences of all phases.
///
/// # Errors
///
/// If the config has no such sequences.
pub fn batches(config: &Config, count: usize) -> Result<Vec<Batch>, Failure> {
    let (examples, sampler) = (config.training_approach()?, config.sampler(0)?);
    let sequences = config.training.batch_size;
    let mut batches = vec![Batch::new(config.sequences.context, sequences); count];
    for (number, batch) in batches.iter_mut().enumerate() {
        let first = (number * sequences) as u64;
        for (index, chunk) in batch.chunks_mut().iter_mut().enumerate() {
            examples.fill_chunk(chunk, index, &sampler, first, PhaseWeights::DOCUMENT.into());
        }
    }
    Ok(batches)
}

/// An engine on the first device with this in its name, or on the first of all.
#[cfg(feature = "gpu")]
fn engine_on_gpu(config: &Config, device: Option<&str>) -> Result<Box<dyn Engine>, Failure> {
    let gpu = ninth_gpu::Gpu::find(device)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Box::new(ninth_gpu::GpuEngine::new(config, &gpu, threads)?))
}

#[cfg(not(feature = "gpu"))]
fn engine_on_gpu(_: &Config, _: Option<&str>) -> Result<Box<dyn Engine>, Failure> {
    Err("this build has no GPU engine; it needs --features gpu".into())
}
