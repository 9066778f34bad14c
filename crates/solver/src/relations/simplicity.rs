//! Occam's razor, in bits: the description length of a relation.
//!
//! The minimum description length principle (J. Rissanen, "Modeling by shortest data
//! description", Automatica 14, 1978) takes `2^-bits` as the prior probability of what has a
//! description of that many bits. A relation is described by its form, as its place in a list
//! of forms, and its numbers, in Rissanen's universal code for integers ("A universal prior for
//! integers and estimation by minimum description length", Annals of Statistics 11, 1983). That
//! code is short for small integers and has a word for every integer, so no parameter is out
//! of range.
//!
//! The first term is given and costs nothing. Otherwise relations through `100, 200, 300`
//! would be less probable only because they begin with a large number.

use crate::bits::{integer, natural};
use ninth_sequences::{Accepted, Condition, Cycle, Lag, Ratio, Relation, Step, Triangle};

/// Bits of a fraction.
fn ratio(ratio: Ratio) -> f64 {
    integer(ratio.numerator) + natural(u64::from(ratio.denominator.get()))
}

/// Bits of a cycle, given the bits of each of its values.
fn cycle<T: Copy>(cycle: &Cycle<T>, value: impl Fn(T) -> f64) -> f64 {
    let values = cycle.values();
    values.len() as f64 + values.iter().map(|&one| value(one)).sum::<f64>()
}

/// Bits of a step of a switch: a constant more, a multiple, or both.
fn step(step: Step) -> f64 {
    match (step.ratio.numerator, step.ratio.denominator.get(), step.constant) {
        (1, 1, constant) => 1.0 + integer(constant),
        (factor, 1, 0) => 2.0 + integer(factor),
        (_, _, constant) => 4.0 + ratio(step.ratio) + integer(constant),
    }
}

/// Bits of all but the first of some values, or of the steps between them.
fn rest(values: &[i64]) -> f64 {
    let plain: f64 = values.iter().skip(1).map(|&value| integer(value)).sum();
    let steps = values.windows(2).map(|pair| integer(pair[1].saturating_sub(pair[0])));
    plain.min(steps.sum())
}

/// Bits of a plain list of the terms, given the first one.
pub(super) fn listing(terms: &[i64]) -> f64 {
    3.0 + rest(terms)
}

/// Bits of a relation, given its first term.
pub(super) fn bits(relation: &Relation) -> f64 {
    said(relation, 0.0)
}

