//! The rule: a base and a property.

use num_bigint::BigInt;

use super::base::BaseSet;
use super::property::Property;
use crate::expression::{Expression, Formula, Phrase};
use crate::rule::Generator;

/// The members of a base that have a property, from one on.
#[derive(Clone, Debug, PartialEq)]
pub struct ListRule {
    pub(super) base: BaseSet,
    pub(super) property: Property,
    pub(super) from: u64,
    /// Whether smaller members are left out.
    pub(super) late: bool,
    pub(super) bits: f64,
}

/// The units of work (about 20 nanoseconds each) of continuing a list.
const CONTINUATION_WORK: u64 = 200_000;

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
            let cost = self.base.cost(number) + self.property.cost(number);
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
        Formula::words(phrase(&match self.late {
            true => format!("{words}, from {} on", self.from),
            false => words,
        }))
    }
}

/// Words whose powers, such as `k^2`, are mathematics.
fn phrase(words: &str) -> Phrase {
    let symbol = |name: &str| ["k", "p", "x", "y", "n"].into_iter().find(|known| *known == name);
    let power = |word: &str| {
        let (base, exponent) = word.split_once('^')?;
        let base = match symbol(base) {
            Some(letter) => Expression::Symbol(letter),
            None => Expression::integer(base.parse::<u64>().ok()?),
        };
        let exponent = match symbol(exponent) {
            Some(letter) => Expression::Symbol(letter),
            None => Expression::integer(exponent.parse::<u64>().ok()?),
        };
        Some(Expression::power(base, exponent))
    };
    let mut all = Phrase::default();
    for (place, word) in words.split(' ').enumerate() {
        let space = if place > 0 { " " } else { "" };
        all = match power(word) {
            Some(power) => all.and_text(space).and_math(power),
            None => all.and_text(format!("{space}{word}")),
        };
    }
    all
}
