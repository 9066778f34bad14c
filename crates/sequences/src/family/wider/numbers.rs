//! Families of functions of the index, of combinations and transforms of sequences with a name,
//! and of numbers with a property.

use super::super::definition::{Definition, constructor, nonzero, parameter, positive};
use super::super::parameters::Domain::{Integers, ListIndex, Terms};
use super::super::parameters::Values;
use super::{
    FUNCTIONS, GROWING_FUNCTIONS, INNER, INNER_OR_CONSTANT, NAMED_SEQUENCES, apply, inner,
    polynomial, scaled, select, values,
};
use crate::phase::Phase;
use crate::relation::function::arithmetic::gcd;
use crate::relation::{
    Accepted, Function, Operation, Predicate, Relation, SelectOutput, Transform,
};

/// The operations of [`joined`] and [`joined_steps`].
const OPERATIONS: [Operation; 4] =
    [Operation::Sum, Operation::Difference, Operation::Product, Operation::Convolution];

/// The operations of [`divided`].
const DIVISIONS: [Operation; 3] = [Operation::Quotient, Operation::Remainder, Operation::Gcd];

/// The transforms of [`transformed`]. Sums have a family of their own.
const TRANSFORMS: [Transform; 7] = [
    Transform::Differences,
    Transform::Products,
    Transform::Records,
    Transform::Binomial,
    Transform::Divisors,
    Transform::Euler,
    Transform::Compositions,
];

/// The values that the predicates of [`numbers_with`] and [`known_with`] accept.
const ACCEPTED_VALUES: [Accepted; 24] = [
    Accepted::Is(0),
    Accepted::Is(1),
    Accepted::Is(2),
    Accepted::Is(3),
    Accepted::Is(4),
    Accepted::Is(5),
    Accepted::Is(6),
    Accepted::Is(7),
    Accepted::Is(8),
    Accepted::IsNot(0),
    Accepted::IsNot(1),
    Accepted::IsNot(2),
    remainder(0, 2),
    remainder(1, 2),
    remainder(0, 3),
    remainder(1, 3),
    remainder(2, 3),
    remainder(0, 4),
    remainder(1, 4),
    remainder(2, 4),
    remainder(3, 4),
    remainder(0, 5),
    remainder(0, 6),
    remainder(1, 6),
];

/// A predicate of [`numbers_by_pair`] on two functions of a number.
#[derive(Clone, Copy, Debug)]
enum PairPredicate {
    /// On an operation on the two values.
    Joined(Operation, Predicate),
    /// On one function of the value of the other.
    Inside(Predicate),
}

/// The predicates of [`numbers_by_pair`].
const PAIR_PREDICATES: [PairPredicate; 12] = [
    PairPredicate::Joined(Operation::Difference, is(Function::Power(1), 0)),
    PairPredicate::Joined(Operation::Remainder, is(Function::Power(1), 0)),
    PairPredicate::Joined(Operation::Gcd, is(Function::Power(1), 1)),
    PairPredicate::Joined(Operation::Gcd, is(Function::Power(1), 2)),
    PairPredicate::Joined(Operation::Sum, is(Function::IsPrime, 1)),
    PairPredicate::Joined(Operation::Difference, is(Function::IsPrime, 1)),
    PairPredicate::Joined(Operation::Sum, is(Function::IsSquare, 1)),
    PairPredicate::Joined(Operation::Difference, is(Function::Power(1), 1)),
    PairPredicate::Inside(is(Function::Power(1), 0)),
    PairPredicate::Inside(is(Function::Power(1), 1)),
    PairPredicate::Inside(is(Function::Power(1), 2)),
    PairPredicate::Inside(is(Function::Power(1), 3)),
];

const fn is(function: Function, value: i64) -> Predicate {
    Predicate { function, accepted: Accepted::Is(value) }
}

/// The number of named sequences that [`known_with`] chooses from.
const ARGUMENTS: usize = 26;