/// Bits of a relation whose first term takes `first` bits.
fn said(relation: &Relation, first: f64) -> f64 {
    let whole = |relation: &Relation| said(relation, integer(start(relation)));
    first
        + match relation {
            Relation::Constant(_) => 2.0,
            Relation::Affine { factor: 1, constant, .. } => 2.0 + integer(*constant),
            Relation::Affine { factor, constant: 0, .. } => 3.0 + integer(*factor),
            Relation::Affine { factor, constant, .. } => {
                5.0 + integer(*factor) + integer(*constant)
            }
            // The sum of the last two terms is common, so its factors cost nothing.
            Relation::Linear { first: [_, second], factors: [1, 1], constant: 0 } => {
                5.0 + integer(*second)
            }
            Relation::Linear { first: [_, second], factors: [a, b], constant } => {
                6.0 + integer(*second) + integer(*a) + integer(*b) + integer(*constant)
            }
            Relation::Cycle(cycle) => {
                let values = cycle.values();
                4.0 + values.len() as f64 + rest(values)
            }
            Relation::Sum { steps, .. } => 4.0 + whole(steps),
            Relation::Scale { ratios, .. } => 4.0 + cycle(ratios, ratio),
            Relation::Geometric { ratio: r, .. } => 8.0 + ratio(*r) + 1.0,
            Relation::Hold { runs, of } => {
                5.0 + cycle(runs, |run| natural(u64::from(run.get()))) + said(of, 0.0)
            }
            Relation::Modulo { of, modulus } => {
                7.0 + natural(u64::from(modulus.get())) + said(of, 0.0)
            }
            // Alternating signs have a code of their own. Given the first term, the constant
            // and the first inner term follow from each other.
            Relation::Weighted { of, weights, constant } => {
                let signs = weights.values() == [1, -1];
                let weights = if signs { 0.0 } else { cycle(weights, integer) };
                let constant = match constant {
                    0 => 0.0,
                    _ => 1.0 + integer(*constant).min(integer(start(of))),
                };
                6.0 + weights + constant + said(of, 0.0)
            }
            Relation::Interleave { even, odd } => 5.0 + said(even, 0.0) + whole(odd),
            Relation::Switch { condition, then, otherwise, .. } => {
                let question = match condition {
                    Condition::Divisible(divisor) => 1.0 + natural(u64::from(divisor.get())),
                    Condition::Below(threshold) => 2.0 + integer(*threshold),
                    Condition::Rising => 2.0,
                };
                9.0 + question + step(*then) + step(*otherwise)
            }
            // A period costs as much as a cycle.
            Relation::RationalRecurrence { past, constant: 0, divisor }
                if divisor.get() == 1
                    && past.iter().enumerate().all(|(i, p)| p.factor == i64::from(i == 0)) =>
            {
                let values: Vec<i64> = past.iter().map(|past| past.first).collect();
                5.0 + values.len() as f64 + rest(&values)
            }
            Relation::RationalRecurrence { past, constant, divisor } => {
                let seeds = past.iter().skip(1).map(|past| integer(past.first));
                let factors = past.iter().map(|past| integer(past.factor));
                6.0 + natural(past.len() as u64 + 1)
                    + seeds.chain(factors).sum::<f64>()
                    + integer(*constant)
                    + natural(u64::from(divisor.get()))
            }
            Relation::Product { factors, .. } => 6.0 + whole(factors),
            Relation::Alternate { steps, .. } => 9.0 + steps.map(step).iter().sum::<f64>(),
            Relation::Iterate { factor, weight, .. } => {
                9.0 + FUNCTION + integer(*factor) + integer(*weight)
            }
            Relation::Recurrence { lags, addend } => {
                let seeds = lags.iter().skip(1).map(|lag| integer(lag.first));
                let factors = lags.iter().map(|lag| integer(lag.factor));
                let numbers: f64 = seeds.chain(factors).sum();
                8.0 + natural(lags.len() as u64 + 1) + numbers + whole(addend)
            }
            // The constant follows from the first term.
            Relation::Polynomial { coefficients: [_, others @ ..], divisor } => {
                let others: f64 = others.iter().map(|&factor| integer(factor)).sum();
                8.0 + others + natural(u64::from(divisor.get()))
            }
            Relation::Digits { numerator, denominator, base } => {
                let fraction =
                    integer(i64::from(*numerator)) + natural(u64::from(denominator.get()));
                10.0 + fraction + natural(u64::from(*base).max(1))
            }
            Relation::RootDigits { radicand, degree } => {
                11.0 + natural(u64::from(*radicand) + 1) + natural(u64::from(*degree).max(1))
            }
            Relation::ContinuedFraction { radicand } => 11.0 + natural(u64::from(*radicand) + 1),
            Relation::After { then, .. } => 8.0 + whole(then),
            Relation::Apply { to, .. } => 8.0 + FUNCTION + whole(to),
            Relation::Select { from, predicate, .. } => {
                let accepted = match predicate.accepted {
                    Accepted::Is(wanted) => 1.0 + integer(wanted),
                    Accepted::IsNot(other) => 2.0 + integer(other),
                    Accepted::Remainder { residue, modulus } => {
                        2.0 + integer(residue) + natural(u64::from(modulus.get()))
                    }
                };
                9.0 + FUNCTION + accepted + whole(from)
            }
            // Which of seven operations, or of seven transforms.
            Relation::Combine { left, right, .. } => 9.0 + 3.0 + whole(left) + whole(right),
            Relation::Transformed { of, .. } => 9.0 + 3.0 + whole(of),
            Relation::Triangle(triangle) => 10.0 + in_triangle(triangle),
        }
}

/// Bits of a function with a name, one of about a hundred.
const FUNCTION: f64 = 7.0;

/// Bits of a triangle.
fn in_triangle(triangle: &Triangle) -> f64 {
    let whole = |relation: &Relation| said(relation, integer(start(relation)));
    let integers = |values: &[i64]| values.iter().map(|&value| integer(value)).sum::<f64>();
    match triangle {
        Triangle::Of { sequence, .. } => 2.0 + 2.3 + whole(sequence),
        Triangle::Cells { origin, .. } => 2.0 + FUNCTION + integer(*origin),
        Triangle::Inside { left, right, factors, constant } => {
            3.0 + whole(left) + whole(right) + integers(factors) + integer(*constant)
        }
        Triangle::Weighted { diagonal, above } => 3.0 + integers(diagonal) + integers(above),
        Triangle::Listed(_) => 2.0 + 4.0,
    }
}

/// The first term.
fn start(relation: &Relation) -> i64 {
    let mut first = [0];
    relation.evaluate(&mut first);
    first[0]
}

