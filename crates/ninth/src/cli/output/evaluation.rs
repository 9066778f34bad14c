//! What `evaluate` prints beyond the metrics: the classical rules, the methods to answer, the
//! calibration, and parameters that training never drew.

use std::io::{self, Write};

use ninth_evaluation::calibration::{Bin, Reliability};
use ninth_evaluation::methods::MethodTally;
use ninth_evaluation::rules::{Count, RuleTallies};
use ninth_inference::answer::Method;
use ninth_training::metrics::Metrics;
use ninth_training::validation::Judgement;

use super::terminal::{Style, TextTable, counted, decimal, grouped, percent, percent_to};
use crate::evaluate::{Calibrated, NeverTrainedReport};

/// The rules on fresh sequences, and the model beside them.
pub fn rules(
    out: &mut dyn Write,
    style: Style,
    tallies: &RuleTallies,
    model: &Metrics,
) -> io::Result<()> {
    writeln!(out, "{}", style.bold("Classical rules on the same sequences"))?;
    writeln!(out)?;
    let headings = ["", "last", "applies", "then", "all", "applies", "then", "distance"];
    let mut table = TextTable::new(&headings);
    for (name, (last, all)) in RuleTallies::names().zip(tallies.last.iter().zip(&tallies.all)) {
        let shares = [last, all].into_iter().flat_map(|count| {
            [count.accuracy(), count.applies(), count.accuracy_applied()].map(percent)
        });
        table.row(name, shares.chain([decimal(all.distance(), 2)]));
    }
    table.gap();
    let (last, all) = (percent(model.accuracy_last), percent(model.accuracy_all));
    let none = || "-".to_string();
    let cells = [last, none(), none(), all, none(), none(), decimal(model.distance, 2)];
    table.row("the model", cells);
    table.write(out, style)?;
    writeln!(out)?;
    notes(
        out,
        style,
        &[
            "last, all   right after a full context; right after one term or more",
            "applies     how often the rule says something; then: how often that is right",
            "distance    mean, over all terms of which the rule says something",
            "difference  constant k-th differences, k up to 3",
            "period      the terms repeat, two of them at least",
            "recurrence  linear with a constant, up to order 3",
            "stack       the first of these three that fits all terms given, else linear",
        ],
    )
}

/// The rules on the rows of a file, and the model beside them.
pub fn rules_of_file(
    out: &mut dyn Write,
    style: Style,
    counts: &[Count],
    model: &MethodTally,
) -> io::Result<()> {
    writeln!(out, "{}", style.bold("Classical rules on the same rows"))?;
    writeln!(out)?;
    let mut table = TextTable::new(&["", "top-1", "applies", "then", "distance"]);
    for (name, count) in RuleTallies::names().zip(counts) {
        let shares = [count.accuracy(), count.applies(), count.accuracy_applied()].map(percent);
        table.row(name, shares.into_iter().chain([decimal(count.distance(), 2)]));
    }
    table.gap();
    let [first, answered] = [model.top_1(), model.answered()];
    let shares = [first, answered, first / answered].map(percent);
    table.row("the model", shares.into_iter().chain([decimal(model.distance(), 2)]));
    table.write(out, style)?;
    writeln!(out)?;
    notes(
        out,
        style,
        &[
            "applies     how often the rule says something; then: how often that is right",
            "difference  constant k-th differences, k up to 3",
            "period      the terms repeat, two of them at least",
            "recurrence  linear with a constant, up to order 3",
            "stack       the first of these three that fits all terms given, else linear",
        ],
    )
}

/// The methods to answer, on the rows of a file; `chosen` is the one that counts.
pub fn methods_of_file(
    out: &mut dyn Write,
    style: Style,
    chosen: Method,
    tallies: &[(Method, MethodTally)],
) -> io::Result<()> {
    writeln!(out, "{}", style.bold("By who is asked"))?;
    writeln!(out)?;
    let mut table = TextTable::new(&["", "top-1", "top-5", "answered", "distance", "ECE"]);
    for (method, tally) in tallies {
        let mark = if *method == chosen { " *" } else { "" };
        let shares = [tally.top_1(), tally.among(), tally.answered()].map(percent);
        let others = [decimal(tally.distance(), 2), error(tally.reliability())];
        table.row(&format!("{}{mark}", method.name()), shares.into_iter().chain(others));
    }
    table.write(out, style)?;
    writeln!(out)?;
    notes(
        out,
        style,
        &[
            "relations  the rules that fit all terms, by their probability (ninth explain)",
            "distance   mean, over answers and right terms of 64 bits",
            "*          what the figures above and the rows of --json are of",
        ],
    )
}

