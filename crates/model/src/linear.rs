//! A linear layer, y = W x + b: what the other layers are built from.

use ninth_kernels::argmax::ArgMax;
use ninth_kernels::{Lanes, matmul};

use crate::parameters::{Initial, Layout, Role, Span};
use crate::{Gradients, LayerContext};

/// A linear layer: the spans of its weight and its bias in the parameters.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    /// W, `[outputs][inputs]`.
    pub weight: Span,
    /// b, `[outputs]`.
    pub bias: Span,
    /// Width of x.
    pub inputs: usize,
    /// Width of y.
    pub outputs: usize,
}

impl Linear {
    /// Adds the layer to a layout as `name`.weight, with the given role, and `name`.bias.
    /// Initially the weights are uniform with variance `gain^2 / inputs`, the bias is zero.
    pub fn new(
        layout: &mut Layout,
        name: &str,
        role: Role,
        [inputs, outputs]: [usize; 2],
        gain: f32,
    ) -> Self {
        // A uniform number between -a and a has variance a^2 / 3.
        let limit = gain * (3.0 / inputs as f32).sqrt();
        let initial = Initial::Uniform(limit);
        let weight = layout.add(format!("{name}.weight"), &[outputs, inputs], role, initial);
        let bias =
            layout.add(format!("{name}.bias"), &[outputs], Role::Bias, Initial::Constant(0.0));
        Linear { weight, bias, inputs, outputs }
    }

    /// y = W x + b for every column, x `[T][inputs]` and y `[T][outputs]`.
    pub fn forward(&self, layer_context: LayerContext<'_>, x: &[Lanes], y: &mut [Lanes]) {
        let epilogue = matmul::Epilogue::OverwriteWithBias(self.bias.of(layer_context.parameters));
        self.product(layer_context, epilogue, x, y);
    }

    /// As [`forward`](Self::forward), and y += instead of y =: a residual connection.
    pub fn forward_accumulate(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        y: &mut [Lanes],
    ) {
        let epilogue = matmul::Epilogue::AccumulateWithBias(self.bias.of(layer_context.parameters));
        self.product(layer_context, epilogue, x, y);
    }

    fn product(
        &self,
        layer_context: LayerContext<'_>,
        epilogue: matmul::Epilogue<'_>,
        x: &[Lanes],
        y: &mut [Lanes],
    ) {
        let LayerContext { instruction_set, parameters } = layer_context;
        let weight = self.weight.of(parameters);
        matmul::forward(instruction_set, weight, epilogue, x, y, self.inputs, self.outputs);
    }

    /// As [`forward`](Self::forward), with the largest element of every column, `[T]`.
    pub fn forward_with_argmax(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        y: &mut [Lanes],
        argmax: &mut [ArgMax],
    ) {
        let LayerContext { instruction_set, parameters } = layer_context;
        let (weight, bias) = (self.weight.of(parameters), self.bias.of(parameters));
        matmul::forward_with_argmax(instruction_set, weight, bias, x, y, argmax, self.inputs);
    }

    /// dx = W^T dy for every column, dx `[T][inputs]` and dy `[T][outputs]`.
    pub fn backward_input(&self, layer_context: LayerContext<'_>, dy: &[Lanes], dx: &mut [Lanes]) {
        let LayerContext { instruction_set, parameters } = layer_context;
        let weight = self.weight.of(parameters);
        matmul::backward_input(instruction_set, weight, dy, dx, self.inputs, self.outputs);
    }

    /// dW = dy x^T and db = dy, summed over columns and lanes.
    pub fn backward_weights(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        dy: &[Lanes],
        gradients: &mut Gradients<'_>,
    ) {
        self.backward_scaled_weights(layer_context, x, None, dy, gradients);
    }

    /// As [`backward_weights`](Self::backward_weights) where the gradient of y is not dy but
    /// dy times a scale per column, `[T]`. The columns of x must be multiplied by it already.
    pub fn backward_scaled_weights(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        scale: Option<&[Lanes]>,
        dy: &[Lanes],
        gradients: &mut Gradients<'_>,
    ) {
        let instruction_set = layer_context.instruction_set;
        let (sums, scratch) = gradients.of_layer(self.weight, self.bias);
        let (inputs, outputs) = (self.inputs, self.outputs);
        matmul::backward_weights(instruction_set, x, dy, sums, scale, scratch, inputs, outputs);
    }

    /// Lanes of scratch memory that `backward_weights` needs for `columns` columns.
    pub fn scratch(&self, columns: usize) -> usize {
        matmul::weight_gradient_scratch(columns, self.inputs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finite_differences;

    #[test]
    fn gradients_agree_with_finite_differences() {
        let mut layout = Layout::default();
        let linear = Linear::new(&mut layout, "linear", Role::Weight, [5, 7], 1.0);
        finite_differences::check(
            &layout,
            [3 * 5, 3 * 7],
            || (),
            |_, context, x, y| linear.forward(context, x, y),
            |_, context, x, dy, dx, gradients| {
                linear.backward_input(context, dy, dx);
                linear.backward_weights(context, x, dy, gradients);
            },
        );
    }
}
