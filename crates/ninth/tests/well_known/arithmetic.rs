//! Primes, divisors, and lists of numbers.

use ninth::BigInt;

use crate::Sequence;
use crate::tools::{
    COUNT, different_factors, digits, divisors, factors, gcd, is_prime, large, moebius, numbers,
    prime, totient, values,
};

fn is_square(n: i64) -> bool {
    let root = n.isqrt();
    root * root == n
}

fn is_lucky(count: usize) -> Vec<BigInt> {
    let mut left: Vec<i64> = (1..400).step_by(2).collect();
    let mut place = 1;
    while let Some(&step) = left.get(place).filter(|&&step| step as usize <= left.len()) {
        let kept = left.iter().zip(1..).filter(|&(_, index)| index % step != 0);
        left = kept.map(|(&n, _)| n).collect();
        place += 1;
    }
    left.into_iter().take(count).map(BigInt::from).collect()
}

fn ulam(count: usize) -> Vec<BigInt> {
    let mut all: Vec<i64> = vec![1, 2];
    while all.len() < count {
        let last = all[all.len() - 1];
        let ways = |n: i64| all.iter().filter(|&&a| 2 * a < n && all.contains(&(n - a))).count();
        let next = (last + 1..).find(|&n| ways(n) == 1).unwrap();
        all.push(next);
    }
    all.into_iter().map(BigInt::from).collect()
}

fn is_happy(mut n: i64) -> bool {
    while n > 6 {
        n = digits(n, 10).iter().map(|digit| digit * digit).sum();
    }
    n == 1
}

pub fn sequences() -> Vec<Sequence> {
    let sigma = |n: i64| divisors(n).iter().sum::<i64>();
    let tau = |n: i64| divisors(n).len() as i64;
    let p = |n: i64| prime(n as usize);
    let lcm = |n: usize| (1..=n as i64).fold(1, |all, k| all / gcd(all, k) * k).into();
    let exponents = |n: i64| {
        different_factors(n).iter().map(|q| factors(n).iter().filter(|f| *f == q).count()).min()
    };
    vec![
        ("primes", values(1, p)),
        ("odd primes", values(2, p)),
        ("composites", numbers(|n| n > 3 && !is_prime(n))),
        ("nonprimes", numbers(|n| n > 0 && !is_prime(n))),
        ("lesser twin primes", numbers(|n| is_prime(n) && is_prime(n + 2))),
        ("Sophie Germain primes", numbers(|n| is_prime(n) && is_prime(2 * n + 1))),
        ("primes 4 k + 1", numbers(|n| is_prime(n) && n % 4 == 1)),
        ("primes 4 k + 3", numbers(|n| is_prime(n) && n % 4 == 3)),
        ("primes 6 k + 1", numbers(|n| is_prime(n) && n % 6 == 1)),
        ("primes with prime index", values(1, |n| p(p(n)))),
        ("squares of primes", values(1, |n| p(n) * p(n))),
        ("prime gaps", values(1, |n| p(n + 1) - p(n))),
        ("primes up to n", values(1, |n| (1..=n).filter(|&k| is_prime(k)).count() as i64)),
        ("primorials", large(1, |n| (1..=n).map(|k| BigInt::from(prime(k))).product())),
        ("sums of primes", values(1, |n| (1..=n).map(p).sum())),
        ("numbers of divisors", values(1, tau)),
        ("sums of divisors", values(1, sigma)),
        ("sums of squares of divisors", values(1, |n| divisors(n).iter().map(|d| d * d).sum())),
        ("sums of proper divisors", values(1, |n| sigma(n) - n)),
        ("totients", values(1, totient)),
        ("Moebius", values(1, moebius)),
        ("prime factors", values(1, |n| factors(n).len() as i64)),
        ("different prime factors", values(1, |n| different_factors(n).len() as i64)),
        ("Liouville", values(1, |n| (-1_i64).pow(factors(n).len() as u32))),
        ("radicals", values(1, |n| different_factors(n).iter().product())),
        ("least prime factors", values(1, |n| factors(n).first().copied().unwrap_or(1))),
        ("greatest prime factors", values(1, |n| factors(n).last().copied().unwrap_or(1))),
        ("sums of prime factors", values(1, |n| factors(n).iter().sum())),
        ("sums of totients", values(1, |n| (1..=n).map(totient).sum())),
        ("least common multiples", large(1, lcm)),
        ("primes as indicator", values(1, |n| is_prime(n).into())),
        ("squarefree", numbers(|n| n > 0 && moebius(n) != 0)),
        ("not squarefree", numbers(|n| n > 0 && moebius(n) == 0)),
        ("semiprimes", numbers(|n| n > 1 && factors(n).len() == 2)),
        ("prime powers", numbers(|n| n > 1 && different_factors(n).len() == 1)),
        ("powerful numbers", numbers(|n| n == 1 || n > 1 && exponents(n) >= Some(2))),
        ("3-smooth", numbers(|n| n > 0 && factors(n).iter().all(|&q| q <= 3))),
        ("5-smooth", numbers(|n| n > 0 && factors(n).iter().all(|&q| q <= 5))),
        ("sums of two squares", numbers(|n| (0..=n).any(|k| k * k <= n && is_square(n - k * k)))),
        ("not squares", numbers(|n| !is_square(n))),
        ("abundant", numbers(|n| n > 0 && sigma(n) > 2 * n)),
        ("happy", numbers(|n| n > 0 && is_happy(n))),
        ("lucky", is_lucky(COUNT)),
        ("Ulam", ulam(COUNT)),
    ]
}
