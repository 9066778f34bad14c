use crate::{assert_contains, command, json, ninth};

const RECURRENCE: &str = "  a(n) = a(n-1) + a(n-2), a(0) = 1, a(1) = 1";

#[test]
fn the_terms_and_what_follows_are_shown_with_the_candidates() {
    let run = ninth("predict 1 1 2 3 5 8 13 21").good();
    assert_eq!(run.err, "");
    let lines: Vec<&str> = run.out.lines().collect();
    let next = lines[0].strip_prefix("1 1 2 3 5 8 13 21 -> ").unwrap();
    next.parse::<u8>().unwrap();
    assert_eq!(lines[1..4], ["", "  Fibonacci numbers (A000045)", RECURRENCE]);
    assert_contains(lines[4], &[" % sure"]);
    assert_eq!(lines.len(), 5, "nothing else is likelier than one in a hundred");

    let run = ninth("predict 1 1 2 3 5 8 13 21 --top 5").good();
    let lines: Vec<&str> = run.out.lines().collect();
    assert_contains(lines[11], &["  another term  ", "%"]);
    let candidates: Vec<Vec<&str>> =
        lines[6..11].iter().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(candidates[0][0], next);
    for candidate in &candidates {
        candidate[0].parse::<u8>().unwrap();
        assert!(candidate.contains(&"%"), "{candidate:?}");
    }
    // The rule behind the candidate that has one.
    assert_contains(lines[13], &["    34  Fibonacci numbers (A000045): ", "n-1", "n-2"]);
    let few = ninth("predict 1 2 --top 3").good().out;
    assert_eq!(few.split("\n\n").nth(2).unwrap().lines().count(), 4, "{few}");

    let squares = ninth("predict 1 4 9 16 25").good().out;
    assert_contains(&squares, &["\n\n  squares (A000290)\n  a(n) = n^2, n >= 1\n"]);
    let squares = ninth("predict 1 4 9 16 25 --latex").good().out;
    assert_contains(&squares, &["\n\n  squares (A000290)\n  a(n) = n^{2},\\quad n \\ge 1\n"]);
    ninth("predict 0 1 4 9 --latex --json").bad(2);
}

/// Answers depend on no file of the cache.
#[test]
fn the_cache_changes_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in ["predict 1 2 4 8 16 32 --json --top 20", "explain 1 2 6 12 36 --json"] {
        let run = |cache: Option<&str>| {
            let mut command = command(folder.path(), arguments);
            match cache {
                Some(name) => command.env("NINTH_CACHE", name),
                None => command.env_remove("NINTH_CACHE").env("HOME", folder.path()),
            };
            let output = command.output().unwrap();
            assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
            output.stdout
        };
        let answers = [Some(""), Some("kept"), Some(crate::CACHE), None].map(run);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{arguments}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is kept");
}

