//! Properties of the values of functions, of digits and of sets.

use super::Base;
use super::function::{Function, OF_DIGITS, OF_FACTORS, prime, square};
use super::numbers::{factors, gcd, is_prime};
use super::property::{Map, Property, Test, digit_set};
use super::search::Search;
use super::sets::{SETS, Set, SetRule};
use crate::bits::natural;

/// Polynomials at which functions of the factors are tried, with their bits.
const MAPS_OF_FACTORS: [(Map, f64); 9] = [
    (Map::linear(1, 1), 2.0),
    (Map::linear(1, -1), 2.0),
    (Map::linear(2, 1), 3.0),
    (Map::linear(2, -1), 3.5),
    (Map::square(1, 0, 1), 3.5),
    (Map::square(1, 1, 1), 4.5),
    (Map::square(1, 0, -1), 4.0),
    (Map::square(1, 1, 0), 5.0),
    (Map::square(1, 0, -2), 5.5),
];

/// Polynomials at which functions of the digits are tried.
const MAPS_OF_DIGITS: [(Map, f64); 5] = [
    (Map::square(1, 0, 0), 2.5),
    (Map([0, 0, 0, 1]), 4.0),
    (Map::linear(2, 0), 4.5),
    (Map::linear(3, 0), 5.5),
    (Map::linear(1, 1), 5.0),
];

/// Tries all of them.
pub fn solve(search: &mut Search<'_>) {
    for (function, bits) in OF_FACTORS.into_iter().chain(OF_DIGITS) {
        of_function(search, Map::IDENTITY, function, bits);
    }
    primes_of_polynomials(search);
    factors_in_common(search);
    divisors(search);
    digits(search);
    strings(search);
    sets(search);
    for (map, map_bits) in MAPS_OF_FACTORS {
        for (function, bits) in OF_FACTORS.into_iter().take(13) {
            of_function(search, map, function, bits + map_bits);
        }
    }
    for (map, map_bits) in MAPS_OF_DIGITS {
        for (function, bits) in OF_DIGITS {
            of_function(search, map, function, bits + map_bits);
        }
    }
}

/// The tests that all values pass.
fn of_function(search: &mut Search<'_>, map: Map, function: Function, bits: f64) {
    if bits > search.affordable() {
        return;
    }
    let mut values = Vec::with_capacity(search.members.len());
    let mut at = Vec::with_capacity(search.members.len());
    for &member in search.members {
        let Some(x) = map.apply(member) else { return };
        let Some(value) = function.value(x) else { return };
        values.push(value);
        at.push(x as i64);
    }
    let mut consider = |test: Test, more: f64| {
        search.consider(&Property::Value { map, function, test }, bits + more);
    };
    let first = values[0];
    if values.iter().all(|&value| value == first) {
        consider(Test::Equals(first), natural(first.unsigned_abs().saturating_add(1)));
        return;
    }
    let each = |test: fn(i64, i64) -> bool| values.iter().zip(&at).all(|(&f, &x)| test(f, x));
    let largest = values.iter().copied().max().unwrap_or(0);
    let least = values.iter().copied().min().unwrap_or(0);
    for modulus in 2..=12 {
        let remainder = first.rem_euclid(modulus);
        if values.iter().all(|value| value.rem_euclid(modulus) == remainder) {
            let more = 0.5 + natural(modulus as u64) + (modulus as f64).log2();
            consider(Test::Remainder(modulus, remainder), more);
        }
    }
    if each(|f, _| prime(f)) {
        consider(Test::Prime, 3.0);
    } else if each(|f, _| !prime(f)) {
        consider(Test::NotPrime, 4.5);
    }
    if each(|f, _| square(f)) {
        consider(Test::Square, 4.0);
    }
    if each(|f, _| (0..1 << 59).contains(&f) && square(8 * f + 1)) {
        consider(Test::Triangular, 6.0);
    }
    if each(|f, x| f != 0 && x % f == 0) {
        consider(Test::Divides, 3.0);
    } else if each(|f, x| f == 0 || x % f != 0) {
        consider(Test::DoesNotDivide, 5.0);
    }
    if each(|f, x| x != 0 && f % x == 0) {
        consider(Test::DividedBy, 4.0);
        let factor = if at[0] == 0 { 0 } else { first / at[0] };
        if factor > 0 {
            consider(Test::Multiple(factor), 2.0 + natural(factor as u64));
        }
    } else if function == Function::Reversal(10) && each(|f, x| f == x) {
        consider(Test::Multiple(1), 2.0);
    }
    if each(|f, x| f > x) {
        consider(Test::Above, 3.5);
    } else if each(|f, x| f < x) {
        consider(Test::Below, 3.5);
    }
    if each(|f, x| gcd(f.unsigned_abs(), x as u64) == 1) {
        consider(Test::Coprime, 5.0);
    }
    if largest < 64 {
        consider(Test::AtMost(largest), 4.0 + natural(largest.unsigned_abs() + 1));
        consider(Test::AtLeast(least), 4.0 + natural(least.unsigned_abs() + 1));
    }
    if map != Map::IDENTITY {
        return;
    }
    const OTHERS: [(Map, f64); 6] = [
        (Map::linear(1, 1), 3.5),
        (Map::linear(1, 2), 5.5),
        (Map::linear(2, 0), 5.0),
        (Map::linear(3, 0), 6.0),
        (Map::square(1, 0, 0), 4.5),
        (Map([0, 0, 0, 1]), 6.0),
    ];
    for (other, more) in OTHERS {
        consider(Test::SameFor(other), more);
    }
    consider(Test::Rises, 6.0);
    consider(Test::Falls, 6.0);
    for (other, more) in OF_FACTORS.into_iter().chain(OF_DIGITS).take(48) {
        if other != function && other.value(at[0] as u64) == Some(first) {
            consider(Test::SameAs(other), 2.0 + more);
        }
    }
}

