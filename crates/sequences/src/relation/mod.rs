//! Relations: trees of recurrences and operations on sequences.
//!
//! Every sequence starts at index 0 and is called `a` here; the sequences inside a
//! relation are called `s` and `t`. [`Relation`]'s `Display` (in `formula.rs`) uses the
//! same letters.
//!
//! The parts that hold no relation themselves (functions, selections, operations, transforms,
//! cells of triangles) have files of their own, which import nothing from here.

mod buffer;
mod cell;
pub(crate) mod evaluate;
mod expansion;
mod formula;
pub(crate) mod function;
mod notation;
mod operation;
mod selection;
pub(crate) mod static_relation;
mod transform;
mod triangle;

use std::num::NonZeroU32;

use crate::error::Error;

pub use cell::{CellFunction, Listed, Reading, TermIndex};
pub use function::Function;
pub use operation::Operation;
pub use selection::{Accepted, Predicate, SelectOutput};
pub use transform::Transform;

/// A rule that produces a sequence of integers: a tree of smaller rules.
///
/// Relations are plain values. A factor of zero or two equal branches are allowed; what has no
/// meaning (a division by zero, an empty cycle) cannot be written. Evaluation and printing
/// recurse once per level of the tree.
///
/// ```
/// use ninth_sequences::Relation;
///
/// let fibonacci = Relation::Linear { first: [1, 1], factors: [1, 1], constant: 0 };
/// assert_eq!(fibonacci.terms(6), [1, 1, 2, 3, 5, 8]);
/// assert_eq!(fibonacci.terms(200).len(), 92); // the next one does not fit an i64
/// assert_eq!(fibonacci.to_string(), "a(n) = a(n-1) + a(n-2), a(0) = 1, a(1) = 1");
/// ```
///
/// For storage, a relation of a family is best written as the family's name and its
/// parameter index (see [`Family::relation`](crate::Family::relation)).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Order 0: `a(n) = c`.
    Constant(i64),
    /// Order 1: `a(n) = p a(n-1) + c`.
    Affine {
        /// `a(0)`
        first: i64,
        /// `p`
        factor: i64,
        /// `c`
        constant: i64,
    },
    /// Order 2: `a(n) = p a(n-1) + q a(n-2) + c`.
    Linear {
        /// `a(0)` and `a(1)`
        first: [i64; 2],
        /// `p` and `q`
        factors: [i64; 2],
        /// `c`
        constant: i64,
    },
    /// One to four values that repeat.
    Cycle(Cycle<i64>),
    /// A running total: `a(n) = a(n-1) + s(n-1)`.
    Sum {
        /// `a(0)`
        first: i64,
        /// `s`
        steps: Box<Relation>,
    },
    /// A running product, rounded down at each term: `a(n) = floor(r(n-1) a(n-1))`.
    Scale {
        /// `a(0)`
        first: i64,
        /// `r`
        ratios: Cycle<Ratio>,
    },
    /// A geometric sequence, rounded once at each term: `a(n) = floor(c r^n)`.
    Geometric {
        /// `c`, which is also `a(0)`
        first: i64,
        /// `r`
        ratio: Ratio,
        /// The direction.
        rounding: Rounding,
    },
    /// Every term of `s` repeated.
    Hold {
        /// The number of repetitions of the first term of `s`, of the second, and so on.
        runs: Cycle<NonZeroU32>,
        /// `s`
        of: Box<Relation>,
    },
    /// `a(n) = s(n) mod m`, never negative.
    Modulo {
        /// `s`
        of: Box<Relation>,
        /// `m`
        modulus: NonZeroU32,
    },
    /// `a(n) = t(n) s(n) + c`.
    Weighted {
        /// `s`
        of: Box<Relation>,
        /// `t`
        weights: Cycle<i64>,
        /// `c`
        constant: i64,
    },
    /// Two sequences interleaved: `a(2n) = s(n)`, `a(2n+1) = t(n)`.
    Interleave {
        /// `s`
        even: Box<Relation>,
        /// `t`
        odd: Box<Relation>,
    },
    /// One of two steps, chosen by a condition on the terms before.
    Switch {
        /// `a(0)`
        first: i64,
        /// The condition.
        condition: Condition,
        /// The step where the condition holds.
        then: Step,
        /// The step where it does not.
        otherwise: Step,
    },
    /// Order k, with rational factors: `a(n) = floor((p a(n-1) + q a(n-2) + ... + c) / d)`.
    RationalRecurrence {
        /// The first k terms and the factors, from `a(0)` and the factor of `a(n-k)` on.
        past: Box<[Past]>,
        /// `c`
        constant: i64,
        /// `d`
        divisor: NonZeroU32,
    },
    /// A running product: `a(n) = s(n-1) a(n-1)`.
    Product {
        /// `a(0)`
        first: i64,
        /// `s`
        factors: Box<Relation>,
    },
    /// Two steps in alternation: every `a(2n+1)` by the first, every `a(2n+2)` by the second.
    Alternate {
        /// `a(0)`
        first: i64,
        /// The steps.
        steps: [Step; 2],
    },
    /// `a(n) = p a(n-1) + q f(a(n-1))`
    Iterate {
        /// `a(0)`
        first: i64,
        /// `p`
        factor: i64,
        /// `f`
        function: Function,
        /// `q`
        weight: i64,
    },
    /// A recurrence of any order: `a(n)` is a sum of multiples of the terms before it, and
    /// of `s(n)`.
    Recurrence {
        /// The first terms and the factors.
        lags: Box<[Lag]>,
        /// `s`
        addend: Box<Relation>,
    },
    /// `a(n) = floor((b + c n + d n^2 + e n^3) / q)`
    Polynomial {
        /// `b`, `c`, `d` and `e`
        coefficients: [i64; 4],
        /// `q`
        divisor: NonZeroU32,
    },
    /// The digits of a fraction after the point.
    Digits {
        /// The numerator; multiples of the denominator do not matter.
        numerator: u32,
        /// The denominator.
        denominator: NonZeroU32,
        /// The base, at least 2.
        base: u8,
    },
    /// The decimal digits of a root; `a(0)` is its integer part.
    RootDigits {
        /// The number under the root.
        radicand: u32,
        /// The degree, at least 2.
        degree: u8,
    },
    /// The partial quotients of the continued fraction of a square root. It ends at those of an
    /// integer root.
    ContinuedFraction {
        /// The number under the root.
        radicand: u32,
    },
    /// A term in front of a sequence: `a(n) = s(n-1)`.
    After {
        /// `a(0)`
        first: i64,
        /// `s`
        then: Box<Relation>,
    },
    /// A function of every term: `a(n) = f(s(n))`.
    Apply {
        /// `f`
        function: Function,
        /// `s`
        to: Box<Relation>,
    },
    /// The terms of `s` that a predicate holds for, or their indices, among its first 512.
    Select {
        /// `s`
        from: Box<Relation>,
        /// The predicate.
        predicate: Predicate,
        /// Terms or indices.
        output: SelectOutput,
    },
    /// Two sequences made into one.
    Combine {
        /// The operation.
        operation: Operation,
        /// The one that the formula calls `s`.
        left: Box<Relation>,
        /// The one that the formula calls `t`.
        right: Box<Relation>,
    },
    /// A transform of another sequence.
    Transformed {
        /// The transform.
        by: Transform,
        /// `s`
        of: Box<Relation>,
    },
    /// A number triangle or a table, as one sequence.
    Triangle(Box<Triangle>),
}

