//! The files of the page in a folder, for any web server.

use std::fs;
use std::path::Path;

use ninth_training::files::{failed, write_atomically};

use super::assets::ASSETS;
use crate::error::Error;

/// What says that a folder is from here.
const MARK: &str = "exported-by-ninth.txt";

/// Writes the page into a folder, which is made if it is not there; returns how many files that
/// are. The page answers on its own then, without a server behind it. Each file is whole under its
/// name.
///
/// # Errors
///
/// If the folder has other files and was not made here, or the system refuses.
pub fn export(folder: &Path) -> Result<usize, Error> {
    fs::create_dir_all(folder).map_err(failed("create", folder))?;
    let mut entries = fs::read_dir(folder).map_err(failed("read", folder))?;
    if entries.next().is_some() && !folder.join(MARK).exists() {
        return Err(Error::OtherFolder(folder.to_path_buf()));
    }
    // It comes first, so that an export that was cut off can be made again.
    let mark = "The page of ninth. `ninth serve --export` writes its files again.\n";
    write_atomically(&folder.join(MARK), mark.as_bytes())?;
    for asset in ASSETS {
        let damaged = |source| Error::Read { path: asset.name.into(), source };
        write_atomically(&folder.join(asset.name), &asset.bytes().map_err(damaged)?)?;
    }
    Ok(ASSETS.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_takes_the_place_of_an_export_and_of_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("a/site");
        assert_eq!(export(&site).unwrap(), ASSETS.len());
        assert_eq!(fs::read_dir(&site).unwrap().count(), ASSETS.len() + 1);
        fs::write(site.join("index.html"), "old").unwrap();
        fs::write(site.join("mine.txt"), "mine").unwrap();
        export(&site).unwrap();
        assert_eq!(fs::read(site.join("index.html")).unwrap(), ASSETS[0].bytes().unwrap());
        assert_eq!(fs::read(site.join("mine.txt")).unwrap(), b"mine");
        let error = export(&folder.path().join("a")).unwrap_err();
        assert!(error.to_string().contains("has other files"), "{error}");
    }
}
