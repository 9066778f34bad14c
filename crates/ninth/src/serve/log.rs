//! The log of a run, read while it grows.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use ninth_training::files::open_plain;
use serde::de::IgnoredAny;

/// Bytes that are read at a time. A validation with all families has about 40,000.
const READ: u64 = 1 << 18;

/// Bytes before a place that are still to be there when it is read on.
const SEEN: usize = 256;

/// A place in a log. The file is open only while it is read, so that nobody is in the way of who
/// removes it.
#[derive(Debug)]
pub struct LogReader {
    path: PathBuf,
    /// Where the next line begins.
    offset: u64,
    /// Which file it is, where the system says so.
    file: Option<(u64, u64)>,
    /// The last bytes before that, which tell another file where the system does not.
    seen: Vec<u8>,
}

/// What became of a log since it was read.
#[derive(Debug, PartialEq, Eq)]
pub enum LogChange {
    /// It has these lines more; none: nothing for now.
    Lines(Vec<String>),
    /// It was cut off, or is another file: it begins anew.
    Anew,
}

impl LogReader {
    /// The beginning of a log.
    pub fn new(path: PathBuf) -> Self {
        LogReader { path, offset: 0, file: None, seen: Vec::new() }
    }

    /// The next whole lines that are JSON objects; others are passed over.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn read(&mut self) -> io::Result<LogChange> {
        loop {
            let mut file = open_plain(&self.path)?;
            let found = file.metadata()?;
            let is_other = self.file.is_some() && self.file != identity(&found);
            let read = read_from(&mut file, self.offset - self.seen.len() as u64)?;
            let bytes = read.strip_prefix(self.seen.as_slice());
            let Some(bytes) = bytes.filter(|_| !is_other) else {
                (self.offset, self.file) = (0, None);
                self.seen.clear();
                return Ok(LogChange::Anew);
            };
            self.file = identity(&found);
            let end = bytes.iter().rposition(|byte| *byte == b'\n').map(|end| end + 1);
            // A line that does not fit is none that a training writes; what is left of it is no
            // object.
            let end = end.or((read.len() as u64 == READ).then_some(bytes.len()));
            let Some(end) = end else { return Ok(LogChange::Lines(Vec::new())) };
            let lines: Vec<String> = lines(&bytes[..end]).collect();
            self.offset += end as u64;
            let known = &read[..self.seen.len() + end];
            self.seen = known[known.len().saturating_sub(SEEN)..].to_vec();
            if !lines.is_empty() {
                return Ok(LogChange::Lines(lines));
            }
        }
    }
}

/// The last lines of a log that are JSON objects.
///
/// # Errors
///
/// If the system refuses.
pub fn last_lines(path: &Path) -> io::Result<Vec<String>> {
    let mut file = open_plain(path)?;
    let offset = file.metadata()?.len().saturating_sub(READ);
    let bytes = read_from(&mut file, offset)?;
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    Ok(lines(&bytes[..end]).collect())
}

fn read_from(file: &mut File, offset: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.take(READ).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The lines that are JSON objects. One with a control character could be two lines for a client.
fn lines(bytes: &[u8]) -> impl Iterator<Item = String> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| {
        let line = std::str::from_utf8(line).ok()?;
        let is_object = line.starts_with('{') && !line.contains(char::is_control);
        let is_whole = is_object && serde_json::from_str::<IgnoredAny>(line).is_ok();
        is_whole.then(|| line.to_string())
    })
}

#[cfg(unix)]
fn identity(file: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, OpenOptions};
    use std::io::Write;

    fn lines_of(change: LogChange) -> Vec<String> {
        match change {
            LogChange::Lines(lines) => lines,
            LogChange::Anew => panic!("anew"),
        }
    }

    #[test]
    fn a_log_is_read_as_it_grows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        let mut log = LogReader::new(path.clone());
        assert!(log.read().is_err());
        fs::write(&path, "{\"step\":1}\n{\"st").unwrap();
        assert_eq!(lines_of(log.read().unwrap()), ["{\"step\":1}"]);
        assert!(lines_of(log.read().unwrap()).is_empty());
        let append = |text: &str| {
            let mut file = OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        };
        append("ep\":2}\nnonsense\n{\"step\":3}\n");
        assert_eq!(lines_of(log.read().unwrap()), ["{\"step\":2}", "{\"step\":3}"]);
        assert_eq!(last_lines(&path).unwrap().len(), 3);
        // A training goes on from a checkpoint.
        OpenOptions::new().write(true).open(&path).unwrap().set_len(11).unwrap();
        assert_eq!(log.read().unwrap(), LogChange::Anew);
        assert_eq!(lines_of(log.read().unwrap()), ["{\"step\":1}"]);
        // Another file of the same name.
        fs::write(folder.path().join("other"), "{\"step\":1}\n{\"step\":7}\n").unwrap();
        fs::rename(folder.path().join("other"), &path).unwrap();
        if cfg!(unix) {
            assert_eq!(log.read().unwrap(), LogChange::Anew);
            assert_eq!(lines_of(log.read().unwrap()), ["{\"step\":1}", "{\"step\":7}"]);
        }
        // One that grows where it is; no system says that it is another one.
        fs::write(&path, "{\"step\":1}\n{\"step\":8}\n{\"step\":9}\n").unwrap();
        let mut log = LogReader::new(path.clone());
        assert_eq!(lines_of(log.read().unwrap()).len(), 3);
        fs::write(&path, "{\"step\":1}\n{\"step\":7}\n{\"step\":9}\n{\"step\":10}\n").unwrap();
        assert_eq!(log.read().unwrap(), LogChange::Anew);
        assert_eq!(lines_of(log.read().unwrap()).len(), 4);
    }

    #[test]
    fn lines_that_no_training_writes_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        let long = format!("{{\"x\":\"{}\"}}\n", "y".repeat(2 * READ as usize));
        let text = format!("{long}{{\"a\":\r1}}\n[1]\n7\n\n{{\"step\":1}}\n");
        fs::write(&path, text.as_bytes()).unwrap();
        assert_eq!(lines_of(LogReader::new(path.clone()).read().unwrap()), ["{\"step\":1}"]);
        assert_eq!(last_lines(&path).unwrap(), ["{\"step\":1}"]);
        // Not text at all.
        fs::write(&path, [&[0xFF; 300_000], &b"\n{\"step\":2}\n"[..]].concat()).unwrap();
        assert_eq!(lines_of(LogReader::new(path).read().unwrap()), ["{\"step\":2}"]);
    }
}
