//! The index as bytes, to be kept in a file.
//!
//! ```text
//! magic, with the version       8 bytes
//! key: what the index is of    40 bytes, see IndexKey
//! number of families            8
//! valid tuples of each          8 each
//! number of classes             8
//! for each as a first term:
//!     number of entries         8
//!     checksum of them          8
//! checksum of all above         8
//! entries, by first term        4 each
//! ```
//!
//! All numbers are little-endian. Whoever asks about terms that are known needs the entries of
//! one first term only, which takes a millisecond where all of them take forty.

use super::{Posterior, Space};
use ninth_sequences::{Family, IntegerRange, Phase, PhaseWeights};

/// Changed whenever the format changes.
const MAGIC: &[u8; 8] = b"ninthix2";

/// The key of an index: indices with equal keys are equal.
///
/// It holds the range, the length and the phase weights. Its words also have a fingerprint of
/// the families, so that an index of another version of the program is refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IndexKey {
    range: IntegerRange,
    length: usize,
    weights: PhaseWeights,
}

/// The bytes are no index of the key asked for: cut off, damaged, or of another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not of the relations asked for")]
pub struct UnreadableIndex;

impl IndexKey {
    /// The key of the index of these sequences.
    pub fn new(range: IntegerRange, length: usize, weights: PhaseWeights) -> Self {
        Self { range, length, weights }
    }

    /// The number of parameter tuples, valid or not, that building the index evaluates. The
    /// cost is proportional to it, times the length.
    pub fn tuples(&self) -> u64 {
        let drawn = Family::ALL.into_iter().filter(|f| self.weights.of(f.phase()) > 0.0);
        drawn.map(|family| u64::from(family.parameter_count(self.range))).sum()
    }

    /// The largest number of terms of a sequence.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// The key as numbers, as it stands in front of an index.
    pub(super) fn words(&self) -> [u64; 5] {
        let mut hash = Hash::default();
        for phase in Phase::ALL {
            hash.add(self.weights.of(phase).to_bits());
        }
        let [min, max] = [self.range.min(), self.range.max()].map(i64::cast_unsigned);
        [min, max, self.length as u64, hash.0, FINGERPRINT]
    }

    /// Overwrites the checksums in `bytes`, meant as an index of this key, with valid ones;
    /// `false` if the bytes are too few for all of them. For tests with damaged indices.
    pub fn seal(self, bytes: &mut [u8]) -> bool {
        let Some((head, entries)) = bytes.split_at_mut_checked(IndexHeader::length(self)) else {
            return false;
        };
        let mut entries = &*entries;
        let (numbers, _) = head.as_chunks_mut();
        let [numbers @ .., of_head] = numbers else { return false };
        let first_section = numbers.len() - 2 * self.range.classes();
        let mut whole = true;
        for [count, of_section] in numbers[first_section..].as_chunks_mut().0 {
            let length = usize::try_from(u64::from_le_bytes(*count)).unwrap_or(usize::MAX);
            let Some((section, after)) = entries.split_at_checked(length.saturating_mul(4)) else {
                whole = false;
                break;
            };
            *of_section = checksum(section).to_le_bytes();
            entries = after;
        }
        *of_head = checksum(numbers.as_flattened()).to_le_bytes();
        whole
    }

    /// The key as one number, for the name of a file.
    pub fn short(&self) -> u64 {
        let mut hash = Hash::default();
        self.words().into_iter().for_each(|part| hash.add(part));
        hash.0
    }
}

/// Changes with the families. Computing it takes ten milliseconds, so a test does that and
/// fails, naming the new value, when it is outdated.
const FINGERPRINT: u64 = 12_746_476_664_253_505_108;

/// The header in front of the entries.
struct IndexHeader {
    space: Space,
    /// The number of entries and their checksum, for each class as a first term.
    sections: Vec<(usize, u64)>,
}

impl IndexHeader {
    fn length(key: IndexKey) -> usize {
        MAGIC.len() + 8 * (key.words().len() + 3 + Family::COUNT + 2 * key.range.classes())
    }

    fn read(bytes: &[u8], key: IndexKey) -> Option<Self> {
        let (head, expected) = bytes.split_last_chunk()?;
        (checksum(head) == u64::from_le_bytes(*expected)).then_some(())?;
        let mut rest = head.strip_prefix(MAGIC)?;
        let mut number = || {
            let (number, after) = rest.split_first_chunk()?;
            rest = after;
            Some(u64::from_le_bytes(*number))
        };
        for part in key.words() {
            (number()? == part).then_some(())?;
        }
        (number()? == Family::COUNT as u64).then_some(())?;
        let mut valid = Vec::with_capacity(Family::COUNT);
        for _ in Family::ALL {
            valid.push(u32::try_from(number()?).ok()?);
        }
        (number()? == key.range.classes() as u64).then_some(())?;
        let mut sections = Vec::with_capacity(key.range.classes());
        for _ in 0..key.range.classes() {
            sections.push((usize::try_from(number()?).ok()?, number()?));
        }
        let IndexKey { range, length, weights } = key;
        let space = Space::new(range, length, weights, |family, _, _| valid[family as usize]);
        Some(IndexHeader { space, sections })
    }

