//! Integers of any size in JSON: plain numbers, whatever their size.

use std::fmt;
use std::str::FromStr;

use num_bigint::BigInt;
use serde::ser::{Error as _, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A number of any size as a JSON number. Readers that know of 64 bits only lose its last
/// digits, others read it exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Exact<'a>(&'a BigInt);

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match i64::try_from(self.0) {
            Ok(small) => serializer.serialize_i64(small),
            Err(_) => RawValue::from_string(self.0.to_string())
                .map_err(S::Error::custom)?
                .serialize(serializer),
        }
    }
}

/// An integer.
///
/// # Errors
///
/// Those of the serializer.
pub fn integer<S: Serializer>(value: &BigInt, serializer: S) -> Result<S::Ok, S::Error> {
    Exact(value).serialize(serializer)
}

/// A list of integers.
///
/// # Errors
///
/// Those of the serializer.
pub fn integers<T: AsRef<[BigInt]>, S: Serializer>(
    values: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let values = values.as_ref();
    let mut list = serializer.serialize_seq(Some(values.len()))?;
    for value in values {
        list.serialize_element(&Exact(value))?;
    }
    list.end()
}

/// A word that is not an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnInteger;

impl fmt::Display for NotAnInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an integer")
    }
}

impl std::error::Error for NotAnInteger {}

/// Reads an integer of any size: digits, with a sign or without.
///
/// # Errors
///
/// If there is anything else.
pub fn parse(word: &str) -> Result<BigInt, NotAnInteger> {
    let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain {
        return Err(NotAnInteger);
    }
    BigInt::from_str(word).map_err(|_| NotAnInteger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_are_json_numbers() {
        #[derive(Serialize)]
        struct Row {
            #[serde(serialize_with = "integers")]
            terms: Vec<BigInt>,
        }
        let terms = ["-3", "9223372036854775808", "123456789012345678901234567890"];
        let terms = terms.map(|word| parse(word).unwrap()).to_vec();
        let json = serde_json::to_string(&Row { terms }).unwrap();
        assert_eq!(json, r#"{"terms":[-3,9223372036854775808,123456789012345678901234567890]}"#);
    }

    #[test]
    fn what_is_no_integer_is_refused() {
        for word in ["", "-", "1.5", "1_000", "x", "0x10", "--1", "1e5"] {
            assert_eq!(parse(word), Err(NotAnInteger), "{word:?}");
        }
        assert_eq!(parse("+7"), Ok(7.into()));
    }
}
