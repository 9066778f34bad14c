//! Evaluation of relations in exact arithmetic: 64-bit integers, and an end where one overflows.

use std::num::NonZeroU32;

use super::buffer::{map_while, unfold, with_scratch};
use super::transform::Transform;
use super::{
    Cycle, Lag, Past, Predicate, Ratio, Relation, Rounding, SelectOutput, expansion, selection,
    triangle,
};

/// What can be evaluated: a [`Relation`], or one whose shape is known at compile time (see
/// `static_relation.rs`).
pub(crate) trait EvaluateTerms {
    /// As [`Relation::evaluate`].
    fn evaluate(&self, terms: &mut [i64]) -> usize;

    /// As [`Relation::evaluate_up_to`]; only trees have terms to skip.
    #[inline(always)]
    fn evaluate_up_to(&self, _largest: i64, terms: &mut [i64]) -> usize {
        self.evaluate(terms)
    }
}

impl EvaluateTerms for Relation {
    fn evaluate(&self, terms: &mut [i64]) -> usize {
        Self::evaluate(self, terms)
    }

    fn evaluate_up_to(&self, largest: i64, terms: &mut [i64]) -> usize {
        Self::evaluate_up_to(self, largest, terms)
    }
}
impl Relation {
    /// The first `count` terms; fewer when one of them, or an intermediate result, does not fit
    /// an `i64`.
    pub fn terms(&self, count: usize) -> Vec<i64> {
        let mut terms = vec![0; count];
        let length = self.evaluate(&mut terms);
        terms.truncate(length);
        terms
    }

    /// Writes the first terms into `terms` and returns how many there are: all, unless
    /// one of them, or an intermediate result, does not fit an `i64`. What `terms`
    /// holds behind them is unspecified.
    ///
    /// A shorter buffer receives the same terms. Nothing is allocated for up to 32 terms
    /// (and beyond that, only where two sequences are joined), but by
    /// [`Select`](Self::Select) and [`Triangle`](Self::Triangle): the sequences inside a
    /// relation are evaluated in the buffer that its own terms then replace.
    pub fn evaluate(&self, terms: &mut [i64]) -> usize {
        match self {
            Self::Constant(_)
            | Self::Affine { .. }
            | Self::Linear { .. }
            | Self::Cycle(_)
            | Self::Scale { .. }
            | Self::Geometric { .. }
            | Self::Switch { .. } => self.evaluate_leaf(terms).unwrap_or(0),
            Self::Sum { first, steps } => running(terms, *first, &**steps, i64::checked_add),
            Self::Hold { runs, of } => hold(terms, runs, &**of),
            Self::Modulo { of, modulus } => modulo(terms, &**of, *modulus),
            Self::Weighted { of, weights, constant } => weighted(terms, &**of, weights, *constant),
            Self::Interleave { even, odd } => interleave(terms, &**even, &**odd),
            Self::RationalRecurrence { past, constant, divisor } => {
                rational_recurrence(terms, past, *constant, *divisor)
            }
            Self::Product { first, factors } => {
                running(terms, *first, &**factors, i64::checked_mul)
            }
            Self::Alternate { first, steps: [one, other] } => {
                let mut odd = false;
                unfold(terms, *first, |last| {
                    odd = !odd;
                    if odd { one.apply(last) } else { other.apply(last) }
                })
            }
            Self::Iterate { first, factor, function, weight } => unfold(terms, *first, |last| {
                let value = function.value(last)?.checked_mul(*weight)?;
                last.checked_mul(*factor)?.checked_add(value)
            }),
            Self::Recurrence { lags, addend } => recurrence(terms, lags, addend),
            Self::Polynomial { coefficients, divisor } => {
                polynomial(terms, *coefficients, *divisor)
            }
            Self::Digits { numerator, denominator, base } => {
                expansion::digits(terms, *numerator, *denominator, *base);
                terms.len()
            }
            Self::Apply { function, to } => {
                let length = to.evaluate(terms);
                map_while(&mut terms[..length], std::iter::repeat(0), |term, _| {
                    function.value(term)
                })
            }
            Self::RootDigits { radicand, degree } => {
                expansion::root_digits(terms, *radicand, *degree)
            }
            Self::ContinuedFraction { radicand } => expansion::continued_fraction(terms, *radicand),
            Self::After { first, then } => {
                let Some((start, rest)) = terms.split_first_mut() else {
                    return 0;
                };
                *start = *first;
                1 + then.evaluate(rest)
            }
            Self::Select { from, predicate, output } => {
                select(terms, from, *predicate, *output, i64::MAX)
            }
            Self::Combine { operation, left, right } => with_scratch(terms.len(), |others| {
                let length = left.evaluate(terms).min(right.evaluate(others));
                operation.apply(&mut terms[..length], &others[..length])
            }),
            Self::Transformed { by, of } => transformed(terms, *by, of),
            Self::Triangle(inner) => triangle::evaluate(inner, terms),
        }
    }

