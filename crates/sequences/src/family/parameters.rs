//! The parameters of families: their domains, and tuples of values by index.

use std::num::NonZeroU32;

use crate::range::IntegerRange;
use crate::relation::Relation;

/// One parameter of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// What it is, in words.
    pub name: &'static str,
    /// The values that it takes.
    pub domain: Domain,
}

/// The values of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Every integer from the first to the second, both included.
    Integers(i64, i64),
    /// The `n` integers of the range that are closest to zero; all when it has fewer.
    Terms(u32),
    /// The centre of a sequence that alternates around it: zero in a range with negative
    /// terms, else one, two or three quarters of the way through the range.
    Centre,
    /// An index into a list of this length, which stands beside the family's function.
    ListIndex(usize),
}

/// How a tuple of parameter values becomes a relation, unless it is degenerate. Both functions
/// are the same function of a family: its result becomes a [`Relation`], or is evaluated at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Constructor {
    pub(super) relation: fn(&ParameterSpace, u32) -> Option<Relation>,
    /// As [`ParameterSpace::evaluate`], for the index of a tuple.
    pub(super) evaluate: fn(&ParameterSpace, u32, &mut [i64]) -> usize,
}

/// The largest number of parameters of a family.
pub(super) const MAX_PARAMETERS: usize = 6;

/// Parameter values in the order of the definition; zeros behind the last.
pub(super) type Values = [i64; MAX_PARAMETERS];

/// The parameters of a family, resolved for an integer range.
#[derive(Clone, Debug)]
pub struct ParameterSpace {
    constructor: &'static Constructor,
    axes: [Axis; MAX_PARAMETERS],
    /// The number of tuples.
    count: u32,
    /// The largest term of the range.
    pub(super) largest: i64,
}

/// The values `first`, `first + stride`, ..., `count` of them.
#[derive(Clone, Copy, Debug)]
struct Axis {
    first: i64,
    stride: i64,
    count: u32,
    /// The number of tuples of the parameters after this one: what an index is divided by.
    weight: Reciprocal,
}

/// A divisor `d`, stored as `2^64 / d`, so that a multiplication replaces the division.
#[derive(Clone, Copy, Debug)]
struct Reciprocal(u64);

impl Reciprocal {
    const fn of(divisor: NonZeroU32) -> Self {
        Self(u64::MAX / divisor.get() as u64)
    }

    /// `floor(number / d)`, exactly. With `r` below `d`, the reciprocal is
    /// `(2^64 - 1 - r) / d`, and `number + 1` times that is less than `(number + 1) / d` by at
    /// most `(number + 1) / 2^64`, which is below `1 / d`.
    const fn quotient(self, number: u32) -> u32 {
        (((number as u128 + 1) * self.0 as u128) >> 64) as u32
    }
}

impl ParameterSpace {
    /// The tuples of these parameters, for relations whose terms are to lie in `range`.
    pub(super) fn resolve(
        parameters: &[Parameter],
        constructor: &'static Constructor,
        range: IntegerRange,
    ) -> Self {
        let mut axes = [Axis::UNUSED; MAX_PARAMETERS];
        for (axis, parameter) in axes.iter_mut().zip(parameters) {
            *axis = Axis::new(parameter.domain, range);
        }
        let mut count = 1;
        for axis in axes.iter_mut().rev() {
            axis.weight = NonZeroU32::new(count).map_or(axis.weight, Reciprocal::of);
            count *= axis.count;
        }
        Self { constructor, axes, count, largest: range.max() }
    }

    /// The number of tuples. The domains keep it far below the limit of a `u32`.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The relation of a tuple.
    pub fn relation(&self, index: u32) -> Option<Relation> {
        if index >= self.count {
            return None;
        }
        (self.constructor.relation)(self, index)
    }

    /// As [`Relation::evaluate`] of the relation of a tuple, as far as the terms are in the
    /// range; no terms where there is no relation.
    pub fn evaluate(&self, index: u32, terms: &mut [i64]) -> usize {
        if index >= self.count {
            return 0;
        }
        (self.constructor.evaluate)(self, index, terms)
    }

    /// The number of tuples, which [`count`](Self::count) must not cut off.
    #[cfg(test)]
    pub(super) fn exact_count(&self) -> u64 {
        self.axes.iter().map(|axis| u64::from(axis.count)).product()
    }

