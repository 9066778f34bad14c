//! What the definitions are made of.

use ninth::BigInt;
use num_traits::{One, Zero};

/// Terms that are made of each sequence.
pub const COUNT: usize = 21;

/// The values of a function from an index on.
pub fn values(first: i64, value: impl Fn(i64) -> i64) -> Vec<BigInt> {
    (first..).take(COUNT).map(|n| value(n).into()).collect()
}

/// The same for a function of any size.
pub fn large(first: usize, value: impl Fn(usize) -> BigInt) -> Vec<BigInt> {
    (first..).take(COUNT).map(value).collect()
}

/// First terms, and each later one from those before and its index, from 0 on.
pub fn recurrence(seeds: &[i64], next: impl Fn(&[BigInt], usize) -> BigInt) -> Vec<BigInt> {
    let mut terms: Vec<BigInt> = seeds.iter().map(|&seed| seed.into()).collect();
    while terms.len() < COUNT {
        terms.push(next(&terms, terms.len()));
    }
    terms
}

/// A linear recurrence with these factors of the last term, the one before, and so on.
pub fn linear(seeds: &[i64], factors: &[i64]) -> Vec<BigInt> {
    recurrence(seeds, |a, n| {
        factors.iter().zip(1..).map(|(factor, lag)| &a[n - lag] * factor).sum()
    })
}

/// The numbers from 0 on with a property.
pub fn numbers(property: impl Fn(i64) -> bool) -> Vec<BigInt> {
    (0..).filter(|&n| property(n)).take(COUNT).map(BigInt::from).collect()
}

pub fn factorial(n: usize) -> BigInt {
    (1..=n).map(BigInt::from).product()
}

pub fn binomial(n: usize, k: usize) -> BigInt {
    if k > n {
        return BigInt::zero();
    }
    (0..k).fold(BigInt::one(), |all, i| all * (n - i) / (i + 1))
}

/// A sum over k from 0 to n.
pub fn sum(n: usize, of: impl Fn(usize) -> BigInt) -> BigInt {
    (0..=n).map(of).sum()
}

pub fn power(base: i64, exponent: usize) -> BigInt {
    BigInt::from(base).pow(u32::try_from(exponent).unwrap())
}

pub fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

pub fn is_prime(n: i64) -> bool {
    n > 1 && (2..).take_while(|d| d * d <= n).all(|d| n % d != 0)
}

/// The n-th prime, from 1 on.
pub fn prime(n: usize) -> i64 {
    (2..).filter(|&p| is_prime(p)).nth(n - 1).unwrap()
}

pub fn divisors(n: i64) -> Vec<i64> {
    (1..=n).filter(|d| n % d == 0).collect()
}

/// The prime factors, with multiplicity.
pub fn factors(mut n: i64) -> Vec<i64> {
    let mut all = Vec::new();
    for d in 2.. {
        while n % d == 0 {
            all.push(d);
            n /= d;
        }
        if n <= 1 {
            break;
        }
    }
    all
}

/// The prime factors without repetition.
pub fn different_factors(n: i64) -> Vec<i64> {
    let mut all = factors(n);
    all.dedup();
    all
}

pub fn totient(n: i64) -> i64 {
    (1..=n).filter(|&k| gcd(k, n) == 1).count() as i64
}

pub fn moebius(n: i64) -> i64 {
    let (all, different) = (factors(n), different_factors(n));
    if all.len() > different.len() { 0 } else { (-1_i64).pow(all.len() as u32) }
}

/// Products of 1/(1 - x^k)^e(k): the coefficients from that of x^0 on.
pub fn euler(exponent: impl Fn(i64) -> BigInt) -> Vec<BigInt> {
    let weighted: Vec<BigInt> = (0..=COUNT as i64)
        .map(|n| {
            if n == 0 { BigInt::zero() } else { divisors(n).iter().map(|&d| exponent(d) * d).sum() }
        })
        .collect();
    recurrence(&[1], |a, n| (1..=n).map(|k| &weighted[k] * &a[n - k]).sum::<BigInt>() / n)
}

/// The digits in a base, the last one first.
pub fn digits(mut n: i64, base: i64) -> Vec<i64> {
    let mut all = Vec::new();
    while n > 0 {
        all.push(n % base);
        n /= base;
    }
    all
}

/// The number with these digits, the last one first.
pub fn from_digits(digits: &[i64], base: i64) -> i64 {
    digits.iter().rev().fold(0, |all, digit| all * base + digit)
}
