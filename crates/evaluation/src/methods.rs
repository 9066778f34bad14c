//! How good the answers of each method are: of the model, of relations, and of their blend.
//!
//! ```
//! use ninth_evaluation::methods::MethodTally;
//! use ninth_model::decoding::Candidate;
//!
//! let candidate = |term| Candidate { term, probability: None };
//! let mut tally = MethodTally::default();
//! tally.count(&[candidate(13), candidate(12)], 13);
//! tally.count(&[candidate(20), candidate(21)], 21);
//! assert_eq!((tally.top_1(), tally.among(), tally.distance()), (0.5, 1.0, 0.5));
//! ```

use ninth_inference::blend::{Answers, Method};
use ninth_kernels::Pool;
use ninth_model::decoding::Candidate;
use ninth_sequences::{PhaseWeights, Sampler, Stream};
use serde::{Serialize, Serializer};

use crate::finite::not_finite;

/// The candidates of each method for one question, most likely first. A method without
/// answers, as a blend with a regression, is not in the list.
pub type Candidates = Vec<(Method, Vec<Candidate>)>;

/// How often a method was right.
///
/// In JSON it is an object with `top_1`, `top_5` (five candidates are counted) and `distance`,
/// without those that are NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MethodTally {
    questions: u32,
    answered: u32,
    first: u32,
    among: u32,
    distance: f64,
}

impl MethodTally {
    /// Counts the candidates for a term.
    pub fn count(&mut self, candidates: &[Candidate], target: i64) {
        self.questions += 1;
        let Some(first) = candidates.first() else { return };
        self.answered += 1;
        self.first += u32::from(first.term == target);
        self.among += u32::from(candidates.iter().any(|candidate| candidate.term == target));
        self.distance += first.term.abs_diff(target) as f64;
    }

    /// The number of questions.
    pub fn questions(&self) -> u32 {
        self.questions
    }

    /// The share of questions whose first candidate was right.
    pub fn top_1(&self) -> f64 {
        f64::from(self.first) / f64::from(self.questions)
    }

    /// The share of questions with the right term among the candidates.
    pub fn among(&self) -> f64 {
        f64::from(self.among) / f64::from(self.questions)
    }

    /// The mean distance of the first candidate, where there is one.
    pub fn distance(&self) -> f64 {
        self.distance / f64::from(self.answered)
    }
}

/// The answers to some questions by every method, `top` candidates each, on `threads` threads;
/// `None` where a term is not among the model's classes.
pub fn answer_all(
    answers: &Answers<'_>,
    questions: &[&[i64]],
    top: usize,
    threads: usize,
) -> Vec<Option<Candidates>> {
    let mut all: Vec<Option<Candidates>> = questions.iter().map(|_| None).collect();
    Pool::new(threads).for_each(&mut all, |index, found| {
        let by_method = answers.by_every_method(questions[index], top).ok();
        *found = by_method.map(|by_method| {
            let candidates = by_method.into_iter();
            candidates.map(|(method, answer)| (method, answer.candidates)).collect()
        });
    });
    all
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
    let mut terms = vec![0; sequences * length];
    let full: Vec<&[i64]> = terms
        .chunks_exact_mut(length)
        .zip(0..)
        .filter_map(|(terms, index)| {
            let draw = sampler.draw_full(Stream::Evaluation, index, mixture, terms);
            (draw.length == length).then_some(&*terms)
        })
        .collect();
    let questions: Vec<&[i64]> = full.iter().map(|terms| &terms[..length - 1]).collect();
    let found = answer_all(answers, &questions, top, threads);
    tally(found.iter().zip(full.iter().map(|terms| terms[length - 1])))
}

/// The tallies of answers, given the terms that were right.
pub fn tally<'a>(
    answered: impl Iterator<Item = (&'a Option<Candidates>, i64)>,
) -> Vec<(Method, MethodTally)> {
    let mut tallies: Vec<(Method, MethodTally)> = Vec::new();
    for (found, target) in answered {
        for (method, candidates) in found.iter().flatten() {
            let place = tallies.iter().position(|(other, _)| other == method);
            let place = place.unwrap_or_else(|| {
                tallies.push((*method, MethodTally::default()));
                tallies.len() - 1
            });
            tallies[place].1.count(candidates, target);
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
            distance: f64,
        }
        let fields = Fields { top_1: self.top_1(), top_5: self.among(), distance: self.distance() };
        fields.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_counted_on_their_own() {
        let candidate = |term| Candidate { term, probability: None };
        let found = Some(vec![
            (Method::Model, vec![candidate(3), candidate(5)]),
            (Method::Relations, Vec::new()),
        ]);
        let tallies = tally([(&found, 5), (&found, 3), (&None, 3)].into_iter());
        let [(Method::Model, model), (Method::Relations, relations)] = tallies[..] else {
            panic!("{tallies:?}")
        };
        assert_eq!((model.questions(), model.top_1(), model.among()), (2, 0.5, 1.0));
        assert_eq!(model.distance(), 1.0);
        assert_eq!((relations.questions(), relations.top_1()), (2, 0.0));
        assert!(relations.distance().is_nan());
    }
}
