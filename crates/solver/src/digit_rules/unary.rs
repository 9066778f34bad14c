//! Functions of one number, mostly of its decimal digits, for numbers of any size.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::lists::NumberFunction;
use crate::lists::numbers::is_prime;

/// Larger numbers are not factored.
const LARGEST_FACTORED: u64 = 1 << 36;

/// Numbers below have at most nine digits.
const LARGEST_SMALL: u64 = 1_000_000_000;

/// A function of a natural number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// The sum of the digits.
    DigitSum,
    /// The product of the digits.
    DigitProduct,
    /// The product of the digits other than 0.
    NonzeroDigitProduct,
    /// The sum of the powers of the digits.
    DigitPowerSum(u32),
    /// The sum of the factorials of the digits.
    DigitFactorialSum,
    /// The number of digits.
    DigitCount,
    /// The first digit.
    FirstDigit,
    /// The last digit.
    LastDigit,
    /// The largest digit.
    LargestDigit,
    /// The smallest digit.
    SmallestDigit,
    /// The digits in reverse order.
    Reversal,
    /// The digits in increasing order.
    Ascending,
    /// The digits in decreasing order.
    Descending,
    /// The digits in decreasing order minus those in increasing order.
    Kaprekar,
    /// The first digit moved to the end.
    RotatedLeft,
    /// The last digit moved to the front.
    RotatedRight,
    /// How many of which digit there are, from left to right.
    LookAndSay,
    /// The binary digits read as decimal ones.
    Binary,
    /// The sum of the binary digits.
    BinaryDigitSum,
    /// The sum of the proper divisors.
    ProperDivisorSum,
    /// The sum of all divisors.
    DivisorSum,
    /// The number of divisors.
    DivisorCount,
    /// Euler's totient.
    Totient,
    /// The largest prime factor.
    GreatestPrimeFactor,
    /// The smallest prime factor.
    LeastPrimeFactor,
    /// The sum of the prime factors with multiplicity.
    PrimeFactorSum,
    /// The number of prime factors with multiplicity.
    PrimeFactors,
    /// The product of the distinct prime factors.
    Radical,
    /// The arithmetic derivative.
    Derivative,
    /// The smallest prime above.
    NextPrime,
    /// The largest prime below.
    PreviousPrime,
}

use Unary as U;

/// All of them, with the bits of naming each.
pub const UNARY: [(Unary, f64); 35] = [
    (U::DigitSum, 1.0),
    (U::Reversal, 1.5),
    (U::DigitProduct, 2.5),
    (U::DigitPowerSum(2), 2.0),
    (U::DigitPowerSum(3), 3.5),
    (U::DigitPowerSum(4), 5.0),
    (U::DigitPowerSum(5), 5.5),
    (U::DigitFactorialSum, 5.0),
    (U::NonzeroDigitProduct, 4.0),
    (U::LookAndSay, 2.0),
    (U::GreatestPrimeFactor, 3.0),
    (U::NextPrime, 2.5),
    (U::ProperDivisorSum, 3.0),
    (U::DivisorSum, 3.0),
    (U::DivisorCount, 3.0),
    (U::Totient, 3.5),
    (U::LastDigit, 4.0),
    (U::FirstDigit, 4.5),
    (U::LargestDigit, 4.5),
    (U::SmallestDigit, 5.0),
    (U::DigitCount, 4.5),
    (U::Ascending, 4.0),
    (U::Descending, 4.5),
    (U::Kaprekar, 3.5),
    (U::RotatedLeft, 5.0),
    (U::RotatedRight, 5.0),
    (U::Binary, 5.0),
    (U::BinaryDigitSum, 4.0),
    (U::LeastPrimeFactor, 4.5),
    (U::PrimeFactorSum, 4.0),
    (U::PrimeFactors, 5.0),
    (U::Radical, 5.0),
    (U::Derivative, 4.5),
    (U::PreviousPrime, 4.0),
    (U::DigitPowerSum(6), 6.5),
];

