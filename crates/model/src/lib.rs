//! The transformer: its layers, forward and backward, its parameters, and decoding.
//!
//! Read [`transformer`] first: it is the model from the embedding to the logits on one
//! page. [`block`] is one of its layers. Each part has a file of its own with its options,
//! its forward and its backward pass, what it saves between the two, and its tests. The
//! letters of the shapes (B, T, C, H, D, F, V, E) are explained in [`ninth_kernels`].
//!
//! | file | heading |
//! |---|---|
//! | [`architecture`] | number of layers, heads, feed-forward width |
//! | [`block`], [`residual`] | one transformer layer, its residual connections |
//! | [`embedding`] | embedding approach |
//! | [`normalisation`] | normalisation |
//! | [`attention`] | attention |
//! | [`dropout`] | dropout rates |
//! | [`feed_forward`], [`activation`] | feed-forward layer, activation functions |
//! | [`output`] | output format |
//! | [`loss`] | loss function, loss handling for masked positions |
//! | [`batch`] | the sequences of a step, as classes in lanes |
//! | [`parameters`], [`weights`] | parameters in memory and in files |
//! | [`decoding`] | generation strategy, decoding strategy |
//!
//! The crate knows nothing of training, files, clocks or threads. A pass works on a
//! *chunk*, sixteen sequences, one per lane; the caller decides which thread works on
//! which chunk. There is an example for both, passes and decoding, in
//! `examples/forward_and_decode.rs`; a short one is at [`decoding::Predictor`].

#![forbid(unsafe_code)]

pub mod activation;
pub mod architecture;
pub mod attention;
pub mod batch;
pub mod block;
pub mod decoding;
pub mod dropout;
pub mod embedding;
mod error;
pub mod feed_forward;
#[cfg(test)]
mod finite_differences;
mod half_precision;
mod layer_context;
pub mod linear;
pub mod loss;
mod memory;
pub mod normalisation;
pub mod output;
pub mod parameters;
pub mod residual;
pub mod transformer;
pub mod weights;

pub use architecture::{Architecture, ModelSettings};
pub use batch::Batch;
pub use error::Error;
pub use layer_context::{Accumulator, Gradients, LayerContext};
pub use loss::{Loss, LossOutput, LossSettings};
pub use memory::Memory;
pub use parameters::Layout;
pub use transformer::{Transformer, Workspace};
