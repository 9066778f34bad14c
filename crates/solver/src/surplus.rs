//! How much given terms say beyond what a rule takes from them.
//!
//! A fitted rule takes as many terms as it has free numbers; only the terms that remain confirm
//! it. A term confirms by as many bits as it takes to list it, and where terms grow smoothly, by
//! the bits of its distance from a guess, since any rule of about the right growth comes close.

use num_bigint::BigInt;
use num_traits::Zero;

use crate::bits;
use crate::linear_algebra::exact_quotient;
use crate::rule::{Generator, Rule};
use crate::terms::Terms;

/// Bits of each term, told after the terms before it, in the shortest of a few plain ways.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    bits: Vec<f64>,
}

impl Listing {
    /// Of these terms.
    pub(crate) fn of(terms: &Terms) -> Self {
        let exact = terms.exact();
        let plain: Vec<f64> = exact.iter().map(bits::big).collect();
        let guessed = |guess: &dyn Fn(usize) -> BigInt| -> Vec<f64> {
            let told = |place: usize| match place {
                0 => plain[0],
                _ => bits::big(&(&exact[place] - guess(place))),
            };
            (0..exact.len()).map(told).collect()
        };
        let ratio = |place: usize| match place {
            1 => exact[0].clone(),
            _ => {
                let (last, before) = (&exact[place - 1], &exact[place - 2]);
                if before.is_zero() { last.clone() } else { last * last / before }
            }
        };
        let line = |place: usize| match place {
            1 => exact[0].clone(),
            _ => 2 * &exact[place - 1] - &exact[place - 2],
        };
        let others = [guessed(&|place| exact[place - 1].clone()), guessed(&line), guessed(&ratio)];
        let mut best = plain;
        for other in others {
            if other.iter().sum::<f64>() + 2.0 < best.iter().sum() {
                best = other;
            }
        }
        Listing { bits: best }
    }

    /// Bits that are saved by a rule that takes the first `seeds` terms as they are and has a
    /// description of `bits`.
    pub(crate) fn saved(&self, seeds: usize, bits: f64) -> f64 {
        self.bits.iter().skip(seeds).sum::<f64>() - bits
    }

    /// Bits of the last `count` terms.
    pub(crate) fn last(&self, count: usize) -> f64 {
        self.bits.iter().rev().take(count).sum()
    }
}

/// Whether the rule gives all terms, and at least the next one; where it ends after that, it is
/// because it divides by zero.
pub(crate) fn reproduces(rule: &Rule, terms: &Terms) -> bool {
    let continued = rule.terms(terms.len() + 1);
    continued.len() > terms.len() && continued[..terms.len()] == *terms.exact()
}

/// The rules found so far, without those that save no bits.
pub(crate) struct Collector<'a> {
    pub(crate) terms: &'a Terms,
    pub(crate) listing: Listing,
    found: &'a mut Vec<Rule>,
    least: f64,
}

impl<'a> Collector<'a> {
    /// Of rules for these terms that save at least `least` bits.
    pub(crate) fn new(terms: &'a Terms, found: &'a mut Vec<Rule>, least: f64) -> Self {
        Collector { terms, listing: Listing::of(terms), found, least }
    }

    /// Adds a rule if it saves bits and gives the terms.
    pub(crate) fn add(&mut self, rule: Rule) -> bool {
        let worth = self.listing.saved(rule.seeds(), rule.bits()) >= self.least;
        let added = worth && !self.found.contains(&rule) && reproduces(&rule, self.terms);
        if added {
            self.found.push(rule);
        }
        added
    }
}

/// The value of a polynomial, given its coefficients from the constant on.
pub(crate) fn value(coefficients: &[BigInt], at: i64) -> BigInt {
    coefficients.iter().rev().fold(BigInt::zero(), |value, factor| value * at + factor)
}

/// The coefficients of `p(n - shift)`.
pub(crate) fn shifted(coefficients: &[BigInt], shift: i64) -> Vec<BigInt> {
    let mut result = coefficients.to_vec();
    // Horner's rule, once for each power (Taylor shift).
    for from in 0..result.len() {
        for place in (from..result.len() - 1).rev() {
            let above = &result[place + 1] * shift;
            result[place] -= above;
        }
    }
    result
}

/// Divides all coefficients, where that is exact.
pub(crate) fn divided(coefficients: &[BigInt], divisor: &BigInt) -> Option<Vec<BigInt>> {
    coefficients.iter().map(|one| exact_quotient(one, divisor)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_shifted() {
        // (n - 2)^2 = n^2 - 4 n + 4
        let square = [0, 0, 1].map(BigInt::from);
        assert_eq!(shifted(&square, 2), [4, -4, 1].map(BigInt::from));
        assert_eq!(value(&shifted(&square, 2), 5), BigInt::from(9));
        assert_eq!(shifted(&[], 3), Vec::<BigInt>::new());
    }

    #[test]
    fn smooth_terms_confirm_less() {
        let smooth = Listing::of(&Terms::from(&[1000, 1010, 1021, 1030, 1041][..]));
        let rough = Listing::of(&Terms::from(&[1000, 7, 901, 44, 1041][..]));
        assert!(smooth.last(3) < rough.last(3) / 2.0);
        assert!(smooth.saved(1, 5.0) < smooth.last(4));
    }
}
