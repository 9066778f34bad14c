//! Linear recurrences with constant coefficients, of any order up to half the terms, also with a
//! polynomial in the index added, and their closed forms where these are simple.

mod closed_form;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::bits;
use crate::expression::{Expression, Formula, a};
use crate::linear_algebra::{
    MERSENNE, exact_quotient, order_modulo, relation, shortest_recurrence,
};
use crate::relation::expanded;
use crate::rule::{Generator, Rule};
use crate::surplus::{Collector, factor_bits, polynomial_bits, shifted, value};
use crate::terms::Terms;
use closed_form::{ClosedForm, Known};

/// `d a(n) = c1 a(n-1) + c2 a(n-2) + ... + p(n)`
#[derive(Clone, Debug, PartialEq)]
pub struct LinearRecurrence {
    /// `c1, c2, ...`; the last is not zero.
    factors: Vec<BigInt>,
    divisor: BigInt,
    /// Coefficients of `p` from the constant on; empty where nothing is added.
    added: Vec<BigInt>,
    /// The index of the first term.
    first: i64,
    seeds: Vec<BigInt>,
    /// Whether a term soon after the given ones is no integer.
    ends: bool,
    closed_form: Option<ClosedForm>,
    /// Bits of the recurrence.
    said: f64,
}

/// A rule must save so many bits.
const LEAST_SAVED: f64 = 0.5;

/// The largest degree of a polynomial that is added.
const LARGEST_DEGREE: usize = 2;

/// How many rules at most.
const LARGEST_COUNT: usize = 4;

/// How many recurrences with two or three factors are compared at most: of terms that repeat,
/// hundreds are right, and those of the least order come first.
const MOST_SPARSE: usize = 64;

/// With more terms than these, two of them must confirm a rule.
const FEW_TERMS: usize = 6;

/// Finds linear recurrences.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    if terms.len() < 3 || terms.is_constant() {
        return;
    }
    let before = found.len();
    let mut collector = Collector::new(terms, found, LEAST_SAVED);
    let mut known = None;
    shortest(terms, &mut collector, &mut known);
    sparse(terms, &mut collector, &mut known);
    let mut rules = found.split_off(before);
    let description = |rule: &Rule| rule.bits() + 4.0 * rule.seeds() as f64;
    rules.sort_by(|one, other| description(one).total_cmp(&description(other)));
    rules.truncate(LARGEST_COUNT);
    found.extend(rules);
}

/// The shortest recurrence, without and with a polynomial added.
///
/// The differences of order `d + 1` of a sequence with a polynomial of degree `d` added follow
/// the recurrence without it, and their number is just smaller by the numbers of the polynomial.
fn shortest(terms: &Terms, collector: &mut Collector, known: &mut Option<Known>) {
    let surplus = if terms.len() <= FEW_TERMS { 1 } else { 2 };
    // Modulo a prime nearly all differences are refuted, before they are made exactly.
    let mut residues: Vec<u64> = terms.exact().iter().map(|term| MERSENNE.of(term)).collect();
    let (mut least, mut least_order) = (usize::MAX, 0_usize);
    for size in 0..=LARGEST_DEGREE + 1 {
        if size > 0 {
            residues =
                residues.windows(2).map(|pair| MERSENNE.subtract(pair[1], pair[0])).collect();
        }
        if residues.len() < 2 + surplus {
            return;
        }
        // Differences follow what the terms follow, and the terms what they follow with one term
        // more: an order falls by one at most from differences to differences.
        let too_large = |order: usize| 2 * order + surplus > residues.len();
        least_order = least_order.saturating_sub(1);
        if too_large(least_order) {
            continue;
        }
        let largest = (residues.len() - surplus) / 2;
        let Some(order) = order_modulo(&residues, largest) else {
            least_order = largest + 1;
            continue;
        };
        least_order = order;
        let mut differences = terms.exact().to_vec();
        for _ in 0..size {
            differences = differences.windows(2).map(|pair| &pair[1] - &pair[0]).collect();
        }
        let Some((divisor, factors)) = shortest_recurrence(&differences, surplus) else {
            continue;
        };
        // Differences that vanish in the end are a polynomial's.
        let numbers = factors.len() + size;
        if factors.is_empty() || numbers >= least {
            continue;
        }
        if let Some(rule) = LinearRecurrence::with_polynomial(terms, divisor, factors, size, known)
            && rule.add_to(collector)
        {
            least = numbers;
        }
    }
}