    /// The number of bytes behind it.
    fn rest(&self) -> Option<usize> {
        let mut sizes = self.sections.iter().map(|(entries, _)| entries.checked_mul(4));
        sizes.try_fold(0_usize, |sum, size| sum.checked_add(size?))
    }
}

/// The entries of a section, if it is undamaged.
fn section(bytes: &[u8], expected: u64) -> Option<impl Iterator<Item = u32> + '_> {
    let (codes, _) = bytes.as_chunks();
    let codes = codes.iter().map(|code| u32::from_le_bytes(*code));
    (checksum(bytes) == expected).then_some(codes)
}

impl Posterior {
    /// The key of this index.
    pub fn key(&self) -> IndexKey {
        IndexKey::new(self.space.range, self.space.length, self.space.weights)
    }

    /// The index as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let mut add = |number: u64| bytes.extend(number.to_le_bytes());
        self.key().words().into_iter().for_each(&mut add);
        add(self.space.families.len() as u64);
        for family in &self.space.families {
            add(u64::from(family.valid));
        }
        let range = self.space.range;
        add(range.classes() as u64);
        let entries: Vec<u8> = self.codes.iter().flat_map(|code| code.to_le_bytes()).collect();
        for first in range.min()..=range.max() {
            let place = self.find(&[first]);
            add(place.len() as u64);
            add(checksum(&entries[4 * place.start..4 * place.end]));
        }
        let checksum = checksum(&bytes);
        bytes.extend(checksum.to_le_bytes());
        bytes.extend(entries);
        bytes
    }

    /// The index that was written as these bytes, if it is that of these sequences.
    ///
    /// # Errors
    ///
    /// [`UnreadableIndex`] for anything else, however short or damaged.
    pub fn from_bytes(bytes: &[u8], key: IndexKey) -> Result<Self, UnreadableIndex> {
        let read = || {
            let (head, mut rest) = bytes.split_at_checked(IndexHeader::length(key))?;
            let head = IndexHeader::read(head, key)?;
            (head.rest()? == rest.len()).then_some(())?;
            let mut codes = Vec::with_capacity(rest.len() / 4);
            for &(entries, expected) in &head.sections {
                let (of_section, after) = rest.split_at_checked(4 * entries)?;
                codes.extend(section(of_section, expected)?);
                rest = after;
            }
            Some(Self { space: head.space, codes })
        };
        read().ok_or(UnreadableIndex)
    }

    /// The part of an index with the sequences that have this first term. `read(offset, count)`
    /// returns `count` bytes of the index from `offset` on; `size` is the number of all bytes.
    ///
    /// # Errors
    ///
    /// [`UnreadableIndex`] if `read` fails, or these are not the bytes of the index of `key`.
    pub fn beginning_with(
        first: i64,
        key: IndexKey,
        size: u64,
        mut read: impl FnMut(u64, usize) -> Option<Vec<u8>>,
    ) -> Result<Self, UnreadableIndex> {
        let mut part = || {
            let length = IndexHeader::length(key);
            let head = IndexHeader::read(&read(0, length)?, key)?;
            // Then no sum below is too large.
            (length.checked_add(head.rest()?)? as u64 == size).then_some(())?;
            let mut codes = Vec::new();
            if let Some(class) = key.range.class_of(first) {
                let (before, from) = head.sections.split_at(usize::from(class));
                let before: usize = before.iter().map(|(entries, _)| 4 * entries).sum();
                let &(entries, expected) = from.first()?;
                let bytes = read((length + before) as u64, 4 * entries)?;
                codes.extend(section(&bytes, expected)?);
            }
            Some(Self { space: head.space, codes })
        };
        part().ok_or(UnreadableIndex)
    }
}

/// A checksum against damage to files; it does not withstand intent.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    let mut hash = Hash::default();
    hash.add_bytes(bytes);
    hash.0
}

