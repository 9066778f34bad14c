//! The search: every solver on the given terms, and on the simpler sequences that operations
//! leave of them.

use std::collections::HashMap;

use num_bigint::BigInt;
use num_traits::Signed;

use crate::construction::{self, Construction, Transformed};
use crate::interleaved::{self, Interleaved};
use crate::listing::Listing;
use crate::rule::{Generator, LARGEST, Rule};
use crate::terms::Terms;
use crate::{
    algebraic, catalogue, combinations, constants, convolutions, digit_rules, families, holonomic,
    linear_recurrence, lists, nonlinear, polynomial, relations, steps,
};

/// Terms beyond these are not searched; they are compared.
const SEARCHED: usize = 64;

/// How far rules must go on alike at least to be one.
const ALIKE: usize = 8;

/// Rules of a simpler sequence that are tried in each operation.
const KEPT: usize = 3;

/// A rule with all given terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The rule, in its shortest form.
    pub rule: Rule,
    /// Bits to say the terms by it, the first one given.
    pub bits: f64,
    /// The terms that follow; fewer where the sequence ends or exceeds [`LARGEST`].
    pub continuation: Vec<BigInt>,
}

/// What the terms may follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Solutions {
    /// The rules with all given terms, the shortest first; no two go on alike for eight terms.
    pub all: Vec<Solution>,
    /// Bits to list the terms without any rule, the first one given.
    pub listing: f64,
}

/// The rules behind some terms, each with at least `further` of the terms that follow; none
/// behind fewer than three terms.
///
/// ```
/// use ninth_solver::{Generator, Terms, solve};
///
/// let solutions = solve(&Terms::from(&[1, 4, 9, 16, 25][..]), 1);
/// let first = &solutions.all[0];
/// assert_eq!(first.continuation[0], 36.into());
/// assert_eq!(first.rule.formula().to_string(), "a(n) = n^2, n >= 1");
/// ```
pub fn solve(terms: &Terms, further: usize) -> Solutions {
    let listing = Listing::of(terms.exact());
    if terms.len() < 3 {
        return Solutions { all: Vec::new(), listing: listing.total() };
    }
    let searched = match terms.len() {
        ..=SEARCHED => terms.clone(),
        _ => Terms::new(terms.exact()[..SEARCHED].to_vec()),
    };
    let mut found = Vec::new();
    outermost(&searched, &mut found);
    Solutions { all: grouped(found, terms, &listing, further), listing: listing.total() }
}

/// The solvers of sequences that are not made of others.
fn leaves(terms: &Terms, found: &mut Vec<Rule>) {
    polynomial::solve(terms, found);
    linear_recurrence::solve(terms, found);
    combinations::alone(terms, found);
}

/// Those that take longer, or say so much that they are for the terms themselves only.
fn larger(terms: &Terms, found: &mut Vec<Rule>) {
    holonomic::solve(terms, found);
    algebraic::solve(terms, found);
    nonlinear::solve(terms, found);
    steps::solve(terms, found);
    constants::solve(terms, found);
    families::solve(terms, found);
    combinations::solve(terms, found);
    convolutions::solve(terms, found);
    catalogue::solve(terms, found);
    lists::solve(terms, found);
    digit_rules::solve(terms, found);
    polynomial::rounded(terms, found);
}

fn outermost(terms: &Terms, found: &mut Vec<Rule>) {
    leaves(terms, found);
    larger(terms, found);
    relations::solve(terms, found);
    operations(terms, 2, &mut Seen::new(), found);
    in_turn(terms, found);
}

/// Bits of all the simpler sequences that are searched behind two operations, at most: those
/// behind a single one are always searched.
const MOST_BITS: u64 = 1 << 20;

/// The simpler sequences that operations led to.
struct Seen {
    /// Each with a hash and its rules: the same sequence is led to in more than one way.
    rules: Vec<(u64, Terms, Vec<Rule>)>,
    /// How many more bits are searched.
    bits: u64,
}

impl Seen {
    fn new() -> Self {
        Seen { rules: Vec::new(), bits: MOST_BITS }
    }

