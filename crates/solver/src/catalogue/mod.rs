//! The catalogue of known sequences: what a person who knows sequences recognises.
//!
//! | file | what it holds |
//! |---|---|
//! | [`mod@self`] | entries, and the table of their first terms |
//! | `formula` | formulas that are parsed and evaluated |
//! | `arithmetic` | primes, factors, digits |
//! | `series` | terms that need more than a formula |
//! | `figurate`, `powers`, `recurrences`, `combinatorial`, `number_theory`, `digits`, `lists` | the entries |
//! | `table.txt` | the first terms of all entries |
//! | `ratios` | the places of the table by the ratio of differences |
//! | `search`, `far` | the rule "multiples, shifts and sections of a known sequence" |
//!
//! The numbers of entries are those of the On-Line Encyclopedia of Integer Sequences.

mod arithmetic;
mod combinatorial;
mod digits;
mod far;
mod figurate;
mod formula;
mod lists;
mod number_theory;
mod powers;
mod ratios;
mod recurrences;
mod search;
#[cfg(test)]
mod search_tests;
mod series;
#[cfg(test)]
mod tests;

use std::fmt::{self, Debug, Formatter};
use std::sync::LazyLock;

use num_bigint::BigInt;

use crate::expression::Formula;
use formula::{Exact, Node, parse};

pub use search::{Known, name_of, solve};

/// Terms, as small as they are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Series {
    Small(Vec<i128>),
    Big(Vec<BigInt>),
}

impl Series {
    fn exact(self) -> Vec<BigInt> {
        match self {
            Series::Small(terms) => terms.into_iter().map(BigInt::from).collect(),
            Series::Big(terms) => terms,
        }
    }
}

/// How the terms of an entry are made.
#[derive(Clone, Copy)]
enum Source {
    /// A formula in `n`, and in terms before where there are first terms.
    Formula(&'static str, &'static [i64]),
    /// The numbers from 0 on with a property, ascending.
    Numbers(fn(u64) -> bool),
    /// The value at each index from the first on.
    Values(fn(i64) -> i64),
    /// The first terms, as many as are asked for.
    Series(fn(usize) -> Series),
    /// A list of facts, which ends.
    List(&'static [i64]),
}

/// A known sequence.
#[derive(Clone, Copy)]
pub struct Entry {
    number: u32,
    name: &'static str,
    first: i64,
    bits: f32,
    /// A definition in words, or a formula that begins with `a(n) = `. Empty where the source
    /// is a formula.
    says: &'static str,
    source: Source,
}

impl Debug for Entry {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number(), self.name)
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Entry {}

/// Bits of fame: the shares of all entries add up to one with these (see the test).
const fn entry(
    number: u32,
    name: &'static str,
    first: i64,
    bits: u8,
    says: &'static str,
    source: Source,
) -> Entry {
    Entry { number, name, first, bits: bits as f32, says, source }
}

/// An entry with a formula in `n`.
const fn closed(
    number: u32,
    name: &'static str,
    first: i64,
    bits: u8,
    text: &'static str,
) -> Entry {
    entry(number, name, first, bits, "", Source::Formula(text, &[]))
}

/// An entry with a recurrence, or with a formula that holds behind the first terms.
const fn recurrence(
    number: u32,
    name: &'static str,
    first: i64,
    bits: u8,
    text: &'static str,
    seeds: &'static [i64],
) -> Entry {
    entry(number, name, first, bits, "", Source::Formula(text, seeds))
}

/// An entry of the numbers with a property.
const fn numbers(
    number: u32,
    name: &'static str,
    first: i64,
    bits: u8,
    says: &'static str,
    property: fn(u64) -> bool,
) -> Entry {
    entry(number, name, first, bits, says, Source::Numbers(property))
}

/// An entry with a function of the index.
const fn values(
    number: u32,
    name: &'static str,
    first: i64,
    bits: u8,
    says: &'static str,
    value: fn(i64) -> i64,
) -> Entry {
    entry(number, name, first, bits, says, Source::Values(value))
}

/// An entry whose terms are made all at once.
const fn series(
    number: u32,
    name: &'static str,
    first: i64,
    bits: u8,
    says: &'static str,
    make: fn(usize) -> Series,
) -> Entry {
    entry(number, name, first, bits, says, Source::Series(make))
}

/// An entry with a list.
const fn list(
    number: u32,
    name: &'static str,
    first: i64,
    bits: u8,
    says: &'static str,
    terms: &'static [i64],
) -> Entry {
    entry(number, name, first, bits, says, Source::List(terms))
}

/// All entries, by subject.
static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    [
        figurate::ENTRIES,
        powers::ENTRIES,
        recurrences::ENTRIES,
        combinatorial::ENTRIES,
        number_theory::ENTRIES,
        digits::ENTRIES,
        lists::ENTRIES,
    ]
    .concat()
});

