//! Digits of constants: `3, 1, 4, 1, 5, 9, ...`, and their continued fractions.
//!
//! A number given by its first digits lies in a short interval. Instead of a table of closed
//! forms, the search inverts each shape: for "the square root of a fraction" it squares the
//! interval and asks for the simplest fraction in it (`inverse`). What it finds is computed to
//! as many digits as there are terms before it counts.
//!
//! | file | what it holds |
//! |---|---|
//! | `real` | closed forms: value, digits, notation |
//! | `equation` | equations without a closed solution |
//! | `fixed` | arithmetic in fixed point |
//! | `interval` | an interval and the simplest fraction in it |
//! | `base` | the constants that others are multiples and functions of |
//! | `inverse` | closed forms within an interval |
//! | `fraction` | continued fractions |

mod base;
mod elementary;
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

pub use elementary::Elementary;
pub use equation::Equation;
pub use fraction::ConstantFraction;
pub use real::Real;

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

/// Bits that come back. Bits of other rules are an estimate that leaves out the many rules which
/// nobody thought of; the closed forms of a length are few and all tried. On real sequences the
/// digits were right as often as other rules that save so many bits more.
const COMPLETE: f64 = 8.0;

/// The bits of a constant that was found in a search of all of its length.
pub(super) fn said(bits: f64) -> f64 {
    (bits - COMPLETE).max(1.0)
}

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
        rules.push(ConstantDigits { real, zeros, bits: said(bits + KIND) });
        // Beyond so many digits, another form is the same number.
        if rules.len() == 2 || digits.len() > FIRST {
            break;
        }
    }
    found.extend(rules.into_iter().map(Rule::new));
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
        self.real.formula("the decimal digits of ")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn formula(digits: &str) -> Option<String> {
        let given: Vec<i64> = digits.bytes().map(|byte| i64::from(byte - b'0')).collect();
        let terms = Terms::from(&given[..]);
        let mut found = Vec::new();
        solve(&terms, &mut found);
        let digits = found.iter().find(|rule| rule.kind() == "ConstantDigits")?;
        assert_eq!(digits.terms(given.len()), *terms.exact());
        let formula = digits.formula().to_string();
        Some(formula.trim_start_matches("the decimal digits of ").to_owned())
    }

    fn check(known: &[(&str, &str)]) {
        for &(digits, expected) in known {
            assert_eq!(formula(digits).as_deref(), Some(expected), "{digits}");
        }
    }

    #[test]
    fn roots_and_fractions() {
        check(&[
            ("14142135", "sqrt(2)"),
            ("31606961", "sqrt(999)"),
            ("12599210", "cbrt(2)"),
            ("15650845", "6^(1/4)"),
            ("70710678", "1/sqrt(2)"),
            ("14285714", "1/7"),
            ("00100704", "1/993"),
            ("07692307", "1/13"),
        ]);
    }

    #[test]
    fn multiples_and_functions() {
        check(&[
            ("314159", "pi"),
            ("271828", "e"),
            ("15707963", "pi/2"),
            ("07853981", "pi/4"),
            ("98696044", "pi^2"),
            ("17724538", "sqrt(pi)"),
            ("69314718", "log(2)"),
            ("30102999", "log(2)/log(10)"),
            ("73890560", "e^2"),
            ("36787944", "1/e"),
            ("84147098", "sin(1)"),
            ("17364817", "sin(pi/18)"),
            ("12020569", "zeta(3)"),
            ("36256099", "Gamma(1/4)"),
            ("57721566", "gamma, where gamma is Euler's constant"),
        ]);
    }

    #[test]
    fn combinations() {
        check(&[
            ("85397342", "pi e"),
            ("31462643", "sqrt(2) + sqrt(3)"),
            ("41415926", "pi + 1"),
            ("26651441", "2^sqrt(2)"),
            ("23027756", "(1 + sqrt(13))/2"),
            ("132471795", "x, where x is the solution near 1.3247 of x^3 - x - 1 = 0"),
            ("739085133", "x, where x is the solution near 0.7391 of x = cos(x)"),
        ]);
    }

    #[test]
    fn many_digits() {
        let reals = [
            Real::Pi.scaled(3, 7),
            Real::Gamma(1, 4),
            Real::Zeta(5),
            Real::quotient(Real::EulerGamma, Real::Ratio(2, 1)),
            Real::power(Real::Ratio(11, 1), 1, 13),
        ];
        for real in reals {
            let (digits, _) = real.digits(200).unwrap();
            let text: String = digits.iter().map(|digit| char::from(digit + b'0')).collect();
            let found = formula(&text).unwrap_or_default();
            assert!(found.starts_with(&real.expression().to_string()), "{found}");
        }
    }

    #[test]
    fn what_is_no_constant() {
        for digits in ["", "31415", "000000000", "11111111", "29746183", "12121212"] {
            assert_eq!(formula(digits), None, "{digits}");
        }
    }

    #[test]
    fn bits_grow_with_the_constant() {
        let bits = |digits: &str| {
            let given: Vec<i64> = digits.bytes().map(|byte| i64::from(byte - b'0')).collect();
            let mut found = Vec::new();
            solve(&Terms::from(&given[..]), &mut found);
            found.first().map_or(0.0, Rule::bits)
        };
        assert!(bits("31415926") < bits("14142135"));
        assert!(bits("14142135") < bits("31606961"));
    }

    proptest! {
        #[test]
        fn any_terms(terms in prop::collection::vec(any::<i64>(), 0..20)) {
            solve(&Terms::from(&terms[..]), &mut Vec::new());
        }

        #[test]
        fn any_digits(terms in prop::collection::vec(0..10_i64, 0..60)) {
            let terms = Terms::from(&terms[..]);
            let mut found = Vec::new();
            solve(&terms, &mut found);
            for rule in found {
                prop_assert_eq!(&rule.terms(terms.len()), terms.exact());
                prop_assert!(rule.bits() > 0.0);
            }
        }

        #[test]
        fn any_quotients(terms in prop::collection::vec(1..9_i64, 0..60)) {
            let terms = Terms::from(&terms[..]);
            let mut found = Vec::new();
            solve(&terms, &mut found);
            for rule in found {
                prop_assert_eq!(&rule.terms(terms.len()), terms.exact());
            }
        }
    }
}
