//! Adam and AdamW.

use ninth_kernels::{Lanes, simd_kernel};

use crate::optimizer::update::{Clip, Decay, SMALLEST_MOMENT, UpdateCoefficients};

simd_kernel! {
    /// Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019), as
    /// PyTorch computes them: with g the clipped gradient, m = b1 m + (1 - b1) g,
    /// v = b2 v + (1 - b2) g^2, x = decay x - step m / (sqrt(v) / root correction +
    /// epsilon). Where decay is a part of the gradient, as in Adam, g has the
    /// decayed share of x added and the factor on x is one.
    ///
    /// Moments below [`SMALLEST_MOMENT`] become zero.
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
        second: &'a mut [Lanes],
    ) {
        let len = parameters.len();
        assert!(gradients.len() == len && first.len() == len && second.len() == len);
        let clip = Clip::new(simd, coefficients);
        let (beta1, rest1) = (simd.splat(coefficients.beta1), simd.splat(1.0 - coefficients.beta1));
        let (beta2, rest2) = (simd.splat(coefficients.beta2), simd.splat(1.0 - coefficients.beta2));
        let step = simd.splat(-coefficients.step_size);
        let correction = simd.splat(coefficients.second_factor);
        let epsilon = simd.splat(coefficients.epsilon);
        let (kept, added) = decay.factors(coefficients);
        let (kept, added) = (simd.splat(kept), simd.splat(added));
        let (tiny, zero) = (simd.splat(SMALLEST_MOMENT), simd.zero());
        for (((gradient, parameter), first), second) in
            gradients.iter().zip(parameters).zip(first).zip(second)
        {
            let x = simd.load(parameter);
            let g = simd.mul_add(x, added, clip.apply(simd, simd.load(gradient)));
            let m = simd.mul_add(simd.load(first), beta1, simd.mul(g, rest1));
            let v = simd.mul_add(simd.load(second), beta2, simd.mul(simd.mul(g, g), rest2));
            let m = simd.select(simd.less(simd.abs(m), tiny), zero, m);
            let v = simd.select(simd.less(v, tiny), zero, v);
            simd.store(m, first);
            simd.store(v, second);
            let root = simd.mul_add(simd.sqrt(v), correction, epsilon);
            simd.store(simd.mul_add(step, simd.div(m, root), simd.mul(x, kept)), parameter);
        }
    }
}
