//! The journal of an ablation: a line of JSON for its base, then one per finished trial.
//! Lines are added when a trial ends, so that an ablation that was cut off goes on where
//! it was.

use ninth_inference::metrics::{Metric, Metrics};
use ninth_settings::{Assignment, parse_document};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::plan::Plan;
use super::point::{PointLine, null_as_nan};
use super::results::{CurvePoint, TrialResult};
use super::summary::Quantity;
use super::trial::TrialOutcome;
use ninth_training::Config;

/// The version of the format.
pub const FORMAT: u64 = 1;

/// The format's version in a journal's first line, if it is newer than this program.
pub fn newer_format(line: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Version {
        format: u64,
    }
    let Version { format } = serde_json::from_str(line).ok()?;
    (format > FORMAT).then_some(format)
}

/// The base of an ablation, which a journal belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The preset of the base.
    pub base: String,
    /// Steps of its training.
    pub steps: u64,
    /// Fresh sequences that each model is judged by.
    pub judged: u64,
    /// The text of its config.
    pub config: String,
}

impl Header {
    /// The header of a plan's journal. Decisions and the number of seeds are no
    /// part of it: more of them can be added.
    pub fn of(plan: &Plan) -> Self {
        Header {
            base: plan.preset().name().to_string(),
            steps: plan.steps(),
            judged: plan.judging().sequences as u64,
            config: plan.config().to_text(false),
        }
    }

    /// The first line of the journal.
    pub fn line(&self) -> String {
        #[derive(Serialize)]
        struct Line<'a> {
            format: u64,
            #[serde(flatten)]
            header: &'a Header,
        }
        written(&Line { format: FORMAT, header: self })
    }

    /// Reads that line; `None` if it is none.
    pub fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
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
        let (mine, theirs) = (assignments(&self.config), assignments(&other.config));
        let keys = mine.iter().chain(&theirs).map(|assignment| assignment.key.as_str());
        let mut values = keys.map(|key| (key, value(&mine, key), value(&theirs, key)));
        Some(match values.find(|(_, mine, theirs)| mine != theirs) {
            Some((key, mine, theirs)) => format!("{key} = {mine}, not {theirs}"),
            None => steps(),
        })
    }
}

/// The keys in the text of a config with their values; none if it cannot be read.
fn assignments(config: &str) -> Vec<Assignment> {
    parse_document("config", config).unwrap_or_default()
}

/// The value of a key, for people.
fn value(assignments: &[Assignment], key: &str) -> String {
    let found = assignments.iter().find(|assignment| assignment.key == key);
    found.map_or_else(|| "unknown".to_string(), |assignment| assignment.value.to_string())
}

/// The line of a trial, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum TrialLine {
    Failed { seed: i64, failed: String, judged: u64, config: String },
    Trained(Box<ResultLine>),
}

/// The line of a [`TrialResult`]. NaN is `null`; a field that is missing is an error.
#[derive(Serialize, Deserialize)]
struct ResultLine {
    seed: i64,
    /// By name, in the order of [`Quantity::metrics`].
    #[serde(flatten)]
    metrics: Map<String, Value>,
    #[serde(deserialize_with = "null_as_nan")]
    continued: f64,
    parameters: f64,
    steps: f64,
    #[serde(deserialize_with = "null_as_nan")]
    microseconds_per_step: f64,
    #[serde(deserialize_with = "null_as_nan")]
    microseconds_per_term: f64,
    curve: Vec<PointLine>,
    judged: u64,
    config: String,
}

fn written(line: &impl Serialize) -> String {
    let mut text = serde_json::to_string(line)
        .expect("structs of numbers and texts, with texts as keys, have a JSON form");
    text.push('\n');
    text
}

/// The line of a finished trial.
pub fn line(config: &Config, judged: u64, outcome: &TrialOutcome) -> String {
    let seed = config.training.seed;
    let config = config.to_text(false);
    written(&match outcome {
        TrialOutcome::Failed(reason) => {
            TrialLine::Failed { seed, failed: reason.clone(), judged, config }
        }
        TrialOutcome::Trained(result) => {
            let value =
                |metric: Metric| (metric.name.to_string(), metric.of(&result.metrics).into());
            TrialLine::Trained(Box::new(ResultLine {
                seed,
                metrics: Quantity::metrics().map(value).collect(),
                continued: result.continued,
                // Both are far below 2^53, where casts are exact.
                parameters: result.parameters as f64,
                steps: result.steps as f64,
                microseconds_per_step: result.microseconds_per_step,
                microseconds_per_term: result.microseconds_per_term,
                curve: result.curve.iter().map(PointLine::from).collect(),
                judged,
                config,
            }))
        }
    })
}

