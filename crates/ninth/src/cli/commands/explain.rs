//! `ninth explain`: the relations behind some terms.

use std::io::Write;

use crate::cli::arguments::{ExplainArguments, terms_given};
use crate::cli::error::Error;
use crate::cli::output::terminal::{self, counted, small_percent, spaced};
use crate::explain::{ExplainOptions, ExplainedBeginning, explain_with};

/// Prints what explains the terms.
pub fn run(arguments: &ExplainArguments) -> Result<(), Error> {
    let terms = terms_given(&arguments.terms)?;
    let (count, top) = (arguments.count as usize, arguments.top as usize);
    let report = explain_with(&terms, &ExplainOptions { count, top })?;

    let (mut out, style) = terminal::stdout();
    if arguments.json {
        terminal::write_json(&mut out, &report)?;
        return Ok(out.flush()?);
    }
    let Some(first) = report.relations.first() else {
        writeln!(out, "No relation fits these {}.", counted(report.terms.len() as u64, "term"))?;
        if let Some(ExplainedBeginning { terms, formula }) = &report.beginning {
            writeln!(out, "The first {terms} follow {formula}")?;
        }
        return Ok(out.flush()?);
    };
    writeln!(out, "{} -> {}\n", spaced(&report.terms), style.bold(spaced(&first.continuation)))?;
    let next: Vec<String> = report
        .relations
        .iter()
        .map(|relation| spaced(&relation.continuation).to_string())
        .collect();
    let width = next.iter().map(String::len).max().unwrap_or(0).max("next".len());
    writeln!(out, "  {}", style.dim(format_args!("         {:<width$}  formula", "next")))?;
    for (fitting, next) in report.relations.iter().zip(next) {
        let share = small_percent(fitting.probability);
        writeln!(out, "  {share:>7}  {next:<width$}  {}", fitting.relation)?;
    }
    writeln!(out)?;
    let rest = report.found - report.relations.len();
    if rest > 0 {
        let more = format!("{rest} more, {} together", small_percent(report.rest));
        writeln!(out, "  {}", style.dim(more))?;
    }
    let chance = small_percent(1.0 - report.confidence);
    let note = format!("{chance} that it is a coincidence, and there is no relation behind it");
    writeln!(out, "  {}", style.dim(note))?;
    if let Some(ExplainedBeginning { terms, formula }) = &report.beginning {
        writeln!(out, "  the first {terms} follow {formula}")?;
    }
    Ok(out.flush()?)
}
