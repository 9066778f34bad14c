//! Formulas with the names of known sequences.

/// How formulas are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// As a person types them.
    Plain,
    /// In LaTeX.
    Latex,
}

impl Notation {
    /// LaTeX, or plain text.
    pub fn new(latex: bool) -> Self {
        if latex { Notation::Latex } else { Notation::Plain }
    }

    /// The one of two that is in this notation.
    pub fn of<'a>(self, plain: &'a str, latex: &'a str) -> &'a str {
        match self {
            Notation::Plain => plain,
            Notation::Latex => latex,
        }
    }
}

/// A formula, then the name and the number of a known sequence: `a(n) = n^2, the squares
/// (A000290)`.
pub fn named(formula: &str, name: Option<&str>, number: Option<&str>) -> String {
    match (name, number) {
        (Some(name), Some(number)) => format!("{formula}, {name} ({number})"),
        (Some(name), None) => format!("{formula}, {name}"),
        (None, Some(number)) => format!("{formula}, {number}"),
        (None, None) => formula.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_behind_the_formula() {
        let squares = "a(n) = n^2";
        assert_eq!(
            named(squares, Some("the squares"), Some("A000290")),
            "a(n) = n^2, the squares (A000290)"
        );
        assert_eq!(named(squares, None, None), squares);
        assert_eq!(Notation::new(true).of(squares, "a(n) = n^{2}"), "a(n) = n^{2}");
    }
}
