//! What the members of a list have in common.

use std::fmt::{self, Display, Formatter};

use super::function::{NumberFunction, in_base, prime, square};
use super::numbers::{digits, gcd, is_prime, kronecker, power_mod, square_root};
use super::sets::SetRule;

/// A polynomial of degree at most three, from the constant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Map(pub [i64; 4]);

impl Map {
    /// The number itself.
    pub const IDENTITY: Map = Map::linear(1, 0);

    /// `a x + b`
    pub const fn linear(a: i64, b: i64) -> Map {
        Map([b, a, 0, 0])
    }

    /// `a x^2 + b x + c`
    pub const fn square(a: i64, b: i64, c: i64) -> Map {
        Map([c, b, a, 0])
    }

    /// The value, where it is a natural number that fits.
    pub fn apply(&self, x: u64) -> Option<u64> {
        let x = i64::try_from(x).ok()?;
        let sum = self
            .0
            .iter()
            .rev()
            .try_fold(0_i64, |sum, factor| sum.checked_mul(x)?.checked_add(*factor))?;
        u64::try_from(sum).ok()
    }
}

impl Display for Map {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for (power, &factor) in self.0.iter().enumerate().rev().filter(|(_, factor)| **factor != 0)
        {
            let sign = match (first, factor < 0) {
                (true, true) => "-",
                (true, false) => "",
                (false, true) => " - ",
                (false, false) => " + ",
            };
            f.write_str(sign)?;
            first = false;
            match (factor.unsigned_abs(), power) {
                (size, 0) => write!(f, "{size}")?,
                (1, 1) => f.write_str("k")?,
                (1, _) => write!(f, "k^{power}")?,
                (size, 1) => write!(f, "{size} k")?,
                (size, _) => write!(f, "{size} k^{power}")?,
            }
        }
        Ok(())
    }
}

/// A test of the value `f` of a function at `x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// `f = v`
    Equals(i64),
    /// `f >= v`
    AtLeast(i64),
    /// `f <= v`
    AtMost(i64),
    /// `f` leaves a remainder (the second) by the first.
    Remainder(i64, i64),
    /// `f` is prime.
    Prime,
    /// `f` is not prime.
    NotPrime,
    /// `f` is a square.
    Square,
    /// `f` is a power of 2.
    PowerOfTwo,
    /// `f` is a triangular number.
    Triangular,
    /// `f` divides `x`.
    Divides,
    /// `f` does not divide `x`.
    DoesNotDivide,
    /// `x` divides `f`.
    DividedBy,
    /// `f = c x`
    Multiple(i64),
    /// `f > x`
    Above,
    /// `f < x`
    Below,
    /// `f` and `x` are coprime.
    Coprime,
    /// `f` has the same value at the number that the map leads to.
    SameFor(Map),
    /// Another function has the same value.
    SameAs(NumberFunction),
    /// `f` is smaller than at `x + 1`.
    Rises,
    /// `f` is larger than at `x + 1`.
    Falls,
}

impl Test {
    fn holds(self, value: i64, x: u64, function: NumberFunction) -> Option<bool> {
        let signed = i64::try_from(x).ok()?;
        Some(match self {
            Test::Equals(other) => value == other,
            Test::AtLeast(least) => value >= least,
            Test::AtMost(most) => value <= most,
            Test::Remainder(modulus, remainder) => value.rem_euclid(modulus) == remainder,
            Test::Prime => prime(value),
            Test::NotPrime => !prime(value),
            Test::Square => square(value),
            Test::PowerOfTwo => value > 0 && value.count_ones() == 1,
            Test::Triangular => (0..1 << 59).contains(&value) && square(8 * value + 1),
            Test::Divides => value != 0 && signed % value == 0,
            Test::DoesNotDivide => value == 0 || signed % value != 0,
            Test::DividedBy => signed != 0 && value % signed == 0,
            Test::Multiple(factor) => signed.checked_mul(factor) == Some(value),
            Test::Above => value > signed,
            Test::Below => value < signed,
            Test::Coprime => gcd(value.unsigned_abs(), x) == 1,
            Test::SameFor(map) => function.value(map.apply(x)?)? == value,
            Test::SameAs(other) => other.value(x)? == value,
            Test::Rises => function.value(x + 1)? > value,
            Test::Falls => function.value(x + 1)? < value,
        })
    }
}

