// Gradients of the weights: sums over all rows of the batch. The rows are divided into SPLITS
// parts, each with gradients of its own, which `reduce_gradients` adds up in a fixed order.

// A tile of the weight gradient of a linear layer.
struct Tile {
    linear: Linear,
    layer: u32,
    // Offsets of the layer's input and of the gradient of its output.
    source: u32,
    gradient: u32,
    number: u32,
}

fn tiles_across(count: u32, size: u32) -> u32 {
    return (count + size - 1u) / size;
}

fn tiles_of(linear: Linear) -> u32 {
    return tiles_across(linear.outputs, TILE_ROWS) * tiles_across(linear.inputs, TILE_COLUMNS);
}

// The tile with this index among the tiles of all layers.
fn tile_of(number: u32) -> Tile {
    let a = tiles_of(ATTENTION_INPUT);
    let b = a + tiles_of(ATTENTION_OUTPUT);
    let c = b + tiles_of(FEED_FORWARD_INPUT);
    let per_layer = c + tiles_of(FEED_FORWARD_OUTPUT);
    let layer = number / per_layer;
    let rest = number % per_layer;
    if layer >= LAYERS {
        let outer = number - LAYERS * per_layer;
        let head = tiles_of(HEAD);
        if outer < head {
            return Tile(HEAD, 0u, input_of(2u * LAYERS), LOGITS, outer);
        }
        return Tile(PROJECTION, 0u, FEATURES, dstream(0u), outer - head);
    }
    let k = 2u * layer;
    if rest < a {
        return Tile(ATTENTION_INPUT, layer, input_of(k), dqkv_of(layer, 0u), rest);
    }
    if rest < b {
        let source = MIXED + layer * ROWS * C;
        return Tile(ATTENTION_OUTPUT, layer, source, doutput_of(k), rest - a);
    }
    if rest < c {
        let source = input_of(k + 1u);
        return Tile(FEED_FORWARD_INPUT, layer, source, dhidden_of(layer), rest - b);
    }
    return Tile(FEED_FORWARD_OUTPUT, layer, hidden_of(layer), doutput_of(k + 1u), rest - c);
}

// dW = dy^T x and db = sum of dy, over the rows of a part. A workgroup computes one tile.
@compute @workgroup_size(THREADS)
fn linear_backward_weights(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
) {
    begin(local, workgroup, workgroups);
    let number = number_of(workgroup, workgroups);
    if number >= WEIGHT_TILES {
        return;
    }
    let tile = tile_of(number);
    let inputs = tile.linear.inputs;
    let outputs = tile.linear.outputs;
    let first = min(workgroup.z * SPLIT_ROWS, ROWS);
    let depth = min(SPLIT_ROWS, ROWS - first);
    let columns = tiles_across(inputs, TILE_COLUMNS);
    let row_start = (tile.number / columns) * TILE_ROWS;
    let column_start = (tile.number % columns) * TILE_COLUMNS;

    let left = Operand(ACTIVATIONS, tile.gradient + first * outputs, 1u, outputs, outputs);
    let right = Operand(ACTIVATIONS, tile.source + first * inputs, 1u, inputs, inputs);
    let sums = multiply(left, right, row_start, column_start, depth);

    let arena = workgroup.z * PARAMETER_COUNT + of_layer(tile.layer);
    let row = row_start + row_of_thread();
    let column = column_start + column_of_thread();
    let weight = arena + tile.linear.weight + row * inputs + column;
    //! unroll f FOURS_PER_THREAD
    //! unroll j 4
    if row + 4u * $fu + $ju < outputs {
        //! unroll c COLUMNS_PER_THREAD
        if column + $cu < inputs {
            gradients[weight + (4u * $fu + $ju) * inputs + $cu] = sums.row$f_$j[$c];
        }
        //! end
    }
    //! end
    //! end
    let bias = left_sum(sums);
    if thread < TILE_ROWS && row_start + thread < outputs && column_start == 0u {
        gradients[arena + tile.linear.bias + row_start + thread] = bias;
    }
}

// Threads of a workgroup that compute the same sum, each over some of the rows.
const ADDERS = THREADS / TEAM;

