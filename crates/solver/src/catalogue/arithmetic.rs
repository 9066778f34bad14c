//! Number theory that the entries share: primes, factors, digits, for numbers of 64 bits.

use std::sync::LazyLock;

/// The numbers below this have their smallest prime factor in a table.
const SIEVED: u64 = 4096;

/// The smallest prime factor of each number; 0 of 0 and 1.
static SMALLEST_FACTOR: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut smallest = vec![0_u16; SIEVED as usize];
    for prime in 2..smallest.len() {
        if smallest[prime] == 0 {
            for multiple in (prime..smallest.len()).step_by(prime) {
                if smallest[multiple] == 0 {
                    smallest[multiple] = prime as u16; // below 4096
                }
            }
        }
    }
    smallest
});

pub(super) fn power_modulo(base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let wide = u128::from(modulus);
    let (mut result, mut square) = (1 % wide, u128::from(base) % wide);
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = result * square % wide;
        }
        square = square * square % wide;
        exponent /= 2;
    }
    result as u64 // below the modulus
}

/// Whether `n` is a prime. Above the table by the test of Miller and Rabin with the first twelve
/// primes as bases, which is exact for 64 bits (Sorenson and Webster, "Strong pseudoprimes to
/// twelve prime bases", 2015).
pub(super) fn is_prime(n: u64) -> bool {
    const BASES: [u64; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    if n < SIEVED {
        return n > 1 && u64::from(SMALLEST_FACTOR[n as usize]) == n;
    }
    if BASES.iter().any(|&prime| n.is_multiple_of(prime)) {
        return false;
    }
    let twos = (n - 1).trailing_zeros();
    let odd = (n - 1) >> twos;
    BASES.iter().all(|&base| {
        let mut x = power_modulo(base, odd, n);
        if x == 1 || x == n - 1 {
            return true;
        }
        (1..twos).any(|_| {
            x = (u128::from(x) * u128::from(x) % u128::from(n)) as u64; // below n
            x == n - 1
        })
    })
}

/// The prime powers that `n` is the product of, ascending; none of 0 and 1. By trial division,
/// so slow for large products of two primes: the search looks at numbers below 10^10 only.
pub(super) fn factor(n: u64) -> impl Iterator<Item = (u64, u32)> {
    let (mut rest, mut divisor) = (n, 2);
    std::iter::from_fn(move || {
        if rest < 2 {
            return None;
        }
        let prime = if rest < SIEVED {
            u64::from(SMALLEST_FACTOR[rest as usize])
        } else {
            while !rest.is_multiple_of(divisor) {
                divisor += if divisor == 2 { 1 } else { 2 };
                if divisor.saturating_mul(divisor) > rest {
                    divisor = rest;
                }
            }
            divisor
        };
        let mut exponent = 0;
        while rest.is_multiple_of(prime) {
            rest /= prime;
            exponent += 1;
        }
        Some((prime, exponent))
    })
}

/// The primes, ascending.
pub(super) fn primes() -> impl Iterator<Item = u64> {
    std::iter::once(2).chain((3..).step_by(2)).filter(|&n| is_prime(n))
}

/// Sum of the `power`-th powers of the divisors.
pub(super) fn sigma(power: u32, n: u64) -> i64 {
    let one = |(prime, exponent): (u64, u32)| {
        let step = (prime as i64).saturating_pow(power);
        (0..exponent).fold(1_i64, |sum, _| sum.saturating_mul(step).saturating_add(1))
    };
    factor(n).map(one).fold(1, i64::saturating_mul)
}

/// Euler's totient.
pub(super) fn phi(n: u64) -> u64 {
    factor(n).fold(n, |value, (prime, _)| value / prime * (prime - 1))
}

/// The function of Moebius.
pub(super) fn mu(n: u64) -> i64 {
    factor(n).fold(1, |value, (_, exponent)| if exponent > 1 { 0 } else { -value })
}

/// The number of prime factors, counted with multiplicity.
pub(super) fn big_omega(n: u64) -> u32 {
    factor(n).map(|(_, exponent)| exponent).sum()
}

/// The number of different prime factors.
pub(super) fn omega(n: u64) -> u32 {
    factor(n).count() as u32 // at most 15
}

/// The largest square not above `n`, as its root.
pub(super) fn root(n: u64) -> u64 {
    num_integer::Roots::sqrt(&n)
}

/// Whether `n` is a square.
pub(super) fn is_square(n: u64) -> bool {
    let root = root(n);
    root * root == n
}

/// Digits of `n`, the last first; one of 0.
pub(super) fn digits(n: u64, base: u64) -> impl Iterator<Item = u64> + Clone {
    let mut rest = Some(n);
    std::iter::from_fn(move || {
        let now = rest?;
        rest = (now >= base).then_some(now / base);
        Some(now % base)
    })
}

/// The number with these digits, the first first.
pub(super) fn number(digits: impl Iterator<Item = u64>, base: u64) -> u64 {
    digits.fold(0, |value, digit| value.wrapping_mul(base).wrapping_add(digit))
}

/// `n` with its digits reversed.
pub(super) fn reversed(n: u64, base: u64) -> u64 {
    number(digits(n, base), base)
}

/// What `n` reads like in `base` if read as a decimal number.
pub(super) fn written(n: u64, base: u64) -> i64 {
    let (mut value, mut place) = (0_i64, 1_i64);
    for digit in digits(n, base) {
        value = value.wrapping_add((digit as i64).wrapping_mul(place));
        place = place.wrapping_mul(10);
    }
    value
}

/// The number of partitions of `n` into `squares` squares, in order and with signs: how many
/// points of the lattice have this distance, for all distances below `count`.
pub(super) fn sums_of_squares(squares: u32, count: usize) -> Vec<i64> {
    let mut ways = vec![0_i64; count];
    if let Some(first) = ways.first_mut() {
        *first = 1;
    }
    for _ in 0..squares {
        let before = ways.clone();
        for (n, value) in ways.iter_mut().enumerate() {
            for base in (1..).take_while(|base| base * base <= n) {
                *value = value.wrapping_add(before[n - base * base].wrapping_mul(2));
            }
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primes_and_factors() {
        let by_division = |n: u64| n > 1 && (2..n).all(|d| !n.is_multiple_of(d));
        assert!((0..2000).all(|n| is_prime(n) == by_division(n)));
        assert!((4090..4300).all(|n| is_prime(n) == by_division(n)));
        assert!(is_prime(1_000_003) && !is_prime(1_000_001) && is_prime((1 << 61) - 1));
        for n in (1..5000).chain([999_983 * 2, 1 << 40, 10_000_019]) {
            let product: u64 = factor(n).map(|(prime, exponent)| prime.pow(exponent)).product();
            assert_eq!(product, n);
            assert!(factor(n).all(|(prime, _)| is_prime(prime)));
        }
        for n in 1..300_u64 {
            let divisors =
                |power: u32| (1..=n).filter(|d| n % d == 0).map(|d| d.pow(power)).sum::<u64>();
            assert_eq!(sigma(0, n) as u64, divisors(0));
            assert_eq!(sigma(2, n) as u64, divisors(2));
            assert_eq!(phi(n), (1..=n).filter(|k| num_integer::gcd(*k, n) == 1).count() as u64);
        }
    }

    #[test]
    fn digits_and_squares() {
        assert_eq!(reversed(1230, 10), 321);
        assert_eq!(written(5, 2), 101);
        assert_eq!(digits(0, 10).collect::<Vec<_>>(), [0]);
        assert_eq!(sums_of_squares(2, 6), [1, 4, 4, 0, 4, 8]);
        assert!(is_square(49) && !is_square(50));
    }
}
