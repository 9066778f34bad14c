//! Three steps of training against PyTorch: loss, clipping, AdamW. The fixture
//! and the script that made it are with those of the model.

use std::path::Path;

use ninth_kernels::as_floats;
use ninth_model::Batch;
use ninth_settings::parse_assignment;
use ninth_training::engine::EngineState;
use ninth_training::{Config, CpuEngine, Engine, Preset};
use safetensors::SafeTensors;

#[path = "../../model/tests/formula/mod.rs"]
mod formula;

fn words(tensors: &SafeTensors<'_>, name: &str) -> Vec<[u8; 4]> {
    let data = tensors.tensor(name).unwrap().data();
    data.chunks_exact(4).map(|word| word.try_into().unwrap()).collect()
}

#[test]
fn three_clipped_steps_of_adamw_agree_with_pytorch() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../model/tests/fixtures/optimizer.safetensors");
    let bytes = std::fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let floats = |name: &str| -> Vec<f32> {
        words(&tensors, name).into_iter().map(f32::from_le_bytes).collect()
    };
    let integers = |name: &str| -> Vec<usize> {
        words(&tensors, name).into_iter().map(|w| i32::from_le_bytes(w) as usize).collect()
    };
    let assignments = [
        "embedding.kind=learned",
        "model.d_model=16",
        "model.layers=1",
        "model.feed_forward=24",
        "model.normalisation=pre",
        "loss.kind=cross_entropy",
        "clipping.max_norm=0.05",
    ]
    .map(|text| parse_assignment(text).unwrap());
    let config = Config::resolve(Preset::Design, &assignments).unwrap();
    let mut engine = CpuEngine::new(&config, 2).unwrap();
    let layout = engine.model().layout().clone();
    let parameters = formula::weights(&layout);
    let (first_moment, second_moment) = (layout.zeros(), layout.zeros());
    engine
        .restore(EngineState {
            parameters,
            first_moment,
            second_moment,
            updates: 0,
            statistics: Default::default(),
        })
        .unwrap();

    let (lengths, tokens) = (integers("lengths"), integers("tokens"));
    let (losses, norms) = (floats("loss"), floats("grad_norm"));
    let sequences = lengths.len() / 3;
    for (step, learning_rate) in [1e-2, 2e-2, 5e-3].into_iter().enumerate() {
        let mut batch = Batch::new(8, sequences);
        for index in 0..sequences {
            let row = step * sequences + index;
            let terms = &tokens[row * 9..][..lengths[row]];
            batch.set(index, terms.iter().map(|&token| token as u16));
        }
        engine.train_step(&mut batch, &|_, _| {}, learning_rate).unwrap();
        let statistics = engine.statistics().unwrap();
        assert!((statistics.loss - f64::from(losses[step])).abs() < 1e-5);
        assert!((statistics.gradient_norm - f64::from(norms[step])).abs() < 1e-5);
    }

    let parameters = engine.parameters().unwrap();
    for tensor in layout.tensors() {
        let expected = floats(&format!("param.{}", tensor.name));
        let got = tensor.span.of(as_floats(&parameters));
        // Largest errors that are due to single precision, with room to spare; every
        // mistake in decay, clipping or epsilon shifts something by more.
        let bound = match tensor.name.as_str() {
            "layers.0.feed_forward.input.weight" => 5e-5,
            name if name.ends_with(".weight") || name.starts_with("embedding") => 1e-5,
            _ => 3e-6,
        };
        for (index, (got, expected)) in got.iter().zip(&expected).enumerate() {
            // The gradient of a key's bias is zero but for rounding, and Adam turns
            // that into a step of any size.
            let keys = tensor.name.ends_with("attention.input.bias") && (16..32).contains(&index);
            let error = (got - expected).abs();
            assert!(keys || error < bound, "{}[{index}]: {got}, not {expected}", tensor.name);
        }
    }
}
