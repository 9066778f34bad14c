//! The index of everything that can be drawn, and the limit that follows from it, kept in the
//! user's cache folder.
//!
//! Building it takes a fifth of a second (with the wider phase, two), reading what some terms need
//! of it a millisecond. It is a cache and nothing else: a file that is missing, damaged or of
//! another version is written anew, and where none can be written the index lives in memory
//! alone.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use ninth_inference::{IndexKey, Limit, Posterior};
use ninth_sequences::PhaseWeights;
use ninth_training::Config;

use crate::cache::{folder, keep};
use crate::error::Error;
use crate::notice::notice;

/// What the reported figures refer to: the mixture that a training ends with.
fn mixture(config: &Config) -> PhaseWeights {
    config.curriculum.final_mixture()
}

/// The config whose index explains terms: every phase is drawn, whatever a training had of
/// the wider one.
pub fn of_every_phase(config: &Config) -> Config {
    const WIDER: f64 = 0.5;
    let mut every = config.clone();
    every.curriculum.wider = WIDER;
    every
}

/// Whether there is a folder to keep an index in.
pub fn can_keep() -> bool {
    folder().is_some()
}

/// The index of what `config` draws: from its file, or built and then kept there. As that of
/// the wider phase takes seconds, somebody who waits is told.
pub fn posterior(config: &Config) -> Result<Posterior, Error> {
    if let Some(posterior) = kept(config) {
        return Ok(posterior);
    }
    if config.curriculum.wider > 0.0 {
        let again = if can_keep() { "this once" } else { "as there is no folder to keep it in" };
        notice(&format!("building the index of relations, {again}; it takes seconds"));
    }
    build(config)
}

/// The limit of what `config` draws: from its file, or computed and then kept there. Without a
/// word, for whoever does something else meanwhile.
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

/// How many relations there are to look at, to build it.
pub fn tuples(config: &Config) -> Result<u64, Error> {
    Ok(key(config)?.tuples())
}

/// Builds the index, and keeps it.
fn build(config: &Config) -> Result<Posterior, Error> {
    let posterior = Posterior::new(&config.sampler(0)?, mixture(config));
    if let Some(path) = folder().map(|folder| path(&folder, posterior.key())) {
        keep(&path, &posterior.to_bytes());
    }
    Ok(posterior)
}

/// As much of the index as sequences with this first term need.
pub fn beginning_with(first: i64, config: &Config) -> Result<Posterior, Error> {
    kept_beginning_with(first, config).map_or_else(|| posterior(config), Ok)
}

/// The same, if there is a good file of it: for those who have no time to build it.
pub fn kept_beginning_with(first: i64, config: &Config) -> Option<Posterior> {
    let key = key(config).ok()?;
    let mut file = File::open(path(&folder()?, key)).ok()?;
    let size = file.metadata().ok()?.len();
    let read = |start, length| {
        // There is no room for more than the file has.
        (length as u64 <= size).then_some(())?;
        file.seek(SeekFrom::Start(start)).ok()?;
        let mut bytes = vec![0; length];
        file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    };
    Posterior::beginning_with(first, key, size, read).ok()
}

/// The index, if there is a good file of it.
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
