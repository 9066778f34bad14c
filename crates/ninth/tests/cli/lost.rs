//! Nothing is lost: trainings that are killed, or have no place.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::{assert_contains, command, ninth_in};

/// Two thousand steps with a validation every 50, in a second or so.
pub const CONFIG: &str = "\
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
pub fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.toml"), CONFIG).unwrap();
    ninth_in(folder.path(), "train --config c.toml --out whole --quiet --threads 1").good();
    folder
}

/// Starts or resumes the training in `cut`.
pub fn go_on(folder: &Path, threads: usize) -> Child {
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
pub fn assert_same(folder: &Path) {
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
pub fn random(below: u64) -> u64 {
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
            if entry.file_name().unwrap().to_string_lossy().starts_with("cut") {
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

/// What copies, scans or shows a run has its files open for a while, when they are to be replaced.
#[test]
fn a_training_goes_on_while_others_read_its_files() {
    let folder = folder();
    let mut training = go_on(folder.path(), 1);
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(windows)]
    {
        // Neither written nor renamed nor removed meanwhile, as most programs there read.
        use std::os::windows::fs::OpenOptionsExt;
        options.share_mode(1);
    }
    let (mut read, cut) = (0, folder.path().join("cut"));
    while training.try_wait().unwrap().is_none() {
        let open: Vec<_> = ["best.safetensors", "checkpoints"]
            .map(|name| cut.join(name))
            .into_iter()
            .flat_map(|path| match fs::read_dir(&path) {
                Ok(files) => files.flatten().map(|file| file.path()).collect(),
                Err(_) => vec![path],
            })
            .filter_map(|path| options.open(path).ok())
            .collect();
        read += open.len();
        sleep(Duration::from_millis(40));
        drop(open);
        sleep(Duration::from_millis(20));
    }
    let output = training.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(read > 0);
    assert_same(folder.path());
}

/// What other programs never let go of is named.
#[cfg(windows)]
#[test]
fn a_file_that_is_open_elsewhere_is_named() {
    use std::os::windows::fs::OpenOptionsExt;
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("pages/ninth.1");
    ninth_in(folder.path(), "man --out pages").good();
    let before = fs::read(&page).unwrap();
    let open = fs::OpenOptions::new().read(true).share_mode(1).open(&page).unwrap();
    let message = ninth_in(folder.path(), "man --out pages").bad(1);
    assert_contains(&message, &["cannot write pages", "ninth.1: ", "(is it open in another"]);
    drop(open);
    assert!(fs::read(&page).unwrap() == before);
    ninth_in(folder.path(), "man --out pages").good();
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
