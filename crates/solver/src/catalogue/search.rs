//! The rule "a known sequence": from any start, every k-th term, multiplied, with a constant
//! added, with alternating signs, backwards, or behind one or two terms that do not belong.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use super::far::{self, Start};
use super::ratios::{self, STEPS};
use super::{Entry, ROW, Row, Source, table};
use crate::bits;
use crate::expression::{Expression, Formula, n};
use crate::rule::{Generator, Rule};
use crate::terms::Terms;

/// `(multiple s(step k + start) + added)/divisor`, for an entry `s`.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    entry: &'static Entry,
    start: Start,
    step: i64,
    multiple: BigInt,
    added: BigInt,
    divisor: BigInt,
    alternates: bool,
    irregular: Vec<BigInt>,
}

/// The most rules that are proposed.
const MOST: usize = 3;

/// The most terms that may stand in front and not belong.
const MOST_IRREGULAR: usize = 2;

/// The fewest terms that must belong to an entry itself, and those that must confirm a multiple
/// or an added constant beyond the terms that these took.
const LEAST_ALIKE: usize = 4;
const LEAST_CONFIRMING: usize = 3;

/// The fewest terms that belong, behind irregular ones.
const LEAST_BEHIND: usize = 5;

/// How often, at most, the terms of an entry are continued beyond the table to check a candidate.
const MOST_CONTINUED: usize = 12;

/// Finds the known sequences behind the terms; the shortest descriptions, one per continuation.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    found.extend(known_behind(terms).into_iter().map(Rule::new));
}

/// The known sequences that the terms are, the shortest descriptions first.
pub(super) fn known_behind(terms: &Terms) -> Vec<Known> {
    let mut found = Vec::new();
    if terms.len() < LEAST_ALIKE || terms.is_constant() {
        return found;
    }
    let mut candidates = Vec::new();
    search(terms, &[], &mut candidates);
    if let Some(unsigned) = without_signs(terms) {
        let from = candidates.len();
        search(&unsigned, &[], &mut candidates);
        candidates[from..].iter_mut().for_each(|known| known.alternates = true);
    }
    if !candidates.iter().any(Known::is_exact) {
        let far = far::search(terms).into_iter();
        candidates.extend(far.map(|(entry, start)| Known::plain(entry, start)));
    }
    for count in 1..=MOST_IRREGULAR {
        if !candidates.is_empty() || terms.len() < LEAST_BEHIND + count {
            break;
        }
        let rest = terms.without_first(count);
        if !rest.is_constant() {
            search(&rest, &terms.exact()[..count], &mut candidates);
        }
    }
    let worth = information(terms.exact());
    candidates.retain(|known| known.total_bits() + known.reserve() < worth);
    candidates.sort_by(|one, other| one.bits().total_cmp(&other.bits()));
    let mut continuations: Vec<Vec<BigInt>> = Vec::new();
    for known in candidates {
        let more = known.terms(terms.len() + 3);
        if more.get(..terms.len()) != Some(terms.exact()) || continuations.contains(&more) {
            continue;
        }
        continuations.push(more);
        found.push(known);
        if continuations.len() == MOST {
            break;
        }
    }
    found
}

/// The entry that the terms are, from its first term or one of the next three on; the most
/// famous of several.
pub fn name_of(terms: &Terms) -> Option<&'static Entry> {
    if terms.len() < 5 || terms.is_constant() {
        return None;
    }
    let low = terms.low();
    let matches = |row: &&Row| {
        (0..=3).any(|place| {
            let Some(rest) = row.low.get(place..) else { return false };
            let overlap = rest.len().min(low.len());
            overlap >= 5
                && rest[..overlap] == low[..overlap]
                && row.entry.terms(place + low.len()).get(place..) == Some(terms.exact())
        })
    };
    let rows = table().iter().filter(matches);
    rows.map(|row| row.entry).min_by(|one, other| one.bits().total_cmp(&other.bits()))
}

