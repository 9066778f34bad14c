//! The algebra: relations as trees, and their evaluation in exact arithmetic.
//!
//! Every sequence starts at index 0 and is called `x` here; the sequences inside a
//! relation are called `s` and `t`. [`Relation`]'s `Display` (in `formula.rs`) uses the
//! same letters.

use std::num::NonZeroU32;

use crate::compound;
use crate::error::Error;
use crate::function::Function;
use crate::shape::Rule;
use crate::transform::Transform;
use crate::triangle::Triangle;

/// A rule that produces a sequence of integers: a tree of smaller rules.
///
/// Relations are plain values. A relation with a factor of zero or two equal branches is
/// allowed and means what it says; what has no meaning (a division by zero, an empty
/// cycle) cannot be written. Evaluation and printing recurse once per level of the tree.
///
/// For storage, a relation of a family is best written as the family's name and its
/// parameter index (see [`Family::relation`](crate::Family::relation)).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Order 0: `x[n] = c`.
    Constant(i64),
    /// Order 1: `x[n] = a x[n-1] + c`.
    Affine {
        /// `x[0]`
        first: i64,
        /// `a`
        factor: i64,
        /// `c`
        constant: i64,
    },
    /// Order 2: `x[n] = a x[n-1] + b x[n-2] + c`.
    Linear {
        /// `x[0]` and `x[1]`
        first: [i64; 2],
        /// `a` and `b`
        factors: [i64; 2],
        /// `c`
        constant: i64,
    },
    /// The same few values over and over.
    Cycle(Cycle<i64>),
    /// A running total: `x[n] = x[n-1] + s[n-1]`.
    Sum {
        /// `x[0]`
        first: i64,
        /// `s`
        steps: Box<Relation>,
    },
    /// A running product, rounded down at each term: `x[n] = floor(r[n-1] x[n-1])`.
    Scale {
        /// `x[0]`
        first: i64,
        /// `r`
        ratios: Cycle<Ratio>,
    },
    /// A geometric sequence, rounded once at each term: `x[n] = floor(c r^n)`.
    Geometric {
        /// `c`, which is also `x[0]`
        first: i64,
        /// `r`
        ratio: Ratio,
        /// Down or up.
        rounding: Rounding,
    },
    /// Every term of `s` several times in a row.
    Hold {
        /// How often the first term of `s` comes, how often the second, and so on.
        runs: Cycle<NonZeroU32>,
        /// `s`
        of: Box<Relation>,
    },
    /// `x[n] = s[n] mod m`, never negative.
    Modulo {
        /// `s`
        of: Box<Relation>,
        /// `m`
        modulus: NonZeroU32,
    },
    /// `x[n] = t[n] s[n] + c`.
    Weighted {
        /// `s`
        of: Box<Relation>,
        /// `t`
        weights: Cycle<i64>,
        /// `c`
        constant: i64,
    },
    /// Two sequences in turn: `x[2n] = s[n]`, `x[2n+1] = t[n]`.
    Interleave {
        /// `s`
        even: Box<Relation>,
        /// `t`
        odd: Box<Relation>,
    },
    /// One of two steps, chosen by the terms so far.
    Switch {
        /// `x[0]`
        first: i64,
        /// What is asked of the terms so far.
        condition: Condition,
        /// The step where the condition holds.
        then: Step,
        /// The step where it does not.
        otherwise: Step,
    },
    /// Order k, with rational factors: `x[n] = floor((a x[n-1] + b x[n-2] + ... + c) / d)`.
    RationalRecurrence {
        /// The first k terms and the factors, from `x[0]` and the factor of `x[n-k]` on.
        past: Box<[Past]>,
        /// `c`
        constant: i64,
        /// `d`
        divisor: NonZeroU32,
    },
    /// A running product: `x[n] = s[n-1] x[n-1]`.
    Product {
        /// `x[0]`
        first: i64,
        /// `s`
        factors: Box<Relation>,
    },
    /// Two steps in turn: every `x[2n+1]` by the first, every `x[2n+2]` by the second.
    Alternate {
        /// `x[0]`
        first: i64,
        /// The steps.
        steps: [Step; 2],
    },
    /// `x[n] = a x[n-1] + b f(x[n-1])`
    Iterate {
        /// `x[0]`
        first: i64,
        /// `a`
        factor: i64,
        /// `f`
        function: Function,
        /// `b`
        weight: i64,
    },
    /// A recurrence of any order: `x[n]` is a sum of multiples of the terms before it, and
    /// of `s[n]`.
    Recurrence {
        /// The first terms, and the multiples.
        lags: Box<[Lag]>,
        /// `s`
        addend: Box<Relation>,
    },
    /// `x[n] = floor((a + b n + c n^2 + d n^3) / q)`
    Polynomial {
        /// `a`, `b`, `c` and `d`
        coefficients: [i64; 4],
        /// `q`
        divisor: NonZeroU32,
    },
    /// The digits of a fraction behind the point.
    Digits {
        /// Above the line; what is whole does not matter.
        numerator: u32,
        /// Below the line.
        denominator: NonZeroU32,
        /// The base, at least 2.
        base: u8,
    },
    /// The decimal digits of a root, those of its whole part being `x[0]`.
    RootDigits {
        /// What the root is taken of.
        radicand: u32,
        /// The degree, at least 2.
        degree: u8,
    },
    /// The continued fraction of a square root: `x[0]`, and `x[n]` the whole part of what
    /// is left under the n-th line. It ends where nothing is left.
    ContinuedFraction {
        /// What the root is taken of.
        radicand: u32,
    },
    /// A term in front of a sequence: `x[n] = s[n-1]`.
    After {
        /// `x[0]`
        first: i64,
        /// `s`
        then: Box<Relation>,
    },
    /// A function of every term: `x[n] = f(s[n])`.
    Apply {
        /// `f`
        function: Function,
        /// `s`
        to: Box<Relation>,
    },
    /// The terms of `s` that pass a test, or their places, among its first 512.
    Select {
        /// `s`
        from: Box<Relation>,
        /// What is asked of a term.
        test: Test,
        /// What is kept of those that pass.
        keep: Keep,
    },
    /// Two sequences made into one.
    Combine {
        /// How.
        operation: Operation,
        /// The one that the formula calls `s`.
        left: Box<Relation>,
        /// The one that the formula calls `t`.
        right: Box<Relation>,
    },
    /// What another sequence becomes under a transform.
    Transformed {
        /// The transform.
        by: Transform,
        /// `s`
        of: Box<Relation>,
    },
    /// A number triangle read by rows.
    Triangle(Box<Triangle>),
}

