//! Models of many configs for the tests, and a folder of them for `.ci/onnx`, which compares what
//! other runtimes compute.

use std::fs;
use std::path::Path;

use ninth_kernels::{InstructionSet, LANES, Lanes, as_floats, as_floats_mut};
use ninth_model::{Batch, LayerContext, Transformer, Workspace};
use ninth_sequences::{IntegerRange, Rng};
use ninth_settings::{Sections, SettingEntry, parse_assignment};
use ninth_training::trained_model::TrainedModel;
use ninth_training::{Config, Preset};

use crate::to_bytes;

/// How many configs are drawn.
const DRAWN: u64 = 40;

/// A model that has everything: matrices at the scale of their start, and nothing that is zero.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) config: Config,
    pub(crate) model: Transformer,
    pub(crate) parameters: Vec<Lanes>,
}

impl Case {
    fn new(name: String, preset: Preset, assignments: &[String]) -> Self {
        let assignments: Vec<_> =
            assignments.iter().map(|text| parse_assignment(text).unwrap()).collect();
        let config = Config::resolve(preset, &assignments).unwrap();
        let model = Transformer::new(config.architecture().unwrap());
        let mut parameters = model.layout().initial(7);
        let mut rng = Rng::new(11);
        for value in as_floats_mut(&mut parameters) {
            *value += rng.uniform_f32(0.05);
        }
        Case { name, config, model, parameters }
    }

    /// The model in the program, which is trained.
    fn built_in() -> Self {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../ninth/weights/default.safetensors");
        let trained = TrainedModel::from_bytes(&fs::read(path).unwrap()).unwrap();
        let TrainedModel { stage, model, parameters, .. } = trained;
        Case { name: "built-in".to_string(), config: stage.config, model, parameters }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        to_bytes(&self.model, as_floats(&self.parameters), &self.config.to_text(false)).unwrap()
    }

    fn range(&self) -> IntegerRange {
        self.model.architecture().range()
    }

    /// Sequences as long as the context: the first of the least class, the second of the greatest.
    fn classes(&self) -> Vec<Vec<u16>> {
        let mut rng = Rng::new(13);
        let (context, classes) = (self.model.architecture().context(), self.range().classes());
        let mut sequences = vec![vec![0; context], vec![(classes - 1) as u16; context]];
        sequences.resize_with(LANES, || {
            (0..context).map(|_| rng.below(classes as u64) as u16).collect()
        });
        sequences
    }

    /// What the head gives for each sequence and position, sequence by sequence.
    fn outputs(&self, sequences: &[Vec<u16>]) -> Vec<f32> {
        let architecture = self.model.architecture();
        let (context, width) = (architecture.context(), architecture.outputs());
        let mut batch = Batch::new(context, LANES);
        for (lane, classes) in sequences.iter().enumerate() {
            batch.set(lane, classes.iter().copied());
        }
        let instruction_set = InstructionSet::detect();
        let parameters = as_floats(&self.parameters);
        let layer_context = LayerContext { instruction_set, parameters };
        let mut workspace = Workspace::new(&self.model);
        let mut outputs = vec![0.0; LANES * context * width];
        let chunk = &batch.chunks()[0];
        self.model.each_logits(layer_context, chunk, &mut workspace, |position, logits| {
            for (index, logit) in logits.iter().enumerate() {
                for (lane, value) in logit.0.iter().enumerate() {
                    outputs[(lane * context + position) * width + index] = *value;
                }
            }
        });
        outputs
    }

    /// Writes the file, the config, terms, and what the engine gives for them.
    fn write(&self, folder: &Path) {
        fs::create_dir_all(folder).unwrap();
        let classes = self.classes();
        let terms = classes.iter().flatten().map(|class| self.range().term_of(*class));
        let terms = terms.flat_map(i64::to_le_bytes).collect::<Vec<u8>>();
        let outputs = self.outputs(&classes).into_iter().flat_map(f32::to_le_bytes);
        let context = self.model.architecture().context();
        let width = self.model.architecture().outputs();
        let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
        write("model.onnx", &self.bytes());
        write("config.toml", self.config.to_text(false).as_bytes());
        write("terms.npy", &npy("<i8", &[LANES, context], terms));
        write("outputs.npy", &npy("<f4", &[LANES, context, width], outputs.collect()));
    }
}

/// An array in NumPy's format.
fn npy(of: &str, sizes: &[usize], numbers: Vec<u8>) -> Vec<u8> {
    let sizes = sizes.iter().map(|size| format!("{size}, ")).collect::<String>();
    let header = format!("{{'descr': '{of}', 'fortran_order': False, 'shape': ({sizes}), }}");
    let before = b"\x93NUMPY\x01\x00";
    let length = (before.len() + 2 + header.len() + 1).next_multiple_of(64) - before.len() - 2;
    let header = format!("{header:<width$}\n", width = length - 1);
    [before, &(length as u16).to_le_bytes()[..], header.as_bytes(), &numbers].concat()
}

