//! Choosing what runs a model.

use ninth_training::{Config, CpuEngine, Engine};

use crate::error::Error;

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

    /// An engine with an untrained model, on so many threads or one per core.
    pub fn start(self, config: &Config, threads: Option<usize>) -> Result<Box<dyn Engine>, Error> {
        let threads = threads.unwrap_or_else(cores);
        match self {
            EngineKind::Cpu => Ok(Box::new(CpuEngine::new(config, threads)?)),
            EngineKind::Gpu => gpu::start(config, threads),
        }
    }
}

/// The engine of graphics cards, which is a part of the program if it was built so.
#[cfg(feature = "gpu")]
mod gpu {
    use ninth_gpu::{Gpu, GpuEngine, GpuError};
    use ninth_training::engine::EngineError;
    use ninth_training::engine::comparison::{TOLERANCE, batch, compare};
    use ninth_training::{Config, CpuEngine, Engine};

    use crate::error::Error;

    /// Sequences that it is compared on at most: a wide model takes the processor long.
    const COMPARED: usize = 64;

    /// An engine on the first device, after it has shown that it computes what the processor
    /// does: a driver with an error would train for hours in vain.
    pub(super) fn start(config: &Config, threads: usize) -> Result<Box<dyn Engine>, Error> {
        let gpu = Gpu::find(None).map_err(failure)?;
        let mut engine = GpuEngine::new(config, &gpu, threads).map_err(failure)?;
        let mut few = config.clone();
        few.training.batch_size = few.training.batch_size.min(COMPARED);
        let mut reference = CpuEngine::new(&few, threads)?;
        let layout = engine.model().layout().clone();
        let mut batch = batch(&few)?;
        let comparison = compare(&layout, &mut reference, &mut engine, &mut batch)?;
        let (losses, gradients) = (comparison.losses(), comparison.gradients);
        if !comparison.agrees() {
            return Err(Error::Engine(EngineError::Device(format!(
                "{} does not compute what the processor does: the losses are {losses:.1e} apart, \
                 the gradients of {} {gradients:.1e}; allowed is {:.0e}. Another driver may help, \
                 or --engine cpu",
                gpu.about(),
                comparison.tensor,
                TOLERANCE,
            ))));
        }
        Ok(Box::new(engine))
    }

    /// In words for a person, with the exit status that it deserves.
    fn failure(error: GpuError) -> Error {
        match error {
            GpuError::Config(error) => Error::Config(error),
            GpuError::Memory { .. } | GpuError::NoSuchDevice { .. } => {
                Error::Usage(error.to_string())
            }
            GpuError::NoDevice | GpuError::Device(_) => {
                Error::Engine(EngineError::Device(error.to_string()))
            }
        }
    }
}

/// The engine of graphics cards, which is no part of this program.
#[cfg(not(feature = "gpu"))]
mod gpu {
    use ninth_training::{Config, Engine};

    use crate::error::Error;

    pub(super) fn start(_config: &Config, _threads: usize) -> Result<Box<dyn Engine>, Error> {
        Err(Error::Usage(
            "this program was built without the GPU engine; \
             `cargo build --release --features gpu` builds one with it"
                .to_string(),
        ))
    }
}
