//! What there is to decide: keys, presets and decisions, for a face that offers them.

use ninth_evaluation::ablation::decisions::{Choice, DECISIONS, Decision, Relative};
use ninth_inference::Named;
use ninth_model::Transformer;
use ninth_sequences::{Family, Phase};
use ninth_settings::{Sections, SettingEntry, Value};
use ninth_training::metrics::Metric;
use ninth_training::{Config, Preset};
use serde::{Serialize, Serializer};

use crate::error::Error;

/// Everything that a config consists of, with what it means and what is allowed.
///
/// ```
/// # fn main() -> Result<(), ninth::Error> {
/// let description = ninth::describe()?;
/// let layers = description.keys.iter().find(|key| key.key == "model.layers").unwrap();
/// assert_eq!(layers.meaning, "transformer layers");
/// assert_eq!(description.presets[0].name, "design");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    /// The version of the program.
    pub version: &'static str,
    /// Every key, in the order of a printed config.
    pub keys: Vec<KeyDescription>,
    /// Named configs.
    pub presets: Vec<PresetDescription>,
    /// The decisions of the design document, with the options that are compared.
    pub decisions: Vec<DecisionDescription>,
    /// The phases of a curriculum.
    pub phases: Vec<Described>,
    /// The families of sequences, by phase.
    pub families: Vec<FamilyDescription>,
    /// The names of metrics in logs, and whether a better model has a higher value.
    pub metrics: Vec<(&'static str, bool)>,
}

/// A name with a line on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Described {
    /// The name.
    pub name: &'static str,
    /// What it means; empty where the name says it.
    pub meaning: &'static str,
}

/// A key of the config.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeyDescription {
    /// `section.key`
    pub key: String,
    /// One line on what it means.
    pub meaning: &'static str,
    /// The value where nothing is said.
    #[serde(serialize_with = "value")]
    pub default: Value,
    /// What is allowed, for people.
    pub allowed: String,
    /// Of numbers with bounds, the least and the greatest.
    #[serde(serialize_with = "bounds")]
    pub bounds: Option<[Value; 2]>,
    /// The allowed names, if there is a list of them.
    pub choices: Vec<Described>,
}

/// A named config.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PresetDescription {
    /// The name.
    pub name: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// The value of each key, in the order of [`Description::keys`].
    #[serde(serialize_with = "values")]
    pub values: Vec<Value>,
}

/// A decision with its options.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DecisionDescription {
    /// Its name.
    pub name: &'static str,
    /// One line on what is decided.
    pub meaning: &'static str,
    /// Its options.
    pub options: Vec<OptionDescription>,
}

/// An option of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OptionDescription {
    /// Its name.
    pub name: &'static str,
    /// What it assigns, `key=value` texts.
    pub assignments: &'static [&'static str],
    /// Whether it assigns something else besides that depends on the config.
    pub relative: bool,
}

/// A family of sequences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FamilyDescription {
    /// The name.
    pub name: &'static str,
    /// One line on its sequences.
    pub meaning: &'static str,
    /// The name of its phase.
    pub phase: &'static str,
}

/// A config in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConfigSummary {
    /// The value of each key, in the order of [`Description::keys`].
    #[serde(serialize_with = "values")]
    pub values: Vec<Value>,
    /// The config as a file.
    pub text: String,
    /// What does not come about as it is written, because the training is too short for it.
    pub notes: Vec<String>,
    /// Parameters of the model.
    pub parameters: usize,
    /// Steps of the whole training.
    pub steps: u64,
    /// The share of each phase that the training ends with.
    pub phases: Named<f64>,
}

impl ConfigSummary {
    /// The figures of a config.
    ///
    /// ```
    /// # fn main() -> Result<(), ninth::Error> {
    /// let summary = ninth::ConfigSummary::of(&ninth::Config::default())?;
    /// assert_eq!((summary.parameters, summary.steps), (1140, 100_000));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the config is not valid.
    pub fn of(config: &Config) -> Result<Self, Error> {
        let mixture = config.curriculum.final_mixture();
        let phases = mixture.phases().map(|phase| (phase.name(), mixture.of(phase)));
        Ok(ConfigSummary {
            values: values_of(config),
            text: config.to_text(true),
            notes: config.notes(),
            parameters: Transformer::new(config.architecture()?).layout().parameters(),
            steps: config.total_steps(),
            phases: Named(phases.collect()),
        })
    }
}

