//! Sixteen lanes in two AVX2 registers.

use std::arch::x86_64::*;

use super::operations::{Lanewise, Simd};
use crate::lanes::{LANES, Lanes};

/// The operations on all lanes, in two registers. A value is the proof that the processor has
/// AVX2 and FMA.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

/// The operations on the eight lanes of one register.
#[derive(Clone, Copy)]
pub(crate) struct Avx2Half {
    /// The first of these lanes: 0 or 8.
    first: usize,
}

impl Avx2 {
    /// # Safety
    ///
    /// The processor must have AVX2 and FMA.
    #[inline(always)]
    pub(crate) unsafe fn new() -> Self {
        Avx2(())
    }

    #[inline(always)]
    fn halves(self) -> [Avx2Half; 2] {
        [Avx2Half { first: 0 }, Avx2Half { first: 8 }]
    }
}

// SAFETY of every block below: an `Avx2Half` is made from an `Avx2`, which exists only if the
// processor has AVX2 and FMA (see `new`). Pointers come from references to sixteen floats;
// `first` and the seven floats after it are among them, and `Lanes` aligns them to 32 bytes.
impl Lanewise for Avx2Half {
    type V = __m256;
    type Mask = __m256;

    const REGISTERS: usize = 16;

    #[inline(always)]
    fn load(self, from: &Lanes) -> Self::V {
        unsafe { _mm256_load_ps(from.0.as_ptr().add(self.first)) }
    }
    #[inline(always)]
    fn store(self, value: Self::V, to: &mut Lanes) {
        unsafe { _mm256_store_ps(to.0.as_mut_ptr().add(self.first), value) }
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Self::V {
        unsafe { _mm256_set1_ps(value) }
    }
    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm256_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm256_mul_ps(a, b) }
    }
    #[inline(always)]
    fn div(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm256_div_ps(a, b) }
    }
    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm256_max_ps(a, b) }
    }
    #[inline(always)]
    fn min(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm256_min_ps(a, b) }
    }
    #[inline(always)]
    fn abs(self, a: Self::V) -> Self::V {
        unsafe { _mm256_andnot_ps(_mm256_set1_ps(-0.0), a) }
    }
    #[inline(always)]
    fn sqrt(self, a: Self::V) -> Self::V {
        unsafe { _mm256_sqrt_ps(a) }
    }
    #[inline(always)]
    fn round(self, a: Self::V) -> Self::V {
        unsafe { _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a) }
    }
    #[inline(always)]
    fn scale_by_power_of_two(self, value: Self::V, n: Self::V) -> Self::V {
        unsafe {
            let exponent = _mm256_slli_epi32::<23>(_mm256_cvtps_epi32(n));
            _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(value), exponent))
        }
    }
    #[inline(always)]
    fn exponent_and_mantissa(self, value: Self::V) -> (Self::V, Self::V) {
        unsafe {
            let bits = _mm256_castps_si256(value);
            let biased = _mm256_cvtepi32_ps(_mm256_srli_epi32::<23>(bits));
            let fraction = _mm256_and_si256(bits, _mm256_set1_epi32(0x007F_FFFF));
            let one = _mm256_castps_si256(_mm256_set1_ps(1.0));
            let mantissa = _mm256_castsi256_ps(_mm256_or_si256(fraction, one));
            (_mm256_sub_ps(biased, _mm256_set1_ps(127.0)), mantissa)
        }
    }
    #[inline(always)]
    fn less(self, a: Self::V, b: Self::V) -> Self::Mask {
        unsafe { _mm256_cmp_ps::<_CMP_LT_OQ>(a, b) }
    }
    #[inline(always)]
    fn select(self, mask: Self::Mask, yes: Self::V, no: Self::V) -> Self::V {
        unsafe { _mm256_blendv_ps(no, yes, mask) }
    }
}

/// Applies an operation to both halves.
macro_rules! both {
    ($simd:ident.$operation:ident($($argument:ident),+)) => {{
        let [low, high] = $simd.halves();
        [low.$operation($($argument[0]),+), high.$operation($($argument[1]),+)]
    }};
}

impl Lanewise for Avx2 {
    type V = [__m256; 2];
    type Mask = [__m256; 2];

    const REGISTERS: usize = 8;

