//! The residual connection around a layer f: dropout of what f adds, and the
//! normalisation before or after it.

use ninth_kernels::{Lanes, reduce};
use ninth_sequences::Rng;

use crate::dropout::{self, Dropout};
use crate::memory::Memory;
use crate::normalisation::{self, Destination, LayerNorm, Normalisation};
use crate::parameters::Layout;
use crate::{Gradients, LayerContext};

/// A residual connection x + dropout(f(x)), with its normalisation.
#[derive(Clone, Copy, Debug)]
pub struct Residual {
    /// Where the stream is normalised, with the parameters.
    pub normalisation: ResidualNorm,
    /// Of the layer's output, during training.
    pub dropout: Option<Dropout>,
}

/// The normalisation of a residual connection, [`Normalisation`] with its parameters.
#[derive(Clone, Copy, Debug)]
pub enum ResidualNorm {
    /// x + f(x)
    None,
    /// x + f(LayerNorm(x))
    Pre(LayerNorm),
    /// LayerNorm(x + f(x))
    Post(LayerNorm),
}

/// What the forward pass saves for the backward pass.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Input of f, `[T][C]`.
    input: Vec<Lanes>,
    /// Empty without normalisation.
    norm: normalisation::Saved,
    /// Factors of dropout on the output of f, `[T][C]`; empty without dropout.
    mask: Vec<Lanes>,
}

/// Memory that both passes work in. Its contents are meaningless between calls.
#[derive(Clone, Debug)]
pub struct ResidualScratch {
    /// A second residual stream, `[T][C]`, to swap the first one with.
    temporary: Vec<Lanes>,
    /// Gradient of the input of f, `[T][C]`.
    dinput: Vec<Lanes>,
}

impl ResidualScratch {
    /// Allocates the memory for a stream of `stream` = T C lanes.
    pub fn new(stream: usize, memory: &mut Memory) -> Self {
        ResidualScratch { temporary: memory.take(stream), dinput: memory.take(stream) }
    }
}

impl Residual {
    /// Adds the normalisation of the layer called `layer`, if there is one, to a layout.
    pub fn new(
        layout: &mut Layout,
        layer: &str,
        width: usize,
        normalisation: Normalisation,
        dropout: Option<Dropout>,
    ) -> Self {
        let name = format!("{layer}.norm");
        let normalisation = match normalisation {
            Normalisation::None => ResidualNorm::None,
            Normalisation::Pre => ResidualNorm::Pre(LayerNorm::new(layout, &name, width)),
            Normalisation::Post => ResidualNorm::Post(LayerNorm::new(layout, &name, width)),
        };
        Residual { normalisation, dropout }
    }

    /// The normalisation, if there is one.
    pub fn norm(&self) -> Option<&LayerNorm> {
        match &self.normalisation {
            ResidualNorm::None => None,
            ResidualNorm::Pre(norm) | ResidualNorm::Post(norm) => Some(norm),
        }
    }

    /// Allocates what a forward pass over `positions` positions of `width` features saves.
    pub fn saved(&self, positions: usize, width: usize, memory: &mut Memory) -> Saved {
        let stream = positions * width;
        let normalised = self.norm().map_or(0, |_| positions);
        Saved {
            input: memory.take(stream),
            norm: normalisation::Saved::new(normalised, width, memory),
            mask: memory.take(self.dropout.map_or(0, |_| stream)),
        }
    }

    /// Replaces the residual stream x, `[T][C]`, by x + f(x) with normalisation and, where
    /// there is noise, dropout. `layer` is f: given its input, `[T][C]`, and the noise, it
    /// adds its output to its last argument, `[T][C]`.
    pub fn forward(
        &self,
        layer_context: LayerContext<'_>,
        x: &mut Vec<Lanes>,
        noise: Option<&mut Rng>,
        saved: &mut Saved,
        scratch: &mut ResidualScratch,
        layer: impl FnOnce(&[Lanes], Option<&mut Rng>, &mut [Lanes]),
    ) {
        let Saved { input, norm: saved_norm, mask } = saved;
        let temporary = &mut scratch.temporary;
        match &self.normalisation {
            ResidualNorm::None | ResidualNorm::Post(_) => input.copy_from_slice(x),
            ResidualNorm::Pre(norm) => norm.forward(layer_context, x, input, saved_norm),
        }
        match self.dropout.zip(noise) {
            None => layer(input, None, x),
            Some((dropout, noise)) => {
                temporary.fill(Lanes::ZERO);
                layer(input, Some(noise), temporary);
                dropout.draw(noise, mask);
                dropout::add_masked(layer_context.instruction_set, mask, temporary, x);
            }
        }
        match &self.normalisation {
            ResidualNorm::None | ResidualNorm::Pre(_) => {}
            ResidualNorm::Post(norm) => {
                norm.forward(layer_context, x, temporary, saved_norm);
                std::mem::swap(x, temporary);
            }
        }
    }

