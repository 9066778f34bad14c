//! Reading a config from text and `key=value` pairs, and printing it.

use std::fmt::{self, Write};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::{Error, Key, Section, SettingEntry, Value};

/// A key with its value, and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Where it was written, for messages: `config.toml, line 3` or `--set`.
    pub place: String,
    /// `section.key`, or the key only, if no other section has it.
    pub key: String,
    /// The value.
    pub value: Value,
}

/// A config as a list of its sections.
///
/// ```
/// use ninth_settings::{Section, Sections, parse_assignment, parse_document, render};
///
/// ninth_settings::settings! {
///     /// The shape of a grid.
///     pub struct Grid: "grid" {
///         /// columns
///         pub width: usize = 3, in 1..=9;
///         /// rows
///         pub height: usize = 2, in 1..=9;
///     }
/// }
///
/// #[derive(Default)]
/// struct Config {
///     grid: Grid,
/// }
///
/// impl Sections for Config {
///     fn sections(&self) -> Vec<&dyn Section> {
///         vec![&self.grid]
///     }
///     fn sections_mut(&mut self) -> Vec<&mut dyn Section> {
///         vec![&mut self.grid]
///     }
/// }
///
/// let mut config = Config::default();
/// config.assign(&parse_document("grid.toml", "[grid]\nwidth = 7\n")?)?;
/// config.assign(&[parse_assignment("height=4")?])?;
/// assert_eq!(render(&config, false), "[grid]\nwidth = 7\nheight = 4\n");
///
/// let error = config.assign(&[parse_assignment("hight=4")?]).unwrap_err();
/// assert_eq!(error.to_string(), r#"--set: unknown key "hight" (did you mean "height"?)"#);
/// # Ok::<(), ninth_settings::Error>(())
/// ```
pub trait Sections {
    /// The sections, in the order in which they are printed.
    fn sections(&self) -> Vec<&dyn Section>;
    /// The sections, to be modified.
    fn sections_mut(&mut self) -> Vec<&mut dyn Section>;

    /// Every key with its value, what is allowed and what it means.
    fn entries(&self) -> Vec<SettingEntry> {
        self.sections().iter().flat_map(|section| section.entries()).collect()
    }

    /// Carries out assignments in order and returns the keys that they name.
    ///
    /// # Errors
    ///
    /// At the first one with an unknown key or a value that is not allowed. Those before it
    /// have been carried out.
    fn assign(&mut self, assignments: &[Assignment]) -> Result<Vec<Key>, Error> {
        let mut sections = self.sections_mut();
        let mut keys = Vec::with_capacity(assignments.len());
        for assignment in assignments {
            let all = sections.iter().map(|section| (section.name(), section.keys()));
            let key = find(all, assignment)?;
            keys.push(key);
            let Some(section) = sections.iter_mut().find(|section| section.name() == key.section)
            else {
                continue; // unreachable: the key is from one of the sections
            };
            section.set(key.name, &assignment.value).map_err(|refusal| {
                let suggestion = match &assignment.value {
                    Value::Text(text) => nearest(text, refusal.choices.iter().copied()),
                    _ => None,
                };
                Error::Value {
                    place: assignment.place.clone(),
                    key: key.path(),
                    found: assignment.value.to_string(),
                    allowed: refusal.allowed,
                    suggestion,
                }
            })?;
        }
        Ok(keys)
    }
}

