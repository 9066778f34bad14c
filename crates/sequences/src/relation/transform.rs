//! Transforms of a sequence: differences, the binomial transform, the Euler transform and others.

/// A way to turn a sequence `s` into a sequence `a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transform {
    /// `a(n) = s(n+1) - s(n)`
    Differences,
    /// `a(n) = s(0) s(1) ... s(n)`
    Products,
    /// `a(n) = max(s(0), ..., s(n))`
    Records,
    /// `a(n) = binomial(n, 0) s(0) + binomial(n, 1) s(1) + ... + binomial(n, n) s(n)`
    Binomial,
    /// `a(n) = s(d-1)`, summed over the divisors `d` of `n + 1`.
    Divisors,
    /// The Euler transform: the number of partitions of `n` into parts with `s(k-1)` kinds of
    /// size `k`. `a(n)` is the coefficient of `z^n` in the product of all `(1 - z^k)^(-s(k-1))`.
    Euler,
    /// The INVERT transform, which counts the same parts in order: the coefficients of `1 / (1 - s(0) z - s(1) z^2 - ...)`.
    Compositions,
}

impl Transform {
    /// The number of terms of `s` that determine the first `count` of `a`.
    pub(super) fn needs(self, count: usize) -> usize {
        match self {
            Self::Differences if count > 0 => count + 1,
            Self::Differences
            | Self::Products
            | Self::Records
            | Self::Binomial
            | Self::Divisors => count,
            Self::Euler | Self::Compositions => count.saturating_sub(1),
        }
    }

    /// Replaces the first `found` terms, those of `s`, by those of `a`, and returns how
    /// many there are: fewer where a number overflows.
    pub(super) fn apply(self, terms: &mut [i64], found: usize) -> usize {
        match self {
            Self::Differences => differences(terms, found),
            Self::Products => fold(&mut terms[..found], i64::checked_mul),
            Self::Records => fold(&mut terms[..found], |record, term| Some(record.max(term))),
            Self::Binomial => binomial(&mut terms[..found]),
            Self::Divisors => divisors(&mut terms[..found]),
            Self::Euler => {
                // n a(n) is the sum of c(k) a(n-k), where c is the divisor sum of k s(k-1).
                let exact = euler_exponents(&mut terms[..found]);
                series(terms, exact, true)
            }
            Self::Compositions => series(terms, found, false),
        }
    }
}

fn fold(terms: &mut [i64], join: impl Fn(i64, i64) -> Option<i64>) -> usize {
    for index in 1..terms.len() {
        match join(terms[index - 1], terms[index]) {
            Some(joined) => terms[index] = joined,
            None => return index,
        }
    }
    terms.len()
}

fn differences(terms: &mut [i64], found: usize) -> usize {
    for index in 1..found {
        match terms[index].checked_sub(terms[index - 1]) {
            Some(difference) => terms[index - 1] = difference,
            None => return index - 1,
        }
    }
    found.saturating_sub(1)
}

/// Repeated sums of neighbours: after round `r` term `r` is final. Where a sum overflows the
/// terms end; those before it are still computed.
fn binomial(terms: &mut [i64]) -> usize {
    let (mut length, mut round) = (terms.len(), 1);
    while round < length {
        for index in (round..length).rev() {
            match terms[index].checked_add(terms[index - 1]) {
                Some(sum) => terms[index] = sum,
                None => length = index,
            }
        }
        round += 1;
    }
    length
}

/// Adds every term to those at its multiples. Backwards, because a term is added to later ones
/// only.
fn divisors(terms: &mut [i64]) -> usize {
    let mut length = terms.len();
    for divisor in (1..=length).rev() {
        let term = terms[divisor - 1];
        for multiple in (2 * divisor..=length).step_by(divisor) {
            match terms[multiple - 1].checked_add(term) {
                Some(sum) => terms[multiple - 1] = sum,
                None => {
                    length = multiple - 1;
                    break;
                }
            }
        }
    }
    length
}

fn euler_exponents(terms: &mut [i64]) -> usize {
    for (index, term) in terms.iter_mut().enumerate() {
        match term.checked_mul(index as i64 + 1) {
            Some(product) => *term = product,
            None => return divisors(&mut terms[..index]),
        }
    }
    divisors(terms)
}

