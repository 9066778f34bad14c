//! The formats of files, and how one is recognised.

use num_bigint::BigInt;

use super::delimited::{Columns, DELIMITERS};
use super::json;
use super::terms::{self, leading_number};

ninth_settings::options! {
    /// How sequences are written in a file.
    pub enum Format {
        /// one sequence a line, with a name and a colon before it or without
        Lines = "lines",
        /// columns separated by commas, semicolons or tabs: one of names, one of terms
        Csv = "csv",
        /// the file of all known sequences: A000045 ,0,1,1,2,
        Stripped = "stripped",
        /// the terms of one sequence: an index and a term a line
        BFile = "b-file",
        /// a JSON object or array a line
        Json = "json",
    }
}

/// A format with what has to be known to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Lines,
    Csv(Columns),
    Stripped,
    BFile,
    Json,
}

impl Layout {
    pub fn format(&self) -> Format {
        match self {
            Layout::Lines => Format::Lines,
            Layout::Csv(_) => Format::Csv,
            Layout::Stripped => Format::Stripped,
            Layout::BFile => Format::BFile,
            Layout::Json => Format::Json,
        }
    }

    /// What it is, in words.
    pub fn in_words(&self) -> String {
        match self {
            Layout::Lines => "one sequence a line".to_string(),
            Layout::Csv(columns) => columns.in_words(),
            Layout::Stripped => "lines of the OEIS file \"stripped\"".to_string(),
            Layout::BFile => "an OEIS b-file, one sequence".to_string(),
            Layout::Json => "JSON lines".to_string(),
        }
    }

    /// The layout of a file, given its name, its first lines and the format, if that is known.
    ///
    /// # Errors
    ///
    /// If these lines are none of the formats, or not the one that is named.
    pub fn of(name: &str, beginning: &str, format: Option<Format>) -> Result<Layout, String> {
        let meaningful = |line: &&str| !line.trim().is_empty() && !is_comment(line);
        let lines: Vec<&str> = beginning.lines().filter(meaningful).take(LOOKED_AT).collect();
        Ok(match format {
            Some(Format::Lines) => Layout::Lines,
            Some(Format::Stripped) => Layout::Stripped,
            Some(Format::BFile) => Layout::BFile,
            Some(Format::Json) => Layout::Json,
            Some(Format::Csv) => Layout::Csv(match Columns::of_header(&lines) {
                Some(columns) => columns,
                None => match Columns::without_header(&lines, false) {
                    Some(columns) => columns,
                    None => return Err(Columns::expected(&lines)),
                },
            }),
            None => recognised(name, &lines)?,
        })
    }
}

/// Lines by which a format is recognised.
const LOOKED_AT: usize = 50;

/// Whether a line says something to people only.
pub(super) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn recognised(name: &str, lines: &[&str]) -> Result<Layout, String> {
    let Some(first) = lines.first().map(|line| line.trim()) else { return Ok(Layout::Lines) };
    if first.starts_with('{') || json::is_array(first) {
        return Ok(Layout::Json);
    }
    if first == "[" || first.starts_with("[[") || first.starts_with("[{") {
        return Err("a JSON document; JSON is read with one array or object a line".to_string());
    }
    if let Some(columns) = Columns::of_header(lines) {
        return Ok(Layout::Csv(columns));
    }
    if is_stripped(first) {
        return Ok(Layout::Stripped);
    }
    if is_b_file(name, lines) {
        return Ok(Layout::BFile);
    }
    if let Some(columns) = Columns::without_header(lines, true) {
        return Ok(Layout::Csv(columns));
    }
    Ok(match is_unknown_header(first, lines.get(1)) {
        true => return Err(Columns::expected(lines)),
        false => Layout::Lines,
    })
}

fn is_stripped(line: &str) -> bool {
    leading_number(line).is_some_and(|(number, _)| {
        let rest = line.trim_start()[number.len()..].trim_start();
        rest.starts_with(',')
    })
}

/// Whether these are two integers a line, of which the first counts: in all of them, or by the
/// name of the file. A gap is for the reader to name.
fn is_b_file(name: &str, lines: &[&str]) -> bool {
    let pair = |line: &&str| {
        let mut words = line.split_whitespace().map(|word| word.parse::<BigInt>());
        let (Some(Ok(index)), Some(Ok(_)), None) = (words.next(), words.next(), words.next())
        else {
            return None;
        };
        i64::try_from(index).ok()
    };
    let Some(indices) = lines.iter().map(pair).collect::<Option<Vec<i64>>>() else { return false };
    let counts =
        indices.len() > 1 && indices[0].checked_add(1) == Some(indices[1]) && indices.is_sorted();
    counts || number_of_b_file(name).is_some()
}

