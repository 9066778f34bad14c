//! Weights in files: safetensors, with metadata of the caller, the version of the format, and
//! a checksum of the whole file.

use std::collections::HashMap;
use std::ops::Range;

use ninth_kernels::{Lanes, as_floats_mut};
use safetensors::tensor::{Dtype, Metadata, TensorInfo, TensorView};
use safetensors::{SafeTensorError, SafeTensors};
use serde_json::Value;

use crate::half_precision::{from_bf16, from_f16, to_f16};
use crate::parameters::Tensor;
use crate::{Error, Layout};

/// The version of the format, the value of the metadata key `format`.
const FORMAT: &str = "ninth.v3";

/// The checksum in the metadata, up to its digits. It comes first in a file.
const CHECKSUM: &str = "{\"__metadata__\":{\"checksum\":\"crc32c ";

/// What the value of the metadata key `checksum` begins with.
const ALGORITHM: &str = "crc32c ";

/// Digits of a checksum.
const DIGITS: usize = 8;

/// The header begins with its length, in as many bytes, and is a multiple of that.
const LENGTH: usize = size_of::<u64>();

/// Where the digits of the checksum are in a file.
fn place_of_checksum(bytes: &[u8]) -> Option<Range<usize>> {
    let start = LENGTH + CHECKSUM.len();
    let digits = start..start + DIGITS;
    let mark = bytes.get(LENGTH..start)?;
    (mark == CHECKSUM.as_bytes() && digits.end <= bytes.len()).then_some(digits)
}

/// The checksum of a file, CRC-32C (Castagnoli) of everything but its own digits.
fn checksum(bytes: &[u8], digits: &Range<usize>) -> String {
    let before = crc32c::crc32c(&bytes[..digits.start]);
    format!("{:0DIGITS$x}", crc32c::crc32c_append(before, &bytes[digits.end..]))
}

/// Overwrites the checksum of a file with the right one; `false` if the file has none.
pub fn seal(bytes: &mut [u8]) -> bool {
    let Some(digits) = place_of_checksum(bytes) else { return false };
    let right = checksum(bytes, &digits);
    bytes[digits].copy_from_slice(right.as_bytes());
    true
}

/// How strict a file of weights is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// Takes a file that another program has changed or written: without a checksum or with that
    /// of another content, with other metadata, with numbers of sixteen bits. Names and shapes of
    /// the tensors have to be the same, and all numbers finite, as always.
    pub accept_changed: bool,
}

/// A file of weights, read and checked; its tensors are looked up by name.
#[derive(Debug)]
pub struct Weights<'data> {
    options: LoadOptions,
    header: Metadata,
    /// What is behind the header: the tensors, one after the other.
    numbers: &'data [u8],
    metadata: HashMap<String, String>,
}

impl<'data> Weights<'data> {
    /// Reads a file's content.
    ///
    /// # Errors
    ///
    /// If it is damaged, no safetensors file, or not one of this program.
    pub fn parse(data: &'data [u8]) -> Result<Self, Error> {
        Self::parse_with(data, LoadOptions::default())
    }

    /// [`parse`](Self::parse), as strict as the options say.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse); of a changed file that is accepted, if it is no safetensors file
    /// or one of another version of this program.
    pub fn parse_with(data: &'data [u8], options: LoadOptions) -> Result<Self, Error> {
        let unreadable = |error: SafeTensorError| Error::Unreadable(error.to_string());
        let (length, header) = SafeTensors::read_metadata(data).map_err(unreadable)?;
        let metadata = header.metadata().clone().unwrap_or_default();
        match metadata.get("format") {
            Some(format) if format == FORMAT => {}
            Some(format) if format.starts_with("ninth.v") => {
                let message = format!("its format is {format}, this program reads {FORMAT}");
                return Err(Error::Foreign(message));
            }
            // Other programs write this key, too, with another meaning, or leave it out.
            other if metadata.contains_key("config") => {
                if !options.accept_changed {
                    let found = other.map_or("missing".to_string(), |text| format!("{text:?}"));
                    return Err(Error::OtherMetadata(found));
                }
            }
            _ => {
                let message = "there is no config of this program in its metadata";
                return Err(Error::Foreign(message.to_string()));
            }
        }
        if !options.accept_changed {
            let found = metadata.get("checksum").and_then(|text| text.strip_prefix(ALGORITHM));
            let (found, digits) = found.zip(place_of_checksum(data)).ok_or(Error::NoChecksum)?;
            let right = checksum(data, &digits);
            if found != right {
                return Err(Error::Damaged { found: found.to_string(), right });
            }
        }
        Ok(Weights { options, numbers: &data[LENGTH + length..], header, metadata })
    }

