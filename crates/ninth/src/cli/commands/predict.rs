//! `ninth predict`: the terms that follow.

use std::io::Write;

use ninth_inference::answer::Method;

use crate::cli::arguments::{Input, PredictArguments};
use crate::cli::error::Error;
use crate::cli::output::rows;
use crate::cli::output::terminal::{self, say};
use crate::model::Model;
use crate::predict::{PredictOptions, PredictReport, PredictedRow};

/// Prints what follows the terms, or each sequence of a file.
pub fn run(arguments: &PredictArguments) -> Result<(), Error> {
    let input = arguments.input.input()?;
    let model = arguments.model.load()?;
    let shown = &arguments.shown;
    let options = options(arguments);
    let terms = match input {
        Input::Terms(terms) => terms,
        Input::Rows(rows) => {
            return rows::print(rows, shown.row_format(), shown.notation(), |rows, take| {
                model.predict_rows(rows, &options, take)
            });
        }
    };
    let report = model.predict(&terms, &options)?;
    if shown.csv {
        let row = PredictedRow { id: "1".to_string(), report };
        return rows::print_one(&row, shown.notation());
    }
    let (mut out, style) = terminal::stdout();
    if shown.json {
        terminal::write_json(&mut out, &report)?;
        return Ok(out.flush()?);
    }
    notes(&model, &report);
    shown.layout(style, arguments.top.is_some()).prediction(&mut out, &report)?;
    Ok(out.flush()?)
}

/// What the model could not see, and what it cannot say.
fn notes(model: &Model, report: &PredictReport) {
    if report.ignored > 0 && report.method == Method::Model {
        let (given, context) = (report.terms.len(), model.config().sequences.context);
        say(format_args!(
            "ninth: {given} terms given; the model sees {context} at most, so the last {context} are used"
        ));
    }
    if let Some(place) = report.beyond_range {
        let (minimum, maximum) =
            (model.config().sequences.minimum, model.config().sequences.maximum);
        say(format_args!(
            "ninth: from term {} on the predictions are wrong: the terms leave {minimum} to {maximum}, \
             which is all that the model knows",
            report.terms.len() + place + 1,
        ));
    }
}

fn options(arguments: &PredictArguments) -> PredictOptions {
    PredictOptions {
        count: arguments.count as usize,
        top: arguments.shown.looked_at(arguments.top),
        method: arguments.method,
        decoding: arguments.decoding,
        generation: arguments.generation,
        beam_width: arguments.beam_width.map(|width| width as usize),
        temperature: arguments.temperature,
        top_k: arguments.top_k.map(|k| k as usize),
        seed: arguments.seed,
    }
}
