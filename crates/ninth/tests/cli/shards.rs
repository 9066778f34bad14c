//! Ablations in several processes: shards, and results of all of them together.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::{Run, assert_contains, command, ninth_in};

/// Two decisions, 8 trainings that take no time.
const PLAN: &str = "ablate normalisation heads --steps 60 --seeds 2 --threads 1";

const RESULTS: [&str; 4] = ["results.json", "results.csv", "results.svg", "report.html"];

fn ablate(folder: &Path, arguments: &str) -> Run {
    ninth_in(folder, &format!("{PLAN} {arguments}"))
}

/// The files of results, to be compared.
fn results(folder: &Path) -> Vec<String> {
    RESULTS.iter().map(|name| fs::read_to_string(folder.join(name)).unwrap()).collect()
}

/// The lines of all journals in a folder but their first ones.
fn trained(folder: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let shards = fs::read_dir(folder.join("shards")).into_iter().flatten();
    let paths = shards.map(|entry| entry.unwrap().path());
    for path in paths.chain([folder.join("trials.jsonl")]) {
        if path.extension().is_some_and(|name| name == "jsonl") && path.exists() {
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("{\"format\":1,\"base\":\"design\""), "{text}");
            lines.extend(text.lines().skip(1).map(ToString::to_string));
        }
    }
    lines
}

/// The configs of those lines: each must be there once.
#[track_caller]
fn assert_each_once(folder: &Path, count: usize) {
    let lines = trained(folder);
    let mut configs: Vec<&str> =
        lines.iter().map(|line| line.split_once("\"config\":").unwrap().1).collect();
    configs.sort_unstable();
    configs.dedup();
    assert_eq!((lines.len(), configs.len()), (count, count));
}

fn start(folder: &Path, arguments: &str) -> Child {
    let mut command = command(folder, arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn shards_in_any_order_give_the_results_of_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let whole = ablate(path, "--no-times --out whole").good();
    let expected = results(&path.join("whole"));
    assert_contains(&whole.out, &["none *", " - "]);
    assert!(expected[0].contains("\"microseconds_per_step\":{\"mean\":null"), "{}", expected[0]);
    for (name, order) in [("one", &[1][..]), ("two", &[2, 1]), ("three", &[3, 1, 2])] {
        let count = order.len();
        for (done, index) in order.iter().enumerate() {
            let run = ablate(path, &format!("--no-times --shard {index}/{count} --out {name}"));
            let run = run.good();
            assert_contains(&run.err, &[&format!("shard {index}/{count}\n")]);
            let journal = path.join(name).join(format!("shards/{index}-of-{count}.jsonl"));
            assert!(journal.exists());
            if done + 1 < count {
                assert_eq!(run.out, "");
                let said = format!("Shard {index}/{count} is done. There are no results yet: ");
                assert_contains(&run.err, &[&said, "ninth ablate normalisation heads ", "--merge"]);
                assert!(!path.join(name).join("results.json").exists());
            } else {
                assert_eq!(run.out, whole.out);
                assert_contains(&run.err, &["Written to "]);
            }
        }
        assert_eq!(results(&path.join(name)), expected, "{name}");
        assert_each_once(&path.join(name), 8);
        // Again, from the same trainings.
        fs::remove_file(path.join(name).join("report.html")).unwrap();
        let merged = ablate_without_threads(path, &format!("--no-times --merge --out {name}"));
        assert_eq!(merged.good().out, whole.out);
        assert_eq!(results(&path.join(name)), expected, "{name}");
        assert_eq!(trained(&path.join(name)).len(), 8);
        // A shard that is done stays so.
        let again = ablate(path, &format!("--shard 1/{count} --quiet --no-times --out {name}"));
        let again = again.good();
        assert_eq!((again.out, again.err), (whole.out.clone(), String::new()));
    }
}

/// `--merge` trains nothing, so it takes no threads.
fn ablate_without_threads(folder: &Path, arguments: &str) -> Run {
    ninth_in(folder, &format!("{} {arguments}", PLAN.replace(" --threads 1", "")))
}

#[test]
fn times_are_those_of_the_journals_whoever_wrote_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    ablate(path, "--shard 2/2 --quiet --out a").good();
    let last = ablate(path, "--shard 1/2 --quiet --json --out a").good();
    assert_eq!(
        last.out.trim_end(),
        fs::read_to_string(path.join("a/results.json")).unwrap().trim_end()
    );
    // One process with the same lines, in another order.
    fs::create_dir(path.join("b")).unwrap();
    let header = fs::read_to_string(path.join("a/shards/1-of-2.jsonl")).unwrap();
    let header = header.lines().next().unwrap();
    let mut lines = trained(&path.join("a"));
    lines.sort();
    lines.insert(0, header.to_string());
    fs::write(path.join("b/trials.jsonl"), lines.join("\n") + "\n").unwrap();
    let one = ablate(path, "--quiet --json --out b").good();
    assert_eq!(one.out, last.out);
    assert_eq!(results(&path.join("b")), results(&path.join("a")));
    assert!(!one.out.contains("null"), "{}", one.out);
}

