//! Formulas of all families: their text, and their values.

use std::collections::HashMap;
use std::num::NonZeroU32;

use num_integer::Integer;
use num_traits::{One, Pow, ToPrimitive, Zero};

use super::*;
use crate::expression::Right;
use ninth_sequences::{
    Accepted, CellFunction, Condition, Cycle, Family, IntegerRange, Lag, Listed, Past, Predicate,
    Reading, Step, TermIndex, Triangle,
};

fn nonzero(value: u32) -> NonZeroU32 {
    NonZeroU32::new(value).unwrap()
}

fn boxed(relation: Relation) -> Box<Relation> {
    Box::new(relation)
}

fn affine(first: i64, factor: i64, constant: i64) -> Relation {
    Relation::Affine { first, factor, constant }
}

fn counting(first: i64) -> Relation {
    affine(first, 1, 1)
}

fn apply(function: Function, to: Relation) -> Relation {
    Relation::Apply { function, to: boxed(to) }
}

fn primes() -> Relation {
    apply(Function::Prime, counting(1))
}

fn fibonacci() -> Relation {
    Relation::Linear { first: [0, 1], factors: [1, 1], constant: 0 }
}

fn cycle(values: &[i64]) -> Relation {
    Relation::Cycle(Cycle::new(values).unwrap())
}

fn sum(first: i64, steps: Relation) -> Relation {
    Relation::Sum { first, steps: boxed(steps) }
}

fn weighted(of: Relation, weights: &[i64], constant: i64) -> Relation {
    Relation::Weighted { of: boxed(of), weights: Cycle::new(weights).unwrap(), constant }
}

fn combine(operation: Operation, left: Relation, right: Relation) -> Relation {
    Relation::Combine { operation, left: boxed(left), right: boxed(right) }
}

fn modulo(of: Relation, modulus: u32) -> Relation {
    Relation::Modulo { of: boxed(of), modulus: nonzero(modulus) }
}

fn hold(of: Relation, runs: &[u32]) -> Relation {
    let runs: Vec<NonZeroU32> = runs.iter().map(|&run| nonzero(run)).collect();
    Relation::Hold { runs: Cycle::new(&runs).unwrap(), of: boxed(of) }
}

fn ratio(numerator: i64, denominator: u32) -> Ratio {
    Ratio { numerator, denominator: nonzero(denominator) }
}

fn lagged(lags: &[(i64, i64)], addend: Relation) -> Relation {
    let lags = lags.iter().map(|&(first, factor)| Lag { first, factor }).collect();
    Relation::Recurrence { lags, addend: boxed(addend) }
}

fn select(from: Relation, function: Function, accepted: Accepted) -> Relation {
    let predicate = Predicate { function, accepted };
    Relation::Select { from: boxed(from), predicate, output: SelectOutput::Terms }
}

fn indices(from: Relation, function: Function, accepted: Accepted) -> Relation {
    let predicate = Predicate { function, accepted };
    Relation::Select { from: boxed(from), predicate, output: SelectOutput::Indices }
}

fn transformed(by: Transform, of: Relation) -> Relation {
    Relation::Transformed { by, of: boxed(of) }
}

fn polynomial(coefficients: [i64; 4], divisor: u32) -> Relation {
    Relation::Polynomial { coefficients, divisor: nonzero(divisor) }
}

fn triangle(triangle: Triangle) -> Relation {
    Relation::Triangle(Box::new(triangle))
}

fn switch(condition: Condition, then: Step, otherwise: Step) -> Relation {
    Relation::Switch { first: 7, condition, then, otherwise }
}

/// The text of a formula and, if given, its LaTeX.
fn check(relation: Relation, plain: &str, latex: Option<&str>) {
    let found = formula(&relation);
    assert_eq!(found.to_string(), plain, "{relation:?}");
    if let Some(latex) = latex {
        assert_eq!(found.latex(), latex, "{relation:?}");
    }
    agrees(&relation);
}

