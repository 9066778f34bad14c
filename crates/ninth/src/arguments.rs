//! What may be written on the command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use ninth_inference::blend::Method;
use ninth_model::decoding::{DecodingKind, Generation};
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
  ninth explain 1 2 6 12 36             the rule behind it, as a formula
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
    /// Say which relations are behind some terms, as formulas
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

/// What makes a config.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth config --preset strong > my.toml     a config file to start from
  ninth config --set model.layers=4          what a change comes out as

An option that leaves no choice elsewhere makes it, unless you made another:
model.output=regression sets loss.kind=distance, training.examples=full sets
loss.positions=last, and an embedding that is not as wide as the model gets a
projection.")]
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

/// What runs a training.
#[derive(Debug, Args)]
pub struct EngineArguments {
    /// What runs the training: cpu or gpu
    #[arg(id = "engine", long = "engine", value_name = "ENGINE", value_parser = engines(),
        default_value = EngineKind::Cpu.name(), hide_possible_values = true)]
    pub kind: EngineKind,
    /// Of several GPUs, the one with this in its name
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// Threads, with the same results [default: one per core]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = threads())]
    pub threads: Option<usize>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth memory --preset strong
  ninth memory --set model.d_model=1024 --set training.batch_size=4096
  ninth memory --preset strong --engine gpu

First by the formula of the design document, then exactly. `ninth train` refuses
what takes more than 8 GB (8 x 2^30 bytes) before it starts, or, with --engine
gpu, more than the device has.

--json prints one object, sizes in bytes:
  engine, device   device is the name of a GPU, or null
  estimate         embedding, layers, batch, forward, backward (least and most),
                   largest_batch
  exact            parameters, gradients, optimizer, activations, batch, total,
                   and best (the best weights so far) or, of a GPU, tables and
                   host (what it takes beside it)
  limit, largest_buffer, buffer_limit
                   what is allowed, in all and of a GPU in one buffer
  threads, batch_size, fits, largest_batch, fits_cache,
  bandwidth_floor_microseconds")]
pub struct MemoryArguments {
    #[command(flatten)]
    pub config: ConfigArguments,
    #[command(flatten)]
    pub engine: EngineArguments,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth doctor
  ninth doctor --set model.d_model=512 --set training.batch_size=1024
  ninth doctor --device \"RX 6600\" --json

Each device has to compute the loss and every gradient that the processor does,
within 1e-4, for both presets and for the config given; then a training step of
each is timed, and the fastest engine is recommended. Devices that are made of
software are tried only if there is no other, or by name. What agreed is kept in
mind, so that the first training there need not check again.

--json prints one object:
  version, threads
  gpu_engine    whether this program was built with it
  devices       [{name, kind, backend, driver, memory, largest_buffer}, ...]
  configs       [{config, batch_size, recommended, trials: [...]}, ...]; a trial
                has engine, device (null: the processor), microseconds_per_step,
                loss and gradients (how far they are from the processor's), tensor
                (the one furthest off), agrees; or refused, the reason

Exit status: 0 if all devices that were tried agree, else 1.")]
pub struct DoctorArguments {
    #[command(flatten)]
    pub config: ConfigArguments,
    /// Try the device with this in its name alone
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// Threads of the processor [default: one per core]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = threads())]
    pub threads: Option<usize>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth train --preset strong
  ninth train --set learning_rate.peak=0.003 --seed 1 --out runs/faster
  ninth train --config my.toml
  ninth train --resume runs/strong-1
  ninth train --from runs/strong-1 --seed 1 --set training.epochs=40

The folder of the run holds config.toml, metrics.jsonl, TensorBoard events,
checkpoints, and best.safetensors, which `ninth predict --model` takes; once the
training is over, also report.html: all of it on one page.

--from begins a training of its own with weights that are there, and with the
config that made them instead of a preset. Give it another --seed, or it draws
the same sequences again.")]
pub struct TrainArguments {
    #[command(flatten)]
    pub config: ConfigArguments,
    /// Seed of all random choices: --set training.seed=N
    #[arg(long, value_name = "N", allow_negative_numbers = true,
        value_parser = clap::value_parser!(i64).range(0..))]
    pub seed: Option<i64>,
    #[command(flatten)]
    pub engine: EngineArguments,
    /// New folder for the run [default: runs/PRESET-N]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Begin with these weights, and with their config
    #[arg(long, value_name = "FILE|DIR", conflicts_with = "preset")]
    pub from: Option<PathBuf>,
    /// Continue this run from its newest checkpoint
    #[arg(long, value_name = "DIR",
        conflicts_with_all = ["preset", "config", "set", "seed", "out", "from"])]
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

One to eight terms; of more, the model sees the last eight (a model trained with
another sequences.context sees another number), relations all.

--method says who is asked: the model, the relations that fit all terms (see
`ninth explain`), or both (blend), relations weighing more the surer it is that
there is one. Relations are not bound to the model's range. The first prediction
writes an index of them into your cache folder, which takes seconds.

