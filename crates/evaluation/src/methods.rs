//! How good the answers of each method are: of the model, of rules, and of their blend.
//!
//! ```
//! use ninth_evaluation::methods::MethodTally;
//! use ninth_inference::answer::NextTerm;
//!
//! let next = |term: i64, probability| NextTerm {
//!     term: term.into(),
//!     probability: Some(probability),
//!     sources: Default::default(),
//! };
//! let mut tally = MethodTally::default();
//! tally.count(&[next(13, 0.9), next(12, 0.05)], &13.into());
//! tally.count(&[next(20, 0.5), next(21, 0.3)], &21.into());
//! tally.count(&[], &7.into());
//! assert_eq!((tally.top_1(), tally.among()), (1.0 / 3.0, 2.0 / 3.0));
//! assert_eq!((tally.answered(), tally.distance()), (2.0 / 3.0, 0.5));
//! assert!((tally.standard_error() - 0.43).abs() < 0.01);
//! // Sure by 90 %, and right; sure by 50 %, and wrong.
//! assert!((tally.reliability().error() - 0.3).abs() < 1e-12);
//! ```

use std::ops::ControlFlow;

use ninth_inference::answer::{Answer, Answers, Method, NextTerm};
use ninth_inference::metrics::standard_error;
use ninth_kernels::in_order;
use ninth_sequences::{PhaseWeights, Sampler, Stream};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use serde::{Serialize, Serializer};

use crate::calibration::Reliability;
use crate::finite::not_finite;

/// The candidates of each method for one question, most likely first. A method that cannot
/// answer it, as a model that cannot see a term, is not in the list.
pub type Candidates = Vec<(Method, Vec<NextTerm>)>;

/// How often a method was right.
///
/// In JSON it is an object with `top_1`, `top_5` (five candidates are counted), `standard_error`
/// (of `top_1`), `answered`, `distance` and `ece`, without those that are NaN, and with `sure` and `likely`.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodTally {
    questions: u32,
    answered: u32,
    first: u32,
    among: u32,
    /// Of those answers that have one.
    distance: f64,
    distances: u32,
    reliability: Reliability,
    sure: Above,
    likely: Above,
}

/// The answers with at least a probability; in JSON an object of these fields.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Above {
    /// The probability.
    pub at_least: f64,
    /// The number of answers.
    pub count: u32,
    /// How many of them are right.
    pub right: u32,
}

impl Above {
    fn new(at_least: f64) -> Self {
        Above { at_least, count: 0, right: 0 }
    }

    fn add(&mut self, probability: f64, right: bool) {
        if probability >= self.at_least {
            self.count += 1;
            self.right += u32::from(right);
        }
    }

    /// The share of right ones; NaN without any.
    pub fn accuracy(&self) -> f64 {
        f64::from(self.right) / f64::from(self.count)
    }
}

impl Default for MethodTally {
    fn default() -> Self {
        MethodTally {
            questions: 0,
            answered: 0,
            first: 0,
            among: 0,
            distance: 0.0,
            distances: 0,
            reliability: Reliability::default(),
            sure: Above::new(0.99),
            likely: Above::new(0.9),
        }
    }
}

impl MethodTally {
    /// Counts the candidates for a term, the most likely first. Without any the method is silent,
    /// and not right.
    pub fn count(&mut self, candidates: &[NextTerm], target: &BigInt) {
        self.questions += 1;
        let Some(first) = candidates.first() else { return };
        let right = first.term == *target;
        self.answered += 1;
        self.first += u32::from(right);
        self.among += u32::from(candidates.iter().any(|candidate| candidate.term == *target));
        if let (Some(term), Some(target)) = (first.term.to_i64(), target.to_i64()) {
            self.distance += term.abs_diff(target) as f64;
            self.distances += 1;
        }
        if let Some(probability) = first.probability {
            // Only some candidates are known here, so the cross-entropy is not.
            self.reliability.add(probability, right, f64::NAN);
            self.sure.add(probability, right);
            self.likely.add(probability, right);
        }
    }

    /// The number of questions.
    pub fn questions(&self) -> u32 {
        self.questions
    }

    /// The share of questions with an answer.
    pub fn answered(&self) -> f64 {
        f64::from(self.answered) / f64::from(self.questions)
    }

    /// The share of questions whose first candidate was right.
    pub fn top_1(&self) -> f64 {
        f64::from(self.first) / f64::from(self.questions)
    }

    /// The standard error of [`top_1`](Self::top_1): what chance alone makes of it.
    pub fn standard_error(&self) -> f64 {
        standard_error(self.first.into(), self.questions.into())
    }

    /// The share of questions with the right term among the candidates.
    pub fn among(&self) -> f64 {
        f64::from(self.among) / f64::from(self.questions)
    }

    /// The mean distance of the first candidate, where there is one and both it and the right
    /// term have 64 bits: beyond these a mean is that of the largest alone.
    pub fn distance(&self) -> f64 {
        self.distance / f64::from(self.distances)
    }

    /// The probabilities of the first candidates, and how often these are right.
    pub fn reliability(&self) -> &Reliability {
        &self.reliability
    }

    /// The answers with at least 99 %.
    pub fn sure(&self) -> Above {
        self.sure
    }

    /// The answers with at least 90 %.
    pub fn likely(&self) -> Above {
        self.likely
    }
}

