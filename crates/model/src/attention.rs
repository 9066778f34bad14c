//! Multi-head causal self-attention: each position attends to itself and to those before
//! it (Vaswani et al., Attention Is All You Need, 2017, section 3.2).

use ninth_kernels::{Lanes, Simd, math, simd_kernel};

use ninth_sequences::Rng;

use crate::dropout::Dropout;
use crate::linear::Linear;
use crate::memory::Memory;
use crate::parameters::{Layout, Role};
use crate::{Gradients, LayerContext};

/// The layer: a linear layer to queries, keys and values, H heads, and a linear layer from
/// the concatenation of their results, the projection.
#[derive(Clone, Copy, Debug)]
pub struct Attention {
    /// C to 3C: the queries of all heads, then their keys, then their values.
    pub input: Linear,
    /// C to C.
    pub output: Linear,
    /// H
    pub heads: usize,
    /// D = C / H
    pub head_width: usize,
    /// Of the attention weights, during training.
    pub dropout: Option<Dropout>,
}

/// What the forward pass saves for the backward pass.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Queries, keys and values, `[T][3C]`.
    qkv: Vec<Lanes>,
    /// Attention weights, `[H][T][T]`; those of later positions are unused.
    weights: Vec<Lanes>,
    /// Factors of dropout on the weights, `[H][T][T]`; empty without dropout.
    mask: Vec<Lanes>,
    /// Attention output before the projection, `[T][C]`.
    attended: Vec<Lanes>,
}

/// Memory that the backward pass works in. Its contents are meaningless between calls.
#[derive(Clone, Debug)]
pub struct AttentionScratch {
    /// `[T][3C]`
    dqkv: Vec<Lanes>,
    /// `[T][C]`
    dattended: Vec<Lanes>,
    /// Of one head, `[T][T]`, of which only the first row is used: once for every position.
    dscores: Vec<Lanes>,
}

/// Where each position of one sequence looks: the attention weights of all layers and heads.
///
/// They are plain numbers to look at; that a weight is large does not say that the prediction
/// depends on that term.
#[derive(Clone, Debug, PartialEq)]
pub struct AttentionWeights {
    /// `[layers][H][n][n]` for n terms: the share of each term among the values that a position
    /// takes up. A row is that of a position and adds up to 1; later positions have 0.
    pub layers: Vec<Vec<Vec<Vec<f32>>>>,
}

impl Saved {
    /// The weights of the sequence in a lane, `[H][n][n]`, for its first n positions of T.
    pub(crate) fn weights_of(&self, heads: usize, n: usize, lane: usize) -> Vec<Vec<Vec<f32>>> {
        let square = self.weights.len() / heads;
        let positions = square.isqrt();
        let weight = |head: usize, t: usize, s: usize| {
            // What stands for later positions is left from some other pass.
            if s <= t { self.weights[head * square + t * positions + s].0[lane] } else { 0.0 }
        };
        let row = |head, t| (0..n).map(|s| weight(head, t, s)).collect();
        let head = |head| (0..n).map(|t| row(head, t)).collect();
        (0..heads).map(head).collect()
    }
}

impl Attention {
    /// Adds the layer to a layout. `gain` is that of the output's initial weights, because
    /// its result is added to the residual stream.
    pub fn new(
        layout: &mut Layout,
        name: &str,
        width: usize,
        heads: usize,
        dropout: Option<Dropout>,
        gain: f32,
    ) -> Self {
        let (input, output) = (format!("{name}.input"), format!("{name}.output"));
        Attention {
            input: Linear::new(layout, &input, Role::ThreeWeights, [width, 3 * width], 1.0),
            output: Linear::new(layout, &output, Role::Weight, [width, width], gain),
            heads,
            head_width: width / heads,
            dropout,
        }
    }

    /// Allocates what a forward pass over `positions` positions saves.
    pub fn saved(&self, positions: usize, memory: &mut Memory) -> Saved {
        let width = self.output.inputs;
        let weights = self.heads * positions * positions;
        Saved {
            qkv: memory.take(positions * 3 * width),
            mask: memory.take(self.dropout.map_or(0, |_| weights)),
            weights: memory.take(weights),
            attended: memory.take(positions * width),
        }
    }

