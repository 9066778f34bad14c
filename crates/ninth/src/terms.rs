//! Parses integers as a person writes them.

use std::num::IntErrorKind;

/// What is wrong with a term.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TermError {
    /// It is not an integer.
    #[error("term {position} is {found:?}: not an integer")]
    NotAnInteger {
        /// Its position, counted from 1.
        position: usize,
        /// The text.
        found: String,
    },
    /// It does not fit into 64 bits.
    #[error("term {position} is {found}: an integer too large for any model")]
    Beyond {
        /// Its position, counted from 1.
        position: usize,
        /// The text.
        found: String,
    },
}

/// Parses terms separated by commas, spaces or both. A comma with nothing before it is an error:
/// a term is missing. A comma at the end is ignored.
///
/// # Errors
///
/// At the first term that is not an integer, or does not fit into 64 bits.
pub fn listed(text: &str) -> Result<Vec<i64>, TermError> {
    let mut terms = Vec::new();
    let mut cells = text.split(',').peekable();
    while let Some(cell) = cells.next() {
        let mut words = cell.split_whitespace().peekable();
        if words.peek().is_none() && cells.peek().is_some() {
            return Err(TermError::NotAnInteger {
                position: terms.len() + 1,
                found: String::new(),
            });
        }
        for word in words {
            terms.push(term(terms.len() + 1, word)?);
        }
    }
    Ok(terms)
}

/// Parses terms separated by spaces. A term that overflows 64 bits is clamped to `i64::MIN` or
/// `i64::MAX`, which are out of the range of every model, too.
///
/// # Errors
///
/// At the first term that is not an integer.
pub fn spaced(text: &str) -> Result<Vec<i64>, TermError> {
    let words = text.split_whitespace().enumerate();
    words
        .map(|(index, word)| match term(index + 1, word) {
            Err(TermError::Beyond { found, .. }) => {
                Ok(if found.starts_with('-') { i64::MIN } else { i64::MAX })
            }
            other => other,
        })
        .collect()
}

fn term(position: usize, word: &str) -> Result<i64, TermError> {
    let found = || word.to_string();
    word.parse().map_err(|error: std::num::ParseIntError| match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => {
            TermError::Beyond { position, found: found() }
        }
        _ => TermError::NotAnInteger { position, found: found() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_and_spaces_separate() {
        for text in ["1 -2 3", "1,-2,3", "1, -2, 3", " 1 ,-2\t3,", "1 , -2 , 3 "] {
            assert_eq!(listed(text), Ok(vec![1, -2, 3]), "{text:?}");
        }
        assert_eq!(listed(" "), Ok(vec![]));
        assert_eq!(listed(""), Ok(vec![]));
    }

    #[test]
    fn what_is_no_term_is_named() {
        let message = |text| listed(text).unwrap_err().to_string();
        assert_eq!(message("1 2 x"), "term 3 is \"x\": not an integer");
        assert_eq!(message("1,,3"), "term 2 is \"\": not an integer");
        assert_eq!(message(","), "term 1 is \"\": not an integer");
        assert_eq!(message("1.5"), "term 1 is \"1.5\": not an integer");
        assert!(message("1 99999999999999999999").starts_with("term 2 is 99999999999999999999: "));
    }

    #[test]
    fn rows_of_a_file_keep_what_no_model_knows() {
        assert_eq!(spaced("1 99999999999999999999 -3"), Ok(vec![1, i64::MAX, -3]));
        assert_eq!(spaced("-99999999999999999999"), Ok(vec![i64::MIN]));
        assert!(spaced("1,2").is_err());
    }
}
