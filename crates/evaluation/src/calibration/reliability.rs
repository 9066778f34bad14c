//! Reliability: predictions in bins by their confidence.

use serde::{Serialize, Serializer};

use crate::finite::not_finite;

/// Bins of a reliability table, of equal width.
pub const BINS: usize = 10;

/// Predictions by their confidence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reliability {
    bins: [Sums; BINS],
    /// Sum over the predictions.
    cross_entropy: f64,
}

/// Sums over the predictions of a bin.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sums {
    count: u64,
    confidence: f64,
    right: u64,
}

/// A row of a reliability table. The means of an empty bin are NaN, and omitted in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// The lower end of the confidences, exclusive.
    pub from: f64,
    /// The upper end, inclusive.
    pub to: f64,
    /// The number of predictions.
    pub count: u64,
    /// Their mean confidence.
    #[serde(skip_serializing_if = "not_finite")]
    pub confidence: f64,
    /// The share of right ones.
    #[serde(skip_serializing_if = "not_finite")]
    pub accuracy: f64,
}

impl Reliability {
    /// Counts a prediction made with a `confidence` in 0..=1, whose target had a probability
    /// of e^-`cross_entropy`.
    pub fn add(&mut self, confidence: f64, right: bool, cross_entropy: f64) {
        // Bin m of M holds those above (m - 1) / M and up to m / M.
        let bin = (confidence * BINS as f64).ceil() as usize;
        let sums = &mut self.bins[bin.clamp(1, BINS) - 1];
        sums.count += 1;
        sums.confidence += confidence;
        sums.right += u64::from(right);
        self.cross_entropy += cross_entropy;
    }

    /// Adds the predictions of another part.
    pub fn merge(&mut self, other: &Reliability) {
        for (mine, theirs) in self.bins.iter_mut().zip(&other.bins) {
            mine.count += theirs.count;
            mine.confidence += theirs.confidence;
            mine.right += theirs.right;
        }
        self.cross_entropy += other.cross_entropy;
    }

    /// Predictions.
    pub fn count(&self) -> u64 {
        self.bins.iter().map(|bin| bin.count).sum()
    }

    /// Their mean cross-entropy; NaN without any.
    pub fn cross_entropy(&self) -> f64 {
        self.cross_entropy / self.count() as f64
    }

    /// The expected calibration error: the sum over bins of (count / all)
    /// |accuracy - confidence|; NaN without predictions.
    pub fn error(&self) -> f64 {
        let differences = self.bins.iter().map(|bin| (bin.right as f64 - bin.confidence).abs());
        differences.sum::<f64>() / self.count() as f64
    }

    /// The table, from the lowest confidence to the highest.
    pub fn bins(&self) -> impl Iterator<Item = Bin> {
        self.bins.iter().enumerate().map(|(index, bin)| Bin {
            from: index as f64 / BINS as f64,
            to: (index + 1) as f64 / BINS as f64,
            count: bin.count,
            confidence: bin.confidence / bin.count as f64,
            accuracy: bin.right as f64 / bin.count as f64,
        })
    }
}

/// The temperatures of least cross-entropy, which divide the logits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Temperatures {
    /// At the last position.
    pub last: f64,
    /// Over all positions.
    pub all: f64,
}

/// The same predictions, as the model makes them and at the fitted temperature.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Calibration {
    /// As the model makes them.
    pub plain: Reliability,
    /// At the temperature.
    pub tempered: Reliability,
}

/// The predictions of some sequences, at the last position and at all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibrations {
    /// Of the term after a full context, or the last term of each sequence.
    pub last: Calibration,
    /// Of every term after the first.
    pub all: Calibration,
}

impl Calibrations {
    /// Adds the predictions of another part.
    pub fn merge(&mut self, other: &Calibrations) {
        self.last.plain.merge(&other.last.plain);
        self.last.tempered.merge(&other.last.tempered);
        self.all.plain.merge(&other.all.plain);
        self.all.tempered.merge(&other.all.tempered);
    }
}

/// The calibration of a model at its fitted temperatures.
///
/// In JSON it is an object with `last` and `all`, each with its `temperature` and the
/// reliability `plain` and `tempered`.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibrated {
    /// The temperatures.
    pub temperatures: Temperatures,
    /// The predictions without and with them.
    pub found: Calibrations,
}

impl Serialize for Reliability {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields {
            count: u64,
            #[serde(skip_serializing_if = "not_finite")]
            error: f64,
            #[serde(skip_serializing_if = "not_finite")]
            cross_entropy: f64,
            bins: Vec<Bin>,
        }
        let fields = Fields {
            count: self.count(),
            error: self.error(),
            cross_entropy: self.cross_entropy(),
            bins: self.bins().collect(),
        };
        fields.serialize(serializer)
    }
}

impl Serialize for Calibrated {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Position<'a> {
            temperature: f64,
            #[serde(flatten)]
            calibration: &'a Calibration,
        }
        #[derive(Serialize)]
        struct Fields<'a> {
            last: Position<'a>,
            all: Position<'a>,
        }
        let Calibrated { temperatures, found } = self;
        let fields = Fields {
            last: Position { temperature: temperatures.last, calibration: &found.last },
            all: Position { temperature: temperatures.all, calibration: &found.all },
        };
        fields.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_that_of_its_definition() {
        let mut reliability = Reliability::default();
        // Of four predictions with 0.8, three right; of two with 0.35, none.
        for right in [true, true, true, false] {
            reliability.add(0.8, right, 1.0);
        }
        for _ in 0..2 {
            reliability.add(0.35, false, 4.0);
        }
        assert_eq!((reliability.count(), reliability.cross_entropy()), (6, 2.0));
        let expected = (4.0 * 0.05 + 2.0 * 0.35) / 6.0;
        assert!((reliability.error() - expected).abs() < 1e-12);
        let bins: Vec<Bin> = reliability.bins().collect();
        assert_eq!((bins[7].from, bins[7].to, bins[7].count), (0.7, 0.8, 4));
        assert_eq!(bins[7].accuracy, 0.75);
        assert_eq!((bins[3].count, bins[3].accuracy), (2, 0.0));
        assert!(bins[0].confidence.is_nan() && Reliability::default().error().is_nan());
    }

    #[test]
    fn every_confidence_has_a_bin() {
        let mut reliability = Reliability::default();
        for confidence in [0.0, 1e-9, 0.1, 0.100_001, 0.95, 1.0, 1.000_001] {
            reliability.add(confidence, true, 0.0);
        }
        let counts: Vec<u64> = reliability.bins().map(|bin| bin.count).collect();
        assert_eq!(counts, [3, 1, 0, 0, 0, 0, 0, 0, 0, 3]);
    }
}
