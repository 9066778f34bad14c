//! Evaluations in JSON. Metrics that are NaN are omitted.

use ninth_evaluation::calibration::{Bin, Calibration, Reliability};
use ninth_evaluation::methods::MethodTally;
use ninth_evaluation::rules::{Count, RuleTallies};
use ninth_inference::blend::Method;
use ninth_inference::{Limit, Named};
use ninth_model::decoding::Candidate;
use ninth_sequences::{Family, Phase};
use ninth_training::baselines::Uniform;
use ninth_training::metrics::Metrics;
use ninth_training::validation::Scores;
use serde::{Serialize, Serializer};

use super::{Calibrated, DataRow, EvaluateDataReport, EvaluateReport, NeverTrainedReport};

fn finite(value: f64) -> Option<f64> {
    Some(value).filter(|value| value.is_finite())
}

#[derive(Serialize)]
struct EvaluateJson<'a> {
    model: &'a str,
    seed: u64,
    sequences: u64,
    all: Metrics,
    phases: Named<Metrics>,
    families: Named<Metrics>,
    baselines: BaselinesJson,
    rules: Named<RuleJson>,
    methods: Named<MethodJson>,
    limit: &'a Limit,
    #[serde(skip_serializing_if = "Option::is_none")]
    calibration: Option<CalibrationJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    never_trained: Option<NeverTrainedJson>,
}

#[derive(Serialize)]
struct BaselinesJson {
    uniform: Uniform,
    #[serde(flatten)]
    others: Named<Metrics>,
}

impl Serialize for EvaluateReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let judgement = &self.judgement;
        let overall = judgement.overall();
        let all = overall.model.metrics();
        let phase = |phase: Phase| (phase.name(), judgement.phase(phase).model.metrics());
        let families = judgement.families();
        let families = families.map(|(family, scores)| (family.name(), scores.model.metrics()));
        let others = overall.baselines().map(|(baseline, metrics)| (baseline.name(), metrics));
        let json = EvaluateJson {
            model: &self.model,
            seed: self.seed,
            sequences: all.sequences,
            all,
            phases: Named(judgement.phases().map(phase).collect()),
            families: Named(families.collect()),
            baselines: BaselinesJson {
                uniform: Uniform::new(self.classes),
                others: Named(others.collect()),
            },
            rules: rules_json(&self.rules),
            methods: methods_json(&self.methods),
            limit: &self.limit,
            calibration: self.calibration.as_ref().map(CalibrationJson::from),
            never_trained: self.never_trained.as_ref().map(NeverTrainedJson::from),
        };
        json.serialize(serializer)
    }
}

#[derive(Serialize)]
struct DataRowJson<'a> {
    id: &'a str,
    terms: &'a [i64],
    target: i64,
    candidates: Vec<CandidateJson>,
    rules: Named<Option<i64>>,
}

#[derive(Serialize)]
struct CandidateJson {
    term: i64,
    /// A regression has none.
    probability: Option<f32>,
}

impl Serialize for DataRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let candidate = |&Candidate { term, probability }| CandidateJson { term, probability };
        let json = DataRowJson {
            id: &self.id,
            terms: &self.terms,
            target: self.target,
            candidates: self.candidates.iter().map(candidate).collect(),
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
    best: MethodJson,
    methods: Named<MethodJson>,
    rules: Named<CountJson>,
    /// A regression has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    calibration: Option<CalibrationJson>,
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
            best: MethodJson::from(&best),
            methods: methods_json(&self.methods),
            rules: Named(
                RuleTallies::names().zip(self.rules.iter().map(CountJson::from)).collect(),
            ),
            calibration: self.calibration.as_ref().map(CalibrationJson::from),
        };
        json.serialize(serializer)
    }
}

/// A rule, in JSON.
#[derive(Serialize)]
struct CountJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    applies: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy_applied: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<f64>,
}

impl From<&Count> for CountJson {
    fn from(count: &Count) -> Self {
        CountJson {
            accuracy: finite(count.accuracy()),
            applies: finite(count.applies()),
            accuracy_applied: finite(count.accuracy_applied()),
            distance: finite(count.distance()),
        }
    }
}

/// A rule on fresh sequences, in JSON.
#[derive(Serialize)]
struct RuleJson {
    last: CountJson,
    all: CountJson,
}

/// The rules on fresh sequences, in JSON.
fn rules_json(tallies: &RuleTallies) -> Named<RuleJson> {
    let counts = tallies.last.iter().zip(&tallies.all);
    let json = |(last, all): (&Count, &Count)| RuleJson { last: last.into(), all: all.into() };
    Named(RuleTallies::names().zip(counts.map(json)).collect())
}

