//! Predicting: the terms that follow.

use std::ops::ControlFlow;

use ninth_inference::answer::{Answer, Answers, Method, NextTerm, Sources};
use ninth_inference::integer::{integer, integers};
use ninth_kernels::in_order;
use ninth_model::decoding::{DecodingKind, Generation, GenerationSettings};
use ninth_model::output::Output;
use ninth_sequences::IntegerRange;
use num_bigint::BigInt;
use serde::{Serialize, Serializer};

use crate::engine::cores;
use crate::error::Error;
use crate::model::Model;
use crate::reading::InputRow;

/// How to predict. What is `None` is as the config of the model says.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictOptions {
    /// Terms to predict.
    pub count: usize,
    /// Candidates for the next term, the most likely first.
    pub top: usize,
    /// Who is asked. `None`: both, or the model alone where it is said how its terms are chosen
    /// or where it has no probabilities.
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
    /// How much rules, the model and forecasts have to share out among all terms.
    pub shares: Sources,
    /// Of terms that the model predicts: the first of `next`, counted from 0, that by the steps
    /// before it lies beyond the integers that the model knows, so that it and those behind it
    /// are wrong.
    pub beyond_range: Option<usize>,
    /// The name of the model.
    pub model: String,
    /// Who was asked.
    #[serde(serialize_with = "by_name")]
    pub method: Method,
    /// How the model's terms were chosen, where it was asked alone.
    #[serde(serialize_with = "decoding_by_name")]
    pub decoding: Option<DecodingKind>,
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
    /// Whom the probability comes from.
    pub sources: Sources,
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
        let one = |NextTerm { term, probability, sources }: &NextTerm| {
            let rule = answer.rule_behind(term);
            let known = rule.and_then(|rule| rule.known);
            PredictedTerm {
                term: term.clone(),
                probability: *probability,
                sources: *sources,
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

fn decoding_by_name<S: Serializer>(
    decoding: &Option<DecodingKind>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    decoding.map(DecodingKind::name).serialize(serializer)
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
                answers.continuation(&terms, &answer, options.count, generation.strategy)?
            }
        };
        let beyond_range = match (method, answer.candidates.first()) {
            (Method::Model, _) => beyond_range(&terms, &next, architecture.range()),
            (Method::Blend, Some(first)) if !first.sources.mostly_rules() => {
                beyond_range(&terms, &next, architecture.range())
            }
            (Method::Blend | Method::Relations, _) => None,
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
            shares: answer.shares,
            beyond_range,
            model: self.name().to_string(),
            method,
            decoding: (method == Method::Model).then_some(generation.decoding),
        })
    }
}

/// A sequence of a file with what follows it; as JSON a line of `ninth predict --file`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PredictedRow {
    /// Its name, or the number of its line.
    pub id: String,
    /// What follows.
    #[serde(flatten)]
    pub report: PredictReport,
}

impl Model {
    /// What follows each of many sequences, on all cores; `take` gets the answers in the order of
    /// the sequences, as soon as they are there, and whether the next one is there already. It
    /// ends the work by `Break`. Few sequences are in memory at a time.
    ///
    /// ```
    /// # fn main() -> Result<(), ninth::Error> {
    /// use ninth::reading::Rows;
    ///
    /// let text = "id,terms\neven,2 4 6 8\npowers,1 2 4 8\n";
    /// let rows = Rows::from_reader("a text", text.as_bytes(), None)?;
    /// let mut next = Vec::new();
    /// let options = ninth::PredictOptions::default();
    /// let _ = ninth::Model::built_in()?.predict_rows(rows, &options, |answer, _| {
    ///     next.push(answer.map(|row| (row.id, row.report.next)));
    ///     std::ops::ControlFlow::<()>::Continue(())
    /// });
    /// assert_eq!(next[1].as_ref().unwrap(), &("powers".to_string(), vec![16.into()]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn predict_rows<Break>(
        &self,
        rows: impl Iterator<Item = Result<InputRow, Error>> + Send,
        options: &PredictOptions,
        take: impl FnMut(Result<PredictedRow, Error>, bool) -> ControlFlow<Break>,
    ) -> ControlFlow<Break> {
        let work = |row: Result<InputRow, Error>| {
            let InputRow { id, terms, .. } = row?;
            Ok(PredictedRow { id, report: self.predict(&terms, options)? })
        };
        in_order(cores(), rows, work, take)
    }
}

/// The first of the terms that a model predicted that would lie outside its range if the terms
/// before it, which rise or fall twice, took their last step again.
fn beyond_range(terms: &[BigInt], next: &[BigInt], range: IntegerRange) -> Option<usize> {
    let all = [terms, next].concat();
    let leaves = |place: &usize| {
        let Some([one, two, three]) = place.checked_sub(3).and_then(|from| all.get(from..*place))
        else {
            return false;
        };
        let expected = three * 2 - two;
        (one < two && two < three && expected > range.max().into())
            || (one > two && two > three && expected < range.min().into())
    };
    (terms.len()..all.len()).find(leaves).map(|place| place - terms.len())
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

/// Who is asked: by default both, unless the options or the config say how the model chooses,
/// which rules do not, or the model has no probabilities.
fn method(
    options: &PredictOptions,
    generation: &GenerationSettings,
    output: Output,
) -> Result<Method, Error> {
    let option = match (options.decoding, options.generation, options.method) {
        (Some(_), _, Some(Method::Relations | Method::Blend)) => Some("decoding"),
        (_, Some(_), Some(Method::Relations)) => Some("generation"),
        _ => None,
    };
    match (options.method, option) {
        (Some(method), Some(option)) => Err(Error::OptionOfModel { option, method }),
        (Some(method), None) => Ok(method),
        (None, _) if options.decoding.is_some() => Ok(Method::Model),
        (None, _) => Ok(match generation.decoding {
            DecodingKind::Greedy => Method::best_for(output),
            DecodingKind::Beam | DecodingKind::Sample => Method::Model,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_that_head_beyond_the_range_are_found() {
        let first = |terms: &[i64], next: &[i64]| {
            let all = |terms: &[i64]| terms.iter().map(|&t| t.into()).collect::<Vec<BigInt>>();
            beyond_range(&all(terms), &all(next), IntegerRange::default())
        };
        assert_eq!(first(&[55, 89, 144], &[233, 253, 255]), Some(1));
        assert_eq!(first(&[250, 252, 254], &[254]), Some(0));
        assert_eq!(first(&[5, 3, 1], &[0, 0]), Some(0));
        assert_eq!(first(&[255, 254, 255, 254], &[255, 254, 255]), None);
        assert_eq!(first(&[1, 2, 3], &[4, 5]), None);
        assert_eq!(first(&[254], &[255]), None);
    }
}
