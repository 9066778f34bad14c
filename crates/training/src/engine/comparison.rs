//! Compares two engines: their loss and all gradients on the same weights and sequences.

use ninth_kernels::as_floats;
use ninth_model::batch::Chunk;
use ninth_model::{Batch, Layout};
use ninth_sequences::{Sampler, Source};

use crate::engine::{Engine, EngineError, EngineState};
use crate::training_approach::TrainingApproach;
use crate::{Config, ConfigError};

/// The largest allowed difference of two engines: of the loss, relative to it; of a gradient,
/// relative to the largest one of its tensor. Both engines round in single precision, and add
/// up in another order.
pub const TOLERANCE: f64 = 1e-4;

/// If all gradients of a tensor are smaller than this share of the largest gradient of all
/// tensors, they are compared relative to that share. Smaller ones may be rounding errors only,
/// as are all gradients behind a normalisation of two features.
const NEGLIGIBLE: f64 = 4.0 * f32::EPSILON as f64 / TOLERANCE;

/// The result of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The loss by both engines.
    pub loss: [f64; 2],
    /// The largest difference of a gradient, relative to the largest gradient of its tensor.
    pub gradients: f64,
    /// The tensor it is in.
    pub tensor: String,
}

impl Comparison {
    /// The difference of the losses, relative to the first.
    pub fn losses(&self) -> f64 {
        (self.loss[0] - self.loss[1]).abs() / self.loss[0].abs().max(1e-9)
    }

    /// Whether both differences are within [`TOLERANCE`]; NaN is not.
    pub fn agrees(&self) -> bool {
        self.losses() <= TOLERANCE && self.gradients <= TOLERANCE
    }
}

/// The batch for a comparison: training sequences of the final mixture, with the random numbers
/// of dropout. It depends on the config alone.
///
/// # Errors
///
/// If the config's parts do not fit each other.
pub fn batch(config: &Config) -> Result<Batch, ConfigError> {
    let filler = Filler::new(config)?;
    let mut batch = Batch::new(config.sequences.context, config.training.batch_size);
    for (index, chunk) in batch.chunks_mut().iter_mut().enumerate() {
        filler.fill(index, chunk);
    }
    Ok(batch)
}

/// Fills the batch for a comparison, chunk by chunk.
#[derive(Debug)]
pub struct Filler {
    approach: TrainingApproach,
    sampler: Sampler,
    source: Source,
}

impl Filler {
    /// The filler for a config.
    ///
    /// # Errors
    ///
    /// If the config's parts do not fit each other.
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        let source = Source::Mixture(config.curriculum()?.final_mixture());
        let sampler = config.sampler(config.seed())?;
        Ok(Filler { approach: config.training_approach()?, sampler, source })
    }

    /// Fills chunk `index`.
    pub fn fill(&self, index: usize, chunk: &mut Chunk) {
        self.approach.fill_chunk(chunk, index, &self.sampler, 0, self.source);
    }
}

/// Compares two engines of the same layout on a batch and the weights of the first. The second
/// has those weights afterwards.
///
/// # Errors
///
/// If an engine fails.
pub fn compare(
    layout: &Layout,
    first: &mut dyn Engine,
    second: &mut dyn Engine,
    batch: &mut Batch,
) -> Result<Comparison, EngineError> {
    let parameters = first.parameters()?;
    let state = second.state()?;
    second.restore(EngineState { parameters, ..state })?;
    let (expected, expected_loss) = first.gradients(batch)?;
    let (found, loss) = second.gradients(batch)?;
    let (expected, found) = (as_floats(&expected), as_floats(&found));
    let largest = |values: &[f32]| values.iter().fold(0.0, |m: f64, v| m.max(f64::from(v.abs())));
    let floor = NEGLIGIBLE * largest(expected);

    let (mut gradients, mut tensor) = (0.0, String::new());
    for of in layout.tensors() {
        let (expected, found) = (of.span.of(expected), of.span.of(found));
        let scale = largest(expected).max(floor).max(f64::MIN_POSITIVE);
        for (expected, found) in expected.iter().zip(found) {
            let apart = (f64::from(*expected) - f64::from(*found)).abs() / scale;
            // NaN counts as the largest difference.
            if apart > gradients || apart.is_nan() && !gradients.is_nan() || tensor.is_empty() {
                (gradients, tensor) = (apart, of.name.clone());
            }
        }
    }
    Ok(Comparison { loss: [expected_loss, loss], gradients, tensor })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CpuEngine;

    #[test]
    fn differences_are_found() {
        let config = Config::default();
        let mut engine = CpuEngine::new(&config, 1).unwrap();
        let layout = engine.model().layout().clone();
        let mut other = CpuEngine::new(&config, 1).unwrap();
        let mut batch = batch(&config).unwrap();
        let same = compare(&layout, &mut engine, &mut other, &mut batch).unwrap();
        assert!(same.agrees() && same.gradients == 0.0 && same.losses() == 0.0, "{same:?}");

        // Another loss is the only difference.
        let mut quadratic = config.clone();
        quadratic.loss.alpha *= 1.01;
        let mut other = CpuEngine::new(&quadratic, 1).unwrap();
        let different = compare(&layout, &mut engine, &mut other, &mut batch).unwrap();
        assert!(!different.agrees(), "{different:?}");
        assert!(different.losses() > 1e-3 && different.gradients > 1e-3, "{different:?}");
        assert!(layout.tensors().iter().any(|tensor| tensor.name == different.tensor));

        let broken = Comparison { gradients: f64::NAN, ..same };
        assert!(!broken.agrees());
    }
}
