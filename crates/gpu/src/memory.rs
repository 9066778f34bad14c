//! The memory of a training on a device, known before it is allocated.

use ninth_kernels::LANES;
use ninth_model::{Batch, Transformer};
use ninth_training::Config;
use ninth_training::engine::DeviceInfo;
use ninth_training::memory::LIMIT;

use crate::GpuError;
use crate::plan::{Buffer, Plan};

/// The memory of a training on a GPU, in bytes: what the engine allocates, without what the
/// driver needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GpuMemory {
    /// The parameters.
    pub parameters: u64,
    /// Their gradients, for every part of the batch.
    pub gradients: u64,
    /// The optimizer's two moments, and memory for Muon's matrix products.
    pub optimizer: u64,
    /// Activations and their gradients.
    pub activations: u64,
    /// The sequences of a step, and its results.
    pub batch: u64,
    /// Tables that are not trained.
    pub tables: u64,
    /// The largest of the buffers.
    pub largest_buffer: u64,
    /// Host memory: the sequences of a step, and the best weights so far.
    pub host: u64,
}

impl GpuMemory {
    /// The memory of a config with this model, with batches of `sequences` sequences.
    pub fn of(config: &Config, model: &Transformer, sequences: usize) -> Self {
        let plan = Plan::new(config, model, sequences);
        let buffers = plan.buffers();
        let size = |wanted: Buffer| {
            let sizes = buffers.iter().filter(|(buffer, _)| *buffer == wanted);
            sizes.map(|(_, bytes)| bytes).sum::<u64>()
        };
        let arena = (model.layout().lanes() * LANES * size_of::<f32>()) as u64;
        GpuMemory {
            parameters: size(Buffer::Parameters),
            gradients: size(Buffer::Gradients),
            optimizer: size(Buffer::Moments) + size(Buffer::Matrices),
            activations: size(Buffer::Activations),
            batch: size(Buffer::Batch) + size(Buffer::Status) + plan.launches() + plan.read_back(),
            tables: size(Buffer::Tables),
            largest_buffer: buffers.iter().map(|(_, bytes)| *bytes).max().unwrap_or(0),
            host: arena + Batch::heap_bytes(plan.context, sequences),
        }
    }

    /// All of the memory on the device.
    pub fn total(&self) -> u64 {
        let GpuMemory { parameters, gradients, optimizer, activations, batch, tables, .. } = self;
        parameters + gradients + optimizer + activations + batch + tables
    }

    /// The bytes that a training may take on a device: its memory, if known, but no more than
    /// the graphics card of the design document has.
    pub fn allowed(device: &DeviceInfo) -> u64 {
        device.memory.map_or(LIMIT, |memory| memory.min(LIMIT))
    }

    /// Checks that it fits a device.
    ///
    /// # Errors
    ///
    /// If it does not; the message has the largest batch that does.
    pub fn check(
        &self,
        config: &Config,
        model: &Transformer,
        device: &DeviceInfo,
    ) -> Result<(), GpuError> {
        let allowed = Self::allowed(device);
        let needed = self.total();
        let parts = [
            ("parameters", self.parameters),
            ("gradients", self.gradients),
            ("moments", self.optimizer),
            ("activations", self.activations),
            ("the batch", self.batch),
        ];
        let largest = parts.into_iter().max_by_key(|(_, bytes)| *bytes).unwrap_or(parts[0]);
        let (part, of_that) = largest;
        let of_one = self.largest_buffer > device.largest_buffer;
        if needed <= allowed && !of_one {
            return Ok(());
        }
        let batch = Self::largest_batch(config, model, device, config.training.batch_size);
        let advice = match batch {
            0 => "make model.d_model, model.layers or model.feed_forward smaller".to_string(),
            _ => format!("training.batch_size = {batch} is the largest that fits"),
        };
        if needed <= allowed {
            let (device, allowed) = (device.name.clone(), device.largest_buffer);
            return Err(GpuError::Buffer { needed: self.largest_buffer, device, allowed, advice });
        }
        Err(GpuError::Memory { needed, part, of_that, allowed, advice })
    }

    /// The largest number of sequences per batch, up to `most`, that fits a device; 0 if none
    /// does.
    pub fn largest_batch(
        config: &Config,
        model: &Transformer,
        device: &DeviceInfo,
        most: usize,
    ) -> usize {
        let fits = |sequences: usize| {
            let memory = Self::of(config, model, sequences);
            memory.total() <= Self::allowed(device)
                && memory.largest_buffer <= device.largest_buffer
        };
        let (mut below, mut above) = (0, most + 1);
        while above - below > 1 {
            let middle = below + (above - below) / 2;
            if fits(middle) { below = middle } else { above = middle }
        }
        below
    }
}
