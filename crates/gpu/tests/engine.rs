//! The GPU engine compared with the CPU engine, on the first device of this machine: hardware or
//! software. Without a device these tests fail.

use std::sync::{Mutex, MutexGuard};

use ninth_gpu::{Gpu, GpuEngine, GpuError, GpuMemory};
use ninth_kernels::{Lanes, as_floats};
use ninth_model::{Batch, Transformer};
use ninth_settings::{Assignment, Sections, Value, parse_assignment};
use ninth_training::engine::DeviceInfo;
use ninth_training::engine::comparison::{Filler, batch, compare};
use ninth_training::trainer::TrainingError;
use ninth_training::{Config, CpuEngine, Engine, Event, Preset, Trainer};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;

/// Software devices use all cores, so one test at a time is faster and takes less memory.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn gpu() -> Gpu {
    Gpu::find(None).unwrap()
}

fn config(preset: Preset, assignments: &[&str]) -> Config {
    let assignments: Vec<Assignment> =
        assignments.iter().map(|text| parse_assignment(text).unwrap()).collect();
    Config::resolve(preset, &assignments).unwrap()
}

fn engine(config: &Config) -> GpuEngine {
    GpuEngine::new(config, &gpu(), 1).unwrap()
}

/// Compares the loss, every gradient, and an evaluation, with untrained weights.
fn check(config: &Config) {
    check_on(gpu(), config);
}

fn check_on(gpu: Gpu, config: &Config) {
    let mut gpu = GpuEngine::new(config, &gpu, 1).unwrap();
    let mut cpu = CpuEngine::new(config, 1).unwrap();
    let mut batch = batch(config).unwrap();
    let layout = cpu.model().layout().clone();
    let comparison = compare(&layout, &mut cpu, &mut gpu, &mut batch).unwrap();
    assert!(comparison.agrees(), "{comparison:?} with {config:?}");

    let (expected, found) = (cpu.evaluate(&batch).unwrap(), gpu.evaluate(&batch).unwrap());
    assert_eq!(expected.predicted.len(), found.predicted.len());
    let mut different = 0;
    for index in 0..expected.loss.len() {
        let (sequence, position) = (index / expected.context, index % expected.context);
        if position + 1 >= batch.length(sequence) {
            continue;
        }
        let near = |a: f32, b: f32| (a - b).abs() <= 1e-4 * a.abs().max(1.0);
        if expected.predicted[index] != found.predicted[index] {
            different += 1;
            continue;
        }
        assert!(near(expected.loss[index], found.loss[index]));
        let [a, b] = [&expected, &found].map(|evaluation| evaluation.cross_entropy[index]);
        assert!(near(a, b) || a.is_nan() && b.is_nan(), "{a} {b}");
    }
    // Two classes may be equally likely up to rounding, or a regression half-way between two.
    assert!(different * 50 <= expected.predicted.len(), "{different}");
}

/// The config that each option is tested with: a model in which each has an effect, small enough
/// for a software device.
const BASE: [&str; 9] = [
    "embedding.kind=frequency",
    "embedding.projection=true",
    "model.d_model=12",
    "model.feed_forward=20",
    "model.layers=2",
    "model.heads=2",
    "training.batch_size=11",
    "loss.alpha=0.3",
    "sequences.maximum=90",
];

/// Options that change what a device computes, including values of numeric ones.
const OPTIONS: [&str; 34] = [
    "embedding.kind=pair",
    "embedding.kind=learned",
    "embedding.kind=number_theoretic",
    "embedding.kind=binary",
    "embedding.kind=pair+learned+frequency+number_theoretic+binary",
    "embedding.table=learned",
    "model.activation=gelu_tanh",
    "model.activation=silu",
    "model.activation=relu",
    "model.normalisation=pre",
    "model.normalisation=post",
    "model.dropout=0.2",
    "model.output=regression",
    "model.d_model=130",
    "model.heads=12",
    "model.layers=1",
    "model.feed_forward=70",
    "loss.kind=cross_entropy",
    "loss.kind=distance",
    "loss.distance=quadratic",
    "loss.distance=square_root",
    "loss.positions=last",
    "loss.positions=weighted",
    "training.examples=full",
    "training.batch_size=70",
    "sequences.context=16",
    "sequences.context=5",
    "sequences.lengths=variable",
    "sequences.minimum=-40",
    "optimizer.kind=adam",
    "optimizer.kind=sgd",
    "optimizer.kind=muon",
    "clipping.kind=value",
    "clipping.kind=none",
];

