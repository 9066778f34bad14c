//! The memory of the passes over one chunk: saved activations and scratch memory.

use ninth_kernels::Lanes;
use ninth_kernels::argmax::ArgMax;

use crate::Transformer;
use crate::block;
use crate::memory::Memory;
use crate::normalisation;

/// Activations saved by the forward pass for the backward pass, and scratch memory. Each
/// thread needs one of its own; it serves one chunk after the other.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Embedding before its projection, `[T][E]`; empty without a projection.
    pub(crate) features: Vec<Lanes>,
    pub(crate) dfeatures: Vec<Lanes>,
    /// The residual stream and its gradient, `[T][C]`.
    pub(crate) x: Vec<Lanes>,
    pub(crate) dx: Vec<Lanes>,
    /// Per layer.
    pub(crate) blocks: Vec<block::Saved>,
    /// Of the layer at hand.
    pub(crate) block: block::Scratch,
    pub(crate) final_norm: normalisation::Saved,
    /// `[T][C]`; the backward pass multiplies it by `scales`.
    pub(crate) head_input: Vec<Lanes>,
    pub(crate) dhead_input: Vec<Lanes>,
    /// Logits, then their gradient divided by `scales`, `[T][V]`.
    pub(crate) logits: Vec<Lanes>,
    /// The largest logit, `[T]`.
    pub(crate) argmax: Vec<ArgMax>,
    /// A factor of the gradient of all logits of a position, `[T]`.
    pub(crate) scales: Vec<Lanes>,
    /// Scratch memory of weight gradients, see [`Gradients`](crate::Gradients).
    pub(crate) transposed: Vec<Lanes>,
}

impl Workspace {
    /// Allocates the memory for a model.
    pub fn new(model: &Transformer) -> Self {
        Self::with(model, &mut Memory::for_use())
    }

    /// The bytes that [`new`](Self::new) allocates, without allocating them.
    pub fn bytes(model: &Transformer) -> u64 {
        let mut memory = Memory::for_counting();
        let workspace = Self::with(model, &mut memory);
        let blocks = size_of_val(workspace.blocks.as_slice()) as u64;
        size_of::<Self>() as u64 + blocks + memory.bytes()
    }

    fn with(model: &Transformer, memory: &mut Memory) -> Self {
        let positions = model.architecture().context();
        let width = model.head.inputs;
        let stream = positions * width;
        let features = model.embedding.projection().map_or(0, |p| positions * p.inputs);
        // There is at least one layer, and all have the same shape.
        let first = &model.blocks[0];
        // Every linear layer transposes its input, of which these are the widest; the
        // backward pass of a normalisation works on a residual stream.
        let linears = [first.attention.input, first.feed_forward.output, model.head];
        let linears = linears.iter().chain(model.embedding.projection());
        let transposed = linears.map(|linear| linear.scratch(positions)).max().unwrap_or(0);
        let normalised = model.final_norm.map_or(0, |_| positions);
        Workspace {
            features: memory.take(features),
            dfeatures: memory.take(features),
            x: memory.take(stream),
            dx: memory.take(stream),
            blocks: model.blocks.iter().map(|block| block.saved(positions, memory)).collect(),
            block: first.scratch(positions, memory),
            final_norm: normalisation::Saved::new(normalised, width, memory),
            head_input: memory.take(stream),
            dhead_input: memory.take(stream),
            logits: memory.take(positions * model.head.outputs),
            argmax: memory.take(positions),
            scales: memory.take(positions),
            transposed: memory.take(transposed.max(stream)),
        }
    }
}
