//! Number triangles and tables, read row by row.

use std::fmt::{self, Display, Formatter};

use crate::function::{binomial, gcd};
use crate::relation::Relation;

/// A triangle of numbers `T(n, k)` with `k` from 0 to `n`, or a table, as one sequence:
/// `T(0, 0), T(1, 0), T(1, 1), T(2, 0), ...`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Triangle {
    /// Row `n` is made of the terms of `s`: `T(n, k) = s[...]`.
    Of {
        /// `s`
        sequence: Relation,
        /// Which term it is.
        place: Place,
    },
    /// A rule for each cell.
    Cells {
        /// The rule.
        cell: Cell,
        /// What rows and columns count from.
        origin: i64,
        /// How the cells are read.
        reading: Reading,
    },
    /// Two edges, and inside `T(n, k) = a T(n-1, k-1) + b T(n-1, k) + c T(n, k-1) + d`.
    Inside {
        /// `T(n, 0)`
        left: Relation,
        /// `T(n, n)` from `n = 1` on
        right: Relation,
        /// `a`, `b` and `c`
        factors: [i64; 3],
        /// `d`
        constant: i64,
    },
    /// `T(0, 0) = 1`, nothing outside of the triangle, and `T(n, k) = (a + b n + c k)
    /// T(n-1, k-1) + (d + e n + f k) T(n-1, k)`.
    Weighted {
        /// `a`, `b` and `c`
        diagonal: [i64; 3],
        /// `d`, `e` and `f`
        above: [i64; 3],
    },
    /// Row `n`, from 1 on, lists what belongs to the number `n`.
    Listed(Listed),
}

/// Which term of a sequence stands in row `n` and column `k`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Term `n`: runs of growing length.
    Row,
    /// Term `k`: beginnings of growing length.
    Column,
    /// Term `n - k`: the same backwards.
    FromRight,
    /// Term `min(k, n - k)`: up and down again.
    FromEdge,
    /// Term `max(k, n - k)`: down and up again.
    FromMiddle,
}

/// A function of two numbers, `i` and `j`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cell {
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
    /// 1 where `i` and `j` have no common factor, else 0
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

/// How the cells of a table are read.
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
    /// Its divisors, upwards.
    Divisors,
    /// Its divisors, downwards.
    DivisorsDown,
    /// Its prime factors, repeated ones too; 1 of 1.
    PrimeFactors,
    /// The numbers up to it that have no factor in common with it.
    Totatives,
    /// The remainders of it by 1, 2, ..., itself.
    Remainders,
    /// Its digits in this base (at least 2), the first one first.
    Digits(u8),
}

