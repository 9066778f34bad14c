//! `ninth completions`: what completes commands and options in a shell.

use std::io::Write;

use clap::CommandFactory;

use crate::cli::arguments::{Arguments, CompletionsArguments};
use crate::cli::error::Error;
use crate::cli::output::terminal;

/// Prints the completions of a shell.
pub fn run(arguments: &CompletionsArguments) -> Result<(), Error> {
    // What writes it panics where it cannot, so it writes into memory.
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "ninth", &mut text);
    let (mut out, _) = terminal::stdout();
    out.write_all(&text)?;
    Ok(out.flush()?)
}
