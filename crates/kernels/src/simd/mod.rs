//! The vector operations: two traits, and an implementation for each instruction set.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod operations;
#[cfg(not(page_module))]
mod portable;
#[cfg(any(target_arch = "aarch64", all(target_arch = "wasm32", target_feature = "simd128")))]
mod quarters;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) use avx512::Avx512;
#[cfg(target_arch = "aarch64")]
pub(crate) use neon::Neon;
pub use operations::{Lanewise, Simd};
#[cfg(not(page_module))]
pub(crate) use portable::Portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use simd128::Simd128;

#[cfg(test)]
mod tests {
    use crate::{InstructionSet, Lanes, simd_kernel};

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
