//! The metrics of a model as JSON has them: of an evaluation, and of the end of a training.

use ninth_inference::Named;
use ninth_sequences::Phase;
use ninth_training::metrics::{Metrics, StandardErrors, Tally};
use ninth_training::validation::Judgement;
use serde::Serialize;

/// The metrics of a model by phase and family.
#[derive(Serialize)]
pub(crate) struct JudgementJson {
    pub(super) all: JudgedJson,
    phases: Named<JudgedJson>,
    families: Named<JudgedJson>,
}

impl JudgementJson {
    pub(crate) fn of(judgement: &Judgement) -> Self {
        let phase = |phase: Phase| (phase.name(), JudgedJson::of(&judgement.phase(phase).model));
        let families = judgement.families();
        let families =
            families.map(|(family, scores)| (family.name(), JudgedJson::of(&scores.model)));
        JudgementJson {
            all: JudgedJson::of(&judgement.overall().model),
            phases: Named(judgement.phases().map(phase).collect()),
            families: Named(families.collect()),
        }
    }
}

/// Metrics of some sequences, and how far chance alone takes them.
#[derive(Serialize)]
pub(super) struct JudgedJson {
    #[serde(flatten)]
    pub metrics: Metrics,
    #[serde(skip_serializing_if = "Option::is_none")]
    standard_error: Option<StandardErrors>,
}

impl JudgedJson {
    fn of(tally: &Tally) -> Self {
        let metrics = tally.metrics();
        let standard_error = (metrics.sequences > 0).then(|| tally.standard_errors());
        JudgedJson { metrics, standard_error }
    }
}