/// A method, in JSON.
#[derive(Serialize)]
struct MethodJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    top_1: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_5: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<f64>,
}

impl From<&MethodTally> for MethodJson {
    fn from(tally: &MethodTally) -> Self {
        MethodJson {
            top_1: finite(tally.top_1()),
            top_5: finite(tally.among()),
            distance: finite(tally.distance()),
        }
    }
}

fn methods_json(tallies: &[(Method, MethodTally)]) -> Named<MethodJson> {
    Named(tallies.iter().map(|(method, tally)| (method.name(), tally.into())).collect())
}

/// The calibration, in JSON.
#[derive(Serialize)]
struct CalibrationJson {
    last: PositionsJson,
    all: PositionsJson,
}

#[derive(Serialize)]
struct PositionsJson {
    temperature: f64,
    plain: ReliabilityJson,
    tempered: ReliabilityJson,
}

#[derive(Serialize)]
struct ReliabilityJson {
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cross_entropy: Option<f64>,
    bins: Vec<BinJson>,
}

#[derive(Serialize)]
struct BinJson {
    from: f64,
    to: f64,
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy: Option<f64>,
}

impl From<&Reliability> for ReliabilityJson {
    fn from(reliability: &Reliability) -> Self {
        let bin = |Bin { from, to, count, confidence, accuracy }: Bin| BinJson {
            from,
            to,
            count,
            confidence: finite(confidence),
            accuracy: finite(accuracy),
        };
        ReliabilityJson {
            count: reliability.count(),
            error: finite(reliability.error()),
            cross_entropy: finite(reliability.cross_entropy()),
            bins: reliability.bins().map(bin).collect(),
        }
    }
}

impl From<&Calibrated> for CalibrationJson {
    fn from(Calibrated { temperatures, found }: &Calibrated) -> Self {
        let positions = |temperature: f64, calibration: &Calibration| PositionsJson {
            temperature,
            plain: (&calibration.plain).into(),
            tempered: (&calibration.tempered).into(),
        };
        CalibrationJson {
            last: positions(temperatures.last, &found.last),
            all: positions(temperatures.all, &found.all),
        }
    }
}

/// A model on parameters that its training never drew, in JSON.
#[derive(Serialize)]
struct NeverTrainedJson {
    steps: u64,
    sequences: u64,
    tuples: usize,
    never_drawn: usize,
    looked_at: u64,
    never: AccuracyJson,
    drawn: AccuracyJson,
    drawn_alike: AccuracyJson,
    families: Named<NeverTrainedFamilyJson>,
}

#[derive(Serialize)]
struct NeverTrainedFamilyJson {
    tuples: usize,
    never_drawn: usize,
    never: AccuracyJson,
    drawn: AccuracyJson,
}

#[derive(Serialize)]
struct AccuracyJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    sequences: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy_last: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy_all: Option<f64>,
}

impl AccuracyJson {
    fn of(scores: &Scores) -> Self {
        let metrics = scores.model.metrics();
        AccuracyJson {
            sequences: Some(metrics.sequences),
            accuracy_last: finite(metrics.accuracy_last),
            accuracy_all: finite(metrics.accuracy_all),
        }
    }
}

impl From<&NeverTrainedReport> for NeverTrainedJson {
    fn from(report: &NeverTrainedReport) -> Self {
        let NeverTrainedReport { sampler, trained, found, .. } = report;
        let family = |(family, never, drawn): (Family, &Scores, &Scores)| {
            let json = NeverTrainedFamilyJson {
                tuples: sampler.valid_count(family),
                never_drawn: trained.never_drawn(family),
                never: AccuracyJson::of(never),
                drawn: AccuracyJson::of(drawn),
            };
            (family.name(), json)
        };
        let (last, all) = found.drawn_alike();
        NeverTrainedJson {
            steps: trained.steps(),
            sequences: trained.sequences(),
            tuples: report.tuples(),
            never_drawn: trained.never_drawn_at_all(),
            looked_at: found.looked_at,
            never: AccuracyJson::of(&found.never.overall()),
            drawn: AccuracyJson::of(&found.drawn.overall()),
            drawn_alike: AccuracyJson {
                sequences: None,
                accuracy_last: finite(last),
                accuracy_all: finite(all),
            },
            families: Named(report.families().map(family).collect()),
        }
    }
}
