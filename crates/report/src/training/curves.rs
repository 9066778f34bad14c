//! How a training went: its curves.

use super::Run;
use super::final_scores::FinalScores;
use super::history::History;
use crate::chart::{Colour, Fit, Interval, LineChart, Reference, Scale, Series, Unit, smoothed};
use crate::format::counted;
use crate::page;
use ninth_sequences::Phase;

/// The standard deviations that a normal variable is within with a probability of 95 %.
const NORMAL_95: f64 = 1.959_964;

/// The section of a page.
pub(super) fn section(run: &Run<'_>, history: &History, scores: &FinalScores<'_>) -> String {
    let marks: Vec<(f64, String)> =
        run.best.iter().map(|step| (*step as f64, "best".to_string())).collect();
    let validation = |name: &str| history.of("validation", name);
    let training = |name: &str| history.of("progress", name);
    // A validation is a small sample: means over its neighbours show more.
    let losses = validation("validation/loss");
    let reach = losses.len() / 10;
    let accuracy = [
        ("all terms", Colour::Series(2), validation("validation/accuracy_all")),
        ("last term", Colour::Series(0), validation("validation/accuracy_last")),
    ];
    let accuracy = accuracy
        .into_iter()
        .flat_map(|(name, colour, points)| Series::new(name, colour, points).with_means(reach));
    let by_phase = by_phase(run, history, reach);
    let losses: Vec<Series> = [Series::new("training", Colour::Series(1), training("train/loss"))]
        .into_iter()
        .chain(Series::new("validation", Colour::Series(0), losses).with_means(reach))
        .collect();
    let smoothing = match reach {
        0 => String::new(),
        _ => format!(" Pale: each validation; strong: means over {}.", 2 * reach + 1),
    };
    let reference = |(name, value): (&str, f64)| Reference { name: name.to_string(), value };
    let last = scores.compared(|metrics| metrics.accuracy_last);
    let all = scores.limit().map(|limit| ("limit, all", limit.accuracy_all));
    let references: Vec<Reference> = last.into_iter().chain(all).map(reference).collect();
    let compared = match scores.limit() {
        Some(_) => "the baselines and the limit, and the limit of all terms",
        None => "the baselines",
    };

    let chart = LineChart {
        label: "",
        x: "steps",
        scale: Scale::Linear,
        unit: Unit::Share,
        fit: Fit::FromZero,
        series: Vec::new(),
        references: Vec::new(),
        marks,
        whole: history.steps(),
    };
    let sequences = counted(run.config.validation.sequences as u64, "fresh sequence");
    let figures = [
        page::figure(
            "Right predictions",
            &format!("Of {sequences} per validation; dashed: last terms of {compared}.{smoothing}"),
            &LineChart {
                label: "Right predictions over steps",
                series: accuracy.collect(),
                references,
                ..chart.clone()
            }
            .draw(),
        ),
        page::figure(
            "Right last terms by phase",
            &by_phase.note,
            &LineChart {
                label: "Right last terms over steps, by phase",
                series: by_phase.series,
                ..chart.clone()
            }
            .draw(),
        ),
        page::figure(
            "Loss",
            &format!("Training on the mix of the moment, validation on the final one.{smoothing}"),
            &LineChart {
                label: "Loss of training and validation over steps",
                unit: Unit::Plain,
                scale: spread_out(&losses, 30.0),
                fit: Fit::Ticks,
                series: losses,
                ..chart.clone()
            }
            .draw(),
        ),
        page::figure(
            "Phases",
            "What the training sequences were drawn from.",
            &history.phases(&run.config.phases_reached()).draw(),
        ),
        page::figure(
            "Learning rate",
            "",
            &LineChart {
                label: "Learning rate over steps",
                unit: Unit::Plain,
                series: vec![Series::new("", Colour::Series(3), training("train/learning_rate"))],
                ..chart.clone()
            }
            .draw(),
        ),
        page::figure(
            "Norm of the gradient",
            "Before clipping; a mean over the steps between two points.",
            &LineChart {
                label: "Norm of the gradient over steps",
                unit: Unit::Plain,
                scale: Scale::Logarithmic,
                series: vec![Series::new("", Colour::Series(1), training("train/gradient_norm"))],
                ..chart
            }
            .draw(),
        ),
    ];
    page::heading("learning", "How it learned", "") + &page::grid(&figures)
}

