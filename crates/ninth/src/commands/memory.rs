//! `ninth memory`: what a training takes, before it does.

use std::io::Write;

use ninth_model::Transformer;
use ninth_training::memory::{BANDWIDTH, CACHE, Estimate, Exact, LIMIT, bytes};
use serde::Serialize;

use crate::arguments::MemoryArguments;
use crate::commands::config::resolve;
use crate::engine;
use crate::error::Error;
use crate::terminal::{self, Table, counted, grouped};

/// The largest batch that a config allows.
const LARGEST_BATCH: usize = 65_536;

/// The object of `--json`; sizes in bytes.
#[derive(Serialize)]
struct Memory {
    threads: usize,
    batch_size: usize,
    estimate: EstimateJson,
    exact: ExactJson,
    limit: u64,
    fits: bool,
    largest_batch: usize,
    fits_cache: bool,
    bandwidth_floor_microseconds: f64,
}

#[derive(Serialize)]
struct EstimateJson {
    embedding: u64,
    layers: u64,
    batch: u64,
    forward: u64,
    backward: [u64; 2],
    largest_batch: u64,
}

#[derive(Serialize)]
struct ExactJson {
    parameters: u64,
    gradients: u64,
    optimizer: u64,
    activations: u64,
    batch: u64,
    best: u64,
    total: u64,
}

/// Prints what the config's training takes.
pub fn run(arguments: &MemoryArguments) -> Result<(), Error> {
    let config = resolve(&arguments.config, None, &[])?;
    let threads = arguments.threads.unwrap_or_else(engine::cores);
    let batch_size = config.training.batch_size;
    let estimate = Estimate::of(&config)?;
    let model = Transformer::new(config.architecture()?);
    let exact = Exact::of(&config, &model, threads);
    let memory = Memory {
        threads,
        batch_size,
        estimate: EstimateJson {
            embedding: estimate.embedding,
            layers: estimate.layers,
            batch: estimate.batch,
            forward: estimate.forward(),
            backward: estimate.backward(),
            largest_batch: estimate.largest_batch(batch_size),
        },
        exact: ExactJson {
            parameters: exact.parameters,
            gradients: exact.gradients,
            optimizer: exact.optimizer,
            activations: exact.activations,
            batch: exact.batch,
            best: exact.best,
            total: exact.total(),
        },
        limit: LIMIT,
        fits: exact.check().is_ok(),
        largest_batch: Exact::largest_batch(&config, &model, threads, LARGEST_BATCH),
        fits_cache: exact.total() <= CACHE,
        bandwidth_floor_microseconds: 1e6 * exact.bandwidth_floor(),
    };
    let (mut out, style) = terminal::stdout();
    if arguments.json {
        terminal::write_json(&mut out, &memory)?;
        return Ok(out.flush()?);
    }

    writeln!(out, "{}", style.bold("By the formula of the design document"))?;
    writeln!(out)?;
    let [least, most] = memory.estimate.backward;
    let mut table = Table::new(&[]);
    let batch_name = format!("batch of {}", grouped(batch_size as u64));
    table.row("embedding", [bytes(estimate.embedding)]);
    table.row("layers", [bytes(estimate.layers)]);
    table.row(&batch_name, [bytes(estimate.batch)]);
    table.row("forward", [bytes(estimate.forward())]);
    table.row("backward, 2 to 3 times", [format!("{} to {}", bytes(least), bytes(most))]);
    let together = [least, most].map(|backward| bytes(estimate.forward() + backward));
    table.row("together", [together.join(" to ")]);
    table.row("largest batch", [grouped(memory.estimate.largest_batch)]);
    table.write(&mut out, style)?;

    let heading = format!("Exactly, on {}", counted(threads as u64, "thread"));
    writeln!(out, "\n{}\n", style.bold(heading))?;
    let mut table = Table::new(&[]);
    table.row("parameters", [bytes(exact.parameters)]);
    table.row("gradients", [bytes(exact.gradients)]);
    table.row("optimizer", [bytes(exact.optimizer)]);
    table.row("activations", [bytes(exact.activations)]);
    table.row(&batch_name, [bytes(exact.batch)]);
    table.row("best weights", [bytes(exact.best)]);
    table.row("together", [bytes(exact.total())]);
    let largest = grouped(memory.largest_batch as u64);
    let more = if memory.largest_batch == LARGEST_BATCH { " or more" } else { "" };
    table.row("largest batch", [largest + more]);
    table.write(&mut out, style)?;

    writeln!(out, "\n{}\n", style.bold("On the design document's card, an AMD RX 6600"))?;
    let answer = |fits: bool| if fits { "it fits" } else { "it does not fit" }.to_string();
    let floor = memory.bandwidth_floor_microseconds;
    let time =
        if floor < 1000.0 { format!("{floor:.1} us") } else { format!("{:.1} ms", floor / 1e3) };
    let mut table = Table::new(&[]);
    table.row(&format!("{} of memory", bytes(LIMIT)), [answer(memory.fits)]);
    table.row(&format!("{} of cache", bytes(CACHE)), [answer(memory.fits_cache)]);
    table.row(&format!("{:.0} GB/s", BANDWIDTH / 1e9), [format!("{time} per step or more")]);
    table.write(&mut out, style)?;
    let note = "to read once and write once all that a step works on";
    writeln!(out, "\n  {}", style.dim(note))?;
    Ok(out.flush()?)
}
