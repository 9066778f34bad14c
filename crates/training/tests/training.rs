//! Whole trainings, small ones.

use ninth_kernels::{Lanes, Level, as_floats};
use ninth_model::Batch;
use ninth_settings::{Sections, parse_assignment};
use ninth_training::checkpoint::Checkpoint;
use ninth_training::trainer::{Ending, TrainingError};
use ninth_training::{Config, CpuEngine, Event, Preset, Trainer};

fn config(preset: Preset, assignments: &[&str]) -> Config {
    let assignments: Vec<_> =
        assignments.iter().map(|text| parse_assignment(text).unwrap()).collect();
    Config::resolve(preset, &assignments).unwrap()
}

/// A strong model in miniature, trained for 400 steps with a validation every 100.
fn small() -> Config {
    config(
        Preset::Strong,
        &[
            "d_model=32",
            "layers=2",
            "model.feed_forward=48",
            "batch_size=37",
            "epochs=4",
            "steps_per_epoch=100",
            "every_steps=100",
            "validation.sequences=50",
            "warmup_steps=50",
            "nested_length=0",
            "nested_start=0",
            "combined_start=0",
            "combined_length=0",
        ],
    )
}

fn trainer(config: &Config, threads: usize) -> Trainer {
    let engine = Box::new(CpuEngine::new(config, threads).unwrap());
    Trainer::new(config.clone(), engine, Box::new(|| 0.0)).unwrap()
}

/// Runs to the end; the mean losses of the progress events.
fn run(trainer: &mut Trainer) -> (Vec<f64>, Ending) {
    let mut losses = Vec::new();
    loop {
        match trainer.advance().unwrap() {
            Event::Progress(progress) => losses.push(progress.statistics.mean_loss()),
            Event::Validated(_) => {}
            Event::Finished(ending) => return (losses, ending),
        }
    }
}

fn bits(lanes: &[Lanes]) -> Vec<u32> {
    as_floats(lanes).iter().map(|value| value.to_bits()).collect()
}

#[test]
fn a_model_learns_and_keeps_its_best_weights() {
    let mut trainer = trainer(&small(), 2);
    let (losses, ending) = run(&mut trainer);
    assert_eq!(ending, Ending::Complete);
    assert_eq!(losses.len(), 4);
    assert!(losses[3] < 0.8 * losses[0], "{losses:?}");
    let best = trainer.best().unwrap().clone();
    assert_eq!(trainer.engine().parameters().unwrap(), best.parameters);
    assert!(best.step.is_multiple_of(100));
}

#[test]
fn the_same_seed_gives_the_same_weights_on_any_number_of_threads() {
    let config = small();
    let weights = |config: &Config, threads| {
        let mut trainer = trainer(config, threads);
        let (losses, _) = run(&mut trainer);
        (bits(&trainer.checkpoint().unwrap().engine.second_moment), losses)
    };
    let one = weights(&config, 1);
    for threads in [2, 3, 5] {
        assert!(weights(&config, threads) == one, "{threads} threads");
    }
    let mut other = config.clone();
    other.assign(&[parse_assignment("seed=1").unwrap()]).unwrap();
    assert!(weights(&other, 1) != one);
}

#[test]
fn a_resumed_training_ends_with_the_same_weights() {
    let config = small();
    let mut whole = trainer(&config, 2);
    run(&mut whole);

    let mut first = trainer(&config, 2);
    while first.step() < 200 {
        first.advance().unwrap();
    }
    let saved = first.checkpoint().unwrap();
    let model = ninth_model::Transformer::new(config.architecture().unwrap());
    let bytes = saved.to_bytes(&config, model.layout(), &Default::default()).unwrap();
    let (read, checkpoint, _) = Checkpoint::from_bytes(&bytes).unwrap();
    assert_eq!((&read, &checkpoint), (&config, &saved));

    let mut second = trainer(&config, 1);
    second.resume(checkpoint).unwrap();
    run(&mut second);
    assert_eq!(whole.checkpoint().unwrap(), second.checkpoint().unwrap());
}

