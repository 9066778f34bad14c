//! The model from the embedding to the logits, forward and backward.
//!
//! It works on one chunk of sixteen sequences at a time, one per lane; shapes
//! leave that dimension out. `[T][C]` is a residual stream: a column of C
//! features for each of T positions. The layers are in [`block`].

use std::ops::Range;

use ninth_kernels::argmax::ArgMax;
use ninth_kernels::{LANES, Lanes, reduce};
use ninth_sequences::Rng;

use crate::attention::AttentionWeights;
use crate::batch::Chunk;
use crate::block::{self, Block};
use crate::dropout::Dropout;
use crate::embedding::Embedding;
use crate::linear::Linear;
use crate::loss::{Loss, LossOutput};
use crate::memory::Memory;
use crate::normalisation::{self, Destination, LayerNorm, Normalisation};
use crate::output;
use crate::parameters::Layout;
use crate::{Accumulator, Architecture, Gradients, LayerContext};

/// The model: where each parameter is, and what is computed from it. The parameters
/// themselves are an arena of the [`layout`](Self::layout), handed in at each call.
///
/// ```
/// use ninth_kernels::{InstructionSet, as_floats};
/// use ninth_model::embedding::EmbeddingSettings;
/// use ninth_model::{Architecture, Batch, LayerContext, ModelSettings, Transformer, Workspace};
/// use ninth_sequences::IntegerRange;
///
/// let (embedding, model) = (EmbeddingSettings::default(), ModelSettings::default());
/// let architecture = Architecture::new(IntegerRange::new(0, 99)?, 8, embedding, model)?;
/// let model = Transformer::new(architecture);
/// let parameters = model.layout().initial(0);
/// let layer_context = LayerContext {
///     instruction_set: InstructionSet::detect(),
///     parameters: as_floats(&parameters),
/// };
///
/// // Two sequences of integers 0 to 99, which are classes here, too.
/// let mut batch = Batch::new(8, 2);
/// batch.set(0, [1, 2, 4, 8, 16]);
/// batch.set(1, [3, 6, 9]);
///
/// // Logits of the term after the third one, for each of the 100 classes.
/// let mut workspace = Workspace::new(&model);
/// let logits = model.logits(layer_context, &batch.chunks()[0], 2, &mut workspace);
/// assert_eq!(logits.len(), 100);
/// let [first, second] = [0, 1].map(|lane| logits[42].0[lane]);
/// assert!(first.is_finite() && second.is_finite() && first != second);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Transformer {
    architecture: Architecture,
    layout: Layout,
    /// Integers and positions to C features.
    pub embedding: Embedding,
    /// The layers, first to last.
    pub blocks: Vec<Block>,
    /// Before the head, where layers are normalised at their input.
    pub final_norm: Option<LayerNorm>,
    /// C features to V logits, or to one number.
    pub head: Linear,
}

impl Transformer {
    /// Lays out the parameters of a model.
    pub fn new(architecture: Architecture) -> Self {
        let mut layout = Layout::default();
        let model = architecture.model();
        let (range, context) = (architecture.range(), architecture.context());
        let settings = architecture.embedding();
        let embedding = Embedding::new(&mut layout, settings, range, context, model.d_model);
        let blocks = (0..model.layers).map(|index| Block::new(&mut layout, index, model)).collect();
        let final_norm = (model.normalisation == Normalisation::Pre)
            .then(|| LayerNorm::new(&mut layout, "final_norm", model.d_model));
        let head = output::head(&mut layout, model.d_model, architecture.outputs());
        Transformer { architecture, layout, embedding, blocks, final_norm, head }
    }

    /// The shape it was built from.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// The dropout of training, if there is any.
    pub fn dropout(&self) -> Option<Dropout> {
        Dropout::new(self.architecture.model().dropout)
    }

    /// Where its parameters are.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Bytes on the heap: the embedding's fixed tables, and the table of tensors. The weights are
    /// not among them.
    pub fn heap_bytes(&self) -> u64 {
        let kinds = size_of_val(self.architecture.embedding().kind.0.as_slice());
        let blocks = self.blocks.capacity() * size_of::<Block>();
        self.embedding.heap_bytes() + self.layout.heap_bytes() + (kinds + blocks) as u64
    }

