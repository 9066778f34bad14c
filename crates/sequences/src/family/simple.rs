//! Phase 1: recurrences on the past terms, with constant coefficients.

use super::definition::{ANYWHERE, Definition, constructor, parameter};
use super::parameters::Domain::{Integers, Terms};
use super::parameters::Values;
use crate::phase::Phase;
use crate::relation::Relation;
use crate::relation::static_relation::LeafRelation;

pub(super) const ORDER_ZERO: Definition = Definition {
    phase: Phase::Simple,
    name: "order-zero",
    summary: "one term for ever",
    parameters: &[parameter("term", ANYWHERE)],
    constructor: constructor!(order_zero),
    example: &[1, 1, 1],
};

/// `a(n) = c`
fn order_zero(&[term, ..]: &Values) -> Option<LeafRelation> {
    Some(LeafRelation::new(Relation::Constant(term)))
}

pub(super) const ORDER_ONE: Definition = Definition {
    phase: Phase::Simple,
    name: "order-one",
    summary: "a multiple of the last term plus a constant",
    parameters: &[
        parameter("first term", ANYWHERE),
        parameter("factor", Integers(-1, 5)),
        parameter("constant", Integers(-60, 60)),
    ],
    constructor: constructor!(order_one),
    example: &[2, 4, 6],
};

/// `a(n) = p a(n-1) + c`. Degenerate: a factor of 0 (constant from the second term on), and a
/// factor of 1 without a constant.
fn order_one(&[first, factor, constant, ..]: &Values) -> Option<LeafRelation> {
    let degenerate = factor == 0 || (factor == 1 && constant == 0);
    (!degenerate).then_some(LeafRelation::new(Relation::Affine { first, factor, constant }))
}

pub(super) const ORDER_TWO: Definition = Definition {
    phase: Phase::Simple,
    name: "order-two",
    summary: "multiples of the last two terms plus a constant",
    parameters: &[
        parameter("first term", Terms(32)),
        parameter("second term", Terms(32)),
        parameter("factor of the last term", Integers(-1, 2)),
        parameter("factor of the term before it", Integers(-1, 2)),
        parameter("constant", Integers(-3, 3)),
    ],
    constructor: constructor!(order_two),
    example: &[1, 0, 1, 0],
};

/// `a(n) = p a(n-1) + q a(n-2) + c`. Degenerate: `q = 0`, which is of order one.
fn order_two(&[first, second, p, q, constant, ..]: &Values) -> Option<LeafRelation> {
    (q != 0).then_some(LeafRelation::new(Relation::Linear {
        first: [first, second],
        factors: [p, q],
        constant,
    }))
}

pub(super) const FIBONACCI: Definition = Definition {
    phase: Phase::Simple,
    name: "fibonacci",
    summary: "the sum of the last two terms",
    parameters: &[parameter("first term", Terms(40)), parameter("second term", Terms(40))],
    constructor: constructor!(fibonacci),
    example: &[1, 1, 2, 3, 5],
};

/// `a(n) = a(n-1) + a(n-2)`. Degenerate: two zeros.
fn fibonacci(&[first, second, ..]: &Values) -> Option<LeafRelation> {
    ((first, second) != (0, 0)).then_some(LeafRelation::new(Relation::Linear {
        first: [first, second],
        factors: [1, 1],
        constant: 0,
    }))
}