    /// Replaces dx, `[T][C]`, the gradient with respect to the result of
    /// [`forward`](Self::forward), by that with respect to its x. `layer` is the backward pass
    /// of f: given the input of f and the gradient of its output, it writes that of its input
    /// to its third argument, each `[T][C]`. The forward pass had noise where there is dropout.
    pub fn backward(
        &self,
        layer_context: LayerContext<'_>,
        saved: &Saved,
        dx: &mut Vec<Lanes>,
        scratch: &mut ResidualScratch,
        gradients: &mut Gradients<'_>,
        layer: impl FnOnce(&[Lanes], &[Lanes], &mut [Lanes], &mut Gradients<'_>),
    ) {
        let instruction_set = layer_context.instruction_set;
        let Saved { input, norm: saved_norm, mask } = saved;
        let ResidualScratch { temporary, dinput } = scratch;
        match &self.normalisation {
            ResidualNorm::None | ResidualNorm::Pre(_) => {}
            ResidualNorm::Post(norm) => {
                let dsum = Destination::Overwrite(temporary);
                norm.backward(layer_context, saved_norm, dx, dsum, gradients);
                std::mem::swap(dx, temporary);
            }
        }
        let dy: &[Lanes] = match self.dropout {
            None => dx,
            Some(_) => {
                reduce::multiply(instruction_set, mask, dx, temporary);
                temporary
            }
        };
        layer(input, dy, dinput, gradients);
        match &self.normalisation {
            ResidualNorm::None | ResidualNorm::Post(_) => reduce::add(instruction_set, dinput, dx),
            ResidualNorm::Pre(norm) => {
                let dx = Destination::Accumulate(dx);
                norm.backward(layer_context, saved_norm, dinput, dx, gradients);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finite_differences;
    use crate::linear::Linear;
    use crate::parameters::Role;

    /// Around a linear layer, for every place of the normalisation, with and without dropout.
    #[test]
    fn gradients_agree_with_finite_differences() {
        const WIDTH: usize = 6;
        const STREAM: usize = 2 * WIDTH;
        for &normalisation in Normalisation::ALL {
            for dropout in [None, Dropout::new(0.4)] {
                let mut layout = Layout::default();
                let residual = Residual::new(&mut layout, "f", WIDTH, normalisation, dropout);
                let layer = Linear::new(&mut layout, "f", Role::Weight, [WIDTH, WIDTH], 1.0);
                finite_differences::check(
                    &layout,
                    [STREAM; 2],
                    || {
                        let memory = &mut Memory::for_use();
                        (residual.saved(2, WIDTH, memory), ResidualScratch::new(STREAM, memory))
                    },
                    |(saved, scratch), context, x, y| {
                        let (mut stream, noise) = (x.to_vec(), &mut Rng::new(7));
                        let f = |input: &[Lanes], _: Option<&mut Rng>, sum: &mut [Lanes]| {
                            layer.forward_accumulate(context, input, sum);
                        };
                        residual.forward(context, &mut stream, Some(noise), saved, scratch, f);
                        y.copy_from_slice(&stream);
                    },
                    |(saved, scratch), context, _, dy, dx, gradients| {
                        let mut stream = dy.to_vec();
                        residual.backward(
                            context,
                            saved,
                            &mut stream,
                            scratch,
                            gradients,
                            |input, dy, dinput, gradients| {
                                layer.backward_input(context, dy, dinput);
                                layer.backward_weights(context, input, dy, gradients);
                            },
                        );
                        dx.copy_from_slice(&stream);
                    },
                );
            }
        }
    }
}
