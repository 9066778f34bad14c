//! The report of an ablation: what each decision is worth.

use super::chart::{Colour, DotRow, Dots, Drawing, Fit, LineChart, Scale, Series, Unit};
use super::page::{self, Column, HtmlTable, TableCell};
use crate::format::{counted, decimal, difference, grouped};
use ninth_evaluation::ablation::results::{
    CurvePoint, DecisionResult, OptionOutcome, OptionResult, Spread, Study, TrialResult,
};
use ninth_evaluation::ablation::significance::{
    OptionComparison, compare, selection, sentence, test,
};
use ninth_evaluation::ablation::summary::{self, Measure, default, trained};

/// The name of what options are compared by.
fn name_of(measure: Measure) -> &'static str {
    match measure {
        Measure::LastTerm => "right last terms",
        Measure::Continuation => "right continuations",
    }
}

/// The page.
pub fn html(study: &Study) -> String {
    let title = title(study);
    let mut body = format!("<h1>{title}</h1>\n");
    body += &page::paragraph(match study.search {
        None => {
            "Each option was trained like the base but for that one decision, with the same data \
             and the same seeds."
        }
        Some(_) => {
            "Each point was trained like the base but for what its name says, with the same data \
             and the same seeds."
        }
    });
    let seeds: Vec<String> = study.seeds.iter().map(ToString::to_string).collect();
    let facts = [
        ("base", study.base.clone()),
        ("training", steps(study)),
        ("seeds", seeds.join(", ")),
        ("judged by", counted(study.judged, "fresh sequence")),
        ("command", study.command.clone()),
    ];
    body += &page::facts(facts.iter().map(|(name, value)| (*name, value.as_str())));
    if let (Some(search), Some(luck)) = (&study.search, selection(study)) {
        let best = search.best.as_ref().map_or_else(String::new, |best| match best.is_default {
            true => format!("No point is better than {}. ", best.name),
            false => format!("Best: {}. ", best.name),
        });
        body += &page::finding(&format!("{best}{luck}"));
    }
    body += &overview(study);
    let sections = study.decisions.iter().map(|decision| section(study, decision));
    body += &page::decisions(&sections.collect::<Vec<_>>());
    // Two decisions side by side, with their tables whole.
    page::document(&format!("{title} - ninth"), 1800, &body)
}

/// The steps of the base.
fn steps(study: &Study) -> String {
    let rungs = study.search.as_ref().map_or(1, |_| study.decisions.len());
    let which = if rungs > 1 { " in the last rung" } else { "" };
    counted(study.steps, "step") + which
}

fn title(study: &Study) -> &'static str {
    match study.search {
        None => "What each decision is worth",
        Some(_) => "What a search found",
    }
}

/// All dot plots in one picture that stands alone.
pub fn svg(study: &Study) -> String {
    // One scale for all, so that differences of decisions can be compared.
    let beside = |measure: Measure| {
        let mut rows = Vec::new();
        for decision in &study.decisions {
            let comparable = Measure::of(decision) == measure;
            rows.extend(dot_rows(decision).map(|mut row| {
                row.values.retain(|_| comparable);
                row
            }));
        }
        rows
    };
    let plots: Vec<(String, String, Drawing)> = study
        .decisions
        .iter()
        .map(|decision| {
            let drawing = dots(study, decision, beside(Measure::of(decision)));
            (decision.name.clone(), decision.meaning.clone(), drawing)
        })
        .collect();
    let note = format!(
        "Base {}, {}, {}. A dot per seed, a bar for the mean; dashed: the mean of the base.",
        study.base,
        steps(study),
        counted(study.seeds.len() as u64, "seed"),
    );
    Drawing::stacked(title(study), &note, &plots).stand_alone()
}

/// The differences of an option to that of the base in percentage points, seed by seed.
fn differences(decision: &DecisionResult, option: &OptionResult) -> Vec<f64> {
    let differences = summary::differences(decision, option, Measure::of(decision).quantity());
    let points = differences.into_iter().map(|(_, difference)| 100.0 * difference);
    points.filter(|points| points.is_finite()).collect()
}

