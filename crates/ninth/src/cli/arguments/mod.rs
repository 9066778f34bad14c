//! The arguments of the command line.
//!
//! | file | what it holds |
//! |---|---|
//! | `answers` | the commands that answer: `predict`, `explain`, `sample`, `evaluate`, `limit` |
//! | `documents` | those that print documents for other programs: `completions`, `man` |
//! | `exports` | that which writes models for other programs: `export` |
//! | `serving` | that of the local server: `serve` |
//! | `shard` | the parts of an ablation |
//! | `trainings` | those about trainings: `train`, `ablate`, `config`, `memory`, `doctor` |
//! | `values` | values with names and bounds |

mod answers;
mod documents;
mod exports;
#[cfg(feature = "serve")]
mod serving;
mod shard;
mod trainings;
mod values;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::Path;

use clap::{CommandFactory, Parser, Subcommand};
use num_bigint::BigInt;

pub use answers::{
    EvaluateArguments, ExplainArguments, InputArguments, LimitArguments, PredictArguments,
    SampleArguments,
};
pub use documents::{CompletionsArguments, ManArguments};
pub use exports::ExportArguments;
#[cfg(feature = "serve")]
pub use serving::ServeArguments;
pub use shard::{Shard, ShardChoice};
pub use trainings::{
    AblateArguments, ConfigArguments, DoctorArguments, MemoryArguments, TrainArguments,
};

use super::error::Error;
use crate::reading::{Format, Rows, terms};

/// Predicts the next integer of a sequence from the eight before it
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "\
Examples:
  ninth predict 1 1 2 3 5 8 13 21       the ninth term, from the built-in model
  ninth explain 1 2 6 12 36             the rule behind it, as a formula
  ninth predict --file sequences.csv    many sequences, from a file
  ninth train --preset strong           a model of your own, in a few minutes

`ninth help COMMAND` shows the options and examples of a command.
Exit status: 0 success, 2 wrong usage or config, 130 or 143 interrupted (by
Ctrl-C or SIGTERM), 1 anything else."
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train a model and judge it
    Train(TrainArguments),
    /// Predict the terms that follow
    Predict(PredictArguments),
    /// Show sequences of the training data, with their formulas
    Sample(SampleArguments),
    /// Judge a model by fresh sequences, or by those in a file
    Evaluate(EvaluateArguments),
    /// Say which rules are behind some terms, as formulas
    Explain(ExplainArguments),
    /// Compute how good a predictor can be
    Limit(LimitArguments),
    /// Measure what each decision is worth, by training its options
    Ablate(AblateArguments),
    /// Print the complete config, with what every key means and allows
    Config(ConfigArguments),
    /// Write a model as a file for other programs: ONNX
    Export(ExportArguments),
    /// Say how much memory a training takes
    Memory(MemoryArguments),
    /// List the engines and devices, check them and time them
    Doctor(DoctorArguments),
    /// Serve the playground and an API, for this machine alone
    #[cfg(feature = "serve")]
    Serve(ServeArguments),
    /// Print what completes commands and options in a shell
    Completions(CompletionsArguments),
    /// Print the manual as man pages
    Man(ManArguments),
}

/// What a command is asked about.
pub enum Input {
    /// The terms of one sequence.
    Terms(Vec<BigInt>),
    /// The sequences of a file, or of standard input.
    Rows(Rows),
}

impl InputArguments {
    /// What was given: terms, a file, or standard input, by `-` or because there is nothing else.
    ///
    /// # Errors
    ///
    /// If the terms are none, or the file cannot be read.
    pub fn input(&self) -> Result<Input, Error> {
        let InputArguments { terms, file, format } = self;
        let is_stdin = terms.len() == 1 && terms[0] == "-";
        if let Some(path) = file {
            return Ok(Input::Rows(rows_of(path, *format)?));
        }
        if is_stdin || terms.is_empty() && !std::io::stdin().is_terminal() {
            let rows = rows_of(Path::new("-"), *format)?;
            // Without a terminal, standard input may be nothing at all.
            return match !is_stdin && rows.is_empty() {
                true => Err(Error::Usage(NOTHING.to_string())),
                false => Ok(Input::Rows(rows)),
            };
        }
        if terms.is_empty() {
            return Err(Error::Usage(NOTHING.to_string()));
        }
        if let Some(format) = format {
            let name = format.name();
            let message = format!("--format {name} is how a file is read, but terms are given");
            return Err(Error::Usage(message));
        }
        let text = terms.join(" ");
        let terms = terms::parse(&text).map_err(|error| Error::Usage(error.to_string()))?;
        match terms.is_empty() {
            true => Err(Error::Usage(NOTHING.to_string())),
            false => Ok(Input::Terms(terms)),
        }
    }
}

/// What is said where nothing was given.
const NOTHING: &str = "no terms given: write some, as in 1 1 2 3 5 8, name a file with --file, or \
    read standard input with -";

/// The sequences of a file; `-` is standard input.
///
/// # Errors
///
/// If it cannot be read or has another format.
pub fn rows_of(path: &Path, format: Option<Format>) -> Result<Rows, Error> {
    Ok(match path.as_os_str() == "-" {
        true => Rows::from_reader("standard input", std::io::stdin(), format)?,
        false => Rows::open(path, format)?,
    })
}

/// For commands that take terms, puts a space before terms like `-2,-3`: clap would take them for
/// options, and the parser of terms ignores the space. The values of options stay as they are.
pub fn prepared(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let program = Arguments::command();
    let name = arguments.get(1).and_then(|name| name.to_str());
    let Some(command) = name.and_then(|name| program.find_subcommand(name)) else {
        return arguments;
    };
    if !command.get_positionals().any(|argument| argument.get_id() == "terms") {
        return arguments;
    }
    let takes_value = |text: &str| {
        let option = command.get_arguments().find(|option| {
            let long = option.get_long().is_some_and(|long| text.strip_prefix("--") == Some(long));
            let short = option.get_short().map(|short| format!("-{short}"));
            long || short.as_deref() == Some(text)
        });
        option.is_some_and(|option| option.get_action().takes_values())
    };
    let mut is_value = false;
    for argument in arguments.iter_mut().skip(2) {
        let text = argument.to_str().unwrap_or_default();
        let is_option = !is_value && takes_value(text);
        let digits = text.strip_prefix('-').filter(|_| !is_value);
        if digits.is_some_and(|text| text.starts_with(|c: char| c.is_ascii_digit())) {
            let text = std::mem::replace(argument, OsString::from(" "));
            argument.push(text);
        }
        is_value = is_option;
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_terms_that_begin_with_a_minus_are_prepared() {
        let prepared = |text: &str| {
            let all = prepared(text.split('|').map(OsString::from).collect());
            all.iter().map(|one| one.to_str().unwrap()).collect::<Vec<_>>().join("|")
        };
        assert_eq!(prepared("ninth|predict|-1,-2|3"), "ninth|predict| -1,-2|3");
        assert_eq!(prepared("ninth|predict|--count|-1|-2"), "ninth|predict|--count|-1| -2");
        assert_eq!(prepared("ninth|explain|-n|-1|--json|-2"), "ninth|explain|-n|-1|--json| -2");
        assert_eq!(prepared("ninth|predict|--seed=-1|-5"), "ninth|predict|--seed=-1| -5");
        assert_eq!(prepared("ninth|sample|-n|-1"), "ninth|sample|-n|-1");
        assert_eq!(prepared("ninth|-1"), "ninth|-1");
    }

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
