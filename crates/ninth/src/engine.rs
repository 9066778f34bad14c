//! Choosing what runs a model.

use ninth_training::{Config, CpuEngine, Engine};

use crate::error::Error;

/// How many threads run at the same time on this machine.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What can run a model.
#[derive(Clone, Copy, Debug)]
pub enum EngineKind {
    /// The processor.
    Cpu,
}

impl EngineKind {
    /// All of them.
    pub const ALL: [EngineKind; 1] = [EngineKind::Cpu];

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            EngineKind::Cpu => "cpu",
        }
    }

    /// An engine with an untrained model, on so many threads or one per core.
    pub fn start(self, config: &Config, threads: Option<usize>) -> Result<Box<dyn Engine>, Error> {
        let threads = threads.unwrap_or_else(cores);
        Ok(match self {
            EngineKind::Cpu => Box::new(CpuEngine::new(config, threads)?),
        })
    }
}
