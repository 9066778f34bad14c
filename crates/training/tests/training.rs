//! Whole trainings, small ones.

use ninth_kernels::{InstructionSet, Lanes, as_floats};
use ninth_model::Batch;
use ninth_settings::{Sections, parse_assignment};
use ninth_training::checkpoint::Checkpoint;
use ninth_training::trainer::{Ending, TrainingError};
use ninth_training::{Config, CpuEngine, Engine, Event, Preset, Trainer};

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
            Event::Validated(_) | Event::Diverging(_) => {}
            Event::Interrupted => panic!("nobody interrupts it"),
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

/// Whatever is known after a step that is no event is in a checkpoint, sums included.
#[test]
fn an_interrupted_training_goes_on_as_if_nothing_had_happened() {
    let config = small();
    let model = ninth_model::Transformer::new(config.architecture().unwrap());
    let mut whole = trainer(&config, 2);
    let expected = run(&mut whole);

    let (mut losses, mut checkpoint): (Vec<f64>, Option<Checkpoint>) = (Vec::new(), None);
    let mut sessions = 0;
    let ending = 'sessions: loop {
        sessions += 1;
        // It is asked once before each step.
        let asked = std::cell::Cell::new(0);
        let interrupt = move || {
            asked.set(asked.get() + 1);
            asked.get() > 37
        };
        let mut trainer = trainer(&config, 1 + sessions % 3).interrupted_by(Box::new(interrupt));
        if let Some(checkpoint) = checkpoint.take() {
            trainer.resume(checkpoint).unwrap();
        }
        loop {
            match trainer.advance().unwrap() {
                Event::Progress(progress) => losses.push(progress.statistics.mean_loss()),
                Event::Validated(_) | Event::Diverging(_) => {}
                Event::Finished(ending) => break 'sessions ending,
                Event::Interrupted => break,
            }
        }
        let saved = trainer.checkpoint().unwrap();
        let bytes = saved.to_bytes(&config, model.layout(), &Default::default()).unwrap();
        checkpoint = Some(Checkpoint::from_bytes(&bytes).unwrap().1);
    };
    assert!(sessions > 10, "{sessions}");
    assert_eq!((losses, ending), expected);
}

/// Bytes of a checkpoint as small as possible.
fn small_checkpoint() -> Vec<u8> {
    let assignments =
        ["d_model=2", "heads=1", "feed_forward=1", "layers=1", "maximum=50", "projection=true"];
    let config = config(Preset::Design, &assignments);
    let mut trainer = trainer(&config, 1);
    trainer.advance().unwrap();
    let model = ninth_model::Transformer::new(config.architecture().unwrap());
    let saved = trainer.checkpoint().unwrap();
    saved.to_bytes(&config, model.layout(), &Default::default()).unwrap()
}

#[test]
fn every_flipped_byte_and_every_truncation_of_a_checkpoint_is_refused() {
    let good = small_checkpoint();
    assert!(Checkpoint::from_bytes(&good).is_ok());
    let mut bytes = good.clone();
    for place in 0..good.len() {
        for flip in [0x01, 0xFF] {
            bytes[place] = good[place] ^ flip;
            let error = Checkpoint::from_bytes(&bytes).map(|_| place).unwrap_err().to_string();
            assert!(error.len() > 20, "{place}: {error}");
        }
        bytes[place] = good[place];
    }
    for length in 0..good.len() {
        assert!(Checkpoint::from_bytes(&good[..length]).is_err(), "{length}");
    }
    let longer = [good.as_slice(), b"x"].concat();
    assert!(Checkpoint::from_bytes(&longer).is_err());
}

/// A config of a model with a billion numbers in a file of a few.
#[test]
fn a_file_takes_no_more_memory_than_it_has() {
    use ninth_training::trained_model::TrainedModel;

    let small = ninth_model::Transformer::new(small().architecture().unwrap());
    let arena = small.layout().zeros();
    let huge = config(Preset::Design, &["d_model=4096", "layers=10", "projection=true"]);
    let text = huge.to_text(false);
    let floats = as_floats(&arena);
    let metadata = [("config", text.as_str()), ("steps", "1"), ("stages", "[]")];
    let bytes = ninth_model::weights::to_bytes(&metadata, small.layout(), &[("", floats)]).unwrap();
    let message = TrainedModel::from_bytes(&bytes).unwrap_err().to_string();
    assert!(message.contains("the model of its config"), "{message}");
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
    let message = error.to_string();
    let TrainingError::Diverged(diverged) = error else { panic!("{message}") };
    assert!(message.contains("learning_rate.peak") && message.contains("at step "), "{message}");
    assert_eq!(diverged.step, trainer.step() + 1);
    // The weights are those before the step, and its sequences the ones that follow.
    let parameters = trainer.engine().parameters().unwrap();
    assert!(as_floats(&parameters).iter().all(|value| value.is_finite()));
    let batch = config.training.batch_size;
    assert_eq!((diverged.first, diverged.sequences.len()), (trainer.step() * batch as u64, batch));
    let longest = diverged.sequences.iter().map(Vec::len).max();
    assert_eq!(longest, Some(config.sequences.context + 1));
    assert!(diverged.sequences.iter().flatten().all(|term| (0..=255).contains(term)));
}

