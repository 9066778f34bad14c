//! Terms as people paste them: `1, 2, 3, ...`, `[1, 2, 3]`, `1;2;3`, `1,000; 2,000`, `−1 −2`.
//!
//! Between two terms stands white space, a comma or a semicolon. Around them may stand brackets or
//! quotation marks, before them the number of a known sequence (`A000045`), behind them what says
//! that they go on (`...`, `…`, `?`, `_`, `etc.`). A term is an integer of any size: digits
//! with a sign or none, a fraction of zeros (`3.`, `3.0`), thousands separated by `,`, `_` or an
//! apostrophe. What could be read in two ways is refused, with both.

use std::borrow::Cow;
use std::fmt;

use ninth_inference::integer;
use num_bigint::BigInt;

/// Columns of the text that a message shows.
const SHOWN: usize = 72;

/// Why a text is no list of terms, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsError {
    /// What was found and what is allowed.
    message: String,
    /// The text.
    text: String,
    /// The bytes of it that the message is about.
    place: std::ops::Range<usize>,
}

impl TermsError {
    /// What was found and what is allowed, without the text.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The line of the text with the place, cut to what is around it, and a line with marks under
    /// the place.
    pub fn marked(&self) -> [String; 2] {
        let one_column = |c: char| if c.is_control() || c.is_whitespace() { ' ' } else { c };
        let columns = |bytes: &str| bytes.chars().map(one_column).collect::<Vec<char>>();
        let before = columns(&self.text[..self.place.start]);
        let found = columns(&self.text[self.place.clone()]);
        let after = columns(&self.text[self.place.end..]);
        // What is cut off is counted so that the place stays in sight.
        let found_shown = found.len().min(SHOWN / 2);
        let before_shown = before.len().min((SHOWN - found_shown) / 2);
        let cut = |is_cut: bool| if is_cut { "…" } else { "" };
        let mut line = cut(before_shown < before.len()).to_string();
        line.extend(&before[before.len() - before_shown..]);
        let column = line.chars().count();
        line.extend(&found[..found_shown]);
        if found_shown < found.len() {
            line += "…";
        } else {
            let after_shown = after.len().min(SHOWN.saturating_sub(column + found_shown));
            line.extend(&after[..after_shown]);
            line += cut(after_shown < after.len());
        }
        let mark = " ".repeat(column) + &"^".repeat(found_shown.max(1));
        [line.trim_end().to_string(), mark]
    }
}

/// The message, then the text with a mark under the place.
impl fmt::Display for TermsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [line, mark] = self.marked();
        write!(f, "{}\n\n  {line}\n  {mark}", self.message)
    }
}

impl std::error::Error for TermsError {}

/// A word between separators.
#[derive(Clone, Debug)]
struct Word<'a> {
    /// Its characters, with ASCII digits and signs.
    text: Cow<'a, str>,
    /// Its bytes in the text.
    place: std::ops::Range<usize>,
    /// What stands between it and the word before.
    separator: Separator,
}

/// What stands between two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Separator {
    /// White space alone, or nothing before the first word.
    Space,
    /// A comma without white space behind it.
    TightComma,
    /// A comma with white space behind it.
    Comma,
    /// A semicolon.
    Semicolon,
}

/// Reads terms as people paste them; none if the text is empty.
///
/// ```
/// use ninth::reading::terms;
///
/// let expected: Vec<ninth::BigInt> = [1000, -2000, 3000].map(Into::into).to_vec();
/// assert_eq!(terms::parse("[1,000; \u{2212}2,000; +3,000; ...]")?, expected);
///
/// let error = terms::parse("1, 2, x, 4").unwrap_err();
/// assert_eq!(error.message(), "term 3 is \"x\", not an integer");
/// assert_eq!(error.marked(), ["1, 2, x, 4", "      ^"]);
/// # Ok::<(), ninth::reading::terms::TermsError>(())
/// ```
///
/// # Errors
///
/// At the first place that is no term, where a term is missing, and where it is not clear which
/// terms are meant.
pub fn parse(text: &str) -> Result<Vec<BigInt>, TermsError> {
    let inner = without_frame(text)?;
    let words = words(text, inner)?;
    let grouped = thousands(text, &words)?;
    let words = match grouped {
        true => joined(&words),
        false => words,
    };
    let terms = words.iter().enumerate();
    terms.map(|(index, word)| term(index + 1, word, text)).collect()
}

