//! The rule of a relation that has no closed form: a recurrence, cases, equations or words.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::ToPrimitive;

use super::{At, Parts, closed};
use crate::expression::{Expression, Formula, Phrase, a, n};
use ninth_sequences::{Condition, Cycle, Ratio, Relation, SelectOutput, Step, Transform};

/// A recurrence: what `a(n)` is, and the first terms.
pub(super) struct Recurrence {
    right: Expression,
    seeds: Vec<i64>,
    /// Whether it holds for remainders, too: only sums and products of integers.
    exact: bool,
}

impl Recurrence {
    fn formula(self) -> Formula {
        Formula::of(self.right).starting(0, big(&self.seeds))
    }
}

fn big(values: &[i64]) -> Vec<BigInt> {
    values.iter().map(|&value| BigInt::from(value)).collect()
}

fn times(factor: i64, of: Expression) -> Expression {
    Expression::product(vec![Expression::integer(factor), of])
}

fn plus(one: Expression, constant: i64) -> Expression {
    Expression::sum(vec![one, Expression::integer(constant)])
}

/// `floor(r last) + c`; no rounding where `last` is known to be a multiple of a number.
fn step(
    Step { ratio: Ratio { numerator, denominator }, constant }: Step,
    last: Expression,
    multiple_of: u32,
) -> Expression {
    let whole = multiple_of.is_multiple_of(denominator.get());
    let product = times(numerator, last);
    let quotient = Expression::quotient(product, Expression::integer(denominator.get()));
    plus(if whole { quotient } else { Expression::floor(quotient) }, constant)
}