#[test]
fn early_stopping_ends_training_and_restores_the_best_weights() {
    let mut config = small();
    // Nothing counts before the last phase is reached in full: without the wider one it is
    // from the start.
    let assignments = ["epochs=1000", "patience=2", "min_delta=1000", "wider=0"]
        .map(|a| parse_assignment(a).unwrap());
    config.assign(&assignments).unwrap();
    let mut trainer = trainer(&config, 2);
    let (_, ending) = run(&mut trainer);
    assert_eq!(ending, Ending::EarlyStopping);
    // The first validation is an improvement on nothing, two more epochs are not.
    assert_eq!(trainer.step(), 300);
}

#[test]
fn a_training_that_diverges_says_so() {
    let mut config = small();
    let assignments =
        ["learning_rate.peak=10", "clipping.max_norm=1e9", "model.normalisation=none"]
            .map(|a| parse_assignment(a).unwrap());
    config.assign(&assignments).unwrap();
    let mut trainer = trainer(&config, 2);
    let error = loop {
        match trainer.advance() {
            Ok(Event::Finished(_)) => panic!("it should diverge"),
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(error, TrainingError::Diverged { .. }), "{error}");
    assert!(error.to_string().contains("learning_rate.peak"));
}

/// Instruction sets with fused operations agree to the bit; the portable one
/// rounds more often, and its gradients agree to 1e-4 of their largest element.
#[test]
fn instruction_sets_agree() {
    for preset in Preset::ALL {
        let config = config(preset, &[]);
        let mut batch = Batch::new(8, 21);
        for index in 0..21 {
            batch.set(index, (0..4 + index as u16 % 6).map(|i| 3 * i + index as u16));
        }
        let mut gradients = Vec::new();
        for level in Level::available() {
            let mut engine = CpuEngine::with_level(&config, 1, level).unwrap();
            gradients.push(engine.gradients(&mut batch).0);
        }
        let portable = gradients.pop().unwrap();
        for pair in gradients.windows(2) {
            assert!(bits(&pair[0]) == bits(&pair[1]));
        }
        if let Some(best) = gradients.first() {
            let engine = CpuEngine::new(&config, 1).unwrap();
            for tensor in engine.model().layout().tensors() {
                let (a, b) =
                    (tensor.span.of(as_floats(best)), tensor.span.of(as_floats(&portable)));
                let largest = a.iter().fold(1e-6_f32, |m, v| m.max(v.abs()));
                let worst = a.iter().zip(b).fold(0.0_f32, |m, (a, b)| m.max((a - b).abs()));
                assert!(worst < 1e-4 * largest, "{}: {worst} of {largest}", tensor.name);
            }
        }
    }
}

#[test]
fn a_checkpoint_that_cannot_be_is_refused() {
    let config = small();
    let mut trainer = trainer(&config, 1);
    trainer.advance().unwrap();
    let good = trainer.checkpoint().unwrap();
    let model = ninth_model::Transformer::new(config.architecture().unwrap());
    let read = |checkpoint: &Checkpoint| {
        let bytes = checkpoint.to_bytes(&config, model.layout(), &Default::default()).unwrap();
        Checkpoint::from_bytes(&bytes).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(read(&good), Ok(()));
    let mut late = good.clone();
    (late.step, late.engine.updates) = (401, 401);
    assert!(read(&late).unwrap_err().contains("\"step\""), "the training has 400 steps");
    let updates = Checkpoint { step: good.step + 1, ..good.clone() };
    assert!(read(&updates).unwrap_err().contains("\"step\""));
    let validated = Checkpoint { validated: Some(good.step + 1), ..good.clone() };
    assert!(read(&validated).unwrap_err().contains("\"validated\""));
    let mut broken = good;
    broken.engine.second_moment[7].0[2] = f32::INFINITY;
    assert!(read(&broken).unwrap_err().contains("holds inf"));
}

#[test]
fn logs_lie_in_the_folder_of_the_run() {
    use ninth_training::run_directory::RunDirectory;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    let run = RunDirectory::create(&path, &small()).unwrap();
    drop(run.create_logs(1.0).unwrap());
    std::fs::create_dir(path.join("events.out.tfevents.x")).unwrap();
    let victim = folder.path().join("victim");
    std::fs::write(&victim, "precious").unwrap();
    for name in ["events.out.tfevents.x/../../victim", "events.out.tfevents."] {
        let sizes = [("metrics.jsonl".to_string(), 0), (name.to_string(), 5)];
        assert!(run.open_logs(&sizes.into_iter().collect()).is_err(), "{name}");
    }
    assert_eq!(std::fs::read_to_string(victim).unwrap(), "precious");
}
