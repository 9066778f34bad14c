//! Formulas of entries: parsed from the text that a person would write, evaluated exactly, and
//! turned into an [`Expression`]. One text serves for the terms and for what is shown, so that
//! the two cannot differ.

use num_bigint::BigInt;
use num_integer::{Integer, Roots};
use num_traits::{CheckedAdd, CheckedMul, CheckedSub, Signed, ToPrimitive};

use crate::expression::{Expression, a};

/// Numbers that a formula is evaluated in: `i128` while everything fits, else `BigInt`.
pub(super) trait Exact:
    Clone + CheckedAdd + CheckedSub + CheckedMul + Integer + Signed + Roots + ToPrimitive + From<i64>
{
    /// Whether it is so large that nothing is made of it.
    fn is_huge(&self) -> bool;

    /// The number times `2^times`.
    fn doubled(&self, times: usize) -> Option<Self>;
}

impl Exact for i128 {
    fn is_huge(&self) -> bool {
        false
    }

    fn doubled(&self, times: usize) -> Option<Self> {
        (times < 126).then(|| self.checked_mul(&(1 << times))).flatten()
    }
}

impl Exact for BigInt {
    fn is_huge(&self) -> bool {
        self.bits() > HUGE
    }

    fn doubled(&self, times: usize) -> Option<Self> {
        Some(self << times)
    }
}

/// Bits beyond which terms are not continued: squares of squares would take all memory.
const HUGE: u64 = 1 << 12;

/// The largest factorial and exponent that is evaluated: what is larger has no place in a search.
const LARGEST: i64 = 5_000;

/// A parsed formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Integer(i64),
    Index,
    /// `a(n - lag)`
    Past(usize),
    Sum(Vec<Node>),
    /// A product; it begins with `-1` where it is subtracted.
    Product(Vec<Node>),
    Quotient(Box<Node>, Box<Node>),
    Power(Box<Node>, Box<Node>),
    Factorial(Box<Node>),
    Modulo(Box<Node>, Box<Node>),
    /// A function with a name.
    Call(String, Vec<Node>),
}

/// A fraction in lowest terms, its denominator positive.
#[derive(Clone)]
struct Fraction<T> {
    above: T,
    below: T,
}

impl<T: Exact> Fraction<T> {
    fn whole(value: T) -> Self {
        Fraction { above: value, below: T::one() }
    }

    fn new(above: T, below: T) -> Option<Self> {
        if below.is_zero() {
            return None;
        }
        if below.is_one() {
            return Some(Fraction { above, below });
        }
        let mut divisor = above.gcd(&below);
        if below.is_negative() {
            divisor = T::zero().checked_sub(&divisor)?;
        }
        Some(Fraction { above: above.div_floor(&divisor), below: below.div_floor(&divisor) })
    }

    fn plus(self, other: Self) -> Option<Self> {
        if self.below.is_one() && other.below.is_one() {
            return Some(Fraction { above: self.above.checked_add(&other.above)?, ..self });
        }
        let one = self.above.checked_mul(&other.below)?;
        let two = other.above.checked_mul(&self.below)?;
        Fraction::new(one.checked_add(&two)?, self.below.checked_mul(&other.below)?)
    }

    fn times(self, other: Self) -> Option<Self> {
        let above = self.above.checked_mul(&other.above)?;
        Fraction::new(above, self.below.checked_mul(&other.below)?)
    }

    /// The integer, where it is one.
    fn integer(self) -> Option<T> {
        self.below.is_one().then_some(self.above)
    }

    fn small(self) -> Option<i64> {
        self.integer()?.to_i64()
    }
}

/// `base^exponent`; `exponent` of reasonable size.
fn power<T: Exact>(base: &Fraction<T>, exponent: i64) -> Option<Fraction<T>> {
    if exponent < 0 {
        return power(&Fraction::new(base.below.clone(), base.above.clone())?, -exponent);
    }
    if exponent > LARGEST && !base.above.abs().is_one() {
        return None;
    }
    let (mut result, mut square) = (Fraction::whole(T::one()), base.clone());
    let mut rest = exponent;
    while rest > 0 {
        if rest % 2 == 1 {
            result = result.times(square.clone())?;
        }
        rest /= 2;
        if rest > 0 {
            square = square.clone().times(square)?;
        }
    }
    Some(result)
}

