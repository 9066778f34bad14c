//! Families of functions of the index, of numbers with a property, and of sequences that
//! other sequences become.

use super::super::{Values, positive};
use super::{
    FUNCTIONS, KNOWN, PLACES, apply, finite, inner, known, lagged, scaled, select, values,
};
use crate::relation::Transform;
use crate::relation::function::Function;
use crate::relation::function::arithmetic::gcd;
use crate::relation::{Accepted, Operation, Predicate, Relation, SelectOutput};

/// How [`joined`] and [`joined_steps`] make one sequence of two.
pub(in super::super) const OPERATIONS: [Operation; 4] =
    [Operation::Sum, Operation::Difference, Operation::Product, Operation::Convolution];

/// How [`divided`] does.
pub(in super::super) const DIVISIONS: [Operation; 3] =
    [Operation::Quotient, Operation::Remainder, Operation::Gcd];

/// What [`transformed`] does, apart from sums, which have a family of their own.
pub(in super::super) const TRANSFORMS: [Transform; 7] = [
    Transform::Differences,
    Transform::Products,
    Transform::Records,
    Transform::Binomial,
    Transform::Divisors,
    Transform::Euler,
    Transform::Compositions,
];

/// What [`numbers_with`] asks for: single values, and remainders.
pub(in super::super) const ANSWERS: [Accepted; 24] = [
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

/// What [`numbers_by_pair`] asks of a number.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Question {
    /// Of two functions of it, joined.
    Joined(Operation, Predicate),
    /// Of a function of a function of it.
    Inside(Predicate),
}

/// The questions of [`numbers_by_pair`].
pub(in super::super) const QUESTIONS: [Question; 12] = [
    Question::Joined(Operation::Difference, is(Function::Power(1), 0)),
    Question::Joined(Operation::Remainder, is(Function::Power(1), 0)),
    Question::Joined(Operation::Gcd, is(Function::Power(1), 1)),
    Question::Joined(Operation::Gcd, is(Function::Power(1), 2)),
    Question::Joined(Operation::Sum, is(Function::IsPrime, 1)),
    Question::Joined(Operation::Difference, is(Function::IsPrime, 1)),
    Question::Joined(Operation::Sum, is(Function::IsSquare, 1)),
    Question::Joined(Operation::Difference, is(Function::Power(1), 1)),
    Question::Inside(is(Function::Power(1), 0)),
    Question::Inside(is(Function::Power(1), 1)),
    Question::Inside(is(Function::Power(1), 2)),
    Question::Inside(is(Function::Power(1), 3)),
];

const fn is(function: Function, value: i64) -> Predicate {
    Predicate { function, accepted: Accepted::Is(value) }
}

/// The sequences that [`known_with`] chooses from.
pub(in super::super) const ARGUMENTS: usize = 26;

/// Bases of [`fraction_digits`].
pub(in super::super) const BASES: [u8; 3] = [10, 2, 3];

const fn remainder(residue: i64, modulus: u32) -> Accepted {
    Accepted::Remainder { residue, modulus: known(modulus) }
}

/// `3, 6, 11, 18`: a sequence with a name, scaled and moved.
pub(in super::super) fn known_numbers(
    &[entry, offset, factor, constant, ..]: &Values,
) -> Option<Relation> {
    // Of the naturals it would be arithmetic.
    (1..KNOWN.len() as i64).contains(&entry).then_some(())?;
    Some(scaled(inner(entry, offset)?, factor, constant))
}

/// `1, 2, 2, 3, 2, 4`: the divisors of 1, 2, 3, ...; of every second number, and so on.
pub(in super::super) fn function_of_index(
    &[entry, first, step, factor, constant, ..]: &Values,
) -> Option<Relation> {
    let function = *FUNCTIONS.get(usize::try_from(entry).ok()?)?;
    let argument = Relation::arithmetic(first, step);
    Some(scaled(apply(function, argument), factor, constant))
}

/// `1, 2, 5, 5, 17, 13`: the largest prime factor of n^2 + 1.
pub(in super::super) fn function_of_known(
    &[entry, argument, offset, constant, ..]: &Values,
) -> Option<Relation> {
    let function = *FUNCTIONS.iter().chain(&PLACES).nth(usize::try_from(entry).ok()?)?;
    (argument > 0).then_some(())?; // of the naturals: a function of the index
    Some(apply(function, scaled(inner(argument, offset)?, 1, constant)))
}

/// `1, 2, 4, 1, 2, 4`: a sequence with a name, by its remainders.
pub(in super::super) fn known_modulo(
    &[entry, offset, modulus, constant, ..]: &Values,
) -> Option<Relation> {
    let of = scaled(inner(entry, offset)?, 1, constant);
    Some(Relation::Modulo { of: Box::new(of), modulus: positive(modulus) })
}

