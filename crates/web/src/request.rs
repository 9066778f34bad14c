//! Requests: what a page may ask of the engine.

use serde::Deserialize;

/// The name of the model that ships with the program.
pub const BUILT_IN: &str = "built-in";

/// A config: a preset with assignments on top.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    /// The name of a preset.
    pub preset: String,
    /// `key=value` texts.
    #[serde(default)]
    pub set: Vec<String>,
}

/// A request. As JSON it is an object whose field `do` is the name in small letters.
///
/// A `model` is `built-in`, the name of one that was loaded, `training` (the weights of now),
/// `best` (those that validation liked best) or `start` (those that the training began with).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum PageRequest {
    /// What there is to decide: [`ninth::Description`].
    Describe {},
    /// What choices come out as: [`ninth::ConfigSummary`].
    Config {
        /// The choices.
        config: Choices,
    },
    /// The best that a predictor can do: [`ninth::LimitReport`].
    Limit {
        /// The choices.
        config: Choices,
    },
    /// Sequences as a training would draw them: a list of [`ninth::SampledSequence`].
    Sample {
        /// The choices.
        config: Choices,
        /// The phase; `None`: the mixture that the training ends with.
        #[serde(default)]
        phase: Option<String>,
        /// What all drawing follows from.
        #[serde(default)]
        seed: u64,
        /// How many.
        count: usize,
    },
    /// What follows some terms: [`ninth::PredictReport`].
    Predict {
        /// The terms, as a person writes them.
        text: String,
        /// Terms to predict.
        #[serde(default = "one")]
        count: usize,
        /// Candidates to name.
        #[serde(default = "five")]
        top: usize,
        /// `model`, `relations` or `blend`; `None`: the best for the model.
        #[serde(default)]
        method: Option<String>,
        /// The model that is asked.
        #[serde(default = "built_in")]
        model: String,
    },
    /// The rules behind some terms: [`ninth::ExplainReport`].
    Explain {
        /// The terms, as a person writes them.
        text: String,
        /// Terms to continue each rule by.
        #[serde(default = "one")]
        count: usize,
        /// Rules to name.
        #[serde(default = "five")]
        top: usize,
        /// The model whose expectations count for a rule or against it; without the built-in one
        /// the rules alone.
        #[serde(default = "built_in")]
        model: String,
    },
    /// What a model says about the sequences of each phase: a list of
    /// [`Judged`](crate::response::Judged).
    Judge {
        /// The model that is asked.
        model: String,
        /// Sequences of each phase.
        count: usize,
        /// What all drawing follows from.
        #[serde(default)]
        seed: u64,
    },
    /// Where each term looks: [`ninth::AttentionReport`].
    Attention {
        /// The terms, as a person writes them.
        text: String,
        /// The model that is asked.
        model: String,
    },
    /// Where a model places the integers: [`Placed`](crate::response::Placed).
    Embedding {
        /// The model that is asked.
        model: String,
    },
    /// Begins a training: [`Started`](crate::response::Started). One that was under way is dropped.
    Start {
        /// The choices.
        config: Choices,
        /// The model to begin with; `None`: random weights.
        #[serde(default)]
        from: Option<String>,
    },
    /// Goes on with a training whose checkpoint is the blob: [`Started`](crate::response::Started).
    Restore {},
    /// Trains until the time or the steps are over: [`Advanced`](crate::response::Advanced).
    Advance {
        /// Milliseconds after which the step under way is the last one.
        milliseconds: u64,
        /// The most steps.
        #[serde(default)]
        steps: Option<u64>,
    },
    /// The state of the training as a blob.
    Checkpoint {},
    /// The weights of a model as a blob, a file that the program reads.
    Weights {
        /// The model.
        model: String,
    },
    /// Loads a model from the blob, a file of weights: [`Loaded`](crate::response::Loaded).
    Load {
        /// The name that it gets.
        model: String,
    },
    /// Forgets a loaded model.
    Forget {
        /// Its name.
        model: String,
    },
}

fn one() -> usize {
    1
}

fn five() -> usize {
    5
}

fn built_in() -> String {
    BUILT_IN.to_string()
}
