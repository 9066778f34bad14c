//! What a file has to be for any reader, without a runtime.

use std::collections::{BTreeMap, HashSet};

use ninth_kernels::as_floats;
use ninth_model::output::Output;
use ninth_model::{Architecture, ModelSettings, Transformer};
use ninth_sequences::IntegerRange;
use prost::Message;

use crate::cases::{self, Case};
use crate::messages::{GraphProto, ModelProto, ValueProto};
use crate::{Error, to_bytes};

fn model(case: &Case) -> ModelProto {
    ModelProto::decode(case.bytes().as_slice()).unwrap()
}

fn graph(case: &Case) -> GraphProto {
    model(case).graph.unwrap()
}

#[test]
fn every_value_has_one_name_and_comes_before_it_is_used() {
    for case in cases::all() {
        let graph = graph(&case);
        let mut known = HashSet::new();
        let constants = graph.initializer.iter().map(|tensor| &tensor.name);
        for name in graph.input.iter().map(|input| &input.name).chain(constants) {
            assert!(known.insert(name), "{}: {name} is there twice", case.name);
        }
        let (mut nodes, mut used) = (HashSet::new(), HashSet::new());
        for node in &graph.node {
            assert!(nodes.insert(&node.name), "{}: two nodes {}", case.name, node.name);
            for input in &node.input {
                assert!(known.contains(input), "{}: {} takes {input}", case.name, node.name);
                used.insert(input);
            }
            for output in &node.output {
                assert!(known.insert(output), "{}: {output} is computed twice", case.name);
            }
        }
        for output in &graph.output {
            assert!(known.contains(&output.name) && used.insert(&output.name), "{}", case.name);
        }
        let idle: Vec<_> = known.difference(&used).collect();
        assert!(idle.is_empty(), "{}: {idle:?} are for nothing", case.name);
    }
}

#[test]
fn all_numbers_of_a_model_are_in_its_file() {
    for case in cases::all() {
        let graph = graph(&case);
        for tensor in &graph.initializer {
            let size = if tensor.data_type == Some(1) { 4 } else { 8 };
            let numbers: i64 = tensor.dims.iter().product();
            assert_eq!(tensor.raw_data.len() as i64, size * numbers, "{}", tensor.name);
        }
        // The position has no features in the kind binary.
        let tensors = case.model.layout().tensors().iter().filter(|tensor| tensor.span.len > 0);
        for tensor in tensors {
            let found = graph.initializer.iter().find(|one| one.name == tensor.name);
            let found = found.unwrap_or_else(|| panic!("{} has no {}", case.name, tensor.name));
            let is_matrix = tensor.role.is_weight();
            let expected: Vec<i64> = tensor.shape.iter().map(|size| *size as i64).collect();
            let turned: Vec<i64> = expected.iter().rev().copied().collect();
            assert_eq!(found.dims, if is_matrix { turned } else { expected }, "{}", tensor.name);
            // The sums are the same in any order, but for rounding.
            let there: f64 = found.raw_data.as_chunks().0.iter().map(|b| sum_of(*b)).sum();
            let here: f64 =
                tensor.span.of(as_floats(&case.parameters)).iter().map(|x| f64::from(*x)).sum();
            assert!((there - here).abs() < 1e-6, "{}: {there} and {here}", tensor.name);
        }
    }
}

fn sum_of(bytes: [u8; 4]) -> f64 {
    f64::from(f32::from_le_bytes(bytes))
}

/// The dimensions of an input or output, as text.
fn dimensions(value: &ValueProto) -> String {
    let tensor = value.r#type.as_ref().unwrap().tensor_type.as_ref().unwrap();
    let sizes = tensor.shape.as_ref().unwrap().dim.iter().map(|dim| {
        let size = dim.dim_value.map(|size| size.to_string());
        size.or(dim.dim_param.clone()).unwrap()
    });
    format!("{} {} {:?}", value.name, tensor.elem_type.unwrap(), sizes.collect::<Vec<_>>())
}

#[test]
fn input_output_and_metadata_are_those_of_the_model() {
    for case in cases::all() {
        let (file, architecture) = (model(&case), case.model.architecture());
        let range = architecture.range();
        let graph = file.graph.unwrap();
        let [input, output] = [&graph.input, &graph.output].map(|one| one.as_slice());
        let ([input], [output]) = (input, output) else { panic!("{}", case.name) };
        assert_eq!(dimensions(input), "terms 7 [\"batch\", \"length\"]");
        let expected = match architecture.model().output {
            Output::Classification => {
                format!("logits 1 [\"batch\", \"length\", \"{}\"]", range.classes())
            }
            Output::Regression => "share 1 [\"batch\", \"length\"]".to_string(),
        };
        assert_eq!(dimensions(output), expected, "{}", case.name);
        let bounds = format!("from {} to {}", range.min(), range.max());
        assert!(input.doc_string.contains(&bounds), "{}", input.doc_string);

        let pairs = file.metadata_props.into_iter();
        let found: BTreeMap<String, String> =
            pairs.map(|pair| (pair.key.unwrap(), pair.value.unwrap())).collect();
        for (key, value) in [
            ("minimum", range.min().to_string()),
            ("maximum", range.max().to_string()),
            ("classes", range.classes().to_string()),
            ("context", architecture.context().to_string()),
            ("version", env!("CARGO_PKG_VERSION").to_string()),
            ("config", case.config.to_text(false)),
            ("output", architecture.model().output.name().to_string()),
            ("description", file.doc_string),
        ] {
            assert_eq!(found[key], value, "{}: {key}", case.name);
        }
        assert!(found["outside"].contains("error"));
        assert_eq!(found.len(), 9);
        assert_eq!((file.ir_version, file.opset_import[0].version), (Some(8), Some(17)));
    }
}

#[test]
fn names_are_those_of_the_parts_of_the_model() {
    let case = cases::all().into_iter().find(|case| case.name == "strong").unwrap();
    let names: Vec<String> = graph(&case).node.into_iter().map(|node| node.name).collect();
    for name in [
        "embedding.projection",
        "layers.0.attention.norm",
        "layers.0.attention.scores",
        "layers.3.feed_forward.residual",
        "final_norm",
        "logits",
    ] {
        assert!(names.iter().any(|one| one == name), "{name} is not among {names:?}");
    }
}

#[test]
fn a_model_that_is_too_large_for_a_file_is_refused_by_its_keys() {
    let range = IntegerRange::default();
    let settings =
        ModelSettings { d_model: 2, feed_forward: 16384, layers: 64, ..Default::default() };
    let architecture = |settings| {
        let embedding =
            ninth_model::embedding::EmbeddingSettings { projection: true, ..Default::default() };
        Architecture::new(range, 8, embedding, settings).unwrap()
    };
    // Far too large, so that its parameters are not even looked at.
    let large = Transformer::new(architecture(ModelSettings {
        d_model: 1024,
        heads: 1,
        layers: 15,
        ..settings
    }));
    assert!(large.layout().parameters() > 1 << 29);
    let error = to_bytes(&large, &[], "").unwrap_err();
    assert!(matches!(error, Error::TooLarge { bytes } if bytes > 1 << 31), "{error}");
    for part in ["2147483647", "model.layers", "model.d_model", "sequences.minimum"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    let small = Transformer::new(architecture(ModelSettings { layers: 1, ..settings }));
    assert!(to_bytes(&small, as_floats(&small.layout().initial(0)), "").is_ok());
}
