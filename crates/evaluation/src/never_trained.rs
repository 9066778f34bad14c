//! Never-trained parameters: whether a model knows more than it was shown.
//!
//! What a training drew is a pure function of its config and the number of its steps, so it
//! can be drawn again, without the model: every (family, parameter tuple) that came up
//! is ticked off, and the model is judged by fresh sequences of the others. Another tuple
//! may give the same terms, so *never drawn* means never drawn from this tuple.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use ninth_kernels::Pool;
use ninth_model::Batch;
use ninth_sequences::{Draw, Family, PhaseWeights, Sampler, Source, Stream};

use ninth_training::ConfigError;
use ninth_training::engine::{Engine, EngineError};
use ninth_training::metrics::Metrics;
use ninth_training::stages::Stage;
use ninth_training::training_approach::TrainingApproach;
use ninth_training::validation::{AT_A_TIME, Judgement};

/// The parameter tuples that a training drew.
#[derive(Debug)]
pub struct TrainedParameters {
    steps: u64,
    sequences: u64,
    /// What training and evaluation draw from in the end.
    mixture: PhaseWeights,
    /// By family.
    families: [Ticks; Family::COUNT],
}

/// A bit per parameter tuple of a family. Threads set them side by side.
#[derive(Debug)]
struct Ticks {
    words: Vec<AtomicU64>,
    /// Valid tuples that are not ticked off.
    left: AtomicUsize,
}

impl Ticks {
    fn new(tuples: u32, valid: usize) -> Self {
        let words = (0..tuples.div_ceil(u64::BITS)).map(|_| AtomicU64::new(0)).collect();
        Ticks { words, left: AtomicUsize::new(valid) }
    }

    fn place(parameters: u32) -> (usize, u64) {
        ((parameters / u64::BITS) as usize, 1 << (parameters % u64::BITS))
    }

    fn contains(&self, parameters: u32) -> bool {
        let (word, bit) = Self::place(parameters);
        self.words.get(word).is_some_and(|word| word.load(Ordering::Relaxed) & bit != 0)
    }

    fn insert(&self, parameters: u32) {
        let (place, bit) = Self::place(parameters);
        let Some(word) = self.words.get(place) else { return };
        // Most are ticked already, and to read is cheaper than to write.
        if word.load(Ordering::Relaxed) & bit == 0
            && word.fetch_or(bit, Ordering::Relaxed) & bit == 0
        {
            self.left.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn left(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }
}

impl TrainedParameters {
    /// What the stages of a training drew, the last of which is what it is about. Ends early
    /// where no tuple is left.
    ///
    /// # Errors
    ///
    /// If the parts of a config do not fit each other.
    pub fn replay(earlier: &[Stage], last: &Stage, threads: usize) -> Result<Self, ConfigError> {
        let sampler = last.config.sampler(last.config.seed())?;
        let range = sampler.range();
        let mixture = last.config.curriculum.final_mixture();
        // Of families that are never drawn nothing is found out: that takes its time.
        let families = Family::ALL.map(|family| match mixture.of(family.phase()) > 0.0 {
            true => Ticks::new(family.parameter_count(range), sampler.valid_count(family)),
            false => Ticks::new(0, 0),
        });
        let mut trained = TrainedParameters { steps: 0, sequences: 0, mixture, families };
        let mut pool = Pool::new(threads);
        for stage in earlier.iter().chain([last]) {
            trained.add(stage, &mut pool)?;
        }
        Ok(trained)
    }

    /// Ticks off what a stage drew.
    fn add(&mut self, stage: &Stage, pool: &mut Pool) -> Result<(), ConfigError> {
        /// Steps between two looks at what is left, and at a time for each thread.
        const PIECE: u64 = 256;
        let &Stage { ref config, steps } = stage;
        let (sampler, curriculum) = (config.sampler(config.seed())?, config.curriculum()?);
        let approach = TrainingApproach::new(config)?;
        let batch = config.training.batch_size;
        let families = &self.families;
        let tick_off = |steps: Range<u64>| {
            for step in steps {
                let source = Source::Mixture(curriculum.weights_at(config.epoch(step)));
                let first = step.saturating_mul(batch as u64);
                approach.replay(&sampler, first, batch, source, |draw| {
                    families[draw.family as usize].insert(draw.parameters);
                });
            }
        };
        let mut next = 0;
        while next < steps && self.never_drawn_at_all() > 0 {
            let piece = |index: u64| {
                let start = next.saturating_add(index * PIECE).min(steps);
                start..start.saturating_add(PIECE).min(steps)
            };
            let mut pieces: Vec<_> = (0..4 * pool.threads() as u64).map(piece).collect();
            pool.for_each(&mut pieces, |_, piece| tick_off(piece.clone()));
            next = pieces.last().map_or(steps, |piece| piece.end);
        }
        self.steps = self.steps.saturating_add(steps);
        self.sequences = self.sequences.saturating_add(steps.saturating_mul(batch as u64));
        Ok(())
    }

    /// The steps that were replayed.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The sequences that these steps drew.
    pub fn sequences(&self) -> u64 {
        self.sequences
    }

    /// Whether training drew a parameter tuple of a family.
    pub fn contains(&self, family: Family, parameters: u32) -> bool {
        self.families[family as usize].contains(parameters)
    }

    /// How many valid tuples of a family it never drew.
    pub fn never_drawn(&self, family: Family) -> usize {
        self.families[family as usize].left()
    }

    /// The families that training and evaluation draw from.
    pub fn families(&self) -> impl Iterator<Item = Family> + use<> {
        of_mixture(self.mixture)
    }

    /// How many it never drew, of all these families.
    pub fn never_drawn_at_all(&self) -> usize {
        self.families().map(|family| self.never_drawn(family)).sum()
    }
}

/// The families of the phases that a mixture has.
fn of_mixture(mixture: PhaseWeights) -> impl Iterator<Item = Family> {
    Family::ALL.into_iter().filter(move |family| mixture.of(family.phase()) > 0.0)
}

/// How a model did on tuples that training never drew, and on those that it drew.
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
}

/// Judges an engine's model by the first `sequences` of the evaluation stream whose
/// tuples training never drew, and by the first `sequences` of the others. It
/// looks at a thousand times as many at most, and at none where no tuple is left.
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

/// Sequences of one kind, judged a batch at a time.
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

