// The model from the embedding to the loss, forward and backward, in stages. A stage reads only
// what earlier stages wrote for the same sequences, so `program.rs` can write one kernel with all
// of them and barriers between them, or a kernel for each. The stage of a linear layer returns the
// product to be computed, so that the code of products occurs in a kernel once.
//
// The residual stream is kept as it is before each sublayer: stream 2 l is the input of the
// attention of layer l, stream 2 l + 1 that of its feed-forward layer.

fn stream(k: u32) -> u32 {
    return STREAMS + k * ROWS * C;
}

fn dstream(k: u32) -> u32 {
    return DSTREAMS + k * ROWS * C;
}

// The input of the sublayer that stream k goes into.
fn input_of(k: u32) -> u32 {
    if NORMALISATION == PRE {
        return INPUTS + k * ROWS * C;
    }
    return stream(k);
}

// Where the sum of stream k and its sublayer is written, before or without normalisation.
fn sum_after(k: u32) -> u32 {
    if NORMALISATION == POST {
        return SUM;
    }
    return stream(k + 1u);
}

// The gradient of that sum.
fn dsum_after(k: u32) -> u32 {
    if NORMALISATION == POST {
        return DSUMS + k * ROWS * C;
    }
    return dstream(k + 1u);
}

// The gradient of the output of the sublayer of stream k before dropout.
fn doutput_of(k: u32) -> u32 {
    if DROPOUT {
        return DOUTPUTS + k * ROWS * C;
    }
    return dsum_after(k);
}

fn dinput_of(k: u32) -> u32 {
    if NORMALISATION == PRE {
        return DINPUTS + k * ROWS * C;
    }
    return dstream(k);
}

fn hidden_of(layer: u32) -> u32 {
    return HIDDEN + layer * ROWS * F;
}

fn derivative_of(layer: u32) -> u32 {
    return DERIVATIVE + layer * ROWS * F;
}

fn dhidden_of(layer: u32) -> u32 {
    return DHIDDEN + layer * ROWS * F;
}

// --- forward ---

fn embedding_projection_forward(layer: u32) -> Product {
    return linear_forward(PROJECTION, 0u, Flow(FEATURES, stream(0u), NOWHERE, STORE, NOTHING));
}

fn embedding_features_forward(layer: u32) {
    embedding_forward();
}

fn attention_norm_before_forward(layer: u32) {
    let k = 2u * layer;
    normalisation_forward(ATTENTION_NORM, layer, k, stream(k), input_of(k));
}

fn attention_input_forward(layer: u32) -> Product {
    let flow = Flow(input_of(2u * layer), qkv_of(layer, 0u), NOWHERE, STORE, NOTHING);
    return linear_forward(ATTENTION_INPUT, layer, flow);
}

fn attention_output_forward(layer: u32) -> Product {
    let k = 2u * layer;
    let mixed = MIXED + layer * ROWS * C;
    let flow = Flow(mixed, sum_after(k), stream(k), ADD, AFTER_ATTENTION);
    return linear_forward(ATTENTION_OUTPUT, layer, flow);
}

fn attention_norm_after_forward(layer: u32) {
    let k = 2u * layer;
    normalisation_forward(ATTENTION_NORM, layer, k, SUM, stream(k + 1u));
}

fn feed_forward_norm_before_forward(layer: u32) {
    let k = 2u * layer + 1u;
    normalisation_forward(FEED_FORWARD_NORM, layer, k, stream(k), input_of(k));
}

fn feed_forward_input_forward(layer: u32) -> Product {
    let source = input_of(2u * layer + 1u);
    let flow = Flow(source, hidden_of(layer), derivative_of(layer), ACTIVATE, NOTHING);
    return linear_forward(FEED_FORWARD_INPUT, layer, flow);
}

fn feed_forward_output_forward(layer: u32) -> Product {
    let k = 2u * layer + 1u;
    let flow = Flow(hidden_of(layer), sum_after(k), stream(k), ADD, AFTER_FEED_FORWARD);
    return linear_forward(FEED_FORWARD_OUTPUT, layer, flow);
}

fn feed_forward_norm_after_forward(layer: u32) {
    let k = 2u * layer + 1u;
    normalisation_forward(FEED_FORWARD_NORM, layer, k, SUM, stream(k + 1u));
}

