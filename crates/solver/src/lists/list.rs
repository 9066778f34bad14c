//! The rule: a base and a property.

use num_bigint::BigInt;

use super::base::BaseSet;
use super::property::Property;
use crate::expression::Formula;
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
        Formula::words(match self.late {
            true => format!("{words}, from {} on", self.from),
            false => words,
        })
    }
}
