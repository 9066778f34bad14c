use std::fs;

use ninth::Family;

use crate::{Run, assert_contains, json, ninth, ninth_in};

#[test]
fn fresh_sequences_give_tables_and_json() {
    let run = ninth("evaluate -n 300").good();
    assert_eq!(run.err, "");
    assert_contains(&run.out, &["On 300 fresh sequences", "By terms seen", "By family"]);
    for name in
        ["simple", "nested", "combined", "all", "uniform", "repeat", "linear", "limit", "modulo"]
    {
        assert!(run.out.contains(&format!("\n  {name} ")), "{name} in {}", run.out);
    }
    assert!(run.out.lines().all(|line| line.chars().count() <= 80), "{}", run.out);

    let object = json(&ninth("evaluate -n 300 --json").good().out);
    assert_eq!((&object["sequences"], &object["seed"]), (&300.into(), &3.into()));
    assert_eq!(object["phases"].as_object().unwrap().len(), 4);
    assert_eq!(object["families"].as_object().unwrap().len(), Family::ALL.len());
    for part in ["phases", "families"] {
        let parts = object[part].as_object().unwrap().values();
        let sum: u64 = parts.map(|figures| figures["sequences"].as_u64().unwrap()).sum();
        assert_eq!(sum, 300, "{part}");
    }
    let all = &object["all"];
    for name in
        ["loss", "cross_entropy", "accuracy_last", "accuracy_all", "accuracy_whole", "distance"]
    {
        assert!(all[name].is_f64(), "{name}");
    }
    assert_eq!(all["accuracy_by_position"].as_array().unwrap().len(), 8);
    assert_eq!(all["accuracy_by_position"][7], all["accuracy_last"]);
    let uniform = object["baselines"]["uniform"].as_object().unwrap();
    assert!((uniform["cross_entropy"].as_f64().unwrap() - 5.545).abs() < 1e-3);
    assert!(!object["baselines"]["linear"].as_object().unwrap().contains_key("loss"));
    let limit = &object["limit"];
    assert!((limit["all"]["accuracy_last"].as_f64().unwrap() - 0.9838).abs() < 5e-4);
    assert_eq!(limit["phases"].as_object().unwrap().len(), 4);
    assert_eq!(limit["families"].as_object().unwrap().len(), Family::ALL.len());
    // Shares have their standard errors, in JSON and in the tables.
    for (part, names) in [("phases", 4), ("families", Family::ALL.len())] {
        let parts = object[part].as_object().unwrap().values();
        let errors = parts.filter(|figures| figures["sequences"] != 0);
        let errors = errors.map(|figures| &figures["standard_error"]["accuracy_all"]);
        assert!(errors.clone().all(serde_json::Value::is_f64));
        assert!((1..=names).contains(&errors.count()));
    }
    let error = all["standard_error"]["accuracy_last"].as_f64().unwrap();
    let share = all["accuracy_last"].as_f64().unwrap();
    // That of a binomial distribution over those of the 300 that fill the context.
    let binomial = |count: f64| (share * (1.0 - share) / count).sqrt();
    assert!((binomial(300.0)..binomial(150.0)).contains(&error), "{error}");
    for title in ["On 300", "By terms seen", "By family", "By who is asked"] {
        assert_contains(run.out.split_once(title).unwrap().1.lines().nth(2).unwrap(), &[" ±"]);
    }
    let points = format!("{:.1} %  {:.1} ", 100.0 * share, 100.0 * error);
    assert_contains(run.out.lines().find(|line| line.starts_with("  all ")).unwrap(), &[&points]);
    assert_contains(&run.out, &["standard error, in points"]);
    // Guessing has a loss on the scale of the model's, which is its cross-entropy weighted by
    // position.
    assert!((uniform["loss"].as_f64().unwrap() - 5.545).abs() < 1e-3);
    // The table says the same.
    let percent = format!(" {:.1} %", 100.0 * all["accuracy_last"].as_f64().unwrap());
    let line = run.out.lines().find(|line| line.starts_with("  all ")).unwrap();
    assert!(line.contains(&percent), "{line} has no {percent}");
}

