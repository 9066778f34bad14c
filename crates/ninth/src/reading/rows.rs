//! The sequences of a file, one after the other.

use std::io::Read;
use std::path::Path;

use num_bigint::BigInt;

use super::delimited::{is_open, is_too_long};
use super::format::{Format, Layout, is_comment, number_of_b_file};
use super::lines::{Consumed, Lines};
use super::{json, terms};
use crate::error::Error;

/// A sequence of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputRow {
    /// Its first line in the file, counted from 1.
    pub line: u64,
    /// Its name, or the number of its line.
    pub id: String,
    /// Its terms; at least one.
    pub terms: Vec<BigInt>,
}

/// The sequences of a file: an iterator that reads it as far as is needed. It ends after an
/// error.
///
/// ```
/// use ninth::reading::{Format, Rows};
///
/// let text = "Id,Sequence\n7,\"1,1,2,3,5\"\n8,\"1,4,9,16\"\n";
/// let mut rows = Rows::from_reader("a text", text.as_bytes(), None)?;
/// assert_eq!(rows.format(), Format::Csv);
/// let row = rows.next().unwrap()?;
/// assert_eq!((&row.id[..], row.terms.len()), ("7", 5));
/// # Ok::<(), ninth::Error>(())
/// ```
pub struct Rows {
    lines: Lines,
    layout: Layout,
    /// Whether the header was read, if there is one.
    begun: bool,
    ended: bool,
    is_empty: bool,
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.lines.name();
        f.debug_struct("Rows").field("name", &name).field("layout", &self.layout).finish()
    }
}

impl Rows {
    /// The sequences of a file of this format; `None`: the format is recognised.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or has another format.
    pub fn open(path: impl AsRef<Path>, format: Option<Format>) -> Result<Self, Error> {
        Self::of(Lines::open(path.as_ref())?, format)
    }

    /// The sequences of what a reader gives; `name` is for messages.
    ///
    /// # Errors
    ///
    /// As for [`open`](Self::open).
    pub fn from_reader(
        name: impl Into<String>,
        reader: impl Read + Send + 'static,
        format: Option<Format>,
    ) -> Result<Self, Error> {
        Self::of(Lines::of(name.into(), reader, None)?, format)
    }

    fn of(mut lines: Lines, format: Option<Format>) -> Result<Self, Error> {
        let beginning = lines.beginning()?;
        let layout = Layout::of(lines.name(), &beginning, format);
        let layout =
            layout.map_err(|message| Error::Data { place: lines.name().to_string(), message })?;
        Ok(Rows { lines, layout, begun: false, ended: false, is_empty: beginning.is_empty() })
    }

    /// Whether there is nothing at all in the file.
    pub fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// The format.
    pub fn format(&self) -> Format {
        self.layout.format()
    }

    /// The name of the file, for messages.
    pub fn name(&self) -> &str {
        self.lines.name()
    }

    /// What was recognised: `a.csv: CSV with the columns "id" and "terms"`.
    pub fn in_words(&self) -> String {
        format!("{}: {}", self.lines.name(), self.layout.in_words())
    }

    /// How much of the file was read; it goes on counting.
    pub fn consumed(&self) -> Consumed {
        self.lines.consumed().clone()
    }

    /// The next line that says something.
    fn line(&mut self) -> Result<Option<(u64, String)>, Error> {
        while let Some((line, text)) = self.lines.next()? {
            if !text.trim().is_empty() && !is_comment(&text) {
                return Ok(Some((line, text)));
            }
        }
        Ok(None)
    }

    /// A record of CSV: a line, or more where a quotation mark is open.
    fn record(&mut self) -> Result<Option<(u64, String)>, Error> {
        let Some((first, mut text)) = self.line()? else { return Ok(None) };
        let mut count = 1;
        while is_open(&text) {
            count += 1;
            let next = if is_too_long(count) { None } else { self.lines.next()? };
            let Some((_, next)) = next else {
                return Err(self.lines.error(first, "a quotation mark is not closed"));
            };
            text.push('\n');
            text += &next;
        }
        Ok(Some((first, text)))
    }

    fn read(&mut self) -> Result<Option<InputRow>, Error> {
        let layout = self.layout.clone();
        let (line, id, terms) = match &layout {
            Layout::BFile => return self.b_file(),
            Layout::Csv(columns) => {
                if columns.has_header() && !self.begun {
                    self.record()?;
                }
                self.begun = true;
                let Some((line, text)) = self.record()? else { return Ok(None) };
                let (id, text) = columns.row(&text).map_err(|why| self.lines.error(line, why))?;
                (line, id, terms::parse(&text).map_err(|error| error.to_string()))
            }
            Layout::Json => {
                let Some((line, text)) = self.line()? else { return Ok(None) };
                let (id, terms) = json::row(&text).map_err(|why| self.lines.error(line, why))?;
                (line, id, Ok(terms))
            }
            Layout::Lines | Layout::Stripped => {
                let Some((line, text)) = self.line()? else { return Ok(None) };
                let (id, text) = labelled(&text);
                let is_stripped = layout == Layout::Stripped;
                if is_stripped && id.is_none() {
                    let message = "no number of a sequence, such as A000045, before the terms";
                    return Err(self.lines.error(line, message));
                }
                let text = if is_stripped { text.trim_start_matches([' ', ',']) } else { text };
                (line, id, terms::parse(text).map_err(|error| error.to_string()))
            }
        };
        let terms = terms.map_err(|message| self.lines.error(line, message))?;
        if terms.is_empty() {
            return Err(self.lines.error(line, "no terms"));
        }
        Ok(Some(InputRow { line, id: id.unwrap_or_else(|| line.to_string()), terms }))
    }

