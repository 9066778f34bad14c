//! What a file says about its model, in words and in `metadata_props`.
//!
//! | key | value |
//! |---|---|
//! | `description` | what the model is, its input and its output |
//! | `version` | the version of ninth that wrote the file |
//! | `minimum`, `maximum` | the least and the greatest integer that a term may be |
//! | `classes` | how many those are; the class of a term is term - minimum |
//! | `outside` | what becomes of other terms |
//! | `context` | the most terms of a sequence |
//! | `output` | `classification` or `regression` |
//! | `config` | the config of its training, a TOML document |

use ninth_model::Transformer;
use ninth_model::output::Output;

use crate::transformer::{LOGITS, SHARE, TERMS};

pub(crate) const PRODUCER: &str = "ninth";

/// All crates of the workspace have one version.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is said of a model, of its input and of its output.
pub(crate) struct Texts {
    pub(crate) description: String,
    pub(crate) input: String,
    pub(crate) output: String,
}

/// What becomes of terms outside the range.
const OUTSIDE: &str = "an error: no table of the embedding has a row for such a term";

impl Texts {
    pub(crate) fn of(model: &Transformer) -> Self {
        let architecture = model.architecture();
        let (range, context) = (architecture.range(), architecture.context());
        let (least, most, last) = (range.min(), range.max(), range.classes() - 1);
        let input = format!(
            "integer sequences, from the first term on: at least 1 and at most {context} terms, \
             each from {least} to {most}"
        );
        let (name, output) = match architecture.model().output {
            Output::Classification => (
                LOGITS,
                format!(
                    "{LOGITS}[b, i, k] is the logit of {least} + k as the term that follows the \
                     terms 0 to i of sequence b"
                ),
            ),
            Output::Regression => (
                SHARE,
                format!(
                    "{least} + {last} {SHARE}[b, i], rounded and limited to {least} to {most}, is \
                     the term that follows the terms 0 to i of sequence b"
                ),
            ),
        };
        let description = format!(
            "A small causal transformer that names the next term of an integer sequence. \
             Input {TERMS}: {input}. Output {name}: {output}. Sequences of a batch that are \
             shorter than the others may be filled up behind with any terms."
        );
        Texts { description, input, output }
    }
}

/// The keys with their values, in the order of the table above.
pub(crate) fn pairs(
    model: &Transformer,
    config: &str,
    description: &str,
) -> Vec<(&'static str, String)> {
    let architecture = model.architecture();
    let range = architecture.range();
    vec![
        ("description", description.to_string()),
        ("version", VERSION.to_string()),
        ("minimum", range.min().to_string()),
        ("maximum", range.max().to_string()),
        ("classes", range.classes().to_string()),
        ("outside", OUTSIDE.to_string()),
        ("context", architecture.context().to_string()),
        ("output", architecture.model().output.name().to_string()),
        ("config", config.to_string()),
    ]
}