/// One of the k terms that a recurrence of order k looks back at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Past {
    /// `x[i]`, for the i-th of them.
    pub first: i64,
    /// The factor of `x[n-k+i]`.
    pub factor: i64,
}

/// The `i`-th part of a recurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lag {
    /// `x[i]`
    pub first: i64,
    /// What `x[n-1-i]` is multiplied by in `x[n]`.
    pub factor: i64,
}

/// A question about a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Test {
    /// The function that is asked.
    pub function: Function,
    /// What it must answer; a number without an answer does not pass.
    pub answer: Answer,
}

/// What is kept of the terms that pass a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keep {
    /// The terms.
    Terms,
    /// Their indices, from 0 on.
    Indices,
}

/// Which numbers are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// This one.
    Is(i64),
    /// Any other than this one.
    IsNot(i64),
    /// Those of this remainder.
    Remainder {
        /// The remainder.
        residue: i64,
        /// What it is taken by.
        modulus: NonZeroU32,
    },
}

/// How two sequences become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `x[n] = s[n] + t[n]`
    Sum,
    /// `x[n] = s[n] - t[n]`
    Difference,
    /// `x[n] = s[n] t[n]`
    Product,
    /// `x[n] = floor(s[n] / t[n])`, as long as `t[n]` is not zero
    Quotient,
    /// `x[n] = s[n] mod t[n]`, as long as `t[n]` is not zero
    Remainder,
    /// `x[n] = gcd(s[n], t[n])`
    Gcd,
    /// `x[n] = s[0] t[n] + s[1] t[n-1] + ... + s[n] t[0]`
    Convolution,
}

