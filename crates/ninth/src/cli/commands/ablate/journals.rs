//! The journals in the folder of an ablation: `trials.jsonl` of plain runs, and
//! `shards/I-of-N.jsonl` of each shard. All count as known, whoever reads them; each is written by
//! one process at a time, which holds its lock.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ninth_evaluation::ablation::journal::{self, FORMAT, Header};
use ninth_evaluation::ablation::plan::Trial;
use ninth_evaluation::ablation::trial::TrialOutcome;
use ninth_training::files::{FileError, failed, open_to_append};

use crate::cli::arguments::Shard;
use crate::cli::error::Error;
use crate::error::Error as LibraryError;

/// The journal of plain runs.
pub const JOURNAL: &str = "trials.jsonl";

/// The folder of what shards have.
pub const SHARDS: &str = "shards";

/// The known outcomes by the keys of their trials.
pub type Outcomes = HashMap<String, TrialOutcome>;

/// All journals of a folder, read as they grow.
pub struct Journals {
    folder: PathBuf,
    header: Header,
    read: HashMap<PathBuf, Place>,
    known: Outcomes,
}

/// How far a file was read. A line without an end is still being written, or was cut off when its
/// writer was killed: it is not read.
#[derive(Clone, Copy, Default)]
struct Place {
    bytes: u64,
    lines: usize,
}

impl Journals {
    /// Reads all journals of a folder.
    pub fn open(folder: &Path, header: Header) -> Result<Self, Error> {
        let (read, known) = (HashMap::new(), Outcomes::new());
        let mut journals = Journals { folder: folder.to_path_buf(), header, read, known };
        journals.read_on()?;
        Ok(journals)
    }

    /// The paths of all journals: that of plain runs, then those of shards by N and I.
    pub fn paths(folder: &Path) -> Result<Vec<PathBuf>, Error> {
        let shards = folder.join(SHARDS);
        let entries = match fs::read_dir(&shards) {
            Ok(entries) => entries.collect(),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        };
        let entries = entries.map_err(failed("read", &shards))?;
        let mut found: Vec<Shard> = entries
            .iter()
            .filter_map(|entry| Shard::of_file(entry.file_name().to_str()?))
            .collect();
        found.sort();
        let plain = Some(folder.join(JOURNAL)).filter(|path| path.exists());
        let of_shards = found.into_iter().map(|shard| shards.join(shard.journal()));
        Ok(plain.into_iter().chain(of_shards).collect())
    }

    /// Reads what was added since.
    pub fn read_on(&mut self) -> Result<(), Error> {
        for path in Self::paths(&self.folder)? {
            let place = self.read.get(&path).copied().unwrap_or_default();
            // Opened anew each time: over a network it is then as its writer left it.
            let read = || -> io::Result<Vec<u8>> {
                let (mut file, mut text) = (File::open(&path)?, Vec::new());
                file.seek(SeekFrom::Start(place.bytes))?;
                file.read_to_end(&mut text)?;
                Ok(text)
            };
            let text = match read() {
                Ok(text) => text,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(source) => return Err(LibraryError::Read { path, source }.into()),
            };
            let place = self.take(&path, place, &text)?;
            self.read.insert(path, place);
        }
        Ok(())
    }

    /// Takes the whole lines of a text that is at a place of a journal. The first outcome of a trial
    /// counts: another is that of the same training, and differs in the times alone.
    fn take(&mut self, path: &Path, mut place: Place, text: &[u8]) -> Result<Place, Error> {
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            if !line.ends_with(b"\n") {
                break;
            }
            place.bytes += line.len() as u64;
            place.lines += 1;
            let line = std::str::from_utf8(line).unwrap_or_default();
            let damaged = |message: String| LibraryError::Data {
                place: format!("{}, line {}", path.display(), place.lines),
                message,
            };
            if place.lines == 1 {
                self.compare_header(line, damaged)?;
                continue;
            }
            let finished = journal::read(line).ok_or_else(|| {
                damaged("not a trial; remove the line to go on without it".to_string())
            })?;
            if finished.judged == self.header.judged {
                self.known.entry(finished.key).or_insert(finished.outcome);
            }
        }
        Ok(place)
    }

    fn compare_header(
        &self,
        line: &str,
        damaged: impl Fn(String) -> LibraryError,
    ) -> Result<(), Error> {
        if let Some(format) = journal::newer_format(line) {
            let message = format!("its format is {format}, this program reads {FORMAT}");
            return Err(damaged(message).into());
        }
        let found = Header::read(line).ok_or_else(|| {
            damaged("not the base of an ablation; choose another folder with --out".to_string())
        })?;
        match found.difference(&self.header) {
            Some(difference) => Err(Error::OtherAblation { path: self.folder.clone(), difference }),
            None => Ok(()),
        }
    }

    /// All journals, read again from the beginning: which outcome is the first of a trial depends
    /// on nothing but the files then.
    pub fn again(self) -> Result<Self, Error> {
        Journals::open(&self.folder, self.header)
    }

    /// All known outcomes.
    pub fn known(&self) -> &Outcomes {
        &self.known
    }

    /// Opens one of the journals, whose lock the process holds, to append to it; a line that was cut
    /// off is removed from its end.
    pub fn append_to(&self, path: PathBuf) -> Result<OwnJournal, Error> {
        let size = self.read.get(&path).map_or(0, |place| place.bytes);
        let open = || {
            let mut file = open_to_append(&path, size)?;
            if size == 0 {
                file.write_all(self.header.line().as_bytes())?;
                file.sync_all()?;
            }
            Ok(file)
        };
        let file = open().map_err(failed("write", &path))?;
        Ok(OwnJournal { path, file, judged: self.header.judged, whole: true })
    }

    /// Takes an outcome that was written to one of them.
    pub fn insert(&mut self, trial: &Trial, outcome: TrialOutcome) {
        self.known.entry(trial.key()).or_insert(outcome);
    }
}

/// The journal that this process writes.
pub struct OwnJournal {
    path: PathBuf,
    file: File,
    /// Sequences that models are judged by.
    judged: u64,
    /// Whether its last line has an end.
    whole: bool,
}

impl OwnJournal {
    /// Appends the outcome of a trial; it is on the disk then.
    pub fn append(&mut self, trial: &Trial, outcome: &TrialOutcome) -> Result<(), FileError> {
        let line = journal::line(&trial.config, self.judged, outcome);
        let mut append = || {
            if !self.whole {
                let message = "the line before could not be written";
                return Err(io::Error::other(message));
            }
            // A line may be written in part, and nothing may follow it.
            self.whole = false;
            self.file.write_all(line.as_bytes())?;
            self.file.sync_data()?;
            self.whole = true;
            Ok(())
        };
        append().map_err(failed("write", &self.path))
    }
}
