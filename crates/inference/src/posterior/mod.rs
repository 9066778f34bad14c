//! The posterior over relations: everything that can be drawn, with its probability,
//! found by the terms that it begins with.
//!
//! The parameter space is finite, so the best possible predictor of it can be computed. A
//! [`Posterior`] lists every valid parameter tuple of every family, *sorted by its terms*:
//! the sequences that begin alike stand side by side, and a binary search finds them. By
//! Bayes' rule the posterior probability of a relation, given the terms, is its share of
//! what stands there; that of a next term is the share of the sequences that go on with
//! it.
//!
//! An entry is the tuple alone, four bytes. Its terms are not stored: computing them
//! again takes about as long as fetching them from memory would, and the index of 1.3
//! million sequences is 5 MB instead of 20, at any length.
//!
//! | file | what it holds |
//! |---|---|
//! | `mod.rs` | [`Posterior`]: the index, and what follows from it |
//! | `limit.rs` | [`Limit`]: how good a predictor can be |
//! | `bytes.rs`, `limit_bytes.rs` | the index and the limit as bytes, to be kept in a file |

mod bytes;
mod limit;
mod limit_bytes;

use std::cmp::Ordering;
use std::ops::Range;

pub use bytes::{IndexKey, UnreadableIndex};
pub use limit::{Limit, LimitMetrics};

use ninth_sequences::{
    Family, IntegerRange, MIN_TERMS, ParameterSpace, Phase, PhaseWeights, Relation, Sampler,
};

/// The index of everything that a generator can draw, sorted by terms.
///
/// ```
/// use ninth_inference::Posterior;
/// use ninth_sequences::{IntegerRange, PhaseWeights, Sampler};
///
/// let sampler = Sampler::new(0, IntegerRange::default(), 9)?;
/// let posterior = Posterior::new(&sampler, PhaseWeights::DOCUMENT);
/// let next = posterior.next(&[1, 1, 2, 3, 5, 8, 13, 21]);
/// assert_eq!(next[0].term, 34);
/// # Ok::<(), ninth_sequences::Error>(())
/// ```
#[derive(Debug)]
pub struct Posterior {
    space: Space,
    /// The code of each parameter tuple, sorted by the terms; see [`FamilySpace::first_code`].
    codes: Vec<u32>,
}

/// The codes of an index: which tuple of which family each is, and how probable.
#[derive(Debug)]
struct Space {
    range: IntegerRange,
    length: usize,
    weights: PhaseWeights,
    /// In the order of [`Family::ALL`].
    families: Vec<FamilySpace>,
    /// The first code of each, on their own, so that a search reads a few cache lines.
    first_codes: Vec<u32>,
}

/// One family's place among the codes, and the probability of each of its tuples.
#[derive(Debug)]
struct FamilySpace {
    family: Family,
    parameters: ParameterSpace,
    /// The code of its first parameter tuple.
    first_code: u32,
    /// Its valid tuples; 0 where the family is never drawn.
    valid: u32,
    /// The probability that a draw is one certain tuple of them.
    probability: f64,
}

/// A parameter tuple and its probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightedTuple {
    /// The family.
    pub family: Family,
    /// The index of the parameter tuple within the family.
    pub parameters: u32,
    /// The probability of drawing it: that of its phase, divided by the number of
    /// families in the phase and by that of the family's valid tuples.
    pub prior: f64,
}

/// A term that may come next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Next {
    /// The term.
    pub term: i64,
    /// Its probability, given the terms before it and that there is a next one.
    pub probability: f64,
}

impl Space {
    /// `valid` returns the number of valid tuples of families that are drawn, given their
    /// parameters and the code of the first tuple; it is called in the order of the codes.
    fn new(
        range: IntegerRange,
        length: usize,
        weights: PhaseWeights,
        mut valid: impl FnMut(Family, &ParameterSpace, u32) -> u32,
    ) -> Self {
        let mut first_code = 0;
        let mut families = Family::ALL.map(|family| {
            let parameters = ParameterSpace::new(family, range);
            let valid = match weights.of(family.phase()) > 0.0 {
                true => valid(family, &parameters, first_code),
                false => 0,
            };
            let space = FamilySpace { family, first_code, valid, probability: 0.0, parameters };
            // Below 2^24 tuples each, of fewer than 256 families.
            first_code += space.parameters.count();
            space
        });
        for phase in Phase::ALL {
            let of_phase = |space: &&mut FamilySpace| space.family.phase() == phase;
            // A family without any tuple is not drawn from; the others share its part.
            let drawn = families.iter_mut().filter(of_phase).filter(|space| space.valid > 0);
            let drawn: Vec<&mut FamilySpace> = drawn.collect();
            let share = weights.of(phase);
            let count = drawn.len() as f64;
            for space in drawn {
                space.probability = share / (f64::from(space.valid) * count);
            }
        }
        let first_codes = families.iter().map(|family| family.first_code).collect();
        Self { range, length, weights, families: families.into(), first_codes }
    }

    /// The family that a code belongs to.
    fn family(&self, code: u32) -> &FamilySpace {
        let after = self.first_codes.partition_point(|first_code| *first_code <= code);
        &self.families[after.saturating_sub(1)] // the first one starts at 0
    }

    /// Fills `terms` and returns how many of them there are in the range.
    fn terms(&self, code: u32, terms: &mut [i64]) -> usize {
        let family = self.family(code);
        let evaluated = family.parameters.evaluate(code - family.first_code, terms);
        self.range.run(&terms[..evaluated])
    }
}

