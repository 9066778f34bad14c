//! Answers for many sequences, a line each: a table, CSV or JSON, as they come.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use num_bigint::BigInt;
use serde::Serialize;

use super::answer::{joined, named};
use super::formula::Notation;
use super::terminal::{self, Style, can_draw, grouped, small_percent, spaced};
use super::width::{self, cut, integer};
use crate::cli::error::Error;
use crate::explain::ExplainedRow;
use crate::predict::PredictedRow;
use crate::reading::{Consumed, Rows};

/// How rows are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// A table for people.
    Table,
    /// Comma-separated values.
    Csv,
    /// A JSON object a line.
    Json,
}

/// An answer as cells of a line.
pub trait AnsweredRow: Serialize {
    /// The name, the answer, how sure it is, its name and number, its formula, and who says it if
    /// no rule does.
    fn cells(&self, notation: Notation) -> Cells;
}

/// The cells of a line.
#[derive(Debug, Default)]
pub struct Cells {
    id: String,
    next: Vec<BigInt>,
    probability: Option<f64>,
    name: Option<String>,
    number: Option<String>,
    formula: Option<String>,
    source: &'static str,
}

impl AnsweredRow for PredictedRow {
    fn cells(&self, notation: Notation) -> Cells {
        let PredictedRow { id, report } = self;
        let Some(first) = report.candidates.first() else {
            return Cells { id: id.clone(), source: "no rule", ..Cells::default() };
        };
        let by_rules = first.sources.mostly_rules();
        let chosen = report.next.first() == Some(&first.term);
        let rule = Some(first).filter(|first| by_rules && chosen && first.formula.is_some());
        Cells {
            id: id.clone(),
            next: report.next.clone(),
            probability: first.probability.filter(|_| chosen),
            name: rule.and_then(|rule| rule.name.clone()),
            number: rule.and_then(|rule| rule.number.clone()),
            formula: rule.and_then(|rule| match notation {
                Notation::Plain => rule.formula.clone(),
                Notation::Latex => rule.latex.clone(),
            }),
            source: match chosen {
                false => "as a whole",
                true if first.sources.model >= first.sources.forecasts => "model",
                true => "forecast",
            },
        }
    }
}

impl AnsweredRow for ExplainedRow {
    fn cells(&self, notation: Notation) -> Cells {
        let ExplainedRow { id, report } = self;
        let Some(first) = report.relations.first() else {
            return Cells { id: id.clone(), source: "no rule", ..Cells::default() };
        };
        Cells {
            id: id.clone(),
            next: first.continuation.clone(),
            probability: Some(first.probability),
            name: first.known.map(|known| known.name().to_string()),
            number: first.known.map(|known| known.number()),
            formula: Some(match notation {
                Notation::Plain => first.formula(),
                Notation::Latex => first.latex(),
            }),
            source: "",
        }
    }
}

/// Prints the answers of a stream of sequences. `answer` is one of the functions of the library:
/// it calls what it is given with each answer.
///
/// # Errors
///
/// At the first row that cannot be read, behind the answers of those before it, and if there is no
/// row at all.
pub fn print<Row: AnsweredRow>(
    rows: Rows,
    format: RowFormat,
    notation: Notation,
    answer: impl FnOnce(
        Rows,
        &mut dyn FnMut(Result<Row, crate::Error>, bool) -> ControlFlow<Error>,
    ) -> ControlFlow<Error>,
) -> Result<(), Error> {
    terminal::say(format_args!("ninth: {}", rows.in_words()));
    let name = rows.name().to_string();
    let progress = Progress::new(rows.consumed());
    let (out, style) = terminal::stdout();
    let mut lines = Lines::new(out, style, format, notation)?;
    let mut count = 0_u64;
    let end = answer(rows, &mut |row, more| {
        let write = || -> Result<(), Error> {
            lines.row(&row?)?;
            count += 1;
            progress.show(count);
            if !more {
                lines.flush()?;
            }
            Ok(())
        };
        match write() {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    });
    progress.end();
    lines.flush()?;
    match end {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) if count == 0 => {
            Err(crate::Error::Data { place: name, message: "no sequences in it".to_string() }
                .into())
        }
        ControlFlow::Continue(()) => Ok(()),
    }
}

/// Prints the answer for one sequence as CSV.
///
/// # Errors
///
/// If it cannot be written.
pub fn print_one(row: &impl AnsweredRow, notation: Notation) -> Result<(), Error> {
    let (out, style) = terminal::stdout();
    let mut lines = Lines::new(out, style, RowFormat::Csv, notation)?;
    lines.row(row)?;
    Ok(lines.flush()?)
}

