//! Devices: listing and opening them.

use std::sync::{Arc, LazyLock, Mutex};

use ninth_training::engine::{DeviceInfo, EngineError};
use wgpu::{Adapter, Backends, DeviceType, Features, Limits};

use crate::GpuError;

/// The number of buffers that the kernels read and write.
pub(crate) const STORAGE_BUFFERS: u32 = 8;

/// The drivers, loaded once: some fail when they are loaded and unloaded a few dozen times.
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
    /// Whether to use the kernels for software devices.
    software: bool,
}

impl From<Adapter> for Gpu {
    fn from(adapter: Adapter) -> Self {
        let software = adapter.get_info().device_type == DeviceType::Cpu;
        Gpu { adapter, software }
    }
}

impl Gpu {
    /// All devices that can run the kernels: discrete GPUs first, software last.
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

    /// The first device whose name contains `wanted`, ignoring case; without `wanted`, the first
    /// of all.
    ///
    /// # Errors
    ///
    /// If there is no such device.
    pub fn find(wanted: Option<&str>) -> Result<Gpu, GpuError> {
        let all = Gpu::all();
        let names: Vec<String> = all.iter().map(|gpu| gpu.info().name).collect();
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

    /// The same device with the kernels for hardware, even if it is software: to test them.
    pub fn as_hardware(self) -> Gpu {
        Gpu { software: false, ..self }
    }

    /// Name, kind, driver and memory.
    pub fn info(&self) -> DeviceInfo {
        let info = self.adapter.get_info();
        let limits = self.adapter.limits();
        let kind = match info.device_type {
            DeviceType::DiscreteGpu => "discrete GPU",
            DeviceType::IntegratedGpu => "integrated GPU",
            DeviceType::VirtualGpu => "virtual GPU",
            DeviceType::Cpu => "software",
            DeviceType::Other => "device",
        };
        DeviceInfo {
            driver: format!("{} {}", info.driver, info.driver_info).trim().to_string(),
            name: info.name,
            kind,
            backend: format!("{:?}", info.backend),
            memory: memory_of(&info.device_pci_bus_id),
            largest_buffer: limits.max_buffer_size.min(limits.max_storage_buffer_binding_size),
        }
    }

    /// Opens it.
    pub(crate) fn open(&self) -> Result<OpenDevice, GpuError> {
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
            // The callback also runs when this program destroys the device.
            if reason != wgpu::DeviceLostReason::Destroyed {
                lost.set(format!("the device was lost: {message}"));
            }
        });
        Ok(OpenDevice { device, queue, software: self.software, failure })
    }
}

/// Bytes of memory of the device with this PCI bus ID, if its driver tells (Linux, AMD).
fn memory_of(bus_id: &str) -> Option<u64> {
    if bus_id.is_empty() || bus_id.contains('/') {
        return None;
    }
    let path = format!("/sys/bus/pci/devices/{bus_id}/mem_info_vram_total");
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// An open device.
#[derive(Debug)]
pub(crate) struct OpenDevice {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    /// Whether to use the kernels for software devices.
    pub(crate) software: bool,
    failure: Failure,
}

impl OpenDevice {
    /// Fails if an error was reported since the device was opened.
    pub(crate) fn check(&self) -> Result<(), EngineError> {
        match self.failure.get() {
            Some(message) => Err(EngineError::Device(message)),
            None => Ok(()),
        }
    }

    /// Waits for a submission, or for all of them if it is `None`.
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

/// The first error of a device, which callbacks report.
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