fn error(text: &str, place: std::ops::Range<usize>, message: impl Into<String>) -> TermsError {
    TermsError { message: message.into(), text: text.to_string(), place }
}

/// The number of a known sequence in front of a text, and the bytes that it takes with what
/// separates it.
pub(super) fn leading_number(text: &str) -> Option<(&str, usize)> {
    let start = text.len() - text.trim_start().len();
    let number = &text[start..];
    let digits = number.strip_prefix('A')?;
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    if !(6..=7).contains(&length) {
        return None;
    }
    let (number, rest) = number.split_at(1 + length);
    let separator = rest.len() - rest.trim_start_matches([' ', '\t', ':', ',', ';', '=']).len();
    if !rest.is_empty() && separator == 0 {
        return None;
    }
    Some((number, start + number.len() + separator))
}

/// The bytes inside brackets and quotation marks, behind the number of a sequence, before what
/// says that the terms go on.
fn without_frame(text: &str) -> Result<std::ops::Range<usize>, TermsError> {
    const PAIRS: [(char, char); 9] = [
        ('[', ']'),
        ('(', ')'),
        ('{', '}'),
        ('⟨', '⟩'),
        ('"', '"'),
        ('\'', '\''),
        ('“', '”'),
        ('‘', '’'),
        ('`', '`'),
    ];
    let mut start = leading_number(text).map_or(0, |(_, length)| length);
    let mut end = text.len();
    loop {
        let inner = &text[start..end];
        start += inner.len() - inner.trim_start().len();
        end = start + text[start..end].trim_end().len();
        let inner = &text[start..end];
        let goes_on = without_going_on(inner);
        if goes_on < inner.len() {
            end = start + goes_on;
            continue;
        }
        let (Some(first), Some(last)) = (inner.chars().next(), inner.chars().next_back()) else {
            return Ok(start..end);
        };
        let opened = PAIRS.iter().find(|(open, _)| *open == first);
        let closed = PAIRS.iter().find(|(_, close)| *close == last);
        match (opened, closed) {
            (Some((_, close)), _) if *close == last && inner.len() > first.len_utf8() => {
                start += first.len_utf8();
                end -= last.len_utf8();
            }
            (Some((open, close)), _) => {
                let place = start..start + first.len_utf8();
                return Err(error(text, place, format!("{open:?} is not closed by {close:?}")));
            }
            (None, Some((open, close))) => {
                let place = end - last.len_utf8()..end;
                return Err(error(text, place, format!("{close:?} was not opened by {open:?}")));
            }
            (None, None) => return Ok(start..end),
        }
    }
}

/// The bytes in front of one mark at the end that says that terms go on, with the separator
/// before it; all if there is none.
fn without_going_on(text: &str) -> usize {
    const MARKS: [&str; 10] = ["...", "…", "..", "?", "？", "_", ",", ";", "，", "etc"];
    if let Some(rest) = MARKS.iter().find_map(|mark| text.strip_suffix(mark)) {
        // A separator alone has a term before it: two are a term that is missing.
        let is_separator = text.ends_with([',', ';', '，']);
        let rest = rest.trim_end();
        if !is_separator || !rest.ends_with([',', ';', '，']) && !rest.is_empty() {
            return rest.len();
        }
    }
    // A full stop ends a sentence, as in `etc.`; behind the last term it may be that of `3.`, which
    // is the same term.
    match text.strip_suffix('.') {
        Some(rest) if rest.ends_with("etc") => rest.len(),
        _ => text.len(),
    }
}

