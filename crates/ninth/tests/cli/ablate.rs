use crate::{Run, assert_contains, json, ninth, ninth_in};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Ablates in a folder, with budgets that take no time.
fn ablate(folder: &Path, arguments: &str) -> Run {
    ninth_in(folder, &format!("ablate {arguments} --steps 60 --seeds 2 --out tmp"))
}

/// Results without what no two runs have in common.
fn without_times(mut results: Value) -> Value {
    for decision in results["decisions"].as_array_mut().unwrap() {
        for option in decision["options"].as_array_mut().unwrap() {
            let option = option.as_object_mut().unwrap();
            option.retain(|name, _| !name.starts_with("microseconds"));
        }
    }
    results
}

fn results(folder: &Path) -> Value {
    json(&fs::read_to_string(folder.join("tmp/results.json")).unwrap())
}

fn journal(folder: &Path) -> String {
    fs::read_to_string(folder.join("tmp/trials.jsonl")).unwrap()
}

#[test]
fn decisions_are_measured_once_and_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let first = ablate(path, "normalisation heads --threads 2").good();
    // The default, two other normalisations, one other number of heads; twice.
    assert_contains(
        &first.err,
        &["Trainings  8\n", " 8/8 ", "heads=1 ", "seed 1", "Folder     tmp"],
    );
    let rows: Vec<&str> = first.out.lines().collect();
    for name in ["none *", "pre", "post", "2 *", "1"] {
        let wanted = |line: &&&str| line.starts_with(&format!("  {name} "));
        let row = rows.iter().find(wanted).unwrap_or_else(|| panic!("{name} in {}", first.out));
        assert!(row.contains(" ± "), "{row}");
    }
    assert_contains(&first.out, &["4 is refused: model.heads = 4 does not divide", "* "]);
    assert!(rows.iter().all(|line| line.chars().count() <= 100), "{}", first.out);
    // What the figures mean is said below each table, and on the page.
    let page = fs::read_to_string(path.join("tmp/report.html")).unwrap();
    let said: Vec<&str> = page.split("<p class=\"finding\">").skip(1).collect();
    assert_eq!(said.len(), 2);
    let printed = first.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in said {
        let sentence = said.split_once("</p>").unwrap().0;
        assert!(sentence.contains("han chance allows") || sentence.contains("beyond chance"));
        assert_contains(&printed, &[sentence]);
    }
    assert_contains(&first.out, &["paired t-test over the seeds"]);
    assert!(!first.out.contains('\x1b') && !first.err.contains('\x1b'));

    // Again: nothing is trained, and the figures are the same, times included.
    let lines = journal(path);
    assert_eq!(lines.lines().count(), 1 + 8);
    let again = ablate(path, "normalisation heads").good();
    assert_contains(&again.err, &["Trainings  8, of which 8 made before"]);
    assert_eq!((again.out, journal(path)), (first.out, lines.clone()));

    // Another decision needs what is not there yet.
    let more = ablate(path, "activation=relu").good();
    assert_contains(&more.err, &["Trainings  4, of which 2 made before", "1/2", "2/2"]);
    assert!(journal(path).starts_with(&lines));
    let quiet = ablate(path, "activation=relu --quiet").good();
    assert_eq!((quiet.err, quiet.out), (String::new(), more.out));

    let mut names: Vec<_> = fs::read_dir(path.join("tmp"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["lock", "report.html", "results.csv", "results.json", "results.svg", "trials.jsonl"]
    );
}

#[test]
fn the_json_is_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let run = ablate(path, "heads=1,4 --set training.seed=3 --json --quiet").good();
    assert_eq!((run.err.as_str(), run.out.lines().count()), ("", 1));
    let object = json(&run.out);
    assert_eq!(object, results(path));
    assert_eq!((&object["base"], &object["steps"]), (&"design".into(), &100.into()));
    assert_eq!((&object["seeds"], &object["judged"]), (&json("[3, 4]"), &10_000.into()));
    let command = "ninth ablate heads=1,4 --base design --set training.seed=3 --steps 60 --seeds 2";
    assert_eq!(object["command"], command);
    let heads = &object["decisions"][0];
    assert_eq!(heads["decision"], "heads");
    let options = heads["options"].as_array().unwrap();
    let names: Vec<_> = options.iter().map(|option| option["option"].as_str().unwrap()).collect();
    assert_eq!(names, ["2", "1", "4"]);
    assert!(options[2]["refused"].as_str().unwrap().contains("does not divide"));
    for option in &options[..2] {
        let option = option.as_object().unwrap();
        let is_default = option["default"] == true;
        assert_eq!(option.contains_key("difference"), !is_default);
        assert_eq!(option.len(), if is_default { 14 } else { 15 }, "{option:?}");
        for (name, value) in option {
            if ["option", "default", "failed"].contains(&name.as_str()) {
                continue;
            }
            let values: Vec<f64> =
                value["values"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
            assert_eq!(values.len(), 2, "{name}");
            let mean = value["mean"].as_f64().unwrap();
            assert!((mean - (values[0] + values[1]) / 2.0).abs() < 1e-9, "{name}");
            let deviation = (values[0] - values[1]).abs() / 2.0_f64.sqrt();
            assert!((value["deviation"].as_f64().unwrap() - deviation).abs() < 1e-9, "{name}");
        }
    }
    let values = |option: usize, figure: &str| {
        let values = options[option][figure]["values"].as_array().unwrap();
        values.iter().map(|value| value.as_f64().unwrap()).collect::<Vec<_>>()
    };
    let pairs = values(1, "accuracy_last").into_iter().zip(values(0, "accuracy_last"));
    let differences: Vec<f64> = pairs.map(|(option, default)| option - default).collect();
    assert_eq!(values(1, "difference"), differences);
    let csv = fs::read_to_string(path.join("tmp/results.csv")).unwrap();
    assert!(csv.starts_with("decision,option,default,seed,accuracy_last,"), "{csv}");
    assert_eq!(csv.lines().count(), 1 + 4 + 4 + 1);
}

