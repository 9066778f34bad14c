//! Sixteen lanes in two AVX2 registers.

use std::arch::x86_64::*;

use super::Simd;
use crate::lanes::{LANES, Lanes};

/// The proof that AVX2 and FMA may be used.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// # Safety
    ///
    /// The processor must have AVX2 and FMA.
    #[inline(always)]
    pub(crate) unsafe fn new() -> Self {
        Avx2(())
    }
}

/// The same for both halves.
macro_rules! both {
    ($operation:ident($($argument:ident),+)) => {
        // SAFETY: `Avx2` exists only where the processor has AVX2 and FMA.
        unsafe { [$operation($($argument[0]),+), $operation($($argument[1]),+)] }
    };
}

// SAFETY of every block below: `Avx2` exists only where the processor has AVX2
// and FMA (see `new`), and pointers come from references of the right size;
// loads and stores from `Lanes` are aligned by its type.
impl Simd for Avx2 {
    type V = [__m256; 2];
    type Mask = [__m256; 2];

    const REGISTERS: usize = 8;

    #[inline(always)]
    fn load(self, from: &Lanes) -> Self::V {
        let p = from.0.as_ptr();
        unsafe { [_mm256_load_ps(p), _mm256_load_ps(p.add(8))] }
    }
    #[inline(always)]
    fn store(self, value: Self::V, to: &mut Lanes) {
        let p = to.0.as_mut_ptr();
        unsafe {
            _mm256_store_ps(p, value[0]);
            _mm256_store_ps(p.add(8), value[1]);
        }
    }
    #[inline(always)]
    fn load_floats(self, from: &[f32; LANES]) -> Self::V {
        let p = from.as_ptr();
        unsafe { [_mm256_loadu_ps(p), _mm256_loadu_ps(p.add(8))] }
    }
    #[inline(always)]
    fn store_floats(self, value: Self::V, to: &mut [f32; LANES]) {
        let p = to.as_mut_ptr();
        unsafe {
            _mm256_storeu_ps(p, value[0]);
            _mm256_storeu_ps(p.add(8), value[1]);
        }
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Self::V {
        unsafe { [_mm256_set1_ps(value); 2] }
    }
    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        both!(_mm256_add_ps(a, b))
    }
    #[inline(always)]
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        both!(_mm256_sub_ps(a, b))
    }
    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        both!(_mm256_mul_ps(a, b))
    }
    #[inline(always)]
    fn div(self, a: Self::V, b: Self::V) -> Self::V {
        both!(_mm256_div_ps(a, b))
    }
    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        both!(_mm256_fmadd_ps(a, b, c))
    }
    #[inline(always)]
    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        both!(_mm256_max_ps(a, b))
    }
    #[inline(always)]
    fn min(self, a: Self::V, b: Self::V) -> Self::V {
        both!(_mm256_min_ps(a, b))
    }
    #[inline(always)]
    fn abs(self, a: Self::V) -> Self::V {
        let sign = self.splat(-0.0);
        both!(_mm256_andnot_ps(sign, a))
    }
    #[inline(always)]
    fn sqrt(self, a: Self::V) -> Self::V {
        both!(_mm256_sqrt_ps(a))
    }
    #[inline(always)]
    fn round(self, a: Self::V) -> Self::V {
        const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        unsafe { [_mm256_round_ps::<NEAREST>(a[0]), _mm256_round_ps::<NEAREST>(a[1])] }
    }
    #[inline(always)]
    fn scale_by_power_of_two(self, value: Self::V, n: Self::V) -> Self::V {
        let exponent = both!(_mm256_cvtps_epi32(n));
        let bits = both!(_mm256_castps_si256(value));
        unsafe {
            [
                _mm256_castsi256_ps(_mm256_add_epi32(
                    bits[0],
                    _mm256_slli_epi32::<23>(exponent[0]),
                )),
                _mm256_castsi256_ps(_mm256_add_epi32(
                    bits[1],
                    _mm256_slli_epi32::<23>(exponent[1]),
                )),
            ]
        }
    }
    #[inline(always)]
    fn exponent_and_mantissa(self, value: Self::V) -> (Self::V, Self::V) {
        let (mut exponent, mut mantissa) = (value, value);
        for (half, value) in value.into_iter().enumerate() {
            unsafe {
                let bits = _mm256_castps_si256(value);
                let biased = _mm256_cvtepi32_ps(_mm256_srli_epi32::<23>(bits));
                exponent[half] = _mm256_sub_ps(biased, _mm256_set1_ps(127.0));
                let fraction = _mm256_and_si256(bits, _mm256_set1_epi32(0x007F_FFFF));
                let one = _mm256_castps_si256(_mm256_set1_ps(1.0));
                mantissa[half] = _mm256_castsi256_ps(_mm256_or_si256(fraction, one));
            }
        }
        (exponent, mantissa)
    }
    #[inline(always)]
    fn less(self, a: Self::V, b: Self::V) -> Self::Mask {
        unsafe {
            [_mm256_cmp_ps::<_CMP_LT_OQ>(a[0], b[0]), _mm256_cmp_ps::<_CMP_LT_OQ>(a[1], b[1])]
        }
    }
    #[inline(always)]
    fn select(self, mask: Self::Mask, yes: Self::V, no: Self::V) -> Self::V {
        both!(_mm256_blendv_ps(no, yes, mask))
    }
    #[inline(always)]
    fn transpose(self, rows: [Self::V; LANES]) -> [Self::V; LANES] {
        // Four 8 x 8 blocks; the two off the diagonal change places.
        let mut out = rows;
        for (from, to) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let mut block = [rows[0][0]; 8];
            for (i, row) in block.iter_mut().enumerate() {
                *row = rows[8 * from + i][to];
            }
            for (i, row) in transpose_8x8(block).into_iter().enumerate() {
                out[8 * to + i][from] = row;
            }
        }
        out
    }
}