/// `a(n) = a(n-i) + a(n-j)` and the like, of larger orders than the terms would allow otherwise.
fn sparse(terms: &Terms, collector: &mut Collector, known: &mut Option<Known>) {
    const LARGEST_LAG: usize = 12;
    let low = terms.low();
    let count = low.len();
    let holds = |factors: &[(usize, i64)], added: u64| {
        let order = factors.last().map_or(0, |&(lag, _)| lag);
        (order..count).rev().all(|place| {
            let sum = factors.iter().fold(added, |sum, &(lag, sign)| {
                sum.wrapping_add((sign as u64).wrapping_mul(low[place - lag]))
            });
            sum == low[place]
        })
    };
    let mut candidates: Vec<LinearRecurrence> = Vec::new();
    let mut add = |factors: &[(usize, i64)], constant: BigInt| {
        let order = factors.last().map_or(0, |&(lag, _)| lag);
        let mut all = vec![BigInt::zero(); order];
        for &(lag, factor) in factors {
            all[lag - 1] = factor.into();
        }
        let added = if constant.is_zero() { Vec::new() } else { vec![constant] };
        candidates.push(LinearRecurrence::unchecked(all, added));
        candidates.len() < MOST_SPARSE
    };
    let mut search = || {
        for i in 1..=LARGEST_LAG {
            // Three terms that are told by those before them.
            if i + 3 > count {
                break;
            }
            for factor in [1_i64, -1, 2, -2, 3] {
                let added = low[i].wrapping_sub(low[0].wrapping_mul(factor as u64));
                if holds(&[(i, factor)], added) {
                    let exact = terms.exact();
                    let constant: BigInt = &exact[i] - &exact[0] * factor;
                    let needed = if constant.is_zero() { 3 } else { 4 };
                    if i + needed <= count && !add(&[(i, factor)], constant) {
                        return;
                    }
                }
            }
        }
        // What the terms are modulo 2^64 at the last place, and what is before them there.
        let (last, back) = (low[count - 1], |lag: usize| low[count - 1 - lag]);
        for j in 2..=LARGEST_LAG {
            if j + 2 > count {
                break;
            }
            for i in 1..j {
                for (one, other) in [(1, 1), (1, -1), (-1, 1), (2, -1), (1, 2), (2, 1)] {
                    let factors = [(i, one), (j, other)];
                    // Differences of differences, but no other twice a term of long ago.
                    if one == 2 && i > 1 && j != 2 * i {
                        continue;
                    }
                    let sum = |one_term: u64, other_term: u64| {
                        one_term
                            .wrapping_mul(one as u64)
                            .wrapping_add(other_term.wrapping_mul(other as u64))
                    };
                    let added = low[j].wrapping_sub(sum(low[j - i], low[0]));
                    // The last term refutes most.
                    if last == added.wrapping_add(sum(back(i), back(j))) && holds(&factors, added) {
                        let exact = terms.exact();
                        let constant = &exact[j] - one * &exact[j - i] - other * &exact[0];
                        let needed = if constant.is_zero() { 2 } else { 4 };
                        if j + needed <= count && !add(&factors, constant) {
                            return;
                        }
                    }
                }
            }
        }
        // The last terms, of either sign, as places in a set: what is not there is no summand.
        let place = |value: u64| {
            let hash = value.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 55;
            ((hash >> 6) as usize, 1_u64 << (hash & 63))
        };
        let mut summands = [0_u64; 8];
        for lag in 1..=LARGEST_LAG.min(count - 1) {
            for value in [back(lag), back(lag).wrapping_neg()] {
                let (word, bit) = place(value);
                summands[word] |= bit;
            }
        }
        for k in 3..=LARGEST_LAG {
            if k + 3 > count {
                break;
            }
            for j in 2..k {
                let (sum, difference) =
                    (back(j).wrapping_add(back(k)), back(j).wrapping_sub(back(k)));
                let rests = [sum, sum.wrapping_neg(), difference, difference.wrapping_neg()];
                let may_be = |rest: u64| {
                    let (word, bit) = place(last.wrapping_add(rest));
                    summands[word] & bit != 0
                };
                if !rests.into_iter().any(may_be) {
                    continue;
                }
                for i in 1..j {
                    for signs in 0..7_u32 {
                        let sign = |place: u32| if signs >> place & 1 == 1 { -1 } else { 1 };
                        let factors = [(i, sign(0)), (j, sign(1)), (k, sign(2))];
                        let of_last = factors.iter().fold(0, |sum: u64, &(lag, sign)| {
                            let term = back(lag);
                            if sign < 0 { sum.wrapping_sub(term) } else { sum.wrapping_add(term) }
                        });
                        if of_last == last && holds(&factors, 0) && !add(&factors, BigInt::zero()) {
                            return;
                        }
                    }
                }
            }
        }
    };
    search();
    // A closed form may be shorter, so what may have one is not compared by its factors.
    let (short, mut long): (Vec<_>, Vec<_>) = candidates
        .into_iter()
        .partition(|rule| rule.factors.len() + rule.added.len() <= closed_form::LARGEST_ORDER);
    let description =
        |rule: &LinearRecurrence| rule.recurrence_bits() + 4.0 * rule.factors.len() as f64;
    long.sort_by(|one, other| description(one).total_cmp(&description(other)));
    long.retain(|rule| collector.is_worth(rule.factors.len(), rule.recurrence_bits()));
    let mut check = |rule: LinearRecurrence| {
        LinearRecurrence::checked(terms, rule.divisor, rule.factors, rule.added, 0, known)
            .is_some_and(|rule| rule.add_to(collector))
    };
    for rule in short {
        check(rule);
    }
    let mut confirmed = 0;
    for rule in long {
        if confirmed == LARGEST_COUNT {
            break;
        }
        confirmed += usize::from(check(rule));
    }
}

