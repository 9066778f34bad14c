//! Requests of an ablation: its base, the decisions asked for, and why they are refused.

use ninth_settings::Assignment;

use super::decisions::DECISIONS;
use super::search::error::SearchError;
use ninth_training::{ConfigError, Preset};

/// A decision to be measured, as the user names it: `activation=relu,silu`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The name of a decision, `all`, or a key of the config.
    pub name: String,
    /// The options; empty for all of them.
    pub options: Vec<String>,
}

/// The base that all options are compared with, and its budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// The preset.
    pub preset: Preset,
    /// Assignments on top of the preset.
    pub assignments: Vec<Assignment>,
    /// Steps of its training; `None` for those of its config.
    pub steps: Option<u64>,
    /// Seeds per option, counting up from that of the config.
    pub seeds: u32,
}

/// Why a request cannot be planned.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// No decision and no key has this name.
    #[error(
        "unknown decision {name:?}{}; allowed: {}, all, or a key of the config",
        did_you_mean(.suggestion), decision_names()
    )]
    UnknownDecision {
        /// The text given.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },
    /// A decision that has no such option.
    #[error("{decision} has no option {option:?}{}; allowed: {allowed}", did_you_mean(.suggestion))]
    UnknownOption {
        /// The decision.
        decision: String,
        /// The text given.
        option: String,
        /// The nearest known option.
        suggestion: Option<String>,
        /// All options.
        allowed: String,
    },
    /// A key whose values cannot be listed.
    #[error(
        "{key} has too many values to try them all; name some, as in {key}={example} \
         (allowed: {allowed})"
    )]
    NoOptions {
        /// The key.
        key: String,
        /// Its value in the base.
        example: String,
        /// What is allowed.
        allowed: String,
    },
    /// A request that cannot be read.
    #[error("{found:?} is not of the form DECISION or DECISION=OPTION,OPTION,...")]
    Malformed {
        /// The text given.
        found: String,
    },
    /// Options for all decisions at once.
    #[error("\"all\" takes no options: every decision has its own")]
    OptionsOfAll,
    /// The seed repeats a training and is no decision.
    #[error("training.seed is no decision: --seeds N trains every option with N seeds")]
    Seed,
    /// A short key of several sections.
    #[error("{name:?} could be {candidates}")]
    Ambiguous {
        /// The text given.
        name: String,
        /// The full keys.
        candidates: String,
    },
    /// What is to be searched is not allowed.
    #[error(transparent)]
    Search(Box<SearchError>),
    /// The base, or a value of a key, is not allowed.
    #[error(transparent)]
    Config(Box<ConfigError>),
}

impl From<ConfigError> for PlanError {
    fn from(error: ConfigError) -> Self {
        PlanError::Config(Box::new(error))
    }
}

impl From<SearchError> for PlanError {
    fn from(error: SearchError) -> Self {
        PlanError::Search(Box::new(error))
    }
}

fn did_you_mean(suggestion: &Option<String>) -> String {
    match suggestion {
        Some(suggestion) => format!(" (did you mean {suggestion:?}?)"),
        None => String::new(),
    }
}

fn decision_names() -> String {
    let names: Vec<&str> = DECISIONS.iter().map(|decision| decision.name).collect();
    names.join(", ")
}

impl Request {
    /// Reads `DECISION` or `DECISION=OPTION,OPTION`.
    ///
    /// # Errors
    ///
    /// If a name is missing.
    pub fn parse(text: &str) -> Result<Self, PlanError> {
        let malformed = || PlanError::Malformed { found: text.to_string() };
        let (name, options) = match text.split_once('=') {
            Some((name, options)) => (name, options.split(',').map(str::trim).collect()),
            None => (text, Vec::new()),
        };
        let name = name.trim();
        if name.is_empty() || options.iter().any(|option| option.is_empty()) {
            return Err(malformed());
        }
        let options = options.into_iter().map(String::from).collect();
        Ok(Request { name: name.to_string(), options })
    }
}
