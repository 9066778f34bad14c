//! Integer arithmetic that functions and other relations share.

/// The greatest common divisor, unless it does not fit.
pub(crate) fn gcd(a: i64, b: i64) -> Option<i64> {
    let (mut a, mut b) = (a.checked_abs()?, b.checked_abs()?);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    Some(a)
}

/// `n` choose `k`, which is 0 where `k` is not in `0..=n`.
pub(crate) fn binomial(n: i64, k: i64) -> Option<i64> {
    if k < 0 || k > n {
        return Some(0);
    }
    let k = k.min(n - k);
    (0..k).try_fold(1_i64, |product, index| Some(product.checked_mul(n - index)? / (index + 1)))
}

/// The largest `r` with `r^k <= number`, for a number from 0 on.
pub(super) fn root(number: i64, k: u32) -> i64 {
    if k == 2 {
        return number.isqrt();
    }
    let fits = |root: i64| root.checked_pow(k).is_some_and(|power| power <= number);
    (0..).take_while(|&root| fits(root + 1)).count() as i64
}

/// The Kronecker symbol `(a / n)` for a positive `n`.
pub(super) fn kronecker(a: i64, n: i64) -> i64 {
    let twos = n.trailing_zeros();
    let (mut a, mut n) = (a, n >> twos);
    let mut symbol = match (a % 2, a.rem_euclid(8)) {
        (0, _) if twos > 0 => return 0,
        (_, 3 | 5) if twos % 2 == 1 => -1,
        _ => 1,
    };
    a = a.rem_euclid(n);
    while a != 0 {
        while a % 2 == 0 {
            a /= 2;
            if matches!(n % 8, 3 | 5) {
                symbol = -symbol;
            }
        }
        (a, n) = (n, a);
        if a % 4 == 3 && n % 4 == 3 {
            symbol = -symbol;
        }
        a %= n;
    }
    if n == 1 { symbol } else { 0 }
}

/// `base^exponent` modulo a number below 2^31, for a base below that number.
pub(super) fn power_modulo(base: i64, exponent: i64, modulus: i64) -> i64 {
    let (mut power, mut square, mut rest) = (1 % modulus, base, exponent);
    while rest > 0 {
        if rest % 2 == 1 {
            power = power * square % modulus;
        }
        square = square * square % modulus;
        rest /= 2;
    }
    power
}

pub(super) fn is_square(number: i64) -> bool {
    number >= 0 && number.isqrt().pow(2) == number
}

#[cfg(test)]
mod tests {
    use crate::relation::Function;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Of an odd prime, the symbol says whether there is a root.
        #[test]
        fn symbols_say_what_is_a_square(index in 2_i64..60, number: i8) {
            let prime = Function::Prime.value(index).unwrap();
            let residue = i64::from(number).rem_euclid(prime);
            let expected = match (residue, (1..prime).any(|root| root * root % prime == residue)) {
                (0, _) => 0,
                (_, true) => 1,
                (_, false) => -1,
            };
            prop_assert_eq!(Function::Kronecker(number).value(prime), Some(expected));
        }
    }
}
