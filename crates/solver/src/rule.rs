//! Rules: what a sequence of integers may follow.

use num_bigint::BigInt;

use crate::expression::Formula;

/// What each kind of rule can do.
pub trait Generator {
    /// The first `count` terms, from the first one that was given on; fewer where the sequence
    /// ends.
    fn terms(&self, count: usize) -> Vec<BigInt>;

    /// Bits of its description (see [`bits`](crate::bits)): which kind it is and its numbers, but
    /// for the first [`seeds`](Self::seeds) terms, which are counted like any listed terms.
    fn bits(&self) -> f64;

    /// How many of the first terms the rule takes as they are.
    fn seeds(&self) -> usize;

    /// The rule as a formula.
    fn formula(&self) -> Formula;
}

macro_rules! rules {
    ($( $(#[$about:meta])* $variant:ident($type:ty), )*) => {
        /// A rule for a sequence of integers of any size.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Rule { $( $(#[$about])* $variant($type), )* }

        impl Generator for Rule {
            fn terms(&self, count: usize) -> Vec<BigInt> {
                match self { $( Rule::$variant(rule) => rule.terms(count), )* }
            }

            fn bits(&self) -> f64 {
                match self { $( Rule::$variant(rule) => rule.bits(), )* }
            }

            fn seeds(&self) -> usize {
                match self { $( Rule::$variant(rule) => rule.seeds(), )* }
            }

            fn formula(&self) -> Formula {
                match self { $( Rule::$variant(rule) => rule.formula(), )* }
            }
        }
    };
}

rules! {
    /// A polynomial in the index.
    Polynomial(crate::polynomial::Polynomial),
    /// Known sequences made into one.
    Combination(crate::combinations::Combination),
    /// Made of a simpler sequence.
    Transformed(crate::operation::Transformed),
    /// Sequences in turn.
    Interleaved(crate::interleaved::Interleaved),
    /// A relation of the algebra that sequences are drawn from.
    Relation(crate::relations::DrawnRelation),
    /// A linear recurrence with constant coefficients.
    LinearRecurrence(crate::linear_recurrence::LinearRecurrence),
    /// A linear recurrence with polynomials in the index as coefficients.
    Holonomic(crate::holonomic::Holonomic),
    /// An algebraic generating function.
    Algebraic(crate::algebraic::Algebraic),
    /// A nonlinear recurrence.
    Nonlinear(crate::nonlinear::Nonlinear),
    /// Digits of a constant.
    ConstantDigits(crate::constants::ConstantDigits),
    /// The continued fraction of a constant.
    ConstantFraction(crate::constants::ConstantFraction),
    /// A known sequence.
    Known(crate::catalogue::Known),
    /// Numbers with a property, in increasing order.
    List(crate::lists::ListRule),
}
