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

// A tile of a product of `rows` x `columns` that a workgroup makes, if there is one left.
fn muon_tile(
    left: Operand,
    right: Operand,
    number: u32,
    depth: u32,
    sums: ptr<function, array<vec4<f32>, SUMS>>,
) -> vec2<u32> {
    let columns = tiles_across(right.count, TILE_COLUMNS);
    let start = vec2<u32>((number / columns) * TILE_ROWS, (number % columns) * TILE_COLUMNS);
    var unused: array<vec4<f32>, FOURS_PER_THREAD>;
    multiply(left, right, start.x, start.y, depth, sums, &unused);
    return start;
}

fn muon_tiles(rows: u32, columns: u32) -> u32 {
    return tiles_across(rows, TILE_ROWS) * tiles_across(columns, TILE_COLUMNS);
}

// A = X X^T.
@compute @workgroup_size(THREADS)
fn muon_square(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
) {
    thread = local;
    let matrix = matrix_of(workgroup.x);
    let size = matrix.short;
    if workgroup.y >= muon_tiles(size, size) {
        return;
    }
    let x = Operand(MATRICES, x_in_turn(matrix, launch.turn), matrix.long, 1u, size);
    var sums: array<vec4<f32>, SUMS>;
    let start = muon_tile(x, x, workgroup.y, matrix.long, &sums);
    for (var i = 0u; i < SUMS; i++) {
        let column = start.y + column_of_sum(i);
        for (var component = 0u; component < 4u; component++) {
            let row = start.x + row_of_sum(i, component);
            if row < size && column < size {
                matrices[matrix.square + row * size + column] = sums[i][component];
            }
        }
    }
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
    if workgroup.y >= muon_tiles(size, size) {
        return;
    }
    let left = Operand(MATRICES, matrix.square, size, 1u, size);
    let right = Operand(MATRICES, matrix.square, 1u, size, size);
    var sums: array<vec4<f32>, SUMS>;
    let start = muon_tile(left, right, workgroup.y, size, &sums);
    for (var i = 0u; i < SUMS; i++) {
        let column = start.y + column_of_sum(i);
        for (var component = 0u; component < 4u; component++) {
            let row = start.x + row_of_sum(i, component);
            if row < size && column < size {
                let place = row * size + column;
                let linear = MUON_B * matrices[matrix.square + place];
                let diagonal = select(0.0, MUON_A, row == column);
                matrices[matrix.factor + place] = diagonal + linear + MUON_C * sums[i][component];
            }
        }
    }
}

// The next X = factor X.
@compute @workgroup_size(THREADS)
fn muon_apply(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
) {
    thread = local;
    let matrix = matrix_of(workgroup.x);
    if workgroup.y >= muon_tiles(matrix.short, matrix.long) {
        return;
    }
    let left = Operand(MATRICES, matrix.factor, matrix.short, 1u, matrix.short);
    let x = x_in_turn(matrix, launch.turn);
    let right = Operand(MATRICES, x, 1u, matrix.long, matrix.long);
    let next = x_in_turn(matrix, launch.turn + 1u);
    var sums: array<vec4<f32>, SUMS>;
    let start = muon_tile(left, right, workgroup.y, matrix.short, &sums);
    for (var i = 0u; i < SUMS; i++) {
        let column = start.y + column_of_sum(i);
        for (var component = 0u; component < 4u; component++) {
            let row = start.x + row_of_sum(i, component);
            if row < matrix.short && column < matrix.long {
                matrices[next + row * matrix.long + column] = sums[i][component];
            }
        }
    }
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
