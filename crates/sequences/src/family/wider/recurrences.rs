//! Families of recurrences on several earlier terms.

use super::super::definition::{ANYWHERE, Definition, constructor, fraction, parameter};
use super::super::parameters::Domain::{Integers, ListIndex, Terms};
use super::super::parameters::Values;
use super::{FUNCTIONS, NAMED_SEQUENCES, inner, lagged};
use crate::phase::Phase;
use crate::relation::{Cycle, Lag, Ratio, Relation, Step};

/// The rules of [`alternating_rules`].
const RULES: [Step; 24] = [
    Step::affine(1, 1),
    Step::affine(1, 2),
    Step::affine(1, 3),
    Step::affine(1, 4),
    Step::affine(1, 5),
    Step::affine(1, 6),
    Step::affine(1, 7),
    Step::affine(1, 8),
    Step::affine(1, -1),
    Step::affine(1, -2),
    Step::affine(1, -3),
    Step::affine(1, -4),
    Step::affine(1, -5),
    Step::affine(1, -6),
    Step::affine(1, -7),
    Step::affine(1, -8),
    Step::affine(2, 0),
    Step::affine(2, 1),
    Step::affine(2, 2),
    Step::affine(2, 3),
    Step::affine(2, -1),
    Step::affine(3, 0),
    Step { ratio: fraction(1, 2), constant: 0 },
    Step { ratio: fraction(1, 3), constant: 0 },
];

/// The ratios of [`rounded_affine`].
const RATIOS: [Ratio; 8] = [
    fraction(1, 2),
    fraction(1, 3),
    fraction(2, 3),
    fraction(3, 2),
    fraction(4, 3),
    fraction(3, 4),
    fraction(5, 3),
    fraction(5, 2),
];

/// Which two of the last six terms [`sparse_recurrence`] adds.
const PAIRS: [[usize; 2]; 13] = [
    [1, 3],
    [2, 3],
    [1, 4],
    [2, 4],
    [3, 4],
    [1, 5],
    [2, 5],
    [3, 5],
    [4, 5],
    [1, 6],
    [3, 6],
    [5, 6],
    [1, 2],
];

/// The first terms of [`sparse_recurrence`].
const STARTS: [[i64; 6]; 10] = [
    [1, 1, 1, 1, 1, 1],
    [0, 0, 0, 0, 0, 1],
    [1, 0, 0, 0, 0, 0],
    [1, 2, 3, 4, 5, 6],
    [0, 1, 1, 1, 1, 1],
    [0, 0, 0, 1, 1, 1],
    [1, 1, 1, 2, 2, 2],
    [1, 1, 2, 2, 3, 3],
    [1, 2, 2, 3, 3, 4],
    [0, 1, 0, 1, 0, 1],
];

pub(in crate::family) const ORDER_THREE: Definition = Definition {
    phase: Phase::Wider,
    name: "order-three",
    summary: "multiples of the last three terms",
    parameters: &[
        parameter("first term", Integers(0, 4)),
        parameter("second term", Integers(0, 4)),
        parameter("third term", Integers(0, 4)),
        parameter("factor of the last term", Integers(-1, 3)),
        parameter("factor of the term before it", Integers(-2, 3)),
        parameter("factor of the third to last", Integers(-2, 3)),
    ],
    constructor: constructor!(order_three),
    example: &[1, 1, 1, 3, 5, 9, 17, 31],
};

/// Degenerate: no third factor (order two), and three zeros.
fn order_three(&[x, y, z, a, b, c]: &Values) -> Option<Relation> {
    let degenerate = c == 0 || (x, y, z) == (0, 0, 0);
    (!degenerate).then(|| recurrence(&[(x, a), (y, b), (z, c)], Relation::Constant(0)))
}

