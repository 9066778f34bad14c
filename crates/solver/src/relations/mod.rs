//! The search: relations through given terms, whatever their parameters.
//!
//! Each form of the algebra is solved for the terms, from the outside to the inside:
//! the steps of a sum are the differences, which are searched in turn; the two halves of
//! an interleaving are searched on their own. Every proposal is then evaluated, and only
//! those that reproduce all terms are kept, so a proposal may be a guess.
//!
//! | file | what it holds |
//! |---|---|
//! | `mod.rs` | the forms that contain others, cycles, remainders |
//! | `simplicity.rs` | the length of a relation's description |
//! | `linear.rs` | linear recurrences, by their equations |
//! | `ratios.rs` | the simplest fraction as a factor |
//! | `switch.rs` | steps that depend on the terms |

mod formula;
mod linear;
mod ratios;
mod simplicity;
mod switch;

use std::num::NonZeroU32;

use ninth_sequences::{Cycle, Past, Ratio, Relation, Rounding};
use num_bigint::BigInt;

use crate::expression::Formula;
use crate::rule::{Generator, Rule};
use crate::terms::Terms;
use simplicity::{bits, listing, parameters};

/// A relation of the algebra that sequences are drawn from.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnRelation {
    relation: Relation,
    bits: f64,
}

impl DrawnRelation {
    /// The relation, with the length of its description.
    pub fn new(relation: Relation) -> Self {
        let bits = bits(&relation);
        DrawnRelation { relation, bits }
    }

    /// The relation.
    pub fn relation(&self) -> &Relation {
        &self.relation
    }
}

impl Generator for DrawnRelation {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        let mut terms = vec![0; count];
        let length = self.relation.evaluate(&mut terms);
        terms[..length].iter().map(|&term| term.into()).collect()
    }

    fn bits(&self) -> f64 {
        self.bits
    }

    fn seeds(&self) -> usize {
        0
    }

    fn formula(&self) -> Formula {
        formula::formula(&self.relation)
    }
}

/// Finds relations through terms of 64 bits.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    if let Some(small) = terms.small() {
        found.extend(
            search(small).into_iter().map(|relation| Rule::new(DrawnRelation::new(relation))),
        );
    }
}

/// The largest depth of nested forms: cubic steps of steps of steps are three deep.
const DEPTH: usize = 3;

/// The number of relations of an inner sequence that are tried in each outer form.
const KEPT: usize = 3;

/// Relations with all of these terms, the shortest description first.
///
/// A relation with as many parameters as there are terms fits any terms. It is omitted unless
/// its description is shorter than the list of the terms, or its form one of the simplest.
/// Relations with a much longer description than that list are omitted, too.
fn search(terms: &[i64]) -> Vec<Relation> {
    /// A relation that is longer than the list by this many bits is a coincidence, 1000 to 1.
    const SLACK: f64 = 10.0;
    let limit = listing(terms);
    let mut found = nested(terms, DEPTH);
    switch::switches(terms, &mut found);
    remainders(terms, &mut found);
    multiplied(terms, &mut found);
    let sensible = |relation: &Relation| {
        let plain = matches!(
            relation,
            Relation::Affine { factor: 1, .. } | Relation::Affine { constant: 0, .. }
        );
        let bits = bits(relation);
        plain || bits < limit || (parameters(relation) < terms.len() && bits < limit + SLACK)
    };
    found.retain(sensible);
    verified(found, terms, usize::MAX)
}

/// The proposals that reproduce the terms, at most `most`, the shortest description first.
fn verified(found: Vec<Relation>, terms: &[i64], most: usize) -> Vec<Relation> {
    let mut buffer = vec![0; terms.len()];
    let mut right: Vec<(f64, Relation)> = found
        .into_iter()
        .filter(|relation| relation.evaluate(&mut buffer) == terms.len() && buffer == terms)
        .map(|relation| (bits(&relation), relation))
        .collect();
    right.sort_by(|a, b| a.0.total_cmp(&b.0));
    right.dedup_by(|a, b| a.1 == b.1);
    right.truncate(most);
    right.into_iter().map(|(_, relation)| relation).collect()
}

