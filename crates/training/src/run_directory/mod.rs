//! The folder of a run: its config, logs, checkpoints and best weights.
//!
//! ```text
//! config.toml                 the complete config
//! metrics.jsonl               a line per progress event and validation
//! events.out.tfevents.*       the same for TensorBoard
//! timings.jsonl               a line per session and progress event: what depends on the clock
//! lock                        locked by the process that is at work here
//! diverged.csv                the sequences of a step that gave no finite numbers
//! checkpoints/step-00010000.safetensors
//! best.safetensors            the best weights, with the config
//! report.html                 the whole training at a glance, once it is over
//! ```
//!
//! Files are written to a temporary name, synced and renamed, so that under its
//! own name a file is always whole; so is the folder itself. The logs grow instead; a
//! checkpoint remembers how long metrics and events were.

mod logs;

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ninth_model::Layout;

use crate::checkpoint::Checkpoint;
use crate::divergence::Diverged;
use crate::early_stopping::Best;
use crate::files::{FileError, TEMPORARY, failed, lock, sync_parent, temporary, write_atomically};
use crate::metadata::ReadError;
use crate::stages::Stage;
use crate::trained_model::weights_to_bytes;
use crate::{Config, ConfigError};

pub use logs::Logs;

const CONFIG: &str = "config.toml";
const CHECKPOINTS: &str = "checkpoints";
const DIVERGED: &str = "diverged.csv";
const BEST: &str = "best.safetensors";
const REPORT: &str = "report.html";
const STEP: &str = "step-";

/// The folder of a run.
#[derive(Debug)]
pub struct RunDirectory {
    path: PathBuf,
    /// Locked for as long as this lives.
    _lock: File,
}

/// Where a training goes on.
#[derive(Debug)]
pub struct Resumed {
    /// Its config.
    pub config: Config,
    /// Its newest checkpoint; none if it was cut off before the first.
    pub checkpoint: Option<Checkpoint>,
    /// The logs, cut back to what they were at that point.
    pub logs: Logs,
}

/// What is wrong with a run's files.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The folder is there already.
    #[error(
        "{} exists already; choose another folder, or continue its training with --resume",
        .0.display()
    )]
    Exists(PathBuf),
    /// A folder that no training was begun in.
    #[error("{} has no config.toml: it is no folder of a run", .0.display())]
    NoRun(PathBuf),
    /// The config of a run is not valid any more.
    #[error("a training cannot be resumed: {0}")]
    Config(Box<ConfigError>),
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

