//! `ninth limit`.

use crate::{assert_contains, command, json, ninth};

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

/// Only some sections count here, so their keys need no section.
#[test]
fn short_keys_are_those_of_the_sequences() {
    let narrow = "--set sequences.minimum=-20 --set sequences.maximum=20 --set sequences.context=5";
    let short = "--set minimum=-20 --set maximum=20 --set context=5";
    let [full, short] = [narrow, short].map(|options| {
        let mut object = json(&ninth(&format!("limit --json {options}")).good().out);
        object["seconds"] = 0.into();
        object
    });
    assert_eq!((&short["minimum"], &short["maximum"]), (&(-20).into(), &20.into()));
    assert_eq!(full, short);
    // In a file, too; whatever else a config has stays as it was.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("my.toml"), "minimum = -20\nmaximum = 20\ncontext = 5\n")
        .unwrap();
    let run = crate::ninth_in(folder.path(), "limit --json --config my.toml --set peak=0.1").good();
    assert_eq!(json(&run.out)["minimum"], -20);
    // Elsewhere the message has both.
    let message = ninth("config --set minimum=-9").bad(2);
    assert_contains(&message, &["sequences.minimum or learning_rate.minimum"]);
    let message = ninth("limit --set minimum=5000").bad(2);
    assert_contains(&message, &["sequences.minimum, sequences.maximum", "5000..=255"]);
}

/// What cannot be kept is said once, in a line, whoever asks; everything else goes on.
#[test]
fn a_cache_that_cannot_be_written_is_said_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let cache = folder.path().join("file/cache");
    let small = "--set sequences.maximum=20 --set sequences.context=5";
    let steps = "--set epochs=1 --set steps_per_epoch=20 --set every_steps=10 --quiet";
    for (arguments, wanted) in [
        (format!("limit {small}"), "relations"),
        (format!("train --out run {small} {steps}"), "fresh sequences"),
        ("evaluate --model run -n 20".to_string(), "fresh sequences"),
    ] {
        let mut command = command(folder.path(), &arguments);
        let output = command.env("NINTH_CACHE", &cache).output().unwrap();
        let [out, said] =
            [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        assert!(output.status.success(), "{said}");
        assert_contains(&out, &[wanted]);
        let warnings: Vec<&str> =
            said.lines().filter(|line| line.starts_with("ninth: warning:")).collect();
        assert_eq!(warnings.len(), 1, "{arguments}: {said}");
        let expected =
            ["cannot create ", "file/cache: ", "; going on without a cache (NINTH_CACHE)"];
        assert_contains(warnings[0], &expected);
    }
    // A folder that is not wanted is no fault.
    let mut command = command(folder.path(), &format!("limit {small}"));
    assert!(command.env("NINTH_CACHE", "").output().unwrap().stderr.is_empty());
}
