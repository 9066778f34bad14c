//! The parts of a training step, each for one chunk of sixteen sequences and one layer; those of
//! the update for all parameters.
//!
//! A step on B sequences has B / 16 chunks, each of which goes through all layers of the model.

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use ninth_bench::training::{Size, Training};
use ninth_kernels::argmax::ArgMax;
use ninth_kernels::{InstructionSet, LANES, Lanes, as_floats, as_floats_mut, reduce};
use ninth_model::batch::Chunk;
use ninth_model::normalisation::{Destination, Saved};
use ninth_model::{Accumulator, Gradients, LayerContext, Loss, LossOutput, Memory, Transformer};
use ninth_sequences::Rng;
use ninth_training::optimizer::update::Arenas;
use ninth_training::optimizer::{ParameterGroup, muon};

/// Uniform random numbers in -1..1, the usual size of activations and gradients.
fn random(rng: &mut Rng, lanes: usize) -> Vec<Lanes> {
    let mut values = vec![Lanes::ZERO; lanes];
    as_floats_mut(&mut values).fill_with(|| rng.uniform_f32(1.0));
    values
}

/// A model, the inputs of a pass, and scratch memory.
struct Parts {
    model: Transformer,
    instruction_set: InstructionSet,
    parameters: Vec<Lanes>,
    chunk: Chunk,
    rng: Rng,
    /// T.
    positions: usize,
    /// Lanes of the residual stream `[T][C]`, and of its gradient.
    stream: usize,
    gradients: Vec<Lanes>,
    scratch: Vec<Lanes>,
}

fn parts(criterion: &mut Criterion) {
    for size in Size::PRESETS {
        let training = Training::new(size, LANES, 1).expect("presets are valid");
        let chunk = training.batches()[0].chunks()[0].clone();
        let model = training.model().clone();
        let (positions, width) = (model.architecture().context(), model.head.inputs);
        let widest = [&model.head, &model.blocks[0].feed_forward.output].into_iter();
        let widest = widest.chain(model.embedding.projection());
        let scratch = widest.map(|linear| linear.scratch(positions)).max().unwrap_or(0);
        let mut parts = Parts {
            instruction_set: InstructionSet::detect(),
            parameters: model.layout().initial(0),
            chunk,
            rng: Rng::new(1),
            positions,
            stream: positions * width,
            gradients: model.layout().zeros(),
            scratch: vec![Lanes::ZERO; scratch.max(positions * width)],
            model,
        };
        let mut group = criterion.benchmark_group(format!("parts/{}", size.name()));
        parts.embedding(&mut group);
        parts.normalisation(&mut group);
        parts.attention(&mut group);
        parts.feed_forward(&mut group);
        parts.head(&mut group, size);
        parts.update(&mut group, size);
        group.finish();
    }
}

type Group<'a> = BenchmarkGroup<'a, WallTime>;

/// Gradients that accumulate; the benchmark of the whole step measures how they start at zero.
fn gradients<'a>(arena: &'a mut [f32], scratch: &'a mut [Lanes]) -> Gradients<'a> {
    Gradients { accumulator: Accumulator { arena, from_zero: false }, scratch }
}

impl Parts {
    fn embedding(&mut self, group: &mut Group<'_>) {
        let Parts { model, instruction_set, parameters, chunk, positions, stream, .. } = self;
        let layer_context =
            LayerContext { instruction_set: *instruction_set, parameters: as_floats(parameters) };
        let embedding = &model.embedding;
        let width = embedding.projection().map_or(0, |_| embedding.width() * *positions);
        let mut features = random(&mut self.rng, width);
        let (mut dfeatures, mut x) = (features.clone(), random(&mut self.rng, *stream));
        let dx = random(&mut self.rng, *stream);
        group.bench_function("embedding forward", |bencher| {
            bencher
                .iter(|| embedding.forward(layer_context, chunk.tokens(), &mut features, &mut x));
        });
        let arena = as_floats_mut(&mut self.gradients);
        let gradients = &mut gradients(arena, &mut self.scratch);
        group.bench_function("embedding backward", |bencher| {
            bencher.iter(|| {
                embedding.backward(
                    layer_context,
                    chunk.tokens(),
                    &features,
                    &mut dfeatures,
                    &dx,
                    gradients,
                );
            });
        });
    }

