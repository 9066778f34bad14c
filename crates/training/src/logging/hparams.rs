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
use prost::Message;

use super::tensorboard::{
    PluginData, SummaryDimension, SummaryMetadata, SummaryShape, SummaryTensor, SummaryValue, event,
};
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

/// `HParamsPluginData`: one of the three.
#[derive(Clone, PartialEq, Message)]
struct ContentProto {
    #[prost(message, optional, tag = "2")]
    experiment: Option<ExperimentProto>,
    #[prost(message, optional, tag = "3")]
    session_start_info: Option<StartProto>,
    #[prost(message, optional, tag = "4")]
    session_end_info: Option<EndProto>,
}

/// `Experiment`: the keys, and the metrics.
#[derive(Clone, PartialEq, Message)]
struct ExperimentProto {
    #[prost(message, repeated, tag = "4")]
    hparam_infos: Vec<KeyProto>,
    #[prost(message, repeated, tag = "5")]
    metric_infos: Vec<MetricProto>,
}

/// `HParamInfo`.
#[derive(Clone, PartialEq, Message)]
struct KeyProto {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(string, optional, tag = "3")]
    description: Option<String>,
    #[prost(int32, optional, tag = "4")]
    r#type: Option<i32>,
}

/// `MetricInfo`.
#[derive(Clone, PartialEq, Message)]
struct MetricProto {
    #[prost(message, optional, tag = "1")]
    name: Option<MetricNameProto>,
}

/// `MetricName`.
#[derive(Clone, PartialEq, Message)]
struct MetricNameProto {
    #[prost(string, optional, tag = "2")]
    tag: Option<String>,
}

/// `SessionStartInfo`: a map from keys to values. That of a message has no order, so the pairs are
/// written as such.
#[derive(Clone, PartialEq, Message)]
struct StartProto {
    #[prost(message, repeated, tag = "1")]
    hparams: Vec<PairProto>,
}

/// A pair of a map.
#[derive(Clone, PartialEq, Message)]
struct PairProto {
    #[prost(string, optional, tag = "1")]
    key: Option<String>,
    #[prost(message, optional, tag = "2")]
    value: Option<AnyProto>,
}

/// `google.protobuf.Value`: one of the three.
#[derive(Clone, PartialEq, Message)]
struct AnyProto {
    #[prost(double, optional, tag = "2")]
    number: Option<f64>,
    #[prost(string, optional, tag = "3")]
    string: Option<String>,
    #[prost(bool, optional, tag = "4")]
    bool: Option<bool>,
}

/// `SessionEndInfo`.
#[derive(Clone, PartialEq, Message)]
struct EndProto {
    #[prost(int32, optional, tag = "1")]
    status: Option<i32>,
}

/// The records of a training's start: its keys and their values.
pub fn start(wall_time: f64, config: &Config) -> Vec<u8> {
    let entries = config.entries();
    let experiment = ContentProto { experiment: Some(experiment(&entries)), ..Default::default() };
    let values = ContentProto { session_start_info: Some(values(&entries)), ..Default::default() };
    let summaries = vec![
        summary("_hparams_/experiment", &experiment),
        summary("_hparams_/session_start_info", &values),
    ];
    event(wall_time, 0, summaries)
}

/// The record of a training's end, after `step` steps.
pub fn end(wall_time: f64, step: u64) -> Vec<u8> {
    // STATUS_SUCCESS
    let info = EndProto { status: Some(1) };
    let content = ContentProto { session_end_info: Some(info), ..Default::default() };
    event(wall_time, step, vec![summary("_hparams_/session_end_info", &content)])
}

fn experiment(entries: &[SettingEntry]) -> ExperimentProto {
    let keys = entries.iter().map(|entry| KeyProto {
        name: Some(entry.path()),
        description: Some(entry.meaning.to_string()),
        r#type: Some(match entry.value {
            Value::Text(_) => 1,
            Value::Boolean(_) => 2,
            Value::Integer(_) | Value::Float(_) => 3,
        }),
    });
    let metrics = METRICS.iter().map(|metric| MetricProto {
        name: Some(MetricNameProto { tag: Some(metric.to_string()) }),
    });
    ExperimentProto { hparam_infos: keys.collect(), metric_infos: metrics.collect() }
}

fn values(entries: &[SettingEntry]) -> StartProto {
    let any = |value: &Value| match value {
        Value::Integer(integer) => AnyProto { number: Some(*integer as f64), ..Default::default() },
        Value::Float(float) => AnyProto { number: Some(*float), ..Default::default() },
        Value::Text(text) => AnyProto { string: Some(text.clone()), ..Default::default() },
        Value::Boolean(boolean) => AnyProto { bool: Some(*boolean), ..Default::default() },
    };
    let pairs = entries
        .iter()
        .map(|entry| PairProto { key: Some(entry.path()), value: Some(any(&entry.value)) });
    StartProto { hparams: pairs.collect() }
}

/// A value of a summary: its tag, metadata with the plugin's message, and an empty tensor, which
/// every summary has to have.
fn summary(tag: &str, content: &ContentProto) -> SummaryValue {
    let plugin_data = PluginData {
        plugin_name: Some("hparams".to_string()),
        content: Some(content.encode_to_vec()),
    };
    // The shape has one dimension, of size 0; the type is DT_FLOAT.
    let shape = SummaryShape { dim: vec![SummaryDimension {}] };
    SummaryValue {
        tag: Some(tag.to_string()),
        tensor: Some(SummaryTensor { dtype: Some(1), tensor_shape: Some(shape) }),
        metadata: Some(SummaryMetadata { plugin_data: Some(plugin_data) }),
        ..Default::default()
    }
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
