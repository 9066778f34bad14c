//! What can be wrong with a model, its weights, or what it is asked.

/// Why a model cannot be built, read or asked.
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
    /// A file that is no safetensors file, or a damaged one.
    #[error("no weights in it: {0}")]
    Unreadable(String),
    /// A safetensors file of something else.
    #[error("not the weights of such a model: {0}")]
    Foreign(String),

    /// A file that is not as it was written.
    #[error("it is damaged: its checksum is {found}, that of its content {right}")]
    Damaged {
        /// What the file says.
        found: String,
        /// What it would have to say.
        right: String,
    },
    /// A file whose text does not begin with a checksum.
    #[error("it is damaged: there is no checksum in its metadata")]
    NoChecksum,

    // Questions.
    /// Parallel generation of terms that are not simply the likeliest.
    #[error(
        "parallel generation settles on the most likely terms; \
         with beam search or sampling, generate cached or naive"
    )]
    ParallelChoice,
    /// A choice among terms that have no probabilities.
    #[error(
        "this model predicts a number and no probabilities (model.output = \"regression\"): \
         beam search and sampling have nothing to choose by, so decoding must be greedy"
    )]
    RegressionChoice,
    /// A blend with a model whose answer has no probability.
    #[error(
        "this model predicts a number and no probabilities (model.output = \"regression\"): \
         nothing can be blended with it; ask the model or relations alone"
    )]
    RegressionBlend,
    /// No terms to continue.
    #[error("no terms given; at least one is needed")]
    NoTerms,
    /// A term outside the model's integers.
    #[error("term {position} is {term}; the model knows integers from {min} to {max}")]
    Term {
        /// Which one, counted from 1.
        position: usize,
        /// The term.
        term: i64,
        /// The smallest integer of the model.
        min: i64,
        /// The largest integer of the model.
        max: i64,
    },
}
