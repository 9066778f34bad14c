//! The feed-forward layer: two linear maps with an activation between them,
//! for each position on its own.

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

/// What the forward pass reads and what the backward pass needs of it.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The layer's input, `[T][C]`.
    pub input: Vec<Lanes>,
    /// After the activation, `[T][F]`.
    hidden: Vec<Lanes>,
    /// The activation's derivative, `[T][F]`.
    derivative: Vec<Lanes>,
}

impl FeedForward {
    /// Adds the layer to a layout; `gain` is that of the output, whose result is
    /// added to the residual stream.
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

    /// Room for what a forward pass over so many positions saves.
    pub fn saved(&self, positions: usize, memory: &mut Memory) -> Saved {
        Saved {
            input: memory.take(positions * self.input.inputs),
            hidden: memory.take(positions * self.input.outputs),
            derivative: memory.take(positions * self.input.outputs),
        }
    }

    /// Room to work in for so many positions.
    pub fn scratch(&self, positions: usize, memory: &mut Memory) -> Vec<Lanes> {
        memory.take(positions * self.input.outputs)
    }

    /// residual += feed_forward(saved.input), both `[T][C]`.
    pub fn forward(
        &self,
        layer_context: LayerContext<'_>,
        saved: &mut Saved,
        residual: &mut [Lanes],
    ) {
        self.input.forward(layer_context, &saved.input, &mut saved.hidden);
        activation::forward(
            layer_context.instruction_set,
            self.activation,
            &mut saved.hidden,
            &mut saved.derivative,
        );
        self.output.forward_onto(layer_context, &saved.hidden, residual);
    }

    /// dx = the gradient with respect to the input, given that of the output, dy.
    pub fn backward(
        &self,
        layer_context: LayerContext<'_>,
        saved: &Saved,
        dy: &[Lanes],
        dx: &mut [Lanes],
        dhidden: &mut [Lanes],
        gradients: &mut Gradients<'_>,
    ) {
        self.output.backward_input(layer_context, dy, dhidden);
        self.output.backward_weights(layer_context, &saved.hidden, dy, gradients);
        activation::backward(layer_context.instruction_set, &saved.derivative, dhidden);
        self.input.backward_input(layer_context, dhidden, dx);
        self.input.backward_weights(layer_context, &saved.input, dhidden, gradients);
    }
}