// The sum of `value` over all adders with the same index in their team.
fn sum_of_adders(value: f32) -> f32 {
    workgroupBarrier();
    partial[thread] = value;
    workgroupBarrier();
    var sum = 0.0;
    for (var i = 0u; i < ADDERS; i++) {
        sum += partial[i * TEAM + thread % TEAM];
    }
    return sum;
}

// The gradients of scale and shift of all normalisations: sums of dy n and of dy, with the
// normalised values n.
@compute @workgroup_size(THREADS)
fn normalisation_backward_weights(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
) {
    begin(local, workgroup, workgroups);
    let number = number_of(workgroup, workgroups) * TEAM + thread % TEAM;
    let i = min(number, NORMS * C - 1u);
    let k = i / C;
    let c = i % C;
    var norm = ATTENTION_NORM;
    if k % 2u == 1u {
        norm = FEED_FORWARD_NORM;
    }
    var layer = k / 2u;
    if k == 2u * LAYERS {
        norm = FINAL_NORM;
        layer = 0u;
    }
    var source = dinput_of(k);
    if NORMALISATION == POST {
        source = dstream(k + 1u);
    }
    var weight = 0.0;
    var bias = 0.0;
    let begin_row = min(workgroup.z * SPLIT_ROWS, ROWS);
    let end_row = min(begin_row + SPLIT_ROWS, ROWS);
    let adder = thread / TEAM;
    for (var first = begin_row + adder; first < end_row; first += ADDERS * ROWS_AT_ONCE) {
        //! unroll i ROWS_AT_ONCE
        let row$i = min(first + $iu * ADDERS, end_row - 1u);
        let inside$i = first + $iu * ADDERS < end_row;
        let dy$i = select(0.0, activations[source + row$i * C + c], inside$i);
        weight = fma(dy$i, activations[NORMALISED + (k * ROWS + row$i) * C + c], weight);
        bias += dy$i;
        //! end
    }
    weight = sum_of_adders(weight);
    bias = sum_of_adders(bias);
    if adder == 0u && number < NORMS * C {
        let arena = workgroup.z * PARAMETER_COUNT + of_layer(layer);
        gradients[arena + norm.weight + c] = weight;
        gradients[arena + norm.bias + c] = bias;
    }
}

// The sum of an adder for the gradient of a cell of an embedding table, and the offset of that
// cell.
struct Cell {
    at: u32,
    sum: f32,
}

// The gradients of trained embedding tables. `program.rs` writes `learned_cell`, which selects the
// table of a cell.
@compute @workgroup_size(THREADS)
fn embedding_backward(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
) {
    begin(local, workgroup, workgroups);
    let cell = learned_cell(number_of(workgroup, workgroups) * TEAM + thread % TEAM, thread / TEAM);
    let sum = sum_of_adders(cell.sum);
    if thread < TEAM && cell.at != NOWHERE {
        gradients[cell.at] = sum;
    }
}

// The gradient of a cell of a table of classes: the sum over the rows with that class, which are
// consecutive in the list at `ORDER_AT`.
fn value_cell(at: u32, width: u32, first: u32, number: u32, adder: u32) -> Cell {
    let class_index = number / width;
    let feature = first + number % width;
    let end = batch[STARTS_AT + class_index + 1u];
    var sum = 0.0;
    for (var i = batch[STARTS_AT + class_index] + adder; i < end; i += ADDERS) {
        sum += activations[DFEATURES + batch[ORDER_AT + i] * E + feature];
    }
    return Cell(at + number, sum);
}

// The gradient of a cell of a table of positions: the sum over the rows at that position.
fn position_cell(at: u32, width: u32, first: u32, number: u32, adder: u32) -> Cell {
    let t = number / width;
    let feature = first + number % width;
    var sum = 0.0;
    for (var begin = t + adder * T; begin < ROWS; begin += T * ADDERS * ROWS_AT_ONCE) {
        //! unroll i ROWS_AT_ONCE
        let row$i = begin + $iu * T * ADDERS;
        let value$i = activations[DFEATURES + min(row$i, ROWS - 1u) * E + feature];
        sum += select(0.0, value$i, row$i < ROWS);
        //! end
    }
    return Cell(at + number, sum);
}