    /// From the tokens to the head's input; with noise, as in training.
    fn forward(
        &self,
        layer_context: LayerContext<'_>,
        chunk: &Chunk,
        mut noise: Option<&mut Rng>,
        workspace: &mut Workspace,
    ) {
        let Workspace { features, x, blocks, block, final_norm, head_input, .. } = workspace;
        self.embedding.forward(layer_context, chunk.tokens(), features, x);
        for (layer, saved) in self.blocks.iter().zip(blocks) {
            layer.forward(layer_context, x, noise.as_deref_mut(), saved, block);
        }
        match &self.final_norm {
            Some(norm) => norm.forward(layer_context, x, head_input, final_norm),
            None => head_input.copy_from_slice(x),
        }
    }

    /// From the gradient of the head's input to those of all parameters before the head.
    fn backward(
        &self,
        layer_context: LayerContext<'_>,
        chunk: &Chunk,
        workspace: &mut Workspace,
        gradients: &mut Gradients<'_>,
    ) {
        let Workspace { features, dfeatures, dx, blocks, block, .. } = workspace;
        let (saved, dhead_input) = (&workspace.final_norm, &workspace.dhead_input);
        match &self.final_norm {
            Some(norm) => {
                let dx = Destination::Overwrite(dx);
                norm.backward(layer_context, saved, dhead_input, dx, gradients);
            }
            None => dx.copy_from_slice(dhead_input),
        }
        for (layer, saved) in self.blocks.iter().zip(blocks).rev() {
            layer.backward(layer_context, saved, dx, block, gradients);
        }
        self.embedding.backward(layer_context, chunk.tokens(), features, dfeatures, dx, gradients);
    }

    /// One chunk of a training step: its losses and predictions go to `losses`, the gradients
    /// of the batch's loss to the accumulator. Dropout is drawn from the chunk's noise.
    pub fn forward_backward(
        &self,
        layer_context: LayerContext<'_>,
        loss: &Loss,
        chunk: &Chunk,
        workspace: &mut Workspace,
        accumulator: Accumulator<'_>,
        losses: &mut LossOutput,
    ) {
        self.forward(layer_context, chunk, Some(&mut Rng::new(chunk.noise())), workspace);
        let mut scratch = std::mem::take(&mut workspace.transposed);
        let gradients = &mut Gradients { accumulator, scratch: &mut scratch };
        self.head_forward_backward(layer_context, loss, chunk, workspace, gradients, losses);
        self.backward(layer_context, chunk, workspace, gradients);
        workspace.transposed = scratch;
    }

    /// The head, the loss, and the gradients of the head's parameters and of its input.
    fn head_forward_backward(
        &self,
        layer_context: LayerContext<'_>,
        loss: &Loss,
        chunk: &Chunk,
        workspace: &mut Workspace,
        gradients: &mut Gradients<'_>,
        losses: &mut LossOutput,
    ) {
        let instruction_set = layer_context.instruction_set;
        let Linear { inputs, outputs, .. } = self.head;
        let Workspace { head_input, dhead_input, logits, argmax, scales, .. } = workspace;
        for positions in self.head_blocks() {
            let stream = positions.start * inputs..positions.end * inputs;
            let (input, dinput) = (&mut head_input[stream.clone()], &mut dhead_input[stream]);
            let logits = &mut logits[positions.start * outputs..positions.end * outputs];
            let argmax = &mut argmax[positions.clone()];
            let scales = &mut scales[positions.clone()];
            self.head.forward_with_argmax(layer_context, input, logits, argmax);
            let dlogits = Some(&mut *scales);
            loss.forward(instruction_set, chunk, positions, logits, argmax, dlogits, losses);
            self.head.backward_input(layer_context, logits, dinput);
            // The gradient of the logits lacks a factor per position. Both of its products,
            // with the weights and with the input, get it instead: C is less than V.
            reduce::scale_columns(instruction_set, scales, dinput);
            reduce::scale_columns(instruction_set, scales, input);
        }
        // For all positions at once: most of the cost are the sums over lanes.
        let scales = Some(&scales[..]);
        self.head.backward_scaled_weights(layer_context, head_input, scales, logits, gradients);
    }

