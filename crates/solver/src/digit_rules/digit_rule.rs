//! The rule, and its terms.

use num_bigint::BigInt;

use super::closed::{Inner, Outer};
use super::step::StepRule;
use crate::expression::{Expression, Formula, a};
use crate::rule::Generator;

/// Bits of saying that a rule is one of these: fewer than one in a hundred sequences that people
/// write down are.
pub(super) const KIND: f64 = 7.5;

/// A rule of digits or of number theory.
#[derive(Clone, Debug, PartialEq)]
pub struct DigitRule {
    pub(super) kind: Kind,
    pub(super) bits: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// The first terms, and the step to the next.
    Iterated { seeds: Vec<BigInt>, step: StepRule, first: i64 },
    /// A function of the terms of a known sequence, from an index on.
    Closed { outer: Outer, inner: Inner, first: u64 },
    /// The terms of a known sequence modulo a number.
    Modulo { inner: Inner, first: u64, modulus: BigInt },
    /// `factor a(n-1) + constant` modulo a number, from the seed on.
    Congruential { seed: BigInt, factor: u64, constant: BigInt, modulus: BigInt },
}

/// Terms with more bits are not continued.
const LARGEST_TERM: u64 = 4000;

/// The squares of the sizes of all terms, in words, add up to this at most.
const LARGEST_WORK: u64 = 1_000_000;

impl Generator for DigitRule {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        match &self.kind {
            Kind::Iterated { seeds, step, .. } => {
                let mut terms = seeds.clone();
                let mut work = 0;
                while terms.len() < count {
                    let Some(next) = step.next(&terms) else { break };
                    let size = next.bits();
                    work += (size / 64 + 1).pow(2);
                    terms.push(next);
                    if size > LARGEST_TERM || work > LARGEST_WORK {
                        break;
                    }
                }
                terms.truncate(count);
                terms
            }
            Kind::Closed { outer, inner, first } => outer.terms(*inner, *first, count),
            Kind::Modulo { inner, first, modulus } => {
                inner.terms(*first, count).into_iter().map(|term| term % modulus).collect()
            }
            Kind::Congruential { seed, factor, constant, modulus } => {
                let next = |last: &BigInt| Some((last * factor + constant) % modulus);
                std::iter::successors(Some(seed.clone()), next).take(count).collect()
            }
        }
    }

    fn bits(&self) -> f64 {
        self.bits
    }

    fn seeds(&self) -> usize {
        match &self.kind {
            Kind::Iterated { seeds, .. } => seeds.len(),
            Kind::Closed { .. } | Kind::Modulo { .. } => 0,
            Kind::Congruential { .. } => 1,
        }
    }

    fn formula(&self) -> Formula {
        match &self.kind {
            Kind::Iterated { seeds, step, first } => match step.expression() {
                Ok(right) => Formula::of(right).starting(*first, seeds.clone()),
                Err(words) => Formula::words(words).starting(*first, seeds.clone()),
            },
            Kind::Modulo { inner, first, modulus } => {
                let modulus = Box::new(Expression::Integer(modulus.clone()));
                let right = Expression::Modulo(Box::new(inner.expression()), modulus);
                Formula::of(right).starting(*first as i64, Vec::new())
            }
            Kind::Congruential { seed, factor, constant, modulus } => {
                let product = Expression::product(vec![Expression::integer(*factor), a(-1)]);
                let sum = Expression::sum(vec![product, Expression::Integer(constant.clone())]);
                let modulus = Box::new(Expression::Integer(modulus.clone()));
                let right = Expression::Modulo(Box::new(sum), modulus);
                Formula::of(right).starting(0, vec![seed.clone()])
            }
            Kind::Closed { outer, inner, first } => match outer.expression(inner.expression()) {
                Ok(right) => Formula::of(right).starting(*first as i64, Vec::new()),
                Err(words) => Formula::words(format!("{words}, from n = {first} on")),
            },
        }
    }
}

/// How many different values there are, up to four.
pub(super) fn different(values: &[BigInt]) -> usize {
    let mut seen: Vec<&BigInt> = Vec::with_capacity(4);
    for value in values {
        if !seen.contains(&value) {
            seen.push(value);
            if seen.len() == 4 {
                break;
            }
        }
    }
    seen.len()
}
