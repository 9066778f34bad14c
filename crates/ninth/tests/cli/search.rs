use crate::{Run, assert_contains, json, ninth_in};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Searches in a folder, with budgets that take no time: 5 epochs.
fn search(folder: &Path, arguments: &str) -> Run {
    let budget = "--set training.epochs=5 --steps 40 --seeds 2 --out tmp";
    ninth_in(folder, &format!("ablate {arguments} {budget}"))
}

fn results(folder: &Path) -> Value {
    json(&fs::read_to_string(folder.join("tmp/results.json")).unwrap())
}

fn names(rung: &Value) -> Vec<&str> {
    let options = rung["options"].as_array().unwrap();
    options.iter().map(|option| option["option"].as_str().unwrap()).collect()
}

#[test]
fn a_grid_is_trained_and_its_best_point_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let grid = "--grid heads=1,4 learning_rate.peak=0.003,0.03";
    let run = search(path, grid).good();
    // The base and two of four points, with two seeds.
    let said = ["Points     2; passed over: 2 refused\n", "Trainings  6\n", " 6/6 ", "heads=1 l"];
    assert_contains(&run.err, &said);
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(lines.iter().all(|line| line.chars().count() <= 100), "{}", run.out);
    for (mark, name) in [("*", "base"), ("1", "heads=1 learning_rate.peak=0.0"), ("2", "heads=1 ")]
    {
        let row = lines.iter().find(|line| line.starts_with(&format!("  {mark}  "))).unwrap();
        assert!(row.contains(&format!("  {name}")) && row.contains(" ± "), "{row}");
    }
    let printed = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let luck = "The best of 2 points looks better than it is";
    for part in [
        "grid: 2 points of all combinations",
        "heads=4 learning_rate.peak=0.03 is refused",
        "Points passed over: 2 refused.",
        luck,
        "corrected for the number of all points",
    ] {
        assert_contains(&printed, &[part]);
    }
    let object = results(path);
    let command = "ninth ablate heads=1,4 learning_rate.peak=0.003,0.03 --grid --base design --set \
                   training.epochs=5 --steps 40 --seeds 2";
    assert_eq!(object["command"], command);
    let found = &object["search"];
    assert_eq!((&found["method"], &found["points"]), (&"grid".into(), &2.into()));
    assert_eq!((&found["refused"], &found["equal"]), (&2.into(), &0.into()));
    assert!(found["note"].as_str().unwrap().starts_with(luck));
    assert_eq!(object["decisions"][0]["options"].as_array().unwrap().len(), 1 + 4);

    // The same command again trains nothing, and says the same.
    let again = search(path, grid).good();
    assert_contains(&again.err, &["Trainings  6, of which 6 made before"]);
    assert_eq!(again.out, run.out);

    // What is kept is the config of the first seed, which a training takes.
    let best = found["best"]["option"].as_str().unwrap();
    let text = fs::read_to_string(path.join("tmp/best.toml")).unwrap();
    assert_contains(&text, &["seed = 0\n", "steps_per_epoch = 8\n"]);
    assert_contains(&run.err, &[best, "ninth train --config tmp/best.toml"]);
    if found["best"]["default"] == false {
        assert_contains(&run.err, &["--set training.seed=2 ", "--out tmp-again"]);
        let peak = best.split_once("peak=").unwrap().1;
        assert_contains(&text, &[&format!("peak = {peak}\n"), "heads = 1\n"]);
    }
    let trained = ninth_in(path, "train --config tmp/best.toml --out run --quiet").good();
    assert_contains(&trained.out, &["On 10,000 fresh sequences"]);
    let read = |name: &str| fs::read_to_string(path.join(name)).unwrap();
    let (config, origin) = text.split_once("\n# The best of: ").unwrap();
    assert!(origin.starts_with("ninth ablate heads=1,4 "), "{origin}");
    assert!(read("run/config.toml") == config, "another config");
    // It is the training of the search again, to the bit.
    let metrics = read("run/metrics.jsonl");
    let validation = metrics.lines().rev().map(json).find(|line| line["event"] == "validation");
    let trials = read("tmp/trials.jsonl");
    let losses: Vec<Value> = trials
        .lines()
        .skip(1)
        .map(json)
        .filter(|trial| trial["seed"] == 0)
        .map(|trial| trial["curve"].as_array().unwrap().last().unwrap()[1].clone())
        .collect();
    assert_eq!(losses.len(), 3);
    assert!(losses.contains(&validation.unwrap()["validation/loss"]), "{losses:?}");
}

