//! Integer functions that have a name: number theory, digits, and well-known sequences.
//!
//! A function has no value where it is not defined, where the value does not fit an `i64`, and
//! beyond [`Function::LARGEST_ARGUMENT`], so that no relation can take long to evaluate. Values
//! are computed from the definition; the few tables are made by the compiler.
//!
//! Everything about a function is its entry in the list below; what takes more than a line to
//! compute is in the file of its kind (`counting.rs`, `factors.rs`, `digits.rs`,
//! `self_describing.rs`).

pub(crate) mod arithmetic;
mod counting;
mod digits;
mod entry;
mod factors;
mod self_describing;

use std::fmt::{self, Display, Formatter};
use std::num::NonZeroU32;

use super::notation::bracketed;
use arithmetic::{binomial, gcd, is_square, kronecker, root};
use counting::{walk, walk_three};
use digits::digits;
use entry::functions;
use factors::factors;
use self_describing::listed;

/// 1 where something holds, else 0.
fn indicator(holds: bool) -> Option<i64> {
    Some(i64::from(holds))
}

functions! {
    // Counting sequences: n is an index from 0 on, or from 1 where the entry says so.

    /// `n^k`
    Power(k: u8) {
        first: 0, never_falls: true, formula: { |n| if k == 1 { n.to_owned() } else { format!("{}^{k}", bracketed(n)) } },
        value: |n| n.checked_pow(u32::from(k)),
    }

    /// `n (n + 1) / 2`
    Triangular {
        first: 0, never_falls: true, formula: "triangular",
        value: |n| Some(n * (n + 1) / 2),
    }

    /// `k^n`
    Exponential(k: u8) {
        first: 0, never_falls: k >= 1, formula: { |n| format!("{k}^{}", bracketed(n)) },
        value: |n| i64::from(k).checked_pow(n as u32),
    }

    /// `1 * 2 * ... * n`
    Factorial {
        first: 0, never_falls: true, formula: { |n| format!("{}!", bracketed(n)) },
        value: |n| (1..=n).try_fold(1, i64::checked_mul),
    }

    /// `n (n - 2) (n - 4) ...`
    DoubleFactorial {
        first: 0, never_falls: true, formula: { |n| format!("{}!!", bracketed(n)) },
        value: |n| (1..=n).rev().step_by(2).try_fold(1, i64::checked_mul),
    }

    /// 0, 1, 1, 2, 3, 5, ...
    Fibonacci {
        first: 0, never_falls: true, formula: "fibonacci",
        value: |n| walk(n, [0, 1], |_, a, b| a.checked_add(b)),
    }

    /// 2, 1, 3, 4, 7, ...
    Lucas {
        first: 0, never_falls: false, formula: "lucas",
        value: |n| walk(n, [2, 1], |_, a, b| a.checked_add(b)),
    }

    /// 0, 1, 2, 5, 12, ...
    Pell {
        first: 0, never_falls: true, formula: "pell",
        value: |n| walk(n, [0, 1], |_, a, b| b.checked_mul(2)?.checked_add(a)),
    }

    /// 0, 1, 1, 3, 5, 11, ...
    Jacobsthal {
        first: 0, never_falls: true, formula: "jacobsthal",
        value: |n| walk(n, [0, 1], |_, a, b| a.checked_mul(2)?.checked_add(b)),
    }

    /// 0, 0, 1, 1, 2, 4, 7, ...
    Tribonacci {
        first: 0, never_falls: true, formula: "tribonacci",
        value: |n| walk_three(n, [0, 0, 1], |a, b, c| a.checked_add(b)?.checked_add(c)),
    }

    /// 1, 1, 1, 2, 2, 3, 4, 5, ...
    Padovan {
        first: 0, never_falls: true, formula: "padovan",
        value: |n| walk_three(n, [1, 1, 1], |a, b, _| a.checked_add(b)),
    }

    /// 1, 1, 2, 5, 14, ...
    Catalan {
        first: 0, never_falls: true, formula: "catalan",
        value: |n| Some(binomial(2 * n, n)? / (n + 1)),
    }

    /// 1, 1, 2, 4, 9, 21, ...
    Motzkin {
        first: 0, never_falls: true, formula: "motzkin",
        value: |n| walk(n, [1, 1], |n, a, b| {
            let sum = (2 * n + 1).checked_mul(b)?.checked_add((3 * n - 3).checked_mul(a)?)?;
            Some(sum / (n + 2))
        }),
    }

    /// 1, 1, 2, 5, 15, 52, ...
    Bell { first: 0, never_falls: true, formula: "bell", value: |n| counting::bell(n) }

    /// `2n` choose `n`
    CentralBinomial {
        first: 0, never_falls: true, formula: { |n| format!("binomial(2 {}, {n})", bracketed(n)) },
        value: |n| binomial(2 * n, n),
    }

    /// Permutations without a fixed point: 1, 0, 1, 2, 9, ...
    Derangements {
        first: 0, never_falls: false, formula: "derangements",
        value: |n| walk(n, [1, 0], |n, a, b| a.checked_add(b)?.checked_mul(n - 1)),
    }

    /// Permutations that are their own inverse: 1, 1, 2, 4, 10, ...
    Involutions {
        first: 0, never_falls: true, formula: "involutions",
        value: |n| walk(n, [1, 1], |n, a, b| a.checked_mul(n - 1)?.checked_add(b)),
    }

    /// Partitions of `n`.
    Partitions {
        first: 0, never_falls: true, formula: "partitions",
        value: |n| counting::PARTITIONS.get(n as usize).copied(),
    }

    /// Partitions of `n` into distinct parts.
    DistinctPartitions {
        first: 0, never_falls: true, formula: "distinct_partitions",
        value: |n| counting::DISTINCT_PARTITIONS.get(n as usize).copied(),
    }

    /// The `n`-th prime, from 1 on.
    Prime {
        first: 1, never_falls: true, formula: "prime",
        value: |n| factors::PRIMES.get(n as usize - 1).map(|&prime| i64::from(prime)),
    }

    // Factors, for n from 1 on.

    /// The number of divisors.
    DivisorCount {
        first: 1, never_falls: false, formula: "divisor_count",
        value: |n| Some(factors(n).map(|(_, exponent)| i64::from(exponent) + 1).product()),
    }

    /// The sum of the divisors.
    DivisorSum {
        first: 1, never_falls: false, formula: "divisor_sum",
        value: |n| {
            let of_power = |(prime, exponent): (i64, u32)| (prime.pow(exponent + 1) - 1) / (prime - 1);
            Some(factors(n).map(of_power).product())
        },
    }

    /// Euler's totient: how many of `1..=n` are coprime to `n`.
    Totient {
        first: 1, never_falls: false, formula: "totient",
        value: |n| {
            let of_power = |(prime, exponent): (i64, u32)| prime.pow(exponent - 1) * (prime - 1);
            Some(factors(n).map(of_power).product())
        },
    }

    /// The smallest `m` with `a^m = 1` modulo `n` for all `a` coprime to `n`.
    Carmichael {
        first: 1, never_falls: false, formula: "carmichael",
        value: |n| factors::carmichael(n),
    }

    /// The number of distinct prime factors.
    DistinctPrimeFactors {
        first: 1, never_falls: false, formula: "distinct_prime_factors",
        value: |n| Some(factors(n).count() as i64),
    }

    /// The number of prime factors with multiplicity.
    PrimeFactors {
        first: 1, never_falls: false, formula: "prime_factors",
        value: |n| Some(factors(n).map(|(_, exponent)| i64::from(exponent)).sum()),
    }

    /// The smallest prime factor, 1 of 1.
    LeastPrimeFactor {
        first: 1, never_falls: false, formula: "least_prime_factor",
        value: |n| Some(factors(n).next().map_or(1, |(prime, _)| prime)),
    }

    /// The largest prime factor, 1 of 1.
    GreatestPrimeFactor {
        first: 1, never_falls: false, formula: "greatest_prime_factor",
        value: |n| Some(factors(n).last().map_or(1, |(prime, _)| prime)),
    }

    /// The product of the distinct prime factors.
    Radical {
        first: 1, never_falls: false, formula: "radical",
        value: |n| Some(factors(n).map(|(prime, _)| prime).product()),
    }

    /// The sum of the prime factors with multiplicity.
    PrimeFactorSum {
        first: 1, never_falls: false, formula: "prime_factor_sum",
        value: |n| Some(factors(n).map(|(prime, exponent)| prime * i64::from(exponent)).sum()),
    }

    /// The arithmetic derivative: 1 of a prime, `(ab)' = a'b + ab'`.
    Derivative {
        first: 1, never_falls: false, formula: "derivative",
        value: |n| Some(factors(n).map(|(prime, exponent)| n / prime * i64::from(exponent)).sum()),
    }

    /// 1, -1 or 0: the parity of the number of prime factors as a sign, 0 if one is repeated.
    Moebius {
        first: 1, never_falls: false, formula: "moebius",
        value: |n| Some(factors(n).map(|(_, exponent)| if exponent == 1 { -1 } else { 0 }).product()),
    }

    /// `n` divided by its largest square factor.
    SquarefreePart {
        first: 1, never_falls: false, formula: "squarefree_part",
        value: |n| {
            let odd = |&(_, exponent): &(i64, u32)| exponent % 2 == 1;
            Some(factors(n).filter(odd).map(|(prime, _)| prime).product())
        },
    }

    /// The largest square that divides it.
    SquareFactor {
        first: 1, never_falls: false, formula: "square_factor",
        value: |n| {
            let of_power = |(prime, exponent): (i64, u32)| prime.pow(exponent - exponent % 2);
            Some(factors(n).map(of_power).product())
        },
    }

    /// How often `k` divides it.
    Valuation(k: NonZeroU32) {
        first: 1, never_falls: false, formula: "valuation",
        value: |n| Some(factors::divided_out(n, i64::from(k.get())).0),
    }

    /// The quotient once it has been divided by `k` as often as possible.
    WithoutFactor(k: NonZeroU32) {
        first: 1, never_falls: false, formula: "without_factor",
        value: |n| Some(factors::divided_out(n, i64::from(k.get())).1),
    }

    /// The smallest `m` whose factorial it divides.
    Kempner {
        first: 1, never_falls: false, formula: "kempner",
        value: |n| Some(factors::kempner(n)),
    }

    /// The smallest number from 1 on that does not divide it.
    LeastNondivisor {
        first: 1, never_falls: false, formula: "least_nondivisor",
        value: |n| (1..).find(|divisor| n % divisor != 0),
    }

    /// The greatest common divisor with `k`, from 0 on.
    Gcd(k: NonZeroU32) {
        first: 0, never_falls: false, formula: "gcd",
        value: |n| gcd(n, i64::from(k.get())),
    }

    /// The numerator of `n / k` in lowest terms, from 0 on.
    Numerator(k: NonZeroU32) {
        first: 0, never_falls: false, formula: { |n| format!("{} / gcd({n}, {k})", bracketed(n)) },
        value: |n| Some(n / gcd(n, i64::from(k.get()))?),
    }

    /// The remainder by `k`, from 0 on.
    Remainder(k: NonZeroU32) {
        first: 0, never_falls: false, formula: { |n| format!("{} mod {k}", bracketed(n)) },
        value: |n| Some(n % i64::from(k.get())),
    }

    /// `floor(n / k)`, from 0 on.
    Quotient(k: NonZeroU32) {
        first: 0, never_falls: false, formula: { |n| format!("floor({} / {k})", bracketed(n)) },
        value: |n| Some(n / i64::from(k.get())),
    }

    /// The number of primes up to `n`, from 0 on.
    PrimeCount {
        first: 0, never_falls: false, formula: "prime_count",
        value: |n| factors::prime_count(n),
    }

    /// The smallest prime above `n`, from 0 on.
    NextPrime {
        first: 0, never_falls: false, formula: "next_prime",
        value: |n| (n + 1..).find(|&number| factors::is_prime(number)),
    }

    /// The largest prime up to `n`, from 2 on.
    PreviousPrime {
        first: 2, never_falls: false, formula: "previous_prime",
        value: |n| (2..=n).rev().find(|&number| factors::is_prime(number)),
    }

    /// The number of ways to write `n` as an ordered sum of two squares of integers, from 0 on.
    TwoSquares {
        first: 0, never_falls: false, formula: "two_squares",
        value: |n| Some(factors::two_squares(n)),
    }

    /// 1 of a prime, else 0, from 0 on.
    IsPrime {
        first: 0, never_falls: false, formula: "is_prime",
        value: |n| indicator(factors::is_prime(n)),
    }

    /// 1 of a square, else 0, from 0 on.
    IsSquare {
        first: 0, never_falls: false, formula: "is_square",
        value: |n| indicator(is_square(n)),
    }

    /// 1 of a triangular number, else 0, from 0 on.
    IsTriangular {
        first: 0, never_falls: false, formula: "is_triangular",
        value: |n| indicator(is_square(8 * n + 1)),
    }

    /// 1 of a Fibonacci number, else 0, from 0 on.
    IsFibonacci {
        first: 0, never_falls: false, formula: "is_fibonacci",
        value: |n| indicator(is_square(5 * n * n + 4) || is_square(5 * n * n - 4)),
    }

    /// The Kronecker symbol `(k / n)`: of an odd prime, 1 if `k` is a square modulo it,
    /// -1 if not, 0 if it divides `k`.
    Kronecker(k: i8) {
        first: 1, never_falls: false, formula: { |n| format!("({k} / {})", bracketed(n)) },
        value: |n| Some(kronecker(i64::from(k), n)),
    }

    /// The multiplicative order: the smallest `m` from 1 on with `k^m = 1` modulo `n`, where there
    /// is one.
    Order(k: u8) {
        first: 1, never_falls: false, formula: { |n| format!("order({k}, {n})") },
        value: |n| factors::order(i64::from(k), n),
    }

    // Digits in a base of at least 2, for n from 0 on; base 1 is read as 2.

    /// The sum of the digits.
    DigitSum(base: u8) {
        first: 0, never_falls: false, formula: "digit_sum",
        value: |n| Some(digits(n, base).sum()),
    }

    /// The number of digits, 0 of 0.
    DigitCount(base: u8) {
        first: 0, never_falls: false, formula: "digit_count",
        value: |n| Some(digits(n, base).count() as i64),
    }

    /// The product of the digits.
    DigitProduct(base: u8) {
        first: 0, never_falls: false, formula: "digit_product",
        value: |n| Some(if n == 0 { 0 } else { digits(n, base).product() }),
    }

    /// How often a digit (the first parameter) occurs in a base (the second).
    DigitOccurrences(digit: u8, base: u8) {
        first: 0, never_falls: false, formula: "digit_occurrences",
        value: |n| {
            let occurs = |other: &i64| *other == i64::from(digit);
            Some(digits(n, base).filter(occurs).count() as i64)
        },
    }

    /// The number with the digits in reverse order.
    Reversal(base: u8) {
        first: 0, never_falls: false, formula: "reversal",
        value: |n| {
            let radix = i64::from(base.max(2));
            Some(digits(n, base).fold(0, |number, digit| number * radix + digit))
        },
    }

    /// The digits, read as decimal ones.
    Numeral(base: u8) {
        first: 0, never_falls: false, formula: "numeral",
        value: |n| digits::numeral(n, base),
    }

    /// `n` xor `floor(n / 2)`
    GrayCode {
        first: 0, never_falls: false, formula: { |n| format!("{0} xor floor({0} / 2)", bracketed(n)) },
        value: |n| Some(n ^ (n / 2)),
    }

    /// The Josephus problem: the survivor, from 1 on, when every second one of `n` is removed.
    Josephus {
        first: 0, never_falls: false, formula: "josephus",
        value: |n| Some(digits::josephus(n)),
    }

    // Slow growth, for n from 0 on.

    /// The largest `r` with `r^k <= n`; `k` is at least 2.
    Root(k: u8) {
        first: 0, never_falls: false, formula: { |n| match k {
            ..=2 => format!("floor(sqrt({n}))"),
            _ => format!("floor({}^(1/{k}))", bracketed(n)),
        } },
        value: |n| Some(root(n, u32::from(k.max(2)))),
    }

    /// The distance from `n` to the largest square that is at most `n`.
    AboveSquare {
        first: 0, never_falls: false, formula: { |n| format!("{n} - floor(sqrt({n}))^2") },
        value: |n| Some(n - n.isqrt().pow(2)),
    }

    // Rules that describe themselves, for n from 1 on.

    /// `g(n)` says how often `n` occurs: 1, 2, 2, 3, 3, 4, 4, 4, ...
    Golomb {
        first: 1, never_falls: false, formula: "golomb",
        value: |n| listed(&self_describing::GOLOMB, n),
    }

    /// The lengths of its own runs: 1, 2, 2, 1, 1, 2, 1, ...
    Kolakoski {
        first: 1, never_falls: false, formula: "kolakoski",
        value: |n| listed(&self_describing::KOLAKOSKI, n),
    }

    /// `q(n) = q(n - q(n-1)) + q(n - q(n-2))`: 1, 1, 2, 3, 3, 4, ...
    HofstadterQ {
        first: 1, never_falls: false, formula: "hofstadter_q",
        value: |n| listed(&self_describing::HOFSTADTER_Q, n),
    }

    /// `c(n) = c(c(n-1)) + c(n - c(n-1))`: 1, 1, 2, 2, 3, 4, 4, ...
    Conway {
        first: 1, never_falls: false, formula: "conway",
        value: |n| listed(&self_describing::CONWAY, n),
    }

    /// `g(n) = n - g(g(n-1))`, `g(0) = 0`
    HofstadterG {
        first: 0, never_falls: false, formula: "hofstadter_g",
        value: |n| listed(&self_describing::HOFSTADTER_G, n),
    }

    /// `h(n) = n - h(h(h(n-1)))`, `h(0) = 0`
    HofstadterH {
        first: 0, never_falls: false, formula: "hofstadter_h",
        value: |n| listed(&self_describing::HOFSTADTER_H, n),
    }

    /// The steps from `n` to 1: half of an even number, `3n + 1` of an odd one.
    CollatzSteps {
        first: 1, never_falls: false, formula: "collatz_steps",
        value: |n| Some(self_describing::collatz_steps(n)),
    }
}

