//! Phase 4: families closer to the sequences that people collect and set as puzzles.
//!
//! This file holds the lists that several of them choose from. The families are in
//! `numbers.rs` (functions of the index, sequences with a name, numbers with a property),
//! `closed_forms.rs` (polynomials, roots, digits, partitions), `recurrences.rs` (rules on the
//! terms before) and `triangles.rs` (tables read by rows).

pub(super) mod closed_forms;
pub(super) mod numbers;
pub(super) mod recurrences;
pub(super) mod triangles;

use std::num::NonZeroU32;

use super::definition::{nonzero, positive};
use crate::relation::{Accepted, Cycle, Function, Lag, Predicate, Relation, SelectOutput};

/// A sequence that is known by a name.
#[derive(Clone, Copy, Debug)]
enum NamedSequence {
    /// The values of a function, from this argument on.
    FunctionValues(Function, i64),
    /// The numbers from the first on whose value under the function is accepted.
    NumbersWhere(i64, Function, Accepted),
}

use NamedSequence::{FunctionValues, NumbersWhere};

const TWO: NonZeroU32 = nonzero(2);

/// Growing sequences. The first ones suit best as steps and summands; some families choose from
/// these only.
const NAMED_SEQUENCES: [NamedSequence; 36] = [
    FunctionValues(Function::Power(1), 0),
    FunctionValues(Function::Power(2), 0),
    FunctionValues(Function::Triangular, 0),
    FunctionValues(Function::Exponential(2), 0),
    FunctionValues(Function::Prime, 1),
    FunctionValues(Function::Fibonacci, 0),
    FunctionValues(Function::Power(3), 0),
    FunctionValues(Function::Factorial, 0),
    FunctionValues(Function::Lucas, 0),
    FunctionValues(Function::Partitions, 0),
    NumbersWhere(4, Function::IsPrime, Accepted::Is(0)),
    NumbersWhere(1, Function::SquareFactor, Accepted::Is(1)),
    FunctionValues(Function::Exponential(3), 0),
    FunctionValues(Function::Catalan, 0),
    FunctionValues(Function::Pell, 0),
    FunctionValues(Function::Jacobsthal, 0),
    FunctionValues(Function::Tribonacci, 0),
    FunctionValues(Function::Padovan, 0),
    FunctionValues(Function::Motzkin, 0),
    FunctionValues(Function::Bell, 0),
    FunctionValues(Function::CentralBinomial, 0),
    FunctionValues(Function::DoubleFactorial, 0),
    FunctionValues(Function::Derangements, 0),
    FunctionValues(Function::Involutions, 0),
    FunctionValues(Function::DistinctPartitions, 0),
    FunctionValues(Function::Power(4), 0),
    NumbersWhere(1, Function::PrimeFactors, Accepted::Is(2)),
    NumbersWhere(2, Function::DistinctPrimeFactors, Accepted::Is(1)),
    NumbersWhere(1, Function::DistinctPrimeFactors, Accepted::Is(2)),
    NumbersWhere(1, Function::PrimeFactors, Accepted::Is(3)),
    NumbersWhere(0, Function::IsSquare, Accepted::Is(0)),
    NumbersWhere(1, Function::SquareFactor, Accepted::IsNot(1)),
    NumbersWhere(0, Function::TwoSquares, Accepted::IsNot(0)),
    NumbersWhere(0, Function::DigitSum(2), Accepted::Remainder { residue: 0, modulus: TWO }),
    NumbersWhere(0, Function::DigitSum(2), Accepted::Remainder { residue: 1, modulus: TWO }),
    NumbersWhere(0, Function::IsTriangular, Accepted::Is(0)),
];

/// Functions of a number's factors and digits, and of its position among other numbers.
const FUNCTIONS: [Function; 64] = [
    Function::DivisorCount,
    Function::DivisorSum,
    Function::Totient,
    Function::DistinctPrimeFactors,
    Function::PrimeFactors,
    Function::LeastPrimeFactor,
    Function::GreatestPrimeFactor,
    Function::PrimeCount,
    Function::DigitSum(2),
    Function::DigitSum(10),
    Function::DigitSum(3),
    Function::Root(2),
    Function::DigitCount(2),
    Function::IsPrime,
    Function::IsSquare,
    Function::Valuation(TWO),
    Function::WithoutFactor(TWO),
    Function::Radical,
    Function::PrimeFactorSum,
    Function::SquarefreePart,
    Function::NextPrime,
    Function::AboveSquare,
    Function::Reversal(2),
    Function::Numeral(2),
    Function::GrayCode,
    Function::TwoSquares,
    Function::Carmichael,
    Function::Derivative,
    Function::Moebius,
    Function::Remainder(TWO),
    Function::Remainder(nonzero(3)),
    Function::Remainder(nonzero(4)),
    Function::Quotient(TWO),
    Function::Quotient(nonzero(3)),
    Function::SquareFactor,
    Function::Valuation(nonzero(3)),
    Function::WithoutFactor(nonzero(3)),
    Function::Valuation(nonzero(5)),
    Function::Kempner,
    Function::LeastNondivisor,
    Function::Gcd(nonzero(4)),
    Function::Gcd(nonzero(6)),
    Function::Gcd(nonzero(10)),
    Function::Numerator(TWO),
    Function::Numerator(nonzero(3)),
    Function::Numerator(nonzero(4)),
    Function::Numerator(nonzero(5)),
    Function::Order(2),
    Function::PreviousPrime,
    Function::IsTriangular,
    Function::IsFibonacci,
    Function::DigitCount(3),
    Function::DigitCount(10),
    Function::DigitProduct(10),
    Function::Reversal(10),
    Function::Numeral(3),
    Function::Josephus,
    Function::Root(3),
    Function::Golomb,
    Function::Kolakoski,
    Function::HofstadterQ,
    Function::Conway,
    Function::HofstadterG,
    Function::CollatzSteps,
];