/// The words inside `inner`, with what separates them.
fn words(text: &str, inner: std::ops::Range<usize>) -> Result<Vec<Word<'_>>, TermsError> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut separator: Option<(Separator, usize)> = None;
    let mut start = None;
    let mut end_word = |start: &mut Option<usize>, end: usize, separator: &mut Option<_>| {
        if let Some(begin) = start.take() {
            let separator = separator.take().map_or(Separator::Space, |(found, _)| found);
            let text = plain(&text[begin..end]);
            words.push(Word { text, place: begin..end, separator });
        }
    };
    for (offset, c) in text[inner.clone()].char_indices() {
        let at = inner.start + offset;
        let is_comma = matches!(c, ',' | '，' | '、');
        let is_semicolon = matches!(c, ';' | '；');
        if !is_comma && !is_semicolon && !c.is_whitespace() {
            start.get_or_insert(at);
            continue;
        }
        end_word(&mut start, at, &mut separator);
        separator = Some(match separator.take() {
            None if is_comma => (Separator::TightComma, at),
            None if is_semicolon => (Separator::Semicolon, at),
            None => (Separator::Space, at),
            Some((Separator::Space, _)) if is_comma => (Separator::Comma, at),
            Some((Separator::Space, _)) if is_semicolon => (Separator::Semicolon, at),
            Some((Separator::TightComma, at)) if c.is_whitespace() => (Separator::Comma, at),
            Some(found) if c.is_whitespace() => found,
            Some((_, first)) => {
                let place = first..at + c.len_utf8();
                return Err(error(text, place, "a term is missing between two separators"));
            }
        });
    }
    end_word(&mut start, inner.end, &mut separator);
    if let Some(first) = words.first()
        && first.separator != Separator::Space
    {
        let place = inner.start..first.place.start;
        return Err(error(text, place, "a term is missing before the first separator"));
    }
    if words.is_empty()
        && let Some((_, at)) = separator
    {
        return Err(error(text, at..inner.end, "a separator without terms"));
    }
    Ok(words)
}

/// A word with ASCII digits and signs in the place of those of other scripts and fonts.
fn plain(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        return Cow::Borrowed(word);
    }
    let plain = |c: char| match c {
        // Minus signs and what is typed for one; the soft ones of a word processor among them.
        '\u{2212}' | '\u{FF0D}' | '\u{FE63}' | '\u{2010}' | '\u{2011}' | '\u{2012}'
        | '\u{2013}' => '-',
        '\u{FF0B}' => '+',
        '\u{FF10}'..='\u{FF19}' => char::from(b'0' + (c as u32 - 0xFF10) as u8),
        '\u{2019}' => '\'',
        other => other,
    };
    Cow::Owned(word.chars().map(plain).collect())
}

