//! What a model is shown of terms beyond its range: an integer range is all that it knows, but
//! the steps between large terms, or their sizes where signs alternate, may lie in it.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use ninth_sequences::IntegerRange;

/// What the model is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// The terms.
    Terms,
    /// The terms divided by a number: their common divisor, or -1.
    Divided(BigInt),
    /// The terms with every second sign turned.
    Alternating,
    /// The steps between them, divided by a number, and the last term.
    Steps(BigInt, BigInt),
}

impl View {
    /// The first view of the last terms, `context` at most, that lies in the range, and what the
    /// model is shown.
    pub fn of(terms: &[BigInt], range: IntegerRange, context: usize) -> Option<(View, Vec<i64>)> {
        let last = terms.last()?;
        let recent = |count: usize| &terms[terms.len().saturating_sub(count)..];
        let shown = recent(context);
        let steps: Vec<BigInt> =
            recent(context + 1).windows(2).map(|pair| &pair[1] - &pair[0]).collect();
        let in_range = |terms: Vec<BigInt>| -> Option<Vec<i64>> {
            let term = |term: &BigInt| term.to_i64().filter(|term| range.contains(*term));
            terms.iter().map(term).collect()
        };
        let over = |terms: &[BigInt], unit: &BigInt| {
            in_range(terms.iter().map(|term| term / unit).collect())
        };
        let unit = |terms: &[BigInt]| {
            let divisor = terms.iter().fold(BigInt::zero(), |divisor, term| divisor.gcd(term));
            if terms.iter().all(|term| !term.is_positive()) { -divisor } else { divisor }
        };
        if let Some(shown) = in_range(shown.to_vec()) {
            return Some((View::Terms, shown));
        }
        let divisor = unit(shown);
        for divisor in [-BigInt::one(), divisor] {
            if !divisor.is_zero()
                && let Some(shown) = over(shown, &divisor)
            {
                return Some((View::Divided(divisor), shown));
            }
        }
        // The last term keeps its sign, so that the next one's is turned.
        let turned = |(place, term): (usize, &BigInt)| {
            if (shown.len() - place) % 2 == 1 { -term } else { term.clone() }
        };
        let turned: Vec<BigInt> = shown.iter().enumerate().map(turned).collect();
        if let Some(shown) = in_range(turned) {
            return Some((View::Alternating, shown));
        }
        let divisor = unit(&steps);
        for divisor in [BigInt::one(), -BigInt::one(), divisor] {
            if !divisor.is_zero()
                && steps.len() > 1
                && let Some(shown) = over(&steps, &divisor)
            {
                return Some((View::Steps(divisor, last.clone()), shown));
            }
        }
        None
    }

    /// The term that one of the model's stands for.
    pub fn term(&self, of_model: i64) -> BigInt {
        match self {
            View::Terms | View::Alternating => of_model.into(),
            View::Divided(unit) => unit * of_model,
            View::Steps(unit, last) => last + unit * of_model,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(terms: &[i64]) -> Option<(View, Vec<i64>)> {
        let terms: Vec<BigInt> = terms.iter().map(|&term| term.into()).collect();
        View::of(&terms, IntegerRange::default(), 8)
    }

    #[test]
    fn what_lies_in_the_range_is_shown() {
        assert_eq!(view(&[1, 2, 3]), Some((View::Terms, vec![1, 2, 3])));
        let (negative, shown) = view(&[-1, -5, -9]).unwrap();
        assert_eq!((shown, negative.term(13)), (vec![1, 5, 9], (-13).into()));
        let (turned, shown) = view(&[3, -4, 5, -6]).unwrap();
        assert_eq!((shown, turned.term(7)), (vec![3, 4, 5, 6], 7.into()));
        let (turned, shown) = view(&[-3, 4, -5]).unwrap();
        assert_eq!((shown, turned.term(6)), (vec![3, 4, 5], 6.into()));
        let (steps, shown) = view(&[1000, 1003, 1007, 1012]).unwrap();
        assert_eq!((shown, steps.term(6)), (vec![3, 4, 5], 1018.into()));
        let (divided, shown) = view(&[90_000, 60_000, 40_000]).unwrap();
        assert_eq!((shown, divided.term(2)), (vec![9, 6, 4], 20_000.into()));
        let (steps, shown) = view(&[90_001, 60_001, 40_001]).unwrap();
        assert_eq!((shown, steps.term(1)), (vec![3, 2], 30_001.into()));
        assert_eq!(view(&[1, 1000, 3, 70_001]), None);
        assert_eq!(view(&[]), None);
    }

    /// Only the terms that the model sees count.
    #[test]
    fn what_is_not_shown_does_not_matter() {
        let terms: Vec<i64> = [5000, -3].into_iter().chain(1..=8).collect();
        assert_eq!(view(&terms), Some((View::Terms, (1..=8).collect())));
    }
}