#[test]
fn processes_beside_each_other_train_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    ablate(path, "--no-times --quiet --out whole").good();
    // Overlapping shards and a plain run, all at the same time.
    let parts = ["--shard 1/4", "--shard 1/2", "--shard 2/2", "--shard 1/1", "", "--shard 3/4"];
    let begin = |part: &&str| start(path, &format!("{PLAN} --no-times --quiet {part} --out a"));
    let children: Vec<Child> = parts.iter().map(begin).collect();
    for (child, part) in children.into_iter().zip(parts) {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{part}: {said}");
        // It waits for the others.
        assert!(!part.is_empty() || !output.stdout.is_empty());
    }
    assert_each_once(&path.join("a"), 8);
    assert_eq!(results(&path.join("a")), results(&path.join("whole")));
    // Nobody has a claim or a state any more.
    assert!(!path.join("a/partial").exists());
    let claims = fs::read_dir(path.join("a/shards/claims")).into_iter().flatten().count();
    assert_eq!(claims, 0);
}

#[test]
fn a_shard_that_is_killed_goes_on_when_it_is_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let long = "ablate normalisation heads --steps 2000 --seeds 2 --threads 1 --no-times";
    ninth_in(path, &format!("{long} --quiet --out whole")).good();
    let of_shard = format!("{long} --shard 1/2 --out a");
    let mut child = start(path, &of_shard);
    let journal = path.join("a/shards/1-of-2.jsonl");
    let lines = || fs::read_to_string(&journal).unwrap_or_default().lines().count();
    while lines() < 2 {
        sleep(Duration::from_millis(5));
    }
    // The same shard at the same time is refused.
    let message = ninth_in(path, &of_shard).bad(1);
    assert_contains(&message, &["1-of-2.jsonl is in use: another ninth is at work there"]);
    child.kill().unwrap();
    child.wait().unwrap();
    // Its last line is cut off, and readers do without it.
    let text = fs::read_to_string(&journal).unwrap();
    let made = text.lines().count() - 1;
    assert!(made < 4, "it was killed in the middle");
    fs::write(&journal, &text[..text.len() - 40]).unwrap();
    let other = ninth_in(path, &format!("{long} --shard 2/2 --out a")).good();
    let missing = 4 - (made - 1);
    assert_contains(
        &other.err,
        &[&format!("no results yet: {missing} of 8 trainings are missing")],
    );
    let again = ninth_in(path, &of_shard).good();
    let before = match made - 1 {
        0 => "Trainings  4, shard 1/2\n".to_string(),
        before => format!("Trainings  4, of which {before} made before, shard 1/2\n"),
    };
    assert_contains(&again.err, &[&before]);
    assert_each_once(&path.join("a"), 8);
    assert_eq!(results(&path.join("a")), results(&path.join("whole")));
}

#[test]
fn a_damaged_line_is_named_and_a_foreign_journal_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    ablate(path, "--shard 2/3 --quiet --out a").good();
    let journal = path.join("a/shards/2-of-3.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, text.replacen("\"seed\"", "\"sed\"", 1)).unwrap();
    for other in ["--shard 1/3", "--shard 2/3", "", "--merge"] {
        let run = match other {
            "--merge" => ablate_without_threads(path, "--merge --out a"),
            other => ablate(path, &format!("{other} --out a")),
        };
        let name = Path::new("a").join("shards").join("2-of-3.jsonl");
        let place = format!("{}, line 2: not a trial", name.display());
        assert_contains(&run.bad(1), &[&place, "remove the line"]);
    }
    fs::write(&journal, text.replacen("design", "strong", 1)).unwrap();
    let message = ablate(path, "--shard 1/3 --out a").bad(1);
    assert_contains(&message, &["a has trials of another base: base strong, not design"]);
    // A folder of something else gets no shards.
    fs::create_dir(path.join("b")).unwrap();
    fs::write(path.join("b/mine"), "").unwrap();
    assert_contains(&ablate(path, "--shard 1/3 --out b").bad(1), &["b exists already"]);
    assert_eq!(fs::read_dir(path.join("b")).unwrap().count(), 1);
}

