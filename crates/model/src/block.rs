//! One transformer layer: attention, then the feed-forward layer, each within a
//! residual connection.

use ninth_kernels::Lanes;
use ninth_sequences::Rng;

use crate::attention::{self, Attention};
use crate::dropout::Dropout;
use crate::feed_forward::{self, FeedForward};
use crate::memory::Memory;
use crate::parameters::Layout;
use crate::residual::{self, Residual};
use crate::{Gradients, LayerContext, ModelSettings};

/// One transformer layer.
#[derive(Clone, Debug)]
pub struct Block {
    /// Around the attention.
    pub attention_residual: Residual,
    /// Mixes positions.
    pub attention: Attention,
    /// Around the feed-forward layer.
    pub feed_forward_residual: Residual,
    /// Works on each position on its own.
    pub feed_forward: FeedForward,
}

/// What the forward pass saves for the backward pass.
#[derive(Clone, Debug)]
pub struct Saved {
    attention_residual: residual::Saved,
    attention: attention::Saved,
    feed_forward_residual: residual::Saved,
    feed_forward: feed_forward::Saved,
}

/// Memory that both passes work in, the same for all layers.
#[derive(Clone, Debug)]
pub struct BlockScratch {
    residual: residual::ResidualScratch,
    attention: attention::AttentionScratch,
    /// Gradient of the hidden features, `[T][F]`.
    feed_forward: Vec<Lanes>,
}

impl Saved {
    /// What the attention saved.
    pub(crate) fn attention(&self) -> &attention::Saved {
        &self.attention
    }
}

impl Block {
    /// Adds layer number `index` to a layout.
    pub fn new(layout: &mut Layout, index: usize, model: &ModelSettings) -> Self {
        let width = model.d_model;
        // Each layer of the model adds to the residual stream twice; with this gain all
        // of that together has about the variance of the stream itself.
        let gain = 1.0 / (2.0 * model.layers as f32).sqrt();
        let dropout = Dropout::new(model.dropout);
        let name = format!("layers.{index}.attention");
        let attention_residual = Residual::new(layout, &name, width, model.normalisation, dropout);
        let attention = Attention::new(layout, &name, width, model.heads, dropout, gain);
        let name = format!("layers.{index}.feed_forward");
        let feed_forward_residual =
            Residual::new(layout, &name, width, model.normalisation, dropout);
        let (hidden, activation) = (model.feed_forward, model.activation);
        let feed_forward = FeedForward::new(layout, &name, width, hidden, activation, gain);
        Block { attention_residual, attention, feed_forward_residual, feed_forward }
    }

    /// Allocates what a forward pass over `positions` positions saves.
    pub fn saved(&self, positions: usize, memory: &mut Memory) -> Saved {
        let width = self.attention.output.outputs;
        Saved {
            attention_residual: self.attention_residual.saved(positions, width, memory),
            attention: self.attention.saved(positions, memory),
            feed_forward_residual: self.feed_forward_residual.saved(positions, width, memory),
            feed_forward: self.feed_forward.saved(positions, memory),
        }
    }

    /// Allocates the memory that both passes work in for `positions` positions.
    pub fn scratch(&self, positions: usize, memory: &mut Memory) -> BlockScratch {
        BlockScratch {
            residual: residual::ResidualScratch::new(
                positions * self.attention.output.outputs,
                memory,
            ),
            attention: self.attention.scratch(positions, memory),
            feed_forward: self.feed_forward.scratch(positions, memory),
        }
    }

    /// Replaces the residual stream x, `[T][C]`, by the layer's output; with noise, as in
    /// training.
    pub fn forward(
        &self,
        layer_context: LayerContext<'_>,
        x: &mut Vec<Lanes>,
        mut noise: Option<&mut Rng>,
        saved: &mut Saved,
        scratch: &mut BlockScratch,
    ) {
        let Saved { attention_residual, attention, feed_forward_residual, feed_forward } = saved;
        let residual = &mut scratch.residual;
        self.attention_residual.forward(
            layer_context,
            x,
            noise.as_deref_mut(),
            attention_residual,
            residual,
            |input, noise, y| self.attention.forward(layer_context, input, noise, attention, y),
        );
        self.feed_forward_residual.forward(
            layer_context,
            x,
            noise,
            feed_forward_residual,
            residual,
            |input, _, y| self.feed_forward.forward(layer_context, input, feed_forward, y),
        );
    }

    /// Replaces dx, `[T][C]`, the gradient with respect to the layer's output, by that with
    /// respect to its input.
    pub fn backward(
        &self,
        layer_context: LayerContext<'_>,
        saved: &Saved,
        dx: &mut Vec<Lanes>,
        scratch: &mut BlockScratch,
        gradients: &mut Gradients<'_>,
    ) {
        let BlockScratch { residual, attention, feed_forward } = scratch;
        self.feed_forward_residual.backward(
            layer_context,
            &saved.feed_forward_residual,
            dx,
            residual,
            gradients,
            |input, dy, dinput, gradients| {
                let saved = &saved.feed_forward;
                self.feed_forward.backward(
                    layer_context,
                    input,
                    saved,
                    dy,
                    dinput,
                    feed_forward,
                    gradients,
                );
            },
        );
        self.attention_residual.backward(
            layer_context,
            &saved.attention_residual,
            dx,
            residual,
            gradients,
            |input, dy, dinput, gradients| {
                let saved = &saved.attention;
                self.attention.backward(
                    layer_context,
                    input,
                    saved,
                    dy,
                    dinput,
                    attention,
                    gradients,
                );
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finite_differences;
    use crate::normalisation::Normalisation;

    #[test]
    fn gradients_agree_with_finite_differences() {
        const POSITIONS: usize = 3;
        for &normalisation in Normalisation::ALL {
            let model = ModelSettings {
                d_model: 4,
                feed_forward: 3,
                dropout: 0.2,
                normalisation,
                ..Default::default()
            };
            let mut layout = Layout::default();
            let block = Block::new(&mut layout, 0, &model);
            finite_differences::check(
                &layout,
                [POSITIONS * 4; 2],
                || {
                    let memory = &mut Memory::for_use();
                    (block.saved(POSITIONS, memory), block.scratch(POSITIONS, memory))
                },
                |(saved, scratch), context, x, y| {
                    let mut stream = x.to_vec();
                    block.forward(context, &mut stream, Some(&mut Rng::new(2)), saved, scratch);
                    y.copy_from_slice(&stream);
                },
                |(saved, scratch), context, _, dy, dx, gradients| {
                    let mut stream = dy.to_vec();
                    block.backward(context, saved, &mut stream, scratch, gradients);
                    dx.copy_from_slice(&stream);
                },
            );
        }
    }
}
