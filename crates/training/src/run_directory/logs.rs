//! The logs of a run: files that grow while it trains.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use crate::Config;
use crate::baselines::Uniform;
use crate::files::{FileError, failed, open_to_append, write_atomically};
use crate::logging::{self, hparams, jsonl, tensorboard};
use crate::metrics::Metrics;
use crate::trainer::{Progress, Validation};

pub(super) const METRICS: &str = "metrics.jsonl";
pub(super) const TIMINGS: &str = "timings.jsonl";
const EVENTS: &str = "events.out.tfevents.";

/// The sizes of the logs of a training that has not begun.
pub(super) fn sizes_at_start() -> BTreeMap<String, u64> {
    let header = tensorboard::header(0.0).len() as u64;
    BTreeMap::from([("metrics".to_string(), 0), ("events".to_string(), header)])
}

/// The files that grow during training.
#[derive(Debug)]
pub struct Logs {
    metrics: LogFile,
    events: LogFile,
    timings: LogFile,
}

#[derive(Debug)]
struct LogFile {
    path: PathBuf,
    file: File,
    size: u64,
}

impl LogFile {
    /// Opens a log for appending, truncated to a size or, without one, to its last whole line.
    fn open(path: PathBuf, size: Option<u64>) -> Result<Self, FileError> {
        let open = || {
            let size = match size {
                Some(size) => size,
                None => {
                    let text = if path.exists() { fs::read(&path)? } else { Vec::new() };
                    text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end as u64 + 1)
                }
            };
            Ok((open_to_append(&path, size)?, size))
        };
        let (file, size) = open().map_err(failed("open", &path))?;
        Ok(LogFile { file, size, path })
    }

    /// Whether its last record is this one, whatever its time.
    fn ends_like(&self, record: &[u8]) -> Result<bool, FileError> {
        let text = fs::read(&self.path).map_err(failed("read", &self.path))?;
        let message = |record: &[u8]| {
            record.get(tensorboard::BEHIND_TIME..record.len() - 4).map(<[u8]>::to_vec)
        };
        let last = text.len().checked_sub(record.len()).map(|start| message(&text[start..]));
        Ok(last.is_some_and(|last| last == message(record)))
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.file.write_all(bytes).map_err(failed("write", &self.path))?;
        self.size += bytes.len() as u64;
        Ok(())
    }
}

impl Logs {
    /// Writes the files of a training that has not begun; `now` is in seconds since 1970.
    pub(super) fn create_files(folder: &Path, now: f64) -> Result<(), FileError> {
        // TensorBoard wants this name, the seconds in ten digits and a host.
        let events = format!("{EVENTS}{:010}.ninth", now as u64);
        write_atomically(&folder.join(events), &tensorboard::header(now))?;
        for name in [METRICS, TIMINGS] {
            write_atomically(&folder.join(name), b"")?;
        }
        Ok(())
    }

    /// Opens the logs of a folder, truncated to the sizes that a checkpoint recorded.
    pub(super) fn open(folder: &Path, sizes: &BTreeMap<String, u64>) -> Result<Self, FileError> {
        let size = |name: &str| {
            let missing = || io::Error::new(ErrorKind::NotFound, "the checkpoint has no such log");
            sizes.get(name).copied().ok_or_else(|| failed("open", &folder.join(name))(missing()))
        };
        let mut events = None;
        for entry in fs::read_dir(folder).map_err(failed("read", folder))? {
            let path = entry.map_err(failed("read", folder))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(EVENTS) {
                events = Some(path);
            }
        }
        let events = events.ok_or_else(|| {
            let source = io::Error::new(ErrorKind::NotFound, "there is no such file");
            failed("open", &folder.join(format!("{EVENTS}*")))(source)
        })?;
        Ok(Logs {
            metrics: LogFile::open(folder.join(METRICS), Some(size("metrics")?))?,
            events: LogFile::open(events, Some(size("events")?))?,
            timings: LogFile::open(folder.join(TIMINGS), None)?,
        })
    }

    /// Records the config of a training that begins; `now` is in seconds since 1970.
    pub(super) fn begin(&mut self, now: f64, config: &Config) -> Result<(), FileError> {
        self.events.append(&hparams::start(now, config))
    }

    /// Records that the training is over after `step` steps, unless that is recorded; `now` is in
    /// seconds since 1970.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn end(&mut self, now: f64, step: u64) -> Result<(), FileError> {
        let record = hparams::end(now, step);
        match self.events.ends_like(&record)? {
            true => Ok(()),
            false => self.events.append(&record),
        }
    }

    /// Records that a session stops after `step` steps, having trained for this long since it
    /// began or stopped before; `now` is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn stopped(&mut self, now: f64, step: u64, took: Duration) -> Result<(), FileError> {
        let seconds = took.as_secs_f64();
        let line = json!({ "event": "stopped", "time": now, "step": step, "seconds": seconds });
        self.timings.append(format!("{line}\n").as_bytes())
    }

    /// Records that a process continues the training after `step` steps with this engine; `now`
    /// is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn session(&mut self, now: f64, step: u64, engine: &str) -> Result<(), FileError> {
        let line = json!({ "event": "session", "time": now, "step": step, "engine": engine });
        self.timings.append(format!("{line}\n").as_bytes())
    }

    /// Records a progress event; `now` is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn progress(&mut self, now: f64, progress: &Progress) -> Result<(), FileError> {
        let line = json!({ "event": "progress", "time": now, "step": progress.step });
        self.timings.append(format!("{line}\n").as_bytes())?;
        let scalars = logging::progress_scalars(progress);
        self.write("progress", now, progress.step, progress.epoch, &scalars)
    }

    /// Records a validation, with the Bayes limit beside it if that is known; `now` is in
    /// seconds since 1970.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn validation(
        &mut self,
        now: f64,
        validation: &Validation,
        uniform: &Uniform,
        limit: Option<&Metrics>,
    ) -> Result<(), FileError> {
        let scalars = logging::validation_scalars(validation, uniform, limit);
        self.write("validation", now, validation.step, validation.epoch, &scalars)
    }

    fn write(
        &mut self,
        kind: &str,
        now: f64,
        step: u64,
        epoch: f64,
        scalars: &[(String, f64)],
    ) -> Result<(), FileError> {
        self.metrics.append(jsonl::line(kind, step, epoch, scalars).as_bytes())?;
        self.events.append(&tensorboard::scalars(now, step, scalars))
    }

    pub(super) fn sync(&self) -> Result<(), FileError> {
        for log in [&self.metrics, &self.events] {
            log.file.sync_data().map_err(failed("write", &log.path))?;
        }
        Ok(())
    }

    pub(super) fn sizes(&self) -> BTreeMap<String, u64> {
        let sizes = [("metrics", self.metrics.size), ("events", self.events.size)];
        sizes.map(|(name, size)| (name.to_string(), size)).into()
    }
}
