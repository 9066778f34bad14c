//! The model against PyTorch, tensor by tensor. The fixtures and the script
//! that made them are in `fixtures/`.

use std::path::Path;

use ninth_kernels::{InstructionSet, LANES, Lanes, as_floats, as_floats_mut};
use ninth_model::embedding::{EmbeddingKind, EmbeddingKinds, EmbeddingSettings};
use ninth_model::loss::{Distance, LossKind, LossSettings};
use ninth_model::normalisation::Normalisation;
use ninth_model::output::Output;
use ninth_model::parameters::Tensor;
use ninth_model::{
    Accumulator, Architecture, Batch, LayerContext, Loss, LossOutput, ModelSettings, Transformer,
    Workspace,
};
use ninth_sequences::IntegerRange;
use safetensors::SafeTensors;

mod formula;

/// The tensors of a fixture, as floats or integers.
struct Fixture(Vec<u8>);

impl Fixture {
    fn open(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        Fixture(std::fs::read(folder.join(name)).unwrap())
    }

    fn words(&self, name: &str) -> Vec<[u8; 4]> {
        let tensors = SafeTensors::deserialize(&self.0).unwrap();
        let tensor = tensors.tensor(name).unwrap();
        tensor.data().chunks_exact(4).map(|word| word.try_into().unwrap()).collect()
    }

    fn floats(&self, name: &str) -> Vec<f32> {
        self.words(name).into_iter().map(f32::from_le_bytes).collect()
    }

    fn integers(&self, name: &str) -> Vec<usize> {
        self.words(name).into_iter().map(|word| i32::from_le_bytes(word) as usize).collect()
    }

    fn batch(&self, context: usize) -> Batch {
        let lengths = self.integers("lengths");
        let tokens = self.integers("tokens");
        let mut batch = Batch::new(context, lengths.len());
        for (index, row) in tokens.chunks_exact(context + 1).enumerate() {
            batch.set(index, row[..lengths[index]].iter().map(|&token| token as u16));
        }
        batch
    }
}

/// The largest difference, relative to the largest element of the expected.
fn relative_error(got: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(got.len(), expected.len());
    let largest = expected.iter().fold(1e-9_f32, |largest, e| largest.max(e.abs()));
    got.iter().zip(expected).fold(0.0_f32, |worst, (g, e)| worst.max((g - e).abs() / largest))
}

/// Loss, logits and every gradient of a fixture, for every instruction set.
fn check(fixture: &str, architecture: Architecture, kind: LossKind) {
    let settings = LossSettings { kind, ..Default::default() };
    check_with(fixture, architecture, settings);
}

fn check_with(fixture: &str, architecture: Architecture, settings: LossSettings) {
    let fixture = Fixture::open(fixture);
    let loss = Loss::new(&settings, &architecture);
    let model = Transformer::new(architecture);
    let (context, outputs) = (model.architecture().context(), model.architecture().outputs());
    let drops = model.architecture().model().dropout > 0.0;
    let parameters = formula::weights(model.layout());
    let mut batch = fixture.batch(context);
    // What the script draws its dropout from, where there is any.
    batch.chunks_mut()[0].set_noise(12345);
    let logits = fixture.floats("logits");

    for instruction_set in InstructionSet::available() {
        let layer_context = LayerContext { instruction_set, parameters: as_floats(&parameters) };
        let mut workspace = Workspace::new(&model);
        let mut gradients = vec![Lanes([f32::NAN; LANES]); model.layout().lanes()];
        let mut total = 0.0;
        for (index, chunk) in batch.chunks().iter().enumerate() {
            let mut losses = LossOutput::new(context);
            let arena = as_floats_mut(&mut gradients);
            let sums = Accumulator { arena, from_zero: index == 0 };
            model.forward_backward(layer_context, &loss, chunk, &mut workspace, sums, &mut losses);
            total += losses.weighted_loss(&loss, chunk);

            let mut evaluated = LossOutput::new(context);
            model.evaluate(layer_context, &loss, chunk, &mut workspace, &mut evaluated);
            assert_eq!(losses.loss == evaluated.loss, !drops);
            assert!(drops || losses.predicted == evaluated.predicted);

            for position in 0..context {
                let got = model.logits(layer_context, chunk, position, &mut workspace);
                for lane in 0..LANES.min(batch.sequences() - index * LANES) {
                    let got: Vec<f32> = got.iter().map(|class| class.0[lane]).collect();
                    let row = (index * LANES + lane) * context + position;
                    let expected = &logits[row * outputs..][..outputs];
                    let worst = got.iter().zip(expected).map(|(g, e)| (g - e).abs());
                    let worst = worst.fold(0.0, f32::max);
                    assert!(worst < 1e-5, "logits at {position}: off by {worst}");
                }
            }
        }
        let expected = f64::from(fixture.floats("loss")[0]);
        assert!((total / expected - 1.0).abs() < 1e-5, "loss {total} is not {expected}");

        for Tensor { name, span, .. } in model.layout().tensors() {
            let expected = fixture.floats(&format!("grad.{name}"));
            let error = relative_error(span.of(as_floats(&gradients)), &expected);
            assert!(
                error < 1e-5,
                "{}: gradient of {name} is off by {error}",
                instruction_set.name()
            );
        }
    }
}

