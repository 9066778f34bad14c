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

pub(crate) mod formula;
mod notation;

use num_bigint::BigInt;
use num_traits::{One, Zero};

pub use formula::{Formula, Phrase};

/// An expression in the index `n` and in terms of sequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// A number.
    Integer(BigInt),
    /// A symbol: `n`, `k`, `pi`, `e`, `phi`, `gamma`, `...`. Greek names become letters in LaTeX.
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
    /// `n!!`, the product of `n`, `n - 2`, `n - 4` and so on.
    DoubleFactorial(Box<Expression>),
    /// Without its sign.
    Absolute(Box<Expression>),
    /// A statement: two sides and `=`, `!=`, `<`, `<=`, `>` or `>=`.
    Comparison(Box<Expression>, &'static str, Box<Expression>),
    /// Expressions with commas between them.
    List(Vec<Expression>),
    /// A sum, a product or a maximum over the values of an index.
    Fold {
        /// What is done.
        operator: FoldOperator,
        /// The index, a letter.
        index: &'static str,
        /// Its values.
        over: Over,
        /// The expression in the index.
        of: Box<Expression>,
    },
}

/// What a [`Fold`](Expression::Fold) makes of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldOperator {
    /// Their sum.
    Sum,
    /// Their product.
    Product,
    /// The largest.
    Maximum,
}

/// The values of the index of a [`Fold`](Expression::Fold).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Over {
    /// From the first to the last, both included.
    Range(Box<Expression>, Box<Expression>),
    /// The divisors.
    Divisors(Box<Expression>),
}

/// A term of the sequence itself: `a(n + shift)`.
pub fn a(shift: i64) -> Expression {
    Expression::term("a", shift)
}

