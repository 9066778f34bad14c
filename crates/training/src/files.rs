//! Files that are whole under their names, and folders that one process at a time works in.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The name of the file that is locked in a folder.
pub const LOCK: &str = "lock";

/// The suffix of temporary names.
pub(crate) const TEMPORARY: &str = ".tmp";

/// Why a file or a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system refused an operation.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// The operation, as a verb: `write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// Another process has locked the folder.
    #[error("{} is in use: another ninth is at work there", .0.display())]
    InUse(PathBuf),
}

/// Turns an error of the operating system into one that names the operation and the file.
pub fn failed<'a>(
    action: &'static str,
    path: &'a Path,
) -> impl FnOnce(io::Error) -> FileError + 'a {
    move |source| FileError::Io { action, path: path.to_path_buf(), source }
}

/// A temporary name in the same folder, unique to this process.
pub(crate) fn temporary(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}{TEMPORARY}", std::process::id()));
    path.with_file_name(name)
}

/// Syncs the folder of a file, so that a new entry is on the disk.
pub(crate) fn sync_parent(path: &Path) {
    let parent = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return,
    };
    // Not every system can sync a folder; what is in it is safe.
    if let Ok(folder) = File::open(parent) {
        let _ = folder.sync_all();
    }
}

/// Locks a folder until the returned file is dropped: one process at a time works there.
///
/// # Errors
///
/// If another process has locked it, or the operating system refuses.
pub fn lock(folder: &Path) -> Result<File, FileError> {
    let path = folder.join(LOCK);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(failed("lock", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(FileError::InUse(folder.to_path_buf())),
        // Some file systems have no locks. That is no reason not to train.
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(file),
        Err(TryLockError::Error(source)) => Err(failed("lock", &path)(source)),
    }
}

/// Writes a file so that it is never seen half-written: to a temporary name in
/// the same folder, synced, renamed, the folder synced.
///
/// # Errors
///
/// If the operating system refuses; the temporary file is removed then.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let temporary = temporary(path);
    let write = || {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|source| {
        // If the file cannot be removed either, the first error is still the one to report.
        let _ = fs::remove_file(&temporary);
        failed("write", path)(source)
    })?;
    sync_parent(path);
    Ok(())
}
