//! `ninth evaluate`: how good a model is, by fresh sequences or by a file of them.

use std::io::{self, Write};
use std::path::Path;

use ninth_evaluation::calibration::{ConfidenceJudge, Last};
use ninth_evaluation::methods::{MethodTally, answer_all, judge_methods, tally};
use ninth_evaluation::never_trained::{TrainedParameters, judge_never_trained};
use ninth_evaluation::rules::{
    Count, Rule, RuleTallies, answers as answers_of_rules, judge_rules, predict_all,
};
use ninth_inference::blend::{Answers, Method};
use ninth_inference::{Explainer, Limit};
use ninth_kernels::InstructionSet;
use ninth_model::Batch;
use ninth_model::decoding::Predictor;
use ninth_sequences::{Phase, Stream};
use ninth_training::baselines::Uniform;
use ninth_training::engine::EngineState;
use ninth_training::metrics::Metrics;
use ninth_training::trained_model::TrainedModel;
use ninth_training::validation::{Judgement, judge};
use ninth_training::{CpuEngine, Engine};
use serde::Serialize;

use crate::arguments::EvaluateArguments;
use crate::assessment::{
    self, Calibrated, CalibrationJson, CountJson, MethodJson, RuleJson, Unmet, UnmetJson,
};
use crate::commands::predict::CandidateJson;
use crate::data_file::{self, Question};
use crate::engine::cores;
use crate::error::Error;
use crate::index_file;
use crate::report;
use crate::terminal::{self, Named, Style, Table, counted, decimal, grouped, percent, say};
use crate::weights::Trained;

/// Candidates per question.
const TOP: usize = 5;

/// Fresh sequences that every method is asked about: relations take milliseconds for each.
const ASKED: usize = 1000;

/// Judges a model.
pub fn run(arguments: &EvaluateArguments) -> Result<(), Error> {
    let trained = Trained::load(arguments.model.as_deref())?;
    match &arguments.data {
        Some(path) => by_file(trained, path, arguments),
        None => by_fresh_sequences(trained, arguments),
    }
}

fn by_fresh_sequences(trained: Trained, arguments: &EvaluateArguments) -> Result<(), Error> {
    let Trained { name, inner } = trained;
    let TrainedModel { stage, earlier, model, parameters } = inner;
    let config = &stage.config;
    let seed = arguments.seed.unwrap_or_else(|| config.seed());
    let sampler = config.sampler(seed)?;
    let mut engine = CpuEngine::new(config, cores())?;
    let state = engine.state()?;
    engine.restore(EngineState { parameters: parameters.clone(), ..state })?;
    // At most 10^9, so it fits.
    let sequences = arguments.n as usize;
    let mixture = config.curriculum.final_mixture();
    let judgement = judge(&mut engine, &sampler, mixture, Stream::Evaluation, 0, sequences)?;
    let classes = sampler.range().classes();
    let limit = index_file::posterior(config)?.limit();
    let rules = judge_rules(&sampler, mixture, Stream::Evaluation, 0, sequences);
    let calibrated = ConfidenceJudge::new(&model, &parameters, cores()).map(|mut judge| {
        let temperatures = judge.fitted_temperatures(&sampler, mixture);
        let found = judge.judge(&sampler, mixture, Stream::Evaluation, 0, sequences, temperatures);
        Calibrated { temperatures, found }
    });
    let predictor = Predictor::new(InstructionSet::detect(), model, parameters);
    let every = index_file::posterior(&index_file::of_every_phase(config))?;
    let answers = Answers::new(Method::Model, &predictor, Explainer::knowing(&every));
    let answers = answers.map_err(Error::Question)?;
    let methods = judge_methods(&answers, &sampler, mixture, sequences.min(ASKED), TOP, cores());
    let unmet = match arguments.never_trained {
        false => None,
        true => {
            let trained = TrainedParameters::replay(&earlier, &stage, cores())?;
            let found = judge_never_trained(&mut engine, &sampler, &trained, sequences)?;
            Some((trained, found))
        }
    };
    let unmet = unmet.as_ref().map(|(trained, found)| Unmet {
        sampler: &sampler,
        trained,
        wanted: arguments.n,
        found,
    });

    let (mut out, style) = terminal::stdout();
    if arguments.json {
        let figures = Evaluation {
            methods: assessment::methods_json(&methods),
            rules: assessment::rules_json(&rules),
            calibration: calibrated.as_ref().map(CalibrationJson::from),
            never_trained: unmet.as_ref().map(Unmet::json),
            ..Evaluation::new(&name, seed, &judgement, classes, &limit)
        };
        terminal::write_json(&mut out, &figures)?;
    } else {
        report::phases(&mut out, style, &judgement, classes, Some(&limit))?;
        writeln!(out)?;
        report::positions(&mut out, style, &judgement, &limit)?;
        writeln!(out)?;
        report::families(&mut out, style, &judgement, &limit)?;
        writeln!(out)?;
        assessment::rules(&mut out, style, &rules, &judgement.overall().model.metrics())?;
        writeln!(out)?;
        assessment::methods(&mut out, style, &methods)?;
        if let Some(calibrated) = &calibrated {
            writeln!(out)?;
            assessment::calibration(&mut out, style, calibrated, "last term")?;
        }
        if let Some(unmet) = &unmet {
            writeln!(out)?;
            unmet.write(&mut out, style)?;
        }
    }
    Ok(out.flush()?)
}

