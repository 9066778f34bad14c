//! Sixteen lanes in four NEON registers.

use std::arch::aarch64::*;

use super::operations::{Lanewise, Simd};
use crate::lanes::{LANES, Lanes};

/// The operations on all lanes, in four registers. Every 64-bit ARM processor has NEON, so no
/// proof is needed.
#[derive(Clone, Copy)]
pub(crate) struct Neon;

/// The operations on the four lanes of one register.
#[derive(Clone, Copy)]
pub(crate) struct NeonQuarter {
    /// The first of these lanes: 0, 4, 8 or 12.
    first: usize,
}

impl Neon {
    #[inline(always)]
    fn quarters(self) -> [NeonQuarter; 4] {
        [0, 4, 8, 12].map(|first| NeonQuarter { first })
    }
}

// SAFETY of every block below: NEON is part of the architecture. Pointers come from references
// to sixteen floats; `first` and the three floats after it are among them.
impl Lanewise for NeonQuarter {
    type V = float32x4_t;
    type Mask = uint32x4_t;

    const REGISTERS: usize = 32;

    #[inline(always)]
    fn load(self, from: &Lanes) -> Self::V {
        unsafe { vld1q_f32(from.0.as_ptr().add(self.first)) }
    }
    #[inline(always)]
    fn store(self, value: Self::V, to: &mut Lanes) {
        unsafe { vst1q_f32(to.0.as_mut_ptr().add(self.first), value) }
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Self::V {
        unsafe { vdupq_n_f32(value) }
    }
    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { vaddq_f32(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { vsubq_f32(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { vmulq_f32(a, b) }
    }
    #[inline(always)]
    fn div(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { vdivq_f32(a, b) }
    }
    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        unsafe { vfmaq_f32(c, a, b) }
    }
    #[inline(always)]
    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { vmaxq_f32(a, b) }
    }
    #[inline(always)]
    fn min(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { vminq_f32(a, b) }
    }
    #[inline(always)]
    fn abs(self, a: Self::V) -> Self::V {
        unsafe { vabsq_f32(a) }
    }
    #[inline(always)]
    fn sqrt(self, a: Self::V) -> Self::V {
        unsafe { vsqrtq_f32(a) }
    }
    #[inline(always)]
    fn round(self, a: Self::V) -> Self::V {
        unsafe { vrndnq_f32(a) }
    }
    #[inline(always)]
    fn scale_by_power_of_two(self, value: Self::V, n: Self::V) -> Self::V {
        unsafe {
            let exponent = vshlq_n_s32::<23>(vcvtnq_s32_f32(n));
            vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(value), exponent))
        }
    }
    #[inline(always)]
    fn exponent_and_mantissa(self, value: Self::V) -> (Self::V, Self::V) {
        unsafe {
            let bits = vreinterpretq_u32_f32(value);
            let biased = vcvtq_f32_u32(vshrq_n_u32::<23>(bits));
            let fraction = vandq_u32(bits, vdupq_n_u32(0x007F_FFFF));
            let one = vreinterpretq_u32_f32(vdupq_n_f32(1.0));
            let mantissa = vreinterpretq_f32_u32(vorrq_u32(fraction, one));
            (vsubq_f32(biased, vdupq_n_f32(127.0)), mantissa)
        }
    }
    #[inline(always)]
    fn less(self, a: Self::V, b: Self::V) -> Self::Mask {
        unsafe { vcltq_f32(a, b) }
    }
    #[inline(always)]
    fn select(self, mask: Self::Mask, yes: Self::V, no: Self::V) -> Self::V {
        unsafe { vbslq_f32(mask, yes, no) }
    }
}

/// Applies an operation to all quarters.
macro_rules! all {
    ($simd:ident.$operation:ident($($argument:ident),+)) => {{
        let [a, b, c, d] = $simd.quarters();
        [
            a.$operation($($argument[0]),+),
            b.$operation($($argument[1]),+),
            c.$operation($($argument[2]),+),
            d.$operation($($argument[3]),+),
        ]
    }};
}

impl Lanewise for Neon {
    type V = [float32x4_t; 4];
    type Mask = [uint32x4_t; 4];

    const REGISTERS: usize = 8;

