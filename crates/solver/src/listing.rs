//! The alternative to every rule: terms that follow none, but grow in some way.
//!
//! A rule is believed if it says the terms in fewer bits than a list of them does. That list
//! must be a fair competitor, or any recurrence beats it on terms that grow fast. So each term
//! is said as its distance from a forecast, by the best of a few forecasts; how far off a
//! forecast was so far says how far off it may be next.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::bits::{self, log2};

/// A forecast of the next term from those before.
#[derive(Clone, Copy)]
enum Forecast {
    /// Like the last one.
    Same,
    /// The last step again.
    Step,
    /// The last change of steps again.
    Curve,
    /// The last ratio again.
    Ratio,
    /// The ratios change as they did.
    ChangingRatio,
}

const FORECASTS: [Forecast; 5] =
    [Forecast::Same, Forecast::Step, Forecast::Curve, Forecast::Ratio, Forecast::ChangingRatio];

/// Bits to say which of the seven ways a list is said in.
const WAY: f64 = 3.0;

/// Bits of each term but the first, which is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// Bits of the first so many terms.
    sums: Vec<f64>,
}

impl Listing {
    /// The shortest list of these terms.
    pub fn of(terms: &[BigInt]) -> Self {
        let mut ways: Vec<Vec<f64>> =
            FORECASTS.iter().map(|forecast| by_forecast(terms, *forecast)).collect();
        ways.push(terms.iter().skip(1).map(bits::big).collect());
        ways.extend(within_bounds(terms));
        let total = |way: &Vec<f64>| way.iter().sum::<f64>();
        let best = ways.into_iter().min_by(|one, other| total(one).total_cmp(&total(other)));
        let mut sums = vec![0.0];
        let mut sum = 0.0;
        if !terms.is_empty() {
            sums.push(0.0);
        }
        for one in best.unwrap_or_default() {
            sum += one;
            sums.push(sum);
        }
        Listing { sums }
    }

    /// Bits of the first `count` terms, the first one given.
    pub fn of_first(&self, count: usize) -> f64 {
        self.sums[count.min(self.sums.len() - 1)]
    }

    /// Bits of all terms.
    pub fn total(&self) -> f64 {
        WAY + self.of_first(usize::MAX)
    }
}

/// The next term after `before`, if the forecast has one.
fn forecast(before: &[BigInt], by: Forecast) -> Option<BigInt> {
    let last = before.last()?;
    let back = |k: usize| before.len().checked_sub(k + 1).map(|place| &before[place]);
    Some(match by {
        Forecast::Same => last.clone(),
        Forecast::Step => 2 * last - back(1)?,
        Forecast::Curve => 3 * last - 3 * back(1)? + back(2)?,
        Forecast::Ratio => {
            let one = back(1)?;
            (!one.is_zero()).then(|| (last * last).div_floor(one))?
        }
        Forecast::ChangingRatio => {
            // x r^2 / q, with the last two ratios r and q.
            let (one, two) = (back(1)?, back(2)?);
            let below = one * one * one;
            (!below.is_zero()).then(|| (last * last * last * two).div_floor(&below))?
        }
    })
}

/// The errors of a forecast, each in a Cauchy distribution whose scale is that of the errors
/// before it, grown like the terms: heavy tails, since forecasts fail.
fn by_forecast(terms: &[BigInt], by: Forecast) -> Vec<f64> {
    let mut scale: Option<f64> = None; // log2
    let mut all = Vec::with_capacity(terms.len());
    for place in 1..terms.len() {
        let term = &terms[place];
        let Some(expected) = forecast(&terms[..place], by) else {
            all.push(bits::big(&(term - &terms[place - 1])).min(bits::big(term)));
            continue;
        };
        let error = term - expected;
        let size = log2(&(error.abs() * 2 + 1));
        let growth = match place {
            0 | 1 => 0.0,
            _ => (log2(&terms[place - 1]) - log2(&terms[place - 2])).clamp(0.0, 16.0),
        };
        all.push(match scale {
            Some(scale) => {
                let ratio = size - scale;
                let tail =
                    if ratio > 30.0 { 2.0 * ratio } else { (1.0 + (2.0 * ratio).exp2()).log2() };
                // log2(pi) less 1, as sizes are doubled.
                0.651 + scale + tail
            }
            None => bits::big(&error),
        });
        scale = Some(match scale {
            Some(scale) => (0.5 * (scale + size)).max(size - 2.0) + growth,
            None => size + growth,
        });
    }
    all
}

/// Each term as one of the integers from the smallest to the largest; good for digits.
fn within_bounds(terms: &[BigInt]) -> Option<Vec<f64>> {
    let (least, most) = (terms.iter().min()?, terms.iter().max()?);
    let width = (most - least).to_u64()?;
    let each = (width as f64 + 1.0).log2();
    let header = bits::natural(width.saturating_add(1)) + bits::big(least);
    let mut all = vec![each; terms.len() - 1];
    if let Some(first) = all.first_mut() {
        *first += header;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(terms: &[i64]) -> f64 {
        let terms: Vec<BigInt> = terms.iter().map(|&term| term.into()).collect();
        Listing::of(&terms).total()
    }

    #[test]
    fn a_smooth_list_is_cheap() {
        // The Catalan numbers grow so smoothly that each costs a fraction of its digits.
        let catalan = total(&[1, 1, 2, 5, 14, 42, 132, 429]);
        let plain: f64 = [1, 2, 5, 14, 42, 132, 429].iter().map(|&term| bits::integer(term)).sum();
        assert!(catalan < 0.85 * plain, "{catalan} {plain}");
        assert!(total(&[1, 2, 3, 4, 5, 6, 7, 8]) < total(&[1, 9, 3, 14, 5, 6, 27, 8]));
        let digits = total(&[3, 1, 4, 1, 5, 9, 2, 6]);
        assert!(digits < 40.0, "{digits}");
    }

    #[test]
    fn any_size_and_sign() {
        for terms in [&[][..], &[5], &[0, 0], &[i64::MIN, i64::MAX, 0, -1], &[0, 0, 0, 7]] {
            assert!(total(terms).is_finite(), "{terms:?}");
        }
        let huge: Vec<BigInt> = (0..200_u32).map(|n| BigInt::from(7).pow(n * 2)).collect();
        assert!(Listing::of(&huge).total().is_finite());
    }
}
