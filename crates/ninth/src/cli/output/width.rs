//! Text that fits a width: wrapped or cut between words, never within one.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::IsTerminal;

use console::{Term, measure_text_width};

/// Columns below which nothing is made to fit.
const NARROWEST: usize = 20;

/// The columns of a line on standard output: those of the terminal, or what the variable `COLUMNS`
/// says; `None`, without a limit, for a file or a pipe.
pub fn of_stdout() -> Option<usize> {
    let wanted = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let width = match wanted {
        Some(width) => width,
        None if std::io::stdout().is_terminal() => {
            let (_, columns) = Term::stdout().size_checked()?;
            usize::from(columns)
        }
        None => return None,
    };
    Some(width.max(NARROWEST))
}

/// The columns that a text takes.
pub fn columns(text: &str) -> usize {
    measure_text_width(text)
}

/// A text that takes no more columns than `width`: cut after a word, with `…` behind it. A single
/// word that is longer is cut, too.
pub fn cut(text: &str, width: Option<usize>) -> Cow<'_, str> {
    let Some(width) = width.filter(|width| columns(text) > *width) else {
        return Cow::Borrowed(text);
    };
    let mut end = 0;
    let mut used = 0;
    let mut word_end = None;
    for (index, c) in text.char_indices() {
        used += columns(c.encode_utf8(&mut [0; 4]));
        if used >= width.max(1) {
            break;
        }
        if c == ' ' && !text[..index].trim().is_empty() {
            word_end = Some(index);
        }
        end = index + c.len_utf8();
    }
    // The word that ends here is whole.
    if text[end..].starts_with(' ') {
        word_end = Some(end);
    }
    let kept = &text[..word_end.unwrap_or(end)];
    Cow::Owned(format!("{}…", kept.trim_end_matches([' ', ',', ';'])))
}

/// A text that takes no more columns than `width`, cut in front, with `…` before the rest.
pub fn cut_in_front(text: &str, width: Option<usize>) -> Cow<'_, str> {
    let Some(width) = width.filter(|width| columns(text) > *width) else {
        return Cow::Borrowed(text);
    };
    let starts = text.match_indices(' ').map(|(index, _)| index + 1);
    let fits = |start: &usize| columns(&text[*start..]) + 2 <= width;
    match starts.into_iter().find(fits) {
        Some(start) => Cow::Owned(format!("… {}", &text[start..])),
        None => Cow::Borrowed("…"),
    }
}

/// The words of a text in lines of no more columns than `width`. A word that is longer stands on
/// a line of its own.
pub fn wrapped(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width else { return vec![text.to_string()] };
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

/// A formula in lines of no more columns than `width`: broken behind commas and semicolons where
/// that is enough, else between words.
pub fn wrapped_formula(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(limit) = width else { return vec![text.to_string()] };
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find([',', ';']).map_or(rest.len(), |end| end + 1);
        let (part, behind) = rest.split_at(end);
        rest = behind.trim_start();
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(part) <= limit => {
                line.push(' ');
                line.push_str(part);
            }
            _ => lines.extend(wrapped(part, width)),
        }
    }
    lines
}

/// An integer of no more columns than `width`: of a longer one the first and the last digits and
/// how many there are.
pub fn integer(value: impl Display, width: Option<usize>) -> String {
    let text = value.to_string();
    let Some(width) = width.filter(|width| text.len() > *width) else { return text };
    let digits = text.trim_start_matches('-').len();
    // One word, with a space at which no line is broken.
    let count = format!("\u{a0}({digits}\u{a0}digits)");
    let rest = width.saturating_sub(columns(&count) + 1);
    let (head, tail) = (rest.div_ceil(2).max(2), (rest / 2).max(1));
    match text.len() > head + tail {
        true => format!("{}…{}{count}", &text[..head], &text[text.len() - tail..]),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_are_between_words() {
        let text = "a(n) = a(n-1) + a(n-2), a(0) = 1";
        assert_eq!(cut(text, None), text);
        assert_eq!(cut(text, Some(text.len())), text);
        assert_eq!(cut(text, Some(31)), "a(n) = a(n-1) + a(n-2), a(0) =…");
        assert_eq!(cut(text, Some(24)), "a(n) = a(n-1) + a(n-2)…");
        assert_eq!(cut("  indented words", Some(12)), "  indented…");
        assert_eq!(cut("unbreakable", Some(6)), "unbre…");
        for width in 1..40 {
            assert!(columns(&cut(text, Some(width))) <= width, "{width}");
            assert!(columns(&cut_in_front("1 22 333 4444", Some(width))) <= width, "{width}");
        }
        assert_eq!(cut_in_front("1 22 333 4444", Some(10)), "… 333 4444");
        assert_eq!(cut_in_front("1 22 333 4444", Some(13)), "1 22 333 4444");
    }

    #[test]
    fn lines_hold_whole_words() {
        assert_eq!(wrapped("34 55 89 144 233", Some(8)), ["34 55 89", "144 233"]);
        assert_eq!(wrapped("34 55 89 144 233", None), ["34 55 89 144 233"]);
        assert_eq!(wrapped("1 1234567890 2", Some(5)), ["1", "1234567890", "2"]);
        let formula = "a(n) = a(n-1) + a(n-2), a(0) = 1, a(1) = 1";
        let lines = ["a(n) = a(n-1) + a(n-2), a(0) = 1,", "a(1) = 1"];
        assert_eq!(wrapped_formula(formula, Some(38)), lines);
        assert_eq!(wrapped_formula(formula, None), [formula]);
        assert_eq!(wrapped_formula("a(n) = 1 + 2 + 3; b", Some(10)), ["a(n) = 1 +", "2 + 3; b"]);
    }

    #[test]
    fn long_integers_show_both_ends() {
        let large = "1234567890".repeat(10);
        assert_eq!(integer(&large, None), large);
        assert_eq!(integer(&large, Some(30)), "12345678…34567890\u{a0}(100\u{a0}digits)");
        assert!(columns(&integer(&large, Some(30))) <= 30);
        assert_eq!(integer(-17, Some(3)), "-17");
    }
}
