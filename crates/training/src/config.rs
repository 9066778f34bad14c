//! The config: every decision with the option chosen.
//!
//! Each section is declared in the file of its heading; this file puts them together. A user
//! writes *assignments* of some keys on top of a preset; the [`Config`] that the program works
//! with has every key and is checked as a whole.

use ninth_model::decoding::GenerationSettings;
use ninth_model::embedding::EmbeddingSettings;
use ninth_model::loss::{LossKind, Positions};
use ninth_model::output::Output;
use ninth_model::{Architecture, LossSettings, ModelSettings};
use ninth_sequences::{
    Curriculum, CurriculumSettings, IntegerRange, Lengths, Phase, Sampler, SequenceSettings,
};
use ninth_settings::{Assignment, Key, Section, Sections, Value, parse_document, render};

use crate::clipping::ClippingSettings;
use crate::early_stopping::EarlyStoppingSettings;
use crate::hardware::{LIMIT, bytes};
use crate::optimizer::OptimizerSettings;
use crate::optimizer::update::Decay;
use crate::schedule::LearningRateSettings;
use crate::training_approach::{Examples, TrainingApproach};
use crate::validation_frequency::ValidationSettings;

ninth_settings::settings! {
    /// How long to train, and on how much at a time.
    pub struct TrainingSettings: "training" {
        /// number that all random choices follow from
        pub seed: i64 = 0, in 0..=i64::MAX;
        /// what a training sequence is an example of
        pub examples: Examples = Examples::Prefixes;
        /// sequences per step
        pub batch_size: usize = 32, in 1..=65536;
        /// parts of a batch whose gradients are added up in order: the most threads, of all ranks together, that processors can share its work among; other parts round elsewhere
        pub slots: usize = 16, in 1..=4096;
        /// epochs, unless training stops early
        pub epochs: usize = 100, in 1..=1_000_000;
        /// steps per epoch: data is endless, so an epoch is a number of steps
        pub steps_per_epoch: usize = 1000, in 1..=1_000_000;
        /// epochs between two checkpoints; writing them takes a fiftieth of the time at most
        pub checkpoint_epochs: usize = 10, in 1..=1_000_000;
        /// checkpoints that are kept, the newest ones
        pub checkpoints_kept: usize = 3, in 1..=1_000_000;
    }
}

/// A complete config.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// Which sequences there are.
    pub sequences: SequenceSettings,
    /// When training reaches which phase.
    pub curriculum: CurriculumSettings,
    /// How integers and positions become vectors.
    pub embedding: EmbeddingSettings,
    /// The transformer's layers.
    pub model: ModelSettings,
    /// What training minimises.
    pub loss: LossSettings,
    /// How long to train, and on how much at a time.
    pub training: TrainingSettings,
    /// How gradients become updates.
    pub optimizer: OptimizerSettings,
    /// The size of the updates over time.
    pub learning_rate: LearningRateSettings,
    /// How large gradients are clipped.
    pub clipping: ClippingSettings,
    /// When training stops early.
    pub early_stopping: EarlyStoppingSettings,
    /// How often and on how much the model is judged.
    pub validation: ValidationSettings,
    /// How the trained model is asked for the terms that follow.
    pub generation: GenerationSettings,
}

/// Named configs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// The design document's choices.
    Design,
    /// The best model that a laptop trains in three minutes.
    Strong,
    /// What one thread in a browser trains in a minute, to watch.
    Quick,
}

impl Preset {
    /// All of them.
    pub const ALL: [Preset; 3] = [Preset::Design, Preset::Strong, Preset::Quick];

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Preset::Design => "design",
            Preset::Strong => "strong",
            Preset::Quick => "quick",
        }
    }

    /// What it is for.
    pub const fn meaning(self) -> &'static str {
        match self {
            Preset::Design => "the design document's choices",
            Preset::Strong => "the best model that a laptop trains in three minutes",
            Preset::Quick => "the best model that one thread in a browser trains in a minute",
        }
    }

    /// Its assignments on top of the defaults, a TOML document.
    pub const fn document(self) -> &'static str {
        match self {
            Preset::Design => "",
            Preset::Strong => include_str!("../presets/strong.toml"),
            Preset::Quick => include_str!("../presets/quick.toml"),
        }
    }
}

