//! A model that predicts the next term of one sequence at a time.

use ninth_kernels::InstructionSet;
use ninth_model::Transformer;
use ninth_model::decoding::cache::{Cache, CachedModel};
use ninth_model::decoding::greedy;
use ninth_sequences::{PhaseWeights, Stream};

use crate::Failure;
use crate::training::Size;

/// Sequences that are predicted in turn.
pub const SEQUENCES: usize = 64;

/// An untrained model, a cache, and the sequences to predict.
#[derive(Debug)]
pub struct Asking {
    model: CachedModel,
    cache: Cache,
    sequences: Vec<Vec<u16>>,
    asked: usize,
}

impl Asking {
    /// The model with its initial weights, and sequences that fill its context.
    ///
    /// # Errors
    ///
    /// None: the sizes are valid.
    pub fn new(size: Size) -> Result<Self, Failure> {
        let config = size.config(1)?;
        let (sampler, context) = (config.sampler(0)?, config.sequences.context);
        let mut terms = vec![0; context + 1];
        let mut draw = |index| {
            sampler.draw_full(Stream::Examples, index, PhaseWeights::DOCUMENT, &mut terms);
            let classes = terms[..context].iter();
            classes.filter_map(|&term| sampler.range().class_of(term)).collect()
        };
        let sequences = (0..SEQUENCES as u64).map(&mut draw).collect();
        let model = Transformer::new(config.architecture()?);
        let parameters = model.layout().initial(config.seed());
        let model = CachedModel::new(InstructionSet::detect(), model, parameters);
        let cache = model.cache();
        Ok(Asking { model, cache, sequences, asked: 0 })
    }

    /// The sequences, each as long as the context.
    pub fn sequences(&self) -> &[Vec<u16>] {
        &self.sequences
    }

    /// Predicts what follows the next sequence. The cache holds another sequence, so all terms are
    /// processed.
    pub fn predict(&mut self) -> u16 {
        let sequence = &self.sequences[self.asked % SEQUENCES];
        self.asked += 1;
        greedy::choose(self.model.logits(&mut self.cache, sequence))
    }

    /// Predicts what follows one more term of a sequence whose earlier terms are in the cache. All
    /// lengths are used in turn, so the mean over many calls is the cost per term of filling the
    /// context term by term.
    pub fn predict_next(&mut self) -> u16 {
        let context = self.sequences[0].len();
        let sequence = &self.sequences[self.asked / context % SEQUENCES];
        let length = self.asked % context + 1;
        self.asked += 1;
        greedy::choose(self.model.logits(&mut self.cache, &sequence[..length]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn term_by_term_ends_where_all_at_once_does() {
        for size in Size::PRESETS {
            let (mut whole, mut stepwise) =
                (Asking::new(size).unwrap(), Asking::new(size).unwrap());
            let context = whole.sequences()[0].len();
            for _ in 0..2 * SEQUENCES {
                let last = (0..context).map(|_| stepwise.predict_next()).last();
                assert_eq!(last, Some(whole.predict()));
            }
        }
    }
}