/// A question about the terms before `x[n]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Whether `x[n-1]` is divisible by this number.
    Divisible(NonZeroU32),
    /// Whether `x[n-1]` is below this number.
    Below(i64),
    /// Whether the last step went up, `x[n-1] > x[n-2]`; before the first step none did.
    Rising,
}

/// A rule for one term: `x[n] = floor(r x[n-1]) + c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// `r`
    pub ratio: Ratio,
    /// `c`
    pub constant: i64,
}

/// A fraction, kept as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    /// Above the line.
    pub numerator: i64,
    /// Below the line.
    pub denominator: NonZeroU32,
}

/// Which way a fraction becomes an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// Down, towards negative infinity.
    Floor,
    /// Up, towards positive infinity.
    Ceiling,
}

/// One to four values that repeat for ever, stored in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cycle<T> {
    values: [T; 4], // filled up by going round again, so that derived equality is right
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
            found => Err(Error::CycleLength { found }),
        }
    }

    /// The values of one round.
    pub fn values(&self) -> &[T] {
        &self.values[..usize::from(self.length)]
    }

    /// The values, round after round.
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
    /// `x[n] = factor x[n-1] + constant`.
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

    /// The first `count` terms; fewer when one of them, or a number on the way to it,
    /// does not fit an `i64`.
    pub fn terms(&self, count: usize) -> Vec<i64> {
        let mut terms = vec![0; count];
        let length = self.evaluate(&mut terms);
        terms.truncate(length);
        terms
    }

    /// Writes the first terms into `terms` and returns how many there are: all, unless
    /// one of them, or a number on the way to it, does not fit an `i64`. What `terms`
    /// holds behind them is unspecified.
    ///
    /// A shorter buffer receives the same terms. Nothing is allocated for up to 32 terms
    /// (and beyond that, only where two sequences are joined), but by
    /// [`Select`](Self::Select) and [`Triangle`](Self::Triangle): the sequences inside a
    /// relation are evaluated in the buffer that its own terms then replace.
    pub fn evaluate(&self, terms: &mut [i64]) -> usize {
        match self {
            Self::Constant(_)
            | Self::Affine { .. }
            | Self::Linear { .. }
            | Self::Cycle(_)
            | Self::Scale { .. }
            | Self::Geometric { .. }
            | Self::Switch { .. } => self.evaluate_leaf(terms).unwrap_or(0),
            Self::Sum { first, steps } => running(terms, *first, &**steps, i64::checked_add),
            Self::Hold { runs, of } => hold(terms, runs, &**of),
            Self::Modulo { of, modulus } => modulo(terms, &**of, *modulus),
            Self::Weighted { of, weights, constant } => weighted(terms, &**of, weights, *constant),
            Self::Interleave { even, odd } => interleave(terms, &**even, &**odd),
            Self::RationalRecurrence { past, constant, divisor } => {
                rational_recurrence(terms, past, *constant, *divisor)
            }
            Self::Product { first, factors } => {
                running(terms, *first, &**factors, i64::checked_mul)
            }
            Self::Alternate { first, steps: [one, other] } => {
                let mut odd = false;
                unfold(terms, *first, |last| {
                    odd = !odd;
                    if odd { one.apply(last) } else { other.apply(last) }
                })
            }
            Self::Iterate { first, factor, function, weight } => unfold(terms, *first, |last| {
                let value = function.value(last)?.checked_mul(*weight)?;
                last.checked_mul(*factor)?.checked_add(value)
            }),
            Self::Recurrence { lags, addend } => compound::recurrence(terms, lags, addend),
            Self::Polynomial { coefficients, divisor } => {
                compound::polynomial(terms, *coefficients, *divisor)
            }
            Self::Digits { numerator, denominator, base } => {
                compound::digits(terms, *numerator, *denominator, *base);
                terms.len()
            }
            Self::Apply { function, to } => {
                let length = to.evaluate(terms);
                map_while(&mut terms[..length], std::iter::repeat(0), |term, _| {
                    function.value(term)
                })
            }
            Self::RootDigits { radicand, degree } => {
                compound::root_digits(terms, *radicand, *degree)
            }
            Self::ContinuedFraction { radicand } => compound::continued_fraction(terms, *radicand),
            Self::After { first, then } => {
                let Some((start, rest)) = terms.split_first_mut() else {
                    return 0;
                };
                *start = *first;
                1 + then.evaluate(rest)
            }
            Self::Select { from, test, keep } => {
                compound::select(terms, from, *test, *keep, i64::MAX)
            }
            Self::Combine { operation, left, right } => {
                compound::combine(terms, *operation, left, right)
            }
            Self::Transformed { by, of } => compound::transformed(terms, *by, of),
            Self::Triangle(triangle) => triangle.evaluate(terms),
        }
    }

    /// As [`evaluate`](Self::evaluate), for somebody to whom a sequence is over at the first
    /// term above `largest`: up to there the terms are the same, and they may end there. It
    /// spares a [`Select`](Self::Select) most of the numbers that it would look at.
    pub(crate) fn evaluate_up_to(&self, largest: i64, terms: &mut [i64]) -> usize {
        match self {
            Self::Select { from, test, keep } => {
                compound::select(terms, from, *test, *keep, largest)
            }
            Self::Weighted { of, weights, constant } if weights.values() == [1] => {
                let length = of.evaluate_up_to(largest.saturating_sub(*constant), terms);
                map_while(&mut terms[..length], std::iter::repeat(*constant), i64::checked_add)
            }
            _ => self.evaluate(terms),
        }
    }

    /// Whether no term is smaller than the one before it, as far as that can be seen at once.
    pub(crate) fn never_falls(&self) -> bool {
        match self {
            Self::Affine { factor, constant, .. } => *factor == 1 && *constant >= 0,
            Self::Polynomial { coefficients, .. } => coefficients[1..].iter().all(|c| *c >= 0),
            Self::Apply { function, to } => function.never_falls() && to.never_falls(),
            Self::Select { from, keep, .. } => *keep == Keep::Indices || from.never_falls(),
            Self::Weighted { of, weights, .. } => weights.values() == [1] && of.never_falls(),
            _ => false,
        }
    }

    /// As [`evaluate`](Self::evaluate), of the relations that most families are made of and
    /// that have no others inside; of any other nothing.
    #[inline(always)]
    pub(crate) fn evaluate_leaf(&self, terms: &mut [i64]) -> Option<usize> {
        Some(match self {
            Self::Constant(value) => {
                terms.fill(*value);
                terms.len()
            }
            Self::Affine { first, factor, constant } => {
                unfold(terms, *first, |last| last.checked_mul(*factor)?.checked_add(*constant))
            }
            Self::Linear { first, factors, constant } => linear(terms, *first, *factors, *constant),
            Self::Cycle(cycle) => {
                for (term, value) in terms.iter_mut().zip(cycle.repeated()) {
                    *term = value;
                }
                terms.len()
            }
            Self::Scale { first, ratios } => {
                let mut ratios = ratios.repeated();
                unfold(terms, *first, |last| ratios.next()?.floor_of(last))
            }
            Self::Geometric { first, ratio, rounding } => {
                geometric(terms, *first, *ratio, *rounding)
            }
            Self::Switch { first, condition, then, otherwise } => {
                let mut before = *first;
                unfold(terms, *first, |last| {
                    let step = if condition.holds(before, last) { then } else { otherwise };
                    before = last;
                    step.apply(last)
                })
            }
            _ => return None,
        })
    }
}

