//! The library from outside: it needs no terminal, and gives what the program prints.

use std::path::Path;

use ninth::{
    BigInt, Config, Error, Method, Model, PredictOptions, RunFolder, TrainEvent, TrainOptions,
    TrainingSession,
    reading::{Rows, questions},
};

/// Two hundred steps of a small model.
fn short() -> Config {
    let mut config = Config::default();
    config.training.epochs = 2;
    config.training.steps_per_epoch = 100;
    config.validation.sequences = 100;
    config
}

fn trained(folder: RunFolder) -> (ninth::TrainReport, Vec<u64>) {
    let mut validated = Vec::new();
    let options = TrainOptions { folder, ..Default::default() };
    let report = ninth::train(short(), options, |event| match event {
        TrainEvent::Validated { validation, .. } => validated.push(validation.step),
        TrainEvent::Progress(_) | TrainEvent::Diverging(_) => {}
    });
    (report.unwrap(), validated)
}

#[test]
fn a_training_calls_back_and_is_the_same_with_a_folder_and_without() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    let (without, validated) = trained(RunFolder::None);
    assert_eq!((without.step, validated.last()), (200, Some(&200)));
    assert_eq!((without.folder.as_deref(), without.limit.is_none()), (None, true));
    let (with, _) = trained(RunFolder::New(path.clone()));
    assert_eq!(with.model.to_bytes().unwrap(), without.model.to_bytes().unwrap());
    assert_eq!(with.judgement, without.judgement);
    assert!(with.limit.is_some() && with.page_path().unwrap().is_file());
    assert_eq!(Model::load(&path).unwrap().to_bytes().unwrap(), with.model.to_bytes().unwrap());

    // Its folder is taken, and so is the first number.
    let again = TrainOptions { folder: RunFolder::New(path.clone()), ..Default::default() };
    assert!(matches!(TrainingSession::start(short(), again), Err(Error::Run(_))));
    let session = TrainingSession::resume(&path, &Default::default()).unwrap();
    assert_eq!((session.step(), session.steps()), (200, 0));
}

#[test]
fn an_interrupted_training_gives_the_model_so_far() {
    let asked = std::cell::Cell::new(0);
    let interrupt = move || asked.replace(asked.get() + 1) >= 50;
    let options = TrainOptions { interrupt: Some(Box::new(interrupt)), ..Default::default() };
    let report = ninth::train(short(), options, |_| {}).unwrap();
    assert!(report.ending.is_none() && (1..200).contains(&report.step), "{}", report.step);
    assert!(report.summary()[0].1.contains("interrupted"));
}