fn final_norm_forward(layer: u32) {
    let k = 2u * LAYERS;
    normalisation_forward(FINAL_NORM, 0u, k, stream(k), input_of(k));
}

fn head_forward(layer: u32) -> Product {
    let flow = Flow(input_of(2u * LAYERS), LOGITS, NOWHERE, STORE, NOTHING);
    return linear_forward(HEAD, 0u, flow);
}

fn losses(layer: u32) {
    loss(false);
}

fn losses_and_gradients(layer: u32) {
    loss(true);
}

// --- backward ---

fn head_backward(layer: u32) -> Product {
    let flow = Flow(LOGITS, dinput_of(2u * LAYERS), NOWHERE, STORE, NOTHING);
    return linear_backward_input(HEAD, 0u, flow);
}

fn final_norm_backward(layer: u32) {
    let k = 2u * LAYERS;
    normalisation_backward(FINAL_NORM, 0u, k, dinput_of(k), dstream(k), NOWHERE);
}

fn feed_forward_norm_after_backward(layer: u32) {
    let k = 2u * layer + 1u;
    normalisation_backward(FEED_FORWARD_NORM, layer, k, dstream(k + 1u), dsum_after(k), NOWHERE);
}

fn feed_forward_dropout_backward(layer: u32) {
    dropout_backward(layer, 2u * layer + 1u, AFTER_FEED_FORWARD);
}

fn feed_forward_output_backward(layer: u32) -> Product {
    let source = doutput_of(2u * layer + 1u);
    let flow = Flow(source, dhidden_of(layer), derivative_of(layer), MULTIPLY, NOTHING);
    return linear_backward_input(FEED_FORWARD_OUTPUT, layer, flow);
}

fn feed_forward_input_backward(layer: u32) -> Product {
    let flow = into_stream(2u * layer + 1u, dhidden_of(layer));
    return linear_backward_input(FEED_FORWARD_INPUT, layer, flow);
}

fn feed_forward_norm_before_backward(layer: u32) {
    let k = 2u * layer + 1u;
    let other = dstream(k + 1u);
    normalisation_backward(FEED_FORWARD_NORM, layer, k, dinput_of(k), dstream(k), other);
}

fn attention_norm_after_backward(layer: u32) {
    let k = 2u * layer;
    normalisation_backward(ATTENTION_NORM, layer, k, dstream(k + 1u), dsum_after(k), NOWHERE);
}

fn attention_dropout_backward(layer: u32) {
    dropout_backward(layer, 2u * layer, AFTER_ATTENTION);
}

fn attention_output_backward(layer: u32) -> Product {
    let flow = Flow(doutput_of(2u * layer), DMIXED, NOWHERE, STORE, NOTHING);
    return linear_backward_input(ATTENTION_OUTPUT, layer, flow);
}

fn attention_input_backward(layer: u32) -> Product {
    let flow = into_stream(2u * layer, dqkv_of(layer, 0u));
    return linear_backward_input(ATTENTION_INPUT, layer, flow);
}

fn attention_norm_before_backward(layer: u32) {
    let k = 2u * layer;
    let other = dstream(k + 1u);
    normalisation_backward(ATTENTION_NORM, layer, k, dinput_of(k), dstream(k), other);
}

fn embedding_projection_backward(layer: u32) -> Product {
    let flow = Flow(dstream(0u), DFEATURES, NOWHERE, STORE, NOTHING);
    return linear_backward_input(PROJECTION, 0u, flow);
}

// The gradient of a sublayer's input is added to that of the residual stream, or is the input of
// the backward pass of the normalisation before the sublayer.
fn into_stream(k: u32, source: u32) -> Flow {
    if NORMALISATION == PRE {
        return Flow(source, dinput_of(k), NOWHERE, STORE, NOTHING);
    }
    return Flow(source, dstream(k), dsum_after(k), ADD, NOTHING);
}

fn dropout_backward(layer: u32, k: u32, dropped: u32) {
    for (var i = first_element(); i < BLOCK_ROWS * C; i += element_step()) {
        let row = first_row() + i / C;
        let offset = row * C + i % C;
        let factor = dropout_factor(row, layer, dropped, i % C);
        activations[doutput_of(k) + offset] = activations[dsum_after(k) + offset] * factor;
    }
}
