//! The command line: parses arguments, calls one function of the library, prints its result.
//!
//! | file | what it holds |
//! |---|---|
//! | `arguments` | what may be written on the command line |
//! | `commands` | a file per command |
//! | `output` | tables, progress bars, colours |
//! | `error` | messages for a person, and exit statuses |
//! | `signals` | Ctrl-C and SIGTERM, and their like on Windows |
//!
//! Results go to standard output, everything else to standard error.

mod arguments;
mod commands;
mod error;
mod output;
mod signals;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use arguments::{Arguments, Command};
use error::Error;
use output::terminal;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    crate::on_notice(|text| {
        if std::io::stderr().is_terminal() {
            terminal::say(format_args!("ninth: {text}"));
        }
    });
    crate::on_warning(|text| terminal::say(format_args!("ninth: warning: {text}")));
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
            terminal::say_afresh(format_args!("ninth: error: {error}"));
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
            Command::Export(arguments) => commands::export::run(&arguments),
            Command::Memory(arguments) => commands::memory::run(&arguments),
            Command::Doctor(arguments) => commands::doctor::run(&arguments),
            #[cfg(feature = "serve")]
            Command::Serve(arguments) => commands::serve::run(&arguments),
            Command::Completions(arguments) => commands::completions::run(&arguments),
            Command::Man(arguments) => commands::man::run(&arguments),
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
