//! From decisions to distinct trainings, and from their outcomes to a study.

use std::collections::HashSet;

use ninth_model::Transformer;
use ninth_settings::{Assignment, Sections, SettingEntry, Value, nearest, parse_assignment};

use super::budget::{factor, scaled};
use super::decisions::{Choice, DECISIONS, Decision, Relative};
use super::hash::fnv1a;
use super::results::{DecisionResult, Failure, OptionOutcome, OptionResult, Study};
use super::trial::{Judging, TrialOutcome};
use ninth_training::memory::MemoryUsage;
use ninth_training::{Config, ConfigError, CpuEngine, Preset};

pub use super::budget::compressed;
pub use super::request::{Base, PlanError, Request};

/// The trainings of an ablation.
#[derive(Clone, Debug)]
pub struct Plan {
    preset: Preset,
    /// The assignments of the base.
    given: Vec<Assignment>,
    /// The base without early stopping, compressed.
    config: Config,
    /// The patience of the base.
    patience: usize,
    /// The factor by which the plan of the base is compressed.
    factor: f64,
    seeds: Vec<i64>,
    decisions: Vec<Planned>,
}

/// A decision with its options, that of the base first.
#[derive(Clone, Debug)]
struct Planned {
    name: String,
    meaning: String,
    options: Vec<PlannedOption>,
}

#[derive(Clone, Debug)]
struct PlannedOption {
    name: String,
    is_default: bool,
    /// Its config with the seed of the base, or why it is refused.
    config: Result<Box<Config>, String>,
}

/// A training to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The first option that needs it, for people: `activation=relu`, or `base`.
    pub label: String,
    /// Its config, with the seed.
    pub config: Config,
}

impl Trial {
    /// Its key, the text of its config: trials of the same text are the same.
    pub fn key(&self) -> String {
        self.config.to_text(false)
    }

    /// A hash of its key, the same on any machine: a name for its files.
    pub fn hash(&self) -> String {
        format!("{:016x}", fnv1a(self.key().as_bytes()))
    }

    /// The memory that its training takes, in bytes.
    ///
    /// # Errors
    ///
    /// If the config describes no model.
    pub fn memory(&self) -> Result<u64, ConfigError> {
        Ok(memory(&self.config)?.total())
    }
}

/// The memory of a training on one thread.
fn memory(config: &Config) -> Result<MemoryUsage, ConfigError> {
    let model = Transformer::new(config.architecture()?);
    Ok(CpuEngine::memory_usage(config, &model, 1))
}

impl Plan {
    /// The trainings for some decisions; without any, the base alone.
    ///
    /// # Errors
    ///
    /// If the base is not allowed, or a decision or an option does not exist.
    pub fn new(base: &Base, requests: &[Request]) -> Result<Self, PlanError> {
        let given = base.assignments.clone();
        let config = Config::resolve(base.preset, &given)?;
        let patience = config.early_stopping.patience;
        let factor = factor(&config, base.steps.unwrap_or(config.total_steps()));
        let first = config.training.seed;
        let seeds = (0..i64::from(base.seeds)).filter_map(|n| first.checked_add(n)).collect();
        let (preset, decisions) = (base.preset, Vec::new());
        let mut plan = Plan { preset, given, config, patience, factor, seeds, decisions };
        plan.config = plan.configure(&[])?;
        for request in requests {
            if request.name == "all" {
                if !request.options.is_empty() {
                    return Err(PlanError::OptionsOfAll);
                }
                for decision in DECISIONS {
                    plan.add_decision(decision, &[])?;
                }
            } else if let Some(decision) = DECISIONS.iter().find(|d| d.name == request.name) {
                plan.add_decision(decision, &request.options)?;
            } else {
                plan.add_key(request)?;
            }
        }
        Ok(plan)
    }

    /// The base, as it is trained.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The preset that the base starts from.
    pub fn preset(&self) -> Preset {
        self.preset
    }

    /// Steps of the base's training: those asked for, rounded to a whole number per epoch.
    pub fn steps(&self) -> u64 {
        self.config.total_steps()
    }

    /// The seeds of each option.
    pub fn seeds(&self) -> &[i64] {
        &self.seeds
    }

    /// How every model is judged, by the same sequences.
    pub fn judging(&self) -> Judging {
        Judging::with_seed(self.config.seed())
    }