/// The object of `--json`, for fresh sequences.
#[derive(Serialize)]
struct Evaluation<'a> {
    model: &'a str,
    seed: u64,
    sequences: u64,
    all: Metrics,
    phases: Named<Metrics>,
    families: Named<Metrics>,
    baselines: Baselines,
    rules: Named<RuleJson>,
    methods: Named<MethodJson>,
    limit: &'a Limit,
    /// A regression has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    calibration: Option<CalibrationJson>,
    /// Where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    never_trained: Option<UnmetJson>,
}

#[derive(Serialize)]
struct Baselines {
    uniform: Uniform,
    #[serde(flatten)]
    others: Named<Metrics>,
}

impl<'a> Evaluation<'a> {
    fn new(
        model: &'a str,
        seed: u64,
        judgement: &Judgement,
        classes: usize,
        limit: &'a Limit,
    ) -> Self {
        let overall = judgement.overall();
        let phase = |phase: Phase| (phase.name(), judgement.phase(phase).model.metrics());
        let others = overall.baselines().map(|(baseline, metrics)| (baseline.name(), metrics));
        let baselines =
            Baselines { uniform: Uniform::new(classes), others: Named(others.collect()) };
        let families =
            judgement.families().map(|(family, scores)| (family.name(), scores.model.metrics()));
        let all = overall.model.metrics();
        Evaluation {
            model,
            seed,
            sequences: all.sequences,
            all,
            phases: Named(judgement.phases().map(phase).collect()),
            families: Named(families.collect()),
            baselines,
            rules: Named(Vec::new()),
            methods: Named(Vec::new()),
            limit,
            calibration: None,
            never_trained: None,
        }
    }
}

/// A line of `--json`, for a file.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    terms: &'a [i64],
    target: i64,
    candidates: Vec<CandidateJson>,
    rules: Named<Option<i64>>,
}

/// The object of `--json --summary`, for a file.
#[derive(Serialize)]
struct Summary<'a> {
    model: &'a str,
    data: String,
    rows: usize,
    judged: u32,
    method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_1: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_5: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<f64>,
    methods: Named<MethodJson>,
    rules: Named<CountJson>,
    /// A regression has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    calibration: Option<CalibrationJson>,
}

/// Sums over the rows of a file.
#[derive(Default)]
struct Judged {
    methods: Vec<(Method, MethodTally)>,
    /// In the order of [`RuleTallies::names`].
    rules: [Count; Rule::ALL.len() + 1],
    /// The terms shown to the model, and the one asked for, as classes.
    classes: Vec<Vec<u16>>,
}

impl Judged {
    fn by(&self, method: Method) -> MethodTally {
        let found = self.methods.iter().find(|(other, _)| *other == method);
        found.map_or_else(MethodTally::default, |(_, tally)| *tally)
    }
}

