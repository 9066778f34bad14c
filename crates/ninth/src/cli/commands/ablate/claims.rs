//! Claims: while a process trains a trial it holds a lock on `shards/claims/HASH`, so that no
//! other one trains it, too. The operating system releases the lock when the process ends, however
//! it ends.
//!
//! A process locks the claim, reads the journals again, trains only if the trial is still unknown,
//! appends the result to its journal, removes the file, and releases the lock. Another one may
//! lock the removed file, or a new one of the same name: it then reads the journals again and
//! finds the result there. Without a result the file stays, since a second lock on a new file
//! would not exclude one on the removed file.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use ninth_evaluation::ablation::plan::Trial;
use ninth_training::files::{FileError, in_folder, is_file_locked, try_lock};

use super::journals::SHARDS;

/// The folder of claims in that of shards.
const CLAIMS: &str = "claims";

/// How often a claim is tried that is locked: who only looks holds it for a moment.
const TRIES: u32 = 4;

/// The claims of an ablation.
pub struct Claims {
    folder: PathBuf,
}

/// A trial that no other process trains, until this is dropped.
pub struct Claim {
    path: PathBuf,
    _lock: File,
}

impl Claims {
    /// Those in the folder `ablation`; there need not be any.
    pub fn new(ablation: &Path) -> Self {
        Claims { folder: ablation.join(SHARDS).join(CLAIMS) }
    }

    /// Claims a trial; `None` if another process has it.
    pub fn claim(&self, trial: &Trial) -> Result<Option<Claim>, FileError> {
        let path = self.folder.join(trial.hash());
        let lock = in_folder(&self.folder, || try_lock(&path, TRIES))?;
        Ok(lock.map(|lock| Claim { path, _lock: lock }))
    }

    /// Whether a process has a trial.
    pub fn is_claimed(&self, trial: &Trial) -> bool {
        is_file_locked(&self.folder.join(trial.hash()))
    }

    /// Removes the folders of claims if they are empty.
    pub fn tidy(&self) {
        let _ = fs::remove_dir(&self.folder);
        if let Some(shards) = self.folder.parent() {
            let _ = fs::remove_dir(shards);
        }
    }
}

impl Claim {
    /// Ends the claim of a trial whose outcome is in a journal.
    pub fn end(self) {
        // A file that stays is nobody's claim.
        let _ = fs::remove_file(&self.path);
    }
}
