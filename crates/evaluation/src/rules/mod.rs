//! Classical rules that need no training, and how often they are right.
//!
//! A rule answers with a term or not at all. It answers only where the terms given confirm it
//! beyond what its parameters need.
//!
//! ```
//! use ninth_evaluation::rules::ClassicalRule;
//!
//! assert_eq!(ClassicalRule::Recurrence.predict(&[1, 1, 2, 3, 5, 8, 13, 21]), Some(34));
//! assert_eq!(ClassicalRule::Recurrence.predict(&[3, 1, 4]), None);
//! ```

mod recurrence;
mod rule;
mod tally;

pub use rule::{ClassicalRule, STACK, predict_all, stack};
pub use tally::{Count, RuleTallies, judge_rules};
