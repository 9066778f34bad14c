//! The search for lists made of sets with a name.

use super::base::BaseSet;
use super::numbers::gcd;
use super::property::Property;
use super::search::Search;
use super::sets::{SETS, Set, SetRule};
use crate::bits::natural;

/// The largest last member for which sums are tried.
const LARGEST: u64 = 3000;

/// A set of numbers from 0 up to a largest one, as bits.
#[derive(Clone, PartialEq)]
struct Bits {
    words: Vec<u64>,
    largest: u64,
}

impl Bits {
    fn of(members: &[u64], largest: u64) -> Self {
        let mut bits = Bits { words: vec![0; largest as usize / 64 + 1], largest };
        members.iter().for_each(|&member| bits.insert(member));
        bits
    }

    fn insert(&mut self, member: u64) {
        if member <= self.largest {
            self.words[member as usize / 64] |= 1 << (member % 64);
        }
    }

    /// Adds all members of `other`, so much larger.
    fn insert_shifted(&mut self, other: &Bits, shift: u64) {
        let (words, rest) = (shift as usize / 64, shift % 64);
        for place in words..self.words.len() {
            let mut word = other.words[place - words] << rest;
            if rest > 0 && place > words {
                word |= other.words[place - words - 1] >> (64 - rest);
            }
            self.words[place] |= word;
        }
    }

    /// Whether both hold the same, or just not the same, from `first` on up to the largest.
    fn agrees(&self, other: &Bits, first: u64, inverted: bool) -> bool {
        let flip = if inverted { u64::MAX } else { 0 };
        let from = first as usize / 64;
        self.words.iter().zip(&other.words).enumerate().skip(from).all(|(place, (one, two))| {
            let mut mask = u64::MAX;
            if place == from {
                mask &= u64::MAX << (first % 64);
            }
            if place == self.words.len() - 1 {
                mask &= u64::MAX >> (63 - self.largest % 64);
            }
            (one ^ two ^ flip) & mask == 0
        })
    }
}

/// Tries all of them.
pub fn solve(search: &mut Search<'_>) {
    let among = |base: BaseSet| matches!(base, BaseSet::Naturals | BaseSet::Primes);
    let mut consider = |rule: SetRule, bits: f64| {
        search.consider_among(&Property::Sets(rule), bits, among);
    };
    for (place, (set, bits)) in SETS.into_iter().enumerate() {
        consider(SetRule::Not(set), 1.5 + bits);
        for (other, more) in &SETS[..place] {
            consider(SetRule::Union(*other, set), 2.5 + bits + more);
        }
    }
    let divisor = search.members.iter().fold(0, |all, &member| gcd(all, member));
    if divisor > 1 {
        for set in [Set::Primes, Set::Triangular, Set::Squares] {
            let property = Property::Sets(SetRule::Times(divisor, set));
            search.consider_among(&property, 4.0 + natural(divisor), among);
        }
    }
    if search.last() <= LARGEST {
        for (rule, bits) in sums(search.members, search.last()) {
            search.consider_among(&Property::Sets(rule), bits, among);
        }
    }
}

/// The sums, differences and products that agree with the members.
fn sums(members: &[u64], last: u64) -> Vec<(SetRule, f64)> {
    let first = members[0];
    let wanted = Bits::of(members, last);
    let empty = Bits::of(&[], last);
    let listed = SETS.map(|(set, _)| {
        let all = (0..).map_while(|place| set.member(place));
        all.take_while(|&member| member <= last).collect::<Vec<u64>>()
    });
    let sets: Vec<Bits> = listed.iter().map(|all| Bits::of(all, last)).collect();
    let mut found = Vec::new();
    for (one, (set, bits)) in SETS.into_iter().enumerate() {
        for (two, (other, more)) in SETS.into_iter().enumerate().take(one + 1) {
            // The shorter list goes through, the longer one is shifted.
            let swap = listed[one].len() > listed[two].len();
            let (few, many) = if swap { (two, one) } else { (one, two) };
            let (first_set, second_set) = if swap { (set, other) } else { (other, set) };
            let mut sum = empty.clone();
            listed[few].iter().for_each(|&member| sum.insert_shifted(&sets[many], member));
            let both = bits + more;
            if sum.agrees(&wanted, first, false) {
                found.push((SetRule::Sum(first_set, second_set), 2.0 + both));
            }
            if sum.agrees(&wanted, first, true) {
                found.push((SetRule::NotSum(first_set, second_set), 4.0 + both));
            }
            if one != two {
                let mut product = empty.clone();
                for &member in &listed[few] {
                    let most = last.checked_div(member).unwrap_or(last);
                    let others = listed[many].iter().take_while(|&&other| other <= most);
                    others.for_each(|other| product.insert(member * other));
                }
                if product.agrees(&wanted, first, false) {
                    found.push((SetRule::Product(first_set, second_set), 3.5 + both));
                }
                continue;
            }
            let mut triple = empty.clone();
            listed[one].iter().for_each(|&member| triple.insert_shifted(&sum, member));
            if triple.agrees(&wanted, first, false) {
                found.push((SetRule::TripleSum(set), 3.5 + bits));
            }
            let mut distinct = empty.clone();
            for (place, &member) in listed[one].iter().enumerate() {
                let larger = listed[one][place + 1..].iter();
                let larger = larger.take_while(|&&other| member + other <= last);
                larger.for_each(|other| distinct.insert(member + other));
            }
            if distinct.agrees(&wanted, first, false) {
                found.push((SetRule::DistinctSum(set), 3.5 + bits));
            }
            if !matches!(set, Set::Primes | Set::OddPrimes)
                && differences(set, last).agrees(&wanted, first, false)
            {
                found.push((SetRule::Difference(set), 4.0 + bits));
            }
        }
    }
    found
}

/// The differences of two members, up to `last`.
fn differences(set: Set, last: u64) -> Bits {
    let mut differences = Bits::of(&[0], last);
    let mut window: Vec<u64> = Vec::new();
    for (place, member) in (0..).map_while(|place| Some((place, set.member(place)?))) {
        let start = window.partition_point(|&other| member - other > last);
        // The gaps grow from the fourth member on at the latest.
        if start == window.len() && place > 4 {
            break;
        }
        window[start..].iter().for_each(|other| differences.insert(member - other));
        window.push(member);
    }
    differences
}
