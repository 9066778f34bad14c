//! `ninth sample`: sequences of the training data, with their formulas.

use std::io::Write;

use ninth_sequences::{Family, Source, Stream};
use ninth_training::Config;
use serde::Serialize;

use crate::arguments::SampleArguments;
use crate::error::Error;
use crate::terminal::{self, spaced};

/// A line of `--json`.
#[derive(Serialize)]
struct Sample<'a> {
    family: &'a str,
    phase: u8,
    terms: &'a [i64],
    formula: &'a str,
}

/// Prints sequences as they are drawn.
pub fn run(arguments: &SampleArguments) -> Result<(), Error> {
    let config = Config::default();
    let source = match (arguments.family, arguments.phase) {
        (Some(family), _) => Source::Family(family),
        (None, Some(phase)) => Source::Phase(phase),
        (None, None) => Source::Mixture(config.curriculum.final_mixture()),
    };
    let sampler = config.sampler(arguments.seed)?;
    let (range, length) = (sampler.range(), sampler.length());

    let names = Family::ALL.iter().map(|family| family.name().len());
    let family_width = names.max().unwrap_or(0);
    let digits = [range.min(), range.max()].map(|term| term.to_string().len());
    let terms_width = (digits[0].max(digits[1]) + 1) * length - 1;

    let (mut out, style) = terminal::stdout();
    if !arguments.json {
        let heading = format!("{:<family_width$}  {:<terms_width$}  formula", "family", "terms");
        writeln!(out, "{}", style.dim(heading))?;
    }
    let mut terms = vec![0; length];
    for index in 0..arguments.n {
        let draw = sampler.draw(Stream::Examples, index, source, &mut terms);
        let family = draw.family.name();
        let phase = draw.family.phase().number();
        let terms = &terms[..draw.length];
        let formula = draw.relation(range).map(|relation| relation.to_string());
        let formula = formula.unwrap_or_default();
        if arguments.json {
            let sample = Sample { family, phase, terms, formula: &formula };
            terminal::write_json(&mut out, &sample)?;
        } else {
            let terms = spaced(terms);
            writeln!(out, "{family:<family_width$}  {terms:<terms_width$}  {formula}")?;
        }
    }
    Ok(out.flush()?)
}
