//! The folder of a run: its config, logs, checkpoints and best weights.
//!
//! ```text
//! config.toml                 the complete config
//! metrics.jsonl               a line per progress event and validation
//! events.out.tfevents.*       the same for TensorBoard
//! checkpoints/step-00010000.safetensors
//! best.safetensors            the best weights, with the config
//! report.html                 the whole training at a glance, once it is over
//! ```
//!
//! Files are written to a temporary name, synced and renamed, so that under its
//! own name a file is always whole. The two logs grow instead; a checkpoint
//! remembers how long they were.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ninth_model::Layout;

use crate::Config;
use crate::checkpoint::{Checkpoint, ReadError, weights_to_bytes};
use crate::logging::{self, jsonl, tensorboard};
use crate::trainer::{Best, Progress, Validation};

/// Checkpoints that are kept.
const KEPT: usize = 3;

/// The folder of a run.
#[derive(Debug)]
pub struct RunDirectory {
    path: PathBuf,
}

/// What is wrong with a run's files.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The system refused something.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was to be done.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The folder is there already.
    #[error(
        "{} exists already; choose another folder, or continue its training with --resume",
        .0.display()
    )]
    Exists(PathBuf),
    /// A folder without checkpoints.
    #[error("{} has no checkpoint to resume from", .0.display())]
    NoCheckpoint(PathBuf),
    /// A checkpoint that cannot be read.
    #[error("{} cannot be used: {source}{}", path.display(), offer(.older))]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<ReadError>,
        /// The one before it.
        older: Option<PathBuf>,
    },
    /// Weights that cannot be written.
    #[error(transparent)]
    Weights(#[from] ninth_model::Error),
}

fn offer(older: &Option<PathBuf>) -> String {
    match older {
        Some(older) => format!(
            "; the one before it is {}: remove the damaged file to resume from there",
            older.display()
        ),
        None => String::new(),
    }
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> RunError + 'a {
    move |source| RunError::Io { action, path: path.to_path_buf(), source }
}

/// Writes a file so that it is never seen half-written: to a temporary name in
/// the same folder, synced, renamed, the folder synced.
///
/// # Errors
///
/// If the system refuses; the temporary file is removed then.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let write = || {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|source| {
        // Whether it can be removed or not, the first error is the one to report.
        let _ = fs::remove_file(&temporary);
        failed("write", path)(source)
    })?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // Not every system can sync a folder; the file itself is safe.
        if let Ok(folder) = File::open(folder) {
            let _ = folder.sync_all();
        }
    }
    Ok(())
}

