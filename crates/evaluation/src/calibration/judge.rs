//! The confidences of a model, and the temperatures that suit it.

use ninth_kernels::{InstructionSet, LANES, Lanes, Pool, as_floats};
use ninth_model::output::Output;
use ninth_model::{Batch, LayerContext, Transformer, Workspace};
use ninth_sequences::{PhaseWeights, Sampler, Source, Stream};

use ninth_training::sample_batch;
use ninth_training::validation::AT_A_TIME;

use super::moments::Moments;
use super::reliability::{Calibration, Calibrations, Temperatures};

/// Which position of a sequence counts as its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    /// The one that sees a full context; a shorter sequence has none.
    FullContext,
    /// The last one whose next term is known.
    OfEach,
}

/// Measures the confidences of a classification model.
#[derive(Debug)]
pub struct ConfidenceJudge<'a> {
    model: &'a Transformer,
    parameters: &'a [Lanes],
    instruction_set: InstructionSet,
    pool: Pool,
    /// One per thread.
    workspaces: Vec<Workspace>,
}

impl<'a> ConfidenceJudge<'a> {
    /// A judge of a model, given the arena of its parameters; `None` for a regression, which
    /// has no probabilities.
    pub fn new(model: &'a Transformer, parameters: &'a [Lanes], threads: usize) -> Option<Self> {
        match model.architecture().model().output {
            Output::Regression => None,
            Output::Classification => {
                let pool = Pool::new(threads);
                let workspaces = (0..pool.threads()).map(|_| Workspace::new(model)).collect();
                Some(Self {
                    model,
                    parameters,
                    instruction_set: InstructionSet::detect(),
                    pool,
                    workspaces,
                })
            }
        }
    }

    /// The temperatures of the least mean cross-entropy, at the term after a full context and
    /// over all positions, of 4,000 sequences of [`Stream::Calibration`] (of fewer where their
    /// logits would fill more than 32 MB).
    pub fn fitted_temperatures(
        &mut self,
        sampler: &Sampler,
        mixture: PhaseWeights,
    ) -> Temperatures {
        const SEQUENCES: usize = 4000;
        const FLOATS: usize = 1 << 23;
        let architecture = self.model.architecture();
        let context = architecture.context();
        let floats = context * architecture.classes();
        let mut batch = Batch::new(context, SEQUENCES.min(FLOATS / floats).max(LANES));
        let source = Source::Mixture(mixture);
        sample_batch::fill(&mut batch, sampler, Stream::Calibration, 0, source, |_| {});
        let logits = self.logits(&batch);
        Temperatures {
            last: self.fitted_temperature(&batch, &logits, context - 1),
            all: self.fitted_temperature(&batch, &logits, 0),
        }
    }

    /// The temperature of the least mean cross-entropy, over the positions from `first` on,
    /// given the logits of all; between 1/20 and 20, and 1 without positions.
    ///
    /// The cross-entropy is convex in the inverse temperature b = 1 / T: its first
    /// derivative is the mean of E\[z\] - z\[target\], its second one that of Var\[z\], with
    /// logits z drawn by softmax(b z). Newton's method finds the zero of the first one;
    /// a step that leaves the interval in which that zero must be halves it instead.
    fn fitted_temperature(&mut self, batch: &Batch, logits: &[Vec<Lanes>], first: usize) -> f64 {
        const BOUNDS: (f64, f64) = (1.0 / 20.0, 20.0);
        const STEPS: usize = 60;
        let (instruction_set, classes) =
            (self.instruction_set, self.model.architecture().classes());
        let (mut low, mut high) = BOUNDS;
        let mut inverse = 1.0;
        for _ in 0..STEPS {
            let mut slopes = vec![(0.0, 0.0); logits.len()];
            self.pool.for_each(&mut slopes, |index, (slope, curvature)| {
                let chunk = &batch.chunks()[index];
                let scored = chunk.scored().map(usize::from);
                let columns = logits[index].chunks_exact(classes).enumerate();
                for (position, column) in columns.skip(first) {
                    let moments = Moments::of(instruction_set, column, inverse as f32);
                    for (lane, &target) in chunk.targets(position).iter().enumerate() {
                        if position < scored[lane] {
                            let at_target = column[usize::from(target)].0[lane];
                            let mean = f64::from(moments.mean.0[lane]);
                            *slope += mean - f64::from(at_target - moments.largest.0[lane]);
                            *curvature += f64::from(moments.square.0[lane]) - mean * mean;
                        }
                    }
                }
            });
            let sum = |sum: (f64, f64), part: &(f64, f64)| (sum.0 + part.0, sum.1 + part.1);
            let (slope, curvature) = slopes.iter().fold((0.0, 0.0), sum);
            if curvature.is_nan() || curvature <= 0.0 {
                break; // there is nothing to fit
            }
            if slope < 0.0 {
                low = inverse;
            } else {
                high = inverse;
            }
            let newton = inverse - slope / curvature;
            let next = if newton > low && newton < high { newton } else { (low * high).sqrt() };
            let settled = (next / inverse - 1.0).abs() < 1e-5;
            inverse = next;
            if settled {
                break;
            }
        }
        1.0 / inverse
    }

