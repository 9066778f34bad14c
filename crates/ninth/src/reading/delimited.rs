//! Rows of CSV and its kind: one column of names, one of terms.

use csv::{ReaderBuilder, StringRecord, Trim};
use num_bigint::BigInt;

use super::terms;

/// What may separate columns.
pub(super) const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// Headers of the column of terms, in any case.
pub(super) const TERMS: [&str; 7] =
    ["terms", "sequence", "seq", "series", "values", "numbers", "data"];

/// Headers of the column of names, in any case.
pub(super) const IDS: [&str; 7] = ["id", "name", "key", "label", "oeis", "number", "index"];

/// Lines that a record may have.
const MOST_LINES: usize = 1000;

/// Where a record has its name and its terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    delimiter: u8,
    /// The headers, if there are any.
    headers: Option<Vec<String>>,
    /// Columns of a record.
    count: usize,
    id: Option<usize>,
    terms: usize,
}

impl Columns {
    /// The columns by the header in the first line.
    pub fn of_header(lines: &[&str]) -> Option<Self> {
        let first = lines.first()?;
        DELIMITERS.iter().find_map(|&delimiter| {
            let cells = record(first, delimiter)?;
            let find = |names: &[&str]| {
                let named = |name: &&str| cells.iter().position(|c| c.eq_ignore_ascii_case(name));
                names.iter().find_map(named)
            };
            Some(Columns {
                delimiter,
                count: cells.len(),
                id: find(&IDS),
                terms: find(&TERMS)?,
                headers: Some(cells.iter().map(str::to_string).collect()),
            })
        })
    }

    /// A name, then terms, in every line; `strict`: so that these cannot be terms throughout.
    pub fn without_header(lines: &[&str], strict: bool) -> Option<Self> {
        let is_row = |line: &&str, delimiter: u8| {
            let cells = record(line, delimiter)?;
            let (id, terms) = (cells.get(0)?, cells.get(1)?);
            let several = terms::parse(terms).is_ok_and(|terms| terms.len() > 1);
            let one_word = strict && id.contains(char::is_whitespace);
            (cells.len() == 2 && several && !one_word).then(|| id.parse::<BigInt>().is_err())
        };
        let delimiter = DELIMITERS.into_iter().find(|&delimiter| {
            let rows: Option<Vec<bool>> =
                lines.iter().map(|line| is_row(line, delimiter)).collect();
            // A single line may be a list whose first term has a comma behind it.
            rows.is_some_and(|named| {
                named.iter().any(|named| *named)
                    || named.len() > 1
                    || (!strict && !named.is_empty())
            })
        })?;
        Some(Columns { delimiter, count: 2, id: Some(0), terms: 1, headers: None })
    }

    /// What is needed, for a file that has something else.
    pub fn expected(lines: &[&str]) -> String {
        let first = lines.first().copied().unwrap_or("");
        let cells = DELIMITERS.iter().filter_map(|&delimiter| record(first, delimiter));
        let cells = cells.max_by_key(StringRecord::len).unwrap_or_default();
        let found: Vec<String> = cells.iter().take(8).map(|cell| format!("{cell:?}")).collect();
        format!(
            "the columns are {}; that of the terms has to be named one of {}, that of names one of \
             {}",
            found.join(", "),
            TERMS.join(", "),
            IDS.join(", ")
        )
    }

    /// Whether the first line is a header.
    pub fn has_header(&self) -> bool {
        self.headers.is_some()
    }

    /// What they are, in words.
    pub fn in_words(&self) -> String {
        let separated = match self.delimiter {
            b';' => ", separated by semicolons",
            b'\t' => ", separated by tabs",
            _ => "",
        };
        let which = match (&self.headers, self.id) {
            (None, _) => "without a header, names before terms".to_string(),
            (Some(headers), None) => format!("with the column {:?}", headers[self.terms]),
            (Some(headers), Some(id)) => {
                format!("with the columns {:?} and {:?}", headers[id], headers[self.terms])
            }
        };
        format!("CSV {which}{separated}")
    }

    /// The name and the terms of a record, as text.
    ///
    /// # Errors
    ///
    /// If it has another number of columns.
    pub fn row(&self, text: &str) -> Result<(Option<String>, String), String> {
        let cells = record(text, self.delimiter).unwrap_or_default();
        if cells.len() != self.count {
            let expected = match &self.headers {
                Some(headers) => headers.join(", "),
                None => "a name and terms".to_string(),
            };
            let columns = if cells.len() == 1 { "column" } else { "columns" };
            let found = cells.len();
            return Err(format!("{found} {columns}, expected {}: {expected}", self.count));
        }
        let cell = |column: usize| cells.get(column).unwrap_or("").to_string();
        Ok((self.id.map(cell).filter(|id| !id.is_empty()), cell(self.terms)))
    }
}

/// Whether a record goes on in the next line: within quotation marks.
pub(super) fn is_open(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1
}

/// Whether a record that is open is too long to be one.
pub(super) fn is_too_long(lines: usize) -> bool {
    lines > MOST_LINES
}

fn record(text: &str, delimiter: u8) -> Option<StringRecord> {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter).trim(Trim::All);
    builder.buffer_capacity(text.len().max(1));
    builder.from_reader(text.as_bytes()).into_records().next()?.ok()
}
