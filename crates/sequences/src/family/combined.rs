//! Phase 3: compositions of relations, transformations of their terms, and relations
//! that choose between two rules.

use super::{Values, fraction, positive};
use crate::relation::static_relation::{Interleave, LeafRelation, Modulo, Sum, Weighted};
use crate::relation::{Condition, Cycle, Ratio, Relation, Rounding, Step};

/// The factors of the recurrence that [`partial_sums`] adds up.
pub(super) const SUMMANDS: [[i64; 2]; 3] = [[1, 1], [2, 0], [3, 0]];

/// The factors of the recurrence that [`modulo`] takes remainders of: those of the
/// Fibonacci, the Jacobsthal and the Pell numbers.
pub(super) const MODULAR: [[i64; 2]; 3] = [[1, 1], [1, 2], [2, 1]];

/// The ratios of [`floor_geometric`] and [`ceiling_geometric`].
pub(super) const RATIOS: [Ratio; 20] = [
    fraction(1, 2),
    fraction(3, 2),
    fraction(5, 2),
    fraction(1, 3),
    fraction(2, 3),
    fraction(4, 3),
    fraction(5, 3),
    fraction(7, 3),
    fraction(8, 3),
    fraction(3, 4),
    fraction(5, 4),
    fraction(7, 4),
    fraction(9, 4),
    fraction(2, 5),
    fraction(3, 5),
    fraction(4, 5),
    fraction(6, 5),
    fraction(7, 5),
    fraction(8, 5),
    fraction(9, 5),
];

/// The rules of [`parity_switch`] and [`divisibility_switch`].
pub(super) const RULES: [Step; 12] = [
    Step::affine(1, 1),
    Step::affine(1, 2),
    Step::affine(1, 3),
    Step::affine(1, 4),
    Step::affine(1, 5),
    Step::affine(1, -1),
    Step::affine(1, -2),
    Step::affine(1, -3),
    Step::affine(2, 0),
    Step::affine(2, 1),
    Step::affine(3, 0),
    HALF,
];

/// The rules of [`threshold_switch`] and [`rise_switch`] that make a term larger.
pub(super) const UPWARDS: [Step; 10] = [
    Step::affine(1, 1),
    Step::affine(1, 2),
    Step::affine(1, 3),
    Step::affine(1, 4),
    Step::affine(1, 5),
    Step::affine(1, 6),
    Step::affine(1, 7),
    Step::affine(1, 8),
    Step::affine(2, 0),
    Step::affine(3, 0),
];

/// The rules of [`threshold_switch`] and [`rise_switch`] that make a term smaller.
pub(super) const DOWNWARDS: [Step; 9] = [
    Step::affine(1, -1),
    Step::affine(1, -2),
    Step::affine(1, -3),
    Step::affine(1, -4),
    Step::affine(1, -5),
    Step::affine(1, -6),
    Step::affine(1, -7),
    Step::affine(1, -8),
    HALF,
];

/// The thresholds of [`threshold_switch`]: few and round, because a sequence does not
/// show where its threshold is before it gets there.
pub(super) const THRESHOLDS: [i64; 4] = [10, 20, 50, 100];

const HALF: Step = Step { ratio: fraction(1, 2), constant: 0 };

/// `1, 1, 2, 0, 2, 2, 1, 0, 1`
pub(super) fn modulo(
    &[first, second, entry, modulus, ..]: &Values,
) -> Option<Modulo<LeafRelation>> {
    let factors = *MODULAR.get(entry as usize)?;
    let degenerate = first % modulus.max(1) == 0 && second % modulus.max(1) == 0; // all zeros
    (!degenerate).then(|| Modulo {
        of: LeafRelation::new(Relation::Linear { first: [first, second], factors, constant: 0 }),
        modulus: positive(modulus),
    })
}

