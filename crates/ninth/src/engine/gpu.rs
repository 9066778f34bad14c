//! GPUs, in a build with the GPU engine.

use ninth_gpu::{Gpu, GpuEngine, GpuError, GpuMemory};
use ninth_model::Transformer;
use ninth_training::engine::{DeviceInfo, EngineError};
use ninth_training::{Config, Engine};

use super::DeviceMemory;
use crate::error::Error;

/// A GPU, or a program that plays one.
pub struct Device {
    gpu: Gpu,
    info: DeviceInfo,
}

impl Device {
    /// Whether the GPU engine is built in.
    pub const BUILT_IN: bool = true;

    fn new(gpu: Gpu) -> Self {
        let info = gpu.info();
        Device { gpu, info }
    }

    /// All devices of this machine, the fastest kind first.
    pub fn all() -> Vec<Self> {
        Gpu::all().into_iter().map(Self::new).collect()
    }

    /// The device whose name contains `name`; without a name, the fastest kind.
    pub fn find(name: Option<&str>) -> Result<Self, Error> {
        Gpu::find(name).map(Self::new).map_err(failure)
    }

    /// Its name, driver and memory.
    pub fn info(&self) -> DeviceInfo {
        self.info.clone()
    }

    /// Whether it is a software renderer.
    pub fn is_software(&self) -> bool {
        self.info.kind == "software"
    }

    /// An engine with an untrained model.
    pub fn engine(&self, config: &Config, threads: usize) -> Result<Box<dyn Engine>, Error> {
        Ok(Box::new(GpuEngine::new(config, &self.gpu, threads).map_err(failure)?))
    }

    /// The memory that a training takes on it, with the largest batch up to `most`.
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

/// Sorts errors of the GPU engine into wrong requests and failures.
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
