//! Learned embeddings: a random vector per integer and one per position, added
//! up, and trained with the rest.

use super::{InitialRows, Join, Tables};

/// Both as wide as the model, with a variance of 1/2 each.
pub(super) fn tables(d_model: usize) -> Tables {
    let limit = 1.5_f32.sqrt();
    Tables {
        name: "learned",
        value_width: d_model,
        position_width: d_model,
        value: InitialRows::Random(limit),
        position: InitialRows::Random(limit),
        join: Join::Sum,
    }
}
