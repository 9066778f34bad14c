//! Digits in base 10 and others, automatic sequences, and sequences that describe themselves.

use num_bigint::BigInt;

use super::arithmetic::{digits, factor, is_prime, number, reversed, written};
use super::series::{big, small};
use super::{Entry, Series, numbers, series, values};

/// A function of an index of at least zero.
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

fn digit_power_sum(n: u64, power: u32) -> u64 {
    digits(n, 10).map(|digit| digit.pow(power)).sum()
}

fn is_happy(n: u64) -> bool {
    let mut value = n;
    // The sums of squares of digits end in 1 or in a cycle through 4.
    while value > 4 {
        value = digit_power_sum(value, 2);
    }
    value == 1
}

fn collatz_steps(n: u64, triples_only: bool) -> i64 {
    let (mut value, mut steps) = (n, 0);
    while value > 1 {
        let odd = value % 2 == 1;
        value = if odd { 3 * value + 1 } else { value / 2 };
        steps += i64::from(odd || !triples_only);
    }
    steps
}

/// Zeckendorf's representation of `n` as bits, the place of the number 1 last.
fn zeckendorf(n: u64) -> u64 {
    let (mut one, mut next) = (1_u64, 2_u64);
    while next <= n {
        (one, next) = (next, one + next);
    }
    let (mut rest, mut bits) = (n, 0);
    while next > 1 {
        bits *= 2;
        if rest >= one {
            rest -= one;
            bits += 1;
        }
        (one, next) = (next - one, one);
        if one == 1 && next == 1 {
            break;
        }
    }
    bits
}

fn binary_length(n: u64) -> u32 {
    64 - n.leading_zeros()
}

/// Digits of a number given as an integer times a power of ten, rounded down.
fn decimals(count: usize, scaled: impl Fn(usize) -> BigInt) -> Series {
    // Some digits more, so that rounding does not reach those shown.
    let text = scaled(count + 12).to_string();
    small(text.bytes().take(count).map(|digit| i64::from(digit - b'0')))
}

fn ten(power: usize) -> BigInt {
    BigInt::from(10).pow(u32::try_from(power).unwrap_or(u32::MAX))
}

fn root_decimals(count: usize, of: u32) -> Series {
    decimals(count, |places| BigInt::sqrt(&(ten(2 * places) * of)))
}

/// `scale atan(1/x)`, or `atanh` where the signs do not alternate.
fn inverse_tangent(x: u32, scale: &BigInt, alternates: bool) -> BigInt {
    let square = BigInt::from(x) * x;
    let mut power = scale / x;
    let mut sum = power.clone();
    let (mut divisor, mut negative) = (3_u32, alternates);
    while power != BigInt::ZERO {
        power /= &square;
        let summand = &power / divisor;
        if negative {
            sum -= summand
        } else {
            sum += summand
        }
        negative = alternates && !negative;
        divisor += 2;
    }
    sum
}

/// Pi by the formula of Machin, `16 atan(1/5) - 4 atan(1/239)`.
fn pi(places: usize) -> BigInt {
    let scale = ten(places + 5);
    let sum = 16 * inverse_tangent(5, &scale, true) - 4 * inverse_tangent(239, &scale, true);
    sum / ten(5)
}

fn euler_number(places: usize) -> BigInt {
    let mut summand = ten(places + 5);
    let mut sum = BigInt::ZERO;
    let mut divisor = 1_u32;
    while summand != BigInt::ZERO {
        sum += &summand;
        summand /= divisor;
        divisor += 1;
    }
    sum / ten(5)
}

/// The first `count` terms of a sequence on the positive integers that refers to itself; the
/// rule is given the terms before, where the term of index 1 stands at 1.
fn from_before(count: usize, first: &[i64], next: fn(&[i64], usize) -> i64) -> Series {
    let mut terms = vec![0];
    terms.extend_from_slice(first);
    while terms.len() <= count {
        let value = next(&terms, terms.len());
        terms.push(value);
    }
    small(terms.into_iter().skip(1).take(count))
}

