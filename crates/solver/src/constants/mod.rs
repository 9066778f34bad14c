//! Digits of constants: `3, 1, 4, 1, 5, 9, ...`, and their continued fractions.
//!
//! A number given by its first digits lies in a short interval. Instead of a table of closed
//! forms, the search inverts each shape: for "the square root of a fraction" it squares the
//! interval and asks for the simplest fraction in it ([`inverse`]). What it finds is computed to
//! as many digits as there are terms before it counts.
//!
//! | file | what it holds |
//! |---|---|
//! | [`real`] | closed forms: value, digits, notation |
//! | [`equation`] | equations without a closed solution |
//! | `fixed` | arithmetic in fixed point |
//! | `interval` | an interval and the simplest fraction in it |
//! | `base` | the constants that others are multiples and functions of |
//! | `inverse` | closed forms within an interval |
//! | `fraction` | continued fractions |

mod base;
mod equation;
mod fixed;
mod fraction;
mod interval;
mod inverse;
mod real;

use num_bigint::BigInt;

use crate::expression::Formula;
use crate::rule::{Generator, Rule};
use crate::terms::Terms;

pub use equation::Equation;
pub use fraction::ConstantFraction;
pub use real::{Function, Real};

use interval::Interval;

/// The digits of a constant from its first digit on, which is not zero but for `zeros` zeros
/// before it.
#[derive(Clone, Debug, PartialEq)]
pub struct ConstantDigits {
    real: Real,
    zeros: usize,
    bits: f64,
}

/// About one in twenty sequences that people write down is of this kind.
const KIND: f64 = 4.3;

/// How many bits the terms must be ahead of the shortest description. Measured on real
/// sequences with 8 terms given.
const SURPLUS: f64 = 0.5;

/// The most bits of a constant: hardware precision has 53, and the rest must refute what agrees
/// by chance.
const MOST_BITS: f64 = 36.0;

/// The digits and partial quotients that are computed first, before those of all terms.
const FIRST: usize = 20;

/// The fewest digits.
const FEWEST: usize = 6;

/// The most digits in front of the point, and zeros behind it, of a number given by its digits.
const MOST_PLACES: i64 = 4;

/// Finds constants with these digits, and constants with these partial quotients.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    let Some(small) = terms.small() else {
        return;
    };
    fraction::solve(small, found);
    let digits: Option<Vec<u8>> =
        small.iter().map(|&term| u8::try_from(term).ok().filter(|&digit| digit < 10)).collect();
    if let Some(digits) = digits {
        solve_digits(&digits, found);
    }
}

fn solve_digits(given: &[u8], found: &mut Vec<Rule>) {
    let zeros = given.iter().take_while(|&&digit| digit == 0).count();
    let digits = &given[zeros..];
    let distinct = (0..10).filter(|digit| digits.contains(digit)).count();
    if given.len() < FEWEST || digits.len() < 4 || distinct < 3 {
        return;
    }
    let exponents = match zeros as i64 {
        0 => 1 - MOST_PLACES..=MOST_PLACES - 1,
        // One zero may stand in front of the point.
        zeros if zeros <= MOST_PLACES => -1 - zeros..=-zeros,
        _ => return,
    };
    let limit = (evidence(given) - SURPLUS - KIND).min(MOST_BITS);
    let mut search = inverse::Search::new(limit);
    for exponent in exponents {
        search.run(Interval::of_digits(digits, exponent));
    }
    let mut rules: Vec<ConstantDigits> = Vec::new();
    let mut next: Vec<Vec<u8>> = Vec::new();
    for (bits, real) in search.candidates() {
        let agree = |count: usize| {
            real.digits(count)
                .is_some_and(|(first, _)| first.len() == count && digits.starts_with(&first))
        };
        if digits.len() > FIRST && !agree(FIRST) {
            continue;
        }
        let Some((more, exponent)) = real.digits(digits.len() + 4) else {
            continue;
        };
        let behind_point = -1 - exponent;
        let aligned = zeros == 0
            || exponent < 0 && (zeros as i64 == behind_point || zeros as i64 == behind_point + 1);
        if !aligned || !more.starts_with(digits) || next.contains(&more) {
            continue;
        }
        next.push(more);
        rules.push(ConstantDigits { real, zeros, bits: bits + KIND });
        if rules.len() == 2 {
            break;
        }
    }
    found.extend(rules.into_iter().map(Rule::ConstantDigits));
}

/// Bits of the shortest of three listings of the digits: all alike, by how often each has come
/// before, and by the step from the one before. Repetitions and slow growth are less of a
/// coincidence.
fn evidence(digits: &[u8]) -> f64 {
    let mut counts = [0.5; 10];
    let (mut adaptive, mut steps) = (0.0, 0.0);
    let mut before = 0;
    for (place, &digit) in digits.iter().enumerate() {
        let count = &mut counts[usize::from(digit % 10)];
        adaptive += ((place as f64 + 5.0) / *count).log2();
        *count += 1.0;
        // A step of k has the probability 2^-|k| / 3.
        steps += 1.585 + f64::from(digit.abs_diff(before));
        before = digit;
    }
    adaptive.min(steps).min(std::f64::consts::LOG2_10 * digits.len() as f64)
}

impl ConstantDigits {
    /// The number.
    pub fn real(&self) -> &Real {
        &self.real
    }
}

impl Generator for ConstantDigits {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        let mut terms = vec![BigInt::from(0); self.zeros.min(count)];
        if let Some((digits, _)) = self.real.digits(count - terms.len()) {
            terms.extend(digits.into_iter().map(BigInt::from));
        }
        terms
    }

    fn bits(&self) -> f64 {
        self.bits
    }

    fn seeds(&self) -> usize {
        0
    }

    fn formula(&self) -> Formula {
        let legend = self.real.legend().map(|legend| format!(", where {legend}"));
        Formula::about("the decimal digits of ", self.real.expression(), legend.unwrap_or_default())
    }
}
