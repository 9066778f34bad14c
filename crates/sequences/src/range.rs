//! The range of integers that a term may be, and their classes.

use std::fmt;

use crate::error::Error;

/// The integers `min..=max`. The class of a term is `term - min`.
///
/// ```
/// use ninth_sequences::IntegerRange;
///
/// let range = IntegerRange::new(-128, 127)?;
/// assert_eq!(range.classes(), 256);
/// assert_eq!((range.class_of(-128), range.class_of(128)), (Some(0), None));
/// assert_eq!(range.term_of(255), 127);
/// # Ok::<(), ninth_sequences::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IntegerRange {
    min: i64,
    max: i64,
}

impl IntegerRange {
    /// The largest number of classes: a class is a `u16`.
    pub const MAX_CLASSES: usize = 1 << 16;

    /// The range `min..=max`.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyRange`] unless `min < max`, [`Error::WideRange`] when the range has
    /// more than [`MAX_CLASSES`](Self::MAX_CLASSES) integers.
    pub fn new(min: i64, max: i64) -> Result<Self, Error> {
        if min >= max {
            return Err(Error::EmptyRange { min, max });
        }
        match max.checked_sub(min) {
            Some(span) if span < Self::MAX_CLASSES as i64 => Ok(Self { min, max }),
            _ => Err(Error::WideRange { min, max, allowed: Self::MAX_CLASSES }),
        }
    }

    /// The smallest term.
    pub const fn min(self) -> i64 {
        self.min
    }

    /// The largest term.
    pub const fn max(self) -> i64 {
        self.max
    }

    /// The number of integers in the range, 2 to [`MAX_CLASSES`](Self::MAX_CLASSES).
    pub const fn classes(self) -> usize {
        (self.max - self.min) as usize + 1
    }

    /// Whether the range holds `term`.
    pub const fn contains(self, term: i64) -> bool {
        self.min <= term && term <= self.max
    }

    /// The number of terms before the first one that lies outside the range.
    #[inline]
    pub fn run(self, terms: &[i64]) -> usize {
        let span = self.max.abs_diff(self.min);
        let mut inside = true;
        // Where a sequence leaves the range cannot be predicted, so this looks at every term,
        // without a branch.
        let lengths = terms.iter().map(|term| {
            inside &= term.wrapping_sub(self.min).cast_unsigned() <= span;
            usize::from(inside)
        });
        lengths.sum()
    }

    /// The class of `term`, or `None` when it lies outside the range.
    pub const fn class_of(self, term: i64) -> Option<u16> {
        if self.contains(term) { Some((term - self.min) as u16) } else { None }
    }

    /// The term of `class`; the largest term for a class that the range does not have.
    pub fn term_of(self, class: u16) -> i64 {
        self.min.saturating_add(i64::from(class)).min(self.max)
    }
}

impl Default for IntegerRange {
    /// `0..=255`.
    fn default() -> Self {
        Self { min: 0, max: 255 }
    }
}

impl fmt::Display for IntegerRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..={}", self.min, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_terms_are_inverse() {
        for (min, max) in [(0, 255), (-128, 127), (0, 1023), (5, 6), (-32768, 32767)] {
            let range = IntegerRange::new(min, max).unwrap();
            assert_eq!(range.classes() as i64, max - min + 1);
            for term in min..=max {
                assert_eq!(range.class_of(term).map(|class| range.term_of(class)), Some(term));
            }
            assert_eq!(range.class_of(min - 1), None);
            assert_eq!(range.class_of(max + 1), None);
        }
        assert_eq!(IntegerRange::default(), IntegerRange::new(0, 255).unwrap());
    }

    #[test]
    fn bad_ranges_are_refused() {
        assert_eq!(IntegerRange::new(3, 3), Err(Error::EmptyRange { min: 3, max: 3 }));
        assert!(IntegerRange::new(0, 65_535).is_ok());
        assert!(matches!(IntegerRange::new(0, 65_536), Err(Error::WideRange { .. })));
        assert!(matches!(IntegerRange::new(i64::MIN, i64::MAX), Err(Error::WideRange { .. })));
    }

    #[test]
    fn a_run_ends_before_the_first_term_outside() {
        let range = IntegerRange::new(-3, 7).unwrap();
        assert_eq!(range.run(&[-3, 7, 0, 8, 1]), 3);
        assert_eq!(range.run(&[-4, 0]), 0);
        assert_eq!(range.run(&[0, i64::MIN, 0]), 1);
        assert_eq!(range.run(&[0, i64::MAX]), 1);
        assert_eq!(range.run(&[1, 2]), 2);
        assert_eq!(range.run(&[]), 0);
    }

    #[test]
    fn extreme_ranges_do_not_overflow() {
        let top = IntegerRange::new(i64::MAX - 3, i64::MAX).unwrap();
        assert_eq!(top.classes(), 4);
        assert_eq!(top.term_of(u16::MAX), i64::MAX);
        let bottom = IntegerRange::new(i64::MIN, i64::MIN + 3).unwrap();
        assert_eq!(bottom.class_of(i64::MIN + 3), Some(3));
    }
}
