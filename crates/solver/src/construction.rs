//! Operations between a sequence and a simpler one: its differences, its ratios, and so on.
//!
//! An operation is undone on the given terms, and the simpler sequence is searched in its place.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use crate::expression::{Expression, FoldOperator, Formula, Over, Phrase, a, n};
use crate::listing::Listing;
use crate::rule::{Generator, Rule};

/// How a sequence `a` is made of a simpler one, `s`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Construction {
    /// `a(n) = a(n-1) + s(n-1)`
    RunningSum,
    /// `a(n) = s(n-1) a(n-1)`
    RunningProduct,
    /// `a(n) = a(n-1) + ... `: `a(n) = s(n) - s(n-1)`, `a(0) = s(0)`
    Differences,
    /// `a(n) = (-1)^n s(n)`
    AlternatingSigns,
    /// `a(n) = (n + k) s(n)`
    TimesIndex(i64),
    /// `a(n) = s(n) / (n + k)`, an integer
    OverIndex(i64),
    /// `a(n) = n! s(n)`
    TimesFactorial,
    /// `a(n) = s(n)^2`
    Square,
    /// `a(n) = c s(n)`
    Multiple(BigInt),
    /// `a(n) = c - s(n)`; `a(n) = s(n) + c`
    Shifted(BigInt),
    /// The first terms stand on their own, then comes `s`.
    After(Vec<BigInt>),
    /// `a(n) = sum of binomial(n, k) s(k)`
    BinomialTransform,
    /// `a(n) = sum of s(d) over the divisors d of n`, both from 1 on
    DivisorSums,
    /// `1 + sum of a(n) x^n = product of (1 - x^n)^(-s(n))`, both from 1 on
    EulerTransform,
}

use Construction::{
    After, AlternatingSigns, BinomialTransform, Differences, DivisorSums, EulerTransform, Multiple,
    OverIndex, RunningProduct, RunningSum, Shifted, Square, TimesFactorial, TimesIndex,
};

/// The operations that are tried on any terms, each with its bits.
pub fn usual(terms: &[BigInt]) -> Vec<Construction> {
    let mut all = vec![
        RunningSum,
        RunningProduct,
        AlternatingSigns,
        TimesIndex(1),
        TimesIndex(0),
        TimesIndex(2),
        Square,
        TimesFactorial,
        Differences,
        OverIndex(1),
        OverIndex(2),
        BinomialTransform,
        EulerTransform,
        DivisorSums,
        Shifted(BigInt::one()),
        Shifted(-BigInt::one()),
    ];
    let mut divisor = BigInt::zero();
    for term in terms {
        // A divisor with 1 takes as long as any other.
        if divisor.is_one() {
            break;
        }
        // A rest first: of large numbers a division is faster than many shifts.
        divisor = match divisor.is_zero() {
            true => term.abs(),
            false => (term % &divisor).gcd(&divisor),
        };
    }
    if divisor > BigInt::one() {
        all.insert(0, Multiple(divisor));
    }
    for dropped in 1..=2 {
        if terms.len() > dropped + 4 {
            all.push(After(terms[..dropped].to_vec()));
        }
    }
    all
}

impl Construction {
    /// Bits of the operation.
    pub fn bits(&self) -> f64 {
        match self {
            RunningSum => 3.0,
            RunningProduct | AlternatingSigns => 5.0,
            Multiple(factor) => 3.0 + crate::bits::big(factor),
            Shifted(_) => 5.0,
            Square | TimesIndex(_) | Differences => 6.5,
            OverIndex(_) | TimesFactorial => 8.0,
            BinomialTransform | EulerTransform | DivisorSums => 8.0,
            After(first) => 5.0 + first.len() as f64,
        }
    }

    /// How many of the first terms it takes as they are.
    fn seeds(&self) -> usize {
        match self {
            RunningSum | RunningProduct => 1,
            After(first) => first.len(),
            _ => 0,
        }
    }

