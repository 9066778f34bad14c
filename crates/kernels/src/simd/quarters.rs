//! Sixteen lanes in four registers of four: NEON's and WebAssembly's.

use super::operations::{Lanewise, Simd};
use crate::lanes::{LANES, Lanes};

/// The operations on the four lanes of one register, and what [`Quarters`] needs besides.
pub(crate) trait Quarter: Lanewise {
    /// The quarters, first to last.
    fn all() -> [Self; 4];
    /// Loads the floats of this quarter, which need not be aligned.
    fn load_floats(self, from: &[f32; LANES]) -> Self::V;
    /// Stores the floats of this quarter, which need not be aligned.
    fn store_floats(self, value: Self::V, to: &mut [f32; LANES]);
    /// Lane `j` of row `i` becomes lane `i` of row `j`.
    fn transpose(rows: [Self::V; 4]) -> [Self::V; 4];
}

/// The operations on all lanes, in four registers.
#[derive(Clone, Copy)]
pub(crate) struct Quarters<Q>(pub(crate) [Q; 4]);

impl<Q: Quarter> Quarters<Q> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Quarters(Q::all())
    }
}

/// Applies an operation to all quarters.
macro_rules! all {
    ($simd:ident.$operation:ident($($argument:ident),+)) => {{
        let [a, b, c, d] = $simd.0;
        [
            a.$operation($($argument[0]),+),
            b.$operation($($argument[1]),+),
            c.$operation($($argument[2]),+),
            d.$operation($($argument[3]),+),
        ]
    }};
}

impl<Q: Quarter> Lanewise for Quarters<Q> {
    type V = [Q::V; 4];
    type Mask = [Q::Mask; 4];

    const REGISTERS: usize = Q::REGISTERS / 4;

    #[inline(always)]
    fn load(self, from: &Lanes) -> Self::V {
        let [a, b, c, d] = self.0;
        [a.load(from), b.load(from), c.load(from), d.load(from)]
    }
    #[inline(always)]
    fn store(self, value: Self::V, to: &mut Lanes) {
        let [a, b, c, d] = self.0;
        a.store(value[0], to);
        b.store(value[1], to);
        c.store(value[2], to);
        d.store(value[3], to);
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Self::V {
        [self.0[0].splat(value); 4]
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

impl<Q: Quarter> Simd for Quarters<Q> {
    type Part = Q;

    #[inline(always)]
    fn parts(self) -> impl Iterator<Item = Q> {
        self.0.into_iter()
    }
    #[inline(always)]
    fn load_floats(self, from: &[f32; LANES]) -> Self::V {
        self.0.map(|quarter| quarter.load_floats(from))
    }
    #[inline(always)]
    fn store_floats(self, value: Self::V, to: &mut [f32; LANES]) {
        for (quarter, value) in self.0.into_iter().zip(value) {
            quarter.store_floats(value, to);
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
                for (i, row) in Q::transpose(block).iter().enumerate() {
                    out[4 * to + i][from] = *row;
                }
            }
        }
        out
    }
}
