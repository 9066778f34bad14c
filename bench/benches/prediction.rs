//! Predictions: one, one more term from the cache, and many at once.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ninth_bench::asking::Asking;
use ninth_bench::training::{Size, Training};

fn predictions(criterion: &mut Criterion) {
    for size in Size::PRESETS {
        let mut asking = Asking::new(size).expect("presets are valid");
        let mut group = criterion.benchmark_group(format!("prediction/{}", size.name()));
        group.bench_function("eight terms", |bencher| bencher.iter(|| asking.predict()));
        group.bench_function("one more term", |bencher| bencher.iter(|| asking.predict_next()));
        // Predictions and losses at all positions, as in a validation.
        for sequences in [16, 1024] {
            for threads in [1, 2] {
                let training = Training::new(size, sequences, threads);
                let mut training = training.expect("presets are valid with any batch");
                let batch = training.batches()[0].clone();
                group.throughput(Throughput::Elements(sequences as u64));
                let id = BenchmarkId::new(format!("{sequences} sequences, threads"), threads);
                group.bench_function(id, |bencher| {
                    let engine = training.engine();
                    bencher.iter(|| engine.evaluate(&batch).expect("the CPU does not fail"));
                });
            }
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = predictions
}
criterion_main!(benches);
