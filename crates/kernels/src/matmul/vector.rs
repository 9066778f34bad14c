//! `y = W x` for single vectors: no lanes of sequences, so lanes are features.

use crate::{Lanes, Simd, simd_kernel};

simd_kernel! {
    /// `y[n] = bias + sum over i of x[n][i] columns[i]`, for N vectors. Lanes are sixteen
    /// consecutive outputs of one vector.
    ///
    /// Shapes, with W for the lanes that hold the outputs
    /// ([`columns_for`](crate::columns_for)): `columns` `[inputs][W]`, the transposed matrix
    /// padded to whole lanes; `bias` `[W]`; `x` `[N][stride]` floats, of which
    /// the first `inputs` of each row are read; `y` `[N][W]`. The matrix is read once for
    /// every four vectors.
    ///
    /// # Panics
    ///
    /// If the slices do not have these shapes.
    pub fn vectors<'a>(
        simd,
        columns: &'a [Lanes],
        bias: &'a [Lanes],
        x: &'a [f32],
        stride: usize,
        y: &'a mut [Lanes],
    ) {
        let width = bias.len();
        let inputs = columns.len() / width;
        assert!(inputs <= stride && columns.len() == inputs * width);
        assert_eq!(x.len() / stride, y.len() / width);
        let mut fours = x.chunks_exact(4 * stride);
        let mut rows = y.chunks_exact_mut(4 * width);
        for (x, y) in (&mut fours).zip(&mut rows) {
            let x = [0, 1, 2, 3].map(|row| &x[row * stride..][..inputs]);
            let mut first = 0;
            // Sixteen sums if there are registers for them, else four.
            while S::REGISTERS >= 32 && first + 4 <= width {
                four_vectors::<S, 4>(simd, columns, bias, x, y, first);
                first += 4;
            }
            while first < width {
                four_vectors::<S, 1>(simd, columns, bias, x, y, first);
                first += 1;
            }
        }
        let rest = rows.into_remainder().chunks_exact_mut(width);
        for (x, y) in fours.remainder().chunks_exact(stride).zip(rest) {
            let x = &x[..inputs];
            let mut first = 0;
            while first + 4 <= width {
                vector_block::<S, 4>(simd, columns, bias, x, y, first);
                first += 4;
            }
            while first < width {
                vector_block::<S, 1>(simd, columns, bias, x, y, first);
                first += 1;
            }
        }
    }
}

/// Lanes `first..first + N` of the outputs of four vectors.
#[inline(always)]
fn four_vectors<S: Simd, const N: usize>(
    simd: S,
    columns: &[Lanes],
    bias: &[Lanes],
    rows: [&[f32]; 4],
    y: &mut [Lanes],
    first: usize,
) {
    let width = bias.len();
    let mut sums = [[simd.zero(); N]; 4];
    for sums in &mut sums {
        for (sum, bias) in sums.iter_mut().zip(&bias[first..][..N]) {
            *sum = simd.load(bias);
        }
    }
    let [a, b, c, d] = rows;
    let inputs = a.iter().zip(b).zip(c).zip(d);
    for ((((a, b), c), d), column) in inputs.zip(columns.chunks_exact(width)) {
        let x = [simd.splat(*a), simd.splat(*b), simd.splat(*c), simd.splat(*d)];
        for (n, column) in column[first..][..N].iter().enumerate() {
            let column = simd.load(column);
            for (sums, x) in sums.iter_mut().zip(x) {
                sums[n] = simd.mul_add(x, column, sums[n]);
            }
        }
    }
    for (row, sums) in sums.into_iter().enumerate() {
        for (sum, y) in sums.into_iter().zip(&mut y[row * width + first..][..N]) {
            simd.store(sum, y);
        }
    }
}

/// Lanes `first..first + N` of the outputs of one vector.
#[inline(always)]
fn vector_block<S: Simd, const N: usize>(
    simd: S,
    columns: &[Lanes],
    bias: &[Lanes],
    x: &[f32],
    y: &mut [Lanes],
    first: usize,
) {
    // Two sums per output, one for the even and one for the odd inputs, because the
    // multiplications of one sum wait for each other.
    let mut even = [simd.zero(); N];
    let mut odd = [simd.zero(); N];
    for (sum, bias) in even.iter_mut().zip(&bias[first..][..N]) {
        *sum = simd.load(bias);
    }
    let width = y.len();
    let mut pairs = x.chunks_exact(2);
    let mut at = first;
    for pair in &mut pairs {
        let (a, b) = (simd.splat(pair[0]), simd.splat(pair[1]));
        for (sum, column) in even.iter_mut().zip(&columns[at..][..N]) {
            *sum = simd.mul_add(a, simd.load(column), *sum);
        }
        for (sum, column) in odd.iter_mut().zip(&columns[at + width..][..N]) {
            *sum = simd.mul_add(b, simd.load(column), *sum);
        }
        at += 2 * width;
    }
    if let [last] = pairs.remainder() {
        let last = simd.splat(*last);
        for (sum, column) in even.iter_mut().zip(&columns[at..][..N]) {
            *sum = simd.mul_add(last, simd.load(column), *sum);
        }
    }
    for ((even, odd), y) in even.into_iter().zip(odd).zip(&mut y[first..][..N]) {
        simd.store(simd.add(even, odd), y);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::matmul::testing::{close, noise, noisy_lanes};
    use crate::{InstructionSet, LANES, as_floats};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn vectors_times_a_matrix_agree_with_loops(
            inputs in 1usize..40,
            padding in 0usize..20,
            width in 1usize..9,
            rows in 1usize..10,
            seed in any::<u32>(),
        ) {
            let columns = noisy_lanes(inputs * width, seed);
            let bias = noisy_lanes(width, seed ^ 1);
            let stride = inputs + padding;
            let x = noise(rows * stride, seed ^ 2);
            let mut expected = as_floats(&bias).repeat(rows);
            for (x, expected) in x.chunks(stride).zip(expected.chunks_mut(width * LANES)) {
                for (i, x) in x[..inputs].iter().enumerate() {
                    for (e, w) in expected.iter_mut().zip(as_floats(&columns[i * width..])) {
                        *e += x * w;
                    }
                }
            }
            for instruction_set in InstructionSet::available() {
                let mut y = vec![Lanes::ZERO; rows * width];
                vectors(instruction_set, &columns, &bias, &x, stride, &mut y);
                close(as_floats(&y), &expected, inputs)?;
            }
        }
    }
}
