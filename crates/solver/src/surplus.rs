//! How much given terms say beyond what a rule takes from them.
//!
//! A fitted rule takes as many terms as it has free numbers; only the terms that remain confirm
//! it. A term confirms by as many bits as it takes to list it, and where terms grow smoothly, by
//! the bits of its distance from a guess, since any rule of about the right growth comes close.

use std::cell::OnceCell;

use num_bigint::BigInt;
use num_traits::{One, Zero};

use crate::bits;
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
        let line = |place: usize| match place {
            1 => exact[0].clone(),
            _ => 2 * &exact[place - 1] - &exact[place - 2],
        };
        let others = [guessed(&|place| exact[place - 1].clone()), guessed(&line)];
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
    /// Made when it is asked for: behind most terms no rule is found at all.
    listing: OnceCell<Listing>,
    found: &'a mut Vec<Rule>,
    least: f64,
}

impl<'a> Collector<'a> {
    /// Of rules for these terms that save at least `least` bits.
    pub(crate) fn new(terms: &'a Terms, found: &'a mut Vec<Rule>, least: f64) -> Self {
        Collector { terms, listing: OnceCell::new(), found, least }
    }

    /// Whether a rule with this description saves bits.
    pub(crate) fn is_worth(&self, seeds: usize, bits: f64) -> bool {
        // Rules that take most terms as they are, and tell few, are often an accident.
        let told = self.terms.len().saturating_sub(seeds);
        let excess = seeds.saturating_sub(told) as f64;
        let listing = self.listing.get_or_init(|| Listing::of(self.terms));
        listing.saved(seeds, bits) >= self.least + 4.0 * excess
    }

    /// Adds a rule if it gives the terms and saves bits.
    pub(crate) fn add(&mut self, rule: Rule) -> bool {
        self.is_worth(rule.seeds(), rule.bits())
            && reproduces(&rule, self.terms)
            && self.add_right(rule)
    }

    /// Adds a rule that is known to give the terms and to save bits.
    pub(crate) fn add_right(&mut self, rule: Rule) -> bool {
        let added = !self.found.contains(&rule);
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

/// Bits of a factor: 1 is the most common by far, and then -1.
pub(crate) fn factor_bits(factor: &BigInt) -> f64 {
    if factor.is_one() {
        1.5
    } else if *factor == BigInt::from(-1) {
        2.5
    } else {
        bits::big(factor)
    }
}

/// Bits of a polynomial other than zero: as a power with a factor, or with all coefficients.
pub(crate) fn polynomial_bits(coefficients: &[BigInt]) -> f64 {
    let length = bits::natural(coefficients.len() as u64);
    let lead = coefficients.last().map_or(0.0, factor_bits);
    let lower = &coefficients[..coefficients.len().saturating_sub(1)];
    if lower.iter().all(Zero::is_zero) {
        let choice = if lower.is_empty() { 0.0 } else { 1.0 };
        return length + lead + choice;
    }
    length + lead + 1.0 + lower.iter().map(factor_bits).sum::<f64>()
}

/// For tests: what the rule with the shortest description says comes next, and its formula.
#[cfg(test)]
pub(crate) fn told(solve: fn(&Terms, &mut Vec<Rule>), terms: &Terms) -> Option<(BigInt, String)> {
    let mut found = Vec::new();
    solve(terms, &mut found);
    let description = |rule: &Rule| {
        let seeds = terms.exact()[..rule.seeds()].iter().map(bits::big);
        rule.bits() + seeds.sum::<f64>()
    };
    let least =
        found.iter().min_by(|one, other| description(one).total_cmp(&description(other)))?;
    for rule in &found {
        assert!(reproduces(rule, terms), "{}", rule.formula());
        assert!(rule.bits() > 0.0 && rule.seeds() < terms.len());
    }
    let next = least.terms(terms.len() + 1).pop()?;
    Some((next, least.formula().to_string()))
}

/// For tests: a rule gives the last term from those before it, in each of these sequences.
#[cfg(test)]
pub(crate) fn assert_told(solve: fn(&Terms, &mut Vec<Rule>), sequences: &[&[i64]]) {
    for sequence in sequences {
        let (last, given) = sequence.split_last().unwrap();
        let told = told(solve, &Terms::from(given));
        assert_eq!(
            told.as_ref().map(|(next, _)| next),
            Some(&(*last).into()),
            "{given:?} {told:?}"
        );
    }
}

/// For tests: terms of any kind, which a solver must survive.
#[cfg(test)]
pub(crate) fn any_terms() -> impl proptest::strategy::Strategy<Value = Terms> {
    use proptest::prelude::*;
    let number =
        prop_oneof![-3..=3_i64, -1000..=1000_i64, any::<i64>(), Just(i64::MIN), Just(i64::MAX),];
    let large = (any::<i64>(), 0..400_u32).prop_map(|(value, shift)| BigInt::from(value) << shift);
    prop_oneof![
        prop::collection::vec(number.prop_map(BigInt::from), 0..24),
        prop::collection::vec(large, 0..16),
    ]
    .prop_map(Terms::new)
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
        assert!(smooth.saved(2, 0.0) < rough.saved(2, 0.0) / 2.0);
        assert!(smooth.saved(2, 5.0) < smooth.saved(1, 5.0));
    }
}
