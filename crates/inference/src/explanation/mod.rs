//! Explanations: the relations behind given terms, the most probable first.
//!
//! # The prior
//!
//! [`Posterior`](crate::Posterior) is exact for sequences that were drawn. A person's were
//! not. After 2, 4, 6 the generator expects 10: it draws Fibonacci sequences as
//! often as all those which are a multiple of the last term plus a constant, and there are
//! few of the former. A person expects 8, since 2, 4, 6, 8 has a shorter description. So
//! relations are weighed by two priors,
//!
//! ```text
//! P(r) = 1/256 G(r) + 255/256 2^-bits(r)
//! ```
//!
//! where G is the generator's and `bits` the length of the shortest description
//! (`simplicity.rs`), both given the first term. The second part decides by Occam's
//! razor; the first one, one sequence in 256, decides between relations of about the same
//! length, and knows what the search does not find. The search (`search/`) is not
//! restricted to the parameters that the generator draws, nor to its range.
//!
//! Relations that go on alike, for as many terms as are asked for and for eight at least,
//! are one explanation: their probabilities under the generator are added up, and the
//! shortest stands for all.
//!
//! An explanation may be a coincidence, since among the many relations tried some fit any
//! terms. The *confidence* is the probability that there is a relation at all, against
//! a list of numbers without one, which takes as many bits as the numbers, or the
//! steps between them.

mod search;
mod simplicity;

use std::collections::HashMap;

use crate::posterior::{Next, Posterior};
use ninth_sequences::Relation;
use serde::{Serialize, Serializer};
use simplicity::{bits, listing};

/// The generator's share of the prior.
const DRAWN: f64 = 1.0 / 256.0;

/// How far relations must go on alike at least to be one explanation.
const ALIKE: usize = 8;

/// Finds the relations behind terms.
///
/// ```
/// use ninth_inference::Explainer;
///
/// let explanation = Explainer::searching().explain(&[1000, 2000, 3000], 2);
/// let first = &explanation.relations[0];
/// assert_eq!(first.relation.to_string(), "x[n] = x[n-1] + 1000, x[0] = 1000");
/// assert_eq!(first.continuation, [4000, 5000]);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Explainer<'a> {
    posterior: Option<&'a Posterior>,
}

/// The relations behind some terms. The default has none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// The relations that fit all terms, the most probable first; no two go on alike.
    pub relations: Vec<FittingRelation>,
    /// The probability that the terms follow a relation at all: 0 where none fits.
    pub confidence: f64,
    /// The prior probability of all relations that fit, given the first term.
    mass: f64,
}

/// A relation that fits.
///
/// In JSON its relation is `formula`, a text, and its continuation `next`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FittingRelation {
    /// The relation, in its shortest form.
    #[serde(rename = "formula", serialize_with = "as_text")]
    pub relation: Relation,
    /// Its probability, given that one of all that fit is right.
    pub probability: f64,
    /// Whether it is among those that are drawn.
    pub drawn: bool,
    /// The terms that follow.
    #[serde(rename = "next")]
    pub continuation: Vec<i64>,
}

fn as_text<S: Serializer>(relation: &Relation, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(relation)
}

/// Relations that go on alike.
struct Group {
    relation: Relation,
    bits: f64,
    /// The generator's part of the prior.
    drawn: f64,
}

impl<'a> Explainer<'a> {
    /// Explains by the search alone.
    pub fn searching() -> Self {
        Self { posterior: None }
    }

    /// Explains by the search and by the relations of an index.
    pub fn knowing(posterior: &'a Posterior) -> Self {
        Self { posterior: Some(posterior) }
    }

    /// The relations that have all these terms, with the `further` terms that follow; none
    /// where no terms are given.
    ///
    /// Every relation was evaluated, so it reproduces the terms.
    pub fn explain(&self, terms: &[i64], further: usize) -> Explanation {
        self.explain_begun(terms, further, self.begun(terms))
    }

    /// The generator's probability of the first term.
    fn begun(&self, terms: &[i64]) -> f64 {
        match (self.posterior, terms) {
            (Some(posterior), [first, ..]) => posterior.probability(&[*first]),
            _ => 1.0,
        }
    }

