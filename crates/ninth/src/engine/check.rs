//! Whether a device computes what the processor does: a driver with an error would train for
//! hours in vain.
//!
//! Before its first training here a device has to agree with the processor on both presets,
//! which is remembered in the cache folder; and before every training, on the config at hand.

use std::fs;
use std::path::PathBuf;

use ninth_training::engine::comparison::{Comparison, TOLERANCE, batch, compare};
use ninth_training::engine::{DeviceInfo, EngineError};
use ninth_training::{Config, CpuEngine, Engine, Preset};

use super::Device;
use crate::cache;
use crate::error::Error;
use crate::notice::notice;

/// Sequences that engines are compared on at most: a wide model takes the processor long.
const COMPARED: usize = 64;

/// Devices that agreed, a line for each.
const FILE: &str = "checked-devices.txt";

/// Loss and gradients of an engine beside those of the processor, on sequences that follow
/// from the config.
pub fn with_the_processor(
    config: &Config,
    engine: &mut dyn Engine,
    threads: usize,
) -> Result<Comparison, Error> {
    let mut few = config.clone();
    few.training.batch_size = few.training.batch_size.min(COMPARED);
    let mut reference = CpuEngine::new(&few, threads)?;
    let layout = reference.model().layout().clone();
    Ok(compare(&layout, &mut reference, engine, &mut batch(&few)?)?)
}

/// The error of a device that computes something else, if it does.
pub fn agrees(info: &DeviceInfo, comparison: &Comparison) -> Result<(), Error> {
    if comparison.agrees() {
        return Ok(());
    }
    let (losses, gradients) = (comparison.losses(), comparison.gradients);
    Err(Error::Engine(EngineError::Device(format!(
        "{} ({}) does not compute what the processor does: the losses are {losses:.1e} apart, the \
         gradients of {} {gradients:.1e}; allowed is {TOLERANCE:.0e}. Another driver may help, or \
         --engine cpu",
        info.name, info.backend, comparison.tensor,
    ))))
}

/// An engine on a device that has shown that it can be trusted.
pub fn trusted(device: &Device, config: &Config, threads: usize) -> Result<Box<dyn Engine>, Error> {
    let info = device.info();
    // Before the rest: what does not fit or is no config at all is known at once.
    let mut engine = device.engine(config, threads)?;
    if !is_known(&info) {
        notice(&format!("comparing {} with the processor, before its first training", info.name));
        for preset in Preset::ALL {
            let config = Config::resolve(preset, &[])?;
            let mut engine = device.engine(&config, threads)?;
            agrees(&info, &with_the_processor(&config, engine.as_mut(), threads)?)?;
        }
        remember(&info);
    }
    agrees(&info, &with_the_processor(config, engine.as_mut(), threads)?)?;
    Ok(engine)
}

/// What an agreement holds for: another driver or another program is to be checked again.
fn line(info: &DeviceInfo) -> String {
    let DeviceInfo { name, kind, backend, driver, .. } = info;
    format!("ninth {}: {name}, {kind}, {backend}, {driver}", env!("CARGO_PKG_VERSION"))
}

fn path() -> Option<PathBuf> {
    Some(cache::folder()?.join(FILE))
}

/// The lines of the devices that agreed.
fn known() -> String {
    path().and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default()
}

fn is_known(info: &DeviceInfo) -> bool {
    let line = line(info);
    known().lines().any(|known| known == line)
}

/// Takes note of a device that agreed on both presets.
pub fn remember(info: &DeviceInfo) {
    if let Some(path) = path().filter(|_| !is_known(info)) {
        cache::keep(&path, format!("{}{}\n", known(), line(info)).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> DeviceInfo {
        DeviceInfo {
            name: "Some Card".to_string(),
            kind: "discrete GPU",
            backend: "Vulkan".to_string(),
            driver: "radv 1.2".to_string(),
            memory: None,
            largest_buffer: 1 << 30,
        }
    }

    #[test]
    fn a_device_that_computes_something_else_is_refused() {
        let config = Config::default();
        let mut engine = CpuEngine::new(&config, 1).unwrap();
        let same = with_the_processor(&config, &mut engine, 1).unwrap();
        assert!(agrees(&info(), &same).is_ok());
        let mut other = config.clone();
        other.loss.alpha *= 1.01;
        let mut engine = CpuEngine::new(&other, 1).unwrap();
        let different = with_the_processor(&config, &mut engine, 1).unwrap();
        let error = agrees(&info(), &different).unwrap_err();
        let error = error.to_string();
        for part in ["Some Card (Vulkan) does not compute", "allowed is 1e-4", "--engine cpu"] {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn another_driver_is_another_device() {
        let other = DeviceInfo { driver: "radv 1.3".to_string(), ..info() };
        assert_ne!(line(&info()), line(&other));
        // How much memory it has, and what is free of it, makes no difference.
        assert_eq!(line(&info()), line(&DeviceInfo { memory: Some(1), ..info() }));
    }
}
