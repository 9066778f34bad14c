//! Never-trained parameters: whether a model generalises beyond the tuples of its training.
//!
//! What a training drew is a pure function of its config and the number of its steps, so it
//! can be drawn again, without the model: every (family, parameter tuple) that came up
//! is ticked off, and the model is judged by fresh sequences of the others. Another tuple
//! may give the same terms, so *never drawn* means never drawn from this tuple.

//!
//! | file | what it holds |
//! |---|---|
//! | `trained_parameters.rs` | [`TrainedParameters`]: the tuples that a training drew |
//! | `mod.rs` | [`judge_never_trained`]: the model on the others |

mod trained_parameters;

use ninth_inference::Named;
use ninth_inference::metrics::Metrics;
use ninth_model::Batch;
use ninth_sequences::{Draw, Family, PhaseWeights, Sampler, Source, Stream};
use serde::Serialize;

use crate::finite::not_finite;
use ninth_training::engine::{Engine, EngineError};
use ninth_training::validation::{AT_A_TIME, Judgement, Scores};

pub use trained_parameters::TrainedParameters;

/// The judgement of a model on tuples that training never drew, and on those that it drew.
#[derive(Clone, Debug, PartialEq)]
pub struct NeverTrained {
    /// On sequences of tuples that it never drew.
    pub never: Judgement,
    /// On as many sequences, at most, of tuples that it drew.
    pub drawn: Judgement,
    /// Evaluation sequences that were drawn to find them.
    pub looked_at: u64,
}

impl NeverTrained {
    /// The accuracy at the last position and over all positions on tuples that training
    /// drew, each family weighing as much as it does among those that it never drew:
    /// the families with many tuples are the ones that training does not exhaust, and
    /// they are not the easiest ones.
    pub fn drawn_alike(&self) -> (f64, f64) {
        let mean = |of: fn(&Metrics) -> f64| {
            let (mut sum, mut weight) = (0.0, 0.0);
            for ((_, never), (_, drawn)) in self.never.families().zip(self.drawn.families()) {
                let (never, drawn) = (never.model.metrics(), of(&drawn.model.metrics()));
                if never.sequences > 0 && drawn.is_finite() {
                    sum += never.sequences as f64 * drawn;
                    weight += never.sequences as f64;
                }
            }
            sum / weight
        };
        (mean(|metrics| metrics.accuracy_last), mean(|metrics| metrics.accuracy_all))
    }

    /// Each family with its scores on tuples that training never drew, and on others.
    pub fn families(&self) -> impl Iterator<Item = (Family, &Scores, &Scores)> {
        let pairs = self.never.families().zip(self.drawn.families());
        pairs.map(|((family, never), (_, drawn))| (family, never, drawn))
    }

    /// The result with the numbers of tuples, as it is written in JSON.
    pub fn summary(&self, sampler: &Sampler, trained: &TrainedParameters) -> NeverTrainedSummary {
        let (accuracy_last, accuracy_all) = self.drawn_alike();
        let family = |(family, never, drawn): (Family, &Scores, &Scores)| {
            let summary = FamilySummary {
                tuples: sampler.valid_count(family),
                never_drawn: trained.never_drawn(family),
                never: Accuracies::of(never),
                drawn: Accuracies::of(drawn),
            };
            (family.name(), summary)
        };
        NeverTrainedSummary {
            steps: trained.steps(),
            sequences: trained.sequences(),
            tuples: trained.families().map(|family| sampler.valid_count(family)).sum(),
            never_drawn: trained.never_drawn_at_all(),
            looked_at: self.looked_at,
            never: Accuracies::of(&self.never.overall()),
            drawn: Accuracies::of(&self.drawn.overall()),
            drawn_alike: Accuracies { sequences: None, accuracy_last, accuracy_all },
            families: Named(self.families().map(family).collect()),
        }
    }
}

/// A [`NeverTrained`] with the numbers of tuples, as it is written in JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NeverTrainedSummary {
    /// Training steps that were replayed.
    pub steps: u64,
    /// Sequences that these steps drew.
    pub sequences: u64,
    /// Valid parameter tuples of the families that are drawn.
    pub tuples: usize,
    /// Those of them that training never drew.
    pub never_drawn: usize,
    /// Evaluation sequences that were drawn to find undrawn tuples.
    pub looked_at: u64,
    /// On tuples that training never drew.
    pub never: Accuracies,
    /// On tuples that training drew.
    pub drawn: Accuracies,
    /// The same with the families weighted as in `never`; see [`NeverTrained::drawn_alike`].
    pub drawn_alike: Accuracies,
    /// By family.
    pub families: Named<FamilySummary>,
}

/// One family of a [`NeverTrainedSummary`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FamilySummary {
    /// Its valid parameter tuples.
    pub tuples: usize,
    /// Those of them that training never drew.
    pub never_drawn: usize,
    /// On tuples that training never drew.
    pub never: Accuracies,
    /// On tuples that training drew.
    pub drawn: Accuracies,
}

/// Accuracies on some sequences. NaN ones are omitted in JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Accuracies {
    /// The number of sequences; `None` for a weighted mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequences: Option<u64>,
    /// Share of right predictions at the last position.
    #[serde(skip_serializing_if = "not_finite")]
    pub accuracy_last: f64,
    /// Share of right predictions, over all positions.
    #[serde(skip_serializing_if = "not_finite")]
    pub accuracy_all: f64,
}

