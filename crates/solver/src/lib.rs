//! Exact rules behind given integers of any size.
//!
//! | file | what it holds |
//! |---|---|
//! | [`terms`] | the terms given, in the forms that a search compares fast |
//! | [`rule`] | what a rule is |
//! | [`expression`] | formulas, in plain text and LaTeX |
//! | [`bits`] | the length of a description |
//! | [`polynomial`] | polynomials in the index |

#![forbid(unsafe_code)]

pub mod bits;
pub mod expression;
pub mod listing;
pub mod polynomial;
#[allow(dead_code)] // until the search is here
#[path = "relations/formula/mod.rs"]
pub mod relation_formula;
pub mod rule;
pub mod terms;

pub use rule::{Generator, Rule};
pub use terms::Terms;
