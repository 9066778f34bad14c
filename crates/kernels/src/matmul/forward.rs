//! `y = W x` and, backward, `dx = W^T dy`.

use super::check;
use crate::argmax::{ArgMax, Found, Search, argmax_of};
use crate::{Lanes, Lanewise, Simd, simd_kernel};

/// What is done with a product before it is written to `y`.
///
/// The name is that of matrix product libraries for this last step.
#[derive(Clone, Copy, Debug)]
pub enum Epilogue<'a> {
    /// `y = W x`.
    Overwrite,
    /// `y = W x + b`, with `b` of shape `[outputs]`.
    OverwriteWithBias(&'a [f32]),
    /// `y += W x + b`, with `b` of shape `[outputs]`: a residual connection.
    AccumulateWithBias(&'a [f32]),
}

impl Epilogue<'_> {
    /// The value to be written, given the product of a row and what is in the output.
    #[inline(always)]
    fn apply<S: Lanewise>(self, simd: S, row: usize, product: S::V, output: &Lanes) -> S::V {
        match self {
            Epilogue::Overwrite => product,
            Epilogue::OverwriteWithBias(bias) => simd.add(product, simd.splat(bias[row])),
            Epilogue::AccumulateWithBias(bias) => {
                let biased = simd.add(product, simd.splat(bias[row]));
                simd.add(biased, simd.load(output))
            }
        }
    }
}

simd_kernel! {
    /// `y[t][o] = sum over i of weights[o][i] x[t][i]`, then the `epilogue`, for every lane.
    ///
    /// Shapes: `weights` `[outputs][inputs]`, `x` `[T][inputs]`, `y` `[T][outputs]`.
    ///
    /// ```
    /// use ninth_kernels::matmul::{Epilogue, forward};
    /// use ninth_kernels::{InstructionSet, Lanes};
    ///
    /// // One position with two features, which are the same in all sixteen lanes.
    /// let x = [Lanes::splat(1.0), Lanes::splat(10.0)];
    /// let weights = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    /// let bias = [0.5, 0.5, 0.5];
    /// let mut y = [Lanes::ZERO; 3];
    /// let epilogue = Epilogue::OverwriteWithBias(&bias);
    /// forward(InstructionSet::detect(), &weights, epilogue, &x, &mut y, 2, 3);
    /// assert_eq!(y, [21.5, 43.5, 65.5].map(Lanes::splat));
    /// ```
    ///
    /// # Panics
    ///
    /// If the slices do not have these shapes.
    pub fn forward<'a>(
        simd,
        weights: &'a [f32],
        epilogue: Epilogue<'a>,
        x: &'a [Lanes],
        y: &'a mut [Lanes],
        inputs: usize,
        outputs: usize,
    ) {
        check(weights, x, y, inputs, outputs);
        if let Epilogue::OverwriteWithBias(bias) | Epilogue::AccumulateWithBias(bias) = epilogue {
            assert_eq!(bias.len(), outputs);
        }
        match inputs {
            1 => narrow::<S, 1>(simd, weights, epilogue, x, y, None),
            2 => narrow::<S, 2>(simd, weights, epilogue, x, y, None),
            4 => narrow::<S, 4>(simd, weights, epilogue, x, y, None),
            _ => wide(simd, weights, epilogue, x, y, inputs),
        }
    }
}

simd_kernel! {
    /// [`forward`] with a bias, and the argmax of every column of `y`: logits and predicted
    /// classes.
    ///
    /// Shapes: `weights` `[outputs][inputs]`, `bias` `[outputs]`, `x` `[T][inputs]`, `y`
    /// `[T][outputs]`, `argmax` `[T]`. With few inputs the product waits for memory, so the
    /// search costs next to nothing.
    ///
    /// # Panics
    ///
    /// If the slices do not have these shapes.
    pub fn forward_with_argmax<'a>(
        simd,
        weights: &'a [f32],
        bias: &'a [f32],
        x: &'a [Lanes],
        y: &'a mut [Lanes],
        argmax: &'a mut [ArgMax],
        inputs: usize,
    ) {
        let outputs = bias.len();
        let columns = check(weights, x, y, inputs, outputs);
        assert_eq!(argmax.len(), columns, "an argmax for every column");
        let epilogue = Epilogue::OverwriteWithBias(bias);
        match inputs {
            1 => narrow::<S, 1>(simd, weights, epilogue, x, y, Some(argmax)),
            2 => narrow::<S, 2>(simd, weights, epilogue, x, y, Some(argmax)),
            4 => narrow::<S, 4>(simd, weights, epilogue, x, y, Some(argmax)),
            _ => {
                wide(simd, weights, epilogue, x, y, inputs);
                for (column, maximum) in y.chunks_exact(outputs).zip(argmax) {
                    *maximum = argmax_of(simd, column);
                }
            }
        }
    }
}

