//! The numbers among which a list chooses.

use super::function::factor_cost;
use super::numbers::{cube_root, factors, is_prime, reversal};

/// A set of natural numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseSet {
    /// All of them.
    Naturals,
    /// The primes.
    Primes,
    /// 1, 3, 5, ...
    Odd,
    /// 0, 2, 4, ...
    Even,
    /// 4, 6, 8, 9, ...
    Composites,
    /// Products of distinct primes, with 1.
    Squarefree,
    /// Products of two primes.
    Semiprimes,
    /// 0, 1, 4, 9, ...
    Squares,
    /// 0, 1, 8, 27, ...
    Cubes,
    /// 0, 1, 3, 6, ...
    Triangular,
    /// Numbers whose digits read the same backwards.
    Palindromes,
}

/// All of them, with the bits of naming each.
pub const BASES: [(BaseSet, f64); 11] = [
    (BaseSet::Naturals, 0.5),
    (BaseSet::Primes, 2.5),
    (BaseSet::Odd, 4.5),
    (BaseSet::Composites, 5.0),
    (BaseSet::Even, 6.0),
    (BaseSet::Squarefree, 6.0),
    (BaseSet::Squares, 4.5),
    (BaseSet::Triangular, 5.5),
    (BaseSet::Semiprimes, 6.0),
    (BaseSet::Cubes, 6.5),
    (BaseSet::Palindromes, 6.0),
];

impl BaseSet {
    /// Whether it holds `n`.
    pub fn contains(self, n: u64) -> bool {
        match self {
            BaseSet::Naturals => true,
            BaseSet::Primes => is_prime(n),
            BaseSet::Odd => n % 2 == 1,
            BaseSet::Even => n.is_multiple_of(2),
            BaseSet::Composites => n >= 4 && !is_prime(n),
            BaseSet::Squarefree => {
                n > 0 && n >> 36 == 0 && factors(n).iter().all(|(_, exponent)| exponent == 1)
            }
            BaseSet::Semiprimes => {
                n >> 36 == 0 && factors(n).iter().map(|(_, exponent)| exponent).sum::<u32>() == 2
            }
            BaseSet::Squares => n.isqrt().pow(2) == n,
            BaseSet::Cubes => cube_root(n).pow(3) == n,
            BaseSet::Triangular => triangle_root(n).is_some_and(|root| root * (root + 1) / 2 == n),
            BaseSet::Palindromes => reversal(n, 10) == Some(n),
        }
    }

    /// The least member from `n` on, where that can be said.
    pub fn next(self, n: u64) -> Option<u64> {
        match self {
            BaseSet::Naturals => Some(n),
            BaseSet::Odd => n.checked_add(1 - n % 2),
            BaseSet::Even => n.checked_add(n % 2),
            BaseSet::Squares => {
                let root = n.isqrt();
                if root * root == n { Some(n) } else { (root + 1).checked_pow(2) }
            }
            BaseSet::Cubes => {
                let root = cube_root(n);
                if root.pow(3) == n { Some(n) } else { (root + 1).checked_pow(3) }
            }
            BaseSet::Triangular => {
                let root = triangle_root(n)?;
                let below = root * (root + 1) / 2;
                Some(if below == n { n } else { below + root + 1 })
            }
            BaseSet::Palindromes => next_palindrome(n),
            BaseSet::Primes | BaseSet::Composites | BaseSet::Squarefree | BaseSet::Semiprimes => {
                (n..n.checked_add(2000)?).find(|&n| self.contains(n))
            }
        }
    }

    /// The units of work of finding the least member from `n` on, about 20 nanoseconds each.
    pub fn cost(self, n: u64) -> u64 {
        match self {
            BaseSet::Naturals | BaseSet::Odd | BaseSet::Even | BaseSet::Squares => 1,
            BaseSet::Cubes | BaseSet::Triangular => 1,
            BaseSet::Palindromes => 4,
            BaseSet::Primes if n < 1 << 16 => 1,
            BaseSet::Primes if n < 1 << 32 => 15,
            BaseSet::Primes => 60,
            BaseSet::Composites => {
                if n < 1 << 16 {
                    1
                } else {
                    8
                }
            }
            BaseSet::Squarefree | BaseSet::Semiprimes => 2 * factor_cost(n),
        }
    }

