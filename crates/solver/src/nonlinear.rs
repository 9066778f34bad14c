//! Nonlinear recurrences: a new term from products and squares of the last ones.
//!
//! Each of a list of small sets of products is fitted exactly, the more common ones first; the
//! place in the list is part of the description. With `a(n)` times an old term on the left these
//! are the recurrences of Somos (Gale, "The strange and surprising saga of the Somos sequences",
//! Mathematical Intelligencer 13, 1991).

use num_bigint::BigInt;

use crate::bits;
use crate::expression::Formula;
use crate::relation::{Column, History, Relation, residues};
use crate::rule::{Generator, Rule};
use crate::surplus::Collector;
use crate::terms::Terms;

/// A sum of products of the last terms, times constants or the index.
#[derive(Clone, Debug, PartialEq)]
pub struct Nonlinear {
    relation: Relation,
    /// The place of its set of products in the list.
    place: usize,
}

/// A rule must save so many bits.
const LEAST_SAVED: f64 = 4.0;

/// How many rules at most.
const LARGEST_COUNT: usize = 3;

/// A product of terms, by their lags, and of a power of the index.
type Product = (&'static [usize], usize);

/// A set: the left side, and the products of the right side.
type Set = (&'static [usize], &'static [Product]);

const X: Product = (&[1], 0);
const Y: Product = (&[2], 0);
const Z: Product = (&[3], 0);
const XX: Product = (&[1, 1], 0);
const XY: Product = (&[1, 2], 0);
const YY: Product = (&[2, 2], 0);
const XZ: Product = (&[1, 3], 0);
const YZ: Product = (&[2, 3], 0);
const XXX: Product = (&[1, 1, 1], 0);
const XYZ: Product = (&[1, 2, 3], 0);
const ONE: Product = (&[], 0);
const N: Product = (&[], 1);

/// The new term alone.
const NEW: &[usize] = &[0];

/// The sets, the more common ones first.
const SETS: &[Set] = &[
    (NEW, &[XX]),
    (NEW, &[XY]),
    (NEW, &[XX, ONE]),
    (NEW, &[XX, X]),
    (NEW, &[XY, ONE]),
    (NEW, &[XX, X, ONE]),
    (NEW, &[XX, Y]),
    (NEW, &[XX, YY]),
    (NEW, &[XY, X]),
    (NEW, &[XY, Y]),
    (NEW, &[XY, Z]),
    (NEW, &[XYZ]),
    (NEW, &[XX, N]),
    (NEW, &[XY, N]),
    (NEW, &[XY, X, Y]),
    (NEW, &[YY, X]),
    (NEW, &[XXX]),
    (NEW, &[(&[1, 1], 1)]),
    (NEW, &[(&[1, 2], 1)]),
    (NEW, &[XX, XY]),
    (NEW, &[XX, (&[1], 1)]),
    (NEW, &[XYZ, ONE]),
    (NEW, &[YZ, X]),
    (NEW, &[YZ]),
    (NEW, &[XZ]),
    (NEW, &[XX, Y, ONE]),
    (NEW, &[XX, X, Y]),
    (NEW, &[XX, XY, YY]),
    (NEW, &[YY, ONE]),
    (NEW, &[(&[1, 1, 2], 0)]),
    (NEW, &[(&[1, 2, 2], 0)]),
    (NEW, &[(&[1, 1, 2, 2], 0)]),
    (NEW, &[XXX, ONE]),
    (NEW, &[XXX, X]),
    (NEW, &[XXX, XX]),
    (NEW, &[XXX, XX, X]),
    (NEW, &[XXX, Y]),
    (NEW, &[XXX, XX, X, ONE]),
    (NEW, &[YZ, ONE]),
    (NEW, &[XZ, ONE]),
    (NEW, &[XZ, Y]),
    (NEW, &[XY, X, ONE]),
    (NEW, &[XY, Y, ONE]),
    (NEW, &[XX, X, N]),
    (NEW, &[XX, N, ONE]),
    (NEW, &[XY, N, ONE]),
    (NEW, &[XY, YZ]),
    (NEW, &[XY, XZ]),
    (NEW, &[XY, YZ, XZ]),
    (NEW, &[XY, Z, ONE]),
    (NEW, &[(&[1, 1, 1, 1], 0)]),
    (NEW, &[(&[1, 1, 1, 1], 0), XX, ONE]),
    (NEW, &[(&[1, 1], 1), ONE]),
    (NEW, &[(&[1, 2], 1), ONE]),
    (NEW, &[XX, (&[], 2)]),
    (NEW, &[(&[2, 2, 2], 0), X]),
    (&[0, 2], &[XX]),
    (&[0, 2], &[XX, ONE]),
    (&[0, 4], &[XZ, YY]),
    (&[0, 2], &[XX, X]),
    (&[0, 3], &[XY, ONE]),
    (&[0, 3], &[XY]),
    (&[0, 2], &[XX, X, ONE]),
    (&[0, 2], &[XX, XY]),
    (&[0, 2], &[XX, Y]),
    (&[0, 5], &[(&[1, 4], 0), (&[2, 3], 0)]),
    (&[0, 4], &[XZ, ONE]),
    (&[0, 4], &[XZ, Y]),
    (&[0, 4], &[YY, ONE]),
    (&[0, 3], &[XY, X]),
    (&[0, 3], &[XX, YY]),
    (&[0, 3], &[XY, X, Y]),
    (&[0, 3], &[XX, XY, YY]),
    (&[0, 3], &[XX, ONE]),
    (&[0, 2], &[XXX, ONE]),
    (&[0, 2], &[XXX]),
    (&[0, 1], &[YY]),
    (&[0, 3], &[XX]),
    (&[0, 2, 2], &[XXX]),
    (&[0, 2], &[(&[1, 1], 1)]),
    (&[0, 2], &[XX, (&[1, 2], 0), YY]),
    (&[0, 5], &[(&[1, 4], 0), ONE]),
    (&[0, 5], &[(&[2, 3], 0), ONE]),
    (&[0, 6], &[(&[1, 5], 0), (&[2, 4], 0), (&[3, 3], 0)]),
    (&[0, 6], &[(&[1, 5], 0), (&[3, 3], 0)]),
    (&[0, 6], &[(&[1, 5], 0), (&[2, 4], 0)]),
    (&[0, 7], &[(&[1, 6], 0), (&[2, 5], 0), (&[3, 4], 0)]),
];

/// Finds nonlinear recurrences that at least two terms confirm.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    if terms.len() < 4 || terms.is_constant() {
        return;
    }
    let known = residues(terms);
    let before = found.len();
    let mut collector = Collector::new(terms, found, LEAST_SAVED);
    let mut columns = Columns { known: &known, all: Vec::new() };
    for (place, &(left, right)) in SETS.iter().enumerate() {
        let largest = |lags: &[usize]| lags.iter().max().copied().unwrap_or(0);
        let order = right.iter().map(|(lags, _)| largest(lags)).max().unwrap_or(0);
        let order = order.max(largest(left));
        if terms.len() < order + right.len() + 2 {
            continue;
        }
        let depends = right.iter().any(|&(_, power)| power > 0);
        for first in if depends { &[0, 1][..] } else { &[0] } {
            let chosen: Vec<usize> = std::iter::once(&(left, 0))
                .chain(right)
                .map(|&product| columns.place(product, *first))
                .collect();
            let set: Vec<&Column> = chosen.iter().map(|&place| &columns.all[place].1).collect();
            let values: Vec<&[u64]> =
                chosen.iter().map(|&place| columns.all[place].2.as_slice()).collect();
            let Some(relation) = Relation::fit(&set, &values, terms, *first) else { continue };
            // Linear ones are found as such.
            if relation.is_linear() {
                continue;
            }
            collector.add(Rule::Nonlinear(Nonlinear { relation, place }));
        }
    }
    let mut rules = found.split_off(before);
    let description = |rule: &Rule| rule.bits() + 4.0 * rule.seeds() as f64;
    rules.sort_by(|one, other| description(one).total_cmp(&description(other)));
    rules.truncate(LARGEST_COUNT);
    found.extend(rules);
}

/// The columns that were needed so far.
struct Columns<'a> {
    known: &'a [u64],
    all: Vec<((Product, i64), Column, Vec<u64>)>,
}

impl Columns<'_> {
    fn place(&mut self, product: Product, first: i64) -> usize {
        let first = if product.1 == 0 { 0 } else { first };
        if let Some(place) = self.all.iter().position(|(key, ..)| *key == (product, first)) {
            return place;
        }
        let column = Column::power(History::at(product.0), product.1);
        let residues = column.residues(self.known, first);
        self.all.push(((product, first), column, residues));
        self.all.len() - 1
    }
}

impl Generator for Nonlinear {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        self.relation.terms(count)
    }

    fn bits(&self) -> f64 {
        4.0 + bits::natural(self.place as u64 + 1) + self.relation.bits()
    }

    fn seeds(&self) -> usize {
        self.relation.seeds()
    }

    fn formula(&self) -> Formula {
        self.relation.formula()
    }
}
