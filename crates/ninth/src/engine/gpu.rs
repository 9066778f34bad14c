//! Graphics cards.

use ninth_gpu::{Gpu, GpuEngine, GpuError, GpuMemory};
use ninth_model::Transformer;
use ninth_training::engine::{DeviceInfo, EngineError};
use ninth_training::{Config, Engine};

use super::DeviceMemory;
use crate::error::Error;

/// A device that can run a model beside the processor.
pub struct Device {
    gpu: Gpu,
    info: DeviceInfo,
}

impl Device {
    /// Whether this program can have any.
    pub const BUILT_IN: bool = true;

    fn new(gpu: Gpu) -> Self {
        let info = gpu.info();
        Device { gpu, info }
    }

    /// All of this machine, the most promising first.
    pub fn all() -> Vec<Self> {
        Gpu::all().into_iter().map(Self::new).collect()
    }

    /// The one whose name has this in it; without a wish the most promising one.
    pub fn find(name: Option<&str>) -> Result<Self, Error> {
        Gpu::find(name).map(Self::new).map_err(failure)
    }

    /// What is known of it.
    pub fn info(&self) -> DeviceInfo {
        self.info.clone()
    }

    /// Whether it is a program that plays a device.
    pub fn is_software(&self) -> bool {
        self.info.kind == "software"
    }

    /// An engine with an untrained model.
    pub fn engine(&self, config: &Config, threads: usize) -> Result<Box<dyn Engine>, Error> {
        Ok(Box::new(GpuEngine::new(config, &self.gpu, threads).map_err(failure)?))
    }

    /// What a training takes on it, with the largest batch up to `most`.
    pub fn memory(
        &self,
        config: &Config,
        model: &Transformer,
        most: usize,
    ) -> Result<DeviceMemory, Error> {
        let batch = config.training.batch_size;
        let memory = GpuMemory::of(config, model, batch);
        let largest_batch = GpuMemory::largest_batch(config, model, &self.info, most);
        let GpuMemory { parameters, gradients, optimizer, activations, .. } = memory;
        Ok(DeviceMemory {
            parameters,
            gradients,
            optimizer,
            activations,
            batch: memory.batch,
            tables: memory.tables,
            total: memory.total(),
            largest_buffer: memory.largest_buffer,
            host: memory.host,
            limit: GpuMemory::allowed(&self.info),
            fits: largest_batch >= batch,
            largest_batch,
        })
    }
}

/// In words for a person, with the exit status that it deserves.
fn failure(error: GpuError) -> Error {
    match error {
        GpuError::Config(error) => Error::Config(error),
        GpuError::Memory { .. } | GpuError::Buffer { .. } | GpuError::NoSuchDevice { .. } => {
            Error::Device(error.to_string())
        }
        GpuError::NoDevice | GpuError::Device(_) => {
            Error::Engine(EngineError::Device(error.to_string()))
        }
    }
}
