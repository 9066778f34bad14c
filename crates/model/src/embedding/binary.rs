//! Fixed binary encoding: the bits of the integer; the position has no features.

use super::{InitialRows, Join, Tables};

/// Bits of the largest class: eight for 256 classes.
pub(super) fn width(classes: usize) -> usize {
    (usize::BITS - (classes - 1).leading_zeros()) as usize
}

/// A bit per feature, the lowest first. The position has a table of width zero:
/// the causal mask is all that tells a model with this kind alone where it is.
pub(super) fn tables(classes: usize) -> Tables {
    let bits = width(classes);
    let bit = |class: usize, bit: usize| ((class >> bit) & 1) as f32;
    let rows = (0..classes).flat_map(|class| (0..bits).map(move |b| bit(class, b)));
    Tables {
        name: "binary",
        value_width: bits,
        position_width: 0,
        value: InitialRows::Given(rows.collect()),
        position: InitialRows::Given(Vec::new()),
        join: Join::Concatenate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_bits_as_the_classes_need() {
        assert_eq!([width(2), width(3), width(256), width(257)], [1, 2, 8, 9]);
        let InitialRows::Given(rows) = tables(256).value else { panic!() };
        assert_eq!(rows[8 * 6..][..8], [0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
