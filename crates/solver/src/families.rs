//! The families of relations that have no solver of their own: their parameters are tried.
//!
//! To evaluate all of them takes tens of milliseconds. So a byte is kept of each, a hash of its
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

/// The hashes of all parameter tuples, family by family; 0 where there are not so many terms.
/// The test `hashes_are_those_of_the_families` compares them with what the families make, and
/// `write_the_hashes` writes them.
const HASHES: &[u8] = include_bytes!("families.bin");

/// Hashes that are looked through at once.
const CHUNK: usize = 64;

static SPACES: LazyLock<Vec<ParameterSpace>> = LazyLock::new(|| {
    FAMILIES.map(|family| ParameterSpace::new(family, IntegerRange::default())).into()
});

/// A hash of the first terms other than 0.
fn hash(key: &[i64; KEY]) -> u8 {
    let mixed = key.iter().fold(0_u64, |hash, term| {
        (hash ^ *term as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
    });
    (mixed % 255) as u8 + 1
}

/// Finds the relations of these families behind at least six terms.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    let Some(small) = terms.small() else { return };
    let Some(key) = small.first_chunk::<KEY>() else { return };
    if terms.is_constant() {
        return;
    }
    let wanted = hash(key);
    let mut all: Vec<Relation> = Vec::new();
    let mut buffer = vec![0; small.len()];
    let mut rest = HASHES;
    for space in SPACES.iter() {
        let (hashes, after) = rest.split_at(rest.len().min(space.count() as usize));
        rest = after;
        for (chunk, from) in hashes.chunks(CHUNK).zip((0_u32..).step_by(CHUNK)) {
            // Counted first, since that takes many at a time.
            if chunk.iter().filter(|&&hash| hash == wanted).count() == 0 {
                continue;
            }
            for (_, index) in chunk.iter().zip(from..).filter(|(hash, _)| **hash == wanted) {
                if space.evaluate(index, &mut buffer) == small.len() && buffer == small {
                    all.extend(space.relation(index));
                }
            }
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
        spaces.flat_map(|space| (0..space.count()).map(move |index| of(space, index))).collect()
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