    /// About how many members there are from `from` to `to`.
    pub fn count(self, from: u64, to: u64) -> f64 {
        let (low, high) = (from as f64, to as f64);
        let all = high - low + 1.0;
        match self {
            BaseSet::Naturals => all,
            BaseSet::Odd | BaseSet::Even => all / 2.0,
            BaseSet::Primes | BaseSet::Composites if to < 1 << 16 => {
                let table = super::numbers::primes();
                let below = |n: u64| table.partition_point(|&prime| u64::from(prime) < n);
                let primes = (below(to + 1) - below(from)) as f64;
                if self == BaseSet::Primes { primes } else { all - primes }
            }
            BaseSet::Primes => all / high.ln(),
            BaseSet::Composites => all - all / high.ln(),
            BaseSet::Squarefree => all * 0.6,
            BaseSet::Semiprimes => all * 0.25,
            BaseSet::Squares => high.sqrt() - low.sqrt() + 1.0,
            BaseSet::Cubes => high.cbrt() - low.cbrt() + 1.0,
            BaseSet::Triangular => (2.0 * high).sqrt() - (2.0 * low).sqrt() + 1.0,
            BaseSet::Palindromes => {
                let below = |n: f64| if n < 10.0 { n } else { 2.0 * n.sqrt() + 3.0 };
                below(high) - below(low) + 1.0
            }
        }
    }

    /// The members in words, as a plural.
    pub fn words(self) -> &'static str {
        match self {
            BaseSet::Naturals => "numbers",
            BaseSet::Primes => "primes",
            BaseSet::Odd => "odd numbers",
            BaseSet::Even => "even numbers",
            BaseSet::Composites => "composite numbers",
            BaseSet::Squarefree => "squarefree numbers",
            BaseSet::Semiprimes => "semiprimes",
            BaseSet::Squares => "squares",
            BaseSet::Cubes => "cubes",
            BaseSet::Triangular => "triangular numbers",
            BaseSet::Palindromes => "palindromes",
        }
    }
}

/// The largest `k` with `k (k + 1) / 2` at most `n`; nothing of numbers too large.
fn triangle_root(n: u64) -> Option<u64> {
    (n < 1 << 60).then(|| ((8 * n + 1).isqrt() - 1) / 2)
}

/// The least palindrome from `n` on.
fn next_palindrome(n: u64) -> Option<u64> {
    let length = n.max(1).ilog10() + 1;
    let half = length.div_ceil(2);
    let mirrored = |left: u64, length: u32| {
        let tail = if length % 2 == 1 { left / 10 } else { left };
        let shift = 10_u64.checked_pow(length / 2)?;
        let padded = super::numbers::digits(tail, 10).fold(0, |all, digit| all * 10 + digit);
        left.checked_mul(shift)?.checked_add(padded)
    };
    let left = n / 10_u64.checked_pow(length - half)?;
    let same = mirrored(left, length)?;
    if same >= n {
        return Some(same);
    }
    match (left + 1).ilog10() + 1 == half {
        true => mirrored(left + 1, length),
        false => mirrored(10_u64.pow(length.div_ceil(2) - u32::from(length % 2 == 1)), length + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_is_the_least_member() {
        for (base, _) in BASES {
            for n in (0..700).chain(9_990..10_120).chain(99_990..100_010) {
                let least = (n..).find(|&n| base.contains(n));
                assert_eq!(base.next(n), least, "{base:?} {n}");
            }
            let _ = base.next(u64::MAX);
            let _ = base.contains(u64::MAX);
        }
    }
}
