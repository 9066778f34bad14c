//! TensorBoard events: records of protocol-buffer messages.
//!
//! A record is its length (u64), a checksum of the length, the message, and a
//! checksum of the message, all little-endian (TensorFlow's `TFRecord` format).
//! The message is `tensorflow.Event` of `event.proto`, with those of its fields that are needed.
//! All of them are options, so that zeros are written, too.

use prost::Message;

/// Where the message of a record goes on behind its time: the length and its checksum take 12
/// bytes, the time 9.
pub(crate) const BEHIND_TIME: usize = 12 + 9;

/// `tensorflow.Event`.
#[derive(Clone, PartialEq, Message)]
struct EventProto {
    #[prost(double, optional, tag = "1")]
    wall_time: Option<f64>,
    #[prost(uint64, optional, tag = "2")]
    step: Option<u64>,
    #[prost(string, optional, tag = "3")]
    file_version: Option<String>,
    #[prost(message, optional, tag = "5")]
    summary: Option<SummaryProto>,
}

/// `tensorflow.Summary`.
#[derive(Clone, PartialEq, Message)]
struct SummaryProto {
    #[prost(message, repeated, tag = "1")]
    value: Vec<SummaryValue>,
}

/// `tensorflow.Summary.Value`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct SummaryValue {
    #[prost(string, optional, tag = "1")]
    pub(super) tag: Option<String>,
    #[prost(float, optional, tag = "2")]
    pub(super) simple_value: Option<f32>,
    #[prost(message, optional, tag = "8")]
    pub(super) tensor: Option<SummaryTensor>,
    #[prost(message, optional, tag = "9")]
    pub(super) metadata: Option<SummaryMetadata>,
}

/// `tensorflow.TensorProto`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct SummaryTensor {
    #[prost(int32, optional, tag = "1")]
    pub(super) dtype: Option<i32>,
    #[prost(message, optional, tag = "2")]
    pub(super) tensor_shape: Option<SummaryShape>,
}

/// `tensorflow.TensorShapeProto`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct SummaryShape {
    #[prost(message, repeated, tag = "2")]
    pub(super) dim: Vec<SummaryDimension>,
}

/// `tensorflow.TensorShapeProto.Dim`; without a size it is 0.
#[derive(Clone, PartialEq, Message)]
pub(super) struct SummaryDimension {}

/// `tensorflow.SummaryMetadata`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct SummaryMetadata {
    #[prost(message, optional, tag = "1")]
    pub(super) plugin_data: Option<PluginData>,
}

/// `tensorflow.SummaryMetadata.PluginData`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct PluginData {
    #[prost(string, optional, tag = "1")]
    pub(super) plugin_name: Option<String>,
    #[prost(bytes = "vec", optional, tag = "2")]
    pub(super) content: Option<Vec<u8>>,
}

/// The first record of a file.
pub fn header(wall_time: f64) -> Vec<u8> {
    record(&EventProto {
        wall_time: Some(wall_time),
        file_version: Some("brain.Event:2".to_string()),
        ..Default::default()
    })
}

/// A record with the named scalars of a step.
pub fn scalars(wall_time: f64, step: u64, scalars: &[(String, f64)]) -> Vec<u8> {
    let values = scalars.iter().map(|(tag, value)| SummaryValue {
        tag: Some(tag.clone()),
        simple_value: Some(*value as f32),
        ..Default::default()
    });
    event(wall_time, step, values.collect())
}

/// A record with the values of a step.
pub(super) fn event(wall_time: f64, step: u64, value: Vec<SummaryValue>) -> Vec<u8> {
    record(&EventProto {
        wall_time: Some(wall_time),
        step: Some(step),
        summary: Some(SummaryProto { value }),
        ..Default::default()
    })
}

fn record(event: &EventProto) -> Vec<u8> {
    let message = event.encode_to_vec();
    let length = (message.len() as u64).to_le_bytes();
    let mut record = length.to_vec();
    record.extend(checksum(&length).to_le_bytes());
    record.extend(&message);
    record.extend(checksum(&message).to_le_bytes());
    record
}

/// CRC-32C, rotated and shifted as the format asks for.
fn checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xA282_EAD8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `RecordWriter` of TensorBoard 2.21 writes for the same two events.
    #[test]
    fn records_are_those_that_tensorboard_writes() {
        let hex = |bytes: Vec<u8>| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert_eq!(
            hex(header(1.5)),
            "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c"
        );
        assert_eq!(
            hex(scalars(2.5, 300, &[("a/b".to_string(), 0.25)])),
            "1a00000000000000129bd82d09000000000000044010ac022a0c0a0a0a03612f62150000803ed8892de9"
        );
    }
    /// Zeros are written as any other number: the record is as long as that of step 1 and value 1.
    #[test]
    fn zeros_are_there() {
        let length = |step, value| scalars(2.5, step, &[("a/b".to_string(), value)]).len();
        assert_eq!(length(0, 0.0), length(1, 1.0));
    }
}