/// One sequence has one answer, whichever command is asked and however it is given.
#[test]
fn every_command_has_the_same_numbers() {
    let rows = [
        "1 4 9 16 25 36 49",
        "1 2 6 12 36",
        "3 1 4 1 5 9 2 6",
        "1 1 2 5 14 42 132 429",
        "-1000 2000 -4000 8000",
        "7 7 1 900000000000000000000000001 5 2",
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let lines = rows.map(|row| format!("{},{row} 0\n", row.len()));
    std::fs::write(&path, format!("id,terms\n{}", lines.concat())).unwrap();
    let run = ninth(&format!("evaluate --data {} --json", path.display())).good().out;
    for (row, evaluated) in rows.iter().zip(run.lines()) {
        let predicted = json(&ninth(&format!("predict {row} --json --top 5")).good().out);
        assert_eq!(json(evaluated)["candidates"], predicted["candidates"], "{row}");
        let explained = json(&ninth(&format!("explain {row} --json --top 1000")).good().out);
        for candidate in predicted["candidates"].as_array().unwrap() {
            let rules = explained["relations"].as_array().unwrap().iter();
            let behind = rules.clone().find(|rule| rule["next"][0] == candidate["term"]);
            let same = |candidates, rules| match behind {
                Some(rule) => candidate[candidates] == rule[rules],
                None => candidate[candidates].is_null(),
            };
            for (of_candidate, of_rule) in
                [("rule_probability", "probability"), ("formula", "formula"), ("name", "name")]
            {
                assert!(same(of_candidate, of_rule), "{row}: {candidate}, {behind:?}");
            }
        }
    }
}

#[test]
fn candidates_come_with_the_rules_behind_them() {
    let first = |arguments: &str| {
        let object = json(&ninth(&format!("predict {arguments} --json --top 200")).good().out);
        object["candidates"][0].clone()
    };
    for method in ["model", "relations", "blend"] {
        let squares = first(&format!("1 4 9 16 25 --method {method}"));
        assert_eq!(
            (&squares["term"], &squares["formula"]),
            (&36.into(), &"a(n) = n^2, n >= 1".into())
        );
        assert_eq!(squares["latex"], "a(n) = n^{2},\\quad n \\ge 1");
        assert!(squares["rule_probability"].as_f64().unwrap() > 0.0, "{squares}");
    }
    let keys = first("2 4 6 8 10 12");
    let keys: Vec<&String> = keys.as_object().unwrap().keys().collect();
    let expected = [
        "term",
        "probability",
        "sources",
        "formula",
        "latex",
        "name",
        "number",
        "rule_probability",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn what_doubles_doubles() {
    let object = json(&ninth("predict 1 2 4 8 16 32 64 128 --json").good().out);
    let first = &object["candidates"][0];
    assert_eq!(first["term"], 256);
    assert!(first["probability"].as_f64().unwrap() >= 0.95, "{first}");
}

/// Compared as text: a reader of JSON may know 64 bits only.
#[test]
fn a_hundred_digits_go_in_and_out() {
    let terms: Vec<String> = (1..9).map(|k| format!("-{k}{}7", "0".repeat(98))).collect();
    let expected = format!("-9{}7", "0".repeat(98));
    let given = terms.join(" ");
    let text = ninth(&format!("predict {given}")).good().out;
    assert!(text.starts_with(&format!("{given} -> {expected}\n")), "{text}");
    let text = ninth(&format!("predict {given} --json")).good().out;
    assert!(text.starts_with(&format!("{{\"terms\":[{}],", terms.join(","))), "{text}");
    assert_contains(&text, &[&format!("\"next\":[{expected}]"), &format!("\"term\":{expected},")]);
    let text = ninth(&format!("explain {given} --count 1 --json")).good().out;
    assert_contains(&text, &[&format!("\"next\":[{expected}]")]);
}

#[test]
fn the_json_is_as_documented() {
    let run = ninth("predict 2 4 6 --json --count 3 --top 4").good();
    assert_eq!(run.out.lines().count(), 1);
    let object = json(&run.out);
    let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
    let expected = [
        "terms",
        "ignored",
        "next",
        "candidates",
        "other",
        "shares",
        "beyond_range",
        "model",
        "method",
        "decoding",
    ];
    assert_eq!(keys, expected);
    let sum = |parts: &serde_json::Value| -> f64 {
        let parts = parts.as_object().unwrap();
        assert_eq!(parts.keys().collect::<Vec<_>>(), ["rules", "model", "forecasts"]);
        parts.values().map(|part| part.as_f64().unwrap()).sum()
    };
    for candidate in object["candidates"].as_array().unwrap() {
        let difference = sum(&candidate["sources"]) - candidate["probability"].as_f64().unwrap();
        assert!(difference.abs() < 1e-12, "{candidate}");
    }
    assert!(sum(&object["shares"]) <= 1.0 + 1e-12);
    assert!(object["decoding"].is_null() && object["beyond_range"].is_null());
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

    let other = object["other"].as_f64().unwrap();
    assert!((probabilities.iter().sum::<f64>() + other - 1.0).abs() < 1e-9);

    // Something that nobody names stays possible, but for a model alone.
    let object = json(&ninth("predict 2 4 6 --json --top 9999").good().out);
    let other = object["other"].as_f64().unwrap();
    assert!(other > 0.0 && other < 0.5, "{other}");
    let object = json(&ninth("predict 2 4 6 --json --top 9999 --method model").good().out);
    assert_eq!(object["candidates"].as_array().unwrap().len(), 256);
    assert!(object["other"].as_f64().unwrap() < 1e-3);
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
    for terms in ["1,2,3,4", "1, 2, 3, 4", "1,2 3,4", "1 , 2 , 3 , 4,", "[1, 2, 3, 4, ...]"] {
        assert_eq!(ninth(&format!("predict {terms}")).good().out, spaces, "{terms}");
        assert_eq!(ninth(&format!("predict -- {terms}")).good().out, spaces, "{terms}");
    }
    // Options may stand before, between and behind.
    for arguments in ["--count 1 1 2 3 4", "1 2 -n 1 3 4", "1 2 3 4 --count=1"] {
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
    // The rules beside its candidates are those of all terms.
    let of_model = |answer: &serde_json::Value| {
        let candidates = answer["candidates"].as_array().unwrap().iter();
        candidates
            .map(|next| (next["term"].clone(), next["probability"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(of_model(&long), of_model(&eight));

    // It is said of the model alone: rules use all terms.
    let run = ninth("predict 200 100 5 6 7 8 9 10 11 12 --method model").good();
    assert_contains(&run.err, &["10 terms", "last 8"]);
    assert!(run.out.starts_with("200 100 5 6 7 8 9 10 11 12 -> "));
    for method in ["blend", "relations"] {
        let run = ninth(&format!("predict 200 100 5 6 7 8 9 10 11 12 --method {method}")).good();
        assert_eq!(run.err, "");
    }
}

#[test]
fn terms_that_are_wrong_are_named_with_their_place() {
    let message = |arguments: &str| ninth(&format!("predict {arguments}")).bad(2);
    let marked = ["term 3 is \"x\", not an integer\n", "\n  1 2 x\n      ^\n"];
    assert_contains(&message("1 2 x"), &marked);
    assert_contains(&message("1,,3"), &["a term is missing", "\n  1,,3\n   ^^\n"]);
    assert_contains(&message("-5x"), &["term 1 is \"-5x\", not an integer"]);
    let by_model = |terms: &str| message(&format!("--method model {terms}"));
    assert_contains(&by_model("1 256"), &["term 2 is 256", "from 0 to 255"]);
    let large = "99999999999999999999999";
    assert_contains(&by_model(&format!("1 {large}")), &[&format!("term 2 is {large};")]);
    for negative in ["4 -2 3", "4 -2,3", "4,-2,3", "4, -2", "4 -2 --json"] {
        assert_contains(&by_model(negative), &["term 2 is -2;", "from 0 to 255"]);
        ninth(&format!("predict {negative}")).good();
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
        "--method model --generation naive",
        "--method model --generation parallel",
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
    assert_eq!(next("--decoding sample --top-k 0 --seed 3"), next("--decoding sample --seed 3"));
}

/// A beam's answer does not stand above the probabilities of another one.
#[test]
fn how_terms_were_chosen_is_said() {
    let beam = ninth("predict 3 1 4 1 5 --count 8 --decoding beam --beam-width 8").good().out;
    assert_contains(&beam, &["\n  the likeliest continuation as a whole\n"]);
    assert!(!beam.contains("  or  "), "{beam}");
    let drawn = ninth("predict 3 1 4 1 5 --decoding sample --seed 2").good().out;
    assert_contains(&drawn, &["\n  drawn by the model's probabilities\n"]);
    assert_contains(&ninth("predict 3 1 4 --method model").good().out, &["by the model alone"]);
}

/// Terms that a model cannot know are said to be wrong, those of a rule are not.
#[test]
fn predictions_beyond_the_range_are_said_to_be_wrong() {
    let run = ninth("predict 55 89 144 --method model --count 4").good();
    assert_contains(&run.err, &["from term 5 on the predictions are wrong", "0 to 255"]);
    for arguments in ["8 13 21 34 55 89 144 --count 4", "55 89 144 --method model --count 1"] {
        assert_eq!(ninth(&format!("predict {arguments}")).good().err, "", "{arguments}");
    }
}

#[test]
fn who_says_what_is_shown_on_request() {
    let out = ninth("predict 1 4 9 16 25 --verbose").good().out;
    assert_contains(&out, &["relations   model  forecast\n", "\n  any term ", "by coincidence"]);
    assert!(!ninth("predict 1 4 9 16 25").good().out.contains("forecast"));
}

/// Lines are as wide as the terminal, and no word is broken.
#[test]
fn lines_fit_the_terminal() {
    let long: Vec<String> = (1..40_u64).map(|n| (n * n * 1_000_003).to_string()).collect();
    let huge = format!("{0}1 {0}2 {0}3", "9".repeat(150));
    let commands = [
        "predict 1 1 2 3 5 8 13 21 --count 30".to_string(),
        "predict 1 2 6 12 36 --top 9 --verbose".to_string(),
        "predict 1 2 6 12 36 --all".to_string(),
        "explain 1 2 6 12 36".to_string(),
        "explain 1 2 6 12 36 --all".to_string(),
        format!("predict {} --verbose", long.join(" ")),
        format!("explain {} --count 20", long.join(" ")),
        format!("predict {huge} --top 3"),
        "predict 3 1 4 1 5 --count 40 --decoding beam".to_string(),
        "explain 1 2 3 4 5 6 7 100 3 250 17 90 4".to_string(),
    ];
    for arguments in commands {
        for width in [40, 80, 200] {
            let mut command = command(&std::env::temp_dir(), &arguments);
            let output = command.env("COLUMNS", width.to_string()).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success() && !text.is_empty());
            for line in text.lines() {
                assert!(line.chars().count() <= width, "{width}: {line:?}");
            }
        }
    }
    // Numbers are whole, and those that do not fit say how long they are.
    let output = command(&std::env::temp_dir(), "predict 1 1 2 3 5 8 13 21 --count 30")
        .env("COLUMNS", "40")
        .output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    assert_contains(&text, &["1 1 2 3 5 8 13 21 ->\n", " 1346269", "\n  Fibonacci numbers"]);
    let output =
        command(&std::env::temp_dir(), &format!("predict {huge}")).env("COLUMNS", "40").output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    assert_contains(&text, &["(151\u{a0}digits)"]);
}

#[test]
fn there_is_always_an_answer() {
    let next = |arguments: &str| {
        let object = json(&ninth(&format!("predict {arguments} --json")).good().out);
        object["next"].clone()
    };
    for method in ["", "--method blend", "--method relations"] {
        assert_eq!(next(&format!("-2,-3,-4,-5 --count 3 {method}")), json("[-6, -7, -8]"));
        assert_eq!(next(&format!("2 4 8 16 32 64 128 --count 2 {method}")), json("[256, 512]"));
    }
    for odd in ["-9 100 -3", "1000 9 1 7 2 8 0 4", "-5", "7 -123456789012345678901234567890 3"] {
        assert_eq!(next(odd).as_array().unwrap().len(), 1, "{odd}");
        assert_eq!(next(&format!("{odd} --count 7")).as_array().unwrap().len(), 7, "{odd}");
    }
    let run = ninth("predict 5 2 --method relations").good();
    assert_eq!((run.out.as_str(), run.err.as_str()), ("No rule fits these 2 terms.\n", ""));
    let object = json(&ninth("predict 5 2 --method relations --json").good().out);
    assert_eq!((&object["next"], &object["other"]), (&json("[]"), &1.0.into()));
    for (options, methods) in [
        ("--decoding greedy --method blend", "--method model"),
        ("--decoding beam --method relations", "--method model"),
        ("--generation naive --method relations", "--method model or blend"),
    ] {
        let message = ninth(&format!("predict 1 2 3 {options}")).bad(2);
        assert_contains(&message, &[options.split(' ').next().unwrap(), methods]);
    }
    // How a model computes changes neither who is asked nor what comes out.
    let object =
        |options: &str| json(&ninth(&format!("predict 9 2 9 5 --json {options}")).good().out);
    assert_eq!(object("--count 5 --generation naive"), object("--count 5"));
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
