//! Steps in turn: two or three ways from a term to the next one, such as "add 2, then double".
//!
//! A way may change each time by the same: "add 1, add 1, add 2, double, add 3, times 3".

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use crate::bits;
use crate::expression::{Expression, Formula, n};
use crate::rule::{Generator, LARGEST, Rule};
use crate::terms::Terms;

/// What a step does with a term and a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Add,
    Times,
    /// An exact division.
    Over,
    /// The square, and the number added.
    SquareAnd,
}

use Operation::{Add, Over, SquareAnd, Times};

/// The operations, with their bits.
const OPERATIONS: [(Operation, f64); 4] = [(Add, 1.0), (Times, 1.5), (Over, 3.0), (SquareAnd, 3.5)];

/// A step that comes around again and again: its number, and what that grows by each time.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    operation: Operation,
    number: BigInt,
    growth: BigInt,
}

/// Steps in turn from a first term on.
#[derive(Clone, Debug, PartialEq)]
pub struct StepsInTurn {
    first: BigInt,
    steps: Vec<Step>,
}

/// The largest number of steps in turn.
const MOST: usize = 3;

/// Finds steps in turn behind at least four terms.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    let exact = terms.exact();
    if exact.len() < 4 || terms.is_constant() {
        return;
    }
    for period in 2..=MOST {
        let mut ways: Vec<Vec<Step>> = vec![Vec::new()];
        for place in 0..period {
            let pairs: Vec<&[BigInt]> = exact.windows(2).skip(place).step_by(period).collect();
            let fitting: Vec<Step> = OPERATIONS
                .iter()
                .filter_map(|&(operation, _)| Step::through(operation, &pairs))
                .collect();
            let longer = |way: &Vec<Step>| {
                let with = |step: &Step| way.iter().chain([step]).cloned().collect::<Vec<Step>>();
                fitting.iter().map(with).collect::<Vec<_>>()
            };
            ways = ways.iter().flat_map(longer).collect();
        }
        for steps in ways {
            let numbers: usize = steps.iter().map(Step::numbers).sum();
            let same = steps.windows(2).all(|pair| pair[0] == pair[1]);
            // Additions alone are sums of numbers in turn, which are found as such.
            let sums = steps.iter().all(|step| step.operation == Add);
            // Two steps must be confirmed by one more at least, longer ways by two.
            let needed = if numbers > 2 { numbers + 2 } else { numbers + 1 };
            if !same && !sums && exact.len() > needed {
                found.push(Rule::new(StepsInTurn { first: exact[0].clone(), steps }));
            }
        }
    }
}

impl Step {
    /// The step with this operation that leads from the first to the second of all pairs.
    fn through(operation: Operation, pairs: &[&[BigInt]]) -> Option<Self> {
        let quotient = |above: &BigInt, below: &BigInt| {
            let (quotient, rest) = if below.is_zero() { return None } else { above.div_rem(below) };
            rest.is_zero().then_some(quotient)
        };
        let number = |pair: &&[BigInt]| match operation {
            Add => Some(&pair[1] - &pair[0]),
            Times => quotient(&pair[1], &pair[0]),
            Over => quotient(&pair[0], &pair[1]),
            SquareAnd => Some(&pair[1] - &pair[0] * &pair[0]),
        };
        let numbers: Vec<BigInt> = pairs.iter().map(number).collect::<Option<_>>()?;
        let number = numbers.first()?.clone();
        let growth = numbers.get(1).map_or_else(BigInt::zero, |second| second - &number);
        let steady = numbers.windows(2).all(|pair| &pair[1] - &pair[0] == growth);
        // A step that does nothing, or turns all to nothing, says nothing.
        let idle = match operation {
            Add => number.is_zero() && growth.is_zero(),
            Times | Over => (number.is_one() && growth.is_zero()) || number.is_zero(),
            SquareAnd => false,
        };
        // Divisors and what is added to squares stay.
        let may_grow = growth.is_zero() || matches!(operation, Add | Times);
        (steady && !idle && may_grow).then_some(Step { operation, number, growth })
    }

