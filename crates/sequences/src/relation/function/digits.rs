//! Digits of a number in a base.

/// The digits of a number from 0 on, the last one first; none of 0.
pub(super) fn digits(number: i64, base: u8) -> impl Iterator<Item = i64> {
    let base = i64::from(base.max(2));
    let mut rest = number;
    std::iter::from_fn(move || {
        (rest > 0).then(|| {
            let digit = rest % base;
            rest /= base;
            digit
        })
    })
}

/// The digits of `n` in `base`, read in base ten.
pub(super) fn numeral(n: i64, base: u8) -> Option<i64> {
    let mut place = Some(1_i64);
    digits(n, base).try_fold(0_i64, |number, digit| {
        let value = digit.checked_mul(place?)?;
        place = place?.checked_mul(10);
        number.checked_add(value)
    })
}

/// The survivor, counted from 1, when every second one of `n` in a circle is removed: the digits
/// of `n` in base 2 with the first one moved to the end; 0 of 0.
pub(super) fn josephus(n: i64) -> i64 {
    let top = if n == 0 { 0 } else { 1 << n.ilog2() };
    2 * (n - top) + i64::from(n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::Function;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn digits_make_the_number(n in 0_i64..=Function::LARGEST_ARGUMENT, base in 2_u8..20) {
            let all: Vec<i64> = digits(n, base).collect();
            let radix = i64::from(base);
            let value = all.iter().rev().fold(0, |value, digit| value * radix + digit);
            prop_assert_eq!(value, n);
            prop_assert!(all.iter().all(|digit| (0..radix).contains(digit)));
            prop_assert_ne!(all.last(), Some(&0));
            let root = Function::Root(base).value(n).unwrap();
            prop_assert!(root.pow(u32::from(base)) <= n);
            prop_assert!((root + 1).checked_pow(u32::from(base)).is_none_or(|power| power > n));
        }
    }
}
