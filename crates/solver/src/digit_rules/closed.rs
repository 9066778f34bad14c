//! Digits of known sequences: the digit sum of `2^n`, squares reversed, primes in base 2, and
//! numbers written one behind another.

use num_bigint::BigInt;
use num_traits::{One, Zero};

use super::unary::{Unary, Unary as U, decimal, number};
use crate::expression::{Expression, n};
use crate::lists::numbers::primes;

/// A known sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inner {
    /// `k n`
    Multiple(u8),
    /// `n^k`
    Power(u8),
    /// `k^n`
    Exponential(u8),
    /// `n!`
    Factorial,
    /// The primes, from index 1 on.
    Prime,
    /// Squares of primes.
    PrimeSquare,
    /// Fibonacci numbers.
    Fibonacci,
    /// `n (n + 1) / 2`
    Triangular,
    /// `2 n + 1`
    Odd,
    /// `n^n`
    SelfPower,
    /// `n (n + 1)`
    Oblong,
    /// `n^2 + 1`
    SquarePlusOne,
}

use Inner as I;

/// All of them, with the bits of naming each.
pub const INNER: [(Inner, f64); 22] = [
    (I::Multiple(1), 1.0),
    (I::Power(2), 2.0),
    (I::Prime, 2.0),
    (I::Exponential(2), 2.0),
    (I::Power(3), 3.0),
    (I::Factorial, 3.0),
    (I::Fibonacci, 3.0),
    (I::Triangular, 3.5),
    (I::Exponential(3), 4.0),
    (I::Multiple(2), 4.0),
    (I::Odd, 4.0),
    (I::Multiple(3), 4.5),
    (I::PrimeSquare, 5.0),
    (I::Power(4), 5.0),
    (I::Exponential(5), 6.0),
    (I::Exponential(4), 6.0),
    (I::Exponential(7), 6.0),
    (I::SelfPower, 5.5),
    (I::Power(5), 6.0),
    (I::Oblong, 5.5),
    (I::SquarePlusOne, 5.5),
    (I::Multiple(5), 6.0),
];

impl Inner {
    /// The least index.
    pub fn first(self) -> u64 {
        u64::from(matches!(self, I::Prime | I::PrimeSquare))
    }

    /// The terms from an index on.
    pub fn terms(self, first: u64, count: usize) -> Vec<BigInt> {
        let mut terms = Vec::with_capacity(count);
        for index in (first..).take(count) {
            let big = BigInt::from(index);
            let prime = || primes().get((index as usize).checked_sub(1)?).copied();
            terms.push(match self {
                I::Multiple(factor) => big * factor,
                I::Power(power) => big.pow(power.into()),
                I::Exponential(base) => BigInt::from(base).pow(index as u32),
                I::Factorial => match terms.last() {
                    Some(last) => last * index,
                    None => (1..=index).product(),
                },
                I::Prime | I::PrimeSquare => match prime() {
                    Some(prime) if self == I::Prime => prime.into(),
                    Some(prime) => BigInt::from(prime).pow(2),
                    None => break,
                },
                I::Fibonacci => match &terms[..] {
                    [.., a, b] => a + b,
                    _ => fibonacci(index),
                },
                I::Triangular => &big * (&big + 1) / 2,
                I::Odd => big * 2 + 1,
                I::SelfPower => big.pow(index as u32),
                I::Oblong => &big * (&big + 1),
                I::SquarePlusOne => big.pow(2) + 1,
            });
        }
        terms
    }

