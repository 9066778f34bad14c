//! Formulas: an expression in plain text and in LaTeX, by the conventions of the field.
//!
//! ```
//! use ninth_solver::expression::{Expression, Formula, a};
//!
//! let right = Expression::sum(vec![a(-1), a(-2)]);
//! let formula = Formula::of(right).starting(0, [0, 1].map(Into::into).to_vec());
//! assert_eq!(formula.to_string(), "a(n) = a(n-1) + a(n-2), a(0) = 0, a(1) = 1");
//! assert_eq!(formula.latex(), "a(n) = a(n-1) + a(n-2),\\quad a(0) = 0,\\ a(1) = 1");
//! ```

use std::fmt::{self, Display, Formatter, Write};

use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

/// An expression in the index `n` and in terms of sequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// A number.
    Integer(BigInt),
    /// A symbol: `n`, `k`, `pi`, `e`, `phi`, `gamma`. Greek names become letters in LaTeX.
    Symbol(&'static str),
    /// A term or a function with a name: `a(n-1)`, `prime(n)`.
    Call(String, Vec<Expression>),
    /// A sum; negative summands are subtracted.
    Sum(Vec<Expression>),
    /// A product, written by juxtaposition.
    Product(Vec<Expression>),
    /// A fraction.
    Quotient(Box<Expression>, Box<Expression>),
    /// A power.
    Power(Box<Expression>, Box<Expression>),
    /// `n!`
    Factorial(Box<Expression>),
    /// `binomial(n, k)`
    Binomial(Box<Expression>, Box<Expression>),
    /// Rounded down.
    Floor(Box<Expression>),
    /// Rounded up.
    Ceiling(Box<Expression>),
    /// The root of a degree.
    Root(Box<Expression>, u32),
    /// The remainder.
    Modulo(Box<Expression>, Box<Expression>),
}

/// A term of the sequence itself: `a(n + shift)`.
pub fn a(shift: i64) -> Expression {
    Expression::term("a", shift)
}

/// The index.
pub fn n() -> Expression {
    Expression::Symbol("n")
}

/// How tightly an expression binds: what stands within a tighter one needs brackets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Power,
    Atom,
}

/// In which notation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Notation {
    Plain,
    Latex,
}

impl Expression {
    /// A number.
    pub fn integer(value: impl Into<BigInt>) -> Self {
        Expression::Integer(value.into())
    }

    /// A term of the sequence of that name: `name(n + shift)`.
    pub fn term(name: &str, shift: i64) -> Self {
        Expression::Call(name.to_owned(), vec![Expression::shifted(shift)])
    }

    /// `n + shift`
    pub fn shifted(shift: i64) -> Self {
        Expression::sum(vec![n(), Expression::integer(shift)])
    }

    /// A sum without zeros; 0 of nothing.
    pub fn sum(summands: Vec<Expression>) -> Self {
        let mut kept: Vec<Expression> =
            summands.into_iter().filter(|one| !one.is_integer(0)).collect();
        match kept.len() {
            0 => Expression::integer(0),
            1 => kept.remove(0),
            _ => Expression::Sum(kept),
        }
    }

    /// A product without ones, its number in front; 1 of nothing.
    pub fn product(factors: Vec<Expression>) -> Self {
        let mut number = BigInt::one();
        let mut others = Vec::new();
        for factor in factors {
            match factor {
                Expression::Integer(value) => number *= value,
                Expression::Product(inner) => {
                    for one in inner {
                        match one {
                            Expression::Integer(value) => number *= value,
                            other => others.push(other),
                        }
                    }
                }
                other => others.push(other),
            }
        }
        if number.is_zero() || others.is_empty() {
            return Expression::Integer(number);
        }
        if !number.is_one() {
            others.insert(0, Expression::Integer(number));
        }
        if others.len() == 1 { others.remove(0) } else { Expression::Product(others) }
    }

