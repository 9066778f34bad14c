//! Properties of the values of functions, of digits and of sets.

use super::base::BaseSet;
use super::function::{NumberFunction, OF_DIGITS, OF_FACTORS, factor_cost, prime, split, square};
use super::numbers::{self, factors, gcd};
use super::property::{Map, Property, Test, digit_set};
use super::search::Search;
use super::{combined, tuples};
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
    of_map(search, Map::IDENTITY, 0.0, &[&OF_FACTORS, &OF_DIGITS]);
    factors_in_common(search);
    divisors(search);
    digits(search);
    strings(search);
    digit_counts(search);
    tuples::solve(search);
    combined::solve(search);
    for (map, bits) in MAPS_OF_FACTORS {
        of_map(search, map, bits, &[&OF_FACTORS[..13]]);
    }
    for (map, bits) in MAPS_OF_DIGITS {
        of_map(search, map, bits, &[&OF_DIGITS]);
    }
}

/// The values of functions at the members, or at a polynomial of them.
fn of_map(
    search: &mut Search<'_>,
    map: Map,
    map_bits: f64,
    functions: &[&[(NumberFunction, f64)]],
) {
    let mut at = Vec::with_capacity(search.members.len());
    let mut factors = Vec::new();
    let factored = functions[0][0].0.needs_factors();
    for &member in search.members {
        let Some(x) = map.apply(member).filter(|x| i64::try_from(*x).is_ok()) else { return };
        at.push(x);
        if factored
            && search.pay(factor_cost(x))
            && let Some(split) = split(x)
        {
            factors.push(split);
        }
    }
    let mut known: Vec<(NumberFunction, f64, Vec<i64>)> = Vec::new();
    for (function, bits) in functions.iter().flat_map(|list| list.iter().copied()) {
        let bits = bits + map_bits;
        let needs_factors = function.needs_factors();
        if bits + 1.0 > search.affordable() || (needs_factors && factors.len() < at.len()) {
            continue;
        }
        let mut values = Vec::with_capacity(at.len());
        for (place, &x) in at.iter().enumerate() {
            if !needs_factors && !search.pay(function.cost(x)) {
                return;
            }
            let Some(value) = function.value_with(x, factors.get(place)) else { break };
            values.push(value);
        }
        if values.len() == at.len() {
            of_function(search, map, function, bits, &values, &at);
            known.push((function, bits, values));
        }
    }
    if map != Map::IDENTITY {
        return;
    }
    for (place, (function, bits, values)) in known.iter().enumerate() {
        for (other, more, other_values) in &known[..place] {
            if values == other_values {
                let test = Test::SameAs(*other);
                let property = Property::Value { map, function: *function, test };
                search.consider_common(&property, 2.0 + bits + more);
            }
        }
    }
}

/// The tests that all values pass.
fn of_function(
    search: &mut Search<'_>,
    map: Map,
    function: NumberFunction,
    bits: f64,
    values: &[i64],
    at: &[u64],
) {
    // A function that changes nothing says nothing.
    let same = values.iter().zip(at).all(|(&value, &x)| value == x as i64);
    if same && !matches!(function, NumberFunction::Itself | NumberFunction::Reversal(_)) {
        return;
    }
    let mut consider = |test: Test, more: f64| {
        let property = Property::Value { map, function, test };
        // The values do not tell these.
        let open = matches!(
            test,
            Test::Multiple(_) | Test::SameFor(_) | Test::SameAs(_) | Test::Rises | Test::Falls
        );
        match open {
            true => search.consider(&property, bits + more),
            false => search.consider_common(&property, bits + more),
        }
    };
    let first = values[0];
    if values.iter().all(|&value| value == first) {
        consider(Test::Equals(first), natural(first.unsigned_abs().saturating_add(1)));
        return;
    }
    let each = |test: fn(i64, i64) -> bool| values.iter().zip(at).all(|(&f, &x)| test(f, x as i64));
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
    if each(|f, _| f > 0 && f.count_ones() == 1) {
        consider(Test::PowerOfTwo, 4.5);
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
        let factor = if at[0] == 0 { 0 } else { first / at[0] as i64 };
        if factor > 0 {
            consider(Test::Multiple(factor), 2.0 + natural(factor as u64));
        }
    } else if function == NumberFunction::Reversal(10) && each(|f, x| f == x) {
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
    let grows = matches!(function, NumberFunction::PrimeCount | NumberFunction::DigitCount(_));
    if largest < 64 && !grows {
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
        // The first few primes are the usual choice.
        let usual = primes.iter().zip([2, 3, 5, 7, 11]).all(|(&prime, usual)| prime == usual);
        let bits = match usual {
            true => 2.0 + primes.len() as f64,
            false => 4.0 + primes.iter().map(|&prime| natural(prime) - 1.0).sum::<f64>(),
        };
        let among = |base| matches!(base, BaseSet::Naturals | BaseSet::Odd | BaseSet::Even);
        search.consider_among(&Property::Smooth(primes), bits, among);
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
    // A list that is complete has no next term.
    if let Some(multiple) = multiple.filter(|&multiple| multiple > search.last()) {
        let bits = 2.0 + (multiple as f64).log2();
        // All of them but the number itself: a person sees what is missing.
        let proper = (1..multiple).filter(|&number| multiple % number == 0);
        if (5..=24).contains(&search.members.len())
            && multiple <= 1 << 12
            && proper.eq(search.members.iter().copied())
        {
            search.take(Property::DivisorOf(multiple), bits - 2.0);
            return;
        }
        search
            .consider_among(&Property::DivisorOf(multiple), bits, |base| base == BaseSet::Naturals);
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

/// How often one digit or two digits occur.
fn digit_counts(search: &mut Search<'_>) {
    let members = search.members;
    for base in [10_u8, 3, 4, 5, 6, 7, 8, 9] {
        let count = |member: u64| {
            let mut found = [0_u32; 16];
            numbers::digits(member, base.into()).for_each(|digit| found[digit as usize] += 1);
            found
        };
        let first = count(members[0]);
        let mut same = [true; 16];
        for &member in &members[1..] {
            let other = count(member);
            (0..16).for_each(|digit| same[digit] &= other[digit] == first[digit]);
        }
        let base_bits = if base == 10 { 0.0 } else { natural(base.into()) };
        let constant: Vec<(u64, u32)> = (0..u64::from(base))
            .map(|digit| (digit, first[digit as usize]))
            .filter(|(digit, count)| same[*digit as usize] && *count > 0)
            .collect();
        let size = |(_, count): &(u64, u32)| f64::from(base).log2() + natural((*count).into());
        for (place, one) in constant.iter().enumerate() {
            let bits = 3.5 + base_bits + size(one);
            search.consider(&Property::DigitCounts(base, vec![*one]), bits);
            for other in &constant[..place] {
                let property = Property::DigitCounts(base, vec![*other, *one]);
                search.consider(&property, bits + size(other));
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
        let rare = if matches!(base, 2 | 10) { 0.0 } else { 4.0 };
        for string in 0..radix * radix {
            if all >> string & 1 == 1 {
                search.consider(&Property::HasString(base, string, true), bits + rare);
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
