//! The state of a trial that is not over, as bytes: whoever trains it next goes on from there.
//!
//! ```text
//! {"format": 1, "seconds": ..., "curve": [[step, loss, accuracy], ...]}   a line of JSON
//! ...                                                                     a checkpoint
//! 8 bytes                                                                 FNV-1a of all before
//! ```

use std::collections::BTreeMap;

use ninth_model::Transformer;
use ninth_training::Config;
use ninth_training::checkpoint::Checkpoint;
use serde::{Deserialize, Serialize};

use super::hash::fnv1a;
use super::point::PointLine;
use super::results::CurvePoint;

/// The version of the format.
const FORMAT: u64 = 1;

/// The size of the checksum at the end.
const CHECKSUM: usize = 8;

/// A trial between two steps of its training.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialState {
    /// The state of the training.
    pub checkpoint: Checkpoint,
    /// The validations so far.
    pub curve: Vec<CurvePoint>,
    /// The time of all steps so far.
    pub seconds: f64,
}

/// Why bytes are no state that a trial can go on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// They are damaged, or something else.
    #[error("it is damaged")]
    Damaged,
    /// They are of another config.
    #[error("it is of another training")]
    OtherTrial,
}

/// What is before the checkpoint.
#[derive(Serialize, Deserialize)]
struct StateLine {
    format: u64,
    seconds: f64,
    curve: Vec<PointLine>,
}

impl TrialState {
    /// The state as bytes.
    ///
    /// # Errors
    ///
    /// If it is not a state of that config.
    pub fn to_bytes(&self, config: &Config) -> Result<Vec<u8>, StateError> {
        let architecture = config.architecture().map_err(|_| StateError::OtherTrial)?;
        let model = Transformer::new(architecture);
        let curve = self.curve.iter().map(PointLine::from).collect();
        let line = StateLine { format: FORMAT, seconds: self.seconds, curve };
        let mut bytes = serde_json::to_vec(&line).expect("numbers have a JSON form");
        bytes.push(b'\n');
        let checkpoint = self.checkpoint.to_bytes(config, model.layout(), &BTreeMap::new());
        bytes.extend(checkpoint.map_err(|_| StateError::OtherTrial)?);
        let checksum = fnv1a(&bytes);
        bytes.extend(checksum.to_le_bytes());
        Ok(bytes)
    }

    /// The state of a config's training from the bytes that [`to_bytes`](Self::to_bytes) gave.
    ///
    /// # Errors
    ///
    /// If they are anything else, damaged, or of another training.
    pub fn from_bytes(bytes: &[u8], config: &Config) -> Result<Self, StateError> {
        let (bytes, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(StateError::Damaged)?;
        if fnv1a(bytes) != u64::from_le_bytes(*checksum) {
            return Err(StateError::Damaged);
        }
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or(StateError::Damaged)?;
        let (line, checkpoint) = bytes.split_at(end + 1);
        let line: StateLine = serde_json::from_slice(line).map_err(|_| StateError::Damaged)?;
        let (found, checkpoint, _) =
            Checkpoint::from_bytes(checkpoint).map_err(|_| StateError::Damaged)?;
        if line.format != FORMAT || found.to_text(false) != config.to_text(false) {
            return Err(StateError::OtherTrial);
        }
        let curve = line.curve.into_iter().map(CurvePoint::from).collect();
        Ok(TrialState { checkpoint, curve, seconds: line.seconds })
    }
}
