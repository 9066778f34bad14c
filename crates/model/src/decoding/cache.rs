//! Cached generation: keys and values of previous terms are kept, so that one more term
//! costs one position instead of all.
//!
//! A single sequence cannot fill lanes with sequences. Here lanes are features, and weight
//! matrices are transposed, so that a product with a vector needs no sum across lanes.
//!
//! Positions are absolute: once the window of T terms moves on, every term in it has another
//! position, all keys and values change, and the cache is filled from the beginning.

use ninth_kernels::{
    InstructionSet, LANES, Lanes, as_floats, as_floats_mut, columns_for, math, matmul, simd_kernel,
};

use super::naive::Windows;
use crate::attention::Attention;
use crate::linear::Linear;
use crate::residual::{Residual, ResidualNorm};
use crate::{Transformer, activation};

/// A model prepared for single sequences.
#[derive(Debug)]
pub struct CachedModel {
    instruction_set: InstructionSet,
    model: Transformer,
    parameters: Vec<Lanes>,
    projection: Option<Transposed>,
    blocks: Vec<TransposedBlock>,
    head: Transposed,
}

/// A linear layer with its matrix transposed: for each input the weights to all
/// outputs, padded to whole lanes.
#[derive(Debug)]
struct Transposed {
    columns: Vec<Lanes>,
    bias: Vec<Lanes>,
}

#[derive(Debug)]
struct TransposedBlock {
    attention_input: Transposed,
    attention_output: Transposed,
    feed_forward_input: Transposed,
    feed_forward_output: Transposed,
}

/// The keys and values of previous terms, and scratch memory. Rows of lanes are padded to
/// whole lanes.
#[derive(Clone, Debug)]
pub struct Cache {
    /// The terms whose keys and values are here, in order.
    seen: Vec<u16>,
    /// Per layer.
    blocks: Vec<KeysAndValues>,
    /// The logits after the last of them.
    logits: Vec<Lanes>,
    /// `[T][E]`
    features: Vec<f32>,
    /// The residual stream of the new terms, `[T][C]`.
    x: Vec<f32>,
    /// The input of the current layer, `[T][C]`.
    input: Vec<f32>,
    /// Attention output before the projection, `[T][C]`.
    attended: Vec<f32>,
    /// Attention scores of one head and one term, `[T]`.
    scores: Vec<Lanes>,
    /// The output of the current linear layer, `[T][3C]` at most.
    output: Vec<Lanes>,
    /// The hidden features of the feed-forward layer and their derivatives, `[T][F]`.
    hidden: Vec<Lanes>,
    derivative: Vec<Lanes>,
}

/// The keys and values of one layer.
#[derive(Clone, Debug)]
struct KeysAndValues {
    /// `[C][T]`: lanes are positions, so that one operation computes sixteen scores.
    keys: Vec<Lanes>,
    /// `[T][C]`
    values: Vec<f32>,
}

impl Transposed {
    fn new(linear: &Linear, parameters: &[f32]) -> Self {
        let width = columns_for(linear.outputs);
        let mut columns = vec![Lanes::ZERO; linear.inputs * width];
        let weight = linear.weight.of(parameters);
        let floats = as_floats_mut(&mut columns);
        for (output, row) in weight.chunks_exact(linear.inputs).enumerate() {
            for (input, &weight) in row.iter().enumerate() {
                floats[input * width * LANES + output] = weight;
            }
        }
        let mut bias = vec![Lanes::ZERO; width];
        as_floats_mut(&mut bias)[..linear.outputs].copy_from_slice(linear.bias.of(parameters));
        Transposed { columns, bias }
    }

    /// y = W x + b for rows of `stride` floats that begin with x; rows of y are padded to
    /// whole lanes.
    fn forward(&self, instruction_set: InstructionSet, x: &[f32], stride: usize, y: &mut [Lanes]) {
        let y = &mut y[..x.len() / stride * self.bias.len()];
        matmul::vectors(instruction_set, &self.columns, &self.bias, x, stride, y);
    }
}

impl CachedModel {
    /// Prepares a model, given the arena of its parameters.
    pub fn new(
        instruction_set: InstructionSet,
        model: Transformer,
        parameters: Vec<Lanes>,
    ) -> Self {
        let transposed = |linear: &Linear| Transposed::new(linear, as_floats(&parameters));
        let projection = model.embedding.projection().map(transposed);
        let blocks = model.blocks.iter().map(|block| TransposedBlock {
            attention_input: transposed(&block.attention.input),
            attention_output: transposed(&block.attention.output),
            feed_forward_input: transposed(&block.feed_forward.input),
            feed_forward_output: transposed(&block.feed_forward.output),
        });
        let (blocks, head) = (blocks.collect(), transposed(&model.head));
        CachedModel { instruction_set, projection, blocks, head, model, parameters }
    }

