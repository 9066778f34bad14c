//! How good a model is: beside rules, calibrated, on parameters that it has never seen, and
//! what each decision of its config is worth.
//!
//! | file | what it holds |
//! |---|---|
//! | [`rules`] | classical rules that need no training |
//! | [`calibration`] | whether a model is as sure as it is right |
//! | [`methods`] | how good the model's answers are, those of relations, and both |
//! | [`never_trained`] | how a model does on parameters that its training never drew |
//! | [`examples`] | sequences with their formulas and what a model predicts |
//! | [`ablation`] | what each decision is worth |

#![forbid(unsafe_code)]

pub mod ablation;
pub mod calibration;
pub mod examples;
mod finite;
pub mod methods;
pub mod never_trained;
pub mod rules;
