//! Files that are whole under their names, and folders that one process at a time works in.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How often a lock that another process holds is tried, and how long after each try: who only
/// [looks](is_locked) holds it for a moment.
const TRIES: (u32, Duration) = (20, Duration::from_millis(5));

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
    for _ in 0..TRIES.0 {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => thread::sleep(TRIES.1),
            // Some file systems have no locks. That is no reason not to train.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                return Ok(file);
            }
            Err(TryLockError::Error(source)) => return Err(failed("lock", &path)(source)),
        }
    }
    Err(FileError::InUse(folder.to_path_buf()))
}

/// Whether another process has locked a folder; where there are no locks, none has.
pub fn is_locked(folder: &Path) -> bool {
    let Ok(file) = open_plain(&folder.join(LOCK)) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Opens a plain file for reading: no link, which may lead elsewhere, and no pipe, which may block.
///
/// # Errors
///
/// If it is none, or the operating system refuses.
pub fn open_plain(path: &Path) -> io::Result<File> {
    let plain = |kind: fs::FileType| match kind.is_file() {
        true => Ok(()),
        false => Err(io::Error::new(ErrorKind::InvalidInput, "not a plain file")),
    };
    plain(fs::symlink_metadata(path)?.file_type())?;
    let file = File::open(path)?;
    plain(file.metadata()?.file_type())?;
    Ok(file)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_at_a_lock_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        assert!(!is_locked(path));
        let held = lock(path).unwrap();
        assert!(is_locked(path));
        assert!(matches!(lock(path), Err(FileError::InUse(_))));
        drop(held);
        assert!(!is_locked(path));
        // Somebody looks for a moment, just when a training begins.
        let looked = File::open(path.join(LOCK)).unwrap();
        looked.try_lock_shared().unwrap();
        let look = thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            drop(looked);
        });
        lock(path).unwrap();
        look.join().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn links_and_folders_are_no_plain_files() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "mine").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(open_plain(&file).is_ok());
        for path in [&link, folder.path()] {
            assert_eq!(open_plain(path).unwrap_err().kind(), ErrorKind::InvalidInput);
        }
    }
}
