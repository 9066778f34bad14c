//! Parses integers as a person writes them, of any size.

use ninth_inference::integer;
use num_bigint::BigInt;

/// A word among the terms that is not an integer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("term {position} is {found:?}: not an integer")]
pub struct TermError {
    /// Its position, counted from 1.
    pub position: usize,
    /// The word.
    pub found: String,
}

/// Parses terms separated by commas, spaces or both. A comma with nothing before it is an error:
/// a term is missing. A comma at the end is ignored.
///
/// # Errors
///
/// At the first term that is not an integer.
pub fn listed(text: &str) -> Result<Vec<BigInt>, TermError> {
    let mut terms = Vec::new();
    let mut cells = text.split(',').peekable();
    while let Some(cell) = cells.next() {
        let mut words = cell.split_whitespace().peekable();
        if words.peek().is_none() && cells.peek().is_some() {
            return Err(TermError { position: terms.len() + 1, found: String::new() });
        }
        for word in words {
            terms.push(term(terms.len() + 1, word)?);
        }
    }
    Ok(terms)
}

/// Parses terms separated by spaces.
///
/// # Errors
///
/// At the first term that is not an integer.
pub fn spaced(text: &str) -> Result<Vec<BigInt>, TermError> {
    let words = text.split_whitespace().enumerate();
    words.map(|(index, word)| term(index + 1, word)).collect()
}

fn term(position: usize, word: &str) -> Result<BigInt, TermError> {
    integer::parse(word).map_err(|_| TermError { position, found: word.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_and_spaces_separate() {
        let expected: Vec<BigInt> = [1, -2, 3].map(BigInt::from).to_vec();
        for text in ["1 -2 3", "1,-2,3", "1, -2, 3", " 1 ,-2\t3,", "1 , -2 , +3 "] {
            assert_eq!(listed(text).as_ref(), Ok(&expected), "{text:?}");
        }
        assert_eq!(listed(" "), Ok(vec![]));
        assert_eq!(listed(""), Ok(vec![]));
        assert_eq!(spaced("1  -2\t3"), Ok(expected));
    }

    #[test]
    fn what_is_no_term_is_named() {
        let message = |text| listed(text).unwrap_err().to_string();
        assert_eq!(message("1 2 x"), "term 3 is \"x\": not an integer");
        assert_eq!(message("1,,3"), "term 2 is \"\": not an integer");
        assert_eq!(message(","), "term 1 is \"\": not an integer");
        assert_eq!(message("1.5"), "term 1 is \"1.5\": not an integer");
        assert_eq!(message("1 9e99"), "term 2 is \"9e99\": not an integer");
        assert!(spaced("1,2").is_err());
    }

    #[test]
    fn integers_of_any_size_are_exact() {
        let googol = format!("1{}", "0".repeat(100));
        for text in [&googol[..], "-9223372036854775809", "18446744073709551616"] {
            assert_eq!(listed(text).unwrap()[0].to_string(), text);
            assert_eq!(spaced(text).unwrap()[0].to_string(), text);
        }
    }
}
