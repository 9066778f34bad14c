//! Nonlinear recurrences: a new term from products and squares of the last ones.
//!
//! Each of a list of small sets of products is fitted exactly, the more common ones first; the
//! place in the list is part of the description. With `a(n)` times an old term on the left these
//! are the recurrences of Somos (Gale, "The strange and surprising saga of the Somos sequences",
//! Mathematical Intelligencer 13, 1991).

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{ToPrimitive, Zero};

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
const LEAST_SAVED: f64 = 2.0;

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

/// Sums of products that are taken as they are, with a constant or the index as often as needed:
/// a few terms are enough to confirm them. Each with the place in the list of the set.
const UNITS: &[(&[(Product, i64)], Product)] = &[
    (&[(XX, 1)], ONE),
    (&[(XY, 1)], ONE),
    (&[(XX, 1), (X, -1)], ONE),
    (&[(XX, 1), (X, 1)], ONE),
    (&[(XX, 1), (Y, 1)], ONE),
    (&[(XX, 1), (Y, -1)], ONE),
    (&[(XX, 1), (YY, 1)], ONE),
    (&[(XX, 1), (YY, -1)], ONE),
    (&[(XX, 1)], N),
    (&[(XY, 1)], N),
    (&[(XY, 1), (X, 1)], ONE),
    (&[(XY, 1), (X, -1)], ONE),
    (&[(XY, 1), (Y, 1)], ONE),
    (&[(XY, 1), (Y, -1)], ONE),
    (&[(XY, 1), (X, 1), (Y, 1)], ONE),
    (&[(YY, 1), (X, 1)], ONE),
    (&[(YY, 1), (X, -1)], ONE),
    (&[(XX, 1), (X, -2)], ONE),
    (&[(XX, 2)], ONE),
    (&[(XX, 1), (X, 2)], ONE),
    (&[(XXX, 1)], ONE),
];

/// More terms than these are enough to fit all factors.
const FEW_TERMS: usize = 6;

fn units(terms: &Terms, collector: &mut Collector) {
    let (low, exact) = (terms.low(), terms.exact());
    let count = low.len();
    if count > FEW_TERMS {
        return;
    }
    for (place, &(sum, rest)) in UNITS.iter().enumerate() {
        let order = sum.iter().flat_map(|(product, _)| product.0).max().copied().unwrap_or(1);
        if order + 2 > count {
            continue;
        }
        let value = |place: usize| {
            sum.iter().fold(0_u64, |all, &((lags, _), factor)| {
                let product =
                    lags.iter().fold(1_u64, |all, lag| all.wrapping_mul(low[place - lag]));
                all.wrapping_add(product.wrapping_mul(factor as u64))
            })
        };
        for first in if rest.1 > 0 { &[0_i64, 1][..] } else { &[0] } {
            // The rest of the first term told gives the constant, or what the index is times.
            let index = |place: usize| if rest.1 > 0 { first + place as i64 } else { 1 };
            let Some(at_first) = exact.get(order) else { continue };
            let old = |lag: &usize| &exact[order - lag];
            let start: BigInt = sum
                .iter()
                .map(|((lags, _), factor)| lags.iter().map(old).product::<BigInt>() * *factor)
                .sum();
            let (factor, remainder) = (at_first - start).div_rem(&index(order).into());
            let needed = if factor.is_zero() { 2 } else { 3 };
            let Some(small) = factor.to_i64().filter(|_| remainder.is_zero()) else { continue };
            let holds = |place: usize| {
                let added = (small.wrapping_mul(index(place))) as u64;
                value(place).wrapping_add(added) == low[place]
            };
            if order + needed > count || !(order..count).all(holds) {
                continue;
            }
            let mut columns = vec![Column::power(History::at(NEW), 0)];
            let mut factors = vec![1_i64];
            for &((lags, power), factor) in sum {
                columns.push(Column::power(History::at(lags), power));
                factors.push(-factor);
            }
            columns.push(Column::power(History::ONE, rest.1));
            factors.push(small.wrapping_neg());
            if let Some(relation) = Relation::checked(&columns, &factors, terms, *first) {
                collector.add(Rule::new(Nonlinear { relation, place }));
            }
        }
    }
}

/// Finds nonlinear recurrences that at least two terms confirm.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    if terms.len() < 4 || terms.is_constant() {
        return;
    }
    let known = residues(terms);
    let before = found.len();
    let mut collector = Collector::new(terms, found, LEAST_SAVED);
    units(terms, &mut collector);
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
            let Some((relation, _)) = Relation::fit(&set, &values, terms, *first) else { continue };
            // Linear ones are found as such.
            if relation.is_linear() {
                continue;
            }
            collector.add(Rule::new(Nonlinear { relation, place }));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surplus::{any_terms, assert_told, told};

    fn formula(terms: &[i64]) -> Option<String> {
        told(solve, &Terms::from(terms)).map(|(_, formula)| formula)
    }

    #[test]
    fn of_first_order() {
        assert_told(
            solve,
            &[
                &[1, 2, 5, 26, 677, 458_330],
                &[6, 34, 1154, 1_331_714, 1_773_462_177_794],
                &[2, 4, 16, 256, 65536],
                &[2, 3, 7, 43, 1807, 3_263_443],
                &[3, 7, 47, 2207, 4_870_847],
                &[1, 2, 6, 42, 1806, 3_263_442],
                &[4, 14, 194, 37_634, 1_416_317_954],
                &[3, 15, 255, 65_535, 4_294_967_295],
            ],
        );
        let found = formula(&[1, 2, 5, 26, 677]);
        assert_eq!(found.as_deref(), Some("a(n) = a(n-1)^2 + 1, a(0) = 1"));
    }

    #[test]
    fn of_higher_order() {
        assert_told(
            solve,
            &[
                &[1, 1, 2, 3, 7, 22, 155, 3411],
                &[2, 3, 6, 18, 108, 1944],
                &[1, 2, 3, 7, 22, 155, 3411],
                &[1, 1, 2, 5, 29, 866, 750_797],
                &[0, 1, 1, 2, 5, 27, 734, 538_783],
                &[1, 2, 4, 12, 60, 780, 47_580],
                &[1, 2, 3, 6, 36, 648, 139_968],
            ],
        );
    }

    #[test]
    fn of_somos() {
        assert_told(
            solve,
            &[
                &[1, 1, 1, 1, 2, 3, 7, 23, 59, 314],
                &[1, 1, 1, 1, 1, 2, 3, 5, 11, 37, 83, 274],
                &[1, 1, 1, 2, 3, 7, 11, 26, 41, 97, 153],
                &[1, 1, 1, 1, 1, 1, 3, 5, 9, 23, 75, 421, 1103, 5047, 41783],
                &[1, 1, 1, 1, 2, 3, 5, 13, 22, 41, 111, 191, 361],
            ],
        );
        let found = formula(&[1, 1, 1, 1, 2, 3, 7, 23, 59]);
        let expected = "a(n) = (a(n-1) a(n-3) + a(n-2)^2)/a(n-4), \
                        a(0) = 1, a(1) = 1, a(2) = 1, a(3) = 1";
        assert_eq!(found.as_deref(), Some(expected));
    }

    #[test]
    fn accidents_are_no_rules() {
        for terms in [
            &[2, 3, 5, 7, 11, 13, 17, 19][..],
            &[1, 2, 4, 6, 16, 18, 64, 66],
            &[3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5],
            &[i64::MIN, i64::MAX, 0, 5],
            &[],
        ] {
            assert_eq!(formula(terms), None, "{terms:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_terms_are_survived(terms in any_terms()) {
            told(solve, &terms);
        }
    }
}