    /// As [`evaluate`](Self::evaluate), but the terms may end at the first one above `largest`.
    /// This saves a [`Select`](Self::Select) most of the candidates that it would look at.
    pub(super) fn evaluate_up_to(&self, largest: i64, terms: &mut [i64]) -> usize {
        match self {
            Self::Select { from, predicate, output } => {
                select(terms, from, *predicate, *output, largest)
            }
            Self::Weighted { of, weights, constant } if weights.values() == [1] => {
                let length = of.evaluate_up_to(largest.saturating_sub(*constant), terms);
                map_while(&mut terms[..length], std::iter::repeat(*constant), i64::checked_add)
            }
            _ => self.evaluate(terms),
        }
    }

    /// Whether no term is smaller than the one before it. `false` also where that is not obvious.
    fn never_falls(&self) -> bool {
        match self {
            Self::Affine { factor, constant, .. } => *factor == 1 && *constant >= 0,
            Self::Polynomial { coefficients, .. } => coefficients[1..].iter().all(|c| *c >= 0),
            Self::Apply { function, to } => function.never_falls() && to.never_falls(),
            Self::Select { from, output, .. } => {
                *output == SelectOutput::Indices || from.never_falls()
            }
            Self::Weighted { of, weights, .. } => weights.values() == [1] && of.never_falls(),
            _ => false,
        }
    }

    /// As [`evaluate`](Self::evaluate) for the common relations without others inside; `None`
    /// for any other.
    #[inline(always)]
    pub(super) fn evaluate_leaf(&self, terms: &mut [i64]) -> Option<usize> {
        Some(match self {
            Self::Constant(value) => {
                terms.fill(*value);
                terms.len()
            }
            Self::Affine { first, factor, constant } => {
                unfold(terms, *first, |last| last.checked_mul(*factor)?.checked_add(*constant))
            }
            Self::Linear { first, factors, constant } => linear(terms, *first, *factors, *constant),
            Self::Cycle(cycle) => {
                for (term, value) in terms.iter_mut().zip(cycle.repeated()) {
                    *term = value;
                }
                terms.len()
            }
            Self::Scale { first, ratios } => {
                let mut ratios = ratios.repeated();
                unfold(terms, *first, |last| ratios.next()?.floor_of(last))
            }
            Self::Geometric { first, ratio, rounding } => {
                geometric(terms, *first, *ratio, *rounding)
            }
            Self::Switch { first, condition, then, otherwise } => {
                let mut before = *first;
                unfold(terms, *first, |last| {
                    let step = if condition.holds(before, last) { then } else { otherwise };
                    before = last;
                    step.apply(last)
                })
            }
            _ => return None,
        })
    }
}

// Functions that are always inlined: in the code that draws from one family, relations and
// the lengths of cycles are constants then. That is 5 of 75 ns.