const fn remainder(residue: i64, modulus: u32) -> Accepted {
    Accepted::Remainder { residue, modulus: nonzero(modulus) }
}

pub(in crate::family) const KNOWN_NUMBERS: Definition = Definition {
    phase: Phase::Wider,
    name: "known-numbers",
    summary: "a sequence with a name, scaled and moved",
    parameters: &[
        parameter("sequence", ListIndex(NAMED_SEQUENCES.len())),
        parameter("terms left out", Integers(0, 5)),
        parameter("factor", Integers(1, 4)),
        parameter("constant", Integers(-4, 6)),
    ],
    constructor: constructor!(known_numbers),
    example: &[3, 6, 11, 18, 27, 38, 51, 66, 83],
};

/// Degenerate: the natural numbers, which give arithmetic sequences.
fn known_numbers(&[entry, offset, factor, constant, ..]: &Values) -> Option<Relation> {
    (1..NAMED_SEQUENCES.len() as i64).contains(&entry).then_some(())?;
    Some(scaled(inner(entry, offset)?, factor, constant))
}

pub(in crate::family) const FUNCTION_OF_INDEX: Definition = Definition {
    phase: Phase::Wider,
    name: "function-of-index",
    summary: "a function of the numbers of an arithmetic sequence",
    parameters: &[
        parameter("function", ListIndex(FUNCTIONS.len())),
        parameter("first number", Integers(0, 7)),
        parameter("step", Integers(1, 6)),
        parameter("factor", Integers(1, 3)),
        parameter("constant", Integers(-1, 2)),
    ],
    constructor: constructor!(function_of_index),
    example: &[1, 2, 2, 3, 2, 4, 2, 4, 3],
};

/// The example is the number of divisors.
fn function_of_index(&[entry, first, step, factor, constant, ..]: &Values) -> Option<Relation> {
    let function = *FUNCTIONS.get(usize::try_from(entry).ok()?)?;
    let argument = Relation::arithmetic(first, step);
    Some(scaled(apply(function, argument), factor, constant))
}

pub(in crate::family) const FUNCTION_OF_KNOWN: Definition = Definition {
    phase: Phase::Wider,
    name: "function-of-known",
    summary: "a function of the terms of a sequence with a name",
    parameters: &[
        parameter("function", ListIndex(FUNCTIONS.len() + GROWING_FUNCTIONS.len())),
        parameter("sequence", ListIndex(INNER)),
        parameter("terms left out", Integers(0, 2)),
        parameter("constant inside", Integers(-1, 2)),
    ],
    constructor: constructor!(function_of_known),
    example: &[1, 2, 5, 5, 17, 13, 37, 5, 13],
};

/// The example is the largest prime factor of `n^2 + 1`. Degenerate: functions of the natural
/// numbers, which are functions of the index.
fn function_of_known(&[entry, argument, offset, constant, ..]: &Values) -> Option<Relation> {
    let function = *FUNCTIONS.iter().chain(&GROWING_FUNCTIONS).nth(usize::try_from(entry).ok()?)?;
    (argument > 0).then_some(())?;
    Some(apply(function, scaled(inner(argument, offset)?, 1, constant)))
}

pub(in crate::family) const KNOWN_MODULO: Definition = Definition {
    phase: Phase::Wider,
    name: "known-modulo",
    summary: "remainders of a sequence with a name",
    parameters: &[
        parameter("sequence", ListIndex(INNER)),
        parameter("terms left out", Integers(0, 3)),
        parameter("modulus", Integers(2, 16)),
        parameter("constant", Integers(0, 1)),
    ],
    constructor: constructor!(known_modulo),
    example: &[2, 3, 0, 2, 1, 3, 2, 4, 3],
};

fn known_modulo(&[entry, offset, modulus, constant, ..]: &Values) -> Option<Relation> {
    let of = scaled(inner(entry, offset)?, 1, constant);
    Some(Relation::Modulo { of: Box::new(of), modulus: positive(modulus) })
}