#[test]
fn closed_forms() {
    check(Relation::Constant(7), "a(n) = 7", None);
    check(affine(2, 1, 3), "a(n) = 3 n + 2", Some("a(n) = 3 n + 2"));
    check(affine(5, 1, -1), "a(n) = -n + 5", None);
    check(affine(5, 2, 0), "a(n) = 5 * 2^n", Some("a(n) = 5 \\cdot 2^{n}"));
    check(affine(4, 2, 0), "a(n) = 2^(n + 2)", Some("a(n) = 2^{n + 2}"));
    check(affine(1, -2, 0), "a(n) = (-2)^n", Some("a(n) = (-2)^{n}"));
    check(affine(1, 2, 1), "a(n) = 2^(n + 1) - 1", None);
    check(affine(1, 2, -3), "a(n) = 3 - 2^(n + 1)", None);
    check(
        affine(1, 3, 1),
        "a(n) = 3 a(n-1) + 1, a(0) = 1",
        Some("a(n) = 3 a(n-1) + 1,\\quad a(0) = 1"),
    );
    check(affine(3, 0, 3), "a(n) = 3", None);
    check(affine(1, -1, 0), "a(n) = (-1)^n", Some("a(n) = (-1)^{n}"));
    check(affine(2, -1, 5), "2, 3 repeated", Some("a(n):\\ 2, 3\\text{ repeated}"));
    let squares = Relation::Linear { first: [0, 1], factors: [2, -1], constant: 2 };
    check(squares, "a(n) = n^2", None);
    check(sum(1, counting(1)), "a(n) = (n^2 + n + 2)/2", Some("a(n) = \\frac{n^{2} + n + 2}{2}"));
    check(sum(0, sum(0, counting(1))), "a(n) = (n^3 - n)/6", None);
    check(sum(1, affine(1, 2, 0)), "a(n) = 2^n", None);
    check(polynomial([-1, 0, 2, 1], 1), "a(n) = n^3 + 2 n^2 - 1", None);
    check(
        polynomial([0, 1, 0, 0], 2),
        "a(n) = floor(n/2)",
        Some("a(n) = \\left\\lfloor \\frac{n}{2} \\right\\rfloor"),
    );
    check(polynomial([0, 1, 1, 0], 2), "a(n) = (n^2 + n)/2", None);
    check(Relation::Product { first: 3, factors: boxed(counting(1)) }, "a(n) = 3 n!", None);
    check(Relation::Product { first: 1, factors: boxed(counting(2)) }, "a(n) = (n + 1)!", None);
    let geometric = |rounding| Relation::Geometric { first: 5, ratio: ratio(3, 2), rounding };
    check(
        geometric(Rounding::Floor),
        "a(n) = floor(5 (3/2)^n)",
        Some("a(n) = \\left\\lfloor 5 \\left(\\frac{3}{2}\\right)^{n} \\right\\rfloor"),
    );
    check(geometric(Rounding::Ceiling), "a(n) = ceiling(5 (3/2)^n)", None);
}