    /// The terms of a b-file, which has one sequence.
    fn b_file(&mut self) -> Result<Option<InputRow>, Error> {
        let mut id = number_of_b_file(self.lines.name());
        let mut row: Option<InputRow> = None;
        let mut last: Option<i64> = None;
        while let Some((line, text)) = self.lines.next()? {
            let trimmed = text.trim();
            if is_comment(trimmed) {
                let comment = trimmed.trim_start_matches('#');
                let number = terms::leading_number(comment).map(|(number, _)| number.to_string());
                id = id.or(number);
                continue;
            }
            // Some have a comment behind the term.
            let pair = trimmed.split('#').next().unwrap_or_default();
            let mut words = pair.split_whitespace();
            let (index, term) = (words.next(), words.next());
            let (Some(index), Some(term), None) = (index, term, words.next()) else {
                if trimmed.is_empty() {
                    continue;
                }
                let message = format!("{trimmed:.40?} is not an index and a term");
                return Err(self.lines.error(line, message));
            };
            let index: i64 = index.parse().map_err(|_| {
                self.lines.error(line, format!("the index is {index:.40?}, not an integer"))
            })?;
            if let Some(last) = last
                && last.checked_add(1) != Some(index)
            {
                let message = if index > last {
                    format!("index {index} follows index {last}: terms between them are missing")
                } else {
                    format!("index {index} follows index {last}: indices have to count up by one")
                };
                return Err(self.lines.error(line, message));
            }
            last = Some(index);
            let term = match terms::parse(term).as_deref() {
                Ok([term]) => term.clone(),
                _ => {
                    let message = format!("the term is {term:.40?}, not an integer");
                    return Err(self.lines.error(line, message));
                }
            };
            let empty = || InputRow { line, id: String::new(), terms: Vec::new() };
            row.get_or_insert_with(empty).terms.push(term);
        }
        Ok(row.map(|row| {
            let id = id.unwrap_or_else(|| row.line.to_string());
            InputRow { id, ..row }
        }))
    }
}

impl Iterator for Rows {
    type Item = Result<InputRow, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.read().transpose();
        self.ended = !matches!(row, Some(Ok(_)));
        row
    }
}