/// Values of a key that shapes the model. Names and switches are known; for other keys, those that
/// come later included, it has to be said here.
fn values(entry: &SettingEntry) -> Vec<String> {
    let some = |values: &[&str]| values.iter().map(|value| value.to_string()).collect();
    if !entry.choices.is_empty() {
        return entry.choices.iter().map(|choice| choice.to_string()).collect();
    }
    match entry.path().as_str() {
        "model.d_model" => some(&["12", "24", "60"]),
        "model.heads" => some(&["1", "3", "6", "12"]),
        "model.layers" => some(&["1", "2", "3"]),
        "model.feed_forward" => some(&["1", "20", "48"]),
        "model.dropout" => some(&["0.0", "0.5"]),
        path => panic!("no case has another value of {path}"),
    }
}

/// The keys that shape a model.
fn keys() -> Vec<SettingEntry> {
    let all = Config::default().entries();
    all.into_iter().filter(|entry| ["embedding", "model"].contains(&entry.section)).collect()
}

const SMALL: [&str; 4] =
    ["model.d_model=12", "model.heads=3", "model.feed_forward=20", "embedding.projection=true"];

/// Presets, the model in the program, each value of each key, and configs that are drawn.
pub(crate) fn all() -> Vec<Case> {
    let mut cases: Vec<Case> =
        Preset::ALL.iter().map(|one| Case::new(one.name().to_string(), *one, &[])).collect();
    cases.push(Case::built_in());
    let small = SMALL.map(str::to_string);
    let with = |more: &[String]| [&small, more].concat();
    for entry in keys() {
        for value in values(&entry) {
            let name = format!("{}={value}", entry.path());
            let mut assignments = vec![format!("{}={value}", entry.path())];
            if name == "embedding.projection=false" {
                assignments.push("embedding.kind=learned".to_string());
            }
            cases.push(Case::new(name, Preset::Design, &with(&assignments)));
        }
    }
    for (name, assignments) in [
        ("negative", &["sequences.minimum=-128", "sequences.maximum=127"][..]),
        ("many", &["sequences.minimum=-2000", "sequences.maximum=2999"]),
        ("long", &["sequences.context=256", "embedding.kind=frequency"]),
        (
            "as_wide",
            &[
                "embedding.kind=pair+binary",
                "model.d_model=10",
                "model.heads=2",
                "embedding.projection=false",
            ],
        ),
        ("all_kinds", &["embedding.kind=binary+learned+frequency+number_theoretic+pair"]),
    ] {
        let assignments: Vec<String> = assignments.iter().map(|text| text.to_string()).collect();
        cases.push(Case::new(name.to_string(), Preset::Design, &with(&assignments)));
    }
    cases.extend((0..DRAWN).map(drawn));
    cases
}

/// A config with a random value of each key.
fn drawn(seed: u64) -> Case {
    let mut rng = Rng::for_sample(seed, 0, 0);
    let mut one_of = |values: &[String]| values[rng.below(values.len() as u64) as usize].clone();
    let mut assignments = Vec::new();
    for entry in keys() {
        let mut value = one_of(&values(&entry));
        match entry.path().as_str() {
            "embedding.kind" => {
                let other = one_of(&values(&entry));
                if other != value {
                    value = format!("{value}+{other}");
                }
            }
            // Without one, few kinds are as wide as the model: there are cases of their own.
            "embedding.projection" => value = "true".to_string(),
            _ => {}
        }
        assignments.push(format!("{}={value}", entry.path()));
    }
    let ranges = ["0 255", "-128 127", "-9 40", "7 507"].map(str::to_string);
    let range = one_of(&ranges);
    let (minimum, maximum) = range.split_once(' ').unwrap();
    let context = one_of(&["4", "5", "8", "17"].map(str::to_string));
    assignments.push(format!("sequences.minimum={minimum}"));
    assignments.push(format!("sequences.maximum={maximum}"));
    assignments.push(format!("sequences.context={context}"));
    Case::new(format!("drawn-{seed}"), Preset::Design, &assignments)
}

/// Writes all cases into the folder that the environment variable NINTH_ONNX_CASES names.
#[test]
#[ignore = "for .ci/onnx"]
fn write_the_onnx_cases() {
    let folder = std::env::var_os("NINTH_ONNX_CASES").expect("NINTH_ONNX_CASES names a folder");
    let cases = all();
    for case in &cases {
        case.write(&Path::new(&folder).join(&case.name));
    }
    println!("{} cases", cases.len());
}
