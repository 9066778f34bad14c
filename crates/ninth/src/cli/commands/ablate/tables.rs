//! The results of an ablation, as a table per decision.

use std::io::{self, Write};

use ninth_evaluation::ablation::results::{
    DecisionResult, OptionOutcome, OptionResult, Spread, Study, TrialResult,
};
use ninth_evaluation::ablation::significance::{selection, sentence, test};
use ninth_evaluation::ablation::summary::{
    Measure, Quantity, difference, differences, spread, trained,
};

use super::search::left_out;
use crate::cli::output::terminal::{Style, TextTable, counted, decimal, grouped};

/// Columns of the page.
const WIDTH: usize = 100;

/// Columns of the list.
const LIST: usize = 80;

/// Prints all decisions that were measured, and what the columns mean.
pub fn study(out: &mut dyn Write, style: Style, study: &Study) -> io::Result<()> {
    for result in &study.decisions {
        decision(out, style, study, result)?;
        writeln!(out)?;
    }
    let any = |wanted: fn(Kind) -> bool| study.decisions.iter().any(|d| wanted(Kind::of(d)));
    let judged = counted(study.judged, "fresh sequence");
    let over = match study.seeds.len() {
        1 => "one seed".to_string(),
        seeds => format!("mean ± deviation over {seeds} seeds"),
    };
    let mut steps = counted(study.steps, "step");
    if study.search.is_some() && study.decisions.len() > 1 {
        steps += " in the last rung";
    }
    let mut notes = vec![
        format!("*           the default: {} over {steps}; {over}", study.base),
        format!("last term   right after a full context, in %, of {judged}"),
    ];
    if study.search.is_some() {
        notes.push("CE          cross-entropy; it decides where last terms are equal".to_string());
    } else if any(|kind| kind != Kind::Generation) {
        notes.push("all         right after one term or more, in %".to_string());
        let loss = "loss        what training minimises; not to be compared with another loss";
        notes.push(loss.to_string());
    }
    if any(|kind| kind == Kind::Generation) {
        let continued = "continued   all of a sequence's second half right, given its first, in %";
        notes.push(continued.to_string());
    }
    notes.push("difference  to the default, in points, seed by seed".to_string());
    if study.seeds.len() > 1 {
        notes.extend(wrapped(test(study), WIDTH - 2));
    }
    if let Some(search) = &study.search {
        notes.push(
            "A training that diverged counts as 0 right last terms in the order.".to_string(),
        );
        let left_out = left_out(search.passed_over).map(|text| format!("Points {text}."));
        notes.extend(left_out);
    }
    notes.extend(selection(study).iter().flat_map(|luck| wrapped(luck, WIDTH - 2)));
    for note in notes {
        writeln!(out, "  {}", style.dim(note))?;
    }
    Ok(())
}

/// Which columns a decision has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Metrics, and the size of the model.
    Size,
    /// Metrics, and the number of steps.
    Budget,
    /// Metrics of continuations.
    Generation,
}

impl Kind {
    fn of(decision: &DecisionResult) -> Self {
        if Measure::of(decision) == Measure::Continuation {
            return Kind::Generation;
        }
        let all = || decision.options.iter().flat_map(trained);
        let differ = |figure: fn(&TrialResult) -> u64| {
            let first = all().next().map(figure);
            all().any(|figures| Some(figure(figures)) != first)
        };
        match differ(|figures| figures.steps) && !differ(|figures| figures.parameters) {
            true => Kind::Budget,
            false => Kind::Size,
        }
    }
}

fn decision(
    out: &mut dyn Write,
    style: Style,
    study: &Study,
    decision: &DecisionResult,
) -> io::Result<()> {
    writeln!(out, "{}: {}\n", style.bold(&decision.name), decision.meaning)?;
    if study.search.is_some() {
        return points_of(out, style, study, decision);
    }
    let kind = Kind::of(decision);
    let size = if kind == Kind::Budget { "steps" } else { "parameters" };
    let generation = ["", "last term", "continued", "µs/term", "difference"];
    let others = ["", "last term", "all", "distance", "loss", size, "µs/step", "difference"];
    let mut table = TextTable::new(match kind {
        Kind::Generation => &generation,
        Kind::Size | Kind::Budget => &others,
    });
    for option in decision.options.iter().filter(|option| !is_refused(option)) {
        let mark = if option.is_default { " *" } else { "" };
        table.row(&format!("{}{mark}", option.name), cells(decision, option, kind));
    }
    table.write(out, style)?;
    write_notes(out, study, decision)
}