impl LinearRecurrence {
    /// The recurrence of differences of order `size`, with the polynomial that the terms need.
    fn with_polynomial(
        terms: &Terms,
        divisor: BigInt,
        factors: Vec<BigInt>,
        size: usize,
        known: &mut Option<Known>,
    ) -> Option<Self> {
        let exact = terms.exact();
        let order = factors.len();
        let rest = |place: usize| {
            let old = factors.iter().enumerate().map(|(lag, one)| one * &exact[place - 1 - lag]);
            &divisor * &exact[place] - old.sum::<BigInt>()
        };
        let rests: Vec<BigInt> = (order..exact.len()).map(rest).collect();
        // The polynomial is one relation between the rests and the powers of the index.
        if rests.iter().all(Zero::is_zero) {
            return LinearRecurrence::checked(terms, divisor, factors, Vec::new(), 0, known);
        }
        if size == 0 || rests.len() <= size {
            return None;
        }
        let powers = (0..size as u32).map(|power| {
            (order..exact.len()).map(|place| BigInt::from(place).pow(power)).collect()
        });
        let mut columns: Vec<Vec<BigInt>> = powers.collect();
        columns.push(rests);
        let mut solution = relation(&columns)?;
        let scale = solution.pop().filter(|scale| !scale.is_zero())?;
        // scale (divisor a(n) - ...) = -solution(n)
        let mut all: Vec<BigInt> = solution.into_iter().map(|one| -one).collect();
        while all.last().is_some_and(Zero::is_zero) {
            all.pop();
        }
        let factors = factors.into_iter().map(|one| one * &scale).collect();
        LinearRecurrence::checked(terms, divisor * scale, factors, all, 0, known)
    }

    /// The recurrence with these numbers, without its first terms.
    fn unchecked(factors: Vec<BigInt>, added: Vec<BigInt>) -> Self {
        LinearRecurrence {
            factors,
            divisor: BigInt::one(),
            added,
            first: 0,
            seeds: Vec::new(),
            ends: false,
            closed_form: None,
            said: f64::INFINITY,
        }
    }