#[test]
fn every_option_gives_the_gradients_of_the_cpu() {
    let _alone = alone();
    check(&config(Preset::Design, &[]));
    check(&config(Preset::Strong, &["training.batch_size=20"]));
    for activation in ninth_model::activation::Activation::ALL {
        let option = format!("model.activation={}", activation.name());
        if !OPTIONS.contains(&option.as_str()) {
            check(&config(Preset::Design, &[&option]));
        }
    }
    for option in OPTIONS {
        let mut assignments = BASE.to_vec();
        assignments.push(option);
        check(&config(Preset::Design, &assignments));
    }
}

/// Every named option is in the list, or is the default, or changes nothing on a device. Fails if a
/// new one is forgotten.
#[test]
fn the_list_of_options_is_complete() {
    const ELSEWHERE: [&str; 8] = [
        "curriculum.transition",
        "embedding.projection",
        "learning_rate.schedule",
        "early_stopping.criterion",
        "validation.frequency",
        "generation.strategy",
        "generation.decoding",
        "optimizer.decayed",
    ];
    let base = config(Preset::Design, &BASE);
    for entry in base.entries() {
        for choice in &entry.choices {
            let option = format!("{}={choice}", entry.path());
            let known = OPTIONS.contains(&option.as_str())
                || entry.value == Value::Text(choice.to_string())
                || ELSEWHERE.contains(&entry.path().as_str());
            assert!(known, "{option}");
        }
    }
}

proptest! {
    // Always the same cases, so that CI fails only because of a change.
    #![proptest_config(ProptestConfig {
        cases: 8,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_combination_gives_the_gradients_of_the_cpu(
        options in prop::collection::vec(select(&OPTIONS[..]), 2..6),
        width in select(vec![2, 3, 7, 24, 64]),
        seed in 0_i64..1000,
    ) {
        let _alone = alone();
        let mut assignments: Vec<Assignment> =
            BASE.iter().map(|text| parse_assignment(text).unwrap()).collect();
        let mut set = |key: &str, value: Value| {
            assignments.retain(|assignment| assignment.key != key);
            let place = "test".to_string();
            assignments.push(Assignment { place, key: key.to_string(), value });
        };
        set("model.d_model", Value::Integer(width));
        set("model.heads", Value::Integer(1));
        set("training.seed", Value::Integer(seed));
        for option in options {
            let Assignment { key, value, .. } = parse_assignment(option).unwrap();
            if key != "model.d_model" && key != "model.heads" {
                set(&key, value);
            }
        }
        // Some options exclude each other; other tests check that.
        if let Ok(config) = Config::resolve(Preset::Design, &assignments) {
            check(&config);
        }
    }
}

/// The losses of training steps of an engine.
fn losses(config: &Config, engine: &mut dyn Engine, steps: usize) -> Vec<f64> {
    let filler = Filler::new(config).unwrap();
    let mut batch = Batch::new(config.sequences.context, config.training.batch_size);
    let fill = |index: usize, chunk: &mut _| filler.fill(index, chunk);
    let mut losses = Vec::new();
    for _ in 0..steps {
        engine.train_step(&mut batch, &fill, 0.003).unwrap();
        losses.push(engine.statistics().unwrap().loss);
    }
    losses
}

#[test]
fn fifty_steps_have_the_losses_of_the_cpu() {
    let _alone = alone();
    let small = |options: &[&str]| {
        let mut assignments = BASE.to_vec();
        assignments.extend(options);
        config(Preset::Design, &assignments)
    };
    let configs = [
        config(Preset::Design, &["training.batch_size=11"]),
        config(Preset::Strong, &["training.batch_size=9", "model.layers=2"]),
        small(&["optimizer.kind=adam", "optimizer.weight_decay=0.3", "model.dropout=0.1"]),
        small(&["optimizer.kind=sgd", "clipping.kind=value", "clipping.max_value=0.01"]),
        small(&["optimizer.kind=muon", "clipping.kind=none", "model.normalisation=post"]),
        small(&["optimizer.decayed=all", "embedding.table=learned", "optimizer.weight_decay=2"]),
        // Matrices larger than a tile, with more rows than columns and the reverse.
        small(&["optimizer.kind=muon", "model.d_model=70", "model.feed_forward=131"]),
    ];
    for config in configs {
        let expected = losses(&config, &mut CpuEngine::new(&config, 1).unwrap(), 50);
        let found = losses(&config, &mut engine(&config), 50);
        assert!(expected[49] < expected[0], "the loss decreases");
        for (step, (expected, found)) in expected.iter().zip(&found).enumerate() {
            let apart = (expected - found).abs() / expected.abs();
            assert!(apart <= 1e-3, "step {step}: {expected} {found} {config:?}");
        }
    }
}

fn trainer(config: &Config, engine: Box<dyn Engine>) -> Trainer {
    Trainer::new(config.clone(), engine, Box::new(|| 0.0)).unwrap()
}