#[test]
fn halving_trains_the_best_of_each_rung_longer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let halving = "--sobol 4 --halving 2 learning_rate.peak=0.001..0.1:log \
                   model.layers=1..3 --threads 2";
    let run = search(path, halving).good();
    let said =
        ["Points     4\n", "Rungs      4 over 20 steps, 2 over 40 steps\n", "Trainings  16\n"];
    assert_contains(&run.err, &said);
    assert_contains(&run.err, &["  1/10 ", " 10/10 ", " 11/16 ", " 16/16 "]);
    assert_contains(
        &run.out,
        &[
            "rung 1: 4 points of a Sobol sequence, 20 steps each, the best 2 go on",
            "rung 2: 2 points, 40 steps each, the best first",
            "over 40 steps in the last rung",
        ],
    );
    let object = results(path);
    let [first, second] = object["decisions"].as_array().unwrap().as_slice() else {
        panic!("{object}");
    };
    let (first, second) = (names(first), names(second));
    assert_eq!((first.len(), second.len()), (5, 3));
    // The two best ones, in whichever order.
    assert!(second[1..].iter().all(|name| first[1..3].contains(name)), "{first:?}, {second:?}");
    let steps = |rung: usize, option: usize| {
        object["decisions"][rung]["options"][option]["steps"]["mean"].as_f64()
    };
    assert_eq!((steps(0, 0), steps(0, 4), steps(1, 2)), (Some(20.0), Some(20.0), Some(40.0)));
    assert_contains(object["command"].as_str().unwrap(), &["--sobol 4 --halving 2 --base"]);

    // Cut off in the second rung, it goes on there, with the same figures.
    let journal = path.join("tmp/trials.jsonl");
    let lines = fs::read_to_string(&journal).unwrap();
    assert_eq!(lines.lines().count(), 1 + 16);
    let kept: String = lines.split_inclusive('\n').take(1 + 12).collect();
    fs::write(&journal, kept).unwrap();
    let again = search(path, halving).good();
    assert_contains(&again.err, &["Trainings  16, of which 12 made before", " 1/4 ", " 4/4 "]);
    let figures = |object: &Value| {
        let mut figures = Vec::new();
        for rung in object["decisions"].as_array().unwrap() {
            for option in rung["options"].as_array().unwrap() {
                figures.push((option["option"].clone(), option["accuracy_last"].clone()));
            }
        }
        figures
    };
    assert_eq!(figures(&results(path)), figures(&object));
    assert_eq!(results(path)["search"], object["search"]);
}

/// A shard goes on with the next rung when the one before is complete; results are those of one
/// process.
#[test]
fn shards_climb_the_rungs_of_a_search() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let halving = "--random 4 --halving 2 learning_rate.peak=0.001..0.1:log --no-times";
    let shard = |index: usize| search(path, &format!("{halving} --shard {index}/2")).good();
    let (first, second) = (shard(1), shard(2));
    assert_contains(&first.err, &["Trainings  5, shard 1/2", "run the shards again for the next"]);
    // The second one finds the first rung complete and trains its share of the next.
    assert_contains(&second.err, &["There are no results yet: ", "--merge"]);
    let message = search(path, &format!("{halving} --merge")).bad(1);
    assert_contains(&message, &["missing"]);
    assert_contains(&shard(1).out, &["rung 2: 2 points, 40 steps each, the best first"]);
    let of_shards = results(path);
    fs::remove_dir_all(path.join("tmp")).unwrap();
    search(path, halving).good();
    assert_eq!(results(path), of_shards);
}

#[test]
fn wrong_searches_leave_nothing_behind() {
    let cases: [(&str, &[&str]); 12] = [
        ("--grid", &["--grid, --random and --sobol need", "activation=relu,silu"]),
        ("--grid --random 3 layers", &["--grid", "--random", "cannot be used with"]),
        ("--random 3 --sobol 3 layers", &["--random", "--sobol", "cannot be used with"]),
        ("--halving 3 layers", &["--grid", "--random", "--sobol"]),
        ("--grid --halving 1 layers", &["--halving", "2..=10"]),
        ("--random 0 layers", &["--random", "1..=10000"]),
        ("--sobol -3 layers", &["--sobol", "1..=10000"]),
        ("--grid model.layers=2..6", &["model.layers=2..6 is a range", "--random and --sobol"]),
        ("model.layers=2..6", &["model.layers=2..6 is a range", "as in model.layers=2,6"]),
        ("--sobol 3 model.layers=6..2", &["model.layers=6..2: 6 is not below 2"]),
        ("--sobol 9 layers=2,3 --seeds 1", &["only 1 are different", "fewer than 9"]),
        ("--grid layers model.layers=9", &["model.layers is set by layers=2 and by model.layers"]),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (arguments, parts) in cases {
        let message = ninth_in(folder.path(), &format!("ablate {arguments}")).bad(2);
        assert_contains(&message, parts);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