simd_kernel! {
    /// `dx[t][i] = sum over o of weights[o][i] dy[t][o]`, for every lane: the gradient of
    /// the input of [`forward`].
    ///
    /// Shapes: `weights` `[outputs][inputs]`, `dy` `[T][outputs]`, `dx` `[T][inputs]`.
    ///
    /// # Panics
    ///
    /// If the slices do not have these shapes.
    pub fn backward_input<'a>(
        simd,
        weights: &'a [f32],
        dy: &'a [Lanes],
        dx: &'a mut [Lanes],
        inputs: usize,
        outputs: usize,
    ) {
        let columns = check(weights, dx, dy, inputs, outputs);
        let product = Product {
            weights,
            row_stride: 1,
            inner_stride: inputs,
            x: dy,
            inner: outputs,
            rows: inputs,
            columns,
            epilogue: Epilogue::Overwrite,
        };
        product.run(simd, dx);
    }
}

/// [`forward`] for so few inputs that a column of x stays in registers and an output takes
/// `I` multiplications; with the argmax of every column if it is asked for.
#[inline(always)]
fn narrow<S: Simd, const I: usize>(
    simd: S,
    weights: &[f32],
    epilogue: Epilogue<'_>,
    x: &[Lanes],
    y: &mut [Lanes],
    mut argmax: Option<&mut [ArgMax]>,
) {
    let outputs = weights.len() / I;
    for (index, (x, y)) in x.chunks_exact(I).zip(y.chunks_exact_mut(outputs)).enumerate() {
        let mut found = Found::default();
        // AVX2 has too few registers for a column and a search of all sixteen lanes.
        for simd in simd.parts() {
            let mut values = [simd.zero(); I];
            for (value, x) in values.iter_mut().zip(x) {
                *value = simd.load(x);
            }
            let column = Column { values, weights, epilogue };
            let mut search = Search::new(simd);
            let mut row = 0;
            let mut fours = y.chunks_exact_mut(4);
            for y in &mut fours {
                let values = column.rows::<_, 4>(simd, row, y);
                if argmax.is_some() {
                    search.next_four(simd, values);
                }
                row += 4;
            }
            let rest = fours.into_remainder();
            if !rest.is_empty() {
                let mut values = [simd.splat(f32::NEG_INFINITY); 4];
                for (value, y) in values.iter_mut().zip(rest.chunks_exact_mut(1)) {
                    [*value] = column.rows::<_, 1>(simd, row, y);
                    row += 1;
                }
                search.next_four(simd, values);
            }
            if argmax.is_some() {
                search.finish(simd, &mut found);
            }
        }
        if let Some(argmax) = &mut argmax {
            argmax[index] = found.argmax();
        }
    }
}

/// A column of x in registers, and the matrix it is multiplied by.
struct Column<'a, V, const I: usize> {
    values: [V; I],
    weights: &'a [f32],
    epilogue: Epilogue<'a>,
}

impl<V: Copy, const I: usize> Column<'_, V, I> {
    /// Stores rows `first..first + R` of the product and returns them.
    #[inline(always)]
    fn rows<S: Lanewise<V = V>, const R: usize>(
        &self,
        simd: S,
        first: usize,
        y: &mut [Lanes],
    ) -> [V; R] {
        let weights = &self.weights[first * I..][..R * I];
        let y = &mut y[..R];
        let mut values = [simd.zero(); R];
        for row in 0..R {
            let mut sum = simd.mul(simd.splat(weights[row * I]), self.values[0]);
            for i in 1..I {
                sum = simd.mul_add(simd.splat(weights[row * I + i]), self.values[i], sum);
            }
            values[row] = self.epilogue.apply(simd, first + row, sum, &y[row]);
            simd.store(values[row], &mut y[row]);
        }
        values
    }
}

