//! Sixteen lanes in one AVX-512 register.

use std::arch::x86_64::*;

use super::operations::{Lanewise, Simd};
use crate::lanes::{LANES, Lanes};

/// The operations on all lanes, in one register. A value is the proof that the processor has
/// AVX-512 F and DQ.
#[derive(Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// # Safety
    ///
    /// The processor must have AVX-512 F and DQ.
    #[inline(always)]
    pub(crate) unsafe fn new() -> Self {
        Avx512(())
    }
}

// SAFETY of every block below: an `Avx512` exists only if the processor has AVX-512 F and DQ
// (see `new`). Pointers come from references to sixteen floats, which `Lanes` aligns to 64
// bytes.
impl Lanewise for Avx512 {
    type V = __m512;
    type Mask = __mmask16;

    const REGISTERS: usize = 32;

    #[inline(always)]
    fn load(self, from: &Lanes) -> Self::V {
        unsafe { _mm512_load_ps(from.0.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, value: Self::V, to: &mut Lanes) {
        unsafe { _mm512_store_ps(to.0.as_mut_ptr(), value) }
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Self::V {
        unsafe { _mm512_set1_ps(value) }
    }
    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm512_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm512_mul_ps(a, b) }
    }
    #[inline(always)]
    fn div(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm512_div_ps(a, b) }
    }
    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm512_max_ps(a, b) }
    }
    #[inline(always)]
    fn min(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm512_min_ps(a, b) }
    }
    #[inline(always)]
    fn abs(self, a: Self::V) -> Self::V {
        unsafe { _mm512_abs_ps(a) }
    }
    #[inline(always)]
    fn sqrt(self, a: Self::V) -> Self::V {
        unsafe { _mm512_sqrt_ps(a) }
    }
    #[inline(always)]
    fn round(self, a: Self::V) -> Self::V {
        unsafe { _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a) }
    }
    #[inline(always)]
    fn scale_by_power_of_two(self, value: Self::V, n: Self::V) -> Self::V {
        unsafe { _mm512_scalef_ps(value, n) }
    }
    #[inline(always)]
    fn exponent_and_mantissa(self, value: Self::V) -> (Self::V, Self::V) {
        unsafe {
            let mantissa = _mm512_getmant_ps::<_MM_MANT_NORM_1_2, _MM_MANT_SIGN_ZERO>(value);
            (_mm512_getexp_ps(value), mantissa)
        }
    }
    #[inline(always)]
    fn less(self, a: Self::V, b: Self::V) -> Self::Mask {
        unsafe { _mm512_cmp_ps_mask::<_CMP_LT_OQ>(a, b) }
    }
    #[inline(always)]
    fn select(self, mask: Self::Mask, yes: Self::V, no: Self::V) -> Self::V {
        unsafe { _mm512_mask_blend_ps(mask, no, yes) }
    }
}

impl Simd for Avx512 {
    type Part = Self;

    #[inline(always)]
    fn parts(self) -> impl Iterator<Item = Self> {
        std::iter::once(self)
    }
    #[inline(always)]
    fn load_floats(self, from: &[f32; LANES]) -> Self::V {
        unsafe { _mm512_loadu_ps(from.as_ptr()) }
    }
    #[inline(always)]
    fn store_floats(self, value: Self::V, to: &mut [f32; LANES]) {
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), value) }
    }
    #[inline(always)]
    fn transpose(self, rows: [Self::V; LANES]) -> [Self::V; LANES] {
        unsafe {
            // Transposes 4 x 4 blocks within the 128-bit quarters ...
            let mut quarters = rows;
            for group in 0..4 {
                let r = [
                    rows[4 * group],
                    rows[4 * group + 1],
                    rows[4 * group + 2],
                    rows[4 * group + 3],
                ];
                let low01 = _mm512_unpacklo_ps(r[0], r[1]);
                let high01 = _mm512_unpackhi_ps(r[0], r[1]);
                let low23 = _mm512_unpacklo_ps(r[2], r[3]);
                let high23 = _mm512_unpackhi_ps(r[2], r[3]);
                quarters[4 * group] = _mm512_shuffle_ps::<0x44>(low01, low23);
                quarters[4 * group + 1] = _mm512_shuffle_ps::<0xEE>(low01, low23);
                quarters[4 * group + 2] = _mm512_shuffle_ps::<0x44>(high01, high23);
                quarters[4 * group + 3] = _mm512_shuffle_ps::<0xEE>(high01, high23);
            }
            // ... then the quarters: row 4 q + k is made of quarter q of row k of the four
            // groups.
            let mut out = rows;
            for k in 0..4 {
                let (a, b) = (quarters[k], quarters[4 + k]);
                let (c, d) = (quarters[8 + k], quarters[12 + k]);
                let ab_even = _mm512_shuffle_f32x4::<0x88>(a, b);
                let ab_odd = _mm512_shuffle_f32x4::<0xDD>(a, b);
                let cd_even = _mm512_shuffle_f32x4::<0x88>(c, d);
                let cd_odd = _mm512_shuffle_f32x4::<0xDD>(c, d);
                out[k] = _mm512_shuffle_f32x4::<0x88>(ab_even, cd_even);
                out[4 + k] = _mm512_shuffle_f32x4::<0x88>(ab_odd, cd_odd);
                out[8 + k] = _mm512_shuffle_f32x4::<0xDD>(ab_even, cd_even);
                out[12 + k] = _mm512_shuffle_f32x4::<0xDD>(ab_odd, cd_odd);
            }
            out
        }
    }

    /// Rows are added up between the shuffles, so half as many as in a transpose suffice.
    #[inline(always)]
    fn sums(self, rows: [Self::V; LANES]) -> Self::V {
        unsafe {
            // Adds up each 128-bit quarter: four rows become one.
            let mut fours = [self.zero(); 4];
            for (four, r) in fours.iter_mut().zip(rows.chunks_exact(4)) {
                let ab = self.add(_mm512_unpacklo_ps(r[0], r[1]), _mm512_unpackhi_ps(r[0], r[1]));
                let cd = self.add(_mm512_unpacklo_ps(r[2], r[3]), _mm512_unpackhi_ps(r[2], r[3]));
                *four =
                    self.add(_mm512_shuffle_ps::<0x44>(ab, cd), _mm512_shuffle_ps::<0xEE>(ab, cd));
            }
            // Adds up the quarters.
            let [a, b, c, d] = fours;
            let ab =
                self.add(_mm512_shuffle_f32x4::<0x44>(a, b), _mm512_shuffle_f32x4::<0xEE>(a, b));
            let cd =
                self.add(_mm512_shuffle_f32x4::<0x44>(c, d), _mm512_shuffle_f32x4::<0xEE>(c, d));
            self.add(_mm512_shuffle_f32x4::<0x88>(ab, cd), _mm512_shuffle_f32x4::<0xDD>(ab, cd))
        }
    }
}
