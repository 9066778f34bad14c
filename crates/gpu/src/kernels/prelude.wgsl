// What every kernel shares: the buffers, who a thread is, and the matrix product.
//
// Names in capitals are constants that `program.rs` writes in front of this file: sizes, and
// places in the buffers, counted in numbers of four bytes.

@group(0) @binding(0) var<uniform> launch: Launch;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
// The first moments, then the second ones.
@group(0) @binding(2) var<storage, read_write> moments: array<f32>;
// An arena for each part of the batch, then the sums of squares of workgroups.
@group(0) @binding(3) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(4) var<storage, read_write> activations: array<f32>;
// What never changes: fixed embeddings, what decays, which matrices there are.
@group(0) @binding(5) var<storage, read_write> tables: array<u32>;
@group(0) @binding(6) var<storage, read_write> batch: array<u32>;
@group(0) @binding(7) var<storage, read_write> status: array<u32>;
@group(0) @binding(8) var<storage, read_write> matrices: array<f32>;

// What differs between two launches of a kernel.
struct Launch {
    layer: u32,
    // The number of the product of Muon.
    turn: u32,
}

// A linear layer: the places of its weight and bias in the first transformer layer.
struct Linear {
    weight: u32,
    bias: u32,
    inputs: u32,
    outputs: u32,
}

// A normalisation: the places of its scale and shift in the first transformer layer.
struct Norm {
    weight: u32,
    bias: u32,
}

// Who this thread is: its number in the workgroup, the block of sequences that the workgroup
// works on, and which of the workgroups it is that share this block.
var<private> thread: u32;
var<private> block: u32;
var<private> share: u32;
var<private> shares: u32;

fn begin(local: u32, workgroup: vec3<u32>, workgroups: vec3<u32>) {
    thread = local;
    block = workgroup.x;
    share = workgroup.y;
    shares = workgroups.y;
}

// The first row of the block: rows are positions of sequences, T of each.
fn first_row() -> u32 {
    return block * BLOCK_ROWS;
}

// Elements of the block, one after the other: begin at `first_element` and go on by
// `element_step`.
fn first_element() -> u32 {
    return share * THREADS + thread;
}

fn element_step() -> u32 {
    return shares * THREADS;
}

// The number of a workgroup in a launch without blocks, which may need two dimensions.
fn number_of(workgroup: vec3<u32>, workgroups: vec3<u32>) -> u32 {
    return workgroup.x + workgroup.y * workgroups.x;
}

// Whether a number is finite. Comparisons will not do: a compiler may take it that all are.
fn is_finite(value: f32) -> bool {
    return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u;
}

// Memory that a workgroup shares, to add up in.
var<workgroup> partial: array<f32, THREADS>;
var<workgroup> partial_places: array<u32, THREADS>;

// The sum of a number per thread among each `size` threads side by side, a power of two; every
// thread gets it. The order of additions is always the same.
fn sum_of(value: f32, size: u32) -> f32 {
    workgroupBarrier();
    partial[thread] = value;
    workgroupBarrier();
    let within = thread % size;
    for (var half = size / 2u; half > 0u; half /= 2u) {
        if within < half {
            partial[thread] += partial[thread + half];
        }
        workgroupBarrier();
    }
    return partial[thread - within];
}
