//! What a training takes on a device, before it does.

use ninth_kernels::LANES;
use ninth_model::{Batch, Transformer};
use ninth_training::Config;
use ninth_training::memory::LIMIT;

use crate::GpuError;
use crate::device::About;
use crate::plan::{Buffer, Plan};

/// The memory of a training on a GPU, in bytes: what the engine allocates there, apart from
/// what the driver takes for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GpuMemory {
    /// The parameters.
    pub parameters: u64,
    /// Their gradients, once for every part of the batch.
    pub gradients: u64,
    /// The optimizer's two moments, and what an update works in.
    pub optimizer: u64,
    /// What the passes write down.
    pub activations: u64,
    /// The sequences of a step, and what comes back of it.
    pub batch: u64,
    /// Fixed tables.
    pub tables: u64,
    /// The largest buffer.
    pub largest_buffer: u64,
    /// Sequences on the host, and the best weights so far, which a training keeps there.
    pub host: u64,
}

impl GpuMemory {
    /// What a config takes, given its model, with batches of so many sequences.
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

    /// All of it that is on the device.
    pub fn total(&self) -> u64 {
        let GpuMemory { parameters, gradients, optimizer, activations, batch, tables, .. } = self;
        parameters + gradients + optimizer + activations + batch + tables
    }

    /// What a device allows: its memory, if that is known, or that of the design document's
    /// card, whichever is smaller.
    pub fn allowed(about: &About) -> u64 {
        about.memory.map_or(LIMIT, |memory| memory.min(LIMIT))
    }

    /// Whether it fits a device.
    ///
    /// # Errors
    ///
    /// If it does not, with the largest batch that does.
    pub fn check(
        &self,
        config: &Config,
        model: &Transformer,
        about: &About,
    ) -> Result<(), GpuError> {
        let allowed = Self::allowed(about);
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
        let of_one = self.largest_buffer > about.largest_buffer;
        if needed <= allowed && !of_one {
            return Ok(());
        }
        let batch = Self::largest_batch(config, model, about, config.training.batch_size);
        let advice = match batch {
            0 => "make model.d_model, model.layers or model.feed_forward smaller".to_string(),
            _ => format!("training.batch_size = {batch} is the largest that fits"),
        };
        if needed <= allowed {
            let (device, allowed) = (about.name.clone(), about.largest_buffer);
            return Err(GpuError::Buffer { needed: self.largest_buffer, device, allowed, advice });
        }
        Err(GpuError::Memory { needed, part, of_that, allowed, advice })
    }

    /// The largest batch up to `most` that fits a device; 0 if none does.
    pub fn largest_batch(
        config: &Config,
        model: &Transformer,
        about: &About,
        most: usize,
    ) -> usize {
        let fits = |sequences: usize| {
            let memory = Self::of(config, model, sequences);
            memory.total() <= Self::allowed(about) && memory.largest_buffer <= about.largest_buffer
        };
        let (mut below, mut above) = (0, most + 1);
        while above - below > 1 {
            let middle = below + (above - below) / 2;
            if fits(middle) { below = middle } else { above = middle }
        }
        below
    }
}
