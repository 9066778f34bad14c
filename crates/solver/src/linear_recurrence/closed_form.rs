//! Closed forms of linear recurrences: sums of powers, with polynomials in the index as factors.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::bits;
use crate::expression::{Expression, Formula, n};
use crate::linear_algebra::relation;
use crate::relation::{expanded, factored};
use crate::surplus::{factor_bits, shifted};

/// The largest order, with the polynomial counted, that is written in closed form.
pub(super) const LARGEST_ORDER: usize = 4;

/// Roots are searched up to this size; the last one may be of any size.
const LARGEST_ROOT: i64 = 64;

/// The fewest bits of a coefficient.
const LEAST_FACTOR: f64 = 1.5;

/// Bits of the index 0 of the first term.
const INDEX_ZERO: f64 = 0.5;

/// `(p1(n) r1^n + p2(n) r2^n + ...) / d`
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ClosedForm {
    /// Roots and the coefficients of their polynomials from the constant on.
    powers: Vec<(BigInt, Vec<BigInt>)>,
    divisor: BigInt,
    first: i64,
}

/// The form of some terms.
pub(super) struct Known {
    from_zero: ClosedForm,
    /// The shortest one, if it is no polynomial alone.
    least: Option<(f64, ClosedForm)>,
}

/// Beyond first terms of so many bits a recurrence is easier to read.
const MOST_BITS: u64 = 128;

impl ClosedForm {
    /// Of a recurrence with these factors of the terms before and these coefficients of what is
    /// added, all over a divisor, if it has one of at most `most` bits. `terms` has two terms
    /// more than there are factors; `known` is the form of these terms, where it is known.
    pub(super) fn of(
        factors: &[BigInt],
        added: &[BigInt],
        divisor: &BigInt,
        terms: &[BigInt],
        most: f64,
        known: &mut Option<Known>,
    ) -> Option<Self> {
        let order = factors.len() + added.len();
        // The numbers of a closed form are about as large as the first terms.
        let unreadable = terms.iter().any(|term| term.bits() > MOST_BITS);
        if !divisor.is_one() || order > LARGEST_ORDER || unreadable {
            return None;
        }
        // x^r - c1 x^(r-1) - ... - cr, from the constant on.
        let mut characteristic: Vec<BigInt> = factors.iter().rev().map(|factor| -factor).collect();
        characteristic.push(BigInt::one());
        let mut roots = integer_roots(characteristic)?;
        if !added.is_empty() {
            match roots.iter_mut().find(|(root, _)| root.is_one()) {
                Some((_, times)) => *times += added.len(),
                None => roots.push((BigInt::one(), added.len())),
            }
        }
        // Polynomials alone are no powers.
        if roots.iter().all(|(root, _)| root.is_one()) {
            return None;
        }
        roots.sort_by(|(one, _), (other, _)| {
            (other.magnitude(), other.sign()).cmp(&(one.magnitude(), one.sign()))
        });
        // A sequence has one such form, whichever recurrence it is made from.
        let same = |known: &&Known| {
            known.from_zero.powers.iter().all(|(root, polynomial)| {
                roots.iter().any(|(other, times)| other == root && *times >= polynomial.len())
            })
        };
        if known.as_ref().filter(same).is_none() {
            let from_zero = ClosedForm::fit(&roots, terms)?;
            let least = from_zero.least();
            *known = Some(Known { from_zero, least });
        }
        let (bits, least) = known.as_ref()?.least.as_ref()?;
        (*bits <= most).then(|| least.clone())
    }

    /// The same from the index that makes it the shortest, with its bits, given that the first
    /// index is 0; none of a polynomial alone, which is no sum of powers.
    fn least(&self) -> Option<(f64, ClosedForm)> {
        if self.powers.iter().all(|(root, _)| root.is_one()) {
            return None;
        }
        // Another index has to be said, and its numbers take as many bits as ones at least.
        let numbers = self.powers.iter().map(|(_, polynomial)| polynomial.len()).sum::<usize>();
        let spare = self.number_bits() - LEAST_FACTOR * numbers as f64 + INDEX_ZERO;
        let mut least = (self.bits(), None);
        for first in [1, 2, 3, -1] {
            // A tenth of a bit for sums that are rounded.
            if spare + 0.1 < bits::integer(first) {
                continue;
            }
            let other = self.counted_from(first);
            let bits = other.bits();
            if bits < least.0 {
                least = (bits, Some(other));
            }
        }
        Some((least.0, least.1.unwrap_or_else(|| self.clone())))
    }

