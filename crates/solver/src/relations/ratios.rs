//! Fractions: the simplest one with a property.

use std::cmp::Ordering;
use std::num::NonZeroU32;

use ninth_sequences::Ratio;

/// The largest denominator; larger ones are unlikely in a relation that a person means.
const LARGEST: i64 = 40;

/// The fraction of the smallest denominator that fits, by a walk down the Stern-Brocot
/// tree from the integers around `guess`. `judge` says how a fraction compares with those
/// that fit, or that nothing can be said.
pub(super) fn simplest(guess: i64, judge: impl Fn(Ratio) -> Option<Ordering>) -> Option<Ratio> {
    let fraction = |numerator: i64, denominator: i64| {
        let denominator = NonZeroU32::new(u32::try_from(denominator).ok()?)?;
        Some(Ratio { numerator, denominator })
    };
    let (mut low, mut high) = (None, None);
    for integer in guess.checked_sub(1)?..=guess.checked_add(2)? {
        match judge(fraction(integer, 1)?)? {
            Ordering::Equal => return fraction(integer, 1),
            Ordering::Less => low = Some((integer, 1)),
            Ordering::Greater => {
                high = Some((integer, 1));
                break;
            }
        }
    }
    let (mut low, mut high): ((i64, i64), (i64, i64)) = (low?, high?);
    loop {
        let middle = (low.0.checked_add(high.0)?, low.1 + high.1);
        if middle.1 > LARGEST {
            return None;
        }
        let found = fraction(middle.0, middle.1)?;
        match judge(found)? {
            Ordering::Equal => return Some(found),
            Ordering::Less => low = middle,
            Ordering::Greater => high = middle,
        }
    }
}

/// The simplest fraction of which every second number of a pair is the first one's
/// multiple, rounded down.
pub(super) fn factor(pairs: impl Iterator<Item = (i64, i64)> + Clone) -> Option<Ratio> {
    let (first, second) = pairs.clone().find(|(first, _)| *first != 0)?;
    simplest(second.checked_div_euclid(first)?, |ratio| {
        for (first, second) in pairs.clone() {
            let floor = ratio.floor_of(first)?.cmp(&second);
            match if first < 0 { floor.reverse() } else { floor } {
                Ordering::Equal => {}
                _ if first == 0 => return None, // no factor makes that of zero
                other => return Some(other),
            }
        }
        Some(Ordering::Equal)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor_of(pairs: &[(i64, i64)]) -> Option<(i64, u32)> {
        let found = factor(pairs.iter().copied())?;
        Some((found.numerator, found.denominator.get()))
    }

    #[test]
    fn the_simplest_fraction_is_found() {
        assert_eq!(factor_of(&[(2, 6), (6, 18)]), Some((3, 1)));
        assert_eq!(factor_of(&[(8, 4), (6, 3)]), Some((1, 2)));
        assert_eq!(factor_of(&[(5, 7), (7, 10), (10, 15), (15, 22)]), Some((3, 2)));
        assert_eq!(factor_of(&[(-8, 12), (12, -18)]), Some((-3, 2)));
        assert_eq!(factor_of(&[(0, 0), (7, 21)]), Some((3, 1)));
        assert_eq!(factor_of(&[(37, 100), (1_000_000, 2_702_702)]), Some((100, 37)));
    }

    #[test]
    fn what_is_impossible_is_not_found() {
        assert_eq!(factor_of(&[(2, 6), (6, 6)]), None);
        assert_eq!(factor_of(&[(0, 1)]), None);
        assert_eq!(factor_of(&[(0, 1), (3, 6)]), None);
        assert_eq!(factor_of(&[]), None);
        assert_eq!(factor_of(&[(i64::MAX, i64::MIN), (i64::MIN, 5)]), None);
        assert_eq!(factor_of(&[(i64::MIN, i64::MIN), (-1, i64::MAX)]), None);
    }
}
