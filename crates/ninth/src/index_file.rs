//! The index of everything that can be drawn, and the limit that follows from it, kept in the
//! user's cache folder. Answers do not depend on either.
//!
//! Building the index takes 0.2 s (with the wider phase, 2 s). A file that is missing, damaged or of
//! another version is written anew; where none can be written the index is in memory alone.

use std::fs;
use std::path::{Path, PathBuf};

use ninth_inference::{IndexKey, Limit, Posterior};
use ninth_sequences::PhaseWeights;
use ninth_training::Config;

use crate::cache::{folder, keep};
use crate::error::Error;
use crate::notice::notice;

/// The mixture that a training ends with, which reported metrics refer to.
fn mixture(config: &Config) -> PhaseWeights {
    config.curriculum.final_mixture()
}

/// The index of what `config` draws: from its file, or built and then kept there. A notice is
/// given before the wider phase is enumerated, which takes seconds.
pub fn posterior(config: &Config) -> Result<Posterior, Error> {
    if let Some(posterior) = kept(config) {
        return Ok(posterior);
    }
    if config.curriculum.wider > 0.0 {
        let kept = folder().is_some();
        let again = if kept { "this once" } else { "as there is no folder to keep it in" };
        notice(&format!("enumerating all relations, {again}; it takes seconds"));
    }
    build(config)
}

/// The limit of what `config` draws: from its file, or computed and then kept there. No notice
/// is given: a training calls this in the background.
pub fn limit(config: &Config) -> Result<Limit, Error> {
    let key = key(config)?;
    let path = folder().map(|folder| folder.join(format!("limit-{:016x}.figures", key.short())));
    let kept_limit = |path: &PathBuf| Limit::from_bytes(&fs::read(path).ok()?, key).ok();
    if let Some(limit) = path.as_ref().and_then(kept_limit) {
        return Ok(limit);
    }
    let posterior = kept(config).map_or_else(|| build(config), Ok)?;
    let limit = posterior.limit();
    if let Some(path) = path {
        keep(&path, &limit.to_bytes(key));
    }
    Ok(limit)
}

/// The number of relations that building the index enumerates.
pub fn tuples(config: &Config) -> Result<u64, Error> {
    Ok(key(config)?.tuples())
}

/// Builds the index and writes its file.
fn build(config: &Config) -> Result<Posterior, Error> {
    let posterior = Posterior::new(&config.sampler(0)?, mixture(config));
    if let Some(path) = folder().map(|folder| path(&folder, posterior.key())) {
        keep(&path, &posterior.to_bytes());
    }
    Ok(posterior)
}

/// The index from its file; `None` without a valid file.
fn kept(config: &Config) -> Option<Posterior> {
    let key = key(config).ok()?;
    let bytes = fs::read(path(&folder()?, key)).ok()?;
    Posterior::from_bytes(&bytes, key).ok()
}

fn key(config: &Config) -> Result<IndexKey, Error> {
    let (range, length) = (config.range()?, config.sequences.context + 1);
    Ok(IndexKey::new(range, length, mixture(config)))
}

fn path(folder: &Path, key: IndexKey) -> PathBuf {
    folder.join(format!("relations-{:016x}.index", key.short()))
}
