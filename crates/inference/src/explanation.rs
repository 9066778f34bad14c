//! Explanations: the rules behind given terms, the most probable first.
//!
//! [`ninth_solver`] finds the rules that have all terms, and says each in so many bits. By
//! Occam's razor a rule of b bits has the prior probability 2^-b. It may be a coincidence all the
//! same, since among the many rules tried some fit any terms: the *confidence* is the probability
//! that one of them is right, as it was on real sequences with the same evidence (see
//! [`Shares`]). What a model expects is part of the evidence, where one is asked.

use num_bigint::BigInt;
use serde::{Serialize, Serializer};

use ninth_solver::catalogue::{self, Entry};
use ninth_solver::{Generator, Rule, Solution, Solutions, Terms, continued, solve};

use crate::answer::shares::{RuleEvidence, Shares, most};
use crate::answer::vote::ModelVote;
use crate::integer::integers;

/// Rules are searched behind so many terms, at most: more take long, and say nothing new.
const SEARCHED: usize = 1000;

/// The shortest rules behind the first [`SEARCHED`] terms are compared with so many, at most: some
/// take a time that is quadratic in the number of terms.
const COMPARED: usize = 10_000;

/// How many of them.
const RULES_COMPARED: usize = 3;

/// Terms beyond those given that a name is checked on.
const NAMED_FURTHER: usize = 8;

/// The rules behind some terms. The default has none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// The rules that fit all terms: the one that is said the shortest, given what the model
    /// expects, then the others, the most probable first. No two go on alike.
    pub rules: Vec<FittingRule>,
    /// The probability that one of them is right: 0 where none fits.
    pub confidence: f64,
    /// The terms in front of those that the rules are behind: not all of very many are looked at.
    pub skipped: usize,
    /// What the confidence is computed from.
    pub(crate) evidence: Option<RuleEvidence>,
}

/// A rule that fits. In JSON it is an object with its formula as text and as LaTeX, its name and
/// its number in the OEIS where it has them, and the terms that follow as `next`.
#[derive(Clone, Debug, PartialEq)]
pub struct FittingRule {
    /// The rule.
    pub rule: Rule,
    /// Bits to say the terms by it.
    pub bits: f64,
    /// The probability that it is right: that of everything that goes on like it.
    pub probability: f64,
    /// The terms that follow; fewer where the sequence ends.
    pub continuation: Vec<BigInt>,
    /// The known sequence that it is.
    pub known: Option<&'static Entry>,
}

impl Explanation {
    /// What the confidence is computed from, where a rule fits.
    pub fn evidence(&self) -> Option<&RuleEvidence> {
        self.evidence.as_ref()
    }
}

impl FittingRule {
    /// The rule as a formula: `a(n) = n^2`.
    pub fn formula(&self) -> String {
        self.rule.formula().to_string()
    }

    /// The same in LaTeX.
    pub fn latex(&self) -> String {
        self.rule.formula().latex()
    }

    /// Its name and number, where it is a known sequence: `the squares (A000290)`.
    pub fn name(&self) -> Option<String> {
        self.known.map(|entry| format!("{} ({})", entry.name(), entry.number()))
    }
}

impl Serialize for FittingRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a> {
            formula: String,
            latex: String,
            name: Option<&'a str>,
            number: Option<String>,
            probability: f64,
            #[serde(serialize_with = "integers")]
            next: &'a [BigInt],
        }
        let formula = self.rule.formula();
        Fields {
            formula: formula.to_string(),
            latex: formula.latex(),
            name: self.known.map(Entry::name),
            number: self.known.map(Entry::number),
            probability: self.probability,
            next: &self.continuation,
        }
        .serialize(serializer)
    }
}

/// The rules that have all these terms, with the `further` terms that follow; none behind fewer
/// than three terms.
///
/// ```
/// let terms: Vec<_> = [1000, 2000, 3000, 4000].map(Into::into).to_vec();
/// let explanation = ninth_inference::explain(&terms, 2);
/// let first = &explanation.rules[0];
/// assert_eq!(first.formula(), "a(n) = 1000 n, n >= 1");
/// assert_eq!(first.continuation, [5000, 6000].map(Into::into));
/// ```
pub fn explain(terms: &[BigInt], further: usize) -> Explanation {
    explain_with(terms, further, None)
}

