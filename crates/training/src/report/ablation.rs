//! The report of an ablation: what each decision is worth.

use super::chart::{Colour, DotRow, Dots, Drawing, Fit, LineChart, Scale, Series, Unit};
use super::page::{self, Cell, Column, Table};
use crate::ablation::results::{
    CurvePoint, DecisionResult, Figures, OptionResult, Outcome, Spread, Study,
};
use crate::figures::{counted, decimal, grouped};

/// What the options of a decision are judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    /// Right predictions of the last term.
    LastTerm,
    /// Right continuations: the decision is one about generating terms, and leaves
    /// the training as it is.
    Continuation,
}

impl Measure {
    fn of(decision: &DecisionResult) -> Self {
        match decision.name.as_str() {
            "generation" | "decoding" => Measure::Continuation,
            _ => Measure::LastTerm,
        }
    }

    fn value(self, figures: &Figures) -> f64 {
        match self {
            Measure::LastTerm => figures.accuracy_last,
            Measure::Continuation => figures.continued,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Measure::LastTerm => "right last terms",
            Measure::Continuation => "right continuations",
        }
    }
}

/// The page.
pub fn html(study: &Study) -> String {
    let mut body = "<h1>What each decision is worth</h1>\n".to_string();
    body += &page::paragraph(
        "Each option was trained like the base but for that one decision, with the same data and \
         the same seeds.",
    );
    let seeds: Vec<String> = study.seeds.iter().map(ToString::to_string).collect();
    let facts = [
        ("Base", study.base.clone()),
        ("Training", counted(study.steps, "step")),
        ("Seeds", seeds.join(", ")),
        ("Judged by", counted(study.judged, "fresh sequence")),
        ("Command", study.command.clone()),
    ];
    body += &page::facts(facts.iter().map(|(name, value)| (*name, value.as_str())));
    body += &overview(study);
    for decision in &study.decisions {
        body += &section(decision);
    }
    page::document("What each decision is worth - ninth", &body)
}

/// All dot plots in one picture that stands alone.
pub fn svg(study: &Study) -> String {
    let title = "What each decision is worth";
    let plots: Vec<(String, String, Drawing)> = study
        .decisions
        .iter()
        .map(|decision| (decision.name.clone(), decision.meaning.clone(), dots(decision)))
        .collect();
    let label = format!("{title}: a dot per seed, a bar for the mean, dashed the base's mean");
    Drawing::stacked(&label, title, &plots).stand_alone()
}

/// The trainings of an option, if there are any.
fn trained(option: &OptionResult) -> &[Figures] {
    match &option.outcome {
        Outcome::Trained(figures) => figures,
        Outcome::Refused(_) => &[],
    }
}

fn default_of(decision: &DecisionResult) -> Option<&OptionResult> {
    decision.options.iter().find(|option| option.is_default)
}

/// By how much an option differs from that of the base, in points, seed by seed;
/// no number where the two have no seed in common.
fn differences(decision: &DecisionResult, option: &OptionResult) -> Vec<f64> {
    let measure = Measure::of(decision);
    let base = default_of(decision).map_or(&[][..], trained);
    let pairs = trained(option).iter().filter_map(|figures| {
        let twin = base.iter().find(|base| base.seed == figures.seed)?;
        Some(100.0 * (measure.value(figures) - measure.value(twin)))
    });
    pairs.filter(|difference| difference.is_finite()).collect()
}

/// A difference in words, set off if every seed has it.
fn difference_cell(differences: &[f64]) -> Cell {
    let Spread { mean, deviation } = Spread::of(differences);
    if !mean.is_finite() {
        return Cell::classed("-", "muted");
    }
    let text = match differences.len() {
        1 => format!("{mean:+.1}"),
        _ => format!("{mean:+.1} ± {deviation:.1}"),
    };
    let several = differences.len() > 1;
    match () {
        () if several && differences.iter().all(|value| *value > 0.0) => {
            Cell::classed(text, "good")
        }
        () if several && differences.iter().all(|value| *value < 0.0) => Cell::classed(text, "bad"),
        () => text.into(),
    }
}