/// The terms with every second sign turned, where the signs alternate.
fn without_signs(terms: &Terms) -> Option<Terms> {
    let exact = terms.exact();
    let turned =
        |(place, term): (usize, &BigInt)| if place % 2 == 1 { -term } else { term.clone() };
    let turned: Vec<BigInt> = exact.iter().enumerate().map(turned).collect();
    let negative = exact.iter().filter(|term| term.is_negative()).count();
    let alternates = negative > 1
        && negative + 1 < exact.len()
        && (turned.iter().all(|term| !term.is_negative())
            || turned.iter().all(|term| !term.is_positive()));
    alternates.then(|| Terms::new(turned))
}

/// Bits that it takes to say the terms without a rule, in the cheapest of some ways: a rule must
/// be shorter. One by one, or the first one and the differences; by size, or as numbers of a
/// range.
fn information(terms: &[BigInt]) -> f64 {
    let listed = in_a_row(terms);
    let differences: Vec<BigInt> = terms.windows(2).map(|pair| &pair[1] - &pair[0]).collect();
    listed.min(bits::big(&terms[0]) + in_a_row(&differences))
}

fn in_a_row(terms: &[BigInt]) -> f64 {
    let mut seen: Vec<&BigInt> = Vec::new();
    let one = |term| {
        let plain = bits::big(term);
        if seen.contains(&term) {
            return plain.min(1.0 + (seen.len() as f64).log2());
        }
        seen.push(term);
        plain
    };
    let by_size: f64 = terms.iter().map(one).sum();
    let (Some(least), Some(largest)) = (terms.iter().min(), terms.iter().max()) else {
        return by_size;
    };
    let range: BigInt = largest - least + 1;
    let bounds = bits::big(least) + bits::big(&range);
    by_size.min(bounds + terms.len() as f64 * bits::log2(&range))
}

/// Pushes what fits the terms that follow the irregular ones.
fn search(terms: &Terms, irregular: &[BigInt], candidates: &mut Vec<Known>) {
    let low = terms.low();
    let differences: Vec<u64> = low.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
    // The anchor and the difference after it refute most places.
    let Some(anchor) = differences.iter().position(|&difference| difference != 0) else { return };
    // Behind irregular terms fewer steps, or there would be too many ways to fit.
    let steps = if irregular.is_empty() { &STEPS[..] } else { &STEPS[..2] };
    // A progression is a multiple of every other one: only entries as they are count then.
    let straight = differences.iter().all(|&difference| difference == differences[0]);
    let mut continued = 0;
    let mut consider = |row: &Row, step: i64, place: usize| {
        let overlap = match step {
            -1 => low.len(),
            _ => ((row.low.len() - 1 - place) / step as usize + 1).min(low.len()),
        };
        if !alike(&row.low, place, step, &differences[..overlap - 1], anchor) {
            return;
        }
        if straight {
            let next = row.low.get((place as i64 + step) as usize);
            if row.low[place] != low[0] || next != Some(&low[1]) {
                return;
            }
        }
        if overlap < low.len() {
            continued += 1;
            if continued > MOST_CONTINUED {
                return;
            }
        }
        if let Some(known) = solved(row, place, step, terms, anchor) {
            let behind = irregular.is_empty() || known.is_exact() || terms.len() >= 7;
            if behind {
                candidates.push(Known { irregular: irregular.to_vec(), ..known });
            }
        }
    };
    // At least so many terms are in the row: with them both differences are.
    let both_in_row = anchor + 2 < LEAST_ALIKE;
    let (first, second) = (differences[anchor], differences.get(anchor + 1));
    if let Some(&second) = second.filter(|_| both_in_row)
        && let Some(found) = ratios::places(first, second)
    {
        for ratios::Place { row, step, place } in found {
            let (Some(row), Some(&step)) =
                (table().get(usize::from(row)), steps.get(usize::from(step)))
            else {
                continue;
            };
            let place = i64::from(place) - step * anchor as i64;
            if let (Some(places), Ok(place)) =
                (places(row, step, low.len()), usize::try_from(place))
                && places.contains(&place)
            {
                consider(row, step, place);
            }
        }
        return;
    }
    for row in table() {
        for &step in steps {
            let Some(places) = places(row, step, low.len()) else { continue };
            for place in promising(&row.low, step, places, &differences, anchor) {
                consider(row, step, place);
            }
        }
    }
}

