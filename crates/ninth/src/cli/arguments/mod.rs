//! The arguments of the command line.
//!
//! | file | what it holds |
//! |---|---|
//! | `answers` | the commands that answer: `predict`, `explain`, `sample`, `evaluate`, `limit` |
//! | `trainings` | those about trainings: `train`, `ablate`, `config`, `memory`, `doctor` |
//! | `values` | values with names and bounds |

mod answers;
mod trainings;
mod values;

use std::ffi::OsString;

use clap::{Parser, Subcommand};
use num_bigint::BigInt;

pub use answers::{
    EvaluateArguments, ExplainArguments, LimitArguments, PredictArguments, SampleArguments,
};
pub use trainings::{
    AblateArguments, ConfigArguments, DoctorArguments, MemoryArguments, TrainArguments,
};

use super::error::Error;
use crate::terms;

/// Predicts the next integer of a sequence from the eight before it
#[derive(Debug, Parser)]
#[command(
    version,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  ninth predict 1 1 2 3 5 8 13 21       the ninth term, from the built-in model
  ninth explain 1 2 6 12 36             the rule behind it, as a formula
  ninth train --preset strong           a model of your own, in a few minutes

`ninth COMMAND --help` shows the options and examples of a command.
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
    /// Say how much memory a training takes
    Memory(MemoryArguments),
    /// List the engines and devices, check them and time them
    Doctor(DoctorArguments),
}

/// The terms of a command, separated by spaces or commas.
pub fn terms_given(words: &[String]) -> Result<Vec<BigInt>, Error> {
    terms::listed(&words.join(" ")).map_err(|error| Error::Usage(error.to_string()))
}

/// For commands that take terms, puts a space before arguments like `-2,-3`: clap would take them
/// for options, and the parser of terms ignores the space.
pub fn prepared(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_some_and(|command| command == "predict" || command == "explain") {
        for argument in &mut arguments {
            let digits = argument.to_str().and_then(|text| text.strip_prefix('-'));
            if digits.is_some_and(|text| text.starts_with(|c: char| c.is_ascii_digit())) {
                let text = std::mem::replace(argument, OsString::from(" "));
                argument.push(text);
            }
        }
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