/// A mean with its deviation, if there is more than one value.
fn spread_cell(values: &[f64], factor: f64, digits: usize) -> Cell {
    let values: Vec<f64> =
        values.iter().map(|value| factor * value).filter(|value| value.is_finite()).collect();
    let Spread { mean, deviation } = Spread::of(&values);
    match values.len() {
        0 => Cell::classed("-", "muted"),
        1 => decimal(mean, digits).into(),
        _ => format!("{} ± {}", decimal(mean, digits), decimal(deviation, digits)).into(),
    }
}

/// Each decision on a line: which other option does best, and which worst.
fn overview(study: &Study) -> String {
    let mut table = Table::new(&[
        ("decision", Column::Words),
        ("option of the base", Column::Words),
        ("best other", Column::Words),
        ("points", Column::Numbers),
        ("worst other", Column::Words),
        ("points", Column::Numbers),
    ]);
    for decision in &study.decisions {
        let others = decision.options.iter().filter(|option| !option.is_default);
        let mut others: Vec<(&str, Vec<f64>)> = others
            .map(|option| (option.name.as_str(), differences(decision, option)))
            .filter(|(_, differences)| !differences.is_empty())
            .collect();
        others.sort_by(|a, b| Spread::of(&b.1).mean.total_cmp(&Spread::of(&a.1).mean));
        let mut cells: Vec<Cell> = vec![
            Cell::classed(decision.name.as_str(), "b"),
            default_of(decision).map_or("", |option| option.name.as_str()).into(),
        ];
        let best = others.first();
        let worst = others.last().filter(|_| others.len() > 1);
        for end in [best, worst] {
            match end {
                Some((name, differences)) => {
                    cells.extend([Cell::from(*name), difference_cell(differences)]);
                }
                None => cells.extend([Cell::from(""), Cell::from("")]),
            }
        }
        table.row(cells);
    }
    let note = "Points: difference to the base in right last terms (of generation and decoding: in \
                right continuations), paired by seed, mean ± deviation; coloured where all seeds \
                agree.";
    page::heading("overview", "At a glance", note) + &table.html()
}

fn section(decision: &DecisionResult) -> String {
    let id: String =
        decision.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let mut text = page::heading(&id, &decision.name, &decision.meaning);
    text += &match Measure::of(decision) {
        Measure::LastTerm => training_table(decision),
        Measure::Continuation => generation_table(decision),
    };
    let measure = Measure::of(decision);
    let mut figures = vec![page::figure(
        &format!("{}{}", measure.name()[..1].to_uppercase(), &measure.name()[1..]),
        "A dot per seed, a bar for the mean; dashed: the mean of the base.",
        &dots(decision),
    )];
    if measure == Measure::LastTerm {
        figures.extend(curves(decision).map(|drawing| {
            page::figure(
                "Right last terms on the way",
                "By validations, means over the seeds.",
                &drawing,
            )
        }));
    }
    text + &page::grid(&figures)
}

fn name_cell(option: &OptionResult) -> Cell {
    match option.is_default {
        true => Cell::classed(option.name.as_str(), "b"),
        false => option.name.as_str().into(),
    }
}

fn difference_to_default(decision: &DecisionResult, option: &OptionResult) -> Cell {
    match option.is_default {
        true => Cell::classed("base", "muted"),
        false => difference_cell(&differences(decision, option)),
    }
}

/// A row with an option's name and cells from its trainings, or why there are none.
fn row(table: &mut Table, option: &OptionResult, cells: impl FnOnce(&[Figures]) -> Vec<Cell>) {
    let name = name_cell(option);
    match &option.outcome {
        Outcome::Refused(reason) => {
            table.row([name, Cell::classed(format!("refused: {reason}"), "muted")]);
        }
        Outcome::Trained(figures) if figures.is_empty() => {
            table.row([name, Cell::classed("not trained yet", "muted")]);
        }
        Outcome::Trained(figures) => {
            table.row(std::iter::once(name).chain(cells(figures)));
        }
    }
}