/// The places of a row where the first term may stand: where all terms are in the row, or at
/// least some of them and the row goes on.
fn places(row: &Row, step: i64, count: usize) -> Option<std::ops::Range<usize>> {
    let len = row.low.len();
    if step < 0 {
        return Some(count - 1..len);
    }
    let needed = if row.ends { count } else { count.min(LEAST_ALIKE) };
    Some(0..len.checked_sub(step as usize * (needed - 1))?)
}

/// The places where the first two differences that say something may be those of the row, but for
/// a factor, modulo 2^64: the fast part of [`alike`].
fn promising<'a>(
    row: &'a [u64],
    step: i64,
    places: std::ops::Range<usize>,
    differences: &'a [u64],
    anchor: usize,
) -> impl Iterator<Item = usize> + 'a {
    let (first, second) = (differences[anchor], differences.get(anchor + 1).copied());
    let from = |k: usize| {
        let from = usize::try_from(places.start as i64 + step * k as i64).ok();
        let inside = from.filter(|_| second.is_some()).and_then(|from| row.get(from..));
        inside.unwrap_or_default()
    };
    let parts = [from(anchor), from(anchor + 1), from(anchor + 2)];
    let tested = parts.iter().map(|part| part.len()).fold(places.len(), usize::min);
    let [one, two, three] = parts.map(|part| &part[..tested]);
    let second = second.unwrap_or(0);
    let fits = move |((one, two), three): ((&u64, &u64), &u64)| {
        let (base, next) = (two.wrapping_sub(*one), three.wrapping_sub(*two));
        second.wrapping_mul(base) == first.wrapping_mul(next) && base != 0
    };
    let all = one.iter().zip(two).zip(three).zip(places.start..);
    let fitting = all.filter(move |(terms, _)| fits(*terms)).map(|(_, place)| place);
    // What is not in the row is not refuted.
    fitting.chain(places.start + tested..places.end)
}

/// Whether the differences of the terms are those of a row, but for a factor, modulo 2^64.
fn alike(row: &[u64], place: usize, step: i64, differences: &[u64], anchor: usize) -> bool {
    let of_row = |k: usize| {
        let here = place as i64 + step * k as i64;
        match (row.get(here as usize), row.get((here + step) as usize)) {
            (Some(here), Some(next)) => next.wrapping_sub(*here),
            _ => 0,
        }
    };
    if anchor >= differences.len() {
        return false;
    }
    let (base, given) = (of_row(anchor), differences[anchor]);
    let fits = |k: usize| differences[k].wrapping_mul(base) == given.wrapping_mul(of_row(k));
    base != 0 && (anchor + 1..differences.len()).all(fits) && (0..anchor).all(|k| of_row(k) == 0)
}

/// The exact factor and constant, checked on all terms.
fn solved(row: &Row, place: usize, step: i64, terms: &Terms, anchor: usize) -> Option<Known> {
    let count = terms.len();
    let last = place as i64 + step * (count as i64 - 1);
    let needed = place.max(usize::try_from(last).ok()?) + 1;
    let values: Vec<BigInt> = if needed <= row.small.len() {
        row.small[..needed].iter().map(|&value| value.into()).collect()
    } else {
        row.entry.terms(needed)
    };
    if values.len() < needed {
        return None;
    }
    let at = |k: usize| &values[(place as i64 + step * k as i64) as usize];
    let exact = terms.exact();
    let mut multiple = &exact[anchor + 1] - &exact[anchor];
    let mut divisor = at(anchor + 1) - at(anchor);
    if divisor.is_zero() {
        return None;
    }
    if divisor.is_negative() {
        (multiple, divisor) = (-multiple, -divisor);
    }
    let mut added = &exact[0] * &divisor - at(0) * &multiple;
    let common = multiple.gcd(&divisor).gcd(&added);
    multiple /= &common;
    added /= &common;
    divisor /= &common;
    let fits = (0..count).all(|k| at(k) * &multiple + &added == &exact[k] * &divisor);
    let known = Known {
        entry: row.entry,
        start: Start::Place(place),
        step,
        multiple,
        added,
        divisor,
        alternates: false,
        irregular: Vec::new(),
    };
    let taken = usize::from(known.has_factor()) + usize::from(!known.added.is_zero());
    let enough = match taken {
        0 => count >= LEAST_ALIKE,
        _ => count >= LEAST_CONFIRMING + taken,
    };
    (fits && enough).then_some(known)
}