#[test]
fn a_training_that_gets_nowhere_says_so_once() {
    let assignments = [
        "learning_rate.peak=1",
        "learning_rate.schedule=constant",
        "epochs=4",
        "validation.sequences=16",
    ];
    let mut trainer = trainer(&config(Preset::Design, &assignments), 2);
    let (mut said, mut losses) = (Vec::new(), Vec::new());
    loop {
        match trainer.advance().unwrap() {
            Event::Progress(progress) => losses.push(progress.statistics.mean_loss()),
            Event::Diverging(diverging) => said.push(diverging),
            Event::Finished(_) => break,
            Event::Validated(_) | Event::Interrupted => {}
        }
    }
    let [diverging] = said.as_slice() else { panic!("{said:?}, {losses:?}") };
    assert_eq!(diverging.step, 1000);
    assert_eq!(diverging.loss, losses[9]);
    // Uniform probabilities cost 5.5, and more where the distance weighs.
    assert!((35.0..36.0).contains(&diverging.untrained_loss), "{diverging:?}");
    assert!(diverging.loss > 2.0 * diverging.untrained_loss, "{diverging:?}");
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
        for instruction_set in InstructionSet::available() {
            let mut engine = CpuEngine::with_instruction_set(&config, 1, instruction_set).unwrap();
            gradients.push(engine.gradients(&mut batch).unwrap().0);
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
    assert!(read(&late).unwrap_err().contains("\"steps\""), "the training has 400 steps");
    let updates = Checkpoint { step: good.step + 1, ..good.clone() };
    assert!(read(&updates).unwrap_err().contains("\"updates\""));
    let validated = Checkpoint { validated: Some(good.step + 1), ..good.clone() };
    assert!(read(&validated).unwrap_err().contains("\"validated\""));
    let mut broken = good;
    broken.engine.second_moment[7].0[2] = f32::INFINITY;
    assert!(read(&broken).unwrap_err().contains("holds inf"));
}

#[test]
fn one_process_at_a_time_works_in_a_folder() {
    use ninth_training::files::FileError;
    use ninth_training::run_directory::{RunDirectory, RunError};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs").join("run");
    let (run, logs) = RunDirectory::create(&path, &small(), 1.0).unwrap();
    drop(logs);
    assert!(matches!(RunDirectory::open(&path), Err(RunError::File(FileError::InUse(_)))));
    assert!(matches!(RunDirectory::create(&path, &small(), 1.0), Err(RunError::Exists(_))));
    drop(run);
    // What was left half-written is gone afterwards, and nothing else.
    for name in
        ["best.safetensors.1.tmp", "mine.tmp", "checkpoints/step-00000001.safetensors.2.tmp"]
    {
        std::fs::write(path.join(name), "half").unwrap();
    }
    let run = RunDirectory::open(&path).unwrap();
    assert!(run.resume(2e9).unwrap().checkpoint.is_none());
    let names = |path: &std::path::Path| {
        let entries = std::fs::read_dir(path).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let events = "events.out.tfevents.0000000001.ninth";
    let expected = [
        "checkpoints",
        "config.toml",
        events,
        "lock",
        "metrics.jsonl",
        "mine.tmp",
        "timings.jsonl",
    ];
    assert_eq!(names(&path), expected);
    assert_eq!(names(&path.join("checkpoints")), [""; 0]);
    assert_eq!(names(&folder.path().join("runs")), ["run"]);
    drop(run);
    let nothing = folder.path().join("nothing");
    std::fs::create_dir(&nothing).unwrap();
    assert!(matches!(RunDirectory::open(&nothing), Err(RunError::NoRun(_))));
    // An empty folder that is there already is used as it is.
    assert!(RunDirectory::create(&nothing, &small(), 1.0).is_ok());
}
