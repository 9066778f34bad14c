//! Polynomials in the index, with rational coefficients, rounded down or without a rest.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::bits;
use crate::expression::{Expression, Formula, n};
use crate::rule::{Generator, Rule};
use crate::surplus::shifted;
use crate::terms::Terms;

/// `a(n) = floor((c0 + c1 n + c2 n^2 + ...) / d)`, for `n` from `first` on.
#[derive(Clone, Debug, PartialEq)]
pub struct Polynomial {
    coefficients: Vec<BigInt>,
    denominator: BigInt,
    first: i64,
    /// Whether some terms have to be rounded down.
    rounded: bool,
}

/// The largest degree.
const LARGEST_DEGREE: usize = 12;

/// Finds the polynomial of the least degree, if at least two terms remain to confirm it.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    let mut differences = vec![terms.exact().to_vec()];
    // Modulo 2^64 nearly all terms are refuted, before differences are made exactly.
    let mut low = terms.low().to_vec();
    let may_be_constant = (0..=LARGEST_DEGREE).any(|_| {
        let constant = low.iter().all(|value| *value == low[0]);
        for place in 1..low.len() {
            low[place - 1] = low[place].wrapping_sub(low[place - 1]);
        }
        low.pop();
        constant && !low.is_empty()
    });
    if !may_be_constant {
        return;
    }
    for degree in 0..=LARGEST_DEGREE {
        let last = &differences[degree];
        if last.len() < 3 - usize::from(degree < 2) {
            return;
        }
        if last.iter().all(|value| *value == last[0]) {
            let newton: Vec<BigInt> = differences.iter().map(|row| row[0].clone()).collect();
            found.push(Rule::new(shortest(&newton)));
            return;
        }
        let next = last.windows(2).map(|pair| &pair[1] - &pair[0]).collect();
        differences.push(next);
    }
}

/// The least number of terms beyond the coefficients of a polynomial that is rounded.
const SURPLUS: usize = 3;

/// Finds polynomials over a small number that are rounded down, such as `floor(n^2 / 4)`: each
/// choice of the first few rests gives one, which the other terms must confirm.
pub fn rounded(terms: &Terms, found: &mut Vec<Rule>) {
    /// The largest term that is tried.
    const LARGEST: i64 = 1 << 40;
    let Some(small) = terms.small() else { return };
    if small.iter().any(|term| term.unsigned_abs() > LARGEST.unsigned_abs()) || terms.is_constant()
    {
        return;
    }
    // By degree, the largest divisor.
    for (degree, most) in [(1, 24), (2, 12), (3, 6)] {
        if small.len() < degree + 1 + SURPLUS {
            return;
        }
        if !is_nearly_polynomial(small, degree) {
            continue;
        }
        let mut simplest: Option<(f64, Polynomial)> = None;
        for divisor in 2..=most {
            let choices = (1..=degree).fold(1_i64, |choices, _| choices * divisor);
            for choice in 0..choices {
                // The first rest is 0 at first.
                let mut rests = choice;
                let mut values = [0; 4];
                for (place, (value, term)) in
                    values.iter_mut().zip(small).take(degree + 1).enumerate()
                {
                    *value = term * divisor;
                    if place > 0 {
                        *value += rests % divisor;
                        rests /= divisor;
                    }
                }
                // By the next value, at `degree + 1`, nearly all are refuted.
                let [v0, v1, v2, v3] = values;
                let (next, sign) = match degree {
                    1 => (2 * v1 - v0, -1),
                    2 => (3 * v2 - 3 * v1 + v0, 1),
                    _ => (4 * v3 - 6 * v2 + 4 * v1 - v0, -1),
                };
                let wanted = small[degree + 1] * divisor..(small[degree + 1] + 1) * divisor;
                for first_rest in 0..divisor {
                    if !wanted.contains(&(next + sign * first_rest)) {
                        continue;
                    }
                    let mut differences = values;
                    differences[0] += first_rest;
                    for order in 1..=degree {
                        for place in (order..=degree).rev() {
                            differences[place] -= differences[place - 1];
                        }
                    }
                    let newton = &differences[..=degree];
                    if newton[degree] == 0 || !fits(newton, divisor, small) {
                        continue;
                    }
                    let newton: Vec<BigInt> = newton.iter().map(|&value| value.into()).collect();
                    let mut polynomial = shortest(&newton);
                    polynomial.denominator *= divisor;
                    polynomial.rounded = true;
                    polynomial.reduce();
                    let bits = polynomial.bits();
                    if simplest.as_ref().is_none_or(|(least, _)| bits < *least) {
                        simplest = Some((bits, polynomial));
                    }
                }
            }
        }
        found.extend(simplest.map(|(_, polynomial)| Rule::new(polynomial)));
    }
}

