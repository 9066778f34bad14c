//! The vector operations: two traits, and an implementation for each instruction set.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) use avx512::Avx512;
#[cfg(target_arch = "aarch64")]
pub(crate) use neon::Neon;
pub(crate) use portable::Portable;

use crate::lanes::{LANES, Lanes};

/// Operations that treat every lane alike.
///
/// A value of an implementing type is the proof that the processor has the instructions; see
/// [`InstructionSet`](crate::InstructionSet). A vector, `V`, has all sixteen lanes or a part of
/// them; see [`Simd::parts`].
///
/// All implementations round alike, with one exception: [`mul_add`](Lanewise::mul_add) rounds
/// once if the processor has a fused instruction, and twice in the portable implementation. So
/// all implementations with fused instructions give the same bits.
pub trait Lanewise: Copy {
    /// A vector: an `f32` per lane.
    type V: Copy;
    /// A `bool` per lane.
    type Mask: Copy;

    /// The number of vectors that all registers together hold. It limits the size of a tile
    /// of a matrix product.
    const REGISTERS: usize;

    /// Loads the lanes of this vector from sixteen in memory.
    fn load(self, from: &Lanes) -> Self::V;
    /// Stores the lanes of this vector among sixteen in memory.
    fn store(self, value: Self::V, to: &mut Lanes);
    /// `value` in every lane.
    fn splat(self, value: f32) -> Self::V;
    /// a + b.
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// a - b.
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    /// a * b.
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    /// a / b.
    fn div(self, a: Self::V, b: Self::V) -> Self::V;
    /// a * b + c, fused if the processor has an instruction for it.
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// The maximum of a and b. If one of them is NaN, the result is either of the two.
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    /// The minimum of a and b. If one of them is NaN, the result is either of the two.
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
    /// The absolute value.
    fn abs(self, a: Self::V) -> Self::V;
    /// The square root.
    fn sqrt(self, a: Self::V) -> Self::V;
    /// Rounds to the nearest integer, ties to even.
    fn round(self, a: Self::V) -> Self::V;
    /// value * 2^n for integers n in -126..=127 such that the product is a normal number.
    fn scale_by_power_of_two(self, value: Self::V, n: Self::V) -> Self::V;
    /// (n, m) with value = m * 2^n, n an integer and 1 <= m < 2, for positive normal values.
    fn exponent_and_mantissa(self, value: Self::V) -> (Self::V, Self::V);
    /// a < b.
    fn less(self, a: Self::V, b: Self::V) -> Self::Mask;
    /// `yes` in lanes whose mask is true, `no` in the others.
    fn select(self, mask: Self::Mask, yes: Self::V, no: Self::V) -> Self::V;

    /// All lanes zero.
    #[inline(always)]
    fn zero(self) -> Self::V {
        self.splat(0.0)
    }
}

/// Operations on all sixteen lanes.
pub trait Simd: Lanewise {
    /// The operations on the lanes of one register.
    type Part: Lanewise;

    /// The parts that the sixteen lanes consist of, one per register.
    ///
    /// A kernel that keeps many vectors at a time works on the lanes of one register after the
    /// other, `for simd in simd.parts() { ... }`, so that its vectors stay in registers also if
    /// these are narrow and few.
    fn parts(self) -> impl Iterator<Item = Self::Part>;

    /// Loads sixteen floats, which need not be aligned.
    fn load_floats(self, from: &[f32; LANES]) -> Self::V;
    /// Stores sixteen floats, which need not be aligned.
    fn store_floats(self, value: Self::V, to: &mut [f32; LANES]);
    /// Lane `j` of row `i` becomes lane `i` of row `j`.
    fn transpose(self, rows: [Self::V; LANES]) -> [Self::V; LANES];

    /// The sums of sixteen vectors: lane `i` of the result is the sum over the lanes of row `i`.
    ///
    /// The order of additions is the same in all implementations: with
    /// `q(k) = (v[4k] + v[4k+2]) + (v[4k+1] + v[4k+3])`, the sum is
    /// `(q(0) + q(2)) + (q(1) + q(3))`.
    #[inline(always)]
    fn sums(self, rows: [Self::V; LANES]) -> Self::V {
        let t = self.transpose(rows);
        let mut quarters = [self.zero(); 4];
        for (quarter, t) in quarters.iter_mut().zip(t.chunks_exact(4)) {
            *quarter = self.add(self.add(t[0], t[2]), self.add(t[1], t[3]));
        }
        let [a, b, c, d] = quarters;
        self.add(self.add(a, c), self.add(b, d))
    }

