//! Sequences in a CSV file: the header `id,terms`, then a row per sequence, its terms separated
//! by spaces: integers of any size. The last term is the target, to be predicted from those before
//! it.

use std::fs;
use std::path::Path;

use csv::{ErrorKind, Position};
use num_bigint::BigInt;

use crate::error::Error;
use crate::terms;

/// A row: terms, and the one that follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Its line in the file, counted from 1.
    pub line: u64,
    /// Its id.
    pub id: String,
    /// The terms given; at least one.
    pub terms: Vec<BigInt>,
    /// The term to predict.
    pub target: BigInt,
}

/// Reads a data file.
///
/// # Errors
///
/// If the file cannot be read, and at the first row that is malformed.
pub fn read(path: &Path) -> Result<Vec<Question>, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Read { path: path.into(), source })?;
    parse(path, &bytes)
}

/// Parses the content of a data file; the path is for messages.
///
/// # Errors
///
/// At the first row that is malformed.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<Question>, Error> {
    let data = |line: u64, message: String| Error::Data {
        place: format!("{}, line {line}", path.display()),
        message,
    };
    // The reader reports the position before the empty lines that it skips.
    let line_of = |position: Option<&Position>| {
        let Some(position) = position else { return 1 };
        let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        let rest = bytes.get(start..).unwrap_or_default();
        let empty = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        position.line() + empty.filter(|byte| **byte == b'\n').count() as u64
    };
    let malformed = |error: csv::Error| {
        let line = line_of(error.position());
        match error.kind() {
            ErrorKind::Utf8 { .. } => data(line, "not text in UTF-8".to_string()),
            ErrorKind::UnequalLengths { expected_len, len, .. } => {
                data(line, format!("{len} fields, expected {expected_len}: id,terms"))
            }
            _ => data(line, error.to_string()),
        }
    };
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().map_err(malformed)?;
    if header != vec!["id", "terms"] {
        let found: Vec<&str> = header.iter().collect();
        return Err(data(1, format!("the header is {:?}, expected \"id,terms\"", found.join(","))));
    }
    let mut questions = Vec::new();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let line = line_of(record.position());
        // Both fields exist: the reader refuses a row shorter than the header.
        let (id, text) = (record.get(0).unwrap_or(""), record.get(1).unwrap_or(""));
        let mut terms = terms::spaced(text).map_err(|error| data(line, error.to_string()))?;
        match terms.pop() {
            Some(target) if !terms.is_empty() => {
                questions.push(Question { line, id: id.to_string(), terms, target });
            }
            popped => {
                let found = if popped.is_some() { "one term" } else { "no terms" };
                let message = "at least two are needed: the last one is asked for";
                return Err(data(line, format!("{found}; {message}")));
            }
        }
    }
    Ok(questions)
}
