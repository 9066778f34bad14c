//! Digits, and sequences that speak of themselves.

use ninth::BigInt;

use crate::Sequence;
use crate::tools::{COUNT, digits, from_digits, numbers, values};

fn small(terms: impl Iterator<Item = i64>) -> Vec<BigInt> {
    terms.take(COUNT).map(BigInt::from).collect()
}

/// Terms from those before, indexed from 1 on.
fn nested(seeds: &[i64], next: impl Fn(&dyn Fn(i64) -> i64, i64) -> i64) -> Vec<BigInt> {
    let mut all = seeds.to_vec();
    while all.len() < COUNT {
        let n = all.len() as i64 + 1;
        let value = next(&|index| all[index as usize - 1], n);
        all.push(value);
    }
    small(all.into_iter())
}

fn kolakoski() -> Vec<BigInt> {
    let mut all = vec![1, 2, 2];
    let mut run = 2;
    while all.len() < COUNT {
        let value = 3 - all[all.len() - 1];
        all.extend(std::iter::repeat_n(value, all[run] as usize));
        run += 1;
    }
    small(all.into_iter())
}

fn recaman() -> Vec<BigInt> {
    let mut all: Vec<i64> = vec![0];
    while all.len() < COUNT {
        let n = all.len() as i64;
        let back = all[all.len() - 1] - n;
        all.push(if back > 0 && !all.contains(&back) { back } else { back + 2 * n });
    }
    small(all.into_iter())
}

pub fn sequences() -> Vec<Sequence> {
    let weight = |n: i64| digits(n, 2).iter().sum::<i64>();
    let golden = (1.0 + 5.0_f64.sqrt()) / 2.0;
    let collatz = |mut n: i64| {
        let mut steps = 0;
        while n > 1 {
            n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
            steps += 1;
        }
        steps
    };
    let josephus = |n: i64| (2..=n).fold(0, |last, size| (last + 2) % size) + 1;
    vec![
        ("binary weights", values(0, weight)),
        ("Thue-Morse", values(0, |n| weight(n) % 2)),
        ("evil", numbers(|n| weight(n) % 2 == 0)),
        ("odious", numbers(|n| weight(n) % 2 == 1)),
        ("ruler", values(1, |n| i64::from(n.trailing_zeros()) + 1)),
        ("binary", values(0, |n| from_digits(&digits(n, 2), 10))),
        ("Gray code", values(0, |n| n ^ (n / 2))),
        ("digit sums", values(0, |n| digits(n, 10).iter().sum())),
        ("Golomb", nested(&[1], |a, n| 1 + a(n - a(a(n - 1))))),
        ("Kolakoski", kolakoski()),
        ("Recaman", recaman()),
        ("Hofstadter Q", nested(&[1, 1], |a, n| a(n - a(n - 1)) + a(n - a(n - 2)))),
        ("Hofstadter-Conway", nested(&[1, 1], |a, n| a(a(n - 1)) + a(n - a(n - 1)))),
        ("Josephus", values(1, josephus)),
        ("Collatz steps", values(1, collatz)),
        ("square roots", values(0, i64::isqrt)),
        ("lower Wythoff", values(1, |n| (n as f64 * golden) as i64)),
        ("upper Wythoff", values(1, |n| (n as f64 * golden) as i64 + n)),
        ("palindromes", numbers(|n| digits(n, 10).iter().eq(digits(n, 10).iter().rev()))),
        ("binary palindromes", numbers(|n| digits(n, 2).iter().eq(digits(n, 2).iter().rev()))),
        ("Moser-de Bruijn", values(0, |n| from_digits(&digits(n, 2), 4))),
        ("without 2 in base 3", values(0, |n| from_digits(&digits(n, 2), 3))),
        ("Gould", values(0, |n| 1 << weight(n))),
        ("k repeated k times", small((1..).flat_map(|k| std::iter::repeat_n(k, k as usize)))),
        ("1 to k", small((1..).flat_map(|k| 1..=k))),
        ("Stern", {
            let mut all = vec![0, 1];
            for n in 2..COUNT {
                let half = all[n / 2];
                all.push(if n % 2 == 0 { half } else { half + all[n / 2 + 1] });
            }
            small(all.into_iter())
        }),
    ]
}
