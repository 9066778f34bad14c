//! Expressions as text: plain and LaTeX.

use std::fmt::{self, Display, Formatter, Write};

use num_bigint::BigInt;
use num_traits::{One, Signed};

use super::{Expression, FoldOperator, Over};

/// How tightly an expression binds: what stands within a tighter one needs brackets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Binding {
    Statement,
    Sum,
    Product,
    Power,
    Atom,
}

/// In which notation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    Plain,
    Latex,
}

/// The operators of the field that have a command or a letter of their own in LaTeX.
const LATEX_NAMES: [(&str, &str); 17] = [
    ("gcd", "\\gcd"),
    ("max", "\\max"),
    ("min", "\\min"),
    ("log", "\\log"),
    ("sin", "\\sin"),
    ("cos", "\\cos"),
    ("tan", "\\tan"),
    ("exp", "\\exp"),
    ("totient", "\\varphi"),
    ("divisor_count", "\\tau"),
    ("divisor_sum", "\\sigma"),
    ("moebius", "\\mu"),
    ("carmichael", "\\lambda"),
    ("distinct_prime_factors", "\\omega"),
    ("prime_factors", "\\Omega"),
    ("prime_count", "\\pi"),
    ("radical", "\\operatorname{rad}"),
];

/// The name of a function or a sequence.
fn name(name: &str, notation: Notation) -> String {
    if notation == Notation::Plain || name.chars().count() == 1 {
        return name.to_owned();
    }
    match LATEX_NAMES.iter().find(|(plain, _)| *plain == name) {
        Some((_, latex)) => (*latex).to_owned(),
        None => format!("\\operatorname{{{}}}", name.replace('_', "\\_")),
    }
}

/// Brackets around a text, as high as it is.
fn bracketed(text: &str, notation: Notation) -> String {
    let high = notation == Notation::Latex
        && ["\\frac", "\\binom", "\\left", "\\sum", "\\prod"].iter().any(|one| text.contains(one));
    if high { format!("\\left({text}\\right)") } else { format!("({text})") }
}

impl Expression {
    /// The expression in LaTeX.
    pub fn latex(&self) -> String {
        self.text(Notation::Latex)
    }