/// The methods to answer, on fresh sequences.
pub fn methods(
    out: &mut dyn Write,
    style: Style,
    tallies: &[(Method, MethodTally)],
) -> io::Result<()> {
    let questions = tallies.first().map_or(0, |(_, tally)| tally.questions());
    let questions = grouped(u64::from(questions));
    let title = format!("By who is asked, on {questions} that fill the context");
    writeln!(out, "{}", style.bold(title))?;
    writeln!(out)?;
    let mut table = TextTable::new(&["", "last", "±", "top-5", "distance"]);
    for (method, tally) in tallies {
        let [first, among] = [tally.top_1(), tally.among()].map(percent);
        let error = decimal(100.0 * tally.standard_error(), 1);
        table.row(method.name(), [first, error, among, decimal(tally.distance(), 2)]);
    }
    table.write(out, style)
}

fn notes(out: &mut dyn Write, style: Style, notes: &[&str]) -> io::Result<()> {
    notes.iter().try_for_each(|note| writeln!(out, "  {}", style.dim(note)))
}

/// How sure the answers are, and how often they are right.
pub fn reliability(out: &mut dyn Write, style: Style, tally: &MethodTally) -> io::Result<()> {
    if tally.reliability().count() == 0 {
        return Ok(());
    }
    writeln!(out, "{}", style.bold("How sure, and how often right"))?;
    writeln!(out)?;
    let mut table = TextTable::new(&["probability", "answers", "mean", "right"]);
    for bin in tally.reliability().bins() {
        let label = format!("{:.0} to {:.0} %", 100.0 * bin.from, 100.0 * bin.to);
        let cells = [grouped(bin.count), percent(bin.confidence), percent(bin.accuracy)];
        table.row(&label, cells);
    }
    table.gap();
    for above in [tally.likely(), tally.sure()] {
        let label = format!("at least {:.0} %", 100.0 * above.at_least);
        let count = grouped(u64::from(above.count));
        table.row(&label, [count, String::new(), percent(above.accuracy())]);
    }
    table.write(out, style)?;
    writeln!(out)?;
    let ece = error(tally.reliability());
    let note = format!("ECE {ece}: expected calibration error, the mean of |mean - right|");
    notes(out, style, &[&note])
}

/// An expected calibration error: those of good models are too small for one digit.
fn error(reliability: &Reliability) -> String {
    percent_to(reliability.error(), 2)
}

/// The reliability table, and the errors before and after. `last` is the heading of the
/// last position.
pub fn calibration(
    out: &mut dyn Write,
    style: Style,
    calibrated: &Calibrated,
    last: &str,
) -> io::Result<()> {
    let Calibrated { temperatures, found } = calibrated;
    writeln!(out, "{}", style.bold("Calibration"))?;
    writeln!(out)?;
    let mut table =
        TextTable::new(&["confidence", last, "mean", "right", "all terms", "mean", "right"]);
    for (last, all) in found.last.plain.bins().zip(found.all.plain.bins()) {
        let cells = |bin: Bin| [grouped(bin.count), percent(bin.confidence), percent(bin.accuracy)];
        let label = format!("{:.0} to {:.0} %", 100.0 * last.from, 100.0 * last.to);
        table.row(&label, cells(last).into_iter().chain(cells(all)));
    }
    table.write(out, style)?;
    writeln!(out)?;
    let mut table = TextTable::new(&["", "temperature", "ECE", "CE"]);
    let cells = |temperature: f64, reliability: &Reliability| {
        let cross_entropy = decimal(reliability.cross_entropy(), 3);
        [decimal(temperature, 2), error(reliability), cross_entropy]
    };
    for (label, temperature, calibration) in
        [(last, temperatures.last, &found.last), ("all terms", temperatures.all, &found.all)]
    {
        table.row(label, cells(1.0, &calibration.plain));
        table.row("  fitted", cells(temperature, &calibration.tempered));
    }
    table.write(out, style)?;
    writeln!(out)?;
    notes(
        out,
        style,
        &[
            "confidence   the probability of the predicted term; mean, right: of these",
            "ECE          expected calibration error, the mean of |mean - right|",
            "temperature  what divides the logits; fitted: the one of least CE elsewhere",
        ],
    )
}

