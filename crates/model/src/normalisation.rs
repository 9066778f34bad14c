//! Normalisation of the residual stream: where it stands, and LayerNorm itself.
//!
//! The residual connection that it belongs to is in [`residual`](crate::residual).

use ninth_kernels::{InstructionSet, LANES, Lanes, matmul, reduce, simd_kernel};

use crate::memory::Memory;
use crate::parameters::{Initial, Layout, Role, Span};
use crate::{Gradients, LayerContext};

ninth_settings::options! {
    /// Where the residual stream is normalised.
    pub enum Normalisation {
        /// nowhere: x + f(x)
        None = "none",
        /// before each layer and once at the end: x + f(LayerNorm(x))
        Pre = "pre",
        /// after each residual connection: LayerNorm(x + f(x))
        Post = "post",
    }
}

/// Added to the variance.
pub const EPSILON: f32 = 1e-5;

/// LayerNorm: the spans of its scale and its shift, each `[C]`.
#[derive(Clone, Copy, Debug)]
pub struct LayerNorm {
    /// Multiplies the normalised values.
    pub weight: Span,
    /// Is added to them.
    pub bias: Span,
}

/// What the forward pass saves for the backward pass.
#[derive(Clone, Debug)]
pub struct Saved {
    /// (x - mean) / deviation, `[T][C]`.
    normalised: Vec<Lanes>,
    /// 1 / deviation, `[T]`.
    scale: Vec<Lanes>,
}

impl Saved {
    /// Allocates the memory for `columns` columns of `width` features.
    pub fn new(columns: usize, width: usize, memory: &mut Memory) -> Self {
        Saved { normalised: memory.take(columns * width), scale: memory.take(columns) }
    }
}

impl LayerNorm {
    /// Adds the layer to a layout: scale one, shift zero.
    pub fn new(layout: &mut Layout, name: &str, width: usize) -> Self {
        let mut add = |part: &str, initial| {
            layout.add(format!("{name}.{part}"), &[width], Role::Norm, Initial::Constant(initial))
        };
        LayerNorm { weight: add("weight", 1.0), bias: add("bias", 0.0) }
    }

    /// y = weight (x - mean) / sqrt(variance + 1e-5) + bias, x and y `[T][C]`; mean and
    /// (biased) variance are those of the C features of a position.
    /// (Ba, Kiros, Hinton, Layer Normalization, 2016)
    pub fn forward(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        y: &mut [Lanes],
        saved: &mut Saved,
    ) {
        let LayerContext { instruction_set, parameters } = layer_context;
        let (weight, bias) = (self.weight.of(parameters), self.bias.of(parameters));
        let Saved { normalised, scale } = saved;
        forward(instruction_set, weight, bias, x, y, normalised, scale);
    }

    /// Writes the gradient with respect to x, `[T][C]`, to `dx`, given that with respect
    /// to y; those of weight and bias go to `gradients`.
    pub fn backward(
        &self,
        layer_context: LayerContext<'_>,
        saved: &Saved,
        dy: &[Lanes],
        dx: Destination<'_>,
        gradients: &mut Gradients<'_>,
    ) {
        let LayerContext { instruction_set, parameters } = layer_context;
        let (sums, scratch) = gradients.of_layer(self.weight, self.bias);
        // dweight = sum of dy normalised, dbias = sum of dy, over columns and lanes
        let scratch = &mut scratch[..dy.len()];
        reduce::multiply(instruction_set, dy, &saved.normalised, scratch);
        matmul::add_column_sums(instruction_set, scratch, sums.weights, sums.from_zero);
        matmul::add_column_sums(instruction_set, dy, sums.bias, sums.from_zero);
        let (dx, accumulate) = match dx {
            Destination::Accumulate(dx) => (dx, true),
            Destination::Overwrite(dx) => (dx, false),
        };
        backward_input(instruction_set, self.weight.of(parameters), saved, dy, dx, accumulate);
    }

