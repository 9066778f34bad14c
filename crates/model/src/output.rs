//! Output: from the residual stream to one logit per class.

use crate::linear::Linear;
use crate::parameters::Layout;

/// Adds the head to a layout: a linear map from C to V. It starts small, so that
/// an untrained model finds all integers about equally likely.
pub(crate) fn head(layout: &mut Layout, width: usize, classes: usize) -> Linear {
    Linear::new(layout, "head", width, classes, 0.3)
}