    /// How strict it is read.
    pub fn options(&self) -> LoadOptions {
        self.options
    }

    /// The most floats that all tensors together can have. It tells whether the file can hold a
    /// model before memory is allocated for that model.
    pub fn numbers(&self) -> usize {
        let least = if self.options.accept_changed { size_of::<u16>() } else { size_of::<f32>() };
        self.numbers.len() / least
    }

    /// The value of a metadata key.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }

    /// The arena that was saved under a prefix (empty for the parameters).
    ///
    /// # Errors
    ///
    /// If a tensor of the layout is missing, has another shape or type, or holds NaN or an
    /// infinite number.
    pub fn arena(&self, prefix: &str, layout: &Layout) -> Result<Vec<Lanes>, Error> {
        // All tensors are looked up before the arena is allocated, which is then no larger than
        // the file.
        let all = layout.tensors().iter();
        let found = all.map(|tensor| self.bytes(prefix, tensor)).collect::<Result<Vec<_>, _>>()?;
        let mut arena = layout.zeros();
        for (tensor, (precision, bytes)) in layout.tensors().iter().zip(found) {
            let values = tensor.span.of_mut(as_floats_mut(&mut arena));
            precision.read(bytes, values);
            if let Some(value) = values.iter().find(|value| !value.is_finite()) {
                let name = format!("{prefix}{}", tensor.name);
                return Err(Error::Unreadable(format!("tensor {name:?} holds {value}")));
            }
        }
        Ok(arena)
    }

    /// The bytes of a tensor, and what they are.
    fn bytes(&self, prefix: &str, tensor: &Tensor) -> Result<(Precision, &'data [u8]), Error> {
        let name = format!("{prefix}{}", tensor.name);
        let Some(found) = self.header.info(&name) else {
            return Err(Error::Foreign(format!("tensor {name:?} is missing")));
        };
        let precision = Precision::of(found.dtype).filter(|_| found.shape == tensor.shape);
        let Some(precision) = precision else {
            let (expected, TensorInfo { dtype, shape, .. }) = (&tensor.shape, found);
            return Err(Error::Foreign(format!(
                "tensor {name:?} is {dtype:?} {shape:?}, expected F32 {expected:?}",
            )));
        };
        if precision != Precision::Single && !self.options.accept_changed {
            return Err(Error::HalfPrecision { name, found: format!("{:?}", found.dtype) });
        }
        let (start, end) = found.data_offsets;
        // `parse` has checked that the offsets are within the file.
        Ok((precision, &self.numbers[start..end]))
    }
}

/// What the numbers of a tensor are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Precision {
    Single,
    Half,
    Brain,
}

impl Precision {
    /// That of a type; `None` where its numbers are none of these.
    fn of(dtype: Dtype) -> Option<Self> {
        match dtype {
            Dtype::F32 => Some(Precision::Single),
            Dtype::F16 => Some(Precision::Half),
            Dtype::BF16 => Some(Precision::Brain),
            // The list of the library is open.
            _ => None,
        }
    }