/// Whether commas without white space behind them separate thousands.
///
/// They do not where one of them cannot, as in `1,2,3`. They do where terms are separated by
/// something else and each of them can, if a group begins with 0 or semicolons separate the terms:
/// nobody writes `024` for a term of its own. Otherwise either may be meant.
fn thousands(text: &str, words: &[Word<'_>]) -> Result<bool, TermsError> {
    let tight = |word: &Word<'_>| word.separator == Separator::TightComma;
    let begins_with_0 = |word: &Word<'_>| word.text.len() == 3 && word.text.starts_with('0');
    if let Some(error) = spaced_thousands(text, words) {
        return Err(error);
    }
    if !words.iter().any(tight) {
        return Ok(false);
    }
    let runs: Vec<&[Word<'_>]> = words.chunk_by(|_, next| tight(next)).collect();
    let is_grouped = |run: &&[Word<'_>]| {
        let (first, rest) = (&run[0].text, &run[1..]);
        rest.is_empty()
            || (begins_thousands(first)
                && !unsigned(first).starts_with('0')
                && rest.iter().all(|group| is_group(&group.text)))
    };
    let all_grouped = runs.iter().all(is_grouped);
    let padded = words.iter().find(|word| tight(word) && begins_with_0(word));
    let by_semicolons = words.iter().any(|word| word.separator == Separator::Semicolon)
        && words.iter().all(|word| {
            matches!(word.separator, Separator::Semicolon | Separator::TightComma)
                || word.place == words[0].place
        });
    match (all_grouped, padded) {
        (true, _) if by_semicolons => Ok(true),
        (true, Some(_)) => Ok(true),
        // `100,200,300` alone is a list.
        (true, None) if runs.len() == 1 => Ok(false),
        (false, None) => Ok(false),
        (true, None) | (false, Some(_)) => {
            let run = match padded {
                Some(padded) => runs.iter().find(|run| run.iter().any(|w| w.place == padded.place)),
                None => runs.iter().find(|run| run.len() > 1),
            };
            let run = run.copied().unwrap_or_default();
            let place = match (run.first(), run.last()) {
                (Some(first), Some(last)) => first.place.start..last.place.end,
                _ => 0..text.len(),
            };
            let parts: Vec<&str> = run.iter().map(|word| &*word.text).collect();
            let message = if all_grouped {
                format!(
                    "{:?} may be {} or {}: write it without the comma, or with a space behind it",
                    parts.join(","),
                    parts.join(""),
                    parts.join(" and "),
                )
            } else {
                format!(
                    "{:?} has thousands, but not all commas here separate thousands: put spaces \
                     between terms, or leave out the commas in them",
                    parts.join(","),
                )
            };
            Err(error(text, place, message))
        }
    }
}

/// An error for `1 000 2 000`: a group of three digits that begins with 0 behind a shorter term,
/// with only a space between them. Terms that all have as many digits are padded instead.
fn spaced_thousands(text: &str, words: &[Word<'_>]) -> Option<TermsError> {
    let width = words.first()?.text.len();
    if words.iter().all(|word| word.text.len() == width) {
        return None;
    }
    let pair = words.windows(2).find(|pair| {
        let [first, second] = pair else { return false };
        second.separator == Separator::Space
            && is_group(&second.text)
            && second.text.starts_with('0')
            && begins_thousands(&first.text)
            && !unsigned(&first.text).starts_with('0')
    })?;
    let (first, second) = (&pair[0].text, &pair[1].text);
    let number: u32 = second.parse().unwrap_or(0);
    let message = format!(
        "\"{first} {second}\" may be {first}{second} or {first} and {number}: write \
         {first}{second}, or {first} {number}"
    );
    Some(error(text, pair[0].place.start..pair[1].place.end, message))
}

/// A word without its sign.
fn unsigned(word: &str) -> &str {
    word.strip_prefix(['-', '+']).unwrap_or(word)
}

/// Whether these are so many digits and nothing else.
fn is_digits(text: &str, count: std::ops::RangeInclusive<usize>) -> bool {
    count.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether this may stand before the first mark of thousands, with a sign or without.
fn begins_thousands(word: &str) -> bool {
    is_digits(unsigned(word), 1..=3)
}

/// Whether this may stand behind a mark of thousands.
fn is_group(word: &str) -> bool {
    is_digits(word, 3..=3)
}

/// Words whose thousands are put together.
fn joined<'a>(words: &[Word<'a>]) -> Vec<Word<'a>> {
    let runs = words.chunk_by(|_, next| next.separator == Separator::TightComma);
    let join = |run: &[Word<'a>]| {
        let text = run.iter().map(|word| &*word.text).collect::<String>();
        let end = run.last().map_or(0, |word| word.place.end);
        Word { text: Cow::Owned(text), place: run[0].place.start..end, separator: run[0].separator }
    };
    runs.map(join).collect()
}

/// The integer that a word is.
fn term(position: usize, word: &Word<'_>, text: &str) -> Result<BigInt, TermsError> {
    let digits = without_zeros_behind_the_point(&word.text);
    let digits = without_marks_of_thousands(digits);
    integer::parse(&digits).map_err(|_| {
        let found = &text[word.place.clone()];
        let short: String = found.chars().take(40).collect();
        let cut = if short.len() < found.len() { "…" } else { "" };
        let message = format!("term {position} is \"{short}{cut}\", {}", fault(&word.text));
        error(text, word.place.clone(), message)
    })
}

/// `3.` and `3.0` are 3; `3.000` may be 3,000.
fn without_zeros_behind_the_point(word: &str) -> &str {
    match word.split_once('.') {
        Some((whole, "" | "0" | "00")) if whole.ends_with(|c: char| c.is_ascii_digit()) => whole,
        _ => word,
    }
}

/// `1_000` and `1'000` are 1000.
fn without_marks_of_thousands(word: &str) -> Cow<'_, str> {
    for mark in ['_', '\''] {
        let mut groups = word.split(mark);
        let first = groups.next().unwrap_or("");
        if word.contains(mark) && begins_thousands(first) && groups.all(is_group) {
            return Cow::Owned(word.replace(mark, ""));
        }
    }
    Cow::Borrowed(word)
}

/// What is wrong with a word, as far as that can be said.
fn fault(word: &str) -> &'static str {
    let unsigned = unsigned(word);
    let number = unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E'));
    let has_digit = unsigned.bytes().any(|byte| byte.is_ascii_digit());
    match word {
        "?" | "_" | "__" | "___" | "…" | "..." | ".." => {
            "where a term is missing: terms have to follow one another without a gap"
        }
        "-" | "+" => "a sign without a number",
        _ if unsigned.starts_with("0x") => "not an integer: write it in decimal",
        _ if number && has_digit && unsigned.contains('.') && is_thousands_by_point(unsigned) => {
            "not an integer: leave out points that separate thousands"
        }
        _ if number && has_digit && unsigned.contains(['e', 'E']) => {
            "not an integer: write all digits of it"
        }
        _ if unsigned.contains('/') && has_digit => "a fraction, not an integer",
        _ if word.contains(['[', ']', '(', ')', '{', '}']) => {
            "not an integer: brackets may stand around all terms only"
        }
        _ => "not an integer",
    }
}