/// The figure in a row of a table, counted from the last column.
fn cell<'a>(out: &'a str, title: &str, row: &str, from_last: usize) -> &'a str {
    let table = &out[out.find(title).unwrap()..];
    let row = format!("  {row} ");
    let line = table.lines().find(|line| line.starts_with(&row)).unwrap();
    line.rsplit("  ").filter(|cell| !cell.is_empty()).nth(from_last).unwrap().trim()
}

const RULES: [&str; 6] = ["repeat", "linear", "difference", "period", "recurrence", "stack"];

#[test]
fn rules_stand_beside_the_model() {
    let out = ninth("evaluate -n 300").good().out;
    let object = json(&ninth("evaluate -n 300 --json").good().out);
    let rules = object["rules"].as_object().unwrap();
    assert_eq!(rules.keys().collect::<Vec<_>>(), RULES);
    let percent = |share: &serde_json::Value| format!("{:.1} %", 100.0 * share.as_f64().unwrap());
    for (name, rule) in rules {
        for (place, positions) in ["all", "last"].into_iter().enumerate() {
            let figures = &rule[positions];
            let figure = |name: &str| figures[name].as_f64().unwrap();
            let product = figure("applies") * figure("accuracy_applied");
            assert!((figure("accuracy") - product).abs() < 1e-12, "{name} {positions}");
            for (column, key) in ["accuracy_applied", "applies", "accuracy"].iter().enumerate() {
                let shown = cell(&out, "Classical rules", name, 1 + 3 * place + column);
                assert_eq!(shown, percent(&figures[key]), "{name} {positions} {key}");
            }
        }
    }
    // The same as the baselines of every validation, where there are such.
    for name in ["repeat", "linear"] {
        let baseline = &object["baselines"][name];
        assert_eq!(rules[name]["last"]["accuracy"], baseline["accuracy_last"]);
        assert_eq!(rules[name]["all"]["accuracy"], baseline["accuracy_all"]);
    }
    let last = |name: &str| rules[name]["last"]["accuracy"].as_f64().unwrap();
    assert!(RULES.iter().all(|name| last(name) <= last("stack")));
    assert_eq!(
        cell(&out, "Classical rules", "the model", 6),
        percent(&object["all"]["accuracy_last"])
    );
}

/// The sum over the bins of a reliability table, times (count / all).
fn weighed(reliability: &serde_json::Value, of: impl Fn(f64, f64) -> f64) -> f64 {
    let bins = reliability["bins"].as_array().unwrap();
    assert_eq!(bins.len(), 10);
    let bins = bins.iter().filter(|bin| bin["count"] != 0);
    let sum: f64 = bins
        .map(|bin| {
            let figure = |name: &str| bin[name].as_f64().unwrap();
            let (confidence, accuracy) = (figure("confidence"), figure("accuracy"));
            assert!((figure("from")..=figure("to") + 1e-9).contains(&confidence));
            figure("count") * of(confidence, accuracy)
        })
        .sum();
    sum / reliability["count"].as_f64().unwrap()
}

#[test]
fn calibration_follows_from_its_bins() {
    let object = json(&ninth("evaluate -n 300 --json").good().out);
    let calibration = &object["calibration"];
    for (positions, accuracy) in [("last", "accuracy_last"), ("all", "accuracy_all")] {
        let found = &calibration[positions];
        assert!((0.05..=20.0).contains(&found["temperature"].as_f64().unwrap()));
        for kind in ["plain", "tempered"] {
            let error = weighed(&found[kind], |confidence, accuracy| (confidence - accuracy).abs());
            assert!((found[kind]["error"].as_f64().unwrap() - error).abs() < 1e-12);
            // A temperature changes no prediction.
            let right = weighed(&found[kind], |_, accuracy| accuracy);
            assert!((object["all"][accuracy].as_f64().unwrap() - right).abs() < 1e-12);
        }
    }
    let same = &calibration["all"]["plain"]["cross_entropy"].as_f64().unwrap();
    assert!((object["all"]["cross_entropy"].as_f64().unwrap() - same).abs() < 1e-4);

    let out = ninth("evaluate -n 300").good().out;
    assert_contains(&out, &["\nCalibration\n", "\n  90 to 100 % ", "ECE"]);
    let error = calibration["all"]["plain"]["error"].as_f64().unwrap();
    let shown = cell(&out[out.find("temperature").unwrap()..], "", "all terms", 1);
    assert_eq!(shown, format!("{:.2} %", 100.0 * error));
}

