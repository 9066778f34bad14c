//! The folder of a run: its config, logs, checkpoints and best weights.
//!
//! ```text
//! config.toml                 the complete config
//! from.txt                    where the first weights are from, if they are those of a model
//! metrics.jsonl               a line per progress event and validation
//! events.out.tfevents.*       the same for TensorBoard
//! timings.jsonl               a line per session, its progress events and its end, with the time
//! lock                        locked by the process that works here
//! diverged.csv                the sequences of a step whose loss or gradients were not finite
//! checkpoints/step-00010000.safetensors
//! best.safetensors            the best weights, with the config
//! report.html                 the whole training at a glance, once it is over
//! ```
//!
//! Files are written to a temporary name, synced and renamed, so that under its
//! own name a file is always whole; so is the folder itself. The logs grow instead; a
//! checkpoint records the sizes of metrics and events.

mod logs;
mod timings;
mod view;

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ninth_model::Layout;

use crate::checkpoint::Checkpoint;
use crate::divergence::Diverged;
use crate::early_stopping::Best;
use crate::files::{
    FileError, TEMPORARY, failed, is_in_the_way, lock, patiently, sync_parent, temporary,
    write_atomically,
};
use crate::metadata::ReadError;
use crate::stages::Stage;
use crate::trained_model::weights_to_bytes;
use crate::{Config, ConfigError};

pub use logs::Logs;
pub use timings::Timings;
pub use view::{RunState, RunView};

const CONFIG: &str = "config.toml";
const ORIGIN: &str = "from.txt";
const CHECKPOINTS: &str = "checkpoints";
const DIVERGED: &str = "diverged.csv";
const BEST: &str = "best.safetensors";
const REPORT: &str = "report.html";
const STEP: &str = "step-";

/// The folder of a run.
#[derive(Debug)]
pub struct RunDirectory {
    path: PathBuf,
    /// Holds the lock until it is dropped.
    _lock: File,
}

/// A training to be resumed.
#[derive(Debug)]
pub struct Resumed {
    /// Its config.
    pub config: Config,
    /// Its newest checkpoint; none if it was cut off before the first.
    pub checkpoint: Option<Checkpoint>,
    /// The logs, truncated to their sizes at that point.
    pub logs: Logs,
}

