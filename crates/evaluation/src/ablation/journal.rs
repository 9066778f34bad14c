//! The journal of an ablation: a line for its base, then one per finished trial.
//! Lines are added when a trial ends, so that one that was cut off goes on where
//! it was.

use serde_json::{Map, Value, json};

use super::plan::Plan;
use super::results::{CurvePoint, Figures};
use super::summary::FIGURES;
use super::trial::TrialOutcome;
use ninth_training::Config;

/// The version of the format.
pub const FORMAT: u64 = 1;

/// The version of a journal's format by its first line, where it is one that this program
/// does not know.
pub fn newer_format(line: &str) -> Option<u64> {
    let value: Value = serde_json::from_str(line).ok()?;
    value.get("format")?.as_u64().filter(|format| *format > FORMAT)
}

/// What a journal belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// The preset of the base.
    pub base: String,
    /// Steps of its training.
    pub steps: u64,
    /// The text of its config.
    pub config: String,
    /// Fresh sequences that each model is judged by.
    pub judged: u64,
}

impl Header {
    /// The header of a plan's journal. Decisions and the number of seeds are no
    /// part of it: more of them can be added.
    pub fn of(plan: &Plan) -> Self {
        Header {
            base: plan.preset().name().to_string(),
            steps: plan.steps(),
            config: plan.config().to_text(false),
            judged: plan.judging().sequences as u64,
        }
    }

    /// The first line of the journal.
    pub fn line(&self) -> String {
        let Header { base, steps, config, judged } = self;
        let value = json!({ "format": FORMAT, "base": base, "steps": steps, "judged": judged, "config": config });
        format!("{value}\n")
    }

    /// Reads that line.
    pub fn read(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        let text = |name: &str| Some(value.get(name)?.as_str()?.to_string());
        let number = |name: &str| value.get(name)?.as_u64();
        Some(Header {
            base: text("base")?,
            steps: number("steps")?,
            config: text("config")?,
            judged: number("judged")?,
        })
    }

    /// How another one differs from this, in words; `None` if it does not.
    pub fn difference(&self, other: &Header) -> Option<String> {
        if self == other {
            return None;
        }
        if self.base != other.base {
            return Some(format!("base {}, not {}", self.base, other.base));
        }
        if self.judged != other.judged {
            return Some(format!("{} sequences judged, not {}", self.judged, other.judged));
        }
        let steps = || format!("{} steps, not {}", self.steps, other.steps);
        if self.steps != other.steps {
            return Some(steps());
        }
        // By key, since another version of the program may have others.
        let (mine, theirs) = (values(&self.config), values(&other.config));
        let both = mine.iter().chain(&theirs);
        let mut both = both.map(|(key, _)| (key, value(&mine, *key), value(&theirs, *key)));
        Some(match both.find(|(_, mine, theirs)| mine != theirs) {
            Some(([section, name], mine, theirs)) => {
                format!("{section}.{name} = {mine}, not {theirs}")
            }
            None => steps(),
        })
    }
}

/// A key in the text of a config: its section and its name.
type Key<'text> = [&'text str; 2];

/// The keys in the text of a config with their values.
fn values(config: &str) -> Vec<(Key<'_>, &str)> {
    let mut section = "";
    let mut values = Vec::new();
    for line in config.lines() {
        match line.split_once(" = ") {
            Some((name, value)) => values.push(([section, name], value)),
            None if line.starts_with('[') => section = line.trim_matches(['[', ']']),
            None => {}
        }
    }
    values
}

/// The value of a key, for people.
fn value<'text>(values: &[(Key<'text>, &'text str)], wanted: Key<'_>) -> &'text str {
    let found = values.iter().find(|(key, _)| *key == wanted);
    found.map_or("unknown", |(_, value)| value)
}

/// The line of a finished trial.
pub fn line(config: &Config, judged: u64, outcome: &TrialOutcome) -> String {
    let mut object = Map::new();
    object.insert("seed".to_string(), config.training.seed.into());
    match outcome {
        TrialOutcome::Trained(figures) => {
            for (name, figure) in FIGURES {
                object.insert(name.to_string(), figure(figures).into());
            }
            let point = |point: &CurvePoint| json!([point.step, point.loss, point.accuracy_last]);
            object.insert("curve".to_string(), figures.curve.iter().map(point).collect());
        }
        TrialOutcome::Failed(reason) => {
            object.insert("failed".to_string(), reason.as_str().into());
        }
    }
    object.insert("judged".to_string(), judged.into());
    object.insert("config".to_string(), config.to_text(false).into());
    format!("{}\n", Value::Object(object))
}

