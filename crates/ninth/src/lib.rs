//! The command line: arguments in, exit status out.
//!
//! Each command is a file in `commands`; what they have in common is beside it:
//!
//! | file | what it holds |
//! |---|---|
//! | `arguments` | what may be written on the command line |
//! | `error` | what can go wrong, and the exit status of it |
//! | `data_file` | sequences in a CSV file |
//! | `index_file` | the index of all relations, in the user's cache folder |
//! | `engine` | choosing what runs a model, and whether it can be trusted |
//! | `cache` | the folder for what can be computed again |
//! | `terms` | integers as a person writes them |
//! | `weights` | finding and loading a trained model |
//! | `progress` | what is shown while training goes on |
//! | `signals` | Ctrl-C and SIGTERM |
//! | `report` | how a model did, as tables |
//! | `assessment` | what `evaluate` says beyond that: rules, calibration, never-trained parameters |
//! | `terminal` | tables, numbers and colours |
//!
//! Results go to standard output, everything else to standard error.
//!
//! A library only so that what reads input from outside can be tested from outside, too:
//! the program is [`main`].

#![forbid(unsafe_code)]

mod arguments;
mod assessment;
mod bayes_limit;
mod cache;
mod commands;
pub mod data_file;
mod engine;
pub mod error;
mod index_file;
mod progress;
mod report;
mod signals;
mod terminal;
pub mod terms;
mod weights;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use arguments::{Arguments, Command};
use error::Error;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read our output has had enough of it.
        Err(Error::Output(source)) if source.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(Error::Help(text)) => {
            terminal::say(text.trim_end());
            ExitCode::from(2)
        }
        Err(error) => {
            terminal::say(format_args!("ninth: error: {error}"));
            ExitCode::from(error.status())
        }
    }
}

fn run() -> Result<(), Error> {
    let arguments = arguments::prepared(std::env::args_os().collect());
    match Arguments::try_parse_from(arguments) {
        Ok(Arguments { command }) => match command {
            Command::Train(arguments) => commands::train::run(&arguments),
            Command::Predict(arguments) => commands::predict::run(&arguments),
            Command::Sample(arguments) => commands::sample::run(&arguments),
            Command::Evaluate(arguments) => commands::evaluate::run(&arguments),
            Command::Explain(arguments) => commands::explain::run(&arguments),
            Command::Limit(arguments) => commands::limit::run(&arguments),
            Command::Ablate(arguments) => commands::ablate::run(&arguments),
            Command::Config(arguments) => commands::config::run(&arguments),
            Command::Memory(arguments) => commands::memory::run(&arguments),
            Command::Doctor(arguments) => commands::doctor::run(&arguments),
        },
        Err(error) => {
            let text = error.render().to_string();
            match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                    let mut out = std::io::stdout().lock();
                    Ok(out.write_all(text.as_bytes()).and_then(|()| out.flush())?)
                }
                ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Err(Error::Help(text)),
                _ => {
                    let text = text.strip_prefix("error: ").unwrap_or(&text);
                    Err(Error::Usage(text.trim_end().to_string()))
                }
            }
        }
    }
}
