//! Relations between the terms of a sequence and its index, from which a next term follows:
//! sums of products of terms, with polynomials in the index as factors, that are zero.
//!
//! Holonomic and nonlinear recurrences are both of this form, and so one piece of code fits,
//! continues and writes them.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use crate::bits;
use crate::expression::{Expression, Formula, a, n};
use crate::linear_algebra::{self, MERSENNE, exact_quotient};
use crate::surplus::{polynomial_bits, shifted, value};
use crate::terms::Terms;

/// The largest lag.
pub(crate) const LARGEST_LAG: usize = 8;

/// A product of terms: the exponents of `a(n), a(n-1), ..., a(n-8)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct History(pub(crate) [u8; LARGEST_LAG + 1]);

impl History {
    /// The product of nothing.
    pub(crate) const ONE: History = History([0; LARGEST_LAG + 1]);

    /// The product of the terms at these lags.
    pub(crate) const fn at(lags: &[usize]) -> Self {
        let mut exponents = [0; LARGEST_LAG + 1];
        let mut place = 0;
        while place < lags.len() {
            exponents[lags[place]] += 1;
            place += 1;
        }
        History(exponents)
    }

    /// Whether the new term is one of the factors.
    pub(crate) fn has_new_term(self) -> bool {
        self.0[0] > 0
    }

    fn largest_lag(self) -> usize {
        self.0.iter().rposition(|&exponent| exponent > 0).unwrap_or(0)
    }

    fn degree(self) -> u8 {
        self.0.iter().sum()
    }

    /// The product of old terms: all factors but `a(n)`.
    fn old(self, terms: &[BigInt], place: usize) -> BigInt {
        let mut product = BigInt::one();
        for (lag, &exponent) in self.0.iter().enumerate().skip(1) {
            for _ in 0..exponent {
                product *= &terms[place - lag];
            }
        }
        product
    }

    /// As an expression, without the factor `a(n)`.
    fn expression(self) -> Expression {
        let factors = self.0.iter().enumerate().skip(1).filter(|(_, exponent)| **exponent > 0);
        let power = |(lag, &exponent): (usize, &u8)| {
            Expression::power(a(-(lag as i64)), Expression::integer(exponent))
        };
        Expression::product(factors.map(power).collect())
    }
}

/// What a part of a relation may be: a product of terms times a polynomial in the index, which is
/// a combination of some given ones.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) history: History,
    /// Coefficients from the constant on.
    pub(crate) polynomial: Vec<i64>,
}

impl Column {
    /// `n^power` times a product of terms.
    pub(crate) fn power(history: History, power: usize) -> Self {
        let mut polynomial = vec![0; power + 1];
        polynomial[power] = 1;
        Column { history, polynomial }
    }

    /// Its values modulo the prime of the first search, with zeros where it needs more terms.
    pub(crate) fn residues(&self, terms: &[u64], first: i64) -> Vec<u64> {
        let prime = MERSENNE;
        let largest = self.history.largest_lag();
        let polynomial: Vec<u64> =
            self.polynomial.iter().map(|&factor| prime.of_small(factor)).collect();
        let one = |place: usize| {
            if place < largest {
                return 0;
            }
            let index = prime.of_small(first + place as i64);
            let start = polynomial
                .iter()
                .rev()
                .fold(0, |value, &factor| prime.add(prime.multiply(value, index), factor));
            let mut product = start;
            for (lag, &exponent) in self.history.0.iter().enumerate() {
                for _ in 0..exponent {
                    product = prime.multiply(product, terms[place - lag]);
                }
            }
            product
        };
        (0..terms.len()).map(one).collect()
    }
}

/// More terms than these are not needed to fit a relation; it is checked for all.
const TERMS_TO_FIT: usize = 48;

/// The terms to fit to, modulo the prime of the first search.
pub(crate) fn residues(terms: &Terms) -> Vec<u64> {
    terms.exact().iter().take(TERMS_TO_FIT).map(|term| MERSENNE.of(term)).collect()
}

