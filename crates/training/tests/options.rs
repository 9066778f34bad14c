//! Every option of every decision has an effect: 50 steps with it end with other
//! weights than 50 steps with the default.

use ninth_kernels::as_floats;
use ninth_settings::{Assignment, Entry, Sections, Value, parse_assignment};
use ninth_training::{Config, CpuEngine, Event, Preset, Trainer};
use proptest::prelude::*;
use proptest::sample::select;

/// Decisions about when to judge and to stop, which change no weights in 50
/// steps; they are tested where they are.
const NOT_IN_THE_WEIGHTS: [&str; 2] = ["early_stopping.criterion", "validation.frequency"];

/// A config in which every decision matters: several epochs, all phases, tables
/// that could be trained, a loss in which distances count.
fn base() -> Config {
    let assignments = [
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
    let assignments = assignments.map(|text| parse_assignment(text).unwrap());
    Config::resolve(Preset::Design, &assignments).unwrap()
}

/// The weights after 50 steps.
fn train(config: &Config) -> Vec<f32> {
    let engine = CpuEngine::new(config, 1).unwrap();
    let untrained = engine.model().layout().initial(config.seed());
    let mut trainer = Trainer::new(config.clone(), Box::new(engine)).unwrap();
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

/// Every option that is not the default, as an assignment.
fn options(config: &Config) -> Vec<(Entry, Assignment)> {
    let mut options = Vec::new();
    for entry in config.entries() {
        for choice in &entry.choices {
            let value = match *choice {
                "true" => Value::Boolean(true),
                "false" => Value::Boolean(false),
                text => Value::Text(text.to_string()),
            };
            if value != entry.value && !NOT_IN_THE_WEIGHTS.contains(&entry.path().as_str()) {
                let (place, key) = ("test".to_string(), entry.path());
                options.push((entry.clone(), Assignment { place, key, value }));
            }
        }
    }
    options
}

#[test]
fn every_option_changes_what_is_learned() {
    let base = base();
    let default = train(&base);
    assert!(train(&base) == default, "trainings repeat themselves");
    let options = options(&base);
    assert!(options.len() > 20, "{}", options.len());
    for (_, assignment) in options {
        let mut config = base.clone();
        config.assign(std::slice::from_ref(&assignment)).unwrap();
        if assignment.key == "embedding.projection" {
            assert!(config.architecture().is_err(), "50 features into 16 need a projection");
            continue;
        }
        assert!(train(&config) != default, "{} = {}", assignment.key, assignment.value);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Pairs of options go together, or are refused with a reason.
    #[test]
    fn pairs_of_options_train(pair in prop::collection::vec(select(options(&base())), 2)) {
        let mut config = base();
        for (_, assignment) in &pair {
            config.assign(std::slice::from_ref(assignment)).unwrap();
        }
        match config.architecture() {
            Ok(_) => {
                train(&config);
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