#[test]
fn threads_and_interruptions_change_no_figure() {
    let results_of = |threads: &str| {
        let folder = tempfile::tempdir().unwrap();
        ablate(folder.path(), &format!("curriculum {threads} --quiet")).good();
        let found = without_times(results(folder.path()));
        (folder, found)
    };
    let (_, expected) = results_of("--threads 1");
    let (folder, found) = results_of("--threads 2");
    assert_eq!(found, expected);

    // Cut off within the last line, and within the first.
    let path = folder.path();
    let whole = journal(path);
    for (keep, made) in [(whole.len() - 100, 5), (whole.find('\n').unwrap(), 0)] {
        fs::write(path.join("tmp/trials.jsonl"), &whole[..keep]).unwrap();
        let run = ablate(path, "curriculum").good();
        let before = match made {
            0 => "Trainings  6\n".to_string(),
            made => format!("Trainings  6, of which {made} made before\n"),
        };
        assert_contains(&run.err, &[&before]);
        assert_eq!(without_times(results(path)), expected);
        assert_eq!(journal(path).lines().count(), 1 + 6);
    }
}

#[test]
fn folders_of_something_else_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    ablate(path, "decayed --quiet").good();
    let before = (journal(path), results(path));
    for (change, part) in [
        ("--base strong", "base design, not strong"),
        ("--set model.layers=3", "model.layers = 2, not 3"),
        ("--set epochs=50", "100 steps, not 50"),
    ] {
        let message = ablate(path, &format!("decayed {change}")).bad(1);
        assert_contains(&message, &["tmp has trials of another base", part, "--out"]);
    }
    assert_eq!((journal(path), results(path)), before);

    let damaged = before.0.replacen("\"seed\"", "\"sed\"", 1);
    fs::write(path.join("tmp/trials.jsonl"), &damaged).unwrap();
    assert_contains(&ablate(path, "decayed").bad(1), &["tmp/trials.jsonl, line 2", "remove"]);
    fs::write(path.join("tmp/trials.jsonl"), "{}\n").unwrap();
    assert_contains(&ablate(path, "decayed").bad(1), &["trials.jsonl, line 1", "--out"]);
    fs::remove_file(path.join("tmp/trials.jsonl")).unwrap();
    assert_contains(&ablate(path, "decayed").bad(1), &["tmp exists already", "--out"]);
    fs::write(path.join("file"), "mine").unwrap();
    let message = ninth_in(path, "ablate decayed --out file").bad(1);
    assert_contains(&message, &["cannot create file"]);
}

#[test]
fn trainings_that_diverge_are_said_to() {
    let folder = tempfile::tempdir().unwrap();
    let wild = "--set clipping.kind=none --set optimizer.kind=sgd --set schedule=constant \
                --set loss.distance=quadratic --set every_steps=1";
    let run = ablate(folder.path(), &format!("learning_rate.peak=10 {wild}")).good();
    assert_contains(&run.err, &["diverged"]);
    assert_contains(&run.out, &["10, seed 0: training diverged at step", "0.01 *"]);
    let option = &results(folder.path())["decisions"][0]["options"][1];
    assert_eq!(option["failed"].as_array().unwrap().len(), 2);
    assert!(option["accuracy_last"]["mean"].is_null());
    let again = ablate(folder.path(), &format!("learning_rate.peak=10 {wild} --quiet")).good();
    assert_eq!((again.err, again.out), (String::new(), run.out));
}

#[test]
fn without_a_decision_all_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let run = ninth_in(folder.path(), "ablate").good();
    assert_eq!(run.err, "");
    assert_contains(&run.out, &["activation", "gelu *, gelu_tanh, ", "learning_rate.peak="]);
    let strong = ninth_in(folder.path(), "ablate --base strong").good().out;
    assert_contains(&strong, &["default of strong", "none, post", "pre *", "20 *"]);
    for line in run.out.lines().chain(strong.lines()) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    assert_contains(&ninth("ablate --json").bad(2), &["--json needs a decision"]);
}

#[test]
fn wrong_decisions_and_options_leave_nothing_behind() {
    let cases: [(&str, &[&str]); 12] = [
        ("activaton", &["\"activaton\"", "did you mean \"activation\"", "curriculum, clipping"]),
        ("activation=relo", &["\"relo\"", "did you mean \"relu\"", "gelu, gelu_tanh, "]),
        ("activation=", &["\"activation=\"", "DECISION=OPTION"]),
        ("model.layrs=3", &["\"model.layrs\"", "did you mean \"model.layers\""]),
        ("model.layers=many", &["model.layers = \"many\"", "a whole number from 1 to 64"]),
        ("learning_rate.peak", &["learning_rate.peak=0.01", "a number from"]),
        ("training.seed=1", &["--seeds"]),
        ("kind=pair", &["embedding.kind or loss.kind"]),
        ("layers --base stong", &["--base", "design, strong, quick", "'strong'"]),
        ("layers --set model.heads=3", &["model.heads = 3", "1, 2"]),
        ("layers --seeds 0", &["--seeds", "1..=1000"]),
        ("layers --steps 0", &["--steps", "1..=1000000000"]),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (arguments, parts) in cases {
        let message = ninth_in(folder.path(), &format!("ablate {arguments}")).bad(2);
        assert_contains(&message, parts);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
