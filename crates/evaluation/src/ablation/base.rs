//! The base of a plan, resolved: what the assignments of an option or of a point are put on top
//! of.

use ninth_model::Transformer;
use ninth_settings::{Assignment, Sections, SettingEntry, Value, nearest, parse_assignment};

use super::budget::{factor, scaled};
use super::decisions::{Choice, DECISIONS, Decision, Relative};
use super::request::{Base, PlanError};
use ninth_training::memory::MemoryUsage;
use ninth_training::{Config, ConfigError, CpuEngine, Preset};

/// The base of a plan.
#[derive(Clone, Debug)]
pub(super) struct PlannedBase {
    pub preset: Preset,
    /// The assignments of the base.
    given: Vec<Assignment>,
    /// Its whole training.
    whole: Config,
    /// It without early stopping, compressed.
    pub config: Config,
    /// The factor by which the plan of the base is compressed.
    factor: f64,
    pub seeds: Vec<i64>,
}

/// A decision with its options, that of the base first.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub name: String,
    pub meaning: String,
    pub options: Vec<PlannedOption>,
}

#[derive(Clone, Debug)]
pub(super) struct PlannedOption {
    pub name: String,
    pub is_default: bool,
    /// Its config with the seed of the base, or why it is refused.
    pub config: Result<Box<Config>, String>,
}

impl PlannedBase {
    /// Resolves a base.
    ///
    /// # Errors
    ///
    /// If it is not allowed.
    pub fn new(base: &Base) -> Result<Self, PlanError> {
        let given = base.assignments.clone();
        let whole = Config::resolve(base.preset, &given)?;
        let factor = factor(&whole, base.steps.unwrap_or(whole.total_steps()));
        let first = whole.training.seed;
        let seeds = (0..i64::from(base.seeds)).filter_map(|n| first.checked_add(n)).collect();
        let (preset, config) = (base.preset, whole.clone());
        let mut base = PlannedBase { preset, given, whole, config, factor, seeds };
        base.config = base.configure(&[])?;
        Ok(base)
    }

    /// The config of an option, with the base's share of steps.
    pub fn configure(&self, option: &[Assignment]) -> Result<Config, ConfigError> {
        Ok(self.compress(&self.resolve(option)?, None))
    }

    /// The whole training of an option.
    pub fn resolve(&self, option: &[Assignment]) -> Result<Config, ConfigError> {
        let mut assignments = self.given.clone();
        // With early stopping, budgets would be compared and not options.
        assignments.push(assign("early_stopping.patience", Value::Integer(0)));
        assignments.extend_from_slice(option);
        let config = Config::resolve(self.preset, &assignments)?;
        memory(&config)?.check()?;
        Ok(config)
    }

    /// The whole training of the base, without early stopping.
    pub fn whole_config(&self) -> Config {
        Config { early_stopping: self.config.early_stopping.clone(), ..self.whole.clone() }
    }

    /// A whole training in the steps that the base has when it is compressed to `steps`; `None`
    /// for those of the plan. In steps of another size it has as many sequences.
    pub fn compress(&self, config: &Config, steps: Option<u64>) -> Config {
        let sizes = [&self.whole, config].map(|config| config.training.batch_size as f64);
        let factor = steps.map_or(self.factor, |steps| factor(&self.whole, steps));
        scaled(config, factor * sizes[0] / sizes[1])
    }

    /// The assignments of a choice.
    pub fn assignments(&self, choice: &Choice) -> Result<Vec<Assignment>, ConfigError> {
        let mut assignments = Vec::new();
        for text in choice.assignments {
            assignments.push(parse_assignment(text)?);
        }
        match choice.relative {
            None => {}
            Some(Relative::PeakTimes(factor)) => {
                let peak = self.config.learning_rate.peak * factor;
                assignments.push(assign("learning_rate.peak", Value::Float(peak)));
            }
            Some(Relative::Patience) => {
                // It is at most 10^6.
                let patience = Value::Integer(self.whole.early_stopping.patience as i64);
                assignments.push(assign("early_stopping.patience", patience));
            }
        }
        Ok(assignments)
    }

    /// The key of the config with this name.
    pub fn find_key(&self, name: &str) -> Result<SettingEntry, PlanError> {
        let entries = self.config.entries();
        let found: Vec<&SettingEntry> =
            entries.iter().filter(|entry| entry.path() == name || entry.key == name).collect();
        match found.as_slice() {
            [entry] if entry.path() == "training.seed" => Err(PlanError::Seed),
            [entry] => Ok((*entry).clone()),
            [] => {
                let paths: Vec<String> = entries.iter().map(SettingEntry::path).collect();
                let decisions = DECISIONS.iter().map(|decision| decision.name);
                let suggestion = nearest(name, decisions.chain(paths.iter().map(String::as_str)));
                Err(PlanError::UnknownDecision { name: name.to_string(), suggestion })
            }
            several => {
                let paths: Vec<String> = several.iter().map(|entry| entry.path()).collect();
                let (name, candidates) = (name.to_string(), paths.join(" or "));
                Err(PlanError::Ambiguous { name, candidates })
            }
        }
    }
}

/// The memory of a training on one thread.
///
/// # Errors
///
/// If the config describes no model.
pub(super) fn memory(config: &Config) -> Result<MemoryUsage, ConfigError> {
    let model = Transformer::new(config.architecture()?);
    Ok(CpuEngine::memory_usage(config, &model, 1))
}

/// An assignment of the plan.
pub(super) fn assign(key: &str, value: Value) -> Assignment {
    Assignment { place: "ablation".to_string(), key: key.to_string(), value }
}

/// The assignment `key=value` of a request, with that as its place in messages.
///
/// # Errors
///
/// If there is no key.
pub(super) fn assignment_of(key: &str, value: &str) -> Result<Assignment, ConfigError> {
    let text = format!("{key}={value}");
    Ok(Assignment { place: text.clone(), ..parse_assignment(&text)? })
}

/// Checks that a decision has the options that a request names.
///
/// # Errors
///
/// If it lacks one.
pub(super) fn check_options(decision: &Decision, wanted: &[String]) -> Result<(), PlanError> {
    for option in wanted {
        if decision.options.iter().all(|choice| choice.name != option) {
            let names = || decision.options.iter().map(|choice| choice.name);
            return Err(PlanError::UnknownOption {
                decision: decision.name.to_string(),
                option: option.clone(),
                suggestion: nearest(option, names()),
                allowed: names().collect::<Vec<_>>().join(", "),
            });
        }
    }
    Ok(())
}

/// The values of a key that a request names, or all that have names.
///
/// # Errors
///
/// If there are too many to name them.
pub(super) fn values_of(entry: &SettingEntry, wanted: &[String]) -> Result<Vec<String>, PlanError> {
    match wanted {
        [] if entry.choices.is_empty() => {
            let (example, allowed) = (plain(&entry.value), entry.allowed.clone());
            Err(PlanError::NoOptions { key: entry.path(), example, allowed })
        }
        [] => Ok(entry.choices.iter().map(ToString::to_string).collect()),
        some => Ok(some.to_vec()),
    }
}

pub(super) fn with_seed(config: &Config, seed: i64) -> Config {
    let mut config = config.clone();
    config.training.seed = seed;
    config
}

/// A value without the quotes around a text.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        value => value.to_string(),
    }
}
