//! Parts common to HTML and SVG: escaped text and finite coordinates.

use std::fmt::{self, Display, Write};

/// Text between tags or in a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(character),
            // XML has no other control characters, not even escaped ones.
            _ if character.is_control() || ('\u{fffe}'..='\u{ffff}').contains(&character) => {
                escaped.push(char::REPLACEMENT_CHARACTER);
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

/// A coordinate with two decimals at most. NaN and infinities become 0: one wrong mark is
/// better than a file that no viewer opens.
#[derive(Clone, Copy, Debug)]
pub struct Coordinate(pub f64);

impl Display for Coordinate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.0.is_finite() { self.0.clamp(-1e6, 1e6) } else { 0.0 };
        let text = format!("{value:.2}");
        let short = text.trim_end_matches('0').trim_end_matches('.');
        f.write_str(if short == "-0" { "0" } else { short })
    }
}

/// Appends to a text, which cannot fail.
macro_rules! push {
    ($text:expr, $($part:tt)*) => { $crate::markup::append(&mut $text, format_args!($($part)*)) };
}
pub(super) use push;

/// See [`push!`].
pub fn append(text: &mut String, parts: fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = text.write_fmt(parts);
}

#[cfg(test)]
pub mod check {
    //! The check that tests make of any markup.

    /// Elements of HTML that have no end.
    const VOID: [&str; 2] = ["meta", "br"];

    /// Panics unless every tag is closed in its order, attributes are quoted, and
    /// none holds NaN or an infinity.
    #[track_caller]
    pub fn well_formed(markup: &str) {
        let mut open: Vec<&str> = Vec::new();
        let mut rest = markup;
        while let Some(start) = rest.find('<') {
            assert!(!rest[..start].contains('>'), "a bare > in {}", &rest[..start]);
            rest = &rest[start + 1..];
            let end = rest.find('>').expect("an open tag");
            let tag = &rest[..end];
            rest = &rest[end + 1..];
            if tag.starts_with('!') {
                continue;
            }
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "closes another element");
                continue;
            }
            let name = tag.split([' ', '\n', '/']).next().unwrap();
            assert!(!name.is_empty() && !tag.contains('<'), "<{tag}>");
            assert_eq!(tag.matches('"').count() % 2, 0, "<{tag}>");
            for value in tag.split('"').skip(1).step_by(2) {
                let words = value.split(|c: char| !c.is_ascii_alphanumeric());
                for word in words {
                    assert!(!["NaN", "inf", "Infinity"].contains(&word), "<{tag}>");
                }
            }
            if name == "style" {
                rest = &rest[rest.find("</style>").expect("the end of the style")..];
            }
            if !tag.ends_with('/') && !VOID.contains(&name) {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "still open: {open:?}");
    }

    #[test]
    fn faults_are_found() {
        well_formed("<!doctype html><a b=\"c\"><br><d/>x &lt; y</a>");
        for wrong in ["<a>", "<a></b>", "</a>", "<a b=\"NaN,1\"/>", "<a b=\"-inf\"/>", "<a b=\"/>"]
        {
            assert!(std::panic::catch_unwind(|| well_formed(wrong)).is_err(), "{wrong}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("a<b & \"c\" > 'd'"), "a&lt;b &amp; &quot;c&quot; &gt; &#39;d&#39;");
        assert_eq!(escape("x\u{0}y\u{1b}[1m\nz"), "x\u{fffd}y\u{fffd}[1m\nz");
    }

    #[test]
    fn coordinates_are_short_and_always_numbers() {
        let texts = [1.0, 2.50, -0.001, 1.0 / 3.0, f64::NAN, f64::INFINITY, 1e300]
            .map(|value| Coordinate(value).to_string());
        assert_eq!(texts, ["1", "2.5", "0", "0.33", "0", "0", "1000000"]);
    }
}
