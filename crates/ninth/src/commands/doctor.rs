//! `ninth doctor`: which engines and devices there are, whether they compute the same, and how
//! fast they are.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use ninth_model::Batch;
use ninth_training::engine::DeviceInfo;
use ninth_training::engine::comparison::{Comparison, Filler};
use ninth_training::memory::bytes;
use ninth_training::{Config, CpuEngine, Engine, Preset};
use serde::Serialize;

use crate::arguments::DoctorArguments;
use crate::commands::config::resolve;
use crate::engine::{Device, EngineKind, check, cores};
use crate::error::Error;
use crate::terminal::{self, Style, Table, counted, grouped, say};

/// How long steps are timed for at least, and how often; the fastest time counts.
const TIMED: Duration = Duration::from_millis(100);
const ROUNDS: usize = 3;

/// What takes longer is not repeated.
const PATIENCE: Duration = Duration::from_secs(1);

/// The object of `--json`.
#[derive(Serialize)]
struct Findings {
    version: &'static str,
    threads: usize,
    gpu_engine: bool,
    devices: Vec<DeviceInfo>,
    configs: Vec<OfConfig>,
}

/// How the engines did on a config.
#[derive(Serialize)]
struct OfConfig {
    config: String,
    batch_size: usize,
    recommended: Option<&'static str>,
    trials: Vec<Trial>,
}

/// How an engine did on a config.
#[derive(Serialize)]
struct Trial {
    engine: &'static str,
    /// None: the processor.
    device: Option<String>,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Tried {
        microseconds_per_step: f64,
        #[serde(flatten)]
        compared: Option<Compared>,
    },
    Refused {
        refused: String,
    },
}

/// A device beside the processor.
#[derive(Serialize)]
struct Compared {
    loss: f64,
    gradients: f64,
    tensor: String,
    agrees: bool,
}

impl From<Comparison> for Compared {
    fn from(comparison: Comparison) -> Self {
        let (loss, agrees) = (comparison.losses(), comparison.agrees());
        let Comparison { gradients, tensor, .. } = comparison;
        Compared { loss, gradients, tensor, agrees }
    }
}

/// Lists, checks, times and recommends.
pub fn run(arguments: &DoctorArguments) -> Result<(), Error> {
    let threads = arguments.threads.unwrap_or_else(cores);
    let wanted = resolve(&arguments.config, None, &[])?;
    let named = arguments.device.as_deref().map(|name| Device::find(Some(name))).transpose()?;
    let all = Device::all();
    let abouts: Vec<DeviceInfo> = all.iter().map(Device::info).collect();
    let tried: Vec<Device> = match named {
        Some(device) => vec![device],
        None => {
            let only_software = all.iter().all(Device::is_software);
            all.into_iter().filter(|device| only_software || !device.is_software()).collect()
        }
    };

    let mut configs = Vec::new();
    for (name, config) in configs_to_try(wanted)? {
        if io::stderr().is_terminal() {
            say(format_args!("ninth: trying {name}"));
        }
        configs.push(of_config(name, &config, &tried, threads)?);
    }
    for device in &tried {
        let info = device.info();
        // The presets come first, and are what a first training asks for.
        let mut presets = configs.iter().take(Preset::ALL.len());
        if presets.all(|of| of.shows_agreement(&info.name)) {
            check::remember(&info);
        }
    }
    let findings = Findings {
        version: env!("CARGO_PKG_VERSION"),
        threads,
        gpu_engine: Device::BUILT_IN,
        devices: abouts,
        configs,
    };

    let (mut out, style) = terminal::stdout();
    match arguments.json {
        true => terminal::write_json(&mut out, &findings)?,
        false => findings.write(&mut out, style)?,
    }
    out.flush()?;
    match findings.first_disagreement() {
        Some(device) => Err(Error::Disagreement(device.to_string())),
        None => Ok(()),
    }
}

/// Both presets, and the config that was asked for unless it is one of them.
fn configs_to_try(wanted: Config) -> Result<Vec<(String, Config)>, Error> {
    let presets = Preset::ALL.map(|preset| (preset.name().to_string(), preset));
    let mut configs = Vec::new();
    for (name, preset) in presets {
        configs.push((name, Config::resolve(preset, &[])?));
    }
    if configs.iter().all(|(_, config)| *config != wanted) {
        configs.push(("this config".to_string(), wanted));
    }
    Ok(configs)
}