pub(in crate::family) const POWERS_MODULO: Definition = Definition {
    phase: Phase::Wider,
    name: "powers-modulo",
    summary: "remainders of powers",
    parameters: &[
        parameter("base or exponent given", Integers(0, 1)),
        parameter("number", Integers(2, 12)),
        parameter("modulus", Integers(2, 100)),
        parameter("first argument", Integers(0, 1)),
    ],
    constructor: constructor!(powers_modulo),
    example: &[1, 3, 2, 6, 4, 5, 1, 3, 2],
};

fn powers_modulo(&[kind, number, modulus, first, ..]: &Values) -> Option<Relation> {
    let number = u8::try_from(number).ok()?;
    let function = if kind == 0 { Function::Power(number) } else { Function::Exponential(number) };
    let of = Box::new(values(function, first));
    (modulus > 1).then(|| Relation::Modulo { of, modulus: positive(modulus) })
}

pub(in crate::family) const JOINED: Definition = Definition {
    phase: Phase::Wider,
    name: "joined",
    summary: "two sequences with names, added, multiplied and so on",
    parameters: &[
        parameter("operation", ListIndex(OPERATIONS.len())),
        parameter("one sequence", ListIndex(INNER)),
        parameter("other sequence", ListIndex(INNER)),
        parameter("terms of one left out", Integers(0, 1)),
        parameter("terms of the other left out", Integers(0, 1)),
    ],
    constructor: constructor!(joined),
    example: &[1, 3, 7, 12, 19, 28],
};

fn joined(&[operation, left, right, one, other, ..]: &Values) -> Option<Relation> {
    let operation = *OPERATIONS.get(usize::try_from(operation).ok()?)?;
    two_sequences(operation, [left, right], [one, other])
}

pub(in crate::family) const DIVIDED: Definition = Definition {
    phase: Phase::Wider,
    name: "divided",
    summary: "one sequence with a name divided by another, and what is left",
    parameters: &[
        parameter("operation", ListIndex(DIVISIONS.len())),
        parameter("one sequence", ListIndex(INNER)),
        parameter("other sequence", ListIndex(INNER)),
        parameter("terms of one left out", Integers(0, 1)),
        parameter("terms of the other left out", Integers(0, 1)),
    ],
    constructor: constructor!(divided),
    example: &[0, 0, 1, 0, 1, 0, 1, 0, 0],
};

fn divided(&[operation, left, right, one, other, ..]: &Values) -> Option<Relation> {
    let operation = *DIVISIONS.get(usize::try_from(operation).ok()?)?;
    two_sequences(operation, [left, right], [one, other])
}

fn two_sequences(
    operation: Operation,
    [left, right]: [i64; 2],
    [one, other]: [i64; 2],
) -> Option<Relation> {
    let commutes = match operation {
        Operation::Sum | Operation::Product | Operation::Gcd | Operation::Convolution => true,
        Operation::Difference | Operation::Quotient | Operation::Remainder => false,
    };
    // The same pair in the other order, or a sequence and itself.
    let degenerate =
        if commutes { (right, other) < (left, one) } else { left == right && one == other };
    (!degenerate).then_some(())?;
    let (left, right) = (Box::new(inner(left, one)?), Box::new(inner(right, other)?));
    Some(Relation::Combine { operation, left, right })
}

pub(in crate::family) const JOINED_STEPS: Definition = Definition {
    phase: Phase::Wider,
    name: "joined-steps",
    summary: "steps that are two sequences with names, joined",
    parameters: &[
        parameter("operation", ListIndex(OPERATIONS.len())),
        parameter("one sequence", ListIndex(INNER)),
        parameter("other sequence", ListIndex(INNER)),
        parameter("terms of the other left out", Integers(0, 1)),
    ],
    constructor: constructor!(joined_steps),
    example: &[0, 1, 5, 14, 30],
};

