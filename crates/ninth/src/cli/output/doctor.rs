//! What `doctor` prints.

use std::io::{self, Write};

use ninth_training::memory::bytes;

use super::terminal::{Style, TextTable, counted, grouped};
use crate::doctor::{DoctorReport, EngineTiming, EngineTrial, EnginesOnConfig};

/// The engines, how far they agree, their times, and which to take.
pub fn doctor(out: &mut dyn Write, style: Style, report: &DoctorReport) -> io::Result<()> {
    writeln!(out, "{}\n", style.bold("Engines"))?;
    writeln!(out, "  cpu  {}", counted(report.threads as u64, "thread"))?;
    for info in &report.devices {
        let memory = info.memory.map_or("memory not told".to_string(), bytes);
        writeln!(out, "  gpu  {} ({})", info.name, info.kind)?;
        let buffer = bytes(info.largest_buffer);
        let driver = [info.backend.as_str(), info.driver.as_str()].join(", ");
        writeln!(out, "       {driver}; {memory}, buffers up to {buffer}")?;
    }
    match (report.gpu_engine, report.devices.is_empty()) {
        (false, _) => writeln!(
            out,
            "  gpu  not in this program: `cargo build --release --features gpu` builds it in"
        )?,
        (true, true) => {
            writeln!(out, "  gpu  none found: no driver for Vulkan, Metal or DX12 is installed")?
        }
        (true, false) => {}
    }
    checks(out, style, report)?;
    times(out, style, report)?;
    for of in &report.configs {
        refusals(out, of)?;
    }
    writeln!(out, "\n{}\n", style.bold("Recommended"))?;
    for of in &report.configs {
        writeln!(out, "  {}", recommendation(of))?;
    }
    Ok(())
}

/// How far the devices are from the processor.
fn checks(out: &mut dyn Write, style: Style, report: &DoctorReport) -> io::Result<()> {
    let mut table = TextTable::new(&["", "loss apart", "gradients apart", ""]);
    let mut any = false;
    for of in &report.configs {
        for trial in &of.trials {
            let Some(compared) = trial.compared() else { continue };
            any = true;
            let verdict = match compared.agrees {
                true => "agrees".to_string(),
                false => format!("WRONG in {}", compared.tensor),
            };
            let figures = [compared.loss, compared.gradients].map(|apart| format!("{apart:.1e}"));
            let label = format!("{}, {}", trial.name(), of.config);
            table.row(&label, figures.into_iter().chain([verdict]));
        }
    }
    if any {
        writeln!(out, "\n{}\n", style.bold("Beside the processor"))?;
        table.write(out, style)?;
    }
    Ok(())
}

/// The time of a step.
fn times(out: &mut dyn Write, style: Style, report: &DoctorReport) -> io::Result<()> {
    writeln!(out, "\n{}\n", style.bold("Time of a training step"))?;
    let heading =
        |of: &EnginesOnConfig| format!("{}, batch {}", of.config, grouped(of.batch_size as u64));
    let headings: Vec<String> = report.configs.iter().map(heading).collect();
    let headings: Vec<&str> = [""].into_iter().chain(headings.iter().map(String::as_str)).collect();
    let mut table = TextTable::new(&headings);
    let engines = report.configs.first().map_or(0, |of| of.trials.len());
    for engine in 0..engines {
        let trials: Vec<&EngineTrial> =
            report.configs.iter().filter_map(|of| of.trials.get(engine)).collect();
        let times = trials.iter().map(|trial| trial.seconds().map_or("-".to_string(), duration));
        table.row(trials.first().map_or("", |trial| trial.name()), times);
    }
    table.write(out, style)
}

/// Why an engine was not tried.
fn refusals(out: &mut dyn Write, of: &EnginesOnConfig) -> io::Result<()> {
    for trial in &of.trials {
        if let EngineTiming::Refused { refused } = &trial.outcome {
            writeln!(out, "\n  {}, {}: {refused}", trial.name(), of.config)?;
        }
    }
    Ok(())
}

/// The engine to use, and why.
fn recommendation(of: &EnginesOnConfig) -> String {
    let Some(fastest) = of.fastest() else {
        return format!("{}: no engine here can train it", of.config);
    };
    let seconds = |trial: &EngineTrial| trial.seconds().filter(|_| trial.agrees());
    let others = of.trials.iter().filter(|trial| !std::ptr::eq(*trial, fastest));
    let next = others.filter_map(seconds).min_by(f64::total_cmp);
    let reason = match (next, fastest.seconds()) {
        (Some(next), Some(time)) => format!("{:.1} times as fast as the next", next / time),
        _ => "the only one".to_string(),
    };
    let device = fastest.device.as_ref().map_or(String::new(), |name| format!(" ({name})"));
    format!("{}: --engine {}{device}, {reason}", of.config, fastest.engine)
}

/// A time in the unit that suits it.
fn duration(seconds: f64) -> String {
    match seconds {
        ..1e-3 => format!("{:.0} us", 1e6 * seconds),
        ..1.0 => format!("{:.1} ms", 1e3 * seconds),
        _ => format!("{seconds:.1} s"),
    }
}
