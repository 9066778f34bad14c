//! States of trials that are not over: `partial/HASH`, whole or not there. Who trains a trial next
//! goes on from its state.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ninth_evaluation::ablation::plan::Trial;
use ninth_evaluation::ablation::state::TrialState;
use ninth_evaluation::ablation::trial::TrialError;
use ninth_training::files::{in_folder, write_atomically};

use crate::cli::error::Error;
use crate::cli::output::terminal::say;

/// The name of the folder.
pub const PARTIAL: &str = "partial";

/// The states in the folder of an ablation.
pub struct PartialTrials {
    folder: PathBuf,
}

impl PartialTrials {
    /// Those in the folder `ablation`; there need not be any.
    pub fn new(ablation: &Path) -> Self {
        PartialTrials { folder: ablation.join(PARTIAL) }
    }

    /// The state of a trial. One that cannot be used is said to be, and the trial begins anew: it
    /// costs time and changes no result.
    pub fn read(&self, trial: &Trial) -> Option<TrialState> {
        let path = self.folder.join(trial.hash());
        let reason = match fs::read(&path) {
            Ok(bytes) => match TrialState::from_bytes(&bytes, &trial.config) {
                Ok(state) => return Some(state),
                Err(error) => error.to_string(),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => error.to_string(),
        };
        let (label, seed) = (&trial.label, trial.config.training.seed);
        say(format_args!(
            "ninth: warning: {label} with seed {seed} begins anew: {} is not used, {reason}",
            path.display()
        ));
        None
    }

    /// Keeps the state of a trial.
    pub fn write(&self, trial: &Trial, state: &TrialState) -> Result<(), Error> {
        let in_trial = |source| Error::Trial {
            label: trial.label.clone(),
            seed: trial.config.training.seed,
            source: TrialError::State(source),
        };
        let bytes = state.to_bytes(&trial.config).map_err(in_trial)?;
        let path = self.folder.join(trial.hash());
        Ok(in_folder(&self.folder, || write_atomically(&path, &bytes))?)
    }

    /// Removes the state of a trial that is over, and what a process left that was killed while it
    /// wrote it. What cannot be removed is never read again.
    pub fn remove(&self, trial: &Trial) {
        let hash = trial.hash();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if name.to_string_lossy().split('.').next() == Some(&hash) {
                let _ = fs::remove_file(entry.path());
            }
        }
        // Only if it is empty.
        let _ = fs::remove_dir(&self.folder);
    }
}
