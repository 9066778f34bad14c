//! Number theory: primes and kinds of numbers, divisors, functions of the factors.

use num_integer::{gcd, lcm};

use super::arithmetic::{
    big_omega, factor, is_prime, is_square, mu, omega, phi, power_modulo, primes, root, sigma,
    sums_of_squares,
};
use super::series::{common_multiple, exactly, plus, small, times};
use super::{Entry, Series, numbers, series, values};

/// A function of a positive index.
macro_rules! of {
    (|$n:ident| $value:expr) => {
        |index: i64| {
            let $n = index.unsigned_abs();
            #[allow(clippy::unnecessary_cast)]
            {
                ($value) as i64
            }
        }
    };
}

fn nth_prime(n: usize) -> i64 {
    primes().nth(n.saturating_sub(1)).map_or(0, |prime| prime as i64)
}

/// `prime(prime(...(n)...))`, so many times.
fn prime_tower(count: usize, times: u32) -> Series {
    let mut known: Vec<u64> = Vec::new();
    let mut more = primes();
    small((1..=count as u64).map(|n| {
        (0..times).fold(n, |place, _| {
            let missing = (place as usize).saturating_sub(known.len());
            known.extend(more.by_ref().take(missing));
            known[place as usize - 1]
        }) as i64
    }))
}

fn exponents(n: u64) -> impl Iterator<Item = u32> {
    factor(n).map(|(_, exponent)| exponent)
}

fn is_squarefree(n: u64) -> bool {
    n > 0 && exponents(n).all(|it| it == 1)
}

fn order_of_two(modulus: u64) -> i64 {
    let mut power = 2 % modulus.max(1);
    let mut exponent = 1;
    while power > 1 {
        power = power * 2 % modulus;
        exponent += 1;
    }
    exponent
}

/// Whether the powers of `base` are all residues but 0 of a prime.
fn generates(base: u64, prime: u64) -> bool {
    factor(prime - 1).all(|(part, _)| power_modulo(base, (prime - 1) / part, prime) != 1)
}

fn primitive_root(prime: u64) -> i64 {
    (1..prime).find(|&base| generates(base, prime)).map_or(0, |base| base as i64)
}

fn carmichael_lambda(n: u64) -> u64 {
    factor(n).fold(1, |value, (prime, exponent)| {
        let all = prime.pow(exponent - 1) * (prime - 1);
        lcm(value, if prime == 2 && exponent > 2 { all / 2 } else { all })
    })
}

/// Products of factors above 1 with their order, and without.
fn factorisations(n: u64, largest: u64) -> i64 {
    let with = |d: &u64| n.is_multiple_of(*d);
    (2..=n.min(largest))
        .filter(with)
        .map(|d| if d == n { 1 } else { factorisations(n / d, d) })
        .sum()
}

fn ordered_factorisations(n: u64) -> i64 {
    match n {
        0 => 0,
        1 => 1,
        _ => (1..n).filter(|d| n.is_multiple_of(*d)).map(ordered_factorisations).sum(),
    }
}

/// Abelian groups: a product of partition numbers of the exponents.
fn abelian_groups(n: u64) -> i64 {
    const PARTITIONS: [i64; 13] = [1, 1, 2, 3, 5, 7, 11, 15, 22, 30, 42, 56, 77];
    exponents(n).map(|it| PARTITIONS.get(it as usize).copied().unwrap_or(0)).product()
}

/// Whether every number up to `n` is a sum of different divisors (Stewart and Sierpinski).
fn is_practical(n: u64) -> bool {
    let mut reached = 1;
    n > 0
        && factor(n).all(|(prime, exponent)| {
            let fits = prime <= reached + 1;
            reached = reached.saturating_mul((0..exponent).fold(1, |sum, _| sum * prime + 1));
            fits
        })
}