    /// Allocates the memory that a backward pass over `positions` positions works in.
    pub fn scratch(&self, positions: usize, memory: &mut Memory) -> AttentionScratch {
        let width = self.output.inputs;
        AttentionScratch {
            dqkv: memory.take(positions * 3 * width),
            dattended: memory.take(positions * width),
            dscores: memory.take(positions * positions),
        }
    }

    /// y += attention(x), both `[T][C]`; with noise, dropout is applied to the weights.
    pub fn forward(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        noise: Option<&mut Rng>,
        saved: &mut Saved,
        y: &mut [Lanes],
    ) {
        let Saved { qkv, weights, mask, attended } = saved;
        let mask = match self.dropout.zip(noise) {
            Some((dropout, rng)) => {
                dropout.draw(rng, mask);
                mask.as_slice()
            }
            None => &[],
        };
        self.input.forward(layer_context, x, qkv);
        for head in 0..self.heads {
            forward_head(layer_context.instruction_set, *self, head, qkv, weights, mask, attended);
        }
        self.output.forward_accumulate(layer_context, attended, y);
    }

    /// Writes the gradient with respect to x to dx, given that with respect to y, both
    /// `[T][C]`. x is that of the forward pass, which had noise if there is dropout.
    #[allow(clippy::too_many_arguments)]
    pub fn backward(
        &self,
        layer_context: LayerContext<'_>,
        x: &[Lanes],
        saved: &Saved,
        dy: &[Lanes],
        dx: &mut [Lanes],
        scratch: &mut AttentionScratch,
        gradients: &mut Gradients<'_>,
    ) {
        let instruction_set = layer_context.instruction_set;
        let AttentionScratch { dqkv, dattended, dscores } = scratch;
        self.output.backward_input(layer_context, dy, dattended);
        self.output.backward_weights(layer_context, &saved.attended, dy, gradients);
        for head in 0..self.heads {
            backward_head(instruction_set, *self, head, saved, dattended, dscores, dqkv);
        }
        self.input.backward_input(layer_context, dqkv, dx);
        self.input.backward_weights(layer_context, x, dqkv, gradients);
    }

    /// 1 / sqrt(D)
    pub fn scale(&self) -> f32 {
        1.0 / (self.head_width as f32).sqrt()
    }
}

/// The dot product of two columns.
#[inline(always)]
fn dot<S: Simd>(simd: S, a: &[Lanes], b: &[Lanes]) -> S::V {
    // Two sums: each addition to one waits for the last one to it.
    let (mut even, mut odd) = (simd.zero(), simd.zero());
    let (mut pairs_a, mut pairs_b) = (a.chunks_exact(2), b.chunks_exact(2));
    for (a, b) in (&mut pairs_a).zip(&mut pairs_b) {
        even = simd.mul_add(simd.load(&a[0]), simd.load(&b[0]), even);
        odd = simd.mul_add(simd.load(&a[1]), simd.load(&b[1]), odd);
    }
    for (a, b) in pairs_a.remainder().iter().zip(pairs_b.remainder()) {
        even = simd.mul_add(simd.load(a), simd.load(b), even);
    }
    simd.add(even, odd)
}

/// out += factor x, or out = factor x if `overwrite`.
#[inline(always)]
fn add_scaled<S: Simd>(simd: S, factor: S::V, x: &[Lanes], out: &mut [Lanes], overwrite: bool) {
    for (x, out) in x.iter().zip(out) {
        let before = if overwrite { simd.zero() } else { simd.load(out) };
        simd.store(simd.mul_add(factor, simd.load(x), before), out);
    }
}

simd_kernel! {
    /// [`AttentionHead::forward`] of head number `head`.
    fn forward_head<'a>(
        simd,
        attention: Attention,
        head: usize,
        qkv: &'a [Lanes],
        weights: &'a mut [Lanes],
        mask: &'a [Lanes],
        attended: &'a mut [Lanes],
    ) {
        let head = AttentionHead { attention, head };
        match attention.head_width {
            1 => head.forward::<S, 1>(simd, qkv, weights, mask, attended),
            _ => head.forward::<S, ANY>(simd, qkv, weights, mask, attended),
        }
    }
}