/// The decimal digits from the first on; 0 has one.
pub fn decimal(n: &BigInt) -> Vec<u8> {
    match n.to_u64() {
        Some(0) => vec![0],
        Some(mut rest) => {
            let mut digits = Vec::with_capacity(20);
            while rest > 0 {
                digits.push((rest % 10) as u8);
                rest /= 10;
            }
            digits.reverse();
            digits
        }
        None => n.magnitude().to_radix_be(10),
    }
}

/// The number with these decimal digits, from the first on.
pub fn number(digits: &[u8]) -> BigInt {
    if digits.len() < 19 {
        return digits.iter().fold(0_u64, |all, &digit| all * 10 + u64::from(digit)).into();
    }
    BigInt::from_radix_be(num_bigint::Sign::Plus, digits, 10).unwrap_or_default()
}

impl Unary {
    /// Whether it speaks of digits.
    pub fn is_of_digits(self) -> bool {
        self.of_factors().is_none() && !matches!(self, U::NextPrime | U::PreviousPrime)
    }

    /// Whether its values are so small that few of them say little.
    pub fn is_small(self) -> bool {
        match self {
            U::DigitCount | U::FirstDigit | U::LastDigit | U::LargestDigit | U::SmallestDigit => {
                true
            }
            U::BinaryDigitSum | U::DivisorCount | U::PrimeFactors | U::LeastPrimeFactor => true,
            U::DigitSum | U::DigitProduct | U::NonzeroDigitProduct | U::DigitPowerSum(_) => false,
            U::DigitFactorialSum | U::Reversal | U::Ascending | U::Descending => false,
            U::Kaprekar | U::RotatedLeft | U::RotatedRight | U::LookAndSay | U::Binary => false,
            U::ProperDivisorSum | U::DivisorSum | U::Totient | U::GreatestPrimeFactor => false,
            U::PrimeFactorSum | U::Radical | U::Derivative => false,
            U::NextPrime | U::PreviousPrime => false,
        }
    }

    fn of_factors(self) -> Option<NumberFunction> {
        Some(match self {
            U::ProperDivisorSum => NumberFunction::ProperDivisorSum,
            U::DivisorSum => NumberFunction::DivisorSum,
            U::DivisorCount => NumberFunction::DivisorCount,
            U::Totient => NumberFunction::Totient,
            U::GreatestPrimeFactor => NumberFunction::GreatestPrimeFactor,
            U::LeastPrimeFactor => NumberFunction::LeastPrimeFactor,
            U::PrimeFactorSum => NumberFunction::PrimeFactorSum,
            U::PrimeFactors => NumberFunction::PrimeFactors,
            U::Radical => NumberFunction::Radical,
            U::Derivative => NumberFunction::Derivative,
            _ => return None,
        })
    }

