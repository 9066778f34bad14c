//! A model on fresh sequences.

use ninth_evaluation::calibration::ConfidenceJudge;
use ninth_evaluation::methods::{MethodTally, judge_methods};
use ninth_evaluation::never_trained::{
    NeverTrained, NeverTrainedSummary, TrainedParameters, judge_never_trained,
};
use ninth_evaluation::rules::{RuleTallies, judge_rules};
use ninth_inference::Limit;
use ninth_inference::answer::{Answers, Method};
use ninth_sequences::{Family, Sampler, Stream};
use ninth_training::baselines::Uniform;
use ninth_training::engine::EngineState;
use ninth_training::trained_model::TrainedModel;
use ninth_training::validation::{Judgement, Scores, judge};
use ninth_training::{CpuEngine, Engine};

use super::{Calibrated, TOP};
use crate::engine::cores;
use crate::error::Error;
use crate::index_file;
use crate::model::Model;

/// Fresh sequences that every method is asked about: rules take milliseconds for each.
const ASKED: usize = 1000;

/// How to evaluate a model by fresh sequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluateOptions {
    /// Fresh sequences.
    pub sequences: usize,
    /// Their seed; `None`: that of the model's training.
    pub seed: Option<u64>,
    /// Whether the model is also evaluated on parameters that its training never drew: the
    /// training's draws are repeated for it.
    pub never_trained: bool,
}

impl Default for EvaluateOptions {
    fn default() -> Self {
        EvaluateOptions { sequences: 10_000, seed: None, never_trained: false }
    }
}

/// A model on fresh sequences, beside what it is to be compared with; as JSON the object of
/// `ninth evaluate --json`.
#[derive(Debug)]
pub struct EvaluateReport {
    /// The name of the model.
    pub model: String,
    /// The seed of the sequences.
    pub seed: u64,
    /// What guessing gives on the same sequences.
    pub uniform: Uniform,
    /// The model and the baselines, by phase and family.
    pub judgement: Judgement,
    /// The best that a predictor can do, on all sequences.
    pub limit: Limit,
    /// The classical rules on the same sequences.
    pub rules: RuleTallies,
    /// The model, rules, and the blend of both.
    pub methods: Vec<(Method, MethodTally)>,
    /// The calibration; a regression has none.
    pub calibration: Option<Calibrated>,
    /// The model on parameters that its training never drew, where asked for.
    pub never_trained: Option<NeverTrainedReport>,
}

/// A model on parameters that its training never drew.
#[derive(Debug)]
pub struct NeverTrainedReport {
    /// Where the sequences come from.
    pub sampler: Sampler,
    /// What training drew.
    pub trained: TrainedParameters,
    /// Sequences asked for.
    pub wanted: usize,
    /// How the model did.
    pub found: NeverTrained,
}

impl NeverTrainedReport {
    /// All parameter tuples of the families that training drew from.
    pub fn tuples(&self) -> usize {
        self.trained.families().map(|family| self.sampler.valid_count(family)).sum()
    }

    /// Each family with its scores on tuples that training never drew, and on others.
    pub fn families(&self) -> impl Iterator<Item = (Family, &Scores, &Scores)> {
        self.found.families()
    }

    /// The numbers of tuples and the accuracies, as JSON has them.
    pub fn summary(&self) -> NeverTrainedSummary {
        self.found.summary(&self.sampler, &self.trained)
    }
}

impl Model {
    /// Evaluates the model by fresh sequences, under the mixture that its training ended with.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), ninth::Error> {
    /// use ninth::{EvaluateOptions, Model};
    ///
    /// let options = EvaluateOptions { sequences: 1000, ..Default::default() };
    /// let report = Model::built_in()?.evaluate(&options)?;
    /// println!("{:.3}", report.judgement.overall().model.metrics().accuracy_last);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the model does not fit into memory, or the engine fails.
    pub fn evaluate(&self, options: &EvaluateOptions) -> Result<EvaluateReport, Error> {
        let TrainedModel { stage, earlier, model, parameters } = self.trained();
        let config = &stage.config;
        let sequences = options.sequences;
        let seed = options.seed.unwrap_or_else(|| config.seed());
        let sampler = config.sampler(seed)?;
        let mut engine = CpuEngine::new(config, cores())?;
        let state = engine.state()?;
        engine.restore(EngineState { parameters: parameters.clone(), ..state })?;
        let mixture = config.curriculum.final_mixture();
        let judgement = judge(&mut engine, &sampler, mixture, Stream::Evaluation, 0, sequences)?;
        let limit = index_file::limit(config)?;
        let rules = judge_rules(&sampler, mixture, Stream::Evaluation, 0, sequences);
        let calibration = ConfidenceJudge::new(model, parameters, cores()).map(|mut judge| {
            let temperatures = judge.fitted_temperatures(&sampler, mixture);
            let found =
                judge.judge(&sampler, mixture, Stream::Evaluation, 0, sequences, temperatures);
            Calibrated { temperatures, found }
        });
        let answers = Answers::new(Method::Model, self.predictor())?;
        let methods =
            judge_methods(&answers, &sampler, mixture, sequences.min(ASKED), TOP, cores());
        let uniform = Uniform::of(config)?.beside(&judgement.overall().model);
        let never_trained = match options.never_trained {
            false => None,
            true => {
                let trained = TrainedParameters::replay(earlier, stage, cores())?;
                let found = judge_never_trained(&mut engine, &sampler, &trained, sequences)?;
                let wanted = sequences;
                Some(NeverTrainedReport { sampler, trained, wanted, found })
            }
        };
        Ok(EvaluateReport {
            model: self.name().to_string(),
            seed,
            uniform,
            judgement,
            limit,
            rules,
            methods,
            calibration,
            never_trained,
        })
    }
}
