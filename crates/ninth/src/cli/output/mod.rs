//! What is printed.
//!
//! | file | what it holds |
//! |---|---|
//! | `terminal` | tables, bars and colours |
//! | `metrics` | metrics of a model and of the limit |
//! | `evaluation` | what `evaluate` prints beyond these |
//! | `formula` | formulas with the names of known sequences |
//! | `training` | what `train` prints before and after |
//! | `progress` | what it prints meanwhile |
//! | `doctor` | what `doctor` prints |

pub mod doctor;
pub mod evaluation;
pub mod formula;
pub mod metrics;
pub mod progress;
pub mod terminal;
pub mod training;
