//! Matrix products between weights and activations.
//!
//! Weights are row-major `[outputs][inputs]`, as PyTorch keeps those of a
//! linear layer. Activations are columns of lanes: the column of position `t`
//! is `x[t * inputs..][..inputs]`.
//!
//! All products are made of tiles: `R` rows of weights by `N` columns of lanes,
//! held in registers while the inner dimension runs. Every element is added up
//! in the order of the inner dimension, whatever the tile, so the instruction
//! set does not change the result (the portable one apart, which rounds twice).

use std::ops::Range;

use crate::argmax::{Found, Peak, Search, peak_of};
use crate::{LANES, Lanes, Lanewise, Simd, as_floats_mut, simd_kernel};

/// What is in the output before the product is added to it.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// Nothing: the product is stored.
    Zero,
    /// A bias per output row.
    Bias(&'a [f32]),
    /// A bias per output row, on top of what is in the output (a residual
    /// connection).
    BiasAndOutput(&'a [f32]),
}

impl Start<'_> {
    /// A row's product on top of what it starts from, given what is in the output.
    #[inline(always)]
    fn onto<S: Lanewise>(self, simd: S, row: usize, product: S::V, output: &Lanes) -> S::V {
        match self {
            Start::Zero => product,
            Start::Bias(bias) => simd.add(product, simd.splat(bias[row])),
            Start::BiasAndOutput(bias) => {
                let biased = simd.add(product, simd.splat(bias[row]));
                simd.add(biased, simd.load(output))
            }
        }
    }
}

simd_kernel! {
    /// `y[o] = sum over i of weights[o][i] x[i]`, plus what `start` says, for
    /// every column.
    ///
    /// # Panics
    ///
    /// If the lengths of the slices do not fit each other.
    pub fn forward<'a>(
        simd,
        weights: &'a [f32],
        start: Start<'a>,
        x: &'a [Lanes],
        y: &'a mut [Lanes],
        inputs: usize,
        outputs: usize,
    ) {
        check(weights, x, y, inputs, outputs);
        if let Start::Bias(bias) | Start::BiasAndOutput(bias) = start {
            assert_eq!(bias.len(), outputs);
        }
        match inputs {
            1 => narrow::<S, 1>(simd, weights, start, x, y, None),
            2 => narrow::<S, 2>(simd, weights, start, x, y, None),
            4 => narrow::<S, 4>(simd, weights, start, x, y, None),
            _ => wide(simd, weights, start, x, y, inputs),
        }
    }
}

simd_kernel! {
    /// [`forward`] with a bias, and the peak of every column of `y`.
    ///
    /// Where there are few inputs, the search hides behind the loads of the product.
    ///
    /// # Panics
    ///
    /// If the lengths of the slices do not fit each other.
    pub fn forward_with_peaks<'a>(
        simd,
        weights: &'a [f32],
        bias: &'a [f32],
        x: &'a [Lanes],
        y: &'a mut [Lanes],
        peaks: &'a mut [Peak],
        inputs: usize,
    ) {
        let outputs = bias.len();
        let columns = check(weights, x, y, inputs, outputs);
        assert_eq!(peaks.len(), columns, "a peak for every column");
        let start = Start::Bias(bias);
        match inputs {
            1 => narrow::<S, 1>(simd, weights, start, x, y, Some(peaks)),
            2 => narrow::<S, 2>(simd, weights, start, x, y, Some(peaks)),
            4 => narrow::<S, 4>(simd, weights, start, x, y, Some(peaks)),
            _ => {
                wide(simd, weights, start, x, y, inputs);
                for (column, peak) in y.chunks_exact(outputs).zip(peaks) {
                    *peak = peak_of(simd, column);
                }
            }
        }
    }
}

simd_kernel! {
    /// `dx[i] = sum over o of weights[o][i] dy[o]`, for every column.
    ///
    /// # Panics
    ///
    /// If the lengths of the slices do not fit each other.
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
            start: Start::Zero,
        };
        product.run(simd, dx);
    }
}

/// The gradients of a layer's weights, `[outputs][inputs]`, and of its bias.
#[derive(Debug)]
pub struct WeightSums<'a> {
    /// Of the weights.
    pub weights: &'a mut [f32],
    /// Of the bias.
    pub bias: &'a mut [f32],
    /// Whether the sums begin here, whatever is there.
    pub from_zero: bool,
}