    /// The model.
    pub fn model(&self) -> &Transformer {
        &self.model
    }

    /// The same model without a cache.
    pub fn windows(&self) -> Windows<'_> {
        Windows::new(self.instruction_set, &self.model, as_floats(&self.parameters))
    }

    /// For every class the vector that the first layer sees, without what the position adds:
    /// `[V][C]`.
    pub fn embedding(&self) -> Vec<Vec<f32>> {
        let classes = self.model.architecture().classes();
        self.model.embedding.value_vectors(as_floats(&self.parameters), classes)
    }

    /// An empty cache for this model.
    pub fn cache(&self) -> Cache {
        let context = self.model.architecture().context();
        let model = self.model.architecture().model();
        let width = model.d_model;
        let lanes = |width: usize| vec![Lanes::ZERO; context * columns_for(width)];
        let floats = |width: usize| vec![0.0; context * width];
        let kept = KeysAndValues {
            keys: vec![Lanes::ZERO; columns_for(context) * width],
            values: floats(width),
        };
        Cache {
            seen: Vec::with_capacity(context),
            blocks: vec![kept; model.layers],
            logits: vec![Lanes::ZERO; self.head.bias.len()],
            features: floats(self.model.embedding.width()),
            x: floats(width),
            input: floats(width),
            attended: floats(width),
            scores: vec![Lanes::ZERO; columns_for(context)],
            output: lanes(3 * width),
            hidden: lanes(model.feed_forward),
            derivative: lanes(model.feed_forward),
        }
    }

    /// The logits of the term after the last T of `history` (or the one number of a
    /// regression). Terms in the cache are not computed again. `history` must not be empty.
    pub fn logits<'c>(&self, cache: &'c mut Cache, history: &[u16]) -> &'c [f32] {
        let context = self.model.architecture().context();
        let window = &history[history.len().saturating_sub(context)..];
        if !window.starts_with(&cache.seen) {
            cache.seen.clear();
        }
        if cache.seen.len() < window.len() {
            self.extend(cache, &window[cache.seen.len()..]);
        }
        &as_floats(&cache.logits)[..self.model.architecture().outputs()]
    }

    /// Appends terms: their keys and values, and the logits after the last of them.
    fn extend(&self, cache: &mut Cache, new: &[u16]) {
        let (instruction_set, parameters) = (self.instruction_set, as_floats(&self.parameters));
        let (first, count) = (cache.seen.len(), new.len());
        let width = self.model.head.inputs;
        let embedding = &self.model.embedding;
        let features = &mut cache.features[..count * embedding.width()];
        let rows = features.chunks_exact_mut(embedding.width());
        for ((position, &class), row) in (first..).zip(new).zip(rows) {
            embedding.forward_vector(parameters, class, position, row);
        }
        match &self.projection {
            None => cache.x[..count * width].copy_from_slice(features),
            Some(projection) => {
                projection.forward(instruction_set, features, embedding.width(), &mut cache.output);
                let rows = as_floats(&cache.output).chunks_exact(columns_for(width) * LANES);
                for (x, row) in cache.x[..count * width].chunks_exact_mut(width).zip(rows) {
                    x.copy_from_slice(&row[..width]);
                }
            }
        }
        let layers = self.model.blocks.iter().zip(&self.blocks).enumerate();
        for (index, (block, transposed)) in layers {
            let Cache { x, input, attended, output, hidden, derivative, .. } = cache;
            before(
                instruction_set,
                &block.attention_residual,
                parameters,
                &x[..count * width],
                input,
            );
            transposed.attention_input.forward(
                instruction_set,
                &input[..count * width],
                width,
                output,
            );
            let stride = columns_for(3 * width) * LANES;
            let kept = &mut cache.blocks[index];
            for (position, row) in (first..).zip(as_floats(output).chunks_exact(stride).take(count))
            {
                kept.push(position, &row[width..2 * width], &row[2 * width..3 * width]);
            }
            // Of the last layer, only the output for the last term is used.
            let from = if index + 1 == self.blocks.len() { count - 1 } else { 0 };
            for t in from..count {
                let query = &as_floats(output)[t * stride..][..width];
                let attended = &mut attended[t * width..][..width];
                let attention = block.attention;
                attend(
                    instruction_set,
                    attention,
                    kept,
                    first + t,
                    query,
                    &mut cache.scores,
                    attended,
                );
            }
            let rows = from * width..count * width;
            let x = &mut x[rows.clone()];
            transposed.attention_output.forward(
                instruction_set,
                &attended[rows.clone()],
                width,
                output,
            );
            after(instruction_set, &block.attention_residual, parameters, width, output, x, input);

            before(instruction_set, &block.feed_forward_residual, parameters, x, input);
            let wide = columns_for(block.feed_forward.input.outputs);
            let (hidden, derivative) =
                (&mut hidden[..(count - from) * wide], &mut derivative[..(count - from) * wide]);
            transposed.feed_forward_input.forward(
                instruction_set,
                &input[..rows.len()],
                width,
                hidden,
            );
            activation::forward(instruction_set, block.feed_forward.activation, hidden, derivative);
            let hidden = as_floats(hidden);
            transposed.feed_forward_output.forward(instruction_set, hidden, wide * LANES, output);
            after(
                instruction_set,
                &block.feed_forward_residual,
                parameters,
                width,
                output,
                x,
                input,
            );
        }
        cache.seen.extend_from_slice(new);

        let (x, input) = (&cache.x[(count - 1) * width..][..width], &mut cache.input[..width]);
        match &self.model.final_norm {
            Some(norm) => norm.forward_vector(instruction_set, parameters, x, input),
            None => input.copy_from_slice(x),
        }
        self.head.forward(instruction_set, input, width, &mut cache.logits);
    }
}

