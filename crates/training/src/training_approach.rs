//! Training approach: which sequences a model is trained on, and which of their terms it
//! predicts.
//!
//! The causal mask makes every prefix of a sequence an example of its own, at no
//! cost. The alternative is to predict only the last term of sequences that fill the context.

use ninth_kernels::LANES;
use ninth_model::batch::Chunk;
use ninth_sequences::{Draw, LengthSampler, Rng, Sampler, SequenceSettings, Source, Stream};

use crate::sample_batch;

ninth_settings::options! {
    /// What a sequence is an example of.
    pub enum Examples {
        /// every term after the first, given those before it
        Prefixes = "prefixes",
        /// only the one after a full context; sequences that do not fill it are drawn again
        Full = "full",
    }
}

/// Draws the sequences of a training's batches.
#[derive(Clone, Copy, Debug)]
pub struct TrainingApproach {
    examples: Examples,
    lengths: LengthSampler,
}

impl TrainingApproach {
    /// Draws for training with `seed` whole sequences or prefixes of them, as long as `sequences`
    /// says.
    ///
    /// # Errors
    ///
    /// If the shortest length is larger than the longest.
    pub fn new(
        examples: Examples,
        seed: u64,
        sequences: &SequenceSettings,
    ) -> Result<Self, ninth_sequences::Error> {
        Ok(TrainingApproach { examples, lengths: LengthSampler::new(seed, sequences)? })
    }

    /// Fills chunk `index` of the batch whose first sequence is number `first` of the
    /// training stream. Chunks can be filled in any order and by any thread, because a sequence
    /// depends on its number alone.
    pub fn fill_chunk(
        &self,
        chunk: &mut Chunk,
        index: usize,
        sampler: &Sampler,
        first: u64,
        source: Source,
    ) {
        /// A random stream of its own, apart from those of the sequences.
        const NOISE: u64 = u64::from_be_bytes(*b"dropout ");
        let range = sampler.range();
        let mut terms = vec![0; chunk.tokens().len() + 1];
        let before = index * LANES;
        let count = LANES.min(chunk.sequences() - before);
        let number = first + before as u64;
        let mut lane = 0;
        self.draw_each(sampler, number, count, source, &mut terms, |draw, terms| {
            let length = draw.length.min(self.lengths.length(number + lane as u64));
            sample_batch::set_sequence(chunk, lane, range, terms, length);
            lane += 1;
        });
        chunk.set_noise(Rng::for_sample(sampler.seed(), NOISE, number).next_u64());
    }

    /// Draws the sequences `first`, `first + 1`, ... of the training stream, each into `terms`.
    fn draw_each(
        &self,
        sampler: &Sampler,
        first: u64,
        count: usize,
        source: Source,
        terms: &mut [i64],
        mut each: impl FnMut(Draw, &[i64]),
    ) {
        match self.examples {
            Examples::Prefixes => {
                sampler.draw_each(Stream::Training, first, count, source, terms, each);
            }
            Examples::Full => {
                for number in first..first + count as u64 {
                    let draw = sampler.draw_full(Stream::Training, number, source, terms);
                    each(draw, terms);
                }
            }
        }
    }

    /// Draws the `sequences` sequences from number `first` on again: which family and which
    /// parameters, without the terms.
    pub fn replay(
        &self,
        sampler: &Sampler,
        first: u64,
        sequences: usize,
        source: Source,
        mut see: impl FnMut(Draw),
    ) {
        // Its terms are needed to know whether a sequence fills the context.
        let length = match self.examples {
            Examples::Prefixes => 0,
            Examples::Full => sampler.length(),
        };
        let mut terms = vec![0; length];
        self.draw_each(sampler, first, sequences, source, &mut terms, |draw, _| see(draw));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use ninth_model::Batch;
    use ninth_sequences::{Lengths, PhaseWeights};

    fn filled(config: &Config, sequences: usize) -> Batch {
        let (examples, sampler) = (config.training_approach().unwrap(), config.sampler(3).unwrap());
        let mut batch = Batch::new(config.sequences.context, sequences);
        for (index, chunk) in batch.chunks_mut().iter_mut().enumerate() {
            let source = Source::Mixture(PhaseWeights::DOCUMENT);
            examples.fill_chunk(chunk, index, &sampler, 500, source);
        }
        batch
    }

    #[test]
    fn full_examples_fill_the_context() {
        let mut config = Config::default();
        let short = |batch: &Batch| (0..300).filter(|i| batch.length(*i) < 9).count();
        assert!(short(&filled(&config, 300)) > 100);
        config.training.examples = Examples::Full;
        assert_eq!(short(&filled(&config, 300)), 0);
    }

    #[test]
    fn a_replay_draws_what_a_training_draws() {
        for examples in [Examples::Prefixes, Examples::Full] {
            let mut config = Config::default();
            config.training.examples = examples;
            let sampler = config.sampler(3).unwrap();
            let batch = filled(&config, 300);
            let (mut index, mut terms) = (0, vec![0; 9]);
            let source = Source::Mixture(PhaseWeights::DOCUMENT);
            let fill = config.training_approach().unwrap();
            fill.replay(&sampler, 500, 300, source, |draw| {
                let length = draw.relation(sampler.range()).unwrap().evaluate(&mut terms);
                assert!(length >= batch.length(index));
                for (position, &term) in terms[..batch.length(index)].iter().enumerate() {
                    assert_eq!(sampler.range().term_of(batch.class(index, position)), term);
                }
                index += 1;
            });
            assert_eq!(index, 300);
        }
    }

    #[test]
    fn variable_lengths_cut_the_same_sequences() {
        let mut config = Config::default();
        let whole = filled(&config, 300);
        config.sequences.lengths = Lengths::Variable;
        config.sequences.shortest = 2;
        let cut = filled(&config, 300);
        let mut lengths = [0; 10];
        for index in 0..300 {
            lengths[cut.length(index)] += 1;
            assert!(cut.length(index) <= whole.length(index));
            for position in 0..cut.length(index) {
                assert_eq!(cut.class(index, position), whole.class(index, position));
            }
        }
        assert!(lengths[2..].iter().all(|count| *count > 10), "{lengths:?}");
    }

    #[test]
    fn every_chunk_of_every_step_has_its_own_noise() {
        let batch = filled(&Config::default(), 40);
        let noises: Vec<u64> = batch.chunks().iter().map(Chunk::noise).collect();
        assert!(noises[0] != noises[1] && noises[1] != noises[2]);
    }
}