/// Whether the terms may be those of a polynomial of this degree, divided and rounded down: what
/// is lost by that is less than one for each term, so it is less than the sum of the factors of
/// either sign in a difference, `2^degree`.
fn is_nearly_polynomial(terms: &[i64], degree: usize) -> bool {
    terms.windows(degree + 2).all(|terms| {
        let mut difference = 0;
        let mut binomial = 1;
        for (place, term) in terms.iter().rev().enumerate() {
            difference += binomial * term;
            binomial = -binomial * (terms.len() - 1 - place) as i64 / (place + 1) as i64;
        }
        difference.abs() < 1 << degree
    })
}

/// Whether the polynomial with these differences at the first place, divided and rounded down,
/// has these terms. The first ones do by choice.
fn fits(newton: &[i64], divisor: i64, terms: &[i64]) -> bool {
    let mut differences = [0; 4];
    differences[..newton.len()].copy_from_slice(newton);
    let (low, high) = (|term: i64| term * divisor, |term: i64| term * divisor + divisor);
    terms.iter().all(|&term| {
        let value = differences[0];
        let right = low(term) <= value && value < high(term);
        for place in 0..newton.len() - 1 {
            differences[place] += differences[place + 1];
        }
        right
    })
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
        // From index 0 on, so that parallel lines are said alike.
        found.push(Rule::new(in_powers(&newton, 0)));
    }
}

/// The polynomial with these differences at its first term, from the index, 0 or 1 or another
/// small one, that makes its coefficients the simplest.
fn shortest(newton: &[BigInt]) -> Polynomial {
    const CANDIDATES: [i64; 13] = [0, 1, 2, -1, 3, -2, 4, 5, 6, 7, 8, 9, 10];
    let at_zero = in_powers(newton, 0);
    let by_cost = |one: &(f64, i64), other: &(f64, i64)| one.0.total_cmp(&other.0);
    // Another index leaves the common divisor of the coefficients as it is.
    let small: Option<Vec<i64>> = at_zero.coefficients.iter().map(ToPrimitive::to_i64).collect();
    let best = small.and_then(|small| {
        let cost = |first: i64| {
            let mut all = [0; LARGEST_DEGREE + 1];
            let all = &mut all[..small.len()];
            all.copy_from_slice(&small);
            shift(all, first)?;
            let numbers: f64 = all.iter().map(|&one| bits::integer(one)).sum();
            Some((numbers + bits::integer(first), first))
        };
        let costs: Option<Vec<(f64, i64)>> = CANDIDATES.into_iter().map(cost).collect();
        costs?.into_iter().min_by(by_cost)
    });
    let best = best.or_else(|| {
        let cost = |first: i64| {
            let all = shifted(&at_zero.coefficients, first);
            let numbers: f64 = all.iter().map(bits::big).sum();
            (numbers + bits::integer(first), first)
        };
        CANDIDATES.into_iter().map(cost).min_by(by_cost)
    });
    let first = best.map_or(0, |(_, first)| first);
    Polynomial { coefficients: shifted(&at_zero.coefficients, first), first, ..at_zero }
}

/// From the coefficients of `p(n)` to those of `p(n - by)`, unless they overflow.
fn shift(coefficients: &mut [i64], by: i64) -> Option<()> {
    for from in 0..coefficients.len() {
        for place in (from..coefficients.len() - 1).rev() {
            let above = coefficients[place + 1].checked_mul(by)?;
            coefficients[place] = coefficients[place].checked_sub(above)?;
        }
    }
    Some(())
}

/// From Newton's form, a sum of differences times binomials of `n - first`, to powers of `n`.
fn in_powers(newton: &[BigInt], first: i64) -> Polynomial {
    if let Some(polynomial) = in_small_powers(newton, first) {
        return polynomial;
    }
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
    Polynomial { coefficients: all, denominator: factorial / divisor, first, rounded: false }
}

