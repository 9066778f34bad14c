//! Baselines that a model has to beat.
//!
//! [`Baseline`]: two rules that cost next to nothing, judged in every validation;
//! [`Uniform`]: guessing.

use ninth_model::Batch;
use ninth_model::loss::{Distance, LossKind, Positions};
use ninth_model::output::Output;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::metrics::{Metrics, Tally};
use crate::{Config, ConfigError};

/// A predictor that needs no training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// The last term again.
    Repeat,
    /// The last term plus the last difference, kept within the range.
    Linear,
}

impl Baseline {
    /// All of them.
    pub const ALL: [Baseline; 2] = [Baseline::Repeat, Baseline::Linear];

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Baseline::Repeat => "repeat",
            Baseline::Linear => "linear",
        }
    }

    /// Its prediction, a class, for the term after `position` of a sequence.
    pub fn predict(self, batch: &Batch, index: usize, position: usize, classes: usize) -> u16 {
        let last = batch.class(index, position);
        match self {
            Baseline::Repeat => last,
            Baseline::Linear => {
                let before = batch.class(index, position.saturating_sub(1));
                let next = 2 * i64::from(last) - i64::from(before);
                // Within the range, so within 16 bits.
                next.clamp(0, classes as i64 - 1) as u16
            }
        }
    }
}

/// The uniform random predictor: each of V classes with the same probability, or one of them drawn
/// by chance where a term has to be named. Its metrics are known without a trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uniform {
    /// 1 / V
    pub accuracy: f64,
    /// Mean distance to a target that is uniform, too: (V^2 - 1) / (3 V).
    pub distance: f64,
    /// ln V; NaN beside a regression, which has no probabilities to compare it with.
    pub cross_entropy: f64,
    /// What training minimises, of a sequence that counts (see [`beside`](Self::beside)); NaN
    /// where that is not known.
    pub loss: f64,
    /// Whether only sequences that fill the context count.
    full_only: bool,
}

impl Uniform {
    /// Its metrics for `classes` classes, whatever the loss.
    pub fn new(classes: usize) -> Self {
        let v = classes as f64;
        Uniform {
            accuracy: 1.0 / v,
            distance: (v * v - 1.0) / (3.0 * v),
            cross_entropy: libm::log(v),
            loss: f64::NAN,
            full_only: false,
        }
    }

    /// Its metrics beside a model of this config: of as many classes, with the same loss.
    ///
    /// # Errors
    ///
    /// If the config has no valid range of integers.
    pub fn of(config: &Config) -> Result<Self, ConfigError> {
        let classes = config.range()?.classes();
        let uniform = Uniform::new(classes);
        let settings = &config.loss;
        let weight = mean_weight(classes, settings.distance);
        let (cross_entropy, loss) = match (config.model.output, settings.kind) {
            (Output::Regression, _) => (f64::NAN, weight),
            (Output::Classification, kind) => {
                let entropy = uniform.cross_entropy;
                let loss = match kind {
                    LossKind::CrossEntropy => entropy,
                    LossKind::DistanceWeighted => entropy * (1.0 + settings.alpha * weight),
                    LossKind::Distance => weight,
                };
                (entropy, loss)
            }
        };
        // The weights of a sequence's positions add up to 1, but where only its last one counts
        // and there is none.
        let full_only = match settings.positions {
            Positions::Last => true,
            Positions::All | Positions::Weighted => false,
        };
        Ok(Uniform { cross_entropy, loss, full_only, ..uniform })
    }

    /// Its metrics beside those of a model on these sequences: with the loss on the same scale.
    #[must_use]
    pub fn beside(self, judged: &Tally) -> Self {
        match self.full_only {
            true => Uniform { loss: self.loss * judged.share_full(), full_only: false, ..self },
            false => self,
        }
    }

    /// The same as [`Metrics`], of 0 sequences; metrics that are not defined are NaN.
    pub fn metrics(&self) -> Metrics {
        Metrics {
            loss: self.loss,
            cross_entropy: self.cross_entropy,
            accuracy_last: self.accuracy,
            accuracy_all: self.accuracy,
            distance: self.distance,
            ..Metrics::undefined()
        }
    }
}

/// The mean of w(|a - b|) over all pairs of classes.
fn mean_weight(classes: usize, distance: Distance) -> f64 {
    let v = classes as f64;
    // Each distance d > 0 is that of 2 (V - d) pairs.
    let pairs = (1..classes).map(|d| {
        let weight = f64::from(distance.weight(d as f32));
        2.0 * (classes - d) as f64 * weight
    });
    pairs.sum::<f64>() / (v * v)
}