/// `1, 3, 9, 1, 3, 9`: remainders of powers.
pub(in super::super) fn powers_modulo(
    &[kind, number, modulus, first, ..]: &Values,
) -> Option<Relation> {
    let number = u8::try_from(number).ok()?;
    let function = if kind == 0 { Function::Power(number) } else { Function::Exponential(number) };
    let of = Box::new(values(function, first));
    (modulus > 1).then(|| Relation::Modulo { of, modulus: positive(modulus) })
}

/// `1, 3, 7, 12, 19, 28`: two sequences with names, added, multiplied and so on.
pub(in super::super) fn joined(
    &[operation, left, right, one, other, ..]: &Values,
) -> Option<Relation> {
    let operation = *OPERATIONS.get(usize::try_from(operation).ok()?)?;
    two_sequences(operation, [left, right], [one, other])
}

/// `1, 1, 1, 2, 2, 3`: one sequence with a name divided by another, and what is left.
pub(in super::super) fn divided(
    &[operation, left, right, one, other, ..]: &Values,
) -> Option<Relation> {
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
    // The same pair once more, or a sequence and itself.
    let degenerate =
        if commutes { (right, other) < (left, one) } else { left == right && one == other };
    (!degenerate).then_some(())?;
    let (left, right) = (Box::new(inner(left, one)?), Box::new(inner(right, other)?));
    Some(Relation::Combine { operation, left, right })
}

/// `1, 3, 6, 10, 16`: steps that are a sum or a product of two sequences with names.
pub(in super::super) fn joined_steps(
    &[operation, left, right, other, ..]: &Values,
) -> Option<Relation> {
    let operation = *OPERATIONS.get(usize::try_from(operation).ok()?)?;
    let steps = two_sequences(operation, [left, right], [0, other])?;
    Some(Relation::Sum { first: 0, steps: Box::new(steps) })
}

/// `1, 3, 6, 11, 18`: steps that are a sequence with a name.
pub(in super::super) fn known_steps(
    &[first, entry, offset, factor, constant, ..]: &Values,
) -> Option<Relation> {
    (entry != 0 && factor != 0).then_some(())?; // of the naturals: growing steps
    let steps = Box::new(scaled(inner(entry, offset)?, factor, constant));
    Some(Relation::Sum { first, steps })
}

/// `1, 2, 2, 4, 2, 4`: the differences of the primes.
pub(in super::super) fn transformed(
    &[transform, entry, offset, factor, constant, ..]: &Values,
) -> Option<Relation> {
    let by = *TRANSFORMS.get(usize::try_from(transform).ok()?)?;
    let of = scaled(inner(entry, offset)?, factor, constant);
    Some(Relation::Transformed { by, of: Box::new(of) })
}

/// `4, 6, 9, 10, 14, 15`: the numbers with two prime factors.
pub(in super::super) fn numbers_with(
    &[entry, accepted, first, step, constant, ..]: &Values,
) -> Option<Relation> {
    let function = *FUNCTIONS.get(usize::try_from(entry).ok()?)?;
    let accepted = *ANSWERS.get(usize::try_from(accepted).ok()?)?;
    Some(scaled(select(Relation::arithmetic(first, step), function, accepted), 1, constant))
}

/// `5, 13, 17, 29, 37`: the primes of a residue class; `7, 17, 23, 31`: those that a number
/// is a square modulo, or is not.
pub(in super::super) fn primes_in_class(
    &[number, residue, symbol, constant, ..]: &Values,
) -> Option<Relation> {
    let primes = if symbol == 0 {
        let coprime = gcd(number, residue) == Some(1);
        (residue < number && coprime).then_some(())?;
        let class = Relation::arithmetic(residue, number);
        select(class, Function::IsPrime, Accepted::Is(1))
    } else {
        // Squares are squares modulo all primes; and one residue is enough.
        let square = number >= 0 && number.isqrt().pow(2) == number;
        (residue == 1 && !square).then_some(())?;
        let function = Function::Kronecker(i8::try_from(number).ok()?);
        select(values(Function::Prime, 1), function, Accepted::Is(symbol))
    };
    Some(scaled(primes, 1, constant))
}

