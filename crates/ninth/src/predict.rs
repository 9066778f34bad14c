//! Predicting: the terms that follow.

use std::sync::OnceLock;

use ninth_inference::blend::{Answer, Answers, Method, explainable};
use ninth_inference::{Explainer, Posterior};
use ninth_model::decoding::{DecodingKind, Generation, GenerationSettings};
use ninth_model::output::Output;
use ninth_sequences::Relation;
use ninth_training::Config;
use serde::{Serialize, Serializer};

use crate::error::Error;
use crate::index_file;
use crate::model::Model;

/// Candidates whose formula is looked for: the rest are unlikely, and may be thousands.
const EXPLAINED: usize = 10;

/// How to predict. What is `None` is as the config of the model says.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictOptions {
    /// Terms to predict.
    pub count: usize,
    /// Candidates for the next term, the most likely first.
    pub top: usize,
    /// Who is asked. `None`: both, or the model alone where it is said how it is asked or where
    /// it has no probabilities.
    pub method: Option<Method>,
    /// How the model's terms are chosen.
    pub decoding: Option<DecodingKind>,
    /// How they are computed, with the same result.
    pub generation: Option<Generation>,
    /// Of beam search: continuations that are kept.
    pub beam_width: Option<usize>,
    /// Of sampling: what divides the logits.
    pub temperature: Option<f64>,
    /// Of sampling: how many of the likeliest terms are drawn from.
    pub top_k: Option<usize>,
    /// Of sampling: the seed; `None`: 0.
    pub seed: Option<u64>,
}

impl Default for PredictOptions {
    fn default() -> Self {
        PredictOptions {
            count: 1,
            top: 5,
            method: None,
            decoding: None,
            generation: None,
            beam_width: None,
            temperature: None,
            top_k: None,
            seed: None,
        }
    }
}

/// What follows some terms; as JSON the object of `ninth predict --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PredictReport {
    /// The terms given.
    pub terms: Vec<i64>,
    /// How many of them, from the first, the model cannot see.
    pub ignored: usize,
    /// The predicted terms: fewer than asked for where a relation leaves 64 bits, none where
    /// only relations are asked and none fits.
    pub next: Vec<i64>,
    /// Candidates for the first of them, the most likely first.
    pub candidates: Vec<PredictedTerm>,
    /// The name of the model.
    pub model: String,
    /// Who was asked.
    #[serde(serialize_with = "by_name")]
    pub method: Method,
}

/// A candidate for the next term.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PredictedTerm {
    /// The term.
    pub term: i64,
    /// Its probability; a regression has none.
    pub probability: Option<f32>,
    /// The most probable relation that has the terms given and goes on with this one, where
    /// there is one.
    pub formula: Option<String>,
}

pub(crate) fn by_name<S: Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(method.name())
}

/// What follows some terms, by the built-in model and the relations that fit.
///
/// ```
/// # fn main() -> Result<(), ninth::Error> {
/// let report = ninth::predict(&[1, 1, 2, 3, 5, 8, 13, 21])?;
/// assert_eq!(report.next, [34]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As for [`Model::predict`].
pub fn predict(terms: &[i64]) -> Result<PredictReport, Error> {
    predict_with(terms, &PredictOptions::default())
}

/// [`predict`] with options.
///
/// # Errors
///
/// As for [`Model::predict`].
pub fn predict_with(terms: &[i64], options: &PredictOptions) -> Result<PredictReport, Error> {
    static BUILT_IN: OnceLock<Model> = OnceLock::new();
    let model = match BUILT_IN.get() {
        Some(model) => model,
        None => {
            let model = Model::built_in()?;
            BUILT_IN.get_or_init(|| model)
        }
    };
    model.predict(terms, options)
}

