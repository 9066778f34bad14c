// Muon (Jordan et al., 2024): the update of a matrix is its momentum, made orthogonal by
// MUON_ITERATIONS Newton-Schulz iterations. A launch is for all matrices, `workgroup.x` being the
// index of the matrix.

// A matrix `[rows][columns]` and the offsets of its memory: X, `[short][long]`, which is the
// matrix or its transpose; the next X; A = X X^T and the polynomial's factor, both
// `[short][short]`; and the sums of squares of workgroups.
struct Matrix {
    at: u32,
    rows: u32,
    columns: u32,
    short: u32,
    long: u32,
    x: u32,
    next: u32,
    square: u32,
    factor: u32,
    squares: u32,
}

fn matrix_of(number: u32) -> Matrix {
    let table = MATRICES_AT + MATRIX_WORDS * number;
    let rows = tables[table + 1u];
    let columns = tables[table + 2u];
    let short = min(rows, columns);
    let long = max(rows, columns);
    let x = tables[table + 3u];
    let next = x + short * long;
    let square = next + short * long;
    let factor = square + short * short;
    return Matrix(
        tables[table], rows, columns, short, long, x, next, square, factor, factor + short * short
    );
}

// The offset in X of element `i` of the matrix.
fn wide_offset(matrix: Matrix, i: u32) -> u32 {
    let row = i / matrix.columns;
    let column = i % matrix.columns;
    if matrix.rows <= matrix.columns {
        return row * matrix.long + column;
    }
    return column * matrix.long + row;
}

// m = momentum m + g, X = g + momentum m, and the sum of squares of each workgroup's elements.
@compute @workgroup_size(THREADS)
fn muon_momentum(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
) {
    thread = local;
    let matrix = matrix_of(workgroup.x);
    let size = matrix.rows * matrix.columns;
    if workgroup.y * SPAN >= size || status[HALTED] != 0u {
        return;
    }
    let momentum = header_value(MOMENTUM_AT);
    var squares = 0.0;
    for (var j = 0u; j < SPAN / THREADS; j++) {
        let i = workgroup.y * SPAN + j * THREADS + thread;
        if i < size {
            let g = clipped(gradients[matrix.at + i]);
            let m = fma(momentum, moments[matrix.at + i], g);
            moments[matrix.at + i] = m;
            let direction = fma(momentum, m, g);
            matrices[matrix.x + wide_offset(matrix, i)] = direction;
            squares = fma(direction, direction, squares);
        }
    }
    let total = sum_of(squares, THREADS);
    if thread == 0u {
        matrices[matrix.squares + workgroup.y] = total;
    }
}

// X = X / |X|, with the Frobenius norm, so that no singular value is larger than one.
@compute @workgroup_size(THREADS)
fn muon_scale(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
) {
    thread = local;
    let matrix = matrix_of(workgroup.x);
    let size = matrix.rows * matrix.columns;
    if workgroup.y * SPAN >= size || status[HALTED] != 0u {
        return;
    }
    var squares = 0.0;
    for (var i = thread; i < (size + SPAN - 1u) / SPAN; i += THREADS) {
        squares += matrices[matrix.squares + i];
    }
    let scale = 1.0 / (sqrt(sum_of(squares, THREADS)) + MUON_EPSILON);
    for (var j = 0u; j < SPAN / THREADS; j++) {
        let i = workgroup.y * SPAN + j * THREADS + thread;
        if i < size {
            matrices[matrix.x + i] *= scale;
        }
    }
}

// X and the next X are exchanged after every iteration.
fn x_of_iteration(matrix: Matrix, iteration: u32) -> u32 {
    return select(matrix.x, matrix.next, iteration % 2u == 1u);
}

// The epilogue of a product of two matrices: `scale` times the product, plus `factor` times the
// matrix at `other`, which has its shape, plus `diagonal` on the diagonal, is written to `to`.
struct MuonEpilogue {
    to: u32,
    scale: f32,
    other: u32,
    factor: f32,
    diagonal: f32,
}