// The functions below are inlined wherever they are used: in the code that draws from one
// family, relations and the lengths of cycles are constants then. That is 5 of 75 ns.

/// `x[0] = first`, and every other term from the one before it, as long as there is one.
#[inline(always)]
fn unfold(terms: &mut [i64], first: i64, mut next: impl FnMut(i64) -> Option<i64>) -> usize {
    let mut upcoming = Some(first);
    for (index, term) in terms.iter_mut().enumerate() {
        let Some(value) = upcoming else { return index };
        *term = value;
        upcoming = next(value);
    }
    terms.len()
}

/// Replaces every term by a function of it and of its partner, as long as there is one.
pub(crate) fn map_while(
    terms: &mut [i64],
    partners: impl Iterator<Item = i64>,
    map: impl Fn(i64, i64) -> Option<i64>,
) -> usize {
    for (index, (term, partner)) in terms.iter_mut().zip(partners).enumerate() {
        match map(*term, partner) {
            Some(value) => *term = value,
            None => return index,
        }
    }
    terms.len()
}

#[inline(always)]
fn linear(terms: &mut [i64], first: [i64; 2], [a, b]: [i64; 2], constant: i64) -> usize {
    let [mut before, mut last] = first;
    for (index, term) in terms.iter_mut().enumerate() {
        *term = before;
        let next = || {
            let recent = a.checked_mul(last)?;
            let earlier = b.checked_mul(before)?;
            recent.checked_add(earlier)?.checked_add(constant)
        };
        match next() {
            Some(next) => (before, last) = (last, next),
            // The number that overflows is two places on; the one between still counts.
            None => {
                return match terms.get_mut(index + 1) {
                    Some(term) => {
                        *term = last;
                        index + 2
                    }
                    None => index + 1,
                };
            }
        }
    }
    terms.len()
}

