//! Which rules of digits are tried.

use std::cell::OnceCell;
use std::sync::LazyLock;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use super::closed::{INNER, Inner, OUTER, Outer};
use super::digit_rule::{DigitRule, KIND, Kind, different};
use super::modular;
use super::step::{Argument, StepRule};
use super::unary::{UNARY, Unary};
use crate::bits;
use crate::rule::{Generator, Rule};
use crate::terms::{Terms, low};

/// Larger terms are not looked at.
const LARGEST_GIVEN: u64 = 3000;

/// The largest constant that is added.
const LARGEST_CONSTANT: i64 = 30;

/// At most so many rules are kept.
const MOST_RULES: usize = 3;

/// Finds rules of digits and of number theory.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    let exact = terms.exact();
    let natural = exact.iter().all(|term| !term.is_negative() && term.bits() <= LARGEST_GIVEN);
    if terms.len() < 4 || !natural || is_simple(exact) {
        return;
    }
    let mut rules = Vec::new();
    iterated(exact, &mut rules);
    closed(exact, &mut rules);
    modular::solve(exact, &mut rules);
    rules.retain(|rule| rule.terms(exact.len()) == exact);
    rules.sort_by(|one, other| one.bits().total_cmp(&other.bits()));
    rules.truncate(MOST_RULES);
    found.extend(rules.into_iter().map(Rule::new));
}

/// Whether the terms have equal differences, or equal quotients, but for the first.
fn is_simple(terms: &[BigInt]) -> bool {
    let rest = &terms[1..];
    let arithmetic = rest.windows(3).all(|three| &three[1] * 2 == &three[0] + &three[2]);
    let geometric = rest.windows(3).all(|three| &three[1] * &three[1] == &three[0] * &three[2]);
    arithmetic || geometric
}

