//! Holonomic sequences: linear recurrences whose coefficients are polynomials in the index.
//!
//! Catalan, Motzkin and Schröder numbers, derangements and involutions, values of orthogonal
//! polynomials and the numbers of Apéry are of this kind (Stanley, "Differentiably finite power
//! series", European Journal of Combinatorics 1, 1980). A recurrence is guessed from its shape,
//! the degree of each coefficient, by solving for the coefficients; smaller shapes first.

use num_bigint::BigInt;
use num_traits::Signed;

use crate::bits;
use crate::expression::Formula;
use crate::linear_algebra::{MERSENNE, kernel};
use crate::relation::{Column, History, Relation, residues};
use crate::rule::{Generator, Rule};
use crate::surplus::{Collector, factor_bits};
use crate::terms::Terms;

/// `p0(n) a(n) = p1(n) a(n-1) + ... + q(n)` with polynomials in the index.
#[derive(Clone, Debug, PartialEq)]
pub struct Holonomic {
    relation: Relation,
    /// Bits of its description as a member of a family, where it is one.
    in_family: Option<f64>,
}

/// A rule must save so many bits.
const LEAST_SAVED: f64 = 1.5;

/// How many relations are looked at. A polynomial, say, has very many.
const LARGEST_HITS: usize = 24;

/// Bits of a member of the family of orthogonal polynomials, but for its factors: the kind, and
/// which of 216 shifts.
const ORTHOGONAL: Option<f64> = Some(4.0 + 7.75);

/// Bits of a member of the families of Apéry numbers, but for its factors.
const APERY: Option<f64> = Some(9.0);

/// How many rules at most.
const LARGEST_COUNT: usize = 4;

/// Finds holonomic recurrences that more terms confirm than their numbers need.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    if terms.len() < 4 || terms.is_constant() {
        return;
    }
    let before = found.len();
    let mut search = Search {
        known: residues(terms),
        terms,
        collector: Collector::new(terms, found, LEAST_SAVED),
        hits: 0,
    };
    search.tried();
    search.sparse();
    search.shapes();
    search.families();
    // The shortest descriptions are enough.
    let mut rules = found.split_off(before);
    rules.sort_by(|one, other| description(one).total_cmp(&description(other)));
    rules.truncate(LARGEST_COUNT);
    found.extend(rules);
}

fn description(rule: &Rule) -> f64 {
    rule.bits() + 4.0 * rule.seeds() as f64
}

/// The degrees of the coefficients; none where a part is left out.
type Degree = Option<usize>;

struct Search<'a> {
    terms: &'a Terms,
    known: Vec<u64>,
    collector: Collector<'a>,
    /// How many sets of columns had a relation.
    hits: usize,
}

/// The term so many places back; the product of nothing for the part without a term.
fn history(lag: Option<usize>) -> History {
    lag.map_or(History::ONE, |lag| History::at(&[lag]))
}

