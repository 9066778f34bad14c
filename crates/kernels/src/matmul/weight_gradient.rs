//! `dW = dy x^T` and `db = dy`, summed over positions and lanes.

use std::ops::Range;

use super::check;
use crate::{LANES, Lanes, Lanewise, Simd, as_floats_mut, simd_kernel};

/// The gradients that a layer's weights and bias have so far.
#[derive(Debug)]
pub struct WeightSums<'a> {
    /// Gradient of the weights, `[outputs][inputs]`.
    pub weights: &'a mut [f32],
    /// Gradient of the bias, `[outputs]`.
    pub bias: &'a mut [f32],
    /// Whether the sums start at zero: what the slices hold is overwritten, otherwise
    /// accumulated.
    pub from_zero: bool,
}

simd_kernel! {
    /// `weights[o][i] += sum of dy[t][o] x[t][i]` and `bias[o] += sum of dy[t][o] s[t]`, both
    /// over all T positions and all lanes.
    ///
    /// s is `bias_input`, the input that the bias is multiplied by; without it, s is one.
    ///
    /// Shapes: `x` `[T][inputs]`, `dy` `[T][outputs]`, `bias_input` `[T]`, `scratch` at least
    /// [`weight_gradient_scratch`] lanes, of any content.
    ///
    /// # Panics
    ///
    /// If the slices do not have these shapes.
    pub fn backward_weights<'a>(
        simd,
        x: &'a [Lanes],
        dy: &'a [Lanes],
        sums: WeightSums<'a>,
        bias_input: Option<&'a [Lanes]>,
        scratch: &'a mut [Lanes],
        inputs: usize,
        outputs: usize,
    ) {
        let columns = check(sums.weights, x, dy, inputs, outputs);
        assert_eq!(sums.bias.len(), outputs);
        if let Some(bias_input) = bias_input {
            assert_eq!(bias_input.len(), columns, "a bias input for every column");
        }
        let of_bias = Factors::of_bias(bias_input);
        match inputs {
            1 => few_inputs::<S, 1, 16, 4>(simd, x, dy, sums, of_bias),
            2 => few_inputs::<S, 2, 8, 4>(simd, x, dy, sums, of_bias),
            4 => few_inputs::<S, 4, 4, 2>(simd, x, dy, sums, of_bias),
            8 => few_inputs::<S, 8, 2, 1>(simd, x, dy, sums, of_bias),
            _ => {
                let WeightSums { weights, bias, from_zero } = sums;
                sum_of_columns(simd, dy, of_bias, bias, from_zero);
                if outputs < FEW {
                    for (row, weights) in weights.chunks_exact_mut(inputs).enumerate() {
                        let factors = Factors::Row { columns: dy, row, rows: outputs };
                        sum_of_columns(simd, x, factors, weights, from_zero);
                    }
                } else {
                    let transposed = transpose_columns(simd, x, scratch, columns, inputs);
                    let blocks = inputs.div_ceil(LANES);
                    WeightGradient { transposed, blocks, dy, columns, inputs, outputs, from_zero }
                        .all(simd, weights);
                }
            }
        }
    }
}

simd_kernel! {
    /// `sums[i] += sum over positions and lanes of x[t][i]`; with `from_zero`, `sums[i]` is
    /// overwritten.
    ///
    /// Shapes: `x` `[T][inputs]`, `sums` `[inputs]`.
    ///
    /// # Panics
    ///
    /// If the length of `x` is no multiple of that of `sums`.
    pub fn add_column_sums<'a>(simd, x: &'a [Lanes], sums: &'a mut [f32], from_zero: bool) {
        assert_eq!(x.len() % sums.len(), 0, "columns of another size");
        sum_of_columns(simd, x, Factors::One, sums, from_zero);
    }
}

/// Lanes of scratch memory that [`backward_weights`] needs for `columns` positions.
pub const fn weight_gradient_scratch(columns: usize, inputs: usize) -> usize {
    columns * LANES * inputs.div_ceil(LANES)
}

/// A factor per column and lane.
#[derive(Clone, Copy)]
enum Factors<'a> {
    /// The factor is one.
    One,
    /// The factor is the row `row` of columns of `rows` elements.
    Row { columns: &'a [Lanes], row: usize, rows: usize },
}

