//! Evaluation of number triangles and tables, read row by row.

use super::{Reading, TermIndex, Triangle};

/// Row and column of each cell, without end.
fn places() -> impl Iterator<Item = (usize, usize)> {
    (0..).flat_map(|row| (0..=row).map(move |column| (row, column)))
}

/// Writes the first terms into `terms` and returns how many there are.
pub(super) fn evaluate(triangle: &Triangle, terms: &mut [i64]) -> usize {
    let count = terms.len();
    let rows = places().nth(count.saturating_sub(1)).map_or(0, |(row, _)| row + 1);
    match triangle {
        Triangle::Of { sequence, place } => {
            let inner = sequence.terms(rows);
            let at = |(row, column): (usize, usize)| {
                let index = match place {
                    TermIndex::Row => row,
                    TermIndex::Column => column,
                    TermIndex::FromRight => row - column,
                    TermIndex::FromEdge => column.min(row - column),
                    TermIndex::FromMiddle => column.max(row - column),
                };
                inner.get(index).copied()
            };
            write(terms, places().map(at))
        }
        Triangle::Cells { cell, origin, reading } => {
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
        Triangle::Inside { left, right, factors: [a, b, c], constant } => {
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
        Triangle::Weighted { diagonal: [a, b, c], above: [d, e, f] } => {
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
        Triangle::Listed(listed) => {
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

/// Writes values until one is `None`, and returns how many were written.
fn write(terms: &mut [i64], values: impl Iterator<Item = Option<i64>>) -> usize {
    for (index, (term, value)) in terms.iter_mut().zip(values).enumerate() {
        match value {
            Some(value) => *term = value,
            None => return index,
        }
    }
    terms.len()
}

/// Fills a triangle whose cells are functions of three neighbours: `T(n-1, k-1)`, `T(n-1, k)` and
/// `T(n, k-1)`, zeros outside of the triangle.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::{CellFunction, Listed, Relation};

    fn terms(triangle: Triangle, count: usize) -> Vec<i64> {
        Relation::Triangle(Box::new(triangle)).terms(count)
    }

    #[test]
    fn rows_made_of_a_sequence() {
        let of = |place| terms(Triangle::Of { sequence: Relation::arithmetic(1, 1), place }, 10);
        assert_eq!(of(TermIndex::Row), [1, 2, 2, 3, 3, 3, 4, 4, 4, 4]);
        assert_eq!(of(TermIndex::Column), [1, 1, 2, 1, 2, 3, 1, 2, 3, 4]);
        assert_eq!(of(TermIndex::FromRight), [1, 2, 1, 3, 2, 1, 4, 3, 2, 1]);
        assert_eq!(of(TermIndex::FromEdge), [1, 1, 1, 1, 2, 1, 1, 2, 2, 1]);
        assert_eq!(of(TermIndex::FromMiddle), [1, 2, 2, 3, 2, 3, 4, 3, 3, 4]);
    }

    #[test]
    fn cells_by_rows_and_antidiagonals() {
        let table =
            |cell| terms(Triangle::Cells { cell, origin: 1, reading: Reading::Antidiagonals }, 10);
        assert_eq!(table(CellFunction::Product), [1, 2, 2, 3, 4, 3, 4, 6, 6, 4]);
        assert_eq!(table(CellFunction::Gcd), [1, 1, 1, 1, 2, 1, 1, 1, 1, 1]);
        assert_eq!(table(CellFunction::Lcm), [1, 2, 2, 3, 2, 3, 4, 6, 6, 4]);
        assert_eq!(table(CellFunction::Distance), [0, 1, 1, 2, 0, 2, 3, 1, 1, 3]);
        assert_eq!(table(CellFunction::Power), [1, 2, 1, 3, 4, 1, 4, 9, 8, 1]);
        let triangle =
            |cell, origin| terms(Triangle::Cells { cell, origin, reading: Reading::Rows }, 10);
        assert_eq!(triangle(CellFunction::Choose, 0), [1, 1, 1, 1, 2, 1, 1, 3, 3, 1]);
        assert_eq!(triangle(CellFunction::Remainder, 1), [0, 0, 0, 0, 1, 0, 0, 0, 1, 0]);
        assert_eq!(triangle(CellFunction::Divides, 1), [1, 1, 1, 1, 0, 1, 1, 1, 0, 1]);
        assert_eq!(triangle(CellFunction::Linear(2, -1), 1), [1, 3, 2, 5, 4, 3, 7, 6, 5, 4]);
        // Nothing is divided by zero.
        assert_eq!(triangle(CellFunction::Remainder, 0)[..3], [0, 1, 0]);
        assert_eq!(triangle(CellFunction::Quotient, 0)[..3], [0, 0, 1]);
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
