//! Training, with a callback.

use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use ninth::{
    EngineKind, EngineOptions, LogLines, RunFolder, TrainOptions, TrainReport, TrainingSession,
    named,
};
use pyo3::prelude::*;

use crate::config::PyConfig;
use crate::convert::{json, raised, threads};
use crate::model::PyModel;

/// Time between two looks at the signals of the interpreter.
const PAUSE: Duration = Duration::from_millis(50);

/// How a training ended: the model, whether it was interrupted, and the rest as JSON.
type Ended = (PyModel, String);

/// What ends a training from outside.
enum Stop {
    /// The callback asked for it.
    Asked,
    /// A signal, or the callback raised an error.
    Raised(PyErr),
}

/// Engine, device and threads.
#[derive(FromPyObject)]
pub struct EngineAsked(String, Option<String>, Option<i64>);

impl EngineAsked {
    fn options(self) -> PyResult<EngineOptions> {
        let EngineAsked(engine, device, given) = self;
        let kind = named("engine", &engine, &EngineKind::ALL, EngineKind::name).map_err(raised)?;
        Ok(EngineOptions::new(kind, device, threads(given)?))
    }
}

/// Trains a model. `callback` gets each event as JSON, and ends the training by `False`.
#[pyfunction]
pub fn train(
    py: Python<'_>,
    config: &PyConfig,
    out: Option<PathBuf>,
    from: Option<&PyModel>,
    engine: EngineAsked,
    callback: Py<PyAny>,
) -> PyResult<(Ended, Option<Py<PyAny>>)> {
    let (config, from) = (config.0.clone(), from.map(|model| (*model.0).clone()));
    let folder = out.map_or(RunFolder::None, RunFolder::New);
    let engine = engine.options()?;
    py.detach(move || {
        let options = TrainOptions { engine, folder, from, interrupt: None };
        run(TrainingSession::start(config, options).map_err(raised)?, &callback)
    })
}

/// Goes on with the training of a folder.
#[pyfunction]
pub fn resume(
    py: Python<'_>,
    folder: PathBuf,
    engine: EngineAsked,
    callback: Py<PyAny>,
) -> PyResult<(Ended, Option<Py<PyAny>>)> {
    let engine = engine.options()?;
    py.detach(move || run(TrainingSession::resume(&folder, &engine).map_err(raised)?, &callback))
}

/// Trains to the end, or until the callback or a signal ends it: then the error comes along, so
/// that the model so far is not lost.
fn run(session: TrainingSession, callback: &Py<PyAny>) -> PyResult<(Ended, Option<Py<PyAny>>)> {
    let stop: Rc<Cell<Option<Stop>>> = Rc::default();
    let looked = Cell::new(Instant::now());
    let seen = Rc::clone(&stop);
    let interrupt = move || {
        if let Some(reason) = seen.take() {
            seen.set(Some(reason));
            return true;
        }
        if looked.get().elapsed() < PAUSE {
            return false;
        }
        looked.set(Instant::now());
        match Python::attach(|py| py.check_signals()) {
            Ok(()) => false,
            Err(error) => {
                seen.set(Some(Stop::Raised(error)));
                true
            }
        }
    };
    let mut session = session.interrupted_by(Box::new(interrupt));
    let lines = LogLines::new(session.config()).map_err(raised)?;
    let observed = session.run(&mut |event| {
        let line = lines.line(&event).to_string();
        match Python::attach(|py| callback.call1(py, (line,))?.extract::<Option<bool>>(py)) {
            Ok(None | Some(true)) => {}
            Ok(Some(false)) => stop.set(Some(Stop::Asked)),
            Err(error) => stop.set(Some(Stop::Raised(error))),
        }
    });
    let raised_error = match stop.take() {
        Some(Stop::Raised(error)) => Some(error),
        Some(Stop::Asked) | None => None,
    };
    observed.map_err(raised)?;
    // What was learned is judged in the end, which takes a second.
    let report = session.finish().map_err(raised)?;
    let ended = ended(report)?;
    let error = Python::attach(|py| raised_error.map(|error| error.into_value(py).into_any()));
    Ok((ended, error))
}

fn ended(report: TrainReport) -> PyResult<Ended> {
    let facts = json(&report)?;
    Ok((PyModel::new(report.model), facts))
}