    /// The losses and predictions of a chunk, without dropout.
    pub fn evaluate(
        &self,
        layer_context: LayerContext<'_>,
        loss: &Loss,
        chunk: &Chunk,
        workspace: &mut Workspace,
        losses: &mut LossOutput,
    ) {
        self.forward(layer_context, chunk, None, workspace);
        let Workspace { head_input, logits, argmax, .. } = workspace;
        let Linear { inputs, outputs, .. } = self.head;
        for positions in self.head_blocks() {
            let input = &head_input[positions.start * inputs..positions.end * inputs];
            let logits = &mut logits[..positions.len() * outputs];
            let argmax = &mut argmax[positions.clone()];
            self.head.forward_with_argmax(layer_context, input, logits, argmax);
            let instruction_set = layer_context.instruction_set;
            loss.forward(instruction_set, chunk, positions, logits, argmax, None, losses);
        }
    }

    /// The head's output for a chunk at one position: the logits, `[V]`, or the one
    /// number of a regression.
    pub fn logits<'w>(
        &self,
        layer_context: LayerContext<'_>,
        chunk: &Chunk,
        position: usize,
        workspace: &'w mut Workspace,
    ) -> &'w [Lanes] {
        self.forward(layer_context, chunk, None, workspace);
        let width = self.head.inputs;
        let input = &workspace.head_input[position * width..][..width];
        let logits = &mut workspace.logits[..self.head.outputs];
        self.head.forward(layer_context, input, logits);
        logits
    }

    /// As [`logits`](Self::logits) for every position in turn: calls `see` with the position
    /// and its logits. For what [`evaluate`](Self::evaluate) does not report.
    pub fn each_logits(
        &self,
        layer_context: LayerContext<'_>,
        chunk: &Chunk,
        workspace: &mut Workspace,
        mut see: impl FnMut(usize, &[Lanes]),
    ) {
        self.forward(layer_context, chunk, None, workspace);
        let Workspace { head_input, logits, .. } = workspace;
        let logits = &mut logits[..self.head.outputs];
        for (position, input) in head_input.chunks_exact(self.head.inputs).enumerate() {
            self.head.forward(layer_context, input, logits);
            see(position, logits);
        }
    }

    /// Where each position of the first sequence of a chunk looks, for its first n positions.
    pub fn attention(
        &self,
        layer_context: LayerContext<'_>,
        chunk: &Chunk,
        n: usize,
        workspace: &mut Workspace,
    ) -> AttentionWeights {
        self.forward(layer_context, chunk, None, workspace);
        let layer = |(block, saved): (&Block, &block::Saved)| {
            saved.attention().weights_of(block.attention.heads, n, 0)
        };
        AttentionWeights { layers: self.blocks.iter().zip(&workspace.blocks).map(layer).collect() }
    }

    /// The positions, in the ranges that the head processes together.
    pub fn head_blocks(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let end = self.architecture.context();
        // In a narrow model logits are most of the work: those of two positions (32 KB at
        // 256 classes) stay in the first-level cache from the product to their gradient. In
        // a wide one the weight gradient is, which is faster for all positions at once.
        let block = if self.head.inputs < LANES { end.min(2) } else { end };
        (0..end).step_by(block).map(move |first| first..(first + block).min(end))
    }
}

/// Activations saved by the forward pass for the backward pass, and scratch memory. Each
/// thread needs one of its own; it serves one chunk after the other.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Embedding before its projection, `[T][E]`; empty without a projection.
    features: Vec<Lanes>,
    dfeatures: Vec<Lanes>,
    /// The residual stream and its gradient, `[T][C]`.
    x: Vec<Lanes>,
    dx: Vec<Lanes>,
    /// Per layer.
    blocks: Vec<block::Saved>,
    /// Of the layer at hand.
    block: block::BlockScratch,
    final_norm: normalisation::Saved,
    /// `[T][C]`; the backward pass multiplies it by `scales`.
    head_input: Vec<Lanes>,
    dhead_input: Vec<Lanes>,
    /// Logits, then their gradient divided by `scales`, `[T][V]`.
    logits: Vec<Lanes>,
    /// The largest logit, `[T]`.
    argmax: Vec<ArgMax>,
    /// A factor of the gradient of all logits of a position, `[T]`.
    scales: Vec<Lanes>,
    /// Scratch memory of weight gradients, see [`Gradients`](crate::Gradients).
    transposed: Vec<Lanes>,
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
        let positions = model.architecture.context();
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
