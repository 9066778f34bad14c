//! What an ablation found: the figures of its trainings, by decision and option.

/// The figures of one training, judged by fresh sequences of the final mixture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// The seed of the training.
    pub seed: i64,
    /// Right predictions of the term after a full context, of those judged.
    pub accuracy_last: f64,
    /// Right predictions over all positions.
    pub accuracy_all: f64,
    /// Sequences whose every term from the fourth on was predicted.
    pub accuracy_whole: f64,
    /// Distance between the predicted and the right term, over all positions.
    pub distance: f64,
    /// The loss that was minimised; of options with another loss not comparable.
    pub loss: f64,
    /// -ln of the right term's probability; no number where there are no
    /// probabilities.
    pub cross_entropy: f64,
    /// Right continuations: of the sequences that fill the context, shown half of it,
    /// those whose every other term was named, by the config's generation.
    pub continued: f64,
    /// Parameters of the model.
    pub parameters: u64,
    /// Steps that were made.
    pub steps: u64,
    /// Time of a training step on one thread, drawing the sequences included.
    pub microseconds_per_step: f64,
    /// Time of a generated term.
    pub microseconds_per_term: f64,
    /// The validations on the way.
    pub curve: Vec<CurvePoint>,
}

/// A validation on the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Steps done.
    pub step: u64,
    /// The validation loss.
    pub loss: f64,
    /// Right predictions of the term after a full context.
    pub accuracy_last: f64,
}

/// What was measured of an option: a training per seed, in the order of the seeds;
/// or why it cannot be had.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Trainings, of which some may not have been made yet.
    Trained(Vec<Figures>),
    /// The config is refused, with this reason.
    Refused(String),
}

/// An option of a decision.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionResult {
    /// Its name, `gelu`.
    pub name: String,
    /// Whether it is that of the base.
    pub is_default: bool,
    /// What came out.
    pub outcome: Outcome,
    /// The trainings that could not go on; their seeds are not in the outcome.
    pub failures: Vec<Failure>,
}

/// A training that could not go on, so that it has no figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Its seed.
    pub seed: i64,
    /// Why: it diverged.
    pub reason: String,
}

/// A decision: its options, that of the base first.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionResult {
    /// Its name, `activation`.
    pub name: String,
    /// One line on what is decided.
    pub meaning: String,
    /// The options.
    pub options: Vec<OptionResult>,
}

/// A whole ablation.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// The base that options are compared with, `design`.
    pub base: String,
    /// Steps of the base's training.
    pub steps: u64,
    /// Seeds of the trainings.
    pub seeds: Vec<i64>,
    /// Fresh sequences that each model was judged by.
    pub judged: u64,
    /// The command that repeats it.
    pub command: String,
    /// The decisions.
    pub decisions: Vec<DecisionResult>,
}

/// A mean and how far the values spread around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The sample standard deviation; 0 of a single value.
    pub deviation: f64,
}

impl Spread {
    /// Mean and deviation of some values; no numbers if there are none.
    pub fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let deviation = match values.len() {
            0 => f64::NAN,
            1 => 0.0,
            _ => (squares / (count - 1.0)).sqrt(),
        };
        Spread { mean, deviation }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_are_sample_standard_deviations() {
        let Spread { mean, deviation } = Spread::of(&[1.0, 2.0, 4.0, 5.0]);
        assert_eq!((mean, deviation), (3.0, (10.0_f64 / 3.0).sqrt()));
        assert_eq!(Spread::of(&[7.0]), Spread { mean: 7.0, deviation: 0.0 });
        let nothing = Spread::of(&[]);
        assert!(nothing.mean.is_nan() && nothing.deviation.is_nan());
    }
}