#[inline(always)]
fn transpose_8x8(r: [__m256; 8]) -> [__m256; 8] {
    // SAFETY: only called by `Avx2`, which exists only where the processor has AVX2.
    unsafe {
        let pairs = [
            _mm256_unpacklo_ps(r[0], r[1]),
            _mm256_unpackhi_ps(r[0], r[1]),
            _mm256_unpacklo_ps(r[2], r[3]),
            _mm256_unpackhi_ps(r[2], r[3]),
            _mm256_unpacklo_ps(r[4], r[5]),
            _mm256_unpackhi_ps(r[4], r[5]),
            _mm256_unpacklo_ps(r[6], r[7]),
            _mm256_unpackhi_ps(r[6], r[7]),
        ];
        let fours = [
            _mm256_shuffle_ps::<0x44>(pairs[0], pairs[2]),
            _mm256_shuffle_ps::<0xEE>(pairs[0], pairs[2]),
            _mm256_shuffle_ps::<0x44>(pairs[1], pairs[3]),
            _mm256_shuffle_ps::<0xEE>(pairs[1], pairs[3]),
            _mm256_shuffle_ps::<0x44>(pairs[4], pairs[6]),
            _mm256_shuffle_ps::<0xEE>(pairs[4], pairs[6]),
            _mm256_shuffle_ps::<0x44>(pairs[5], pairs[7]),
            _mm256_shuffle_ps::<0xEE>(pairs[5], pairs[7]),
        ];
        [
            _mm256_permute2f128_ps::<0x20>(fours[0], fours[4]),
            _mm256_permute2f128_ps::<0x20>(fours[1], fours[5]),
            _mm256_permute2f128_ps::<0x20>(fours[2], fours[6]),
            _mm256_permute2f128_ps::<0x20>(fours[3], fours[7]),
            _mm256_permute2f128_ps::<0x31>(fours[0], fours[4]),
            _mm256_permute2f128_ps::<0x31>(fours[1], fours[5]),
            _mm256_permute2f128_ps::<0x31>(fours[2], fours[6]),
            _mm256_permute2f128_ps::<0x31>(fours[3], fours[7]),
        ]
    }
}
