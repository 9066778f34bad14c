//! Explaining: the rules behind some terms, as formulas.

use std::ops::ControlFlow;

use ninth_inference::answer::{Answers, Method, continued};
use ninth_inference::integer::integers;
use ninth_inference::{FittingRule, beginning};
use ninth_kernels::in_order;
use num_bigint::BigInt;
use serde::Serialize;

use crate::engine::cores;
use crate::error::Error;
use crate::model::Model;
use crate::reading::InputRow;

/// Terms by which every rule is continued.
const FOLLOWED: usize = 8;

/// How to explain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainOptions {
    /// Terms to continue each rule by.
    pub count: usize,
    /// Rules to name, the most probable first.
    pub top: usize,
}

impl Default for ExplainOptions {
    fn default() -> Self {
        ExplainOptions { count: 4, top: 5 }
    }
}

/// The rules that fit some terms; as JSON the object of `ninth explain --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainReport {
    /// The terms given.
    #[serde(serialize_with = "integers")]
    pub terms: Vec<BigInt>,
    /// The probability that one of the rules is right.
    pub confidence: f64,
    /// Rules that fit; those that go on alike count once.
    pub found: usize,
    /// The most probable of them. Their probabilities, with those of the rules that are not named,
    /// add up to the confidence.
    pub relations: Vec<FittingRule>,
    /// Where none is likely, the part of the terms that follows one.
    pub beginning: Option<ExplainedBeginning>,
    /// The probability of all rules that fit and are not named.
    #[serde(skip)]
    pub rest: f64,
}

/// A rule that fits the first terms only.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainedBeginning {
    /// How many terms it fits.
    pub terms: usize,
    /// The rule.
    pub formula: String,
    /// The same in LaTeX.
    pub latex: String,
    /// Its name, where it is a known sequence.
    pub name: Option<String>,
    /// The number of that sequence in the OEIS.
    pub number: Option<String>,
}

/// The rules behind some terms, the most probable first, with the terms that follow.
///
/// ```
/// # fn main() -> Result<(), ninth::Error> {
/// let report = ninth::explain(&[1, 4, 9, 16, 25])?;
/// assert_eq!(report.relations[0].formula(), "a(n) = n^2, n >= 1");
/// assert_eq!(report.relations[0].continuation[..2], [36, 49].map(Into::into));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If there are no terms.
pub fn explain<T: Clone + Into<BigInt>>(terms: &[T]) -> Result<ExplainReport, Error> {
    explain_with(terms, &ExplainOptions::default())
}

/// [`explain`] with options.
///
/// # Errors
///
/// As for [`explain`].
pub fn explain_with<T: Clone + Into<BigInt>>(
    terms: &[T],
    options: &ExplainOptions,
) -> Result<ExplainReport, Error> {
    Model::shared()?.explain(terms, options)
}

/// A sequence of a file with the rules behind it; as JSON a line of `ninth explain --file`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainedRow {
    /// Its name, or the number of its line.
    pub id: String,
    /// The rules.
    #[serde(flatten)]
    pub report: ExplainReport,
}

impl Model {
    /// The rules behind each of many sequences, as
    /// [`predict_rows`](Self::predict_rows) predicts them.
    pub fn explain_rows<Break>(
        &self,
        rows: impl Iterator<Item = Result<InputRow, Error>> + Send,
        options: &ExplainOptions,
        take: impl FnMut(Result<ExplainedRow, Error>, bool) -> ControlFlow<Break>,
    ) -> ControlFlow<Break> {
        let work = |row: Result<InputRow, Error>| {
            let InputRow { id, terms, .. } = row?;
            Ok(ExplainedRow { id, report: self.explain(&terms, options)? })
        };
        in_order(cores(), rows, work, take)
    }

    /// The rules behind some terms, the most probable first, with the terms that follow. What
    /// this model expects is evidence for them or against them, so that the probabilities are
    /// those of its [predictions](Self::predict).
    ///
    /// # Errors
    ///
    /// If there are no terms.
    pub fn explain<T: Clone + Into<BigInt>>(
        &self,
        terms: &[T],
        options: &ExplainOptions,
    ) -> Result<ExplainReport, Error> {
        if terms.is_empty() {
            return Err(ninth_model::Error::NoTerms.into());
        }
        let terms: Vec<BigInt> = terms.iter().cloned().map(Into::into).collect();
        let answers = Answers::new(Method::Relations, self.predictor())?;
        // Only the rules that are named are followed far.
        let explanation = answers.explain(&terms, options.count.min(FOLLOWED));
        let skipped = explanation.skipped;
        let mut relations = explanation.rules;
        let found = relations.len();
        let rest = relations.drain(found.min(options.top)..).map(|rule| rule.probability).sum();
        if options.count > FOLLOWED {
            for FittingRule { rule, continuation, .. } in &mut relations {
                *continuation =
                    continued(rule, &terms[skipped..], options.count).unwrap_or_default();
            }
        }
        let doubtful = explanation.confidence < 0.5;
        let beginning = if doubtful { beginning(&terms) } else { None };
        let beginning = beginning.map(|(terms, rule)| ExplainedBeginning {
            terms,
            formula: rule.formula(),
            latex: rule.latex(),
            name: rule.known.map(|known| known.name().to_string()),
            number: rule.known.map(|known| known.number()),
        });
        Ok(ExplainReport {
            terms,
            confidence: explanation.confidence,
            found,
            relations,
            beginning,
            rest,
        })
    }
}
