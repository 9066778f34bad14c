//! Functions of number theory and of digits, whose values a property may speak of.

use super::numbers::{self, Factors, digits, factors, gcd, is_prime, primes, reversal};

/// Larger numbers are not factored: it would take too long.
const LARGEST_FACTORED: u64 = 1 << 36;

/// A function of a natural number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberFunction {
    /// The number itself.
    Itself,
    /// The number of divisors.
    DivisorCount,
    /// The sum of the divisors.
    DivisorSum,
    /// The sum of the divisors below the number.
    ProperDivisorSum,
    /// Euler's totient.
    Totient,
    /// The number of distinct prime factors.
    DistinctPrimeFactors,
    /// The number of prime factors with multiplicity.
    PrimeFactors,
    /// The smallest prime factor.
    LeastPrimeFactor,
    /// The largest prime factor.
    GreatestPrimeFactor,
    /// The product of the distinct prime factors.
    Radical,
    /// The sum of the prime factors with multiplicity.
    PrimeFactorSum,
    /// The sum of the distinct prime factors.
    DistinctPrimeFactorSum,
    /// The number without its largest square factor.
    SquarefreePart,
    /// The largest exponent of a prime.
    LargestExponent,
    /// The smallest exponent of a prime.
    LeastExponent,
    /// The smallest number with the same exponents.
    PrimeSignature,
    /// The largest order of a residue.
    Carmichael,
    /// The arithmetic derivative.
    Derivative,
    /// The sum of the unitary divisors.
    UnitaryDivisorSum,
    /// The digits of all prime factors, added.
    FactorDigitSum,
    /// How often 2, 3 or another prime divides it.
    Valuation(u8),
    /// The number of primes up to it.
    PrimeCount,
    /// The order of a base modulo the number.
    Order(u8),
    /// The period of the continued fraction of the square root.
    RootPeriod,
    /// The distance from the largest square below.
    AboveSquare,
    /// The steps to 1 by halving and 3 x + 1.
    CollatzSteps,
    /// The ways to write it as an ordered sum of two squares of integers, over 4.
    TwoSquares,
    /// The sum of the digits in a base.
    DigitSum(u8),
    /// The product of the digits.
    DigitProduct(u8),
    /// The number of digits.
    DigitCount(u8),
    /// The sum of a power of the digits.
    DigitPowerSum(u8),
    /// The number with its digits reversed.
    Reversal(u8),
    /// How often a digit (the first) occurs in a base (the second).
    Occurrences(u8, u8),
    /// How many different digits there are.
    DistinctDigits(u8),
    /// The largest digit.
    LargestDigit(u8),
    /// The smallest digit.
    SmallestDigit(u8),
    /// The first digit.
    FirstDigit,
    /// The number of runs of equal digits.
    Runs(u8),
    /// 1 if the digits never fall from left to right, 2 if they always rise, else 0.
    Rising,
    /// 1 if the digits never rise from left to right, 2 if they always fall, else 0.
    Falling,
    /// The sum of the digits with alternating signs.
    AlternatingDigitSum,
    /// How often digits must be multiplied until one is left.
    Persistence,
    /// Where the iterated sum of the squared digits ends: 1 or 4.
    SquaresEnd,
}

use NumberFunction as F;

/// Functions of the factors, with the bits of naming each.
pub const OF_FACTORS: [(NumberFunction, f64); 29] = [
    (F::DivisorCount, 2.5),
    (F::PrimeFactors, 3.0),
    (F::DistinctPrimeFactors, 3.0),
    (F::DivisorSum, 3.0),
    (F::Totient, 3.0),
    (F::LeastPrimeFactor, 4.0),
    (F::GreatestPrimeFactor, 3.5),
    (F::ProperDivisorSum, 4.5),
    (F::LargestExponent, 4.5),
    (F::LeastExponent, 5.0),
    (F::SquarefreePart, 5.0),
    (F::PrimeSignature, 3.0),
    (F::PrimeFactorSum, 4.5),
    (F::DistinctPrimeFactorSum, 5.0),
    (F::Radical, 5.5),
    (F::Valuation(2), 4.0),
    (F::Valuation(3), 5.0),
    (F::Carmichael, 6.0),
    (F::Derivative, 6.0),
    (F::UnitaryDivisorSum, 6.5),
    (F::FactorDigitSum, 6.5),
    (F::Order(2), 5.0),
    (F::Order(10), 5.5),
    (F::PrimeCount, 4.5),
    (F::RootPeriod, 5.0),
    (F::AboveSquare, 6.0),
    (F::CollatzSteps, 5.0),
    (F::TwoSquares, 5.0),
    (F::Valuation(5), 6.0),
];

