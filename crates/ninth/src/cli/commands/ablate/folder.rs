//! The folder of an ablation.
//!
//! ```text
//! trials.jsonl             the base, then a line per finished training
//! lock                     locked by the process that writes that
//! shards/I-of-N.jsonl      the same of a shard
//! shards/I-of-N.lock       locked by the process of the shard
//! shards/claims/HASH       locked by the process that trains this trial
//! shards/results.lock      locked while a shard writes results
//! partial/HASH             the state of a training that is not over
//! results.json             the decisions of the last command, with all metrics
//! results.csv              the same as a table
//! results.svg              the same as a picture
//! report.html              the same as a page
//! best.toml                the config of the best point of the last search
//! ```

use std::fs::{self, File};
use std::io;
use std::path::Path;

use ninth_evaluation::ablation::journal::Header;
use ninth_evaluation::ablation::plan::{Plan, Trial};
use ninth_evaluation::ablation::results::Study;
use ninth_evaluation::ablation::state::TrialState;
use ninth_evaluation::ablation::{export, trial::TrialOutcome};
use ninth_report::ablation as report;
use ninth_training::files::{self, FileError, LOCK, in_folder, lock, try_lock, write_atomically};

use super::claims::{Claim, Claims};
use super::journals::{JOURNAL, Journals, Outcomes, OwnJournal, SHARDS};
use super::partial::PartialTrials;
use crate::cli::arguments::Shard;
use crate::cli::error::Error;

/// The files of results, beside the journal.
pub const RESULTS: [&str; 4] = ["results.json", "results.csv", "results.svg", "report.html"];

/// The config of the best point of a search.
pub const BEST: &str = "best.toml";

/// How often the lock of another process is tried: about a tenth of a second, and for results,
/// which are soon written, ten seconds.
const TRIES: (u32, u32) = (20, 2000);

/// The folder of an ablation, open for more trials.
pub struct AblationFolder {
    /// Holds the lock of the own journal.
    _lock: File,
    journals: Journals,
    own: OwnJournal,
    claims: Claims,
    partial: PartialTrials,
}

/// A claim on a trial was asked for.
pub enum Claimed {
    /// This process has it now; the trial is to be trained.
    Here(Claim),
    /// The trial is known by now.
    Known,
    /// Another process has it.
    Elsewhere,
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Error + 'a {
    move |source| files::failed(action, path)(source).into()
}

/// Makes sure that a folder, if it is not empty, is that of an ablation.
fn check(path: &Path) -> Result<(), Error> {
    let entries = fs::read_dir(path).map_err(failed("read", path))?;
    for entry in entries {
        let name = entry.map_err(failed("read", path))?.file_name();
        // A process that ended early leaves its lock. Another one may be about to write the first
        // journal: the folder is read before journals are looked for.
        if name != LOCK && name != SHARDS && Journals::paths(path)?.is_empty() {
            return Err(Error::NoAblation(path.to_path_buf()));
        }
    }
    Ok(())
}

/// Reads all journals of a folder that there must be.
pub fn read(path: &Path, plan: &Plan) -> Result<Journals, Error> {
    check(path)?;
    Journals::open(path, Header::of(plan))
}

impl AblationFolder {
    /// Opens or creates a folder for a plain run or for a shard, and reads its trials.
    pub fn open(path: &Path, plan: &Plan, shard: Option<Shard>) -> Result<Self, Error> {
        fs::create_dir_all(path).map_err(failed("create", path))?;
        check(path)?;
        let (lock, own) = match shard {
            None => (lock(path)?, path.join(JOURNAL)),
            Some(shard) => {
                let shards = path.join(SHARDS);
                let (lock, own) = (shards.join(shard.lock()), shards.join(shard.journal()));
                let lock = in_folder(&shards, || try_lock(&lock, TRIES.0))?;
                (lock.ok_or_else(|| FileError::InUse(own.clone()))?, own)
            }
        };
        let journals = Journals::open(path, Header::of(plan))?;
        let own = journals.append_to(own)?;
        Ok(AblationFolder {
            _lock: lock,
            journals,
            own,
            claims: Claims::new(path),
            partial: PartialTrials::new(path),
        })
    }

    /// All known outcomes.
    pub fn outcomes(&self) -> &Outcomes {
        self.journals.known()
    }

    /// Claims a trial, so that no other process trains it.
    pub fn claim(&mut self, trial: &Trial) -> Result<Claimed, Error> {
        let Some(claim) = self.claims.claim(trial)? else { return Ok(Claimed::Elsewhere) };
        // It may have been made since the journals were read.
        self.journals.read_on()?;
        if self.outcomes().contains_key(&trial.key()) {
            claim.end();
            return Ok(Claimed::Known);
        }
        Ok(Claimed::Here(claim))
    }

    /// The state that a trial goes on from, if there is one that can be used.
    pub fn saved(&self, trial: &Trial) -> Option<TrialState> {
        self.partial.read(trial)
    }

    /// Keeps the state of a trial.
    pub fn save(&self, trial: &Trial, state: &TrialState) -> Result<(), Error> {
        self.partial.write(trial, state)
    }

    /// Appends the outcome of a trial to the own journal, and ends its claim.
    pub fn keep(
        &mut self,
        trial: &Trial,
        claim: Claim,
        outcome: TrialOutcome,
    ) -> Result<(), Error> {
        self.own.append(trial, &outcome)?;
        self.journals.insert(trial, outcome);
        self.partial.remove(trial);
        claim.end();
        Ok(())
    }

    /// Ends the work on trials: all journals, read anew in their order.
    pub fn close(self) -> Result<Journals, Error> {
        self.claims.tidy();
        self.journals.again()
    }
}

/// Writes all files that show a study.
pub fn write_results(path: &Path, study: &Study) -> Result<(), Error> {
    // Shards that end together would mix their files, if their decisions are not the same.
    let shards = path.join(SHARDS);
    let lock = shards.join("results.lock");
    let _lock = match shards.exists() {
        true => Some(try_lock(&lock, TRIES.1)?.ok_or(FileError::InUse(lock))?),
        false => None,
    };
    let files = [
        format!("{}\n", export::json(study)),
        export::csv(study),
        report::svg(study),
        report::html(study),
    ];
    for (name, text) in RESULTS.iter().zip(files) {
        write_atomically(&path.join(name), text.as_bytes())?;
    }
    if let Some(best) = study.search.as_ref().and_then(|search| search.best.as_ref()) {
        // It stays when the folder gets other results.
        let text = format!("{}\n# The best of: {}\n", best.config.to_text(true), study.command);
        write_atomically(&path.join(BEST), text.as_bytes())?;
    }
    Ok(())
}
