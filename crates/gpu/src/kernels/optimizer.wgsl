// The sums of gradients, clipping, and the update of the parameters.

// A value of the header of the batch.
fn header_value(offset: u32) -> f32 {
    return bitcast<f32>(batch[offset]);
}

// Adds up the gradients of the parts of the batch, into those of the first part, and the squares
// of each workgroup's gradients.
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
    for (var j = 0u; j < SPAN / THREADS; j++) {
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

// One workgroup writes the loss of the step, the norm of its gradients and the clipping factor to
// the status. Once a loss or a norm is not finite, no parameter is updated any more.
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
        let outcome$i = OUTCOMES + OUTCOME_WORDS * min(row$i, ROWS - 1u);
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
    let entry = STATUS_HEADER + batch[ENTRY_AT] * ENTRY_WORDS;
    status[entry] = bitcast<u32>(loss);
    status[entry + 1u] = bitcast<u32>(norm);
    status[entry + 2u] = u32(right);
    status[entry + 3u] = u32(scored);
    var factor = 1.0;
    if CLIPS_NORM {
        factor = min(1.0, header_value(MAX_NORM_AT) / (norm + CLIPPING_EPSILON));
    }
    status[CLIPPING_FACTOR] = bitcast<u32>(factor);
    if !is_finite(loss) || !is_finite(norm) {
        status[HALTED] = 1u;
        status[HALTED_AT] = batch[ENTRY_AT];
    }
}

fn clipped(gradient: f32) -> f32 {
    let scaled = gradient * bitcast<f32>(status[CLIPPING_FACTOR]);
    return clamp(scaled, -header_value(LIMIT_AT), header_value(LIMIT_AT));
}

const ADAMW = 0u;
const ADAM = 1u;
const SGD = 2u;
const MUON = 3u;

// Adam (Kingma and Ba, 2015), AdamW (Loshchilov and Hutter, 2019) and stochastic gradient descent
// with momentum, as PyTorch computes them. A thread updates one parameter.
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
    let flags = tables[FLAGS_AT + i / LANES];
    if (flags & OF_MATRIX) != 0u {
        return;
    }
    let decays = (flags & DECAYS) != 0u;
    let x = parameters[i];
    var g = clipped(gradients[i]);
    var kept = 1.0;
    if decays {
        if OPTIMIZER == ADAM || OPTIMIZER == SGD {
            g = fma(x, header_value(GRADIENT_DECAY_AT), g);
        } else {
            kept = header_value(DECAY_FACTOR_AT);
        }
    }
    let beta1 = header_value(BETA1_AT);
    if OPTIMIZER == SGD {
        let m = without_tiny(fma(moments[i], beta1, g));
        moments[i] = m;
        parameters[i] = fma(-header_value(LEARNING_RATE_AT), m, x);
        return;
    }
    let beta2 = header_value(BETA2_AT);
    let m = without_tiny(fma(moments[i], beta1, g * (1.0 - beta1)));
    let v = without_tiny(fma(moments[PARAMETER_COUNT + i], beta2, g * g * (1.0 - beta2)));
    moments[i] = m;
    moments[PARAMETER_COUNT + i] = v;
    let root = fma(sqrt(v), header_value(SECOND_FACTOR_AT), header_value(EPSILON_AT));
    parameters[i] = fma(-header_value(STEP_SIZE_AT), m / root, x * kept);
}

// Moments that would become denormal are zero, as in the CPU engine.
fn without_tiny(value: f32) -> f32 {
    return select(value, 0.0, abs(value) < SMALLEST_MOMENT);
}
