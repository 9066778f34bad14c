//! Families with a closed form: polynomials, roots, digits, and numbers of partitions.

use super::super::definition::{Definition, constructor, parameter, positive};
use super::super::parameters::Domain::{Integers, ListIndex};
use super::super::parameters::Values;
use super::{apply, finite, lagged, polynomial, scaled};
use crate::phase::Phase;
use crate::relation::function::arithmetic::gcd;
use crate::relation::{Function, Operation, Relation, Transform};

/// Bases of [`fraction_digits`].
const BASES: [u8; 3] = [10, 2, 3];

pub(in crate::family) const ROUNDED_QUOTIENTS: Definition = Definition {
    phase: Phase::Wider,
    name: "rounded-quotients",
    summary: "a constant by 1, 2, 3, ..., rounded down",
    parameters: &[
        parameter("constant above", Integers(1, 600)),
        parameter("first below", Integers(1, 6)),
        parameter("step below", Integers(1, 3)),
        parameter("added", Integers(0, 1)),
    ],
    constructor: constructor!(rounded_quotients),
    example: &[96, 48, 32, 24, 19, 16, 13, 12, 10],
};

fn rounded_quotients(&[above, below, step, constant, ..]: &Values) -> Option<Relation> {
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

pub(in crate::family) const ROOTS: Definition = Definition {
    phase: Phase::Wider,
    name: "roots",
    summary: "the decimal digits of a root, or its continued fraction",
    parameters: &[parameter("radicand", Integers(2, 1040)), parameter("form", Integers(0, 3))],
    constructor: constructor!(roots),
    example: &[1, 4, 1, 4, 2, 1, 3, 5, 6],
};

/// Degenerate: perfect powers, after whose root nothing follows.
fn roots(&[radicand, form, ..]: &Values) -> Option<Relation> {
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

pub(in crate::family) const QUADRATIC: Definition = Definition {
    phase: Phase::Wider,
    name: "quadratic",
    summary: "a quadratic polynomial, divided and rounded down",
    parameters: &[
        parameter("constant", Integers(-10, 20)),
        parameter("factor of n", Integers(-10, 12)),
        parameter("factor of n^2", Integers(1, 9)),
        parameter("divisor", Integers(2, 12)),
    ],
    constructor: constructor!(quadratic),
    example: &[0, 1, 2, 4, 6, 9, 12],
};

fn quadratic(&[constant, n, square, divisor, ..]: &Values) -> Option<Relation> {
    polynomial([constant, n, square, 0], divisor)
}

pub(in crate::family) const CUBIC: Definition = Definition {
    phase: Phase::Wider,
    name: "cubic",
    summary: "a polynomial of degree three, divided and rounded down",
    parameters: &[
        parameter("constant", Integers(-2, 6)),
        parameter("factor of n", Integers(-6, 13)),
        parameter("factor of n^2", Integers(-6, 9)),
        parameter("factor of n^3", Integers(1, 4)),
        parameter("divisor", Integers(1, 6)),
    ],
    constructor: constructor!(cubic),
    example: &[1, 5, 14, 30, 55],
};

/// The constant stands outside of the fraction.
fn cubic(&[constant, n, square, cube, divisor, ..]: &Values) -> Option<Relation> {
    polynomial([constant * divisor, n, square, cube], divisor)
}

pub(in crate::family) const ROUNDED_MULTIPLES: Definition = Definition {
    phase: Phase::Wider,
    name: "rounded-multiples",
    summary: "the multiples of a fraction, rounded down",
    parameters: &[
        parameter("numerator", Integers(1, 150)),
        parameter("divisor", Integers(3, 13)),
        parameter("constant", Integers(0, 12)),
        parameter("start", Integers(0, 2)),
    ],
    constructor: constructor!(rounded_multiples),
    example: &[0, 1, 3, 4, 6, 8, 9, 11, 12],
};

fn rounded_multiples(&[numerator, divisor, constant, start, ..]: &Values) -> Option<Relation> {
    // The multiples of an integer are arithmetic.
    (gcd(numerator, divisor) == Some(1) && constant < divisor).then_some(())?;
    let from = |first: i64| polynomial([constant + first * numerator, numerator, 0, 0], divisor);
    match start {
        0 | 1 => from(start),
        // A one in front, as in the sizes of a region that grows from a single cell.
        _ => Some(Relation::After { first: 1, then: Box::new(from(1)?) }),
    }
}

pub(in crate::family) const ROUNDED_ROOT: Definition = Definition {
    phase: Phase::Wider,
    name: "rounded-root",
    summary: "roots of a quadratic polynomial, rounded down",
    parameters: &[
        parameter("constant", Integers(0, 12)),
        parameter("factor of n", Integers(0, 12)),
        parameter("factor of n^2", Integers(0, 20)),
        parameter("degree", Integers(2, 3)),
        parameter("factor", Integers(1, 2)),
        parameter("added", Integers(0, 1)),
    ],
    constructor: constructor!(rounded_root),
    example: &[1, 1, 1, 2, 2, 2, 2, 2, 3],
};

fn rounded_root(&[constant, n, square, root, factor, offset]: &Values) -> Option<Relation> {
    let degree = u8::try_from(root).ok()?;
    let argument = polynomial([constant, n, square, 0], 1)?;
    Some(scaled(apply(Function::Root(degree), argument), factor, offset))
}

pub(in crate::family) const FRACTION_DIGITS: Definition = Definition {
    phase: Phase::Wider,
    name: "fraction-digits",
    summary: "the digits of a fraction",
    parameters: &[
        parameter("numerator", Integers(1, 24)),
        parameter("denominator", Integers(3, 1024)),
        parameter("base", ListIndex(BASES.len())),
    ],
    constructor: constructor!(fraction_digits),
    example: &[1, 4, 2, 8, 5, 7, 1, 4, 2],
};

/// The example is the digits of 1/7.
fn fraction_digits(&[numerator, denominator, base, ..]: &Values) -> Option<Relation> {
    let base = *BASES.get(usize::try_from(base).ok()?)?;
    (numerator < denominator && gcd(numerator, denominator) == Some(1)).then(|| Relation::Digits {
        numerator: numerator as u32,
        denominator: positive(denominator),
        base,
    })
}

pub(in crate::family) const GIVEN_PARTS: Definition = Definition {
    phase: Phase::Wider,
    name: "given-parts",
    summary: "partitions into parts of given sizes",
    parameters: &[
        parameter("one size", Integers(1, 8)),
        parameter("a second", Integers(1, 9)),
        parameter("a third", Integers(1, 9)),
        parameter("a fourth", Integers(1, 9)),
        parameter("one that is used once", Integers(0, 8)),
    ],
    constructor: constructor!(given_parts),
    example: &[1, 1, 2, 2, 3, 3, 4, 4, 5],
};

/// Sizes are in increasing order; a size beyond the largest stands for no part.
fn given_parts(&[one, two, three, four, top, ..]: &Values) -> Option<Relation> {
    /// Twice the largest size.
    const SIZES: usize = 16;
    (one >= 1 && one <= two && two <= three && three <= four).then_some(())?;
    let mut kinds = [0; SIZES];
    for part in [one, two, three, four] {
        // A size beyond the largest stands for no part.
        if part <= SIZES as i64 / 2 {
            kinds[part as usize - 1] += 1;
        }
    }
    // A part used at most once: 1 + z^k is (1 - z^2k) / (1 - z^k).
    if top > 0 {
        kinds[top as usize - 1] += 1;
        kinds[2 * top as usize - 1] -= 1;
    }
    Some(Relation::Transformed { by: Transform::Euler, of: Box::new(finite(&kinds)) })
}

pub(in crate::family) const PARTS_IN_CLASSES: Definition = Definition {
    phase: Phase::Wider,
    name: "parts-in-classes",
    summary: "partitions into parts of given residue classes",
    parameters: &[
        parameter("modulus", Integers(1, 8)),
        parameter("classes", Integers(1, 255)),
        parameter("how often, or in order", Integers(0, 2)),
    ],
    constructor: constructor!(parts_in_classes),
    example: &[1, 1, 1, 2, 2, 3, 4, 5, 6],
};

/// Each part is allowed any number of times, at most once, or any number of times in every order
/// (compositions).
fn parts_in_classes(&[modulus, classes, kind, ..]: &Values) -> Option<Relation> {
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
    // Whether a part is twice an allowed one repeats after 2 m, so the kinds do.
    let kinds = lagged(&kinds, 1, 0);
    Some(Relation::Transformed { by, of: Box::new(kinds) })
}
