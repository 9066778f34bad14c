//! `ninth explain`, and the index that it keeps.

use std::fs;
use std::path::Path;

use crate::{Run, assert_contains, command, json, ninth};

#[test]
fn relations_are_listed_with_what_follows() {
    let run = ninth("explain 1, 2, 6, 12, 36").good();
    assert_eq!(run.err, "");
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[0], "1 2 6 12 36 -> 72 216 432 1296");
    assert_contains(lines[3], &["%", "x[n] = s[n-1] x[n-1], x[0] = 1; s = 2, 3, 2, 3, ..."]);
    assert_contains(&run.out, &["that it is a coincidence"]);

    let run = ninth("explain 2 4 6 --top 2 --count 1").good();
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[0], "2 4 6 -> 8");
    assert_contains(lines[3], &["8", "x[n] = x[n-1] + 2, x[0] = 2"]);
    assert_contains(lines[4], &["10", "x[n] = x[n-1] + x[n-2], x[0] = 2, x[1] = 4"]);
    assert_contains(lines[6], &[" more, "]);
}

#[test]
fn the_json_is_as_documented() {
    let run = ninth("explain 1 1 2 3 5 --json --count 3 --top 2").good();
    assert_eq!(run.out.lines().count(), 1);
    let object = json(&run.out);
    let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["terms", "confidence", "found", "relations", "beginning"]);
    assert_eq!(object["terms"], json("[1, 1, 2, 3, 5]"));
    let confidence = object["confidence"].as_f64().unwrap();
    assert!(confidence > 0.9 && confidence <= 1.0);
    let relations = object["relations"].as_array().unwrap();
    assert_eq!(relations.len(), 2);
    assert!(object["found"].as_u64().unwrap() > 2);
    assert_eq!(relations[0]["formula"], "x[n] = x[n-1] + x[n-2], x[0] = 1, x[1] = 1");
    assert_eq!(relations[0]["next"], json("[8, 13, 21]"));
    assert_eq!(relations[0]["drawn"], true);
    assert!(relations[0]["probability"].as_f64() > relations[1]["probability"].as_f64());
    assert!(object["beginning"].is_null());
}

#[test]
fn terms_may_be_any_integers() {
    let first = |terms: &str| {
        let object = json(&ninth(&format!("explain {terms} --json")).good().out);
        object["relations"][0]["formula"].as_str().unwrap_or_default().to_string()
    };
    assert_eq!(first("1000 2000 3000"), "x[n] = x[n-1] + 1000, x[0] = 1000");
    assert_eq!(first("-5,-3,-1"), "x[n] = x[n-1] + 2, x[0] = -5");
    assert_eq!(first("4 -2 1 -5"), "x[n] = x[n-1] + s[n-1], x[0] = 4; s = -6, 3, -6, 3, ...");
    assert_eq!(first("7"), "x[n] = 7");
    let ends = format!("{} {} {}", i64::MIN, i64::MAX, i64::MIN);
    ninth(&format!("explain {ends}")).good();
    let many = vec!["7"; 1000].join(" ");
    assert_eq!(first(&many), "x[n] = 7");
}

#[test]
fn where_nothing_fits_that_is_said_and_no_error() {
    let run = ninth("explain 1 2 3 4 5 6 7 100 3 250").good();
    assert_eq!(run.err, "");
    assert_contains(
        &run.out,
        &["No relation fits these 10 terms.", "The first 7 follow x[n] = x[n-1] + 1, x[0] = 1"],
    );
    let object = json(&ninth("explain 1 2 3 4 5 6 7 100 3 250 --json").good().out);
    assert_eq!((&object["relations"], &object["confidence"]), (&json("[]"), &0.0.into()));
    assert_eq!(object["beginning"]["terms"], 7);
    assert_eq!(object["beginning"]["formula"], "x[n] = x[n-1] + 1, x[0] = 1");
}

#[test]
fn wrong_terms_are_named() {
    let message = |arguments: &str| ninth(&format!("explain {arguments}")).bad(2);
    assert_contains(&message("1 2 x"), &["term 3 is \"x\": not an integer"]);
    assert_contains(&message("1 99999999999999999999999"), &["term 2 is 9999", "too large"]);
    assert_contains(&message(""), &["no terms given"]);
    assert_contains(&message(&vec!["7"; 1001].join(" ")), &["1001 terms", "at most 1000"]);
    assert_contains(&message("1 --count 0"), &["--count", "1..=1000"]);
    message("1 --top 0");
}

/// Explains with another cache folder; an empty name is none.
fn explain_with(cache: &str, folder: &Path) -> Run {
    let output =
        command(folder, "explain 1 2 4 --json").env("NINTH_CACHE", cache).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }.good()
}

#[test]
fn the_index_is_kept_and_made_again_when_it_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let expected = explain_with("", folder.path());
    assert_eq!(expected.err, "");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    let explain = || {
        let run = explain_with("kept", folder.path());
        assert_eq!((&run.out, run.err.as_str()), (&expected.out, ""));
        let files: Vec<_> = fs::read_dir(folder.path().join("kept")).unwrap().collect();
        assert_eq!(files.len(), 1, "{files:?}");
        files[0].as_ref().unwrap().path()
    };
    let file = explain();
    let good = fs::read(&file).unwrap();
    assert!(good.len() < 12 << 20);
    for damage in [&b""[..], b"something else", &good[..good.len() / 2]] {
        fs::write(&file, damage).unwrap();
        explain();
        assert!(fs::read(&file).unwrap() == good, "it was not made again");
    }
    let mut flipped = good.clone();
    flipped[100] ^= 4;
    fs::write(&file, flipped).unwrap();
    explain();
    assert!(fs::read(&file).unwrap() == good);

    // A place where no folder can be does no harm.
    fs::write(folder.path().join("file"), "mine").unwrap();
    let run = explain_with("file/cache", folder.path());
    assert_eq!((run.out, run.err.as_str()), (expected.out, ""));
}