/// Numbers at which polynomials are prime: twin primes, Sophie Germain primes, and such.
fn primes_of_polynomials(search: &mut Search<'_>) {
    let mut fitting: Vec<(Map, f64)> = Vec::new();
    let members = search.members;
    let mut collect = |map: Map, bits: f64| {
        let prime_at = |&member: &u64| map.apply(member).is_some_and(is_prime);
        if fitting.len() < 12 && members.iter().all(prime_at) {
            fitting.push((map, bits));
        }
    };
    for a in 1..=12_i64 {
        for b in -30..=30_i64 {
            if (a, b) != (1, 0) && gcd(a.unsigned_abs(), b.unsigned_abs()) == 1 {
                let sign = if b < 0 { 1.5 } else { 1.0 };
                collect(Map::linear(a, b), natural(a as u64) + natural(b.unsigned_abs()) + sign);
            }
        }
    }
    for a in 1..=4_i64 {
        for b in [0, 1, -1, 2, 3, 4, 5, -3] {
            for c in -15..=45_i64 {
                let numbers = natural(a as u64) + natural(b as u64 + 1) + natural(c.unsigned_abs());
                collect(Map::square(a, b, c), numbers + f64::from(u8::from(b < 0 || c < 0)));
            }
        }
    }
    for c in -12..=12_i64 {
        collect(Map([c, 0, 0, 1]), 3.5 + natural(c.unsigned_abs()));
    }
    for (place, &(map, bits)) in fitting.iter().enumerate() {
        search.consider(&Property::Primes(vec![map]), 2.0 + bits);
        for &(other, more) in &fitting[..place] {
            search.consider(&Property::Primes(vec![other, map]), 3.0 + bits + more);
        }
    }
    let shifts: Vec<Map> =
        fitting.iter().map(|(map, _)| *map).filter(|map| map.0[1] == 1 && map.0[2] == 0).collect();
    if shifts.len() > 2 {
        let bits = shifts.iter().map(|map| 1.0 + natural(map.0[0].unsigned_abs())).sum::<f64>();
        search.consider(&Property::Primes(shifts), 2.0 + bits);
    }
}

/// Smooth numbers, and numbers coprime to a number.
fn factors_in_common(search: &mut Search<'_>) {
    let last = search.last();
    if last > 1 << 36 || search.members[0] == 0 {
        return;
    }
    let mut primes: Vec<u64> = Vec::new();
    for &member in search.members {
        for (prime, _) in factors(member).iter() {
            if !primes.contains(&prime) {
                primes.push(prime);
            }
        }
        if primes.len() > 8 {
            break;
        }
    }
    if primes.len() <= 5 {
        primes.sort_unstable();
        let bits = 1.0 + primes.iter().map(|&prime| natural(prime) - 1.0).sum::<f64>();
        search.consider(&Property::Smooth(primes), bits);
    }
    let members = search.members;
    let missing = [2_u64, 3, 5, 7, 11, 13]
        .into_iter()
        .filter(|&prime| prime <= last && members.iter().all(|member| member % prime != 0));
    let missing: u64 = missing.product();
    if missing > 1 {
        search.consider(&Property::CoprimeTo(missing), 2.0 + natural(missing));
    }
}

/// The divisors of a number: the least common multiple of the given ones, or their end.
fn divisors(search: &mut Search<'_>) {
    if search.members[0] != 1 {
        return;
    }
    let multiple = search.members.iter().try_fold(1_u64, |all, &member| {
        all.checked_mul(member / gcd(all, member)).filter(|&all| all <= 1 << 40)
    });
    if let Some(multiple) = multiple {
        let bits = 3.0 + natural(multiple);
        search.consider_among(&Property::DivisorOf(multiple), bits, |base| base == Base::Naturals);
    }
}