/// A product of terms and the polynomial in the index that it is multiplied with.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    history: History,
    /// Coefficients from the constant on.
    polynomial: Vec<BigInt>,
}

/// A relation that holds for all given terms.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Relation {
    parts: Vec<Part>,
    /// The index of the first term.
    first: i64,
    /// The first terms.
    seeds: Vec<BigInt>,
    /// Whether it ends soon after the given terms.
    ends: bool,
}

/// No term of more bits is calculated: squares of squares soon fill any memory.
const LARGEST_TERM: u64 = 1 << 15;

impl Relation {
    /// The relation with these columns, if one holds for all terms and gives the new term in each
    /// row, and the factors of the columns. `cached` holds the residues of each column.
    pub(crate) fn fit(
        columns: &[&Column],
        cached: &[&[u64]],
        terms: &Terms,
        first: i64,
    ) -> Option<(Self, Vec<BigInt>)> {
        let order = columns.iter().map(|column| column.history.largest_lag()).max()?;
        let residues = linear_algebra::kernel(MERSENNE, cached, order)?;
        // Without the new term, or without an old one, nothing follows.
        let new = |column: &&Column| column.history.has_new_term();
        let known = |place: usize| residues[place] == 0;
        if columns.iter().enumerate().all(|(place, column)| !new(column) || known(place)) {
            return None;
        }
        let factors = match linear_algebra::small_integers(MERSENNE, &residues) {
            Some(factors) => factors,
            None => {
                let values: Vec<Vec<BigInt>> = columns
                    .iter()
                    .map(|column| exact_values(column, terms.exact(), first, order))
                    .collect();
                linear_algebra::relation(&values)?
            }
        };
        let columns: Vec<Column> = columns.iter().map(|&column| column.clone()).collect();
        let relation = Relation::checked(&columns, &factors, terms, first)?;
        Some((relation, factors))
    }

    /// The relation with these factors of its columns, if it holds.
    pub(crate) fn checked<F>(
        columns: &[Column],
        factors: &[F],
        terms: &Terms,
        first: i64,
    ) -> Option<Self>
    where
        F: Clone + Into<BigInt>,
    {
        let factors: Vec<BigInt> = factors.iter().map(|one| one.clone().into()).collect();
        let mut parts: Vec<Part> = Vec::new();
        for (column, factor) in columns.iter().zip(&factors) {
            if factor.is_zero() {
                continue;
            }
            let place = match parts.iter().position(|part| part.history == column.history) {
                Some(place) => place,
                None => {
                    parts.push(Part { history: column.history, polynomial: Vec::new() });
                    parts.len() - 1
                }
            };
            let polynomial = &mut parts[place].polynomial;
            polynomial.resize(polynomial.len().max(column.polynomial.len()), BigInt::zero());
            for (all, &one) in polynomial.iter_mut().zip(&column.polynomial) {
                *all += factor * one;
            }
        }
        for part in &mut parts {
            while part.polynomial.last().is_some_and(Zero::is_zero) {
                part.polynomial.pop();
            }
        }
        parts.retain(|part| !part.polynomial.is_empty());
        let order = parts.iter().map(|part| part.history.largest_lag()).max()?;
        if order == 0 || order >= terms.len() {
            return None;
        }
        let seeds = terms.exact()[..order].to_vec();
        let mut relation = Relation { parts, first, seeds, ends: false };
        relation.make_primitive();
        if relation.has_common_factor() || !relation.holds(terms) {
            return None;
        }
        relation.ends = relation.terms(terms.len() + 4).len() < terms.len() + 4
            && relation.terms(terms.len() + 4).last().is_none_or(|last| last.bits() < LARGEST_TERM);
        Some(relation.simplest())
    }

    /// Whether all parts have an old term or a factor `n - r` in common: a smaller relation holds,
    /// or the sequence is zero.
    fn has_common_factor(&self) -> bool {
        let shared = |lag: usize| self.parts.iter().all(|part| part.history.0[lag] > 0);
        let root =
            |root: i64| self.parts.iter().all(|part| value(&part.polynomial, root).is_zero());
        (1..=LARGEST_LAG).any(shared) || (-4..=4).any(root)
    }