/// Functions of the digits.
pub const OF_DIGITS: [(NumberFunction, f64); 39] = [
    (F::DigitSum(10), 2.5),
    (F::DigitSum(2), 2.5),
    (F::DigitSum(3), 5.0),
    (F::DigitProduct(10), 3.5),
    (F::DigitPowerSum(2), 4.5),
    (F::DigitPowerSum(3), 5.5),
    (F::Reversal(10), 3.0),
    (F::Reversal(2), 4.5),
    (F::Reversal(3), 6.0),
    (F::DistinctDigits(10), 4.0),
    (F::LargestDigit(10), 4.5),
    (F::SmallestDigit(10), 5.0),
    (F::FirstDigit, 4.5),
    (F::DigitCount(10), 4.5),
    (F::DigitCount(2), 4.5),
    (F::DigitCount(3), 6.5),
    (F::Occurrences(0, 2), 4.0),
    (F::Runs(2), 4.5),
    (F::Runs(10), 6.0),
    (F::Rising, 4.5),
    (F::Falling, 4.5),
    (F::AlternatingDigitSum, 5.5),
    (F::Persistence, 5.5),
    (F::SquaresEnd, 4.0),
    (F::DigitSum(4), 6.5),
    (F::DigitSum(5), 6.5),
    (F::DigitSum(8), 7.0),
    (F::DistinctDigits(3), 6.5),
    (F::Runs(3), 6.5),
    (F::Occurrences(0, 3), 6.0),
    (F::Occurrences(1, 3), 6.0),
    (F::Occurrences(2, 3), 6.0),
    (F::Occurrences(0, 4), 7.5),
    (F::Occurrences(1, 4), 7.5),
    (F::Occurrences(2, 4), 7.5),
    (F::Occurrences(3, 4), 7.5),
    (F::Occurrences(0, 10), 5.5),
    (F::Occurrences(1, 10), 5.5),
    (F::Occurrences(9, 10), 6.5),
];

/// The prime factors of a number that is not too large.
pub fn split(n: u64) -> Option<Factors> {
    (1..=LARGEST_FACTORED).contains(&n).then(|| factors(n))
}

/// The units of work of factoring, about 20 nanoseconds each.
pub fn factor_cost(n: u64) -> u64 {
    match n.checked_ilog2().unwrap_or(0) {
        0..16 => 2,
        16..24 => 12,
        size => 40 + u64::from(size - 24) * 15,
    }
}

fn signed(value: u64) -> Option<i64> {
    i64::try_from(value).ok()
}

fn power(base: u64, exponent: u32) -> Option<i64> {
    base.checked_pow(exponent).and_then(signed)
}

/// `1 + p + ... + p^k`
fn geometric(prime: u64, exponent: u32) -> Option<i64> {
    (0..exponent).try_fold(1_i64, |sum, _| sum.checked_mul(signed(prime)?)?.checked_add(1))
}

fn divisor_sum(factors: &Factors) -> Option<i64> {
    factors.product(geometric)
}

/// The order of `a` modulo `n`, a divisor of Carmichael's function that is searched directly.
fn order(a: u64, n: u64) -> Option<i64> {
    if n > 1 << 14 || gcd(a, n) != 1 {
        return None;
    }
    let mut value = a % n;
    let mut steps = 1;
    while value != 1 % n {
        value = value * a % n;
        steps += 1;
    }
    Some(steps)
}