fn joined_steps(&[operation, left, right, other, ..]: &Values) -> Option<Relation> {
    let operation = *OPERATIONS.get(usize::try_from(operation).ok()?)?;
    let steps = two_sequences(operation, [left, right], [0, other])?;
    Some(Relation::Sum { first: 0, steps: Box::new(steps) })
}

pub(in crate::family) const KNOWN_STEPS: Definition = Definition {
    phase: Phase::Wider,
    name: "known-steps",
    summary: "steps that are a sequence with a name",
    parameters: &[
        parameter("first term", Terms(16)),
        parameter("sequence", ListIndex(INNER)),
        parameter("terms left out", Integers(0, 2)),
        parameter("factor", Integers(-1, 2)),
        parameter("constant", Integers(-1, 2)),
    ],
    constructor: constructor!(known_steps),
    example: &[1, 3, 6, 11, 18, 29],
};

/// Degenerate: the natural numbers, which give growing steps, and a factor of zero.
fn known_steps(&[first, entry, offset, factor, constant, ..]: &Values) -> Option<Relation> {
    (entry != 0 && factor != 0).then_some(())?;
    let steps = Box::new(scaled(inner(entry, offset)?, factor, constant));
    Some(Relation::Sum { first, steps })
}

pub(in crate::family) const TRANSFORMED: Definition = Definition {
    phase: Phase::Wider,
    name: "transformed",
    summary: "differences, products and other transforms of a sequence with a name",
    parameters: &[
        parameter("transform", ListIndex(TRANSFORMS.len())),
        parameter("sequence", ListIndex(INNER)),
        parameter("terms left out", Integers(0, 3)),
        parameter("factor", Integers(1, 2)),
        parameter("constant", Integers(-1, 2)),
    ],
    constructor: constructor!(transformed),
    example: &[1, 2, 2, 4, 2, 4, 2, 4, 6],
};

/// The example is the differences of the primes.
fn transformed(&[transform, entry, offset, factor, constant, ..]: &Values) -> Option<Relation> {
    let by = *TRANSFORMS.get(usize::try_from(transform).ok()?)?;
    let of = scaled(inner(entry, offset)?, factor, constant);
    Some(Relation::Transformed { by, of: Box::new(of) })
}

pub(in crate::family) const NUMBERS_WITH: Definition = Definition {
    phase: Phase::Wider,
    name: "numbers-with",
    summary: "the numbers that a function gives some answer of",
    parameters: &[
        parameter("function", ListIndex(FUNCTIONS.len())),
        parameter("answer", ListIndex(ACCEPTED_VALUES.len())),
        parameter("first number", Integers(0, 4)),
        parameter("step", Integers(1, 3)),
        parameter("constant", Integers(-1, 2)),
    ],
    constructor: constructor!(numbers_with),
    example: &[4, 6, 9, 10, 14, 15, 21, 22],
};

/// The example is the numbers with two prime factors.
fn numbers_with(&[entry, accepted, first, step, constant, ..]: &Values) -> Option<Relation> {
    let function = *FUNCTIONS.get(usize::try_from(entry).ok()?)?;
    let accepted = *ACCEPTED_VALUES.get(usize::try_from(accepted).ok()?)?;
    Some(scaled(select(Relation::arithmetic(first, step), function, accepted), 1, constant))
}

pub(in crate::family) const PRIMES_IN_CLASS: Definition = Definition {
    phase: Phase::Wider,
    name: "primes-in-class",
    summary: "the primes of a residue class, or those that a number is a square modulo",
    parameters: &[
        parameter("modulus or number", Integers(-60, 60)),
        parameter("residue", Integers(1, 40)),
        parameter("square or not", Integers(-1, 1)),
        parameter("constant", Integers(-2, 2)),
    ],
    constructor: constructor!(primes_in_class),
    example: &[5, 13, 17, 29, 37, 41],
};