/// A finished trial, as it was written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// What it is known by: the text of its config.
    pub key: String,
    /// Fresh sequences that its model was judged by.
    pub judged: u64,
    /// What came of it.
    pub outcome: TrialOutcome,
}

/// Reads the line of a trial.
pub fn read(line: &str) -> Option<Finished> {
    let value: Value = serde_json::from_str(line).ok()?;
    let key = value.get("config")?.as_str()?.to_string();
    let judged = value.get("judged")?.as_u64()?;
    if let Some(reason) = value.get("failed") {
        let outcome = TrialOutcome::Failed(reason.as_str()?.to_string());
        return Some(Finished { key, judged, outcome });
    }
    let number = |name: &str| or_nan(value.get(name)?);
    let mut curve = Vec::new();
    for point in value.get("curve")?.as_array()? {
        let [step, loss, accuracy_last] = point.as_array()?.as_slice() else { return None };
        let (loss, accuracy_last) = (or_nan(loss)?, or_nan(accuracy_last)?);
        curve.push(CurvePoint { step: step.as_u64()?, loss, accuracy_last });
    }
    let figures = Figures {
        seed: value.get("seed")?.as_i64()?,
        accuracy_last: number("accuracy_last")?,
        accuracy_all: number("accuracy_all")?,
        accuracy_whole: number("accuracy_whole")?,
        distance: number("distance")?,
        loss: number("loss")?,
        cross_entropy: number("cross_entropy")?,
        continued: number("continued")?,
        // Both are far below 2^53, where casts are exact.
        parameters: number("parameters")? as u64,
        steps: number("steps")? as u64,
        microseconds_per_step: number("microseconds_per_step")?,
        microseconds_per_term: number("microseconds_per_term")?,
        curve,
    };
    Some(Finished { key, judged, outcome: TrialOutcome::Trained(figures) })
}

/// A number; what is none stands as `null` in JSON.
fn or_nan(value: &Value) -> Option<f64> {
    if value.is_null() { Some(f64::NAN) } else { value.as_f64() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Figures {
        Figures {
            seed: 7,
            accuracy_last: 0.1 + 0.2,
            accuracy_all: 1.0 / 3.0,
            accuracy_whole: 2e-17,
            distance: 85.333_333_333_333_33,
            loss: 5.0,
            cross_entropy: 1e300,
            continued: 0.0,
            parameters: 1140,
            steps: 100_000,
            microseconds_per_step: 51.723_456_789_012_34,
            microseconds_per_term: 12.5,
            curve: vec![CurvePoint { step: 10, loss: 0.7, accuracy_last: 0.3 }],
        }
    }

    #[test]
    fn lines_read_back_to_the_bit() {
        let mut config = Config::default();
        config.training.seed = 7;
        for outcome in [
            TrialOutcome::Trained(figures()),
            TrialOutcome::Failed("it \"diverged\"\nbefore step 3".to_string()),
        ] {
            let line = line(&config, 500, &outcome);
            assert_eq!(line.matches('\n').count(), 1, "{line}");
            let finished = Finished { key: config.to_text(false), judged: 500, outcome };
            assert_eq!(read(&line), Some(finished));
        }
        let nothing = Figures { cross_entropy: f64::NAN, continued: f64::NAN, ..figures() };
        let line = line(&config, 500, &TrialOutcome::Trained(nothing));
        let Some(TrialOutcome::Trained(back)) = read(&line).map(|finished| finished.outcome) else {
            panic!("{line}");
        };
        assert!(back.cross_entropy.is_nan() && back.continued.is_nan());
        // Cut off anywhere, it is no line.
        for end in 0..line.trim_end().len() {
            assert_eq!(read(&line[..end]), None);
        }
    }

    #[test]
    fn headers_say_how_they_differ() {
        let config = Config::default();
        let header = |config: &Config| Header {
            base: "design".to_string(),
            steps: config.total_steps(),
            config: config.to_text(false),
            judged: 10,
        };
        let mine = header(&config);
        assert_eq!(Header::read(&mine.line()), Some(mine.clone()));
        assert_eq!(newer_format(&mine.line()), None);
        assert_eq!(newer_format("{\"format\": 2, \"trials\": []}"), Some(2));
        assert_eq!(mine.difference(&mine), None);
        let mut other = config.clone();
        other.model.layers = 3;
        let difference = mine.difference(&header(&other));
        assert_eq!(difference.as_deref(), Some("model.layers = 2, not 3"));
        other.training.epochs = 7;
        let difference = mine.difference(&header(&other));
        assert_eq!(difference.as_deref(), Some("100000 steps, not 7000"));
        let strong = Header { base: "strong".to_string(), ..mine.clone() };
        assert_eq!(mine.difference(&strong).as_deref(), Some("base design, not strong"));
    }
}
