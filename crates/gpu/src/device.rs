//! Devices: which there are, and opening one.

use std::fmt;
use std::sync::{Arc, LazyLock, Mutex};

use ninth_training::engine::EngineError;
use wgpu::{Adapter, Backends, DeviceType, Features, Limits};

use crate::GpuError;

/// Buffers that the kernels read and write.
const STORAGE_BUFFERS: u32 = 8;

/// The drivers, loaded once: some fail after having been loaded and unloaded a few dozen times.
static INSTANCE: LazyLock<wgpu::Instance> = LazyLock::new(|| {
    wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: Backends::PRIMARY,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    })
});

/// A device of this machine.
#[derive(Clone, Debug)]
pub struct Gpu {
    adapter: Adapter,
    /// Whether its kernels are those for devices made of software.
    software: bool,
}

impl From<Adapter> for Gpu {
    fn from(adapter: Adapter) -> Self {
        let software = adapter.get_info().device_type == DeviceType::Cpu;
        Gpu { adapter, software }
    }
}

/// What is known of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its name.
    pub name: String,
    /// What kind of device it is: `discrete GPU`, `software`.
    pub kind: &'static str,
    /// Through what it is spoken to: `Vulkan`.
    pub backend: String,
    /// Name and version of its driver.
    pub driver: String,
    /// Bytes of its memory, where the system says so.
    pub memory: Option<u64>,
    /// Bytes of the largest buffer that it takes.
    pub largest_buffer: u64,
}

impl Gpu {
    /// All devices that could run a model, the most promising first.
    pub fn all() -> Vec<Gpu> {
        let adapters = pollster::block_on(INSTANCE.enumerate_adapters(Backends::PRIMARY));
        let mut all: Vec<Gpu> = adapters.into_iter().map(Gpu::from).collect();
        all.retain(|gpu| {
            gpu.adapter.limits().max_storage_buffers_per_shader_stage >= STORAGE_BUFFERS
        });
        all.sort_by_key(|gpu| match gpu.adapter.get_info().device_type {
            DeviceType::DiscreteGpu => 0,
            DeviceType::IntegratedGpu => 1,
            DeviceType::VirtualGpu => 2,
            DeviceType::Other => 3,
            DeviceType::Cpu => 4,
        });
        all
    }

    /// The device whose name has `wanted` in it, whatever the case; the first of all without
    /// a wish.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn find(wanted: Option<&str>) -> Result<Gpu, GpuError> {
        let all = Gpu::all();
        let names: Vec<String> = all.iter().map(|gpu| gpu.about().name).collect();
        let Some(wanted) = wanted else {
            return all.into_iter().next().ok_or(GpuError::NoDevice);
        };
        let matches = |name: &String| name.to_lowercase().contains(&wanted.to_lowercase());
        match names.iter().position(matches) {
            Some(index) => Ok(all[index].clone()),
            None if names.is_empty() => Err(GpuError::NoDevice),
            None => Err(GpuError::NoSuchDevice {
                wanted: wanted.to_string(),
                allowed: names.join(", "),
            }),
        }
    }

    /// The same device with the kernels of hardware, whatever it is made of: so software can
    /// test those, too.
    pub fn as_hardware(self) -> Gpu {
        Gpu { software: false, ..self }
    }

    /// What is known of it.
    pub fn about(&self) -> About {
        let info = self.adapter.get_info();
        let limits = self.adapter.limits();
        let kind = match info.device_type {
            DeviceType::DiscreteGpu => "discrete GPU",
            DeviceType::IntegratedGpu => "integrated GPU",
            DeviceType::VirtualGpu => "virtual GPU",
            DeviceType::Cpu => "software",
            DeviceType::Other => "device",
        };
        About {
            driver: format!("{} {}", info.driver, info.driver_info).trim().to_string(),
            name: info.name,
            kind,
            backend: format!("{:?}", info.backend),
            memory: memory_of(&info.device_pci_bus_id),
            largest_buffer: limits.max_buffer_size.min(limits.max_storage_buffer_binding_size),
        }
    }

    /// Opens it.
    pub(crate) fn open(&self) -> Result<Open, GpuError> {
        let limits = self.adapter.limits();
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("ninth"),
            required_features: Features::empty(),
            required_limits: Limits { ..limits },
            memory_hints: wgpu::MemoryHints::MemoryUsage,
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(self.adapter.request_device(&descriptor))
            .map_err(|source| GpuError::Device(source.to_string()))?;
        let failure = Failure::default();
        let uncaptured = failure.clone();
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            uncaptured.set(match error {
                wgpu::Error::OutOfMemory { .. } => "the device is out of memory".to_string(),
                other => other.to_string(),
            });
        }));
        let lost = failure.clone();
        device.set_device_lost_callback(move |reason, message| {
            // It is no loss when we close it ourselves.
            if reason != wgpu::DeviceLostReason::Destroyed {
                lost.set(format!("the device was lost: {message}"));
            }
        });
        Ok(Open { device, queue, software: self.software, failure })
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.name, self.backend)
    }
}

/// Memory of a device at a place on the PCI bus, where its driver tells (Linux, AMD).
fn memory_of(bus_id: &str) -> Option<u64> {
    if bus_id.is_empty() || bus_id.contains('/') {
        return None;
    }
    let path = format!("/sys/bus/pci/devices/{bus_id}/mem_info_vram_total");
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// An open device.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    /// Whether its kernels are those for devices made of software.
    pub(crate) software: bool,
    failure: Failure,
}

impl Open {
    /// Whether it still works.
    pub(crate) fn check(&self) -> Result<(), EngineError> {
        match self.failure.get() {
            Some(message) => Err(EngineError::Device(message)),
            None => Ok(()),
        }
    }

    /// Waits for a submission, or for all of them.
    pub(crate) fn wait(
        &self,
        submission: Option<wgpu::SubmissionIndex>,
    ) -> Result<(), EngineError> {
        let poll = wgpu::PollType::Wait { submission_index: submission, timeout: None };
        let waited = self.device.poll(poll);
        self.check()?;
        waited.map(|_| ()).map_err(|source| EngineError::Device(source.to_string()))
    }
}

/// The first thing that went wrong on a device, which is told of it in a callback.
#[derive(Clone, Debug, Default)]
struct Failure(Arc<Mutex<Option<String>>>);

impl Failure {
    fn set(&self, message: String) {
        if let Ok(mut first) = self.0.lock() {
            first.get_or_insert(message);
        }
    }

    fn get(&self) -> Option<String> {
        self.0.lock().ok().and_then(|first| first.clone())
    }
}
