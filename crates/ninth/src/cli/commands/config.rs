//! `ninth config`: the complete config, as a file to start from.

use std::io::Write;

use ninth_settings::{Assignment, Section, qualify};
use ninth_training::{Config, Preset};

use crate::cli::arguments::ConfigArguments;
use crate::cli::error::Error;
use crate::cli::output::terminal;
use crate::config_file::read_assignments;

/// Prints the config that the arguments describe.
pub fn run(arguments: &ConfigArguments) -> Result<(), Error> {
    let config = resolve(arguments, None, &[])?;
    let (mut out, _) = terminal::stdout();
    out.write_all(config.to_text(true).as_bytes())?;
    out.flush()?;
    for note in config.notes() {
        terminal::say(format_args!("ninth: note: with this config, {note}"));
    }
    Ok(())
}

/// The preset or another config to start from, with the file on top, `--set` on top of that, and
/// `last` above all.
pub fn resolve(
    arguments: &ConfigArguments,
    base: Option<&Config>,
    last: &[Assignment],
) -> Result<Config, Error> {
    let mut assignments = given(arguments)?;
    assignments.extend_from_slice(last);
    Ok(match base {
        Some(base) => base.clone().with(&assignments)?,
        None => Config::resolve(preset(arguments), &assignments)?,
    })
}

/// The same where only some sections count: short keys are theirs.
pub fn resolve_sections(
    arguments: &ConfigArguments,
    sections: &[&dyn Section],
) -> Result<Config, Error> {
    let mut assignments = given(arguments)?;
    qualify(&mut assignments, sections);
    Ok(Config::resolve(preset(arguments), &assignments)?)
}

fn preset(arguments: &ConfigArguments) -> Preset {
    arguments.preset.unwrap_or(Preset::Design)
}

/// What the file assigns, and `--set` on top of that.
fn given(arguments: &ConfigArguments) -> Result<Vec<Assignment>, Error> {
    let mut assignments = match &arguments.config {
        Some(path) => read_assignments(path)?,
        None => Vec::new(),
    };
    assignments.extend_from_slice(&arguments.set);
    Ok(assignments)
}
