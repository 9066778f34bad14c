//! Softmax at a temperature: its normalisation, and the moments of the logits under it.

use ninth_kernels::{InstructionSet, Lanes, math, simd_kernel};

/// The moments of each lane's logits z under softmax(b z), measured from the largest one.
pub(super) struct Moments {
    pub(super) largest: Lanes,
    /// The sum of e^(b (z - largest)).
    sum: Lanes,
    /// The expectation of z - largest, and that of its square.
    pub(super) mean: Lanes,
    pub(super) square: Lanes,
}

impl Moments {
    pub(super) fn of(instruction_set: InstructionSet, logits: &[Lanes], inverse: f32) -> Self {
        let mut out = [Lanes::ZERO; 4];
        moments(instruction_set, logits, inverse, &mut out);
        let [largest, sum, mean, square] = out;
        Moments { largest, sum, mean, square }
    }

    /// The probability of the most likely class, and -ln of that of the class whose logit,
    /// times b, differs by `lead` from the largest (`lead` is not above 0).
    pub(super) fn confidence_and_entropy(&self, lane: usize, lead: f64) -> (f64, f64) {
        let sum = f64::from(self.sum.0[lane]);
        (1.0 / sum, libm::log(sum) - lead)
    }
}

simd_kernel! {
    /// See [`Moments`].
    fn moments<'a>(simd, logits: &'a [Lanes], inverse: f32, out: &'a mut [Lanes; 4]) {
        let mut largest = simd.splat(f32::NEG_INFINITY);
        for logit in logits {
            largest = simd.max(largest, simd.load(logit));
        }
        let inverse = simd.splat(inverse);
        let (mut sum, mut mean, mut square) = (simd.zero(), simd.zero(), simd.zero());
        for logit in logits {
            let below = simd.sub(simd.load(logit), largest);
            let e = math::exp(simd, simd.mul(inverse, below));
            let weighted = simd.mul(e, below);
            sum = simd.add(sum, e);
            mean = simd.add(mean, weighted);
            square = simd.mul_add(weighted, below, square);
        }
        simd.store(largest, &mut out[0]);
        simd.store(sum, &mut out[1]);
        simd.store(simd.div(mean, sum), &mut out[2]);
        simd.store(simd.div(square, sum), &mut out[3]);
    }
}