/// Trains a small model for a few steps.
fn small_model(folder: &std::path::Path, assignments: &str) {
    let train = format!(
        "train --quiet --out run --set training.steps_per_epoch=100 --set training.epochs=3 \
         --set curriculum.nested_start=0 --set curriculum.nested_length=1 \
         --set curriculum.combined_start=1 --set curriculum.combined_length=1 {assignments}"
    );
    ninth_in(folder, &train).good();
}

#[test]
fn parameters_that_training_never_drew_are_judged_on_their_own() {
    let folder = tempfile::tempdir().unwrap();
    small_model(folder.path(), "");
    let evaluate = |more: &str| {
        ninth_in(folder.path(), &format!("evaluate --model run -n 200 {more}")).good().out
    };
    assert!(json(&evaluate("--json")).get("never_trained").is_none());
    let object = json(&evaluate("--never-trained --json"));
    let found = &object["never_trained"];
    let steps = found["steps"].as_u64().unwrap();
    assert!((1..=300).contains(&steps), "those of the best weights");
    assert_eq!(found["sequences"], 32 * steps);
    assert_eq!(found["never"]["sequences"], 200);
    let number = |value: &serde_json::Value| value.as_u64().unwrap();
    let (tuples, never) = (number(&found["tuples"]), number(&found["never_drawn"]));
    assert!(never < tuples && never + 32 * steps >= tuples);
    let families = found["families"].as_object().unwrap();
    for name in ["tuples", "never_drawn"] {
        let sum: u64 = families.values().map(|family| number(&family[name])).sum();
        assert_eq!(sum, number(&found[name]));
    }
    for family in families.values().filter(|family| family["never_drawn"] == 0) {
        assert_eq!(family["never"]["sequences"], 0);
    }
    assert!(!object.to_string().contains("null"));

    let out = evaluate("--never-trained");
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
    assert_contains(&out, &["On 200 sequences whose parameters training never drew"]);
    assert_contains(&out, &[&format!(" sequences in {steps} steps."), "In brackets: on"]);
    let share = 100.0 * found["never"]["accuracy_all"].as_f64().unwrap();
    let last_table = &out[out.find("On 200 sequences").unwrap()..];
    assert_eq!(cell(last_table, "", "all", 2), format!("{share:.1} %"));
    // With a checkpoint it is as many steps as that was written after.
    let checkpoint = "evaluate --model run/checkpoints/step-00000300.safetensors -n 9 --json";
    let object =
        json(&ninth_in(folder.path(), &format!("{checkpoint} --never-trained")).good().out);
    assert_eq!(object["never_trained"]["steps"], 300);
    ninth("evaluate --never-trained --data x.csv").bad(2);
}

#[test]
fn a_regression_has_no_calibration() {
    let folder = tempfile::tempdir().unwrap();
    small_model(folder.path(), "--set model.output=regression");
    let run = ninth_in(folder.path(), "evaluate --model run -n 50").good();
    assert!(run.out.contains("Classical rules") && !run.out.contains("Calibration"), "{}", run.out);
    let run = ninth_in(folder.path(), "evaluate --model run -n 50 --json").good();
    assert!(json(&run.out).get("calibration").is_none());
    fs::write(folder.path().join("rows.csv"), ROWS).unwrap();
    let run = ninth_in(folder.path(), "evaluate --model run --data rows.csv").good();
    assert!(!run.out.contains("Calibration"), "{}", run.out);
}

#[test]
fn figures_of_nothing_are_left_out() {
    let object = json(&ninth("evaluate -n 1 --json").good().out);
    let empty = object["families"].as_object().unwrap().values();
    let empty: Vec<_> = empty.filter(|figures| figures["sequences"] == 0).collect();
    assert_eq!(empty.len(), 66);
    assert!(empty.iter().all(|figures| figures.as_object().unwrap().len() == 1), "{empty:?}");
    assert!(!object.to_string().contains("null"));
}

