//! Relations of a shape that the compiler knows.
//!
//! Most families have relations of one shape only, say a running total of a cycle. Their
//! functions return that shape as a type; it becomes a [`Relation`] where one is wanted,
//! and is evaluated where it stands, by the same loops, when a sequence is drawn. Nothing
//! is then put on the heap, and no tree is walked: that took 25 of 140 ns of a draw, and half
//! of the time to find out which parameters are valid.

use std::mem::ManuallyDrop;
use std::num::NonZeroU32;

use crate::relation::{self, Cycle, Relation};

/// What a relation can be made from, and evaluated without making one.
pub(crate) trait Rule: Into<Relation> {
    /// As [`Relation::evaluate`].
    fn evaluate(&self, terms: &mut [i64]) -> usize;

    /// As [`Relation::evaluate_up_to`]; only trees have something to leave out.
    #[inline(always)]
    fn evaluate_up_to(&self, _largest: i64, terms: &mut [i64]) -> usize {
        self.evaluate(terms)
    }
}

/// A tree, whatever its shape.
impl Rule for Relation {
    fn evaluate(&self, terms: &mut [i64]) -> usize {
        Self::evaluate(self, terms)
    }

    fn evaluate_up_to(&self, largest: i64, terms: &mut [i64]) -> usize {
        Self::evaluate_up_to(self, largest, terms)
    }
}

/// A relation without others inside. As it is written where it is evaluated, the compiler
/// sees which one it is.
pub(crate) struct Leaf(
    /// A leaf has nothing on the heap, which only drop glue would find out.
    ManuallyDrop<Relation>,
);

impl Leaf {
    /// `relation` as a leaf, which it must be.
    #[inline(always)]
    pub(crate) const fn new(relation: Relation) -> Self {
        Self(ManuallyDrop::new(relation))
    }

    /// The arithmetic sequence `first`, `first + step`, ...
    #[inline(always)]
    pub(crate) const fn arithmetic(first: i64, step: i64) -> Self {
        Self::new(Relation::arithmetic(first, step))
    }
}

impl From<Leaf> for Relation {
    fn from(leaf: Leaf) -> Self {
        ManuallyDrop::into_inner(leaf.0)
    }
}

impl Rule for Leaf {
    #[inline(always)]
    fn evaluate(&self, terms: &mut [i64]) -> usize {
        match self.0.evaluate_leaf(terms) {
            Some(length) => length,
            None => self.0.evaluate(terms),
        }
    }
}

/// [`Relation::Sum`]
pub(crate) struct Sum<S> {
    pub(crate) first: i64,
    pub(crate) steps: S,
}

impl<S: Rule> From<Sum<S>> for Relation {
    fn from(Sum { first, steps }: Sum<S>) -> Self {
        Self::Sum { first, steps: boxed(steps) }
    }
}

impl<S: Rule> Rule for Sum<S> {
    #[inline(always)]
    fn evaluate(&self, terms: &mut [i64]) -> usize {
        relation::running(terms, self.first, &self.steps, i64::checked_add)
    }
}

/// [`Relation::Hold`]
pub(crate) struct Hold<S> {
    pub(crate) runs: Cycle<NonZeroU32>,
    pub(crate) of: S,
}

impl<S: Rule> From<Hold<S>> for Relation {
    fn from(Hold { runs, of }: Hold<S>) -> Self {
        Self::Hold { runs, of: boxed(of) }
    }
}

impl<S: Rule> Rule for Hold<S> {
    #[inline(always)]
    fn evaluate(&self, terms: &mut [i64]) -> usize {
        relation::hold(terms, &self.runs, &self.of)
    }
}

/// [`Relation::Modulo`]
pub(crate) struct Modulo<S> {
    pub(crate) of: S,
    pub(crate) modulus: NonZeroU32,
}

impl<S: Rule> From<Modulo<S>> for Relation {
    fn from(Modulo { of, modulus }: Modulo<S>) -> Self {
        Self::Modulo { of: boxed(of), modulus }
    }
}

impl<S: Rule> Rule for Modulo<S> {
    #[inline(always)]
    fn evaluate(&self, terms: &mut [i64]) -> usize {
        relation::modulo(terms, &self.of, self.modulus)
    }
}

/// [`Relation::Weighted`]
pub(crate) struct Weighted<S> {
    pub(crate) of: S,
    pub(crate) weights: Cycle<i64>,
    pub(crate) constant: i64,
}

impl<S: Rule> From<Weighted<S>> for Relation {
    fn from(Weighted { of, weights, constant }: Weighted<S>) -> Self {
        Self::Weighted { of: boxed(of), weights, constant }
    }
}

impl<S: Rule> Rule for Weighted<S> {
    #[inline(always)]
    fn evaluate(&self, terms: &mut [i64]) -> usize {
        relation::weighted(terms, &self.of, &self.weights, self.constant)
    }
}

/// [`Relation::Interleave`]
pub(crate) struct Interleave<S, T> {
    pub(crate) even: S,
    pub(crate) odd: T,
}

impl<S: Rule, T: Rule> From<Interleave<S, T>> for Relation {
    fn from(Interleave { even, odd }: Interleave<S, T>) -> Self {
        Self::Interleave { even: boxed(even), odd: boxed(odd) }
    }
}

impl<S: Rule, T: Rule> Rule for Interleave<S, T> {
    #[inline(always)]
    fn evaluate(&self, terms: &mut [i64]) -> usize {
        relation::interleave(terms, &self.even, &self.odd)
    }
}

fn boxed(rule: impl Rule) -> Box<Relation> {
    Box::new(rule.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That every family's shape evaluates as its relation does is tested beside the table.
    #[test]
    fn a_shape_is_the_relation_of_its_name() {
        let counting = || Leaf::arithmetic(1, 1);
        let inner = || Box::new(Relation::arithmetic(1, 1));
        let (runs, modulus) = (Cycle::from([NonZeroU32::MIN]), NonZeroU32::MIN);
        let (weights, constant) = (Cycle::from([1, 2]), 3);
        let relations: [(Relation, Relation); 5] = [
            (
                Sum { first: 2, steps: counting() }.into(),
                Relation::Sum { first: 2, steps: inner() },
            ),
            (Hold { runs, of: counting() }.into(), Relation::Hold { runs, of: inner() }),
            (Modulo { of: counting(), modulus }.into(), Relation::Modulo { of: inner(), modulus }),
            (
                Weighted { of: counting(), weights, constant }.into(),
                Relation::Weighted { of: inner(), weights, constant },
            ),
            (
                Interleave { even: counting(), odd: Leaf::new(Relation::Constant(7)) }.into(),
                Relation::Interleave { even: inner(), odd: Box::new(Relation::Constant(7)) },
            ),
        ];
        for (found, expected) in relations {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_leaf_that_is_none_is_still_evaluated() {
        let sum = || Relation::Sum { first: 1, steps: Box::new(Relation::arithmetic(1, 1)) };
        let leaf = Leaf::new(sum());
        let mut terms = [0; 4];
        assert_eq!((leaf.evaluate(&mut terms), terms), (4, [1, 2, 4, 7]));
        assert_eq!(Relation::from(leaf), sum());
    }
}
