//! Continued fractions of constants.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};

use super::base::{ALL, number, ratio};
use super::real::Real;
use crate::bits;
use crate::expression::Formula;
use crate::rule::{Generator, Rule};

/// The partial quotients of a constant.
#[derive(Clone, Debug, PartialEq)]
pub struct ConstantFraction {
    real: Real,
    bits: f64,
}

pub(super) fn solve(_given: &[i64], _found: &mut Vec<Rule>) {}

impl Generator for ConstantFraction {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        let _ = count;
        Vec::new()
    }

    fn bits(&self) -> f64 {
        self.bits
    }

    fn seeds(&self) -> usize {
        0
    }

    fn formula(&self) -> Formula {
        Formula::about("the continued fraction of ", self.real.expression(), "")
    }
}
