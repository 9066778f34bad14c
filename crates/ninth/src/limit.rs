//! The Bayes limit: how good a predictor can be.

use ninth_inference::Limit;
use ninth_training::Config;
use serde::Serialize;

use crate::clock::Stopwatch;
use crate::error::Error;
use crate::index_file;

/// How good the best possible predictor is; as JSON the object of `ninth limit --json`.
#[derive(Clone, Debug, Serialize)]
pub struct LimitReport {
    /// Relations enumerated.
    pub relations: usize,
    /// Their probability, together.
    pub probability: f64,
    /// Nothing is sampled.
    pub exact: bool,
    /// The time that it took.
    pub seconds: f64,
    /// The smallest integer.
    pub minimum: i64,
    /// The largest integer.
    pub maximum: i64,
    /// The most terms that are seen.
    pub context: usize,
    /// The metrics, by phase and family.
    #[serde(flatten)]
    pub limit: Limit,
}

/// Computes the limit of what `config` draws, under the mixture that a training ends with.
///
/// ```no_run
/// # fn main() -> Result<(), ninth::Error> {
/// let report = ninth::limit(&ninth::Config::default())?;
/// println!("{:.3}", report.limit.overall().metrics.accuracy_last);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the config is not valid.
pub fn limit(config: &Config) -> Result<LimitReport, Error> {
    let start = Stopwatch::start();
    let posterior = index_file::posterior(config)?;
    let limit = posterior.limit();
    Ok(LimitReport {
        relations: limit.relations(),
        probability: limit.mass(),
        exact: true,
        seconds: start.elapsed().as_secs_f64(),
        minimum: posterior.range().min(),
        maximum: posterior.range().max(),
        context: posterior.length() - 1,
        limit,
    })
}