    /// As [`forward`](Self::forward) for a single sequence: x and y are `[T][C]` floats.
    pub fn forward_vector(
        &self,
        instruction_set: InstructionSet,
        parameters: &[f32],
        x: &[f32],
        y: &mut [f32],
    ) {
        let (weight, bias) = (self.weight.of(parameters), self.bias.of(parameters));
        vectors(instruction_set, weight, bias, x, y);
    }
}

/// Where a gradient is written to.
#[derive(Debug)]
pub enum Destination<'a> {
    /// It is added to what is there, the gradient by another path to the same x.
    Accumulate(&'a mut [Lanes]),
    /// It replaces what is there.
    Overwrite(&'a mut [Lanes]),
}

simd_kernel! {
    /// [`LayerNorm::forward`], a column of C features at a time.
    fn forward<'a>(
        simd,
        weight: &'a [f32],
        bias: &'a [f32],
        x: &'a [Lanes],
        y: &'a mut [Lanes],
        normalised: &'a mut [Lanes],
        scale: &'a mut [Lanes],
    ) {
        let width = weight.len();
        let share = simd.splat(1.0 / width as f32);
        let columns = x
            .chunks_exact(width)
            .zip(y.chunks_exact_mut(width))
            .zip(normalised.chunks_exact_mut(width))
            .zip(scale);
        for (((x, y), normalised), scale) in columns {
            let mut sum = simd.zero();
            for x in x {
                sum = simd.add(sum, simd.load(x));
            }
            let mean = simd.mul(sum, share);
            let mut squares = simd.zero();
            for x in x {
                let centred = simd.sub(simd.load(x), mean);
                squares = simd.mul_add(centred, centred, squares);
            }
            let variance = simd.mul_add(squares, share, simd.splat(EPSILON));
            let factor = simd.div(simd.splat(1.0), simd.sqrt(variance));
            simd.store(factor, scale);
            for ((((x, y), normalised), &weight), &bias) in
                x.iter().zip(y).zip(normalised).zip(weight).zip(bias)
            {
                let value = simd.mul(simd.sub(simd.load(x), mean), factor);
                simd.store(value, normalised);
                simd.store(simd.mul_add(value, simd.splat(weight), simd.splat(bias)), y);
            }
        }
    }
}

simd_kernel! {
    /// With n the normalised values and g = dy weight:
    /// dx = (g - mean(g) - n mean(g n)) / deviation.
    fn backward_input<'a>(
        simd,
        weight: &'a [f32],
        saved: &'a Saved,
        dy: &'a [Lanes],
        dx: &'a mut [Lanes],
        accumulate: bool,
    ) {
        let width = weight.len();
        let share = simd.splat(1.0 / width as f32);
        let columns = dy
            .chunks_exact(width)
            .zip(dx.chunks_exact_mut(width))
            .zip(saved.normalised.chunks_exact(width))
            .zip(&saved.scale);
        for (((dy, dx), normalised), scale) in columns {
            let (mut sum, mut product) = (simd.zero(), simd.zero());
            for ((dy, normalised), &weight) in dy.iter().zip(normalised).zip(weight) {
                let g = simd.mul(simd.load(dy), simd.splat(weight));
                sum = simd.add(sum, g);
                product = simd.mul_add(g, simd.load(normalised), product);
            }
            let (mean, slope) = (simd.mul(sum, share), simd.mul(product, share));
            let scale = simd.load(scale);
            for (((dy, dx), normalised), &weight) in
                dy.iter().zip(dx).zip(normalised).zip(weight)
            {
                let g = simd.mul(simd.load(dy), simd.splat(weight));
                let along = simd.mul(slope, simd.load(normalised));
                let value = simd.mul(simd.sub(simd.sub(g, mean), along), scale);
                let value = if accumulate { simd.add(value, simd.load(dx)) } else { value };
                simd.store(value, dx);
            }
        }
    }
}