    /// Nothing to measure in `design`, which has no normalisation.
    fn normalisation(&mut self, group: &mut Group<'_>) {
        let Parts { model, instruction_set, parameters, positions, stream, .. } = self;
        let Some(norm) = model.blocks[0].attention_residual.norm() else { return };
        let layer_context =
            LayerContext { instruction_set: *instruction_set, parameters: as_floats(parameters) };
        let mut saved = Saved::new(*positions, model.head.inputs, &mut Memory::for_use());
        let x = random(&mut self.rng, *stream);
        let (mut input, mut dx) = (x.clone(), x.clone());
        group.bench_function("normalisation forward", |bencher| {
            bencher.iter(|| norm.forward(layer_context, &x, &mut input, &mut saved));
        });
        let arena = as_floats_mut(&mut self.gradients);
        let gradients = &mut gradients(arena, &mut self.scratch);
        group.bench_function("normalisation backward", |bencher| {
            bencher.iter(|| {
                let dx = Destination::Accumulate(&mut dx);
                norm.backward(layer_context, &saved, &input, dx, gradients);
            });
        });
    }

    fn attention(&mut self, group: &mut Group<'_>) {
        let Parts { model, instruction_set, parameters, positions, stream, .. } = self;
        let layer_context =
            LayerContext { instruction_set: *instruction_set, parameters: as_floats(parameters) };
        let attention = &model.blocks[0].attention;
        let mut saved = attention.saved(*positions, &mut Memory::for_use());
        let mut scratch = attention.scratch(*positions, &mut Memory::for_use());
        let x = random(&mut self.rng, *stream);
        let mut y = random(&mut self.rng, *stream);
        let (dy, mut dx) = (y.clone(), y.clone());
        group.bench_function("attention forward", |bencher| {
            bencher.iter(|| attention.forward(layer_context, &x, None, &mut saved, &mut y));
        });
        let arena = as_floats_mut(&mut self.gradients);
        let gradients = &mut gradients(arena, &mut self.scratch);
        group.bench_function("attention backward", |bencher| {
            bencher.iter(|| {
                attention.backward(
                    layer_context,
                    &x,
                    &saved,
                    &dy,
                    &mut dx,
                    &mut scratch,
                    gradients,
                );
            });
        });
    }

    fn feed_forward(&mut self, group: &mut Group<'_>) {
        let Parts { model, instruction_set, parameters, positions, stream, .. } = self;
        let layer_context =
            LayerContext { instruction_set: *instruction_set, parameters: as_floats(parameters) };
        let feed_forward = &model.blocks[0].feed_forward;
        let mut saved = feed_forward.saved(*positions, &mut Memory::for_use());
        let mut dhidden = feed_forward.scratch(*positions, &mut Memory::for_use());
        let x = random(&mut self.rng, *stream);
        let mut y = random(&mut self.rng, *stream);
        let (dy, mut dx) = (y.clone(), y.clone());
        group.bench_function("feed-forward forward", |bencher| {
            bencher.iter(|| feed_forward.forward(layer_context, &x, &mut saved, &mut y));
        });
        let arena = as_floats_mut(&mut self.gradients);
        let gradients = &mut gradients(arena, &mut self.scratch);
        group.bench_function("feed-forward backward", |bencher| {
            bencher.iter(|| {
                feed_forward.backward(
                    layer_context,
                    &x,
                    &saved,
                    &dy,
                    &mut dx,
                    &mut dhidden,
                    gradients,
                );
            });
        });
    }

