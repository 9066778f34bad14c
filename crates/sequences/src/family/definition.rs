//! What a family is defined by: an entry beside the function that it names.

use std::num::NonZeroU32;

use super::parameters::{Constructor, Domain, Parameter};
use crate::phase::Phase;
use crate::relation::Ratio;

/// A family. Its entry stands above its function, in the file of its phase.
pub(super) struct Definition {
    pub(super) phase: Phase,
    /// In kebab case; it never changes.
    pub(super) name: &'static str,
    /// What its sequences are, in a few words.
    pub(super) summary: &'static str,
    /// At most [`MAX_PARAMETERS`](super::parameters::MAX_PARAMETERS); the last one changes
    /// fastest along the index.
    pub(super) parameters: &'static [Parameter],
    pub(super) constructor: Constructor,
    /// The first terms of one sequence of the family in 0..=255.
    pub(super) example: &'static [i64],
}

/// The [`Constructor`] of a family's function of parameter values. Both of its halves inline the
/// function, so that values which the function does not read are not computed.
macro_rules! constructor {
    ($function:ident) => {{
        use $crate::family::parameters::Constructor;
        use $crate::relation::evaluate::EvaluateTerms;
        Constructor {
            relation: |space, index| $function(&space.values(index)).map(Into::into),
            evaluate: |space, index, terms| {
                let relation = $function(&space.values(index));
                relation.map_or(0, |relation| relation.evaluate_up_to(space.largest, terms))
            },
        }
    }};
}
pub(super) use constructor;

pub(super) const fn parameter(name: &'static str, domain: Domain) -> Parameter {
    Parameter { name, domain }
}

/// A first term, anywhere in the range. Of a range of more than 1024 terms only a part is
/// covered: the tables of valid parameters must stay small.
pub(super) const ANYWHERE: Domain = Domain::Terms(1024);

/// `numerator / denominator`, for constants.
pub(super) const fn fraction(numerator: i64, denominator: u32) -> Ratio {
    Ratio { numerator, denominator: nonzero(denominator) }
}

/// A number that is not zero, for constants.
pub(super) const fn nonzero(value: u32) -> NonZeroU32 {
    match NonZeroU32::new(value) {
        Some(value) => value,
        None => panic!("the number must not be zero"), // at compile time
    }
}

/// The value of a parameter whose domain is positive.
pub(super) fn positive(value: i64) -> NonZeroU32 {
    u32::try_from(value).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
}
