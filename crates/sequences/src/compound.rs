//! Evaluation of the relations that are made of other sequences and of functions: what
//! the wider phase needs and the phases before it do not.

use std::num::NonZeroU32;

use crate::function::gcd;
use crate::relation::{Answer, Keep, Lag, Operation, Relation, Test, map_while};
use crate::transform::Transform;

pub(crate) fn recurrence(terms: &mut [i64], lags: &[Lag], addend: &Relation) -> usize {
    let given = lags.len().min(terms.len());
    // Term n of the addend is read before term n of the recurrence takes its place.
    let length = addend.evaluate(terms).max(given);
    for index in 0..length {
        let next = match lags.get(index) {
            Some(lag) => Some(lag.first),
            None => lags.iter().enumerate().try_fold(terms[index], |sum, (place, lag)| {
                match lag.factor {
                    0 => Some(sum), // most are
                    factor => sum.checked_add(factor.checked_mul(terms[index - 1 - place])?),
                }
            }),
        };
        match next {
            Some(next) => terms[index] = next,
            None => return index,
        }
    }
    length
}

pub(crate) fn varying(
    terms: &mut [i64],
    first: [i64; 2],
    [a, b]: [i64; 2],
    [c, d]: [i64; 2],
    constant: i64,
) -> usize {
    for index in 0..terms.len() {
        let next = || {
            let n = index as i64;
            let recent = a.checked_mul(n)?.checked_add(b)?.checked_mul(terms[index - 1])?;
            let earlier = c.checked_mul(n)?.checked_add(d)?.checked_mul(terms[index - 2])?;
            recent.checked_add(earlier)?.checked_add(constant)
        };
        match first.get(index).copied().or_else(next) {
            Some(next) => terms[index] = next,
            None => return index,
        }
    }
    terms.len()
}

pub(crate) fn polynomial(terms: &mut [i64], [a, b, c, d]: [i64; 4], divisor: NonZeroU32) -> usize {
    let indices = 0..terms.len() as i64;
    map_while(terms, indices, |_, n| {
        let cubic = d.checked_mul(n)?.checked_add(c)?.checked_mul(n)?;
        let whole = cubic.checked_add(b)?.checked_mul(n)?.checked_add(a)?;
        Some(whole.div_euclid(i64::from(divisor.get())))
    })
}

pub(crate) fn digits(terms: &mut [i64], numerator: u32, denominator: NonZeroU32, base: u8) {
    let (whole, base) = (u64::from(denominator.get()), u64::from(base.max(2)));
    let mut rest = u64::from(numerator) % whole;
    for term in terms {
        rest *= base; // below 2^40
        *term = (rest / whole) as i64;
        rest %= whole;
    }
}

/// Digit `n` is the last one of `floor(10^n root)`, which is a root of an integer itself.
pub(crate) fn root_digits(terms: &mut [i64], radicand: u32, degree: u8) -> usize {
    let degree = u32::from(degree.max(2));
    let (mut power, mut root) = (Some(u128::from(radicand)), 0_u128);
    for (index, term) in terms.iter_mut().enumerate() {
        let Some(number) = power else { return index };
        let before = root;
        // The next digit is counted up to; so is the whole part, which is below 2^16.
        root *= 10;
        while (root + 1).checked_pow(degree).is_some_and(|power| power <= number) {
            root += 1;
        }
        *term = (root - 10 * before) as i64;
        power = number.checked_mul(10_u128.pow(degree.min(38)));
    }
    terms.len()
}

/// What is left is always `(root + added) / divisor` with integers.
pub(crate) fn continued_fraction(terms: &mut [i64], radicand: u32) -> usize {
    let radicand = i64::from(radicand);
    let whole = radicand.isqrt();
    let (mut added, mut divisor) = (0, 1);
    for (index, term) in terms.iter_mut().enumerate() {
        if divisor == 0 {
            return index;
        }
        *term = (whole + added) / divisor;
        added = *term * divisor - added;
        divisor = (radicand - added * added) / divisor;
    }
    terms.len()
}

impl Test {
    /// Whether `number` passes.
    fn passes(self, number: i64) -> bool {
        self.function.value(number).is_some_and(|value| match self.answer {
            Answer::Is(wanted) => value == wanted,
            Answer::IsNot(other) => value != other,
            Answer::Remainder { residue, modulus } => {
                value.rem_euclid(i64::from(modulus.get())) == residue
            }
        })
    }
}

pub(crate) fn select(terms: &mut [i64], from: &Relation, test: Test, keep: Keep) -> usize {
    /// Terms that are looked at: enough for what is not very rare, and a bound for tests
    /// that nothing passes.
    const CANDIDATES: usize = 512;
    let mut candidates = Vec::new();
    let (mut length, mut seen) = (0, 0);
    // Few candidates are enough most of the time.
    for count in [32, CANDIDATES] {
        if length == terms.len() {
            break;
        }
        candidates.resize(count, 0);
        let found = from.evaluate(&mut candidates);
        let passing = candidates[..found]
            .iter()
            .enumerate()
            .skip(seen)
            .filter(|(_, term)| test.passes(**term));
        for (place, (index, term)) in terms[length..].iter_mut().zip(passing) {
            *place = match keep {
                Keep::Terms => *term,
                Keep::Indices => index as i64,
            };
            length += 1;
        }
        if found < count {
            break;
        }
        seen = count;
    }
    length
}

/// Calls `then` with a second buffer of `length` terms.
fn with_scratch(length: usize, then: impl FnOnce(&mut [i64]) -> usize) -> usize {
    /// Terms that need no allocation: one more than those of a relation.
    const IN_PLACE: usize = 33;
    if length <= IN_PLACE { then(&mut [0; IN_PLACE][..length]) } else { then(&mut vec![0; length]) }
}

pub(crate) fn combine(
    terms: &mut [i64],
    operation: Operation,
    left: &Relation,
    right: &Relation,
) -> usize {
    with_scratch(terms.len(), |others| {
        let length = left.evaluate(terms).min(right.evaluate(others));
        let (terms, others) = (&mut terms[..length], &others[..length]);
        if operation == Operation::Convolution {
            return convolution(terms, others);
        }
        map_while(terms, others.iter().copied(), |s, t| match operation {
            Operation::Sum => s.checked_add(t),
            Operation::Difference => s.checked_sub(t),
            Operation::Product => s.checked_mul(t),
            Operation::Quotient => s.checked_div_euclid(t),
            Operation::Remainder => s.checked_rem_euclid(t),
            Operation::Gcd => gcd(s, t),
            Operation::Convolution => None, // done above
        })
    })
}

/// From the back, so that no term of `s` is overwritten before it has been used: the terms
/// end where the first sum overflows.
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

pub(crate) fn transformed(terms: &mut [i64], by: Transform, of: &Relation) -> usize {
    let needed = by.needs(terms.len());
    if needed <= terms.len() {
        let found = of.evaluate(&mut terms[..needed]);
        return by.apply(terms, found);
    }
    with_scratch(needed, |scratch| {
        let found = of.evaluate(scratch);
        let length = by.apply(scratch, found).min(terms.len());
        terms[..length].copy_from_slice(&scratch[..length]);
        length
    })
}
