//! What `evaluate` says beyond the metrics, as tables and as JSON: the classical rules, how
//! well the model is calibrated, and how it does on parameters that it never met.

use std::io::{self, Write};

use ninth_evaluation::calibration::{Bin, Calibration, Calibrations, Reliability, Temperatures};
use ninth_evaluation::methods::MethodTally;
use ninth_evaluation::never_trained::{NeverTrained, TrainedParameters};
use ninth_evaluation::rules::{Count, RuleTallies};
use ninth_inference::blend::Method;
use ninth_sequences::{Family, Sampler};
use ninth_training::metrics::Metrics;
use ninth_training::validation::{Judgement, Scores};
use serde::Serialize;

use crate::terminal::{Named, Style, Table, counted, decimal, grouped, percent};

/// A figure, unless it is one of nothing.
fn finite(value: f64) -> Option<f64> {
    Some(value).filter(|value| value.is_finite())
}

/// A rule, in JSON.
#[derive(Serialize)]
pub struct CountJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    applies: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy_applied: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<f64>,
}

impl From<&Count> for CountJson {
    fn from(count: &Count) -> Self {
        CountJson {
            accuracy: finite(count.accuracy()),
            applies: finite(count.applies()),
            accuracy_applied: finite(count.accuracy_applied()),
            distance: finite(count.distance()),
        }
    }
}

/// A rule on fresh sequences, in JSON.
#[derive(Serialize)]
pub struct RuleJson {
    last: CountJson,
    all: CountJson,
}

/// The rules on fresh sequences, in JSON.
pub fn rules_json(tallies: &RuleTallies) -> Named<RuleJson> {
    let counts = tallies.last.iter().zip(&tallies.all);
    let json = |(last, all): (&Count, &Count)| RuleJson { last: last.into(), all: all.into() };
    Named(RuleTallies::names().zip(counts.map(json)).collect())
}

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
    let mut table = Table::new(&headings);
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
    model: f64,
    distance: f64,
) -> io::Result<()> {
    writeln!(out, "{}", style.bold("Classical rules on the same rows"))?;
    writeln!(out)?;
    let mut table = Table::new(&["", "top-1", "applies", "then", "distance"]);
    for (name, count) in RuleTallies::names().zip(counts) {
        let shares = [count.accuracy(), count.applies(), count.accuracy_applied()].map(percent);
        table.row(name, shares.into_iter().chain([decimal(count.distance(), 2)]));
    }
    table.gap();
    let none = || "-".to_string();
    table.row("the model", [percent(model), none(), none(), decimal(distance, 2)]);
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

/// A method, in JSON.
#[derive(Serialize)]
pub struct MethodJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    top_1: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_5: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<f64>,
}