impl Function {
    /// Arguments beyond this have no value, which bounds the time to factorise one: trial
    /// division by 172 primes at most.
    pub const LARGEST_ARGUMENT: i64 = 1 << 20;

    /// The function applied to `argument`, as a formula writes it.
    pub(super) fn of(self, argument: &str) -> Applied<'_> {
        Applied { function: self, argument }
    }
}

/// A function and the text of its argument. Its `Display` is the formula.
pub(super) struct Applied<'a> {
    function: Function,
    argument: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn k(value: u32) -> NonZeroU32 {
        NonZeroU32::new(value).unwrap()
    }

    /// The first values, from the first argument on.
    #[test]
    fn first_values() {
        let known: [(Function, &[i64]); 62] = [
            (Function::Power(3), &[0, 1, 8, 27, 64]),
            (Function::Triangular, &[0, 1, 3, 6, 10, 15]),
            (Function::Exponential(3), &[1, 3, 9, 27, 81]),
            (Function::Factorial, &[1, 1, 2, 6, 24, 120]),
            (Function::DoubleFactorial, &[1, 1, 2, 3, 8, 15, 48, 105]),
            (Function::Fibonacci, &[0, 1, 1, 2, 3, 5, 8, 13]),
            (Function::Lucas, &[2, 1, 3, 4, 7, 11, 18]),
            (Function::Pell, &[0, 1, 2, 5, 12, 29, 70]),
            (Function::Jacobsthal, &[0, 1, 1, 3, 5, 11, 21]),
            (Function::Tribonacci, &[0, 0, 1, 1, 2, 4, 7, 13]),
            (Function::Padovan, &[1, 1, 1, 2, 2, 3, 4, 5, 7]),
            (Function::Catalan, &[1, 1, 2, 5, 14, 42, 132]),
            (Function::Motzkin, &[1, 1, 2, 4, 9, 21, 51, 127]),
            (Function::Bell, &[1, 1, 2, 5, 15, 52, 203]),
            (Function::CentralBinomial, &[1, 2, 6, 20, 70, 252]),
            (Function::Derangements, &[1, 0, 1, 2, 9, 44, 265]),
            (Function::Involutions, &[1, 1, 2, 4, 10, 26, 76]),
            (Function::Partitions, &[1, 1, 2, 3, 5, 7, 11, 15, 22, 30]),
            (Function::DistinctPartitions, &[1, 1, 1, 2, 2, 3, 4, 5, 6, 8]),
            (Function::Prime, &[2, 3, 5, 7, 11, 13, 17, 19, 23]),
            (Function::DivisorCount, &[1, 2, 2, 3, 2, 4, 2, 4, 3, 4]),
            (Function::DivisorSum, &[1, 3, 4, 7, 6, 12, 8, 15, 13, 18]),
            (Function::Totient, &[1, 1, 2, 2, 4, 2, 6, 4, 6, 4]),
            (Function::Carmichael, &[1, 1, 2, 2, 4, 2, 6, 2, 6, 4]),
            (Function::DistinctPrimeFactors, &[0, 1, 1, 1, 1, 2, 1, 1, 1, 2]),
            (Function::PrimeFactors, &[0, 1, 1, 2, 1, 2, 1, 3, 2, 2]),
            (Function::LeastPrimeFactor, &[1, 2, 3, 2, 5, 2, 7, 2, 3, 2]),
            (Function::GreatestPrimeFactor, &[1, 2, 3, 2, 5, 3, 7, 2, 3, 5]),
            (Function::Radical, &[1, 2, 3, 2, 5, 6, 7, 2, 3, 10]),
            (Function::PrimeFactorSum, &[0, 2, 3, 4, 5, 5, 7, 6, 6, 7]),
            (Function::Derivative, &[0, 1, 1, 4, 1, 5, 1, 12, 6, 7]),
            (Function::Moebius, &[1, -1, -1, 0, -1, 1, -1, 0, 0, 1]),
            (Function::SquarefreePart, &[1, 2, 3, 1, 5, 6, 7, 2, 1, 10]),
            (Function::SquareFactor, &[1, 1, 1, 4, 1, 1, 1, 4, 9, 1]),
            (Function::Valuation(k(2)), &[0, 1, 0, 2, 0, 1, 0, 3]),
            (Function::WithoutFactor(k(2)), &[1, 1, 3, 1, 5, 3, 7, 1, 9]),
            (Function::Kempner, &[1, 2, 3, 4, 5, 3, 7, 4, 6, 5]),
            (Function::LeastNondivisor, &[2, 3, 2, 3, 2, 4, 2, 3]),
            (Function::Gcd(k(6)), &[6, 1, 2, 3, 2, 1, 6]),
            (Function::Numerator(k(4)), &[0, 1, 1, 3, 1, 5, 3, 7, 2]),
            (Function::Remainder(k(3)), &[0, 1, 2, 0, 1, 2]),
            (Function::Quotient(k(3)), &[0, 0, 0, 1, 1, 1, 2]),
            (Function::PrimeCount, &[0, 0, 1, 2, 2, 3, 3, 4, 4, 4, 4, 5]),
            (Function::NextPrime, &[2, 2, 3, 5, 5, 7, 7, 11]),
            (Function::PreviousPrime, &[2, 3, 3, 5, 5, 7, 7, 7, 7, 11]),
            (Function::TwoSquares, &[1, 4, 4, 0, 4, 8, 0, 0, 4, 4, 8]),
            (Function::IsTriangular, &[1, 1, 0, 1, 0, 0, 1]),
            (Function::IsFibonacci, &[1, 1, 1, 1, 0, 1, 0, 0, 1]),
            (Function::Kronecker(5), &[1, -1, -1, 1, 0, 1, -1, -1, 1, 0]),
            (Function::Kronecker(-4), &[1, 0, -1, 0, 1, 0, -1, 0]),
            (Function::DigitSum(2), &[0, 1, 1, 2, 1, 2, 2, 3, 1]),
            (Function::Reversal(2), &[0, 1, 1, 3, 1, 5, 3, 7, 1]),
            (Function::Numeral(2), &[0, 1, 10, 11, 100, 101, 110]),
            (Function::GrayCode, &[0, 1, 3, 2, 6, 7, 5, 4]),
            (Function::Josephus, &[0, 1, 1, 3, 1, 3, 5, 7, 1]),
            (Function::Golomb, &[1, 2, 2, 3, 3, 4, 4, 4, 5, 5, 5, 6]),
            (Function::Kolakoski, &[1, 2, 2, 1, 1, 2, 1, 2, 2, 1, 2, 2]),
            (Function::HofstadterQ, &[1, 1, 2, 3, 3, 4, 5, 5, 6, 6]),
            (Function::Conway, &[1, 1, 2, 2, 3, 4, 4, 4, 5, 6]),
            (Function::HofstadterG, &[0, 1, 1, 2, 3, 3, 4, 4, 5, 6]),
            (Function::HofstadterH, &[0, 1, 1, 2, 3, 4, 4, 5, 5, 6]),
            (Function::CollatzSteps, &[0, 1, 7, 2, 5, 8, 16, 3, 19]),
        ];
        for (function, expected) in known {
            let first = function.first_argument();
            let arguments = first..first + expected.len() as i64;
            let found: Vec<Option<i64>> = arguments.map(|n| function.value(n)).collect();
            let expected: Vec<Option<i64>> = expected.iter().copied().map(Some).collect();
            assert_eq!(found, expected, "{function:?}");
            assert_eq!(function.value(first - 1), None, "{function:?}");
        }
        let orders = (1..=9).map(|n| Function::Order(2).value(n));
        let expected = [Some(1), None, Some(2), None, Some(4), None, Some(3), None, Some(6)];
        assert_eq!(orders.collect::<Vec<_>>(), expected);
        assert_eq!(Function::DigitOccurrences(1, 10).value(1121), Some(3));
        assert_eq!(Function::DigitProduct(10).value(234), Some(24));
        assert_eq!([0, 9, 10].map(|n| Function::DigitCount(10).value(n)), [0, 1, 2].map(Some));
        assert_eq!(Function::Root(3).value(26), Some(2));
        assert_eq!(Function::AboveSquare.value(11), Some(2));
    }

    /// The largest values that fit are there, and what is beyond them is not.
    #[test]
    fn functions_end_where_they_do_not_fit() {
        for (function, last) in [
            (Function::Fibonacci, 92),
            (Function::Lucas, 90),
            (Function::Factorial, 20),
            (Function::Exponential(2), 62),
            (Function::Prime, factors::PRIME_COUNT as i64),
        ] {
            assert!(function.value(last).is_some(), "{function:?}");
            assert_eq!(function.value(last + 1), None, "{function:?}");
        }
        let largest = Function::LARGEST_ARGUMENT;
        assert_eq!(Function::DivisorCount.value(largest), Some(21)); // 2^20
        assert_eq!(Function::DivisorCount.value(largest + 1), None);
        assert_eq!(Function::DivisorCount.value(i64::MAX), None);
    }

    #[test]
    fn what_never_falls_does_not() {
        let functions = [
            Function::Power(0),
            Function::Power(1),
            Function::Power(4),
            Function::Triangular,
            Function::Exponential(1),
            Function::Exponential(3),
            Function::Factorial,
            Function::DoubleFactorial,
            Function::Fibonacci,
            Function::Pell,
            Function::Jacobsthal,
            Function::Tribonacci,
            Function::Padovan,
            Function::Catalan,
            Function::Motzkin,
            Function::Bell,
            Function::CentralBinomial,
            Function::Involutions,
            Function::Partitions,
            Function::DistinctPartitions,
            Function::Prime,
        ];
        for function in functions {
            assert!(function.never_falls(), "{function:?}");
            let values = (function.first_argument()..2000).map_while(|n| function.value(n));
            assert!(values.is_sorted(), "{function:?}");
        }
        for function in [Function::Lucas, Function::Derangements, Function::Exponential(0)] {
            assert!(!function.never_falls(), "{function:?}");
        }
    }

    #[test]
    fn formulas() {
        let of = |function: Function, argument| function.of(argument).to_string();
        assert_eq!(of(Function::Totient, "n + 1"), "totient(n + 1)");
        assert_eq!(of(Function::Power(2), "n + 1"), "(n + 1)^2");
        assert_eq!(of(Function::Power(2), "s(n)"), "s(n)^2");
        assert_eq!(of(Function::Power(1), "n"), "n");
        assert_eq!(of(Function::DigitSum(2), "n"), "digit_sum(n, 2)");
        assert_eq!(of(Function::Root(2), "n"), "floor(sqrt(n))");
        assert_eq!(of(Function::Remainder(k(3)), "2 n"), "(2 n) mod 3");
    }
}
