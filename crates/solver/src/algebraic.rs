//! Sequences with an algebraic generating function: `q0(x) + q1(x) A(x) + q2(x) A(x)^2 + ... = 0`
//! for `A(x) = a(0) + a(1) x + a(2) x^2 + ...`.
//!
//! Trees, paths and bracketings are counted by such sequences; `A(x) = 1 + x A(x)^2` says that
//! `a(n+1)` is the sum of all `a(i) a(n-i)`.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use crate::bits;
use crate::expression::{Expression, Formula};
use crate::linear_algebra::{self, MERSENNE, exact_quotient};
use crate::rule::{Generator, Rule};
use crate::surplus::{Collector, factor_bits};
use crate::terms::Terms;

/// The largest power of `A(x)`.
const LARGEST_POWER: usize = 3;

/// The largest degree of a polynomial in `x`.
const LARGEST_DEGREE: usize = 3;

/// A rule must save so many bits.
const LEAST_SAVED: f64 = 3.0;

/// More terms than these are not needed to find an equation; all are checked.
const TERMS_TO_FIT: usize = 40;

/// The coefficients of a power series that is a root of a polynomial.
#[derive(Clone, Debug, PartialEq)]
pub struct Algebraic {
    /// The polynomials in `x`, by the power of `A(x)`, from the constant on.
    polynomials: [Vec<BigInt>; LARGEST_POWER + 1],
    /// The first terms: all up to the index that is the order of the derivative by `A`, below.
    seeds: Vec<BigInt>,
    /// The first coefficient of the derivative by `A` that is not zero.
    slope: BigInt,
}

/// Finds a quadratic or cubic equation of small degree in `x`.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    if terms.len() < 6 || terms.is_constant() {
        return;
    }
    let exact = &terms.exact()[..terms.len().min(TERMS_TO_FIT)];
    let count = exact.len();
    let prime = MERSENNE;
    // Powers of the generating function modulo the prime, and each times x, x^2, x^3.
    let first: Vec<u64> = exact.iter().map(|term| prime.of(term)).collect();
    let times = |one: &[u64], other: &[u64]| -> Vec<u64> {
        let coefficient = |place: usize| {
            (0..=place).fold(0, |sum, i| prime.add(sum, prime.multiply(one[i], other[place - i])))
        };
        (0..count).map(coefficient).collect()
    };
    let square = times(&first, &first);
    let cube = times(&square, &first);
    let shifts = [first, square, cube].map(|power| {
        (0..=LARGEST_DEGREE)
            .map(|shift| {
                let mut column = vec![0; shift];
                column.extend_from_slice(&power[..count - shift]);
                column
            })
            .collect::<Vec<Vec<u64>>>()
    });
    let mut collector = Collector::new(terms, found, LEAST_SAVED);
    let mut solved: Vec<[usize; 4]> = Vec::new();
    // Lengths of q0, ..., q3.
    for lengths in shapes() {
        let [_, ones, twos, threes] = lengths;
        let unknowns = ones + twos + threes - 1;
        // Two equations more than unknowns.
        if lengths[0] + unknowns + 2 > count {
            continue;
        }
        let contains = |other: &[usize; 4]| other.iter().zip(&lengths).all(|(one, all)| one <= all);
        if solved.iter().any(contains) {
            continue;
        }
        let mut columns: Vec<&[u64]> = Vec::new();
        for (power, length) in shifts.iter().zip([ones, twos, threes]) {
            columns.extend(power[..length].iter().map(Vec::as_slice));
        }
        let Some(residues) = linear_algebra::kernel(prime, &columns, lengths[0]) else { continue };
        let Some(factors) = linear_algebra::small_integers(prime, &residues) else { continue };
        let Some(rule) = Algebraic::with_factors(terms, lengths, factors) else { continue };
        // A rational function is a linear recurrence.
        if rule.is_rational() {
            return;
        }
        if collector.add(Rule::new(rule)) {
            solved.push(lengths);
            if solved.len() == 2 || terms.len() > TERMS_TO_FIT {
                return;
            }
        }
    }
}

/// Numbers of coefficients of the polynomials, those with fewer unknowns first.
fn shapes() -> Vec<[usize; 4]> {
    let mut all = Vec::new();
    for q0 in 1..=3 {
        for q1 in 1..=4 {
            for q2 in 1..=4 {
                all.push([q0, q1, q2, 0]);
            }
        }
        for q1 in 1..=2 {
            for q2 in 0..=2 {
                for q3 in 1..=3 {
                    all.push([q0, q1, q2, q3]);
                }
            }
        }
    }
    all.sort_by_key(|lengths| {
        (lengths.iter().sum::<usize>() + usize::from(lengths[3] > 0), *lengths)
    });
    all
}

