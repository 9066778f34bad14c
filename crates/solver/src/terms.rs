//! Given terms, exact and in the forms that a search compares fast.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

/// Some terms of a sequence.
///
/// Most candidates of a search are wrong, so the comparison that refutes them must be cheap.
/// Sums, differences and products can be compared modulo 2^64, whatever the size of the terms:
/// [`low`](Self::low). What agrees there is then checked exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    exact: Vec<BigInt>,
    low: Vec<u64>,
    small: Option<Vec<i64>>,
}

/// A number modulo 2^64, as the ring of wrapping `u64` has it.
pub(crate) fn low(value: &BigInt) -> u64 {
    let magnitude = value.iter_u64_digits().next().unwrap_or(0);
    if value.sign() == num_bigint::Sign::Minus { magnitude.wrapping_neg() } else { magnitude }
}

impl Terms {
    /// These terms.
    pub fn new(exact: Vec<BigInt>) -> Self {
        let low = exact.iter().map(low).collect();
        let small = exact.iter().map(ToPrimitive::to_i64).collect();
        Terms { exact, low, small }
    }

    /// The terms.
    pub fn exact(&self) -> &[BigInt] {
        &self.exact
    }

    /// The terms modulo 2^64.
    pub fn low(&self) -> &[u64] {
        &self.low
    }

    /// The terms, where all of them fit 64 bits.
    pub fn small(&self) -> Option<&[i64]> {
        self.small.as_deref()
    }

    /// The number of terms.
    pub fn len(&self) -> usize {
        self.exact.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty()
    }

    /// The terms without the first `count`.
    pub fn without_first(&self, count: usize) -> Self {
        Terms::new(self.exact[count.min(self.len())..].to_vec())
    }

    /// Whether all terms are alike.
    pub fn is_constant(&self) -> bool {
        self.exact.windows(2).all(|pair| pair[0] == pair[1])
    }
}

impl From<&[i64]> for Terms {
    fn from(terms: &[i64]) -> Self {
        Terms::new(terms.iter().map(|&term| BigInt::from(term)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_modulo_two_to_the_64() {
        for (a, b) in [(7_i64, -9_i64), (-1, i64::MIN), (i64::MAX, 3)] {
            let (big_a, big_b) = (BigInt::from(a), BigInt::from(b));
            assert_eq!(low(&big_a), a as u64);
            assert_eq!(low(&(&big_a * &big_b)), (a as u64).wrapping_mul(b as u64));
            assert_eq!(low(&(big_a - big_b)), (a as u64).wrapping_sub(b as u64));
        }
    }
}
