//! The catalogue of known sequences.

use crate::terms::Terms;

/// A known sequence.
#[derive(Debug, PartialEq)]
pub struct Entry {
    number: &'static str,
    name: &'static str,
}

impl Entry {
    /// Its A-number.
    pub fn number(&self) -> &str {
        self.number
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.name
    }
}

/// The sequence that these terms are.
pub fn name_of(_terms: &Terms) -> Option<&'static Entry> {
    None
}

/// The first terms of an entry, for searches.
#[derive(Debug)]
pub struct Row {
    /// The entry.
    pub entry: &'static Entry,
    /// The terms modulo 2^64.
    pub low: Vec<u64>,
    /// The terms as far as they fit 64 bits.
    pub small: Vec<i64>,
}

/// Rows.
pub fn table() -> &'static [Row] {
    &[]
}
impl Entry {
    /// Bits.
    pub fn bits(&self) -> f64 {
        5.0
    }
    /// Terms.
    pub fn terms(&self, _: usize) -> Vec<num_bigint::BigInt> {
        Vec::new()
    }
    /// First.
    pub fn first_index(&self) -> i64 {
        0
    }
    /// Formula.
    pub fn formula(&self) -> crate::expression::Formula {
        crate::expression::Formula::words("")
    }
}