impl Search<'_> {
    /// Tries one set of columns.
    fn fit(
        &mut self,
        columns: &[&Column],
        cached: &[&[u64]],
        first: i64,
        family: Option<f64>,
    ) -> bool {
        if self.hits >= LARGEST_HITS {
            return false;
        }
        let Some((relation, factors)) = Relation::fit(columns, cached, self.terms, first) else {
            return false;
        };
        // With constant coefficients it is no new kind of rule.
        self.hits += 1;
        if relation.is_autonomous() {
            return false;
        }
        // The first factor is that of the new term, and the others are on the other side.
        let negative = factors[0].is_positive();
        let sign = |one: &BigInt| if negative { -one } else { one.clone() };
        let others = factors[1..].iter().map(|one| factor_bits(&sign(one)));
        let numbers = factor_bits(&factors[0].abs()) - 1.0 + others.sum::<f64>();
        let in_family = family.map(|bits| bits + numbers);
        self.collector.add(Rule::new(Holonomic { relation, in_family }))
    }

    /// Coefficients of single powers, `n a(n-1) + n` but not `(2 n + 1) a(n-1)`, which a few
    /// terms can confirm.
    fn sparse(&mut self) {
        let count = self.terms.len();
        if count > 9 {
            return;
        }
        let parts: [(Option<usize>, usize); 9] = [
            (Some(1), 1),
            (Some(1), 0),
            (None, 1),
            (None, 0),
            (Some(2), 1),
            (Some(2), 0),
            (Some(1), 2),
            (None, 2),
            (Some(2), 2),
        ];
        for first in [0, 1, -1] {
            let columns: Vec<Column> =
                parts.iter().map(|&(lag, power)| Column::power(history(lag), power)).collect();
            let cached: Vec<Vec<u64>> =
                columns.iter().map(|column| column.residues(&self.known, first)).collect();
            for new_power in 0..2 {
                let new = Column::power(History::at(&[0]), new_power);
                let new_residues = new.residues(&self.known, first);
                for mask in 1..1_u32 << parts.len() {
                    let unknowns = mask.count_ones() as usize;
                    if unknowns > 3 {
                        continue;
                    }
                    let chosen = (0..parts.len()).filter(|place| mask >> place & 1 == 1);
                    let order = chosen.clone().filter_map(|place| parts[place].0).max();
                    // Without an old term it is a closed form.
                    let Some(order) = order else { continue };
                    if count < order + unknowns + 2 - usize::from(unknowns == 3) {
                        continue;
                    }
                    let mut values = [new_residues.as_slice(); 4];
                    for (value, place) in values[1..].iter_mut().zip(chosen.clone()) {
                        *value = &cached[place];
                    }
                    let values = &values[..=unknowns];
                    if kernel(MERSENNE, values, order).is_none() {
                        continue;
                    }
                    let mut set = vec![&new];
                    set.extend(chosen.map(|place| &columns[place]));
                    self.fit(&set, values, first, None);
                }
            }
        }
    }

    /// `a(n) = (n + s) a(n-1) + q n + t` with small numbers, which are not fitted but tried, so that
    /// three terms can confirm them.
    fn tried(&mut self) {
        let low = self.terms.low();
        if !(4..=6).contains(&low.len()) {
            return;
        }
        let mut found = Vec::new();
        for s in -2..=3_i64 {
            for q in -2..=2_i64 {
                for t in -3..=3_i64 {
                    let holds = |place: usize| {
                        let index = place as i64;
                        let product = low[place - 1].wrapping_mul((index + s) as u64);
                        product.wrapping_add((q * index + t) as u64) == low[place]
                    };
                    if (1..low.len()).all(holds) {
                        found.push([s, q, t]);
                    }
                }
            }
        }
        for [s, q, t] in found {
            let column = |lag: Option<usize>, polynomial: &[i64]| Column {
                history: history(lag),
                polynomial: polynomial.to_vec(),
            };
            let columns =
                [column(Some(0), &[1]), column(Some(1), &[-s, -1]), column(None, &[-t, -q])];
            if let Some(relation) = Relation::checked(&columns, &[1, 1, 1], self.terms, 0) {
                self.collector.add(Rule::new(Holonomic { relation, in_family: None }));
            }
        }
    }

    /// All shapes of small order and degree, and for many terms the full ones of larger.
    fn shapes(&mut self) {
        let count = self.terms.len();
        let mut shapes: Vec<(usize, Vec<Degree>)> = Vec::new(); // q, p0, p1, ...
        let mut add = |degrees: Vec<Degree>| {
            let columns: usize = degrees.iter().map(|degree| degree.map_or(0, |one| one + 1)).sum();
            let order = degrees.len() - 2;
            // Two equations more than unknowns, or one for few and short parts.
            if count >= order + columns + usize::from(order > 2) {
                shapes.push((columns, degrees));
            }
        };
        let none_to = |largest: usize| {
            std::iter::once(None).chain((0..=largest).map(Some)).collect::<Vec<Degree>>()
        };
        for q in none_to(2) {
            for p0 in 0..=3 {
                for p1 in 0..=3 {
                    add(vec![q, Some(p0), Some(p1)]);
                }
            }
        }
        for q in none_to(1) {
            for p0 in 0..=2 {
                for p1 in none_to(2) {
                    for p2 in 0..=2 {
                        add(vec![q, Some(p0), p1, Some(p2)]);
                    }
                }
            }
        }
        for q in none_to(0) {
            for p0 in 0..=1 {
                for p1 in none_to(1) {
                    for p2 in none_to(1) {
                        for p3 in 0..=1 {
                            add(vec![q, Some(p0), p1, p2, Some(p3)]);
                        }
                    }
                }
            }
        }
        for order in 1..=6 {
            for degree in 1..=8 {
                if (order + 1) * (degree + 1) <= 32 {
                    let mut degrees = vec![None];
                    degrees.resize(order + 2, Some(degree));
                    add(degrees);
                }
            }
        }
        shapes.sort_by_key(|(columns, degrees)| (*columns, degrees.len()));
        shapes.dedup();

        let largest_degree =
            shapes.iter().flat_map(|(_, degrees)| degrees).flatten().max().copied().unwrap_or(0);
        let lags = shapes.iter().map(|(_, degrees)| degrees.len() - 1).max().unwrap_or(0);
        let grid: Vec<Vec<Column>> = (0..=lags)
            .map(|part| {
                let history = history(part.checked_sub(1));
                (0..=largest_degree).map(|power| Column::power(history, power)).collect()
            })
            .collect();
        let cached: Vec<Vec<Vec<u64>>> = grid
            .iter()
            .map(|row| row.iter().map(|column| column.residues(&self.known, 0)).collect())
            .collect();
        let mut solved: Vec<Vec<Degree>> = Vec::new();
        for (_, degrees) in &shapes {
            // What holds in a shape holds in all that contain it.
            let contains = |other: &Vec<Degree>| {
                other.len() <= degrees.len()
                    && other.iter().zip(degrees).all(|(one, another)| one <= another)
            };
            if solved.iter().any(contains) {
                continue;
            }
            let mut set = Vec::new();
            let mut values: Vec<&[u64]> = Vec::new();
            for part in (1..degrees.len()).chain([0]) {
                if let Some(degree) = degrees[part] {
                    set.extend(&grid[part][..=degree]);
                    values.extend(cached[part][..=degree].iter().map(Vec::as_slice));
                }
            }
            if self.fit(&set, &values, 0, None) {
                solved.push(degrees.clone());
            }
        }
    }

    /// Families with fewer free numbers than their shape has.
    fn families(&mut self) {
        self.orthogonal();
        for first in [0, 1] {
            self.squares_and_cubes(first);
            self.ratios(first);
        }
    }

    fn family(&mut self, parts: &[(usize, &[i64])], first: i64, bits: Option<f64>) {
        let columns: Vec<Column> = parts
            .iter()
            .map(|&(lag, polynomial)| Column {
                history: History::at(&[lag]),
                polynomial: polynomial.to_vec(),
            })
            .collect();
        let order = parts.iter().map(|&(lag, _)| lag).max().unwrap_or(0);
        if self.terms.len() < order + parts.len() {
            return;
        }
        let cached: Vec<Vec<u64>> =
            columns.iter().map(|column| column.residues(&self.known, first)).collect();
        let columns: Vec<&Column> = columns.iter().collect();
        let cached: Vec<&[u64]> = cached.iter().map(Vec::as_slice).collect();
        self.fit(&columns, &cached, first, bits);
    }

    /// `(n + s) a(n) = x (2 n + t) a(n-1) + y (n + u) a(n-2)`, as Gegenbauer polynomials have it
    /// (Abramowitz and Stegun 22.7.3), and with them Legendre's, Motzkin and Schröder numbers.
    fn orthogonal(&mut self) {
        if self.terms.len() < 6 {
            return;
        }
        let column = |lag: usize, polynomial: [i64; 2]| {
            let column = Column { history: History::at(&[lag]), polynomial: polynomial.to_vec() };
            let residues = column.residues(&self.known, 0);
            (column, residues)
        };
        let new: Vec<_> = (0..=3).map(|s| column(0, [s, 1])).collect();
        let last: Vec<_> = (-3..=5).map(|t| column(1, [t, 2])).collect();
        let before: Vec<_> = (-3..=2).map(|u| column(2, [u, 1])).collect();
        for one in &new {
            for two in &last {
                for three in &before {
                    let columns = [&one.0, &two.0, &three.0];
                    self.fit(&columns, &[&one.1, &two.1, &three.1], 0, ORTHOGONAL);
                }
            }
        }
    }

    /// `n^2 a(n) = (x n (n-1) + y) a(n-1) + z (n-1)^2 a(n-2)` and the like with cubes, as Apéry
    /// numbers have it (Zagier, "Integral solutions of Apéry-like recurrence equations", 2009;
    /// Almkvist and Zudilin, "Differential equations, mirror maps and zeta values", 2006; Cooper,
    /// "Sporadic sequences, modular forms and new series for 1/pi", 2012).
    fn squares_and_cubes(&mut self, first: i64) {
        self.family(
            &[(0, &[0, 0, 1]), (1, &[0, -1, 1]), (1, &[1]), (2, &[1, -2, 1])],
            first,
            APERY,
        );
        // (2 n - 1) n (n - 1) = 2 n^3 - 3 n^2 + n
        let cubes: [(usize, &[i64]); 5] = [
            (0, &[0, 0, 0, 1]),
            (1, &[0, 1, -3, 2]),
            (1, &[-1, 2]),
            (2, &[-1, 3, -3, 1]),
            (2, &[-1, 1]),
        ];
        self.family(&cubes[..4], first, APERY);
        self.family(&cubes, first, APERY);
    }

    /// Ratios `a(n)/a(n-1)` of a polynomial of degree 3 and a product of three small factors.
    fn ratios(&mut self, first: i64) {
        let denominators: [[i64; 4]; 7] = [
            [0, 0, 0, 1],  // n^3
            [0, 0, 1, 1],  // n^2 (n + 1)
            [0, 1, 2, 1],  // n (n + 1)^2
            [0, 2, 3, 1],  // n (n + 1) (n + 2)
            [1, 3, 3, 1],  // (n + 1)^3
            [2, 5, 4, 1],  // (n + 1)^2 (n + 2)
            [6, 11, 6, 1], // (n + 1) (n + 2) (n + 3)
        ];
        for denominator in denominators {
            let parts: [(usize, &[i64]); 5] =
                [(0, &denominator), (1, &[1]), (1, &[0, 1]), (1, &[0, 0, 1]), (1, &[0, 0, 0, 1])];
            self.family(&parts, first, None);
        }
    }
}