    /// Each of these benchmarks includes the one before it: the gradient overwrites the logits, so
    /// they have to be computed again.
    fn head(&mut self, group: &mut Group<'_>, size: Size) {
        let Parts { model, instruction_set, parameters, chunk, positions, stream, .. } = self;
        let layer_context =
            LayerContext { instruction_set: *instruction_set, parameters: as_floats(parameters) };
        let settings = size.config(LANES).expect("valid").loss;
        let loss = Loss::new(&settings, model.architecture());
        let head = &model.head;
        let (inputs, outputs) = (head.inputs, head.outputs);
        let input = random(&mut self.rng, *stream);
        let mut dinput = input.clone();
        let mut logits = random(&mut self.rng, *positions * outputs);
        let mut losses = LossOutput::new(*positions);
        let mut argmax = vec![ArgMax::default(); *positions];
        let mut scales = vec![Lanes::ZERO; *positions];
        let arena = as_floats_mut(&mut self.gradients);
        let gradients = &mut gradients(arena, &mut self.scratch);
        let names = ["head forward", "head forward, loss", "head forward, loss, backward"];
        for (last, name) in names.into_iter().enumerate() {
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    for positions in model.head_blocks() {
                        let stream = positions.start * inputs..positions.end * inputs;
                        let places = positions.start * outputs..positions.end * outputs;
                        let logits = &mut logits[places];
                        let argmax = &mut argmax[positions.clone()];
                        head.forward_with_argmax(
                            layer_context,
                            &input[stream.clone()],
                            logits,
                            argmax,
                        );
                        if last >= 1 {
                            let (instruction_set, scales) =
                                (layer_context.instruction_set, &mut scales[positions.clone()]);
                            let losses = &mut losses;
                            let (columns, scales) = (&mut *logits, Some(scales));
                            loss.forward(
                                instruction_set,
                                chunk,
                                positions,
                                columns,
                                argmax,
                                scales,
                                losses,
                            );
                        }
                        if last >= 2 {
                            head.backward_input(layer_context, logits, &mut dinput[stream]);
                        }
                    }
                    if last >= 2 {
                        reduce::scale_columns(layer_context.instruction_set, &scales, &mut dinput);
                        let scales = Some(&scales[..]);
                        head.backward_scaled_weights(
                            layer_context,
                            &input,
                            scales,
                            &logits,
                            gradients,
                        );
                    }
                });
            });
        }
    }

    fn update(&mut self, group: &mut Group<'_>, size: Size) {
        let Parts { model, instruction_set, parameters, .. } = self;
        let config = size.config(LANES).expect("valid");
        let layout = model.layout();
        let mut gradients = random(&mut self.rng, layout.lanes());
        let mut total = gradients.clone();
        group.bench_function("update: one slot's gradients added", |bencher| {
            bencher.iter(|| reduce::add(*instruction_set, &gradients, &mut total));
        });
        group.bench_function("update: norm", |bencher| {
            bencher.iter(|| reduce::sum_of_squares(*instruction_set, &gradients));
        });
        let groups = ParameterGroup::cut(layout, &config.optimizer);
        let (mut first, mut second) = (layout.zeros(), layout.zeros());
        let (rule, mut workspace) = (
            config.optimizer.kind,
            muon::MuonWorkspace::new(&mut Memory::for_use(), std::iter::empty()),
        );
        let coefficients = config.optimizer.coefficients(1000, 1e-4, &config.clipping, 10.0);
        group.bench_function("update: AdamW", |bencher| {
            bencher.iter(|| {
                let mut start = 0;
                for group in &groups {
                    let range = start..start + group.lanes;
                    start = range.end;
                    let arenas = Arenas {
                        gradients: &mut gradients[range.clone()],
                        parameters: &mut parameters[range.clone()],
                        first: &mut first[range.clone()],
                        second: &mut second[range],
                    };
                    group.apply(rule, *instruction_set, coefficients, arenas, &mut workspace);
                }
            });
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    targets = parts
}
criterion_main!(benches);
