//! Sixteen lanes in four registers of WebAssembly.
//!
//! A module is validated as a whole before any of it runs, so nothing can be asked at run time:
//! what the module is compiled for is what there is. With `-C target-feature=+simd128` a product
//! and its sum round separately, as in plain Rust; with `+relaxed-simd`, too, they are fused where
//! the processor does so.

use std::arch::wasm32::*;

use super::operations::Lanewise;
use super::quarters::{Quarter, Quarters};
use crate::lanes::{LANES, Lanes};

/// The operations on all lanes. They exist only in a module that is compiled for them, so no
/// proof is needed.
pub(crate) type Simd128 = Quarters<Simd128Quarter>;

/// The operations on the four lanes of one register.
#[derive(Clone, Copy)]
pub(crate) struct Simd128Quarter {
    /// The first of these lanes: 0, 4, 8 or 12.
    first: usize,
}

impl Lanewise for Simd128Quarter {
    type V = v128;
    type Mask = v128;

    // Those of x86-64; WebAssembly itself has as many as one likes.
    const REGISTERS: usize = 16;

    #[inline(always)]
    fn load(self, from: &Lanes) -> Self::V {
        self.load_floats(&from.0)
    }
    #[inline(always)]
    fn store(self, value: Self::V, to: &mut Lanes) {
        self.store_floats(value, &mut to.0)
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Self::V {
        f32x4_splat(value)
    }
    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        f32x4_add(a, b)
    }
    #[inline(always)]
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        f32x4_sub(a, b)
    }
    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        f32x4_mul(a, b)
    }
    #[inline(always)]
    fn div(self, a: Self::V, b: Self::V) -> Self::V {
        f32x4_div(a, b)
    }
    #[cfg(target_feature = "relaxed-simd")]
    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        f32x4_relaxed_madd(a, b, c)
    }
    #[cfg(not(target_feature = "relaxed-simd"))]
    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        f32x4_add(f32x4_mul(a, b), c)
    }
    #[inline(always)]
    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        // a > b ? a : b; one instruction on x86-64, where `f32x4_max` is several.
        f32x4_pmax(b, a)
    }
    #[inline(always)]
    fn min(self, a: Self::V, b: Self::V) -> Self::V {
        f32x4_pmin(b, a)
    }
    #[inline(always)]
    fn abs(self, a: Self::V) -> Self::V {
        f32x4_abs(a)
    }
    #[inline(always)]
    fn sqrt(self, a: Self::V) -> Self::V {
        f32x4_sqrt(a)
    }
    #[inline(always)]
    fn round(self, a: Self::V) -> Self::V {
        f32x4_nearest(a)
    }
    #[inline(always)]
    fn scale_by_power_of_two(self, value: Self::V, n: Self::V) -> Self::V {
        // The sum with 1.5 * 2^23 has n in its lowest bits, and zeros in those between them and
        // the exponent that are shifted out. Saturating conversions to integers take several
        // instructions.
        let exponent = i32x4_shl(f32x4_add(n, f32x4_splat(12_582_912.0)), 23);
        i32x4_add(value, exponent)
    }
    #[inline(always)]
    fn exponent_and_mantissa(self, value: Self::V) -> (Self::V, Self::V) {
        let biased = f32x4_convert_i32x4(u32x4_shr(value, 23));
        let fraction = v128_and(value, u32x4_splat(0x007F_FFFF));
        (f32x4_sub(biased, f32x4_splat(127.0)), v128_or(fraction, f32x4_splat(1.0)))
    }
    #[inline(always)]
    fn less(self, a: Self::V, b: Self::V) -> Self::Mask {
        f32x4_lt(a, b)
    }
    #[cfg(target_feature = "relaxed-simd")]
    #[inline(always)]
    fn select(self, mask: Self::Mask, yes: Self::V, no: Self::V) -> Self::V {
        // The bits of a lane of a mask are all alike, so nothing is left open here.
        i32x4_relaxed_laneselect(yes, no, mask)
    }
    #[cfg(not(target_feature = "relaxed-simd"))]
    #[inline(always)]
    fn select(self, mask: Self::Mask, yes: Self::V, no: Self::V) -> Self::V {
        v128_bitselect(yes, no, mask)
    }
}

impl Quarter for Simd128Quarter {
    #[inline(always)]
    fn all() -> [Self; 4] {
        [0, 4, 8, 12].map(|first| Simd128Quarter { first })
    }
    #[inline(always)]
    fn load_floats(self, from: &[f32; LANES]) -> Self::V {
        // SAFETY: `first` and the three floats after it are among the sixteen.
        unsafe { v128_load(from.as_ptr().add(self.first).cast()) }
    }
    #[inline(always)]
    fn store_floats(self, value: Self::V, to: &mut [f32; LANES]) {
        // SAFETY: as in `load_floats`.
        unsafe { v128_store(to.as_mut_ptr().add(self.first).cast(), value) }
    }
    #[inline(always)]
    fn transpose(rows: [Self::V; 4]) -> [Self::V; 4] {
        let [a, b, c, d] = rows;
        // Lanes 0 and 1 of two rows, and lanes 2 and 3, in turn.
        let (low_ab, high_ab) =
            (i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<2, 6, 3, 7>(a, b));
        let (low_cd, high_cd) =
            (i32x4_shuffle::<0, 4, 1, 5>(c, d), i32x4_shuffle::<2, 6, 3, 7>(c, d));
        [
            i64x2_shuffle::<0, 2>(low_ab, low_cd),
            i64x2_shuffle::<1, 3>(low_ab, low_cd),
            i64x2_shuffle::<0, 2>(high_ab, high_cd),
            i64x2_shuffle::<1, 3>(high_ab, high_cd),
        ]
    }
}