    /// With the index of the first term 0.
    fn fit(roots: &[(BigInt, usize)], terms: &[BigInt]) -> Option<Self> {
        let mut columns: Vec<Vec<BigInt>> = Vec::new();
        for (root, times) in roots {
            let mut column = Vec::with_capacity(terms.len());
            let mut power = BigInt::one();
            for _ in terms {
                let next = &power * root;
                column.push(std::mem::replace(&mut power, next));
            }
            for _ in 1..*times {
                let more = column.iter().zip(0_u32..).map(|(one, index)| one * index).collect();
                columns.push(std::mem::replace(&mut column, more));
            }
            columns.push(column);
        }
        columns.push(terms.to_vec());
        let mut solution = relation(&columns)?;
        let scale = solution.pop().filter(|scale| !scale.is_zero())?;
        let mut divisor = -scale;
        if divisor.is_negative() {
            divisor = -divisor;
            solution.iter_mut().for_each(|one| *one = -std::mem::take(one));
        }
        let mut rest = solution.into_iter();
        let mut powers = Vec::new();
        for (root, times) in roots {
            let mut polynomial: Vec<BigInt> = rest.by_ref().take(*times).collect();
            while polynomial.last().is_some_and(Zero::is_zero) {
                polynomial.pop();
            }
            if !polynomial.is_empty() {
                powers.push((root.clone(), polynomial));
            }
        }
        Some(ClosedForm { powers, divisor, first: 0 })
    }

    /// The same with another index of the first term, given that it is 0: `p(n) r^n` becomes
    /// `p(n - first) r^(n - first)`.
    fn counted_from(&self, first: i64) -> Self {
        let exponent = u32::try_from(first.unsigned_abs()).unwrap_or(0);
        let mut powers: Vec<(BigInt, Vec<BigInt>)> = self
            .powers
            .iter()
            .map(|(root, polynomial)| (root.clone(), shifted(polynomial, first)))
            .collect();
        let mut divisor = self.divisor.clone();
        if first < 0 {
            for (root, polynomial) in &mut powers {
                if !root.is_one() {
                    let factor = root.pow(exponent);
                    polynomial.iter_mut().for_each(|one| *one *= &factor);
                }
            }
        } else {
            // Over a common multiple of the powers.
            let multiple =
                powers.iter().fold(BigInt::one(), |multiple, (root, _)| multiple.lcm(root));
            let multiple = multiple.pow(exponent);
            divisor *= &multiple;
            for (root, polynomial) in &mut powers {
                let factor = &multiple / root.pow(exponent);
                if !factor.is_one() {
                    polynomial.iter_mut().for_each(|one| *one *= &factor);
                }
            }
            let all = powers.iter().flat_map(|(_, polynomial)| polynomial);
            let common = all.fold(divisor.clone(), |common, one| match common.is_one() {
                true => common,
                false => common.gcd(one),
            });
            if !common.is_one() {
                divisor /= &common;
                let all = powers.iter_mut().flat_map(|(_, polynomial)| polynomial);
                all.for_each(|one| *one /= &common);
            }
        }
        ClosedForm { powers, divisor, first }
    }

    /// Bits of the coefficients and of the divisor, beyond the least for that.
    fn number_bits(&self) -> f64 {
        let all = self.powers.iter().flat_map(|(_, polynomial)| polynomial);
        let divisor = match self.divisor.is_one() {
            true => 0.0,
            false => 0.5 + bits::big(&(&self.divisor - 1_i64)),
        };
        all.map(factor_bits).sum::<f64>() + divisor
    }

    pub(super) fn bits(&self) -> f64 {
        // Powers of 2, and constants, are the most common.
        let root_bits = |root: &BigInt| match root.to_i64() {
            Some(1) => 1.0,
            Some(2) => 2.0,
            Some(-1) => 2.5,
            _ => bits::big(root),
        };
        let length = |polynomial: &[BigInt]| match polynomial.len() {
            1 => 0.5,
            length => bits::natural(length as u64),
        };
        let numbers = |(root, polynomial): &(BigInt, Vec<BigInt>)| {
            root_bits(root) + length(polynomial) + polynomial.iter().map(factor_bits).sum::<f64>()
        };
        let sum: f64 = self.powers.iter().map(numbers).sum();
        let divisor = match self.divisor.is_one() {
            true => 0.5,
            false => 1.0 + bits::big(&(&self.divisor - 1_i64)),
        };
        let first = if self.first == 0 { INDEX_ZERO } else { bits::integer(self.first) };
        2.5 + bits::natural(self.powers.len() as u64) + sum + divisor + first
    }

    pub(super) fn formula(&self) -> Formula {
        let power = |(root, polynomial): &(BigInt, Vec<BigInt>)| {
            if root.is_one() {
                return expanded(polynomial);
            }
            let power = Expression::power(Expression::Integer(root.clone()), n());
            let content = polynomial.iter().fold(BigInt::zero(), |all, one| all.gcd(one));
            match &polynomial[..] {
                [factor] => Expression::product(vec![Expression::Integer(factor.clone()), power]),
                // 3 n 2^n and -(n + 1) 2^n
                _ if polynomial.last().is_some_and(Signed::is_negative) => {
                    let positive: Vec<BigInt> = polynomial.iter().map(|one| -one).collect();
                    Expression::product(vec![Expression::integer(-1), factored(&positive), power])
                }
                _ if content.is_one() => Expression::product(vec![factored(polynomial), power]),
                _ => {
                    let rest: Vec<BigInt> = polynomial.iter().map(|one| one / &content).collect();
                    Expression::product(vec![Expression::Integer(content), factored(&rest), power])
                }
            }
        };
        let mut summands = Vec::new();
        for part in &self.powers {
            match power(part) {
                Expression::Sum(inner) => summands.extend(inner),
                other => summands.push(other),
            }
        }
        // 1 - (-2)^n rather than -(-2)^n + 1.
        if self.powers.first().is_some_and(|(_, all)| all.last().is_some_and(Signed::is_negative)) {
            summands.reverse();
        }
        let right = Expression::quotient(
            Expression::sum(summands),
            Expression::Integer(self.divisor.clone()),
        );
        Formula::of(right).starting(self.first, Vec::new())
    }
}

