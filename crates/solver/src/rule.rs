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
    /// Numbers with a property, in increasing order.
    List(crate::lists::ListRule),
    /// Rules of digits and of number theory.
    Digit(crate::digit_rules::DigitRule),
}
