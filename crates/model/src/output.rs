//! The output format: from the residual stream to a prediction.

use crate::linear::Linear;
use crate::parameters::{Layout, Role};

ninth_settings::options! {
    /// What the head gives for each position.
    pub enum Output {
        /// a logit per class, the most likely one being the prediction
        Classification = "classification",
        /// one number, a share of the range of integers; the nearest integer is the prediction
        Regression = "regression",
    }
}

impl Output {
    /// The width of the head's output.
    pub fn width(self, classes: usize) -> usize {
        match self {
            Output::Classification => classes,
            Output::Regression => 1,
        }
    }
}

/// Adds the head to a layout: a linear layer from C. Its initial weights are small, so that
/// the probabilities of an untrained model are nearly uniform.
pub(crate) fn head(layout: &mut Layout, width: usize, outputs: usize) -> Linear {
    Linear::new(layout, "head", Role::OuterWeight, [width, outputs], 0.3)
}

/// The prediction of a regression: the class nearest to `share`, where 0 is the first class
/// and 1 the last one.
pub fn nearest(share: f32, classes: usize) -> u16 {
    let last = (classes - 1) as f32;
    // There are at most 2^16 classes; NaN becomes the first one.
    (share * last).round().clamp(0.0, last) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_class_is_always_one_of_them() {
        let shares = [0.0, 1.0, 0.5, 0.4999 / 255.0, 0.5001 / 255.0, -3.0, 7.0];
        assert_eq!(shares.map(|share| nearest(share, 256)), [0, 255, 128, 0, 1, 0, 255]);
        assert_eq!(nearest(f32::NAN, 256), 0);
        assert_eq!(nearest(f32::INFINITY, 1 << 16), u16::MAX);
    }
}