/// The roots of a monic polynomial and how often they occur, if all are integers other than zero.
fn integer_roots(mut polynomial: Vec<BigInt>) -> Option<Vec<(BigInt, usize)>> {
    let mut roots: Vec<(BigInt, usize)> = Vec::new();
    let mut candidates = (1..=LARGEST_ROOT).flat_map(|root| [root, -root]).peekable();
    while polynomial.len() > 2 {
        let &candidate = candidates.peek()?;
        // A root divides the constant.
        let divides = match polynomial[0].to_i64() {
            Some(constant) => constant % candidate == 0,
            None => (&polynomial[0] % candidate).is_zero(),
        };
        if !divides {
            candidates.next();
            continue;
        }
        let mut quotient = vec![BigInt::zero(); polynomial.len() - 1];
        let mut carried = BigInt::zero();
        for place in (0..polynomial.len()).rev() {
            let value = &polynomial[place] + &carried * candidate;
            if place == 0 {
                carried = value;
            } else {
                quotient[place - 1] = value.clone();
                carried = value;
            }
        }
        if carried.is_zero() {
            polynomial = quotient;
            add(&mut roots, candidate.into());
        } else {
            candidates.next();
        }
    }
    let last = -polynomial.first()?.clone();
    if last.is_zero() {
        return None;
    }
    add(&mut roots, last);
    Some(roots)
}

fn add(roots: &mut Vec<(BigInt, usize)>, root: BigInt) {
    match roots.iter_mut().find(|(other, _)| *other == root) {
        Some((_, times)) => *times += 1,
        None => roots.push((root, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_forms_from_any_index() {
        // (n + 1) 2^n - (-3)^n
        let value = |n: u32| BigInt::from(n + 1) * BigInt::from(2).pow(n) - BigInt::from(-3).pow(n);
        let terms: Vec<BigInt> = (0..6).map(value).collect();
        let form = ClosedForm::fit(&[((-3).into(), 1), (2.into(), 2)], &terms).unwrap();
        assert_eq!(form.formula().to_string(), "a(n) = (n + 1) * 2^n - (-3)^n");
        let integers = |all: &[i64]| all.iter().map(|&one| BigInt::from(one)).collect();
        let expected = |of_three: i64, of_two: [i64; 2], divisor: i64, first: i64| ClosedForm {
            powers: vec![((-3).into(), integers(&[of_three])), (2.into(), integers(&of_two))],
            divisor: divisor.into(),
            first,
        };
        assert_eq!(form.counted_from(1), expected(2, [0, 3], 6, 1));
        assert_eq!(form.counted_from(-1), expected(3, [4, 2], 1, -1));
    }

    #[test]
    fn a_known_form_is_that_of_other_recurrences() {
        let terms: Vec<BigInt> = (0..6_u32).map(|n| BigInt::from(2).pow(n) * 3 + 5).collect();
        let integers = |all: &[i64]| all.iter().map(|&one| BigInt::from(one)).collect::<Vec<_>>();
        // a(n) = 3 a(n-1) - 2 a(n-2), and a(n) = 2 a(n-1) - 5, and with the root -1 as well.
        let mut known = None;
        for (factors, added) in [(&[3, -2][..], &[][..]), (&[2], &[-5]), (&[2, 1, -2], &[])] {
            let (factors, added) = (integers(factors), integers(added));
            let terms = &terms[..factors.len() + added.len() + 2];
            let one = BigInt::one();
            let form = ClosedForm::of(&factors, &added, &one, terms, 99.0, &mut known);
            let anew = ClosedForm::of(&factors, &added, &one, terms, 99.0, &mut None);
            assert_eq!(form, anew);
            assert_eq!(form.unwrap().formula().to_string(), "a(n) = 3 * 2^n + 5");
        }
    }

    #[test]
    fn roots_with_their_multiplicities() {
        let roots =
            |polynomial: &[i64]| integer_roots(polynomial.iter().map(|&one| one.into()).collect());
        // (x - 2)^2 (x + 3) = x^3 - x^2 - 8 x + 12
        assert_eq!(roots(&[12, -8, -1, 1]), Some(vec![(2.into(), 2), ((-3).into(), 1)]));
        assert_eq!(roots(&[-1_000_003, 1]), Some(vec![(1_000_003.into(), 1)]));
        assert_eq!(roots(&[-1, -1, 1]), None);
        assert_eq!(roots(&[0, 0, 1]), None);
    }
}
