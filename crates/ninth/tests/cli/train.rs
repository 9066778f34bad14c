use ninth_training::trained_model::TrainedModel;

use crate::{assert_contains, command, json, ninth, ninth_in};
use std::fs;
use std::path::{Path, PathBuf};

/// 400 steps of a small model, with a validation every 50 and a checkpoint after
/// 100; the best weights are rarely the last ones under such a learning rate.
const SMALL: &str = "\
[curriculum]
nested_start = 1
nested_length = 1
combined_start = 2
combined_length = 1

[embedding]
kind = \"frequency\"
projection = true

[model]
d_model = 16
heads = 2
feed_forward = 24
normalisation = \"pre\"

[training]
seed = 5
batch_size = 20
epochs = 4
steps_per_epoch = 100
checkpoint_epochs = 1

[learning_rate]
peak = 0.02
warmup_steps = 20

[validation]
every_steps = 50
sequences = 40
";

/// A folder with a training of `SMALL` in `run`, and what was printed.
fn trained(options: &str) -> (tempfile::TempDir, crate::Run) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("small.toml"), SMALL).unwrap();
    let arguments = format!("train --config small.toml --out run --threads 2 {options}");
    let run = ninth_in(folder.path(), &arguments).good();
    (folder, run)
}

fn checkpoints(run: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(run.join("checkpoints")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => fs::copy(entry.path(), to).map(|_| ()).unwrap(),
        }
    }
}

