//! Numeric kernels that know nothing of models: sixteen-lane vectors, matrix
//! products, the exponential, the search for a maximum, reductions, and a pool of worker threads.
//!
//! This is the only crate of the workspace with `unsafe` code. What it offers
//! is safe: slices are checked once per call, and an [`InstructionSet`] that names an
//! instruction set can only be had on a processor that supports it.
//!
//! # Layout
//!
//! The unit of memory is [`Lanes`], sixteen `f32` on a 64-byte boundary. In an
//! activation each lane belongs to another sequence, so a vector operation
//! does the same thing to sixteen sequences at once and no operation ever has
//! to look across lanes. An activation of `T` positions and `C` features is a
//! slice of `T * C` lanes, position by position: the features of one position
//! (a *column* of a matrix product) lie side by side.
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
//! A kernel is written once, against the traits [`Lanewise`] and [`Simd`], through the macro
//! [`simd_kernel!`]; [`InstructionSet::run`] compiles it for every instruction set and
//! picks the right one when it is called.

pub mod argmax;
mod instruction_set;
mod lanes;
pub mod math;
pub mod matmul;
pub mod pool;
pub mod reduce;
mod simd;

pub use instruction_set::{InstructionSet, Kernel};
pub use lanes::{LANES, Lanes, as_floats, as_floats_mut, columns_for};
pub use pool::Pool;
pub use simd::{Lanewise, Simd};
