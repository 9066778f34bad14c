//! Arguments of the commands about trainings.

use std::path::PathBuf;

use clap::Args;
use ninth_model::weights::LoadOptions;
use ninth_settings::{Assignment, parse_assignment};
use ninth_training::Preset;

use super::shard::ShardChoice;
use super::values::{engines, points, presets, seed, threads};
use crate::cli::error::Error;
use crate::engine::{EngineKind, EngineOptions};

/// The sources of a config.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth config --preset strong > my.toml     a config file to start from
  ninth config --set model.layers=4          what a change comes out as

An option that leaves no choice elsewhere makes it, unless you made another:
model.output=regression sets loss.kind=distance, training.examples=full sets
loss.positions=last, an embedding that is not as wide as the model gets a
projection, and optimizer.kind=adam or sgd, whose decay is a part of the
gradient, sets optimizer.weight_decay=0.

What a training is too short for, such as its warm-up, is said in a note on
standard error; values that exclude each other are refused.")]
pub struct ConfigArguments {
    /// Start from a preset: design (default), strong, quick
    #[arg(long, value_name = "PRESET", value_parser = presets(), hide_possible_values = true)]
    pub preset: Option<Preset>,
    /// A TOML file with keys to change
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Change a key; may be given again, wins over the file
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_assignment)]
    pub set: Vec<Assignment>,
}

/// The choice of an engine.
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

impl EngineArguments {
    /// What was asked for.
    ///
    /// # Errors
    ///
    /// If a device is named for the processor.
    pub fn options(&self) -> Result<EngineOptions, Error> {
        let EngineArguments { kind, device, threads } = self;
        match (kind, device) {
            (EngineKind::Cpu, Some(device)) => Err(Error::Usage(format!(
                "--device {device} chooses among the devices of --engine gpu, but the engine is cpu"
            ))),
            _ => Ok(EngineOptions::new(*kind, device.clone(), *threads)),
        }
    }
}

/// Whether weights are taken that another program has changed. It is for an option of the group
/// `weights`, which names them.
#[derive(Debug, Args)]
pub struct ChangedArguments {
    /// Take weights that another program changed
    #[arg(long, requires = "weights")]
    pub accept_changed: bool,
}

