// Adding up, clipping, and the update of the parameters.

// The places in `status`.
const HALTED = 0u;
const HALTED_AT = 1u;
const FACTOR = 2u;
const ENTRIES = 4u;
const ENTRY_SIZE = 4u;

// The places of the numbers of a step at the head of `batch`.
const SEQUENCE_WEIGHT_AT = 0u;
const ENTRY_AT = 1u;
const MAX_NORM_AT = 2u;
const LIMIT_AT = 3u;
const LEARNING_RATE_AT = 4u;
const MOMENTUM_AT = 5u;
const GRADIENT_DECAY_AT = 6u;
const STEP_SIZE_AT = 7u;
const SECOND_FACTOR_AT = 8u;
const DECAY_FACTOR_AT = 9u;
const BETA1_AT = 10u;
const BETA2_AT = 11u;
const EPSILON_AT = 12u;
const TRAINING_AT = 13u;

fn number_at(place: u32) -> f32 {
    return bitcast<f32>(batch[place]);
}

// Numbers that a workgroup adds up.
const SPAN = THREADS * 4u;

// Adds up the parts of the batch, and the squares of each workgroup's gradients.
@compute @workgroup_size(THREADS)
fn reduce_gradients(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
) {
    begin(local, workgroup, workgroups);
    let number = number_of(workgroup, workgroups);
    if number >= SPANS {
        return;
    }
    var squares = 0.0;
    for (var j = 0u; j < 4u; j++) {
        let i = number * SPAN + j * THREADS + thread;
        if i < PARAMETER_COUNT {
            var sum = gradients[i];
            for (var split = 1u; split < SPLITS; split++) {
                sum += gradients[split * PARAMETER_COUNT + i];
            }
            gradients[i] = sum;
            squares = fma(sum, sum, squares);
        }
    }
    let total = sum_of(squares, THREADS);
    if thread == 0u {
        gradients[SQUARES + number] = total;
    }
}

// What happened in the step: one workgroup adds up squares and losses, and says by how much
// gradients are scaled. Once a loss or a norm is not finite, nothing is updated any more.
@compute @workgroup_size(THREADS)
fn total(@builtin(local_invocation_index) local: u32) {
    thread = local;
    var squares = 0.0;
    for (var i = thread; i < SPANS; i += THREADS) {
        squares += gradients[SQUARES + i];
    }
    var loss = 0.0;
    var right = 0.0;
    var scored = 0.0;
    for (var first = thread; first < ROWS; first += THREADS * ROWS_AT_ONCE) {
        //! unroll i ROWS_AT_ONCE
        let row$i = first + $iu * THREADS;
        let outcome$i = OUTCOMES + 4u * min(row$i, ROWS - 1u);
        let last$i = select(NOT_LAST, activations[outcome$i + 3u], row$i < ROWS);
        loss += select(0.0, activations[outcome$i], row$i < ROWS);
        right += select(0.0, 1.0, last$i == LAST_RIGHT);
        scored += select(0.0, 1.0, last$i != NOT_LAST);
        //! end
    }
    squares = sum_of(squares, THREADS);
    loss = sum_of(loss, THREADS);
    right = sum_of(right, THREADS);
    scored = sum_of(scored, THREADS);
    if thread != 0u || status[HALTED] != 0u {
        return;
    }
    let norm = sqrt(squares);
    let entry = ENTRIES + batch[ENTRY_AT] * ENTRY_SIZE;
    status[entry] = bitcast<u32>(loss);
    status[entry + 1u] = bitcast<u32>(norm);
    status[entry + 2u] = u32(right);
    status[entry + 3u] = u32(scored);
    var factor = 1.0;
    if CLIPS_NORM {
        // The small number is PyTorch's.
        factor = min(1.0, number_at(MAX_NORM_AT) / (norm + 1e-6));
    }
    status[FACTOR] = bitcast<u32>(factor);
    if !is_finite(loss) || !is_finite(norm) {
        status[HALTED] = 1u;
        status[HALTED_AT] = batch[ENTRY_AT];
    }
}

fn clipped(gradient: f32) -> f32 {
    let scaled = gradient * bitcast<f32>(status[FACTOR]);
    return clamp(scaled, -number_at(LIMIT_AT), number_at(LIMIT_AT));
}

// What is known of sixteen parameters: whether they decay, and whether they are a part of a
// matrix that is updated as such.
const DECAYS = 1u;
const OF_MATRIX = 2u;

// Moments below it become zero, before they are denormal numbers.
const TINY = 1e-30;

const ADAMW = 0u;
const ADAM = 1u;
const SGD = 2u;
const MUON = 3u;

// Adam, AdamW and stochastic gradient descent with momentum, as PyTorch computes them.
@compute @workgroup_size(THREADS)
fn update_parameters(
    @builtin(local_invocation_index) local: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
) {
    let i = number_of(workgroup, workgroups) * THREADS + local;
    if i >= PARAMETER_COUNT || status[HALTED] != 0u {
        return;
    }
    let known = tables[KNOWN_AT + i / 16u];
    if (known & OF_MATRIX) != 0u {
        return;
    }
    let decays = (known & DECAYS) != 0u;
    let x = parameters[i];
    var g = clipped(gradients[i]);
    var kept = 1.0;
    if decays {
        if OPTIMIZER == ADAM || OPTIMIZER == SGD {
            g = fma(x, number_at(GRADIENT_DECAY_AT), g);
        } else {
            kept = number_at(DECAY_FACTOR_AT);
        }
    }
    let beta1 = number_at(BETA1_AT);
    if OPTIMIZER == SGD {
        let m = without_tiny(fma(moments[i], beta1, g));
        moments[i] = m;
        parameters[i] = fma(-number_at(LEARNING_RATE_AT), m, x);
        return;
    }
    let beta2 = number_at(BETA2_AT);
    let m = without_tiny(fma(moments[i], beta1, g * (1.0 - beta1)));
    let v = without_tiny(fma(moments[PARAMETER_COUNT + i], beta2, g * g * (1.0 - beta2)));
    moments[i] = m;
    moments[PARAMETER_COUNT + i] = v;
    let root = fma(sqrt(v), number_at(SECOND_FACTOR_AT), number_at(EPSILON_AT));
    parameters[i] = fma(-number_at(STEP_SIZE_AT), m / root, x * kept);
}

fn without_tiny(value: f32) -> f32 {
    return select(value, 0.0, abs(value) < TINY);
}
