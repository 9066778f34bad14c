//! Numeric kernels that know nothing of models: vectors of sixteen lanes, matrix products, the
//! exponential, argmax, reductions, a pool of worker threads, and work on a stream in order.
//!
//! This is the only crate of the workspace with `unsafe` code. Its public functions are safe:
//! slices are checked once per call, and an [`InstructionSet`] can only be made on a processor
//! that supports it.
//!
//! # Layout
//!
//! The unit of memory is [`Lanes`], sixteen `f32` on a 64-byte boundary. In an activation each
//! lane belongs to another sequence. A vector operation does the same to sixteen sequences, and
//! no operation needs another lane. An activation of T positions and C features has the shape
//! `[T][C]` in lanes: the features of one position (a *column* of a matrix product) are
//! consecutive.
//!
//! Legend, used everywhere in the workspace:
//!
//! | letter | meaning |
//! |---|---|
//! | B | sequences in a batch |
//! | T | positions (the context length) |
//! | C | width of the residual stream, `d_model` |
//! | H | attention heads |
//! | D | width of a head, C / H |
//! | F | width of the feed-forward layer |
//! | V | classes: the integers of the range |
//! | E | width of the embedding's features before their projection |
//!
//! # Writing a kernel
//!
//! A kernel is written once, with the operations of the traits [`Lanewise`] and [`Simd`],
//! inside the macro [`simd_kernel!`]. It is compiled for every instruction set, and the caller's
//! [`InstructionSet`] selects one of the compiled versions. `examples/own_kernel.rs` has a
//! complete program.

pub mod argmax;
mod in_order;
mod instruction_set;
mod lanes;
pub mod math;
pub mod matmul;
pub mod pool;
pub mod reduce;
mod simd;

pub use in_order::in_order;
pub use instruction_set::{InstructionSet, Kernel};
pub use lanes::{LANES, Lanes, as_floats, as_floats_mut, columns_for};
pub use pool::Pool;
pub use simd::{Lanewise, Simd};
