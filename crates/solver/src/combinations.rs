//! Two known sequences made into one: added, multiplied, in turn, or one as the index of a
//! function; and the remainders of one.
//!
//! What is left of the terms when one known sequence is taken away is looked up among all others
//! by its first terms, so that the pairs need not be tried one by one.

mod in_turn;
mod part;
mod tails;

use std::sync::LazyLock;

use ninth_sequences::Function;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::bits;
use crate::catalogue::{self, Known, Row};
use crate::expression::{Expression, Formula, n};
use crate::rule::{Generator, Rule};
use crate::terms::Terms;
use in_turn::in_turn;
pub(crate) use part::Part;
use part::{FAMOUS, STARTS};
pub(crate) use tails::known;
use tails::{KEY, hash, is_key, may_be};

/// How two sequences are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// `s(n) + t(n)`
    Sum,
    /// `s(n) - t(n)`
    Difference,
    /// `s(n) t(n)`
    Product,
    /// `s(n) / t(n)`, an integer
    Quotient,
    /// The larger one.
    Larger,
    /// The smaller one.
    Smaller,
    /// The greatest common divisor.
    CommonDivisor,
    /// `s(n)` at even places and `t(n)` at odd ones, of the same `n`
    InTurn,
}

/// A sequence made of known ones.
#[derive(Clone, Debug, PartialEq)]
pub enum Combination {
    /// Two known sequences joined.
    Joined(Join, Part, Part),
    /// A multiple of a known sequence and a line: `c s(n) + a n + b`, with `n` from 0 on.
    WithLine(Part, i64, [BigInt; 2]),
    /// The remainders of a known sequence.
    Remainders(Part, i64),
    /// A function of the terms of a known sequence.
    FunctionOf(Function, Part),
    /// A function of an arithmetic sequence, `f(a n + b)` with `n` from 0 on.
    FunctionOfIndex(Function, i64, i64),
}

use Combination::{FunctionOf, FunctionOfIndex, Joined, Remainders, WithLine};

/// Functions of number theory and of digits.
fn functions() -> Vec<Function> {
    use std::num::NonZeroU32;
    let positive = |k: u32| NonZeroU32::new(k).unwrap_or(NonZeroU32::MIN);
    vec![
        Function::DivisorCount,
        Function::DivisorSum,
        Function::Totient,
        Function::Prime,
        Function::DistinctPrimeFactors,
        Function::PrimeFactors,
        Function::LeastPrimeFactor,
        Function::GreatestPrimeFactor,
        Function::DigitSum(10),
        Function::DigitSum(2),
        Function::Moebius,
        Function::Radical,
        Function::PrimeCount,
        Function::NextPrime,
        Function::PreviousPrime,
        Function::PrimeFactorSum,
        Function::IsPrime,
        Function::IsSquare,
        Function::Root(2),
        Function::Reversal(10),
        Function::Numeral(2),
        Function::Reversal(2),
        Function::DigitCount(2),
        Function::DigitCount(10),
        Function::DigitProduct(10),
        Function::DigitSum(3),
        Function::Valuation(positive(2)),
        Function::Valuation(positive(3)),
        Function::WithoutFactor(positive(2)),
        Function::Fibonacci,
        Function::Partitions,
        Function::Carmichael,
        Function::Derivative,
        Function::SquarefreePart,
        Function::SquareFactor,
        Function::Kempner,
        Function::CollatzSteps,
        Function::AboveSquare,
        Function::TwoSquares,
        Function::GrayCode,
        Function::Josephus,
        Function::Root(3),
        Function::Order(2),
        Function::Numeral(3),
        Function::Gcd(positive(6)),
        Function::IsTriangular,
        Function::IsFibonacci,
    ]
}

/// The least argument that a function of the index is tried with.
const LEAST_ARGUMENT: i64 = -2;

/// The functions, with their values from the least argument on: those that the first terms are
/// compared with.
static FUNCTIONS: LazyLock<Vec<(Function, Vec<Option<i64>>)>> = LazyLock::new(|| {
    let values = |function: Function| {
        (LEAST_ARGUMENT..=24).map(|argument| function.value(argument)).collect()
    };
    functions().into_iter().map(|function| (function, values(function))).collect()
});

