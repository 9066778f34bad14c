//! A file for each command.

pub mod config;
pub mod evaluate;
pub mod predict;
pub mod sample;
pub mod train;

use ninth_sequences::Sampler;
use ninth_training::{Config, ConfigError};

use crate::error::Error;

/// Where the sequences come from that a model of this config knows.
fn sampler(config: &Config, seed: u64) -> Result<Sampler, Error> {
    let settings = &config.sequences;
    let range = settings.range().map_err(ConfigError::from)?;
    Ok(Sampler::new(seed, range, settings.context + 1).map_err(ConfigError::from)?)
}
