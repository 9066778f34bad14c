//! Compares a device with the processor: with a faulty driver hours of training would be lost.
//!
//! A device must agree with the processor on both presets before its first training, which the
//! cache folder keeps, and on the config at hand before every training.

use std::fs;
use std::path::PathBuf;

use ninth_training::engine::comparison::{Comparison, TOLERANCE, batch, compare};
use ninth_training::engine::{DeviceInfo, EngineError};
use ninth_training::{Config, CpuEngine, Engine, Preset};

use super::Device;
use crate::cache;
use crate::error::Error;
use crate::notice::notice;

/// The most sequences that engines are compared on: a wide model is slow on the processor.
const COMPARED: usize = 64;

/// The file with a line for each device that agreed.
const FILE: &str = "checked-devices.txt";

/// Compares loss and gradients of an engine with those of the processor, on sequences that
/// follow from the config.
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

/// Fails if loss or gradients differ by more than the tolerance.
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

/// An engine on a device, after the comparisons.
pub fn trusted(device: &Device, config: &Config, threads: usize) -> Result<Box<dyn Engine>, Error> {
    let info = device.info();
    // First, so that an invalid config or too little memory is reported at once.
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

/// The line of a device. Another driver or another version of this crate is another line, and
/// is compared again.
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

/// Keeps that a device agreed on both presets.
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
        // The size of its memory makes no difference.
        assert_eq!(line(&info()), line(&DeviceInfo { memory: Some(1), ..info() }));
    }
}
