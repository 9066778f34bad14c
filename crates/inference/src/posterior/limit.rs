//! The Bayes limit: how good a predictor of the generator's sequences can be.
//!
//! The predictor is the one of [`Posterior::next`]: it knows what can be drawn and how
//! often, but not which family a sequence is from. It is judged by *every* sequence, each
//! counted as often as it is drawn, so its metrics are exact; no predictor has a
//! higher accuracy at any position, or a lower cross-entropy.
//!
//! The metrics are those of [`Metrics`].

use super::{Posterior, Space};
use crate::metrics::{Metrics, WHOLE_FROM};
use crate::named::Named;
use ninth_sequences::{Family, Phase};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The metrics of the best predictor, by family.
///
/// In JSON it is an object with `all`, `phases` and `families`.
///
/// ```
/// use ninth_inference::Posterior;
/// use ninth_sequences::{IntegerRange, Phase, PhaseWeights, Sampler};
///
/// let sampler = Sampler::new(0, IntegerRange::new(0, 20)?, 6)?;
/// let limit = Posterior::new(&sampler, PhaseWeights::only(Phase::Simple)).limit();
/// let best = limit.overall();
/// // Later terms are predicted better than the first ones.
/// assert!(best.metrics.accuracy_last > best.metrics.accuracy_all);
/// assert!(best.least_distance <= best.metrics.distance);
/// # Ok::<(), ninth_sequences::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Limit {
    /// The families that are drawn.
    pub(super) families: Vec<(Family, FamilySums)>,
    pub(super) positions: usize,
    pub(super) relations: usize,
    pub(super) mass: f64,
}

/// How good the best predictor is on some sequences.
///
/// In JSON the metrics stand between `share` and `accuracy_by_position`, without a number of
/// sequences: all were judged.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitMetrics {
    /// The share of all draws that these sequences are.
    pub share: f64,
    /// The metrics; `sequences` is the number of relations, `loss` is NaN.
    pub metrics: Metrics,
    /// The smallest possible distance: that of the median instead of the most probable
    /// term.
    pub least_distance: f64,
}

/// Sums over the sequences of one family, which are all equally probable.
#[derive(Clone, Debug, Default)]
pub(super) struct FamilySums {
    /// The probability of one sequence.
    pub(super) probability: f64,
    pub(super) sequences: u64,
    pub(super) whole: u64,
    pub(super) correct: Vec<u64>,
    pub(super) scored: Vec<u64>,
    pub(super) distance: u64,
    pub(super) least_distance: u64,
    pub(super) cross_entropy: f64,
}

impl Posterior {
    /// How good a predictor can be, by going through every sequence once.
    pub fn limit(&self) -> Limit {
        let positions = self.length() - 1;
        let tally = |probability| FamilySums {
            probability,
            correct: vec![0; positions],
            scored: vec![0; positions],
            ..FamilySums::default()
        };
        let families = self.space.families.iter();
        let mut walk = Walk {
            tallies: families.map(|family| tally(family.probability)).collect(),
            length: self.length(),
            ..Walk::default()
        };
        // One first term at a time, so that few terms are kept in memory.
        let mut terms = vec![0; self.length()];
        for &code in &self.codes {
            let found = self.space.terms(code, &mut terms);
            if walk.terms.first().is_some_and(|first| *first != terms[0]) {
                walk.finish();
            }
            walk.add(&self.space, code, &terms, found);
        }
        walk.finish();
        let drawn = Family::ALL.into_iter().zip(walk.tallies);
        Limit {
            families: drawn.filter(|(_, tally)| tally.sequences > 0).collect(),
            positions,
            relations: self.len(),
            mass: self.mass(),
        }
    }
}

/// Sequences that begin alike, and the sums so far.
#[derive(Default)]
struct Walk {
    tallies: Vec<FamilySums>,
    length: usize,
    /// `length` of each sequence.
    terms: Vec<i64>,
    /// The index of its family, and its number of terms.
    sequences: Vec<(usize, usize)>,
}

/// The sequences that go on with the same term.
struct Branch {
    term: i64,
    end: usize,
    mass: f64,
}

impl Walk {
    fn add(&mut self, space: &Space, code: u32, terms: &[i64], found: usize) {
        let after = space.families.partition_point(|family| family.first_code <= code);
        self.terms.extend_from_slice(terms);
        self.sequences.push((after.saturating_sub(1), found));
    }

    /// Counts the sequences added, and clears them.
    fn finish(&mut self) {
        self.predict(0, self.sequences.len(), 1, true);
        self.terms.clear();
        self.sequences.clear();
    }

