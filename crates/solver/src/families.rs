//! The families of relations that have no solver of their own: their parameters are tried.
//!
//! To evaluate all of them takes tens of milliseconds. So two bytes are kept of each, a hash of its
//! first terms, and those of the same hash as the given terms are evaluated.

use std::sync::LazyLock;

use ninth_sequences::{Family, IntegerRange, ParameterSpace, Relation};

use crate::relations::DrawnRelation;
use crate::rule::Rule;
use crate::terms::Terms;

/// The families that are tried.
const FAMILIES: [Family; 10] = [
    Family::GivenParts,
    Family::PartsInClasses,
    Family::Iterated,
    Family::RoundedRoot,
    Family::RoundedQuotients,
    Family::Forced,
    Family::Rows,
    Family::Pascal,
    Family::WeightedTriangle,
    Family::Cells,
];

/// Terms that the hash is of.
const KEY: usize = 6;

/// The hashes of all parameter tuples, family by family, two bytes each; 0 where there are not so
/// many terms. The test `hashes_are_those_of_the_families` compares them with what the families
/// make, and `write_the_hashes` writes them.
const HASHES: &[u8] = include_bytes!("families.bin");

/// The places of all tuples in the order of their hashes, and where those of each hash end.
struct Index {
    places: Vec<u32>,
    ends: Vec<u32>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let hashes = || HASHES.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
    let mut ends = vec![0_u32; 1 << 16];
    for hash in hashes() {
        ends[usize::from(hash)] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        // Where the places of this hash begin, until they are put there.
        sum += std::mem::replace(end, sum);
    }
    let mut places = vec![0; sum as usize];
    for (place, hash) in (0_u32..).zip(hashes()) {
        let end = &mut ends[usize::from(hash)];
        places[*end as usize] = place;
        *end += 1;
    }
    Index { places, ends }
});

static SPACES: LazyLock<Vec<ParameterSpace>> = LazyLock::new(|| {
    FAMILIES.map(|family| ParameterSpace::new(family, IntegerRange::default())).into()
});

/// A hash of the first terms other than 0.
fn hash(key: &[i64; KEY]) -> u16 {
    let mixed = key.iter().fold(0_u64, |hash, term| {
        (hash ^ *term as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
    });
    (mixed % 65_535) as u16 + 1
}

/// Finds the relations of these families behind at least six terms.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    let Some(small) = terms.small() else { return };
    let Some(key) = small.first_chunk::<KEY>() else { return };
    if terms.is_constant() {
        return;
    }
    let wanted = usize::from(hash(key));
    let mut all: Vec<Relation> = Vec::new();
    let mut buffer = vec![0; small.len()];
    // No tuple with terms has the hash 0.
    let range = INDEX.ends[wanted - 1] as usize..INDEX.ends[wanted] as usize;
    let mut spaces = SPACES.iter();
    let (mut space, mut from) = (spaces.next(), 0);
    for &place in &INDEX.places[range] {
        while let Some(here) = space
            && place - from >= here.count()
        {
            from += here.count();
            space = spaces.next();
        }
        let Some(space) = space else { break };
        if space.evaluate(place - from, &mut buffer) == small.len() && buffer == small {
            all.extend(space.relation(place - from));
        }
    }
    found.extend(all.into_iter().map(|relation| Rule::new(DrawnRelation::new(relation))));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes() -> Vec<u8> {
        let of = |space: &ParameterSpace, index: u32| {
            let mut key = [0; KEY];
            if space.evaluate(index, &mut key) == KEY { hash(&key) } else { 0 }
        };
        let spaces = SPACES.iter();
        let all = spaces.flat_map(|space| (0..space.count()).map(move |index| of(space, index)));
        all.flat_map(u16::to_le_bytes).collect()
    }

    /// Writes the hashes anew: `cargo test -p ninth-solver write_the_hashes -- --ignored`.
    #[test]
    #[ignore = "writes a file of the source"]
    fn write_the_hashes() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/families.bin");
        std::fs::write(path, hashes()).unwrap();
    }

    #[test]
    fn hashes_are_those_of_the_families() {
        assert!(HASHES == hashes());
    }

    #[test]
    fn a_relation_of_each_family_is_found() {
        for (space, family) in SPACES.iter().zip(FAMILIES) {
            let mut terms = [0; 9];
            let varied = |terms: &[i64]| terms.iter().any(|term| *term != terms[0]);
            let index = (space.count() / 2..space.count())
                .find(|&index| space.evaluate(index, &mut terms) == 9 && varied(&terms));
            assert!(index.is_some(), "{family:?}");
            let mut found = Vec::new();
            solve(&Terms::from(&terms[..]), &mut found);
            let expected = space.relation(index.unwrap()).map(DrawnRelation::new).map(Rule::new);
            assert!(found.contains(&expected.unwrap()), "{family:?}");
        }
    }
}
