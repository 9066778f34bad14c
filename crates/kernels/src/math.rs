//! Functions of one variable, for sixteen lanes at a time.

use crate::Lanewise;

/// e^x.
///
/// With x = (n + f) ln 2, n an integer and |f| <= 1/2, e^x = 2^n 2^f. 2^f is the polynomial of
/// degree five with the least relative error (minimax, 7.5e-8). Arguments are clamped to
/// -87..=88, so the result is neither denormal (e^-87 is 1.6e-38) nor infinite.
#[inline(always)]
pub fn exp<S: Lanewise>(simd: S, x: S::V) -> S::V {
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    let x = simd.min(simd.max(x, simd.splat(-87.0)), simd.splat(88.0));
    let n = simd.round(simd.mul(x, simd.splat(LOG2_E)));
    let f = simd.mul_add(x, simd.splat(LOG2_E), simd.sub(simd.zero(), n));
    power_of_two(simd, n, f)
}

/// 2^x, for x up to 127; arguments below -125 are clamped (2^-125 is 2.4e-38).
///
/// Cheaper than [`exp`] if the caller can fold its factor log2(e) into another constant. x is
/// rounded then, which costs a relative error of |x| * 4e-8.
#[inline(always)]
pub fn exp2<S: Lanewise>(simd: S, x: S::V) -> S::V {
    let x = simd.max(x, simd.splat(-125.0));
    let n = simd.round(x);
    power_of_two(simd, n, simd.sub(x, n))
}

/// 2^n 2^f for an integer n and |f| <= 1/2.
#[inline(always)]
fn power_of_two<S: Lanewise>(simd: S, n: S::V, f: S::V) -> S::V {
    let mut p = simd.splat(0.001_327_647_2);
    for coefficient in
        [0.009_675_541, 0.055_507_13, 0.240_221_2, std::f32::consts::LN_2, 1.000_000_1]
    {
        p = simd.mul_add(p, f, simd.splat(coefficient));
    }
    simd.scale_by_power_of_two(p, n)
}

/// The logistic function, 1 / (1 + e^-x).
#[inline(always)]
pub fn sigmoid<S: Lanewise>(simd: S, x: S::V) -> S::V {
    let one = simd.splat(1.0);
    simd.div(one, simd.add(one, exp(simd, simd.sub(simd.zero(), x))))
}

/// ln x for positive normal x; absolute error below 2e-7 (1 + |ln x|).
///
/// With x = m 2^n and m between sqrt(1/2) and sqrt(2), ln x = n ln 2 + ln m. ln m is the series
/// of the inverse hyperbolic tangent, 2 (t + t^3 / 3 + t^5 / 5 + ...) with t = (m - 1) / (m + 1),
/// cut off after t^9 / 9.
#[inline(always)]
pub fn ln<S: Lanewise>(simd: S, x: S::V) -> S::V {
    let (n, m) = simd.exponent_and_mantissa(x);
    let one = simd.splat(1.0);
    let large = simd.less(simd.splat(std::f32::consts::SQRT_2), m);
    let m = simd.select(large, simd.mul(m, simd.splat(0.5)), m);
    let n = simd.select(large, simd.add(n, one), n);
    let t = simd.div(simd.sub(m, one), simd.add(m, one));
    let square = simd.mul(t, t);
    let mut p = simd.splat(2.0 / 9.0);
    for coefficient in [2.0 / 7.0, 2.0 / 5.0, 2.0 / 3.0, 2.0] {
        p = simd.mul_add(p, square, simd.splat(coefficient));
    }
    simd.mul_add(n, simd.splat(std::f32::consts::LN_2), simd.mul(p, t))
}