    /// The terms of the simpler sequence, if there is one: divisions must be exact.
    pub fn undo(&self, terms: &[BigInt]) -> Option<Vec<BigInt>> {
        let exact = |above: &BigInt, below: &BigInt| {
            if below.is_zero() {
                return above.is_zero().then(BigInt::zero);
            }
            let (quotient, rest) = above.div_rem(below);
            rest.is_zero().then_some(quotient)
        };
        match self {
            RunningSum => Some(terms.windows(2).map(|pair| &pair[1] - &pair[0]).collect()),
            RunningProduct => {
                if terms.iter().rev().skip(1).any(Zero::is_zero) {
                    return None;
                }
                terms.windows(2).map(|pair| exact(&pair[1], &pair[0])).collect()
            }
            Differences => {
                let mut sum = BigInt::zero();
                let sums = terms.iter().map(|term| {
                    sum += term;
                    sum.clone()
                });
                Some(sums.collect())
            }
            AlternatingSigns => {
                let sign = |(place, term): (usize, &BigInt)| {
                    if place % 2 == 0 { term.clone() } else { -term }
                };
                Some(terms.iter().enumerate().map(sign).collect())
            }
            TimesIndex(k) => {
                // A zero times anything is zero: what stands there is not known.
                if terms.iter().skip(1).all(Zero::is_zero) {
                    return None;
                }
                (*k..).zip(terms).map(|(index, term)| exact(term, &index.into())).collect()
            }
            OverIndex(k) => Some((*k..).zip(terms).map(|(index, term)| term * index).collect()),
            TimesFactorial => {
                let mut factorial = BigInt::one();
                let quotient = |(place, term): (usize, &BigInt)| {
                    if place > 0 {
                        factorial *= place;
                    }
                    exact(term, &factorial)
                };
                terms.iter().enumerate().map(quotient).collect()
            }
            Square => {
                let root = |term: &BigInt| {
                    if term.is_negative() {
                        return None;
                    }
                    let root = term.sqrt();
                    (&root * &root == *term).then_some(root)
                };
                terms.iter().map(root).collect()
            }
            Multiple(factor) => terms.iter().map(|term| exact(term, factor)).collect(),
            Shifted(constant) => Some(terms.iter().map(|term| term - constant).collect()),
            After(first) => Some(terms[first.len()..].to_vec()),
            BinomialTransform => {
                // The inverse: repeated differences at the first place.
                let mut row = terms.to_vec();
                let mut all = Vec::with_capacity(terms.len());
                while let Some(first) = row.first() {
                    all.push(first.clone());
                    row = row.windows(2).map(|pair| &pair[1] - &pair[0]).collect();
                }
                Some(all)
            }
            DivisorSums => {
                let mut all = terms.to_vec();
                for number in 1..=all.len() {
                    for multiple in (2 * number..=all.len()).step_by(number) {
                        let part = all[number - 1].clone();
                        all[multiple - 1] -= part;
                    }
                }
                Some(all)
            }
            EulerTransform => {
                // n a(n) = sum of c(k) a(n-k), c(n) = sum of d s(d) over the divisors of n.
                /// Products of 64 bits at most: the coefficients grow with every term.
                const MOST_PRODUCTS: u64 = 1 << 17;
                let mut products = 0;
                // Nearly always one of the first divisions has a rest, so they come at once.
                let mut c: Vec<BigInt> = Vec::with_capacity(terms.len());
                let mut inner: Vec<BigInt> = Vec::with_capacity(terms.len());
                for index in 1..=terms.len() {
                    let mut value = &terms[index - 1] * index;
                    for k in 1..index {
                        let (one, other) = (&c[k - 1], &terms[index - k - 1]);
                        products += one.bits().div_ceil(64) * other.bits().div_ceil(64);
                        value -= one * other;
                    }
                    if products > MOST_PRODUCTS {
                        return None;
                    }
                    let smaller = (1..index).filter(|divisor| index.is_multiple_of(*divisor));
                    let parts: BigInt = smaller.map(|divisor| &inner[divisor - 1] * divisor).sum();
                    inner.push(exact(&(&value - parts), &index.into())?);
                    c.push(value);
                }
                Some(inner)
            }
        }
    }