/// `n (n - 1) ... (n - count + 1) / count!`, 0 where `count` is negative.
fn binomial<T: Exact>(above: i64, below: i64) -> Option<T> {
    let count = if above >= 0 && below.saturating_mul(2) > above { above - below } else { below };
    if count < 0 {
        return Some(T::zero());
    }
    if count > LARGEST {
        return None;
    }
    let mut value = T::one();
    for k in 1..=count {
        value = value.checked_mul(&T::from(above - count + k))?;
        value = value.div_floor(&T::from(k));
    }
    Some(value)
}

impl Node {
    /// The value at `n`, given the terms before; `None` where there is none, where the node names
    /// a function that only people read, or where a number does not fit.
    pub(super) fn value<T: Exact>(&self, index: i64, past: &[T]) -> Option<T> {
        self.fraction(index, past)?.integer()
    }

    fn fraction<T: Exact>(&self, index: i64, past: &[T]) -> Option<Fraction<T>> {
        Some(match self {
            Node::Integer(value) => Fraction::whole(T::from(*value)),
            Node::Index => Fraction::whole(T::from(index)),
            Node::Past(lag) => Fraction::whole(past.get(past.len().checked_sub(*lag)?)?.clone()),
            Node::Sum(parts) => {
                let mut sum = parts.first()?.fraction(index, past)?;
                for part in &parts[1..] {
                    sum = sum.plus(part.fraction(index, past)?)?;
                }
                sum
            }
            Node::Product(parts) => {
                let mut product = parts.first()?.fraction(index, past)?;
                for part in &parts[1..] {
                    product = product.times(part.fraction(index, past)?)?;
                }
                product
            }
            Node::Quotient(above, below) => {
                let (above, below) = (above.fraction(index, past)?, below.fraction(index, past)?);
                above.times(Fraction::new(below.below, below.above)?)?
            }
            Node::Power(base, exponent) => {
                power(&base.fraction(index, past)?, exponent.fraction(index, past)?.small()?)?
            }
            Node::Factorial(of) => {
                let of = of.fraction(index, past)?.small()?;
                if !(0..=LARGEST).contains(&of) {
                    return None;
                }
                // Factors are collected in 64 bits: few products of large numbers remain.
                let (mut value, mut chunk) = (T::one(), 1_i64);
                for factor in 2..=of {
                    chunk = match chunk.checked_mul(factor) {
                        Some(product) => product,
                        None => {
                            value = value.checked_mul(&T::from(chunk))?;
                            factor
                        }
                    };
                }
                Fraction::whole(value.checked_mul(&T::from(chunk))?)
            }
            Node::Modulo(of, modulus) => {
                let modulus = modulus.value(index, past)?;
                if modulus.is_zero() {
                    return None;
                }
                Fraction::whole(of.value(index, past)?.mod_floor(&modulus))
            }
            Node::Call(name, arguments) => Fraction::whole(call(name, arguments, index, past)?),
        })
    }

    /// Whether terms before occur.
    pub(super) fn refers_back(&self) -> bool {
        match self {
            Node::Past(_) => true,
            Node::Integer(_) | Node::Index => false,
            Node::Sum(parts) | Node::Product(parts) => parts.iter().any(Node::refers_back),
            Node::Quotient(one, other) | Node::Power(one, other) | Node::Modulo(one, other) => {
                one.refers_back() || other.refers_back()
            }
            Node::Factorial(of) => of.refers_back(),
            Node::Call(name, arguments) => name == "a" || arguments.iter().any(Node::refers_back),
        }
    }

