//! What a sequence is: an expression or words, first terms, and the sequences that it is made of.

use std::fmt::{self, Display, Formatter, Write};

use num_bigint::BigInt;

use super::notation::Notation;
use super::{Expression, n};

/// What a sequence is, as a person would write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// The letter of the sequence.
    letter: String,
    /// What it is.
    pub(crate) right: Right,
    /// The index of the first term.
    first: i64,
    /// The first terms, where the formula needs them.
    pub(crate) seeds: Vec<BigInt>,
    /// The sequences that it is made of.
    pub(crate) parts: Vec<Formula>,
}

/// What stands behind the equals sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    Expression(Expression),
    /// The rule says in words what the terms are: `the primes of the form 4 k + 1`.
    Words(Phrase),
    /// Several equations: an index, and the term there.
    Equations(Vec<(Expression, Expression)>),
    /// An expression for each case, and one for all others.
    Cases(Vec<(Expression, Phrase)>, Expression),
    /// The coefficients of the power series `A(x)` that solves an equation.
    Series(Expression, Expression),
}

/// Words with expressions between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrase(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Math(Expression),
}

impl Phrase {
    /// These words.
    pub fn text(words: impl Into<String>) -> Self {
        Phrase::default().and_text(words)
    }

    /// This expression.
    pub fn math(expression: Expression) -> Self {
        Phrase::default().and_math(expression)
    }

    /// Words behind it; they bring their own spaces.
    #[must_use]
    pub fn and_text(mut self, words: impl Into<String>) -> Self {
        let words = words.into();
        match self.0.last_mut() {
            Some(Piece::Text(before)) => *before += &words,
            _ if words.is_empty() => {}
            _ => self.0.push(Piece::Text(words)),
        }
        self
    }

    /// An expression behind it.
    #[must_use]
    pub fn and_math(mut self, expression: Expression) -> Self {
        self.0.push(Piece::Math(expression));
        self
    }

    /// Another phrase behind it.
    #[must_use]
    pub fn and(self, other: Phrase) -> Self {
        other.0.into_iter().fold(self, |all, piece| match piece {
            Piece::Text(words) => all.and_text(words),
            Piece::Math(expression) => all.and_math(expression),
        })
    }

    /// Whether it says one term, that of the index `n`, and not all of them.
    fn is_of_index(&self) -> bool {
        let text = self.written(Notation::Plain);
        let noun = text.strip_prefix("the ").and_then(|rest| rest.split(' ').next());
        noun.is_some_and(|noun| !noun.ends_with('s'))
            && text.split([' ', ',']).any(|word| word == "n")
    }

    fn change(&mut self, change: &dyn Fn(&mut Expression)) {
        for piece in &mut self.0 {
            if let Piece::Math(expression) = piece {
                change(expression);
            }
        }
    }

    fn written(&self, notation: Notation) -> String {
        let piece = |piece: &Piece| match (piece, notation) {
            (Piece::Math(expression), _) => expression.text(notation),
            (Piece::Text(words), Notation::Plain) => words.clone(),
            (Piece::Text(words), Notation::Latex) => format!("\\text{{{}}}", escaped(words)),
        };
        self.0.iter().map(piece).collect()
    }
}

/// Words in LaTeX, where some characters are commands.
fn escaped(words: &str) -> String {
    let mut text = String::new();
    for character in words.chars() {
        match character {
            '_' | '%' | '&' | '#' | '$' | '{' | '}' => text.extend(['\\', character]),
            '^' => text += "\\textasciicircum{}",
            '\\' => text += "\\textbackslash{}",
            other => text.push(other),
        }
    }
    text
}

impl From<&str> for Phrase {
    fn from(words: &str) -> Self {
        Phrase::text(words)
    }
}

impl From<String> for Phrase {
    fn from(words: String) -> Self {
        Phrase::text(words)
    }
}

impl Formula {
    /// `a(n) = right`, from index 0 on.
    pub fn of(right: Expression) -> Self {
        Formula::new(Right::Expression(right))
    }

    /// A rule in words, which may have expressions between them.
    pub fn words(text: impl Into<Phrase>) -> Self {
        Formula::new(Right::Words(text.into()))
    }

