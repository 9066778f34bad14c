//! The loss: how wrong a prediction is, and its gradient.
//!
//! Every position has a loss of its own; the loss of a batch is their mean over
//! each sequence's scored positions, then over the sequences (see
//! [`Chunk::weights`]).

use std::ops::Range;

use ninth_kernels::{LANES, Lanes, Level, Simd, math, simd_kernel};

use crate::batch::Chunk;
use crate::transformer::Outcome;

ninth_settings::settings! {
    /// What training minimises.
    pub struct LossSettings: "loss" {
        /// the loss of a position
        pub kind: Kind = Kind::DistanceWeighted;
        /// the weight w(d) of a distance d between two integers
        pub distance: Distance = Distance::Linear;
        /// how much the distance counts in the distance-weighted loss
        pub alpha: f64 = 0.1, in 0.0..=1000.0;
    }
}

ninth_settings::options! {
    /// The loss of a position.
    pub enum Kind {
        /// -ln(probability of the target)
        CrossEntropy = "cross_entropy",
        /// cross-entropy times (1 + alpha w(|most likely - target|)), a factor that is a constant in the gradient
        DistanceWeighted = "distance_weighted",
    }
}

ninth_settings::options! {
    /// The weight of a distance.
    pub enum Distance {
        /// d
        Linear = "linear",
    }
}

impl Distance {
    /// w(d)
    pub fn weight(self, distance: f32) -> f32 {
        match self {
            Distance::Linear => distance,
        }
    }
}

impl LossSettings {
    /// The losses of the positions `positions` of a chunk, given their columns of
    /// logits. With `Want::Gradient`, the logits are replaced by the gradient of
    /// the batch's loss with respect to them.
    pub fn forward(
        &self,
        level: Level,
        chunk: &Chunk,
        positions: Range<usize>,
        logits: &mut [Lanes],
        want: Want,
        outcome: &mut Outcome,
    ) {
        let classes = logits.len() / positions.len();
        for (position, column) in positions.zip(logits.chunks_exact_mut(classes)) {
            let targets = chunk.targets(position);
            let mut at_target = Lanes::ZERO;
            for (lane, &target) in targets.iter().enumerate() {
                at_target.0[lane] = column[usize::from(target)].0[lane];
            }
            let mut largest = Lanes::ZERO;
            let predicted = argmax(level, column, &mut largest);
            let factors: [f32; LANES] =
                std::array::from_fn(|lane| self.factor(predicted[lane], targets[lane]));

            let entropy = &mut outcome.cross_entropy[position];
            match want {
                Want::Loss => cross_entropy(level, column, &largest, &at_target, entropy),
                Want::Gradient => {
                    let weights = chunk.weights(position);
                    let scale = Lanes(std::array::from_fn(|lane| weights[lane] * factors[lane]));
                    gradient(level, column, &largest, &at_target, &scale, entropy);
                    // The target's own share of the gradient, p - 1.
                    for (lane, &target) in targets.iter().enumerate() {
                        column[usize::from(target)].0[lane] -= scale.0[lane];
                    }
                }
            }
            outcome.loss[position] =
                Lanes(std::array::from_fn(|lane| entropy.0[lane] * factors[lane]));
            outcome.predicted[position] = predicted;
        }
    }

    /// The factor on the cross-entropy of a position, given the most likely class
    /// and the target.
    fn factor(&self, predicted: u16, target: u16) -> f32 {
        match self.kind {
            Kind::CrossEntropy => 1.0,
            Kind::DistanceWeighted => {
                let distance = f32::from(predicted.abs_diff(target));
                1.0 + self.alpha as f32 * self.distance.weight(distance)
            }
        }
    }
}

/// What a pass over the logits is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// The losses; the logits stay.
    Loss,
    /// The losses and the gradient, in place of the logits.
    Gradient,
}