#[test]
fn recurrences() {
    check(
        fibonacci(),
        "a(n) = a(n-1) + a(n-2), a(0) = 0, a(1) = 1",
        Some("a(n) = a(n-1) + a(n-2),\\quad a(0) = 0,\\ a(1) = 1"),
    );
    check(sum(1, primes()), "a(n) = a(n-1) + prime(n), a(0) = 1", None);
    check(
        sum(1, fibonacci()),
        "a(n) = a(n-1) + s(n-1), a(0) = 1; s(n) = s(n-1) + s(n-2), s(0) = 0, s(1) = 1",
        Some(
            "a(n) = a(n-1) + s(n-1),\\quad a(0) = 1;\\quad \
             s(n) = s(n-1) + s(n-2),\\quad s(0) = 0,\\ s(1) = 1",
        ),
    );
    check(sum(1, cycle(&[2, 1])), "a(2n) = 3 n + 1, a(2n+1) = 3 n + 3", None);
    check(
        Relation::Product { first: 1, factors: boxed(primes()) },
        "a(n) = prime(n) a(n-1), a(0) = 1",
        None,
    );
    check(modulo(fibonacci(), 7), "a(n) = (a(n-1) + a(n-2)) mod 7, a(0) = 0, a(1) = 1", None);
    check(modulo(affine(9, 3, 1), 7), "a(n) = (3 a(n-1) + 1) mod 7, a(0) = 2", None);
    check(
        lagged(&[(1, 1), (1, 0), (2, -2)], Relation::Constant(3)),
        "a(n) = a(n-1) - 2 a(n-3) + 3, a(0) = 1, a(1) = 1, a(2) = 2",
        None,
    );
    check(
        lagged(&[(0, 1), (1, 1)], counting(0)),
        "a(n) = a(n-1) + a(n-2) + n, a(0) = 0, a(1) = 1",
        None,
    );
    check(
        lagged(&[(3, 0), (1, 0), (4, 0), (1, 0), (5, 1)], Relation::Constant(1)),
        "a(n) = a(n-5) + 1, a(0..4) = 3, 1, 4, 1, 5",
        Some("a(n) = a(n-5) + 1,\\quad a(0), \\dots, a(4) = 3, 1, 4, 1, 5"),
    );
    let past = [Past { first: 8, factor: 3 }].into();
    let rational = Relation::RationalRecurrence { past, constant: 1, divisor: nonzero(2) };
    check(rational, "a(n) = floor((3 a(n-1) + 1)/2), a(0) = 8", None);
    let scale =
        |ratios: &[Ratio]| Relation::Scale { first: 8, ratios: Cycle::new(ratios).unwrap() };
    check(scale(&[ratio(3, 2)]), "a(n) = floor(3 a(n-1)/2), a(0) = 8", None);
    check(
        scale(&[ratio(1, 2), ratio(3, 1)]),
        "a(2n+1) = floor(a(2n)/2), a(2n+2) = 3 a(2n+1), a(0) = 8",
        None,
    );
    let steps = [Step::affine(2, 3), Step::affine(1, -4)];
    check(
        Relation::Alternate { first: 5, steps },
        "a(2n+1) = 2 a(2n) + 3, a(2n+2) = a(2n+1) - 4, a(0) = 5",
        Some("a(2n+1) = 2 a(2n) + 3,\\quad a(2n+2) = a(2n+1) - 4,\\quad a(0) = 5"),
    );
    let function = Function::DigitSum(10);
    check(
        Relation::Iterate { first: 1, factor: 1, function, weight: 1 },
        "a(n) = a(n-1) + digit_sum(a(n-1)), a(0) = 1",
        Some("a(n) = a(n-1) + \\operatorname{digit\\_sum}(a(n-1)),\\quad a(0) = 1"),
    );
    let after = |first, then| Relation::After { first, then: boxed(then) };
    check(after(1, primes()), "a(n) = prime(n), a(0) = 1", None);
    check(after(4, fibonacci()), "a(n) = a(n-1) + a(n-2), a(0) = 4, a(1) = 0, a(2) = 1", None);
    check(after(4, sum(1, primes())), "a(n) = a(n-1) + prime(n - 1), a(0) = 4, a(1) = 1", None);
    check(after(4, Relation::Constant(2)), "4, then 2 for ever", None);
    check(after(0, counting(1)), "a(n) = n", None);
}