    /// The value, where there is one.
    pub fn apply(self, n: &BigInt) -> Option<BigInt> {
        if n.is_negative() {
            return None;
        }
        if let Some(small) = n.to_u64().filter(|&small| small < LARGEST_SMALL)
            && let Some(value) = self.of_few_digits(small)
        {
            return Some(value.into());
        }
        if self == U::ProperDivisorSum && n.is_zero() {
            return Some(BigInt::zero()); // as lists of such sums go on
        }
        if let Some(function) = self.of_factors() {
            let small = n.to_u64().filter(|&small| small <= LARGEST_FACTORED)?;
            return function.value(small).map(BigInt::from);
        }
        let prime = |from: Option<u64>, step: fn(u64) -> Option<u64>| {
            let mut next = from?;
            for _ in 0..2000 {
                if is_prime(next) {
                    return Some(BigInt::from(next));
                }
                next = step(next)?;
            }
            None
        };
        match self {
            U::NextPrime => {
                let small = n.to_u64().filter(|small| small >> 48 == 0)?;
                return prime(Some(small + 1), |next| Some(next + 1));
            }
            U::PreviousPrime => {
                let small = n.to_u64().filter(|small| small >> 48 == 0)?;
                return prime(small.checked_sub(1), |next| next.checked_sub(1));
            }
            U::BinaryDigitSum => {
                return Some(n.iter_u64_digits().map(u64::count_ones).sum::<u32>().into());
            }
            U::Binary => {
                return Some(number(&n.magnitude().to_radix_be(2))).filter(|_| n.bits() < 200);
            }
            _ => {}
        }
        let mut digits = decimal(n);
        Some(match self {
            U::DigitSum => digits.iter().map(|&digit| u64::from(digit)).sum::<u64>().into(),
            U::DigitProduct => digits.iter().map(|&digit| BigInt::from(digit)).product(),
            U::NonzeroDigitProduct => {
                let others = digits.iter().filter(|digit| **digit != 0);
                others.map(|&digit| BigInt::from(digit)).product()
            }
            U::DigitPowerSum(power) => {
                digits.iter().map(|&digit| u64::from(digit).pow(power)).sum::<u64>().into()
            }
            U::DigitFactorialSum => {
                let factorial = |&digit: &u8| (1..=u64::from(digit)).product::<u64>();
                digits.iter().map(factorial).sum::<u64>().into()
            }
            U::DigitCount => digits.len().into(),
            U::FirstDigit => (*digits.first()?).into(),
            U::LastDigit => (*digits.last()?).into(),
            U::LargestDigit => (*digits.iter().max()?).into(),
            U::SmallestDigit => (*digits.iter().min()?).into(),
            U::Reversal => {
                digits.reverse();
                number(&digits)
            }
            U::Ascending => {
                digits.sort_unstable();
                number(&digits)
            }
            U::Descending => {
                digits.sort_unstable_by(|one, other| other.cmp(one));
                number(&digits)
            }
            U::Kaprekar => {
                digits.sort_unstable();
                let least = number(&digits);
                digits.reverse();
                number(&digits) - least
            }
            U::RotatedLeft => {
                digits.rotate_left(1);
                number(&digits)
            }
            U::RotatedRight => {
                digits.rotate_right(1);
                number(&digits)
            }
            U::LookAndSay => number(&look_and_say(&digits)),
            _ => BigInt::zero(), // those above
        })
    }

    /// The value for a number of so few digits that every value fits 64 bits, where it is one of
    /// the digits and simple to calculate.
    pub fn of_few_digits(self, n: u64) -> Option<u64> {
        let mut all = [0_u8; 20];
        let mut start = all.len();
        let mut rest = n;
        while rest > 0 || start == all.len() {
            start -= 1;
            all[start] = (rest % 10) as u8;
            rest /= 10;
        }
        let digits = &mut all[start..];
        let read = |digits: &[u8]| digits.iter().fold(0, |all, &one| all * 10 + u64::from(one));
        let each = || digits.iter().map(|&digit| u64::from(digit));
        Some(match self {
            U::DigitSum => each().sum(),
            U::DigitProduct => each().product(),
            U::NonzeroDigitProduct => each().filter(|&digit| digit != 0).product(),
            U::DigitPowerSum(power) => each().map(|digit| digit.pow(power)).sum(),
            U::DigitFactorialSum => each().map(|digit| (1..=digit).product::<u64>()).sum(),
            U::DigitCount => digits.len() as u64,
            U::FirstDigit => each().next()?,
            U::LastDigit => each().next_back()?,
            U::LargestDigit => each().max()?,
            U::SmallestDigit => each().min()?,
            U::Reversal => {
                digits.reverse();
                read(digits)
            }
            U::Ascending => {
                digits.sort_unstable();
                read(digits)
            }
            U::Descending => {
                digits.sort_unstable();
                digits.reverse();
                read(digits)
            }
            U::Kaprekar => {
                digits.sort_unstable();
                let least = read(digits);
                digits.reverse();
                read(digits) - least
            }
            U::RotatedLeft => {
                digits.rotate_left(1);
                read(digits)
            }
            U::RotatedRight => {
                digits.rotate_right(1);
                read(digits)
            }
            U::LookAndSay => {
                let runs = digits.chunk_by(|one, other| one == other);
                runs.fold(0, |all, run| all * 100 + 10 * run.len() as u64 + u64::from(run[0]))
            }
            _ => return None,
        })
    }

