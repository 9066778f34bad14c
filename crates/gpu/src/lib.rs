//! The GPU engine: trains a model on any device that speaks Vulkan, Metal or DX12.
//!
//! It is an [`Engine`](ninth_training::Engine) as that of the CPU is, so config, data,
//! trainer, checkpoints and decoding are the same. Its kernels are written in WGSL:
//!
//! | file | what it holds | its counterpart |
//! |---|---|---|
//! | `kernels/embedding.wgsl` | integers to vectors | `model/src/embedding` |
//! | `kernels/attention.wgsl` | attention, forward beside backward | `model/src/attention.rs` |
//! | `kernels/linear.wgsl`, `product.wgsl` | linear layers | `model/src/linear.rs`, `kernels/src/matmul.rs` |
//! | `kernels/activation.wgsl`, `dropout.wgsl`, `normalisation.wgsl`, `loss.wgsl` | as their names say | files of the same name in `model/src` |
//! | `kernels/transformer.wgsl` | the stages of a pass | `model/src/transformer.rs` |
//! | `kernels/gradients.wgsl` | gradients of the weights | `backward_weights` and `scatter` in `model` |
//! | `kernels/optimizer.wgsl`, `muon.wgsl` | adding up, clipping, updates | files of the same name in `training/src` |
//!
//! Around them:
//!
//! | file | what it holds |
//! |---|---|
//! | [`device`] | which devices there are, opening one |
//! | `plan` | sizes, and where everything is on the device |
//! | `stages` | which stages a model's passes have |
//! | `program` | the kernels' text, with the plan's numbers in front of it |
//! | `unroll` | loops in that text, written out |
//! | `pipelines` | the kernels, compiled |
//! | `upload` | a batch as the kernels read it |
//! | [`engine`] | the engine |
//! | [`memory`] | what a training takes on a device |
//!
//! **Few launches.** A step of a small model is five kernels, and some more for
//! normalisations, learned tables and Muon. One takes each block of sequences through the
//! whole model, forward and backward: a workgroup depends on nothing but its own sequences and
//! the weights. One makes all weight gradients, one adds them up, one says by how much they
//! are scaled, one updates. In wide models, where a stage is enough work for the whole device,
//! each stage of the first kernel is launched on its own; the code is the same.
//!
//! **Reads come together.** A thread that waits for each number it reads does nothing else. So
//! loops are written out as far as their length is known (`unroll`), what is read comes
//! before what is written, and products read ahead.
//!
//! **Nothing waits.** A step is one command buffer. The host draws the next batches while
//! the device works, and reads losses back only when it is asked for them.
//!
//! **Results repeat.** All sums are added up in a fixed order, without atomics, so a training
//! repeats to the bit on the same device and driver.

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

pub use device::{About, Gpu};
pub use engine::GpuEngine;
pub use memory::GpuMemory;

use ninth_training::ConfigError;
use ninth_training::memory::bytes;

/// Why there is no engine on a device.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GpuError {
    /// There is none.
    #[error("no GPU was found: none has a driver for Vulkan, Metal or DX12 that is installed")]
    NoDevice,
    /// None with that name.
    #[error("no GPU has \"{wanted}\" in its name; found: {allowed}")]
    NoSuchDevice {
        /// What was asked for.
        wanted: String,
        /// Names.
        allowed: String,
    },
    /// It could not be opened, or does not take the kernels.
    #[error("{0}")]
    Device(String),
    /// The config is wrong, whatever the engine.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// The training does not fit.
    #[error(
        "this training needs {} on the GPU, of which {} for {part}; \
         at most {} are allowed: {advice}",
        bytes(*.needed), bytes(*.of_that), bytes(*.allowed)
    )]
    Memory {
        /// Bytes it needs in all.
        needed: u64,
        /// The largest part.
        part: &'static str,
        /// Its bytes.
        of_that: u64,
        /// How many bytes are allowed.
        allowed: u64,
        /// What would fit.
        advice: String,
    },
    /// The device takes no buffer that large.
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
        /// Bytes of its largest one.
        allowed: u64,
        /// What would fit.
        advice: String,
    },
}

impl From<ConfigError> for GpuError {
    fn from(error: ConfigError) -> Self {
        GpuError::Config(Box::new(error))
    }
}
