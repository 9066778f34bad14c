//! Metrics as tables: those of a model beside baselines and limit, and the limit alone.

use std::io::{self, Write};

use ninth_evaluation::examples::Example;
use ninth_inference::{Limit, LimitMetrics};
use ninth_training::baselines::Uniform;
use ninth_training::metrics::Metrics;
use ninth_training::validation::Judgement;

use super::terminal::{Style, TextTable, bar, decimal, grouped, percent, spaced};

/// Columns of a bar of 100 %.
const BAR: usize = 40;

/// The model by phase, the baselines on the same sequences, and the limit where it is known.
pub fn phases(
    out: &mut dyn Write,
    style: Style,
    judgement: &Judgement,
    classes: usize,
    limit: Option<&Limit>,
) -> io::Result<()> {
    let overall = judgement.overall();
    let sequences = overall.model.metrics().sequences;
    writeln!(out, "{}", style.bold(format_args!("On {} fresh sequences", grouped(sequences))))?;
    writeln!(out)?;
    let mut table =
        TextTable::new(&["", "last term", "all terms", "whole", "distance", "loss", "CE"]);
    let figures = |metrics: &Metrics| {
        [
            percent(metrics.accuracy_last),
            percent(metrics.accuracy_all),
            percent(metrics.accuracy_whole),
            decimal(metrics.distance, 2),
            decimal(metrics.loss, 3),
            decimal(metrics.cross_entropy, 3),
        ]
    };
    for phase in judgement.phases() {
        table.row(phase.name(), figures(&judgement.phase(phase).model.metrics()));
    }
    table.row("all", figures(&overall.model.metrics()));
    table.gap();
    let uniform = Uniform::new(classes);
    table.row(
        "uniform",
        [
            percent(uniform.accuracy),
            percent(uniform.accuracy),
            "-".to_string(),
            decimal(uniform.distance, 2),
            "-".to_string(),
            decimal(uniform.cross_entropy, 3),
        ],
    );
    for (baseline, metrics) in overall.baselines() {
        table.row(baseline.name(), figures(&metrics));
    }
    if let Some(limit) = limit {
        table.row("limit", figures(&limit.overall().metrics));
    }
    table.write(out, style)?;
    writeln!(out)?;
    let notes = [
        "last term  right after a full context      distance  mean, to the right term",
        "all terms  right after one term or more    loss      what training minimises",
        "whole      every term from the fourth on   CE        mean cross-entropy",
        "uniform, repeat, linear: guessing, the last term again, the last step again",
    ];
    let of_limit = "limit: the best that a predictor can do, on all sequences (ninth limit)";
    for note in notes.into_iter().chain(limit.map(|_| of_limit)) {
        writeln!(out, "  {}", style.dim(note))?;
    }
    Ok(())
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
    writeln!(out, "  {}", style.dim("         model    limit"))?;
    let accuracies = judgement.overall().model.metrics().accuracy_by_position;
    let best = limit.overall().metrics.accuracy_by_position;
    for (position, (accuracy, best)) in accuracies.into_iter().zip(best).enumerate() {
        let line = format!("  {:>5}  {:>7}  {:>7}", position + 1, percent(accuracy), percent(best));
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
    let mut table =
        TextTable::new(&["", "drawn", "last term", "limit", "all terms", "whole", "distance"]);
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
