// The product of two matrices, tile by tile: what linear layers, their gradients and Muon
// spend their time in.
//
// A workgroup makes a tile of TILE_ROWS x TILE_COLUMNS. It reads DEPTH columns of the one
// operand and rows of the other at a time into shared memory; each thread keeps
// ROWS_PER_THREAD x COLUMNS_PER_THREAD sums in registers, rows by fours.

// Where an operand is.
const PARAMETERS = 0u;
const ACTIVATIONS = 1u;
const MATRICES = 2u;

// A matrix to read: rows (of the left operand) or columns (of the right one) are `stride`
// apart, what is multiplied and added up is `step` apart. Behind `count` rows there are zeros.
struct Operand {
    space: u32,
    at: u32,
    stride: u32,
    step: u32,
    count: u32,
}

const FOURS = TILE_ROWS / 4u;
const FOURS_PER_THREAD = ROWS_PER_THREAD / 4u;
const SUMS = FOURS_PER_THREAD * COLUMNS_PER_THREAD;
// A column more than needed, so that neighbours do not fall on the same memory bank.
const LEFT_WIDTH = FOURS + 1u;
const RIGHT_WIDTH = TILE_COLUMNS + 1u;

var<workgroup> left_tile: array<vec4<f32>, DEPTH * LEFT_WIDTH>;
var<workgroup> right_tile: array<f32, DEPTH * RIGHT_WIDTH>;

fn read(operand: Operand, row: u32, k: u32, depth: u32) -> f32 {
    if row >= operand.count || k >= depth {
        return 0.0;
    }
    let place = operand.at + row * operand.stride + k * operand.step;
    switch operand.space {
        case PARAMETERS: { return parameters[place]; }
        case MATRICES: { return matrices[place]; }
        default: { return activations[place]; }
    }
}

// Adds to `sums` this thread's part of the tile that begins at a row and a column. For left
// operands that have them, `left_sums` gets the sums over the depth of this thread's rows.
fn multiply(
    left: Operand,
    right: Operand,
    first_row: u32,
    first_column: u32,
    depth: u32,
    sums: ptr<function, array<vec4<f32>, SUMS>>,
    left_sums: ptr<function, array<vec4<f32>, FOURS_PER_THREAD>>,
) {
    let row_thread = thread / COLUMN_THREADS;
    let column_thread = thread % COLUMN_THREADS;
    for (var start = 0u; start < depth; start += DEPTH) {
        for (var i = thread; i < DEPTH * FOURS; i += THREADS) {
            // Neighbouring threads read neighbouring numbers.
            let along = left.step == 1u;
            let k = select(i / FOURS, i % DEPTH, along);
            let four = select(i % FOURS, i / DEPTH, along);
            let row = first_row + 4u * four;
            left_tile[k * LEFT_WIDTH + four] = vec4<f32>(
                read(left, row, start + k, depth),
                read(left, row + 1u, start + k, depth),
                read(left, row + 2u, start + k, depth),
                read(left, row + 3u, start + k, depth),
            );
        }
        for (var i = thread; i < DEPTH * TILE_COLUMNS; i += THREADS) {
            let along = right.step == 1u;
            let k = select(i / TILE_COLUMNS, i % DEPTH, along);
            let column = select(i % TILE_COLUMNS, i / DEPTH, along);
            right_tile[k * RIGHT_WIDTH + column] =
                read(right, first_column + column, start + k, depth);
        }
        workgroupBarrier();
        for (var k = 0u; k < DEPTH; k++) {
            var rows: array<vec4<f32>, FOURS_PER_THREAD>;
            for (var i = 0u; i < FOURS_PER_THREAD; i++) {
                rows[i] = left_tile[k * LEFT_WIDTH + row_thread * FOURS_PER_THREAD + i];
                (*left_sums)[i] += rows[i];
            }
            for (var j = 0u; j < COLUMNS_PER_THREAD; j++) {
                let column = column_thread + j * COLUMN_THREADS;
                let value = vec4<f32>(right_tile[k * RIGHT_WIDTH + column]);
                for (var i = 0u; i < FOURS_PER_THREAD; i++) {
                    let at = j * FOURS_PER_THREAD + i;
                    (*sums)[at] = fma(rows[i], value, (*sums)[at]);
                }
            }
        }
        workgroupBarrier();
    }
}

// Which row of a tile sum `i` of this thread belongs to, and which column.
fn row_of_sum(i: u32, component: u32) -> u32 {
    let row_thread = thread / COLUMN_THREADS;
    return (row_thread * FOURS_PER_THREAD + i % FOURS_PER_THREAD) * 4u + component;
}

fn column_of_sum(i: u32) -> u32 {
    return thread % COLUMN_THREADS + (i / FOURS_PER_THREAD) * COLUMN_THREADS;
}
