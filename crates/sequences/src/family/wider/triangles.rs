//! Families of number triangles and tables, read by rows.

use super::super::definition::{Definition, constructor, parameter};
use super::super::parameters::Domain::{Integers, ListIndex};
use super::super::parameters::Values;
use super::{INNER, inner, scaled};
use crate::phase::Phase;
use crate::relation::{CellFunction, Listed, Reading, Relation, TermIndex, Triangle};

/// The indices of the terms in [`rows`].
const TERM_INDICES: [TermIndex; 5] = [
    TermIndex::Row,
    TermIndex::Column,
    TermIndex::FromRight,
    TermIndex::FromEdge,
    TermIndex::FromMiddle,
];

/// The edges of [`pascal`].
static EDGES: [Relation; 12] = [
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

/// The functions of [`cells`].
const CELL_FUNCTIONS: [CellFunction; 40] = [
    CellFunction::Product,
    CellFunction::Power,
    CellFunction::Gcd,
    CellFunction::Lcm,
    CellFunction::Minimum,
    CellFunction::Maximum,
    CellFunction::Distance,
    CellFunction::Remainder,
    CellFunction::Quotient,
    CellFunction::Divides,
    CellFunction::Equal,
    CellFunction::Coprime,
    CellFunction::Xor,
    CellFunction::And,
    CellFunction::Or,
    CellFunction::Binomial,
    CellFunction::Choose,
    CellFunction::Around,
    CellFunction::Squares,
    CellFunction::Linear(1, 1),
    CellFunction::Linear(1, 2),
    CellFunction::Linear(1, 3),
    CellFunction::Linear(1, 4),
    CellFunction::Linear(1, 5),
    CellFunction::Linear(2, 1),
    CellFunction::Linear(2, 3),
    CellFunction::Linear(2, 4),
    CellFunction::Linear(2, 5),
    CellFunction::Linear(3, 1),
    CellFunction::Linear(3, 2),
    CellFunction::Linear(3, 4),
    CellFunction::Linear(4, 1),
    CellFunction::Linear(4, 3),
    CellFunction::Linear(5, 2),
    CellFunction::Linear(2, -1),
    CellFunction::Linear(3, -1),
    CellFunction::Linear(3, -2),
    CellFunction::Linear(4, -1),
    CellFunction::Linear(1, -1),
    CellFunction::Linear(2, 2),
];

/// The lists that [`rows`] chooses from after the sequences.
const LISTS: [Listed; 8] = [
    Listed::Divisors,
    Listed::DivisorsDown,
    Listed::PrimeFactors,
    Listed::Totatives,
    Listed::Remainders,
    Listed::Digits(2),
    Listed::Digits(3),
    Listed::Digits(10),
];

pub(in crate::family) const ROWS: Definition = Definition {
    phase: Phase::Wider,
    name: "rows",
    summary: "a triangle whose rows are made of a sequence with a name",
    parameters: &[
        parameter("sequence", ListIndex(INNER + LISTS.len())),
        parameter("place of its terms", ListIndex(TERM_INDICES.len())),
        parameter("terms left out", Integers(0, 1)),
        parameter("factor", Integers(1, 2)),
        parameter("constant", Integers(-1, 1)),
    ],
    constructor: constructor!(rows),
    example: &[1, 2, 2, 3, 3, 3, 4, 4, 4],
};

/// A named sequence in runs, or in prefixes, of growing length; or a list that belongs to the
/// number of the row.
fn rows(&[entry, place, offset, factor, constant, ..]: &Values) -> Option<Relation> {
    if let Some(list) = usize::try_from(entry).ok()?.checked_sub(INNER) {
        let list = Triangle::Listed(*LISTS.get(list)?);
        // Each row is a list of its own.
        return ((place, offset) == (0, 0)).then(|| scaled(boxed(list), factor, constant));
    }
    let place = *TERM_INDICES.get(usize::try_from(place).ok()?)?;
    let sequence = scaled(inner(entry, offset)?, factor, constant);
    Some(boxed(Triangle::Of { sequence, place }))
}

pub(in crate::family) const PASCAL: Definition = Definition {
    phase: Phase::Wider,
    name: "pascal",
    summary: "a triangle with two edges and a rule inside",
    parameters: &[
        parameter("left edge", ListIndex(EDGES.len())),
        parameter("right edge", ListIndex(EDGES.len())),
        parameter("factor of the diagonal", Integers(0, 3)),
        parameter("factor from above", Integers(0, 3)),
        parameter("factor from the left", Integers(0, 2)),
        parameter("constant", Integers(-1, 1)),
    ],
    constructor: constructor!(pascal),
    example: &[1, 1, 1, 1, 2, 1, 1, 3, 3],
};

fn pascal(&[left, right, a, b, c, constant]: &Values) -> Option<Relation> {
    let edge = |entry: i64| EDGES.get(usize::try_from(entry).ok()?).cloned();
    let (left, right) = (edge(left)?, edge(right)?);
    Some(boxed(Triangle::Inside { left, right, factors: [a, b, c], constant }))
}

pub(in crate::family) const WEIGHTED_TRIANGLE: Definition = Definition {
    phase: Phase::Wider,
    name: "weighted-triangle",
    summary: "a triangle of weighted sums of the two cells above",
    parameters: &[
        parameter("factor of the diagonal", Integers(-1, 3)),
        parameter("its growth by row", Integers(-1, 2)),
        parameter("its growth by column", Integers(-2, 2)),
        parameter("factor from above", Integers(-1, 3)),
        parameter("its growth by row", Integers(-1, 2)),
        parameter("its growth by column", Integers(-2, 2)),
    ],
    constructor: constructor!(weighted_triangle),
    example: &[1, 0, 1, 0, 1, 1, 0, 1, 3],
};

/// Degenerate: one of the two weights is zero, which leaves an edge or less.
fn weighted_triangle(&[a, b, c, d, e, f]: &Values) -> Option<Relation> {
    let degenerate = [a, b, c] == [0; 3] || [d, e, f] == [0; 3];
    (!degenerate).then(|| boxed(Triangle::Weighted { diagonal: [a, b, c], above: [d, e, f] }))
}

pub(in crate::family) const CELLS: Definition = Definition {
    phase: Phase::Wider,
    name: "cells",
    summary: "a function of row and column, by rows or antidiagonals",
    parameters: &[
        parameter("function", ListIndex(CELL_FUNCTIONS.len())),
        parameter("origin", Integers(0, 3)),
        parameter("antidiagonals", Integers(0, 1)),
        parameter("factor", Integers(1, 3)),
        parameter("constant", Integers(-1, 2)),
    ],
    constructor: constructor!(cells),
    example: &[1, 2, 2, 3, 4, 3, 4, 6, 6],
};

fn cells(&[cell, origin, reading, factor, constant, ..]: &Values) -> Option<Relation> {
    let cell = *CELL_FUNCTIONS.get(usize::try_from(cell).ok()?)?;
    let reading = if reading == 0 { Reading::Rows } else { Reading::Antidiagonals };
    Some(scaled(boxed(Triangle::Cells { cell, origin, reading }), factor, constant))
}

fn boxed(triangle: Triangle) -> Relation {
    Relation::Triangle(Box::new(triangle))
}
