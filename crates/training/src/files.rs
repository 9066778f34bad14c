//! Files that are whole under their names, and folders that one process at a time works in.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How often a lock that another process holds is tried, and how long after each try: who only
/// [looks](is_locked) holds it for a moment.
const TRIES: (u32, Duration) = (20, Duration::from_millis(5));

/// How often a file that another program has open is tried on Windows, and how long after each try:
/// who copies or scans it soon has enough.
const PATIENCE: (u32, Duration) = (60, Duration::from_millis(50));

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
    /// Another program has a file open that cannot be written meanwhile.
    #[error("cannot write {}: {source} (is it open in another program?)", path.display())]
    Held {
        /// The file.
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

/// Tries an operation again for some seconds while another program has a file open that has to give
/// way to it: Windows renames and removes no such file, unless it was opened to allow that.
pub(crate) fn patiently<T>(mut operation: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for _ in 0..PATIENCE.0 {
        match operation() {
            Err(error) if is_in_the_way(&error) => thread::sleep(PATIENCE.1),
            done => return done,
        }
    }
    operation()
}

/// Whether an error is what Windows says of a file that is open elsewhere: `ERROR_ACCESS_DENIED`,
/// `ERROR_SHARING_VIOLATION`, `ERROR_LOCK_VIOLATION` or `ERROR_USER_MAPPED_FILE`.
pub(crate) fn is_in_the_way(error: &io::Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32 | 33 | 1224))
}

/// Opens a file for appending, cut off at a size; an empty one is made where there is none.
///
/// # Errors
///
/// If it is shorter than that, or the operating system refuses.
pub fn open_to_append(path: &Path, size: u64) -> io::Result<File> {
    // Through a file that is open for appending alone Windows cuts nothing off.
    let file = OpenOptions::new().write(true).create(size == 0).truncate(false).open(path)?;
    if file.metadata()?.len() < size {
        let message = format!("it is shorter than the {size} bytes that it had");
        return Err(io::Error::new(ErrorKind::UnexpectedEof, message));
    }
    file.set_len(size)?;
    OpenOptions::new().append(true).open(path)
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
    let locked = try_lock(&folder.join(LOCK), TRIES.0)?;
    locked.ok_or_else(|| FileError::InUse(folder.to_path_buf()))
}

/// Locks a file, which is made where there is none, until the returned file is dropped; `None` if
/// another process has locked it, at each of some tries within milliseconds.
///
/// # Errors
///
/// If the operating system refuses.
pub fn try_lock(path: &Path, tries: u32) -> Result<Option<File>, FileError> {
    let file = match OpenOptions::new().create(true).truncate(false).write(true).open(path) {
        Ok(file) => file,
        // Windows opens no file that was removed and that another process still has open.
        Err(error) if is_in_the_way(&error) => return Ok(None),
        Err(source) => return Err(failed("lock", path)(source)),
    };
    for _ in 0..tries {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => thread::sleep(TRIES.1),
            // Some file systems have no locks. That is no reason not to train.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                return Ok(Some(file));
            }
            Err(TryLockError::Error(source)) => return Err(failed("lock", path)(source)),
        }
    }
    Ok(None)
}

/// Whether another process has locked a folder; where there are no locks, none has.
pub fn is_locked(folder: &Path) -> bool {
    is_file_locked(&folder.join(LOCK))
}

/// Whether another process has locked a file; where there are no locks, none has.
pub fn is_file_locked(path: &Path) -> bool {
    let Ok(file) = open_plain(path) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Does something in a folder that is made, and made again if another process removes it meanwhile
/// because it is empty.
///
/// # Errors
///
/// If the operating system refuses, or the operation fails.
pub fn in_folder<T>(
    folder: &Path,
    mut operation: impl FnMut() -> Result<T, FileError>,
) -> Result<T, FileError> {
    for _ in 0..TRIES.0 {
        fs::create_dir_all(folder).map_err(failed("create", folder))?;
        match operation() {
            Err(FileError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {}
            done => return done,
        }
    }
    operation()
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
        drop(file);
        patiently(|| fs::rename(&temporary, path))
    };
    write().map_err(|source| {
        // If the file cannot be removed either, the first error is still the one to report.
        let _ = fs::remove_file(&temporary);
        match is_in_the_way(&source) {
            true => FileError::Held { path: path.to_path_buf(), source },
            false => failed("write", path)(source),
        }
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

    #[test]
    fn a_folder_that_is_removed_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, mut removed) = (folder.path().join("inner"), 0);
        let file = in_folder(&inner, || {
            if removed < 3 {
                removed += 1;
                fs::remove_dir(&inner).unwrap();
            }
            try_lock(&inner.join("file"), 1)
        });
        let file = file.unwrap();
        assert!(file.is_some() && is_file_locked(&inner.join("file")));
        assert!(try_lock(&inner.join("file"), 2).unwrap().is_none());
        drop(file);
        assert!(try_lock(&inner.join("file"), 2).unwrap().is_some(), "the lock was dropped");
        assert!(in_folder(&inner, || try_lock(folder.path(), 1)).is_err());
    }

    #[test]
    fn a_log_is_cut_off_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let append = |size, text: &str| {
            open_to_append(&path, size).unwrap().write_all(text.as_bytes()).unwrap();
            fs::read_to_string(&path).unwrap()
        };
        assert_eq!(open_to_append(&path, 1).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(append(0, "one\ntw"), "one\ntw");
        assert_eq!(append(4, "two\n"), "one\ntwo\n");
        assert_eq!(open_to_append(&path, 9).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    }

    /// As on Windows 10 or newer where a reader allows it, but not in every file system there.
    #[cfg(unix)]
    #[test]
    fn a_file_is_replaced_while_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("best");
        write_atomically(&path, b"old").unwrap();
        let mut reader = open_plain(&path).unwrap();
        write_atomically(&path, b"newer").unwrap();
        let mut text = String::new();
        io::Read::read_to_string(&mut reader, &mut text).unwrap();
        assert_eq!((text.as_str(), &fs::read(&path).unwrap()[..]), ("old", &b"newer"[..]));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    /// Most programs do not share what they read, so that it cannot be replaced.
    #[cfg(windows)]
    #[test]
    fn a_file_that_another_program_has_open_is_waited_for() {
        use std::os::windows::fs::OpenOptionsExt;
        const FILE_SHARE_READ: u32 = 1;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("best");
        write_atomically(&path, b"old").unwrap();
        let open = || OpenOptions::new().read(true).share_mode(FILE_SHARE_READ).open(&path);
        let reader = open().unwrap();
        let reading = thread::spawn(move || {
            thread::sleep(4 * PATIENCE.1);
            drop(reader);
        });
        write_atomically(&path, b"newer").unwrap();
        assert!(reading.is_finished());
        // Some never have enough.
        let reader = open().unwrap();
        let refused = write_atomically(&path, b"newest").unwrap_err();
        assert!(matches!(refused, FileError::Held { .. }));
        let refused = refused.to_string();
        assert!(refused.starts_with(&format!("cannot write {}: ", path.display())), "{refused}");
        assert!(refused.ends_with("(is it open in another program?)"), "{refused}");
        drop(reader);
        assert_eq!(fs::read(&path).unwrap(), b"newer");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
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