/// Digits that occur or that do not.
fn digits(search: &mut Search<'_>) {
    let members = search.members;
    for base in [10_u8, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 16] {
        let sets = members.iter().map(|&member| digit_set(member, base));
        let (any, all) = sets.fold((0, u64::MAX), |(any, all), set| (any | set, all & set));
        let base_bits = if base == 10 { 1.0 } else { 1.0 + natural(base.into()) };
        let used = any.count_ones();
        if used > 1 && used < u32::from(base) {
            let choice: f64 = (0..used)
                .map(|taken| ((f64::from(base) - f64::from(taken)) / f64::from(taken + 1)).log2())
                .sum();
            search.consider(&Property::OnlyDigits(base, any), 2.0 + base_bits + choice.max(0.0));
        }
        if base > 2 && all != 0 {
            let one = 3.0 + base_bits + f64::from(base).log2();
            for digit in (0..u64::from(base)).filter(|digit| all >> digit & 1 == 1) {
                search.consider(&Property::HasDigits(base, 1 << digit), one);
            }
            if all.count_ones() > 1 {
                let bits = one + f64::from(base).log2() * f64::from(all.count_ones() - 1);
                search.consider(&Property::HasDigits(base, all), bits);
            }
        }
    }
}

/// Two digits in a row.
fn strings(search: &mut Search<'_>) {
    let members = search.members;
    for base in [10_u8, 2, 3, 4, 5, 6, 7, 8, 9] {
        let radix = u64::from(base);
        let pairs = |member: u64| {
            let mut set = 0_u128;
            let mut rest = member;
            while rest >= radix {
                set |= 1 << (rest % (radix * radix));
                rest /= radix;
            }
            set
        };
        let sets = members.iter().map(|&member| pairs(member));
        let (any, all) = sets.fold((0, u128::MAX), |(any, all), set| (any | set, all & set));
        let base_bits = if base == 10 { 0.0 } else { natural(base.into()) };
        let bits = 3.0 + base_bits + 2.0 * f64::from(base).log2();
        for string in 0..radix * radix {
            if all >> string & 1 == 1 {
                search.consider(&Property::HasString(base, string, true), bits);
                for shift in [-1, 1] {
                    search.consider(
                        &Property::HasStringAlone(base, string, shift, false),
                        bits + 2.0,
                    );
                }
            }
            if base <= 3 && any >> string & 1 == 0 {
                search.consider(&Property::HasString(base, string, false), bits);
            }
            let (first, second) = (string / radix, string % radix);
            if first < second && base > 2 {
                let either = |set: u128| (set >> string | set >> (second * radix + first)) & 1 == 1;
                if members.iter().all(|&member| either(pairs(member))) {
                    for shift in [-1, 1] {
                        let property = Property::HasStringAlone(base, string, shift, true);
                        search.consider(&property, bits + 3.0);
                    }
                }
            }
        }
    }
}

/// Lists made of sets with a name.
fn sets(search: &mut Search<'_>) {
    if search.last() > 1 << 20 {
        return;
    }
    let naturals = |base: Base| matches!(base, Base::Naturals | Base::Primes);
    let mut consider = |rule: SetRule, bits: f64| {
        search.consider_among(&Property::Sets(rule), bits, naturals);
    };
    for (place, (first, bits)) in SETS.into_iter().enumerate() {
        consider(SetRule::Not(first), 1.5 + bits);
        consider(SetRule::DistinctSum(first), 3.5 + bits);
        consider(SetRule::TripleSum(first), 3.5 + bits);
        for (second, more) in &SETS[..=place] {
            let both = bits + more;
            if first != *second {
                consider(SetRule::Union(*second, first), 2.5 + both);
                consider(SetRule::Product(*second, first), 3.5 + both);
            }
            consider(SetRule::Sum(*second, first), 2.0 + both);
            consider(SetRule::NotSum(*second, first), 4.0 + both);
            consider(SetRule::Difference(*second, first), 4.0 + both);
            consider(SetRule::Difference(first, *second), 4.0 + both);
        }
    }
    let multiples: [Set; 3] = [Set::Primes, Set::Triangular, Set::Squares];
    let divisor = search.members.iter().fold(0, |all, &member| gcd(all, member));
    if divisor > 1 {
        for set in multiples {
            let property = Property::Sets(SetRule::Times(divisor, set));
            search.consider_among(&property, 4.0 + natural(divisor), naturals);
        }
    }
}
