//! Searches: their plans, what is trained next, and what is said about their points.

use std::path::Path;

use ninth_evaluation::ablation::plan::{
    Base, Plan, PlanError, Request, SearchMethod, SearchRequest, Trial,
};
use ninth_evaluation::ablation::results::{BestPoint, PassedOver, Study};

use super::folder::BEST;
use super::schedule::{Agenda, Outcomes};
use crate::cli::arguments::AblateArguments;
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

/// The options of a search, as they are written.
pub fn words(search: SearchRequest) -> Vec<String> {
    let mut words = vec![format!("--{}", search.method.name())];
    words.extend(match search.method {
        SearchMethod::Grid => None,
        SearchMethod::Random(points) | SearchMethod::Sobol(points) => Some(points.to_string()),
    });
    words.extend(search.halving.into_iter().flat_map(|eta| ["--halving".into(), eta.to_string()]));
    words
}

/// The agenda of a plan whose trials follow from outcomes: those of a rung when the one before is
/// complete.
pub struct RungAgenda<'a> {
    plan: &'a Plan,
    trials: Vec<Trial>,
    next: usize,
}

impl<'a> RungAgenda<'a> {
    /// The trials that are missing, given what is known.
    pub fn new(plan: &'a Plan, known: &Outcomes) -> Self {
        RungAgenda { plan, trials: plan.pending(|key| known.get(key)), next: 0 }
    }
}

impl Agenda for RungAgenda<'_> {
    fn trials(&self) -> &[Trial] {
        &self.trials
    }

    fn next(&mut self, known: &Outcomes) -> Result<Option<usize>, Error> {
        // The next rung follows from all outcomes of this one.
        if self.next == self.trials.len()
            && self.trials.iter().all(|trial| known.contains_key(&trial.key()))
        {
            self.trials.extend(self.plan.pending(|key| known.get(key)));
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
    words.extend(super::words_of_base(arguments));
    words.extend(["--set".to_string(), format!("training.seed={seed}")]);
    words.extend(super::words_of_budget(arguments));
    words.extend(["--out".to_string(), format!("{}-again", folder.display())]);
    let words: Vec<String> = words.into_iter().map(shell_word).collect();
    Some(words.join(" "))
}