/// FNV-1a on words of 64 bits instead of bytes, which is eight times as fast. The state is
/// rotated after each word, so that the upper bits reach the lower ones.
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Hash {
    fn add(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(29);
    }

    fn add_bytes(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.add(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.add(u64::from_le_bytes(last));
        self.add(bytes.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninth_sequences::{ParameterSpace, Sampler};

    /// A number that changes with the families: their names, their parameters, and the terms
    /// of some hundred relations of each, spread over its parameters, since what stands in the
    /// lists beside the functions is seen there only.
    fn fingerprint(range: IntegerRange) -> u64 {
        const SAMPLES: u32 = 211;
        let mut hash = Hash::default();
        let mut terms = [0; 9];
        for family in Family::ALL {
            hash.add_bytes(family.name().as_bytes());
            hash.add(u64::from(family.phase().number()));
            let space = ParameterSpace::new(family, range);
            hash.add(u64::from(space.count()));
            // Odd, so that lists of even length are passed through as well.
            let stride = (space.count() / SAMPLES) | 1;
            for parameters in (0..space.count()).step_by(stride as usize) {
                let relation = space.relation(parameters);
                let found = relation.map_or(0, |relation| relation.evaluate(&mut terms));
                hash.add(found as u64);
                terms[..found].iter().for_each(|term| hash.add(term.cast_unsigned()));
            }
        }
        hash.0
    }

    #[test]
    fn the_fingerprint_is_that_of_the_families() {
        let found = fingerprint(IntegerRange::default());
        assert_eq!(FINGERPRINT, found, "families have changed: this is their fingerprint now");
    }

    /// Evaluating faster, or in another order, must not make another index: these are the
    /// checksums of the bytes from before anything was made faster.
    #[test]
    fn the_index_is_the_same_as_ever() {
        let sampler = Sampler::new(0, IntegerRange::default(), 9).unwrap();
        let document = PhaseWeights::DOCUMENT;
        for (weights, expected) in [
            (document, 15_504_814_710_526_100_162),
            (document.with_wider(0.5), 954_846_432_896_579_945),
        ] {
            let bytes = Posterior::new(&sampler, weights).to_bytes();
            assert_eq!(checksum(&bytes), expected, "{weights:?}");
        }
    }

    #[test]
    fn bytes_come_back_and_nothing_else_does() {
        // A narrow range, so that every byte can be damaged in turn.
        let range = IntegerRange::new(0, 15).unwrap();
        let weights = PhaseWeights::only(Phase::Simple);
        let sampler = Sampler::new(0, range, 6).unwrap();
        let posterior = Posterior::new(&sampler, weights);
        let bytes = posterior.to_bytes();
        let read = |bytes: &[u8]| Posterior::from_bytes(bytes, IndexKey::new(range, 6, weights));
        let back = read(&bytes).unwrap();
        assert_eq!(back.codes, posterior.codes);
        assert_eq!(back.next(&[1, 2, 3]), posterior.next(&[1, 2, 3]));
        assert_eq!(back.mass(), posterior.mass());

        let key = IndexKey::new(range, 6, weights);
        let part = |first: i64, bytes: &[u8]| {
            Posterior::beginning_with(first, key, bytes.len() as u64, |start, length| {
                bytes.get(start as usize..)?.get(..length).map(<[u8]>::to_vec)
            })
        };
        for first in range.min()..=range.max() {
            let part = part(first, &bytes).unwrap();
            assert_eq!(part.next(&[first]), posterior.next(&[first]));
            assert_eq!(part.next(&[first, 3]), posterior.next(&[first, 3]));
            assert_eq!(part.probability(&[first]), posterior.probability(&[first]));
        }
        assert!(part(16, &bytes).unwrap().is_empty(), "no sequence begins outside the range");
        assert!(part(15, &bytes[..bytes.len() - 1]).is_err());
        assert!(part(0, &bytes[..bytes.len() - 4]).is_err(), "a part that is there, of a part");
        for place in (0..IndexHeader::length(key)).chain(bytes.len() - 100..bytes.len()) {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            assert!(part(15, &damaged).is_err(), "byte {place}");
        }

        for length in (0..200).chain(bytes.len() - 9..bytes.len()) {
            assert!(read(&bytes[..length]).is_err(), "{length}");
        }
        let mut longer = bytes.clone();
        longer.extend([0; 4]);
        assert!(read(&longer).is_err());
        let mut other = bytes.clone();
        let last = other.len() - 1;
        other[last] ^= 1;
        assert!(key.seal(&mut other) && read(&other).is_ok() && other != bytes);
        assert!(!key.seal(&mut other[..last]) && !key.seal(&mut other[..100]));
        for place in (0..bytes.len()).step_by(bytes.len().div_ceil(3000)) {
            for bit in [1, 0x80] {
                let mut damaged = bytes.clone();
                damaged[place] ^= bit;
                assert!(read(&damaged).is_err(), "byte {place}");
            }
        }

        assert!(Posterior::from_bytes(&bytes, IndexKey::new(range, 7, weights)).is_err());
        assert!(
            Posterior::from_bytes(&bytes, IndexKey::new(range, 6, PhaseWeights::DOCUMENT)).is_err()
        );
        let other = IntegerRange::new(0, 16).unwrap();
        assert!(Posterior::from_bytes(&bytes, IndexKey::new(other, 6, weights)).is_err());
    }
}
