//! `ninth explain`.

use crate::{assert_contains, json, ninth};

#[test]
fn rules_are_listed_with_what_follows() {
    let run = ninth("explain 1, 4, 9, 16, 25").good();
    assert_eq!(run.err, "");
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[0], "1 4 9 16 25 -> 36 49 64 81");
    assert_eq!(lines[2..4], ["  squares (A000290)", "  a(n) = n^2, n >= 1"]);
    assert_contains(lines[4], &[" % sure"]);
    let alternatives = lines.iter().filter(|line| line.contains("a(n) =")).count();
    assert!((2..=3).contains(&alternatives), "{}", run.out);
    assert_contains(&run.out, &[" more rules fit, ", " together\n"]);
    let all = ninth("explain 1, 4, 9, 16, 25 --all").good().out;
    assert_contains(&all, &["that all of them fit by coincidence"]);
    assert!(all.lines().count() > 40 && !all.contains("more rule"), "{all}");
    let run = ninth("explain 1, 4, 9, 16, 25 --latex").good();
    assert_contains(&run.out, &["  a(n) = n^{2},\\quad n \\ge 1\n"]);

    let run = ninth("explain 2 4 6 --top 1 --count 1").good();
    let lines: Vec<&str> = run.out.lines().collect();
    let listed = lines.iter().position(|line| line.contains(" %  ")).unwrap();
    assert_eq!((lines[0], lines[listed + 1].trim()), ("2 4 6 -> 8", "8"));
    assert_contains(&run.out, &[" more rule", " together\n"]);
    let verbose = ninth("explain 1 4 9 16 25 --verbose").good().out;
    assert_contains(&verbose, &["that all of them fit by coincidence"]);
}

#[test]
fn the_json_is_as_documented() {
    let run = ninth("explain 1 1 2 3 5 8 13 --json --count 3 --top 2").good();
    assert_eq!(run.out.lines().count(), 1);
    let object = json(&run.out);
    let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["terms", "confidence", "found", "relations", "beginning"]);
    assert_eq!(object["terms"], json("[1, 1, 2, 3, 5, 8, 13]"));
    let confidence = object["confidence"].as_f64().unwrap();
    assert!(confidence > 0.5 && confidence <= 1.0, "{confidence}");
    let relations = object["relations"].as_array().unwrap();
    assert!(relations.len() <= 2 && object["found"].as_u64().unwrap() >= 1);
    let keys: Vec<&String> = relations[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["formula", "latex", "name", "number", "probability", "next"]);
    assert_eq!(relations[0]["next"], json("[21, 34, 55]"));
    let total: f64 = relations.iter().map(|rule| rule["probability"].as_f64().unwrap()).sum();
    assert!(total <= confidence + 1e-9, "their probabilities are absolute");
    assert!(object["beginning"].is_null());
}

#[test]
fn terms_may_be_any_integers() {
    let next = |terms: &str| {
        let object = json(&ninth(&format!("explain {terms} --count 1 --json")).good().out);
        object["relations"][0]["next"][0].clone()
    };
    assert_eq!(next("1000 2000 3000"), 4000);
    assert_eq!(next("-5,-3,-1,1"), 3);
    assert_eq!(next("4 -2 1 -5 -2 -8 -5"), -11);
    assert_eq!(next(&vec!["7"; 1000].join(" ")), 7);
    // Of many terms, the first one is where the formula starts.
    let squares: Vec<String> = (1..=3000_i64).map(|n| (n * n).to_string()).collect();
    let run = ninth(&format!("explain {}", squares.join(" "))).good();
    assert_contains(&run.out, &[" -> 9006001 9012004 9018009 9024016\n", "a(n) = n^2, n >= 1\n"]);
    let run = ninth(&format!("predict {}", squares.join(" "))).good();
    assert_contains(&run.out, &[" -> 9006001\n", "a(n) = n^2, n >= 1\n"]);
    let run = ninth("explain 1 123456789012345678901234567890 -5 --json").good();
    assert_contains(&run.out, &["[1,123456789012345678901234567890,-5]"]);
}

#[test]
fn where_nothing_fits_that_is_said_and_no_error() {
    let run = ninth("explain 7").good();
    assert_eq!((run.out.as_str(), run.err.as_str()), ("No rule fits these 1 term.\n", ""));
    let object = json(&ninth("explain 7 --json").good().out);
    assert_eq!((&object["relations"], &object["confidence"]), (&json("[]"), &0.0.into()));
    assert_eq!(object["found"], 0);

    let terms = "1 2 3 4 5 6 7 100 3 250 17 90 4";
    let run = ninth(&format!("explain {terms}")).good();
    assert_eq!(run.err, "");
    assert_contains(&run.out, &["irst 7 follow "]);
    let object = json(&ninth(&format!("explain {terms} --json")).good().out);
    assert!(object["confidence"].as_f64().unwrap() < 0.5);
    assert_eq!(object["beginning"]["terms"], 7);
    assert!(object["beginning"]["formula"].is_string() && object["beginning"]["latex"].is_string());
}

#[test]
fn wrong_terms_are_named() {
    let message = |arguments: &str| ninth(&format!("explain {arguments}")).bad(2);
    assert_contains(&message("1 2 x"), &["term 3 is \"x\", not an integer", "\n  1 2 x\n      ^"]);
    assert_contains(&message(""), &["no terms given"]);
    assert_contains(&message("1 --count 0"), &["--count", "1..=1000000"]);
    message("1 --top 0");
}