    /// The sum over the lanes, in the order of [`sums`](Simd::sums).
    #[inline(always)]
    fn sum(self, value: Self::V) -> f32 {
        let mut lanes = Lanes::ZERO;
        self.store(value, &mut lanes);
        let v = lanes.0;
        let quarter = |k: usize| (v[4 * k] + v[4 * k + 2]) + (v[4 * k + 1] + v[4 * k + 3]);
        (quarter(0) + quarter(2)) + (quarter(1) + quarter(3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InstructionSet;
    use crate::simd_kernel;

    simd_kernel! {
        /// The result of every operation on (a, b, c), one per row.
        fn every_operation<'a>(simd, a: &'a Lanes, b: &'a Lanes, c: &'a Lanes) -> Vec<Lanes> {
            let (a, b, c) = (simd.load(a), simd.load(b), simd.load(c));
            let rows = [
                simd.add(a, b),
                simd.sub(a, b),
                simd.mul(a, b),
                simd.div(a, b),
                simd.max(a, b),
                simd.min(a, b),
                simd.abs(a),
                simd.sqrt(simd.abs(a)),
                simd.round(a),
                simd.scale_by_power_of_two(b, simd.round(simd.min(simd.abs(a), simd.splat(20.0)))),
                simd.select(simd.less(a, b), c, a),
                simd.splat(simd.sum(a)),
                simd.mul_add(a, b, c),
                simd.exponent_and_mantissa(b).0,
                simd.exponent_and_mantissa(b).1,
            ];
            let mut results: Vec<Lanes> = Vec::new();
            let mut keep = |value| {
                let mut lanes = Lanes::ZERO;
                simd.store(value, &mut lanes);
                results.push(lanes);
            };
            for row in rows {
                keep(row);
            }
            let square = std::array::from_fn(|i| simd.add(a, simd.mul(b, simd.splat(i as f32))));
            for row in simd.transpose(square) {
                keep(row);
            }
            keep(simd.sums(square));
            results
        }
    }

    #[test]
    fn every_instruction_set_agrees_with_plain_rust() {
        let a = Lanes(std::array::from_fn(|i| (i as f32 - 7.3) * 1.7));
        let b = Lanes(std::array::from_fn(|i| 0.37 * i as f32 + 0.11));
        let c = Lanes(std::array::from_fn(|i| 5.0 - i as f32));
        let expected = every_operation(InstructionSet::portable(), &a, &b, &c);
        for instruction_set in InstructionSet::available() {
            let got = every_operation(instruction_set, &a, &b, &c);
            for (row, (got, expected)) in got.iter().zip(&expected).enumerate() {
                for (g, e) in got.0.iter().zip(&expected.0) {
                    // Row 12 is `mul_add`, the only operation that may round differently.
                    let tolerance = if row == 12 { 1e-5 } else { 0.0 };
                    assert!(
                        (g - e).abs() <= tolerance,
                        "{}, row {row}: {g} is not {e}",
                        instruction_set.name()
                    );
                }
            }
        }
    }

    #[test]
    fn portable_operations_are_right() {
        let a = Lanes(std::array::from_fn(|i| i as f32 - 7.5));
        let rows =
            every_operation(InstructionSet::portable(), &a, &Lanes::splat(2.0), &Lanes::splat(9.0));
        assert_eq!(rows[8].0[..4], [-8.0, -6.0, -6.0, -4.0], "ties go to even");
        assert_eq!(rows[9].0[0], 512.0, "2 * 2^8");
        assert_eq!(rows[10].0[0], 9.0);
        assert_eq!(rows[10].0[15], 7.5);
        assert_eq!(rows[11].0[0], 0.0);
        assert_eq!((rows[13].0[0], rows[14].0[0]), (1.0, 1.0));
        // square[i][j] = a[j] + 2 i, so transposed[j][i] is the same number.
        assert_eq!(rows[15 + 3].0[5], a.0[3] + 10.0);
        // sums[i] = sum of a + 16 * 2 i
        assert_eq!(rows[31].0[4], 128.0);
    }
}
