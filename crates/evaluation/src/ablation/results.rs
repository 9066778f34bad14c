//! The results of an ablation: measurements of its trainings, by decision and option.

use ninth_inference::metrics::Metrics;
use ninth_training::Config;

/// The measurements of one training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrialResult {
    /// The seed of the training.
    pub seed: i64,
    /// On fresh sequences of the final mixture, without accuracies by position, which the
    /// journal does not keep. The loss is the one minimised, so it cannot be compared with
    /// that of an option with another loss.
    pub metrics: Metrics,
    /// Share of right continuations: of the sequences that fill the context, with half of it
    /// shown, those whose other terms were all named, by the config's generation.
    pub continued: f64,
    /// Parameters of the model.
    pub parameters: u64,
    /// Training steps.
    pub steps: u64,
    /// Time of a training step on one thread, drawing the sequences included.
    pub microseconds_per_step: f64,
    /// Time of a generated term.
    pub microseconds_per_term: f64,
    /// The validations during the training.
    pub curve: Vec<CurvePoint>,
}

/// A validation during the training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Steps done.
    pub step: u64,
    /// The validation loss.
    pub loss: f64,
    /// Right predictions of the term after a full context.
    pub accuracy_last: f64,
}

/// The trainings of an option, one per seed in the order of the seeds, or why it has none.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionOutcome {
    /// Trainings; some may not have been made yet.
    Trained(Vec<TrialResult>),
    /// The config is refused, with this reason.
    Refused(String),
}

/// An option of a decision.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionResult {
    /// Its name, `gelu`.
    pub name: String,
    /// Whether it is the option of the base.
    pub is_default: bool,
    /// Its trainings.
    pub outcome: OptionOutcome,
    /// The trainings that diverged; their seeds are not in the outcome.
    pub failures: Vec<Failure>,
}

/// A training that diverged, so that it has no result.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Its seed.
    pub seed: i64,
    /// The error message.
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
    /// Of those, the sequences whose second half was to be continued.
    pub continuations: u64,
    /// The command that repeats it.
    pub command: String,
    /// The decisions; of a search, its rungs, whose options are the points.
    pub decisions: Vec<DecisionResult>,
    /// What was searched, if it is a search.
    pub search: Option<SearchSummary>,
}

/// A search, and what it found.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchSummary {
    /// How the points were chosen: `grid`, `random` or `sobol`.
    pub method: String,
    /// The points that were trained beside the base.
    pub points: usize,
    /// Points that were left out.
    pub passed_over: PassedOver,
    /// The best of the last rung, the base included; `None` before all trainings are made.
    pub best: Option<BestPoint>,
}

/// Points of a search that are not trained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PassedOver {
    /// Those whose config is refused.
    pub refused: usize,
    /// Those that come out as another one or as the base.
    pub equal: usize,
}

/// The best point of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct BestPoint {
    /// Its name.
    pub name: String,
    /// Whether it is the base: no point is better.
    pub is_default: bool,
    /// Its config with the seed of the base.
    pub config: Config,
}

impl Study {
    /// Leaves out all times, which are NaN then. They are measured; everything else is the same
    /// on any machine.
    pub fn leave_out_times(&mut self) {
        for option in self.decisions.iter_mut().flat_map(|decision| &mut decision.options) {
            let OptionOutcome::Trained(results) = &mut option.outcome else { continue };
            for result in results {
                result.microseconds_per_step = f64::NAN;
                result.microseconds_per_term = f64::NAN;
            }
        }
    }
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
    /// Mean and deviation of some values; NaN if there are none.
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
