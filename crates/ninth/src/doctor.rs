//! The engines and devices of this machine: whether they compute the same, and how fast they
//! are.

use std::time::{Duration, Instant};

use ninth_model::Batch;
use ninth_training::engine::DeviceInfo;
use ninth_training::engine::comparison::{Comparison, Filler};
use ninth_training::{Config, CpuEngine, Engine, Preset};
use serde::Serialize;

use crate::engine::{Device, EngineKind, check, cores};
use crate::error::Error;
use crate::notice::notice;

/// Steps are timed for at least this long, `ROUNDS` times; the fastest round counts.
const TIMED: Duration = Duration::from_millis(100);
const ROUNDS: usize = 3;

/// A round is repeated only while all rounds took less than this.
const PATIENCE: Duration = Duration::from_secs(1);

/// The engines and devices of this machine; as JSON the object of `ninth doctor --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DoctorReport {
    /// The version of this crate.
    pub version: &'static str,
    /// Threads of the processor.
    pub threads: usize,
    /// Whether the GPU engine is built in.
    pub gpu_engine: bool,
    /// All devices of this machine.
    pub devices: Vec<DeviceInfo>,
    /// What was tried: both presets, and the config given.
    pub configs: Vec<EnginesOnConfig>,
}

/// The engines on a config.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EnginesOnConfig {
    /// The name of the config.
    pub config: String,
    /// Sequences per step.
    pub batch_size: usize,
    /// The fastest engine that can be trusted.
    pub recommended: Option<&'static str>,
    /// The processor, then each device.
    pub trials: Vec<EngineTrial>,
}

/// An engine on a config.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EngineTrial {
    /// `cpu` or `gpu`.
    pub engine: &'static str,
    /// The name of a device; `None`: the processor.
    pub device: Option<String>,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: EngineTiming,
}

/// What came of trying an engine.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum EngineTiming {
    /// It ran.
    Tried {
        /// The time of a training step.
        microseconds_per_step: f64,
        /// Of a device, how far it is from the processor.
        #[serde(flatten)]
        compared: Option<AgainstProcessor>,
    },
    /// It cannot run the config.
    Refused {
        /// Why.
        refused: String,
    },
}

/// A device compared with the processor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgainstProcessor {
    /// The difference of the losses.
    pub loss: f64,
    /// The largest difference of a gradient.
    pub gradients: f64,
    /// The tensor with that gradient.
    pub tensor: String,
    /// Whether both are small enough.
    pub agrees: bool,
}

impl From<Comparison> for AgainstProcessor {
    fn from(comparison: Comparison) -> Self {
        let (loss, agrees) = (comparison.losses(), comparison.agrees());
        let Comparison { gradients, tensor, .. } = comparison;
        AgainstProcessor { loss, gradients, tensor, agrees }
    }
}

/// Lists the devices, compares them with the processor, and times a training step of each engine
/// on both presets and on `wanted`. Devices that are made of software are tried only if there is
/// no other, or by name. Which devices agreed is kept in the cache folder.
///
/// # Errors
///
/// If a config is not valid, or there is no device of this name.
pub fn doctor(
    wanted: Config,
    device: Option<&str>,
    threads: Option<usize>,
) -> Result<DoctorReport, Error> {
    let threads = threads.unwrap_or_else(cores);
    let named = device.map(|name| Device::find(Some(name))).transpose()?;
    let all = Device::all();
    let devices: Vec<DeviceInfo> = all.iter().map(Device::info).collect();
    let tried: Vec<Device> = match named {
        Some(device) => vec![device],
        None => {
            let only_software = all.iter().all(Device::is_software);
            all.into_iter().filter(|device| only_software || !device.is_software()).collect()
        }
    };

    let mut configs = Vec::new();
    for (name, config) in configs_to_try(wanted)? {
        notice(&format!("trying {name}"));
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
    let (version, gpu_engine) = (env!("CARGO_PKG_VERSION"), Device::BUILT_IN);
    Ok(DoctorReport { version, threads, gpu_engine, devices, configs })
}

/// All presets, and the config that was asked for unless it is one of them.
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
) -> Result<EnginesOnConfig, Error> {
    let processor = CpuEngine::new(config, threads).map_err(Error::from);
    let processor = processor.and_then(|mut engine| time_of_step(&mut engine, config));
    let mut trials = vec![EngineTrial {
        engine: EngineKind::Cpu.name(),
        device: None,
        outcome: EngineTiming::of(processor.map(|time| (time, None))),
    }];
    for device in devices {
        let tried = || {
            let mut engine = device.engine(config, threads)?;
            let comparison = check::with_the_processor(config, engine.as_mut(), threads)?;
            let time = time_of_step(engine.as_mut(), config)?;
            Ok((time, Some(comparison.into())))
        };
        trials.push(EngineTrial {
            engine: EngineKind::Gpu.name(),
            device: Some(device.info().name),
            outcome: EngineTiming::of(tried()),
        });
    }
    let recommended = fastest(&trials).map(|trial| trial.engine);
    Ok(EnginesOnConfig {
        config: name,
        batch_size: config.training.batch_size,
        recommended,
        trials,
    })
}