/// The model on parameters that its training never drew.
pub fn never_trained(
    out: &mut dyn Write,
    style: Style,
    report: &NeverTrainedReport,
) -> io::Result<()> {
    let judged = |judgement: &Judgement| judgement.overall().model.metrics();
    let never = judged(&report.found.never);
    let sequences = counted(never.sequences, "sequence");
    let title = format!("On {sequences} whose parameters training never drew");
    writeln!(out, "{}", style.bold(title))?;
    writeln!(out)?;
    let (tuples, undrawn) = (report.tuples() as u64, report.trained.never_drawn_at_all() as u64);
    if undrawn > 0 {
        let headings = ["", "tuples", "undrawn", "last", "all", "(last", "all)"];
        let mut table = TextTable::new(&headings);
        let accuracies = |last: f64, all: f64| [percent(last), percent(all)];
        for (family, never, drawn) in report.families() {
            let undrawn = report.trained.never_drawn(family) as u64;
            if undrawn == 0 {
                continue;
            }
            let counts = [report.sampler.valid_count(family) as u64, undrawn].map(grouped);
            let cells = [never, drawn].into_iter().flat_map(|scores| {
                let metrics = scores.model.metrics();
                accuracies(metrics.accuracy_last, metrics.accuracy_all)
            });
            table.row(family.name(), counts.into_iter().chain(cells));
        }
        table.gap();
        let (last, all) = report.found.drawn_alike();
        let counts = [tuples, undrawn].map(grouped).into_iter();
        let cells = accuracies(never.accuracy_last, never.accuracy_all);
        table.row("all", counts.chain(cells).chain(accuracies(last, all)));
        table.write(out, style)?;
        writeln!(out)?;
    }
    let steps = counted(report.trained.steps(), "step");
    let drew = counted(report.trained.sequences(), "sequence");
    let mut lines = vec![format!("Training drew {drew} in {steps}.")];
    match undrawn {
        0 => lines.push(format!("All {} parameter tuples are among them.", grouped(tuples))),
        _ => {
            let notes = [
                "undrawn: what it never drew of a family's parameter tuples. In brackets: on",
                "tuples that it drew; in the last row each family weighs as it does to the",
                "left. Families without undrawn tuples are left out.",
            ];
            lines.extend(notes.map(str::to_string));
        }
    }
    if undrawn > 0 && never.sequences < report.wanted as u64 {
        lines.push(format!(
            "There are no more than these among {}.",
            counted(report.found.looked_at, "fresh sequence")
        ));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    notes(out, style, &lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::terminal;
    use ninth_evaluation::never_trained::{TrainedParameters, judge_never_trained};
    use ninth_settings::parse_assignment;
    use ninth_training::stages::Stage;
    use ninth_training::{Config, CpuEngine, Preset};

    /// A model whose training had `steps` steps with few parameter tuples.
    fn said(steps: u64, wanted: usize) -> (String, NeverTrainedReport) {
        let assignments = [
            "sequences.maximum=12",
            "training.batch_size=256",
            "curriculum.nested_start=0",
            "curriculum.nested_length=0",
            "curriculum.combined_start=0",
            "curriculum.combined_length=0",
        ];
        let assignments = assignments.map(|text| parse_assignment(text).unwrap());
        let config = Config::resolve(Preset::Design, &assignments).unwrap();
        let sampler = config.sampler(0).unwrap();
        let mut engine = CpuEngine::new(&config, 2).unwrap();
        let trained = TrainedParameters::replay(&[], &Stage { config, steps }, 2).unwrap();
        let found = judge_never_trained(&mut engine, &sampler, &trained, wanted).unwrap();
        let report = NeverTrainedReport { sampler, trained, wanted, found };
        let mut out = Vec::new();
        never_trained(&mut out, terminal::stdout().1, &report).unwrap();
        (String::from_utf8(out).unwrap(), report)
    }

    #[test]
    fn too_few_tuples_and_none_are_said_to_be() {
        let (text, report) = said(16_000, 3);
        let judged = report.found.never.overall().model.metrics().sequences;
        assert!(report.trained.never_drawn_at_all() > 0 && judged < 3, "{text}");
        assert!(text.contains("no more than these among 3,000 fresh sequences."), "{text}");

        let (text, report) = said(100_000, 3);
        assert_eq!((report.trained.never_drawn_at_all(), report.found.looked_at), (0, 0));
        assert!(text.starts_with("On 0 sequences"), "{text}");
        let all =
            format!("All {} parameter tuples are among them.", grouped(report.tuples() as u64));
        assert!(text.contains(&all), "{text}");
        assert!(!text.contains("undrawn"), "{text}");
    }
}
