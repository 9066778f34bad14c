//! A file for each command.

pub mod ablate;
pub mod completions;
pub mod config;
pub mod doctor;
pub mod evaluate;
pub mod explain;
pub mod export;
pub mod limit;
pub mod man;
pub mod memory;
pub mod predict;
pub mod sample;
#[cfg(feature = "serve")]
pub mod serve;
pub mod train;
