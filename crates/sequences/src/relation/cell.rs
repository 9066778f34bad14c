//! The values in the cells of a triangle or a table.

use std::fmt::{self, Display, Formatter};

use super::function::arithmetic::{binomial, gcd};
use super::notation::sum;

/// The index of the term of a sequence that stands in row `n` and column `k`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TermIndex {
    /// `n`: runs of growing length.
    Row,
    /// `k`: prefixes of growing length.
    Column,
    /// `n - k`: prefixes in reverse.
    FromRight,
    /// `min(k, n - k)`: up and down again.
    FromEdge,
    /// `max(k, n - k)`: down and up again.
    FromMiddle,
}

/// A function of two numbers, `i` and `j`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellFunction {
    /// `a i + b j`
    Linear(i64, i64),
    /// `i j`
    Product,
    /// `i j + i + j`
    Around,
    /// `i^2 + j^2`
    Squares,
    /// `i^j`
    Power,
    /// `gcd(i, j)`
    Gcd,
    /// `lcm(i, j)`
    Lcm,
    /// `min(i, j)`
    Minimum,
    /// `max(i, j)`
    Maximum,
    /// `|i - j|`
    Distance,
    /// `i mod j`; `i` where `j` is 0
    Remainder,
    /// `floor(i / j)`; 0 where `j` is 0
    Quotient,
    /// 1 where `j` divides `i`, else 0
    Divides,
    /// 1 where `i = j`, else 0
    Equal,
    /// 1 where `i` and `j` are coprime, else 0
    Coprime,
    /// `i xor j`
    Xor,
    /// `i and j`
    And,
    /// `i or j`
    Or,
    /// `i + j` choose `j`
    Binomial,
    /// `i` choose `j`
    Choose,
}

/// The order in which the cells of a table are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// A triangle: `i = n`, `j = k`.
    Rows,
    /// A square table by its antidiagonals: `i = n - k`, `j = k`.
    Antidiagonals,
}

/// A list that belongs to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Listed {
    /// Its divisors in increasing order.
    Divisors,
    /// Its divisors in decreasing order.
    DivisorsDown,
    /// Its prime factors with multiplicity; 1 of 1.
    PrimeFactors,
    /// The numbers up to it that are coprime to it.
    Totatives,
    /// The remainders of it by 1, 2, ..., itself.
    Remainders,
    /// Its digits in this base (at least 2), the first one first.
    Digits(u8),
}

impl CellFunction {
    pub(super) fn value(self, i: i64, j: i64) -> Option<i64> {
        match self {
            Self::Linear(a, b) => i.checked_mul(a)?.checked_add(j.checked_mul(b)?),
            Self::Product => i.checked_mul(j),
            Self::Around => i.checked_mul(j)?.checked_add(i.checked_add(j)?),
            Self::Squares => i.checked_mul(i)?.checked_add(j.checked_mul(j)?),
            Self::Power => i.checked_pow(u32::try_from(j).ok()?),
            Self::Gcd => gcd(i, j),
            Self::Lcm => match gcd(i, j)? {
                0 => Some(0),
                common => (i / common).checked_mul(j),
            },
            Self::Minimum => Some(i.min(j)),
            Self::Maximum => Some(i.max(j)),
            Self::Distance => i.checked_sub(j)?.checked_abs(),
            Self::Remainder => Some(i.checked_rem_euclid(j).unwrap_or(i)),
            Self::Quotient => Some(i.checked_div_euclid(j).unwrap_or(0)),
            Self::Divides => Some(i64::from(i.checked_rem_euclid(j).unwrap_or(i) == 0)),
            Self::Equal => Some(i64::from(i == j)),
            Self::Coprime => Some(i64::from(gcd(i, j)? == 1)),
            Self::Xor => Some(i ^ j),
            Self::And => Some(i & j),
            Self::Or => Some(i | j),
            Self::Binomial => binomial(i.checked_add(j)?, j),
            Self::Choose => binomial(i, j),
        }
    }
}

impl Listed {
    /// Calls `put` with every number of the list that belongs to `number`, in order.
    pub(super) fn row(self, number: i64, mut put: impl FnMut(i64)) {
        match self {
            Self::Divisors => (1..=number).filter(|d| number % d == 0).for_each(put),
            Self::DivisorsDown => (1..=number).rev().filter(|d| number % d == 0).for_each(put),
            Self::Totatives => (1..=number).filter(|&d| gcd(d, number) == Some(1)).for_each(put),
            Self::Remainders => (1..=number).for_each(|d| put(number % d)),
            Self::PrimeFactors => {
                let (mut rest, mut divisor) = (number, 2);
                while rest > 1 {
                    if rest % divisor == 0 {
                        put(divisor);
                        rest /= divisor;
                    } else {
                        divisor += 1;
                    }
                }
                if number == 1 {
                    put(1);
                }
            }
            Self::Digits(base) => {
                let base = i64::from(base.max(2));
                let mut place = 1;
                while number / place >= base {
                    place *= base;
                }
                while place > 0 {
                    put(number / place % base);
                    place /= base;
                }
            }
        }
    }
}

/// The formula in `i` and `j`.
impl Display for CellFunction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Linear(a, b) => {
                return f.write_str(&sum(&[(*a, "i"), (*b, "j")], 0));
            }
            Self::Product => "i j",
            Self::Around => "i j + i + j",
            Self::Squares => "i^2 + j^2",
            Self::Power => "i^j",
            Self::Gcd => "gcd(i, j)",
            Self::Lcm => "lcm(i, j)",
            Self::Minimum => "min(i, j)",
            Self::Maximum => "max(i, j)",
            Self::Distance => "|i - j|",
            Self::Remainder => "i mod j",
            Self::Quotient => "floor(i / j)",
            Self::Divides => "[j divides i]",
            Self::Equal => "[i = j]",
            Self::Coprime => "[gcd(i, j) = 1]",
            Self::Xor => "i xor j",
            Self::And => "i and j",
            Self::Or => "i or j",
            Self::Binomial => "binomial(i + j, j)",
            Self::Choose => "binomial(i, j)",
        })
    }
}

/// The list that belongs to `n`.
impl Display for Listed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Divisors => "the divisors of n",
            Self::DivisorsDown => "the divisors of n, downwards",
            Self::PrimeFactors => "the prime factors of n",
            Self::Totatives => "the numbers up to n without a factor in common",
            Self::Remainders => "n mod 1, n mod 2, ..., n mod n",
            Self::Digits(base) => return write!(f, "the digits of n in base {}", (*base).max(2)),
        })
    }
}
