//! Known sequences by their first terms.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Part, STARTS};
use crate::catalogue;

/// Terms that a key is made of.
pub(super) const KEY: usize = 4;

/// The places of entries and their starts, by the first terms from there on.
struct Tails {
    places: HashMap<[u64; KEY], Vec<(u16, u8)>>,
    /// A bit for each key, by some bits of a hash: what is not there is no key. It is small
    /// enough to stay in the fastest cache, as nearly all that is asked for is no key.
    filter: Vec<u64>,
}

/// Bits of a hash that choose the bit of the filter.
const FILTER: u32 = 17;

static TAILS: LazyLock<Tails> = LazyLock::new(|| {
    let mut tails = Tails { places: HashMap::new(), filter: vec![0; 1 << (FILTER - 6)] };
    for (row, place) in catalogue::table().iter().zip(0..) {
        for start in 0..STARTS {
            let Some(&key) = row.low.get(start..).and_then(|rest| rest.first_chunk()) else {
                break;
            };
            if key.iter().all(|term| *term == key[0]) {
                continue; // a constant is part of a line
            }
            let (word, bit) = hash(&key);
            tails.filter[word] |= bit;
            tails.places.entry(key).or_default().push((place, start as u8));
        }
    }
    tails
});

/// The word of the filter, and the bit of it.
fn hash(key: &[u64; KEY]) -> (usize, u64) {
    // Multiplications spread low bits upwards, where the result is taken from.
    let [a, b, c, d] = *key;
    let one = (a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let other = (c.wrapping_mul(0x94d0_49bb_1331_11eb) ^ d).wrapping_mul(0xd6e8_feb8_6659_fd93);
    let mixed = (one ^ (other >> 29) ^ other.rotate_left(17)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let place = mixed >> (64 - FILTER);
    ((place >> 6) as usize, 1 << (place & 63))
}

/// Whether these may be the first terms of an entry; some others are let through.
pub(super) fn is_key(key: &[u64; KEY]) -> bool {
    let (word, bit) = hash(key);
    TAILS.filter[word] & bit != 0
}

/// The entries whose terms these are.
pub(super) fn known(terms: &[u64]) -> impl Iterator<Item = Part> + '_ {
    let key = terms.first_chunk().filter(|key| is_key(key));
    let places = key.and_then(|key| TAILS.places.get(key)).into_iter().flatten();
    places.filter_map(move |&(place, start)| {
        let row = &catalogue::table()[usize::from(place)];
        let rest = row.low.get(usize::from(start)..)?;
        let compared = rest.len().min(terms.len());
        (rest[..compared] == terms[..compared])
            .then(|| Part { entry: row.entry, start: usize::from(start) })
    })
}