simd_kernel! {
    /// [`AttentionHead::backward`] of head number `head`.
    fn backward_head<'a>(
        simd,
        attention: Attention,
        head: usize,
        saved: &'a Saved,
        dattended: &'a [Lanes],
        dscores: &'a mut [Lanes],
        dqkv: &'a mut [Lanes],
    ) {
        let head = AttentionHead { attention, head };
        match attention.head_width {
            1 => head.backward::<S, 1>(simd, saved, dattended, dscores, dqkv),
            _ => head.backward::<S, ANY>(simd, saved, dattended, dscores, dqkv),
        }
    }
}

/// Instead of D: a head width that is not known at compile time.
const ANY: usize = 0;

/// One head of the attention. Its passes are compiled once for a width of one, where loops
/// over the width would be most of the work (a step of `design` takes 41.9 us instead of
/// 42.9), and once for any other.
struct AttentionHead {
    attention: Attention,
    /// Its number, from 0.
    head: usize,
}

impl AttentionHead {
    /// `D`, or the attention's if that is [`ANY`].
    #[inline(always)]
    fn width<const D: usize>(&self) -> usize {
        if D == ANY { self.attention.head_width } else { D }
    }

    /// Where the query, the key and the value of this head begin in a column of qkv.
    #[inline(always)]
    fn offsets(&self) -> [usize; 3] {
        let first = self.head * self.attention.head_width;
        [0, 1, 2].map(|part| part * self.attention.output.inputs + first)
    }

    /// For each position t, with q, k, v the head's D features of qkv `[T][3C]`:
    ///
    /// ```text
    /// score[s]  = q[t] . k[s] / sqrt(D)                          for s = 0 ..= t
    /// weight[s] = exp(score[s]) / sum over s of exp(score[s])
    /// out[t]    = sum over s of mask[s] weight[s] v[s]
    /// ```
    ///
    /// `weights` and `mask`, which is empty without dropout, are those of all heads,
    /// `[H][T][T]`. out is the head's D features of `attended`, `[T][C]`.
    #[inline(always)]
    fn forward<S: Simd, const D: usize>(
        &self,
        simd: S,
        qkv: &[Lanes],
        weights: &mut [Lanes],
        mask: &[Lanes],
        attended: &mut [Lanes],
    ) {
        let (width, head_width) = (self.attention.output.inputs, self.width::<D>());
        let positions = attended.len() / width;
        let [q, k, v] = self.offsets();
        let row =
            |position: usize, first: usize| &qkv[position * 3 * width + first..][..head_width];
        let scale = simd.splat(self.attention.scale());
        let start = self.head * positions * positions;
        let weights = &mut weights[start..][..positions * positions];
        for (t, weights) in weights.chunks_exact_mut(positions).enumerate() {
            // Causal: position t attends to positions 0 ..= t; the rest of its row is unused.
            let weights = &mut weights[..=t];
            let query = row(t, q);

            // pass 1: scores and their maximum
            let mut largest = simd.splat(f32::MIN);
            for (s, weight) in weights.iter_mut().enumerate() {
                let score = simd.mul(dot(simd, query, row(s, k)), scale);
                largest = simd.max(largest, score);
                simd.store(score, weight);
            }

            // pass 2: exponentials and their sum; less the maximum, so that none overflows
            let mut sum = simd.zero();
            for weight in weights.iter_mut() {
                let e = math::exp(simd, simd.sub(simd.load(weight), largest));
                sum = simd.add(sum, e);
                simd.store(e, weight);
            }

            // pass 3: weights, and the sum of values with these weights
            let share = simd.div(simd.splat(1.0), sum);
            let out = &mut attended[t * width + q..][..head_width];
            for (s, weight) in weights.iter_mut().enumerate() {
                let value = simd.mul(simd.load(weight), share);
                simd.store(value, weight);
                let kept = match mask.get(start + t * positions + s) {
                    Some(factor) => simd.mul(value, simd.load(factor)),
                    None => value,
                };
                add_scaled(simd, kept, row(s, v), out, s == 0);
            }
        }
    }

