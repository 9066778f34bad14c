//! Metrics as tables: those of a model beside baselines and limit, and the limit alone.

use std::io::{self, Write};

use ninth_evaluation::examples::Example;
use ninth_inference::{Limit, LimitMetrics};
use ninth_training::baselines::Uniform;
use ninth_training::metrics::{Metrics, Tally};
use ninth_training::validation::Judgement;

use super::terminal::{Style, TextTable, bar, decimal, grouped, percent, spaced};

/// Columns of a bar of 100 %.
const BAR: usize = 40;

/// The model by phase, the baselines on the same sequences, and the limit where it is known.
pub fn phases(
    out: &mut dyn Write,
    style: Style,
    judgement: &Judgement,
    uniform: &Uniform,
    limit: Option<&Limit>,
) -> io::Result<()> {
    let overall = judgement.overall();
    let sequences = overall.model.metrics().sequences;
    writeln!(out, "{}", style.bold(format_args!("On {} fresh sequences", grouped(sequences))))?;
    writeln!(out)?;
    let headings = ["", "last term", "±", "all terms", "±", "whole", "distance", "loss", "CE"];
    let mut table = TextTable::new(&headings);
    let exact = [String::new(), String::new()];
    let figures = |metrics: &Metrics, [last, all]: [String; 2]| {
        [
            percent(metrics.accuracy_last),
            last,
            percent(metrics.accuracy_all),
            all,
            percent(metrics.accuracy_whole),
            decimal(metrics.distance, 2),
            decimal(metrics.loss, 3),
            decimal(metrics.cross_entropy, 3),
        ]
    };
    let judged = |tally: &Tally| {
        let errors = tally.standard_errors();
        figures(&tally.metrics(), [errors.accuracy_last, errors.accuracy_all].map(points))
    };
    for phase in judgement.phases() {
        table.row(phase.name(), judged(&judgement.phase(phase).model));
    }
    table.row("all", judged(&overall.model));
    table.gap();
    table.row("uniform", figures(&uniform.beside(&overall.model).metrics(), exact.clone()));
    for (baseline, metrics) in overall.baselines() {
        table.row(baseline.name(), figures(&metrics, exact.clone()));
    }
    if let Some(limit) = limit {
        table.row("limit", figures(&limit.overall().metrics, exact));
    }
    table.write(out, style)?;
    writeln!(out)?;
    let notes = [
        "last term  right after a full context      distance  mean, to the right term",
        "all terms  right after one term or more    loss      what training minimises",
        "whole      every term from the fourth on   CE        mean cross-entropy",
        "±          standard error, in points: what chance makes of the share before it",
        "uniform, repeat, linear: guessing, the last term again, the last step again",
    ];
    let of_limit = "limit: the best that a predictor can do, on all sequences (ninth limit)";
    for note in notes.into_iter().chain(limit.map(|_| of_limit)) {
        writeln!(out, "  {}", style.dim(note))?;
    }
    Ok(())
}

/// The standard error of a share, in points; a large one, which is that of few sequences, without
/// a digit after the point. Nothing where it is not known.
fn points(error: f64) -> String {
    match 100.0 * error {
        points if !points.is_finite() => String::new(),
        points => decimal(points, usize::from(points < 9.95)),
    }
}

/// The model by the number of terms that it has seen, beside the limit.
pub fn positions(
    out: &mut dyn Write,
    style: Style,
    judgement: &Judgement,
    limit: &Limit,
) -> io::Result<()> {
    writeln!(out, "{}", style.bold("By terms seen"))?;
    writeln!(out)?;
    writeln!(out, "  {}", style.dim("         model     ±    limit"))?;
    let tally = judgement.overall().model;
    let (accuracies, errors) =
        (tally.metrics().accuracy_by_position, tally.standard_errors().accuracy_by_position);
    let best = limit.overall().metrics.accuracy_by_position;
    for (position, ((accuracy, error), best)) in
        accuracies.into_iter().zip(errors).zip(best).enumerate()
    {
        let (number, error) = (position + 1, points(error));
        let line =
            format!("  {number:>5}  {:>7}  {error:>4}  {:>7}", percent(accuracy), percent(best));
        // NaN has no bar: the cast of the clamped share is 0.
        writeln!(out, "{line}  {}", bar(accuracy, BAR))?;
    }
    Ok(())
}