/// A short training with a validation in the middle.
fn short() -> Config {
    let mut assignments = BASE.to_vec();
    assignments.extend([
        "training.steps_per_epoch=8",
        "training.epochs=3",
        "validation.sequences=20",
        "validation.frequency=epoch",
        "optimizer.kind=muon",
        "model.dropout=0.1",
    ]);
    config(Preset::Design, &assignments)
}

/// Trains up to a step, or to the end. Returns the mean loss of the last steps.
fn advance_to(trainer: &mut Trainer, step: u64) -> f64 {
    let mut loss = f64::NAN;
    loop {
        match trainer.advance().unwrap() {
            Event::Progress(progress) => loss = progress.statistics.mean_loss(),
            Event::Finished(_) => return loss,
            _ => {}
        }
        if trainer.step() >= step {
            return loss;
        }
    }
}

fn bits(lanes: &[Lanes]) -> Vec<u32> {
    as_floats(lanes).iter().map(|value| value.to_bits()).collect()
}

#[test]
fn a_checkpoint_crosses_over_in_both_directions() {
    let _alone = alone();
    let config = short();
    let cpu = || Box::new(CpuEngine::new(&config, 1).unwrap()) as Box<dyn Engine>;
    let gpu = || Box::new(engine(&config)) as Box<dyn Engine>;
    let mut whole = trainer(&config, cpu());
    let expected = advance_to(&mut whole, 24);
    for (first, second) in [(cpu(), gpu()), (gpu(), cpu())] {
        let mut begun = trainer(&config, first);
        advance_to(&mut begun, 16);
        let checkpoint = begun.checkpoint().unwrap();
        let mut resumed = trainer(&config, second);
        resumed.resume(checkpoint.clone()).unwrap();
        assert_eq!(resumed.checkpoint().unwrap(), checkpoint, "nothing is lost on the way");
        let found = advance_to(&mut resumed, 24);
        assert!((expected - found).abs() <= 1e-3 * expected, "{expected} {found}");
    }
}

#[test]
fn a_training_repeats_to_the_bit_and_resumes_exactly() {
    let _alone = alone();
    let config = short();
    let mut first = trainer(&config, Box::new(engine(&config)));
    advance_to(&mut first, 24);
    let expected = first.checkpoint().unwrap();
    let mut second = trainer(&config, Box::new(engine(&config)));
    advance_to(&mut second, 8);
    let checkpoint = second.checkpoint().unwrap();
    let mut third = trainer(&config, Box::new(engine(&config)));
    third.resume(checkpoint).unwrap();
    advance_to(&mut third, 24);
    let found = third.checkpoint().unwrap();
    assert!(bits(&expected.engine.parameters) == bits(&found.engine.parameters));
    assert!(bits(&expected.engine.second_moment) == bits(&found.engine.second_moment));
    assert_eq!(expected, found);
}

#[test]
fn a_step_without_finite_numbers_is_reported_with_its_sequences() {
    let _alone = alone();
    let mut assignments = BASE.to_vec();
    assignments.extend([
        "clipping.kind=none",
        "optimizer.kind=sgd",
        "optimizer.weight_decay=0",
        "learning_rate.schedule=constant",
        "learning_rate.peak=10",
        "loss.distance=quadratic",
        "validation.sequences=16",
    ]);
    let config = config(Preset::Design, &assignments);
    let diverge = |mut trainer: Trainer| loop {
        match trainer.advance() {
            Ok(Event::Finished(_)) => panic!("it did not diverge"),
            Ok(_) => {}
            Err(TrainingError::Diverged(diverged)) => {
                let parameters = trainer.engine().parameters().unwrap();
                assert!(as_floats(&parameters).iter().all(|value| value.is_finite()));
                return diverged;
            }
            Err(other) => panic!("{other}"),
        }
    };
    let on_cpu = diverge(trainer(&config, Box::new(CpuEngine::new(&config, 1).unwrap())));
    let on_gpu = diverge(trainer(&config, Box::new(engine(&config))));
    // Engines round differently, so the overflow may come a step earlier or later.
    assert!(on_gpu.step.abs_diff(on_cpu.step) <= 1, "{} {}", on_cpu.step, on_gpu.step);
    let batch = config.training.batch_size;
    assert_eq!(on_gpu.first, (on_gpu.step - 1) * batch as u64);
    assert_eq!(on_gpu.sequences.len(), batch);
    if on_gpu.step == on_cpu.step {
        assert_eq!(on_gpu.sequences, on_cpu.sequences);
    }
}

/// Software devices use kernels with shorter unrolled loops; this tests those for hardware.
#[test]
fn the_kernels_of_hardware_give_the_gradients_of_the_cpu() {
    let _alone = alone();
    let narrow = config(Preset::Design, &BASE);
    let mut assignments = BASE.to_vec();
    assignments.extend(["model.d_model=132", "model.layers=1", "model.normalisation=pre"]);
    let wide = config(Preset::Design, &assignments);
    for config in [narrow, wide] {
        check_on(gpu().as_hardware(), &config);
    }
}

