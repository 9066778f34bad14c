//! Chooses the engine of a training.
//!
//! | file | what it holds |
//! |---|---|
//! | `gpu` | GPUs, in a build with the GPU engine |
//! | `without_gpu` | the same, in a build without it: there are none |
//! | `check` | whether a device computes what the processor does |
//! | `rank_zero` | the first of several processes that train together |

pub mod check;
#[cfg(feature = "gpu")]
mod gpu;
#[cfg(not(feature = "gpu"))]
#[path = "without_gpu.rs"]
mod gpu;
#[cfg(feature = "cli")]
mod rank_zero;

use ninth_training::{Config, CpuEngine, Engine};
use serde::Serialize;

use crate::error::Error;

pub use gpu::Device;
#[cfg(feature = "cli")]
pub use rank_zero::RankZero;

/// The number of threads that this machine runs at the same time.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The kind of an engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EngineKind {
    /// The processor.
    #[default]
    Cpu,
    /// A GPU.
    Gpu,
}

impl EngineKind {
    /// All of them.
    pub const ALL: [EngineKind; 2] = [EngineKind::Cpu, EngineKind::Gpu];

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            EngineKind::Cpu => "cpu",
            EngineKind::Gpu => "gpu",
        }
    }
}

/// The memory of a training on a device, in bytes.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceMemory {
    /// The parameters.
    pub parameters: u64,
    /// Their gradients.
    pub gradients: u64,
    /// The optimizer's moments and working memory.
    pub optimizer: u64,
    /// Activations that forward and backward passes keep.
    pub activations: u64,
    /// The sequences of a step, and its results.
    pub batch: u64,
    /// Fixed tables.
    pub tables: u64,
    /// All of these.
    pub total: u64,
    /// The largest buffer.
    pub largest_buffer: u64,
    /// Memory on the host, beside the device.
    pub host: u64,
    /// The most that is allowed in all.
    pub limit: u64,
    /// Whether it fits.
    pub fits: bool,
    /// The largest batch that does.
    pub largest_batch: usize,
}

/// What runs a training.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EngineOptions {
    /// The processor or a GPU.
    pub kind: EngineKind,
    /// Of several GPUs, the one whose name contains this; `None`: the fastest kind.
    pub device: Option<String>,
    /// Threads, which change no result; `None`: one per core.
    pub threads: Option<usize>,
    /// The processes that train together with this one; with the same results.
    #[cfg(feature = "cli")]
    pub ranks: Option<RankZero>,
}

impl EngineOptions {
    /// An engine of this process alone.
    pub fn new(kind: EngineKind, device: Option<String>, threads: Option<usize>) -> Self {
        EngineOptions {
            kind,
            device,
            threads,
            #[cfg(feature = "cli")]
            ranks: None,
        }
    }

    /// The threads wanted, or one per core.
    pub fn threads(&self) -> usize {
        self.threads.unwrap_or_else(cores)
    }

    /// The engine, with an untrained model. A GPU is compared with the processor first.
    ///
    /// # Errors
    ///
    /// If the config is not valid or too large, or there is no such device, or it computes
    /// something else, or another process cannot take part.
    pub fn start(&self, config: &Config) -> Result<Box<dyn Engine>, Error> {
        match self.kind {
            #[cfg(feature = "cli")]
            EngineKind::Cpu if let Some(ranks) = &self.ranks => ranks.start(config, self.threads()),
            EngineKind::Cpu => Ok(Box::new(CpuEngine::new(config, self.threads())?)),
            EngineKind::Gpu => {
                let device = Device::find(self.device.as_deref())?;
                check::trusted(&device, config, self.threads())
            }
        }
    }
}
