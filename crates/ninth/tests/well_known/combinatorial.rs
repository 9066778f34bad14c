//! Factorials, binomials, partitions, trees.

use ninth::BigInt;
use num_integer::Integer;
use num_traits::{One, Zero};

use crate::Sequence;
use crate::tools::{
    COUNT, binomial, divisors, euler, factorial, large, moebius, power, recurrence, sum, totient,
};

/// The sums of a row of Stirling numbers with weights.
fn second_kind(n: usize, k: usize) -> BigInt {
    let alternating = sum(k, |j| power(-1, k - j) * binomial(k, j) * power(j as i64, n));
    alternating / factorial(k)
}

fn first_kind(n: usize, k: usize) -> BigInt {
    match (n, k) {
        (0, 0) => BigInt::one(),
        (0, _) | (_, 0) => BigInt::zero(),
        _ => {
            // Rows of c(n, k) = c(n-1, k-1) + (n - 1) c(n-1, k).
            let mut row = vec![BigInt::one()];
            for m in 1..=n {
                let at = |row: &[BigInt], k: usize| row.get(k).cloned().unwrap_or_default();
                row = (0..=m)
                    .map(|k| {
                        let above = if k > 0 { at(&row, k - 1) } else { BigInt::zero() };
                        above + at(&row, k) * (m - 1)
                    })
                    .collect();
            }
            row[k].clone()
        }
    }
}

/// The zigzag numbers, by the triangle of Seidel, Entringer and Arnold.
fn zigzag(count: usize) -> Vec<BigInt> {
    let mut row = vec![BigInt::one()];
    let mut all = row.clone();
    while all.len() < count {
        let mut next = vec![BigInt::zero()];
        for one in row.iter().rev() {
            next.push(&next[next.len() - 1] + one);
        }
        all.push(next[next.len() - 1].clone());
        row = next;
    }
    all
}

/// Fractions as pairs: the Bernoulli numbers, from B(0) on.
fn bernoulli(count: usize) -> Vec<(BigInt, BigInt)> {
    let mut all: Vec<(BigInt, BigInt)> = Vec::new();
    for n in 0..count {
        let mut total = (BigInt::from(usize::from(n == 0)), BigInt::one());
        for (k, (above, below)) in all.iter().enumerate() {
            let above = -above * binomial(n + 1, k);
            total = (&total.0 * below + above * &total.1, &total.1 * below);
        }
        let (above, below) = (total.0, total.1 * (n + 1));
        let common = above.gcd(&below);
        all.push((above / &common, below / common));
    }
    all
}

fn harmonic(n: usize) -> (BigInt, BigInt) {
    let (above, below) = (1..=n)
        .fold((BigInt::zero(), BigInt::one()), |(above, below), k| (above * k + &below, below * k));
    let common = above.gcd(&below);
    (above / &common, below / common)
}

/// Rooted trees by nodes: each is a root with a multiset of rooted trees.
fn rooted_trees() -> Vec<BigInt> {
    let mut trees = vec![BigInt::zero(), BigInt::one()];
    while trees.len() <= COUNT {
        let known = trees.clone();
        let at = |k: i64| known.get(k as usize).cloned().unwrap_or_default();
        let forests = euler(at);
        trees.push(forests[trees.len() - 1].clone());
    }
    trees
}

