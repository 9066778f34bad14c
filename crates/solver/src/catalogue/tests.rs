//! Tests of the entries: their terms, by the table and by independent definitions.

use std::collections::BTreeSet;

use num_traits::{One, Zero};

use super::*;

/// Longest line of the table, but that [`LEAST`] terms are always there.
const LONGEST: usize = 230;
const LEAST: usize = 12;

fn line(entry: &Entry) -> String {
    let mut line = entry.number();
    for (place, term) in entry.terms(ROW).iter().enumerate() {
        let term = term.to_string();
        if term.len() > 60 || place >= LEAST && line.len() + term.len() > LONGEST {
            break;
        }
        line = format!("{line} {term}");
    }
    line
}

/// Writes the table anew: `cargo test -p ninth-solver write_the_table -- --ignored`.
#[test]
#[ignore = "writes a file of the source"]
fn write_the_table() {
    let lines: String = entries().iter().map(|entry| line(entry) + "\n").collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalogue/table.txt");
    std::fs::write(path, lines).unwrap();
}

/// The lines of the table were compared, all of them, with published terms.
#[test]
fn terms_are_those_of_the_table() {
    assert_eq!(TERMS.lines().count(), entries().len());
    for (entry, written) in entries().iter().zip(TERMS.lines()) {
        assert_eq!(line(entry), written, "{}", entry.name());
        let enough = written.split(' ').count() > 6 || matches!(entry.source, Source::List(_));
        assert!(enough, "{written}");
    }
}

#[test]
fn rows_are_read_modulo_two_to_the_64() {
    for row in table() {
        let exact = row.entry.terms(row.low.len());
        let low: Vec<u64> = exact.iter().map(crate::terms::low).collect();
        assert_eq!(row.low, low, "{:?}", row.entry);
        for (small, exact) in row.small.iter().zip(&exact) {
            assert_eq!(&BigInt::from(*small), exact);
        }
    }
}

#[test]
fn entries_are_well_formed() {
    let numbers: BTreeSet<u32> = entries().iter().map(|entry| entry.number).collect();
    assert_eq!(numbers.len(), entries().len());
    for entry in entries() {
        if let Source::Formula(text, _) = entry.source {
            let node = parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(node.expression().to_string(), text, "{entry:?}");
            assert!(entry.says.is_empty());
        } else {
            assert!(!entry.says.is_empty(), "{entry:?}");
        }
        let formula = entry.formula().to_string();
        assert!(formula.is_ascii() && entry.name().is_ascii());
        let again = entry.terms(20);
        assert_eq!(again[..10.min(again.len())], entry.terms(10)[..]);
    }
    assert_eq!(numbered(290).map(Entry::number).as_deref(), Some("A000290"));
    // The shares of the entries, 2^-bits, are at most one with the bit that a rule adds.
    let shares: f64 = entries().iter().map(|entry| 0.5_f64.powf(entry.bits())).sum();
    assert!(shares <= 2.0, "{shares}");
    let most_famous = entries().iter().filter(|entry| entry.bits() <= 5.0).count();
    assert!((8..=12).contains(&most_famous), "{most_famous}");
}

fn terms(number: u32, count: usize) -> Vec<i64> {
    let entry = numbered(number).unwrap_or_else(|| panic!("{number}"));
    let terms = entry.terms(count);
    assert!(terms.len() == count || matches!(entry.source, Source::List(_)), "{entry:?}");
    terms.iter().map(|term| i64::try_from(term).unwrap()).collect()
}

/// The numbers up to `largest` that pass are those of the entry.
fn are_the_numbers(number: u32, largest: i64, passes: impl Fn(i64) -> bool) {
    let ours = terms(number, 40);
    let end = largest.min(*ours.last().unwrap());
    let ours: Vec<i64> = ours.into_iter().filter(|&term| term <= end).collect();
    let all: Vec<i64> = (0..=end).filter(|&n| passes(n)).collect();
    assert_eq!(ours, all, "A{number:06}");
}

fn divisors(n: i64) -> Vec<i64> {
    (1..=n).filter(|d| n % d == 0).collect()
}

fn divisor_sum(n: i64) -> i64 {
    let mut sum = 0;
    for d in (1..).take_while(|d| d * d <= n) {
        if n % d == 0 {
            sum += if d * d == n { d } else { d + n / d };
        }
    }
    sum
}

