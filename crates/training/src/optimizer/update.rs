//! What every update rule works with.

use ninth_kernels::{Lanes, Simd};

/// The numbers of one update, in single precision. [`OptimizerSettings::coefficients`] makes
/// them from the settings, the learning rate and the norm of the gradients.
///
/// [`OptimizerSettings::coefficients`]: crate::optimizer::OptimizerSettings::coefficients
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UpdateCoefficients {
    /// Factor on the gradients, from clipping by norm.
    pub gradient_factor: f32,
    /// Gradients are clamped to plus and minus this, from clipping by value.
    pub gradient_limit: f32,
    /// The learning rate, without bias correction: for SGD and Muon.
    pub learning_rate: f32,
    /// Momentum of Muon.
    pub momentum: f32,
    /// Weight decay as a factor: x times this is added to the gradient of x, where decay is a
    /// part of the gradient.
    pub gradient_decay: f32,
    /// Learning rate divided by the bias correction of the first moment.
    pub step_size: f32,
    /// 1 / root of the bias correction of the second moment.
    pub second_factor: f32,
    /// Factor on the parameters that decay, where decay is decoupled from the gradient.
    pub decay_factor: f32,
    /// Decay rate of the first moment.
    pub beta1: f32,
    /// Decay rate of the second moment.
    pub beta2: f32,
    /// Added to the root of the second moment.
    pub epsilon: f32,
}

/// Moments below this become zero: those of embedding rows that never occur would decay to
/// subnormal numbers, with which arithmetic is slow.
pub const SMALLEST_MOMENT: f32 = 1e-30;

/// The clipping of gradients in vector registers.
#[derive(Clone, Copy)]
pub(super) struct Clip<V> {
    factor: V,
    upper: V,
    lower: V,
}

impl<V: Copy> Clip<V> {
    #[inline(always)]
    pub(super) fn new<S: Simd<V = V>>(simd: S, coefficients: UpdateCoefficients) -> Self {
        Clip {
            factor: simd.splat(coefficients.gradient_factor),
            upper: simd.splat(coefficients.gradient_limit),
            lower: simd.splat(-coefficients.gradient_limit),
        }
    }

    #[inline(always)]
    pub(super) fn apply<S: Simd<V = V>>(self, simd: S, gradient: V) -> V {
        let scaled = simd.mul(gradient, self.factor);
        simd.max(simd.min(scaled, self.upper), self.lower)
    }
}

/// How the parameters of a group decay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decay {
    /// Not at all.
    None,
    /// Decoupled from the gradient: x is scaled down.
    Decoupled,
    /// As a part of the gradient: a share of x is added to it.
    InGradient,
}

impl Decay {
    /// The factor on x, and the factor with which x is added to its gradient.
    pub(super) fn factors(self, coefficients: UpdateCoefficients) -> (f32, f32) {
        match self {
            Decay::None => (1.0, 0.0),
            Decay::Decoupled => (coefficients.decay_factor, 0.0),
            Decay::InGradient => (1.0, coefficients.gradient_decay),
        }
    }
}

/// The same range of all four arenas; the slices have equal lengths.
#[derive(Debug)]
pub struct Arenas<'a> {
    /// Gradients before clipping. An update may overwrite them.
    pub gradients: &'a mut [Lanes],
    /// Parameters.
    pub parameters: &'a mut [Lanes],
    /// First moments, or the momentum.
    pub first: &'a mut [Lanes],
    /// Second moments.
    pub second: &'a mut [Lanes],
}
