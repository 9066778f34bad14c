//! Phase 2: recurrences whose constants follow a recurrence themselves.

use std::num::NonZeroU32;

use super::definition::{ANYWHERE, Definition, constructor, fraction, parameter, positive};
use super::parameters::Domain::{Integers, ListIndex, Terms};
use super::parameters::Values;
use crate::phase::Phase;
use crate::relation::static_relation::{Hold, LeafRelation, Sum};
use crate::relation::{Cycle, Ratio, Relation};

/// The factors of [`rational_factors`].
const FACTORS: [Ratio; 13] = [
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

pub(super) const ALTERNATING_STEPS: Definition = Definition {
    phase: Phase::Nested,
    name: "alternating-steps",
    summary: "two steps in turn",
    parameters: &[
        parameter("first term", ANYWHERE),
        parameter("one step", Integers(-15, 15)),
        parameter("other step", Integers(-15, 15)),
    ],
    constructor: constructor!(alternating_steps),
    example: &[1, 3, 4, 6, 7, 9],
};

/// Degenerate: equal steps (arithmetic) and a step of zero (held terms).
fn alternating_steps(&[first, one, other, ..]: &Values) -> Option<Sum<LeafRelation>> {
    let degenerate = one == other || one == 0 || other == 0;
    (!degenerate).then(|| Sum {
        first,
        steps: LeafRelation::new(Relation::Cycle(Cycle::from([one, other]))),
    })
}

pub(super) const GROWING_STEPS: Definition = Definition {
    phase: Phase::Nested,
    name: "growing-steps",
    summary: "steps that grow by a constant, upwards or downwards",
    parameters: &[
        parameter("first term", ANYWHERE),
        parameter("direction", Integers(-1, 1)),
        parameter("first step", Integers(0, 20)),
        parameter("growth", Integers(1, 10)),
    ],
    constructor: constructor!(growing_steps),
    example: &[1, 2, 4, 7, 11],
};

/// Degenerate: no direction.
fn growing_steps(&[first, direction, step, growth, ..]: &Values) -> Option<Sum<LeafRelation>> {
    let steps = LeafRelation::arithmetic(direction * step, direction * growth);
    (direction != 0).then_some(Sum { first, steps })
}

pub(super) const SHRINKING_STEPS: Definition = Definition {
    phase: Phase::Nested,
    name: "shrinking-steps",
    summary: "steps that shrink by a constant, and turn round at zero",
    parameters: &[
        parameter("first term", ANYWHERE),
        parameter("direction", Integers(-1, 1)),
        parameter("first step", Integers(3, 40)),
        parameter("shrinkage", Integers(1, 8)),
    ],
    constructor: constructor!(shrinking_steps),
    example: &[1, 5, 8, 10, 11],
};

/// Degenerate: steps that change direction within the first three, since they would grow from the
/// start.
fn shrinking_steps(&[first, direction, step, shrinkage, ..]: &Values) -> Option<Sum<LeafRelation>> {
    let steps = LeafRelation::arithmetic(direction * step, -direction * shrinkage);
    (direction != 0 && step > 2 * shrinkage).then_some(Sum { first, steps })
}

pub(super) const GEOMETRIC: Definition = Definition {
    phase: Phase::Nested,
    name: "geometric",
    summary: "a multiple of the last term",
    parameters: &[parameter("first term", Terms(64)), parameter("factor", Integers(2, 6))],
    constructor: constructor!(geometric),
    example: &[2, 4, 8, 16],
};

/// Degenerate: a first term of zero, which stays there.
fn geometric(&[first, factor, ..]: &Values) -> Option<LeafRelation> {
    (first != 0).then_some(LeafRelation::new(Relation::Affine { first, factor, constant: 0 }))
}

pub(super) const ALTERNATING_FACTORS: Definition = Definition {
    phase: Phase::Nested,
    name: "alternating-factors",
    summary: "two factors in turn",
    parameters: &[
        parameter("first term", Terms(64)),
        parameter("one factor", Integers(2, 9)),
        parameter("other factor", Integers(2, 9)),
    ],
    constructor: constructor!(alternating_factors),
    example: &[1, 2, 6, 12, 36],
};

/// Degenerate: a first term of zero, and equal factors (geometric).
fn alternating_factors(&[first, one, other, ..]: &Values) -> Option<LeafRelation> {
    let ratios = Cycle::from([Ratio::integer(one), Ratio::integer(other)]);
    (first != 0 && one != other).then(|| LeafRelation::new(Relation::Scale { first, ratios }))
}

pub(super) const RATIONAL_FACTORS: Definition = Definition {
    phase: Phase::Nested,
    name: "rational-factors",
    summary: "two fractions as factors in turn, every term rounded down",
    parameters: &[
        parameter("first term", ANYWHERE),
        parameter("one factor", ListIndex(FACTORS.len())),
        parameter("other factor", ListIndex(FACTORS.len())),
    ],
    constructor: constructor!(rational_factors),
    example: &[8, 4, 6, 3],
};

/// Degenerate: a first term of zero, equal factors, and two integers (alternating factors).
fn rational_factors(&[first, one, other, ..]: &Values) -> Option<LeafRelation> {
    let factors = [one, other].map(|entry| FACTORS.get(entry as usize));
    let [Some(&one), Some(&other)] = factors else {
        return None;
    };
    let integers = one.denominator.get() == 1 && other.denominator.get() == 1;
    (first != 0 && one != other && !integers)
        .then(|| LeafRelation::new(Relation::Scale { first, ratios: Cycle::from([one, other]) }))
}

pub(super) const TWO_STEP: Definition = Definition {
    phase: Phase::Nested,
    name: "two-step",
    summary: "an arithmetic sequence, every term twice",
    parameters: &[parameter("first term", ANYWHERE), parameter("step", Integers(-20, 30))],
    constructor: constructor!(two_step),
    example: &[1, 1, 2, 2, 3, 3],
};

fn two_step(&[first, step, ..]: &Values) -> Option<Hold<LeafRelation>> {
    held(first, step, Cycle::from([positive(2)]))
}

pub(super) const THREE_STEP: Definition = Definition {
    phase: Phase::Nested,
    name: "three-step",
    summary: "an arithmetic sequence, every term three times",
    parameters: &[parameter("first term", ANYWHERE), parameter("step", Integers(-20, 30))],
    constructor: constructor!(three_step),
    example: &[1, 1, 1, 2, 2, 2],
};

fn three_step(&[first, step, ..]: &Values) -> Option<Hold<LeafRelation>> {
    held(first, step, Cycle::from([positive(3)]))
}

pub(super) const MIXED_PERIODS: Definition = Definition {
    phase: Phase::Nested,
    name: "mixed-periods",
    summary: "an arithmetic sequence, its terms held for two different times in turn",
    parameters: &[
        parameter("first term", ANYWHERE),
        parameter("step", Integers(-20, 30)),
        parameter("one run", Integers(1, 3)),
        parameter("other run", Integers(1, 3)),
    ],
    constructor: constructor!(mixed_periods),
    example: &[1, 2, 2, 3, 4, 4, 5, 6, 6],
};

/// Degenerate: equal runs, which are one of the two families above, or no runs at all.
fn mixed_periods(&[first, step, one, other, ..]: &Values) -> Option<Hold<LeafRelation>> {
    let runs = Cycle::from([positive(one), positive(other)]);
    if one == other {
        return None;
    }
    held(first, step, runs)
}

/// An arithmetic sequence in runs. Degenerate: a step of zero (constant).
fn held(first: i64, step: i64, runs: Cycle<NonZeroU32>) -> Option<Hold<LeafRelation>> {
    (step != 0).then(|| Hold { runs, of: LeafRelation::arithmetic(first, step) })
}
