//! No graphics cards: the engine for them is no part of this program.

use ninth_model::Transformer;
use ninth_training::engine::DeviceInfo;
use ninth_training::{Config, Engine};

use super::DeviceMemory;
use crate::error::Error;

/// A device that can run a model beside the processor: there is none.
pub enum Device {}

impl Device {
    /// Whether this program can have any.
    pub const BUILT_IN: bool = false;

    /// All of this machine.
    pub fn all() -> Vec<Self> {
        Vec::new()
    }

    /// Says how a program is built that has some.
    pub fn find(_name: Option<&str>) -> Result<Self, Error> {
        Err(Error::Device(
            "this program was built without the GPU engine; \
             `cargo build --release --features gpu` builds one with it"
                .to_string(),
        ))
    }

    /// What is known of it.
    pub fn info(&self) -> DeviceInfo {
        match *self {}
    }

    /// Whether it is a program that plays a device.
    pub fn is_software(&self) -> bool {
        match *self {}
    }

    /// An engine with an untrained model.
    pub fn engine(&self, _: &Config, _: usize) -> Result<Box<dyn Engine>, Error> {
        match *self {}
    }

    /// What a training takes on it.
    pub fn memory(&self, _: &Config, _: &Transformer, _: usize) -> Result<DeviceMemory, Error> {
        match *self {}
    }
}