/// The smallest number with `n` divisors, by trial.
fn smallest_with_divisors(n: u64) -> i64 {
    // 2^(n - 1) has n divisors, and no exponents are larger.
    fn search(rest: u64, primes: &[i64], largest: u64) -> Option<i64> {
        if rest == 1 {
            return Some(1);
        }
        let (&prime, others) = primes.split_first()?;
        let choices = (2..=rest.min(largest)).filter(|d| rest.is_multiple_of(*d));
        choices
            .filter_map(|d| {
                let power = prime.checked_pow(u32::try_from(d - 1).ok()?)?;
                power.checked_mul(search(rest / d, others, d)?)
            })
            .min()
    }
    search(n, &[2, 3, 5, 7, 11, 13, 17, 19, 23, 29], n).unwrap_or(0)
}

fn kempner(n: u64) -> i64 {
    let mut rest = n;
    (1..)
        .find(|&k| {
            rest /= gcd(rest, k);
            rest == 1
        })
        .map_or(0, |k| k as i64)
}

fn is_sum_of_two_squares(n: u64) -> bool {
    n == 0 || factor(n).all(|(prime, exponent)| prime % 4 != 3 || exponent % 2 == 0)
}

fn is_smooth(n: u64, largest: &[u64]) -> bool {
    let mut rest = n;
    for prime in largest {
        while rest > 0 && rest.is_multiple_of(*prime) {
            rest /= prime;
        }
    }
    rest == 1
}

/// The numbers whose value of a function is larger than all before.
fn records(value: fn(u64) -> f64, count: usize) -> Series {
    let mut best = 0.0;
    let largest = if count > 20 { 30_000 } else { 5_100 };
    small(
        (1..largest)
            .filter(move |&n| {
                let now = value(n as u64);
                let record = now > best + 1e-9;
                if record {
                    best = now;
                }
                record
            })
            .take(count),
    )
}

fn residue(n: u64, modulus: u64, rest: u64) -> bool {
    n % modulus == rest && is_prime(n)
}

/// Primorials with a number added, from the product of the first `from` primes on.
fn primorials_and(added: i64, from: usize, count: usize) -> Series {
    let mut product = num_bigint::BigInt::from(1);
    let mut all = primes();
    for _ in 0..from {
        product *= all.next().unwrap_or(1);
    }
    super::series::big((0..count).map(|_| {
        let term = &product + added;
        product *= all.next().unwrap_or(1);
        term
    }))
}

fn euclid(count: usize) -> Series {
    primorials_and(1, 0, count)
}

fn kummer(count: usize) -> Series {
    primorials_and(-1, 1, count)
}

/// The largest product of powers of different primes whose sum is at most `n`.
fn landau(count: usize) -> Series {
    let mut best = vec![1_i128; count];
    for prime in primes().take_while(|&prime| prime < count as u64) {
        for n in (0..count).rev() {
            let mut power = prime as usize;
            while power <= n {
                best[n] = best[n].max(best[n - power].saturating_mul(power as i128));
                power *= prime as usize;
            }
        }
    }
    Series::Small(best)
}

