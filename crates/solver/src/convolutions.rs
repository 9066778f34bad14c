//! Two known sequences convolved: `Sum_{k=0..n} s(k) t(n-k)`, or over the divisors of `n`,
//! `Sum_{d | n} s(d) t(n/d)`.
//!
//! What one known sequence leaves of the terms, as the other factor of the product of power
//! series or of Dirichlet series, is looked up among all others.

use num_bigint::BigInt;
use num_traits::Zero;

use crate::combinations::{self, Part};
use crate::expression::{Expression, FoldOperator, Formula, Over, n};
use crate::rule::{Generator, Rule};
use crate::terms::Terms;

/// Which products are summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Indices {
    /// Those of indices with the sum `n`.
    Sums,
    /// Those of indices with the product `n`, from 1 on.
    Products,
}

/// Two known sequences convolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution {
    indices: Indices,
    left: Part,
    right: Part,
}

/// Terms that are needed, and that are looked at first.
const LEAST: usize = 6;
const MOST: usize = 24;

/// Finds convolutions of well-known sequences behind at least six terms.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    let Some(small) = terms.small() else { return };
    if small.len() < LEAST || terms.is_constant() {
        return;
    }
    let given = &small[..small.len().min(MOST)];
    for indices in [Indices::Sums, Indices::Products] {
        for (left, s) in combinations::best_known() {
            // Dirichlet series begin with 1.
            if indices == Indices::Products && s[0] != 1 {
                continue;
            }
            let Some(rest) = indices.divided(given, s) else { continue };
            if rest == given || rest.len() < LEAST {
                continue;
            }
            let low: Vec<u64> = rest.iter().map(|&one| one as u64).collect();
            for right in combinations::known(&low) {
                // The other way round it is found as well, where both are well known.
                if left.order() <= right.order() || !right.is_best_known() {
                    found.push(Rule::new(Convolution { indices, left, right }));
                }
            }
        }
    }
}

impl Indices {
    /// The factor that makes the terms with `s`, if it is one of integers of 64 bits.
    fn divided(self, terms: &[i64], s: &[i64]) -> Option<Vec<i64>> {
        let count = terms.len().min(s.len());
        let unit = i128::from(s[0]);
        if unit == 0 {
            return None;
        }
        let mut rest: Vec<i64> = Vec::with_capacity(count);
        for (place, &term) in terms[..count].iter().enumerate() {
            let mut value = i128::from(term);
            let product = |i: usize, j: usize| i128::from(s[i]) * i128::from(rest[j]);
            match self {
                Indices::Sums => {
                    for i in 1..=place {
                        value = value.checked_sub(product(i, place - i))?;
                    }
                }
                Indices::Products => {
                    let index = place + 1;
                    for d in (2..=index).filter(|d| index.is_multiple_of(*d)) {
                        value = value.checked_sub(product(d - 1, index / d - 1))?;
                    }
                }
            }
            if value % unit != 0 {
                return None;
            }
            rest.push(i64::try_from(value / unit).ok()?);
        }
        Some(rest)
    }
}

impl Generator for Convolution {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        let (s, t) = (self.left.terms(count), self.right.terms(count));
        let count = s.len().min(t.len());
        let mut all = vec![BigInt::zero(); count];
        match self.indices {
            Indices::Sums => {
                for (place, sum) in all.iter_mut().enumerate() {
                    *sum = (0..=place).map(|k| &s[k] * &t[place - k]).sum();
                }
            }
            Indices::Products => {
                for d in 1..=count {
                    for multiple in (d..=count).step_by(d) {
                        all[multiple - 1] += &s[d - 1] * &t[multiple / d - 1];
                    }
                }
            }
        }
        all
    }

    fn bits(&self) -> f64 {
        let second = if self.left == self.right { 1.0 } else { self.right.bits() };
        7.0 + self.left.bits() + second
    }

    fn seeds(&self) -> usize {
        0
    }

    fn formula(&self) -> Formula {
        let [(s, of_s), (t, of_t)] = self.left.with(&self.right);
        let less = |one: Expression, other: Expression| {
            Expression::sum(vec![one, Expression::product(vec![Expression::integer(-1), other])])
        };
        let (k, d) = (Expression::Symbol("k"), Expression::Symbol("d"));
        let (right, first) = match self.indices {
            Indices::Sums => {
                let of = vec![s.with_index(&k), t.with_index(&less(n(), k))];
                let over = Over::Range(Box::new(Expression::integer(0)), Box::new(n()));
                (Expression::fold(FoldOperator::Sum, "k", over, Expression::product(of)), 0)
            }
            Indices::Products => {
                let other = Expression::quotient(n(), d.clone());
                let one = Expression::integer(1);
                let of = vec![s.with_index(&less(d, one.clone())), t.with_index(&less(other, one))];
                let over = Over::Divisors(Box::new(n()));
                (Expression::fold(FoldOperator::Sum, "d", over, Expression::product(of)), 1)
            }
        };
        let parts = of_s.into_iter().chain(of_t).collect();
        Formula::of(right).starting(first, Vec::new()).with_parts(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surplus::{any_terms, assert_told, told};

    #[test]
    fn convolutions_are_found() {
        assert_told(
            solve,
            &[
                // The primes with themselves.
                &[4, 12, 29, 58, 111, 188, 305, 462, 679],
                // The numbers and the primes.
                &[2, 7, 17, 34, 62, 103, 161, 238],
                // Over divisors: the sums of divisors with the totients, and the totients with
                // the numbers.
                &[1, 4, 6, 12, 10, 24, 14, 32, 27, 40],
                &[1, 3, 5, 8, 9, 15, 13, 20, 21, 27],
            ],
        );
        let primes = &[4, 12, 29, 58, 111, 188, 305, 462][..];
        let (_, formula) = told(solve, &Terms::from(primes)).unwrap();
        assert_eq!(formula, "a(n) = Sum_{k=0..n} prime(k + 1) prime(n - k + 1)");
    }

    proptest::proptest! {
        #[test]
        fn any_terms_are_survived(terms in any_terms()) {
            told(solve, &terms);
        }
    }
}
