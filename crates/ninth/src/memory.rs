//! What a training takes, before it does.

use ninth_inference::Named;
use ninth_model::Transformer;
use ninth_training::memory::{CACHE, Estimate, LIMIT};
use ninth_training::{Config, CpuEngine};
use serde::Serialize;

use crate::engine::{Device, EngineKind, EngineOptions};
use crate::error::Error;

/// The largest batch that a config allows.
pub const LARGEST_BATCH: usize = 65_536;

/// What a training takes; as JSON the object of `ninth memory --json`. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MemoryReport {
    /// What runs the training.
    pub engine: &'static str,
    /// The name of a GPU; `None`: the processor.
    pub device: Option<String>,
    /// Threads of the processor.
    pub threads: usize,
    /// Sequences per step.
    pub batch_size: usize,
    /// By the formula of the design document.
    pub estimate: MemoryEstimate,
    /// Counted, by part; the last one is the sum.
    pub exact: Named<u64>,
    /// What is allowed.
    pub limit: u64,
    /// Of a GPU, the largest buffer.
    pub largest_buffer: Option<u64>,
    /// Of a GPU, the largest buffer that is allowed.
    pub buffer_limit: Option<u64>,
    /// Whether all of it is allowed.
    pub fits: bool,
    /// The largest batch that is allowed, up to [`LARGEST_BATCH`].
    pub largest_batch: usize,
    /// Whether it fits the cache of the design document's card.
    pub fits_cache: bool,
    /// What reading once and writing once all that a step works on takes on that card.
    pub bandwidth_floor_microseconds: f64,
}

/// The estimate of the design document, in bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MemoryEstimate {
    /// The embedding.
    pub embedding: u64,
    /// The layers.
    pub layers: u64,
    /// The activations of a batch.
    pub batch: u64,
    /// The forward pass: these three together.
    pub forward: u64,
    /// The backward pass, at least and at most.
    pub backward: [u64; 2],
    /// The largest batch that fits.
    pub largest_batch: u64,
}

impl MemoryReport {
    /// The sum of all parts.
    pub fn total(&self) -> u64 {
        self.exact.0.last().map_or(0, |(_, total)| *total)
    }
}

/// What an engine takes.
struct Needed {
    /// The device, if it is one.
    device: Option<String>,
    /// By part; the last one is the sum.
    parts: Vec<(&'static str, u64)>,
    /// What is allowed.
    limit: u64,
    /// The largest buffer, and the largest that is allowed, where that matters.
    buffer: Option<[u64; 2]>,
    fits: bool,
    largest_batch: usize,
}

impl Needed {
    fn by_the_processor(config: &Config, model: &Transformer, threads: usize) -> Self {
        let exact = CpuEngine::memory_usage(config, model, threads);
        Needed {
            device: None,
            parts: vec![
                ("parameters", exact.parameters),
                ("gradients", exact.gradients),
                ("optimizer", exact.optimizer),
                ("activations", exact.activations),
                ("batch", exact.batch),
                ("tables", exact.tables),
                ("best", exact.best),
                ("total", exact.total()),
            ],
            limit: LIMIT,
            buffer: None,
            fits: exact.check().is_ok(),
            largest_batch: CpuEngine::largest_batch(config, model, threads, LARGEST_BATCH),
        }
    }

    fn by(device: &Device, config: &Config, model: &Transformer) -> Result<Self, Error> {
        let (info, memory) = (device.info(), device.memory(config, model, LARGEST_BATCH)?);
        Ok(Needed {
            device: Some(info.name),
            parts: vec![
                ("parameters", memory.parameters),
                ("gradients", memory.gradients),
                ("optimizer", memory.optimizer),
                ("activations", memory.activations),
                ("batch", memory.batch),
                ("tables", memory.tables),
                ("host", memory.host),
                ("total", memory.total),
            ],
            limit: memory.limit,
            buffer: Some([memory.largest_buffer, info.largest_buffer]),
            fits: memory.fits,
            largest_batch: memory.largest_batch,
        })
    }
}

/// The memory that a training of a config takes, by the formula of the design document and
/// exactly.
///
/// # Errors
///
/// If the config has no model, or there is no such device.
pub fn memory(config: &Config, engine: &EngineOptions) -> Result<MemoryReport, Error> {
    let threads = engine.threads();
    let batch_size = config.training.batch_size;
    let estimate = Estimate::of(config)?;
    let model = Transformer::new(config.architecture()?);
    let needed = match engine.kind {
        EngineKind::Cpu => Needed::by_the_processor(config, &model, threads),
        EngineKind::Gpu => Needed::by(&Device::find(engine.device.as_deref())?, config, &model)?,
    };
    let mut report = MemoryReport {
        engine: engine.kind.name(),
        device: needed.device,
        threads,
        batch_size,
        estimate: MemoryEstimate {
            embedding: estimate.embedding,
            layers: estimate.layers,
            batch: estimate.batch,
            forward: estimate.forward(),
            backward: estimate.backward(),
            largest_batch: estimate.largest_batch(batch_size),
        },
        exact: Named(needed.parts),
        limit: needed.limit,
        largest_buffer: needed.buffer.map(|[largest, _]| largest),
        buffer_limit: needed.buffer.map(|[_, allowed]| allowed),
        fits: needed.fits,
        largest_batch: needed.largest_batch,
        fits_cache: false,
        // What a step works on is the same, whatever runs it.
        bandwidth_floor_microseconds: 1e6
            * CpuEngine::memory_usage(config, &model, threads).bandwidth_floor(),
    };
    report.fits_cache = report.total() <= CACHE;
    Ok(report)
}