    fn leaves(&mut self, terms: &Terms) -> Vec<Rule> {
        let hash = terms.low().iter().fold(terms.len() as u64, |hash, term| {
            (hash ^ term).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
        });
        // There are not many.
        let same = |(other, seen, _): &&(u64, Terms, Vec<Rule>)| *other == hash && seen == terms;
        if let Some((.., rules)) = self.rules.iter().find(same) {
            return rules.clone();
        }
        self.bits = self.bits.saturating_sub(terms.exact().iter().map(BigInt::bits).sum());
        let mut rules = Vec::new();
        leaves(terms, &mut rules);
        self.rules.push((hash, terms.clone(), rules.clone()));
        rules
    }
}

/// The terms as an operation on a simpler sequence, which may be one again, `depth` deep.
fn operations(terms: &Terms, depth: usize, seen: &mut Seen, found: &mut Vec<Rule>) {
    for operation in construction::usual(terms.exact()) {
        if depth == 1 && seen.bits == 0 {
            return;
        }
        let Some(inner) = operation.undo(terms.exact()) else { continue };
        if inner.len() < 4 || inner == terms.exact() || is_too_large(&inner) {
            continue;
        }
        let inner = Terms::new(inner);
        let mut rules = seen.leaves(&inner);
        if matches!(operation, Construction::RunningSum | Construction::RunningProduct) && depth > 1
        {
            combinations::pairs(&inner, &mut rules);
        }
        if depth > 1 && !matches!(operation, Construction::After(_)) {
            operations(&inner, depth - 1, seen, &mut rules);
        }
        if rules.is_empty() {
            continue;
        }
        let listing = Listing::of(inner.exact());
        for rule in shortest(rules, &inner, &listing) {
            let first = terms.exact()[0].clone();
            found.push(Rule::new(Transformed::new(operation.clone(), first, rule, &listing)));
        }
    }
}

fn in_turn(terms: &Terms, found: &mut Vec<Rule>) {
    for of in 2..=interleaved::MOST.min(terms.len() / 2) {
        let parts = interleaved::parts(terms.exact(), of);
        let mut rules = Vec::new();
        for part in &parts {
            let part = Terms::new(part.clone());
            let mut of_part = Vec::new();
            short(&part, &mut of_part);
            leaves(&part, &mut of_part);
            let best = shortest(of_part, &part, &Listing::of(part.exact())).into_iter().next();
            rules.extend(best);
        }
        if rules.len() == of {
            found.push(Rule::new(Interleaved::new(rules, &parts)));
        }
    }
}

/// Two or three terms in turn with others: constant, or a step.
fn short(part: &Terms, found: &mut Vec<Rule>) {
    if part.len() < 4 {
        polynomial::line(part, found);
    }
}

fn is_too_large(terms: &[BigInt]) -> bool {
    terms.iter().any(|term| term.bits() > LARGEST)
}

/// Bits of a rule behind terms with this list.
fn cost(rule: &Rule, listing: &Listing) -> f64 {
    rule.bits() + listing.of_first(rule.seeds())
}

/// The rules that reproduce the terms, the shortest first, at most [`KEPT`].
fn shortest(found: Vec<Rule>, terms: &Terms, listing: &Listing) -> Vec<Rule> {
    let mut right: Vec<(f64, Rule)> =
        found.into_iter().map(|rule| (cost(&rule, listing), rule)).collect();
    right.sort_by(|one, other| one.0.total_cmp(&other.0));
    let rules = right.into_iter().map(|(_, rule)| rule);
    rules.filter(|rule| rule.terms(terms.len()) == terms.exact()).take(KEPT).collect()
}

