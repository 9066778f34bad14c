//! Lists of numbers with a property, in increasing order.
//!
//! A list chooses among some numbers, the [`BaseSet`], those with a [`Property`]. It fits if all given
//! terms have the property and nothing else between them has it: what is left out is the evidence.
//!
//! | file | what it holds |
//! |---|---|
//! | `numbers` | primes and factors |
//! | `base` | the numbers to choose from |
//! | `function` | functions that a property speaks of |
//! | `property` | the properties |
//! | `sets` | sets with a name, and lists made of two |
//! | `list` | the rule |
//! | `search` | which hypotheses are tried, and how one is tested |
//! | `values` | properties of the values of functions |
//! | `combined` | lists made of sets |
//! | `tuples` | polynomials that are prime |
//! | `residues` | residue classes, symbols and quadratic forms |

mod base;
mod combined;
mod function;
mod list;
pub(crate) mod numbers;
mod property;
mod residues;
mod search;
mod sets;
mod tuples;
mod values;

pub use base::BaseSet;
pub use function::NumberFunction;
pub use list::ListRule;
pub use property::{Map, Property, Test};
pub use sets::{Set, SetRule};

use crate::rule::{Generator, Rule};
use crate::terms::Terms;
use search::Search;

/// At most so many rules are kept.
const MOST_RULES: usize = 3;

/// At most so many terms are searched with.
const MOST_SEARCHED: usize = 32;

/// Finds lists of natural numbers in increasing order.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    let Some(small) = terms.small() else { return };
    let rising = small.windows(2).all(|pair| pair[0] < pair[1]);
    if small.len() < 4 || small[0] < 0 || !rising {
        return;
    }
    let members: Vec<u64> = small.iter().map(|&term| term as u64).collect();
    // Numbers at equal distances are a polynomial.
    if small.windows(3).all(|three| three[1] - three[0] == three[2] - three[1]) {
        return;
    }
    // The first ones refute what is wrong; the others are compared with what is left.
    let mut search = Search::new(&members[..members.len().min(MOST_SEARCHED)]);
    residues::solve(&mut search);
    values::solve(&mut search);
    let mut rules = search.found;
    if members.len() > MOST_SEARCHED {
        rules.retain(|rule| rule.terms(members.len()) == terms.exact());
    }
    rules.sort_by(|one, other| one.bits.total_cmp(&other.bits));
    rules.truncate(MOST_RULES);
    found.extend(rules.into_iter().map(Rule::new));
}

#[cfg(test)]
mod tests;