    /// Predicts the sequences from `start` to `end`, which have their first `known` terms
    /// in common, from there on. `right` says whether all predictions so far that count for
    /// whole sequences were right.
    fn predict(&mut self, mut start: usize, end: usize, known: usize, right: bool) {
        // Sequences that end here are sorted first.
        while start < end && self.sequences[start].1 == known {
            self.end(start, right);
            start += 1;
        }
        if let Some(&(family, length)) = self.sequences.get(start)
            && start + 1 == end
        {
            // Only one sequence is left, so its terms are certain from here on.
            for position in known - 1..length - 1 {
                self.tallies[family].scored[position] += 1;
                self.tallies[family].correct[position] += 1;
            }
            return self.end(start, right);
        }

        let mut branches: Vec<Branch> = Vec::new();
        for index in start..end {
            let term = self.terms[index * self.length + known];
            let mass = self.tallies[self.sequences[index].0].probability;
            match branches.last_mut() {
                Some(branch) if branch.term == term => {
                    branch.end = index + 1;
                    branch.mass += mass;
                }
                _ => branches.push(Branch { term, end: index + 1, mass }),
            }
        }
        let total: f64 = branches.iter().map(|branch| branch.mass).sum();
        let Some(first) = branches.first() else { return };
        let (mut best, mut median, mut below) = (first, first.term, 0.0);
        for branch in &branches {
            if branch.mass > best.mass {
                best = branch;
            }
            if below < 0.5 * total {
                median = branch.term;
            }
            below += branch.mass;
        }
        let best = best.term;

        let position = known - 1;
        for branch in branches {
            let correct = branch.term == best;
            let (distance, least) = (branch.term.abs_diff(best), branch.term.abs_diff(median));
            let cross_entropy = (total / branch.mass).ln();
            for index in start..branch.end {
                let tally = &mut self.tallies[self.sequences[index].0];
                tally.scored[position] += 1;
                tally.correct[position] += u64::from(correct);
                tally.distance += distance;
                tally.least_distance += least;
                tally.cross_entropy += cross_entropy;
            }
            let right = right && (correct || position < WHOLE_FROM);
            if known + 1 == self.length {
                for index in start..branch.end {
                    self.end(index, right);
                }
            } else {
                self.predict(start, branch.end, known + 1, right);
            }
            start = branch.end;
        }
    }

    fn end(&mut self, index: usize, right: bool) {
        let tally = &mut self.tallies[self.sequences[index].0];
        tally.sequences += 1;
        tally.whole += u64::from(right);
    }
}

impl Limit {
    /// The metrics on all sequences.
    pub fn overall(&self) -> LimitMetrics {
        self.sum(|_| true)
    }

    /// The metrics on the sequences of a phase.
    pub fn phase(&self, phase: Phase) -> LimitMetrics {
        self.sum(|family| family.phase() == phase)
    }

    /// The metrics on the sequences of a family; `None` when it is never drawn.
    pub fn family(&self, family: Family) -> Option<LimitMetrics> {
        let drawn = self.families.iter().any(|(drawn, _)| *drawn == family);
        drawn.then(|| self.sum(|other| other == family))
    }

    /// The phases that are drawn from, with their metrics.
    pub fn phases(&self) -> impl Iterator<Item = (Phase, LimitMetrics)> {
        let phases = Phase::ALL.into_iter().map(|phase| (phase, self.phase(phase)));
        phases.filter(|(_, metrics)| metrics.share > 0.0)
    }

    /// The families that are drawn, with their metrics.
    pub fn families(&self) -> impl Iterator<Item = (Family, LimitMetrics)> {
        self.families.iter().map(|&(family, _)| (family, self.sum(|other| other == family)))
    }

    /// The number of relations enumerated.
    pub fn relations(&self) -> usize {
        self.relations
    }

    /// The probability that they have together: 1, but for rounding.
    pub fn mass(&self) -> f64 {
        self.mass
    }

    fn sum(&self, wanted: impl Fn(Family) -> bool) -> LimitMetrics {
        let chosen = || {
            let families = self.families.iter().filter(|(family, _)| wanted(*family));
            families.map(|(_, sums)| sums)
        };
        let sum = |of: &dyn Fn(&FamilySums) -> f64| -> f64 {
            chosen().map(|sums| sums.probability * of(sums)).sum()
        };
        let share = sum(&|sums| sums.sequences as f64);
        let scored = sum(&|sums| sums.scored.iter().sum::<u64>() as f64);
        let at = |position: usize| {
            let correct = sum(&|sums| sums.correct[position] as f64);
            correct / sum(&|sums| sums.scored[position] as f64)
        };
        LimitMetrics {
            share,
            metrics: Metrics {
                sequences: chosen().map(|sums| sums.sequences).sum(),
                loss: f64::NAN,
                cross_entropy: sum(&|sums| sums.cross_entropy) / scored,
                accuracy_last: at(self.positions - 1),
                accuracy_all: sum(&|sums| sums.correct.iter().sum::<u64>() as f64) / scored,
                // No valid sequence has fewer than four terms.
                accuracy_whole: sum(&|sums| sums.whole as f64) / share,
                distance: sum(&|sums| sums.distance as f64) / scored,
                accuracy_by_position: (0..self.positions).map(at).collect(),
            },
            least_distance: sum(&|sums| sums.least_distance as f64) / scored,
        }
    }
}

impl Serialize for LimitMetrics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("share", &self.share)?;
        self.metrics.serialize_single(&mut map)?;
        map.serialize_entry("least_distance", &self.least_distance)?;
        self.metrics.serialize_positions(&mut map)?;
        map.end()
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let phases = self.phases().map(|(phase, metrics)| (phase.name(), metrics));
        let families = self.families().map(|(family, metrics)| (family.name(), metrics));
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("all", &self.overall())?;
        map.serialize_entry("phases", &Named(phases.collect()))?;
        map.serialize_entry("families", &Named(families.collect()))?;
        map.end()
    }
}