/// The rules that reproduce all terms, by how they go on.
fn grouped(found: Vec<Rule>, terms: &Terms, listing: &Listing, further: usize) -> Vec<Solution> {
    /// A rule that is longer than the list by so many bits is a coincidence.
    const SLACK: f64 = 16.0;
    /// So many of the shortest rules are followed.
    const FOLLOWED: usize = 100;
    let mut sensible: Vec<(f64, Rule)> = found
        .into_iter()
        .map(|rule| (cost(&rule, listing), rule))
        .filter(|(bits, _)| *bits <= listing.total() + SLACK)
        .collect();
    sensible.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    sensible.truncate(FOLLOWED);
    // With each group the bits that its rule is said in, once another rule goes on like it.
    let mut groups: HashMap<Vec<BigInt>, (Option<f64>, Solution)> = HashMap::new();
    for (bits, rule) in sensible {
        // However many terms are asked for, the same rules are one.
        let Some(continuation) = continued(&rule, terms.exact(), ALIKE) else { continue };
        match groups.get_mut(&continuation) {
            Some((least, group)) => {
                let of_group = least.unwrap_or_else(|| group.bits + clumsiness(&group.rule));
                let said = bits + clumsiness(&rule);
                *least = Some(of_group.min(said));
                if said < of_group {
                    group.rule = rule;
                }
            }
            None => {
                // The shortest description comes first.
                let solution = Solution { rule, bits, continuation: continuation.clone() };
                groups.insert(continuation, (None, solution));
            }
        }
    }
    let mut all: Vec<Solution> = groups.into_values().map(|(_, solution)| solution).collect();
    if further > ALIKE {
        for Solution { rule, continuation, .. } in &mut all {
            *continuation = continued(rule, terms.exact(), further).unwrap_or_default();
        }
    }
    // No two go on alike, so the order does not depend on that of the hash map.
    all.sort_unstable_by(|one, other| {
        let by_bits = one.bits.total_cmp(&other.bits);
        by_bits.then_with(|| one.continuation.cmp(&other.continuation))
    });
    all
}

/// The terms that follow by a rule, if it gives these ones and at least one more; `count` of
/// them, but none of more bits than [`LARGEST`].
///
/// Terms may square from one to the next, so as many are asked for at a time as the last terms
/// let expect below that size.
pub fn continued(rule: &Rule, terms: &[BigInt], count: usize) -> Option<Vec<BigInt>> {
    let known = terms.len();
    // A rule was found behind the first terms only, and may go astray at once: it is compared on
    // twice as many each time.
    let stages = std::iter::successors(Some(2 * SEARCHED), |length| length.checked_mul(2));
    for length in stages.take_while(|length| *length < known) {
        if rule.terms(length) != terms[..length] {
            return None;
        }
    }
    let mut wanted = known + in_reach(terms).min(count);
    loop {
        let mut all = rule.terms(wanted);
        if all.len() <= known || all[..known] != *terms {
            return None;
        }
        let end = all[known..].iter().position(|term| term.bits() > LARGEST);
        if all.len() < wanted || wanted == known + count || end.is_some() {
            all.truncate(end.map_or(all.len(), |end| known + end));
            return Some(all.split_off(known));
        }
        wanted += in_reach(&all).min(known + count - wanted);
    }
}

/// How many further terms stay below about twice the largest size, at least one, if their sizes
/// grow by the largest factor that the last three do; no more than as many again.
fn in_reach(terms: &[BigInt]) -> usize {
    let size = |back: usize| {
        let place = terms.len().checked_sub(back);
        place.map_or(1.0, |place| (terms[place].bits() + 1) as f64)
    };
    let [one, two, three] = [size(1), size(2), size(3)];
    let growth = (one / two).max(two / three).max((one / three).sqrt()).max(1.0);
    let room = (2.0 * LARGEST as f64 / one.max(two)).log2() / growth.log2();
    (room.max(1.0) as usize).min(terms.len().max(ALIKE))
}

/// Among rules that go on alike, a person names a closed form first, and the property of a list
/// last; in bits. What is drawn for a model ends where 64 bits do, so that another one is better.
fn clumsiness(rule: &Rule) -> f64 {
    match rule.kind() {
        "ListRule" | "DigitRule" | "DrawnRelation" => 8.0,
        _ if rule.formula().closed_form().is_some() => -5.0,
        _ => 0.0,
    }
}

