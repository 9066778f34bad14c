//! Predicting: the terms that follow.

use ninth_inference::answer::{Answer, Answers, Method, NextTerm};
use ninth_inference::integer::{integer, integers};
use ninth_model::decoding::{DecodingKind, Generation, GenerationSettings};
use ninth_model::output::Output;
use num_bigint::BigInt;
use serde::{Serialize, Serializer};

use crate::error::Error;
use crate::model::Model;

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
    #[serde(serialize_with = "integers")]
    pub terms: Vec<BigInt>,
    /// How many of them, from the first, the model cannot see.
    pub ignored: usize,
    /// The predicted terms: fewer than asked for where a rule ends or its terms have more than
    /// [`LARGEST`](ninth_inference::answer::LARGEST) bits, none where only rules are asked and
    /// none fits.
    #[serde(serialize_with = "integers")]
    pub next: Vec<BigInt>,
    /// Candidates for the first of them, the most likely first.
    pub candidates: Vec<PredictedTerm>,
    /// The probability that it is none of these; a regression has none.
    pub other: Option<f64>,
    /// The name of the model.
    pub model: String,
    /// Who was asked.
    #[serde(serialize_with = "by_name")]
    pub method: Method,
}

/// A candidate for the next term, with the most probable rule that has the terms given and goes
/// on with it, where there is one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PredictedTerm {
    /// The term.
    #[serde(serialize_with = "integer")]
    pub term: BigInt,
    /// Its probability, whatever it follows from; a regression has none.
    pub probability: Option<f64>,
    /// The rule as a formula.
    pub formula: Option<String>,
    /// The same in LaTeX.
    pub latex: Option<String>,
    /// The name of the known sequence that it is.
    pub name: Option<String>,
    /// The number of that sequence in the OEIS.
    pub number: Option<String>,
    /// The probability that the rule is right, as [`explain`](crate::explain) gives it.
    pub rule_probability: Option<f64>,
}

impl PredictedTerm {
    /// The candidates of an answer with the rules behind them.
    pub(crate) fn all_of(answer: &Answer) -> Vec<Self> {
        let one = |NextTerm { term, probability }: &NextTerm| {
            let rule = answer.rule_behind(term);
            let known = rule.and_then(|rule| rule.known);
            PredictedTerm {
                term: term.clone(),
                probability: *probability,
                formula: rule.map(|rule| rule.formula()),
                latex: rule.map(|rule| rule.latex()),
                name: known.map(|known| known.name().to_string()),
                number: known.map(|known| known.number()),
                rule_probability: rule.map(|rule| rule.probability),
            }
        };
        answer.candidates.iter().map(one).collect()
    }
}

pub(crate) fn by_name<S: Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(method.name())
}

/// What follows some terms, by the built-in model and the rules that fit.
///
/// ```
/// # fn main() -> Result<(), ninth::Error> {
/// let report = ninth::predict(&[1, 1, 2, 3, 5, 8, 13, 21])?;
/// assert_eq!(report.next, [34.into()]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As for [`Model::predict`].
pub fn predict<T: Clone + Into<BigInt>>(terms: &[T]) -> Result<PredictReport, Error> {
    predict_with(terms, &PredictOptions::default())
}

/// [`predict`] with options.
///
/// # Errors
///
/// As for [`Model::predict`].
pub fn predict_with<T: Clone + Into<BigInt>>(
    terms: &[T],
    options: &PredictOptions,
) -> Result<PredictReport, Error> {
    Model::shared()?.predict(terms, options)
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
    /// assert_eq!(model.predict(&[2, 4, 6, 8], &options)?.next, [10, 12, 14].map(Into::into));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If there are no terms, the model is asked alone and cannot see one of them, or the
    /// options do not go together.
    pub fn predict<T: Clone + Into<BigInt>>(
        &self,
        terms: &[T],
        options: &PredictOptions,
    ) -> Result<PredictReport, Error> {
        let terms: Vec<BigInt> = terms.iter().cloned().map(Into::into).collect();
        let generation = generation(options, &self.config().generation)?;
        let predictor = self.predictor();
        let architecture = predictor.model().architecture();
        let output = architecture.model().output;
        let method = method(options, &generation, output)?;
        let answers = Answers::new(method, predictor)?;
        let answer = answers.answer(&terms, options.top)?;
        let next = match method {
            Method::Model => {
                let decoding = generation.decoding(options.seed.unwrap_or(0));
                let shown = answers.shown(&terms)?;
                let strategy = generation.strategy;
                let next = predictor.continuation(&shown, options.count, strategy, decoding)?;
                next.into_iter().map(BigInt::from).collect()
            }
            Method::Relations | Method::Blend => {
                answers.continuation(&terms, &answer, options.count)?
            }
        };
        let candidates = PredictedTerm::all_of(&answer);
        let named: Option<f64> = candidates.iter().map(|candidate| candidate.probability).sum();
        Ok(PredictReport {
            ignored: terms.len().saturating_sub(architecture.context()),
            terms,
            next,
            candidates,
            // Rounding may carry the sum of all a little beyond 1.
            other: named.map(|named| (1.0 - named).max(0.0)),
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
/// chooses, which rules do not, or the model has no probabilities.
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
