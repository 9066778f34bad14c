//! Starts beyond the table: `257 263 269 271 277` are primes, `1000000 1002001` squares.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use super::{Entry, Row, Source, table};
use crate::bits;
use crate::terms::Terms;

/// Where in the known sequence the first term stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Start {
    /// At this place, counted from 0.
    Place(usize),
    /// At this number, among the numbers with a property; its place is not known.
    Value(u64),
}

/// Kinds of numbers that need tests of primality only, so that large ones can be looked at.
const BY_PRIMALITY: [u32; 25] = [
    40, 1359, 6512, 1097, 14574, 5384, 5385, 23200, 23201, 2144, 2145, 2476, 7528, 3627, 7519,
    7520, 7521, 7522, 30430, 30431, 30432, 30433, 8864, 6093, 65091,
];

/// The largest numbers that are tested for primes and for other properties: the latter may need
/// all factors.
const LARGEST_BY_PRIMALITY: u64 = 1 << 61;
const LARGEST_NUMBER: u64 = 1 << 20;

/// The most numbers that are looked at between the terms.
const MOST_BETWEEN: u64 = 4_000;

/// The largest index of a polynomial.
const LARGEST_INDEX: i64 = 1 << 30;

/// How many terms of an entry are made to reach a start.
const MOST_TERMS: usize = 600;

/// The most entries that are continued so far.
const MOST_CONTINUED: usize = 6;

/// The entries that hold the terms in a row, from a start beyond the table on.
pub(super) fn search(terms: &Terms) -> Vec<(&'static Entry, Start)> {
    let exact = terms.exact();
    if !exact[0].is_positive() || exact.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut continued = 0;
    for row in table() {
        let start = match row.entry.source {
            Source::Numbers(property) => numbers(row, property, terms),
            Source::List(_) => None,
            _ => grows_alike(row, terms).and_then(|count| match row.entry.source {
                Source::Formula(_, []) | Source::Values(_) => by_index(row, terms),
                _ => {
                    continued += 1;
                    let bounded = continued <= MOST_CONTINUED && count <= MOST_TERMS;
                    bounded.then(|| continuation(row.entry, count, terms)).flatten()
                }
            }),
        };
        found.extend(start.map(|start| (row.entry, start)));
    }
    found
}

/// The numbers of an entry from one of them on.
pub(super) fn numbers_from(entry: &Entry, from: u64, count: usize) -> Vec<BigInt> {
    let Source::Numbers(property) = entry.source else { return Vec::new() };
    let tested = (from..from.saturating_add(super::MOST_TESTED)).filter(|&n| property(n));
    tested.take(count).map(BigInt::from).collect()
}

/// Whether the terms are the numbers with a property that follow each other.
fn numbers(row: &Row, property: fn(u64) -> bool, terms: &Terms) -> Option<Start> {
    let small = terms.small()?;
    let (first, last) = (small[0].unsigned_abs(), small[small.len() - 1].unsigned_abs());
    let largest = match BY_PRIMALITY.contains(&row.entry.number) {
        true => LARGEST_BY_PRIMALITY,
        false => LARGEST_NUMBER,
    };
    let beyond = row.small.last().is_some_and(|&end| small[small.len() - 1] > end);
    if !beyond || last > largest || last - first > MOST_BETWEEN {
        return None;
    }
    // What is left out is looked at last: it is more.
    let all_have = small.iter().all(|&it| property(it.unsigned_abs()));
    let between = |pair: &[i64]| !(pair[0] + 1..pair[1]).any(|it| property(it.unsigned_abs()));
    if !all_have || !small.windows(2).all(between) {
        return None;
    }
    // Where the place is within reach it is counted: it is a shorter description.
    const COUNTED: u64 = 20_000;
    Some(match first < COUNTED {
        true => Start::Place((0..first).filter(|&it| property(it)).count()),
        false => Start::Value(first),
    })
}

/// The index of the first term, by bisection, where the entry rises.
fn by_index(row: &Row, terms: &Terms) -> Option<Start> {
    let exact = terms.exact();
    let end = row.small.len();
    // What rises from its seventh term on is taken to go on like that.
    if end < 12 || !row.small[6..].windows(2).all(|pair| pair[0] <= pair[1]) {
        return None;
    }
    let node = row.entry.node();
    let first = row.entry.first;
    let term = |place: i64| row.entry.term(node.as_ref(), first + place);
    // What has no value is too large.
    let below = |place: i64| term(place).is_some_and(|value| value < exact[0]);
    let (mut low, mut high) = (0, end as i64);
    while below(high) {
        low = high;
        high *= 2;
        if high > LARGEST_INDEX {
            return None;
        }
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if below(middle) { low = middle } else { high = middle }
    }
    let mut places = high..;
    let fits = exact.iter().all(|given| places.next().and_then(term).as_ref() == Some(given));
    fits.then(|| usize::try_from(high).ok().map(Start::Place)).flatten()
}

/// How the last terms of a row grow: as a power of the index, or by a ratio.
enum Growth {
    Power(f64),
    Ratio { last: f64, rises: bool },
}

fn growth(small: &[i64]) -> Option<(Growth, f64)> {
    let &[.., before, last] = small else { return None };
    let middle = small.get(small.len() / 2)?;
    if small.len() < 8 || *middle < 1 || last <= before || before < *middle {
        return None;
    }
    let (last, before, middle) = (last as f64, before as f64, *middle as f64);
    let halves = (small.len() - 1) as f64 / (small.len() / 2) as f64;
    let power = (last / middle).ln() / halves.ln();
    // A power of the index grows by 1 + power/index, which soon is little.
    if (last / before - 1.0) * (small.len() as f64 - 1.0) < 1.5 * power.max(1.0) && power < 12.0 {
        return Some((Growth::Power(power), last));
    }
    let earlier = (before / middle).powf(1.0 / (small.len() as f64 / 2.0 - 1.0));
    Some((Growth::Ratio { last: last / before, rises: last / before > 1.02 * earlier }, last))
}

/// How many terms it may take to reach the given ones, where the entry grows as they do.
fn grows_alike(row: &Row, terms: &Terms) -> Option<usize> {
    let (growth, last) = growth(&row.small)?;
    let exact = terms.exact();
    if exact[exact.len() - 1] <= BigInt::from(*row.small.last()?) {
        return None;
    }
    let [first, end] = [&exact[0], &exact[exact.len() - 1]].map(bits::log2);
    // The logarithm of the ratio of terms that follow each other.
    let given = (end - first) / (exact.len() - 1) as f64;
    let more = match growth {
        Growth::Power(power) => {
            let times = ((end - last.log2()) / power).exp2();
            let index = times * row.small.len() as f64;
            let expected = power * std::f64::consts::LOG2_E / index;
            if !(0.5..2.0).contains(&(given / expected)) {
                return None;
            }
            index - row.small.len() as f64
        }
        Growth::Ratio { last: ratio, rises } => {
            let of_row = ratio.log2();
            let alike = match rises {
                true => (0.98..8.0).contains(&(given / of_row)),
                false => (0.7..1.02).contains(&(given / of_row)),
            };
            if !alike {
                return None;
            }
            (end - last.log2()) / of_row.min(given)
        }
    };
    Some(row.small.len() + exact.len() + 2 + more.max(0.0).to_usize()?)
}

/// Where the terms stand among the first ones of an entry.
fn continuation(entry: &Entry, count: usize, terms: &Terms) -> Option<Start> {
    let all = entry.terms(count);
    let place = all.iter().position(|term| term == &terms.exact()[0])?;
    (all.get(place..place + terms.len()) == Some(terms.exact())).then_some(Start::Place(place))
}