    /// [`explain`](Self::explain), given the generator's probability of the first term, which
    /// is a sum over all sequences that begin with it.
    fn explain_begun(&self, terms: &[i64], further: usize, begun: f64) -> Explanation {
        let known = terms.len();
        let mut buffer = vec![0; known + further.max(ALIKE)];
        let mut groups: HashMap<Vec<i64>, Group> = HashMap::new();
        let mut add = |relation: Relation, drawn: f64| {
            let length = relation.evaluate(&mut buffer);
            let Some(after) = buffer.get(known..length) else { return };
            if buffer[..known] != *terms {
                return;
            }
            let bits = bits(&relation);
            match groups.get_mut(after) {
                Some(group) => {
                    group.drawn += drawn;
                    if bits < group.bits {
                        (group.bits, group.relation) = (bits, relation);
                    }
                }
                None => {
                    groups.insert(after.to_vec(), Group { relation, bits, drawn });
                }
            }
        };
        // One or two terms begin up to a hundred thousand relations that are drawn. They would
        // take a third of a second and decide nothing.
        if let (Some(posterior), [_, _, _, ..]) = (self.posterior, terms) {
            for (entry, relation) in posterior.matching(terms) {
                add(relation, entry.prior / begun);
            }
        }
        search::search(terms).into_iter().for_each(|relation| add(relation, 0.0));

        let prior = |group: &Group| DRAWN * group.drawn + (1.0 - DRAWN) * (-group.bits).exp2();
        let mut groups: Vec<(f64, Vec<i64>, Group)> = groups
            .into_iter()
            .map(|(continuation, group)| (prior(&group), continuation, group))
            .collect();
        // No two go on alike, so the order does not depend on that of the hash map.
        groups.sort_unstable_by(|(prior, after, group), (other_prior, other_after, other)| {
            let by_bits = group.bits.total_cmp(&other.bits);
            other_prior.total_cmp(prior).then(by_bits).then_with(|| after.cmp(other_after))
        });
        let explained = groups.into_iter().map(|(probability, mut continuation, group)| {
            continuation.truncate(further);
            let Group { relation, drawn, .. } = group;
            FittingRelation { relation, probability, drawn: drawn > 0.0, continuation }
        });
        let mut relations: Vec<FittingRelation> = explained.collect();
        let total: f64 = relations.iter().map(|explained| explained.probability).sum();
        for explained in &mut relations {
            explained.probability /= total;
        }
        let without_reason = (1.0 - DRAWN) * (-listing(terms)).exp2();
        let confidence = if relations.is_empty() { 0.0 } else { total / (total + without_reason) };
        Explanation { relations, confidence, mass: total }
    }

    /// For each of `nexts`, the most probable relation that has the terms and goes on with
    /// it, and the probability that the terms go on so, given that they follow a relation;
    /// `None` where that is below one in a thousand.
    ///
    /// It finds more than [`explain`](Self::explain) does, since one more term may confirm a
    /// relation that fewer terms leave to coincidence.
    pub fn behind(&self, terms: &[i64], nexts: &[i64]) -> Vec<Option<(Relation, f64)>> {
        const LEAST: f64 = 1e-3;
        let first_begun = self.begun(terms);
        let before = match terms {
            // Both parts of the prior are given the first term: all relations are 1.
            [] | [_] => 1.0,
            _ => self.explain_begun(terms, 1, first_begun).mass,
        };
        let behind = |&next: &i64| {
            let terms: Vec<i64> = terms.iter().copied().chain([next]).collect();
            // Without terms, the candidate is the first term.
            let begun = if terms.len() == 1 { self.begun(&terms) } else { first_begun };
            let Explanation { relations, mass, .. } = self.explain_begun(&terms, 1, begun);
            let first = relations.into_iter().next()?;
            let probability = mass / before.max(mass);
            (probability >= LEAST).then_some((first.relation, probability))
        };
        nexts.iter().map(behind).collect()
    }

    /// The beginning of the terms that is explained best, and its most probable relation:
    /// the one that saves most of the bits it takes to list those terms; `None` when not
    /// even three terms probably follow one.
    pub fn beginning(&self, terms: &[i64]) -> Option<(usize, FittingRelation)> {
        /// Recurrences are found from some number of terms on, so a shorter beginning without
        /// an explanation says nothing about a longer one.
        const SURE: usize = 8;
        let mut best: Option<(f64, usize, FittingRelation)> = None;
        for length in 3..terms.len() {
            let beginning = &terms[..length];
            let explanation = self.explain(beginning, 1);
            if explanation.confidence < 0.5 {
                if length < SURE {
                    continue;
                }
                break;
            }
            let Some(first) = explanation.relations.into_iter().next() else { continue };
            let saved = listing(beginning) - bits(&first.relation);
            if best.as_ref().is_none_or(|(most, ..)| saved >= *most) {
                best = Some((saved, length, first));
            }
        }
        best.map(|(_, length, explained)| (length, explained))
    }
}

impl Explanation {
    /// The terms that may come next, the most probable first, given that one of the
    /// relations is right. Their probabilities are those of the relations.
    pub fn next(&self) -> Vec<Next> {
        let mut nexts: Vec<Next> = Vec::new();
        for explained in &self.relations {
            let Some(&term) = explained.continuation.first() else { continue };
            match nexts.iter_mut().find(|next| next.term == term) {
                Some(next) => next.probability += explained.probability,
                None => nexts.push(Next { term, probability: explained.probability }),
            }
        }
        let total: f64 = nexts.iter().map(|next| next.probability).sum();
        for next in &mut nexts {
            next.probability /= total;
        }
        nexts.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        nexts
    }
}