#[test]
fn the_seed_decides_the_sequences() {
    let evaluate = |arguments: &str| ninth(&format!("evaluate -n 50 {arguments}")).good().out;
    assert_eq!(evaluate("--seed 3"), evaluate("--seed 3"));
    assert_ne!(evaluate("--seed 3"), evaluate("--seed 4"));
}

/// Judges a file with this content.
fn file(content: impl AsRef<[u8]>, options: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rows.csv"), content).unwrap();
    ninth_in(folder.path(), &format!("evaluate --data rows.csv {options}"))
}

const ROWS: &str = "id,terms\na,1 2 3 4 5 6 7 8 9\nb,5 5\n\"c, quoted\",9 8 7 6 5 4 3 2 1 0 11\n";

#[test]
fn the_rows_of_a_file_are_judged_by_their_last_terms() {
    let run = file(ROWS, "--json").good();
    assert_eq!(run.err, "ninth: rows.csv: CSV with the columns \"id\" and \"terms\"\n");
    let rows: Vec<_> = run.out.lines().map(json).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!((&rows[0]["id"], &rows[0]["target"]), (&"a".into(), &9.into()));
    assert_eq!(rows[0]["terms"], json("[1, 2, 3, 4, 5, 6, 7, 8]"));
    assert_eq!((&rows[1]["terms"], &rows[1]["target"]), (&json("[5]"), &5.into()));
    assert_eq!(rows[2]["id"], "c, quoted");
    assert_eq!(rows[2]["terms"].as_array().unwrap().len(), 10);
    for (row, terms) in rows.iter().zip(["1 2 3 4 5 6 7 8", "5", "9 8 7 6 5 4 3 2 1 0"]) {
        let alone = json(&ninth(&format!("predict {terms} --json")).good().out);
        assert_eq!(row["candidates"], alone["candidates"]);
        assert_eq!(row["candidates"].as_array().unwrap().len(), 5);
    }

    // The summary is that of the rows.
    let first = rows.iter().filter(|row| row["candidates"][0]["term"] == row["target"]).count();
    let among = rows.iter().filter(|row| {
        let candidates = row["candidates"].as_array().unwrap();
        candidates.iter().any(|candidate| candidate["term"] == row["target"])
    });
    let distances = rows.iter().map(|row| {
        let term = row["candidates"][0]["term"].as_i64().unwrap();
        term.abs_diff(row["target"].as_i64().unwrap())
    });
    let percent = |count: usize| format!("{:.1} %", 100.0 * count as f64 / 3.0);
    let run = file(ROWS, "").good();
    assert_contains(&run.out, &["On 3 rows of rows.csv"]);
    let figure = |name: &str| {
        let line = run.out.lines().find(|line| line.trim().starts_with(name)).unwrap();
        line.trim().strip_prefix(name).unwrap().trim().to_string()
    };
    assert_eq!(figure("top-1 accuracy"), percent(first));
    assert_eq!(figure("top-5 accuracy"), percent(among.count()));
    let summary = json(&file(ROWS, "--json --summary").good().out);
    let error = summary["standard_error"].as_f64().unwrap();
    assert_eq!(figure("standard error"), format!("{:.1} %", 100.0 * error));
    // That of a share of three, in which one more is wrong.
    let share = summary["top_1"].as_f64().unwrap();
    assert!((error - (3.0 * share * (1.0 - share) + 1.0).sqrt() / 3.0).abs() < 1e-12);
    let mean = distances.sum::<u64>() as f64 / 3.0;
    assert_eq!(figure("mean distance"), format!("{mean:.2}"));
}

