//! Functions with a name, as expressions and in words.

use ninth_sequences::{Accepted, Function};

use crate::expression::{Expression, Phrase};

/// The function of an expression, in the usual notation.
pub(super) fn apply(function: Function, of: Expression) -> Expression {
    let integer = |value: u32| Expression::integer(value);
    let call = |name: &str| Expression::call(name, of.clone());
    let with = |name: &str, number: u32| {
        Expression::Call(name.to_owned(), vec![of.clone(), integer(number)])
    };
    // Decimal digits are what everybody means.
    let digits = |name: &str, base: u8| match base.max(2) {
        10 => call(name),
        base => with(name, base.into()),
    };
    match function {
        Function::Power(power) => Expression::power(of, integer(power.into())),
        Function::Triangular => match &of {
            Expression::Symbol(_) | Expression::Sum(_) => {
                let next = Expression::sum(vec![of.clone(), integer(1)]);
                Expression::quotient(Expression::product(vec![of, next]), integer(2))
            }
            _ => call("triangular"),
        },
        Function::Exponential(1) => integer(1),
        Function::Exponential(base) => Expression::power(integer(base.into()), of),
        Function::Factorial => Expression::Factorial(Box::new(of)),
        Function::DoubleFactorial => Expression::DoubleFactorial(Box::new(of)),
        Function::Fibonacci => call("fibonacci"),
        Function::Lucas => call("lucas"),
        Function::Pell => call("pell"),
        Function::Jacobsthal => call("jacobsthal"),
        Function::Tribonacci => call("tribonacci"),
        Function::Padovan => call("padovan"),
        Function::Catalan => call("catalan"),
        Function::Motzkin => call("motzkin"),
        Function::Bell => call("bell"),
        Function::CentralBinomial => {
            let n = Expression::Symbol("n");
            let twice = Expression::product(vec![integer(2), n]).with_index(&of);
            Expression::Binomial(Box::new(twice), Box::new(of))
        }
        Function::Derangements => call("derangements"),
        Function::Involutions => call("involutions"),
        Function::Partitions => call("partitions"),
        Function::DistinctPartitions => call("distinct_partitions"),
        Function::Prime => call("prime"),
        Function::DivisorCount => call("divisor_count"),
        Function::DivisorSum => call("divisor_sum"),
        Function::Totient => call("totient"),
        Function::Carmichael => call("carmichael"),
        Function::DistinctPrimeFactors => call("distinct_prime_factors"),
        Function::PrimeFactors => call("prime_factors"),
        Function::LeastPrimeFactor => call("least_prime_factor"),
        Function::GreatestPrimeFactor => call("greatest_prime_factor"),
        Function::Radical => call("radical"),
        Function::PrimeFactorSum => call("prime_factor_sum"),
        Function::Derivative => call("derivative"),
        Function::Moebius => call("moebius"),
        Function::SquarefreePart => call("squarefree_part"),
        Function::SquareFactor => call("square_factor"),
        Function::Valuation(k) => with("valuation", k.get()),
        Function::WithoutFactor(k) => {
            let power = Expression::power(integer(k.get()), with("valuation", k.get()));
            Expression::quotient(of, power)
        }
        Function::Kempner => call("kempner"),
        Function::LeastNondivisor => call("least_nondivisor"),
        Function::Gcd(k) => with("gcd", k.get()),
        Function::Numerator(k) => Expression::quotient(of.clone(), with("gcd", k.get())),
        Function::Remainder(k) => Expression::modulo(of, integer(k.get())),
        Function::Quotient(k) => Expression::floor(Expression::quotient(of, integer(k.get()))),
        Function::PrimeCount => call("prime_count"),
        Function::NextPrime => call("next_prime"),
        Function::PreviousPrime => call("previous_prime"),
        Function::TwoSquares => call("two_squares"),
        Function::IsPrime => call("is_prime"),
        Function::IsSquare => call("is_square"),
        Function::IsTriangular => call("is_triangular"),
        Function::IsFibonacci => call("is_fibonacci"),
        Function::Kronecker(k) => {
            Expression::Call("kronecker".into(), vec![Expression::integer(k), of])
        }
        Function::Order(k) => Expression::Call("order".into(), vec![integer(k.into()), of]),
        Function::DigitSum(base) => digits("digit_sum", base),
        Function::DigitCount(base) => digits("digit_count", base),
        Function::DigitProduct(base) => digits("digit_product", base),
        Function::DigitOccurrences(digit, base) => {
            let mut arguments = vec![of.clone(), integer(digit.into())];
            if base != 10 {
                arguments.push(integer(base.max(2).into()));
            }
            Expression::Call("digit_occurrences".into(), arguments)
        }
        Function::Reversal(base) => digits("reversal", base),
        Function::Numeral(base) => digits("numeral", base),
        Function::GrayCode => call("gray_code"),
        Function::Josephus => call("josephus"),
        Function::Root(degree) => {
            Expression::floor(Expression::Root(Box::new(of), degree.max(2).into()))
        }
        Function::AboveSquare => {
            let root = Expression::floor(Expression::Root(Box::new(of.clone()), 2));
            let square = Expression::power(root, integer(2));
            let minus = Expression::product(vec![Expression::integer(-1), square]);
            Expression::sum(vec![of, minus])
        }
        Function::Golomb => call("golomb"),
        Function::Kolakoski => call("kolakoski"),
        Function::HofstadterQ => call("hofstadter_q"),
        Function::Conway => call("conway"),
        Function::HofstadterG => call("hofstadter_g"),
        Function::HofstadterH => call("hofstadter_h"),
        Function::CollatzSteps => call("collatz_steps"),
    }
}

