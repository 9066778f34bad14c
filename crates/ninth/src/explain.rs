//! Explaining: the relations behind some terms, as formulas.

use ninth_inference::{Explainer, FittingRelation};
use ninth_training::Config;
use serde::Serialize;

use crate::error::Error;
use crate::index_file;

/// More terms than a person has, and few enough to take no time.
const MOST_TERMS: usize = 1000;

/// How to explain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainOptions {
    /// Terms to continue each relation by.
    pub count: usize,
    /// Relations to name, the most probable first.
    pub top: usize,
}

impl Default for ExplainOptions {
    fn default() -> Self {
        ExplainOptions { count: 4, top: 5 }
    }
}

/// The relations that fit some terms; as JSON the object of `ninth explain --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainReport {
    /// The terms given.
    pub terms: Vec<i64>,
    /// The probability that they follow a relation at all.
    pub confidence: f64,
    /// Relations that fit; those that go on alike count once.
    pub found: usize,
    /// The most probable of them.
    pub relations: Vec<FittingRelation>,
    /// Where none is likely, the part of the terms that follows one.
    pub beginning: Option<ExplainedBeginning>,
    /// The probability of all relations that fit and are not named, given that one is right.
    #[serde(skip)]
    pub rest: f64,
}

/// A relation that fits the first terms only.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainedBeginning {
    /// How many terms it fits.
    pub terms: usize,
    /// The relation.
    pub formula: String,
}

/// The relations behind some terms, the most probable first, with the terms that follow.
///
/// ```
/// # fn main() -> Result<(), ninth::Error> {
/// let report = ninth::explain(&[1, 2, 6, 12, 36])?;
/// println!("{}", report.relations[0].relation);
/// assert_eq!(report.relations[0].continuation[..2], [72, 216]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If there are no terms, or more than 1000.
pub fn explain(terms: &[i64]) -> Result<ExplainReport, Error> {
    explain_with(terms, &ExplainOptions::default())
}

/// [`explain`] with options.
///
/// # Errors
///
/// As for [`explain`].
pub fn explain_with(terms: &[i64], options: &ExplainOptions) -> Result<ExplainReport, Error> {
    let &first = terms.first().ok_or(ninth_model::Error::NoTerms)?;
    if terms.len() > MOST_TERMS {
        return Err(Error::TooManyTerms { given: terms.len(), allowed: MOST_TERMS });
    }
    let every = index_file::of_every_phase(&Config::default());
    let posterior = index_file::beginning_with(first, &every)?;
    let explainer = Explainer::knowing(&posterior);
    let explanation = explainer.explain(terms, options.count);
    let found = explanation.relations.len();
    let (shown, rest) = explanation.relations.split_at(found.min(options.top));
    let doubtful = explanation.confidence < 0.5;
    let beginning = if doubtful { explainer.beginning(terms) } else { None };
    Ok(ExplainReport {
        terms: terms.to_vec(),
        confidence: explanation.confidence,
        found,
        relations: shown.to_vec(),
        beginning: beginning.map(|(terms, explained)| ExplainedBeginning {
            terms,
            formula: explained.relation.to_string(),
        }),
        rest: rest.iter().map(|explained| explained.probability).sum(),
    })
}