    /// The expression, with the names of functions.
    pub(super) fn expression(&self) -> Expression {
        let one = |node: &Node| Box::new(node.expression());
        let all = |nodes: &[Node]| nodes.iter().map(Node::expression).collect::<Vec<_>>();
        match self {
            Node::Integer(value) => Expression::integer(*value),
            Node::Index => Expression::Symbol("n"),
            Node::Past(lag) => a(-i64::try_from(*lag).unwrap_or(i64::MAX)),
            Node::Sum(parts) => Expression::sum(all(parts)),
            // A minus in front belongs to the numerator, where a formula prints it.
            Node::Product(parts) => match &parts[..] {
                [Node::Integer(-1), Node::Quotient(above, below)] => Expression::quotient(
                    Expression::product(vec![Expression::integer(-1), above.expression()]),
                    below.expression(),
                ),
                _ => Expression::product(all(parts)),
            },
            Node::Quotient(above, below) => Expression::Quotient(one(above), one(below)),
            Node::Power(base, exponent) => Expression::Power(one(base), one(exponent)),
            Node::Factorial(of) => Expression::Factorial(one(of)),
            Node::Modulo(of, modulus) => Expression::Modulo(one(of), one(modulus)),
            Node::Call(name, arguments) => match (&name[..], &arguments[..]) {
                ("floor", [of]) => Expression::Floor(one(of)),
                ("ceiling", [of]) => Expression::Ceiling(one(of)),
                ("sqrt", [of]) => Expression::Root(one(of), 2),
                ("cbrt", [of]) => Expression::Root(one(of), 3),
                ("binomial", [above, below]) => Expression::Binomial(one(above), one(below)),
                ("phi", []) => Expression::Symbol("phi"),
                _ => Expression::Call(name.clone(), all(arguments)),
            },
        }
    }
}

/// The functions that are evaluated. Roots only within a floor, where their value is an integer.
fn call<T: Exact>(name: &str, arguments: &[Node], index: i64, past: &[T]) -> Option<T> {
    match (name, arguments) {
        ("floor", [Node::Call(root, of)]) if root == "sqrt" || root == "cbrt" => {
            let of = of.first()?.fraction(index, past)?;
            let of = of.above.div_floor(&of.below);
            let negative = of.is_negative();
            (!negative).then(|| of.nth_root(if root == "sqrt" { 2 } else { 3 }))
        }
        ("floor", [of]) => {
            let of = of.fraction(index, past)?;
            Some(of.above.div_floor(&of.below))
        }
        ("ceiling", [of]) => {
            let of = of.fraction(index, past)?;
            of.above
                .checked_add(&of.below.checked_sub(&T::one())?)
                .map(|it| it.div_floor(&of.below))
        }
        ("binomial", [above, below]) => {
            let above = above.fraction(index, past)?.small()?;
            binomial(above, below.fraction(index, past)?.small()?)
        }
        _ => None,
    }
}

