//! Memory estimation: the bytes of a training, by the formula of the design document and
//! exactly.

pub use crate::hardware::{BANDWIDTH, CACHE, LIMIT, bytes};
use crate::{Config, ConfigError};

/// Bytes of a float.
const FLOAT: u64 = 4;

/// The design document's estimate, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Embedding: classes x width.
    pub embedding: u64,
    /// All layers: for each 2 x (width x heads x context) + feed-forward x context.
    pub layers: u64,
    /// Batch: sequences x context x width.
    pub batch: u64,
}

impl Estimate {
    /// The estimate for a config.
    ///
    /// # Errors
    ///
    /// If the config describes no model.
    pub fn of(config: &Config) -> Result<Self, ConfigError> {
        let architecture = config.architecture()?;
        let wide = |number: usize| number as u64;
        let model = architecture.model();
        let (width, context) = (wide(model.d_model), wide(architecture.context()));
        let attention = 2 * (width * wide(model.heads) * context * FLOAT);
        let feed_forward = wide(model.feed_forward) * context * FLOAT;
        Ok(Estimate {
            embedding: wide(architecture.classes()) * wide(architecture.embedding_width()) * FLOAT,
            layers: wide(model.layers) * (attention + feed_forward),
            batch: wide(config.training.batch_size) * context * width * FLOAT,
        })
    }

    /// The forward pass.
    pub fn forward(&self) -> u64 {
        self.embedding + self.layers + self.batch
    }

    /// The backward pass: two to three times the forward pass.
    pub fn backward(&self) -> [u64; 2] {
        [2 * self.forward(), 3 * self.forward()]
    }

    /// The largest batch with which both passes, at most, stay below the limit; 0 if none
    /// does. `batch_size` is the one of the estimate.
    pub fn largest_batch(&self, batch_size: usize) -> u64 {
        let per_sequence = self.batch / (batch_size as u64).max(1);
        let rest = (LIMIT / 4).saturating_sub(self.embedding + self.layers);
        rest / per_sequence.max(1)
    }
}

/// The memory of a training on the CPU in bytes: exactly what the engine and a batch have
/// allocated after a step, apart from the thread pool, and the best weights, which a training
/// keeps beside the current ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryUsage {
    /// The parameters.
    pub parameters: u64,
    /// Their gradients, once for every part of the batch.
    pub gradients: u64,
    /// The optimizer's two moments, and the scratch memory of an update.
    pub optimizer: u64,
    /// What the forward and backward passes store, once for every thread.
    pub activations: u64,
    /// The sequences of a step.
    pub batch: u64,
    /// What training only reads: the embedding's fixed tables, the table of the model's tensors
    /// and that of the parameter groups.
    pub tables: u64,
    /// The best weights so far.
    pub best: u64,
}

impl MemoryUsage {
    /// The sum of all parts.
    pub fn total(&self) -> u64 {
        let MemoryUsage { parameters, gradients, optimizer, activations, batch, tables, best } =
            self;
        parameters + gradients + optimizer + activations + batch + tables + best
    }

    /// A lower bound on the time of a step on the design document's graphics card, in seconds:
    /// everything that a step changes is read once and written once.
    pub fn bandwidth_floor(&self) -> f64 {
        2.0 * (self.total() - self.tables - self.best) as f64 / BANDWIDTH
    }

    /// Checks that it is allowed.
    ///
    /// # Errors
    ///
    /// If it is more than [`LIMIT`], with what to make smaller.
    pub fn check(&self) -> Result<(), ConfigError> {
        let needed = self.total();
        if needed <= LIMIT {
            return Ok(());
        }
        let arenas = needed - self.activations - self.batch - self.tables;
        let model = "model.d_model, model.layers, model.feed_forward or the range of integers";
        let passes = "sequences.context, model.d_model, model.layers, model.feed_forward or \
                      the number of threads";
        let parts = [
            ("parameters, gradients and moments", arenas, model),
            ("activations", self.activations, passes),
            ("the batch", self.batch, "training.batch_size or sequences.context"),
            ("fixed tables", self.tables, "embedding.kind or the range of integers"),
        ];
        let largest = parts.into_iter().max_by_key(|(_, bytes, _)| *bytes);
        let (part, of_that, keys) = largest.unwrap_or(parts[0]);
        Err(ConfigError::Memory { needed, part, of_that, keys })
    }
}

/// The largest batch size up to `most` that fits; 0 if none does. Smaller batches than one that
/// fits have to fit, too.
pub fn largest_batch(most: usize, fits: impl Fn(usize) -> bool) -> usize {
    let (mut below, mut above) = (0, most + 1);
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        if fits(middle) { below = middle } else { above = middle }
    }
    below
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CpuEngine;
    use ninth_model::Transformer;
    use ninth_settings::parse_assignment;

    fn config(assignments: &[&str]) -> Config {
        let assignments: Vec<_> =
            assignments.iter().map(|text| parse_assignment(text).unwrap()).collect();
        Config::resolve(crate::Preset::Design, &assignments).unwrap()
    }

    #[test]
    fn the_estimate_is_the_formula_of_the_document() {
        let estimate = Estimate::of(&config(&[])).unwrap();
        // 256 integers x 2; per layer 2 x (2 x 2 x 8) + 32 x 8; 32 sequences x 8 x 2.
        assert_eq!(estimate.embedding, 256 * 2 * 4);
        assert_eq!(estimate.layers, 2 * (2 * (2 * 2 * 8 * 4) + 32 * 8 * 4));
        assert_eq!(estimate.batch, 32 * 8 * 2 * 4);
        let largest = estimate.largest_batch(32);
        let total = |batch: u64| 4 * (estimate.embedding + estimate.layers + batch * 64);
        assert!(total(largest) <= LIMIT && total(largest + 1) > LIMIT);
    }

    #[test]
    fn the_largest_batch_is_the_largest_that_is_allowed() {
        let mut config = config(&["d_model=2048", "feed_forward=2048", "layers=12", "heads=8"]);
        let model = Transformer::new(config.architecture().unwrap());
        let largest = CpuEngine::largest_batch(&config, &model, 1, 65_536);
        assert!(largest > 0 && largest < 65_536, "{largest}");
        let mut check = |batch_size| {
            config.training.batch_size = batch_size;
            CpuEngine::memory_usage(&config, &model, 1).check()
        };
        assert!(check(largest).is_ok() && check(largest + 1).is_err());
    }

    #[test]
    fn more_than_the_limit_is_refused_before_it_is_taken() {
        let huge = ["d_model=4096", "heads=8", "layers=30", "feed_forward=64"];
        let message = CpuEngine::new(&config(&huge), 2).unwrap_err().to_string();
        assert!(message.contains("at most 8.0 GB are allowed: make model.d_model"), "{message}");
        let long = ["context=256", "d_model=1024", "layers=64", "heads=256"];
        let message = CpuEngine::new(&config(&long), 16).unwrap_err().to_string();
        assert!(message.contains("for activations") && message.contains("threads"), "{message}");
    }
}
