//! Every option of every decision has an effect: 50 steps with it end with other
//! weights than 50 steps with the default.

use ninth_kernels::as_floats;
use ninth_settings::{Assignment, Sections, Value, parse_assignment};
use ninth_training::{Config, ConfigError, CpuEngine, Event, Preset, Trainer};
use proptest::prelude::*;
use proptest::sample::select;

/// Decisions about when to judge and to stop, and about what is done with a finished
/// model: they change no weights in 50 steps and are tested where they are.
const NOT_IN_THE_WEIGHTS: [&str; 4] = [
    "early_stopping.criterion",
    "validation.frequency",
    "generation.strategy",
    "generation.decoding",
];

/// A config in which every decision matters: several epochs, all phases, tables
/// that could be trained, a loss in which distances count.
const BASE: [&str; 13] = [
    "embedding.kind=frequency",
    "embedding.projection=true",
    "model.d_model=16",
    "model.feed_forward=24",
    "model.layers=1",
    "training.batch_size=20",
    "training.steps_per_epoch=10",
    "training.epochs=5",
    "curriculum.nested_start=1",
    "curriculum.nested_length=1",
    "curriculum.combined_start=2",
    "curriculum.combined_length=2",
    "validation.sequences=10",
];

/// The base with further assignments.
fn resolve(further: &[Assignment]) -> Result<Config, Box<ConfigError>> {
    let mut assignments = BASE.map(|text| parse_assignment(text).unwrap()).to_vec();
    assignments.extend_from_slice(further);
    Config::resolve(Preset::Design, &assignments).map_err(Box::new)
}

/// The weights after 50 steps.
fn train(config: &Config) -> Vec<f32> {
    let engine = CpuEngine::new(config, 1).unwrap();
    let untrained = engine.model().layout().initial(config.seed());
    let clock = Box::new(|| 0.0);
    let mut trainer = Trainer::new(config.clone(), Box::new(engine), clock).unwrap();
    while trainer.step() < 50 {
        if let Event::Progress(progress) = trainer.advance().unwrap() {
            assert!(progress.statistics.mean_loss().is_finite());
        }
    }
    let weights = as_floats(&trainer.engine().parameters().unwrap()).to_vec();
    assert!(weights.iter().all(|weight| weight.is_finite()));
    assert!(weights != as_floats(&untrained), "nothing was learned");
    weights
}

/// Every option that is not the default, as an assignment. What has no names is given
/// values here.
fn options() -> Vec<Assignment> {
    let base = resolve(&[]).unwrap();
    let mut options: Vec<Assignment> = [
        "model.dropout=0.1",
        "model.dropout=0.5",
        "sequences.context=16",
        "sequences.minimum=-128",
        "model.d_model=8",
        "model.layers=2",
        "model.heads=4",
        "model.feed_forward=16",
        "training.batch_size=64",
        "embedding.kind=learned+frequency+binary",
    ]
    .map(|text| parse_assignment(text).unwrap())
    .to_vec();
    for entry in base.entries() {
        for choice in &entry.choices {
            let value = match *choice {
                "true" => Value::Boolean(true),
                "false" => Value::Boolean(false),
                text => Value::Text(text.to_string()),
            };
            if value != entry.value && !NOT_IN_THE_WEIGHTS.contains(&entry.path().as_str()) {
                options.push(Assignment { place: "test".to_string(), key: entry.path(), value });
            }
        }
    }
    options
}

#[test]
fn every_option_changes_what_is_learned() {
    let base = resolve(&[]).unwrap();
    let default = train(&base);
    assert!(train(&base) == default, "trainings repeat themselves");
    let options = options();
    assert!(options.len() > 35, "{}", options.len());
    for option in options {
        match resolve(std::slice::from_ref(&option)) {
            Ok(config) => assert!(train(&config) != default, "{} = {}", option.key, option.value),
            // 50 features into 16 need a projection.
            Err(_) => assert_eq!(option.key, "embedding.projection"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Pairs of options go together, or are refused with a reason.
    #[test]
    fn pairs_of_options_train(pair in prop::collection::vec(select(options()), 2)) {
        match resolve(&pair) {
            Ok(config) => {
                train(&config);
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
