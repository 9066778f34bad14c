//! The activation of the feed-forward layers.

use ninth_kernels::{Lanes, math, simd_kernel};

ninth_settings::options! {
    /// A function applied to each feature of the feed-forward layer.
    pub enum Activation {
        /// x Phi(x), Phi being the normal distribution's cumulative function
        Gelu = "gelu",
    }
}

simd_kernel! {
    /// Replaces x by its activation and saves the derivative, which the backward
    /// pass multiplies with.
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
        }
    }
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

impl Activation {
    /// The activation of one number, in double precision: what the vector forms
    /// are checked against, and what single sequences could use.
    pub fn reference(self, x: f64) -> f64 {
        match self {
            Activation::Gelu => x * 0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninth_kernels::Level;

    #[test]
    fn every_activation_agrees_with_its_reference_and_finite_differences() {
        for &activation in Activation::ALL {
            for level in Level::available() {
                for step in -80..80 {
                    let at = step as f32 * 0.1 + 0.013;
                    let mut value = [Lanes::splat(at)];
                    let mut derivative = [Lanes::ZERO];
                    forward(level, activation, &mut value, &mut derivative);
                    let expected = activation.reference(at as f64);
                    assert!((value[0].0[0] as f64 - expected).abs() < 1e-6);
                    let h = 1e-5;
                    let slope = (activation.reference(at as f64 + h)
                        - activation.reference(at as f64 - h))
                        / (2.0 * h);
                    let got = derivative[0].0[0] as f64;
                    assert!((got - slope).abs() < 2e-6, "{at}: {got} is not {slope}");

                    let mut dy = [Lanes::splat(3.0)];
                    backward(level, &derivative, &mut dy);
                    assert_eq!(dy[0].0[0], 3.0 * derivative[0].0[0]);
                }
            }
        }
    }
}
