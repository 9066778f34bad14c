//! Validation: a model is judged by fresh sequences of the final mixture, from a
//! stream that training never draws from.

use ninth_model::Batch;
use ninth_sequences::{Draw, Family, Phase, PhaseWeights, Sampler, Source, Stream};

use crate::baselines::Baseline;
use crate::confusion::Confusion;
use crate::engine::{Engine, EngineError};
use crate::metrics::{Metrics, Prediction, Tally, WHOLE_FROM};
use crate::sample_batch;

/// The model and the baselines on the same sequences.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// The model.
    pub model: Tally,
    /// The baselines, in the order of [`Baseline::ALL`]. Their losses and cross-entropies are
    /// not defined and summed up as 0; see [`Scores::baseline`].
    baselines: [Tally; 2],
}

impl Scores {
    fn new(context: usize) -> Self {
        Scores { model: Tally::new(context), baselines: [(); 2].map(|()| Tally::new(context)) }
    }

    /// The metrics of a baseline, with NaN for loss and cross-entropy: a baseline names a
    /// term and gives no probabilities.
    pub fn baseline(&self, baseline: Baseline) -> Metrics {
        let metrics = self.baselines[baseline as usize].metrics();
        Metrics { loss: f64::NAN, cross_entropy: f64::NAN, ..metrics }
    }

    /// The same of each baseline, in the order of [`Baseline::ALL`].
    pub fn baselines(&self) -> impl Iterator<Item = (Baseline, Metrics)> {
        Baseline::ALL.into_iter().map(|baseline| (baseline, self.baseline(baseline)))
    }

    fn merge(&mut self, other: &Scores) {
        self.model.merge(&other.model);
        for (mine, theirs) in self.baselines.iter_mut().zip(&other.baselines) {
            mine.merge(theirs);
        }
    }
}

/// The judgement of a model by some sequences.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// By family, in the order of [`Family::ALL`].
    families: Vec<Scores>,
    /// Of the positions from the fourth term on.
    confusion: Confusion,
    context: usize,
    /// The mixture that the sequences were drawn from.
    mixture: PhaseWeights,
}

impl Judgement {
    /// All sequences.
    pub fn overall(&self) -> Scores {
        self.sum(|_| true)
    }

    /// The sequences of a phase.
    pub fn phase(&self, phase: Phase) -> Scores {
        self.sum(|family| family.phase() == phase)
    }

    /// The phases that sequences were drawn from.
    pub fn phases(&self) -> impl Iterator<Item = Phase> {
        self.mixture.phases()
    }

    /// The sequences of each family of these phases.
    pub fn families(&self) -> impl Iterator<Item = (Family, &Scores)> {
        let all = Family::ALL.iter().copied().zip(&self.families);
        all.filter(|(family, _)| self.mixture.of(family.phase()) > 0.0)
    }

    /// The confusion matrix: predicted classes by right classes, from the fourth term on.
    pub fn confusion(&self) -> &Confusion {
        &self.confusion
    }

    /// An empty judgement for sequences of up to `context` terms to see and one to predict.
    pub fn new(context: usize, classes: usize, mixture: PhaseWeights) -> Self {
        let families = vec![Scores::new(context); Family::ALL.len()];
        Judgement { families, confusion: Confusion::new(classes), context, mixture }
    }

    /// Judges an engine's model by the sequences of a batch, given where each came from.
    pub fn add(
        &mut self,
        engine: &mut dyn Engine,
        batch: &Batch,
        draws: &[Draw],
    ) -> Result<(), EngineError> {
        let (context, classes) = (self.context, self.confusion.classes());
        let evaluation = engine.evaluate(batch)?;
        for (index, draw) in draws.iter().enumerate() {
            // Every family is in the list of all families.
            let place = Family::ALL.iter().position(|family| *family == draw.family);
            let Some(place) = place else { continue };
            let scores = &mut self.families[place];
            let positions = 0..draw.length.saturating_sub(1);
            scores.model.add(positions.clone().map(|position| {
                let at = index * context + position;
                Prediction {
                    predicted: evaluation.predicted[at],
                    target: batch.class(index, position + 1),
                    cross_entropy: f64::from(evaluation.cross_entropy[at]),
                    loss: f64::from(evaluation.loss[at]),
                }
            }));
            for position in positions.clone().skip(WHOLE_FROM) {
                let predicted = evaluation.predicted[index * context + position];
                self.confusion.add(predicted, batch.class(index, position + 1));
            }
            for (tally, baseline) in scores.baselines.iter_mut().zip(Baseline::ALL) {
                tally.add(positions.clone().map(|position| Prediction {
                    predicted: baseline.predict(batch, index, position, classes),
                    target: batch.class(index, position + 1),
                    cross_entropy: 0.0,
                    loss: 0.0,
                }));
            }
        }
        Ok(())
    }