#[test]
fn several_rules() {
    let half = Step { ratio: ratio(1, 2), constant: 0 };
    check(
        switch(Condition::Divisible(nonzero(2)), half, Step::affine(3, 1)),
        "a(n) = a(n-1)/2 if a(n-1) is even, otherwise 3 a(n-1) + 1, a(0) = 7",
        Some(
            "a(n) = \\begin{cases} \\frac{a(n-1)}{2} & \\text{if } a(n-1)\\text{ is even} \\\\ \
             3 a(n-1) + 1 & \\text{otherwise} \\end{cases},\\quad a(0) = 7",
        ),
    );
    check(
        switch(Condition::Divisible(nonzero(3)), Step::affine(1, 1), half),
        "a(n) = a(n-1) + 1 if a(n-1) is divisible by 3, otherwise floor(a(n-1)/2), a(0) = 7",
        None,
    );
    check(
        switch(Condition::Below(10), Step::affine(1, 4), Step::affine(1, -7)),
        "a(n) = a(n-1) + 4 if a(n-1) < 10, otherwise a(n-1) - 7, a(0) = 7",
        None,
    );
    check(
        switch(Condition::Rising, Step::affine(1, -3), Step::affine(2, 0)),
        "a(n) = a(n-1) - 3 if a(n-1) > a(n-2), otherwise 2 a(n-1), a(0) = 7, a(1) = 14",
        None,
    );
    let interleave = |even, odd| Relation::Interleave { even: boxed(even), odd: boxed(odd) };
    check(interleave(affine(1, 1, 2), primes()), "a(2n) = 2 n + 1, a(2n+1) = prime(n + 1)", None);
    check(
        interleave(Relation::Constant(4), fibonacci()),
        "a(2n) = 4, a(2n+1) = s(n); s(n) = s(n-1) + s(n-2), s(0) = 0, s(1) = 1",
        None,
    );
    check(cycle(&[1, 2, 3]), "1, 2, 3 repeated", None);
    check(cycle(&[5, 5]), "a(n) = 5", None);
    let long: Vec<(i64, i64)> = (1..=14).map(|first| (first, i64::from(first == 14))).collect();
    check(
        lagged(&long, Relation::Constant(0)),
        "1, 2, 3, 4, 5, 6, 7, 8, ... repeated",
        Some("a(n):\\ 1, 2, 3, 4, 5, 6, 7, 8, \\dots\\text{ repeated}"),
    );
    check(lagged(&[(4, 0), (2, 0)], Relation::Constant(0)), "4, 2, then 0 for ever", None);
    check(
        lagged(&[(1, 0), (2, 0), (4, 1)], Relation::Constant(7)),
        "the numbers that are 1, 2 or 4 mod 7",
        None,
    );
    check(hold(counting(0), &[2]), "a(n) = floor(n/2)", None);
    check(hold(affine(1, 1, 3), &[2]), "a(n) = 3 floor(n/2) + 1", None);
    check(hold(counting(1), &[1, 2]), "a(3n) = 2 n + 1, a(3n+1) = a(3n+2) = 2 n + 2", None);
    check(
        hold(fibonacci(), &[2]),
        "a(n) = s(floor(n/2)); s(n) = s(n-1) + s(n-2), s(0) = 0, s(1) = 1",
        None,
    );
    check(
        hold(primes(), &[4, 5]),
        "prime(n + 1) for n = 0, 1, 2, ..., each repeated 4, 5 times in turn",
        None,
    );
}