#[test]
fn a_training_begins_with_the_weights_of_the_same_model_only() {
    let (first, _) = trained(RunFolder::None);
    let options = || TrainOptions { from: Some(first.model.clone()), ..Default::default() };
    let session = TrainingSession::start(short(), options()).unwrap();
    assert_eq!(session.earlier().len(), 1);
    let mut other = short();
    other.sequences.maximum = 100;
    match TrainingSession::start(other, options()).err() {
        Some(Error::UnfitWeights { name, source }) => {
            assert_eq!(name, "trained");
            assert!(source.to_string().contains("to 100"), "{source}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_model_survives_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let model = Model::built_in().unwrap();
    model.save(&path).unwrap();
    let back = Model::load(&path).unwrap();
    assert_eq!((model.name(), back.name()), ("embedded", path.to_str().unwrap()));
    let options = PredictOptions { method: Some(Method::Model), ..Default::default() };
    let [one, other] = [model, back].map(|model| model.predict(&[1, 2, 4, 8], &options).unwrap());
    assert_eq!((one.next, one.candidates), (other.next, other.candidates));
}

#[test]
fn integers_have_no_limit() {
    let unit = BigInt::from(10).pow(99);
    let terms: Vec<BigInt> = (1..9).map(|n| &unit * n + n * n).collect();
    let report = ninth::predict(&terms).unwrap();
    assert_eq!((&report.terms, &report.next), (&terms, &vec![unit * 9 + 81]));
    // Whatever turns into them is taken.
    let of: [Vec<BigInt>; 3] = [
        ninth::predict(&[2_u8, 4, 6, 8]).unwrap().next,
        ninth::predict(&[2_i128, 4, 6, 8]).unwrap().next,
        ninth::predict(&Vec::from([2, 4, 6, 8])).unwrap().next,
    ];
    assert!(of.iter().all(|next| *next == [10.into()]), "{of:?}");
}

#[test]
fn errors_name_what_was_found_and_what_is_allowed() {
    let message = |error: Option<Error>| error.unwrap().to_string();
    assert_eq!(message(ninth::predict::<i64>(&[]).err()), "no terms given; at least one is needed");
    let options = PredictOptions { beam_width: Some(3), ..Default::default() };
    assert_eq!(
        message(ninth::predict_with(&[1, 2], &options).err()),
        "beam_width has no effect with decoding greedy; it is for decoding beam"
    );
    let missing = Path::new("no such file");
    assert!(message(Model::load(missing).err()).starts_with("cannot read no such file: "));
    let weights = Model::from_bytes("some bytes", b"none").err();
    assert!(message(weights).starts_with("some bytes cannot be used: no weights in it"));
    let rows = Rows::from_reader("some rows", &b"id,terms\nx,1\n"[..], None).unwrap();
    assert!(message(questions(rows).err()).starts_with("some rows, line 2: one term"));
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Model::load(folder.path()), Err(Error::NoWeights(_))));
    assert!(TrainingSession::resume(folder.path(), &Default::default()).is_err());
}

/// The functions of the library beside the JSON of the program.
#[cfg(feature = "cli")]
mod program {
    use super::*;
    use ninth::{EvaluateDataOptions, ExplainOptions, SampleOptions};
    use serde_json::Value;
    use std::process::Command;

    fn printed(arguments: &str) -> Vec<Value> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ninth"));
        let output = command.args(arguments.split_whitespace()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// As it comes back from its text.
    fn json(value: &impl serde::Serialize) -> Value {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }

    #[test]
    fn the_library_gives_what_the_program_prints() {
        let options = PredictOptions { count: 3, top: 8, ..Default::default() };
        let report = ninth::predict_with(&[3, 6, 12, 24], &options).unwrap();
        assert_eq!([json(&report)], *printed("predict 3 6 12 24 --count 3 --top 8 --json"));

        let options = ExplainOptions { count: 2, top: 3 };
        let report = ninth::explain_with(&[1, 2, 6, 12, 36], &options).unwrap();
        assert_eq!([json(&report)], *printed("explain 1 2 6 12 36 --count 2 --top 3 --json"));

        let options = SampleOptions { seed: 4, ..Default::default() };
        let sequences: Vec<Value> =
            ninth::sample(&options).unwrap().take(5).map(|sequence| json(&sequence)).collect();
        assert_eq!(sequences, printed("sample -n 5 --seed 4 --json"));

        let memory = ninth::memory(&Config::default(), &Default::default()).unwrap();
        assert_eq!([json(&memory)], *printed("memory --json"));
    }

    #[test]
    fn an_evaluation_is_what_the_program_prints() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.csv");
        let large = "1".repeat(100);
        let content = format!("id,terms\na,1 2 3 4\nb,2 4 8 16\nc,1 99999\nd,-1 {large}\n");
        std::fs::write(&path, content).unwrap();
        let model = Model::built_in().unwrap();
        let questions = questions(Rows::open(&path, None).unwrap()).unwrap();
        let name = path.display().to_string();
        let options = EvaluateDataOptions { name: name.clone(), ..Default::default() };
        let report = model.evaluate_data(&questions, &options).unwrap();
        assert_eq!(report.by(Method::Blend).questions(), 4);
        assert_eq!(report.by(Method::Model).answered(), 0.75);
        assert_eq!(report.rows[3].target.to_string(), large);
        let rows: Vec<Value> = report.rows.iter().map(json).collect();
        assert_eq!(rows, printed(&format!("evaluate --data {name} --json")));
        assert_eq!([json(&report)], *printed(&format!("evaluate --data {name} --json --summary")));
    }

    /// Predict, explain and evaluate are one computation.
    #[test]
    fn predict_explain_and_evaluate_say_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.csv");
        let rows = [&[1, 4, 9, 16, 25][..], &[2, 4, 6, 8], &[3, -6, 12, -24, 48], &[7, 7, 2, 9]];
        let line = |terms: &&[i64]| {
            let terms: Vec<String> = terms.iter().map(ToString::to_string).collect();
            format!("x,{} 0\n", terms.join(" "))
        };
        let lines: String = rows.iter().map(line).collect();
        std::fs::write(&path, format!("id,terms\n{lines}")).unwrap();
        let questions = questions(Rows::open(&path, None).unwrap()).unwrap();
        for method in [Method::Relations, Method::Blend] {
            let of_file = EvaluateDataOptions { method: Some(method), ..Default::default() };
            let model = Model::built_in().unwrap();
            let evaluated = model.evaluate_data(&questions, &of_file).unwrap();
            let options = PredictOptions { method: Some(method), ..Default::default() };
            for (row, terms) in evaluated.rows.iter().zip(rows) {
                let predicted = ninth::predict_with(terms, &options).unwrap();
                assert_eq!(row.candidates, predicted.candidates);
                let named = predicted.candidates.iter().filter_map(|next| next.probability);
                let sum: f64 = named.sum();
                assert!((sum + predicted.other.unwrap() - 1.0).abs() < 1e-9, "{terms:?}");

                let all = ExplainOptions { count: 1, top: usize::MAX };
                let explained = ninth::explain_with(terms, &all).unwrap();
                for candidate in &predicted.candidates {
                    let mut rules = explained
                        .relations
                        .iter()
                        .filter(|rule| rule.continuation.first() == Some(&candidate.term));
                    let by_rules: f64 = rules.clone().map(|rule| rule.probability).sum();
                    let first = rules.next();
                    assert_eq!(candidate.formula, first.map(|rule| rule.formula()));
                    assert_eq!(candidate.latex, first.map(|rule| rule.latex()));
                    assert_eq!(candidate.rule_probability, first.map(|rule| rule.probability));
                    let probability = candidate.probability.unwrap();
                    match method {
                        Method::Relations => assert!((probability - by_rules).abs() < 1e-9),
                        Method::Blend => assert!(probability >= by_rules - 1e-9),
                        Method::Model => unreachable!(),
                    }
                }
            }
        }
    }
}