/// The name before the terms of a line, the number of a sequence or a word with a colon behind
/// it, and the rest without a comment.
fn labelled(text: &str) -> (Option<String>, &str) {
    let text = match text.find(" #").or_else(|| text.find("\t#")) {
        Some(comment) => &text[..comment],
        None => text,
    };
    if let Some((number, length)) = terms::leading_number(text) {
        return (Some(number.to_string()), &text[length..]);
    }
    match text.split_once(':') {
        Some((name, rest)) if name.contains(|c: char| c.is_alphabetic()) => {
            (Some(name.trim().to_string()), rest)
        }
        Some((name, rest)) if name.trim().bytes().all(|byte| byte.is_ascii_digit()) => {
            (Some(name.trim().to_string()).filter(|name| !name.is_empty()), rest)
        }
        _ => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn rows(bytes: &[u8], format: Option<Format>) -> Result<Vec<(u64, String, String)>, String> {
        let rows = Rows::from_reader("a file", std::io::Cursor::new(bytes.to_vec()), format)
            .map_err(|error| error.to_string())?;
        rows.map(|row| {
            let InputRow { line, id, terms } = row.map_err(|error| error.to_string())?;
            let terms: Vec<String> = terms.iter().map(ToString::to_string).collect();
            Ok((line, id, terms.join(" ")))
        })
        .collect()
    }

    #[track_caller]
    fn reads(text: &str, expected: &[(u64, &str, &str)]) {
        let found = rows(text.as_bytes(), None).unwrap();
        let found: Vec<(u64, &str, &str)> =
            found.iter().map(|(line, id, terms)| (*line, &id[..], &terms[..])).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn every_format_is_read() {
        let both = [(1, "1", "1 2 3"), (2, "2", "4 5")];
        reads("1 2 3\n4 5\n", &both);
        reads("[1, 2, 3]\n[4, 5]", &both);
        reads("1, 2, 3, ...\r\n4, 5, ?\r\n", &both);
        reads("\u{feff}1;2;3\n4;5", &both);
        reads("one: 1 2 3\n2: 4 5 # why\n", &[(1, "one", "1 2 3"), (2, "2", "4 5")]);
        reads("# a\n\nA000045 ,0,1,\nA000046 ,1,\n", &[(3, "A000045", "0 1"), (4, "A000046", "1")]);
        reads(
            "id,terms\n\na,1 2\n# b,3\nc,\"3,\n4\"\nd,5\n",
            &[(3, "a", "1 2"), (5, "c", "3 4"), (7, "d", "5")],
        );
        reads("Sequence;what;ID\n1,2;x;a\n\"3;4\";y;\n", &[(2, "a", "1 2"), (3, "3", "3 4")]);
        reads("Id\tTERMS\nx\t[1, 2]\n", &[(2, "x", "1 2")]);
        reads("1,\"1,2\"\n2,\"3,4\"\n", &[(1, "1", "1 2"), (2, "2", "3 4")]);
        reads("{\"terms\":[1,2],\"id\":\"x\"}\n\n[3,4]\n", &[(1, "x", "1 2"), (3, "3", "3 4")]);
        reads("# A000045 (b-file)\n0 0\n1 1\n2 1\n", &[(2, "A000045", "0 1 1")]);
        reads("", &[]);
    }

    #[test]
    fn compressed_files_are_read() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"id,terms\nx,1 2 3\n").unwrap();
        let mut bytes = encoder.finish().unwrap();
        let expected = vec![(2, "x".to_string(), "1 2 3".to_string())];
        assert_eq!(rows(&bytes, None), Ok(expected.clone()));
        // Two compressed files one behind the other are one.
        let mut more = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        more.write_all(b"y,4 5\n").unwrap();
        let mut both = bytes.clone();
        both.extend(more.finish().unwrap());
        assert_eq!(rows(&both, None).unwrap().len(), 2);
        bytes.truncate(bytes.len() - 9);
        let message = rows(&bytes, None).unwrap_err();
        assert!(message.contains("a file") && message.len() < 200, "{message}");
        let message = rows(b"PK\x03\x04...", None).unwrap_err();
        assert!(message.starts_with("a file: a zip archive; text in UTF-8"), "{message}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let cases: [(&str, &[&str]); 14] = [
            ("1 2\n3 x\n", &["a file, line 2: term 2 is \"x\", not an integer", "\n  3 x\n    ^"]),
            ("id,terms\na,1 2\nb\n", &["line 3: 1 column, expected 2: id, terms"]),
            ("id,terms\na,1,2\n", &["line 2: 3 columns, expected 2: id, terms"]),
            ("id,terms\na,\n", &["line 2: no terms"]),
            ("id,terms\na,\"1 2\n3\n", &["line 2: a quotation mark is not closed"]),
            ("x,y\n1,2 3\n", &["a file: the columns are \"x\", \"y\"; that of the terms"]),
            (
                "0 0\n1 1\n3 2\n",
                &["line 3: index 3 follows index 1: terms between them are missing"],
            ),
            ("0 0\n1 1\n1 2\n", &["index 1 follows index 1"]),
            ("0 0\n1 1\n2 x\n", &["line 3: term 2 is \"x\""]),
            ("A000045 ,0,1,\n0,1\n", &["line 2: no number of a sequence"]),
            ("{\"terms\":[1,2.5]}\n", &["line 1: term 2 is \"2.5\", not an integer"]),
            ("{\"terms\":[1,2]}\n{\"a\":1}\n", &["line 2: an object with the keys \"a\""]),
            ("{\"terms\":[1,2]}\nnothing\n", &["line 2: not JSON at column"]),
            ("[[1],[2]]\n", &["a file: a JSON document"]),
        ];
        for (text, parts) in cases {
            let message = rows(text.as_bytes(), None).unwrap_err();
            for part in parts {
                assert!(message.contains(part), "{text:?}: {message}");
            }
        }
        let message = rows(b"1 2\n\xFF\xFE\n", None).unwrap_err();
        assert_eq!(message, "a file, line 2: not text in UTF-8");
    }

    #[test]
    fn a_format_can_be_forced() {
        let text = b"0 0\n1 1\n2 4\n";
        assert_eq!(rows(text, None).unwrap().len(), 1);
        assert_eq!(rows(text, Some(Format::Lines)).unwrap().len(), 3);
        assert!(rows(b"1 2 3\n", Some(Format::Json)).unwrap_err().contains("not JSON"));
        assert!(rows(b"1 2 3\n", Some(Format::BFile)).unwrap_err().contains("an index and a term"));
    }

    /// What comes through a pipe is read line by line.
    #[test]
    fn nothing_is_waited_for() {
        struct Pieces(Vec<&'static [u8]>);
        impl Read for Pieces {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                assert!(!self.0.is_empty(), "it was read to its end");
                let piece = self.0.remove(0);
                buffer[..piece.len()].copy_from_slice(piece);
                Ok(piece.len())
            }
        }
        let pieces = Pieces(vec![b"1 2 3\n", b"4 5\n"]);
        let mut rows = Rows::from_reader("a pipe", pieces, None).unwrap();
        assert_eq!(rows.next().unwrap().unwrap().terms.len(), 3);
        assert_eq!(rows.next().unwrap().unwrap().terms.len(), 2);
    }
}
