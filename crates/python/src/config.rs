//! Configs, and what there is to decide.

use std::path::PathBuf;

use ninth::{Assignment, ConfigSummary, Preset, named, parse_assignment};
use pyo3::prelude::*;

use crate::convert::{json, raised};

/// A complete config, checked.
#[pyclass(frozen, module = "ninth._ninth", name = "Config")]
pub struct PyConfig(pub ninth::Config);

/// `KEY=VALUE` texts, as the command line takes them.
fn assignments(texts: &[String]) -> PyResult<Vec<Assignment>> {
    let one = |text: &String| {
        let assignment = parse_assignment(text).map_err(|error| raised(error.into()))?;
        // There is no option that it was written in.
        Ok(Assignment { place: "Config".to_string(), ..assignment })
    };
    texts.iter().map(one).collect()
}

#[pymethods]
impl PyConfig {
    #[new]
    fn new(preset: &str, texts: Vec<String>) -> PyResult<Self> {
        let preset = named("preset", preset, &Preset::ALL, Preset::name).map_err(raised)?;
        let config = ninth::Config::resolve(preset, &assignments(&texts)?);
        Ok(PyConfig(config.map_err(|error| raised(error.into()))?))
    }

    /// Reads a TOML file, on top of a preset.
    #[staticmethod]
    fn read(path: PathBuf, preset: &str) -> PyResult<Self> {
        let preset = named("preset", preset, &Preset::ALL, Preset::name).map_err(raised)?;
        let read = ninth::read_assignments(&path).map_err(raised)?;
        let config = ninth::Config::resolve(preset, &read);
        Ok(PyConfig(config.map_err(|error| raised(error.into()))?))
    }

    #[staticmethod]
    fn from_text(text: &str) -> PyResult<Self> {
        let config = ninth::Config::from_text("config", text);
        Ok(PyConfig(config.map_err(|error| raised(error.into()))?))
    }

    fn with_assignments(&self, texts: Vec<String>) -> PyResult<Self> {
        let config = self.0.clone().with(&assignments(&texts)?);
        Ok(PyConfig(config.map_err(|error| raised(error.into()))?))
    }

    fn to_text(&self, comments: bool) -> String {
        self.0.to_text(comments)
    }

    /// The value of each key, parameters, steps and the like, as JSON.
    fn summary(&self) -> PyResult<String> {
        json(&ConfigSummary::of(&self.0).map_err(raised)?)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// What there is to decide, as JSON.
#[pyfunction]
pub fn describe() -> PyResult<String> {
    json(&ninth::describe().map_err(raised)?)
}