    /// Divides by common factors; the factor of the new term is positive at first.
    fn make_primitive(&mut self) {
        let all = self.parts.iter().flat_map(|part| &part.polynomial);
        let mut divisor = all.fold(BigInt::zero(), |divisor, one| divisor.gcd(one));
        let start = self.first + self.seeds.len() as i64;
        let new = self.parts.iter().find(|part| part.history.has_new_term());
        if new.is_some_and(|part| value(&part.polynomial, start).is_negative()) {
            divisor = -divisor;
        }
        if divisor.is_zero() || divisor.is_one() {
            return;
        }
        for factor in self.parts.iter_mut().flat_map(|part| &mut part.polynomial) {
            *factor /= &divisor;
        }
    }

    fn holds(&self, terms: &Terms) -> bool {
        let exact = terms.exact();
        (self.seeds.len()..exact.len())
            .all(|place| self.next(exact, place).is_some_and(|next| next == exact[place]))
    }

    /// The term at `place`, if it is an integer.
    fn next(&self, terms: &[BigInt], place: usize) -> Option<BigInt> {
        let index = self.first + place as i64;
        let (mut above, mut below) = (BigInt::zero(), BigInt::zero());
        for part in &self.parts {
            let factor = value(&part.polynomial, index);
            if factor.is_zero() {
                continue;
            }
            let product = factor * part.history.old(terms, place);
            match part.history.has_new_term() {
                true => below += product,
                false => above -= product,
            }
        }
        exact_quotient(&above, &below)
    }

    /// The same with the index that makes its numbers the simplest.
    fn simplest(self) -> Self {
        let depends = self.parts.iter().any(|part| part.polynomial.len() > 1);
        if !depends {
            return Relation { first: 0, ..self };
        }
        let candidates = [0, 1, 2, -1, 3, 4, -2, 5];
        let all = candidates.into_iter().map(|first| self.counted_from(first));
        // Nobody counts from a negative index without need.
        let cost = |one: &Self| one.bits() + if one.first < 0 { 16.0 } else { 0.0 };
        let least = all.min_by(|one, other| cost(one).total_cmp(&cost(other)));
        least.unwrap_or(self)
    }

    fn counted_from(&self, first: i64) -> Self {
        let shift = |part: &Part| Part {
            history: part.history,
            polynomial: shifted(&part.polynomial, first - self.first),
        };
        let parts = self.parts.iter().map(shift).collect();
        let mut counted = Relation { parts, first, ..self.clone() };
        counted.make_primitive();
        counted
    }

    /// The first `count` terms, or fewer.
    pub(crate) fn terms(&self, count: usize) -> Vec<BigInt> {
        let mut terms: Vec<BigInt> = self.seeds.iter().take(count).cloned().collect();
        while terms.len() < count {
            match self.next(&terms, terms.len()) {
                Some(next) => terms.push(next),
                None => break,
            }
            if terms.last().is_some_and(|last| last.bits() > LARGEST_TERM) {
                break;
            }
        }
        terms
    }

    /// The number of first terms that it takes as they are.
    pub(crate) fn seeds(&self) -> usize {
        self.seeds.len()
    }

    /// Whether the index has no part in it.
    pub(crate) fn is_autonomous(&self) -> bool {
        self.parts.iter().all(|part| part.polynomial.len() == 1)
    }

    /// Whether only single terms and the index have a part in it.
    pub(crate) fn is_linear(&self) -> bool {
        self.parts.iter().all(|part| part.history.degree() <= 1)
    }

    /// Bits of its numbers: for each part the degree and the coefficients of its polynomial.
    ///
    /// Which products of terms it has is for the kind of rule to count.
    pub(crate) fn bits(&self) -> f64 {
        // That the factor of the new term is positive is said by no bit; the others stand on the
        // other side.
        let part = |part: &Part| {
            if part.history.has_new_term() {
                return polynomial_bits(&part.polynomial) - 1.0;
            }
            let other_side: Vec<BigInt> = part.polynomial.iter().map(|one| -one).collect();
            polynomial_bits(&other_side)
        };
        let index = if self.is_autonomous() { 0.0 } else { bits::integer(self.first) };
        // Sequences that end are rare.
        let ends = if self.ends { 3.0 } else { 0.0 };
        self.parts.iter().map(part).sum::<f64>() + index + ends
    }

