//! Weights in files: safetensors, with the config in the metadata.

use std::collections::HashMap;

use ninth_kernels::{Lanes, as_floats_mut};
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};

use crate::{Error, Layout};

/// The key of the metadata that holds the text that was saved along. The number
/// is the version of the format. There is one key only, because the library
/// writes several in no fixed order and files should be the same each time.
const KEY: &str = "ninth.v1";

/// A file of weights, read and checked; its tensors are looked up by name.
#[derive(Debug)]
pub struct Weights<'data> {
    tensors: SafeTensors<'data>,
    text: String,
}

impl<'data> Weights<'data> {
    /// Reads a file's content.
    ///
    /// # Errors
    ///
    /// If it is damaged, no safetensors file, or not one of this program.
    pub fn parse(data: &'data [u8]) -> Result<Self, Error> {
        let unreadable = |error: SafeTensorError| Error::Unreadable(error.to_string());
        let tensors = SafeTensors::deserialize(data).map_err(unreadable)?;
        let (_, metadata) = SafeTensors::read_metadata(data).map_err(unreadable)?;
        let metadata = metadata.metadata().as_ref();
        let text = metadata.and_then(|metadata| metadata.get(KEY)).cloned();
        let text = text.ok_or_else(|| {
            let newer = metadata.into_iter().flatten().find(|(key, _)| key.starts_with("ninth.v"));
            Error::Foreign(match newer {
                Some((key, _)) => format!("its format is {key}, this program reads {KEY}"),
                None => "there is no config of this program in its metadata".to_string(),
            })
        })?;
        Ok(Weights { tensors, text })
    }

    /// The text that was saved along.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The arena that was saved under a prefix (empty for the parameters).
    ///
    /// # Errors
    ///
    /// If a tensor of the layout is missing, has another shape or type, or holds
    /// what is no finite number.
    pub fn arena(&self, prefix: &str, layout: &Layout) -> Result<Vec<Lanes>, Error> {
        let mut arena = layout.zeros();
        for tensor in layout.tensors() {
            let name = format!("{prefix}{}", tensor.name);
            let view = self
                .tensors
                .tensor(&name)
                .map_err(|_| Error::Foreign(format!("tensor {name:?} is missing")))?;
            if view.dtype() != Dtype::F32 || view.shape() != tensor.shape {
                let (found, expected) = (view.shape(), &tensor.shape);
                return Err(Error::Foreign(format!(
                    "tensor {name:?} is {:?} {found:?}, expected F32 {expected:?}",
                    view.dtype(),
                )));
            }
            let values = tensor.span.of_mut(as_floats_mut(&mut arena));
            for (value, bytes) in values.iter_mut().zip(view.data().as_chunks().0) {
                *value = f32::from_le_bytes(*bytes);
            }
            if let Some(value) = values.iter().find(|value| !value.is_finite()) {
                return Err(Error::Unreadable(format!("tensor {name:?} holds {value}")));
            }
        }
        Ok(arena)
    }
}

/// The content of a file: a text, and the tensors of some arenas, each under a
/// prefix (empty for the parameters).
///
/// # Errors
///
/// If two prefixes are the same.
pub fn to_bytes(text: &str, layout: &Layout, arenas: &[(&str, &[f32])]) -> Result<Vec<u8>, Error> {
    let mut tensors: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    for (prefix, arena) in arenas {
        for tensor in layout.tensors() {
            let values = tensor.span.of(arena);
            let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            tensors.push((format!("{prefix}{}", tensor.name), tensor.shape.clone(), bytes));
        }
    }
    let unwritable = |error: SafeTensorError| Error::Unreadable(error.to_string());
    let mut views = Vec::new();
    for (name, shape, bytes) in &tensors {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).map_err(unwritable)?;
        views.push((name, view));
    }
    let metadata = HashMap::from([(KEY.to_string(), text.to_string())]);
    safetensors::serialize(views, Some(metadata)).map_err(unwritable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Architecture, ModelSettings, Transformer};
    use ninth_kernels::as_floats;
    use ninth_sequences::IntegerRange;

    fn model(feed_forward: usize) -> Transformer {
        let settings = ModelSettings { feed_forward, ..Default::default() };
        let range = IntegerRange::default();
        let architecture = Architecture::new(range, 8, Default::default(), settings).unwrap();
        Transformer::new(architecture)
    }

    #[test]
    fn weights_read_back_to_the_bit_and_files_are_the_same_each_time() {
        let model = model(32);
        let arena = model.layout().initial(7);
        let arenas = [("", as_floats(&arena)), ("moment.", as_floats(&arena))];
        let bytes = to_bytes("a = 1", model.layout(), &arenas).unwrap();
        assert_eq!(bytes, to_bytes("a = 1", model.layout(), &arenas).unwrap());
        let weights = Weights::parse(&bytes).unwrap();
        assert_eq!(weights.text(), "a = 1");
        assert_eq!(weights.arena("", model.layout()).unwrap(), arena);
        assert_eq!(weights.arena("moment.", model.layout()).unwrap(), arena);
    }

    #[test]
    fn foreign_and_damaged_files_are_refused() {
        let small = model(32);
        let arena = small.layout().initial(7);
        let bytes = to_bytes("", small.layout(), &[("", as_floats(&arena))]).unwrap();
        let weights = Weights::parse(&bytes).unwrap();
        let message = weights.arena("", model(33).layout()).unwrap_err().to_string();
        assert!(message.contains("layers.0.feed_forward.input.weight"), "{message}");
        let message = weights.arena("x.", small.layout()).unwrap_err().to_string();
        assert!(message.contains("is missing"), "{message}");

        let mut broken = small.layout().initial(7);
        broken[3].0[1] = f32::NAN;
        let not_finite = to_bytes("", small.layout(), &[("", as_floats(&broken))]).unwrap();
        let error = Weights::parse(&not_finite).unwrap().arena("", small.layout()).unwrap_err();
        assert!(error.to_string().contains("holds NaN"), "{error}");

        for length in [0, 5, 8, 100, bytes.len() - 1] {
            assert!(matches!(Weights::parse(&bytes[..length]), Err(Error::Unreadable(_))));
        }
        let plain = safetensors::serialize(Vec::<(String, TensorView<'_>)>::new(), None).unwrap();
        assert!(matches!(Weights::parse(&plain), Err(Error::Foreign(_))));
    }
}
