//! Frequencies: the number itself, and its sine and cosine at wavelengths that
//! double from 2 on. The short ones tell numbers apart modulo powers of two,
//! the long ones say how large they are.

use std::f64::consts::TAU;

use super::pair::shares;
use super::{Join, Rows, Tables};

/// Wavelengths for numbers below `count`: 2, 4, 8, ... up to twice the count.
fn wavelengths(count: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(2_usize), |w| w.checked_mul(2)).take_while(move |&w| w <= 2 * count)
}

/// Features of a number below `count`.
fn features(count: usize) -> usize {
    1 + 2 * wavelengths(count).count()
}

/// Features of the integer and of the position together.
pub(super) fn width(classes: usize, context: usize) -> usize {
    features(classes) + features(context)
}

pub(super) fn tables(classes: usize, context: usize) -> Tables {
    Tables {
        name: "frequency",
        value_width: features(classes),
        position_width: features(context),
        value: Rows::Given(table(classes)),
        position: Rows::Given(table(context)),
        join: Join::Concatenate,
    }
}

/// Row by row: the share of the largest number, then sine and cosine of
/// 2 pi n / w for each wavelength w.
fn table(count: usize) -> Vec<f32> {
    let mut rows = Vec::with_capacity(count * features(count));
    for (n, share) in shares(count).into_iter().enumerate() {
        rows.push(share);
        for w in wavelengths(count) {
            // From a library in plain Rust, so that it is the same on every machine.
            let angle = TAU * n as f64 / w as f64;
            rows.extend([libm::sin(angle) as f32, libm::cos(angle) as f32]);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wavelengths_span_the_numbers() {
        assert_eq!(wavelengths(256).last(), Some(512));
        assert_eq!(wavelengths(8).collect::<Vec<_>>(), [2, 4, 8, 16]);
        assert_eq!(width(256, 8), 28);
        assert_eq!(features(1), 3);
    }

    #[test]
    fn rows_hold_share_sine_and_cosine() {
        let rows = table(8);
        let row = &rows[3 * features(8)..][..features(8)];
        assert_eq!(row[0], 3.0 / 7.0);
        assert!((row[1]).abs() < 1e-6 && (row[2] + 1.0).abs() < 1e-6, "three half turns");
        assert!((row[3] + 1.0).abs() < 1e-6 && row[4].abs() < 1e-6, "three quarter turns");
    }
}