/// One of the k earlier terms in a recurrence of order k.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Past {
    /// `a(i)`, for the i-th of them.
    pub first: i64,
    /// The factor of `a(n-k+i)`.
    pub factor: i64,
}

/// The `i`-th part of a recurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lag {
    /// `a(i)`
    pub first: i64,
    /// The factor of `a(n-1-i)` in `a(n)`.
    pub factor: i64,
}

/// A triangle of numbers `T(n, k)` with `k` from 0 to `n`, or a table, as one sequence:
/// `T(0, 0), T(1, 0), T(1, 1), T(2, 0), ...`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Triangle {
    /// Row `n` is made of the terms of `s`: `T(n, k) = s(...)`.
    Of {
        /// `s`
        sequence: Relation,
        /// The index of the term.
        place: TermIndex,
    },
    /// A function of row and column.
    Cells {
        /// The function.
        cell: CellFunction,
        /// The number of the first row and column.
        origin: i64,
        /// The order in which the cells are read.
        reading: Reading,
    },
    /// Two edges, and inside `T(n, k) = a T(n-1, k-1) + b T(n-1, k) + c T(n, k-1) + d`.
    Inside {
        /// `T(n, 0)`
        left: Relation,
        /// `T(n, n)` from `n = 1` on
        right: Relation,
        /// `a`, `b` and `c`
        factors: [i64; 3],
        /// `d`
        constant: i64,
    },
    /// `T(0, 0) = 1`, zeros outside of the triangle, and `T(n, k) = (a + b n + c k)
    /// T(n-1, k-1) + (d + e n + f k) T(n-1, k)`.
    Weighted {
        /// `a`, `b` and `c`
        diagonal: [i64; 3],
        /// `d`, `e` and `f`
        above: [i64; 3],
    },
    /// Row `n`, from 1 on, is a list that belongs to the number `n`.
    Listed(Listed),
}

