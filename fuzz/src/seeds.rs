//! Valid inputs, made by the program itself, so that they follow its formats.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ninth_evaluation::ablation::journal::{self, Header};
use ninth_evaluation::ablation::results::{CurvePoint, TrialResult};
use ninth_evaluation::ablation::trial::TrialOutcome;
use ninth_inference::metrics::Metrics;
use ninth_inference::{IndexKey, Posterior};
use ninth_model::Transformer;
use ninth_sequences::{IntegerRange, Phase, PhaseWeights, Sampler};
use ninth_settings::{Assignment, parse_assignment};
use ninth_training::stages::Stage;
use ninth_training::trained_model::weights_to_bytes;
use ninth_training::{Config, CpuEngine, Event, Preset, Trainer};

/// A few valid inputs of a target; none for an unknown name.
pub fn seeds(name: &str) -> Vec<Vec<u8>> {
    match name {
        "config" => configs(),
        "set" => texts(&[
            "model.layers=3",
            "model.d_model = 8",
            "optimizer.kind=muon",
            "learning_rate.peak=1e-3",
            "embedding.kind=\"binary+learned\"",
            "embedding.projection=true",
            "training.seed=0xFF",
            "sequences.minimum=-128",
            "lengths=variable",
            "output=regression",
            "wider = 0.5",
        ]),
        "weights" => TINY.iter().map(|tiny| of_weights(&resolve(tiny))).collect(),
        "checkpoint" => vec![of_checkpoint(0), of_checkpoint(3)],
        "csv" => texts(&[
            "id,terms\n",
            "id,terms\na,1 2 3\nb,-5 0\n",
            "id,terms\r\n1,1 2 4 8 16 32 64 128 256\r\n\r\n2, 7 7 7\r\n",
            "id,terms\n\"A000045, \"\"Fibonacci\"\"\",\"0 1 1 2 3\n5 8\"\nbig,1 99999999999999999999\n",
            "1, 2, 3, ...\n# more\n[4, 5, 6]\nname: 7 8 9\n",
            "Id;\"Sequence\"\n7;\"1,2,3\"\n8;4 5\n",
            "A000045 ,0,1,1,2,3,5,\nA000290 ,0,1,4,9,\n",
            "# A000290 (b-file)\n0 0\n1 1\n2 4\n3 9\n",
            "{\"id\":\"x\",\"terms\":[1,2,-3]}\n[4,5]\n{\"seq\":\"6, 7, ...\"}\n",
            "x\t1 2 3\ny\t4 5 6\n",
        ]),
        "terms" => texts(&[
            "",
            "1 2 3",
            "1,2,3",
            "1, -2, 3,",
            " 0 ,\t-1\n9223372036854775807 -9223372036854775808",
            "1 99999999999999999999 -99999999999999999999",
            "[1, 2, 3, ...]",
            "1,000 2,000 -3,000",
            "1,024; 2,048; 4,096;",
            "A000045 ,0,1,1,2,",
            "\u{2212}1 +2 \u{ff13}, ?",
            "\"1_000, 2'000, 3., …\"",
        ]),
        "rules" => texts(&[
            "1 4 9 16 25 36",
            "1, 2, 6, 12, 36",
            "1 1 2 5 14 42 132 429 1430",
            "3 1 4 1 5 9 2 6 5 3 5",
            "2 3 5 7 11 13 17 19 23",
            "1 11 21 1211 111221",
            "-1 2 -4 8 -16",
            "5 5 5 5",
            "1000000007 1000000009 1000000021 1000000033",
            "99999999999999999999 199999999999999999999 299999999999999999999",
            "0 1 0 1 0 2 0 1 0 1 0 3",
        ]),
        "index" => vec![of_index()],
        "journal" => of_journals(),
        _ => Vec::new(),
    }
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// A small model, so that mutations hit more than weights.
const TINY: [&[&str]; 2] = [
    &[
        "sequences.maximum=15",
        "context=4",
        "layers=1",
        "heads=1",
        "model.feed_forward=1",
        "batch_size=2",
        "validation.sequences=2",
        "epochs=3",
        "steps_per_epoch=1",
        "every_steps=2",
    ],
    &[
        "sequences.maximum=15",
        "context=4",
        "layers=1",
        "heads=2",
        "model.feed_forward=2",
        "model.normalisation=pre",
        "model.output=regression",
        "embedding.kind=learned+number_theoretic",
        "epochs=3",
        "steps_per_epoch=1",
    ],
];

/// A config that is known to be valid.
fn resolve(assignments: &[&str]) -> Config {
    let assignments: Vec<Assignment> = assignments
        .iter()
        .map(|text| parse_assignment(text).expect("it is an assignment"))
        .collect();
    Config::resolve(Preset::Design, &assignments).expect("the config of a seed is valid")
}

fn configs() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for preset in Preset::ALL {
        seeds.push(preset.document().as_bytes().to_vec());
        let config = Config::resolve(preset, &[]).expect("a preset is valid");
        seeds.extend([false, true].map(|comments| config.to_text(comments).into_bytes()));
    }
    seeds.extend(TINY.map(|tiny| resolve(tiny).to_text(false).into_bytes()));
    seeds.push(b"layers = 3\n[training]\nseed = 0x1F\n\"epochs\" = 1_000\n".to_vec());
    seeds
}