/// The period of the continued fraction of `sqrt(n)`, 0 of squares: it ends at the partial
/// quotient that is twice the first.
fn root_period(n: u64) -> Option<i64> {
    let root = n.isqrt();
    if root * root == n {
        return Some(0);
    }
    if n > 1 << 20 {
        return None;
    }
    let (mut m, mut d, mut quotient, mut period) = (0, 1, root, 0);
    while quotient != 2 * root {
        m = d * quotient - m;
        d = (n - m * m) / d;
        quotient = (root + m) / d;
        period += 1;
    }
    Some(period)
}

fn collatz_steps(n: u64) -> Option<i64> {
    let (mut value, mut steps) = (n, 0);
    while value > 1 {
        value = if value % 2 == 0 { value / 2 } else { value.checked_mul(3)?.checked_add(1)? };
        steps += 1;
    }
    Some(steps)
}

/// How the digits follow each other from left to right: 2 if `right` is beyond `left` each time,
/// 1 if it is so or equal, else 0.
fn monotone(n: u64, beyond: impl Fn(u64, u64) -> bool) -> i64 {
    let mut kind = 2;
    let mut right = None;
    for digit in digits(n, 10) {
        if let Some(right) = right {
            if digit == right {
                kind = kind.min(1);
            } else if !beyond(digit, right) {
                return 0;
            }
        }
        right = Some(digit);
    }
    kind
}

fn runs(n: u64, base: u64) -> i64 {
    let (mut count, mut last) = (0, base);
    for digit in digits(n, base) {
        count += i64::from(digit != last);
        last = digit;
    }
    count
}

impl NumberFunction {
    /// The value, where there is one that fits.
    pub fn value(self, n: u64) -> Option<i64> {
        match self.needs_factors() {
            true => self.value_with(n, Some(&split(n)?)),
            false => self.value_with(n, None),
        }
    }

