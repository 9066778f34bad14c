//! `ninth config`: the complete config, as a file to start from.

use std::io::Write;

use ninth_settings::{Assignment, parse_document};
use ninth_training::{Config, ConfigError, Preset};

use crate::cli::arguments::ConfigArguments;
use crate::cli::error::Error;
use crate::cli::output::terminal;
use crate::config_file::read_assignments;

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
        assignments.extend(read_assignments(path)?);
    }
    assignments.extend_from_slice(&arguments.set);
    assignments.extend_from_slice(last);
    Ok(Config::resolve(arguments.preset.unwrap_or(Preset::Design), &assignments)?)
}