    /// `a(k m) = first, a(k m + 1) = second, ...`, one expression in `m` for each residue; the
    /// expressions use `n` for `m`.
    pub fn in_turn(rules: Vec<Expression>) -> Self {
        let period = Expression::integer(rules.len());
        let index = |place: usize| {
            let multiple = Expression::product(vec![period.clone(), n()]);
            Expression::sum(vec![multiple, Expression::integer(place)])
        };
        let rules = rules.into_iter().enumerate();
        Formula::equations(rules.map(|(place, rule)| (index(place), rule)).collect())
    }

    /// Several equations, each an index and the term there.
    pub fn equations(equations: Vec<(Expression, Expression)>) -> Self {
        Formula::new(Right::Equations(equations))
    }

    /// The first expression whose condition holds: `a(n-1)/2` where `a(n-1) is even`. The last
    /// one has no condition.
    pub fn cases(cases: Vec<(Expression, Phrase)>, otherwise: Expression) -> Self {
        Formula::new(Right::Cases(cases, otherwise))
    }

    /// The coefficients of the power series `A(x)` that solves an equation of these two sides.
    pub fn series(left: Expression, right: Expression) -> Self {
        Formula::new(Right::Series(left, right))
    }

    fn new(right: Right) -> Self {
        Formula { letter: "a".into(), right, first: 0, seeds: Vec::new(), parts: Vec::new() }
    }

    /// The same from another index on, with its first terms.
    #[must_use]
    pub fn starting(mut self, first: i64, seeds: Vec<BigInt>) -> Self {
        (self.first, self.seeds) = (first, seeds);
        self
    }

    /// The same with the sequences that its expression names.
    #[must_use]
    pub fn with_parts(mut self, parts: Vec<Formula>) -> Self {
        self.parts = parts;
        self
    }

    /// The same under another letter. Its own terms are renamed.
    #[must_use]
    pub fn named(mut self, letter: &str) -> Self {
        let old = std::mem::replace(&mut self.letter, letter.to_owned());
        self.change(&|expression| expression.rename(&old, letter));
        self
    }

    /// Changes all expressions, but for those of the parts.
    fn change(&mut self, change: &dyn Fn(&mut Expression)) {
        match &mut self.right {
            Right::Expression(right) => change(right),
            Right::Equations(all) => all.iter_mut().for_each(|(index, right)| {
                change(index);
                change(right);
            }),
            Right::Cases(cases, otherwise) => {
                for (right, condition) in cases {
                    change(right);
                    condition.change(change);
                }
                change(otherwise);
            }
            Right::Words(words) => words.change(change),
            Right::Series(..) => {}
        }
    }

    /// The same as a part of another formula: its letters move on, `a` to `s`, `s` to `t`, ...
    #[must_use]
    pub fn nested(&self) -> Self {
        const LETTERS: [&str; 8] = ["a", "s", "t", "u", "v", "w", "y", "z"];
        let mut moved = self.clone();
        // From the last letter on, so that none is renamed twice.
        for pair in LETTERS.windows(2).rev() {
            moved.rename_all(pair[0], pair[1]);
        }
        moved
    }

    fn rename_all(&mut self, old: &str, new: &str) {
        if self.letter == old {
            new.clone_into(&mut self.letter);
        }
        self.change(&|expression| expression.rename(old, new));
        self.parts.iter_mut().for_each(|part| part.rename_all(old, new));
    }

    /// The same with the index moved so that the first term has the index 0. The indices of the
    /// terms in its rule move with it.
    #[must_use]
    pub fn starting_at_zero(mut self) -> Self {
        let shift = Expression::shifted(self.first);
        let (letter, first) = (self.letter.clone(), self.first);
        self.change(&|expression| {
            *expression = expression.with_index(&shift).with_terms_moved(&letter, -first);
        });
        self.first = 0;
        self
    }

    /// The same behind some terms that do not belong; `None` where its rule speaks of indices
    /// that cannot be moved.
    #[must_use]
    pub fn after(mut self, terms: Vec<BigInt>) -> Option<Self> {
        match &mut self.right {
            Right::Words(words) if self.parts.is_empty() => {
                let values: Vec<String> = terms.iter().map(ToString::to_string).collect();
                let first = Phrase::text(format!("{}, then ", values.join(", ")));
                *words = first.and(std::mem::take(words));
            }
            Right::Expression(_) | Right::Cases(..) => {}
            _ => return None,
        }
        if !matches!(self.right, Right::Words(_)) {
            self.first -= terms.len() as i64;
            self.seeds.splice(0..0, terms);
            if self.first < 0 {
                self = self.starting_at_zero();
            }
        }
        Some(self)
    }

