//! Arguments that the forward and the backward pass of every layer share.

use ninth_kernels::matmul::WeightSums;
use ninth_kernels::{InstructionSet, Lanes};

use crate::parameters::{Span, two_of_mut};

/// What a forward pass of a layer needs besides its input.
#[derive(Clone, Copy, Debug)]
pub struct LayerContext<'a> {
    /// The instruction set that kernels are run with.
    pub instruction_set: InstructionSet,
    /// The parameters of the whole model: an arena of its [`Layout`](crate::Layout).
    pub parameters: &'a [f32],
}

/// Sums of parameter gradients over the chunks of a batch.
#[derive(Debug)]
pub struct Accumulator<'a> {
    /// The sums: an arena of the model's [`Layout`](crate::Layout).
    pub arena: &'a mut [f32],
    /// Whether this pass overwrites the arena instead of adding to it. Each layer clears its
    /// own part: an arena cleared as a whole would have left the caches when it is used.
    pub from_zero: bool,
}

/// What a backward pass of a layer needs to sum up the gradients of its parameters.
#[derive(Debug)]
pub struct Gradients<'a> {
    /// The sums.
    pub accumulator: Accumulator<'a>,
    /// Scratch memory to transpose activations in, enough for the widest layer.
    pub scratch: &'a mut [Lanes],
}

impl Gradients<'_> {
    /// The sums of a tensor, ready to add to: cleared, if this pass overwrites them.
    pub fn of(&mut self, span: Span) -> &mut [f32] {
        let Accumulator { arena, from_zero } = &mut self.accumulator;
        let sums = span.of_mut(arena);
        if *from_zero {
            sums.fill(0.0);
        }
        sums
    }

    /// The sums of a layer's weight and bias, not cleared, and the scratch memory.
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
