//! Fuzz targets for everything that `ninth` reads from outside.
//!
//! A target takes any bytes and must never panic. If it accepts an input, it checks that the
//! value survives being written and read again. Three programs run the targets:
//!
//! | file | what it does |
//! |---|---|
//! | `fuzz_targets/` | `cargo fuzz`: libFuzzer, guided by coverage, on a nightly compiler |
//! | `tests/properties.rs` | a few hundred inputs each on stable Rust, and all regressions |
//! | `bin/hammer.rs` | the same inputs by the million on stable Rust, with the memory they take |
//!
//! The last two mutate ([`mutate`]) valid inputs ([`seeds`](mod@seeds)).
//!
//! There is no target that reads formulas: they are only printed.

#![forbid(unsafe_code)]

pub mod mutate;
pub mod seeds;

use std::error::Error;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::str;

use ninth::BigInt;
use ninth::reading::{Format, InputRow, Rows, terms as written};
use ninth_evaluation::ablation::journal::{self, Finished, Header};
use ninth_evaluation::ablation::trial::TrialOutcome;
use ninth_inference::{Posterior, explain};
use ninth_model::weights::LoadOptions;
use ninth_settings::{Assignment, Value, parse_assignment, parse_document};
use ninth_solver::Generator as _;
use ninth_training::checkpoint::Checkpoint;
use ninth_training::memory::Estimate;
use ninth_training::trained_model::{TrainedModel, weights_to_bytes};
use ninth_training::{Config, Preset};

pub use seeds::seeds;

/// The number behind an option of a command line, which may be written as `100_000`.
///
/// # Errors
///
/// If there is none, or it is no number.
pub fn number_of(
    option: &str,
    arguments: &mut impl Iterator<Item = String>,
) -> Result<u64, Box<dyn Error>> {
    let text = arguments.next().ok_or_else(|| format!("{option} needs a number"))?;
    Ok(text.replace('_', "").parse()?)
}

/// A parser under test.
pub struct Target {
    /// Its name, that of its function.
    pub name: &'static str,
    /// Parses the bytes and checks the value; returns whether they were accepted.
    pub run: fn(&[u8]) -> bool,
    /// The format of its bytes.
    pub form: mutate::Form,
    /// Bytes of memory that even the shortest input may take.
    pub free: usize,
}

/// Bytes of memory that do not depend on the input.
const FREE: usize = 4 << 20;

/// Bytes for a model of 65536 classes: the fixed tables of its embedding are in no file, so a
/// valid file of 4 KB can be a model that takes 72 MB.
const OF_A_MODEL: usize = 96 << 20;

/// Bytes for the solvers, which read the terms of all known sequences and of some families once.
const OF_SOLVERS: usize = 96 << 20;

/// All targets.
pub const TARGETS: &[Target] = {
    use mutate::Form::{Index, Tensors, Text};
    &[
        Target { name: "config", run: config, form: Text, free: FREE },
        Target { name: "set", run: set, form: Text, free: FREE },
        Target { name: "weights", run: weights, form: Tensors, free: OF_A_MODEL },
        Target { name: "checkpoint", run: checkpoint, form: Tensors, free: OF_A_MODEL },
        Target { name: "csv", run: csv, form: Text, free: FREE },
        Target { name: "terms", run: terms, form: Text, free: FREE },
        Target { name: "rules", run: rules, form: Text, free: OF_SOLVERS },
        Target { name: "index", run: index, form: Index, free: FREE },
        Target { name: "journal", run: journal, form: Text, free: FREE },
    ]
};

/// The folder of the inputs on which a target once failed.
pub fn regressions(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions").join(target.name)
}

/// Checks that a config survives its own text. With comments or without, as `either` is even or
/// odd: checking a config takes most of the time.
fn check_config(config: &Config, either: usize) {
    let text = config.to_text(either.is_multiple_of(2));
    match Config::from_text("its own text", &text) {
        Ok(back) => assert_eq!(&back, config, "another config than was written"),
        Err(error) => panic!("its own text is refused: {error}\n{text}"),
    }
}

/// Target: the text of a config file, on top of one of the presets.
pub fn config(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    let found = if bytes.len() % 4 < 3 {
        Config::from_text("a file", text)
    } else {
        let Ok(assignments) = parse_document("a file", text) else { return false };
        Config::resolve(Preset::Strong, &assignments)
    };
    let Ok(config) = found else { return false };
    check_config(&config, bytes.len());
    // Computed before a training is refused for its size, so nothing may overflow.
    let estimate = Estimate::of(&config).expect("a checked config has an architecture");
    let _ = (estimate.backward(), estimate.largest_batch(config.training.batch_size));
    true
}

