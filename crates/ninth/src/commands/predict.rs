//! `ninth predict`: the terms that follow.

use std::io::Write;

use ninth_inference::blend::{Answer, Answers, Method, explainable};
use ninth_inference::{Explainer, Posterior};
use ninth_model::decoding::{Candidate, DecodingKind, GenerationSettings};
use ninth_model::output::Output;
use ninth_sequences::Relation;
use ninth_training::Config;
use serde::Serialize;

use crate::arguments::PredictArguments;
use crate::commands::explain::small_percent;
use crate::error::Error;
use crate::index_file;
use crate::terminal::{self, bar, counted, say, spaced};
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
    method: &'static str,
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

/// Who is asked: by default both, unless the arguments or the config say how the model
/// chooses, which relations do not, or the model has no probabilities.
fn method(
    arguments: &PredictArguments,
    generation: &GenerationSettings,
    output: Output,
) -> Result<Method, Error> {
    let PredictArguments { decoding, generation: strategy, .. } = arguments;
    let of_model = match (decoding, strategy) {
        (Some(_), _) => Some("--decoding"),
        (None, Some(_)) => Some("--generation"),
        (None, None) => None,
    };
    match (arguments.method, of_model) {
        (Some(method @ (Method::Relations | Method::Blend)), Some(name)) => {
            Err(Error::Usage(format!(
                "{name} has no effect with --method {}; it is how a model is asked, for --method \
                 model",
                method.name()
            )))
        }
        (Some(method), _) => Ok(method),
        (None, Some(_)) => Ok(Method::Model),
        (None, None) => Ok(match generation.decoding {
            DecodingKind::Greedy => Method::best_for(output),
            DecodingKind::Beam | DecodingKind::Sample => Method::Model,
        }),
    }
}

/// The index of relations, as much of it as is needed. The model needs none: it is only
/// looked up for formulas then, where it is kept.
fn relations(config: &Config, method: Method, terms: &[i64]) -> Result<Option<Posterior>, Error> {
    let every = index_file::of_every_phase(config);
    let Some(&first) = terms.first() else { return Ok(None) };
    match method {
        Method::Relations | Method::Blend if index_file::can_keep() => {
            index_file::beginning_with(first, &every).map(Some)
        }
        Method::Model | Method::Relations | Method::Blend => {
            Ok(index_file::kept_beginning_with(first, &every))
        }
    }
}

/// The formulas of the relations behind the first candidates: the most probable one that
/// has the terms that were seen and goes on with the candidate.
fn formulas(explainer: Explainer<'_>, terms: &[i64], answer: &Answer) -> Vec<Option<String>> {
    let nexts = answer.candidates.iter().take(EXPLAINED).map(|next| next.term);
    let formulas: Vec<Option<String>> = if answer.is_explained() {
        nexts.map(|term| answer.relation_behind(term).map(Relation::to_string)).collect()
    } else {
        let behind = explainer.behind(terms, &nexts.collect::<Vec<_>>()).into_iter();
        behind.map(|behind| behind.map(|(relation, _)| relation.to_string())).collect()
    };
    let all = formulas.into_iter().chain(std::iter::repeat(None));
    all.take(answer.candidates.len()).collect()
}

/// Prints what follows the terms.
pub fn run(arguments: &PredictArguments) -> Result<(), Error> {
    let terms = terms::listed(&arguments.terms.join(" "));
    let terms = terms.map_err(|error| Error::Usage(error.to_string()))?;
    let trained = Trained::load(arguments.model.as_deref())?;
    let name = trained.name.clone();
    let config = trained.config().clone();
    let generation = generation(arguments, &config.generation)?;
    let predictor = trained.predictor();
    let architecture = predictor.model().architecture();
    let context = architecture.context();
    let method = method(arguments, &generation, architecture.model().output)?;
    let ignored = terms.len().saturating_sub(context);
    // What is explained is what was seen by whoever answers.
    let seen = match method {
        Method::Model => &terms[ignored..],
        Method::Relations | Method::Blend => explainable(&terms),
    };
    let posterior = relations(&config, method, seen)?;
    let explainer = posterior.as_ref().map_or(Explainer::searching(), Explainer::knowing);
    let answers = Answers::new(method, &predictor, explainer).map_err(Error::Question)?;
    let count = arguments.count as usize;
    let answer = answers.answer(&terms, arguments.top as usize).map_err(Error::Question)?;
    let next = match method {
        Method::Model => {
            let decoding = generation.decoding(arguments.seed.unwrap_or(0));
            predictor.continuation(&terms, count, generation.strategy, decoding)
        }
        Method::Relations | Method::Blend => answers.continuation(&terms, &answer, count),
    };
    let next = next.map_err(Error::Question)?;
    let candidates = &answer.candidates;
    let formulas = formulas(explainer, seen, &answer);

    let (mut out, style) = terminal::stdout();
    if arguments.json {
        let candidates = CandidateJson::list(candidates).into_iter().zip(&formulas);
        let candidates = candidates.map(|(candidate, formula)| {
            let formula = formula.as_deref();
            ExplainedJson { candidate, formula }
        });
        let candidates = candidates.collect();
        let (terms, next) = (&terms, &next);
        let (model, method) = (&name, method.name());
        let prediction = Prediction { terms, ignored, next, candidates, model, method };
        terminal::write_json(&mut out, &prediction)?;
        return Ok(out.flush()?);
    }
    if ignored > 0 && method != Method::Relations {
        say(format_args!(
            "ninth: {} terms given; the model sees {context} at most, so the last {context} are used",
            terms.len()
        ));
    }
    if candidates.is_empty() {
        writeln!(out, "No relation fits these {}.", counted(terms.len() as u64, "term"))?;
        return Ok(out.flush()?);
    }
    writeln!(out, "{} -> {}", spaced(&terms), style.bold(spaced(&next)))?;
    writeln!(out)?;
    let width = candidates.iter().map(|c| c.term.to_string().len()).max().unwrap_or(0).max(4);
    for &Candidate { term, probability } in candidates {
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
