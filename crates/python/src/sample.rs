//! Sequences of the training data as arrays.

use ninth::{Family, Phase, SampleOptions, SampledTable};
use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::config::PyConfig;
use crate::convert::{choice, raised, within};

/// Draws sequences, each by its index.
#[pyclass(frozen, module = "ninth._ninth", name = "SequenceSource")]
pub struct PySequenceSource(ninth::SequenceSource);

/// Terms, lengths and families.
type Arrays<'py> = (Bound<'py, PyArray2<i64>>, Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<u8>>);

#[pymethods]
impl PySequenceSource {
    #[new]
    fn new(
        config: &PyConfig,
        phase: Option<String>,
        family: Option<String>,
        epoch: Option<f64>,
        seed: u64,
    ) -> PyResult<Self> {
        if let Some(epoch) = epoch.filter(|epoch| !epoch.is_finite() || *epoch < 0.0) {
            let message = format!("epoch is {epoch}; allowed are numbers from 0 on");
            return Err(PyValueError::new_err(message));
        }
        let options = SampleOptions {
            family: choice("family", &family, &Family::ALL, Family::name)?,
            phase: choice("phase", &phase, &Phase::ALL, Phase::name)?,
            epoch,
            seed,
            config: config.0.clone(),
        };
        Ok(PySequenceSource(ninth::SequenceSource::new(&options).map_err(raised)?))
    }

    /// The names of all families; an array of families has places in it.
    #[staticmethod]
    fn families() -> Vec<&'static str> {
        Family::ALL.iter().map(|family| family.name()).collect()
    }

    /// The names of all phases; the first one has the number 1.
    #[staticmethod]
    fn phases() -> Vec<&'static str> {
        Phase::ALL.iter().map(|phase| phase.name()).collect()
    }

    fn with_seed(&self, seed: u64) -> Self {
        PySequenceSource(self.0.with_seed(seed))
    }

    /// The relation that gives a sequence.
    fn formula(&self, index: u64) -> String {
        self.0.sequence(index).formula
    }

    fn table<'py>(
        &self,
        py: Python<'py>,
        first: u64,
        count: i64,
        threads: Option<i64>,
    ) -> PyResult<Arrays<'py>> {
        let (count, threads) =
            (within("n", count, 0, i64::MAX)?, crate::convert::threads(threads)?);
        let table = py.detach(|| self.0.table(first, count, threads)).map_err(raised)?;
        let SampledTable { terms, width, lengths, families } = table;
        let terms = PyArray1::from_vec(py, terms).reshape([lengths.len(), width])?;
        Ok((terms, PyArray1::from_vec(py, lengths), PyArray1::from_vec(py, families)))
    }
}
