//! `ninth explain`: the relations behind some terms.

use std::io::Write;

use ninth_inference::{Explainer, FittingRelation};
use ninth_training::Config;
use serde::Serialize;

use crate::arguments::ExplainArguments;
use crate::error::Error;
use crate::index_file;
use crate::terminal::{self, counted, percent, spaced};
use crate::terms;

/// More terms than a person has, and few enough to take no time.
const MOST_TERMS: usize = 1000;

/// The object of `--json`.
#[derive(Serialize)]
struct Reply<'a> {
    terms: &'a [i64],
    confidence: f64,
    found: usize,
    relations: &'a [FittingRelation],
    beginning: Option<Beginning>,
}

/// How far a relation goes where none fits well.
#[derive(Serialize)]
struct Beginning {
    terms: usize,
    formula: String,
}

/// Prints what explains the terms.
pub fn run(arguments: &ExplainArguments) -> Result<(), Error> {
    let terms = terms::listed(&arguments.terms.join(" "));
    let terms = terms.map_err(|error| Error::Usage(error.to_string()))?;
    let Some(&first) = terms.first() else {
        return Err(Error::Usage("no terms given; at least one is needed".to_string()));
    };
    if terms.len() > MOST_TERMS {
        let message = format!("{} terms given; at most {MOST_TERMS} are allowed", terms.len());
        return Err(Error::Usage(message));
    }
    let every = index_file::of_every_phase(&Config::default());
    let posterior = index_file::beginning_with(first, &every)?;
    let explainer = Explainer::knowing(&posterior);
    let explanation = explainer.explain(&terms, arguments.count as usize);
    let shown = explanation.relations.len().min(arguments.top as usize);
    let (shown, rest) = explanation.relations.split_at(shown);
    let doubtful = explanation.confidence < 0.5;
    let beginning = if doubtful { explainer.beginning(&terms) } else { None };

    let (mut out, style) = terminal::stdout();
    if arguments.json {
        let reply = Reply {
            terms: &terms,
            confidence: explanation.confidence,
            found: explanation.relations.len(),
            relations: shown,
            beginning: beginning
                .map(|(terms, first)| Beginning { terms, formula: first.relation.to_string() }),
        };
        terminal::write_json(&mut out, &reply)?;
        return Ok(out.flush()?);
    }

    let Some(first) = shown.first() else {
        writeln!(out, "No relation fits these {}.", counted(terms.len() as u64, "term"))?;
        if let Some((length, explained)) = beginning {
            writeln!(out, "The first {length} follow {}", explained.relation)?;
        }
        return Ok(out.flush()?);
    };
    writeln!(out, "{} -> {}\n", spaced(&terms), style.bold(spaced(&first.continuation)))?;
    let next: Vec<String> = shown.iter().map(|e| spaced(&e.continuation).to_string()).collect();
    let width = next.iter().map(String::len).max().unwrap_or(0).max("next".len());
    writeln!(out, "  {}", style.dim(format_args!("         {:<width$}  formula", "next")))?;
    for (explained, next) in shown.iter().zip(next) {
        let share = small_percent(explained.probability);
        writeln!(out, "  {share:>7}  {next:<width$}  {}", explained.relation)?;
    }
    writeln!(out)?;
    if !rest.is_empty() {
        let together: f64 = rest.iter().map(|explained| explained.probability).sum();
        let more = format!("{} more, {} together", rest.len(), small_percent(together));
        writeln!(out, "  {}", style.dim(more))?;
    }
    let chance = small_percent(1.0 - explanation.confidence);
    let note = format!("{chance} that it is a coincidence, and there is no relation behind it");
    writeln!(out, "  {}", style.dim(note))?;
    if let Some((length, explained)) = beginning {
        writeln!(out, "  the first {length} follow {}", explained.relation)?;
    }
    Ok(out.flush()?)
}

/// A share in per cent; what is small is not called nothing.
pub fn small_percent(share: f64) -> String {
    match percent(share) {
        text if text == "0.0 %" => "< 0.1 %".to_string(),
        text => text,
    }
}
