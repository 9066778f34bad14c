//! Why a search cannot be planned.

/// What is between the ends of a range.
const BETWEEN: &str = "..";

/// Why a search cannot be planned.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SearchError {
    /// There is nothing to choose from.
    #[error("a search needs decisions or keys to choose values of, as in activation=relu,silu")]
    Nothing,
    /// All decisions at once.
    #[error("\"all\" is for decisions one at a time; a search needs each one by its name")]
    All,
    /// A range where values have to be listed.
    #[error(
        "{argument} is a range, which only --random and --sobol draw from; here values are listed, \
         as in {key}={from},{to}"
    )]
    Range {
        /// The argument.
        argument: String,
        /// The key.
        key: String,
        /// Where the range begins.
        from: String,
        /// Where it ends.
        to: String,
    },
    /// A range among values.
    #[error("{argument}: {found:?} is a range; it stands alone, without other values")]
    RangeInList {
        /// The argument.
        argument: String,
        /// The range.
        found: String,
    },
    /// A range of a decision, whose options are listed.
    #[error(
        "{argument}: a decision has options and no range; allowed: {allowed}, or a range of a key \
         of the config, as in model.layers=2..6"
    )]
    RangeOfDecision {
        /// The argument.
        argument: String,
        /// The options of the decision.
        allowed: String,
    },
    /// A range of a key that takes no numbers.
    #[error("{argument}: {key} takes no numbers, so it has no range; allowed: {allowed}")]
    RangeOfNames {
        /// The argument.
        argument: String,
        /// The key.
        key: String,
        /// The names that it takes.
        allowed: String,
    },
    /// An end of a range that is no number, or one that the key does not take.
    #[error("{argument}: a range cannot end at {found:?}; allowed: {allowed}")]
    RangeEnd {
        /// The argument.
        argument: String,
        /// The end.
        found: String,
        /// What the key takes.
        allowed: String,
    },
    /// A range whose ends are not in order.
    #[error("{argument}: {from} is not below {to}; allowed: FROM..TO, both of them included")]
    Reversed {
        /// The argument.
        argument: String,
        /// Where the range begins.
        from: String,
        /// Where it ends.
        to: String,
    },
    /// An unknown scale of a range.
    #[error(
        "{argument}: unknown scale {found:?} of a range; allowed: log, or none for a linear one"
    )]
    Scale {
        /// The argument.
        argument: String,
        /// The scale.
        found: String,
    },
    /// A key of two arguments.
    #[error("{key} is set by {one} and by {other}; leave one of them out")]
    KeyTwice {
        /// The key.
        key: String,
        /// The argument that sets it first.
        one: String,
        /// The other one.
        other: String,
    },
    /// Points cannot be compared by what this changes.
    #[error(
        "{name} changes no training, and a search compares trainings; measure it alone, with \
         `ninth ablate {name}`"
    )]
    NoTraining {
        /// The decision or key.
        name: String,
    },
    /// A grid of too many points.
    #[error(
        "the grid has {points} points; allowed: {most} at most (--random or --sobol take some)"
    )]
    TooManyPoints {
        /// The points of the grid, in words.
        points: String,
        /// The most that there may be.
        most: usize,
    },
    /// More arguments than the sequence has dimensions.
    #[error("{found} arguments; allowed: {most} at most")]
    TooManyAxes {
        /// The arguments.
        found: usize,
        /// The dimensions of the sequence.
        most: usize,
    },
    /// Too few different points that can be trained.
    #[error(
        "of {drawn} points drawn only {found} are different ones that can be trained ({refused} are \
         refused{}); ask for fewer than {wanted}, or for a grid",
        reason.as_ref().map_or_else(String::new, |reason| format!(", the last since {reason}"))
    )]
    TooFewPoints {
        /// Points asked for.
        wanted: usize,
        /// Points found.
        found: usize,
        /// Points drawn.
        drawn: usize,
        /// Points whose config is refused.
        refused: usize,
        /// Why the last of them is.
        reason: Option<String>,
    },
    /// No point of a grid can be trained.
    #[error("no point of the grid is another than the base and can be trained{}",
        reason.as_ref().map_or_else(String::new, |reason| format!("; the first is refused: {reason}"))
    )]
    NoPoint {
        /// Why the first one that is refused is.
        reason: Option<String>,
    },
}

impl SearchError {
    /// A range where values have to be listed.
    pub(in super::super) fn of_range(key: &str, found: &str) -> Self {
        let ends = found.split_once(':').map_or(found, |(ends, _)| ends);
        let (from, to) = ends.split_once(BETWEEN).unwrap_or((ends, ends));
        SearchError::Range {
            argument: format!("{key}={found}"),
            key: key.to_string(),
            from: from.to_string(),
            to: to.to_string(),
        }
    }
}

/// Whether a text is meant as a range.
pub(in super::super) fn is_range(text: &str) -> bool {
    text.contains(BETWEEN)
}

/// The ends of a range as texts, and its scale; `None` of what is no range.
pub(super) fn parts(text: &str) -> Option<(&str, &str, Option<&str>)> {
    let (ends, scale) = match text.split_once(':') {
        Some((ends, scale)) => (ends, Some(scale.trim())),
        None => (text, None),
    };
    let (from, to) = ends.split_once(BETWEEN)?;
    Some((from.trim(), to.trim(), scale))
}
