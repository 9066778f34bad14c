//! `ninth predict`: the terms that follow.

use std::io::Write;

use ninth_model::decoding::sampling::Sampling;
use ninth_model::decoding::{Candidate, Decoding};
use serde::Serialize;

use crate::arguments::{DecodingKind, PredictArguments};
use crate::error::Error;
use crate::terminal::{self, bar, percent, say, spaced};
use crate::terms;
use crate::weights::Trained;

/// Columns of the bar of a probability of 1.
const BAR: usize = 18;

/// The object of `--json`.
#[derive(Serialize)]
struct Prediction<'a> {
    terms: &'a [i64],
    ignored: usize,
    next: &'a [i64],
    candidates: Vec<CandidateJson>,
    model: &'a str,
}

/// A candidate in JSON.
#[derive(Serialize)]
pub struct CandidateJson {
    term: i64,
    probability: f32,
}

impl CandidateJson {
    /// Candidates as they stand in JSON.
    pub fn list(candidates: &[Candidate]) -> Vec<Self> {
        let json = |&Candidate { term, probability }| CandidateJson { term, probability };
        candidates.iter().map(json).collect()
    }
}

/// How terms are chosen; numbers that another way of choosing needs are refused.
fn decoding(arguments: &PredictArguments) -> Result<Decoding, Error> {
    let PredictArguments { decoding, beam_width, temperature, top_k, seed, .. } = arguments;
    let sampling = [
        ("--temperature", temperature.is_some()),
        ("--top-k", top_k.is_some()),
        ("--seed", seed.is_some()),
    ];
    let given = |options: &[(&str, bool)]| {
        options.iter().find(|(_, given)| *given).map(|(name, _)| name.to_string())
    };
    let foreign = match decoding {
        DecodingKind::Beam => given(&sampling),
        DecodingKind::Sample => given(&[("--beam-width", beam_width.is_some())]),
        DecodingKind::Greedy => {
            given(&sampling).or(given(&[("--beam-width", beam_width.is_some())]))
        }
    };
    if let Some(name) = foreign {
        let needed = match name.as_str() {
            "--beam-width" => DecodingKind::Beam,
            _ => DecodingKind::Sample,
        };
        return Err(Error::Usage(format!(
            "{name} has no effect with --decoding {}; it is for --decoding {}",
            decoding.name(),
            needed.name()
        )));
    }
    Ok(match decoding {
        DecodingKind::Greedy => Decoding::Greedy,
        DecodingKind::Beam => Decoding::Beam(beam_width.unwrap_or(4) as usize),
        DecodingKind::Sample => {
            let temperature = temperature.unwrap_or(1.0);
            let top_k = top_k.unwrap_or(0) as usize;
            Decoding::Sample(Sampling { temperature, top_k }, seed.unwrap_or(0))
        }
    })
}

/// Prints what follows the terms.
pub fn run(arguments: &PredictArguments) -> Result<(), Error> {
    let terms = terms::listed(&arguments.terms.join(" "));
    let terms = terms.map_err(|error| Error::Usage(error.to_string()))?;
    let trained = Trained::load(arguments.model.as_deref())?;
    let name = trained.name.clone();
    let predictor = trained.predictor();
    let context = predictor.model().architecture().context();
    let decoding = decoding(arguments)?;
    let (count, generation) = (arguments.count as usize, arguments.generation);
    let next = predictor.continuation(&terms, count, generation, decoding);
    let next = next.map_err(Error::Question)?;
    let candidates = predictor.candidates(&terms, arguments.top as usize);
    let candidates = candidates.map_err(Error::Question)?;
    let ignored = terms.len().saturating_sub(context);

    let (mut out, style) = terminal::stdout();
    if arguments.json {
        let candidates = CandidateJson::list(&candidates);
        let (terms, next) = (&terms, &next);
        let prediction = Prediction { terms, ignored, next, candidates, model: &name };
        terminal::write_json(&mut out, &prediction)?;
        return Ok(out.flush()?);
    }
    if ignored > 0 {
        say(format_args!(
            "ninth: {} terms given; the model sees {context} at most, so the last {context} are used",
            terms.len()
        ));
    }
    writeln!(out, "{} -> {}", spaced(&terms), style.bold(spaced(&next)))?;
    writeln!(out)?;
    let width = candidates.iter().map(|c| c.term.to_string().len()).max().unwrap_or(0).max(4);
    for Candidate { term, probability } in candidates {
        let probability = f64::from(probability);
        let share = match percent(probability) {
            share if share == "0.0 %" => "< 0.1 %".to_string(),
            share => share,
        };
        let line = format!("  {term:>width$}  {share:>7}  {}", bar(probability, BAR));
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(out.flush()?)
}
