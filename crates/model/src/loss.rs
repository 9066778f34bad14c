//! The loss: how wrong a prediction is, and its gradient.
//!
//! Each position has a loss of its own. The loss of a sequence is a weighted mean of those
//! of its positions (see [`Positions`]), the loss of a batch the mean of those of its
//! sequences.

use std::ops::Range;

use ninth_kernels::argmax::ArgMax;
use ninth_kernels::{InstructionSet, LANES, Lanes, Lanewise, Simd, math, simd_kernel};

use crate::Architecture;
use crate::batch::Chunk;
use crate::output::{self, Output};

ninth_settings::settings! {
    /// What training minimises.
    pub struct LossSettings: "loss" {
        /// the loss of a position
        pub kind: LossKind = LossKind::DistanceWeighted;
        /// the weight w(d) of a distance d between two integers; unused by cross_entropy
        pub distance: Distance = Distance::Linear;
        /// how much the distance counts in distance_weighted; unused by the others
        pub alpha: f64 = 0.1, in 0.0..=1000.0;
        /// which positions count, and how much
        pub positions: Positions = Positions::All;
    }
}

ninth_settings::options! {
    /// The loss of a position.
    pub enum LossKind {
        /// -ln(probability of the target)
        CrossEntropy = "cross_entropy",
        /// cross-entropy times (1 + alpha w(|most likely - target|)), a factor that is a constant in the gradient
        DistanceWeighted = "distance_weighted",
        /// the expected weight w(|k - target|) of a class k drawn by its probability; of a regression, w(|number - target|)
        Distance = "distance",
    }
}

ninth_settings::options! {
    /// Which positions count, and how much. Positions without a known next term
    /// never count.
    pub enum Positions {
        /// all of a sequence alike, divided by their number
        All = "all",
        /// only the one that sees a full context
        Last = "last",
        /// in proportion to the number of terms that they see
        Weighted = "weighted",
    }
}

ninth_settings::options! {
    /// The weight of a distance.
    pub enum Distance {
        /// d
        Linear = "linear",
        /// d^2
        Quadratic = "quadratic",
        /// the square root of d
        SquareRoot = "square_root",
    }
}

impl Distance {
    /// w(d)
    pub fn weight(self, distance: f32) -> f32 {
        match self {
            Distance::Linear => distance,
            Distance::Quadratic => distance * distance,
            Distance::SquareRoot => distance.sqrt(),
        }
    }

    /// w'(d). That of the square root is unbounded at 0; distances below [`SMALLEST_DISTANCE`]
    /// have the slope of that distance.
    pub fn slope(self, distance: f32) -> f32 {
        match self {
            Distance::Linear => 1.0,
            Distance::Quadratic => 2.0 * distance,
            Distance::SquareRoot => 0.5 / distance.max(SMALLEST_DISTANCE).sqrt(),
        }
    }
}

/// The distance below which the slope of a square-root weight no longer grows.
pub const SMALLEST_DISTANCE: f32 = 0.01;

impl Positions {
    /// The weight of a position within a sequence of `scored` scored positions of
    /// `context`; those of a sequence add up to one, or to zero where only a full
    /// context counts and it has none.
    #[inline]
    pub fn weight(self, position: usize, scored: u16, context: usize) -> f32 {
        let count = f32::from(scored);
        let weight = match self {
            Positions::All => 1.0 / count,
            Positions::Last => f32::from(u8::from(position + 1 == context)),
            // 1 + 2 + ... + n = n (n + 1) / 2
            Positions::Weighted => 2.0 * (position + 1) as f32 / (count * (count + 1.0)),
        };
        // Selected at the end, not returned early, so that a loop over lanes is vectorised.
        if position < usize::from(scored) { weight } else { 0.0 }
    }
}

/// The loss of a batch: [`LossSettings`] made ready for a model.
#[derive(Clone, Debug)]
pub struct Loss {
    objective: Objective,
    positions: Positions,
}

/// The loss of a position, with what it depends on.
#[derive(Clone, Copy, Debug)]
enum Objective {
    CrossEntropy,
    DistanceWeighted { distance: Distance, alpha: f32 },
    ExpectedDistance { distance: Distance },
    Regression { distance: Distance, classes: usize },
}