    /// A fraction; the numerator alone where the denominator is 1.
    pub fn quotient(numerator: Expression, denominator: Expression) -> Self {
        if denominator.is_integer(1) {
            return numerator;
        }
        Expression::Quotient(Box::new(numerator), Box::new(denominator))
    }

    /// A power, simplified for the exponents 0 and 1.
    pub fn power(base: Expression, exponent: Expression) -> Self {
        match &exponent {
            Expression::Integer(value) if value.is_zero() => Expression::integer(1),
            Expression::Integer(value) if value.is_one() => base,
            _ => Expression::Power(Box::new(base), Box::new(exponent)),
        }
    }

    /// A polynomial in `variable`, given its coefficients from the constant on, highest power
    /// first, over `denominator`.
    pub fn polynomial(
        coefficients: &[BigInt],
        denominator: &BigInt,
        variable: &Expression,
    ) -> Self {
        let powers = coefficients.iter().enumerate().rev();
        let summands = powers.map(|(power, factor)| {
            let power = Expression::power(variable.clone(), Expression::integer(power));
            Expression::product(vec![Expression::Integer(factor.clone()), power])
        });
        Expression::quotient(
            Expression::sum(summands.collect()),
            Expression::Integer(denominator.clone()),
        )
    }

    fn is_integer(&self, value: i64) -> bool {
        matches!(self, Expression::Integer(found) if *found == BigInt::from(value))
    }

    /// The same with `n` replaced.
    #[must_use]
    pub fn with_index(&self, index: &Expression) -> Self {
        let one = |inner: &Expression| Box::new(inner.with_index(index));
        let all = |inner: &[Expression]| inner.iter().map(|one| one.with_index(index)).collect();
        match self {
            Expression::Symbol("n") => index.clone(),
            Expression::Integer(_) | Expression::Symbol(_) => self.clone(),
            Expression::Call(name, arguments) => Expression::Call(name.clone(), all(arguments)),
            Expression::Sum(summands) => Expression::Sum(all(summands)),
            Expression::Product(factors) => Expression::Product(all(factors)),
            Expression::Quotient(above, below) => Expression::Quotient(one(above), one(below)),
            Expression::Power(base, exponent) => Expression::Power(one(base), one(exponent)),
            Expression::Factorial(of) => Expression::Factorial(one(of)),
            Expression::Binomial(above, below) => Expression::Binomial(one(above), one(below)),
            Expression::Floor(of) => Expression::Floor(one(of)),
            Expression::Ceiling(of) => Expression::Ceiling(one(of)),
            Expression::Root(of, degree) => Expression::Root(one(of), *degree),
            Expression::Modulo(of, modulus) => Expression::Modulo(one(of), one(modulus)),
        }
    }

    /// The expression in LaTeX.
    pub fn latex(&self) -> String {
        self.text(Notation::Latex)
    }