    /// The recurrence with these numbers, if all terms and the next ones are integers that follow
    /// it.
    fn checked(
        terms: &Terms,
        divisor: BigInt,
        factors: Vec<BigInt>,
        added: Vec<BigInt>,
        first: i64,
        known: &mut Option<Known>,
    ) -> Option<Self> {
        let all = factors.iter().chain(&added);
        let common = all.fold(divisor.clone(), |common, one| match common.is_one() {
            true => common,
            false => common.gcd(one),
        });
        let common = if divisor.is_negative() { -common } else { common };
        if common.is_zero() {
            return None;
        }
        let reduced = |mut all: Vec<BigInt>| {
            if !common.is_one() {
                all.iter_mut().for_each(|one| *one /= &common);
            }
            all
        };
        let mut rule = LinearRecurrence {
            divisor: divisor / &common,
            first,
            ..LinearRecurrence::unchecked(reduced(factors), reduced(added))
        };
        while rule.factors.last().is_some_and(Zero::is_zero) {
            rule.factors.pop();
        }
        let exact = terms.exact();
        rule.seeds = exact.get(..rule.factors.len())?.to_vec();
        if rule.factors.is_empty() || !rule.holds(terms) {
            return None;
        }
        if !rule.divisor.is_one() {
            let mut continued = exact.to_vec();
            rule.extend(&mut continued, exact.len() + 6);
            if continued.len() == exact.len() {
                return None;
            }
            rule.ends = continued.len() < exact.len() + 6;
        }
        if rule.added.len() > 1 {
            let candidates = [0, 1, 2, -1, 3].map(|first| rule.counted_from(first));
            let least = candidates
                .into_iter()
                .min_by(|one, other| one.recurrence_bits().total_cmp(&other.recurrence_bits()));
            rule = least?;
        }
        rule.said = rule.recurrence_bits();
        let order = rule.factors.len() + rule.added.len();
        if rule.divisor.is_one() && order <= closed_form::LARGEST_ORDER {
            let seeds: f64 = rule.seeds.iter().map(bits::big).sum();
            let most = rule.said + seeds + 3.0;
            let form = |terms: &[BigInt], known: &mut Option<Known>| {
                let (factors, added) = (&rule.factors, &rule.added);
                ClosedForm::of(factors, added, &rule.divisor, terms, most, known)
            };
            rule.closed_form = match exact.get(..order + 2) {
                Some(terms) => form(terms, known),
                // What follows the given terms is that of this recurrence alone.
                None => form(&rule.terms(order + 2), &mut None),
            };
        }
        Some(rule)
    }

    /// Whether all terms but the first ones are those that the rule gives.
    fn holds(&self, terms: &Terms) -> bool {
        let (exact, order) = (terms.exact(), self.factors.len());
        let small = |all: &[BigInt]| all.iter().map(ToPrimitive::to_i64).collect();
        let small_factors: Option<Vec<i64>> = small(&self.factors);
        if let (Some(terms), Some(factors), Some(divisor), []) =
            (terms.small(), small_factors, self.divisor.to_i64(), &self.added[..])
        {
            // Some ten products of numbers of 64 bits, of either sign.
            let holds = |place: usize| {
                let mut rest = 0_i128;
                for (factor, term) in factors.iter().zip(terms[..place].iter().rev()) {
                    let product = i128::from(*factor) * i128::from(*term);
                    rest = rest.checked_add(product)?;
                }
                Some(rest == i128::from(divisor) * i128::from(terms[place]))
            };
            let refuted = (order..terms.len()).find_map(|place| match holds(place) {
                Some(true) => None,
                other => Some(other.is_some()),
            });
            match refuted {
                None => return true,
                Some(true) => return false,
                Some(false) => {} // too large
            }
        }
        (order..exact.len()).all(|place| self.next(&exact[..place]).as_ref() == Some(&exact[place]))
    }

    fn counted_from(&self, first: i64) -> Self {
        LinearRecurrence { added: shifted(&self.added, first - self.first), first, ..self.clone() }
    }