impl Accuracies {
    fn of(scores: &Scores) -> Self {
        let Metrics { sequences, accuracy_last, accuracy_all, .. } = scores.model.metrics();
        Accuracies { sequences: Some(sequences), accuracy_last, accuracy_all }
    }
}

/// Judges an engine's model by the first `sequences` of the evaluation stream whose
/// tuples training never drew, and by the first `sequences` of the others. It draws a thousand
/// times as many at most, and none where no tuple is left.
///
/// # Errors
///
/// If the engine fails.
pub fn judge_never_trained(
    engine: &mut dyn Engine,
    sampler: &Sampler,
    trained: &TrainedParameters,
    sequences: usize,
) -> Result<NeverTrained, EngineError> {
    const LOOKS: u64 = 1000;
    let mut never = Collected::new(sampler, trained.mixture, sequences);
    let mut drawn = Collected::new(sampler, trained.mixture, sequences);
    let mut terms = vec![0; sampler.length()];
    let source = Source::Mixture(trained.mixture);
    let looks = match trained.never_drawn_at_all() {
        0 => 0,
        _ => (sequences as u64).saturating_mul(LOOKS),
    };
    let mut looked_at = 0;
    while looked_at < looks && never.wanted > 0 {
        let draw = sampler.draw(Stream::Evaluation, looked_at, source, &mut terms);
        looked_at += 1;
        let known = trained.contains(draw.family, draw.parameters);
        let kind = if known { &mut drawn } else { &mut never };
        kind.add(engine, sampler, draw, &terms[..draw.length])?;
    }
    Ok(NeverTrained { never: never.finish(engine)?, drawn: drawn.finish(engine)?, looked_at })
}

/// Sequences with drawn or with undrawn tuples, judged a batch at a time.
struct Collected {
    wanted: usize,
    batch: Batch,
    draws: Vec<Draw>,
    judgement: Judgement,
}

impl Collected {
    fn new(sampler: &Sampler, mixture: PhaseWeights, wanted: usize) -> Self {
        let context = sampler.length() - 1;
        Collected {
            wanted,
            batch: Batch::new(context, AT_A_TIME),
            draws: Vec::new(),
            judgement: Judgement::new(context, sampler.range().classes(), mixture),
        }
    }

    fn add(
        &mut self,
        engine: &mut dyn Engine,
        sampler: &Sampler,
        draw: Draw,
        terms: &[i64],
    ) -> Result<(), EngineError> {
        if self.wanted == 0 {
            return Ok(());
        }
        self.wanted -= 1;
        let range = sampler.range();
        let classes = terms.iter().filter_map(|&term| range.class_of(term));
        self.batch.set(self.draws.len(), classes);
        self.draws.push(draw);
        if self.draws.len() == AT_A_TIME { self.judge(engine) } else { Ok(()) }
    }

    /// Judges the sequences collected; those left in the batch from earlier are not counted.
    fn judge(&mut self, engine: &mut dyn Engine) -> Result<(), EngineError> {
        self.judgement.add(engine, &self.batch, &self.draws)?;
        self.draws.clear();
        Ok(())
    }

    fn finish(mut self, engine: &mut dyn Engine) -> Result<Judgement, EngineError> {
        if !self.draws.is_empty() {
            self.judge(engine)?;
        }
        Ok(self.judgement)
    }
}

#[cfg(test)]
mod tests {
    use super::trained_parameters::tests::{SHORT, config, replay};
    use super::*;
    use ninth_training::CpuEngine;

    #[test]
    fn sequences_of_both_kinds_are_judged_apart() {
        let config = config(&SHORT);
        let mut engine = CpuEngine::new(&config, 1).unwrap();
        let sampler = config.sampler(1).unwrap();
        // Long enough for the small families to be drawn in full.
        let trained = replay(&config, 3000, 2);
        let found = judge_never_trained(&mut engine, &sampler, &trained, 1500).unwrap();
        let sequences = |judgement: &Judgement| judgement.overall().model.metrics().sequences;
        assert_eq!(sequences(&found.never), 1500);
        assert!(sequences(&found.drawn) > 100);
        assert!(found.looked_at < 10_000, "{}", found.looked_at);
        for (family, scores) in found.never.families() {
            if trained.never_drawn(family) == 0 {
                assert_eq!(scores.model.metrics().sequences, 0, "{family}");
            }
        }
        let (last, all) = found.drawn_alike();
        assert!((0.0..=0.1).contains(&last) && (0.0..=0.1).contains(&all), "{last} {all}");
        // Together they are the evaluation stream, as far as it was looked at.
        let total = sequences(&found.never) + sequences(&found.drawn);
        assert!(total == found.looked_at || sequences(&found.drawn) == 1500);
    }

    #[test]
    fn where_nothing_is_left_nothing_is_looked_at() {
        let config = config(&SHORT);
        let mut engine = CpuEngine::new(&config, 1).unwrap();
        let sampler = config.sampler(1).unwrap();
        let trained = replay(&config, 0, 1);
        for (family, parameters) in sampler.all_valid() {
            trained.families[family as usize].insert(parameters);
        }
        assert_eq!(trained.never_drawn_at_all(), 0);
        let found = judge_never_trained(&mut engine, &sampler, &trained, 100).unwrap();
        assert_eq!((found.looked_at, found.never.overall().model.metrics().sequences), (0, 0));
        assert!(found.drawn_alike().0.is_nan());
    }
}
