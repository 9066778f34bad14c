//! Operations that make one sequence of two, term by term or as a convolution.

use super::buffer::map_while;
use super::function::arithmetic::gcd;

/// An operation on two sequences `s` and `t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `a(n) = s(n) + t(n)`
    Sum,
    /// `a(n) = s(n) - t(n)`
    Difference,
    /// `a(n) = s(n) t(n)`
    Product,
    /// `a(n) = floor(s(n) / t(n))`, as long as `t(n)` is not zero
    Quotient,
    /// `a(n) = s(n) mod t(n)`, as long as `t(n)` is not zero
    Remainder,
    /// `a(n) = gcd(s(n), t(n))`
    Gcd,
    /// `a(n) = s(0) t(n) + s(1) t(n-1) + ... + s(n) t(0)`
    Convolution,
}

impl Operation {
    /// Replaces the terms of `s` in `terms` by those of `a`; `others` are as many terms of `t`.
    /// Returns how many terms there are: fewer where one is not defined or overflows.
    pub(super) fn apply(self, terms: &mut [i64], others: &[i64]) -> usize {
        if self == Self::Convolution {
            return convolution(terms, others);
        }
        map_while(terms, others.iter().copied(), |s, t| match self {
            Self::Sum => s.checked_add(t),
            Self::Difference => s.checked_sub(t),
            Self::Product => s.checked_mul(t),
            Self::Quotient => s.checked_div_euclid(t),
            Self::Remainder => s.checked_rem_euclid(t),
            Self::Gcd => gcd(s, t),
            Self::Convolution => None, // done above
        })
    }
}

/// Backwards, so that no term of `s` is overwritten before its last use. The terms end at the
/// first sum that overflows.
fn convolution(terms: &mut [i64], others: &[i64]) -> usize {
    let mut length = terms.len();
    for index in (0..terms.len()).rev() {
        let pairs = terms[..=index].iter().zip(others[..=index].iter().rev());
        let sum =
            pairs.into_iter().try_fold(0_i64, |sum, (s, t)| sum.checked_add(s.checked_mul(*t)?));
        match sum {
            Some(sum) => terms[index] = sum,
            None => length = index,
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::Relation;

    fn counting(first: i64) -> Box<Relation> {
        Box::new(Relation::arithmetic(first, 1))
    }

    #[test]
    fn two_sequences() {
        let combine = |operation| Relation::Combine {
            operation,
            left: Box::new(Relation::arithmetic(6, 2)),
            right: counting(1),
        };
        assert_eq!(combine(Operation::Sum).terms(4), [7, 10, 13, 16]);
        assert_eq!(combine(Operation::Difference).terms(4), [5, 6, 7, 8]);
        assert_eq!(combine(Operation::Product).terms(4), [6, 16, 30, 48]);
        assert_eq!(combine(Operation::Quotient).terms(4), [6, 4, 3, 3]);
        assert_eq!(combine(Operation::Remainder).terms(4), [0, 0, 1, 0]);
        assert_eq!(combine(Operation::Gcd).terms(4), [1, 2, 1, 4]);
        assert_eq!(combine(Operation::Convolution).terms(4), [6, 20, 44, 80]);
        assert_eq!(combine(Operation::Sum).terms(99).len(), 99);
        let by_zero = Relation::Combine {
            operation: Operation::Quotient,
            left: counting(1),
            right: Box::new(Relation::arithmetic(2, -1)),
        };
        assert_eq!(by_zero.terms(9), [0, 2]);
        assert_eq!(Relation::After { first: 9, then: counting(1) }.terms(3), [9, 1, 2]);
    }
}