/// Why a config is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// A key or a value is wrong.
    #[error(transparent)]
    Settings(Box<ninth_settings::Error>),
    /// The settings describe no sequences.
    #[error("{keys}: {source}")]
    Sequences {
        /// The keys that decide it.
        keys: &'static str,
        /// The reason.
        source: ninth_sequences::Error,
    },
    /// The settings describe no model.
    #[error(transparent)]
    Model(#[from] ninth_model::Error),
    /// A training would take more memory than is allowed.
    #[error(
        "this training needs {}, of which {} for {part}; at most {} are allowed: \
         make {keys} smaller",
        bytes(*.needed), bytes(*.of_that), bytes(LIMIT)
    )]
    Memory {
        /// Bytes that it needs.
        needed: u64,
        /// The part that needs most of them.
        part: &'static str,
        /// Bytes of that part.
        of_that: u64,
        /// The keys that decide it.
        keys: &'static str,
    },
    /// A value that another value does not allow.
    #[error("{key} = {found} is not allowed with {other}; allowed: {allowed}")]
    Bound {
        /// The key.
        key: &'static str,
        /// Its value.
        found: Value,
        /// What it depends on, as an assignment.
        other: String,
        /// What is allowed.
        allowed: String,
    },
    /// Two options exclude each other.
    #[error("{one} does not go with {other}: {reason}; allowed here: {allowed}")]
    Combination {
        /// An option, as an assignment.
        one: &'static str,
        /// The other one, as an assignment.
        other: String,
        /// The reason.
        reason: &'static str,
        /// An assignment that the first one allows.
        allowed: &'static str,
    },
}

// The error of the settings is boxed, so that results with a `ConfigError` stay small.
impl From<ninth_settings::Error> for ConfigError {
    fn from(error: ninth_settings::Error) -> Self {
        ConfigError::Settings(Box::new(error))
    }
}

impl Sections for Config {
    fn sections(&self) -> Vec<&dyn Section> {
        vec![
            &self.sequences,
            &self.curriculum,
            &self.embedding,
            &self.model,
            &self.loss,
            &self.training,
            &self.optimizer,
            &self.learning_rate,
            &self.clipping,
            &self.early_stopping,
            &self.validation,
            &self.generation,
        ]
    }

    fn sections_mut(&mut self) -> Vec<&mut dyn Section> {
        vec![
            &mut self.sequences,
            &mut self.curriculum,
            &mut self.embedding,
            &mut self.model,
            &mut self.loss,
            &mut self.training,
            &mut self.optimizer,
            &mut self.learning_rate,
            &mut self.clipping,
            &mut self.early_stopping,
            &mut self.validation,
            &mut self.generation,
        ]
    }
}

impl Config {
    /// A preset with assignments on top, with what these imply for keys that they do
    /// not assign, checked as a whole.
    ///
    /// # Errors
    ///
    /// If a key or value is not allowed, or the values do not fit each other.
    pub fn resolve(preset: Preset, assignments: &[Assignment]) -> Result<Self, ConfigError> {
        let mut config = Config::default();
        config.assign(&parse_document(preset.name(), preset.document())?)?;
        config.with(assignments)
    }

    /// This config with assignments on top, as [`resolve`](Self::resolve) puts them on top of a
    /// preset: what this config has may give way to what they imply.
    ///
    /// # Errors
    ///
    /// As [`resolve`](Self::resolve).
    pub fn with(mut self, assignments: &[Assignment]) -> Result<Self, ConfigError> {
        let assigned = self.assign(assignments)?;
        self.imply(&assigned);
        self.check()?;
        Ok(self)
    }

    /// An option that leaves only one choice for another key assigns that key, unless it was
    /// `assigned`: so one assignment is enough for every option.
    fn imply(&mut self, assigned: &[Key]) {
        let given = |path: &str| assigned.iter().any(|key| key.is(path));
        let free = |path: &str| !given(path);
        // Decay within the gradient is another regularisation than the decoupled decay that the
        // presets choose, so it has to be asked for.
        if given("optimizer.kind")
            && self.optimizer.kind.decay() == Decay::InGradient
            && free("optimizer.weight_decay")
        {
            self.optimizer.weight_decay = 0.0;
        }
        if self.model.output == Output::Regression && free("loss.kind") {
            self.loss.kind = LossKind::Distance;
        }
        if self.training.examples == Examples::Full && free("loss.positions") {
            self.loss.positions = Positions::Last;
        }
        if free("embedding.projection")
            && let Ok(range) = self.range()
        {
            let (classes, context) = (range.classes(), self.sequences.context);
            let d_model = self.model.d_model;
            let width = self.embedding.kind.width(classes, context, d_model);
            self.embedding.projection |= width != d_model;
        }
    }

