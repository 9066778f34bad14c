//! Polynomials in the index, with rational coefficients.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use crate::bits;
use crate::expression::{Expression, Formula, n};
use crate::rule::{Generator, Rule};
use crate::terms::Terms;

/// `a(n) = (c0 + c1 n + c2 n^2 + ...) / d`, for `n` from `first` on.
#[derive(Clone, Debug, PartialEq)]
pub struct Polynomial {
    coefficients: Vec<BigInt>,
    denominator: BigInt,
    first: i64,
}

/// The largest degree.
const LARGEST_DEGREE: usize = 12;

/// Finds the polynomial of the least degree, if at least two terms remain to confirm it.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    let mut differences = vec![terms.exact().to_vec()];
    for degree in 0..=LARGEST_DEGREE {
        let last = &differences[degree];
        if last.len() < 3 - usize::from(degree < 2) {
            return;
        }
        if last.iter().all(|value| *value == last[0]) {
            let newton: Vec<BigInt> = differences.iter().map(|row| row[0].clone()).collect();
            found.push(Rule::Polynomial(shortest(&newton)));
            return;
        }
        let next = last.windows(2).map(|pair| &pair[1] - &pair[0]).collect();
        differences.push(next);
    }
}

/// The line through two or three terms, where there is one. It is for parts of other sequences,
/// whose evidence is counted as a whole.
pub(crate) fn line(terms: &Terms, found: &mut Vec<Rule>) {
    let steps: Vec<BigInt> = terms.exact().windows(2).map(|pair| &pair[1] - &pair[0]).collect();
    if let [first, others @ ..] = &steps[..]
        && others.iter().all(|step| step == first)
    {
        let newton = match first.is_zero() {
            true => vec![terms.exact()[0].clone()],
            false => vec![terms.exact()[0].clone(), first.clone()],
        };
        found.push(Rule::Polynomial(shortest(&newton)));
    }
}

/// The polynomial with these differences at its first term, from the index, 0 or 1 or another
/// small one, that makes its coefficients the simplest.
fn shortest(newton: &[BigInt]) -> Polynomial {
    let candidates = [0, 1, 2, -1, 3, -2, 4, 5, 6, 7, 8, 9, 10];
    let from = candidates.map(|first| in_powers(newton, first));
    let cost = |one: &Polynomial| {
        let numbers: f64 = one.coefficients.iter().map(bits::big).sum();
        numbers + bits::integer(one.first)
    };
    let least = from.into_iter().min_by(|one, other| cost(one).total_cmp(&cost(other)));
    least.unwrap_or_else(|| in_powers(newton, 0))
}

/// From Newton's form, a sum of differences times binomials of `n - first`, to powers of `n`.
fn in_powers(newton: &[BigInt], first: i64) -> Polynomial {
    let degree = newton.len() - 1;
    let mut factorial = BigInt::one();
    for k in 1..=degree {
        factorial *= k;
    }
    // Horner's rule: p = d0 + (n-f)/1 (d1 + (n-f-1)/2 (d2 + ...)), all over degree!.
    let mut all: Vec<BigInt> = vec![BigInt::zero()];
    let mut scale = factorial.clone();
    let mut basis = vec![BigInt::one()]; // (n-f)(n-f-1)...(n-f-k+1)
    for (k, difference) in newton.iter().enumerate() {
        if k > 0 {
            scale /= k; // degree! / k!
            let shift = BigInt::from(first) + (k - 1);
            let mut next = vec![BigInt::zero(); basis.len() + 1];
            for (power, factor) in basis.iter().enumerate() {
                next[power + 1] += factor;
                next[power] -= factor * &shift;
            }
            basis = next;
        }
        all.resize(basis.len().max(all.len()), BigInt::zero());
        for (power, factor) in basis.iter().enumerate() {
            all[power] += factor * difference * &scale;
        }
    }
    let divisor = all.iter().fold(factorial.clone(), |divisor, one| divisor.gcd(one));
    for one in &mut all {
        *one /= &divisor;
    }
    Polynomial { coefficients: all, denominator: factorial / divisor, first }
}

impl Polynomial {
    /// The degree.
    pub fn degree(&self) -> usize {
        self.coefficients.len() - 1
    }
}

impl Generator for Polynomial {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        let value = |index: i64| {
            let index = BigInt::from(index);
            let sum = self.coefficients.iter().rev();
            sum.fold(BigInt::zero(), |value, factor| value * &index + factor) / &self.denominator
        };
        (self.first..).take(count).map(value).collect()
    }

    fn bits(&self) -> f64 {
        // The first term is given, so one coefficient follows from the others: the constant at
        // index 0, any of them elsewhere.
        let spared = match self.first {
            0 => bits::big(&self.coefficients[0]),
            _ => self.coefficients.iter().map(bits::big).fold(0.0, f64::max),
        };
        let numbers: f64 = self.coefficients.iter().map(bits::big).sum();
        let denominator = bits::big(&(self.denominator.abs() - 1_i64));
        3.0 + bits::natural(self.coefficients.len() as u64) + numbers - spared
            + denominator
            + bits::integer(self.first)
    }

    fn seeds(&self) -> usize {
        0
    }

    fn formula(&self) -> Formula {
        Formula::of(Expression::polynomial(&self.coefficients, &self.denominator, &n()))
            .starting(self.first, Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formula(terms: &[i64]) -> Option<String> {
        let mut found = Vec::new();
        solve(&Terms::from(terms), &mut found);
        let rule = found.first()?;
        let more = rule.terms(terms.len() + 1);
        assert_eq!(more[..terms.len()], *Terms::from(terms).exact());
        Some(rule.formula().to_string())
    }

    #[test]
    fn closed_forms() {
        assert_eq!(formula(&[0, 1, 4, 9, 16]).as_deref(), Some("a(n) = n^2"));
        assert_eq!(formula(&[1, 4, 9, 16, 25]).as_deref(), Some("a(n) = n^2, n >= 1"));
        assert_eq!(formula(&[0, 1, 3, 6, 10]).as_deref(), Some("a(n) = (n^2 + n)/2"));
        assert_eq!(formula(&[2, 5, 8]).as_deref(), Some("a(n) = 3 n + 2"));
        assert_eq!(formula(&[1, 2, 4, 8, 16]), None);
    }
}
