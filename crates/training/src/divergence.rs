//! Divergence: a loss that stays far above that of the untrained model, or is not finite.

use crate::clipping::{Clipping, ClippingSettings};
use crate::schedule::LearningRateSettings;

/// A loss is high if it is more than this many times that of the untrained model.
const DIVERGENCE_RATIO: f64 = 2.0;

/// Steps in a row with a high loss after which a training counts as diverging.
const DIVERGENCE_STEPS: u64 = 1000;

/// State of the divergence detector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Divergence {
    /// The loss of the untrained model, which finds all terms about equally likely;
    /// infinite before the first step.
    pub untrained_loss: f64,
    /// The mean loss of the steps up to the last progress event; infinite before it.
    pub loss: f64,
    /// Steps in a row with a high loss.
    pub high_steps: u64,
}

impl Divergence {
    /// The state before the first step.
    pub const UNKNOWN: Self =
        Divergence { untrained_loss: f64::INFINITY, loss: f64::INFINITY, high_steps: 0 };

    /// Records the mean loss of some steps. Returns whether the training counts as diverging
    /// from now on; `false` while it still does.
    pub fn observe(&mut self, steps: u64, loss: f64) -> bool {
        let before = self.high_steps;
        let high = loss > DIVERGENCE_RATIO * self.untrained_loss;
        self.loss = loss;
        self.high_steps = if high { before + steps } else { 0 };
        before < DIVERGENCE_STEPS && self.high_steps >= DIVERGENCE_STEPS
    }
}

/// What may help a training that diverges.
pub(crate) fn advice(clipping: &ClippingSettings, learning_rate: &LearningRateSettings) -> String {
    let peak = learning_rate.peak;
    match clipping.kind {
        Clipping::GlobalNorm => format!("try a smaller learning_rate.peak than {peak}"),
        Clipping::Value | Clipping::None => format!(
            "try clipping.kind = \"global_norm\", or a smaller learning_rate.peak than {peak}"
        ),
    }
}

/// A training whose loss has been high for long.
#[derive(Clone, Debug, PartialEq)]
pub struct Diverging {
    /// Steps done.
    pub step: u64,
    /// The mean loss of the steps since the progress event before.
    pub loss: f64,
    /// The loss of the untrained model.
    pub untrained_loss: f64,
    /// What may help.
    pub advice: String,
}

/// A step whose loss or gradient is NaN or infinite.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "training diverged at step {step}: the loss is {loss} and the norm of its gradients \
     {gradient_norm}; {advice}"
)]
pub struct Diverged {
    /// The step, counted from 1. The weights are those before it.
    pub step: u64,
    /// Its loss.
    pub loss: f64,
    /// The norm of its gradients.
    pub gradient_norm: f64,
    /// What may help.
    pub advice: String,
    /// The index of its first sequence in the training stream.
    pub first: u64,
    /// The terms of all its sequences.
    pub sequences: Vec<Vec<i64>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_high_steps_in_a_row_are_reported_once() {
        let mut divergence = Divergence { untrained_loss: 3.0, ..Divergence::UNKNOWN };
        let mut reported = Vec::new();
        for call in 0..40 {
            // High, but for one time in between; twice as high as untrained is not high yet.
            let loss = if call == 15 { 6.0 } else { 6.1 };
            if divergence.observe(100, loss) {
                reported.push(call);
            }
        }
        assert_eq!(reported, [9, 25]);
        let mut unknown = Divergence::UNKNOWN;
        assert!(!unknown.observe(5000, f64::MAX), "there is nothing to compare with");
    }
}
