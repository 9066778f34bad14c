//! Finding and loading a trained model.

use std::fs;
use std::path::Path;

use ninth_kernels::InstructionSet;
use ninth_model::decoding::Predictor;
use ninth_training::Config;
use ninth_training::trained_model::TrainedModel;

use crate::error::Error;

/// The weights that ship with the program.
static EMBEDDED: &[u8] = include_bytes!("../weights/default.safetensors");

/// A trained model.
pub struct Trained {
    /// `embedded`, or the path of the weights.
    pub name: String,
    /// The model, and what it was trained with.
    pub inner: TrainedModel,
}

impl Trained {
    /// The model in a file (best weights or a checkpoint), or in the folder of a
    /// run; without a path, the built-in one.
    pub fn load(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else {
            return Self::from_bytes("embedded".to_string(), EMBEDDED);
        };
        let mut file = path.to_path_buf();
        if path.is_dir() {
            file.push("best.safetensors");
            if !file.exists() {
                return Err(Error::NoWeights(path.to_path_buf()));
            }
        }
        let bytes = fs::read(&file).map_err(|source| Error::Read { path: file.clone(), source })?;
        Self::from_bytes(file.display().to_string(), &bytes)
    }

    fn from_bytes(name: String, bytes: &[u8]) -> Result<Self, Error> {
        let inner = TrainedModel::from_bytes(bytes);
        let inner = inner.map_err(|source| Error::Weights { name: name.clone(), source })?;
        Ok(Trained { name, inner })
    }

    /// What it was trained with.
    pub fn config(&self) -> &Config {
        &self.inner.stage.config
    }

    /// The model, ready to be asked.
    pub fn predictor(self) -> Predictor {
        Predictor::new(InstructionSet::detect(), self.inner.model, self.inner.parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninth_training::trained_model::weights_to_bytes;

    #[test]
    fn the_built_in_weights_are_a_file_as_this_program_writes_it() {
        let TrainedModel { stage, earlier, model, parameters } =
            TrainedModel::from_bytes(EMBEDDED).unwrap();
        let written = weights_to_bytes(&stage, &earlier, model.layout(), &parameters).unwrap();
        assert!(written == EMBEDDED, "other bytes");
    }
}
