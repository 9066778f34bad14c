//! The shares of rules, of the model and of neither in the distribution of the next term.
//!
//! ```text
//! P(term) = c R(term) + (1 - c) (m M(term) + f F(term)),    and nobody names it with the rest
//! ```
//!
//! R is the distribution of the rules that fit, M that of the model, F that of plain forecasts.
//! A rule is the more probable the fewer bits it takes, and the likelier the model holds the term
//! that it goes on with. The confidence c is logistic in the evidence for the best rule: in the
//! bits that it saves against a list of the terms, in the number of terms, in how clearly one
//! next term leads, in how simple the rule is, and in how sure the model is of something else.
//! The model's share m is logistic in where the terms are heading: what it cannot name, since it
//! is beyond its range, it has no vote against.
//!
//! The numbers in [`Shares::FITTED`] were fitted to 14,700 rows of integer sequences that people
//! collected, by `cargo run --release -p ninth-evaluation --example fit_shares -- WEIGHTS FILES`.

use num_bigint::BigInt;
use num_traits::Signed;

use ninth_solver::{Solutions, Terms};

use super::vote::{ModelVote, Sight};

/// The numbers that join the parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// Of the confidence: the constant, and the factors of the features in
    /// `RuleEvidence::features`.
    pub confidence: [f64; 7],
    /// A rule that is one bit longer is less probable by two to the power of this: where the best
    /// rule saves nothing, and what comes to it where that saves 20 bits or more.
    pub per_bit: [f64; 2],
    /// The power in which the model's probability of its next term makes a rule more probable.
    pub expected: f64,
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

/// What the simplicity of the best rule adds to the logit of the confidence, per bit below
/// [`SIMPLE`]. A collection lists each sequence once, but people ask for the simplest ones far
/// more often than for any other, so this number is stated, not fitted.
const PER_SIMPLE_BIT: f64 = 0.2;

/// Of two rules with the same next term, one that is a bit longer is less probable by two to the
/// power of this. Fitted to 800 beginnings of collected sequences by `cargo run --release -p
/// ninth-evaluation --example fit_continuations`.
const PER_BIT_OF_ONE_TERM: f64 = 0.55;

/// Rules of fewer bits are simple: the powers of two, the squares and the primes are.
const SIMPLE: f64 = 15.0;

impl Shares {
    /// The number of numbers.
    pub const COUNT: usize = 15;

    /// Fitted numbers; see the documentation of the module.
    pub const FITTED: Shares = Shares {
        confidence: [-0.648, 0.458, 0.358, 3.334, 0.672, 0.371, -1.190],
        per_bit: [0.139, 0.188],
        expected: 0.252,
        temperature: 1.770,
        model: [2.315, -1.097],
        other_view: 1.235,
        forecasts: 0.034,
    };

    /// The numbers as a list.
    pub fn to_array(&self) -> [f64; Self::COUNT] {
        let Shares { confidence, per_bit, model, .. } = self;
        let rest = [self.expected, self.temperature, self.other_view, self.forecasts];
        let all = [&confidence[..], per_bit, model, &rest].concat();
        std::array::from_fn(|place| all[place])
    }

    /// The numbers from a list.
    pub fn from_array(numbers: [f64; Self::COUNT]) -> Self {
        let [a, b, c, d, e, f, g, flat, sharp, m, n, rest @ ..] = numbers;
        let [expected, temperature, other_view, forecasts] = rest;
        let (confidence, per_bit, model) = ([a, b, c, d, e, f, g], [flat, sharp], [m, n]);
        Shares { confidence, per_bit, expected, temperature, model, other_view, forecasts }
    }

    /// The probability that one of the rules is right.
    pub fn confidence(&self, evidence: &RuleEvidence) -> f64 {
        let weights = self.weights(evidence);
        let best = most(&weights);
        let features = evidence.features(&weights, best);
        let sum: f64 = features.iter().zip(&self.confidence[1..]).map(|(x, y)| x * y).sum();
        let simple = PER_SIMPLE_BIT * (SIMPLE - evidence.bits[best]).max(0.0);
        logistic(self.confidence[0] + simple + sum)
    }

