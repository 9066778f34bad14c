//! Families of number triangles and tables, read by rows.

use super::super::Values;
use super::{inner, scaled};
use crate::relation::Relation;
use crate::relation::{Cell, Listed, Reading, TermIndex, Triangle};

/// Where the terms of [`rows`] come to stand.
pub(in super::super) const PLACES: [TermIndex; 5] = [
    TermIndex::Row,
    TermIndex::Column,
    TermIndex::FromRight,
    TermIndex::FromEdge,
    TermIndex::FromMiddle,
];

/// The edges of [`pascal`].
pub(in super::super) static EDGES: [Relation; 12] = [
    Relation::Constant(1),
    Relation::arithmetic(1, 1),
    Relation::Affine { first: 1, factor: 2, constant: 0 },
    Relation::Linear { first: [1, 0], factors: [1, 0], constant: 0 },
    Relation::Constant(2),
    Relation::Linear { first: [1, 1], factors: [1, 1], constant: 0 },
    Relation::arithmetic(1, 2),
    Relation::Constant(0),
    Relation::arithmetic(0, 1),
    Relation::Affine { first: 1, factor: 3, constant: 0 },
    Relation::Linear { first: [1, 2], factors: [1, 0], constant: 0 },
    Relation::Constant(3),
];

/// The rules of [`cells`].
pub(in super::super) const CELLS: [Cell; 40] = [
    Cell::Product,
    Cell::Power,
    Cell::Gcd,
    Cell::Lcm,
    Cell::Minimum,
    Cell::Maximum,
    Cell::Distance,
    Cell::Remainder,
    Cell::Quotient,
    Cell::Divides,
    Cell::Equal,
    Cell::Coprime,
    Cell::Xor,
    Cell::And,
    Cell::Or,
    Cell::Binomial,
    Cell::Choose,
    Cell::Around,
    Cell::Squares,
    Cell::Linear(1, 1),
    Cell::Linear(1, 2),
    Cell::Linear(1, 3),
    Cell::Linear(1, 4),
    Cell::Linear(1, 5),
    Cell::Linear(2, 1),
    Cell::Linear(2, 3),
    Cell::Linear(2, 4),
    Cell::Linear(2, 5),
    Cell::Linear(3, 1),
    Cell::Linear(3, 2),
    Cell::Linear(3, 4),
    Cell::Linear(4, 1),
    Cell::Linear(4, 3),
    Cell::Linear(5, 2),
    Cell::Linear(2, -1),
    Cell::Linear(3, -1),
    Cell::Linear(3, -2),
    Cell::Linear(4, -1),
    Cell::Linear(1, -1),
    Cell::Linear(2, 2),
];

/// The lists that [`rows`] reads after its sequences.
pub(in super::super) const LISTS: [Listed; 8] = [
    Listed::Divisors,
    Listed::DivisorsDown,
    Listed::PrimeFactors,
    Listed::Totatives,
    Listed::Remainders,
    Listed::Digits(2),
    Listed::Digits(3),
    Listed::Digits(10),
];

/// `1, 2, 2, 3, 3, 3`: a sequence in runs, or in beginnings, of growing length.
pub(in super::super) fn rows(
    &[entry, place, offset, factor, constant, ..]: &Values,
) -> Option<Relation> {
    if let Some(list) = usize::try_from(entry).ok()?.checked_sub(super::INNER) {
        let list = Triangle::Listed(*LISTS.get(list)?);
        // Each row is a list of its own.
        return ((place, offset) == (0, 0)).then(|| scaled(boxed(list), factor, constant));
    }
    let place = *PLACES.get(usize::try_from(place).ok()?)?;
    let sequence = scaled(inner(entry, offset)?, factor, constant);
    Some(boxed(Triangle::Of { sequence, place }))
}

/// `1, 1, 1, 1, 2, 1, 1, 3, 3, 1`: two edges and a rule inside.
pub(in super::super) fn pascal(&[left, right, a, b, c, constant]: &Values) -> Option<Relation> {
    let edge = |entry: i64| EDGES.get(usize::try_from(entry).ok()?).cloned();
    let (left, right) = (edge(left)?, edge(right)?);
    Some(boxed(Triangle::Inside { left, right, factors: [a, b, c], constant }))
}

/// `1, 0, 1, 0, 1, 1, 0, 1, 3, 1`: every cell a weighted sum of the two above.
pub(in super::super) fn weighted_triangle(&[a, b, c, d, e, f]: &Values) -> Option<Relation> {
    // Without either there would be nothing but an edge, or less.
    let degenerate = [a, b, c] == [0; 3] || [d, e, f] == [0; 3];
    (!degenerate).then(|| boxed(Triangle::Weighted { diagonal: [a, b, c], above: [d, e, f] }))
}

/// `0, 1, 1, 2, 1, 2`: a function of row and column, read by rows or by antidiagonals.
pub(in super::super) fn cells(
    &[cell, origin, reading, factor, constant, ..]: &Values,
) -> Option<Relation> {
    let cell = *CELLS.get(usize::try_from(cell).ok()?)?;
    let reading = if reading == 0 { Reading::Rows } else { Reading::Antidiagonals };
    Some(scaled(boxed(Triangle::Cells { cell, origin, reading }), factor, constant))
}

fn boxed(triangle: Triangle) -> Relation {
    Relation::Triangle(Box::new(triangle))
}
