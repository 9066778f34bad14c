//! `ninth limit`: how good a predictor can be.

use std::io::Write;
use std::time::Duration;

use ninth_training::Config;

use crate::cli::arguments::LimitArguments;
use crate::cli::commands::config::resolve_sections;
use crate::cli::error::Error;
use crate::cli::output::metrics;
use crate::cli::output::terminal::{self, grouped, time};
use crate::limit::limit;

/// Prints the metrics of the best possible predictor.
pub fn run(arguments: &LimitArguments) -> Result<(), Error> {
    let Config { sequences, curriculum, .. } = Config::default();
    let report = limit(&resolve_sections(&arguments.config, &[&sequences, &curriculum])?)?;
    let (mut out, style) = terminal::stdout();
    if arguments.json {
        terminal::write_json(&mut out, &report)?;
        return Ok(out.flush()?);
    }
    let limit = &report.limit;
    let relations = grouped(report.relations as u64);
    let title = "The best that a predictor of these sequences can do";
    writeln!(out, "{}\n", style.bold(title))?;
    metrics::limit_phases(&mut out, style, limit)?;
    writeln!(out, "\n{}\n", style.bold("By terms seen"))?;
    metrics::limit_positions(&mut out, &limit.overall())?;
    writeln!(out, "\n{}\n", style.bold("By family"))?;
    metrics::limit_families(&mut out, style, limit)?;
    writeln!(
        out,
        "\n  exact: every one of {relations} relations, {:.4} % of the probability\n  \
         time   {}",
        100.0 * report.probability,
        time(Duration::from_secs_f64(report.seconds))
    )?;
    Ok(out.flush()?)
}