impl<'a> Factors<'a> {
    /// The factors that the gradient of a bias is multiplied by.
    fn of_bias(input: Option<&'a [Lanes]>) -> Self {
        match input {
            None => Factors::One,
            Some(columns) => Factors::Row { columns, row: 0, rows: 1 },
        }
    }

    #[inline(always)]
    fn at<S: Lanewise>(self, simd: S, column: usize) -> S::V {
        match self {
            Factors::One => simd.splat(1.0),
            Factors::Row { columns, row, rows } => simd.load(&columns[column * rows + row]),
        }
    }
}

/// `sums[i] += sum over columns and lanes of x[i] times the factor`.
#[inline(always)]
fn sum_of_columns<S: Simd>(
    simd: S,
    x: &[Lanes],
    factors: Factors<'_>,
    sums: &mut [f32],
    from_zero: bool,
) {
    let rows = sums.len();
    for (block, sums) in sums.chunks_mut(LANES).enumerate() {
        let mut of_rows = [Lanes::ZERO; LANES];
        for simd in simd.parts() {
            let first = block * LANES;
            if S::Part::REGISTERS >= 32 {
                sum_rows::<S::Part, 16>(simd, x, rows, first, factors, &mut of_rows);
            } else {
                let [low, high] = halves_of(&mut of_rows);
                sum_rows::<S::Part, 8>(simd, x, rows, first, factors, low);
                sum_rows::<S::Part, 8>(simd, x, rows, first + 8, factors, high);
            }
        }
        add_to_floats(simd, sums_of(simd, &of_rows), sums, from_zero);
    }
}

/// The sums over the columns of rows `first..first + R` of x; rows past the end are left out.
#[inline(always)]
fn sum_rows<S: Lanewise, const R: usize>(
    simd: S,
    x: &[Lanes],
    rows: usize,
    first: usize,
    factors: Factors<'_>,
    out: &mut [Lanes],
) {
    let mut sums = [simd.zero(); R];
    for (column, x) in x.chunks_exact(rows).enumerate() {
        let factor = factors.at(simd, column);
        let x = &x[first.min(rows)..];
        // An array, whose length is known to the compiler: the sums stay in registers.
        if let Some(x) = x.first_chunk::<R>() {
            for (sum, x) in sums.iter_mut().zip(x) {
                *sum = simd.mul_add(factor, simd.load(x), *sum);
            }
        } else {
            for (sum, x) in sums.iter_mut().zip(x) {
                *sum = simd.mul_add(factor, simd.load(x), *sum);
            }
        }
    }
    for (sum, out) in sums.iter().zip(out) {
        simd.store(*sum, out);
    }
}

/// The sum over the lanes of each of sixteen rows.
#[inline(always)]
fn sums_of<S: Simd>(simd: S, of_rows: &[Lanes; LANES]) -> S::V {
    let mut rows = [simd.zero(); LANES];
    for (row, lanes) in rows.iter_mut().zip(of_rows) {
        *row = simd.load(lanes);
    }
    simd.sums(rows)
}

/// Splits sixteen rows into eight and eight.
#[inline(always)]
fn halves_of(rows: &mut [Lanes; LANES]) -> [&mut [Lanes]; 2] {
    let (low, high) = rows.split_at_mut(LANES / 2);
    [low, high]
}

/// The gradients of a layer with few inputs, `I`.
///
/// Sixteen consecutive weights belong to `R = 16 / I` outputs. Each of them has a sum over
/// the columns, and the lanes of these sixteen sums are added up at the end. The bias is one
/// more input. An instruction set with sixteen registers works on `Q` outputs at a time.
#[inline(always)]
fn few_inputs<S: Simd, const I: usize, const R: usize, const Q: usize>(
    simd: S,
    x: &[Lanes],
    dy: &[Lanes],
    sums: WeightSums<'_>,
    factors: Factors<'_>,
) {
    const { assert!(I * R == LANES && R.is_multiple_of(Q)) };
    let WeightSums { weights, bias, from_zero } = sums;
    let outputs = bias.len();
    let rows = Rows { x, dy, outputs, factors };
    let blocks = weights.chunks_mut(LANES * I).zip(bias.chunks_mut(LANES));
    for (block, (weights, bias)) in blocks.enumerate() {
        let mut of_bias = [Lanes::ZERO; LANES];
        let parts = weights.chunks_mut(LANES).zip(of_bias.chunks_exact_mut(R));
        for (part, (weights, of_bias)) in parts.enumerate() {
            let first = block * LANES + part * R;
            let mut sums = [Lanes::ZERO; LANES];
            for simd in simd.parts() {
                if weights.len() < LANES {
                    // Fewer than R outputs are left.
                    rows.in_turn::<S::Part, I, 1>(simd, first..outputs, &mut sums, of_bias);
                } else if S::Part::REGISTERS >= 32 {
                    rows.in_turn::<S::Part, I, R>(simd, first..first + R, &mut sums, of_bias);
                } else {
                    rows.in_turn::<S::Part, I, Q>(simd, first..first + R, &mut sums, of_bias);
                }
            }
            add_to_floats(simd, sums_of(simd, &sums), weights, from_zero);
        }
        add_to_floats(simd, sums_of(simd, &of_bias), bias, from_zero);
    }
}

