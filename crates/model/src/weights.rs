//! Weights in files: safetensors, with the config in the metadata, and a checksum of the
//! whole file.

use std::collections::HashMap;
use std::ops::Range;

use ninth_kernels::{Lanes, as_floats_mut};
use safetensors::tensor::{Dtype, Metadata, TensorInfo, TensorView};
use safetensors::{SafeTensorError, SafeTensors};

use crate::parameters::Tensor;
use crate::{Error, Layout};

/// The key of the metadata that holds the text that was saved along. The number
/// is the version of the format. There is one key only, because the library
/// writes several in no fixed order and files should be the same each time.
const KEY: &str = "ninth.v2";

/// What the text begins with: then come eight digits and the end of the line.
const CHECKSUM: &str = "crc32c ";

/// Digits of a checksum.
const DIGITS: usize = 8;

/// Where the digits of the checksum are in a file.
fn place_of_checksum(bytes: &[u8]) -> Option<Range<usize>> {
    let mark = format!("\"{KEY}\":\"{CHECKSUM}");
    // The metadata are the first thing in the header, behind its length.
    let start = bytes.windows(mark.len()).take(64).position(|part| part == mark.as_bytes())?;
    let digits = start + mark.len()..start + mark.len() + DIGITS;
    (digits.end <= bytes.len()).then_some(digits)
}

/// The checksum of a file, CRC-32C (Castagnoli) of everything but its own digits.
fn checksum(bytes: &[u8], digits: &Range<usize>) -> String {
    let before = crc32c::crc32c(&bytes[..digits.start]);
    format!("{:0DIGITS$x}", crc32c::crc32c_append(before, &bytes[digits.end..]))
}

/// Writes the right checksum into a file, whatever stands there; `false` if it has no place
/// for one.
pub fn seal(bytes: &mut [u8]) -> bool {
    let Some(digits) = place_of_checksum(bytes) else { return false };
    let right = checksum(bytes, &digits);
    bytes[digits].copy_from_slice(right.as_bytes());
    true
}

/// A file of weights, read and checked; its tensors are looked up by name.
#[derive(Debug)]
pub struct Weights<'data> {
    header: Metadata,
    /// What is behind the header: the tensors, one after the other.
    numbers: &'data [u8],
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
        let (length, header) = SafeTensors::read_metadata(data).map_err(unreadable)?;
        let metadata = header.metadata().as_ref();
        let text = metadata.and_then(|metadata| metadata.get(KEY)).ok_or_else(|| {
            let other = metadata.into_iter().flatten().find(|(key, _)| key.starts_with("ninth.v"));
            Error::Foreign(match other {
                Some((key, _)) => format!("its format is {key}, this program reads {KEY}"),
                None => "there is no config of this program in its metadata".to_string(),
            })
        })?;
        let found = text.strip_prefix(CHECKSUM).and_then(|rest| rest.split_once('\n'));
        let (found, digits) = found.zip(place_of_checksum(data)).ok_or(Error::NoChecksum)?;
        let right = checksum(data, &digits);
        if found.0 != right {
            return Err(Error::Damaged { found: found.0.to_string(), right });
        }
        let text = found.1.to_string();
        // The length of the header stands in front of it, in eight bytes.
        Ok(Weights { header, numbers: &data[size_of::<u64>() + length..], text })
    }

    /// How many numbers there are, all tensors together: for whoever wants to know whether
    /// a model can be in there before taking the memory for it.
    pub fn numbers(&self) -> usize {
        self.numbers.len() / size_of::<f32>()
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
        // All of them are looked for before there is an arena: the memory taken is no more
        // than what the file has.
        let all = layout.tensors().iter();
        let found = all.map(|tensor| self.bytes(prefix, tensor)).collect::<Result<Vec<_>, _>>()?;
        let mut arena = layout.zeros();
        for (tensor, bytes) in layout.tensors().iter().zip(found) {
            let values = tensor.span.of_mut(as_floats_mut(&mut arena));
            for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                *value = f32::from_le_bytes(*bytes);
            }
            if let Some(value) = values.iter().find(|value| !value.is_finite()) {
                let name = format!("{prefix}{}", tensor.name);
                return Err(Error::Unreadable(format!("tensor {name:?} holds {value}")));
            }
        }
        Ok(arena)
    }

    /// What was saved as this tensor.
    fn bytes(&self, prefix: &str, tensor: &Tensor) -> Result<&'data [u8], Error> {
        let name = format!("{prefix}{}", tensor.name);
        let Some(found) = self.header.info(&name) else {
            return Err(Error::Foreign(format!("tensor {name:?} is missing")));
        };
        if found.dtype != Dtype::F32 || found.shape != tensor.shape {
            let (expected, TensorInfo { dtype, shape, .. }) = (&tensor.shape, found);
            return Err(Error::Foreign(format!(
                "tensor {name:?} is {dtype:?} {shape:?}, expected F32 {expected:?}",
            )));
        }
        let (start, end) = found.data_offsets;
        // The header was checked to be of tensors that are there.
        Ok(&self.numbers[start..end])
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
    let text = format!("{CHECKSUM}{:0<DIGITS$}\n{text}", "");
    let metadata = HashMap::from([(KEY.to_string(), text)]);
    let mut bytes = safetensors::serialize(views, Some(metadata)).map_err(unwritable)?;
    if seal(&mut bytes) { Ok(bytes) } else { Err(Error::NoChecksum) }
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
        let mut flipped = bytes.clone();
        flipped[bytes.len() - 7] ^= 1;
        let message = Weights::parse(&flipped).unwrap_err().to_string();
        assert!(message.starts_with("it is damaged: its checksum is "), "{message}");
        assert!(seal(&mut flipped) && Weights::parse(&flipped).is_ok());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let start = text(&bytes).find("ninth.v2").unwrap();
        for (version, expected) in [(b"ninth.v3", "ninth.v3"), (b"ninth.v1", "ninth.v1")] {
            let mut other = bytes.clone();
            other[start..start + version.len()].copy_from_slice(version);
            let message = Weights::parse(&other).unwrap_err().to_string();
            let expected = format!("its format is {expected}, this program reads ninth.v2");
            assert!(message.contains(&expected), "{message}");
        }
        let plain = safetensors::serialize(Vec::<(String, TensorView<'_>)>::new(), None).unwrap();
        assert!(matches!(Weights::parse(&plain), Err(Error::Foreign(_))));
    }
}