impl Algebraic {
    /// With these coefficients of `q1`, `q2` and `q3`; those of `q0` follow.
    fn with_factors(terms: &Terms, lengths: [usize; 4], factors: Vec<BigInt>) -> Option<Self> {
        let mut rest = factors.into_iter();
        let mut polynomials: [Vec<BigInt>; LARGEST_POWER + 1] = Default::default();
        for power in 1..=LARGEST_POWER {
            polynomials[power] = rest.by_ref().take(lengths[power]).collect();
            trim(&mut polynomials[power]);
        }
        let exact = terms.exact();
        let known = &exact[..exact.len().min(TERMS_TO_FIT)];
        let mut rule = Algebraic { polynomials, seeds: known.to_vec(), slope: BigInt::zero() };
        let squares: Vec<BigInt> = (0..known.len()).map(|place| square(known, place)).collect();
        rule.polynomials[0] =
            (0..lengths[0]).map(|place| -rule.coefficient(known, &squares, place)).collect();
        trim(&mut rule.polynomials[0]);
        // The derivative by A: q1 + 2 q2 A + 3 q3 A^2.
        let derivative = |place: usize| -> BigInt {
            let part = |power: usize, series: &dyn Fn(usize) -> BigInt| {
                let polynomial = rule.polynomials[power].iter().enumerate().take(place + 1);
                polynomial.map(|(shift, factor)| factor * series(place - shift)).sum::<BigInt>()
            };
            let one = |index: usize| BigInt::from(u8::from(index == 0));
            part(1, &one)
                + part(2, &|index| known[index].clone()) * 2
                + part(3, &|index| squares[index].clone()) * 3
        };
        let order = (0..known.len().min(4)).find(|&place| !derivative(place).is_zero())?;
        rule.slope = derivative(order);
        rule.seeds = known[..=order].to_vec();
        rule.with_sign();
        // The next ones are integers, too.
        let count = exact.len() + 4;
        let continued = rule.terms(count);
        (continued.len() == count && continued[..exact.len()] == *exact).then_some(rule)
    }

    /// Whether the equation is linear, also after a division by `A(x)`.
    fn is_rational(&self) -> bool {
        let powers = self.polynomials.iter().enumerate().filter(|(_, one)| !one.is_empty());
        let powers: Vec<usize> = powers.map(|(power, _)| power).collect();
        match powers[..] {
            [] => true,
            [least, .., largest] => largest - least < 2,
            [_] => true,
        }
    }

    /// `-A(x)` stands for itself on the other side of the equation.
    fn with_sign(&mut self) {
        let all = self.polynomials.iter().flatten();
        let mut divisor = all.fold(BigInt::zero(), |divisor, one| divisor.gcd(one));
        let leading = self.polynomials[1].iter().find(|one| !one.is_zero());
        if leading.is_some_and(Signed::is_positive) {
            divisor = -divisor;
        }
        if divisor.is_zero() {
            return;
        }
        self.polynomials.iter_mut().flatten().for_each(|one| *one /= &divisor);
        self.slope /= &divisor;
    }

    /// The coefficient at x^place of the left side, with the terms that are known so far.
    fn coefficient(&self, terms: &[BigInt], squares: &[BigInt], place: usize) -> BigInt {
        let mut sum = self.polynomials[0].get(place).cloned().unwrap_or_default();
        let term = |index: usize| terms.get(index).cloned().unwrap_or_default();
        let two = |index: usize| match squares.get(index) {
            Some(known) => known.clone(),
            None => square(terms, index),
        };
        let three = |index: usize| {
            let known = terms.iter().enumerate().take(index + 1);
            known.map(|(place, one)| one * two(index - place)).sum::<BigInt>()
        };
        for (power, polynomial) in self.polynomials.iter().enumerate().skip(1) {
            for (shift, factor) in polynomial.iter().enumerate().take(place + 1) {
                if !factor.is_zero() {
                    let index = place - shift;
                    sum += factor
                        * match power {
                            1 => term(index),
                            2 => two(index),
                            _ => three(index),
                        };
                }
            }
        }
        sum
    }
}

/// The coefficient at x^place of the square of a series, with the terms known so far.
fn square(terms: &[BigInt], place: usize) -> BigInt {
    let mut sum = BigInt::zero();
    let start = (place + 1).saturating_sub(terms.len());
    for i in start..place.div_ceil(2) {
        sum += &terms[i] * &terms[place - i];
    }
    sum *= 2;
    if place.is_multiple_of(2) && place / 2 < terms.len() {
        sum += &terms[place / 2] * &terms[place / 2];
    }
    sum
}

fn trim(polynomial: &mut Vec<BigInt>) {
    while polynomial.last().is_some_and(Zero::is_zero) {
        polynomial.pop();
    }
}