/// `first`, and every other term from the one before it and a term of `others`.
#[inline(always)]
pub(crate) fn running(
    terms: &mut [i64],
    first: i64,
    others: &impl Rule,
    join: impl Fn(i64, i64) -> Option<i64>,
) -> usize {
    let Some((start, rest)) = terms.split_first_mut() else {
        return 0;
    };
    *start = first;
    let length = others.evaluate(rest);
    let mut last = first;
    for (index, term) in rest[..length].iter_mut().enumerate() {
        match join(last, *term) {
            Some(next) => last = next,
            None => return index + 1,
        }
        *term = last;
    }
    length + 1
}

/// The remainder of every term.
#[inline(always)]
pub(crate) fn modulo(terms: &mut [i64], of: &impl Rule, modulus: NonZeroU32) -> usize {
    let modulus = i64::from(modulus.get());
    let length = of.evaluate(terms);
    for term in &mut terms[..length] {
        *term = term.rem_euclid(modulus);
    }
    length
}

/// Every term times a weight, plus a constant.
#[inline(always)]
pub(crate) fn weighted(
    terms: &mut [i64],
    of: &impl Rule,
    weights: &Cycle<i64>,
    constant: i64,
) -> usize {
    let length = of.evaluate(terms);
    map_while(&mut terms[..length], weights.repeated(), |term, weight| {
        term.checked_mul(weight)?.checked_add(constant)
    })
}

fn rational_recurrence(
    terms: &mut [i64],
    past: &[Past],
    constant: i64,
    divisor: NonZeroU32,
) -> usize {
    let order = past.len();
    for index in 0..terms.len() {
        let (seen, rest) = terms.split_at_mut(index);
        let next = || {
            let mut sum = i128::from(constant);
            for (term, past) in seen[index - order..].iter().zip(past) {
                // Two 64-bit numbers: their product fits, the sum may not.
                sum = sum.checked_add(i128::from(*term) * i128::from(past.factor))?;
            }
            i64::try_from(sum.div_euclid(i128::from(divisor.get()))).ok()
        };
        let next = if index < order { Some(past[index].first) } else { next() };
        match (rest.first_mut(), next) {
            (Some(term), Some(next)) => *term = next,
            _ => return index,
        }
    }
    terms.len()
}

#[inline(always)]
fn geometric(terms: &mut [i64], first: i64, ratio: Ratio, rounding: Rounding) -> usize {
    let denominator = i64::from(ratio.denominator.get());
    // The term before rounding is `above / below`.
    let mut fraction = Some((first, 1_i64));
    for (index, term) in terms.iter_mut().enumerate() {
        let Some((above, below)) = fraction else {
            return index;
        };
        let exact = above.rem_euclid(below) == 0;
        *term = above.div_euclid(below)
            + match rounding {
                Rounding::Floor => 0,
                Rounding::Ceiling => i64::from(!exact),
            };
        fraction = above.checked_mul(ratio.numerator).zip(below.checked_mul(denominator));
    }
    terms.len()
}

