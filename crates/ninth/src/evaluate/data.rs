//! A model on the rows of a data file.

use ninth_evaluation::calibration::{ConfidenceJudge, Last};
use ninth_evaluation::methods::{MethodTally, answer_all, tally};
use ninth_evaluation::rules::{Count, Rule, answers as answers_of_rules, predict_all};
use ninth_inference::Explainer;
use ninth_inference::blend::{Answers, Method};
use ninth_model::Batch;
use ninth_model::decoding::Candidate;
use ninth_training::trained_model::TrainedModel;

use super::{Calibrated, TOP};
use crate::data_file::Question;
use crate::engine::cores;
use crate::error::Error;
use crate::index_file;
use crate::model::Model;

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
    /// All methods, on the rows that are judged.
    pub methods: Vec<(Method, MethodTally)>,
    /// The rules on the same rows, in the order of
    /// [`RuleTallies::names`](ninth_evaluation::rules::RuleTallies::names).
    pub rules: [Count; Rule::ALL.len() + 1],
    /// The calibration, where asked for; a regression has none.
    pub calibration: Option<Calibrated>,
    /// The first row that is not judged: its line, and the term that the model does not know.
    pub skipped: Option<(u64, i64)>,
}

/// A row; as JSON a line of `ninth evaluate --data FILE --json`.
#[derive(Clone, Debug, PartialEq)]
pub struct DataRow {
    /// Its name.
    pub id: String,
    /// The terms given.
    pub terms: Vec<i64>,
    /// The term asked for.
    pub target: i64,
    /// Candidates for it, the most likely first; none where the model cannot see the terms.
    pub candidates: Vec<Candidate>,
    /// What the rules say, in the order of
    /// [`RuleTallies::names`](ninth_evaluation::rules::RuleTallies::names).
    pub rules: [Option<i64>; Rule::ALL.len() + 1],
}

impl EvaluateDataReport {
    /// How a method did; nothing where it was not asked.
    pub fn by(&self, method: Method) -> MethodTally {
        let found = self.methods.iter().find(|(other, _)| *other == method);
        found.map_or_else(MethodTally::default, |(_, tally)| *tally)
    }
}

impl Model {
    /// Evaluates the model by given sequences. A row with a term out of the model's range is not
    /// judged.
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
        let every = index_file::posterior(&index_file::of_every_phase(config))?;
        let answers = Answers::new(method, self.predictor(), Explainer::knowing(&every))?;
        let asked: Vec<&[i64]> =
            questions.iter().map(|question| question.terms.as_slice()).collect();
        let answered = answer_all(&answers, &asked, TOP, cores());

        let mut report = EvaluateDataReport {
            model: self.name().to_string(),
            data: options.name.clone(),
            method,
            rows: Vec::with_capacity(questions.len()),
            methods: Vec::new(),
            rules: Default::default(),
            calibration: None,
            skipped: None,
        };
        let mut judged = Vec::new();
        // The terms shown to the model, and the one asked for, as classes.
        let mut classes: Vec<Vec<u16>> = Vec::new();
        for (Question { line, id, terms, target }, answer) in questions.iter().zip(&answered) {
            let shown = &terms[terms.len().saturating_sub(context)..];
            let outside = |terms: &[i64]| terms.iter().copied().find(|term| !range.contains(*term));
            let unknown = outside(shown);
            // Rules see all terms, and like the model they know of the range that is its own.
            let rules = match unknown {
                None => answers_of_rules(terms, range),
                Some(_) => predict_all(terms),
            };
            // Nobody can name a term that is not among the classes.
            match unknown.or(outside(&[*target])) {
                Some(term) => {
                    report.skipped.get_or_insert((*line, term));
                }
                None => {
                    judged.push((answer, *target));
                    for (count, answer) in report.rules.iter_mut().zip(&rules) {
                        count.add(*answer, *target);
                    }
                    let all = shown.iter().chain([target]);
                    classes.push(all.filter_map(|term| range.class_of(*term)).collect());
                }
            }
            let by_method = answer.iter().flatten().find(|(other, _)| *other == method);
            report.rows.push(DataRow {
                id: id.clone(),
                terms: terms.clone(),
                target: *target,
                candidates: by_method.map_or_else(Vec::new, |(_, candidates)| candidates.clone()),
                rules,
            });
        }
        report.methods = tally(judged.into_iter());
        if options.calibration
            && let Some(mut judge) = ConfidenceJudge::new(model, parameters, cores())
        {
            let sampler = config.sampler(config.seed())?;
            let temperatures =
                judge.fitted_temperatures(&sampler, config.curriculum.final_mixture());
            let mut batch = Batch::new(context, classes.len());
            for (index, classes) in classes.iter().enumerate() {
                batch.set(index, classes.iter().copied());
            }
            let found = judge.judge_batch(&batch, Last::OfEach, temperatures);
            report.calibration = Some(Calibrated { temperatures, found });
        }
        Ok(report)
    }
}
