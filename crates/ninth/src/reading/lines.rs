//! The lines of a file, compressed or not.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::utf16::FromUtf16;
use crate::error::Error;

/// Bytes of a line, at most: a sequence of a million terms with some digits each has fewer.
const LONGEST: u64 = 1 << 26;

/// Bytes by which a format is recognised, at most.
const BUFFER: usize = 1 << 16;

/// How much of a file was read, for whoever shows it while another reads.
#[derive(Clone, Debug, Default)]
pub struct Consumed {
    bytes: Arc<AtomicU64>,
    /// The bytes of the file, if they are known.
    pub size: Option<u64>,
}

impl Consumed {
    /// The bytes read so far; of a compressed file, compressed ones.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// A reader that counts.
struct Counting<R>(R, Consumed);

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// The lines of a file.
pub(super) struct Lines {
    name: String,
    reader: Box<dyn BufRead + Send>,
    consumed: Consumed,
    /// The number of the last line read, from 1.
    number: u64,
}

impl Lines {
    /// The lines of a file.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or is an archive of another kind than gzip.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Read { path: path.into(), source };
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let size = metadata.is_file().then_some(metadata.len());
        Self::of(path.display().to_string(), file, size)
    }

    /// The lines of what a reader gives; `name` is for messages.
    ///
    /// # Errors
    ///
    /// As for [`open`](Self::open).
    pub fn of(
        name: String,
        reader: impl Read + Send + 'static,
        size: Option<u64>,
    ) -> Result<Self, Error> {
        let consumed = Consumed { size, ..Consumed::default() };
        let mut raw = BufReader::with_capacity(BUFFER, Counting(reader, consumed.clone()));
        let beginning = loop {
            match raw.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(Error::Read { path: name.into(), source }),
                Ok(beginning) => break beginning,
            }
        };
        let reader: Box<dyn BufRead + Send> = match kind_of(beginning) {
            Kind::Text => Box::new(raw),
            Kind::Gzip => Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(raw))),
            Kind::Utf16(unit) => {
                Box::new(BufReader::with_capacity(BUFFER, FromUtf16::new(raw, unit)))
            }
            Kind::Other(what) => {
                let message = format!("{what}; text in UTF-8 is read, plain or in gzip (.gz)");
                return Err(Error::Data { place: name, message });
            }
        };
        Ok(Lines { name, reader, consumed, number: 0 })
    }

    /// The name of the file, for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How much was read.
    pub fn consumed(&self) -> &Consumed {
        &self.consumed
    }

    /// The beginning of the text without its last line if that is cut off: as much as is there
    /// without waiting for more.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub fn beginning(&mut self) -> Result<String, Error> {
        let name = &self.name;
        let bytes = loop {
            match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(Error::Read { path: name.into(), source }),
                Ok(bytes) => break bytes,
            }
        };
        let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1);
        Ok(String::from_utf8_lossy(without_mark(&bytes[..end])).into_owned())
    }

    /// An error about a line.
    pub fn error(&self, line: u64, message: impl Into<String>) -> Error {
        Error::Data { place: format!("{}, line {line}", self.name), message: message.into() }
    }

    /// The next line with its number, without its end.
    ///
    /// # Errors
    ///
    /// If it cannot be read, is no text, or never ends.
    pub fn next(&mut self) -> Result<Option<(u64, String)>, Error> {
        let mut bytes = Vec::new();
        let read = (&mut self.reader).take(LONGEST).read_until(b'\n', &mut bytes);
        match read {
            Ok(0) => return Ok(None),
            Ok(_) => self.number += 1,
            Err(source)
                if source.kind() == io::ErrorKind::InvalidInput
                    || source.kind() == io::ErrorKind::InvalidData
                    || source.kind() == io::ErrorKind::UnexpectedEof =>
            {
                return Err(self.error(self.number + 1, format!("damaged: {source}")));
            }
            Err(source) => return Err(Error::Read { path: (&self.name).into(), source }),
        }
        if bytes.len() as u64 == LONGEST {
            return Err(self.error(self.number, format!("a line of more than {LONGEST} bytes")));
        }
        while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            bytes.pop();
        }
        if self.number == 1 {
            bytes = without_mark(&bytes).to_vec();
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some((self.number, text))),
            Err(_) => Err(self.error(self.number, "not text in UTF-8")),
        }
    }
}

/// What the first bytes of a file say.
enum Kind {
    Text,
    Gzip,
    /// With what two bytes mean.
    Utf16(fn([u8; 2]) -> u16),
    Other(&'static str),
}

fn kind_of(bytes: &[u8]) -> Kind {
    match bytes {
        [0x1F, 0x8B, ..] => Kind::Gzip,
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Kind::Other("a zip archive"),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Kind::Other("compressed with zstd"),
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Kind::Other("compressed with xz"),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Kind::Other("compressed with bzip2"),
        [0xFF, 0xFE, ..] => Kind::Utf16(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => Kind::Utf16(u16::from_be_bytes),
        _ => Kind::Text,
    }
}

/// Without the mark that some programs put before a text in UTF-8.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}