impl Generator for Algebraic {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        let mut terms: Vec<BigInt> = self.seeds.iter().take(count).cloned().collect();
        let order = self.seeds.len() - 1;
        // Coefficients of the square that no later term changes.
        let mut squares: Vec<BigInt> = Vec::new();
        while terms.len() < count {
            while squares.len() < terms.len() {
                squares.push(square(&terms, squares.len()));
            }
            // The new term comes into the coefficient at x^(n + order) as slope * a(n).
            let rest = self.coefficient(&terms, &squares, terms.len() + order);
            match exact_quotient(&-rest, &self.slope) {
                Some(next) => terms.push(next),
                None => break,
            }
        }
        terms
    }

    fn bits(&self) -> f64 {
        let part = |polynomial: &Vec<BigInt>| {
            bits::natural(polynomial.len() as u64 + 1)
                + polynomial.iter().map(factor_bits).sum::<f64>()
        };
        5.0 + self.polynomials.iter().map(part).sum::<f64>() - 1.0
    }

    fn seeds(&self) -> usize {
        self.seeds.len()
    }

    fn formula(&self) -> Formula {
        let x = Expression::Symbol("x");
        let series = Expression::Call("A".into(), vec![x.clone()]);
        // c A = q0 + (q1 + c) A + q2 A^2, where q1 has the constant -c.
        let constant = self.polynomials[1].first().filter(|one| one.is_negative()).cloned();
        let mut summands: Vec<Expression> = Vec::new();
        for (power, polynomial) in self.polynomials.iter().enumerate() {
            let mut polynomial = polynomial.clone();
            if power == 1
                && let Some(constant) = &constant
            {
                polynomial[0] -= constant;
            }
            if polynomial.iter().all(Zero::is_zero) {
                continue;
            }
            // Lowest power first, as power series are written.
            let mut factor = match Expression::polynomial(&polynomial, &BigInt::one(), &x) {
                Expression::Sum(mut inner) => {
                    inner.reverse();
                    Expression::Sum(inner)
                }
                other => other,
            };
            if power == 0 {
                match factor {
                    Expression::Sum(inner) => summands.extend(inner),
                    other => summands.push(other),
                }
                continue;
            }
            if let Expression::Product(_) | Expression::Integer(_) = factor {
                factor = Expression::product(vec![factor]);
            }
            let powers = Expression::power(series.clone(), Expression::integer(power));
            summands.push(Expression::product(vec![factor, powers]));
        }
        let right = Expression::sum(summands);
        let left = match constant {
            Some(constant) => Expression::product(vec![Expression::Integer(-constant), series]),
            None => Expression::integer(0),
        };
        Formula::series(left, right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surplus::{any_terms, assert_told, told};

    fn formula(terms: &[i64]) -> Option<String> {
        told(solve, &Terms::from(terms)).map(|(_, formula)| formula)
    }

    #[test]
    fn trees_and_paths() {
        assert_told(
            solve,
            &[
                &[1, 1, 2, 5, 14, 42, 132, 429, 1430],
                &[1, 2, 5, 14, 42, 132, 429, 1430, 4862],
                &[1, 1, 2, 4, 9, 21, 51, 127, 323],
                &[1, 2, 6, 22, 90, 394, 1806, 8558, 41586],
                &[1, 1, 3, 11, 45, 197, 903, 4279, 20793],
                &[1, 1, 3, 12, 55, 273, 1428, 7752, 43263],
                &[1, 0, 1, 1, 3, 6, 15, 36, 91],
                &[1, 3, 13, 63, 321, 1683, 8989, 48639, 265729],
                &[1, 2, 6, 20, 70, 252, 924, 3432, 12870],
            ],
        );
    }

    #[test]
    fn formulas() {
        let catalan = formula(&[1, 1, 2, 5, 14, 42, 132, 429]);
        assert_eq!(catalan.as_deref(), Some("a(n) = [x^n] A(x), A(x) = 1 + x A(x)^2"));
        let motzkin = formula(&[1, 1, 2, 4, 9, 21, 51, 127]);
        let expected = "a(n) = [x^n] A(x), A(x) = 1 + x A(x) + x^2 A(x)^2";
        assert_eq!(motzkin.as_deref(), Some(expected));
    }

    #[test]
    fn it_goes_on_for_long() {
        let mut found = Vec::new();
        solve(&Terms::from(&[1, 1, 3, 12, 55, 273, 1428, 7752][..]), &mut found);
        let terms = found[0].terms(100);
        // (3 n)!/((2 n + 1)! n!) = (3 n)(3 n - 1)(3 n - 2)/(n (2 n + 1)(2 n)) times the last.
        for (n, pair) in (1_i64..).zip(terms.windows(2)) {
            let above = 3 * (3 * n - 1) * (3 * n - 2);
            assert_eq!(&pair[0] * above, &pair[1] * (2 * n * (2 * n + 1)));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_terms_are_survived(terms in any_terms()) {
            told(solve, &terms);
        }
    }
}
