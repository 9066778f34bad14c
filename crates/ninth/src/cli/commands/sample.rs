//! `ninth sample`: sequences of the training data, with their formulas.

use std::io::Write;

use ninth_sequences::Family;

use crate::cli::arguments::SampleArguments;
use crate::cli::error::Error;
use crate::cli::output::terminal::{self, spaced};
use crate::sample::{SampleOptions, SampledSequence, sample};

/// Prints sequences as they are drawn.
pub fn run(arguments: &SampleArguments) -> Result<(), Error> {
    let SampleArguments { family, phase, seed, .. } = *arguments;
    let options = SampleOptions { family, phase, seed, ..Default::default() };
    let (range, length) = (options.config.range()?, options.config.sequences.context + 1);

    let names = Family::ALL.iter().map(|family| family.name().len());
    let family_width = names.max().unwrap_or(0);
    let digits = [range.min(), range.max()].map(|term| term.to_string().len());
    let terms_width = (digits[0].max(digits[1]) + 1) * length - 1;

    let (mut out, style) = terminal::stdout();
    if !arguments.json {
        let heading = format!("{:<family_width$}  {:<terms_width$}  formula", "family", "terms");
        writeln!(out, "{}", style.dim(heading))?;
    }
    // The zip stops before another sequence is drawn.
    for (_, sequence) in (0..arguments.count).zip(sample(&options)?) {
        if arguments.json {
            terminal::write_json(&mut out, &sequence)?;
        } else {
            let SampledSequence { family, terms, formula, .. } = sequence;
            let (family, terms) = (family.name(), spaced(&terms));
            writeln!(out, "{family:<family_width$}  {terms:<terms_width$}  {formula}")?;
        }
    }
    Ok(out.flush()?)
}
