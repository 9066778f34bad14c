//! What is printed.
//!
//! | file | what it holds |
//! |---|---|
//! | `terminal` | tables, bars and colours |
//! | `width` | text that fits a width |
//! | `answer` | what follows one sequence, and why |
//! | `rows` | the same for many, a line each |
//! | `metrics` | metrics of a model and of the limit |
//! | `evaluation` | what `evaluate` prints beyond these |
//! | `formula` | how formulas are written |
//! | `training` | what `train` prints before and after |
//! | `progress` | what it prints meanwhile |
//! | `doctor` | what `doctor` prints |

pub mod answer;
pub mod doctor;
pub mod evaluation;
pub mod formula;
pub mod metrics;
pub mod progress;
pub mod rows;
pub mod terminal;
pub mod training;
pub mod width;