    /// The shares of the rules; they add up to 1.
    pub fn weights(&self, evidence: &RuleEvidence) -> Vec<f64> {
        /// What the model holds impossible is not.
        const LEAST: f64 = 1e-3;
        let [flat, sharp] = self.per_bit;
        let least = evidence.bits[0];
        let saved = evidence.listing - least;
        let sharpness = (flat + sharp * (saved / 20.0).clamp(0.0, 1.0)).max(0.01);
        let by_bits = evidence.bits.iter().map(|bits| (sharpness * (least - bits)).exp2());
        let mut weights: Vec<f64> = by_bits.collect();
        if let Some(model) = &evidence.model {
            let share = self.of_model(model.sight);
            for (weight, place) in weights.iter_mut().zip(&evidence.nexts) {
                let expected = model.expected[*place].map_or(1.0 - share, |p| share * p);
                *weight *= (expected + LEAST).powf(self.expected);
            }
        }
        let total: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / total).collect()
    }

    /// The shares of the rules, given their [`weights`](Self::weights): rules with the same next
    /// term share its weight by their bits. Among these the shortest is right more clearly than
    /// the weights say, which join rules with different next terms.
    pub fn of_rules(evidence: &RuleEvidence, weights: &[f64]) -> Vec<f64> {
        let count = evidence.different.len();
        let mut least = vec![f64::INFINITY; count];
        let mut of_next = vec![0.0; count];
        for ((place, bits), weight) in evidence.nexts.iter().zip(&evidence.bits).zip(weights) {
            least[*place] = bits.min(least[*place]);
            of_next[*place] += weight;
        }
        let rules = evidence.nexts.iter().zip(&evidence.bits);
        let parts =
            rules.map(|(place, bits)| (PER_BIT_OF_ONE_TERM * (least[*place] - bits)).exp2());
        let parts: Vec<f64> = parts.collect();
        let mut totals = vec![0.0; count];
        for (place, part) in evidence.nexts.iter().zip(&parts) {
            totals[*place] += part;
        }
        let share = |(place, part): (&usize, f64)| of_next[*place] * part / totals[*place];
        evidence.nexts.iter().zip(parts).map(share).collect()
    }

    /// The shares of so many forecasts in what neither rules nor the model name; the first ones
    /// are the better ones.
    pub fn of_forecasts(&self, count: usize) -> impl Iterator<Item = f64> + use<> {
        const FALLING: [f64; 4] = [1.6, 1.2, 0.8, 0.4];
        let each = self.forecasts / FALLING[..count.min(4)].iter().sum::<f64>().max(0.1);
        FALLING.into_iter().take(count).map(move |factor| each * factor)
    }

    /// The model's share of what rules leave.
    pub fn of_model(&self, sight: Sight) -> f64 {
        logistic(match sight.sees_terms {
            true => self.model[0] + self.model[1] * sight.beyond,
            false => self.other_view,
        })
    }
}

/// The place of the largest number, the first one among equals.
pub(crate) fn most(numbers: &[f64]) -> usize {
    let larger =
        |best: usize, place: usize| if numbers[place] > numbers[best] { place } else { best };
    (0..numbers.len()).fold(0, larger)
}

/// What the confidence in rules is computed from.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleEvidence {
    /// The bits of the rules, the shortest first.
    bits: Vec<f64>,
    /// The different terms that they go on with; `None` is the end of a sequence.
    different: Vec<Option<BigInt>>,
    /// The place among them of each rule's.
    nexts: Vec<usize>,
    listing: f64,
    terms: usize,
    model: Option<Expectation>,
}

/// What the model expects.
#[derive(Clone, Debug, PartialEq)]
struct Expectation {
    sight: Sight,
    /// Its probabilities of the different next terms; `None` for those that it cannot name.
    expected: Vec<Option<f64>>,
    /// The probability of the term that it holds likeliest.
    sure: f64,
}

impl RuleEvidence {
    /// The evidence of the rules behind these terms, if there are any.
    pub fn of(solutions: &Solutions, terms: &Terms, vote: Option<&ModelVote>) -> Option<Self> {
        if solutions.all.is_empty() {
            return None;
        }
        let mut different: Vec<Option<BigInt>> = Vec::new();
        let mut nexts = Vec::new();
        for solution in &solutions.all {
            let next = solution.continuation.first();
            let same = |other: &Option<BigInt>| other.as_ref() == next;
            let place = different.iter().position(same).unwrap_or_else(|| {
                different.push(next.cloned());
                different.len() - 1
            });
            nexts.push(place);
        }
        let model = vote.map(|ModelVote { sight, candidates }| {
            let expected = |next: &Option<BigInt>| {
                let next = next.as_ref()?;
                candidates.iter().find(|(term, _)| term == next).map(|(_, expected)| *expected)
            };
            Expectation {
                sight: *sight,
                expected: different.iter().map(expected).collect(),
                sure: candidates.iter().map(|(_, probability)| *probability).fold(0.0, f64::max),
            }
        });
        let bits = solutions.all.iter().map(|solution| solution.bits).collect();
        let (listing, terms) = (solutions.listing, terms.len());
        Some(RuleEvidence { bits, different, nexts, listing, terms, model })
    }

    /// The term that each rule goes on with, in the order of [`Shares::weights`]; `None` where the
    /// sequence ends.
    pub fn nexts(&self) -> impl Iterator<Item = Option<&BigInt>> {
        self.nexts.iter().map(|place| self.different[*place].as_ref())
    }

    /// The evidence for the best rule in numbers of about one: the bits that it saves, up to 20
    /// and from 20 on; those as a part of the list; the logarithm of the number of terms; the
    /// share of its next term; and how sure the model is of another one, where it sees the terms.
    fn features(&self, weights: &[f64], best: usize) -> [f64; 6] {
        let saved = self.listing - self.bits[best];
        let alike = self.nexts.iter().map(|next| *next == self.nexts[best]);
        let leading: f64 = weights
            .iter()
            .zip(alike)
            .map(|(weight, alike)| if alike { *weight } else { 0.0 })
            .sum();
        let seeing = self.model.as_ref().filter(|model| model.sight.sees_terms);
        let against = seeing.and_then(|model| {
            let expected = model.expected[self.nexts[best]]?;
            Some((model.sure - expected).max(0.0).powi(2))
        });
        [
            saved.clamp(-20.0, 20.0) / 10.0,
            (saved - 20.0).clamp(0.0, 40.0) / 10.0,
            (saved / self.listing.max(1.0)).clamp(-1.0, 1.0),
            (self.terms as f64 / 8.0).ln().clamp(-1.0, 1.0),
            leading,
            against.unwrap_or(0.0),
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