    /// Reads as many numbers as there are.
    fn read(self, bytes: &[u8], values: &mut [f32]) {
        let halves = |values: &mut [f32], convert: fn(u16) -> f32| {
            for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                *value = convert(u16::from_le_bytes(*bytes));
            }
        };
        match self {
            Precision::Single => {
                for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                    *value = f32::from_le_bytes(*bytes);
                }
            }
            Precision::Half => halves(values, from_f16),
            Precision::Brain => halves(values, from_bf16),
        }
    }
}

/// The content of a file: metadata, in this order, and the tensors of some arenas, each under a
/// prefix (empty for the parameters).
///
/// # Errors
///
/// If two prefixes are the same.
pub fn to_bytes(
    metadata: &[(&str, &str)],
    layout: &Layout,
    arenas: &[(&str, &[f32])],
) -> Result<Vec<u8>, Error> {
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
    let plain = safetensors::serialize(views, None).map_err(unwritable)?;
    let mut bytes = with_metadata(&plain, metadata);
    if seal(&mut bytes) { Ok(bytes) } else { Err(Error::NoChecksum) }
}

/// A file of weights with all numbers in half precision, half as large: for readers that
/// [accept changed files](LoadOptions::accept_changed).
///
/// # Errors
///
/// If `file` is none of this program, or has a number beyond half precision.
pub fn in_half_precision(file: &[u8]) -> Result<Vec<u8>, Error> {
    let weights = Weights::parse(file)?;
    let unwritable = |error: SafeTensorError| Error::Unreadable(error.to_string());
    let mut tensors: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    for (name, TensorInfo { dtype, shape, data_offsets: (start, end) }) in weights.header.tensors()
    {
        let bytes = &weights.numbers[*start..*end];
        let mut values = vec![0.0; bytes.len() / size_of::<f32>()];
        if *dtype != Dtype::F32 {
            return Err(Error::HalfPrecision { name, found: format!("{dtype:?}") });
        }
        Precision::Single.read(bytes, &mut values);
        let halves: Vec<u16> = values.iter().copied().map(to_f16).collect();
        if let Some(place) = halves.iter().position(|half| !from_f16(*half).is_finite()) {
            let message = format!("tensor {name:?} holds {}, beyond half precision", values[place]);
            return Err(Error::Unreadable(message));
        }
        let halves = halves.into_iter().flat_map(u16::to_le_bytes).collect();
        tensors.push((name, shape.clone(), halves));
    }
    let mut views = Vec::new();
    for (name, shape, bytes) in &tensors {
        let view = TensorView::new(Dtype::F16, shape.clone(), bytes).map_err(unwritable)?;
        views.push((name, view));
    }
    let plain = safetensors::serialize(views, None).map_err(unwritable)?;
    let others = weights.metadata.iter().filter(|(key, _)| *key != "format" && *key != "checksum");
    let mut metadata: Vec<(&str, &str)> =
        others.map(|(key, value)| (key.as_str(), value.as_str())).collect();
    metadata.sort_unstable();
    let mut bytes = with_metadata(&plain, &metadata);
    if seal(&mut bytes) { Ok(bytes) } else { Err(Error::NoChecksum) }
}