/// The same on the integers from 0 on.
fn from_zero(count: usize, first: &[i64], next: fn(&[i64], usize) -> i64) -> Series {
    let mut terms = first.to_vec();
    while terms.len() < count {
        let value = next(&terms, terms.len());
        terms.push(value);
    }
    small(terms.into_iter().take(count))
}

/// The term at a place that another term names; 0 where there is none.
fn at(terms: &[i64], place: i64) -> i64 {
    usize::try_from(place).ok().and_then(|place| terms.get(place).copied()).unwrap_or(0)
}

/// What remains of a list by crossing out; `step` is given what is left and the turn, and says
/// whether to go on.
fn sieved(
    count: usize,
    start: impl Iterator<Item = i64>,
    step: fn(&mut Vec<i64>, usize) -> bool,
) -> Series {
    let mut left: Vec<i64> = start.collect();
    let mut turn = 1;
    while step(&mut left, turn) {
        turn += 1;
    }
    small(left.into_iter().take(count))
}

/// How far to start, to have `count` numbers left: they thin out like the primes.
fn enough(count: usize) -> i64 {
    let count = count.max(8) as i64;
    count * (i64::from(64 - count.leading_zeros()) + 3)
}

fn drop_every(list: &mut Vec<i64>, step: usize, from: usize) {
    let mut place = 0;
    list.retain(|_| {
        place += 1;
        place < from || !(place - from).is_multiple_of(step)
    });
}

fn recaman(count: usize) -> Series {
    let mut seen = std::collections::HashSet::from([0_i64]);
    let mut value = 0;
    small((0..count as i64).map(|n| {
        if n > 0 {
            let back = value - n;
            value = if back > 0 && !seen.contains(&back) { back } else { value + n };
            seen.insert(value);
        }
        value
    }))
}

/// Ulam numbers: sums of two different ones before in exactly one way.
fn ulam(count: usize) -> Series {
    let mut terms = vec![1_i64, 2];
    let mut ways = vec![0_u8; 4]; // of each number
    ways[3] = 1;
    while terms.len() < count {
        let last = terms[terms.len() - 1] as usize;
        let Some(next) = (last + 1..ways.len()).find(|&sum| ways[sum] == 1) else { break };
        ways.resize(2 * next, 0);
        for term in &terms {
            let sum = *term as usize + next;
            ways[sum] = ways[sum].saturating_add(1);
        }
        terms.push(next as i64);
    }
    small(terms.into_iter().take(count))
}

/// Kolakoski's sequence: its own run lengths, of 1 and 2 in turn.
fn kolakoski(count: usize) -> Series {
    let mut terms: Vec<i64> = vec![1, 2, 2];
    let mut run = 2;
    while terms.len() < count {
        let next = 3 - terms[terms.len() - 1];
        for _ in 0..terms[run] {
            terms.push(next);
        }
        run += 1;
    }
    small(terms.into_iter().take(count))
}

/// Look and say: each term says what is seen in the term before. The terms grow by a third in
/// length each time.
fn look_and_say(count: usize) -> Series {
    const LONGEST: usize = 2_000;
    let mut digits: Vec<u8> = vec![1];
    let mut terms = Vec::new();
    while terms.len() < count && digits.len() < LONGEST {
        terms.push(BigInt::from_radix_be(num_bigint::Sign::Plus, &digits, 10).unwrap_or_default());
        let runs = digits.chunk_by(|one, next| one == next);
        // Runs are never longer than three.
        digits = runs.flat_map(|run| [run.len() as u8, run[0]]).collect();
    }
    Series::Big(terms)
}

