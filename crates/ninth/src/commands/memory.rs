//! `ninth memory`: what a training takes, before it does.

use std::io::Write;

use ninth_model::Transformer;
use ninth_training::memory::{BANDWIDTH, CACHE, Estimate, LIMIT, bytes};
use ninth_training::{Config, CpuEngine};
use serde::Serialize;

use crate::arguments::MemoryArguments;
use crate::commands::config::resolve;
use crate::engine::{Device, EngineKind};
use crate::error::Error;
use crate::terminal::{self, Named, Table, counted, grouped};

/// The largest batch that a config allows.
const LARGEST_BATCH: usize = 65_536;

/// The object of `--json`; sizes in bytes.
#[derive(Serialize)]
struct Memory {
    engine: &'static str,
    /// None: the processor.
    device: Option<String>,
    threads: usize,
    batch_size: usize,
    estimate: EstimateJson,
    exact: Named<u64>,
    limit: u64,
    largest_buffer: Option<u64>,
    buffer_limit: Option<u64>,
    fits: bool,
    largest_batch: usize,
    fits_cache: bool,
    bandwidth_floor_microseconds: f64,
}

/// What an engine takes, exactly.
struct Needed {
    /// The device, if it is one.
    device: Option<String>,
    /// By part; the last one is the sum.
    parts: Vec<(&'static str, u64)>,
    total: u64,
    /// What is allowed.
    limit: u64,
    /// The largest buffer, and the largest that is allowed, where that matters.
    buffer: Option<[u64; 2]>,
    fits: bool,
    largest_batch: usize,
}

impl Needed {
    fn by_the_processor(config: &Config, model: &Transformer, threads: usize) -> Self {
        let exact = CpuEngine::memory_usage(config, model, threads);
        let total = exact.total();
        Needed {
            device: None,
            parts: vec![
                ("parameters", exact.parameters),
                ("gradients", exact.gradients),
                ("optimizer", exact.optimizer),
                ("activations", exact.activations),
                ("batch", exact.batch),
                ("tables", exact.tables),
                ("best", exact.best),
                ("total", total),
            ],
            total,
            limit: LIMIT,
            buffer: None,
            fits: exact.check().is_ok(),
            largest_batch: CpuEngine::largest_batch(config, model, threads, LARGEST_BATCH),
        }
    }

    fn by(device: &Device, config: &Config, model: &Transformer) -> Result<Self, Error> {
        let (info, memory) = (device.info(), device.memory(config, model, LARGEST_BATCH)?);
        Ok(Needed {
            device: Some(info.name),
            parts: vec![
                ("parameters", memory.parameters),
                ("gradients", memory.gradients),
                ("optimizer", memory.optimizer),
                ("activations", memory.activations),
                ("batch", memory.batch),
                ("tables", memory.tables),
                ("host", memory.host),
                ("total", memory.total),
            ],
            total: memory.total,
            limit: memory.limit,
            buffer: Some([memory.largest_buffer, info.largest_buffer]),
            fits: memory.fits,
            largest_batch: memory.largest_batch,
        })
    }
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

/// Prints what the config's training takes.
pub fn run(arguments: &MemoryArguments) -> Result<(), Error> {
    let config = resolve(&arguments.config, None, &[])?;
    let asked = &arguments.engine;
    asked.check()?;
    let threads = asked.threads();
    let batch_size = config.training.batch_size;
    let estimate = Estimate::of(&config)?;
    let model = Transformer::new(config.architecture()?);
    let needed = match asked.kind {
        EngineKind::Cpu => Needed::by_the_processor(&config, &model, threads),
        EngineKind::Gpu => Needed::by(&Device::find(asked.device.as_deref())?, &config, &model)?,
    };
    let memory = Memory {
        engine: asked.kind.name(),
        device: needed.device,
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
        exact: Named(needed.parts),
        limit: needed.limit,
        largest_buffer: needed.buffer.map(|[largest, _]| largest),
        buffer_limit: needed.buffer.map(|[_, allowed]| allowed),
        fits: needed.fits,
        largest_batch: needed.largest_batch,
        fits_cache: needed.total <= CACHE,
        // What a step works on is the same, whatever runs it.
        bandwidth_floor_microseconds: 1e6
            * CpuEngine::memory_usage(&config, &model, threads).bandwidth_floor(),
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

    let on = memory.device.clone().unwrap_or_else(|| counted(threads as u64, "thread"));
    let heading = format!("Exactly, on {on}");
    writeln!(out, "\n{}\n", style.bold(heading))?;
    let mut table = Table::new(&[]);
    for (part, size) in &memory.exact.0 {
        let label = match *part {
            "batch" => batch_name.as_str(),
            "best" => "best weights",
            "host" => "beside it, on the host",
            "total" => "together",
            other => other,
        };
        table.row(label, [bytes(*size)]);
    }
    let largest = grouped(memory.largest_batch as u64);
    let more = if memory.largest_batch == LARGEST_BATCH { " or more" } else { "" };
    table.row("largest batch", [largest + more]);
    let answer = |fits: bool| if fits { "it fits" } else { "it does not fit" }.to_string();
    if let Some([largest, allowed]) = needed.buffer {
        let row = format!("{} allowed", bytes(memory.limit));
        table.row(&row, [answer(needed.total <= memory.limit)]);
        let row = format!("{} at most in a buffer", bytes(allowed));
        table.row(&row, [format!("the largest has {}", bytes(largest))]);
    }
    table.write(&mut out, style)?;

    writeln!(out, "\n{}\n", style.bold("On the design document's card, an AMD RX 6600"))?;
    let floor = memory.bandwidth_floor_microseconds;
    let time =
        if floor < 1000.0 { format!("{floor:.1} us") } else { format!("{:.1} ms", floor / 1e3) };
    let mut table = Table::new(&[]);
    table.row(&format!("{} of memory", bytes(LIMIT)), [answer(needed.total <= LIMIT)]);
    table.row(&format!("{} of cache", bytes(CACHE)), [answer(memory.fits_cache)]);
    table.row(&format!("{:.0} GB/s", BANDWIDTH / 1e9), [format!("{time} per step or more")]);
    table.write(&mut out, style)?;
    let note = "to read once and write once all that a step works on";
    writeln!(out, "\n  {}", style.dim(note))?;
    Ok(out.flush()?)
}