/// `1, 2, 6, 4, 5, 12`
pub(super) fn every_kth(&[first, step, k, factor, ..]: &Values) -> Option<Weighted<LeafRelation>> {
    let weights = match k {
        2 => Cycle::from([1, factor]),
        3 => Cycle::from([1, 1, factor]),
        4 => Cycle::from([1, 1, 1, factor]),
        _ => return None,
    };
    Some(Weighted { of: LeafRelation::arithmetic(first, step), weights, constant: 0 })
}

/// `1, 2, 4, 7, 12`
pub(super) fn partial_sums(&[first, one, two, entry, ..]: &Values) -> Option<Sum<LeafRelation>> {
    let factors = *SUMMANDS.get(entry as usize)?;
    Some(Sum {
        first,
        steps: LeafRelation::new(Relation::Linear { first: [one, two], factors, constant: 0 }),
    })
}

/// `1, 10, 2, 20, 3, 30`: equal steps would be alternating steps.
pub(super) fn interleaved(
    &[even, even_step, odd, odd_step, ..]: &Values,
) -> Option<Interleave<LeafRelation, LeafRelation>> {
    (even_step != odd_step).then(|| Interleave {
        even: LeafRelation::arithmetic(even, even_step),
        odd: LeafRelation::arithmetic(odd, odd_step),
    })
}

/// `1, 1, 2, 3, 5, 7`
pub(super) fn floor_geometric(&[first, ratio, ..]: &Values) -> Option<LeafRelation> {
    rounded_geometric(first, ratio, Rounding::Floor)
}

/// `1, 2, 3, 4, 6, 8`
pub(super) fn ceiling_geometric(&[first, ratio, ..]: &Values) -> Option<LeafRelation> {
    rounded_geometric(first, ratio, Rounding::Ceiling)
}

/// From zero it would stay there.
fn rounded_geometric(first: i64, ratio: i64, rounding: Rounding) -> Option<LeafRelation> {
    let ratio = *RATIOS.get(ratio as usize)?;
    (first != 0).then_some(LeafRelation::new(Relation::Geometric { first, ratio, rounding }))
}

/// `129, 125, 133, 121`: an arithmetic sequence `1, 3, 5, 7` around 128.
pub(super) fn alternating_signs(
    &[first, step, sign, constant, ..]: &Values,
) -> Option<Weighted<LeafRelation>> {
    (step != 0 && sign != 0).then(|| Weighted {
        of: LeafRelation::arithmetic(first, step),
        weights: Cycle::from([sign, -sign]),
        constant,
    })
}

/// `1, 2, 3, 6, 7, 14`
pub(super) fn parity_switch(&[first, even, odd, ..]: &Values) -> Option<LeafRelation> {
    switch(
        first,
        Condition::Divisible(positive(2)),
        RULES.get(even as usize)?,
        RULES.get(odd as usize)?,
    )
}

/// `3, 4, 8, 16`
pub(super) fn divisibility_switch(
    &[first, divisor, multiple, rest, ..]: &Values,
) -> Option<LeafRelation> {
    let condition = Condition::Divisible(positive(divisor));
    switch(first, condition, RULES.get(multiple as usize)?, RULES.get(rest as usize)?)
}

/// `3, 6, 12, 9, 18, 15`
pub(super) fn threshold_switch(
    &[first, threshold, below, above, ..]: &Values,
) -> Option<LeafRelation> {
    let condition = Condition::Below(*THRESHOLDS.get(threshold as usize)?);
    switch(first, condition, UPWARDS.get(below as usize)?, DOWNWARDS.get(above as usize)?)
}

/// `5, 10, 7, 14, 11, 22`
pub(super) fn rise_switch(&[first, rise, other, ..]: &Values) -> Option<LeafRelation> {
    switch(first, Condition::Rising, DOWNWARDS.get(rise as usize)?, UPWARDS.get(other as usize)?)
}

/// With equal rules there would be nothing to choose.
fn switch(first: i64, condition: Condition, then: &Step, otherwise: &Step) -> Option<LeafRelation> {
    let (then, otherwise) = (*then, *otherwise);
    (then != otherwise).then_some(LeafRelation::new(Relation::Switch {
        first,
        condition,
        then,
        otherwise,
    }))
}
