//! Examples: fresh sequences with their formulas and a model's predictions.

use ninth_model::Batch;
use ninth_sequences::{PhaseWeights, Sampler, Source, Stream};

use ninth_training::engine::{Engine, EngineError};

/// A prediction beside the right term.
#[derive(Clone, Debug)]
pub struct Example {
    /// The terms that the model has seen.
    pub shown: Vec<i64>,
    /// The next term by the model.
    pub predicted: i64,
    /// The right next term.
    pub target: i64,
    /// The relation that generated them.
    pub formula: String,
}

/// Predictions for up to `count` sequences of a mixture that fill the context.
///
/// # Errors
///
/// If the engine fails.
pub fn draw_examples(
    engine: &mut dyn Engine,
    sampler: &Sampler,
    mixture: PhaseWeights,
    count: usize,
) -> Result<Vec<Example>, EngineError> {
    /// Sequences to draw at most: under a very long context few are long enough.
    const DRAWS: u64 = 10_000;
    let (range, context) = (sampler.range(), sampler.length() - 1);
    let source = Source::Mixture(mixture);
    let mut terms = vec![0; sampler.length()];
    let mut examples = Vec::new();
    let mut batch = Batch::new(context, count);
    for index in 0..DRAWS {
        if examples.len() == count {
            break;
        }
        let draw = sampler.draw(Stream::Examples, index, source, &mut terms);
        let (shown, target) = terms.split_at(context);
        if let (true, Some(relation)) = (draw.length > context, draw.relation(range)) {
            batch.set(examples.len(), terms.iter().filter_map(|&term| range.class_of(term)));
            examples.push(Example {
                shown: shown.to_vec(),
                predicted: 0,
                target: target[0],
                formula: relation.to_string(),
            });
        }
    }
    let evaluation = engine.evaluate(&batch)?;
    for (index, example) in examples.iter_mut().enumerate() {
        let last = index * context + context - 1;
        example.predicted = range.term_of(evaluation.predicted[last]);
    }
    Ok(examples)
}
