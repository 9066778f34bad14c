//! `ninth train`: trains a model, keeps it, and judges it.

use std::io::Write;
use std::path::Path;

use ninth_settings::{Assignment, Value};
use ninth_training::Preset;

use crate::cli::arguments::TrainArguments;
use crate::cli::commands::config::resolve;
use crate::cli::error::Error;
use crate::cli::output::progress::TrainingDisplay;
use crate::cli::output::terminal::{self, say};
use crate::cli::output::training;
use crate::cli::signals;
use crate::model::Model;
use crate::train::{RunFolder, TrainOptions, TrainingSession};

/// Trains a model.
pub fn run(arguments: &TrainArguments) -> Result<(), Error> {
    let session = match &arguments.resume {
        Some(path) => TrainingSession::resume(path, &arguments.engine.options()?)?,
        None => start(arguments)?,
    };
    let mut session = session.interrupted_by(signals::watch());
    if !arguments.quiet {
        training::introduce(&mut session);
    }
    let mut display = TrainingDisplay::new(session.config(), session.step(), arguments.quiet);
    let ending = session.run(&mut |event| display.event(event));
    display.end();
    if ending?.is_none() {
        // Every run of this command has a folder.
        let path = session.folder().unwrap_or(Path::new("")).to_path_buf();
        return Err(Error::Interrupted { step: session.step(), path });
    }
    if session.steps() == 0 && !arguments.quiet {
        say("Nothing left to do: this training is finished already.");
    }
    let report = session.finish()?;
    let (mut out, style) = terminal::stdout();
    if !arguments.quiet {
        say("");
    }
    training::report(&mut out, style, &report)?;
    Ok(out.flush()?)
}

/// A training from the start, in a new folder.
fn start(arguments: &TrainArguments) -> Result<TrainingSession, Error> {
    let seed = arguments.seed.map(|seed| Assignment {
        place: "--seed".to_string(),
        key: "training.seed".to_string(),
        // The parser of the option allows what a config does.
        value: Value::Integer(i64::try_from(seed).unwrap_or(i64::MAX)),
    });
    let from = arguments.from.as_ref().map(Model::load).transpose()?;
    let config = resolve(&arguments.config, from.as_ref().map(Model::config), seed.as_slice())?;
    let folder = match &arguments.out {
        Some(path) => RunFolder::New(path.clone()),
        None => RunFolder::Numbered(Path::new("runs").join(match &arguments.config.config {
            Some(_) => "custom",
            None if from.is_some() => "next",
            None => arguments.config.preset.unwrap_or(Preset::Design).name(),
        })),
    };
    let engine = arguments.engine.options()?;
    let options = TrainOptions { engine, folder, from, interrupt: None };
    Ok(TrainingSession::start(config, options)?)
}