fn of_config(
    name: String,
    config: &Config,
    devices: &[Device],
    threads: usize,
) -> Result<OfConfig, Error> {
    let processor = CpuEngine::new(config, threads).map_err(Error::from);
    let processor = processor.and_then(|mut engine| time_of_step(&mut engine, config));
    let mut trials = vec![Trial {
        engine: EngineKind::Cpu.name(),
        device: None,
        outcome: Outcome::of(processor.map(|time| (time, None))),
    }];
    for device in devices {
        let tried = || {
            let mut engine = device.engine(config, threads)?;
            let comparison = check::with_the_processor(config, engine.as_mut(), threads)?;
            let time = time_of_step(engine.as_mut(), config)?;
            Ok((time, Some(comparison.into())))
        };
        trials.push(Trial {
            engine: EngineKind::Gpu.name(),
            device: Some(device.info().name),
            outcome: Outcome::of(tried()),
        });
    }
    let recommended = fastest(&trials).map(|trial| trial.engine);
    Ok(OfConfig { config: name, batch_size: config.training.batch_size, recommended, trials })
}

/// The time of a training step in seconds, its sequences drawn along the way.
fn time_of_step(engine: &mut dyn Engine, config: &Config) -> Result<f64, Error> {
    /// Steps that change nothing can be repeated.
    const RATE: f64 = 0.0;
    let filler = Filler::new(config)?;
    let mut batch = Batch::new(config.sequences.context, config.training.batch_size);
    let mut time = |steps: u32| -> Result<Duration, Error> {
        let began = Instant::now();
        for _ in 0..steps {
            engine.train_step(&mut batch, &|index, chunk| filler.fill(index, chunk), RATE)?;
        }
        // Until they are done.
        engine.statistics()?;
        Ok(began.elapsed())
    };
    time(1)?;
    let mut steps = 1;
    while time(steps)? < TIMED {
        steps *= 2;
    }
    let (began, mut best) = (Instant::now(), Duration::MAX);
    for _ in 0..ROUNDS {
        best = best.min(time(steps)?);
        if began.elapsed() > PATIENCE {
            break;
        }
    }
    Ok(best.as_secs_f64() / f64::from(steps))
}

/// The trial with the shortest step, among those that can be trusted.
fn fastest(trials: &[Trial]) -> Option<&Trial> {
    let trusted = trials.iter().filter(|trial| trial.seconds().is_some() && trial.agrees());
    trusted.min_by(|one, other| one.seconds().partial_cmp(&other.seconds()).expect("no NaN"))
}

impl Outcome {
    fn of(result: Result<(f64, Option<Compared>), Error>) -> Self {
        match result {
            Ok((seconds, compared)) => {
                Outcome::Tried { microseconds_per_step: 1e6 * seconds, compared }
            }
            Err(error) => Outcome::Refused { refused: error.to_string() },
        }
    }
}

impl Trial {
    fn seconds(&self) -> Option<f64> {
        match self.outcome {
            Outcome::Tried { microseconds_per_step, .. } => Some(microseconds_per_step / 1e6),
            Outcome::Refused { .. } => None,
        }
    }

    fn compared(&self) -> Option<&Compared> {
        match &self.outcome {
            Outcome::Tried { compared, .. } => compared.as_ref(),
            Outcome::Refused { .. } => None,
        }
    }

    fn agrees(&self) -> bool {
        self.compared().is_none_or(|compared| compared.agrees)
    }

    /// What ran, for people.
    fn name(&self) -> &str {
        self.device.as_deref().unwrap_or(self.engine)
    }
}

impl Findings {
    /// The first device that computes something else.
    fn first_disagreement(&self) -> Option<&str> {
        let mut trials = self.configs.iter().flat_map(|of| &of.trials);
        trials.find(|trial| !trial.agrees()).and_then(|trial| trial.device.as_deref())
    }