/// Finds combinations behind at least five terms.
pub fn solve(terms: &Terms, found: &mut Vec<Rule>) {
    if terms.len() < 5 || terms.is_constant() {
        return;
    }
    let mut all = Vec::new();
    with_line(terms, &mut all);
    if let Some(small) = terms.small() {
        without_inverse(small, &mut all);
        remainders(small, &mut all);
        of_function(small, &mut all);
    }
    found.extend(all.into_iter().map(Rule::new));
    pairs(terms, found);
}

/// Finds pairs of known sequences, joined or in turn: the fast part of [`solve`].
pub(crate) fn pairs(terms: &Terms, found: &mut Vec<Rule>) {
    if terms.len() < 5 || terms.is_constant() {
        return;
    }
    let mut all = Vec::new();
    joined(terms, &mut all);
    let in_turn = in_turn(terms).into_iter();
    all.extend(in_turn.map(|(left, right)| Joined(Join::InTurn, left, right)));
    found.extend(all.into_iter().map(Rule::new));
}

/// Finds known sequences as they are, by their first terms: fast enough for the simpler sequences
/// that operations leave.
pub(crate) fn alone(terms: &Terms, found: &mut Vec<Rule>) {
    let rule = |part: Part| Rule::new(Known::from(part.entry, part.start));
    found.extend(known(terms.low()).map(rule));
}

/// The best known sequences from their first or second term on, with their terms.
pub(crate) fn best_known() -> impl Iterator<Item = (Part, &'static [i64])> {
    static BEST_KNOWN: LazyLock<Vec<(Part, &[i64])>> = LazyLock::new(|| {
        let famous = operands().filter(|(row, start)| row.entry.bits() <= FAMOUS && *start < 2);
        let parts = famous.filter_map(|(row, start)| {
            let terms = row.small.get(start..).filter(|terms| terms.len() > KEY)?;
            Some((Part { entry: row.entry, start }, terms))
        });
        parts.collect()
    });
    BEST_KNOWN.iter().copied()
}

/// All rows from each of their first places on, as far as they reach.
fn operands() -> impl Iterator<Item = (&'static Row, usize)> {
    catalogue::table().iter().flat_map(|row| (0..STARTS).map(move |start| (row, start)))
}

/// A row from one of its first places on.
struct Operand {
    place: usize,
    start: usize,
    hash: u64,
}

/// Those that have a key and at least one term more.
static OPERANDS: LazyLock<Vec<Operand>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (place, row) in catalogue::table().iter().enumerate() {
        for start in 0..STARTS {
            if let Some(s) = row.low.get(start..)
                && s.len() > KEY
                && let Some(key) = s.first_chunk()
            {
                all.push(Operand { place, start, hash: hash(key) });
            }
        }
    }
    all
});

/// A row from one of its first places on, as far as the terms fit 64 bits.
struct SmallOperand {
    own: Part,
    terms: &'static [i64],
    first: [i64; KEY + 1],
}

/// Those that have a key and at least one term more.
static SMALL_OPERANDS: LazyLock<Vec<SmallOperand>> = LazyLock::new(|| {
    let operand = |(row, start): (&'static Row, usize)| {
        let terms = row.small.get(start..)?;
        let own = Part { entry: row.entry, start };
        Some(SmallOperand { own, terms, first: *terms.first_chunk()? })
    };
    operands().filter_map(operand).collect()
});

