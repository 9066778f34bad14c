//! A trained model as an ONNX file, for runtimes of other programs.
//!
//! [`to_bytes`] makes it from a model, its parameters and its config. The graph is the model as
//! [`ninth_model::transformer`] computes it, with the same names: `layers.0.attention.scores` is a
//! value, `layers.0.attention.input.weight` a constant.
//!
//! | | name | type | shape |
//! |---|---|---|---|
//! | input | `terms` | int64 | (batch, length) |
//! | output of a classification | `logits` | float32 | (batch, length, classes) |
//! | output of a regression | `share` | float32 | (batch, length) |
//!
//! Batch and length are dynamic, the length up to the context. Terms are integers of the model's
//! range; what else is given is an error of the runtime, as the tables of the embedding have no
//! such row. The metadata of the file ([`metadata`]) say the range.
//!
//! The file is in the operators of opset 17, which more runtimes know than a newer one: it is the
//! first that has LayerNormalization, and what opset 20 has beside it, Gelu, is written as its
//! formula. Version 8 of the representation belongs to it.

#![forbid(unsafe_code)]

#[cfg(test)]
mod cases;
mod error;
mod graph;
mod messages;
pub mod metadata;
#[cfg(test)]
mod tests;
mod transformer;

pub use error::Error;

use ninth_model::Transformer;
use ninth_model::embedding::TableRows;
use prost::Message;

use error::check_size;
use messages::{MetadataProto, ModelProto, OperatorSetProto};

/// The version of the operators.
pub const OPSET: i64 = 17;

/// The version of the representation.
pub const IR_VERSION: i64 = 8;

/// The content of an ONNX file.
///
/// `parameters` is an arena of the model's layout; `config` is the text of the config that it was
/// trained with, for the metadata. The same arguments give the same bytes.
///
/// ```
/// use ninth_kernels::as_floats;
/// use ninth_model::{Architecture, Transformer};
/// use ninth_sequences::IntegerRange;
///
/// let range = IntegerRange::new(0, 99)?;
/// let architecture = Architecture::new(range, 8, Default::default(), Default::default())?;
/// let model = Transformer::new(architecture);
/// let parameters = model.layout().initial(0);
/// let bytes = ninth_onnx::to_bytes(&model, as_floats(&parameters), "sequences.maximum = 99\n")?;
/// assert!(bytes.len() > 4 * model.layout().parameters());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If the file would be larger than 2 GiB, which is the most that a protocol buffer can be.
///
/// # Panics
///
/// If `parameters` is no arena of the layout.
pub fn to_bytes(model: &Transformer, parameters: &[f32], config: &str) -> Result<Vec<u8>, Error> {
    check_size(size_of::<f32>() as u64 * numbers(model))?;
    let metadata::Texts { description, input, output } = metadata::Texts::of(model);
    let pairs = metadata::pairs(model, config, &description);
    let pairs = pairs
        .into_iter()
        .map(|(key, value)| MetadataProto { key: Some(key.to_string()), value: Some(value) });
    let graph = transformer::graph(model, parameters, &description, [&input, &output]);
    let file = ModelProto {
        ir_version: Some(IR_VERSION),
        producer_name: metadata::PRODUCER.to_string(),
        producer_version: metadata::VERSION.to_string(),
        doc_string: description.clone(),
        graph: Some(graph),
        opset_import: vec![OperatorSetProto { domain: Some(String::new()), version: Some(OPSET) }],
        metadata_props: pairs.collect(),
    };
    check_size(file.encoded_len() as u64)?;
    Ok(file.encode_to_vec())
}

/// How many numbers a model has, those of its fixed tables included.
fn numbers(model: &Transformer) -> u64 {
    let tables = model.embedding.parts().iter().flat_map(|part| [&part.value, &part.position]);
    let fixed = tables.map(|table| match &table.rows {
        TableRows::Fixed(rows) => rows.len(),
        TableRows::Learned(_) => 0,
    });
    (model.layout().parameters() + fixed.sum::<usize>()) as u64
}