#[test]
fn merging_needs_all_trainings() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert_contains(&ablate_without_threads(path, "--merge --out a").bad(1), &["cannot read a"]);
    ablate(path, "--shard 1/4 --quiet --out a").good();
    let message = ablate_without_threads(path, "--merge --out a").bad(1);
    assert_contains(
        &message,
        &[
            "6 of 8 trainings are missing: normalisation=pre with seed 0, ",
            " and 2 more; no process is at any of them. This trains them:\n\n  ninth ablate \
             normalisation heads --base design --steps 60 --seeds 2 --out a",
        ],
    );
    assert!(!path.join("a/results.json").exists());
    // While somebody trains one, and when that process is gone.
    let long = "ablate decayed --steps 200000 --seeds 1";
    let mut child = start(path, &format!("{long} --threads 1 --out c"));
    let claims = path.join("c/shards/claims");
    while fs::read_dir(&claims).into_iter().flatten().next().is_none() {
        sleep(Duration::from_millis(5));
    }
    let message = ninth_in(path, &format!("{long} --merge --out c")).bad(1);
    assert_contains(&message, &["2 of 2 trainings are missing", "; a process is at one of them."]);
    child.kill().unwrap();
    child.wait().unwrap();
    let message = ninth_in(path, &format!("{long} --merge --out c")).bad(1);
    assert_contains(&message, &["; no process is at any of them."]);
}

#[test]
fn wrong_shards_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for text in
        ["0/4", "5/4", "x/4", "4", "1/0", "1/", "/4", "-1/4", "+1/4", "1/4/4", "99999999999/4"]
    {
        let message = ninth_in(path, &format!("ablate decayed --shard={text}")).bad(2);
        let parts = [format!("'{text}' for '--shard <I/N>'"), "1 <= I <= N".to_string()];
        assert_contains(&message, &[&parts[0], &parts[1], "as in 1/4, or slurm"]);
    }
    for (arguments, part) in [
        ("decayed --shard 1/2 --merge", "cannot be used with"),
        ("decayed --merge --threads 2", "cannot be used with"),
        ("--shard 1/2", "--shard needs a decision to measure"),
        ("--merge", "--merge needs a decision to measure"),
        ("--no-times", "--no-times needs a decision to measure"),
    ] {
        assert_contains(&ninth_in(path, &format!("ablate {arguments}")).bad(2), &[part]);
    }
    assert_eq!(fs::read_dir(path).unwrap().count(), 0);
}

#[test]
fn a_job_of_a_slurm_array_is_a_shard() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let job = |values: [&str; 5]| {
        let mut command = command(path, &format!("{PLAN} --shard slurm --out a"));
        for (name, value) in ["ID", "MIN", "MAX", "STEP", "COUNT"].iter().zip(values) {
            command.env(format!("SLURM_ARRAY_TASK_{name}"), value);
        }
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    };
    assert_contains(&job(["5", "1", "5", "4", "2"]).good().err, &["shard 2/2\n"]);
    assert!(path.join("a/shards/2-of-2.jsonl").exists());
    let holes = job(["3", "1", "7", "1", "3"]).bad(2);
    assert_contains(&holes, &["has holes", "sbatch --array=1-8"]);
    let wrong = job(["x", "1", "7", "1", "7"]).bad(2);
    assert_contains(&wrong, &["SLURM_ARRAY_TASK_ID is \"x\"", "a whole number from 0"]);
    let mut without = command(path, &format!("{PLAN} --shard slurm --out b"));
    without.env_remove("SLURM_ARRAY_TASK_ID");
    let said = String::from_utf8(without.output().unwrap().stderr).unwrap();
    assert_contains(&said, &["SLURM_ARRAY_TASK_ID is not set", "--shard 1/8"]);
    assert!(!path.join("b").exists());
}
