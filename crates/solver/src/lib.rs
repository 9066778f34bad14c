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
pub mod catalogue;
pub mod expression;
pub mod interleaved;
pub mod listing;
pub mod operation;
pub mod polynomial;
pub mod relations;
pub mod rule;
pub mod search;
pub mod terms;

pub use rule::{Generator, Rule};
pub use search::{Solution, Solutions, next, solve};
pub use terms::Terms;
