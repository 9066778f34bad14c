//! `ninth ablate`: measures what each decision is worth, by training its options.
//!
//! | file | what it holds |
//! |---|---|
//! | `folder` | the folder of an ablation: its journal and its results |
//! | `schedule` | the loop: what is trained next, by whom, and where results go |
//! | `search` | searches: their plans, what is trained next, what is said about their points |
//! | `threads` | those who train: threads of this process |
//! | `partial` | states of trials that are not over |
//! | `progress` | the progress bar |
//! | `tables` | the results as tables |

mod folder;
mod partial;
mod progress;
mod schedule;
mod search;
mod tables;
mod threads;

use std::io::Write;
use std::path::{Path, PathBuf};

use ninth_evaluation::ablation::export;
use ninth_evaluation::ablation::plan::{Base, Plan, Request, Trial};
use ninth_settings::Value;
use ninth_training::memory::LIMIT;

use crate::cli::arguments::AblateArguments;
use crate::cli::error::Error;
use crate::cli::output::terminal::{self, counted, grouped, say};
use crate::cli::signals::Signals;
use crate::engine;
use folder::AblationFolder;
use progress::AblationDisplay;
use schedule::{Agenda, Schedule};
use search::RungAgenda;
use threads::TrialThreads;

/// Measures decisions, or lists them.
pub fn run(arguments: &AblateArguments) -> Result<(), Error> {
    let base = Base {
        preset: arguments.base,
        assignments: arguments.set.clone(),
        steps: arguments.steps,
        seeds: arguments.seeds,
    };
    if arguments.decisions.is_empty() {
        return list(arguments, &base);
    }
    let requests: Result<Vec<Request>, _> =
        arguments.decisions.iter().map(|text| Request::parse(text)).collect();
    let searched = search::request(arguments);
    let plan = search::plan(&base, &requests?, searched)?;
    let path = arguments.out.clone().unwrap_or_else(|| default_folder(&plan));
    let mut folder = AblationFolder::open(&path, &plan)?;

    let mut agenda = RungAgenda::new(&plan, folder.outcomes());
    let missing = agenda.trials();
    if !arguments.quiet {
        let reached = plan.reached(|key| folder.outcome(key)).len();
        introduce(&plan, reached - missing.len(), &path);
    }
    let mut display = AblationDisplay::new(missing, arguments.quiet);
    let threads = arguments.threads.unwrap_or_else(engine::cores).min(at_a_time(missing)?);
    let ended = Schedule {
        agenda: &mut agenda,
        workers: &mut TrialThreads::new(plan.judging(), threads),
        folder: &mut folder,
        display: &mut display,
        signals: &Signals::watch("ended by a second signal; the same command goes on"),
    }
    .run();
    display.end();
    ended?;

    let study = plan.study(command(arguments), |key| folder.outcome(key));
    folder.write_results(&study)?;
    let (mut out, style) = terminal::stdout();
    if arguments.json {
        terminal::write_json(&mut out, &export::json(&study))?;
    } else {
        tables::study(&mut out, style, &study)?;
    }
    out.flush()?;
    if !arguments.quiet {
        let files = folder::RESULTS.join(", ");
        say(format_args!("\nWritten to {}: {files}", path.display()));
        search::say_best(arguments, &study, &path);
    }
    Ok(())
}

/// Lists the decisions and their options.
fn list(arguments: &AblateArguments, base: &Base) -> Result<(), Error> {
    if search::request(arguments).is_some() {
        let message = "--grid, --random and --sobol need decisions or keys to choose values of, \
                       as in activation=relu,silu";
        return Err(Error::Usage(message.to_string()));
    }
    if arguments.json {
        let message = "--json needs a decision to measure; `ninth ablate` lists them";
        return Err(Error::Usage(message.to_string()));
    }
    let all = Request { name: "all".to_string(), options: Vec::new() };
    let plan = Plan::new(base, &[all])?;
    let study = plan.study(String::new(), |_| None);
    let (mut out, style) = terminal::stdout();
    tables::list(&mut out, style, &study)?;
    Ok(out.flush()?)
}

/// `ablations/design-100000x3`
fn default_folder(plan: &Plan) -> PathBuf {
    let (base, steps, seeds) = (plan.preset().name(), plan.steps(), plan.seeds().len());
    Path::new("ablations").join(format!("{base}-{steps}x{seeds}"))
}

/// Prints the plan.
fn introduce(plan: &Plan, made: usize, path: &Path) {
    let seeds = counted(plan.seeds().len() as u64, "seed");
    let steps = counted(plan.steps(), "step");
    say(format_args!("Base       {}, {steps}, {seeds}", plan.preset().name()));
    let made = match made {
        0 => String::new(),
        made => format!(", of which {} made before", grouped(made as u64)),
    };
    search::introduce(plan);
    say(format_args!("Trainings  {}{made}", grouped(plan.trainings() as u64)));
    say(format_args!("Folder     {}", path.display()));
    for note in plan.config().notes() {
        say(format_args!("Note       {note}"));
    }
    say("");
}

/// The number of trainings that fit into memory together.
fn at_a_time(trials: &[Trial]) -> Result<usize, Error> {
    let mut largest = 1;
    for trial in trials {
        largest = largest.max(trial.memory()?);
    }
    // No single trial takes more than the limit.
    Ok(usize::try_from(LIMIT / largest).unwrap_or(usize::MAX).max(1))
}

/// The command line that reproduces the results.
fn command(arguments: &AblateArguments) -> String {
    let mut words = vec!["ninth".to_string(), "ablate".to_string()];
    words.extend(arguments.decisions.iter().cloned());
    words.extend(search::request(arguments).into_iter().flat_map(search::words));
    words.extend(words_of_base(arguments));
    words.extend(words_of_budget(arguments));
    let words: Vec<String> = words.into_iter().map(terminal::shell_word).collect();
    words.join(" ")
}

/// The options that say what the base is.
fn words_of_base(arguments: &AblateArguments) -> Vec<String> {
    let mut words = vec!["--base".to_string(), arguments.base.name().to_string()];
    for assignment in &arguments.set {
        let value = match &assignment.value {
            Value::Text(text) => text.clone(),
            value => value.to_string(),
        };
        words.extend(["--set".to_string(), format!("{}={value}", assignment.key)]);
    }
    words
}

/// The options that say how much is trained.
fn words_of_budget(arguments: &AblateArguments) -> Vec<String> {
    let steps = arguments.steps.map(|steps| ["--steps".to_string(), steps.to_string()]);
    let mut words: Vec<String> = steps.into_iter().flatten().collect();
    words.extend(["--seeds".to_string(), arguments.seeds.to_string()]);
    words
}