/// The operands of [`few_inputs`].
struct Rows<'a> {
    x: &'a [Lanes],
    dy: &'a [Lanes],
    outputs: usize,
    /// The factors of the bias.
    factors: Factors<'a>,
}

impl Rows<'_> {
    /// The sums over the columns for some outputs, `R` of them at a time: `I` sums of each
    /// for its weights, and one for its bias.
    #[inline(always)]
    fn in_turn<S: Lanewise, const I: usize, const R: usize>(
        &self,
        simd: S,
        outputs: Range<usize>,
        sums: &mut [Lanes],
        of_bias: &mut [Lanes],
    ) {
        let each = sums.chunks_exact_mut(I * R).zip(of_bias.chunks_exact_mut(R));
        for (first, (sums, of_bias)) in outputs.step_by(R).zip(each) {
            self.sums::<S, I, R>(simd, first, sums, of_bias);
        }
    }

    /// The sums for outputs `first..first + R`. `R` is a compile-time constant, so that the
    /// sums stay in registers: a step of `design` takes 45.4 us instead of 47.5.
    #[inline(always)]
    fn sums<S: Lanewise, const I: usize, const R: usize>(
        &self,
        simd: S,
        first: usize,
        sums: &mut [Lanes],
        of_bias: &mut [Lanes],
    ) {
        let mut products = [[simd.zero(); I]; R];
        let mut biases = [simd.zero(); R];
        let columns = self.x.chunks_exact(I).zip(self.dy.chunks_exact(self.outputs));
        for (column, (x, dy)) in columns.enumerate() {
            let factor = self.factors.at(simd, column);
            let dy = &dy[first..][..R];
            for ((products, bias), dy) in products.iter_mut().zip(&mut biases).zip(dy) {
                let dy = simd.load(dy);
                *bias = simd.mul_add(dy, factor, *bias);
                for (product, x) in products.iter_mut().zip(x) {
                    *product = simd.mul_add(dy, simd.load(x), *product);
                }
            }
        }
        // By reference: iterators over the arrays themselves would copy them.
        for (sum, product) in sums.iter_mut().zip(products.as_flattened()) {
            simd.store(*product, sum);
        }
        for (sum, bias) in of_bias.iter_mut().zip(&biases) {
            simd.store(*bias, sum);
        }
    }
}

/// With fewer outputs than this, transposing the inputs takes longer than it saves.
const FEW: usize = 8;

/// Transposes x from `[T][inputs]`, a sequence per lane, to `[inputs / 16][T][16]`, a feature
/// per lane and a row for each sequence, so that a tile of a [`WeightGradient`] reads
/// consecutive memory.
#[inline(always)]
fn transpose_columns<'a, S: Simd>(
    simd: S,
    x: &[Lanes],
    scratch: &'a mut [Lanes],
    columns: usize,
    inputs: usize,
) -> &'a [Lanes] {
    let transposed = &mut scratch[..weight_gradient_scratch(columns, inputs)];
    for column in 0..columns {
        for block in 0..inputs.div_ceil(LANES) {
            let features = &x[column * inputs..][..inputs][block * LANES..];
            let mut rows = [simd.zero(); LANES];
            for (row, feature) in rows.iter_mut().zip(features) {
                *row = simd.load(feature);
            }
            // By reference: an iterator over the array itself would copy it.
            for (lane, &row) in simd.transpose(rows).iter().enumerate() {
                simd.store(row, &mut transposed[(block * columns + column) * LANES + lane]);
            }
        }
    }
    transposed
}