simd_kernel! {
    /// [`LayerNorm::forward_vector`]. A sum over features is sixteen partial sums, so that
    /// it is vectorised.
    fn vectors<'a>(simd, weight: &'a [f32], bias: &'a [f32], x: &'a [f32], y: &'a mut [f32]) {
        let width = weight.len();
        let share = 1.0 / width as f32;
        for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
            let mut sums = [0.0; LANES];
            for x in x.chunks(LANES) {
                sums.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
            }
            let mean = simd.sum(simd.load_floats(&sums)) * share;
            let mut squares = [0.0; LANES];
            for x in x.chunks(LANES) {
                let centred = x.iter().map(|x| x - mean);
                squares.iter_mut().zip(centred).for_each(|(sum, x)| *sum += x * x);
            }
            let variance = simd.sum(simd.load_floats(&squares)) * share;
            let scale = 1.0 / (variance + EPSILON).sqrt();
            for (((y, x), weight), bias) in y.iter_mut().zip(x).zip(weight).zip(bias) {
                *y = (x - mean) * scale * weight + bias;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finite_differences::{self, random};
    use ninth_kernels::{as_floats, as_floats_mut};
    use ninth_sequences::Rng;

    const WIDTH: usize = 7;

    #[test]
    fn gradients_agree_with_finite_differences() {
        let mut layout = Layout::default();
        let norm = LayerNorm::new(&mut layout, "norm", WIDTH);
        finite_differences::check(
            &layout,
            [3 * WIDTH; 2],
            || Saved::new(3, WIDTH, &mut Memory::for_use()),
            |saved, context, x, y| norm.forward(context, x, y, saved),
            |saved, context, _, dy, dx, gradients| {
                norm.backward(context, saved, dy, Destination::Overwrite(dx), gradients);
            },
        );
    }

    #[test]
    fn a_vector_is_normalised_as_a_column_is() {
        let mut layout = Layout::default();
        let norm = LayerNorm::new(&mut layout, "norm", WIDTH);
        let mut rng = Rng::new(5);
        let (parameters, x) = (random(&mut rng, layout.lanes()), random(&mut rng, WIDTH));
        for instruction_set in InstructionSet::available() {
            let parameters = as_floats(&parameters);
            let layer_context = LayerContext { instruction_set, parameters };
            let mut saved = Saved::new(1, WIDTH, &mut Memory::for_use());
            let mut y = vec![Lanes::ZERO; WIDTH];
            norm.forward(layer_context, &x, &mut y, &mut saved);
            for lane in 0..LANES {
                let x: Vec<f32> = x.iter().map(|feature| feature.0[lane]).collect();
                let mut vector = [0.0; WIDTH];
                norm.forward_vector(instruction_set, parameters, &x, &mut vector);
                for (got, expected) in vector.iter().zip(&y) {
                    assert!((got - expected.0[lane]).abs() < 1e-5);
                }
            }
        }
    }

    /// A scale and a shift by hand: mean 2, variance 2 / 3.
    #[test]
    fn values_are_those_of_the_formula() {
        let mut layout = Layout::default();
        let norm = LayerNorm::new(&mut layout, "norm", 3);
        let mut parameters = layout.initial(0);
        norm.weight.of_mut(as_floats_mut(&mut parameters)).fill(2.0);
        norm.bias.of_mut(as_floats_mut(&mut parameters)).fill(5.0);
        let mut y = [0.0; 3];
        let parameters = as_floats(&parameters);
        norm.forward_vector(InstructionSet::detect(), parameters, &[1.0, 2.0, 3.0], &mut y);
        let deviation = (2.0_f32 / 3.0 + EPSILON).sqrt();
        for (got, expected) in
            y.into_iter().zip([5.0 - 2.0 / deviation, 5.0, 5.0 + 2.0 / deviation])
        {
            assert!((got - expected).abs() < 1e-5, "{got} is not {expected}");
        }
    }
}