/// Numbers joined: each term appends to the term before, or puts in front.
fn joined(count: usize, in_front: bool) -> Series {
    let mut text = String::new();
    big((1..=count.min(300)).map(|n| {
        text = if in_front { format!("{n}{text}") } else { format!("{text}{n}") };
        text.parse().unwrap_or_default()
    }))
}

/// The figures of Hofstadter: 1, 3, 7, 12, ... and the numbers that are left out.
fn figure_figure(count: usize) -> (Vec<i64>, Vec<i64>) {
    let (mut terms, mut left_out) = (vec![1_i64], Vec::new());
    let mut next = 2;
    while terms.len() < count || left_out.len() < count {
        if terms.contains(&next) {
            next += 1;
        }
        left_out.push(next);
        terms.push(terms[terms.len() - 1] + next);
        next += 1;
    }
    (terms, left_out)
}

/// Sums of a function of the numbers from 0 on.
fn summed(count: usize, summand: fn(u64) -> i64) -> Series {
    let mut sum = 0;
    small((0..count as u64).map(|n| {
        sum += summand(n);
        sum
    }))
}

fn is_palindrome(n: u64, base: u64) -> bool {
    reversed(n, base) == n
}

fn is_self_number(n: u64) -> bool {
    // d(k) = k + digits of k: only few k can reach n.
    n > 0 && (n.saturating_sub(180)..n).all(|k| k + digits(k, 10).sum::<u64>() != n)
}

fn is_smith(n: u64) -> bool {
    n > 3
        && !is_prime(n)
        && digits(n, 10).sum::<u64>()
            == factor(n)
                .map(|(prime, exponent)| digits(prime, 10).sum::<u64>() * u64::from(exponent))
                .sum::<u64>()
}

fn champernowne(count: usize) -> Series {
    let all = (1_u64..).flat_map(|n| n.to_string().into_bytes());
    small(all.map(|digit| i64::from(digit - b'0')).take(count))
}

fn stern(count: usize) -> Series {
    from_zero(count, &[0, 1], |terms, n| {
        terms[n / 2] + if n % 2 == 0 { 0 } else { terms[n / 2 + 1] }
    })
}

fn merge_sort(count: usize) -> Series {
    let mut sum = 0;
    small((1..=count as u64).map(|n| {
        sum += i64::from(binary_length(n - 1));
        sum
    }))
}

fn lucky(count: usize) -> Series {
    sieved(count, (1..enough(count)).step_by(2), |left, turn| {
        let step = left.get(turn).map_or(usize::MAX, |&it| it as usize);
        let goes_on = step <= left.len();
        if goes_on {
            drop_every(left, step, step);
        }
        goes_on
    })
}

fn flavius(count: usize) -> Series {
    let square = (count * count + 2 * count + 4) as i64;
    sieved(count, 1..square, |left, turn| {
        let goes_on = turn < left.len();
        if goes_on {
            drop_every(left, turn + 1, turn + 1);
        }
        goes_on
    })
}

fn ludic(count: usize) -> Series {
    let mut left: Vec<i64> = (2..enough(count)).collect();
    let mut terms = vec![1];
    while terms.len() < count && !left.is_empty() {
        let step = left[0] as usize;
        terms.push(left[0]);
        drop_every(&mut left, step, 1);
    }
    small(terms.into_iter().take(count))
}