    fn write(&self, out: &mut dyn Write, style: Style) -> io::Result<()> {
        writeln!(out, "{}\n", style.bold("Engines"))?;
        writeln!(out, "  cpu  {}", counted(self.threads as u64, "thread"))?;
        for info in &self.devices {
            let memory = info.memory.map_or("memory not told".to_string(), bytes);
            writeln!(out, "  gpu  {} ({})", info.name, info.kind)?;
            let buffer = bytes(info.largest_buffer);
            let driver = [info.backend.as_str(), info.driver.as_str()].join(", ");
            writeln!(out, "       {driver}; {memory}, buffers up to {buffer}")?;
        }
        match (self.gpu_engine, self.devices.is_empty()) {
            (false, _) => writeln!(
                out,
                "  gpu  not in this program: `cargo build --release --features gpu` builds it in"
            )?,
            (true, true) => writeln!(
                out,
                "  gpu  none found: no driver for Vulkan, Metal or DX12 is installed"
            )?,
            (true, false) => {}
        }
        self.write_checks(out, style)?;
        self.write_times(out, style)?;
        for of in &self.configs {
            self.write_refusals(of, out)?;
        }
        writeln!(out, "\n{}\n", style.bold("Recommended"))?;
        for of in &self.configs {
            writeln!(out, "  {}", of.recommendation())?;
        }
        Ok(())
    }

    /// How far the devices are from the processor.
    fn write_checks(&self, out: &mut dyn Write, style: Style) -> io::Result<()> {
        let mut table = Table::new(&["", "loss apart", "gradients apart", ""]);
        let mut any = false;
        for of in &self.configs {
            for trial in &of.trials {
                let Some(compared) = trial.compared() else { continue };
                any = true;
                let verdict = match compared.agrees {
                    true => "agrees".to_string(),
                    false => format!("WRONG in {}", compared.tensor),
                };
                let figures =
                    [compared.loss, compared.gradients].map(|apart| format!("{apart:.1e}"));
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

    /// What a step takes.
    fn write_times(&self, out: &mut dyn Write, style: Style) -> io::Result<()> {
        writeln!(out, "\n{}\n", style.bold("Time of a training step"))?;
        let heading =
            |of: &OfConfig| format!("{}, batch {}", of.config, grouped(of.batch_size as u64));
        let headings: Vec<String> = self.configs.iter().map(heading).collect();
        let headings: Vec<&str> =
            [""].into_iter().chain(headings.iter().map(String::as_str)).collect();
        let mut table = Table::new(&headings);
        let engines = self.configs.first().map_or(0, |of| of.trials.len());
        for engine in 0..engines {
            let trials: Vec<&Trial> =
                self.configs.iter().filter_map(|of| of.trials.get(engine)).collect();
            let times =
                trials.iter().map(|trial| trial.seconds().map_or("-".to_string(), duration));
            table.row(trials.first().map_or("", |trial| trial.name()), times);
        }
        table.write(out, style)
    }

    /// Why an engine was not tried.
    fn write_refusals(&self, of: &OfConfig, out: &mut dyn Write) -> io::Result<()> {
        for trial in &of.trials {
            if let Outcome::Refused { refused } = &trial.outcome {
                writeln!(out, "\n  {}, {}: {refused}", trial.name(), of.config)?;
            }
        }
        Ok(())
    }
}

impl OfConfig {
    /// Whether a device was compared here, and computes the same.
    fn shows_agreement(&self, device: &str) -> bool {
        let mut of_device =
            self.trials.iter().filter(|trial| trial.device.as_deref() == Some(device));
        of_device.any(|trial| trial.compared().is_some_and(|compared| compared.agrees))
    }

    /// Which engine to take, and why.
    fn recommendation(&self) -> String {
        let Some(fastest) = fastest(&self.trials) else {
            return format!("{}: no engine here can train it", self.config);
        };
        let seconds = |trial: &Trial| trial.seconds().filter(|_| trial.agrees());
        let others = self.trials.iter().filter(|trial| !std::ptr::eq(*trial, fastest));
        let next = others.filter_map(seconds).min_by(f64::total_cmp);
        let reason = match (next, fastest.seconds()) {
            (Some(next), Some(time)) => format!("{:.1} times as fast as the next", next / time),
            _ => "the only one".to_string(),
        };
        let device = fastest.device.as_ref().map_or(String::new(), |name| format!(" ({name})"));
        format!("{}: --engine {}{device}, {reason}", self.config, fastest.engine)
    }
}

/// A time in the unit that suits it.
fn duration(seconds: f64) -> String {
    match seconds {
        ..1e-3 => format!("{:.0} us", 1e6 * seconds),
        ..1.0 => format!("{:.1} ms", 1e3 * seconds),
        _ => format!("{seconds:.1} s"),
    }
}
