//! Loops over flat arrays: sums, products, and the norm of a gradient.

use crate::{LANES, Lanes, simd_kernel};

simd_kernel! {
    /// `total[i] += part[i]`. Shapes: both `[n]`, any `n`.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    pub fn add<'a>(simd, part: &'a [Lanes], total: &'a mut [Lanes]) {
        assert_eq!(part.len(), total.len());
        for (part, total) in part.iter().zip(total) {
            simd.store(simd.add(simd.load(total), simd.load(part)), total);
        }
    }
}

simd_kernel! {
    /// `product[i] = a[i] b[i]`. Shapes: all `[n]`, any `n`.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    pub fn multiply<'a>(simd, a: &'a [Lanes], b: &'a [Lanes], product: &'a mut [Lanes]) {
        assert!(a.len() == b.len() && b.len() == product.len());
        for ((a, b), product) in a.iter().zip(b).zip(product) {
            simd.store(simd.mul(simd.load(a), simd.load(b)), product);
        }
    }
}

simd_kernel! {
    /// `x[t][i] *= scales[t]`. Shapes: `scales` `[T]`, `x` `[T][n]`, any `n`.
    ///
    /// # Panics
    ///
    /// If there are no scales, or the length of x is no multiple of theirs.
    pub fn scale_columns<'a>(simd, scales: &'a [Lanes], x: &'a mut [Lanes]) {
        let rows = x.len() / scales.len();
        assert_eq!(x.len(), scales.len() * rows);
        for (scale, column) in scales.iter().zip(x.chunks_exact_mut(rows)) {
            let scale = simd.load(scale);
            for x in column {
                simd.store(simd.mul(simd.load(x), scale), x);
            }
        }
    }
}

simd_kernel! {
    /// The sum of the squares of all floats in `values`, `[n]`.
    ///
    /// Blocks of 4096 floats are added up in `f32` and their sums in `f64`, so the relative error
    /// does not grow with n. The order of additions is fixed.
    pub fn sum_of_squares<'a>(simd, values: &'a [Lanes]) -> f64 {
        let mut total = 0.0;
        for block in values.chunks(16 * LANES) {
            let mut sums = [simd.zero(); 4];
            let mut quads = block.chunks_exact(4);
            for quad in &mut quads {
                for (sum, value) in sums.iter_mut().zip(quad) {
                    let value = simd.load(value);
                    *sum = simd.mul_add(value, value, *sum);
                }
            }
            for value in quads.remainder() {
                let value = simd.load(value);
                sums[0] = simd.mul_add(value, value, sums[0]);
            }
            let sum = simd.add(simd.add(sums[0], sums[1]), simd.add(sums[2], sums[3]));
            total += simd.sum(sum) as f64;
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InstructionSet, as_floats, as_floats_mut};

    #[test]
    fn sums_agree_with_scalar_ones() {
        let mut values = vec![Lanes::ZERO; 1037];
        for (i, value) in as_floats_mut(&mut values).iter_mut().enumerate() {
            *value = ((i * 7919) % 1000) as f32 / 500.0 - 1.0;
        }
        let expected: f64 = as_floats(&values).iter().map(|&v| (v as f64).powi(2)).sum();
        for instruction_set in InstructionSet::available() {
            let got = sum_of_squares(instruction_set, &values);
            assert!((got / expected - 1.0).abs() < 1e-6, "{got} is not {expected}");
            let mut total = values.clone();
            add(instruction_set, &values, &mut total);
            assert_eq!(total[1000].0[3], 2.0 * values[1000].0[3]);
            multiply(instruction_set, &values, &values, &mut total);
            assert_eq!(total[1000].0[3], values[1000].0[3].powi(2));
            let scales: Vec<Lanes> = (0..17).map(|column| Lanes::splat(column as f32)).collect();
            let mut columns = values.clone();
            scale_columns(instruction_set, &scales, &mut columns);
            assert_eq!(columns[1000].0[3], values[1000].0[3] * (1000 / 61) as f32);
        }
    }
}
