//! Relations as formulas, in the notation of the field.
//!
//! `a(n)` is the sequence, from `a(0)` on. What has a closed form is written as one, whatever it
//! is made of; parts without one have letters of their own, `s(n)`, `t(n)` and so on. What no
//! expression says well (selections, triangles, digits) is said in words.
//!
//! | file | what it holds |
//! |---|---|
//! | `mod.rs` | expressions for relations, parts and their letters |
//! | `rule.rs` | the rule of each form: recurrences, cases, words |
//! | `closed.rs` | polynomials, exponentials, periods |
//! | `functions.rs` | functions as expressions and in words |
//! | `selection.rs` | the numbers with a property |
//! | `partitions.rs` | numbers of partitions and compositions |
//! | `triangle.rs` | triangles and tables |

mod closed;
mod functions;
mod partitions;
mod rule;
mod selection;
#[cfg(test)]
mod tests;
mod triangle;

use num_bigint::BigInt;
use num_traits::Signed;

use crate::expression::{Expression, FoldOperator, Formula, Over, n};
use ninth_sequences::{Function, Operation, Ratio, Relation, Rounding, SelectOutput, Transform};

/// The formula of a relation: `a(n)`, from `a(0)` on.
pub(crate) fn formula(relation: &Relation) -> Formula {
    let mut parts = Parts::default();
    let whole = parts.rule(relation);
    whole.with_parts(parts.formulas())
}

/// The index of a term: `factor variable + shift`.
#[derive(Clone, Debug, PartialEq)]
struct At {
    variable: Expression,
    factor: i64,
    shift: i64,
}

impl At {
    /// `n`
    fn n() -> Self {
        At::variable(n())
    }

    fn variable(variable: Expression) -> Self {
        At { variable, factor: 1, shift: 0 }
    }

    fn moved(&self, by: i64) -> Self {
        At { shift: self.shift.saturating_add(by), ..self.clone() }
    }

    fn index(&self) -> Expression {
        let multiple =
            Expression::product(vec![Expression::integer(self.factor), self.variable.clone()]);
        Expression::sum(vec![multiple, Expression::integer(self.shift)])
    }
}

/// The letters of the sequences that a formula is made of, and their own formulas.
#[derive(Clone, Default)]
struct Parts {
    named: Vec<(Relation, String, Option<Formula>)>,
}

impl Parts {
    fn formulas(self) -> Vec<Formula> {
        self.named.into_iter().filter_map(|(_, _, formula)| formula).collect()
    }

    /// The term of a sequence at an index, under the letter of that sequence.
    fn named(&mut self, relation: &Relation, at: &At) -> Expression {
        const LETTERS: [&str; 8] = ["s", "t", "u", "v", "w", "x", "y", "z"];
        let known = self.named.iter().find(|(named, ..)| named == relation);
        let letter = match known {
            Some((_, letter, _)) => letter.clone(),
            None => {
                let place = self.named.len();
                let letter = LETTERS
                    .get(place)
                    .map_or_else(|| format!("s{place}"), |&letter| letter.to_owned());
                self.named.push((relation.clone(), letter.clone(), None));
                let formula = self.rule(relation).named(&letter);
                self.named[place].2 = Some(formula);
                letter
            }
        };
        Expression::Call(letter, vec![at.index()])
    }

    /// The term of a relation at an index: an expression, or a letter.
    fn value(&mut self, relation: &Relation, at: &At) -> Expression {
        match self.inline(relation, at) {
            Some(expression) => expression,
            None => self.named(relation, at),
        }
    }

    /// Whether a relation needs no letter; its own parts may need some.
    fn is_inline(&self, relation: &Relation) -> bool {
        self.clone().inline(relation, &At::n()).is_some()
    }

