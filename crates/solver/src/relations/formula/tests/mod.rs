//! Formulas of all families: their text, and their values.

mod values;

use std::num::NonZeroU32;

use super::*;
use ninth_sequences::{
    Accepted, CellFunction, Condition, Cycle, Family, IntegerRange, Lag, Listed, Past, Predicate,
    Reading, Step, TermIndex, Triangle,
};
use values::agrees;

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

/// Some tuples of every family in two ranges.
fn members() -> impl Iterator<Item = (Family, u32, Relation)> {
    let ranges = [(0, 255), (-128, 127)].map(|(min, max)| IntegerRange::new(min, max).unwrap());
    Family::ALL
        .into_iter()
        .flat_map(move |family| ranges.into_iter().flat_map(move |range| tuples(family, range)))
}

/// Some that are far apart, in an order without a pattern in the last parameters.
fn tuples(family: Family, range: IntegerRange) -> impl Iterator<Item = (Family, u32, Relation)> {
    let count = u64::from(family.parameter_count(range));
    let index = move |step: u64| ((step * 7919 + step * step * 104_729) % count) as u32;
    (0..120)
        .map(index)
        .filter_map(move |index| Some((family, index, family.relation(index, range)?)))
}

/// Relations that no search would find: nothing overflows, and nothing is left out.
#[test]
fn extreme_numbers() {
    let numbers = [i64::MIN, i64::MIN + 1, -1, 0, 1, 2, i64::MAX];
    for one in numbers {
        for other in numbers {
            let alike = [
                affine(one, other, one),
                Relation::Linear { first: [one, other], factors: [2, -1], constant: other },
                Relation::Linear { first: [one, other], factors: [other, 0], constant: one },
                cycle(&[one, other]),
                polynomial([one, other, one, other], u32::MAX),
                lagged(&[(one, 0), (other, 1)], Relation::Constant(other)),
                lagged(&[(one, other)], affine(one, 1, other)),
                Relation::After { first: one, then: boxed(affine(other, 1, one)) },
            ];
            for relation in alike {
                let around = [
                    relation.clone(),
                    sum(one, relation.clone()),
                    weighted(relation.clone(), &[other, other.wrapping_neg()], one),
                    weighted(relation.clone(), &[one], other),
                    weighted(relation.clone(), &[one, other, 3], other),
                    modulo(relation.clone(), u32::MAX),
                    hold(relation.clone(), &[u32::MAX, u32::MAX]),
                    apply(Function::Triangular, relation.clone()),
                    transformed(Transform::Euler, relation.clone()),
                    transformed(Transform::Compositions, relation.clone()),
                    transformed(Transform::Products, relation.clone()),
                    transformed(Transform::Divisors, relation.clone()),
                    select(relation.clone(), Function::IsPrime, Accepted::Is(one)),
                    weighted(
                        indices(relation.clone(), Function::Power(1), Accepted::Is(0)),
                        &[1],
                        other,
                    ),
                    combine(Operation::Convolution, relation.clone(), relation.clone()),
                    Relation::Product { first: one, factors: boxed(relation) },
                ];
                for relation in around {
                    let found = formula(&relation);
                    assert!(!found.to_string().is_empty() && !found.latex().is_empty());
                    agrees(&relation);
                }
            }
        }
    }
    let step = |constant| Step { ratio: ratio(i64::MIN, 3), constant };
    for condition in
        [Condition::Rising, Condition::Below(i64::MIN), Condition::Divisible(nonzero(1))]
    {
        let relation = Relation::Switch {
            first: i64::MIN,
            condition,
            then: step(i64::MAX),
            otherwise: step(i64::MIN),
        };
        assert!(!formula(&relation).to_string().is_empty());
    }
    let weights = [i64::MIN; 3];
    let relation = triangle(Triangle::Weighted { diagonal: weights, above: weights });
    assert!(!formula(&relation).to_string().is_empty());
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
