//! Families of rules that look back at the terms before.

use super::super::{Values, fraction};
use super::{FUNCTIONS, inner, lagged};
use crate::relation::{Cycle, Lag, Ratio, Relation, Step};

/// The rules of [`alternating_rules`].
pub(in super::super) const RULES: [Step; 24] = [
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
pub(in super::super) const RATIOS: [Ratio; 8] = [
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
pub(in super::super) const PAIRS: [[usize; 2]; 13] = [
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

/// What [`sparse_recurrence`] starts from.
pub(in super::super) const STARTS: [[i64; 6]; 10] = [
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

/// `1, 1, 1, 3, 5, 9`
pub(in super::super) fn order_three(&[x, y, z, a, b, c]: &Values) -> Option<Relation> {
    let degenerate = c == 0 || (x, y, z) == (0, 0, 0);
    (!degenerate).then(|| recurrence(&[(x, a), (y, b), (z, c)], Relation::Constant(0)))
}

/// `1, 1, 1, 1, 2, 2, 3`: the sum or the difference of two earlier terms.
pub(in super::super) fn sparse_recurrence(
    &[pair, start, sign, constant, alike, ..]: &Values,
) -> Option<Relation> {
    let [near, far] = *PAIRS.get(usize::try_from(pair).ok()?)?;
    let start = *STARTS.get(usize::try_from(start).ok()?)?;
    let factor = |place: usize| match place + 1 {
        place if place == near => alike,
        place if place == far => sign,
        _ => 0,
    };
    (sign != 0 && alike != 0).then_some(())?;
    // Zeros that lead up to a one are as many as are needed.
    let skipped = if start[0] == 0 && start[5] == 1 { 6 - far } else { 0 };
    let parts: Vec<(i64, i64)> =
        (0..far).map(|place| (start[skipped + place], factor(place))).collect();
    Some(recurrence(&parts, Relation::Constant(constant)))
}

/// `1, 3, 6, 8, 10, 13, 15`: three steps in turn.
pub(in super::super) fn three_steps(&[first, one, two, three, ..]: &Values) -> Option<Relation> {
    // Equal ones are one step.
    let degenerate = one == two && two == three;
    (!degenerate).then(|| steps(first, Cycle::from([one, two, three])))
}

/// `1, 3, 7, 9, 11, 13, 17`: four steps in turn.
pub(in super::super) fn four_steps(
    &[first, one, two, three, four, ..]: &Values,
) -> Option<Relation> {
    // If they repeat after two they are two steps.
    let degenerate = (one, two) == (three, four);
    (!degenerate).then(|| steps(first, Cycle::from([one, two, three, four])))
}

fn steps(first: i64, steps: Cycle<i64>) -> Relation {
    Relation::Sum { first, steps: Box::new(Relation::Cycle(steps)) }
}

/// `1, 1, 2, 3, 2, 2, 3, 4`: four sequences in turn.
pub(in super::super) fn lag_four(&[x, y, z, w, constant, ..]: &Values) -> Option<Relation> {
    // If they repeat after two they are two sequences.
    ((x, y) != (z, w)).then(|| lag(&[x, y, z, w], 1, constant))?
}

/// `3, 1, 4, 1, 5, 3, 1, 4`
pub(in super::super) fn lag_five(&[v, w, x, y, z, constant]: &Values) -> Option<Relation> {
    lag(&[v, w, x, y, z], 1, constant)
}

/// `1, 0, 0, 2, 1, 0, 1, 0`
pub(in super::super) fn period_six(&[u, v, w, x, y, z]: &Values) -> Option<Relation> {
    // If they repeat after two or three the period is shorter.
    let degenerate = (u, v, w) == (x, y, z) || ((u, v) == (w, x) && (u, v) == (y, z));
    (!degenerate).then(|| lag(&[u, v, w, x, y, z], 1, 0))?
}

/// Equal first terms would only be held.
fn lag(first: &[i64], factor: i64, constant: i64) -> Option<Relation> {
    let degenerate = factor == 0 || first.iter().all(|term| *term == first[0]);
    (!degenerate).then(|| lagged(first, factor, constant))
}

/// `6, 9, 18, 21, 42, 45`: two rules in turn; two sums would be alternating steps.
pub(in super::super) fn alternating_rules(&[first, one, other, ..]: &Values) -> Option<Relation> {
    let one = *RULES.get(usize::try_from(one).ok()?)?;
    let other = *RULES.get(usize::try_from(other).ok()?)?;
    let sum = |step: Step| step.ratio == Ratio::integer(1);
    let degenerate = one == other || (sum(one) && sum(other));
    (!degenerate).then_some(Relation::Alternate { first, steps: [one, other] })
}

/// `148, 84, 52, 36, 28`: a fraction of the last term plus a constant.
pub(in super::super) fn rounded_affine(&[first, ratio, constant, ..]: &Values) -> Option<Relation> {
    let ratio = *RATIOS.get(usize::try_from(ratio).ok()?)?;
    let step = Step { ratio, constant };
    Some(Relation::Alternate { first, steps: [step, step] })
}

/// `1, 2, 4, 8, 16, 23`: the last term and a function of it.
pub(in super::super) fn iterated(&[first, factor, entry, weight, ..]: &Values) -> Option<Relation> {
    let function = *FUNCTIONS.get(usize::try_from(entry).ok()?)?;
    (weight != 0).then_some(Relation::Iterate { first, factor, function, weight })
}

/// `1, 2, 5, 10, 19`: a recurrence with a sequence added.
pub(in super::super) fn forced(&[first, second, a, b, entry, offset]: &Values) -> Option<Relation> {
    let degenerate = (a, b) == (0, 0) || (a, b) == (1, 0); // those are sums
    (!degenerate).then_some(())?;
    Some(recurrence(&[(first, a), (second, b)], inner(entry, offset)?))
}

/// `5, 6, 7, 8, 10, 11, 14, 15`: two sequences in turn whose steps grow alike.
pub(in super::super) fn interleaved_growing(
    &[even, odd, even_step, odd_step, growth, ..]: &Values,
) -> Option<Relation> {
    let growing =
        |first, step| Relation::Sum { first, steps: Box::new(Relation::arithmetic(step, growth)) };
    (growth != 0).then(|| Relation::Interleave {
        even: Box::new(growing(even, even_step)),
        odd: Box::new(growing(odd, odd_step)),
    })
}

/// `x[i]` and the factor of `x[n-1-i]` for each `i`, and what is added.
fn recurrence(parts: &[(i64, i64)], addend: Relation) -> Relation {
    let lags = parts.iter().map(|&(first, factor)| Lag { first, factor });
    Relation::Recurrence { lags: lags.collect(), addend: Box::new(addend) }
}
