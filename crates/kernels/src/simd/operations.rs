//! The operations of a kernel: those on every lane, and those on all sixteen.

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
