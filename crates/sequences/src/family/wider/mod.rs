//! Phase 4: families closer to the sequences that people collect and set as puzzles.
//!
//! This file holds the lists that several of them choose from; `numbers.rs` the families
//! of functions of the index, of numbers with a property and of what they become;
//! `recurrences.rs` the rules that look back; `triangles.rs` the tables read by rows.

pub(super) mod numbers;
pub(super) mod recurrences;
pub(super) mod triangles;

use std::num::NonZeroU32;

use crate::relation::Function;
use crate::relation::{Accepted, Cycle, Lag, Predicate, Relation, SelectOutput};

/// A sequence with a name of its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known {
    /// The values of a function, from this argument on.
    Values(Function, i64),
    /// The numbers, from the first on, that a function gives this answer of.
    Numbers(i64, Function, Accepted),
}

use Known::{Numbers, Values};

const TWO: NonZeroU32 = known(2);

/// A number that is not zero, for lists that the compiler evaluates.
const fn known(value: u32) -> NonZeroU32 {
    match NonZeroU32::new(value) {
        Some(value) => value,
        None => panic!("a number in a list is not zero"), // at compile time
    }
}

/// Sequences that grow, those first that make good steps and summands.
pub(super) const KNOWN: [Known; 36] = [
    Values(Function::Power(1), 0),
    Values(Function::Power(2), 0),
    Values(Function::Triangular, 0),
    Values(Function::Exponential(2), 0),
    Values(Function::Prime, 1),
    Values(Function::Fibonacci, 0),
    Values(Function::Power(3), 0),
    Values(Function::Factorial, 0),
    Values(Function::Lucas, 0),
    Values(Function::Partitions, 0),
    Numbers(4, Function::IsPrime, Accepted::Is(0)),
    Numbers(1, Function::SquareFactor, Accepted::Is(1)),
    Values(Function::Exponential(3), 0),
    Values(Function::Catalan, 0),
    Values(Function::Pell, 0),
    Values(Function::Jacobsthal, 0),
    Values(Function::Tribonacci, 0),
    Values(Function::Padovan, 0),
    Values(Function::Motzkin, 0),
    Values(Function::Bell, 0),
    Values(Function::CentralBinomial, 0),
    Values(Function::DoubleFactorial, 0),
    Values(Function::Derangements, 0),
    Values(Function::Involutions, 0),
    Values(Function::DistinctPartitions, 0),
    Values(Function::Power(4), 0),
    Numbers(1, Function::PrimeFactors, Accepted::Is(2)),
    Numbers(2, Function::DistinctPrimeFactors, Accepted::Is(1)),
    Numbers(1, Function::DistinctPrimeFactors, Accepted::Is(2)),
    Numbers(1, Function::PrimeFactors, Accepted::Is(3)),
    Numbers(0, Function::IsSquare, Accepted::Is(0)),
    Numbers(1, Function::SquareFactor, Accepted::IsNot(1)),
    Numbers(0, Function::TwoSquares, Accepted::IsNot(0)),
    Numbers(0, Function::DigitSum(2), Accepted::Remainder { residue: 0, modulus: TWO }),
    Numbers(0, Function::DigitSum(2), Accepted::Remainder { residue: 1, modulus: TWO }),
    Numbers(0, Function::IsTriangular, Accepted::Is(0)),
];

/// Functions of a number's factors, digits and place among other numbers.
pub(super) const FUNCTIONS: [Function; 64] = [
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
    Function::Remainder(known(3)),
    Function::Remainder(known(4)),
    Function::Quotient(TWO),
    Function::Quotient(known(3)),
    Function::SquareFactor,
    Function::Valuation(known(3)),
    Function::WithoutFactor(known(3)),
    Function::Valuation(known(5)),
    Function::Kempner,
    Function::LeastNondivisor,
    Function::Gcd(known(4)),
    Function::Gcd(known(6)),
    Function::Gcd(known(10)),
    Function::Numerator(TWO),
    Function::Numerator(known(3)),
    Function::Numerator(known(4)),
    Function::Numerator(known(5)),
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

/// What else may be asked for of the terms of a sequence: places in one that grows.
pub(super) const PLACES: [Function; 8] = [
    Function::Prime,
    Function::Power(2),
    Function::Triangular,
    Function::Fibonacci,
    Function::Exponential(2),
    Function::Partitions,
    Function::Power(3),
    Function::Catalan,
];

/// How many entries [`inner`] knows: the sequences that grow, then the functions.
pub(super) const INNER: usize = KNOWN.len() + FUNCTIONS.len();

/// As many as [`INNER`], and some constants.
pub(super) const INNER_OR_CONSTANT: usize = INNER + 4;

/// A sequence with a name, some terms on. Entries behind all those are constants.
fn inner(entry: i64, offset: i64) -> Option<Relation> {
    let entry = usize::try_from(entry).ok()?;
    let Some(known) = KNOWN.get(entry) else {
        let entry = entry - KNOWN.len();
        let Some(function) = FUNCTIONS.get(entry) else {
            return Some(Relation::Constant((entry - FUNCTIONS.len()) as i64));
        };
        return Some(values(*function, function.first_argument() + offset));
    };
    Some(match *known {
        Values(function, first) => values(function, first + offset),
        // The first candidate moves on; it is a member of the first few sets.
        Numbers(first, function, accepted) => select(counting(first + offset), function, accepted),
    })
}

/// Whether the first term of a sequence that grows is that of 0.
fn is_indexed_from_zero(entry: i64) -> bool {
    let known = usize::try_from(entry).ok().and_then(|entry| KNOWN.get(entry));
    matches!(known, Some(Values(_, 0)))
}

/// `first`, `first + 1`, ...
fn counting(first: i64) -> Relation {
    Relation::arithmetic(first, 1)
}

/// `f(first)`, `f(first + 1)`, ...
fn values(function: Function, first: i64) -> Relation {
    apply(function, counting(first))
}

fn apply(function: Function, to: Relation) -> Relation {
    match function {
        Function::Power(1) => to,
        _ => Relation::Apply { function, to: Box::new(to) },
    }
}

fn select(from: Relation, function: Function, accepted: Accepted) -> Relation {
    let predicate = Predicate { function, accepted };
    Relation::Select { from: Box::new(from), predicate, output: SelectOutput::Terms }
}

/// `factor s[n] + constant`
fn scaled(of: Relation, factor: i64, constant: i64) -> Relation {
    match (factor, constant) {
        (1, 0) => of,
        _ => Relation::Weighted { of: Box::new(of), weights: Cycle::from([factor]), constant },
    }
}

/// `x[n] = factor x[n-k] + constant` from the first `k` terms.
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
