//! Selections in words: the numbers, or the indices, with a property.

use super::functions::{condition, holds, noun, others, values};
use super::{At, Parts};
use crate::expression::{Expression, Phrase};
use ninth_sequences::{Accepted, Function, Operation, Predicate, Relation, SelectOutput};

/// Something that is asked of a number: in words, and as what numbers are called that have it.
struct Clause {
    words: Phrase,
    noun: Option<&'static str>,
}

impl Clause {
    fn new(function: Function, accepted: Accepted, of: Expression, variable: &Expression) -> Self {
        let noun = noun(function, accepted).filter(|_| of == *variable);
        Clause { words: condition(function, accepted, of), noun }
    }
}

/// `the primes p >= 5 with p + 2 prime`
fn sentence(noun: &str, variable: Expression, bound: Option<i64>, clauses: Vec<Phrase>) -> Phrase {
    let text = Phrase::text(format!("the {noun}"));
    let subject = match bound {
        Some(bound) => Expression::comparison(variable, ">=", Expression::integer(bound)),
        None if clauses.is_empty() => return text,
        None => variable,
    };
    with(text.and_text(" ").and_math(subject), clauses)
}

/// Conditions behind a text.
fn with(text: Phrase, clauses: Vec<Phrase>) -> Phrase {
    clauses.into_iter().enumerate().fold(text, |text, (place, clause)| {
        text.and_text(if place == 0 { " with " } else { " and " }).and(clause)
    })
}

/// The numbers of a form.
fn of_form(noun: &str, variable: Expression, form: Expression, clauses: Vec<Phrase>) -> Phrase {
    let mut text = Phrase::text(format!("the {noun}"));
    if !clauses.is_empty() {
        text = text.and_text(" ").and_math(variable);
    }
    with(text.and_text(" of the form ").and_math(form), clauses)
}

/// Takes the first clause that makes a noun.
fn named(clauses: &mut Vec<Clause>) -> Option<&'static str> {
    let place = clauses.iter().position(|clause| clause.noun.is_some())?;
    clauses.remove(place).noun
}

fn words(clauses: Vec<Clause>) -> Vec<Phrase> {
    clauses.into_iter().map(|clause| clause.words).collect()
}

impl Parts {
    /// The terms that pass.
    pub(super) fn selected(&mut self, from: &Relation, predicate: Predicate) -> Phrase {
        let mut predicates = vec![predicate];
        let mut source = from;
        while let Relation::Select { from, predicate, output: SelectOutput::Terms } = source {
            predicates.push(*predicate);
            source = from;
        }
        let k = || Expression::Symbol("k");
        let arithmetic = match source {
            Relation::Affine { first, factor: 1, constant } if *constant > 0 => {
                Some((*first, *constant))
            }
            _ => None,
        };
        // "The composite numbers" are all numbers but 0, 1 and the primes.
        let composite = arithmetic.is_some_and(|(first, _)| first >= 2);
        let clause = |one: &Predicate, variable: &Expression| {
            let mut clause = Clause::new(one.function, one.accepted, variable.clone(), variable);
            if composite && (one.function, one.accepted) == (Function::IsPrime, Accepted::Is(0)) {
                clause.noun = Some("composite numbers");
            }
            clause
        };
        let mut clauses: Vec<Clause> = predicates.iter().map(|one| clause(one, &k())).collect();
        if let Some((first, step)) = arithmetic {
            let name = named(&mut clauses);
            let variable = if name == Some("primes") { Expression::Symbol("p") } else { k() };
            let noun = name.unwrap_or("numbers");
            let clauses = clauses_in(&predicates, name, &variable, &clause);
            if step > 1 {
                let m = Expression::Symbol("m");
                let form = At { variable: m, factor: step, shift: first }.index();
                return of_form(noun, variable, form, clauses);
            }
            // Where the numbers begin matters if a smaller one would pass.
            let least = if noun == "composite numbers" { 2 } else { 0 };
            let passes = |number: i64| {
                predicates.iter().all(|one| holds(one.function, one.accepted, number))
            };
            let bounded = first > 1000 || (least..first).any(passes);
            if let ([only], None, false) = (&predicates[..], name, bounded)
                && let Some(noun) = others(only.function, only.accepted)
            {
                return Phrase::text(format!("the {noun}"));
            }
            return sentence(noun, variable, bounded.then_some(first), clauses);
        }
        if let Relation::Apply { function, to } = source
            && let Relation::Affine { first, factor: 1, constant: 1 } = **to
            && let Some((noun, start)) = values(*function)
            && first == start
        {
            let variable = if noun == "primes" { Expression::Symbol("p") } else { k() };
            let clauses = predicates.iter().map(|one| clause(one, &variable)).collect();
            return sentence(&noun, variable, None, words(clauses));
        }
        if self.is_inline(source) {
            let name = named(&mut clauses);
            let variable = if name == Some("primes") { Expression::Symbol("p") } else { k() };
            let rest = clauses_in(&predicates, name, &variable, &clause);
            let form = self.value(source, &At::variable(Expression::Symbol("m")));
            return of_form(name.unwrap_or("numbers"), variable, form, rest);
        }
        let term = self.named(source, &At::variable(Expression::Symbol("m")));
        sentence("terms", Expression::comparison(k(), "=", term), None, words(clauses))
    }

