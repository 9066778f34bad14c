//! A validation during a training, as a line of JSON has it.

use serde::{Deserialize, Deserializer, Serialize};

use super::results::CurvePoint;

/// A [`CurvePoint`]: step, loss, accuracy of the last term.
#[derive(Serialize, Deserialize)]
pub(super) struct PointLine(
    u64,
    #[serde(deserialize_with = "null_as_nan")] f64,
    #[serde(deserialize_with = "null_as_nan")] f64,
);

impl From<&CurvePoint> for PointLine {
    fn from(point: &CurvePoint) -> Self {
        PointLine(point.step, point.loss, point.accuracy_last)
    }
}

impl From<PointLine> for CurvePoint {
    fn from(PointLine(step, loss, accuracy_last): PointLine) -> Self {
        CurvePoint { step, loss, accuracy_last }
    }
}

/// Reads `null` as NaN, which JSON does not have.
pub(super) fn null_as_nan<'de, D: Deserializer<'de>>(value: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(value)?.unwrap_or(f64::NAN))
}