/// A difference with its deviation, coloured if it is more than chance.
fn difference_cell(differences: &[f64], comparison: Option<&OptionComparison<'_>>) -> TableCell {
    let Spread { mean, deviation } = Spread::of(differences);
    if !mean.is_finite() {
        return TableCell::classed("-", "muted");
    }
    let text = match differences.len() {
        1 => difference(mean, 1),
        _ => format!("{} ± {}", difference(mean, 1), decimal(deviation, 1)),
    };
    match comparison.is_some_and(OptionComparison::differs) {
        true if mean > 0.0 => TableCell::classed(text, "good"),
        true => TableCell::classed(text, "bad"),
        false => text.into(),
    }
}

/// The comparison of an option with the default, if there is one.
fn of_option<'a, 'b>(
    comparisons: &'b [OptionComparison<'a>],
    option: &OptionResult,
) -> Option<&'b OptionComparison<'a>> {
    comparisons.iter().find(|comparison| std::ptr::eq(comparison.option, option))
}

/// A mean with its deviation, if there is more than one value.
fn spread_cell(values: &[f64], factor: f64, digits: usize) -> TableCell {
    let values: Vec<f64> =
        values.iter().map(|value| factor * value).filter(|value| value.is_finite()).collect();
    let Spread { mean, deviation } = Spread::of(&values);
    match values.len() {
        0 => TableCell::classed("-", "muted"),
        1 => decimal(mean, digits).into(),
        _ => format!("{} ± {}", decimal(mean, digits), decimal(deviation, digits)).into(),
    }
}

/// Each decision on a line: which other option does best, and which worst.
fn overview(study: &Study) -> String {
    let mut table = HtmlTable::new(&[
        ("decision", Column::Words),
        ("option of the base", Column::Words),
        ("best other", Column::Words),
        ("points", Column::Numbers),
        ("worst other", Column::Words),
        ("points", Column::Numbers),
    ]);
    for decision in &study.decisions {
        let comparisons = compare(study, decision);
        let others = decision.options.iter().filter(|option| !option.is_default);
        let mut others: Vec<(&OptionResult, Vec<f64>)> = others
            .map(|option| (option, differences(decision, option)))
            .filter(|(_, differences)| !differences.is_empty())
            .collect();
        others.sort_by(|a, b| Spread::of(&b.1).mean.total_cmp(&Spread::of(&a.1).mean));
        let mut cells: Vec<TableCell> = vec![
            TableCell::leading_to(decision.name.as_str(), &anchor(decision)),
            default(decision).map_or("", |option| option.name.as_str()).into(),
        ];
        let best = others.first();
        let worst = others.last().filter(|_| others.len() > 1);
        for end in [best, worst] {
            match end {
                Some((option, differences)) => {
                    let comparison = of_option(&comparisons, option);
                    cells.extend([
                        TableCell::from(option.name.as_str()),
                        difference_cell(differences, comparison),
                    ]);
                }
                None => cells.extend([TableCell::from(""), TableCell::from("")]),
            }
        }
        table.row(cells);
    }
    let note = format!(
        "Points: difference to the base in right last terms{}, paired by seed, mean ± deviation; \
         coloured where it is more than chance. {} Where nothing differs, one {} in twenty still \
         seems to; all models are judged by the same sequences, whose choice is no part of the \
         test.",
        if study.search.is_none() {
            " (of generation and decoding: in right continuations)"
        } else {
            ""
        },
        test(study),
        if study.search.is_none() { "decision" } else { "table" },
    );
    page::heading("overview", "At a glance", &note) + &table.html()
}

/// The name of the section of a decision, for links.
fn anchor(decision: &DecisionResult) -> String {
    decision.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect()
}

fn section(study: &Study, decision: &DecisionResult) -> String {
    let mut text = page::heading(&anchor(decision), &decision.name, &decision.meaning);
    if let Some(sentence) = sentence(study, decision) {
        text += &page::finding(&sentence);
    }
    let measure = Measure::of(decision);
    let comparisons = compare(study, decision);
    text += &match measure {
        Measure::LastTerm => training_table(decision, &comparisons),
        Measure::Continuation => generation_table(decision, &comparisons),
    };
    let mut figures = vec![page::figure(
        &format!("{}{}", name_of(measure)[..1].to_uppercase(), &name_of(measure)[1..]),
        "A dot per seed, a bar for the mean; dashed: the mean of the base. The scale is that of \
         this decision.",
        &dots(study, decision, Vec::new()),
    )];
    if measure == Measure::LastTerm {
        let most = if study.search.is_some() { SEARCH_CURVES } else { usize::MAX };
        figures.extend(curves(decision, most).map(|(drawing, window)| {
            let mut note = match window {
                1 => "By validations, means over the seeds.".to_string(),
                _ => format!(
                    "Pale: each validation, means over the seeds; strong: means over {window} \
                     validations."
                ),
            };
            if decision.options.len() > most.saturating_add(1) {
                note += &format!(" Of the points, the {most} first ones.");
            }
            page::figure("Right last terms on the way", &note, &drawing)
        }));
    }
    text + &page::loose_grid(&figures)
}