/// `a(0) = 1`, and `a(n)` is the sum of `s(k-1) a(n-k)` for `k` from 1 to `n`, divided by
/// `n` where `divided`.
fn series(terms: &mut [i64], found: usize, divided: bool) -> usize {
    /// Up to here nothing is allocated.
    const IN_PLACE: usize = 32;
    let wanted = terms.len().min(found + 1);
    let (mut few, mut many) = ([0; IN_PLACE], Vec::new());
    let inner: &[i64] = if found <= IN_PLACE {
        few[..found].copy_from_slice(&terms[..found]);
        &few[..found]
    } else {
        many.extend_from_slice(&terms[..found]);
        &many
    };
    for n in 0..wanted {
        let sum = inner[..n]
            .iter()
            .zip(terms[..n].iter().rev())
            .try_fold(0_i64, |sum, (s, x)| sum.checked_add(s.checked_mul(*x)?));
        let Some(sum) = sum else { return n };
        terms[n] = match n {
            0 => 1,
            _ if divided => sum / n as i64,
            _ => sum,
        };
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::Relation;

    fn transformed(by: Transform, of: Relation, count: usize) -> Vec<i64> {
        Relation::Transformed { by, of: Box::new(of) }.terms(count)
    }

    #[test]
    fn known_pairs() {
        let ones = || Relation::Constant(1);
        let counting = || Relation::arithmetic(1, 1);
        let powers = Relation::Affine { first: 1, factor: 2, constant: 0 };
        assert_eq!(transformed(Transform::Differences, powers, 6), [1, 2, 4, 8, 16, 32]);
        assert_eq!(transformed(Transform::Products, counting(), 6), [1, 2, 6, 24, 120, 720]);
        let swinging = Relation::arithmetic(3, -1);
        assert_eq!(transformed(Transform::Records, swinging, 3), [3, 3, 3]);
        assert_eq!(transformed(Transform::Binomial, ones(), 6), [1, 2, 4, 8, 16, 32]);
        assert_eq!(transformed(Transform::Binomial, counting(), 5), [1, 3, 8, 20, 48]);
        // The divisors of 1, 2, 3, ..., by number and by sum.
        assert_eq!(transformed(Transform::Divisors, ones(), 8), [1, 2, 2, 3, 2, 4, 2, 4]);
        assert_eq!(transformed(Transform::Divisors, counting(), 6), [1, 3, 4, 7, 6, 12]);
        // Partitions, plane partitions, compositions, compositions into 1 and 2.
        assert_eq!(transformed(Transform::Euler, ones(), 9), [1, 1, 2, 3, 5, 7, 11, 15, 22]);
        assert_eq!(transformed(Transform::Euler, counting(), 7), [1, 1, 3, 6, 13, 24, 48]);
        assert_eq!(transformed(Transform::Compositions, ones(), 6), [1, 1, 2, 4, 8, 16]);
        let one_and_two = Relation::Linear { first: [1, 1], factors: [0, 0], constant: 0 };
        assert_eq!(transformed(Transform::Compositions, one_and_two, 7), [1, 1, 2, 3, 5, 8, 13]);
    }

    #[test]
    fn empty_buffers_and_long_ones() {
        for by in [Transform::Differences, Transform::Euler, Transform::Products] {
            assert!(transformed(by, Relation::Constant(1), 0).is_empty());
            assert_eq!(transformed(by, Relation::Constant(1), 100).len(), 100);
        }
    }

    /// Terms end where a number does not fit, and not before.
    #[test]
    fn terms_end_before_the_first_overflow() {
        let counting = Relation::arithmetic(1, 1);
        assert_eq!(transformed(Transform::Products, counting, 99).len(), 20); // 20! fits
        let ones = Relation::Constant(1);
        assert_eq!(transformed(Transform::Binomial, ones, 99).len(), 63);
        let last = Relation::arithmetic(i64::MAX - 2, 1);
        assert_eq!(transformed(Transform::Differences, last, 9), [1, 1]);
    }
}