fn by_file(trained: Trained, path: &Path, arguments: &EvaluateArguments) -> Result<(), Error> {
    let questions = data_file::read(path)?;
    let Trained { name, inner: TrainedModel { stage, model, parameters, .. } } = trained;
    let config = stage.config;
    let predictor = Predictor::new(InstructionSet::detect(), model.clone(), parameters.clone());
    let (range, context) = (model.architecture().range(), model.architecture().context());
    let by_row = arguments.json && !arguments.summary;
    let method = Method::best_for(model.architecture().model().output);
    let method = arguments.method.unwrap_or(method);
    let every = index_file::posterior(&index_file::of_every_phase(&config))?;
    let answers = Answers::new(method, &predictor, Explainer::knowing(&every));
    let answers = answers.map_err(Error::Question)?;
    let asked: Vec<&[i64]> = questions.iter().map(|question| question.terms.as_slice()).collect();
    let answered = answer_all(&answers, &asked, TOP, cores());

    let (mut out, style) = terminal::stdout();
    let mut judged = Judged::default();
    let mut skipped = None;
    let mut of_judged = Vec::new();
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
                skipped.get_or_insert((*line, term));
            }
            None => {
                of_judged.push((answer, *target));
                for (count, answer) in judged.rules.iter_mut().zip(&rules) {
                    count.add(*answer, *target);
                }
                let classes = shown.iter().chain([target]);
                judged.classes.push(classes.filter_map(|term| range.class_of(*term)).collect());
            }
        }
        if by_row {
            let by_method = answer.iter().flatten().find(|(other, _)| *other == method);
            let candidates = by_method.map_or(&[][..], |(_, candidates)| candidates);
            let candidates = CandidateJson::list(candidates);
            let rules = Named(RuleTallies::names().zip(rules).collect());
            let row = Row { id, terms, target: *target, candidates, rules };
            terminal::write_json(&mut out, &row)?;
        }
    }
    judged.methods = tally(of_judged.into_iter());
    let best = judged.by(method);
    if !by_row {
        let calibrated = match ConfidenceJudge::new(&model, &parameters, cores()) {
            None => None,
            Some(mut judge) => {
                let temperatures = judge.fitted_temperatures(
                    &config.sampler(config.seed())?,
                    config.curriculum.final_mixture(),
                );
                let mut batch = Batch::new(context, judged.classes.len());
                for (index, classes) in judged.classes.iter().enumerate() {
                    batch.set(index, classes.iter().copied());
                }
                let found = judge.judge_batch(&batch, Last::OfEach, temperatures);
                Some(Calibrated { temperatures, found })
            }
        };
        if arguments.summary {
            let finite = |value: f64| Some(value).filter(|value| value.is_finite());
            let rules = judged.rules.iter().map(CountJson::from);
            let summary = Summary {
                model: &name,
                data: path.display().to_string(),
                rows: questions.len(),
                judged: best.questions(),
                method: method.name(),
                top_1: finite(best.top_1()),
                top_5: finite(best.among()),
                distance: finite(best.distance()),
                methods: assessment::methods_json(&judged.methods),
                rules: Named(RuleTallies::names().zip(rules).collect()),
                calibration: calibrated.as_ref().map(CalibrationJson::from),
            };
            terminal::write_json(&mut out, &summary)?;
        } else {
            tables_of_file(&mut out, style, path, method, &judged, calibrated.as_ref())?;
        }
    }
    out.flush()?;
    if let Some((line, term)) = skipped {
        let (all, judged) = (questions.len() as u64, u64::from(best.questions()));
        say(format_args!(
            "ninth: {} of {} not judged, out of the model's range of {} to {}; the first is \
             line {line} with {term}",
            grouped(all - judged),
            counted(all, "row"),
            range.min(),
            range.max(),
        ));
    }
    Ok(())
}

fn tables_of_file(
    out: &mut dyn Write,
    style: Style,
    path: &Path,
    method: Method,
    judged: &Judged,
    calibrated: Option<&Calibrated>,
) -> io::Result<()> {
    let best = judged.by(method);
    let title = format!("On {} of {}", counted(u64::from(best.questions()), "row"), path.display());
    writeln!(out, "{}", style.bold(title))?;
    writeln!(out)?;
    let mut table = Table::new(&[]);
    table.row("top-1 accuracy", [percent(best.top_1())]);
    table.row("top-5 accuracy", [percent(best.among())]);
    table.row("mean distance", [decimal(best.distance(), 2)]);
    table.write(out, style)?;
    if best.questions() == 0 {
        return Ok(());
    }
    writeln!(out)?;
    assessment::methods_of_file(out, style, method, &judged.methods)?;
    writeln!(out)?;
    let model = judged.by(Method::Model);
    assessment::rules_of_file(out, style, &judged.rules, model.top_1(), model.distance())?;
    if let Some(calibrated) = calibrated {
        writeln!(out)?;
        assessment::calibration(out, style, calibrated, "asked for")?;
    }
    Ok(())
}