fn joined(terms: &Terms, all: &mut Vec<Combination>) {
    let x = terms.low();
    let count = x.len();
    let Some(first) = x.first_chunk::<KEY>() else { return };
    let mut rest = vec![0_u64; count];
    let hash_of_terms = hash(first);
    for operand in OPERANDS.iter() {
        // The first terms refute nearly all, before the row is looked at.
        let of_rests = [
            hash_of_terms.wrapping_sub(operand.hash),
            operand.hash.wrapping_sub(hash_of_terms),
            hash_of_terms.wrapping_add(operand.hash),
        ];
        let may_be = of_rests.map(may_be);
        if may_be == [false; 3] {
            continue;
        }
        let (row, start) = (&catalogue::table()[operand.place], operand.start);
        let own = Part { entry: row.entry, start };
        let s = &row.low[start..];
        let compared = count.min(s.len());
        // x = s + t, x = t - s, x = s - t
        let change: [fn(u64, u64) -> u64; 3] =
            [u64::wrapping_sub, |x, s| s.wrapping_sub(x), u64::wrapping_add];
        let sums = [(Join::Sum, false), (Join::Difference, false), (Join::Difference, true)];
        for (place, (join, swapped)) in sums.into_iter().enumerate() {
            if !may_be[place] {
                continue;
            }
            for (rest, (x, s)) in rest.iter_mut().zip(x.iter().zip(s)) {
                *rest = change[place](*x, *s);
            }
            for other in known(&rest[..compared]) {
                let (left, right) = if swapped { (other, own) } else { (own, other) };
                if join == Join::Sum && left.entry.number() > right.entry.number() {
                    continue; // found the other way round as well
                }
                all.push(Joined(join, left, right));
            }
        }
    }
    // x = s t, x = s / t: exact, so for terms of 64 bits only.
    let Some(small) = terms.small() else { return };
    let mut quotients = vec![0_u64; count];
    // Most divisors are larger than what they should divide.
    let divides = |(x, s): (&i64, &i64)| match *x {
        0 => *s != 0,
        _ => s.unsigned_abs() <= x.unsigned_abs() && x.checked_rem(*s) == Some(0),
    };
    for &SmallOperand { own, terms: s, ref first } in SMALL_OPERANDS.iter() {
        // The first terms refute nearly all, before the others are looked at.
        let may_divide = small[..=KEY].iter().zip(first).rev().all(divides);
        let product = |place: usize| small[place].wrapping_mul(first[place]) as u64;
        let may_be_divided = is_key(&std::array::from_fn(product));
        if !may_divide && !may_be_divided {
            continue;
        }
        let compared = count.min(s.len());
        let divides = may_divide && small[..compared].iter().zip(&s[..compared]).rev().all(divides);
        if divides && s[..compared].iter().any(|s| s.unsigned_abs() > 1) {
            for (quotient, (x, s)) in quotients.iter_mut().zip(small.iter().zip(s)) {
                *quotient = x.wrapping_div(*s) as u64;
            }
            for other in known(&quotients[..compared]) {
                all.push(Joined(Join::Product, own, other));
            }
        }
        if !may_be_divided {
            continue;
        }
        let product = small.iter().zip(s).map(|(x, s)| x.checked_mul(*s));
        let mut overflow = false;
        for (quotient, product) in quotients.iter_mut().zip(product) {
            overflow |= product.is_none();
            *quotient = product.unwrap_or(0) as u64;
        }
        if !overflow && small.iter().any(|x| x.unsigned_abs() > 1) {
            for other in known(&quotients[..compared]) {
                all.push(Joined(Join::Quotient, other, own));
            }
        }
    }
}

/// The factors of a known sequence that a line is added to.
const FACTORS: [i64; 5] = [1, -1, 2, 3, -2];

fn second_difference(values: &[u64], place: usize) -> u64 {
    values[place + 2].wrapping_sub(values[place + 1].wrapping_mul(2)).wrapping_add(values[place])
}

/// The first second differences.
fn second_differences(values: &[u64]) -> [u64; KEY] {
    std::array::from_fn(|place| second_difference(values, place))
}

/// Rows with six terms at least from one of their first places on, by a hash of the first second
/// differences times one of the factors: the hash, and the places of the row and of the factor
/// and the start, in increasing order.
static BENT: LazyLock<Vec<(u64, u16, u8, u8)>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (row, place) in catalogue::table().iter().zip(0..) {
        for start in 0..STARTS {
            let Some(s) = row.low.get(start..).filter(|s| s.len() >= KEY + 2) else { break };
            let hash = hash(&second_differences(s));
            for (factor, place_of_factor) in FACTORS.into_iter().zip(0..) {
                all.push((hash.wrapping_mul(factor as u64), place, start as u8, place_of_factor));
            }
        }
    }
    all.sort_unstable();
    all
});

