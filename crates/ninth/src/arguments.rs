//! What may be written on the command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use ninth_model::decoding::Generation;
use ninth_sequences::{Family, Phase};
use ninth_settings::{Assignment, parse_assignment};
use ninth_training::Preset;

use crate::engine::EngineKind;

/// Predicts the next integer of a sequence from the eight before it
#[derive(Debug, Parser)]
#[command(
    version,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  ninth predict 1 1 2 3 5 8 13 21       the ninth term, from the built-in model
  ninth train --preset strong           a model of your own, in a few minutes

`ninth COMMAND --help` shows the options and examples of a command.
Exit status: 0 success, 2 wrong usage or config, 1 anything else."
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
    /// Print the complete config, with what every key means and allows
    Config(ConfigArguments),
}

/// What makes a config.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth config --preset strong > my.toml     a config file to start from
  ninth config --set model.layers=4          what a change comes out as")]
pub struct ConfigArguments {
    /// Start from this preset: design (the default) or strong
    #[arg(long, value_name = "PRESET", value_parser = presets(), hide_possible_values = true)]
    pub preset: Option<Preset>,
    /// A TOML file with keys to change
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Change a key; may be given again, wins over the file
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_assignment)]
    pub set: Vec<Assignment>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth train --preset strong
  ninth train --set learning_rate.peak=0.003 --seed 1 --out runs/faster
  ninth train --config my.toml
  ninth train --resume runs/strong-1

The folder of the run holds config.toml, metrics.jsonl, TensorBoard events,
checkpoints, and best.safetensors, which `ninth predict --model` takes; once the
training is over, also report.html: all of it on one page.")]
pub struct TrainArguments {
    #[command(flatten)]
    pub config: ConfigArguments,
    /// Seed of all random choices: --set training.seed=N
    #[arg(long, value_name = "N", allow_negative_numbers = true,
        value_parser = clap::value_parser!(i64).range(0..))]
    pub seed: Option<i64>,
    /// What runs the training
    #[arg(long, value_parser = engines(), default_value = EngineKind::Cpu.name(),
        hide_possible_values = true)]
    pub engine: EngineKind,
    /// Threads, with the same results [default: one per core]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = threads())]
    pub threads: Option<usize>,
    /// New folder for the run [default: runs/PRESET-N]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Continue this run from its newest checkpoint
    #[arg(long, value_name = "DIR",
        conflicts_with_all = ["preset", "config", "set", "seed", "out"])]
    pub resume: Option<PathBuf>,
    /// Show nothing but the final report
    #[arg(long)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth predict 1 1 2 3 5 8 13 21
  ninth predict 2, 4, 6 --count 5
  ninth predict 3 1 4 1 5 --count 8 --decoding beam --beam-width 8
  ninth predict 3 1 4 1 5 --count 8 --decoding sample --temperature 0.7 --seed 1
  ninth predict --model runs/strong-1 --json 10 20 30

One to eight terms; of more, the last eight are used (a model trained with
another sequences.context has another number).

--decoding is how terms are chosen: the likeliest one each time (greedy), the
likeliest continuation as a whole (beam), or by their probabilities (sample).
--generation is how they are computed, with the same result.

--json prints one object:
  terms       the terms given
  ignored     how many of them, from the first, the model could not see
  next        the predicted terms, --count of them
  candidates  for the first of them, the most likely first:
              [{\"term\": 34, \"probability\": 0.99}, ...], --top of them
  model       \"embedded\", or the path of the weights")]
pub struct PredictArguments {
    /// The terms so far, separated by spaces or commas
    #[arg(value_name = "TERMS")]
    pub terms: Vec<String>,
    /// Weights, or a run's folder [default: built-in]
    #[arg(long, value_name = "FILE|DIR")]
    pub model: Option<PathBuf>,
    /// How many terms to predict
    #[arg(long, value_name = "N", default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub count: u32,
    /// How many candidates for the next term
    #[arg(long, value_name = "N", default_value_t = 5,
        value_parser = clap::value_parser!(u32).range(1..))]
    pub top: u32,
    /// greedy, beam or sample
    #[arg(long, value_name = "HOW", value_parser = decodings(), default_value = DecodingKind::Greedy.name(),
        hide_possible_values = true)]
    pub decoding: DecodingKind,
    /// How many continuations a beam keeps [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub beam_width: Option<u32>,
    /// Of sampling: flat above 1, sharp below [default: 1]
    #[arg(long, value_name = "T", value_parser = temperature)]
    pub temperature: Option<f64>,
    /// Of sampling: the K likeliest only [default: all]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    pub top_k: Option<u32>,
    /// Of sampling: the seed [default: 0]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// cached, naive or parallel
    #[arg(long, value_name = "HOW", value_parser = generations(), default_value = Generation::Cached.name(),
        hide_possible_values = true)]
    pub generation: Generation,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