    /// Distinct trainings: all options under the first seed, then under the next.
    pub fn trials(&self) -> Vec<Trial> {
        let mut known = HashSet::new();
        let mut trials = Vec::new();
        for &seed in &self.seeds {
            for decision in &self.decisions {
                for option in &decision.options {
                    let Ok(config) = &option.config else { continue };
                    let label = match option.is_default {
                        true => "base".to_string(),
                        false => format!("{}={}", decision.name, option.name),
                    };
                    let trial = Trial { label, config: with_seed(config, seed) };
                    if known.insert(trial.key()) {
                        trials.push(trial);
                    }
                }
            }
        }
        trials
    }

    /// The study, given the outcomes of finished trials by their keys.
    pub fn study<'a>(
        &self,
        command: String,
        outcome: impl Fn(&str) -> Option<&'a TrialOutcome>,
    ) -> Study {
        let option = |planned: &PlannedOption| {
            let (mut trained, mut failures) = (Vec::new(), Vec::new());
            let outcome = match &planned.config {
                Err(reason) => OptionOutcome::Refused(reason.clone()),
                Ok(config) => {
                    for &seed in &self.seeds {
                        match outcome(&with_seed(config, seed).to_text(false)) {
                            Some(TrialOutcome::Trained(result)) => trained.push(result.clone()),
                            Some(TrialOutcome::Failed(reason)) => {
                                failures.push(Failure { seed, reason: reason.clone() });
                            }
                            None => {}
                        }
                    }
                    OptionOutcome::Trained(trained)
                }
            };
            let (name, is_default) = (planned.name.clone(), planned.is_default);
            OptionResult { name, is_default, outcome, failures }
        };
        let decision = |planned: &Planned| DecisionResult {
            name: planned.name.clone(),
            meaning: planned.meaning.clone(),
            options: planned.options.iter().map(option).collect(),
        };
        Study {
            base: self.preset.name().to_string(),
            steps: self.steps(),
            seeds: self.seeds.clone(),
            judged: self.judging().sequences as u64,
            continuations: self.judging().continuations as u64,
            command,
            decisions: self.decisions.iter().map(decision).collect(),
        }
    }

    /// The config of an option, with the base's share of steps, and of as many
    /// sequences in steps of another size.
    fn configure(&self, option: &[Assignment]) -> Result<Config, ConfigError> {
        let mut assignments = self.given.clone();
        // With early stopping, budgets would be compared and not options.
        assignments.push(assign("early_stopping.patience", Value::Integer(0)));
        assignments.extend_from_slice(option);
        let config = Config::resolve(self.preset, &assignments)?;
        memory(&config)?.check()?;
        let sizes = [&self.config, &config].map(|config| config.training.batch_size as f64);
        Ok(scaled(&config, self.factor * sizes[0] / sizes[1]))
    }

    /// Adds a decision of the table, with all its options or those asked for.
    fn add_decision(&mut self, decision: &Decision, wanted: &[String]) -> Result<(), PlanError> {
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
        let mut options = Vec::new();
        for choice in decision.options {
            let config = self.choose(choice)?;
            let is_default = config.as_deref() == Ok(&self.config);
            if is_default || wanted.is_empty() || wanted.iter().any(|name| name == choice.name) {
                options.push((choice.name.to_string(), config));
            }
        }
        let value = self.value_of_base(decision);
        self.add(decision.name, decision.meaning, options, value);
        Ok(())
    }

    /// The config of a choice, or why it is refused.
    fn choose(&self, choice: &Choice) -> Result<Result<Box<Config>, String>, PlanError> {
        let mut assignments = Vec::new();
        for text in choice.assignments {
            assignments.push(parse_assignment(text).map_err(ConfigError::from)?);
        }
        match choice.relative {
            None => {}
            Some(Relative::PeakTimes(factor)) => {
                let peak = self.config.learning_rate.peak * factor;
                assignments.push(assign("learning_rate.peak", Value::Float(peak)));
            }
            Some(Relative::Patience) => {
                // It is at most 10^6.
                let patience = Value::Integer(self.patience as i64);
                assignments.push(assign("early_stopping.patience", patience));
            }
        }
        Ok(match self.configure(&assignments) {
            Ok(config) => Ok(Box::new(config)),
            Err(error) => Err(error.to_string()),
        })
    }

    /// The base's value of the key that a decision is about, if it is one key.
    fn value_of_base(&self, decision: &Decision) -> Option<String> {
        let key = |choice: &Choice| match choice.assignments {
            [assignment] => assignment.split_once('=').map(|(key, _)| key),
            _ => None,
        };
        let first = key(decision.options.first()?)?;
        let alike = decision.options.iter().all(|choice| key(choice) == Some(first));
        let entries = self.config.entries();
        let entry = entries.iter().find(|entry| alike && entry.path() == first)?;
        Some(plain(&entry.value))
    }

    /// Adds a key of the config, with the values asked for or all that have names.
    fn add_key(&mut self, request: &Request) -> Result<(), PlanError> {
        let entry = self.find_key(&request.name)?;
        let key = entry.path();
        if key == "training.seed" {
            return Err(PlanError::Seed);
        }
        let values: Vec<String> = match request.options.as_slice() {
            [] if entry.choices.is_empty() => {
                let (example, allowed) = (plain(&entry.value), entry.allowed);
                return Err(PlanError::NoOptions { key, example, allowed });
            }
            [] => entry.choices.iter().map(ToString::to_string).collect(),
            some => some.to_vec(),
        };
        let mut options = Vec::new();
        for value in values {
            let mut assignment =
                parse_assignment(&format!("{key}={value}")).map_err(ConfigError::from)?;
            assignment.place = format!("{key}={value}");
            let config = match self.configure(&[assignment]) {
                Ok(config) => Ok(Box::new(config)),
                // A value that the key does not take at all is a mistake in the request.
                Err(error @ ConfigError::Settings(_)) => return Err(error.into()),
                Err(error) => Err(error.to_string()),
            };
            options.push((value, config));
        }
        let value = plain(&entry.value);
        let config = self.config.clone();
        if options.iter().all(|(_, option)| option.as_deref() != Ok(&config)) {
            options.insert(0, (value.clone(), Ok(Box::new(config))));
        }
        self.add(&key, entry.meaning, options, Some(value));
        Ok(())
    }

    /// The key of the config with this name.
    fn find_key(&self, name: &str) -> Result<SettingEntry, PlanError> {
        let entries = self.config.entries();
        let found: Vec<&SettingEntry> =
            entries.iter().filter(|entry| entry.path() == name || entry.key == name).collect();
        match found.as_slice() {
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

    /// Adds options to a decision, the default first; options already there stay.
    fn add(
        &mut self,
        name: &str,
        meaning: &str,
        options: Vec<(String, Result<Box<Config>, String>)>,
        value_of_base: Option<String>,
    ) {
        let is_default = |config: &Result<Box<Config>, _>| config.as_deref() == Ok(&self.config);
        let planned = self.decisions.iter().position(|planned| planned.name == name);
        let planned = planned.unwrap_or(self.decisions.len());
        let mut all = Vec::new();
        if let Some(before) = self.decisions.get(planned) {
            all.clone_from(&before.options);
        } else {
            let default = options.iter().find(|(_, config)| is_default(config));
            let name = match (default, value_of_base) {
                (Some((name, _)), _) => name.clone(),
                (None, Some(value)) if options.iter().all(|(name, _)| *name != value) => value,
                (None, _) => "base".to_string(),
            };
            let config = Ok(Box::new(self.config.clone()));
            all.push(PlannedOption { name, is_default: true, config });
        }
        for (name, config) in options {
            if all.iter().all(|option: &PlannedOption| option.name != name) {
                all.push(PlannedOption { name, is_default: false, config });
            }
        }
        let (name, meaning) = (name.to_string(), meaning.to_string());
        let decision = Planned { name, meaning, options: all };
        match self.decisions.get_mut(planned) {
            Some(place) => *place = decision,
            None => self.decisions.push(decision),
        }
    }
}

fn assign(key: &str, value: Value) -> Assignment {
    Assignment { place: "ablation".to_string(), key: key.to_string(), value }
}

fn with_seed(config: &Config, seed: i64) -> Config {
    let mut config = config.clone();
    config.training.seed = seed;
    config
}

/// A value without the quotes around a text.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        value => value.to_string(),
    }
}