    /// The sequence as an expression.
    pub fn expression(self) -> Expression {
        let integer = |value: u8| Expression::integer(value);
        match self {
            I::Multiple(factor) => Expression::product(vec![integer(factor), n()]),
            I::Power(power) => Expression::power(n(), integer(power)),
            I::Exponential(base) => Expression::power(integer(base), n()),
            I::Factorial => Expression::Factorial(Box::new(n())),
            I::Prime => Expression::Call("prime".into(), vec![n()]),
            I::PrimeSquare => {
                Expression::power(Expression::Call("prime".into(), vec![n()]), integer(2))
            }
            I::Fibonacci => Expression::Call("fibonacci".into(), vec![n()]),
            I::Triangular => Expression::quotient(
                Expression::product(vec![n(), Expression::shifted(1)]),
                integer(2),
            ),
            I::Odd => Expression::sum(vec![Expression::product(vec![integer(2), n()]), integer(1)]),
            I::SelfPower => Expression::power(n(), n()),
            I::Oblong => Expression::product(vec![n(), Expression::shifted(1)]),
            I::SquarePlusOne => {
                Expression::sum(vec![Expression::power(n(), integer(2)), integer(1)])
            }
        }
    }
}

fn fibonacci(index: u64) -> BigInt {
    let mut pair = (BigInt::zero(), BigInt::one());
    for _ in 0..index {
        let next = &pair.0 + &pair.1;
        pair = (pair.1, next);
    }
    pair.0
}

/// What is done with a term of a known sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outer {
    /// A function of it.
    Of(Unary),
    /// Its digits in a base, read as decimal ones.
    InBase(u8),
    /// Its sum of digits in a base.
    DigitSumInBase(u8),
    /// All terms up to it, one behind another.
    Behind,
    /// All terms from it down to the first, one behind another.
    Before,
    /// All terms up to it and back to the first.
    UpAndDown,
    /// It, written so often as its index says.
    Repeated,
    /// It and the next term, one behind another.
    WithNext,
    /// It, twice.
    Twice,
    /// It, and it reversed.
    WithReversal,
    /// The index, and it.
    WithIndex,
    /// The sum of its digits until there is one left.
    DigitalRoot,
}

use Outer as O;

/// All of them, with the bits of naming each.
pub const OUTER: [(Outer, f64); 41] = [
    (O::Of(U::DigitSum), 1.0),
    (O::Of(U::Reversal), 2.0),
    (O::InBase(2), 2.0),
    (O::InBase(3), 3.0),
    (O::Behind, 2.0),
    (O::Before, 4.0),
    (O::UpAndDown, 4.0),
    (O::Repeated, 3.5),
    (O::WithNext, 3.0),
    (O::Twice, 3.5),
    (O::WithReversal, 4.0),
    (O::WithIndex, 4.5),
    (O::DigitalRoot, 3.0),
    (O::Of(U::DigitProduct), 3.0),
    (O::Of(U::FirstDigit), 4.0),
    (O::Of(U::LastDigit), 3.5),
    (O::Of(U::DigitCount), 3.5),
    (O::Of(U::BinaryDigitSum), 2.5),
    (O::Of(U::LargestDigit), 4.5),
    (O::Of(U::SmallestDigit), 5.0),
    (O::Of(U::Ascending), 4.0),
    (O::Of(U::Descending), 4.5),
    (O::Of(U::DigitPowerSum(2)), 4.0),
    (O::Of(U::DigitPowerSum(3)), 5.0),
    (O::Of(U::NonzeroDigitProduct), 5.0),
    (O::Of(U::LookAndSay), 4.5),
    (O::Of(U::RotatedLeft), 6.0),
    (O::Of(U::RotatedRight), 6.0),
    (O::Of(U::Kaprekar), 6.0),
    (O::InBase(4), 4.0),
    (O::InBase(5), 4.0),
    (O::InBase(6), 4.5),
    (O::InBase(7), 4.5),
    (O::InBase(8), 3.5),
    (O::InBase(9), 4.5),
    (O::DigitSumInBase(3), 3.5),
    (O::DigitSumInBase(4), 4.5),
    (O::DigitSumInBase(5), 4.5),
    (O::DigitSumInBase(6), 5.0),
    (O::DigitSumInBase(7), 5.0),
    (O::DigitSumInBase(8), 4.5),
];

/// At most so many digits of a term are written.
const MOST_DIGITS: usize = 4000;

impl Outer {
    /// The terms of the sequence, given the index of the first.
    pub fn terms(self, inner: Inner, first: u64, count: usize) -> Vec<BigInt> {
        let more = usize::from(self == O::WithNext);
        let known = inner.terms(first, count + more);
        self.applied(&known, first, count)
    }

