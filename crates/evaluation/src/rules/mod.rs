//! Classical rules that need no training, and how often they are right.

mod recurrence;
mod rule;
mod tally;

pub use rule::{Rule, STACK, predict_all, stack};
pub use tally::{Count, RuleTallies, answers, judge_rules};
