//! The folder of an ablation.
//!
//! ```text
//! trials.jsonl     the base, then a line per finished training
//! lock             locked by the process that is at work here
//! partial/         states of trainings that are not over
//! results.json     the decisions of the last command, with all metrics
//! results.csv      the same as a table
//! results.svg      the same as a picture
//! report.html      the same as a page
//! best.toml        the config of the best point of the last search
//! ```

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use ninth_evaluation::ablation::journal::{self, Header};
use ninth_evaluation::ablation::plan::{Plan, Trial};
use ninth_evaluation::ablation::results::Study;
use ninth_evaluation::ablation::state::TrialState;
use ninth_evaluation::ablation::{export, trial::TrialOutcome};
use ninth_report::ablation as report;
use ninth_training::files::{self, LOCK, lock, open_to_append, write_atomically};

use super::partial::PartialTrials;
use super::schedule::Outcomes;
use crate::cli::error::Error;
use crate::error::Error as LibraryError;

/// The files of results, beside the journal.
pub const RESULTS: [&str; 4] = ["results.json", "results.csv", "results.svg", "report.html"];

/// The config of the best point of a search.
pub const BEST: &str = "best.toml";

const JOURNAL: &str = "trials.jsonl";

/// The folder of an ablation, open for more trials.
pub struct AblationFolder {
    path: PathBuf,
    /// Holds the lock of the folder.
    _lock: File,
    journal: File,
    /// Sequences that models are judged by.
    judged: u64,
    /// Outcomes by the text of the config.
    known: Outcomes,
    partial: PartialTrials,
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Error + 'a {
    move |source| files::failed(action, path)(source).into()
}

impl AblationFolder {
    /// Opens or creates a folder, and reads its trials.
    pub fn open(path: &Path, plan: &Plan) -> Result<Self, Error> {
        fs::create_dir_all(path).map_err(failed("create", path))?;
        let file = path.join(JOURNAL);
        if !file.exists() {
            for entry in fs::read_dir(path).map_err(failed("read", path))? {
                // A process that ended early leaves its lock.
                if entry.map_err(failed("read", path))?.file_name() != LOCK {
                    return Err(Error::NoAblation(path.to_path_buf()));
                }
            }
        }
        let lock = lock(path)?;
        let mut text = match fs::read(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(source) => return Err(LibraryError::Read { path: file, source }.into()),
        };
        // A line without an end was cut off while it was written.
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        text.truncate(whole);
        let header = Header::of(plan);
        let known = read(path, &file, &text, &header)?;

        let open = || {
            let mut journal = open_to_append(&file, whole as u64)?;
            if whole == 0 {
                journal.write_all(header.line().as_bytes())?;
            }
            Ok(journal)
        };
        let journal = open().map_err(failed("write", &file))?;
        Ok(AblationFolder {
            path: path.to_path_buf(),
            _lock: lock,
            journal,
            judged: header.judged,
            known,
            partial: PartialTrials::new(path),
        })
    }

    /// The outcome of the trial with this key; `None` if it was not run.
    pub fn outcome(&self, key: &str) -> Option<&TrialOutcome> {
        self.known.get(key)
    }

    /// All known outcomes.
    pub fn outcomes(&self) -> &Outcomes {
        &self.known
    }

    /// The state that a trial goes on from, if there is one that can be used.
    pub fn saved(&self, trial: &Trial) -> Option<TrialState> {
        self.partial.read(trial)
    }

    /// Keeps the state of a trial.
    pub fn save(&self, trial: &Trial, state: &TrialState) -> Result<(), Error> {
        self.partial.write(trial, state)
    }

    /// Appends the outcome of a trial to the journal.
    pub fn keep(&mut self, trial: &Trial, outcome: TrialOutcome) -> Result<(), Error> {
        let line = journal::line(&trial.config, self.judged, &outcome);
        let file = self.path.join(JOURNAL);
        self.journal.write_all(line.as_bytes()).map_err(failed("write", &file))?;
        self.known.insert(trial.key(), outcome);
        self.partial.remove(trial);
        Ok(())
    }

    /// Writes all files that show a study.
    pub fn write_results(&self, study: &Study) -> Result<(), Error> {
        let files = [
            format!("{}\n", export::json(study)),
            export::csv(study),
            report::svg(study),
            report::html(study),
        ];
        for (name, text) in RESULTS.iter().zip(files) {
            write_atomically(&self.path.join(name), text.as_bytes())?;
        }
        if let Some(best) = study.search.as_ref().and_then(|search| search.best.as_ref()) {
            write_atomically(&self.path.join(BEST), best.config.to_text(true).as_bytes())?;
        }
        Ok(())
    }
}

/// Parses the trials of a journal.
fn read(
    path: &Path,
    file: &Path,
    text: &[u8],
    header: &Header,
) -> Result<HashMap<String, TrialOutcome>, Error> {
    let damaged = |line: usize, expected: &str| LibraryError::Data {
        place: format!("{}, line {line}", file.display()),
        message: format!("not {expected}; remove the line to go on without it"),
    };
    let mut known = HashMap::new();
    // Every line ends with \n: the text was cut there.
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let line = std::str::from_utf8(line).unwrap_or_default();
        if index == 0 {
            if let Some(format) = journal::newer_format(line) {
                return Err(LibraryError::Data {
                    place: format!("{}, line 1", file.display()),
                    message: format!(
                        "its format is {format}, this program reads {}",
                        journal::FORMAT
                    ),
                }
                .into());
            }
            let found = Header::read(line).ok_or_else(|| LibraryError::Data {
                place: format!("{}, line 1", file.display()),
                message: "not the base of an ablation; choose another folder with --out".into(),
            })?;
            if let Some(difference) = found.difference(header) {
                return Err(Error::OtherAblation { path: path.to_path_buf(), difference });
            }
            continue;
        }
        let finished = journal::read(line).ok_or_else(|| damaged(index + 1, "a trial"))?;
        if finished.judged == header.judged {
            known.insert(finished.key, finished.outcome);
        }
    }
    Ok(known)
}