    /// The terms made of those of the simpler sequence; `first` is the first term.
    fn apply(&self, first: &BigInt, inner: &[BigInt], count: usize) -> Vec<BigInt> {
        let running = |join: fn(&BigInt, &BigInt) -> BigInt| {
            let mut all = vec![first.clone()];
            for step in inner.iter().take(count.saturating_sub(1)) {
                all.push(join(&all[all.len() - 1], step));
            }
            all
        };
        match self {
            RunningSum => running(|one, step| one + step),
            RunningProduct => running(|one, step| one * step),
            Differences => {
                let mut before = BigInt::zero();
                let difference = |sum: &BigInt| {
                    let difference = sum - &before;
                    before.clone_from(sum);
                    difference
                };
                inner.iter().map(difference).collect()
            }
            AlternatingSigns => AlternatingSigns.undo(inner).unwrap_or_default(),
            TimesIndex(k) => (*k..).zip(inner).map(|(index, one)| one * index).collect(),
            OverIndex(k) => {
                let mut all = Vec::with_capacity(inner.len());
                for (index, one) in (*k..).zip(inner) {
                    let (quotient, rest) = one.div_rem(&BigInt::from(index.max(1)));
                    if !rest.is_zero() {
                        break; // refuted
                    }
                    all.push(quotient);
                }
                all
            }
            TimesFactorial => {
                let mut factorial = BigInt::one();
                let product = |(place, one): (usize, &BigInt)| {
                    if place > 0 {
                        factorial *= place;
                    }
                    one * &factorial
                };
                inner.iter().enumerate().map(product).collect()
            }
            Square => inner.iter().map(|one| one * one).collect(),
            Multiple(factor) => inner.iter().map(|one| one * factor).collect(),
            Shifted(constant) => inner.iter().map(|one| one + constant).collect(),
            After(first) => first.iter().chain(inner).cloned().collect(),
            BinomialTransform => {
                let mut sums = Vec::with_capacity(inner.len());
                // The row of repeated differences that ends in the newest one.
                let mut diagonal: Vec<BigInt> = Vec::new();
                for one in inner {
                    let mut next = vec![one.clone()];
                    for above in &diagonal {
                        let sum = above + &next[next.len() - 1];
                        next.push(sum);
                    }
                    sums.push(next[next.len() - 1].clone());
                    diagonal = next;
                }
                sums
            }
            DivisorSums => {
                let mut all = vec![BigInt::zero(); inner.len()];
                for number in 1..=inner.len() {
                    for multiple in (number..=all.len()).step_by(number) {
                        all[multiple - 1] += &inner[number - 1];
                    }
                }
                all
            }
            EulerTransform => {
                let weighted: Vec<BigInt> =
                    inner.iter().zip(1_usize..).map(|(one, index)| one * index).collect();
                let c = DivisorSums.apply(first, &weighted, weighted.len());
                let mut all: Vec<BigInt> = Vec::with_capacity(c.len());
                for index in 1..=c.len() {
                    let mut value = c[index - 1].clone();
                    for k in 1..index {
                        value += &c[k - 1] * &all[index - k - 1];
                    }
                    all.push(value / index);
                }
                all
            }
        }
    }
}

/// A sequence that is made of a simpler one.
#[derive(Clone, Debug, PartialEq)]
pub struct Transformed {
    operation: Construction,
    first: BigInt,
    inner: Box<Rule>,
    inner_bits: f64,
}