    /// The products of terms.
    pub(crate) fn histories(&self) -> impl Iterator<Item = History> + '_ {
        self.parts.iter().map(|part| part.history)
    }

    /// Solved for the new term.
    pub(crate) fn formula(&self) -> Formula {
        let (new, old): (Vec<&Part>, Vec<&Part>) =
            self.parts.iter().partition(|part| part.history.has_new_term());
        let number = |part: &Part| match &part.polynomial[..] {
            [factor] => Some(factor.clone()),
            _ => None,
        };
        let below = new.iter().map(|part| {
            Expression::product(vec![factored(&part.polynomial), part.history.expression()])
        });
        let below: Vec<Expression> = below.collect();
        let above = old.iter().map(|part| {
            let negative: Vec<BigInt> = part.polynomial.iter().map(|one| -one).collect();
            let history = part.history.expression();
            match number(part) {
                Some(factor) => Expression::product(vec![Expression::Integer(-factor), history]),
                None if part.history == History::ONE => expanded(&negative),
                None => {
                    // -(n - 1) a(n-2) rather than (1 - n) a(n-2).
                    let minus = negative.last().is_some_and(Signed::is_negative);
                    let (sign, shown) = match minus {
                        true => (-1, factored(&part.polynomial)),
                        false => (1, factored(&negative)),
                    };
                    Expression::product(vec![Expression::integer(sign), shown, history])
                }
            }
        });
        let above = match shared_polynomial(&old) {
            Some(polynomial) => {
                let histories = old.iter().map(|part| part.history.expression()).collect();
                let negative: Vec<BigInt> = polynomial.iter().map(|one| -one).collect();
                Expression::product(vec![factored(&negative), Expression::sum(histories)])
            }
            None => flattened(above.collect()),
        };
        let right = Expression::quotient(above, Expression::sum(below));
        Formula::of(right).starting(self.first, self.seeds.clone())
    }
}

/// The polynomial, other than a number, that all of these parts have: `(n - 1) (a(n-1) + a(n-2))`.
fn shared_polynomial<'a>(parts: &[&'a Part]) -> Option<&'a [BigInt]> {
    let (first, others) = parts.split_first()?;
    let shared = first.polynomial.len() > 1
        && !others.is_empty()
        && others.iter().all(|part| part.polynomial == first.polynomial);
    (shared && parts.iter().all(|part| part.history != History::ONE)).then_some(&first.polynomial)
}

/// A sum whose summands are no sums.
fn flattened(summands: Vec<Expression>) -> Expression {
    let mut all = Vec::new();
    for summand in summands {
        match summand {
            Expression::Sum(inner) => all.extend(inner),
            other => all.push(other),
        }
    }
    Expression::sum(all)
}

fn exact_values(column: &Column, terms: &[BigInt], first: i64, order: usize) -> Vec<BigInt> {
    let polynomial: Vec<BigInt> = column.polynomial.iter().map(|&one| one.into()).collect();
    let one = |place: usize| {
        let mut product =
            value(&polynomial, first + place as i64) * column.history.old(terms, place);
        for _ in 0..column.history.0[0] {
            product *= &terms[place];
        }
        product
    };
    (order..terms.len().min(TERMS_TO_FIT)).map(one).collect()
}

/// A polynomial in `n`, expanded; `8 - n` rather than `-n + 8`.
pub(crate) fn expanded(polynomial: &[BigInt]) -> Expression {
    let falling = polynomial.last().is_some_and(Signed::is_negative)
        && polynomial.iter().any(Signed::is_positive);
    let written = Expression::polynomial(polynomial, &BigInt::one(), &n());
    match written {
        Expression::Sum(mut summands) if falling => {
            summands.reverse();
            Expression::Sum(summands)
        }
        other => other,
    }
}