    #[inline(always)]
    fn load(self, from: &Lanes) -> Self::V {
        let [a, b, c, d] = self.quarters();
        [a.load(from), b.load(from), c.load(from), d.load(from)]
    }
    #[inline(always)]
    fn store(self, value: Self::V, to: &mut Lanes) {
        let [a, b, c, d] = self.quarters();
        a.store(value[0], to);
        b.store(value[1], to);
        c.store(value[2], to);
        d.store(value[3], to);
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Self::V {
        [self.quarters()[0].splat(value); 4]
    }
    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        all!(self.add(a, b))
    }
    #[inline(always)]
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        all!(self.sub(a, b))
    }
    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        all!(self.mul(a, b))
    }
    #[inline(always)]
    fn div(self, a: Self::V, b: Self::V) -> Self::V {
        all!(self.div(a, b))
    }
    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        all!(self.mul_add(a, b, c))
    }
    #[inline(always)]
    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        all!(self.max(a, b))
    }
    #[inline(always)]
    fn min(self, a: Self::V, b: Self::V) -> Self::V {
        all!(self.min(a, b))
    }
    #[inline(always)]
    fn abs(self, a: Self::V) -> Self::V {
        all!(self.abs(a))
    }
    #[inline(always)]
    fn sqrt(self, a: Self::V) -> Self::V {
        all!(self.sqrt(a))
    }
    #[inline(always)]
    fn round(self, a: Self::V) -> Self::V {
        all!(self.round(a))
    }
    #[inline(always)]
    fn scale_by_power_of_two(self, value: Self::V, n: Self::V) -> Self::V {
        all!(self.scale_by_power_of_two(value, n))
    }
    #[inline(always)]
    fn exponent_and_mantissa(self, value: Self::V) -> (Self::V, Self::V) {
        let [a, b, c, d] = all!(self.exponent_and_mantissa(value));
        ([a.0, b.0, c.0, d.0], [a.1, b.1, c.1, d.1])
    }
    #[inline(always)]
    fn less(self, a: Self::V, b: Self::V) -> Self::Mask {
        all!(self.less(a, b))
    }
    #[inline(always)]
    fn select(self, mask: Self::Mask, yes: Self::V, no: Self::V) -> Self::V {
        all!(self.select(mask, yes, no))
    }
}

// SAFETY of the blocks below: as above.
impl Simd for Neon {
    type Part = NeonQuarter;

    #[inline(always)]
    fn parts(self) -> impl Iterator<Item = NeonQuarter> {
        self.quarters().into_iter()
    }
    #[inline(always)]
    fn load_floats(self, from: &[f32; LANES]) -> Self::V {
        let p = from.as_ptr();
        unsafe { [vld1q_f32(p), vld1q_f32(p.add(4)), vld1q_f32(p.add(8)), vld1q_f32(p.add(12))] }
    }
    #[inline(always)]
    fn store_floats(self, value: Self::V, to: &mut [f32; LANES]) {
        let p = to.as_mut_ptr();
        unsafe {
            vst1q_f32(p, value[0]);
            vst1q_f32(p.add(4), value[1]);
            vst1q_f32(p.add(8), value[2]);
            vst1q_f32(p.add(12), value[3]);
        }
    }
    #[inline(always)]
    fn transpose(self, rows: [Self::V; LANES]) -> [Self::V; LANES] {
        // Sixteen blocks of 4 x 4; those off the diagonal are exchanged.
        let mut out = rows;
        for from in 0..4 {
            for to in 0..4 {
                let mut block = [rows[0][0]; 4];
                for (i, row) in block.iter_mut().enumerate() {
                    *row = rows[4 * from + i][to];
                }
                for (i, row) in transpose_4x4(block).iter().enumerate() {
                    out[4 * to + i][from] = *row;
                }
            }
        }
        out
    }
}

#[inline(always)]
fn transpose_4x4(r: [float32x4_t; 4]) -> [float32x4_t; 4] {
    // SAFETY: NEON is part of the architecture.
    unsafe {
        let pairs = [
            vreinterpretq_f64_f32(vtrn1q_f32(r[0], r[1])),
            vreinterpretq_f64_f32(vtrn2q_f32(r[0], r[1])),
            vreinterpretq_f64_f32(vtrn1q_f32(r[2], r[3])),
            vreinterpretq_f64_f32(vtrn2q_f32(r[2], r[3])),
        ];
        [
            vreinterpretq_f32_f64(vtrn1q_f64(pairs[0], pairs[2])),
            vreinterpretq_f32_f64(vtrn1q_f64(pairs[1], pairs[3])),
            vreinterpretq_f32_f64(vtrn2q_f64(pairs[0], pairs[2])),
            vreinterpretq_f32_f64(vtrn2q_f64(pairs[1], pairs[3])),
        ]
    }
}