/// Steps from term to term.
fn iterated(terms: &[BigInt], rules: &mut Vec<DigitRule>) {
    let mut keep = |step: StepRule, bits: f64, first: i64| {
        let needed = step.terms();
        if terms.len() < needed + 3 {
            return;
        }
        let fits = (needed..terms.len())
            .all(|place| step.next(&terms[..place]).as_ref() == Some(&terms[place]));
        if fits {
            let seeds = terms[..needed].to_vec();
            rules
                .push(DigitRule { kind: Kind::Iterated { seeds, step, first }, bits: KIND + bits });
        }
    };
    for (argument, argument_bits) in arguments() {
        let needed = argument.terms();
        if terms.len() < needed + 3 {
            continue;
        }
        let plain = matches!(argument, Argument::Linear(1, 0) | Argument::Sum(0));
        let Some(first_argument) = argument.value(&terms[..needed]) else { continue };
        // Made when the first value does not refute the function.
        let known: OnceCell<Vec<BigInt>> = OnceCell::new();
        for &(function, function_bits) in &UNARY[..if plain { UNARY.len() } else { 12 }] {
            // Two values refute nearly everything.
            let Some(first) = function.apply(&first_argument) else { continue };
            if !may_be_near(argument, &first, &terms[needed], &terms[needed - 1]) {
                continue;
            }
            let known = known.get_or_init(|| {
                (needed..terms.len()).map_while(|place| argument.value(&terms[..place])).collect()
            });
            if known.len() + needed < terms.len() {
                continue;
            }
            let Some(second) = function.apply(&known[1]) else { continue };
            for (own, factor, form_bits) in forms(argument) {
                let constant = |value: &BigInt, place: usize| {
                    &terms[needed + place] - value * factor - &terms[needed + place - 1] * own
                };
                let one = constant(&first, 0);
                if one.magnitude() > BigInt::from(LARGEST_CONSTANT).magnitude()
                    || constant(&second, 1) != one
                {
                    continue;
                }
                let values: Vec<BigInt> =
                    known.iter().map_while(|one| function.apply(one)).collect();
                let surplus = terms.len() - needed - usize::from(!one.is_zero());
                // Where the function changes nothing, the rule is a simpler one.
                // So is what all functions of digits do with a single digit.
                let single =
                    |of: &BigInt| function.is_of_digits() && of.magnitude() < &10_u8.into();
                let pairs = values.iter().zip(known);
                let changed = pairs.filter(|(value, of)| value != of && !single(of)).count();
                let least_surplus = match (function.is_small(), plain) {
                    (true, _) => 5,
                    (false, true) => 3,
                    (false, false) => 4,
                };
                let prime = matches!(function, Unary::NextPrime | Unary::PreviousPrime);
                if different(&values) < 3 + usize::from(function.is_small())
                    || changed < 2
                    || surplus < least_surplus
                    || (prime && !plain && !one.is_zero())
                {
                    continue;
                }
                // The last digit of a sum of two is a usual puzzle.
                let function_bits = match (function, argument) {
                    (Unary::LastDigit, Argument::Sum(0)) => 1.5,
                    _ => function_bits,
                };
                let constant_bits = if one.is_zero() { 0.5 } else { 1.0 + bits::big(&one) };
                let step =
                    StepRule::Affine { last: own, factor, function, argument, constant: one };
                keep(step, argument_bits + function_bits + form_bits + constant_bits, 0);
            }
        }
    }
    for (function, bits) in UNARY {
        let single = terms.iter().filter(|term| term.magnitude() < &10_u8.into()).count();
        if function.is_of_digits() && single + 3 < terms.len() {
            keep(StepRule::SumOfBoth(function), 4.0 + bits, 0);
        }
    }
    keep(StepRule::Joined(false), 4.0, 0);
    keep(StepRule::Joined(true), 4.0, 0);
    for first in [1, 0, 2] {
        let steps: Vec<BigInt> = terms.windows(2).map(|pair| &pair[1] - &pair[0]).collect();
        if different(&steps) > 2 {
            keep(StepRule::WithGcd(first), 5.0, first);
        }
    }
    let (even, odd): (Vec<_>, Vec<_>) =
        terms[..terms.len() - 1].iter().partition(|term| term.is_even());
    if even.is_empty() || odd.len() < 2 || terms.len() < 5 || different(terms) < 4 {
        return;
    }
    for factor in [3, 1, 5, 7] {
        for constant in [1, -1, 3, 5, -3, 7, -5] {
            let size = bits::integer(constant) + if factor == 3 { 0.0 } else { 3.0 };
            keep(StepRule::Collatz(factor, constant, false), size, 0);
            keep(StepRule::Collatz(factor, constant, true), 2.0 + size, 0);
        }
    }
}

/// Whether a constant that is not too large may make the term of a value and of the term before,
/// in one of the forms; seen by the numbers modulo 2^64.
fn may_be_near(argument: Argument, value: &BigInt, term: &BigInt, before: &BigInt) -> bool {
    let [value, term, before] = [value, term, before].map(low);
    forms(argument).any(|(own, factor, _)| {
        let made = value.wrapping_mul(factor as u64).wrapping_add(before.wrapping_mul(own as u64));
        (term.wrapping_sub(made) as i64).unsigned_abs() <= LARGEST_CONSTANT as u64
    })
}

/// What functions are taken of, with bits.
fn arguments() -> impl Iterator<Item = (Argument, f64)> {
    let few = [
        (Argument::Linear(1, 0), 0.5),
        (Argument::Sum(0), 2.0),
        (Argument::Previous, 4.0),
        (Argument::Product, 5.0),
        (Argument::Square, 4.0),
        (Argument::DoubleSum, 6.0),
        (Argument::TripleSum, 5.0),
    ];
    let sums =
        [1, -1, 2, 3].map(|constant| (Argument::Sum(constant), 5.0 + bits::integer(constant)));
    let linear = (1..=5).flat_map(|factor| {
        let constants = (-3..=5).filter(move |&constant| (factor, constant) != (1, 0));
        constants.map(move |constant| {
            let size = bits::natural(factor as u64) + bits::integer(constant);
            (Argument::Linear(factor, constant), 1.0 + size)
        })
    });
    few.into_iter().chain(sums).chain(linear)
}

