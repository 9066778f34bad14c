//! The model from the embedding to the logits, forward and backward.
//!
//! It works on one chunk of sixteen sequences at a time, one per lane; shapes
//! leave that dimension out. `[T][C]` is a residual stream: a column of C
//! features for each of T positions.

use std::ops::Range;

use ninth_kernels::argmax::ArgMax;
use ninth_kernels::{LANES, Lanes, reduce};
use ninth_sequences::Rng;

use crate::attention::{self, Attention};
use crate::batch::Chunk;
use crate::dropout::{self, Dropout, Noise};
use crate::embedding::Embedding;
use crate::feed_forward::{self, FeedForward};
use crate::linear::Linear;
use crate::loss::LossSettings;
use crate::memory::Memory;
use crate::normalisation::{self, LayerNorm, Normalisation, Onto, Residual};
use crate::output::{self, Output};
use crate::parameters::Layout;
use crate::{Accumulator, Architecture, Gradients, LayerContext};

/// The model: the places of its weights, not the weights themselves.
#[derive(Clone, Debug)]
pub struct Transformer {
    architecture: Architecture,
    layout: Layout,
    /// Of what the layers add to the residual stream.
    dropout: Option<Dropout>,
    /// Integers and positions to C features.
    pub embedding: Embedding,
    /// The layers, first to last.
    pub blocks: Vec<Block>,
    /// Before the head, where layers are normalised at their input.
    pub final_norm: Option<LayerNorm>,
    /// C features to V logits, or to one number.
    pub head: Linear,
}

/// One transformer layer.
#[derive(Clone, Debug)]
pub struct Block {
    /// Around the attention.
    pub attention_residual: Residual,
    /// Positions look at each other.
    pub attention: Attention,
    /// Around the feed-forward layer.
    pub feed_forward_residual: Residual,
    /// Each position on its own.
    pub feed_forward: FeedForward,
}

impl Transformer {
    /// Lays out the weights of a model.
    pub fn new(architecture: Architecture) -> Self {
        let mut layout = Layout::default();
        let model = architecture.model().clone();
        let width = model.d_model;
        let embedding = Embedding::new(&mut layout, &architecture);
        // Two layers per block add to the residual stream; together they should
        // not add more than what is there.
        let gain = 1.0 / (2.0 * model.layers as f32).sqrt();
        let normalisation = model.normalisation;
        let dropout = Dropout::new(model.dropout);
        let blocks = (0..model.layers)
            .map(|index| {
                let layout = &mut layout;
                let name = format!("layers.{index}.attention");
                let attention_residual = Residual::new(layout, &name, width, normalisation);
                let attention = Attention::new(layout, &name, width, model.heads, dropout, gain);
                let name = format!("layers.{index}.feed_forward");
                let feed_forward_residual = Residual::new(layout, &name, width, normalisation);
                let (hidden, activation) = (model.feed_forward, model.activation);
                let feed_forward = FeedForward::new(layout, &name, width, hidden, activation, gain);
                Block { attention_residual, attention, feed_forward_residual, feed_forward }
            })
            .collect();
        let final_norm = (model.normalisation == Normalisation::Pre)
            .then(|| LayerNorm::new(&mut layout, "final_norm", width));
        let head = output::head(&mut layout, width, architecture.outputs());
        Transformer { architecture, layout, dropout, embedding, blocks, final_norm, head }
    }

    /// The shape it was built from.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// What a training step drops.
    pub fn dropout(&self) -> Option<Dropout> {
        self.dropout
    }

    /// Where its weights are.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The losses and predictions of a chunk.
    pub fn evaluate(
        &self,
        layer_context: LayerContext<'_>,
        settings: &LossSettings,
        chunk: &Chunk,
        workspace: &mut Workspace,
        outcome: &mut Outcome,
    ) {
        self.forward(layer_context, chunk, None, workspace);
        for positions in self.head_blocks() {
            let stream = positions.start * self.head.inputs..positions.end * self.head.inputs;
            let logits = &mut workspace.logits[..positions.len() * self.head.outputs];
            let peaks = &mut workspace.peaks[positions.clone()];
            self.head.forward_with_argmax(
                layer_context,
                &workspace.head_input[stream],
                logits,
                peaks,
            );
            self.losses(layer_context, settings, chunk, positions, logits, peaks, None, outcome);
        }
    }