/// The number of parameters of a relation, without constants of zero and divisors of one. A
/// relation with as many parameters as there are terms fits any terms.
pub(super) fn parameters(relation: &Relation) -> usize {
    let some = |constant: i64| usize::from(constant != 0);
    let numbers = |step: &Step| {
        some(step.ratio.numerator - i64::from(step.ratio.denominator.get())) + some(step.constant)
    };
    let fraction = |ratio: Ratio| 1 + usize::from(ratio.denominator.get() != 1);
    match relation {
        Relation::Constant(_) => 1,
        Relation::Affine { factor: 1, .. } | Relation::Affine { constant: 0, .. } => 2,
        Relation::Affine { .. } => 3,
        Relation::Linear { constant, .. } => 4 + some(*constant),
        Relation::Cycle(cycle) => cycle.values().len(),
        Relation::Sum { steps: inner, .. } | Relation::Product { factors: inner, .. } => {
            1 + parameters(inner)
        }
        Relation::Scale { ratios, .. } => {
            1 + ratios.values().iter().map(|ratio| fraction(*ratio)).sum::<usize>()
        }
        Relation::Geometric { ratio, .. } => 1 + fraction(*ratio),
        Relation::Hold { runs, of } => runs.values().len() + parameters(of),
        Relation::Modulo { of, .. } => 1 + parameters(of),
        Relation::Weighted { of, weights, constant } => {
            weights.values().len() - 1 + some(*constant) + parameters(of)
        }
        Relation::Interleave { even, odd } => parameters(even) + parameters(odd),
        Relation::Switch { then, otherwise, .. } => 2 + numbers(then) + numbers(otherwise),
        Relation::RationalRecurrence { past, constant, divisor } => {
            let factors: usize = past.iter().map(|past| some(past.factor)).sum();
            past.len() + factors + some(*constant) + usize::from(divisor.get() != 1)
        }
        Relation::Alternate { steps, .. } => {
            1 + steps.map(|step| numbers(&step)).iter().sum::<usize>()
        }
        // A function with a name counts like a number.
        Relation::Iterate { factor, .. } => 3 + some(*factor),
        Relation::Recurrence { lags, addend } => {
            let factors: usize = lags.iter().map(|lag: &Lag| some(lag.factor)).sum();
            lags.len() + factors + parameters(addend)
        }
        Relation::Polynomial { coefficients, divisor } => {
            let factors: usize = coefficients.iter().map(|&factor| some(factor)).sum();
            factors + usize::from(divisor.get() != 1)
        }
        Relation::Digits { .. } => 3,
        Relation::RootDigits { .. } => 2,
        Relation::ContinuedFraction { .. } => 1,
        Relation::After { then, .. } => 1 + parameters(then),
        Relation::Apply { to, .. } => 1 + parameters(to),
        Relation::Select { from, .. } => 2 + parameters(from),
        Relation::Combine { left, right, .. } => 1 + parameters(left) + parameters(right),
        Relation::Transformed { of, .. } => 1 + parameters(of),
        Relation::Triangle(triangle) => match &**triangle {
            Triangle::Of { sequence, .. } => 1 + parameters(sequence),
            Triangle::Cells { .. } => 2,
            Triangle::Inside { left, right, factors, constant } => {
                let factors: usize = factors.iter().map(|&factor| some(factor)).sum();
                parameters(left) + parameters(right) + factors + some(*constant)
            }
            Triangle::Weighted { diagonal, above } => {
                diagonal.iter().chain(above).map(|&factor| some(factor)).sum()
            }
            Triangle::Listed(_) => 1,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A code has room for everything only if its probabilities do not exceed one.
    #[test]
    fn the_codes_are_codes() {
        let naturals: f64 = (1..1_000_000).map(|n| (-natural(n)).exp2()).sum();
        assert!(naturals < 1.0 && naturals > 0.7, "{naturals}");
        let integers: f64 = (-300_000..300_000).map(|n| (-integer(n)).exp2()).sum();
        assert!(integers < 1.0, "{integers}");
        // Of the forms: constant, arithmetic, geometric, affine, Fibonacci, linear, cycle,
        // sum, scale, rounded, held, modulo, signs, weighted, interleaved, switch,
        // recurrence, product, and the list; then those of the wider phase.
        let forms = [
            2.0, 2.0, 3.0, 5.0, 5.0, 6.0, 4.0, 4.0, 4.0, 8.0, 5.0, 7.0, 6.0, 5.0, 9.0, 6.0, 6.0,
            3.0, 9.0, 9.0, 8.0, 8.0, 10.0, 11.0, 11.0, 8.0, 8.0, 9.0, 9.0, 9.0, 10.0,
        ];
        let sum: f64 = forms.iter().map(|bits: &f64| (-bits).exp2()).sum();
        assert!(sum < 1.2, "{sum}"); // two codes of one relation count for one
    }

    #[test]
    fn plainer_is_shorter() {
        let growing = Relation::Sum { first: 1, steps: Box::new(Relation::arithmetic(1, 1)) };
        let linear = Relation::Linear { first: [1, 2], factors: [2, -1], constant: 1 };
        assert_eq!(growing.terms(9), linear.terms(9));
        assert!(bits(&growing) < bits(&linear));
        assert!(bits(&Relation::Constant(3)) < bits(&Relation::arithmetic(3, 0)));
        // The first term does not matter, the others do.
        assert_eq!(bits(&Relation::arithmetic(900, 3)), bits(&Relation::arithmetic(2, 3)));
        assert!(bits(&Relation::arithmetic(2, 3)) < bits(&Relation::arithmetic(2, 300)));
        assert!(bits(&Relation::arithmetic(2, i64::MIN)) < 100.0);
    }
}
