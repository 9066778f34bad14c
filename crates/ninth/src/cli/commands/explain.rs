//! `ninth explain`: the rules behind some terms.

use std::io::Write;

use ninth_inference::FittingRule;

use crate::cli::arguments::{ExplainArguments, terms_given};
use crate::cli::error::Error;
use crate::cli::output::formula::{Notation, named};
use crate::cli::output::terminal::{self, counted, small_percent, spaced};
use crate::explain::{ExplainOptions, ExplainedBeginning, explain_with};
use crate::model::Model;

/// Prints what explains the terms.
pub fn run(arguments: &ExplainArguments) -> Result<(), Error> {
    let terms = terms_given(&arguments.terms)?;
    let (count, top) = (arguments.count as usize, arguments.top as usize);
    let options = ExplainOptions { count, top };
    let report = match &arguments.model {
        Some(path) => {
            Model::load_with(path, arguments.changed.options())?.explain(&terms, &options)?
        }
        None => explain_with(&terms, &options)?,
    };

    let (mut out, style) = terminal::stdout();
    if arguments.json {
        terminal::write_json(&mut out, &report)?;
        return Ok(out.flush()?);
    }
    let notation = Notation::new(arguments.latex);
    let beginning = report.beginning.as_ref().map(|beginning| {
        let ExplainedBeginning { terms, formula, latex, name, number } = beginning;
        let rule = named(notation.of(formula, latex), name.as_deref(), number.as_deref());
        format!("first {terms} follow {rule}")
    });
    let Some(first) = report.relations.first() else {
        writeln!(out, "No rule fits these {}.", counted(report.terms.len() as u64, "term"))?;
        if let Some(beginning) = beginning {
            writeln!(out, "The {beginning}")?;
        }
        return Ok(out.flush()?);
    };
    writeln!(out, "{} -> {}\n", spaced(&report.terms), style.bold(spaced(&first.continuation)))?;
    for rule in &report.relations {
        let FittingRule { probability, continuation, known, .. } = rule;
        let formula = match notation {
            Notation::Plain => rule.formula(),
            Notation::Latex => rule.latex(),
        };
        let formula =
            named(&formula, known.map(|k| k.name()), known.map(|k| k.number()).as_deref());
        writeln!(out, "  {:>7}  {formula}", small_percent(*probability))?;
        writeln!(out, "           {}", style.dim(spaced(continuation)))?;
    }
    writeln!(out)?;
    let unnamed = report.found - report.relations.len();
    if unnamed > 0 {
        let more = format!("{unnamed} more, {} together", small_percent(report.rest));
        writeln!(out, "  {}", style.dim(more))?;
    }
    let none = small_percent(1.0 - report.confidence);
    writeln!(out, "  {}", style.dim(format_args!("{none} that none of them is right")))?;
    if let Some(beginning) = beginning {
        writeln!(out, "  the {beginning}")?;
    }
    Ok(out.flush()?)
}
