//! `ninth limit`.

use crate::{assert_contains, json, ninth};

#[test]
fn the_limit_is_exact_and_in_line_with_itself() {
    let run = ninth("limit").good();
    assert_eq!(run.err, "");
    assert_contains(
        &run.out,
        &["By terms seen", "By family", "every one of 1,296,547 relations, 100.0000 %"],
    );
    assert!(run.out.lines().all(|line| line.chars().count() <= 80), "{}", run.out);

    let object = json(&ninth("limit --json").good().out);
    assert_eq!((&object["relations"], &object["exact"]), (&1_296_547.into(), &true.into()));
    assert_eq!((&object["minimum"], &object["maximum"]), (&0.into(), &255.into()));
    assert_eq!(object["context"], 8);
    let figure = |part: &serde_json::Value, name: &str| part[name].as_f64().unwrap();
    let all = &object["all"];
    // Computed when this was written; another mixture or family changes them.
    assert!((figure(all, "accuracy_last") - 0.998_245).abs() < 1e-6);
    assert!((figure(all, "accuracy_all") - 0.760_831).abs() < 1e-6);
    assert!((figure(all, "cross_entropy") - 1.020_280).abs() < 1e-6);
    assert!((figure(all, "distance") - 4.673_663).abs() < 1e-6);
    assert!(figure(all, "least_distance") < figure(all, "distance"));
    assert_eq!(all["accuracy_by_position"][7], all["accuracy_last"]);
    for (part, count) in [("phases", 3), ("families", 24)] {
        let parts = object[part].as_object().unwrap();
        assert_eq!(parts.len(), count);
        let share: f64 = parts.values().map(|part| figure(part, "share")).sum();
        assert!((share - 1.0).abs() < 1e-9, "{part}: {share}");
    }
    // No geometric sequence fills the context, so there is no last term.
    assert!(object["families"]["geometric"].get("accuracy_last").is_none());
    let percent = format!(" {:.1} %", 100.0 * figure(all, "accuracy_all"));
    let line = run.out.lines().find(|line| line.starts_with("  all ")).unwrap();
    assert!(line.contains(&percent), "{line} has no {percent}");
}

#[test]
fn a_config_decides_which_sequences_there_are() {
    let narrow = "--set sequences.maximum=40 --set sequences.context=5";
    let object = json(&ninth(&format!("limit --json {narrow}")).good().out);
    assert_eq!((&object["maximum"], &object["context"]), (&40.into(), &5.into()));
    assert_eq!(object["all"]["accuracy_by_position"].as_array().unwrap().len(), 5);
    let message = ninth("limit --set sequences.maximum=1").bad(2);
    assert_contains(&message, &["no sequence of 4 terms", "0..=1"]);
}
