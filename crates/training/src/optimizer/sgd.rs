//! Stochastic gradient descent with momentum.

use ninth_kernels::{Lanes, simd_kernel};

use crate::optimizer::update::{Clip, Decay, SMALLEST_MOMENT, UpdateCoefficients};

simd_kernel! {
    /// Stochastic gradient descent as PyTorch computes it: with g the clipped
    /// gradient plus the decayed share of x, m = b1 m + g, x = x - rate m.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    pub fn step<'a>(
        simd,
        coefficients: UpdateCoefficients,
        decay: Decay,
        gradients: &'a [Lanes],
        parameters: &'a mut [Lanes],
        first: &'a mut [Lanes],
    ) {
        assert!(gradients.len() == parameters.len() && first.len() == parameters.len());
        let clip = Clip::new(simd, coefficients);
        let momentum = simd.splat(coefficients.beta1);
        let rate = simd.splat(-coefficients.learning_rate);
        let added = simd.splat(decay.factors(coefficients).1);
        let (tiny, zero) = (simd.splat(SMALLEST_MOMENT), simd.zero());
        for ((gradient, parameter), first) in gradients.iter().zip(parameters).zip(first) {
            let x = simd.load(parameter);
            let g = simd.mul_add(x, added, clip.apply(simd, simd.load(gradient)));
            let m = simd.mul_add(simd.load(first), momentum, g);
            let m = simd.select(simd.less(simd.abs(m), tiny), zero, m);
            simd.store(m, first);
            simd.store(simd.mul_add(rate, m, x), parameter);
        }
    }
}
