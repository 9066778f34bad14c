//! `ninth config`: the complete config, as a file to start from.

use std::fs;
use std::io::Write;

use ninth_settings::{Assignment, parse_document};
use ninth_training::{Config, ConfigError, Preset};

use crate::arguments::ConfigArguments;
use crate::error::Error;
use crate::terminal;

/// Prints the config that the arguments describe.
pub fn run(arguments: &ConfigArguments) -> Result<(), Error> {
    let config = resolve(arguments, None, &[])?;
    let (mut out, _) = terminal::stdout();
    out.write_all(config.to_text(true).as_bytes())?;
    Ok(out.flush()?)
}

/// The preset or another config to start from, with the file on top, `--set` on top of that, and
/// `last` above all.
pub fn resolve(
    arguments: &ConfigArguments,
    base: Option<&Config>,
    last: &[Assignment],
) -> Result<Config, Error> {
    let mut assignments = match base {
        // Complete, so that nothing of a preset is left.
        Some(base) => {
            parse_document("the base", &base.to_text(false)).map_err(ConfigError::from)?
        }
        None => Vec::new(),
    };
    if let Some(path) = &arguments.config {
        let read = |source| Error::Read { path: path.clone(), source };
        let bytes = fs::read(path).map_err(read)?;
        let name = path.display().to_string();
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let before = bytes.iter().take(error.valid_up_to());
            let line = before.filter(|byte| **byte == b'\n').count() + 1;
            ConfigError::from(ninth_settings::Error::Syntax {
                place: format!("{name}, line {line}"),
                message: "not text in UTF-8".to_string(),
            })
        })?;
        assignments.extend(parse_document(&name, text).map_err(ConfigError::from)?);
    }
    assignments.extend_from_slice(&arguments.set);
    assignments.extend_from_slice(last);
    Ok(Config::resolve(arguments.preset.unwrap_or(Preset::Design), &assignments)?)
}
