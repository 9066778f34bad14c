//! Whether an option differs from the default by more than chance: a paired t-test over the
//! seeds.
//!
//! All options of a decision are trained with the same seeds, so what is tested are the
//! differences seed by seed: whether their mean is 0. A decision has several options, and the
//! best of many looks good by luck, so its p-values are corrected by Holm's method: the
//! probability that *any* option of a decision that changes nothing is said to differ is
//! [`LEVEL`] at most. A rung of a search has the best points of the one before, so its p-values are
//! corrected for all points of the search: each of them would have its p-value in this rung, and
//! whichever go on, these are among as many. That holds for the test; the difference of the best is
//! still too large, on average, since luck has helped to choose it.
//!
//! The chance is that of seeds. All models are judged by the same sequences, whose choice is
//! not part of it.

use std::f64::consts::PI;

use super::results::{DecisionResult, OptionResult, Spread, Study};
use super::summary::{Measure, default, differences};

/// The largest probability at which a difference is not taken for chance.
pub const LEVEL: f64 = 0.05;

/// The test in a sentence, for people.
pub fn test(study: &Study) -> &'static str {
    match study.search {
        None => {
            "Chance: two-sided paired t-test over the seeds, 5 % for a decision, corrected for the \
             number of its options by Holm's method."
        }
        Some(_) => {
            "Chance: two-sided paired t-test over the seeds, 5 % for a table, corrected for the \
             number of all points of the search by Holm's method."
        }
    }
}

/// Why the best point of a search is not as good as it looks, and what shows how good it is;
/// `None` without a search, or where there is nothing to choose from.
pub fn selection(study: &Study) -> Option<String> {
    let points = study.search.as_ref()?.points;
    (points > 1).then(|| {
        format!(
            "The best of {points} points looks better than it is, since luck has helped to choose \
             it; to know how good it is, train it again with other seeds."
        )
    })
}

/// An option beside the default.
#[derive(Clone, Copy, Debug)]
pub struct OptionComparison<'a> {
    /// The option.
    pub option: &'a OptionResult,
    /// The mean of the differences to the default; positive where the option is better.
    pub difference: f64,
    /// The seeds that both have.
    pub seeds: usize,
    /// The probability of such a difference by chance, corrected for the number of options. NaN
    /// with fewer than two seeds.
    pub p_value: f64,
}

impl OptionComparison<'_> {
    /// Whether the difference is more than chance allows.
    pub fn differs(&self) -> bool {
        self.p_value <= LEVEL
    }
}

/// The options of a decision that can be compared with the default, in their order.
pub fn compare<'a>(study: &Study, decision: &'a DecisionResult) -> Vec<OptionComparison<'a>> {
    let measure = Measure::of(decision);
    let resolution = match measure {
        Measure::LastTerm => study.judged,
        Measure::Continuation => study.continuations,
    };
    let resolution = 1.0 / resolution.max(1) as f64;
    let others = decision.options.iter().filter(|option| !option.is_default);
    let mut comparisons: Vec<OptionComparison<'a>> = others
        .filter_map(|option| {
            let pairs = differences(decision, option, measure.quantity());
            let values: Vec<f64> =
                pairs.into_iter().map(|pair| pair.1).filter(|value| value.is_finite()).collect();
            (!values.is_empty()).then(|| OptionComparison {
                option,
                difference: Spread::of(&values).mean,
                seeds: values.len(),
                p_value: paired(&values, resolution),
            })
        })
        .collect();
    let p_values: Vec<f64> = comparisons.iter().map(|comparison| comparison.p_value).collect();
    let family = study.search.as_ref().map_or(0, |search| search.points);
    for (comparison, p_value) in comparisons.iter_mut().zip(holm(&p_values, family)) {
        comparison.p_value = p_value;
    }
    comparisons
}

