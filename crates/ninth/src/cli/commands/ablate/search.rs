//! Searches: their plans, what is trained next, and what is said about their points.

use std::path::Path;

use ninth_evaluation::ablation::plan::{
    Base, Plan, PlanError, Request, SearchMethod, SearchRequest, Trial,
};
use ninth_evaluation::ablation::results::{BestPoint, PassedOver, Study};

use super::command::{words_of_base, words_of_budget};
use super::folder::BEST;
use super::journals::Outcomes;
use super::schedule::Agenda;
use crate::cli::arguments::{AblateArguments, Shard};
use crate::cli::error::Error;
use crate::cli::output::terminal::{counted, grouped, say, shell_word};

/// What the arguments ask to be searched; `None` if decisions are measured one at a time.
pub fn request(arguments: &AblateArguments) -> Option<SearchRequest> {
    let method = match (arguments.grid, arguments.random, arguments.sobol) {
        (true, ..) => SearchMethod::Grid,
        (_, Some(points), _) => SearchMethod::Random(points as usize),
        (.., Some(points)) => SearchMethod::Sobol(points as usize),
        (false, None, None) => return None,
    };
    Some(SearchRequest { method, halving: arguments.halving })
}

/// The plan of the decisions, or of a search.
pub fn plan(
    base: &Base,
    requests: &[Request],
    search: Option<SearchRequest>,
) -> Result<Plan, PlanError> {
    match search {
        Some(search) => Plan::search(base, requests, &search),
        None => Plan::new(base, requests),
    }
}

/// The agenda of a plan, or of a shard of it. Of a search, the trials of a rung follow from the
/// outcomes of the one before.
pub struct PlanAgenda<'a> {
    plan: &'a Plan,
    shard: Option<Shard>,
    trials: Vec<Trial>,
    next: usize,
    /// The number of trials that are known, of those from the first one on.
    settled: usize,
}

impl<'a> PlanAgenda<'a> {
    /// The trials that are missing, given what is known.
    pub fn new(plan: &'a Plan, shard: Option<Shard>, known: &Outcomes) -> Self {
        let mut agenda = PlanAgenda { plan, shard, trials: Vec::new(), next: 0, settled: 0 };
        agenda.trials = agenda.missing(known);
        agenda
    }

    fn missing(&self, known: &Outcomes) -> Vec<Trial> {
        let reached = self.plan.reached(|key| known.get(key));
        let mut missing = match self.shard {
            None => reached,
            Some(shard) => shard.share(reached),
        };
        missing.retain(|trial| !known.contains_key(&trial.key()));
        missing
    }
}

impl Agenda for PlanAgenda<'_> {
    fn trials(&self) -> &[Trial] {
        &self.trials
    }

    fn next(&mut self, known: &Outcomes) -> Result<Option<usize>, Error> {
        // What follows the last rung depends on all of its outcomes. This is asked often, and the
        // key of a trial is the text of its config.
        while self.trials.get(self.settled).is_some_and(|trial| known.contains_key(&trial.key())) {
            self.settled += 1;
        }
        if self.next == self.trials.len() && self.settled == self.trials.len() {
            self.trials.extend(self.missing(known));
        }
        while let Some(trial) = self.trials.get(self.next) {
            self.next += 1;
            if !known.contains_key(&trial.key()) {
                return Ok(Some(self.next - 1));
            }
        }
        Ok(None)
    }
}

/// Prints what a search trains, before it does.
pub fn introduce(plan: &Plan) {
    let Some(search) = plan.study(String::new(), |_| None).search else { return };
    let left_out = left_out(search.passed_over).map(|text| format!("; {text}"));
    let points = grouped(search.points as u64);
    say(format_args!("Points     {points}{}", left_out.unwrap_or_default()));
    if let rungs @ [_, _, ..] = plan.rungs() {
        let rungs = rungs.iter().map(|rung| {
            format!("{} over {}", grouped(rung.points as u64), counted(rung.steps, "step"))
        });
        say(format_args!("Rungs      {}", rungs.collect::<Vec<_>>().join(", ")));
    }
}

/// `passed over: 3 refused, 1 the same as another or as the base`
pub fn left_out(passed_over: PassedOver) -> Option<String> {
    let PassedOver { refused, equal } = passed_over;
    let mut parts = Vec::new();
    if refused > 0 {
        parts.push(format!("{} refused", grouped(refused as u64)));
    }
    if equal > 0 {
        parts.push(format!("{} the same as another or as the base", grouped(equal as u64)));
    }
    (!parts.is_empty()).then(|| format!("passed over: {}", parts.join(", ")))
}

/// Says which point is the best, how to train it, and how to see how good it is.
pub fn say_best(arguments: &AblateArguments, study: &Study, folder: &Path) {
    let Some(best) = study.search.as_ref().and_then(|search| search.best.as_ref()) else { return };
    let file = shell_word(folder.join(BEST).display());
    match best.is_default {
        true => say(format_args!("No point is better than the base, so that is what {BEST} has:")),
        false => say(format_args!("Best: {}", best.name)),
    }
    say(format_args!("  ninth train --config {file}"));
    if let (false, Some(command)) = (best.is_default, again(arguments, study, best, folder)) {
        say(format_args!("Its true worth, with other seeds:\n  {command}"));
    }
}

/// The command that trains the best point beside the base with seeds that had no part in choosing
/// it; `None` if there are no more seeds.
fn again(
    arguments: &AblateArguments,
    study: &Study,
    best: &BestPoint,
    folder: &Path,
) -> Option<String> {
    let seed = study.seeds.last()?.checked_add(1)?;
    let mut words = vec!["ninth".to_string(), "ablate".to_string()];
    words.extend(best.name.split(' ').map(ToString::to_string));
    words.push("--grid".to_string());
    words.extend(words_of_base(arguments));
    words.extend(["--set".to_string(), format!("training.seed={seed}")]);
    words.extend(words_of_budget(arguments));
    words.extend(["--out".to_string(), format!("{}-again", folder.display())]);
    let words: Vec<String> = words.into_iter().map(shell_word).collect();
    Some(words.join(" "))
}
