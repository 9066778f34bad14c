//! Tables, bars and colours.

use std::fmt::{self, Display};
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

pub use ninth_report::format::{counted, decimal, grouped, percent, percent_to, time};

/// The progress bar on the screen, if there is one: lines are written above it.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Writes a line to standard error; an error of that is ignored.
pub fn say(line: impl Display) {
    let write = || {
        let _ = writeln!(io::stderr(), "{line}");
    };
    match bar_shown().as_ref() {
        Some(bar) => {
            bar.suspend(write);
            to_start_of_line();
        }
        None => write(),
    }
}

/// Writes a line to standard error, over a `^C` that the terminal may have written there.
pub fn say_afresh(line: impl Display) {
    to_start_of_line();
    say(line);
}

/// Shows a progress bar on standard error, from `done` to `total`. There is one at a time.
pub fn show_bar(total: u64, done: u64) -> ProgressBar {
    let target = ProgressDrawTarget::stderr_with_hz(10);
    let bar = ProgressBar::with_draw_target(Some(total), target).with_position(done);
    // The template is a constant; if it were wrong, a plainer bar would do.
    if let Ok(style) = ProgressStyle::with_template("  {bar:36} {prefix}\n  {wide_msg}") {
        bar.set_style(style.progress_chars("━╸ "));
    }
    *bar_shown() = Some(bar.clone());
    bar
}

/// Moves a progress bar on, and changes what stands behind and below it.
pub fn move_bar(bar: &ProgressBar, position: u64, behind: String, below: String) {
    bar.set_position(position);
    bar.set_prefix(behind);
    bar.set_message(below);
    to_start_of_line();
}

/// Leaves the cursor in the first column, where a terminal: it writes `^C` at the cursor, and behind
/// a bar, which is as wide as the screen, that would begin a line which nobody clears.
fn to_start_of_line() {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r");
    }
}

/// Takes the progress bar off the screen.
pub fn clear_bar() {
    if let Some(bar) = bar_shown().take() {
        bar.finish_and_clear();
    }
}

fn bar_shown() -> MutexGuard<'static, Option<ProgressBar>> {
    // A bar is whole whatever panicked beside it.
    BAR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Standard output, with the styles that suit it.
pub fn stdout() -> (io::BufWriter<io::StdoutLock<'static>>, Style) {
    let stdout = io::stdout();
    // mpirun gives every rank a terminal of its own, wherever its own output goes.
    let ranks = std::env::var_os("OMPI_COMM_WORLD_SIZE").is_some();
    let style = Style::of(stdout.is_terminal() && !ranks);
    (io::BufWriter::new(stdout.lock()), style)
}

/// Whether a progress bar can be drawn on standard error.
pub fn can_draw() -> bool {
    io::stderr().is_terminal() && !is_dumb()
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Colours and weights of text, if any.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    enabled: bool,
}

impl Style {
    /// Colours on a terminal that can show them, unless `NO_COLOR` is set.
    fn of(is_terminal: bool) -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let enabled = is_terminal && !unwanted && !is_dumb();
        // An old console of Windows has none, and a newer one has to be asked for them.
        let has_them = || !cfg!(windows) || Term::stdout().features().colors_supported();
        Style { enabled: enabled && has_them() }
    }

    /// For results.
    pub fn bold(self, text: impl Display) -> String {
        self.set("1", text)
    }

    /// For explanations.
    pub fn dim(self, text: impl Display) -> String {
        self.set("2", text)
    }

    /// For right answers.
    pub fn green(self, text: impl Display) -> String {
        self.set("32", text)
    }

    /// For wrong answers.
    pub fn red(self, text: impl Display) -> String {
        self.set("31", text)
    }

    fn set(self, code: &str, text: impl Display) -> String {
        if self.enabled { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }
}

/// A table: the first column is aligned left, the others right.
#[derive(Debug)]
pub struct TextTable {
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// A table with these headings, or none at all.
    pub fn new(headings: &[&str]) -> Self {
        TextTable { rows: vec![headings.iter().map(ToString::to_string).collect()] }
    }

