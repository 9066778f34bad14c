//! `ninth ablate`: measures what each decision is worth, by training its options.
//!
//! | file | what it holds |
//! |---|---|
//! | `folder` | the folder of an ablation, and its results |
//! | `journals` | finished trials: all journals of the folder, and the own one |
//! | `claims` | who trains what, so that processes beside each other train nothing twice |
//! | `schedule` | the loop: what is trained next, by whom, and where results go |
//! | `threads` | those who train: threads of this process |
//! | `ranks` | the same, or other processes that MPI started |
//! | `partial` | states of trials that are not over |
//! | `progress` | the progress bar |
//! | `tables` | the results as tables |

mod claims;
mod folder;
mod journals;
mod partial;
mod progress;
mod ranks;
mod schedule;
mod tables;
mod threads;

use std::io::Write;
use std::path::{Path, PathBuf};

use ninth_evaluation::ablation::export;
use ninth_evaluation::ablation::plan::{Base, Plan, Request, Trial};
use ninth_settings::Value;
use ninth_training::engine::ranks::Ranks;
use ninth_training::memory::LIMIT;

use crate::cli::arguments::{AblateArguments, ShardChoice};
use crate::cli::error::Error;
use crate::cli::output::terminal::{self, counted, grouped, say};
use crate::cli::signals::Signals;
use crate::engine;
use crate::mpi;
use claims::Claims;
use folder::AblationFolder;
use journals::Journals;
use progress::AblationDisplay;
use ranks::TrialRanks;
use schedule::{FixedAgenda, TrialSchedule, TrialWorkers};
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
    let plan = Plan::new(&base, &requests?)?;
    let path = arguments.out.clone().unwrap_or_else(|| default_folder(&plan));
    if arguments.merge {
        return merge(arguments, &plan, &path);
    }
    let shard = arguments.shard.map(ShardChoice::shard).transpose()?;
    let signals = Signals::watch("ended by a second signal; the same command goes on");
    let ranks = match arguments.mpi {
        true => join(arguments, &plan, &signals)?,
        false => Joined::Alone,
    };
    if let Joined::Done = ranks {
        return Ok(());
    }
    let mut folder = AblationFolder::open(&path, &plan, shard)?;

    let all = plan.trials();
    let (count, keys) = (all.len(), all.iter().map(Trial::key).collect::<Vec<_>>());
    let share = match shard {
        None => all,
        Some(shard) => shard.share(all),
    };
    let mine = share.len();
    let known = |trial: &Trial| folder.outcomes().contains_key(&trial.key());
    let missing: Vec<Trial> = share.into_iter().filter(|trial| !known(trial)).collect();
    if !arguments.quiet {
        let share = match shard {
            None => counted_share(count, mine - missing.len()),
            Some(shard) => {
                format!("{}, shard {shard}", counted_share(mine, mine - missing.len()))
            }
        };
        introduce(&plan, &share, &path);
    }
    let mut display = AblationDisplay::new(&missing, arguments.quiet);
    let mut workers: Box<dyn TrialWorkers> = match ranks {
        Joined::First(ranks) => ranks,
        Joined::Alone | Joined::Done => {
            Box::new(TrialThreads::new(plan.judging(), threads(arguments, &missing)?))
        }
    };
    let ended = TrialSchedule {
        agenda: &mut FixedAgenda::new(missing),
        workers: workers.as_mut(),
        folder: &mut folder,
        display: &mut display,
        signals: &signals,
        waits: shard.is_none(),
    }
    .run();
    display.end();
    drop(workers);
    let elsewhere = ended?;

    let journals = folder.close()?;
    let missing = keys.iter().filter(|key| !journals.known().contains_key(*key)).count();
    if missing == 0 {
        return show(arguments, &plan, &journals, &path);
    }
    // A plain run has trained or waited for all.
    if !arguments.quiet {
        let of_shard =
            shard.map_or("The run is done".to_string(), |shard| format!("Shard {shard} is done"));
        let left = match elsewhere {
            0 => String::new(),
            others => format!(", but for {} of other processes", counted_trainings(others)),
        };
        say(format_args!(
            "{of_shard}{left}. There are no results yet: {missing} of {} are missing. The shard \
             that ends last writes them, or:\n\n  {} --merge",
            counted_trainings(count),
            command_in(arguments)
        ));
    }
    Ok(())
}

/// Who trains, with --mpi.
enum Joined {
    /// This process alone.
    Alone,
    /// The other ranks, for rank 0.
    First(Box<TrialRanks>),
    /// This was another rank, and has done all that it had to do.
    Done,
}

