//! The values of formulas, as exact fractions.

use std::collections::HashMap;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Pow, Signed, ToPrimitive, Zero};

use super::super::{formula, functions};
use crate::expression::formula::Right;
use crate::expression::{Expression, FoldOperator, Formula, Over, n};
use ninth_sequences::{Function, Relation};

/// Compares the first terms with the values of the formula; `false` where it has words.
pub(super) fn agrees(relation: &Relation) -> bool {
    let whole = formula(relation);
    let mut values = Values { formulas: HashMap::new(), known: HashMap::new() };
    for part in &whole.parts {
        values.formulas.insert(part.letter().to_owned(), part.clone());
    }
    values.formulas.insert("a".to_owned(), whole.clone());
    for (n, term) in (0..).zip(relation.terms(10)) {
        match values.term("a", n) {
            Ok(value) => assert_eq!(value, Some(term.into()), "a({n}) of {whole}: {relation}"),
            Err(Words) => return false,
        }
    }
    true
}

/// What has no value here: words, and functions without a known name.
#[derive(Debug)]
struct Words;

type Value<T> = Result<Option<T>, Words>;

/// An exact fraction.
type Fraction = (BigInt, BigInt);

struct Values {
    formulas: HashMap<String, Formula>,
    known: HashMap<(String, i64), Option<BigInt>>,
}

impl Values {
    /// The term of a sequence at an index, if it is defined.
    fn term(&mut self, letter: &str, index: i64) -> Value<BigInt> {
        let key = (letter.to_owned(), index);
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let Some(formula) = self.formulas.get(letter).cloned() else { return Err(Words) };
        let seed = usize::try_from(index).ok().and_then(|index| formula.seeds.get(index));
        let value = match (seed, &formula.right) {
            (Some(seed), _) => Some(seed.clone()),
            _ if index < 0 => None,
            (None, Right::Words(_)) => return Err(Words),
            (None, Right::Expression(right)) => self.integer(right, &[("n", index)])?,
            (None, Right::Equations(all)) => {
                let period = all.len() as i64;
                let mut found = None;
                for (left, right) in all {
                    for n in 0..=index / period {
                        if self.integer(left, &[("n", n)])? == Some(index.into()) {
                            found = self.integer(right, &[("n", n)])?;
                        }
                    }
                }
                found
            }
            (None, Right::Cases(..) | Right::Series(..)) => return Err(Words),
        };
        self.known.insert(key, value.clone());
        Ok(value)
    }

    fn integer(&mut self, of: &Expression, at: &[(&str, i64)]) -> Value<BigInt> {
        let value = self.value(of, at)?;
        Ok(value.map(|(above, below)| {
            assert!((&above % &below).is_zero(), "{of} at {at:?} is a fraction");
            above / below
        }))
    }

    fn value(&mut self, of: &Expression, at: &[(&str, i64)]) -> Value<Fraction> {
        let whole = |value: BigInt| Ok(Some((value, BigInt::one())));
        macro_rules! value {
            ($of:expr) => {
                match self.value($of, at)? {
                    Some(value) => value,
                    None => return Ok(None),
                }
            };
        }
        macro_rules! integer {
            ($of:expr) => {
                match self.integer($of, at)? {
                    Some(value) => value,
                    None => return Ok(None),
                }
            };
        }
        match of {
            Expression::Integer(value) => whole(value.clone()),
            Expression::Symbol(name) => match at.iter().find(|(known, _)| known == name) {
                Some((_, value)) => whole((*value).into()),
                None => Err(Words),
            },
            Expression::Sum(all) => {
                let mut sum = (BigInt::zero(), BigInt::one());
                for one in all {
                    let (above, below) = value!(one);
                    sum = (sum.0 * &below + above * &sum.1, sum.1 * below);
                }
                Ok(Some(sum))
            }
            Expression::Product(all) => {
                let mut product = (BigInt::one(), BigInt::one());
                for one in all {
                    let (above, below) = value!(one);
                    product = (product.0 * above, product.1 * below);
                }
                Ok(Some(product))
            }
            Expression::Quotient(above, below) => {
                let (above, below) = (value!(above), value!(below));
                let sign = BigInt::from(if below.0.is_negative() { -1 } else { 1 });
                let quotient = (above.0 * &below.1 * &sign, above.1 * &below.0 * sign);
                Ok((!below.0.is_zero()).then_some(quotient))
            }
            Expression::Power(base, exponent) => {
                let (base, exponent) = (value!(base), integer!(exponent));
                let Some(exponent) = exponent.to_u32() else { return Ok(None) };
                Ok(Some((Pow::pow(base.0, exponent), Pow::pow(base.1, exponent))))
            }
            Expression::Factorial(of) => {
                let Some(of) = integer!(of).to_u32() else { return Ok(None) };
                whole((1..=of).map(BigInt::from).product())
            }
            Expression::DoubleFactorial(of) => {
                let Some(of) = integer!(of).to_u32() else { return Ok(None) };
                whole((1..=of).rev().step_by(2).map(BigInt::from).product())
            }
            Expression::Binomial(above, below) => {
                whole(num_integer::binomial(integer!(above), integer!(below)))
            }
            Expression::Floor(of) => match &**of {
                Expression::Root(of, degree) => whole(integer!(of).nth_root(*degree)),
                of => {
                    let (above, below) = value!(of);
                    whole(above.div_floor(&below))
                }
            },
            Expression::Ceiling(of) => {
                let (above, below) = value!(of);
                whole(above.div_ceil(&below))
            }
            Expression::Modulo(of, modulus) => {
                let (of, modulus) = (integer!(of), integer!(modulus));
                if modulus.is_zero() { Ok(None) } else { whole(of.mod_floor(&modulus)) }
            }
            Expression::Absolute(of) => whole(integer!(of).abs()),
            Expression::Call(name, arguments) => {
                let mut numbers = Vec::new();
                for argument in arguments {
                    let Some(number) = integer!(argument).to_i64() else { return Ok(None) };
                    numbers.push(number);
                }
                match self.call(name, &numbers)? {
                    Some(value) => whole(value),
                    None => Ok(None),
                }
            }
            Expression::Fold { operator, index, over, of } => {
                let range: Vec<i64> = match over {
                    Over::Range(from, to) => {
                        let (from, to) = (integer!(from), integer!(to));
                        (from.to_i64().unwrap()..=to.to_i64().unwrap()).collect()
                    }
                    Over::Divisors(of) => {
                        let of = integer!(of).to_i64().unwrap();
                        (1..=of).filter(|divisor| of % divisor == 0).collect()
                    }
                };
                let mut values = Vec::new();
                for one in range {
                    let mut inside = at.to_vec();
                    inside.push((*index, one));
                    match self.integer(of, &inside)? {
                        Some(value) => values.push(value),
                        None => return Ok(None),
                    }
                }
                match operator {
                    FoldOperator::Sum => whole(values.into_iter().sum()),
                    FoldOperator::Product => whole(values.into_iter().product()),
                    FoldOperator::Maximum => whole(values.into_iter().max().unwrap()),
                }
            }
            Expression::Root(..) | Expression::List(_) | Expression::Comparison(..) => Err(Words),
        }
    }