/// The factors of the last term and of the function, with bits.
fn forms(argument: Argument) -> impl Iterator<Item = (i64, i64, f64)> {
    const ALL: [(i64, i64, f64); 9] = [
        (0, 1, 0.5),
        (1, 1, 1.0),
        (1, -1, 3.0),
        (2, 1, 4.0),
        (1, 2, 4.0),
        (0, 2, 4.0),
        (2, -1, 4.5),
        (0, 3, 5.0),
        (1, 3, 5.5),
    ];
    let count = match argument {
        Argument::Linear(1, 0) => ALL.len(),
        Argument::Previous => 3,
        _ => 1,
    };
    ALL.into_iter().take(count)
}

/// The index of the first term is at most this, if it is not seen at once.
const LARGEST_FIRST: u64 = 12;

/// Only the first few terms of each known sequence are needed to refute nearly all.
const PROBE: usize = 3;

/// A function of the terms of a known sequence.
struct Candidate {
    outer: Outer,
    inner: Inner,
    first: u64,
    /// Bits of the outer function, and of the inner one.
    bits: [f64; 2],
    /// Its first terms.
    start: Vec<BigInt>,
}

/// The candidates' first terms modulo 2^64, and their places, in increasing order.
static STARTS: LazyLock<Vec<([u64; PROBE], usize)>> = LazyLock::new(|| {
    let start = |candidate: &Candidate| std::array::from_fn(|place| low(&candidate.start[place]));
    let mut all: Vec<_> = CANDIDATES.iter().map(start).zip(0..).collect();
    all.sort_unstable();
    all
});

static CANDIDATES: LazyLock<Vec<Candidate>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (inner, inner_bits) in INNER {
        let known = inner.terms(inner.first(), LARGEST_FIRST as usize + PROBE + 1);
        for (outer, outer_bits) in OUTER {
            let largest = if outer.is_small() || inner_bits > 2.0 { 1 } else { LARGEST_FIRST };
            for first in inner.first()..=largest {
                // What is written behind one another starts at 0 or 1.
                let written = matches!(outer, Outer::Behind | Outer::Before | Outer::UpAndDown);
                if first > 3 && written {
                    break;
                }
                let from = (first - inner.first()) as usize;
                let Some(probe) = known.get(from..from + PROBE + 1) else { break };
                let start = outer.applied(probe, first, PROBE);
                if start.len() == PROBE {
                    let bits = [outer_bits, inner_bits];
                    all.push(Candidate { outer, inner, first, bits, start });
                }
            }
        }
    }
    all
});

/// Digits of known sequences.
fn closed(terms: &[BigInt], rules: &mut Vec<DigitRule>) {
    let count = terms.len();
    let digits = terms.iter().filter(|term| term.to_u64().is_none_or(|term| term > 9)).count();
    let wanted: [u64; PROBE] = std::array::from_fn(|place| low(&terms[place]));
    let from = STARTS.partition_point(|(start, _)| *start < wanted);
    for (_, place) in STARTS[from..].iter().take_while(|(start, _)| *start == wanted) {
        let Candidate { outer, inner, first, bits: [outer_bits, inner_bits], ref start } =
            CANDIDATES[*place];
        let small = outer.is_small();
        if start[..] != terms[..PROBE]
            || (small && (count < 7 || different(terms) < 4))
            || (!small && digits < 3)
        {
            continue;
        }
        let start_bits = if first < 2 { 0.5 } else { 2.0 + bits::natural(first) };
        let same = inner_bits + outer_bits + start_bits;
        let kind = Kind::Closed { outer, inner, first };
        let rule = DigitRule { kind, bits: KIND + same };
        let known = inner.terms(first, count);
        // Numbers of one digit are their own digit sum, and so on.
        // The power of a single digit says nothing of digits.
        let powers = matches!(outer, Outer::Of(Unary::DigitPowerSum(_) | Unary::DigitFactorialSum));
        let single = |of: &BigInt| powers && of.magnitude() < &10_u8.into();
        let pairs = known.iter().zip(terms);
        let changed = pairs.filter(|(one, other)| one != other && !single(one)).count();
        if changed >= 2 + 2 * usize::from(small) {
            rules.push(rule);
        }
    }
}
