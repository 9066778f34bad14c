//! Multi-head causal self-attention: each position looks at itself and those
//! before it.

use ninth_kernels::{Lanes, Simd, math, simd_kernel};

use ninth_sequences::Rng;

use crate::dropout::Dropout;
use crate::linear::Linear;
use crate::memory::Memory;
use crate::parameters::{Layout, Role};
use crate::{Gradients, LayerContext};

/// The layer: a linear map to queries, keys and values, and one back.
#[derive(Clone, Copy, Debug)]
pub struct Attention {
    /// C to 3C: the queries of all heads, then the keys, then the values.
    pub input: Linear,
    /// C to C.
    pub output: Linear,
    /// H
    pub heads: usize,
    /// D = C / H
    pub head_width: usize,
    /// Of the attention weights.
    pub dropout: Option<Dropout>,
}

/// What the forward pass reads and what the backward pass needs of it.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The layer's input, `[T][C]`.
    pub input: Vec<Lanes>,
    /// Queries, keys and values, `[T][3C]`.
    qkv: Vec<Lanes>,
    /// Attention weights, `[H][T][T]`; those of later positions are never read.
    weights: Vec<Lanes>,
    /// The factors of dropout on the weights, `[H][T][T]`; empty without dropout.
    mask: Vec<Lanes>,
    /// What the heads looked up, `[T][C]`.
    mixed: Vec<Lanes>,
}

/// Memory to work in during the backward pass.
#[derive(Clone, Debug)]
pub struct Scratch {
    dqkv: Vec<Lanes>,
    dmixed: Vec<Lanes>,
    dscores: Vec<Lanes>,
}

impl Attention {
    /// Adds the layer to a layout; `gain` is that of the output, whose result is
    /// added to the residual stream.
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

    /// Room for what a forward pass over so many positions saves.
    pub fn saved(&self, positions: usize, memory: &mut Memory) -> Saved {
        let width = self.output.inputs;
        let weights = self.heads * positions * positions;
        Saved {
            input: memory.take(positions * width),
            qkv: memory.take(positions * 3 * width),
            mask: memory.take(self.dropout.map_or(0, |_| weights)),
            weights: memory.take(weights),
            mixed: memory.take(positions * width),
        }
    }

    /// Room to work in for so many positions.
    pub fn scratch(&self, positions: usize, memory: &mut Memory) -> Scratch {
        let width = self.output.inputs;
        Scratch {
            dqkv: memory.take(positions * 3 * width),
            dmixed: memory.take(positions * width),
            dscores: memory.take(positions * positions),
        }
    }

    /// residual += attention(saved.input), both `[T][C]`; with `noise`, weights are
    /// dropped.
    pub fn forward(
        &self,
        layer_context: LayerContext<'_>,
        saved: &mut Saved,
        noise: Option<&mut Rng>,
        residual: &mut [Lanes],
    ) {
        let Saved { input, qkv, weights, mask, mixed } = saved;
        let mask = match self.dropout.zip(noise) {
            Some((dropout, rng)) => {
                dropout.draw(rng, mask);
                mask.as_slice()
            }
            None => &[],
        };
        self.input.forward(layer_context, input, qkv);
        for head in 0..self.heads {
            forward_head(layer_context.instruction_set, *self, head, qkv, weights, mask, mixed);
        }
        self.output.forward_onto(layer_context, mixed, residual);
    }

    /// dx = the gradient with respect to the input, given that of the output, dy,
    /// after a forward pass with noise where there is dropout.
    pub fn backward(
        &self,
        layer_context: LayerContext<'_>,
        saved: &Saved,
        dy: &[Lanes],
        dx: &mut [Lanes],
        scratch: &mut Scratch,
        gradients: &mut Gradients<'_>,
    ) {
        let Scratch { dqkv, dmixed, dscores } = scratch;
        self.output.backward_input(layer_context, dy, dmixed);
        self.output.backward_weights(layer_context, &saved.mixed, dy, gradients);
        for head in 0..self.heads {
            backward_head(layer_context.instruction_set, *self, head, saved, dmixed, dscores, dqkv);
        }
        self.input.backward_input(layer_context, dqkv, dx);
        self.input.backward_weights(layer_context, &saved.input, dqkv, gradients);
    }

    /// 1 / sqrt(D)
    pub fn scale(&self) -> f32 {
        1.0 / (self.head_width as f32).sqrt()
    }
}