    /// The logits of all chunks, `[T][V]` each.
    fn logits(&mut self, batch: &Batch) -> Vec<Vec<Lanes>> {
        let Self { model, parameters, instruction_set, pool, workspaces } = self;
        let layer_context =
            LayerContext { instruction_set: *instruction_set, parameters: as_floats(parameters) };
        let mut kept = vec![Vec::new(); batch.chunks().len()];
        pool.for_each_with(workspaces, &mut kept, |workspace, index, kept| {
            let chunk = &batch.chunks()[index];
            model.each_logits(layer_context, chunk, workspace, |_, logits| {
                kept.extend_from_slice(logits)
            });
        });
        kept
    }

    /// Judges by the sequences `first`, `first + 1`, ... of a stream, those that
    /// [`judge`](ninth_training::validation::judge) judges by.
    pub fn judge(
        &mut self,
        sampler: &Sampler,
        mixture: PhaseWeights,
        stream: Stream,
        first: u64,
        sequences: usize,
        temperatures: Temperatures,
    ) -> Calibrations {
        let mut total = Calibrations::default();
        let mut done = 0;
        while done < sequences {
            let mut batch = Batch::new(sampler.length() - 1, AT_A_TIME.min(sequences - done));
            let source = Source::Mixture(mixture);
            sample_batch::fill(&mut batch, sampler, stream, first + done as u64, source, |_| {});
            total.merge(&self.judge_batch(&batch, Last::FullContext, temperatures));
            done += batch.sequences();
        }
        total
    }