    fn text(&self, notation: Notation) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut text, notation);
        text
    }

    fn binding(&self) -> Binding {
        match self {
            Expression::Integer(value) if value.is_negative() => Binding::Sum,
            Expression::Sum(_) => Binding::Sum,
            Expression::Product(factors) => match &factors[..] {
                [Expression::Integer(value), ..] if value.is_negative() => Binding::Sum,
                _ => Binding::Product,
            },
            Expression::Quotient(..) | Expression::Modulo(..) => Binding::Product,
            Expression::Power(..) => Binding::Power,
            _ => Binding::Atom,
        }
    }

    /// Writes `self`, in brackets if it binds less tightly than its surroundings.
    fn within(&self, out: &mut String, notation: Notation, outside: Binding) -> fmt::Result {
        if self.binding() >= outside {
            return self.write(out, notation);
        }
        out.push_str(if notation == Notation::Latex { "\\left(" } else { "(" });
        self.write(out, notation)?;
        out.push_str(if notation == Notation::Latex { "\\right)" } else { ")" });
        Ok(())
    }

    /// Whether it begins with a minus, and what is behind that.
    fn without_minus(&self) -> Option<Expression> {
        match self {
            Expression::Integer(value) if value.is_negative() => Some(Expression::Integer(-value)),
            Expression::Product(factors) => match &factors[..] {
                [Expression::Integer(value), rest @ ..] if value.is_negative() => {
                    let mut all = vec![Expression::Integer(-value)];
                    all.extend_from_slice(rest);
                    Some(Expression::product(all))
                }
                _ => None,
            },
            Expression::Quotient(above, below) => {
                Some(Expression::Quotient(Box::new(above.without_minus()?), below.clone()))
            }
            _ => None,
        }
    }

    fn write(&self, out: &mut String, notation: Notation) -> fmt::Result {
        let latex = notation == Notation::Latex;
        match self {
            Expression::Integer(value) => write!(out, "{value}"),
            Expression::Symbol(name) if latex && name.len() > 1 => write!(out, "\\{name}"),
            Expression::Symbol(name) => out.write_str(name),
            Expression::Call(name, arguments) => {
                let single = name.chars().count() == 1;
                match latex && !single {
                    true => write!(out, "\\operatorname{{{}}}", name.replace('_', "\\_"))?,
                    false => out.write_str(name)?,
                }
                out.push('(');
                for (place, argument) in arguments.iter().enumerate() {
                    if place > 0 {
                        out.push_str(", ");
                    }
                    let text = argument.text(notation);
                    // a(n-1), as everybody writes it, but prime(n + 1).
                    let index =
                        single && matches!(argument, Expression::Sum(parts) if parts.len() == 2);
                    out.push_str(&if index { text.replace(' ', "") } else { text });
                }
                out.push(')');
                Ok(())
            }
            Expression::Sum(summands) => {
                for (place, summand) in summands.iter().enumerate() {
                    match (place, summand.without_minus()) {
                        (0, Some(positive)) => {
                            out.push('-');
                            positive.within(out, notation, Binding::Product)?;
                        }
                        (_, Some(positive)) => {
                            out.push_str(" - ");
                            positive.within(out, notation, Binding::Product)?;
                        }
                        (0, None) => summand.within(out, notation, Binding::Product)?,
                        (_, None) => {
                            out.push_str(" + ");
                            summand.within(out, notation, Binding::Product)?;
                        }
                    }
                }
                Ok(())
            }
            Expression::Product(factors) => {
                let mut rest = &factors[..];
                if let [Expression::Integer(minus), others @ ..] = rest
                    && *minus == BigInt::from(-1)
                {
                    out.push('-');
                    rest = others;
                }
                for (place, factor) in rest.iter().enumerate() {
                    if place > 0 {
                        // Between numbers and before brackets that could be an argument.
                        let number = matches!(factor, Expression::Integer(_));
                        out.push_str(match (number, latex) {
                            (true, true) => " \\cdot ",
                            (true, false) => " * ",
                            (false, _) => " ",
                        });
                    }
                    let first_number = place == 0 && matches!(factor, Expression::Integer(_));
                    let power = place > 0
                        && matches!(factor, Expression::Power(base, _) if matches!(**base, Expression::Integer(_)));
                    if power {
                        out.truncate(out.len() - 1);
                        out.push_str(if latex { " \\cdot " } else { " * " });
                    }
                    match first_number {
                        true => factor.write(out, notation)?,
                        false => factor.within(
                            out,
                            notation,
                            match factor {
                                Expression::Modulo(..) => Binding::Atom,
                                Expression::Quotient(..) if !latex => Binding::Atom,
                                _ => Binding::Product,
                            },
                        )?,
                    }
                }
                Ok(())
            }
            Expression::Quotient(above, below) if latex => {
                write!(out, "\\frac{{{}}}{{{}}}", above.latex(), below.latex())
            }
            Expression::Quotient(above, below) => {
                above.within(out, notation, Binding::Product)?;
                out.push('/');
                below.within(out, notation, Binding::Power)
            }
            Expression::Power(base, exponent) => {
                base.within(out, notation, Binding::Atom)?;
                match latex {
                    true => write!(out, "^{{{}}}", exponent.latex()),
                    false => {
                        out.push('^');
                        exponent.within(out, notation, Binding::Atom)
                    }
                }
            }
            Expression::Factorial(of) => {
                of.within(out, notation, Binding::Atom)?;
                out.push('!');
                Ok(())
            }
            Expression::Binomial(above, below) if latex => {
                write!(out, "\\binom{{{}}}{{{}}}", above.latex(), below.latex())
            }
            Expression::Binomial(above, below) => {
                write!(out, "binomial({}, {})", above.text(notation), below.text(notation))
            }
            Expression::Floor(of) if latex => {
                write!(out, "\\left\\lfloor {} \\right\\rfloor", of.latex())
            }
            Expression::Floor(of) => write!(out, "floor({})", of.text(notation)),
            Expression::Ceiling(of) if latex => {
                write!(out, "\\left\\lceil {} \\right\\rceil", of.latex())
            }
            Expression::Ceiling(of) => write!(out, "ceiling({})", of.text(notation)),
            Expression::Root(of, 2) if latex => write!(out, "\\sqrt{{{}}}", of.latex()),
            Expression::Root(of, degree) if latex => {
                write!(out, "\\sqrt[{degree}]{{{}}}", of.latex())
            }
            Expression::Root(of, 2) => write!(out, "sqrt({})", of.text(notation)),
            Expression::Root(of, 3) => write!(out, "cbrt({})", of.text(notation)),
            Expression::Root(of, degree) => {
                of.within(out, notation, Binding::Atom)?;
                write!(out, "^(1/{degree})")
            }
            Expression::Modulo(of, modulus) => {
                of.within(out, notation, Binding::Power)?;
                out.push_str(if latex { " \\bmod " } else { " mod " });
                modulus.within(out, notation, Binding::Power)
            }
        }
    }
}

