//! Nothing is lost: trainings that are killed, interrupted, or have no room.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::{assert_contains, command, ninth_in};

/// Two thousand steps with a validation every 50, in a second or so.
const CONFIG: &str = "\
[curriculum]
nested_start = 1
nested_length = 1
combined_start = 2
combined_length = 1

[model]
feed_forward = 24

[training]
seed = 5
batch_size = 48
epochs = 20
steps_per_epoch = 100
checkpoint_epochs = 1

[validation]
every_steps = 50
sequences = 40
";

/// A folder with the config, and a whole training of it in `whole`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.toml"), CONFIG).unwrap();
    ninth_in(folder.path(), "train --config c.toml --out whole --quiet --threads 1").good();
    folder
}

/// Starts or resumes the training in `cut`.
fn go_on(folder: &Path, threads: usize) -> Child {
    let arguments = match folder.join("cut").exists() {
        true => "train --resume cut --quiet",
        false => "train --config c.toml --out cut --quiet",
    };
    let mut command = command(folder, &format!("{arguments} --threads {threads}"));
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The events of a file without their times: of each record the message behind its first
/// field, a double.
fn events(run: &Path) -> Vec<Vec<u8>> {
    let is_events = |path: &PathBuf| path.to_string_lossy().contains("events.out");
    let mut paths = fs::read_dir(run).unwrap().map(|entry| entry.unwrap().path());
    let bytes = fs::read(paths.find(is_events).unwrap()).unwrap();
    let (mut events, mut rest) = (Vec::new(), bytes.as_slice());
    while !rest.is_empty() {
        let length = u64::from_le_bytes(rest[..8].try_into().unwrap()) as usize;
        events.push(rest[12 + 9..12 + length].to_vec());
        rest = &rest[12 + length + 4..];
    }
    events
}

/// Everything that does not depend on the clock is the same to the byte.
#[track_caller]
fn assert_same(folder: &Path) {
    let (whole, cut) = (folder.join("whole"), folder.join("cut"));
    for name in [
        "config.toml",
        "metrics.jsonl",
        "best.safetensors",
        "checkpoints/step-00002000.safetensors",
    ] {
        let [whole, cut] = [&whole, &cut].map(|run| fs::read(run.join(name)).unwrap());
        assert!(whole == cut, "{name} differs");
    }
    assert!(events(&whole) == events(&cut), "the events differ");
    let count = |run: &Path| fs::read_dir(run).unwrap().count();
    assert_eq!(count(&whole), count(&cut), "something was left behind");
}

/// A number below `below` that is another one each time.
fn random(below: u64) -> u64 {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    u64::from(nanos).wrapping_mul(0x9E37_79B9_7F4A_7C15) % below
}

/// Kills it, as many times as `NINTH_KILLS` says (12 unless it does), whenever it may be: at
/// its start, while it writes, at its end.
#[test]
fn a_training_that_is_killed_ends_as_if_it_had_not_been() {
    let folder = folder();
    let path = folder.path();
    let wanted = std::env::var("NINTH_KILLS").map_or(12, |kills| kills.parse().unwrap());
    let (mut killed, mut trainings) = (0, 0);
    while killed < wanted {
        for entry in fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()) {
            // A folder that was killed while it was made has another name.
            if entry.to_string_lossy().contains("/cut") {
                fs::remove_dir_all(entry).unwrap();
            }
        }
        loop {
            let mut child = go_on(path, 1 + random(3) as usize);
            sleep(Duration::from_micros(random(600_000)));
            // Once enough, it may end in peace.
            let ended = child.try_wait().unwrap().is_some() || killed >= wanted;
            if !ended {
                child.kill().unwrap();
                killed += 1;
            }
            let output = child.wait_with_output().unwrap();
            if output.status.success() {
                break;
            }
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(!ended, "it failed by itself: {said}");
        }
        trainings += 1;
        assert_same(path);
    }
    println!("{killed} kills in {trainings} trainings");
}

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
fn two_processes_do_not_train_in_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.toml"), CONFIG).unwrap();
    let mut first = go_on(folder.path(), 1);
    while !folder.path().join("cut").exists() {
        sleep(Duration::from_millis(2));
    }
    let message = ninth_in(folder.path(), "train --resume cut").bad(1);
    assert_contains(&message, &["cut is in use: another ninth is at work there"]);
    first.kill().unwrap();
    first.wait().unwrap();
    ninth_in(folder.path(), "train --resume cut --quiet").good();
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

#[test]
fn places_that_take_no_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "precious").unwrap();
    let message = ninth_in(folder.path(), "train --out file/run").bad(1);
    assert_contains(&message, &["cannot create file/run"]);
    let message = ninth_in(folder.path(), "train --out file").bad(1);
    assert_contains(&message, &["cannot use file"]);
    assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "precious");
    if Path::new("/proc/self").exists() {
        // Nobody may write there, whoever they are.
        let message = ninth_in(folder.path(), "train --out /proc/ninth").bad(1);
        assert_contains(&message, &["cannot create /proc/ninth"]);
    }
    if Path::new("/dev/full").exists() {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command(folder.path(), "sample").stdout(full).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert_contains(&said, &["cannot write to standard output"]);
    }
}

/// `| head -1`
#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    let folder = folder();
    for arguments in ["sample -n 100000", "evaluate --model whole -n 200", "train --resume whole"] {
        let mut command = command(folder.path(), arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{arguments}: {said}");
        assert!(!said.contains("error") && !said.contains("panicked"), "{arguments}: {said}");
    }
}
