//! Primes and factors: tables of small ones, made by the compiler, and trial division.

use super::arithmetic::{gcd, power_modulo};

/// The primes below `SIEVE`, by a sieve at compile time.
pub(super) const SIEVE: usize = 8192;
pub(super) const PRIME_COUNT: usize = 1028;
pub(super) static PRIMES: [u16; PRIME_COUNT] = {
    let mut composite = [false; SIEVE];
    let mut primes = [0; PRIME_COUNT];
    let (mut found, mut number) = (0, 2);
    while number < SIEVE {
        if !composite[number] {
            primes[found] = number as u16;
            found += 1;
            let mut multiple = number * number;
            while multiple < SIEVE {
                composite[multiple] = true;
                multiple += number;
            }
        }
        number += 1;
    }
    assert!(found == PRIME_COUNT);
    primes
};

/// The least prime factor of every number below `SIEVE`, so that small numbers are factorised
/// without trial division; 0 of 0 and 1, which have none.
static LEAST_FACTORS: [u16; SIEVE] = {
    let mut factors = [0; SIEVE];
    let mut index = PRIME_COUNT;
    // The smallest prime comes last, and stays.
    while index > 0 {
        index -= 1;
        let prime = PRIMES[index] as usize;
        let mut multiple = prime;
        while multiple < SIEVE {
            factors[multiple] = prime as u16;
            multiple += prime;
        }
    }
    factors
};

/// The prime factors of a positive number up to [`Function::LARGEST_ARGUMENT`], each with its
/// exponent, the smallest first.
pub(super) fn factors(number: i64) -> impl Iterator<Item = (i64, u32)> {
    // In 32 bits, as divisions of 64 bits take several times as long.
    let (mut rest, mut candidates) = (number as u32, PRIMES.iter());
    std::iter::from_fn(move || {
        let prime = least_factor(rest, &mut candidates)?;
        let mut exponent = 0;
        while rest.is_multiple_of(prime) {
            rest /= prime;
            exponent += 1;
        }
        Some((i64::from(prime), exponent))
    })
}

/// The least prime factor of a number that no prime before the candidates divides; `None` of 1.
fn least_factor(number: u32, candidates: &mut std::slice::Iter<'_, u16>) -> Option<u32> {
    if let Some(known) = LEAST_FACTORS.get(number as usize) {
        return (*known > 0).then_some(u32::from(*known));
    }
    let divides = |prime: &u16| number.is_multiple_of(u32::from(*prime));
    // The square of the last candidate is beyond every argument.
    let possible = |prime: &&u16| u32::from(**prime).pow(2) <= number;
    let found = candidates.take_while(possible).find(|prime| divides(prime));
    Some(found.map_or(number, |prime| u32::from(*prime)))
}

/// The Carmichael function: the smallest exponent that makes 1 of every number coprime to this one.
pub(super) fn carmichael(number: i64) -> Option<i64> {
    factors(number).try_fold(1, |lcm, (prime, exponent)| {
        let order = match (prime, exponent) {
            (2, 3..) => 1 << (exponent - 2),
            _ => prime.pow(exponent - 1) * (prime - 1),
        };
        Some(lcm / gcd(lcm, order)? * order)
    })
}

pub(super) fn is_prime(number: i64) -> bool {
    number >= 2 && least_factor(number as u32, &mut PRIMES.iter()) == Some(number as u32)
}

/// The number of primes up to `n`, as far as they are tabulated.
pub(super) fn prime_count(n: i64) -> Option<i64> {
    let known = i64::from(PRIMES[PRIME_COUNT - 1]);
    (n <= known).then(|| PRIMES.partition_point(|&prime| i64::from(prime) <= n) as i64)
}

/// The smallest number whose factorial `n` divides: the largest of those of its prime powers.
pub(super) fn kempner(n: i64) -> i64 {
    let of_power = |(prime, exponent): (i64, u32)| {
        let (mut number, mut left) = (0, i64::from(exponent));
        while left > 0 {
            number += prime;
            let mut rest = number;
            while rest % prime == 0 {
                rest /= prime;
                left -= 1;
            }
        }
        number
    };
    factors(n).map(of_power).max().unwrap_or(1)
}

/// In how many ways `n` is a sum of two squares of integers, in order. Jacobi's two-square
/// theorem: four times the number of divisors that are 1 modulo 4, less those that are 3.
pub(super) fn two_squares(n: i64) -> i64 {
    let ways = |(prime, exponent): (i64, u32)| match prime % 4 {
        1 => i64::from(exponent) + 1,
        3 => 1 - i64::from(exponent % 2),
        _ => 1,
    };
    if n == 0 { 1 } else { 4 * factors(n).map(ways).product::<i64>() }
}

