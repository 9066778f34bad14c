//! The lengths of training sequences.

use crate::error::Error;
use crate::rng::Rng;
use crate::settings::{Lengths, SequenceSettings};

/// Draws the lengths of training sequences.
///
/// ```
/// use ninth_sequences::{LengthSampler, Lengths, SequenceSettings};
///
/// let settings = SequenceSettings { lengths: Lengths::Variable, ..Default::default() };
/// let lengths = LengthSampler::new(42, &settings)?;
/// assert!((4..=9).contains(&lengths.length(0)));
/// # Ok::<(), ninth_sequences::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LengthSampler {
    seed: u64,
    /// The smallest and the largest number of terms.
    bounds: (usize, usize),
}

impl LengthSampler {
    /// The sampler that the settings describe.
    ///
    /// # Errors
    ///
    /// [`Error::Shortest`] when the shortest sequence would be longer than the longest.
    pub fn new(seed: u64, settings: &SequenceSettings) -> Result<Self, Error> {
        let longest = settings.context + 1;
        let shortest = match settings.lengths {
            Lengths::Fixed => longest,
            Lengths::Variable => settings.shortest,
        };
        if shortest > longest {
            return Err(Error::Shortest { shortest, longest });
        }
        Ok(Self { seed, bounds: (shortest, longest) })
    }

    /// The length of training sequence `index`, in terms. All allowed lengths are equally
    /// likely.
    pub fn length(&self, index: u64) -> usize {
        /// Distinct from the streams that sequences are drawn from.
        const STREAM: u64 = u64::from_be_bytes(*b"lengths ");
        let (shortest, longest) = self.bounds;
        if shortest == longest {
            return longest;
        }
        let choices = (longest - shortest + 1) as u64;
        // Below the number of choices, so it fits.
        shortest + Rng::for_sample(self.seed, STREAM, index).below(choices) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_equally_likely() {
        let settings =
            SequenceSettings { lengths: Lengths::Variable, shortest: 3, ..Default::default() };
        let lengths = LengthSampler::new(1, &settings).unwrap();
        let mut counts = [0; 10];
        for index in 0..70_000 {
            counts[lengths.length(index)] += 1;
        }
        assert_eq!(counts[..3], [0; 3]);
        // Five standard deviations around 10,000.
        assert!(counts[3..].iter().all(|&count: &i32| (count - 10_000).abs() < 500), "{counts:?}");
    }

    #[test]
    fn fixed_lengths_are_those_of_the_context() {
        let settings = SequenceSettings { context: 12, shortest: 200, ..Default::default() };
        let lengths = LengthSampler::new(1, &settings).unwrap();
        assert!((0..100).all(|index| lengths.length(index) == 13));
        let variable = SequenceSettings { lengths: Lengths::Variable, ..settings };
        let error = LengthSampler::new(1, &variable).unwrap_err();
        assert_eq!(error, Error::Shortest { shortest: 200, longest: 13 });
    }
}