/// What the figures of a decision say, in a sentence or two; `None` where nothing can be compared.
pub fn sentence(study: &Study, decision: &DecisionResult) -> Option<String> {
    let comparisons = compare(study, decision);
    let default = &default(decision)?.name;
    let first = comparisons.first()?;
    if comparisons.iter().all(|comparison| comparison.p_value.is_nan()) {
        return Some("One seed cannot tell a difference from chance; more can.".to_string());
    }
    let mut differing: Vec<&OptionComparison<'_>> =
        comparisons.iter().filter(|comparison| comparison.differs()).collect();
    differing.sort_by(|a, b| b.difference.total_cmp(&a.difference));
    if study.search.is_some() {
        return Some(of_points(&differing, default));
    }
    let mut text = match differing[..] {
        [] if comparisons.len() == 1 => {
            return Some(format!(
                "Option {} does not differ from the default {default} beyond chance.",
                first.option.name
            ));
        }
        [] => return Some(format!("No option differs from the default {default} beyond chance.")),
        [one] => format!(
            "Option {} is {} than the default {default} by {} points, more than chance allows.",
            one.option.name,
            if one.difference > 0.0 { "better" } else { "worse" },
            points(one),
        ),
        _ => {
            let of = |better: bool| {
                let those = differing.iter().filter(|one| (one.difference > 0.0) == better);
                let mut named: Vec<String> =
                    those.map(|one| format!("{} by {}", one.option.name, points(one))).collect();
                if let Some(first) = named.first_mut() {
                    *first += " points";
                }
                named.join(", ")
            };
            let parts = [("better", of(true)), ("worse", of(false))];
            let parts = parts.into_iter().filter(|(_, names)| !names.is_empty());
            let parts: Vec<String> =
                parts.map(|(word, names)| format!("{word} are {names}")).collect();
            let parts = parts.join("; ");
            format!("By more than chance allows, compared with the default {default}: {parts}.")
        }
    };
    match comparisons.len() - differing.len() {
        0 => {}
        1 => text += " The other option does not differ beyond chance.",
        _ => text += " The other options do not differ beyond chance.",
    }
    Some(text)
}

/// The size of a difference, in percentage points.
fn points(comparison: &OptionComparison<'_>) -> String {
    format!("{:.1}", 100.0 * comparison.difference.abs())
}