impl ChangedArguments {
    /// How strict weights are read.
    pub fn options(&self) -> LoadOptions {
        LoadOptions { accept_changed: self.accept_changed }
    }
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
the same sequences again. A run that is finished trains on in this way;
--resume, which goes on with a run as it was planned, takes no other config.

--accept-changed takes weights that this program has not written as they are:
without its checksum, with other metadata, in F16 or BF16. Their config has to
be there; names and shapes of the tensors and that all numbers are finite are
checked as always.

Ctrl-C and SIGTERM save everything after the current step and end with status
130 or 143; a second one ends at once.")]
pub struct TrainArguments {
    #[command(flatten)]
    pub config: ConfigArguments,
    /// Seed of all random choices: --set training.seed=N
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = seed())]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub engine: EngineArguments,
    /// New folder for the run [default: runs/PRESET-N]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Begin with these weights, and with their config
    #[arg(long, value_name = "FILE|DIR", conflicts_with = "preset", group = "weights")]
    pub from: Option<PathBuf>,
    #[command(flatten)]
    pub changed: ChangedArguments,
    /// Continue this run from its newest checkpoint
    #[arg(long, value_name = "DIR",
        conflicts_with_all = ["preset", "out", "from"])]
    pub resume: Option<PathBuf>,
    /// Train on all processes that mpirun or srun started
    #[arg(long, hide = !cfg!(feature = "mpi"))]
    pub mpi: bool,
    /// Show nothing but the final report
    #[arg(long)]
    pub quiet: bool,
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
  exact            parameters, gradients, optimizer, activations, batch, tables
                   (fixed ones), total, and best (the best weights so far)
                   or, of a GPU, host (what it takes beside it)
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
                has engine, device (null: the processor),
                microseconds_per_step, loss and gradients (how far they are from
                the processor's), tensor (the one furthest off), agrees; or
                refused, the reason

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
  ninth ablate                               decisions and their options
  ninth ablate activation --steps 20000
  ninth ablate loss=distance learning_rate.peak=0.003,0.03 --seeds 5
  ninth ablate all --base strong --steps 3000
  ninth ablate activation=relu,silu layers=2,3 --grid
  ninth ablate learning_rate.peak=0.001..0.1:log layers --sobol 27 --halving 3
  ninth ablate all --shard 2/8 --out DIR     an eighth, beside seven others
  ninth ablate all --merge --out DIR         results of what shards trained

A decision is one of the list, `all`, or a key of the config, such as
model.d_model=2,4,8. Each option is trained with the same seeds, on as many
sequences, without early stopping, on one thread, whose time is given; 10,000
fresh sequences judge it, the same for all. A shorter training has as many
epochs of fewer steps: warm-up, curriculum and validations keep their share.

A search trains points, each with a value of every DECISION. --grid: all of
them. --random, --sobol: N different ones that can be trained, the same for the
same command; Sobol points fill the space evenly. For these a key of numbers may
have a range, both ends included: model.layers=2..6, or
learning_rate.peak=0.001..0.1:log, evenly by logarithms; numbers drawn have four
digits. Points are ranked by the mean share of right last terms (a training that
diverged counts as 0), then by the lower cross-entropy. DIR/best.toml has the
config of the best one for `ninth train --config`; if none is better than the
base, it has that of the base.

--halving ETA trains all points briefly, then the best 1/ETA of them (two at
least) with ETA times the steps, and so on, until ETA or fewer are left, which
get the steps of the base. With ETA points or fewer there is one such rung. Each
rung trains anew, with warm-up and all in its steps, one per epoch at least;
rungs that come out with the same steps are one.

DIR/trials.jsonl gets a line when a training ends, and DIR/partial the state of
those that are not over, when interrupted and once a minute. The same command
goes on from there, and with further decisions trains only what is missing.
DIR/results.json, results.csv, results.svg and report.html hold the decisions of
the last command.

--shard I/N, the rest as without it, may run on any number of machines with the
same DIR, where files can be locked. DIR/shards/I-of-N.jsonl gets its trainings;
what is known in any shard, or being trained in another process, is not trained
again. The shard that ends last writes the results; --merge writes them at any
time, if none is missing (else: exit status 1). With --halving a rung begins
when the one before is complete: run the shards again. --shard slurm takes I and
N from SLURM_ARRAY_TASK_ID, _MIN, _MAX, _STEP and _COUNT (sbatch --array=1-8). A
run without --shard takes part as well, and waits for what others are training.

--json prints results.json, one object with base, steps, seeds, judged, command,
and decisions: [{decision, meaning, options: [...]}, ...]; of a search, these
are the rungs with their points, and search has method, points, refused, equal,
best {option, default}, and note. An option has
  option, default    its name, and whether it is that of the base
  refused            why there is no such model; nothing else then
  accuracy_last, accuracy_all, accuracy_whole, distance, loss, cross_entropy
                     as in `ninth evaluate --json`
  continued          right continuations of the first half of a sequence
  parameters, steps, microseconds_per_step, microseconds_per_term
  difference         of accuracy_last to the default; the default has none
  failed             [{seed, reason}, ...], trainings that diverged
A figure is {mean, deviation, values}, the values in the order of the seeds;
null is what could not be measured; times are null after --no-times, and results
and report are the same then, however many processes trained. results.csv has a
row per training, with rows for the mean and the deviation of each option.")]
pub struct AblateArguments {
    /// What to measure: activation, or activation=relu,silu
    #[arg(value_name = "DECISION")]
    pub decisions: Vec<String>,
    /// Search: train all combinations of the values
    #[arg(long, group = "search")]
    pub grid: bool,
    /// Search: train N combinations drawn at random
    #[arg(long, value_name = "N", allow_negative_numbers = true, group = "search",
        value_parser = points())]
    pub random: Option<u32>,
    /// Search: train N combinations of a Sobol sequence
    #[arg(long, value_name = "N", allow_negative_numbers = true, group = "search",
        value_parser = points())]
    pub sobol: Option<u32>,
    /// Of a search, train the best 1/ETA longer and longer
    #[arg(long, value_name = "ETA", allow_negative_numbers = true, requires = "search",
        value_parser = clap::value_parser!(u32).range(2..=10))]
    pub halving: Option<u32>,
    /// Preset to compare with: design (default), strong, quick
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
    /// Train every N-th training from the I-th; or slurm
    #[arg(long, value_name = "I/N", value_parser = ShardChoice::parse, conflicts_with = "merge")]
    pub shard: Option<ShardChoice>,
    /// Write the results of what is trained; train nothing
    #[arg(long, conflicts_with = "threads")]
    pub merge: bool,
    /// Have the processes train that mpirun or srun started
    #[arg(long, conflicts_with = "merge", hide = !cfg!(feature = "mpi"))]
    pub mpi: bool,
    /// Leave out the times, which no two runs have in common
    #[arg(long)]
    pub no_times: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Show nothing but the results
    #[arg(long)]
    pub quiet: bool,
}
