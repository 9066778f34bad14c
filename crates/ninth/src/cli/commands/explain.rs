//! `ninth explain`: the rules behind some terms.

use std::io::Write;

use crate::cli::arguments::{ExplainArguments, Input};
use crate::cli::error::Error;
use crate::cli::output::rows;
use crate::cli::output::terminal;
use crate::explain::{ExplainOptions, ExplainedRow};

/// Prints what explains the terms, or each sequence of a file.
pub fn run(arguments: &ExplainArguments) -> Result<(), Error> {
    let input = arguments.input.input()?;
    let model = arguments.model.load()?;
    let shown = &arguments.shown;
    let top = shown.looked_at(arguments.top);
    let options = ExplainOptions { count: arguments.count as usize, top };
    let terms = match input {
        Input::Terms(terms) => terms,
        Input::Rows(rows) => {
            return rows::print(rows, shown.row_format(), shown.notation(), |rows, take| {
                model.explain_rows(rows, &options, take)
            });
        }
    };
    let report = model.explain(&terms, &options)?;
    if shown.csv {
        let row = ExplainedRow { id: "1".to_string(), report };
        return rows::print_one(&row, shown.notation());
    }
    let (mut out, style) = terminal::stdout();
    if shown.json {
        terminal::write_json(&mut out, &report)?;
        return Ok(out.flush()?);
    }
    shown.layout(style, arguments.top.is_some()).explanation(&mut out, &report)?;
    Ok(out.flush()?)
}
