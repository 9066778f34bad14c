//! The same types in a build without the GPU engine: there are no devices.

use ninth_model::Transformer;
use ninth_training::engine::DeviceInfo;
use ninth_training::{Config, Engine};

use super::DeviceMemory;
use crate::error::Error;

/// A GPU: there is none.
pub enum Device {}

impl Device {
    /// Whether the GPU engine is built in.
    pub const BUILT_IN: bool = false;

    /// All devices: none.
    pub fn all() -> Vec<Self> {
        Vec::new()
    }

    /// Fails, and names the command that builds the GPU engine in.
    pub fn find(_name: Option<&str>) -> Result<Self, Error> {
        Err(Error::Device(
            "this program was built without the GPU engine; \
             `cargo build --release --features gpu` builds one with it"
                .to_string(),
        ))
    }

    /// Its name, driver and memory.
    pub fn info(&self) -> DeviceInfo {
        match *self {}
    }

    /// Whether it is a software renderer.
    pub fn is_software(&self) -> bool {
        match *self {}
    }

    /// An engine with an untrained model.
    pub fn engine(&self, _: &Config, _: usize) -> Result<Box<dyn Engine>, Error> {
        match *self {}
    }

    /// The memory that a training takes on it.
    pub fn memory(&self, _: &Config, _: &Transformer, _: usize) -> Result<DeviceMemory, Error> {
        match *self {}
    }
}
