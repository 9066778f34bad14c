//! Baselines that a model has to beat.
//!
//! [`Baseline`]: two rules that cost next to nothing, judged in every validation;
//! [`Uniform`]: guessing.

use ninth_model::Batch;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::metrics::Metrics;

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

/// The uniform random predictor: each of V classes with the same probability. Its metrics are
/// known without a trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uniform {
    /// 1 / V
    pub accuracy: f64,
    /// Mean distance to a target that is uniform, too: (V^2 - 1) / (3 V).
    pub distance: f64,
    /// ln V
    pub cross_entropy: f64,
}

impl Uniform {
    /// Its metrics for `classes` classes.
    pub fn new(classes: usize) -> Self {
        let v = classes as f64;
        Uniform {
            accuracy: 1.0 / v,
            distance: (v * v - 1.0) / (3.0 * v),
            cross_entropy: libm::log(v),
        }
    }

    /// The same as [`Metrics`], of 0 sequences; metrics that are not defined are NaN.
    pub fn metrics(&self) -> Metrics {
        Metrics {
            cross_entropy: self.cross_entropy,
            accuracy_last: self.accuracy,
            accuracy_all: self.accuracy,
            distance: self.distance,
            ..Metrics::undefined()
        }
    }
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
