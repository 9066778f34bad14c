//! The metrics at the end of a training: cards, charts and the table by phase.

use ninth_sequences::IntegerRange;

use crate::bar_list::{BarGroup, BarList};
use crate::chart::{Bar, Colour, Columns, HeatMap};
use crate::format::{counted, decimal, percent};
use crate::markup::push;
use crate::page::{self, Card, Column, HtmlTable, TableCell};
use ninth_inference::Limit;
use ninth_training::baselines::{Baseline, Uniform};
use ninth_training::metrics::Metrics;
use ninth_training::validation::Judgement;

const UNIFORM: &str = "uniform";
const LIMIT: &str = "limit";

/// The metrics of the model, the baselines and the limit at the end of a training.
pub(super) struct FinalScores<'a> {
    judgement: &'a Judgement,
    model: Metrics,
    uniform: Metrics,
    baselines: Vec<(&'static str, Metrics)>,
    limit: Option<KnownScores<'a>>,
}

/// The limit, with its metrics over all sequences.
struct KnownScores<'a> {
    limit: &'a Limit,
    metrics: Metrics,
}

impl<'a> FinalScores<'a> {
    pub(super) fn new(judgement: &'a Judgement, limit: Option<&'a Limit>) -> Self {
        let overall = judgement.overall();
        FinalScores {
            judgement,
            model: overall.model.metrics(),
            uniform: Uniform::new(judgement.confusion().classes()).metrics(),
            baselines: overall.baselines().map(|(b, metrics)| (b.name(), metrics)).collect(),
            limit: limit.map(|limit| KnownScores { limit, metrics: limit.overall().metrics }),
        }
    }

    /// The metrics of the limit, where it is known.
    pub(super) fn limit(&self) -> Option<&Metrics> {
        self.limit.as_ref().map(|known| &known.metrics)
    }

