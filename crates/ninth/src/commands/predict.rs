//! `ninth predict`: the terms that follow.

use std::io::Write;

use ninth_model::decoding::{Candidate, DecodingKind, GenerationSettings};
use ninth_sequences::Explainer;
use ninth_training::Config;
use serde::Serialize;

use crate::arguments::PredictArguments;
use crate::commands::explain::small_percent;
use crate::error::Error;
use crate::index_file;
use crate::terminal::{self, bar, say, spaced};
use crate::terms;
use crate::weights::Trained;

/// Columns of the bar of a probability of 1.
const BAR: usize = 18;

/// Candidates whose formula is looked for: the rest are unlikely, and may be thousands.
const EXPLAINED: usize = 10;

/// The object of `--json`.
#[derive(Serialize)]
struct Prediction<'a> {
    terms: &'a [i64],
    ignored: usize,
    next: &'a [i64],
    candidates: Vec<ExplainedJson<'a>>,
    model: &'a str,
}

/// A candidate and the relation behind it, in JSON.
#[derive(Serialize)]
struct ExplainedJson<'a> {
    #[serde(flatten)]
    candidate: CandidateJson,
    formula: Option<&'a str>,
}

/// A candidate in JSON.
#[derive(Serialize)]
pub struct CandidateJson {
    term: i64,
    /// A regression has none.
    probability: Option<f32>,
}

impl CandidateJson {
    /// Candidates as they stand in JSON.
    pub fn list(candidates: &[Candidate]) -> Vec<Self> {
        let json = |&Candidate { term, probability }| CandidateJson { term, probability };
        candidates.iter().map(json).collect()
    }
}

/// How to ask the model: as its config says where the arguments say nothing. Numbers
/// that another way of choosing needs are refused.
fn generation(
    arguments: &PredictArguments,
    config: &GenerationSettings,
) -> Result<GenerationSettings, Error> {
    let PredictArguments { beam_width, temperature, top_k, seed, .. } = arguments;
    let decoding = arguments.decoding.unwrap_or(config.decoding);
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
    Ok(GenerationSettings {
        strategy: arguments.generation.unwrap_or(config.strategy),
        decoding,
        beam_width: beam_width.map_or(config.beam_width, |width| width as usize),
        temperature: temperature.unwrap_or(config.temperature),
        top_k: top_k.map_or(config.top_k, |k| k as usize),
    })
}

/// The formulas of the relations behind the first candidates: the most probable one that
/// has the terms that the model sees and goes on with the candidate. Where no index is kept,
/// of those that a search finds: there is no time here to build one.
fn formulas(config: &Config, terms: &[i64], candidates: &[Candidate]) -> Vec<Option<String>> {
    let kept = index_file::kept(&index_file::of_every_phase(config));
    let explainer = kept.as_ref().map_or(Explainer::searching(), Explainer::knowing);
    let nexts: Vec<i64> = candidates.iter().take(EXPLAINED).map(|next| next.term).collect();
    let behind = explainer.behind(terms, &nexts).into_iter();
    let formulas = behind.map(|behind| behind.map(|(relation, _)| relation.to_string()));
    formulas.chain(std::iter::repeat(None)).take(candidates.len()).collect()
}

/// Prints what follows the terms.
pub fn run(arguments: &PredictArguments) -> Result<(), Error> {
    let terms = terms::listed(&arguments.terms.join(" "));
    let terms = terms.map_err(|error| Error::Usage(error.to_string()))?;
    let trained = Trained::load(arguments.model.as_deref())?;
    let name = trained.name.clone();
    let config = trained.config.clone();
    let generation = generation(arguments, &config.generation)?;
    let predictor = trained.predictor();
    let context = predictor.model().architecture().context();
    let decoding = generation.decoding(arguments.seed.unwrap_or(0));
    let count = arguments.count as usize;
    let next = predictor.continuation(&terms, count, generation.strategy, decoding);
    let next = next.map_err(Error::Question)?;
    let candidates = predictor.candidates(&terms, arguments.top as usize);
    let candidates = candidates.map_err(Error::Question)?;
    let ignored = terms.len().saturating_sub(context);
    let formulas = formulas(&config, &terms[ignored..], &candidates);

    let (mut out, style) = terminal::stdout();
    if arguments.json {
        let candidates = CandidateJson::list(&candidates).into_iter().zip(&formulas);
        let candidates = candidates.map(|(candidate, formula)| {
            let formula = formula.as_deref();
            ExplainedJson { candidate, formula }
        });
        let candidates = candidates.collect();
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
    for &Candidate { term, probability } in &candidates {
        let Some(probability) = probability.map(f64::from) else {
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
    let explained = candidates.iter().zip(&formulas);
    let mut explained =
        explained.filter_map(|(candidate, formula)| Some((candidate.term, formula.as_ref()?)));
    let first = explained.next();
    if first.is_some() {
        writeln!(out)?;
    }
    for (term, formula) in first.into_iter().chain(explained) {
        writeln!(out, "  {term:>width$}  {formula}")?;
    }
    Ok(out.flush()?)
}