pub fn sequences() -> Vec<Sequence> {
    let bell = |n: usize| sum(n, |k| second_kind(n, k));
    let catalan = |n: usize| binomial(2 * n, n) / (n + 1);
    let delannoy = |n: usize| sum(n, |k| binomial(n, k) * binomial(n + k, k));
    let schroeder = |n: usize| sum(n, |k| binomial(n + k, 2 * k) * catalan(k));
    let tangent = zigzag(2 * COUNT + 2);
    let fractions = bernoulli(2 * COUNT + 2);
    let necklaces = |n: usize, weight: &dyn Fn(i64) -> i64| -> BigInt {
        let all = divisors(n as i64);
        all.iter().map(|&d| power(2, n / d as usize) * weight(d)).sum::<BigInt>() / n
    };
    vec![
        ("factorials", large(0, factorial)),
        ("odd double factorials", recurrence(&[1], |a, n| &a[n - 1] * (2 * n - 1))),
        ("even double factorials", large(0, |n| power(2, n) * factorial(n))),
        ("double factorials", recurrence(&[1, 1], |a, n| &a[n - 2] * n)),
        ("superfactorials", recurrence(&[1], |a, n| &a[n - 1] * factorial(n))),
        ("derangements", recurrence(&[1, 0], |a, n| (&a[n - 1] + &a[n - 2]) * (n - 1))),
        ("involutions", recurrence(&[1, 1], |a, n| &a[n - 1] + &a[n - 2] * (n - 1))),
        ("arrangements", recurrence(&[1], |a, n| &a[n - 1] * n + 1)),
        ("left factorials", recurrence(&[0], |a, n| &a[n - 1] + factorial(n - 1))),
        ("n n!", large(1, |n| factorial(n) * n)),
        ("squares of factorials", large(0, |n| factorial(n) * factorial(n))),
        ("(2 n)!/n!", large(0, |n| factorial(2 * n) / factorial(n))),
        ("Catalan", large(0, catalan)),
        ("central binomials", large(0, |n| binomial(2 * n, n))),
        ("binomials (2 n + 1, n)", large(0, |n| binomial(2 * n + 1, n))),
        ("binomials (3 n, n)", large(0, |n| binomial(3 * n, n))),
        ("ternary trees", large(0, |n| binomial(3 * n, n) / (2 * n + 1))),
        ("largest binomials", large(0, |n| binomial(n, n / 2))),
        ("Motzkin", large(0, |n| sum(n / 2, |k| binomial(n, 2 * k) * catalan(k)))),
        ("large Schroeder", large(0, schroeder)),
        ("little Schroeder", large(1, |n| schroeder(n) / 2)),
        ("Delannoy", large(0, delannoy)),
        ("Apery", large(0, |n| sum(n, |k| (binomial(n, k) * binomial(n + k, k)).pow(2)))),
        ("Apery, zeta(2)", large(0, |n| sum(n, |k| binomial(n, k).pow(2) * binomial(n + k, k)))),
        ("Franel", large(0, |n| sum(n, |k| binomial(n, k).pow(3)))),
        (
            "central trinomials",
            large(0, |n| sum(n / 2, |k| binomial(n, 2 * k) * binomial(2 * k, k))),
        ),
        ("squares of central binomials", large(0, |n| binomial(2 * n, n).pow(2))),
        (
            "Domb",
            large(0, |n| {
                sum(n, |k| {
                    binomial(n, k).pow(2) * binomial(2 * k, k) * binomial(2 * n - 2 * k, n - k)
                })
            }),
        ),
        ("Bell", large(0, bell)),
        ("Fubini", large(0, |n| sum(n, |k| second_kind(n, k) * factorial(k)))),
        ("idempotent maps", large(0, |n| sum(n, |k| binomial(n, k) * power(k as i64, n - k)))),
        (
            "sets of lists",
            recurrence(&[1, 1], |a, n| &a[n - 1] * (2 * n - 1) - &a[n - 2] * ((n - 1) * (n - 2))),
        ),
        ("partial permutations", large(0, |n| sum(n, |k| binomial(n, k).pow(2) * factorial(k)))),
        ("Stirling second kind, 3", large(3, |n| second_kind(n, 3))),
        ("Stirling first kind, 2", large(2, |n| first_kind(n, 2))),
        ("Stirling first kind, 3", large(3, |n| first_kind(n, 3))),
        ("Euler zigzag", tangent[..COUNT].to_vec()),
        ("secant numbers", tangent.iter().step_by(2).take(COUNT).cloned().collect()),
        ("tangent numbers", tangent.iter().skip(1).step_by(2).take(COUNT).cloned().collect()),
        ("Bernoulli numerators", large(0, |n| fractions[2 * n].0.clone())),
        ("Bernoulli denominators", large(0, |n| fractions[2 * n].1.clone())),
        ("harmonic numerators", large(1, |n| harmonic(n).0)),
        ("harmonic denominators", large(1, |n| harmonic(n).1)),
        ("partitions", euler(|_| 1.into())),
        ("partitions into distinct parts", euler(|k| (k % 2).into())),
        ("plane partitions", euler(BigInt::from)),
        ("partitions in two colours", euler(|_| 2.into())),
        ("partitions without ones", euler(|k| i64::from(k > 1).into())),
        ("binary partitions", euler(|k| i64::from(k & (k - 1) == 0).into())),
        ("necklaces", large(1, |n| necklaces(n, &totient))),
        ("Lyndon words", large(1, |n| necklaces(n, &moebius))),
        ("rooted trees", rooted_trees()[1..=COUNT].to_vec()),
        (
            "Pascal's triangle",
            (0..).flat_map(|n| (0..=n).map(move |k| binomial(n, k))).take(COUNT).collect(),
        ),
    ]
}