/// A condition on the terms before `a(n)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Whether `a(n-1)` is divisible by this number.
    Divisible(NonZeroU32),
    /// Whether `a(n-1)` is below this number.
    Below(i64),
    /// Whether the last step went up, `a(n-1) > a(n-2)`; before the first step none did.
    Rising,
}

/// A rule for one term: `a(n) = floor(r a(n-1)) + c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// `r`
    pub ratio: Ratio,
    /// `c`
    pub constant: i64,
}

/// A fraction, not reduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    /// The numerator.
    pub numerator: i64,
    /// The denominator.
    pub denominator: NonZeroU32,
}

/// How a fraction is rounded to an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// Down, towards negative infinity.
    Floor,
    /// Up, towards positive infinity.
    Ceiling,
}

/// One to four values that repeat, stored in place.
///
/// ```
/// use ninth_sequences::{Cycle, Relation};
///
/// assert_eq!(Relation::Cycle(Cycle::from([1, 2])).terms(5), [1, 2, 1, 2, 1]);
/// assert!(Cycle::<i64>::new(&[]).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cycle<T> {
    values: [T; 4], // padded with the values again, so that derived equality is right
    length: u8,     // 1..=4
}

impl<T: Copy> Cycle<T> {
    /// The largest number of values.
    pub const MAX_LENGTH: usize = 4;

    /// The cycle of these values.
    ///
    /// # Errors
    ///
    /// [`Error::CycleLength`] when there are none, or more than
    /// [`MAX_LENGTH`](Self::MAX_LENGTH).
    pub fn new(values: &[T]) -> Result<Self, Error> {
        match values.len() {
            found @ 1..=4 => Ok(Self {
                values: std::array::from_fn(|index| values[index % found]),
                length: found as u8,
            }),
            found => Err(Error::CycleLength { found, allowed: Self::MAX_LENGTH }),
        }
    }

    /// The values of one round.
    pub fn values(&self) -> &[T] {
        &self.values[..usize::from(self.length)]
    }

    /// The values, repeated without end.
    fn repeated(&self) -> impl Iterator<Item = T> + Clone {
        self.values().iter().copied().cycle()
    }

    /// The value at `index` of the endless sequence.
    fn at(&self, index: usize) -> T {
        self.values[index % usize::from(self.length)]
    }
}

/// From an array whose length is checked at compile time.
impl<T: Copy, const N: usize> From<[T; N]> for Cycle<T> {
    fn from(values: [T; N]) -> Self {
        const { assert!(1 <= N && N <= 4, "a cycle has 1 to 4 values") };
        Self { values: std::array::from_fn(|index| values[index % N]), length: N as u8 }
    }
}

impl Ratio {
    /// The integer `value`.
    pub const fn integer(value: i64) -> Self {
        Self { numerator: value, denominator: NonZeroU32::MIN }
    }

    /// `floor(self * term)`, unless it overflows.
    pub fn floor_of(self, term: i64) -> Option<i64> {
        let product = term.checked_mul(self.numerator)?;
        Some(match self.denominator.get() {
            1 => product, // most ratios are integers, and a division is slow
            divisor => product.div_euclid(i64::from(divisor)),
        })
    }
}

impl Step {
    /// `a(n) = factor a(n-1) + constant`.
    pub const fn affine(factor: i64, constant: i64) -> Self {
        Self { ratio: Ratio::integer(factor), constant }
    }

    /// The term after `term`, unless it overflows.
    pub fn apply(self, term: i64) -> Option<i64> {
        self.ratio.floor_of(term)?.checked_add(self.constant)
    }
}

impl Condition {
    /// Whether it holds after the terms `before` and `last`.
    pub fn holds(self, before: i64, last: i64) -> bool {
        match self {
            Self::Divisible(divisor) => last.rem_euclid(i64::from(divisor.get())) == 0,
            Self::Below(threshold) => last < threshold,
            Self::Rising => last > before,
        }
    }
}

impl Relation {
    /// The arithmetic sequence `first`, `first + step`, ...
    pub const fn arithmetic(first: i64, step: i64) -> Self {
        Self::Affine { first, factor: 1, constant: step }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles() {
        assert_eq!(Cycle::new(&[1, 2]), Ok(Cycle::from([1, 2])));
        assert_ne!(Cycle::from([1, 2]), Cycle::from([1, 2, 1, 2]));
        assert_eq!(Cycle::from([1, 2]).values(), [1, 2]);
        assert_eq!(Cycle::<i64>::new(&[]), Err(Error::CycleLength { found: 0, allowed: 4 }));
        assert_eq!(Cycle::new(&[0; 5]), Err(Error::CycleLength { found: 5, allowed: 4 }));
    }
}
