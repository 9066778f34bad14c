//! Static relations: those whose shape is a type, known to the compiler.
//!
//! Most families have relations of one shape only, say a running total of a cycle. Their
//! functions return that shape as a type. It converts into a [`Relation`], and when a sequence
//! is drawn it is evaluated directly, by the same loops: without the allocation and the walk of
//! a tree, which took 25 of 140 ns of a draw, and half of the time to determine which parameters
//! are valid.

use std::mem::ManuallyDrop;
use std::num::NonZeroU32;

use super::evaluate::{self, EvaluateTerms};
use super::{Cycle, Relation};

/// A relation without others inside. The compiler sees which variant it is wherever it is
/// constructed and evaluated in one function.
pub(crate) struct LeafRelation(
    /// A leaf owns no heap memory, so it needs no drop glue, whose checks cost time.
    ManuallyDrop<Relation>,
);

impl LeafRelation {
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

impl From<LeafRelation> for Relation {
    fn from(leaf: LeafRelation) -> Self {
        ManuallyDrop::into_inner(leaf.0)
    }
}

impl EvaluateTerms for LeafRelation {
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

impl<S: Into<Relation>> From<Sum<S>> for Relation {
    fn from(Sum { first, steps }: Sum<S>) -> Self {
        Self::Sum { first, steps: boxed(steps) }
    }
}

impl<S: EvaluateTerms> EvaluateTerms for Sum<S> {
    #[inline(always)]
    fn evaluate(&self, terms: &mut [i64]) -> usize {
        evaluate::running(terms, self.first, &self.steps, i64::checked_add)
    }
}

/// [`Relation::Hold`]
pub(crate) struct Hold<S> {
    pub(crate) runs: Cycle<NonZeroU32>,
    pub(crate) of: S,
}

impl<S: Into<Relation>> From<Hold<S>> for Relation {
    fn from(Hold { runs, of }: Hold<S>) -> Self {
        Self::Hold { runs, of: boxed(of) }
    }
}

impl<S: EvaluateTerms> EvaluateTerms for Hold<S> {
    #[inline(always)]
    fn evaluate(&self, terms: &mut [i64]) -> usize {
        evaluate::hold(terms, &self.runs, &self.of)
    }
}

/// [`Relation::Modulo`]
pub(crate) struct Modulo<S> {
    pub(crate) of: S,
    pub(crate) modulus: NonZeroU32,
}

impl<S: Into<Relation>> From<Modulo<S>> for Relation {
    fn from(Modulo { of, modulus }: Modulo<S>) -> Self {
        Self::Modulo { of: boxed(of), modulus }
    }
}

impl<S: EvaluateTerms> EvaluateTerms for Modulo<S> {
    #[inline(always)]
    fn evaluate(&self, terms: &mut [i64]) -> usize {
        evaluate::modulo(terms, &self.of, self.modulus)
    }
}

/// [`Relation::Weighted`]
pub(crate) struct Weighted<S> {
    pub(crate) of: S,
    pub(crate) weights: Cycle<i64>,
    pub(crate) constant: i64,
}

impl<S: Into<Relation>> From<Weighted<S>> for Relation {
    fn from(Weighted { of, weights, constant }: Weighted<S>) -> Self {
        Self::Weighted { of: boxed(of), weights, constant }
    }
}

impl<S: EvaluateTerms> EvaluateTerms for Weighted<S> {
    #[inline(always)]
    fn evaluate(&self, terms: &mut [i64]) -> usize {
        evaluate::weighted(terms, &self.of, &self.weights, self.constant)
    }
}

/// [`Relation::Interleave`]
pub(crate) struct Interleave<S, T> {
    pub(crate) even: S,
    pub(crate) odd: T,
}

impl<S: Into<Relation>, T: Into<Relation>> From<Interleave<S, T>> for Relation {
    fn from(Interleave { even, odd }: Interleave<S, T>) -> Self {
        Self::Interleave { even: boxed(even), odd: boxed(odd) }
    }
}

impl<S: EvaluateTerms, T: EvaluateTerms> EvaluateTerms for Interleave<S, T> {
    #[inline(always)]
    fn evaluate(&self, terms: &mut [i64]) -> usize {
        evaluate::interleave(terms, &self.even, &self.odd)
    }
}

fn boxed(inner: impl Into<Relation>) -> Box<Relation> {
    Box::new(inner.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That every family's shape evaluates as its relation does is tested beside the table.
    #[test]
    fn a_shape_is_the_relation_of_its_name() {
        let counting = || LeafRelation::arithmetic(1, 1);
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
                Interleave { even: counting(), odd: LeafRelation::new(Relation::Constant(7)) }
                    .into(),
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
        let leaf = LeafRelation::new(sum());
        let mut terms = [0; 4];
        assert_eq!((leaf.evaluate(&mut terms), terms), (4, [1, 2, 4, 7]));
        assert_eq!(Relation::from(leaf), sum());
    }
}
