//! How long a training took: `timings.jsonl`, read.

use std::time::Duration;

use serde_json::Value;

/// The time and the steps of some sessions of a training. A session is what one process makes of
/// it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Sessions that made steps.
    pub sessions: u64,
    /// Steps that they made; those that were made again after a session was cut off count twice.
    pub steps: u64,
    /// The time that they took.
    pub took: Duration,
}

/// A session that is being read.
#[derive(Clone, Copy, Default)]
struct Session {
    /// Steps at its start, and so far.
    steps: (u64, u64),
    /// The time from which it is not counted yet, and that of its last event.
    times: (f64, f64),
    /// What was counted, in seconds.
    seconds: f64,
}

impl Timings {
    /// Those of a log; lines that are damaged are passed over. The time of a session that was cut
    /// off is that up to its last event.
    pub fn read(text: &str) -> Self {
        let mut total = Timings::default();
        let mut session = Session::default();
        for line in text.lines() {
            let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
            let number = |key: &str| line.get(key).and_then(Value::as_f64);
            let (Some(time), Some(step)) =
                (number("time"), line.get("step").and_then(Value::as_u64))
            else {
                continue;
            };
            match line.get("event").and_then(Value::as_str) {
                Some("session") => {
                    total.add(session);
                    session = Session { steps: (step, step), times: (time, time), seconds: 0.0 };
                }
                Some("progress") => (session.steps.1, session.times.1) = (step, time),
                Some("stopped") => {
                    session.steps.1 = step;
                    session.times = (time, time);
                    session.seconds += number("seconds").unwrap_or_default();
                }
                _ => {}
            }
        }
        total.add(session);
        total
    }

    fn add(&mut self, session: Session) {
        let Session { steps: (first, last), times: (since, until), seconds } = session;
        // A clock that was set back took no time.
        let took = Duration::try_from_secs_f64(seconds + (until - since).max(0.0));
        *self = self.and(Timings {
            sessions: 1,
            steps: last.saturating_sub(first),
            took: took.unwrap_or_default(),
        });
    }

    /// These sessions and another one; one that made no steps is none.
    #[must_use]
    pub fn and(self, other: Timings) -> Self {
        if other.steps == 0 {
            return self;
        }
        Timings {
            sessions: self.sessions + other.sessions,
            steps: self.steps + other.steps,
            took: self.took.saturating_add(other.took),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> (u64, u64, f64) {
        let Timings { sessions, steps, took } = Timings::read(&lines.join("\n"));
        (sessions, steps, took.as_secs_f64())
    }

    const WHOLE: [&str; 4] = [
        r#"{"event":"session","time":100.0,"step":0,"engine":"cpu"}"#,
        r#"{"event":"progress","time":104.0,"step":100}"#,
        r#"{"event":"progress","time":107.0,"step":150}"#,
        r#"{"event":"stopped","time":108.0,"step":150,"seconds":7.75}"#,
    ];

    #[test]
    fn sessions_add_up_whether_they_ended_or_were_cut_off() {
        assert_eq!(read(&[]), (0, 0, 0.0));
        assert_eq!(read(&WHOLE), (1, 150, 7.75));
        // Cut off: up to the last event.
        assert_eq!(read(&WHOLE[..3]), (1, 150, 7.0));
        assert_eq!(read(&WHOLE[..1]), (0, 0, 0.0));
        let again = [
            r#"{"event":"session","time":900.0,"step":100,"engine":"cpu"}"#,
            r#"{"event":"progress","time":903.0,"step":200}"#,
        ];
        assert_eq!(read(&[&WHOLE[..3], &again].concat()), (2, 250, 10.0));
        assert_eq!(read(&[&WHOLE[..], &again].concat()), (2, 250, 10.75));
    }

    #[test]
    fn a_session_without_steps_and_damaged_lines_change_nothing() {
        let idle = r#"{"event":"session","time":500.0,"step":150,"engine":"cpu"}"#;
        let end = r#"{"event":"stopped","time":501.0,"step":150,"seconds":0.5}"#;
        assert_eq!(
            read(&[&WHOLE[..], &[idle, end, "{", "[]", "{\"time\":1}"]].concat()),
            read(&WHOLE)
        );
        // The clock was set back.
        let back = r#"{"event":"progress","time":1.0,"step":150}"#;
        assert_eq!(read(&[WHOLE[0], back]), (1, 150, 0.0));
    }
}