simd_kernel! {
    /// `weights[o][i] += sum over columns and lanes of dy[o] x[i]`, and
    /// `bias[o] += sum over columns and lanes of dy[o]`, or of `dy[o] bias_input`: the
    /// bias is one more input, which is one unless it is said what it is, per column.
    ///
    /// `scratch` is memory to work in: at least
    /// [`weight_gradient_scratch`] lanes.
    ///
    /// # Panics
    ///
    /// If the lengths of the slices do not fit each other.
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
    /// `sums[o] += sum over columns and lanes of x[o]`, where x has
    /// `sums.len()` rows; `from_zero` says whether the sums begin here.
    ///
    /// # Panics
    ///
    /// If x is not made of whole columns.
    pub fn add_column_sums<'a>(simd, x: &'a [Lanes], sums: &'a mut [f32], from_zero: bool) {
        assert_eq!(x.len() % sums.len(), 0, "columns of another size");
        sum_of_columns(simd, x, Factors::One, sums, from_zero);
    }
}

/// Lanes of scratch memory that [`backward_weights`] needs for so many columns
/// and inputs.
pub const fn weight_gradient_scratch(columns: usize, inputs: usize) -> usize {
    columns * LANES * inputs.div_ceil(LANES)
}

/// Checks that the slices are columns of `inputs` and `outputs` and says how
/// many columns there are.
#[inline(always)]
fn check(weights: &[f32], x: &[Lanes], y: &[Lanes], inputs: usize, outputs: usize) -> usize {
    assert!(inputs > 0 && outputs > 0, "a matrix of no size");
    assert_eq!(weights.len(), inputs * outputs, "weights of another size");
    let columns = x.len() / inputs;
    assert_eq!(x.len(), columns * inputs, "columns of another size");
    assert_eq!(y.len(), columns * outputs, "as many columns on both sides");
    columns
}

/// [`forward`] with so few inputs that a column of them stays in registers and every
/// output is a handful of multiplications; with the peaks, where they are wanted.
#[inline(always)]
fn narrow<S: Simd, const I: usize>(
    simd: S,
    weights: &[f32],
    start: Start<'_>,
    x: &[Lanes],
    y: &mut [Lanes],
    mut peaks: Option<&mut [Peak]>,
) {
    let outputs = weights.len() / I;
    for (index, (x, y)) in x.chunks_exact(I).zip(y.chunks_exact_mut(outputs)).enumerate() {
        let mut found = Found::default();
        // Column and search are more than the registers of AVX2 hold of all lanes.
        for simd in simd.parts() {
            let mut values = [simd.zero(); I];
            for (value, x) in values.iter_mut().zip(x) {
                *value = simd.load(x);
            }
            let column = Column { values, weights, start };
            let mut search = Search::new(simd);
            let mut row = 0;
            let mut fours = y.chunks_exact_mut(4);
            for y in &mut fours {
                let values = column.rows::<_, 4>(simd, row, y);
                if peaks.is_some() {
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
            if peaks.is_some() {
                search.finish(simd, &mut found);
            }
        }
        if let Some(peaks) = &mut peaks {
            peaks[index] = found.peak();
        }
    }
}

/// A column in registers, and what it is multiplied by.
struct Column<'a, V, const I: usize> {
    values: [V; I],
    weights: &'a [f32],
    start: Start<'a>,
}

impl<V: Copy, const I: usize> Column<'_, V, I> {
    /// Stores `R` rows of the product, from `first` on, and gives them.
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
            values[row] = self.start.onto(simd, first + row, sum, &y[row]);
            simd.store(values[row], &mut y[row]);
        }
        values
    }
}

/// [`forward`] with more inputs than that.
#[inline(always)]
fn wide<S: Simd>(
    simd: S,
    weights: &[f32],
    start: Start<'_>,
    x: &[Lanes],
    y: &mut [Lanes],
    inputs: usize,
) {
    let (columns, rows) = (x.len() / inputs, weights.len() / inputs);
    let (row_stride, inner_stride, inner) = (inputs, 1, inputs);
    Product { weights, row_stride, inner_stride, x, inner, rows, columns, start }.run(simd, y);
}

/// out[row] = sum over k of weights[row][k] x[k], for every column, where
/// weights[row][k] is at `row * row_stride + k * inner_stride`: the same code
/// for a matrix and its transpose.
struct Product<'a> {
    weights: &'a [f32],
    row_stride: usize,
    inner_stride: usize,
    x: &'a [Lanes],
    inner: usize,
    rows: usize,
    columns: usize,
    start: Start<'a>,
}

