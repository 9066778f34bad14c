//! The memory that is said to be taken is the memory that is taken. The allocator
//! counts for the whole process, so there is one test here, on one thread.

use std::alloc::System;

use ninth_kernels::Pool;
use ninth_model::{Batch, Transformer};
use ninth_sequences::{PhaseWeights, Rng, Stream};
use ninth_settings::parse_assignment;
use ninth_training::engine::Fill;
use ninth_training::sample_batch::fill;
use ninth_training::{Config, CpuEngine, Engine, Preset};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What something takes for as long as it is there.
fn taken<T>(make: impl FnOnce() -> T) -> (T, i64) {
    let region = Region::new(ALLOCATOR);
    let made = make();
    let change = region.change();
    let bytes = change.bytes_allocated as i64 - change.bytes_deallocated as i64;
    (made, bytes)
}

fn random_config(rng: &mut Rng) -> Config {
    let mut one_of =
        |choices: &[&str]| choices[rng.below(choices.len() as u64) as usize].to_string();
    let assignments = [
        one_of(&[
            "embedding.kind=learned",
            "embedding.kind=frequency",
            "embedding.kind=binary",
            "embedding.kind=number_theoretic",
            "embedding.kind=pair+frequency",
        ]),
        one_of(&["table=fixed", "table=learned"]),
        one_of(&["d_model=8", "d_model=24", "d_model=96"]),
        one_of(&["heads=1", "heads=2", "heads=8"]),
        one_of(&["layers=1", "layers=3", "layers=6"]),
        one_of(&["feed_forward=20", "feed_forward=64", "feed_forward=200"]),
        one_of(&["normalisation=none", "normalisation=pre", "normalisation=post"]),
        one_of(&["dropout=0", "dropout=0.1"]),
        one_of(&["model.output=classification", "model.output=regression"]),
        one_of(&["context=8", "context=5", "context=16"]),
        one_of(&["batch_size=32", "batch_size=7", "batch_size=300", "batch_size=1000"]),
        one_of(&["maximum=255", "maximum=1023"]),
        one_of(&["optimizer.kind=adamw", "optimizer.kind=muon"]),
        "embedding.projection=true".to_string(),
    ];
    let assignments = assignments.map(|text| parse_assignment(&text).unwrap());
    Config::resolve(Preset::Design, &assignments).unwrap()
}

#[test]
fn the_exact_figure_is_what_the_engine_allocates() {
    let mut rng = Rng::new(5);
    let mut configs: Vec<Config> = (0..10).map(|_| random_config(&mut rng)).collect();
    configs.extend(Preset::ALL.map(|preset| Config::resolve(preset, &[]).unwrap()));
    // Its fixed tables are larger than everything else together.
    let wide = ["maximum=16383", "embedding.kind=number_theoretic", "projection=true"]
        .map(|text| parse_assignment(text).unwrap());
    configs.push(Config::resolve(Preset::Design, &wide).unwrap());
    for config in configs {
        let model = Transformer::new(config.architecture().unwrap());
        // The pool is not part of the figure.
        let (_pool, of_pool) = taken(|| Pool::new(1));
        let sampler = config.sampler(0).unwrap();
        let source = PhaseWeights::DOCUMENT.into();
        let mut drawn = Batch::new(config.sequences.context, config.training.batch_size);
        fill(&mut drawn, &sampler, Stream::Training, 0, source, |_| {});

        let (mut batch, of_batch) = taken(|| drawn.clone());
        let keep: Fill<'_> = &|_, _| {};
        let (_engine, of_engine) = taken(|| {
            let mut engine = CpuEngine::new(&config, 1).unwrap();
            engine.train_step(&mut batch, keep, 1e-3).unwrap();
            engine
        });
        let exact = CpuEngine::memory_usage(&config, &model, 1);
        let counted = of_batch + of_engine - of_pool;
        assert_eq!((exact.total() - exact.best) as i64, counted, "{}", config.to_text(false));
    }
}
