//! Trained models: the built-in one, and those in files.

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use ninth_kernels::InstructionSet;
use ninth_model::decoding::Predictor;
use ninth_model::weights::{LoadOptions, in_half_precision};
use ninth_training::Config;
use ninth_training::files::write_atomically;
use ninth_training::trained_model::{TrainedModel, weights_to_bytes};

use crate::error::Error;

/// The weights that ship with the crate.
static BUILT_IN: &[u8] = include_bytes!("../weights/default.safetensors");

/// A trained model with the config that it was trained with.
///
/// ```
/// # fn main() -> Result<(), ninth::Error> {
/// let model = ninth::Model::built_in()?;
/// let path = std::env::temp_dir().join("ninth-copy.safetensors");
/// model.save(&path)?;
/// let copy = ninth::Model::load(&path)?;
/// # std::fs::remove_file(&path).ok();
/// assert_eq!(copy.config(), model.config());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Model {
    pub(crate) name: String,
    trained: TrainedModel,
    /// Made when the first question is asked.
    predictor: OnceLock<Arc<Predictor>>,
}

impl Model {
    /// The model that ships with the crate.
    ///
    /// # Errors
    ///
    /// If it was damaged when the crate was built.
    pub fn built_in() -> Result<Self, Error> {
        Self::from_bytes("embedded", BUILT_IN)
    }

    /// [`built_in`](Self::built_in), read once.
    pub(crate) fn shared() -> Result<&'static Self, Error> {
        static SHARED: OnceLock<Model> = OnceLock::new();
        if let Some(model) = SHARED.get() {
            return Ok(model);
        }
        let model = Self::built_in()?;
        Ok(SHARED.get_or_init(|| model))
    }

    /// The model in a file (weights or a checkpoint), or the best one in the folder of a run.
    ///
    /// # Errors
    ///
    /// If there is none, or the file is damaged.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::load_with(path, LoadOptions::default())
    }

    /// [`load`](Self::load), as strict as the options say.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load); which files are refused is a matter of the options.
    pub fn load_with(path: impl AsRef<Path>, options: LoadOptions) -> Result<Self, Error> {
        let path = path.as_ref();
        let mut file = path.to_path_buf();
        if path.is_dir() {
            file.push("best.safetensors");
            if !file.exists() {
                return Err(Error::NoWeights(path.to_path_buf()));
            }
        }
        let bytes = fs::read(&file).map_err(|source| Error::Read { path: file.clone(), source })?;
        Self::from_bytes_with(file.display().to_string(), &bytes, options)
    }

    /// The model in the bytes of a file; `name` is for messages.
    ///
    /// # Errors
    ///
    /// If the bytes are no model, or damaged.
    pub fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Result<Self, Error> {
        Self::from_bytes_with(name, bytes, LoadOptions::default())
    }

    /// [`from_bytes`](Self::from_bytes), as strict as the options say.
    ///
    /// # Errors
    ///
    /// As [`from_bytes`](Self::from_bytes).
    pub fn from_bytes_with(
        name: impl Into<String>,
        bytes: &[u8],
        options: LoadOptions,
    ) -> Result<Self, Error> {
        let name = name.into();
        let trained = TrainedModel::from_bytes_with(bytes, options);
        let trained = trained.map_err(|source| Error::Weights { name: name.clone(), source })?;
        Ok(Self::new(name, trained))
    }

    pub(crate) fn new(name: String, trained: TrainedModel) -> Self {
        Model { name, trained, predictor: OnceLock::new() }
    }

    /// The model as a safetensors file, with its config.
    ///
    /// # Errors
    ///
    /// If the parameters are not those of the config's model.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let TrainedModel { stage, earlier, model, parameters } = &self.trained;
        Ok(weights_to_bytes(stage, earlier, model.layout(), parameters)?)
    }

    /// [`to_bytes`](Self::to_bytes) with all numbers in half precision, half as large. It is read
    /// where changed files are [accepted](LoadOptions::accept_changed).
    ///
    /// # Errors
    ///
    /// As [`to_bytes`](Self::to_bytes), and if a weight is beyond half precision.
    pub fn to_half_precision_bytes(&self) -> Result<Vec<u8>, Error> {
        Ok(in_half_precision(&self.to_bytes()?)?)
    }

    /// Writes [`to_bytes`](Self::to_bytes) to a file: the whole of it, or nothing.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        Ok(write_atomically(path.as_ref(), &self.to_bytes()?)?)
    }

    /// `embedded` for the built-in model, or the path of the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it was trained with.
    pub fn config(&self) -> &Config {
        &self.trained.stage.config
    }

    /// The architecture and the parameters.
    pub fn trained(&self) -> &TrainedModel {
        &self.trained
    }

    pub(crate) fn into_trained(self) -> TrainedModel {
        self.trained
    }

    /// The model prepared for single sequences. The first call takes as long as copying its
    /// parameters.
    pub fn predictor(&self) -> &Predictor {
        self.predictor.get_or_init(|| {
            let TrainedModel { model, parameters, .. } = &self.trained;
            let instruction_set = InstructionSet::detect();
            Arc::new(Predictor::new(instruction_set, model.clone(), parameters.clone()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_taken_only_where_that_is_asked_for() {
        let mut changed = BUILT_IN.to_vec();
        let last = changed.len() - 7;
        changed[last] ^= 1;
        let error = Model::from_bytes("mine", &changed).unwrap_err();
        assert!(matches!(&error, Error::Weights { source, .. } if source.is_change()), "{error}");
        let options = LoadOptions { accept_changed: true };
        let model = Model::from_bytes_with("mine", &changed, options).unwrap();
        assert_eq!(model.config(), Model::built_in().unwrap().config());
    }

    #[test]
    fn in_half_precision_the_model_says_the_same_to_three_digits() {
        let model = Model::built_in().unwrap();
        let bytes = model.to_half_precision_bytes().unwrap();
        let options = LoadOptions { accept_changed: true };
        let half = Model::from_bytes_with("half", &bytes, options).unwrap();
        assert!(bytes.len() < BUILT_IN.len() * 51 / 100);
        for terms in [&[1i64, 1, 2, 3, 5, 8, 13, 21][..], &[7, 3, 7, 3], &[200, 190, 181]] {
            let [one, two] = [&model, &half].map(|model| model.predictor().candidates(terms, 5));
            for (one, two) in one.unwrap().iter().zip(&two.unwrap()) {
                let difference = one.probability.unwrap() - two.probability.unwrap();
                assert!(one.term == two.term && difference.abs() < 2e-3, "{one:?}, {two:?}");
            }
        }
    }

    #[test]
    fn the_built_in_weights_are_a_file_as_this_program_writes_it() {
        assert!(Model::built_in().unwrap().to_bytes().unwrap() == BUILT_IN, "other bytes");
    }
}
