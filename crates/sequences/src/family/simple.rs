//! Phase 1: recurrences on the past terms, with constant coefficients.

use super::Values;
use crate::relation::Relation;
use crate::relation::static_relation::LeafRelation;

/// `x[n] = c`
pub(super) fn order_zero(&[term, ..]: &Values) -> Option<LeafRelation> {
    Some(LeafRelation::new(Relation::Constant(term)))
}

/// `x[n] = a x[n-1] + c`. With a factor of 0 it would be constant from the second term
/// on, with a factor of 1 and no constant from the first.
pub(super) fn order_one(&[first, factor, constant, ..]: &Values) -> Option<LeafRelation> {
    let degenerate = factor == 0 || (factor == 1 && constant == 0);
    (!degenerate).then_some(LeafRelation::new(Relation::Affine { first, factor, constant }))
}

/// `x[n] = a x[n-1] + b x[n-2] + c`. With `b = 0` it would be of order one.
pub(super) fn order_two(&[first, second, a, b, constant, ..]: &Values) -> Option<LeafRelation> {
    (b != 0).then_some(LeafRelation::new(Relation::Linear {
        first: [first, second],
        factors: [a, b],
        constant,
    }))
}

/// `x[n] = x[n-1] + x[n-2]`. From two zeros it would stay at zero.
pub(super) fn fibonacci(&[first, second, ..]: &Values) -> Option<LeafRelation> {
    ((first, second) != (0, 0)).then_some(LeafRelation::new(Relation::Linear {
        first: [first, second],
        factors: [1, 1],
        constant: 0,
    }))
}
