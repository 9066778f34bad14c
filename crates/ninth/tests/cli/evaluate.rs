use crate::{Run, assert_contains, json, ninth, ninth_in};
use std::fs;

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
    assert_eq!((&object["sequences"], &object["seed"]), (&300.into(), &0.into()));
    assert_eq!(object["phases"].as_object().unwrap().len(), 3);
    assert_eq!(object["families"].as_object().unwrap().len(), 24);
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
    assert!((limit["all"]["accuracy_last"].as_f64().unwrap() - 0.998).abs() < 5e-4);
    assert_eq!(limit["phases"].as_object().unwrap().len(), 3);
    assert_eq!(limit["families"].as_object().unwrap().len(), 24);
    // The table says the same.
    let percent = format!(" {:.1} %", 100.0 * all["accuracy_last"].as_f64().unwrap());
    let line = run.out.lines().find(|line| line.starts_with("  all ")).unwrap();
    assert!(line.contains(&percent), "{line} has no {percent}");
}

#[test]
fn figures_of_nothing_are_left_out() {
    let object = json(&ninth("evaluate -n 1 --json").good().out);
    let empty = object["families"].as_object().unwrap().values();
    let empty: Vec<_> = empty.filter(|figures| figures["sequences"] == 0).collect();
    assert_eq!(empty.len(), 23);
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
    assert_eq!(run.err, "");
    let rows: Vec<_> = run.out.lines().map(json).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!((&rows[0]["id"], &rows[0]["target"]), (&"a".into(), &9.into()));
    assert_eq!(rows[0]["terms"], json("[1, 2, 3, 4, 5, 6, 7, 8]"));
    assert_eq!((&rows[1]["terms"], &rows[1]["target"]), (&json("[5]"), &5.into()));
    assert_eq!(rows[2]["id"], "c, quoted");
    assert_eq!(rows[2]["terms"].as_array().unwrap().len(), 10);
    for (row, terms) in rows.iter().zip(["1 2 3 4 5 6 7 8", "5", "7 6 5 4 3 2 1 0"]) {
        let alone = json(&ninth(&format!("predict {terms} --json")).good().out);
        let mut alone = alone["candidates"].clone();
        for candidate in alone.as_array_mut().unwrap() {
            candidate.as_object_mut().unwrap().remove("formula");
        }
        assert_eq!(row["candidates"], alone);
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
    let mean = distances.sum::<u64>() as f64 / 3.0;
    assert_eq!(figure("mean distance"), format!("{mean:.2}"));
}

#[test]
fn rows_out_of_range_are_not_judged_which_is_said() {
    let rows = "id,terms\na,1 2 3\nb,1 2 300\nc,-4 2 3\nd,1 99999999999999999999\n\
                far,300 1 2 3 4 5 6 7 8 9\n";
    for options in ["", "--json"] {
        let run = file(rows, options).good();
        assert_contains(&run.err, &["3 of 5 rows not judged", "0 to 255", "line 3 with 300"]);
    }
    // Each has its line of JSON; what the model does not see may be anything, and
    // what it is not told, too.
    let out = file(rows, "--json").good().out;
    let rows: Vec<_> = out.lines().map(json).collect();
    assert_eq!(
        rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>(),
        ["a", "b", "c", "d", "far"]
    );
    let candidates: Vec<usize> =
        rows.iter().map(|row| row["candidates"].as_array().unwrap().len()).collect();
    assert_eq!(candidates, [5, 5, 0, 5, 5]);
    let none = file("id,terms\nb,1 2 300\n", "").good();
    assert_contains(&none.out, &["On 0 rows", "-"]);
}

#[test]
fn files_that_are_not_as_they_should_be_are_refused_with_the_line() {
    let message = |content: &[u8]| file(content, "").bad(1);
    assert_contains(&message(b"id,terms\na,1 2\nb,1 x 3\n"), &["rows.csv, line 3", "\"x\""]);
    assert_contains(&message(b"id,terms\na,1 2\nb\n"), &["rows.csv, line 3", "1 field"]);
    assert_contains(&message(b"id,terms\na,\n"), &["rows.csv, line 2: no terms"]);
    assert_contains(&message(b"id,terms\na,7\n"), &["rows.csv, line 2: one term"]);
    assert_contains(&message(b"name,x\na,1 2\n"), &["line 1", "\"name,x\"", "\"id,terms\""]);
    assert_contains(&message(b""), &["line 1", "\"id,terms\""]);
    assert_contains(&message(b"id,terms\na,1 \xFF\n"), &["line 2", "UTF-8"]);
    assert_contains(&message(b"id,terms\na,1 2\n\n\nb,1 2.5\n"), &["line 5"]);

    let message = ninth("evaluate --data no-such-file.csv").bad(1);
    assert_contains(&message, &["no-such-file.csv", "No such file"]);
    ninth("evaluate --data x.csv --seed 3").bad(2);
}