impl Loss {
    /// The loss for a model of this architecture. A regression has the distance of its
    /// number for its loss, whatever the kind in the settings.
    pub fn new(settings: &LossSettings, architecture: &Architecture) -> Self {
        let &LossSettings { kind, distance, alpha, positions } = settings;
        let objective = match (architecture.model().output, kind) {
            (Output::Regression, _) => {
                Objective::Regression { distance, classes: architecture.classes() }
            }
            (Output::Classification, LossKind::CrossEntropy) => Objective::CrossEntropy,
            (Output::Classification, LossKind::DistanceWeighted) => {
                Objective::DistanceWeighted { distance, alpha: alpha as f32 }
            }
            (Output::Classification, LossKind::Distance) => {
                Objective::ExpectedDistance { distance }
            }
        };
        Loss { objective, positions }
    }

    /// Which positions count, and how much.
    pub fn positions(&self) -> Positions {
        self.positions
    }

    /// The losses and predictions of the positions `positions` of a chunk, given the head's
    /// output for them, `[positions][V]` (or one number each), and its largest elements,
    /// `[positions]`.
    ///
    /// With `scales`, `[positions]`, it computes the gradient of the batch's loss with respect
    /// to the output, too: that is what the output becomes, times the scale of the position.
    /// The caller multiplies what follows from it, which has fewer elements.
    #[allow(clippy::too_many_arguments)]
    pub fn forward(
        &self,
        instruction_set: InstructionSet,
        chunk: &Chunk,
        positions: Range<usize>,
        output: &mut [Lanes],
        argmax: &[ArgMax],
        mut scales: Option<&mut [Lanes]>,
        losses: &mut LossOutput,
    ) {
        let width = output.len() / positions.len();
        let columns = output.chunks_exact_mut(width).zip(argmax);
        for (index, (position, (output, argmax))) in positions.zip(columns).enumerate() {
            let scale = scales.as_mut().map(|scales| {
                scales[index] = self.weights(chunk, position);
                &mut scales[index]
            });
            let at = PositionLoss {
                output,
                argmax,
                targets: chunk.targets(position),
                scale,
                cross_entropy: &mut losses.cross_entropy[position],
                loss: &mut losses.loss[position],
                predicted: &mut losses.predicted[position],
            };
            match self.objective {
                Objective::CrossEntropy => at.cross_entropy(instruction_set, |_| 1.0),
                Objective::DistanceWeighted { distance, alpha } => {
                    at.cross_entropy(instruction_set, |d| 1.0 + alpha * distance.weight(d));
                }
                Objective::ExpectedDistance { distance } => {
                    at.expected_distance(instruction_set, distance);
                }
                Objective::Regression { distance, classes } => at.regression(distance, classes),
            }
        }
    }

    /// The weight of a position in the batch's loss, per sequence.
    fn weights(&self, chunk: &Chunk, position: usize) -> Lanes {
        let (context, batch) = (chunk.tokens().len(), chunk.sequences() as f32);
        let mut weights = Lanes::ZERO;
        for (weight, scored) in weights.0.iter_mut().zip(chunk.scored()) {
            *weight = self.positions.weight(position, scored, context) / batch;
        }
        weights
    }
}

/// The losses and predictions of the positions of a chunk, per sequence.
#[derive(Clone, Debug)]
pub struct LossOutput {
    /// -ln(probability of the target) in nats, `[T]`; NaN for a regression.
    pub cross_entropy: Vec<Lanes>,
    /// The loss of the position, before it is weighted within the batch, `[T]`.
    pub loss: Vec<Lanes>,
    /// The most likely class, `[T][16]`.
    pub predicted: Vec<[u16; LANES]>,
}

impl LossOutput {
    /// Allocates the memory for `positions` positions.
    pub fn new(positions: usize) -> Self {
        LossOutput {
            cross_entropy: vec![Lanes::ZERO; positions],
            loss: vec![Lanes::ZERO; positions],
            predicted: vec![[0; LANES]; positions],
        }
    }

    /// The bytes that [`new`](Self::new) allocates on the heap.
    pub fn heap_bytes(positions: usize) -> u64 {
        (positions * (2 * size_of::<Lanes>() + size_of::<[u16; LANES]>())) as u64
    }

    /// The chunk's part of the batch's loss.
    pub fn weighted_loss(&self, loss: &Loss, chunk: &Chunk) -> f64 {
        let mut total = 0.0;
        for (position, losses) in self.loss.iter().enumerate() {
            for (loss, weight) in losses.0.iter().zip(loss.weights(chunk, position).0) {
                // The loss of a position that does not count may be anything, even NaN.
                if weight != 0.0 {
                    total += f64::from(weight) * f64::from(*loss);
                }
            }
        }
        total
    }
}