#[test]
fn functions_of_sequences() {
    check(primes(), "a(n) = prime(n + 1)", Some("a(n) = \\operatorname{prime}(n + 1)"));
    check(
        apply(Function::Totient, affine(1, 1, 3)),
        "a(n) = totient(3 n + 1)",
        Some("a(n) = \\varphi(3 n + 1)"),
    );
    check(apply(Function::Power(2), counting(1)), "a(n) = (n + 1)^2", None);
    check(
        apply(Function::Triangular, counting(0)),
        "a(n) = n (n + 1)/2",
        Some("a(n) = \\frac{n (n + 1)}{2}"),
    );
    check(apply(Function::DigitSum(2), counting(0)), "a(n) = digit_sum(n, 2)", None);
    check(apply(Function::Root(2), counting(0)), "a(n) = floor(sqrt(n))", None);
    check(apply(Function::AboveSquare, counting(0)), "a(n) = n - floor(sqrt(n))^2", None);
    check(
        apply(Function::CentralBinomial, counting(1)),
        "a(n) = binomial(2 n + 2, n + 1)",
        Some("a(n) = \\binom{2 n + 2}{n + 1}"),
    );
    check(apply(Function::Factorial, primes()), "a(n) = prime(n + 1)!", None);
    check(weighted(primes(), &[2], -3), "a(n) = 2 prime(n + 1) - 3", None);
    check(weighted(counting(0), &[1, -1], 0), "a(n) = (-1)^n n", None);
    check(weighted(affine(1, 1, 2), &[-1, 1], 128), "a(n) = (-1)^(n + 1) (2 n + 1) + 128", None);
    check(weighted(affine(1, 1, 2), &[1, 3], 0), "a(2n) = 4 n + 1, a(2n+1) = 12 n + 9", None);
    check(
        weighted(fibonacci(), &[1, 3], 2),
        "a(n) = s(n) t(n) + 2; s = 1, 3 repeated; t(n) = t(n-1) + t(n-2), t(0) = 0, t(1) = 1",
        None,
    );
    check(
        modulo(apply(Function::Power(2), counting(0)), 7),
        "a(n) = n^2 mod 7",
        Some("a(n) = n^{2} \\bmod 7"),
    );
    check(modulo(counting(1), 7), "a(n) = (n + 1) mod 7", None);
    let squares = || apply(Function::Power(2), counting(0));
    check(combine(Operation::Sum, squares(), primes()), "a(n) = n^2 + prime(n + 1)", None);
    check(
        combine(Operation::Difference, primes(), affine(1, 1, 2)),
        "a(n) = prime(n + 1) - 2 n - 1",
        None,
    );
    check(combine(Operation::Product, counting(1), primes()), "a(n) = (n + 1) prime(n + 1)", None);
    check(combine(Operation::Sum, counting(0), counting(1)), "a(n) = 2 n + 1", None);
    check(
        combine(Operation::Quotient, Relation::Constant(96), counting(1)),
        "a(n) = floor(96/(n + 1))",
        None,
    );
    check(
        combine(Operation::Remainder, primes(), counting(1)),
        "a(n) = prime(n + 1) mod (n + 1)",
        None,
    );
    check(
        combine(Operation::Gcd, squares(), primes()),
        "a(n) = gcd(n^2, prime(n + 1))",
        Some("a(n) = \\gcd(n^{2}, \\operatorname{prime}(n + 1))"),
    );
    check(
        combine(Operation::Convolution, counting(1), primes()),
        "a(n) = Sum_{k=0..n} (k + 1) prime(n - k + 1)",
        Some("a(n) = \\sum_{k=0}^{n} (k + 1) \\operatorname{prime}(n - k + 1)"),
    );
    check(
        transformed(Transform::Differences, primes()),
        "a(n) = prime(n + 2) - prime(n + 1)",
        None,
    );
    check(transformed(Transform::Products, counting(1)), "a(n) = (n + 1)!", None);
    check(
        transformed(Transform::Products, primes()),
        "a(n) = Product_{k=0..n} prime(k + 1)",
        Some("a(n) = \\prod_{k=0}^{n} \\operatorname{prime}(k + 1)"),
    );
    check(transformed(Transform::Records, primes()), "a(n) = prime(n + 1)", None);
    check(
        transformed(Transform::Records, apply(Function::DivisorCount, counting(1))),
        "a(n) = Max_{k=0..n} divisor_count(k + 1)",
        Some("a(n) = \\max_{0 \\le k \\le n} \\tau(k + 1)"),
    );
    check(
        transformed(Transform::Binomial, primes()),
        "a(n) = Sum_{k=0..n} binomial(n, k) prime(k + 1)",
        None,
    );
    check(
        transformed(Transform::Divisors, Relation::Constant(1)),
        "a(n) = divisor_count(n + 1)",
        None,
    );
    check(transformed(Transform::Divisors, primes()), "a(n) = Sum_{d | n+1} prime(d)", None);
}