impl Parts {
    /// The relation as a formula of the sequence `a`; its parts are named.
    pub(super) fn rule(&mut self, relation: &Relation) -> Formula {
        if let Some(expression) = self.inline(relation, &At::n()) {
            return Formula::of(expression);
        }
        if let Some(period) = closed::period(relation) {
            let list = Expression::list(&big(&period));
            return Formula::words(Phrase::math(list).and_text(" repeated"));
        }
        match relation {
            Relation::Sum { first, steps } => match closed::period(steps) {
                Some(steps) if steps.len() <= Cycle::<i64>::MAX_LENGTH => totals(*first, &steps),
                _ => self.by_recurrence(relation),
            },
            Relation::Product { first, factors } => match closed::period(factors) {
                Some(factors) if factors.len() <= Cycle::<i64>::MAX_LENGTH => {
                    let steps: Vec<Step> =
                        factors.iter().map(|&factor| Step::affine(factor, 0)).collect();
                    steps_in_turn(*first, &steps)
                }
                _ => self.by_recurrence(relation),
            },
            Relation::Scale { first, ratios } => {
                let steps = ratios.values().iter().map(|&ratio| Step { ratio, constant: 0 });
                steps_in_turn(*first, &steps.collect::<Vec<_>>())
            }
            Relation::Alternate { first, steps } => steps_in_turn(*first, steps),
            Relation::Hold { runs, of } => {
                let runs: Vec<u32> = runs.values().iter().map(|run| run.get()).collect();
                self.held(&runs, of)
            }
            Relation::Modulo { of, modulus } => match self.recurrence(of, 0) {
                Some(Recurrence { right, seeds, exact: true }) => {
                    let modulus = modulus.get();
                    let seeds = seeds.iter().map(|seed| seed.rem_euclid(modulus.into())).collect();
                    let right = Expression::modulo(right, Expression::integer(modulus));
                    Recurrence { right, seeds, exact: false }.formula()
                }
                _ => {
                    let of = self.named(of, &At::n());
                    Formula::of(Expression::modulo(of, Expression::integer(modulus.get())))
                }
            },
            Relation::Weighted { of, weights, constant } => match (&**of, weights.values()) {
                (Relation::Select { from, predicate, output: SelectOutput::Indices }, [1]) => {
                    Formula::words(self.indices(from, *predicate, *constant))
                }
                (Relation::Triangle(inner), [weight]) => self.triangle(inner, *weight, *constant),
                (of, values) => self.weights_in_turn(of, values, *constant),
            },
            Relation::Interleave { even, odd } => {
                let (even, odd) = (self.value(even, &At::n()), self.value(odd, &At::n()));
                Formula::in_turn(vec![even, odd])
            }
            Relation::Switch { first, condition, then, otherwise } => {
                switch(*first, *condition, *then, *otherwise)
            }
            Relation::Recurrence { lags, addend } => {
                let first: Vec<i64> = lags.iter().map(|lag| lag.first).collect();
                let factors: Vec<i64> = lags.iter().map(|lag| lag.factor).collect();
                finite(&first, &factors, addend)
                    .or_else(|| classes(&first, &factors, addend))
                    .unwrap_or_else(|| self.by_recurrence(relation))
            }
            Relation::Digits { numerator, denominator, base } => {
                let denominator = denominator.get();
                let numerator = numerator % denominator;
                let divisor = numerator.gcd(&denominator).max(1);
                let name = match (*base).max(2) {
                    2 => "the binary digits of ".to_owned(),
                    10 => "the decimal digits of ".to_owned(),
                    base => format!("the digits in base {base} of "),
                };
                let above = Expression::integer(numerator / divisor);
                let fraction =
                    Expression::quotient(above, Expression::integer(denominator / divisor));
                Formula::words(Phrase::text(name).and_math(fraction).and_text(" after the point"))
            }
            Relation::RootDigits { radicand, degree } => {
                let degree = u32::from((*degree).max(2));
                let root = Expression::Root(Box::new(Expression::integer(*radicand)), degree);
                let single = 10_u32.checked_pow(degree).is_none_or(|limit| *radicand < limit);
                Formula::words(match single {
                    true => Phrase::text("the decimal digits of ").and_math(root),
                    false => Phrase::text("the integer part of ")
                        .and_math(root)
                        .and_text(", then its decimals"),
                })
            }
            Relation::ContinuedFraction { radicand } => {
                let root = Expression::Root(Box::new(Expression::integer(*radicand)), 2);
                Formula::words(Phrase::text("the continued fraction of ").and_math(root))
            }
            Relation::Linear { first: [one, first], factors: [factor, 0], constant } => {
                let (first, factor, constant) = (*first, *factor, *constant);
                let then = Box::new(Relation::Affine { first, factor, constant });
                self.rule(&Relation::After { first: *one, then })
            }
            Relation::After { first, then } => {
                if let Some(value) = closed::polynomial(then).and_then(closed::into_constant) {
                    return Formula::words(
                        Phrase::math(Expression::integer(*first))
                            .and_text(", then ")
                            .and_math(Expression::Integer(value))
                            .and_text(" for ever"),
                    );
                }
                if !self.is_inline(then)
                    && let Some(mut rule) = self.recurrence(then, -1)
                {
                    rule.seeds.insert(0, *first);
                    return rule.formula();
                }
                let value = self.value(then, &At::n().moved(-1));
                Formula::of(value).starting(0, big(&[*first]))
            }
            Relation::Select { from, predicate, output } => Formula::words(match output {
                SelectOutput::Terms => self.selected(from, *predicate),
                SelectOutput::Indices => self.indices(from, *predicate, 0),
            }),
            Relation::Transformed { by: Transform::Records, of } if closed::never_falls(of) => {
                self.rule(of)
            }
            Relation::Transformed { by: Transform::Euler, of } => self.partitions(of),
            Relation::Transformed { by: Transform::Compositions, of } => self.compositions(of),
            Relation::Triangle(inner) => self.triangle(inner, 1, 0),
            Relation::Constant(_)
            | Relation::Affine { .. }
            | Relation::Linear { .. }
            | Relation::Cycle(_)
            | Relation::Geometric { .. }
            | Relation::RationalRecurrence { .. }
            | Relation::Iterate { .. }
            | Relation::Polynomial { .. }
            | Relation::Apply { .. }
            | Relation::Combine { .. }
            | Relation::Transformed { .. } => self.by_recurrence(relation),
        }
    }

    fn by_recurrence(&mut self, relation: &Relation) -> Formula {
        match self.recurrence(relation, 0) {
            Some(rule) => rule.formula(),
            // All others have a closed form or a rule of their own.
            None => Formula::words(relation.to_string()),
        }
    }