pub(in crate::family) const SPARSE_RECURRENCE: Definition = Definition {
    phase: Phase::Wider,
    name: "sparse-recurrence",
    summary: "the sum or difference of two earlier terms",
    parameters: &[
        parameter("which two", ListIndex(PAIRS.len())),
        parameter("start", ListIndex(STARTS.len())),
        parameter("factor of the far one", Integers(-1, 3)),
        parameter("constant", Integers(-1, 3)),
        parameter("factor of the near one", Integers(-1, 3)),
    ],
    constructor: constructor!(sparse_recurrence),
    example: &[1, 1, 1, 2, 2, 3, 4, 5, 7],
};

/// `a(n) = p a(n-i) + q a(n-j) + c`. Degenerate: a factor of zero.
fn sparse_recurrence(&[pair, start, sign, constant, alike, ..]: &Values) -> Option<Relation> {
    let [near, far] = *PAIRS.get(usize::try_from(pair).ok()?)?;
    let start = *STARTS.get(usize::try_from(start).ok()?)?;
    let factor = |place: usize| match place + 1 {
        place if place == near => alike,
        place if place == far => sign,
        _ => 0,
    };
    (sign != 0 && alike != 0).then_some(())?;
    // Of zeros before a one, only as many as the recurrence needs.
    let skipped = if start[0] == 0 && start[5] == 1 { 6 - far } else { 0 };
    let parts: Vec<(i64, i64)> =
        (0..far).map(|place| (start[skipped + place], factor(place))).collect();
    Some(recurrence(&parts, Relation::Constant(constant)))
}

pub(in crate::family) const THREE_STEPS: Definition = Definition {
    phase: Phase::Wider,
    name: "three-steps",
    summary: "three steps in turn",
    parameters: &[
        parameter("first term", Terms(32)),
        parameter("one step", Integers(-3, 10)),
        parameter("second step", Integers(-3, 10)),
        parameter("third step", Integers(-3, 10)),
    ],
    constructor: constructor!(three_steps),
    example: &[1, 3, 6, 8, 10, 13, 15],
};

/// Degenerate: three equal steps (arithmetic).
fn three_steps(&[first, one, two, three, ..]: &Values) -> Option<Relation> {
    let degenerate = one == two && two == three;
    (!degenerate).then(|| steps(first, Cycle::from([one, two, three])))
}

pub(in crate::family) const FOUR_STEPS: Definition = Definition {
    phase: Phase::Wider,
    name: "four-steps",
    summary: "four steps in turn",
    parameters: &[
        parameter("first term", Terms(12)),
        parameter("one step", Integers(0, 9)),
        parameter("second step", Integers(0, 9)),
        parameter("third step", Integers(0, 9)),
        parameter("fourth step", Integers(0, 9)),
    ],
    constructor: constructor!(four_steps),
    example: &[1, 3, 7, 9, 11, 13, 17],
};

/// Degenerate: steps that repeat after two (alternating steps).
fn four_steps(&[first, one, two, three, four, ..]: &Values) -> Option<Relation> {
    let degenerate = (one, two) == (three, four);
    (!degenerate).then(|| steps(first, Cycle::from([one, two, three, four])))
}

fn steps(first: i64, steps: Cycle<i64>) -> Relation {
    Relation::Sum { first, steps: Box::new(Relation::Cycle(steps)) }
}

pub(in crate::family) const LAG_FOUR: Definition = Definition {
    phase: Phase::Wider,
    name: "lag-four",
    summary: "the fourth to last term plus a constant",
    parameters: &[
        parameter("first term", Terms(10)),
        parameter("second term", Terms(10)),
        parameter("third term", Terms(10)),
        parameter("fourth term", Terms(10)),
        parameter("constant", Integers(-1, 8)),
    ],
    constructor: constructor!(lag_four),
    example: &[1, 1, 2, 3, 2, 2, 3, 4],
};

/// Four arithmetic sequences with the same step in turn. Degenerate: terms that repeat after two.
fn lag_four(&[x, y, z, w, constant, ..]: &Values) -> Option<Relation> {
    ((x, y) != (z, w)).then(|| lag(&[x, y, z, w], 1, constant))?
}

