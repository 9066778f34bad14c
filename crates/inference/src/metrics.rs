//! Metrics: how good predictions are.
//!
//! There is one set of them, [`Metrics`], for every predictor: a model in a validation, a
//! baseline on the same sequences, the best possible predictor on all sequences. [`Metric::ALL`] lists the
//! single ones with their names in files. A new metric is a field of `Metrics`, a row of that
//! list, and what [`Tally`] and [`Limit`](crate::Limit) compute for it.
//!
//! ```
//! use ninth_inference::metrics::{Metric, Prediction, Tally};
//!
//! let mut tally = Tally::new(8);
//! let prediction = Prediction { predicted: 5, target: 8, cross_entropy: 1.5, loss: 2.0 };
//! tally.add([prediction, Prediction { predicted: 8, ..prediction }]);
//! let metrics = tally.metrics();
//! assert_eq!(metrics.accuracy_all, 0.5);
//! assert_eq!(metrics.distance, 1.5);
//! // No sequence filled the context of 8 terms.
//! assert!(Metric::ACCURACY_LAST.of(&metrics).is_nan());
//! ```

use ninth_sequences::MIN_TERMS;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The first position whose prediction counts for whole sequences: it predicts the fourth term.
pub const WHOLE_FROM: usize = MIN_TERMS - 2;

/// How good predictions are. All but `sequences` are means, and NaN where nothing was counted.
///
/// Positions are pooled over the sequences. A position is scored where its next term is in the
/// range; the last position is the one that sees a full context. NaN metrics are omitted in JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    /// Sequences judged.
    pub sequences: u64,
    /// The loss that training minimises; NaN for a predictor that was not trained.
    pub loss: f64,
    /// -ln of the right term's probability, over all positions; NaN without probabilities.
    pub cross_entropy: f64,
    /// Share of right predictions at the last position.
    pub accuracy_last: f64,
    /// Share of right predictions, over all positions.
    pub accuracy_all: f64,
    /// Share of sequences whose every term from the fourth on was predicted.
    pub accuracy_whole: f64,
    /// Distance between the predicted and the right term, over all positions.
    pub distance: f64,
    /// Share of right predictions after one term, after two, ...
    pub accuracy_by_position: Vec<f64>,
}

/// One metric: its name in files, and how to reach it in [`Metrics`].
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name in files.
    pub name: &'static str,
    /// Whether a better predictor has a higher value.
    pub higher_is_better: bool,
    get: fn(&Metrics) -> f64,
    get_mut: fn(&mut Metrics) -> &mut f64,
}

macro_rules! metric {
    ($field:ident, higher_is_better: $higher_is_better:literal) => {
        Metric {
            name: stringify!($field),
            higher_is_better: $higher_is_better,
            get: |metrics| metrics.$field,
            get_mut: |metrics| &mut metrics.$field,
        }
    };
}

impl Metric {
    /// [`Metrics::accuracy_last`], which options are compared by.
    pub const ACCURACY_LAST: Metric = metric!(accuracy_last, higher_is_better: true);

    /// How many of [`ALL`](Self::ALL) are losses. They come first there.
    pub const LOSSES: usize = 2;

    /// All metrics that are single numbers, in the order of logs and JSON.
    pub const ALL: [Metric; 6] = [
        metric!(loss, higher_is_better: false),
        metric!(cross_entropy, higher_is_better: false),
        Metric::ACCURACY_LAST,
        metric!(accuracy_all, higher_is_better: true),
        metric!(accuracy_whole, higher_is_better: true),
        metric!(distance, higher_is_better: false),
    ];

    /// Its value.
    pub fn of(&self, metrics: &Metrics) -> f64 {
        (self.get)(metrics)
    }

    /// Its value, to be written.
    pub fn of_mut<'a>(&self, metrics: &'a mut Metrics) -> &'a mut f64 {
        (self.get_mut)(metrics)
    }
}

impl Metrics {
    /// Metrics of no sequences: all are NaN.
    pub fn undefined() -> Self {
        let mut metrics = Metrics::default();
        for metric in Metric::ALL {
            *metric.of_mut(&mut metrics) = f64::NAN;
        }
        metrics
    }

