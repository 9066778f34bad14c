//! The user's cache folder. Everything in it can be computed again: a missing file is made anew,
//! and where nothing can be written nothing is kept.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use ninth_training::files::write_atomically;

/// The environment variable that names the folder; if it is empty, there is none.
const VARIABLE: &str = "NINTH_CACHE";

/// The cache folder; `None` where the user or the system has none.
pub fn folder() -> Option<PathBuf> {
    let absolute = |name: &str| {
        let path = PathBuf::from(env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    if let Some(folder) = env::var_os(VARIABLE) {
        return (!folder.is_empty()).then(|| PathBuf::from(folder));
    }
    if cfg!(windows) {
        return Some(absolute("LOCALAPPDATA")?.join("ninth").join("cache"));
    }
    let home = || absolute("HOME");
    if cfg!(target_os = "macos") {
        return Some(home()?.join("Library/Caches/ninth"));
    }
    let base = absolute("XDG_CACHE_HOME").or_else(|| Some(home()?.join(".cache")))?;
    Some(base.join("ninth"))
}

/// Writes a file into the cache folder. An error is ignored: the file is only a cache.
pub fn keep(path: &Path, bytes: &[u8]) {
    let made = path.parent().is_none_or(|folder| fs::create_dir_all(folder).is_ok());
    if made {
        let _ = write_atomically(path, bytes);
    }
}
