//! `ninth limit`: how good a predictor can be.

use std::io::Write;
use std::time::Instant;

use ninth_inference::Limit;
use serde::Serialize;

use crate::arguments::LimitArguments;
use crate::commands::config::resolve;
use crate::error::Error;
use crate::index_file;
use crate::report;
use crate::terminal::{self, grouped, time};

/// The object of `--json`.
#[derive(Serialize)]
struct LimitReport<'a> {
    relations: usize,
    probability: f64,
    exact: bool,
    seconds: f64,
    minimum: i64,
    maximum: i64,
    context: usize,
    #[serde(flatten)]
    limit: &'a Limit,
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
            limit: &limit,
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
