//! `ninth doctor`. That devices agree is checked where there are some, in CI.

use crate::{assert_contains, json, ninth};

#[test]
fn the_processor_is_listed_timed_and_recommended() {
    let run = ninth("doctor --threads 1 --set model.layers=1").good();
    assert_contains(
        &run.out,
        &["cpu  1 thread", "strong, batch 256", "this config, batch 32", "design: --engine cpu"],
    );
    let run = ninth("doctor --threads 1 --json").good();
    let found = json(&run.out);
    assert_eq!(found["threads"], 1);
    assert_eq!(found["gpu_engine"], cfg!(feature = "gpu"));
    let configs = found["configs"].as_array().unwrap();
    let names: Vec<&str> = configs.iter().map(|of| of["config"].as_str().unwrap()).collect();
    // A preset is not tried twice.
    assert_eq!(names, ["design", "strong", "quick"]);
    let time = |of: &serde_json::Value| {
        let trial = &of["trials"][0];
        assert_eq!((trial["engine"].as_str(), &trial["device"]), (Some("cpu"), &json("null")));
        trial["microseconds_per_step"].as_f64().unwrap()
    };
    assert!(time(&configs[1]) > 10.0 * time(&configs[0]));
    assert_eq!(configs[0]["recommended"], "cpu");
}

#[test]
fn what_no_engine_can_train_is_said() {
    let huge = "--set d_model=2048 --set model.layers=40 --set heads=8 --set batch_size=64";
    let run = ninth(&format!("doctor --threads 1 {huge}")).good();
    assert_contains(
        &run.out,
        &["cpu, this config: this training needs", "this config: no engine here can train it"],
    );
}