/// The answers to some questions by every method, `top` candidates each, on `threads` threads,
/// as `keep` makes them of the question's place and of what each method says.
pub fn answer_all<T: Send>(
    answers: &Answers<'_>,
    questions: &[&[BigInt]],
    top: usize,
    threads: usize,
    keep: impl Fn(usize, Vec<(Method, Answer)>) -> T + Sync,
) -> Vec<T> {
    let mut all = Vec::with_capacity(questions.len());
    let work = |(index, terms): (usize, &&[BigInt])| {
        // The one error is that there are no terms.
        keep(index, answers.by_every_method(terms, top).unwrap_or_default())
    };
    let take = |kept, _| {
        all.push(kept);
        ControlFlow::<()>::Continue(())
    };
    let _ = in_order(threads, questions.iter().enumerate(), work, take);
    all
}

/// The candidates of each method.
pub fn candidates(by_method: Vec<(Method, Answer)>) -> Candidates {
    by_method.into_iter().map(|(method, answer)| (method, answer.candidates)).collect()
}

/// Judges every method by the last terms of those of `sequences` fresh sequences that fill the
/// context, with `top` candidates each, on `threads` threads.
pub fn judge_methods(
    answers: &Answers<'_>,
    sampler: &Sampler,
    mixture: PhaseWeights,
    sequences: usize,
    top: usize,
    threads: usize,
) -> Vec<(Method, MethodTally)> {
    let length = sampler.length();
    let mut terms = vec![0; length];
    let mut full: Vec<Vec<BigInt>> = Vec::new();
    for index in 0..sequences as u64 {
        let draw = sampler.draw_full(Stream::Evaluation, index, mixture, &mut terms);
        if draw.length == length {
            full.push(terms.iter().map(|&term| term.into()).collect());
        }
    }
    let questions: Vec<&[BigInt]> = full.iter().map(|terms| &terms[..length - 1]).collect();
    let found = answer_all(answers, &questions, top, threads, |_, found| candidates(found));
    tally(&answers.methods(), found.iter().zip(full.iter().map(|terms| &terms[length - 1])))
}

/// The tallies of answers by these methods, given the terms that were right. A method that is not
/// among the answers to a question was silent.
pub fn tally<'a>(
    methods: &[Method],
    answered: impl Iterator<Item = (&'a Candidates, &'a BigInt)>,
) -> Vec<(Method, MethodTally)> {
    let mut tallies: Vec<(Method, MethodTally)> =
        methods.iter().map(|&method| (method, MethodTally::default())).collect();
    for (found, target) in answered {
        for (method, tally) in &mut tallies {
            let said = found.iter().find(|(other, _)| other == method);
            tally.count(said.map_or(&[], |(_, candidates)| candidates), target);
        }
    }
    tallies
}

impl Serialize for MethodTally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields {
            #[serde(skip_serializing_if = "not_finite")]
            top_1: f64,
            #[serde(skip_serializing_if = "not_finite")]
            top_5: f64,
            #[serde(skip_serializing_if = "not_finite")]
            standard_error: f64,
            #[serde(skip_serializing_if = "not_finite")]
            answered: f64,
            #[serde(skip_serializing_if = "not_finite")]
            distance: f64,
            #[serde(skip_serializing_if = "not_finite")]
            ece: f64,
            sure: Above,
            likely: Above,
        }
        let fields = Fields {
            top_1: self.top_1(),
            top_5: self.among(),
            standard_error: self.standard_error(),
            answered: self.answered(),
            distance: self.distance(),
            ece: self.reliability.error(),
            sure: self.sure,
            likely: self.likely,
        };
        fields.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(term: &str, probability: Option<f64>) -> NextTerm {
        let sources = Default::default();
        NextTerm { term: term.parse().unwrap(), probability, sources }
    }

    #[test]
    fn methods_are_counted_on_their_own() {
        let found = vec![
            (Method::Model, vec![next("3", None), next("5", None)]),
            (Method::Relations, Vec::new()),
        ];
        let none = Vec::new();
        let methods = [Method::Model, Method::Relations];
        let targets = [5, 3, 3].map(BigInt::from);
        let questions = [&found, &found, &none].into_iter().zip(&targets);
        let tallies = tally(&methods, questions);
        let [(Method::Model, model), (Method::Relations, relations)] = &tallies[..] else {
            panic!("{tallies:?}")
        };
        let third = 1.0 / 3.0;
        assert_eq!((model.questions(), model.top_1(), model.among()), (3, third, 2.0 * third));
        assert_eq!((model.answered(), model.distance()), (2.0 * third, 1.0));
        assert!(model.reliability().error().is_nan(), "it has no probabilities");
        assert_eq!((relations.questions(), relations.top_1()), (3, 0.0));
        assert_eq!(relations.answered(), 0.0);
        assert!(relations.distance().is_nan());
    }

    #[test]
    fn terms_of_any_size_count_and_only_those_of_64_bits_have_a_distance() {
        let large = "123456789012345678901234567890";
        let mut tally = MethodTally::default();
        tally.count(&[next(large, Some(0.995))], &large.parse().unwrap());
        assert_eq!((tally.top_1(), tally.answered()), (1.0, 1.0));
        assert!(tally.distance().is_nan());
        tally.count(&[next("7", Some(0.95))], &9.into());
        assert_eq!(tally.distance(), 2.0);
        assert_eq!((tally.sure().count, tally.sure().right), (1, 1));
        assert_eq!((tally.likely().count, tally.likely().right), (2, 1));
        assert_eq!((tally.sure().accuracy(), tally.likely().accuracy()), (1.0, 0.5));
    }
}
