//! Ablation: what each decision is worth, found out by training the alternatives
//! side by side, with the same data, the same budget and several seeds.

pub mod results;