/// `A000045` for `b000045.txt`.
pub(super) fn number_of_b_file(name: &str) -> Option<String> {
    let base = name.rsplit(['/', '\\']).next()?;
    let digits = base.strip_prefix('b')?.split('.').next()?;
    let known = (6..=7).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    known.then(|| format!("A{digits}"))
}

/// Whether a line has columns with names that are none of ours above a line with terms.
fn is_unknown_header(first: &str, second: Option<&&str>) -> bool {
    let named = |cell: &str| cell.trim().starts_with(|c: char| c.is_alphabetic());
    let header = DELIMITERS.iter().any(|&delimiter| {
        let cells: Vec<&str> = first.split(char::from(delimiter)).collect();
        cells.len() > 1 && cells.iter().all(|cell| named(cell))
    });
    header
        && second.is_some_and(|line| line.contains(|c: char| c.is_ascii_digit()))
        && terms::parse(first).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(text: &str, expected: &str) {
        assert_eq!(Layout::of("a file", text, None).unwrap().in_words(), expected, "{text:?}");
    }

    #[test]
    fn formats_are_recognised() {
        let lines = "one sequence a line";
        for text in [
            "1 2 3\n4 5 6\n",
            "1, 2, 3\n",
            "1,2,3\n4,5,6\n",
            "[1, 2, 3, ...]\n",
            "# nothing\n",
            "",
            "fibonacci: 1 1 2\n",
            "A000045 0 1 1\n",
            "1\t2\t3\n",
            "1;2;3\n",
            "1 2\n",
            "7\n",
            "1,2\n2,4\n",
            "1, 2 3 4\n",
            "1,000 2,000\n",
        ] {
            is(text, lines);
        }
        is("A000045 ,0,1,1,2,\n", "lines of the OEIS file \"stripped\"");
        is("# by hand\nA000045\t,0,1,1,2,\n", "lines of the OEIS file \"stripped\"");
        is("0 0\n1 1\n2 1\n", "an OEIS b-file, one sequence");
        is("# A000045\n5 0\n6 1\n9 1\n", "an OEIS b-file, one sequence");
        is("{\"terms\": [1, 2]}\n", "JSON lines");
        is("[1, 2, 3]\n[4, 5]\n", "JSON lines");
        is("id,terms\nx,1 2\n", "CSV with the columns \"id\" and \"terms\"");
        is("Id,\"Sequence\"\n1,\"1,2\"\n", "CSV with the columns \"Id\" and \"Sequence\"");
        is(
            "# a\n\nTERMS;ID\n",
            "CSV with the columns \"ID\" and \"TERMS\", separated by semicolons",
        );
        is("a\tb\tSeq\n", "CSV with the column \"Seq\", separated by tabs");
        is("x,1 2 3\ny,4 5\n", "CSV without a header, names before terms");
        is("1,\"1,2,3\"\n2,\"4,5\"\n", "CSV without a header, names before terms");
        is("1\t1 2\n2\t3 4\n", "CSV without a header, names before terms, separated by tabs");
        is("A000045;1,2,3\n", "CSV without a header, names before terms, separated by semicolons");
        assert_eq!(Layout::of("d/b000045.txt", "5 7\n", None), Ok(Layout::BFile));
    }

    #[test]
    fn what_is_no_format_is_refused() {
        let refused = |text: &str| Layout::of("a file", text, None).unwrap_err();
        assert!(refused("[\n[1, 2],\n").contains("a JSON document"));
        assert!(refused("[[1, 2], [3]]\n").contains("a JSON document"));
        let message = refused("x,y\n1,2 3\n");
        assert!(message.contains("\"x\", \"y\"") && message.contains("terms"), "{message}");
    }

    #[test]
    fn a_format_can_be_forced() {
        let of = |text, format| Layout::of("a file", text, Some(format)).map(|l| l.format());
        assert_eq!(of("0 0\n1 1\n", Format::Lines), Ok(Format::Lines));
        assert_eq!(of("1,1 2\n", Format::Csv), Ok(Format::Csv));
        assert!(of("1 2 3\n", Format::Csv).is_err());
    }
}
