//! The fixed pair (integer / largest integer, position / largest position).

use super::{InitialRows, Join, Tables};

/// Two numbers.
pub(super) const WIDTH: usize = 2;

/// Integers count from the smallest of the range, so that both numbers run
/// from 0 to 1.
pub(super) fn tables(classes: usize, context: usize) -> Tables {
    Tables {
        name: "pair",
        value_width: 1,
        position_width: 1,
        value: InitialRows::Given(shares(classes)),
        position: InitialRows::Given(shares(context)),
        join: Join::Concatenate,
    }
}

/// 0 to 1 in `count` steps: `i / (count - 1)`.
pub(super) fn shares(count: usize) -> Vec<f32> {
    let largest = count.saturating_sub(1).max(1) as f64;
    (0..count).map(|i| (i as f64 / largest) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_run_from_zero_to_one() {
        assert_eq!(shares(5), [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(shares(1), [0.0], "a context of one term has a position, too");
    }
}