/// `a(n) = p a(n-1) + q a(n-2) + constant`
#[inline(always)]
fn linear(terms: &mut [i64], first: [i64; 2], [p, q]: [i64; 2], constant: i64) -> usize {
    let [mut before, mut last] = first;
    for (index, term) in terms.iter_mut().enumerate() {
        *term = before;
        let next = || {
            let recent = p.checked_mul(last)?;
            let earlier = q.checked_mul(before)?;
            recent.checked_add(earlier)?.checked_add(constant)
        };
        match next() {
            Some(next) => (before, last) = (last, next),
            // The term that overflows is two indices on; the one between is still a term.
            None => {
                return match terms.get_mut(index + 1) {
                    Some(term) => {
                        *term = last;
                        index + 2
                    }
                    None => index + 1,
                };
            }
        }
    }
    terms.len()
}

/// `first`, and every other term from the one before it and a term of `others`.
#[inline(always)]
pub(super) fn running(
    terms: &mut [i64],
    first: i64,
    others: &impl EvaluateTerms,
    join: impl Fn(i64, i64) -> Option<i64>,
) -> usize {
    let Some((start, rest)) = terms.split_first_mut() else {
        return 0;
    };
    *start = first;
    let length = others.evaluate(rest);
    let mut last = first;
    for (index, term) in rest[..length].iter_mut().enumerate() {
        match join(last, *term) {
            Some(next) => last = next,
            None => return index + 1,
        }
        *term = last;
    }
    length + 1
}

/// The remainder of every term.
#[inline(always)]
pub(super) fn modulo(terms: &mut [i64], of: &impl EvaluateTerms, modulus: NonZeroU32) -> usize {
    let modulus = i64::from(modulus.get());
    let length = of.evaluate(terms);
    for term in &mut terms[..length] {
        *term = term.rem_euclid(modulus);
    }
    length
}

/// Every term times a weight, plus a constant.
#[inline(always)]
pub(super) fn weighted(
    terms: &mut [i64],
    of: &impl EvaluateTerms,
    weights: &Cycle<i64>,
    constant: i64,
) -> usize {
    let length = of.evaluate(terms);
    map_while(&mut terms[..length], weights.repeated(), |term, weight| {
        term.checked_mul(weight)?.checked_add(constant)
    })
}

/// `a(n) = floor((sum of past terms times factors + constant) / divisor)`, the oldest term first.
fn rational_recurrence(
    terms: &mut [i64],
    past: &[Past],
    constant: i64,
    divisor: NonZeroU32,
) -> usize {
    let order = past.len();
    for index in 0..terms.len() {
        let (seen, rest) = terms.split_at_mut(index);
        let next = || {
            let mut sum = i128::from(constant);
            for (term, past) in seen[index - order..].iter().zip(past) {
                // Two 64-bit numbers: their product fits, the sum may not.
                sum = sum.checked_add(i128::from(*term) * i128::from(past.factor))?;
            }
            i64::try_from(sum.div_euclid(i128::from(divisor.get()))).ok()
        };
        let next = if index < order { Some(past[index].first) } else { next() };
        match (rest.first_mut(), next) {
            (Some(term), Some(next)) => *term = next,
            _ => return index,
        }
    }
    terms.len()
}

/// `a(n) = floor(first ratio^n)`, or rounded up.
#[inline(always)]
fn geometric(terms: &mut [i64], first: i64, ratio: Ratio, rounding: Rounding) -> usize {
    let denominator = i64::from(ratio.denominator.get());
    // The term before rounding is `above / below`.
    let mut fraction = Some((first, 1_i64));
    for (index, term) in terms.iter_mut().enumerate() {
        let Some((above, below)) = fraction else {
            return index;
        };
        let exact = above.rem_euclid(below) == 0;
        *term = above.div_euclid(below)
            + match rounding {
                Rounding::Floor => 0,
                Rounding::Ceiling => i64::from(!exact),
            };
        fraction = above.checked_mul(ratio.numerator).zip(below.checked_mul(denominator));
    }
    terms.len()
}