/// One position of a chunk: what its loss depends on, and where the results go.
struct PositionLoss<'a> {
    /// `[V]` logits, or one number.
    output: &'a mut [Lanes],
    argmax: &'a ArgMax,
    targets: &'a [u16; LANES],
    /// See [`Loss::forward`]; its value is the weight of the position.
    scale: Option<&'a mut Lanes>,
    cross_entropy: &'a mut Lanes,
    loss: &'a mut Lanes,
    predicted: &'a mut [u16; LANES],
}

impl PositionLoss<'_> {
    /// The cross-entropy times a factor, given the distance between the most likely class
    /// and the target.
    fn cross_entropy(self, instruction_set: InstructionSet, factor: impl Fn(f32) -> f32) {
        let factors: [f32; LANES] = std::array::from_fn(|lane| {
            factor(f32::from(self.argmax.at[lane].abs_diff(self.targets[lane])))
        });
        let (largest, at_target) = (self.argmax.largest, self.at_target());
        let column =
            LogitColumn { logits: self.output, largest, at_target, entropy: self.cross_entropy };
        match self.scale {
            None => cross_entropy(instruction_set, column),
            Some(scale) => {
                // The gradient is the softmax, less one at the target. Here it is
                // multiplied by the softmax's denominator, by which the scale is divided.
                let sums = exponentials(instruction_set, column);
                for (lane, &target) in self.targets.iter().enumerate() {
                    self.output[usize::from(target)].0[lane] -= sums.0[lane];
                    scale.0[lane] *= factors[lane] / sums.0[lane];
                }
            }
        }
        *self.loss = Lanes(std::array::from_fn(|lane| self.cross_entropy.0[lane] * factors[lane]));
        *self.predicted = self.argmax.at;
    }

    fn expected_distance(self, instruction_set: InstructionSet, distance: Distance) {
        let (largest, at_target) = (self.argmax.largest, self.at_target());
        let column =
            LogitColumn { logits: self.output, largest, at_target, entropy: self.cross_entropy };
        let targets = Lanes(self.targets.map(f32::from));
        expected_distance(instruction_set, column, &targets, distance, self.scale, self.loss);
        *self.predicted = self.argmax.at;
    }

    /// w(|number - target|); the output is the number as a share of the last class.
    fn regression(self, distance: Distance, classes: usize) {
        let output = &mut self.output[0];
        *self.predicted = output.0.map(|share| output::nearest(share, classes));
        *self.cross_entropy = Lanes::splat(f32::NAN);
        let last = (classes - 1) as f32;
        for (lane, share) in output.0.iter_mut().enumerate() {
            let difference = *share * last - f32::from(self.targets[lane]);
            self.loss.0[lane] = distance.weight(difference.abs());
            if self.scale.is_some() {
                *share = distance.slope(difference.abs()) * difference.signum() * last;
            }
        }
    }

    /// The logits of the targets.
    fn at_target(&self) -> Lanes {
        let mut at_target = Lanes::ZERO;
        for (lane, &target) in self.targets.iter().enumerate() {
            at_target.0[lane] = self.output[usize::from(target)].0[lane];
        }
        at_target
    }
}

/// The sum over classes of e^(logit - largest); with `KEEP`, these replace the logits.
#[inline(always)]
fn sum_of_exponentials<S: Simd, const KEEP: bool>(
    simd: S,
    logits: &mut [Lanes],
    largest: &Lanes,
) -> Lanes {
    let mut sum = Lanes::ZERO;
    for simd in simd.parts() {
        // e^(logit - largest) = 2^(log2(e) logit - log2(e) largest)
        let log2_e = simd.splat(std::f32::consts::LOG2_E);
        let offset = simd.mul(simd.load(largest), simd.splat(-std::f32::consts::LOG2_E));
        let mut sums = [simd.zero(); 4];
        let mut quads = logits.chunks_exact_mut(4);
        for quad in &mut quads {
            for (sum, logit) in sums.iter_mut().zip(quad) {
                let e = math::exp2(simd, simd.mul_add(simd.load(logit), log2_e, offset));
                *sum = simd.add(*sum, e);
                if KEEP {
                    simd.store(e, logit);
                }
            }
        }
        for logit in quads.into_remainder() {
            let e = math::exp2(simd, simd.mul_add(simd.load(logit), log2_e, offset));
            sums[0] = simd.add(sums[0], e);
            if KEEP {
                simd.store(e, logit);
            }
        }
        let [a, b, c, d] = sums;
        simd.store(simd.add(simd.add(a, b), simd.add(c, d)), &mut sum);
    }
    sum
}

