//! Sixteen lanes in plain Rust: the reference for the other implementations, and the fallback
//! where there is none for the processor (WebAssembly without SIMD, for example).

use super::operations::{Lanewise, Simd};
use crate::lanes::{LANES, Lanes};

#[derive(Clone, Copy)]
pub(crate) struct Portable;

#[inline(always)]
fn each(f: impl Fn(usize) -> f32) -> [f32; LANES] {
    std::array::from_fn(f)
}

impl Lanewise for Portable {
    type V = [f32; LANES];
    type Mask = [bool; LANES];

    const REGISTERS: usize = 4;

    #[inline(always)]
    fn load(self, from: &Lanes) -> Self::V {
        from.0
    }
    #[inline(always)]
    fn store(self, value: Self::V, to: &mut Lanes) {
        to.0 = value;
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Self::V {
        [value; LANES]
    }
    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        each(|i| a[i] + b[i])
    }
    #[inline(always)]
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        each(|i| a[i] - b[i])
    }
    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        each(|i| a[i] * b[i])
    }
    #[inline(always)]
    fn div(self, a: Self::V, b: Self::V) -> Self::V {
        each(|i| a[i] / b[i])
    }
    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        // Not `f32::mul_add`: without a fused instruction that is a call per lane.
        each(|i| a[i] * b[i] + c[i])
    }
    #[inline(always)]
    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        // As the x86 instructions do: b if a or b is NaN.
        each(|i| if a[i] > b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn min(self, a: Self::V, b: Self::V) -> Self::V {
        each(|i| if a[i] < b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn abs(self, a: Self::V) -> Self::V {
        each(|i| a[i].abs())
    }
    #[inline(always)]
    fn sqrt(self, a: Self::V) -> Self::V {
        each(|i| a[i].sqrt())
    }
    #[inline(always)]
    fn round(self, a: Self::V) -> Self::V {
        // The sum with 1.5 * 2^23 has no bits for a fraction, and the addition rounds to
        // even. Numbers from 2^22 on are left alone: the sum could leave that binade.
        const MAGIC: f32 = 12_582_912.0;
        each(|i| if a[i].abs() < 4_194_304.0 { (a[i] + MAGIC) - MAGIC } else { a[i] })
    }
    #[inline(always)]
    fn scale_by_power_of_two(self, value: Self::V, n: Self::V) -> Self::V {
        each(|i| f32::from_bits(value[i].to_bits().wrapping_add(((n[i] as i32) << 23) as u32)))
    }
    #[inline(always)]
    fn exponent_and_mantissa(self, value: Self::V) -> (Self::V, Self::V) {
        (
            each(|i| ((value[i].to_bits() >> 23) as i32 - 127) as f32),
            each(|i| f32::from_bits((value[i].to_bits() & 0x007F_FFFF) | 0x3F80_0000)),
        )
    }
    #[inline(always)]
    fn less(self, a: Self::V, b: Self::V) -> Self::Mask {
        std::array::from_fn(|i| a[i] < b[i])
    }
    #[inline(always)]
    fn select(self, mask: Self::Mask, yes: Self::V, no: Self::V) -> Self::V {
        each(|i| if mask[i] { yes[i] } else { no[i] })
    }
}

impl Simd for Portable {
    type Part = Self;

    #[inline(always)]
    fn parts(self) -> impl Iterator<Item = Self> {
        std::iter::once(self)
    }
    #[inline(always)]
    fn load_floats(self, from: &[f32; LANES]) -> Self::V {
        *from
    }
    #[inline(always)]
    fn store_floats(self, value: Self::V, to: &mut [f32; LANES]) {
        *to = value;
    }
    #[inline(always)]
    fn transpose(self, rows: [Self::V; LANES]) -> [Self::V; LANES] {
        std::array::from_fn(|j| each(|i| rows[i][j]))
    }
}
