//! From decisions to distinct trainings, and from their outcomes to a study.

use std::collections::HashSet;

use ninth_settings::Sections;

use super::base::{
    Planned, PlannedBase, PlannedOption, assignment_of, check_options, memory, plain, values_of,
    with_seed,
};
use super::decisions::{Choice, DECISIONS, Decision};
use super::hash::fnv1a;
use super::results::{DecisionResult, Failure, OptionOutcome, OptionResult, SearchSummary, Study};
use super::search::PlannedSearch;
use super::search::error::is_range;
use super::trial::{Judging, TrialOutcome};
use ninth_training::{Config, ConfigError, Preset};

pub use super::budget::compressed;
pub use super::request::{Base, PlanError, Request};
pub use super::search::error::SearchError;
pub use super::search::halving::SearchRung;
pub use super::search::points::SearchMethod;
pub use super::search::{MOST_POINTS, SearchRequest};

/// The trainings of an ablation.
#[derive(Clone, Debug)]
pub struct Plan {
    base: PlannedBase,
    /// The decisions measured one at a time.
    decisions: Vec<Planned>,
    /// The points of a search, in place of decisions.
    search: Option<PlannedSearch>,
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

impl Plan {
    /// The trainings for some decisions; without any, the base alone.
    ///
    /// # Errors
    ///
    /// If the base is not allowed, or a decision or an option does not exist.
    pub fn new(base: &Base, requests: &[Request]) -> Result<Self, PlanError> {
        let base = PlannedBase::new(base)?;
        let mut plan = Plan { base, decisions: Vec::new(), search: None };
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

    /// The trainings of a search: every point beside the base.
    ///
    /// # Errors
    ///
    /// If the base is not allowed, a request names nothing to choose from, or no point can be
    /// trained.
    pub fn search(
        base: &Base,
        requests: &[Request],
        search: &SearchRequest,
    ) -> Result<Self, PlanError> {
        let base = PlannedBase::new(base)?;
        let search = Some(PlannedSearch::new(&base, requests, search)?);
        Ok(Plan { base, decisions: Vec::new(), search })
    }

    /// The rungs of a search; none without one.
    pub fn rungs(&self) -> &[SearchRung] {
        self.search.as_ref().map_or(&[], |search| search.rungs())
    }

    /// The base, as it is trained.
    pub fn config(&self) -> &Config {
        &self.base.config
    }

    /// The preset that the base starts from.
    pub fn preset(&self) -> Preset {
        self.base.preset
    }

    /// Steps of the base's training: those asked for, rounded to a whole number per epoch.
    pub fn steps(&self) -> u64 {
        self.base.config.total_steps()
    }

    /// The seeds of each option.
    pub fn seeds(&self) -> &[i64] {
        &self.base.seeds
    }

    /// How every model is judged, by the same sequences.
    pub fn judging(&self) -> Judging {
        Judging::with_seed(self.base.config.seed())
    }

    /// Distinct trainings: all options under the first seed, then under the next. Of a search
    /// with several rungs these are the trainings of the first one.
    pub fn trials(&self) -> Vec<Trial> {
        self.reached(|_| None)
    }

    /// The trainings as far as they follow from the outcomes of finished ones by their keys: of a
    /// search the rungs that are reached, one after the other. Those of a rung that is not
    /// complete keep their places.
    pub fn reached<'a>(&self, outcome: impl Fn(&str) -> Option<&'a TrialOutcome>) -> Vec<Trial> {
        let planned = self.planned(outcome);
        let mut known = HashSet::new();
        match self.search {
            Some(_) => {
                planned.chunks(1).flat_map(|rung| self.trials_of(rung, &mut known)).collect()
            }
            None => self.trials_of(&planned, &mut known),
        }
    }

    /// The trainings to be made now, given the outcomes of finished ones. When all of them have
    /// outcomes, ask again: the next rung of a search follows from them. There are none when the
    /// plan is complete.
    pub fn pending<'a>(&self, outcome: impl Fn(&str) -> Option<&'a TrialOutcome>) -> Vec<Trial> {
        let mut trials = self.reached(&outcome);
        trials.retain(|trial| outcome(&trial.key()).is_none());
        trials
    }

