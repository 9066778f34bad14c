//! The unit of memory: sixteen floats that fill a cache line.

/// Number of `f32` in a [`Lanes`].
pub const LANES: usize = 16;

/// Sixteen `f32`, aligned to a cache line of 64 bytes: one register of AVX-512, two of AVX2, four
/// of NEON and of WebAssembly's SIMD128.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, align(64))]
pub struct Lanes(pub [f32; LANES]);

impl Lanes {
    /// All lanes zero.
    pub const ZERO: Lanes = Lanes([0.0; LANES]);

    /// `value` in all lanes.
    pub const fn splat(value: f32) -> Self {
        Lanes([value; LANES])
    }
}

/// The number of [`Lanes`] that hold `floats` floats, rounded up.
pub const fn columns_for(floats: usize) -> usize {
    floats.div_ceil(LANES)
}

/// The floats of a slice of lanes, in memory order.
pub fn as_floats(lanes: &[Lanes]) -> &[f32] {
    // SAFETY: `Lanes` is `repr(C)` around `[f32; 16]`, its size (64) equals its
    // alignment, so a slice of them is exactly `len * 16` contiguous floats.
    unsafe { std::slice::from_raw_parts(lanes.as_ptr().cast(), lanes.len() * LANES) }
}

/// The floats of a slice of lanes, in memory order, mutable.
pub fn as_floats_mut(lanes: &mut [Lanes]) -> &mut [f32] {
    // SAFETY: as in `as_floats`; the borrow is exclusive and every bit pattern
    // is a valid `f32`.
    unsafe { std::slice::from_raw_parts_mut(lanes.as_mut_ptr().cast(), lanes.len() * LANES) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_and_lanes_are_the_same_memory() {
        let mut lanes = vec![Lanes::ZERO; 3];
        as_floats_mut(&mut lanes)[17] = 4.0;
        assert_eq!(lanes[1].0[1], 4.0);
        assert_eq!(as_floats(&lanes).len(), 48);
        assert_eq!(as_floats(&lanes)[17], 4.0);
        assert_eq!(lanes.as_ptr() as usize % 64, 0);
    }
}
