//! `ninth predict`: the terms that follow.

use std::io::Write;

use ninth_inference::answer::Method;

use crate::cli::arguments::{PredictArguments, terms_given};
use crate::cli::error::Error;
use crate::cli::output::formula::{Notation, named};
use crate::cli::output::terminal::{self, bar, counted, say, small_percent, spaced};
use crate::model::Model;
use crate::predict::{PredictOptions, PredictedTerm};

/// Columns of the bar of a probability of 1.
const BAR: usize = 18;

/// Candidates whose rule is printed: the rest are unlikely.
const EXPLAINED: usize = 10;

/// Prints what follows the terms.
pub fn run(arguments: &PredictArguments) -> Result<(), Error> {
    let terms = terms_given(&arguments.terms)?;
    let model = match &arguments.model {
        Some(path) => Model::load_with(path, arguments.changed.options())?,
        None => Model::built_in()?,
    };
    let report = model.predict(&terms, &options(arguments))?;

    let (mut out, style) = terminal::stdout();
    if arguments.json {
        terminal::write_json(&mut out, &report)?;
        return Ok(out.flush()?);
    }
    if report.ignored > 0 && report.method != Method::Relations {
        let context = model.config().sequences.context;
        say(format_args!(
            "ninth: {} terms given; the model sees {context} at most, so the last {context} are used",
            report.terms.len()
        ));
    }
    let candidates = &report.candidates;
    if candidates.is_empty() {
        writeln!(out, "No rule fits these {}.", counted(report.terms.len() as u64, "term"))?;
        return Ok(out.flush()?);
    }
    writeln!(out, "{} -> {}", spaced(&report.terms), style.bold(spaced(&report.next)))?;
    writeln!(out)?;
    let width = candidates.iter().map(|c| c.term.to_string().len()).max().unwrap_or(0).max(4);
    for PredictedTerm { term, probability, .. } in candidates {
        let term = term.to_string();
        let Some(probability) = *probability else {
            writeln!(
                out,
                "  {term:>width$}  the nearest integer; a regression has no probabilities"
            )?;
            continue;
        };
        let (share, bar) = (small_percent(probability), bar(probability, BAR));
        let line = format!("  {term:>width$}  {share:>7}  {bar}");
        writeln!(out, "{}", line.trim_end())?;
    }
    if let Some(other) = report.other
        && other > 0.0
    {
        let line = format!("another term  {}", small_percent(other));
        writeln!(out, "  {}", style.dim(line))?;
    }
    let notation = Notation::new(arguments.latex);
    let explained = candidates.iter().filter_map(|candidate| {
        let PredictedTerm { term, formula, latex, name, number, .. } = candidate;
        let formula = notation.of(formula.as_ref()?, latex.as_ref()?);
        Some((term, named(formula, name.as_deref(), number.as_deref())))
    });
    for (place, (term, formula)) in explained.take(EXPLAINED).enumerate() {
        if place == 0 {
            writeln!(out)?;
        }
        writeln!(out, "  {:>width$}  {formula}", term.to_string())?;
    }
    Ok(out.flush()?)
}

fn options(arguments: &PredictArguments) -> PredictOptions {
    PredictOptions {
        count: arguments.count as usize,
        top: arguments.top as usize,
        method: arguments.method,
        decoding: arguments.decoding,
        generation: arguments.generation,
        beam_width: arguments.beam_width.map(|width| width as usize),
        temperature: arguments.temperature,
        top_k: arguments.top_k.map(|k| k as usize),
        seed: arguments.seed,
    }
}
