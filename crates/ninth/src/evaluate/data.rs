//! A model on the rows of a data file.

use ninth_evaluation::calibration::{ConfidenceJudge, Last};
use ninth_evaluation::methods::{MethodTally, answer_all, candidates, tally};
use ninth_evaluation::rules::{ClassicalRule, Count, predict_all};
use ninth_inference::answer::{Answers, Method};
use ninth_model::Batch;
use ninth_sequences::IntegerRange;
use ninth_training::trained_model::TrainedModel;
use num_bigint::BigInt;

use super::{Calibrated, TOP};
use crate::engine::cores;
use crate::error::Error;
use crate::model::Model;
use crate::predict::PredictedTerm;
use crate::reading::Question;

/// How to evaluate a model by given sequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluateDataOptions {
    /// A name for the sequences, such as that of their file.
    pub name: String,
    /// Who is asked; `None`: both, or the model alone where it has no probabilities.
    pub method: Option<Method>,
    /// Whether the calibration of the model is computed.
    pub calibration: bool,
}

impl Default for EvaluateDataOptions {
    fn default() -> Self {
        EvaluateDataOptions { name: String::new(), method: None, calibration: true }
    }
}

/// A model on given sequences; as JSON the object of `ninth evaluate --json --summary`.
#[derive(Clone, Debug)]
pub struct EvaluateDataReport {
    /// The name of the model.
    pub model: String,
    /// The name of the sequences.
    pub data: String,
    /// Who is asked.
    pub method: Method,
    /// One for each question.
    pub rows: Vec<DataRow>,
    /// All methods, on all rows: one that cannot answer a row is silent on it.
    pub methods: Vec<(Method, MethodTally)>,
    /// The rules on the same rows, in the order of
    /// [`RuleTallies::names`](ninth_evaluation::rules::RuleTallies::names).
    pub rules: [Count; ClassicalRule::ALL.len() + 1],
    /// The calibration of the model on the rows that it can see, where asked for and where there
    /// are such; a regression has none.
    pub calibration: Option<Calibrated>,
}

/// A row; as JSON a line of `ninth evaluate --data FILE --json`.
#[derive(Clone, Debug, PartialEq)]
pub struct DataRow {
    /// Its name.
    pub id: String,
    /// The terms given.
    pub terms: Vec<BigInt>,
    /// The term asked for.
    pub target: BigInt,
    /// Candidates for it, the most likely first; none where the method is silent.
    pub candidates: Vec<PredictedTerm>,
    /// What the classical rules say, in the order of
    /// [`RuleTallies::names`](ninth_evaluation::rules::RuleTallies::names); nothing about terms of
    /// more than 64 bits.
    pub rules: [Option<i64>; ClassicalRule::ALL.len() + 1],
}

impl EvaluateDataReport {
    /// How a method did; nothing where it was not asked.
    pub fn by(&self, method: Method) -> MethodTally {
        let found = self.methods.iter().find(|(other, _)| *other == method);
        found.map_or_else(MethodTally::default, |(_, tally)| tally.clone())
    }
}

impl Model {
    /// Evaluates the model by given sequences, whatever the size of their terms.
    ///
    /// # Errors
    ///
    /// If the method is a blend and the model has no probabilities.
    pub fn evaluate_data(
        &self,
        questions: &[Question],
        options: &EvaluateDataOptions,
    ) -> Result<EvaluateDataReport, Error> {
        let TrainedModel { stage, model, parameters, .. } = self.trained();
        let config = &stage.config;
        let architecture = model.architecture();
        let (range, context) = (architecture.range(), architecture.context());
        let method = options.method.unwrap_or(Method::best_for(architecture.model().output));
        let answers = Answers::new(method, self.predictor())?;
        let asked: Vec<&[BigInt]> =
            questions.iter().map(|question| question.terms.as_slice()).collect();
        let answered = answer_all(&answers, &asked, TOP, cores(), |index, by_method| {
            let Question { id, terms, target, .. } = &questions[index];
            let chosen = by_method.iter().find(|(other, _)| *other == method);
            let row = DataRow {
                id: id.clone(),
                terms: terms.clone(),
                target: target.clone(),
                candidates: chosen.map_or_else(Vec::new, |(_, said)| PredictedTerm::all_of(said)),
                rules: said_by_rules(terms),
            };
            (row, candidates(by_method))
        });

        let said = answered.iter().map(|(row, by_method)| (by_method, &row.target));
        let methods = tally(&answers.methods(), said);
        let rows: Vec<DataRow> = answered.into_iter().map(|(row, _)| row).collect();
        let mut rules: [Count; ClassicalRule::ALL.len() + 1] = Default::default();
        for row in &rows {
            let target = i64::try_from(&row.target).ok();
            for (count, answer) in rules.iter_mut().zip(row.rules) {
                count.add(answer, target);
            }
        }
        let mut report = EvaluateDataReport {
            model: self.name().to_string(),
            data: options.name.clone(),
            method,
            rows,
            methods,
            rules,
            calibration: None,
        };
        let seen: Vec<Vec<u16>> =
            report.rows.iter().filter_map(|row| classes(row, range, context)).collect();
        if options.calibration
            && !seen.is_empty()
            && let Some(mut judge) = ConfidenceJudge::new(model, parameters, cores())
        {
            let sampler = config.sampler(config.seed())?;
            let temperatures =
                judge.fitted_temperatures(&sampler, config.curriculum.final_mixture());
            let mut batch = Batch::new(context, seen.len());
            for (index, classes) in seen.into_iter().enumerate() {
                batch.set(index, classes);
            }
            let found = judge.judge_batch(&batch, Last::OfEach, temperatures);
            report.calibration = Some(Calibrated { temperatures, found });
        }
        Ok(report)
    }
}

/// The classical rules on terms of 64 bits.
fn said_by_rules(terms: &[BigInt]) -> [Option<i64>; ClassicalRule::ALL.len() + 1] {
    let terms: Result<Vec<i64>, _> = terms.iter().map(i64::try_from).collect();
    terms.map_or_else(|_| Default::default(), |terms| predict_all(&terms))
}

/// The terms shown to the model and the one asked for, as classes; `None` where one of them is out
/// of its range.
fn classes(row: &DataRow, range: IntegerRange, context: usize) -> Option<Vec<u16>> {
    let shown = &row.terms[row.terms.len().saturating_sub(context)..];
    let class = |term: &BigInt| range.class_of(i64::try_from(term).ok()?);
    shown.iter().chain([&row.target]).map(class).collect()
}