/// The logits of a position, `[V]`.
struct LogitColumn<'a> {
    logits: &'a mut [Lanes],
    largest: Lanes,
    /// The logit of the target.
    at_target: Lanes,
    /// Where the cross-entropy is written to.
    entropy: &'a mut Lanes,
}

simd_kernel! {
    /// -ln softmax(logits)\[target\] = largest + ln(sum) - logit of the target.
    fn cross_entropy<'a>(simd, column: LogitColumn<'a>) {
        let LogitColumn { logits, largest, at_target, entropy } = column;
        let sum = sum_of_exponentials::<_, false>(simd, logits, &largest);
        let lead = simd.sub(simd.load(&largest), simd.load(&at_target));
        simd.store(simd.add(lead, math::ln(simd, simd.load(&sum))), entropy);
    }
}

simd_kernel! {
    /// As [`cross_entropy`], and replaces the logits by e^(logit - largest). Returns the sums
    /// of those over the classes.
    fn exponentials<'a>(simd, column: LogitColumn<'a>) -> Lanes {
        let LogitColumn { logits, largest, at_target, entropy } = column;
        let sum = sum_of_exponentials::<_, true>(simd, logits, &largest);
        let lead = simd.sub(simd.load(&largest), simd.load(&at_target));
        simd.store(simd.add(lead, math::ln(simd, simd.load(&sum))), entropy);
        sum
    }
}

simd_kernel! {
    /// The loss E = sum over k of p\[k\] w(|k - target|), p being the softmax, and the
    /// cross-entropy, for reports. With a scale, the logits are replaced by the gradient of E,
    /// p\[k\] (w(|k - target|) - E), times the softmax's denominator, by which the scale is
    /// divided.
    fn expected_distance<'a>(
        simd,
        column: LogitColumn<'a>,
        targets: &'a Lanes,
        distance: Distance,
        scale: Option<&'a mut Lanes>,
        loss: &'a mut Lanes,
    ) {
        let LogitColumn { logits, largest, at_target, entropy } = column;
        let (largest, targets) = (simd.load(&largest), simd.load(targets));
        let (mut sum, mut weighted) = (simd.zero(), simd.zero());
        let mut class = simd.zero();
        let one = simd.splat(1.0);
        for logit in logits.iter_mut() {
            let e = math::exp(simd, simd.sub(simd.load(logit), largest));
            if scale.is_some() {
                simd.store(e, logit);
            }
            let weight = weight_of_distance(simd, distance, simd.abs(simd.sub(class, targets)));
            sum = simd.add(sum, e);
            weighted = simd.mul_add(e, weight, weighted);
            class = simd.add(class, one);
        }
        let expected = simd.div(weighted, sum);
        let lead = simd.sub(largest, simd.load(&at_target));
        simd.store(simd.add(lead, math::ln(simd, sum)), entropy);
        simd.store(expected, loss);
        let Some(scale) = scale else { return };
        simd.store(simd.div(simd.load(scale), sum), scale);
        let mut class = simd.zero();
        for logit in logits {
            let e = simd.load(logit);
            let weight = weight_of_distance(simd, distance, simd.abs(simd.sub(class, targets)));
            let above = simd.sub(weight, expected);
            simd.store(simd.mul(e, above), logit);
            class = simd.add(class, one);
        }
    }
}

