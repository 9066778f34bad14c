//! The families of relations that have no solver of their own: their parameters are tried.
//!
//! The first question that a process asks is answered by a scan, which takes some milliseconds;
//! with the second one a table is made of the first terms of all of them, which takes longer
//! once, and then no time at all. Both find the same.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

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

/// Terms that are compared first.
const KEY: usize = 4;

static SPACES: LazyLock<Vec<ParameterSpace>> = LazyLock::new(|| {
    FAMILIES.map(|family| ParameterSpace::new(family, IntegerRange::default())).into()
});

/// Families and parameter tuples, by their first terms.
type Table = HashMap<[i64; KEY], Vec<(u8, u32)>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::new();
    for (space, place) in SPACES.iter().zip(0..) {
        for index in 0..space.count() {
            let mut key = [0; KEY];
            if space.evaluate(index, &mut key) == KEY {
                table.entry(key).or_default().push((place, index));
            }
        }
    }
    table
});

/// Finds the relations of these families behind at least six terms.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    static ASKED: AtomicBool = AtomicBool::new(false);
    let Some(small) = terms.small() else { return };
    if small.len() < 6 || terms.is_constant() {
        return;
    }
    let Some(key) = small.first_chunk::<KEY>() else { return };
    let mut all: Vec<Relation> = Vec::new();
    let mut buffer = vec![0; small.len()];
    let mut check = |place: usize, index: u32| {
        let space = &SPACES[place];
        if space.evaluate(index, &mut buffer) == small.len() && buffer == small {
            all.extend(space.relation(index));
        }
    };
    if ASKED.swap(true, Ordering::Relaxed) {
        for &(place, index) in TABLE.get(key).into_iter().flatten() {
            check(usize::from(place), index);
        }
    } else {
        for (place, space) in SPACES.iter().enumerate() {
            let mut begin = [0; 2];
            for index in 0..space.count() {
                if space.evaluate(index, &mut begin) == 2 && begin == key[..2] {
                    check(place, index);
                }
            }
        }
    }
    found.extend(all.into_iter().map(|relation| Rule::new(DrawnRelation::new(relation))));
}
