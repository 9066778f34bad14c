//! Two known sequences in turn, with one index.

use std::sync::LazyLock;

use super::part::{FIRST, Part};
use super::tails::hash;
use crate::catalogue::{self, Row};
use crate::terms::Terms;

/// Starts that are tried of sequences in turn: squares and cubes in turn may begin anywhere.
const STARTS_IN_TURN: usize = 12;

fn hash_of_two(one: u64, other: u64) -> u64 {
    hash(&[one, other, 0, 0])
}

/// Rows and their places by a hash of the term there and the next but one, in increasing order.
static SECONDS: LazyLock<Vec<(u64, u16, u8)>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (row, number) in catalogue::table().iter().zip(0..) {
        let pairs = row.low.iter().zip(row.low.iter().skip(2)).zip(0..);
        let pairs = pairs.take(STARTS_IN_TURN + 1);
        all.extend(pairs.map(|((one, other), place)| (hash_of_two(*one, *other), number, place)));
    }
    all.sort_unstable();
    all
});

/// The pairs of which one has the terms at even places and the other those at odd ones, with one
/// index.
pub(super) fn in_turn(terms: &Terms) -> Vec<(Part, Part)> {
    let mut all = Vec::new();
    let x = terms.low();
    let count = x.len();
    if count < 5 {
        return all;
    }
    // Those that have the terms at even places, and at odd ones, by start.
    let mut even: Vec<Vec<&Row>> = vec![Vec::new(); STARTS_IN_TURN];
    let mut odd = even.clone();
    for (first, found) in [&mut even, &mut odd].into_iter().enumerate() {
        let wanted = hash_of_two(x[first], x[first + 2]);
        let from = SECONDS.partition_point(|(hash, ..)| *hash < wanted);
        let same = SECONDS[from..].iter().take_while(|(hash, ..)| *hash == wanted);
        for &(_, row, place) in same {
            let row = &catalogue::table()[usize::from(row)];
            let Some(start) = usize::from(place).checked_sub(first) else { continue };
            // Five terms are enough for the best known ones.
            if start >= STARTS_IN_TURN || (count == 5 && row.entry.bits() > FIRST) {
                continue;
            }
            let Some(s) = row.low.get(start..start + count) else { continue };
            if (first..count).step_by(2).all(|place| x[place] == s[place]) {
                found[start].push(row);
            }
        }
    }
    if even.iter().all(Vec::is_empty) {
        return all;
    }
    for (start, (even, odd)) in even.iter().zip(&odd).enumerate() {
        for left in even {
            for right in odd.iter().filter(|right| right.entry != left.entry) {
                // With one origin: the index of the first term is the same.
                let shift = left.entry.first_index() - right.entry.first_index();
                if shift == 0 {
                    let of = |row: &Row| Part { entry: row.entry, start };
                    all.push((of(left), of(right)));
                }
            }
        }
    }
    all
}