/// The lines of one format.
struct Lines<W: Write> {
    output: Output<W>,
    style: Style,
    notation: Notation,
    width: Option<usize>,
}

enum Output<W: Write> {
    Table(W),
    Csv(Box<csv::Writer<W>>),
    Json(W),
}

impl<W: Write> Lines<W> {
    /// With the heading, where there is one.
    fn new(out: W, style: Style, format: RowFormat, notation: Notation) -> Result<Self, Error> {
        let width = width::of_stdout();
        let output = match format {
            RowFormat::Json => Output::Json(out),
            RowFormat::Table => Output::Table(out),
            RowFormat::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                let heading = ["id", "next", "probability", "name", "number", "formula"];
                writer.write_record(heading).map_err(in_words)?;
                Output::Csv(Box::new(writer))
            }
        };
        let mut lines = Lines { output, style, notation, width };
        if format == RowFormat::Table {
            let [id, next] = lines.columns();
            let heading = format!("{:<id$}  {:<next$}  {:>6}  rule", "id", "next", "sure");
            let heading = style.dim(cut(&heading, width));
            if let Output::Table(out) = &mut lines.output {
                writeln!(out, "{heading}")?;
            }
        }
        Ok(lines)
    }

    /// The widths of the first two columns.
    fn columns(&self) -> [usize; 2] {
        match self.width {
            Some(..60) => [8, 10],
            _ => [12, 20],
        }
    }

    fn row(&mut self, row: &impl AnsweredRow) -> Result<(), Error> {
        let [id_width, next_width] = self.columns();
        let style = self.style;
        match &mut self.output {
            Output::Json(out) => Ok(terminal::write_json(out, row)?),
            Output::Csv(writer) => {
                let cells = row.cells(self.notation);
                let probability = cells.probability.map(|p| format!("{p:.4}"));
                let next = spaced(&cells.next).to_string();
                let record = [
                    &cells.id,
                    &next,
                    probability.as_deref().unwrap_or(""),
                    cells.name.as_deref().unwrap_or(""),
                    cells.number.as_deref().unwrap_or(""),
                    cells.formula.as_deref().unwrap_or(""),
                ];
                writer.write_record(record).map_err(in_words)
            }
            Output::Table(out) => {
                let cells = row.cells(self.notation);
                let limited = self.width.is_some();
                let id = cut(&cells.id, limited.then_some(id_width));
                let each = |term| integer(term, limited.then_some(next_width));
                let next: Vec<String> = cells.next.iter().map(each).collect();
                let next = spaced(&next).to_string();
                let next = cut(&next, limited.then_some(next_width));
                let sure = cells.probability.map(small_percent).unwrap_or_default();
                let name = named(cells.name.as_deref(), cells.number.as_deref());
                let is_rule = cells.formula.is_some();
                let rule = match is_rule {
                    true => joined(name, cells.formula),
                    false => format!("({})", cells.source),
                };
                let head = format!("{id:<id_width$}  {next:<next_width$}  {sure:>6}  ");
                let room =
                    self.width.map(|width| width.saturating_sub(head.chars().count()).max(1));
                let rule = cut(&rule, room);
                let rule = if is_rule { rule.into_owned() } else { style.dim(rule) };
                Ok(writeln!(out, "{}", format!("{head}{rule}").trim_end())?)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.output {
            Output::Table(out) | Output::Json(out) => out.flush(),
            Output::Csv(writer) => writer.flush(),
        }
    }
}

/// The error of the stream behind one of CSV, so that a closed pipe is known as such.
fn in_words(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::Output(source),
        other => Error::Output(io::Error::other(format!("{other:?}"))),
    }
}

/// How far a file was read, on a terminal that has no rows.
struct Progress(Option<(ProgressBar, Consumed)>);

impl Progress {
    fn new(consumed: Consumed) -> Self {
        if !can_draw() || io::stdout().is_terminal() {
            return Progress(None);
        }
        let bar = ProgressBar::with_draw_target(consumed.size, ProgressDrawTarget::stderr());
        let template = match consumed.size {
            Some(_) => "  {bar:36} {percent:>3} %  {msg}, {eta} left",
            None => "  {spinner} {msg}, {elapsed}",
        };
        // The template is a constant; if it were wrong, a plainer bar would do.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress(Some((bar, consumed)))
    }

    fn show(&self, count: u64) {
        if let Progress(Some((bar, consumed))) = self {
            bar.set_position(consumed.bytes());
            if count.is_multiple_of(16) {
                bar.set_message(format!("{} sequences", grouped(count)));
            }
        }
    }

    fn end(&self) {
        if let Progress(Some((bar, _))) = self {
            bar.finish_and_clear();
        }
    }
}
