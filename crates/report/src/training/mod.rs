//! The report of a training: how it went, what it learned, what it predicts.

mod curves;
mod final_scores;
mod history;

use ninth_settings::Sections;

use crate::markup::{escape, push};
use crate::page::{self, Column, HtmlTable, TableCell};
use final_scores::FinalScores;
use history::History;
use ninth_evaluation::examples::Example;
use ninth_inference::Limit;
use ninth_training::Config;
use ninth_training::validation::Judgement;

/// A training that is over.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Its title, the name of its folder.
    pub title: &'a str,
    /// Its config.
    pub config: &'a Config,
    /// Names and values that stand at the head: the model, the engine, the time.
    pub facts: &'a [(&'a str, String)],
    /// The text of `metrics.jsonl`; damaged lines are skipped.
    pub metrics: &'a str,
    /// The number of steps after which the best weights were found, if they were.
    pub best: Option<u64>,
    /// The judgement of the model at the end.
    pub judgement: &'a Judgement,
    /// How good the best possible predictor is, where that is known.
    pub limit: Option<&'a Limit>,
    /// Some of its predictions.
    pub examples: &'a [Example],
}

impl Run<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let history = History::read(self.metrics);
        let scores = FinalScores::new(self.judgement, self.limit);
        let body = [
            self.head(),
            scores.cards(),
            curves::section(self, &history, &scores),
            scores.details(self.config.range().unwrap_or_default()),
            self.predictions(),
            self.decisions(),
        ];
        // Three charts side by side; wider ones would be no clearer.
        page::document(&format!("{} - ninth", self.title), 1440, &body.concat())
    }

    fn head(&self) -> String {
        let mut text = format!("<h1>{}</h1>\n", escape(self.title));
        text += &page::paragraph(
            "A training of a small transformer that names the next term of an integer sequence.",
        );
        text += &page::facts(self.facts.iter().map(|(name, value)| (*name, value.as_str())));
        let usual = Config::default().entries();
        let own = self.config.entries();
        let changed = own.iter().filter(|entry| !usual.contains(entry));
        let chips: Vec<String> = changed
            .map(|entry| {
                format!(
                    "<li class=\"mono\">{}</li>",
                    escape(&format!("{} = {}", entry.path(), entry.value))
                )
            })
            .collect();
        if chips.is_empty() {
            text += &page::paragraph("Every decision is that of the preset design.");
        } else {
            text += &page::paragraph("What differs from the preset design:");
            push!(text, "<ul class=\"chips\">{}</ul>\n", chips.concat());
        }
        text
    }

    fn predictions(&self) -> String {
        if self.examples.is_empty() {
            return String::new();
        }
        let mut table = HtmlTable::stacked(&[
            ("", Column::Words),
            ("shown", Column::Code),
            ("predicted", Column::Numbers),
            ("true", Column::Numbers),
            ("formula", Column::Sentences),
        ]);
        for Example { shown, predicted, target, formula } in self.examples {
            let shown: Vec<String> = shown.iter().map(ToString::to_string).collect();
            let mark = match predicted == target {
                true => TableCell::classed("✓ right", "good"),
                false => TableCell::classed("✗ wrong", "bad"),
            };
            table.row([
                mark,
                shown.join(" ").into(),
                predicted.to_string().into(),
                target.to_string().into(),
                TableCell::classed(formula.as_str(), "muted"),
            ]);
        }
        let note = "Fresh sequences; the formula is what made them.";
        page::heading("predictions", "What it says", note) + &table.html()
    }

    fn decisions(&self) -> String {
        page::heading("config", "What was decided", "")
            + &format!(
                "<details><summary>The complete config</summary><pre>{}</pre></details>\n",
                escape(&self.config.to_text(true)),
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::check::well_formed;
    use ninth_evaluation::examples::draw_examples;
    use ninth_inference::Posterior;
    use ninth_sequences::{IntegerRange, Phase, PhaseWeights, Sampler, Stream};
    use ninth_settings::parse_assignment;
    use ninth_training::baselines::Uniform;
    use ninth_training::validation::judge;
    use ninth_training::{CpuEngine, Preset, logging};
    use proptest::prelude::*;

    /// A limit that takes no time to compute: that of a narrow range.
    fn small_limit() -> Limit {
        let sampler = Sampler::new(0, IntegerRange::new(0, 20).unwrap(), 9).unwrap();
        Posterior::new(&sampler, PhaseWeights::only(Phase::Simple)).limit()
    }

    fn judged(config: &Config) -> (Judgement, Vec<Example>) {
        let mut engine = CpuEngine::new(config, 1).unwrap();
        let sampler = config.sampler(1).unwrap();
        let mixture = config.curriculum.final_mixture();
        let judgement = judge(&mut engine, &sampler, mixture, Stream::Evaluation, 0, 200).unwrap();
        (judgement, draw_examples(&mut engine, &sampler, mixture, 3).unwrap())
    }

    /// A log as the run directory writes it.
    fn metrics(judgement: &Judgement, events: u64) -> String {
        let mut text = String::new();
        for step in (1..=events).map(|event| 100 * event) {
            let statistics = ninth_training::engine::Statistics {
                steps: 100,
                loss: 500.0 / step as f64,
                gradient_norm: 100.0,
                ..Default::default()
            };
            let (epoch, phases) = (step as f64 / 1000.0, PhaseWeights::DOCUMENT);
            let learning_rate = 0.01;
            let progress = ninth_training::trainer::Progress {
                step,
                epoch,
                learning_rate,
                phases,
                curriculum: &Phase::DOCUMENT,
                statistics,
            };
            let scalars = logging::progress_scalars(&progress);
            text += &logging::jsonl::line("progress", step, epoch, &scalars);
            if step % 1000 == 0 {
                let judgement = judgement.clone();
                let validation =
                    ninth_training::trainer::Validation { step, epoch, judgement, best: false };
                let scalars = logging::validation_scalars(&validation, &Uniform::new(256), None);
                text += &logging::jsonl::line("validation", step, epoch, &scalars);
            }
        }
        text
    }

    #[test]
    fn a_page_has_every_section_and_stays_small() {
        let config =
            Config::resolve(Preset::Design, &[parse_assignment("model.activation=silu").unwrap()]);
        let config = config.unwrap();
        let (judgement, examples) = judged(&config);
        // As long as the longest training that anyone is likely to run.
        let metrics = metrics(&judgement, 10_000);
        let facts = [("engine", "a <fast> one".to_string())];
        let limit = small_limit();
        let run = Run {
            title: "runs & \"more\"",
            config: &config,
            facts: &facts,
            metrics: &metrics,
            best: Some(500_000),
            judgement: &judgement,
            limit: Some(&limit),
            examples: &examples,
        };
        let page = run.html();
        well_formed(&page);
        assert!(page.len() < 600_000, "{}", page.len());
        for part in [
            "<h1>runs &amp; &quot;more&quot;</h1>",
            "a &lt;fast&gt; one",
            "model.activation = &quot;silu&quot;",
            "How good it is",
            "Right predictions",
            "Right last terms by phase",
            ">Loss<",
            ">Phases<",
            "Learning rate",
            "Norm of the gradient",
            "Right last terms by family",
            "Predicted and true terms",
            "Right terms by how many were seen",
            "What it says",
            "The complete config",
            "steps_per_epoch = 1000",
            &escape(&examples[0].formula),
            "last terms of the baselines and the limit, and the limit of all terms",
            ">limit, all<",
            "<span>limit</span>",
            "Limit: the best that a predictor can do",
            "<td>gap</td>",
        ] {
            assert!(page.contains(part), "{part}");
        }
        // The limit of each position, and of each family that it knows of: those of one phase,
        // and the mark of the legend.
        assert_eq!(page.matches("class=\"halo\"").count(), config.sequences.context);
        let simple = ninth_sequences::Family::of_phase(Phase::Simple).len();
        assert_eq!(page.matches("<b style=\"left:").count(), simple + 1);
        // Each phase has a band, and the page says what it is and by how many sequences.
        for index in 0..config.curriculum.phases().len() {
            assert!(page.contains(&format!("class=\"band s{index}\"")), "{index}");
        }
        let full = judgement.phase(Phase::Simple).model.full();
        let full = full as f64 * config.validation.sequences as f64 / 200.0;
        let band = "Band: where the share lies with 95 % confidence (Wilson), by about";
        assert!(page.contains(&format!("{band} {full:.0} simple, ")), "{full}");
        assert!(page.contains("lines: means over 201."));
        // An unknown limit is not mentioned.
        let unknown = Run { limit: None, ..run }.html();
        well_formed(&unknown);
        assert!(!unknown.contains(">limit<") && !unknown.contains("Limit:"));
        assert!(!unknown.contains("class=\"halo\"") && !unknown.contains("<b style"));
        assert!(unknown.contains("dashed: last terms of the baselines."));
        for family in ninth_sequences::Family::ALL {
            // Families that are never drawn are not mentioned.
            let drawn = family.phase() != Phase::Wider;
            assert_eq!(page.contains(&format!(">{family}<")), drawn, "{family}");
        }
        assert!(!page.contains("nothing was recorded") && !page.contains("://"));
    }

    #[test]
    fn damaged_lines_are_passed_over() {
        let config = Config::default();
        let (judgement, _) = judged(&config);
        let good = metrics(&judgement, 20);
        let history = |text: &str| History::read(text).of("progress", "train/loss");
        let whole = history(&good);
        assert_eq!(whole.len(), 20);
        let half = &good[..good.len() - 40];
        let damaged = format!("\n{{\n[]\n{{\"step\":\"x\"}}\n\u{0}\n{half}\n7\n");
        assert_eq!(history(&damaged), whole);
        // Without any, the curves are empty and the rest is there.
        let run = Run {
            title: "",
            config: &config,
            facts: &[],
            metrics: "",
            best: None,
            judgement: &judgement,
            limit: None,
            examples: &[],
        };
        let page = run.html();
        well_formed(&page);
        assert!(page.contains("nothing was recorded") && !page.contains("What it says"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_log_makes_a_page(
            lines in prop::collection::vec((any::<f64>(), any::<f64>(), any::<bool>()), 0..30),
            title in ".*",
        ) {
            let config = Config::default();
            let judgement = judged_once();
            let text: String = lines
                .iter()
                .map(|(step, value, progress)| {
                    let event = if *progress { "progress" } else { "validation" };
                    format!(
                        "{{\"event\":\"{event}\",\"step\":{step:?},\"train/loss\":{value:?},\
                         \"validation/accuracy_last\":{value:?},\"curriculum/simple\":{value:?},\
                         \"curriculum/nested\":0.5,\"curriculum/combined\":-1.0}}\n"
                    )
                })
                .collect();
            let facts = [("<", title.clone())];
            let run = Run {
                title: &title,
                config: &config,
                facts: &facts,
                metrics: &text,
                best: Some(7),
                judgement,
                limit: None,
                examples: &[],
            };
            well_formed(&run.html());
        }
    }

    /// Drawing and judging takes longer than a page.
    fn judged_once() -> &'static Judgement {
        static JUDGEMENT: std::sync::OnceLock<Judgement> = std::sync::OnceLock::new();
        JUDGEMENT.get_or_init(|| judged(&Config::default()).0)
    }
}
