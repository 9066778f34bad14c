//! Config files.

use std::fs;
use std::path::Path;

use ninth_settings::{Assignment, parse_document};
use ninth_training::ConfigError;

use crate::error::Error;

/// The keys that a TOML file assigns, for [`Config::resolve`](crate::Config::resolve).
///
/// # Errors
///
/// If the file cannot be read, or is no TOML in UTF-8.
pub fn read_assignments(path: &Path) -> Result<Vec<Assignment>, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Read { path: path.into(), source })?;
    let name = path.display().to_string();
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let before = bytes.iter().take(error.valid_up_to());
        let line = before.filter(|byte| **byte == b'\n').count() + 1;
        ConfigError::from(ninth_settings::Error::Syntax {
            place: format!("{name}, line {line}"),
            message: "not text in UTF-8".to_string(),
        })
    })?;
    Ok(parse_document(&name, text).map_err(ConfigError::from)?)
}
