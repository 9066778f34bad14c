//! The activation of the feed-forward layers, f(x) for each feature.
//!
//! A new one is a variant of [`Activation`], its case in [`forward`] and in the tests'
//! reference; the GPU engine does not compile before it has its case, too.

use ninth_kernels::{Lanes, Simd, math, simd_kernel};

ninth_settings::options! {
    /// A function applied to each feature of the feed-forward layer.
    pub enum Activation {
        /// x Phi(x), Phi being the normal distribution's cumulative function
        Gelu = "gelu",
        /// the same with an approximation of Phi by a hyperbolic tangent
        GeluTanh = "gelu_tanh",
        /// x sigmoid(x), also known as Swish
        Silu = "silu",
        /// x where positive, else 0
        Relu = "relu",
    }
}

simd_kernel! {
    /// Replaces x by f(x) and saves f'(x), by which the backward pass multiplies.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    pub fn forward<'a>(
        simd,
        activation: Activation,
        x: &'a mut [Lanes],
        derivative: &'a mut [Lanes],
    ) {
        assert_eq!(x.len(), derivative.len());
        match activation {
            Activation::Gelu => {
                for (x, derivative) in x.iter_mut().zip(derivative) {
                    let value = simd.load(x);
                    let (cdf, density) = math::normal_cdf_and_density(simd, value);
                    // (x Phi)' = Phi + x phi
                    simd.store(simd.mul_add(value, density, cdf), derivative);
                    simd.store(simd.mul(value, cdf), x);
                }
            }
            Activation::GeluTanh => {
                for (x, derivative) in x.iter_mut().zip(derivative) {
                    let value = simd.load(x);
                    let square = simd.mul(value, value);
                    let cubic = simd.splat(ROOT_8_OVER_PI * GELU_TANH_CUBIC);
                    let linear = simd.splat(ROOT_8_OVER_PI);
                    // (1 + tanh(u)) / 2 = sigmoid(2 u), 2 u = sqrt(8 / pi) (x + c x^3)
                    let slope = simd.mul_add(cubic, square, linear);
                    let cdf = math::sigmoid(simd, simd.mul(slope, value));
                    let slope = simd.mul_add(simd.mul(cubic, simd.splat(3.0)), square, linear);
                    store_product(simd, value, cdf, slope, x, derivative);
                }
            }
            Activation::Silu => {
                for (x, derivative) in x.iter_mut().zip(derivative) {
                    let value = simd.load(x);
                    let sigmoid = math::sigmoid(simd, value);
                    store_product(simd, value, sigmoid, simd.splat(1.0), x, derivative);
                }
            }
            Activation::Relu => {
                let (zero, one) = (simd.zero(), simd.splat(1.0));
                for (x, derivative) in x.iter_mut().zip(derivative) {
                    let value = simd.load(x);
                    let positive = simd.less(zero, value);
                    simd.store(simd.select(positive, one, zero), derivative);
                    simd.store(simd.select(positive, value, zero), x);
                }
            }
        }
    }
}

/// sqrt(8 / pi), in the approximation of GELU.
pub const ROOT_8_OVER_PI: f32 = 1.595_769;

/// The factor of x^3 in the approximation of GELU.
pub const GELU_TANH_CUBIC: f32 = 0.044_715;

/// For x s(u(x)), s being the sigmoid: the product, and its derivative
/// s + x s (1 - s) u'.
#[inline(always)]
fn store_product<S: Simd>(
    simd: S,
    value: S::V,
    sigmoid: S::V,
    slope: S::V,
    x: &mut Lanes,
    derivative: &mut Lanes,
) {
    let product = simd.mul(value, sigmoid);
    let rest = simd.mul(simd.sub(simd.splat(1.0), sigmoid), slope);
    simd.store(simd.mul_add(product, rest, sigmoid), derivative);
    simd.store(product, x);
}

simd_kernel! {
    /// dx = dy f'(x), in place of dy.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    pub fn backward<'a>(simd, derivative: &'a [Lanes], dy: &'a mut [Lanes]) {
        assert_eq!(derivative.len(), dy.len());
        for (derivative, dy) in derivative.iter().zip(dy) {
            simd.store(simd.mul(simd.load(derivative), simd.load(dy)), dy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninth_kernels::InstructionSet;

    /// f(x) in double precision.
    fn reference(activation: Activation, x: f64) -> f64 {
        match activation {
            Activation::Gelu => x * 0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2),
            Activation::GeluTanh => {
                let root = libm::sqrt(2.0 / std::f64::consts::PI);
                x * 0.5 * (1.0 + libm::tanh(root * (x + 0.044715 * x * x * x)))
            }
            Activation::Silu => x / (1.0 + libm::exp(-x)),
            Activation::Relu => x.max(0.0),
        }
    }

    #[test]
    fn every_activation_agrees_with_its_reference_and_finite_differences() {
        for &activation in Activation::ALL {
            for instruction_set in InstructionSet::available() {
                for step in -80..80 {
                    let at = step as f32 * 0.1 + 0.013;
                    let mut value = [Lanes::splat(at)];
                    let mut derivative = [Lanes::ZERO];
                    forward(instruction_set, activation, &mut value, &mut derivative);
                    let expected = reference(activation, at as f64);
                    // Rounding grows with the values.
                    let bound = |of: f64| 1e-6 * of.abs().max(1.0);
                    let value = value[0].0[0] as f64;
                    assert!((value - expected).abs() < bound(expected), "{at}: {value}");
                    let h = 1e-5;
                    let slope = (reference(activation, at as f64 + h)
                        - reference(activation, at as f64 - h))
                        / (2.0 * h);
                    let got = derivative[0].0[0] as f64;
                    assert!((got - slope).abs() < 2.0 * bound(slope), "{at}: {got} is not {slope}");

                    let mut dy = [Lanes::splat(3.0)];
                    backward(instruction_set, &derivative, &mut dy);
                    assert_eq!(dy[0].0[0], 3.0 * derivative[0].0[0]);
                }
            }
        }
    }
}