Below the candidates stand the formulas of relations that have the terms and go
on with one of the first ten, where there are any.

--decoding is how terms are chosen: the likeliest one each time (greedy), the
likeliest continuation as a whole (beam), or by their probabilities (sample).
--generation is how they are computed, with the same result. What is not given
is as in the section [generation] of the config that the model was trained with.
Both are about the model: with one of them --method is model.

--json prints one object:
  terms       the terms given
  ignored     how many of them, from the first, the model could not see
  next        the predicted terms, --count of them; fewer where a relation
              leaves 64 bits, none where only relations are asked and none fits
  candidates  for the first of them, the most likely first:
              [{\"term\": 34, \"probability\": 0.99, \"formula\": ...}, ...],
              --top of them; of a regression only the predicted one, its
              probability null; formula as below, null where there is none
  model       \"embedded\", or the path of the weights
  method      who was asked: \"model\", \"relations\" or \"blend\"")]
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
    /// model, relations or blend [default: blend]
    #[arg(long, value_name = "WHO", value_parser = methods(), hide_possible_values = true)]
    pub method: Option<Method>,
    /// greedy, beam or sample [default: model's]
    #[arg(long, value_name = "HOW", value_parser = decodings(), hide_possible_values = true)]
    pub decoding: Option<DecodingKind>,
    /// How many continuations a beam keeps
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub beam_width: Option<u32>,
    /// Of sampling: flat above 1, sharp below
    #[arg(long, value_name = "T", value_parser = temperature)]
    pub temperature: Option<f64>,
    /// Of sampling: only the K likeliest terms
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    pub top_k: Option<u32>,
    /// Of sampling: the seed [default: 0]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// cached, naive or parallel [default: model's]
    #[arg(long, value_name = "HOW", value_parser = generations(), hide_possible_values = true)]
    pub generation: Option<Generation>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth sample
  ninth sample --phase 3 -n 5 --seed 7
  ninth sample --phase 4
  ninth sample --family fibonacci --json

--json prints one object per line, with family, phase, terms and formula.")]
pub struct SampleArguments {
    /// 1 simple, 2 nested, 3 combined, 4 wider [default: 1 to 3]
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
  ninth evaluate --never-trained

A data file has the header `id,terms`; terms are separated by spaces, and the
last one is asked for from those before it.

Beside the model stand rules that need no training: repeat the last term; linear
(the last step again); difference (constant k-th differences, k up to 3);
period; recurrence (linear with a constant, order up to 3, rational factors);
and their stack, the first of the last three that fits all terms, else linear.

The model's answers, those of relations (see `ninth explain`) and a blend of
both are judged side by side; --method says which of them the rows of a file
have.

Calibration is whether the model is as sure as it is right: ten bins of
confidence, the expected calibration error, and the same with logits divided by
the temperature that fits fresh sequences of another stream best.

--json prints one object with all figures; with --data, one object per row, with
id, terms, target, candidates: [{\"term\": 34, \"probability\": 0.99}, ...], five
of them, the most likely first, or none if the terms are out of range; and
rules: what each says, null if nothing. With --summary one object for a file.
Among the fields:
  rules          by name: accuracy, applies (how often it says something),
                 accuracy_applied (how often it is right then), distance; of
                 fresh sequences under last and all, the positions
  calibration    under last and all: temperature; plain and tempered: count,
                 error, cross_entropy, bins: [{from, to, count, confidence,
                 accuracy}, ...]; a regression has none
  limit          figures of the best possible predictor (`ninth limit`)
  never_trained  steps, sequences, tuples, never_drawn, looked_at;
                 never, drawn, drawn_alike and families: the accuracies")]
pub struct EvaluateArguments {
    /// Weights, or a run's folder [default: built-in]
    #[arg(long, value_name = "FILE|DIR")]
    pub model: Option<PathBuf>,
    /// Judge by the sequences in a CSV file
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["n", "seed"])]
    pub data: Option<PathBuf>,
    /// Of --data: model, relations or blend [default: blend]
    #[arg(long, value_name = "WHO", value_parser = methods(), hide_possible_values = true,
        requires = "data")]
    pub method: Option<Method>,
    /// How many fresh sequences to judge by
    #[arg(short, value_name = "SEQUENCES", default_value_t = 10_000,
        value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub n: u64,
    /// Their seed [default: that of the model's training]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Judge also by parameters that training never drew
    #[arg(long, conflicts_with = "data")]
    pub never_trained: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// With --data --json: the figures, not the rows
    #[arg(long, requires_all = ["data", "json"])]
    pub summary: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth ablate                               decisions and their options
  ninth ablate activation --steps 20000
  ninth ablate loss=distance learning_rate.peak=0.003,0.03 --seeds 5
  ninth ablate all --base strong --steps 3000