impl RunDirectory {
    /// Makes the folder of a new run, and those above it.
    ///
    /// # Errors
    ///
    /// If there is something of this name already, other than an empty folder, or
    /// the system refuses.
    pub fn create(path: &Path, config: &Config) -> Result<Self, RunError> {
        match fs::read_dir(path) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(RunError::Exists(path.to_path_buf()));
                }
            }
            Err(source) if path.exists() => return Err(failed("use", path)(source)),
            Err(_) => {}
        }
        let checkpoints = path.join("checkpoints");
        fs::create_dir_all(&checkpoints).map_err(failed("create", path))?;
        let run = RunDirectory { path: path.to_path_buf() };
        write_atomically(&run.path.join("config.toml"), config.to_text(true).as_bytes())?;
        Ok(run)
    }

    /// The folder of a run that is there.
    pub fn open(path: &Path) -> Self {
        RunDirectory { path: path.to_path_buf() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the best weights are.
    pub fn best_path(&self) -> PathBuf {
        self.path.join("best.safetensors")
    }

    /// Writes the best weights.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn save_best(&self, config: &Config, layout: &Layout, best: &Best) -> Result<(), RunError> {
        let bytes = weights_to_bytes(config, layout, &best.parameters, best.step)?;
        write_atomically(&self.best_path(), &bytes)
    }

    /// The text of `metrics.jsonl`, of all sessions of the training.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn metrics(&self) -> Result<String, RunError> {
        let path = self.path.join("metrics.jsonl");
        let bytes = fs::read(&path).map_err(failed("read", &path))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Where the report is.
    pub fn report_path(&self) -> PathBuf {
        self.path.join("report.html")
    }

    /// Writes the report.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn save_report(&self, page: &str) -> Result<(), RunError> {
        write_atomically(&self.report_path(), page.as_bytes())
    }

    /// Writes a checkpoint and removes those that are too old to keep.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn save_checkpoint(
        &self,
        checkpoint: &Checkpoint,
        config: &Config,
        layout: &Layout,
        logs: &Logs,
    ) -> Result<PathBuf, RunError> {
        // What a checkpoint says of the logs must be on the disk before it is.
        logs.sync()?;
        let name = format!("step-{:08}.safetensors", checkpoint.step);
        let path = self.path.join("checkpoints").join(name);
        let bytes = checkpoint.to_bytes(config, layout, &logs.sizes())?;
        write_atomically(&path, &bytes)?;
        let checkpoints = self.checkpoints()?;
        for old in checkpoints.iter().rev().skip(KEPT) {
            fs::remove_file(old).map_err(failed("remove", old))?;
        }
        Ok(path)
    }

    /// The newest checkpoint, with its config and the sizes of the logs.
    ///
    /// # Errors
    ///
    /// If there is none, or it cannot be read.
    pub fn newest_checkpoint(
        &self,
    ) -> Result<(Config, Checkpoint, BTreeMap<String, u64>), RunError> {
        let mut checkpoints = self.checkpoints()?;
        let newest = checkpoints.pop().ok_or(RunError::NoCheckpoint(self.path.clone()))?;
        let bytes = fs::read(&newest).map_err(failed("read", &newest))?;
        Checkpoint::from_bytes(&bytes).map_err(|source| RunError::Checkpoint {
            path: newest,
            source: Box::new(source),
            older: checkpoints.pop(),
        })
    }

    /// The checkpoints, oldest first.
    fn checkpoints(&self) -> Result<Vec<PathBuf>, RunError> {
        let folder = self.path.join("checkpoints");
        let entries = fs::read_dir(&folder).map_err(failed("read", &folder))?;
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry.map_err(failed("read", &folder))?.path();
            let step = path.file_stem().and_then(|stem| stem.to_str()?.strip_prefix("step-"));
            let step = step.and_then(|step| step.parse::<u64>().ok());
            if let (Some(step), Some("safetensors")) =
                (step, path.extension().and_then(|e| e.to_str()))
            {
                paths.push((step, path));
            }
        }
        paths.sort();
        Ok(paths.into_iter().map(|(_, path)| path).collect())
    }

    /// The logs of a new run. Times are seconds since 1970.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn create_logs(&self, now: f64) -> Result<Logs, RunError> {
        let metrics = LogFile::open(self.path.join("metrics.jsonl"), 0)?;
        // TensorBoard wants this name, the seconds in ten digits and a host.
        let name = format!("events.out.tfevents.{:010}.ninth", now as u64);
        let mut events = LogFile::open(self.path.join(name), 0)?;
        events.append(&tensorboard::header(now))?;
        Ok(Logs { metrics, events })
    }

    /// The logs of a run that goes on, cut back to the sizes that they had.
    ///
    /// # Errors
    ///
    /// If one is missing or shorter, or the system refuses.
    pub fn open_logs(&self, sizes: &BTreeMap<String, u64>) -> Result<Logs, RunError> {
        let find = |wanted: fn(&str) -> bool| {
            let found = sizes.iter().find(|(name, _)| wanted(name));
            let missing = || {
                let source = io::Error::new(io::ErrorKind::NotFound, "the log of the checkpoint");
                failed("open", &self.path)(source)
            };
            let (name, size) = found.ok_or_else(missing)?;
            // A checkpoint from elsewhere must not reach out of the folder.
            if Path::new(name).file_name() != Some(name.as_ref()) {
                return Err(missing());
            }
            LogFile::open(self.path.join(name), *size)
        };
        Ok(Logs {
            metrics: find(|name| name == "metrics.jsonl")?,
            events: find(|name| name.starts_with("events.out.tfevents."))?,
        })
    }
}

/// The files that grow during training.
#[derive(Debug)]
pub struct Logs {
    metrics: LogFile,
    events: LogFile,
}

#[derive(Debug)]
struct LogFile {
    path: PathBuf,
    file: File,
    size: u64,
}

impl LogFile {
    /// Opens a log to append to, cut back to a size.
    fn open(path: PathBuf, size: u64) -> Result<Self, RunError> {
        let open = || {
            let file = OpenOptions::new().create(size == 0).append(true).open(&path)?;
            if file.metadata()?.len() < size {
                let message = format!("it is shorter than the {size} bytes of the checkpoint");
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
            }
            file.set_len(size)?;
            Ok(file)
        };
        let file = open().map_err(failed("open", &path))?;
        Ok(LogFile { file, size, path })
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), RunError> {
        self.file.write_all(bytes).map_err(failed("write", &self.path))?;
        self.size += bytes.len() as u64;
        Ok(())
    }
}

impl Logs {
    /// Writes down some steps.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn progress(&mut self, now: f64, progress: &Progress) -> Result<(), RunError> {
        let scalars = logging::progress_scalars(progress);
        self.write("progress", now, progress.step, progress.epoch, &scalars)
    }

    /// Writes down a validation.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn validation(
        &mut self,
        now: f64,
        validation: &Validation,
        classes: usize,
    ) -> Result<(), RunError> {
        let scalars = logging::validation_scalars(validation, classes);
        self.write("validation", now, validation.step, validation.epoch, &scalars)
    }

    fn write(
        &mut self,
        kind: &str,
        now: f64,
        step: u64,
        epoch: f64,
        scalars: &[(String, f64)],
    ) -> Result<(), RunError> {
        self.metrics.append(jsonl::line(kind, step, epoch, scalars).as_bytes())?;
        self.events.append(&tensorboard::scalars(now, step, scalars))
    }

    fn sync(&self) -> Result<(), RunError> {
        for log in [&self.metrics, &self.events] {
            log.file.sync_data().map_err(failed("write", &log.path))?;
        }
        Ok(())
    }

    fn sizes(&self) -> BTreeMap<String, u64> {
        let name = |log: &LogFile| log.path.file_name().map(|name| name.to_string_lossy().into());
        [&self.metrics, &self.events]
            .into_iter()
            .filter_map(|log| Some((name(log)?, log.size)))
            .collect()
    }
}