/// The weight gradient of layers with many inputs. With the inputs transposed, it is a matrix
/// product over positions and sequences, of broadcast elements of dy with sixteen features.
struct WeightGradient<'a> {
    transposed: &'a [Lanes],
    blocks: usize,
    dy: &'a [Lanes],
    columns: usize,
    inputs: usize,
    outputs: usize,
    from_zero: bool,
}

impl WeightGradient<'_> {
    /// The whole gradient, in tiles whose sums stay in registers.
    #[inline(always)]
    fn all<S: Simd>(&self, simd: S, dweights: &mut [f32]) {
        if S::REGISTERS >= 32 {
            self.run::<S, 8, 2>(simd, dweights);
        } else if S::REGISTERS < 8 {
            self.run::<S, 2, 1>(simd, dweights);
        } else {
            self.run::<S, 6, 1>(simd, dweights);
        }
    }

    /// The whole gradient in tiles of `R` outputs by `N` blocks (one or two); what is left
    /// over in smaller ones. The part of x that a tile reads stays in the L1 cache for all
    /// outputs.
    #[inline(always)]
    fn run<S: Simd, const R: usize, const N: usize>(&self, simd: S, dweights: &mut [f32]) {
        let mut block = 0;
        while block + N <= self.blocks {
            self.all_outputs::<S, R, N>(simd, block, dweights);
            block += N;
        }
        if block < self.blocks {
            self.all_outputs::<S, R, 1>(simd, block, dweights);
        }
    }

    /// All outputs of `N` blocks of sixteen inputs.
    #[inline(always)]
    fn all_outputs<S: Simd, const R: usize, const N: usize>(
        &self,
        simd: S,
        block: usize,
        dweights: &mut [f32],
    ) {
        let mut row = 0;
        while row + R <= self.outputs {
            self.tile::<S, R, N>(simd, row, block, dweights);
            row += R;
        }
        if row + 4 <= self.outputs {
            self.tile::<S, 4, N>(simd, row, block, dweights);
            row += 4;
        }
        if row + 2 <= self.outputs {
            self.tile::<S, 2, N>(simd, row, block, dweights);
            row += 2;
        }
        if row < self.outputs {
            self.tile::<S, 1, N>(simd, row, block, dweights);
        }
    }

    /// `R` outputs by `N` blocks of sixteen inputs.
    #[inline(always)]
    fn tile<S: Simd, const R: usize, const N: usize>(
        &self,
        simd: S,
        row: usize,
        block: usize,
        dweights: &mut [f32],
    ) {
        assert!(row + R <= self.outputs && block + N <= self.blocks);
        assert!(self.dy.len() == self.columns * self.outputs);
        assert!(self.transposed.len() == self.columns * LANES * self.blocks);
        let mut sums = [[simd.zero(); N]; R];
        for column in 0..self.columns {
            // SAFETY: the lengths asserted above, row + R <= outputs and
            // block + N <= blocks keep every index in bounds.
            unsafe {
                let dy = self.dy.as_ptr().add(column * self.outputs + row);
                let x = self.transposed.as_ptr().add((block * self.columns + column) * LANES);
                for lane in 0..LANES {
                    let mut values = [simd.zero(); N];
                    for (n, value) in values.iter_mut().enumerate() {
                        *value = simd.load(&*x.add(n * self.columns * LANES + lane));
                    }
                    for (r, sums) in sums.iter_mut().enumerate() {
                        let dy = simd.splat((*dy.add(r)).0[lane]);
                        for (sum, value) in sums.iter_mut().zip(values) {
                            *sum = simd.mul_add(dy, value, *sum);
                        }
                    }
                }
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            let dweights = &mut dweights[(row + r) * self.inputs..][..self.inputs];
            for (n, &sum) in sums.iter().enumerate() {
                let first = (block + n) * LANES;
                let last = self.inputs.min(first + LANES);
                add_to_floats(simd, sum, &mut dweights[first..last], self.from_zero);
            }
        }
    }
}