/// The key that an assignment names, given the names of all sections with those of their keys.
fn find(
    sections: impl Iterator<Item = (&'static str, &'static [&'static str])> + Clone,
    assignment: &Assignment,
) -> Result<Key, Error> {
    let wanted = assignment.key.as_str();
    let all = sections
        .clone()
        .flat_map(|(section, names)| names.iter().map(move |name| Key { section, name }));
    if let Some((section, name)) = wanted.split_once('.') {
        let mut of_section = sections.filter(|(other, _)| *other == section);
        let found = of_section.find_map(|(section, names)| {
            let name = names.iter().find(|other| **other == name)?;
            Some(Key { section, name })
        });
        if let Some(key) = found {
            return Ok(key);
        }
    }
    let short: Vec<Key> = all.clone().filter(|key| key.name == wanted).collect();
    let (place, key) = (assignment.place.clone(), assignment.key.clone());
    match short.as_slice() {
        [found] => Ok(*found),
        [] => {
            // A mistyped full key is compared with full keys, a short one with both.
            let paths: Vec<String> = all.clone().map(Key::path).collect();
            let names = all.map(|key| key.name);
            let suggestion = nearest(&key, paths.iter().map(String::as_str).chain(names));
            Err(Error::UnknownKey { place, key, suggestion })
        }
        several => {
            let paths: Vec<String> = several.iter().map(|key| key.path()).collect();
            Err(Error::AmbiguousKey { place, key, candidates: paths.join(" or ") })
        }
    }
}

/// Gives short keys the section that is meant: that of `sections`, where one of them has the key.
/// For those who use some sections of a config alone; other keys stay as they are.
pub fn qualify(assignments: &mut [Assignment], sections: &[&dyn Section]) {
    for assignment in assignments {
        let has = |section: &&&dyn Section| section.keys().contains(&assignment.key.as_str());
        if let Some(section) = sections.iter().find(has) {
            assignment.key = format!("{}.{}", section.name(), assignment.key);
        }
    }
}

/// The candidate most similar to `text` (by the Jaro-Winkler similarity, at least 0.7), for
/// "did you mean ...?".
///
/// ```
/// use ninth_settings::nearest;
///
/// let names = ["round", "square"];
/// assert_eq!(nearest("sqare", names.into_iter()), Some("square".to_string()));
/// assert_eq!(nearest("xyz", names.into_iter()), None);
/// ```
pub fn nearest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    candidates
        .map(|candidate| (strsim::jaro_winkler(text, candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate.to_string())
}

/// Reads `KEY=VALUE`. The value is written as in TOML; text may stand without its quotes.
///
/// # Errors
///
/// If there is no equals sign or nothing before it.
pub fn parse_assignment(text: &str) -> Result<Assignment, Error> {
    let malformed = || Error::Assignment { found: text.to_string() };
    let (key, value) = text.split_once('=').ok_or_else(malformed)?;
    let (key, value) = (key.trim(), value.trim());
    if key.is_empty() {
        return Err(malformed());
    }
    let parsed = DeValue::parse(value).ok().and_then(|parsed| scalar(parsed.get_ref()));
    let value = parsed.unwrap_or_else(|| Value::Text(value.to_string()));
    Ok(Assignment { place: "--set".to_string(), key: key.to_string(), value })
}

/// The version of the format. It changes when the meaning of a key does, not with a new key.
const FORMAT: u64 = 1;

/// The beginning of the first line of a document that says the version; it may be missing.
const FORMAT_LINE: &str = "# format ";

/// Reads a TOML document of sections with scalar keys. `name` is its name in messages. A key
/// outside a section is taken as a short key.
///
/// # Errors
///
/// If the text is not valid TOML, is of a newer format, or has a value that is neither a number,
/// a text nor a boolean.
pub fn parse_document(name: &str, text: &str) -> Result<Vec<Assignment>, Error> {
    let place = |offset: usize| place_of(name, 1 + newlines(text, 0..offset));
    let format = text.lines().next().and_then(|line| line.strip_prefix(FORMAT_LINE));
    // Anything but a number is an ordinary comment.
    if let Some(found) = format.and_then(|format| format.trim().parse().ok())
        && found > FORMAT
    {
        return Err(Error::Format { place: place(0), found, known: FORMAT });
    }
    let table = DeTable::parse(text).map_err(|error| Error::Syntax {
        place: place(error.span().map_or(0, |span| span.start)),
        message: error.message().trim().replace('\n', ", "),
    })?;

    let mut found: Vec<(usize, String, Value)> = Vec::new();
    let mut keep =
        |key: String, at: usize, value: &Spanned<DeValue<'_>>| match scalar(value.get_ref()) {
            Some(value) => {
                found.push((at, key, value));
                Ok(())
            }
            None => Err(Error::Value {
                place: place(at),
                key,
                found: format!("({})", value.get_ref().type_str()),
                allowed: "a number, a text in quotes, true or false".to_string(),
                suggestion: None,
            }),
        };
    for (section, value) in table.get_ref() {
        match value.get_ref() {
            DeValue::Table(keys) => {
                for (key, value) in keys {
                    let path = format!("{}.{}", section.get_ref(), key.get_ref());
                    keep(path, key.span().start, value)?;
                }
            }
            _ => keep(section.get_ref().to_string(), section.span().start, value)?,
        }
    }
    // In the order of the text, so that of several errors the first is reported.
    found.sort_by_key(|(at, ..)| *at);
    // Lines are counted from each key to the next. Counting from the start would take longer than
    // everything else here.
    let (mut counted, mut line) = (0, 1);
    let assignment = |(at, key, value): (usize, String, Value)| {
        line += newlines(text, counted..at);
        counted = at;
        Assignment { place: place_of(name, line), key, value }
    };
    Ok(found.into_iter().map(assignment).collect())
}

/// A position, as messages state it.
fn place_of(name: &str, line: usize) -> String {
    format!("{name}, line {line}")
}

/// The number of line ends in a part of a text.
fn newlines(text: &str, part: Range<usize>) -> usize {
    text.bytes().take(part.end).skip(part.start).filter(|byte| *byte == b'\n').count()
}

/// The value, unless it is a date, an array or a table.
fn scalar(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::String(text) => Some(Value::Text(text.to_string())),
        DeValue::Integer(integer) => {
            i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(Value::Integer)
        }
        DeValue::Float(float) => float.as_str().parse().ok().map(Value::Float),
        DeValue::Boolean(value) => Some(Value::Boolean(*value)),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// Prints a config as a TOML document that reads back as the same config. With `comments`, it
/// begins with the version of the format, and every key is preceded by its meaning and what is
/// allowed.
pub fn render(config: &dyn Sections, comments: bool) -> String {
    let mut text = if comments { format!("{FORMAT_LINE}{FORMAT}\n\n") } else { String::new() };
    let mut add = |line: fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = text.write_fmt(line);
    };
    for (index, section) in config.sections().into_iter().enumerate() {
        let gap = if index > 0 { "\n" } else { "" };
        add(format_args!("{gap}[{}]\n", section.name()));
        if comments {
            for entry in section.entries() {
                let SettingEntry { key, value, meaning, allowed, .. } = entry;
                add(format_args!("# {meaning}\n# allowed: {allowed}\n{key} = {value}\n"));
            }
        } else {
            for (key, value) in section.keys().iter().zip(section.values()) {
                add(format_args!("{key} = {value}\n"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::options! {
        /// A shape.
        enum Shape {
            /// all around
            Round = "round",
            /// with corners
            Square = "square",
        }
    }

    crate::settings! {
        /// A thing.
        struct Thing: "thing" {
            /// its shape
            pub shape: Shape = Shape::Round;
            /// how many
            pub count: usize = 3, in 1..=9;
            /// how heavy
            pub weight: f64 = 1.0;
        }
    }

    crate::settings! {
        /// Another thing.
        struct Other: "other" {
            /// how heavy
            pub weight: f64 = 2.0;
            /// whether it is there
            pub present: bool = true;
        }
    }

    #[derive(Default, Debug, PartialEq, Clone)]
    struct Config {
        thing: Thing,
        other: Other,
    }

    impl Sections for Config {
        fn sections(&self) -> Vec<&dyn Section> {
            vec![&self.thing, &self.other]
        }
        fn sections_mut(&mut self) -> Vec<&mut dyn Section> {
            vec![&mut self.thing, &mut self.other]
        }
    }

    fn set(text: &str) -> Result<Config, Error> {
        let mut config = Config::default();
        config.assign(&[parse_assignment(text)?])?;
        Ok(config)
    }

    #[test]
    fn every_kind_of_value_is_set_by_its_full_or_its_short_key() {
        assert_eq!(set("thing.shape=square").unwrap().thing.shape, Shape::Square);
        assert_eq!(set("shape = \"square\"").unwrap().thing.shape, Shape::Square);
        assert_eq!(set("count=7").unwrap().thing.count, 7);
        assert_eq!(set("other.weight=1e-3").unwrap().other.weight, 1e-3);
        assert_eq!(set("other.weight=4").unwrap().other.weight, 4.0);
        assert!(!set("present=false").unwrap().other.present);
    }

    #[test]
    fn errors_name_the_place_what_was_found_and_what_is_allowed() {
        let message = |text| set(text).unwrap_err().to_string();
        assert_eq!(
            message("thing.shap=round"),
            "--set: unknown key \"thing.shap\" (did you mean \"thing.shape\"?)"
        );
        assert_eq!(message("xyz=1"), "--set: unknown key \"xyz\"");
        assert_eq!(
            message("shape=sqare"),
            "--set: thing.shape = \"sqare\" is not allowed (did you mean \"square\"?); \
             allowed: round | square"
        );
        assert_eq!(
            message("count=10"),
            "--set: thing.count = 10 is not allowed; allowed: a whole number from 1 to 9"
        );
        assert_eq!(
            message("count=-1"),
            "--set: thing.count = -1 is not allowed; allowed: a whole number from 1 to 9"
        );
        assert_eq!(message("weight=1"), "--set: \"weight\" could be thing.weight or other.weight");
        assert_eq!(message("other.weight=nan").matches("allowed: a number").count(), 1);
        assert_eq!(message("count"), "\"count\" is not of the form KEY=VALUE");
        assert_eq!(message("=3"), "\"=3\" is not of the form KEY=VALUE");
    }

    #[test]
    fn short_keys_are_those_of_the_sections_that_count() {
        let texts = ["weight=3", "thing.weight=4", "count=2", "nonsense=1"];
        let mut assignments = texts.map(|text| parse_assignment(text).unwrap());
        let other = Other::default();
        qualify(&mut assignments, &[&other]);
        let keys = assignments.each_ref().map(|assignment| assignment.key.as_str());
        assert_eq!(keys, ["other.weight", "thing.weight", "count", "nonsense"]);
    }

    #[test]
    fn documents_report_the_line() {
        let read = |text: &str| {
            let mut config = Config::default();
            config.assign(&parse_document("c.toml", text)?)?;
            Ok::<_, Error>(config)
        };
        let config = read("[other]\nweight = 5\n[thing]\ncount = 2\n").unwrap();
        assert_eq!((config.other.weight, config.thing.count), (5.0, 2));
        let message = |text| read(text).unwrap_err().to_string();
        assert!(message("[thing]\n\ncuont = 2").starts_with("c.toml, line 3: unknown key"));
        assert!(
            message("[thing]\ncount = [2]").starts_with("c.toml, line 2: thing.count = (array)")
        );
        assert!(message("[thing\ncount = 2").starts_with("c.toml, line 1: "));
        assert!(message("[thing]\ncount = 2\ncount = 3").starts_with("c.toml, line 3: "));
        assert!(message("[thing.count]\nx = 1").contains("thing.count = (table)"));
        let newer = "c.toml, line 1: its format is 2, this program reads 1";
        assert_eq!(message("# format 2\n[thing]\nhues = 3"), newer);
        assert!(read("# format of mine\n[thing]\ncount = 2").is_ok());
    }

    #[test]
    fn a_rendered_config_reads_back_as_itself() {
        let mut config = Config::default();
        config.thing.shape = Shape::Square;
        config.other.weight = 1e-7;
        for comments in [false, true] {
            let text = render(&config, comments);
            let mut back = Config::default();
            back.assign(&parse_document("text", &text).unwrap()).unwrap();
            assert_eq!(back, config);
        }
        assert!(render(&config, true).starts_with("# format 1\n\n[thing]\n"));
        assert!(
            render(&config, true)
                .contains("# how many\n# allowed: a whole number from 1 to 9\ncount = 3")
        );
    }
}
