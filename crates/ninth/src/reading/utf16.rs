//! Text in UTF-16, which some programs of Windows write, as text in UTF-8.

use std::io::{self, BufRead, Read};

/// Units that are decoded at a time.
const UNITS: usize = 1 << 12;

/// Reads UTF-16 and gives UTF-8.
pub(super) struct FromUtf16<R> {
    raw: R,
    /// The value of two bytes.
    unit: fn([u8; 2]) -> u16,
    /// The first half of a character whose second one was not read yet.
    half: Option<u16>,
    /// What is decoded, and how much of it was given.
    text: String,
    given: usize,
}

impl<R: BufRead> FromUtf16<R> {
    /// The text behind a reader in this order of bytes.
    pub fn new(raw: R, unit: fn([u8; 2]) -> u16) -> Self {
        FromUtf16 { raw, unit, half: None, text: String::new(), given: 0 }
    }

    /// Decodes the next units; at the end of the text there are none.
    fn decode(&mut self) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(2 * UNITS);
        (&mut self.raw).take(2 * UNITS as u64).read_to_end(&mut bytes)?;
        let is_last = bytes.len() < 2 * UNITS;
        let (pairs, rest) = bytes.as_chunks();
        let mut units: Vec<u16> = self.half.take().into_iter().collect();
        units.extend(pairs.iter().map(|pair| (self.unit)(*pair)));
        let first_half = 0xD800..0xDC00;
        self.half = units.pop_if(|last| !is_last && first_half.contains(last));
        self.given = 0;
        self.text = String::from_utf16(&units)
            .ok()
            .filter(|_| rest.is_empty())
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not text in UTF-16"))?;
        Ok(())
    }
}

impl<R: BufRead> Read for FromUtf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            self.decode()?;
            if self.text.is_empty() && self.half.is_none() {
                return Ok(0);
            }
        }
        let count = (&self.text.as_bytes()[self.given..]).read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_are_read() {
        // Characters of both sizes, at every place of what is decoded at a time.
        for padding in [0, 1, UNITS - 2, UNITS - 1, UNITS, 2 * UNITS - 1] {
            let text = format!("{}1 −2 𝟛\r\n4", "x".repeat(padding));
            let bytes = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
                text.encode_utf16().flat_map(order).collect()
            };
            let mut read = String::new();
            let little = bytes(u16::to_le_bytes);
            FromUtf16::new(&little[..], u16::from_le_bytes).read_to_string(&mut read).unwrap();
            assert!(read == text, "{padding}");
            read.clear();
            let big = bytes(u16::to_be_bytes);
            FromUtf16::new(&big[..], u16::from_be_bytes).read_to_string(&mut read).unwrap();
            assert!(read == text, "{padding}");
        }
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        for bytes in [&b"1"[..], b"1\x00 ", b"\x00\xD8", b"\x00\xD8\x31\x00", b"\x00\xDC"] {
            let mut reader = FromUtf16::new(bytes, u16::from_le_bytes);
            let error = reader.read_to_end(&mut Vec::new()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{bytes:?}");
        }
    }
}
