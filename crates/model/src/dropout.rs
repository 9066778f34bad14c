//! Dropout: a training step sets random activations to zero (Srivastava et al. 2014).
//!
//! It is inverted dropout: what is kept is multiplied by 1 / (1 - rate), so that the
//! expected value stays the same and evaluation needs no correction. It is applied in
//! three places: to attention weights after their softmax, to the output of the
//! attention, and to that of the feed-forward layer, before they are added to the
//! residual stream.

use ninth_kernels::{LANES, Lanes, simd_kernel};
use ninth_sequences::Rng;

/// Random numbers have sixteen bits: the rate is rounded to a multiple of 2^-16.
const STEPS: u32 = 1 << 16;

/// A dropout rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// A random number below it drops an element.
    threshold: u32,
    /// The factor on the elements that are kept, 1 / (1 - rate).
    scale: f32,
}

impl Dropout {
    /// Dropout at a rate below 1; `None` for a rate of zero after rounding.
    pub fn new(rate: f64) -> Option<Self> {
        let threshold = (rate * f64::from(STEPS)).round() as u32;
        let threshold = threshold.min(STEPS - 1);
        let scale = f64::from(STEPS) / f64::from(STEPS - threshold);
        (threshold > 0).then_some(Dropout { threshold, scale: scale as f32 })
    }

    /// A random number of sixteen bits below it drops an element.
    pub fn threshold(self) -> u32 {
        self.threshold
    }

    /// The factor on the elements that are kept.
    pub fn scale(self) -> f32 {
        self.scale
    }

    /// Draws a mask: the factor of every element, zero or the scale.
    pub fn draw(self, rng: &mut Rng, mask: &mut [Lanes]) {
        const PER_DRAW: usize = 4;
        for lanes in mask {
            for four in lanes.0.chunks_exact_mut(LANES / PER_DRAW) {
                let mut bits = rng.next_u64();
                for factor in four {
                    let kept = (bits as u32) % STEPS >= self.threshold;
                    *factor = if kept { self.scale } else { 0.0 };
                    bits >>= 16;
                }
            }
        }
    }
}

simd_kernel! {
    /// y += mask x, element by element.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    pub(crate) fn add_masked<'a>(simd, mask: &'a [Lanes], x: &'a [Lanes], y: &'a mut [Lanes]) {
        assert!(mask.len() == x.len() && x.len() == y.len());
        for ((mask, x), y) in mask.iter().zip(x).zip(y) {
            let kept = simd.mul(simd.load(mask), simd.load(x));
            simd.store(simd.add(simd.load(y), kept), y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninth_kernels::as_floats;

    #[test]
    fn as_much_is_dropped_as_asked_for_and_the_mean_stays() {
        assert_eq!(Dropout::new(0.0), None);
        for rate in [0.1, 0.5, 0.9] {
            let dropout = Dropout::new(rate).unwrap();
            let mut mask = vec![Lanes::ZERO; 20_000];
            dropout.draw(&mut Rng::new(7), &mut mask);
            let factors = as_floats(&mask);
            let dropped = factors.iter().filter(|factor| **factor == 0.0).count() as f64;
            let count = factors.len() as f64;
            // Five standard deviations of a binomial distribution.
            let margin = 5.0 * (rate * (1.0 - rate) * count).sqrt();
            assert!((dropped - rate * count).abs() < margin, "{rate}: {dropped}");
            let mean: f64 = factors.iter().map(|factor| f64::from(*factor)).sum::<f64>() / count;
            assert!((mean - 1.0).abs() < margin / count / (1.0 - rate), "{rate}: {mean}");
        }
    }

    #[test]
    fn every_lane_is_drawn_on_its_own() {
        let dropout = Dropout::new(0.5).unwrap();
        let mut mask = vec![Lanes::ZERO; 64];
        dropout.draw(&mut Rng::new(1), &mut mask);
        let column = |lane: usize| mask.iter().map(|lanes| lanes.0[lane]).collect::<Vec<_>>();
        for lane in 1..LANES {
            assert!((0..lane).all(|other| column(other) != column(lane)));
        }
    }
}