    #[inline(always)]
    fn load(self, from: &Lanes) -> Self::V {
        let [low, high] = self.halves();
        [low.load(from), high.load(from)]
    }
    #[inline(always)]
    fn store(self, value: Self::V, to: &mut Lanes) {
        let [low, high] = self.halves();
        low.store(value[0], to);
        high.store(value[1], to);
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Self::V {
        [self.halves()[0].splat(value); 2]
    }
    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        both!(self.add(a, b))
    }
    #[inline(always)]
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        both!(self.sub(a, b))
    }
    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        both!(self.mul(a, b))
    }
    #[inline(always)]
    fn div(self, a: Self::V, b: Self::V) -> Self::V {
        both!(self.div(a, b))
    }
    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        both!(self.mul_add(a, b, c))
    }
    #[inline(always)]
    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        both!(self.max(a, b))
    }
    #[inline(always)]
    fn min(self, a: Self::V, b: Self::V) -> Self::V {
        both!(self.min(a, b))
    }
    #[inline(always)]
    fn abs(self, a: Self::V) -> Self::V {
        both!(self.abs(a))
    }
    #[inline(always)]
    fn sqrt(self, a: Self::V) -> Self::V {
        both!(self.sqrt(a))
    }
    #[inline(always)]
    fn round(self, a: Self::V) -> Self::V {
        both!(self.round(a))
    }
    #[inline(always)]
    fn scale_by_power_of_two(self, value: Self::V, n: Self::V) -> Self::V {
        both!(self.scale_by_power_of_two(value, n))
    }
    #[inline(always)]
    fn exponent_and_mantissa(self, value: Self::V) -> (Self::V, Self::V) {
        let [low, high] = both!(self.exponent_and_mantissa(value));
        ([low.0, high.0], [low.1, high.1])
    }
    #[inline(always)]
    fn less(self, a: Self::V, b: Self::V) -> Self::Mask {
        both!(self.less(a, b))
    }
    #[inline(always)]
    fn select(self, mask: Self::Mask, yes: Self::V, no: Self::V) -> Self::V {
        both!(self.select(mask, yes, no))
    }
}

// SAFETY of the blocks below: as above.
impl Simd for Avx2 {
    type Part = Avx2Half;

    #[inline(always)]
    fn parts(self) -> impl Iterator<Item = Avx2Half> {
        self.halves().into_iter()
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
    fn transpose(self, rows: [Self::V; LANES]) -> [Self::V; LANES] {
        // Four blocks of 8 x 8; the two off the diagonal are exchanged.
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

    /// Rows are added up between the shuffles, so half as many as in a transpose suffice.
    #[inline(always)]
    fn sums(self, rows: [Self::V; LANES]) -> Self::V {
        let [low, high] = self.halves();
        unsafe {
            // The sums of each 128-bit quarter of four rows. The low half has the first two
            // quarters, so the sum of both halves has the first quarter added to the third
            // and the second to the fourth.
            let mut fours = [self.zero()[0]; 4];
            for (four, r) in fours.iter_mut().zip(rows.chunks_exact(4)) {
                let evens = sums_of_quarters(low, [r[0][0], r[1][0], r[2][0], r[3][0]]);
                let odds = sums_of_quarters(high, [r[0][1], r[1][1], r[2][1], r[3][1]]);
                *four = low.add(evens, odds);
            }
            let [a, b, c, d] = fours;
            [
                low.add(_mm256_permute2f128_ps::<0x20>(a, b), _mm256_permute2f128_ps::<0x31>(a, b)),
                low.add(_mm256_permute2f128_ps::<0x20>(c, d), _mm256_permute2f128_ps::<0x31>(c, d)),
            ]
        }
    }
}

/// The sums of both 128-bit quarters of four rows: those of the first quarters, then those of
/// the second ones.
#[inline(always)]
fn sums_of_quarters(half: Avx2Half, r: [__m256; 4]) -> __m256 {
    // SAFETY: an `Avx2Half` exists only if the processor has AVX2.
    unsafe {
        let ab = half.add(_mm256_unpacklo_ps(r[0], r[1]), _mm256_unpackhi_ps(r[0], r[1]));
        let cd = half.add(_mm256_unpacklo_ps(r[2], r[3]), _mm256_unpackhi_ps(r[2], r[3]));
        half.add(_mm256_shuffle_ps::<0x44>(ab, cd), _mm256_shuffle_ps::<0xEE>(ab, cd))
    }
}

#[inline(always)]
fn transpose_8x8(r: [__m256; 8]) -> [__m256; 8] {
    // SAFETY: only called by `Avx2`, which exists only if the processor has AVX2.
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
