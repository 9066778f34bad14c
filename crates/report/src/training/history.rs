//! The log of a training, as series over its steps.

use ninth_sequences::Phase;
use serde_json::Value;

use crate::chart::StackedAreas;

/// The lines of `metrics.jsonl` with their steps, in the order of the steps.
pub(super) struct History {
    lines: Vec<(f64, Value)>,
}

impl History {
    /// Reads them; damaged lines are skipped.
    pub(super) fn read(text: &str) -> Self {
        let read = |line: &str| {
            let value: Value = serde_json::from_str(line).ok()?;
            Some((value.get("step")?.as_f64()?, value))
        };
        let mut lines: Vec<(f64, Value)> = text.lines().filter_map(read).collect();
        lines.sort_by(|a, b| a.0.total_cmp(&b.0));
        History { lines }
    }

    fn events<'a>(&'a self, event: &'a str) -> impl Iterator<Item = &'a (f64, Value)> {
        self.lines.iter().filter(move |(_, line)| line.get("event") == Some(&Value::from(event)))
    }

    /// A scalar of the events of a kind, as (step, value).
    pub(super) fn of(&self, event: &str, name: &str) -> Vec<(f64, f64)> {
        self.events(event)
            .filter_map(|(step, line)| Some((*step, line.get(name)?.as_f64()?)))
            .collect()
    }

    /// The share of each phase in the training sequences.
    pub(super) fn phases(&self, curriculum: &[Phase]) -> StackedAreas<'static> {
        let share = |line: &Value, phase: Phase| {
            line.get(format!("curriculum/{phase}")).and_then(Value::as_f64)
        };
        let points = self.events("progress").filter_map(|(step, line)| {
            let shares: Option<Vec<f64>> = curriculum.iter().map(|p| share(line, *p)).collect();
            Some((*step, shares?))
        });
        StackedAreas {
            label: "Share of each phase in the training sequences over steps",
            x: "steps",
            names: curriculum.iter().map(|phase| phase.name().to_string()).collect(),
            points: points.collect(),
        }
    }

    /// From 0 to the last step that was logged.
    pub(super) fn steps(&self) -> Option<(f64, f64)> {
        self.lines.last().map(|(step, _)| (0.0, *step))
    }
}