/// A property that a number has or has not.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    /// The value of a function at the number, or at a polynomial of it, passes a test.
    Value {
        /// Where the function is taken.
        map: Map,
        /// The function.
        function: NumberFunction,
        /// The test.
        test: Test,
    },
    /// These polynomials of the number are prime.
    Primes(Vec<Map>),
    /// The remainder by the modulus is one of these, in increasing order.
    Residues(u64, Vec<u64>),
    /// All digits in this base are in the set.
    OnlyDigits(u8, u64),
    /// Each digit of the set occurs in this base.
    HasDigits(u8, u64),
    /// These two digits follow each other in this base; the number does not have them if the last
    /// is false.
    HasString(u8, u64, bool),
    /// These two digits follow each other in this base, in either order if the last is true, but
    /// not in the number so much further.
    HasStringAlone(u8, u64, i64, bool),
    /// The number is or is not a square modulo the member, a prime: whether the Legendre symbols
    /// -1, 0 and 1 are in. Modulo 2 it is 0.
    Symbol(i64, [bool; 3]),
    /// These numbers are squares modulo the member, a prime, or are not.
    Symbols(Vec<(i64, bool)>),
    /// `a i^2 + b i j + c j^2`
    Form([i64; 3]),
    /// `a i^2 + c j^2` with positive `i` and `j`.
    PositiveForm(u64, u64),
    /// Digits in a base occur so often.
    DigitCounts(u8, Vec<(u64, u32)>),
    /// Made of two sets with a name.
    Sets(SetRule),
    /// All prime factors are among these.
    Smooth(Vec<u64>),
    /// It has no prime factor in common with the number.
    CoprimeTo(u64),
    /// It divides the number.
    DivisorOf(u64),
    /// It is what a power, with the exponent, leaves modulo the number; the number does not have
    /// the property if the last is false.
    PowerResidue(u32, u64, bool),
}

impl Property {
    /// Whether `x` has it.
    pub fn holds(&self, x: u64) -> bool {
        match self {
            Property::Value { map, function, test } => {
                let passes = |at: u64| test.holds(function.value(at)?, at, *function);
                map.apply(x).and_then(passes).unwrap_or(false)
            }
            Property::Primes(maps) => maps.iter().all(|map| map.apply(x).is_some_and(is_prime)),
            Property::Residues(modulus, residues) => residues.binary_search(&(x % modulus)).is_ok(),
            Property::OnlyDigits(base, set) => {
                digits(x, (*base).into()).all(|digit| set >> digit & 1 == 1)
                    && (x > 0 || set & 1 == 1)
            }
            Property::HasDigits(base, set) => digit_set(x, *base) & set == *set,
            Property::HasString(base, string, has) => {
                has_string(x, (*base).into(), *string) == *has
            }
            Property::HasStringAlone(base, string, shift, juxtaposed) => {
                let base = u64::from(*base);
                let other = string % base * base + string / base;
                let has = |x: u64| {
                    has_string(x, base, *string) || (*juxtaposed && has_string(x, base, other))
                };
                has(x) && x.checked_add_signed(*shift).is_some_and(|next| !has(next))
            }
            Property::Symbol(number, allowed) => match x {
                2 => allowed[1],
                _ => allowed[(kronecker(*number, x) + 1) as usize],
            },
            Property::Symbols(all) => {
                all.iter().all(|(number, is)| kronecker(*number, x) == if *is { 1 } else { -1 })
            }
            Property::Form(form) => represented(*form, x),
            Property::PositiveForm(a, c) => {
                let parts = (1..).map(|j| c * j * j).take_while(|part| *part < x);
                let mut rests = parts.map(|part| x - part);
                rests.any(|rest| rest % a == 0 && square_root(rest / a).is_some())
            }
            Property::DigitCounts(base, counts) => {
                let mut found = [0_u32; 16];
                digits(x, (*base).into()).for_each(|digit| found[digit as usize & 15] += 1);
                counts.iter().all(|(digit, count)| found[*digit as usize & 15] == *count)
            }
            Property::Sets(rule) => rule.holds(x),
            Property::Smooth(primes) => {
                let mut rest = x;
                for prime in primes {
                    while rest > 0 && rest.is_multiple_of(*prime) {
                        rest /= prime;
                    }
                }
                rest == 1
            }
            Property::CoprimeTo(number) => gcd(*number, x) == 1,
            Property::DivisorOf(number) => x > 0 && number % x == 0,
            Property::PowerResidue(exponent, modulus, is) => {
                let leaves = |y: u64| power_mod(y, (*exponent).into(), *modulus) == x;
                x < *modulus && (0..*modulus).any(leaves) == *is
            }
        }
    }

