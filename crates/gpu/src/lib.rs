//! The GPU engine: trains a model on any device with a driver for Vulkan, Metal or DX12.
//!
//! It implements [`Engine`](ninth_training::Engine), as the CPU engine does, so config, data,
//! trainer, checkpoints and decoding are the same. Its kernels are written in WGSL:
//!
//! | file | content | its counterpart on the CPU |
//! |---|---|---|
//! | `kernels/embedding.wgsl` | integers to vectors | `model/src/embedding` |
//! | `kernels/attention.wgsl` | attention, forward beside backward | `model/src/attention.rs` |
//! | `kernels/linear.wgsl`, `product.wgsl` | linear layers | `model/src/linear.rs`, `kernels/src/matmul/` |
//! | `kernels/activation.wgsl`, `dropout.wgsl`, `normalisation.wgsl`, `loss.wgsl` | the layers of these names | files of the same name in `model/src` |
//! | `kernels/transformer.wgsl` | the stages of a pass | `model/src/transformer.rs` |
//! | `kernels/gradients.wgsl` | gradients of the weights | `backward_weights` and `scatter` in `model` |
//! | `kernels/optimizer.wgsl`, `muon.wgsl` | sums of gradients, clipping, updates | files of the same name in `training/src` |
//!
//! Around them:
//!
//! | file | content |
//! |---|---|
//! | [`device`] | listing and opening devices |
//! | `plan` | sizes, and offsets in the buffers of a device |
//! | `stages` | the stages of a pass through the model |
//! | `program` | the WGSL text: the kernels, behind the sizes and offsets of the plan |
//! | `unroll` | unrolls the loops in that text |
//! | `pipelines` | the compiled kernels |
//! | `upload` | a batch as the kernels read it |
//! | [`engine`] | the engine |
//! | [`memory`] | the memory of a training on a device |
//!
//! **Few launches.** A step of a small model launches five kernels, and some more for
//! normalisations, learned tables and Muon. The first takes each block of sequences through the
//! whole model, forward and backward, which is possible because a workgroup needs only its own
//! sequences and the weights. The others compute all weight gradients, add them up, compute the
//! clipping factor, and update. In wide models, where a stage is enough work for the whole
//! device, each stage of the first kernel is launched separately; the code is the same.
//!
//! **Reads before writes.** A thread that waits for every word it reads does nothing else. So
//! loops of known length are unrolled (`unroll`), reads come before writes, and matrix products
//! read ahead.
//!
//! **No waiting.** A step is one command buffer. The host draws the next batches while the
//! device works, and reads losses only when it is asked for them.
//!
//! **Reproducible.** All sums have a fixed order, without atomics, so a training repeats to the
//! bit on the same device and driver.

#![forbid(unsafe_code)]

pub mod device;
pub mod engine;
pub mod memory;
mod pipelines;
mod plan;
mod program;
mod stages;
mod unroll;
mod upload;

pub use device::Gpu;
pub use engine::GpuEngine;
pub use memory::GpuMemory;

use ninth_training::ConfigError;
use ninth_training::memory::bytes;

/// Why an engine cannot be made on a device.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GpuError {
    /// There is no device.
    #[error("no GPU was found: none has a driver for Vulkan, Metal or DX12 that is installed")]
    NoDevice,
    /// There is no device with that name.
    #[error("no GPU has \"{wanted}\" in its name; found: {allowed}")]
    NoSuchDevice {
        /// The name that was asked for.
        wanted: String,
        /// The names of the devices.
        allowed: String,
    },
    /// The device could not be opened, or refused the kernels.
    #[error("{0}")]
    Device(String),
    /// The config is wrong for any engine.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// The training does not fit into the memory of the device.
    #[error(
        "this training needs {} on the GPU, of which {} for {part}; \
         at most {} are allowed: {advice}",
        bytes(*.needed), bytes(*.of_that), bytes(*.allowed)
    )]
    Memory {
        /// Bytes that it needs in all.
        needed: u64,
        /// The part that needs most.
        part: &'static str,
        /// Bytes of that part.
        of_that: u64,
        /// Bytes that are allowed.
        allowed: u64,
        /// A change that makes it fit.
        advice: String,
    },
    /// The training needs a larger buffer than the device allows.
    #[error(
        "this training needs a buffer of {} on the GPU; the largest that {device} takes is {}: \
         {advice}",
        bytes(*.needed), bytes(*.allowed)
    )]
    Buffer {
        /// Bytes of the largest buffer.
        needed: u64,
        /// The device's name.
        device: String,
        /// Bytes of the largest buffer that the device allows.
        allowed: u64,
        /// A change that makes it fit.
        advice: String,
    },
}

impl From<ConfigError> for GpuError {
    fn from(error: ConfigError) -> Self {
        GpuError::Config(Box::new(error))
    }
}
