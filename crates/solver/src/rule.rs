//! Rules: what a sequence of integers may follow.

use std::fmt::Debug;
use std::sync::Arc;

use num_bigint::BigInt;

use crate::expression::Formula;

/// The size of the largest terms that rules are continued to, in bits: 20,000 digits.
pub const LARGEST: u64 = 1 << 16;

/// What each kind of rule can do.
pub trait Generator: Debug + Send + Sync {
    /// The first `count` terms, from the first one that was given on; fewer where the sequence
    /// ends.
    fn terms(&self, count: usize) -> Vec<BigInt>;

    /// Bits of its description (see [`bits`](crate::bits)): which kind it is and its numbers, but
    /// for the first [`seeds`](Self::seeds) terms, which are counted like any listed terms.
    fn bits(&self) -> f64;

    /// How many of the first terms the rule takes as they are.
    fn seeds(&self) -> usize;

    /// The rule as a formula.
    fn formula(&self) -> Formula;

    /// The name of its type.
    fn kind(&self) -> &'static str {
        let name = std::any::type_name::<Self>();
        name.rsplit("::").next().unwrap_or(name)
    }
}

/// A rule for a sequence of integers of any size. Each kind has a file of its own; they know of
/// this type, and this type knows none of them.
#[derive(Clone, Debug)]
pub struct Rule(Arc<dyn Generator>);

impl Rule {
    /// The rule of some kind.
    pub fn new(rule: impl Generator + 'static) -> Self {
        Rule(Arc::new(rule))
    }
}

impl Generator for Rule {
    fn terms(&self, count: usize) -> Vec<BigInt> {
        self.0.terms(count)
    }

    fn bits(&self) -> f64 {
        self.0.bits()
    }

    fn seeds(&self) -> usize {
        self.0.seeds()
    }

    fn formula(&self) -> Formula {
        self.0.formula()
    }

    fn kind(&self) -> &'static str {
        self.0.kind()
    }
}

/// Rules that read the same are the same.
impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.bits() == other.bits() && self.formula() == other.formula())
    }
}