/// The time of a training step in seconds, its sequences drawn along the way.
fn time_of_step(engine: &mut dyn Engine, config: &Config) -> Result<f64, Error> {
    /// With this learning rate a step changes nothing and can be repeated.
    const RATE: f64 = 0.0;
    let filler = Filler::new(config)?;
    let mut batch = Batch::new(config.sequences.context, config.training.batch_size);
    let mut time = |steps: u32| -> Result<Duration, Error> {
        let began = Instant::now();
        for _ in 0..steps {
            engine.train_step(&mut batch, &|index, chunk| filler.fill(index, chunk), RATE)?;
        }
        // Waits until the steps are done.
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

impl EngineTiming {
    fn of(result: Result<(f64, Option<AgainstProcessor>), Error>) -> Self {
        match result {
            Ok((seconds, compared)) => {
                EngineTiming::Tried { microseconds_per_step: 1e6 * seconds, compared }
            }
            Err(error) => EngineTiming::Refused { refused: error.to_string() },
        }
    }
}

impl EngineTrial {
    /// The time of a step in seconds.
    pub fn seconds(&self) -> Option<f64> {
        match self.outcome {
            EngineTiming::Tried { microseconds_per_step, .. } => Some(microseconds_per_step / 1e6),
            EngineTiming::Refused { .. } => None,
        }
    }

    /// How far a device is from the processor.
    pub fn compared(&self) -> Option<&AgainstProcessor> {
        match &self.outcome {
            EngineTiming::Tried { compared, .. } => compared.as_ref(),
            EngineTiming::Refused { .. } => None,
        }
    }

    /// Whether it computes what the processor does.
    pub fn agrees(&self) -> bool {
        self.compared().is_none_or(|compared| compared.agrees)
    }

    /// The name of the device or the engine.
    pub fn name(&self) -> &str {
        self.device.as_deref().unwrap_or(self.engine)
    }
}

/// The trial with the shortest step, among those that can be trusted.
fn fastest(trials: &[EngineTrial]) -> Option<&EngineTrial> {
    let trusted = trials.iter().filter(|trial| trial.seconds().is_some() && trial.agrees());
    trusted.min_by(|one, other| one.seconds().partial_cmp(&other.seconds()).expect("no NaN"))
}

impl DoctorReport {
    /// The first device that computes something else.
    pub fn first_disagreement(&self) -> Option<&str> {
        let mut trials = self.configs.iter().flat_map(|of| &of.trials);
        trials.find(|trial| !trial.agrees()).and_then(|trial| trial.device.as_deref())
    }
}

impl EnginesOnConfig {
    /// The trial with the shortest step, among those that can be trusted.
    pub fn fastest(&self) -> Option<&EngineTrial> {
        fastest(&self.trials)
    }

    /// Whether a device was compared on this config, and agrees.
    fn shows_agreement(&self, device: &str) -> bool {
        let mut of_device =
            self.trials.iter().filter(|trial| trial.device.as_deref() == Some(device));
        of_device.any(|trial| trial.compared().is_some_and(|compared| compared.agrees))
    }
}