/// Every term of `of`, repeated as often as `runs` says.
#[inline(always)]
pub(super) fn hold(terms: &mut [i64], runs: &Cycle<NonZeroU32>, of: &impl EvaluateTerms) -> usize {
    let run = |index| runs.at(index).get() as u64;
    let wanted = terms.len() as u64;
    // The number of terms of the inner sequence that are needed, and the end of their runs.
    let (mut needed, mut end) = (0, 0);
    while end < wanted {
        end += run(needed);
        needed += 1;
    }
    let found = of.evaluate(&mut terms[..needed]);
    for index in (found..needed).rev() {
        end -= run(index);
    }
    let length = end.min(wanted);
    // From the back, so that no term is overwritten before it has been copied: the run of
    // term `index` starts at `index` or behind it.
    for index in (0..found).rev() {
        let start = end - run(index);
        let term = terms[index];
        terms[start as usize..end.min(length) as usize].fill(term);
        end = start;
    }
    length as usize
}

/// The terms of `even` and `odd` in alternation.
#[inline(always)]
pub(super) fn interleave(
    terms: &mut [i64],
    even: &impl EvaluateTerms,
    odd: &impl EvaluateTerms,
) -> usize {
    const IN_PLACE: usize = 32;
    if terms.len() <= IN_PLACE {
        interleave_with(terms, &mut [0; IN_PLACE / 2], even, odd)
    } else {
        let mut scratch = vec![0; terms.len().div_ceil(2)];
        interleave_with(terms, &mut scratch, even, odd)
    }
}

/// `scratch` holds one of the two sequences, so it is at least half as long as `terms`.
#[inline(always)]
fn interleave_with(
    terms: &mut [i64],
    scratch: &mut [i64],
    even: &impl EvaluateTerms,
    odd: &impl EvaluateTerms,
) -> usize {
    let odds = terms.len() / 2;
    let evens = terms.len() - odds;
    let odds_found = odd.evaluate(&mut scratch[..odds]);
    let evens_found = even.evaluate(&mut terms[..evens]);
    // From the back: term `index` moves to `2 index`, which is not in front of it.
    for index in (0..evens_found).rev() {
        terms[2 * index] = terms[index];
    }
    for (pair, term) in terms.chunks_exact_mut(2).zip(&scratch[..odds_found]) {
        pair[1] = *term;
    }
    // The first index that is missing.
    let after_evens = if evens_found < evens { 2 * evens_found } else { terms.len() };
    let after_odds = if odds_found < odds { 2 * odds_found + 1 } else { terms.len() };
    after_evens.min(after_odds)
}

/// `a(n) = addend(n) + sum of factors times earlier terms`, from the first terms of `lags`.
fn recurrence(terms: &mut [i64], lags: &[Lag], addend: &Relation) -> usize {
    let given = lags.len().min(terms.len());
    // Term n of the addend is read before term n of the recurrence takes its place.
    let length = addend.evaluate(terms).max(given);
    for index in 0..length {
        let next = match lags.get(index) {
            Some(lag) => Some(lag.first),
            None => lags.iter().enumerate().try_fold(terms[index], |sum, (place, lag)| {
                match lag.factor {
                    0 => Some(sum), // most are
                    factor => sum.checked_add(factor.checked_mul(terms[index - 1 - place])?),
                }
            }),
        };
        match next {
            Some(next) => terms[index] = next,
            None => return index,
        }
    }
    length
}

/// `a(n) = floor((b + c n + d n^2 + e n^3) / divisor)`
fn polynomial(terms: &mut [i64], [b, c, d, e]: [i64; 4], divisor: NonZeroU32) -> usize {
    let indices = 0..terms.len() as i64;
    map_while(terms, indices, |_, n| {
        let cubic = e.checked_mul(n)?.checked_add(d)?.checked_mul(n)?;
        let whole = cubic.checked_add(c)?.checked_mul(n)?.checked_add(b)?;
        Some(whole.div_euclid(i64::from(divisor.get())))
    })
}

fn select(
    terms: &mut [i64],
    from: &Relation,
    predicate: Predicate,
    output: SelectOutput,
    largest: i64,
) -> usize {
    let evaluate = |largest, candidates: &mut [i64]| from.evaluate_up_to(largest, candidates);
    selection::select(terms, predicate, output, largest, from.never_falls(), evaluate)
}