fn of_weights(config: &Config) -> Vec<u8> {
    let model = Transformer::new(config.architecture().expect("the config is valid"));
    let parameters = model.layout().initial(1);
    let stage = |steps| Stage { config: config.clone(), steps };
    let earlier = [stage(0), stage(3)];
    weights_to_bytes(&stage(2), &earlier, model.layout(), &parameters)
        .expect("the arena is the layout's")
}

/// The checkpoint of a tiny training after `steps` steps: after the first validation it has
/// best weights.
fn of_checkpoint(steps: u64) -> Vec<u8> {
    let config = resolve(TINY[0]);
    let engine = CpuEngine::new(&config, 1).expect("the config is valid");
    let trainer = Trainer::new(config.clone(), Box::new(engine), Box::new(|| 0.0));
    let mut trainer = trainer.expect("the config is valid");
    while trainer.step() < steps {
        let event = trainer.advance().expect("a few steps do not diverge");
        if let Event::Finished(_) = event {
            break;
        }
    }
    let model = Transformer::new(config.architecture().expect("the config is valid"));
    let logs = BTreeMap::from([("train.jsonl".to_string(), 1234)]);
    let checkpoint = trainer.checkpoint().expect("a CPU is not lost");
    checkpoint.to_bytes(&config, model.layout(), &logs).expect("the arenas are the layout's")
}

/// What the index is of: its largest integer, the most terms of a sequence, and the phases. It is
/// the narrowest range in which all families have sequences, so the index is small.
const INDEX: (i64, usize, PhaseWeights) = (12, 6, PhaseWeights::only(Phase::Simple));

fn index_range() -> IntegerRange {
    IntegerRange::new(0, INDEX.0).expect("it is a range")
}

/// The key of the index that the target reads.
pub fn index_key() -> IndexKey {
    IndexKey::new(index_range(), INDEX.1, INDEX.2)
}

fn of_index() -> Vec<u8> {
    let sampler = Sampler::new(0, index_range(), INDEX.1).expect("all families have sequences");
    Posterior::new(&sampler, INDEX.2).to_bytes()
}

/// Headers that a parsed header is compared with.
pub fn headers() -> &'static [Header] {
    static HEADERS: LazyLock<Vec<Header>> = LazyLock::new(|| {
        let header = |preset: Preset| {
            let config = Config::resolve(preset, &[]).expect("a preset is valid");
            Header {
                base: preset.name().to_string(),
                steps: config.total_steps(),
                config: config.to_text(false),
                judged: 10_000,
            }
        };
        Preset::ALL.into_iter().map(header).collect()
    });
    &HEADERS
}

fn of_journals() -> Vec<Vec<u8>> {
    let result = TrialResult {
        seed: 7,
        metrics: Metrics {
            sequences: 10_000,
            accuracy_last: 0.1 + 0.2,
            accuracy_whole: 2e-17,
            cross_entropy: f64::NAN,
            ..Metrics::default()
        },
        steps: 1000,
        curve: vec![
            CurvePoint { step: 10, loss: 0.7, accuracy_last: 0.3 },
            CurvePoint { step: 20, loss: f64::NAN, accuracy_last: 0.0 },
        ],
        ..TrialResult::default()
    };
    let failed = TrialOutcome::Failed("it \"diverged\"\nbefore step 3".to_string());
    let config = Config::default();
    let line = |outcome: &TrialOutcome| journal::line(&config, 10_000, outcome);
    let lines = [line(&TrialOutcome::Trained(result)), line(&failed)];
    let with_each = |header: &Header| {
        let header = header.line();
        lines.each_ref().map(|line| format!("{header}{line}").into_bytes())
    };
    headers().iter().flat_map(with_each).collect()
}