/// `x - c s` is a line: its second differences are zero.
fn with_line(terms: &Terms, all: &mut Vec<Combination>) {
    let x = terms.low();
    let count = x.len();
    if count < KEY + 2 {
        return;
    }
    // The hash is linear.
    let wanted = hash(&second_differences(x));
    let from = BENT.partition_point(|(hash, ..)| *hash < wanted);
    for &(_, row, start, factor) in BENT[from..].iter().take_while(|(hash, ..)| *hash == wanted) {
        let (row, start) = (&catalogue::table()[usize::from(row)], usize::from(start));
        let factor = FACTORS[usize::from(factor)];
        let s = &row.low[start..];
        let compared = count.min(s.len()) - 2;
        let matches = |place: usize| {
            second_difference(x, place) == second_difference(s, place).wrapping_mul(factor as u64)
        };
        // What is a line itself says nothing.
        if (0..compared).all(matches) && (0..compared).any(|place| second_difference(s, place) != 0)
        {
            let exact = row.entry.terms(start + 2);
            let Some([s0, s1]) = exact.get(start..).and_then(|s| s.first_chunk()) else {
                continue;
            };
            let base = &terms.exact()[0] - s0 * factor;
            let slope = &terms.exact()[1] - s1 * factor - &base;
            if slope.is_zero() {
                continue; // a multiple and a constant are found by the catalogue
            }
            let own = Part { entry: row.entry, start };
            all.push(WithLine(own, factor, [base, slope]));
        }
    }
}

/// The value of a join of two terms.
type Value = fn(i64, i64) -> i64;

fn without_inverse(x: &[i64], all: &mut Vec<Combination>) {
    // For each of the joins, whether the terms may be made of these ones at all.
    let may_be = |s: &[i64]| {
        let both = || x.iter().zip(s).take(KEY + 1);
        [
            both().all(|(x, s)| s <= x),
            both().all(|(x, s)| s >= x),
            both().all(|(x, s)| if *x == 0 { *s == 0 } else { s.checked_rem(*x) == Some(0) }),
        ]
    };
    // The places of the terms that differ; the larger one of two is one of them.
    let different = |s: &[i64]| {
        let places = x.iter().zip(s).take(64).enumerate();
        places.fold(0_u64, |all, (place, (x, s))| all | u64::from(x != s) << place)
    };
    let famous: Vec<(Part, &[i64], [bool; 3], u64)> = best_known()
        .filter_map(|(part, s)| {
            let may_be = may_be(s);
            may_be.contains(&true).then(|| (part, s, may_be, different(s)))
        })
        .collect();
    for (place, &(left, s, by_left, differs)) in famous.iter().enumerate() {
        for &(right, t, by_right, other_differs) in &famous[..place] {
            let is_one_of_them = differs & other_differs == 0;
            if left.entry == right.entry || !(is_one_of_them || by_left[2] && by_right[2]) {
                continue;
            }
            let fits =
                |join: Value| x.iter().zip(s.iter().zip(t)).all(|(x, (s, t))| join(*s, *t) == *x);
            let joins: [(Join, Value); 3] = [
                (Join::Larger, |s, t| s.max(t)),
                (Join::Smaller, |s, t| s.min(t)),
                (Join::CommonDivisor, |s, t| s.gcd(&t)),
            ];
            for (place, (join, value)) in joins.into_iter().enumerate() {
                if by_left[place] && by_right[place] && fits(value) {
                    // One that is always the larger is what it is alone.
                    if x.iter().zip(s).any(|(x, s)| x != s) && x.iter().zip(t).any(|(x, t)| x != t)
                    {
                        all.push(Joined(join, left, right));
                    }
                }
            }
        }
    }
}

fn remainders(x: &[i64], all: &mut Vec<Combination>) {
    /// The largest modulus beyond the largest term.
    const BEYOND: i64 = 12;
    let (Some(&least), Some(&most)) = (x.iter().min(), x.iter().max()) else { return };
    if least < 0 || !(1..=200).contains(&most) || x.len() < 6 {
        return;
    }
    for (row, start) in operands() {
        let Some(s) = row.small.get(start..).filter(|s| s.len() >= x.len()) else { continue };
        // What differs from its remainder does so by a multiple of the modulus.
        if s.iter().zip(x).any(|(s, x)| s != x && s.saturating_sub(*x) <= most) {
            continue;
        }
        // Before the first remainder that differs from its number nothing is seen of it.
        let Some(changed) = s.iter().zip(x).position(|(s, x)| s != x) else { continue };
        for modulus in most + 1..=most + BEYOND {
            if (s[changed] - x[changed]) % modulus == 0
                && s.iter().zip(x).all(|(s, x)| s.rem_euclid(modulus) == *x)
            {
                all.push(Remainders(Part { entry: row.entry, start }, modulus));
            }
        }
    }
}