impl Known {
    /// An entry without its first `start` terms.
    pub(crate) fn from(entry: &'static Entry, start: usize) -> Self {
        Known::plain(entry, Start::Place(start))
    }

    /// An entry from a start on, as it is.
    fn plain(entry: &'static Entry, start: Start) -> Self {
        Known {
            entry,
            start,
            step: 1,
            multiple: BigInt::one(),
            added: BigInt::zero(),
            divisor: BigInt::one(),
            alternates: false,
            irregular: Vec::new(),
        }
    }

    /// The known sequence.
    pub fn entry(&self) -> &'static Entry {
        self.entry
    }

    fn has_factor(&self) -> bool {
        !(self.multiple.is_one() && self.divisor.is_one())
    }

    /// Whether the terms are those of the entry itself, from some start on.
    pub fn is_exact(&self) -> bool {
        self.step == 1
            && !self.has_factor()
            && self.added.is_zero()
            && !self.alternates
            && self.irregular.is_empty()
    }

    /// Bits with those of the irregular terms.
    fn total_bits(&self) -> f64 {
        self.bits() + self.irregular.iter().map(bits::big).sum::<f64>()
    }

    /// How many bits shorter than the terms it must be, so that what fits by chance is rare.
    /// Measured: of entries as they are more than half were right even a little beyond.
    fn reserve(&self) -> f64 {
        match (self.is_exact(), self.irregular.is_empty()) {
            (true, _) => -5.0,
            (false, true) => 2.0,
            (false, false) => 5.0,
        }
    }

    /// What an irregular term leaves: terms of the entry, as many as asked for.
    fn of_entry(&self, count: usize) -> Vec<BigInt> {
        let place = match self.start {
            Start::Value(from) => return far::numbers_from(self.entry, from, count),
            Start::Place(place) => place as i64,
        };
        let places = (0..count as i64).map(|k| place + self.step * k).take_while(|&it| it >= 0);
        if place > ROW as i64 && self.step > 0 {
            let node = self.entry.node();
            let alone = |place: i64| self.entry.term(node.as_ref(), self.entry.first + place);
            if alone(place).is_some() {
                return places.map_while(alone).collect();
            }
        }
        let last = if self.step > 0 { place + self.step * (count as i64 - 1) } else { place };
        let all = self.entry.terms(usize::try_from(last + 1).unwrap_or(0));
        places.map_while(|it| all.get(it as usize).cloned()).collect()
    }

    /// The index of an entry's term as an expression in `n`, and the `n` of the first term.
    fn index(&self, place: i64) -> (Expression, i64) {
        let first = self.entry.first + place;
        let in_front = self.irregular.len() as i64;
        match self.step {
            1 => (n(), first - in_front),
            step if step > 0 => {
                let rest = first.mod_floor(&step);
                let index = vec![Expression::integer(step), n()];
                let index = vec![Expression::product(index), Expression::integer(rest)];
                (Expression::sum(index), (first - rest) / step - in_front)
            }
            step => {
                let from = Expression::integer(first + step.abs() * in_front);
                let index = Expression::product(vec![Expression::integer(step), n()]);
                (Expression::sum(vec![from, index]), 0)
            }
        }
    }

    /// The formula where the terms are not transformed.
    fn plain_formula(&self) -> Option<Formula> {
        if self.step != 1 || self.has_factor() || !self.added.is_zero() || self.alternates {
            return None;
        }
        let Start::Place(place) = self.start else {
            let from = self.of_entry(1).first().map(ToString::to_string).unwrap_or_default();
            let name = self.entry.name;
            return Some(Formula::words(format!("{name}, from {from} on")));
        };
        let first = self.entry.first + place as i64 - self.irregular.len() as i64;
        if let (Source::Formula(_, seeds), Some(node)) = (self.entry.source, self.entry.node())
            && !seeds.is_empty()
        {
            let mut seeds = self.terms(seeds.len() + self.irregular.len());
            // A formula in n alone holds from behind its own first terms on.
            if !node.refers_back() {
                seeds.truncate(self.irregular.len() + seeds.len().saturating_sub(place));
            }
            return Some(Formula::of(node.expression()).starting(first, seeds));
        }
        if let Some(node) = self.entry.said() {
            let formula = Formula::of(node.expression());
            return Some(formula.starting(first, self.irregular.clone()));
        }
        if place == 0 && self.irregular.is_empty() {
            return Some(self.entry.formula());
        }
        let says = self.entry.definition();
        let irregular: Vec<String> = self.irregular.iter().map(ToString::to_string).collect();
        let in_front = match &irregular[..] {
            [] => String::new(),
            some => format!("{}, then ", some.join(", ")),
        };
        let index = self.entry.first + place as i64;
        let from = self.of_entry(1).first().map(ToString::to_string).unwrap_or_default();
        let words = Formula::words(match (place, self.entry.source) {
            (0, _) => format!("{in_front}{says}"),
            (_, Source::Numbers(_)) => format!("{in_front}{says}, from {from} on"),
            _ => format!("{in_front}{says}, from n = {index} on"),
        });
        Some(words.starting(first, Vec::new()))
    }
}

