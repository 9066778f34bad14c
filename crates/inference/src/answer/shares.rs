//! The shares of rules, of the model and of neither in the distribution of the next term.
//!
//! ```text
//! P(term) = c R(term) + (1 - c) (m M(term) + f F(term)),    and nobody names it with the rest
//! ```
//!
//! R is the distribution of the rules that fit, M that of the model, F that of plain forecasts.
//! The confidence c is logistic in the evidence for the best rules: in the bits that they save
//! against a list of the terms, in the number of terms, and in how clearly one leads. The model's
//! share m is logistic in where the terms are heading: it has no vote where the next term is
//! likely to be beyond its range.
//!
//! The numbers in [`Shares::FITTED`] were fitted to 14,700 rows of integer sequences that people
//! collected, by `cargo run --release -p ninth-evaluation --example fit_shares -- FILES`.

use num_bigint::BigInt;
use num_traits::Signed;

use ninth_solver::{Solutions, Terms};

/// The numbers that join the parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// Of the confidence: the constant, and the factors of the features in
    /// [`RuleEvidence::features`].
    pub confidence: [f64; 6],
    /// A rule that is one bit longer is less probable by two to the power of this: where the best
    /// rule saves nothing, and what comes to it where that saves 20 bits or more.
    pub per_bit: [f64; 2],
    /// What divides the model's logits.
    pub temperature: f64,
    /// Of the model's share where it sees the terms: the constant, and the factor of how far the
    /// terms are heading beyond the range.
    pub model: [f64; 2],
    /// Of its share where it sees something else than the terms: the constant.
    pub other_view: f64,
    /// The share of forecasts in what neither rules nor the model name.
    pub forecasts: f64,
}

impl Shares {
    /// The number of numbers.
    pub const COUNT: usize = 13;

    /// Fitted numbers; see the documentation of the module.
    pub const FITTED: Shares = Shares {
        confidence: [-0.801, 1.061, 0.556, 1.105, 0.405, 0.371],
        per_bit: [0.192, 0.215],
        temperature: 1.719,
        model: [2.604, -1.045],
        other_view: 1.087,
        forecasts: 0.046,
    };

    /// The numbers as a list.
    pub fn to_array(&self) -> [f64; Self::COUNT] {
        let [a, b, c, d, e, f] = self.confidence;
        let [m, n] = self.model;
        let Shares { per_bit: [flat, sharp], temperature, other_view, forecasts, .. } = *self;
        [a, b, c, d, e, f, flat, temperature, m, n, other_view, forecasts, sharp]
    }

    /// The numbers from a list.
    pub fn from_array(numbers: [f64; Self::COUNT]) -> Self {
        let [a, b, c, d, e, f, flat, temperature, m, n, other_view, forecasts, sharp] = numbers;
        let (confidence, model, per_bit) = ([a, b, c, d, e, f], [m, n], [flat, sharp]);
        Shares { confidence, per_bit, temperature, model, other_view, forecasts }
    }

    /// The probability that one of the rules is right.
    pub fn confidence(&self, evidence: &RuleEvidence) -> f64 {
        let features = evidence.features(self.sharpness(evidence));
        let sum = features.iter().zip(&self.confidence[1..]).map(|(x, factor)| x * factor);
        logistic(self.confidence[0] + sum.sum::<f64>())
    }

    /// The shares of the rules, the shortest first; they add up to 1.
    pub fn weights(&self, evidence: &RuleEvidence) -> Vec<f64> {
        let (sharpness, least) = (self.sharpness(evidence), evidence.bits[0]);
        let weight = |bits: &f64| (sharpness * (least - bits)).exp2();
        let weights: Vec<f64> = evidence.bits.iter().map(weight).collect();
        let total: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / total).collect()
    }

    /// How much a bit counts between the rules.
    fn sharpness(&self, evidence: &RuleEvidence) -> f64 {
        let [flat, sharp] = self.per_bit;
        let saved = evidence.listing - evidence.bits[0];
        (flat + sharp * (saved / 20.0).clamp(0.0, 1.0)).max(0.01)
    }

    /// The shares of so many forecasts in what neither rules nor the model name; the first ones
    /// are the better ones.
    pub fn of_forecasts(&self, count: usize) -> impl Iterator<Item = f64> + use<> {
        const FALLING: [f64; 4] = [1.6, 1.2, 0.8, 0.4];
        let each = self.forecasts / FALLING[..count.min(4)].iter().sum::<f64>().max(0.1);
        FALLING.into_iter().take(count).map(move |factor| each * factor)
    }

    /// The model's share of what rules leave, given whether it sees the terms themselves and how
    /// far these are heading beyond its range.
    pub fn of_model(&self, sees_terms: bool, beyond: f64) -> f64 {
        match sees_terms {
            true => logistic(self.model[0] + self.model[1] * beyond),
            false => logistic(self.other_view),
        }
    }
}

/// What the confidence in rules is computed from.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleEvidence {
    /// The bits of the rules, the shortest first.
    bits: Vec<f64>,
    /// The term that each goes on with, as its place among different ones.
    nexts: Vec<usize>,
    listing: f64,
    terms: usize,
}

