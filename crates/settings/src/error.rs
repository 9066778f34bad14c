//! The errors of a config.

/// An error in a config: where it is, what was found, and what is allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The text is not valid TOML.
    #[error("{place}: {message}")]
    Syntax {
        /// Where: the file and line.
        place: String,
        /// The message of the parser.
        message: String,
    },
    /// A document of a newer version of the program.
    #[error("{place}: its format is {found}, this program reads {known}")]
    Format {
        /// Where: the file and line.
        place: String,
        /// The version found.
        found: u64,
        /// The newest version that this program reads.
        known: u64,
    },
    /// `--set` without an equals sign.
    #[error("{found:?} is not of the form KEY=VALUE")]
    Assignment {
        /// What was given.
        found: String,
    },
    /// There is no such key.
    #[error("{place}: unknown key {key:?}{}", nearest(.suggestion))]
    UnknownKey {
        /// Where it was found.
        place: String,
        /// The key.
        key: String,
        /// The key most similar to it.
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
    /// The value of a key is not allowed.
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
        /// The allowed name most similar to it.
        suggestion: Option<String>,
    },
}

fn nearest(suggestion: &Option<String>) -> String {
    match suggestion {
        Some(suggestion) => format!(" (did you mean {suggestion:?}?)"),
        None => String::new(),
    }
}