    /// The indices of the terms that pass, plus a number.
    pub(super) fn indices(&mut self, from: &Relation, predicate: Predicate, plus: i64) -> Phrase {
        let build = |parts: &mut Parts, variable: &Expression| {
            let at = At::variable(variable.clone()).moved(plus.saturating_neg());
            parts.clauses(from, predicate, &at, variable)
        };
        // The letter depends on what the numbers are called.
        let mut clauses = build(&mut self.clone(), &Expression::Symbol("k"));
        let name = named(&mut clauses);
        let variable = Expression::Symbol(if name == Some("primes") { "p" } else { "k" });
        let mut clauses = build(self, &variable);
        let name = named(&mut clauses);
        let bound = match (plus, name) {
            (0, _) | (1 | 2, Some("primes")) => None,
            _ => Some(plus),
        };
        sentence(name.unwrap_or("numbers"), variable, bound, words(clauses))
    }

    /// What is asked of an index, so that the term there passes.
    fn clauses(
        &mut self,
        from: &Relation,
        predicate: Predicate,
        at: &At,
        variable: &Expression,
    ) -> Vec<Clause> {
        let Predicate { function, accepted } = predicate;
        let plain = |words: Phrase| vec![Clause { words, noun: None }];
        let itself = function == Function::Power(1);
        match (from, accepted) {
            // Each of two properties.
            (Relation::Combine { operation: Operation::Product, left, right }, Accepted::Is(1))
                if itself && is_property(left) && is_property(right) =>
            {
                let mut all = self.clauses(left, predicate, at, variable);
                all.extend(self.clauses(right, predicate, at, variable));
                all
            }
            (Relation::Apply { function, to }, Accepted::Is(0 | 1)) if itself => {
                let to = self.value(to, at);
                vec![Clause::new(*function, accepted, to, variable)]
            }
            (
                Relation::Combine { operation: Operation::Difference, left, right },
                Accepted::Is(0),
            ) if itself => {
                let (left, right) = (self.value(left, at), self.value(right, at));
                plain(Phrase::math(Expression::comparison(left, "=", right)))
            }
            (
                Relation::Combine { operation: Operation::Remainder, left, right },
                Accepted::Is(0),
            ) if itself => {
                let (left, right) = (self.value(left, at), self.value(right, at));
                plain(Phrase::math(left).and_text(" divisible by ").and_math(right))
            }
            (Relation::Combine { operation: Operation::Gcd, left, right }, Accepted::Is(1))
                if itself =>
            {
                let (left, right) = (self.value(left, at), self.value(right, at));
                plain(Phrase::math(left).and_text(" coprime to ").and_math(right))
            }
            _ => {
                let of = self.value(from, at);
                vec![Clause::new(function, accepted, of, variable)]
            }
        }
    }
}

/// The conditions with a letter, without the first one that has become a noun.
fn clauses_in(
    predicates: &[Predicate],
    name: Option<&'static str>,
    variable: &Expression,
    clause: &dyn Fn(&Predicate, &Expression) -> Clause,
) -> Vec<Phrase> {
    let mut clauses: Vec<Clause> = predicates.iter().map(|one| clause(one, variable)).collect();
    if name.is_some() {
        named(&mut clauses);
    }
    words(clauses)
}

/// Whether the terms are 1 and 0, for numbers with and without a property.
fn is_property(relation: &Relation) -> bool {
    match relation {
        Relation::Apply { function, .. } => matches!(
            function,
            Function::IsPrime | Function::IsSquare | Function::IsTriangular | Function::IsFibonacci
        ),
        _ => false,
    }
}
