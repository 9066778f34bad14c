//! Remainders of known sequences, and linear congruential generators.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Zero};

use super::closed::INNER;
use super::digit_rule::{DigitRule, KIND, Kind, different};
use crate::bits;

/// The largest factor of a congruence.
const LARGEST_FACTOR: u64 = 20;

/// Finds them. The modulus divides what a term differs from the known sequence by, so it is the
/// greatest common divisor of these differences.
pub fn solve(terms: &[BigInt], rules: &mut Vec<DigitRule>) {
    let (Some(largest), true) = (terms.iter().max(), terms.len() >= 6) else { return };
    // Remainders do not rise for ever.
    if different(terms) < 3 || terms.windows(2).all(|pair| pair[0] <= pair[1]) {
        return;
    }
    for (inner, inner_bits) in INNER {
        for first in inner.first()..=2 {
            let known = inner.terms(first, terms.len());
            if known.len() < terms.len() {
                continue;
            }
            let pairs = known.iter().zip(terms);
            let Some(modulus) = common(pairs.map(|(one, term)| one - term), largest) else {
                continue;
            };
            if known.iter().filter(|one| **one >= modulus).count() < 4 {
                continue;
            }
            let start = if first < 2 { 0.5 } else { 3.0 };
            let own = KIND + 2.0 + inner_bits + start + bits::big(&modulus);
            rules.push(DigitRule { kind: Kind::Modulo { inner, first, modulus }, bits: own });
        }
    }
    for factor in 2..=LARGEST_FACTOR {
        let steps: Vec<BigInt> =
            terms.windows(2).map(|pair| &pair[1] - &pair[0] * factor).collect();
        for constant in [BigInt::zero(), BigInt::one()] {
            let differences = steps.iter().map(|step| step - &constant);
            let Some(modulus) = common(differences, largest) else { continue };
            let wraps = terms.iter().filter(|term| *term * factor + &constant >= modulus).count();
            // The modulus is known from two of them. A factor of 1 is a matter of differences.
            if wraps < 4 || BigInt::from(factor) % &modulus <= BigInt::one() {
                continue;
            }
            let own =
                KIND + 2.0 + bits::natural(factor) + bits::big(&constant) + bits::big(&modulus);
            let seed = terms[0].clone();
            let kind = Kind::Congruential { seed, factor, constant, modulus };
            rules.push(DigitRule { kind, bits: own });
        }
    }
}

/// The greatest common divisor, if it is larger than all terms.
fn common(differences: impl Iterator<Item = BigInt>, largest: &BigInt) -> Option<BigInt> {
    let mut divisor = BigInt::zero();
    for difference in differences {
        divisor = divisor.gcd(&difference);
        if !divisor.is_zero() && divisor <= *largest {
            return None;
        }
    }
    (!divisor.is_zero()).then_some(divisor)
}
