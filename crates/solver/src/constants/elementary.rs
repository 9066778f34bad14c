//! The elementary functions of one real number.

use num_bigint::BigInt;

use super::fixed::Fixed;

/// A function of one real number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the usual names")]
pub enum Elementary {
    Exp,
    Log,
    Sin,
    Cos,
    Tan,
    Arcsin,
    Arccos,
    Arctan,
    Sinh,
    Cosh,
    Tanh,
    Arsinh,
    Arcosh,
    Artanh,
}

impl Elementary {
    /// The function in hardware precision.
    pub(super) fn approximate(self, x: f64) -> f64 {
        match self {
            Elementary::Exp => x.exp(),
            Elementary::Log => x.ln(),
            Elementary::Sin => x.sin(),
            Elementary::Cos => x.cos(),
            Elementary::Tan => x.tan(),
            Elementary::Arcsin => x.asin(),
            Elementary::Arccos => x.acos(),
            Elementary::Arctan => x.atan(),
            Elementary::Sinh => x.sinh(),
            Elementary::Cosh => x.cosh(),
            Elementary::Tanh => x.tanh(),
            Elementary::Arsinh => x.asinh(),
            Elementary::Arcosh => x.acosh(),
            Elementary::Artanh => x.atanh(),
        }
    }

    /// The function in fixed-point arithmetic, where it is defined.
    pub(super) fn evaluate(self, f: Fixed, x: &BigInt) -> Option<BigInt> {
        let one = f.one();
        let square = || f.multiply(x, x);
        match self {
            Elementary::Exp => f.exp(x),
            Elementary::Log => f.log(x),
            Elementary::Sin => Some(f.sine_cosine(x)?.0),
            Elementary::Cos => Some(f.sine_cosine(x)?.1),
            Elementary::Tan => {
                let (sine, cosine) = f.sine_cosine(x)?;
                f.divide(&sine, &cosine)
            }
            Elementary::Arcsin => f.arctan(&f.divide(x, &f.root(&(one - square()), 2)?)?),
            // 2 arctan(sqrt((1 - x)/(1 + x)))
            Elementary::Arccos => {
                let ratio = f.divide(&(&one - x), &(&one + x))?;
                Some(f.arctan(&f.root(&ratio, 2)?)? * 2)
            }
            Elementary::Arctan => f.arctan(x),
            Elementary::Sinh | Elementary::Cosh | Elementary::Tanh => {
                let (up, down) = (f.exp(x)?, f.exp(&-x)?);
                match self {
                    Elementary::Sinh => Some((up - down) >> 1),
                    Elementary::Cosh => Some((up + down) >> 1),
                    _ => f.divide(&(&up - &down), &(&up + &down)),
                }
            }
            Elementary::Arsinh => f.log(&(f.root(&(square() + one), 2)? + x)),
            Elementary::Arcosh => f.log(&(f.root(&(square() - one), 2)? + x)),
            Elementary::Artanh => Some(f.log(&f.divide(&(&one + x), &(&one - x))?)? >> 1),
        }
    }

    /// Its usual name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Elementary::Exp => "exp",
            Elementary::Log => "log",
            Elementary::Sin => "sin",
            Elementary::Cos => "cos",
            Elementary::Tan => "tan",
            Elementary::Arcsin => "arcsin",
            Elementary::Arccos => "arccos",
            Elementary::Arctan => "arctan",
            Elementary::Sinh => "sinh",
            Elementary::Cosh => "cosh",
            Elementary::Tanh => "tanh",
            Elementary::Arsinh => "arsinh",
            Elementary::Arcosh => "arcosh",
            Elementary::Artanh => "artanh",
        }
    }
}
