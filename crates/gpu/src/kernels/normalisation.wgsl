// Normalisation of the residual stream (LayerNorm, Ba, Kiros and Hinton, 2016). A team of threads
// shares a row.

const TEAMS = THREADS / TEAM;

// y = weight (x - mean) / sqrt(variance + epsilon) + bias, for every row `[C]`. Saves what the
// backward pass needs as that of normalisation `k`, counted over all layers.
fn normalisation_forward(norm: Norm, layer: u32, k: u32, source: u32, target_at: u32) {
    for (var start = share * TEAMS; start < BLOCK_ROWS; start += shares * TEAMS) {
        let within = start + thread / TEAM;
        let row = first_row() + min(within, BLOCK_ROWS - 1u);
        let present = within < BLOCK_ROWS;
        let member = thread % TEAM;
        var sum = 0.0;
        for (var first = member; first < C; first += TEAM * STREAM_AT_ONCE) {
            //! unroll i STREAM_AT_ONCE
            let c$i = first + $iu * TEAM;
            sum += select(0.0, activations[source + row * C + min(c$i, C - 1u)], c$i < C);
            //! end
        }
        let mean = sum_of(sum, TEAM) / f32(C);
        var squares = 0.0;
        for (var first = member; first < C; first += TEAM * STREAM_AT_ONCE) {
            //! unroll i STREAM_AT_ONCE
            let c$i = first + $iu * TEAM;
            let value$i = activations[source + row * C + min(c$i, C - 1u)];
            let centred$i = select(0.0, value$i - mean, c$i < C);
            squares = fma(centred$i, centred$i, squares);
            //! end
        }
        let variance = sum_of(squares, TEAM) / f32(C);
        let scale = 1.0 / sqrt(variance + EPSILON);
        if present {
            if member == 0u {
                activations[SCALES + k * ROWS + row] = scale;
            }
            let weight = norm.weight + of_layer(layer);
            let bias = norm.bias + of_layer(layer);
            for (var first = member; first < C; first += TEAM * STREAM_AT_ONCE) {
                // All reads come first: a read after a write would wait for it.
                //! unroll i STREAM_AT_ONCE
                let c$i = min(first + $iu * TEAM, C - 1u);
                let value$i = (activations[source + row * C + c$i] - mean) * scale;
                let result$i = fma(value$i, parameters[weight + c$i], parameters[bias + c$i]);
                //! end
                //! unroll i STREAM_AT_ONCE
                if first + $iu * TEAM < C {
                    activations[NORMALISED + (k * ROWS + row) * C + c$i] = value$i;
                    activations[target_at + row * C + c$i] = result$i;
                }
                //! end
            }
        }
    }
}

// With n the normalised values and g = dy weight: dx = (g - mean(g) - n mean(g n)) /
// sqrt(variance + epsilon), plus `other` unless that is NOWHERE.
fn normalisation_backward(
    norm: Norm,
    layer: u32,
    k: u32,
    source: u32,
    target_at: u32,
    other: u32,
) {
    let weight = norm.weight + of_layer(layer);
    for (var start = share * TEAMS; start < BLOCK_ROWS; start += shares * TEAMS) {
        let within = start + thread / TEAM;
        let row = first_row() + min(within, BLOCK_ROWS - 1u);
        let present = within < BLOCK_ROWS;
        let member = thread % TEAM;
        let normalised = NORMALISED + (k * ROWS + row) * C;
        var sum = 0.0;
        var product = 0.0;
        for (var first = member; first < C; first += TEAM * STREAM_AT_ONCE) {
            //! unroll i STREAM_AT_ONCE
            let c$i = min(first + $iu * TEAM, C - 1u);
            let dy$i = select(0.0, activations[source + row * C + c$i], first + $iu * TEAM < C);
            let g$i = dy$i * parameters[weight + c$i];
            sum += g$i;
            product = fma(g$i, activations[normalised + c$i], product);
            //! end
        }
        let mean = sum_of(sum, TEAM) / f32(C);
        let slope = sum_of(product, TEAM) / f32(C);
        if present {
            let scale = activations[SCALES + k * ROWS + row];
            for (var first = member; first < C; first += TEAM * STREAM_AT_ONCE) {
                //! unroll i STREAM_AT_ONCE
                let c$i = min(first + $iu * TEAM, C - 1u);
                let offset$i = row * C + c$i;
                let g$i = activations[source + offset$i] * parameters[weight + c$i];
                var value$i = (g$i - mean - slope * activations[normalised + c$i]) * scale;
                if other != NOWHERE {
                    value$i += activations[other + offset$i];
                }
                //! end
                //! unroll i STREAM_AT_ONCE
                if first + $iu * TEAM < C {
                    activations[target_at + offset$i] = value$i;
                }
                //! end
            }
        }
    }
}