#[test]
fn rows_say_what_the_rules_do_and_a_summary_how_often_they_are_right() {
    let content = "id,terms\nline,1 3 5 7\npowers,1 2 4 8 16 32\ncycle,7 1 3 7 1 3\n\
                   fall,9 6 3 1\nlarge,1000 2000 3000 4000\n";
    let run = file(content, "--json --method model").good();
    let rows: Vec<_> = run.out.lines().map(json).collect();
    let rules = |row: usize| {
        let rules = rows[row]["rules"].as_object().unwrap();
        assert_eq!(rules.keys().collect::<Vec<_>>(), RULES);
        rules.values().map(|answer| answer.as_i64()).collect::<Vec<_>>()
    };
    assert_eq!(rules(0), [Some(5), Some(7), Some(7), None, None, Some(7)]);
    assert_eq!(rules(1), [Some(16), Some(24), None, None, Some(32), Some(32)]);
    assert_eq!(rules(2), [Some(1), Some(-5), None, Some(3), None, Some(3)]);
    assert_eq!(rules(3), [Some(3), Some(0), Some(0), None, None, Some(0)]);
    assert_eq!(rules(4)[..3], [Some(3000), Some(4000), Some(4000)], "beyond every model");

    let summary = json(&file(content, "--json --summary --method model").good().out);
    assert_eq!((&summary["rows"], &summary["judged"]), (&5.into(), &5.into()));
    assert_eq!(summary["answered"], 0.8, "the model is silent on the large one");
    assert_eq!((&summary["model"], &summary["data"]), (&"embedded".into(), &"rows.csv".into()));
    let stack = &summary["rules"]["stack"];
    assert_eq!((&stack["accuracy"], &stack["applies"]), (&0.8.into(), &1.0.into()));
    let difference = &summary["rules"]["difference"];
    assert_eq!((&difference["applies"], &difference["accuracy"]), (&0.6.into(), &0.4.into()));
    assert!((difference["accuracy_applied"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-9);
    assert!((difference["distance"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-9);
    let first = rows[..4].iter().filter(|row| row["candidates"][0]["term"] == row["target"]);
    assert_eq!(summary["top_1"], first.count() as f64 / 5.0);
    let calibration = &summary["calibration"];
    assert_eq!(calibration["last"]["plain"]["count"], 4);
    assert_eq!(calibration["all"]["plain"]["count"], 3 + 5 + 5 + 3);
    // Calibration is that of the model: its confidence is the probability of the first
    // candidate.
    let sure = rows[..4].iter().map(|row| row["candidates"][0]["probability"].as_f64().unwrap());
    let mean = weighed(&calibration["last"]["plain"], |confidence, _| confidence);
    assert!((mean - sure.sum::<f64>() / 4.0).abs() < 1e-4);

    let out = file(content, "").good().out;
    assert_contains(&out, &["Classical rules on the same rows", "\nCalibration\n", "asked for"]);
    assert_eq!(cell(&out, "Classical rules", "difference", 1), "66.7 %");
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
    file(content, "--summary").bad(2);

    // Everyone who can be asked, and who counts.
    let blended = json(&file(content, "--json --summary").good().out);
    assert_eq!((&summary["method"], &blended["method"]), (&"model".into(), &"blend".into()));
    for (method, of) in [("model", &summary), ("blend", &blended)] {
        assert_eq!(of["methods"], summary["methods"]);
        assert_eq!(of["top_1"], summary["methods"][method]["top_1"]);
    }
    // A rule is behind each row but the fall, which does not go on like that.
    assert_eq!(summary["methods"]["relations"]["top_1"], 0.8);
    assert_eq!(cell(&out, "By who is asked", "relations", 4), "80.0 %");
    let rows = file(content, "--json --method relations").good().out;
    let firsts = rows.lines().map(|row| json(row)["candidates"][0]["term"].as_i64());
    assert_eq!(firsts.collect::<Vec<_>>(), [7, 32, 3, 0, 4000].map(Some));
    file(content, "--method best").bad(2);
    ninth("evaluate --method model").bad(2);
    ninth("evaluate --summary --json").bad(2);
}

#[test]
fn every_row_is_judged_whatever_its_size() {
    let large = "9".repeat(100);
    let rows = format!(
        "id,terms\na,1 2 3\nb,1 2 300\nc,-4 2 3\nd,1 {large}\n\
         far,300 1 2 3 4 5 6 7 8 9\ngrows,1{z} 2{z} 3{z} 4{z} 5{z} 6{z} 7{z}\n",
        z = "0".repeat(99)
    );
    for (method, answered) in [("model", 4), ("relations", 0), ("blend", 6)] {
        let run = file(&rows, &format!("--json --method {method}")).good();
        assert_contains(&run.out, &[&format!("\"terms\":[1],\"target\":{large},")]);
        let found: Vec<_> = run.out.lines().map(json).collect();
        assert_eq!(found.len(), 6);
        let said =
            found.iter().filter(|row| !row["candidates"].as_array().unwrap().is_empty()).count();
        let summary = json(&file(&rows, &format!("--json --summary --method {method}")).good().out);
        assert_eq!(summary["judged"], 6);
        assert_eq!(summary["answered"].as_f64().unwrap(), said as f64 / 6.0);
        assert!(answered == 0 || said == answered, "{method}: {said}");
        assert_eq!(summary["methods"][method]["answered"], summary["answered"]);
    }
    assert_contains(&file(&rows, "").good().out, &["On 6 rows"]);
    assert_contains(&file("id,terms\n", "").bad(1), &["rows.csv: no sequences in it"]);
}

#[test]
fn the_summary_of_a_file_says_how_sure_its_answers_are() {
    let content = "id,terms\na,1 4 9 16 25 36 49\nb,2 4 6 8 10 12 14 16\nc,9 1 7 2 250 4 6\n";
    for method in ["model", "relations", "blend"] {
        let options = format!("--json --method {method}");
        let rows: Vec<_> = file(content, &options).good().out.lines().map(json).collect();
        let summary = json(&file(content, &format!("{options} --summary")).good().out);
        let firsts: Vec<(f64, bool)> = rows
            .iter()
            .filter_map(|row| {
                let first = row["candidates"].get(0)?;
                Some((first["probability"].as_f64()?, first["term"] == row["target"]))
            })
            .collect();
        for (name, at_least) in [("sure", 0.99), ("likely", 0.9)] {
            let above = firsts.iter().filter(|(probability, _)| *probability >= at_least);
            let right = above.clone().filter(|(_, right)| *right).count();
            let expected = serde_json::json!({
                "at_least": at_least, "count": above.count(), "right": right
            });
            assert_eq!(summary[name], expected, "{method}");
        }
        let bins = summary["reliability"].as_array().unwrap();
        assert_eq!(bins.len(), 10);
        let count: u64 = bins.iter().map(|bin| bin["count"].as_u64().unwrap()).sum();
        assert_eq!(count, firsts.len() as u64);
        let error: f64 = bins
            .iter()
            .filter(|bin| bin["count"] != 0)
            .map(|bin| {
                let figure = |name: &str| bin[name].as_f64().unwrap();
                figure("count") * (figure("confidence") - figure("accuracy")).abs()
            })
            .sum();
        let ece = summary["ece"].as_f64().unwrap();
        assert!((ece - error / count as f64).abs() < 1e-9, "{method}");
    }
    assert_contains(&file(content, "").good().out, &["How sure, and how often right", "at least"]);
}

#[test]
fn files_that_are_not_as_they_should_be_are_refused_with_the_line() {
    let message = |content: &[u8]| file(content, "").bad(1);
    assert_contains(&message(b"id,terms\na,1 2\nb,1 x 3\n"), &["rows.csv, line 3", "\"x\""]);
    assert_contains(&message(b"id,terms\na,1 2\nb\n"), &["rows.csv, line 3", "1 column"]);
    assert_contains(&message(b"id,terms\na,\n"), &["rows.csv, line 2: no terms"]);
    assert_contains(&message(b"id,terms\na,7\n"), &["rows.csv, line 2: one term"]);
    assert_contains(&message(b"name,x\na,1 2\n"), &["rows.csv: the columns are \"name\", \"x\""]);
    assert_contains(&message(b""), &["rows.csv: no sequences in it"]);
    assert_contains(&message(b"id,terms\na,1 \xFF\n"), &["line 2", "UTF-8"]);
    assert_contains(&message(b"id,terms\na,1 2\n\n\nb,1 2.5\n"), &["line 5"]);

    let message = ninth("evaluate --data no-such-file.csv").bad(1);
    assert_contains(&message, &["no-such-file.csv", "No such file"]);
    ninth("evaluate --data x.csv --seed 3").bad(2);
}