/// Why the folder of a run cannot be used.
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
    /// A training that began with the weights of a model, cut off before these were kept.
    #[error(
        "the training in {} was cut off before its first weights, those of {origin}, were kept; \
         begin it again in another folder",
        path.display()
    )]
    NoFirstWeights {
        /// The folder.
        path: PathBuf,
        /// Where the weights are from.
        origin: String,
    },
    /// The config of a run is not valid any more.
    #[error("a training cannot be resumed: {0}")]
    Config(Box<ConfigError>),
    /// A checkpoint that cannot be read.
    #[error("{} cannot be used: {source}{}", path.display(), offer(.older))]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// The reason.
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
    /// Creates the folder of a new run, and those above it, with its config and empty logs. It
    /// is created under a temporary name and renamed, so that it is never seen half-made. `now`
    /// is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// If the path exists already and is not an empty folder, or the operating system refuses.
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
        // An existing folder is filled in place: `.`, for one, cannot be replaced.
        let folder = if there { path.to_path_buf() } else { temporary(path) };
        let made = Self::fill(&folder, config, now).and_then(|held| match there {
            true => Ok(held),
            false => Self::appear(&folder, path, held),
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
                RunError::File(FileError::Held { source, .. }) => {
                    failed("create", path)(source).into()
                }
                other => other,
            }
        })?;
        let run = RunDirectory { path: path.to_path_buf(), _lock: lock };
        let logs = run.logs_at_start(config, now)?;
        Ok((run, logs))
    }

    /// Gives the folder of a new run its name.
    fn appear(folder: &Path, path: &Path, held: File) -> Result<File, RunError> {
        // Windows renames no folder with an open file in it. Should another process lock it before
        // this one does again, the training is that one's.
        let held = match cfg!(windows) {
            true => {
                drop(held);
                None
            }
            false => Some(held),
        };
        let rename = || match fs::rename(folder, path) {
            Err(error) if is_in_the_way(&error) && path.exists() => {
                Err(ErrorKind::AlreadyExists.into())
            }
            renamed => renamed,
        };
        patiently(rename).map_err(|source| match source.kind() {
            ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists => {
                RunError::Exists(path.to_path_buf())
            }
            _ => failed("create", path)(source).into(),
        })?;
        sync_parent(path);
        Ok(match held {
            Some(held) => held,
            None => lock(path)?,
        })
    }

    /// Writes the files of a new run. The config comes last: a folder that has it has the rest.
    fn fill(folder: &Path, config: &Config, now: f64) -> Result<File, RunError> {
        let checkpoints = folder.join(CHECKPOINTS);
        fs::create_dir_all(&checkpoints).map_err(failed("create", folder))?;
        let lock = lock(folder)?;
        Logs::create_files(folder, now)?;
        write_atomically(&folder.join(CONFIG), config.to_text(true).as_bytes())?;
        Ok(lock)
    }

    /// Opens the folder of an existing run and locks it.
    ///
    /// # Errors
    ///
    /// If it is no folder of a run, another process has locked it, or the operating system
    /// refuses.
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

    /// Removes temporary files that a killed process left behind. The lock shows that no other
    /// process is writing them.
    fn remove_temporary(&self) -> Result<(), RunError> {
        for folder in [self.path.clone(), self.path.join(CHECKPOINTS)] {
            for entry in fs::read_dir(&folder).map_err(failed("read", &folder))? {
                let path = entry.map_err(failed("read", &folder))?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let ours = [CONFIG, ORIGIN, BEST, REPORT, DIVERGED, STEP];
                if name.ends_with(TEMPORARY) && ours.iter().any(|start| name.starts_with(start)) {
                    patiently(|| fs::remove_file(&path)).map_err(failed("remove", &path))?;
                }
            }
        }
        Ok(())
    }

    /// The path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of the best weights.
    pub fn best_path(&self) -> PathBuf {
        self.path.join(BEST)
    }

    /// Writes where the first weights are from: the name of a model.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn save_origin(&self, name: &str) -> Result<(), RunError> {
        Ok(write_atomically(&self.path.join(ORIGIN), format!("{name}\n").as_bytes())?)
    }

    /// Where the first weights are from; `None` if they were random ones.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn origin(&self) -> Result<Option<String>, RunError> {
        let path = self.path.join(ORIGIN);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).trim_end().to_string())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(failed("read", &path)(source).into()),
        }
    }

    /// Writes the best weights.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
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

    /// The logs of a training that has not begun.
    fn logs_at_start(&self, config: &Config, now: f64) -> Result<Logs, RunError> {
        let mut logs = Logs::open(&self.path, &logs::sizes_at_start())?;
        logs.begin(now, config)?;
        Ok(logs)
    }

    /// The time and the steps of all sessions so far.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn timings(&self) -> Result<Timings, RunError> {
        let path = self.path.join(logs::TIMINGS);
        let bytes = match fs::read(&path) {
            // Nothing else depends on it.
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read.map_err(failed("read", &path))?,
        };
        Ok(Timings::read(&String::from_utf8_lossy(&bytes)))
    }

    /// The text of `metrics.jsonl`, of all sessions of the training.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn metrics(&self) -> Result<String, RunError> {
        let path = self.path.join(logs::METRICS);
        let bytes = fs::read(&path).map_err(failed("read", &path))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The path of the report.
    pub fn report_path(&self) -> PathBuf {
        self.path.join(REPORT)
    }

    /// Writes the report.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn save_report(&self, page: &str) -> Result<(), RunError> {
        Ok(write_atomically(&self.report_path(), page.as_bytes())?)
    }

    /// Writes the sequences of a step whose loss or gradients were not finite, as CSV; returns the
    /// path.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
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

    /// Writes a checkpoint, and removes all but the newest `training.checkpoints_kept`.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn save_checkpoint(
        &self,
        checkpoint: &Checkpoint,
        config: &Config,
        layout: &Layout,
        logs: &Logs,
    ) -> Result<PathBuf, RunError> {
        // The logs up to the recorded sizes must be on the disk before the checkpoint is.
        logs.sync()?;
        let name = format!("{STEP}{:08}.safetensors", checkpoint.step);
        let path = self.path.join(CHECKPOINTS).join(name);
        let bytes = checkpoint.to_bytes(config, layout, &logs.sizes())?;
        write_atomically(&path, &bytes)?;
        let checkpoints = self.checkpoints()?;
        for old in checkpoints.iter().rev().skip(config.training.checkpoints_kept) {
            match fs::remove_file(old) {
                // It goes with the next one.
                Err(error) if is_in_the_way(&error) => {}
                removed => removed.map_err(failed("remove", old))?,
            }
        }
        Ok(path)
    }

    /// The newest checkpoint's file, if there is one.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn newest_checkpoint(&self) -> Result<Option<PathBuf>, RunError> {
        Ok(self.checkpoints()?.pop())
    }

    /// Reads the state to resume from: the newest checkpoint or, if there is none yet, the
    /// start. `now` is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or is damaged, or the first weights are lost.
    pub fn resume(&self, now: f64) -> Result<Resumed, RunError> {
        let mut checkpoints = self.checkpoints()?;
        let Some(newest) = checkpoints.pop() else {
            if let Some(origin) = self.origin()? {
                return Err(RunError::NoFirstWeights { path: self.path.clone(), origin });
            }
            let path = self.path.join(CONFIG);
            let text = fs::read(&path).map_err(failed("read", &path))?;
            let name = path.display().to_string();
            let config = Config::from_text(&name, &String::from_utf8_lossy(&text))
                .map_err(|error| RunError::Config(Box::new(error)))?;
            let logs = self.logs_at_start(&config, now)?;
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
