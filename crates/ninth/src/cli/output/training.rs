//! What `train` prints: what is about to happen, and how it ended.

use std::io::{self, Write};

use ninth_sequences::{Phase, Transition};

use super::metrics;
use super::terminal::{Style, counted, grouped, say, shell_word, spaced};
use crate::train::{TrainReport, TrainingSession};

/// A width of the residual stream at which low accuracies are no surprise.
const TINY: usize = 4;

/// Says what is about to happen.
pub fn introduce(session: &mut TrainingSession) {
    let engine = session.engine();
    let curriculum = &session.config().curriculum;
    say(format_args!("Model     {}", session.shape()));
    say(format_args!("Engine    {engine}"));
    say(format_args!("Data      {}", session.amount()));
    let when = |start: f64, length: f64, phase: Phase| {
        let length = match curriculum.transition {
            Transition::Overlapping => length,
            Transition::Strict => 0.0,
        };
        match length > 0.0 {
            true => format!("{phase} in epochs {start} to {}", start + length),
            false => format!("{phase} at epoch {start}"),
        }
    };
    let entering = curriculum.phases().iter().filter_map(|phase| match phase {
        Phase::Simple => None, // from the start
        Phase::Nested => Some(when(curriculum.nested_start, curriculum.nested_length, *phase)),
        Phase::Combined => {
            Some(when(curriculum.combined_start, curriculum.combined_length, *phase))
        }
        Phase::Wider => Some(when(curriculum.wider_start, curriculum.wider_length, *phase)),
    });
    let entering = entering.collect::<Vec<_>>().join(", ");
    say(format_args!("Phases    {}, then {entering}", Phase::Simple));
    if let Some(reason) = session.limit_missing() {
        say(format_args!("Limit     {reason}"));
    }
    if let Some(folder) = session.folder() {
        say(format_args!("Folder    {}", folder.display()));
    }
    if !session.earlier().is_empty() {
        let steps = session.earlier().iter().map(|stage| stage.steps).sum();
        say(format_args!("Weights   after {} steps of earlier stages", grouped(steps)));
    }
    if session.step() > 0 {
        say(format_args!("Resumed   after step {}", grouped(session.step())));
    }
    say("");
}

/// How a training ended, and how to go on.
pub fn report(out: &mut dyn Write, style: Style, report: &TrainReport) -> io::Result<()> {
    let limit = report.limit.as_ref().map(|known| &known.limit);
    let config = report.model.config();
    let classes = report.judgement.confusion().classes();
    metrics::phases(out, style, &report.judgement, classes, limit)?;
    writeln!(out)?;
    if !report.examples.is_empty() {
        metrics::examples(out, style, &report.examples)?;
        writeln!(out)?;
    }
    writeln!(out, "{}", style.bold("Training"))?;
    writeln!(out)?;
    let page = report.page_path().map(|path| ("report", path.display().to_string()));
    for (name, value) in report.summary().into_iter().chain(page) {
        writeln!(out, "  {name:<7} {value}")?;
    }
    let accuracy = report.judgement.overall().model.metrics().accuracy_last;
    if config.model.d_model <= TINY && accuracy < 0.5 {
        writeln!(
            out,
            "\nThis model is weak by its nature: it has {} per term to choose among {classes}\n\
             classes. `ninth train --preset strong` trains the stronger one.",
            counted(config.model.d_model as u64, "number"),
        )?;
    }
    writeln!(out, "\nTry it:\n\n  {}", style.bold(command(report)))
}

/// The command to predict with this run.
fn command(report: &TrainReport) -> String {
    const FIBONACCI: [i64; 8] = [1, 1, 2, 3, 5, 8, 13, 21];
    let range = report.model.config().range();
    let known = range.is_ok_and(|range| FIBONACCI.iter().all(|term| range.contains(*term)));
    let terms = match report.examples.first() {
        Some(example) if !known => example.shown.as_slice(),
        _ => &FIBONACCI,
    };
    let folder = report.folder.as_deref().unwrap_or("".as_ref());
    format!("ninth predict --model {} {}", shell_word(folder.display()), spaced(terms))
}
