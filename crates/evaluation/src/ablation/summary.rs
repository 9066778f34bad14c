//! What the figures of an option come to: means, spreads, and the difference to
//! the default.

use super::results::{DecisionResult, Figures, OptionResult, Outcome, Spread};

/// A figure by its name in files.
pub type Figure = (&'static str, fn(&Figures) -> f64);

/// Right predictions of the term after a full context.
pub const ACCURACY_LAST: Figure = ("accuracy_last", |figures| figures.accuracy_last);
/// Right continuations.
pub const CONTINUED: Figure = ("continued", |figures| figures.continued);

/// All figures, in the order of files. The last two are times.
pub const FIGURES: [Figure; 11] = [
    ACCURACY_LAST,
    ("accuracy_all", |figures| figures.accuracy_all),
    ("accuracy_whole", |figures| figures.accuracy_whole),
    ("distance", |figures| figures.distance),
    ("loss", |figures| figures.loss),
    ("cross_entropy", |figures| figures.cross_entropy),
    CONTINUED,
    ("parameters", |figures| figures.parameters as f64),
    ("steps", |figures| figures.steps as f64),
    ("microseconds_per_step", |figures| figures.microseconds_per_step),
    ("microseconds_per_term", |figures| figures.microseconds_per_term),
];

/// The trainings of an option; none of one that is refused.
pub fn trained(option: &OptionResult) -> &[Figures] {
    match &option.outcome {
        Outcome::Trained(figures) => figures,
        Outcome::Refused(_) => &[],
    }
}

/// Mean and deviation of a figure over the seeds.
pub fn spread(option: &OptionResult, figure: Figure) -> Spread {
    Spread::of(&trained(option).iter().map(figure.1).collect::<Vec<_>>())
}

/// The option of the base.
pub fn default(decision: &DecisionResult) -> Option<&OptionResult> {
    decision.options.iter().find(|option| option.is_default)
}

/// An option's figure less the default's, seed by seed: luck that both had in
/// common is no difference. Seeds that either lacks are left out.
pub fn differences(
    decision: &DecisionResult,
    option: &OptionResult,
    figure: Figure,
) -> Vec<(i64, f64)> {
    let others = default(decision).map_or(&[][..], trained);
    let pair = |mine: &Figures| {
        let other = others.iter().find(|other| other.seed == mine.seed)?;
        Some((mine.seed, figure.1(mine) - figure.1(other)))
    };
    trained(option).iter().filter_map(pair).collect()
}

/// Mean and deviation of those differences; no numbers for the default itself.
pub fn difference(decision: &DecisionResult, option: &OptionResult, figure: Figure) -> Spread {
    if option.is_default {
        return Spread::of(&[]);
    }
    let differences = differences(decision, option, figure);
    Spread::of(&differences.iter().map(|(_, value)| *value).collect::<Vec<_>>())
}
