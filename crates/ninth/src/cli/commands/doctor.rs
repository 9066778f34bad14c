//! `ninth doctor`: which engines and devices there are, whether they compute the same, and how
//! fast they are.

use std::io::Write;

use crate::cli::arguments::DoctorArguments;
use crate::cli::commands::config::resolve;
use crate::cli::error::Error;
use crate::cli::output;
use crate::cli::output::terminal;
use crate::doctor::doctor;

/// Lists, checks, times and recommends.
pub fn run(arguments: &DoctorArguments) -> Result<(), Error> {
    let wanted = resolve(&arguments.config, None, &[])?;
    let report = doctor(wanted, arguments.device.as_deref(), arguments.threads)?;
    let (mut out, style) = terminal::stdout();
    match arguments.json {
        true => terminal::write_json(&mut out, &report)?,
        false => output::doctor::doctor(&mut out, style, &report)?,
    }
    out.flush()?;
    match report.first_disagreement() {
        Some(device) => Err(Error::Disagreement(device.to_string())),
        None => Ok(()),
    }
}
