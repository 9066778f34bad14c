//! Models: answers, tables of predictions, evaluations, files.

use std::path::PathBuf;
use std::sync::Arc;

use ninth::{
    DecodingKind, EvaluateOptions, ExplainOptions, Generation, LoadOptions, Method, ModelTensor,
    PredictOptions, SequenceTable,
};
use numpy::{
    IntoPyArray, PyArray1, PyArray3, PyArrayDyn, PyArrayMethods, PyReadonlyArray1,
    PyReadonlyArray2, PyReadonlyArrayDyn, PyUntypedArrayMethods,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::config::PyConfig;
use crate::convert::{self, choice, json, raised, within};

/// The most terms or candidates of an answer, as on the command line.
const MOST: i64 = 1_000_000;

/// A trained model.
#[pyclass(frozen, module = "ninth._ninth", name = "Model")]
pub struct PyModel(pub Arc<ninth::Model>);

impl PyModel {
    pub fn new(model: ninth::Model) -> Self {
        PyModel(Arc::new(model))
    }
}

/// How to predict, as the command line's options.
#[derive(FromPyObject)]
struct Asked(
    i64,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<f64>,
    Option<i64>,
    Option<u64>,
);

impl Asked {
    fn options(&self) -> PyResult<PredictOptions> {
        let Asked(count, top, method, decoding, generation, beam_width, temperature, top_k, seed) =
            self;
        let few = |what: &str, value: &Option<i64>| {
            value.map(|value| within(what, value, 1, MOST)).transpose()
        };
        if let Some(found) = temperature.filter(|found| !found.is_finite() || *found < 0.0) {
            let message = format!("temperature is {found}; allowed are numbers from 0 on");
            return Err(PyValueError::new_err(message));
        }
        let decoding = choice("decoding", decoding, DecodingKind::ALL, DecodingKind::name)?;
        Ok(PredictOptions {
            count: within("count", *count, 1, MOST)?,
            top: within("top", *top, 1, MOST)?,
            method: choice("method", method, Method::ALL, Method::name)?,
            decoding,
            generation: choice("generation", generation, Generation::ALL, Generation::name)?,
            beam_width: few("beam_width", beam_width)?,
            temperature: *temperature,
            top_k: few("top_k", top_k)?,
            seed: *seed,
        })
    }
}

/// A table in arrays, copied where they are not contiguous.
struct Table {
    terms: Vec<i64>,
    width: usize,
    lengths: Option<Vec<i64>>,
}

impl Table {
    fn new(terms: &PyReadonlyArray2<'_, i64>, lengths: Option<PyReadonlyArray1<'_, i64>>) -> Self {
        let all = |lengths: PyReadonlyArray1<'_, i64>| lengths.as_array().iter().copied().collect();
        Table {
            terms: terms.as_array().iter().copied().collect(),
            width: terms.shape()[1],
            lengths: lengths.map(all),
        }
    }

    fn of(&self) -> SequenceTable<'_> {
        let Table { terms, width, lengths } = self;
        SequenceTable { terms, width: *width, lengths: lengths.as_deref() }
    }
}

/// A name and an array for each tensor.
type Tensors<'py> = Vec<(String, Bound<'py, PyArrayDyn<f32>>)>;

