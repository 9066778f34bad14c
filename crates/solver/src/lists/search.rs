//! How a hypothesis is tested, and what it costs.

use super::base::{BASES, BaseSet};
use super::list::ListRule;
use super::property::Property;
use crate::bits;

/// Bits of saying that a sequence is a list. One in twenty-five that people write down is; there
/// are more properties than their bits say, since many select the same numbers at first.
const KIND: f64 = 7.0;

/// What is left out must be worth so many bits more than the property takes.
const MARGIN: f64 = 5.0;

/// The units of work of a search, about 20 nanoseconds each.
const WORK: u64 = 60_000;

/// At most so many units for one hypothesis.
const LARGEST_WORK: u64 = 25_000;

/// Smaller members are looked for below numbers up to this.
const LARGEST_START: u64 = 3_000;

/// A search for the list of some members.
pub struct Search<'a> {
    /// The given terms.
    pub members: &'a [u64],
    /// The lists that fit.
    pub found: Vec<ListRule>,
    /// What they all belong to, with bits of the base and of the choice within it.
    bases: Vec<(BaseSet, f64, f64)>,
    affordable: f64,
    work: u64,
}

/// log2 of how many ways there are to choose `k` of `n`.
fn choices(n: f64, k: usize) -> f64 {
    (0..k).map(|taken| ((n - taken as f64).max(1.0) / (taken + 1) as f64).log2()).sum()
}

impl<'a> Search<'a> {
    /// A search for lists of these numbers, which increase.
    pub fn new(members: &'a [u64]) -> Self {
        let last = members.last().copied().unwrap_or(0);
        let holds_all = |base: &BaseSet| members.iter().all(|&member| base.contains(member));
        let all = BASES.into_iter().filter(|(base, _)| holds_all(base));
        let with_choices =
            all.map(|(base, bits)| (base, bits, choices(base.count(0, last), members.len())));
        let bases: Vec<_> = with_choices.collect();
        let affordable = bases.iter().map(|(_, _, choice)| choice - MARGIN).fold(0.0, f64::max);
        Search { members, found: Vec::new(), bases, affordable, work: WORK }
    }

    /// The largest member.
    pub fn last(&self) -> u64 {
        self.members.last().copied().unwrap_or(0)
    }

    /// Whether all members are primes.
    pub fn all_prime(&self) -> bool {
        self.bases.iter().any(|(base, ..)| *base == BaseSet::Primes)
    }

    /// The largest number of bits that a property may have to be believed.
    pub fn affordable(&self) -> f64 {
        self.affordable
    }

    /// Takes units of work; false if there are not so many left.
    pub fn pay(&mut self, units: u64) -> bool {
        match self.work.checked_sub(units) {
            Some(rest) => {
                self.work = rest;
                true
            }
            None => false,
        }
    }

    /// Tests whether the members are those with the property, among any base.
    pub fn consider(&mut self, property: &Property, bits: f64) {
        self.consider_among(property, bits, |_| true);
    }

    /// Takes a property of all natural numbers that is known to fit.
    pub fn take(&mut self, property: Property, bits: f64) {
        let (base, from) = (BaseSet::Naturals, self.members[0]);
        self.found.push(ListRule { base, property, from, late: false, bits: KIND + bits });
    }

    /// Tests a property like [`consider`](Self::consider), among some bases.
    pub fn consider_among(
        &mut self,
        property: &Property,
        bits: f64,
        among: impl Fn(BaseSet) -> bool,
    ) {
        if bits > self.affordable {
            return;
        }
        for &member in self.members {
            if !self.pay(property.cost(member)) || !property.holds(member) {
                return;
            }
        }
        self.choose_base(property, bits, among);
    }

    /// Tests a property like [`consider`](Self::consider) that the members are known to have.
    pub fn consider_common(&mut self, property: &Property, bits: f64) {
        if bits > self.affordable {
            return;
        }
        // It takes as much work as if it had to be seen.
        for &member in self.members {
            if !self.pay(property.cost(member)) {
                return;
            }
        }
        self.choose_base(property, bits, |_| true);
    }

    /// Finds the simplest base among which only the members have a property.
    fn choose_base(&mut self, property: &Property, bits: f64, among: impl Fn(BaseSet) -> bool) {
        for place in 0..self.bases.len() {
            let (base, base_bits, choice) = self.bases[place];
            if !among(base) || bits + MARGIN > choice {
                continue;
            }
            let Some(start) = self.start(base, property) else { continue };
            let (late, evidence, start) = match start {
                Start::First => (false, choice, 0.0),
                Start::SmallLeftOut => (true, choice, 1.5),
                Start::Late(left_out) => {
                    let count = base.count(self.members[0], self.last());
                    (
                        true,
                        choices(count - 1.0, self.members.len() - 1),
                        4.0 + bits::natural(left_out),
                    )
                }
            };
            // Where it starts is what the first member says.
            if bits + start.min(3.0) + MARGIN > evidence {
                continue;
            }
            self.found.push(ListRule {
                base,
                property: property.clone(),
                from: self.members[0],
                late,
                bits: KIND + base_bits + bits + start,
            });
            // The first base that will do is the simplest.
            return;
        }
    }

    /// Whether nothing but the members has the property, and what is left out below them.
    fn start(&mut self, base: BaseSet, property: &Property) -> Option<Start> {
        let (first, last) = (self.members[0], self.last());
        if base.count(first, last) > LARGEST_WORK as f64 {
            return None;
        }
        let mut work = self.work.min(LARGEST_WORK);
        let before = work;
        let mut fits = || {
            let mut known = self.members.iter();
            let mut expected = known.next();
            let mut next = base.next(first);
            while let Some(number) = next
                && number <= last
            {
                work = work.checked_sub(base.cost(number) + property.cost(number))?;
                let member = expected == Some(&number);
                if member {
                    expected = known.next();
                } else if property.holds(number) {
                    return None;
                }
                next = base.next(number + 1);
            }
            let mut left_out = 0;
            let mut largest = 0;
            if first > LARGEST_START {
                return Some(Start::Late(100));
            }
            let mut next = base.next(0);
            while let Some(number) = next
                && number < first
                && left_out < 100
            {
                work = work.checked_sub(base.cost(number) + property.cost(number))?;
                if property.holds(number) {
                    left_out += 1;
                    largest = number;
                }
                next = base.next(number + 1);
            }
            Some(match (left_out, largest) {
                (0, _) => Start::First,
                (_, 0 | 1) => Start::SmallLeftOut,
                _ => Start::Late(left_out),
            })
        };
        let start = fits();
        self.work -= before - work;
        start
    }
}

/// Where a list starts.
enum Start {
    /// At the least number of all.
    First,
    /// 0 or 1 is left out, about which conventions differ.
    SmallLeftOut,
    /// So many are left out.
    Late(u64),
}
