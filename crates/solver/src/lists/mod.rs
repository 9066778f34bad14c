//! Lists of numbers with a property, in increasing order.
//!
//! A list chooses among some numbers, the [`Base`], those with a [`Property`]. It fits if all given
//! terms have the property and nothing else between them has it: what is left out is the evidence.
//!
//! | file | what it holds |
//! |---|---|
//! | [`numbers`] | primes and factors |
//! | [`base`] | the numbers to choose from |
//! | [`function`] | functions that a property speaks of |
//! | [`property`] | the properties |
//! | [`sets`] | sets with a name, and lists made of two |
//! | [`search`] | which hypotheses are tried, and how one is tested |
//! | [`values`] | properties of the values of functions |
//! | [`combined`] | lists made of sets |
//! | [`tuples`] | polynomials that are prime |
//! | [`residues`] | residue classes, symbols and quadratic forms |

mod base;
mod combined;
mod function;
pub(crate) mod numbers;
mod property;
mod residues;
mod search;
mod sets;
mod tuples;
mod values;

pub use base::Base;
pub use function::Function;
pub use property::{Map, Property, Test};
pub use sets::{Set, SetRule};

use num_bigint::BigInt;

use crate::expression::Formula;
use crate::rule::{Generator, Rule};
use crate::terms::Terms;
use search::Search;

/// The members of a base that have a property, from one on.
#[derive(Clone, Debug, PartialEq)]
pub struct ListRule {
    base: Base,
    property: Property,
    from: u64,
    /// Whether smaller members are left out.
    late: bool,
    bits: f64,
}

/// At most so many rules are kept.
const MOST_RULES: usize = 3;

/// The units of work (about 20 nanoseconds each) of continuing a list.
const CONTINUATION_WORK: u64 = 300_000;

/// Finds lists of natural numbers in increasing order.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    let Some(small) = terms.small() else { return };
    let rising = small.windows(2).all(|pair| pair[0] < pair[1]);
    if small.len() < 4 || small[0] < 0 || !rising {
        return;
    }
    let members: Vec<u64> = small.iter().map(|&term| term as u64).collect();
    let mut search = Search::new(&members);
    // Numbers at equal distances are a polynomial.
    let progression = small.windows(3).all(|three| three[1] - three[0] == three[2] - three[1]);
    if progression {
        return;
    }
    residues::solve(&mut search);
    values::solve(&mut search);
    let mut rules = search.found;
    rules.sort_by(|one, other| one.bits.total_cmp(&other.bits));
    rules.truncate(MOST_RULES);
    found.extend(rules.into_iter().map(Rule::List));
}

impl Generator for ListRule {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        let mut members = Vec::new();
        let mut work = CONTINUATION_WORK;
        let mut next = self.base.next(self.from);
        let end = self.property.end().unwrap_or(u64::MAX);
        while let (Some(number), true) = (next, members.len() < count) {
            if number >= end {
                break;
            }
            let cost = 1 + self.property.cost(number);
            if cost > work {
                break;
            }
            work -= cost;
            if self.property.holds(number) {
                members.push(BigInt::from(number));
            }
            next = number.checked_add(1).and_then(|number| self.base.next(number));
        }
        members
    }

    fn bits(&self) -> f64 {
        self.bits
    }

    fn seeds(&self) -> usize {
        0
    }

    fn formula(&self) -> Formula {
        let words = self.property.words(self.base.words());
        Formula::words(match self.late {
            true => format!("{words}, from {} on", self.from),
            false => words,
        })
    }
}

#[cfg(test)]
mod tests;