    /// The term of a relation at an index as an expression, unless it needs a rule of its own.
    fn inline(&mut self, relation: &Relation, at: &At) -> Option<Expression> {
        if !keeps_its_shape(relation) {
            if let Some(found) = closed::polynomial(relation) {
                return Some(found.expression(at));
            }
            if let Some(found) = closed::exponential(relation) {
                return Some(found.expression(at));
            }
            if let Some(first) = closed::signs(relation) {
                return Some(closed::with_signs(first, at));
            }
            if closed::period(relation).is_some() {
                return None;
            }
        }
        match relation {
            Relation::Geometric { first, ratio, rounding } => {
                let power = Expression::power(fraction(*ratio), at.index());
                let product = Expression::product(vec![Expression::integer(*first), power]);
                Some(match rounding {
                    Rounding::Floor => Expression::floor(product),
                    Rounding::Ceiling => Expression::Ceiling(Box::new(product)),
                })
            }
            Relation::Hold { runs, of } => match runs.values() {
                [run] => {
                    let quotient = Expression::quotient(at.index(), Expression::integer(run.get()));
                    Some(self.value(of, &At::variable(Expression::floor(quotient))))
                }
                _ => None,
            },
            Relation::Modulo { of, modulus } => {
                // A recurrence is best taken modulo the number itself.
                if !self.is_inline(of) && self.clone().recurrence(of, 0).is_some() {
                    return None;
                }
                let of = self.value(of, at);
                Some(Expression::modulo(of, Expression::integer(modulus.get())))
            }
            Relation::Weighted { of, weights, constant } => {
                self.weighted(of, weights.values(), *constant, at)
            }
            Relation::Polynomial { coefficients, divisor } => {
                // The polynomial above the divisor, which is not one of the relation itself.
                let above = Relation::Polynomial {
                    coefficients: *coefficients,
                    divisor: std::num::NonZeroU32::MIN,
                };
                let above = closed::polynomial(&above)?.expression(at);
                let below = Expression::integer(divisor.get());
                Some(Expression::floor(Expression::quotient(above, below)))
            }
            Relation::Product { first, factors } => factorial(*first, factors, at),
            Relation::Apply { function, to } => {
                let to = self.value(to, at);
                Some(functions::apply(*function, to))
            }
            Relation::Combine { operation, left, right } => {
                self.combined(*operation, left, right, at)
            }
            Relation::Transformed { by, of } => self.transformed(*by, of, at),
            Relation::Recurrence { lags, addend } if lags.is_empty() => {
                Some(self.value(addend, at))
            }
            Relation::Constant(_)
            | Relation::Affine { .. }
            | Relation::Linear { .. }
            | Relation::Cycle(_)
            | Relation::Sum { .. }
            | Relation::Scale { .. }
            | Relation::Interleave { .. }
            | Relation::Switch { .. }
            | Relation::RationalRecurrence { .. }
            | Relation::Alternate { .. }
            | Relation::Iterate { .. }
            | Relation::Recurrence { .. }
            | Relation::Digits { .. }
            | Relation::RootDigits { .. }
            | Relation::ContinuedFraction { .. }
            | Relation::After { .. }
            | Relation::Select { .. }
            | Relation::Triangle(_) => None,
        }
    }

    fn weighted(
        &mut self,
        of: &Relation,
        weights: &[i64],
        constant: i64,
        at: &At,
    ) -> Option<Expression> {
        let mut sign = match weights {
            [weight] => Expression::integer(*weight),
            [one, other] if one.checked_neg() == Some(*other) && *one != 0 => {
                closed::with_signs(*one, at)
            }
            _ => return None,
        };
        // The constants are best put inside of these.
        let inside = match of {
            Relation::Select { output, .. } => *output == SelectOutput::Indices && weights == [1],
            Relation::Triangle(_) => weights.len() == 1,
            _ => false,
        };
        if inside {
            return None;
        }
        let mut of = self.value(of, at);
        if let ([one, _], Some(opposite)) = (weights, negated(&of)) {
            // One sign is enough.
            (sign, of) = (closed::with_signs(one.saturating_neg(), at), opposite);
        }
        // The number in front: 3 (-1)^n, -2 prime(n).
        let product = Expression::product(vec![sign, of]);
        Some(Expression::sum(vec![product, Expression::integer(constant)]))
    }

    fn combined(
        &mut self,
        operation: Operation,
        left: &Relation,
        right: &Relation,
        at: &At,
    ) -> Option<Expression> {
        if operation == Operation::Convolution {
            if at.variable != n() {
                return None;
            }
            let k = || Expression::Symbol("k");
            let back = Expression::product(vec![Expression::integer(-1), k()]);
            let back = Expression::sum(vec![At { shift: 0, ..at.clone() }.index(), back]);
            let left = self.value(left, &At::variable(k()));
            let right = self.value(right, &At::variable(back).moved(at.shift));
            let product = Expression::product(vec![left, right]);
            return Some(up_to(FoldOperator::Sum, at, product));
        }
        let (left, right) = (self.value(left, at), self.value(right, at));
        Some(match operation {
            Operation::Sum => Expression::sum(vec![left, right]),
            Operation::Difference => Expression::sum(vec![left, multiple(-1, right)]),
            Operation::Product => Expression::product(vec![left, right]),
            Operation::Quotient => Expression::floor(Expression::quotient(left, right)),
            Operation::Remainder => Expression::modulo(left, right),
            Operation::Gcd => Expression::Call("gcd".into(), vec![left, right]),
            Operation::Convolution => return None, // done above
        })
    }

