//! What every layer is handed in a forward and in a backward pass.

use ninth_kernels::{Lanes, Level};

/// The instruction set to use and the weights to use it on.
#[derive(Clone, Copy, Debug)]
pub struct Pass<'a> {
    /// The instruction set.
    pub level: Level,
    /// The arena of the parameters.
    pub parameters: &'a [f32],
}

/// Where a backward pass adds the gradients of the parameters.
#[derive(Debug)]
pub struct Gradients<'a> {
    /// An arena of the parameters' layout.
    pub arena: &'a mut [f32],
    /// Memory to transpose activations in, enough for the widest layer.
    pub scratch: &'a mut [Lanes],
}