fn values_of(config: &Config) -> Vec<Value> {
    config.sections().iter().flat_map(|section| section.values()).collect()
}

/// What there is to decide, with the values of all presets.
///
/// # Errors
///
/// If a preset is not valid, which a test rules out.
pub fn describe() -> Result<Description, Error> {
    let preset = |preset: Preset| -> Result<PresetDescription, Error> {
        let values = values_of(&Config::resolve(preset, &[])?);
        Ok(PresetDescription { name: preset.name(), meaning: preset.meaning(), values })
    };
    let phase = |phase: &Phase| Described { name: phase.name(), meaning: "" };
    let family = |family: &Family| FamilyDescription {
        name: family.name(),
        meaning: family.summary(),
        phase: family.phase().name(),
    };
    Ok(Description {
        version: env!("CARGO_PKG_VERSION"),
        keys: Config::default().entries().into_iter().map(key).collect(),
        presets: Preset::ALL.into_iter().map(preset).collect::<Result<_, _>>()?,
        decisions: DECISIONS.iter().map(decision).collect(),
        phases: Phase::ALL.iter().map(phase).collect(),
        families: Family::ALL.iter().map(family).collect(),
        metrics: Metric::ALL.iter().map(|metric| (metric.name, metric.higher_is_better)).collect(),
    })
}

fn key(entry: SettingEntry) -> KeyDescription {
    let meanings = entry.meanings.into_iter().chain(std::iter::repeat(""));
    let choices = entry.choices.into_iter().zip(meanings);
    KeyDescription {
        key: format!("{}.{}", entry.section, entry.key),
        meaning: entry.meaning,
        default: entry.value,
        allowed: entry.allowed,
        bounds: entry.bounds,
        choices: choices.map(|(name, meaning)| Described { name, meaning }).collect(),
    }
}

fn decision(decision: &Decision) -> DecisionDescription {
    let option = |choice: &Choice| OptionDescription {
        name: choice.name,
        assignments: choice.assignments,
        relative: match choice.relative {
            None => false,
            Some(Relative::PeakTimes(_) | Relative::Patience) => true,
        },
    };
    let options = decision.options.iter().map(option).collect();
    DecisionDescription { name: decision.name, meaning: decision.meaning, options }
}

/// A value as JSON has it.
fn value<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Value::Integer(value) => serializer.serialize_i64(*value),
        Value::Float(value) => serializer.serialize_f64(*value),
        Value::Boolean(value) => serializer.serialize_bool(*value),
        Value::Text(text) => serializer.serialize_str(text),
    }
}

/// A [`Value`] that serialises.
struct AsJson<'a>(&'a Value);

impl Serialize for AsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        value(self.0, serializer)
    }
}

fn values<S: Serializer>(values: &[Value], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(AsJson))
}

fn bounds<S: Serializer>(bounds: &Option<[Value; 2]>, serializer: S) -> Result<S::Ok, S::Error> {
    match bounds {
        Some(bounds) => values(bounds, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_have_their_bounds_names_and_meanings() {
        let description = serde_json::to_value(describe().unwrap()).unwrap();
        let key = |name: &str| {
            let keys = description["keys"].as_array().unwrap();
            let place = keys.iter().position(|key| key["key"] == name).unwrap();
            (place, &keys[place])
        };
        let (place, layers) = key("model.layers");
        assert_eq!(layers["bounds"][0], 1);
        assert_eq!(layers["choices"], json!([]));
        let presets = description["presets"].as_array().unwrap();
        let strong = presets.iter().find(|preset| preset["name"] == "strong").unwrap();
        assert_eq!(strong["values"][place], 4);
        let (_, optimizer) = key("optimizer.kind");
        assert_eq!(optimizer["bounds"], json!(null));
        for choice in optimizer["choices"].as_array().unwrap() {
            assert!(!choice["meaning"].as_str().unwrap().is_empty(), "{choice}");
        }
        let keys = description["keys"].as_array().unwrap();
        assert!(presets.iter().all(|preset| {
            preset["values"].as_array().unwrap().len() == keys.len() && preset["meaning"] != ""
        }));
    }
}
