//! The limit as bytes, a few kilobytes, to be kept in a file.
//!
//! ```text
//! magic, with the version       8 bytes
//! key                          40 bytes, see IndexKey
//! number of relations           8
//! their probability             8
//! for each family drawn:
//!     its number                8
//!     its sums                 48 and 16 for each position
//! checksum of all above         8
//! ```
//!
//! All numbers are little-endian, fractions the bits of an `f64`.

use super::bytes::checksum;
use super::limit::{FamilySums, Limit};
use super::{IndexKey, UnreadableIndex};
use ninth_sequences::Family;

/// Changed whenever the format or the values change.
const MAGIC: &[u8; 8] = b"ninthlm1";

impl Limit {
    /// The limit as bytes, given the key of its index.
    pub fn to_bytes(&self, key: IndexKey) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let mut add = |number: u64| bytes.extend(number.to_le_bytes());
        key.words().into_iter().for_each(&mut add);
        add(self.relations as u64);
        add(self.mass.to_bits());
        for (family, tally) in &self.families {
            add(*family as u64);
            add(tally.probability.to_bits());
            add(tally.sequences);
            add(tally.whole);
            add(tally.distance);
            add(tally.least_distance);
            add(tally.cross_entropy.to_bits());
            tally.correct.iter().chain(&tally.scored).copied().for_each(&mut add);
        }
        let checksum = checksum(&bytes);
        bytes.extend(checksum.to_le_bytes());
        bytes
    }

    /// The limit that was written as these bytes, if it is that of these sequences.
    ///
    /// # Errors
    ///
    /// [`UnreadableIndex`] for anything else, however short or damaged.
    pub fn from_bytes(bytes: &[u8], key: IndexKey) -> Result<Self, UnreadableIndex> {
        let read = || {
            let (rest, expected) = bytes.split_last_chunk()?;
            (checksum(rest) == u64::from_le_bytes(*expected)).then_some(())?;
            let (words, []) = rest.strip_prefix(MAGIC)?.as_chunks() else { return None };
            let mut numbers = words.iter().map(|word| u64::from_le_bytes(*word));
            for word in key.words() {
                (numbers.next()? == word).then_some(())?;
            }
            let relations = usize::try_from(numbers.next()?).ok()?;
            let mass = f64::from_bits(numbers.next()?);
            let positions = key.length() - 1;
            let mut families = Vec::new();
            while let Some(number) = numbers.next() {
                let family = *Family::ALL.get(usize::try_from(number).ok()?)?;
                let probability = f64::from_bits(numbers.next()?);
                let [sequences, whole] = [numbers.next()?, numbers.next()?];
                let [distance, least_distance] = [numbers.next()?, numbers.next()?];
                let cross_entropy = f64::from_bits(numbers.next()?);
                let mut each = || (0..positions).map(|_| numbers.next()).collect::<Option<_>>();
                let (correct, scored) = (each()?, each()?);
                families.push((
                    family,
                    FamilySums {
                        probability,
                        sequences,
                        whole,
                        correct,
                        scored,
                        distance,
                        least_distance,
                        cross_entropy,
                    },
                ));
            }
            Some(Limit { families, positions, relations, mass })
        };
        read().ok_or(UnreadableIndex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posterior::Posterior;
    use ninth_sequences::{IntegerRange, PhaseWeights, Sampler};

    #[test]
    fn bytes_come_back_and_nothing_else_does() {
        let range = IntegerRange::new(0, 20).unwrap();
        let posterior = Posterior::new(&Sampler::new(0, range, 6).unwrap(), PhaseWeights::DOCUMENT);
        let (limit, key) = (posterior.limit(), posterior.key());
        let bytes = limit.to_bytes(key);
        let back = Limit::from_bytes(&bytes, key).unwrap();
        assert_eq!((back.relations(), back.mass()), (limit.relations(), limit.mass()));
        // By their texts, since NaN is not equal to itself.
        assert_eq!(format!("{:?}", back.overall()), format!("{:?}", limit.overall()));
        for ((family, one), (other_family, other)) in back.families().zip(limit.families()) {
            assert_eq!(family, other_family);
            assert_eq!(format!("{one:?}"), format!("{other:?}"));
        }
        assert_eq!(back.families().count(), limit.families().count());

        for length in 0..bytes.len() {
            assert!(Limit::from_bytes(&bytes[..length], key).is_err(), "{length}");
        }
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            assert!(Limit::from_bytes(&damaged, key).is_err(), "byte {place}");
        }
        for other in [
            IndexKey::new(range, 7, PhaseWeights::DOCUMENT),
            IndexKey::new(range, 6, PhaseWeights::DOCUMENT.with_wider(0.5)),
            IndexKey::new(IntegerRange::new(0, 21).unwrap(), 6, PhaseWeights::DOCUMENT),
        ] {
            assert!(Limit::from_bytes(&bytes, other).is_err());
        }
        // Whole by its checksum, and still none.
        for cut in [8, 16, 8 * 20] {
            let mut cut = bytes[..bytes.len() - 8 - cut].to_vec();
            cut.extend(checksum(&cut).to_le_bytes());
            assert!(Limit::from_bytes(&cut, key).is_err());
        }
    }
}
