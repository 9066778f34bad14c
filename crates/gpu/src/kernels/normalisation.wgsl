// Normalisation of the residual stream (LayerNorm). A team of threads has a row.

const TEAMS = THREADS / TEAM;

// y = weight (x - mean) / sqrt(variance + epsilon) + bias; number `k` of all normalisations
// saves what the backward pass needs.
fn normalisation_forward(norm: Norm, layer: u32, k: u32, source: u32, target_at: u32) {
    for (var start = share * TEAMS; start < BLOCK_ROWS; start += shares * TEAMS) {
        let within = start + thread / TEAM;
        let row = first_row() + min(within, BLOCK_ROWS - 1u);
        let present = within < BLOCK_ROWS;
        let member = thread % TEAM;
        var sum = 0.0;
        for (var c = member; c < C; c += TEAM) {
            sum += activations[source + row * C + c];
        }
        let mean = sum_of(sum, TEAM) / f32(C);
        var squares = 0.0;
        for (var c = member; c < C; c += TEAM) {
            let centred = activations[source + row * C + c] - mean;
            squares = fma(centred, centred, squares);
        }
        let variance = sum_of(squares, TEAM) / f32(C);
        let scale = 1.0 / sqrt(variance + EPSILON);
        if present {
            if member == 0u {
                activations[SCALES + k * ROWS + row] = scale;
            }
            let weight = norm.weight + of_layer(layer);
            let bias = norm.bias + of_layer(layer);
            for (var c = member; c < C; c += TEAM) {
                let value = (activations[source + row * C + c] - mean) * scale;
                activations[NORMALISED + (k * ROWS + row) * C + c] = value;
                activations[target_at + row * C + c] =
                    fma(value, parameters[weight + c], parameters[bias + c]);
            }
        }
    }
}

// With n the normalised values and g = dy weight: dx = (g - mean(g) - n mean(g n)) /
// deviation, added to `other` unless that is nowhere.
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
        for (var c = member; c < C; c += TEAM) {
            let g = activations[source + row * C + c] * parameters[weight + c];
            sum += g;
            product = fma(g, activations[normalised + c], product);
        }
        let mean = sum_of(sum, TEAM) / f32(C);
        let slope = sum_of(product, TEAM) / f32(C);
        if present {
            let scale = activations[SCALES + k * ROWS + row];
            for (var c = member; c < C; c += TEAM) {
                let place = row * C + c;
                let g = activations[source + place] * parameters[weight + c];
                var value = (g - mean - slope * activations[normalised + c]) * scale;
                if other != NOWHERE {
                    value += activations[other + place];
                }
                activations[target_at + place] = value;
            }
        }
    }
}