simd_kernel! {
    /// The most likely class of every lane, the first of equals, and its logit.
    fn argmax<'a>(simd, logits: &'a [Lanes], largest: &'a mut Lanes) -> [u16; LANES] {
        // Four searches, each over a quarter of the classes: the comparisons of one
        // wait for each other.
        let quarter = logits.len() / 4;
        let (first, rest) = logits.split_at(quarter);
        let (second, rest) = rest.split_at(quarter);
        let (third, fourth) = rest.split_at(quarter);
        let (fourth, rest) = fourth.split_at(quarter);
        let starts = [0, quarter, 2 * quarter, 3 * quarter].map(|start| simd.splat(start as f32));
        let mut best = [simd.splat(f32::NEG_INFINITY); 4];
        let mut at = starts;
        let mut offset = simd.zero();
        let one = simd.splat(1.0);
        for (((a, b), c), d) in first.iter().zip(second).zip(third).zip(fourth) {
            for (search, logit) in [a, b, c, d].into_iter().enumerate() {
                let logit = simd.load(logit);
                let better = simd.less(best[search], logit);
                best[search] = simd.select(better, logit, best[search]);
                at[search] = simd.select(better, simd.add(starts[search], offset), at[search]);
            }
            offset = simd.add(offset, one);
        }
        let mut class = simd.splat((4 * quarter) as f32);
        for logit in rest {
            let logit = simd.load(logit);
            let better = simd.less(best[3], logit);
            best[3] = simd.select(better, logit, best[3]);
            at[3] = simd.select(better, class, at[3]);
            class = simd.add(class, one);
        }
        for search in 1..4 {
            let better = simd.less(best[0], best[search]);
            best[0] = simd.select(better, best[search], best[0]);
            at[0] = simd.select(better, at[search], at[0]);
        }
        simd.store(best[0], largest);
        let mut classes = Lanes::ZERO;
        simd.store(at[0], &mut classes);
        // Classes are below 2^16, so they are exact in a float.
        classes.0.map(|class| class as u16)
    }
}

/// The sum over classes of e^(logit - largest), and optionally each of them in
/// place of the logits.
#[inline(always)]
fn sum_of_exponentials<S: Simd, const KEEP: bool>(
    simd: S,
    logits: &mut [Lanes],
    largest: S::V,
) -> S::V {
    let mut sums = [simd.zero(); 4];
    let mut quads = logits.chunks_exact_mut(4);
    for quad in &mut quads {
        for (sum, logit) in sums.iter_mut().zip(quad) {
            let e = math::exp(simd, simd.sub(simd.load(logit), largest));
            *sum = simd.add(*sum, e);
            if KEEP {
                simd.store(e, logit);
            }
        }
    }
    for logit in quads.into_remainder() {
        let e = math::exp(simd, simd.sub(simd.load(logit), largest));
        sums[0] = simd.add(sums[0], e);
        if KEEP {
            simd.store(e, logit);
        }
    }
    simd.add(simd.add(sums[0], sums[1]), simd.add(sums[2], sums[3]))
}

simd_kernel! {
    /// -ln softmax(logits)[target] = largest + ln(sum) - logit of the target.
    fn cross_entropy<'a>(
        simd,
        logits: &'a mut [Lanes],
        largest: &'a Lanes,
        at_target: &'a Lanes,
        entropy: &'a mut Lanes,
    ) {
        let largest = simd.load(largest);
        let sum = sum_of_exponentials::<_, false>(simd, logits, largest);
        let lead = simd.sub(largest, simd.load(at_target));
        simd.store(simd.add(lead, math::ln(simd, sum)), entropy);
    }
}