/// A polynomial in `n` as a product of linear factors, if it is one with small roots, and else
/// expanded.
pub(crate) fn factored(polynomial: &[BigInt]) -> Expression {
    if polynomial.len() <= 2 {
        return expanded(polynomial);
    }
    let content = polynomial.iter().fold(BigInt::zero(), |divisor, one| divisor.gcd(one));
    let negative = polynomial.last().is_some_and(Signed::is_negative);
    let content = if negative { -content } else { content };
    let mut rest: Vec<BigInt> = polynomial.iter().map(|one| one / &content).collect();
    let mut factors: Vec<(i64, i64)> = Vec::new();
    for lead in 1..=4_i64 {
        for root in (0..=16_i64).flat_map(|root| [root, -root]) {
            // The factor is lead n - root.
            while root.gcd(&lead) == 1
                && let Some(quotient) = without_root(&rest, lead, root)
            {
                factors.push((lead, root));
                rest = quotient;
            }
        }
    }
    if rest.len() != 1 {
        return expanded(polynomial);
    }
    factors.sort_by_key(|&(lead, root)| (root != 0, lead, -root));
    let mut product = vec![Expression::Integer(content * &rest[0])];
    let mut place = 0;
    while place < factors.len() {
        let (lead, root) = factors[place];
        let same = factors[place..].iter().take_while(|other| **other == factors[place]).count();
        let linear = expanded(&[BigInt::from(-root), BigInt::from(lead)]);
        product.push(Expression::power(linear, Expression::integer(same)));
        place += same;
    }
    Expression::product(product)
}

/// `polynomial / (lead n - root)`, if that leaves no rest.
fn without_root(polynomial: &[BigInt], lead: i64, root: i64) -> Option<Vec<BigInt>> {
    if polynomial.len() < 2 {
        return None;
    }
    let lead = BigInt::from(lead);
    let mut quotient = vec![BigInt::zero(); polynomial.len() - 1];
    let mut carried = BigInt::zero();
    for place in (1..polynomial.len()).rev() {
        let value = exact_quotient(&(&polynomial[place] + &carried), &lead)?;
        carried = &value * root;
        quotient[place - 1] = value;
    }
    (&polynomial[0] + carried).is_zero().then_some(quotient)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integers(values: &[i64]) -> Vec<BigInt> {
        values.iter().map(|&value| BigInt::from(value)).collect()
    }

    #[test]
    fn polynomials_in_factors() {
        assert_eq!(factored(&integers(&[0, 1, 1])).to_string(), "n (n + 1)");
        assert_eq!(factored(&integers(&[2, -6, 4])).to_string(), "2 (n - 1) (2 n - 1)");
        assert_eq!(factored(&integers(&[1, 2, 1])).to_string(), "(n + 1)^2");
        assert_eq!(factored(&integers(&[1, 0, 1])).to_string(), "n^2 + 1");
        assert_eq!(expanded(&integers(&[8, -1])).to_string(), "8 - n");
    }

    #[test]
    fn a_relation_is_fitted_and_goes_on() {
        let terms = Terms::from(&[1, 1, 2, 5, 14, 42, 132][..]);
        let columns = [
            Column::power(History::at(&[0]), 0),
            Column::power(History::at(&[0]), 1),
            Column::power(History::at(&[1]), 0),
            Column::power(History::at(&[1]), 1),
        ];
        let known = residues(&terms);
        let cached: Vec<Vec<u64>> =
            columns.iter().map(|column| column.residues(&known, 0)).collect();
        let columns: Vec<&Column> = columns.iter().collect();
        let cached: Vec<&[u64]> = cached.iter().map(Vec::as_slice).collect();
        let (relation, _) = Relation::fit(&columns, &cached, &terms, 0).unwrap();
        assert_eq!(relation.terms(9)[7..], integers(&[429, 1430]));
        assert_eq!(relation.formula().to_string(), "a(n) = (4 n - 2) a(n-1)/(n + 1), a(0) = 1");
    }
}