    /// What it is called in a formula.
    pub fn name(self) -> &'static str {
        match self {
            U::DigitSum => "digit_sum",
            U::DigitProduct => "digit_product",
            U::NonzeroDigitProduct => "nonzero_digit_product",
            U::DigitPowerSum(2) => "digit_square_sum",
            U::DigitPowerSum(3) => "digit_cube_sum",
            U::DigitPowerSum(4) => "digit_fourth_power_sum",
            U::DigitPowerSum(5) => "digit_fifth_power_sum",
            U::DigitPowerSum(_) => "digit_sixth_power_sum",
            U::DigitFactorialSum => "digit_factorial_sum",
            U::DigitCount => "digit_count",
            U::FirstDigit => "first_digit",
            U::LastDigit => "last_digit",
            U::LargestDigit => "largest_digit",
            U::SmallestDigit => "smallest_digit",
            U::Reversal => "reversal",
            U::Ascending => "ascending_digits",
            U::Descending => "descending_digits",
            U::Kaprekar => "kaprekar",
            U::RotatedLeft => "digits_rotated_left",
            U::RotatedRight => "digits_rotated_right",
            U::LookAndSay => "look_and_say",
            U::Binary => "binary",
            U::BinaryDigitSum => "binary_digit_sum",
            U::ProperDivisorSum => "proper_divisor_sum",
            U::DivisorSum => "divisor_sum",
            U::DivisorCount => "divisor_count",
            U::Totient => "totient",
            U::GreatestPrimeFactor => "greatest_prime_factor",
            U::LeastPrimeFactor => "least_prime_factor",
            U::PrimeFactorSum => "prime_factor_sum",
            U::PrimeFactors => "prime_factors",
            U::Radical => "radical",
            U::Derivative => "derivative",
            U::NextPrime => "next_prime",
            U::PreviousPrime => "previous_prime",
        }
    }
}

/// `1 1 2` is "two ones, one two": `2 1 1 2`.
fn look_and_say(digits: &[u8]) -> Vec<u8> {
    let mut said = Vec::new();
    for run in digits.chunk_by(|one, other| one == other) {
        let mut length = decimal(&run.len().into());
        said.append(&mut length);
        said.push(run[0]);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let of = |function: Unary, n: u64| function.apply(&n.into()).and_then(|one| one.to_u64());
        assert_eq!(of(U::DigitSum, 199), Some(19));
        assert_eq!(of(U::DigitPowerSum(2), 89), Some(145));
        assert_eq!(of(U::Kaprekar, 3524), Some(3087));
        assert_eq!(of(U::LookAndSay, 111_221), Some(312_211));
        assert_eq!(of(U::Reversal, 120), Some(21));
        assert_eq!(of(U::RotatedLeft, 123), Some(231));
        assert_eq!(of(U::RotatedRight, 123), Some(312));
        assert_eq!(of(U::Binary, 10), Some(1010));
        assert_eq!(of(U::PreviousPrime, 2), None);
        assert_eq!(of(U::NextPrime, 7), Some(11));
        assert_eq!(of(U::ProperDivisorSum, 12), Some(16));
        assert_eq!(of(U::LookAndSay, 123_456_789), Some(111_213_141_516_171_819));
        assert_eq!(of(U::LookAndSay, 999_999_999), Some(99));
        // What few digits give is what the same digits give behind others, but for those.
        assert_eq!(of(U::Ascending, 907), Some(79));
        assert_eq!(of(U::Ascending, 9_999_999_907), Some(799_999_999));
        assert_eq!(of(U::Descending, 907), Some(970));
        assert_eq!(of(U::DigitFactorialSum, 145), Some(145));
        assert_eq!([of(U::DigitCount, 0), of(U::FirstDigit, 0)], [Some(1), Some(0)]);
        let large: BigInt = BigInt::from(10).pow(30) + 7;
        assert_eq!(U::Reversal.apply(&large), Some(BigInt::from(7) * BigInt::from(10).pow(30) + 1));
        assert_eq!(U::DigitSum.apply(&large), Some(8.into()));
        for (function, _) in UNARY {
            assert_eq!(function.apply(&BigInt::from(-5)), None);
            let _ = function.apply(&BigInt::from(0));
            let _ = function.apply(&large);
        }
    }
}