impl Generator for Holonomic {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        self.relation.terms(count)
    }

    fn bits(&self) -> f64 {
        let order = self.relation.seeds();
        let inhomogeneous = self.relation.histories().any(|history| history == History::ONE);
        let lags = self.relation.histories().count() - usize::from(inhomogeneous);
        let missing = (order + 1).saturating_sub(lags) as f64;
        let alone = 4.0 + bits::natural(order as u64) + 1.0 + missing + self.relation.bits();
        self.in_family.map_or(alone, |family| family.min(alone))
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
    fn hypergeometric() {
        assert_told(
            solve,
            &[
                &[1, 1, 2, 5, 14, 42, 132, 429, 1430],
                &[1, 2, 6, 20, 70, 252, 924, 3432, 12870],
                &[1, 1, 2, 6, 24, 120],
                &[1, 3, 15, 105, 945, 10395],
                &[24, 36, 72, 180, 540, 1890],
                &[5040, 720, 120, 24, 6, 2, 1],
                &[720, 360, 120, 30, 6, 1],
                &[1, 1, 3, 12, 55, 273, 1428, 7752, 43263],
                &[1, 3, 15, 84, 495, 3003, 18564, 116280, 735471], // binomial(3 n, n)
                &[1, 2, 10, 70, 588, 5544, 56628, 613470, 6952660],
            ],
        );
        let found = formula(&[1, 1, 2, 5, 14, 42, 132, 429]);
        assert_eq!(found.as_deref(), Some("a(n) = (4 n - 2) a(n-1)/(n + 1), a(0) = 1"));
    }

    #[test]
    fn of_second_order() {
        assert_told(
            solve,
            &[
                &[1, 1, 2, 4, 9, 21, 51, 127, 323],
                &[1, 2, 6, 22, 90, 394, 1806, 8558, 41586],
                &[1, 1, 3, 11, 45, 197, 903, 4279, 20793],
                &[1, 3, 13, 63, 321, 1683, 8989, 48639, 265729],
                &[1, 1, 3, 7, 19, 51, 141, 393, 1107],
                &[1, 0, 1, 2, 9, 44, 265, 1854, 14833],
                &[1, 1, 2, 4, 10, 26, 76, 232, 764],
                &[1, 1, 3, 13, 73, 501, 4051, 37633, 394353],
                &[1, 2, 7, 34, 209, 1546, 13327, 130922, 1441729],
            ],
        );
    }

    #[test]
    fn as_apery_numbers() {
        assert_told(
            solve,
            &[
                &[1, 5, 73, 1445, 33001, 819005, 21460825, 584307365, 16367912425],
                &[1, 3, 19, 147, 1251, 11253, 104959, 1004307, 9793891],
                &[1, 2, 10, 56, 346, 2252, 15184, 104960, 739162],
                &[1, 4, 28, 256, 2716, 31504, 387136, 4951552, 65218204],
                &[1, 3, 15, 93, 639, 4653, 35169, 272835, 2157759],
            ],
        );
    }

    #[test]
    fn with_an_addition() {
        assert_told(
            solve,
            &[
                &[1, 2, 6, 21, 88, 445],
                &[3, 8, 27, 112, 565, 3396],
                &[3, 7, 23, 95, 479],
                &[2, 4, 11, 37, 153],
                &[1, 2, 5, 16, 65, 326, 1957], // n a(n-1) + 1
                &[0, 1, 4, 15, 64, 325, 1956], // n a(n-1) + n
                &[2, 3, 8, 27, 112, 565],
            ],
        );
        let found = formula(&[1, 2, 6, 21, 88]);
        assert_eq!(found.as_deref(), Some("a(n) = n a(n-1) + n, a(0) = 1"));
    }

    #[test]
    fn accidents_are_no_rules() {
        for terms in [
            &[2, 3, 5, 7, 11, 13, 17, 19][..],
            &[1, 2, 4, 6, 16, 18, 64, 66],
            &[3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5],
            &[0, 0, 0, 0, 0, 1],
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
