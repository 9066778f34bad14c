//! Muon (Jordan et al., 2024): the update of a matrix is its momentum made orthogonal.
//!
//! The update of a layer's matrix tends to be of low rank: a few directions dominate. Muon
//! gives all of them the same size. For that it needs no singular value decomposition: a
//! polynomial, applied five times, brings all singular values close to one.
//!
//! Matrices are as wide as they are in the layers, so these products are a part of a step
//! that does not grow with the batch: Muon wants larger batches than Adam.

use ninth_kernels::{InstructionSet, LANES, Lanes, as_floats_mut, matmul};
use ninth_model::Memory;

use crate::optimizer::update::{Arenas, Decay, UpdateCoefficients};

/// The polynomial a x + b x^3 + c x^5 of Jordan et al.: steep at zero, so that small
/// singular values grow fast, and within 0.7 to 1.2 of any that it gets near one.
pub const COEFFICIENTS: [f32; 3] = [3.4445, -4.7750, 2.0315];

/// How many times it is applied.
pub const TIMES: usize = 5;

/// The root mean square of an update's elements over the learning rate: that of Adam's
/// updates in practice (Liu et al., 2025), so that both rules take the same learning rates.
pub const ROOT_MEAN_SQUARE: f32 = 0.2;

/// Added to the norm of a momentum matrix before it divides, for a matrix of zeros.
pub const NORM_EPSILON: f64 = 1e-20;

/// The shape of a matrix, `[rows][columns]`, or of several that lie one below the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// How many there are.
    pub stacked: usize,
    /// Rows of each: outputs of its layer.
    pub rows: usize,
    /// Columns of each: inputs of its layer.
    pub columns: usize,
}

impl Matrix {
    /// Its shape or that of its transpose, whichever is the wide one, in whole lanes.
    fn wide(self) -> (usize, usize) {
        let (short, long) = (self.rows.min(self.columns), self.rows.max(self.columns));
        (short.next_multiple_of(LANES), long.next_multiple_of(LANES))
    }
}

/// Scratch memory for orthogonalising matrices.
#[derive(Debug)]
pub struct MuonWorkspace {
    /// The wide matrix X, row by row.
    x: Vec<f32>,
    /// The same by panels: sixteen columns, row by row, then the next sixteen.
    x_panels: Vec<Lanes>,
    /// Its transpose by panels; then the next X.
    other_panels: Vec<Lanes>,
    /// The polynomial's factor of X, row by row.
    factor: Vec<f32>,
    /// A = X X^T, by panels.
    square: Vec<Lanes>,
    /// A A, by panels.
    fourth: Vec<Lanes>,
}

impl MuonWorkspace {
    /// Scratch memory for the largest of these matrices.
    pub fn new(memory: &mut Memory, matrices: impl Iterator<Item = Matrix>) -> Self {
        let (mut of_x, mut of_square) = (0, 0);
        for (short, long) in matrices.map(Matrix::wide) {
            of_x = of_x.max(short * long);
            of_square = of_square.max(short * short);
        }
        MuonWorkspace {
            x: memory.take(of_x),
            x_panels: memory.take(of_x / LANES),
            other_panels: memory.take(of_x / LANES),
            factor: memory.take(of_square),
            square: memory.take(of_square / LANES),
            fourth: memory.take(of_square / LANES),
        }
    }

    /// Replaces a matrix with one that has the same singular vectors, and singular values
    /// near one.
    fn orthogonalise(
        &mut self,
        instruction_set: InstructionSet,
        matrix: Matrix,
        values: &mut [f32],
    ) {
        let (short, long) = matrix.wide();
        let x = &mut self.x[..short * long];
        let mut x_panels = &mut self.x_panels[..short * long / LANES];
        let mut other_panels = &mut self.other_panels[..short * long / LANES];
        let factor = &mut self.factor[..short * short];
        let square = &mut self.square[..short * short / LANES];
        let fourth = &mut self.fourth[..short * short / LANES];
        let place = |row: usize, column: usize| match matrix.rows <= matrix.columns {
            true => row * long + column,
            false => column * long + row,
        };

        // No singular value is larger than the root of the sum of all their squares.
        let squares = values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>();
        let scale = (1.0 / (squares.sqrt() + NORM_EPSILON)) as f32;
        x.fill(0.0);
        for (row, values) in values.chunks_exact(matrix.columns).enumerate() {
            for (column, value) in values.iter().enumerate() {
                x[place(row, column)] = value * scale;
            }
        }
        to_panels(x, long, x_panels);
        for _ in 0..TIMES {
            // A = X X^T, then X becomes (a I + b A + c A A) X.
            let overwrite = matmul::Epilogue::Overwrite;
            transpose_to_panels(x, long, other_panels);
            matmul::forward(instruction_set, x, overwrite, other_panels, square, long, short);
            from_panels(square, short, factor);
            matmul::forward(instruction_set, factor, overwrite, square, fourth, short, short);
            polynomial(square, fourth, short, factor);
            matmul::forward(
                instruction_set,
                factor,
                overwrite,
                x_panels,
                other_panels,
                short,
                short,
            );
            std::mem::swap(&mut x_panels, &mut other_panels);
            from_panels(x_panels, long, x);
        }
        for (row, values) in values.chunks_exact_mut(matrix.columns).enumerate() {
            for (column, value) in values.iter_mut().enumerate() {
                *value = x[place(row, column)];
            }
        }
    }
}

