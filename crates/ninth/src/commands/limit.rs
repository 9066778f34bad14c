//! `ninth limit`: how good a predictor can be.

use std::io::Write;
use std::time::Instant;

use ninth_inference::{Figures, Limit};
use ninth_sequences::Phase;
use serde::Serialize;

use crate::arguments::LimitArguments;
use crate::commands::config::resolve;
use crate::error::Error;
use crate::index_file;
use crate::report;
use crate::terminal::{self, Named, grouped, time};

/// The object of `--json`.
#[derive(Serialize)]
struct LimitReport {
    relations: usize,
    probability: f64,
    exact: bool,
    seconds: f64,
    minimum: i64,
    maximum: i64,
    context: usize,
    #[serde(flatten)]
    limit: LimitJson,
}

/// A limit in JSON.
#[derive(Serialize)]
pub struct LimitJson {
    all: FiguresJson,
    phases: Named<FiguresJson>,
    families: Named<FiguresJson>,
}

/// The figures of some sequences; those of nothing are left out.
#[derive(Serialize)]
struct FiguresJson {
    share: f64,
    cross_entropy: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy_last: Option<f64>,
    accuracy_all: f64,
    accuracy_whole: f64,
    distance: f64,
    least_distance: f64,
    /// After one term, after two, ...
    accuracy_by_position: Vec<f64>,
}

impl LimitJson {
    pub fn new(limit: &Limit) -> Self {
        let phases = drawn_phases(limit).map(|(phase, figures)| (phase.name(), figures));
        let families = limit.families().map(|(family, figures)| (family.name(), figures));
        let json = |(name, figures): (&'static str, Figures)| (name, FiguresJson::new(figures));
        LimitJson {
            all: FiguresJson::new(limit.overall()),
            phases: Named(phases.map(json).collect()),
            families: Named(families.map(json).collect()),
        }
    }
}

impl FiguresJson {
    fn new(figures: Figures) -> Self {
        // Every sequence has four terms, but not every family one that fills the context.
        let positions = figures.accuracy_by_position.into_iter();
        FiguresJson {
            share: figures.share,
            cross_entropy: figures.cross_entropy,
            accuracy_last: Some(figures.accuracy_last).filter(|value| value.is_finite()),
            accuracy_all: figures.accuracy_all,
            accuracy_whole: figures.accuracy_whole,
            distance: figures.distance,
            least_distance: figures.least_distance,
            accuracy_by_position: positions.filter(|value| value.is_finite()).collect(),
        }
    }
}

/// The phases that are drawn from, with their figures.
pub fn drawn_phases(limit: &Limit) -> impl Iterator<Item = (Phase, Figures)> {
    let phases = Phase::ALL.into_iter().map(|phase| (phase, limit.phase(phase)));
    phases.filter(|(_, figures)| figures.share > 0.0)
}

/// Prints the figures of the best possible predictor.
pub fn run(arguments: &LimitArguments) -> Result<(), Error> {
    let config = resolve(&arguments.config, None, &[])?;
    let start = Instant::now();
    let posterior = index_file::posterior(&config)?;
    let limit = posterior.limit();
    let took = start.elapsed();

    let (mut out, style) = terminal::stdout();
    if arguments.json {
        let report = LimitReport {
            relations: limit.relations(),
            probability: limit.mass(),
            exact: true,
            seconds: took.as_secs_f64(),
            minimum: posterior.range().min(),
            maximum: posterior.range().max(),
            context: posterior.length() - 1,
            limit: LimitJson::new(&limit),
        };
        terminal::write_json(&mut out, &report)?;
        return Ok(out.flush()?);
    }
    let relations = grouped(limit.relations() as u64);
    let title = "The best that a predictor of these sequences can do";
    writeln!(out, "{}\n", style.bold(title))?;
    report::limit_phases(&mut out, style, &limit)?;
    writeln!(out, "\n{}\n", style.bold("By terms seen"))?;
    report::limit_positions(&mut out, &limit.overall())?;
    writeln!(out, "\n{}\n", style.bold("By family"))?;
    report::limit_families(&mut out, style, &limit)?;
    writeln!(
        out,
        "\n  exact: every one of {relations} relations, {:.4} % of the probability\n  \
         time   {}",
        100.0 * limit.mass(),
        time(took)
    )?;
    Ok(out.flush()?)
}