/// What the numbers are whose value, 1 or 0, is 1: as a noun, and behind a number.
fn property(function: Function) -> Option<[&'static str; 2]> {
    match function {
        Function::IsPrime => Some(["primes", "prime"]),
        Function::IsSquare => Some(["squares", "a square"]),
        Function::IsTriangular => Some(["triangular numbers", "a triangular number"]),
        Function::IsFibonacci => Some(["Fibonacci numbers", "a Fibonacci number"]),
        _ => None,
    }
}

fn accepts(accepted: Accepted, value: i64) -> bool {
    match accepted {
        Accepted::Is(wanted) => value == wanted,
        Accepted::IsNot(other) => value != other,
        Accepted::Remainder { residue, modulus } => {
            value.rem_euclid(i64::from(modulus.get())) == residue
        }
    }
}

/// Whether a number passes.
pub(super) fn holds(function: Function, accepted: Accepted, number: i64) -> bool {
    function.value(number).is_some_and(|value| accepts(accepted, value))
}

/// Whether a predicate on a property asks for the numbers that have it, or for the others.
fn asks_for(function: Function, accepted: Accepted) -> Option<bool> {
    property(function)?;
    match (accepts(accepted, 1), accepts(accepted, 0)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// What the numbers that pass are called.
pub(super) fn noun(function: Function, accepted: Accepted) -> Option<&'static str> {
    let even = |residue: i64, modulus: u32| (residue, modulus) == (0, 2);
    Some(match (function, accepted) {
        (Function::SquareFactor, Accepted::Is(1)) => "squarefree numbers",
        (Function::PrimeFactors, Accepted::Is(2)) => "semiprimes",
        (Function::DistinctPrimeFactors, Accepted::Is(1)) => "prime powers",
        (Function::TwoSquares, Accepted::IsNot(0)) => "sums of two squares",
        (Function::DigitSum(2), Accepted::Remainder { residue, modulus }) => {
            match (even(residue, modulus.get()), (residue, modulus.get()) == (1, 2)) {
                (true, _) => "evil numbers",
                (_, true) => "odious numbers",
                _ => return None,
            }
        }
        _ if asks_for(function, accepted) == Some(true) => property(function)?[0],
        _ => return None,
    })
}

/// What the numbers that do not have a property are called, if nothing else is asked of them.
pub(super) fn others(function: Function, accepted: Accepted) -> Option<&'static str> {
    let asked = asks_for(function, accepted) == Some(false);
    match (function, accepted) {
        (Function::SquareFactor, Accepted::IsNot(1)) => Some("numbers that are not squarefree"),
        (Function::TwoSquares, Accepted::Is(0)) => Some("numbers that are not sums of two squares"),
        (Function::IsPrime, _) if asked => Some("numbers that are not prime"),
        (Function::IsSquare, _) if asked => Some("numbers that are not squares"),
        (Function::IsTriangular, _) if asked => Some("numbers that are not triangular"),
        (Function::IsFibonacci, _) if asked => Some("numbers that are not Fibonacci numbers"),
        _ => None,
    }
}

