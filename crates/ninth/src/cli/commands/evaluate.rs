//! `ninth evaluate`: how good a model is, by fresh sequences or by a file of them.

use std::io::{self, Write};
use std::path::Path;

use ninth_inference::answer::Method;

use crate::cli::arguments::{EvaluateArguments, rows_of};
use crate::cli::error::Error;
use crate::cli::output::terminal::{self, Style, TextTable, counted, decimal, percent, say};
use crate::cli::output::{evaluation, metrics};
use crate::evaluate::{EvaluateDataOptions, EvaluateDataReport, EvaluateOptions};
use crate::model::Model;
use crate::reading::questions;

/// Judges a model.
pub fn run(arguments: &EvaluateArguments) -> Result<(), Error> {
    let model = arguments.model.load()?;
    match &arguments.data {
        Some(path) => by_file(&model, path, arguments),
        None => by_fresh_sequences(&model, arguments),
    }
}

fn by_fresh_sequences(model: &Model, arguments: &EvaluateArguments) -> Result<(), Error> {
    let report = model.evaluate(&EvaluateOptions {
        // At most 10^9, so it fits.
        sequences: arguments.count as usize,
        seed: arguments.seed,
        never_trained: arguments.never_trained,
    })?;
    let (mut out, style) = terminal::stdout();
    if arguments.json {
        terminal::write_json(&mut out, &report)?;
        return Ok(out.flush()?);
    }
    let (judgement, limit) = (&report.judgement, &report.limit);
    metrics::phases(&mut out, style, judgement, &report.uniform, Some(limit))?;
    writeln!(out)?;
    metrics::positions(&mut out, style, judgement, limit)?;
    writeln!(out)?;
    metrics::families(&mut out, style, judgement, limit)?;
    writeln!(out)?;
    evaluation::rules(&mut out, style, &report.rules, &judgement.overall().model.metrics())?;
    writeln!(out)?;
    evaluation::methods(&mut out, style, &report.methods)?;
    if let Some(calibrated) = &report.calibration {
        writeln!(out)?;
        evaluation::calibration(&mut out, style, calibrated, "last term")?;
    }
    if let Some(never_trained) = &report.never_trained {
        writeln!(out)?;
        evaluation::never_trained(&mut out, style, never_trained)?;
    }
    Ok(out.flush()?)
}

fn by_file(model: &Model, path: &Path, arguments: &EvaluateArguments) -> Result<(), Error> {
    let by_row = arguments.json && !arguments.summary;
    let options = EvaluateDataOptions {
        name: path.display().to_string(),
        method: arguments.method,
        calibration: !by_row,
    };
    let rows = rows_of(path, arguments.format)?;
    say(format_args!("ninth: {}", rows.in_words()));
    let report = model.evaluate_data(&questions(rows)?, &options)?;
    let (mut out, style) = terminal::stdout();
    if by_row {
        for row in &report.rows {
            terminal::write_json(&mut out, row)?;
        }
    } else if arguments.summary {
        terminal::write_json(&mut out, &report)?;
    } else {
        tables_of_file(&mut out, style, &report)?;
    }
    Ok(out.flush()?)
}

fn tables_of_file(
    out: &mut dyn Write,
    style: Style,
    report: &EvaluateDataReport,
) -> io::Result<()> {
    let best = report.by(report.method);
    let title = format!("On {} of {}", counted(u64::from(best.questions()), "row"), report.data);
    writeln!(out, "{}", style.bold(title))?;
    writeln!(out)?;
    let mut table = TextTable::new(&[]);
    table.row("top-1 accuracy", [percent(best.top_1())]);
    table.row("  standard error", [percent(best.standard_error())]);
    table.row("top-5 accuracy", [percent(best.among())]);
    table.row("answered", [percent(best.answered())]);
    table.row("mean distance", [decimal(best.distance(), 2)]);
    table.write(out, style)?;
    if best.questions() == 0 {
        return Ok(());
    }
    writeln!(out)?;
    evaluation::methods_of_file(out, style, report.method, &report.methods)?;
    writeln!(out)?;
    let model = report.by(Method::Model);
    evaluation::rules_of_file(out, style, &report.rules, &model)?;
    writeln!(out)?;
    evaluation::reliability(out, style, &best)?;
    if let Some(calibrated) = &report.calibration {
        writeln!(out)?;
        evaluation::calibration(out, style, calibrated, "asked for")?;
    }
    Ok(())
}