/// A safetensors file without metadata, with metadata added. The library writes several keys in
/// no fixed order, but files should be the same each time.
fn with_metadata(plain: &[u8], metadata: &[(&str, &str)]) -> Vec<u8> {
    let (length, rest) = plain.split_first_chunk().unwrap_or((&[0; LENGTH], &[]));
    let (tensors, numbers) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let mut header = format!("{CHECKSUM}{:0<DIGITS$}\"", "");
    for (key, value) in [("format", FORMAT)].iter().chain(metadata) {
        header += &format!(",{}:{}", Value::from(*key), Value::from(*value));
    }
    header.push('}');
    let tensors = tensors.trim_ascii_end().strip_prefix(b"{").unwrap_or_default();
    if tensors != b"}" {
        header.push(',');
    }
    let mut header = header.into_bytes();
    header.extend_from_slice(tensors);
    header.resize(header.len().next_multiple_of(LENGTH), b' ');
    let length = (header.len() as u64).to_le_bytes();
    [&length, header.as_slice(), numbers].concat()
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
        let metadata = [("config", "a = \"1\"\n"), ("another", "")];
        let bytes = to_bytes(&metadata, model.layout(), &arenas).unwrap();
        assert_eq!(bytes, to_bytes(&metadata, model.layout(), &arenas).unwrap());
        let weights = Weights::parse(&bytes).unwrap();
        assert_eq!(metadata.map(|(key, _)| weights.metadata(key)), [Some("a = \"1\"\n"), Some("")]);
        assert_eq!(weights.metadata("other"), None);
        assert_eq!(weights.arena("", model.layout()).unwrap(), arena);
        assert_eq!(weights.arena("moment.", model.layout()).unwrap(), arena);
    }

    #[test]
    fn a_file_in_half_precision_has_the_nearest_numbers() {
        let model = model(32);
        let (layout, mut arena) = (model.layout(), model.layout().initial(7));
        let metadata = [("config", "a = \"1\"\n"), ("steps", "3")];
        let file =
            |arena: &[Lanes]| to_bytes(&metadata, layout, &[("", as_floats(arena))]).unwrap();
        let half = in_half_precision(&file(&arena)).unwrap();
        assert_eq!(half, in_half_precision(&file(&arena)).unwrap());
        let refused = Weights::parse(&half).unwrap().arena("", layout).unwrap_err();
        assert!(matches!(refused, Error::HalfPrecision { .. }), "{refused}");
        let weights = Weights::parse_with(&half, LoadOptions { accept_changed: true }).unwrap();
        assert_eq!(
            (weights.metadata("config"), weights.metadata("steps")),
            (Some("a = \"1\"\n"), Some("3"))
        );
        let read = weights.arena("", layout).unwrap();
        let pairs = || as_floats(&read).iter().zip(as_floats(&arena));
        assert!(pairs().all(|(half, single)| *half == from_f16(to_f16(*single))));
        assert!(pairs().any(|(half, single)| half != single));
        as_floats_mut(&mut arena)[0] = 1e6;
        let error = in_half_precision(&file(&arena)).unwrap_err().to_string();
        assert!(error.contains("holds 1000000, beyond half precision"), "{error}");
    }

    /// A file as another program writes it: no checksum, tensors of another type, metadata of its
    /// own.
    fn rewritten(model: &Transformer, dtype: Dtype, bytes_of: fn(f32) -> Vec<u8>) -> Vec<u8> {
        let arena = model.layout().initial(7);
        let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = model
            .layout()
            .tensors()
            .iter()
            .map(|tensor| {
                let values = tensor.span.of(as_floats(&arena)).iter().copied();
                (tensor.name.clone(), tensor.shape.clone(), values.flat_map(bytes_of).collect())
            })
            .collect();
        let views = tensors.iter().map(|(name, shape, bytes)| {
            (name, TensorView::new(dtype, shape.clone(), bytes).unwrap())
        });
        let metadata = [("format", "pt"), ("config", ""), ("by", "someone")];
        let metadata = metadata.map(|(key, value)| (key.to_string(), value.to_string())).into();
        safetensors::serialize(views, Some(metadata)).unwrap()
    }

    #[test]
    fn a_changed_file_is_taken_only_where_that_is_asked_for() {
        let accept = LoadOptions { accept_changed: true };
        let model = model(32);
        let (layout, arena) = (model.layout(), model.layout().initial(7));
        let truncated = |value: f32| (value.to_bits() >> 16) as u16;
        let brain = rewritten(&model, Dtype::BF16, |value| {
            ((value.to_bits() >> 16) as u16).to_le_bytes().to_vec()
        });
        let half = rewritten(&model, Dtype::F16, |_| 0x3C00_u16.to_le_bytes().to_vec());
        let single = rewritten(&model, Dtype::F32, |value| value.to_le_bytes().to_vec());
        let infinite = rewritten(&model, Dtype::F16, |_| 0x7C00_u16.to_le_bytes().to_vec());
        for file in [&brain, &half, &single, &infinite] {
            let error = Weights::parse(file).unwrap_err();
            assert!(error.is_change(), "{error}");
        }
        let read = |file: &[u8]| Weights::parse_with(file, accept).unwrap().arena("", layout);
        assert_eq!(read(&single).unwrap(), arena);
        let found = read(&brain).unwrap();
        let pairs = as_floats(&found).iter().zip(as_floats(&arena));
        for (found, original) in pairs {
            assert_eq!(found.to_bits(), u32::from(truncated(*original)) << 16);
        }
        let ones = read(&half).unwrap();
        let tensor = &layout.tensors()[0];
        assert!(tensor.span.of(as_floats(&ones)).iter().all(|value| *value == 1.0));
        // What it always checks, it checks of them.
        let message = read(&infinite).unwrap_err().to_string();
        assert!(message.contains("holds inf"), "{message}");
        let other = super::tests::model(33);
        let weights = Weights::parse_with(&single, accept).unwrap();
        assert!(weights.arena("", other.layout()).is_err());

        // A file of this program with half of its digits in another type is refused as such.
        let bytes = to_bytes(&[], layout, &[("", as_floats(&arena))]).unwrap();
        let mut flipped = bytes.clone();
        let last = flipped.len() - 7;
        flipped[last] ^= 1;
        assert!(Weights::parse(&flipped).unwrap_err().is_change());
        assert!(Weights::parse_with(&flipped, accept).unwrap().arena("", layout).is_ok());
        // Whatever is not to be read as such stays refused.
        let start = bytes.windows(FORMAT.len()).position(|part| part == FORMAT.as_bytes()).unwrap();
        let mut older = bytes.clone();
        older[start..start + FORMAT.len()].copy_from_slice(b"ninth.v1");
        let error = Weights::parse_with(&older, accept).unwrap_err();
        assert!(!error.is_change(), "{error}");
        let integers = rewritten(&model, Dtype::I16, |_| vec![0, 0]);
        let weights = Weights::parse_with(&integers, accept).unwrap();
        assert!(weights.arena("", layout).unwrap_err().to_string().contains("is I16"));
    }

    #[test]
    fn foreign_and_damaged_files_are_refused() {
        let small = model(32);
        let arena = small.layout().initial(7);
        let bytes = to_bytes(&[], small.layout(), &[("", as_floats(&arena))]).unwrap();
        let weights = Weights::parse(&bytes).unwrap();
        let message = weights.arena("", model(33).layout()).unwrap_err().to_string();
        assert!(message.contains("layers.0.feed_forward.input.weight"), "{message}");
        let message = weights.arena("x.", small.layout()).unwrap_err().to_string();
        assert!(message.contains("is missing"), "{message}");

        let mut broken = small.layout().initial(7);
        broken[3].0[1] = f32::NAN;
        let not_finite = to_bytes(&[], small.layout(), &[("", as_floats(&broken))]).unwrap();
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
        let is_format = |part: &[u8]| part == FORMAT.as_bytes();
        let start = bytes.windows(FORMAT.len()).position(is_format).unwrap();
        for (version, expected) in [(b"ninth.v4", "ninth.v4"), (b"ninth.v1", "ninth.v1")] {
            let mut other = bytes.clone();
            other[start..start + version.len()].copy_from_slice(version);
            let message = Weights::parse(&other).unwrap_err().to_string();
            let expected = format!("its format is {expected}, this program reads ninth.v3");
            assert!(message.contains(&expected), "{message}");
        }
        let plain = safetensors::serialize(Vec::<(String, TensorView<'_>)>::new(), None).unwrap();
        assert!(matches!(Weights::parse(&plain), Err(Error::Foreign(_))));
    }
}
