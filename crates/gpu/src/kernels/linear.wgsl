// A linear layer, y = W x + b, and what is done with y on the way out.

// What becomes of y.
const STORE = 0u;
// The activation of y goes to `target_at`, its derivative to `other`.
const ACTIVATE = 1u;
// y is added to `other`, a residual stream or its gradient; of what a layer adds, only what
// dropout leaves of it.
const ADD = 2u;
// y times `other`, element by element: backwards through an activation.
const MULTIPLY = 3u;

// Where a linear layer reads and writes, from the first row of the batch on.
struct Flow {
    source: u32,
    target_at: u32,
    other: u32,
    finish: u32,
    dropped: u32,
}

// The place of a layer's parameters, relative to those of the first layer.
fn of_layer(layer: u32) -> u32 {
    return layer * LAYER_PARAMETERS;
}

fn linear_forward(linear: Linear, layer: u32, flow: Flow) {
    let weight = linear.weight + of_layer(layer);
    let right = Operand(PARAMETERS, weight, linear.inputs, 1u, linear.outputs);
    let bias = linear.bias + of_layer(layer);
    transform(right, linear.inputs, linear.outputs, bias, layer, flow);
}

// dx = W^T dy.
fn linear_backward_input(linear: Linear, layer: u32, flow: Flow) {
    let weight = linear.weight + of_layer(layer);
    let right = Operand(PARAMETERS, weight, 1u, linear.inputs, linear.inputs);
    transform(right, linear.outputs, linear.inputs, NOWHERE, layer, flow);
}

// All rows of the block times a matrix.
fn transform(right: Operand, inputs: u32, outputs: u32, bias: u32, layer: u32, flow: Flow) {
    let source = flow.source + first_row() * inputs;
    let left = Operand(ACTIVATIONS, source, inputs, 1u, BLOCK_ROWS);
    let columns = (outputs + TILE_COLUMNS - 1u) / TILE_COLUMNS;
    let tiles = columns * ((BLOCK_ROWS + TILE_ROWS - 1u) / TILE_ROWS);
    for (var tile = share; tile < tiles; tile += shares) {
        let row_start = (tile / columns) * TILE_ROWS;
        let column_start = (tile % columns) * TILE_COLUMNS;
        var sums: array<vec4<f32>, SUMS>;
        var unused: array<vec4<f32>, FOURS_PER_THREAD>;
        multiply(left, right, row_start, column_start, inputs, &sums, &unused);
        for (var i = 0u; i < SUMS; i++) {
            let column = column_start + column_of_sum(i);
            for (var component = 0u; component < 4u; component++) {
                let row = row_start + row_of_sum(i, component);
                if row < BLOCK_ROWS && column < outputs {
                    var value = sums[i][component];
                    if bias != NOWHERE {
                        value += parameters[bias + column];
                    }
                    finish(value, first_row() + row, column, outputs, layer, flow);
                }
            }
        }
    }
}

fn finish(value: f32, row: u32, column: u32, outputs: u32, layer: u32, flow: Flow) {
    let place = row * outputs + column;
    switch flow.finish {
        case ACTIVATE: {
            let activated = activate(value);
            activations[flow.target_at + place] = activated.value;
            activations[flow.other + place] = activated.derivative;
        }
        case ADD: {
            let kept = value * dropout_factor(row, layer, flow.dropped, column);
            activations[flow.target_at + place] = activations[flow.other + place] + kept;
        }
        case MULTIPLY: {
            activations[flow.target_at + place] = value * activations[flow.other + place];
        }
        default: {
            activations[flow.target_at + place] = value;
        }
    }
}