fn training_table(decision: &DecisionResult) -> String {
    let mut table = Table::new(&[
        ("option", Column::Words),
        ("last term, %", Column::Numbers),
        ("points", Column::Numbers),
        ("all terms, %", Column::Numbers),
        ("distance", Column::Numbers),
        ("loss", Column::Numbers),
        ("CE", Column::Numbers),
        ("continued, %", Column::Numbers),
        ("parameters", Column::Numbers),
        ("µs per step", Column::Numbers),
    ]);
    for option in &decision.options {
        row(&mut table, option, |figures| {
            let all = |of: fn(&Figures) -> f64| figures.iter().map(of).collect::<Vec<f64>>();
            let mean = |of, factor, digits| {
                let known: Vec<f64> = all(of).into_iter().filter(|v| v.is_finite()).collect();
                Cell::from(decimal(factor * Spread::of(&known).mean, digits))
            };
            vec![
                spread_cell(&all(|f| f.accuracy_last), 100.0, 1),
                difference_to_default(decision, option),
                mean(|f| f.accuracy_all, 100.0, 1),
                mean(|f| f.distance, 1.0, 2),
                mean(|f| f.loss, 1.0, 3),
                mean(|f| f.cross_entropy, 1.0, 3),
                mean(|f| f.continued, 100.0, 1),
                grouped(figures[0].parameters).into(),
                mean(|f| f.microseconds_per_step, 1.0, 0),
            ]
        });
    }
    table.html()
}

fn generation_table(decision: &DecisionResult) -> String {
    let mut table = Table::new(&[
        ("option", Column::Words),
        ("continued, %", Column::Numbers),
        ("points", Column::Numbers),
        ("µs per term", Column::Numbers),
    ]);
    for option in &decision.options {
        row(&mut table, option, |figures| {
            let all = |of: fn(&Figures) -> f64| figures.iter().map(of).collect::<Vec<f64>>();
            vec![
                spread_cell(&all(|f| f.continued), 100.0, 1),
                difference_to_default(decision, option),
                spread_cell(&all(|f| f.microseconds_per_term), 1.0, 1),
            ]
        });
    }
    table.html()
}

fn dots(decision: &DecisionResult) -> Drawing {
    let measure = Measure::of(decision);
    let rows = decision.options.iter().map(|option| DotRow {
        name: option.name.clone(),
        is_default: option.is_default,
        values: trained(option)
            .iter()
            .map(|figures| {
                let value = measure.value(figures);
                (value, format!("seed {}: {} %", figures.seed, decimal(100.0 * value, 2)))
            })
            .collect(),
        without: match &option.outcome {
            Outcome::Refused(_) => "refused".to_string(),
            Outcome::Trained(_) => "not trained yet".to_string(),
        },
    });
    let label = format!("{}: {} by option", decision.name, measure.name());
    Dots { label: &label, x: measure.name(), rows: rows.collect() }.draw()
}

/// The mean over the seeds at every step that one of them was validated at.
fn mean_curve(figures: &[Figures]) -> Vec<(f64, f64)> {
    let points = figures.iter().flat_map(|figures| &figures.curve);
    let mut points: Vec<CurvePoint> =
        points.filter(|point| point.accuracy_last.is_finite()).copied().collect();
    points.sort_by_key(|point| point.step);
    points
        .chunk_by(|a, b| a.step == b.step)
        .map(|same| {
            let values: Vec<f64> = same.iter().map(|point| point.accuracy_last).collect();
            (same[0].step as f64, Spread::of(&values).mean)
        })
        .collect()
}

/// The learning curves of the options, that of the base in front; `None` without any.
fn curves(decision: &DecisionResult) -> Option<Drawing> {
    let mut number = 0;
    let mut series: Vec<Series> = Vec::new();
    for option in &decision.options {
        let colour = match option.is_default {
            true => Colour::Ink,
            false => {
                number += 1;
                Colour::Series(number - 1)
            }
        };
        let points = mean_curve(trained(option));
        if !points.is_empty() {
            series.push(Series { name: option.name.clone(), colour, faint: false, points });
        }
    }
    series.sort_by_key(|series| series.colour == Colour::Ink);
    let label = format!("{}: right last terms over steps, by option", decision.name);
    (!series.is_empty()).then(|| {
        LineChart {
            label: &label,
            x: "steps",
            scale: Scale::Linear,
            unit: Unit::Share,
            fit: Fit::FromZero,
            series,
            references: Vec::new(),
            marks: Vec::new(),
        }
        .draw()
    })
}
