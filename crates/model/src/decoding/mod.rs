//! Decoding: asking a trained model for the terms that follow.
//!
//! [`cache`] and [`naive`] are two ways to get the logits of the next term;
//! [`greedy`] chooses by them. All of them work on classes; [`Predictor`] takes
//! and gives integers.

pub mod cache;
pub mod greedy;
pub mod naive;

use ninth_kernels::{Lanes, Level};

use crate::{Error, Transformer};
use cache::CachedModel;

/// A possible next term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The term.
    pub term: i64,
    /// Its probability, by the model.
    pub probability: f32,
}

/// A model with its weights, ready to be asked.
#[derive(Debug)]
pub struct Predictor {
    model: CachedModel,
}

impl Predictor {
    /// Makes a model ready, given the arena of its parameters.
    pub fn new(level: Level, model: Transformer, parameters: Vec<Lanes>) -> Self {
        Predictor { model: CachedModel::new(level, model, parameters) }
    }

    /// The model.
    pub fn model(&self) -> &Transformer {
        self.model.model()
    }

    /// The classes of given terms.
    ///
    /// # Errors
    ///
    /// If there are none, or one is outside the model's range.
    pub fn classes(&self, terms: &[i64]) -> Result<Vec<u16>, Error> {
        if terms.is_empty() {
            return Err(Error::NoTerms);
        }
        let range = self.model().architecture().range();
        let class = |(index, &term): (usize, &i64)| {
            range.class_of(term).ok_or(Error::Term {
                position: index + 1,
                term,
                min: range.min(),
                max: range.max(),
            })
        };
        terms.iter().enumerate().map(class).collect()
    }

    /// The most likely next terms, most likely first, at most `top`.
    ///
    /// # Errors
    ///
    /// If there are no terms, or one is outside the model's range.
    pub fn candidates(&self, terms: &[i64], top: usize) -> Result<Vec<Candidate>, Error> {
        let classes = self.classes(terms)?;
        let mut cache = self.model.cache();
        let logits = self.model.logits(&mut cache, &classes);
        let range = self.model().architecture().range();
        let ranked = rank(logits, top).into_iter();
        Ok(ranked
            .map(|(class, probability)| Candidate { term: range.term_of(class), probability })
            .collect())
    }

    /// The `count` terms that follow, each the most likely one after all before.
    ///
    /// # Errors
    ///
    /// If there are no terms, or one is outside the model's range.
    pub fn continuation(&self, terms: &[i64], count: usize) -> Result<Vec<i64>, Error> {
        let classes = self.classes(terms)?;
        let range = self.model().architecture().range();
        let mut cache = self.model.cache();
        let next = greedy::continuation(&classes, count, |history| {
            greedy::choose(self.model.logits(&mut cache, history))
        });
        Ok(next.into_iter().map(|class| range.term_of(class)).collect())
    }
}

/// The most likely classes with their probabilities, the likeliest first; of
/// equals, the smaller class.
fn rank(logits: &[f32], top: usize) -> Vec<(u16, f32)> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|logit| libm::exp(f64::from(logit - largest))).sum();
    // There are at most 2^16 classes.
    let mut order: Vec<u16> = (0..logits.len()).map(|class| class as u16).collect();
    let logit = |class: u16| logits[usize::from(class)];
    order.sort_by(|&a, &b| logit(b).total_cmp(&logit(a)).then(a.cmp(&b)));
    order.truncate(top);
    let probability = |class| (libm::exp(f64::from(logit(class) - largest)) / sum) as f32;
    order.into_iter().map(|class| (class, probability(class))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_sorted_probabilities() {
        let ranked = rank(&[0.0, 2.0, 2.0, -1.0], 3);
        assert_eq!(ranked.iter().map(|r| r.0).collect::<Vec<_>>(), [1, 2, 0]);
        assert_eq!(ranked[0].1, ranked[1].1);
        let all: f32 = rank(&[0.0, 2.0, 2.0, -1.0], 9).iter().map(|r| r.1).sum();
        assert!((all - 1.0).abs() < 1e-6);
    }
}
