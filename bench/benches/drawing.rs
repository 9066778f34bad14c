//! Drawing sequences: per sequence by phase, and per chunk of a batch.

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ninth_bench::training::Size;
use ninth_kernels::LANES;
use ninth_model::Batch;
use ninth_sequences::{Phase, PhaseWeights, Source, Stream};

fn drawing(criterion: &mut Criterion) {
    let config = Size::Design.config(LANES).expect("a preset with another batch");
    let sampler = config.sampler(0).expect("presets have sequences");
    let mixture = ("all phases", Source::Mixture(PhaseWeights::DOCUMENT));
    let phases = Phase::ALL.map(|phase| (phase.name(), Source::Phase(phase)));

    let mut group = criterion.benchmark_group("drawing/sequence");
    let mut terms = vec![0; sampler.length()];
    let mut index = 0;
    for (name, source) in phases.into_iter().chain([mixture]) {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                index += 1;
                sampler.draw(Stream::Training, index, source, &mut terms)
            });
        });
    }
    group.finish();

    let approach = config.training_approach().expect("presets have sequences");
    let mut batch = Batch::new(config.sequences.context, LANES);
    let mut group = criterion.benchmark_group("drawing/chunk");
    group.throughput(Throughput::Elements(LANES as u64));
    group.bench_function(mixture.0, |bencher| {
        bencher.iter(|| {
            index += LANES as u64;
            approach.fill_chunk(&mut batch.chunks_mut()[0], 0, &sampler, index, mixture.1);
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = drawing
}
criterion_main!(benches);
