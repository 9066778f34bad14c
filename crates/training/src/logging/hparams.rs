//! The config of a run for TensorBoard's tab HParams, which compares runs.
//!
//! Three summaries without a value of their own, whose metadata hold a message of the plugin
//! (`tensorboard/plugins/hparams/plugin_data.proto` and `api.proto`):
//!
//! | tag | when | what it says |
//! |---|---|---|
//! | `_hparams_/experiment` | at the start | the keys of the config, and which metrics to show |
//! | `_hparams_/session_start_info` | at the start | the values of the keys |
//! | `_hparams_/session_end_info` | at the end | that the training is over |
//!
//! They hold no times, so that all event files of a training are the same but for the times of
//! the events themselves.

use ninth_settings::{Sections, SettingEntry, Value};

use super::tensorboard::{bytes, double, event, number};
use crate::Config;

/// The scalars that runs are compared by, as group and tag.
pub const METRICS: [&str; 6] = [
    "validation/accuracy_last",
    "validation/accuracy_all",
    "validation/accuracy_whole",
    "validation/distance",
    "validation/cross_entropy",
    "validation/loss",
];

/// The number of each kind of message in `HParamsPluginData`.
const EXPERIMENT: u64 = 2;
const START: u64 = 3;
const END: u64 = 4;

/// The records of a training's start: its keys and their values.
pub fn start(wall_time: f64, config: &Config) -> Vec<u8> {
    let entries = config.entries();
    let experiment = summary("_hparams_/experiment", EXPERIMENT, &experiment(&entries));
    let values = summary("_hparams_/session_start_info", START, &values(&entries));
    event(wall_time, 0, &[experiment, values].concat())
}

/// The record of a training's end, after `step` steps.
pub fn end(wall_time: f64, step: u64) -> Vec<u8> {
    let mut info = Vec::new();
    // STATUS_SUCCESS
    number(&mut info, 1, 1);
    event(wall_time, step, &summary("_hparams_/session_end_info", END, &info))
}

/// `Experiment`: the keys, and the metrics.
fn experiment(entries: &[SettingEntry]) -> Vec<u8> {
    let mut message = Vec::new();
    for entry in entries {
        let mut info = Vec::new();
        bytes(&mut info, 1, entry.path().as_bytes());
        bytes(&mut info, 3, entry.meaning.as_bytes());
        number(
            &mut info,
            4,
            match entry.value {
                Value::Text(_) => 1,
                Value::Boolean(_) => 2,
                Value::Integer(_) | Value::Float(_) => 3,
            },
        );
        bytes(&mut message, 4, &info);
    }
    for metric in METRICS {
        let (mut name, mut info) = (Vec::new(), Vec::new());
        bytes(&mut name, 2, metric.as_bytes());
        bytes(&mut info, 1, &name);
        bytes(&mut message, 5, &info);
    }
    message
}

/// `SessionStartInfo`: a map from keys to values, each a `google.protobuf.Value`.
fn values(entries: &[SettingEntry]) -> Vec<u8> {
    let mut message = Vec::new();
    for entry in entries {
        let (mut pair, mut value) = (Vec::new(), Vec::new());
        match &entry.value {
            Value::Integer(integer) => double(&mut value, 2, *integer as f64),
            Value::Float(float) => double(&mut value, 2, *float),
            Value::Text(text) => bytes(&mut value, 3, text.as_bytes()),
            Value::Boolean(boolean) => number(&mut value, 4, u64::from(*boolean)),
        }
        bytes(&mut pair, 1, entry.path().as_bytes());
        bytes(&mut pair, 2, &value);
        bytes(&mut message, 1, &pair);
    }
    message
}

/// A value of a summary: its tag, metadata with the plugin's message, and an empty tensor, which
/// every summary has to have.
fn summary(tag: &str, kind: u64, message: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    bytes(&mut content, kind, message);
    let mut plugin = Vec::new();
    bytes(&mut plugin, 1, b"hparams");
    bytes(&mut plugin, 2, &content);
    let mut metadata = Vec::new();
    bytes(&mut metadata, 1, &plugin);

    // The shape has one dimension, of size 0.
    let mut shape = Vec::new();
    bytes(&mut shape, 2, &[]);
    let mut tensor = Vec::new();
    // DT_FLOAT
    number(&mut tensor, 1, 1);
    bytes(&mut tensor, 2, &shape);

    let mut value = Vec::new();
    bytes(&mut value, 1, tag.as_bytes());
    bytes(&mut value, 8, &tensor);
    bytes(&mut value, 9, &metadata);
    let mut summary = Vec::new();
    bytes(&mut summary, 1, &value);
    summary
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `RecordWriter` of TensorBoard 2.21 writes for `hparams.summary.session_end_pb` without
    /// its time.
    #[test]
    fn an_end_is_what_tensorboard_writes() {
        let hex: String = end(2.5, 300).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "4700000000000000bac3fb9b09000000000000044010ac022a390a370a1a5f68706172616d735f2f73657373\
             696f6e5f656e645f696e666f42060801120212004a110a0f0a0768706172616d7312042202080178fef041"
        );
    }

    #[test]
    fn a_start_has_every_key_with_its_meaning() {
        let record = start(1.0, &Config::default());
        let has = |text: &str| record.windows(text.len()).any(|part| part == text.as_bytes());
        for entry in Config::default().entries() {
            assert!(has(&entry.path()) && has(entry.meaning), "{}", entry.path());
        }
        assert!(METRICS.iter().all(|metric| has(metric)));
    }
}
