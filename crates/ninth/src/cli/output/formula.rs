//! How formulas are written.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_two_notations_is_chosen() {
        assert_eq!(Notation::new(true).of("n^2", "n^{2}"), "n^{2}");
        assert_eq!(Notation::new(false).of("n^2", "n^{2}"), "n^2");
    }
}
