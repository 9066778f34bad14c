// The product of two matrices, tile by tile: linear layers, their gradients and Muon spend most
// of their time here.
//
// A workgroup computes a tile `[TILE_ROWS][TILE_COLUMNS]` of the product. It reads a panel, DEPTH
// columns of the left operand and rows of the right one, into shared memory at a time. Each
// thread keeps ROWS_PER_THREAD x COLUMNS_PER_THREAD sums in registers. The next panel is read
// into registers while the one in shared memory is multiplied.

// The buffer of an operand.
const PARAMETERS = 0u;
const ACTIVATIONS = 1u;
const MATRICES = 2u;

// An operand: `count` rows (of the left one) or columns (of the right one), which are `stride`
// words apart. Neighbours in the inner dimension of the product are `step` words apart.
struct Operand {
    space: u32,
    at: u32,
    stride: u32,
    step: u32,
    count: u32,
}

// The sums of a thread, in groups of four rows, each with its columns.
struct Sums {
    //! unroll f FOURS_PER_THREAD
    //! unroll j 4
    row$f_$j: Columns,
    //! end
    //! end
    // The sums, over the inner dimension, of what this thread has read of four rows of the left
    // operand; see `left_sum`.
    left: vec4<f32>,
}

// One column more than needed, so that neighbours are not in the same memory bank.
var<workgroup> left_tile: array<array<vec4<f32>, FOURS + 1u>, DEPTH>;
var<workgroup> right_tile: array<array<Columns, COLUMN_THREADS + 1u>, DEPTH>;

fn read(space: u32, offset: u32) -> f32 {
    switch space {
        case PARAMETERS: { return parameters[offset]; }
        case MATRICES: { return matrices[offset]; }
        default: { return activations[offset]; }
    }
}

// The first row and the first column of this thread within its tile.
fn row_of_thread() -> u32 {
    return (thread / COLUMN_THREADS) * ROWS_PER_THREAD;
}

fn column_of_thread() -> u32 {
    return (thread % COLUMN_THREADS) * COLUMNS_PER_THREAD;
}

// What a thread reads of each panel: four rows of the left operand at a time, and
// COLUMNS_PER_THREAD columns of the right one; `k` is the index in the inner dimension of the
// panel.
struct Reads {
    //! unroll s LEFT_READS
    left_k$s: u32,
    left_four$s: u32,
    //! unroll j 4
    left_at$s_$j: u32,
    //! end
    //! end
    //! unroll s RIGHT_READS
    right_k$s: u32,
    right_part$s: u32,
    //! unroll j COLUMNS_PER_THREAD
    right_at$s_$j: u32,
    //! end
    //! end
}

// The words that a thread has read. They are not used before they are stored to shared memory,
// so that nothing waits for them earlier.
struct Panel {
    //! unroll s LEFT_READS
    //! unroll j 4
    left$s_$j: f32,
    //! end
    //! end
    //! unroll s RIGHT_READS
    //! unroll j COLUMNS_PER_THREAD
    right$s_$j: f32,
    //! end
    //! end
}

// Neighbouring threads read neighbouring words. If the rows of the left operand are consecutive,
// neighbouring threads read different rows, which `left_sum` relies on.
fn reads_of_thread(left: Operand, right: Operand, first_row: u32, first_column: u32) -> Reads {
    var reads: Reads;
    let left_along = left.stride != 1u;
    //! unroll s LEFT_READS
    let left_number$s = min(thread + $su * THREADS, DEPTH * FOURS - 1u);
    let left_four$s = select(left_number$s % FOURS, left_number$s / DEPTH, left_along);
    reads.left_k$s = select(left_number$s / FOURS, left_number$s % DEPTH, left_along);
    reads.left_four$s = left_four$s;
    //! unroll j 4
    let row$s_$j = min(first_row + 4u * left_four$s + $ju, left.count - 1u);
    reads.left_at$s_$j = left.at + row$s_$j * left.stride;
    //! end
    //! end
    let right_along = right.stride != 1u;
    //! unroll s RIGHT_READS
    let right_number$s = min(thread + $su * THREADS, DEPTH * COLUMN_THREADS - 1u);
    let right_part$s = select(right_number$s % COLUMN_THREADS, right_number$s / DEPTH, right_along);
    reads.right_k$s = select(right_number$s / COLUMN_THREADS, right_number$s % DEPTH, right_along);
    reads.right_part$s = right_part$s;
    //! unroll j COLUMNS_PER_THREAD
    let column$s_$j = min(first_column + COLUMNS_PER_THREAD * right_part$s + $ju, right.count - 1u);
    reads.right_at$s_$j = right.at + column$s_$j * right.stride;
    //! end
    //! end
    return reads;
}

