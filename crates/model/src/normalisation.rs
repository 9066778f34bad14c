//! Normalisation of the residual stream (LayerNorm), and where it stands.

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

/// The places of a LayerNorm's scale and shift, each `[C]`.
#[derive(Clone, Copy, Debug)]
pub struct LayerNorm {
    /// What the normalised values are multiplied by.
    pub weight: Span,
    /// What is added to them.
    pub bias: Span,
}

/// What the backward pass needs of the forward pass.
#[derive(Clone, Debug)]
pub struct Saved {
    /// (x - mean) / deviation, `[T][C]`.
    normalised: Vec<Lanes>,
    /// 1 / deviation, `[T]`.
    scale: Vec<Lanes>,
}

impl Saved {
    /// Room for so many columns.
    pub(crate) fn new(columns: usize, width: usize, memory: &mut Memory) -> Self {
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

    /// y = weight (x - mean) / sqrt(variance + 1e-5) + bias, over the features of
    /// each column.
    pub fn forward(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        y: &mut [Lanes],
        saved: &mut Saved,
    ) {
        let (weight, bias) =
            (self.weight.of(layer_context.parameters), self.bias.of(layer_context.parameters));
        forward(
            layer_context.instruction_set,
            weight,
            bias,
            x,
            y,
            &mut saved.normalised,
            &mut saved.scale,
        );
    }

    /// The gradient with respect to x, put where `dx` says; those of weight and
    /// bias are added to `gradients`.
    pub fn backward(
        &self,
        layer_context: LayerContext<'_>,
        saved: &Saved,
        dy: &[Lanes],
        dx: Onto<'_>,
        gradients: &mut Gradients<'_>,
    ) {
        let (sums, scratch) = gradients.of_layer(self.weight, self.bias);
        let scratch = &mut scratch[..dy.len()];
        reduce::multiply(layer_context.instruction_set, dy, &saved.normalised, scratch);
        matmul::add_column_sums(
            layer_context.instruction_set,
            scratch,
            sums.weights,
            sums.from_zero,
        );
        matmul::add_column_sums(layer_context.instruction_set, dy, sums.bias, sums.from_zero);
        let weight = self.weight.of(layer_context.parameters);
        match dx {
            Onto::Add(dx) => {
                backward_input(layer_context.instruction_set, weight, saved, dy, dx, true)
            }
            Onto::Replace(dx) => {
                backward_input(layer_context.instruction_set, weight, saved, dy, dx, false)
            }
        }
    }

    /// The layer applied to vectors, one behind the other, for a single sequence.
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

/// A residual connection around a layer f, with the normalisation that belongs
/// to it.
#[derive(Clone, Copy, Debug)]
pub enum Residual {
    /// x + f(x)
    Plain,
    /// x + f(LayerNorm(x))
    Pre(LayerNorm),
    /// LayerNorm(x + f(x))
    Post(LayerNorm),
}

impl Residual {
    /// Adds the normalisation, if there is one, to a layout.
    pub fn new(
        layout: &mut Layout,
        layer: &str,
        width: usize,
        normalisation: Normalisation,
    ) -> Self {
        let name = format!("{layer}.norm");
        match normalisation {
            Normalisation::None => Residual::Plain,
            Normalisation::Pre => Residual::Pre(LayerNorm::new(layout, &name, width)),
            Normalisation::Post => Residual::Post(LayerNorm::new(layout, &name, width)),
        }
    }

    /// The normalisation, if there is one.
    pub fn norm(&self) -> Option<&LayerNorm> {
        match self {
            Residual::Plain => None,
            Residual::Pre(norm) | Residual::Post(norm) => Some(norm),
        }
    }

    /// Room for what a forward pass over so many columns saves.
    pub fn saved(&self, columns: usize, width: usize, memory: &mut Memory) -> Saved {
        match self {
            Residual::Plain => Saved::new(0, width, memory),
            Residual::Pre(_) | Residual::Post(_) => Saved::new(columns, width, memory),
        }
    }

    /// The layer's input, from the residual stream x.
    pub fn before(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        input: &mut [Lanes],
        saved: &mut Saved,
    ) {
        match self {
            Residual::Plain | Residual::Post(_) => input.copy_from_slice(x),
            Residual::Pre(norm) => norm.forward(layer_context, x, input, saved),
        }
    }

    /// The residual stream after the layer was added to it.
    pub fn after(
        &self,
        layer_context: LayerContext<'_>,
        x: &mut Vec<Lanes>,
        temporary: &mut Vec<Lanes>,
        saved: &mut Saved,
    ) {
        match self {
            Residual::Plain | Residual::Pre(_) => {}
            Residual::Post(norm) => {
                norm.forward(layer_context, x, temporary, saved);
                std::mem::swap(x, temporary);
            }
        }
    }

    /// The backward pass of [`after`](Self::after): dx becomes the gradient of
    /// the sum x + f.
    pub fn backward_after(
        &self,
        layer_context: LayerContext<'_>,
        saved: &Saved,
        dx: &mut Vec<Lanes>,
        temporary: &mut Vec<Lanes>,
        gradients: &mut Gradients<'_>,
    ) {
        match self {
            Residual::Plain | Residual::Pre(_) => {}
            Residual::Post(norm) => {
                norm.backward(layer_context, saved, dx, Onto::Replace(temporary), gradients);
                std::mem::swap(dx, temporary);
            }
        }
    }

    /// The backward pass of [`before`](Self::before): the gradient of the layer's
    /// input is added to that of the stream.
    pub fn backward_before(
        &self,
        layer_context: LayerContext<'_>,
        saved: &Saved,
        dinput: &[Lanes],
        dx: &mut [Lanes],
        gradients: &mut Gradients<'_>,
    ) {
        match self {
            Residual::Plain | Residual::Post(_) => {
                reduce::add(layer_context.instruction_set, dinput, dx)
            }
            Residual::Pre(norm) => {
                norm.backward(layer_context, saved, dinput, Onto::Add(dx), gradients)
            }
        }
    }
}

/// Where a gradient goes.
#[derive(Debug)]
pub enum Onto<'a> {
    /// Added to what is there: another path leads to the same x.
    Add(&'a mut [Lanes]),
    /// In place of what is there.
    Replace(&'a mut [Lanes]),
}

simd_kernel! {
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
        add: bool,
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
                let value = if add { simd.add(value, simd.load(dx)) } else { value };
                simd.store(value, dx);
            }
        }
    }
}

simd_kernel! {
    /// LayerNorm of rows of floats; sums are added up in sixteen parts.
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
