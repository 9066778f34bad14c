//! What can be wrong with a config.

/// What is wrong with a config: the place, what was found, what is allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The text is no TOML.
    #[error("{place}: {message}")]
    Syntax {
        /// Where: the file and line.
        place: String,
        /// What the parser says.
        message: String,
    },
    /// A document of a newer version of the program.
    #[error("{place}: its format is {found}, this program reads {known}")]
    Format {
        /// Where: the file and line.
        place: String,
        /// The version found.
        found: u64,
        /// The newest one that is known.
        known: u64,
    },
    /// `--set` without an equals sign.
    #[error("{found:?} is not of the form KEY=VALUE")]
    Assignment {
        /// What was given.
        found: String,
    },
    /// No such key.
    #[error("{place}: unknown key {key:?}{}", nearest(.suggestion))]
    UnknownKey {
        /// Where it was found.
        place: String,
        /// The key.
        key: String,
        /// The nearest key that there is.
        suggestion: Option<String>,
    },
    /// A short key that several sections have.
    #[error("{place}: {key:?} could be {candidates}")]
    AmbiguousKey {
        /// Where it was found.
        place: String,
        /// The key.
        key: String,
        /// The full keys that it could be.
        candidates: String,
    },
    /// A key that got a value it does not take.
    #[error("{place}: {key} = {found} is not allowed{}; allowed: {allowed}", nearest(.suggestion))]
    Value {
        /// Where it was found.
        place: String,
        /// The key.
        key: String,
        /// The value found.
        found: String,
        /// What is allowed.
        allowed: String,
        /// The nearest name that is allowed.
        suggestion: Option<String>,
    },
}

fn nearest(suggestion: &Option<String>) -> String {
    match suggestion {
        Some(suggestion) => format!(" (did you mean {suggestion:?}?)"),
        None => String::new(),
    }
}