fn name_cell(option: &OptionResult) -> TableCell {
    match option.is_default {
        true => TableCell::classed(option.name.as_str(), "b"),
        false => option.name.as_str().into(),
    }
}

fn difference_to_default(
    decision: &DecisionResult,
    option: &OptionResult,
    comparisons: &[OptionComparison<'_>],
) -> TableCell {
    match option.is_default {
        true => TableCell::classed("base", "muted"),
        false => difference_cell(&differences(decision, option), of_option(comparisons, option)),
    }
}

/// A row with an option's name and cells from its trainings, or why there are none.
fn row(
    table: &mut HtmlTable,
    option: &OptionResult,
    cells: impl FnOnce(&[TrialResult]) -> Vec<TableCell>,
) {
    let name = name_cell(option);
    match &option.outcome {
        OptionOutcome::Refused(reason) => {
            table.row([name, TableCell::classed(format!("refused: {reason}"), "muted")]);
        }
        OptionOutcome::Trained(results) if !results.is_empty() => {
            table.row(std::iter::once(name).chain(cells(results)));
        }
        OptionOutcome::Trained(_) if option.failures.is_empty() => {
            table.row([name, TableCell::classed("not trained yet", "muted")]);
        }
        OptionOutcome::Trained(_) => {}
    }
    for failure in &option.failures {
        let reason = format!("seed {}: {}", failure.seed, failure.reason);
        table.row([name_cell(option), TableCell::classed(reason, "muted")]);
    }
}

fn training_table(decision: &DecisionResult, comparisons: &[OptionComparison<'_>]) -> String {
    let mut table = HtmlTable::new(&[
        ("option", Column::Words),
        ("last term,\u{a0}%", Column::Numbers),
        ("points", Column::Numbers),
        ("all terms,\u{a0}%", Column::Numbers),
        ("distance", Column::Numbers),
        ("loss", Column::Numbers),
        ("CE", Column::Numbers),
        ("continued,\u{a0}%", Column::Numbers),
        ("parameters", Column::Numbers),
        ("µs per step", Column::Numbers),
    ]);
    for option in &decision.options {
        row(&mut table, option, |results| {
            let all = |of: fn(&TrialResult) -> f64| results.iter().map(of).collect::<Vec<f64>>();
            let mean = |of, factor, digits| {
                let known: Vec<f64> = all(of).into_iter().filter(|v| v.is_finite()).collect();
                TableCell::from(decimal(factor * Spread::of(&known).mean, digits))
            };
            vec![
                spread_cell(&all(|r| r.metrics.accuracy_last), 100.0, 1),
                difference_to_default(decision, option, comparisons),
                mean(|r| r.metrics.accuracy_all, 100.0, 1),
                mean(|r| r.metrics.distance, 1.0, 2),
                mean(|r| r.metrics.loss, 1.0, 3),
                mean(|r| r.metrics.cross_entropy, 1.0, 3),
                mean(|r| r.continued, 100.0, 1),
                grouped(results[0].parameters).into(),
                mean(|r| r.microseconds_per_step, 1.0, 0),
            ]
        });
    }
    table.html()
}

fn generation_table(decision: &DecisionResult, comparisons: &[OptionComparison<'_>]) -> String {
    let mut table = HtmlTable::new(&[
        ("option", Column::Words),
        ("continued,\u{a0}%", Column::Numbers),
        ("points", Column::Numbers),
        ("µs per term", Column::Numbers),
    ]);
    for option in &decision.options {
        row(&mut table, option, |results| {
            let all = |of: fn(&TrialResult) -> f64| results.iter().map(of).collect::<Vec<f64>>();
            vec![
                spread_cell(&all(|r| r.continued), 100.0, 1),
                difference_to_default(decision, option, comparisons),
                spread_cell(&all(|r| r.microseconds_per_term), 1.0, 1),
            ]
        });
    }
    table.html()
}

/// The options with a value per seed.
fn dot_rows(decision: &DecisionResult) -> impl Iterator<Item = DotRow> {
    let measure = Measure::of(decision);
    decision.options.iter().map(move |option| DotRow {
        name: option.name.clone(),
        is_default: option.is_default,
        values: trained(option)
            .iter()
            .map(|result| {
                let value = measure.quantity().of(result);
                (value, format!("seed {}: {} %", result.seed, decimal(100.0 * value, 2)))
            })
            .collect(),
        without: match &option.outcome {
            OptionOutcome::Refused(_) => "refused".to_string(),
            OptionOutcome::Trained(_) if !option.failures.is_empty() => "diverged".to_string(),
            OptionOutcome::Trained(_) => "not trained yet".to_string(),
        },
    })
}

/// The dot plot of the options. `others` are the rows of other plots on the same axis.
fn dots(study: &Study, decision: &DecisionResult, others: Vec<DotRow>) -> Drawing {
    let measure = Measure::of(decision);
    let label = format!("{}: {} by option", decision.name, name_of(measure));
    let (x, rows) = (name_of(measure), dot_rows(decision).collect());
    // The names of points tell all their values.
    Dots { label: &label, x, rows, others, names_above: study.search.is_some() }.draw()
}

/// The mean over the seeds at every step at which any of them was validated.
fn mean_curve(results: &[TrialResult]) -> Vec<(f64, f64)> {
    let points = results.iter().flat_map(|result| &result.curve);
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

/// The most points of a search whose learning curves are drawn: they can be told from each other.
const SEARCH_CURVES: usize = 5;

/// The learning curves of the base, in front, and of up to `most` other options, and how many
/// validations a mean is over; `None` without any.
fn curves(decision: &DecisionResult, most: usize) -> Option<(Drawing, usize)> {
    let mut number = 0;
    let mut series: Vec<Series> = Vec::new();
    for option in decision.options.iter().take(most.saturating_add(1)) {
        let colour = match option.is_default {
            true => Colour::Ink,
            false => {
                number += 1;
                Colour::Series(number - 1)
            }
        };
        let points = mean_curve(trained(option));
        if !points.is_empty() {
            // The end of a long name is cut off; its place in the table tells which it is.
            let name = match option.is_default || most == usize::MAX {
                true => option.name.clone(),
                false => format!("{number}: {}", option.name),
            };
            series.push(Series::new(&name, colour, points));
        }
    }
    series.sort_by_key(|series| series.colour == Colour::Ink);
    // The same for all, so that no option looks calmer than another. The shortest curve decides.
    let reach = series.iter().map(|series| series.points.len()).min()? / 10;
    let (pale, strong): (Vec<Series>, Vec<Series>) =
        series.into_iter().map(|series| series.with_means(reach).into()).unzip();
    let series = pale.into_iter().filter(|_| reach > 0).chain(strong).collect();
    let label = format!("{}: right last terms over steps, by option", decision.name);
    let chart = LineChart {
        label: &label,
        x: "steps",
        scale: Scale::Linear,
        unit: Unit::Share,
        fit: Fit::FromZero,
        series,
        references: Vec::new(),
        marks: Vec::new(),
        whole: None,
    };
    Some((chart.draw(), 2 * reach + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::{check::well_formed, escape};
    use ninth_evaluation::ablation::results::{BestPoint, Failure, PassedOver, SearchSummary};
    use ninth_inference::metrics::Metrics;
    use ninth_training::Config;
    use proptest::prelude::*;

    /// A training that ends near this share of right last terms.
    fn result(seed: i64, share: f64) -> TrialResult {
        let noise = ((seed * 7919 % 13) as f64 - 6.0) / 900.0;
        let accuracy_last = share + noise;
        let curve = (1..=20).map(|index| CurvePoint {
            step: 500 * index,
            loss: 5.0,
            accuracy_last: accuracy_last * (1.0 - libm::exp(-(index as f64) / 6.0)),
        });
        TrialResult {
            seed,
            metrics: Metrics {
                sequences: 10_000,
                loss: 3.0,
                cross_entropy: 2.5,
                accuracy_last,
                accuracy_all: 0.6 * share,
                accuracy_whole: 0.3 * share,
                distance: 20.0 * (1.0 - share),
                accuracy_by_position: Vec::new(),
            },
            continued: 0.5 * share + noise / 2.0,
            parameters: 230_536,
            steps: 10_000,
            microseconds_per_step: 412.3,
            microseconds_per_term: 17.25,
            curve: curve.collect(),
        }
    }

    fn option(name: &str, share: f64, seeds: &[i64]) -> OptionResult {
        OptionResult {
            name: name.to_string(),
            is_default: false,
            outcome: OptionOutcome::Trained(
                seeds.iter().map(|seed| result(*seed, share)).collect(),
            ),
            failures: Vec::new(),
        }
    }

    fn made_up() -> Study {
        let seeds = [0, 1, 2, 3, 4];
        let decision = |name: &str, meaning: &str, mut options: Vec<OptionResult>| {
            options[0].is_default = true;
            DecisionResult { name: name.to_string(), meaning: meaning.to_string(), options }
        };
        let refused = OptionResult {
            name: "<8 heads>".to_string(),
            is_default: false,
            outcome: OptionOutcome::Refused("8 & more do not divide \"2\"".to_string()),
            failures: Vec::new(),
        };
        let activation = decision(
            "activation",
            "what the feed-forward layer bends its numbers with",
            vec![
                option("gelu", 0.62, &seeds),
                option("relu", 0.60, &seeds),
                option("silu", 0.623, &seeds),
                option("tanh-gelu", 0.621, &seeds[..2]),
            ],
        );
        let heads = decision(
            "heads",
            "how many places attention looks at",
            vec![option("2 heads", 0.62, &seeds), refused, option("none", 0.0, &[])],
        );
        let names = ["integer + position", "binary", "frequency, projected and learned", "a", "b"];
        let mut options: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(index, name)| option(name, 0.62 - 0.1 * index as f64, &seeds))
            .collect();
        options.extend(["c", "d", "e", "f", "g"].map(|name| option(name, 0.1, &seeds)));
        let embedding = decision("embedding", "how integers become vectors", options);
        let decoding = decision(
            "decoding",
            "how terms are chosen",
            vec![option("greedy", 0.62, &seeds), option("beam", 0.66, &seeds)],
        );
        Study {
            base: "strong".to_string(),
            steps: 10_000,
            seeds: seeds.to_vec(),
            judged: 10_000,
            continuations: 500,
            command: "ninth ablate --base strong".to_string(),
            decisions: vec![activation, heads, embedding, decoding],
            search: None,
        }
    }

    /// A search of many points with long names.
    fn searched(points: usize) -> Study {
        let seeds = [0, 1, 2];
        let name = |point: usize| {
            format!(
                "learning_rate.peak=0.00{point} activation=gelu_tanh model.feed_forward={point}"
            )
        };
        let mut options = vec![OptionResult { is_default: true, ..option("base", 0.6, &seeds) }];
        options.extend(
            (0..points).map(|point| option(&name(point), 0.65 - 0.01 * point as f64, &seeds)),
        );
        let search = SearchSummary {
            method: "random".to_string(),
            points,
            passed_over: PassedOver::default(),
            best: Some(BestPoint { name: name(0), is_default: false, config: Config::default() }),
        };
        let (name, meaning) = ("search".to_string(), format!("{points} points drawn at random"));
        let decisions = vec![DecisionResult { name, meaning, options }];
        Study { decisions, search: Some(search), seeds: seeds.to_vec(), ..made_up() }
    }

    #[test]
    fn a_search_is_said_to_be_one_and_names_are_whole() {
        let study = searched(30);
        let (page, svg) = (html(&study), svg(&study));
        well_formed(&page);
        well_formed(&svg);
        for option in &study.decisions[0].options {
            assert!(page.contains(&escape(&option.name)), "{}", option.name);
            // Broken into lines, but with every value of it.
            for part in option.name.split(' ') {
                assert!(svg.contains(&escape(part)), "{part}");
            }
        }
        assert!(!svg.contains('…'), "a name is cut off");
        for part in [
            "<h1>What a search found</h1>",
            "Best: learning_rate.peak=0.000 activation=gelu_tanh model.feed_forward=0. The best of \
             30 points looks better than it is",
            "of all points of the search by Holm&#39;s method",
            "Of the points, the 5 first ones.",
        ] {
            assert!(page.contains(part), "{part}");
        }
        assert!(svg.contains("What a search found") && !page.contains("in the last rung"));
        let mut rungs = study.clone();
        rungs.decisions.extend(study.decisions.clone());
        assert!(html(&rungs).contains("10,000 steps in the last rung"));
        let mut none = searched(2);
        if let Some(best) = none.search.as_mut().and_then(|search| search.best.as_mut()) {
            (best.name, best.is_default) = ("base".to_string(), true);
        }
        assert!(html(&none).contains("No point is better than base. The best of 2 points"));
    }

    #[test]
    fn a_page_has_every_decision_and_option() {
        let study = made_up();
        let (page, svg) = (html(&study), svg(&study));
        well_formed(&page);
        well_formed(&svg);
        for decision in &study.decisions {
            assert!(page.contains(&decision.meaning) && svg.contains(&decision.name));
            for option in &decision.options {
                assert!(page.contains(&escape(&option.name)), "{}", option.name);
            }
        }
        for part in [
            "refused: 8 &amp; more do not divide &quot;2&quot;",
            "not trained yet",
            "µs per term",
            "µs per step",
            "ninth ablate --base strong",
            "230,536",
            "-2.0 ± 0.0",
            "<p class=\"finding\">By more than chance allows, compared with the default gelu: \
             better are silu by 0.3 points, tanh-gelu by 0.1; worse are relu by 2.0 points.</p>",
            "<p class=\"finding\">Option beam is better than the default greedy by 2.0 points, more than \
             chance allows.</p>",
            "paired t-test over the seeds, 5 % for a decision",
            "<td class=\"n bad\">-2.0 ± 0.0</td>",
            "strong: means over 5 validations",
            "class=\"line faint c0\"",
        ] {
            assert!(page.contains(part), "{part}");
        }
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
        assert_eq!(svg.matches("://").count(), 1);
        assert!(!page.contains("://"));
    }

    #[test]
    fn differences_are_paired_by_seed() {
        let mut study = made_up();
        let decision = &mut study.decisions[0];
        // Seeds in another order, and one that the base does not have.
        decision.options[1] = option("relu", 0.60, &[4, 9, 0]);
        let found = differences(decision, &decision.options[1]);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|difference| (difference + 2.0).abs() < 1e-9), "{found:?}");
        assert!(differences(decision, &option("x", 0.5, &[])).is_empty());
    }

    #[test]
    fn curves_are_means_over_the_seeds_that_got_so_far() {
        let mut trainings = [result(0, 0.5), result(1, 0.5)];
        trainings[1].curve.truncate(3);
        let curve = mean_curve(&trainings);
        assert_eq!(curve.len(), 20);
        let mean =
            (trainings[0].curve[0].accuracy_last + trainings[1].curve[0].accuracy_last) / 2.0;
        assert!((curve[0].1 - mean).abs() < 1e-12);
        assert_eq!(curve[19].1, trainings[0].curve[19].accuracy_last);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_study_makes_a_page(
            name in ".*",
            values in prop::collection::vec((0..4i64, any::<f64>(), any::<f64>()), 0..6),
            default in any::<bool>(),
        ) {
            let trainings = values.iter().map(|(seed, a, b)| TrialResult {
                metrics: Metrics { accuracy_last: *a, loss: f64::NAN, ..Metrics::default() },
                continued: *b,
                microseconds_per_step: f64::INFINITY,
                microseconds_per_term: *a,
                curve: vec![CurvePoint { step: u64::MAX, loss: *a, accuracy_last: *b }],
                ..result(*seed, *b)
            });
            let outcome = OptionOutcome::Trained(trainings.collect());
            let failures = vec![Failure { seed: 7, reason: name.clone() }];
            let name = name.clone();
            let option = OptionResult { name, is_default: default, outcome, failures };
            let mut study = made_up();
            study.command = option.name.clone();
            for decision in &mut study.decisions {
                decision.meaning = option.name.clone();
                decision.options.push(option.clone());
            }
            let empty = DecisionResult { options: Vec::new(), ..study.decisions[0].clone() };
            study.decisions.push(empty);
            well_formed(&html(&study));
            well_formed(&svg(&study));
        }
    }
}