/// Panels of sixteen columns each from a matrix of `columns` columns.
fn to_panels(rows: &[f32], columns: usize, panels: &mut [Lanes]) {
    for (panel, lanes) in panels.chunks_exact_mut(rows.len() / columns).enumerate() {
        for (lanes, row) in lanes.iter_mut().zip(rows.chunks_exact(columns)) {
            lanes.0.copy_from_slice(&row[panel * LANES..][..LANES]);
        }
    }
}

/// A matrix of `columns` columns from its panels.
fn from_panels(panels: &[Lanes], columns: usize, rows: &mut [f32]) {
    for (panel, lanes) in panels.chunks_exact(rows.len() / columns).enumerate() {
        for (lanes, row) in lanes.iter().zip(rows.chunks_exact_mut(columns)) {
            row[panel * LANES..][..LANES].copy_from_slice(&lanes.0);
        }
    }
}

/// The panels of the transpose of a matrix of `columns` columns.
fn transpose_to_panels(rows: &[f32], columns: usize, panels: &mut [Lanes]) {
    let sixteens = rows.chunks_exact(LANES * columns);
    for (lanes, sixteen) in panels.chunks_exact_mut(columns).zip(sixteens) {
        for (lane, row) in sixteen.chunks_exact(columns).enumerate() {
            for (lanes, value) in lanes.iter_mut().zip(row) {
                lanes.0[lane] = *value;
            }
        }
    }
}

/// a I + b A + c A A, row by row, from the panels of A and A A.
fn polynomial(square: &[Lanes], fourth: &[Lanes], size: usize, factor: &mut [f32]) {
    let [a, b, c] = COEFFICIENTS;
    let panels = square.chunks_exact(size).zip(fourth.chunks_exact(size));
    for (panel, (square, fourth)) in panels.enumerate() {
        let rows = square.iter().zip(fourth).zip(factor.chunks_exact_mut(size));
        for (row, ((square, fourth), factor)) in rows.enumerate() {
            let factor = &mut factor[panel * LANES..][..LANES];
            for (lane, factor) in factor.iter_mut().enumerate() {
                let diagonal = if row == panel * LANES + lane { a } else { 0.0 };
                *factor = diagonal + b * square.0[lane] + c * fourth.0[lane];
            }
        }
    }
}