/// The same in numbers of 128 bits, unless they overflow.
fn in_small_powers(newton: &[BigInt], first: i64) -> Option<Polynomial> {
    let degree = newton.len() - 1;
    if degree > LARGEST_DEGREE {
        return None;
    }
    let factorial: i128 = (1..=degree as i128).product();
    let mut all = [0_i128; LARGEST_DEGREE + 1];
    let mut basis = [0_i128; LARGEST_DEGREE + 1];
    basis[0] = 1;
    let mut scale = factorial;
    for (k, difference) in newton.iter().enumerate() {
        if k > 0 {
            scale /= k as i128;
            let shift = i128::from(first) + k as i128 - 1;
            for power in (0..=k).rev() {
                let lower = if power > 0 { basis[power - 1] } else { 0 };
                basis[power] = lower.checked_sub(basis[power].checked_mul(shift)?)?;
            }
        }
        let factor = i128::from(difference.to_i64()?).checked_mul(scale)?;
        for (all, basis) in all.iter_mut().zip(&basis[..=k]) {
            *all = all.checked_add(basis.checked_mul(factor)?)?;
        }
    }
    let all = &all[..=degree];
    let divisor = all.iter().fold(factorial, |divisor, one| divisor.gcd(one));
    let coefficients = all.iter().map(|one| BigInt::from(one / divisor)).collect();
    Some(Polynomial {
        coefficients,
        denominator: (factorial / divisor).into(),
        first,
        rounded: false,
    })
}

impl Polynomial {
    /// Divides all numbers by their common divisor.
    fn reduce(&mut self) {
        let all = self.coefficients.iter();
        let divisor = all.fold(self.denominator.clone(), |divisor, one| divisor.gcd(one));
        for one in &mut self.coefficients {
            *one /= &divisor;
        }
        self.denominator /= divisor;
    }

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
            let above = sum.fold(BigInt::zero(), |value, factor| value * &index + factor);
            above.div_floor(&self.denominator)
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
        let rounding = if self.rounded { 4.0 } else { 0.0 };
        3.0 + rounding + bits::natural(self.coefficients.len() as u64) + numbers - spared
            + denominator
            + bits::integer(self.first)
    }

    fn seeds(&self) -> usize {
        0
    }

    fn formula(&self) -> Formula {
        let quotient = Expression::polynomial(&self.coefficients, &self.denominator, &n());
        let rounded = |quotient| Expression::Floor(Box::new(quotient));
        Formula::of(if self.rounded { rounded(quotient) } else { quotient })
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

    #[test]
    fn numbers_of_any_size_in_powers() {
        // n^2 + 10^30 (n + 1), whose numbers do not fit 128 bits when they are multiplied.
        let large: BigInt = BigInt::from(10).pow(30);
        let newton = [large.clone(), &large + 1, BigInt::from(2)];
        let polynomial = in_powers(&newton, 0);
        assert_eq!(polynomial.coefficients, [large.clone(), large, BigInt::one()]);
        for first in [-2, 0, 5] {
            let small = in_small_powers(&[3, -1, 4, 1].map(BigInt::from), first).unwrap();
            assert_eq!(small.terms(4), [3, 2, 5, 13].map(BigInt::from));
        }
        let mut coefficients = [4, -4, 1];
        assert_eq!(shift(&mut coefficients, -2), Some(()));
        assert_eq!(coefficients, [0, 0, 1]);
        assert_eq!(shift(&mut [0, i64::MAX], 3), None);
    }

    #[test]
    fn what_is_rounded_is_nearly_a_polynomial() {
        for (degree, divisor) in [(1, 24), (2, 12), (3, 6)] {
            let power = |n: i64| n.pow(degree as u32) * 5 - 7 * n;
            let terms: Vec<i64> = (0..20).map(|n| power(n).div_euclid(divisor)).collect();
            assert!(is_nearly_polynomial(&terms, degree));
        }
        assert!(!is_nearly_polynomial(&[1, 2, 4, 8], 1));
        assert!(is_nearly_polynomial(&[1, 2, 4, 8], 2));
    }

    #[test]
    fn rounded_polynomials() {
        let formula = |terms: &[i64]| {
            let mut found = Vec::new();
            rounded(&Terms::from(terms), &mut found);
            let rule = found.first()?;
            assert_eq!(rule.terms(terms.len()), *Terms::from(terms).exact());
            Some(rule.formula().to_string())
        };
        let quarter_squares = [0, 0, 1, 2, 4, 6, 9, 12];
        assert_eq!(formula(&quarter_squares).as_deref(), Some("a(n) = floor(n^2/4)"));
        let multiples = [0, 1, 2, 4, 5, 6, 8, 9];
        assert_eq!(formula(&multiples).as_deref(), Some("a(n) = floor(4 n/3)"));
        assert_eq!(formula(&[3, 1, 4, 1, 5, 9, 2, 6]), None);
        assert_eq!(formula(&[i64::MAX, i64::MIN, 0, 0, 0, 0, 1]), None);
    }
}