impl Product<'_> {
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, out: &mut [Lanes]) {
        // A tile of R x N takes R N registers for the sums, N for the columns and
        // one for the weight. Eight by two (of 32 registers) is bound by the
        // multiplications on current processors, not by loads, and divides the
        // usual widths; six by one is the same on half the registers. Few rows take
        // two columns at a time there, because the multiplications of one sum wait for
        // each other.
        if S::REGISTERS >= 32 {
            self.all::<S, 8, 2>(simd, out);
        } else if self.rows >= 6 {
            self.all::<S, 6, 1>(simd, out);
        } else {
            self.all::<S, 2, 2>(simd, out);
        }
    }

    /// All of the product in tiles of `R` rows by `N` columns, one or two; the rest in smaller
    /// ones.
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

    /// `N` columns, for all rows.
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
        // SAFETY (of the pointers in the loop): `check` made sure that x has
        // `columns * inner` lanes and the weights `rows * inner` floats; row + R
        // and column + N are within, asserted above. The largest index into the
        // weights is (rows - 1) row_stride + (inner - 1) inner_stride, the last
        // element for both orders of the strides.
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
                simd.store(self.start.onto(simd, row + r, sum, to), to);
            }
        }
    }
}

/// One number per column and lane.
#[derive(Clone, Copy)]
enum Factors<'a> {
    /// One, always.
    One,
    /// The row `row` of columns of `rows`.
    Row { columns: &'a [Lanes], row: usize, rows: usize },
}

impl<'a> Factors<'a> {
    /// What a bias is multiplied by.
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

/// sums[i] += sum over columns and lanes of x[i] times the factor.
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

/// The sums over the columns of `R` rows of x from `first` on, or of those that there are.
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
        // An array, so that the sums stay in registers.
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

/// The sums over the lanes of sixteen rows in memory.
#[inline(always)]
fn sums_of<S: Simd>(simd: S, of_rows: &[Lanes; LANES]) -> S::V {
    let mut rows = [simd.zero(); LANES];
    for (row, lanes) in rows.iter_mut().zip(of_rows) {
        *row = simd.load(lanes);
    }
    simd.sums(rows)
}

/// Sixteen rows as eight and eight.
#[inline(always)]
fn halves_of(rows: &mut [Lanes; LANES]) -> [&mut [Lanes]; 2] {
    let (low, high) = rows.split_at_mut(LANES / 2);
    [low, high]
}

/// The gradients of a layer with `I` inputs, so few that sixteen consecutive weights span
/// `R = 16 / I` outputs: sixteen sums, each over the columns, whose lanes are added up at
/// the end. The bias is one more input. Where there are only sixteen registers, the sums
/// are those of `Q` outputs at a time.
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
                    // The last outputs.
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

/// What [`few_inputs`] adds up.
struct Rows<'a> {
    x: &'a [Lanes],
    dy: &'a [Lanes],
    outputs: usize,
    /// Of the bias.
    factors: Factors<'a>,
}

impl Rows<'_> {
    /// The sums over the columns for some outputs: `I` of each for its weights, and one for
    /// its bias; those of `R` outputs at a time.
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

    /// Those of `R` outputs from `first` on. `R` is known when this is compiled, so that
    /// the sums stay in registers: a step of `design` takes 45.4 us instead of 47.5.
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

/// Outputs below which a transpose of the inputs does not pay.
const FEW: usize = 8;

/// Columns transposed: for each sixteen features, a row of them for each (column, lane), so
/// that what a tile of a [`WeightGradient`] reads lies side by side.
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

/// The weight gradient of layers that are not narrow: with the inputs transposed, the product
/// over sequences and positions is one of broadcast elements of dy with sixteen features.
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
    /// All of the gradient, in tiles whose sums stay in registers.
    #[inline(always)]
    fn all<S: Simd>(&self, simd: S, dweights: &mut [f32]) {
        if S::REGISTERS >= 32 {
            self.run::<S, 8, 2>(simd, dweights);
        } else {
            self.run::<S, 6, 1>(simd, dweights);
        }
    }

    /// All of the gradient in tiles of `R` outputs by `N` blocks, one or two; the rest in
    /// smaller ones. What a tile reads of x stays in the innermost cache for all outputs.
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

/// Adds the first lanes of `value` to as many floats, or, from zero, puts them there. That
/// saves clearing them first and reading them again: on AVX2 a step of `strong`, batch 256,
/// takes 38.4 ms instead of 40.0.
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

