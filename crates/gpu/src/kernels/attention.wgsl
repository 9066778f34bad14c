// Causal self-attention with H heads (Vaswani et al., 2017): each position attends to itself and
// to those before it. In the formulas, t is the position of the row and s <= t an earlier one.

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

// w[s] = softmax over s of q[t] k[s] / sqrt(D). A thread computes one head of one row.
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
            for (var d = 0u; d < D; d += FEATURES_AT_ONCE) {
                //! unroll i FEATURES_AT_ONCE
                score = fma(activations[q + d + $iu], activations[k + d + $iu], score);
                //! end
            }
            score *= ATTENTION_SCALE;
            largest = max(largest, score);
            activations[weights + s] = score;
        }
        var sum = 0.0;
        for (var s = 0u; s <= t; s += POSITIONS_AT_ONCE) {
            //! unroll i POSITIONS_AT_ONCE
            let score$i = activations[weights + min(s + $iu, t)];
            //! end
            //! unroll i POSITIONS_AT_ONCE
            if s + $iu <= t {
                let e = exp(score$i - largest);
                sum += e;
                activations[weights + s + $iu] = e;
            }
            //! end
        }
        for (var s = 0u; s <= t; s += POSITIONS_AT_ONCE) {
            //! unroll i POSITIONS_AT_ONCE
            let e$i = activations[weights + min(s + $iu, t)];
            //! end
            //! unroll i POSITIONS_AT_ONCE
            if s + $iu <= t {
                activations[weights + s + $iu] = e$i / sum;
            }
            //! end
        }
    }
}

// mixed[t] = sum over s of m[s] w[s] v[s], with the dropout factors m. A thread computes one
// element.
fn attention_values_forward(layer: u32) {
    for (var i = first_element(); i < BLOCK_ROWS * C; i += element_step()) {
        let row = first_row() + i / C;
        let c = i % C;
        let head = c / D;
        let t = row % T;
        let weights = weights_of(layer, row, head);
        var mixed = 0.0;
        for (var s = 0u; s <= t; s += POSITIONS_AT_ONCE) {
            //! unroll i POSITIONS_AT_ONCE
            let at$i = min(s + $iu, t);
            let weight$i = select(0.0, activations[weights + at$i], s + $iu <= t);
            let kept$i = weight$i * dropout_factor(row, layer, ATTENTION_WEIGHTS, head * T + at$i);
            mixed = fma(kept$i, activations[qkv_of(layer, row - t + at$i) + 2u * C + c], mixed);
            //! end
        }
        activations[MIXED + (layer * ROWS + row) * C + c] = mixed;
    }
}

// dw[s] = m[s] dmixed[t] v[s], and dscore[s] = w[s] (dw[s] - sum of w dw) by the derivative of the
// softmax. A thread computes one head of one row.
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
            for (var d = 0u; d < D; d += FEATURES_AT_ONCE) {
                //! unroll i FEATURES_AT_ONCE
                dkept = fma(activations[dmixed + d + $iu], activations[v + d + $iu], dkept);
                //! end
            }
            let dweight = dkept * dropout_factor(row, layer, ATTENTION_WEIGHTS, head * T + s);
            sum = fma(activations[weights + s], dweight, sum);
            activations[dscores + s] = dweight;
        }
        for (var s = 0u; s <= t; s += POSITIONS_AT_ONCE) {
            //! unroll i POSITIONS_AT_ONCE
            let weight$i = activations[weights + min(s + $iu, t)];
            let dweight$i = activations[dscores + min(s + $iu, t)];
            //! end
            //! unroll i POSITIONS_AT_ONCE
            if s + $iu <= t {
                activations[dscores + s + $iu] =
                    weight$i * (dweight$i - sum) * ATTENTION_SCALE;
            }
            //! end
        }
    }
}

// dq[t] = sum over s <= t of dscore[t][s] k[s], and for the positions u >= t that attend to t:
// dk[t] = sum of dscore[u][t] q[u], dv[t] = sum of m w[u][t] dmixed[u]. A thread computes one
// element of each.
fn attention_values_backward(layer: u32) {
    for (var i = first_element(); i < BLOCK_ROWS * C; i += element_step()) {
        let row = first_row() + i / C;
        let c = i % C;
        let head = c / D;
        let t = row % T;
        let first = row - t;
        var dquery = 0.0;
        for (var s = 0u; s <= t; s += POSITIONS_AT_ONCE) {
            //! unroll i POSITIONS_AT_ONCE
            let at$i = min(s + $iu, t);
            let key$i = activations[qkv_of(layer, first + at$i) + C + c];
            let dscore$i = activations[dscores_of(row, head) + at$i];
            dquery = fma(select(0.0, dscore$i, s + $iu <= t), key$i, dquery);
            //! end
        }
        var dkey = 0.0;
        var dvalue = 0.0;
        for (var later = t; later < T; later += POSITIONS_AT_ONCE) {
            //! unroll i POSITIONS_AT_ONCE
            let inside$i = later + $iu < T;
            let from$i = first + min(later + $iu, T - 1u);
            let query$i = activations[qkv_of(layer, from$i) + c];
            let dscore$i = activations[dscores_of(from$i, head) + t];
            dkey = fma(select(0.0, dscore$i, inside$i), query$i, dkey);
            let weight$i = select(0.0, activations[weights_of(layer, from$i, head) + t], inside$i);
            let kept$i = weight$i
                * dropout_factor(from$i, layer, ATTENTION_WEIGHTS, head * T + t);
            dvalue = fma(kept$i, activations[DMIXED + from$i * C + c], dvalue);
            //! end
        }
        let dqkv = dqkv_of(layer, row) + c;
        activations[dqkv] = dquery;
        activations[dqkv + C] = dkey;
        activations[dqkv + 2u * C] = dvalue;
    }
}
