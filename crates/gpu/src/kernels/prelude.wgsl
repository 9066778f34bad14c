// What all kernels share: the buffers, the identity of a thread, and sums over threads.
//
// Names in capitals that no kernel defines are constants that `program.rs` writes in front of
// this file: sizes, and offsets in the buffers, counted in words of four bytes.
//
// Shapes are given by the legend of `kernels/src/lib.rs`: B sequences, T positions, C width of
// the residual stream, H heads, D width of a head, F width of the feed-forward layer, V classes,
// E width of the embedding. `rows` are the positions of all sequences, B T.

@group(0) @binding(0) var<uniform> launch: Launch;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
// The first moments, then the second ones.
@group(0) @binding(2) var<storage, read_write> moments: array<f32>;
// `[SPLITS][PARAMETER_COUNT]`, then the sums of squares of workgroups, `[SPANS]`.
@group(0) @binding(3) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(4) var<storage, read_write> activations: array<f32>;
// What never changes: fixed embedding tables, update flags, and the matrices of Muon.
@group(0) @binding(5) var<storage, read_write> tables: array<u32>;
@group(0) @binding(6) var<storage, read_write> batch: array<u32>;
@group(0) @binding(7) var<storage, read_write> status: array<u32>;
@group(0) @binding(8) var<storage, read_write> matrices: array<f32>;

// The arguments of a launch.
struct Launch {
    layer: u32,
    // The iteration of Muon.
    iteration: u32,
}

// A linear layer: the offsets of its weight and bias in the first transformer layer.
struct Linear {
    weight: u32,
    bias: u32,
    inputs: u32,
    outputs: u32,
}

// A normalisation: the offsets of its scale and shift in the first transformer layer.
struct Norm {
    weight: u32,
    bias: u32,
}

// The index of this thread in its workgroup, the block of sequences that the workgroup works on,
// and the index of the workgroup among the `shares` workgroups that share this block.
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

// This thread processes the elements `first_element`, `first_element + element_step`, ... of the
// block.
fn first_element() -> u32 {
    return share * THREADS + thread;
}

fn element_step() -> u32 {
    return shares * THREADS;
}

// The index of a workgroup in a launch without blocks, which may need two dimensions.
fn number_of(workgroup: vec3<u32>, workgroups: vec3<u32>) -> u32 {
    return workgroup.x + workgroup.y * workgroups.x;
}

// Whether a value is neither infinite nor NaN. Not by comparisons, because a compiler may assume
// that all values are finite.
fn is_finite(value: f32) -> bool {
    return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u;
}

// Memory that a workgroup shares, for sums and maxima.
var<workgroup> partial: array<f32, THREADS>;
var<workgroup> partial_indices: array<u32, THREADS>;

// The sum of `value` over each `size` consecutive threads, a power of two; all of them get it. The
// order of additions is fixed.
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