/// Target: an assignment as `--set` takes it.
pub fn set(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    let Ok(assignment) = parse_assignment(text) else { return false };
    let Assignment { key, value, .. } = &assignment;
    let again = parse_assignment(&format!("{key}={value}")).expect("there is an equals sign");
    // NaN is written for messages only, and is not equal to itself.
    let no_number = matches!(value, Value::Float(float) if float.is_nan());
    assert!(no_number || again == assignment, "{again:?}");
    // Mostly on the preset that resolves faster.
    let common = !bytes.len().is_multiple_of(8);
    let preset = if common { Preset::Design } else { Preset::Strong };
    let Ok(config) = Config::resolve(preset, &[assignment]) else { return false };
    check_config(&config, bytes.len() / 8);
    true
}

/// Target: a file of weights.
pub fn weights(bytes: &[u8]) -> bool {
    // Whatever another program has made of it, it is read or refused.
    let changed = TrainedModel::from_bytes_with(bytes, LoadOptions { accept_changed: true });
    let Ok(found) = TrainedModel::from_bytes(bytes) else { return false };
    let changed = changed.expect("what is taken as it is is taken with changes, too");
    assert_eq!((&changed.stage, &changed.earlier), (&found.stage, &found.earlier));
    assert_eq!(changed.parameters, found.parameters);
    let TrainedModel { stage, earlier, model, parameters } = &found;
    check_config(&stage.config, bytes.len());
    let written = weights_to_bytes(stage, earlier, model.layout(), parameters)
        .expect("the arena is that of the layout");
    let again = TrainedModel::from_bytes(&written).expect("what was written is read");
    assert_eq!((&again.stage, &again.earlier), (stage, earlier));
    assert_eq!(again.parameters, found.parameters);
    true
}

/// Target: a checkpoint.
pub fn checkpoint(bytes: &[u8]) -> bool {
    let Ok((config, checkpoint, logs)) = Checkpoint::from_bytes(bytes) else { return false };
    check_config(&config, bytes.len());
    let architecture = config.architecture().expect("a checked config has an architecture");
    let model = ninth_model::Transformer::new(architecture);
    let write = |config: &Config, checkpoint: &Checkpoint, logs| {
        checkpoint.to_bytes(config, model.layout(), logs).expect("the arenas are the layout's")
    };
    let written = write(&config, &checkpoint, &logs);
    let again = Checkpoint::from_bytes(&written).expect("what was written is read");
    assert_eq!((&again.0, &again.2), (&config, &logs));
    // Compared by their bytes, in which NaN is equal to itself.
    assert!(write(&again.0, &again.1, &again.2) == written, "another checkpoint than was written");
    true
}

/// Target: a file of sequences in any format.
pub fn csv(bytes: &[u8]) -> bool {
    let read = |format| {
        let rows = Rows::from_reader("a file", Cursor::new(bytes.to_vec()), format).ok()?;
        let format = rows.format();
        Some((format, rows.collect::<Result<Vec<InputRow>, _>>().ok()?))
    };
    let recognised = read(None);
    let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    let compressed = bytes.starts_with(&[0x1F, 0x8B]);
    let forced = Format::ALL.iter().filter_map(|&format| read(Some(format)));
    for (_, rows) in recognised.iter().cloned().chain(forced) {
        assert!(rows.iter().all(|row| !row.terms.is_empty() && !row.id.is_empty()));
        assert!(rows.iter().all(|row| compressed || row.line <= lines));
        assert!(rows.is_sorted_by(|one, next| one.line < next.line));
    }
    // The format that is recognised is the one that is read.
    if let Some((format, rows)) = &recognised
        && let Some((_, forced)) = read(Some(*format))
    {
        assert!(rows == &forced || *format == Format::Csv, "{format:?}");
    }
    recognised.is_some()
}

/// Target: terms as a person writes them.
pub fn terms(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    let terms = match written::parse(text) {
        Ok(terms) => terms,
        Err(error) => {
            let [line, mark] = error.marked();
            let shown = line.chars().count().max(mark.chars().count());
            assert!(mark.contains('^') && shown <= 80, "{error}");
            return false;
        }
    };
    let joined = |by: &str| {
        let terms: Vec<String> = terms.iter().map(BigInt::to_string).collect();
        terms.join(by)
    };
    for text in [joined(" "), joined(","), joined(", "), joined("; "), joined("\t")] {
        assert_eq!(written::parse(&text).as_ref(), Ok(&terms), "{text:?}");
    }
    let framed = format!("[{}, ...]", joined(", "));
    assert!(terms.is_empty() || written::parse(&framed).as_ref() == Ok(&terms), "{framed:?}");
    true
}