    fn transformed(&mut self, by: Transform, of: &Relation, at: &At) -> Option<Expression> {
        // The letter k is taken where the index is not n.
        let free = at.variable == n();
        let k = At::variable(Expression::Symbol("k"));
        match by {
            Transform::Differences => {
                let (next, this) = (self.value(of, &at.moved(1)), self.value(of, at));
                Some(Expression::sum(vec![next, multiple(-1, this)]))
            }
            Transform::Records if closed::never_falls(of) => self.inline(of, at),
            Transform::Products => {
                let product = closed::polynomial(of).and_then(|found| rising(&found, &at.moved(1)));
                match product {
                    Some(product) => Some(product),
                    None if free => {
                        let of = self.value(of, &k);
                        Some(up_to(FoldOperator::Product, at, of))
                    }
                    None => None,
                }
            }
            Transform::Records if free => {
                let of = self.value(of, &k);
                Some(up_to(FoldOperator::Maximum, at, of))
            }
            Transform::Binomial if free => {
                let choose = Expression::Binomial(Box::new(at.index()), Box::new(k.index()));
                let of = self.value(of, &k);
                let product = Expression::product(vec![choose, of]);
                Some(up_to(FoldOperator::Sum, at, product))
            }
            Transform::Divisors => {
                let number = at.moved(1).index();
                match closed::polynomial(of) {
                    Some(one) if one.is(1, 0) => {
                        return Some(functions::apply(Function::DivisorCount, number));
                    }
                    Some(one) if one.is(1, 1) => {
                        return Some(functions::apply(Function::DivisorSum, number));
                    }
                    _ if !free => return None,
                    _ => {}
                }
                let of = self.value(of, &At::variable(Expression::Symbol("d")).moved(-1));
                let over = Over::Divisors(Box::new(number));
                Some(Expression::fold(FoldOperator::Sum, "d", over, of))
            }
            Transform::Records | Transform::Binomial => None,
            Transform::Euler | Transform::Compositions => None,
        }
    }
}

/// Whether a relation is clearer as it is than as a polynomial: `(n + 1)^2`.
fn keeps_its_shape(relation: &Relation) -> bool {
    match relation {
        Relation::Apply { function: Function::Triangular, to } => {
            !matches!(**to, Relation::Affine { factor: 1, constant, .. } if constant != 1)
        }
        Relation::Apply { .. } => true,
        Relation::Weighted { of, weights, .. } => match &**of {
            Relation::Apply { function: Function::Triangular, .. } => false,
            of => weights.values() != [0] && keeps_its_shape(of),
        },
        Relation::Hold { of, .. } => keeps_its_shape(of),
        Relation::Combine { .. } => {
            closed::polynomial(relation).is_some_and(|found| found.degree() > 3)
        }
        _ => false,
    }
}

/// A multiple, of every summand of a sum.
fn multiple(factor: i64, of: Expression) -> Expression {
    let times = |one| Expression::product(vec![Expression::integer(factor), one]);
    match of {
        Expression::Sum(all) => Expression::sum(all.into_iter().map(times).collect()),
        other => times(other),
    }
}

/// The opposite of an expression that begins with a minus.
fn negated(of: &Expression) -> Option<Expression> {
    let first = match of {
        Expression::Sum(all) => all.first()?,
        other => other,
    };
    first.without_minus().map(|_| multiple(-1, of.clone()))
}

/// The fold over `k` from 0 to the index.
fn up_to(operator: FoldOperator, at: &At, of: Expression) -> Expression {
    let range = Over::Range(Box::new(Expression::integer(0)), Box::new(at.index()));
    Expression::fold(operator, "k", range, of)
}

/// A running product of 1, 2, 3, ... or of later numbers.
fn factorial(first: i64, factors: &Relation, at: &At) -> Option<Expression> {
    let product = rising(&closed::polynomial(factors)?, at)?;
    Some(Expression::product(vec![Expression::integer(first), product]))
}

/// The product of the first so many of `c, c + 1, c + 2, ...`: `(n + c - 1)! / (c - 1)!`
fn rising(numbers: &closed::Polynomial, at: &At) -> Option<Expression> {
    let [first, step] = numbers.arithmetic()?;
    let before = u8::try_from(first).ok()?.checked_sub(1)?;
    if *step != BigInt::from(1) || before > 3 || !first.is_positive() {
        return None;
    }
    let all = Expression::Factorial(Box::new(at.moved(before.into()).index()));
    let left_out: u32 = (1..=u32::from(before)).product();
    Some(Expression::quotient(all, Expression::integer(left_out)))
}

fn fraction(ratio: Ratio) -> Expression {
    let above = Expression::integer(ratio.numerator);
    Expression::quotient(above, Expression::integer(ratio.denominator.get()))
}