// Computes the tile of a product with this index, if there is one.
fn muon_product(left: Operand, right: Operand, depth: u32, number: u32, epilogue: MuonEpilogue) {
    let across = tiles_across(right.count, TILE_COLUMNS);
    if number >= tiles_across(left.count, TILE_ROWS) * across {
        return;
    }
    let first_row = (number / across) * TILE_ROWS;
    let first_column = (number % across) * TILE_COLUMNS;
    let sums = multiply(left, right, first_row, first_column, depth);
    let row = first_row + row_of_thread();
    let column = first_column + column_of_thread();
    // All reads come first: a read after a write would wait for it.
    //! unroll f FOURS_PER_THREAD
    //! unroll j 4
    let start$f_$j = min(row + 4u * $fu + $ju, left.count - 1u) * right.count;
    //! unroll c COLUMNS_PER_THREAD
    let operand$f_$j_$c = muon_operand(start$f_$j + min(column + $cu, right.count - 1u), epilogue);
    //! end
    //! end
    //! end
    //! unroll f FOURS_PER_THREAD
    //! unroll j 4
    if row + 4u * $fu + $ju < left.count {
        let offset = epilogue.to + (row + 4u * $fu + $ju) * right.count + column;
        //! unroll c COLUMNS_PER_THREAD
        if column + $cu < right.count {
            let diagonal = select(0.0, epilogue.diagonal, row + 4u * $fu + $ju == column + $cu);
            matrices[offset + $cu] =
                fma(epilogue.scale, sums.row$f_$j[$c], operand$f_$j_$c) + diagonal;
        }
        //! end
    }
    //! end
    //! end
}

fn muon_operand(offset: u32, epilogue: MuonEpilogue) -> f32 {
    if epilogue.factor == 0.0 {
        return 0.0;
    }
    return epilogue.factor * matrices[epilogue.other + offset];
}

// A = X X^T.
@compute @workgroup_size(THREADS)
fn muon_square(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
) {
    thread = local;
    let matrix = matrix_of(workgroup.x);
    let x = Operand(MATRICES, x_of_iteration(matrix, launch.iteration), matrix.long, 1u, matrix.short);
    let epilogue = MuonEpilogue(matrix.square, 1.0, 0u, 0.0, 0.0);
    muon_product(x, x, matrix.long, workgroup.y, epilogue);
}

// The factor a I + b A + c A A.
@compute @workgroup_size(THREADS)
fn muon_factor(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
) {
    thread = local;
    let matrix = matrix_of(workgroup.x);
    let size = matrix.short;
    let left = Operand(MATRICES, matrix.square, size, 1u, size);
    let right = Operand(MATRICES, matrix.square, 1u, size, size);
    let epilogue = MuonEpilogue(matrix.factor, MUON_C, matrix.square, MUON_B, MUON_A);
    muon_product(left, right, size, workgroup.y, epilogue);
}

// The next X = factor X.
@compute @workgroup_size(THREADS)
fn muon_apply(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
) {
    thread = local;
    let matrix = matrix_of(workgroup.x);
    let left = Operand(MATRICES, matrix.factor, matrix.short, 1u, matrix.short);
    let x = x_of_iteration(matrix, launch.iteration);
    let right = Operand(MATRICES, x, 1u, matrix.long, matrix.long);
    let epilogue = MuonEpilogue(x_of_iteration(matrix, launch.iteration + 1u), 1.0, 0u, 0.0, 0.0);
    muon_product(left, right, matrix.short, workgroup.y, epilogue);
}

// x = decay x - rate MUON_SIZE sqrt(max(rows, columns)) X.
@compute @workgroup_size(THREADS)
fn muon_update(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
) {
    let matrix = matrix_of(workgroup.x);
    let size = matrix.rows * matrix.columns;
    if status[HALTED] != 0u {
        return;
    }
    let rate = header_value(LEARNING_RATE_AT) * MUON_SIZE * sqrt(f32(matrix.long));
    let x = x_of_iteration(matrix, MUON_ITERATIONS);
    for (var j = 0u; j < SPAN / THREADS; j++) {
        let i = workgroup.y * SPAN + j * THREADS + local;
        if i < size {
            let at = matrix.at + i;
            let decays = (tables[FLAGS_AT + at / LANES] & DECAYS) != 0u;
            let kept = select(1.0, header_value(DECAY_FACTOR_AT), decays);
            parameters[at] = parameters[at] * kept - rate * matrices[x + wide_offset(matrix, i)];
        }
    }
}
