//! Reports: pages that show a training, or an ablation, at a glance.
//!
//! A page is one file of HTML with its pictures in it. It has no scripts and asks
//! nothing of any network. These are pure functions from data to text; where the
//! text goes is up to the caller.

#![forbid(unsafe_code)]

pub mod ablation;
pub mod chart;
pub mod format;
mod markup;
pub mod page;
pub mod training;
