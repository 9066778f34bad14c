//! Known sequences by their first terms.

use std::sync::LazyLock;

use super::part::{Part, STARTS};
use crate::catalogue;

/// Terms that a key is made of.
pub(super) const KEY: usize = 4;

/// The places of entries and their starts, by the first terms from there on.
struct Tails {
    /// The hash of the terms, the place and the start, in increasing order.
    places: Vec<(u64, u16, u8)>,
    /// A bit for each key, by some bits of a hash: what is not there is no key. It is small
    /// enough to stay in the fastest cache, as nearly all that is asked for is no key.
    filter: Vec<u64>,
}

/// Bits of a hash that choose the bit of the filter.
const FILTER: u32 = 17;

static TAILS: LazyLock<Tails> = LazyLock::new(|| {
    let mut tails = Tails { places: Vec::new(), filter: vec![0; 1 << (FILTER - 6)] };
    for (row, place) in catalogue::table().iter().zip(0..) {
        for start in 0..STARTS {
            let Some(&key) = row.low.get(start..).and_then(|rest| rest.first_chunk()) else {
                break;
            };
            if key.iter().all(|term| *term == key[0]) {
                continue; // a constant is part of a line
            }
            let hash = hash(&key);
            let (word, bit) = bit(hash);
            tails.filter[word] |= bit;
            tails.places.push((hash, place, start as u8));
        }
    }
    tails.places.sort_unstable();
    tails
});

/// A hash that is linear: that of a sum of terms is the sum of their hashes.
pub(super) fn hash(key: &[u64; KEY]) -> u64 {
    const FACTORS: [u64; KEY] = [
        0x9e37_79b9_7f4a_7c15,
        0xbf58_476d_1ce4_e5b9,
        0x94d0_49bb_1331_11eb,
        0xd6e8_feb8_6659_fd93,
    ];
    key.iter()
        .zip(FACTORS)
        .fold(0, |sum, (term, factor)| sum.wrapping_add(term.wrapping_mul(factor)))
}

/// The word of the filter, and the bit of it.
fn bit(hash: u64) -> (usize, u64) {
    let place = hash >> (64 - FILTER);
    ((place >> 6) as usize, 1 << (place & 63))
}

/// Whether terms with this hash may be the first ones of an entry; some others are let through.
pub(super) fn may_be(hash: u64) -> bool {
    let (word, bit) = bit(hash);
    TAILS.filter[word] & bit != 0
}

/// Whether these may be the first terms of an entry; some others are let through.
pub(super) fn is_key(key: &[u64; KEY]) -> bool {
    may_be(hash(key))
}

/// The entries whose terms these are.
pub(crate) fn known(terms: &[u64]) -> impl Iterator<Item = Part> + '_ {
    let key = terms.first_chunk().map(hash).filter(|hash| may_be(*hash));
    let places = key.into_iter().flat_map(|key| {
        let from = TAILS.places.partition_point(|(hash, ..)| *hash < key);
        TAILS.places[from..].iter().take_while(move |(hash, ..)| *hash == key)
    });
    places.filter_map(move |&(_, place, start)| {
        let row = &catalogue::table()[usize::from(place)];
        let rest = row.low.get(usize::from(start)..)?;
        let compared = rest.len().min(terms.len());
        (rest[..compared] == terms[..compared])
            .then(|| Part { entry: row.entry, start: usize::from(start) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_linear_and_lets_every_key_through() {
        let (one, other) = ([3, u64::MAX, 1 << 63, 7], [9, 12, u64::MAX - 4, 0]);
        let sum = std::array::from_fn(|place| u64::wrapping_add(one[place], other[place]));
        assert_eq!(hash(&sum), hash(&one).wrapping_add(hash(&other)));
        assert!(TAILS.places.iter().all(|(hash, ..)| may_be(*hash)));
        let set: u32 = TAILS.filter.iter().map(|word| word.count_ones()).sum();
        assert!(set < 1 << (FILTER - 4), "{set}");
    }
}