pub(in crate::family) const LAG_FIVE: Definition = Definition {
    phase: Phase::Wider,
    name: "lag-five",
    summary: "the fifth to last term plus a constant",
    parameters: &[
        parameter("first term", Terms(8)),
        parameter("second term", Terms(8)),
        parameter("third term", Terms(8)),
        parameter("fourth term", Terms(8)),
        parameter("fifth term", Terms(8)),
        parameter("constant", Integers(0, 3)),
    ],
    constructor: constructor!(lag_five),
    example: &[3, 1, 4, 1, 5, 3, 1, 4],
};

fn lag_five(&[v, w, x, y, z, constant]: &Values) -> Option<Relation> {
    lag(&[v, w, x, y, z], 1, constant)
}

pub(in crate::family) const PERIOD_SIX: Definition = Definition {
    phase: Phase::Wider,
    name: "period-six",
    summary: "six terms over and over",
    parameters: &[
        parameter("first term", Terms(6)),
        parameter("second term", Terms(6)),
        parameter("third term", Terms(6)),
        parameter("fourth term", Terms(6)),
        parameter("fifth term", Terms(6)),
        parameter("sixth term", Terms(6)),
    ],
    constructor: constructor!(period_six),
    example: &[1, 0, 0, 2, 1, 0, 1, 0, 0],
};

/// Degenerate: terms that repeat after two or three.
fn period_six(&[u, v, w, x, y, z]: &Values) -> Option<Relation> {
    let degenerate = (u, v, w) == (x, y, z) || ((u, v) == (w, x) && (u, v) == (y, z));
    (!degenerate).then(|| lag(&[u, v, w, x, y, z], 1, 0))?
}

/// Degenerate: equal first terms, which are held terms.
fn lag(first: &[i64], factor: i64, constant: i64) -> Option<Relation> {
    let degenerate = factor == 0 || first.iter().all(|term| *term == first[0]);
    (!degenerate).then(|| lagged(first, factor, constant))
}

pub(in crate::family) const ALTERNATING_RULES: Definition = Definition {
    phase: Phase::Wider,
    name: "alternating-rules",
    summary: "two rules in turn, at least one of which multiplies",
    parameters: &[
        parameter("first term", ANYWHERE),
        parameter("one rule", ListIndex(RULES.len())),
        parameter("other rule", ListIndex(RULES.len())),
    ],
    constructor: constructor!(alternating_rules),
    example: &[6, 9, 18, 21, 42, 45, 90, 93],
};

/// Degenerate: equal rules, and two that only add (alternating steps).
fn alternating_rules(&[first, one, other, ..]: &Values) -> Option<Relation> {
    let one = *RULES.get(usize::try_from(one).ok()?)?;
    let other = *RULES.get(usize::try_from(other).ok()?)?;
    let sum = |step: Step| step.ratio == Ratio::integer(1);
    let degenerate = one == other || (sum(one) && sum(other));
    (!degenerate).then_some(Relation::Alternate { first, steps: [one, other] })
}

pub(in crate::family) const ROUNDED_AFFINE: Definition = Definition {
    phase: Phase::Wider,
    name: "rounded-affine",
    summary: "a fraction of the last term plus a constant",
    parameters: &[
        parameter("first term", ANYWHERE),
        parameter("ratio", ListIndex(RATIOS.len())),
        parameter("constant", Integers(-10, 20)),
    ],
    constructor: constructor!(rounded_affine),
    example: &[148, 84, 52, 36, 28, 24],
};

fn rounded_affine(&[first, ratio, constant, ..]: &Values) -> Option<Relation> {
    let ratio = *RATIOS.get(usize::try_from(ratio).ok()?)?;
    let step = Step { ratio, constant };
    Some(Relation::Alternate { first, steps: [step, step] })
}

