//! `ninth ablate`: measures what each decision is worth, by training its options.
//!
//! | file | what it holds |
//! |---|---|
//! | `folder` | the folder of an ablation, and its results |
//! | `journals` | finished trials: all journals of the folder, and the own one |
//! | `claims` | who trains what, so that processes beside each other train nothing twice |
//! | `command` | the command line, to be given again |
//! | `schedule` | the loop: what is trained next, by whom, and where results go |
//! | `search` | searches: their plans, what is trained next, what is said about their points |
//! | `threads` | those who train: threads of this process |
//! | `ranks` | the same, or other processes that MPI started |
//! | `partial` | states of trials that are not over |
//! | `progress` | the progress bar |
//! | `tables` | the results as tables |

mod claims;
mod command;
mod folder;
mod journals;
mod partial;
mod progress;
mod ranks;
mod schedule;
mod search;
mod tables;
mod threads;

use std::io::Write;
use std::path::{Path, PathBuf};

use ninth_evaluation::ablation::export;
use ninth_evaluation::ablation::plan::{Base, Plan, Request, Trial};
use ninth_training::engine::ranks::Ranks;
use ninth_training::memory::LIMIT;

use crate::cli::arguments::{AblateArguments, ShardChoice};
use crate::cli::error::Error;
use crate::cli::output::terminal::{self, counted, grouped, say};
use crate::cli::signals::Signals;
use crate::engine;
use crate::mpi;
use claims::Claims;
use command::{command, command_in};
use folder::AblationFolder;
use journals::Journals;
use progress::AblationDisplay;
use ranks::TrialRanks;
use schedule::{Agenda, TrialSchedule, TrialWorkers};
use search::PlanAgenda;
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

    let reached = plan.reached(|key| folder.outcomes().get(key));
    let (count, mine) = match shard {
        None => (plan.trainings(), reached.len()),
        Some(shard) => {
            let share = shard.share(reached).len();
            (share, share)
        }
    };
    let mut agenda = PlanAgenda::new(&plan, shard, folder.outcomes());
    let missing = agenda.trials();
    if !arguments.quiet {
        let share = counted_share(count, mine - missing.len());
        let shard = shard.map_or_else(String::new, |shard| format!(", shard {shard}"));
        introduce(&plan, &(share + &shard), &path);
    }
    let mut display = AblationDisplay::new(missing, arguments.quiet);
    let mut workers: Box<dyn TrialWorkers> = match ranks {
        Joined::First(ranks) => ranks,
        Joined::Alone | Joined::Done => {
            Box::new(TrialThreads::new(plan.judging(), threads(arguments, &plan.trials())?))
        }
    };
    let ended = TrialSchedule {
        agenda: &mut agenda,
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
    let missing = plan.pending(|key| journals.known().get(key)).len();
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
        // Of a search, the trainings of rungs that are not reached are not known yet.
        let then = match plan.rungs().len() {
            0 | 1 => "The shard that ends last writes them",
            _ => {
                "When a rung is complete, run the shards again for the next; the last one writes them"
            }
        };
        say(format_args!(
            "{of_shard}{left}. There are no results yet: {missing} of {} are missing. {then}, \
             or:\n\n  {} --merge",
            counted_trainings(plan.reached(|key| journals.known().get(key)).len()),
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
        say(format_args!("Workers    {} beside this one", ranks.description()));
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
        search::say_best(arguments, &study, path);
    }
    Ok(())
}

/// Writes the results of what is known, if nothing is missing.
fn merge(arguments: &AblateArguments, plan: &Plan, path: &Path) -> Result<(), Error> {
    let journals = folder::read(path, plan)?;
    let all = plan.reached(|key| journals.known().get(key));
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
    if search::request(arguments).is_some() {
        let message = "--grid, --random and --sobol need decisions or keys to choose values of, \
                       as in activation=relu,silu";
        return Err(Error::Usage(message.to_string()));
    }
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
    search::introduce(plan);
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
