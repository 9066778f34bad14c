//! Metrics: how good predictions are.

/// Sums from which metrics follow; sums of parts add up to that of the whole.
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
    /// Sequences whose every term from the fourth on was predicted, and those with
    /// such terms.
    whole_correct: u64,
    whole_scored: u64,
}

/// A prediction of one position.
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

/// The first position whose target counts for whole sequences: that of the
/// fourth term.
pub(crate) const WHOLE_FROM: usize = 2;

impl Tally {
    /// Nothing yet, for sequences of up to `context` positions.
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
        }
    }

    /// Adds a sequence, given the predictions of its positions in order.
    pub fn add(&mut self, predictions: impl IntoIterator<Item = Prediction>) {
        let (mut count, mut loss, mut whole) = (0, 0.0, true);
        for (position, prediction) in predictions.into_iter().enumerate() {
            let Prediction { predicted, target, .. } = prediction;
            count += 1;
            loss += prediction.loss;
            self.cross_entropy += prediction.cross_entropy;
            self.distance += f64::from(predicted.abs_diff(target));
            self.scored[position] += 1;
            self.correct[position] += u64::from(predicted == target);
            whole &= position < WHOLE_FROM || predicted == target;
        }
        if count > 0 {
            self.sequences += 1;
            self.loss += loss;
        }
        if count > WHOLE_FROM {
            self.whole_scored += 1;
            self.whole_correct += u64::from(whole);
        }
    }

    /// Adds the sums of another part.
    pub fn merge(&mut self, other: &Tally) {
        self.sequences += other.sequences;
        self.loss += other.loss;
        self.cross_entropy += other.cross_entropy;
        self.distance += other.distance;
        self.whole_correct += other.whole_correct;
        self.whole_scored += other.whole_scored;
        for (mine, theirs) in self.correct.iter_mut().zip(&other.correct) {
            *mine += theirs;
        }
        for (mine, theirs) in self.scored.iter_mut().zip(&other.scored) {
            *mine += theirs;
        }
    }

    /// The metrics; what nothing was scored for is no number.
    pub fn metrics(&self) -> Metrics {
        let share = |part: u64, whole: u64| part as f64 / whole as f64;
        let scored: u64 = self.scored.iter().sum();
        let last = self.scored.len() - 1;
        Metrics {
            sequences: self.sequences,
            loss: self.loss / self.sequences as f64,
            cross_entropy: self.cross_entropy / scored as f64,
            accuracy_last: share(self.correct[last], self.scored[last]),
            accuracy_all: share(self.correct.iter().sum(), scored),
            accuracy_whole: share(self.whole_correct, self.whole_scored),
            distance: self.distance / scored as f64,
            accuracy_by_position: self
                .correct
                .iter()
                .zip(&self.scored)
                .map(|(&correct, &scored)| share(correct, scored))
                .collect(),
        }
    }
}

/// How good predictions are. Each is a mean; one of nothing is `NaN`.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// Sequences judged.
    pub sequences: u64,
    /// The loss that training minimises.
    pub loss: f64,
    /// -ln of the right term's probability, over all positions.
    pub cross_entropy: f64,
    /// Right predictions of the term after a full context.
    pub accuracy_last: f64,
    /// Right predictions, over all positions.
    pub accuracy_all: f64,
    /// Sequences whose every term from the fourth on was predicted.
    pub accuracy_whole: f64,
    /// Distance between the predicted and the right term, over all positions.
    pub distance: f64,
    /// Right predictions after one term, after two, ...
    pub accuracy_by_position: Vec<f64>,
}

impl Metrics {
    /// The names of the single figures, as they stand in files.
    pub const NAMES: [&'static str; 6] =
        ["loss", "cross_entropy", "accuracy_last", "accuracy_all", "accuracy_whole", "distance"];

    /// The single figures, in the order of [`NAMES`](Self::NAMES).
    pub fn values(&self) -> [f64; 6] {
        [
            self.loss,
            self.cross_entropy,
            self.accuracy_last,
            self.accuracy_all,
            self.accuracy_whole,
            self.distance,
        ]
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
    fn figures_follow_from_the_sums() {
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
    }

    #[test]
    fn parts_add_up_and_nothing_is_no_number() {
        let (mut a, mut b, mut both) = (Tally::new(4), Tally::new(4), Tally::new(4));
        for pairs in [&[(1, 1), (2, 3)][..], &[(4, 4), (4, 4), (4, 4), (5, 4)]] {
            a.add(sequence(pairs));
            both.add(sequence(pairs));
        }
        b.add(sequence(&[(3, 1)]));
        both.add(sequence(&[(3, 1)]));
        a.merge(&b);
        assert_eq!(a, both);
        assert!(Tally::new(4).metrics().accuracy_last.is_nan());
    }
}