    /// The value, given the factors if the function needs them.
    pub fn value_with(self, n: u64, factors: Option<&Factors>) -> Option<i64> {
        let split = || factors;
        let count = |count: usize| Some(count as i64);
        match self {
            F::Itself => signed(n),
            F::DivisorCount => split()?.product(|_, exponent| Some(i64::from(exponent) + 1)),
            F::DivisorSum => divisor_sum(split()?),
            F::ProperDivisorSum => divisor_sum(split()?)?.checked_sub(signed(n)?),
            F::Totient => split()?.product(|prime, exponent| {
                power(prime, exponent - 1)?.checked_mul(signed(prime)? - 1)
            }),
            F::DistinctPrimeFactors => count(split()?.len()),
            F::PrimeFactors => Some(split()?.iter().map(|(_, exponent)| i64::from(exponent)).sum()),
            F::LeastPrimeFactor => signed(split()?.iter().next()?.0),
            F::GreatestPrimeFactor => signed(split()?.iter().last().map_or(1, |(prime, _)| prime)),
            F::Radical => split()?.product(|prime, _| signed(prime)),
            F::PrimeFactorSum => {
                signed(split()?.iter().map(|(prime, exponent)| prime * u64::from(exponent)).sum())
            }
            F::DistinctPrimeFactorSum => signed(split()?.iter().map(|(prime, _)| prime).sum()),
            F::SquarefreePart => split()?.product(|prime, exponent| power(prime, exponent % 2)),
            F::LargestExponent => {
                Some(split()?.iter().map(|(_, exponent)| exponent.into()).max().unwrap_or(0))
            }
            F::LeastExponent => {
                Some(split()?.iter().map(|(_, exponent)| exponent.into()).min().unwrap_or(0))
            }
            F::PrimeSignature => {
                let split = split()?;
                let mut exponents = [0; 16];
                for (place, (_, exponent)) in split.iter().enumerate() {
                    exponents[place] = exponent;
                }
                let exponents = &mut exponents[..split.len()];
                exponents.sort_unstable_by(|one, other| other.cmp(one));
                let powers = exponents.iter().zip(primes());
                powers.into_iter().try_fold(1_i64, |all, (&exponent, &prime)| {
                    all.checked_mul(power(prime.into(), exponent)?)
                })
            }
            F::Carmichael => split()?.iter().try_fold(1_i64, |all, (prime, exponent)| {
                let twos = prime == 2 && exponent > 2;
                let own = power(prime, exponent - 1 - u32::from(twos))? * (signed(prime)? - 1);
                all.checked_mul(own / gcd(all as u64, own as u64) as i64)
            }),
            F::Derivative => split()?.iter().try_fold(0_i64, |sum, (prime, exponent)| {
                sum.checked_add(signed(n / prime)?.checked_mul(exponent.into())?)
            }),
            F::UnitaryDivisorSum => {
                split()?.product(|prime, exponent| power(prime, exponent)?.checked_add(1))
            }
            F::FactorDigitSum => {
                let of = |(prime, exponent): (u64, u32)| {
                    digits(prime, 10).sum::<u64>() * u64::from(exponent)
                };
                signed(split()?.iter().map(of).sum())
            }
            F::Valuation(prime) => {
                let prime = u64::from(prime);
                let mut rest = (n > 0).then_some(n)?;
                let mut times = 0;
                while rest % prime == 0 {
                    rest /= prime;
                    times += 1;
                }
                Some(times)
            }
            F::PrimeCount => {
                let table = primes();
                (n < 1 << 16).then(|| table.partition_point(|&prime| u64::from(prime) <= n) as i64)
            }
            F::Order(base) => order(base.into(), n),
            F::RootPeriod => root_period(n),
            F::AboveSquare => signed(n - n.isqrt().pow(2)),
            F::CollatzSteps => (n > 0).then(|| collatz_steps(n))?,
            F::TwoSquares => split()?.product(|prime, exponent| {
                Some(match (prime % 4, exponent % 2) {
                    (1, _) => i64::from(exponent) + 1,
                    (3, 1) => 0,
                    _ => 1,
                })
            }),
            F::DigitSum(base) => signed(digits(n, base.into()).sum()),
            F::DigitProduct(base) => match n {
                0 => Some(0),
                _ => signed(digits(n, base.into()).product()),
            },
            F::DigitCount(base) => count(digits(n, base.into()).count()),
            F::DigitPowerSum(exponent) => {
                signed(digits(n, 10).map(|digit| digit.pow(exponent.into())).sum())
            }
            F::Reversal(base) => signed(reversal(n, base.into())?),
            F::Occurrences(digit, base) => {
                let occurs = |other: &u64| *other == u64::from(digit);
                count(digits(n, base.into()).filter(occurs).count())
            }
            F::DistinctDigits(base) => {
                let set = digits(n, base.into()).fold(0_u64, |set, digit| set | 1 << digit);
                Some(set.count_ones().into())
            }
            F::LargestDigit(base) => signed(digits(n, base.into()).max()?),
            F::SmallestDigit(base) => signed(digits(n, base.into()).min()?),
            F::FirstDigit => signed(digits(n, 10).last()?),
            F::Runs(base) => Some(runs(n, base.into())),
            F::Rising => Some(monotone(n, |left, right| left < right)),
            F::Falling => Some(monotone(n, |left, right| left > right)),
            F::AlternatingDigitSum => {
                let sum = digits(n, 10)
                    .fold((0_i64, 1), |(sum, sign), digit| (sum + sign * digit as i64, -sign));
                Some(sum.0)
            }
            F::Persistence => {
                let (mut value, mut steps) = (n, 0);
                while value >= 10 {
                    value = digits(value, 10).product();
                    steps += 1;
                }
                Some(steps)
            }
            F::SquaresEnd => {
                let mut value = (n > 0).then_some(n)?;
                while value != 1 && value != 4 {
                    value = digits(value, 10).map(|digit| digit * digit).sum();
                }
                Some(value as i64)
            }
        }
    }