fn is_thousands_by_point(word: &str) -> bool {
    let mut groups = word.split('.');
    let first = groups.next().unwrap_or("");
    (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(text: &str, expected: &[i64]) {
        let expected: Vec<BigInt> = expected.iter().map(|&term| term.into()).collect();
        assert_eq!(parse(text), Ok(expected), "{text:?}");
    }

    #[track_caller]
    fn refuses(text: &str, message: &str, mark: &str) {
        let error = parse(text).expect_err(text);
        let [line, under] = error.marked();
        let start = under.find('^').unwrap_or(0);
        let marked: String = line.chars().skip(start).take(under.trim().len()).collect();
        assert_eq!((error.message(), &marked[..]), (message, mark), "{text:?}");
    }

    #[test]
    fn separators_may_be_mixed() {
        for text in [
            "1 -2 3",
            "1,-2,3",
            "1, -2, 3",
            " 1 ,-2\t3,",
            "1 , -2 , +3 ",
            "1;-2;3",
            "1; -2; 3;",
            "1\t-2\t3",
            "1\n-2\n3\n",
            "1，-2，3",
            "1、-2、3",
            "1\u{a0}-2\u{2009}3",
            "1,-2 3",
        ] {
            reads(text, &[1, -2, 3]);
        }
        reads(" ", &[]);
        reads("", &[]);
    }

    #[test]
    fn brackets_and_quotation_marks_may_stand_around() {
        for text in [
            "[1, 2, 3]",
            "(1,2,3)",
            "{1, 2, 3}",
            "[1 2 3]",
            "\"1, 2, 3\"",
            "'1 2 3'",
            "“1, 2, 3”",
            "[ 1, 2, 3, ]",
            "[1, 2, 3, ...]",
            "[1, 2, 3], ...",
            "([1, 2, 3])",
            "[1. 2. 3.]",
        ] {
            reads(text, &[1, 2, 3]);
        }
        reads("[]", &[]);
        refuses("[1, 2, 3", "'[' is not closed by ']'", "[");
        refuses("1, 2, 3)", "')' was not opened by '('", ")");
        refuses("[1, 2)", "'[' is not closed by ']'", "[");
        let inside = "not an integer: brackets may stand around all terms only";
        refuses("[[1, 2], [3, 4]]", &format!("term 2 is \"2]\", {inside}"), "2]");
    }

    #[test]
    fn what_goes_on_is_no_term() {
        for text in [
            "1, 2, 3, ...",
            "1, 2, 3...",
            "1 2 3 …",
            "1, 2, 3, ?",
            "1 2 3 ?",
            "1, 2, 3, _",
            "1 2 3 ___",
            "1, 2, 3, etc.",
            "1, 2, 3,",
            "1, 2, 3.",
            "1, 2, 3, ?, ...",
            "1 2 3 ..",
            "1; 2; 3; ...",
            "1, 2, 3, ??",
            "1,2,3,...",
            "1,2,3,_,_",
        ] {
            reads(text, &[1, 2, 3]);
        }
        let gap = "where a term is missing: terms have to follow one another without a gap";
        refuses("1 2 ? 4", &format!("term 3 is \"?\", {gap}"), "?");
        refuses("1, ..., 9", &format!("term 2 is \"...\", {gap}"), "...");
        refuses("1, _, 9", &format!("term 2 is \"_\", {gap}"), "_");
    }

    #[test]
    fn terms_that_are_missing_are_named() {
        refuses("1,,3", "a term is missing between two separators", ",,");
        refuses("1, ;3", "a term is missing between two separators", ", ;");
        refuses(",1,2", "a term is missing before the first separator", ",");
        refuses("1,2,,", "a term is missing between two separators", ",,");
        refuses(",", "a separator without terms", ",");
    }

    #[test]
    fn signs_and_digits_of_other_scripts() {
        reads("\u{2212}1 \u{2013}2 \u{FF0D}3", &[-1, -2, -3]);
        reads("+5 +6", &[5, 6]);
        reads("１ ２３ ４", &[1, 23, 4]);
        refuses("1 - 2", "term 2 is \"-\", a sign without a number", "-");
        refuses("1 --2", "term 2 is \"--2\", not an integer", "--2");
    }

    #[test]
    fn the_number_of_a_sequence_may_stand_in_front() {
        for text in ["A000045 0,1,1", "A000045: 0 1 1", "A000045 ,0,1,1,", "A000045 = [0, 1, 1]"] {
            reads(text, &[0, 1, 1]);
        }
        refuses("A45 0 1", "term 1 is \"A45\", not an integer", "A45");
    }

    #[test]
    fn thousands_that_are_unambiguous() {
        for text in [
            "1,000 2,000 3,000",
            "1,000, 2,000, 3,000",
            "1,000; 2,000; 3,000",
            "1_000 2_000 3_000",
            "1'000 2'000 3'000",
            "1’000, 2’000, 3’000",
            "1,000 2000 3,000",
            "[1,000, 2,000, 3,000]",
        ] {
            reads(text, &[1000, 2000, 3000]);
        }
        reads("1,024; 2,048; 4,096", &[1024, 2048, 4096]);
        reads("1,234; 2,345", &[1234, 2345]);
        reads("1,234;2,345;-3,456", &[1234, 2345, -3456]);
        reads("12,345,006 7", &[12_345_006, 7]);
        reads("1,000", &[1000]);
        reads("1,000,000", &[1_000_000]);
        // Commas of a list.
        reads("100,200,300", &[100, 200, 300]);
        reads("1,2,3 100,200", &[1, 2, 3, 100, 200]);
        reads("0,100,200", &[0, 100, 200]);
        reads("999,1000,1001", &[999, 1000, 1001]);
    }

    #[test]
    fn thousands_that_are_ambiguous() {
        let hint = "write it without the comma, or with a space behind it";
        refuses("1,234 2,345", &format!("\"1,234\" may be 1234 or 1 and 234: {hint}"), "1,234");
        refuses("1,100, 200", &format!("\"1,100\" may be 1100 or 1 and 100: {hint}"), "1,100");
        refuses(
            "1,000,2,000",
            "\"1,000,2,000\" has thousands, but not all commas here separate thousands: put spaces \
             between terms, or leave out the commas in them",
            "1,000,2,000",
        );
        refuses("1 000 2 000", "\"1 000\" may be 1000 or 1 and 0: write 1000, or 1 0", "1 000");
        refuses(
            "1.000 2.000",
            "term 1 is \"1.000\", not an integer: leave out points that separate thousands",
            "1.000",
        );
        // Padded terms have as many digits each.
        reads("001 002 010", &[1, 2, 10]);
        reads("000 001 010 011", &[0, 1, 10, 11]);
        reads("0 007 14", &[0, 7, 14]);
    }

    #[test]
    fn what_is_no_integer_is_named() {
        refuses("1 2 x", "term 3 is \"x\", not an integer", "x");
        refuses("1 2.5", "term 2 is \"2.5\", not an integer", "2.5");
        refuses("1 9e99", "term 2 is \"9e99\", not an integer: write all digits of it", "9e99");
        refuses("1/2 1/3", "term 1 is \"1/2\", a fraction, not an integer", "1/2");
        refuses("0x10", "term 1 is \"0x10\", not an integer: write it in decimal", "0x10");
        refuses("eins zwei", "term 1 is \"eins\", not an integer", "eins");
        refuses("1 2 NaN", "term 3 is \"NaN\", not an integer", "NaN");
    }

    #[test]
    fn integers_of_any_size_are_exact() {
        let googol = format!("1{}", "0".repeat(100));
        for text in [&googol[..], "-9223372036854775809", "18446744073709551616"] {
            assert_eq!(parse(text).unwrap()[0].to_string(), text);
        }
    }

    #[test]
    fn long_texts_are_cut_around_the_place() {
        let text = format!("{}x {}", "12345 ".repeat(40), "67890 ".repeat(40));
        let [line, mark] = parse(&text).unwrap_err().marked();
        assert!(line.chars().count() <= SHOWN + 2, "{line}");
        assert!(line.starts_with('…') && line.ends_with('…'));
        assert_eq!(line.chars().nth(mark.find('^').unwrap()), Some('x'));
        let error = parse(&format!("1 {}", "y".repeat(500))).unwrap_err();
        assert!(error.to_string().lines().all(|line| line.chars().count() <= 80), "{error}");
    }
}