    /// How far a model with these metrics is from the limit, metric by metric; positive where
    /// the model is worse. NaN where either is; `sequences` stay those of the model.
    ///
    /// The model's metrics are those of a sample, so a good model may be better by chance. The
    /// limit's distance is that of the predictor that is right most often; a predictor of
    /// medians is nearer to the right terms.
    pub fn gap(&self, limit: &Metrics) -> Metrics {
        let mut gap = self.clone();
        for metric in Metric::ALL {
            let (model, limit) = (metric.of(self), metric.of(limit));
            *metric.of_mut(&mut gap) =
                if metric.higher_is_better { limit - model } else { model - limit };
        }
        let positions = limit.accuracy_by_position.iter().zip(&self.accuracy_by_position);
        gap.accuracy_by_position = positions.map(|(limit, model)| limit - model).collect();
        gap
    }

    /// Writes the single metrics that are not NaN as entries of a map.
    pub fn serialize_single<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let single = Metric::ALL.into_iter().map(|metric| (metric.name, metric.of(self)));
        single
            .filter(|(_, value)| value.is_finite())
            .try_for_each(|(name, value)| map.serialize_entry(name, &value))
    }

    /// Writes the accuracies by position as an entry of a map, without those that are NaN.
    pub(crate) fn serialize_positions<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        // Every sequence begins at the first position, so only the end is left out.
        let positions = self.accuracy_by_position.iter().filter(|value| value.is_finite());
        let positions: Vec<&f64> = positions.collect();
        if positions.is_empty() {
            return Ok(());
        }
        map.serialize_entry("accuracy_by_position", &positions)
    }
}

impl Serialize for Metrics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("sequences", &self.sequences)?;
        self.serialize_single(&mut map)?;
        self.serialize_positions(&mut map)?;
        map.end()
    }
}

/// How far chance alone takes a share of right predictions: the standard error of its estimate by
/// the sequences that were judged. NaN where nothing was counted.
///
/// A share over all positions is a ratio of sums over sequences, whose positions are right and
/// wrong together; its error is that of a ratio of independent pairs (Cochran 1977, 6.3). One
/// more error is added to those found, so that what was never wrong is not said to be certain.
#[derive(Clone, Debug, PartialEq)]
pub struct StandardErrors {
    /// Of [`Metrics::accuracy_last`].
    pub accuracy_last: f64,
    /// Of [`Metrics::accuracy_all`].
    pub accuracy_all: f64,
    /// Of [`Metrics::accuracy_whole`].
    pub accuracy_whole: f64,
    /// Of [`Metrics::accuracy_by_position`].
    pub accuracy_by_position: Vec<f64>,
}

/// Those of the single metrics, without what is not known.
impl Serialize for StandardErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let errors = [
            ("accuracy_last", self.accuracy_last),
            ("accuracy_all", self.accuracy_all),
            ("accuracy_whole", self.accuracy_whole),
        ];
        let mut map = serializer.serialize_map(None)?;
        for (name, error) in errors.into_iter().filter(|(_, error)| error.is_finite()) {
            map.serialize_entry(name, &error)?;
        }
        map.end()
    }
}

/// The standard error of a share of right answers among independent ones; see [`StandardErrors`].
///
/// ```
/// use ninth_inference::metrics::standard_error;
///
/// assert!((standard_error(900, 1000) - 0.0095).abs() < 1e-4);
/// assert_eq!(standard_error(50, 50), 0.02);
/// assert!(standard_error(0, 0).is_nan());
/// ```
pub fn standard_error(right: u64, asked: u64) -> f64 {
    let (right, asked) = (right as f64, asked as f64);
    error_of_ratio(right * (1.0 - right / asked), asked)
}

/// The same of a ratio, from the sum of the squared residuals and the denominator.
fn error_of_ratio(residuals: f64, count: f64) -> f64 {
    // Rounding may make a sum of squares negative.
    (residuals.max(0.0) + 1.0).sqrt() / if count > 0.0 { count } else { f64::NAN }
}

