//! `ninth memory`: what a training takes, before it does.

use std::io::Write;

use ninth_training::memory::{BANDWIDTH, CACHE, LIMIT, bytes};

use crate::cli::arguments::MemoryArguments;
use crate::cli::commands::config::resolve;
use crate::cli::error::Error;
use crate::cli::output::terminal::{self, TextTable, counted, grouped};
use crate::memory::{LARGEST_BATCH, memory};

/// Prints what the config's training takes.
pub fn run(arguments: &MemoryArguments) -> Result<(), Error> {
    let config = resolve(&arguments.config, None, &[])?;
    let memory = memory(&config, &arguments.engine.options()?)?;
    let (mut out, style) = terminal::stdout();
    if arguments.json {
        terminal::write_json(&mut out, &memory)?;
        return Ok(out.flush()?);
    }

    let estimate = &memory.estimate;
    writeln!(out, "{}", style.bold("By the formula of the design document"))?;
    writeln!(out)?;
    let [least, most] = estimate.backward;
    let mut table = TextTable::new(&[]);
    let batch_name = format!("batch of {}", grouped(memory.batch_size as u64));
    table.row("embedding", [bytes(estimate.embedding)]);
    table.row("layers", [bytes(estimate.layers)]);
    table.row(&batch_name, [bytes(estimate.batch)]);
    table.row("forward", [bytes(estimate.forward)]);
    table.row("backward, 2 to 3 times", [format!("{} to {}", bytes(least), bytes(most))]);
    let together = [least, most].map(|backward| bytes(estimate.forward + backward));
    table.row("together", [together.join(" to ")]);
    table.row("largest batch", [grouped(estimate.largest_batch)]);
    table.write(&mut out, style)?;

    let on = memory.device.clone().unwrap_or_else(|| counted(memory.threads as u64, "thread"));
    let heading = format!("Exactly, on {on}");
    writeln!(out, "\n{}\n", style.bold(heading))?;
    let mut table = TextTable::new(&[]);
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
    if let (Some(largest), Some(allowed)) = (memory.largest_buffer, memory.buffer_limit) {
        let row = format!("{} allowed", bytes(memory.limit));
        table.row(&row, [answer(memory.total() <= memory.limit)]);
        let row = format!("{} at most in a buffer", bytes(allowed));
        table.row(&row, [format!("the largest has {}", bytes(largest))]);
    }
    table.write(&mut out, style)?;

    writeln!(out, "\n{}\n", style.bold("On the design document's card, an AMD RX 6600"))?;
    let floor = memory.bandwidth_floor_microseconds;
    let time =
        if floor < 1000.0 { format!("{floor:.1} us") } else { format!("{:.1} ms", floor / 1e3) };
    let mut table = TextTable::new(&[]);
    table.row(&format!("{} of memory", bytes(LIMIT)), [answer(memory.total() <= LIMIT)]);
    table.row(&format!("{} of cache", bytes(CACHE)), [answer(memory.fits_cache)]);
    table.row(&format!("{:.0} GB/s", BANDWIDTH / 1e9), [format!("{time} per step or more")]);
    table.write(&mut out, style)?;
    let note = "to read once and write once all that a step works on";
    writeln!(out, "\n  {}", style.dim(note))?;
    Ok(out.flush()?)
}
