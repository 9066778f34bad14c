//! Affine linear recurrences with rational constants, found by exact elimination.
//!
//! Each term from the d-th on is an equation for the constants of
//! x\[i\] = a\[1\] x\[i-1\] + ... + a\[d\] x\[i-d\] + c. The constants themselves are not needed:
//! whether the equations are consistent, and the next term, follow from the rows of the system.
//!
//! The equations of 2 d + 2 terms or more decide the next term even where they do not
//! decide the constants. An affine recurrence of order d is a linear one of order d + 1
//! (subtract neighbouring equations), and two linear recurrences of order m that agree on
//! 2 m terms agree for ever (Massey, "Shift-register synthesis and BCH decoding", 1969,
//! theorem 1).

/// The largest order.
pub(super) const MAX_ORDER: usize = 3;

/// The coefficients of a\[1\], ..., a\[d\] and c, zeros up to the largest order, and last the
/// value.
type Row = [i128; MAX_ORDER + 2];

/// The next term by the recurrences of one order that fit all given terms: a rational number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fit {
    numerator: i128,
    denominator: i128,
}

impl Fit {
    /// The next term, if it is an integer of 64 bits.
    pub(super) fn integer(self) -> Option<i64> {
        let Fit { numerator, denominator } = self;
        let whole = numerator.checked_rem(denominator)? == 0;
        i64::try_from(numerator.checked_div(denominator)?).ok().filter(|_| whole)
    }
}

/// The recurrence of order `order` that all terms obey; `None` if there is none, if there
/// are fewer than 2 `order` + 2 terms, or if the numbers become too large.
pub(super) fn fit(terms: &[i64], order: usize) -> Option<Fit> {
    if order > MAX_ORDER || terms.len() < 2 * order + 2 {
        return None;
    }
    let row = |end: usize, value: i128| {
        let mut row = Row::default();
        let seen = terms[end - order..end].iter().rev();
        for (entry, &term) in row.iter_mut().zip(seen) {
            *entry = i128::from(term);
        }
        row[order] = 1;
        row[MAX_ORDER + 1] = value;
        row
    };
    let mut system = System::default();
    for (end, &value) in terms.iter().enumerate().skip(order) {
        let (rest, _) = system.reduce(row(end, i128::from(value)))?;
        system.accept(rest)?;
    }
    // The row of the next term, with an unknown value v and 0 in its place: a multiple of
    // it is a combination of the equations, of which minus that multiple of v is left.
    let (rest, factor) = system.reduce(row(terms.len(), 0))?;
    let [unknowns @ .., left] = rest;
    if unknowns != [0; MAX_ORDER + 1] {
        return None;
    }
    Some(Fit { numerator: left.checked_neg()?, denominator: factor })
}

/// Equations in echelon form.
#[derive(Default)]
struct System {
    /// By the place of their first coefficient that is not zero.
    pivots: [Option<Row>; MAX_ORDER + 1],
}

impl System {
    /// A multiple of a row minus a combination of the equations such that the places of all
    /// pivots are zero, and the factor of that multiple; `None` if a number is too large.
    fn reduce(&self, mut row: Row) -> Option<(Row, i128)> {
        let mut factor: i128 = 1;
        for (place, pivot) in self.pivots.iter().enumerate() {
            let Some(pivot) = pivot else { continue };
            if row[place] == 0 {
                continue;
            }
            // Without common factors, so that numbers stay as small as they can.
            let common = gcd(pivot[place], row[place]);
            let (mine, theirs) = (pivot[place] / common, row[place] / common);
            for (entry, other) in row.iter_mut().zip(pivot) {
                let product = other.checked_mul(theirs)?;
                *entry = entry.checked_mul(mine)?.checked_sub(product)?;
            }
            factor = factor.checked_mul(mine)?;
        }
        Some((row, factor))
    }

    /// Adds an equation that was reduced; `None` if it contradicts the others.
    fn accept(&mut self, mut row: Row) -> Option<()> {
        let [unknowns @ .., value] = row;
        match unknowns.iter().position(|&entry| entry != 0) {
            Some(place) => {
                let common = row.iter().fold(0, |common, &entry| gcd(common, entry));
                row.iter_mut().for_each(|entry| *entry /= common);
                self.pivots[place] = Some(row);
                Some(())
            }
            None => (value == 0).then_some(()),
        }
    }
}

