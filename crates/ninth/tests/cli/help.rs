use crate::{command, ninth};
use std::process::Stdio;

const COMMANDS: [&str; 9] =
    ["train", "predict", "sample", "evaluate", "explain", "limit", "ablate", "memory", "config"];

#[test]
fn every_command_explains_itself_within_80_columns() {
    for command in [""].into_iter().chain(COMMANDS) {
        let help = ninth(&format!("{command} --help")).good();
        assert_eq!(help.err, "");
        assert!(help.out.contains("Examples:\n  ninth "), "{}", help.out);
        for line in help.out.lines() {
            assert!(line.chars().count() <= 80, "{command}: {line}");
        }
    }
    let help = ninth("--help").good().out;
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command} ")), "{command}");
    }
    assert!(ninth("--version").good().out.starts_with("ninth 0."));
}

#[test]
fn without_a_command_there_is_help_and_status_2() {
    let run = ninth("");
    assert_eq!((run.status, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("Commands:"), "{}", run.err);
}

/// A reader that has had enough is no error, for any command that prints.
#[test]
fn a_broken_pipe_is_success() {
    use std::io::{BufRead, BufReader};
    let folder = std::env::temp_dir();
    let mut child =
        command(&folder, "sample -n 100000").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.as_mut().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("family"));
    drop(lines); // closes the pipe long before the 100,000 lines are through
    let mut message = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut message).unwrap();
    assert_eq!((child.wait().unwrap().code(), message.as_str()), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let folder = std::env::temp_dir();
    for arguments in [
        "sample",
        "config",
        "predict 1 2 3",
        "evaluate -n 5",
        "explain 1 2 3",
        "limit",
        "ablate",
        "--help",
    ] {
        let full = full.try_clone().unwrap();
        let output = command(&folder, arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains("cannot write to standard output"), "{arguments}: {message}");
    }
}
