//! What an ablation found, as a table per decision.

use std::io::{self, Write};

use ninth_training::ablation::decisions::OF_GENERATION;
use ninth_training::ablation::results::{DecisionResult, OptionResult, Outcome, Spread, Study};
use ninth_training::ablation::summary::{
    ACCURACY_LAST, CONTINUED, Figure, difference, spread, trained,
};

use crate::terminal::{Style, Table, counted, decimal, grouped};

/// Columns of the page.
const WIDTH: usize = 100;

/// Columns of the list.
const LIST: usize = 80;

/// All decisions that were measured, and what the columns mean.
pub fn study(out: &mut dyn Write, style: Style, study: &Study) -> io::Result<()> {
    for result in &study.decisions {
        decision(out, style, result)?;
        writeln!(out)?;
    }
    let about = |wanted: bool| {
        study.decisions.iter().any(|d| OF_GENERATION.contains(&d.name.as_str()) == wanted)
    };
    let over = match study.seeds.len() {
        1 => "one seed".to_string(),
        seeds => format!("mean ± deviation over {seeds} seeds"),
    };
    let judged = counted(study.judged, "fresh sequence");
    let mut notes = vec![
        format!("*           the default: {} over {}", study.base, counted(study.steps, "step")),
        format!("last term   right after a full context, in %, of {judged}; {over}"),
    ];
    if about(false) {
        notes.push("all         right after one term or more, in %".to_string());
        notes.push(
            "loss        what was minimised: of another loss it cannot be compared".to_string(),
        );
    }
    if about(true) {
        notes.push(
            "continued   the second half of a sequence from its first, all right, in %".into(),
        );
    }
    notes.push("difference  to the default in points, seed by seed".to_string());
    for note in notes {
        writeln!(out, "  {}", style.dim(note))?;
    }
    Ok(())
}

fn decision(out: &mut dyn Write, style: Style, decision: &DecisionResult) -> io::Result<()> {
    writeln!(out, "{}: {}\n", style.bold(&decision.name), decision.meaning)?;
    let of_generation = OF_GENERATION.contains(&decision.name.as_str());
    let mut table = Table::new(match of_generation {
        true => &["", "last term", "continued", "µs/term", "difference"],
        false => {
            &["", "last term", "all", "distance", "loss", "parameters", "µs/step", "difference"]
        }
    });
    let mut notes = Vec::new();
    for option in &decision.options {
        let name = &option.name;
        if let Outcome::Refused(reason) = &option.outcome {
            notes.push(format!("{name} is refused: {reason}"));
            continue;
        }
        let label = format!("{name}{}", if option.is_default { " *" } else { "" });
        table.row(
            &label,
            match of_generation {
                true => generation(decision, option),
                false => figures(decision, option),
            },
        );
        for failure in &option.failures {
            notes.push(format!("{name}, seed {}: {}", failure.seed, failure.reason));
        }
    }
    table.write(out, style)?;
    if !notes.is_empty() {
        writeln!(out)?;
    }
    for note in notes {
        for line in wrapped(&note, WIDTH - 4) {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

fn figures(decision: &DecisionResult, option: &OptionResult) -> Vec<String> {
    let mean = |figure: fn(&_) -> f64| spread(option, ("", figure)).mean;
    let parameters = trained(option).first().map(|figures| grouped(figures.parameters));
    let loss = mean(|figures| figures.loss);
    vec![
        points(spread(option, ACCURACY_LAST), trained(option).len()),
        decimal(100.0 * mean(|figures| figures.accuracy_all), 1),
        decimal(mean(|figures| figures.distance), 2),
        decimal(loss, if loss < 1000.0 { 3 } else { 0 }),
        parameters.unwrap_or_else(|| "-".to_string()),
        decimal(mean(|figures| figures.microseconds_per_step), 0),
        to_default(decision, option, ACCURACY_LAST),
    ]
}

fn generation(decision: &DecisionResult, option: &OptionResult) -> Vec<String> {
    let trainings = trained(option).len();
    let per_term = spread(option, ("", |figures| figures.microseconds_per_term));
    vec![
        points(spread(option, ACCURACY_LAST), trainings),
        points(spread(option, CONTINUED), trainings),
        decimal(per_term.mean, 1),
        to_default(decision, option, CONTINUED),
    ]
}

/// A share in per cent: `7.2 ± 0.4`; a single one has no deviation.
fn points(Spread { mean, deviation }: Spread, count: usize) -> String {
    match count {
        0 => "-".to_string(),
        1 => decimal(100.0 * mean, 1),
        _ => format!("{} ± {}", decimal(100.0 * mean, 1), decimal(100.0 * deviation, 1)),
    }
}

/// The difference to the default: `+0.3 ± 0.1`; nothing for the default.
fn to_default(decision: &DecisionResult, option: &OptionResult, figure: Figure) -> String {
    let spread = difference(decision, option, figure);
    match (option.is_default, spread.mean.is_finite()) {
        (true, _) => String::new(),
        (false, false) => "-".to_string(),
        (false, true) => {
            let text = points(spread, trained(option).len());
            if text.starts_with('-') { text } else { format!("+{text}") }
        }
    }
}

/// What can be decided, with the options.
pub fn list(out: &mut dyn Write, style: Style, study: &Study) -> io::Result<()> {
    writeln!(out, "{}, * being the default of {}\n", style.bold("Decisions"), study.base)?;
    for decision in &study.decisions {
        writeln!(
            out,
            "  {} {}",
            style.bold(format_args!("{:<15}", decision.name)),
            style.dim(&decision.meaning)
        )?;
        let names = decision.options.iter().map(|option| {
            let mark = if option.is_default { " *" } else { "" };
            format!("{}{mark}", option.name)
        });
        let names = names.collect::<Vec<_>>().join(", ");
        for line in wrapped(&names, LIST - 6) {
            writeln!(out, "    {line}")?;
        }
    }
    writeln!(out, "\nA key of the config is a decision, too: learning_rate.peak=0.003,0.03")
}

/// A text in lines of up to `width` columns, broken between words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        // There is always a line.
        if let Some(line) = lines.last_mut() {
            if line.is_empty() {
                line.push_str(word);
            } else if line.chars().count() + 1 + word.chars().count() <= width {
                *line += &format!(" {word}");
            } else {
                lines.push(word.to_string());
            }
        }
    }
    lines
}