simd_kernel! {
    /// `y = bias + sum over i of x[i] columns[i]`: vectors times a matrix that is kept
    /// transposed, `columns[i]` being the outputs of input `i` padded to whole lanes.
    /// For single sequences, where lanes are features.
    ///
    /// The vectors are rows of `stride` floats, of which as many count as there are
    /// columns; results are rows as long as the bias. The matrix is read once for four
    /// vectors.
    ///
    /// # Panics
    ///
    /// If the lengths of the slices do not fit each other.
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
            // Sixteen sums where there are registers for them, else four.
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

/// `N` lanes of the outputs of four vectors, from `first` on.
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

/// `N` lanes of the outputs, from `first` on.
#[inline(always)]
fn vector_block<S: Simd, const N: usize>(
    simd: S,
    columns: &[Lanes],
    bias: &[Lanes],
    x: &[f32],
    y: &mut [Lanes],
    first: usize,
) {
    // Two sums per output, for the even and the odd inputs: the multiplications
    // of one sum wait for each other.
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
    use crate::argmax::argmax;
    use crate::{InstructionSet, as_floats};

    /// Numbers in -1..1 that look random.
    fn noise(len: usize, seed: u32) -> Vec<f32> {
        let mut state = seed.wrapping_mul(0x9E37_79B9) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as f32 / u32::MAX as f32 * 2.0 - 1.0
        };
        (0..len).map(|_| next()).collect()
    }

    fn noisy_lanes(len: usize, seed: u32) -> Vec<Lanes> {
        let mut lanes = vec![Lanes::ZERO; len];
        as_floats_mut(&mut lanes).copy_from_slice(&noise(len * LANES, seed));
        lanes
    }

    fn close(got: &[f32], expected: &[f32], terms: usize) -> Result<(), TestCaseError> {
        prop_assert_eq!(got.len(), expected.len());
        for (got, expected) in got.iter().zip(expected) {
            let bound = 4e-7 * (terms as f32 + 4.0);
            prop_assert!((got - expected).abs() < bound, "{got} is not {expected}");
        }
        Ok(())
    }

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
            let mut dweights = vec![0.0; inputs * outputs];
            let mut dbias = vec![0.0; outputs];
            for column in 0..columns {
                for lane in 0..LANES {
                    for o in 0..outputs {
                        let d = dy[column * outputs + o].0[lane];
                        dbias[o] += d;
                        y[column * outputs + o].0[lane] += bias[o];
                        for i in 0..inputs {
                            let w = weights[o * inputs + i];
                            let v = x[column * inputs + i].0[lane];
                            y[column * outputs + o].0[lane] += w * v;
                            dx[column * inputs + i].0[lane] += w * d;
                            dweights[o * inputs + i] += d * v;
                        }
                    }
                }
            }

            for instruction_set in InstructionSet::available() {
                let mut got = before.clone();
                forward(instruction_set, &weights, Start::Bias(&bias), &x, &mut got, inputs, outputs);
                close(as_floats(&got), as_floats(&y), inputs)?;

                let mut again = before.clone();
                let mut peaks = vec![Peak::default(); columns];
                forward_with_peaks(instruction_set, &weights, &bias, &x, &mut again, &mut peaks, inputs);
                prop_assert_eq!(&again, &got);
                for (column, peak) in got.chunks(outputs).zip(peaks) {
                    prop_assert_eq!(argmax(instruction_set, column), peak);
                }

                let mut got = before.clone();
                let start = Start::BiasAndOutput(&bias);
                forward(instruction_set, &weights, start, &x, &mut got, inputs, outputs);
                let sum: Vec<f32> = as_floats(&y)
                    .iter()
                    .zip(as_floats(&before))
                    .map(|(a, b)| a + b)
                    .collect();
                close(as_floats(&got), &sum, inputs)?;

                let mut got = vec![Lanes::splat(9.0); columns * inputs];
                backward_input(instruction_set, &weights, &dy, &mut got, inputs, outputs);
                close(as_floats(&got), as_floats(&dx), outputs)?;

                // What is there is of no importance at first.
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
        fn a_vector_times_a_matrix_agrees_with_loops(
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

        #[test]
        fn instruction_sets_with_fused_operations_agree_to_the_bit(
            columns in 1usize..9, inputs in 1usize..40, outputs in 1usize..40, seed in any::<u32>(),
        ) {
            let weights = noise(inputs * outputs, seed);
            let x = noisy_lanes(columns * inputs, seed ^ 2);
            let dy = noisy_lanes(columns * outputs, seed ^ 3);
            let results: Vec<_> = InstructionSet::available()
                .into_iter()
                .filter(|&instruction_set| instruction_set != InstructionSet::portable())
                .map(|instruction_set| {
                    let mut y = vec![Lanes::ZERO; columns * outputs];
                    forward(instruction_set, &weights, Start::Zero, &x, &mut y, inputs, outputs);
                    let mut dweights = vec![0.0; inputs * outputs];
                    let mut dbias = vec![0.0; outputs];
                    let mut scratch = vec![Lanes::ZERO; weight_gradient_scratch(columns, inputs)];
                    let sums = WeightSums {
                        weights: &mut dweights,
                        bias: &mut dbias,
                        from_zero: false,
                    };
                    backward_weights(
                        instruction_set, &x, &dy, sums, None, &mut scratch, inputs, outputs,
                    );
                    (y, dweights, dbias)
                })
                .collect();
            for pair in results.windows(2) {
                prop_assert_eq!(&pair[0], &pair[1]);
            }
        }
    }
}
