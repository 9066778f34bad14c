//! Sampling: sequences of the training data, with their formulas.

use ninth_kernels::Pool;
use ninth_sequences::{Family, Phase, Sampler, Source, Stream};
use ninth_training::Config;
use serde::{Serialize, Serializer};

use crate::engine::cores;
use crate::error::Error;

/// Sequences that a thread draws at a time.
const AT_A_TIME: usize = 4096;

/// What to draw. With neither family nor phase, a mixture of phases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SampleOptions {
    /// Of one family only.
    pub family: Option<Family>,
    /// Of one phase only; a family wins over it.
    pub phase: Option<Phase>,
    /// The epoch of the curriculum whose mixture is drawn; `None`: that which a training ends
    /// with.
    pub epoch: Option<f64>,
    /// What all choices follow from.
    pub seed: u64,
    /// Whose sequences: integers, lengths and curriculum.
    pub config: Config,
}

impl SampleOptions {
    fn source(&self) -> Result<Source, Error> {
        Ok(match (self.family, self.phase, self.epoch) {
            (Some(family), _, _) => Source::Family(family),
            (None, Some(phase), _) => Source::Phase(phase),
            (None, None, Some(epoch)) => {
                Source::Mixture(self.config.curriculum()?.weights_at(epoch))
            }
            (None, None, None) => Source::Mixture(self.config.curriculum.final_mixture()),
        })
    }
}

/// A sequence; as JSON a line of `ninth sample --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SampledSequence {
    /// Its family.
    #[serde(serialize_with = "family_by_name")]
    pub family: Family,
    /// The number of the phase that has the family.
    pub phase: u8,
    /// The terms.
    pub terms: Vec<i64>,
    /// The relation that gives them.
    pub formula: String,
}

/// B sequences in rows of L integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampledTable {
    /// `[B][L]`; behind the end of a sequence the smallest integer of the range.
    pub terms: Vec<i64>,
    /// L: one more than the context of a model.
    pub width: usize,
    /// The terms of each sequence.
    pub lengths: Vec<i64>,
    /// The family of each, by its place in [`Family::ALL`].
    pub families: Vec<u8>,
}

/// Draws sequences, each by its index.
///
/// ```
/// # fn main() -> Result<(), ninth::Error> {
/// use ninth::{SampleOptions, SequenceSource};
///
/// let source = SequenceSource::new(&SampleOptions { seed: 7, ..Default::default() })?;
/// let table = source.table(0, 1000, None)?;
/// let third = &table.terms[2 * table.width..][..table.lengths[2] as usize];
/// assert_eq!(third, source.sequence(2).terms);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SequenceSource {
    sampler: Sampler,
    source: Source,
}

impl SequenceSource {
    /// Which parameters of the families are valid is determined when the first sequence is drawn,
    /// and takes longer than a thousand sequences.
    ///
    /// # Errors
    ///
    /// If the config is not valid.
    pub fn new(options: &SampleOptions) -> Result<Self, Error> {
        let sampler = options.config.sampler(options.seed)?;
        Ok(SequenceSource { sampler, source: options.source()? })
    }

    /// The same sequences in another order: those of another seed.
    pub fn with_seed(&self, seed: u64) -> Self {
        SequenceSource { sampler: self.sampler.with_seed(seed), source: self.source }
    }

    /// The most terms of a sequence: one more than the context of a model.
    pub fn width(&self) -> usize {
        self.sampler.length()
    }

    /// The sequence of an index.
    pub fn sequence(&self, index: u64) -> SampledSequence {
        let mut terms = vec![0; self.sampler.length()];
        let draw = self.sampler.draw(Stream::Examples, index, self.source, &mut terms);
        let formula = draw.relation(self.sampler.range()).map(|relation| relation.to_string());
        terms.truncate(draw.length);
        SampledSequence {
            family: draw.family,
            phase: draw.family.phase().number(),
            terms,
            formula: formula.unwrap_or_default(),
        }
    }

    /// The sequences `first`, `first + 1`, ..., as many as `count`, drawn on `threads` threads
    /// (`None`: one per core).
    ///
    /// # Errors
    ///
    /// If they are more than memory or indices hold.
    pub fn table(
        &self,
        first: u64,
        count: usize,
        threads: Option<usize>,
    ) -> Result<SampledTable, Error> {
        let width = self.sampler.length();
        let too_many = || Error::TooManySequences { first, count };
        u64::try_from(count)
            .ok()
            .and_then(|count| first.checked_add(count))
            .ok_or_else(too_many)?;
        let mut table = SampledTable {
            terms: room(count.checked_mul(width).ok_or_else(too_many)?).ok_or_else(too_many)?,
            width,
            lengths: room(count).ok_or_else(too_many)?,
            families: room(count).ok_or_else(too_many)?,
        };
        let parts = table.terms.chunks_mut(AT_A_TIME * width);
        let parts = parts.zip(table.lengths.chunks_mut(AT_A_TIME));
        let mut parts: Vec<_> = parts.zip(table.families.chunks_mut(AT_A_TIME)).collect();
        let threads = threads.unwrap_or_else(cores).min(parts.len());
        Pool::new(threads).for_each(&mut parts, |index, ((terms, lengths), families)| {
            let first = first + (index * AT_A_TIME) as u64;
            self.fill(first, terms, lengths, families);
        });
        Ok(table)
    }