/// Sums from which metrics follow. The sums of two parts add up to those of the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    sequences: u64,
    /// Sum over sequences of their losses.
    loss: f64,
    /// Sum over scored positions.
    cross_entropy: f64,
    /// Sum over scored positions.
    distance: f64,
    /// Right predictions, by position.
    correct: Vec<u64>,
    /// Scored predictions, by position.
    scored: Vec<u64>,
    /// Sequences whose every term from the fourth on was predicted.
    whole_correct: u64,
    /// Sequences that have a fourth term.
    whole_scored: u64,
    /// Sums over sequences of the products of their right and scored predictions: right times
    /// right, right times scored, scored times scored.
    products: [u64; 3],
}

/// The prediction of one position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The most likely class.
    pub predicted: u16,
    /// The right class.
    pub target: u16,
    /// -ln of the right class's probability.
    pub cross_entropy: f64,
    /// The position's part of the loss of its sequence.
    pub loss: f64,
}

impl Tally {
    /// An empty tally for sequences of up to `context` positions.
    pub fn new(context: usize) -> Self {
        Tally {
            sequences: 0,
            loss: 0.0,
            cross_entropy: 0.0,
            distance: 0.0,
            correct: vec![0; context],
            scored: vec![0; context],
            whole_correct: 0,
            whole_scored: 0,
            products: [0; 3],
        }
    }

    /// Adds a sequence, given the predictions of its positions in order.
    pub fn add(&mut self, predictions: impl IntoIterator<Item = Prediction>) {
        let (mut count, mut right, mut loss, mut whole) = (0, 0, 0.0, true);
        for (position, prediction) in predictions.into_iter().enumerate() {
            let Prediction { predicted, target, .. } = prediction;
            count += 1;
            loss += prediction.loss;
            self.cross_entropy += prediction.cross_entropy;
            self.distance += f64::from(predicted.abs_diff(target));
            self.scored[position] += 1;
            self.correct[position] += u64::from(predicted == target);
            right += u64::from(predicted == target);
            whole &= position < WHOLE_FROM || predicted == target;
        }
        if count > 0 {
            self.sequences += 1;
            self.loss += loss;
        }
        let scored = count as u64;
        for (sum, product) in
            self.products.iter_mut().zip([right * right, right * scored, scored * scored])
        {
            *sum += product;
        }
        if count > WHOLE_FROM {
            self.whole_scored += 1;
            self.whole_correct += u64::from(whole);
        }
    }

    /// Adds the sums of another part.
    pub fn merge(&mut self, other: &Tally) {
        // Without `..`: a sum that is not merged does not compile.
        let Tally {
            sequences,
            loss,
            cross_entropy,
            distance,
            correct,
            scored,
            whole_correct,
            whole_scored,
            products,
        } = other;
        self.sequences += sequences;
        self.loss += loss;
        self.cross_entropy += cross_entropy;
        self.distance += distance;
        self.whole_correct += whole_correct;
        self.whole_scored += whole_scored;
        for (mine, theirs) in self.products.iter_mut().zip(products) {
            *mine += theirs;
        }
        for (mine, theirs) in self.correct.iter_mut().zip(correct) {
            *mine += theirs;
        }
        for (mine, theirs) in self.scored.iter_mut().zip(scored) {
            *mine += theirs;
        }
    }

    /// The share of sequences that fill the context.
    pub fn share_full(&self) -> f64 {
        self.scored.last().map_or(f64::NAN, |full| *full as f64 / self.sequences as f64)
    }

    /// How far chance alone takes the shares of right predictions among [`metrics`](Self::metrics).
    pub fn standard_errors(&self) -> StandardErrors {
        let [correct, scored]: [u64; 2] =
            [&self.correct, &self.scored].map(|counts| counts.iter().sum());
        let share = correct as f64 / scored as f64;
        let [right_right, right_scored, scored_scored] = self.products.map(|sum| sum as f64);
        // The sum over sequences of (right - share scored)^2
        let residuals = right_right - 2.0 * share * right_scored + share * share * scored_scored;
        let positions = self.correct.iter().zip(&self.scored);
        let by_position: Vec<f64> =
            positions.map(|(&correct, &scored)| standard_error(correct, scored)).collect();
        StandardErrors {
            accuracy_last: by_position.last().copied().unwrap_or(f64::NAN),
            accuracy_all: error_of_ratio(residuals, scored as f64),
            accuracy_whole: standard_error(self.whole_correct, self.whole_scored),
            accuracy_by_position: by_position,
        }
    }