/// Target: the rules behind terms as a person writes them. Each has all terms, each can be said,
/// and their probabilities are one distribution.
pub fn rules(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    let Ok(mut terms) = written::parse(text) else { return false };
    terms.truncate(100);
    let explanation = explain(&terms, 3);
    let mut total = 0.0;
    for rule in &explanation.rules {
        let expected: Vec<BigInt> = terms.iter().chain(&rule.continuation).cloned().collect();
        assert_eq!(rule.rule.terms(expected.len()), expected, "{}", rule.formula());
        assert!(rule.continuation.len() <= 3 && rule.probability >= 0.0);
        let formulas = [rule.formula(), rule.latex()];
        assert!(formulas.iter().all(|formula| !formula.is_empty()));
        // Serialised as the library and the program do.
        assert!(serde_json::to_string(rule).is_ok_and(|json| json.starts_with('{')));
        total += rule.probability;
    }
    assert!((total - explanation.confidence).abs() < 1e-9 && total <= 1.0 + 1e-9);
    // The shortest rule stands before the others.
    let others = explanation.rules.get(1..).unwrap_or_default();
    assert!(others.is_sorted_by(|one, other| one.probability >= other.probability));
    let again = explain(&terms, 3);
    assert!(again == explanation, "not the same again");
    !terms.is_empty()
}

/// Target: the file with the index of relations.
pub fn index(bytes: &[u8]) -> bool {
    let key = seeds::index_key();
    let found = Posterior::from_bytes(bytes, key);
    // The part that begins with a term is valid wherever the whole is.
    let part = |first: i64| {
        Posterior::beginning_with(first, key, bytes.len() as u64, |start, length| {
            bytes.get(usize::try_from(start).ok()?..)?.get(..length).map(<[u8]>::to_vec)
        })
    };
    let parts = [0, 5, 12, -1].map(part);
    let Ok(found) = found else { return false };
    assert!(parts.iter().all(Result::is_ok));
    assert_eq!(found.key(), key);
    for terms in [&[][..], &[0], &[5, 6], &[1, 2, 3, 4, 5], &[12; 6], &[3; 9], &[-1], &[i64::MAX]] {
        let _ = (found.next(terms), found.probability(terms));
    }
    // Lookups find every relation only in an index that is sorted by terms.
    let mut before: Vec<i64> = Vec::new();
    let (mut in_order, mut count) = (true, 0);
    for (_, relation) in found.matching(&[]) {
        let mut terms = vec![0; found.length()];
        let length = relation.evaluate(&mut terms);
        terms.truncate(length);
        let inside = terms.iter().take_while(|term| found.range().contains(**term)).count();
        terms.truncate(inside);
        in_order &= !terms.is_empty() && before <= terms;
        before = terms;
        count += 1;
    }
    if in_order && count == found.len() {
        // Counts of families that are not drawn are not written.
        let written = found.to_bytes();
        let again = Posterior::from_bytes(&written, key).expect("what was written is read");
        assert!(again.to_bytes() == written && again.len() == found.len());
        assert_eq!(written.len(), bytes.len());
    }
    true
}

/// Target: the journal of an ablation.
pub fn journal(bytes: &[u8]) -> bool {
    let mut accepted = !bytes.is_empty();
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let line = str::from_utf8(line).unwrap_or_default();
        let newer = journal::newer_format(line);
        assert!(newer.is_none_or(|format| format > journal::FORMAT));
        let header = Header::read(line);
        if let Some(header) = &header {
            assert_eq!(Header::read(&header.line()).as_ref(), Some(header));
            assert_eq!(header.difference(header), None);
            for other in seeds::headers() {
                assert_eq!(header.difference(other).is_none(), header == other);
                assert_eq!(other.difference(header).is_none(), header == other);
            }
        }
        let finished = journal::read(line);
        if let Some(finished) = &finished {
            check_trial(finished);
        }
        accepted &= if index == 0 { header.is_some() } else { finished.is_some() };
    }
    accepted
}

/// Checks that a trial survives its own line.
fn check_trial(finished: &Finished) {
    let Finished { judged, outcome, .. } = finished;
    // A line is written for a config; the key of a parsed line may be any text.
    let mut config = Config::default();
    if let TrialOutcome::Trained(figures) = outcome {
        config.training.seed = figures.seed;
    }
    let line = journal::line(&config, *judged, outcome);
    assert_eq!(line.find('\n'), Some(line.len() - 1));
    let again = journal::read(&line).expect("what was written is read");
    assert_eq!((&again.key, again.judged), (&config.to_text(false), *judged));
    // Compared by its text, in which NaN is equal to itself.
    assert_eq!(format!("{:?}", again.outcome), format!("{outcome:?}"));
}