    /// The relation as a recurrence, where it is one. Expressions of the index itself are those
    /// of `n + shift`.
    pub(super) fn recurrence(&mut self, relation: &Relation, shift: i64) -> Option<Recurrence> {
        let here = At::n().moved(shift);
        let exact = |right: Expression, seeds: Vec<i64>| Recurrence { right, seeds, exact: true };
        Some(match relation {
            Relation::Affine { first, factor, constant } => {
                exact(plus(times(*factor, a(-1)), *constant), vec![*first])
            }
            Relation::Linear { first, factors: [one, other], constant } => {
                let sum = Expression::sum(vec![times(*one, a(-1)), times(*other, a(-2))]);
                exact(plus(sum, *constant), first.to_vec())
            }
            Relation::Sum { first, steps } => {
                let step = self.value(steps, &here.moved(-1));
                exact(Expression::sum(vec![a(-1), step]), vec![*first])
            }
            Relation::Product { first, factors } => {
                let factor = self.value(factors, &here.moved(-1));
                exact(Expression::product(vec![factor, a(-1)]), vec![*first])
            }
            Relation::Scale { first, ratios } => match ratios.values() {
                [ratio] => Recurrence {
                    right: step(Step { ratio: *ratio, constant: 0 }, a(-1), 1),
                    seeds: vec![*first],
                    exact: ratio.denominator.get() == 1,
                },
                _ => return None,
            },
            Relation::Alternate { first, steps: [one, other] } if one == other => Recurrence {
                right: step(*one, a(-1), 1),
                seeds: vec![*first],
                exact: one.ratio.denominator.get() == 1,
            },
            Relation::Iterate { first, factor, function, weight } => {
                let value = super::functions::apply(*function, a(-1));
                let sum = vec![times(*factor, a(-1)), times(*weight, value)];
                Recurrence { right: Expression::sum(sum), seeds: vec![*first], exact: false }
            }
            Relation::RationalRecurrence { past, constant, divisor } => {
                let lags = past.iter().rev().zip(1..);
                let mut sum: Vec<Expression> =
                    lags.map(|(past, lag)| times(past.factor, a(-lag))).collect();
                sum.push(Expression::integer(*constant));
                let sum = Expression::sum(sum);
                let divisor = divisor.get();
                let right = match divisor {
                    1 => sum,
                    _ => Expression::floor(Expression::quotient(sum, Expression::integer(divisor))),
                };
                let seeds = past.iter().map(|past| past.first).collect();
                Recurrence { right, seeds, exact: divisor == 1 }
            }
            Relation::Recurrence { lags, addend } => {
                let terms = lags.iter().zip(1..);
                let mut sum: Vec<Expression> =
                    terms.map(|(lag, back)| times(lag.factor, a(-back))).collect();
                sum.push(self.value(addend, &here));
                exact(Expression::sum(sum), lags.iter().map(|lag| lag.first).collect())
            }
            _ => return None,
        })
    }

    /// Terms in runs of different lengths.
    fn held(&mut self, runs: &[u32], of: &Relation) -> Formula {
        /// The most equations.
        const MOST: u32 = 6;
        let period = runs.iter().fold(0_u32, |sum, run| sum.saturating_add(*run));
        let mut at = At { variable: n(), factor: runs.len() as i64, shift: 0 };
        if period > MOST || !self.is_inline(of) {
            let of = self.value(of, &At::n());
            let mut places: Vec<Expression> = (0..3).map(Expression::integer).collect();
            places.push(Expression::Symbol("..."));
            let places = Expression::List(places);
            let all: Vec<BigInt> = runs.iter().map(|&run| run.into()).collect();
            return Formula::words(
                Phrase::math(of)
                    .and_text(" for ")
                    .and_math(Expression::comparison(n(), "=", places))
                    .and_text(", each repeated ")
                    .and_math(Expression::list(&all))
                    .and_text(" times in turn"),
            );
        }
        let mut rules = Vec::new();
        for run in runs {
            let value = self.value(of, &at);
            rules.extend(std::iter::repeat_n(value, *run as usize));
            at = at.moved(1);
        }
        Formula::in_turn(rules)
    }

    /// Terms times weights in turn.
    fn weights_in_turn(&mut self, of: &Relation, weights: &[i64], constant: i64) -> Formula {
        if self.is_inline(of) {
            let at = |shift| At { variable: n(), factor: weights.len() as i64, shift };
            let rule = |(place, weight): (i64, &i64)| {
                let weights = Cycle::from([*weight]);
                let of = Box::new(of.clone());
                self.value(&Relation::Weighted { of, weights, constant }, &at(place))
            };
            return Formula::in_turn((0..).zip(weights).map(rule).collect());
        }
        let weights = Cycle::new(weights).map_or(Relation::Constant(1), Relation::Cycle);
        let (weight, of) = (self.value(&weights, &At::n()), self.value(of, &At::n()));
        Formula::of(plus(Expression::product(vec![weight, of]), constant))
    }
}

