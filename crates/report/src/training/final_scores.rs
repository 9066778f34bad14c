//! The metrics at the end of a training: cards, charts and the table by phase.

use ninth_sequences::IntegerRange;

use crate::chart::{Bar, Bars, Colour, Columns, Group, HeatMap};
use crate::format::{counted, decimal, percent};
use crate::markup::push;
use crate::page::{self, Card, Column, HtmlTable, TableCell};
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
    limit: Option<&'a Metrics>,
}

impl<'a> FinalScores<'a> {
    pub(super) fn new(judgement: &'a Judgement, limit: Option<&'a Metrics>) -> Self {
        let overall = judgement.overall();
        FinalScores {
            judgement,
            model: overall.model.metrics(),
            uniform: Uniform::new(judgement.confusion().classes()).metrics(),
            baselines: overall.baselines().map(|(b, metrics)| (b.name(), metrics)).collect(),
            limit,
        }
    }

    /// A metric of the limit and of the baselines, the best predictor first.
    pub(super) fn compared(&self, of: fn(&Metrics) -> f64) -> Vec<(&'static str, f64)> {
        let limit = self.limit.map(|limit| (LIMIT, of(limit)));
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
                    .chain(self.limit.map(|limit| (LIMIT, limit.cross_entropy)))
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
        if let Some(limit) = self.limit {
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
        let families = page::figure(
            "Right last terms by family",
            "In per cent; a dash where no sequence fills the context. The tick is what repeating the last step gets.",
            &self.by_family().draw(),
        );
        let confusion = page::figure(
            "Predicted and true terms",
            "From the fourth term on. Right predictions lie on the diagonal; colours are counts.",
            &self.heat_map(range).draw(),
        );
        let positions = page::figure(
            "Right terms by how many were seen",
            "In per cent.",
            &self.by_position().draw(),
        );
        let column = format!(
            "<div class=\"column\">{positions}<figure><figcaption>By phase</figcaption>{}\
             </figure></div>\n",
            self.by_phase(),
        );
        page::heading("details", "What it knows", "")
            + &page::loose_grid(&[families, confusion, column])
    }

    fn by_family(&self) -> Bars<'static> {
        let groups = self.judgement.phases().enumerate().map(|(index, phase)| Group {
            name: phase.name().to_string(),
            colour: Colour::Step(index),
            bars: self
                .judgement
                .families()
                .filter(|(family, _)| family.phase() == phase)
                .map(|(family, scores)| {
                    let metrics = scores.model.metrics();
                    let linear = scores.baseline(Baseline::Linear);
                    Bar {
                        name: family.name().to_string(),
                        value: metrics.accuracy_last,
                        compared: linear.accuracy_last,
                        words: format!(
                            "{}: {} of {}",
                            family.summary(),
                            percent(metrics.accuracy_last),
                            counted(metrics.sequences, "sequence"),
                        ),
                    }
                })
                .collect(),
        });
        Bars {
            label: "Right last terms by family",
            compared: Baseline::Linear.name(),
            groups: groups.collect(),
        }
    }

    fn by_position(&self) -> Columns<'static> {
        let linear = self.baselines.last().map(|(_, metrics)| &metrics.accuracy_by_position);
        let bars =
            self.model.accuracy_by_position.iter().enumerate().map(|(position, value)| Bar {
                name: (position + 1).to_string(),
                value: *value,
                compared: linear.and_then(|l| l.get(position)).copied().unwrap_or(f64::NAN),
                words: percent(*value),
            });
        Columns {
            label: "Right terms by how many were seen",
            x: "terms seen",
            name: "model",
            compared: Baseline::Linear.name(),
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
        if let Some(limit) = self.limit {
            row(LIMIT, limit);
            row("gap", &self.model.gap(limit));
            note += " Gap: what the model is short of the limit.";
        }
        table.html() + &format!("<small>{note}</small>")
    }
}
