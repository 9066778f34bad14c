//! A training step: forward, loss, backward, clipping, update.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ninth_bench::training::{STEPS, Training};

fn steps(criterion: &mut Criterion) {
    for (size, sequences) in STEPS {
        let mut group = criterion.benchmark_group(format!("step/{} {sequences}", size.name()));
        group.throughput(Throughput::Elements(sequences as u64));
        for threads in [1, 2] {
            let training = Training::new(size, sequences, threads);
            let mut training = training.expect("presets are valid with any batch");
            group.bench_function(BenchmarkId::new("threads", threads), |bencher| {
                bencher.iter(|| training.step().expect("the CPU does not fail"));
            });
            // The difference to the benchmark above is the time of drawing.
            if sequences <= 64 {
                group.bench_function(BenchmarkId::new("drawing, threads", threads), |bencher| {
                    bencher.iter(|| training.step_with_drawing().expect("the CPU does not fail"));
                });
            }
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500));
    targets = steps
}
criterion_main!(benches);