    /// What the head gives for a chunk at one position: the logits, `[V]`, or the one
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
        let stream = &workspace.head_input[position * width..][..width];
        let logits = &mut workspace.logits[..self.head.outputs];
        self.head.forward(layer_context, stream, logits);
        logits
    }

    /// As [`logits`](Self::logits) at every position, which `see` gets one after the
    /// other: for whoever wants to know more of them than [`evaluate`](Self::evaluate) says.
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
        for (position, stream) in head_input.chunks_exact(self.head.inputs).enumerate() {
            self.head.forward(layer_context, stream, logits);
            see(position, logits);
        }
    }

    /// The losses and predictions of a chunk; the gradients of the batch's loss
    /// go to the accumulator. This is the pass of training: with dropout, what is
    /// dropped follows from the chunk's noise.
    pub fn forward_backward(
        &self,
        layer_context: LayerContext<'_>,
        settings: &LossSettings,
        chunk: &Chunk,
        workspace: &mut Workspace,
        accumulator: Accumulator<'_>,
        outcome: &mut Outcome,
    ) {
        self.forward(layer_context, chunk, Some(Rng::new(chunk.noise())), workspace);

        // The head, its loss and its gradient, for a few positions at a time; its weight
        // gradient, whose sums over lanes cost most of it, for all of them at once.
        let outputs = self.head.outputs;
        let mut scratch = std::mem::take(&mut workspace.transposed);
        let gradients = &mut Gradients { accumulator, scratch: &mut scratch };
        for positions in self.head_blocks() {
            let stream = positions.start * self.head.inputs..positions.end * self.head.inputs;
            let logits = &mut workspace.logits[positions.start * outputs..positions.end * outputs];
            let (input, peaks) = (
                &mut workspace.head_input[stream.clone()],
                &mut workspace.peaks[positions.clone()],
            );
            self.head.forward_with_argmax(layer_context, input, logits, peaks);
            let scales = &mut workspace.scales[positions.clone()];
            let dinput = &mut workspace.dhead_input[stream];
            self.losses(
                layer_context,
                settings,
                chunk,
                positions,
                logits,
                peaks,
                Some(scales),
                outcome,
            );
            self.head.backward_input(layer_context, logits, dinput);
            // The gradient of the logits lacks a factor per position: both products with it
            // are multiplied instead.
            reduce::scale_columns(layer_context.instruction_set, scales, dinput);
            reduce::scale_columns(layer_context.instruction_set, scales, input);
        }
        let (input, scales) = (&workspace.head_input, Some(&workspace.scales[..]));
        self.head.backward_scaled_weights(
            layer_context,
            input,
            scales,
            &workspace.logits,
            gradients,
        );

        // dx is the gradient with respect to the residual stream, last layer first.
        let dx = &mut workspace.dx;
        match &self.final_norm {
            Some(norm) => {
                let (saved, dy) = (&workspace.final_norm, &workspace.dhead_input);
                norm.backward(layer_context, saved, dy, Onto::Replace(dx), gradients);
            }
            None => dx.copy_from_slice(&workspace.dhead_input),
        }
        let (temporary, dinput) = (&mut workspace.temporary, &mut workspace.dinput);
        for (block, saved) in self.blocks.iter().zip(&workspace.blocks).rev() {
            let (residual, norm) = (&block.feed_forward_residual, &saved.feed_forward_norm);
            let scratch = &mut workspace.feed_forward;
            residual.backward_after(layer_context, norm, dx, temporary, gradients);
            let dy = self.backward_dropout(layer_context, &saved.feed_forward_mask, dx, temporary);
            block.feed_forward.backward(
                layer_context,
                &saved.feed_forward,
                dy,
                dinput,
                scratch,
                gradients,
            );
            residual.backward_before(layer_context, norm, dinput, dx, gradients);

            let (residual, norm) = (&block.attention_residual, &saved.attention_norm);
            let scratch = &mut workspace.attention;
            residual.backward_after(layer_context, norm, dx, temporary, gradients);
            let dy = self.backward_dropout(layer_context, &saved.attention_mask, dx, temporary);
            block.attention.backward(
                layer_context,
                &saved.attention,
                dy,
                dinput,
                scratch,
                gradients,
            );
            residual.backward_before(layer_context, norm, dinput, dx, gradients);
        }
        let Workspace { features, dfeatures, .. } = workspace;
        self.embedding.backward(layer_context, chunk.tokens(), features, dfeatures, dx, gradients);
        workspace.transposed = scratch;
    }

    /// The gradient of a layer's output, given that of the residual stream it was
    /// added to.
    fn backward_dropout<'a>(
        &self,
        layer_context: LayerContext<'_>,
        mask: &[Lanes],
        dx: &'a [Lanes],
        masked: &'a mut [Lanes],
    ) -> &'a [Lanes] {
        match self.dropout {
            None => dx,
            Some(_) => {
                reduce::multiply(layer_context.instruction_set, mask, dx, masked);
                masked
            }
        }
    }

    /// Losses and predictions of some positions, given what the head gave for them. With
    /// room for scales, that becomes the gradient, up to those factors.
    #[allow(clippy::too_many_arguments)]
    fn losses(
        &self,
        layer_context: LayerContext<'_>,
        settings: &LossSettings,
        chunk: &Chunk,
        positions: Range<usize>,
        output: &mut [Lanes],
        peaks: &[ArgMax],
        scales: Option<&mut [Lanes]>,
        outcome: &mut Outcome,
    ) {
        match self.architecture.model().output {
            Output::Classification => {
                settings.forward(
                    layer_context.instruction_set,
                    chunk,
                    positions,
                    output,
                    peaks,
                    scales,
                    outcome,
                );
            }
            Output::Regression => {
                let classes = self.architecture.classes();
                settings.regression(chunk, positions, classes, output, scales, outcome);
            }
        }
    }

    /// The positions, in the blocks that the head works on.
    pub fn head_blocks(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let end = self.architecture.context();
        let block = self.head_block();
        (0..end).step_by(block).map(move |first| first..(first + block).min(end))
    }

    /// How many positions the head works on at a time. Where the model is narrow,
    /// logits are most of the work, and those of two positions (32 KB at 256
    /// classes) stay in the innermost cache from the product to their gradient;
    /// where it is wide, the weight gradient is, and wants all positions at once.
    fn head_block(&self) -> usize {
        let positions = self.architecture.context();
        if self.head.inputs < LANES { positions.min(2) } else { positions }
    }

    /// From the embedding to the head's input; with noise, as in training.
    fn forward(
        &self,
        layer_context: LayerContext<'_>,
        chunk: &Chunk,
        noise: Option<Rng>,
        workspace: &mut Workspace,
    ) {
        let mut noise: Option<Noise> = self.dropout.zip(noise);
        let Workspace { features, x, temporary, blocks, final_norm, head_input, .. } = workspace;
        self.embedding.forward(layer_context, chunk.tokens(), features, x);
        for (block, saved) in self.blocks.iter().zip(blocks) {
            let (residual, norm) = (&block.attention_residual, &mut saved.attention_norm);
            residual.before(layer_context, x, &mut saved.attention.input, norm);
            let mask = &mut saved.attention_mask;
            dropout::add_layer(
                layer_context.instruction_set,
                &mut noise,
                mask,
                temporary,
                x,
                |rng, y| {
                    block.attention.forward(layer_context, &mut saved.attention, rng, y);
                },
            );
            residual.after(layer_context, x, temporary, norm);

            let (residual, norm) = (&block.feed_forward_residual, &mut saved.feed_forward_norm);
            residual.before(layer_context, x, &mut saved.feed_forward.input, norm);
            let mask = &mut saved.feed_forward_mask;
            dropout::add_layer(
                layer_context.instruction_set,
                &mut noise,
                mask,
                temporary,
                x,
                |_, y| {
                    block.feed_forward.forward(layer_context, &mut saved.feed_forward, y);
                },
            );
            residual.after(layer_context, x, temporary, norm);
        }
        match &self.final_norm {
            Some(norm) => norm.forward(layer_context, x, head_input, final_norm),
            None => head_input.copy_from_slice(x),
        }
    }
}