    /// Adds a row.
    pub fn row(&mut self, label: &str, cells: impl IntoIterator<Item = String>) {
        self.rows.push(std::iter::once(label.to_string()).chain(cells).collect());
    }

    /// Adds an empty line.
    pub fn gap(&mut self) {
        self.rows.push(Vec::new());
    }

    /// Its lines, all of them as wide as the columns; the first has the headings.
    pub fn lines(&self) -> Vec<String> {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().map(String::as_str).chain(std::iter::repeat(""));
            let cells =
                cells.zip(&widths).enumerate().map(|(column, (cell, &width))| match column {
                    0 => format!("{cell:<width$}"),
                    _ => format!("  {cell:>width$}"),
                });
            cells.collect()
        };
        self.rows.iter().map(line).collect()
    }

    /// Writes it, indented by two.
    pub fn write(&self, out: &mut dyn Write, style: Style) -> io::Result<()> {
        for (index, line) in self.lines().iter().enumerate() {
            match (index, line.trim_end()) {
                (0, "") => {}
                (_, "") => writeln!(out)?,
                (0, line) => writeln!(out, "  {}", style.dim(line))?,
                (_, line) => writeln!(out, "  {line}")?,
            }
        }
        Ok(())
    }
}

/// A share in per cent; a small one is not rounded to 0.
pub fn small_percent(share: f64) -> String {
    match percent(share) {
        text if text == "0.0 %" => "< 0.1 %".to_string(),
        text => text,
    }
}

/// Writes a value as JSON on a line of its own.
pub fn write_json(out: &mut dyn Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// A bar of `width` columns for a share of 1, in eighths of a column.
pub fn bar(share: f64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * (8 * width) as f64).round() as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// A word quoted for the system's shell where that is needed.
pub fn shell_word(word: impl Display) -> String {
    match cfg!(windows) {
        true => windows_word(word.to_string()),
        false => posix_word(word.to_string()),
    }
}

fn posix_word(word: String) -> String {
    if is_plain(&word, "/._-=+,") { word } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// In quotation marks that `cmd` and PowerShell both understand; no name of a file has one.
fn windows_word(word: String) -> String {
    if is_plain(&word, r"\:/._-=+") { word } else { format!("\"{word}\"") }
}

fn is_plain(word: &str, others: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || others.contains(c))
}

/// Integers with spaces between them.
pub fn spaced<T: Display>(terms: &[T]) -> impl Display {
    struct Spaced<'a, T>(&'a [T]);
    impl<T: Display> Display for Spaced<'_, T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let texts: Vec<String> = self.0.iter().map(ToString::to_string).collect();
            f.pad(&texts.join(" "))
        }
    }
    Spaced(terms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_grow_by_eighths() {
        assert_eq!([0.0, 0.5, 0.5625, 1.0].map(|share| bar(share, 2)), ["", "█", "█▏", "██"]);
    }

    #[test]
    fn words_are_quoted_for_the_shell() {
        let words = [r"runs\it's 1", "runs/strong-1", r"C:\runs\strong-1", "a=1,2", ""];
        let posix = [r"'runs\it'\''s 1'", "runs/strong-1", r"'C:\runs\strong-1'", "a=1,2", "''"];
        assert_eq!(words.map(|word| posix_word(word.to_string())), posix);
        let windows =
            [r#""runs\it's 1""#, "runs/strong-1", r"C:\runs\strong-1", r#""a=1,2""#, r#""""#];
        assert_eq!(words.map(|word| windows_word(word.to_string())), windows);
    }

    #[test]
    fn columns_are_aligned() {
        let mut table = TextTable::new(&["", "x", "longer"]);
        table.row("a", ["1".to_string(), "2 %".to_string()]);
        table.gap();
        table.row("total", ["100".to_string()]);
        let mut text = Vec::new();
        table.write(&mut text, Style { enabled: false }).unwrap();
        let expected = "           x  longer\n  a        1     2 %\n\n  total  100\n";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }
}
