//! Known sequences from some term on, as parts of a combination.

use num_bigint::BigInt;

use crate::bits;
use crate::catalogue::Entry;
use crate::expression::{Expression, Formula};

/// Starts that are tried: the first terms of an entry.
pub(super) const STARTS: usize = 4;

/// Entries that are tried as an operand of joins that have no inverse: the best known ones.
pub(super) const FAMOUS: f64 = 8.0;

/// The first ones that a person thinks of: squares, cubes, primes.
pub(super) const FIRST: f64 = 6.0;

/// A known sequence from some term on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    pub(crate) entry: &'static Entry,
    pub(crate) start: usize,
}

impl Part {
    /// Whether it is one of [`best_known`].
    pub(crate) fn is_best_known(&self) -> bool {
        self.entry.bits() <= FAMOUS && self.start < 2
    }

    pub(super) fn is_among_the_first(&self) -> bool {
        self.entry.bits() <= FIRST
    }

    /// Which of two ways round is said.
    pub(crate) fn order(&self) -> (String, usize) {
        (self.entry.number(), self.start)
    }

    pub(crate) fn terms(&self, count: usize) -> Vec<BigInt> {
        let mut all = self.entry.terms(self.start + count);
        all.drain(..self.start.min(all.len()));
        all
    }

    /// Where it begins costs little.
    pub(crate) fn bits(&self) -> f64 {
        self.entry.bits() + bits::natural(self.start as u64 + 1)
    }

    /// What stands for it in a formula whose index begins at 0, and the definition of that.
    pub(crate) fn expression(&self, letter: &str) -> (Expression, Option<Formula>) {
        let formula = self.entry.formula();
        let index = Expression::shifted(self.entry.first_index() + self.start as i64);
        match formula.closed_form() {
            Some(closed) => (closed.with_index(&index), None),
            None => {
                // A recurrence says more than its name.
                let definition = match formula.is_recurrence() {
                    true => formula,
                    false => {
                        let (noun, number) = (self.entry.noun(), self.entry.number());
                        Formula::words(format!("{noun} ({number})"))
                    }
                };
                (Expression::Call(letter.to_owned(), vec![index]), Some(definition.named(letter)))
            }
        }
    }

    /// What stands for two parts, and their definitions: one where both are the same sequence.
    pub(crate) fn with(&self, other: &Part) -> [(Expression, Option<Formula>); 2] {
        let same = self.entry == other.entry;
        let (second, definition) = other.expression(if same { "s" } else { "t" });
        [self.expression("s"), (second, definition.filter(|_| !same))]
    }
}