fn transformed(terms: &mut [i64], by: Transform, of: &Relation) -> usize {
    let needed = by.needs(terms.len());
    if needed <= terms.len() {
        let found = of.evaluate(&mut terms[..needed]);
        return by.apply(terms, found);
    }
    with_scratch(needed, |scratch| {
        let found = of.evaluate(scratch);
        let length = by.apply(scratch, found).min(terms.len());
        terms[..length].copy_from_slice(&scratch[..length]);
        length
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::*;

    fn boxed(relation: Relation) -> Box<Relation> {
        Box::new(relation)
    }

    fn counting(first: i64) -> Box<Relation> {
        Box::new(Relation::arithmetic(first, 1))
    }

    fn nonzero(value: u32) -> NonZeroU32 {
        NonZeroU32::new(value).unwrap()
    }

    fn fibonacci() -> Relation {
        Relation::Linear { first: [1, 1], factors: [1, 1], constant: 0 }
    }

    #[test]
    fn recurrences_on_the_past_terms() {
        assert_eq!(Relation::Constant(7).terms(3), [7, 7, 7]);
        assert_eq!(Relation::arithmetic(2, 3).terms(4), [2, 5, 8, 11]);
        assert_eq!(fibonacci().terms(8), [1, 1, 2, 3, 5, 8, 13, 21]);
        let cycle = Relation::Cycle(Cycle::from([4, 5, 6]));
        assert_eq!(cycle.terms(7), [4, 5, 6, 4, 5, 6, 4]);
    }

    #[test]
    fn running_totals_and_products() {
        let steps = boxed(Relation::Cycle(Cycle::from([2, 1])));
        let relation = Relation::Sum { first: 1, steps };
        assert_eq!(relation.terms(6), [1, 3, 4, 6, 7, 9]);
        let half = |numerator| Ratio { numerator, denominator: nonzero(2) };
        let relation = Relation::Scale { first: 8, ratios: Cycle::from([half(1), half(3)]) };
        assert_eq!(relation.terms(6), [8, 4, 6, 3, 4, 2]);
    }

    #[test]
    fn geometric_sequences_are_rounded_once() {
        let geometric = |first, rounding| Relation::Geometric {
            first,
            ratio: Ratio { numerator: 3, denominator: nonzero(2) },
            rounding,
        };
        assert_eq!(geometric(5, Rounding::Floor).terms(6), [5, 7, 11, 16, 25, 37]);
        assert_eq!(geometric(5, Rounding::Ceiling).terms(6), [5, 8, 12, 17, 26, 38]);
        assert_eq!(geometric(-5, Rounding::Floor).terms(3), [-5, -8, -12]);
        assert_eq!(geometric(-5, Rounding::Ceiling).terms(3), [-5, -7, -11]);
    }

    #[test]
    fn held_terms() {
        let hold = |runs, of| Relation::Hold { runs, of: boxed(of) };
        let counting = || Relation::arithmetic(1, 1);
        assert_eq!(hold(Cycle::from([nonzero(2)]), counting()).terms(5), [1, 1, 2, 2, 3]);
        assert_eq!(
            hold(Cycle::from([nonzero(1), nonzero(2)]), counting()).terms(9),
            [1, 2, 2, 3, 4, 4, 5, 6, 6]
        );
        // The inner sequence ends after two terms; the held one after both runs.
        let short = Relation::arithmetic(i64::MAX - 1, 1);
        let relation = hold(Cycle::from([nonzero(1), nonzero(3)]), short);
        assert_eq!(relation.terms(9), [i64::MAX - 1, i64::MAX, i64::MAX, i64::MAX]);
        let endless = hold(Cycle::from([NonZeroU32::MAX]), counting());
        assert_eq!(endless.terms(3), [1, 1, 1]);
    }

    #[test]
    fn term_by_term_operations() {
        let relation = Relation::Modulo { of: boxed(fibonacci()), modulus: nonzero(3) };
        assert_eq!(relation.terms(9), [1, 1, 2, 0, 2, 2, 1, 0, 1]);
        let relation = Relation::Weighted {
            of: boxed(Relation::arithmetic(1, 2)),
            weights: Cycle::from([1, -1]),
            constant: 100,
        };
        assert_eq!(relation.terms(4), [101, 97, 105, 93]);
    }

    #[test]
    fn interleaved_sequences() {
        let interleave = |even, odd| Relation::Interleave { even: boxed(even), odd: boxed(odd) };
        let both = interleave(Relation::arithmetic(1, 1), Relation::arithmetic(10, 10));
        assert_eq!(both.terms(7), [1, 10, 2, 20, 3, 30, 4]);
        let long = both.terms(101); // beyond the buffer on the stack
        assert_eq!((long[100], long[99], long.len()), (51, 500, 101));

        // Either sequence may be the one that ends.
        let ending = || Relation::arithmetic(i64::MAX - 1, 1);
        assert_eq!(interleave(ending(), Relation::Constant(0)).terms(9).len(), 4);
        assert_eq!(interleave(Relation::Constant(0), ending()).terms(9).len(), 5);
    }

    #[test]
    fn what_never_falls_is_seen_at_once() {
        let apply = |function, to| Relation::Apply { function, to: boxed(to) };
        let polynomial = |coefficients| Relation::Polynomial { coefficients, divisor: nonzero(2) };
        let moved = |weights, of| Relation::Weighted { of: boxed(of), weights, constant: 3 };
        let select = |from, output| {
            let predicate = Predicate { function: Function::IsPrime, accepted: Accepted::Is(1) };
            Relation::Select { from: boxed(from), predicate, output }
        };
        let growing = [
            Relation::arithmetic(-7, 3),
            Relation::arithmetic(5, 0),
            polynomial([-9, 0, 3, 1]),
            apply(Function::Prime, Relation::arithmetic(1, 2)),
            moved(Cycle::from([1]), Relation::arithmetic(0, 1)),
            select(Relation::arithmetic(0, 1), SelectOutput::Terms),
            select(fibonacci(), SelectOutput::Indices),
        ];
        for relation in growing {
            assert!(relation.never_falls(), "{relation}");
            assert!(relation.terms(50).is_sorted(), "{relation}");
        }
        let others = [
            Relation::arithmetic(7, -1),
            Relation::Affine { first: 1, factor: -2, constant: 0 },
            polynomial([9, -1, 3, 1]),
            apply(Function::Totient, Relation::arithmetic(1, 2)),
            apply(Function::Prime, Relation::arithmetic(100, -2)),
            moved(Cycle::from([-1]), Relation::arithmetic(0, 1)),
            moved(Cycle::from([1, -1]), Relation::arithmetic(0, 1)),
            select(Relation::arithmetic(90, -1), SelectOutput::Terms),
        ];
        for relation in others {
            assert!(!relation.never_falls(), "{relation}");
        }
    }

    #[test]
    fn conditional_steps() {
        let relation = Relation::Switch {
            first: 1,
            condition: Condition::Divisible(nonzero(2)),
            then: Step::affine(1, 1),
            otherwise: Step::affine(2, 0),
        };
        assert_eq!(relation.terms(7), [1, 2, 3, 6, 7, 14, 15]);
        let relation = Relation::Switch {
            first: 5,
            condition: Condition::Rising,
            then: Step::affine(1, -3),
            otherwise: Step::affine(2, 0),
        };
        assert_eq!(relation.terms(6), [5, 10, 7, 14, 11, 22]);
        let relation = Relation::Switch {
            first: 3,
            condition: Condition::Below(10),
            then: Step::affine(1, 4),
            otherwise: Step::affine(1, -7),
        };
        assert_eq!(relation.terms(6), [3, 7, 11, 4, 8, 12]);
    }

    #[test]
    fn terms_end_before_the_first_overflow() {
        // Fibonacci number 92, counted from 1, is the last that fits.
        let terms = fibonacci().terms(200);
        assert_eq!((terms.len(), terms.last()), (92, Some(&7_540_113_804_746_346_429)));
        let powers = Relation::Affine { first: 1, factor: 2, constant: 0 };
        assert_eq!(powers.terms(100).len(), 63);
        let total = Relation::Sum { first: i64::MAX - 1, steps: boxed(Relation::Constant(1)) };
        assert_eq!(total.terms(9), [i64::MAX - 1, i64::MAX]);
    }

    #[test]
    fn recurrences_of_any_order() {
        let recurrence = |past: &[(i64, i64)], constant, divisor| Relation::RationalRecurrence {
            past: past.iter().map(|&(first, factor)| Past { first, factor }).collect(),
            constant,
            divisor: nonzero(divisor),
        };
        let tribonacci = recurrence(&[(0, 1), (0, 1), (1, 1)], 0, 1);
        assert_eq!(tribonacci.terms(8), [0, 0, 1, 1, 2, 4, 7, 13]);
        // a(n) = a(n-1) + 2 a(n-3): the oldest term stands first.
        assert_eq!(recurrence(&[(1, 2), (1, 0), (1, 1)], 0, 1).terms(6), [1, 1, 1, 3, 5, 7]);
        assert_eq!(recurrence(&[(100, 1)], 20, 2).terms(5), [100, 60, 40, 30, 25]);
        assert_eq!(recurrence(&[(-7, 1)], 0, 2).terms(4), [-7, -4, -2, -1]);
        assert_eq!(recurrence(&[], 7, 2).terms(3), [3, 3, 3]);
        assert_eq!(tribonacci.terms(2), [0, 0]);
        let large = recurrence(&[(i64::MAX, i64::MAX), (i64::MAX, i64::MAX)], 1, 1);
        assert_eq!(large.terms(5), [i64::MAX, i64::MAX]);
        let halved = recurrence(&[(i64::MAX, 2)], 0, 2); // on the way, more than 64 bits
        assert_eq!(halved.terms(3), [i64::MAX; 3]);
    }

    #[test]
    fn running_products_of_a_sequence() {
        let factors = boxed(Relation::arithmetic(1, 1));
        let factorial = Relation::Product { first: 1, factors };
        assert_eq!(factorial.terms(6), [1, 1, 2, 6, 24, 120]);
        assert_eq!(factorial.terms(99).len(), 21); // 20! is the last that fits
        assert_eq!(factorial.terms(0), []);
    }

    #[test]
    fn rules_that_look_back() {
        let lag = |first, factor| Lag { first, factor };
        let lags = Box::new([lag(0, 1), lag(0, 1), lag(1, 1)]);
        let addend = Box::new(Relation::Constant(0));
        let tribonacci = Relation::Recurrence { lags, addend };
        assert_eq!(tribonacci.terms(8), [0, 0, 1, 1, 2, 4, 7, 13]);
        // a(n) = a(n-1) + a(n-2) + n
        let lags = Box::new([lag(1, 1), lag(1, 1)]);
        let forced = Relation::Recurrence { lags, addend: counting(0) };
        assert_eq!(forced.terms(6), [1, 1, 4, 8, 16, 29]);
        // The first terms stand where the addend has ended.
        let lags = Box::new([lag(5, 1), lag(6, 1)]);
        let ended = Box::new(Relation::arithmetic(i64::MAX, 1));
        assert_eq!(Relation::Recurrence { lags, addend: ended }.terms(9), [5, 6]);
        let steps = [Step::affine(1, 3), Step::affine(2, 0)];
        let alternate = Relation::Alternate { first: 6, steps };
        assert_eq!(alternate.terms(8), [6, 9, 18, 21, 42, 45, 90, 93]);
        let function = Function::DigitSum(10);
        let iterate = Relation::Iterate { first: 1, factor: 1, function, weight: 1 };
        assert_eq!(iterate.terms(9), [1, 2, 4, 8, 16, 23, 28, 38, 49]);
    }

    #[test]
    fn polynomials() {
        let polynomial = |coefficients, divisor| {
            Relation::Polynomial { coefficients, divisor: nonzero(divisor) }.terms(6)
        };
        assert_eq!(polynomial([0, 0, 1, 0], 4), [0, 0, 1, 2, 4, 6]);
        assert_eq!(polynomial([6, 13, 9, 2], 6), [1, 5, 14, 30, 55, 91]);
        assert_eq!(polynomial([0, -1, 0, 0], 2), [0, -1, -1, -2, -2, -3]);
    }
}
