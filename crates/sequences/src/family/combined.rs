//! Phase 3: compositions of relations, operations on their terms, and relations that choose
//! between two rules.

use super::definition::{ANYWHERE, Definition, constructor, fraction, parameter, positive};
use super::parameters::Domain::{Centre, Integers, ListIndex, Terms};
use super::parameters::Values;
use crate::phase::Phase;
use crate::relation::static_relation::{Interleave, LeafRelation, Modulo, Sum, Weighted};
use crate::relation::{Condition, Cycle, Ratio, Relation, Rounding, Step};

/// The factors of the recurrence that [`partial_sums`] adds up.
const SUMMANDS: [[i64; 2]; 3] = [[1, 1], [2, 0], [3, 0]];

/// The factors of the recurrence that [`modulo`] takes remainders of: those of the
/// Fibonacci, the Jacobsthal and the Pell numbers.
const MODULAR: [[i64; 2]; 3] = [[1, 1], [1, 2], [2, 1]];

/// The ratios of [`floor_geometric`] and [`ceiling_geometric`].
const RATIOS: [Ratio; 20] = [
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
const RULES: [Step; 12] = [
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
const UPWARDS: [Step; 10] = [
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
const DOWNWARDS: [Step; 9] = [
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

/// The thresholds of [`threshold_switch`]: few and round, because a sequence does not show
/// its threshold before it reaches it.
const THRESHOLDS: [i64; 4] = [10, 20, 50, 100];

const HALF: Step = Step { ratio: fraction(1, 2), constant: 0 };

pub(super) const MODULO: Definition = Definition {
    phase: Phase::Combined,
    name: "modulo",
    summary: "a recurrence of order two, modulo a number",
    parameters: &[
        parameter("first term", Integers(0, 15)),
        parameter("second term", Integers(0, 15)),
        parameter("factors of the recurrence", ListIndex(MODULAR.len())),
        parameter("modulus", Integers(2, 16)),
    ],
    constructor: constructor!(modulo),
    example: &[1, 1, 2, 0, 2, 2, 1, 0, 1],
};

/// Degenerate: two first terms that are multiples of the modulus (all zeros).
fn modulo(&[first, second, entry, modulus, ..]: &Values) -> Option<Modulo<LeafRelation>> {
    let factors = *MODULAR.get(entry as usize)?;
    let degenerate = first % modulus.max(1) == 0 && second % modulus.max(1) == 0; // all zeros
    (!degenerate).then(|| Modulo {
        of: LeafRelation::new(Relation::Linear { first: [first, second], factors, constant: 0 }),
        modulus: positive(modulus),
    })
}

pub(super) const EVERY_KTH: Definition = Definition {
    phase: Phase::Combined,
    name: "every-kth",
    summary: "an arithmetic sequence, every k-th term multiplied",
    parameters: &[
        parameter("first term", ANYWHERE),
        parameter("step", Integers(-10, 20)),
        parameter("k", Integers(2, 4)),
        parameter("factor", Integers(2, 3)),
    ],
    constructor: constructor!(every_kth),
    example: &[1, 2, 6, 4, 5, 12],
};

fn every_kth(&[first, step, k, factor, ..]: &Values) -> Option<Weighted<LeafRelation>> {
    let weights = match k {
        2 => Cycle::from([1, factor]),
        3 => Cycle::from([1, 1, factor]),
        4 => Cycle::from([1, 1, 1, factor]),
        _ => return None,
    };
    Some(Weighted { of: LeafRelation::arithmetic(first, step), weights, constant: 0 })
}

pub(super) const PARTIAL_SUMS: Definition = Definition {
    phase: Phase::Combined,
    name: "partial-sums",
    summary: "the running total of a recurrence of order two",
    parameters: &[
        parameter("first total", Terms(64)),
        parameter("first summand", Integers(0, 8)),
        parameter("second summand", Integers(1, 8)),
        parameter("factors of the recurrence", ListIndex(SUMMANDS.len())),
    ],
    constructor: constructor!(partial_sums),
    example: &[1, 2, 4, 7, 12],
};

fn partial_sums(&[first, one, two, entry, ..]: &Values) -> Option<Sum<LeafRelation>> {
    let factors = *SUMMANDS.get(entry as usize)?;
    Some(Sum {
        first,
        steps: LeafRelation::new(Relation::Linear { first: [one, two], factors, constant: 0 }),
    })
}

pub(super) const INTERLEAVED: Definition = Definition {
    phase: Phase::Combined,
    name: "interleaved",
    summary: "two arithmetic sequences in turn",
    parameters: &[
        parameter("first term of one", Terms(40)),
        parameter("its step", Integers(-5, 12)),
        parameter("first term of the other", Terms(40)),
        parameter("its step", Integers(-5, 12)),
    ],
    constructor: constructor!(interleaved),
    example: &[1, 10, 2, 20, 3, 30],
};

/// Degenerate: equal steps, which are alternating steps.
fn interleaved(
    &[even, even_step, odd, odd_step, ..]: &Values,
) -> Option<Interleave<LeafRelation, LeafRelation>> {
    (even_step != odd_step).then(|| Interleave {
        even: LeafRelation::arithmetic(even, even_step),
        odd: LeafRelation::arithmetic(odd, odd_step),
    })
}

pub(super) const FLOOR_GEOMETRIC: Definition = Definition {
    phase: Phase::Combined,
    name: "floor-geometric",
    summary: "a geometric sequence with a fraction as its ratio, rounded down",
    parameters: &[parameter("first term", ANYWHERE), parameter("ratio", ListIndex(RATIOS.len()))],
    constructor: constructor!(floor_geometric),
    example: &[1, 1, 2, 3, 5, 7],
};

fn floor_geometric(&[first, ratio, ..]: &Values) -> Option<LeafRelation> {
    rounded_geometric(first, ratio, Rounding::Floor)
}

pub(super) const CEILING_GEOMETRIC: Definition = Definition {
    phase: Phase::Combined,
    name: "ceiling-geometric",
    summary: "a geometric sequence with a fraction as its ratio, rounded up",
    parameters: &[parameter("first term", ANYWHERE), parameter("ratio", ListIndex(RATIOS.len()))],
    constructor: constructor!(ceiling_geometric),
    example: &[1, 2, 3, 4, 6, 8],
};

fn ceiling_geometric(&[first, ratio, ..]: &Values) -> Option<LeafRelation> {
    rounded_geometric(first, ratio, Rounding::Ceiling)
}

/// Degenerate: a first term of zero, which stays there.
fn rounded_geometric(first: i64, ratio: i64, rounding: Rounding) -> Option<LeafRelation> {
    let ratio = *RATIOS.get(ratio as usize)?;
    (first != 0).then_some(LeafRelation::new(Relation::Geometric { first, ratio, rounding }))
}

pub(super) const ALTERNATING_SIGNS: Definition = Definition {
    phase: Phase::Combined,
    name: "alternating-signs",
    summary: "an arithmetic sequence with alternating signs, around a constant",
    parameters: &[
        parameter("first term", Terms(128)),
        parameter("step", Integers(-10, 25)),
        parameter("first sign", Integers(-1, 1)),
        parameter("constant", Centre),
    ],
    constructor: constructor!(alternating_signs),
    example: &[129, 125, 133, 121],
};

/// The example is the arithmetic sequence `1, 3, 5, 7` with alternating signs, around 128.
fn alternating_signs(
    &[first, step, sign, constant, ..]: &Values,
) -> Option<Weighted<LeafRelation>> {
    (step != 0 && sign != 0).then(|| Weighted {
        of: LeafRelation::arithmetic(first, step),
        weights: Cycle::from([sign, -sign]),
        constant,
    })
}

pub(super) const PARITY_SWITCH: Definition = Definition {
    phase: Phase::Combined,
    name: "parity-switch",
    summary: "one rule after an even term, another after an odd one",
    parameters: &[
        parameter("first term", ANYWHERE),
        parameter("rule after an even term", ListIndex(RULES.len())),
        parameter("rule after an odd term", ListIndex(RULES.len())),
    ],
    constructor: constructor!(parity_switch),
    example: &[1, 2, 3, 6, 7, 14],
};

fn parity_switch(&[first, even, odd, ..]: &Values) -> Option<LeafRelation> {
    switch(
        first,
        Condition::Divisible(positive(2)),
        RULES.get(even as usize)?,
        RULES.get(odd as usize)?,
    )
}

pub(super) const DIVISIBILITY_SWITCH: Definition = Definition {
    phase: Phase::Combined,
    name: "divisibility-switch",
    summary: "one rule after a multiple of a number, another after the rest",
    parameters: &[
        parameter("first term", ANYWHERE),
        parameter("divisor", Integers(3, 4)),
        parameter("rule after a multiple", ListIndex(RULES.len())),
        parameter("rule after the rest", ListIndex(RULES.len())),
    ],
    constructor: constructor!(divisibility_switch),
    example: &[3, 4, 8, 16, 32, 64],
};

fn divisibility_switch(&[first, divisor, multiple, rest, ..]: &Values) -> Option<LeafRelation> {
    let condition = Condition::Divisible(positive(divisor));
    switch(first, condition, RULES.get(multiple as usize)?, RULES.get(rest as usize)?)
}

pub(super) const THRESHOLD_SWITCH: Definition = Definition {
    phase: Phase::Combined,
    name: "threshold-switch",
    summary: "a rule that goes up below a threshold, one that goes down from it on",
    parameters: &[
        parameter("first term", ANYWHERE),
        parameter("threshold", ListIndex(THRESHOLDS.len())),
        parameter("rule below", ListIndex(UPWARDS.len())),
        parameter("rule from there on", ListIndex(DOWNWARDS.len())),
    ],
    constructor: constructor!(threshold_switch),
    example: &[3, 6, 12, 9, 18, 15],
};

fn threshold_switch(&[first, threshold, below, above, ..]: &Values) -> Option<LeafRelation> {
    let condition = Condition::Below(*THRESHOLDS.get(threshold as usize)?);
    switch(first, condition, UPWARDS.get(below as usize)?, DOWNWARDS.get(above as usize)?)
}

pub(super) const RISE_SWITCH: Definition = Definition {
    phase: Phase::Combined,
    name: "rise-switch",
    summary: "a rule that goes down after a rise, one that goes up otherwise",
    parameters: &[
        parameter("first term", ANYWHERE),
        parameter("rule after a rise", ListIndex(DOWNWARDS.len())),
        parameter("rule otherwise", ListIndex(UPWARDS.len())),
    ],
    constructor: constructor!(rise_switch),
    example: &[5, 10, 7, 14, 11, 22],
};

fn rise_switch(&[first, rise, other, ..]: &Values) -> Option<LeafRelation> {
    switch(first, Condition::Rising, DOWNWARDS.get(rise as usize)?, UPWARDS.get(other as usize)?)
}

/// Degenerate: equal rules.
fn switch(first: i64, condition: Condition, then: &Step, otherwise: &Step) -> Option<LeafRelation> {
    let (then, otherwise) = (*then, *otherwise);
    (then != otherwise).then_some(LeafRelation::new(Relation::Switch {
        first,
        condition,
        then,
        otherwise,
    }))
}