/// The cumulative distribution function of the normal distribution and its density:
/// Phi(x) = (1 + erf(x / sqrt(2))) / 2 and phi(x) = Phi'(x).
///
/// Formula 7.1.26 of Abramowitz and Stegun, *Handbook of Mathematical Functions*; absolute error
/// below 3e-7 in single precision. Its exponential is that of the density, so both functions
/// together cost little more than one.
#[inline(always)]
pub fn normal_cdf_and_density<S: Lanewise>(simd: S, x: S::V) -> (S::V, S::V) {
    const FRAC_1_SQRT_TAU: f32 = 0.398_942_3;
    // The constants of the formula, multiplied by 1/2 (of Phi) and by 1 / sqrt(2) (of erf's
    // argument).
    const HALF_LOG2_E: f32 = 0.5 * std::f32::consts::LOG2_E;
    const SLOPE: f32 = 0.327_591_1 * std::f32::consts::FRAC_1_SQRT_2;
    const HALF: f32 = 0.5;
    let e = exp2(simd, simd.mul(simd.mul(x, x), simd.splat(-HALF_LOG2_E)));
    let one = simd.splat(1.0);
    let t = simd.div(one, simd.mul_add(simd.abs(x), simd.splat(SLOPE), one));
    let mut p = simd.splat(HALF * 1.061_405_4);
    for coefficient in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        p = simd.mul_add(p, t, simd.splat(HALF * coefficient));
    }
    // The upper tail, 1 - Phi(|x|).
    let tail = simd.mul(simd.mul(p, t), e);
    let cdf = simd.select(simd.less(x, simd.zero()), tail, simd.sub(simd.splat(1.0), tail));
    (cdf, simd.mul(e, simd.splat(FRAC_1_SQRT_TAU)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InstructionSet, Lanes, simd_kernel};

    simd_kernel! {
        fn apply<'a>(simd, x: &'a Lanes) -> [Lanes; 4] {
            let x = simd.load(x);
            let mut out = [Lanes::ZERO; 4];
            simd.store(exp(simd, x), &mut out[0]);
            let (cdf, density) = normal_cdf_and_density(simd, x);
            simd.store(cdf, &mut out[1]);
            simd.store(density, &mut out[2]);
            simd.store(ln(simd, exp(simd, x)), &mut out[3]);
            out
        }
    }

    /// Phi(x) = 1/2 + phi(x) (x + x^3 / 3 + x^5 / (3 * 5) + ...), all in f64.
    fn reference_cdf(x: f64) -> f64 {
        let (mut term, mut sum) = (x, x);
        for k in 1..400 {
            term *= x * x / (2 * k + 1) as f64;
            sum += term;
        }
        0.5 + sum * reference_density(x)
    }

    fn reference_density(x: f64) -> f64 {
        (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt()
    }

    #[test]
    fn functions_are_accurate_on_every_instruction_set() {
        for instruction_set in InstructionSet::available() {
            for step in 0..4000 {
                let base = -86.0 + step as f32 * 0.0434;
                let x = Lanes(std::array::from_fn(|i| base + i as f32 * 0.002));
                let [e, _, _, log] = apply(instruction_set, &x);
                for (log, e) in log.0.iter().zip(e.0) {
                    let expected = (e as f64).ln();
                    let error = (*log as f64 - expected).abs();
                    assert!(error < 2e-7 + 2e-7 * expected.abs(), "ln({e}) is {log}");
                }
                for (x, e) in x.0.iter().zip(e.0) {
                    let error = (e as f64 / (*x as f64).exp() - 1.0).abs();
                    // Without a fused instruction the reduced argument is rounded,
                    // which costs |x| * 6e-8.
                    let bound =
                        if instruction_set == InstructionSet::portable() { 8e-6 } else { 4e-6 };
                    assert!(
                        error < bound,
                        "{}: exp({x}) is off by {error:e}",
                        instruction_set.name()
                    );
                }
                let x = Lanes(std::array::from_fn(|i| -9.0 + (step * 16 + i) as f32 * 0.00028));
                let [_, cdf, density, _] = apply(instruction_set, &x);
                for (i, &x) in x.0.iter().enumerate() {
                    let x = x as f64;
                    assert!((cdf.0[i] as f64 - reference_cdf(x)).abs() < 3e-7, "Phi({x})");
                    assert!((density.0[i] as f64 - reference_density(x)).abs() < 3e-7);
                }
            }
        }
    }

    #[test]
    fn exp_stays_finite_and_positive_everywhere() {
        for instruction_set in InstructionSet::available() {
            for x in [-1e30, -200.0, -88.0, 88.0, 89.0, 1e30] {
                let [e, ..] = apply(instruction_set, &Lanes::splat(x));
                assert!(e.0[0].is_normal() && e.0[0] > 0.0, "exp({x}) = {}", e.0[0]);
            }
        }
    }
}