/// All entries.
pub fn entries() -> &'static [Entry] {
    &ENTRIES
}

/// The entry with this number.
pub fn numbered(number: u32) -> Option<&'static Entry> {
    entries().iter().find(|entry| entry.number == number)
}

/// How many numbers are tested, at most, to list those with a property.
const MOST_TESTED: u64 = 100_000;

impl Entry {
    /// The number, as in `A000290`.
    pub fn number(&self) -> String {
        format!("A{:06}", self.number)
    }

    /// The name, in the plural where it is one: `squares`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The index of the first term, by convention.
    pub fn first_index(&self) -> i64 {
        self.first
    }

    /// Bits of fame: the better known, the fewer.
    pub fn bits(&self) -> f64 {
        f64::from(self.bits)
    }

    /// The first `count` terms; fewer where the list ends or the numbers become rare.
    pub fn terms(&self, count: usize) -> Vec<BigInt> {
        let series = match self.source {
            Source::Formula(text, seeds) => {
                let Some(node) = parse(text) else { return Vec::new() };
                evaluated(&node, self.first, seeds, count)
            }
            Source::Numbers(property) => {
                let found = (0..MOST_TESTED).filter(|&n| property(n)).take(count);
                Series::Small(found.map(i128::from).collect())
            }
            Source::Values(value) => {
                let indices = (self.first..).take(count);
                Series::Small(indices.map(|n| i128::from(value(n))).collect())
            }
            Source::Series(make) => make(count),
            Source::List(terms) => {
                Series::Small(terms.iter().take(count).map(|&term| i128::from(term)).collect())
            }
        };
        series.exact()
    }

    /// The term at an index, where it is cheap: by a formula without terms before, or a value.
    fn term(&self, node: Option<&Node>, index: i64) -> Option<BigInt> {
        match (self.source, node) {
            (Source::Formula(_, []), Some(node)) => match node.value::<i128>(index, &[]) {
                Some(value) => Some(value.into()),
                None => node.value::<BigInt>(index, &[]),
            },
            (Source::Values(value), _) => Some(value(index).into()),
            _ => None,
        }
    }

    /// The formula, or the definition in words.
    pub fn formula(&self) -> Formula {
        if let Source::Formula(text, seeds) = self.source
            && let Some(node) = parse(text)
        {
            let seeds = seeds.iter().map(|&seed| BigInt::from(seed)).collect();
            return Formula::of(node.expression()).starting(self.first, seeds);
        }
        match self.said() {
            Some(node) => Formula::of(node.expression()).starting(self.first, Vec::new()),
            None => Formula::words(self.definition()).starting(self.first, Vec::new()),
        }
    }

    /// What the terms are in words: those that count objects say that they do.
    fn definition(&self) -> String {
        if self.counts() { format!("the number of {}", self.says) } else { self.says.to_owned() }
    }

    /// Whether the definition names the objects that term `n` counts: `trees with n nodes`.
    fn counts(&self) -> bool {
        /// What begins so says a number, or lists numbers.
        const NUMBERS: [&str; 12] = [
            "a(n)",
            "the",
            "n",
            "numbers",
            "primes",
            "sums",
            "products",
            "powers",
            "numerators",
            "denominators",
            "coefficients",
            "digits",
        ];
        const BEHIND_OBJECTS: [&str; 5] = [" of ", " with ", " on ", " to ", " for "];
        if matches!(self.source, Source::Numbers(_)) || self.says.contains(" such that ") {
            return false;
        }
        let end = BEHIND_OBJECTS.iter().filter_map(|behind| self.says.find(behind)).min();
        let Some((objects, rest)) = end.and_then(|end| self.says.split_at_checked(end)) else {
            return false;
        };
        let first = objects.split(' ').next().unwrap_or(objects);
        let plural = objects.ends_with('s') && !objects.contains("'s ");
        let speaks_of_n = rest.split([' ', ',', ':']).any(|word| word == "n");
        plural && speaks_of_n && !NUMBERS.contains(&first)
    }