    /// The name of the limit in legends; empty where it is not known.
    fn limit_name(&self) -> &'static str {
        if self.limit.is_some() { LIMIT } else { "" }
    }

    /// A metric of the limit and of the baselines, the best predictor first.
    pub(super) fn compared(&self, of: fn(&Metrics) -> f64) -> Vec<(&'static str, f64)> {
        let limit = self.limit().map(|limit| (LIMIT, of(limit)));
        let baselines = self.baselines.iter().rev().map(|(name, metrics)| (*name, of(metrics)));
        limit.into_iter().chain(baselines).chain([(UNIFORM, of(&self.uniform))]).collect()
    }

    pub(super) fn cards(&self) -> String {
        let rows = |of: fn(&Metrics) -> f64| {
            std::iter::once(("model", of(&self.model))).chain(self.compared(of)).collect()
        };
        let cards = [
            Card {
                title: "Last term",
                note: "right after a full context",
                rows: rows(|metrics| metrics.accuracy_last),
                write: percent,
            },
            Card {
                title: "All terms",
                note: "right after one term or more",
                rows: rows(|metrics| metrics.accuracy_all),
                write: percent,
            },
            Card {
                title: "Distance",
                note: "mean, to the right term; less is better",
                rows: rows(|metrics| metrics.distance),
                write: |value| decimal(value, 2),
            },
            Card {
                title: "Cross-entropy",
                note: "mean, of the right term; less is better",
                // The other baselines give a term and no probabilities.
                rows: std::iter::once(("model", self.model.cross_entropy))
                    .chain(self.limit().map(|limit| (LIMIT, limit.cross_entropy)))
                    .chain([(UNIFORM, self.uniform.cross_entropy)])
                    .collect(),
                write: |value| decimal(value, 3),
            },
        ];
        let mut note = format!(
            "On {} of the final mixture. Baselines: linear repeats the last step, repeat the \
             last term, uniform guesses.",
            counted(self.model.sequences, "fresh sequence"),
        );
        if let Some(limit) = self.limit() {
            push!(
                note,
                " Limit: the best that a predictor can do, on all {} that can be drawn.",
                counted(limit.sequences, "relation"),
            );
        }
        let cards: Vec<String> = cards.iter().map(Card::html).collect();
        page::heading("figures", "How good it is", &note)
            + &format!("<div class=\"cards\">\n{}</div>\n", cards.concat())
    }

    pub(super) fn details(&self, range: IntegerRange) -> String {
        let mut note = format!(
            "In per cent of the sequences that fill the context; a dash where none does. Dot: \
             what {} gets, which repeats the last step.",
            Baseline::Linear.name(),
        );
        if self.limit.is_some() {
            note += " Line: what the best predictor gets, which does not know the family either; \
                     above it is chance, or a preference that costs more elsewhere.";
        }
        let families =
            page::wide_figure("Right last terms by family", &note, &self.by_family().html());
        let confusion = page::figure(
            "Predicted and true terms",
            "From the fourth term on. Right predictions lie on the diagonal; colours are counts.",
            &self.heat_map(range).draw(),
        );
        let positions = page::figure(
            "Right terms by how many were seen",
            match self.limit {
                Some(_) => "In per cent. Line: the best that a predictor can do there.",
                None => "In per cent.",
            },
            &self.by_position().draw(),
        );
        let phases =
            format!("<figure><figcaption>By phase</figcaption>{}</figure>\n", self.by_phase());
        page::heading("details", "What it knows", "")
            + &families
            + &page::loose_grid(&[positions, confusion, phases])
    }

    fn by_family(&self) -> BarList<'static> {
        let groups = self.judgement.phases().enumerate().map(|(index, phase)| BarGroup {
            name: phase.name().to_string(),
            colour: Colour::Step(index),
            bars: self
                .judgement
                .families()
                .filter(|(family, _)| family.phase() == phase)
                .map(|(family, scores)| {
                    let metrics = scores.model.metrics();
                    let baseline = scores.baseline(Baseline::Linear).accuracy_last;
                    let limit = self.limit.as_ref().and_then(|known| known.limit.family(family));
                    let limit = limit.map_or(f64::NAN, |best| best.metrics.accuracy_last);
                    let mut words = format!(
                        "{}: {} of {}; {} {}",
                        family.summary(),
                        percent(metrics.accuracy_last),
                        counted(scores.model.full(), "full sequence"),
                        Baseline::Linear.name(),
                        percent(baseline),
                    );
                    if limit.is_finite() {
                        push!(words, "; {LIMIT} {}", percent(limit));
                    }
                    Bar {
                        name: family.name().to_string(),
                        value: metrics.accuracy_last,
                        baseline,
                        limit,
                        words,
                    }
                })
                .collect(),
        });
        let baseline = Baseline::Linear.name();
        BarList { baseline, limit: self.limit_name(), groups: groups.collect() }
    }

    fn by_position(&self) -> Columns<'static> {
        let linear = self.baselines.last().map(|(_, metrics)| metrics);
        let at = |metrics: Option<&Metrics>, position: usize| {
            let of = metrics.and_then(|metrics| metrics.accuracy_by_position.get(position));
            of.copied().unwrap_or(f64::NAN)
        };
        let bars =
            self.model.accuracy_by_position.iter().enumerate().map(|(position, value)| Bar {
                name: (position + 1).to_string(),
                value: *value,
                baseline: at(linear, position),
                limit: at(self.limit(), position),
                words: percent(*value),
            });
        Columns {
            label: "Right terms by how many were seen",
            x: "terms seen",
            name: "model",
            baseline: Baseline::Linear.name(),
            limit: self.limit_name(),
            bars: bars.collect(),
        }
    }

    fn heat_map(&self, range: IntegerRange) -> HeatMap<'static> {
        let confusion = self.judgement.confusion();
        let bins = confusion.bins();
        let low = range.min() as f64;
        let counts = (0..bins)
            .flat_map(|target| (0..bins).map(move |predicted| confusion.count(target, predicted)));
        HeatMap {
            label: "How often each term was predicted where each was right",
            x: "true term",
            y: "predicted term",
            range: (low, low + confusion.classes() as f64),
            bins,
            counts: counts.collect(),
        }
    }

    fn by_phase(&self) -> String {
        let mut table = HtmlTable::new(&[
            ("", Column::Words),
            ("last", Column::Numbers),
            ("all", Column::Numbers),
            ("whole", Column::Numbers),
            ("distance", Column::Numbers),
            ("CE", Column::Numbers),
        ]);
        let share = |value: f64| TableCell::from(decimal(100.0 * value, 1));
        let mut row = |name: &str, metrics: &Metrics| {
            table.row([
                name.into(),
                share(metrics.accuracy_last),
                share(metrics.accuracy_all),
                share(metrics.accuracy_whole),
                decimal(metrics.distance, 2).into(),
                decimal(metrics.cross_entropy, 3).into(),
            ]);
        };
        for phase in self.judgement.phases() {
            row(phase.name(), &self.judgement.phase(phase).model.metrics());
        }
        row("all", &self.model);
        for (name, metrics) in &self.baselines {
            row(name, metrics);
        }
        let mut note = "Last and all: right terms in per cent; whole: sequences whose every term \
                        from the fourth on is right."
            .to_string();
        if let Some(limit) = self.limit() {
            row(LIMIT, limit);
            row("gap", &self.model.gap(limit));
            note += " Gap: what the model is short of the limit.";
        }
        table.html() + &format!("<small>{note}</small>")
    }
}
