use crate::{assert_contains, json, ninth};
use std::collections::BTreeSet;

#[test]
fn sequences_come_with_their_family_and_formula() {
    let run = ninth("sample -n 30").good();
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 31);
    let [terms_at, formula_at] = ["terms", "formula"].map(|name| lines[0].find(name).unwrap());
    let json_lines = ninth("sample -n 30 --json").good().out;
    let mut phases = BTreeSet::new();
    for (line, object) in lines[1..].iter().zip(json_lines.lines()) {
        let object = json(object);
        assert_eq!(line[..terms_at].trim(), object["family"]);
        assert_eq!(&line[formula_at..], object["formula"].as_str().unwrap());
        let terms = line[terms_at..formula_at].split_whitespace();
        let terms: Vec<i64> = terms.map(|term| term.parse().unwrap()).collect();
        assert_eq!(serde_json::to_value(&terms).unwrap(), object["terms"]);
        assert!((4..=9).contains(&terms.len()));
        assert!(line[formula_at..].contains(" = ") || line.contains("repeated"), "{line}");
        phases.insert(object["phase"].as_u64().unwrap());
    }
    assert_eq!(phases, BTreeSet::from([1, 2, 3]));
    assert_eq!(ninth("sample").good().out.lines().count(), 11);
    assert_eq!(ninth("sample --count 30 --json").good().out, json_lines);
    assert_contains(&ninth("sample -n 0").bad(2), &["--count", "0 is not in 1..=1000000000"]);
}

#[test]
fn one_phase_or_one_family_can_be_asked_for() {
    for phase in 1..=4 {
        let out = ninth(&format!("sample --phase {phase} --json -n 20")).good().out;
        assert!(out.lines().all(|line| json(line)["phase"] == phase), "{out}");
    }
    // One of the wider families, which are drawn from only where they are asked for.
    let out = ninth("sample --family residue-classes --json -n 3").good().out;
    assert!(out.lines().all(|line| json(line)["phase"] == 4), "{out}");
    let out = ninth("sample --family fibonacci --json").good().out;
    assert_eq!(out.lines().count(), 10);
    for line in out.lines() {
        let sample = json(line);
        assert_eq!(sample["family"], "fibonacci");
        let terms = sample["terms"].as_array().unwrap();
        let terms: Vec<i64> = terms.iter().map(|term| term.as_i64().unwrap()).collect();
        assert!(terms.windows(3).all(|w| w[2] == w[0] + w[1]), "{terms:?}");
    }
}

#[test]
fn a_seed_always_gives_the_same() {
    let sample = |arguments: &str| ninth(&format!("sample {arguments}")).good().out;
    assert_eq!(sample("--seed 0"), sample(""));
    assert_eq!(sample("--seed 7"), sample("--seed 7"));
    assert_ne!(sample("--seed 7"), sample("--seed 8"));
    assert!(sample("-n 50").starts_with(sample("-n 20").as_str()));
}
