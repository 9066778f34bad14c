//! Steps from one term, or two, to the next.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};

use super::unary::{Unary, decimal, number};
use crate::expression::{Expression, a, n};

/// What a function is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// `k a(n-1) + c`
    Linear(i64, i64),
    /// `a(n-1)^2`
    Square,
    /// `a(n-1) + a(n-2) + c`
    Sum(i64),
    /// `a(n-1) a(n-2)`
    Product,
    /// `a(n-2)`
    Previous,
    /// `2 a(n-1) + a(n-2)`
    DoubleSum,
    /// `a(n-1) + a(n-2) + a(n-3)`
    TripleSum,
}

/// A step to the next term.
#[derive(Clone, Debug, PartialEq)]
pub enum StepRule {
    /// `p a(n-1) + s f(...) + c`
    Affine {
        /// `p`
        last: i64,
        /// `s`
        factor: i64,
        /// `f`
        function: Unary,
        /// What `f` is taken of.
        argument: Argument,
        /// `c`
        constant: BigInt,
    },
    /// `f(a(n-1)) + f(a(n-2))`
    SumOfBoth(Unary),
    /// Halved if even, else `a x + b`; halved at once after that if the last is true.
    Collatz(i64, i64, bool),
    /// The last two terms, one behind the other; the older one first if true.
    Joined(bool),
    /// `a(n-1) + gcd(n, a(n-1))`, the index of the first term being given.
    WithGcd(i64),
}

impl Argument {
    /// How many terms it needs.
    pub fn terms(self) -> usize {
        match self {
            Argument::Linear(..) | Argument::Square => 1,
            Argument::Sum(_) | Argument::Product | Argument::Previous | Argument::DoubleSum => 2,
            Argument::TripleSum => 3,
        }
    }

    /// Its value, given the terms before.
    pub fn value(self, before: &[BigInt]) -> Option<BigInt> {
        Some(match (self, before) {
            (Argument::Linear(1, 0), [.., last]) => last.clone(),
            (Argument::Linear(factor, constant), [.., last]) => last * factor + constant,
            (Argument::Square, [.., last]) => last * last,
            (Argument::Sum(constant), [.., older, last]) => older + last + constant,
            (Argument::Product, [.., older, last]) => older * last,
            (Argument::Previous, [.., older, _]) => older.clone(),
            (Argument::DoubleSum, [.., older, last]) => last * 2 + older,
            (Argument::TripleSum, [.., oldest, older, last]) => oldest + older + last,
            _ => return None,
        })
    }

    fn expression(self) -> Expression {
        let integer = |value: i64| Expression::integer(value);
        match self {
            Argument::Linear(factor, constant) => Expression::sum(vec![
                Expression::product(vec![integer(factor), a(-1)]),
                integer(constant),
            ]),
            Argument::Square => Expression::power(a(-1), integer(2)),
            Argument::Sum(constant) => Expression::sum(vec![a(-1), a(-2), integer(constant)]),
            Argument::Product => Expression::product(vec![a(-1), a(-2)]),
            Argument::Previous => a(-2),
            Argument::DoubleSum => {
                Expression::sum(vec![Expression::product(vec![integer(2), a(-1)]), a(-2)])
            }
            Argument::TripleSum => Expression::sum(vec![a(-1), a(-2), a(-3)]),
        }
    }
}

impl StepRule {
    /// How many terms it needs.
    pub fn terms(&self) -> usize {
        match self {
            StepRule::Affine { argument, .. } => argument.terms(),
            StepRule::Collatz(..) | StepRule::WithGcd(_) => 1,
            StepRule::SumOfBoth(_) | StepRule::Joined(_) => 2,
        }
    }

    /// The next term, given those before, where there is one.
    pub fn next(&self, before: &[BigInt]) -> Option<BigInt> {
        let last = before.last()?;
        match self {
            StepRule::Affine { last: own, factor, function, argument, constant } => {
                let value = function.apply(&argument.value(before)?)?;
                Some(value * factor + last * own + constant)
            }
            StepRule::SumOfBoth(function) => {
                let older = before.get(before.len().checked_sub(2)?)?;
                Some(function.apply(last)? + function.apply(older)?)
            }
            StepRule::Collatz(factor, constant, at_once) => {
                if last.is_even() {
                    return Some(last / 2);
                }
                let next = last * factor + constant;
                Some(if *at_once { next / 2 } else { next })
            }
            StepRule::Joined(older_first) => {
                let older = before.get(before.len().checked_sub(2)?)?;
                if last.is_negative() || older.is_negative() {
                    return None;
                }
                let (one, two) = if *older_first { (older, last) } else { (last, older) };
                Some(number(&[decimal(one), decimal(two)].concat()))
            }
            StepRule::WithGcd(first) => {
                let index = BigInt::from(*first) + before.len();
                let divisor = last.gcd(&index);
                (!divisor.is_zero()).then(|| last + divisor)
            }
        }
    }

    /// The step as an expression, or in words.
    pub fn expression(&self) -> Result<Expression, String> {
        let call = |name: &str, argument: Expression| Expression::Call(name.into(), vec![argument]);
        let integer = |value: i64| Expression::integer(value);
        Ok(match self {
            StepRule::Affine { last, factor, function, argument, constant } => {
                let value = call(function.name(), argument.expression());
                let value = Expression::product(vec![integer(*factor), value]);
                let own = Expression::product(vec![integer(*last), a(-1)]);
                Expression::sum(vec![own, value, Expression::Integer(constant.clone())])
            }
            StepRule::SumOfBoth(function) => {
                let of = |shift: i64| call(function.name(), a(shift));
                Expression::sum(vec![of(-1), of(-2)])
            }
            StepRule::Collatz(factor, constant, at_once) => {
                let odd = Argument::Linear(*factor, *constant).expression();
                let odd = if *at_once { Expression::quotient(odd, integer(2)) } else { odd };
                return Err(format!("a(n) = a(n-1)/2 if a(n-1) is even, else {odd}"));
            }
            StepRule::Joined(older_first) => {
                let pair = if *older_first { vec![a(-2), a(-1)] } else { vec![a(-1), a(-2)] };
                Expression::Call("concatenation".into(), pair)
            }
            StepRule::WithGcd(_) => {
                let divisor = Expression::Call("gcd".into(), vec![n(), a(-1)]);
                Expression::sum(vec![a(-1), divisor])
            }
        })
    }
}