/// An object with the metrics that are defined.
impl Serialize for Uniform {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.metrics().serialize_single(&mut map)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validation::judge;
    use crate::{CpuEngine, Engine, Preset};
    use ninth_sequences::Stream;
    use ninth_settings::parse_assignment;

    /// A model whose weights are all zero guesses. It names the first class where it should
    /// name any, so that its loss is compared where that does not matter, or by hand.
    #[test]
    fn its_loss_is_that_of_a_model_that_guesses() {
        for (assignments, exact) in [
            (&["loss.kind=cross_entropy"][..], true),
            (&["loss.kind=cross_entropy", "positions=weighted"], true),
            (&["loss.kind=cross_entropy", "positions=last"], true),
            (&["loss.kind=distance_weighted", "alpha=0"], true),
            (&["loss.kind=distance_weighted"], false),
            (&["loss.kind=distance"], false),
            (&["loss.kind=distance", "loss.distance=square_root", "positions=last"], false),
        ] {
            let parsed: Vec<_> =
                assignments.iter().map(|text| parse_assignment(text).unwrap()).collect();
            let config = Config::resolve(Preset::Design, &parsed).unwrap();
            let mut engine = CpuEngine::new(&config, 1).unwrap();
            let mut state = engine.state().unwrap();
            state.parameters.fill(ninth_kernels::Lanes::ZERO);
            engine.restore(state).unwrap();
            let sampler = config.sampler(1).unwrap();
            let mixture = config.curriculum.final_mixture();
            let judged = judge(&mut engine, &sampler, mixture, Stream::Validation, 0, 500).unwrap();
            let tally = &judged.overall().model;
            let (found, expected) =
                (Uniform::of(&config).unwrap().beside(tally).loss, tally.metrics().loss);
            // Targets are no uniform sample, so where distances count both are only alike.
            let within = if exact { 1e-4 } else { 0.5 };
            assert!(
                (found / expected - 1.0).abs() < within,
                "{assignments:?}: {found}, {expected}"
            );
        }
    }

    #[test]
    fn a_regression_has_a_loss_and_no_cross_entropy_beside_it() {
        let regression = [parse_assignment("model.output=regression").unwrap()];
        let config = Config::resolve(Preset::Design, &regression).unwrap();
        let uniform = Uniform::of(&config).unwrap();
        assert!(uniform.cross_entropy.is_nan());
        assert!((uniform.beside(&Tally::new(8)).loss - uniform.distance).abs() < 1e-9);
    }

    #[test]
    fn the_mean_weight_is_that_over_all_pairs() {
        for distance in [Distance::Linear, Distance::Quadratic, Distance::SquareRoot] {
            let pairs = (0..20_i32).flat_map(|a| (0..20_i32).map(move |b| (a - b).abs() as f32));
            let mean = pairs.map(|d| f64::from(distance.weight(d))).sum::<f64>() / 400.0;
            assert!((mean_weight(20, distance) - mean).abs() < 1e-9, "{distance:?}");
        }
    }

    #[test]
    fn uniform_figures_are_those_of_the_document() {
        let uniform = Uniform::new(256);
        assert!((uniform.accuracy - 0.0039).abs() < 1e-5);
        assert!((uniform.distance - 85.33).abs() < 5e-3);
        assert!((uniform.cross_entropy - 5.545).abs() < 1e-3);
        // The closed form against the sum over all pairs.
        let pairs = (0..256i32).flat_map(|a| (0..256i32).map(move |b| (a - b).abs()));
        let mean = f64::from(pairs.sum::<i32>()) / 65536.0;
        assert!((uniform.distance - mean).abs() < 1e-9);
    }

    #[test]
    fn lines_are_continued_within_the_range() {
        let mut batch = Batch::new(4, 3);
        batch.set(0, [10, 13, 16]);
        batch.set(1, [250, 253, 255]);
        batch.set(2, [5, 1]);
        let linear = |index, position| Baseline::Linear.predict(&batch, index, position, 256);
        assert_eq!([linear(0, 0), linear(0, 1), linear(0, 2)], [10, 16, 19]);
        assert_eq!(linear(1, 2), 255);
        assert_eq!(linear(2, 1), 0);
        assert_eq!(Baseline::Repeat.predict(&batch, 0, 2, 256), 16);
    }
}