impl Posterior {
    /// Everything that `sampler` can draw under these phase weights, up to its length;
    /// its seed does not matter. Phases of weight zero are omitted.
    ///
    /// At the default range this takes a fifth of a second and 30 MB, of which the index keeps
    /// 5; with the wider phase two seconds and 60 MB.
    pub fn new(sampler: &Sampler, weights: PhaseWeights) -> Self {
        let (range, length) = (sampler.range(), sampler.length());

        // Sorted by as many terms as fit into 96 bits, in front of the code: all nine of
        // the default, and the first ones of longer sequences. Behind the end of a sequence
        // stands 0, which sorts in front of every class.
        let symbol_bits = u64::BITS - (range.classes() as u64).leading_zeros();
        let symbols = length.min((96 / symbol_bits) as usize); // more than MIN_TERMS
        let mut terms = vec![0; symbols];
        let mut keys = Vec::new();
        let space = Space::new(range, length, weights, |_, parameters, first_code| {
            let before = keys.len();
            for index in 0..parameters.count() {
                let evaluated = parameters.evaluate(index, &mut terms);
                let found = range.run(&terms[..evaluated]);
                if found < MIN_TERMS {
                    continue;
                }
                let symbol = |index: usize| match range.class_of(terms[index]) {
                    Some(class) if index < found => u128::from(class) + 1,
                    _ => 0,
                };
                let key = (0..symbols).fold(0, |key, index| key << symbol_bits | symbol(index));
                keys.push(key << 32 | u128::from(first_code + index));
            }
            (keys.len() - before) as u32 // as the codes, they fit
        });
        keys.sort_unstable();
        let mut codes: Vec<u32> = keys.iter().map(|key| *key as u32).collect();
        if symbols < length {
            let mut start = 0;
            for alike in keys.chunk_by(|a, b| a >> 32 == b >> 32) {
                let end = start + alike.len();
                sort_by_terms(&space, &mut codes[start..end]);
                start = end;
            }
        }
        Self { space, codes }
    }

    /// The range of the terms.
    pub fn range(&self) -> IntegerRange {
        self.space.range
    }

    /// The largest number of terms of a sequence.
    pub fn length(&self) -> usize {
        self.space.length
    }

    /// The number of relations that can be drawn.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether the index is empty, as the part of an index may be; no sampler has none.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The probability of everything in the index together: 1, but for rounding.
    pub fn mass(&self) -> f64 {
        let families = self.space.families.iter();
        families.map(|family| f64::from(family.valid) * family.probability).sum()
    }

    /// The relations whose sequences begin with `terms`, and their prior probabilities.
    /// Beyond [`length`](Self::length), terms may lie outside the range.
    pub fn matching<'a>(
        &'a self,
        terms: &'a [i64],
    ) -> impl Iterator<Item = (WeightedTuple, Relation)> + 'a {
        let known = terms.len().min(self.length());
        let beyond = terms.len() > known;
        let mut buffer = vec![0; terms.len()];
        self.codes[self.find(&terms[..known])].iter().filter_map(move |&code| {
            let family = self.space.family(code);
            let parameters = code - family.first_code;
            let relation = family.parameters.relation(parameters)?;
            if beyond && (relation.evaluate(&mut buffer) < terms.len() || buffer != terms) {
                return None;
            }
            let (family, prior) = (family.family, family.probability);
            Some((WeightedTuple { family, parameters, prior }, relation))
        })
    }

    /// The probability that a sequence begins with `terms`, of which the first
    /// [`length`](Self::length) count.
    pub fn probability(&self, terms: &[i64]) -> f64 {
        let range = self.find(&terms[..terms.len().min(self.length())]);
        self.codes[range].iter().map(|&code| self.space.family(code).probability).sum()
    }

    /// The terms that may come after `terms` and their probabilities, the most probable
    /// first, the smaller one first among equals; none when no sequence begins with
    /// `terms`, or none that goes on.
    ///
    /// This is Bayes' rule, without approximation: the probability of each is that of the
    /// sequences that go on with it, divided by that of all which go on.
    pub fn next(&self, terms: &[i64]) -> Vec<Next> {
        let known = terms.len();
        if known >= self.length() {
            return Vec::new();
        }
        let mut buffer = vec![0; known + 1];
        let mut nexts: Vec<Next> = Vec::new();
        for &code in &self.codes[self.find(terms)] {
            if self.space.terms(code, &mut buffer) <= known {
                continue;
            }
            let (term, probability) = (buffer[known], self.space.family(code).probability);
            match nexts.last_mut() {
                Some(last) if last.term == term => last.probability += probability,
                _ => nexts.push(Next { term, probability }),
            }
        }
        let total: f64 = nexts.iter().map(|next| next.probability).sum();
        // A stable sort keeps equal ones in the order of their terms. It comes before the
        // division, whose rounding may make others equal.
        nexts.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        for next in &mut nexts {
            next.probability /= total;
        }
        nexts
    }

    /// Where the sequences stand that begin with `terms`, at most `length` of them.
    fn find(&self, terms: &[i64]) -> Range<usize> {
        let mut buffer = vec![0; terms.len()];
        let mut compare = |code: u32| {
            let found = self.space.terms(code, &mut buffer);
            // A sequence that ends stands in front of those that go on.
            buffer[..found].cmp(terms)
        };
        let start = self.codes.partition_point(|&code| compare(code) == Ordering::Less);
        let rest = &self.codes[start..];
        start..start + rest.partition_point(|&code| compare(code) == Ordering::Equal)
    }
}

/// Sorts codes by all of their terms, equal ones by the codes themselves.
fn sort_by_terms(space: &Space, codes: &mut [u32]) {
    if codes.len() > 1 {
        codes.sort_by_cached_key(|&code| {
            let mut terms = vec![0; space.length];
            let length = space.terms(code, &mut terms);
            terms.truncate(length);
            (terms, code)
        });
    }
}