fn arrays(py: Python<'_>, tensors: Vec<ModelTensor>) -> PyResult<Tensors<'_>> {
    let array = |ModelTensor { name, shape, values }: ModelTensor| {
        Ok((name, PyArray1::from_vec(py, values).reshape(shape)?))
    };
    tensors.into_iter().map(array).collect()
}

#[pymethods]
impl PyModel {
    #[staticmethod]
    fn built_in() -> PyResult<Self> {
        Ok(PyModel::new(ninth::Model::built_in().map_err(raised)?))
    }

    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf, accept_changed: bool) -> PyResult<Self> {
        let options = LoadOptions { accept_changed };
        let model = py.detach(|| ninth::Model::load_with(path, options));
        Ok(PyModel::new(model.map_err(raised)?))
    }

    #[staticmethod]
    fn from_bytes(bytes: &[u8]) -> PyResult<Self> {
        Ok(PyModel::new(ninth::Model::from_bytes("bytes", bytes).map_err(raised)?))
    }

    #[staticmethod]
    fn from_tensors(
        config: &PyConfig,
        tensors: Vec<(String, PyReadonlyArrayDyn<'_, f32>)>,
    ) -> PyResult<Self> {
        let tensor = |(name, array): (String, PyReadonlyArrayDyn<'_, f32>)| ModelTensor {
            name,
            shape: array.shape().to_vec(),
            values: array.as_array().iter().copied().collect(),
        };
        let tensors: Vec<_> = tensors.into_iter().map(tensor).collect();
        let model = ninth::Model::from_tensors(config.0.clone(), &tensors);
        Ok(PyModel::new(model.map_err(raised)?))
    }

    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    #[getter]
    fn config(&self) -> PyConfig {
        PyConfig(self.0.config().clone())
    }

    fn to_bytes(&self) -> PyResult<Vec<u8>> {
        self.0.to_bytes().map_err(raised)
    }

    fn to_onnx_bytes(&self, py: Python<'_>) -> PyResult<Vec<u8>> {
        py.detach(|| self.0.to_onnx_bytes()).map_err(raised)
    }

    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| self.0.save(path)).map_err(raised)
    }

    fn tensors<'py>(&self, py: Python<'py>) -> PyResult<Tensors<'py>> {
        arrays(py, self.0.tensors())
    }

    /// As JSON.
    fn predict(&self, py: Python<'_>, terms: &Bound<'_, PyAny>, asked: Asked) -> PyResult<String> {
        let (terms, options) = (convert::terms(terms)?, asked.options()?);
        json(&py.detach(|| self.0.predict(&terms, &options)).map_err(raised)?)
    }

    /// As JSON.
    fn explain(
        &self,
        py: Python<'_>,
        terms: &Bound<'_, PyAny>,
        count: i64,
        top: i64,
    ) -> PyResult<String> {
        let terms = convert::terms(terms)?;
        let (count, top) = (within("count", count, 1, MOST)?, within("top", top, 1, MOST)?);
        let options = ExplainOptions { count, top };
        json(&py.detach(|| self.0.explain(&terms, &options)).map_err(raised)?)
    }

    /// As JSON.
    fn evaluate(
        &self,
        py: Python<'_>,
        sequences: i64,
        seed: Option<u64>,
        never_trained: bool,
    ) -> PyResult<String> {
        let sequences = within("n", sequences, 1, 1_000_000_000)?;
        let options = EvaluateOptions { sequences, seed, never_trained };
        json(&py.detach(|| self.0.evaluate(&options)).map_err(raised)?)
    }

    /// As JSON.
    fn attention(&self, py: Python<'_>, terms: &Bound<'_, PyAny>) -> PyResult<String> {
        let terms = convert::terms(terms)?;
        json(&py.detach(|| self.0.attention(&terms)).map_err(raised)?)
    }

    fn predict_batch<'py>(
        &self,
        py: Python<'py>,
        terms: PyReadonlyArray2<'py, i64>,
        lengths: Option<PyReadonlyArray1<'py, i64>>,
        threads: Option<i64>,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let (table, threads) = (Table::new(&terms, lengths), convert::threads(threads)?);
        let next = py.detach(|| self.0.predict_table(table.of(), threads)).map_err(raised)?;
        Ok(next.into_pyarray(py))
    }

    fn logits<'py>(
        &self,
        py: Python<'py>,
        terms: PyReadonlyArray2<'py, i64>,
        lengths: Option<PyReadonlyArray1<'py, i64>>,
        threads: Option<i64>,
    ) -> PyResult<Bound<'py, PyArray3<f32>>> {
        let [rows, width] = [terms.shape()[0], terms.shape()[1]];
        let (table, threads) = (Table::new(&terms, lengths), convert::threads(threads)?);
        let logits = py.detach(|| self.0.logits(table.of(), threads)).map_err(raised)?;
        let outputs = logits.len().checked_div(rows * width).unwrap_or(0);
        PyArray1::from_vec(py, logits).reshape([rows, width, outputs])
    }

    fn loss_and_gradients<'py>(
        &self,
        py: Python<'py>,
        terms: PyReadonlyArray2<'py, i64>,
        lengths: Option<PyReadonlyArray1<'py, i64>>,
    ) -> PyResult<(f64, Tensors<'py>)> {
        let table = Table::new(&terms, lengths);
        let found = py.detach(|| self.0.loss_and_gradients(table.of())).map_err(raised)?;
        Ok((found.0, arrays(py, found.1)?))
    }
}

/// As JSON.
#[pyfunction]
pub fn limit(py: Python<'_>, config: &PyConfig) -> PyResult<String> {
    json(&py.detach(|| ninth::limit(&config.0)).map_err(raised)?)
}
