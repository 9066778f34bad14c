//! `ninth evaluate`: how good a model is, by fresh sequences or by a file of them.

use std::io::Write;
use std::path::Path;

use ninth_model::decoding::Candidate;
use ninth_sequences::{Limit, Phase, Stream};
use ninth_training::baselines::{Baseline, Uniform};
use ninth_training::engine::EngineState;
use ninth_training::metrics::Metrics;
use ninth_training::validation::{Judgement, judge};
use serde::Serialize;

use crate::arguments::EvaluateArguments;
use crate::commands::limit::LimitJson;
use crate::commands::predict::CandidateJson;
use crate::data_file::{self, Question};
use crate::engine::EngineKind;
use crate::error::Error;
use crate::index_file;
use crate::report;
use crate::terminal::{self, Named, Table, counted, decimal, grouped, percent, say};
use crate::weights::Trained;

/// Candidates per row of a file.
const TOP: usize = 5;

/// Judges a model.
pub fn run(arguments: &EvaluateArguments) -> Result<(), Error> {
    let trained = Trained::load(arguments.model.as_deref())?;
    match &arguments.data {
        Some(path) => by_file(trained, path, arguments.json),
        None => by_fresh_sequences(trained, arguments),
    }
}

fn by_fresh_sequences(trained: Trained, arguments: &EvaluateArguments) -> Result<(), Error> {
    let config = &trained.config;
    let seed = arguments.seed.unwrap_or_else(|| config.seed());
    let sampler = config.sampler(seed)?;
    let mut engine = EngineKind::Cpu.start(config, None)?;
    let state = engine.state()?;
    engine.restore(EngineState { parameters: trained.parameters, ..state })?;
    // At most 10^9, so it fits.
    let sequences = arguments.n as usize;
    let judgement = judge(engine.as_mut(), &sampler, Stream::Evaluation, 0, sequences)?;
    let classes = sampler.range().classes();
    let limit = index_file::posterior(config)?.limit();

    let (mut out, style) = terminal::stdout();
    if arguments.json {
        let figures = Evaluation::new(&trained.name, seed, &judgement, classes, &limit);
        terminal::write_json(&mut out, &figures)?;
    } else {
        report::phases(&mut out, style, &judgement, classes, &limit)?;
        writeln!(out)?;
        report::positions(&mut out, style, &judgement, &limit)?;
        writeln!(out)?;
        report::families(&mut out, style, &judgement, &limit)?;
    }
    Ok(out.flush()?)
}

/// The object of `--json`, for fresh sequences.
#[derive(Serialize)]
struct Evaluation<'a> {
    model: &'a str,
    seed: u64,
    sequences: u64,
    all: Figures,
    phases: Named<Figures>,
    families: Named<Figures>,
    baselines: Named<Figures>,
    limit: LimitJson,
}

/// The figures of some sequences; those of nothing are left out.
#[derive(Default, Serialize)]
struct Figures {
    #[serde(skip_serializing_if = "Option::is_none")]
    sequences: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loss: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cross_entropy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy_last: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy_all: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy_whole: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<f64>,
    /// After one term, after two, ...
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accuracy_by_position: Vec<f64>,
}

impl Figures {
    fn new(metrics: &Metrics) -> Self {
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        let positions = metrics.accuracy_by_position.iter().copied();
        Figures {
            sequences: Some(metrics.sequences),
            loss: finite(metrics.loss),
            cross_entropy: finite(metrics.cross_entropy),
            accuracy_last: finite(metrics.accuracy_last),
            accuracy_all: finite(metrics.accuracy_all),
            accuracy_whole: finite(metrics.accuracy_whole),
            distance: finite(metrics.distance),
            // Every sequence begins at the first position, so what is left out is
            // at the end.
            accuracy_by_position: positions.filter(|value| value.is_finite()).collect(),
        }
    }
}

