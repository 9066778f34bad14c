//! Phase 2: recurrences whose constants follow a recurrence themselves.

use std::num::NonZeroU32;

use super::{Values, fraction, positive};
use crate::relation::static_relation::{Hold, LeafRelation, Sum};
use crate::relation::{Cycle, Ratio, Relation};

/// The factors of [`rational_factors`].
pub(super) const FACTORS: [Ratio; 13] = [
    fraction(1, 2),
    fraction(3, 2),
    fraction(5, 2),
    fraction(1, 3),
    fraction(2, 3),
    fraction(4, 3),
    fraction(5, 3),
    fraction(1, 4),
    fraction(3, 4),
    fraction(5, 4),
    fraction(2, 1),
    fraction(3, 1),
    fraction(4, 1),
];

/// `1, 3, 4, 6, 7, 9`: equal steps would be arithmetic, a step of zero held terms.
pub(super) fn alternating_steps(&[first, one, other, ..]: &Values) -> Option<Sum<LeafRelation>> {
    let degenerate = one == other || one == 0 || other == 0;
    (!degenerate).then(|| Sum {
        first,
        steps: LeafRelation::new(Relation::Cycle(Cycle::from([one, other]))),
    })
}

/// `1, 2, 4, 7, 11`
pub(super) fn growing_steps(
    &[first, direction, step, growth, ..]: &Values,
) -> Option<Sum<LeafRelation>> {
    let steps = LeafRelation::arithmetic(direction * step, direction * growth);
    (direction != 0).then_some(Sum { first, steps })
}

/// `1, 5, 8, 10, 11`. The first three steps must not change direction: else the steps
/// would grow from the start.
pub(super) fn shrinking_steps(
    &[first, direction, step, shrinkage, ..]: &Values,
) -> Option<Sum<LeafRelation>> {
    let steps = LeafRelation::arithmetic(direction * step, -direction * shrinkage);
    (direction != 0 && step > 2 * shrinkage).then_some(Sum { first, steps })
}

/// `2, 4, 8, 16`: from zero it would stay there.
pub(super) fn geometric(&[first, factor, ..]: &Values) -> Option<LeafRelation> {
    (first != 0).then_some(LeafRelation::new(Relation::Affine { first, factor, constant: 0 }))
}

/// `1, 2, 6, 12, 36`: equal factors would be geometric.
pub(super) fn alternating_factors(&[first, one, other, ..]: &Values) -> Option<LeafRelation> {
    let ratios = Cycle::from([Ratio::integer(one), Ratio::integer(other)]);
    (first != 0 && one != other).then(|| LeafRelation::new(Relation::Scale { first, ratios }))
}

/// `8, 4, 6, 3`: at least one of the factors is a fraction.
pub(super) fn rational_factors(&[first, one, other, ..]: &Values) -> Option<LeafRelation> {
    let factors = [one, other].map(|entry| FACTORS.get(entry as usize));
    let [Some(&one), Some(&other)] = factors else {
        return None;
    };
    let integers = one.denominator.get() == 1 && other.denominator.get() == 1;
    (first != 0 && one != other && !integers)
        .then(|| LeafRelation::new(Relation::Scale { first, ratios: Cycle::from([one, other]) }))
}

/// `1, 1, 2, 2, 3, 3`
pub(super) fn two_step(&[first, step, ..]: &Values) -> Option<Hold<LeafRelation>> {
    held(first, step, Cycle::from([positive(2)]))
}

/// `1, 1, 1, 2, 2, 2`
pub(super) fn three_step(&[first, step, ..]: &Values) -> Option<Hold<LeafRelation>> {
    held(first, step, Cycle::from([positive(3)]))
}

/// `1, 2, 2, 3, 4, 4`: equal runs would be one of the two above, or none.
pub(super) fn mixed_periods(&[first, step, one, other, ..]: &Values) -> Option<Hold<LeafRelation>> {
    let runs = Cycle::from([positive(one), positive(other)]);
    if one == other {
        return None;
    }
    held(first, step, runs)
}

/// An arithmetic sequence in runs; with a step of zero it would be constant.
fn held(first: i64, step: i64, runs: Cycle<NonZeroU32>) -> Option<Hold<LeafRelation>> {
    (step != 0).then(|| Hold { runs, of: LeafRelation::arithmetic(first, step) })
}