/// The primes of a residue class, or those modulo which a number is a square, or is not.
fn primes_in_class(&[number, residue, symbol, constant, ..]: &Values) -> Option<Relation> {
    let primes = if symbol == 0 {
        let coprime = gcd(number, residue) == Some(1);
        (residue < number && coprime).then_some(())?;
        let class = Relation::arithmetic(residue, number);
        select(class, Function::IsPrime, Accepted::Is(1))
    } else {
        // A square is a square modulo all primes. The residue is not used, so it has one value.
        let square = number >= 0 && number.isqrt().pow(2) == number;
        (residue == 1 && !square).then_some(())?;
        let function = Function::Kronecker(i8::try_from(number).ok()?);
        select(values(Function::Prime, 1), function, Accepted::Is(symbol))
    };
    Some(scaled(primes, 1, constant))
}

pub(in crate::family) const PRIME_VALUES: Definition = Definition {
    phase: Phase::Wider,
    name: "prime-values",
    summary: "where a polynomial is a prime, and which",
    parameters: &[
        parameter("constant", Integers(-10, 31)),
        parameter("factor of n", Integers(-4, 12)),
        parameter("factor of n^2", Integers(0, 6)),
        parameter("of primes only", Integers(0, 1)),
        parameter("the values themselves", Integers(0, 1)),
    ],
    constructor: constructor!(prime_values),
    example: &[1, 2, 4, 6, 10, 14, 16, 20],
};

/// The numbers, or the primes, at which a polynomial is prime; or its prime values.
fn prime_values(&[constant, n, square, only_primes, terms, ..]: &Values) -> Option<Relation> {
    let values = polynomial([constant, n, square, 0], 1)?;
    let prime = |of| apply(Function::IsPrime, of);
    if terms == 1 {
        // Those of a linear polynomial are the primes of a class.
        return (only_primes == 0 && square != 0)
            .then(|| select(values, Function::IsPrime, Accepted::Is(1)));
    }
    let from = if only_primes == 0 {
        prime(values)
    } else {
        Relation::Combine {
            operation: Operation::Product,
            left: Box::new(prime(values)),
            right: Box::new(prime(super::counting(0))),
        }
    };
    let predicate = Predicate { function: Function::Power(1), accepted: Accepted::Is(1) };
    Some(Relation::Select { from: Box::new(from), predicate, output: SelectOutput::Indices })
}

pub(in crate::family) const DIGIT_OCCURRENCES: Definition = Definition {
    phase: Phase::Wider,
    name: "digit-occurrences",
    summary: "the numbers with so many digits of a kind, or how many there are",
    parameters: &[
        parameter("base", Integers(2, 12)),
        parameter("digit", Integers(0, 11)),
        parameter("how many, or -1 for counts", Integers(-1, 4)),
        parameter("constant", Integers(0, 2)),
    ],
    constructor: constructor!(digit_occurrences),
    example: &[1, 10, 12, 13, 14, 15, 16, 17, 18],
};

/// The numbers in whose digits a given digit occurs a given number of times, or the counts.
fn digit_occurrences(&[base, digit, count, constant, ..]: &Values) -> Option<Relation> {
    (digit < base).then_some(())?;
    let function = Function::DigitOccurrences(digit as u8, base as u8);
    let of = if count < 0 {
        values(function, 0)
    } else {
        select(super::counting(0), function, Accepted::Is(count))
    };
    Some(scaled(of, 1, constant))
}

pub(in crate::family) const NUMBERS_BY_PAIR: Definition = Definition {
    phase: Phase::Wider,
    name: "numbers-by-pair",
    summary: "the numbers of which two functions give some answer together",
    parameters: &[
        parameter("question", ListIndex(PAIR_PREDICATES.len())),
        parameter("one function", ListIndex(INNER)),
        parameter("other function", ListIndex(INNER)),
    ],
    constructor: constructor!(numbers_by_pair),
    example: &[1, 2, 8, 9, 12, 18],
};

