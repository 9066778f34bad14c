//! Two, three or four sequences in turn.

use num_bigint::BigInt;

use crate::bits;
use crate::expression::{Expression, Formula};
use crate::listing::Listing;
use crate::rule::{Generator, Rule};

/// The largest number of sequences in turn.
pub const MOST: usize = 4;

/// Sequences in turn: `a(k n + i)` is term `n` of the `i`-th.
#[derive(Clone, Debug, PartialEq)]
pub struct Interleaved {
    parts: Vec<Rule>,
    bits: f64,
}

/// Every `of`-th term, from each of the first `of` places on.
pub fn parts(terms: &[BigInt], of: usize) -> Vec<Vec<BigInt>> {
    (0..of).map(|place| terms.iter().skip(place).step_by(of).cloned().collect()).collect()
}

impl Interleaved {
    /// The rules in turn, with the terms that each was found behind.
    pub fn new(rules: Vec<Rule>, terms: &[Vec<BigInt>]) -> Self {
        let mut total = 3.0 + 2.0 * (rules.len() as f64 - 1.0);
        let mut before: Option<f64> = None;
        for (place, (rule, terms)) in rules.iter().zip(terms).enumerate() {
            let first = if place == 0 { 0.0 } else { bits::big(&terms[0]) };
            let own = rule.bits() + Listing::of(terms).of_first(rule.seeds());
            // The same rule again, from another term on, is said in a word.
            let alike = before.is_some_and(|before| (before - own).abs() < 1e-9);
            total += first + if alike { own.min(2.0) } else { own };
            before = Some(own);
        }
        Interleaved { parts: rules, bits: total }
    }
}

impl Generator for Interleaved {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        let of = self.parts.len();
        let each: Vec<Vec<BigInt>> =
            self.parts.iter().map(|part| part.terms(count.div_ceil(of))).collect();
        let term = |index: usize| each[index % of].get(index / of).cloned();
        (0..count).map_while(term).collect()
    }

    fn bits(&self) -> f64 {
        self.bits
    }

    fn seeds(&self) -> usize {
        0
    }

    fn formula(&self) -> Formula {
        let formulas: Vec<Formula> = self.parts.iter().map(Generator::formula).collect();
        let closed: Option<Vec<Expression>> = formulas
            .iter()
            .map(|formula| {
                let shift = Expression::shifted(formula.first());
                formula.closed_form().map(|form| form.with_index(&shift))
            })
            .collect();
        match closed {
            Some(rules) => Formula::in_turn(rules),
            None => {
                let letters = ["s", "t", "u", "v"];
                let terms = letters.map(|letter| Expression::term(letter, 0));
                let named = formulas.iter().zip(letters);
                let parts = named.map(|(formula, letter)| {
                    let mut nested = formula.clone();
                    for _ in 0..self.parts.len() {
                        nested = nested.nested();
                    }
                    nested.starting_at_zero().named(letter)
                });
                Formula::in_turn(terms[..self.parts.len()].to_vec()).with_parts(parts.collect())
            }
        }
    }
}