/// `1, 2, 4, 6, 10, 14`: the numbers, or the primes, of which a polynomial is a prime.
pub(in super::super) fn prime_values(
    &[constant, n, square, only_primes, terms, ..]: &Values,
) -> Option<Relation> {
    let values = polynomial([constant, n, square, 0], 1)?;
    let prime = |of| apply(Function::IsPrime, of);
    if terms == 1 {
        // Of a linear one these are the primes of a class.
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

/// `1, 10, 11, 12, 13, 14`: the numbers with so many digits of a kind.
pub(in super::super) fn digit_occurrences(
    &[base, digit, count, constant, ..]: &Values,
) -> Option<Relation> {
    (digit < base).then_some(())?;
    let function = Function::DigitOccurrences(digit as u8, base as u8);
    let of = if count < 0 {
        values(function, 0)
    } else {
        select(super::counting(0), function, Accepted::Is(count))
    };
    Some(scaled(of, 1, constant))
}

/// `96, 48, 32, 24, 19, 16`: a constant by 1, 2, 3, ..., rounded down.
pub(in super::super) fn rounded_quotients(
    &[above, below, step, constant, ..]: &Values,
) -> Option<Relation> {
    Some(scaled(
        Relation::Combine {
            operation: Operation::Quotient,
            left: Box::new(Relation::Constant(above)),
            right: Box::new(Relation::arithmetic(below, step)),
        },
        1,
        constant,
    ))
}

/// `1, 4, 1, 4, 2, 1, 3, 5, 6`: the digits of a root, or its continued fraction.
pub(in super::super) fn roots(&[radicand, form, ..]: &Values) -> Option<Relation> {
    // Nothing follows a root that is whole.
    let degree = if form == 0 { 2 } else { u8::try_from(form).ok()? + 1 };
    let power = |root: i64| root.pow(u32::from(degree));
    let whole = (1..).take_while(|&root| power(root) <= radicand).last().unwrap_or(0);
    (power(whole) != radicand).then_some(())?;
    let radicand = u32::try_from(radicand).ok()?;
    Some(match form {
        0 => Relation::ContinuedFraction { radicand },
        _ => Relation::RootDigits { radicand, degree },
    })
}

/// `1, 2, 4, 6, 8, 9, 12`: the numbers that something they lead to is true of.
pub(in super::super) fn numbers_by_pair(&[question, left, right, ..]: &Values) -> Option<Relation> {
    let question = *QUESTIONS.get(usize::try_from(question).ok()?)?;
    let from_one = |entry: i64| -> Option<Relation> {
        // What grows counts from 0, some functions from 1.
        let known = (entry as usize) < KNOWN.len();
        let function = FUNCTIONS.get((entry as usize).wrapping_sub(KNOWN.len()));
        let skip = match function {
            Some(function) => function.first_argument() == 0,
            None => known && super::is_indexed_from_zero(entry),
        };
        inner(entry, i64::from(skip))
    };
    let (from, predicate) = match question {
        Question::Joined(operation, predicate) => {
            let commutes = matches!(operation, Operation::Sum | Operation::Gcd);
            (left != right && !(commutes && left > right)).then_some(())?;
            let (left, right) = (Box::new(from_one(left)?), Box::new(from_one(right)?));
            (Relation::Combine { operation, left, right }, predicate)
        }
        Question::Inside(predicate) => {
            let function = *FUNCTIONS.get((left as usize).checked_sub(KNOWN.len())?)?;
            ((right as usize) >= KNOWN.len()).then_some(())?;
            (apply(function, from_one(right)?), predicate)
        }
    };
    // Numbers count from 1, indices from 0.
    let found = Relation::Select { from: Box::new(from), predicate, output: SelectOutput::Indices };
    Some(scaled(found, 1, 1))
}

/// `2, 3, 5, 11, 101`: those terms of one sequence that pass a test.
pub(in super::super) fn known_with(
    &[source, entry, accepted, constant, ..]: &Values,
) -> Option<Relation> {
    (1..ARGUMENTS as i64).contains(&source).then_some(())?;
    let function = *FUNCTIONS.get(usize::try_from(entry).ok()?)?;
    let accepted = *ANSWERS.get(usize::try_from(accepted).ok()?)?;
    Some(select(scaled(inner(source, 0)?, 1, constant), function, accepted))
}

/// `1, 1, 4, 2, 9, 6`: two sequences with names in turn.
pub(in super::super) fn interleaved_known(
    &[even, even_offset, odd, odd_offset, ..]: &Values,
) -> Option<Relation> {
    (even + odd > 0).then_some(())?;
    Some(Relation::Interleave {
        even: Box::new(inner(even, even_offset)?),
        odd: Box::new(inner(odd, odd_offset)?),
    })
}

/// `0, 1, 2, 4, 6, 9`: a quadratic polynomial, divided and rounded down.
pub(in super::super) fn quadratic(
    &[constant, n, square, divisor, ..]: &Values,
) -> Option<Relation> {
    polynomial([constant, n, square, 0], divisor)
}

/// `1, 5, 14, 30, 55`
pub(in super::super) fn cubic(
    &[constant, n, square, cube, divisor, ..]: &Values,
) -> Option<Relation> {
    // The constant stands outside of the fraction.
    polynomial([constant * divisor, n, square, cube], divisor)
}

/// `1, 3, 4, 6, 8, 9`: the multiples of a fraction, rounded down.
pub(in super::super) fn rounded_multiples(
    &[numerator, divisor, constant, start, ..]: &Values,
) -> Option<Relation> {
    // One that is no fraction is arithmetic.
    (gcd(numerator, divisor) == Some(1) && constant < divisor).then_some(())?;
    let from = |first: i64| polynomial([constant + first * numerator, numerator, 0, 0], divisor);
    match start {
        0 | 1 => from(start),
        // A single one in front, as where something spreads from a point.
        _ => Some(Relation::After { first: 1, then: Box::new(from(1)?) }),
    }
}

/// `0, 1, 1, 2, 2, 2, 3`: square roots of a quadratic polynomial, rounded down.
pub(in super::super) fn rounded_root(
    &[constant, n, square, root, factor, offset]: &Values,
) -> Option<Relation> {
    let degree = u8::try_from(root).ok()?;
    let argument = polynomial([constant, n, square, 0], 1)?;
    Some(scaled(apply(Function::Root(degree), argument), factor, offset))
}

fn polynomial(coefficients: [i64; 4], divisor: i64) -> Option<Relation> {
    let constant = coefficients[1..] == [0; 3];
    (!constant).then(|| Relation::Polynomial { coefficients, divisor: positive(divisor) })
}

/// `1, 4, 2, 8, 5, 7`: the digits of 1/7.
pub(in super::super) fn fraction_digits(
    &[numerator, denominator, base, ..]: &Values,
) -> Option<Relation> {
    let base = *BASES.get(usize::try_from(base).ok()?)?;
    (numerator < denominator && gcd(numerator, denominator) == Some(1)).then(|| Relation::Digits {
        numerator: numerator as u32,
        denominator: positive(denominator),
        base,
    })
}

/// `1, 1, 2, 2, 4, 4, 6`: partitions into parts of given sizes.
pub(in super::super) fn given_parts(
    &[one, two, three, four, top, ..]: &Values,
) -> Option<Relation> {
    /// Twice the largest size.
    const SIZES: usize = 16;
    (one >= 1 && one <= two && two <= three && three <= four).then_some(())?;
    let mut kinds = [0; SIZES];
    for part in [one, two, three, four] {
        // The largest size stands for no part.
        if part <= SIZES as i64 / 2 {
            kinds[part as usize - 1] += 1;
        }
    }
    // The numerator 1 + z^k is (1 - z^2k) / (1 - z^k).
    if top > 0 {
        kinds[top as usize - 1] += 1;
        kinds[2 * top as usize - 1] -= 1;
    }
    Some(Relation::Transformed { by: Transform::Euler, of: Box::new(finite(&kinds)) })
}

/// `1, 2, 4, 5, 7, 8`: the numbers of some residue classes.
pub(in super::super) fn residue_classes(
    &[modulus, classes, first, ..]: &Values,
) -> Option<Relation> {
    (classes < 1 << modulus).then_some(())?;
    let members =
        (first..first + modulus).filter(|number| (classes >> (number % modulus)) & 1 == 1);
    let members: Vec<i64> = members.collect();
    // One class is arithmetic.
    (members.len() > 1).then(|| lagged(&members, 1, modulus))
}

/// `1, 1, 1, 2, 2, 3, 4`: partitions into parts of given residue classes, each part any
/// number of times, at most once, or in order.
pub(in super::super) fn parts_in_classes(
    &[modulus, classes, kind, ..]: &Values,
) -> Option<Relation> {
    (classes < 1 << modulus).then_some(())?;
    // Part k is allowed where the bit of its class is set.
    let allowed = |part: i64| (classes >> (part % modulus)) & 1;
    let period = 2 * modulus;
    let kinds: Vec<i64> = (1..=period)
        .map(|part| match kind {
            // 1 + z^k is (1 - z^2k) / (1 - z^k).
            1 if part % 2 == 0 => allowed(part) - allowed(part / 2),
            _ => allowed(part),
        })
        .collect();
    let by = if kind == 2 { Transform::Compositions } else { Transform::Euler };
    // A distinct part's double is in the class of the half, which repeats after 2 m.
    let kinds = lagged(&kinds, 1, 0);
    Some(Relation::Transformed { by, of: Box::new(kinds) })
}

/// The lists fit the tables of the families.
const _: () = assert!(ARGUMENTS <= KNOWN.len());
