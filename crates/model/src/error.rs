//! Errors of architectures, weight files and predictions.

/// Why a model cannot be built or read, or has no prediction.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    // Architectures.
    /// The residual stream cannot be split evenly between the heads.
    #[error(
        "model.heads = {heads} does not divide model.d_model = {d_model}; \
         allowed here: {allowed}"
    )]
    Heads {
        /// Heads asked for.
        heads: usize,
        /// Width of the residual stream.
        d_model: usize,
        /// Divisors of the width.
        allowed: String,
    },
    /// Without a projection, the embedding must be as wide as the stream.
    #[error(
        "embedding.kind = \"{kind}\" is {width} wide and model.d_model is {d_model}: set \
         embedding.projection = true, or model.d_model = {width}"
    )]
    EmbeddingWidth {
        /// The embedding.
        kind: String,
        /// Its width.
        width: usize,
        /// Width of the residual stream.
        d_model: usize,
    },
    /// A model of more than 2^31 parameters.
    #[error("the model would have {parameters} parameters; at most 2,147,483,648 are supported")]
    TooLarge {
        /// Parameters of such a model.
        parameters: u128,
    },

    // Weights.
    /// Not a safetensors file, or a damaged one.
    #[error("no weights in it: {0}")]
    Unreadable(String),
    /// A safetensors file with other tensors.
    #[error("not the weights of such a model: {0}")]
    Foreign(String),

    /// A file whose content does not match its checksum.
    #[error("it is damaged: its checksum is {found}, that of its content {right}")]
    Damaged {
        /// The checksum in the file.
        found: String,
        /// The checksum of its content.
        right: String,
    },
    /// A file whose text does not begin with a checksum.
    #[error("it is damaged: there is no checksum in its metadata")]
    NoChecksum,

    /// A tensor of half precision.
    #[error("tensor {name:?} is of the type {found}, where files of this program have F32")]
    HalfPrecision {
        /// The tensor.
        name: String,
        /// Its type.
        found: String,
    },
    /// A file whose metadata are those of another program.
    #[error("its metadata are not as this program writes them: \"format\" is {0}")]
    OtherMetadata(String),

    // Predictions.
    /// Parallel generation with a decoding strategy other than greedy.
    #[error(
        "parallel generation settles on the most likely terms; \
         with beam search or sampling, generate cached or naive"
    )]
    ParallelChoice,
    /// Beam search or sampling with a regression, which has no probabilities.
    #[error(
        "this model predicts a number and no probabilities (model.output = \"regression\"): \
         beam search and sampling have nothing to choose by, so decoding must be greedy"
    )]
    RegressionChoice,
    /// A blend with a regression, which has no probabilities.
    #[error(
        "this model predicts a number and no probabilities (model.output = \"regression\"): \
         nothing can be blended with it; ask the model or relations alone"
    )]
    RegressionBlend,
    /// An empty sequence to continue.
    #[error("no terms given; at least one is needed")]
    NoTerms,
    /// A term outside the model's integers.
    #[error("term {position} is {term}; the model knows integers from {min} to {max}")]
    Term {
        /// Its position, counted from 1.
        position: usize,
        /// The term.
        term: String,
        /// The smallest integer of the model.
        min: i64,
        /// The largest integer of the model.
        max: i64,
    },
}

impl Error {
    /// Whether a file of weights is refused because another program has changed it, and is taken
    /// with [`LoadOptions::accept_changed`](crate::weights::LoadOptions::accept_changed).
    pub fn is_change(&self) -> bool {
        match self {
            Error::Damaged { .. }
            | Error::NoChecksum
            | Error::HalfPrecision { .. }
            | Error::OtherMetadata(_) => true,
            Error::Heads { .. }
            | Error::EmbeddingWidth { .. }
            | Error::TooLarge { .. }
            | Error::Unreadable(_)
            | Error::Foreign(_)
            | Error::ParallelChoice
            | Error::RegressionChoice
            | Error::RegressionBlend
            | Error::NoTerms
            | Error::Term { .. } => false,
        }
    }
}