#[inline(always)]
pub(crate) fn hold(terms: &mut [i64], runs: &Cycle<NonZeroU32>, of: &impl Rule) -> usize {
    let run = |index| runs.at(index).get() as u64;
    let wanted = terms.len() as u64;
    // How many terms of the inner sequence are needed, and where the last of them ends.
    let (mut needed, mut end) = (0, 0);
    while end < wanted {
        end += run(needed);
        needed += 1;
    }
    let found = of.evaluate(&mut terms[..needed]);
    for index in (found..needed).rev() {
        end -= run(index);
    }
    let length = end.min(wanted);
    // From the back, so that no term is overwritten before it has been copied: the run of
    // term `index` starts at `index` or behind it.
    for index in (0..found).rev() {
        let start = end - run(index);
        let term = terms[index];
        terms[start as usize..end.min(length) as usize].fill(term);
        end = start;
    }
    length as usize
}

#[inline(always)]
pub(crate) fn interleave(terms: &mut [i64], even: &impl Rule, odd: &impl Rule) -> usize {
    const IN_PLACE: usize = 32;
    if terms.len() <= IN_PLACE {
        interleave_with(terms, &mut [0; IN_PLACE / 2], even, odd)
    } else {
        let mut scratch = vec![0; terms.len().div_ceil(2)];
        interleave_with(terms, &mut scratch, even, odd)
    }
}