    fn call(&mut self, name: &str, numbers: &[i64]) -> Value<BigInt> {
        let of = |function: Function, at: i64| Ok(function.value(at).map(BigInt::from));
        let small = |value: i64| u8::try_from(value).unwrap();
        match (name, numbers) {
            ("gcd", [one, other]) => Ok(Some(one.gcd(other).into())),
            ("order", [base, at]) => of(Function::Order(small(*base)), *at),
            ("kronecker", [k, at]) => of(Function::Kronecker(i8::try_from(*k).unwrap()), *at),
            ("valuation", [at, k]) => {
                of(Function::Valuation(std::num::NonZeroU32::new(*k as u32).unwrap()), *at)
            }
            ("digit_occurrences", [at, digit]) => {
                of(Function::DigitOccurrences(small(*digit), 10), *at)
            }
            ("digit_occurrences", [at, digit, base]) => {
                of(Function::DigitOccurrences(small(*digit), small(*base)), *at)
            }
            ("digit_sum", [at, base]) => of(Function::DigitSum(small(*base)), *at),
            ("digit_count", [at, base]) => of(Function::DigitCount(small(*base)), *at),
            ("reversal", [at, base]) => of(Function::Reversal(small(*base)), *at),
            ("numeral", [at, base]) => of(Function::Numeral(small(*base)), *at),
            (name, [at]) => match NAMED.iter().find(|function| calls(**function, name)) {
                Some(function) => of(*function, *at),
                None => self.term(name, *at),
            },
            _ => Err(Words),
        }
    }
}

/// Whether the function is written as a call under this name.
fn calls(function: Function, name: &str) -> bool {
    let found = functions::apply(function, Expression::call("s", n()));
    matches!(found, Expression::Call(found, _) if found == name)
}

const NAMED: [Function; 53] = [
    Function::Triangular,
    Function::Fibonacci,
    Function::Lucas,
    Function::Pell,
    Function::Jacobsthal,
    Function::Tribonacci,
    Function::Padovan,
    Function::Catalan,
    Function::Motzkin,
    Function::Bell,
    Function::Derangements,
    Function::Involutions,
    Function::Partitions,
    Function::DistinctPartitions,
    Function::Prime,
    Function::DivisorCount,
    Function::DivisorSum,
    Function::Totient,
    Function::Carmichael,
    Function::DistinctPrimeFactors,
    Function::PrimeFactors,
    Function::LeastPrimeFactor,
    Function::GreatestPrimeFactor,
    Function::Radical,
    Function::PrimeFactorSum,
    Function::Derivative,
    Function::Moebius,
    Function::SquarefreePart,
    Function::SquareFactor,
    Function::Kempner,
    Function::LeastNondivisor,
    Function::PrimeCount,
    Function::NextPrime,
    Function::PreviousPrime,
    Function::TwoSquares,
    Function::IsPrime,
    Function::IsSquare,
    Function::IsTriangular,
    Function::IsFibonacci,
    Function::DigitSum(10),
    Function::DigitCount(10),
    Function::DigitProduct(10),
    Function::Reversal(10),
    Function::Numeral(10),
    Function::GrayCode,
    Function::Josephus,
    Function::Golomb,
    Function::Kolakoski,
    Function::HofstadterQ,
    Function::Conway,
    Function::HofstadterG,
    Function::HofstadterH,
    Function::CollatzSteps,
];