fn architecture(
    largest: i64,
    context: usize,
    kind: EmbeddingKind,
    projection: bool,
    model: ModelSettings,
) -> Architecture {
    let range = IntegerRange::new(0, largest).unwrap();
    let kind = EmbeddingKinds(vec![kind]);
    let embedding = EmbeddingSettings { kind, projection, ..Default::default() };
    Architecture::new(range, context, embedding, model).unwrap()
}

#[test]
fn strong_preset_agrees_with_pytorch() {
    let model = ModelSettings {
        d_model: 64,
        layers: 4,
        heads: 4,
        feed_forward: 256,
        normalisation: Normalisation::Pre,
        ..Default::default()
    };
    let architecture = architecture(255, 8, EmbeddingKind::Frequency, true, model);
    check("strong.safetensors", architecture, LossKind::CrossEntropy);
}

#[test]
fn post_norm_model_agrees_with_the_transformer_encoder_of_pytorch() {
    let model = ModelSettings {
        d_model: 48,
        layers: 2,
        heads: 3,
        feed_forward: 40,
        normalisation: Normalisation::Post,
        ..Default::default()
    };
    let architecture = architecture(255, 8, EmbeddingKind::Learned, false, model);
    check("post_norm.safetensors", architecture, LossKind::CrossEntropy);
}

#[test]
fn the_design_agrees_with_pytorch() {
    let model = ModelSettings { normalisation: Normalisation::None, ..Default::default() };
    let architecture = architecture(255, 8, EmbeddingKind::Pair, false, model);
    check("design.safetensors", architecture, LossKind::DistanceWeighted);
}

#[test]
fn shapes_that_are_no_multiple_of_anything_agree_with_pytorch() {
    let model = ModelSettings {
        d_model: 20,
        layers: 1,
        heads: 5,
        feed_forward: 33,
        normalisation: Normalisation::Post,
        ..Default::default()
    };
    let architecture = architecture(36, 5, EmbeddingKind::Learned, false, model);
    check("odd_shapes.safetensors", architecture, LossKind::DistanceWeighted);
}

#[test]
fn dropout_agrees_with_pytorch() {
    let model = ModelSettings {
        d_model: 16,
        layers: 2,
        heads: 2,
        feed_forward: 24,
        dropout: 0.25,
        normalisation: Normalisation::Pre,
        ..Default::default()
    };
    let architecture = architecture(36, 6, EmbeddingKind::Learned, false, model);
    check("dropout.safetensors", architecture, LossKind::CrossEntropy);
}

#[test]
fn regression_over_sixteen_terms_agrees_with_pytorch() {
    let model = ModelSettings {
        d_model: 12,
        layers: 1,
        heads: 3,
        feed_forward: 20,
        normalisation: Normalisation::Post,
        output: Output::Regression,
        ..Default::default()
    };
    let architecture = architecture(255, 16, EmbeddingKind::Learned, false, model);
    let distance = Distance::Quadratic;
    let settings = LossSettings { kind: LossKind::Distance, distance, ..Default::default() };
    check_with("regression.safetensors", architecture, settings);
}
