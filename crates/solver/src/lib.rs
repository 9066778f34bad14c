//! Exact rules behind given integers of any size.
//!
//! | file | what it holds |
//! |---|---|
//! | [`terms`] | the terms given, in the forms that a search compares fast |
//! | [`rule`] | what a rule is |
//! | [`expression`] | formulas, in plain text and LaTeX |
//! | [`bits`] | the length of a description |
//! | [`constants`] | digits and continued fractions of constants |
//! | [`catalogue`] | known sequences |
//! | [`polynomial`] | polynomials in the index |
//! | [`linear_recurrence`] | linear recurrences with constant coefficients |
//! | [`holonomic`] | linear recurrences with polynomials in the index |
//! | [`algebraic`] | algebraic generating functions |
//! | [`nonlinear`] | products and squares of the last terms |
//! | [`convolutions`] | known sequences convolved |
//! | [`steps`] | two or three steps in turn |
//! | [`linear_algebra`] | relations between columns of integers |
//! | [`lists`] | numbers with a property, in increasing order |
//! | [`digit_rules`] | rules of digits and of number theory |

#![forbid(unsafe_code)]

pub mod algebraic;
pub mod bits;
pub mod catalogue;
pub mod combinations;
pub mod constants;
pub mod construction;
pub mod convolutions;
pub mod digit_rules;
pub mod expression;
pub mod families;
pub mod holonomic;
pub mod interleaved;
pub mod linear_algebra;
pub mod linear_recurrence;
pub mod listing;
pub mod lists;
pub mod nonlinear;
pub mod polynomial;
mod relation;
pub mod relations;
pub mod rule;
pub mod search;
pub mod steps;
mod surplus;
pub mod terms;

pub use rule::{Generator, LARGEST, Rule};
pub use search::{Solution, Solutions, continued, next, solve};
pub use terms::Terms;
