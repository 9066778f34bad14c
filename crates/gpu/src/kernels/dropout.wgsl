// Dropout: the factor on an element in a training step. Nothing is stored: the generator is
// SplitMix64 (Steele, Lea and Flood, 2014), whose state is a counter, so forward and backward pass
// compute the same random numbers. They equal those of the CPU engine, bit for bit.

// Where dropout applies.
const NOTHING = 0u;
const ATTENTION_WEIGHTS = 1u;
const AFTER_ATTENTION = 2u;
const AFTER_FEED_FORWARD = 3u;

// LANES sequences share a seed. Four of them share a random number of 64 bits, sixteen bits each.
const PER_DRAW = 4u;

// The factor on an element of a row: zero or DROPOUT_SCALE in a training step, else one. `column`
// is the column of the element, in a residual stream `[C]` or in attention weights `[H][T]`.
fn dropout_factor(row: u32, layer: u32, dropped: u32, column: u32) -> f32 {
    if !DROPOUT || dropped == NOTHING || batch[TRAINING_AT] == 0u {
        return 1.0;
    }
    let weights = H * T * T;
    let t = row % T;
    var element = layer * (weights + 2u * T * C);
    switch dropped {
        case ATTENTION_WEIGHTS: {
            element += (column / T) * T * T + t * T + column % T;
        }
        case AFTER_ATTENTION: {
            element += weights + t * C + column;
        }
        default: {
            element += weights + T * C + t * C + column;
        }
    }
    let sequence = row / T;
    let lane = sequence % LANES;
    let at = NOISE_AT + 2u * (sequence / LANES);
    let noise = vec2<u32>(batch[at], batch[at + 1u]);
    let draw = random(noise, element * (LANES / PER_DRAW) + lane / PER_DRAW);
    let bits = select(draw.x, draw.y, lane % PER_DRAW >= 2u);
    let sixteen = (bits >> (16u * (lane % 2u))) & 0xffffu;
    return select(0.0, DROPOUT_SCALE, sixteen >= DROPOUT_THRESHOLD);
}

// Random number `index` of the generator with this seed. An integer of 64 bits is two of 32, the
// lower one first.
fn random(seed: vec2<u32>, index: u32) -> vec2<u32> {
    let gamma = vec2<u32>(0x7f4a7c15u, 0x9e3779b9u);
    var bits = add_wide(seed, multiply_wide(gamma, vec2<u32>(index + 1u, 0u)));
    bits = multiply_wide(shift_mixed(bits, 30u), vec2<u32>(0x1ce4e5b9u, 0xbf58476du));
    bits = multiply_wide(shift_mixed(bits, 27u), vec2<u32>(0x133111ebu, 0x94d049bbu));
    return shift_mixed(bits, 31u);
}

// x ^ (x >> by) of 64 bits, for `by` from 1 to 31.
fn shift_mixed(x: vec2<u32>, by: u32) -> vec2<u32> {
    let low = (x.x >> by) | (x.y << (32u - by));
    return vec2<u32>(x.x ^ low, x.y ^ (x.y >> by));
}

// The sum of two integers of 64 bits.
fn add_wide(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}

// The lower 64 bits of the product of two integers of 64 bits.
fn multiply_wide(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low_low = (a.x & 0xffffu) * (b.x & 0xffffu);
    let low_high = (a.x & 0xffffu) * (b.x >> 16u);
    let high_low = (a.x >> 16u) * (b.x & 0xffffu);
    let middle = (low_low >> 16u) + (low_high & 0xffffu) + (high_low & 0xffffu);
    let low = (low_low & 0xffffu) | (middle << 16u);
    let carried = (a.x >> 16u) * (b.x >> 16u) + (low_high >> 16u) + (high_low >> 16u)
        + (middle >> 16u);
    return vec2<u32>(low, carried + a.x * b.y + a.y * b.x);
}