    /// Adds it if the recurrence saves bits, whether or not it is written in closed form.
    fn add_to(self, collector: &mut Collector) -> bool {
        let worth = collector.is_worth(self.seeds.len(), self.said)
            || collector.is_worth(self.seeds(), self.bits());
        worth && collector.add_right(Rule::new(self))
    }

    /// `a(n) = a(n-1) + a(n-2)`, the best known recurrence.
    fn is_fibonacci(&self) -> bool {
        let ones = self.factors.len() == 2 && self.factors.iter().all(One::is_one);
        ones && self.divisor.is_one() && self.added.is_empty()
    }

    fn recurrence_bits(&self) -> f64 {
        if self.is_fibonacci() {
            return 6.5;
        }
        let order = self.factors.len() as u64;
        let dense: f64 = self.factors.iter().map(factor_bits).sum();
        let others = self.factors.iter().filter(|one| !one.is_zero());
        let count = others.clone().count() as u64;
        // Which lags have a factor, and the factors: 1 is the most common by far.
        let places: f64 =
            (1..count).map(|place| (((order - place) as f64) / place as f64).log2().max(0.0)).sum();
        let sparse = bits::natural(count) + places + others.map(factor_bits).sum::<f64>();
        let index = if self.added.len() > 1 { bits::integer(self.first) } else { 0.0 };
        let added = match self.added.len() {
            0 => 0.5,
            _ => 1.5 + polynomial_bits(&self.added),
        };
        // Sequences that end are rare.
        let ends = if self.ends { 3.0 } else { 0.0 };
        let divisor = match self.divisor.is_one() {
            true => 0.5,
            false => 1.0 + bits::big(&(&self.divisor - 1_i64)),
        };
        3.0 + bits::natural(order) + sparse.min(dense + 0.5) + divisor + added + index + ends
    }

    /// The next term, if it is an integer.
    fn next(&self, terms: &[BigInt]) -> Option<BigInt> {
        let place = terms.len();
        let mut sum = value(&self.added, self.first + place as i64);
        for (lag, factor) in self.factors.iter().enumerate() {
            if factor.is_one() {
                sum += &terms[place - 1 - lag];
            } else if !factor.is_zero() {
                sum += factor * &terms[place - 1 - lag];
            }
        }
        if self.divisor.is_one() { Some(sum) } else { exact_quotient(&sum, &self.divisor) }
    }

    /// Appends the terms that follow, to so many.
    fn extend(&self, terms: &mut Vec<BigInt>, count: usize) {
        while terms.len() < count {
            match self.next(terms) {
                Some(next) => terms.push(next),
                None => break,
            }
        }
    }
}

