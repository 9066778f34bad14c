//! The user's cache folder. Everything in it can be computed again: a missing file is made anew,
//! and where nothing can be written nothing is kept, which is said once.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Once;

use ninth_training::files::{failed, write_atomically};

use crate::notice::warning;

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

/// Writes a file into the cache folder. The first error of the process is a warning, the others
/// are ignored: the file is only a cache.
pub fn keep(path: &Path, bytes: &[u8]) {
    static SAID: Once = Once::new();
    let folder = path.parent().unwrap_or(path);
    let made = fs::create_dir_all(folder).map_err(failed("create", folder));
    if let Err(error) = made.and_then(|()| write_atomically(path, bytes)) {
        SAID.call_once(|| warning(&format!("{error}; going on without a cache ({VARIABLE})")));
    }
}
