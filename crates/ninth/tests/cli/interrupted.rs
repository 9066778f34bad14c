//! Trainings that are interrupted, or have no room: by signals and limits that Windows does not have.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::lost::{CONFIG, assert_same, folder, go_on, random};
use crate::{assert_contains, command, ninth_in};

/// Sends a signal to a process.
fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn a_signal_saves_everything_and_says_how_to_go_on() {
    let folder = folder();
    let path = folder.path();
    let mut interrupted = 0;
    for name in ["-INT", "-TERM"].into_iter().cycle() {
        let child = go_on(path, 2);
        sleep(Duration::from_millis(150 + random(150)));
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(0) => break,
            // What a shell says of a process that such a signal ended.
            Some(status @ (130 | 143)) => {
                assert_eq!(status, if name == "-INT" { 130 } else { 143 });
                interrupted += 1;
                let expected = ["interrupted after step ", "ninth train --resume cut"];
                assert_contains(&said, &expected);
                // Exactly there, not at the last checkpoint.
                let (_, step) = said.split_once("after step ").unwrap();
                let step: u64 = step.split(';').next().unwrap().parse().unwrap();
                let file = format!("cut/checkpoints/step-{step:08}.safetensors");
                assert!(path.join(file).exists(), "{said}");
            }
            // It came before anybody listened.
            None => {}
            Some(other) => panic!("status {other}: {said}"),
        }
    }
    assert!(interrupted > 0);
    assert_same(path);
}

#[test]
fn a_second_signal_does_not_wait() {
    let folder = tempfile::tempdir().unwrap();
    // A step of this takes many seconds.
    let arguments = "train --preset strong --out cut --quiet --threads 1 --set batch_size=65536";
    let mut child = command(folder.path(), arguments).stderr(Stdio::piped()).spawn().unwrap();
    while !folder.path().join("cut").exists() {
        sleep(Duration::from_millis(20));
    }
    sleep(Duration::from_millis(200));
    signal(&child, "-INT");
    sleep(Duration::from_millis(200));
    assert!(child.try_wait().unwrap().is_none(), "the step is not done");
    let sent = Instant::now();
    signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(sent.elapsed() < Duration::from_secs(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.starts_with("ninth: error: ended by a second signal; --resume"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn an_ablation_that_is_interrupted_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let arguments =
        "ablate decayed --base design --steps 3000 --seeds 2 --threads 1 --quiet --out a";
    let (mut interrupted, mut tries) = (0, 0);
    let lines = || fs::read_to_string(folder.path().join("a/trials.jsonl")).unwrap_or_default();
    loop {
        tries += 1;
        let mut command = command(folder.path(), arguments);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        let before = lines().lines().count();
        // As soon as another training is done, and at once in the beginning.
        while tries > 1 && lines().lines().count() <= before.max(1) {
            sleep(Duration::from_millis(5));
        }
        sleep(Duration::from_millis(60));
        signal(&child, "-TERM");
        let output = child.wait_with_output().unwrap();
        match output.status.code() {
            Some(0) => break,
            Some(143) => {
                interrupted += 1;
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_contains(&said, &["interrupted after ", "the same command goes on"]);
            }
            _ => {}
        }
        if lines().lines().count() == 5 {
            ninth_in(folder.path(), arguments).good();
            break;
        }
    }
    assert!(interrupted > 0);
    assert_eq!(lines().lines().count(), 1 + 4, "the base, and two seeds of two options");
    assert!(folder.path().join("a/report.html").exists());
}

#[test]
fn a_trial_that_is_interrupted_goes_on_in_its_middle() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let arguments = "ablate decayed --steps 10000 --seeds 1 --threads 1 --no-times";
    let results = |folder: &str| {
        let names = ["results.json", "results.csv", "results.svg", "report.html"];
        names.map(|name| fs::read_to_string(path.join(folder).join(name)).unwrap())
    };
    ninth_in(path, &format!("{arguments} --quiet --out whole")).good();
    for (out, shard) in [("plain", ""), ("shard", "--shard 1/1"), ("damaged", "")] {
        let arguments = format!("{arguments} {shard} --out {out}");
        let partial = path.join(out).join("partial");
        let state = || fs::read_dir(&partial).into_iter().flatten().next();
        let claims = path.join(out).join("shards/claims");
        let begun = || fs::read_dir(&claims).into_iter().flatten().next().is_some();
        // Until it is caught in the middle of a training.
        while state().is_none() {
            let _ = fs::remove_dir_all(path.join(out));
            let mut command = command(path, &arguments);
            let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
            while !begun() {
                sleep(Duration::from_millis(2));
            }
            sleep(Duration::from_millis(20 + random(80)));
            signal(&child, "-TERM");
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!([Some(143), Some(0)].contains(&output.status.code()), "{said}");
        }
        if out == "damaged" {
            let file = state().unwrap().unwrap().path();
            let mut bytes = fs::read(&file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(file, bytes).unwrap();
        }
        let run = ninth_in(path, &arguments).good();
        let warning = "ninth: warning: base with seed 0 begins anew: ";
        let warned = run.err.contains(warning) && run.err.contains("it is damaged");
        assert_eq!(warned, out == "damaged", "{}", run.err);
        assert_eq!(results(out), results("whole"));
        assert!(!partial.exists());
    }
}

/// Files of 8 KB at most: what a full disk is, without a disk of one's own to fill.
#[test]
fn where_there_is_no_room_nothing_is_left_half_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.toml"), CONFIG).unwrap();
    let program = env!("CARGO_BIN_EXE_ninth");
    let script = format!(
        "trap '' XFSZ; ulimit -f 16; exec {program} train --config c.toml --out cut --quiet"
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(folder.path())
        .env("NINTH_CACHE", crate::CACHE)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_contains(&said, &["ninth: error: cannot write cut/", "arge"]);
    for folder in [folder.path().join("cut"), folder.path().join("cut/checkpoints")] {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.to_string_lossy().into_owned();
            assert!(!name.ends_with(".tmp"), "{name}");
            assert!(!name.ends_with(".html") && !name.contains("step-"), "{name}");
        }
    }
    // With room it goes on.
    ninth_in(folder.path(), "train --resume cut --quiet").good();
}
