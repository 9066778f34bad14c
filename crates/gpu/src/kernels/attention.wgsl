// Multi-head causal self-attention: each position looks at itself and those before it.

fn qkv_of(layer: u32, row: u32) -> u32 {
    return QKV + (layer * ROWS + row) * 3u * C;
}

fn dqkv_of(layer: u32, row: u32) -> u32 {
    return DQKV + (layer * ROWS + row) * 3u * C;
}

fn weights_of(layer: u32, row: u32, head: u32) -> u32 {
    return WEIGHTS + ((layer * ROWS + row) * H + head) * T;
}

fn dscores_of(row: u32, head: u32) -> u32 {
    return DSCORES + (row * H + head) * T;
}

// Scores q k / sqrt(D) with the positions up to its own and their softmax, for a head of a
// row per thread.
fn attention_weights_forward(layer: u32) {
    for (var i = first_element(); i < BLOCK_ROWS * H; i += element_step()) {
        let row = first_row() + i / H;
        let head = i % H;
        let t = row % T;
        let q = qkv_of(layer, row) + head * D;
        let weights = weights_of(layer, row, head);
        var largest = -3.4e38;
        for (var s = 0u; s <= t; s++) {
            let k = qkv_of(layer, row - t + s) + C + head * D;
            var score = 0.0;
            for (var d = 0u; d < D; d++) {
                score = fma(activations[q + d], activations[k + d], score);
            }
            score *= ATTENTION_SCALE;
            largest = max(largest, score);
            activations[weights + s] = score;
        }
        var sum = 0.0;
        for (var s = 0u; s <= t; s++) {
            let e = exp(activations[weights + s] - largest);
            sum += e;
            activations[weights + s] = e;
        }
        for (var s = 0u; s <= t; s++) {
            activations[weights + s] /= sum;
        }
    }
}

// The values, weighted.
fn attention_values_forward(layer: u32) {
    for (var i = first_element(); i < BLOCK_ROWS * C; i += element_step()) {
        let row = first_row() + i / C;
        let c = i % C;
        let head = c / D;
        let t = row % T;
        let weights = weights_of(layer, row, head);
        var mixed = 0.0;
        for (var s = 0u; s <= t; s++) {
            let kept = activations[weights + s]
                * dropout_factor(row, layer, ATTENTION_WEIGHTS, head * T + s);
            mixed = fma(kept, activations[qkv_of(layer, row - t + s) + 2u * C + c], mixed);
        }
        activations[MIXED + (layer * ROWS + row) * C + c] = mixed;
    }
}

// With w the weights, m the factors of dropout and o what was looked up:
// dw[s] = m[s] do v[s]; the softmax gives dscore[s] = w[s] (dw[s] - sum of w dw).
fn attention_weights_backward(layer: u32) {
    for (var i = first_element(); i < BLOCK_ROWS * H; i += element_step()) {
        let row = first_row() + i / H;
        let head = i % H;
        let t = row % T;
        let weights = weights_of(layer, row, head);
        let dscores = dscores_of(row, head);
        let dmixed = DMIXED + row * C + head * D;
        var sum = 0.0;
        for (var s = 0u; s <= t; s++) {
            let v = qkv_of(layer, row - t + s) + 2u * C + head * D;
            var dkept = 0.0;
            for (var d = 0u; d < D; d++) {
                dkept = fma(activations[dmixed + d], activations[v + d], dkept);
            }
            let dweight = dkept * dropout_factor(row, layer, ATTENTION_WEIGHTS, head * T + s);
            sum = fma(activations[weights + s], dweight, sum);
            activations[dscores + s] = dweight;
        }
        for (var s = 0u; s <= t; s++) {
            let dscore = activations[weights + s] * (activations[dscores + s] - sum);
            activations[dscores + s] = dscore * ATTENTION_SCALE;
        }
    }
}

// The gradients of queries, keys and values: a query has those of the positions before it, a
// key and a value those of the positions after it.
fn attention_values_backward(layer: u32) {
    for (var i = first_element(); i < BLOCK_ROWS * C; i += element_step()) {
        let row = first_row() + i / C;
        let c = i % C;
        let head = c / D;
        let t = row % T;
        let first = row - t;
        var dquery = 0.0;
        for (var s = 0u; s <= t; s++) {
            let k = qkv_of(layer, first + s) + C + c;
            dquery = fma(activations[dscores_of(row, head) + s], activations[k], dquery);
        }
        var dkey = 0.0;
        var dvalue = 0.0;
        for (var later = t; later < T; later++) {
            let from_row = first + later;
            let query = activations[qkv_of(layer, from_row) + c];
            dkey = fma(activations[dscores_of(from_row, head) + t], query, dkey);
            let kept = activations[weights_of(layer, from_row, head) + t]
                * dropout_factor(from_row, layer, ATTENTION_WEIGHTS, head * T + t);
            dvalue = fma(kept, activations[DMIXED + from_row * C + c], dvalue);
        }
        let dqkv = dqkv_of(layer, row) + c;
        activations[dqkv] = dquery;
        activations[dqkv + C] = dkey;
        activations[dqkv + 2u * C] = dvalue;
    }
}