fn of_function(x: &[i64], all: &mut Vec<Combination>) {
    let limit = Function::LARGEST_ARGUMENT;
    if x.len() < 6 {
        return;
    }
    let parts: Vec<(Part, &[i64])> =
        best_known().filter(|(part, s)| part.entry.bits() <= 7.5 && s.len() >= x.len()).collect();
    for (function, values) in FUNCTIONS.iter() {
        let function = *function;
        let of = |argument: i64| match values.get((argument - LEAST_ARGUMENT) as usize) {
            Some(value) => *value,
            None => function.value(argument),
        };
        for factor in 1..=6 {
            for constant in (1 - factor).max(-2)..=2 * factor.min(3) {
                let argument = |place: usize| factor * place as i64 + constant;
                let fits = |(place, x): (usize, &i64)| of(argument(place)) == Some(*x);
                if x.iter().enumerate().all(fits) {
                    all.push(FunctionOfIndex(function, factor, constant));
                }
            }
        }
        for &(part, s) in &parts {
            let value = |argument: i64| (argument <= limit).then(|| of(argument))?;
            if s.iter().zip(x).all(|(s, x)| value(*s) == Some(*x)) {
                all.push(FunctionOf(function, part));
            }
        }
    }
}

impl Generator for Combination {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        let value = |function: &Function, argument: &BigInt| {
            function.value(argument.to_i64()?).map(BigInt::from)
        };
        match self {
            Joined(join, left, right) => {
                let (left, right) = (left.terms(count), right.terms(count));
                let pairs = left.into_iter().zip(right).enumerate();
                pairs.map_while(|(place, (s, t))| join.value(place, s, t)).collect()
            }
            WithLine(part, factor, [base, slope]) => {
                let terms = part.terms(count).into_iter().enumerate();
                terms.map(|(place, s)| s * factor + base + slope * place).collect()
            }
            Remainders(part, modulus) => {
                let modulus = BigInt::from(*modulus);
                part.terms(count).into_iter().map(|s| s.mod_floor(&modulus)).collect()
            }
            FunctionOf(function, part) => {
                part.terms(count).iter().map_while(|s| value(function, s)).collect()
            }
            FunctionOfIndex(function, factor, constant) => (0..count as i64)
                .map_while(|place| function.value(factor * place + constant).map(BigInt::from))
                .collect(),
        }
    }

    fn bits(&self) -> f64 {
        // One of about fifty functions.
        const FUNCTION: f64 = 5.6;
        4.0 + match self {
            Joined(join, left, right) => {
                // The best known ones in turn: a person sees that both have the same index.
                let second = match join {
                    Join::InTurn if left.is_among_the_first() && right.is_among_the_first() => {
                        right.entry.bits()
                    }
                    _ => right.bits(),
                };
                let join = match join {
                    Join::Sum | Join::Product => 1.0,
                    Join::Difference | Join::InTurn => 2.0,
                    Join::Quotient => 3.0,
                    Join::Larger | Join::Smaller | Join::CommonDivisor => 4.0,
                };
                join + left.bits() + second
            }
            WithLine(part, factor, [_, slope]) => {
                // The first term is given, and the base follows from it.
                3.0 + part.bits() + bits::integer(*factor - 1) + bits::big(slope)
            }
            Remainders(part, modulus) => 3.0 + part.bits() + bits::integer(*modulus),
            FunctionOf(_, part) => 3.0 + FUNCTION + part.bits(),
            FunctionOfIndex(_, factor, constant) => {
                FUNCTION + bits::integer(factor - 1) + bits::integer(constant - 1)
            }
        }
    }

    fn seeds(&self) -> usize {
        0
    }

    fn formula(&self) -> Formula {
        match self {
            Joined(join, left, right) => {
                let [(s, of_s), (t, of_t)] = left.with(right);
                let call = |name: &str, s, t| Expression::Call(name.to_owned(), vec![s, t]);
                let formula = match join {
                    Join::Sum => Formula::of(Expression::sum(vec![s, t])),
                    Join::Difference => {
                        let minus = Expression::product(vec![Expression::integer(-1), t]);
                        Formula::of(Expression::sum(vec![s, minus]))
                    }
                    Join::Product => Formula::of(Expression::product(vec![s, t])),
                    Join::Quotient => Formula::of(Expression::quotient(s, t)),
                    Join::Larger => Formula::of(call("max", s, t)),
                    Join::Smaller => Formula::of(call("min", s, t)),
                    Join::CommonDivisor => Formula::of(call("gcd", s, t)),
                    Join::InTurn => {
                        let two = Expression::product(vec![Expression::integer(2), n()]);
                        let next = Expression::sum(vec![two.clone(), Expression::integer(1)]);
                        Formula::in_turn(vec![s.with_index(&two), t.with_index(&next)])
                    }
                };
                formula.with_parts(of_s.into_iter().chain(of_t).collect())
            }
            WithLine(part, factor, [base, slope]) => {
                let (s, of_s) = part.expression("s");
                let line =
                    Expression::polynomial(&[base.clone(), slope.clone()], &BigInt::one(), &n());
                let multiple = Expression::product(vec![Expression::integer(*factor), s]);
                let parts = of_s.into_iter().collect();
                Formula::of(Expression::sum(vec![multiple, line])).with_parts(parts)
            }
            Remainders(part, modulus) => {
                let (s, of_s) = part.expression("s");
                let modulus = Expression::integer(*modulus);
                let right = Expression::Modulo(Box::new(s), Box::new(modulus));
                Formula::of(right).with_parts(of_s.into_iter().collect())
            }
            FunctionOf(function, part) => {
                let (s, of_s) = part.expression("s");
                let right = applied(*function, s);
                Formula::of(right).with_parts(of_s.into_iter().collect())
            }
            FunctionOfIndex(Function::Fibonacci, factor, _) => {
                let first = self.terms(2);
                fibonacci_recurrence(*factor).starting(0, first)
            }
            FunctionOfIndex(function, 1, constant) => {
                Formula::of(applied(*function, n())).starting(*constant, Vec::new())
            }
            FunctionOfIndex(function, factor, constant) => {
                let factor = Expression::product(vec![Expression::integer(*factor), n()]);
                let index = Expression::sum(vec![factor, Expression::integer(*constant)]);
                Formula::of(applied(*function, index))
            }
        }
    }
}