/// The terms that may come next, by the share of the rules that go on with them, the likeliest
/// first; the shares add up to 1.
pub fn next(solutions: &[Solution]) -> Vec<(BigInt, f64)> {
    let least = solutions.first().map_or(0.0, |first| first.bits);
    let mut nexts: Vec<(BigInt, f64)> = Vec::new();
    for solution in solutions {
        let Some(term) = solution.continuation.first() else { continue };
        let weight = (least - solution.bits).exp2();
        match nexts.iter_mut().find(|(other, _)| other == term) {
            Some((_, share)) => *share += weight,
            None => nexts.push((term.clone(), weight)),
        }
    }
    let total: f64 = nexts.iter().map(|(_, share)| share).sum();
    for (_, share) in &mut nexts {
        *share /= total;
    }
    nexts.sort_by(|(a, p), (b, q)| q.total_cmp(p).then_with(|| a.abs().cmp(&b.abs())));
    nexts
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_traits::One;

    fn best(terms: Vec<BigInt>, further: usize) -> Solution {
        let mut solutions = solve(&Terms::new(terms), further).all;
        assert!(!solutions.is_empty());
        solutions.swap_remove(0)
    }

    #[test]
    fn large_terms_end_a_continuation() {
        let mut terms = vec![BigInt::from(3)];
        while terms.len() < 8 {
            let last = &terms[terms.len() - 1];
            terms.push(last * last - 1);
        }
        let next = terms.pop();
        let found = best(terms, 1000);
        assert_eq!(found.continuation.first(), next.as_ref());
        assert!(found.continuation.len() < 20);
        assert!(found.continuation.iter().all(|term| term.bits() <= LARGEST));
    }

    #[test]
    fn slow_terms_are_all_continued() {
        let terms = (1..20).map(|n| BigInt::from(n * n)).collect();
        let all = solve(&Terms::new(terms), 1000).all;
        // A list of numbers with a property ends before.
        let whole = all.iter().find(|solution| solution.continuation.len() == 1000);
        let last = whole.map(|solution| &solution.continuation[999]);
        assert_eq!(last, Some(&BigInt::from(1019 * 1019)));
    }

    #[test]
    fn the_rules_are_the_same_however_many_terms_are_asked_for() {
        for terms in [&[1, 2, 4, 8, 16, 32, 64, 128][..], &[1, 4, 9, 16, 25], &[1, 2, 6, 12, 36]] {
            let [few, many] = [1, 200].map(|further| solve(&Terms::from(terms), further).all);
            assert!(!few.is_empty() && few.len() == many.len());
            for (few, many) in few.iter().zip(&many) {
                assert_eq!((&few.rule, few.bits), (&many.rule, many.bits));
                let common = few.continuation.len().min(many.continuation.len());
                assert_eq!(few.continuation[..common], many.continuation[..common]);
            }
        }
    }

    #[test]
    fn many_terms_are_compared_from_the_first_on() {
        let mut terms: Vec<BigInt> = (1..=5000).map(|n| BigInt::from(n * n)).collect();
        assert_eq!(best(terms.clone(), 1).continuation[0], BigInt::from(5001 * 5001));
        let rule = best(terms[..64].to_vec(), 1).rule;
        terms[3000] += 1;
        assert_eq!(continued(&rule, &terms, 1), None);
        assert_eq!(continued(&rule, &terms[..3000], 1), Some(vec![BigInt::from(3001 * 3001)]));
    }

    #[test]
    fn as_many_terms_as_growth_allows() {
        let of_bits = |bits: &[u32]| -> Vec<BigInt> {
            bits.iter().map(|&bits| BigInt::one() << (bits - 1)).collect()
        };
        // From 2^10 bits to the double of 2^16 in seven steps.
        assert_eq!(in_reach(&of_bits(&[127, 255, 511, 1023])), 7);
        assert_eq!(in_reach(&of_bits(&[1023; 20])), 20);
        assert_eq!(in_reach(&of_bits(&[1 << 16, 1 << 17])), 1);
        assert_eq!(in_reach(&[]), ALIKE);
    }

    #[test]
    fn the_work_behind_two_operations_is_counted() {
        let base: BigInt = BigInt::from(10).pow(100) + 267_i64;
        let terms = Terms::new((0..64_i64).map(|n| &base * (n * n % 31) + n % 7).collect());
        let (mut seen, mut found) = (Seen::new(), Vec::new());
        operations(&terms, 2, &mut seen, &mut found);
        assert_eq!(seen.bits, 0);
        // What is said in a few bits has enough of them.
        let (mut seen, small) = (Seen::new(), Terms::from(&[3, 1, 4, 1, 5, 9, 2, 6, 5, 3][..]));
        operations(&small, 2, &mut seen, &mut found);
        assert!(seen.bits > MOST_BITS / 2);
    }

    #[test]
    fn terms_that_repeat() {
        // Hundreds of recurrences hold.
        let ring = [5, 1, 4, 1, 1, 2, 8, 1, 1, 3, 1, 7];
        let found = best((0..60).map(|place| BigInt::from(ring[place % 12])).collect(), 12);
        assert_eq!(found.continuation[..12], ring.map(BigInt::from));
    }
}