/// Every form but those that are searched for the outermost sequence only.
fn nested(terms: &[i64], depth: usize) -> Vec<Relation> {
    let Some(&first) = terms.first() else { return Vec::new() };
    if terms.iter().all(|term| *term == first) {
        return vec![Relation::Constant(first)];
    }
    let mut found = Vec::new();
    recurrences(terms, &mut found);
    periods(terms, &mut found);
    fractions(terms, &mut found);
    if depth > 0 {
        let inner = |terms: &[i64]| verified(nested(terms, depth - 1), terms, KEPT);
        running(terms, &inner, &mut found);
        held(terms, &inner, &mut found);
        weighted(terms, &inner, &mut found);
        let halves = |terms: &[i64]| verified(nested(terms, (depth - 1).min(1)), terms, KEPT);
        interleaved(terms, &halves, &mut found);
    }
    found
}

/// Orders one to three: by their equations, and with the factors that people use.
fn recurrences(terms: &[i64], found: &mut Vec<Relation>) {
    if let [first, second, ..] = *terms {
        found.extend(second.checked_sub(first).map(|step| Relation::arithmetic(first, step)));
    }
    for order in 1..=3 {
        for with_constant in [false, true] {
            found.extend(linear::solve(terms, order, with_constant));
        }
    }
    // Few terms do not determine the factors: common ones are tried, with the constant that fits.
    if let [one, two, three, ..] = *terms {
        for (a, b) in (-2..=3).flat_map(|a| (-2..=3).map(move |b| (a, b))) {
            let sum = || two.checked_mul(a)?.checked_add(one.checked_mul(b)?);
            let Some(constant) = sum().and_then(|sum| three.checked_sub(sum)) else { continue };
            // The next term refutes most.
            let next = three.wrapping_mul(a).wrapping_add(two.wrapping_mul(b));
            if terms.get(3).is_some_and(|term| *term != next.wrapping_add(constant)) {
                continue;
            }
            if b != 0 && (constant == 0 || terms.len() > 3) {
                let (first, factors) = ([one, two], [a, b]);
                found.push(Relation::Linear { first, factors, constant });
            }
        }
    }
    if terms.len() > 4 {
        let small = || -1..=2;
        for (a, b) in small().flat_map(|a| small().map(move |b| (a, b))) {
            for c in small().filter(|c| *c != 0) {
                let sum = [a, b, c].iter().zip([2, 1, 0]).fold(0_i64, |sum, (factor, place)| {
                    sum.wrapping_add(terms[place].wrapping_mul(*factor))
                });
                if sum != terms[3] {
                    continue;
                }
                found.push(linear::recurrence(terms, &[a, b, c], 0, NonZeroU32::MIN));
            }
        }
    }
    if terms.len() > 5 {
        found.push(linear::recurrence(terms, &[1; 4], 0, NonZeroU32::MIN));
    }
}

/// Cycles: the first terms repeat, at least one of them twice.
fn periods(terms: &[i64], found: &mut Vec<Relation>) {
    for period in 2..terms.len() {
        if terms[period..].iter().zip(terms).any(|(later, sooner)| later != sooner) {
            continue;
        }
        found.push(match Cycle::new(&terms[..period]) {
            Ok(cycle) => Relation::Cycle(cycle),
            Err(_) => {
                let past = terms[..period].iter().enumerate();
                let past = past.map(|(i, &first)| Past { first, factor: i64::from(i == 0) });
                let (constant, divisor) = (0, NonZeroU32::MIN);
                Relation::RationalRecurrence { past: past.collect(), constant, divisor }
            }
        });
        return;
    }
}