    /// Judges what has come together. What is left of an earlier batch is not counted.
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
    use super::*;
    use ninth_settings::parse_assignment;
    use ninth_training::{Config, CpuEngine, Preset};
    use std::collections::HashSet;
    use std::sync::{Arc, Mutex};

    fn config(assignments: &[&str]) -> Config {
        let assignments: Vec<_> =
            assignments.iter().map(|text| parse_assignment(text).unwrap()).collect();
        Config::resolve(Preset::Design, &assignments).unwrap()
    }

    /// A training that crosses all phases in 40 steps of ten sequences.
    const SHORT: [&str; 9] = [
        "training.epochs=4",
        "training.steps_per_epoch=10",
        "training.batch_size=10",
        "curriculum.nested_start=1",
        "curriculum.nested_length=1",
        "curriculum.combined_start=2",
        "curriculum.combined_length=1",
        "training.seed=5",
        "early_stopping.patience=0",
    ];

    fn replay(config: &Config, steps: u64, threads: usize) -> TrainedParameters {
        let stage = Stage { config: config.clone(), steps };
        TrainedParameters::replay(&[], &stage, threads).unwrap()
    }

    /// What was drawn in several stages is what one or the other of them drew.
    #[test]
    fn stages_are_ticked_off_together() {
        let stage = |seed| {
            let mut config = config(&SHORT);
            config.training.seed = seed;
            Stage { config, steps: 20 }
        };
        let (first, last) = (stage(5), stage(6));
        let [one, other] = [&first, &last].map(|stage| replay(&stage.config, 20, 2));
        let both = TrainedParameters::replay(std::slice::from_ref(&first), &last, 2).unwrap();
        assert_eq!((both.steps(), both.sequences()), (40, 400));
        let sampler = last.config.sampler(6).unwrap();
        let mut alone = 0;
        for (family, parameters) in sampler.all_valid() {
            let in_one = one.contains(family, parameters);
            let in_other = other.contains(family, parameters);
            assert_eq!(both.contains(family, parameters), in_one || in_other);
            alone += usize::from(in_one != in_other);
        }
        assert!(alone > 0);
    }