/// In plain text.
impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Notation::Plain))
    }
}

/// Words for the inside of LaTeX's `\text`: powers and names of functions are set as formulas.
fn typeset(words: &str) -> String {
    let one = |word: &str| match word.split_once('^') {
        Some((base, rest)) => {
            let digits = rest.chars().take_while(char::is_ascii_alphanumeric).count();
            let (exponent, behind) = rest.split_at(digits);
            format!("${base}^{{{exponent}}}${behind}").replace('_', "\\_")
        }
        None => word.replace('_', "\\_"),
    };
    words.split(' ').map(one).collect::<Vec<String>>().join(" ")
}

/// What a sequence is, as a person would write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// The letter of the sequence.
    letter: String,
    /// What it is.
    right: Right,
    /// The index of the first term.
    first: i64,
    /// The first terms, where the formula needs them.
    seeds: Vec<BigInt>,
    /// The sequences that it is made of.
    parts: Vec<Formula>,
}

/// What stands behind the equals sign.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Right {
    Expression(Expression),
    /// The rule says in words what the terms are: `the primes of the form 4 k + 1`.
    Words(String),
    /// Different rules in turn, for `n = k q + r`.
    InTurn(Vec<Expression>),
}

impl Formula {
    /// `a(n) = right`, from index 0 on.
    pub fn of(right: Expression) -> Self {
        Formula::new(Right::Expression(right))
    }

    /// A rule in words.
    pub fn words(text: impl Into<String>) -> Self {
        Formula::new(Right::Words(text.into()))
    }