/// Multiples by fractions, rounded: one or several in turn, or a power of one.
fn fractions(terms: &[i64], found: &mut Vec<Relation>) {
    let [first, second, _, ..] = *terms else { return };
    for length in 1..=Cycle::<Ratio>::MAX_LENGTH.min(terms.len() - 2) {
        let ratios: Option<Vec<Ratio>> = (0..length)
            .map(|place| {
                let pairs = terms.windows(2).skip(place).step_by(length);
                ratios::factor(pairs.map(|pair| (pair[0], pair[1])))
            })
            .collect();
        if let Some(ratios) = ratios.and_then(|ratios| Cycle::new(&ratios).ok()) {
            found.push(Relation::Scale { first, ratios });
        }
    }
    if first <= 0 || terms.len() < 4 {
        return; // a power of a fraction grows the other way from a negative number
    }
    let mut buffer = vec![0; terms.len()];
    for rounding in [Rounding::Floor, Rounding::Ceiling] {
        let buffer = std::cell::RefCell::new(&mut buffer);
        let ratio = ratios::simplest(second.div_euclid(first), |ratio| {
            let mut buffer = buffer.borrow_mut();
            let length = Relation::Geometric { first, ratio, rounding }.evaluate(&mut buffer);
            (length == terms.len()).then(|| buffer.as_slice().cmp(terms))
        });
        found.extend(ratio.map(|ratio| Relation::Geometric { first, ratio, rounding }));
    }
}

/// Sums and products of another sequence.
fn running(terms: &[i64], inner: &impl Fn(&[i64]) -> Vec<Relation>, found: &mut Vec<Relation>) {
    let [first, _, _, ..] = *terms else { return };
    let steps: Option<Vec<i64>> =
        terms.windows(2).map(|pair| pair[1].checked_sub(pair[0])).collect();
    for steps in steps.iter().flat_map(|steps| inner(steps)) {
        found.push(Relation::Sum { first, steps: Box::new(steps) });
    }
    let factor = |pair: &[i64]| match pair[1].checked_rem(pair[0]) {
        Some(0) => pair[1].checked_div(pair[0]),
        _ => None,
    };
    let factors: Option<Vec<i64>> = terms.windows(2).map(factor).collect();
    for factors in factors.iter().flat_map(|factors| inner(factors)) {
        found.push(Relation::Product { first, factors: Box::new(factors) });
    }
}

/// Terms that are held: for the same time, or for two times in turn.
fn held(terms: &[i64], inner: &impl Fn(&[i64]) -> Vec<Relation>, found: &mut Vec<Relation>) {
    let runs = (2..=terms.len() / 2).map(|run| vec![run]);
    let two = (1..=4).flat_map(|one| (1..=4).map(move |other| vec![one, other]));
    for runs in runs.chain(two.filter(|runs| runs[0] != runs[1])) {
        let mut values = Vec::new();
        let mut rest = terms;
        let mut same = true;
        for run in runs.iter().cycle() {
            let Some(&value) = rest.first() else { break };
            let (held, after) = rest.split_at(rest.len().min(*run));
            same &= held.iter().all(|term| *term == value);
            values.push(value);
            rest = after;
        }
        if !same || values.len() < 2 || values.len() == terms.len() {
            continue;
        }
        let lengths: Option<Vec<NonZeroU32>> =
            runs.iter().map(|run| u32::try_from(*run).ok().and_then(NonZeroU32::new)).collect();
        let Some(runs) = lengths.and_then(|lengths| Cycle::new(&lengths).ok()) else { continue };
        for of in inner(&values) {
            found.push(Relation::Hold { runs, of: Box::new(of) });
        }
    }
}

/// Alternating signs, around a constant or not.
fn weighted(terms: &[i64], inner: &impl Fn(&[i64]) -> Vec<Relation>, found: &mut Vec<Relation>) {
    let mut weigh = |weights: &[i64], constant: i64| {
        let Ok(weights) = Cycle::new(weights) else { return };
        let values = terms.iter().zip(weights.values().iter().cycle()).map(|(term, weight)| {
            let product = term.checked_sub(constant)?;
            (product.checked_rem(*weight)? == 0).then(|| product.checked_div(*weight))?
        });
        let values: Option<Vec<i64>> = values.collect();
        for of in values.iter().flat_map(|values| inner(values)) {
            if !matches!(of, Relation::Weighted { .. }) {
                found.push(Relation::Weighted { of: Box::new(of), weights, constant });
            }
        }
    };
    if terms.len() > 2 {
        weigh(&[1, -1], 0);
    }
    if let [one, two, three, _, ..] = *terms {
        // c + a, c - (a + d), c + (a + 2 d), ...
        let constant = || {
            let twice = three.checked_sub(one)?;
            let sum = one.checked_add(two)?.checked_add(twice.div_euclid(2))?;
            (twice % 2 == 0 && sum % 2 == 0).then_some(sum / 2)
        };
        if let Some(constant) = constant().filter(|constant| *constant != 0) {
            weigh(&[1, -1], constant);
        }
    }
}

