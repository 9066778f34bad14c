//! The least number of operations of a training step, by the shape of the model.

use ninth_model::Transformer;
use ninth_model::embedding::{EmbeddingKind, TableTraining};

/// The number of scalar operations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// Multiplications with an addition; two operations each.
    pub multiply_adds: f64,
    /// Exponentials.
    pub exps: f64,
    /// GELUs, each with its derivative.
    pub gelus: f64,
}

/// Multiplications, with or without an addition, of AdamW per parameter: two for the norm of
/// the gradient and clipping, two for the first moment, three for the second one, one for the
/// denominator, two for the parameter itself. The square root and the division are not counted.
const UPDATE: usize = 10;

/// The operations of a training step on `sequences` sequences that all fill the context:
/// forward, loss, backward, update.
///
/// A weight of a linear layer is multiplied three times for each position: with the
/// input, with the gradient of the output, and (the input with the gradient) for its own
/// gradient; the embedding's projection does not need the second if the tables before it are
/// not trained. Attention, with H heads of width D (H D = C), takes C multiplications for the
/// scores of each pair of positions and C for the weighted values, with T (T + 1) / 2 pairs
/// under the causal mask, and twice as many in the backward pass. There is an exponential for
/// each class of each position and for each score of each head, and a GELU for each feature of
/// the feed-forward layers.
///
/// Not counted: biases, residual connections, normalisation, the argmax of the logits,
/// divisions, and memory access. So a step is slower than these operations at the machine's peak
/// rate; the ratio shows how well the rest is hidden.
pub fn of_step(model: &Transformer, sequences: usize) -> Work {
    let (architecture, layout) = (model.architecture(), model.layout());
    let shape = architecture.model();
    let context = architecture.context();
    let positions = sequences * context;
    let pairs = sequences * context * (context + 1) / 2;

    let weights = layout.tensors().iter().filter(|tensor| tensor.role.is_weight());
    let weights: usize = weights.map(|tensor| tensor.span.len).sum();
    let embedding = architecture.embedding();
    let tables_learn = embedding.table == TableTraining::Learned
        || embedding.kind.0.contains(&EmbeddingKind::Learned);
    let untouched = match model.embedding.projection() {
        Some(projection) if !tables_learn => projection.weight.len,
        _ => 0,
    };
    let linear = (3 * weights - untouched) * positions;
    let attention = 3 * 2 * shape.layers * shape.d_model * pairs;
    let update = UPDATE * layout.parameters();
    let scores = shape.layers * shape.heads * pairs;
    Work {
        multiply_adds: (linear + attention + update) as f64,
        exps: (architecture.outputs() * positions + scores) as f64,
        gelus: (shape.layers * shape.feed_forward * positions) as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::Size;

    fn work(size: Size) -> Work {
        let config = size.config(32).unwrap();
        of_step(&Transformer::new(config.architecture().unwrap()), 32)
    }

    #[test]
    fn the_design_is_counted_as_by_hand() {
        // Two layers of 4 C C + 2 C F weights, and the head.
        let weights = 2 * (4 * 2 * 2 + 2 * 2 * 32) + 256 * 2;
        let attention = 2 * 2 * 2 * 36;
        let expected = Work {
            multiply_adds: (32 * 3 * (8 * weights + attention) + 10 * 1140) as f64,
            exps: (32 * (8 * 256 + 2 * 2 * 36)) as f64,
            gelus: (32 * 8 * 2 * 32) as f64,
        };
        assert_eq!(work(Size::Design), expected);
    }

    #[test]
    fn the_strong_one_trains_its_tables() {
        let weights = 4 * (4 * 64 * 64 + 2 * 64 * 256) + 256 * 64 + 50 * 64;
        let attention = 4 * 2 * 64 * 36;
        let expected = 32 * 3 * (8 * weights + attention) + 10 * 230_536;
        assert_eq!(work(Size::Strong).multiply_adds, expected as f64);
    }
}