    /// `a(k m) = first, a(k m + 1) = second, ...`, one expression in `m` for each residue; the
    /// expressions use `n` for `m`.
    pub fn in_turn(rules: Vec<Expression>) -> Self {
        Formula::new(Right::InTurn(rules))
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
        let rename = |expression: &mut Expression| expression.rename(&old, letter);
        match &mut self.right {
            Right::Expression(right) => rename(right),
            Right::InTurn(rules) => rules.iter_mut().for_each(rename),
            Right::Words(_) => {}
        }
        self
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

    /// The formula in LaTeX.
    pub fn latex(&self) -> String {
        self.text(Notation::Latex)
    }

    fn text(&self, notation: Notation) -> String {
        let latex = notation == Notation::Latex;
        let letter = &self.letter;
        let mut text = match &self.right {
            Right::Expression(right) => format!("{letter}(n) = {}", right.text(notation)),
            Right::Words(words) if latex => format!("{letter}(n):\\ \\text{{{}}}", typeset(words)),
            Right::Words(words) if letter == "a" => words.clone(),
            Right::Words(words) => format!("{letter} = {words}"),
            Right::InTurn(rules) => {
                let period = rules.len();
                let rule = |(place, right): (usize, &Expression)| {
                    let index = match place {
                        0 => format!("{period}n"),
                        _ => format!("{period}n+{place}"),
                    };
                    format!("{letter}({index}) = {}", right.text(notation))
                };
                let rules: Vec<String> = rules.iter().enumerate().map(rule).collect();
                rules.join(if latex { ",\\quad " } else { ", " })
            }
        };
        for (index, seed) in (self.first..).zip(&self.seeds) {
            let comma = match (latex, index == self.first) {
                (true, true) => ",\\quad ",
                (true, false) => ",\\ ",
                (false, _) => ", ",
            };
            let _ = write!(text, "{comma}{letter}({index}) = {seed}");
        }
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
}

impl Expression {
    fn rename(&mut self, old: &str, new: &str) {
        match self {
            Expression::Call(name, arguments) => {
                if name == old {
                    new.clone_into(name);
                }
                arguments.iter_mut().for_each(|argument| argument.rename(old, new));
            }
            Expression::Sum(all) | Expression::Product(all) => {
                all.iter_mut().for_each(|one| one.rename(old, new));
            }
            Expression::Quotient(one, other)
            | Expression::Power(one, other)
            | Expression::Binomial(one, other)
            | Expression::Modulo(one, other) => {
                one.rename(old, new);
                other.rename(old, new);
            }
            Expression::Factorial(of)
            | Expression::Floor(of)
            | Expression::Ceiling(of)
            | Expression::Root(of, _) => of.rename(old, new),
            Expression::Integer(_) | Expression::Symbol(_) => {}
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

    fn integers(values: &[i64]) -> Vec<BigInt> {
        values.iter().map(|&value| BigInt::from(value)).collect()
    }

    #[test]
    fn polynomials() {
        let polynomial = |coefficients: &[i64], denominator: i64| {
            Expression::polynomial(&integers(coefficients), &denominator.into(), &n())
        };
        assert_eq!(polynomial(&[0, 0, 1], 1).to_string(), "n^2");
        assert_eq!(polynomial(&[1, -2, 3], 1).to_string(), "3 n^2 - 2 n + 1");
        assert_eq!(polynomial(&[0, 1, 1], 2).to_string(), "(n^2 + n)/2");
        assert_eq!(polynomial(&[0, 1, 1], 2).latex(), "\\frac{n^2 + n}{2}".replace("^2", "^{2}"));
        assert_eq!(polynomial(&[-5, -1], 1).to_string(), "-n - 5");
    }

    #[test]
    fn products_and_brackets() {
        let recurrence = Expression::sum(vec![
            Expression::product(vec![Expression::shifted(1), a(-1)]),
            Expression::product(vec![Expression::integer(-2), a(-2)]),
        ]);
        assert_eq!(recurrence.to_string(), "(n + 1) a(n-1) - 2 a(n-2)");
        let power = Expression::power(Expression::integer(2), n());
        let all = Expression::product(vec![Expression::integer(3), power]);
        assert_eq!(all.to_string(), "3 * 2^n");
        assert_eq!(all.latex(), "3 \\cdot 2^{n}");
        let square = Expression::power(Expression::shifted(-1), Expression::integer(2));
        assert_eq!(square.to_string(), "(n - 1)^2");
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
}
