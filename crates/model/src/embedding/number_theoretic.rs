//! Number-theoretic features: residues of an integer, and its size.
//!
//! A residue r modulo m is a point on a circle, sin(2 pi r / m) and
//! cos(2 pi r / m), for every m from 2 to 101; divisibility by m is the point
//! (0, 1). The size is the logarithm with the integer's sign.

use std::f64::consts::TAU;

use ninth_sequences::IntegerRange;

use super::frequency::{position_table, position_width};
use super::{InitialRows, Join, Tables};

/// The moduli.
const MODULI: std::ops::RangeInclusive<i64> = 2..=101;

/// Features of an integer: sine, cosine per modulus, and the size.
const VALUE_WIDTH: usize = 2 * 100 + 1;

/// Features of the integer and of the position together.
pub(super) fn width(context: usize) -> usize {
    VALUE_WIDTH + position_width(context)
}

/// The position has the features of the frequency embedding.
pub(super) fn tables(range: IntegerRange, context: usize) -> Tables {
    // The size is scaled to at most one.
    let largest = range.min().unsigned_abs().max(range.max().unsigned_abs());
    let scale = libm::log1p(largest as f64);
    let mut rows = Vec::with_capacity(range.classes() * VALUE_WIDTH);
    for term in range.min()..=range.max() {
        let size = libm::log1p(term.unsigned_abs() as f64) / scale;
        rows.push((size * term.signum() as f64) as f32);
        for modulus in MODULI {
            // The term one modulus earlier has the same residue. Computing its point again
            // would take seconds for the widest ranges.
            let point = match rows.len().checked_sub(modulus as usize * VALUE_WIDTH) {
                Some(same) => [rows[same], rows[same + 1]],
                None => {
                    let angle = TAU * term.rem_euclid(modulus) as f64 / modulus as f64;
                    [libm::sin(angle) as f32, libm::cos(angle) as f32]
                }
            };
            rows.extend(point);
        }
    }
    Tables {
        name: "number_theoretic",
        value_width: VALUE_WIDTH,
        position_width: position_width(context),
        value: InitialRows::Given(rows),
        position: InitialRows::Given(position_table(context)),
        join: Join::Concatenate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_hold_the_size_and_the_residues() {
        let range = IntegerRange::new(-10, 90).unwrap();
        let InitialRows::Given(rows) = tables(range, 8).value else { panic!() };
        assert_eq!(position_width(8) * 8, position_table(8).len());
        assert_eq!(rows.len(), 101 * VALUE_WIDTH);
        let row = |term: i64| &rows[(term + 10) as usize * VALUE_WIDTH..][..VALUE_WIDTH];
        assert_eq!((row(0)[0], row(90)[0]), (0.0, 1.0));
        assert!((row(-10)[0] as f64 + 11f64.ln() / 91f64.ln()).abs() < 1e-6);
        // 14 is 2 modulo 3 and 0 modulo 7; -1 is 2 modulo 3.
        let point = |term, modulus: usize| &row(term)[1 + 2 * (modulus - 2)..][..2];
        assert!((point(14, 3)[0] + 0.75_f32.sqrt()).abs() < 1e-6);
        assert_eq!(point(-1, 3), point(14, 3));
        assert_eq!(point(14, 7), [0.0, 1.0]);
    }
}
