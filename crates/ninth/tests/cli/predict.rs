use crate::{assert_contains, command, json, ninth};

#[test]
fn the_terms_and_what_follows_are_shown_with_the_candidates() {
    let run = ninth("predict 1 1 2 3 5 8 13 21").good();
    assert_eq!(run.err, "");
    let lines: Vec<&str> = run.out.lines().collect();
    let next = lines[0].strip_prefix("1 1 2 3 5 8 13 21 -> ").unwrap();
    next.parse::<u8>().unwrap();
    assert_eq!((lines[1], lines[7]), ("", ""));
    let candidates: Vec<Vec<&str>> =
        lines[2..7].iter().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(candidates[0][0], next);
    for candidate in &candidates {
        candidate[0].parse::<u8>().unwrap();
        assert!(candidate.contains(&"%"), "{candidate:?}");
    }
    // The relation behind the candidate that has one.
    assert!(lines[8..].contains(&"    34  x[n] = x[n-1] + x[n-2], x[0] = 1, x[1] = 1"));
    let few = ninth("predict 1 2 --top 3").good().out;
    assert_eq!(few.split("\n\n").nth(1).unwrap().lines().count(), 3, "{few}");
}

/// With an index and without, where no folder can have one.
#[test]
fn candidates_come_with_the_formulas_behind_them() {
    let folder = tempfile::tempdir().unwrap();
    let formula = |cache: &str, arguments: &str| {
        let arguments = format!("predict {arguments} --json --top 200");
        let output = command(folder.path(), &arguments).env("NINTH_CACHE", cache).output();
        let object = json(&String::from_utf8(output.unwrap().stdout).unwrap());
        let candidates = object["candidates"].as_array().unwrap().clone();
        assert!(candidates[10..].iter().all(|candidate| candidate["formula"].is_null()));
        candidates[0]["formula"].clone()
    };
    for cache in [crate::CACHE, ""] {
        assert_eq!(formula(cache, "2 4 6 8 10 12"), "x[n] = x[n-1] + 2, x[0] = 2");
        assert_eq!(formula(cache, "1 2 4 8 16 32"), "x[n] = 2 x[n-1], x[0] = 1");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_json_is_as_documented() {
    let run = ninth("predict 2 4 6 --json --count 3 --top 4").good();
    assert_eq!(run.out.lines().count(), 1);
    let object = json(&run.out);
    let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["terms", "ignored", "next", "candidates", "model", "method"]);
    assert_eq!(object["method"], "blend");
    assert_eq!(object["terms"], json("[2, 4, 6]"));
    assert_eq!(object["ignored"], 0);
    assert_eq!(object["model"], "embedded");
    let next = object["next"].as_array().unwrap();
    assert_eq!(next.len(), 3);
    let candidates = object["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 4);
    assert_eq!(candidates[0]["term"], next[0]);
    let probabilities: Vec<f64> =
        candidates.iter().map(|c| c["probability"].as_f64().unwrap()).collect();
    assert!(probabilities.is_sorted_by(|a, b| a >= b), "{probabilities:?}");
    assert!(probabilities[0] > 0.0 && probabilities.iter().sum::<f64>() <= 1.0 + 1e-6);

    // All classes together are certain.
    let object = json(&ninth("predict 2 4 6 --json --top 9999").good().out);
    let all = object["candidates"].as_array().unwrap();
    let sum: f64 = all.iter().map(|c| c["probability"].as_f64().unwrap()).sum();
    assert_eq!(all.len(), 256);
    assert!((sum - 1.0).abs() < 1e-3, "{sum}");
}

#[test]
fn a_continuation_goes_on_from_its_own_terms() {
    let object = json(&ninth("predict 3 5 7 9 --json --count 4").good().out);
    let mut terms = "3 5 7 9".to_string();
    for next in object["next"].as_array().unwrap() {
        let one = json(&ninth(&format!("predict {terms} --json")).good().out);
        assert_eq!(one["next"][0], *next);
        terms += &format!(" {next}");
    }
    let line = format!("3 5 7 9 -> {}", terms.trim_start_matches("3 5 7 9 "));
    assert!(ninth("predict 3 5 7 9 --count 4").good().out.starts_with(&line));
}

#[test]
fn commas_and_spaces_are_the_same() {
    let spaces = ninth("predict 1 2 3 4").good().out;
    for terms in ["1,2,3,4", "1, 2, 3, 4", "1,2 3,4", "1 , 2 , 3 , 4,"] {
        assert_eq!(ninth(&format!("predict {terms}")).good().out, spaces, "{terms}");
        assert_eq!(ninth(&format!("predict -- {terms}")).good().out, spaces, "{terms}");
    }
    // Options may stand before, between and behind.
    for arguments in ["--top 5 1 2 3 4", "1 2 --top 5 3 4", "1 2 3 4 --top 5"] {
        assert_eq!(ninth(&format!("predict {arguments}")).good().out, spaces, "{arguments}");
    }
}

#[test]
fn one_term_is_enough_and_of_many_the_last_eight_are_used() {
    assert!(ninth("predict 7").good().out.starts_with("7 -> "));

    let eight = json(&ninth("predict 5 6 7 8 9 10 11 12 --json --method model").good().out);
    let long = ninth("predict 200 100 5 6 7 8 9 10 11 12 --json --method model").good();
    assert_eq!(long.err, "");
    let long = json(&long.out);
    assert_eq!(long["ignored"], 2);
    assert_eq!(long["terms"].as_array().unwrap().len(), 10);
    assert_eq!(long["candidates"], eight["candidates"]);

    let run = ninth("predict 200 100 5 6 7 8 9 10 11 12").good();
    assert_contains(&run.err, &["10 terms", "last 8"]);
    assert!(run.out.starts_with("200 100 5 6 7 8 9 10 11 12 -> "));
}

#[test]
fn terms_that_are_wrong_are_named_with_their_place() {
    let message = |arguments: &str| ninth(&format!("predict {arguments}")).bad(2);
    assert_contains(&message("1 2 x"), &["term 3 is \"x\": not an integer"]);
    assert_contains(&message("1 2.5"), &["term 2 is \"2.5\": not an integer"]);
    assert_contains(&message("1,,3"), &["term 2 is \"\": not an integer"]);
    assert_contains(&message("-5x"), &["term 1 is \"-5x\": not an integer"]);
    assert_contains(&message("1 256"), &["term 2 is 256", "from 0 to 255"]);
    assert_contains(&message("1 99999999999999999999999"), &["term 2 is 9999", "too large"]);
    for negative in ["4 -2 3", "4 -2,3", "4,-2,3", "4, -2", "4 -2 --json"] {
        assert_contains(&message(negative), &["term 2 is -2;", "from 0 to 255"]);
    }
    assert_contains(&message("--method model -2,-3,-4"), &["term 1 is -2;"]);
    for nothing in ["", "--json"] {
        assert_contains(&message(nothing), &["no terms given"]);
    }
    for arguments in ["1 --count 0", "1 --count x", "1 --top 0", "1 --count -1", "1 --topp 3"] {
        message(arguments);
    }
    assert_contains(&message("1 --topp 3"), &["'--top'"]);
}

#[test]
fn terms_can_be_chosen_and_computed_in_other_ways() {
    let next = |options: &str| {
        let run = ninth(&format!("predict 3 1 4 1 5 9 --count 12 --json {options}")).good();
        json(&run.out)["next"].clone()
    };
    let greedy = next("--method model");
    for options in [
        "--generation naive",
        "--generation parallel",
        "--decoding beam --beam-width 1",
        "--decoding sample --temperature 0",
        "--decoding sample --top-k 1 --seed 9",
    ] {
        assert_eq!(next(options), greedy, "{options}");
    }
    let hot = "--decoding sample --temperature 5";
    assert_eq!(next(&format!("{hot} --seed 1")), next(&format!("{hot} --seed 1")));
    assert_ne!(next(&format!("{hot} --seed 1")), next(&format!("{hot} --seed 2")));
    assert_eq!(next("--decoding beam").as_array().unwrap().len(), 12);
}

#[test]
fn relations_know_no_range_and_the_model_always_says_something() {
    let next = |arguments: &str| {
        let object = json(&ninth(&format!("predict {arguments} --json")).good().out);
        object["next"].clone()
    };
    for method in ["", "--method blend", "--method relations"] {
        assert_eq!(next(&format!("-2,-3,-4 --count 3 {method}")), json("[-5, -6, -7]"));
        assert_eq!(next(&format!("2 4 8 16 32 64 128 --count 2 {method}")), json("[256, 512]"));
    }
    let odd = "9 9 1 7 2 8 0 4 250 3 77 31";
    let run = ninth(&format!("predict {odd} --method relations")).good();
    assert_eq!((run.out.as_str(), run.err.as_str()), ("No relation fits these 12 terms.\n", ""));
    assert_eq!(next(&format!("{odd} --method relations")), json("[]"));
    assert_eq!(next(odd), next(&format!("{odd} --method model")));
    for options in ["--decoding greedy", "--generation naive"] {
        let message = ninth(&format!("predict 1 2 3 --method blend {options}")).bad(2);
        assert_contains(&message, &[options.split(' ').next().unwrap(), "--method model"]);
    }
    assert_contains(&ninth("predict 1 --method best").bad(2), &["model, relations, blend"]);
}

#[test]
fn options_of_another_way_to_choose_are_refused() {
    let cases: [(&str, &[&str]); 6] = [
        ("--beam-width 3", &["--beam-width", "--decoding greedy", "--decoding beam"]),
        ("--seed 3", &["--seed", "--decoding greedy", "--decoding sample"]),
        ("--decoding beam --top-k 3", &["--top-k", "--decoding beam", "--decoding sample"]),
        ("--decoding sample --temperature -1", &["--temperature", "-1"]),
        ("--decoding best", &["'best'", "greedy, beam, sample"]),
        ("--decoding beam --generation parallel", &["parallel", "cached or naive"]),
    ];
    for (options, parts) in cases {
        assert_contains(&ninth(&format!("predict 1 2 3 {options}")).bad(2), parts);
    }
}
