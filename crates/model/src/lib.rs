//! The transformer: what it is made of, forward and backward, and how it is
//! asked for the next term.
//!
//! Read [`transformer`] first: it is the model from the embedding to the
//! logits on one page. Each of its parts is a file of its own that holds the
//! part's options, its forward and its backward pass and what it saves between
//! the two. The letters of the shapes (B, T, C, H, D, F, V, E) are explained
//! in [`ninth_kernels`].
//!
//! | file | heading |
//! |---|---|
//! | [`architecture`] | number of layers, heads, feed-forward width |
//! | [`embedding`] | embedding approach |
//! | [`normalisation`] | normalisation |
//! | [`attention`] | attention |
//! | [`dropout`] | dropout rates |
//! | [`feed_forward`], [`activation`] | feed-forward layer, activation functions |
//! | [`output`] | output format |
//! | [`loss`] | loss function, loss handling for masked positions |
//! | [`batch`] | the sequences of a step, as the model sees them |
//! | [`parameters`], [`weights`] | where the weights are, in memory and in files |
//! | [`decoding`] | generation strategy, decoding strategy |
//!
//! The model knows nothing of training, files, clocks or threads. It works on
//! sixteen sequences at a time (a *chunk*, one sequence per lane); whoever
//! trains it decides which thread works on which chunk.

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
mod workspace;

pub use architecture::{Architecture, ModelSettings};
pub use batch::Batch;
pub use error::Error;
pub use layer_context::{Accumulator, Gradients, LayerContext};
pub use loss::{Loss, LossOutput, LossSettings};
pub use memory::Memory;
pub use parameters::Layout;
pub use transformer::Transformer;
pub use workspace::Workspace;