    /// The parameters of a tuple, read off its index as off a number of mixed radix, without a
    /// division.
    #[inline(always)]
    pub(super) fn values(&self, index: u32) -> Values {
        let mut above = 0;
        self.axes.map(|axis| {
            // The number that the digits up to this one make; `above` is that of those before it.
            let number = axis.weight.quotient(index);
            let digit = number - above * axis.count;
            above = number;
            axis.first + axis.stride * i64::from(digit)
        })
    }
}

impl Axis {
    /// A parameter that the family does not have.
    const UNUSED: Self =
        Self { first: 0, stride: 0, count: 1, weight: Reciprocal::of(NonZeroU32::MIN) };

    fn new(domain: Domain, range: IntegerRange) -> Self {
        let consecutive = |first, count| Self { first, stride: 1, count, ..Self::UNUSED };
        match domain {
            Domain::Integers(first, last) => consecutive(first, (last - first + 1) as u32),
            Domain::ListIndex(length) => consecutive(0, length as u32),
            Domain::Terms(width) => {
                let count = width.min(range.classes() as u32);
                // Around zero, moved as little as needed to lie in the range.
                let around_zero = -i64::from(count / 2);
                let last_start = range.max() - i64::from(count - 1);
                let first = if range.min() >= 0 {
                    range.min()
                } else {
                    around_zero.clamp(range.min(), last_start)
                };
                consecutive(first, count)
            }
            Domain::Centre if range.min() < 0 => consecutive(0, 1),
            Domain::Centre => {
                let stride = (range.classes() / 4) as i64;
                Self { first: range.min() + stride, stride, count: 3, ..Self::UNUSED }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Domain::{Centre, Integers, ListIndex, Terms};
    use super::*;

    fn values(domain: Domain, min: i64, max: i64) -> Vec<i64> {
        let axis = Axis::new(domain, IntegerRange::new(min, max).unwrap());
        (0..i64::from(axis.count)).map(|index| axis.first + axis.stride * index).collect()
    }

    #[test]
    fn domains_follow_the_range() {
        let ends = |values: Vec<i64>| (values[0], values[values.len() - 1], values.len());
        assert_eq!(ends(values(Terms(1024), 0, 255)), (0, 255, 256));
        assert_eq!(ends(values(Terms(1024), -128, 127)), (-128, 127, 256));
        assert_eq!(ends(values(Terms(1024), 0, 1023)), (0, 1023, 1024));
        assert_eq!(ends(values(Terms(1024), 0, 65_535)), (0, 1023, 1024));
        assert_eq!(ends(values(Terms(32), -128, 127)), (-16, 15, 32));
        assert_eq!(ends(values(Terms(32), -3, 127)), (-3, 28, 32));
        assert_eq!(ends(values(Terms(32), -128, 2)), (-29, 2, 32));
        assert_eq!(ends(values(Terms(32), -128, -9)), (-40, -9, 32));
        assert_eq!(ends(values(Terms(32), 100, 300)), (100, 131, 32));
        assert_eq!(ends(values(Terms(32), i64::MAX - 40, i64::MAX)).2, 32);
        assert_eq!(values(Centre, 0, 255), [64, 128, 192]);
        assert_eq!(values(Centre, 100, 299), [150, 200, 250]);
        assert_eq!(values(Centre, -128, 127), [0]);
        assert_eq!(values(Integers(-1, 1), 0, 255), [-1, 0, 1]);
        assert_eq!(values(ListIndex(3), 0, 255), [0, 1, 2]);
    }

    #[test]
    fn quotients_are_exact() {
        for divisor in [1, 2, 3, 7, 40, 121, 255, 256, 1024, 121_000, 8_388_609, u32::MAX] {
            let reciprocal = Reciprocal::of(NonZeroU32::new(divisor).unwrap());
            for multiple in [0, 1, 2, 3, 1000, u32::MAX / divisor] {
                for offset in [-1_i64, 0, 1, i64::from(divisor) - 1] {
                    let number = i64::from(multiple) * i64::from(divisor) + offset;
                    let Ok(number) = u32::try_from(number) else { continue };
                    assert_eq!(reciprocal.quotient(number), number / divisor, "{number}");
                }
            }
        }
    }
}
