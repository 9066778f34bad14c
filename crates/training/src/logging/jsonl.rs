//! One JSON object per line: what `metrics.jsonl` is made of.

use serde_json::{Map, Value};

/// A line with the kind of the event, the step, the epoch, and named scalars.
pub fn line(kind: &str, step: u64, epoch: f64, scalars: &[(String, f64)]) -> String {
    let mut object = Map::new();
    object.insert("event".to_string(), kind.into());
    object.insert("step".to_string(), step.into());
    object.insert("epoch".to_string(), epoch.into());
    for (name, value) in scalars {
        object.insert(name.clone(), Value::from(*value));
    }
    let mut line = Value::Object(object).to_string();
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_json_object() {
        let text = line("validation", 2000, 2.0, &[("validation/loss".to_string(), 1.5)]);
        assert!(text.ends_with('\n') && text.matches('\n').count() == 1);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["step"], 2000);
        assert_eq!(value["validation/loss"], 1.5);
    }
}