#[test]
fn numbers_in_words() {
    let four = Accepted::Is(4);
    let odd = Accepted::Remainder { residue: 1, modulus: nonzero(2) };
    check(
        select(counting(0), Function::Totient, four),
        "the numbers k with totient(k) = 4",
        Some("a(n):\\ \\text{the numbers }k\\text{ with }\\varphi(k) = 4"),
    );
    check(select(counting(0), Function::IsPrime, Accepted::Is(1)), "the primes", None);
    check(
        select(counting(3), Function::IsPrime, Accepted::Is(1)),
        "the primes p >= 3",
        Some("a(n):\\ \\text{the primes }p \\ge 3"),
    );
    check(select(counting(4), Function::IsPrime, Accepted::Is(0)), "the composite numbers", None);
    check(
        select(counting(0), Function::IsSquare, Accepted::Is(0)),
        "the numbers that are not squares",
        None,
    );
    check(
        select(counting(1), Function::SquareFactor, Accepted::Is(1)),
        "the squarefree numbers",
        None,
    );
    check(
        select(primes(), Function::DigitSum(10), Accepted::Is(7)),
        "the primes p with digit_sum(p) = 7",
        None,
    );
    let semiprimes = select(counting(1), Function::PrimeFactors, Accepted::Is(2));
    check(
        select(semiprimes, Function::DigitSum(10), odd),
        "the semiprimes k with digit_sum(k) odd",
        None,
    );
    check(
        select(affine(1, 1, 4), Function::IsPrime, Accepted::Is(1)),
        "the primes of the form 4 m + 1",
        Some("a(n):\\ \\text{the primes of the form }4 m + 1"),
    );
    check(
        select(counting(1), Function::DivisorCount, Accepted::IsNot(2)),
        "the numbers k with divisor_count(k) != 2",
        Some("a(n):\\ \\text{the numbers }k\\text{ with }\\tau(k) \\ne 2"),
    );
    check(
        select(polynomial([1, 0, 1, 0], 1), Function::IsPrime, Accepted::Is(1)),
        "the primes of the form m^2 + 1",
        None,
    );
    let prime = |of| apply(Function::IsPrime, of);
    let one = Accepted::Is(1);
    check(
        indices(prime(polynomial([1, 0, 1, 0], 1)), Function::Power(1), one),
        "the numbers k with k^2 + 1 prime",
        None,
    );
    let twins = combine(Operation::Product, prime(counting(2)), prime(counting(0)));
    check(indices(twins, Function::Power(1), one), "the primes p with p + 2 prime", None);
    let equal = combine(
        Operation::Difference,
        apply(Function::Totient, counting(1)),
        apply(Function::DivisorCount, counting(1)),
    );
    check(
        weighted(indices(equal, Function::Power(1), Accepted::Is(0)), &[1], 1),
        "the numbers k >= 1 with totient(k) = divisor_count(k)",
        None,
    );
    check(
        Relation::Digits { numerator: 8, denominator: nonzero(7), base: 10 },
        "the decimal digits of 1/7 after the point",
        Some("a(n):\\ \\text{the decimal digits of }\\frac{1}{7}\\text{ after the point}"),
    );
    check(Relation::RootDigits { radicand: 2, degree: 2 }, "the decimal digits of sqrt(2)", None);
    check(Relation::ContinuedFraction { radicand: 2 }, "the continued fraction of sqrt(2)", None);
    check(
        transformed(Transform::Euler, Relation::Constant(1)),
        "the number of partitions of n",
        None,
    );
    check(
        transformed(Transform::Euler, cycle(&[1, 0])),
        "the number of partitions of n into odd parts",
        None,
    );
    check(
        transformed(
            Transform::Euler,
            lagged(&[(1, 0), (1, 0), (0, 0), (0, 0), (1, 0)], Relation::Constant(0)),
        ),
        "the number of partitions of n into parts 1, 2 and 5",
        None,
    );
    check(
        transformed(Transform::Compositions, lagged(&[(1, 0), (1, 0)], Relation::Constant(0))),
        "the number of compositions of n into parts 1 and 2",
        None,
    );
    check(transformed(Transform::Euler, primes()), "the Euler transform of prime(n + 1)", None);
}