/// The model by family, beside the limit.
pub fn families(
    out: &mut dyn Write,
    style: Style,
    judgement: &Judgement,
    limit: &Limit,
) -> io::Result<()> {
    writeln!(out, "{}", style.bold("By family"))?;
    writeln!(out)?;
    let headings = ["", "drawn", "last", "±", "limit", "all", "whole", "distance"];
    let mut table = TextTable::new(&headings);
    let mut previous = None;
    for (family, scores) in judgement.families() {
        if previous.replace(family.phase()).is_some_and(|phase| phase != family.phase()) {
            table.gap();
        }
        let metrics = scores.model.metrics();
        table.row(
            family.name(),
            [
                grouped(metrics.sequences),
                percent(metrics.accuracy_last),
                points(scores.model.standard_errors().accuracy_last),
                percent(limit.family(family).map_or(f64::NAN, |best| best.metrics.accuracy_last)),
                percent(metrics.accuracy_all),
                percent(metrics.accuracy_whole),
                decimal(metrics.distance, 2),
            ],
        );
    }
    table.write(out, style)
}

/// The limit by phase.
pub fn limit_phases(out: &mut dyn Write, style: Style, limit: &Limit) -> io::Result<()> {
    let headings = ["", "last term", "all terms", "whole", "distance", "least", "CE"];
    let mut table = TextTable::new(&headings);
    let phases = limit.phases().map(|(phase, found)| (phase.name(), found));
    for (name, found) in phases.chain([("all", limit.overall())]) {
        table.row(name, limit_cells(&found));
    }
    table.write(out, style)?;
    let notes = [
        "last term  right after a full context      distance  mean, to the right term",
        "all terms  right after one term or more    least     that of medians",
        "whole      every term from the fourth on   CE        mean cross-entropy",
    ];
    writeln!(out)?;
    for note in notes {
        writeln!(out, "  {}", style.dim(note))?;
    }
    Ok(())
}

/// The limit by the number of terms seen.
pub fn limit_positions(out: &mut dyn Write, found: &LimitMetrics) -> io::Result<()> {
    for (position, &accuracy) in found.metrics.accuracy_by_position.iter().enumerate() {
        let line = format!("  {:>5}  {:>7}", position + 1, percent(accuracy));
        writeln!(out, "{line}  {}", bar(accuracy, BAR))?;
    }
    Ok(())
}

/// The limit by family.
pub fn limit_families(out: &mut dyn Write, style: Style, limit: &Limit) -> io::Result<()> {
    let headings = ["", "last term", "all terms", "whole", "distance", "least", "CE"];
    let mut table = TextTable::new(&headings);
    let mut previous = None;
    for (family, found) in limit.families() {
        if previous.replace(family.phase()).is_some_and(|phase| phase != family.phase()) {
            table.gap();
        }
        table.row(family.name(), limit_cells(&found));
    }
    table.write(out, style)
}

fn limit_cells(found: &LimitMetrics) -> [String; 6] {
    let metrics = &found.metrics;
    [
        percent(metrics.accuracy_last),
        percent(metrics.accuracy_all),
        percent(metrics.accuracy_whole),
        decimal(metrics.distance, 2),
        decimal(found.least_distance, 2),
        decimal(metrics.cross_entropy, 3),
    ]
}

/// Predictions beside the right terms.
pub fn examples(out: &mut dyn Write, style: Style, examples: &[Example]) -> io::Result<()> {
    writeln!(out, "{}", style.bold("Examples"))?;
    writeln!(out)?;
    let shown: Vec<String> = examples.iter().map(|e| spaced(&e.shown).to_string()).collect();
    let width = shown.iter().map(String::len).max().unwrap_or(0).max("shown".len());
    let heading = format!("{:<width$}  predicted  true        formula", "shown");
    writeln!(out, "  {}", style.dim(heading))?;
    for (example, shown) in examples.iter().zip(&shown) {
        let Example { predicted, target, formula, .. } = example;
        let mark = match predicted == target {
            true => style.green("ok  "),
            false => style.red("miss"),
        };
        writeln!(out, "  {shown:<width$}  {predicted:>9}  {target:>4}  {mark}  {formula}")?;
    }
    Ok(())
}
