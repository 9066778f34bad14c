//! Cached generation: keys and values of the terms seen so far are kept, so
//! that one more term costs one position instead of all.
//!
//! A single sequence cannot fill lanes with sequences; here lanes are features,
//! and the matrices are kept transposed so that a product with a vector needs
//! no sum across lanes.
//!
//! Positions are absolute: once the window of T terms slides, every term it
//! holds has another position, all keys and values change, and the cache is
//! filled anew.

use ninth_kernels::{LANES, Lanes, Level, as_floats, as_floats_mut, columns_for, matmul};

use super::naive::Windows;
use crate::linear::Linear;
use crate::normalisation::{LayerNorm, Residual};
use crate::{Transformer, activation};

/// A model prepared for single sequences.
#[derive(Debug)]
pub struct CachedModel {
    level: Level,
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
    inputs: usize,
}

#[derive(Debug)]
struct TransposedBlock {
    attention_input: Transposed,
    attention_output: Transposed,
    feed_forward_input: Transposed,
    feed_forward_output: Transposed,
}

/// The keys and values of the terms seen so far, and memory to work in.
#[derive(Clone, Debug)]
pub struct Cache {
    /// The terms whose keys and values are here, in order.
    seen: Vec<u16>,
    /// Per layer `[T][2C]`: the keys of all heads, then the values.
    blocks: Vec<Vec<f32>>,
    /// The logits after the last of them, padded to whole lanes.
    logits: Vec<Lanes>,
    features: Vec<f32>,
    x: Vec<f32>,
    input: Vec<f32>,
    mixed: Vec<f32>,
    scores: Vec<f32>,
    /// The output of a linear layer, padded to whole lanes.
    output: Vec<Lanes>,
    /// The hidden features of the feed-forward layer and their derivatives.
    hidden: Vec<Lanes>,
    derivative: Vec<Lanes>,
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
        Transposed { columns, bias, inputs: linear.inputs }
    }

    /// y = W x + b; y has whole lanes.
    fn forward(&self, level: Level, x: &[f32], y: &mut [Lanes]) {
        let y = &mut y[..self.bias.len()];
        matmul::vector(level, &self.columns, &self.bias, &x[..self.inputs], y);
    }
}

impl CachedModel {
    /// Prepares a model, given the arena of its parameters.
    pub fn new(level: Level, model: Transformer, parameters: Vec<Lanes>) -> Self {
        let transposed = |linear: &Linear| Transposed::new(linear, as_floats(&parameters));
        let projection = model.embedding.projection().map(transposed);
        let blocks = model.blocks.iter().map(|block| TransposedBlock {
            attention_input: transposed(&block.attention.input),
            attention_output: transposed(&block.attention.output),
            feed_forward_input: transposed(&block.feed_forward.input),
            feed_forward_output: transposed(&block.feed_forward.output),
        });
        let (blocks, head) = (blocks.collect(), transposed(&model.head));
        CachedModel { level, projection, blocks, head, model, parameters }
    }

    /// The model.
    pub fn model(&self) -> &Transformer {
        &self.model
    }