/// Joins the processes that MPI started.
fn join(arguments: &AblateArguments, plan: &Plan, signals: &Signals) -> Result<Joined, Error> {
    let of_thread = signals.clone();
    let world = mpi::join(Box::new(move || of_thread.arrived().is_some()))?;
    if world.rank() > 0 {
        let threads = threads(arguments, &plan.trials())?;
        ranks::work(world, plan.judging(), threads, signals)?;
        return Ok(Joined::Done);
    }
    if world.size() == 1 {
        return Ok(Joined::Alone);
    }
    let ranks = TrialRanks::new(world)?;
    if !arguments.quiet {
        say(format_args!("Trained    by {}", ranks.description()));
    }
    Ok(Joined::First(Box::new(ranks)))
}

/// The trainings at a time, as many as memory allows.
fn threads(arguments: &AblateArguments, trials: &[Trial]) -> Result<usize, Error> {
    Ok(arguments.threads.unwrap_or_else(engine::cores).min(at_a_time(trials)?))
}

/// Writes and prints the results of trials that are all known.
fn show(
    arguments: &AblateArguments,
    plan: &Plan,
    journals: &Journals,
    path: &Path,
) -> Result<(), Error> {
    let mut study = plan.study(command(arguments), |key| journals.known().get(key));
    if arguments.no_times {
        study.leave_out_times();
    }
    folder::write_results(path, &study)?;
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
    }
    Ok(())
}

/// Writes the results of what is known, if nothing is missing.
fn merge(arguments: &AblateArguments, plan: &Plan, path: &Path) -> Result<(), Error> {
    let journals = folder::read(path, plan)?;
    let all = plan.trials();
    let known = |trial: &&Trial| journals.known().contains_key(&trial.key());
    let missing: Vec<&Trial> = all.iter().filter(|trial| !known(trial)).collect();
    if missing.is_empty() {
        return show(arguments, plan, &journals, path);
    }
    let claims = Claims::new(path);
    let name = |trial: &&Trial| format!("{} with seed {}", trial.label, trial.config.training.seed);
    Err(Error::MissingTrials {
        missing: missing.iter().map(name).collect(),
        all: all.len(),
        at_work: missing.iter().filter(|trial| claims.is_claimed(trial)).count(),
        command: command_in(arguments),
    })
}

/// Lists the decisions and their options.
fn list(arguments: &AblateArguments, base: &Base) -> Result<(), Error> {
    let needless = [
        ("--shard", arguments.shard.is_some()),
        ("--merge", arguments.merge),
        ("--mpi", arguments.mpi),
        ("--no-times", arguments.no_times),
        ("--json", arguments.json),
    ];
    if let Some((option, _)) = needless.iter().find(|(_, given)| *given) {
        let message = format!("{option} needs a decision to measure; `ninth ablate` lists them");
        return Err(Error::Usage(message));
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

/// `8, of which 2 made before`
fn counted_share(trainings: usize, made: usize) -> String {
    let made = match made {
        0 => String::new(),
        made => format!(", of which {} made before", grouped(made as u64)),
    };
    format!("{}{made}", grouped(trainings as u64))
}

fn counted_trainings(count: usize) -> String {
    counted(count as u64, "training")
}

/// Prints the plan.
fn introduce(plan: &Plan, trainings: &str, path: &Path) {
    let seeds = counted(plan.seeds().len() as u64, "seed");
    let steps = counted(plan.steps(), "step");
    say(format_args!("Base       {}, {steps}, {seeds}", plan.preset().name()));
    say(format_args!("Trainings  {trainings}"));
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

/// The command line that goes on in the same folder.
fn command_in(arguments: &AblateArguments) -> String {
    let folder = arguments.out.as_ref().map(|path| path.display().to_string());
    let out = folder.map(|folder| format!(" --out {}", terminal::shell_word(folder)));
    command(arguments) + &out.unwrap_or_default()
}

/// The command line that reproduces the results.
fn command(arguments: &AblateArguments) -> String {
    let mut words = vec!["ninth".to_string(), "ablate".to_string()];
    words.extend(arguments.decisions.iter().cloned());
    words.extend(["--base".to_string(), arguments.base.name().to_string()]);
    for assignment in &arguments.set {
        let value = match &assignment.value {
            Value::Text(text) => text.clone(),
            value => value.to_string(),
        };
        words.extend(["--set".to_string(), format!("{}={value}", assignment.key)]);
    }
    if let Some(steps) = arguments.steps {
        words.extend(["--steps".to_string(), steps.to_string()]);
    }
    words.extend(["--seeds".to_string(), arguments.seeds.to_string()]);
    if arguments.no_times {
        words.push("--no-times".to_string());
    }
    let words: Vec<String> = words.into_iter().map(terminal::shell_word).collect();
    words.join(" ")
}
