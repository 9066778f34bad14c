//! Rules of digits and of number theory: steps from term to term, and functions of the digits of
//! known sequences.
//!
//! | file | what it holds |
//! |---|---|
//! | `unary` | functions of one number |
//! | `step` | steps from one term, or two, to the next |
//! | `closed` | digits of known sequences |
//! | `modular` | remainders of known sequences, and linear congruences |
//! | `digit_rule` | the rule |
//! | `search` | which of them are tried |

mod closed;
mod digit_rule;
mod modular;
mod search;
mod step;
mod unary;

pub use closed::{Inner, Outer};
pub use digit_rule::DigitRule;
pub use search::solve;
pub use step::{Argument, StepRule};
pub use unary::Unary;

#[cfg(test)]
mod tests;