    /// Judges by the sequences of a batch.
    pub fn judge_batch(
        &mut self,
        batch: &Batch,
        last: Last,
        temperatures: Temperatures,
    ) -> Calibrations {
        let Self { model, parameters, instruction_set, pool, workspaces } = self;
        let (instruction_set, context) = (*instruction_set, batch.context());
        let layer_context = LayerContext { instruction_set, parameters: as_floats(parameters) };
        let mut parts = vec![Calibrations::default(); batch.chunks().len()];
        pool.for_each_with(workspaces, &mut parts, |workspace, index, part| {
            let chunk = &batch.chunks()[index];
            let scored = chunk.scored().map(usize::from);
            model.each_logits(layer_context, chunk, workspace, |position, logits| {
                let at = |temperature: f64| {
                    Moments::of(instruction_set, logits, (1.0 / temperature) as f32)
                };
                let plain = at(1.0);
                let all = at(temperatures.all);
                let may_be_last = last == Last::OfEach || position + 1 == context;
                let last_one = may_be_last.then(|| at(temperatures.last));
                for (lane, &target) in chunk.targets(position).iter().enumerate() {
                    if position >= scored[lane] {
                        continue;
                    }
                    let (target, largest) = (usize::from(target), plain.largest.0[lane]);
                    let lead = f64::from(logits[target].0[lane] - largest);
                    // Of equals the first one is predicted.
                    let right = lead == 0.0 && logits[..target].iter().all(|z| z.0[lane] < largest);
                    let count = |calibration: &mut Calibration, moments: &Moments, t: f64| {
                        let (confidence, entropy) = plain.confidence_and_entropy(lane, lead);
                        calibration.plain.add(confidence, right, entropy);
                        let (confidence, entropy) = moments.confidence_and_entropy(lane, lead / t);
                        calibration.tempered.add(confidence, right, entropy);
                    };
                    count(&mut part.all, &all, temperatures.all);
                    if let Some(moments) = &last_one
                        && (last == Last::FullContext || position + 1 == scored[lane])
                    {
                        count(&mut part.last, moments, temperatures.last);
                    }
                }
            });
        });
        // In their order, so that the number of threads does not matter.
        parts.iter().fold(Calibrations::default(), |mut total, part| {
            total.merge(part);
            total
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibration::Reliability;
    use ninth_kernels::as_floats_mut;
    use ninth_training::validation::judge;
    use ninth_training::{Config, CpuEngine, Engine, Event, Preset, Trainer};

    /// A model with random weights whose logits differ enough to be sure of something,
    /// and its config.
    fn model(scale: f32) -> (Config, Transformer, Vec<Lanes>) {
        let config = Config::default();
        let model = Transformer::new(config.architecture().unwrap());
        let mut parameters = model.layout().initial(3);
        as_floats_mut(&mut parameters).iter_mut().for_each(|weight| *weight *= scale);
        (config, model, parameters)
    }

    /// Confidence and cross-entropy of every scored position, in double precision.
    fn by_hand(
        model: &Transformer,
        parameters: &[Lanes],
        batch: &Batch,
        temperature: f64,
    ) -> Vec<(usize, f64, f64, bool)> {
        let layer_context = LayerContext {
            instruction_set: InstructionSet::portable(),
            parameters: as_floats(parameters),
        };
        let mut workspace = Workspace::new(model);
        let mut found = Vec::new();
        for index in 0..batch.sequences() {
            for position in 0..batch.length(index) - 1 {
                let chunk = &batch.chunks()[index / LANES];
                let logits = model.logits(layer_context, chunk, position, &mut workspace);
                let logits: Vec<f64> =
                    logits.iter().map(|z| f64::from(z.0[index % LANES]) / temperature).collect();
                let sum: f64 = logits.iter().map(|z| z.exp()).sum();
                let target = usize::from(batch.class(index, position + 1));
                let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let right = logits.iter().position(|&z| z == largest) == Some(target);
                found.push((position, largest.exp() / sum, sum.ln() - logits[target], right));
            }
        }
        found
    }

    fn batch(config: &Config, stream: Stream, sequences: usize) -> Batch {
        let mut batch = Batch::new(config.sequences.context, sequences);
        let source = Source::Mixture(PhaseWeights::DOCUMENT);
        sample_batch::fill(&mut batch, &config.sampler(0).unwrap(), stream, 0, source, |_| {});
        batch
    }

    #[test]
    fn confidences_are_those_of_the_softmax() {
        let (config, model, parameters) = model(1.5);
        let mut judge = ConfidenceJudge::new(&model, &parameters, 2).unwrap();
        let batch = batch(&config, Stream::Evaluation, 40);
        for temperature in [0.5, 1.0, 3.0] {
            // Another one for all positions than for the last one.
            let temperatures = Temperatures { last: temperature, all: temperature + 0.5 };
            let found = judge.judge_batch(&batch, Last::FullContext, temperatures);
            let each = judge.judge_batch(&batch, Last::OfEach, temperatures);
            assert_eq!((each.last.plain.count(), &each.all), (40, &found.all));
            for (found, temperature, last) in [
                (&found.last.plain, 1.0, true),
                (&found.last.tempered, temperatures.last, true),
                (&found.all.plain, 1.0, false),
                (&found.all.tempered, temperatures.all, false),
            ] {
                let mut expected = Reliability::default();
                for (position, confidence, cross_entropy, right) in
                    by_hand(&model, &parameters, &batch, temperature)
                {
                    if !last || position + 1 == batch.context() {
                        expected.add(confidence, right, cross_entropy);
                    }
                }
                assert_eq!(found.count(), expected.count());
                assert!((found.error() - expected.error()).abs() < 1e-4);
                let difference = found.cross_entropy() - expected.cross_entropy();
                assert!(difference.abs() < 1e-4, "{difference}");
            }
        }
    }

    /// The same metrics as in the validations of a training.
    #[test]
    fn accuracy_and_cross_entropy_are_those_of_the_judgement() {
        let (config, model, parameters) = model(1.5);
        let sampler = config.sampler(0).unwrap();
        let mut engine = CpuEngine::new(&config, 1).unwrap();
        let state = engine.state().unwrap();
        engine
            .restore(ninth_training::engine::EngineState {
                parameters: parameters.clone(),
                ..state
            })
            .unwrap();
        let metrics =
            judge(&mut engine, &sampler, PhaseWeights::DOCUMENT, Stream::Evaluation, 7, 1500)
                .unwrap()
                .overall()
                .model
                .metrics();
        let mut found = Vec::new();
        let temperatures = Temperatures { last: 1.3, all: 0.9 };
        for threads in [1, 3] {
            let mut judge = ConfidenceJudge::new(&model, &parameters, threads).unwrap();
            found.push(judge.judge(
                &sampler,
                PhaseWeights::DOCUMENT,
                Stream::Evaluation,
                7,
                1500,
                temperatures,
            ));
        }
        assert_eq!(found[0], found[1]);
        let all = &found[0].all.plain;
        assert!((all.cross_entropy() - metrics.cross_entropy).abs() < 1e-4);
        let right: f64 =
            all.bins().filter(|b| b.count > 0).map(|b| b.accuracy * b.count as f64).sum();
        assert!((right / all.count() as f64 - metrics.accuracy_all).abs() < 1e-12);
    }

    /// A model that has learned a little.
    fn trained() -> (Config, Transformer, Vec<Lanes>) {
        let mut config = Config::default();
        (config.training.epochs, config.training.steps_per_epoch) = (1, 400);
        config.learning_rate.warmup_steps = 50;
        let engine = Box::new(CpuEngine::new(&config, 2).unwrap());
        let mut trainer = Trainer::new(config.clone(), engine, Box::new(|| 0.0)).unwrap();
        while !matches!(trainer.advance().unwrap(), Event::Finished(_)) {}
        let model = Transformer::new(config.architecture().unwrap());
        (config, model, trainer.engine().parameters().unwrap())
    }

    #[test]
    fn the_temperature_has_the_least_cross_entropy() {
        let (config, model, mut parameters) = trained();
        let sampler = config.sampler(0).unwrap();
        let batch = batch(&config, Stream::Calibration, 4000);
        let mut judge = ConfidenceJudge::new(&model, &parameters, 2).unwrap();
        let fitted = judge.fitted_temperatures(&sampler, PhaseWeights::DOCUMENT);
        let mut at = |factor: f64| {
            let Temperatures { last, all } = fitted;
            let temperatures = Temperatures { last: factor * last, all: factor * all };
            let found = judge.judge_batch(&batch, Last::FullContext, temperatures);
            [found.last, found.all].map(|calibration| calibration.tempered.cross_entropy())
        };
        let least = at(1.0);
        for factor in [0.9, 0.97, 1.03, 1.1] {
            let other = at(factor);
            assert!(other[0] > least[0] && other[1] > least[1], "{fitted:?} times {factor}");
        }

        // Logits that are three times as large want three times the temperature.
        let head: Vec<_> =
            model.layout().tensors().iter().filter(|t| t.name.starts_with("head.")).collect();
        assert_eq!(head.len(), 2);
        for tensor in head {
            let values = tensor.span.of_mut(as_floats_mut(&mut parameters));
            values.iter_mut().for_each(|value| *value *= 3.0);
        }
        let mut judge = ConfidenceJudge::new(&model, &parameters, 1).unwrap();
        let hotter = judge.fitted_temperatures(&sampler, PhaseWeights::DOCUMENT);
        for (hotter, fitted) in [(hotter.last, fitted.last), (hotter.all, fitted.all)] {
            assert!((hotter / fitted - 3.0).abs() < 1e-2, "{hotter} and {fitted}");
        }
    }

    #[test]
    fn a_model_that_knows_nothing_is_not_trusted_at_all() {
        // Random weights: the surer, the more wrong.
        let (config, model, parameters) = model(1.5);
        let mut judge = ConfidenceJudge::new(&model, &parameters, 2).unwrap();
        let fitted = judge.fitted_temperatures(&config.sampler(0).unwrap(), PhaseWeights::DOCUMENT);
        assert!((fitted.all - 20.0).abs() < 1e-2, "{fitted:?}");
    }

    #[test]
    fn a_regression_has_no_confidence() {
        let output = ninth_settings::parse_assignment("model.output=regression").unwrap();
        let config = Config::resolve(Preset::Design, &[output]).unwrap();
        let model = Transformer::new(config.architecture().unwrap());
        let parameters = model.layout().initial(0);
        assert!(ConfidenceJudge::new(&model, &parameters, 1).is_none());
    }
}