impl RuleEvidence {
    /// The evidence of the rules behind these terms, if there are any.
    pub fn of(solutions: &Solutions, terms: &Terms) -> Option<Self> {
        if solutions.all.is_empty() {
            return None;
        }
        let mut different: Vec<Option<&BigInt>> = Vec::new();
        let mut nexts = Vec::new();
        for solution in &solutions.all {
            let next = solution.continuation.first();
            let place = different.iter().position(|other| *other == next).unwrap_or_else(|| {
                different.push(next);
                different.len() - 1
            });
            nexts.push(place);
        }
        let bits = solutions.all.iter().map(|solution| solution.bits).collect();
        Some(RuleEvidence { bits, nexts, listing: solutions.listing, terms: terms.len() })
    }

    /// The evidence in numbers of about one: bits saved by the best rule, up to 20 and from 20
    /// on; those as a part of the list; the logarithm of the number of terms; and the share of
    /// the best rule's next term.
    pub fn features(&self, per_bit: f64) -> [f64; 5] {
        let best = self.bits[0];
        let saved = self.listing - best;
        let (mut leading, mut total) = (0.0, 0.0);
        for (bits, next) in self.bits.iter().zip(&self.nexts) {
            let weight = (per_bit * (best - bits)).exp2();
            total += weight;
            leading += if *next == self.nexts[0] { weight } else { 0.0 };
        }
        [
            saved.clamp(-20.0, 20.0) / 10.0,
            (saved - 20.0).clamp(0.0, 40.0) / 10.0,
            (saved / self.listing.max(1.0)).clamp(-1.0, 1.0),
            (self.terms as f64 / 8.0).ln().clamp(-1.0, 1.0),
            leading / total,
        ]
    }
}

/// How far terms are heading beyond the largest term of a range: about 0 where the next one is
/// expected at its border, positive beyond it, in powers of two.
pub fn beyond(terms: &[i64], largest: i64) -> f64 {
    let Some(&last) = terms.last() else { return 0.0 };
    let largest = (largest as f64 + 1.0).max(2.0);
    let last = last as f64;
    let before = terms.len().checked_sub(2).map_or(last, |place| terms[place] as f64);
    let step = last - before;
    // Between going on by the last step and by the last ratio.
    let ratio = if before > 0.0 && last > before { last * last / before } else { last + step };
    let expected = (last + step).max(1.0).max(ratio.min(4.0 * largest));
    (expected / largest).log2().clamp(-3.0, 3.0)
}

/// Plain forecasts of the next term: the last step, the last change of steps and the last ratio
/// again, and the last term.
pub fn forecasts(terms: &[BigInt]) -> Vec<BigInt> {
    let Some(last) = terms.last() else { return Vec::new() };
    let back = |k: usize| terms.len().checked_sub(k + 1).map(|place| &terms[place]);
    let mut all: Vec<BigInt> = Vec::new();
    let mut add = |one: BigInt| {
        if !all.contains(&one) {
            all.push(one);
        }
    };
    let growing = back(1).is_some_and(|one| last.abs() > one.abs() * 3 / 2 && *one != BigInt::ZERO);
    if let (true, Some(one)) = (growing, back(1)) {
        // To the nearest integer.
        let (above, below) = (last * last * 2 + one, one * 2);
        add(num_integer::Integer::div_floor(&above, &below));
    }
    if let Some(one) = back(1) {
        add(last * 2 - one);
        if let Some(two) = back(2) {
            add(last * 3 - one * 3 + two);
        }
    }
    if terms.len() == 1 {
        add(last + 1);
    }
    add(last.clone());
    all
}

/// `1 / (1 + e^-x)`
fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The model's probabilities at another temperature.
pub fn tempered(probabilities: &mut [(BigInt, f64)], temperature: f64) {
    let mut total = 0.0;
    for (_, probability) in probabilities.iter_mut() {
        *probability = probability.powf(1.0 / temperature);
        total += *probability;
    }
    for (_, probability) in probabilities {
        *probability /= total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_a_list() {
        assert_eq!(Shares::from_array(Shares::FITTED.to_array()), Shares::FITTED);
    }

    #[test]
    fn terms_that_double_are_heading_beyond() {
        assert!(beyond(&[1, 2, 4, 8, 16, 32, 64, 128], 255) >= 0.0);
        assert!(beyond(&[1, 2, 3, 4], 255) <= -3.0);
        assert!(beyond(&[250, 252], 255) < 0.0);
        assert!(beyond(&[230, 250], 255) > 0.0);
    }

    #[test]
    fn forecasts_go_on() {
        let of = |terms: &[i64]| {
            let terms: Vec<BigInt> = terms.iter().map(|&term| term.into()).collect();
            forecasts(&terms)
        };
        assert_eq!(of(&[10, 100, 1000])[0], 10_000.into());
        assert_eq!(of(&[5, 7, 9])[0], 11.into());
        assert_eq!(of(&[3]), [4.into(), 3.into()]);
        assert!(of(&[]).is_empty());
    }
}
