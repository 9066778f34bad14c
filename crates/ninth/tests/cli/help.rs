use crate::{command, ninth};
use std::process::Stdio;

const COMMANDS: [&str; 14] = [
    "train",
    "predict",
    "sample",
    "evaluate",
    "explain",
    "limit",
    "ablate",
    "memory",
    "config",
    "export",
    "doctor",
    "serve",
    "completions",
    "man",
];

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
fn help_and_completions_and_man_pages_are_those_of_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    crate::ninth_in(folder.path(), "man --out pages").good();
    for command in COMMANDS {
        let help = ninth(&format!("{command} --help")).good().out;
        assert_eq!(ninth(&format!("help {command}")).good().out, help);
        let page = std::fs::read_to_string(folder.path().join(format!("pages/ninth-{command}.1")));
        let page = page.unwrap();
        assert_eq!(ninth(&format!("man {command}")).good().out, page);
        assert!(page.contains(&format!("ninth\\-{command}")), "{page}");
    }
    assert_eq!(std::fs::read_dir(folder.path().join("pages")).unwrap().count(), 15);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let text = ninth(&format!("completions {shell}")).good().out;
        for part in ["predict", "beam-width", "fibonacci", "relations"] {
            assert!(text.contains(part), "{shell} has no {part}");
        }
    }
}

/// An option that several commands have is called and bounded alike in them.
#[test]
fn the_same_option_is_the_same_everywhere() {
    for (commands, option, allowed) in [
        (&["predict 1 2", "explain 1 2"][..], "--count", "1..=1000000"),
        (&["predict 1 2", "explain 1 2"], "-n", "1..=1000000"),
        (&["sample", "evaluate"], "--count", "1..=1000000000"),
        (&["sample", "evaluate"], "-n", "1..=1000000000"),
        (&["predict 1 2", "sample", "evaluate", "train"], "--seed", "0.."),
        (&["predict 1 2", "explain 1 2"], "--top", "1..=1000000"),
        (&["train", "memory", "doctor", "ablate"], "--threads", "1..=1024"),
    ] {
        for command in commands {
            let message = ninth(&format!("{command} {option} -1")).bad(2);
            assert!(message.contains("invalid value '-1' for '--"), "{command}: {message}");
            assert!(message.contains(&format!("-1 is not in {allowed}")), "{command}: {message}");
        }
    }
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
        "completions bash",
        "man",
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