/// [`Distance::weight`] of sixteen distances.
#[inline(always)]
fn weight_of_distance<S: Simd>(simd: S, distance: Distance, d: S::V) -> S::V {
    match distance {
        Distance::Linear => d,
        Distance::Quadratic => simd.mul(d, d),
        Distance::SquareRoot => simd.sqrt(d),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedding::EmbeddingSettings;
    use crate::{Batch, ModelSettings};
    use ninth_kernels::argmax::argmax;
    use ninth_kernels::{as_floats_mut, reduce};

    fn column(classes: usize, seed: u32) -> Vec<Lanes> {
        let mut logits = vec![Lanes::ZERO; classes];
        let mut state = seed;
        for logit in as_floats_mut(&mut logits) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *logit = state as f32 / u32::MAX as f32 * 6.0 - 3.0;
        }
        logits
    }

    /// The loss of a model with 256 classes.
    fn loss_of(settings: &LossSettings, output: Output) -> Loss {
        let model = ModelSettings { output, ..Default::default() };
        let embedding = EmbeddingSettings::default();
        let architecture = Architecture::new(Default::default(), 8, embedding, model).unwrap();
        Loss::new(settings, &architecture)
    }

    fn batch_of_one_position(target: u16) -> Batch {
        let mut batch = Batch::new(1, LANES);
        for index in 0..LANES {
            batch.set(index, [0, target]);
        }
        batch
    }

    /// The loss of one lane in double precision, given its logits; the factor of
    /// the distance-weighted loss is a constant in the gradient, so it is handed in.
    fn reference(settings: &LossSettings, logits: &[f64], target: usize, factor: f64) -> f64 {
        let sum: f64 = logits.iter().map(|logit| logit.exp()).sum();
        match settings.kind {
            LossKind::CrossEntropy | LossKind::DistanceWeighted => {
                (sum.ln() - logits[target]) * factor
            }
            LossKind::Distance => {
                let weight = |k: usize| settings.distance.weight(k.abs_diff(target) as f32) as f64;
                let weighted = logits.iter().enumerate().map(|(k, l)| l.exp() / sum * weight(k));
                weighted.sum()
            }
        }
    }

    #[test]
    fn losses_and_gradients_agree_with_finite_differences_in_double_precision() {
        for (classes, &kind, &distance) in [5, 16, 37, 256]
            .into_iter()
            .flat_map(|c| LossKind::ALL.iter().map(move |k| (c, k)))
            .flat_map(|(c, k)| Distance::ALL.iter().map(move |d| (c, k, d)))
        {
            let settings = LossSettings { kind, distance, ..Default::default() };
            let loss = loss_of(&settings, Output::Classification);
            let batch = batch_of_one_position(3);
            let logits = column(classes, classes as u32);
            let lane_of = |lane: usize| -> Vec<f64> {
                logits.iter().map(|logit| f64::from(logit.0[lane])).collect()
            };
            for instruction_set in InstructionSet::available() {
                let argmax = &[argmax(instruction_set, &logits)];
                let pass = |logits: &mut [Lanes], scales: Option<&mut [Lanes]>| {
                    let (mut losses, chunk) = (LossOutput::new(1), &batch.chunks()[0]);
                    loss.forward(instruction_set, chunk, 0..1, logits, argmax, scales, &mut losses);
                    losses
                };
                let (mut gradient, mut scale) = (logits.clone(), [Lanes::ZERO]);
                let losses = pass(&mut gradient, Some(&mut scale));
                reduce::scale_columns(instruction_set, &scale, &mut gradient);
                let mut kept = logits.clone();
                assert_eq!(pass(&mut kept, None).loss, losses.loss);
                assert_eq!(kept, logits, "without scales, the logits stay");
                for lane in [0, 7, 15] {
                    let mut at = lane_of(lane);
                    let best = (0..classes).max_by(|&a, &b| at[a].total_cmp(&at[b])).unwrap();
                    assert_eq!(usize::from(losses.predicted[0][lane]), best);
                    let factor = match kind {
                        LossKind::CrossEntropy | LossKind::Distance => 1.0,
                        LossKind::DistanceWeighted => {
                            1.0 + 0.1 * f64::from(distance.weight(best.abs_diff(3) as f32))
                        }
                    };
                    let expected = reference(&settings, &at, 3, factor);
                    let got = f64::from(losses.loss[0].0[lane]);
                    assert!((got / expected - 1.0).abs() < 1e-5, "{kind:?}: {got}, not {expected}");
                    let entropy = reference(
                        &LossSettings { kind: LossKind::CrossEntropy, ..settings.clone() },
                        &at,
                        3,
                        1.0,
                    );
                    let got = f64::from(losses.cross_entropy[0].0[lane]);
                    assert!((got - entropy).abs() < 1e-5, "{got} is not {entropy}");
                    for class in [0, 3, 4] {
                        let h = 1e-5;
                        let before = at[class];
                        at[class] = before + h;
                        let above = reference(&settings, &at, 3, factor);
                        at[class] = before - h;
                        let below = reference(&settings, &at, 3, factor);
                        at[class] = before;
                        let slope = (above - below) / (2.0 * h) / LANES as f64;
                        let got = f64::from(gradient[class].0[lane]);
                        let bound = 1e-6 * expected.max(1.0);
                        assert!((got - slope).abs() < bound, "{kind:?}: {got} is not {slope}");
                    }
                }
            }
        }
    }

    #[test]
    fn regressions_agree_with_finite_differences_in_double_precision() {
        let batch = batch_of_one_position(90);
        let chunk = &batch.chunks()[0];
        for &distance in Distance::ALL {
            let settings = LossSettings { distance, ..Default::default() };
            let loss = loss_of(&settings, Output::Regression);
            let run = |output: &mut [Lanes], scales: Option<&mut [Lanes]>| {
                let mut losses = LossOutput::new(1);
                // Regressions do not use the argmax.
                let (detected, argmax) = (InstructionSet::detect(), [Default::default()]);
                loss.forward(detected, chunk, 0..1, output, &argmax, scales, &mut losses);
                losses
            };
            let weight = |share: f64| {
                let d = (share * 255.0 - 90.0).abs();
                match distance {
                    Distance::Linear => d,
                    Distance::Quadratic => d * d,
                    Distance::SquareRoot => d.sqrt(),
                }
            };
            let shares: Vec<f32> = (0..LANES).map(|lane| lane as f32 * 0.11 - 0.4).collect();
            let mut output = [Lanes(std::array::from_fn(|lane| shares[lane]))];
            let losses = run(&mut output, None).loss[0];
            assert_eq!(output[0].0, shares[..]);
            let mut scale = [Lanes::ZERO];
            let found = run(&mut output, Some(&mut scale[..]));
            reduce::scale_columns(InstructionSet::detect(), &scale, &mut output);
            assert_eq!(found.loss[0], losses);
            for (lane, &share) in shares.iter().enumerate() {
                let (share, h) = (f64::from(share), 1e-7);
                let relative = |got: f32, expected: f64| (f64::from(got) / expected - 1.0).abs();
                assert!(relative(losses.0[lane], weight(share)) < 1e-5);
                let slope = (weight(share + h) - weight(share - h)) / (2.0 * h) / LANES as f64;
                let got = output[0].0[lane];
                assert!(relative(got, slope) < 1e-4, "{distance:?}: {got} is not {slope}");
                let nearest = (share * 255.0).round().clamp(0.0, 255.0);
                assert_eq!(f64::from(found.predicted[0][lane]), nearest);
            }
            // On the target itself: no loss, and a finite gradient.
            let mut output = [Lanes::splat(90.0 / 255.0)];
            let found = run(&mut output, Some(&mut [Lanes::ZERO][..]));
            assert!(found.loss[0].0[0] < 1e-2 && output[0].0[0].is_finite());
        }
    }

    #[test]
    fn weights_of_positions_add_up_to_one() {
        let weights = |positions: Positions, scored| -> Vec<f32> {
            (0..8).map(|position| positions.weight(position, scored, 8)).collect()
        };
        for &positions in Positions::ALL {
            assert!((weights(positions, 8).iter().sum::<f32>() - 1.0).abs() < 1e-6);
            assert_eq!(weights(positions, 0), [0.0; 8]);
        }
        assert_eq!(weights(Positions::All, 4)[3..5], [0.25, 0.0]);
        assert_eq!(weights(Positions::Last, 8)[6..], [0.0, 1.0]);
        assert_eq!(weights(Positions::Last, 7), [0.0; 8]);
        let weighted = weights(Positions::Weighted, 5);
        assert!((weighted[4] / weighted[0] - 5.0).abs() < 1e-6);
        assert!((weighted.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    }

    /// The document's example: true 10, a peak at 100 adds 90 times the penalty of
    /// a peak at 11.
    #[test]
    fn the_penalty_grows_linearly_with_the_distance_of_the_peak() {
        let loss = loss_of(&LossSettings::default(), Output::Classification);
        let penalty_of_peak_at = |peak: usize| {
            let mut logits = vec![Lanes::ZERO; 256];
            logits[peak] = Lanes::splat(5.0);
            let mut losses = LossOutput::new(1);
            let batch = batch_of_one_position(10);
            let chunk = &batch.chunks()[0];
            let instruction_set = InstructionSet::detect();
            let argmax = &[argmax(instruction_set, &logits)];
            loss.forward(instruction_set, chunk, 0..1, &mut logits, argmax, None, &mut losses);
            losses.loss[0].0[0] / losses.cross_entropy[0].0[0] - 1.0
        };
        let (far, near) = (penalty_of_peak_at(100), penalty_of_peak_at(11));
        assert!((far / near - 90.0).abs() < 1e-3, "{far} / {near}");
        assert!((near - 0.1).abs() < 1e-6);
    }
}