/// The dot product of two columns.
#[inline(always)]
fn dot<S: Simd>(simd: S, a: &[Lanes], b: &[Lanes]) -> S::V {
    // Two sums, because the multiplications of one wait for each other.
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

/// out = factor x, or out += factor x.
#[inline(always)]
fn scale_onto<S: Simd>(simd: S, factor: S::V, x: &[Lanes], out: &mut [Lanes], first: bool) {
    for (x, out) in x.iter().zip(out) {
        let before = if first { simd.zero() } else { simd.load(out) };
        simd.store(simd.mul_add(factor, simd.load(x), before), out);
    }
}

simd_kernel! {
    /// One head: scores q k / sqrt(D) with the positions up to its own, their
    /// softmax, and the values weighted by it.
    fn forward_head<'a>(
        simd,
        attention: Attention,
        head: usize,
        qkv: &'a [Lanes],
        weights: &'a mut [Lanes],
        mask: &'a [Lanes],
        mixed: &'a mut [Lanes],
    ) {
        let head = Head { attention, head };
        match attention.head_width {
            1 => head.forward::<S, 1>(simd, qkv, weights, mask, mixed),
            _ => head.forward::<S, ANY>(simd, qkv, weights, mask, mixed),
        }
    }
}
simd_kernel! {
    /// The gradients of one head's queries, keys and values. With w the weights,
    /// m the mask of dropout, o their result: dw[s] = m[s] do v[s]; the softmax gives
    /// dscore[s] = w[s] (dw[s] - sum over s of w[s] dw[s]).
    fn backward_head<'a>(
        simd,
        attention: Attention,
        head: usize,
        saved: &'a Saved,
        dmixed: &'a [Lanes],
        dscores: &'a mut [Lanes],
        dqkv: &'a mut [Lanes],
    ) {
        let head = Head { attention, head };
        match attention.head_width {
            1 => head.backward::<S, 1>(simd, saved, dmixed, dscores, dqkv),
            _ => head.backward::<S, ANY>(simd, saved, dmixed, dscores, dqkv),
        }
    }
}

/// A head width that is not known when this is compiled.
const ANY: usize = 0;

/// One head of the attention. Its passes are compiled once for a width of one, where loops
/// over the width would be most of the work (a step of `design` takes 41.9 us instead of
/// 42.9), and once for any other.
struct Head {
    attention: Attention,
    head: usize,
}

impl Head {
    /// `D`, or what the attention says where that is [`ANY`].
    #[inline(always)]
    fn width<const D: usize>(&self) -> usize {
        if D == ANY { self.attention.head_width } else { D }
    }

    /// Where the query, key and value begin in a column of qkv.
    #[inline(always)]
    fn columns(&self) -> [usize; 3] {
        let first = self.head * self.attention.head_width;
        [0, 1, 2].map(|part| part * self.attention.output.inputs + first)
    }

    #[inline(always)]
    fn forward<S: Simd, const D: usize>(
        &self,
        simd: S,
        qkv: &[Lanes],
        weights: &mut [Lanes],
        mask: &[Lanes],
        mixed: &mut [Lanes],
    ) {
        let (width, head_width) = (self.attention.output.inputs, self.width::<D>());
        let positions = mixed.len() / width;
        let [q, k, v] = self.columns();
        let row =
            |position: usize, first: usize| &qkv[position * 3 * width + first..][..head_width];
        let scale = simd.splat(self.attention.scale());
        let start = self.head * positions * positions;
        let weights = &mut weights[start..][..positions * positions];
        for (t, weights) in weights.chunks_exact_mut(positions).enumerate() {
            let weights = &mut weights[..=t];
            let query = row(t, q);
            let mut largest = simd.splat(f32::MIN);
            for (s, weight) in weights.iter_mut().enumerate() {
                let score = simd.mul(dot(simd, query, row(s, k)), scale);
                largest = simd.max(largest, score);
                simd.store(score, weight);
            }
            let mut sum = simd.zero();
            for weight in weights.iter_mut() {
                let e = math::exp(simd, simd.sub(simd.load(weight), largest));
                sum = simd.add(sum, e);
                simd.store(e, weight);
            }
            let share = simd.div(simd.splat(1.0), sum);
            let out = &mut mixed[t * width + q..][..head_width];
            for (s, weight) in weights.iter_mut().enumerate() {
                let value = simd.mul(simd.load(weight), share);
                simd.store(value, weight);
                // The mask is empty where nothing is dropped.
                let kept = match mask.get(start + t * positions + s) {
                    Some(factor) => simd.mul(value, simd.load(factor)),
                    None => value,
                };
                scale_onto(simd, kept, row(s, v), out, s == 0);
            }
        }
    }

    #[inline(always)]
    fn backward<S: Simd, const D: usize>(
        &self,
        simd: S,
        saved: &Saved,
        dmixed: &[Lanes],
        dscores: &mut [Lanes],
        dqkv: &mut [Lanes],
    ) {
        let (width, head_width) = (self.attention.output.inputs, self.width::<D>());
        let positions = dmixed.len() / width;
        let [q, k, v] = self.columns();
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
            // Empty where nothing is dropped.
            let mask = saved.mask.get(at..=at + t).unwrap_or_default();
            let dscores = &mut dscores[..=t];
            let dout = &dmixed[t * width + q..][..head_width];
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
            for (s, (weight, dscore)) in weights.iter().zip(dscores.iter()).enumerate() {
                let weight = simd.load(weight);
                let kept = match mask.get(s) {
                    Some(factor) => simd.mul(weight, simd.load(factor)),
                    None => weight,
                };
                let dscore = simd.mul(weight, simd.sub(simd.load(dscore), sum));
                let dscore = simd.mul(dscore, scale);
                // Position t is the first to write the gradients of its own key and
                // value, and its first key (s = 0) the first to write its query's.
                scale_onto(simd, dscore, row(s, k), &mut dqkv[place(t, q)], s == 0);
                scale_onto(simd, dscore, row(t, q), &mut dqkv[place(s, k)], s == t);
                scale_onto(simd, kept, dout, &mut dqkv[place(s, v)], s == t);
            }
        }
    }
}
