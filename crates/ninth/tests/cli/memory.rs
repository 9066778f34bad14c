//! `ninth memory`.

use crate::{assert_contains, ninth, ninth_in};

#[test]
fn memory_is_estimated_and_counted() {
    let run = ninth("memory --threads 1").good();
    assert_contains(&run.out, &["embedding", "2.0 KB", "activations", "8.0 GB of memory", "fits"]);
    let json = |arguments: &str| {
        let run = ninth(&format!("memory --json --threads 2 {arguments}")).good();
        serde_json::from_str::<serde_json::Value>(&run.out).unwrap()
    };
    let design = json("");
    assert_eq!(design["estimate"]["embedding"], 2048);
    assert_eq!(design["fits"], true);
    assert_eq!(design["fits_cache"], true);
    let parts = ["parameters", "gradients", "optimizer", "activations", "batch", "tables", "best"];
    let sum: u64 = parts.map(|part| design["exact"][part].as_u64().unwrap()).iter().sum();
    assert_eq!(design["exact"]["total"], sum);
    // Two moments, and a little that an update works in.
    let moments = 2 * design["exact"]["parameters"].as_u64().unwrap();
    let optimizer = design["exact"]["optimizer"].as_u64().unwrap();
    assert!((moments..moments + 1024).contains(&optimizer), "{optimizer}, {moments}");
    let strong = json("--preset strong --set batch_size=1000");
    assert_eq!(strong["batch_size"], 1000);
    assert!(strong["exact"]["total"].as_u64() > design["exact"]["total"].as_u64());
}

#[test]
fn a_training_of_more_than_8_gb_is_refused_before_it_starts() {
    let folder = tempfile::tempdir().unwrap();
    let huge = "--set d_model=2048 --set model.layers=40 --set heads=8 --set batch_size=64";
    let run = ninth(&format!("memory {huge}")).good();
    assert_contains(&run.out, &["does not fit"]);
    let message = ninth_in(folder.path(), &format!("train {huge} --out run")).bad(2);
    assert_contains(&message, &["needs", "at most 8.0 GB are allowed", "model.d_model"]);
    assert!(!folder.path().join("run").exists());
}