/// What the passes over one chunk write down: activations that the backward
/// pass needs, and memory to work in. One per thread.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// `[T][E]`, empty without a projection.
    features: Vec<Lanes>,
    dfeatures: Vec<Lanes>,
    /// The residual stream, `[T][C]`, and another to swap it with.
    x: Vec<Lanes>,
    temporary: Vec<Lanes>,
    dx: Vec<Lanes>,
    /// Gradient of the input of the layer at hand, `[T][C]`.
    dinput: Vec<Lanes>,
    blocks: Vec<SavedBlock>,
    final_norm: normalisation::Saved,
    /// `[T][C]`
    head_input: Vec<Lanes>,
    dhead_input: Vec<Lanes>,
    /// Logits, then their gradient up to a factor, `[T][V]`.
    logits: Vec<Lanes>,
    /// The largest logit, `[T]`.
    peaks: Vec<ArgMax>,
    /// What the gradient of the logits is to be multiplied by, `[T]`.
    scales: Vec<Lanes>,
    attention: attention::Scratch,
    feed_forward: Vec<Lanes>,
    transposed: Vec<Lanes>,
}

#[derive(Clone, Debug)]
struct SavedBlock {
    attention_norm: normalisation::Saved,
    attention: attention::Saved,
    /// What dropout multiplied the layer's output with, `[T][C]`; empty without it.
    attention_mask: Vec<Lanes>,
    feed_forward_norm: normalisation::Saved,
    feed_forward: feed_forward::Saved,
    feed_forward_mask: Vec<Lanes>,
}