impl Cell {
    fn value(self, i: i64, j: i64) -> Option<i64> {
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
    /// Whether `candidate` is in the list of `number`, for those that are sets.
    fn row(self, number: i64, mut put: impl FnMut(i64)) {
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

/// Row and column of each place, for ever.
fn places() -> impl Iterator<Item = (usize, usize)> {
    (0..).flat_map(|row| (0..=row).map(move |column| (row, column)))
}

impl Triangle {
    /// Writes the first terms into `terms` and returns how many there are.
    pub(crate) fn evaluate(&self, terms: &mut [i64]) -> usize {
        let count = terms.len();
        let rows = places().nth(count.saturating_sub(1)).map_or(0, |(row, _)| row + 1);
        match self {
            Self::Of { sequence, place } => {
                let inner = sequence.terms(rows);
                let at = |(row, column): (usize, usize)| {
                    let index = match place {
                        Place::Row => row,
                        Place::Column => column,
                        Place::FromRight => row - column,
                        Place::FromEdge => column.min(row - column),
                        Place::FromMiddle => column.max(row - column),
                    };
                    inner.get(index).copied()
                };
                write(terms, places().map(at))
            }
            Self::Cells { cell, origin, reading } => {
                let at = |(row, column): (usize, usize)| {
                    let first = match reading {
                        Reading::Rows => row,
                        Reading::Antidiagonals => row - column,
                    };
                    let number = |index: usize| origin.checked_add(index as i64);
                    cell.value(number(first)?, number(column)?)
                };
                write(terms, places().map(at))
            }
            Self::Inside { left, right, factors: [a, b, c], constant } => {
                let (left, right) = (left.terms(rows), right.terms(rows));
                fill(terms, |row, column, [diagonal, above, before]| match (row, column) {
                    (_, 0) => left.get(row).copied(),
                    _ if column == row => right.get(row).copied(),
                    _ => {
                        let sum = diagonal.checked_mul(*a)?.checked_add(above.checked_mul(*b)?)?;
                        sum.checked_add(before.checked_mul(*c)?)?.checked_add(*constant)
                    }
                })
            }
            Self::Weighted { diagonal: [a, b, c], above: [d, e, f] } => {
                fill(terms, |row, column, [diagonal, above, _]| {
                    if row == 0 {
                        return Some(1);
                    }
                    let (n, k) = (row as i64, column as i64);
                    let weight = |constant: &i64, by_row: &i64, by_column: &i64| {
                        let sum = by_row.checked_mul(n)?.checked_add(by_column.checked_mul(k)?)?;
                        sum.checked_add(*constant)
                    };
                    let one = weight(a, b, c)?.checked_mul(diagonal)?;
                    one.checked_add(weight(d, e, f)?.checked_mul(above)?)
                })
            }
            Self::Listed(listed) => {
                let mut length = 0;
                let mut number = 1;
                while length < count {
                    listed.row(number, |term| {
                        if let Some(place) = terms.get_mut(length) {
                            *place = term;
                            length += 1;
                        }
                    });
                    number += 1;
                }
                length
            }
        }
    }
}

fn write(terms: &mut [i64], values: impl Iterator<Item = Option<i64>>) -> usize {
    for (index, (term, value)) in terms.iter_mut().zip(values).enumerate() {
        match value {
            Some(value) => *term = value,
            None => return index,
        }
    }
    terms.len()
}

/// Fills a triangle whose cells follow from the two above them, diagonally and straight,
/// and from the one before them; zeros lie outside.
fn fill(terms: &mut [i64], cell: impl Fn(usize, usize, [i64; 3]) -> Option<i64>) -> usize {
    for (index, (row, column)) in places().take(terms.len()).enumerate() {
        // The row above has `row` cells, and begins as many places earlier.
        let diagonal = if column > 0 { terms[index - row - 1] } else { 0 };
        let above = if column < row { terms[index - row] } else { 0 };
        let before = if column > 0 { terms[index - 1] } else { 0 };
        match cell(row, column, [diagonal, above, before]) {
            Some(value) => terms[index] = value,
            None => return index,
        }
    }
    terms.len()
}

/// The rule, in `i` and `j`.
impl Display for Cell {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Linear(a, b) => {
                return f.write_str(&crate::formula::sum(&[(*a, "i"), (*b, "j")], 0));
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

/// What is listed of `n`.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(triangle: Triangle, count: usize) -> Vec<i64> {
        Relation::Triangle(Box::new(triangle)).terms(count)
    }

    #[test]
    fn rows_made_of_a_sequence() {
        let of = |place| terms(Triangle::Of { sequence: Relation::arithmetic(1, 1), place }, 10);
        assert_eq!(of(Place::Row), [1, 2, 2, 3, 3, 3, 4, 4, 4, 4]);
        assert_eq!(of(Place::Column), [1, 1, 2, 1, 2, 3, 1, 2, 3, 4]);
        assert_eq!(of(Place::FromRight), [1, 2, 1, 3, 2, 1, 4, 3, 2, 1]);
        assert_eq!(of(Place::FromEdge), [1, 1, 1, 1, 2, 1, 1, 2, 2, 1]);
        assert_eq!(of(Place::FromMiddle), [1, 2, 2, 3, 2, 3, 4, 3, 3, 4]);
    }

    #[test]
    fn cells_by_rows_and_antidiagonals() {
        let table =
            |cell| terms(Triangle::Cells { cell, origin: 1, reading: Reading::Antidiagonals }, 10);
        assert_eq!(table(Cell::Product), [1, 2, 2, 3, 4, 3, 4, 6, 6, 4]);
        assert_eq!(table(Cell::Gcd), [1, 1, 1, 1, 2, 1, 1, 1, 1, 1]);
        assert_eq!(table(Cell::Lcm), [1, 2, 2, 3, 2, 3, 4, 6, 6, 4]);
        assert_eq!(table(Cell::Distance), [0, 1, 1, 2, 0, 2, 3, 1, 1, 3]);
        assert_eq!(table(Cell::Power), [1, 2, 1, 3, 4, 1, 4, 9, 8, 1]);
        let triangle =
            |cell, origin| terms(Triangle::Cells { cell, origin, reading: Reading::Rows }, 10);
        assert_eq!(triangle(Cell::Choose, 0), [1, 1, 1, 1, 2, 1, 1, 3, 3, 1]);
        assert_eq!(triangle(Cell::Remainder, 1), [0, 0, 0, 0, 1, 0, 0, 0, 1, 0]);
        assert_eq!(triangle(Cell::Divides, 1), [1, 1, 1, 1, 0, 1, 1, 1, 0, 1]);
        assert_eq!(triangle(Cell::Linear(2, -1), 1), [1, 3, 2, 5, 4, 3, 7, 6, 5, 4]);
        // Nothing is divided by zero.
        assert_eq!(triangle(Cell::Remainder, 0)[..3], [0, 1, 0]);
        assert_eq!(triangle(Cell::Quotient, 0)[..3], [0, 0, 1]);
    }

    #[test]
    fn rules_inside() {
        let ones = || Relation::Constant(1);
        let inside =
            |factors, right| Triangle::Inside { left: ones(), right, factors, constant: 0 };
        let pascal = [1, 1, 1, 1, 2, 1, 1, 3, 3, 1];
        assert_eq!(terms(inside([1, 1, 0], ones()), 10), pascal);
        // Catalan's triangle: the last of a row is once more the one before it.
        let catalan = Relation::Linear { first: [1, 1], factors: [3, -1], constant: 0 };
        assert_eq!(terms(inside([0, 1, 1], catalan), 6), [1, 1, 1, 1, 2, 2]);
        let weighted = |diagonal, above| terms(Triangle::Weighted { diagonal, above }, 10);
        assert_eq!(weighted([1, 0, 0], [1, 0, 0]), pascal);
        // Ways to divide n things into k sets, and into k rings.
        assert_eq!(weighted([1, 0, 0], [0, 0, 1]), [1, 0, 1, 0, 1, 1, 0, 1, 3, 1]);
        assert_eq!(weighted([1, 0, 0], [-1, 1, 0]), [1, 0, 1, 0, 1, 1, 0, 2, 3, 1]);
    }

    #[test]
    fn lists() {
        let listed = |listed| terms(Triangle::Listed(listed), 12);
        assert_eq!(listed(Listed::Divisors), [1, 1, 2, 1, 3, 1, 2, 4, 1, 5, 1, 2]);
        assert_eq!(listed(Listed::DivisorsDown), [1, 2, 1, 3, 1, 4, 2, 1, 5, 1, 6, 3]);
        assert_eq!(listed(Listed::PrimeFactors), [1, 2, 3, 2, 2, 5, 2, 3, 7, 2, 2, 2]);
        assert_eq!(listed(Listed::Totatives), [1, 1, 1, 2, 1, 3, 1, 2, 3, 4, 1, 5]);
        assert_eq!(listed(Listed::Remainders), [0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1]);
        assert_eq!(listed(Listed::Digits(2)), [1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1]);
    }
}