impl Generator for Known {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        let mut terms: Vec<BigInt> = self.irregular.iter().take(count).cloned().collect();
        let rest = self.of_entry(count - terms.len());
        for (place, value) in rest.into_iter().enumerate() {
            let (value, remainder) = (value * &self.multiple + &self.added).div_rem(&self.divisor);
            // Halves of odd numbers: the rule ends there.
            if !remainder.is_zero() {
                break;
            }
            let turned = self.alternates && place % 2 == 1;
            terms.push(if turned { -value } else { value });
        }
        terms
    }

    fn bits(&self) -> f64 {
        // Three, and one for the shares of the entries, which add up to two.
        const KIND: f64 = 4.0;
        let start = match self.start {
            Start::Place(0) => 1.0,
            Start::Place(1 | 2) => 2.0,
            Start::Place(place) => bits::natural(place as u64),
            Start::Value(value) => bits::natural(value),
        };
        let transformed = if self.is_exact() {
            0.5
        } else {
            let step = match self.step {
                1 => 0.5,
                -1 => 5.5,
                _ => 3.5,
            };
            let sign = if self.alternates { 2.5 } else { 0.5 };
            let irregular = if self.irregular.is_empty() { 0.5 } else { 6.0 };
            let factor = match self.has_factor() {
                true => bits::big(&(&self.multiple - 1)) + bits::big(&(&self.divisor - 1)),
                false => 1.0,
            };
            let added = if self.added.is_zero() { 1.0 } else { 1.0 + bits::big(&self.added) };
            2.0 + step + sign + irregular + factor + added
        };
        KIND + self.entry.bits() + start + transformed
    }

    fn seeds(&self) -> usize {
        self.irregular.len()
    }

    fn formula(&self) -> Formula {
        if let Some(formula) = self.plain_formula() {
            return formula;
        }
        let Start::Place(place) = self.start else { return self.entry.formula() };
        let (index, first) = self.index(place as i64);
        let said = self.entry.said();
        let value = match &said {
            Some(node) => node.expression().with_index(&index),
            None => Expression::Call("s".into(), vec![index]),
        };
        let sign = Expression::Power(
            Box::new(Expression::integer(-1)),
            // The first term has the sign that is given.
            Box::new(Expression::shifted((first + self.irregular.len() as i64).rem_euclid(2))),
        );
        let product = Expression::product(vec![Expression::Integer(self.multiple.clone()), value]);
        let sum = Expression::sum(vec![product, Expression::Integer(self.added.clone())]);
        let mut right = Expression::quotient(sum, Expression::Integer(self.divisor.clone()));
        if self.alternates {
            right = Expression::product(vec![sign, right]);
        }
        let parts = match said {
            Some(_) => Vec::new(),
            None => vec![self.entry.formula().named("s")],
        };
        Formula::of(right).starting(first, self.irregular.clone()).with_parts(parts)
    }
}