    /// The gradients of the head's queries, keys and values, dqkv `[T][3C]`, given that of
    /// its result, `dattended` `[T][C]`. For each position t, and s = 0 ..= t:
    ///
    /// ```text
    /// dweight[s] = mask[s] dout[t] . v[s]
    /// dscore[s]  = weight[s] (dweight[s] - sum over r of weight[r] dweight[r]) / sqrt(D)
    /// dq[t] += dscore[s] k[s]
    /// dk[s] += dscore[s] q[t]
    /// dv[s] += mask[s] weight[s] dout[t]
    /// ```
    #[inline(always)]
    fn backward<S: Simd, const D: usize>(
        &self,
        simd: S,
        saved: &Saved,
        dattended: &[Lanes],
        dscores: &mut [Lanes],
        dqkv: &mut [Lanes],
    ) {
        let (width, head_width) = (self.attention.output.inputs, self.width::<D>());
        let positions = dattended.len() / width;
        let [q, k, v] = self.offsets();
        let row = |position: usize, first: usize| {
            &saved.qkv[position * 3 * width + first..][..head_width]
        };
        let place = |position: usize, first: usize| {
            let start = position * 3 * width + first;
            start..start + head_width
        };
        let scale = simd.splat(self.attention.scale());
        let start = self.head * positions * positions;
        for t in 0..positions {
            let at = start + t * positions;
            let weights = &saved.weights[at..][..=t];
            let mask = saved.mask.get(at..=at + t).unwrap_or_default();
            let dscores = &mut dscores[..=t];
            let dout = &dattended[t * width + q..][..head_width];

            // pass 1: back through the sum of values, to the weights
            let mut sum = simd.zero();
            for (s, (weight, dscore)) in weights.iter().zip(dscores.iter_mut()).enumerate() {
                let dkept = dot(simd, dout, row(s, v));
                let dweight = match mask.get(s) {
                    Some(factor) => simd.mul(dkept, simd.load(factor)),
                    None => dkept,
                };
                sum = simd.mul_add(simd.load(weight), dweight, sum);
                simd.store(dweight, dscore);
            }

            // pass 2: back through the softmax, to the scores, and from there to queries
            // and keys; and the gradient of the values
            for (s, (weight, dscore)) in weights.iter().zip(dscores.iter()).enumerate() {
                let weight = simd.load(weight);
                let kept = match mask.get(s) {
                    Some(factor) => simd.mul(weight, simd.load(factor)),
                    None => weight,
                };
                let dscore = simd.mul(weight, simd.sub(simd.load(dscore), sum));
                let dscore = simd.mul(dscore, scale);
                // The first to write overwrites what is there: for the query of t that is
                // its first key, s = 0; for the key and the value of s, position t = s.
                add_scaled(simd, dscore, row(s, k), &mut dqkv[place(t, q)], s == 0);
                add_scaled(simd, dscore, row(t, q), &mut dqkv[place(s, k)], s == t);
                add_scaled(simd, kept, dout, &mut dqkv[place(s, v)], s == t);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finite_differences::{self, random};
    use ninth_kernels::{InstructionSet, as_floats};

    const POSITIONS: usize = 3;

    /// Head widths 1, which has code of its own, 2 and 3, with and without dropout.
    #[test]
    fn gradients_agree_with_finite_differences() {
        for (width, heads) in [(2, 2), (4, 2), (3, 1)] {
            for dropout in [None, Dropout::new(0.3)] {
                let mut layout = Layout::default();
                let attention =
                    Attention::new(&mut layout, "attention", width, heads, dropout, 1.0);
                let memory = || Memory::for_use();
                finite_differences::check(
                    &layout,
                    [POSITIONS * width; 2],
                    || attention.saved(POSITIONS, &mut memory()),
                    |saved, context, x, y| {
                        attention.forward(context, x, Some(&mut Rng::new(3)), saved, y);
                    },
                    |saved, context, x, dy, dx, gradients| {
                        let mut scratch = attention.scratch(POSITIONS, &mut memory());
                        attention.backward(context, x, saved, dy, dx, &mut scratch, gradients);
                    },
                );
            }
        }
    }

    /// Scores, softmax and the sum of values in plain loops, in f64.
    #[test]
    fn the_weights_handed_out_are_those_that_the_output_is_made_of() {
        let (width, heads) = (6, 2);
        let head_width = width / heads;
        let mut layout = Layout::default();
        let attention = Attention::new(&mut layout, "attention", width, heads, None, 1.0);
        let parameters = layout.initial(4);
        let floats = as_floats(&parameters);
        let x = random(&mut Rng::new(5), POSITIONS * width);
        let mut saved = attention.saved(POSITIONS, &mut Memory::for_use());
        let mut y = vec![Lanes::ZERO; POSITIONS * width];
        let instruction_set = InstructionSet::detect();
        let layer_context = LayerContext { instruction_set, parameters: floats };
        attention.forward(layer_context, &x, None, &mut saved, &mut y);

        for lane in [0, 15] {
            let weights = saved.weights_of(heads, POSITIONS, lane);
            let linear = |layer: &Linear, x: &[f64], output: usize| -> f64 {
                let row = &layer.weight.of(floats)[output * layer.inputs..][..layer.inputs];
                let product: f64 = row.iter().zip(x).map(|(w, x)| f64::from(*w) * x).sum();
                product + f64::from(layer.bias.of(floats)[output])
            };
            let input: Vec<Vec<f64>> = x
                .chunks(width)
                .map(|column| column.iter().map(|x| f64::from(x.0[lane])).collect())
                .collect();
            let qkv = |t: usize, part: usize, feature: usize| {
                linear(&attention.input, &input[t], part * width + feature)
            };
            for t in 0..POSITIONS {
                let mut attended = vec![0.0; width];
                for (head, weights) in weights.iter().enumerate() {
                    let features = head * head_width..(head + 1) * head_width;
                    let score = |s: usize| -> f64 {
                        let dot: f64 = features.clone().map(|f| qkv(t, 0, f) * qkv(s, 1, f)).sum();
                        (dot / (head_width as f64).sqrt()).exp()
                    };
                    let sum: f64 = (0..=t).map(score).sum();
                    for (s, &weight) in weights[t].iter().enumerate() {
                        let expected = if s <= t { score(s) / sum } else { 0.0 };
                        let weight = f64::from(weight);
                        assert!((weight - expected).abs() < 1e-6, "{weight} is not {expected}");
                        for feature in features.clone() {
                            attended[feature] += weight * qkv(s, 2, feature);
                        }
                    }
                }
                for feature in 0..width {
                    let expected = linear(&attention.output, &attended, feature);
                    let got = f64::from(y[t * width + feature].0[lane]);
                    assert!((got - expected).abs() < 1e-5, "{got} is not {expected}");
                }
            }
        }
    }

    #[test]
    fn no_position_attends_to_a_later_one() {
        let mut layout = Layout::default();
        let attention = Attention::new(&mut layout, "attention", 4, 2, None, 1.0);
        let parameters = layout.initial(1);
        let layer_context = LayerContext {
            instruction_set: InstructionSet::detect(),
            parameters: as_floats(&parameters),
        };
        let mut saved = attention.saved(POSITIONS, &mut Memory::for_use());
        let mut run = |x: &[Lanes]| {
            let mut y = vec![Lanes::ZERO; POSITIONS * 4];
            attention.forward(layer_context, x, None, &mut saved, &mut y);
            y
        };
        let x = random(&mut Rng::new(2), POSITIONS * 4);
        let mut other = x.clone();
        other[4 * (POSITIONS - 1)..].fill(Lanes::splat(9.0));
        let (y, changed) = (run(&x), run(&other));
        assert_eq!(y[..4 * (POSITIONS - 1)], changed[..4 * (POSITIONS - 1)]);
        assert_ne!(y[4 * (POSITIONS - 1)..], changed[4 * (POSITIONS - 1)..]);
    }
}