/// The points of a rung, with their names behind their figures: these are long.
fn points_of(
    out: &mut dyn Write,
    style: Style,
    study: &Study,
    rung: &DecisionResult,
) -> io::Result<()> {
    let kind = Kind::of(rung);
    let size = if kind == Kind::Budget { "steps" } else { "parameters" };
    let mut table = TextTable::new(&["", "last term", "difference", "CE", size]);
    let mut names = vec![""];
    let mut place = 0;
    for option in rung.options.iter().filter(|option| !is_refused(option)) {
        let label = match option.is_default {
            true => "*".to_string(),
            false => {
                place += 1;
                place.to_string()
            }
        };
        let [last, .., size, _, difference] = &cells(rung, option, kind)[..] else { continue };
        let cross_entropy = spread(option, |result| result.metrics.cross_entropy).mean;
        let cells = [last.clone(), difference.clone(), decimal(cross_entropy, 3), size.clone()];
        table.row(&label, cells);
        names.push(&option.name);
    }
    for (index, (line, name)) in table.lines().into_iter().zip(names).enumerate() {
        let width = line.chars().count() + 2;
        let mut parts = wrapped(name, WIDTH - 2 - width).into_iter();
        let first = format!("{line}  {}", parts.next().unwrap_or_default());
        match index {
            0 => writeln!(out, "  {}", style.dim(first.trim_end()))?,
            _ => writeln!(out, "  {first}")?,
        }
        for part in parts {
            writeln!(out, "  {:width$}{part}", "")?;
        }
    }
    write_notes(out, study, rung)
}

fn is_refused(option: &OptionResult) -> bool {
    matches!(option.outcome, OptionOutcome::Refused(_))
}

/// What the figures of a decision say, and what failed.
fn write_notes(out: &mut dyn Write, study: &Study, decision: &DecisionResult) -> io::Result<()> {
    let mut notes: Vec<String> = sentence(study, decision).into_iter().collect();
    for option in &decision.options {
        let name = &option.name;
        if let OptionOutcome::Refused(reason) = &option.outcome {
            notes.push(format!("{name} is refused: {reason}"));
        }
        for failure in &option.failures {
            notes.push(format!("{name}, seed {}: {}", failure.seed, failure.reason));
        }
    }
    if !notes.is_empty() {
        writeln!(out)?;
    }
    for note in notes {
        for line in wrapped(&note, WIDTH - 2) {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

/// The cells of an option.
fn cells(decision: &DecisionResult, option: &OptionResult, kind: Kind) -> Vec<String> {
    let trainings = trained(option).len();
    let mean = |of: fn(&TrialResult) -> f64| spread(option, of).mean;
    let measured = |quantity: Quantity| spread(option, |result| quantity.of(result));
    let last = points(measured(Quantity::ACCURACY_LAST), trainings);
    let size = match kind {
        Kind::Generation => {
            return vec![
                last,
                points(measured(Quantity::CONTINUED), trainings),
                decimal(mean(|figures| figures.microseconds_per_term), 1),
                to_default(decision, option, Quantity::CONTINUED),
            ];
        }
        Kind::Budget => mean(|figures| figures.steps as f64),
        Kind::Size => mean(|figures| figures.parameters as f64),
    };
    let loss = mean(|result| result.metrics.loss);
    vec![
        last,
        decimal(100.0 * mean(|result| result.metrics.accuracy_all), 1),
        decimal(mean(|result| result.metrics.distance), 2),
        decimal(loss, if loss < 1000.0 { 3 } else { 0 }),
        // NaN without a training; else a small integer, which the cast keeps.
        if size.is_finite() { grouped(size.round() as u64) } else { "-".to_string() },
        decimal(mean(|figures| figures.microseconds_per_step), 0),
        to_default(decision, option, Quantity::ACCURACY_LAST),
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
fn to_default(decision: &DecisionResult, option: &OptionResult, quantity: Quantity) -> String {
    let spread = difference(decision, option, quantity);
    match (option.is_default, spread.mean.is_finite()) {
        (true, _) => String::new(),
        (false, false) => "-".to_string(),
        (false, true) => {
            let text = points(spread, differences(decision, option, quantity).len());
            if text.starts_with('-') { text } else { format!("+{text}") }
        }
    }
}

/// Prints all decisions with their options.
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

/// Wraps a text between words into lines of up to `width` columns.
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