/// Growing functions, to be applied to the terms of another sequence.
const GROWING_FUNCTIONS: [Function; 8] = [
    Function::Prime,
    Function::Power(2),
    Function::Triangular,
    Function::Fibonacci,
    Function::Exponential(2),
    Function::Partitions,
    Function::Power(3),
    Function::Catalan,
];

/// The number of sequences that [`inner`] chooses from: the named ones, then the functions.
const INNER: usize = NAMED_SEQUENCES.len() + FUNCTIONS.len();

/// [`INNER`] and four constants.
const INNER_OR_CONSTANT: usize = INNER + 4;

/// The sequence at index `entry`, without its first `offset` terms. Indices from [`INNER`] on are
/// the constants 0, 1, 2, ...
fn inner(entry: i64, offset: i64) -> Option<Relation> {
    let entry = usize::try_from(entry).ok()?;
    let Some(sequence) = NAMED_SEQUENCES.get(entry) else {
        let entry = entry - NAMED_SEQUENCES.len();
        let Some(function) = FUNCTIONS.get(entry) else {
            return Some(Relation::Constant((entry - FUNCTIONS.len()) as i64));
        };
        return Some(values(*function, function.first_argument() + offset));
    };
    Some(match *sequence {
        FunctionValues(function, first) => values(function, first + offset),
        // The first candidate moves on. In the first sets it is a member, so that a term is skipped.
        NumbersWhere(first, function, accepted) => {
            select(counting(first + offset), function, accepted)
        }
    })
}

/// Whether a sequence begins with the value of a function at 0.
fn is_indexed_from_zero(entry: i64) -> bool {
    let sequence = usize::try_from(entry).ok().and_then(|entry| NAMED_SEQUENCES.get(entry));
    matches!(sequence, Some(FunctionValues(_, 0)))
}

/// `first`, `first + 1`, ...
fn counting(first: i64) -> Relation {
    Relation::arithmetic(first, 1)
}

/// `f(first)`, `f(first + 1)`, ...
fn values(function: Function, first: i64) -> Relation {
    apply(function, counting(first))
}

/// `f(s(n))`
fn apply(function: Function, to: Relation) -> Relation {
    match function {
        Function::Power(1) => to,
        _ => Relation::Apply { function, to: Box::new(to) },
    }
}

/// The terms of `from` whose value under the function is accepted.
fn select(from: Relation, function: Function, accepted: Accepted) -> Relation {
    let predicate = Predicate { function, accepted };
    Relation::Select { from: Box::new(from), predicate, output: SelectOutput::Terms }
}

/// `factor s(n) + constant`
fn scaled(of: Relation, factor: i64, constant: i64) -> Relation {
    match (factor, constant) {
        (1, 0) => of,
        _ => Relation::Weighted { of: Box::new(of), weights: Cycle::from([factor]), constant },
    }
}

/// `a(n) = factor a(n-k) + constant` from the first `k` terms.
fn lagged(first: &[i64], factor: i64, constant: i64) -> Relation {
    let last = first.len() - 1;
    let lags = first
        .iter()
        .enumerate()
        .map(|(place, &first)| Lag { first, factor: if place == last { factor } else { 0 } });
    Relation::Recurrence { lags: lags.collect(), addend: Box::new(Relation::Constant(constant)) }
}

/// These terms, then zeros.
fn finite(terms: &[i64]) -> Relation {
    let lags = terms.iter().map(|&first| Lag { first, factor: 0 });
    Relation::Recurrence { lags: lags.collect(), addend: Box::new(Relation::Constant(0)) }
}

/// `floor((a + b n + c n^2 + d n^3) / divisor)`. Degenerate: a constant.
fn polynomial(coefficients: [i64; 4], divisor: i64) -> Option<Relation> {
    let constant = coefficients[1..] == [0; 3];
    (!constant).then(|| Relation::Polynomial { coefficients, divisor: positive(divisor) })
}
