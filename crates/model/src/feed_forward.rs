//! The feed-forward layer: two linear layers with an activation between them, applied
//! to each position on its own. y = W2 activation(W1 x + b1) + b2

use ninth_kernels::Lanes;

use crate::activation::{self, Activation};
use crate::linear::Linear;
use crate::memory::Memory;
use crate::parameters::{Layout, Role};
use crate::{Gradients, LayerContext};

/// The layer.
#[derive(Clone, Copy, Debug)]
pub struct FeedForward {
    /// C to F.
    pub input: Linear,
    /// F to C.
    pub output: Linear,
    /// Between the two.
    pub activation: Activation,
}

/// What the forward pass saves for the backward pass.
#[derive(Clone, Debug)]
pub struct Saved {
    /// After the activation, `[T][F]`.
    hidden: Vec<Lanes>,
    /// The activation's derivative, `[T][F]`.
    derivative: Vec<Lanes>,
}

impl FeedForward {
    /// Adds the layer to a layout. `gain` is that of the output's initial weights, because
    /// its result is added to the residual stream.
    pub fn new(
        layout: &mut Layout,
        name: &str,
        width: usize,
        hidden: usize,
        activation: Activation,
        gain: f32,
    ) -> Self {
        let (input, output) = (format!("{name}.input"), format!("{name}.output"));
        FeedForward {
            input: Linear::new(layout, &input, Role::Weight, [width, hidden], 1.0),
            output: Linear::new(layout, &output, Role::Weight, [hidden, width], gain),
            activation,
        }
    }

    /// Allocates what a forward pass over `positions` positions saves.
    pub fn saved(&self, positions: usize, memory: &mut Memory) -> Saved {
        Saved {
            hidden: memory.take(positions * self.input.outputs),
            derivative: memory.take(positions * self.input.outputs),
        }
    }

    /// Allocates the memory that a backward pass over `positions` positions works in, for
    /// the gradient of the hidden features, `[T][F]`.
    pub fn scratch(&self, positions: usize, memory: &mut Memory) -> Vec<Lanes> {
        memory.take(positions * self.input.outputs)
    }

    /// y += W2 activation(W1 x + b1) + b2, x and y `[T][C]`.
    pub fn forward(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        saved: &mut Saved,
        y: &mut [Lanes],
    ) {
        let Saved { hidden, derivative } = saved;
        self.input.forward(layer_context, x, hidden);
        activation::forward(layer_context.instruction_set, self.activation, hidden, derivative);
        self.output.forward_accumulate(layer_context, hidden, y);
    }

    /// Writes the gradient with respect to x to dx, given that with respect to y, both
    /// `[T][C]`. x is that of the forward pass.
    #[allow(clippy::too_many_arguments)]
    pub fn backward(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        saved: &Saved,
        dy: &[Lanes],
        dx: &mut [Lanes],
        dhidden: &mut [Lanes],
        gradients: &mut Gradients<'_>,
    ) {
        let Saved { hidden, derivative } = saved;
        self.output.backward_input(layer_context, dy, dhidden);
        self.output.backward_weights(layer_context, hidden, dy, gradients);
        activation::backward(layer_context.instruction_set, derivative, dhidden);
        self.input.backward_input(layer_context, dhidden, dx);
        self.input.backward_weights(layer_context, x, dhidden, gradients);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finite_differences;

    /// Not with ReLU, whose derivative jumps; its own test is in `activation.rs`.
    #[test]
    fn gradients_agree_with_finite_differences() {
        let smooth = Activation::ALL.iter().copied().filter(|one| *one != Activation::Relu);
        for activation in smooth {
            let mut layout = Layout::default();
            let layer = FeedForward::new(&mut layout, "feed_forward", 3, 5, activation, 1.0);
            finite_differences::check(
                &layout,
                [2 * 3; 2],
                || layer.saved(2, &mut Memory::for_use()),
                |saved, context, x, y| layer.forward(context, x, saved, y),
                |saved, context, x, dy, dx, gradients| {
                    let mut dhidden = layer.scratch(2, &mut Memory::for_use());
                    layer.backward(context, x, saved, dy, dx, &mut dhidden, gradients);
                },
            );
        }
    }
}
