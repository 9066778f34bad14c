// A linear layer, y = W x + b, and the epilogue that writes y.

// The epilogues.
const STORE = 0u;
// The activation of y is written to `target_at`, its derivative to `other`.
const ACTIVATE = 1u;
// `other`, a residual stream or its gradient, plus y after dropout.
const ADD = 2u;
// y times `other`, element by element: the backward pass of an activation.
const MULTIPLY = 3u;

// Offsets of what a linear layer reads and writes, for the first row of the batch, its epilogue,
// and which dropout applies to it.
struct Flow {
    source: u32,
    target_at: u32,
    other: u32,
    epilogue: u32,
    dropped: u32,
}

// The offset of a layer's parameters from those of the first layer.
fn of_layer(layer: u32) -> u32 {
    return layer * LAYER_PARAMETERS;
}

// The product that a stage asks for: dx = W^T dy if `backward`, else y = W x + b.
struct Product {
    linear: Linear,
    layer: u32,
    backward: bool,
    flow: Flow,
}

fn linear_forward(linear: Linear, layer: u32, flow: Flow) -> Product {
    return Product(linear, layer, false, flow);
}

fn linear_backward_input(linear: Linear, layer: u32, flow: Flow) -> Product {
    return Product(linear, layer, true, flow);
}

// Computes a product for all rows of the block: `[BLOCK_ROWS][inputs]` to
// `[BLOCK_ROWS][outputs]`.
fn transform(product: Product) {
    let linear = product.linear;
    let layer = product.layer;
    let flow = product.flow;
    let weight = linear.weight + of_layer(layer);
    var inputs = linear.inputs;
    var outputs = linear.outputs;
    var bias = linear.bias + of_layer(layer);
    var right = Operand(PARAMETERS, weight, inputs, 1u, outputs);
    if product.backward {
        inputs = linear.outputs;
        outputs = linear.inputs;
        bias = NOWHERE;
        right = Operand(PARAMETERS, weight, 1u, outputs, outputs);
    }
    let source = flow.source + first_row() * inputs;
    let left = Operand(ACTIVATIONS, source, inputs, 1u, BLOCK_ROWS);
    let columns = (outputs + TILE_COLUMNS - 1u) / TILE_COLUMNS;
    let tiles = columns * ((BLOCK_ROWS + TILE_ROWS - 1u) / TILE_ROWS);
    for (var tile = share; tile < tiles; tile += shares) {
        let row_start = (tile / columns) * TILE_ROWS;
        let column_start = (tile % columns) * TILE_COLUMNS;
        let sums = multiply(left, right, row_start, column_start, inputs);
        let row = row_start + row_of_thread();
        let column = column_start + column_of_thread();
        // All reads come first: a read after a write would wait for it.
        //! unroll c COLUMNS_PER_THREAD
        let bias$c = bias_of(bias, min(column + $cu, outputs - 1u));
        //! end
        //! unroll f FOURS_PER_THREAD
        //! unroll j 4
        let start$f_$j = (first_row() + min(row + 4u * $fu + $ju, BLOCK_ROWS - 1u)) * outputs;
        //! unroll c COLUMNS_PER_THREAD
        let operand$f_$j_$c = epilogue_operand(start$f_$j + min(column + $cu, outputs - 1u), flow);
        //! end
        //! end
        //! end
        //! unroll f FOURS_PER_THREAD
        //! unroll j 4
        if row + 4u * $fu + $ju < BLOCK_ROWS {
            let at = first_row() + row + 4u * $fu + $ju;
            //! unroll c COLUMNS_PER_THREAD
            if column + $cu < outputs {
                let value = sums.row$f_$j[$c] + bias$c;
                apply_epilogue(value, operand$f_$j_$c, at, column + $cu, outputs, layer, flow);
            }
            //! end
        }
        //! end
        //! end
    }
}

fn bias_of(bias: u32, column: u32) -> f32 {
    if bias == NOWHERE {
        return 0.0;
    }
    return parameters[bias + column];
}

// What the epilogue adds to a result or multiplies it by.
fn epilogue_operand(offset: u32, flow: Flow) -> f32 {
    if flow.epilogue == ADD || flow.epilogue == MULTIPLY {
        return activations[flow.other + offset];
    }
    return 0.0;
}

fn apply_epilogue(
    value: f32,
    operand: f32,
    row: u32,
    column: u32,
    outputs: u32,
    layer: u32,
    flow: Flow,
) {
    let offset = row * outputs + column;
    switch flow.epilogue {
        case ACTIVATE: {
            let activated = activate(value);
            activations[flow.target_at + offset] = activated.value;
            activations[flow.other + offset] = activated.derivative;
        }
        case ADD: {
            let kept = value * dropout_factor(row, layer, flow.dropped, column);
            activations[flow.target_at + offset] = operand + kept;
        }
        case MULTIPLY: {
            activations[flow.target_at + offset] = value * operand;
        }
        default: {
            activations[flow.target_at + offset] = value;
        }
    }
}