    /// Whether every training of the plan has its outcome.
    pub fn is_complete<'a>(&self, outcome: impl Fn(&str) -> Option<&'a TrialOutcome>) -> bool {
        self.pending(outcome).is_empty()
    }

    /// The trainings of the plan, with those of rungs that are not reached yet; where these come
    /// out the same as others, they are fewer.
    pub fn trainings(&self) -> usize {
        let later = self.rungs().iter().skip(1);
        let later: usize = later.map(|rung| (1 + rung.points) * self.seeds().len()).sum();
        self.trials().len() + later
    }

    /// The decisions with their options; of a search, its rungs as far as they follow from the
    /// outcomes.
    fn planned<'a>(&self, outcome: impl Fn(&str) -> Option<&'a TrialOutcome>) -> Vec<Planned> {
        match &self.search {
            Some(search) => search.planned(&self.base, outcome),
            None => self.decisions.clone(),
        }
    }

    fn trials_of(&self, decisions: &[Planned], known: &mut HashSet<String>) -> Vec<Trial> {
        let mut trials = Vec::new();
        for &seed in &self.base.seeds {
            for decision in decisions {
                for option in &decision.options {
                    let Ok(config) = &option.config else { continue };
                    let label = match (option.is_default, &self.search) {
                        (true, _) => "base".to_string(),
                        (false, Some(_)) => option.name.clone(),
                        (false, None) => format!("{}={}", decision.name, option.name),
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
        let decisions = self.planned(&outcome);
        let search = self.search.as_ref().map(|search| SearchSummary {
            method: search.method().name().to_string(),
            points: search.points(),
            passed_over: search.passed_over(),
            best: search.best(&self.base, &outcome),
        });
        let option = |planned: &PlannedOption| {
            let (mut trained, mut failures) = (Vec::new(), Vec::new());
            let outcome = match &planned.config {
                Err(reason) => OptionOutcome::Refused(reason.clone()),
                Ok(config) => {
                    for &seed in &self.base.seeds {
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
            base: self.base.preset.name().to_string(),
            steps: self.steps(),
            seeds: self.base.seeds.clone(),
            judged: self.judging().sequences as u64,
            continuations: self.judging().continuations as u64,
            command,
            decisions: decisions.iter().map(decision).collect(),
            search,
        }
    }

    /// Adds a decision of the table, with all its options or those asked for.
    fn add_decision(&mut self, decision: &Decision, wanted: &[String]) -> Result<(), PlanError> {
        check_options(decision, wanted)?;
        let mut options = Vec::new();
        for choice in decision.options {
            let config = self.choose(choice)?;
            let is_default = config.as_deref() == Ok(&self.base.config);
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
        let assignments = self.base.assignments(choice)?;
        Ok(match self.base.configure(&assignments) {
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
        let entries = self.base.config.entries();
        let entry = entries.iter().find(|entry| alike && entry.path() == first)?;
        Some(plain(&entry.value))
    }

    /// Adds a key of the config, with the values asked for or all that have names.
    fn add_key(&mut self, request: &Request) -> Result<(), PlanError> {
        let entry = self.base.find_key(&request.name)?;
        let key = entry.path();
        if let Some(found) = request.options.iter().find(|option| is_range(option)) {
            return Err(SearchError::of_range(&key, found).into());
        }
        let values = values_of(&entry, &request.options)?;
        let mut options = Vec::new();
        for value in values {
            let config = match self.base.configure(&[assignment_of(&key, &value)?]) {
                Ok(config) => Ok(Box::new(config)),
                // A value that the key does not take at all is a mistake in the request.
                Err(error @ ConfigError::Settings(_)) => return Err(error.into()),
                Err(error) => Err(error.to_string()),
            };
            options.push((value, config));
        }
        let value = plain(&entry.value);
        let config = self.base.config.clone();
        if options.iter().all(|(_, option)| option.as_deref() != Ok(&config)) {
            options.insert(0, (value.clone(), Ok(Box::new(config))));
        }
        self.add(&key, entry.meaning, options, Some(value));
        Ok(())
    }

    /// Adds options to a decision, the default first; options already there stay.
    fn add(
        &mut self,
        name: &str,
        meaning: &str,
        options: Vec<(String, Result<Box<Config>, String>)>,
        value_of_base: Option<String>,
    ) {
        let is_default =
            |config: &Result<Box<Config>, _>| config.as_deref() == Ok(&self.base.config);
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
            let config = Ok(Box::new(self.base.config.clone()));
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