impl Model {
    /// What follows some terms.
    ///
    /// ```
    /// # fn main() -> Result<(), ninth::Error> {
    /// use ninth::{Model, PredictOptions};
    ///
    /// let model = Model::built_in()?;
    /// let options = PredictOptions { count: 3, ..Default::default() };
    /// assert_eq!(model.predict(&[2, 4, 6, 8], &options)?.next, [10, 12, 14]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If there are no terms, the model is asked alone and cannot see one of them, or the
    /// options do not go together.
    pub fn predict(&self, terms: &[i64], options: &PredictOptions) -> Result<PredictReport, Error> {
        let config = self.config();
        let generation = generation(options, &config.generation)?;
        let predictor = self.predictor();
        let architecture = predictor.model().architecture();
        let method = method(options, &generation, architecture.model().output)?;
        let ignored = terms.len().saturating_sub(architecture.context());
        // What is explained is what was seen by the method.
        let seen = match method {
            Method::Model => &terms[ignored..],
            Method::Relations | Method::Blend => explainable(terms),
        };
        let posterior = relations(config, method, seen)?;
        let explainer = posterior.as_ref().map_or(Explainer::searching(), Explainer::knowing);
        let answers = Answers::new(method, predictor, explainer)?;
        let answer = answers.answer(terms, options.top)?;
        let next = match method {
            Method::Model => {
                let decoding = generation.decoding(options.seed.unwrap_or(0));
                predictor.continuation(terms, options.count, generation.strategy, decoding)
            }
            Method::Relations | Method::Blend => {
                answers.continuation(terms, &answer, options.count)
            }
        }?;
        let formulas = formulas(explainer, seen, &answer);
        let candidates = answer.candidates.iter().zip(formulas).map(|(candidate, formula)| {
            PredictedTerm { term: candidate.term, probability: candidate.probability, formula }
        });
        Ok(PredictReport {
            terms: terms.to_vec(),
            ignored,
            next,
            candidates: candidates.collect(),
            model: self.name().to_string(),
            method,
        })
    }
}

/// How to ask the model: as its config says where the options say nothing. Options that
/// another way of choosing needs are refused.
fn generation(
    options: &PredictOptions,
    config: &GenerationSettings,
) -> Result<GenerationSettings, Error> {
    let PredictOptions { beam_width, temperature, top_k, seed, .. } = options;
    let chosen = options.decoding.unwrap_or(config.decoding);
    let given = [
        ("temperature", temperature.is_some(), DecodingKind::Sample),
        ("top_k", top_k.is_some(), DecodingKind::Sample),
        ("seed", seed.is_some(), DecodingKind::Sample),
        ("beam_width", beam_width.is_some(), DecodingKind::Beam),
    ];
    for (option, given, needed) in given {
        if given && needed != chosen {
            return Err(Error::OptionOfDecoding { option, chosen, needed });
        }
    }
    Ok(GenerationSettings {
        strategy: options.generation.unwrap_or(config.strategy),
        decoding: chosen,
        beam_width: beam_width.unwrap_or(config.beam_width),
        temperature: temperature.unwrap_or(config.temperature),
        top_k: top_k.unwrap_or(config.top_k),
    })
}

/// Who is asked: by default both, unless the options or the config say how the model
/// chooses, which relations do not, or the model has no probabilities.
fn method(
    options: &PredictOptions,
    generation: &GenerationSettings,
    output: Output,
) -> Result<Method, Error> {
    let of_model = match (options.decoding, options.generation) {
        (Some(_), _) => Some("decoding"),
        (None, Some(_)) => Some("generation"),
        (None, None) => None,
    };
    match (options.method, of_model) {
        (Some(method @ (Method::Relations | Method::Blend)), Some(option)) => {
            Err(Error::OptionOfModel { option, method })
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
    let mut formulas: Vec<Option<String>> = if answer.is_explained() {
        nexts.map(|term| answer.relation_behind(term).map(Relation::to_string)).collect()
    } else {
        let behind = explainer.behind(terms, &nexts.collect::<Vec<_>>()).into_iter();
        behind.map(|behind| behind.map(|(relation, _)| relation.to_string())).collect()
    };
    formulas.resize(answer.candidates.len(), None);
    formulas
}
