//! Evaluation of a model: beside classical rules, its calibration, on parameters that training
//! never drew, and what each decision of its config is worth.
//!
//! | file | what it holds |
//! |---|---|
//! | [`rules`] | classical rules that need no training |
//! | [`calibration`] | whether a model's confidence is its accuracy |
//! | [`methods`] | how often the model, rules and their blend are right, and how sure they are |
//! | [`never_trained`] | a model on parameters that its training never drew |
//! | [`examples`] | sequences with their formulas and a model's predictions |
//! | [`ablation`] | what each decision is worth |

#![forbid(unsafe_code)]

pub mod ablation;
pub mod calibration;
pub mod examples;
mod finite;
pub mod methods;
pub mod never_trained;
pub mod rules;