    #[test]
    fn a_replay_ticks_off_what_training_draws() {
        let config = config(&SHORT);
        let (sampler, curriculum) = (config.sampler(5).unwrap(), config.curriculum().unwrap());
        for steps in [0, 1, 17, 40] {
            let mut expected = HashSet::new();
            for step in 0..steps {
                let weights = curriculum.weights_at(step as f64 / 10.0);
                for number in step * 10..(step + 1) * 10 {
                    let draw = sampler.draw(Stream::Training, number, weights, &mut [0; 9]);
                    expected.insert((draw.family, draw.parameters));
                }
            }
            for threads in [1, 3] {
                let trained = replay(&config, steps, threads);
                assert_eq!((trained.steps(), trained.sequences()), (steps, 10 * steps));
                let found: HashSet<_> = sampler
                    .all_valid()
                    .filter(|(family, parameters)| trained.contains(*family, *parameters))
                    .collect();
                assert_eq!(found, expected);
                let drawn_from =
                    trained.families().map(|family| sampler.valid_count(family)).sum::<usize>();
                let left = drawn_from - expected.len();
                assert_eq!(trained.never_drawn_at_all(), left);
            }
        }
    }

    /// An engine that writes down what it is trained on.
    struct Witness {
        inner: CpuEngine,
        seen: Arc<Mutex<HashSet<Vec<u16>>>>,
    }

    impl Engine for Witness {
        fn description(&self) -> String {
            self.inner.description()
        }

        fn train_step(
            &mut self,
            batch: &mut Batch,
            fill: ninth_training::engine::Fill<'_>,
            _: f64,
        ) -> Result<(), EngineError> {
            for (index, chunk) in batch.chunks_mut().iter_mut().enumerate() {
                fill(index, chunk);
            }
            let sequences = 0..batch.sequences();
            self.seen.lock().unwrap().extend(sequences.map(|index| {
                (0..batch.length(index)).map(|position| batch.class(index, position)).collect()
            }));
            Ok(())
        }

        fn gradients(
            &mut self,
            batch: &mut Batch,
        ) -> Result<(Vec<ninth_kernels::Lanes>, f64), EngineError> {
            self.inner.gradients(batch)
        }

        fn statistics(&mut self) -> Result<ninth_training::engine::Statistics, EngineError> {
            self.inner.statistics()
        }

        fn evaluate(
            &mut self,
            batch: &Batch,
        ) -> Result<ninth_training::engine::Evaluation, EngineError> {
            self.inner.evaluate(batch)
        }

        fn parameters(&mut self) -> Result<Vec<ninth_kernels::Lanes>, EngineError> {
            self.inner.parameters()
        }

        fn state(&mut self) -> Result<ninth_training::engine::EngineState, EngineError> {
            self.inner.state()
        }

        fn restore(
            &mut self,
            state: ninth_training::engine::EngineState,
        ) -> Result<(), EngineError> {
            self.inner.restore(state)
        }
    }

    /// The replay against the trainer itself: the same sequences.
    #[test]
    fn a_replay_draws_what_the_trainer_feeds_its_engine() {
        for examples in ["prefixes", "full"] {
            let examples = format!("training.examples={examples}");
            let config = config(&[&SHORT[..], &[examples.as_str()]].concat());
            let seen = Arc::new(Mutex::new(HashSet::new()));
            let inner = CpuEngine::new(&config, 1).unwrap();
            let engine = Box::new(Witness { inner, seen: seen.clone() });
            let clock = Box::new(|| 0.0);
            let mut trainer = ninth_training::Trainer::new(config.clone(), engine, clock).unwrap();
            while !matches!(trainer.advance().unwrap(), ninth_training::Event::Finished(_)) {}

            let trained = replay(&config, config.total_steps(), 2);
            let sampler = config.sampler(0).unwrap();
            let range = sampler.range();
            let replayed: HashSet<Vec<u16>> = sampler
                .all_valid()
                .filter(|(family, parameters)| trained.contains(*family, *parameters))
                .map(|(family, parameters)| {
                    let terms = family.relation(parameters, range).unwrap().terms(9);
                    terms.iter().map_while(|&term| range.class_of(term)).collect()
                })
                .collect();
            assert_eq!(*seen.lock().unwrap(), replayed);
        }
    }

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