    /// Whether the value follows from the prime factors.
    pub fn needs_factors(self) -> bool {
        match self {
            F::DivisorCount | F::DivisorSum | F::ProperDivisorSum | F::Totient => true,
            F::DistinctPrimeFactors | F::PrimeFactors | F::LeastPrimeFactor => true,
            F::GreatestPrimeFactor | F::Radical | F::PrimeFactorSum => true,
            F::DistinctPrimeFactorSum | F::SquarefreePart | F::LargestExponent => true,
            F::LeastExponent | F::PrimeSignature | F::Carmichael | F::Derivative => true,
            F::UnitaryDivisorSum | F::FactorDigitSum | F::TwoSquares => true,
            F::Itself | F::Valuation(_) | F::PrimeCount | F::Order(_) | F::RootPeriod => false,
            F::AboveSquare | F::CollatzSteps | F::DigitSum(_) | F::DigitProduct(_) => false,
            F::DigitCount(_) | F::DigitPowerSum(_) | F::Reversal(_) | F::Occurrences(..) => false,
            F::DistinctDigits(_) | F::LargestDigit(_) | F::SmallestDigit(_) => false,
            F::FirstDigit | F::Runs(_) | F::Rising | F::Falling => false,
            F::AlternatingDigitSum | F::Persistence | F::SquaresEnd => false,
        }
    }

    /// The units of work that a value costs: about 20 nanoseconds each.
    pub fn cost(self, n: u64) -> u64 {
        match self {
            F::Itself | F::Valuation(_) | F::AboveSquare => 1,
            F::DigitSum(_) | F::DigitProduct(_) | F::DigitCount(_) | F::DigitPowerSum(_) => 1,
            F::Reversal(_) | F::Occurrences(..) | F::DistinctDigits(_) | F::LargestDigit(_) => 1,
            F::SmallestDigit(_) | F::FirstDigit | F::Runs(_) | F::Rising | F::Falling => 1,
            F::AlternatingDigitSum | F::PrimeCount => 1,
            F::Persistence | F::SquaresEnd => 4,
            F::Order(_) => 1 + n / 8,
            F::RootPeriod => 1 + n.isqrt(),
            F::CollatzSteps => 1 + u64::from(64 - n.leading_zeros()) * 4,
            _ => factor_cost(n),
        }
    }

    /// What the function is called.
    pub fn noun(self) -> String {
        let fixed = match self {
            F::Itself => "value",
            F::DivisorCount => "number of divisors",
            F::DivisorSum => "sum of divisors",
            F::ProperDivisorSum => "sum of proper divisors",
            F::Totient => "totient",
            F::DistinctPrimeFactors => "number of distinct prime factors",
            F::PrimeFactors => "number of prime factors",
            F::LeastPrimeFactor => "least prime factor",
            F::GreatestPrimeFactor => "greatest prime factor",
            F::Radical => "product of distinct prime factors",
            F::PrimeFactorSum => "sum of prime factors",
            F::DistinctPrimeFactorSum => "sum of distinct prime factors",
            F::SquarefreePart => "squarefree part",
            F::LargestExponent => "largest exponent of a prime",
            F::LeastExponent => "least exponent of a prime",
            F::PrimeSignature => "prime signature",
            F::Carmichael => "Carmichael function",
            F::Derivative => "arithmetic derivative",
            F::UnitaryDivisorSum => "sum of unitary divisors",
            F::FactorDigitSum => "digit sum of all prime factors",
            F::PrimeCount => "number of primes up to it",
            F::RootPeriod => "period of the continued fraction of its square root",
            F::AboveSquare => "distance from the square below",
            F::CollatzSteps => "number of Collatz steps",
            F::TwoSquares => "number of ways as a sum of two squares",
            F::DigitProduct(_) => "digit product",
            F::FirstDigit => "first digit",
            F::Rising => "order of digits, rising",
            F::Falling => "order of digits, falling",
            F::AlternatingDigitSum => "alternating digit sum",
            F::Persistence => "multiplicative persistence",
            F::SquaresEnd => "end of the iterated sum of squared digits",
            F::DigitPowerSum(2) => "sum of squared digits",
            F::DigitPowerSum(3) => "sum of cubed digits",
            F::DigitPowerSum(power) => return format!("sum of {power}-th powers of digits"),
            F::Valuation(prime) => return format!("exponent of {prime}"),
            F::Order(base) => return format!("multiplicative order of {base}"),
            F::DigitSum(base) => return format!("digit sum{}", in_base(base)),
            F::DigitCount(base) => return format!("number of digits{}", in_base(base)),
            F::Reversal(base) => return format!("reversal{}", in_base(base)),
            F::Occurrences(digit, base) => {
                return format!("number of digits {digit}{}", in_base(base));
            }
            F::DistinctDigits(base) => {
                return format!("number of different digits{}", in_base(base));
            }
            F::LargestDigit(base) => return format!("largest digit{}", in_base(base)),
            F::SmallestDigit(base) => return format!("smallest digit{}", in_base(base)),
            F::Runs(base) => return format!("number of runs of digits{}", in_base(base)),
        };
        fixed.to_owned()
    }
}

