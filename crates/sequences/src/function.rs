//! Integer functions that have a name: number theory, digits, and the sequences that
//! everybody has met.
//!
//! A function is total in `i64` and says `None` where it is not defined, where its value
//! does not fit an `i64`, and beyond [`Function::LARGEST_ARGUMENT`], so that no relation
//! can take long to evaluate. Everything is computed from its definition; the few tables
//! are made by the compiler.

use std::fmt::{self, Display, Formatter};
use std::num::NonZeroU32;

use crate::formula::bracketed;

/// A function from integers to integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    // Counting sequences: n is an index from 0 on, or from 1 where it says so.
    /// `n^k`
    Power(u8),
    /// `n (n + 1) / 2`
    Triangular,
    /// `k^n`
    Exponential(u8),
    /// `1 * 2 * ... * n`
    Factorial,
    /// `n (n - 2) (n - 4) ...`
    DoubleFactorial,
    /// 0, 1, 1, 2, 3, 5, ...
    Fibonacci,
    /// 2, 1, 3, 4, 7, ...
    Lucas,
    /// 0, 1, 2, 5, 12, ...
    Pell,
    /// 0, 1, 1, 3, 5, 11, ...
    Jacobsthal,
    /// 0, 0, 1, 1, 2, 4, 7, ...
    Tribonacci,
    /// 1, 1, 1, 2, 2, 3, 4, 5, ...
    Padovan,
    /// 1, 1, 2, 5, 14, ...
    Catalan,
    /// 1, 1, 2, 4, 9, 21, ...
    Motzkin,
    /// 1, 1, 2, 5, 15, 52, ...
    Bell,
    /// `2n` choose `n`
    CentralBinomial,
    /// Permutations of which nothing stays in its place: 1, 0, 1, 2, 9, ...
    Derangements,
    /// Permutations that undo themselves: 1, 1, 2, 4, 10, ...
    Involutions,
    /// Partitions of `n`.
    Partitions,
    /// Partitions of `n` into different parts.
    DistinctPartitions,
    /// The `n`-th prime, from 1 on.
    Prime,

    // Factors, for n from 1 on.
    /// The number of divisors.
    DivisorCount,
    /// The sum of the divisors.
    DivisorSum,
    /// How many of `1..=n` have no factor in common with `n`.
    Totient,
    /// The smallest `m` with `a^m = 1` modulo `n` for all `a` without a factor in common.
    Carmichael,
    /// The number of different prime factors.
    DistinctPrimeFactors,
    /// The number of prime factors, repeated ones counted.
    PrimeFactors,
    /// The smallest prime factor, 1 of 1.
    LeastPrimeFactor,
    /// The largest prime factor, 1 of 1.
    GreatestPrimeFactor,
    /// The product of the different prime factors.
    Radical,
    /// The sum of the prime factors, repeated ones counted.
    PrimeFactorSum,
    /// The product by its rule: 1 of a prime, `(ab)' = a'b + ab'`.
    Derivative,
    /// 1, -1 or 0: the sign of the number of prime factors, 0 if one is repeated.
    Moebius,
    /// `n` divided by its largest square factor.
    SquarefreePart,
    /// The largest square that divides it.
    SquareFactor,
    /// How often it is divisible by `k`.
    Valuation(NonZeroU32),
    /// What is left when it is divided by `k` as often as possible.
    WithoutFactor(NonZeroU32),
    /// The smallest `m` whose factorial it divides.
    Kempner,
    /// The smallest number from 1 on that does not divide it.
    LeastNondivisor,
    /// The greatest common divisor with `k`, from 0 on.
    Gcd(NonZeroU32),
    /// The numerator of `n / k`, from 0 on.
    Numerator(NonZeroU32),
    /// The remainder by `k`, from 0 on.
    Remainder(NonZeroU32),
    /// `floor(n / k)`, from 0 on.
    Quotient(NonZeroU32),
    /// The primes up to `n`, from 0 on.
    PrimeCount,
    /// The smallest prime above `n`, from 0 on.
    NextPrime,
    /// The largest prime up to `n`, from 2 on.
    PreviousPrime,
    /// The ways to write `n` as a sum of two squares of integers, in order, from 0 on.
    TwoSquares,
    /// 1 of a prime, else 0, from 0 on.
    IsPrime,
    /// 1 of a square, else 0, from 0 on.
    IsSquare,
    /// 1 of a triangular number, else 0, from 0 on.
    IsTriangular,
    /// 1 of a Fibonacci number, else 0, from 0 on.
    IsFibonacci,

    /// The Kronecker symbol `(k / n)`: of an odd prime, 1 if `k` is a square modulo it,
    /// -1 if not, 0 if it divides `k`.
    Kronecker(i8),
    /// The smallest `m` from 1 on with `k^m = 1` modulo `n`, where there is one.
    Order(u8),

    // Digits in a base of at least 2, for n from 0 on; base 1 is read as 2.
    /// The sum of the digits.
    DigitSum(u8),
    /// The number of digits, 0 of 0.
    DigitCount(u8),
    /// The product of the digits.
    DigitProduct(u8),
    /// How often the first digit occurs in the base that is the second.
    DigitOccurrences(u8, u8),
    /// The digits from the last to the first.
    Reversal(u8),
    /// The digits, read as decimal ones.
    Numeral(u8),
    /// `n` xor `floor(n / 2)`
    GrayCode,
    /// The digits moved round by one in base 2: who is left when every second one goes.
    Josephus,

    // Slow growth, for n from 0 on.
    /// The largest `r` with `r^k <= n`; `k` is at least 2.
    Root(u8),
    /// The distance from `n` to the next square at or below it.
    AboveSquare,

    // Rules that describe themselves, for n from 1 on.
    /// `g(n)` says how often `n` occurs: 1, 2, 2, 3, 3, 4, 4, 4, ...
    Golomb,
    /// The lengths of its own runs: 1, 2, 2, 1, 1, 2, 1, ...
    Kolakoski,
    /// `q(n) = q(n - q(n-1)) + q(n - q(n-2))`: 1, 1, 2, 3, 3, 4, ...
    HofstadterQ,
    /// `c(n) = c(c(n-1)) + c(n - c(n-1))`: 1, 1, 2, 2, 3, 4, 4, ...
    Conway,
    /// `g(n) = n - g(g(n-1))`, `g(0) = 0`
    HofstadterG,
    /// `h(n) = n - h(h(h(n-1)))`, `h(0) = 0`
    HofstadterH,
    /// The steps from `n` to 1: half of an even number, `3n + 1` of an odd one.
    CollatzSteps,
}

