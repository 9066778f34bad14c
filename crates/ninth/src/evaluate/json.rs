//! Evaluations in JSON. Metrics that are NaN are omitted.

use ninth_evaluation::calibration::{Bin, Calibrated};
use ninth_evaluation::methods::MethodTally;
use ninth_evaluation::never_trained::NeverTrainedSummary;
use ninth_evaluation::rules::{Count, RuleTallies};
use ninth_inference::answer::Method;
use ninth_inference::integer::{integer, integers};
use ninth_inference::{Limit, Named};
use ninth_training::baselines::Uniform;
use ninth_training::metrics::Metrics;
use num_bigint::BigInt;
use serde::{Serialize, Serializer};

use super::judgement::JudgementJson;
use super::{DataRow, EvaluateDataReport, EvaluateReport, NeverTrainedReport};
use crate::predict::PredictedTerm;

#[derive(Serialize)]
struct EvaluateJson<'a> {
    model: &'a str,
    seed: u64,
    sequences: u64,
    #[serde(flatten)]
    judgement: JudgementJson,
    baselines: BaselinesJson,
    rules: &'a RuleTallies,
    methods: Named<&'a MethodTally>,
    limit: &'a Limit,
    #[serde(skip_serializing_if = "Option::is_none")]
    calibration: Option<&'a Calibrated>,
    #[serde(skip_serializing_if = "Option::is_none")]
    never_trained: Option<NeverTrainedSummary>,
}

#[derive(Serialize)]
struct BaselinesJson {
    uniform: Uniform,
    #[serde(flatten)]
    others: Named<Metrics>,
}

impl Serialize for EvaluateReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let overall = self.judgement.overall();
        let judgement = JudgementJson::of(&self.judgement);
        let others = overall.baselines().map(|(baseline, metrics)| (baseline.name(), metrics));
        let json = EvaluateJson {
            model: &self.model,
            seed: self.seed,
            sequences: judgement.all.metrics.sequences,
            judgement,
            baselines: BaselinesJson { uniform: self.uniform, others: Named(others.collect()) },
            rules: &self.rules,
            methods: by_method(&self.methods),
            limit: &self.limit,
            calibration: self.calibration.as_ref(),
            never_trained: self.never_trained.as_ref().map(NeverTrainedReport::summary),
        };
        json.serialize(serializer)
    }
}

#[derive(Serialize)]
struct DataRowJson<'a> {
    id: &'a str,
    #[serde(serialize_with = "integers")]
    terms: &'a [BigInt],
    #[serde(serialize_with = "integer")]
    target: &'a BigInt,
    candidates: &'a [PredictedTerm],
    rules: Named<Option<i64>>,
}

impl Serialize for DataRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = DataRowJson {
            id: &self.id,
            terms: &self.terms,
            target: &self.target,
            candidates: &self.candidates,
            rules: Named(RuleTallies::names().zip(self.rules).collect()),
        };
        json.serialize(serializer)
    }
}

#[derive(Serialize)]
struct DataJson<'a> {
    model: &'a str,
    data: &'a str,
    rows: usize,
    judged: u32,
    method: &'static str,
    #[serde(flatten)]
    best: &'a MethodTally,
    reliability: Vec<Bin>,
    methods: Named<&'a MethodTally>,
    rules: Named<&'a Count>,
    /// A regression has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    calibration: Option<&'a Calibrated>,
}

impl Serialize for EvaluateDataReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let best = self.by(self.method);
        let json = DataJson {
            model: &self.model,
            data: &self.data,
            rows: self.rows.len(),
            judged: best.questions(),
            method: self.method.name(),
            best: &best,
            reliability: best.reliability().bins().collect(),
            methods: by_method(&self.methods),
            rules: Named(RuleTallies::names().zip(&self.rules).collect()),
            calibration: self.calibration.as_ref(),
        };
        json.serialize(serializer)
    }
}

fn by_method(tallies: &[(Method, MethodTally)]) -> Named<&MethodTally> {
    Named(tallies.iter().map(|(method, tally)| (method.name(), tally)).collect())
}