impl RunDirectory {
    /// Makes the folder of a new run, and those above it, with its config and empty logs. It
    /// is made under another name, so that there is all of it or nothing. Times are seconds
    /// since 1970.
    ///
    /// # Errors
    ///
    /// If there is something of this name already, other than an empty folder, or
    /// the system refuses.
    pub fn create(path: &Path, config: &Config, now: f64) -> Result<(Self, Logs), RunError> {
        let there = match fs::read_dir(path) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(RunError::Exists(path.to_path_buf()));
                }
                true
            }
            Err(source) if path.exists() => return Err(failed("use", path)(source).into()),
            Err(_) => false,
        };
        // A folder that is there may be one that cannot be replaced, such as `.`.
        let folder = if there { path.to_path_buf() } else { temporary(path) };
        let made = Self::fill(&folder, config, now).and_then(|lock| {
            if !there {
                fs::rename(&folder, path).map_err(|source| match source.kind() {
                    ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists => {
                        RunError::Exists(path.to_path_buf())
                    }
                    _ => failed("create", path)(source).into(),
                })?;
                sync_parent(path);
            }
            Ok(lock)
        });
        let lock = made.map_err(|error| {
            // The first error is the one to report, by the name that was asked for.
            if !there {
                let _ = fs::remove_dir_all(&folder);
            }
            match error {
                RunError::File(FileError::Io { action, source, .. }) => {
                    failed(action, path)(source).into()
                }
                other => other,
            }
        })?;
        let run = RunDirectory { path: path.to_path_buf(), _lock: lock };
        let logs = Logs::open(&run.path, &logs::sizes_at_start())?;
        Ok((run, logs))
    }

    /// Writes what a new run has. The config comes last: a folder that has it has the rest.
    fn fill(folder: &Path, config: &Config, now: f64) -> Result<File, RunError> {
        let checkpoints = folder.join(CHECKPOINTS);
        fs::create_dir_all(&checkpoints).map_err(failed("create", folder))?;
        let lock = lock(folder)?;
        Logs::create_files(folder, now)?;
        write_atomically(&folder.join(CONFIG), config.to_text(true).as_bytes())?;
        Ok(lock)
    }

    /// The folder of a run that is there, for the one process that works in it.
    ///
    /// # Errors
    ///
    /// If it is none, another process works there, or the system refuses.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        let config = path.join(CONFIG);
        match fs::metadata(&config) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(RunError::NoRun(path.to_path_buf()));
            }
            Err(source) => return Err(failed("read", &config)(source).into()),
        }
        let run = RunDirectory { path: path.to_path_buf(), _lock: lock(path)? };
        run.remove_temporary()?;
        Ok(run)
    }

    /// Removes what a process that was killed had begun to write: nobody else is at work.
    fn remove_temporary(&self) -> Result<(), RunError> {
        for folder in [self.path.clone(), self.path.join(CHECKPOINTS)] {
            for entry in fs::read_dir(&folder).map_err(failed("read", &folder))? {
                let path = entry.map_err(failed("read", &folder))?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let ours = [CONFIG, BEST, REPORT, DIVERGED, STEP];
                if name.ends_with(TEMPORARY) && ours.iter().any(|start| name.starts_with(start)) {
                    fs::remove_file(&path).map_err(failed("remove", &path))?;
                }
            }
        }
        Ok(())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the best weights are.
    pub fn best_path(&self) -> PathBuf {
        self.path.join(BEST)
    }

    /// Writes the best weights.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn save_best(
        &self,
        config: &Config,
        earlier: &[Stage],
        layout: &Layout,
        best: &Best,
    ) -> Result<(), RunError> {
        let stage = Stage { config: config.clone(), steps: best.step };
        let bytes = weights_to_bytes(&stage, earlier, layout, &best.parameters)?;
        Ok(write_atomically(&self.best_path(), &bytes)?)
    }

    /// The text of `metrics.jsonl`, of all sessions of the training.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn metrics(&self) -> Result<String, RunError> {
        let path = self.path.join(logs::METRICS);
        let bytes = fs::read(&path).map_err(failed("read", &path))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Where the report is.
    pub fn report_path(&self) -> PathBuf {
        self.path.join(REPORT)
    }

    /// Writes the report.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn save_report(&self, page: &str) -> Result<(), RunError> {
        Ok(write_atomically(&self.report_path(), page.as_bytes())?)
    }

    /// Writes down the sequences of a step that gave no finite numbers; returns where.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn save_diverged(&self, diverged: &Diverged) -> Result<PathBuf, RunError> {
        let mut text = "id,terms\n".to_string();
        for (number, terms) in (diverged.first..).zip(&diverged.sequences) {
            let terms: Vec<String> = terms.iter().map(ToString::to_string).collect();
            text.push_str(&format!("{number},{}\n", terms.join(" ")));
        }
        let path = self.path.join(DIVERGED);
        write_atomically(&path, text.as_bytes())?;
        Ok(path)
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
        let name = format!("{STEP}{:08}.safetensors", checkpoint.step);
        let path = self.path.join(CHECKPOINTS).join(name);
        let bytes = checkpoint.to_bytes(config, layout, &logs.sizes())?;
        write_atomically(&path, &bytes)?;
        let checkpoints = self.checkpoints()?;
        for old in checkpoints.iter().rev().skip(config.training.checkpoints_kept) {
            fs::remove_file(old).map_err(failed("remove", old))?;
        }
        Ok(path)
    }

    /// The newest checkpoint's file, if there is one.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn newest_checkpoint(&self) -> Result<Option<PathBuf>, RunError> {
        Ok(self.checkpoints()?.pop())
    }

    /// Where the training goes on: at its newest checkpoint or, if there is none yet, at its
    /// start.
    ///
    /// # Errors
    ///
    /// If what it needs cannot be read.
    pub fn resume(&self) -> Result<Resumed, RunError> {
        let mut checkpoints = self.checkpoints()?;
        let Some(newest) = checkpoints.pop() else {
            let path = self.path.join(CONFIG);
            let text = fs::read(&path).map_err(failed("read", &path))?;
            let name = path.display().to_string();
            let config = Config::from_text(&name, &String::from_utf8_lossy(&text))
                .map_err(|error| RunError::Config(Box::new(error)))?;
            let logs = Logs::open(&self.path, &logs::sizes_at_start())?;
            return Ok(Resumed { config, checkpoint: None, logs });
        };
        let bytes = fs::read(&newest).map_err(failed("read", &newest))?;
        let read = Checkpoint::from_bytes(&bytes).map_err(|source| RunError::Checkpoint {
            path: newest,
            source: Box::new(source),
            older: checkpoints.pop(),
        });
        let (config, checkpoint, sizes) = read?;
        let logs = Logs::open(&self.path, &sizes)?;
        Ok(Resumed { config, checkpoint: Some(checkpoint), logs })
    }

    /// The checkpoints, oldest first.
    fn checkpoints(&self) -> Result<Vec<PathBuf>, RunError> {
        let folder = self.path.join("checkpoints");
        let entries = fs::read_dir(&folder).map_err(failed("read", &folder))?;
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry.map_err(failed("read", &folder))?.path();
            let step = path.file_stem().and_then(|stem| stem.to_str()?.strip_prefix(STEP));
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
}