/// Parses a formula; `None` where the text is none.
pub(super) fn parse(text: &str) -> Option<Node> {
    let mut parser = Parser { text: text.as_bytes(), at: 0 };
    let node = parser.sum()?;
    parser.space();
    (parser.at == text.len()).then_some(node)
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn space(&mut self) {
        while self.text.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> u8 {
        self.space();
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn takes(&mut self, sign: u8) -> bool {
        let found = self.peek() == sign;
        self.at += usize::from(found);
        found
    }

    fn sum(&mut self) -> Option<Node> {
        let mut parts = Vec::with_capacity(2);
        let mut minus = self.takes(b'-');
        loop {
            let part = self.product()?;
            parts.push(match (minus, part) {
                (false, part) => part,
                (true, Node::Integer(value)) => Node::Integer(-value),
                (true, Node::Product(mut factors)) => {
                    factors.insert(0, Node::Integer(-1));
                    Node::Product(factors)
                }
                (true, part) => Node::Product(vec![Node::Integer(-1), part]),
            });
            match self.peek() {
                b'+' => minus = false,
                b'-' => minus = true,
                _ => break,
            }
            self.at += 1;
        }
        if parts.len() == 1 { parts.pop() } else { Some(Node::Sum(parts)) }
    }

    fn product(&mut self) -> Option<Node> {
        let first = self.factor()?;
        let mut factors = vec![first];
        loop {
            match self.peek() {
                b'/' => {
                    self.at += 1;
                    let below = self.factor()?;
                    let above = one_or_product(factors)?;
                    factors = vec![Node::Quotient(Box::new(above), Box::new(below))];
                }
                b'*' => self.at += 1,
                b'm' if self.text[self.at..].starts_with(b"mod ") => {
                    self.at += 4;
                    let modulus = self.factor()?;
                    let of = one_or_product(factors)?;
                    factors = vec![Node::Modulo(Box::new(of), Box::new(modulus))];
                }
                b'(' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => factors.push(self.factor()?),
                _ => return one_or_product(factors),
            }
        }
    }

    fn factor(&mut self) -> Option<Node> {
        let mut node = self.atom()?;
        while self.text.get(self.at) == Some(&b'!') {
            self.at += 1;
            node = Node::Factorial(Box::new(node));
        }
        if self.text.get(self.at) == Some(&b'^') {
            self.at += 1;
            node = Node::Power(Box::new(node), Box::new(self.factor()?));
        }
        Some(node)
    }

    fn atom(&mut self) -> Option<Node> {
        let start = self.peek();
        if self.takes(b'(') {
            let inner = self.sum()?;
            return self.takes(b')').then_some(inner);
        }
        let from = self.at;
        let number = start.is_ascii_digit();
        let belongs =
            |it: &u8| if number { it.is_ascii_digit() } else { it.is_ascii_alphanumeric() };
        while self.text.get(self.at).is_some_and(belongs) {
            self.at += 1;
        }
        let word = std::str::from_utf8(&self.text[from..self.at]).ok()?;
        if number {
            return word.parse().ok().map(Node::Integer);
        }
        if word == "n" {
            return Some(Node::Index);
        }
        if word.is_empty() || !word.starts_with(|it: char| it.is_ascii_alphabetic()) {
            return None;
        }
        let word = word.to_owned();
        let mut arguments = Vec::new();
        if self.text.get(self.at) == Some(&b'(') {
            self.at += 1;
            loop {
                arguments.push(self.sum()?);
                if !self.takes(b',') {
                    break;
                }
            }
            if !self.takes(b')') {
                return None;
            }
        }
        // a(n-1): a term before.
        if word == "a"
            && let [Node::Sum(parts)] = &arguments[..]
            && let [Node::Index, Node::Integer(shift)] = parts[..]
            && shift < 0
        {
            return usize::try_from(-shift).ok().map(Node::Past);
        }
        Some(Node::Call(word, arguments))
    }
}

fn one_or_product(mut factors: Vec<Node>) -> Option<Node> {
    if factors.len() == 1 { factors.pop() } else { Some(Node::Product(factors)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_read_as_they_are_printed() {
        for text in [
            "n^2",
            "n (n + 1)/2",
            "binomial(2 n, n)/(n + 1)",
            "3 * 2^n",
            "(n - 1) (a(n-1) + a(n-2))",
            "floor(sqrt(n))",
            "(-1)^n",
            "-n^2 + 3",
            "n mod 3",
            "(2 n)!/(2^n n!)",
            "a(n-1)^2 - a(n-1) + 1",
            "prime(prime(n))",
            "floor(n phi)",
        ] {
            let node = parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(node.expression().to_string(), text);
        }
        assert_eq!(parse("n +"), None);
        assert_eq!(parse("(n"), None);
        assert_eq!(parse("?"), None);
    }

    #[test]
    fn values_are_exact() {
        let value = |text: &str, n: i64| parse(text).and_then(|node| node.value::<i128>(n, &[]));
        assert_eq!(value("n (n + 1)/2", 7), Some(28));
        assert_eq!(value("n 2^(n - 1)", 0), Some(0));
        assert_eq!(value("2^(n - 1)", 0), None);
        assert_eq!(value("n!", 40), None);
        assert_eq!(value("n mod 5", -3), Some(2));
        assert_eq!(value("ceiling(n/2) + floor(n/2)", 7), Some(7));
        assert_eq!(value("1/n", 0), None);
        let big = parse("n!").and_then(|node| node.value::<BigInt>(40, &[]));
        assert_eq!(big.map(|it| it.to_string().len()), Some(48));
    }
}
