//! The Bayes limit: how good a predictor of the generator's sequences can be.
//!
//! The predictor is the one of [`Posterior::next`]: it knows what can be drawn and how
//! often, but not which family a sequence is from. It is judged by *every* sequence, each
//! counted as often as it is drawn, so its figures are no estimates; no predictor has a
//! higher accuracy at any position, or a lower cross-entropy.
//!
//! All figures are defined as those of a model that is judged by fresh sequences:
//! positions are pooled, a position is scored where its next term is in the range, the
//! last position is that after a full context.

use super::{Posterior, Space};
use ninth_sequences::{Family, MIN_TERMS, Phase};

/// The first position whose prediction counts for whole sequences: that of the fourth
/// term.
const WHOLE_FROM: usize = MIN_TERMS - 2;

/// The figures of the best predictor.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Those families that are drawn.
    pub(super) families: Vec<(Family, Tally)>,
    pub(super) positions: usize,
    pub(super) relations: usize,
    pub(super) mass: f64,
}

/// How good the best predictor is on some sequences. Each is a mean; one of nothing is
/// `NaN`.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// The share of all draws that these sequences are.
    pub share: f64,
    /// Right predictions of the term after a full context.
    pub accuracy_last: f64,
    /// Right predictions, over all positions.
    pub accuracy_all: f64,
    /// Sequences whose every term from the fourth on is predicted.
    pub accuracy_whole: f64,
    /// -ln of the right term's probability, over all positions: the entropy of a term,
    /// given those before it.
    pub cross_entropy: f64,
    /// Distance between the predicted and the right term, over all positions.
    pub distance: f64,
    /// The smallest possible distance: that of the median instead of the most probable
    /// term.
    pub least_distance: f64,
    /// Right predictions after one term, after two, ...
    pub accuracy_by_position: Vec<f64>,
}

/// Sums over the sequences of one family, which are all equally probable.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
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
        let tally = |probability| Tally {
            probability,
            correct: vec![0; positions],
            scored: vec![0; positions],
            ..Tally::default()
        };
        let families = self.space.families.iter();
        let mut walk = Walk {
            tallies: families.map(|family| tally(family.probability)).collect(),
            length: self.length(),
            ..Walk::default()
        };
        // The sequences with the same first term at a time, so that few terms are kept.
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
    tallies: Vec<Tally>,
    length: usize,
    /// `length` of each sequence.
    terms: Vec<i64>,
    /// The place of its family, and its number of terms.
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

    /// Counts what was added, and forgets it.
    fn finish(&mut self) {
        self.predict(0, self.sequences.len(), 1, true);
        self.terms.clear();
        self.sequences.clear();
    }

    /// Predicts the sequences from `start` to `end`, which have their first `known` terms
    /// in common, from there on. `right` says whether what counts for whole sequences was
    /// right so far.
    fn predict(&mut self, mut start: usize, end: usize, known: usize, right: bool) {
        // Those that end here stand first.
        while start < end && self.sequences[start].1 == known {
            self.end(start, right);
            start += 1;
        }
        if let Some(&(family, length)) = self.sequences.get(start)
            && start + 1 == end
        {
            // The terms tell which one it is: everything is certain from here on.
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
    /// All sequences.
    pub fn overall(&self) -> Figures {
        self.figures(|_| true)
    }

    /// The sequences of a phase.
    pub fn phase(&self, phase: Phase) -> Figures {
        self.figures(|family| family.phase() == phase)
    }

    /// The sequences of a family; `None` when it is never drawn.
    pub fn family(&self, family: Family) -> Option<Figures> {
        let drawn = self.families.iter().any(|(drawn, _)| *drawn == family);
        drawn.then(|| self.figures(|other| other == family))
    }

    /// The sequences of each family that is drawn.
    pub fn families(&self) -> impl Iterator<Item = (Family, Figures)> {
        self.families.iter().map(|&(family, _)| (family, self.figures(|other| other == family)))
    }

    /// How many relations were enumerated.
    pub fn relations(&self) -> usize {
        self.relations
    }

    /// The probability that they have together: 1, but for rounding.
    pub fn mass(&self) -> f64 {
        self.mass
    }

    fn figures(&self, wanted: impl Fn(Family) -> bool) -> Figures {
        let chosen = || {
            let families = self.families.iter().filter(|(family, _)| wanted(*family));
            families.map(|(_, tally)| tally)
        };
        let sum = |figure: &dyn Fn(&Tally) -> f64| -> f64 {
            chosen().map(|tally| tally.probability * figure(tally)).sum()
        };
        let share = sum(&|tally| tally.sequences as f64);
        let scored = sum(&|tally| tally.scored.iter().sum::<u64>() as f64);
        let at = |position: usize| {
            let correct = sum(&|tally| tally.correct[position] as f64);
            correct / sum(&|tally| tally.scored[position] as f64)
        };
        Figures {
            share,
            accuracy_last: at(self.positions - 1),
            accuracy_all: sum(&|tally| tally.correct.iter().sum::<u64>() as f64) / scored,
            // No valid sequence has fewer than four terms.
            accuracy_whole: sum(&|tally| tally.whole as f64) / share,
            cross_entropy: sum(&|tally| tally.cross_entropy) / scored,
            distance: sum(&|tally| tally.distance as f64) / scored,
            least_distance: sum(&|tally| tally.least_distance as f64) / scored,
            accuracy_by_position: (0..self.positions).map(at).collect(),
        }
    }
}