    /// The units of work of a test: about 20 nanoseconds each.
    pub fn cost(&self, x: u64) -> u64 {
        match self {
            Property::Value { map, function, test } => {
                let at = map.apply(x).unwrap_or(0);
                let again =
                    matches!(test, Test::SameFor(_) | Test::SameAs(_) | Test::Rises | Test::Falls);
                1 + function.cost(at) * (1 + u64::from(again))
            }
            Property::Primes(maps) => {
                maps.first().map_or(1, |map| if map.apply(x) < Some(1 << 16) { 1 } else { 8 })
            }
            Property::Form(_) | Property::PositiveForm(..) => 1 + x.isqrt() / 4,
            Property::Sets(rule) => rule.cost(x),
            Property::PowerResidue(_, modulus, _) => 1 + modulus / 2,
            _ => 1,
        }
    }

    /// The number below which all members are, where there is one.
    pub fn end(&self) -> Option<u64> {
        match self {
            Property::DivisorOf(number) => Some(number.saturating_add(1)),
            Property::PowerResidue(_, modulus, _) => Some(*modulus),
            _ => None,
        }
    }

    /// The list in words, given what it chooses from: `primes of the form 4 k + 1`.
    pub fn words(&self, base: &str) -> String {
        match self {
            Property::Value { map, function, test } => value_words(base, *map, *function, *test),
            Property::Primes(maps) => {
                let maps: Vec<String> = maps.iter().map(ToString::to_string).collect();
                match &maps[..] {
                    [one] => format!("{base} k such that {one} is prime"),
                    [all @ .., last] => {
                        format!("{base} k such that {} and {last} are prime", all.join(", "))
                    }
                    [] => base.to_owned(),
                }
            }
            Property::Residues(modulus, residues) => match &residues[..] {
                [0] => format!("{base} divisible by {modulus}"),
                [one] => format!("{base} of the form {modulus} k + {one}"),
                _ => format!("{base} congruent to {} modulo {modulus}", listed(residues, "or")),
            },
            Property::OnlyDigits(base_of, set) => {
                let without: Vec<u64> = members(!set, *base_of);
                match &without[..] {
                    [one] => format!("{base} without the digit {one}{}", in_base(*base_of)),
                    _ => {
                        let only = listed(&members(*set, *base_of), "and");
                        format!("{base} with only the digits {only}{}", in_base(*base_of))
                    }
                }
            }
            Property::HasDigits(base_of, set) => {
                let digits = listed(&members(*set, *base_of), "and");
                let noun = if set.count_ones() > 1 { "digits" } else { "digit" };
                format!("{base} that contain the {noun} {digits}{}", in_base(*base_of))
            }
            Property::HasString(base_of, string, has) => {
                let (first, second) = (string / u64::from(*base_of), string % u64::from(*base_of));
                let verb = if *has { "contain" } else { "do not contain" };
                format!(
                    "{base} that {verb} the digits {first}, {second} in a row{}",
                    in_base(*base_of)
                )
            }
            Property::HasStringAlone(base_of, string, shift, juxtaposed) => {
                let (first, second) = (string / u64::from(*base_of), string % u64::from(*base_of));
                let order = if *juxtaposed { " in either order" } else { "" };
                let other = if *shift < 0 { "k - 1" } else { "k + 1" };
                format!(
                    "{base} k that contain the digits {first}, {second} in a row{order}{}, while \
                     {other} does not",
                    in_base(*base_of)
                )
            }
            Property::Symbol(number, [non_residue, zero, _]) => match (non_residue, zero) {
                (true, _) => format!("{base} p such that {number} is not a square modulo p"),
                (false, true) => format!("{base} p such that {number} is a square modulo p"),
                (false, false) => {
                    format!("{base} p such that {number} is a square modulo p other than 0")
                }
            },
            Property::Symbols(all) => {
                let of = |wanted: bool| {
                    let chosen = all.iter().filter(|(_, is)| *is == wanted);
                    chosen.map(|(number, _)| number.to_string()).collect::<Vec<String>>().join(", ")
                };
                match (of(true), of(false)) {
                    (is, not) if not.is_empty() => {
                        format!("{base} p such that {is} are squares modulo p")
                    }
                    (is, not) if is.is_empty() => {
                        format!("{base} p such that {not} are not squares modulo p")
                    }
                    (is, not) => {
                        format!("{base} p such that modulo p squares: {is}, and not squares: {not}")
                    }
                }
            }
            Property::PositiveForm(a, c) => {
                let form = form_words([*a as i64, 0, *c as i64]);
                format!("{base} of the form {form} with positive x and y")
            }
            Property::DigitCounts(base_of, counts) => {
                let one = |(digit, count): &(u64, u32)| match count {
                    1 => format!("one digit {digit}"),
                    _ => format!("{count} digits {digit}"),
                };
                let all: Vec<String> = counts.iter().map(one).collect();
                format!("{base} with exactly {}{}", all.join(" and "), in_base(*base_of))
            }
            Property::Form(form) => format!("{base} of the form {}", form_words(*form)),
            Property::Sets(rule) => rule.words(base),
            Property::Smooth(primes) => {
                format!("{base} with no prime factor other than {}", listed(primes, "and"))
            }
            Property::CoprimeTo(number) => format!("{base} coprime to {number}"),
            Property::DivisorOf(number) => format!("divisors of {number}"),
            Property::PowerResidue(exponent, modulus, is) => {
                let power = match exponent {
                    2 => "squares".to_owned(),
                    3 => "cubes".to_owned(),
                    _ => format!("{exponent}-th powers"),
                };
                let not = if *is { "" } else { "not " };
                format!("{base} below {modulus} that are {not}{power} modulo {modulus}")
            }
        }
    }
}

