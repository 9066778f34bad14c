//! The engine as a page uses it: requests in JSON, files as blobs.

use std::sync::OnceLock;
use std::time::Instant;

use ninth::{Config, Preset, TrainEvent, TrainOptions, parse_assignment};
use ninth_web::PageEngine;
use serde_json::{Value, json};

const SHORT: [&str; 4] =
    ["epochs=2", "steps_per_epoch=60", "validation.sequences=200", "validation.every_steps=60"];

fn clock() -> f64 {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed().as_secs_f64()
}

fn engine() -> PageEngine {
    PageEngine::new(clock)
}

/// Asks, and expects an answer.
fn ask(engine: &mut PageEngine, request: Value) -> Value {
    let answer = engine.call(&request.to_string(), &[]).unwrap();
    serde_json::from_str(&answer.json).unwrap()
}

/// Asks, and expects a refusal.
fn refusal(engine: &mut PageEngine, request: Value, blob: &[u8]) -> String {
    engine.call(&request.to_string(), blob).unwrap_err().to_string()
}

fn weights(engine: &mut PageEngine, model: &str) -> Vec<u8> {
    engine.call(&json!({ "do": "weights", "model": model }).to_string(), &[]).unwrap().blob
}

fn start(engine: &mut PageEngine) -> Value {
    ask(engine, json!({ "do": "start", "config": { "preset": "design", "set": SHORT } }))
}

/// What the command line would train.
fn by_the_library() -> (Vec<u8>, Vec<f64>) {
    let assignments = SHORT.map(|text| parse_assignment(text).unwrap());
    let config = Config::resolve(Preset::Design, &assignments).unwrap();
    let mut shares = Vec::new();
    let report = ninth::train(config, TrainOptions::default(), |event| {
        if let TrainEvent::Validated { validation, .. } = event {
            shares.push(validation.judgement.overall().model.metrics().accuracy_all);
        }
    });
    (report.unwrap().model.to_bytes().unwrap(), shares)
}

#[test]
fn a_training_in_turns_is_the_training_of_the_program_to_the_bit() {
    let (expected, shares) = by_the_library();
    let mut engine = engine();
    assert_eq!(start(&mut engine)["config"]["steps"], 120);
    let mut found = Vec::new();
    let mut turns = 0;
    loop {
        let turn = json!({ "do": "advance", "milliseconds": 60_000, "steps": 7 });
        let turn = ask(&mut engine, turn);
        turns += 1;
        for event in turn["events"].as_array().unwrap() {
            if event["event"] == "validation" {
                found.push(event["validation/accuracy_all"].as_f64().unwrap());
                assert_eq!(event["accuracy_by_position"].as_array().unwrap().len(), 8);
            }
        }
        if turn["ending"] != json!(null) {
            assert_eq!(turn["ending"], "complete");
            break;
        }
        assert_eq!(turn["step"], 7 * turns);
    }
    assert_eq!(found, shares);
    assert!(weights(&mut engine, "best") == expected, "other weights");
}