/// The numbers whose values under two named sequences, combined or applied one to the other, pass
/// a predicate.
fn numbers_by_pair(&[predicate, left, right, ..]: &Values) -> Option<Relation> {
    let predicate = *PAIR_PREDICATES.get(usize::try_from(predicate).ok()?)?;
    let from_one = |entry: i64| -> Option<Relation> {
        // Named sequences and functions begin with the value at 0 or at 1.
        let known = (entry as usize) < NAMED_SEQUENCES.len();
        let function = FUNCTIONS.get((entry as usize).wrapping_sub(NAMED_SEQUENCES.len()));
        let skip = match function {
            Some(function) => function.first_argument() == 0,
            None => known && super::is_indexed_from_zero(entry),
        };
        inner(entry, i64::from(skip))
    };
    let (from, predicate) = match predicate {
        PairPredicate::Joined(operation, predicate) => {
            let commutes = matches!(operation, Operation::Sum | Operation::Gcd);
            (left != right && !(commutes && left > right)).then_some(())?;
            let (left, right) = (Box::new(from_one(left)?), Box::new(from_one(right)?));
            (Relation::Combine { operation, left, right }, predicate)
        }
        PairPredicate::Inside(predicate) => {
            let function = *FUNCTIONS.get((left as usize).checked_sub(NAMED_SEQUENCES.len())?)?;
            ((right as usize) >= NAMED_SEQUENCES.len()).then_some(())?;
            (apply(function, from_one(right)?), predicate)
        }
    };
    // Numbers count from 1, indices from 0.
    let found = Relation::Select { from: Box::new(from), predicate, output: SelectOutput::Indices };
    Some(scaled(found, 1, 1))
}

pub(in crate::family) const KNOWN_WITH: Definition = Definition {
    phase: Phase::Wider,
    name: "known-with",
    summary: "the terms of a sequence with a name that a function gives some answer of",
    parameters: &[
        parameter("sequence", ListIndex(ARGUMENTS)),
        parameter("function", ListIndex(FUNCTIONS.len())),
        parameter("answer", ListIndex(ACCEPTED_VALUES.len())),
        parameter("constant", Integers(-1, 2)),
    ],
    constructor: constructor!(known_with),
    example: &[2, 5, 17, 37, 101, 197],
};

/// The terms of a named sequence that pass a predicate.
fn known_with(&[source, entry, accepted, constant, ..]: &Values) -> Option<Relation> {
    (1..ARGUMENTS as i64).contains(&source).then_some(())?;
    let function = *FUNCTIONS.get(usize::try_from(entry).ok()?)?;
    let accepted = *ACCEPTED_VALUES.get(usize::try_from(accepted).ok()?)?;
    Some(select(scaled(inner(source, 0)?, 1, constant), function, accepted))
}

pub(in crate::family) const INTERLEAVED_KNOWN: Definition = Definition {
    phase: Phase::Wider,
    name: "interleaved-known",
    summary: "two sequences with names in turn",
    parameters: &[
        parameter("one sequence", ListIndex(INNER_OR_CONSTANT)),
        parameter("terms of one left out", Integers(0, 2)),
        parameter("other sequence", ListIndex(INNER_OR_CONSTANT)),
        parameter("terms of the other left out", Integers(0, 2)),
    ],
    constructor: constructor!(interleaved_known),
    example: &[1, 1, 4, 2, 9, 6, 16, 24],
};

/// Degenerate: twice the natural numbers.
fn interleaved_known(&[even, even_offset, odd, odd_offset, ..]: &Values) -> Option<Relation> {
    (even + odd > 0).then_some(())?;
    Some(Relation::Interleave {
        even: Box::new(inner(even, even_offset)?),
        odd: Box::new(inner(odd, odd_offset)?),
    })
}

const _: () = assert!(ARGUMENTS <= NAMED_SEQUENCES.len());