    /// How many numbers it takes from the terms.
    fn numbers(&self) -> usize {
        1 + usize::from(!self.growth.is_zero())
    }

    fn bits(&self) -> f64 {
        let said = |number: &BigInt| match u64::try_from(number.magnitude()) {
            Ok(small) => bits::natural(small) + if number.is_negative() { 2.0 } else { 0.5 },
            Err(_) => bits::big(number),
        };
        let operation = OPERATIONS.iter().find(|(operation, _)| *operation == self.operation);
        let growth = if self.growth.is_zero() { 0.5 } else { 2.0 + said(&self.growth) };
        operation.map_or(0.0, |(_, bits)| *bits) + said(&self.number) + growth
    }

    /// The term after this one, the `turn`-th time.
    fn next(&self, term: &BigInt, turn: usize) -> Option<BigInt> {
        let number = &self.number + &self.growth * turn;
        match self.operation {
            Add => Some(term + number),
            Times => Some(term * number),
            Over => {
                let (quotient, rest) = term.div_rem(&number);
                rest.is_zero().then_some(quotient)
            }
            SquareAnd => Some(term * term + number),
        }
    }

    fn expression(&self, term: Expression) -> Expression {
        let number =
            Expression::polynomial(&[self.number.clone(), self.growth.clone()], &1.into(), &n());
        match self.operation {
            Add => Expression::sum(vec![term, number]),
            Times => Expression::product(vec![number, term]),
            Over => Expression::quotient(term, number),
            SquareAnd => {
                Expression::sum(vec![Expression::power(term, Expression::integer(2)), number])
            }
        }
    }
}

impl Generator for StepsInTurn {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        let period = self.steps.len();
        let mut all = vec![self.first.clone()];
        for place in 0..count.saturating_sub(1) {
            let step = &self.steps[place % period];
            // Squares of squares grow beyond all bounds.
            let next = step.next(&all[place], place / period);
            let Some(next) = next.filter(|next| next.bits() <= LARGEST) else { break };
            all.push(next);
        }
        all.truncate(count);
        all
    }

    fn bits(&self) -> f64 {
        let steps: f64 = self.steps.iter().map(Step::bits).sum();
        3.0 + self.steps.len() as f64 + steps
    }

    fn seeds(&self) -> usize {
        1
    }

    fn formula(&self) -> Formula {
        let index = |shift: usize| {
            let multiple = Expression::product(vec![Expression::integer(self.steps.len()), n()]);
            Expression::sum(vec![multiple, Expression::integer(shift)])
        };
        let equation = |(place, step): (usize, &Step)| {
            (index(place + 1), step.expression(Expression::call("a", index(place))))
        };
        let equations = self.steps.iter().enumerate().map(equation).collect();
        Formula::equations(equations).starting(0, vec![self.first.clone()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surplus::{any_terms, assert_told, told};

    #[test]
    fn steps_are_found() {
        assert_told(
            solve,
            &[
                &[1, 2, 6, 12, 36, 72],
                &[1, 4, 24, 96, 576],
                &[1, 3, 6, 8, 16, 18, 36],
                &[3, 6, 5, 10, 9, 18, 17, 34],
                &[1, 2, 2, 4, 8, 11, 33, 37],
                &[2, 4, 5, 25, 26, 676, 677],
                &[1, 2, 4, 12, 13, 26, 78, 79],
                &[96, 48, 50, 25, 27],
            ],
        );
        let (_, formula) = told(solve, &Terms::from(&[1, 3, 6, 8, 16, 18][..])).unwrap();
        assert_eq!(formula, "a(2n+1) = a(2n) + 2, a(2n+2) = 2 a(2n+1), a(0) = 1");
        let (_, formula) = told(solve, &Terms::from(&[1, 2, 2, 4, 8, 11, 33][..])).unwrap();
        assert_eq!(formula, "a(2n+1) = a(2n) + n + 1, a(2n+2) = (n + 1) a(2n+1), a(0) = 1");
    }

    proptest::proptest! {
        #[test]
        fn any_terms_are_survived(terms in any_terms()) {
            told(solve, &terms);
        }
    }
}