/// The multiplicative order of `base` modulo `n`, unless they have a factor in common. It
/// divides the Carmichael function of `n`.
pub(super) fn order(base: i64, n: i64) -> Option<i64> {
    let base = base % n;
    if gcd(base, n)? != 1 {
        return None;
    }
    let is_one = |exponent: i64| power_modulo(base, exponent, n) == 1 % n;
    let mut order = carmichael(n)?;
    for (prime, exponent) in factors(order) {
        for _ in 0..exponent {
            if is_one(order / prime) {
                order /= prime;
            }
        }
    }
    Some(order)
}

/// How often `k` divides `n`, and the quotient after that. `k = 1` does not divide it.
pub(super) fn divided_out(n: i64, k: i64) -> (i64, i64) {
    let (mut times, mut rest) = (0, n);
    while k > 1 && rest % k == 0 {
        rest /= k;
        times += 1;
    }
    (times, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::Function;
    use proptest::prelude::*;

    /// Small numbers are looked up, larger ones divided by primes, and both at the border.
    #[test]
    fn factors_are_primes_and_make_the_number() {
        let largest = Function::LARGEST_ARGUMENT;
        let border = SIEVE as i64 - 300..SIEVE as i64 + 300;
        let products = [8191 * 127, 1021 * 1021, 1021 * 1013, 97 * 97 * 97, 2 * 8191];
        for number in (1..300).chain(border).chain(largest - 300..=largest).chain(products) {
            let found: Vec<(i64, u32)> = factors(number).collect();
            let product: i64 = found.iter().map(|(prime, exponent)| prime.pow(*exponent)).product();
            assert_eq!(product, number);
            assert!(found.is_sorted_by(|(one, _), (other, _)| one < other), "{found:?}");
            for (prime, _) in found {
                assert!((2..prime).take_while(|d| d * d <= prime).all(|d| prime % d != 0));
            }
            let trial =
                number > 1 && (2..number).take_while(|d| d * d <= number).all(|d| number % d != 0);
            assert_eq!(is_prime(number), trial, "{number}");
        }
    }

    fn divides(divisor: i64, number: i64) -> bool {
        number % divisor == 0
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Against the definitions, by trying every number.
        #[test]
        fn functions_agree_with_their_definitions(n in 1_i64..3000) {
            let value = |function: Function| function.value(n).unwrap();
            let divisors: Vec<i64> = (1..=n).filter(|&d| divides(d, n)).collect();
            let prime = |p: i64| p > 1 && (2..p).all(|d| !divides(d, p));
            let primes: Vec<i64> = divisors.iter().copied().filter(|&d| prime(d)).collect();
            prop_assert_eq!(value(Function::DivisorCount), divisors.len() as i64);
            prop_assert_eq!(value(Function::DivisorSum), divisors.iter().sum::<i64>());
            prop_assert_eq!(value(Function::DistinctPrimeFactors), primes.len() as i64);
            prop_assert_eq!(value(Function::Radical), primes.iter().product::<i64>());
            prop_assert_eq!(value(Function::GreatestPrimeFactor), *primes.last().unwrap_or(&1));
            prop_assert_eq!(value(Function::LeastPrimeFactor), *primes.first().unwrap_or(&1));
            prop_assert_eq!(value(Function::IsPrime), i64::from(prime(n)));
            let coprime = (1..=n).filter(|&m| gcd(m, n) == Some(1)).count() as i64;
            prop_assert_eq!(value(Function::Totient), coprime);
            let square = divisors.iter().rfind(|d| d.isqrt().pow(2) == **d);
            prop_assert_eq!(value(Function::SquareFactor), *square.unwrap());
            let pairs = (-60_i64..=60).flat_map(|a| (-60_i64..=60).map(move |b| a * a + b * b));
            prop_assert_eq!(value(Function::TwoSquares), pairs.filter(|sum| *sum == n).count() as i64);
            prop_assert_eq!(value(Function::PrimeCount), (2..=n).filter(|&p| prime(p)).count() as i64);
            let factorial = (1..).scan(1, |product, m| { *product = *product * m % n; Some(*product) });
            let kempner = factorial.take_while(|product| *product != 0).count() as i64 + 1;
            prop_assert_eq!(value(Function::Kempner), kempner);
            for base in [2, 3, 10] {
                let power = (1..=n).try_fold((1, None), |(power, _), m| {
                    let power = power * base % n;
                    if power == 1 % n { Err(m) } else { Ok((power, None::<i64>)) }
                });
                prop_assert_eq!(Function::Order(base as u8).value(n), power.err());
            }
        }
    }
}