/// Every `step`-th Fibonacci number: `a(n) = L a(n-1) - (-1)^step a(n-2)` with the Lucas number L.
fn fibonacci_recurrence(step: i64) -> Formula {
    let (mut lucas, mut next) = (2_i64, 1_i64);
    for _ in 0..step {
        (lucas, next) = (next, lucas + next);
    }
    let sign = if step % 2 == 0 { -1 } else { 1 };
    let times = |factor: i64, shift: i64| {
        Expression::product(vec![Expression::integer(factor), Expression::term("a", shift)])
    };
    Formula::of(Expression::sum(vec![times(lucas, -1), times(sign, -2)]))
}

/// A function with a name, applied.
fn applied(function: Function, to: Expression) -> Expression {
    // `Totient` is `totient(n)`, `DigitSum(2)` is `digit_sum(n, 2)`.
    let debug = format!("{function:?}");
    let (name, parameter) = match debug.split_once('(') {
        Some((name, rest)) => (name, rest.trim_end_matches(')').parse::<i64>().ok()),
        None => (debug.as_str(), None),
    };
    let mut snake = String::new();
    for (place, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && place > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    let mut arguments = vec![to];
    arguments.extend(parameter.map(Expression::integer));
    Expression::Call(snake, arguments)
}

impl Join {
    fn value(self, place: usize, s: BigInt, t: BigInt) -> Option<BigInt> {
        Some(match self {
            Join::Sum => s + t,
            Join::Difference => s - t,
            Join::Product => s * t,
            Join::Quotient => {
                let (quotient, rest) = if t.is_zero() { return None } else { s.div_rem(&t) };
                return rest.is_zero().then_some(quotient);
            }
            Join::Larger => s.max(t),
            Join::Smaller => s.min(t),
            Join::CommonDivisor => {
                // Of large numbers a rest is faster than many shifts.
                let (s, t) = if s.magnitude() < t.magnitude() { (t, s) } else { (s, t) };
                let rest = if t.is_zero() { return Some(s.abs()) } else { s % &t };
                match (rest.magnitude().to_u64(), t.magnitude().to_u64()) {
                    (Some(rest), Some(t)) => rest.gcd(&t).into(),
                    _ => rest.gcd(&t),
                }
            }
            Join::InTurn if place.is_multiple_of(2) => s,
            Join::InTurn => t,
        })
    }
}
