//! Integer sequences: what comes next, and why.
//!
//! A small causal transformer names the next term of a sequence, and a search names the
//! rules behind it. This crate is the face of the project: functions that take options with
//! defaults and return plain data that serialises with serde. The program `ninth` prints them.
//!
//! ```
//! # fn main() -> Result<(), ninth::Error> {
//! // The next term, by the built-in model and the rules that fit.
//! let prediction = ninth::predict(&[1, 1, 2, 3, 5, 8, 13, 21])?;
//! assert_eq!(prediction.next, [34.into()]);
//!
//! // The rules behind some terms, the most probable first.
//! let explanation = ninth::explain(&[1000, 2000, 3000, 4000])?;
//! assert_eq!(explanation.relations[0].formula(), "a(n) = 1000 n, n >= 1");
//!
//! // Integers have no limit.
//! let large: Vec<ninth::BigInt> = (90..96).map(|n| ninth::BigInt::from(10).pow(n)).collect();
//! assert_eq!(ninth::predict(&large)?.next, [ninth::BigInt::from(10).pow(96)]);
//!
//! // Sequences of the training data.
//! for sequence in ninth::sample(&ninth::SampleOptions::default())?.take(2) {
//!     println!("{:?}  {}", sequence.terms, sequence.formula);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | to do | call |
//! |---|---|
//! | predict | [`predict`], [`predict_with`], [`Model::predict`]; many at a time [`Model::predict_rows`] |
//! | explain | [`explain`], [`explain_with`], [`Model::explain`], [`Model::explain_rows`] |
//! | read sequences that people have | [`reading`] |
//! | draw sequences | [`sample`]; many at a time [`SequenceSource`] |
//! | tables of sequences | [`Model::predict_table`], [`Model::logits`], [`Model::loss_and_gradients`] |
//! | train, with a callback | [`train`]; step by step with a [`TrainingSession`] |
//! | look into a model | [`Model::attention`], [`Model::embedding`], [`Model::tensors`] |
//! | load and save | [`Model::built_in`], [`Model::load`], [`Model::save`]; changed weights: [`Model::load_with`] |
//! | export, for other runtimes | `Model::to_onnx_bytes`, with the feature `export` |
//! | evaluate | [`Model::evaluate`]; on given sequences [`Model::evaluate_data`] |
//! | compute the limit of any predictor | [`limit`] |
//! | know the memory of a training | [`memory()`] |
//! | compare and time the engines | [`doctor`] |
//! | offer what there is to decide | [`describe`] |
//! | serve a page and an API on this machine | `serve`, with the feature of this name |
//!
//! The limit takes seconds to compute, and is kept in the user's cache folder; the environment
//! variable `NINTH_CACHE` names another folder, or none if it is empty. [`on_notice`] says when it
//! is computed, [`on_warning`] that it cannot be kept. Answers depend on no file but the model.
//!
//! # Features
//!
//! * `cli` (default): the program. The library alone is
//!   `cargo add ninth --no-default-features`.
//! * `export` (default): models as ONNX files.
//! * `serve` (default): a local web server.
//! * `gpu`: the GPU engine.

#![forbid(unsafe_code)]

mod attention;
mod cache;
#[cfg(feature = "cli")]
pub mod cli;
mod clock;
mod config_file;
mod describe;
mod doctor;
mod engine;
mod error;
mod evaluate;
mod explain;
#[cfg(feature = "export")]
mod export;
mod index_file;
mod limit;
mod memory;
mod model;
#[cfg(feature = "mpi")]
mod mpi;
#[cfg(all(feature = "cli", not(feature = "mpi")))]
#[path = "without_mpi.rs"]
mod mpi;
mod notice;
mod predict;
pub mod reading;
mod sample;
#[cfg(feature = "serve")]
pub mod serve;
mod table;
mod train;

pub use attention::{AttentionReport, EmbeddingReport};
pub use clock::use_clock;
pub use config_file::read_assignments;
pub use describe::{
    ConfigSummary, DecisionDescription, Described, Description, FamilyDescription, KeyDescription,
    OptionDescription, PresetDescription, describe,
};
pub use doctor::{
    AgainstProcessor, DoctorReport, EngineTiming, EngineTrial, EnginesOnConfig, doctor,
};
#[cfg(feature = "cli")]
pub use engine::RankZero;
pub use engine::{EngineKind, EngineOptions};
pub use error::{Error, NewestCheckpoint, named};
pub use evaluate::{
    Calibrated, DataRow, EvaluateDataOptions, EvaluateDataReport, EvaluateOptions, EvaluateReport,
    NeverTrainedReport,
};
pub use explain::{
    ExplainOptions, ExplainReport, ExplainedBeginning, ExplainedRow, explain, explain_with,
};
pub use limit::{LimitReport, limit};
pub use memory::{LARGEST_BATCH, MemoryEstimate, MemoryReport, memory};
pub use model::Model;
pub use notice::{on_notice, on_warning};
pub use predict::{
    PredictOptions, PredictReport, PredictedRow, PredictedTerm, predict, predict_with,
};
pub use sample::{SampleOptions, SampledSequence, SampledTable, SequenceSource, sample};
pub use table::{ModelTensor, SequenceTable};
pub use train::{
    KnownLimit, LogLines, RunFolder, TrainEvent, TrainOptions, TrainReport, TrainingSession, train,
};

pub use ninth_inference::answer::{Method, Sources};
pub use ninth_inference::{FittingRule, Named};
pub use ninth_model::decoding::{DecodingKind, Generation};
pub use ninth_model::weights::LoadOptions;
pub use ninth_sequences::{Family, Phase};
pub use ninth_settings::{Assignment, parse_assignment};
pub use ninth_training::engine::DeviceInfo;
pub use ninth_training::trainer::Ending;
pub use ninth_training::{Config, Preset};
pub use num_bigint::BigInt;
