//! Equations whose solutions have no closed form.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use super::elementary::Elementary;
use super::fixed::Fixed;
use crate::expression::{Expression, Phrase};

/// `c0 + c1 x + c2 x^2 + ... = factor f(x)`, with a polynomial alone where `f` is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equation {
    /// The coefficients from the constant on.
    pub(super) coefficients: Vec<i64>,
    /// What the polynomial equals, if not zero.
    pub(super) right: Option<(i64, Elementary)>,
}

impl Equation {
    /// By Newton's method, from a value with some correct digits.
    pub(super) fn solve(&self, f: Fixed, near: f64) -> Option<BigInt> {
        let mut x = f.near(near);
        let one = f.one();
        // Digits double each time; 50 bits are the most that a start may have.
        for _ in 0..24 {
            let mut value = BigInt::zero();
            let mut slope = BigInt::zero();
            for &factor in self.coefficients.iter().rev() {
                slope = f.multiply(&slope, &x) + &value;
                value = f.multiply(&value, &x) + f.integer(factor);
            }
            if let Some((factor, function)) = self.right {
                let (result, derivative) = match function {
                    Elementary::Sin => f.sine_cosine(&x)?,
                    Elementary::Cos => {
                        let (sine, cosine) = f.sine_cosine(&x)?;
                        (cosine, -sine)
                    }
                    Elementary::Exp => {
                        let result = f.exp(&x)?;
                        (result.clone(), result)
                    }
                    Elementary::Log => (f.log(&x)?, f.divide(&one, &x)?),
                    Elementary::Tan => {
                        let (sine, cosine) = f.sine_cosine(&x)?;
                        let tangent = f.divide(&sine, &cosine)?;
                        let slope = &one + f.multiply(&tangent, &tangent);
                        (tangent, slope)
                    }
                    _ => return None,
                };
                value -= result * factor;
                slope -= derivative * factor;
            }
            let step = f.divide(&value, &slope)?;
            x -= &step;
            if (f.to_f64(&x) - near).abs() > 0.01 * near.abs() {
                return None;
            }
            if step.abs().bits() < 24 {
                return Some(x);
            }
        }
        None
    }

    /// The equation as it is written.
    pub(super) fn phrase(&self) -> Phrase {
        let x = Expression::Symbol("x");
        let coefficients: Vec<BigInt> = self.coefficients.iter().map(|&c| c.into()).collect();
        let left = Expression::polynomial(&coefficients, &1.into(), &x);
        let right = match self.right {
            None => Expression::integer(0),
            Some((factor, function)) => Expression::product(vec![
                Expression::integer(factor),
                Expression::Call(function.name().to_owned(), vec![x]),
            ]),
        };
        Phrase::math(left).and_text(" = ").and_math(right)
    }
}