/// The primes below `SIEVE`, by a sieve at compile time.
const SIEVE: usize = 8192;
const PRIME_COUNT: usize = 1028;
static PRIMES: [u16; PRIME_COUNT] = {
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

/// The least prime factor of every number below `SIEVE`, so that small numbers are taken apart
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

/// Partitions of 0, 1, ... into parts, or into different parts.
const fn partitions(distinct: bool) -> [i64; PARTITIONS] {
    let mut counts = [0; PARTITIONS];
    counts[0] = 1;
    let mut part = 1;
    while part < PARTITIONS {
        // Upwards, a part may be used again; downwards, it is used once.
        let mut step = part;
        while step < PARTITIONS {
            let total = if distinct { PARTITIONS - 1 + part - step } else { step };
            counts[total] += counts[total - part];
            step += 1;
        }
        part += 1;
    }
    counts
}

/// More than enough for the range of terms.
const PARTITIONS: usize = 128;
static ALL_PARTITIONS: [i64; PARTITIONS] = partitions(false);
static DISTINCT_PARTITIONS: [i64; PARTITIONS] = partitions(true);

/// How far self-describing sequences are known, from 1 on: far beyond any context.
const DESCRIBED: usize = 512;
static GOLOMB: [u16; DESCRIBED] = {
    let mut terms = [1; DESCRIBED];
    let mut n = 2;
    while n < DESCRIBED {
        terms[n] = 1 + terms[n - terms[terms[n - 1] as usize] as usize];
        n += 1;
    }
    terms
};
static KOLAKOSKI: [u16; DESCRIBED] = {
    let mut terms = [0; DESCRIBED];
    (terms[1], terms[2], terms[3]) = (1, 2, 2);
    let (mut length, mut run, mut term) = (4, 3, 1);
    while length < DESCRIBED {
        let mut left = terms[run];
        while left > 0 && length < DESCRIBED {
            terms[length] = term;
            length += 1;
            left -= 1;
        }
        run += 1;
        term = 3 - term;
    }
    terms
};
static HOFSTADTER_Q: [u16; DESCRIBED] = {
    let mut terms = [1; DESCRIBED];
    let mut n = 3;
    while n < DESCRIBED {
        terms[n] = terms[n - terms[n - 1] as usize] + terms[n - terms[n - 2] as usize];
        n += 1;
    }
    terms
};
static CONWAY: [u16; DESCRIBED] = {
    let mut terms = [1; DESCRIBED];
    let mut n = 3;
    while n < DESCRIBED {
        let last = terms[n - 1] as usize;
        terms[n] = terms[last] + terms[n - last];
        n += 1;
    }
    terms
};
static HOFSTADTER_G: [u16; DESCRIBED] = {
    let mut terms = [0; DESCRIBED];
    let mut n = 1;
    while n < DESCRIBED {
        terms[n] = n as u16 - terms[terms[n - 1] as usize];
        n += 1;
    }
    terms
};
static HOFSTADTER_H: [u16; DESCRIBED] = {
    let mut terms = [0; DESCRIBED];
    let mut n = 1;
    while n < DESCRIBED {
        terms[n] = n as u16 - terms[terms[terms[n - 1] as usize] as usize];
        n += 1;
    }
    terms
};

/// The prime factors of a positive number up to [`Function::LARGEST_ARGUMENT`], each with its
/// exponent, the smallest first.
fn factors(number: i64) -> impl Iterator<Item = (i64, u32)> {
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

/// The least prime factor of a number that none of the primes in front of the candidates
/// divides; none of 1.
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

/// The digits of a number from 0 on, the last one first; none of 0.
fn digits(number: i64, base: u8) -> impl Iterator<Item = i64> {
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
fn root(number: i64, k: u32) -> i64 {
    if k == 2 {
        return number.isqrt();
    }
    let fits = |root: i64| root.checked_pow(k).is_some_and(|power| power <= number);
    (0..).take_while(|&root| fits(root + 1)).count() as i64
}

/// The Kronecker symbol `(a / n)` for a positive `n`.
fn kronecker(a: i64, n: i64) -> i64 {
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

/// The smallest exponent that makes 1 of every number without a factor in common with this one.
fn carmichael(number: i64) -> Option<i64> {
    factors(number).try_fold(1, |lcm, (prime, exponent)| {
        let order = match (prime, exponent) {
            (2, 3..) => 1 << (exponent - 2),
            _ => prime.pow(exponent - 1) * (prime - 1),
        };
        Some(lcm / gcd(lcm, order)? * order)
    })
}

/// `base^exponent` modulo a number below 2^31, for a base below that number.
fn power_modulo(base: i64, exponent: i64, modulus: i64) -> i64 {
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

fn is_prime(number: i64) -> bool {
    number >= 2 && least_factor(number as u32, &mut PRIMES.iter()) == Some(number as u32)
}

fn is_square(number: i64) -> bool {
    number >= 0 && number.isqrt().pow(2) == number
}

/// Term `n` of a sequence whose next term follows from its number and the two before.
fn walk(n: i64, first: [i64; 2], next: impl Fn(i64, i64, i64) -> Option<i64>) -> Option<i64> {
    let [mut before, mut last] = first;
    for index in 0..n {
        // The last step is not needed, and may overflow.
        let following = if index + 1 < n { next(index + 2, before, last)? } else { 0 };
        (before, last) = (last, following);
    }
    Some(before)
}

impl Function {
    /// Arguments beyond this have no value, so that factors are found fast: trial division by
    /// 172 primes is the most it takes.
    pub const LARGEST_ARGUMENT: i64 = 1 << 20;

    /// The value at `n`, where there is one.
    pub fn value(self, n: i64) -> Option<i64> {
        if !(self.first_argument()..=Self::LARGEST_ARGUMENT).contains(&n) {
            return None;
        }
        let listed = |list: &[u16]| list.get(n as usize).map(|&term| i64::from(term));
        let unit = |holds: bool| Some(i64::from(holds));
        match self {
            Self::Power(k) => n.checked_pow(u32::from(k)),
            Self::Triangular => Some(n * (n + 1) / 2),
            Self::Exponential(k) => i64::from(k).checked_pow(n as u32),
            Self::Factorial => (1..=n).try_fold(1, i64::checked_mul),
            Self::DoubleFactorial => (1..=n).rev().step_by(2).try_fold(1, i64::checked_mul),
            Self::Fibonacci => walk(n, [0, 1], |_, a, b| a.checked_add(b)),
            Self::Lucas => walk(n, [2, 1], |_, a, b| a.checked_add(b)),
            Self::Pell => walk(n, [0, 1], |_, a, b| b.checked_mul(2)?.checked_add(a)),
            Self::Jacobsthal => walk(n, [0, 1], |_, a, b| a.checked_mul(2)?.checked_add(b)),
            Self::Tribonacci => {
                let (mut a, mut b, mut c) = (0_i64, 0_i64, 1_i64);
                for _ in 0..n {
                    (a, b, c) = (b, c, a.checked_add(b)?.checked_add(c)?);
                }
                Some(a)
            }
            Self::Padovan => {
                let (mut a, mut b, mut c) = (1_i64, 1_i64, 1_i64);
                for _ in 0..n {
                    (a, b, c) = (b, c, a.checked_add(b)?);
                }
                Some(a)
            }
            Self::Catalan => Some(binomial(2 * n, n)? / (n + 1)),
            Self::Motzkin => walk(n, [1, 1], |n, a, b| {
                let sum = (2 * n + 1).checked_mul(b)?.checked_add((3 * n - 3).checked_mul(a)?)?;
                Some(sum / (n + 2))
            }),
            Self::Bell => bell(n),
            Self::CentralBinomial => binomial(2 * n, n),
            Self::Derangements => walk(n, [1, 0], |n, a, b| a.checked_add(b)?.checked_mul(n - 1)),
            Self::Involutions => walk(n, [1, 1], |n, a, b| a.checked_mul(n - 1)?.checked_add(b)),
            Self::Partitions => ALL_PARTITIONS.get(n as usize).copied(),
            Self::DistinctPartitions => DISTINCT_PARTITIONS.get(n as usize).copied(),
            Self::Prime => PRIMES.get(n as usize - 1).map(|&prime| i64::from(prime)),

            Self::DivisorCount => {
                Some(factors(n).map(|(_, exponent)| i64::from(exponent) + 1).product())
            }
            Self::DivisorSum => Some(
                factors(n)
                    .map(|(prime, exponent)| (prime.pow(exponent + 1) - 1) / (prime - 1))
                    .product(),
            ),
            Self::Totient => Some(
                factors(n).map(|(prime, exponent)| prime.pow(exponent - 1) * (prime - 1)).product(),
            ),
            Self::Carmichael => carmichael(n),
            Self::DistinctPrimeFactors => Some(factors(n).count() as i64),
            Self::PrimeFactors => Some(factors(n).map(|(_, exponent)| i64::from(exponent)).sum()),
            Self::LeastPrimeFactor => Some(factors(n).next().map_or(1, |(prime, _)| prime)),
            Self::GreatestPrimeFactor => Some(factors(n).last().map_or(1, |(prime, _)| prime)),
            Self::Radical => Some(factors(n).map(|(prime, _)| prime).product()),
            Self::PrimeFactorSum => {
                Some(factors(n).map(|(prime, exponent)| prime * i64::from(exponent)).sum())
            }
            Self::Derivative => {
                Some(factors(n).map(|(prime, exponent)| n / prime * i64::from(exponent)).sum())
            }
            Self::Moebius => {
                Some(factors(n).map(|(_, exponent)| if exponent == 1 { -1 } else { 0 }).product())
            }
            Self::SquarefreePart => Some(
                factors(n)
                    .filter(|(_, exponent)| exponent % 2 == 1)
                    .map(|(prime, _)| prime)
                    .product(),
            ),
            Self::SquareFactor => Some(
                factors(n).map(|(prime, exponent)| prime.pow(exponent - exponent % 2)).product(),
            ),
            Self::Valuation(k) => {
                let k = i64::from(k.get());
                let mut rest = n;
                Some(if k == 1 {
                    0
                } else {
                    std::iter::from_fn(|| (rest % k == 0).then(|| rest /= k)).count() as i64
                })
            }
            Self::WithoutFactor(k) => {
                let k = i64::from(k.get());
                let mut rest = n;
                while k > 1 && rest % k == 0 {
                    rest /= k;
                }
                Some(rest)
            }
            Self::Kempner => {
                // The factorial of the largest prime power's own is enough for all others.
                let alone = |(prime, exponent): (i64, u32)| {
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
                Some(factors(n).map(alone).max().unwrap_or(1))
            }
            Self::LeastNondivisor => (1..).find(|divisor| n % divisor != 0),
            Self::Gcd(k) => gcd(n, i64::from(k.get())),
            Self::Numerator(k) => Some(n / gcd(n, i64::from(k.get()))?),
            Self::Remainder(k) => Some(n % i64::from(k.get())),
            Self::Quotient(k) => Some(n / i64::from(k.get())),
            Self::PrimeCount => {
                let known = i64::from(PRIMES[PRIME_COUNT - 1]);
                (n <= known).then(|| PRIMES.partition_point(|&prime| i64::from(prime) <= n) as i64)
            }
            Self::NextPrime => (n + 1..).find(|&number| is_prime(number)),
            Self::PreviousPrime => (2..=n).rev().find(|&number| is_prime(number)),
            Self::TwoSquares if n == 0 => Some(1),
            // Jacobi: four times the divisors 1 modulo 4, less those that are 3.
            Self::TwoSquares => {
                let ways = |(prime, exponent): (i64, u32)| match prime % 4 {
                    1 => i64::from(exponent) + 1,
                    3 => 1 - i64::from(exponent % 2),
                    _ => 1,
                };
                Some(4 * factors(n).map(ways).product::<i64>())
            }
            Self::IsPrime => unit(is_prime(n)),
            Self::IsSquare => unit(is_square(n)),
            Self::IsTriangular => unit(is_square(8 * n + 1)),
            Self::IsFibonacci => unit(is_square(5 * n * n + 4) || is_square(5 * n * n - 4)),

            Self::Kronecker(k) => Some(kronecker(i64::from(k), n)),
            Self::Order(k) => {
                let base = i64::from(k) % n;
                if gcd(base, n)? != 1 {
                    return None;
                }
                // It divides the exponent that is good for all of them.
                let comes_back = |exponent: i64| power_modulo(base, exponent, n) == 1 % n;
                let mut order = carmichael(n)?;
                for (prime, exponent) in factors(order) {
                    for _ in 0..exponent {
                        if comes_back(order / prime) {
                            order /= prime;
                        }
                    }
                }
                Some(order)
            }

            Self::DigitSum(base) => Some(digits(n, base).sum()),
            Self::DigitCount(base) => Some(digits(n, base).count() as i64),
            Self::DigitProduct(base) => Some(if n == 0 { 0 } else { digits(n, base).product() }),
            Self::DigitOccurrences(digit, base) => {
                let wanted = i64::from(digit);
                Some(digits(n, base).filter(|digit| *digit == wanted).count() as i64)
            }
            Self::Reversal(base) => {
                let radix = i64::from(base.max(2));
                Some(digits(n, base).fold(0, |number, digit| number * radix + digit))
            }
            Self::Numeral(base) => {
                let mut place = Some(1_i64);
                digits(n, base).try_fold(0_i64, |number, digit| {
                    let value = digit.checked_mul(place?)?;
                    place = place?.checked_mul(10);
                    number.checked_add(value)
                })
            }
            Self::GrayCode => Some(n ^ (n / 2)),
            Self::Josephus => {
                let top = if n == 0 { 0 } else { 1 << n.ilog2() };
                Some(2 * (n - top) + i64::from(n > 0))
            }

            Self::Root(k) => Some(root(n, u32::from(k.max(2)))),
            Self::AboveSquare => Some(n - n.isqrt().pow(2)),

            Self::Golomb => listed(&GOLOMB),
            Self::Kolakoski => listed(&KOLAKOSKI),
            Self::HofstadterQ => listed(&HOFSTADTER_Q),
            Self::Conway => listed(&CONWAY),
            Self::HofstadterG => listed(&HOFSTADTER_G),
            Self::HofstadterH => listed(&HOFSTADTER_H),
            Self::CollatzSteps => {
                let next = |&number: &i64| match number {
                    1 => None,
                    even if even % 2 == 0 => Some(even / 2),
                    odd => odd.checked_mul(3)?.checked_add(1),
                };
                Some(std::iter::successors(Some(n), next).count() as i64 - 1)
            }
        }
    }

    /// The smallest argument that has a value.
    pub(crate) const fn first_argument(self) -> i64 {
        match self {
            Self::Prime
            | Self::DivisorCount
            | Self::DivisorSum
            | Self::Totient
            | Self::Carmichael
            | Self::DistinctPrimeFactors
            | Self::PrimeFactors
            | Self::LeastPrimeFactor
            | Self::GreatestPrimeFactor
            | Self::Radical
            | Self::PrimeFactorSum
            | Self::Derivative
            | Self::Moebius
            | Self::SquarefreePart
            | Self::SquareFactor
            | Self::Valuation(_)
            | Self::WithoutFactor(_)
            | Self::Kempner
            | Self::LeastNondivisor
            | Self::Kronecker(_)
            | Self::Order(_)
            | Self::Golomb
            | Self::Kolakoski
            | Self::HofstadterQ
            | Self::Conway
            | Self::CollatzSteps => 1,
            Self::PreviousPrime => 2,
            Self::Power(_)
            | Self::Triangular
            | Self::Exponential(_)
            | Self::Factorial
            | Self::DoubleFactorial
            | Self::Fibonacci
            | Self::Lucas
            | Self::Pell
            | Self::Jacobsthal
            | Self::Tribonacci
            | Self::Padovan
            | Self::Catalan
            | Self::Motzkin
            | Self::Bell
            | Self::CentralBinomial
            | Self::Derangements
            | Self::Involutions
            | Self::Partitions
            | Self::DistinctPartitions
            | Self::Gcd(_)
            | Self::Numerator(_)
            | Self::Remainder(_)
            | Self::Quotient(_)
            | Self::PrimeCount
            | Self::NextPrime
            | Self::TwoSquares
            | Self::IsPrime
            | Self::IsSquare
            | Self::IsTriangular
            | Self::IsFibonacci
            | Self::DigitSum(_)
            | Self::DigitCount(_)
            | Self::DigitProduct(_)
            | Self::DigitOccurrences(..)
            | Self::Reversal(_)
            | Self::Numeral(_)
            | Self::GrayCode
            | Self::Josephus
            | Self::Root(_)
            | Self::AboveSquare
            | Self::HofstadterG
            | Self::HofstadterH => 0,
        }
    }

    /// Whether a larger argument never has a smaller value; what is not listed is not known to.
    pub(crate) const fn never_falls(self) -> bool {
        matches!(
            self,
            Self::Power(_)
                | Self::Triangular
                | Self::Exponential(1..)
                | Self::Factorial
                | Self::DoubleFactorial
                | Self::Fibonacci
                | Self::Pell
                | Self::Jacobsthal
                | Self::Tribonacci
                | Self::Padovan
                | Self::Catalan
                | Self::Motzkin
                | Self::Bell
                | Self::CentralBinomial
                | Self::Involutions
                | Self::Partitions
                | Self::DistinctPartitions
                | Self::Prime
        )
    }

    /// The function applied to what stands in `argument`, as in a formula.
    pub(crate) fn of(self, argument: &str) -> Applied<'_> {
        Applied { function: self, argument }
    }
}

/// Bell number `n`, by the triangle whose rows begin with the last term of the row before.
fn bell(n: i64) -> Option<i64> {
    /// The number after these does not fit.
    const LARGEST: usize = 25;
    let mut row = [0_i64; LARGEST + 1];
    row[0] = 1;
    let n = usize::try_from(n).ok().filter(|&n| n <= LARGEST)?;
    for length in 1..=n {
        let first = row[length - 1];
        let mut above = std::mem::replace(&mut row[0], first);
        for index in 1..=length {
            let next = row[index - 1].checked_add(above)?;
            above = std::mem::replace(&mut row[index], next);
        }
    }
    Some(row[0])
}

/// A function and its argument, to be printed.
pub(crate) struct Applied<'a> {
    function: Function,
    argument: &'a str,
}

impl Display for Applied<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let n = self.argument;
        let tight = bracketed(n);
        let (name, parameter) = match self.function {
            Function::Power(1) => return f.write_str(n),
            Function::Power(k) => return write!(f, "{tight}^{k}"),
            Function::Exponential(k) => return write!(f, "{k}^{tight}"),
            Function::Factorial => return write!(f, "{tight}!"),
            Function::DoubleFactorial => return write!(f, "{tight}!!"),
            Function::GrayCode => return write!(f, "{tight} xor floor({tight} / 2)"),
            Function::AboveSquare => return write!(f, "{n} - floor(sqrt({n}))^2"),
            Function::Numerator(k) => return write!(f, "{tight} / gcd({n}, {k})"),
            Function::Remainder(k) => return write!(f, "{tight} mod {k}"),
            Function::Quotient(k) => return write!(f, "floor({tight} / {k})"),
            Function::Kronecker(k) => return write!(f, "({k} / {tight})"),
            Function::Order(k) => return write!(f, "order({k}, {n})"),
            Function::DigitOccurrences(digit, base) => {
                return write!(f, "digit_occurrences({n}, {digit}, {base})");
            }
            Function::Root(..=2) => return write!(f, "floor(sqrt({n}))"),
            Function::Root(k) => return write!(f, "floor({tight}^(1/{k}))"),
            Function::CentralBinomial => return write!(f, "binomial(2 {tight}, {n})"),
            Function::Triangular => ("triangular", None),
            Function::Fibonacci => ("fibonacci", None),
            Function::Lucas => ("lucas", None),
            Function::Pell => ("pell", None),
            Function::Jacobsthal => ("jacobsthal", None),
            Function::Tribonacci => ("tribonacci", None),
            Function::Padovan => ("padovan", None),
            Function::Catalan => ("catalan", None),
            Function::Motzkin => ("motzkin", None),
            Function::Bell => ("bell", None),
            Function::Derangements => ("derangements", None),
            Function::Involutions => ("involutions", None),
            Function::Partitions => ("partitions", None),
            Function::DistinctPartitions => ("distinct_partitions", None),
            Function::Prime => ("prime", None),
            Function::DivisorCount => ("divisor_count", None),
            Function::DivisorSum => ("divisor_sum", None),
            Function::Totient => ("totient", None),
            Function::Carmichael => ("carmichael", None),
            Function::DistinctPrimeFactors => ("distinct_prime_factors", None),
            Function::PrimeFactors => ("prime_factors", None),
            Function::LeastPrimeFactor => ("least_prime_factor", None),
            Function::GreatestPrimeFactor => ("greatest_prime_factor", None),
            Function::Radical => ("radical", None),
            Function::PrimeFactorSum => ("prime_factor_sum", None),
            Function::Derivative => ("derivative", None),
            Function::Moebius => ("moebius", None),
            Function::SquarefreePart => ("squarefree_part", None),
            Function::SquareFactor => ("square_factor", None),
            Function::Valuation(k) => ("valuation", Some(k.get())),
            Function::WithoutFactor(k) => ("without_factor", Some(k.get())),
            Function::Kempner => ("kempner", None),
            Function::LeastNondivisor => ("least_nondivisor", None),
            Function::Gcd(k) => ("gcd", Some(k.get())),
            Function::PrimeCount => ("prime_count", None),
            Function::NextPrime => ("next_prime", None),
            Function::PreviousPrime => ("previous_prime", None),
            Function::TwoSquares => ("two_squares", None),
            Function::IsPrime => ("is_prime", None),
            Function::IsSquare => ("is_square", None),
            Function::IsTriangular => ("is_triangular", None),
            Function::IsFibonacci => ("is_fibonacci", None),
            Function::DigitSum(base) => ("digit_sum", Some(u32::from(base))),
            Function::DigitCount(base) => ("digit_count", Some(u32::from(base))),
            Function::DigitProduct(base) => ("digit_product", Some(u32::from(base))),
            Function::Reversal(base) => ("reversal", Some(u32::from(base))),
            Function::Numeral(base) => ("numeral", Some(u32::from(base))),
            Function::Josephus => ("josephus", None),
            Function::Golomb => ("golomb", None),
            Function::Kolakoski => ("kolakoski", None),
            Function::HofstadterQ => ("hofstadter_q", None),
            Function::Conway => ("conway", None),
            Function::HofstadterG => ("hofstadter_g", None),
            Function::HofstadterH => ("hofstadter_h", None),
            Function::CollatzSteps => ("collatz_steps", None),
        };
        match parameter {
            Some(parameter) => write!(f, "{name}({n}, {parameter})"),
            None => write!(f, "{name}({n})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn k(value: u32) -> NonZeroU32 {
        NonZeroU32::new(value).unwrap()
    }

    /// First values, from the first argument on, as anybody can work them out by hand.
    #[test]
    fn first_values() {
        let known: [(Function, &[i64]); 62] = [
            (Function::Power(3), &[0, 1, 8, 27, 64]),
            (Function::Triangular, &[0, 1, 3, 6, 10, 15]),
            (Function::Exponential(3), &[1, 3, 9, 27, 81]),
            (Function::Factorial, &[1, 1, 2, 6, 24, 120]),
            (Function::DoubleFactorial, &[1, 1, 2, 3, 8, 15, 48, 105]),
            (Function::Fibonacci, &[0, 1, 1, 2, 3, 5, 8, 13]),
            (Function::Lucas, &[2, 1, 3, 4, 7, 11, 18]),
            (Function::Pell, &[0, 1, 2, 5, 12, 29, 70]),
            (Function::Jacobsthal, &[0, 1, 1, 3, 5, 11, 21]),
            (Function::Tribonacci, &[0, 0, 1, 1, 2, 4, 7, 13]),
            (Function::Padovan, &[1, 1, 1, 2, 2, 3, 4, 5, 7]),
            (Function::Catalan, &[1, 1, 2, 5, 14, 42, 132]),
            (Function::Motzkin, &[1, 1, 2, 4, 9, 21, 51, 127]),
            (Function::Bell, &[1, 1, 2, 5, 15, 52, 203]),
            (Function::CentralBinomial, &[1, 2, 6, 20, 70, 252]),
            (Function::Derangements, &[1, 0, 1, 2, 9, 44, 265]),
            (Function::Involutions, &[1, 1, 2, 4, 10, 26, 76]),
            (Function::Partitions, &[1, 1, 2, 3, 5, 7, 11, 15, 22, 30]),
            (Function::DistinctPartitions, &[1, 1, 1, 2, 2, 3, 4, 5, 6, 8]),
            (Function::Prime, &[2, 3, 5, 7, 11, 13, 17, 19, 23]),
            (Function::DivisorCount, &[1, 2, 2, 3, 2, 4, 2, 4, 3, 4]),
            (Function::DivisorSum, &[1, 3, 4, 7, 6, 12, 8, 15, 13, 18]),
            (Function::Totient, &[1, 1, 2, 2, 4, 2, 6, 4, 6, 4]),
            (Function::Carmichael, &[1, 1, 2, 2, 4, 2, 6, 2, 6, 4]),
            (Function::DistinctPrimeFactors, &[0, 1, 1, 1, 1, 2, 1, 1, 1, 2]),
            (Function::PrimeFactors, &[0, 1, 1, 2, 1, 2, 1, 3, 2, 2]),
            (Function::LeastPrimeFactor, &[1, 2, 3, 2, 5, 2, 7, 2, 3, 2]),
            (Function::GreatestPrimeFactor, &[1, 2, 3, 2, 5, 3, 7, 2, 3, 5]),
            (Function::Radical, &[1, 2, 3, 2, 5, 6, 7, 2, 3, 10]),
            (Function::PrimeFactorSum, &[0, 2, 3, 4, 5, 5, 7, 6, 6, 7]),
            (Function::Derivative, &[0, 1, 1, 4, 1, 5, 1, 12, 6, 7]),
            (Function::Moebius, &[1, -1, -1, 0, -1, 1, -1, 0, 0, 1]),
            (Function::SquarefreePart, &[1, 2, 3, 1, 5, 6, 7, 2, 1, 10]),
            (Function::SquareFactor, &[1, 1, 1, 4, 1, 1, 1, 4, 9, 1]),
            (Function::Valuation(k(2)), &[0, 1, 0, 2, 0, 1, 0, 3]),
            (Function::WithoutFactor(k(2)), &[1, 1, 3, 1, 5, 3, 7, 1, 9]),
            (Function::Kempner, &[1, 2, 3, 4, 5, 3, 7, 4, 6, 5]),
            (Function::LeastNondivisor, &[2, 3, 2, 3, 2, 4, 2, 3]),
            (Function::Gcd(k(6)), &[6, 1, 2, 3, 2, 1, 6]),
            (Function::Numerator(k(4)), &[0, 1, 1, 3, 1, 5, 3, 7, 2]),
            (Function::Remainder(k(3)), &[0, 1, 2, 0, 1, 2]),
            (Function::Quotient(k(3)), &[0, 0, 0, 1, 1, 1, 2]),
            (Function::PrimeCount, &[0, 0, 1, 2, 2, 3, 3, 4, 4, 4, 4, 5]),
            (Function::NextPrime, &[2, 2, 3, 5, 5, 7, 7, 11]),
            (Function::PreviousPrime, &[2, 3, 3, 5, 5, 7, 7, 7, 7, 11]),
            (Function::TwoSquares, &[1, 4, 4, 0, 4, 8, 0, 0, 4, 4, 8]),
            (Function::IsTriangular, &[1, 1, 0, 1, 0, 0, 1]),
            (Function::IsFibonacci, &[1, 1, 1, 1, 0, 1, 0, 0, 1]),
            (Function::Kronecker(5), &[1, -1, -1, 1, 0, 1, -1, -1, 1, 0]),
            (Function::Kronecker(-4), &[1, 0, -1, 0, 1, 0, -1, 0]),
            (Function::DigitSum(2), &[0, 1, 1, 2, 1, 2, 2, 3, 1]),
            (Function::Reversal(2), &[0, 1, 1, 3, 1, 5, 3, 7, 1]),
            (Function::Numeral(2), &[0, 1, 10, 11, 100, 101, 110]),
            (Function::GrayCode, &[0, 1, 3, 2, 6, 7, 5, 4]),
            (Function::Josephus, &[0, 1, 1, 3, 1, 3, 5, 7, 1]),
            (Function::Golomb, &[1, 2, 2, 3, 3, 4, 4, 4, 5, 5, 5, 6]),
            (Function::Kolakoski, &[1, 2, 2, 1, 1, 2, 1, 2, 2, 1, 2, 2]),
            (Function::HofstadterQ, &[1, 1, 2, 3, 3, 4, 5, 5, 6, 6]),
            (Function::Conway, &[1, 1, 2, 2, 3, 4, 4, 4, 5, 6]),
            (Function::HofstadterG, &[0, 1, 1, 2, 3, 3, 4, 4, 5, 6]),
            (Function::HofstadterH, &[0, 1, 1, 2, 3, 4, 4, 5, 5, 6]),
            (Function::CollatzSteps, &[0, 1, 7, 2, 5, 8, 16, 3, 19]),
        ];
        for (function, expected) in known {
            let first = function.first_argument();
            let arguments = first..first + expected.len() as i64;
            let found: Vec<Option<i64>> = arguments.map(|n| function.value(n)).collect();
            let expected: Vec<Option<i64>> = expected.iter().copied().map(Some).collect();
            assert_eq!(found, expected, "{function:?}");
            assert_eq!(function.value(first - 1), None, "{function:?}");
        }
        let orders = (1..=9).map(|n| Function::Order(2).value(n));
        let expected = [Some(1), None, Some(2), None, Some(4), None, Some(3), None, Some(6)];
        assert_eq!(orders.collect::<Vec<_>>(), expected);
        assert_eq!(Function::DigitOccurrences(1, 10).value(1121), Some(3));
        assert_eq!(Function::DigitProduct(10).value(234), Some(24));
        assert_eq!([0, 9, 10].map(|n| Function::DigitCount(10).value(n)), [0, 1, 2].map(Some));
        assert_eq!(Function::Root(3).value(26), Some(2));
        assert_eq!(Function::AboveSquare.value(11), Some(2));
    }

    /// The largest values that fit are there, and what is beyond them is not.
    #[test]
    fn functions_end_where_they_do_not_fit() {
        for (function, last) in [
            (Function::Fibonacci, 92),
            (Function::Lucas, 90),
            (Function::Factorial, 20),
            (Function::Exponential(2), 62),
            (Function::Prime, PRIME_COUNT as i64),
        ] {
            assert!(function.value(last).is_some(), "{function:?}");
            assert_eq!(function.value(last + 1), None, "{function:?}");
        }
        let largest = Function::LARGEST_ARGUMENT;
        assert_eq!(Function::DivisorCount.value(largest), Some(21)); // 2^20
        assert_eq!(Function::DivisorCount.value(largest + 1), None);
        assert_eq!(Function::DivisorCount.value(i64::MAX), None);
    }

    #[test]
    fn what_never_falls_does_not() {
        let functions = [
            Function::Power(0),
            Function::Power(1),
            Function::Power(4),
            Function::Triangular,
            Function::Exponential(1),
            Function::Exponential(3),
            Function::Factorial,
            Function::DoubleFactorial,
            Function::Fibonacci,
            Function::Pell,
            Function::Jacobsthal,
            Function::Tribonacci,
            Function::Padovan,
            Function::Catalan,
            Function::Motzkin,
            Function::Bell,
            Function::CentralBinomial,
            Function::Involutions,
            Function::Partitions,
            Function::DistinctPartitions,
            Function::Prime,
        ];
        for function in functions {
            assert!(function.never_falls(), "{function:?}");
            let values = (function.first_argument()..2000).map_while(|n| function.value(n));
            assert!(values.is_sorted(), "{function:?}");
        }
        for function in [Function::Lucas, Function::Derangements, Function::Exponential(0)] {
            assert!(!function.never_falls(), "{function:?}");
        }
    }

    #[test]
    fn formulas() {
        let of = |function: Function, argument| function.of(argument).to_string();
        assert_eq!(of(Function::Totient, "n + 1"), "totient(n + 1)");
        assert_eq!(of(Function::Power(2), "n + 1"), "(n + 1)^2");
        assert_eq!(of(Function::Power(2), "s[n]"), "s[n]^2");
        assert_eq!(of(Function::Power(1), "n"), "n");
        assert_eq!(of(Function::DigitSum(2), "n"), "digit_sum(n, 2)");
        assert_eq!(of(Function::Root(2), "n"), "floor(sqrt(n))");
        assert_eq!(of(Function::Remainder(k(3)), "2 n"), "(2 n) mod 3");
    }

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