/// The greatest common divisor, positive unless both are zero. The one that overflows, 2^127,
/// is replaced by 1, which only leaves a fraction unreduced.
fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    i128::try_from(a).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn next(terms: &[i64]) -> Option<i64> {
        (1..=MAX_ORDER).find_map(|order| fit(terms, order))?.integer()
    }

    /// The sequence of a recurrence, as long as it stays small.
    fn sequence(first: &[i64], factors: &[i64], constant: i64, count: usize) -> Vec<i64> {
        let mut terms = first.to_vec();
        while terms.len() < count {
            let seen = terms.iter().rev().zip(factors);
            let value = seen.map(|(term, factor)| term * factor).sum::<i64>() + constant;
            if value.abs() > 1 << 40 {
                break;
            }
            terms.push(value);
        }
        terms
    }

    #[test]
    fn constants_need_not_be_integers() {
        // x[n] = 3/2 x[n-1] + 1/2, x[n] = -x[n-1] / 2 + 3/2 x[n-2]
        assert_eq!(next(&[7, 11, 17, 26]), None, "39.5 is no integer");
        assert_eq!(next(&[15, 23, 35, 53]), Some(80));
        assert!(fit(&[7, 11, 17, 26], 1).is_some(), "yet there is one");
        assert_eq!(next(&[0, 64, -32, 112, -104, 220]), Some(-266));
    }

    #[test]
    fn too_few_terms_confirm_nothing() {
        let tribonacci = [0, 1, 1, 2, 4, 7, 13, 24, 44];
        assert_eq!(next(&tribonacci[..7]), None);
        assert_eq!(next(&tribonacci[..8]), Some(44));
        assert_eq!(next(&[1, 3, 7]), None);
        assert_eq!(next(&[1, 3, 7, 16]), None, "the last term confirms nothing");
        assert_eq!(fit(&[1; 20], MAX_ORDER + 1), None);
    }

    #[test]
    fn large_numbers_are_exact_or_none() {
        let large = i64::MAX / 2;
        assert_eq!(next(&[large - 3, large - 2, large - 1, large]), Some(large + 1));
        let powers: Vec<i64> = (0..40).map(|n| 3i64.pow(n)).collect();
        assert_eq!(next(&powers[..39]), Some(powers[39]));
        assert_eq!(next(&powers), None, "3^40 is beyond 64 bits");
    }

    /// What every recurrence of order `order` with these constants says that fits.
    fn by_trying(terms: &[i64], order: usize, limit: i64) -> Vec<i64> {
        let width = 2 * limit + 1;
        let mut said = Vec::new();
        for code in 0..width.pow(order as u32 + 1) {
            let digit = |place: usize| code / width.pow(place as u32) % width - limit;
            let value = |end: usize| {
                let seen = (1..=order).map(|back| digit(back - 1) * terms[end - back]);
                seen.sum::<i64>() + digit(order)
            };
            if (order..terms.len()).all(|end| terms[end] == value(end)) {
                said.push(value(terms.len()));
            }
        }
        said
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Whatever the order of the recurrence that made the terms: one of a lower order
        /// that fits them says the same.
        #[test]
        fn recurrences_are_continued(
            first in prop::collection::vec(-9i64..10, 1..=3),
            factors in prop::collection::vec(-3i64..4, 3),
            constant in -9i64..10,
            more in 0usize..4,
        ) {
            let count = 2 * first.len() + 2 + more;
            let terms = sequence(&first, &factors[..first.len()], constant, count + 1);
            if let Some(&expected) = terms.get(count) {
                prop_assert_eq!(next(&terms[..count]), Some(expected), "{:?}", terms);
            }
        }

        /// Against all recurrences with small constants, on sequences that often have none.
        #[test]
        fn what_fits_is_found_by_trying_too(
            first in prop::collection::vec(-2i64..3, 2),
            factors in prop::collection::vec(-2i64..3, 2),
            constant in -2i64..3,
            change in -1i64..2,
            at in 0usize..7,
        ) {
            let mut terms = sequence(&first, &factors, constant, 7);
            terms[at] += change;
            for order in 1..=2 {
                let fit = fit(&terms, order);
                for value in by_trying(&terms, order, 2) {
                    prop_assert_eq!(fit.and_then(Fit::integer), Some(value), "{:?}", terms);
                }
            }
        }
    }
}
