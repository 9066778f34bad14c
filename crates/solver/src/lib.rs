//! Exact rules behind given integers of any size.
//!
//! | file | what it holds |
//! |---|---|
//! | [`terms`] | the terms given, in the forms that a search compares fast |
//! | [`rule`] | what a rule is |
//! | [`expression`] | formulas, in plain text and LaTeX |
//! | [`bits`] | the length of a description |
//! | [`polynomial`] | polynomials in the index |
//! | [`lists`] | numbers with a property, in increasing order |
//! | [`digit_rules`] | rules of digits and of number theory |

#![forbid(unsafe_code)]

pub mod bits;
pub mod digit_rules;
pub mod expression;
pub mod lists;
pub mod polynomial;
pub mod rule;
pub mod terms;

pub use rule::{Generator, Rule};
pub use terms::Terms;
