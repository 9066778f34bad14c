//! TensorBoard events: records of protocol-buffer messages.
//!
//! A record is its length (u64), a checksum of the length, the message, and a
//! checksum of the message, all little-endian (TensorFlow's `TFRecord` format).
//! The message is `tensorflow.Event` of `event.proto`, of which three fields are
//! needed: 1 wall time (double), 2 step (varint), 3 file version (string) and 5
//! summary; a summary has values (field 1) with a tag (1) and a float (2).

/// Where the message of a record goes on behind its time: the length and its checksum take 12
/// bytes, the time 9.
#[cfg(feature = "files")]
pub(crate) const BEHIND_TIME: usize = 12 + 9;

/// The first record of a file.
pub fn header(wall_time: f64) -> Vec<u8> {
    let mut message = Vec::new();
    double(&mut message, 1, wall_time);
    bytes(&mut message, 3, b"brain.Event:2");
    record(&message)
}

/// A record with the named scalars of a step.
pub fn scalars(wall_time: f64, step: u64, scalars: &[(String, f64)]) -> Vec<u8> {
    let mut summary = Vec::new();
    for (tag, value) in scalars {
        let mut entry = Vec::new();
        bytes(&mut entry, 1, tag.as_bytes());
        key(&mut entry, 2, 5);
        entry.extend((*value as f32).to_le_bytes());
        bytes(&mut summary, 1, &entry);
    }
    event(wall_time, step, &summary)
}

/// A record with the summary of a step.
pub(super) fn event(wall_time: f64, step: u64, summary: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    double(&mut message, 1, wall_time);
    number(&mut message, 2, step);
    bytes(&mut message, 5, summary);
    record(&message)
}

fn record(message: &[u8]) -> Vec<u8> {
    let length = (message.len() as u64).to_le_bytes();
    let mut record = length.to_vec();
    record.extend(checksum(&length).to_le_bytes());
    record.extend(message);
    record.extend(checksum(message).to_le_bytes());
    record
}

/// CRC-32C, rotated and shifted as the format asks for.
fn checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xA282_EAD8)
}

/// A field's number and wire type (0 varint, 1 eight bytes, 2 counted bytes, 5
/// four bytes).
fn key(message: &mut Vec<u8>, field: u64, wire_type: u64) {
    varint(message, field << 3 | wire_type);
}

fn varint(message: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        message.push(value as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
}

pub(super) fn number(message: &mut Vec<u8>, field: u64, value: u64) {
    key(message, field, 0);
    varint(message, value);
}

pub(super) fn double(message: &mut Vec<u8>, field: u64, value: f64) {
    key(message, field, 1);
    message.extend(value.to_le_bytes());
}

pub(super) fn bytes(message: &mut Vec<u8>, field: u64, value: &[u8]) {
    key(message, field, 2);
    varint(message, value.len() as u64);
    message.extend(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_varints() {
        let mut message = Vec::new();
        varint(&mut message, 1);
        varint(&mut message, 300);
        assert_eq!(message, [1, 0xAC, 0x02]);
    }

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
}