/// The curves of the phases, each in the band that its validations leave open.
struct ByPhase {
    series: Vec<Series>,
    note: String,
}

fn by_phase(run: &Run<'_>, history: &History, reach: usize) -> ByPhase {
    let counts: Vec<(Phase, f64)> =
        run.judgement.phases().map(|phase| (phase, full_in_a_validation(run, phase))).collect();
    let series = counts.iter().enumerate().map(|(index, &(phase, count))| {
        let points = history.of("validation", &format!("phase_{phase}/accuracy_last"));
        let means = smoothed(&points, reach);
        let band = means.iter().enumerate().map(|(place, &(at, mean))| {
            let pooled = place.min(reach) + 1 + reach.min(points.len() - 1 - place);
            let (low, high) = wilson(mean, count * pooled as f64);
            Interval { at, low, high }
        });
        let band = band.collect();
        Series { band, ..Series::new(phase.name(), Colour::Step(index), means) }
    });
    let series = series.collect();
    let counts: Vec<String> =
        counts.iter().map(|(phase, count)| format!("{count:.0} {phase}")).collect();
    let each = match reach {
        0 => "validation".to_string(),
        _ => format!("validation; lines: means over {}", 2 * reach + 1),
    };
    let note = format!(
        "Band: where the share lies with 95 % confidence (Wilson), by about {} sequences in a \
         {each}.",
        counts.join(", "),
    );
    ByPhase { series, note }
}

/// How many sequences of a phase fill the context in a validation, on average: as many as
/// among those of the final judgement, which are drawn alike.
fn full_in_a_validation(run: &Run<'_>, phase: Phase) -> f64 {
    let drawn = run.judgement.overall().model.metrics().sequences;
    let full = run.judgement.phase(phase).model.full();
    run.config.validation.sequences as f64 * full as f64 / drawn.max(1) as f64
}

/// Wilson's interval for a probability, by the share of successes in `count` independent draws,
/// with a confidence of 95 %. Unlike the share plus and minus two standard errors it has a width
/// where all draws are successes, and does not leave 0 to 1. NaN without draws.
///
/// Where the probability changes between the draws, it is one for its mean, and a little wide:
/// the variance of the sum is less than with equal probabilities.
fn wilson(share: f64, count: f64) -> (f64, f64) {
    if count.is_nan() || count <= 0.0 || !(0.0..=1.0).contains(&share) {
        return (f64::NAN, f64::NAN);
    }
    let z = NORMAL_95 * NORMAL_95 / count;
    let middle = share + z / 2.0;
    let half = (z * (share * (1.0 - share) + z / 4.0)).sqrt();
    let end = |value: f64| (value / (1.0 + z)).clamp(0.0, 1.0);
    (end(middle - half), end(middle + half))
}

/// A logarithmic scale for lines whose values are far apart.
fn spread_out(series: &[Series], ratio: f64) -> Scale {
    let values = series.iter().flat_map(|series| &series.points).map(|point| point.1);
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), v| (low.min(v), high.max(v)));
    if low > 0.0 && high > ratio * low { Scale::Logarithmic } else { Scale::Linear }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    #[test]
    fn intervals_are_those_of_the_paper() {
        for (successes, count, low, high) in [
            (81.0, 263.0, 0.2553, 0.3662),
            (15.0, 148.0, 0.0624, 0.1605),
            (0.0, 20.0, 0.0, 0.1611),
            (1.0, 29.0, 0.0061, 0.1718),
        ] {
            let found = wilson(successes / count, count);
            let close = |a: f64, b: f64| (a - b).abs() < 5e-5;
            assert!(close(found.0, low) && close(found.1, high), "{found:?}");
        }
        for (share, count) in [(0.5, 0.0), (0.5, f64::NAN), (1.1, 9.0), (f64::NAN, 9.0)] {
            assert!(wilson(share, count).0.is_nan());
        }
    }
}
