//! A set of small integers with access to the member of a given rank.
//!
//! The valid parameters of the document's families are 1.3 million integers. As plain lists
//! they fill more than 5 MB, and looking one up at random cost 57 of the 135 ns of a draw
//! (measured with 1.7 million), in cache misses; as one bit per parameter tuple, with
//! an index of anchors, they fill 0.44 MB and stay in the cache.

/// A set of `u32`, in increasing order. Immutable, with members found by their rank.
#[derive(Debug)]
pub(crate) struct IndexSet {
    /// One bit per index, then a word of zeros.
    words: Box<[u64]>,
    /// The members of rank 0, `2^shift`, `2 2^shift`, ...
    anchors: Box<[u32]>,
    shift: u32,
    length: usize,
}

/// Anchors are at most 32 members apart.
const LARGEST_SHIFT: u32 = 5;

/// At most one in 16 members may lie further behind its anchor than a word is long. A smaller
/// part takes more anchors than it saves time: one in 64 takes 0.13 MB more.
const SELDOM: usize = 16;

impl IndexSet {
    /// The set of the indices below `end` for which `wanted` holds.
    pub(crate) fn new(end: u32, wanted: impl Fn(u32) -> bool) -> Self {
        let mut words = vec![0; end.div_ceil(u64::BITS) as usize + 1];
        let mut length = 0;
        for index in (0..end).filter(|&index| wanted(index)) {
            words[(index / u64::BITS) as usize] |= 1 << (index % u64::BITS);
            length += 1;
        }
        let mut set = Self { words: words.into(), anchors: Box::default(), shift: 0, length };
        // A search within one word needs no branch. Anchors stand as densely as that takes,
        // in the sparsest sets at every member.
        let fits = |shift: &u32| set.far(*shift) * SELDOM <= length;
        set.shift = (0..=LARGEST_SHIFT).rev().find(fits).unwrap_or(0);
        set.anchors = set.iter().step_by(1 << set.shift).collect();
        set
    }

    /// With an anchor at every `2^shift`-th member, the number of members that lie further
    /// behind theirs than a word is long.
    fn far(&self, shift: u32) -> usize {
        let mut anchor = 0;
        let far = |(rank, member): &(usize, u32)| {
            if rank % (1 << shift) == 0 {
                anchor = *member;
            }
            member - anchor >= u64::BITS
        };
        self.iter().enumerate().filter(far).count()
    }

    /// The number of members.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// The member with `rank` smaller ones; `None` when there is none.
    pub(crate) fn get(&self, rank: usize) -> Option<u32> {
        if rank >= self.length {
            return None;
        }
        let anchor = *self.anchors.get(rank >> self.shift)?;
        let mut to_pass = rank as u64 & ((1 << self.shift) - 1);
        let mut place = (anchor / u64::BITS) as usize;
        let offset = anchor % u64::BITS;
        // The 64 bits from the anchor on.
        let [low, high] = *self.words.get(place..place + 2)?.first_chunk()?;
        let window = low >> offset | high << 1 << (u64::BITS - 1 - offset);
        let sums = byte_sums(window);
        if to_pass < sums >> 56 {
            return Some(anchor + select(window, sums, to_pass));
        }
        // One in `SELDOM` members is further away.
        to_pass -= sums >> 56;
        let mut word = high & (u64::MAX << offset);
        loop {
            place += 1;
            let sums = byte_sums(word);
            if to_pass < sums >> 56 {
                return Some(place as u32 * u64::BITS + select(word, sums, to_pass));
            }
            to_pass -= sums >> 56;
            word = *self.words.get(place + 1)?;
        }
    }

    /// The members in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        let nonzero = |word: u64| (word != 0).then_some(word);
        self.words.iter().enumerate().flat_map(move |(place, &word)| {
            // The word, with its lowest bit cleared again and again.
            let rests =
                std::iter::successors(nonzero(word), move |rest| nonzero(rest & (rest - 1)));
            rests.map(move |rest| place as u32 * u64::BITS + rest.trailing_zeros())
        })
    }
}

/// Every byte is 1.
const ONES: u64 = u64::MAX / 255;

/// Byte `i` is the number of bits set in the bytes 0 to `i`.
const fn byte_sums(word: u64) -> u64 {
    let pairs = word - ((word >> 1) & (ONES * 0x55));
    let nibbles = (pairs & (ONES * 0x33)) + ((pairs >> 2) & (ONES * 0x33));
    ((nibbles + (nibbles >> 4)) & (ONES * 0x0F)).wrapping_mul(ONES)
}

/// The number of bytes of `sums` that are at most `number`. All of them are at most 127.
const fn bytes_at_most(number: u64, sums: u64) -> u32 {
    let high = ONES << 7;
    ((((((number * ONES) | high) - sums) & high) >> 7).wrapping_mul(ONES) >> 56) as u32
}

/// The position of the set bit of `word` with `rank` lower ones, which must exist; `sums` are
/// the [`byte_sums`]. Without branches and tables, after S. Vigna, "Broadword
/// implementation of rank/select queries", 2008.
const fn select(word: u64, sums: u64, rank: u64) -> u32 {
    let place = 8 * bytes_at_most(rank, sums);
    let rank = rank - (sums << 8 >> place & 0xFF);
    let byte = word >> place & 0xFF;
    // Each bit of the byte in a byte of its own, first where it stood, then as a number.
    let spread = (byte * ONES) & 0x8040_2010_0804_0201;
    let bits = (spread + ONES * 0x7F) >> 7 & ONES;
    place + bytes_at_most(rank, bits.wrapping_mul(ONES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn members_are_found_by_rank_and_in_order() {
        let mut rng = Rng::new(5);
        for end in [0, 1, 63, 64, 65, 1000, 20_000] {
            for one_in in [1, 2, 3, 50, 5000] {
                let wanted: Vec<bool> = (0..end).map(|_| rng.below(one_in) == 0).collect();
                let set = IndexSet::new(end, |index| wanted[index as usize]);
                let list: Vec<u32> = (0..end).filter(|&index| wanted[index as usize]).collect();
                assert_eq!(set.len(), list.len());
                assert_eq!(set.iter().collect::<Vec<_>>(), list);
                let by_rank: Vec<u32> = (0..list.len()).filter_map(|rank| set.get(rank)).collect();
                assert_eq!(by_rank, list);
                assert_eq!(set.get(list.len()), None);
                assert_eq!(set.get(usize::MAX), None);
            }
        }
    }
}