    /// The letter of the sequence.
    pub fn letter(&self) -> &str {
        &self.letter
    }

    /// The index of the first term.
    pub fn first(&self) -> i64 {
        self.first
    }

    /// The closed form, where the formula is one: an expression in `n` alone.
    pub fn closed_form(&self) -> Option<&Expression> {
        match &self.right {
            Right::Expression(right) if self.seeds.is_empty() && self.parts.is_empty() => {
                Some(right)
            }
            _ => None,
        }
    }

    /// Whether it is an expression with first terms.
    pub(crate) fn is_recurrence(&self) -> bool {
        matches!(self.right, Right::Expression(_)) && !self.seeds.is_empty()
    }

    /// The formula in LaTeX.
    pub fn latex(&self) -> String {
        self.text(Notation::Latex)
    }

    fn text(&self, notation: Notation) -> String {
        let latex = notation == Notation::Latex;
        let mut text = self.rule(notation);
        self.write_seeds(&mut text, notation);
        // Seeds say where a sequence starts; so does a formula that starts at 0, by convention.
        let says_start =
            !self.seeds.is_empty() || self.first == 0 || matches!(self.right, Right::Words(_));
        if !says_start {
            let from = self.first;
            text +=
                &if latex { format!(",\\quad n \\ge {from}") } else { format!(", n >= {from}") };
        }
        for part in &self.parts {
            text += if latex { ";\\quad " } else { "; " };
            text += &part.text(notation);
        }
        text
    }

    /// The term at an index, as the left side of an equation.
    fn term(&self, index: Expression, notation: Notation) -> String {
        Expression::Call(self.letter.clone(), vec![index]).text(notation)
    }

    fn rule(&self, notation: Notation) -> String {
        let latex = notation == Notation::Latex;
        let left = self.term(n(), notation);
        match &self.right {
            Right::Expression(right) => format!("{left} = {}", right.text(notation)),
            Right::Words(words) if latex => format!("{left}:\\ {}", words.written(notation)),
            Right::Words(words) if self.letter == "a" => words.written(notation),
            // "s(n) = the sum of the divisors of n", but "s = the primes".
            Right::Words(words) if words.is_of_index() => {
                format!("{left} = {}", words.written(notation))
            }
            Right::Words(words) => format!("{} = {}", self.letter, words.written(notation)),
            Right::Series(series, solves) => {
                let power = if latex { "x^{n}" } else { "x^n" };
                let comma = if latex { ",\\quad " } else { ", " };
                let (series, solves) = (series.text(notation), solves.text(notation));
                format!("{left} = [{power}] A(x){comma}{series} = {solves}")
            }
            Right::Equations(all) => {
                // Neighbours with the same right side share it.
                let equation = |alike: &[(Expression, Expression)]| {
                    let left = alike.iter().map(|(index, _)| self.term(index.clone(), notation));
                    let right = alike.first().map(|(_, right)| right.text(notation));
                    left.chain(right).collect::<Vec<_>>().join(" = ")
                };
                let alike = all.chunk_by(|(_, one), (_, other)| one == other);
                let all: Vec<String> = alike.map(equation).collect();
                all.join(if latex { ",\\quad " } else { ", " })
            }
            Right::Cases(cases, otherwise) if latex => {
                let mut text = format!("{left} = \\begin{{cases}} ");
                for (right, condition) in cases {
                    let condition = condition.written(notation);
                    let _ = write!(text, "{} & \\text{{if }} {condition} \\\\ ", right.latex());
                }
                text + &format!("{} & \\text{{otherwise}} \\end{{cases}}", otherwise.latex())
            }
            Right::Cases(cases, otherwise) => {
                let mut text = format!("{left} = ");
                for (right, condition) in cases {
                    let condition = condition.written(notation);
                    let _ = write!(text, "{right} if {condition}, ");
                }
                text + &format!("otherwise {otherwise}")
            }
        }
    }

