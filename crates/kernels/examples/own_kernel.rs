//! A kernel of one's own: softmax over classes, for sixteen sequences at once.
//!
//! ```text
//! cargo run --release -p ninth-kernels --example own_kernel
//! ```

use ninth_kernels::{InstructionSet, LANES, Lanes, Lanewise, as_floats_mut, math, simd_kernel};

simd_kernel! {
    /// `x[k] = e^x[k] / sum over j of e^x[j]`, in every lane. Shape: `x` `[V]`.
    fn softmax<'a>(simd, x: &'a mut [Lanes]) {
        let largest = largest_of(simd, x);
        let mut sum = simd.zero();
        for x in x.iter_mut() {
            let e = math::exp(simd, simd.sub(simd.load(x), largest));
            sum = simd.add(sum, e);
            simd.store(e, x);
        }
        let factor = simd.div(simd.splat(1.0), sum);
        for x in x {
            simd.store(simd.mul(simd.load(x), factor), x);
        }
    }
}

/// The largest element of a column. `inline(always)` is needed: this becomes a part of the
/// kernel, which is compiled for every instruction set.
#[inline(always)]
fn largest_of<S: Lanewise>(simd: S, x: &[Lanes]) -> S::V {
    let mut largest = simd.splat(f32::NEG_INFINITY);
    for x in x {
        largest = simd.max(largest, simd.load(x));
    }
    largest
}

fn main() {
    const CLASSES: usize = 4;
    let mut logits = vec![Lanes::ZERO; CLASSES];
    for (index, logit) in as_floats_mut(&mut logits).iter_mut().enumerate() {
        let (class, lane) = (index / LANES, index % LANES);
        *logit = (class * lane) as f32 / 8.0;
    }
    // All instruction sets of this machine, the portable one last.
    for instruction_set in InstructionSet::available() {
        let mut probabilities = logits.clone();
        softmax(instruction_set, &mut probabilities);
        println!("{}:", instruction_set.name());
        for lane in [0, LANES - 1] {
            let of_lane: Vec<f32> = probabilities.iter().map(|class| class.0[lane]).collect();
            let sum: f32 = of_lane.iter().sum();
            assert!((sum - 1.0).abs() < 1e-6, "probabilities add up to {sum}");
            println!("  sequence {lane:>2}: {of_lane:.3?}");
        }
    }
}