simd_kernel! {
    /// As [`cross_entropy`], and the logits become scale softmax(logits).
    fn gradient<'a>(
        simd,
        logits: &'a mut [Lanes],
        largest: &'a Lanes,
        at_target: &'a Lanes,
        scale: &'a Lanes,
        entropy: &'a mut Lanes,
    ) {
        let largest = simd.load(largest);
        let sum = sum_of_exponentials::<_, true>(simd, logits, largest);
        let lead = simd.sub(largest, simd.load(at_target));
        simd.store(simd.add(lead, math::ln(simd, sum)), entropy);
        let factor = simd.div(simd.load(scale), sum);
        for logit in logits {
            simd.store(simd.mul(simd.load(logit), factor), logit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Batch;
    use ninth_kernels::as_floats_mut;

    fn column(classes: usize, seed: u32) -> Vec<Lanes> {
        let mut logits = vec![Lanes::ZERO; classes];
        let mut state = seed;
        for logit in as_floats_mut(&mut logits) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *logit = state as f32 / u32::MAX as f32 * 6.0 - 3.0;
        }
        logits
    }

    fn batch_of_one_position(target: u16) -> Batch {
        let mut batch = Batch::new(1, LANES);
        for index in 0..LANES {
            batch.set(index, [0, target]);
        }
        batch
    }

    #[test]
    fn the_gradient_agrees_with_finite_differences_in_double_precision() {
        for classes in [5, 16, 37, 256] {
            for kind in Kind::ALL {
                let settings = LossSettings { kind: *kind, ..Default::default() };
                let batch = batch_of_one_position(3);
                let logits = column(classes, classes as u32);
                // The factor is a constant in the gradient, so it is fixed here.
                let best = |lane: usize| {
                    (0..classes)
                        .max_by(|&a, &b| logits[a].0[lane].total_cmp(&logits[b].0[lane]))
                        .unwrap()
                };
                let entropy = |lane: usize, class: usize, shift: f64| {
                    let at =
                        |k: usize| logits[k].0[lane] as f64 + if k == class { shift } else { 0.0 };
                    (0..classes).map(|k| at(k).exp()).sum::<f64>().ln() - at(3)
                };
                for level in Level::available() {
                    let mut outcome = Outcome::new(1);
                    let mut gradient = logits.clone();
                    let chunk = &batch.chunks()[0];
                    let want = Want::Gradient;
                    settings.forward(level, chunk, 0..1, &mut gradient, want, &mut outcome);
                    for lane in [0, 7, 15] {
                        assert_eq!(outcome.predicted[0][lane] as usize, best(lane));
                        let factor = settings.factor(best(lane) as u16, 3) as f64;
                        let expected = entropy(lane, 0, 0.0);
                        let got = outcome.cross_entropy[0].0[lane] as f64;
                        assert!((got - expected).abs() < 1e-5, "{got} is not {expected}");
                        assert!((outcome.loss[0].0[lane] as f64 / expected / factor - 1.0) < 1e-5);
                        for class in [0, 3, 4] {
                            let h = 1e-5;
                            let slope =
                                (entropy(lane, class, h) - entropy(lane, class, -h)) / (2.0 * h);
                            let expected = slope * factor / LANES as f64;
                            let got = gradient[class].0[lane] as f64;
                            assert!((got - expected).abs() < 1e-6, "{got} is not {expected}");
                        }
                    }
                }
            }
        }
    }

    /// The document's example: true 10, a peak at 100 adds 90 times the penalty of
    /// a peak at 11.
    #[test]
    fn the_penalty_grows_linearly_with_the_distance_of_the_peak() {
        let settings = LossSettings::default();
        let penalty_of_peak_at = |peak: usize| {
            let mut logits = vec![Lanes::ZERO; 256];
            logits[peak] = Lanes::splat(5.0);
            let mut outcome = Outcome::new(1);
            let batch = batch_of_one_position(10);
            let chunk = &batch.chunks()[0];
            let level = Level::detect();
            settings.forward(level, chunk, 0..1, &mut logits, Want::Loss, &mut outcome);
            outcome.loss[0].0[0] / outcome.cross_entropy[0].0[0] - 1.0
        };
        let (far, near) = (penalty_of_peak_at(100), penalty_of_peak_at(11));
        assert!((far / near - 90.0).abs() < 1e-3, "{far} / {near}");
        assert!((near - 0.1).abs() < 1e-6);
    }

    #[test]
    fn the_first_of_equal_logits_is_the_prediction() {
        for level in Level::available() {
            for (classes, expected) in [(3, 0), (256, 0), (258, 0)] {
                let mut largest = Lanes::ZERO;
                let logits = vec![Lanes::ZERO; classes];
                assert_eq!(argmax(level, &logits, &mut largest), [expected; LANES]);
            }
            let mut logits = vec![Lanes::ZERO; 259];
            logits[258] = Lanes::splat(1.0);
            let mut largest = Lanes::ZERO;
            assert_eq!(argmax(level, &logits, &mut largest), [258; LANES]);
            assert_eq!(largest, Lanes::splat(1.0));
        }
    }
}
