//! What an engine says of the device that it runs on.

use std::fmt;

use serde::Serialize;

/// A device that can run a model beside the processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceInfo {
    /// Its name.
    pub name: String,
    /// The kind of device: `discrete GPU`, `software`.
    pub kind: &'static str,
    /// The graphics interface: `Vulkan`.
    pub backend: String,
    /// Name and version of its driver.
    pub driver: String,
    /// Bytes of its memory, if the system tells.
    pub memory: Option<u64>,
    /// Bytes of the largest buffer that it can have.
    pub largest_buffer: u64,
}

impl fmt::Display for DeviceInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.name, self.backend)
    }
}