fn prime(n: i64) -> bool {
    n > 1 && (2..).take_while(|d| d * d <= n).all(|d| n % d != 0)
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn power(base: i64, exponent: i64, modulus: i64) -> i64 {
    (0..exponent).fold(1 % modulus, |value, _| value * base % modulus)
}

#[test]
fn lists_of_numbers_by_their_definitions() {
    let aliquot = |n: i64| divisor_sum(n) - n;
    are_the_numbers(396, 10_000, |n| n > 0 && aliquot(n) == n);
    are_the_numbers(63990, 20_000, |n| n > 1 && aliquot(n) != n && aliquot(aliquot(n)) == n);
    let sums: BTreeSet<i64> = (2..100_000).map(aliquot).collect();
    are_the_numbers(5114, 310, |n| n > 1 && !sums.contains(&n));
    let coprime = |n: i64| (1..=n).filter(|&k| gcd(k, n) == 1).count() as i64;
    let totients: BTreeSet<i64> = (1..1000).map(coprime).collect();
    are_the_numbers(5277, 154, |n| n > 0 && n % 2 == 0 && !totients.contains(&n));
    let composite = |n: i64| n > 3 && !prime(n);
    are_the_numbers(1567, 3000, |n| n % 2 == 1 && composite(n) && power(2, n - 1, n) == 1);
    let carmichael = |n: i64| (2..n).filter(|&a| gcd(a, n) == 1).all(|a| power(a, n - 1, n) == 1);
    are_the_numbers(2997, 3000, |n| {
        n % 2 == 1 && composite(n) && power(2, n - 1, n) == 1 && carmichael(n)
    });
    let digits = |n: i64| n.to_string().bytes().map(|it| i64::from(it - b'0')).collect::<Vec<_>>();
    are_the_numbers(5188, 100_000, |n| {
        let digits = digits(n);
        n > 0 && digits.iter().map(|it| it.pow(digits.len() as u32)).sum::<i64>() == n
    });
    are_the_numbers(7629, 100_000, |n| {
        let mut window = digits(n);
        while n > 9 && *window.last().unwrap() < n {
            window.push(window.iter().sum());
            window.remove(0);
        }
        n > 9 && *window.last().unwrap() == n
    });
    are_the_numbers(3226, 1_000_000, |n| (n * n).to_string().ends_with(&n.to_string()));
    are_the_numbers(6886, 99_999, |n| {
        let is_power = n > 1 && n.to_string().trim_end_matches('0') == "1";
        let square = n * n;
        let parts = |m: u32| square / 10_i64.pow(m) + square % 10_i64.pow(m) == n;
        n > 0 && !is_power && (1..11).any(|m| square % 10_i64.pow(m) > 0 && parts(m))
    });
    let cubes = |n: i64| (1..60).filter(|a| (*a..60).any(|b| a * a * a + b * b * b == n)).count();
    are_the_numbers(1235, 50_000, |n| cubes(n) > 1);
}

#[test]
fn records_and_others_by_their_definitions() {
    let records = |number: u32, value: &dyn Fn(i64) -> f64| {
        let ours = terms(number, 18);
        let mut best = 0.0;
        let all: Vec<i64> = (1..=ours[17])
            .filter(|&n| {
                let now = value(n);
                let record = now > best + 1e-9;
                best = if record { now } else { best };
                record
            })
            .collect();
        assert_eq!(ours, all, "A{number:06}");
    };
    records(2182, &|n| divisors(n).len() as f64);
    records(4394, &|n| divisor_sum(n) as f64 / n as f64);
    records(2093, &|n| divisor_sum(n) as f64);
    let primes: Vec<i64> = (2..200_000).filter(|&n| prime(n)).collect();
    let mut best = 0;
    let gaps = primes.windows(2).filter_map(|pair| {
        let gap = pair[1] - pair[0];
        (gap > best).then(|| {
            best = gap;
            (gap, pair[0])
        })
    });
    let (gaps, before): (Vec<i64>, Vec<i64>) = gaps.unzip();
    assert_eq!(terms(5250, gaps.len()), gaps);
    assert_eq!(terms(2386, before.len()), before);
    let mut product = 1_i64;
    for (n, fortunate) in terms(5235, 12).into_iter().enumerate() {
        product *= primes[n];
        let is_prime = |m: &i64| arithmetic::is_prime((product + m) as u64);
        assert_eq!((2..).find(is_prime), Some(fortunate));
    }
    let mersenne = |p: &i64| *p < 62 && arithmetic::is_prime((1_u64 << p) - 1);
    let exponents: Vec<i64> = primes.iter().copied().filter(mersenne).collect();
    assert_eq!(terms(43, 31)[..exponents.len()], exponents);
    let primes: Vec<i64> = exponents.iter().map(|p| (1 << p) - 1).collect();
    assert_eq!(terms(668, 9)[..primes.len()], primes);
    // A prime is irregular if it divides the numerator of a Bernoulli number B(2 k) before p - 1.
    let above = numbered(367).unwrap().terms(90);
    let irregular =
        |p: i64| p > 3 && prime(p) && (1..=(p - 3) / 2).any(|k| (&above[k as usize] % p).is_zero());
    are_the_numbers(928, 160, irregular);
}

#[test]
fn queens_and_polyominoes_by_counting() {
    fn place(n: u32, row: u32, columns: u32, up: u32, down: u32) -> i64 {
        if row == n {
            return 1;
        }
        let free = (0..n).filter(|c| columns >> c & 1 == 0 && (up | down) >> c & 1 == 0);
        free.map(|c| {
            let queen = 1 << c;
            place(n, row + 1, columns | queen, (up | queen) << 1, (down | queen) >> 1)
        })
        .sum()
    }
    let queens: Vec<i64> = (0..9).map(|n| place(n, 0, 0, 0, 0)).collect();
    assert_eq!(terms(170, 18)[..9], queens);

    type Cells = BTreeSet<(i32, i32)>;
    fn moved(cells: &Cells) -> Cells {
        let (x, y) = (cells.iter().map(|it| it.0).min(), cells.iter().map(|it| it.1).min());
        let (x, y) = (x.unwrap(), y.unwrap());
        cells.iter().map(|it| (it.0 - x, it.1 - y)).collect()
    }
    let mut fixed: BTreeSet<Cells> = BTreeSet::from([Cells::from([(0, 0)])]);
    for n in 1..8 {
        let turned = |cells: &Cells| moved(&cells.iter().map(|it| (-it.1, it.0)).collect());
        let mirrored = |cells: &Cells| moved(&cells.iter().map(|it| (-it.0, it.1)).collect());
        let turns = |cells: &Cells| {
            let all = std::iter::successors(Some(moved(cells)), |it| Some(turned(it)));
            all.take(4).min().unwrap()
        };
        let one_sided: BTreeSet<Cells> = fixed.iter().map(turns).collect();
        let free: BTreeSet<Cells> =
            one_sided.iter().map(|it| turns(it).min(turns(&mirrored(it)))).collect();
        assert_eq!(terms(1168, 15)[n], fixed.len() as i64);
        assert_eq!(terms(988, 14)[n], one_sided.len() as i64);
        assert_eq!(terms(105, 14)[n], free.len() as i64);
        let grow = |cells: &Cells| {
            let sides = [(0, 1), (1, 0), (0, -1), (-1, 0)];
            let next = cells.iter().flat_map(|it| sides.map(|side| (it.0 + side.0, it.1 + side.1)));
            let next: Vec<_> = next.filter(|it| !cells.contains(it)).collect();
            next.into_iter()
                .map(|it| {
                    let mut larger = cells.clone();
                    larger.insert(it);
                    moved(&larger)
                })
                .collect::<Vec<_>>()
        };
        fixed = fixed.iter().flat_map(grow).collect();
    }
    fn walks(left: u32, at: (i32, i32), seen: &mut Vec<(i32, i32)>) -> i64 {
        if left == 0 {
            return 1;
        }
        seen.push(at);
        let sides = [(0, 1), (1, 0), (0, -1), (-1, 0)].map(|side| (at.0 + side.0, at.1 + side.1));
        let sum = sides.iter().filter(|it| !seen.contains(it)).copied().collect::<Vec<_>>();
        let sum = sum.into_iter().map(|it| walks(left - 1, it, seen)).sum();
        seen.pop();
        sum
    }
    let counted: Vec<i64> = (0..9).map(|n| walks(n, (0, 0), &mut Vec::new())).collect();
    assert_eq!(terms(1411, 15)[..9], counted);
}

#[test]
fn closed_forms_against_sums_and_counts() {
    // Polygonal numbers are sums of progressions.
    for (number, sides) in
        [(217, 3), (290, 4), (326, 5), (384, 6), (566, 7), (567, 8), (1106, 9), (1107, 10)]
    {
        let mut sum = 0;
        let sums: Vec<i64> = (0..20)
            .map(|n| {
                sum += if n > 0 { (sides - 2) * (n - 1) + 1 } else { 0 };
                sum
            })
            .collect();
        assert_eq!(terms(number, 20), sums);
    }
    // Pyramidal numbers are sums of polygonal ones.
    for (pyramids, polygons) in [(292, 217), (330, 290), (2411, 326), (2412, 384), (2413, 566)] {
        let mut sum = 0;
        let sums: Vec<i64> = terms(polygons, 20)
            .into_iter()
            .map(|it| {
                sum += it;
                sum
            })
            .collect();
        assert_eq!(terms(pyramids, 20), sums);
    }
    // Catalan, Motzkin and Schroeder numbers count paths by their steps.
    let paths = |length: i64, flat: &[i64]| {
        fn count(left: i64, height: i64, flat: &[i64]) -> i64 {
            match (left, height) {
                (0, 0) => 1,
                (left, height) if left < height || height < 0 => 0,
                _ => {
                    let level: i64 = flat.iter().map(|step| count(left - step, height, flat)).sum();
                    level + count(left - 1, height + 1, flat) + count(left - 1, height - 1, flat)
                }
            }
        }
        count(length, 0, flat)
    };
    assert_eq!(terms(108, 8), (0..8).map(|n| paths(2 * n, &[])).collect::<Vec<_>>());
    assert_eq!(terms(1006, 12), (0..12).map(|n| paths(n, &[1])).collect::<Vec<_>>());
    assert_eq!(terms(6318, 7), (0..7).map(|n| paths(2 * n, &[2])).collect::<Vec<_>>());
    // Sums over rows of triangles.
    let choose = |n: i64, k: i64| (0..k).fold(1_i64, |value, i| value * (n - i) / (i + 1));
    let sum = |n: i64, term: &dyn Fn(i64) -> i64| (0..=n).map(term).sum::<i64>();
    for n in 0..9_i64 {
        let at = n as usize;
        assert_eq!(terms(1850, 9)[at], sum(n, &|k| choose(n, k) * choose(n + k, k)));
        assert_eq!(terms(172, 9)[at], sum(n, &|k| choose(n, k).pow(3)));
        assert_eq!(terms(5258, 9)[at], sum(n, &|k| choose(n, k).pow(2) * choose(n + k, k)));
        assert_eq!(terms(5259, 9)[at], sum(n, &|k| (choose(n, k) * choose(n + k, k)).pow(2)));
        assert_eq!(
            terms(2895, 9)[at],
            sum(n, &|k| choose(n, k).pow(2) * choose(2 * k, k) * choose(2 * n - 2 * k, n - k))
        );
        assert_eq!(terms(248, 9)[at], sum(n, &|k| choose(n, k) * k.pow((n - k) as u32)));
    }
    // Fractions: B(n) from the sum of binomial(n + 1, k) B(k) = 0.
    let (above, below) = (numbered(27641).unwrap().terms(20), numbered(27642).unwrap().terms(20));
    for n in 1..20_i64 {
        let common = below.iter().fold(BigInt::one(), |product, it| product * it);
        let summand = |k: i64| choose(n + 1, k) * &above[k as usize] * &common / &below[k as usize];
        assert!((0..=n).map(summand).sum::<BigInt>().is_zero());
    }
}

#[test]
fn sequences_have_nouns_and_definitions() {
    let noun = |number: u32| numbered(number).unwrap().noun();
    assert_eq!(noun(31), "the numbers of necklaces");
    assert_eq!(noun(1400), "the numbers of partitions into at most 4 parts");
    assert_eq!(noun(5811), "the numbers of runs in binary");
    assert_eq!(noun(110), "the Bell numbers");
    assert_eq!(noun(120), "the binary weights");
    assert_eq!(noun(45), "the Fibonacci numbers");
    assert_eq!(noun(5185), "Hofstadter's Q sequence");
    assert_eq!(noun(7318), "Pascal's triangle");
    assert_eq!(noun(2260), "the numbers from 1 to k, for k = 1, 2, 3, ...");
    assert_eq!(noun(8578), "1 and the primes");
    assert_eq!(noun(5), "the numbers of divisors");
    let said = |number: u32| numbered(number).unwrap().formula().to_string();
    assert_eq!(said(55), "the number of trees with n nodes");
    assert_eq!(said(110), "the number of partitions of a set of n elements");
    assert_eq!(said(2808), "the composite numbers");
    assert_eq!(
        said(594),
        "coefficients of x times the 24th power of (1 - x) (1 - x^2) (1 - x^3) ..."
    );
    assert_eq!(said(2093), "numbers with a larger sum of divisors than any smaller one");
}