    fn write_seeds(&self, text: &mut String, notation: Notation) {
        /// The most first terms that are said one by one.
        const ONE_BY_ONE: usize = 4;
        let latex = notation == Notation::Latex;
        if self.seeds.len() > ONE_BY_ONE {
            let last = self.first.saturating_add(self.seeds.len() as i64 - 1);
            let (first, letter) = (self.first, &self.letter);
            let values = Expression::list(&self.seeds).text(notation);
            *text += &match latex {
                true => format!(",\\quad {letter}({first}), \\dots, {letter}({last}) = {values}"),
                false => format!(", {letter}({first}..{last}) = {values}"),
            };
            return;
        }
        for (index, seed) in (self.first..).zip(&self.seeds) {
            let comma = match (latex, index == self.first) {
                (true, true) => ",\\quad ",
                (true, false) => ",\\ ",
                (false, _) => ", ",
            };
            let _ = write!(text, "{comma}{}({index}) = {seed}", self.letter);
        }
    }
}

/// In plain text.
impl Display for Formula {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Notation::Plain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::a;

    fn integers(values: &[i64]) -> Vec<BigInt> {
        values.iter().map(|&value| BigInt::from(value)).collect()
    }

    #[test]
    fn the_first_index_is_said() {
        let squares = Formula::of(Expression::power(n(), Expression::integer(2)));
        assert_eq!(squares.to_string(), "a(n) = n^2");
        assert_eq!(squares.starting(1, Vec::new()).to_string(), "a(n) = n^2, n >= 1");
    }

    #[test]
    fn parts_have_letters_of_their_own() {
        let steps = Formula::of(Expression::product(vec![Expression::integer(2), a(-1)]))
            .starting(0, integers(&[3]))
            .named("s");
        let right = Expression::sum(vec![a(-1), Expression::term("s", -1)]);
        let whole = Formula::of(right).starting(0, integers(&[1])).with_parts(vec![steps]);
        assert_eq!(
            whole.to_string(),
            "a(n) = a(n-1) + s(n-1), a(0) = 1; s(n) = 2 s(n-1), s(0) = 3"
        );
    }

    #[test]
    fn rules_in_turn_and_cases() {
        let multiple = |factor: i64| Expression::product(vec![Expression::integer(factor), n()]);
        let turn = Formula::in_turn(vec![multiple(1), multiple(3)]);
        assert_eq!(turn.to_string(), "a(2n) = n, a(2n+1) = 3 n");
        assert_eq!(turn.latex(), "a(2n) = n,\\quad a(2n+1) = 3 n");
        let held = Formula::in_turn(vec![multiple(1), multiple(3), multiple(3)]);
        assert_eq!(held.to_string(), "a(3n) = n, a(3n+1) = a(3n+2) = 3 n");
        let half = Expression::quotient(a(-1), Expression::integer(2));
        let even = Phrase::math(a(-1)).and_text(" is even");
        let cases = Formula::cases(vec![(half, even)], Expression::sum(vec![a(-1), a(-2)]));
        assert_eq!(
            cases.named("s").to_string(),
            "s(n) = s(n-1)/2 if s(n-1) is even, otherwise s(n-1) + s(n-2)"
        );
        let cases = Formula::cases(vec![(n(), Phrase::text("100 % of n_1"))], a(-1));
        assert_eq!(
            cases.latex(),
            "a(n) = \\begin{cases} n & \\text{if } \\text{100 \\% of n\\_1} \\\\ \
             a(n-1) & \\text{otherwise} \\end{cases}"
        );
    }

    #[test]
    fn words_and_long_lists() {
        let words = Formula::words(Phrase::text("the primes of the form ").and_math(n()));
        assert_eq!(words.to_string(), "the primes of the form n");
        assert_eq!(words.latex(), "a(n):\\ \\text{the primes of the form }n");
        assert_eq!(words.named("s").to_string(), "s = the primes of the form n");
        let seeds: Vec<i64> = (1..=30).collect();
        let long = Formula::of(a(-30)).starting(0, integers(&seeds));
        assert_eq!(long.to_string(), "a(n) = a(n-30), a(0..29) = 1, 2, 3, 4, 5, 6, 7, 8, ...");
        let five = Formula::of(a(-5)).starting(1, integers(&seeds[..5]));
        assert_eq!(five.to_string(), "a(n) = a(n-5), a(1..5) = 1, 2, 3, 4, 5");
        assert_eq!(five.latex(), "a(n) = a(n-5),\\quad a(1), \\dots, a(5) = 1, 2, 3, 4, 5");
    }
}