#[test]
fn a_training_goes_on_from_its_checkpoint_to_the_bit() {
    let (expected, _) = by_the_library();
    let mut before = engine();
    start(&mut before);
    ask(&mut before, json!({ "do": "advance", "milliseconds": 60_000, "steps": 83 }));
    let checkpoint = before.call(r#"{ "do": "checkpoint" }"#, &[]).unwrap().blob;

    let mut after = engine();
    let started = after.call(r#"{ "do": "restore" }"#, &checkpoint).unwrap();
    let started: Value = serde_json::from_str(&started.json).unwrap();
    assert_eq!(started["step"], 83);
    // The weights that it began with are known again, too.
    assert!(weights(&mut after, "start") == weights(&mut before, "start"));
    ask(&mut after, json!({ "do": "advance", "milliseconds": 60_000 }));
    assert!(weights(&mut after, "best") == expected, "other weights");

    let mut damaged = checkpoint;
    let last = damaged.len() - 9;
    damaged[last] ^= 4;
    let said = refusal(&mut after, json!({ "do": "restore" }), &damaged);
    assert!(said.contains("the checkpoint cannot be used"), "{said}");
}

#[test]
fn time_ends_a_turn() {
    let mut engine = engine();
    let long = json!({ "preset": "design", "set": [] });
    ask(&mut engine, json!({ "do": "start", "config": long }));
    // However slow they are, each turn makes a step, unless none is wanted.
    let turn = ask(&mut engine, json!({ "do": "advance", "milliseconds": 0, "steps": 0 }));
    assert_eq!(turn["step"], 0);
    let turn = ask(&mut engine, json!({ "do": "advance", "milliseconds": 0 }));
    assert_eq!(turn["step"], 1);
    let turn = ask(&mut engine, json!({ "do": "advance", "milliseconds": 30 }));
    let step = turn["step"].as_u64().unwrap();
    assert!((1..100_000).contains(&step), "{step}");
}

#[test]
fn a_model_is_asked_while_it_learns() {
    let mut engine = engine();
    start(&mut engine);
    ask(&mut engine, json!({ "do": "advance", "milliseconds": 60_000, "steps": 50 }));
    let judged = ask(&mut engine, json!({ "do": "judge", "model": "training", "count": 3 }));
    let judged = judged.as_array().unwrap();
    // The design document's three phases.
    let phases: Vec<_> = judged.iter().map(|one| one["phase"].as_u64().unwrap()).collect();
    assert_eq!(phases, [1, 1, 1, 2, 2, 2, 3, 3, 3]);
    for one in judged {
        let (right, first) = (one["right"].as_f64().unwrap(), one["probability"].as_f64().unwrap());
        assert!((0.0..=1.0).contains(&right) && right <= first, "{one}");
        let terms = one["terms"].as_array().unwrap();
        // A sequence that leaves the range is shorter.
        assert!((4..=9).contains(&terms.len()), "{one}");
        assert_eq!(right == first, terms.last() == Some(&one["predicted"]), "{one}");
    }
    let again = ask(&mut engine, json!({ "do": "judge", "model": "start", "count": 3 }));
    assert_eq!(again[0]["terms"], judged[0]["terms"]);
    assert_ne!(again[0]["right"], judged[0]["right"]);

    let looked =
        ask(&mut engine, json!({ "do": "attention", "model": "training", "text": "1 2 3" }));
    assert_eq!(looked["layers"][1][1][2].as_array().unwrap().len(), 3);
    let placed = ask(&mut engine, json!({ "do": "embedding", "model": "best" }));
    assert_eq!(placed["x"].as_array().unwrap().len(), 256);

    let answered =
        json!({ "do": "predict", "model": "training", "text": "3, 6, 9, 12", "count": 2 });
    assert_eq!(ask(&mut engine, answered)["next"], json!([15, 18]));
}

#[test]
fn weights_come_and_go_as_files() {
    let mut engine = engine();
    start(&mut engine);
    ask(&mut engine, json!({ "do": "advance", "milliseconds": 60_000 }));
    let file = weights(&mut engine, "best");
    let load = json!({ "do": "load", "model": "mine" }).to_string();
    let loaded: Value = serde_json::from_str(&engine.call(&load, &file).unwrap().json).unwrap();
    assert_eq!(loaded["config"]["steps"], 120);
    assert!(weights(&mut engine, "mine") == file);

    let from = json!({ "preset": "design", "set": ["seed=5"] });
    let from = json!({ "do": "start", "config": from, "from": "mine" });
    assert_eq!(ask(&mut engine, from)["step"], 0);
    let said = refusal(
        &mut engine,
        json!({ "do": "start", "config": { "preset": "strong" }, "from": "mine" }),
        &[],
    );
    assert!(said.contains("cannot begin with the weights of mine"), "{said}");
    // Refused, so the training before it is still there.
    assert_eq!(
        ask(&mut engine, json!({ "do": "advance", "milliseconds": 1, "steps": 0 }))["step"],
        0
    );

    ask(&mut engine, json!({ "do": "forget", "model": "mine" }));
    let said = refusal(&mut engine, json!({ "do": "weights", "model": "mine" }), &[]);
    assert_eq!(said, "there is no model \"mine\"; there are training, best, start");
}

#[test]
fn what_cannot_be_done_is_said() {
    let mut engine = engine();
    let requests = [
        (json!(3), "not a request"),
        (json!({ "do": "fly" }), "unknown variant `fly`"),
        (json!({ "do": "describe", "more": 1 }), "unknown field `more`"),
        (json!({ "do": "advance", "milliseconds": 1 }), "no training was started"),
        (
            json!({ "do": "config", "config": { "preset": "weak" } }),
            "preset is \"weak\"; allowed are",
        ),
        (
            json!({ "do": "config", "config": { "preset": "design", "set": ["layers=99"] } }),
            "layers",
        ),
        (
            json!({ "do": "sample", "config": { "preset": "design" }, "count": 1_000_000 }),
            "at most 1000 are allowed",
        ),
        (json!({ "do": "predict", "text": "1 2 x" }), "term 3 is \"x\", not an integer"),
        (json!({ "do": "predict", "text": "1 2" }), "there is no model \"built-in\""),
        (json!({ "do": "load", "model": "training" }), "another name is needed"),
        (json!({ "do": "load", "model": "mine" }), "mine cannot be used"),
    ];
    for (request, expected) in requests {
        let said = refusal(&mut engine, request.clone(), b"no file of weights");
        assert!(said.contains(expected), "{request}: {said}");
    }
}

#[test]
fn the_built_in_weights_come_in_half_precision() {
    let half = ninth::Model::built_in().unwrap().to_half_precision_bytes().unwrap();
    let mut engine = engine();
    let load = json!({ "do": "load", "model": "built-in" }).to_string();
    engine.call(&load, &half).unwrap();
    let answer = ask(&mut engine, json!({ "do": "predict", "text": "2 3 5 7 11 13 17 19" }));
    assert_eq!(answer["next"], json!([23]));
    assert_eq!(answer["candidates"][0]["name"], "primes");
    let error = refusal(&mut engine, json!({ "do": "load", "model": "other" }), &half);
    assert!(error.starts_with("other cannot be used"), "{error}");
}
