// The loss and the prediction of each position, and the gradient of the batch's loss with respect
// to the logits, which overwrites them. A team of threads shares a row `[V]`.

const CROSS_ENTROPY = 0u;
const DISTANCE_WEIGHTED = 1u;
const DISTANCE = 2u;

const LINEAR = 0u;
const QUADRATIC = 1u;
const SQUARE_ROOT = 2u;

const ALL = 0u;
const LAST = 1u;
const WEIGHTED = 2u;

// The fourth word of an outcome.
const NOT_LAST = 0.0;
const LAST_WRONG = 1.0;
const LAST_RIGHT = 2.0;

// The weight of a distance.
fn distance_weight(distance: f32) -> f32 {
    switch DISTANCE_WEIGHT {
        case LINEAR: { return distance; }
        case QUADRATIC: { return distance * distance; }
        default: { return sqrt(distance); }
    }
}

// The derivative of that weight.
fn distance_slope(distance: f32) -> f32 {
    switch DISTANCE_WEIGHT {
        case LINEAR: { return 1.0; }
        case QUADRATIC: { return 2.0 * distance; }
        default: { return 0.5 / sqrt(max(distance, SMALLEST_DISTANCE)); }
    }
}

// The weight of a position within its sequence, of which `scored` positions are scored; the
// weights add up to one.
fn position_weight(t: u32, scored: u32) -> f32 {
    if t >= scored {
        return 0.0;
    }
    let count = f32(scored);
    switch POSITIONS {
        case ALL: { return 1.0 / count; }
        case LAST: { return select(0.0, 1.0, t + 1u == T); }
        default: { return 2.0 * f32(t + 1u) / (count * (count + 1.0)); }
    }
}

// The largest `value` of a team of threads, as bits, and the smallest `index` with that value.
fn argmax_of(value: f32, index: u32) -> vec2<u32> {
    workgroupBarrier();
    partial[thread] = value;
    partial_indices[thread] = index;
    workgroupBarrier();
    let member = thread % TEAM;
    for (var half = TEAM / 2u; half > 0u; half /= 2u) {
        if member < half {
            let other = partial[thread + half];
            let other_index = partial_indices[thread + half];
            let larger = other > partial[thread];
            let first = other == partial[thread] && other_index < partial_indices[thread];
            if larger || first {
                partial[thread] = other;
                partial_indices[thread] = other_index;
            }
        }
        workgroupBarrier();
    }
    return vec2<u32>(bitcast<u32>(partial[thread - member]), partial_indices[thread - member]);
}

fn write_outcome(row: u32, weighted_loss: f32, cross_entropy: f32, predicted: u32) {
    let t = row % T;
    var last = NOT_LAST;
    if t + 1u == T && batch[SCORED_AT + row / T] == T {
        last = select(LAST_WRONG, LAST_RIGHT, predicted == class_at(row, 1u));
    }
    let outcome = OUTCOMES + row * OUTCOME_WORDS;
    activations[outcome] = weighted_loss;
    activations[outcome + 1u] = cross_entropy;
    activations[outcome + 2u] = f32(predicted);
    activations[outcome + 3u] = last;
}

fn loss(gradient: bool) {
    if REGRESSION {
        regression_loss(gradient);
    } else {
        classification_loss(gradient);
    }
}

fn classification_loss(gradient: bool) {
    for (var start = share * TEAMS; start < BLOCK_ROWS; start += shares * TEAMS) {
        let within = start + thread / TEAM;
        let row = first_row() + min(within, BLOCK_ROWS - 1u);
        let present = within < BLOCK_ROWS;
        let member = thread % TEAM;
        let logits = LOGITS + row * V;
        let target_class = class_at(row, 1u);

        var largest = -3.4e38;
        var index = 0u;
        for (var first = member; first < V; first += TEAM * CLASSES_AT_ONCE) {
            //! unroll i CLASSES_AT_ONCE
            let k$i = min(first + $iu * TEAM, V - 1u);
            let logit$i = activations[logits + k$i];
            if logit$i > largest && first + $iu * TEAM < V {
                largest = logit$i;
                index = k$i;
            }
            //! end
        }
        let found = argmax_of(largest, index);
        largest = bitcast<f32>(found.x);
        let predicted = found.y;
        let at_target = activations[logits + target_class];

        var sum = 0.0;
        var weighted = 0.0;
        for (var first = member; first < V; first += TEAM * CLASSES_AT_ONCE) {
            //! unroll i CLASSES_AT_ONCE
            let k$i = min(first + $iu * TEAM, V - 1u);
            let e$i = select(0.0, exp(activations[logits + k$i] - largest), first + $iu * TEAM < V);
            sum += e$i;
            if LOSS == DISTANCE {
                weighted = fma(e$i, distance_weight(abs(f32(k$i) - f32(target_class))), weighted);
            }
            //! end
        }
        sum = sum_of(sum, TEAM);
        let expected = sum_of(weighted, TEAM) / sum;
        let cross_entropy = largest - at_target + log(sum);

        var factor = 1.0;
        if LOSS == DISTANCE_WEIGHTED {
            factor += ALPHA * distance_weight(abs(f32(predicted) - f32(target_class)));
        }
        let loss = select(cross_entropy * factor, expected, LOSS == DISTANCE);
        let weight = position_weight(row % T, batch[SCORED_AT + row / T])
            * bitcast<f32>(batch[SEQUENCE_WEIGHT_AT]);
        if present {
            if member == 0u {
                // Losses of positions that are not scored may be NaN.
                let weighted_loss = select(0.0, weight * loss, weight != 0.0);
                write_outcome(row, weighted_loss, cross_entropy, predicted);
            }
            if gradient {
                for (var first = member; first < V; first += TEAM * CLASSES_AT_ONCE) {
                    // All reads come first: a read after a write would wait for it.
                    //! unroll i CLASSES_AT_ONCE
                    let k$i = min(first + $iu * TEAM, V - 1u);
                    let p$i = exp(activations[logits + k$i] - largest) / sum;
                    var slope$i = (p$i - select(0.0, 1.0, k$i == target_class)) * factor;
                    if LOSS == DISTANCE {
                        let distance = abs(f32(k$i) - f32(target_class));
                        slope$i = p$i * (distance_weight(distance) - expected);
                    }
                    //! end
                    //! unroll i CLASSES_AT_ONCE
                    if first + $iu * TEAM < V {
                        activations[logits + k$i] = select(0.0, weight * slope$i, weight != 0.0);
                    }
                    //! end
                }
            }
        }
    }
}

// The output is a fraction of the range of integers: 0 is the first class, 1 the last one.
fn regression_loss(gradient: bool) {
    let last_class = f32(CLASSES - 1u);
    for (var i = first_element(); i < BLOCK_ROWS; i += element_step()) {
        let row = first_row() + i;
        let output = activations[LOGITS + row];
        let difference = output * last_class - f32(class_at(row, 1u));
        let weight = position_weight(row % T, batch[SCORED_AT + row / T])
            * bitcast<f32>(batch[SEQUENCE_WEIGHT_AT]);
        let loss = distance_weight(abs(difference));
        // Halves are rounded away from zero, as in the CPU engine.
        let nearest = clamp(floor(output * last_class + 0.5), 0.0, last_class);
        let predicted = u32(nearest);
        write_outcome(row, select(0.0, weight * loss, weight != 0.0), 0.0, predicted);
        if gradient {
            let direction = select(1.0, -1.0, difference < 0.0);
            let slope = distance_slope(abs(difference)) * direction * last_class;
            activations[LOGITS + row] = select(0.0, weight * slope, weight != 0.0);
        }
    }
}