    /// The terms, given those of the known sequence, from the index of the first on.
    pub fn applied(self, known: &[BigInt], first: u64, count: usize) -> Vec<BigInt> {
        let mut terms = Vec::with_capacity(count);
        let mut written: Vec<u8> = Vec::new();
        for (place, term) in known.iter().enumerate().take(count) {
            let digits = || decimal(term);
            terms.push(match self {
                O::Of(function) => match function.apply(term) {
                    Some(value) => value,
                    None => break,
                },
                O::InBase(base) => number(&term.magnitude().to_radix_be(base.into())),
                O::DigitSumInBase(base) => {
                    let digits = term.magnitude().to_radix_le(base.into());
                    digits.into_iter().map(u64::from).sum::<u64>().into()
                }
                O::Behind => {
                    written.extend(digits());
                    number(&written)
                }
                O::Before => {
                    written.splice(0..0, digits());
                    number(&written)
                }
                O::UpAndDown => {
                    let mut all = written.clone();
                    all.extend(digits());
                    let back = known[..place].iter().rev().flat_map(decimal);
                    let all: Vec<u8> = all.into_iter().chain(back).collect();
                    written.extend(digits());
                    number(&all)
                }
                O::Repeated => number(&digits().repeat(first as usize + place)),
                O::WithNext => match known.get(place + 1) {
                    Some(next) => number(&[digits(), decimal(next)].concat()),
                    None => break,
                },
                O::Twice => number(&digits().repeat(2)),
                O::WithReversal => {
                    let mut reversed = digits();
                    reversed.reverse();
                    number(&[digits(), reversed].concat())
                }
                O::WithIndex => {
                    let index = decimal(&(first + place as u64).into());
                    number(&[index, digits()].concat())
                }
                O::DigitalRoot => match term.is_zero() {
                    true => BigInt::zero(),
                    false => (term - 1) % 9 + 1,
                },
            });
            if written.len() > MOST_DIGITS || terms.last().is_some_and(|term| term.bits() > 13_000)
            {
                break;
            }
        }
        terms
    }

    /// The rule as an expression, or in words.
    pub fn expression(self, inner: Expression) -> Result<Expression, String> {
        let call =
            |name: &str, arguments: Vec<Expression>| Expression::Call(name.into(), arguments);
        Ok(match self {
            O::Of(function) => call(function.name(), vec![inner]),
            O::InBase(base) => return Err(format!("{inner} written in base {base}")),
            O::DigitSumInBase(base) => call("digit_sum", vec![inner, Expression::integer(base)]),
            O::DigitalRoot => call("digital_root", vec![inner]),
            O::Behind => {
                return Err(format!("all terms of {inner} up to n, written one behind another"));
            }
            O::Before => {
                return Err(format!(
                    "all terms of {inner} from n down, written one behind another"
                ));
            }
            O::UpAndDown => {
                return Err(format!(
                    "all terms of {inner} up to n and back, written one behind another"
                ));
            }
            O::Repeated => return Err(format!("{inner} written n times")),
            O::WithNext => {
                let next = inner.with_index(&Expression::shifted(1));
                return Err(format!("{inner} and {next}, written one behind the other"));
            }
            O::Twice => return Err(format!("{inner} written twice")),
            O::WithReversal => {
                return Err(format!("{inner} and its reversal, written one behind the other"));
            }
            O::WithIndex => return Err(format!("n and {inner}, written one behind the other")),
        })
    }

    /// Whether values are a digit or a sum of digits, so that few of them say little.
    pub fn is_small(self) -> bool {
        match self {
            O::Of(function) => !matches!(
                function,
                U::Reversal
                    | U::Ascending
                    | U::Descending
                    | U::LookAndSay
                    | U::RotatedLeft
                    | U::RotatedRight
                    | U::Kaprekar
            ),
            O::DigitSumInBase(_) | O::DigitalRoot => true,
            _ => false,
        }
    }
}