/// `scratch` holds one of the two sequences, so it is at least half as long as `terms`.
#[inline(always)]
fn interleave_with(
    terms: &mut [i64],
    scratch: &mut [i64],
    even: &impl Rule,
    odd: &impl Rule,
) -> usize {
    let odds = terms.len() / 2;
    let evens = terms.len() - odds;
    let odds_found = odd.evaluate(&mut scratch[..odds]);
    let evens_found = even.evaluate(&mut terms[..evens]);
    // From the back: term `index` moves to `2 index`, which is not in front of it.
    for index in (0..evens_found).rev() {
        terms[2 * index] = terms[index];
    }
    for (pair, term) in terms.chunks_exact_mut(2).zip(&scratch[..odds_found]) {
        pair[1] = *term;
    }
    // The first index that is missing.
    let after_evens = if evens_found < evens { 2 * evens_found } else { terms.len() };
    let after_odds = if odds_found < odds { 2 * odds_found + 1 } else { terms.len() };
    after_evens.min(after_odds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(relation: Relation) -> Box<Relation> {
        Box::new(relation)
    }

    fn nonzero(value: u32) -> NonZeroU32 {
        NonZeroU32::new(value).unwrap()
    }

    fn fibonacci() -> Relation {
        Relation::Linear { first: [1, 1], factors: [1, 1], constant: 0 }
    }

    #[test]
    fn recurrences_on_the_past_terms() {
        assert_eq!(Relation::Constant(7).terms(3), [7, 7, 7]);
        assert_eq!(Relation::arithmetic(2, 3).terms(4), [2, 5, 8, 11]);
        assert_eq!(fibonacci().terms(8), [1, 1, 2, 3, 5, 8, 13, 21]);
        let cycle = Relation::Cycle(Cycle::from([4, 5, 6]));
        assert_eq!(cycle.terms(7), [4, 5, 6, 4, 5, 6, 4]);
    }

    #[test]
    fn running_totals_and_products() {
        let steps = boxed(Relation::Cycle(Cycle::from([2, 1])));
        let relation = Relation::Sum { first: 1, steps };
        assert_eq!(relation.terms(6), [1, 3, 4, 6, 7, 9]);
        let half = |numerator| Ratio { numerator, denominator: nonzero(2) };
        let relation = Relation::Scale { first: 8, ratios: Cycle::from([half(1), half(3)]) };
        assert_eq!(relation.terms(6), [8, 4, 6, 3, 4, 2]);
    }

    #[test]
    fn geometric_sequences_are_rounded_once() {
        let geometric = |first, rounding| Relation::Geometric {
            first,
            ratio: Ratio { numerator: 3, denominator: nonzero(2) },
            rounding,
        };
        assert_eq!(geometric(5, Rounding::Floor).terms(6), [5, 7, 11, 16, 25, 37]);
        assert_eq!(geometric(5, Rounding::Ceiling).terms(6), [5, 8, 12, 17, 26, 38]);
        assert_eq!(geometric(-5, Rounding::Floor).terms(3), [-5, -8, -12]);
        assert_eq!(geometric(-5, Rounding::Ceiling).terms(3), [-5, -7, -11]);
    }

    #[test]
    fn held_terms() {
        let hold = |runs, of| Relation::Hold { runs, of: boxed(of) };
        let counting = || Relation::arithmetic(1, 1);
        assert_eq!(hold(Cycle::from([nonzero(2)]), counting()).terms(5), [1, 1, 2, 2, 3]);
        assert_eq!(
            hold(Cycle::from([nonzero(1), nonzero(2)]), counting()).terms(9),
            [1, 2, 2, 3, 4, 4, 5, 6, 6]
        );
        // The inner sequence ends after two terms; the held one after both runs.
        let short = Relation::arithmetic(i64::MAX - 1, 1);
        let relation = hold(Cycle::from([nonzero(1), nonzero(3)]), short);
        assert_eq!(relation.terms(9), [i64::MAX - 1, i64::MAX, i64::MAX, i64::MAX]);
        let endless = hold(Cycle::from([NonZeroU32::MAX]), counting());
        assert_eq!(endless.terms(3), [1, 1, 1]);
    }

    #[test]
    fn term_by_term_operations() {
        let relation = Relation::Modulo { of: boxed(fibonacci()), modulus: nonzero(3) };
        assert_eq!(relation.terms(9), [1, 1, 2, 0, 2, 2, 1, 0, 1]);
        let relation = Relation::Weighted {
            of: boxed(Relation::arithmetic(1, 2)),
            weights: Cycle::from([1, -1]),
            constant: 100,
        };
        assert_eq!(relation.terms(4), [101, 97, 105, 93]);
    }

    #[test]
    fn interleaved_sequences() {
        let interleave = |even, odd| Relation::Interleave { even: boxed(even), odd: boxed(odd) };
        let both = interleave(Relation::arithmetic(1, 1), Relation::arithmetic(10, 10));
        assert_eq!(both.terms(7), [1, 10, 2, 20, 3, 30, 4]);
        let long = both.terms(101); // beyond the buffer on the stack
        assert_eq!((long[100], long[99], long.len()), (51, 500, 101));

        // Either sequence may be the one that ends.
        let ending = || Relation::arithmetic(i64::MAX - 1, 1);
        assert_eq!(interleave(ending(), Relation::Constant(0)).terms(9).len(), 4);
        assert_eq!(interleave(Relation::Constant(0), ending()).terms(9).len(), 5);
    }

    #[test]
    fn what_never_falls_is_seen_at_once() {
        let apply = |function, to| Relation::Apply { function, to: boxed(to) };
        let polynomial = |coefficients| Relation::Polynomial { coefficients, divisor: nonzero(2) };
        let moved = |weights, of| Relation::Weighted { of: boxed(of), weights, constant: 3 };
        let select = |from, keep| {
            let test = Test { function: Function::IsPrime, answer: Answer::Is(1) };
            Relation::Select { from: boxed(from), test, keep }
        };
        let growing = [
            Relation::arithmetic(-7, 3),
            Relation::arithmetic(5, 0),
            polynomial([-9, 0, 3, 1]),
            apply(Function::Prime, Relation::arithmetic(1, 2)),
            moved(Cycle::from([1]), Relation::arithmetic(0, 1)),
            select(Relation::arithmetic(0, 1), Keep::Terms),
            select(fibonacci(), Keep::Indices),
        ];
        for relation in growing {
            assert!(relation.never_falls(), "{relation}");
            assert!(relation.terms(50).is_sorted(), "{relation}");
        }
        let others = [
            Relation::arithmetic(7, -1),
            Relation::Affine { first: 1, factor: -2, constant: 0 },
            polynomial([9, -1, 3, 1]),
            apply(Function::Totient, Relation::arithmetic(1, 2)),
            apply(Function::Prime, Relation::arithmetic(100, -2)),
            moved(Cycle::from([-1]), Relation::arithmetic(0, 1)),
            moved(Cycle::from([1, -1]), Relation::arithmetic(0, 1)),
            select(Relation::arithmetic(90, -1), Keep::Terms),
        ];
        for relation in others {
            assert!(!relation.never_falls(), "{relation}");
        }
    }

    #[test]
    fn conditional_steps() {
        let relation = Relation::Switch {
            first: 1,
            condition: Condition::Divisible(nonzero(2)),
            then: Step::affine(1, 1),
            otherwise: Step::affine(2, 0),
        };
        assert_eq!(relation.terms(7), [1, 2, 3, 6, 7, 14, 15]);
        let relation = Relation::Switch {
            first: 5,
            condition: Condition::Rising,
            then: Step::affine(1, -3),
            otherwise: Step::affine(2, 0),
        };
        assert_eq!(relation.terms(6), [5, 10, 7, 14, 11, 22]);
        let relation = Relation::Switch {
            first: 3,
            condition: Condition::Below(10),
            then: Step::affine(1, 4),
            otherwise: Step::affine(1, -7),
        };
        assert_eq!(relation.terms(6), [3, 7, 11, 4, 8, 12]);
    }

    #[test]
    fn terms_end_before_the_first_overflow() {
        // Fibonacci number 92, counted from 1, is the last that fits.
        let terms = fibonacci().terms(200);
        assert_eq!((terms.len(), terms.last()), (92, Some(&7_540_113_804_746_346_429)));
        let powers = Relation::Affine { first: 1, factor: 2, constant: 0 };
        assert_eq!(powers.terms(100).len(), 63);
        let total = Relation::Sum { first: i64::MAX - 1, steps: boxed(Relation::Constant(1)) };
        assert_eq!(total.terms(9), [i64::MAX - 1, i64::MAX]);
    }

    #[test]
    fn recurrences_of_any_order() {
        let recurrence = |past: &[(i64, i64)], constant, divisor| Relation::RationalRecurrence {
            past: past.iter().map(|&(first, factor)| Past { first, factor }).collect(),
            constant,
            divisor: nonzero(divisor),
        };
        let tribonacci = recurrence(&[(0, 1), (0, 1), (1, 1)], 0, 1);
        assert_eq!(tribonacci.terms(8), [0, 0, 1, 1, 2, 4, 7, 13]);
        // x[n] = x[n-1] + 2 x[n-3]: the oldest term stands first.
        assert_eq!(recurrence(&[(1, 2), (1, 0), (1, 1)], 0, 1).terms(6), [1, 1, 1, 3, 5, 7]);
        assert_eq!(recurrence(&[(100, 1)], 20, 2).terms(5), [100, 60, 40, 30, 25]);
        assert_eq!(recurrence(&[(-7, 1)], 0, 2).terms(4), [-7, -4, -2, -1]);
        assert_eq!(recurrence(&[], 7, 2).terms(3), [3, 3, 3]);
        assert_eq!(tribonacci.terms(2), [0, 0]);
        let large = recurrence(&[(i64::MAX, i64::MAX), (i64::MAX, i64::MAX)], 1, 1);
        assert_eq!(large.terms(5), [i64::MAX, i64::MAX]);
        let halved = recurrence(&[(i64::MAX, 2)], 0, 2); // on the way, more than 64 bits
        assert_eq!(halved.terms(3), [i64::MAX; 3]);
    }

    #[test]
    fn running_products_of_a_sequence() {
        let factors = boxed(Relation::arithmetic(1, 1));
        let factorial = Relation::Product { first: 1, factors };
        assert_eq!(factorial.terms(6), [1, 1, 2, 6, 24, 120]);
        assert_eq!(factorial.terms(99).len(), 21); // 20! is the last that fits
        assert_eq!(factorial.terms(0), []);
    }

    #[test]
    fn cycles() {
        assert_eq!(Cycle::new(&[1, 2]), Ok(Cycle::from([1, 2])));
        assert_ne!(Cycle::from([1, 2]), Cycle::from([1, 2, 1, 2]));
        assert_eq!(Cycle::from([1, 2]).values(), [1, 2]);
        assert_eq!(Cycle::<i64>::new(&[]), Err(Error::CycleLength { found: 0 }));
        assert_eq!(Cycle::new(&[0; 5]), Err(Error::CycleLength { found: 5 }));
    }
}