/// The index.
pub fn n() -> Expression {
    Expression::Symbol("n")
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

    /// A sum without zeros and sums inside, its numbers made one; 0 of nothing.
    pub fn sum(summands: Vec<Expression>) -> Self {
        let flat = summands.into_iter().flat_map(|one| match one {
            Expression::Sum(inner) => inner,
            other => vec![other],
        });
        let mut kept: Vec<Expression> = flat.filter(|one| !one.is_integer(0)).collect();
        let number = |one: &Expression| match one {
            Expression::Integer(value) => Some(value.clone()),
            _ => None,
        };
        let numbers: Vec<BigInt> = kept.iter().filter_map(number).collect();
        if numbers.len() > 1 {
            // Where the last of them stood.
            let last = kept.iter().rposition(|one| number(one).is_some()).unwrap_or(0);
            kept[last] = Expression::Integer(numbers.into_iter().sum());
            let mut place = 0;
            kept.retain(|one| {
                place += 1;
                !one.is_integer(0) && (number(one).is_none() || place == last + 1)
            });
        }
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

    /// Numbers with commas between them: the first few and an ellipsis if there are many.
    pub fn list(values: &[BigInt]) -> Self {
        /// The most numbers that are said.
        const MOST: usize = 12;
        /// The numbers that are said of more.
        const FEW: usize = 8;
        let shown = if values.len() > MOST { FEW } else { values.len() };
        let mut all: Vec<Expression> =
            values[..shown].iter().cloned().map(Expression::Integer).collect();
        if shown < values.len() {
            all.push(Expression::Symbol("..."));
        }
        Expression::List(all)
    }

    /// A statement about two expressions; see [`Comparison`](Self::Comparison) for the signs.
    pub fn comparison(left: Expression, sign: &'static str, right: Expression) -> Self {
        Expression::Comparison(Box::new(left), sign, Box::new(right))
    }

    /// A function with a name at one argument.
    pub fn call(name: &str, argument: Expression) -> Self {
        Expression::Call(name.to_owned(), vec![argument])
    }

    /// Rounded down; a number that needs none stays as it is.
    pub fn floor(of: Expression) -> Self {
        match of {
            Expression::Integer(_) => of,
            other => Expression::Floor(Box::new(other)),
        }
    }

    /// The remainder.
    pub fn modulo(of: Expression, modulus: Expression) -> Self {
        Expression::Modulo(Box::new(of), Box::new(modulus))
    }

    /// The sum, product or maximum over a range of an index.
    pub fn fold(operator: FoldOperator, index: &'static str, over: Over, of: Expression) -> Self {
        Expression::Fold { operator, index, over, of: Box::new(of) }
    }

    fn is_integer(&self, value: i64) -> bool {
        matches!(self, Expression::Integer(found) if *found == BigInt::from(value))
    }

    /// The same with `n` replaced. What becomes a sum in a sum is added up.
    #[must_use]
    pub fn with_index(&self, index: &Expression) -> Self {
        match self {
            Expression::Symbol("n") => index.clone(),
            Expression::Sum(summands) => {
                Expression::sum(summands.iter().map(|one| one.with_index(index)).collect())
            }
            Expression::Product(factors) => match &factors[..] {
                [number @ Expression::Integer(_), Expression::Symbol("n")] => {
                    let times =
                        |one: &Expression| Expression::product(vec![number.clone(), one.clone()]);
                    match index {
                        Expression::Sum(all) => Expression::sum(all.iter().map(times).collect()),
                        other => times(other),
                    }
                }
                _ => self.with_parts(&|one| one.with_index(index)),
            },
            _ => self.with_parts(&|one| one.with_index(index)),
        }
    }

    /// The same with other parts.
    fn with_parts(&self, change: &dyn Fn(&Expression) -> Expression) -> Self {
        let one = |inner: &Expression| Box::new(change(inner));
        let all = |inner: &[Expression]| inner.iter().map(change).collect();
        match self {
            Expression::Integer(_) | Expression::Symbol(_) => self.clone(),
            Expression::Call(name, arguments) => Expression::Call(name.clone(), all(arguments)),
            Expression::Sum(summands) => Expression::Sum(all(summands)),
            Expression::Product(factors) => Expression::Product(all(factors)),
            Expression::List(list) => Expression::List(all(list)),
            Expression::Quotient(above, below) => Expression::Quotient(one(above), one(below)),
            Expression::Power(base, exponent) => Expression::Power(one(base), one(exponent)),
            Expression::Factorial(of) => Expression::Factorial(one(of)),
            Expression::DoubleFactorial(of) => Expression::DoubleFactorial(one(of)),
            Expression::Binomial(above, below) => Expression::Binomial(one(above), one(below)),
            Expression::Floor(of) => Expression::Floor(one(of)),
            Expression::Ceiling(of) => Expression::Ceiling(one(of)),
            Expression::Absolute(of) => Expression::Absolute(one(of)),
            Expression::Root(of, degree) => Expression::Root(one(of), *degree),
            Expression::Modulo(of, modulus) => Expression::Modulo(one(of), one(modulus)),
            Expression::Comparison(left, sign, right) => {
                Expression::Comparison(one(left), sign, one(right))
            }
            Expression::Fold { operator, index, over, of } => {
                let over = match over {
                    Over::Range(from, to) => Over::Range(one(from), one(to)),
                    Over::Divisors(number) => Over::Divisors(one(number)),
                };
                Expression::Fold { operator: *operator, index, over, of: one(of) }
            }
        }
    }

    /// Gives a sequence another name.
    fn rename(&mut self, old: &str, new: &str) {
        *self = self.renamed(old, new);
    }

    /// The same with the index of the terms of a sequence moved.
    fn with_terms_moved(&self, letter: &str, by: i64) -> Self {
        match self {
            Expression::Call(name, arguments) if name == letter => {
                let moved = |index: &Expression| {
                    Expression::sum(vec![index.clone(), Expression::integer(by)])
                };
                Expression::Call(name.clone(), arguments.iter().map(moved).collect())
            }
            other => other.with_parts(&|one| one.with_terms_moved(letter, by)),
        }
    }

    fn renamed(&self, old: &str, new: &str) -> Self {
        match self.with_parts(&|one| one.renamed(old, new)) {
            Expression::Call(name, arguments) if name == old => {
                Expression::Call(new.to_owned(), arguments)
            }
            other => other,
        }
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
    fn signs() {
        let integer = |value: i64| Expression::integer(value);
        let product = Expression::product;
        let sign = Expression::power(integer(-1), n());
        assert_eq!(product(vec![integer(3), sign.clone()]).to_string(), "3 (-1)^n");
        assert_eq!(product(vec![sign.clone(), n()]).to_string(), "(-1)^n n");
        assert_eq!(sign.latex(), "(-1)^{n}");
        let sum = Expression::sum(vec![n(), product(vec![integer(-3), sign])]);
        assert_eq!(sum.to_string(), "n - 3 (-1)^n");
        let raw = Expression::Product(vec![integer(1), n()]);
        assert_eq!(raw.to_string(), "n");
        assert_eq!(Expression::Product(vec![integer(-1), n()]).to_string(), "-n");
        assert_eq!(Expression::Product(vec![integer(1)]).to_string(), "1");
        let negative = product(vec![integer(-2), n()]);
        assert_eq!(product(vec![n(), negative.clone()]).to_string(), "-2 n n");
        assert_eq!(Expression::Product(vec![n(), negative]).to_string(), "n (-2 n)");
        let power = Expression::power(integer(2), integer(-1));
        assert_eq!(power.to_string(), "2^(-1)");
        let quotient = Expression::quotient(integer(-3), integer(2));
        assert_eq!(quotient.to_string(), "-3/2");
        assert_eq!(quotient.latex(), "-\\frac{3}{2}");
        assert_eq!(Expression::power(quotient.clone(), n()).to_string(), "(-3/2)^n");
        assert_eq!(Expression::power(quotient, n()).latex(), "\\left(-\\frac{3}{2}\\right)^{n}");
    }

    #[test]
    fn fractions_and_remainders() {
        let integer = |value: i64| Expression::integer(value);
        let half = Expression::quotient(integer(1), integer(2));
        assert_eq!(Expression::product(vec![integer(3), half.clone()]).to_string(), "3 * (1/2)");
        assert_eq!(
            Expression::product(vec![integer(3), half.clone()]).latex(),
            "3 \\cdot \\frac{1}{2}"
        );
        let twice = Expression::quotient(half, n());
        assert_eq!(twice.to_string(), "(1/2)/n");
        let two_n = Expression::product(vec![integer(2), n()]);
        assert_eq!(Expression::quotient(integer(1), two_n.clone()).to_string(), "1/(2 n)");
        let modulo = Expression::modulo(two_n, integer(7));
        assert_eq!(modulo.to_string(), "(2 n) mod 7");
        assert_eq!(Expression::sum(vec![n(), modulo.clone()]).to_string(), "n + ((2 n) mod 7)");
        assert_eq!(Expression::product(vec![n(), modulo.clone()]).to_string(), "n ((2 n) mod 7)");
        assert_eq!(modulo.latex(), "(2 n) \\bmod 7");
    }

    #[test]
    fn powers_of_powers() {
        let factorial = Expression::Factorial(Box::new(n()));
        let twice = Expression::Factorial(Box::new(factorial.clone()));
        assert_eq!(twice.to_string(), "(n!)!");
        assert_eq!(Expression::DoubleFactorial(Box::new(n())).to_string(), "n!!");
        let square = Expression::power(factorial, Expression::integer(2));
        assert_eq!(square.to_string(), "(n!)^2");
        assert_eq!(Expression::power(square, n()).to_string(), "((n!)^2)^n");
        let root = Expression::Root(Box::new(n()), 5);
        assert_eq!(Expression::power(root, n()).to_string(), "(n^(1/5))^n");
    }

    #[test]
    fn calls() {
        let half = Expression::quotient(n(), Expression::integer(2));
        let floor = Expression::floor(half.clone());
        assert_eq!(Expression::call("a", floor.clone()).to_string(), "a(floor(n/2))");
        assert_eq!(
            Expression::call("a", Expression::sum(vec![n(), floor])).latex(),
            "a\\left(n + \\left\\lfloor \\frac{n}{2} \\right\\rfloor\\right)"
        );
        let double = Expression::product(vec![Expression::integer(2), n()]);
        let odd = Expression::sum(vec![double.clone(), Expression::integer(1)]);
        assert_eq!(Expression::call("a", double).to_string(), "a(2n)");
        assert_eq!(Expression::call("a", odd.clone()).to_string(), "a(2n+1)");
        assert_eq!(Expression::call("prime", odd.clone()).to_string(), "prime(2 n + 1)");
        assert_eq!(Expression::call("totient", odd).latex(), "\\varphi(2 n + 1)");
        let digits = Expression::Call("digit_sum".into(), vec![n(), Expression::integer(2)]);
        assert_eq!(digits.latex(), "\\operatorname{digit\\_sum}(n, 2)");
    }

    #[test]
    fn folds() {
        let range = || Over::Range(Box::new(Expression::integer(0)), Box::new(n()));
        let of = || Expression::call("s", Expression::Symbol("k"));
        let fold = |operator| Expression::fold(operator, "k", range(), of());
        assert_eq!(fold(FoldOperator::Sum).to_string(), "Sum_{k=0..n} s(k)");
        assert_eq!(fold(FoldOperator::Sum).latex(), "\\sum_{k=0}^{n} s(k)");
        assert_eq!(fold(FoldOperator::Maximum).latex(), "\\max_{0 \\le k \\le n} s(k)");
        let over = Over::Divisors(Box::new(Expression::shifted(1)));
        let divisors = Expression::fold(FoldOperator::Sum, "d", over, of());
        assert_eq!(divisors.to_string(), "Sum_{d | n+1} s(k)");
        assert_eq!(divisors.latex(), "\\sum_{d \\mid n+1} s(k)");
    }

    #[test]
    fn another_index() {
        let polynomial = Expression::polynomial(&integers(&[2, 3]), &1.into(), &n());
        assert_eq!(polynomial.with_index(&Expression::shifted(-1)).to_string(), "3 n - 1");
        let prime = Expression::call("prime", Expression::shifted(1));
        assert_eq!(prime.with_index(&Expression::shifted(-1)).to_string(), "prime(n)");
        let sum = Expression::sum(vec![Expression::integer(2), n(), Expression::integer(-2)]);
        assert_eq!(sum.to_string(), "n");
        let list = Expression::list(&integers(&[1, -2]));
        assert_eq!(list.to_string(), "1, -2");
        let equation = Expression::comparison(n(), "!=", Expression::integer(2));
        assert_eq!((equation.to_string(), equation.latex()), ("n != 2".into(), "n \\ne 2".into()));
        assert_eq!(Expression::Absolute(Box::new(n())).latex(), "\\left|n\\right|");
    }
}
