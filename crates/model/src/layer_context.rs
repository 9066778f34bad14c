//! What every layer is handed in a forward and in a backward pass.

use ninth_kernels::matmul::WeightSums;
use ninth_kernels::{InstructionSet, Lanes};

use crate::parameters::{Span, two_of_mut};

/// The instruction set to use and the weights to use it on.
#[derive(Clone, Copy, Debug)]
pub struct LayerContext<'a> {
    /// The instruction set.
    pub instruction_set: InstructionSet,
    /// The arena of the parameters.
    pub parameters: &'a [f32],
}

/// What the gradients of the parameters are added to.
#[derive(Debug)]
pub struct Accumulator<'a> {
    /// An arena of the parameters' layout.
    pub arena: &'a mut [f32],
    /// Whether the sums begin with this pass, whatever is there. Each layer sees to its part: an
    /// arena that is cleared as a whole is out of the caches again by then.
    pub from_zero: bool,
}

/// What a backward pass does with the gradients of the parameters.
#[derive(Debug)]
pub struct Gradients<'a> {
    /// Where they go.
    pub accumulator: Accumulator<'a>,
    /// Memory to transpose activations in, enough for the widest layer.
    pub scratch: &'a mut [Lanes],
}

impl Gradients<'_> {
    /// The sums of a tensor, to add to, cleared if they begin with this pass.
    pub fn of(&mut self, span: Span) -> &mut [f32] {
        let Accumulator { arena, from_zero } = &mut self.accumulator;
        let sums = span.of_mut(arena);
        if *from_zero {
            sums.fill(0.0);
        }
        sums
    }

    /// The sums of a layer's weight and bias as they are, and the scratch memory.
    ///
    /// # Panics
    ///
    /// If they are the same tensor.
    pub fn of_layer(&mut self, weight: Span, bias: Span) -> (WeightSums<'_>, &mut [Lanes]) {
        let Gradients { accumulator: Accumulator { arena, from_zero }, scratch } = self;
        let [weights, bias] = two_of_mut(arena, [weight, bias]);
        (WeightSums { weights, bias, from_zero: *from_zero }, scratch)
    }
}