impl Generator for LinearRecurrence {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        let mut terms: Vec<BigInt> = self.seeds.iter().take(count).cloned().collect();
        self.extend(&mut terms, count);
        terms
    }

    fn bits(&self) -> f64 {
        self.closed_form.as_ref().map_or(self.said, ClosedForm::bits)
    }

    fn seeds(&self) -> usize {
        if self.closed_form.is_some() { 0 } else { self.seeds.len() }
    }

    fn formula(&self) -> Formula {
        if let Some(closed_form) = &self.closed_form {
            return closed_form.formula();
        }
        let term = |(lag, factor): (usize, &BigInt)| {
            Expression::product(vec![Expression::Integer(factor.clone()), a(-1 - lag as i64)])
        };
        let factors = self.factors.iter().enumerate().filter(|(_, factor)| !factor.is_zero());
        let mut summands: Vec<Expression> = factors.map(term).collect();
        if !self.added.is_empty() {
            match expanded(&self.added) {
                Expression::Sum(inner) => summands.extend(inner),
                other => summands.push(other),
            }
        }
        let right = Expression::quotient(
            Expression::sum(summands),
            Expression::Integer(self.divisor.clone()),
        );
        Formula::of(right).starting(self.first, self.seeds.clone())
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
    fn homogeneous() {
        assert_told(
            solve,
            &[
                &[1, 2, 0, 3, 6, 4, 10, 19, 21, 37, 65, 88, 141, 234, 345, 539, 866],
                &[1, 1, 2, 3, 5, 8, 13, 21, 34],
                &[2, 1, 3, 4, 7, 11, 18, 29, 47],
                &[0, 1, 2, 5, 12, 29, 70, 169, 408], // Pell
                &[0, 1, 1, 3, 5, 11, 21, 43, 85],    // Jacobsthal
                &[3, 0, 2, 3, 2, 5, 5, 7, 10],       // Perrin
                &[0, 0, 1, 1, 2, 4, 7, 13, 24],
                &[1, 4, 15, 56, 209, 780, 2911],
                &[64, 96, 80, 88, 84, 86, 85],
            ],
        );
    }

    #[test]
    fn with_a_polynomial_added() {
        assert_told(
            solve,
            &[
                &[1, 1, 4, 8, 16, 29, 51, 87, 146], // a(n-1) + a(n-2) + n
                &[0, 1, 4, 11, 26, 57, 120, 247],   // 2 a(n-1) + n
                &[0, 1, 2, 4, 7, 12, 20, 33, 54],
                &[1, 3, 10, 29, 74, 173, 382, 813], // 2 a(n-1) + n^2
                &[5, 13, 38, 114, 343, 1031, 3096, 9292],
                &[1, 2, 6, 15, 31, 56, 92],
                &[148, 84, 52, 36, 28, 24, 22, 21],
            ],
        );
        let found = formula(&[0, 1, 4, 11, 26, 57, 120]);
        assert_eq!(found.as_deref(), Some("a(n) = 2^n - n - 1, n >= 1"));
        let found = formula(&[1, 1, 4, 8, 16, 29, 51, 87]);
        assert_eq!(found.as_deref(), Some("a(n) = a(n-1) + a(n-2) + n, a(0) = 1, a(1) = 1"));
    }

    #[test]
    fn few_terms() {
        assert_told(
            solve,
            &[
                &[2, 6, 18, 54],
                &[5, 10, 20, 40],
                &[1, 3, 7, 15, 31],
                &[2, 3, 5, 9, 17, 33],
                &[2, 7, 22, 67, 202],
                &[3, 4, 7, 11, 18],
                &[1, 3, 4, 8, 15, 27, 50],
                &[7, 10, 9, 12, 11, 14, 13],
                &[8, 10, 14, 18, 26, 34, 50, 66],
                &[3, -6, 12, -24, 48],
            ],
        );
    }

    #[test]
    fn closed_forms() {
        let cases: [(&[i64], &str); 7] = [
            (&[0, 1, 3, 7, 15, 31], "a(n) = 2^n - 1"),
            (&[1, 3, 7, 15, 31, 63, 127], "a(n) = 2^n - 1, n >= 1"),
            (&[2, 5, 13, 35, 97, 275, 793], "a(n) = 3^n + 2^n"),
            (&[0, 1, 5, 19, 65, 211, 665], "a(n) = 3^n - 2^n"),
            (&[0, 2, 8, 24, 64, 160, 384], "a(n) = n * 2^n"),
            (&[1, 4, 12, 32, 80, 192, 448], "a(n) = (n + 1) * 2^n"),
            (&[2, 3, 5, 9, 17, 33, 65], "a(n) = 2^n + 1"),
        ];
        for (terms, expected) in cases {
            assert_eq!(formula(terms).as_deref(), Some(expected), "{terms:?}");
        }
    }

    #[test]
    fn large_terms() {
        let base: BigInt = BigInt::from(10).pow(50) + 7_i64;
        let mut terms = vec![BigInt::one(), base.clone()];
        while terms.len() < 200 {
            let next = &base * &terms[terms.len() - 1] - 3 * &terms[terms.len() - 2];
            terms.push(next);
        }
        let last = terms.pop();
        let told = told(solve, &Terms::new(terms)).map(|(next, _)| next);
        assert_eq!(told, last);
    }

    #[test]
    fn no_rule_without_surplus() {
        for terms in [&[2, 3, 5, 7, 11, 13, 17, 19][..], &[1, 2, 4, 9, 3, 8], &[3, 1, 4], &[]] {
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