/// [`forward`] for any number of inputs.
#[inline(always)]
fn wide<S: Simd>(
    simd: S,
    weights: &[f32],
    epilogue: Epilogue<'_>,
    x: &[Lanes],
    y: &mut [Lanes],
    inputs: usize,
) {
    let (columns, rows) = (x.len() / inputs, weights.len() / inputs);
    let (row_stride, inner_stride, inner) = (inputs, 1, inputs);
    Product { weights, row_stride, inner_stride, x, inner, rows, columns, epilogue }.run(simd, y);
}

/// `out[row] = sum over k of weights[row][k] x[k]`, for every column, where
/// `weights[row][k]` is at `row * row_stride + k * inner_stride`: the same code for a matrix
/// and its transpose.
struct Product<'a> {
    weights: &'a [f32],
    row_stride: usize,
    inner_stride: usize,
    x: &'a [Lanes],
    inner: usize,
    rows: usize,
    columns: usize,
    epilogue: Epilogue<'a>,
}

impl Product<'_> {
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, out: &mut [Lanes]) {
        // A tile of R x N takes R N registers for the sums, N for the columns and one for
        // the weight. With 32 registers, 8 x 2 is limited by multiplications and not by
        // loads on current processors, and 8 divides the usual widths. With half as many
        // registers the same is true of 6 x 1; for few rows 2 x 2 is better there, because
        // the multiplications of one sum wait for each other. Where a vector takes four of
        // sixteen registers, more than two sums would not stay in them.
        if S::REGISTERS >= 32 {
            self.all::<S, 8, 2>(simd, out);
        } else if S::REGISTERS < 8 {
            self.all::<S, 2, 1>(simd, out);
        } else if self.rows >= 6 {
            self.all::<S, 6, 1>(simd, out);
        } else {
            self.all::<S, 2, 2>(simd, out);
        }
    }

    /// The whole product in tiles of `R` rows by `N` columns (one or two); what is left over
    /// in smaller ones.
    #[inline(always)]
    fn all<S: Simd, const R: usize, const N: usize>(&self, simd: S, out: &mut [Lanes]) {
        let mut column = 0;
        while column + N <= self.columns {
            self.columns_by_rows::<S, R, N>(simd, column, out);
            column += N;
        }
        if column < self.columns {
            self.columns_by_rows::<S, R, 1>(simd, column, out);
        }
    }

    /// All rows of `N` columns.
    #[inline(always)]
    fn columns_by_rows<S: Simd, const R: usize, const N: usize>(
        &self,
        simd: S,
        column: usize,
        out: &mut [Lanes],
    ) {
        let mut row = 0;
        while row + R <= self.rows {
            self.tile::<S, R, N>(simd, row, column, out);
            row += R;
        }
        if R > 4 && row + 4 <= self.rows {
            self.tile::<S, 4, N>(simd, row, column, out);
            row += 4;
        }
        if R > 2 && row + 2 <= self.rows {
            self.tile::<S, 2, N>(simd, row, column, out);
            row += 2;
        }
        if row < self.rows {
            self.tile::<S, 1, N>(simd, row, column, out);
        }
    }

    /// `R` rows by `N` columns.
    #[inline(always)]
    fn tile<S: Simd, const R: usize, const N: usize>(
        &self,
        simd: S,
        row: usize,
        column: usize,
        out: &mut [Lanes],
    ) {
        assert!(row + R <= self.rows && column + N <= self.columns);
        let mut sums = [[simd.zero(); N]; R];
        // SAFETY (of the pointers in the loop): `check` asserted that x has
        // `columns * inner` lanes and the weights `rows * inner` floats; row + R and
        // column + N are in range, asserted above. The largest index into the weights is
        // (rows - 1) row_stride + (inner - 1) inner_stride, the last element for both
        // orders of the strides.
        unsafe {
            let weights = self.weights.as_ptr().add(row * self.row_stride);
            let x = self.x.as_ptr().add(column * self.inner);
            for k in 0..self.inner {
                let mut values = [simd.zero(); N];
                for (n, value) in values.iter_mut().enumerate() {
                    *value = simd.load(&*x.add(n * self.inner + k));
                }
                let weights = weights.add(k * self.inner_stride);
                for (r, sums) in sums.iter_mut().enumerate() {
                    let weight = simd.splat(*weights.add(r * self.row_stride));
                    for (sum, value) in sums.iter_mut().zip(values) {
                        *sum = simd.mul_add(weight, value, *sum);
                    }
                }
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            for (n, &sum) in sums.iter().enumerate() {
                let to = &mut out[(column + n) * self.rows + row + r];
                simd.store(self.epilogue.apply(simd, row + r, sum, to), to);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::argmax;
    use crate::matmul::testing::{close, noise, noisy_lanes};
    use crate::{InstructionSet, LANES, as_floats};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn products_agree_with_triple_loops(
            columns in 1usize..11,
            inputs in 1usize..40,
            outputs in 1usize..40,
            seed in any::<u32>(),
        ) {
            let weights = noise(inputs * outputs, seed);
            let bias = noise(outputs, seed ^ 1);
            let x = noisy_lanes(columns * inputs, seed ^ 2);
            let dy = noisy_lanes(columns * outputs, seed ^ 3);
            let before = noisy_lanes(columns * outputs, seed ^ 4);

            let mut y = vec![Lanes::ZERO; columns * outputs];
            let mut dx = vec![Lanes::ZERO; columns * inputs];
            for column in 0..columns {
                for lane in 0..LANES {
                    for o in 0..outputs {
                        y[column * outputs + o].0[lane] += bias[o];
                        for i in 0..inputs {
                            let w = weights[o * inputs + i];
                            let v = x[column * inputs + i].0[lane];
                            y[column * outputs + o].0[lane] += w * v;
                            let d = dy[column * outputs + o].0[lane];
                            dx[column * inputs + i].0[lane] += w * d;
                        }
                    }
                }
            }

            for instruction_set in InstructionSet::available() {
                let mut got = before.clone();
                let epilogue = Epilogue::OverwriteWithBias(&bias);
                forward(instruction_set, &weights, epilogue, &x, &mut got, inputs, outputs);
                close(as_floats(&got), as_floats(&y), inputs)?;

                let mut again = before.clone();
                let mut found = vec![ArgMax::default(); columns];
                forward_with_argmax(
                    instruction_set, &weights, &bias, &x, &mut again, &mut found, inputs,
                );
                prop_assert_eq!(&again, &got);
                for (column, found) in got.chunks(outputs).zip(found) {
                    prop_assert_eq!(argmax::argmax(instruction_set, column), found);
                }

                let mut got = before.clone();
                let epilogue = Epilogue::AccumulateWithBias(&bias);
                forward(instruction_set, &weights, epilogue, &x, &mut got, inputs, outputs);
                let sum: Vec<f32> = as_floats(&y)
                    .iter()
                    .zip(as_floats(&before))
                    .map(|(a, b)| a + b)
                    .collect();
                close(as_floats(&got), &sum, inputs)?;

                let mut got = vec![Lanes::splat(9.0); columns * inputs];
                backward_input(instruction_set, &weights, &dy, &mut got, inputs, outputs);
                close(as_floats(&got), as_floats(&dx), outputs)?;
            }
        }

        #[test]
        fn instruction_sets_with_fused_operations_agree_to_the_bit(
            columns in 1usize..9, inputs in 1usize..40, outputs in 1usize..40, seed in any::<u32>(),
        ) {
            let weights = noise(inputs * outputs, seed);
            let x = noisy_lanes(columns * inputs, seed ^ 2);
            let results: Vec<_> = InstructionSet::available()
                .into_iter()
                .filter(|&instruction_set| instruction_set != InstructionSet::portable())
                .map(|instruction_set| {
                    let mut y = vec![Lanes::ZERO; columns * outputs];
                    let epilogue = Epilogue::Overwrite;
                    forward(instruction_set, &weights, epilogue, &x, &mut y, inputs, outputs);
                    y
                })
                .collect();
            for pair in results.windows(2) {
                prop_assert_eq!(&pair[0], &pair[1]);
            }
        }
    }
}