/// A finished trial, as it was written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// Its key, the text of its config.
    pub key: String,
    /// Fresh sequences that its model was judged by.
    pub judged: u64,
    /// Its result.
    pub outcome: TrialOutcome,
}

/// Reads the line of a trial; `None` if it is none.
pub fn read(line: &str) -> Option<Finished> {
    let line = match serde_json::from_str(line).ok()? {
        TrialLine::Failed { failed, judged, config, .. } => {
            return Some(Finished { key: config, judged, outcome: TrialOutcome::Failed(failed) });
        }
        TrialLine::Trained(line) => *line,
    };
    let mut metrics = Metrics { sequences: line.judged, ..Metrics::default() };
    for metric in Metric::ALL {
        // A metric that was not there yet when the trial was made is NaN.
        let value = line.metrics.get(metric.name).unwrap_or(&Value::Null);
        *metric.of_mut(&mut metrics) = null_as_nan(value).ok()?;
    }
    let result = TrialResult {
        seed: line.seed,
        metrics,
        continued: line.continued,
        parameters: line.parameters as u64,
        steps: line.steps as u64,
        microseconds_per_step: line.microseconds_per_step,
        microseconds_per_term: line.microseconds_per_term,
        curve: line.curve.into_iter().map(CurvePoint::from).collect(),
    };
    let outcome = TrialOutcome::Trained(result);
    Some(Finished { key: line.config, judged: line.judged, outcome })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result() -> TrialResult {
        TrialResult {
            seed: 7,
            metrics: Metrics {
                sequences: 500,
                loss: 5.0,
                cross_entropy: 1e300,
                accuracy_last: 0.1 + 0.2,
                accuracy_all: 1.0 / 3.0,
                accuracy_whole: 2e-17,
                distance: 85.333_333_333_333_33,
                accuracy_by_position: Vec::new(),
            },
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
            TrialOutcome::Trained(result()),
            TrialOutcome::Failed("it \"diverged\"\nbefore step 3".to_string()),
        ] {
            let line = line(&config, 500, &outcome);
            assert_eq!(line.matches('\n').count(), 1, "{line}");
            let finished = Finished { key: config.to_text(false), judged: 500, outcome };
            assert_eq!(read(&line), Some(finished));
        }
        let mut undefined = TrialResult { continued: f64::NAN, ..result() };
        undefined.metrics.cross_entropy = f64::NAN;
        let line = line(&config, 500, &TrialOutcome::Trained(undefined));
        let Some(TrialOutcome::Trained(back)) = read(&line).map(|finished| finished.outcome) else {
            panic!("{line}");
        };
        assert!(back.metrics.cross_entropy.is_nan() && back.continued.is_nan());
        // Cut off anywhere, it is no line.
        for end in 0..line.trim_end().len() {
            assert_eq!(read(&line[..end]), None);
        }
    }

    /// Journals are read by later versions: the fields and their order are as they were.
    #[test]
    fn lines_have_the_fields_of_the_format() {
        let line = line(&Config::default(), 500, &TrialOutcome::Trained(result()));
        let expected = "{\"seed\":0,\"accuracy_last\":0.30000000000000004,\
            \"accuracy_all\":0.3333333333333333,\"accuracy_whole\":2e-17,\
            \"distance\":85.33333333333333,\"loss\":5.0,\"cross_entropy\":1e+300,\
            \"continued\":0.0,\"parameters\":1140.0,\"steps\":100000.0,\
            \"microseconds_per_step\":51.72345678901234,\"microseconds_per_term\":12.5,\
            \"curve\":[[10,0.7,0.3]],\"judged\":500,\"config\":\"[sequences]\\n";
        assert!(line.starts_with(expected), "{line}");
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
