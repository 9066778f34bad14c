// Muon: the update of a matrix is its momentum made orthogonal, by a polynomial that is
// applied five times. All matrices go through each launch together, `workgroup.x` being the
// number of the matrix.

// A matrix, and where it is worked on: X, the wide one of the matrix and its transpose,
// `short` rows of `long` numbers, the next X, A = X X^T and the polynomial's factor.
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
    let table = MATRICES_AT + 4u * number;
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

// The place in X of an element of the matrix.
fn wide_place(matrix: Matrix, i: u32) -> u32 {
    let row = i / matrix.columns;
    let column = i % matrix.columns;
    if matrix.rows <= matrix.columns {
        return row * matrix.long + column;
    }
    return column * matrix.long + row;
}

// m = momentum m + g, X = g + momentum m, and the squares of each workgroup's elements.
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
    let momentum = number_at(MOMENTUM_AT);
    var squares = 0.0;
    for (var j = 0u; j < 4u; j++) {
        let i = workgroup.y * SPAN + j * THREADS + thread;
        if i < size {
            let g = clipped(gradients[matrix.at + i]);
            let m = fma(momentum, moments[matrix.at + i], g);
            moments[matrix.at + i] = m;
            let direction = fma(momentum, m, g);
            matrices[matrix.x + wide_place(matrix, i)] = direction;
            squares = fma(direction, direction, squares);
        }
    }
    let total = sum_of(squares, THREADS);
    if thread == 0u {
        matrices[matrix.squares + workgroup.y] = total;
    }
}

// No singular value is larger than the root of the sum of all squares.
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
    let scale = 1.0 / (sqrt(sum_of(squares, THREADS)) + 1e-20);
    for (var j = 0u; j < 4u; j++) {
        let i = workgroup.y * SPAN + j * THREADS + thread;
        if i < size {
            matrices[matrix.x + i] *= scale;
        }
    }
}

// X and the next X change places after every turn.
fn x_in_turn(matrix: Matrix, turn: u32) -> u32 {
    return select(matrix.x, matrix.next, turn % 2u == 1u);
}

// What becomes of a product of two matrices: `scale` times it, plus `factor` times the matrix
// at `other`, which has its shape, plus `diagonal` on the diagonal, is written to `to`.
struct Sum {
    to: u32,
    scale: f32,
    other: u32,
    factor: f32,
    diagonal: f32,
}

// The tile with this number of a product, if there are so many.
fn muon_product(left: Operand, right: Operand, depth: u32, number: u32, sum: Sum) {
    let across = tiles_across(right.count, TILE_COLUMNS);
    if number >= tiles_across(left.count, TILE_ROWS) * across {
        return;
    }
    let first_row = (number / across) * TILE_ROWS;
    let first_column = (number % across) * TILE_COLUMNS;
    let sums = multiply(left, right, first_row, first_column, depth);
    let row = first_row + row_of_thread();
    let column = first_column + column_of_thread();
    // All reads come first: one behind a write would wait for it.
    //! unroll f FOURS_PER_THREAD
    //! unroll j 4
    let start$f_$j = min(row + 4u * $fu + $ju, left.count - 1u) * right.count;
    //! unroll c COLUMNS_PER_THREAD
    let beside$f_$j_$c = muon_beside(start$f_$j + min(column + $cu, right.count - 1u), sum);
    //! end
    //! end
    //! end
    //! unroll f FOURS_PER_THREAD
    //! unroll j 4
    if row + 4u * $fu + $ju < left.count {
        let place = sum.to + (row + 4u * $fu + $ju) * right.count + column;
        //! unroll c COLUMNS_PER_THREAD
        if column + $cu < right.count {
            let diagonal = select(0.0, sum.diagonal, row + 4u * $fu + $ju == column + $cu);
            matrices[place + $cu] =
                fma(sum.scale, sums.row$f_$j[$c], beside$f_$j_$c) + diagonal;
        }
        //! end
    }
    //! end
    //! end
}

fn muon_beside(place: u32, sum: Sum) -> f32 {
    if sum.factor == 0.0 {
        return 0.0;
    }
    return sum.factor * matrices[sum.other + place];
}

// A = X X^T.
@compute @workgroup_size(THREADS)
fn muon_square(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
) {
    thread = local;
    let matrix = matrix_of(workgroup.x);
    let x = Operand(MATRICES, x_in_turn(matrix, launch.turn), matrix.long, 1u, matrix.short);
    let sum = Sum(matrix.square, 1.0, 0u, 0.0, 0.0);
    muon_product(x, x, matrix.long, workgroup.y, sum);
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
    let sum = Sum(matrix.factor, MUON_C, matrix.square, MUON_B, MUON_A);
    muon_product(left, right, size, workgroup.y, sum);
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
    let x = x_in_turn(matrix, launch.turn);
    let right = Operand(MATRICES, x, 1u, matrix.long, matrix.long);
    let sum = Sum(x_in_turn(matrix, launch.turn + 1u), 1.0, 0u, 0.0, 0.0);
    muon_product(left, right, matrix.short, workgroup.y, sum);
}

// x = decay x - rate 0.2 sqrt(max(rows, columns)) X.
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
    let rate = number_at(LEARNING_RATE_AT) * MUON_SIZE * sqrt(f32(matrix.long));
    let x = x_in_turn(matrix, MUON_TURNS);
    for (var j = 0u; j < 4u; j++) {
        let i = workgroup.y * SPAN + j * THREADS + local;
        if i < size {
            let at = matrix.at + i;
            let decays = (tables[KNOWN_AT + at / 16u] & DECAYS) != 0u;
            let kept = select(1.0, number_at(DECAY_FACTOR_AT), decays);
            parameters[at] = parameters[at] * kept - rate * matrices[x + wide_place(matrix, i)];
        }
    }
}
