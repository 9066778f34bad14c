//! `ninth export`: a model as a file for other programs.

use std::fs;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use ninth_training::files::{failed, write_atomically};

use crate::cli::arguments::ExportArguments;
use crate::cli::error::Error;
use crate::cli::output::terminal::{self, grouped, say};

/// Writes the file, the whole of it or nothing.
pub fn run(arguments: &ExportArguments) -> Result<(), Error> {
    let ExportArguments { onnx, model, force } = arguments;
    let is_stdout = onnx.as_os_str() == "-";
    if is_stdout && io::stdout().is_terminal() {
        let message = "--onnx - writes a file that is no text to standard output, which is a \
                       terminal here: name a file, or write > FILE behind it";
        return Err(Error::Usage(message.to_string()));
    }
    // A place that cannot be is said before the work.
    let place = if is_stdout { None } else { Some(place(onnx, *force)?) };
    let model = model.load()?;
    let bytes = model.to_onnx_bytes()?;
    let Some(place) = place else {
        let (mut out, _) = terminal::stdout();
        out.write_all(&bytes)?;
        return Ok(out.flush()?);
    };
    write_atomically(&place, &bytes)?;
    let which = match &arguments.model.model {
        Some(path) => format!("the model of {}", path.display()),
        None => "the built-in model".to_string(),
    };
    let (size, path) = (grouped(bytes.len() as u64), onnx.display());
    say(format_args!("ninth: {which} is in {path}, {size} bytes"));
    Ok(())
}

/// Where the file goes: the path, or where a link leads. A file that is there is replaced where
/// that is asked for; a folder, a device or a pipe never is.
fn place(path: &Path, force: bool) -> Result<PathBuf, Error> {
    let nothing_there = |error: &io::Error| error.kind() == ErrorKind::NotFound;
    let no_file = |found| Err(Error::NoFile { path: path.to_path_buf(), found });
    if path.as_os_str().is_empty() {
        return Err(Error::Usage("--onnx needs the name of a file".to_string()));
    }
    match fs::symlink_metadata(path) {
        Err(error) if nothing_there(&error) => {
            // A name that ends so is that of a folder, which the system would say less clearly.
            if path.to_string_lossy().ends_with(std::path::is_separator) {
                return no_file("the name of a folder");
            }
            return Ok(path.to_path_buf());
        }
        Err(error) => return Err(failed("write", path)(error).into()),
        Ok(_) => {}
    }
    let there = fs::canonicalize(path).map_err(failed("write", path))?;
    let kind = fs::metadata(&there).map_err(failed("write", path))?.file_type();
    if kind.is_dir() {
        return no_file("a folder");
    }
    if !kind.is_file() {
        return no_file("a device or a pipe");
    }
    if force { Ok(there) } else { Err(Error::Exists(path.to_path_buf())) }
}