/// The report of a run, which asks nothing of a network.
fn page(run: &Path) -> String {
    let page = fs::read_to_string(run.join("report.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    let page = page.replace("http://www.w3.org/2000/svg", "");
    for foreign in ["http://", "https://", "<script", "<link", "url(", "@import"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    page
}

#[test]
fn a_training_leaves_a_run_that_can_be_used() {
    let (folder, run) = trained("");
    let path = folder.path();

    // What it says: chatter on standard error, the report on standard output.
    let lines: Vec<&str> = run.err.lines().collect();
    assert_contains(&run.err, &["parameters", "cpu (", "8,000 sequences", "run", "4.0/4"]);
    assert!(lines.iter().any(|line| line.contains("0.5/4")), "no first line: {}", run.err);
    assert!(!run.err.contains('\x1b') && !run.out.contains('\x1b'));
    let head = lines.iter().position(|line| line.starts_with("    epoch ")).unwrap();
    assert!(lines[head - 1].contains(" to the ") && lines[head].contains(" limit "));
    assert!(lines[head..].iter().all(|line| line.chars().count() <= 80), "{}", run.err);
    assert!(lines[head + 1].matches(" %").count() == 3, "{}", lines[head + 1]);
    assert_contains(&run.out, &["On 10,000 fresh sequences", "after all 4 epochs"]);
    for name in ["simple", "nested", "combined", "all", "uniform", "repeat", "linear", "limit"] {
        assert!(run.out.contains(&format!("\n  {name} ")), "{name} in {}", run.out);
    }
    let examples = run.out.split_once("\nExamples").unwrap().1.split_once("\nTraining").unwrap().0;
    let judged = |line: &&str| line.contains("  ok  ") || line.contains("  miss  ");
    let examples: Vec<&str> = examples.lines().filter(judged).collect();
    assert_eq!(examples.len(), 10, "{}", run.out);
    for example in examples {
        let words: Vec<&str> = example.split_whitespace().collect();
        // Eight terms, the predicted one and the true one.
        words[..10].iter().for_each(|word| assert!(word.parse::<u8>().is_ok(), "{example}"));
        assert_eq!(words[10], if words[8] == words[9] { "ok" } else { "miss" });
    }
    assert!(!run.out.contains("weak by its nature"));

    // The command that it ends with.
    let command = run.out.lines().last().unwrap().trim();
    assert_eq!(command, "ninth predict --model run 1 1 2 3 5 8 13 21");
    let predicted = ninth_in(path, command.strip_prefix("ninth ").unwrap()).good().out;
    assert!(predicted.starts_with("1 1 2 3 5 8 13 21 -> "));
    for model in ["run/best.safetensors", "run"] {
        let arguments = format!("predict 1 1 2 3 5 8 13 21 --json --model {model}");
        let object = json(&ninth_in(path, &arguments).good().out);
        assert_eq!(object["model"], "run/best.safetensors");
    }

    // The files.
    let config = fs::read_to_string(path.join("run/config.toml")).unwrap();
    assert_eq!(ninth_in(path, "config --config run/config.toml").good().out, config);
    assert_eq!(ninth_in(path, "config --config small.toml").good().out, config);
    let metrics = fs::read_to_string(path.join("run/metrics.jsonl")).unwrap();
    let limit = json(&ninth_in(path, "limit --json --config small.toml").good().out);
    let names = ["accuracy_last", "accuracy_all", "accuracy_whole", "cross_entropy", "distance"];
    let limit = names.map(|name| (name, limit["all"][name].as_f64().unwrap()));
    let (mut steps, mut validations) = (0, 0);
    for line in metrics.lines().map(json) {
        let step = line["step"].as_u64().unwrap();
        match line["event"].as_str().unwrap() {
            "progress" => assert!(step > steps),
            "validation" => {
                assert_eq!(step, steps);
                assert!(line["validation/loss"].is_f64());
                for (name, of_limit) in &limit {
                    let [model, best, gap] = ["validation", "limit", "gap"]
                        .map(|group| line[format!("{group}/{name}")].as_f64().unwrap());
                    assert_eq!(best, *of_limit, "{name}");
                    let sign = if name.starts_with("accuracy") { -1.0 } else { 1.0 };
                    assert_eq!(gap, sign * (model - best), "{name}");
                }
                validations += 1;
            }
            other => panic!("{other}"),
        }
        steps = step;
    }
    assert_eq!((steps, validations), (400, 8));
    let names = fs::read_dir(path.join("run")).unwrap().map(|entry| entry.unwrap().file_name());
    let names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    assert!(names.iter().any(|name| name.starts_with("events.out.tfevents.")), "{names:?}");
    assert!(names.iter().all(|name| !name.ends_with(".tmp")), "{names:?}");
    assert_eq!(names.len(), 8, "{names:?}");
    assert_contains(&run.out, &["\n  report  run/report.html\n"]);
    let page = page(&path.join("run"));
    assert_contains(&page, &["<h1>run</h1>", "How it learned", "a(n) = ", "steps_per_epoch = 100"]);
    assert_contains(&page, &["sequences a second", "training.seed = 5"]);
    assert_contains(&page, &["all 1,296,547 relations", ">limit, all<", "<td>gap</td>"]);
    let last = checkpoints(&path.join("run")).pop().unwrap();
    assert!(last.ends_with("step-00000400.safetensors"), "{last:?}");

    // `evaluate` judges the same weights by the same sequences as `train` did.
    let evaluated = ninth_in(path, "evaluate --model run").good().out;
    let table = run.out.split("\nExamples").next().unwrap();
    assert!(evaluated.starts_with(table), "{evaluated}\n{table}");

    // A folder that has a run in it is not trained into again.
    let message = ninth_in(path, "train --out run").bad(1);
    assert_contains(&message, &["run exists already"]);
}

#[test]
fn a_run_that_was_cut_off_ends_as_if_it_had_not_been() {
    let (folder, _) = trained("--quiet");
    let (whole, cut) = (folder.path().join("run"), folder.path().join("cut"));
    copy(&whole, &cut);
    fs::write(cut.join("report.html"), "of another time").unwrap();
    // As if the program had been killed after the first checkpoint: the logs are
    // longer than at the checkpoint, one of them by half a line.
    let found = checkpoints(&cut);
    let (first, later) = found.split_first().unwrap();
    // Where writing takes long, it is done more rarely.
    let step = first.file_stem().unwrap().to_str().unwrap().strip_prefix("step-").unwrap();
    let step: u64 = step.parse().unwrap();
    assert!((100..400).contains(&step) && !later.is_empty(), "{found:?}");
    later.iter().for_each(|path| fs::remove_file(path).unwrap());
    fs::remove_file(cut.join("best.safetensors")).unwrap();
    let mut metrics = fs::read(cut.join("metrics.jsonl")).unwrap();
    metrics.truncate(metrics.len() - 40);
    fs::write(cut.join("metrics.jsonl"), metrics).unwrap();

    let run = ninth_in(folder.path(), "train --resume cut --threads 1").good();
    assert_contains(&run.err, &[&format!("after step {step}")]);
    for name in ["best.safetensors", "metrics.jsonl", "checkpoints/step-00000400.safetensors"] {
        let [whole, cut] = [&whole, &cut].map(|run| fs::read(run.join(name)).unwrap());
        assert!(whole == cut, "{name} differs");
    }
    // The page shows the steps of both sessions.
    let curves = |run: &Path| {
        let page = page(run);
        let (_, curves) = page.split_once("How it learned").unwrap();
        curves.split_once("What was decided").unwrap().0.to_string()
    };
    assert_eq!(curves(&whole), curves(&cut));
}

/// The loss of the first validation of a run.
fn first_validation(run: &Path) -> f64 {
    let metrics = fs::read_to_string(run.join("metrics.jsonl")).unwrap();
    let lines = metrics.lines().map(|line| serde_json::from_str(line).unwrap());
    let mut losses = lines.filter_map(|line: serde_json::Value| line["validation/loss"].as_f64());
    losses.next().unwrap()
}

#[test]
fn a_later_stage_begins_with_weights_that_are_there() {
    let (folder, _) = trained("--quiet");
    let path = |name: &str| folder.path().join(name);
    // Steps this small leave the weights about as they are.
    let stage = "--set epochs=1 --set learning_rate.peak=1e-6 --seed 6 --threads 1";
    let run = ninth_in(folder.path(), &format!("train --from run --out next {stage}")).good();
    assert_contains(&run.err, &[" steps of earlier stages"]);
    let stages = |run: &str| {
        let bytes = fs::read(path(run).join("best.safetensors")).unwrap();
        let trained = TrainedModel::from_bytes(&bytes).unwrap();
        let stages = trained.earlier.iter().chain([&trained.stage]);
        stages.map(|stage| stage.steps).collect::<Vec<_>>()
    };
    let steps = stages("run")[0];
    let began = |name: &str, model: &str| {
        let began = format!("with the weights of {model} ({steps} steps)");
        let page = page(&path(name));
        assert_contains(&page, &[&format!("<dt>began</dt><dd>{began}</dd>")]);
        format!("\n  began   {began}\n  ended ")
    };
    assert_contains(&run.out, &[&began("next", "run/best.safetensors")]);
    assert!(!page(&path("run")).contains("began"));
    let (before, next) = (first_validation(&path("run")), first_validation(&path("next")));
    assert!(next < before - 0.3, "{before} at the start of the first stage, then {next}");
    // The config is that of the first stage, where nothing else was said.
    let config = fs::read_to_string(path("next/config.toml")).unwrap();
    assert_contains(&config, &["d_model = 16", "seed = 6", "epochs = 1\n", "batch_size = 20"]);

    // Cut off before anything was trained, it still knows where it began.
    copy(&path("next"), &path("cut"));
    for checkpoint in checkpoints(&path("cut")).iter().skip(1) {
        fs::remove_file(checkpoint).unwrap();
    }
    let resumed = ninth_in(folder.path(), "train --resume cut --quiet").good();
    assert_contains(&resumed.out, &[&began("cut", "run/best.safetensors")]);
    for name in ["best.safetensors", "metrics.jsonl", "checkpoints/step-00000100.safetensors"] {
        let [whole, cut] = ["next", "cut"].map(|run| fs::read(path(run).join(name)).unwrap());
        assert!(whole == cut, "{name} differs");
    }

    // Cut off even earlier, it does not go on with other weights; a folder of an older program
    // does not name the model.
    for checkpoint in checkpoints(&path("cut")) {
        fs::remove_file(checkpoint).unwrap();
    }
    let lost = ninth_in(folder.path(), "train --resume cut");
    assert_eq!(lost.status, Some(1), "{}", lost.err);
    assert_contains(&lost.err, &["its first weights, those of run/best.safetensors, were kept"]);
    copy(&path("next"), &path("older"));
    fs::remove_file(path("older/from.txt")).unwrap();
    let older = ninth_in(folder.path(), "train --resume older --quiet").good();
    assert_contains(&older.out, &[&began("older", "an earlier training")]);

    // A third stage, from a checkpoint; what was drawn is what all of them drew.
    let from = "next/checkpoints/step-00000100.safetensors";
    let third = format!("train --from {from} --out third {stage} --quiet");
    let third = ninth_in(folder.path(), &third).good();
    let steps = format!("(100 steps, after {steps} of earlier trainings)");
    assert_contains(&third.out, &[&format!("with the weights of {from} {steps}")]);
    let judged = "evaluate --model third -n 10 --never-trained --json";
    let judged = json(&ninth_in(folder.path(), judged).good().out);
    let [first, last] = ["run", "third"].map(stages);
    assert_eq!((first.len(), last.len()), (1, 3));
    assert_eq!(judged["never_trained"]["steps"], last.iter().sum::<u64>());
}

#[test]
fn weights_of_another_model_begin_no_training() {
    let (folder, _) = trained("--quiet --set epochs=1");
    for (change, reason) in [
        ("model.d_model=8", "they have the tensor"),
        ("model.layers=1", "where this training has the tensor \"final_norm.weight\""),
        ("sequences.maximum=200", "the integers from 0 to 255, this training has those from 0"),
    ] {
        let run = ninth_in(folder.path(), &format!("train --from run --out new --set {change}"));
        assert_eq!(run.status, Some(2), "{}", run.err);
        assert_contains(&run.err, &["cannot begin with the weights of run/best", reason]);
        assert!(!folder.path().join("new").exists());
    }
    for (arguments, expected) in [
        ("--from nowhere", "nowhere"),
        ("--from run/config.toml", "run/config.toml cannot be used"),
        ("--from run --preset strong", "cannot be used with"),
        ("--resume run --from run", "cannot be used with"),
    ] {
        let run = ninth_in(folder.path(), &format!("train {arguments}"));
        assert_ne!(run.status, Some(0));
        assert_contains(&run.err, &[expected]);
    }
}

/// The limit is there whether an index is kept or not, and the logs are the same.
#[test]
fn the_cache_decides_nothing_about_the_logs() {
    let (folder, _) = trained("--quiet --set epochs=1");
    let arguments = "train --config small.toml --out other --quiet --set epochs=1 --threads 1";
    let status = command(folder.path(), arguments).env("NINTH_CACHE", "").output().unwrap().status;
    assert!(status.success());
    let [one, other] = ["run", "other"]
        .map(|run| fs::read(folder.path().join(run).join("metrics.jsonl")).unwrap());
    assert!(one == other, "metrics.jsonl differs");
    assert_contains(&String::from_utf8(one).unwrap(), &["\"limit/accuracy_last\":0.99"]);
}

/// Sequences so long that going through all of them would take longer than the training.
#[test]
fn a_limit_that_is_too_much_is_left_out_and_said_once() {
    let options = "--set sequences.context=250 --set epochs=1 --set steps_per_epoch=4 \
                   --set every_steps=2 --set validation.sequences=5 --set batch_size=4";
    let (folder, run) = trained(options);
    assert_eq!(run.err.matches("Limit     not known: ").count(), 1, "{}", run.err);
    assert_contains(&run.err, &["relations of 251 terms are too many"]);
    assert!(!run.out.contains("limit"), "{}", run.out);
    let metrics = fs::read_to_string(folder.path().join("run/metrics.jsonl")).unwrap();
    assert_contains(&metrics, &["validation/loss"]);
    assert!(!metrics.contains("limit/") && !metrics.contains("gap/"), "{metrics}");
    assert!(!page(&folder.path().join("run")).contains(">limit<"));
}

#[test]
fn a_finished_run_says_so_and_reports_again() {
    let (folder, before) = trained("");
    let best = |path: &Path| fs::read(path.join("run/best.safetensors")).unwrap();
    let metrics = |path: &Path| fs::read(path.join("run/metrics.jsonl")).unwrap();
    let (weights, lines) = (best(folder.path()), metrics(folder.path()));
    fs::remove_file(folder.path().join("run/report.html")).unwrap();
    let again = ninth_in(folder.path(), "train --resume run").good();
    // It says how to go on; with another seed, and as long as before.
    let on = "\n  ninth train --from run --seed 6 --set training.epochs=4\n";
    assert_contains(&again.err, &["finished already", on]);
    let page = page(&folder.path().join("run"));
    assert_contains(&page, &["after all 4 epochs", "sequences a second"]);
    // The report is the same, the time of the training included.
    assert_contains(&before.out, &["\n  time    ", " sequences a second\n"]);
    assert_eq!(again.out, before.out);
    assert!(weights == best(folder.path()) && lines == metrics(folder.path()));
    // Nothing is logged twice.
    let events = |path: &Path| {
        let mut names = fs::read_dir(path.join("run")).unwrap().map(|entry| entry.unwrap().path());
        let events = names.find(|path| path.to_string_lossy().contains("tfevents")).unwrap();
        let bytes = fs::read(events).unwrap();
        bytes.windows(26).filter(|part| part == b"_hparams_/session_end_info").count()
    };
    assert_eq!(events(folder.path()), 1);
}

/// The time of a run is that of all its sessions.
#[test]
fn a_resumed_run_has_the_time_of_all_sessions() {
    let (folder, _) = trained("--quiet");
    let run = folder.path().join("run");
    let found = checkpoints(&run);
    found.iter().skip(1).for_each(|path| fs::remove_file(path).unwrap());
    // The first session is made to have taken an hour.
    let timings = fs::read_to_string(run.join("timings.jsonl")).unwrap();
    let (start, stopped) = timings.trim_end().rsplit_once('\n').unwrap();
    let mut stopped = json(stopped);
    assert_eq!((&stopped["event"], &stopped["step"]), (&"stopped".into(), &400.into()));
    stopped["seconds"] = 3600.into();
    fs::write(run.join("timings.jsonl"), format!("{start}\n{stopped}\n")).unwrap();
    let out = ninth_in(folder.path(), "train --resume run --quiet").good().out;
    let time = out.lines().find(|line| line.starts_with("  time")).unwrap();
    assert_contains(time, &["1 h 0 min in 2 sessions, 3 sequences a second"]);
    assert_contains(&page(&run), &["1 h 0 min in 2 sessions"]);
    // Cut off, it counts up to its last event; without any time there is none to tell.
    fs::remove_file(run.join("timings.jsonl")).unwrap();
    let out = ninth_in(folder.path(), "train --resume run --quiet").good().out;
    assert!(!out.contains("\n  time "), "{out}");
}

/// `--resume` goes on as planned; what another plan is begun with is said.
#[test]
fn a_wish_for_another_config_says_how_to_go_on() {
    let (folder, _) = trained("--quiet --set epochs=1");
    let message = ninth_in(folder.path(), "train --resume run --set training.epochs=40").bad(2);
    assert_contains(
        &message,
        &[
            "--resume goes on with the config of the run and cannot be used with",
            "--set training.epochs=40;",
            "\n\n  ninth train --from run --seed 6 --set training.epochs=40\n",
        ],
    );
    let more = "--set epochs=2 --set learning_rate.peak=0.001 --seed 9";
    let message = ninth_in(folder.path(), &format!("train --resume run {more}")).bad(2);
    let command = format!("ninth train --from run {more}");
    assert_contains(&message, &[&command]);
    // The command does it.
    let command = format!("{} --quiet --out next", command.strip_prefix("ninth ").unwrap());
    assert_contains(&ninth_in(folder.path(), &command).good().out, &["after all 2 epochs"]);
    let message = ninth_in(folder.path(), "train --resume run --config small.toml").bad(2);
    assert_contains(&message, &["ninth train --from run --seed 6 --config small.toml"]);
}

/// A run that is too short for its plan says what does not come about, and announces nothing else.
#[test]
fn a_short_training_announces_what_its_steps_reach() {
    let options = "--set epochs=2 --set steps_per_epoch=50 --set warmup_steps=80";
    let (folder, run) = trained(options);
    let warmup = "warm-up takes 50 steps, half of all, not the 80 of learning_rate.warmup_steps";
    let phases = "it ends before it draws combined sequences, by which it is judged all the same";
    let announced = run.err.split_once("\n\n").unwrap().0;
    assert_contains(announced, &["Phases    simple, then nested in epochs 1 to 2\n"]);
    for note in [warmup, phases] {
        assert_contains(announced, &[&format!("\nNote      {note}")]);
        assert_contains(&run.out, &[&format!("\n  note    {note}\n")]);
        assert_contains(&page(&folder.path().join("run")), &[note]);
    }
    // Two shares in the column of the mix.
    let line = run.err.lines().find(|line| line.contains("2.0/2")).unwrap();
    assert!(line.split_whitespace().any(|cell| cell.matches('/').count() == 1 && cell != "2.0/2"));
    assert!(!line.split_whitespace().any(|cell| cell.matches('/').count() == 2), "{line}");
    assert!(!run.err.contains(" - "), "{}", run.err);
    // `config` says the same.
    let config = ninth_in(folder.path(), &format!("config --config small.toml {options}")).good();
    assert_contains(&config.err, &[&format!("ninth: note: with this config, {warmup}\n")]);
    assert_eq!(config.err.lines().count(), 2, "{}", config.err);
}

#[test]
fn weights_that_were_changed_are_taken_where_that_is_asked_for() {
    let (folder, _) = trained("--quiet --set epochs=1");
    let path = folder.path().join("run/best.safetensors");
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 7;
    bytes[last] ^= 1;
    fs::write(folder.path().join("changed.safetensors"), bytes).unwrap();
    let commands = [
        "predict 1 2 3 --model",
        "explain 1 2 3 4 --model",
        "evaluate -n 20 --model",
        "train --set epochs=1 --seed 9 --quiet --out next --from",
    ];
    for command in commands {
        let arguments = format!("{command} changed.safetensors");
        let message = ninth_in(folder.path(), &arguments).bad(1);
        assert_contains(&message, &["changed.safetensors cannot be used: it is damaged"]);
        assert_contains(&message, &["--accept-changed takes it all the same"]);
        ninth_in(folder.path(), &format!("{arguments} --accept-changed")).good();
        // Without weights it would change nothing.
        let alone = command.rsplit_once(' ').unwrap().0;
        let message = ninth_in(folder.path(), &format!("{alone} --accept-changed")).bad(2);
        assert_contains(&message, &["required"]);
    }
    fs::write(folder.path().join("no.safetensors"), "nothing").unwrap();
    let message =
        ninth_in(folder.path(), "predict 1 --accept-changed --model no.safetensors").bad(1);
    assert_contains(&message, &["no weights in it"]);
    assert!(!message.contains("all the same"), "{message}");
}

#[test]
fn what_a_config_cannot_be_is_refused_with_what_is_allowed() {
    let message = ninth("train --set learning_rate.minimum=0.5").bad(2);
    assert_contains(
        &message,
        &["learning_rate.minimum = 0.5 is not allowed with learning_rate.peak = 0.01; allowed: a \
         number from 0.0 to 0.01"],
    );
    let decay = |arguments: &str| {
        let text = ninth(&format!("config {arguments}")).good().out;
        text.lines().find(|line| line.starts_with("weight_decay")).unwrap().to_string()
    };
    assert_eq!(decay(""), "weight_decay = 0.01");
    assert_eq!(decay("--set optimizer.kind=adam"), "weight_decay = 0.0");
    assert_eq!(decay("--set optimizer.kind=sgd --preset strong"), "weight_decay = 0.0");
    assert_eq!(decay("--set optimizer.kind=adam --set weight_decay=0.01"), "weight_decay = 0.01");
}

/// A training that was stopped early is finished, too, though not all of its
/// steps were made.
#[test]
fn a_run_that_stopped_early_is_finished() {
    let patience = "--set patience=1 --set min_delta=1000 --set epochs=50";
    let (folder, run) = trained(patience);
    assert_contains(&run.out, &["of 50 epochs: validation got no better for 1 epoch\n"]);
    let path = folder.path().join("run");
    let last = checkpoints(&path).pop().unwrap();
    let weights = fs::read(path.join("best.safetensors")).unwrap();
    let again = ninth_in(folder.path(), "train --resume run").good();
    assert_contains(&again.err, &["finished already"]);
    assert_contains(&again.out, &["of 50 epochs: validation got no better"]);
    assert_eq!(checkpoints(&path).pop().unwrap(), last);
    assert!(fs::read(path.join("best.safetensors")).unwrap() == weights);
}

#[test]
fn quiet_leaves_the_report_only() {
    let (folder, run) = trained("--quiet");
    assert_eq!(run.err, "");
    assert_contains(&run.out, &["On 10,000 fresh sequences", "ninth predict --model run"]);
    let again = ninth_in(folder.path(), "train --resume run --quiet").good();
    assert_eq!(again.err, "");
}

#[test]
fn the_seed_decides_and_threads_do_not() {
    let weights = |options: &str| {
        let (folder, _) = trained(&format!("--quiet --set epochs=1 {options}"));
        fs::read(folder.path().join("run/best.safetensors")).unwrap()
    };
    let one = weights("--threads=1 --seed 8".replace("--threads=1 ", "").as_str());
    assert!(one == weights("--set training.seed=3 --seed 8"), "--seed does not win");
    assert!(one != weights("--seed 9"));
}

#[test]
fn folders_are_numbered_and_a_weak_design_is_called_weak() {
    let folder = tempfile::tempdir().unwrap();
    let short = "--set epochs=1 --set steps_per_epoch=20 --set every_steps=10 --quiet";
    let train = |options: &str| ninth_in(folder.path(), &format!("train {short} {options}")).good();
    let first = train("").out;
    assert_contains(&first, &["runs/design-1", "2 numbers", "256", "--preset strong"]);
    assert_contains(&train("").out, &["runs/design-2"]);
    fs::write(folder.path().join("my.toml"), SMALL).unwrap();
    assert_contains(&train("--config my.toml").out, &["runs/custom-1"]);
    for run in ["design-1", "design-2", "custom-1"] {
        assert!(folder.path().join("runs").join(run).join("best.safetensors").is_file());
    }
}

#[test]
fn a_training_that_diverges_keeps_what_was_good() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("small.toml"), SMALL).unwrap();
    let arguments = "train --config small.toml --out run --quiet --set learning_rate.peak=10 \
                     --set normalisation=none --set clipping.kind=none --set every_steps=1 \
                     --set warmup_steps=200 --set epochs=40";
    let message = ninth_in(folder.path(), arguments).bad(1);
    assert_contains(&message, &["diverged at step ", "learning_rate.peak", "clipping.kind"]);
    assert_contains(&message, &["Its sequences are in run/diverged.csv", "checkpoint"]);
    let sequences = fs::read_to_string(folder.path().join("run/diverged.csv")).unwrap();
    assert!(sequences.starts_with("id,terms\n"), "{sequences}");
    assert_eq!(sequences.lines().count(), 1 + 20);
    ninth_in(folder.path(), "evaluate --model run --data run/diverged.csv").good();
    ninth_in(folder.path(), "predict 1 2 3 --model run").good();
}

#[test]
fn a_config_is_complete_explained_and_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let config =
        |arguments: &str| ninth_in(folder.path(), &format!("config {arguments}")).good().out;
    for preset in ["design", "strong", "quick"] {
        let text = config(&format!("--preset {preset}"));
        assert_contains(&text, &["[model]\n", "# allowed: none | pre | post\n", "# width of"]);
        fs::write(folder.path().join("copy.toml"), &text).unwrap();
        assert_eq!(config("--config copy.toml"), text);
    }
    assert_eq!(config(""), config("--preset design"));
    assert_ne!(config(""), config("--preset strong"));
    // The file wins over the preset, and --set over the file.
    fs::write(folder.path().join("my.toml"), "[model]\nlayers = 3\nheads = 8\n").unwrap();
    let text = config("--preset strong --config my.toml --set layers=5 --set layers=6");
    assert_contains(&text, &["\nlayers = 6\n", "\nheads = 8\n", "\nd_model = 64\n"]);
    assert_eq!(ninth("config --set model.layers=6").good().err, "");
}