/// Every k-th term multiplied, of a sequence without other forms in it: a zero is a
/// multiple of everything, so this branches too much to be repeated.
fn multiplied(terms: &[i64], found: &mut Vec<Relation>) {
    if terms.len() < 4 {
        return;
    }
    for factor in 2..=9 {
        for k in 2..=Cycle::<i64>::MAX_LENGTH.min(terms.len() - 1) {
            for place in 0..k {
                let mut multiples = terms.iter().skip(place).step_by(k);
                if multiples.any(|term| term % factor != 0) {
                    continue;
                }
                let mut values = terms.to_vec();
                values.iter_mut().skip(place).step_by(k).for_each(|value| *value /= factor);
                let mut weights = [1; Cycle::<i64>::MAX_LENGTH];
                weights[place] = factor;
                let Ok(weights) = Cycle::new(&weights[..k]) else { continue };
                for of in verified(nested(&values, 0), &values, KEPT) {
                    found.push(Relation::Weighted { of: Box::new(of), weights, constant: 0 });
                }
            }
        }
    }
}

/// Two sequences in turn.
fn interleaved(terms: &[i64], inner: &impl Fn(&[i64]) -> Vec<Relation>, found: &mut Vec<Relation>) {
    if terms.len() < 4 {
        return;
    }
    let half = |skipped| -> Vec<i64> { terms.iter().skip(skipped).step_by(2).copied().collect() };
    let evens = inner(&half(0));
    if evens.is_empty() {
        return;
    }
    for odd in inner(&half(1)) {
        for even in &evens {
            let (even, odd) = (Box::new(even.clone()), Box::new(odd.clone()));
            found.push(Relation::Interleave { even, odd });
        }
    }
}

/// Recurrences modulo m.
fn remainders(terms: &[i64], found: &mut Vec<Relation>) {
    /// Moduli are tried up to this one, and up to the largest term plus this number.
    const LARGEST: i64 = 1000;
    const BEYOND: i64 = 50;
    let [one, two, three, _, ..] = *terms else { return };
    let (Some(&least), Some(&most)) = (terms.iter().min(), terms.iter().max()) else { return };
    if least < 0 || most >= LARGEST || least == most {
        return;
    }
    for modulus in most + 1..=(2 * most + BEYOND).min(LARGEST) {
        let Some(number) = u32::try_from(modulus).ok().and_then(NonZeroU32::new) else { continue };
        // All of this is below a million.
        let residue = |number: i64| number.rem_euclid(modulus);
        let all = |next: &dyn Fn(i64, i64) -> i64| {
            terms.windows(3).all(|three| residue(next(three[0], three[1])) == three[2])
        };
        let mut modulo = |of: Relation| {
            found.push(Relation::Modulo { of: Box::new(of), modulus: number });
        };
        for factor in 1..=9 {
            let constant = residue(two - factor * one);
            if all(&|_, last| factor * last + constant) {
                modulo(Relation::Affine { first: one, factor, constant });
            }
        }
        for (a, b) in (0..=3).flat_map(|a| (1..=3).map(move |b| (a, b))) {
            if all(&|before, last| a * last + b * before) {
                let (first, factors) = ([one, two], [a, b]);
                modulo(Relation::Linear { first, factors, constant: 0 });
            }
        }
        // Squares and the like: steps that grow by a constant.
        let (step, growth) = (residue(two - one), residue(three - 2 * two + one));
        if growth != 0 && all(&|before, last| 2 * last - before + growth) {
            let steps = Box::new(Relation::arithmetic(step, growth));
            modulo(Relation::Sum { first: one, steps });
        }
    }
}