fn value_words(base: &str, map: Map, function: NumberFunction, test: Test) -> String {
    let plain = map == Map::IDENTITY;
    let noun = function.noun();
    let one = |count: i64, noun: &str| match count {
        1 => format!("{base} with exactly 1 {noun}"),
        _ => format!("{base} with exactly {count} {noun}s"),
    };
    match (function, test) {
        (NumberFunction::PrimeFactors, Test::Equals(1)) if plain => return "primes".to_owned(),
        (NumberFunction::DivisorCount, Test::Equals(count)) if plain => {
            return one(count, "divisor");
        }
        (NumberFunction::PrimeFactors, Test::Equals(count)) if plain => {
            return format!("{base} that are products of {count} primes");
        }
        (NumberFunction::DistinctPrimeFactors, Test::Equals(count)) if plain => {
            return one(count, "distinct prime factor");
        }
        (NumberFunction::PrimeSignature, Test::Equals(value)) if plain => {
            return format!("{base} with the prime signature of {value}");
        }
        (NumberFunction::LargestExponent, Test::Equals(1)) if plain => {
            return format!("squarefree {base}");
        }
        (NumberFunction::Reversal(in_which), Test::Multiple(1)) => {
            return format!("{base} that are palindromes{}", in_base(in_which));
        }
        (NumberFunction::SquaresEnd, Test::Equals(1)) if plain => {
            return format!("happy {base}");
        }
        (NumberFunction::ProperDivisorSum, Test::Above) if plain => {
            return format!("abundant {base}");
        }
        (NumberFunction::ProperDivisorSum, Test::Below) if plain => {
            return format!("deficient {base}");
        }
        (NumberFunction::Occurrences(digit, in_which), Test::Equals(0)) if plain => {
            return format!("{base} without the digit {digit}{}", in_base(in_which));
        }
        (NumberFunction::Itself, Test::Prime) if plain => return "primes".to_owned(),
        _ => {}
    }
    let at = map.to_string();
    let (verb, of_it) = match test {
        Test::Equals(value) => (format!("is {value}"), false),
        Test::AtLeast(value) => (format!("is at least {value}"), false),
        Test::AtMost(value) => (format!("is at most {value}"), false),
        Test::Remainder(2, 0) => ("is even".to_owned(), false),
        Test::Remainder(2, _) => ("is odd".to_owned(), false),
        Test::Remainder(modulus, 0) => (format!("is divisible by {modulus}"), false),
        Test::Remainder(modulus, remainder) => (format!("is {remainder} modulo {modulus}"), false),
        Test::Prime => ("is prime".to_owned(), false),
        Test::NotPrime => ("is not prime".to_owned(), false),
        Test::Square => ("is a square".to_owned(), false),
        Test::PowerOfTwo => ("is a power of 2".to_owned(), false),
        Test::Triangular => ("is a triangular number".to_owned(), false),
        Test::SameAs(other) => (format!("equals the {}", other.noun()), false),
        Test::Divides => (format!("divides {at}"), true),
        Test::DoesNotDivide => (format!("does not divide {at}"), true),
        Test::DividedBy => (format!("is divisible by {at}"), true),
        Test::Multiple(1) => (format!("equals {at}"), true),
        Test::Multiple(factor) => (format!("equals {factor} {at}"), true),
        Test::Above => (format!("is larger than {at}"), true),
        Test::Below => (format!("is smaller than {at}"), true),
        Test::Coprime => (format!("is coprime to {at}"), true),
        Test::SameFor(other) => (format!("is that of {other}"), true),
        Test::Rises => ("is smaller than that of k + 1".to_owned(), true),
        Test::Falls => ("is larger than that of k + 1".to_owned(), true),
    };
    match (plain, function) {
        (_, NumberFunction::Itself) => format!("{base} k such that {map} {verb}"),
        (true, _) if !of_it => format!("{base} whose {noun} {verb}"),
        (true, _) => format!("{base} k whose {noun} {verb}"),
        (false, _) => format!("{base} k such that the {noun} of {map} {verb}"),
    }
}

