//! A single setting, and a section of them.

use std::fmt::{self, Write};
use std::ops::RangeInclusive;

/// A value in a config. Its `Display` is that of TOML.
///
/// ```
/// use ninth_settings::Value;
///
/// assert_eq!(Value::Float(2.0).to_string(), "2.0");
/// assert_eq!(Value::Text("a \"b\"".into()).to_string(), r#""a \"b\"""#);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `8`
    Integer(i64),
    /// `0.1`
    Float(f64),
    /// `true`
    Boolean(bool),
    /// `"design"`
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Integer(value) => write!(f, "{value}"),
            // The debug format has the decimal point that makes it a float in TOML.
            Value::Float(value) => write!(f, "{value:?}"),
            Value::Boolean(value) => write!(f, "{value}"),
            Value::Text(text) => {
                f.write_str("\"")?;
                for c in text.chars() {
                    match c {
                        '"' => f.write_str("\\\"")?,
                        '\\' => f.write_str("\\\\")?,
                        c if c.is_control() => write!(f, "\\u{:04X}", c as u32)?,
                        c => f.write_char(c)?,
                    }
                }
                f.write_str("\"")
            }
        }
    }
}

/// A type that a setting can have.
pub trait Setting: Sized {
    /// The setting, if the value is of this type.
    fn read(value: &Value) -> Option<Self>;
    /// The value, as in a config.
    fn write(&self) -> Value;
    /// What is allowed, for messages.
    fn allowed() -> String;
    /// The allowed names, if there is a list of them.
    fn choices() -> Vec<&'static str> {
        Vec::new()
    }
    /// One line on each of the allowed names, in the same order, where these have one.
    fn meanings() -> Vec<&'static str> {
        Vec::new()
    }
}

impl Setting for usize {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(value) => usize::try_from(*value).ok(),
            _ => None,
        }
    }
    fn write(&self) -> Value {
        // Bounds of settings are far below 2^63.
        Value::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
    }
    fn allowed() -> String {
        "a whole number".to_string()
    }
}

impl Setting for i64 {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(value) => Some(*value),
            _ => None,
        }
    }
    fn write(&self) -> Value {
        Value::Integer(*self)
    }
    fn allowed() -> String {
        "a whole number".to_string()
    }
}

impl Setting for f64 {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(value) => Some(*value as f64),
            Value::Float(value) if value.is_finite() => Some(*value),
            _ => None,
        }
    }
    fn write(&self) -> Value {
        Value::Float(*self)
    }
    fn allowed() -> String {
        "a number".to_string()
    }
}

impl Setting for bool {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Boolean(value) => Some(*value),
            _ => None,
        }
    }
    fn write(&self) -> Value {
        Value::Boolean(*self)
    }
    fn allowed() -> String {
        "true | false".to_string()
    }
    fn choices() -> Vec<&'static str> {
        vec!["true", "false"]
    }
}

/// Whether a value lies in a range. A function, so that the macro can leave its type to inference.
pub fn within<T: PartialOrd>(value: &T, range: &RangeInclusive<T>) -> bool {
    range.contains(value)
}

/// A key of the config.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The section, `model` in `model.layers`.
    pub section: &'static str,
    /// Its name within the section, `layers` in `model.layers`.
    pub name: &'static str,
}

impl Key {
    /// Whether `path` is its [`path`](Self::path).
    pub fn is(self, path: &str) -> bool {
        path.split_once('.') == Some((self.section, self.name))
    }

    /// `section.key`
    pub fn path(self) -> String {
        format!("{}.{}", self.section, self.name)
    }
}

/// A key of the config with its value, what is allowed and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingEntry {
    /// The section, `model` in `model.layers`.
    pub section: &'static str,
    /// The key within the section, `layers` in `model.layers`.
    pub key: &'static str,
    /// Its value.
    pub value: Value,
    /// What is allowed.
    pub allowed: String,
    /// The least and the greatest value, where it has bounds.
    pub bounds: Option<[Value; 2]>,
    /// The allowed names, if there is a list of them.
    pub choices: Vec<&'static str>,
    /// One line on each of these, where they have one.
    pub meanings: Vec<&'static str>,
    /// One line on what it means.
    pub meaning: &'static str,
}

impl SettingEntry {
    /// `section.key`
    pub fn path(&self) -> String {
        Key { section: self.section, name: self.key }.path()
    }
}

/// Why a section refused a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Whether the section has such a key.
    pub known_key: bool,
    /// What is allowed for the key.
    pub allowed: String,
    /// The allowed names, if there is a list of them.
    pub choices: Vec<&'static str>,
}

impl Refusal {
    /// The section has no such key.
    pub fn unknown_key() -> Self {
        Refusal { known_key: false, allowed: String::new(), choices: Vec::new() }
    }
}

/// A section of the config; [`settings!`](crate::settings) implements it.
pub trait Section {
    /// The name in square brackets.
    fn name(&self) -> &'static str;
    /// The names of its keys.
    fn keys(&self) -> &'static [&'static str];
    /// Their present values, in the same order.
    fn values(&self) -> Vec<Value>;
    /// All keys with their present values, what is allowed and what they mean. This takes much
    /// longer than [`values`](Self::values).
    fn entries(&self) -> Vec<SettingEntry>;
    /// Sets one key.
    ///
    /// # Errors
    ///
    /// If there is no such key or the value is not allowed; nothing changes then.
    fn set(&mut self, key: &str, value: &Value) -> Result<(), Refusal>;
}