// A line each.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    // Primes and kinds of them.
    numbers(40, "primes", 1, 5, "a(n) = prime(n)", is_prime),
    numbers(65091, "odd primes", 1, 8, "a(n) = prime(n + 1)", |n| n > 2 && is_prime(n)),
    numbers(8578, "1 and the primes", 1, 9, "1 and the primes", |n| n == 1 || is_prime(n)),
    numbers(2808, "composites", 1, 7, "the composite numbers", |n| n > 3 && !is_prime(n)),
    numbers(18252, "nonprimes", 1, 8, "the positive integers that are not prime", |n| n > 0 && !is_prime(n)),
    numbers(1359, "lesser of twin primes", 1, 8, "primes p such that p + 2 is prime", |n| is_prime(n) && is_prime(n + 2)),
    numbers(6512, "greater of twin primes", 1, 9, "primes p such that p - 2 is prime", |n| n > 2 && is_prime(n) && is_prime(n - 2)),
    numbers(1097, "twin primes", 1, 8, "primes p such that p - 2 or p + 2 is prime", |n| n > 2 && is_prime(n) && (is_prime(n + 2) || is_prime(n - 2))),
    numbers(14574, "means of twin primes", 1, 9, "numbers n such that n - 1 and n + 1 are prime", |n| n > 2 && is_prime(n - 1) && is_prime(n + 1)),
    numbers(5384, "Sophie Germain primes", 1, 8, "primes p such that 2 p + 1 is prime", |n| is_prime(n) && is_prime(2 * n + 1)),
    numbers(5385, "safe primes", 1, 9, "primes p such that (p - 1)/2 is prime", |n| n > 2 && is_prime(n) && is_prime((n - 1) / 2)),
    numbers(23200, "lesser of cousin primes", 1, 10, "primes p such that p + 4 is prime", |n| is_prime(n) && is_prime(n + 4)),
    numbers(23201, "lesser of sexy primes", 1, 10, "primes p such that p + 6 is prime", |n| is_prime(n) && is_prime(n + 6)),
    numbers(2144, "primes 4 k + 1", 1, 8, "primes of the form 4 k + 1", |n| residue(n, 4, 1)),
    numbers(2145, "primes 4 k + 3", 1, 8, "primes of the form 4 k + 3", |n| residue(n, 4, 3)),
    numbers(2476, "primes 6 k + 1", 1, 9, "primes of the form 6 k + 1", |n| residue(n, 6, 1)),
    numbers(7528, "primes 6 k - 1", 1, 9, "primes of the form 6 k - 1", |n| residue(n, 6, 5)),
    numbers(3627, "primes 3 k - 1", 1, 10, "primes of the form 3 k - 1", |n| residue(n, 3, 2)),
    numbers(7519, "primes 8 k + 1", 1, 11, "primes of the form 8 k + 1", |n| residue(n, 8, 1)),
    numbers(7520, "primes 8 k + 3", 1, 11, "primes of the form 8 k + 3", |n| residue(n, 8, 3)),
    numbers(7521, "primes 8 k + 5", 1, 11, "primes of the form 8 k + 5", |n| residue(n, 8, 5)),
    numbers(7522, "primes 8 k + 7", 1, 11, "primes of the form 8 k + 7", |n| residue(n, 8, 7)),
    numbers(30430, "primes that end with 1", 1, 11, "primes of the form 10 k + 1", |n| residue(n, 10, 1)),
    numbers(30431, "primes that end with 3", 1, 11, "primes of the form 10 k + 3", |n| residue(n, 10, 3)),
    numbers(30432, "primes that end with 7", 1, 11, "primes of the form 10 k + 7", |n| residue(n, 10, 7)),
    numbers(30433, "primes that end with 9", 1, 11, "primes of the form 10 k + 9", |n| residue(n, 10, 9)),
    numbers(2313, "primes that are sums of two squares", 1, 9, "2 and the primes of the form 4 k + 1", |n| n == 2 || residue(n, 4, 1)),
    numbers(2496, "primes n^2 + 1", 1, 9, "primes of the form k^2 + 1", |n| n > 1 && is_square(n - 1) && is_prime(n)),
    numbers(5574, "numbers n with n^2 + 1 prime", 1, 9, "numbers n such that n^2 + 1 is prime", |n| n > 0 && is_prime(n.saturating_mul(n).saturating_add(1))),
    numbers(2407, "cuban primes", 1, 10, "primes that are differences of consecutive cubes", |n| n > 1 && (n - 1) % 3 == 0 && is_square((4 * n - 1) / 3) && is_prime(n)),
    numbers(1122, "primes with primitive root 2", 1, 10, "primes with primitive root 2", |n| n > 2 && is_prime(n) && generates(2, n)),
    numbers(1913, "full reptend primes", 1, 10, "primes with primitive root 10", |n| n > 5 && is_prime(n) && generates(10, n)),
    // Functions of primes.
    series(6450, "primes with prime index", 1, 8, "a(n) = prime(prime(n))", |count| prime_tower(count, 2)),
    series(38580, "primes with an index that is a prime with prime index", 1, 11, "a(n) = prime(prime(prime(n)))", |count| prime_tower(count, 3)),
    numbers(8864, "primes and 1", 1, 9, "a(n) = prime(n) + 1", |n| n > 2 && is_prime(n - 1)),
    numbers(6093, "primes less 1", 1, 9, "a(n) = prime(n) - 1", |n| is_prime(n + 1)),
    numbers(40976, "primes less 2", 1, 11, "a(n) = prime(n) - 2", |n| is_prime(n + 2)),
    numbers(100484, "doubles of primes", 1, 9, "a(n) = 2 prime(n)", |n| n % 2 == 0 && is_prime(n / 2)),
    numbers(1248, "squares of primes", 1, 8, "a(n) = prime(n)^2", |n| is_square(n) && is_prime(root(n))),
    series(30078, "cubes of primes", 1, 10, "a(n) = prime(n)^3", |count| small(primes().take(count).map(|it| it.pow(3) as i64))),
    series(30514, "fourth powers of primes", 1, 11, "a(n) = prime(n)^4", |count| small(primes().take(count).map(|it| it.pow(4) as i64))),
    series(1223, "gaps of primes", 1, 7, "a(n) = prime(n + 1) - prime(n)", |count| small(primes().zip(primes().skip(1)).map(|(one, next)| (next - one) as i64).take(count))),
    series(7504, "sums of the first primes", 0, 8, "the sums of the first n primes", exactly!(running, 0, nth_prime, plus)),
    series(2110, "primorials", 0, 7, "the products of the first n primes", exactly!(running, 1, nth_prime, times)),
    series(6862, "Euclid numbers", 0, 9, "the products of the first n primes, plus 1", euclid),
    series(57588, "Kummer numbers", 1, 10, "the products of the first n primes, less 1", kummer),
    series(34386, "primorials of n", 0, 9, "the products of the primes up to n", exactly!(running, 1, |n| if is_prime(n as u64) { n as i64 } else { 1 }, times)),
    series(3418, "least common multiples of 1 to n", 0, 7, "the least common multiple of 1, 2, ..., n", exactly!(running, 1, |n| n as i64, common_multiple)),
    series(1348, "numbers 2^p - 1", 1, 9, "a(n) = 2^prime(n) - 1", |count| super::series::big(primes().take(count).map(|prime| (num_bigint::BigInt::from(1) << prime) - 1))),
    series(720, "numbers of primes up to n", 1, 7, "the number of primes up to n", exactly!(running, 0, |n| i64::from(is_prime(n as u64 + 1)), plus)),
    values(10051, "characteristic function of the primes", 1, 9, "1 if n is prime, else 0", of!(|n| is_prime(n))),
    values(7917, "largest primes up to n", 2, 10, "the largest prime up to n", of!(|n| (0..=n).rev().find(|&it| is_prime(it)).unwrap_or(0))),
    values(7918, "smallest primes from n on", 0, 10, "the smallest prime from n on", of!(|n| (n..).find(|&it| is_prime(it)).unwrap_or(0))),
    values(151800, "next primes", 0, 9, "the smallest prime above n", of!(|n| (n + 1..).find(|&it| is_prime(it)).unwrap_or(0))),
    series(1918, "least primitive roots of primes", 1, 10, "the smallest primitive root of the n-th prime", |count| small(primes().map(primitive_root).take(count))),
    values(2326, "orders of 2 modulo 2 n + 1", 0, 10, "the multiplicative order of 2 modulo 2 n + 1", |n| order_of_two(2 * n.unsigned_abs() + 1)),
    values(45917, "Goldbach's decompositions", 1, 9, "the number of ways to write 2 n as a sum of two primes, without order", of!(|n| (1..=n).filter(|&p| is_prime(p) && is_prime(2 * n - p)).count())),
    // Kinds of numbers by their factors.
    numbers(1358, "semiprimes", 1, 7, "products of two primes", |n| n > 0 && big_omega(n) == 2),
    numbers(6881, "squarefree semiprimes", 1, 9, "products of two different primes", |n| big_omega(n) == 2 && !is_square(n)),
    numbers(14612, "products of three primes", 1, 9, "products of three primes", |n| big_omega(n) == 3),
    numbers(14613, "products of four primes", 1, 11, "products of four primes", |n| big_omega(n) == 4),
    numbers(7304, "sphenic numbers", 1, 9, "products of three different primes", |n| big_omega(n) == 3 && omega(n) == 3),
    numbers(7774, "numbers with two prime factors", 1, 10, "numbers with exactly two different prime factors", |n| omega(n) == 2),
    numbers(16105, "Blum integers", 1, 10, "products of two different primes of the form 4 k + 3", |n| big_omega(n) == 2 && omega(n) == 2 && factor(n).all(|(prime, _)| prime % 4 == 3)),
    numbers(30513, "numbers with 4 divisors", 1, 10, "numbers with exactly 4 divisors", |n| n > 0 && sigma(0, n) == 4),
    numbers(5117, "squarefree numbers", 1, 7, "numbers not divisible by a square above 1", is_squarefree),
    numbers(13929, "numbers that are not squarefree", 1, 8, "numbers divisible by a square above 1", |n| n > 0 && !is_squarefree(n)),
    numbers(961, "prime powers, with 1", 1, 8, "1 and the powers of primes", |n| n > 0 && omega(n) < 2),
    numbers(246655, "prime powers", 1, 8, "powers of primes", |n| omega(n) == 1),
    numbers(25475, "powers of primes that are not prime", 1, 9, "1 and the powers of primes with exponents above 1", |n| n > 0 && omega(n) < 2 && big_omega(n) != 1),
    numbers(24619, "numbers that are not prime powers", 1, 10, "numbers with at least two different prime factors", |n| omega(n) > 1),
    numbers(1597, "perfect powers", 1, 7, "powers with exponents above 1", |n| n > 0 && (n == 1 || exponents(n).fold(0, gcd) > 1)),
    numbers(1694, "powerful numbers", 1, 8, "numbers divisible by the squares of their prime factors", |n| n > 0 && exponents(n).all(|it| it > 1)),
    numbers(3586, "3-smooth numbers", 1, 8, "numbers 2^i 3^j", |n| is_smooth(n, &[2, 3])),
    numbers(51037, "5-smooth numbers", 1, 8, "numbers 2^i 3^j 5^k", |n| is_smooth(n, &[2, 3, 5])),
    numbers(2473, "7-smooth numbers", 1, 9, "numbers without prime factors above 7", |n| is_smooth(n, &[2, 3, 5, 7])),
    numbers(37, "numbers that are not squares", 1, 8, "a(n) = n + floor(1/2 + sqrt(n))", |n| n > 0 && !is_square(n)),
    numbers(45572, "numbers coprime to 10", 1, 10, "odd numbers not divisible by 5", |n| gcd(n, 10) == 1),
    // Sums of squares.
    numbers(1481, "sums of two squares", 1, 8, "numbers that are sums of two squares", is_sum_of_two_squares),
    numbers(22544, "numbers that are not sums of two squares", 1, 10, "numbers that are not sums of two squares", |n| !is_sum_of_two_squares(n)),
    numbers(404, "sums of two positive squares", 1, 9, "numbers that are sums of two squares above 0", |n| { n > 0 && is_sum_of_two_squares(n) && (!is_square(n) || factor(n).any(|(prime, _)| prime % 4 == 1)) }),
    numbers(9003, "hypotenuses", 1, 9, "hypotenuses of right triangles with whole sides", |n| factor(n).any(|(prime, _)| prime % 4 == 1)),
    numbers(4215, "numbers that need four squares", 1, 9, "numbers of the form 4^i (8 j + 7)", |n| n > 0 && n.trailing_zeros() % 2 == 0 && (n >> n.trailing_zeros()) % 8 == 7),
    numbers(378, "sums of three squares", 1, 9, "numbers that are sums of three squares", |n| n == 0 || n.trailing_zeros() % 2 == 1 || (n >> n.trailing_zeros()) % 8 != 7),
    series(4018, "ways as a sum of two squares", 0, 9, "the number of ways to write n as a sum of 2 squares, with order and signs", |count| small(sums_of_squares(2, count).into_iter())),
    series(5875, "ways as a sum of three squares", 0, 10, "the number of ways to write n as a sum of 3 squares, with order and signs", |count| small(sums_of_squares(3, count).into_iter())),
    series(118, "ways as a sum of four squares", 0, 10, "the number of ways to write n as a sum of 4 squares, with order and signs", |count| small(sums_of_squares(4, count).into_iter())),
    series(143, "ways as a sum of eight squares", 0, 11, "the number of ways to write n as a sum of 8 squares, with order and signs", |count| small(sums_of_squares(8, count).into_iter())),
    values(122, "theta function", 0, 10, "coefficients of the theta function: 2 at squares, 1 at 0", of!(|n| if n == 0 { 1 } else { 2 * i64::from(is_square(n)) })),
    values(10052, "characteristic function of the squares", 0, 9, "1 if n is a square, else 0", of!(|n| is_square(n))),
    values(10054, "characteristic function of the triangular numbers", 0, 10, "1 if n is a triangular number, else 0", of!(|n| is_square(8 * n + 1))),
    // Divisors.
    values(5, "numbers of divisors", 1, 6, "the number of divisors of n", of!(|n| sigma(0, n))),
    values(203, "sums of divisors", 1, 6, "the sum of the divisors of n", of!(|n| sigma(1, n))),
    values(1157, "sums of the squares of divisors", 1, 9, "the sum of the squares of the divisors of n", of!(|n| sigma(2, n))),
    values(1158, "sums of the cubes of divisors", 1, 10, "the sum of the cubes of the divisors of n", of!(|n| sigma(3, n))),
    values(1065, "sums of proper divisors", 1, 8, "the sum of the divisors of n but n", of!(|n| sigma(1, n) - n as i64)),
    values(1227, "numbers of odd divisors", 1, 9, "the number of odd divisors of n", of!(|n| sigma(0, n >> n.trailing_zeros()))),
    values(593, "sums of odd divisors", 1, 9, "the sum of the odd divisors of n", of!(|n| sigma(1, n >> n.trailing_zeros()))),
    values(34444, "numbers of unitary divisors", 1, 10, "a(n) = 2^omega(n)", of!(|n| 1_i64 << omega(n))),
    values(34448, "sums of unitary divisors", 1, 10, "the sum of the unitary divisors of n", of!(|n| factor(n).map(|(prime, exponent)| 1 + prime.pow(exponent)).product::<u64>())),
    numbers(5101, "abundant numbers", 1, 8, "numbers with proper divisors of a larger sum", |n| n > 0 && sigma(1, n) > 2 * n as i64),
    numbers(5100, "deficient numbers", 1, 9, "numbers with proper divisors of a smaller sum", |n| n > 0 && sigma(1, n) < 2 * n as i64),
    numbers(5153, "practical numbers", 1, 10, "numbers n such that all smaller numbers are sums of different divisors of n", is_practical),
    series(2093, "highly abundant numbers", 1, 10, "numbers with a larger sum of divisors than any smaller one", |count| records(|n| sigma(1, n) as f64, count)),
    values(5179, "smallest numbers with n divisors", 1, 9, "the smallest number with n divisors", of!(|n| smallest_with_divisors(n))),
    series(6218, "sums of the numbers of divisors", 0, 9, "the sums of the numbers of divisors of 1 to n", exactly!(running, 0, |n| sigma(0, n as u64), plus)),
    series(24916, "sums of the sums of divisors", 1, 9, "the sums of the sums of divisors of 1 to n", exactly!(running, 1, |n| sigma(1, n as u64 + 1), plus)),
    // Functions of the factors.
    values(10, "Euler's totients", 1, 6, "a(n) = phi(n)", of!(|n| phi(n))),
    values(8683, "Moebius function", 1, 8, "a(n) = mu(n)", of!(|n| mu(n))),
    values(8836, "Liouville function", 1, 9, "a(n) = (-1)^Omega(n)", of!(|n| 1 - 2 * i64::from(big_omega(n) % 2))),
    values(1221, "numbers of different prime factors", 1, 8, "a(n) = omega(n)", of!(|n| omega(n))),
    values(1222, "numbers of prime factors", 1, 8, "a(n) = Omega(n)", of!(|n| big_omega(n))),
    values(2322, "Carmichael's lambda", 1, 10, "a(n) = lambda(n)", of!(|n| carmichael_lambda(n))),
    values(1615, "Dedekind's psi", 1, 10, "a(n) = psi(n)", of!(|n| factor(n).fold(n, |value, (prime, _)| value / prime * (prime + 1)))),
    values(7434, "Jordan's totients of order 2", 1, 10, "the number of pairs (i, j) from 1 to n with gcd(i, j, n) = 1", of!(|n| factor(n).fold(n * n, |value, (prime, _)| value / (prime * prime) * (prime * prime - 1)))),
    values(6530, "greatest prime factors", 1, 9, "the greatest prime factor of n; 1 for 1", of!(|n| factor(n).map(|(prime, _)| prime).last().unwrap_or(1))),
    values(20639, "least prime factors", 1, 9, "the least prime factor of n; 1 for 1", of!(|n| factor(n).map(|(prime, _)| prime).next().unwrap_or(1))),
    values(7947, "radicals", 1, 9, "the product of the different prime factors of n", of!(|n| factor(n).map(|(prime, _)| prime).product::<u64>())),
    values(1414, "sums of prime factors", 1, 9, "the sum of the prime factors of n, with multiplicity", of!(|n| factor(n).map(|(prime, exponent)| prime * u64::from(exponent)).sum::<u64>())),
    values(8472, "sums of different prime factors", 1, 10, "the sum of the different prime factors of n", of!(|n| factor(n).map(|(prime, _)| prime).sum::<u64>())),
    values(8966, "characteristic function of the squarefree numbers", 1, 10, "1 if n is squarefree, else 0", of!(|n| is_squarefree(n))),
    values(7913, "squarefree parts", 1, 10, "the smallest number that makes n a square by multiplication", of!(|n| factor(n).filter(|(_, exponent)| exponent % 2 == 1).map(|(prime, _)| prime).product::<u64>())),
    values(8833, "largest square divisors", 1, 11, "the largest square that divides n", of!(|n| factor(n).map(|(prime, exponent)| prime.pow(exponent / 2 * 2)).product::<u64>())),
    values(51903, "largest exponents of the factors", 1, 11, "the largest exponent in the factorisation of n; 0 for 1", of!(|n| exponents(n).max().unwrap_or(0))),
    values(14963, "exponentials of Mangoldt's function", 1, 9, "p if n is a power of the prime p, else 1", of!(|n| if omega(n) == 1 { factor(n).map(|(prime, _)| prime).next().unwrap_or(1) } else { 1 })),
    values(3415, "arithmetic derivatives", 0, 9, "the arithmetic derivative of n", of!(|n| factor(n).map(|(prime, exponent)| n / prime * u64::from(exponent)).sum::<u64>())),
    values(2034, "Kempner numbers", 1, 10, "the smallest number whose factorial is divisible by n", of!(|n| kempner(n))),
    values(688, "Abelian groups", 1, 9, "the number of Abelian groups of order n", of!(|n| abelian_groups(n))),
    values(1055, "factorisations", 1, 9, "the number of ways to write n as a product of numbers above 1, without order", of!(|n| if n == 1 { 1 } else { factorisations(n, n) })),
    values(74206, "ordered factorisations", 0, 10, "the number of ways to write n as a product of numbers above 1, with order", of!(|n| ordered_factorisations(n))),
    // Sums over them.
    series(2088, "sums of Euler's totients", 0, 9, "the sums of phi(1) to phi(n)", exactly!(running, 0, |n| phi(n as u64) as i64, plus)),
    series(5728, "lengths of Farey sequences", 0, 9, "1 and the sums of phi(1) to phi(n)", exactly!(running, 1, |n| phi(n as u64) as i64, plus)),
    series(18805, "coprime pairs", 1, 10, "the number of coprime pairs of numbers from 1 to n", exactly!(running, 1, |n| 2 * phi(n as u64 + 1) as i64, plus)),
    series(2321, "Mertens' function", 1, 9, "the sums of mu(1) to mu(n)", exactly!(running, 1, |n| mu(n as u64 + 1), plus)),
    series(793, "Landau's function", 0, 9, "the largest order of a permutation of n elements", landau),
];