/// What the figures of the points of a search say: which are better than the base, the best of
/// them by name, and how many are worse.
fn of_points(differing: &[&OptionComparison<'_>], default: &str) -> String {
    /// The most points that are named.
    const NAMED: usize = 3;
    let better = differing.iter().filter(|one| one.difference > 0.0).count();
    let (better, worse) = differing.split_at(better);
    let are = |count: usize| if count == 1 { "is" } else { "are" };
    let mut text = match better {
        [] => format!("No point is better than the default {default} beyond chance"),
        _ => {
            let named = better.iter().take(NAMED);
            let mut named: Vec<String> =
                named.map(|one| format!("{} by {}", one.option.name, points(one))).collect();
            if let Some(first) = named.first_mut() {
                *first += " points";
            }
            if better.len() > NAMED {
                named.push(format!("and {} more", better.len() - NAMED));
            }
            let are = are(better.len());
            let named = named.join(", ");
            format!("Better than the default {default} by more than chance allows {are} {named}")
        }
    };
    if !worse.is_empty() {
        text += &format!("; {} {} worse by more than that", worse.len(), are(worse.len()));
    }
    text + "."
}

/// The two-sided p-value of a paired t-test: the probability of a mean as far from 0 as that of
/// these differences, if they are drawn around 0. NaN with fewer than two.
///
/// They are differences of shares, which are multiples of `resolution`. Two seeds in which the
/// differences are the same to that precision do not show that there is no chance, so the
/// variance of rounding both shares, `resolution^2 / 12` each, is added to theirs.
fn paired(differences: &[f64], resolution: f64) -> f64 {
    let count = differences.len();
    if count < 2 {
        return f64::NAN;
    }
    let Spread { mean, deviation } = Spread::of(differences);
    let variance = deviation * deviation + resolution * resolution / 6.0;
    if mean == 0.0 {
        return 1.0;
    }
    two_sided(mean.abs() / (variance / count as f64).sqrt(), count - 1)
}

/// The probability that a value of Student's distribution is at least `t` away from 0, by the
/// finite series for whole degrees of freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4).
fn two_sided(t: f64, degrees: usize) -> f64 {
    let angle = libm::atan(t / (degrees as f64).sqrt());
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    // Each term of the series is the one before, times cos^2 n / (n + 1).
    let mut term = if degrees.is_multiple_of(2) { sin } else { sin * cos };
    let mut sum = if degrees == 1 { 0.0 } else { term };
    let first = if degrees.is_multiple_of(2) { 1 } else { 2 };
    for n in (first..degrees.saturating_sub(2)).step_by(2) {
        term *= cos * cos * n as f64 / (n + 1) as f64;
        sum += term;
    }
    let within = if degrees.is_multiple_of(2) { sum } else { 2.0 / PI * (angle + sum) };
    (1.0 - within).clamp(0.0, 1.0)
}

/// Holm's corrected p-values, in the order given. NaN stays NaN and does not count: there was
/// no test. If there are fewer than `family`, the others count as if they did not differ at all.
fn holm(p_values: &[f64], family: usize) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).filter(|i| !p_values[*i].is_nan()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut corrected = p_values.to_vec();
    let mut least = 0.0_f64;
    for (place, &index) in order.iter().enumerate() {
        let factor = (order.len().max(family) - place) as f64;
        least = least.max((factor * p_values[index]).min(1.0));
        corrected[index] = least;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ablation::results::{OptionOutcome, PassedOver, SearchSummary, TrialResult};
    use ninth_inference::metrics::Metrics;

    fn close(found: f64, expected: f64, error: f64) {
        assert!((found - expected).abs() <= error, "{found} instead of {expected}");
    }

    /// The quantiles of printed tables of Student's distribution.
    #[test]
    fn the_distribution_is_that_of_the_tables() {
        for (degrees, t, p) in [
            (1, 1.0, 0.5),
            (1, 12.706, 0.05),
            (1, 63.657, 0.01),
            (2, 4.303, 0.05),
            (2, 9.925, 0.01),
            (3, 3.182, 0.05),
            (4, 2.776, 0.05),
            (4, 4.604, 0.01),
            (5, 2.571, 0.05),
            (9, 2.262, 0.05),
            (9, 3.250, 0.01),
            (10, 2.228, 0.05),
            (29, 2.045, 0.05),
            (30, 2.750, 0.01),
            (120, 1.980, 0.05),
        ] {
            close(two_sided(t, degrees), p, 2e-3 * p);
            assert_eq!(two_sided(0.0, degrees), 1.0, "{degrees}");
            assert!(two_sided(1e12, degrees) < 1e-9, "{degrees}");
        }
        // With two degrees of freedom it is 1 - t / sqrt(2 + t^2).
        close(two_sided(3.0, 2), 1.0 - 3.0 / 11.0_f64.sqrt(), 1e-15);
    }

    /// Hours of sleep gained, from Student's own paper: t = 4.0621 with 9 degrees of freedom.
    #[test]
    fn students_example_comes_out() {
        let gained = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4];
        close(paired(&gained, 0.0), 0.002833, 5e-7);
        close(paired(&gained.map(|hours| -hours), 0.0), 0.002833, 5e-7);
        // By hand: the mean is 2, the deviation 1, t = 2 sqrt(3), p = 1 - sqrt(12 / 14).
        close(paired(&[1.0, 2.0, 3.0], 0.0), 1.0 - (12.0_f64 / 14.0).sqrt(), 1e-12);
        assert!(paired(&[], 0.1).is_nan() && paired(&[0.3], 0.1).is_nan());
        assert_eq!(paired(&[0.0, 0.0, 0.0], 0.1), 1.0);
        assert_eq!(paired(&[-0.2, 0.2], 0.1), 1.0);
    }

    /// Three times the same difference, one step of the scale: t = sqrt(18), and with two
    /// degrees of freedom p = 1 - sqrt(18 / 20).
    #[test]
    fn equal_differences_are_known_no_better_than_their_scale() {
        close(paired(&[0.002; 3], 0.002), 1.0 - 0.9_f64.sqrt(), 1e-12);
        assert!(paired(&[0.002; 3], 0.0001) < 0.001);
    }

    #[test]
    fn holms_correction_is_that_of_his_paper() {
        // 0.01 * 4, 0.02 * 3, 0.03 * 2 (raised to the one before), 0.04 (the same).
        let corrected = holm(&[0.04, 0.01, 0.03, 0.02], 0);
        for (found, expected) in corrected.into_iter().zip([0.06, 0.04, 0.06, 0.06]) {
            close(found, expected, 1e-12);
        }
        assert_eq!(holm(&[0.5, 0.9], 0), [1.0, 1.0]);
        let with_none = holm(&[f64::NAN, 0.01, 0.5], 0);
        assert!(with_none[0].is_nan());
        assert_eq!(with_none[1..], [0.02, 0.5]);
        assert!(holm(&[], 9).is_empty());
        // Two of a family of ten.
        assert_eq!(holm(&[0.02, 0.001], 10), [9.0 * 0.02, 0.01]);
    }

    fn option(name: &str, values: &[f64]) -> OptionResult {
        let result = |(seed, &share): (usize, &f64)| TrialResult {
            seed: seed as i64,
            metrics: Metrics { accuracy_last: share, ..Metrics::default() },
            continued: 0.5 * share,
            ..TrialResult::default()
        };
        OptionResult {
            name: name.to_string(),
            is_default: name == "gelu",
            outcome: OptionOutcome::Trained(values.iter().enumerate().map(result).collect()),
            failures: Vec::new(),
        }
    }

    fn study(name: &str, options: Vec<OptionResult>) -> Study {
        Study {
            base: "design".to_string(),
            steps: 100,
            seeds: vec![0, 1, 2],
            judged: 10_000,
            continuations: 500,
            command: String::new(),
            decisions: vec![DecisionResult {
                name: name.to_string(),
                meaning: String::new(),
                options,
            }],
            search: None,
        }
    }

    fn said(options: Vec<OptionResult>) -> Option<String> {
        let study = study("activation", options);
        sentence(&study, &study.decisions[0])
    }

    #[test]
    fn the_sentence_says_what_the_figures_mean() {
        let base = || option("gelu", &[0.50, 0.52, 0.54]);
        let better = || option("silu", &[0.512, 0.5325, 0.5515]);
        let worse = || option("relu", &[0.40, 0.4195, 0.4405]);
        let noise = || option("tanh", &[0.52, 0.50, 0.55]);
        let cases: [(Vec<OptionResult>, &str); 7] = [
            (
                vec![base(), noise()],
                "Option tanh does not differ from the default gelu beyond chance.",
            ),
            (
                vec![base(), noise(), option("elu", &[0.51, 0.52, 0.53])],
                "No option differs from the default gelu beyond chance.",
            ),
            (
                vec![base(), better()],
                "Option silu is better than the default gelu by 1.2 points, more than chance allows.",
            ),
            (
                vec![base(), worse(), noise()],
                "Option relu is worse than the default gelu by 10.0 points, more than chance allows. \
                 The other option does not differ beyond chance.",
            ),
            (
                vec![base(), worse(), better(), noise(), option("elu", &[0.51, 0.52, 0.53])],
                "By more than chance allows, compared with the default gelu: better are silu by \
                 1.2 points; worse are relu by 10.0 points. The other options do not differ \
                 beyond chance.",
            ),
            (
                vec![base(), better(), option("elu", &[0.5115, 0.532, 0.5515])],
                "By more than chance allows, compared with the default gelu: better are silu by \
                 1.2 points, elu by 1.2.",
            ),
            (
                vec![option("gelu", &[0.5]), option("relu", &[0.1])],
                "One seed cannot tell a difference from chance; more can.",
            ),
        ];
        for (options, expected) in cases {
            assert_eq!(said(options).as_deref(), Some(expected));
        }
        for nothing in [vec![], vec![base()], vec![noise()], vec![base(), option("relu", &[])]] {
            assert_eq!(said(nothing), None);
        }
    }

    #[test]
    fn the_sentence_about_a_search_names_the_best_and_says_what_luck_did() {
        let base = || option("gelu", &[0.50, 0.52, 0.54]);
        let better = |name: &str| option(name, &[0.512, 0.5325, 0.5515]);
        let worse = || option("b=2", &[0.40, 0.4195, 0.4405]);
        let noise = || option("c=3", &[0.52, 0.50, 0.55]);
        let said = |options: Vec<OptionResult>, points: usize| {
            let mut study = study("search", options);
            let (method, passed_over) = ("random".to_string(), PassedOver::default());
            study.search = Some(SearchSummary { method, points, passed_over, best: None });
            (sentence(&study, &study.decisions[0]).unwrap(), selection(&study))
        };
        let cases = [
            (vec![noise()], "No point is better than the default gelu beyond chance."),
            (
                vec![worse(), noise()],
                "No point is better than the default gelu beyond chance; 1 is worse by more than \
                 that.",
            ),
            (
                vec![better("a=1"), noise(), worse()],
                "Better than the default gelu by more than chance allows is a=1 by 1.2 points; 1 is \
                 worse by more than that.",
            ),
            (
                ["a=1", "a=2", "a=3", "a=4", "a=5"].map(better).to_vec(),
                "Better than the default gelu by more than chance allows are a=1 by 1.2 points, \
                 a=2 by 1.2, a=3 by 1.2, and 2 more.",
            ),
        ];
        for (mut options, expected) in cases {
            options.insert(0, base());
            let (sentence, luck) = said(options.clone(), options.len() - 1);
            assert_eq!(sentence, expected);
            match options.len() - 1 {
                1 => assert_eq!(luck, None),
                points => assert!(luck.unwrap().starts_with(&format!("The best of {points} "))),
            }
        }
        // What is left of a thousand points has to stand out among as many.
        let (sentence, _) = said(vec![base(), better("a=1")], 1000);
        assert_eq!(sentence, "No point is better than the default gelu beyond chance.");
        let alone = study("activation", vec![base(), better("a=1")]);
        assert_eq!(selection(&alone), None);
    }

    /// With one option the p-value is that of its test; among twenty like it, none stands out.
    #[test]
    fn more_options_take_a_larger_difference() {
        let base = option("gelu", &[0.50, 0.52, 0.54]);
        let values = [0.51, 0.534, 0.552];
        let alone = study("activation", vec![base.clone(), option("silu", &values)]);
        let found = compare(&alone, &alone.decisions[0]);
        // Differences of 1.0, 1.4 and 1.2 points: t = 0.012 / (0.002 / sqrt(3)), nearly.
        let t = 0.012 / (0.002 / 3.0_f64.sqrt());
        close(found[0].p_value, 1.0 - t / (2.0 + t * t).sqrt(), 1e-4);
        assert!(found[0].differs() && found[0].seeds == 3);
        let mut options = vec![base];
        options.extend((0..20).map(|index| option(&format!("option {index}"), &values)));
        let many = study("activation", options);
        let all = compare(&many, &many.decisions[0]);
        assert!(all.iter().all(|comparison| !comparison.differs()));
        close(all[7].p_value, 20.0 * found[0].p_value, 1e-12);
    }

    /// A decision about generating terms is judged by continuations, on a coarser scale.
    #[test]
    fn decisions_of_generation_are_compared_by_continuations() {
        let options = || vec![option("gelu", &[0.5; 3]), option("beam", &[0.504; 3])];
        let p_value = |name: &str| {
            let study = study(name, options());
            let found = compare(&study, &study.decisions[0]);
            (found[0].difference, found[0].p_value)
        };
        let (difference, p) = p_value("decoding");
        close(difference, 0.002, 1e-12);
        close(p, 1.0 - 0.9_f64.sqrt(), 1e-9);
        let (difference, p) = p_value("activation");
        close(difference, 0.004, 1e-12);
        assert!(p < 0.001);
    }
}