#[test]
fn a_batch_may_be_smaller_than_the_engine_was_made_for() {
    let _alone = alone();
    let mut assignments = BASE.to_vec();
    assignments.extend(["model.dropout=0.2", "embedding.table=learned"]);
    let large = config(Preset::Design, &assignments);
    let mut small = large.clone();
    small.training.batch_size = 3;
    let (mut gpu, mut cpu) = (engine(&large), CpuEngine::new(&small, 1).unwrap());
    let layout = cpu.model().layout().clone();
    // What the larger batch left in the buffers must have no effect.
    gpu.gradients(&mut batch(&large).unwrap()).unwrap();
    let comparison = compare(&layout, &mut cpu, &mut gpu, &mut batch(&small).unwrap()).unwrap();
    assert!(comparison.agrees(), "{comparison:?}");
}

#[test]
fn evaluation_takes_more_sequences_than_a_batch() {
    let _alone = alone();
    let config = config(Preset::Design, &BASE);
    let (mut gpu, mut cpu) = (engine(&config), CpuEngine::new(&config, 1).unwrap());
    let mut larger = config.clone();
    larger.training.batch_size = 1000;
    let batch = batch(&larger).unwrap();
    let (expected, found) = (cpu.evaluate(&batch).unwrap(), gpu.evaluate(&batch).unwrap());
    assert_eq!(found.predicted.len(), 1000 * 8);
    let same = expected.predicted.iter().zip(&found.predicted).filter(|(a, b)| a == b).count();
    assert!(same >= 7900, "{same}");
    let total = |losses: &[f32]| losses.iter().map(|loss| f64::from(*loss)).sum::<f64>();
    let (expected, found) = (total(&expected.loss), total(&found.loss));
    assert!((expected - found).abs() < 1e-4 * expected, "{expected} {found}");
}

#[test]
fn the_estimate_is_what_the_engine_allocates() {
    let _alone = alone();
    for (preset, assignments) in [
        (Preset::Design, &[][..]),
        (Preset::Strong, &["training.batch_size=7"]),
        (Preset::Design, &["model.d_model=160", "embedding.projection=true", "model.dropout=0.1"]),
    ] {
        let config = config(preset, assignments);
        let model = Transformer::new(config.architecture().unwrap());
        let memory = GpuMemory::of(&config, &model, config.training.batch_size);
        assert_eq!(memory.total(), engine(&config).allocated());
    }
}

#[test]
fn what_does_not_fit_is_refused_with_the_largest_batch_that_does() {
    let large = config(
        Preset::Design,
        &["model.d_model=256", "embedding.projection=true", "training.batch_size=60000"],
    );
    // A device with little memory, then one with small buffers.
    let refused = |device: &DeviceInfo| {
        let model = Transformer::new(large.architecture().unwrap());
        GpuMemory::of(&large, &model, 60_000).check(&large, &model, device).unwrap_err()
    };
    let device = DeviceInfo { largest_buffer: u64::MAX, memory: Some(1 << 30), ..gpu().info() };
    let error = refused(&device);
    assert!(matches!(error, GpuError::Memory { allowed: 1_073_741_824, .. }), "{error:?}");
    assert!(error.to_string().contains("for activations"), "{error}");
    let device = DeviceInfo { largest_buffer: 1 << 20, memory: Some(1 << 40), ..gpu().info() };
    let small = config(Preset::Strong, &[]);
    let model = Transformer::new(small.architecture().unwrap());
    let error = GpuMemory::of(&small, &model, 256).check(&small, &model, &device).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("needs a buffer of"), "{message}");
    assert!(message.contains("the largest that") && message.contains("takes is 1.0 MB"));

    let message = match GpuEngine::new(&large, &gpu(), 1) {
        Err(error @ (GpuError::Memory { .. } | GpuError::Buffer { .. })) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let model = Transformer::new(large.architecture().unwrap());
    let device = gpu().info();
    let largest = GpuMemory::largest_batch(&large, &model, &device, 65_536);
    assert!(largest > 0 && largest < 60_000, "{largest}");
    let advice = format!("training.batch_size = {largest} is the largest that fits");
    assert!(message.contains(&advice), "{message}");
    let fits = |sequences| GpuMemory::of(&large, &model, sequences).check(&large, &model, &device);
    assert!(fits(largest).is_ok());
    assert!(fits(largest + 1).is_err());

    let missing = Gpu::find(Some("no such device")).unwrap_err().to_string();
    assert!(missing.contains("\"no such device\"") && missing.contains(&device.name), "{missing}");
}