impl Workspace {
    /// Takes the memory for a model.
    pub fn new(model: &Transformer) -> Self {
        Self::with(model, &mut Memory::for_use())
    }

    /// The bytes that [`new`](Self::new) takes, without taking them.
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
        let mask = model.dropout.map_or(0, |_| stream);
        let blocks = model.blocks.iter().map(|block| SavedBlock {
            attention_norm: block.attention_residual.saved(positions, width, memory),
            attention: block.attention.saved(positions, memory),
            attention_mask: memory.take(mask),
            feed_forward_norm: block.feed_forward_residual.saved(positions, width, memory),
            feed_forward: block.feed_forward.saved(positions, memory),
            feed_forward_mask: memory.take(mask),
        });
        let blocks = blocks.collect();
        let first = &model.blocks[0];
        // Every linear layer transposes its input; normalisations use the same
        // memory for a residual stream.
        let linears = [first.attention.input, first.feed_forward.output, model.head];
        let linears = linears.iter().chain(model.embedding.projection());
        let transposed = linears.map(|linear| linear.scratch(positions)).max().unwrap_or(0);
        let normalised = model.final_norm.map_or(0, |_| positions);
        Workspace {
            features: memory.take(features),
            dfeatures: memory.take(features),
            x: memory.take(stream),
            temporary: memory.take(stream),
            dx: memory.take(stream),
            dinput: memory.take(stream),
            blocks,
            final_norm: normalisation::Saved::new(normalised, width, memory),
            head_input: memory.take(stream),
            dhead_input: memory.take(stream),
            logits: memory.take(positions * model.head.outputs),
            peaks: memory.take(positions),
            scales: memory.take(positions),
            attention: first.attention.scratch(positions, memory),
            feed_forward: first.feed_forward.scratch(positions, memory),
            transposed: memory.take(transposed.max(stream)),
        }
    }
}

/// What came out at each position of a chunk, per sequence.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// -ln of the target's probability, `[T]`; no number where there are no
    /// probabilities.
    pub cross_entropy: Vec<Lanes>,
    /// The loss of the position, before it is weighted within the batch, `[T]`.
    pub loss: Vec<Lanes>,
    /// The most likely class, `[T][16]`.
    pub predicted: Vec<[u16; LANES]>,
}

impl Outcome {
    /// Room for so many positions.
    pub fn new(positions: usize) -> Self {
        Outcome {
            cross_entropy: vec![Lanes::ZERO; positions],
            loss: vec![Lanes::ZERO; positions],
            predicted: vec![[0; LANES]; positions],
        }
    }

    /// The bytes that [`new`](Self::new) takes on the heap.
    pub fn heap_bytes(positions: usize) -> u64 {
        (positions * (2 * size_of::<Lanes>() + size_of::<[u16; LANES]>())) as u64
    }

    /// The chunk's part of the batch's loss.
    pub fn weighted_loss(&self, settings: &LossSettings, chunk: &Chunk) -> f64 {
        let mut total = 0.0;
        for (position, loss) in self.loss.iter().enumerate() {
            for (loss, weight) in loss.0.iter().zip(settings.weights(chunk, position).0) {
                // Positions that do not count may hold anything.
                if weight != 0.0 {
                    total += f64::from(weight) * f64::from(*loss);
                }
            }
        }
        total
    }
}