impl Transformed {
    /// The rule, given its first term, and the terms that `inner` was found behind.
    pub fn new(
        operation: Construction,
        first: BigInt,
        inner: Rule,
        inner_listing: &Listing,
    ) -> Self {
        // The first term of the inner sequence is not given.
        let begins = match operation {
            RunningSum | RunningProduct | BinomialTransform | EulerTransform | DivisorSums => {
                inner.terms(1).first().map_or(0.0, crate::bits::big)
            }
            After(_) => inner.terms(1).first().map_or(0.0, |one| crate::bits::big(&(one - &first))),
            _ => 0.0,
        };
        let begins =
            if inner.seeds() == 0 && inner.kind() != "DrawnRelation" { 0.0 } else { begins };
        let inner_bits = inner.bits() + inner_listing.of_first(inner.seeds()) + begins;
        Transformed { operation, first, inner: Box::new(inner), inner_bits }
    }
}

impl Generator for Transformed {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        let inner = self.inner.terms(count);
        let mut all = self.operation.apply(&self.first, &inner, count);
        all.truncate(count);
        all
    }

    fn bits(&self) -> f64 {
        self.operation.bits() + self.inner_bits
    }

    fn seeds(&self) -> usize {
        self.operation.seeds()
    }

    fn formula(&self) -> Formula {
        let inner = self.inner.formula();
        let closed = inner.closed_form().cloned();
        let from = inner.first();
        // Inline a closed form; give anything else a name.
        let s = |shift: i64| match &closed {
            Some(closed) => closed.with_index(&Expression::shifted(shift)),
            None => Expression::term("s", shift),
        };
        let parts = match &closed {
            Some(_) => Vec::new(),
            None => vec![inner.nested()],
        };
        let formula = match &self.operation {
            RunningSum => Formula::of(Expression::sum(vec![a(-1), s(-1)]))
                .starting(from, vec![self.first.clone()]),
            RunningProduct => Formula::of(Expression::product(vec![s(-1), a(-1)]))
                .starting(from, vec![self.first.clone()]),
            Differences => {
                let minus = Expression::product(vec![Expression::integer(-1), s(-1)]);
                Formula::of(Expression::sum(vec![s(0), minus]))
                    .starting(from, vec![self.first.clone()])
            }
            AlternatingSigns => {
                let exponent = Expression::shifted(-from);
                let sign = Expression::power(Expression::integer(-1), exponent);
                Formula::of(Expression::product(vec![sign, s(0)])).starting(from, Vec::new())
            }
            TimesIndex(k) => {
                let factor = Expression::shifted(k - from);
                Formula::of(Expression::product(vec![factor, s(0)])).starting(from, Vec::new())
            }
            OverIndex(k) => Formula::of(Expression::quotient(s(0), Expression::shifted(k - from)))
                .starting(from, Vec::new()),
            TimesFactorial => {
                let index = if from == 0 { n() } else { Expression::shifted(-from) };
                let factorial = Expression::Factorial(Box::new(index));
                Formula::of(Expression::product(vec![factorial, s(0)])).starting(from, Vec::new())
            }
            Square => Formula::of(Expression::power(s(0), Expression::integer(2)))
                .starting(from, Vec::new()),
            Multiple(factor) => {
                Formula::of(Expression::product(vec![Expression::Integer(factor.clone()), s(0)]))
                    .starting(from, Vec::new())
            }
            Shifted(constant) => {
                Formula::of(Expression::sum(vec![s(0), Expression::Integer(constant.clone())]))
                    .starting(from, Vec::new())
            }
            After(first) => match inner.clone().after(first.clone()) {
                Some(formula) => return formula,
                None => Formula::of(s(0)).starting(from - first.len() as i64, first.clone()),
            },
            BinomialTransform => {
                let k = || Expression::Symbol("k");
                let of = s(from).with_index(&k());
                let binomial = Expression::Binomial(Box::new(n()), Box::new(k()));
                let over = Over::Range(Box::new(Expression::integer(0)), Box::new(n()));
                let of = Expression::product(vec![binomial, of]);
                Formula::of(Expression::fold(FoldOperator::Sum, "k", over, of))
            }
            DivisorSums => {
                let of = s(from - 1).with_index(&Expression::Symbol("d"));
                let over = Over::Divisors(Box::new(n()));
                Formula::of(Expression::fold(FoldOperator::Sum, "d", over, of))
                    .starting(1, Vec::new())
            }
            EulerTransform => {
                let phrase = Phrase::text("the Euler transform of ").and_math(s(0));
                Formula::words(phrase)
            }
        };
        // A sequence that starts at -1 reads better from 0 on.
        let formula = if formula.first() < 0 && parts.is_empty() {
            formula.starting_at_zero()
        } else {
            formula
        };
        formula.with_parts(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integers(values: &[i64]) -> Vec<BigInt> {
        values.iter().map(|&value| value.into()).collect()
    }

    fn said(operation: Construction, inner: Rule, terms: &[i64]) -> String {
        let terms = integers(terms);
        let listing = Listing::of(&terms);
        Transformed::new(operation, terms[0].clone(), inner, &listing).formula().to_string()
    }

    #[test]
    fn transforms_are_said() {
        let known = |number: u32, start: usize| {
            let entry = crate::catalogue::numbered(number).unwrap();
            Rule::new(crate::catalogue::Known::from(entry, start))
        };
        // What does not belong stands in front of the rule itself, from index 0 at least.
        let said_after = said(After(integers(&[5])), known(45, 1), &[5, 1, 1, 2]);
        assert_eq!(said_after, "a(n) = a(n-1) + a(n-2), a(0) = 5, a(1) = 1, a(2) = 1");
        let said_after = said(After(integers(&[5])), known(73, 0), &[5, 0, 0, 1, 1]);
        let expected = "a(n) = a(n-1) + a(n-2) + a(n-3), \
                        a(0) = 5, a(1) = 0, a(2) = 0, a(3) = 1";
        assert_eq!(said_after, expected);
        let said_after = said(After(integers(&[7])), known(2808, 0), &[7, 4, 6]);
        assert_eq!(said_after, "7, then the composite numbers");
        let transform = said(BinomialTransform, known(45, 0), &[0, 1, 3]);
        let expected = "a(n) = Sum_{k=0..n} binomial(n, k) s(k); \
                        s(n) = s(n-1) + s(n-2), s(0) = 0, s(1) = 1";
        assert_eq!(transform, expected);
        let sums = said(DivisorSums, known(290, 1), &[1, 5, 10]);
        assert_eq!(sums, "a(n) = Sum_{d | n} d^2, n >= 1");
        let transform = said(EulerTransform, known(110, 0), &[1, 2]);
        let expected = "the Euler transform of s(n); \
                        s(n) = the number of partitions of a set of n elements";
        assert_eq!(transform, expected);
    }

    /// What is undone and applied again is what was there.
    #[test]
    fn operations_are_undone() {
        let terms = integers(&[1, 2, 6, 24, 120, 720, 5040]);
        for operation in usual(&terms) {
            let Some(inner) = operation.undo(&terms) else { continue };
            assert_eq!(operation.apply(&terms[0], &inner, terms.len()), terms, "{operation:?}");
        }
        let squares = integers(&[1, 4, 9, 16, 25]);
        assert_eq!(Square.undo(&squares), Some(integers(&[1, 2, 3, 4, 5])));
        assert_eq!(Square.undo(&terms), None);
    }

    #[test]
    fn transforms_are_those_that_are_known() {
        // Every part once: partitions. Every divisor counts one: their number.
        let partitions = integers(&[1, 2, 3, 5, 7, 11, 15]);
        assert_eq!(EulerTransform.undo(&partitions), Some(integers(&[1; 7])));
        assert_eq!(EulerTransform.apply(&1.into(), &integers(&[1; 7]), 7), partitions);
        assert_eq!(DivisorSums.undo(&integers(&[1, 2, 2, 3, 2, 4])), Some(integers(&[1; 6])));
        assert_eq!(BinomialTransform.undo(&integers(&[1, 2, 4, 8])), Some(integers(&[1; 4])));
        assert_eq!(
            BinomialTransform.apply(&1.into(), &integers(&[1; 4]), 4),
            integers(&[1, 2, 4, 8])
        );
    }
}