ninth_settings::options! {
    /// How terms are chosen.
    pub enum DecodingKind {
        /// always the most likely one
        Greedy = "greedy",
        /// the likeliest continuation as a whole
        Beam = "beam",
        /// by their probabilities
        Sample = "sample",
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth sample
  ninth sample --phase 3 -n 5 --seed 7
  ninth sample --family fibonacci --json

--json prints one object per line, with family, phase, terms and formula.")]
pub struct SampleArguments {
    /// Of phase 1 simple, 2 nested or 3 combined [default: all]
    #[arg(long, value_name = "N", value_parser = phases(), hide_possible_values = true,
        conflicts_with = "family")]
    pub phase: Option<Phase>,
    /// Of one family, such as fibonacci; a wrong name lists all
    #[arg(long, value_name = "NAME", value_parser = families(), hide_possible_values = true)]
    pub family: Option<Family>,
    /// How many
    #[arg(short, value_name = "N", default_value_t = 10)]
    pub n: u64,
    /// Seed of all random choices
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Print JSON, one object per line
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth evaluate
  ninth evaluate --model runs/strong-1 -n 100000
  ninth evaluate --data sequences.csv --json

A data file has the header `id,terms`; terms are separated by spaces, and the
last one is asked for from those before it.

--json prints one object with all figures; with --data, one object per row, with
id, terms, target and candidates: [{\"term\": 34, \"probability\": 0.99}, ...],
five of them, the most likely first, or none if the terms are out of range.")]
pub struct EvaluateArguments {
    /// Weights, or a run's folder [default: built-in]
    #[arg(long, value_name = "FILE|DIR")]
    pub model: Option<PathBuf>,
    /// Judge by the sequences in a CSV file
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["n", "seed"])]
    pub data: Option<PathBuf>,
    /// How many fresh sequences to judge by
    #[arg(short, value_name = "SEQUENCES", default_value_t = 10_000,
        value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub n: u64,
    /// Their seed [default: that of the model's training]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

fn presets() -> impl TypedValueParser<Value = Preset> {
    named(&Preset::ALL, Preset::name)
}

fn engines() -> impl TypedValueParser<Value = EngineKind> {
    named(&EngineKind::ALL, EngineKind::name)
}

fn decodings() -> impl TypedValueParser<Value = DecodingKind> {
    named(DecodingKind::ALL, DecodingKind::name)
}

fn generations() -> impl TypedValueParser<Value = Generation> {
    named(Generation::ALL, Generation::name)
}

/// A finite number that is not negative.
fn temperature(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|t: &f64| t.is_finite() && *t >= 0.0);
    number.ok_or_else(|| "not a number from 0 on".to_string())
}

fn families() -> impl TypedValueParser<Value = Family> {
    named(&Family::ALL, Family::name)
}

fn phases() -> impl TypedValueParser<Value = Phase> {
    named(&Phase::ALL, |phase| match phase {
        Phase::Simple => "1",
        Phase::Nested => "2",
        Phase::Combined => "3",
    })
}

fn threads() -> impl TypedValueParser<Value = usize> {
    clap::value_parser!(u16).range(1..=1024).map(usize::from)
}

/// Reads one of some values by its name; the error lists all names, and the
/// nearest one.
fn named<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: impl Fn(T) -> &'static str + Clone + Send + Sync + 'static,
) -> impl TypedValueParser<Value = T> {
    let names = PossibleValuesParser::new(all.iter().map(|value| name(*value)));
    names.try_map(move |text| {
        let found = all.iter().copied().find(|value| name(*value) == text);
        found.ok_or_else(|| format!("{text:?} is not one of them"))
    })
}

/// The arguments as they were given, but that for `predict` those like `-2,-3`
/// get a space in front: clap would take them for options, where the terms do
/// not mind the space.
pub fn prepared(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_some_and(|command| command == "predict") {
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
