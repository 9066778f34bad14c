//! `ninth train`: trains a model, keeps it, and judges it.

use std::io::Write;
use std::path::Path;

use ninth_settings::{Assignment, Value};
use ninth_training::Preset;
use ninth_training::engine::ranked::follow;
use ninth_training::engine::ranks::Ranks;

use crate::cli::arguments::TrainArguments;
use crate::cli::commands::config::resolve;
use crate::cli::error::Error;
use crate::cli::output::progress::TrainingDisplay;
use crate::cli::output::terminal::{self, say, shell_word};
use crate::cli::output::training;
use crate::cli::signals::Signals;
use crate::engine::{EngineKind, EngineOptions, RankZero};
use crate::error::Error as LibraryError;
use crate::model::Model;
use crate::mpi;
use crate::train::{RunFolder, TrainOptions, TrainingSession};

/// Trains a model.
pub fn run(arguments: &TrainArguments) -> Result<(), Error> {
    let engine = arguments.engine.options()?;
    let signals =
        Signals::watch("ended by a second signal; --resume goes on at the last checkpoint");
    let Some(ranks) = join(arguments, &engine, &signals)? else { return Ok(()) };
    let engine = EngineOptions { ranks, ..engine };
    let session = match &arguments.resume {
        Some(path) => resume(path, arguments, &engine)?,
        None => start(arguments, engine)?,
    };
    let mut session = session.interrupted_by(signals.interrupt());
    if !arguments.quiet {
        training::introduce(&mut session);
    }
    let mut display = TrainingDisplay::new(session.config(), session.step(), arguments.quiet);
    let ending = session.run(&mut |event| display.event(event));
    display.end();
    // Every run of this command has a folder.
    let path = session.folder().unwrap_or(Path::new("")).to_path_buf();
    if let (None, Some(signal)) = (ending?, signals.arrived()) {
        return Err(Error::Interrupted { signal, step: session.step(), path });
    }
    if session.steps() == 0 && !arguments.quiet {
        say("Nothing left to do: this training is finished already. Its weights train on with:\n");
        say(format_args!("  {}", training::train_on(&path, session.config(), &[])));
    }
    let report = session.finish()?;
    let (mut out, style) = terminal::stdout();
    if !arguments.quiet {
        say("");
    }
    training::report(&mut out, style, &report)?;
    Ok(out.flush()?)
}

/// With --mpi joins the other processes: rank 0 has them, and a rank that follows it has done all
/// that it had to do: `None`.
fn join(
    arguments: &TrainArguments,
    engine: &EngineOptions,
    signals: &Signals,
) -> Result<Option<Option<RankZero>>, Error> {
    if !arguments.mpi {
        return Ok(Some(None));
    }
    if engine.kind != EngineKind::Cpu {
        let message = "--mpi trains on the processors of all ranks; leave --engine out".to_string();
        return Err(Error::Usage(message));
    }
    let signals = signals.clone();
    let world = mpi::join(Box::new(move || signals.arrived().is_some()))?;
    if world.rank() == 0 {
        return Ok(Some(Some(RankZero::new(Box::new(world)))));
    }
    follow(Box::new(world), engine.threads()).map_err(LibraryError::Engine)?;
    Ok(None)
}

/// A training that goes on, with the config that it has.
fn resume(
    path: &Path,
    arguments: &TrainArguments,
    engine: &EngineOptions,
) -> Result<TrainingSession, Error> {
    let changes = changes(arguments);
    if !changes.is_empty() {
        let config = Model::load(path).map(|model| model.config().clone()).unwrap_or_default();
        return Err(Error::Usage(format!(
            "--resume goes on with the config of the run and cannot be used with {}; its weights \
             train on with another config with:\n\n  {}",
            changes.join(" "),
            training::train_on(path, &config, &changes)
        )));
    }
    Ok(TrainingSession::resume(path, engine)?)
}

/// What of the arguments is a change to a config, as it is written on the command line.
fn changes(arguments: &TrainArguments) -> Vec<String> {
    let config = arguments.config.config.iter();
    let config = config.map(|path| format!("--config {}", shell_word(path.display())));
    let set = arguments.config.set.iter().map(|Assignment { key, value, .. }| {
        let value = match value {
            Value::Text(text) => text.clone(),
            value => value.to_string(),
        };
        format!("--set {}", shell_word(format_args!("{key}={value}")))
    });
    let seed = arguments.seed.iter().map(|seed| format!("--seed {seed}"));
    config.chain(set).chain(seed).collect()
}

/// A training from the start, in a new folder.
fn start(arguments: &TrainArguments, engine: EngineOptions) -> Result<TrainingSession, Error> {
    let seed = arguments.seed.map(|seed| Assignment {
        place: "--seed".to_string(),
        key: "training.seed".to_string(),
        // The parser of the option allows what a config does.
        value: Value::Integer(i64::try_from(seed).unwrap_or(i64::MAX)),
    });
    let from = arguments.from.as_ref();
    let from = from.map(|path| Model::load_with(path, arguments.changed.options())).transpose()?;
    let config = resolve(&arguments.config, from.as_ref().map(Model::config), seed.as_slice())?;
    let folder = match &arguments.out {
        Some(path) => RunFolder::New(path.clone()),
        None => RunFolder::Numbered(Path::new("runs").join(match &arguments.config.config {
            Some(_) => "custom",
            None if from.is_some() => "next",
            None => arguments.config.preset.unwrap_or(Preset::Design).name(),
        })),
    };
    let options = TrainOptions { engine, folder, from, interrupt: None };
    Ok(TrainingSession::start(config, options)?)
}