/// The methods to answer, in JSON.
pub fn methods_json(tallies: &[(Method, MethodTally)]) -> Named<MethodJson> {
    let json = |(method, tally): &(Method, MethodTally)| {
        let top_1 = finite(tally.top_1());
        let (top_5, distance) = (finite(tally.among()), finite(tally.distance()));
        (method.name(), MethodJson { top_1, top_5, distance })
    };
    Named(tallies.iter().map(json).collect())
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
    let mut table = Table::new(&["", "top-1", "top-5", "distance"]);
    for (method, tally) in tallies {
        let mark = if *method == chosen { " *" } else { "" };
        let shares = [tally.top_1(), tally.among()].map(percent);
        let cells = shares.into_iter().chain([decimal(tally.distance(), 2)]);
        table.row(&format!("{}{mark}", method.name()), cells);
    }
    table.write(out, style)?;
    writeln!(out)?;
    notes(
        out,
        style,
        &[
            "relations  those that fit all terms, by their probability (ninth explain)",
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
    let mut table = Table::new(&["", "last", "top-5", "distance"]);
    for (method, tally) in tallies {
        let shares = [tally.top_1(), tally.among()].map(percent);
        table.row(method.name(), shares.into_iter().chain([decimal(tally.distance(), 2)]));
    }
    table.write(out, style)
}

fn notes(out: &mut dyn Write, style: Style, notes: &[&str]) -> io::Result<()> {
    notes.iter().try_for_each(|note| writeln!(out, "  {}", style.dim(note)))
}

/// The calibration of a model at its fitted temperature.
pub struct Calibrated {
    /// What divides the logits.
    pub temperatures: Temperatures,
    /// Before and after.
    pub found: Calibrations,
}

/// The calibration, in JSON.
#[derive(Serialize)]
pub struct CalibrationJson {
    last: PositionsJson,
    all: PositionsJson,
}

#[derive(Serialize)]
struct PositionsJson {
    temperature: f64,
    plain: ReliabilityJson,
    tempered: ReliabilityJson,
}

#[derive(Serialize)]
struct ReliabilityJson {
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cross_entropy: Option<f64>,
    bins: Vec<BinJson>,
}

#[derive(Serialize)]
struct BinJson {
    from: f64,
    to: f64,
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy: Option<f64>,
}

impl From<&Reliability> for ReliabilityJson {
    fn from(reliability: &Reliability) -> Self {
        let bin = |Bin { from, to, count, confidence, accuracy }: Bin| BinJson {
            from,
            to,
            count,
            confidence: finite(confidence),
            accuracy: finite(accuracy),
        };
        ReliabilityJson {
            count: reliability.count(),
            error: finite(reliability.error()),
            cross_entropy: finite(reliability.cross_entropy()),
            bins: reliability.bins().map(bin).collect(),
        }
    }
}

impl From<&Calibrated> for CalibrationJson {
    fn from(Calibrated { temperatures, found }: &Calibrated) -> Self {
        let positions = |temperature: f64, calibration: &Calibration| PositionsJson {
            temperature,
            plain: (&calibration.plain).into(),
            tempered: (&calibration.tempered).into(),
        };
        CalibrationJson {
            last: positions(temperatures.last, &found.last),
            all: positions(temperatures.all, &found.all),
        }
    }
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
        Table::new(&["confidence", last, "mean", "right", "all terms", "mean", "right"]);
    for (last, all) in found.last.plain.bins().zip(found.all.plain.bins()) {
        let cells = |bin: Bin| [grouped(bin.count), percent(bin.confidence), percent(bin.accuracy)];
        let label = format!("{:.0} to {:.0} %", 100.0 * last.from, 100.0 * last.to);
        table.row(&label, cells(last).into_iter().chain(cells(all)));
    }
    table.write(out, style)?;
    writeln!(out)?;
    let mut table = Table::new(&["", "temperature", "ECE", "CE"]);
    // Errors of good models are too small for one digit.
    let cells = |temperature: f64, reliability: &Reliability| {
        let error = match reliability.error() {
            error if error.is_finite() => format!("{:.2} %", 100.0 * error),
            _ => "-".to_string(),
        };
        [decimal(temperature, 2), error, decimal(reliability.cross_entropy(), 3)]
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

/// How a model did on parameters that training never drew, with what is to be said of them.
pub struct Unmet<'a> {
    /// Where the sequences come from.
    pub sampler: &'a Sampler,
    /// What training drew.
    pub trained: &'a TrainedParameters,
    /// How many sequences were asked for.
    pub wanted: u64,
    /// How the model did.
    pub found: &'a NeverTrained,
}

/// The same in JSON.
#[derive(Serialize)]
pub struct UnmetJson {
    steps: u64,
    sequences: u64,
    tuples: usize,
    never_drawn: usize,
    looked_at: u64,
    never: AccuracyJson,
    drawn: AccuracyJson,
    drawn_alike: AccuracyJson,
    families: Named<UnmetFamilyJson>,
}

#[derive(Serialize)]
struct UnmetFamilyJson {
    tuples: usize,
    never_drawn: usize,
    never: AccuracyJson,
    drawn: AccuracyJson,
}

#[derive(Serialize)]
struct AccuracyJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    sequences: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy_last: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy_all: Option<f64>,
}

impl AccuracyJson {
    fn of(scores: &Scores) -> Self {
        let metrics = scores.model.metrics();
        AccuracyJson {
            sequences: Some(metrics.sequences),
            accuracy_last: finite(metrics.accuracy_last),
            accuracy_all: finite(metrics.accuracy_all),
        }
    }
}

impl Unmet<'_> {
    fn tuples(&self) -> usize {
        self.trained.families().map(|family| self.sampler.valid_count(family)).sum()
    }

    /// Each family with its scores on tuples that training never drew, and on others.
    fn families(&self) -> impl Iterator<Item = (Family, &Scores, &Scores)> {
        let NeverTrained { never, drawn, .. } = self.found;
        never
            .families()
            .zip(drawn.families())
            .map(|((family, never), (_, drawn))| (family, never, drawn))
    }

    /// As a table.
    pub fn write(&self, out: &mut dyn Write, style: Style) -> io::Result<()> {
        let judged = |judgement: &Judgement| judgement.overall().model.metrics();
        let never = judged(&self.found.never);
        let sequences = counted(never.sequences, "sequence");
        let title = format!("On {sequences} whose parameters training never drew");
        writeln!(out, "{}", style.bold(title))?;
        writeln!(out)?;
        let (tuples, undrawn) = (self.tuples() as u64, self.trained.never_drawn_at_all() as u64);
        if undrawn > 0 {
            let headings = ["", "tuples", "undrawn", "last", "all", "(last", "all)"];
            let mut table = Table::new(&headings);
            let accuracies = |last: f64, all: f64| [percent(last), percent(all)];
            for (family, never, drawn) in self.families() {
                let undrawn = self.trained.never_drawn(family) as u64;
                if undrawn == 0 {
                    continue;
                }
                let counts = [self.sampler.valid_count(family) as u64, undrawn].map(grouped);
                let cells = [never, drawn].into_iter().flat_map(|scores| {
                    let metrics = scores.model.metrics();
                    accuracies(metrics.accuracy_last, metrics.accuracy_all)
                });
                table.row(family.name(), counts.into_iter().chain(cells));
            }
            table.gap();
            let (last, all) = self.found.drawn_alike();
            let counts = [tuples, undrawn].map(grouped).into_iter();
            let cells = accuracies(never.accuracy_last, never.accuracy_all);
            table.row("all", counts.chain(cells).chain(accuracies(last, all)));
            table.write(out, style)?;
            writeln!(out)?;
        }
        let steps = counted(self.trained.steps(), "step");
        let drew = counted(self.trained.sequences(), "sequence");
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
        if undrawn > 0 && never.sequences < self.wanted {
            lines.push(format!(
                "There are no more than these among {}.",
                counted(self.found.looked_at, "fresh sequence")
            ));
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        notes(out, style, &lines)
    }

    /// As JSON.
    pub fn json(&self) -> UnmetJson {
        let family = |(family, never, drawn): (Family, &Scores, &Scores)| {
            let json = UnmetFamilyJson {
                tuples: self.sampler.valid_count(family),
                never_drawn: self.trained.never_drawn(family),
                never: AccuracyJson::of(never),
                drawn: AccuracyJson::of(drawn),
            };
            (family.name(), json)
        };
        let (last, all) = self.found.drawn_alike();
        UnmetJson {
            steps: self.trained.steps(),
            sequences: self.trained.sequences(),
            tuples: self.tuples(),
            never_drawn: self.trained.never_drawn_at_all(),
            looked_at: self.found.looked_at,
            never: AccuracyJson::of(&self.found.never.overall()),
            drawn: AccuracyJson::of(&self.found.drawn.overall()),
            drawn_alike: AccuracyJson {
                sequences: None,
                accuracy_last: finite(last),
                accuracy_all: finite(all),
            },
            families: Named(self.families().map(family).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal;
    use ninth_evaluation::never_trained::judge_never_trained;
    use ninth_settings::parse_assignment;
    use ninth_training::stages::Stage;
    use ninth_training::{Config, CpuEngine, Preset};

    /// What is said of a training of so many steps that knows few parameter tuples.
    fn said(steps: u64, wanted: u64) -> (String, UnmetJson) {
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
        let sequences = wanted as usize;
        let found = judge_never_trained(&mut engine, &sampler, &trained, sequences).unwrap();
        let unmet = Unmet { sampler: &sampler, trained: &trained, wanted, found: &found };
        let mut out = Vec::new();
        unmet.write(&mut out, terminal::stdout().1).unwrap();
        (String::from_utf8(out).unwrap(), unmet.json())
    }

    #[test]
    fn too_few_tuples_and_none_are_said_to_be() {
        let (text, json) = said(16_000, 3);
        assert!(json.never_drawn > 0 && json.never.sequences < Some(3), "{text}");
        assert!(text.contains("no more than these among 3,000 fresh sequences."), "{text}");

        let (text, json) = said(100_000, 3);
        assert_eq!((json.never_drawn, json.looked_at), (0, 0));
        assert!(text.starts_with("On 0 sequences"), "{text}");
        let all = format!("All {} parameter tuples are among them.", grouped(json.tuples as u64));
        assert!(text.contains(&all), "{text}");
        assert!(!text.contains("undrawn"), "{text}");
    }
}