    fn sum(&self, wanted: impl Fn(Family) -> bool) -> Scores {
        let mut total = Scores::new(self.context);
        for (_, scores) in self.families().filter(|(family, _)| wanted(*family)) {
            total.merge(scores);
        }
        total
    }
}

/// Sequences to judge by at a time: enough for every core, little enough to need no memory
/// to speak of.
pub const AT_A_TIME: usize = 1024;

/// Judges an engine's model by the sequences `first`, `first + 1`, ... of a
/// stream, drawn from a mixture: that which its training ends with.
///
/// # Errors
///
/// If the engine fails.
pub fn judge(
    engine: &mut dyn Engine,
    sampler: &Sampler,
    mixture: PhaseWeights,
    stream: Stream,
    first: u64,
    sequences: usize,
) -> Result<Judgement, EngineError> {
    let context = sampler.length() - 1;
    let mut judgement = Judgement::new(context, sampler.range().classes(), mixture);
    let mut done = 0;
    while done < sequences {
        let mut batch = Batch::new(context, AT_A_TIME.min(sequences - done));
        let mut draws: Vec<Draw> = Vec::with_capacity(batch.sequences());
        let source = Source::Mixture(mixture);
        let next = first + done as u64;
        sample_batch::fill(&mut batch, sampler, stream, next, source, |draw| draws.push(draw));
        judgement.add(engine, &batch, &draws)?;
        done += batch.sequences();
    }
    Ok(judgement)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, CpuEngine};

    #[test]
    fn an_untrained_model_is_judged_like_chance() {
        let config = Config::default();
        let mut engine = CpuEngine::new(&config, 2).unwrap();
        let sampler = config.sampler(1).unwrap();
        let mixture = config.curriculum.final_mixture();
        let judgement = judge(&mut engine, &sampler, mixture, Stream::Validation, 0, 1500).unwrap();
        let overall = judgement.overall();
        let metrics = overall.model.metrics();
        assert_eq!(metrics.sequences, 1500);
        assert!(metrics.accuracy_last < 0.05);
        assert!((metrics.cross_entropy - 5.545).abs() < 0.3);
        let linear = overall.baseline(Baseline::Linear);
        assert!(linear.accuracy_last > 0.1 && linear.accuracy_last < 0.6);
        let parts: u64 =
            judgement.phases().map(|p| judgement.phase(p).model.metrics().sequences).sum();
        assert_eq!(parts, 1500);
        assert!(judgement.families().all(|(_, s)| s.model.metrics().sequences > 20));
        let confusion = judgement.confusion();
        let bins = 0..confusion.bins();
        let counted: u64 =
            bins.clone().flat_map(|t| bins.clone().map(move |p| confusion.count(t, p))).sum();
        // No sequence has fewer than four terms, and none more than six to count.
        assert!((1500..=6 * 1500).contains(&counted), "{counted}");
    }

    /// What nothing was drawn from is not spoken of; with a share the wider phase is.
    #[test]
    fn a_judgement_has_the_phases_of_its_mixture() {
        let config = Config::default();
        let mut engine = CpuEngine::new(&config, 1).unwrap();
        let sampler = config.sampler(1).unwrap();
        let mixture = config.curriculum.final_mixture();
        for (mixture, phases) in
            [(mixture, &Phase::DOCUMENT[..]), (mixture.with_wider(0.5), &Phase::ALL)]
        {
            let judgement =
                judge(&mut engine, &sampler, mixture, Stream::Validation, 0, 400).unwrap();
            assert_eq!(judgement.phases().collect::<Vec<_>>(), phases);
            let families = phases.iter().map(|phase| Family::of_phase(*phase).len());
            assert_eq!(judgement.families().count(), families.sum::<usize>());
            let drawn = judgement.families().map(|(_, scores)| scores.model.metrics().sequences);
            assert_eq!(drawn.sum::<u64>(), 400);
        }
    }

    #[test]
    fn batches_do_not_change_the_judgement() {
        let config = Config::default();
        let mut engine = CpuEngine::new(&config, 1).unwrap();
        let sampler = config.sampler(1).unwrap();
        let mixture = config.curriculum.final_mixture();
        let mut part = |first, count| {
            judge(&mut engine, &sampler, mixture, Stream::Validation, first, count)
                .unwrap()
                .overall()
        };
        let whole = part(5, 1100);
        let mut sum = part(5, 100);
        sum.merge(&part(105, 1000));
        let (a, b) = (whole.model.metrics(), sum.model.metrics());
        assert_eq!(a.accuracy_by_position, b.accuracy_by_position);
        assert!((a.loss - b.loss).abs() < 1e-9);
    }
}