    /// The sequence as a noun, with its article: `the Bell numbers`, `the numbers of trees`,
    /// `Golomb's sequence`.
    pub(crate) fn noun(&self) -> String {
        let name = self.name;
        let first = name.split(' ').next().unwrap_or(name);
        if first.ends_with("'s") {
            return match name.chars().last() {
                Some(letter) if letter.is_uppercase() => format!("{name} sequence"),
                _ => name.to_owned(),
            };
        }
        // Names that are no nouns: `1 to k for each k`.
        if matches!(first, "n" | "k") || first.bytes().all(|byte| byte.is_ascii_digit()) {
            let formula = self.says.is_empty() || self.says.starts_with("a(n)");
            return if formula { name } else { self.says }.to_owned();
        }
        // The name may be that of the numbers already: Bell numbers, binary weights.
        let counts = self.counts() || {
            let objects = self.says.strip_prefix("the number of ").unwrap_or_default();
            objects.starts_with("ways") || name.split(' ').any(|word| is_head(word, objects))
        };
        let named = name.contains("number") || name.contains("function");
        let of = if counts && !named { "numbers of " } else { "" };
        format!("the {of}{name}")
    }

    /// The formula that makes the terms, where one does.
    fn node(&self) -> Option<Node> {
        match self.source {
            Source::Formula(text, _) => parse(text),
            _ => None,
        }
    }

    /// The formula in `n` alone that is said, if there is one.
    fn said(&self) -> Option<Node> {
        let node = match self.source {
            Source::Formula(text, []) => parse(text),
            _ => self.says.strip_prefix("a(n) = ").and_then(parse),
        };
        node.filter(|node| !node.refers_back())
    }
}

/// Whether a plural is what is counted: `runs` in `runs of n in binary`.
fn is_head(word: &str, objects: &str) -> bool {
    let end = objects.find(" of ").unwrap_or(objects.len());
    word.ends_with('s') && objects[..end].ends_with(word)
}

/// The terms of a formula, in numbers of 128 bits as long as they fit.
fn evaluated(node: &Node, first: i64, seeds: &[i64], count: usize) -> Series {
    let mut small: Vec<i128> = seeds.iter().take(count).map(|&seed| seed.into()).collect();
    if extend(node, first, &mut small, count) {
        return Series::Small(small);
    }
    let mut big: Vec<BigInt> = small.into_iter().map(BigInt::from).collect();
    extend(node, first, &mut big, count);
    Series::Big(big)
}

/// Appends the terms that follow; whether all were found.
fn extend<T: Exact>(node: &Node, first: i64, terms: &mut Vec<T>, count: usize) -> bool {
    while terms.len() < count {
        if terms.last().is_some_and(Exact::is_huge) {
            return false;
        }
        // Lengths of lists are far below 2^63.
        match node.value(first + terms.len() as i64, terms) {
            Some(next) => terms.push(next),
            None => return false,
        }
    }
    true
}

/// The first terms of an entry, for searches.
#[derive(Debug)]
pub struct Row {
    /// The entry.
    pub entry: &'static Entry,
    /// The terms modulo 2^64; fewer than [`ROW`] where they are costly, large, or few.
    pub low: Vec<u64>,
    /// The terms as far as they fit 64 bits.
    pub small: Vec<i64>,
    /// Whether the list ends with the row.
    pub ends: bool,
}

/// The most terms of a row.
pub const ROW: usize = 40;

/// The first terms of all entries, a line each: the number and the terms. To make all of them
/// takes tens of milliseconds, to read them about one. The test `terms_are_those_of_the_table` compares
/// them with what the entries make, and `write_the_table` writes them.
const TERMS: &str = include_str!("table.txt");

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let lines = TERMS.lines().filter_map(|line| line.split_once(' '));
    // In the same order: the test checks it.
    entries().iter().zip(lines).map(|(entry, (_, terms))| Row::read(entry, terms)).collect()
});

/// The first terms of all entries.
pub fn table() -> &'static [Row] {
    &TABLE
}

impl Row {
    fn read(entry: &'static Entry, terms: &str) -> Self {
        let (mut low, mut small) = (Vec::with_capacity(ROW), Vec::with_capacity(ROW));
        for word in terms.split(' ') {
            let (negative, digits) = match word.strip_prefix('-') {
                Some(digits) => (true, digits),
                None => (false, word),
            };
            let magnitude = digits.bytes().fold(0_u64, |value, digit| {
                value.wrapping_mul(10).wrapping_add(u64::from(digit.wrapping_sub(b'0')))
            });
            let value = if negative { magnitude.wrapping_neg() } else { magnitude };
            // 18 digits fit i64.
            if digits.len() <= 18 && small.len() == low.len() {
                small.push(value as i64);
            }
            low.push(value);
        }
        let ends = matches!(entry.source, Source::List(terms) if terms.len() <= low.len());
        Row { entry, low, small, ends }
    }
}
