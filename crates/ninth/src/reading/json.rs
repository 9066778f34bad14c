//! Rows of JSON lines: arrays, or objects with a name and terms.

use num_bigint::BigInt;
use serde_json::value::RawValue;

use super::delimited::{IDS, TERMS};
use super::terms;

/// Whether a line is a JSON array of something else than arrays and objects.
pub(super) fn is_array(line: &str) -> bool {
    let items: Result<Vec<&RawValue>, _> = serde_json::from_str(line);
    items.is_ok_and(|items| items.iter().all(|item| !item.get().starts_with(['[', '{'])))
}

/// The name and the terms of a line.
///
/// # Errors
///
/// If it is not JSON, or its terms are no integers.
pub(super) fn row(line: &str) -> Result<(Option<String>, Vec<BigInt>), String> {
    if line.trim_start().starts_with('[') {
        return Ok((None, array(line)?));
    }
    let fields = fields(line)?;
    let find = |names: &[&str]| {
        let named = |name: &&str| {
            let field = fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            field.map(|(_, value)| value.get())
        };
        names.iter().find_map(named)
    };
    let Some(found) = find(&TERMS) else {
        let keys: Vec<String> = fields.iter().map(|(key, _)| format!("{key:?}")).collect();
        return Err(format!(
            "an object with the keys {}; that of the terms has to be one of {}",
            keys.join(", "),
            TERMS.join(", ")
        ));
    };
    let id = find(&IDS).map(|value| match serde_json::from_str::<String>(value) {
        Ok(text) => text,
        Err(_) => value.to_string(),
    });
    Ok((id.filter(|id| id != "null" && !id.is_empty()), terms_of(found)?))
}

/// The keys of an object, in order, each with the text of its value.
///
/// # Errors
///
/// If the text is no JSON object.
pub(crate) fn fields(text: &str) -> Result<Vec<(String, &RawValue)>, String> {
    let fields: Fields<'_> = serde_json::from_str(text).map_err(|error| in_words(&error))?;
    Ok(fields.0)
}

/// The terms that the text of a value holds: as a string, or as an array of integers.
///
/// # Errors
///
/// If they are no integers.
pub(crate) fn terms_of(value: &str) -> Result<Vec<BigInt>, String> {
    match serde_json::from_str::<String>(value) {
        Ok(text) => terms::parse(&text).map_err(|error| error.to_string()),
        Err(_) => array(value),
    }
}

/// The integers of an array, as numbers or in quotation marks.
fn array(text: &str) -> Result<Vec<BigInt>, String> {
    let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| in_words(&error))?;
    let term = |(index, item): (usize, &&RawValue)| {
        let quoted = serde_json::from_str::<String>(item.get());
        let word = quoted.unwrap_or_else(|_| item.get().to_string());
        let is_nested = item.get().starts_with(['[', '{']);
        match terms::parse(&word).as_deref() {
            Ok([term]) if !is_nested => Ok(term.clone()),
            _ => {
                let shown: String = word.chars().take(40).collect();
                Err(format!("term {} is {shown:?}, not an integer", index + 1))
            }
        }
    };
    items.iter().enumerate().map(term).collect()
}

/// The keys of an object with their values as text, in order.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Fields<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an array of integers, or an object with one")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// A message without the line, which is said otherwise.
fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    format!("not JSON at column {}: {text}", error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> (Option<String>, Vec<String>) {
        let (id, terms) = row(line).unwrap();
        (id, terms.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn objects_and_arrays() {
        let terms = ["1", "-2", "123456789012345678901234567890"].map(String::from).to_vec();
        let large = "[1, -2, 123456789012345678901234567890]";
        assert_eq!(read(large), (None, terms.clone()));
        let named = |id: &str| (Some(id.to_string()), terms.clone());
        assert_eq!(read(&format!("{{\"id\": \"x\", \"terms\": {large}}}")), named("x"));
        assert_eq!(read(&format!("{{\"Sequence\": {large}, \"ID\": 7}}")), named("7"));
        let text = "{\"id\": null, \"terms\": \"1, -2, 123456789012345678901234567890, ...\"}";
        assert_eq!(read(text), (None, terms.clone()));
        assert_eq!(read("[\"1\", \"-2\", \"123456789012345678901234567890\"]"), (None, terms));
        assert_eq!(read("{\"terms\": [3.0]}").1, ["3"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let message = |line: &str| row(line).unwrap_err();
        assert_eq!(message("[1, 2.5]"), "term 2 is \"2.5\", not an integer");
        assert_eq!(message("[1, \"x\"]"), "term 2 is \"x\", not an integer");
        assert_eq!(message("[1, null]"), "term 2 is \"null\", not an integer");
        assert_eq!(message("[1, [2]]"), "term 2 is \"[2]\", not an integer");
        assert!(
            message("{\"a\": 1, \"b\": 2}").contains("the keys \"a\", \"b\"; that of the terms")
        );
        assert!(message("{\"terms\": [1, 2}").starts_with("not JSON at column 16: "));
        assert!(message("{\"terms\": 3}").starts_with("not JSON"));
    }
}