    pub(super) fn text(&self, notation: Notation) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut text, notation);
        text
    }

    fn binding(&self) -> Binding {
        match self {
            Expression::List(_) | Expression::Comparison(..) => Binding::Statement,
            Expression::Integer(value) if value.is_negative() => Binding::Sum,
            // A remainder beside a sum or a product is ambiguous.
            Expression::Sum(_) | Expression::Modulo(..) | Expression::Fold { .. } => Binding::Sum,
            Expression::Product(_) | Expression::Quotient(..) if self.without_minus().is_some() => {
                Binding::Sum
            }
            Expression::Product(_) | Expression::Quotient(..) => Binding::Product,
            Expression::Power(..) | Expression::Factorial(_) | Expression::DoubleFactorial(_) => {
                Binding::Power
            }
            Expression::Root(_, degree) if *degree > 3 => Binding::Power,
            _ => Binding::Atom,
        }
    }

    /// The text of `self`, in brackets if it binds less tightly than its surroundings.
    fn within(&self, notation: Notation, outside: Binding) -> String {
        let text = self.text(notation);
        if self.binding() >= outside { text } else { bracketed(&text, notation) }
    }

    /// What is behind the minus that it begins with, if it does.
    pub(crate) fn without_minus(&self) -> Option<Expression> {
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

    /// Whether it is an index without spaces: `n-1`, `2n+1`, but `floor(n/2)` as it is.
    fn is_plain_index(&self) -> bool {
        let simple = |one: &Expression| match one {
            Expression::Integer(_) | Expression::Symbol(_) => true,
            Expression::Product(factors) => {
                matches!(&factors[..], [Expression::Integer(_), Expression::Symbol(_)])
            }
            _ => false,
        };
        match self {
            Expression::Sum(parts) => parts.len() <= 3 && parts.iter().all(simple),
            Expression::Product(_) => simple(self),
            _ => false,
        }
    }

    fn write(&self, out: &mut String, notation: Notation) -> fmt::Result {
        let latex = notation == Notation::Latex;
        match self {
            Expression::Integer(value) => write!(out, "{value}"),
            Expression::Symbol("...") if latex => out.write_str("\\dots"),
            Expression::Symbol(name) if latex && name.len() > 1 => write!(out, "\\{name}"),
            Expression::Symbol(name) => out.write_str(name),
            Expression::Call(called, arguments) => {
                // a(n-1), as everybody writes it, but prime(n + 1).
                let single = called.chars().count() == 1;
                let text = |argument: &Expression| match argument.text(notation) {
                    text if single && argument.is_plain_index() => text.replace(' ', ""),
                    text => text,
                };
                let arguments: Vec<String> = arguments.iter().map(text).collect();
                let arguments = bracketed(&arguments.join(", "), notation);
                write!(out, "{}{arguments}", name(called, notation))
            }
            Expression::Sum(summands) => {
                for (place, summand) in summands.iter().enumerate() {
                    let positive = summand.without_minus();
                    out.push_str(match (place, positive.is_some()) {
                        (0, true) => "-",
                        (0, false) => "",
                        (_, true) => " - ",
                        (_, false) => " + ",
                    });
                    let summand = positive.as_ref().unwrap_or(summand);
                    out.push_str(&summand.within(notation, Binding::Product));
                }
                Ok(())
            }
            Expression::Product(factors) => write_product(factors, out, notation),
            Expression::Quotient(above, below) => {
                let positive = above.without_minus();
                if positive.is_some() {
                    out.push('-');
                }
                let above = positive.as_ref().unwrap_or(above);
                if latex {
                    return write!(out, "\\frac{{{}}}{{{}}}", above.latex(), below.latex());
                }
                let fraction = matches!(above, Expression::Quotient(..));
                let outside = if fraction { Binding::Atom } else { Binding::Product };
                let above = above.within(notation, outside);
                write!(out, "{above}/{}", below.within(notation, Binding::Power))
            }
            Expression::Power(base, exponent) => {
                let base = base.within(notation, Binding::Atom);
                match latex {
                    true => write!(out, "{base}^{{{}}}", exponent.latex()),
                    false => write!(out, "{base}^{}", exponent.within(notation, Binding::Atom)),
                }
            }
            Expression::Factorial(of) => write!(out, "{}!", of.within(notation, Binding::Atom)),
            Expression::DoubleFactorial(of) => {
                write!(out, "{}!!", of.within(notation, Binding::Atom))
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
            Expression::Absolute(of) if latex => {
                write!(out, "\\left|{}\\right|", of.latex())
            }
            Expression::Absolute(of) => write!(out, "|{}|", of.text(notation)),
            Expression::Root(of, 2) if latex => write!(out, "\\sqrt{{{}}}", of.latex()),
            Expression::Root(of, degree) if latex => {
                write!(out, "\\sqrt[{degree}]{{{}}}", of.latex())
            }
            Expression::Root(of, 2) => write!(out, "sqrt({})", of.text(notation)),
            Expression::Root(of, 3) => write!(out, "cbrt({})", of.text(notation)),
            Expression::Root(of, degree) => {
                write!(out, "{}^(1/{degree})", of.within(notation, Binding::Atom))
            }
            Expression::Modulo(of, modulus) => {
                let of = of.within(notation, Binding::Power);
                let between = if latex { " \\bmod " } else { " mod " };
                write!(out, "{of}{between}{}", modulus.within(notation, Binding::Power))
            }
            Expression::Comparison(left, sign, right) => {
                let sign = match *sign {
                    "!=" if latex => "\\ne",
                    "<=" if latex => "\\le",
                    ">=" if latex => "\\ge",
                    other => other,
                };
                write!(out, "{} {sign} {}", left.text(notation), right.text(notation))
            }
            Expression::List(all) => {
                let all: Vec<String> = all.iter().map(|one| one.text(notation)).collect();
                out.write_str(&all.join(", "))
            }
            Expression::Fold { operator, index, over, of } => {
                write_fold(*operator, index, over, out, notation)?;
                write!(out, " {}", of.within(notation, Binding::Product))
            }
        }
    }
}

fn write_product(factors: &[Expression], out: &mut String, notation: Notation) -> fmt::Result {
    let latex = notation == Notation::Latex;
    let mut rest = factors;
    if let [Expression::Integer(number), others @ ..] = rest
        && !others.is_empty()
        && number.magnitude().is_one()
    {
        out.push_str(if *number == BigInt::one() { "" } else { "-" });
        rest = others;
    }
    for (place, factor) in rest.iter().enumerate() {
        let text = match factor {
            Expression::Integer(value) if place == 0 => value.to_string(),
            Expression::Quotient(..) if !latex => factor.within(notation, Binding::Atom),
            _ => factor.within(notation, Binding::Product),
        };
        if place > 0 {
            // Two numbers side by side, or a mixed number, would be another number.
            let fraction = matches!(factor, Expression::Quotient(above, _)
                if matches!(**above, Expression::Integer(_)));
            let numbers = text.starts_with(|first: char| first.is_ascii_digit())
                || (fraction && out.ends_with(|last: char| last.is_ascii_digit()));
            out.push_str(match (numbers, latex) {
                (true, true) => " \\cdot ",
                (true, false) => " * ",
                (false, _) => " ",
            });
        }
        out.push_str(&text);
    }
    Ok(())
}

fn write_fold(
    operator: FoldOperator,
    index: &str,
    over: &Over,
    out: &mut String,
    notation: Notation,
) -> fmt::Result {
    let latex = notation == Notation::Latex;
    out.push_str(match (operator, latex) {
        (FoldOperator::Sum, true) => "\\sum",
        (FoldOperator::Sum, false) => "Sum",
        (FoldOperator::Product, true) => "\\prod",
        (FoldOperator::Product, false) => "Product",
        (FoldOperator::Maximum, true) => "\\max",
        (FoldOperator::Maximum, false) => "Max",
    });
    let text = |index: &Expression| match index.text(notation) {
        text if index.is_plain_index() => text.replace(' ', ""),
        text => text,
    };
    match over {
        Over::Range(from, to) => match (operator, latex) {
            (_, false) => write!(out, "_{{{index}={}..{}}}", text(from), text(to)),
            (FoldOperator::Maximum, true) => {
                write!(out, "_{{{} \\le {index} \\le {}}}", text(from), text(to))
            }
            (FoldOperator::Sum | FoldOperator::Product, true) => {
                write!(out, "_{{{index}={}}}^{{{}}}", text(from), text(to))
            }
        },
        Over::Divisors(of) if latex => write!(out, "_{{{index} \\mid {}}}", text(of)),
        Over::Divisors(of) => write!(out, "_{{{index} | {}}}", text(of)),
    }
}

/// In plain text.
impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Notation::Plain))
    }
}