    fn fill(&self, first: u64, terms: &mut [i64], lengths: &mut [i64], families: &mut [u8]) {
        let (width, least) = (self.sampler.length(), self.sampler.range().min());
        let (count, mut buffer) = (lengths.len(), vec![0; width]);
        let rows = terms.chunks_exact_mut(width).zip(lengths).zip(families);
        let mut rows = rows;
        let stream = Stream::Examples;
        self.sampler.draw_each(stream, first, count, self.source, &mut buffer, |draw, drawn| {
            if let Some(((row, length), family)) = rows.next() {
                row.copy_from_slice(drawn);
                row[draw.length..].fill(least);
                *length = draw.length as i64;
                // There are fewer than 256 families.
                *family = draw.family as u8;
            }
        });
    }
}

/// A vector of `count` zeros, if memory holds it.
pub(crate) fn room<T: Clone + Default>(count: usize) -> Option<Vec<T>> {
    let mut asked = Vec::<T>::new();
    asked.try_reserve_exact(count).ok()?;
    // The compiler may not leave this out: where memory is short, what follows ends the process.
    drop(std::hint::black_box(asked));
    // Zeros of the system, which cost something only when a thread first writes there.
    Some(vec![T::default(); count])
}

fn family_by_name<S: Serializer>(family: &Family, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(family.name())
}

/// Draws sequences, as many as are asked for: the iterator ends after 2^64 of them.
///
/// ```
/// # fn main() -> Result<(), ninth::Error> {
/// let options = ninth::SampleOptions { seed: 7, ..Default::default() };
/// for sequence in ninth::sample(&options)?.take(3) {
///     println!("{:?} = {}", sequence.terms, sequence.formula);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the config is not valid.
pub fn sample(options: &SampleOptions) -> Result<impl Iterator<Item = SampledSequence>, Error> {
    let source = SequenceSource::new(options)?;
    Ok((0..u64::MAX).map(move |index| source.sequence(index)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_the_sequences_one_by_one() {
        let phase = |phase| SampleOptions { phase: Some(phase), seed: 5, ..Default::default() };
        let mut options = vec![SampleOptions::default(), phase(Phase::Wider)];
        options.push(SampleOptions { epoch: Some(0.0), ..phase(Phase::Simple) });
        options[2].config.sequences.minimum = -128;
        options[2].config.sequences.maximum = 127;
        for options in options {
            let source = SequenceSource::new(&options).unwrap();
            let (first, count) = (123, 2 * AT_A_TIME + 17);
            let table = source.table(first, count, Some(2)).unwrap();
            assert_eq!(table, source.table(first, count, Some(1)).unwrap());
            assert_eq!(table.lengths.len(), count);
            let least = options.config.sequences.minimum;
            for index in [0, 1, AT_A_TIME - 1, AT_A_TIME, count - 1] {
                let expected = source.sequence(first + index as u64);
                let row = &table.terms[index * table.width..][..table.width];
                let (terms, behind) = row.split_at(table.lengths[index] as usize);
                assert_eq!(terms, expected.terms);
                assert!(behind.iter().all(|term| *term == least));
                assert_eq!(Family::ALL[usize::from(table.families[index])], expected.family);
            }
            let other = source.with_seed(options.seed + 1).table(first, count, None).unwrap();
            assert_ne!(table.terms, other.terms);
        }
    }

    #[test]
    fn the_curriculum_begins_with_simple_sequences() {
        let options = SampleOptions { epoch: Some(0.0), ..Default::default() };
        let table = SequenceSource::new(&options).unwrap().table(0, 500, None).unwrap();
        let phase = |family: &u8| Family::ALL[usize::from(*family)].phase();
        assert!(table.families.iter().all(|family| phase(family) == Phase::Simple));
    }

    #[test]
    fn what_memory_or_indices_do_not_hold_is_refused() {
        let source = SequenceSource::new(&SampleOptions::default()).unwrap();
        for (first, count) in [(0, usize::MAX), (0, 1 << 58), (0, 1 << 50), (u64::MAX - 5, 10)] {
            let error = source.table(first, count, None).unwrap_err().to_string();
            assert!(error.contains(&count.to_string()), "{error}");
        }
        assert!(source.table(7, 0, None).unwrap().terms.is_empty());
    }
}