pub(in crate::family) const ITERATED: Definition = Definition {
    phase: Phase::Wider,
    name: "iterated",
    summary: "a multiple of the last term and a function of it",
    parameters: &[
        parameter("first term", Terms(64)),
        parameter("factor", Integers(0, 2)),
        parameter("function", ListIndex(FUNCTIONS.len())),
        parameter("factor of the function", Integers(-1, 2)),
    ],
    constructor: constructor!(iterated),
    example: &[1, 2, 4, 8, 16, 23, 28, 38],
};

/// Degenerate: a factor of zero for the function.
fn iterated(&[first, factor, entry, weight, ..]: &Values) -> Option<Relation> {
    let function = *FUNCTIONS.get(usize::try_from(entry).ok()?)?;
    (weight != 0).then_some(Relation::Iterate { first, factor, function, weight })
}

pub(in crate::family) const FORCED: Definition = Definition {
    phase: Phase::Wider,
    name: "forced",
    summary: "multiples of the last two terms plus a sequence with a name",
    parameters: &[
        parameter("first term", Integers(0, 3)),
        parameter("second term", Integers(0, 4)),
        parameter("factor of the last term", Integers(0, 3)),
        parameter("factor of the term before it", Integers(-1, 2)),
        parameter("sequence", ListIndex(NAMED_SEQUENCES.len())),
        parameter("terms left out", Integers(0, 1)),
    ],
    constructor: constructor!(forced),
    example: &[0, 1, 3, 7, 14, 26, 46, 79],
};

/// Degenerate: factors `(0, 0)` and `(1, 0)`, which are joined sequences and known steps.
fn forced(&[first, second, a, b, entry, offset]: &Values) -> Option<Relation> {
    let degenerate = (a, b) == (0, 0) || (a, b) == (1, 0);
    (!degenerate).then_some(())?;
    Some(recurrence(&[(first, a), (second, b)], inner(entry, offset)?))
}

pub(in crate::family) const INTERLEAVED_GROWING: Definition = Definition {
    phase: Phase::Wider,
    name: "interleaved-growing",
    summary: "two sequences in turn whose steps grow alike",
    parameters: &[
        parameter("first term of one", Terms(12)),
        parameter("first term of the other", Terms(12)),
        parameter("first step of one", Integers(0, 5)),
        parameter("first step of the other", Integers(0, 5)),
        parameter("growth", Integers(1, 4)),
    ],
    constructor: constructor!(interleaved_growing),
    example: &[5, 6, 7, 8, 10, 11, 14, 15],
};

/// Degenerate: no growth.
fn interleaved_growing(&[even, odd, even_step, odd_step, growth, ..]: &Values) -> Option<Relation> {
    let growing =
        |first, step| Relation::Sum { first, steps: Box::new(Relation::arithmetic(step, growth)) };
    (growth != 0).then(|| Relation::Interleave {
        even: Box::new(growing(even, even_step)),
        odd: Box::new(growing(odd, odd_step)),
    })
}

/// A recurrence from `a(i)` and the factor of `a(n-1-i)` for each `i`, and an addend.
fn recurrence(parts: &[(i64, i64)], addend: Relation) -> Relation {
    let lags = parts.iter().map(|&(first, factor)| Lag { first, factor });
    Relation::Recurrence { lags: lags.collect(), addend: Box::new(addend) }
}

pub(in crate::family) const RESIDUE_CLASSES: Definition = Definition {
    phase: Phase::Wider,
    name: "residue-classes",
    summary: "the numbers of some residue classes",
    parameters: &[
        parameter("modulus", Integers(3, 10)),
        parameter("classes", Integers(1, 1022)),
        parameter("first number", Integers(0, 1)),
    ],
    constructor: constructor!(residue_classes),
    example: &[1, 2, 4, 5, 7, 8],
};

/// Degenerate: a single class, which is arithmetic.
fn residue_classes(&[modulus, classes, first, ..]: &Values) -> Option<Relation> {
    (classes < 1 << modulus).then_some(())?;
    let members =
        (first..first + modulus).filter(|number| (classes >> (number % modulus)) & 1 == 1);
    let members: Vec<i64> = members.collect();
    (members.len() > 1).then(|| lagged(&members, 1, modulus))
}
