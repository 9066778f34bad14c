//! The places of the table by the ratio of two differences in a row: where a multiple of an entry
//! with a constant added may stand is looked up, instead of looking at every place.

use std::sync::LazyLock;

use super::table;

/// The steps that are tried. Backwards is -1.
pub(super) const STEPS: [i64; 5] = [1, 2, 3, 4, -1];

/// A place of the table, and the step from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) row: u16,
    /// The place of the step among all steps.
    pub(super) step: u8,
    pub(super) place: u8,
}

struct Index {
    /// Where the places of each bucket of keys end, and those of the one before it.
    ends: Vec<u32>,
    places: Vec<(u32, Place)>,
    /// Those whose ratio is not known from what is kept of the terms, with both differences.
    others: Vec<(u64, u64, Place)>,
}

/// Bits of a key that choose its bucket.
const BUCKET: u32 = 15;

/// The odd part of the ratio modulo 2^32 and the power of two in it, mixed; `None` where the
/// numbers, given modulo 2^64, do not tell it.
fn key(one: u64, next: u64) -> Option<u32> {
    const MOST: u32 = 32;
    if next == 0 {
        return (one != 0).then_some(0);
    }
    let (of_one, of_next) = (one.trailing_zeros(), next.trailing_zeros());
    if one == 0 || of_one > MOST || of_next > MOST {
        return None;
    }
    let (odd, over) = ((next >> of_next) as u32, (one >> of_one) as u32);
    // Newton's iteration from three right bits: 6, 12, 24, 48.
    let inverse = (0..4).fold(over, |inverse, _| {
        inverse.wrapping_mul(2_u32.wrapping_sub(over.wrapping_mul(inverse)))
    });
    let ratio = odd.wrapping_mul(inverse);
    let power = of_next.wrapping_sub(of_one);
    Some((ratio ^ power.wrapping_mul(0x85eb_ca6b)).wrapping_mul(0x9e37_79b1) | 1)
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let (mut all, mut others) = (Vec::new(), Vec::new());
    for (row, number) in table().iter().zip(0..) {
        for (step, by) in STEPS.into_iter().zip(0..) {
            for place in 0..row.low.len() {
                let at = |k: i64| usize::try_from(place as i64 + step * k).ok();
                let (Some(one), Some(two)) = (at(1), at(2)) else { continue };
                let (Some(&second), Some(&third)) = (row.low.get(one), row.low.get(two)) else {
                    continue;
                };
                let base = second.wrapping_sub(row.low[place]);
                let next = third.wrapping_sub(second);
                let is_small = place.max(two) < row.small.len();
                let here = Place { row: number, step: by, place: place as u8 };
                match key(base, next) {
                    Some(key) if is_small || (base != 0 && next != 0) => all.push((key, here)),
                    _ if base != 0 => others.push((base, next, here)),
                    _ => {}
                }
            }
        }
    }
    // Sorted by their buckets; within one, as they were.
    let bucket = |key: u32| (key >> (32 - BUCKET)) as usize;
    let mut ends = vec![0_u32; (1 << BUCKET) + 1];
    for (key, _) in &all {
        ends[bucket(*key) + 1] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    let mut next = ends.clone();
    let mut places = all.clone();
    for (key, place) in all {
        let at = &mut next[bucket(key)];
        places[*at as usize] = (key, place);
        *at += 1;
    }
    Index { ends, places, others }
});

/// The places from which a row may have differences of this ratio, if that can be looked up; in
/// the order of the table.
pub(super) fn places(one: u64, next: u64) -> Option<Vec<Place>> {
    let wanted = key(one, next)?;
    let bucket = (wanted >> (32 - BUCKET)) as usize;
    let range = INDEX.ends[bucket] as usize..INDEX.ends[bucket + 1] as usize;
    let found = INDEX.places[range].iter().filter(|(key, _)| *key == wanted);
    let mut all: Vec<Place> = found.map(|(_, place)| *place).collect();
    let fits = |base: u64, rise: u64| next.wrapping_mul(base) == one.wrapping_mul(rise);
    let others = INDEX.others.iter().filter(|(base, rise, _)| fits(*base, *rise));
    all.extend(others.map(|(.., place)| *place));
    // Both parts are in order already.
    all.sort();
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_ratios_have_one_key() {
        for (one, next) in [(3_i64, 7_i64), (-12, 40), (1, -1), (1024, 6), (5, 0)] {
            for factor in [1_i64, -1, 2, 9, -96, 1 << 20] {
                let scaled = key((one * factor) as u64, (next * factor) as u64);
                assert_eq!(scaled, key(one as u64, next as u64));
                assert!(scaled.is_some());
            }
        }
        assert_ne!(key(3, 7), key(7, 3));
        assert_ne!(key(1, 2), key(1, 4));
        assert_eq!(key(0, 1), None);
        assert_eq!(key(1 << 40, 1), None);
    }

    #[test]
    fn every_place_with_the_ratio_is_found() {
        let found = places(3, 5).unwrap();
        assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
        let squares = table().iter().position(|row| row.entry.number() == "A000290").unwrap();
        // 1, 4, 9: the differences are 3 and 5.
        let wanted = Place { row: squares as u16, step: 0, place: 1 };
        assert!(found.contains(&wanted));
    }
}
