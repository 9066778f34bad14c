//! A linear layer, y = W x + b: the building block of the others.

use ninth_kernels::argmax::ArgMax;
use ninth_kernels::{Lanes, matmul};

use crate::parameters::{Initial, Layout, Role, Span};
use crate::{Gradients, LayerContext};

/// The places of a linear layer's weight `[outputs][inputs]` and bias
/// `[outputs]`.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    /// The matrix.
    pub weight: Span,
    /// What is added.
    pub bias: Span,
    /// Width of x.
    pub inputs: usize,
    /// Width of y.
    pub outputs: usize,
}

impl Linear {
    /// Adds the layer to a layout. The weights, which have the given role, start with
    /// variance `gain^2 / inputs`, the bias at zero.
    pub fn new(
        layout: &mut Layout,
        name: &str,
        role: Role,
        [inputs, outputs]: [usize; 2],
        gain: f32,
    ) -> Self {
        // A uniform number up to a has variance a^2 / 3.
        let limit = gain * (3.0 / inputs as f32).sqrt();
        let initial = Initial::Uniform(limit);
        let weight = layout.add(format!("{name}.weight"), &[outputs, inputs], role, initial);
        let bias =
            layout.add(format!("{name}.bias"), &[outputs], Role::Bias, Initial::Constant(0.0));
        Linear { weight, bias, inputs, outputs }
    }

    /// y = W x + b for every column.
    pub fn forward(&self, layer_context: LayerContext<'_>, x: &[Lanes], y: &mut [Lanes]) {
        let start = matmul::Epilogue::OverwriteWithBias(self.bias.of(layer_context.parameters));
        let weight = self.weight.of(layer_context.parameters);
        matmul::forward(
            layer_context.instruction_set,
            weight,
            start,
            x,
            y,
            self.inputs,
            self.outputs,
        );
    }

    /// As [`forward`](Self::forward), with the largest element of every column.
    pub fn forward_with_argmax(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        y: &mut [Lanes],
        peaks: &mut [ArgMax],
    ) {
        let (weight, bias) =
            (self.weight.of(layer_context.parameters), self.bias.of(layer_context.parameters));
        matmul::forward_with_argmax(
            layer_context.instruction_set,
            weight,
            bias,
            x,
            y,
            peaks,
            self.inputs,
        );
    }

    /// y += W x + b for every column: a residual connection.
    pub fn forward_onto(&self, layer_context: LayerContext<'_>, x: &[Lanes], y: &mut [Lanes]) {
        let start = matmul::Epilogue::AccumulateWithBias(self.bias.of(layer_context.parameters));
        let weight = self.weight.of(layer_context.parameters);
        matmul::forward(
            layer_context.instruction_set,
            weight,
            start,
            x,
            y,
            self.inputs,
            self.outputs,
        );
    }

    /// dx = W^T dy for every column.
    pub fn backward_input(&self, layer_context: LayerContext<'_>, dy: &[Lanes], dx: &mut [Lanes]) {
        let weight = self.weight.of(layer_context.parameters);
        matmul::backward_input(
            layer_context.instruction_set,
            weight,
            dy,
            dx,
            self.inputs,
            self.outputs,
        );
    }

    /// dW += dy x^T and db += dy, summed over columns and lanes.
    pub fn backward_weights(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        dy: &[Lanes],
        gradients: &mut Gradients<'_>,
    ) {
        self.backward_scaled_weights(layer_context, x, None, dy, gradients);
    }

    /// As [`backward_weights`](Self::backward_weights) where the gradient of y is `scale`
    /// times dy, with a scale per column, and x is multiplied by it already.
    pub fn backward_scaled_weights(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        scale: Option<&[Lanes]>,
        dy: &[Lanes],
        gradients: &mut Gradients<'_>,
    ) {
        let (sums, scratch) = gradients.of_layer(self.weight, self.bias);
        let (inputs, outputs) = (self.inputs, self.outputs);
        matmul::backward_weights(
            layer_context.instruction_set,
            x,
            dy,
            sums,
            scale,
            scratch,
            inputs,
            outputs,
        );
    }

    /// Lanes of scratch memory that `backward_weights` needs for so many columns.
    pub fn scratch(&self, columns: usize) -> usize {
        matmul::weight_gradient_scratch(columns, self.inputs)
    }
}