/// `" in base b"`, nothing for base 10.
pub fn in_base(base: u8) -> String {
    if base == 10 { String::new() } else { format!(" in base {base}") }
}

/// Whether `value` is prime.
pub fn prime(value: i64) -> bool {
    u64::try_from(value).is_ok_and(is_prime)
}

/// Whether `value` is a square.
pub fn square(value: i64) -> bool {
    u64::try_from(value).is_ok_and(|value| numbers::square_root(value).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let of = |function: NumberFunction, from: u64| -> Vec<i64> {
            (from..from + 12).map(|n| function.value(n).unwrap_or(-1)).collect()
        };
        assert_eq!(of(F::DivisorCount, 1), [1, 2, 2, 3, 2, 4, 2, 4, 3, 4, 2, 6]);
        assert_eq!(of(F::DivisorSum, 1), [1, 3, 4, 7, 6, 12, 8, 15, 13, 18, 12, 28]);
        assert_eq!(of(F::Totient, 1), [1, 1, 2, 2, 4, 2, 6, 4, 6, 4, 10, 4]);
        assert_eq!(of(F::Carmichael, 1), [1, 1, 2, 2, 4, 2, 6, 2, 6, 4, 10, 2]);
        assert_eq!(of(F::Derivative, 1), [0, 1, 1, 4, 1, 5, 1, 12, 6, 7, 1, 16]);
        assert_eq!(of(F::PrimeSignature, 1), [1, 2, 2, 4, 2, 6, 2, 8, 4, 6, 2, 12]);
        assert_eq!(of(F::SquarefreePart, 1), [1, 2, 3, 1, 5, 6, 7, 2, 1, 10, 11, 3]);
        assert_eq!(of(F::RootPeriod, 1), [0, 1, 2, 0, 1, 2, 4, 2, 0, 1, 2, 2]);
        assert_eq!(of(F::TwoSquares, 1), [1, 1, 0, 1, 2, 0, 0, 1, 1, 2, 0, 0]);
        assert_eq!(of(F::CollatzSteps, 1), [0, 1, 7, 2, 5, 8, 16, 3, 19, 6, 14, 9]);
        assert_eq!(of(F::Order(2), 1), [1, -1, 2, -1, 4, -1, 3, -1, 6, -1, 10, -1]);
        assert_eq!(of(F::PrimeCount, 0), [0, 0, 1, 2, 2, 3, 3, 4, 4, 4, 4, 5]);
        assert_eq!([12, 21, 11, 5].map(|n| F::Rising.value(n)), [2, 0, 1, 2].map(Some));
        assert_eq!([12, 21, 11, 5].map(|n| F::Falling.value(n)), [0, 2, 1, 2].map(Some));
        assert_eq!([100, 7, 44, 679].map(|n| F::Persistence.value(n)), [1, 0, 2, 5].map(Some));
        assert_eq!([7, 2, 44].map(|n| F::SquaresEnd.value(n)), [1, 4, 1].map(Some));
        assert_eq!([7, 4, 12].map(|n| F::Runs(2).value(n)), [1, 2, 2].map(Some));
    }
}
