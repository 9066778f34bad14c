//! Matrix products between weights and activations: a linear layer `y = W x + b`, forward and
//! backward.
//!
//! | module | what it computes | used by |
//! |---|---|---|
//! | `forward` | `y = W x`, and the same code for `dx = W^T dy` | training and evaluation |
//! | `weight_gradient` | `dW = dy x^T` and `db = dy`, summed over positions and lanes | training |
//! | `vector` | `y = W x` for single vectors, where lanes are features | decoding |
//!
//! # Shapes
//!
//! By the legend of the [crate], with `inputs` and `outputs` for the widths of a layer
//! (C and V for the head, for example):
//!
//! | name | shape | unit |
//! |---|---|---|
//! | `weights` | `[outputs][inputs]`, as PyTorch keeps those of a linear layer | `f32` |
//! | `bias` | `[outputs]` | `f32` |
//! | `x`, `dx` | `[T][inputs]` | [`Lanes`], one sequence per lane |
//! | `y`, `dy` | `[T][outputs]` | [`Lanes`], one sequence per lane |
//!
//! The features of one position are a *column*: that of position `t` is
//! `x[t * inputs..][..inputs]`.
//!
//! # Rounding
//!
//! `forward` and `weight_gradient` are made of *tiles*: some rows by some columns of the
//! output, whose sums stay in registers while the inner dimension runs. Every element is added
//! up in the order of the inner dimension, whatever the tile. So all instruction sets with
//! fused multiplication give the same bits; the portable one rounds twice.

mod forward;
mod vector;
mod weight_gradient;

pub use forward::{Epilogue, backward_input, forward, forward_with_argmax};
pub use vector::vectors;
pub use weight_gradient::{WeightSums, add_column_sums, backward_weights, weight_gradient_scratch};

use crate::Lanes;

/// Checks that the slices have the shapes of the module's documentation, and returns T, the
/// number of columns.
#[inline(always)]
fn check(weights: &[f32], x: &[Lanes], y: &[Lanes], inputs: usize, outputs: usize) -> usize {
    assert!(inputs > 0 && outputs > 0, "a matrix of no size");
    assert_eq!(weights.len(), inputs * outputs, "weights of another size");
    let columns = x.len() / inputs;
    assert_eq!(x.len(), columns * inputs, "columns of another size");
    assert_eq!(y.len(), columns * outputs, "as many columns on both sides");
    columns
}

/// Inputs of the tests, and how close a result has to be.
#[cfg(test)]
mod testing {
    use proptest::prelude::*;

    use crate::{LANES, Lanes, as_floats_mut};

    /// Pseudo-random numbers in -1..1.
    pub(super) fn noise(len: usize, seed: u32) -> Vec<f32> {
        let mut state = seed.wrapping_mul(0x9E37_79B9) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as f32 / u32::MAX as f32 * 2.0 - 1.0
        };
        (0..len).map(|_| next()).collect()
    }

    pub(super) fn noisy_lanes(len: usize, seed: u32) -> Vec<Lanes> {
        let mut lanes = vec![Lanes::ZERO; len];
        as_floats_mut(&mut lanes).copy_from_slice(&noise(len * LANES, seed));
        lanes
    }

    /// Fails unless sums of `terms` products are equal up to rounding.
    pub(super) fn close(got: &[f32], expected: &[f32], terms: usize) -> Result<(), TestCaseError> {
        prop_assert_eq!(got.len(), expected.len());
        for (got, expected) in got.iter().zip(expected) {
            let bound = 4e-7 * (terms as f32 + 4.0);
            prop_assert!((got - expected).abs() < bound, "{got} is not {expected}");
        }
        Ok(())
    }
}
