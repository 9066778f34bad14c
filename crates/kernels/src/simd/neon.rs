//! Sixteen lanes in four NEON registers.

use std::arch::aarch64::*;

use super::operations::Lanewise;
use super::quarters::{Quarter, Quarters};
use crate::lanes::{LANES, Lanes};

/// The operations on all lanes. Every 64-bit ARM processor has NEON, so no proof is needed.
pub(crate) type Neon = Quarters<NeonQuarter>;

/// The operations on the four lanes of one register.
#[derive(Clone, Copy)]
pub(crate) struct NeonQuarter {
    /// The first of these lanes: 0, 4, 8 or 12.
    first: usize,
}

// SAFETY of every block below: NEON is part of the architecture. Pointers come from references
// to sixteen floats; `first` and the three floats after it are among them.
impl Lanewise for NeonQuarter {
    type V = float32x4_t;
    type Mask = uint32x4_t;

    const REGISTERS: usize = 32;

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

// SAFETY of the blocks below: as above.
impl Quarter for NeonQuarter {
    #[inline(always)]
    fn all() -> [Self; 4] {
        [0, 4, 8, 12].map(|first| NeonQuarter { first })
    }
    #[inline(always)]
    fn load_floats(self, from: &[f32; LANES]) -> Self::V {
        unsafe { vld1q_f32(from.as_ptr().add(self.first)) }
    }
    #[inline(always)]
    fn store_floats(self, value: Self::V, to: &mut [f32; LANES]) {
        unsafe { vst1q_f32(to.as_mut_ptr().add(self.first), value) }
    }
    #[inline(always)]
    fn transpose(rows: [Self::V; 4]) -> [Self::V; 4] {
        unsafe {
            let pairs = [
                vreinterpretq_f64_f32(vtrn1q_f32(rows[0], rows[1])),
                vreinterpretq_f64_f32(vtrn2q_f32(rows[0], rows[1])),
                vreinterpretq_f64_f32(vtrn1q_f32(rows[2], rows[3])),
                vreinterpretq_f64_f32(vtrn2q_f32(rows[2], rows[3])),
            ];
            [
                vreinterpretq_f32_f64(vtrn1q_f64(pairs[0], pairs[2])),
                vreinterpretq_f32_f64(vtrn1q_f64(pairs[1], pairs[3])),
                vreinterpretq_f32_f64(vtrn2q_f64(pairs[0], pairs[2])),
                vreinterpretq_f32_f64(vtrn2q_f64(pairs[1], pairs[3])),
            ]
        }
    }
}