    /// Checks that the values fit each other.
    ///
    /// # Errors
    ///
    /// If they do not, with the reason.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.check_combinations()?;
        self.generation.check(self.model.output)?;
        self.architecture()?;
        self.curriculum()?;
        Sampler::check(self.range()?, self.length()).map_err(Self::of_the_range)?;
        self.training_approach()?;
        Ok(())
    }

    /// What of this config does not come about as it is written, because the training is too
    /// short for it: a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let total = self.total_steps();
        let mut notes = Vec::new();
        let (rate, warmup) = (&self.learning_rate, self.learning_rate.warmup(total));
        if rate.schedule.rises_and_falls() && warmup < rate.warmup_steps as u64 {
            notes.push(format!(
                "warm-up takes {warmup} steps, half of all, not the {} of learning_rate.warmup_steps",
                rate.warmup_steps
            ));
        }
        let reached = self.phases_reached();
        let missed: Vec<&str> = self
            .curriculum
            .phases()
            .iter()
            .filter(|phase| !reached.contains(phase))
            .map(|phase| phase.name())
            .collect();
        if !missed.is_empty() {
            notes.push(format!(
                "it ends before it draws {} sequences, by which it is judged all the same",
                missed.join(" and ")
            ));
        }
        notes
    }

    /// The phases that the steps of this training draw from.
    pub fn phases_reached(&self) -> Vec<Phase> {
        let last = self.epoch(self.total_steps().saturating_sub(1));
        // A curriculum that is not valid has no phase beyond the first.
        self.curriculum().map_or_else(|_| vec![Phase::Simple], |all| all.reached(last))
    }

    fn check_combinations(&self) -> Result<(), ConfigError> {
        let rate = &self.learning_rate;
        if rate.schedule.rises_and_falls() && rate.minimum > rate.peak {
            return Err(ConfigError::Bound {
                key: "learning_rate.minimum",
                found: Value::Float(rate.minimum),
                other: format!("learning_rate.peak = {}", Value::Float(rate.peak)),
                allowed: format!("a number from 0.0 to {}", Value::Float(rate.peak)),
            });
        }
        let (kind, positions) = (self.loss.kind, self.loss.positions);
        if self.model.output == Output::Regression && kind != LossKind::Distance {
            return Err(ConfigError::Combination {
                one: "model.output = \"regression\"",
                other: format!("loss.kind = \"{}\"", kind.name()),
                reason: "a single number has no probabilities",
                allowed: "loss.kind = \"distance\"",
            });
        }
        let full = "training.examples = \"full\"";
        if self.training.examples == Examples::Full && positions != Positions::Last {
            return Err(ConfigError::Combination {
                one: full,
                other: format!("loss.positions = \"{}\"", positions.name()),
                reason: "only the last position has something to predict",
                allowed: "loss.positions = \"last\"",
            });
        }
        if self.training.examples == Examples::Full && self.sequences.lengths != Lengths::Fixed {
            return Err(ConfigError::Combination {
                one: full,
                other: format!("sequences.lengths = \"{}\"", self.sequences.lengths.name()),
                reason: "a sequence that is cut off does not fill the context",
                allowed: "sequences.lengths = \"fixed\"",
            });
        }
        Ok(())
    }

    /// A complete config from the text of a file that this program wrote.
    ///
    /// # Errors
    ///
    /// As [`resolve`](Self::resolve).
    pub fn from_text(name: &str, text: &str) -> Result<Self, ConfigError> {
        Self::resolve(Preset::Design, &parse_document(name, text)?)
    }

    /// The config as a TOML document, complete; with `comments`, each key's
    /// meaning and what is allowed.
    pub fn to_text(&self, comments: bool) -> String {
        render(self, comments)
    }

    /// The shape of the model.
    ///
    /// # Errors
    ///
    /// If its parts do not fit each other.
    pub fn architecture(&self) -> Result<Architecture, ConfigError> {
        let (range, context) = (self.range()?, self.sequences.context);
        let (embedding, model) = (self.embedding.clone(), self.model.clone());
        Ok(Architecture::new(range, context, embedding, model)?)
    }

    /// The sampler of the sequences of this config.
    ///
    /// # Errors
    ///
    /// If some family has no sequence in the range of integers.
    pub fn sampler(&self, seed: u64) -> Result<Sampler, ConfigError> {
        Sampler::new(seed, self.range()?, self.length()).map_err(Self::of_the_range)
    }

    /// Which sequences a training of this config draws, and what it predicts of them.
    ///
    /// # Errors
    ///
    /// If the shortest length is larger than the longest.
    pub fn training_approach(&self) -> Result<TrainingApproach, ConfigError> {
        let approach = TrainingApproach::new(self.training.examples, self.seed(), &self.sequences);
        approach.map_err(|source| {
            let keys = "sequences.shortest, sequences.context";
            ConfigError::Sequences { keys, source }
        })
    }

    /// The number of terms of a sequence: those that the model sees and the one after.
    fn length(&self) -> usize {
        self.sequences.context + 1
    }

    /// The integers that a term may be.
    ///
    /// # Errors
    ///
    /// If there are none, or too many.
    pub fn range(&self) -> Result<IntegerRange, ConfigError> {
        self.sequences.range().map_err(Self::of_the_range)
    }

    fn of_the_range(source: ninth_sequences::Error) -> ConfigError {
        ConfigError::Sequences { keys: "sequences.minimum, sequences.maximum", source }
    }

    /// The curriculum.
    ///
    /// # Errors
    ///
    /// If its ramps overlap.
    pub fn curriculum(&self) -> Result<Curriculum, ConfigError> {
        let keys = "curriculum.nested_start, nested_length, combined_start, combined_length, \
                    wider_start, wider_length";
        self.curriculum.curriculum().map_err(|source| ConfigError::Sequences { keys, source })
    }

    /// The seed of all random choices.
    pub fn seed(&self) -> u64 {
        self.training.seed.unsigned_abs()
    }

    /// The number of epochs in `steps` steps.
    pub fn epoch(&self, steps: u64) -> f64 {
        steps as f64 / self.training.steps_per_epoch as f64
    }

    /// Steps of a whole training.
    pub fn total_steps(&self) -> u64 {
        self.training.epochs as u64 * self.training.steps_per_epoch as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninth_settings::parse_assignment;

    #[test]
    fn presets_resolve_and_survive_their_own_text() {
        for preset in Preset::ALL {
            let config = Config::resolve(preset, &[]).unwrap();
            for comments in [false, true] {
                let text = config.to_text(comments);
                assert_eq!(Config::from_text("text", &text).unwrap(), config);
            }
        }
        assert_eq!(Config::resolve(Preset::Design, &[]).unwrap(), Config::default());
    }

    #[test]
    fn values_that_do_not_fit_each_other_are_refused() {
        let resolve = |assignment: &str| {
            Config::resolve(Preset::Strong, &[parse_assignment(assignment).unwrap()])
        };
        assert!(resolve("model.heads=3").unwrap_err().to_string().contains("does not divide"));
        assert!(resolve("sequences.maximum=-5").unwrap_err().to_string().contains("below"));
        assert!(resolve("curriculum.combined_start=0").is_err());
        assert!(resolve("sequences.maximum=1").unwrap_err().to_string().contains("family"));
        assert!(resolve("training.seed=-1").is_err());
    }

    fn resolve(preset: Preset, assignments: &[&str]) -> Result<Config, ConfigError> {
        let assignments: Vec<Assignment> =
            assignments.iter().map(|text| parse_assignment(text).unwrap()).collect();
        Config::resolve(preset, &assignments)
    }

    #[test]
    fn one_line_is_enough_for_an_option_that_leaves_no_choice_elsewhere() {
        for preset in Preset::ALL {
            let regression = resolve(preset, &["output=regression"]).unwrap();
            assert_eq!(regression.loss.kind, LossKind::Distance);
            let full = resolve(preset, &["training.examples=full"]).unwrap();
            assert_eq!(full.loss.positions, Positions::Last);
            let binary = resolve(preset, &["embedding.kind=binary"]).unwrap();
            assert!(binary.embedding.projection);
            let wide = resolve(preset, &["embedding.kind=binary", "d_model=8"]).unwrap();
            assert_eq!(wide.embedding.projection, preset != Preset::Design);
        }
        assert!(!resolve(Preset::Design, &[]).unwrap().embedding.projection);
    }

    #[test]
    fn decay_within_the_gradient_has_to_be_asked_for() {
        let decay = |assignments: &[&str]| {
            resolve(Preset::Strong, assignments).unwrap().optimizer.weight_decay
        };
        for (assignments, expected) in [
            (&[][..], 0.01),
            (&["optimizer.kind=adam"], 0.0),
            (&["optimizer.kind=sgd"], 0.0),
            (&["optimizer.kind=adamw"], 0.01),
            (&["optimizer.kind=muon"], 0.01),
            (&["optimizer.kind=adam", "optimizer.kind=adamw"], 0.01),
            (&["weight_decay=0.01", "optimizer.kind=adam"], 0.01),
            (&["optimizer.kind=sgd", "weight_decay=0.2"], 0.2),
        ] {
            assert_eq!(decay(assignments), expected, "{assignments:?}");
        }
        // What a config has, a later rule may change; what it was told stays.
        let adamw = resolve(Preset::Design, &[]).unwrap();
        let adam = [parse_assignment("optimizer.kind=adam").unwrap()];
        let adam = adamw.with(&adam).unwrap();
        assert_eq!(adam.optimizer.weight_decay, 0.0);
        let told = resolve(Preset::Design, &["optimizer.kind=adam", "weight_decay=0.3"]).unwrap();
        let epochs = [parse_assignment("epochs=3").unwrap()];
        assert_eq!(told.with(&epochs).unwrap().optimizer.weight_decay, 0.3);
        // And a file that was written reads back as it is.
        assert_eq!(Config::from_text("text", &adam.to_text(false)).unwrap(), adam);
    }

    #[test]
    fn a_minimum_above_the_peak_is_refused() {
        let message = |assignments: &[&str]| {
            resolve(Preset::Design, assignments).map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(
            message(&["learning_rate.minimum=0.02"]),
            Err("learning_rate.minimum = 0.02 is not allowed with learning_rate.peak = 0.01; \
                 allowed: a number from 0.0 to 0.01"
                .to_string())
        );
        assert!(message(&["learning_rate.peak=1e-8"]).unwrap_err().contains("from 0.0 to 1e-8"));
        assert_eq!(message(&["learning_rate.minimum=0.01"]), Ok(()));
        assert_eq!(message(&["peak=1e-8", "learning_rate.minimum=0"]), Ok(()));
        // A constant rate has no minimum.
        assert_eq!(message(&["schedule=constant", "learning_rate.minimum=0.02"]), Ok(()));
    }

    #[test]
    fn what_a_training_is_too_short_for_is_said() {
        let notes = |assignments: &[&str]| resolve(Preset::Design, assignments).unwrap().notes();
        assert_eq!(notes(&[]), [""; 0]);
        let short = notes(&["epochs=8"]);
        assert_eq!(
            short,
            [
                "warm-up takes 4000 steps, half of all, not the 5000 of learning_rate.warmup_steps",
                "it ends before it draws combined sequences, by which it is judged all the same",
            ]
        );
        // A rate without warm-up is not cut short.
        assert_eq!(notes(&["epochs=8", "schedule=constant"]), short[1..]);
        assert_eq!(notes(&["epochs=21", "warmup_steps=10500"]), [""; 0]);
        let more = notes(&["epochs=2", "warmup_steps=0", "wider=0.5"]);
        assert!(more[0].contains("nested and combined and wider sequences"), "{more:?}");
    }

    #[test]
    fn phases_are_those_that_the_steps_draw_from() {
        let reached = |assignments: &[&str]| {
            resolve(Preset::Design, assignments).unwrap().phases_reached().len()
        };
        // The last step of epoch 5 is the first one of the ramp, which begins at nothing.
        assert_eq!(reached(&["epochs=5"]), 1);
        assert_eq!(reached(&["epochs=6"]), 2);
        assert_eq!(reached(&["epochs=20"]), 2);
        assert_eq!(reached(&["epochs=21"]), 3);
        assert_eq!(reached(&["epochs=100"]), 3);
        assert_eq!(reached(&["epochs=100", "wider=1"]), 4);
        assert_eq!(reached(&["epochs=21", "steps_per_epoch=1"]), 2);
        assert_eq!(reached(&["epochs=21", "steps_per_epoch=1", "transition=strict"]), 3);
    }

    #[test]
    fn options_that_exclude_each_other_are_refused_with_the_reason() {
        let message =
            |assignments: &[&str]| resolve(Preset::Design, assignments).unwrap_err().to_string();
        for (assignments, expected) in [
            (&["output=regression", "loss.kind=cross_entropy"][..], "no probabilities"),
            (&["output=regression", "decoding=beam"], "decoding must be greedy"),
            (&["output=regression", "decoding=sample"], "decoding must be greedy"),
            (&["decoding=beam", "strategy=parallel"], "generate cached or naive"),
            (&["examples=full", "positions=all"], "loss.positions = \"last\""),
            (&["examples=full", "lengths=variable"], "sequences.lengths = \"fixed\""),
            (&["lengths=variable", "shortest=10"], "at most 9"),
            (&["embedding.kind=binary", "projection=false"], "embedding.projection = true"),
            (&["heads=4"], "does not divide"),
        ] {
            let message = message(assignments);
            assert!(message.contains(expected), "{assignments:?}: {message}");
        }
    }

    #[test]
    fn every_key_says_what_it_means() {
        for entry in Config::default().entries() {
            assert!(!entry.meaning.is_empty() && !entry.meaning.contains('\n'), "{}", entry.path());
        }
    }
}