/// One update of a matrix, or of each of those that are stacked: with g the clipped gradient
/// and o what makes a matrix orthogonal, m = momentum m + g, x = decay x - rate 0.2
/// sqrt(max(rows, columns)) o(g + momentum m). The gradients are overwritten.
///
/// # Panics
///
/// If the arenas do not hold the matrix, or the workspace was not made for it.
pub fn step(
    instruction_set: InstructionSet,
    coefficients: UpdateCoefficients,
    decay: Decay,
    matrix: Matrix,
    arenas: Arenas<'_>,
    workspace: &mut MuonWorkspace,
) {
    let each = matrix.rows * matrix.columns;
    let len = matrix.stacked * each;
    let gradients = &mut as_floats_mut(arenas.gradients)[..len];
    let momenta = &mut as_floats_mut(arenas.first)[..len];
    let parameters = &mut as_floats_mut(arenas.parameters)[..len];
    for (gradient, m) in gradients.iter_mut().zip(momenta) {
        let scaled = *gradient * coefficients.gradient_factor;
        let clipped = scaled.clamp(-coefficients.gradient_limit, coefficients.gradient_limit);
        *m = coefficients.momentum * *m + clipped;
        *gradient = clipped + coefficients.momentum * *m;
    }
    for gradients in gradients.chunks_exact_mut(each) {
        workspace.orthogonalise(instruction_set, matrix, gradients);
    }
    // An orthogonal matrix has a mean square of one over its longer side.
    let longer = matrix.rows.max(matrix.columns) as f32;
    let rate = coefficients.learning_rate * ROOT_MEAN_SQUARE * longer.sqrt();
    let (kept, _) = decay.factors(coefficients);
    for (parameter, direction) in parameters.iter_mut().zip(gradients) {
        *parameter = *parameter * kept - rate * *direction;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clipping::ClippingSettings;
    use crate::optimizer::{Optimizer, OptimizerSettings};
    use ninth_sequences::Rng;

    const SHAPES: [(usize, usize); 6] = [(1, 1), (16, 16), (20, 33), (64, 17), (3, 50), (96, 40)];

    fn workspace(matrix: Matrix) -> MuonWorkspace {
        MuonWorkspace::new(&mut Memory::for_use(), [matrix].into_iter())
    }

    fn noise(len: usize, seed: u64) -> Vec<f32> {
        let mut rng = Rng::for_sample(seed, 0, 0);
        (0..len).map(|_| rng.uniform_f32(1.0)).collect()
    }

    /// a X + b X X^T X + c X X^T X X^T X, five times, by plain loops in double precision.
    fn orthogonal_by_formula(matrix: Matrix, values: &[f64]) -> Vec<f64> {
        let Matrix { rows, columns, .. } = matrix;
        let norm = values.iter().map(|value| value * value).sum::<f64>().sqrt();
        let mut x: Vec<f64> = values.iter().map(|value| value / norm).collect();
        let [a, b, c] = COEFFICIENTS.map(f64::from);
        for _ in 0..TIMES {
            let cubed = |y: &[f64]| {
                let mut out = vec![0.0; rows * columns];
                for i in 0..rows {
                    for j in 0..rows {
                        let of_rows: f64 =
                            (0..columns).map(|k| x[i * columns + k] * x[j * columns + k]).sum();
                        for k in 0..columns {
                            out[i * columns + k] += of_rows * y[j * columns + k];
                        }
                    }
                }
                out
            };
            let third = cubed(&x);
            let fifth = cubed(&third);
            x = (0..rows * columns).map(|i| a * x[i] + b * third[i] + c * fifth[i]).collect();
        }
        x
    }

    #[test]
    fn matrices_become_orthogonal() {
        for (rows, columns) in SHAPES {
            let matrix = Matrix { stacked: 1, rows, columns };
            let values = noise(rows * columns, 1);
            let wide: Vec<f64> = values.iter().copied().map(f64::from).collect();
            let expected = orthogonal_by_formula(matrix, &wide);
            for instruction_set in InstructionSet::available() {
                let mut got = values.clone();
                workspace(matrix).orthogonalise(instruction_set, matrix, &mut got);
                for (got, expected) in got.iter().zip(&expected) {
                    let difference = (f64::from(*got) - expected).abs();
                    assert!(difference < 2e-4, "{rows} x {columns}: {got} is not {expected}");
                }
                // The mean of the squares of the singular values, of which there are as
                // many as the shorter side.
                let squares: f32 = got.iter().map(|value| value * value).sum();
                let mean = squares / rows.min(columns) as f32;
                assert!((0.4..1.4).contains(&mean), "{rows} x {columns}: {mean}");
            }
        }
    }

    #[test]
    fn a_zero_gradient_gives_a_zero_update() {
        let matrix = Matrix { stacked: 1, rows: 5, columns: 18 };
        let mut values = vec![0.0; 90];
        workspace(matrix).orthogonalise(InstructionSet::detect(), matrix, &mut values);
        assert_eq!(values, [0.0; 90]);
    }

    #[test]
    fn updates_agree_with_the_formula() {
        let settings = OptimizerSettings {
            kind: Optimizer::Muon,
            weight_decay: 0.3,
            momentum: 0.9,
            ..Default::default()
        };
        let matrix = Matrix { stacked: 2, rows: 20, columns: 33 };
        let len = 2 * 20 * 33;
        let lanes = ninth_kernels::columns_for(len);
        let arena = |values: &[f32]| {
            let mut arena = vec![Lanes::ZERO; lanes];
            as_floats_mut(&mut arena)[..len].copy_from_slice(values);
            arena
        };
        let start = noise(len, 7);
        for decay in [Decay::Decoupled, Decay::None] {
            let mut expected: Vec<f64> = start.iter().copied().map(f64::from).collect();
            let mut m = vec![0.0; len];
            let (mut parameters, mut first) = (arena(&start), vec![Lanes::ZERO; lanes]);
            let mut second = vec![Lanes::ZERO; lanes];
            for count in 1..4 {
                // Clipped to half of its size.
                let raw = noise(len, count);
                let clipping = ClippingSettings::default();
                let coefficients = settings.coefficients(count, 0.01, &clipping, 2.0);
                let arenas = Arenas {
                    gradients: &mut arena(&raw),
                    parameters: &mut parameters,
                    first: &mut first,
                    second: &mut second,
                };
                step(
                    InstructionSet::detect(),
                    coefficients,
                    decay,
                    matrix,
                    arenas,
                    &mut workspace(matrix),
                );

                let g: Vec<f64> = raw.iter().map(|g| 0.5 * f64::from(*g)).collect();
                for (m, g) in m.iter_mut().zip(&g) {
                    *m = 0.9 * *m + g;
                }
                let ahead: Vec<f64> = m.iter().zip(&g).map(|(m, g)| g + 0.9 * m).collect();
                let (upper, lower) = ahead.split_at(len / 2);
                let mut direction = orthogonal_by_formula(matrix, upper);
                direction.extend(orthogonal_by_formula(matrix, lower));
                let kept = if decay == Decay::None { 1.0 } else { 1.0 - 0.01 * 0.3 };
                for (x, direction) in expected.iter_mut().zip(direction) {
                    *x = *x * kept - 0.01 * 0.2 * 33.0_f64.sqrt() * direction;
                }
            }
            for (got, expected) in as_floats_mut(&mut parameters)[..len].iter().zip(&expected) {
                let difference = (f64::from(*got) - expected).abs();
                assert!(difference < 2e-5, "{got} is not {expected}");
            }
        }
    }
}
