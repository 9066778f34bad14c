//! What crosses over: integers, names, errors.

use ninth::{BigInt, Error, named};
use pyo3::exceptions::{PyOSError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDict, PyFrozenSet, PySet, PyString};

/// `OSError` where the system refused something, `ValueError` for everything else.
pub fn raised(error: Error) -> PyErr {
    match &error {
        Error::Read { .. } => PyOSError::new_err(error.to_string()),
        _ => PyValueError::new_err(error.to_string()),
    }
}

/// The terms of a sequence: integers in anything that has a length, or a text.
pub fn terms(given: &Bound<'_, PyAny>) -> PyResult<Vec<BigInt>> {
    if let Ok(text) = given.cast::<PyString>() {
        let parsed = ninth::reading::terms::parse(&text.to_cow()?);
        return parsed.map_err(|error| PyValueError::new_err(error.to_string()));
    }
    let unordered = given.is_instance_of::<PyDict>()
        || given.is_instance_of::<PySet>()
        || given.is_instance_of::<PyFrozenSet>();
    let bytes = given.is_instance_of::<PyBytes>() || given.is_instance_of::<PyByteArray>();
    if unordered || bytes || given.len().is_err() {
        let found = described(given);
        return Err(PyTypeError::new_err(format!(
            "terms is {found}; allowed are a list, a tuple, an array or a text of integers"
        )));
    }
    let mut terms = Vec::new();
    for (index, item) in given.try_iter()?.enumerate() {
        let item = item?;
        let number = (!item.is_instance_of::<PyBool>()).then(|| item.extract::<BigInt>());
        terms.push(number.and_then(Result::ok).ok_or_else(|| {
            let (place, found) = (index + 1, described(&item));
            PyTypeError::new_err(format!("term {place} is {found}, not an integer"))
        })?);
    }
    Ok(terms)
}

/// A value and its type, for a message.
fn described(value: &Bound<'_, PyAny>) -> String {
    const LONGEST: usize = 40;
    let kind =
        value.get_type().name().map_or_else(|_| "object".to_string(), |name| name.to_string());
    if value.is_none() {
        return "None".to_string();
    }
    let Ok(text) = value.repr() else { return format!("of the type {kind}") };
    let text = text.to_string_lossy().into_owned();
    if text.chars().count() > LONGEST || text.contains('\n') {
        return format!("of the type {kind}");
    }
    format!("{text} of the type {kind}")
}

/// The one of `all` that has this name.
pub fn choice<T: Copy>(
    what: &'static str,
    name: &Option<String>,
    all: &[T],
    name_of: impl Fn(T) -> &'static str,
) -> PyResult<Option<T>> {
    name.as_deref().map(|name| named(what, name, all, name_of).map_err(raised)).transpose()
}

/// A count or the like, which cannot be negative or beyond what is allowed.
pub fn within(what: &str, value: i64, least: i64, most: i64) -> PyResult<usize> {
    let allowed = (least..=most).contains(&value).then_some(value);
    allowed.and_then(|value| usize::try_from(value).ok()).ok_or_else(|| {
        PyValueError::new_err(format!("{what} is {value}; allowed are {least} to {most}"))
    })
}

/// Threads, as the command line allows them; `None`: one per core.
pub fn threads(given: Option<i64>) -> PyResult<Option<usize>> {
    given.map(|threads| within("threads", threads, 1, 1024)).transpose()
}

/// A report as JSON.
pub fn json(report: &impl serde::Serialize) -> PyResult<String> {
    serde_json::to_string(report).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// An integer of any number of digits, which `int(text)` of newer interpreters refuses.
#[pyfunction]
pub fn integer(text: &str) -> PyResult<BigInt> {
    text.parse().map_err(|_| PyValueError::new_err(format!("{text:?} is not an integer")))
}