// Reads the panel that begins at `start`; past the end of the inner dimension, its last element.
fn read_panel(reads: Reads, left: Operand, right: Operand, start: u32, depth: u32) -> Panel {
    var panel: Panel;
    //! unroll s LEFT_READS
    let left_step$s = min(start + reads.left_k$s, depth - 1u) * left.step;
    //! unroll j 4
    panel.left$s_$j = read(left.space, reads.left_at$s_$j + left_step$s);
    //! end
    //! end
    //! unroll s RIGHT_READS
    let right_step$s = min(start + reads.right_k$s, depth - 1u) * right.step;
    //! unroll j COLUMNS_PER_THREAD
    panel.right$s_$j = read(right.space, reads.right_at$s_$j + right_step$s);
    //! end
    //! end
    return panel;
}

// This thread's sums of the tile that begins at a row and a column. Sums outside of the product
// are unspecified.
fn multiply(
    left: Operand,
    right: Operand,
    first_row: u32,
    first_column: u32,
    depth: u32,
) -> Sums {
    let row_thread = thread / COLUMN_THREADS;
    let column_thread = thread % COLUMN_THREADS;
    let reads = reads_of_thread(left, right, first_row, first_column);
    var sums: Sums;
    var next = read_panel(reads, left, right, 0u, depth);
    for (var start = 0u; start < depth; start += DEPTH) {
        workgroupBarrier();
        //! unroll s LEFT_READS
        // Past the end of the inner dimension, zeros, so the product with the last element of
        // the right operand does not count.
        let inside$s = start + reads.left_k$s < depth;
        var left$s: vec4<f32>;
        //! unroll j 4
        left$s[$j] = select(0.0, next.left$s_$j, inside$s);
        //! end
        if thread + $su * THREADS < DEPTH * FOURS {
            left_tile[reads.left_k$s][reads.left_four$s] = left$s;
            sums.left += left$s;
        }
        //! end
        //! unroll s RIGHT_READS
        var right$s: Columns;
        //! unroll j COLUMNS_PER_THREAD
        right$s[$j] = next.right$s_$j;
        //! end
        if thread + $su * THREADS < DEPTH * COLUMN_THREADS {
            right_tile[reads.right_k$s][reads.right_part$s] = right$s;
        }
        //! end
        workgroupBarrier();
        next = read_panel(reads, left, right, start + DEPTH, depth);
        // Two steps of the inner dimension at a time: one is multiplied while the other is read.
        //! unroll k HALF_DEPTH
        //! unroll h 2
        let columns$k_$h = right_tile[2 * $k + $h][column_thread];
        //! unroll f FOURS_PER_THREAD
        let rows$k_$h_$f = left_tile[2 * $k + $h][row_thread * FOURS_PER_THREAD + $fu];
        //! end
        //! end
        //! unroll h 2
        //! unroll f FOURS_PER_THREAD
        //! unroll j 4
        sums.row$f_$j = fma(Columns(rows$k_$h_$f[$j]), columns$k_$h, sums.row$f_$j);
        //! end
        //! end
        //! end
        //! end
    }
    return sums;
}

// The sum of row `thread` of the left operand's tile over the inner dimension, from what each
// thread has read. For threads below TILE_ROWS, and operands whose rows are consecutive.
fn left_sum(sums: Sums) -> f32 {
    let four = (thread / 4u) % FOURS;
    var sum = 0.0;
    //! unroll j 4
    workgroupBarrier();
    partial[thread] = sums.left[$j];
    workgroupBarrier();
    if thread % 4u == $ju {
        for (var i = four; i < THREADS; i += FOURS) {
            sum += partial[i];
        }
    }
    //! end
    return sum;
}