    /// The sequences that fill the context: of these [`Metrics::accuracy_last`] is a share.
    pub fn full(&self) -> u64 {
        self.scored.last().copied().unwrap_or(0)
    }

    /// The metrics that follow from the sums.
    pub fn metrics(&self) -> Metrics {
        let share = |part: u64, whole: u64| part as f64 / whole as f64;
        let scored: u64 = self.scored.iter().sum();
        let last = self.scored.len() - 1;
        let positions = self.correct.iter().zip(&self.scored);
        Metrics {
            sequences: self.sequences,
            loss: self.loss / self.sequences as f64,
            cross_entropy: self.cross_entropy / scored as f64,
            accuracy_last: share(self.correct[last], self.scored[last]),
            accuracy_all: share(self.correct.iter().sum(), scored),
            accuracy_whole: share(self.whole_correct, self.whole_scored),
            distance: self.distance / scored as f64,
            accuracy_by_position: positions.map(|(&c, &scored)| share(c, scored)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequence(pairs: &[(u16, u16)]) -> Vec<Prediction> {
        let prediction =
            |&(predicted, target)| Prediction { predicted, target, cross_entropy: 1.0, loss: 2.0 };
        pairs.iter().map(prediction).collect()
    }

    #[test]
    fn metrics_follow_from_the_sums() {
        let mut tally = Tally::new(4);
        // Wrong only where it does not count for whole sequences.
        tally.add(sequence(&[(9, 1), (2, 2), (3, 3), (4, 4)]));
        tally.add(sequence(&[(1, 1), (2, 2), (7, 3)]));
        tally.add(sequence(&[(1, 1)]));
        let metrics = tally.metrics();
        assert_eq!(metrics.sequences, 3);
        assert_eq!((metrics.loss, metrics.cross_entropy), (16.0 / 3.0, 1.0));
        assert_eq!(metrics.accuracy_last, 1.0);
        assert_eq!(metrics.accuracy_all, 6.0 / 8.0);
        assert_eq!(metrics.accuracy_whole, 0.5);
        assert_eq!(metrics.distance, (8.0 + 4.0) / 8.0);
        assert_eq!(metrics.accuracy_by_position, [2.0 / 3.0, 1.0, 0.5, 1.0]);
        assert_eq!(tally.full(), 1);
    }

    /// Samples of a known population vary by as much as the errors say.
    #[test]
    fn standard_errors_are_the_deviation_of_samples() {
        let mut state = 7_u64;
        let mut random = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1_u64 << 31) as f64
        };
        let mut sample = || {
            let mut tally = Tally::new(4);
            for _ in 0..200 {
                // Positions are right together, and some sequences are short.
                let (known, length) = (random() < 0.7, if random() < 0.3 { 2 } else { 4 });
                let of = |right: bool| (u16::from(right), 1);
                let pairs: Vec<_> = (0..length).map(|_| of(known && random() < 0.9)).collect();
                tally.add(sequence(&pairs));
            }
            tally
        };
        let tallies: Vec<Tally> = (0..2000).map(|_| sample()).collect();
        let of = |share: fn(&Metrics) -> f64, error: fn(&StandardErrors) -> f64| {
            let shares: Vec<f64> = tallies.iter().map(|tally| share(&tally.metrics())).collect();
            let mean = shares.iter().sum::<f64>() / shares.len() as f64;
            let variance = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>();
            let deviation = (variance / shares.len() as f64).sqrt();
            let errors = tallies.iter().map(|tally| error(&tally.standard_errors()));
            let said = errors.sum::<f64>() / tallies.len() as f64;
            assert!((said / deviation - 1.0).abs() < 0.06, "{said} is not {deviation}");
        };
        of(|metrics| metrics.accuracy_last, |errors| errors.accuracy_last);
        of(|metrics| metrics.accuracy_all, |errors| errors.accuracy_all);
        of(|metrics| metrics.accuracy_whole, |errors| errors.accuracy_whole);
    }

    #[test]
    fn what_was_never_wrong_is_not_certain_and_nothing_has_no_error() {
        let mut tally = Tally::new(4);
        for _ in 0..10 {
            tally.add(sequence(&[(1, 1), (2, 2), (3, 3), (4, 4)]));
        }
        let errors = tally.standard_errors();
        assert_eq!((errors.accuracy_last, errors.accuracy_all), (0.1, 1.0 / 40.0));
        assert_eq!(tally.share_full(), 1.0);
        let none = Tally::new(4).standard_errors();
        assert!(none.accuracy_all.is_nan() && none.accuracy_last.is_nan());
        assert_eq!(serde_json::to_string(&none).unwrap(), "{}");
        let json = serde_json::to_string(&errors).unwrap();
        assert_eq!(json, "{\"accuracy_last\":0.1,\"accuracy_all\":0.025,\"accuracy_whole\":0.1}");
    }

    #[test]
    fn whole_sequences_count_from_the_fourth_term_on() {
        for (wrong, whole) in [(0, 1.0), (1, 1.0), (2, 0.0), (3, 0.0)] {
            let mut pairs = [(5, 5); 4];
            pairs[wrong].0 = 6;
            let mut tally = Tally::new(4);
            tally.add(sequence(&pairs));
            assert_eq!(tally.metrics().accuracy_whole, whole, "position {wrong}");
        }
    }

    #[test]
    fn parts_add_up_and_an_empty_tally_is_nan() {
        let (mut a, mut b, mut both) = (Tally::new(4), Tally::new(4), Tally::new(4));
        for pairs in [&[(1, 1), (2, 3)][..], &[(4, 4), (4, 4), (4, 4), (5, 4)]] {
            a.add(sequence(pairs));
            both.add(sequence(pairs));
        }
        b.add(sequence(&[(3, 1)]));
        both.add(sequence(&[(3, 1)]));
        a.merge(&b);
        assert_eq!(a, both);
        assert!(Metric::ALL.iter().all(|metric| metric.of(&Tally::new(4).metrics()).is_nan()));
    }

    /// What is written to files: names and order are not to change, NaN is omitted.
    #[test]
    fn json_has_every_metric_that_is_defined() {
        let metrics = Metrics {
            sequences: 3,
            cross_entropy: 1.5,
            accuracy_last: 0.5,
            distance: 2.0,
            accuracy_by_position: vec![0.25, 0.5, f64::NAN],
            ..Metrics::undefined()
        };
        assert_eq!(
            serde_json::to_string(&metrics).unwrap(),
            "{\"sequences\":3,\"cross_entropy\":1.5,\"accuracy_last\":0.5,\"distance\":2.0,\
             \"accuracy_by_position\":[0.25,0.5]}"
        );
        assert_eq!(serde_json::to_string(&Metrics::undefined()).unwrap(), "{\"sequences\":0}");
        let limit = crate::LimitMetrics { share: 0.5, metrics, least_distance: 1.0 };
        assert_eq!(
            serde_json::to_string(&limit).unwrap(),
            "{\"share\":0.5,\"cross_entropy\":1.5,\"accuracy_last\":0.5,\"distance\":2.0,\
             \"least_distance\":1.0,\"accuracy_by_position\":[0.25,0.5]}"
        );
    }

    #[test]
    fn what_a_model_is_short_of_is_positive() {
        let limit = Metrics {
            sequences: 1000,
            loss: f64::NAN,
            cross_entropy: 1.0,
            accuracy_last: 0.75,
            accuracy_all: 0.5,
            accuracy_whole: 0.25,
            distance: 4.0,
            accuracy_by_position: vec![0.25, 0.75],
        };
        let model = Metrics {
            sequences: 10,
            loss: 3.0,
            cross_entropy: 1.5,
            accuracy_last: 0.5,
            accuracy_all: 0.375,
            accuracy_whole: 0.3125,
            distance: 6.0,
            accuracy_by_position: vec![0.0, 0.5],
        };
        let gap = model.gap(&limit);
        assert_eq!((gap.sequences, gap.cross_entropy, gap.distance), (10, 0.5, 2.0));
        assert_eq!((gap.accuracy_last, gap.accuracy_all), (0.25, 0.125));
        assert_eq!(gap.accuracy_whole, -0.0625);
        assert_eq!(gap.accuracy_by_position, [0.25, 0.25]);
        assert!(gap.loss.is_nan());
    }
}