// A line each.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    // Decimal digits.
    values(7953, "digit sums", 0, 7, "the sum of the decimal digits of n", of!(|n| digits(n, 10).sum::<u64>())),
    values(7954, "digit products", 0, 9, "the product of the decimal digits of n", of!(|n| digits(n, 10).product::<u64>())),
    values(10888, "digital roots", 0, 9, "the digital root of n", of!(|n| if n == 0 { 0 } else { (n - 1) % 9 + 1 })),
    values(4086, "numbers read backwards", 0, 8, "n read backwards", of!(|n| reversed(n, 10))),
    values(55642, "numbers of digits", 0, 9, "the number of decimal digits of n", of!(|n| digits(n, 10).count())),
    values(3132, "sums of the squares of digits", 0, 9, "the sum of the squares of the decimal digits of n", of!(|n| digit_power_sum(n, 2))),
    numbers(2113, "palindromes", 1, 7, "numbers that read the same backwards", |n| is_palindrome(n, 10)),
    numbers(2385, "palindromic primes", 1, 8, "primes that read the same backwards", |n| is_palindrome(n, 10) && is_prime(n)),
    numbers(6567, "emirps", 1, 9, "primes whose reversal is a different prime", |n| is_prime(n) && !is_palindrome(n, 10) && is_prime(reversed(n, 10))),
    numbers(7770, "happy numbers", 1, 7, "numbers whose sums of squares of digits, again and again, lead to 1", is_happy),
    numbers(5349, "Harshad numbers", 1, 8, "numbers divisible by the sum of their digits", |n| n > 0 && n.is_multiple_of(digits(n, 10).sum())),
    numbers(3052, "self numbers", 1, 10, "numbers that are not k plus the digit sum of k", is_self_number),
    numbers(6753, "Smith numbers", 1, 9, "composites whose digit sum is that of their prime factors", is_smith),
    numbers(46034, "numbers with prime digits", 1, 11, "numbers whose digits are prime", |n| digits(n, 10).all(is_prime)),
    numbers(14261, "numbers with odd digits", 1, 10, "numbers with odd digits only", |n| digits(n, 10).all(|digit| digit % 2 == 1)),
    numbers(14263, "numbers with even digits", 1, 11, "numbers with even digits only", |n| digits(n, 10).all(|digit| digit % 2 == 0)),
    numbers(10785, "repdigits", 0, 9, "numbers whose digits are equal", |n| digits(n, 10).all(|digit| digit == n % 10)),
    series(7908, "1 to n joined", 1, 8, "the decimal numbers 1 to n written one after the other", |count| joined(count, false)),
    series(422, "n to 1 joined", 1, 10, "the decimal numbers n to 1 written one after the other", |count| joined(count, true)),
    series(5150, "look and say", 1, 7, "look and say: each term says what is seen in the term before", look_and_say),
    series(33307, "digits of Champernowne's number", 0, 9, "the digits of the numbers 1, 2, 3, ...", champernowne),
    // Digits of constants.
    series(796, "digits of pi", 1, 6, "the decimal digits of pi", |count| decimals(count, pi)),
    series(1113, "digits of e", 1, 7, "the decimal digits of e", |count| decimals(count, euler_number)),
    series(1622, "digits of the golden ratio", 1, 8, "the decimal digits of the golden ratio", |count| decimals(count, |places| (ten(places) + BigInt::sqrt(&(ten(2 * places) * 5))) / 2)),
    series(2193, "digits of the root of 2", 1, 8, "the decimal digits of the square root of 2", |count| root_decimals(count, 2)),
    series(2194, "digits of the root of 3", 1, 10, "the decimal digits of the square root of 3", |count| root_decimals(count, 3)),
    series(2163, "digits of the root of 5", 1, 10, "the decimal digits of the square root of 5", |count| root_decimals(count, 5)),
    series(2162, "digits of the logarithm of 2", 0, 10, "the decimal digits of the natural logarithm of 2", |count| decimals(count, |places| 2 * inverse_tangent(3, &ten(places), false))),
    values(3417, "continued fraction of e", 0, 9, "the continued fraction of e", |n| { if n == 0 { 2 } else if n % 3 == 2 { (n + 1) / 3 * 2 } else { 1 } }),
    // Other bases.
    values(7088, "numbers in binary", 0, 7, "n in base 2", of!(|n| written(n, 2))),
    values(7089, "numbers in base 3", 0, 9, "n in base 3", of!(|n| written(n, 3))),
    values(7090, "numbers in base 4", 0, 10, "n in base 4", of!(|n| written(n, 4))),
    values(7091, "numbers in base 5", 0, 10, "n in base 5", of!(|n| written(n, 5))),
    values(7092, "numbers in base 6", 0, 11, "n in base 6", of!(|n| written(n, 6))),
    values(7093, "numbers in base 7", 0, 11, "n in base 7", of!(|n| written(n, 7))),
    values(7094, "numbers in base 8", 0, 10, "n in base 8", of!(|n| written(n, 8))),
    values(7095, "numbers in base 9", 0, 11, "n in base 9", of!(|n| written(n, 9))),
    numbers(6995, "binary palindromes", 1, 9, "numbers that read the same backwards in binary", |n| is_palindrome(n, 2)),
    values(120, "binary weights", 0, 7, "the number of ones of n in binary", of!(|n| n.count_ones())),
    numbers(69, "odious numbers", 1, 8, "numbers with an odd number of ones in binary", |n| n.count_ones() % 2 == 1),
    numbers(1969, "evil numbers", 1, 8, "numbers with an even number of ones in binary", |n| n.count_ones() % 2 == 0),
    numbers(31443, "balanced binary numbers", 1, 11, "numbers with as many ones as zeros in binary", |n| n > 0 && 2 * n.count_ones() == binary_length(n)),
    values(3188, "Gray code", 0, 8, "n xor floor(n/2)", of!(|n| n ^ (n >> 1))),
    values(6068, "Gray code undone", 0, 10, "the number whose Gray code is n", of!(|n| (0..64).fold(0, |value, shift| value ^ (n >> shift)))),
    values(30101, "numbers read backwards in binary", 0, 9, "n read backwards in binary", of!(|n| reversed(n, 2))),
    values(70939, "numbers of binary digits", 0, 9, "the number of binary digits of n", of!(|n| binary_length(n).max(1))),
    values(29837, "logarithms to base 2, rounded up", 1, 10, "the logarithm of n to base 2, rounded up", of!(|n| binary_length(n.saturating_sub(1)))),
    values(523, "logarithms to base 2, rounded down", 1, 9, "the logarithm of n to base 2, rounded down", of!(|n| binary_length(n) as i64 - 1)),
    values(53644, "largest powers of 2 up to n", 0, 9, "the largest power of 2 up to n", of!(|n| if n == 0 { 0 } else { 1_u64 << n.ilog2() })),
    values(53645, "distances to the powers of 2 below", 1, 10, "n less the largest power of 2 up to n", of!(|n| if n == 0 { 0 } else { n - (1_u64 << n.ilog2()) })),
    values(6257, "survivors of the Josephus problem", 0, 8, "the one who remains of n people where every second one leaves", of!(|n| if n == 0 { 0 } else { 2 * (n - (1_u64 << n.ilog2())) + 1 })),
    values(1511, "ruler function", 1, 7, "1 and the exponent of 2 in n", of!(|n| n.trailing_zeros() + 1)),
    values(7814, "exponents of 2", 1, 8, "the exponent of 2 in n", of!(|n| n.trailing_zeros())),
    values(7949, "exponents of 3", 1, 9, "the exponent of 3 in n", of!(|n| factor(n).find(|(prime, _)| *prime == 3).map_or(0, |(_, exponent)| exponent))),
    values(112765, "exponents of 5", 1, 11, "the exponent of 5 in n", of!(|n| factor(n).find(|(prime, _)| *prime == 5).map_or(0, |(_, exponent)| exponent))),
    values(6519, "largest powers of 2 that divide n", 1, 8, "the largest power of 2 that divides n", of!(|n| n & n.wrapping_neg())),
    values(265, "odd parts", 1, 8, "n without its factors of 2", of!(|n| n >> n.trailing_zeros())),
    values(11371, "exponents of 2 in factorials", 0, 9, "n less the number of ones of n in binary", of!(|n| n - u64::from(n.count_ones()))),
    values(5187, "exponents of 2 in (2 n)!", 0, 9, "2 n less the number of ones of n in binary", of!(|n| 2 * n - u64::from(n.count_ones()))),
    values(1316, "Gould's sequence", 0, 8, "the number of odd binomials (n, k)", of!(|n| 1_u64 << n.count_ones())),
    series(788, "ones in binary up to n", 0, 10, "the number of ones of 0 to n in binary", |count| summed(count, |n| i64::from(n.count_ones()))),
    values(5811, "runs in binary", 0, 9, "the number of runs of n in binary", of!(|n| (n ^ (n >> 1)).count_ones())),
    values(695, "Moser-de Bruijn sequence", 0, 9, "sums of different powers of 4", of!(|n| number((0..20).rev().map(|place| n >> place & 1), 4))),
    values(5836, "numbers without the digit 2 in base 3", 1, 9, "sums of different powers of 3", |n| number((0..30).rev().map(|place| (n - 1).unsigned_abs() >> place & 1), 3) as i64),
    values(3278, "numbers without three in progression", 1, 9, "1 and sums of different powers of 3, plus 1", |n| number((0..30).rev().map(|place| (n - 1).unsigned_abs() >> place & 1), 3) as i64 + 1),
    values(10060, "Thue-Morse sequence", 0, 7, "the parity of the number of ones of n in binary", of!(|n| n.count_ones() % 2)),
    values(1285, "Thue-Morse sequence of 1 and 2", 0, 11, "1 and the parity of the number of ones of n in binary", of!(|n| 1 + n.count_ones() % 2)),
    values(14577, "paper folding sequence", 0, 9, "1 if the odd part of n + 1 has the remainder 1 modulo 4, else 0", |n| i64::from(((n + 1) >> (n + 1).trailing_zeros()) % 4 == 1)),
    values(34947, "Jacobi symbols (-1/n)", 1, 11, "1 if the odd part of n has the remainder 1 modulo 4, else -1", |n| 2 - (n >> n.trailing_zeros()) % 4),
    values(20985, "Rudin-Shapiro sequence", 0, 9, "1 or -1, as the number of pairs of ones in binary is even or odd", of!(|n| 1 - 2 * i64::from((n & (n >> 1)).count_ones() % 2))),
    // Fibonacci numbers as a base.
    values(3849, "Fibonacci word", 0, 9, "the last digit of n as a sum of Fibonacci numbers", of!(|n| zeckendorf(n) & 1)),
    values(5614, "Fibonacci word of 1 and 0", 0, 11, "1 less the last digit of n as a sum of Fibonacci numbers", of!(|n| 1 - (zeckendorf(n) & 1))),
    numbers(3714, "fibbinary numbers", 0, 9, "numbers without two ones in a row in binary", |n| n & (n >> 1) == 0),
    values(7895, "Fibonacci numbers in Zeckendorf's representation", 0, 10, "the number of Fibonacci numbers that n is the sum of", of!(|n| zeckendorf(n).count_ones())),
    values(14417, "numbers in Zeckendorf's representation", 0, 10, "n in Zeckendorf's representation", of!(|n| written(zeckendorf(n), 2))),
    // Collatz.
    values(6577, "Collatz steps", 1, 7, "steps to 1 by halving even numbers and 3 n + 1 for odd ones", of!(|n| collatz_steps(n, false))),
    values(8908, "lengths of Collatz trajectories", 1, 10, "numbers on the way to 1 by halving even numbers and 3 n + 1 for odd ones", of!(|n| collatz_steps(n, false) + 1)),
    values(6667, "tripling steps of Collatz", 1, 10, "tripling steps on the way to 1", of!(|n| collatz_steps(n, true))),
    values(6370, "Collatz map", 0, 9, "n/2 if n is even, else 3 n + 1", of!(|n| if n.is_multiple_of(2) { n / 2 } else { 3 * n + 1 })),
    values(14682, "Collatz map with halving", 0, 10, "n/2 if n is even, else (3 n + 1)/2", of!(|n| if n.is_multiple_of(2) { n / 2 } else { 3 * n / 2 + 1 })),
    // Sequences that refer to themselves.
    series(1462, "Golomb's sequence", 1, 7, "how often n occurs in the sequence", |count| from_before(count, &[1], |terms, n| 1 + at(terms, n as i64 - at(terms, terms[n - 1])))),
    series(2, "Kolakoski sequence", 1, 7, "the lengths of its own runs, of 1 and 2 in turn", kolakoski),
    series(5132, "Recaman's sequence", 0, 7, "back by n where that is new and positive, else on by n", recaman),
    series(2487, "Stern's diatomic sequence", 0, 7, "a(2 n) = a(n), a(2 n + 1) = a(n) + a(n + 1)", stern),
    series(5185, "Hofstadter's Q", 1, 8, "a(n) = a(n - a(n-1)) + a(n - a(n-2))", |count| from_before(count, &[1, 1], |terms, n| at(terms, n as i64 - terms[n - 1]) + at(terms, n as i64 - terms[n - 2]))),
    series(4001, "Hofstadter-Conway sequence", 1, 8, "a(n) = a(a(n-1)) + a(n - a(n-1))", |count| from_before(count, &[1, 1], |terms, n| at(terms, terms[n - 1]) + at(terms, n as i64 - terms[n - 1]))),
    series(5206, "Hofstadter's G", 0, 9, "a(n) = n - a(a(n-1))", |count| from_zero(count, &[0], |terms, n| n as i64 - at(terms, terms[n - 1]))),
    series(5374, "Hofstadter's H", 0, 10, "a(n) = n - a(a(a(n-1)))", |count| from_zero(count, &[0], |terms, n| n as i64 - at(terms, at(terms, terms[n - 1])))),
    series(5228, "Hofstadter's figures", 1, 9, "the differences are the numbers that do not occur", |count| small(figure_figure(count).0.into_iter().take(count))),
    series(30124, "differences of Hofstadter's figures", 1, 11, "the numbers that are not Hofstadter's figures", |count| small(figure_figure(count).1.into_iter().take(count))),
    series(2858, "Ulam numbers", 1, 8, "sums of two different terms before in exactly one way", ulam),
    series(1855, "comparisons of merge sort", 1, 10, "comparisons to sort n elements by binary insertion", merge_sort),
    // Sieves.
    series(959, "lucky numbers", 1, 8, "what is left where every k-th number is crossed out, k being the next number left", lucky),
    series(960, "Flavius's sieve", 1, 10, "what is left where every k-th number is crossed out, for k = 2, 3, 4, ...", flavius),
    series(3309, "ludic numbers", 1, 10, "1 and the first numbers left where every k-th is crossed out, k being the first left", ludic),
];

#[cfg(test)]
mod tests {
    use super::*;
    use num_traits::ToPrimitive;

    #[test]
    fn constants() {
        assert_eq!(pi(20).to_string(), "314159265358979323846");
        assert_eq!(euler_number(20).to_string(), "271828182845904523536");
        let ln2: BigInt = 2 * inverse_tangent(3, &ten(15), false);
        assert!(ln2.to_f64().is_some_and(|it| (it / 1e15 - std::f64::consts::LN_2).abs() < 1e-13));
    }

    #[test]
    fn zeckendorf_is_a_sum_without_neighbours() {
        for n in 0..500_u64 {
            let bits = zeckendorf(n);
            assert_eq!(bits & (bits >> 1), 0);
            let (mut one, mut next, mut sum) = (1, 2, 0);
            for place in 0..20 {
                sum += (bits >> place & 1) * one;
                (one, next) = (next, one + next);
            }
            assert_eq!(sum, n);
        }
    }
}