A decision is one of the list, `all`, or a key of the config, such as
model.d_model=2,4,8. Each option is trained with the same seeds, on as many
sequences, without early stopping, on one thread, whose time is given; 10,000
fresh sequences judge it, the same for all. A shorter training has as many
epochs of fewer steps: warm-up, curriculum and validations keep their share.

DIR/trials.jsonl gets a line when a training ends. The same command goes on
after it was cut off, and with further decisions trains only what is missing.
DIR/results.json, results.csv, results.svg and report.html hold the decisions of
the last command.

--json prints results.json, one object with base, steps, seeds, judged, command,
and decisions: [{decision, meaning, options: [...]}, ...]. An option has
  option, default    its name, and whether it is that of the base
  refused            why there is no such model; nothing else then
  accuracy_last, accuracy_all, accuracy_whole, distance, loss, cross_entropy
                     as in `ninth evaluate --json`
  continued          right continuations of the first half of a sequence
  parameters, steps, microseconds_per_step, microseconds_per_term
  difference         of accuracy_last to the default; the default has none
  failed             [{seed, reason}, ...], trainings that diverged
A figure is {mean, deviation, values}, the values in the order of the seeds;
null is what could not be measured. results.csv has a row per training, with
rows for the mean and the deviation of each option.")]
pub struct AblateArguments {
    /// What to measure: activation, or activation=relu,silu
    #[arg(value_name = "DECISION")]
    pub decisions: Vec<String>,
    /// Preset to compare with: design (the default) or strong
    #[arg(long, value_name = "PRESET", value_parser = presets(), hide_possible_values = true,
        default_value = Preset::Design.name(), hide_default_value = true)]
    pub base: Preset,
    /// Change a key of the base; may be given again
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_assignment)]
    pub set: Vec<Assignment>,
    /// Steps of the base [default: its whole training]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub steps: Option<u64>,
    /// Trainings of each option
    #[arg(long, value_name = "N", default_value_t = 3,
        value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub seeds: u32,
    /// Trainings at a time [default: one per core]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = threads())]
    pub threads: Option<usize>,
    /// Folder [default: ablations/BASE-STEPSxSEEDS]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Show nothing but the results
    #[arg(long)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth explain 1 1 2 3 5 8
  ninth explain 1, 2, 6, 12, 36 --count 8
  ninth explain 1000 -37 4 --json

The relations that have all of these terms, the most probable first: those that
the training data is drawn from, and those that a search finds, whatever their
parameters. The shortest to say is the most probable; of those that go on alike,
the shortest stands for all. Terms may be any integers of 64 bits; more of them
say more. What is listed are probabilities given that there is a relation;
that there is none, and it fits by coincidence, has its own.

--json prints one object:
  terms       the terms given
  confidence  the probability that they follow a relation at all
  found       how many relations fit, counting those that go on alike once
  relations   --top of them: [{\"formula\": \"x[n] = 7\", \"probability\": 0.9,
              \"drawn\": true, \"next\": [7, 7, 7, 7]}, ...], where drawn says
              whether the training data has it
  beginning   where none is likely, the part of the terms that follows one:
              {\"terms\": 7, \"formula\": ...}, or null

The index of what is drawn is kept in your cache folder, or in the one that the
variable NINTH_CACHE names (none if it is empty); the first use makes it.")]
pub struct ExplainArguments {
    /// The terms, separated by spaces or commas
    #[arg(value_name = "TERMS")]
    pub terms: Vec<String>,
    /// How many terms to continue them by
    #[arg(long, value_name = "N", default_value_t = 4,
        value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub count: u32,
    /// How many relations
    #[arg(long, value_name = "N", default_value_t = 5,
        value_parser = clap::value_parser!(u32).range(1..))]
    pub top: u32,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth limit
  ninth limit --set sequences.context=16
  ninth limit --set minimum=-128 --set maximum=127 --json

What can be drawn is finite, so the best predictor of it can be computed: it
goes through every relation with its probability, knows the terms so far, and
names the most probable next term. No model is right more often after so many
terms, on average over all sequences. The figures are those of `ninth evaluate`,
under the mixture that a training ends with.

--json prints one object:
  relations, probability  how many were enumerated, and their probability
  exact, seconds          true: nothing is sampled; the time it took
  minimum, maximum, context
  all, phases, families   share (of all sequences), accuracy_last,
                          accuracy_all, accuracy_whole, accuracy_by_position,
                          cross_entropy, distance, and least_distance: that of
                          the median instead of the most probable term")]
pub struct LimitArguments {
    #[command(flatten)]
    pub config: ConfigArguments,
    /// Print one JSON object
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

fn methods() -> impl TypedValueParser<Value = Method> {
    named(Method::ALL, Method::name)
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
        Phase::Wider => "4",
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

/// The arguments as they were given, but that for commands that take terms those like
/// `-2,-3` get a space in front: clap would take them for options, where the terms do
/// not mind the space.
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