    /// The same model, asked about windows, each on its own.
    pub fn windows(&self) -> Windows<'_> {
        Windows::new(self.level, &self.model, as_floats(&self.parameters))
    }

    /// An empty cache for this model.
    pub fn cache(&self) -> Cache {
        let context = self.model.architecture().context();
        let model = self.model.architecture().model();
        let width = model.d_model;
        Cache {
            seen: Vec::with_capacity(context),
            blocks: vec![vec![0.0; context * 2 * width]; model.layers],
            logits: vec![Lanes::ZERO; self.head.bias.len()],
            features: vec![0.0; self.model.embedding.width()],
            x: vec![0.0; width],
            input: vec![0.0; width],
            mixed: vec![0.0; width],
            scores: vec![0.0; context],
            output: vec![Lanes::ZERO; columns_for(3 * width)],
            hidden: vec![Lanes::ZERO; columns_for(model.feed_forward)],
            derivative: vec![Lanes::ZERO; columns_for(model.feed_forward)],
        }
    }

    /// The logits of the term after `history` (or the one number of a regression), of
    /// which the last T are seen. What the cache holds of them is not computed again. `history` must not be empty.
    pub fn logits<'c>(&self, cache: &'c mut Cache, history: &[u16]) -> &'c [f32] {
        let context = self.model.architecture().context();
        let window = &history[history.len().saturating_sub(context)..];
        if !window.starts_with(&cache.seen) {
            cache.seen.clear();
        }
        for (position, &class) in window.iter().enumerate().skip(cache.seen.len()) {
            self.push(cache, class);
            if position + 1 == window.len() {
                self.finish(cache);
            }
        }
        &as_floats(&cache.logits)[..self.model.architecture().outputs()]
    }

    /// One more term: its keys and values, and its residual stream in `cache.x`.
    fn push(&self, cache: &mut Cache, class: u16) {
        let parameters = as_floats(&self.parameters);
        let position = cache.seen.len();
        let embedding = &self.model.embedding;
        embedding.forward_vector(parameters, class, position, &mut cache.features);
        match &self.projection {
            None => cache.x.copy_from_slice(&cache.features),
            Some(projection) => {
                projection.forward(self.level, &cache.features, &mut cache.output);
                let width = cache.x.len();
                cache.x.copy_from_slice(&as_floats(&cache.output)[..width]);
            }
        }
        for (index, (block, transposed)) in self.model.blocks.iter().zip(&self.blocks).enumerate() {
            before(&block.attention_residual, parameters, &cache.x, &mut cache.input);
            transposed.attention_input.forward(self.level, &cache.input, &mut cache.output);
            self.attend(cache, index, position);
            transposed.attention_output.forward(self.level, &cache.mixed, &mut cache.output);
            after(&block.attention_residual, parameters, cache);

            before(&block.feed_forward_residual, parameters, &cache.x, &mut cache.input);
            transposed.feed_forward_input.forward(self.level, &cache.input, &mut cache.hidden);
            let activation = block.feed_forward.activation;
            activation::forward(self.level, activation, &mut cache.hidden, &mut cache.derivative);
            let hidden = as_floats(&cache.hidden);
            transposed.feed_forward_output.forward(self.level, hidden, &mut cache.output);
            after(&block.feed_forward_residual, parameters, cache);
        }
        cache.seen.push(class);
    }

    /// The logits after the last term.
    fn finish(&self, cache: &mut Cache) {
        match &self.model.final_norm {
            Some(norm) => {
                norm.forward_vector(as_floats(&self.parameters), &cache.x, &mut cache.input);
            }
            None => cache.input.copy_from_slice(&cache.x),
        }
        self.head.forward(self.level, &cache.input, &mut cache.logits);
    }

    /// What the heads look up for the term at `position`, from `cache.output` (its
    /// query, key and value) to `cache.mixed`.
    fn attend(&self, cache: &mut Cache, block: usize, position: usize) {
        let Cache { blocks, output, mixed, scores, .. } = cache;
        let attention = &self.model.blocks[block].attention;
        let (width, head_width) = (mixed.len(), attention.head_width);
        let memory = &mut blocks[block];
        let (query, key_and_value) = as_floats(output)[..3 * width].split_at(width);
        memory[position * 2 * width..][..2 * width].copy_from_slice(key_and_value);
        let scores = &mut scores[..=position];
        for (head, mixed) in mixed.chunks_exact_mut(head_width).enumerate() {
            let first = head * head_width;
            let query = &query[first..][..head_width];
            let mut largest = f32::MIN;
            for (score, memory) in scores.iter_mut().zip(memory.chunks_exact(2 * width)) {
                let key = &memory[first..][..head_width];
                let dot: f32 = query.iter().zip(key).map(|(q, k)| q * k).sum();
                *score = dot * attention.scale();
                largest = largest.max(*score);
            }
            let mut sum = 0.0;
            for score in scores.iter_mut() {
                *score = libm::expf(*score - largest);
                sum += *score;
            }
            mixed.fill(0.0);
            for (score, memory) in scores.iter().zip(memory.chunks_exact(2 * width)) {
                let value = &memory[width + first..][..head_width];
                for (mixed, value) in mixed.iter_mut().zip(value) {
                    *mixed += score / sum * value;
                }
            }
        }
    }
}

/// The layer's input, from the residual stream x.
fn before(residual: &Residual, parameters: &[f32], x: &[f32], input: &mut [f32]) {
    match residual {
        Residual::Plain | Residual::Post(_) => input.copy_from_slice(x),
        Residual::Pre(norm) => norm.forward_vector(parameters, x, input),
    }
}

/// Adds the layer's output to the residual stream.
fn after(residual: &Residual, parameters: &[f32], cache: &mut Cache) {
    let Cache { x, input, output, .. } = cache;
    x.iter_mut().zip(as_floats(output)).for_each(|(x, output)| *x += output);
    match residual {
        Residual::Plain | Residual::Pre(_) => {}
        Residual::Post(norm) => {
            LayerNorm::forward_vector(norm, parameters, x, input);
            x.copy_from_slice(input);
        }
    }
}