/// Adds the first lanes of `value` to the floats of `to`, or, with `from_zero`, overwrites
/// them. That saves clearing and reading them: on AVX2 a step of `strong`, batch 256, takes
/// 38.4 ms instead of 40.0.
#[inline(always)]
fn add_to_floats<S: Simd>(simd: S, value: S::V, to: &mut [f32], from_zero: bool) {
    if let Ok(to) = <&mut [f32; LANES]>::try_from(&mut *to) {
        let before = if from_zero { simd.zero() } else { simd.load_floats(to) };
        simd.store_floats(simd.add(before, value), to);
    } else {
        let mut lanes = [Lanes::ZERO];
        simd.store(value, &mut lanes[0]);
        for (to, value) in to.iter_mut().zip(as_floats_mut(&mut lanes)) {
            let before = if from_zero { 0.0 } else { *to };
            *to = before + *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::InstructionSet;
    use crate::matmul::testing::{close, noisy_lanes};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn gradients_agree_with_triple_loops(
            columns in 1usize..11,
            inputs in 1usize..40,
            outputs in 1usize..40,
            seed in any::<u32>(),
        ) {
            let x = noisy_lanes(columns * inputs, seed ^ 2);
            let dy = noisy_lanes(columns * outputs, seed ^ 3);
            let mut dweights = vec![0.0; inputs * outputs];
            let mut dbias = vec![0.0; outputs];
            for column in 0..columns {
                for lane in 0..LANES {
                    for o in 0..outputs {
                        let d = dy[column * outputs + o].0[lane];
                        dbias[o] += d;
                        for i in 0..inputs {
                            dweights[o * inputs + i] += d * x[column * inputs + i].0[lane];
                        }
                    }
                }
            }

            for instruction_set in InstructionSet::available() {
                // The first pass overwrites what is there, the second one accumulates.
                let mut got = vec![f32::NAN; inputs * outputs];
                let mut got_bias = vec![f32::NAN; outputs];
                let mut scratch = vec![Lanes::ZERO; weight_gradient_scratch(columns, inputs)];
                for from_zero in [true, false] {
                    let sums =
                        WeightSums { weights: &mut got, bias: &mut got_bias, from_zero };
                    backward_weights(
                        instruction_set, &x, &dy, sums, None, &mut scratch, inputs, outputs,
                    );
                }
                let times = |factor, v: &[f32]| v.iter().map(|v| factor * v).collect::<Vec<_>>();
                close(&got, &times(2.0, &dweights), 2 * columns * LANES)?;
                close(&got_bias, &times(2.0, &dbias), 2 * columns * LANES)?;

                // A bias whose input is a half.
                let halves = vec![Lanes::splat(0.5); columns];
                let mut got_bias = vec![0.0; outputs];
                let sums =
                    WeightSums { weights: &mut got, bias: &mut got_bias, from_zero: false };
                backward_weights(
                    instruction_set, &x, &dy, sums, Some(&halves), &mut scratch, inputs, outputs,
                );
                close(&got, &times(3.0, &dweights), 3 * columns * LANES)?;
                close(&got_bias, &times(0.5, &dbias), columns * LANES)?;
            }
        }

        #[test]
        fn instruction_sets_with_fused_operations_agree_to_the_bit(
            columns in 1usize..9, inputs in 1usize..40, outputs in 1usize..40, seed in any::<u32>(),
        ) {
            let x = noisy_lanes(columns * inputs, seed ^ 2);
            let dy = noisy_lanes(columns * outputs, seed ^ 3);
            let results: Vec<_> = InstructionSet::available()
                .into_iter()
                .filter(|&instruction_set| instruction_set != InstructionSet::portable())
                .map(|instruction_set| {
                    let mut weights = vec![0.0; inputs * outputs];
                    let mut bias = vec![0.0; outputs];
                    let mut scratch = vec![Lanes::ZERO; weight_gradient_scratch(columns, inputs)];
                    let sums = WeightSums {
                        weights: &mut weights,
                        bias: &mut bias,
                        from_zero: false,
                    };
                    backward_weights(
                        instruction_set, &x, &dy, sums, None, &mut scratch, inputs, outputs,
                    );
                    (weights, bias)
                })
                .collect();
            for pair in results.windows(2) {
                prop_assert_eq!(&pair[0], &pair[1]);
            }
        }
    }
}