/// [`explain`] with what a model expects as evidence for or against a rule.
pub(crate) fn explain_with(
    terms: &[BigInt],
    further: usize,
    vote: Option<&ModelVote>,
) -> Explanation {
    let shares = Shares::FITTED;
    let (skipped, given, solutions) = searched(terms, further.max(NAMED_FURTHER));
    let terms = &terms[skipped..];
    let Some(evidence) = RuleEvidence::of(&solutions, &given, vote) else {
        return Explanation::default();
    };
    let confidence = shares.confidence(&evidence);
    let by_bits = shares.weights(&evidence);
    let best = most(&by_bits);
    let weights = Shares::of_rules(&evidence, &by_bits);
    let rules = solutions.all.into_iter().zip(weights).map(|(solution, weight)| {
        let Solution { rule, mut continuation, bits } = solution;
        let all: Vec<BigInt> = terms.iter().chain(&continuation).cloned().collect();
        // Naming costs time; what is not likely needs no name.
        let known = (weight > 0.01).then(|| catalogue::name_of(&Terms::new(all))).flatten();
        continuation.truncate(further);
        FittingRule { rule, bits, probability: confidence * weight, continuation, known }
    });
    let mut rules: Vec<FittingRule> = rules.collect();
    // A person names the shortest one first, also where others share a likelier next term.
    let first = (!rules.is_empty()).then(|| rules.remove(best));
    // Among equally probable ones the shorter rule stays first.
    rules.sort_by(|one, other| other.probability.total_cmp(&one.probability));
    rules.splice(..0, first);
    Explanation { rules, confidence, skipped, evidence: Some(evidence) }
}

/// The rules behind some terms, how many terms in front are passed over, and the terms behind which
/// they were searched.
///
/// Of more terms than are searched, the first ones are, and the shortest rules behind them are
/// compared with the others: so a formula starts where the terms do. Where none holds, or there are
/// too many to compare, the last ones are searched.
fn searched(terms: &[BigInt], further: usize) -> (usize, Terms, Solutions) {
    if (SEARCHED + 1..=COMPARED).contains(&terms.len()) {
        let first = Terms::new(terms[..SEARCHED].to_vec());
        let Solutions { all, listing } = solve(&first, 1);
        let holds = |solution: Solution| {
            let continuation = continued(&solution.rule, terms, further)?;
            Some(Solution { continuation, ..solution })
        };
        let all: Vec<Solution> = all.into_iter().take(RULES_COMPARED).filter_map(holds).collect();
        if !all.is_empty() {
            return (0, first, Solutions { all, listing });
        }
    }
    let skipped = terms.len().saturating_sub(SEARCHED);
    let last = Terms::new(terms[skipped..].to_vec());
    let solutions = solve(&last, further);
    (skipped, last, solutions)
}

/// How many of the first terms follow a rule, and the most probable rule behind them; `None` when
/// not even four terms probably follow one.
///
/// A rule is searched behind a few of the first terms, and then followed as far as it holds.
pub fn beginning(terms: &[BigInt]) -> Option<(usize, FittingRule)> {
    /// Rules are searched behind so many of the first terms.
    const SEARCHED: std::ops::RangeInclusive<usize> = 4..=10;
    let mut best: Option<(usize, FittingRule)> = None;
    for length in SEARCHED.take_while(|length| *length < terms.len()) {
        if best.as_ref().is_some_and(|(longest, _)| *longest >= length) {
            continue;
        }
        let explanation = explain(&terms[..length], 1);
        let Some(first) = explanation.rules.into_iter().next() else { continue };
        if explanation.confidence < 0.5 {
            continue;
        }
        let rest = terms.len() - length;
        let further = continued(&first.rule, &terms[..length], rest).unwrap_or_default();
        let rest = terms[length..].iter().zip(&further);
        let holds = length + rest.take_while(|(term, expected)| term == expected).count();
        best = Some((holds, first));
    }
    best
}
