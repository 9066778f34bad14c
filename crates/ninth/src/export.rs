//! A model in the format of other programs.

use ninth_kernels::as_floats;
use ninth_training::trained_model::TrainedModel;

use crate::error::Error;
use crate::model::Model;

impl Model {
    /// The model as an ONNX file, for onnxruntime and others: the transformer alone, without the
    /// rules.
    ///
    /// The input `terms` is int64 of the shape (batch, length), integers of the model's range,
    /// at most as many as its context. The output is `logits`, float32 of (batch, length,
    /// classes), or `share` of (batch, length) for a regression. Range, context and config are in
    /// the metadata of the file, a description in its texts.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let model = ninth::Model::built_in()?;
    /// let path = std::env::temp_dir().join("ninth-model.onnx");
    /// std::fs::write(&path, model.to_onnx_bytes()?)?;
    /// # std::fs::remove_file(&path).ok();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the file would be larger than an ONNX file can be, 2 GiB.
    pub fn to_onnx_bytes(&self) -> Result<Vec<u8>, Error> {
        let TrainedModel { stage, model, parameters, .. } = self.trained();
        let config = stage.config.to_text(false);
        ninth_onnx::to_bytes(model, as_floats(parameters), &config)
            .map_err(|source| Error::Onnx { name: self.name().to_string(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_the_numbers_and_the_config_of_the_model() {
        let model = Model::built_in().unwrap();
        let bytes = model.to_onnx_bytes().unwrap();
        assert_eq!(bytes, model.to_onnx_bytes().unwrap(), "another file each time");
        let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        assert!(has(model.config().to_text(false).as_bytes()));
        let TrainedModel { model, parameters, .. } = model.trained();
        let bias = model.head.bias.of(as_floats(parameters));
        let bias: Vec<u8> = bias.iter().flat_map(|value| value.to_le_bytes()).collect();
        assert!(has(&bias));
    }
}