/// A running total of steps in turn, as the terms at each residue of the index.
fn totals(first: i64, steps: &[i64]) -> Formula {
    let whole: BigInt = steps.iter().map(|&step| BigInt::from(step)).sum();
    let mut before = BigInt::from(first);
    let rule = |step: &i64| {
        let rule = Expression::polynomial(&[before.clone(), whole.clone()], &1.into(), &n());
        before += *step;
        rule
    };
    Formula::in_turn(steps.iter().map(rule).collect())
}

/// Steps in turn, from one term to the next.
fn steps_in_turn(first: i64, steps: &[Step]) -> Formula {
    let seeds = big(&[first]);
    if let Some((one, others)) = steps.split_first()
        && others.iter().all(|other| other == one)
    {
        return Formula::of(step(*one, a(-1), 1)).starting(0, seeds);
    }
    let index = |shift: usize| plus(times(steps.len() as i64, n()), shift as i64);
    let equation = |(place, one): (usize, &Step)| {
        (index(place + 1), step(*one, Expression::call("a", index(place)), 1))
    };
    Formula::equations(steps.iter().enumerate().map(equation).collect()).starting(0, seeds)
}

fn switch(first: i64, condition: Condition, then: Step, otherwise: Step) -> Formula {
    let last = || Phrase::math(a(-1));
    let seeds = match condition {
        // No step was before the first one.
        Condition::Rising => vec![Some(first), otherwise.apply(first)],
        Condition::Divisible(_) | Condition::Below(_) => vec![Some(first)],
    };
    let seeds: Vec<i64> = seeds.into_iter().flatten().collect();
    let (condition, multiple_of) = match condition {
        Condition::Divisible(divisor) => match divisor.get() {
            1 => return Formula::of(step(then, a(-1), 1)).starting(0, big(&seeds)),
            2 => (last().and_text(" is even"), 2),
            divisor => (last().and_text(format!(" is divisible by {divisor}")), divisor),
        },
        Condition::Below(threshold) => {
            let threshold = Expression::integer(threshold);
            (Phrase::math(Expression::comparison(a(-1), "<", threshold)), 1)
        }
        Condition::Rising => (Phrase::math(Expression::comparison(a(-1), ">", a(-2))), 1),
    };
    let cases = vec![(step(then, a(-1), multiple_of), condition)];
    Formula::cases(cases, step(otherwise, a(-1), 1)).starting(0, big(&seeds))
}

/// First terms, then a constant.
fn finite(first: &[i64], factors: &[i64], addend: &Relation) -> Option<Formula> {
    let Relation::Constant(constant) = addend else { return None };
    factors.iter().all(|factor| *factor == 0).then(|| {
        let list = Expression::list(&big(first));
        let then = Phrase::math(list).and_text(", then ").and_math(Expression::integer(*constant));
        Formula::words(then.and_text(" for ever"))
    })
}

/// The numbers of some residue classes, in order.
fn classes(first: &[i64], factors: &[i64], addend: &Relation) -> Option<Formula> {
    let Relation::Constant(modulus) = addend else { return None };
    let (last_factor, others) = factors.split_last()?;
    let (least, largest) = (*first.first()?, *first.last()?);
    let sums = *last_factor == 1 && others.iter().all(|factor| *factor == 0);
    let rising = first.windows(2).all(|pair| pair[0] < pair[1]) && first.len() > 1;
    let name = match (least, largest) {
        (0.., largest) if largest < *modulus => "the numbers",
        (1.., largest) if largest == *modulus => "the positive numbers",
        _ => return None,
    };
    if !sums || !rising {
        return None;
    }
    let mut residues: Vec<i64> = first.iter().map(|one| one % modulus).collect();
    residues.sort_unstable();
    let residues = either(&residues, "or");
    Some(Formula::words(format!("{name} that are {residues} mod {modulus}")))
}

/// `1, 2 or 3`, shortened if there are many.
pub(super) fn either(numbers: &[impl ToPrimitive], word: &str) -> String {
    let numbers: Vec<String> =
        numbers.iter().filter_map(ToPrimitive::to_i64).map(|one| one.to_string()).collect();
    match &numbers[..] {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if numbers.len() <= 12 => {
            format!("{} {word} {last}", first.join(", "))
        }
        all => format!("{}, ...", all[..8].join(", ")),
    }
}
