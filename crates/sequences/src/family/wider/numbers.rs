//! Families of functions of the index, of numbers with a property, and of sequences that
//! other sequences become.

use super::super::{Values, positive};
use super::{
    FUNCTIONS, KNOWN, apply, finite, inner, lagged, known, scaled, select, values,
};
use crate::function::{Function, gcd};
use crate::relation::{Answer, Cycle, Operation, Relation};
use crate::transform::Transform;

/// How [`two_sequences`] joins its two.
pub(in super::super) const OPERATIONS: [Operation; 7] = [
    Operation::Sum,
    Operation::Difference,
    Operation::Product,
    Operation::Quotient,
    Operation::Remainder,
    Operation::Gcd,
    Operation::Convolution,
];

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
pub(in super::super) const ANSWERS: [Answer; 24] = [
    Answer::Is(0),
    Answer::Is(1),
    Answer::Is(2),
    Answer::Is(3),
    Answer::Is(4),
    Answer::Is(5),
    Answer::Is(6),
    Answer::Is(7),
    Answer::Is(8),
    Answer::IsNot(0),
    Answer::IsNot(1),
    Answer::IsNot(2),
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

/// What [`arguments`] lead to: sequences whose factors and digits are of interest.
pub(in super::super) const ARGUMENTS: usize = 26;

/// How often terms are held by [`held_known`].
pub(in super::super) const RUNS: [[u32; 2]; 6] = [[2, 2], [3, 3], [1, 2], [2, 1], [1, 3], [4, 4]];

/// Bases of [`fraction_digits`].
pub(in super::super) const BASES: [u8; 4] = [10, 2, 3, 8];

const fn remainder(residue: i64, modulus: u32) -> Answer {
    Answer::Remainder { residue, modulus: known(modulus) }
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
    let function = *FUNCTIONS.get(usize::try_from(entry).ok()?)?;
    (1..ARGUMENTS as i64).contains(&argument).then_some(())?;
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
    let function =
        if kind == 0 { Function::Power(number) } else { Function::Exponential(number) };
    let of = Box::new(values(function, first));
    (modulus > 1).then(|| Relation::Modulo { of, modulus: positive(modulus) })
}

/// `2, 5, 8, 12, 17`: two sequences with names, joined.
pub(in super::super) fn two_sequences(
    &[operation, left, right, one, other, ..]: &Values,
) -> Option<Relation> {
    let operation = *OPERATIONS.get(usize::try_from(operation).ok()?)?;
    let commutes = match operation {
        Operation::Sum | Operation::Product | Operation::Gcd | Operation::Convolution => true,
        Operation::Difference | Operation::Quotient | Operation::Remainder => false,
    };
    // A sequence that is itself the other, or the same pair once more.
    let degenerate = if commutes {
        (right, other) < (left, one)
    } else {
        left == right && one == other
    };
    (!degenerate).then_some(())?;
    let (left, right) = (Box::new(inner(left, one)?), Box::new(inner(right, other)?));
    Some(Relation::Combine { operation, left, right })
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
    &[entry, answer, first, step, constant, ..]: &Values,
) -> Option<Relation> {
    let function = *FUNCTIONS.get(usize::try_from(entry).ok()?)?;
    let answer = *ANSWERS.get(usize::try_from(answer).ok()?)?;
    Some(scaled(select(Relation::arithmetic(first, step), function, answer), 1, constant))
}

/// `5, 13, 17, 29, 37`: the primes of a residue class.
pub(in super::super) fn primes_in_class(
    &[modulus, residue, constant, index, ..]: &Values,
) -> Option<Relation> {
    let coprime = gcd(modulus, residue) == Some(1);
    (residue < modulus && coprime).then_some(())?;
    let class = Relation::arithmetic(residue, modulus);
    let primes = select(class, Function::IsPrime, Answer::Is(1));
    let primes = scaled(primes, 1, constant);
    match index {
        0 => Some(primes),
        // Which of the class they are.
        _ if constant == 0 && modulus > 1 => Some(Relation::Combine {
            operation: Operation::Quotient,
            left: Box::new(primes),
            right: Box::new(Relation::Constant(modulus)),
        }),
        _ => None,
    }
}

/// `2, 3, 5, 11, 101`: those terms of one sequence that pass a test.
pub(in super::super) fn known_with(
    &[source, entry, answer, constant, ..]: &Values,
) -> Option<Relation> {
    (1..ARGUMENTS as i64).contains(&source).then_some(())?;
    let function = *FUNCTIONS.get(usize::try_from(entry).ok()?)?;
    let answer = *ANSWERS.get(usize::try_from(answer).ok()?)?;
    Some(select(scaled(inner(source, 0)?, 1, constant), function, answer))
}

/// `1, 1, 4, 2, 9, 6`: two sequences with names in turn.
pub(in super::super) fn interleaved_known(
    &[even, even_offset, odd, odd_offset, ..]: &Values,
) -> Option<Relation> {
    // Both of one kind from the same place are held terms.
    ((even, even_offset) != (odd, odd_offset) && even + odd > 0).then_some(())?;
    Some(Relation::Interleave {
        even: Box::new(inner(even, even_offset)?),
        odd: Box::new(inner(odd, odd_offset)?),
    })
}

/// `1, 0, 4, 0, 9, 0`: a sequence with a name and a constant in turn.
pub(in super::super) fn spread_known(
    &[entry, offset, constant, gaps, place, ..]: &Values,
) -> Option<Relation> {
    let of = Box::new(inner(entry, offset)?);
    let constant = Box::new(Relation::Constant(constant));
    (entry > 0).then_some(())?;
    let (even, odd) = if place == 0 { (of, constant) } else { (constant, of) };
    let once = Relation::Interleave { even: even.clone(), odd: odd.clone() };
    match gaps {
        1 => Some(once),
        _ => Some(Relation::Interleave { even: Box::new(once), odd: if place == 0 { odd } else { even } }),
    }
}

/// `1, 1, 4, 4, 9, 9`: a sequence with a name in runs.
pub(in super::super) fn held_known(
    &[entry, offset, runs, factor, constant, ..]: &Values,
) -> Option<Relation> {
    let runs = match *RUNS.get(usize::try_from(runs).ok()?)? {
        [one, other] if one == other => Cycle::from([known(one)]),
        [one, other] => Cycle::from([known(one), known(other)]),
    };
    (entry > 0).then_some(())?;
    let of = Box::new(scaled(inner(entry, offset)?, factor, constant));
    Some(Relation::Hold { runs, of })
}

/// `0, 1, 2, 4, 6, 9`: a quadratic polynomial, divided and rounded down.
pub(in super::super) fn quadratic(&[constant, n, square, divisor, ..]: &Values) -> Option<Relation> {
    polynomial([constant, n, square, 0], divisor)
}

/// `1, 5, 14, 30, 55`
pub(in super::super) fn cubic(&[constant, n, square, cube, divisor, ..]: &Values) -> Option<Relation> {
    // The constant stands outside of the fraction.
    polynomial([constant * divisor, n, square, cube], divisor)
}

/// `1, 3, 4, 6, 8, 9`: the multiples of a fraction, rounded down.
pub(in super::super) fn rounded_multiples(
    &[numerator, divisor, constant, offset, ..]: &Values,
) -> Option<Relation> {
    // A larger constant is a term more, and one that is no fraction is arithmetic.
    (gcd(numerator, divisor) == Some(1)).then_some(())?;
    polynomial([constant + offset * divisor, numerator, 0, 0], divisor)
}

/// `0, 1, 1, 2, 2, 2, 3`: square roots of a quadratic polynomial, rounded down.
pub(in super::super) fn rounded_root(
    &[constant, n, square, root, factor, offset]: &Values,
) -> Option<Relation> {
    let degree = u8::try_from(root).ok()?;
    let argument = polynomial([constant, n, square, 0], 1)?;
    Some(scaled(apply(Function::Root(degree), argument), factor, offset))
}

/// `0, 1, 4, 2, 2, 4, 1`: the remainders of a polynomial.
pub(in super::super) fn polynomial_modulo(
    &[constant, n, square, cube, modulus, ..]: &Values,
) -> Option<Relation> {
    (square != 0 || cube != 0).then_some(())?;
    let of = Box::new(polynomial([constant, n, square, cube], 1)?);
    Some(Relation::Modulo { of, modulus: positive(modulus) })
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
pub(in super::super) fn given_parts(&[one, two, three, four, top, ..]: &Values) -> Option<Relation> {
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
