//! Expansions of a real number: the digits of fractions and roots, continued fractions.

use std::num::NonZeroU32;

/// The digits of `numerator / denominator` after the point, by long division.
pub(super) fn digits(terms: &mut [i64], numerator: u32, denominator: NonZeroU32, base: u8) {
    let (whole, base) = (u64::from(denominator.get()), u64::from(base.max(2)));
    let mut rest = u64::from(numerator) % whole;
    for term in terms {
        rest *= base; // below 2^40
        *term = (rest / whole) as i64;
        rest %= whole;
    }
}

/// The integer part of a root, then its decimal digits. Digit `n` is the last one of
/// `floor(10^n root)`, which is the root of an integer itself.
pub(super) fn root_digits(terms: &mut [i64], radicand: u32, degree: u8) -> usize {
    let degree = u32::from(degree.max(2));
    let (mut power, mut root) = (Some(u128::from(radicand)), 0_u128);
    for (index, term) in terms.iter_mut().enumerate() {
        let Some(number) = power else { return index };
        let before = root;
        // The next digit is found by counting; so is the integer part, which is below 2^16.
        root *= 10;
        while (root + 1).checked_pow(degree).is_some_and(|power| power <= number) {
            root += 1;
        }
        *term = (root - 10 * before) as i64;
        power = 10_u128.checked_pow(degree).and_then(|places| number.checked_mul(places));
    }
    terms.len()
}

/// The continued fraction of a square root. The remainder is always `(root + added) / divisor`
/// with integers.
pub(super) fn continued_fraction(terms: &mut [i64], radicand: u32) -> usize {
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

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use crate::relation::Relation;

    fn nonzero(value: u32) -> NonZeroU32 {
        NonZeroU32::new(value).unwrap()
    }

    #[test]
    fn digits_and_roots() {
        let digits = |numerator, denominator, base| Relation::Digits {
            numerator,
            denominator: nonzero(denominator),
            base,
        };
        assert_eq!(digits(1, 7, 10).terms(7), [1, 4, 2, 8, 5, 7, 1]);
        assert_eq!(digits(8, 7, 10).terms(7), [1, 4, 2, 8, 5, 7, 1]);
        assert_eq!(digits(1, 3, 2).terms(5), [0, 1, 0, 1, 0]);
        let root = |radicand, degree| Relation::RootDigits { radicand, degree }.terms(9);
        assert_eq!(root(2, 2), [1, 4, 1, 4, 2, 1, 3, 5, 6]);
        assert_eq!(root(2, 3), [1, 2, 5, 9, 9, 2, 1, 0, 4]);
        assert_eq!(root(200, 2), [14, 1, 4, 2, 1, 3, 5, 6, 2]);
        assert_eq!(root(49, 2), [7, 0, 0, 0, 0, 0, 0, 0, 0]);
        // What is too long for exact arithmetic ends.
        assert!(root(7, 20).len() < 9);
        let fraction = |radicand| Relation::ContinuedFraction { radicand }.terms(9);
        assert_eq!(fraction(2), [1, 2, 2, 2, 2, 2, 2, 2, 2]);
        assert_eq!(fraction(7), [2, 1, 1, 1, 4, 1, 1, 1, 4]);
        assert_eq!(fraction(23), [4, 1, 3, 1, 8, 1, 3, 1, 8]);
        assert_eq!(fraction(25), [5]);
    }
}
