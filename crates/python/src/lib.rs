//! The compiled half of the Python package `ninth`: the library face, for `python/ninth/`.
//!
//! Reports cross over as the JSON that the command line prints, tables of numbers as NumPy arrays.
//! Everything runs without the lock of the interpreter.

mod config;
mod convert;
mod model;
mod sample;
mod train;

use pyo3::prelude::*;

/// The compiled half of `ninth`.
#[pymodule]
mod _ninth {
    #[pymodule_export]
    use crate::config::{PyConfig, describe};
    #[pymodule_export]
    use crate::convert::integer;
    #[pymodule_export]
    use crate::model::{PyModel, limit};
    #[pymodule_export]
    use crate::sample::PySequenceSource;
    #[pymodule_export]
    use crate::train::{resume, train};

    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