impl KeysAndValues {
    /// Stores the key and the value of a position.
    fn push(&mut self, position: usize, key: &[f32], value: &[f32]) {
        let width = key.len();
        let stride = self.keys.len() / width;
        for (row, &key) in self.keys.chunks_exact_mut(stride).zip(key) {
            row[position / LANES].0[position % LANES] = key;
        }
        self.values[position * width..][..width].copy_from_slice(value);
    }
}

simd_kernel! {
    /// The attention output, `[C]`, for the query of the term at `position`.
    fn attend<'a>(
        simd,
        attention: Attention,
        kept: &'a KeysAndValues,
        position: usize,
        query: &'a [f32],
        scores: &'a mut [Lanes],
        attended: &'a mut [f32],
    ) {
        let (width, head_width) = (query.len(), attention.head_width);
        let stride = kept.keys.len() / width;
        let scores = &mut scores[..columns_for(position + 1)];
        let scale = simd.splat(attention.scale());
        for (head, attended) in attended.chunks_exact_mut(head_width).enumerate() {
            let first = head * head_width;
            let query = &query[first..][..head_width];
            let keys = &kept.keys[first * stride..][..head_width * stride];
            for (block, score) in scores.iter_mut().enumerate() {
                let mut sum = simd.zero();
                for (&query, keys) in query.iter().zip(keys.chunks_exact(stride)) {
                    sum = simd.mul_add(simd.splat(query), simd.load(&keys[block]), sum);
                }
                simd.store(simd.mul(sum, scale), score);
            }
            // Positions after this one, in the last lanes, are left out.
            let seen = &mut as_floats_mut(scores)[..=position];
            let largest = seen.iter().fold(f32::MIN, |largest, score| largest.max(*score));
            let largest = simd.splat(largest);
            for score in scores.iter_mut() {
                let e = math::exp(simd, simd.sub(simd.load(score), largest));
                simd.store(e, score);
            }
            let seen = &as_floats(scores)[..=position];
            let share = 1.0 / seen.iter().sum::<f32>();
            attended.fill(0.0);
            for (score, value) in seen.iter().zip(kept.values.chunks_exact(width)) {
                let weight = score * share;
                for (attended, value) in attended.iter_mut().zip(&value[first..]) {
                    *attended += weight * value;
                }
            }
        }
    }
}

/// The layer's input, from rows of the residual stream.
fn before(
    instruction_set: InstructionSet,
    residual: &Residual,
    parameters: &[f32],
    x: &[f32],
    input: &mut [f32],
) {
    match &residual.normalisation {
        ResidualNorm::None | ResidualNorm::Post(_) => input[..x.len()].copy_from_slice(x),
        ResidualNorm::Pre(norm) => norm.forward_vector(instruction_set, parameters, x, input),
    }
}

/// Adds rows of the layer's output, which are padded to whole lanes, to those of the residual
/// stream; `temporary` is scratch memory.
fn after(
    instruction_set: InstructionSet,
    residual: &Residual,
    parameters: &[f32],
    width: usize,
    output: &[Lanes],
    x: &mut [f32],
    temporary: &mut [f32],
) {
    let rows = as_floats(output).chunks_exact(columns_for(width) * LANES);
    for (x, output) in x.chunks_exact_mut(width).zip(rows) {
        x.iter_mut().zip(output).for_each(|(x, output)| *x += output);
    }
    match &residual.normalisation {
        ResidualNorm::None | ResidualNorm::Pre(_) => {}
        ResidualNorm::Post(norm) => {
            let temporary = &mut temporary[..x.len()];
            norm.forward_vector(instruction_set, parameters, x, temporary);
            x.copy_from_slice(temporary);
        }
    }
}