fn members(set: u64, base: u8) -> Vec<u64> {
    (0..u64::from(base)).filter(|digit| set >> digit & 1 == 1).collect()
}

/// `1, 4 or 7`
pub fn listed(numbers: &[u64], last: &str) -> String {
    let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    match &texts[..] {
        [all @ .., end] if !all.is_empty() => format!("{} {last} {end}", all.join(", ")),
        _ => texts.concat(),
    }
}

fn form_words([a, b, c]: [i64; 3]) -> String {
    let term = |factor: i64, of: &str| match factor {
        1 => of.to_owned(),
        _ => format!("{factor} {of}"),
    };
    let middle = if b == 0 { String::new() } else { format!(" + {}", term(b, "x y")) };
    format!("{}{middle} + {}", term(a, "x^2"), term(c, "y^2"))
}

/// The digits that occur, as a set; the digit 0 of 0.
pub fn digit_set(x: u64, base: u8) -> u64 {
    match x {
        0 => 1,
        _ => digits(x, base.into()).fold(0, |set, digit| set | 1 << digit),
    }
}

fn has_string(x: u64, base: u64, string: u64) -> bool {
    let mut rest = x;
    while rest >= base {
        if rest % (base * base) == string {
            return true;
        }
        rest /= base;
    }
    false
}

/// Whether `x = a i^2 + b i j + c j^2` has a solution in integers, the form being positive.
fn represented([a, b, c]: [i64; 3], x: u64) -> bool {
    // 4 a x = (2 a i + b j)^2 + (4 a c - b^2) j^2
    let Some(scaled) = i64::try_from(x).ok().and_then(|x| x.checked_mul(4 * a)) else {
        return false;
    };
    let size = 4 * a * c - b * b;
    (0_i64..)
        .map_while(|j| Some((j, scaled.checked_sub(size.checked_mul(j * j)?)?)))
        .take_while(|(_, rest)| *rest >= 0)
        .any(|(j, rest)| {
            let root = rest.isqrt();
            root * root == rest && ((root - b * j) % (2 * a) == 0 || (root + b * j) % (2 * a) == 0)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_represent_their_values() {
        for form in [[1, 0, 1], [1, 1, 1], [2, 1, 3], [1, 0, 5], [3, 2, 5]] {
            let [a, b, c] = form;
            let value = |i: i64, j: i64| a * i * i + b * i * j + c * j * j;
            for x in 0..200 {
                let pairs = (-20..=20).flat_map(|i| (-20..=20).map(move |j| (i, j)));
                let has = pairs.into_iter().any(|(i, j)| value(i, j) == x as i64);
                assert_eq!(represented(form, x), has, "{form:?} {x}");
            }
        }
    }

    #[test]
    fn strings_of_digits() {
        assert!(has_string(1230, 10, 23) && !has_string(1230, 10, 13) && has_string(1005, 10, 5));
        assert!(!has_string(5, 10, 5));
        assert_eq!(digit_set(1231, 10), 0b1110);
    }

    #[test]
    fn polynomials_in_words() {
        assert_eq!(Map::square(1, 0, 1).to_string(), "k^2 + 1");
        assert_eq!(Map::linear(2, -1).to_string(), "2 k - 1");
        assert_eq!(Map([0, 0, 0, 1]).apply(3), Some(27));
        assert_eq!(Map([0, 0, 0, 1]).apply(u64::MAX), None);
    }
}