#[test]
fn triangles() {
    let cells = |cell, origin, reading| triangle(Triangle::Cells { cell, origin, reading });
    check(
        cells(CellFunction::Gcd, 1, Reading::Antidiagonals),
        "T(n, k) = gcd(n, k) for n, k >= 1, by antidiagonals",
        Some("a(n):\\ T(n, k) = \\gcd(n, k)\\text{ for }n, k \\ge 1\\text{, by antidiagonals}"),
    );
    check(
        cells(CellFunction::Divides, 1, Reading::Rows),
        "T(n, k) = 1 if k divides n, otherwise 0, for 1 <= k <= n, by rows",
        None,
    );
    check(
        weighted(cells(CellFunction::Distance, 0, Reading::Rows), &[2], 1),
        "T(n, k) = 2 |n - k| + 1 for 0 <= k <= n, by rows",
        None,
    );
    check(
        triangle(Triangle::Of { sequence: counting(1), place: TermIndex::FromRight }),
        "T(n, k) = n - k + 1 for 0 <= k <= n, by rows",
        None,
    );
    let ones = || Relation::Constant(1);
    check(
        triangle(Triangle::Inside { left: ones(), right: ones(), factors: [1, 1, 0], constant: 0 }),
        "T(n, k) = T(n-1, k-1) + T(n-1, k), T(n, 0) = 1, T(n, n) = 1 for n >= 1, by rows",
        None,
    );
    check(
        triangle(Triangle::Weighted { diagonal: [1, 0, 0], above: [-1, -1, 0] }),
        "T(n, k) = T(n-1, k-1) - (n + 1) T(n-1, k), T(0, 0) = 1, by rows",
        None,
    );
    check(
        triangle(Triangle::Listed(Listed::Divisors)),
        "the divisors of 1, 2, 3, ... in turn",
        None,
    );
}

#[test]
fn deep_trees_have_letters_enough() {
    let tree = (0..20).fold(fibonacci(), |steps, first| sum(first, steps));
    let text = formula(&tree).to_string();
    assert!(text.ends_with("s19(0) = 0, s19(1) = 1"), "{text}");
}

/// Some tuples of every family.
fn members() -> impl Iterator<Item = (Family, u32, Relation)> {
    let tuples = |family: Family| {
        let range = IntegerRange::default();
        let count = u64::from(family.parameter_count(range));
        // Some that are far apart, in an order without a pattern in the last parameters.
        let index = move |step: u64| ((step * 7919 + step * step * 104_729) % count) as u32;
        (0..120)
            .map(index)
            .filter_map(move |index| Some((family, index, family.relation(index, range)?)))
    };
    Family::ALL.into_iter().flat_map(tuples)
}

#[test]
fn every_family_has_readable_formulas() {
    for (family, index, relation) in members() {
        let found = formula(&relation);
        for text in [found.to_string(), found.latex()] {
            let count = |one: char| text.chars().filter(|other| *other == one).count();
            assert!(!text.is_empty() && text.chars().count() < 300, "{family} {index}: {text}");
            for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
                assert_eq!(count(open), count(close), "{family} {index}: {text}");
            }
            for bad in ["+ -", "- -", "((n))", " 1 n", "^1 ", "x[", ", ,", "  "] {
                assert!(!text.contains(bad), "{family} {index}: {text}");
            }
        }
    }
}

/// Formulas have the values that relations have.
#[test]
fn every_family_has_right_formulas() {
    let (mut all, mut checked) = (0, 0);
    for (_, _, relation) in members() {
        all += 1;
        checked += usize::from(agrees(&relation));
    }
    // The others are in words.
    assert!(checked * 10 > all * 7, "{checked} of {all}");
}

/// Compares the first terms with the values of the formula; `false` where it has words.
fn agrees(relation: &Relation) -> bool {
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
            (None, Right::Cases(..)) => return Err(Words),
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
            ("valuation", [at, k]) => of(Function::Valuation(nonzero(*k as u32)), *at),
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
