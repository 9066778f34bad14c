//! Choosing what runs a model.
//!
//! | file | what it holds |
//! |---|---|
//! | `gpu` | graphics cards, in a build with that engine |
//! | `without_gpu` | the same, in a build without it: there are none |
//! | `check` | whether a device computes what the processor does |

pub mod check;
#[cfg(feature = "gpu")]
mod gpu;
#[cfg(not(feature = "gpu"))]
#[path = "without_gpu.rs"]
mod gpu;

use ninth_training::{Config, CpuEngine, Engine};
use serde::Serialize;

use crate::arguments::EngineArguments;
use crate::error::Error;

pub use gpu::Device;

/// How many threads run at the same time on this machine.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What can run a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    /// The processor.
    Cpu,
    /// A graphics card.
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
    /// The optimizer's moments, and what an update works in.
    pub optimizer: u64,
    /// What the passes write down.
    pub activations: u64,
    /// The sequences of a step, and what comes back of it.
    pub batch: u64,
    /// Fixed tables.
    pub tables: u64,
    /// All of these.
    pub total: u64,
    /// The largest buffer.
    pub largest_buffer: u64,
    /// On the host.
    pub host: u64,
    /// What is allowed in all.
    pub limit: u64,
    /// Whether it fits.
    pub fits: bool,
    /// The largest batch that does.
    pub largest_batch: usize,
}

impl EngineArguments {
    /// Threads: as many as were asked for, or one per core.
    pub fn threads(&self) -> usize {
        self.threads.unwrap_or_else(cores)
    }

    /// Checks that what was asked for goes together.
    ///
    /// # Errors
    ///
    /// If a device is named for the processor.
    pub fn check(&self) -> Result<(), Error> {
        match (self.kind, &self.device) {
            (EngineKind::Cpu, Some(device)) => Err(Error::Usage(format!(
                "--device {device} chooses among the devices of --engine gpu, but the engine is cpu"
            ))),
            _ => Ok(()),
        }
    }

    /// The engine, with an untrained model; a device has shown that it can be trusted.
    pub fn start(&self, config: &Config) -> Result<Box<dyn Engine>, Error> {
        self.check()?;
        match self.kind {
            EngineKind::Cpu => Ok(Box::new(CpuEngine::new(config, self.threads())?)),
            EngineKind::Gpu => {
                let device = Device::find(self.device.as_deref())?;
                check::trusted(&device, config, self.threads())
            }
        }
    }
}
