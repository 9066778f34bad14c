//! Sequences whose last term is asked for.

use num_bigint::BigInt;

use super::rows::{InputRow, Rows};
use crate::error::Error;

/// A sequence: terms, and the one that follows.
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

/// The sequences of a file, the last term of each asked for from those before it.
///
/// # Errors
///
/// At the first row that cannot be read, or that has only one term, and if there is none.
pub fn questions(rows: Rows) -> Result<Vec<Question>, Error> {
    let name = rows.name().to_string();
    let question = |row: Result<InputRow, Error>| -> Result<Question, Error> {
        let InputRow { line, id, mut terms } = row?;
        match terms.pop() {
            Some(target) if !terms.is_empty() => Ok(Question { line, id, terms, target }),
            _ => Err(Error::Data {
                place: format!("{name}, line {line}"),
                message: "one term; at least two are needed: the last one is asked for".to_string(),
            }),
        }
    };
    let questions: Vec<Question> = rows.map(question).collect::<Result<_, _>>()?;
    match questions.is_empty() {
        true => Err(Error::Data { place: name, message: "no sequences in it".to_string() }),
        false => Ok(questions),
    }
}