/// What the values of a function at 0, 1, 2, ... or 1, 2, 3, ... are called, and the first
/// argument.
pub(super) fn values(function: Function) -> Option<(String, i64)> {
    let from_zero = |name: &str| Some((name.to_owned(), 0));
    match function {
        Function::Power(2) => from_zero("squares"),
        Function::Power(3) => from_zero("cubes"),
        Function::Power(4) => from_zero("fourth powers"),
        Function::Triangular => from_zero("triangular numbers"),
        Function::Exponential(base) if base > 1 => from_zero(&format!("powers of {base}")),
        Function::Factorial => from_zero("factorials"),
        Function::DoubleFactorial => from_zero("double factorials"),
        Function::Fibonacci => from_zero("Fibonacci numbers"),
        Function::Lucas => from_zero("Lucas numbers"),
        Function::Pell => from_zero("Pell numbers"),
        Function::Jacobsthal => from_zero("Jacobsthal numbers"),
        Function::Tribonacci => from_zero("tribonacci numbers"),
        Function::Padovan => from_zero("Padovan numbers"),
        Function::Catalan => from_zero("Catalan numbers"),
        Function::Motzkin => from_zero("Motzkin numbers"),
        Function::Bell => from_zero("Bell numbers"),
        Function::CentralBinomial => from_zero("central binomial coefficients"),
        Function::Partitions => from_zero("partition numbers"),
        Function::Prime => Some(("primes".to_owned(), 1)),
        _ => None,
    }
}

/// That an expression passes: `k^2 + 1 prime`, `totient(k) = 4`, `digit_sum(k) odd`.
pub(super) fn condition(function: Function, accepted: Accepted, of: Expression) -> Phrase {
    if let (Some(positive), Some([_, name])) = (asks_for(function, accepted), property(function)) {
        return Phrase::math(of).and_text(if positive { " " } else { " not " }).and_text(name);
    }
    match (function, accepted) {
        (Function::SquareFactor, Accepted::Is(1)) => Phrase::math(of).and_text(" squarefree"),
        (Function::SquareFactor, Accepted::IsNot(1)) => {
            Phrase::math(of).and_text(" not squarefree")
        }
        (Function::TwoSquares, Accepted::IsNot(0)) => {
            Phrase::math(of).and_text(" a sum of two squares")
        }
        (Function::TwoSquares, Accepted::Is(0)) => {
            Phrase::math(of).and_text(" not a sum of two squares")
        }
        _ => {
            let value = apply(function, of);
            let is = |value, sign, wanted: i64| {
                Phrase::math(Expression::comparison(value, sign, Expression::integer(wanted)))
            };
            match accepted {
                Accepted::Is(wanted) => is(value, "=", wanted),
                Accepted::IsNot(other) => is(value, "!=", other),
                Accepted::Remainder { residue, modulus } => match (residue, modulus.get()) {
                    (0, 2) => Phrase::math(value).and_text(" even"),
                    (1, 2) => Phrase::math(value).and_text(" odd"),
                    (0, modulus) => {
                        Phrase::math(value).and_text(format!(" divisible by {modulus}"))
                    }
                    (residue, modulus) => {
                        let modulus = Expression::integer(modulus);
                        is(Expression::modulo(value, modulus), "=", residue)
                    }
                },
            }
        }
    }
}
