//! What options are compared by; means and spreads of an option's trainings, and the difference
//! to the default.

use ninth_inference::metrics::Metric;

use super::decisions::OF_GENERATION;
use super::results::{DecisionResult, OptionOutcome, OptionResult, Spread, TrialResult};

/// What the options of a decision are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Right predictions of the last term.
    LastTerm,
    /// Right continuations, for a decision about generating terms, which does not change
    /// training.
    Continuation,
}

impl Measure {
    /// That of a decision.
    pub fn of(decision: &DecisionResult) -> Self {
        match OF_GENERATION.contains(&decision.name.as_str()) {
            true => Measure::Continuation,
            false => Measure::LastTerm,
        }
    }

    /// The quantity.
    pub fn quantity(self) -> Quantity {
        match self {
            Measure::LastTerm => Quantity::ACCURACY_LAST,
            Measure::Continuation => Quantity::CONTINUED,
        }
    }
}

/// A quantity that options are compared by.
#[derive(Clone, Copy, Debug)]
pub enum Quantity {
    /// A metric on fresh sequences.
    Metric(Metric),
    /// A quantity of ablations alone: its name in files, and its value.
    Trial(&'static str, fn(&TrialResult) -> f64),
}

impl Quantity {
    /// Right predictions of the term after a full context.
    pub const ACCURACY_LAST: Quantity = Quantity::Metric(Metric::ACCURACY_LAST);
    /// Right continuations.
    pub const CONTINUED: Quantity = Quantity::Trial("continued", |result| result.continued);

    /// The quantities that are no metrics. The last two are times.
    const OF_TRIALS: [Quantity; 5] = [
        Quantity::CONTINUED,
        Quantity::Trial("parameters", |result| result.parameters as f64),
        Quantity::Trial("steps", |result| result.steps as f64),
        Quantity::Trial("microseconds_per_step", |result| result.microseconds_per_step),
        Quantity::Trial("microseconds_per_term", |result| result.microseconds_per_term),
    ];

    /// The metrics, in the order of files: first those that can always be compared, then the
    /// losses.
    pub fn metrics() -> impl Iterator<Item = Metric> {
        let (losses, others) = Metric::ALL.split_at(Metric::LOSSES);
        others.iter().chain(losses).copied()
    }

    /// All quantities, in the order of files: the metrics, then what is no metric.
    pub fn all() -> impl Iterator<Item = Quantity> {
        Self::metrics().map(Quantity::Metric).chain(Self::OF_TRIALS)
    }

    /// Its name in files.
    pub fn name(&self) -> &'static str {
        match self {
            Quantity::Metric(metric) => metric.name,
            Quantity::Trial(name, _) => name,
        }
    }

    /// Its value.
    pub fn of(&self, result: &TrialResult) -> f64 {
        match self {
            Quantity::Metric(metric) => metric.of(&result.metrics),
            Quantity::Trial(_, of) => of(result),
        }
    }
}

/// The trainings of an option; none of one that is refused.
pub fn trained(option: &OptionResult) -> &[TrialResult] {
    match &option.outcome {
        OptionOutcome::Trained(results) => results,
        OptionOutcome::Refused(_) => &[],
    }
}

/// Mean and deviation of a quantity over the seeds.
pub fn spread(option: &OptionResult, of: impl Fn(&TrialResult) -> f64) -> Spread {
    Spread::of(&trained(option).iter().map(of).collect::<Vec<_>>())
}

/// The option of the base.
pub fn default(decision: &DecisionResult) -> Option<&OptionResult> {
    decision.options.iter().find(|option| option.is_default)
}

/// An option's value minus the default's, seed by seed, so that what a seed does to both is no
/// difference. Seeds that either lacks are omitted.
pub fn differences(
    decision: &DecisionResult,
    option: &OptionResult,
    quantity: Quantity,
) -> Vec<(i64, f64)> {
    let others = default(decision).map_or(&[][..], trained);
    let pair = |mine: &TrialResult| {
        let other = others.iter().find(|other| other.seed == mine.seed)?;
        Some((mine.seed, quantity.of(mine) - quantity.of(other)))
    };
    trained(option).iter().filter_map(pair).collect()
}

/// Mean and deviation of those differences; NaN for the default itself.
pub fn difference(decision: &DecisionResult, option: &OptionResult, quantity: Quantity) -> Spread {
    if option.is_default {
        return Spread::of(&[]);
    }
    let differences = differences(decision, option, quantity);
    Spread::of(&differences.iter().map(|(_, value)| *value).collect::<Vec<_>>())
}
