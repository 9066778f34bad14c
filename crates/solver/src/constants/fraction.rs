//! Continued fractions of constants.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Zero};

use super::interval::Interval;
use super::inverse::Search;
use super::real::Real;
use super::{FIRST, MOST_BITS, said};
use crate::bits;
use crate::expression::Formula;
use crate::rule::{Generator, Rule};

/// The partial quotients of a constant.
#[derive(Clone, Debug, PartialEq)]
pub struct ConstantFraction {
    real: Real,
    bits: f64,
}

/// Bits of the kind: five times as rare as decimal digits.
const KIND: f64 = 6.5;

/// How many bits the terms must be ahead of the shortest description.
const SURPLUS: f64 = 1.0;

/// The fewest partial quotients.
const FEWEST: usize = 6;

/// The largest partial quotient that the search takes.
const LARGEST: i64 = 1_000_000;

/// Finds irrational constants with these partial quotients.
pub(super) fn solve(given: &[i64], found: &mut Vec<Rule>) {
    let [first, rest @ ..] = given else {
        return;
    };
    let valid = (0..1000).contains(first) && rest.iter().all(|term| (1..=LARGEST).contains(term));
    if !valid || given.len() < FEWEST || rest.windows(2).all(|pair| pair[0] < pair[1]) {
        return;
    }
    let limit = (evidence(given) - SURPLUS - KIND).min(MOST_BITS);
    let Some(interval) = enclosed(given) else {
        return;
    };
    let mut search = Search::new(limit);
    search.run(interval);
    for (bits, real) in search.candidates() {
        let agree = |count: usize| {
            quotients(&real, count).is_some_and(|quotients| {
                quotients.len() == count
                    && quotients.iter().zip(given).all(|(one, &other)| *one == BigInt::from(other))
            })
        };
        let right = agree(given.len().min(FIRST)) && agree(given.len());
        if right {
            found.push(Rule::new(ConstantFraction { real, bits: said(bits + KIND) }));
            return;
        }
    }
}

/// Bits of listing partial quotients: by the frequencies that almost all numbers have (Gauss,
/// Kuzmin), or by the steps, whichever is shorter.
fn evidence(given: &[i64]) -> f64 {
    let mut quotients = bits::natural(given[0].unsigned_abs() + 1);
    let mut steps = 0.0;
    for (place, &term) in given.iter().enumerate() {
        if place > 0 {
            let next = (term + 1) as f64;
            // The probability of the quotient k is -log2(1 - 1/(k + 1)^2).
            quotients -= (-(1.0 - 1.0 / (next * next)).log2()).log2();
        }
        let before = if place == 0 { 0 } else { given[place - 1] };
        steps += 1.585 + (term - before).abs() as f64;
    }
    quotients.min(steps)
}

/// Where the numbers with these partial quotients lie.
fn enclosed(given: &[i64]) -> Option<Interval> {
    // The value of the fraction when the last quotient is exact, and when it is one more.
    let value = |more: f64| {
        let mut terms = given[..given.len().min(40)].iter().rev();
        let last = *terms.next()? as f64 + more;
        Some(terms.fold(last, |value, &term| term as f64 + 1.0 / value))
    };
    let (one, other) = (value(0.0)?, value(1.0)?);
    let (low, high) = if one < other { (one, other) } else { (other, one) };
    Interval { low, high }.map(|value| value)
}

/// The first partial quotients, as many as a computation of reasonable length can tell.
fn quotients(real: &Real, count: usize) -> Option<Vec<BigInt>> {
    if matches!(real, Real::Ratio(..)) {
        return None;
    }
    // Almost all numbers take 3.42 bits for a quotient (Levy).
    let mut bits = (count as f64 * 3.6) as u32 + 64;
    let mut known = None;
    for _ in 0..3 {
        let (value, error, f) = real.enclosed(bits)?;
        let one = BigInt::one() << f.precision();
        let (mut low, mut high) = ((&value - &error, one.clone()), (&value + &error, one));
        let mut quotients = Vec::new();
        while quotients.len() < count && !low.1.is_zero() && !high.1.is_zero() {
            let (quotient, rest) = low.0.div_mod_floor(&low.1);
            let (other, other_rest) = high.0.div_mod_floor(&high.1);
            if quotient != other {
                break;
            }
            quotients.push(quotient);
            low = (std::mem::take(&mut low.1), rest);
            high = (std::mem::take(&mut high.1), other_rest);
        }
        let whole = quotients.len() >= count;
        known = Some(quotients);
        if whole {
            break;
        }
        bits *= 2;
    }
    known
}

impl ConstantFraction {
    /// The number.
    pub fn real(&self) -> &Real {
        &self.real
    }
}

impl Generator for ConstantFraction {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        quotients(&self.real, count).unwrap_or_default()
    }

    fn bits(&self) -> f64 {
        self.bits
    }

    fn seeds(&self) -> usize {
        0
    }

    fn formula(&self) -> Formula {
        self.real.formula("the continued fraction of ")
    }
}

#[cfg(test)]
mod tests {
    use num_traits::ToPrimitive;

    use super::*;

    fn formula(given: &[i64]) -> Option<String> {
        let mut found = Vec::new();
        solve(given, &mut found);
        let rule = found.first()?;
        assert_eq!(
            rule.terms(given.len()),
            given.iter().map(|&t| t.into()).collect::<Vec<BigInt>>()
        );
        Some(rule.formula().to_string())
    }

    #[test]
    fn known_fractions() {
        let of = |given: &[i64]| formula(given).unwrap_or_default();
        assert_eq!(of(&[3, 7, 15, 1, 292, 1, 1, 1]), "the continued fraction of pi");
        assert_eq!(of(&[2, 1, 2, 1, 1, 4, 1, 1, 6]), "the continued fraction of e");
        assert_eq!(of(&[0, 1, 2, 3, 1, 6, 3, 1]), "the continued fraction of log(2)");
        assert_eq!(of(&[1, 3, 1, 5, 1, 1, 4, 1]), "the continued fraction of cbrt(2)");
        assert_eq!(of(&[4, 1, 3, 1, 8, 1, 3, 1]), "the continued fraction of sqrt(23)");
        assert_eq!(
            of(&[0, 1, 1, 2, 1, 2, 1, 4, 3, 13]),
            "the continued fraction of gamma, where gamma is Euler's constant"
        );
    }

    #[test]
    fn what_is_no_fraction() {
        for given in [&[1, 2, 3, 4, 5, 6, 7, 8][..], &[1, 0, 2, 3, 4, 5], &[1, 1], &[0; 9], &[1; 9]]
        {
            assert_eq!(formula(given), None);
        }
    }

    #[test]
    fn far_terms() {
        let pi = ConstantFraction { real: Real::Pi, bits: 0.0 };
        let terms = pi.terms(200);
        assert_eq!(terms.len(), 200);
        // A033089: the record 20776 stands at place 432, 292 at 5, 436 at 308.
        assert_eq!(pi.terms(432)[431].to_u32(), Some(20776));
    }
}
