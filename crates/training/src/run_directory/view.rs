//! The folder of a run as others see it: who shows a training while it goes on writes nothing,
//! and locks nothing for longer than a look.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{BEST, CONFIG, DIVERGED, REPORT, logs};
use crate::files::{is_locked, open_plain};

/// Bytes of a config, at most: one with all comments has a tenth.
const LARGEST: u64 = 1 << 18;

ninth_settings::options! {
    /// What became of a run so far.
    pub enum RunState {
        /// a process is at work in its folder
        Running = "running",
        /// it is over, its report is written
        Finished = "finished",
        /// a loss or a gradient was not finite
        Diverged = "diverged",
        /// it was interrupted or killed, and can be resumed
        Stopped = "stopped",
    }
}

/// The folder of a run, to be looked at. All its files are plain ones; links are not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunView {
    path: PathBuf,
}

impl RunView {
    /// The run in a folder; `None` if there is none.
    pub fn of(path: &Path) -> Option<Self> {
        let is_folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
        let view = RunView { path: path.to_path_buf() };
        (is_folder && view.has(CONFIG)).then_some(view)
    }

    /// What became of it.
    pub fn state(&self) -> RunState {
        match () {
            () if self.has(REPORT) => RunState::Finished,
            () if is_locked(&self.path) => RunState::Running,
            () if self.has(DIVERGED) => RunState::Diverged,
            () => RunState::Stopped,
        }
    }

    /// The text of its config.
    ///
    /// # Errors
    ///
    /// If it is no text of a config's size, or the operating system refuses.
    pub fn config(&self) -> io::Result<String> {
        let mut text = String::new();
        let read = open_plain(&self.path.join(CONFIG))?.take(LARGEST).read_to_string(&mut text)?;
        match read as u64 == LARGEST {
            true => Err(io::Error::new(io::ErrorKind::InvalidData, "too long for a config")),
            false => Ok(text),
        }
    }

    /// The path of the log of its progress and its validations, a line of JSON each.
    pub fn metrics_path(&self) -> PathBuf {
        self.path.join(logs::METRICS)
    }

    /// The path of its best weights.
    pub fn best_path(&self) -> PathBuf {
        self.path.join(BEST)
    }

    fn has(&self, name: &str) -> bool {
        self.path.join(name).symlink_metadata().is_ok_and(|found| found.is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use crate::run_directory::RunDirectory;
    use std::fs;

    #[test]
    fn a_run_is_seen_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        assert_eq!(RunView::of(&path), None);
        let config = Config::default();
        let run = RunDirectory::create(&path, &config, 0.0).unwrap();
        let view = RunView::of(&path).unwrap();
        assert_eq!(view.state(), RunState::Running);
        drop(run);
        assert_eq!(view.state(), RunState::Stopped);
        fs::write(path.join(DIVERGED), "").unwrap();
        assert_eq!(view.state(), RunState::Diverged);
        fs::write(path.join(REPORT), "").unwrap();
        assert_eq!(view.state(), RunState::Finished);
        assert_eq!(Config::from_text("it", &view.config().unwrap()), Ok(config));
        fs::write(path.join(CONFIG), vec![b'#'; LARGEST as usize]).unwrap();
        assert!(view.config().is_err());
        fs::remove_file(path.join(CONFIG)).unwrap();
        assert_eq!(RunView::of(&path), None);
    }
}
