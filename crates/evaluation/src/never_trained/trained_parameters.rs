//! The parameter tuples that a training drew, found by drawing them again.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use ninth_kernels::Pool;
use ninth_sequences::{Family, PhaseWeights, Source};

use ninth_training::ConfigError;
use ninth_training::stages::Stage;

/// The parameter tuples that a training drew.
#[derive(Debug)]
pub struct TrainedParameters {
    steps: u64,
    sequences: u64,
    /// The final mixture, which evaluation draws from, too.
    pub(super) mixture: PhaseWeights,
    /// By family.
    pub(super) families: [Ticks; Family::COUNT],
}

/// A bit per parameter tuple of a family. Threads set them side by side.
#[derive(Debug)]
pub(super) struct Ticks {
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

    pub(super) fn insert(&self, parameters: u32) {
        let (place, bit) = Self::place(parameters);
        let Some(word) = self.words.get(place) else { return };
        // Most are ticked already, and reading is cheaper than writing.
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
    /// Draws again what the stages of a training drew; mixture and sampler are those of the
    /// last one. Ends early where no tuple is left.
    ///
    /// # Errors
    ///
    /// If the parts of a config do not fit each other.
    pub fn replay(earlier: &[Stage], last: &Stage, threads: usize) -> Result<Self, ConfigError> {
        let sampler = last.config.sampler(last.config.seed())?;
        let range = sampler.range();
        let mixture = last.config.curriculum.final_mixture();
        // Families that are never drawn are skipped: counting their valid tuples takes time.
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

    /// Ticks off the tuples that a stage drew.
    fn add(&mut self, stage: &Stage, pool: &mut Pool) -> Result<(), ConfigError> {
        /// Steps that a thread replays at a time.
        const PIECE: u64 = 256;
        let &Stage { ref config, steps } = stage;
        let (sampler, curriculum) = (config.sampler(config.seed())?, config.curriculum()?);
        let approach = config.training_approach()?;
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

    /// The number of valid tuples of a family that it never drew.
    pub fn never_drawn(&self, family: Family) -> usize {
        self.families[family as usize].left()
    }

    /// The families that training and evaluation draw from.
    pub fn families(&self) -> impl Iterator<Item = Family> + use<> {
        of_mixture(self.mixture)
    }

    /// The number of valid tuples that it never drew, of all these families.
    pub fn never_drawn_at_all(&self) -> usize {
        self.families().map(|family| self.never_drawn(family)).sum()
    }
}

/// The families of the phases that a mixture has.
fn of_mixture(mixture: PhaseWeights) -> impl Iterator<Item = Family> {
    Family::ALL.into_iter().filter(move |family| mixture.of(family.phase()) > 0.0)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use ninth_model::Batch;
    use ninth_sequences::Stream;
    use ninth_settings::parse_assignment;
    use ninth_training::engine::{Engine, EngineError};
    use ninth_training::{Config, CpuEngine, Preset};
    use std::collections::HashSet;
    use std::sync::{Arc, Mutex};

    pub fn config(assignments: &[&str]) -> Config {
        let assignments: Vec<_> =
            assignments.iter().map(|text| parse_assignment(text).unwrap()).collect();
        Config::resolve(Preset::Design, &assignments).unwrap()
    }

    /// A training that crosses all phases in 40 steps of ten sequences.
    pub const SHORT: [&str; 9] = [
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

    pub fn replay(config: &Config, steps: u64, threads: usize) -> TrainedParameters {
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
}