impl<'a> Evaluation<'a> {
    fn new(
        model: &'a str,
        seed: u64,
        judgement: &Judgement,
        classes: usize,
        limit: &Limit,
    ) -> Self {
        let overall = judgement.overall();
        let phase =
            |phase: Phase| (phase.name(), Figures::new(&judgement.phase(phase).model.metrics()));
        let uniform = Uniform::new(classes);
        let uniform = Figures {
            cross_entropy: Some(uniform.cross_entropy),
            accuracy_last: Some(uniform.accuracy),
            accuracy_all: Some(uniform.accuracy),
            distance: Some(uniform.distance),
            ..Figures::default()
        };
        let mut baselines = vec![("uniform", uniform)];
        for (baseline, tally) in Baseline::ALL.iter().zip(&overall.baselines) {
            // A baseline gives a term and no probabilities.
            let figures =
                Figures { loss: None, cross_entropy: None, ..Figures::new(&tally.metrics()) };
            baselines.push((baseline.name(), figures));
        }
        let families = judgement
            .families()
            .map(|(family, scores)| (family.name(), Figures::new(&scores.model.metrics())));
        Evaluation {
            model,
            seed,
            sequences: overall.model.metrics().sequences,
            all: Figures::new(&overall.model.metrics()),
            phases: Named(Phase::ALL.map(phase).into()),
            families: Named(families.collect()),
            baselines: Named(baselines),
            limit: LimitJson::new(limit),
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
}

/// Sums over the rows of a file.
#[derive(Default)]
struct Judged {
    rows: u32,
    first: u32,
    among_top: u32,
    distance: f64,
}

impl Judged {
    fn count(&mut self, candidates: &[Candidate], target: i64) {
        let place = candidates.iter().position(|candidate| candidate.term == target);
        self.rows += 1;
        self.first += u32::from(place == Some(0));
        self.among_top += u32::from(place.is_some());
        let first = candidates.first().map_or(target, |candidate| candidate.term);
        self.distance += first.abs_diff(target) as f64;
    }
}

fn by_file(trained: Trained, path: &Path, json: bool) -> Result<(), Error> {
    let predictor = trained.predictor();
    let architecture = predictor.model().architecture();
    let (range, context) = (architecture.range(), architecture.context());
    let questions = data_file::read(path)?;

    let (mut out, style) = terminal::stdout();
    let mut judged = Judged::default();
    let mut skipped = None;
    for Question { line, id, terms, target } in &questions {
        let shown = &terms[terms.len().saturating_sub(context)..];
        let outside = |terms: &[i64]| terms.iter().copied().find(|term| !range.contains(*term));
        let unknown = outside(shown);
        let candidates = match unknown {
            None => predictor.candidates(shown, TOP).map_err(Error::Question)?,
            Some(_) => Vec::new(),
        };
        // Nobody can name a term that is not among the classes.
        match unknown.or(outside(&[*target])) {
            Some(term) => {
                skipped.get_or_insert((*line, term));
            }
            None => judged.count(&candidates, *target),
        }
        if json {
            let candidates = CandidateJson::list(&candidates);
            terminal::write_json(&mut out, &Row { id, terms, target: *target, candidates })?;
        }
    }
    let rows = f64::from(judged.rows);
    if !json {
        let title = format!("On {} of {}", counted(u64::from(judged.rows), "row"), path.display());
        writeln!(out, "{}", style.bold(title))?;
        writeln!(out)?;
        let mut table = Table::new(&[]);
        table.row("top-1 accuracy", [percent(f64::from(judged.first) / rows)]);
        table.row("top-5 accuracy", [percent(f64::from(judged.among_top) / rows)]);
        table.row("mean distance", [decimal(judged.distance / rows, 2)]);
        table.write(&mut out, style)?;
    }
    out.flush()?;
    if let Some((line, term)) = skipped {
        let (all, judged) = (questions.len() as u64, u64::from(judged.rows));
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
